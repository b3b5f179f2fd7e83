"""Words in common whatever their order, and snippets found: precision, recall, F1 and rates as WCXB computes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..records import Gold, Metric
from . import _overlap

METRICS = (
    Metric(
        "word.precision", "share of the answer's words that the gold body holds, in any order", failure_as_empty=True
    ),
    Metric("word.recall", "share of the gold body's words that the answer holds, in any order", failure_as_empty=True),
    Metric("word.f1", "harmonic mean of the page's word precision and recall", failure_as_empty=True),
    Metric(
        "word.wcxb_with_rate",
        "WCXB's with_rate: snippets of the body found in the answer, 1 where the page's list is empty",
        failure_as_empty=True,
    ),
    Metric(
        "word.wcxb_without_rate",
        "WCXB's without_rate: snippets of boilerplate found in the answer, 1 where the page's list is empty",
        "lower",
        failure_as_empty=True,
    ),
    Metric("word.snippets_kept", "share of the page's snippets of the body that the answer holds"),
    Metric(
        "word.snippets_leaked",
        "share of the page's snippets of boilerplate that the answer holds",
        "lower",
        on_failure=1.0,
    ),
)


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    r"""Score answers by the overlap of two multisets of words: `\w+` runs of the lower-cased text.

    P = overlap / words of the answer, R = overlap / words of the gold, F1 = 2PR / (P + R) or 0. An answer without a
    word scores 0 on all three, and so does any answer to a gold without a word, except that there an empty answer
    scores 1.

    A snippet is found where the lower-cased answer holds it lower-cased, white space and all. `wcxb_with_rate` and
    `wcxb_without_rate` are the shares of the gold's snippets (of the body, of boilerplate) that are found, and 1 for
    a page whose list is empty: as fewer are better in the second, such a page counts as one where everything leaks, and
    corpora that differ in how many pages have snippets cannot be compared by it. Where the gold has no list at all,
    as in corpora without snippets, the rates are undefined. `snippets_kept` and `snippets_leaked` are the same shares,
    undefined for an empty list too.

    Source: Murrough-Foley/web-content-extraction-benchmark, evaluate.py (c039d5e). There a missing prediction counts
    as an empty answer, and so does a failed extraction here, so that it scores 1 where the gold has no word. Only in
    `snippets_kept` and `snippets_leaked`, which are ours, it keeps nothing and lets everything leak.
    """
    overlap = _overlap.words(gold.body.lower())
    wanted, unwanted = _lowered(gold.snippets.present), _lowered(gold.snippets.absent)

    def score(answer: str) -> dict[str, float | None]:
        lowered = answer.lower()
        kept, leaked = _share(wanted, lowered), _share(unwanted, lowered)
        peers = (_wcxb(wanted, kept), _wcxb(unwanted, leaked))
        return dict(zip(_NAMES, (*_rates(*overlap(lowered)), *peers, kept, leaked), strict=True))

    return score


_NAMES = tuple(metric.name for metric in METRICS)


def _lowered(snippets: Sequence[str] | None) -> list[str] | None:
    return None if snippets is None else [snippet.lower() for snippet in snippets]


def _wcxb(snippets: Sequence[str] | None, share: float | None) -> float | None:
    """The share as WCXB gives it: 1 for an empty list; None where there is no list."""
    return 1.0 if share is None and snippets is not None else share


def _share(snippets: Sequence[str] | None, text: str) -> float | None:
    """How many of the snippets are in the text; None where there are none."""
    return sum(snippet in text for snippet in snippets) / len(snippets) if snippets else None


def _rates(both: int, answered: int, wanted: int) -> tuple[float, float, float]:
    if not answered and not wanted:
        return 1.0, 1.0, 1.0
    if not both:
        return 0.0, 0.0, 0.0
    precision, recall = both / answered, both / wanted
    return precision, recall, 2 * precision * recall / (precision + recall)
