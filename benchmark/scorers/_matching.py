"""The matching blocks of difflib, the same ones but sooner: what CleanEval's alignment is defined by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

_UNKNOWN = -1
"""Number of a word that the second text lacks."""
_LONG = 200
"""Words from which on difflib does not let frequent words begin a match."""
_PAIRS = 1 << 20
"""Pairs of equal words that are held at once while diagonals are gathered."""


class Block(NamedTuple):
    """`size` words from `first` on in the first text that are those from `second` on in the second."""

    first: int
    second: int
    size: int


class _Range(NamedTuple):
    """The part of either text that lies between two blocks."""

    first: int
    first_end: int
    second: int
    second_end: int


class _Diagonals(NamedTuple):
    """Unbroken runs of equal words, as long as they go: where they begin in either text, and their lengths."""

    first: Numbers
    second: Numbers
    sizes: Numbers

    def within(self, part: _Range) -> _Diagonals:
        """What of them lies within the range."""
        skipped = np.maximum(np.maximum(part.first - self.first, part.second - self.second), 0)
        ends = np.minimum(np.minimum(part.first_end - self.first, part.second_end - self.second), self.sizes)
        kept = ends > skipped
        skipped = skipped[kept]
        return _Diagonals(self.first[kept] + skipped, self.second[kept] + skipped, ends[kept] - skipped)


class Matcher:
    """Matches any number of first texts with one second text, which is prepared once."""

    def __init__(self, second: Sequence[str]) -> None:
        self._numbers = {word: number for number, word in enumerate(dict.fromkeys(second))}
        self._second = [self._numbers[word] for word in second]
        places = np.array(self._second, dtype=np.int64)
        self._places = np.argsort(places, kind="stable")
        # Unknown words come last in each of the three, where the number -1 finds them: they stand nowhere.
        counts = np.bincount(places, minlength=len(self._numbers) + 1)
        self._starts = np.append(0, np.cumsum(counts))[:-1]
        if len(second) >= _LONG:
            counts[counts > len(second) // 100 + 1] = 0
        self._counts = counts

    def blocks(self, first: Sequence[str]) -> list[Block]:
        """The blocks of `SequenceMatcher(None, first, second).get_matching_blocks()`, in no order and not joined.

        That is, by difflib's documentation and code (Python 3.11): take the longest run of words that both texts have,
        of several the earliest in the first text and then in the second, and do the same to its left and to its right.
        Where the second text has 200 words or more, a word that makes up more than 1 % of it (plus one) belongs to no
        run, and only lengthens the one chosen at both ends (`autojunk`).

        difflib looks for the longest run anew in every part, from pairs of equal words. Here the pairs are joined to
        diagonals once, and every part takes over those of the whole that reach into it, cut to its edges. Time and
        memory grow with the number of diagonals, which at worst is that of pairs of equal words: up to a hundredth of
        |first| · |second|; time moreover with the number of blocks, at worst times the number of diagonals.
        """
        numbers = [self._numbers.get(word, _UNKNOWN) for word in first]
        whole = _Range(0, len(numbers), 0, len(self._second))
        found: list[Block] = []
        parts = [(whole, self._diagonals(np.array(numbers, dtype=np.int64)))]
        while parts:
            part, diagonals = parts.pop()
            block = self._lengthened(numbers, part, _longest(part, diagonals))
            if block.size:
                found.append(block)
                parts += [(rest, diagonals.within(rest)) for rest in _rests(part, block)]
        return found

    def _diagonals(self, numbers: Numbers) -> _Diagonals:
        found = [_joined(first, second, np.ones_like(first)) for first, second in self._pairs(numbers)]
        if len(found) == 1:
            return found[0]
        return _joined(*(np.concatenate(column) for column in zip(*found, strict=True))) if found else _joined()

    def _pairs(self, numbers: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
        """Where equal words stand in either text, some at a time."""
        ends = np.cumsum(self._counts[numbers])
        start = 0
        while start < len(numbers):
            before = ends[start - 1] if start else 0
            stop = max(start + 1, int(np.searchsorted(ends, before + _PAIRS, side="right")))
            counts = self._counts[numbers[start:stop]]
            first = np.repeat(np.arange(start, stop), counts)
            earlier = np.repeat(ends[start:stop] - counts, counts)
            offsets = np.arange(before, ends[stop - 1]) - earlier
            yield first, self._places[np.repeat(self._starts[numbers[start:stop]], counts) + offsets]
            start = stop

    def _lengthened(self, numbers: Sequence[int], part: _Range, block: Block) -> Block:
        second = self._second
        begin, begin_second, size = block
        while begin > part.first and begin_second > part.second and numbers[begin - 1] == second[begin_second - 1]:
            begin, begin_second, size = begin - 1, begin_second - 1, size + 1
        end, end_second = begin + size, begin_second + size
        while end < part.first_end and end_second < part.second_end and numbers[end] == second[end_second]:
            end, end_second = end + 1, end_second + 1
        return Block(begin, begin_second, end - begin)


def _longest(part: _Range, diagonals: _Diagonals) -> Block:
    """The longest, then the earliest; without any, the empty block at the beginning of the part."""
    if not diagonals.sizes.size:
        return Block(part.first, part.second, 0)
    size = diagonals.sizes.max()
    longest = np.flatnonzero(diagonals.sizes == size)
    first = diagonals.first[longest]
    earliest = longest[first == first.min()]
    return Block(int(first.min()), int(diagonals.second[earliest].min()), int(size))


def _rests(part: _Range, block: Block) -> list[_Range]:
    """What lies before and behind a block in both texts, where neither is empty."""
    rests = (
        _Range(part.first, block.first, part.second, block.second),
        _Range(block.first + block.size, part.first_end, block.second + block.size, part.second_end),
    )
    return [rest for rest in rests if rest.first < rest.first_end and rest.second < rest.second_end]


def _joined(*columns: Numbers) -> _Diagonals:
    """Runs that follow each other without a gap, made into one."""
    empty = np.zeros(0, dtype=np.int64)
    first, second, sizes = columns or (empty, empty, empty)
    order = np.lexsort((first, second - first))
    first, second, sizes = first[order], second[order], sizes[order]
    follows = (np.diff(second - first) == 0) & (np.diff(first) == sizes[:-1])
    begins = np.flatnonzero(np.append(True, ~follows)) if first.size else empty
    return _Diagonals(first[begins], second[begins], np.add.reduceat(sizes, begins) if begins.size else empty)
