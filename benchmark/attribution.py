"""Traces each token of an extraction to the page token it was copied from, whatever the extractor did on the way.

The method is greedy string tiling (M. J. Wise, "String similarity via greedy string tiling and Running Karp-Rabin
matching", University of Sydney, 1993), with the choice among equal copies left to a shortest path:

1. Tiles: page and output are compared by their trigrams. Of all the runs of tokens they share, longer ones come first.
2. Copies: where the words of a tile stand on the page more than once, the copies are chosen for all such tiles in a row
   together, by the least sum of jumps along the output (Viterbi). A jump costs the binary logarithm of its width,
   DOUBT bits more if it leads back, and as much again if the copy has been printed already. Copies within DOUBT
   bits of the best stay candidates: eight times as far away is no proof.
3. Gaps: what is left follows on from its neighbours where it can: as the same word, as page words joined in one, or as
   one page word split in pieces. Else it is traced to the nearest copy of the word. What has none is invented.

Limits: a word that stands on the page is never called invented, even if the extractor made it up. Tiles end where the
words cease to agree, not where a block ends, so a word or two at a seam may go to the wrong side. Words joined across
text that was dropped between them are invented. Text that stands on the page more than COPIES times is followed word
by word, without candidates.

Bounds, for a page of n and an output of m tokens: PAIRS (n + m) pairs of equal trigrams are looked at, so space is
linear; time is that of sorting them, COPIES steps for each, and TRIES steps for each token in a gap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import count, repeat
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

INVENTED = -1
"""Source of a token that stands nowhere on the page."""
COPIES = 32
"""A trigram that stands on the page more often begins no tile."""
PAIRS = 2
"""Pairs of equal trigrams looked at, per token of page and output; above it the commonest trigrams are left out."""
DOUBT = 3
"""By how many bits one explanation must be better than another to rule it out."""
TRIES = 32
"""Places at which a word that is not on the page is tried as joined page words; also the longest first word tried."""
PIECES = 4
"""Most pieces of a word that are put together where no neighbour tells which word it is."""
DISTINCT = 1 << 20
"""A page of fewer distinct words is tiled by trigrams, which then fit 62 bits; any other by bigrams."""

_OPEN = -2
"""Source of a token that is not traced yet; -1 would look like the token before page token 0."""

Integers: TypeAlias = NDArray[np.int64]
Match: TypeAlias = tuple[int, int, int]
"""How many output tokens are read, at which page token, and how many page tokens they stand for."""


class Attribution(NamedTuple):
    """Where each token of an output came from; all four run parallel to the output."""

    sources: Sequence[int]
    """Index of the page token, or INVENTED. Page words joined in one token: the first of them. Pieces of a split word:
    that word for all. So each output token has one source and counts once, whatever it is made of."""
    lengths: Sequence[int]
    """Number of page tokens it stands for, from the source on: 0 if invented, above 1 where words were joined."""
    candidates: Sequence[tuple[int, ...]]
    """Other page tokens that explain the token as well; empty where there is no doubt."""
    repeats: Sequence[bool]
    """Whether an earlier output token was copied from the same page token: it was printed twice."""


def attribute(page: Sequence[str], output: Sequence[str], labels: Sequence[int] | None = None) -> Attribution:
    """Trace one output to one page; `Tracer(page, labels).attribute(output)`."""
    return Tracer(page, labels).attribute(output)


class Tracer:
    """A page, indexed once, to which many outputs can be traced; tokens are those of `text.tokens`.

    `labels` gives the kind of each page token. Candidates of the same kind as the source are then left out, since
    the doubt does not matter; labels never change a source. ValueError if there are not as many as tokens.
    """

    def __init__(self, page: Sequence[str], labels: Sequence[int] | None = None) -> None:
        if labels is not None and len(labels) != len(page):
            raise ValueError(f"{len(labels)} labels for {len(page)} page tokens; give one for each")
        self.page = list(page)
        self.labels = labels
        self.numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self.words = np.fromiter(map(self.numbers.__getitem__, self.page), np.int64, len(self.page))
        self.size = 3 if len(self.numbers) < DISTINCT else 2
        grams = self.grams(self.words)
        self.order = grams.argsort()
        grams = grams[self.order]
        self.starts = _edges(grams, 0)
        self.distinct = np.append(grams, np.iinfo(np.int64).max)[self.starts]  # the last is above any trigram
        self.copies = np.diff(self.starts, append=self.starts[-1])
        self._places: tuple[list[int], list[int]] | None = None

    def attribute(self, output: Sequence[str]) -> Attribution:
        """Trace one output."""
        return _Trace(self, list(output)).attribution()

    def grams(self, words: Integers) -> Integers:
        """The trigram that begins at each word, packed into one number."""
        span = max(0, len(words) - self.size + 1)
        packed = words[:span].copy()
        for offset in range(1, self.size):
            packed <<= 62 // self.size
            packed |= words[offset : offset + span]
        return packed

    def places(self, word: str) -> tuple[list[int], int, int] | None:
        """A list, and the bounds of the stretch of it that holds the word's positions on the page, ascending."""
        number = self.numbers.get(word)
        if number is None:
            return None
        if self._places is None:
            bounds = np.bincount(self.words, minlength=len(self.numbers)).cumsum()
            self._places = self.words.argsort(kind="stable").tolist(), [0, *bounds.tolist()]
        positions, bounds_of = self._places
        return positions, bounds_of[number], bounds_of[number + 1]


