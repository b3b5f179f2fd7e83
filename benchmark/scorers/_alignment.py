"""Words of an answer that are the body, in order and once: shared by the measures with and without regions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, count
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

RUN = 3
"""Consecutive tokens that an answer must share with the body before they count as found and not as chance."""
ELSEWHERE = -1
"""Number of every token that neither body nor optional text holds."""

Passages = dict[int, set[tuple[int, ...]]]
Passage = tuple[int, ...]


class Rates(NamedTuple):
    """How much of an answer is body, and how much of the body is in it."""

    precision: float
    recall: float
    f1: float


def against_body(
    blocks: Sequence[Sequence[str]], optional: Sequence[Sequence[str]] = ()
) -> Callable[[Sequence[str]], Rates | None]:
    """Prepare a body, given as its blocks of tokens, and the optional texts that are neither rewarded nor punished.

    The function returned judges the tokens X of an answer; None where the body has no token. With M the body's tokens
    and U the optional texts:

    - X' = tokens of X, in order, that lie in a run of k = min(3, |M|) tokens also consecutive in M, or in a whole
      block shorter than 3. (Plain alignment pays chance matches: boilerplate alone would read a recall of .12 on AEB.)
    - m = length of the longest common subsequence of X' and M: order counts, and a second copy finds nothing.
    - o = sum over the distinct u in U of |u| · min(times u is in U, max(0, n_X(u) - n_M(u))); n counts
      non-overlapping occurrences from the left, longest u first, and a token counts once. So an optional text is free
      as often as the page prints it, beyond the times the body holds it anyway.
    - n = max(|X| - o, m); P = m/n, R = m/|M|, F1 = 2m/(n + |M|). An empty answer is 0 on all three.

    Time is O(|X|) for the filter, O(|X| + occurrences) for the optional texts, and O(|X'| · |M| / 64) for the
    subsequence after the beginning and end that both have in common; memory O(|X| + |M|).
    """
    numbers: dict[str, int] = {}
    numbered = [tuple(numbers.setdefault(token, len(numbers)) for token in block) for block in blocks]
    body = [token for block in numbered for token in block]
    free = Counter(tuple(numbers.setdefault(token, len(numbers)) for token in text) for text in optional if text)
    passages = passages_of(body, numbered)
    in_body = occurrences(free, body)

    def judge(answer: Sequence[str]) -> Rates | None:
        if not body:
            return None
        output = [numbers.get(token, ELSEWHERE) for token in answer]
        matched = LCSseq.similarity(inside(passages, output), body)
        in_output = occurrences(free, output)
        unpunished = sum(
            len(text) * min(times, max(0, in_output[text] - in_body[text])) for text, times in free.items()
        )
        counted = max(len(output) - unpunished, matched)
        return Rates(matched / counted if counted else 0.0, matched / len(body), 2 * matched / (counted + len(body)))

    return judge


def passages_of(body: Sequence[int], blocks: Sequence[Sequence[int]]) -> Passages:
    """The runs of tokens that count as found, by their length: every k consecutive, and each block shorter than 3."""
    size = min(RUN, len(body))
    passages: Passages = {size: set(_windows(body, size))}
    for block in blocks:
        if 0 < len(block) < RUN:
            passages.setdefault(len(block), set()).add(tuple(block))
    return passages


def inside(passages: Passages, output: Sequence[int]) -> list[int]:
    """The output's tokens that lie in one of the passages, in order."""
    kept = bytearray(len(output))
    for size, known in passages.items():
        for start in compress(count(), map(known.__contains__, _windows(output, size))):
            kept[start : start + size] = b"\x01" * size
    return list(compress(output, kept))


def occurrences(texts: Counter[Passage], sequence: Sequence[int]) -> Counter[Passage]:
    """How often each text stands in the sequence: from the left, longest text first, no token counted twice."""
    places: dict[int, list[int]] = {}
    openings = {text[0] for text in texts}
    for index, token in enumerate(sequence):
        if token in openings:
            places.setdefault(token, []).append(index)
    taken = bytearray(len(sequence))
    found: Counter[Passage] = Counter()
    for text in sorted(texts, key=lambda text: (-len(text), text)):
        for start in places.get(text[0], ()):
            stop = start + len(text)
            if not any(taken[start:stop]) and tuple(sequence[start:stop]) == text:
                taken[start:stop] = b"\x01" * len(text)
                found[text] += 1
    return found


def _windows(sequence: Sequence[int], size: int) -> Iterator[Passage]:
    return zip(*(sequence[start:] for start in range(size)), strict=False)
