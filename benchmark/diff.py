"""One page and one answer, marked word by word: what was kept, lost, leaked, left out, printed again and invented."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import NamedTuple, TypeVar

from selectolax.lexbor import LexborHTMLParser

from .attribution import INVENTED as UNTRACED
from .attribution import Attribution, Tracer, attribute
from .errors import UsageError
from .printings import counted_as, printed_again
from .records import Gold, Region, Tally
from .regions import KINDS, TEXT, walk
from .text import BLOCKS, tokens

# What became of a word -----------------------------------------------------------------------------------------

KEPT, LOST, LEAKED, LEFT_OUT = "kept", "lost", "leaked", "left out"
REPEATED, DOUBTFUL, INVENTED = "repeated", "doubtful", "invented"
MOVED = "moved"
"""Stands in the answer, but out of the page's order: counted, not marked."""

ROLES = {**{name: kind.role for name, kind in KINDS.items()}, "optional": "optional", "other": "boilerplate"}
"""Kind -> role; `optional` and `other` are the kinds of a page of which only the body is known, beside `main`."""


@dataclass(frozen=True)
class Line:
    """One line of visible text; `kinds` and `states` have an entry for each token of it."""

    number: int
    """Number of the line, counted from 1, as `boilerbench blocks` numbers the lines of a page."""
    text: str
    """The line as printed, runs of white space as one space."""
    kinds: Sequence[str]
    """Of which kind each token is."""
    states: Sequence[str]
    """What became of it: KEPT and so on."""


class Stretch(NamedTuple):
    """Words of one kind in a row that fared alike."""

    text: str
    """The words as printed, with the punctuation and white space behind them."""
    kind: str
    state: str
    words: int
    """Number of its tokens."""


@dataclass(frozen=True)
class Diff:
    """A page and an answer, held against each other."""

    lines: tuple[Line, ...]
    """The page's lines that hold a token, in document order."""
    invented: tuple[Line, ...]
    """Lines of the answer, numbered as they stand there, that hold invented words; the other words are KEPT."""
    tallies: tuple[Tally, ...]
    """What went wrong, most words first."""
    astray: int
    """Words of the gold's body that stand nowhere on the page, so that nobody can keep them."""


# Page, gold, answer -> Diff ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Page:
    """A page's tokens and what the gold says of each."""

    words: list[str]
    regions: Sequence[Region]
    owners: list[int]
    """Token -> number of its region."""
    kinds: list[str]
    blocks: list[str]
    """Type of block; empty where only the body is known."""
    prints: list[int]
    """Token -> the token it counts as, see `printings.counted_as`."""
    astray: int = 0


@dataclass(frozen=True)
class _Found:
    """What of a page stands in the answer, a byte for each page token."""

    itself: bytearray
    """Whether it was printed."""
    counted: bytearray
    """Whether it, or one that counts as the same, was printed."""
    again: bytearray
    """Whether it was printed beyond one printing."""
    doubtful: bytearray
    """Whether it was printed, unless that was another word of another kind."""


@dataclass(frozen=True)
class Marked:
    """One answer, held against a page."""

    states: list[str]
    """What became of each token of the page, in document order."""
    invented: tuple[Line, ...]
    """As in `Diff`."""
    tallies: tuple[Tally, ...]
    """As in `Diff`."""
    words: int
    """Number of tokens of the answer."""


class Marker:
    """A page and its gold, read once; any number of answers can be held against them.

    Counted as the scorer `regions` counts: words traced by `attribution`, a copy of the main text as good as the
    original, best estimates where the source is doubtful. Where the gold has no regions, `main` is its body as traced
    onto the page, its optional lines are `optional` and all else `other`; of a body that the page prints twice, one
    print is `main`. Raises `UsageError` where the gold's tokens are not those of the page.
    """

    def __init__(self, html: str, gold: Gold) -> None:
        """Read a decoded page by its gold."""
        self._texts, self._lines = _tokenised(_page_lines(html))
        self._page = _annotated(self._lines, gold) if gold.tokens else _traced(self._lines, gold)
        kinds = {kind: number for number, kind in enumerate(ROLES)}
        self._tracer = Tracer(self._page.words, [kinds[kind] for kind in self._page.kinds])

    @property
    def kinds(self) -> list[str]:
        """Of which kind each token is."""
        return self._page.kinds

    @property
    def astray(self) -> int:
        """Words of the gold's body that stand nowhere on the page."""
        return self._page.astray

    @property
    def lines(self) -> list[tuple[str, int]]:
        """The page's lines that hold a token, as printed with runs of white space as one space, and their tokens."""
        return [(" ".join(text.split()), len(words)) for (_, text), words in zip(self._texts, self._lines, strict=True)]

    def against(self, answer: str) -> Marked:
        """Mark the words of the page, and of an answer as plain text, by what became of them."""
        page = self._page
        texts, lines = _tokenised(answer.splitlines())
        output = list(chain.from_iterable(lines))
        trace = self._tracer.attribute(output)
        again = printed_again(page.words, page.owners, page.regions, output, trace)
        found = _found(page, trace, again)
        return Marked(
            states=_states(page, found),
            invented=tuple(_invented(texts, lines, trace)),
            tallies=tuple(sorted(_tallies(page, trace, found, again), key=lambda one: -one.words)),
            words=len(output),
        )


