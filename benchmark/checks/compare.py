"""What changed between two answers to the same pages: two releases of an adapter, or one adapter in two runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..records import Metric, Summary
from ..stats.summary import summarize

if TYPE_CHECKING:
    import pandas as pd

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Change:
    """One metric of one corpus, before and after."""

    corpus: str
    """Corpus of the pages."""
    metric: Metric
    """The metric."""
    pages: int
    """Pages on which both have it defined."""
    changed: int
    """Pages on which the two values differ."""
    before: float | None
    """Value over the corpus before; None where no page defines it."""
    after: float | None
    """Value over the corpus after."""
    difference: float | None
    """Mean over pages of after less before; of a metric that is no mean, the difference of the two values."""
    low: float | None
    """Lower end of the 95 % interval of the mean difference, over sites; None below 20 of them, or for no mean."""
    high: float | None
    """Upper end."""
    separated: bool | None
    """Whether the difference is told from zero at 5 %; None below 20 sites."""


@dataclass(frozen=True)
class Moved:
    """One page whose answer is another one."""

    corpus: str
    """Corpus of the page."""
    page_id: str
    """The page."""
    values: Mapping[str, tuple[float | None, float | None]]
    """Metric -> before and after."""
    outcomes: tuple[str, str]
    """How the two extractions ended."""


@dataclass(frozen=True)
class Comparison:
    """Everything that changed."""

    changes: tuple[Change, ...]
    """One for each corpus and metric."""
    moved: tuple[Moved, ...]
    """Pages with another answer, those that moved most in the first metric of their corpus first."""
    pages: int
    """Pages that both answered to."""


def compare(
    before: pd.DataFrame,
    after: pd.DataFrame,
    pages: pd.DataFrame,
    metrics: Sequence[Metric],
    answers: tuple[Mapping[tuple[str, str], tuple[str, str]], Mapping[tuple[str, str], tuple[str, str]]],
    seed: int,
) -> Comparison:
    """Hold one adapter's scores against another's, page by page and in the whole.

    Args:
        before: corpus, page_id, metric, value of the one.
        after: the same of the other.
        pages: corpus, page_id, cluster, stratum of the pages that both have.
        metrics: what to compare, the most important first.
        answers: for each of the two (corpus, page_id) -> outcome and hash of the text.
        seed: of resampling and flips.

    UsageError where the two have no page in common.
    """
    import pandas as pd

    if pages.empty:
        raise UsageError("the two have no page in common; give runs of the same corpus")
    keys = pages[["corpus", "page_id"]]
    sides = [
        frame[frame["metric"].isin([metric.name for metric in metrics])].merge(keys).assign(adapter=name)
        for name, frame in ((BEFORE, before), (AFTER, after))
    ]
    both = pd.concat(sides, ignore_index=True)
    nobody = pd.DataFrame(columns=["corpus", "adapter", "page_id"])
    asked = [replace(metric, headline=True) for metric in metrics]  # only of those it says what is told from zero
    summaries, compared = summarize(both, pages, asked, nobody, seed)
    paired = _paired(*sides)
    means = [metric for metric in metrics if metric.aggregate.kind == "mean"]
    spread = [replace(metric, low=-inf, high=inf, headline=False) for metric in means]
    differing, _ = summarize(paired[paired["metric"].isin([one.name for one in means])], pages, spread, nobody, seed)
    separated = {(one.corpus, one.metric): one.separated for one in compared}
    of = {(row.corpus, row.metric, row.adapter): row for row in [*summaries, *differing] if row.slice == "all"}
    changes = [
        _change(corpus, metric, of, paired, separated.get((corpus, metric.name)))
        for corpus in keys["corpus"].unique()
        for metric in metrics
        if (corpus, metric.name, BEFORE) in of
    ]
    return Comparison(tuple(changes), tuple(_moved(keys, both, metrics, answers)), len(keys))


def _paired(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """After less before on each page and metric that both have."""
    joined = before.merge(after, on=["corpus", "page_id", "metric"], suffixes=("_before", "_after"))
    value = joined["value_after"] - joined["value_before"]
    return joined[["corpus", "page_id", "metric"]].assign(adapter="difference", value=value)


def _change(
    corpus: str,
    metric: Metric,
    of: Mapping[tuple[str, str, str], Summary],
    paired: pd.DataFrame,
    separated: bool | None,
) -> Change:
    before, after = (of[corpus, metric.name, side].estimate for side in (BEFORE, AFTER))
    mean = of.get((corpus, metric.name, "difference"))
    values = paired[(paired["corpus"] == corpus) & (paired["metric"] == metric.name)]["value"].dropna()
    plain = None if before is None or after is None else after - before
    return Change(
        corpus=corpus,
        metric=metric,
        pages=len(values),
        changed=int((values != 0).sum()),
        before=before,
        after=after,
        difference=mean.estimate if mean else plain,
        low=mean.low if mean else None,
        high=mean.high if mean else None,
        separated=separated,
    )


def _moved(
    keys: pd.DataFrame,
    both: pd.DataFrame,
    metrics: Sequence[Metric],
    answers: tuple[Mapping[tuple[str, str], tuple[str, str]], Mapping[tuple[str, str], tuple[str, str]]],
) -> list[Moved]:
    """Pages whose two answers are not the same text, or did not end alike."""
    table = both.set_index(["corpus", "page_id", "metric", "adapter"])["value"].to_dict()
    found = []
    for corpus, page_id in keys.itertuples(index=False):
        first, second = (side.get((corpus, page_id)) for side in answers)
        if first is None or second is None or first == second:
            continue
        values = {
            metric.name: (
                _known(table.get((corpus, page_id, metric.name, BEFORE))),
                _known(table.get((corpus, page_id, metric.name, AFTER))),
            )
            for metric in metrics
            if (corpus, page_id, metric.name, BEFORE) in table
        }
        found.append(Moved(corpus, page_id, values, (first[0], second[0])))
    return sorted(found, key=lambda one: -distance(one))


def distance(page: Moved) -> float:
    """How far a page moved in the first metric that both have defined there."""
    for before, after in page.values.values():
        if before is not None and after is not None:
            return abs(after - before)
    return inf


def _known(value: float | None) -> float | None:
    return None if value is None or isnan(value) else float(value)