class _Trace:
    """One output on its way through the three steps."""

    def __init__(self, tracer: Tracer, output: list[str]) -> None:
        self.tracer = tracer
        self.page = tracer.page
        self.output = output
        self.sources: Integers = np.full(len(output), _OPEN, np.int64)
        self.candidates: list[tuple[int, ...]] = [()] * len(output)
        self.used = bytearray(len(self.page) + 1)
        self.joined: dict[int, int] = {}
        self.split: dict[int, int] = {}

    def attribution(self) -> Attribution:
        tokens, places = self._pairs()
        if len(tokens):
            self._choose_copies(*self._tile(tokens, places))
        sources = self._fill()
        lengths = (self.sources >= 0).astype(np.int64).tolist()
        for token, length in self.joined.items():
            lengths[token] = length
        return Attribution(sources, lengths, self.candidates, self._repeats(sources))

    # Tiles

    def _pairs(self) -> tuple[Integers, Integers]:
        """Every output token and page token at which the same trigram begins, less those of the commonest trigrams."""
        tracer = self.tracer
        unknown = repeat(len(tracer.numbers))
        grams = tracer.grams(np.fromiter(map(tracer.numbers.get, self.output, unknown), np.int64, len(self.output)))
        order = grams.argsort()  # what is sorted is found twice as fast
        grams = grams[order]
        found = tracer.distinct.searchsorted(grams)
        copies = tracer.copies[found]
        copies[tracer.distinct[found] != grams] = 0
        for most in (COPIES, COPIES // 4, 1):
            copies[copies > most] = 0
            if copies.sum() <= PAIRS * (len(self.page) + len(self.output)):
                break
        starts = tracer.starts[found]
        self.first, self.copies = np.empty_like(starts), np.empty_like(copies)
        self.first[order], self.copies[order] = starts, np.where(copies, copies, COPIES + 1)
        return order.repeat(copies), tracer.order[_ranges(starts, copies)]

    def _tile(self, tokens: Integers, places: Integers) -> tuple[Integers, Integers]:
        """Give each token the source that the longest run says; starts and ends of the tiles that come of it."""
        size, total = self.tracer.size, len(self.output)
        bits = total.bit_length()
        # By diagonal, then by token: a run is a stretch of consecutive numbers.
        pairs = (places - tokens + total) << bits
        pairs |= tokens
        pairs.sort()
        edges = _edges(pairs, 1)
        lengths = edges[1:] - edges[:-1]
        order = lengths.argsort(kind="stable")
        lengths = lengths[order] + (size - 1)
        firsts = pairs[edges[order]]
        covered = _ranges(firsts & ((1 << bits) - 1), lengths)
        # Of assignments to the same token the last one stays: that of the longest run.
        self.sources[covered] = covered + ((firsts >> bits) - total).repeat(lengths)
        edges = _edges(self.sources, 1)
        lengths = edges[1:] - edges[:-1]
        tile = lengths >= size
        self.sources[(~tile).repeat(lengths)] = _OPEN
        return edges[:-1][tile], edges[1:][tile]

    # Copies

    def _choose_copies(self, starts: Integers, ends: Integers) -> None:
        """Choose among the copies of each tile that holds no trigram which stands on the page once."""
        once = np.zeros(len(self.output) + 1, np.int64)
        np.cumsum(self.copies == 1, out=once[1 : len(self.copies) + 1])
        ambiguous = (once[ends - self.tracer.size + 1] == once[starts]).nonzero()[0]
        tiles = list(zip(starts.tolist(), ends.tolist(), strict=True))
        copies = {tile: self._copies(*tiles[tile]) for tile in ambiguous.tolist()}
        for tile in copies:
            self.sources[slice(*tiles[tile])] = _OPEN
        marks = np.zeros(len(self.page) + 2, np.uint8)
        marks[self.sources] = 1
        self.used = bytearray(marks)
        for first, stop in _stretches(ambiguous):
            left = int(self.sources[ends[first - 1] - 1]) + 1 if first else None
            right = int(self.sources[starts[stop]]) if stop < len(tiles) else None
            self._choose_path([(*tiles[tile], copies[tile]) for tile in range(first, stop)], left, right)

    def _copies(self, start: int, end: int) -> list[int]:
        """Every position on the page at which the words of a tile stand, found by its rarest trigram."""
        rarest = int(self.copies[start : end - self.tracer.size + 1].argmin())
        first, copies = int(self.first[start + rarest]), int(self.copies[start + rarest])
        if copies > COPIES:  # two scraps of longer runs, which meet by chance
            return [int(self.sources[start])]
        words, length = self.output[start:end], end - start
        places = [place - rarest for place in self.tracer.order[first : first + copies].tolist()]
        return [place for place in places if place >= 0 and self.page[place : place + length] == words]

    def _choose_path(self, tiles: list[tuple[int, int, list[int]]], left: int | None, right: int | None) -> None:
        """The copies of least cost for some tiles in a row, from the page position before them to that behind them."""
        paths = [(0, left)] if left is not None else []
        table = []
        for start, end, copies in tiles:
            row = [
                min(
                    [cost + (copy - place).bit_length() + (DOUBT if copy < place else 0) for cost, place in paths],
                    default=0,
                )
                for copy in copies
            ]
            table.append(row)
            paths = [(cost, copy + end - start) for cost, copy in zip(row, copies, strict=True)]
        for (start, end, copies), row in zip(reversed(tiles), reversed(table), strict=True):
            length = end - start
            ranked = [
                (
                    cost
                    + (0 if right is None else _jump(copy + length, right))
                    + DOUBT * self.used[copy + length // 2],
                    copy,
                )
                for cost, copy in zip(row, copies, strict=True)
            ]
            best, right = min(ranked)
            self.sources[start:end] = np.arange(right, right + length)
            self.used[right : right + length] = b"\1" * length
            self._note(start, end, right, [copy for cost, copy in ranked if copy != right and cost <= best + DOUBT])

    def _note(self, start: int, end: int, source: int, others: list[int]) -> None:
        labels = self.tracer.labels
        for offset in range(end - start if others else 0):
            self.candidates[start + offset] = tuple(
                [
                    other + offset
                    for other in others
                    if labels is None or labels[other + offset] != labels[source + offset]
                ]
            )

    # Gaps

    def _fill(self) -> list[int]:
        """Trace what no tile covers; the sources, complete."""
        gaps = (self.sources < 0).nonzero()[0]
        self.sources[gaps] = INVENTED
        sources: list[int] = self.sources.tolist()
        for start, stop in _stretches(gaps):
            right = sources[stop] if stop < len(sources) else None
            left = sources[start - 1] + 1 if start else None if right is not None else 0
            token = start
            while token < stop:
                match = self._match(token, stop, left) or self._elsewhere(token, stop, left, right)
                if match is None:
                    token += 1
                    continue
                read, source, length = match
                if read == length == 1:
                    sources[token] = source
                elif length > 1:
                    sources[token] = source
                    self.joined[token] = length
                else:
                    sources[token : token + read] = [source] * read
                    self.split[token] = read
                self.used[source : source + length] = b"\1" * length
                token += read
                left = source + length
        self.sources[gaps] = [sources[token] for token in gaps.tolist()]
        return sources

    def _match(self, token: int, stop: int, place: int | None) -> Match | None:
        """How the output from a token on reads as the page from a place on: the same word, joined words or a split one."""
        if place is None or not 0 <= place < len(self.page):
            return None
        word, source = self.output[token], self.page[place]
        if word == source:
            return 1, place, 1
        if word.startswith(source):
            parts = _parts(word, self.page, place, len(self.page))
            return (1, place, parts) if parts else None
        if source.startswith(word):
            parts = _parts(source, self.output, token, stop)
            return (parts, place, 1) if parts else None
        return None

    def _elsewhere(self, token: int, stop: int, left: int | None, right: int | None) -> Match | None:
        """The copy of the word that is nearest to a neighbour; where the page has none, a joined or split word."""
        behind = None if right is None else right - (stop - token)
        known = self.tracer.places(self.output[token])
        if known is not None:
            return 1, self._nearest(token, *known, left, behind), 1
        if behind is not None:
            for place in (behind, behind + 1, behind - 1):  # what remains of the gap may hold a split or a join
                match = self._match(token, stop, place)
                if match:
                    return match
        return self._split(token, stop) or self._joined(token, stop, left or behind or 0)

    def _nearest(self, token: int, places: list[int], low: int, high: int, left: int | None, behind: int | None) -> int:
        if high - low == 1:
            return places[low]
        near = set()
        for neighbour in (left, behind):
            if neighbour is not None:
                index = bisect_left(places, neighbour, low, high)
                near.update(places[max(low, index - 1) : min(high, index + 1)])
        ranked = []
        for place in near:
            costs = (
                [_jump(left, place)]
                if behind is None
                else [_jump(place, behind)]
                if left is None
                else [_jump(left, place), _jump(place, behind)]
            )
            ranked.append((min(costs) + DOUBT * self.used[place], place))
        best, source = min(ranked)
        if len(ranked) > 1:
            others = sorted([place for cost, place in ranked if cost <= best + DOUBT and place != source])
            self._note(token, token + 1, source, others)
        return source

    def _split(self, token: int, stop: int) -> Match | None:
        word = self.output[token]
        for end in range(token + 1, min(stop, token + PIECES)):
            word += self.output[end]
            known = self.tracer.places(word)
            if known is not None:
                return end + 1 - token, known[0][known[1]], 1
        return None

    def _joined(self, token: int, stop: int, near: int) -> Match | None:
        word, page, numbers = self.output[token], self.page, self.tracer.numbers
        tries = TRIES
        for length in range(min(TRIES, len(word) - 1), 0, -1):
            if word[:length] not in numbers:
                continue
            places, low, high = self.tracer.places(word[:length])
            middle = bisect_left(places, near, low, high)
            for place in places[max(low, middle - tries // 2) : min(high, middle + tries - tries // 2)]:
                tries -= 1
                if word.startswith(page[min(place + 1, len(page) - 1)], length):
                    match = self._match(token, stop, place)
                    if match:
                        return match
        return None

    def _repeats(self, sources: list[int]) -> list[bool]:
        """Which tokens print a page token that an earlier one has printed."""
        tokens = np.arange(len(self.output))
        first = np.full(len(self.page) + 1, len(self.output))
        first[self.sources[::-1]] = tokens[::-1]  # of several tokens with one source the earliest stays
        covers = {token: range(sources[token], sources[token] + length) for token, length in self.joined.items()}
        for token, cover in covers.items():
            for place in cover:
                first[place] = min(token, first[place])
        repeats: list[bool] = ((first[self.sources] < tokens) & (self.sources >= 0)).tolist()
        for token, cover in covers.items():
            repeats[token] = any(first[place] < token for place in cover)
        for token, read in self.split.items():
            repeats[token : token + read] = [repeats[token]] * read
        return repeats


def _jump(end: int, start: int) -> int:
    """Cost in bits of reading on at `start` of the page after having read up to `end`."""
    return (start - end).bit_length() + (DOUBT if start < end else 0)


def _parts(whole: str, parts: Sequence[str], start: int, stop: int) -> int:
    """How many of the parts from `start` on make up the whole; 0 if none do."""
    length = 0
    for index in range(start, stop):
        if not whole.startswith(parts[index], length):
            return 0
        length += len(parts[index])
        if length == len(whole):
            return index + 1 - start
    return 0


def _edges(numbers: Integers, step: int) -> Integers:
    """Where stretches begin in which each number exceeds the one before by `step`, and the end of the last."""
    edge = np.ones(len(numbers) + 1, bool)
    np.not_equal(numbers[1:], numbers[:-1] + step, out=edge[1:-1])
    return edge.nonzero()[0]


def _stretches(numbers: Integers) -> list[tuple[int, int]]:
    """Stretches of consecutive numbers, half-open."""
    edges = _edges(numbers, 1)
    return list(zip(numbers[edges[:-1]].tolist(), (numbers[edges[1:] - 1] + 1).tolist(), strict=True))


def _ranges(starts: Integers, lengths: Integers) -> Integers:
    """All numbers of some ranges, one range after the other."""
    ends = lengths.cumsum()
    return (starts - ends + lengths).repeat(lengths) + np.arange(ends[-1] if len(ends) else 0)
