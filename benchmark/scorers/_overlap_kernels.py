r"""The compiled way of `_overlap`, by numba: one pass over an answer's UTF-16 units.

Words of the gold stand in a hash table with open addressing, runs of its words in another. No two different words or
runs are ever taken for one: a short ASCII word is its own 64-bit key, every other word is compared by its characters
where keys agree, and the key of a run is the four 16-bit numbers of its words. The few golds with more different words
than 16 bits count, or with words of characters beyond 16 bits, go the plain way.

Compiled code is kept in `__pycache__` beside this file, in numba's folder in the user's cache where that cannot be
written, or in `$NUMBA_CACHE_DIR`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from ._overlap import (
    PACKABLE,
    SIZE,
    Against,
    Overlap,
    number_of_shingles,
    plain_shingles,
    plain_words,
    spaced,
    word_characters,
)

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
Units = NDArray[np.uint16]
Numbers = NDArray[np.int32]
Keys = NDArray[np.uint64]
Table = NDArray[np.bool_]

FACTOR = 0x9E3779B97F4A7C15
"""An odd 64-bit number without pattern, by which keys are multiplied: 2^64 over the golden ratio."""
SHORT = 9
"""ASCII characters of seven bits that fit into a key as they are: such a word is its key."""
LONG = 1 << 63
"""Bit of the key of every other word, which has to be compared by its characters as well."""
STRANGER = 0xD800
"""Unit for every word character beyond 16 bits; no text has it otherwise, for it is half a surrogate pair."""


def _kernel(function: Kernel) -> Kernel:
    """Compile at the first call; keep the compiled code wherever numba finds a folder for it."""
    try:
        return cast("Kernel", numba.njit(cache=True)(function))
    except RuntimeError:  # no folder can be written
        return cast("Kernel", numba.njit(function))


@cache
def _word_units() -> Table:
    """For every unit of `_units` whether it belongs to a word."""
    table = word_characters()[: 1 << 16].copy()
    table[STRANGER] = True
    return table


def _units(text: str) -> Units:
    """The text in 16-bit units, STRANGER for each word character beyond them, anything for what is no word character.

    A lone surrogate is no word character; here it becomes a question mark, which is none either.
    """
    units = np.frombuffer(text.encode("utf-16-le", "replace"), np.dtype("<u2"))
    if units.size == len(text):
        return units
    codes = spaced(text)
    return np.where(codes >> 16, STRANGER, codes).astype(np.uint16)


@_kernel
def _number_of_words(text: Units, is_word: Table) -> int:
    count, inside = 0, False
    for unit in text:
        count += is_word[unit] and not inside
        inside = is_word[unit]
    return count


@_kernel
def _turned(key: np.uint64) -> np.uint64:
    """Rotated by seven bits, so that SHORT ASCII characters stand side by side."""
    return (key << np.uint64(7)) | (key >> np.uint64(57))


@_kernel
def _read(  # noqa: C901 (all in one, since a call in a loop that hands over arrays costs more than a look-up)
    text: Units,
    is_word: Table,
    body: Units,
    slots: Numbers,
    keys: Keys,
    spans: Numbers,
    found: Numbers,
    learning: bool,
) -> tuple[int, int]:
    """Write the number of every word of a text into `found`; return how many words and how many were new.

    Numbers begin with 1; 0 is a word that the gold lacks. While learning, new words are entered into the table.
    """
    count, new, place, size = 0, 0, 0, text.size
    mask = np.uint64(slots.size - 1)
    while place < size:
        if not is_word[text[place]]:
            place += 1
            continue
        start, key, wide = place, np.uint64(0), np.uint64(0)
        while place < size and is_word[text[place]]:
            key = _turned(key) ^ np.uint64(text[place])
            wide |= np.uint64(text[place])
            place += 1
        length = place - start
        if wide > 127 or length > SHORT:
            key |= np.uint64(LONG)
        slot = np.int64(((key * np.uint64(FACTOR)) >> np.uint64(32)) & mask)
        while keys[slot] != 0:
            if keys[slot] == key:
                if key < np.uint64(LONG):
                    break
                at, offset = spans[2 * slots[slot]], 0
                while offset < length and text[start + offset] == body[at + offset]:
                    offset += 1
                if offset == length == spans[2 * slots[slot] + 1]:
                    break
            slot = np.int64(np.uint64(slot + 1) & mask)
        if learning and keys[slot] == 0:
            new += 1
            slots[slot], keys[slot] = new, key
            spans[2 * new], spans[2 * new + 1] = start, length
        found[count] = slots[slot]
        count += 1
    return count, new


@_kernel
def _slot_of_run(run: np.uint64, runs: Keys) -> np.int64:
    """The slot of a packed run of words, or the free slot where it would stand; a run of the gold's is never 0."""
    mask = np.uint64(runs.size - 1)
    slot = np.int64(((run * np.uint64(FACTOR)) >> np.uint64(32)) & mask)
    while runs[slot] != run and runs[slot] != 0:
        slot = np.int64(np.uint64(slot + 1) & mask)
    return slot