def marked(html: str, gold: Gold, answer: str) -> Diff:
    """Mark the words of a decoded page, and of an answer as plain text, by what became of them; see `Marker`."""
    page = Marker(html, gold)
    found = page.against(answer)
    lines = tuple(_marked_lines(page.lines, page.kinds, found.states))
    return Diff(lines, found.invented, found.tallies, page.astray)


def stretches(line: Line) -> Iterator[Stretch]:
    """The words of a line, those in a row together that are of one kind and fared alike; the texts make up the line."""
    for (kind, state), text, words in joined(pieces(line.text, list(zip(line.kinds, line.states, strict=True)))):
        yield Stretch(text, kind, state, words)


def _page_lines(html: str) -> Iterator[str]:
    """The lines of a page as `regions.visible_text` prints them; white space within a text begins no line."""
    body = LexborHTMLParser(html).body
    line: list[str] = []
    for event, node, text in walk(body) if body is not None else ():
        if event == TEXT:
            line.append(text)
        elif node.tag in BLOCKS:
            yield "".join(line)
            line = []
    yield "".join(line)


def _tokenised(lines: Iterable[str]) -> tuple[list[tuple[int, str]], list[list[str]]]:
    """The lines that hold a token, with their number counted from 0, and the tokens of each."""
    both = [((number, line), words) for number, line in enumerate(lines) if (words := tokens(line))]
    return [line for line, _ in both], [words for _, words in both]


def _annotated(lines: Sequence[Sequence[str]], gold: Gold) -> _Page:
    words = [token.text for token in gold.tokens]
    for seen, expected in zip(chain(chain.from_iterable(lines), [None]), [*words, None], strict=False):
        if seen != expected:
            raise UsageError(
                f"page {gold.page_id} reads {seen!r} where its gold has {expected!r}; the gold was made for another "
                "page or another reading of it: `boilerbench lint` says more. Restore the page or annotate it again"
            )
    owners = [token.region for token in gold.tokens]
    kinds = [gold.regions[owner].kind for owner in owners]
    return _Page(words, gold.regions, owners, kinds, [token.block for token in gold.tokens], counted_as(gold))


def _traced(lines: Sequence[Sequence[str]], gold: Gold) -> _Page:
    """A page of which only the body is known, as one region of each kind."""
    words = list(chain.from_iterable(lines))
    regions = (Region("other"), Region("main"), Region("optional"))
    owners = [0] * len(words)
    _, body = _tokenised(gold.body.split("\n"))
    roles = [
        2 if number in gold.optional else 1 for number, line in enumerate(gold.body.split("\n")) for _ in tokens(line)
    ]
    trace = attribute(words, list(chain.from_iterable(body)))
    for role, source, length in zip(roles, trace.sources, trace.lengths, strict=True):
        owners[source : source + length] = [role] * length
    astray = sum(source == UNTRACED for source in trace.sources)
    kinds = [regions[owner].kind for owner in owners]
    return _Page(words, regions, owners, kinds, [""] * len(words), list(range(len(words))), astray)


def _found(page: _Page, trace: Attribution, again: Sequence[bool]) -> _Found:
    size = len(page.words)
    found = _Found(bytearray(size), bytearray(size), bytearray(size), bytearray(size))
    for source, length, others, more in zip(trace.sources, trace.lengths, trace.candidates, again, strict=True):
        for place in range(source, source + length):
            found.itself[place] = found.counted[page.prints[place]] = 1
            found.again[place] |= more
            found.doubtful[place] |= bool(others)
    for place, same in enumerate(page.prints):
        found.counted[place] = found.counted[same]
    return found


def _states(page: _Page, found: _Found) -> list[str]:
    roles = [ROLES[region.kind] for region in page.regions]
    copies = [region.kind == "main" and region.copy_of is not None for region in page.regions]
    states = []
    for place, owner in enumerate(page.owners):
        role = roles[owner]
        if found.again[place]:
            states.append(REPEATED)
        elif found.doubtful[place]:
            states.append(DOUBTFUL)
        elif found.itself[place] if copies[owner] else found.counted[place]:
            states.append(LEAKED if role == "boilerplate" else KEPT)
        else:
            states.append(LOST if role == "main" and not copies[owner] else LEFT_OUT)
    return states


