"""The unions of `_union_lcs` compiled by numba, with words of 64 bits in place of Python's whole numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]
Sentence = tuple[int, ...]

WORD = 64
ZERO, ONE, EVERY = np.uint64(0), np.uint64(1), np.uint64(2**64 - 1)
NONE = -1


class Index(NamedTuple):
    """A gold's distinct sentences as arrays; row i of a sentence is bit i % 64 of its word i // 64."""

    tokens: Array
    """Tokens of all sentences, one sentence after another; a place is a number in this array."""
    starts: Array
    """Place where each sentence starts, and where the last ends."""
    times: Array
    """How often each sentence stands in the gold."""
    sentences: Array
    """The sentence of each place."""
    held: Array
    """Places by their tokens."""
    bounds: Array
    """Where each token's places start in `held`, and where the last token's end."""
    offsets: Array
    """For each place, where the words start that have the rows of its sentence with the same token."""
    rows: Array
    """These words."""


class Gold:
    """A gold's distinct sentences, and where each token stands in them."""

    def __init__(self, sentences: Sequence[Sentence], vocabulary: int) -> None:
        self.times = Counter(sentences)
        self.numbers = {sentence: number for number, sentence in enumerate(self.times)}
        self.vocabulary = vocabulary
        tokens, starts = _joined(list(self.times))
        times = np.fromiter(self.times.values(), np.int64, len(self.times))
        held = np.argsort(tokens, kind="stable")
        bounds = np.searchsorted(tokens[held], np.arange(vocabulary + 1))
        owners = np.repeat(np.arange(len(times)), np.diff(starts))
        self.index = Index(tokens, starts, times, owners, held, bounds, *_rows(tokens, starts, vocabulary))

    def hits(self, answer: Sequence[Sentence]) -> int:
        """Number of the answer's tokens that hit."""
        distinct = dict.fromkeys(answer)
        equal = [sentence for sentence in distinct if sentence in self.numbers]
        numbers = np.fromiter((self.numbers[sentence] for sentence in equal), np.int64, len(equal))
        every, _ = _joined(answer)
        counts = np.bincount(every[every != NONE], minlength=self.vocabulary)
        ordered = [sentence for sentence in distinct if sentence not in self.numbers] + equal
        return _hits(self.index, *_joined(ordered), numbers, counts)


def _joined(sentences: Sequence[Sentence]) -> tuple[Array, Array]:
    """All tokens one after another, and where each sentence starts, with the end of the last."""
    sizes = [len(sentence) for sentence in sentences]
    tokens = np.fromiter(chain.from_iterable(sentences), np.int64, sum(sizes))
    return tokens, np.cumsum([0, *sizes], dtype=np.int64)


