"""The same page written otherwise: what must not change an answer, and what may but tells something."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby

from ..text import BLOCKS
from .phrases import Phrases
from .tree import COMMENT, Content, Element, comment, renamed_ids

CHARSETS = dict.fromkeys(("de", "en", "fr"), "windows-1252")
CHARSETS |= {"ru": "windows-1251", "zh": "gb18030", "ar": "windows-1256"}
"""Encodings in which pages of a language were long written."""
WHITE = " \t\n\r\f"
"""White space of HTML, to which no-break spaces do not belong (Infra Standard, "ASCII whitespace")."""
ENDS = BLOCKS | {"td", "th", "html", "head"}
"""Elements at whose ends white space shows nothing."""
RAW = {"pre", "script", "style", "textarea"}
"""Elements in which white space is text."""


def attributes(tree: Element, _: Phrases) -> Element:
    """Attributes in the reverse order, the class last."""

    def turn(here: Element) -> Element:
        given = {**({"class": here.name} if here.name else {}), **here.attributes}
        return replace(here, name="", attributes=dict(reversed(given.items())))

    return _each(tree, turn, raw=True)


def comments(tree: Element, phrases: Phrases) -> Element:
    """An HTML comment before every block."""

    def turn(here: Element) -> Element:
        return replace(here, children=tuple(_between(here, lambda: comment(f" {phrases.word(8)} "))))

    return _each(tree, turn)


def space(tree: Element, _: Phrases) -> Element:
    """A new line before every block, and one behind the last."""

    def turn(here: Element) -> Element:
        spaced = list(_between(here, lambda: "\n"))
        return replace(here, children=(*spaced, "\n") if len(spaced) > len(here.children) else here.children)

    return _each(tree, turn)


def charset(tree: Element, _: Phrases) -> Element:
    """The language's encoding of old, declared by server and page; bytes are made where pages are written."""
    return tree


def utf16(tree: Element, _: Phrases) -> Element:
    """UTF-16 with a byte order mark, declared by server and page."""
    return tree


def classes(tree: Element, phrases: Phrases) -> Element:
    """Every class and id renamed to letters and digits, as build tools do; the same name to the same one."""
    known: dict[str, str] = {}

    def new(word: str) -> str:
        return known[word] if word in known else known.setdefault(word, phrases.word(7))

    def turn(here: Element) -> Element:
        here = renamed_ids(replace(here, name=" ".join(map(new, here.name.split()))), new)
        if "class" not in here.attributes:
            return here
        return replace(
            here, attributes=here.attributes | {"class": " ".join(map(new, here.attributes["class"].split()))}
        )

    return _each(tree, turn, raw=True)


def minify(tree: Element, _: Phrases) -> Element:
    """White space collapsed and dropped beside blocks, no comments; written without quotes and end tags that can go."""

    def turn(here: Element) -> Element:
        children = list(_collapsed(here))
        for place, child in enumerate(children):
            if not isinstance(child, str):
                continue
            if _edge(here, children[place - 1] if place else None):
                child = child.lstrip(WHITE)  # noqa: PLW2901 - both sides of one text
            if _edge(here, children[place + 1] if place + 1 < len(children) else None):
                child = child.rstrip(WHITE)  # noqa: PLW2901
            children[place] = child
        return replace(here, children=tuple(child for child in children if child != ""))

    return _each(_each(tree, _uncommented, raw=True), turn)


MUST_NOT = {one.__name__: one for one in (attributes, comments, space, charset, utf16)}
"""Twists after which the text must be the same."""
MAY = {one.__name__: one for one in (classes, minify)}
"""Twists that may change the text: how much they do is a sensitivity."""
TWISTS: dict[str, Callable[[Element, Phrases], Element]] = {**MUST_NOT, **MAY}


def encoding_of(twist: str, language: str) -> str:
    """The encoding that a twisted page is written in."""
    return {"charset": CHARSETS.get(language, "utf-8"), "utf16": "utf-16"}.get(twist, "utf-8")


def _uncommented(here: Element) -> Element:
    children = (child for child in here.children if isinstance(child, str) or child.tag != COMMENT)
    return replace(here, children=tuple(children))


def _collapsed(here: Element) -> Iterator[Content]:
    """The children of an element, runs of text as one with single spaces."""
    for written, run in groupby(here.children, lambda child: isinstance(child, str)):
        if written:
            yield re.sub(f"[{WHITE}]+", " ", "".join(map(str, run)))
        else:
            yield from run


def _edge(parent: Element, beside: Content | None) -> bool:
    """Whether white space shows nothing there: beside a block, or at the end of one."""
    if isinstance(beside, str):
        return False
    return parent.tag in {"html", "head"} or (parent if beside is None else beside).tag in ENDS


def _each(here: Element, turn: Callable[[Element], Element], *, raw: bool = False) -> Element:
    """A tree with every element turned; those of RAW, in which white space counts, only where it is asked for."""
    if here.tag in RAW and not raw:
        return here
    children = tuple(_each(child, turn, raw=raw) if isinstance(child, Element) else child for child in here.children)
    return turn(replace(here, children=children))


def _between(here: Element, separator: Callable[[], Content]) -> Iterator[Content]:
    """The children of an element that holds blocks and no text, with something before each of those blocks."""
    holds_text = any(isinstance(child, str) and child.strip() for child in here.children)
    for child in here.children:
        if not holds_text and isinstance(child, Element) and child.tag in BLOCKS:
            yield separator()
        yield child
