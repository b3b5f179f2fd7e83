"""Where a stretch of a page's words stands: elements that hold nothing else, and quotes where they hold more."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import groupby, islice
from typing import TYPE_CHECKING

from ..regions import Selection, quoted
from ..text import tokens
from .blocks import NAME, Element, PageText, Text, classes

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

WORDS = 8
"""How many words of a stretch are quoted where they suffice."""
CONTEXT = 8
"""How many words before or behind a stretch are quoted before more of the stretch itself is."""


class Pointer:
    """Points at stretches of one page; what it learns about the page serves all of them."""

    def __init__(self, page: PageText) -> None:
        self._page = page
        self._words = [token.text for token in page.tokens]
        self._ids: Counter[str] = Counter()
        self._classes: Counter[str] = Counter()
        self._positions: dict[int, str] = {}
        self._chunks: dict[int, list[tuple[str, int, int]]] = {}
        for node in page.html.css("*"):
            # On a page without a doctype ids and classes match whatever their case.
            self._ids.update([(node.attributes.get("id") or "").lower()])
            self._classes.update({f"{node.tag}.{name}".lower() for name in classes(node)})

    def selections(self, start: int, stop: int) -> tuple[Selection, ...]:
        """What covers just the tokens with the numbers `start` to `stop`, half open, in document order.

        An element that holds nothing else is taken whole, the outermost one. Where words stand in an element without
        one of their own, or in a `<template>`, into which CSS does not reach, they are quoted.
        """
        return tuple(self._covering(start, stop))

    def _covering(self, start: int, stop: int) -> Iterator[Selection]:
        ahead: list[tuple[Element, int, int] | Element] = [self._page.root] if self._page.root else []
        while ahead:
            here = ahead.pop()
            if not isinstance(here, Element):
                yield self._quotation(*here)
            elif start <= here.start and here.stop <= stop:
                yield Selection(self._selector(here))
            else:
                ahead += reversed(list(_parts(here, start, stop)))

    def _selector(self, element: Element) -> str:
        """CSS that matches the element and no other: from the nearest one with a name of its own."""
        steps: list[str] = []
        here = element
        while here.parent is not None:
            name = self._own_name(here.node)
            steps.append(name or self._position(here.node))
            if name:
                break
            here = here.parent
        else:
            steps.append("body")
        return " > ".join(reversed(steps))

    def _own_name(self, node: LexborNode) -> str | None:
        name = node.attributes.get("id") or ""
        if self._ids[name.lower()] == 1 and NAME.fullmatch(name):
            return f"#{name}"
        named = (f"{node.tag}.{name}" for name in classes(node) if NAME.fullmatch(node.tag or ""))
        return next((name for name in named if self._classes[name.lower()] == 1), None)

    def _position(self, node: LexborNode) -> str:
        """The step from an element's parent to it."""
        if node.mem_id not in self._positions:
            family = _children(node.parent)
            total = Counter(child.tag for child in family)
            seen: Counter[str | None] = Counter()
            for number, child in enumerate(family, 1):
                tag = child.tag or ""
                seen[tag] += 1
                nth = f":nth-of-type({seen[tag]})" if total[tag] > 1 else ""
                self._positions[child.mem_id] = tag + nth if NAME.fullmatch(tag) else f":nth-child({number})"
        return self._positions[node.mem_id]

    def _quotation(self, element: Element, start: int, stop: int) -> Selection:
        """A quote that fits nothing in the element but the stretch: as few of its words as that takes."""
        selector = self._selector(element)
        words = self._words[element.start : element.stop]
        wanted = (start - element.start, stop - element.start)
        for exact, until, before, behind in _quotable(*wanted, len(words)):
            selection = Selection(
                selector,
                self._printed(start, start + exact),
                self._printed(start - before, start) if before else None,
                self._printed(stop, stop + behind) if behind else None,
                self._printed(stop - until, stop) if until else None,
            )
            if list(islice(quoted(words, selection), 2)) == [wanted]:
                return selection
        raise AssertionError(f"no quote fits the words {start} to {stop} in {selector}")

    def _printed(self, start: int, stop: int) -> str:
        """The words as the page prints them; as bare tokens where they cannot be cut out of it."""
        wanted = self._words[start:stop]
        pieces: list[str] = []
        at = start
        while at < stop:
            chunks = self._chunks_around(at)
            pieces += [
                _cut(chunk, max(0, start - first), stop - first)
                for chunk, first, last in chunks
                if _within(first, last, start, stop)
            ]
            at = chunks[-1][2]
        printed = " ".join(pieces)
        return printed if tokens(printed) == wanted else " ".join(wanted)

    def _chunks_around(self, at: int) -> list[tuple[str, int, int]]:
        """What white space parts on the line of a token: text, number of its first token and of the one behind it."""
        texts = self._page.texts
        first = last = self._page.tokens[at].unit
        line = texts[first].line
        if line not in self._chunks:
            while first and texts[first - 1].line == line:
                first -= 1
            while last < len(texts) and texts[last].line == line:
                last += 1
            done = texts[first].start
            self._chunks[line] = []
            for chunk in "".join(text.text for text in texts[first:last]).split():
                count = len(tokens(chunk))
                self._chunks[line].append((chunk, done, done + count))
                done += count
        return self._chunks[line]


