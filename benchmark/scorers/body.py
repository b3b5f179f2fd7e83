"""Order-aware precision, recall and F1 against the gold body, by tokens that every script has."""

from __future__ import annotations

from collections.abc import Callable

from ..records import Gold, Metric
from ..text import tokens
from ._alignment import against_body

METRICS = (
    Metric("body.f1", "harmonic mean of the page's body precision and recall", headline=True),
    Metric("body.precision", "share of the answer that is the gold body, in order and counted once", headline=True),
    Metric("body.recall", "share of the gold body that the answer holds, in order", headline=True),
)


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    """Score answers by the longest common subsequence of their tokens and the gold body's; see `against_body`.

    Defined by this project: its headline measure where only a gold body is known, so that there is no optional text
    and every token of the answer counts. Tokens are those of `text.tokens`, the body's blocks are its lines, and
    `Gold.optional` lines count as body. A gold without a token leaves the page undefined, whatever the answer.
    """
    judge = against_body([tokens(line) for line in gold.body.split("\n")])

    def score(answer: str) -> dict[str, float | None]:
        rates = judge(tokens(answer))
        if rates is None:
            return dict.fromkeys(metric.name for metric in METRICS)
        return {"body.f1": rates.f1, "body.precision": rates.precision, "body.recall": rates.recall}

    return score
