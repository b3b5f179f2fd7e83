"""Whether the answer holds exactly the gold body's words: the accuracy of article-extraction-benchmark."""

from __future__ import annotations

from collections.abc import Callable

from ..records import Gold, Metric
from ._overlap import split

METRICS = (
    Metric(
        "exact.match",
        "1 where the answer's words are the gold body's words in the same order, else 0",
        failure_as_empty=True,
    ),
)


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    r"""Score answers by whether they hold the same list of `\w+` words, case kept, as the gold body.

    Two texts without a word are equal. Source: scrapinghub/article-extraction-benchmark, evaluate.py (4a3bc97).
    There a failed extraction counts as an empty answer, and so it does here: beside a gold without a word it is 1.
    """
    body = split(gold.body)

    def score(answer: str) -> dict[str, float | None]:
        return {"exact.match": float(split(answer) == body)}

    return score
