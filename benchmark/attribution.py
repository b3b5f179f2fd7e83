"""Traces each token of an extraction to the page token it was copied from, whatever the extractor did on the way.

The method is greedy string tiling (M. J. Wise, "String similarity via greedy string tiling and Running Karp-Rabin
matching", University of Sydney, 1993), with the choice among equal copies left to a shortest path:

1. Tiles: runs of three tokens or more that page and output share, found by trigrams; longer runs go first.
2. Copies: where the words of a tile stand on the page more than once, the copies of all such tiles in a row are chosen
   together, by the least sum of jumps along the output (Viterbi). A jump costs the binary logarithm of its width,
   DOUBT bits more if it leads back, and as much if the copy has been printed already. Copies within DOUBT bits of the
   best remain candidates. So do, where two tiles meet, words that continue the one as well as they begin the other.
3. Gaps: what is left follows on from its neighbours where it can: as the same word, as page words joined in one, or as
   one page word split in pieces. Else it is traced to the nearest copy of the word. What has none is invented.

Limits: a word that stands on the page is never called invented, even if the extractor made it up. Words joined across
text that was dropped between them are invented. Text that stands on the page more than COPIES times is followed word
by word, without candidates.

Bounds, for a page of n and an output of m tokens: PAIRS (n + m) pairs of equal trigrams are looked at, so space is
linear; time is that of sorting them, COPIES steps for each, and TRIES squared for each word that is not on the page.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, count, islice, repeat
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
"""Places at which a word that is not on the page is tried as joined words or a piece; also the longest first word."""
PIECES = 4
"""Most pieces of a word that are put together where neither neighbour tells which word it is."""
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
    """Trace one output to one page: `Tracer(page, labels).attribute(output)`."""
    return Tracer(page, labels).attribute(output)


class Tracer:
    """A page, indexed once, to which many outputs can be traced; tokens are those of `text.tokens`.

    `labels` gives the kind of each page token. Candidates of the same kind as the source are then left out, since
    that doubt does not matter; labels never change a source. ValueError if there are not as many as tokens.
    """

    def __init__(self, page: Sequence[str], labels: Sequence[int] | None = None) -> None:
        if labels is not None and len(labels) != len(page):
            raise ValueError(f"{len(labels)} labels for {len(page)} page tokens; give one for each")
        self.page = list(page)
        self.labels = labels
        self.numbers: defaultdict[str, int] = defaultdict(count().__next__)
        words = np.fromiter(map(self.numbers.__getitem__, self.page), np.int64, len(self.page))
        self.size = 3 if len(self.numbers) < DISTINCT else 2
        grams = self.grams(words)
        self.order = grams.argsort()
        grams = grams[self.order]
        self.starts = _edges(grams, 0)
        self.distinct = np.append(grams, np.iinfo(np.int64).max)[self.starts]  # the last is above any trigram
        self.copies = np.diff(self.starts, append=self.starts[-1])

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

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each word stands on the page, ascending."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self.page):
            places[word].append(place)
        return dict(places)


class _Trace:
    """One output on its way through the three steps."""

    def __init__(self, tracer: Tracer, output: list[str]) -> None:
        self.tracer = tracer
        self.page = tracer.page
        self.output = output
        self.sources: Integers = np.full(len(output), _OPEN, np.int64)
        self.candidates: list[tuple[int, ...]] = [()] * len(output)
        self.used = bytearray(len(self.page))
        self.joined: dict[int, range] = {}
        self.split: dict[int, int] = {}

    def attribution(self) -> Attribution:
        tokens, places = self._pairs()
        if len(tokens):
            self._choose_copies(self._tile(tokens, places))
            self._doubt_seams()
        sources = self._fill_gaps()
        lengths: list[int] = (self.sources >= 0).astype(np.int64).tolist()
        for token, places_joined in self.joined.items():
            lengths[token] = len(places_joined)
        return Attribution(sources, lengths, self.candidates, self._repeats())

    # Tiles

    def _pairs(self) -> tuple[Integers, Integers]:
        """Output tokens and page tokens at which the same trigram begins, less those of the commonest trigrams."""
        tracer, total = self.tracer, len(self.output)
        words = np.fromiter(map(tracer.numbers.get, self.output, repeat(len(tracer.numbers))), np.int64, total)
        grams = tracer.grams(words)
        order = grams.argsort()
        found = np.empty_like(order)
        found[order] = tracer.distinct.searchsorted(grams[order])  # what is sorted is found twice as fast
        self.copies = tracer.copies[found]
        self.copies[tracer.distinct[found] != grams] = 0
        for most in (COPIES, COPIES // 4, 1):
            self.copies[self.copies > most] = 0
            if self.copies.sum() <= PAIRS * (len(self.page) + total):
                break
        self.first = tracer.starts[found]
        return np.arange(len(grams)).repeat(self.copies), tracer.order[_ranges(self.first, self.copies)]

    def _tile(self, tokens: Integers, places: Integers) -> Integers:
        """Give each token the source that the longest run says; numbers of the tiles that may be one of several copies.

        These are the tiles that hold no trigram which stands on the page once.
        """
        size, total = self.tracer.size, len(self.output)
        bits = total.bit_length()
        # Diagonal by diagonal, and along each by token: a run is a stretch of consecutive numbers.
        pairs = (places - tokens + total) << bits
        pairs |= tokens
        pairs.sort()
        edges = _edges(pairs, 1)
        lengths = edges[1:] - edges[:-1]
        order = lengths.argsort(kind="stable")
        lengths = lengths[order] + (size - 1)
        firsts = pairs[edges[order]]
        covered = _ranges(firsts & ((1 << bits) - 1), lengths)
        # Of several sources given to one token the last one stays: that of the longest run.
        self.sources[covered] = covered + ((firsts >> bits) - total).repeat(lengths)
        edges = _edges(self.sources, 1)
        lengths = edges[1:] - edges[:-1]
        whole = lengths >= size
        self.sources[(~whole).repeat(lengths)] = _OPEN
        starts, ends = edges[:-1][whole], edges[1:][whole]
        self.tiles = list(zip(starts.tolist(), ends.tolist(), strict=True))
        self.shifts: list[int] = (self.sources[starts] - starts).tolist()
        once = np.zeros(total + 1, np.int64)
        np.cumsum(self.copies == 1, out=once[1 : len(self.copies) + 1])
        ambiguous: Integers = (once[ends - size + 1] == once[starts]).nonzero()[0]
        return ambiguous

    # Copies

    def _choose_copies(self, ambiguous: Integers) -> None:
        """Settle which copy the ambiguous tiles are, and mark the page tokens that tiles print."""
        copies = {number: self._copies(*self.tiles[number]) for number in ambiguous.tolist()}
        for number in copies:
            self.sources[slice(*self.tiles[number])] = _OPEN
        marks = np.zeros(len(self.page) + 2, np.uint8)
        marks[self.sources] = 1
        self.used = bytearray(marks)
        for first, stop in _stretches(ambiguous):
            self._choose_path(range(first, stop), [copies[number] for number in range(first, stop)])

    def _copies(self, start: int, end: int) -> list[int]:
        """Every place on the page at which the words of a tile stand, found by its rarest trigram."""
        copies = self.copies[start : end - self.tracer.size + 1].tolist()
        fewest = min(filter(None, copies), default=0)
        if not fewest:  # two scraps of longer runs that meet by chance
            return [int(self.sources[start])]
        rarest = copies.index(fewest)
        first = int(self.first[start + rarest])
        words, length = self.output[start:end], end - start
        places = [place - rarest for place in self.tracer.order[first : first + fewest].tolist()]
        return [place for place in places if place >= 0 and self.page[place : place + length] == words]

    def _choose_path(self, numbers: range, copies: list[list[int]]) -> None:
        """Choose copies for tiles in a row, given the tiles before and behind them.

        A shift is a tile's place on the page less its place in the output: as long as both read on, it does not change.
        """
        paths = [(0, self.shifts[numbers[0] - 1])] if numbers[0] else []
        rows = []
        for number, places in zip(numbers, copies, strict=True):
            row = []
            for shift in [place - self.tiles[number][0] for place in places]:
                # What _jump says, without the call: this is the innermost loop.
                costs = [cost + (shift - last).bit_length() + (DOUBT if shift < last else 0) for cost, last in paths]
                row.append((min(costs, default=0), shift))
            rows.append(row)
            paths = row
        for number, row in zip(reversed(numbers), reversed(rows), strict=True):
            start, end = self.tiles[number]
            ranked = []
            for cost, shift in row:
                on = _jump(self.shifts[number + 1] - shift) if number + 1 < len(self.tiles) else 0
                ranked.append((cost + on + DOUBT * self.used[(start + end) // 2 + shift], shift))
            best, chosen = min(ranked)
            self.shifts[number] = chosen
            self.sources[start:end] = np.arange(start + chosen, end + chosen)
            self.used[start + chosen : end + chosen] = b"\1" * (end - start)
            others = [shift for cost, shift in ranked if shift != chosen and cost <= best + DOUBT]
            self._keep(start, end, chosen, others)

    def _doubt_seams(self) -> None:
        """Where two tiles meet, keep what the first would be if it went on, and the second if it began earlier."""
        page, output, tiles, shifts = self.page, self.output, self.tiles, self.shifts
        for number in range(1, len(tiles)):
            before, after = shifts[number - 1], shifts[number]
            token, end = tiles[number]
            if tiles[number - 1][1] != token or before == after:
                continue
            while token < end and token + before < len(page) and page[token + before] == output[token]:
                self._keep(token, token + 1, after, [before])
                token += 1
            start, token = tiles[number - 1]
            while token > start and token + after > 0 and page[token + after - 1] == output[token - 1]:
                token -= 1
                self._keep(token, token + 1, before, [after])

    def _keep(self, start: int, end: int, chosen: int, others: list[int]) -> None:
        """Keep other shifts as candidates of some tokens, but none of a label that the chosen one has."""
        labels = self.tracer.labels
        for token in range(start, end) if others else ():
            kept = [
                other + token for other in others if labels is None or labels[other + token] != labels[chosen + token]
            ]
            self.candidates[token] += tuple(kept)

    # Gaps

    def _fill_gaps(self) -> list[int]:
        """Trace what no tile covers; the sources, complete."""
        gaps = (self.sources < 0).nonzero()[0]
        self.sources[gaps] = INVENTED
        sources: list[int] = self.sources.tolist()
        for start, stop in _stretches(gaps):
            right = sources[stop] if stop < len(sources) else None
            left = sources[start - 1] + 1 if start else None
            token = start
            while token < stop:
                match = self._match(token, stop, left) or self._elsewhere(token, stop, left, right)
                if match is None:
                    token += 1
                    continue
                read, source, length = match
                if length > 1:
                    self.joined[token] = range(source, source + length)
                if read > 1:
                    self.split[token] = read
                sources[token : token + read] = [source] * read
                self.used[source : source + length] = b"\1" * length
                token += read
                left = source + length
        self.sources[gaps] = [sources[token] for token in gaps.tolist()]
        return sources

    def _match(self, token: int, stop: int, place: int | None) -> Match | None:
        """How the output from a token on is the page from a place on: one word, words joined, or a word split."""
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
        places = self.tracer.places.get(self.output[token])
        if places:
            return 1, self._nearest(token, places, left, behind), 1
        # Joined and split words in the rest of the gap move this one; all of the rest may be its pieces.
        near = [] if behind is None or right is None else [behind, behind + 1, behind - 1, right - 1]
        for place in chain(near, islice(self._beginnings(token, stop), TRIES)):
            match = self._match(token, stop, place)
            if match:
                return match
        return None

    def _beginnings(self, token: int, stop: int) -> Iterator[int]:
        """Places where a split word may stand, or the first two of some joined words."""
        page, places, word = self.page, self.tracer.places, self.output[token]
        for whole in accumulate(self.output[token : min(stop, token + PIECES)]):
            yield from places.get(whole, ())[:1]
        for length in range(min(TRIES, len(word) - 1), 0, -1):
            for place in places.get(word[:length], ())[:TRIES]:
                if place + 1 < len(page) and word.startswith(page[place + 1], length):
                    yield place

    def _nearest(self, token: int, places: list[int], left: int | None, behind: int | None) -> int:
        """The place at the least jump from the left neighbour or to the right one; without neighbours, the first."""
        if len(places) == 1:
            return places[0]
        ranked = [
            (_jump((place - neighbour) * direction) + DOUBT * self.used[place], place)
            for neighbour, direction in ((left, 1), (behind, -1))
            if neighbour is not None
            for place in _around(neighbour, places)
        ] or [(0, place) for place in places[:COPIES]]
        best, source = min(ranked)
        others = {place for cost, place in ranked if cost <= best + DOUBT and place != source}
        self._keep(token, token + 1, source - token, [place - token for place in sorted(others)])
        return source

    def _repeats(self) -> list[bool]:
        """Which tokens print a page token that an earlier one has printed; pieces of a split word print it together."""
        tokens = np.arange(len(self.output))
        first = np.full(len(self.page) + 1, len(self.output))
        first[self.sources[::-1]] = tokens[::-1]  # of several tokens with one source the earliest stays
        for token, places in self.joined.items():
            for place in places:
                first[place] = min(token, first[place])
        repeats: list[bool] = ((first[self.sources] < tokens) & (self.sources >= 0)).tolist()
        for token, places in self.joined.items():
            repeats[token] = any(first[place] < token for place in places)
        for token, read in self.split.items():
            repeats[token : token + read] = [repeats[token]] * read
        return repeats


def _jump(width: int) -> int:
    """Cost in bits of reading on so many places behind the next one, or before it if negative."""
    return width.bit_length() + (DOUBT if width < 0 else 0)


def _around(place: int, places: list[int]) -> list[int]:
    """The last of the places before a place, and the first that is not."""
    index = bisect_left(places, place)
    return places[max(0, index - 1) : index + 1]


def _parts(whole: str, parts: Sequence[str], start: int, stop: int) -> int:
    """How many of the parts from `start` on make up the whole; 0 if they do not."""
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
    ranges: Integers = (starts - ends + lengths).repeat(lengths)
    ranges += np.arange(len(ranges))
    return ranges
