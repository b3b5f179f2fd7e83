"""The text of the design `docs_site`: headings with anchors, code in coloured lines, and the list of headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..furniture import NAVIGATION
from ..tree import Content, Element, el, walk

HEADINGS = {"h2": 2, "h3": 3, "h4": 4}
COLOURS = {"comment": "#999988", "string": "#e3116c", "number": "#36acaa", "keyword": "#00009f", "operator": "#393A34"}
PIECE = re.compile(
    r"(?P<comment>(?:#|--|//) .*)|(?P<string>\"[^\"\n]*\"|'[^'\n]*')|(?P<number>\b\d[\d.]*\b)"
    r"|(?P<keyword>\b(?:and|as|async|await|const|def|else|export|for|from|function|if|import|in|let|new|not|or|return"
    r"|select|then|true|false|while|with|CREATE|FROM|INSERT|INTO|NOT|NULL|SELECT|TABLE|WHERE)\b)|(?P<operator>[=<>|&]+)"
)
"""What such systems colour in code of any language: near enough, as theirs is."""


def dressed(block: Element) -> Element:
    """A block as documentation prints it."""
    if block.tag in HEADINGS:
        place = anchor(block)
        link = el("a", "\u200b", href=f"#{place}", name="hash-link", aria_label=words(block), mark=NAVIGATION)
        return replace(
            block,
            name="anchor anchor-with-sticky-navbar",
            attributes={**block.attributes, "id": place},
            children=(*block.children, link),
        )
    return _code(block) if block.tag == "pre" else block


def words(element: Content) -> str:
    """All text of an element, on one line."""
    return " ".join("".join(one for one in walk(element) if isinstance(one, str)).split())


def anchor(heading: Element) -> str:
    """Where a link to a heading leads."""
    return "-".join(re.findall(r"\w+", words(heading).lower()))


def contents(blocks: Sequence[Element], name: str) -> Element:
    """The list of headings, those of the third level in lists of their own."""
    items: list[tuple[Element, list[Element]]] = []
    for block in blocks:
        if block.tag in HEADINGS:
            link = el("a", words(block), href=f"#{anchor(block)}", name=f"{name}__link")
            if HEADINGS[block.tag] == 2 or not items:
                items.append((link, []))
            else:
                items[-1][1].append(el("li", link))
    return el("ul", [el("li", link, el("ul", below) if below else []) for link, below in items], name=name)


def _code(block: Element) -> Element:
    """Code line by line, each in pieces by colour, below a bar of buttons."""
    (code,) = (child for child in block.children if isinstance(child, Element))
    lines = words_kept(code).rstrip("\n").split("\n")
    rows = [el("span", list(_pieces(line)), el("br"), name="token-line", style="color:#393A34") for line in lines]
    shape = el("path", fill="currentColor", d="M19 21H8V7h11m0-2H8a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2")
    icon = el("svg", shape, viewBox="0 0 24 24", name="button-icon", aria_hidden="true")
    bar = el("div", el("button", icon, type="button", name="clean-button"), name="button-group")
    printed = replace(block, name="prism-code", children=(replace(code, children=tuple(rows)),), mark=None)
    return el("div", el("div", printed, bar, name="code-block-content"), name="code-block-container", mark=block.mark)


def words_kept(element: Content) -> str:
    """All text of an element, to the letter."""
    return "".join(one for one in walk(element) if isinstance(one, str))


def _pieces(line: str) -> Iterator[Element]:
    """The parts of a line in their colours; without spaces between them, so that the line reads as it was written."""
    place = 0
    for found in PIECE.finditer(line):
        if plain := line[place : found.start()]:
            yield el("span", plain, name="token plain")
        kind = str(found.lastgroup)
        yield el("span", found[0], name=f"token {kind}", style=f"color:{COLOURS[kind]}")
        place = found.end()
    if rest := line[place:]:
        yield el("span", rest, name="token plain")
