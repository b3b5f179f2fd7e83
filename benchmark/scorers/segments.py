"""Snippets that must and must not be in the answer: the segment scores of trafilatura's evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf

from ..records import Aggregate, Gold, Metric


def _count(name: str, summary: str) -> Metric:
    # What a failed page leaves out hangs on how many snippets the page has.
    return Metric(f"segments.{name}", summary, "none", "count", high=inf, failure_as_empty=True)


def _pooled(name: str, summary: str, above: str, below: str) -> Metric:
    aggregate = Aggregate("pooled", of=(f"segments.{above}", f"segments.{below}"))
    return Metric(f"segments.{name}", summary, aggregate=aggregate, failure_as_empty=True)


METRICS = (
    _pooled("f1", "trafilatura's F1: 2tp / (2tp + fp + fn), counted over the snippets of all pages", "tp", "half"),
    _pooled("precision", "share of the snippets in the answers that belong to the bodies", "tp", "found"),
    _pooled("recall", "share of the bodies' snippets that the answers hold", "tp", "wanted"),
    _pooled("accuracy", "share of all snippets that are where they belong: in or out", "right", "all"),
    _count("tp", "snippets of the body that the answer holds"),
    _count("found", "snippets of body or boilerplate that the answer holds: tp + fp"),
    _count("wanted", "snippets of the body: tp + fn"),
    _count("right", "snippets of the body held and of boilerplate left out: tp + tn"),
    _count("all", "snippets of body and boilerplate: tp + fp + fn + tn"),
    _count("half", "half of found and wanted together, below the line of F1: tp + (fp + fn) / 2"),
    Metric(
        "segments.leaked_comments",
        "share of the page's comment snippets that the answer holds",
        "lower",
        on_failure=1.0,
    ),
)


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    r"""Score answers by which of the page's snippets they hold (`Gold.snippets`).

    In snippets and answer every run of white space (`\s+`) becomes one space, and those at the ends go; then a snippet
    is held where it is a substring, case kept. tp = snippets of the body (`present`) held, fn = not held;
    fp = snippets of boilerplate (`absent`) held, tn = not held. Corpus values are pooled: each count is summed over
    the pages before P = tp / (tp + fp), R = tp / (tp + fn), accuracy = (tp + tn) / all and F1 = 2tp / (2tp + fp + fn)
    are taken, so that a page weighs as much as it has snippets. The values `f1` … `accuracy` of one page are the same
    ratios of its counts, 0 where there is nothing to count; they are for reading page by page and do not enter the
    corpus value. F1 is pooled as tp over tp + (fp + fn) / 2: as harmonic mean of P and R it would be undefined for an
    extractor that finds nothing, whose F1 is 0.

    A failure is a full miss, like an empty answer: it finds no snippet and still earns its tn. P of nothing found is 0
    for a page and undefined for a corpus, where trafilatura has 0. A page without snippets of body and boilerplate is
    undefined throughout, and so does not count; blank snippets, which every text would hold, are left out.

    `leaked_comments`: comment snippets (`comments`) held over all of the page, mean over the pages that have any;
    1 for a failure. Defined by this project: trafilatura's corpus lists them and its evaluation does not use them.

    Source: adbar/trafilatura, tests/eval_common.py (e90b0ef).
    """
    present, absent, comments = (
        _normalised(listed or ()) for listed in (gold.snippets.present, gold.snippets.absent, gold.snippets.comments)
    )

    def score(answer: str) -> dict[str, float | None]:
        text = _collapsed(answer)
        tp, fp, leaked = (sum(snippet in text for snippet in listed) for listed in (present, absent, comments))
        counted = _counted(tp, fp, len(present), len(absent)) if present or absent else dict.fromkeys(_COUNTED)
        return {**counted, "segments.leaked_comments": leaked / len(comments) if comments else None}

    return score


_COUNTED = tuple(metric.name for metric in METRICS[:-1])


def _counted(tp: int, fp: int, wanted: int, unwanted: int) -> dict[str, float | None]:
    found, right, snippets, half = tp + fp, tp + unwanted - fp, wanted + unwanted, (tp + fp + wanted) / 2
    values = (
        tp / half if half else 0.0,
        tp / found if found else 0.0,
        tp / wanted if wanted else 0.0,
        right / snippets,
        *map(float, (tp, found, wanted, right, snippets, half)),
    )
    return dict(zip(_COUNTED, values, strict=True))


def _normalised(snippets: Iterable[str]) -> list[str]:
    return [text for snippet in snippets if (text := _collapsed(snippet))]


def _collapsed(text: str) -> str:
    return " ".join(text.split())
