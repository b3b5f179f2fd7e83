"""Runs of four words in common: precision, recall and F1 as article-extraction-benchmark computes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..records import Aggregate, Gold, Metric
from . import _overlap


def _peers(name: str, summary: str, **declared: Any) -> Metric:  # noqa: ANN401 - what a metric may declare
    """A measure of AEB's, to which a failed extraction is an empty text."""
    return Metric(f"shingle.{name}", summary, failure_as_empty=True, **declared)


# tp, fp and fn have no better direction: they are three shares of one whole, and silence has an fp of 0.
METRICS = (
    _peers("tp", "shingles in both, as a share of all in the answer or the gold body", direction="none"),
    _peers("fp", "shingles of the answer alone, as a share of all in either", direction="none"),
    _peers("fn", "shingles of the gold body alone, as a share of all in either", direction="none"),
    _peers(
        "precision",
        "share of the answer's shingles that the gold body holds; pages without an answer are left out, as AEB does",
        on_failure=None,
    ),
    _peers("recall", "share of the gold body's shingles that the answer holds"),
    _peers(
        "f1",
        "AEB's F1: harmonic mean of the corpus's mean shingle precision and mean shingle recall",
        aggregate=Aggregate("harmonic", of=("shingle.precision", "shingle.recall")),
        headline=True,
    ),
    Metric("shingle.precision_page", "the page's shingle precision, with 0 for an empty answer beside a gold body"),
    Metric(
        "shingle.f1_page",
        "mean of the pages' shingle F1, in which an empty answer is 0 and silence gains nothing",
        headline=True,
    ),
)


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    r"""Score answers by the overlap of two multisets of shingles: windows of four `\w+` words, case kept.

    A text of one to three words is one shingle; a text without a word has none. Per page tp = shingles in common,
    fp = those of the answer beyond the gold's, fn = those of the gold beyond the answer's, each divided by their sum
    so that a long page weighs no more than a short one; P = tp / (tp + fp), R = tp / (tp + fn). Source:
    scrapinghub/article-extraction-benchmark, evaluate.py (4a3bc97), of which three things follow:

    - P is undefined for an empty answer and R for an empty gold, so an extractor that keeps silent where it is
      unsure raises its mean P and may raise the corpus value of `shingle.f1`. `shingle.precision_page` and
      `shingle.f1_page` are the means of P, with 0 for an empty answer, and of 2tp / (2tp + fp + fn) over every page
      whose gold has a word: silence can only lower them.
    - A failed extraction is an empty text there, also beside an empty gold, where tp, fp and fn are 0.
    - AEB has no F1 of a page. `shingle.f1` gives the same 2tp / (2tp + fp + fn), undefined where both texts are
      empty; it is for reading page by page and does not enter the corpus value.
    """
    overlap = _overlap.shingles(gold.body)

    def score(answer: str) -> dict[str, float | None]:
        both, answered, wanted = overlap(answer)
        return _measures(both, answered - both, wanted - both)

    return score


def _measures(tp: int, fp: int, fn: int) -> dict[str, float | None]:
    either = tp + fp + fn
    f1 = _ratio(2 * tp, 2 * tp + fp + fn)
    return {
        "shingle.tp": _ratio(tp, either) or 0.0,
        "shingle.fp": _ratio(fp, either) or 0.0,
        "shingle.fn": _ratio(fn, either) or 0.0,
        "shingle.precision": _ratio(tp, tp + fp),
        "shingle.recall": _ratio(tp, tp + fn),
        "shingle.f1": f1,
        "shingle.precision_page": (_ratio(tp, tp + fp) or 0.0) if tp + fn else None,
        "shingle.f1_page": f1 if tp + fn else None,
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
