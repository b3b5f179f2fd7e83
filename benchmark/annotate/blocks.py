"""A page as an annotator reads it: its lines of text, numbered, each with the place it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..records import PageToken
from ..regions import CLOSE, OPEN, visible_tokens, walk
from ..text import BLOCKS

STEPS = 5
"""How many elements a path names at most."""
NAME = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]*")
"""Ids and classes that stand in a selector as they are."""


@dataclass(frozen=True)
class Block:
    """One line of a page's visible text."""

    number: int
    """Number of the line, counted from 1: `PageToken.line` and 1."""
    path: str
    """Short CSS path of the element it stands in, from the nearest one with an id; need not be unique."""
    type: str
    """Type of the block: paragraph, heading, list, table, quote or code."""
    text: str
    """The text as printed, runs of white space as one space."""
    tokens: int
    """Number of its tokens."""


@dataclass(eq=False)
class Text:
    """A text node or an alternative text, and the tokens that begin in it."""

    text: str
    start: int
    stop: int
    line: int
    """Number of the line, counted from 0, lines without tokens included."""
    parent: Element


@dataclass(eq=False)
class Element:
    """An element and the tokens that begin in it: those with the numbers `start` to `stop`, half open."""

    node: LexborNode
    parent: Element | None
    start: int
    stop: int = 0
    inline: bool = True
    """Whether neither it nor an element in it begins a line."""
    content: list[Element | Text] = field(default_factory=list)
    """What stands in it, in document order."""


@dataclass(frozen=True)
class PageText:
    """A page as a tree of elements over the sequence of its visible tokens."""

    html: LexborHTMLParser
    tokens: list[PageToken]
    root: Element | None
    """`<body>`; None for a page without one."""
    texts: list[Text]
    """All text nodes and alternative texts, in document order."""


def blocks(html: str) -> list[Block]:
    """The lines of a decoded page that hold a token, in document order; empty for a page without a body."""
    page = read(html)
    lines = (list(members) for _, members in groupby(page.texts, key=lambda text: text.line))
    return [_block(page, members) for members in lines if members[0].start < members[-1].stop]


def read(html: str) -> PageText:
    """A decoded page as a tree of elements over its tokens, as `regions.visible_tokens` gives them."""
    tokens = visible_tokens(html)
    counts = [0] * (tokens[-1].unit + 1 if tokens else 0)
    for token in tokens:
        counts[token.unit] += 1
    parser = LexborHTMLParser(html)
    texts: list[Text] = []
    root = _tree(parser.body, iter(counts), texts) if parser.body is not None else None
    return PageText(parser, tokens, root, texts)


def _tree(body: LexborNode, counts: Iterator[int], texts: list[Text]) -> Element:
    root = here = Element(body, None, 0)
    line = done = 0
    for event, node, text in islice(walk(body), 1, None):  # the first one opens the body
        line += event in (OPEN, CLOSE) and node.tag in BLOCKS
        if event == OPEN:
            here = Element(node, here, done, inline=node.tag not in BLOCKS)
        elif event == CLOSE:
            here.stop = done
            if here.parent is not None:
                here.parent.inline &= here.inline
                here.parent.content.append(here)
                here = here.parent
        else:
            count = next(counts, 0)
            texts.append(Text(text, done, done + count, line, here))
            here.content.append(texts[-1])
            done += count
    return root


def _block(page: PageText, members: list[Text]) -> Block:
    first = page.tokens[members[0].start]
    return Block(
        number=first.line + 1,
        path=_path(next(text.parent for text in members if text.start < text.stop)),
        type=first.block,
        text=" ".join("".join(text.text for text in members).split()),
        tokens=members[-1].stop - members[0].start,
    )


def _path(element: Element) -> str:
    """From the nearest element with a telling id, but at most some steps, to the element that begins the line."""
    while element.parent is not None and element.node.tag not in BLOCKS:
        element = element.parent
    steps: list[str] = []
    here: Element | None = element
    while here is not None and len(steps) < STEPS:
        name = here.node.attributes.get("id") or ""
        if NAME.fullmatch(name) and not re.search("[0-9]", name):  # a number tells one of many: `menu-item-30854`
            return " > ".join([f"#{name}", *reversed(steps)])
        steps.append(_step(here.node))
        here = here.parent
    return " > ".join(reversed(steps))


def _step(node: LexborNode) -> str:
    return ".".join([node.tag or "", *classes(node)[:1]])


def classes(node: LexborNode) -> list[str]:
    """The classes of an element that stand in a selector as they are, in its order."""
    return [name for name in (node.attributes.get("class") or "").split() if NAME.fullmatch(name)]
