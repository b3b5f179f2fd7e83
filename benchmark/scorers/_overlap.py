r"""How many words, or runs of words, two texts have in common: exact, and quick where one gold meets many answers.

A word is what `re.findall(r"\w+", text)` finds, in every text; both texts are multisets. There are two ways to the same
numbers: a plain one (numpy), and a compiled one (numba, the extra `boilerbench[fast]`) in `_overlap_kernels`. The
compiled one costs its import, and its compilation the first time that an installation uses it, so a process takes it up
only once it has been given as many characters as the plain way reads in about that time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import repeat
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 4
"""Words in a shingle."""
PACKABLE = 2**16 - 1
"""Different words of a gold whose numbers still fit four at a time into 64 bits; 0 is kept for words it lacks."""
WORTH_COMPILING = 30_000_000
"""Characters after which a process changes to the compiled way: what the plain way reads while numba is loaded."""
CODE_POINTS = 0x110000
"""Number of code points of Unicode."""
SPACE = 32
"""Code point that parts words."""


class Overlap(NamedTuple):
    """What two multisets have in common."""

    both: int
    """Elements in common, with multiplicity."""
    answer: int
    """Elements of the answer."""
    body: int
    """Elements of the gold body."""


Against = Callable[[str], Overlap]
"""The overlap of an answer with the body it was made for."""


def shingles(body: str) -> Against:
    """Overlap of two texts as multisets of runs of SIZE words; a text of fewer words is one run, of none no run."""
    return _way("shingles", plain_shingles)(body)


def words(body: str) -> Against:
    """Overlap of two texts as multisets of words, as they are written."""
    return _way("words", plain_words)(body)


def _way(name: str, plain: Callable[[str], Against]) -> Callable[[str], Against]:
    """The compiled function of that name where it is there and pays, else the plain one, counting what it reads."""
    if _READ.characters >= WORTH_COMPILING and (kernels := compiled()):
        found: Callable[[str], Against] = getattr(kernels, name)
        return found
    return lambda body: _counting(plain(body), len(body))


class _Read:
    """How many characters this process has been given."""

    characters = 0


_READ = _Read()


def _counting(overlap: Against, length: int) -> Against:
    _READ.characters += length

    def counted(answer: str) -> Overlap:
        _READ.characters += len(answer)
        return overlap(answer)

    return counted


@cache
def compiled() -> ModuleType | None:
    """The module with the compiled way; None where numba is not installed, or not for this numpy."""
    try:
        from . import _overlap_kernels
    except ImportError:
        return None
    return _overlap_kernels


def plain_shingles(body: str) -> Against:
    """`shingles` by numpy: a run of four is one 64-bit integer, packed from 16-bit numbers of the gold's words."""
    wanted = split(body)
    vocabulary = _vocabulary(wanted)
    if len(vocabulary) > PACKABLE:
        return _counted_shingles(wanted)
    kinds, times = np.unique(_packed(_numbers(wanted, vocabulary)), return_counts=True)

    def overlap(answer: str) -> Overlap:
        found = split(answer)
        if min(len(wanted), len(found)) < SIZE:
            return _short(found, wanted)
        # Sorting the answer and looking for the gold's few runs in it is quicker than the other way about.
        packed = np.sort(_packed(_numbers(found, vocabulary)))
        there = np.searchsorted(packed, kinds, "right") - np.searchsorted(packed, kinds, "left")
        return Overlap(int(np.minimum(there, times).sum()), packed.size, len(wanted) - SIZE + 1)

    return overlap


def plain_words(body: str) -> Against:
    """`words` by numpy: the gold's words are numbered, and numbers are counted."""
    wanted = split(body)
    vocabulary = _vocabulary(wanted)
    times = np.bincount(_numbers(wanted, vocabulary), minlength=len(vocabulary) + 1)

    def overlap(answer: str) -> Overlap:
        found = split(answer)
        there = np.bincount(_numbers(found, vocabulary), minlength=times.size)
        return Overlap(int(np.minimum(there, times).sum()), len(found), len(wanted))

    return overlap


@lru_cache(maxsize=1)
def split(text: str) -> list[str]:
    r"""The words of a text, equal to `re.findall(r"\w+", text)` and about twice as fast.

    Everything that is no word character becomes a space, and the text is split at spaces: no white space is a word
    character. `re` itself says which characters are, see `word_characters`. The last list is kept, since one scorer
    after the other asks for the same text; nobody changes it.
    """
    if text.isascii():
        return text.encode().translate(_spaced_ascii()).decode().split()
    return spaced(text).tobytes().decode("utf-32-le").split()


def spaced(text: str) -> NDArray[np.uint32]:
    """The code points of a text, a space in place of each that is no word character."""
    return _spaced()[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))]


@cache
def word_characters() -> NDArray[np.bool_]:
    r"""For every code point whether it is `\w` to this Python's `re`."""
    everything = np.arange(CODE_POINTS, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    table = np.zeros(CODE_POINTS, np.bool_)
    for run in re.finditer(r"\w+", everything):
        table[run.start() : run.end()] = True
    return table


@cache
def _spaced() -> NDArray[np.uint32]:
    """Every code point, a space in place of those that are no word character."""
    return np.where(word_characters(), np.arange(CODE_POINTS, dtype="<u4"), np.array(SPACE, "<u4"))


@cache
def _spaced_ascii() -> bytes:
    return bytes(code if code < 128 and word_characters()[code] else SPACE for code in range(256))


def _vocabulary(found: list[str]) -> dict[str, int]:
    """A number from 1 for every different word."""
    return {word: number for number, word in enumerate(dict.fromkeys(found), start=1)}


def _numbers(found: list[str], vocabulary: dict[str, int]) -> NDArray[np.int64]:
    return np.fromiter(map(vocabulary.get, found, repeat(0)), np.int64, len(found))


def _packed(numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Every run of SIZE numbers below 65,536 as one integer; nothing for fewer numbers."""
    if numbers.size < SIZE:
        return np.empty(0, np.uint64)
    narrow = numbers.astype(np.uint64)
    pairs = narrow[:-1] << np.uint64(16) | narrow[1:]
    packed: NDArray[np.uint64] = pairs[:-2] << np.uint64(32) | pairs[2:]
    return packed


def number_of_shingles(length: int) -> int:
    """How many runs a text of so many words has."""
    return max(length - SIZE + 1, min(length, 1))


def _short(found: list[str], wanted: list[str]) -> Overlap:
    """The overlap where one text is a single run of fewer than SIZE words, or nothing: only an equal text matches."""
    same = int(bool(found) and found == wanted)
    return Overlap(same, number_of_shingles(len(found)), number_of_shingles(len(wanted)))


def _counted_shingles(wanted: list[str]) -> Against:
    """`shingles` from the definition, for golds of more different words than can be packed."""
    body = Counter(_windows(wanted))

    def overlap(answer: str) -> Overlap:
        found = split(answer)
        if min(len(wanted), len(found)) < SIZE:
            return _short(found, wanted)
        there = Counter(filter(body.__contains__, _windows(found)))
        both = sum(min(times, body[window]) for window, times in there.items())
        return Overlap(both, number_of_shingles(len(found)), number_of_shingles(len(wanted)))

    return overlap


def _windows(found: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(found[start:] for start in range(SIZE)), strict=False)