@njit(cache=True)
def _rows(tokens: Array, starts: Array, vocabulary: int) -> tuple[Array, Array]:
    """The last two fields of an index."""
    offsets, size = np.empty(tokens.size, np.int64), 0
    offset = np.full(vocabulary, NONE, np.int64)
    for number in range(starts.size - 1):
        first = size
        for place in range(starts[number], starts[number + 1]):
            if offset[tokens[place]] < first:
                offset[tokens[place]] = size
                size += _words(starts, number)
            offsets[place] = offset[tokens[place]]
    rows = np.zeros(size, np.uint64)
    for number in range(starts.size - 1):
        for place in range(starts[number], starts[number + 1]):
            row = place - starts[number]
            rows[offsets[place] + row // WORD] |= ONE << np.uint64(row % WORD)
    return offsets, rows


@njit(cache=True)
def _words(starts: Array, number: int) -> int:
    """Words that the rows of a sentence take."""
    return int(starts[number + 1] - starts[number] + WORD - 1) // WORD


@njit(cache=True)
def _hits(gold: Index, answer: Array, bounds: Array, equal: Array, counts: Array) -> int:
    """Clipped hits of an answer's distinct sentences, of which the last are the gold's of the numbers `equal`."""
    union = np.zeros(gold.tokens.size, np.bool_)
    hit = np.zeros(counts.size, np.int64)
    for number in equal:
        for place in range(gold.starts[number], gold.starts[number + 1]):
            _take(gold, place, union, hit)
    offsets = np.full(counts.size, NONE, np.int64)
    for sentence in range(bounds.size - 1):
        said = answer[bounds[sentence] : bounds[sentence + 1]]
        near = _near(gold, said, union, hit, counts)
        for number in range(near.size):
            if near[number]:
                columns, flats = _columns(gold, number, said, offsets)
                _way_back(gold, number, columns, flats, said.size, union, hit)
    total = 0
    for token in range(counts.size):
        total += min(hit[token], counts[token])
    return total


@njit(cache=True)
def _near(gold: Index, said: Array, union: Array, hit: Array, counts: Array) -> Array:
    """Whether each sentence of the gold holds, outside its union, one of these tokens that can hit more often."""
    near = np.zeros(gold.times.size, np.bool_)
    for token in said:
        if token != NONE and counts[token] > hit[token]:
            for place in gold.held[gold.bounds[token] : gold.bounds[token + 1]]:
                if not union[place]:
                    near[gold.sentences[place]] = True
    return near


@njit(cache=True)
def _columns(gold: Index, number: int, said: Array, offsets: Array) -> tuple[Array, Array]:
    """The columns with a match in the table of a gold sentence and one of the answer, and their rows without a step.

    A column is its number and where the words of its matching rows start; `offsets` is -1 for every token, before and
    after.
    """
    places = range(gold.starts[number], gold.starts[number + 1])
    for place in places:
        offsets[gold.tokens[place]] = gold.offsets[place]
    size = 0
    for token in said:
        size += token != NONE and offsets[token] != NONE
    columns, flats = np.empty((size, 2), np.int64), np.empty((size + 1, _words(gold.starts, number)), np.uint64)
    flats[0] = EVERY
    size = 0
    for column in range(said.size):
        if said[column] != NONE and offsets[said[column]] != NONE:
            columns[size, 0], columns[size, 1] = column, offsets[said[column]]
            size += 1
            _add(gold.rows, offsets[said[column]], flats[size - 1], flats[size])
    for place in places:
        offsets[gold.tokens[place]] = NONE
    return columns, flats[1:]


@njit(cache=True)
def _add(rows: Array, offset: int, before: Array, after: Array) -> None:
    """Write the rows without a step after one more column, from those before it."""
    carry = ZERO
    for word in range(before.size):
        flat, matches = before[word], rows[offset + word]
        moved = flat + (flat & matches)
        total = moved + carry
        carry = ONE if moved < flat or total < moved else ZERO
        after[word] = total | (flat & ~matches)


@njit(cache=True)
def _way_back(gold: Index, number: int, columns: Array, flats: Array, size: int, union: Array, hit: Array) -> None:
    """Take the places that the way back through the table of one gold sentence takes; see the plain one."""
    left, next_column = gold.starts[number + 1] - gold.starts[number], size
    for entry in range(len(columns) - 1, -1, -1):
        column, offset = columns[entry, 0], columns[entry, 1]
        if column + 1 < next_column:
            left = _top(left, flats[entry], gold.rows, NONE) + 1
        row = _top(left, flats[entry], gold.rows, offset)
        if row == NONE:
            return
        left = row + 1
        if gold.rows[offset + row // WORD] >> np.uint64(row % WORD) & ONE:
            _take(gold, gold.starts[number] + row, union, hit)
            left = row
        next_column = column


@njit(cache=True)
def _top(left: int, flats: Array, rows: Array, offset: int) -> int:
    """The highest of the first rows, counted by left, that steps or, with an offset, matches; -1 where none does."""
    for word in range((left - 1) // WORD, -1, -1):
        found = ~flats[word]
        if offset != NONE:
            found |= rows[offset + word]
        if (word + 1) * WORD > left:
            found &= (ONE << np.uint64(left - word * WORD)) - ONE
        if found:
            return word * WORD + _highest(found)
    return NONE


@njit(cache=True)
def _highest(bits: np.uint64) -> int:
    """Number of the highest bit that is set."""
    top, half = 0, WORD // 2
    while half:
        if bits >> np.uint64(half):
            bits >>= np.uint64(half)
            top += half
        half //= 2
    return top


@njit(cache=True)
def _take(gold: Index, place: int, union: Array, hit: Array) -> None:
    """Put a place into the union of its sentence, if it is not yet in it."""
    if not union[place]:
        union[place] = True
        hit[gold.tokens[place]] += gold.times[gold.sentences[place]]