@_kernel
def _learn_runs(words: Numbers, runs: Keys, times: Numbers) -> None:
    """Enter every run of SIZE of the gold's words, and how often it stands there."""
    run = np.uint64(0)
    for end in range(words.size):
        run = (run << np.uint64(16)) | np.uint64(words[end])
        if end >= SIZE - 1:
            slot = _slot_of_run(run, runs)
            runs[slot] = run
            times[slot] += 1


@_kernel
def _shared_runs(words: Numbers, runs: Keys, times: Numbers) -> int:
    """How many runs of SIZE of an answer's words pair off with one of the gold's."""
    left = times.copy()
    both, known, run = 0, 0, np.uint64(0)
    for number in words:
        run = (run << np.uint64(16)) | np.uint64(number)
        known = known + 1 if number > 0 else 0
        if known >= SIZE:
            slot = _slot_of_run(run, runs)
            if left[slot] > 0:
                left[slot] -= 1
                both += 1
    return both


@_kernel
def _shared_words(words: Numbers, times: Numbers) -> int:
    """How many of an answer's words pair off with one of the gold's."""
    left = times.copy()
    both = 0
    for number in words:
        if number > 0 and left[number] > 0:
            left[number] -= 1
            both += 1
    return both


class _Body:
    """A gold body whose words are numbered."""

    def __init__(self, units: Units) -> None:
        self.units = units
        count = _number_of_words(units, _word_units())
        self.slots = np.zeros(_room_for(count), np.int32)
        self.keys = np.zeros(self.slots.size, np.uint64)
        self.spans = np.zeros(2 * (count + 1), np.int32)
        self.words = np.empty(count, np.int32)
        _, self.different = self._read(units, self.words, learning=True)

    def read(self, answer: str) -> Numbers:
        """The numbers of an answer's words, 0 for those the body lacks."""
        units = _units(answer)
        found = np.empty(units.size // 2 + 1, np.int32)
        count, _ = self._read(units, found, learning=False)
        return found[:count]

    def _read(self, units: Units, found: Numbers, *, learning: bool) -> tuple[int, int]:
        return _read(units, _word_units(), self.units, self.slots, self.keys, self.spans, found, learning)


def _room_for(count: int) -> int:
    """Slots of a table that is at most half full: a power of two."""
    return 2 << count.bit_length()


def _numbered(body: str) -> _Body | None:
    """The gold body with its words numbered; None where one of them holds a STRANGER, which could be any of many."""
    units = _units(body)
    return None if (units == STRANGER).any() else _Body(units)


def shingles(body: str) -> Against:
    """See `_overlap.shingles`."""
    gold = _numbered(body)
    if gold is None or gold.different > PACKABLE:
        return plain_shingles(body)
    wanted = gold.words
    runs = np.zeros(_room_for(wanted.size), np.uint64)
    times = np.zeros(runs.size, np.int32)
    _learn_runs(wanted, runs, times)

    def overlap(answer: str) -> Overlap:
        found = gold.read(answer)
        if min(found.size, wanted.size) < SIZE:
            both = int(0 < found.size == wanted.size and bool((found == wanted).all()))
        else:
            both = _shared_runs(found, runs, times)
        return Overlap(both, number_of_shingles(found.size), number_of_shingles(wanted.size))

    return overlap


def words(body: str) -> Against:
    """See `_overlap.words`."""
    gold = _numbered(body)
    if gold is None:
        return plain_words(body)
    times = np.bincount(gold.words, minlength=gold.different + 1).astype(np.int32)

    def overlap(answer: str) -> Overlap:
        found = gold.read(answer)
        return Overlap(_shared_words(found, times), found.size, gold.words.size)

    return overlap
