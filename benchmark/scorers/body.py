"""Words of the gold body in their order, told from chance by runs: our own precision, recall and F1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import compress, count

from rapidfuzz.distance import LCSseq

from ..records import Gold, Metric
from ..text import tokens

METRICS = (
    Metric("body.f1", "harmonic mean of the page's body precision and recall", headline=True),
    Metric("body.precision", "share of the answer that is the gold body, in order and counted once", headline=True),
    Metric("body.recall", "share of the gold body that the answer holds, in order", headline=True),
)

RUN = 3
"""Consecutive tokens that an answer must share with the body before they count as found and not as chance."""

ELSEWHERE = -1
"""Number of every token that the body does not hold."""

Block = list[int]
Passages = dict[int, set[tuple[int, ...]]]


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    """Score answers by the longest common subsequence of their tokens and the gold body's.

    X = tokens of the answer, M = tokens of the gold body, both by `text.tokens`; the body's blocks are its lines.

    - X' = the tokens of X that lie in a run of k = min(3, |M|) tokens also consecutive in M, or in a copy of a
      whole block shorter than 3. (Without this filter, boilerplate alone reads a recall of .12 on AEB's pages.)
    - m = length of the longest common subsequence of X' and M: order counts, and a second copy finds nothing.
    - P = m / |X|, R = m / |M|, F1 = 2m / (|X| + |M|). An empty answer is 0 on all three.
    - A gold without a token leaves the page undefined, whatever the answer.

    Defined by this project: its headline measure where only a gold body is known, so that there is no optional text
    (`Gold.optional` lines count as body) and every token of the answer counts.

    Time is O(|X|) for the filter and O(|X'| · |M| / 64) for the subsequence, after the beginning and end that both
    have in common; memory O(|X| + |M|).
    """
    numbers: dict[str, int] = {}
    blocks = [[numbers.setdefault(token, len(numbers)) for token in tokens(line)] for line in gold.body.split("\n")]
    body = [token for block in blocks for token in block]
    passages = passages_of(body, blocks)

    def score(answer: str) -> dict[str, float | None]:
        if not body:
            return dict.fromkeys(metric.name for metric in METRICS)
        output = [numbers.get(token, ELSEWHERE) for token in tokens(answer)]
        matched = LCSseq.similarity(inside(passages, output), body)
        precision, recall, f1 = rates(matched, len(output), len(body))
        return {"body.f1": f1, "body.precision": precision, "body.recall": recall}

    return score


def passages_of(body: Sequence[int], blocks: Sequence[Block]) -> Passages:
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


def rates(matched: int, output: int, body: int) -> tuple[float, float, float]:
    """Precision, recall and F1 of `matched` tokens among `output` counted tokens against a body of `body` > 0."""
    precision = matched / output if output else 0.0
    return precision, matched / body, 2 * matched / (output + body)


def _windows(sequence: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    return zip(*(sequence[start:] for start in range(size)), strict=False)
