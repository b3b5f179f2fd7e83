"""Words in common whatever their order: precision, recall and F1 as WCXB computes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from ..records import Gold, Metric

METRICS = (
    Metric("word.precision", "share of the answer's words that the gold body holds, in any order"),
    Metric("word.recall", "share of the gold body's words that the answer holds, in any order"),
    Metric("word.f1", "harmonic mean of the page's word precision and recall"),
)

_WORD = re.compile(r"\w+")


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    r"""Score answers by the overlap of two multisets of words: `\w+` runs of the lower-cased text.

    P = overlap / words of the answer, R = overlap / words of the gold, F1 = 2PR / (P + R) or 0. An answer without a
    word scores 0 on all three, and so does any answer to a gold without a word, except that there an empty answer
    scores 1. Source: Murrough-Foley/web-content-extraction-benchmark, evaluate.py (c039d5e). There a missing
    prediction counts as an empty answer; here a failed extraction is 0 even where the gold has no word.
    """
    body = Counter(_words(gold.body))
    size = body.total()

    def score(answer: str) -> dict[str, float | None]:
        words = _words(answer)
        shared = Counter(filter(body.__contains__, words))
        overlap = sum(min(count, body[word]) for word, count in shared.items())
        return dict(zip(_NAMES, _rates(overlap, len(words), size), strict=True))

    return score


_NAMES = tuple(metric.name for metric in METRICS)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _rates(overlap: int, answered: int, wanted: int) -> tuple[float, float, float]:
    if not answered and not wanted:
        return 1.0, 1.0, 1.0
    if not overlap:
        return 0.0, 0.0, 0.0
    precision, recall = overlap / answered, overlap / wanted
    return precision, recall, 2 * precision * recall / (precision + recall)