def _marked_lines(lines: Sequence[tuple[str, int]], kinds: Sequence[str], states: Sequence[str]) -> Iterator[Line]:
    start = 0
    for number, (text, words) in enumerate(lines, 1):
        stop = start + words
        yield Line(number, text, kinds[start:stop], states[start:stop])
        start = stop


def _invented(texts: Sequence[tuple[int, str]], lines: Sequence[Sequence[str]], trace: Attribution) -> Iterator[Line]:
    start = 0
    for (number, text), words in zip(texts, lines, strict=True):
        sources = trace.sources[start : start + len(words)]
        start += len(words)
        if UNTRACED in sources:
            states = [INVENTED if source == UNTRACED else KEPT for source in sources]
            yield Line(number + 1, " ".join(text.split()), ["answer"] * len(words), states)


def _tallies(page: _Page, trace: Attribution, found: _Found, again: Sequence[bool]) -> Iterator[Tally]:
    size = len(trace.sources)
    wanted: dict[str, list[int]] = {}
    for place, kind in enumerate(page.kinds):
        if kind != "main" or page.regions[page.owners[place]].copy_of is None:
            wanted.setdefault(kind, []).append(place)
    for kind, places in wanted.items():
        printed = sum(found.counted[place] for place in places)
        if ROLES[kind] == "boilerplate" and printed:
            yield Tally(LEAKED, kind, printed, len(places), {})
        elif ROLES[kind] == "main" and printed < len(places):
            blocks = Counter(page.blocks[place] for place in places if not found.counted[place] and page.blocks[place])
            yield Tally(LOST, kind, len(places) - printed, len(places), blocks)
    repeated = Counter(page.kinds[source] for source, more in zip(trace.sources, again, strict=True) if more)
    yield from (Tally(REPEATED, kind, words, size, {}) for kind, words in repeated.items())
    rest = {
        DOUBTFUL: sum(bool(others) for others in trace.candidates),
        INVENTED: sum(source == UNTRACED for source in trace.sources),
    }
    yield from (Tally(state, "", words, size, {}) for state, words in rest.items() if words)
    moved = _moved(page, trace, again)
    if moved:
        yield Tally(MOVED, "main", moved, size, {})


def _moved(page: _Page, trace: Attribution, again: Sequence[bool]) -> int:
    """Words of the main text that must be taken out of the answer for the rest to stand in the page's order."""
    places = [
        page.prints[source]
        for source, more in zip(trace.sources, again, strict=True)
        if source != UNTRACED and not more and page.kinds[source] == "main"
    ]
    # Smallest last place of a row of each length that stands in order (patience sorting).
    ends: list[int] = []
    for place in places:
        at = bisect_right(ends, place)
        ends[at : at + 1] = [place]
    return len(places) - len(ends)


Mark = TypeVar("Mark", bound=Hashable)


def joined(found: Iterable[tuple[str, Mark, int]]) -> Iterator[tuple[Mark, str, int]]:
    """Pieces in a row that have the same mark, put together: mark, text and number of tokens."""
    for mark, group in groupby(found, key=lambda piece: piece[1]):
        same = list(group)
        yield mark, "".join(text for text, _, _ in same), sum(words for _, _, words in same)


def pieces(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, Mark, int]]:
    """The printed words of a text with mark and number of tokens, cut where the marks of its tokens change."""
    if len(set(marks)) == 1:
        yield text, marks[0], len(marks)
        return
    start = 0
    for found in re.finditer(r"\S+\s*", text):
        chunk = found[0]
        stop = start + len(tokens(chunk))
        own = marks[start:stop] or marks[max(0, start - 1) : start] or marks[:1]
        if len(set(own)) == 1:
            yield chunk, own[0], stop - start
        else:
            yield from _cut(chunk, own)
        start = stop


def _cut(word: str, marks: Sequence[Mark]) -> Iterator[tuple[str, Mark, int]]:
    start = 0
    groups = [(mark, len(list(group))) for mark, group in groupby(marks)]
    for mark, count in groups[:-1]:
        stop = _behind(word, start, count)
        yield word[start:stop], mark, count
        start = stop
    yield word[start:], *groups[-1]


def _behind(word: str, start: int, count: int) -> int:
    """Where the token begins that follows the first `count` from `start` on.

    The stretch looked at grows twofold, so that a line of one long word (Chinese has no spaces) takes n log n.
    """

    def seen(stop: int) -> int:
        return len(tokens(word[start:stop]))

    reach = start + count
    while reach < len(word) and seen(reach) <= count:
        reach = min(len(word), start + 2 * (reach - start))
    return bisect_left(range(reach + 1), count + 1, lo=start, key=seen) - 1
