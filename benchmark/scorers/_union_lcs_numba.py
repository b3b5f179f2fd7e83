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
ONE, EVERY = np.uint64(1), np.uint64(2**64 - 1)
NONE = -1


class Index(NamedTuple):
    """A gold as arrays; row i of a sentence is bit i % 64 of its word i // 64."""

    tokens: Array
    """Tokens of all distinct sentences, one sentence after another."""
    starts: Array
    """Where each sentence starts among the tokens, and where the last ends."""
    times: Array
    """How often each sentence stands in the gold."""
    words: Array
    """Where each sentence starts among the words of all sentences, and where the last ends."""
    postings: Array
    """Where each token's postings start, one for each sentence that holds it, and where the last token's end."""
    holders: Array
    """The sentence of each posting."""
    offsets: Array
    """Where the words of each posting start: as many as its sentence has."""
    places: Array
    """Words of all postings: the rows that hold the token."""


class Gold:
    """A gold's distinct sentences, and where each token stands in them."""

    def __init__(self, sentences: Sequence[Sentence], vocabulary: int) -> None:
        self.times = Counter(sentences)
        self.numbers = {sentence: number for number, sentence in enumerate(self.times)}
        self.vocabulary = vocabulary
        tokens, starts = _joined(list(self.times))
        times = np.fromiter(self.times.values(), np.int64, len(self.times))
        words = np.cumsum(np.append(0, -(-np.diff(starts) // WORD)))
        self.index = Index(tokens, starts, times, words, *_index(tokens, starts, words, vocabulary))

    def hits(self, answer: Sequence[Sentence]) -> int:
        """Number of the answer's tokens that hit."""
        distinct = dict.fromkeys(answer)
        equal = [sentence for sentence in distinct if sentence in self.numbers]
        numbers = np.fromiter((self.numbers[sentence] for sentence in equal), np.int64, len(equal))
        every, _ = _joined(answer)
        counts = np.bincount(every[every >= 0], minlength=self.vocabulary)
        ordered = [sentence for sentence in distinct if sentence not in self.numbers] + equal
        return int(_hits(self.index, *_joined(ordered), numbers, counts))


def _joined(sentences: Sequence[Sentence]) -> tuple[Array, Array]:
    """All tokens one after another, and where each sentence starts, with the end of the last."""
    sizes = [len(sentence) for sentence in sentences]
    tokens = np.fromiter(chain.from_iterable(sentences), np.int64, sum(sizes))
    return tokens, np.cumsum([0, *sizes], dtype=np.int64)


@njit(cache=True)
def _index(tokens: Array, starts: Array, words: Array, vocabulary: int) -> tuple[Array, Array, Array, Array]:
    """The postings of all tokens: the last four fields of an index."""
    postings = np.zeros(vocabulary + 1, np.int64)
    seen = np.full(vocabulary, NONE, np.int64)
    size = 0
    for number in range(starts.size - 1):
        for place in range(starts[number], starts[number + 1]):
            if seen[tokens[place]] != number:
                seen[tokens[place]] = number
                postings[tokens[place] + 1] += 1
                size += words[number + 1] - words[number]
    postings = np.cumsum(postings)
    filled = postings.copy()
    holders, offsets = np.empty(postings[-1], np.int64), np.empty(postings[-1], np.int64)
    places = np.zeros(size, np.uint64)
    seen[:] = NONE
    used = 0
    for number in range(starts.size - 1):
        for place in range(starts[number], starts[number + 1]):
            token = tokens[place]
            if seen[token] != number:
                seen[token] = number
                holders[filled[token]], offsets[filled[token]] = number, used
                filled[token] += 1
                used += words[number + 1] - words[number]
            row = place - starts[number]
            places[offsets[filled[token] - 1] + row // WORD] |= ONE << np.uint64(row % WORD)
    return postings, holders, offsets, places


@njit(cache=True)
def _hits(gold: Index, answer: Array, bounds: Array, equal: Array, counts: Array) -> int:
    """Clipped hits of an answer's distinct sentences, of which the last are the gold's of the numbers `equal`."""
    unions = np.zeros(gold.words[-1], np.uint64)
    hit = np.zeros(counts.size, np.int64)
    for number in equal:
        for row in range(gold.starts[number + 1] - gold.starts[number]):
            _take(gold, number, row, unions, hit)
    last = np.full(gold.times.size, NONE, np.int64)
    near = np.empty(gold.times.size, np.int64)
    for sentence in range(bounds.size - 1):
        said = answer[bounds[sentence] : bounds[sentence + 1]]
        found = _near(gold, said, unions, hit, counts, last, near)
        if found:
            columns, flats = _columns(gold, said, last)
            for number in near[:found]:
                _way_back(gold, number, last[number], columns, flats, said.size, unions, hit)
                last[number] = NONE
    return np.minimum(hit, counts).sum()


FRESH = -2
"""In place of the last column of a sentence that is to be compared and has none yet."""


@njit(cache=True)
def _near(gold: Index, said: Array, unions: Array, hit: Array, counts: Array, last: Array, near: Array) -> int:
    """Mark the gold's sentences that hold, outside their union, a token of these that can hit more often."""
    found = 0
    for token in said:
        if token != NONE and counts[token] > hit[token]:
            for posting in range(gold.postings[token], gold.postings[token + 1]):
                number = gold.holders[posting]
                if last[number] == NONE:
                    first = gold.words[number]
                    for word in range(gold.words[number + 1] - first):
                        if gold.places[gold.offsets[posting] + word] & ~unions[first + word]:
                            last[number] = FRESH
                            near[found] = number
                            found += 1
                            break
    return found


@njit(cache=True)
def _columns(gold: Index, said: Array, last: Array) -> tuple[Array, Array]:
    """The columns with a match of all marked sentences, and their rows without a step.

    A column is its number, its posting, where its words start, and the one before it of the same sentence; `last` then
    holds the last of each sentence.
    """
    size = words = 0
    for token in said:
        if token != NONE:
            for number in gold.holders[gold.postings[token] : gold.postings[token + 1]]:
                if last[number] != NONE:
                    size += 1
                    words += gold.words[number + 1] - gold.words[number]
    columns, flats = np.empty((size, 4), np.int64), np.empty(words, np.uint64)
    size = words = 0
    for column in range(said.size):
        if said[column] != NONE:
            for posting in range(gold.postings[said[column]], gold.postings[said[column] + 1]):
                number = gold.holders[posting]
                if last[number] != NONE:
                    columns[size] = (column, posting, words, last[number])
                    before = NONE if last[number] == FRESH else columns[last[number], 2]
                    last[number] = size
                    size += 1
                    words = _add(gold, number, gold.offsets[posting], before, words, flats)
    return columns, flats


@njit(cache=True)
def _add(gold: Index, number: int, places: int, before: int, after: int, flats: Array) -> int:
    """Write the rows without a step after one more column, from those before it; where the next may be written."""
    carry = np.uint64(0)
    for word in range(gold.words[number + 1] - gold.words[number]):
        matches = gold.places[places + word]
        flat = EVERY if before == NONE else flats[before + word]
        moved = flat + (flat & matches)
        total = moved + carry
        carry = ONE if moved < flat or total < moved else np.uint64(0)
        flats[after + word] = total | (flat & ~matches)
    return after + gold.words[number + 1] - gold.words[number]


@njit(cache=True)
def _way_back(
    gold: Index, number: int, last: int, columns: Array, flats: Array, size: int, unions: Array, hit: Array
) -> None:
    """Take the places that the way back through the table of one gold sentence takes."""
    left, next_column, entry = gold.starts[number + 1] - gold.starts[number], size, last
    while entry >= 0:
        column, posting, flat, before = columns[entry]
        if column + 1 < next_column:
            left = _top(left, flats, flat, gold.places, NONE) + 1
        row = _top(left, flats, flat, gold.places, gold.offsets[posting])
        if row < 0:
            return
        left = row + 1
        if gold.places[gold.offsets[posting] + row // WORD] >> np.uint64(row % WORD) & ONE:
            _take(gold, number, row, unions, hit)
            left = row
        next_column, entry = column, before


@njit(cache=True)
def _top(left: int, flats: Array, flat: int, places: Array, matches: int) -> int:
    """The highest of the first rows, counted by left, that steps or matches; -1 where none does."""
    for word in range((left - 1) // WORD, -1, -1):
        found = ~flats[flat + word]
        if matches != NONE:
            found |= places[matches + word]
        if (word + 1) * WORD > left:
            found &= (ONE << np.uint64(left - word * WORD)) - ONE
        if found:
            return word * WORD + _highest(found)
    return NONE


@njit(cache=True)
def _highest(bits: int) -> int:
    """Number of the highest bit that is set."""
    top, half = 0, WORD // 2
    while half:
        if bits >> np.uint64(half):
            bits >>= np.uint64(half)
            top += half
        half //= 2
    return top


@njit(cache=True)
def _take(gold: Index, number: int, row: int, unions: Array, hit: Array) -> None:
    """Put a place into its sentence's union."""
    word, bit = gold.words[number] + row // WORD, ONE << np.uint64(row % WORD)
    if not unions[word] & bit:
        unions[word] |= bit
        hit[gold.tokens[gold.starts[number] + row]] += gold.times[number]