def _parts(element: Element, start: int, stop: int) -> Iterator[tuple[Element, int, int] | Element]:
    """Elements to look into, and stretches to quote, for the tokens of a range that stand in an element."""
    if element.node.tag == "template":
        yield element, max(start, element.start), min(stop, element.stop)
        return
    content = [one for one in element.content if max(one.start, start) < min(one.stop, stop)]
    for inline, group in groupby(content, key=lambda one: isinstance(one, Text) or one.inline):
        members = list(group)
        if inline and any(isinstance(one, Text) for one in members):
            yield element, max(start, members[0].start), min(stop, members[-1].stop)
        else:
            yield from (one for one in members if isinstance(one, Element))


def _quotable(start: int, stop: int, size: int) -> Iterator[tuple[int, int, int, int]]:
    """How many words to quote of a stretch, from its end, before and behind it: few first, in the end all there are."""
    words = WORDS
    while True:
        exact = words if stop - start > words * 3 // 2 else stop - start
        until = min(words // 2, stop - start - exact)
        limit = CONTEXT if until else max(start, size - stop)
        context = 0
        while True:
            before, behind = min(context, start), min(context, size - stop)
            yield from ((exact, until, a, b) for a, b in dict.fromkeys([(before, 0), (0, behind), (before, behind)]))
            if context >= limit:
                break
            context = context * 2 or 2
        if not until:
            return
        words *= 2


def _within(first: int, last: int, start: int, stop: int) -> bool:
    """Whether a chunk belongs to a stretch: it holds words of it, or stands between two of them."""
    return max(first, start) < min(last, stop) or start < first == last < stop


def _cut(chunk: str, start: int, stop: int) -> str:
    """The tokens of a text without white space with the numbers `start` to `stop`, half open, as it prints them."""
    count = len(tokens(chunk))
    ends = [0 if number <= 0 else len(chunk) if number >= count else _offset(chunk, number) for number in (start, stop)]
    return chunk[slice(*ends)]


def _offset(chunk: str, number: int) -> int:
    """Where the token with this number begins: at the last character of the shortest beginning that holds it."""
    return bisect_left(range(len(chunk) + 1), number + 1, key=lambda end: len(tokens(chunk[:end]))) - 1


def _children(node: LexborNode | None) -> list[LexborNode]:
    children = []
    child = node.first_child if node is not None else None
    while child is not None:
        if child.is_element_node:
            children.append(child)
        child = child.next
    return children
