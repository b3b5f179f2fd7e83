"""A page's visible text and its regions: what a reader in text mode sees, and of which kind each word is.

Visible is every text node below `<body>` of the HTML5 tree (selectolax's lexbor backend), in document order, also in
hidden elements, `<noscript>` and `<template>`, since such a reader prints them; and the alternative text of images. Not
visible are `<script>` and `<style>`, comments, and what `<iframe>`, `<noframes>` and `<noembed>` hold for browsers of
another age (`text.SILENT`). Attributes other than `alt` never are. Which elements part lines and words is said in
`text.BLOCKS` and `text.APART`, so that a page and an answer are read alike. `<title>` stands in the head, so it is not
body text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from .records import PageToken, Region
from .text import APART, BLOCKS, SILENT, tokens

BLOCK_TYPES = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list"),
    **dict.fromkeys(("td", "th", "caption"), "table"),
    "blockquote": "quote",
    **dict.fromkeys(("pre", "listing", "xmp"), "code"),
}
"""Element -> type of the text in it; the innermost counts, and text in none of them is a paragraph."""


@dataclass(frozen=True)
class Kind:
    """One kind of text on a page."""

    role: str
    """main (rewarded), optional (neither rewarded nor punished) or boilerplate (punished)."""
    summary: str
    """What belongs to it."""


NAMED = ("navigation", "player", "comments")
"""The kinds that this benchmark was asked for above all, in the order in which they are shown."""
KINDS: Mapping[str, Kind] = {
    "main": Kind("main", "the body a reader came for: paragraphs, its own headings, lists, tables, code, quotes"),
    "title": Kind("optional", "the page's own headline and kicker, wherever repeated"),
    "standfirst": Kind("optional", "lead or deck set apart from the body; editor's notes at its head or foot"),
    "byline": Kind("optional", "author, source, date, place, reading time, view counter of this page"),
    "caption": Kind("optional", "captions, credits and alternative text of the body's own pictures"),
    "navigation": Kind("boilerplate", "menus, breadcrumbs, pagination, skip links, back to top, contents of the site"),
    "site_header": Kind("boilerplate", "site name, slogan, logo text"),
    "footer": Kind("boilerplate", "legal, contact, company and licence lines, rows of service links"),
    "ticker": Kind("boilerplate", "breaking-news strips above the article"),
    "related": Kind("boilerplate", "teasers to other pages: similar, recent, most read"),
    "comments": Kind("boilerplate", "what readers wrote, with names, dates, counters and buttons"),
    "comment_form": Kind("boilerplate", "the form for a reply and its notes"),
    "player": Kind("boilerplate", "audio and video players: controls, track lists, unrendered templates"),
    "share": Kind("boilerplate", "share and follow buttons, page tools"),
    "tags": Kind("boilerplate", "keywords and category labels of this page"),
    "advertisement": Kind("boilerplate", "ads, sponsors, promotions, praise of a shop"),
    "consent": Kind("boilerplate", "cookie and privacy notices, age gates"),
    "newsletter": Kind("boilerplate", "sign-up, subscription and paywall prompts"),
    "about": Kind("boilerplate", "blurb about the author or the site; signatures"),
    "search": Kind("boilerplate", "search boxes"),
    "widget": Kind("boilerplate", "anything else: dialogs, polls, weather, log-in, options, other templates"),
}
"""Every kind, in the order of reports. Kept here only; `docs/goldens.md` is rendered from it."""
PARTS = ("text", "meta", "ui")
"""Parts of comments: what readers wrote; names, dates and counters; buttons."""


class Selection(NamedTuple):
    """One element a region covers, or a stretch of words in it: CSS and text quote selector of W3C Web Annotation."""

    selector: str
    """CSS selector that matches exactly one element."""
    exact: str | None = None
    """Words of the stretch, where the element holds more than one kind; None for all of it."""
    prefix: str | None = None
    """Words right before `exact`, where it stands more than once."""
    suffix: str | None = None
    """Words right behind `exact`, as above."""
    until: str | None = None
    """Words that end a stretch which begins with `exact`, so that a long one need not be quoted whole."""


class Resolved(NamedTuple):
    """What came of putting regions on a page."""

    tokens: tuple[PageToken, ...]
    """Every visible token that belongs to exactly one region."""
    problems: tuple[str, ...]
    """What is wrong with the regions; empty for a good gold."""


@dataclass
class _Unit:
    """A text node or an alternative text."""

    text: str
    line: int
    block: str
    claims: tuple[int, ...]
    tokens: list[str] = field(default_factory=list)


NEIGHBOURHOOD = 64
"""Characters before a text node that can change where its tokens begin: the longest stack of marks, doubled."""
_CHAIN = re.compile(
    r"(?P<base>body|#[A-Za-z_][\w-]*|[a-z][a-z0-9-]*\.[A-Za-z_][\w-]*)"
    r"(?P<steps>(?: > (?:[a-z][a-z0-9-]*(?::nth-of-type\([0-9]+\))?|:nth-child\([0-9]+\)))+)",
    re.ASCII,
)
"""Selectors of children by number: lexbor counts all siblings of all elements for each of them."""
OPEN, CLOSE, TEXT = "open", "close", "text"


def visible_text(html: str) -> str:
    """All visible text of a decoded page, blocks on lines of their own; empty for a page without a body."""
    body = LexborHTMLParser(html).body
    return "".join(_print(event, node, text) for event, node, text in walk(body)) if body is not None else ""


def visible_tokens(html: str) -> list[PageToken]:
    """All visible tokens of a page with line, text node and block type; the region is 0 throughout."""
    body = LexborHTMLParser(html).body
    units = _units(body, {}) if body is not None else []
    return [
        PageToken(token, 0, unit.line, number, unit.block) for number, unit in enumerate(units) for token in unit.tokens
    ]


def resolve(html: str, regions: Sequence[tuple[Region, Sequence[Selection]]]) -> Resolved:
    """Put regions on a page: every visible token must belong to exactly one.

    Problems, all of them at once: a selector that is not CSS, matches nothing or more than one element, a quote that
    is not there or stands more than once, tokens in no region or in several, regions out of document order.
    """
    tree = LexborHTMLParser(html)
    problems: list[str] = []
    selections = [(number, one) for number, (_, places) in enumerate(regions) for one in places]
    claims: dict[int, list[int]] = {}
    for index, (number, selection) in enumerate(selections):
        node = _only_match(tree, selection.selector, number, problems)
        if node is not None:
            claims.setdefault(node.mem_id, []).append(index)
    units = _units(tree.body, claims) if tree.body is not None else []
    stretch = [(number, token) for number, unit in enumerate(units) for token in unit.tokens]
    claimed = [list(units[number].claims) for number, _ in stretch]
    for index, inside in _places(claimed, selections).items():
        number, selection = selections[index]
        _narrow(index, number, selection, inside, stretch, claimed, problems)
    owners = [[selections[index][0] for index in indexes] for indexes in claimed]
    kinds = [region for region, _ in regions]
    problems += _ownership_problems(kinds, stretch, owners)
    placed = tuple(
        PageToken(token, owner[0], units[number].line, number, units[number].block)
        for (number, token), owner in zip(stretch, owners, strict=True)
        if len(owner) == 1
    )
    return Resolved(placed, tuple(problems + _order_problems(kinds, placed)))


def _places(claimed: Sequence[Sequence[int]], selections: Sequence[tuple[int, Selection]]) -> dict[int, list[int]]:
    """The tokens in the element of each selection that quotes words."""
    inside: dict[int, list[int]] = {
        index: [] for index, (_, selection) in enumerate(selections) if selection.exact is not None
    }
    for place, indexes in enumerate(claimed):
        for index in indexes:
            if index in inside:
                inside[index].append(place)
    return inside


def _only_match(tree: LexborHTMLParser, selector: str, number: int, problems: list[str]) -> LexborNode | None:
    try:
        chain = _CHAIN.fullmatch(selector)
        found = _descend(tree.css(chain["base"]), chain["steps"]) if chain else tree.css(selector)
    except (SelectolaxError, ValueError) as error:
        problems.append(f"region {number + 1}: {selector!r} is not a CSS selector ({error})")
        return None
    if len(found) != 1:
        problems.append(f"region {number + 1}: {selector!r} matches {len(found)} elements, not one")
        return None
    return found[0]


def _descend(found: list[LexborNode], steps: str) -> list[LexborNode]:
    """The children of children that the steps of a selector lead to."""
    for step in steps.removeprefix(" > ").split(" > "):
        tag, _, rest = step.partition(":")
        number = int(rest[rest.index("(") + 1 : -1]) if rest else None
        families = [[child for child in _children(node) if child.is_element_node] for node in found]
        named = [[child for child in family if tag in {"", (child.tag or "").lower()}] for family in families]
        found = [
            child for family in named for place, child in enumerate(family, 1) if number is None or place == number
        ]
    return found


def _narrow(
    index: int,
    number: int,
    selection: Selection,
    inside: Sequence[int],
    stretch: Sequence[tuple[int, str]],
    claimed: list[list[int]],
    problems: list[str],
) -> None:
    """Take back the claims of a quoted selection that lie outside its quote."""
    found = list(quoted([stretch[place][1] for place in inside], selection))
    if len(found) != 1:
        quote = " … ".join(part for part in (selection.exact, selection.until) if part)
        what = "is not there" if not found else f"stands there {len(found)} times; add prefix or suffix"
        problems.append(f"region {number + 1}: {quote!r} in {selection.selector!r} {what}")
    start, stop = found[0] if len(found) == 1 else (0, 0)
    for order, place in enumerate(inside):
        if not start <= order < stop:
            claimed[place].remove(index)


def quoted(words: Sequence[str], selection: Selection) -> Iterator[tuple[int, int]]:
    """Every stretch of the words that the quote fits, as half-open index pairs."""
    exact, until = tokens(selection.exact or ""), tokens(selection.until or "")
    prefix, suffix = tokens(selection.prefix or ""), tokens(selection.suffix or "")
    for start in _occurrences(words, exact, 0):
        if prefix and list(words[max(0, start - len(prefix)) : start]) != prefix:
            continue
        stop = start + len(exact)
        if until:
            ends = _occurrences(words, until, stop)
            end = next(ends, None)
            if end is None:
                continue
            stop = end + len(until)
        if not suffix or list(words[stop : stop + len(suffix)]) == suffix:
            yield start, stop


def _occurrences(words: Sequence[str], wanted: Sequence[str], start: int) -> Iterator[int]:
    for index in range(start, len(words) - len(wanted) + 1):
        if wanted and list(words[index : index + len(wanted)]) == list(wanted):
            yield index


def _ownership_problems(
    regions: Sequence[Region], stretch: Sequence[tuple[int, str]], owners: Sequence[Sequence[int]]
) -> list[str]:
    problems = []
    for index, owner in enumerate(owners):
        before = owners[index - 1] if index else None
        if len(owner) != 1 and owner != before:
            where = " ".join(token for _, token in stretch[index : index + 6])
            names = " and ".join(f"{number + 1} ({regions[number].kind})" for number in owner)
            problems.append(
                f"words in several regions, {names}: {where!r}" if owner else f"words in no region: {where!r}"
            )
    return problems


def _order_problems(regions: Sequence[Region], placed: Sequence[PageToken]) -> list[str]:
    first: dict[int, int] = {}
    for index, token in enumerate(placed):
        first.setdefault(token.region, index)
    problems = [
        f"region {number + 1} ({region.kind}) holds no word"
        for number, region in enumerate(regions)
        if number not in first
    ]
    order = sorted(first, key=lambda number: first[number])
    problems += [
        f"region {early + 1} stands before region {late + 1} on the page; list regions in document order"
        for early, late in pairwise(order)
        if late < early
    ]
    return problems


def _units(root: LexborNode, claims: Mapping[int, Sequence[int]]) -> list[_Unit]:
    """Text nodes and alternative texts in document order, tokenised line by line."""
    units: list[_Unit] = []
    active: list[int] = []
    blocks: list[str] = []
    line = 0
    for event, node, text in walk(root):
        if event == TEXT:
            units.append(_Unit(text, line, blocks[-1] if blocks else "paragraph", tuple(active)))
            continue
        if node.tag in BLOCKS:
            line += 1
        if event == OPEN:
            active += claims.get(node.mem_id, ())
            if node.tag in BLOCK_TYPES:
                blocks.append(BLOCK_TYPES[node.tag])
        else:
            for number in claims.get(node.mem_id, ()):
                active.remove(number)
            if node.tag in BLOCK_TYPES:
                blocks.pop()
    _tokenise(units)
    return units


def _tokenise(units: Sequence[_Unit]) -> None:
    """Give each unit the tokens that begin in it, and number the lines that hold any from 0.

    Inline elements do not part words, so a word may begin in one unit and end in another. Between two white spaces
    the tokens of a prefix are counted at each unit's end: a token belongs to the unit that holds its first character.
    """
    lines: dict[int, list[_Unit]] = {}
    for unit in units:
        lines.setdefault(unit.line, []).append(unit)
    number = 0
    for members in lines.values():
        for unit, words in zip(members, _shared_out([unit.text for unit in members]), strict=True):
            unit.tokens, unit.line = words, number
        number += any(unit.tokens for unit in members)


def _shared_out(texts: Sequence[str]) -> list[list[str]]:
    """The tokens of each text, as they are when the texts are read as one."""
    owned: list[list[str]] = [[] for _ in texts]
    word: list[tuple[int, str]] = []
    for number, text in enumerate(texts):
        # What stands between the first and the last white space touches no other text.
        first = re.search(r"\s", text)
        if first is None:
            word += [(number, text)] if text else []
            continue
        last = len(text) - len(re.split(r"\s", text[::-1], maxsplit=1)[0])
        _settle([*word, (number, text[: first.start()])], owned)
        owned[number] += tokens(text[first.start() : last])
        word = [(number, text[last:])] if text[last:] else []
    _settle(word, owned)
    return owned


def _settle(parts: Sequence[tuple[int, str]], owned: list[list[str]]) -> None:
    """Share out the tokens of one word, or of several without white space between them.

    Which tokens begin in a part hangs on its neighbourhood alone: it is read with what stands closely before it.
    """
    words = tokens("".join(text for _, text in parts))
    done, before = 0, ""
    for number, text in parts[:-1]:
        begun = done + len(tokens(before + text)) - len(tokens(before))
        owned[number] += words[done:begun]
        done = max(done, begun)
        before = (before + text)[-NEIGHBOURHOOD:]
    if parts:
        owned[parts[-1][0]] += words[done:]


def walk(root: LexborNode) -> Iterator[tuple[str, LexborNode, str]]:
    """Elements opening and closing, and visible texts between them, in document order; without recursion."""
    ahead = [(OPEN, root)]
    while ahead:
        event, node = ahead.pop()
        if node.is_text_node:
            yield TEXT, node, node.text_content or ""
            continue
        yield event, node, ""
        if node.tag in APART:
            yield TEXT, node, " "
        if event == OPEN:
            alternative = _alternative(node)
            if alternative:
                yield TEXT, node, f" {alternative} "
            ahead.append((CLOSE, node))
            ahead += [(OPEN, child) for child in reversed(_children(node))]


def _children(node: LexborNode) -> list[LexborNode]:
    """What stands in an element; the content of a template is a tree of its own."""
    if node.tag in SILENT:
        return []
    parents = [node, *node.template_fragments()[:1]] if node.tag == "template" else [node]
    children = []
    for parent in parents:
        child = parent.first_child
        while child is not None:
            children.append(child)
            child = child.next
    return children


def _print(event: str, node: LexborNode, text: str) -> str:
    return text if event == TEXT else "\n" if node.tag in BLOCKS else ""


def _alternative(node: LexborNode) -> str | None:
    """Alternative text of an image, an area of an image map, or a button made of an image."""
    if node.tag in {"img", "area"} or (node.tag == "input" and (node.attributes.get("type") or "").lower() == "image"):
        return node.attributes.get("alt")
    return None
