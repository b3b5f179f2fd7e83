"""The long tables of scores, pages and failures, checked and cut into slices of matrices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..records import Metric
from . import aggregates
from .aggregates import Floats

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
"""Name of the slice that holds every page of a corpus."""

MIN_STRATUM = 4
"""Fewest clusters for a stratum: in simulation, strata of 2 make intervals 14 to 38 % wider, strata of 3 up to 11 %."""

_COLUMNS = {
    "scores": ("corpus", "page_id", "adapter", "metric", "value"),
    "pages": ("corpus", "page_id", "cluster", "stratum"),
    "failed": ("corpus", "adapter", "page_id"),
}


@dataclass(frozen=True)
class Slice:
    """The pages of a slice in the order of their clusters, and the clusters in the order of their strata."""

    corpus: str
    """Corpus the pages belong to."""
    name: str
    """`all`, or `attribute=value`."""
    adapters: tuple[str, ...]
    """Adapters with a score or a failure in the corpus: the rows of every matrix."""
    metrics: tuple[Metric, ...]
    """Metrics that can be computed in the corpus."""
    declared: Mapping[str, Metric]
    """All declarations by name."""
    values: Mapping[str, Floats]
    """Per metric name the page values (adapters, pages), NaN where undefined."""
    failed: npt.NDArray[np.bool_]
    """Where the adapter failed (adapters, pages)."""
    starts: npt.NDArray[np.intp]
    """First page of each cluster."""
    strata: tuple[int, ...]
    """Number of clusters in each stratum."""

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return len(self.starts)

    def defined(self, metric: Metric) -> npt.NDArray[np.bool_]:
        """Where the metric is defined (adapters, pages)."""
        return aggregates.defined(metric, self.declared, self.values)

    def support(self, metric: Metric) -> npt.NDArray[np.bool_]:
        """Which clusters hold a page on which the metric is defined (adapters, clusters)."""
        return np.logical_or.reduceat(self.defined(metric), self.starts, axis=-1)

    def estimates(self, metric: Metric) -> Floats:
        """The metric's value over the slice for each adapter, NaN where no page defines it."""
        return aggregates.estimates(metric, self.declared, self.values, self.starts)

    def totals(self, metric: Metric) -> Floats:
        """The metric's cluster totals (2k, adapters, clusters)."""
        return aggregates.cluster_totals(metric, self.declared, self.values, self.starts)


def slices(
    scores: pd.DataFrame,
    pages: pd.DataFrame,
    metrics: Sequence[Metric],
    failed: pd.DataFrame,
    attributes: Sequence[str],
) -> Iterator[Slice]:
    """Per corpus the slice `all`, then one for each value of each attribute; see `summary.summarize` for the tables."""
    adapters = list(dict.fromkeys([*scores["adapter"].unique(), *failed["adapter"].unique()]))
    for corpus in pages["corpus"].unique():
        inside = pages[pages["corpus"] == corpus].sort_values("page_id", kind="stable", ignore_index=True)
        values = scores[scores["corpus"] == corpus]
        failures = failed[failed["corpus"] == corpus]
        present = {*values["adapter"].unique(), *failures["adapter"].unique()}
        whole = _whole(values, inside, metrics, failures, [adapter for adapter in adapters if adapter in present])
        for name, rows in _selections(inside, attributes):
            yield _cut(whole, inside, name, rows)


def problems(
    scores: pd.DataFrame,
    pages: pd.DataFrame,
    metrics: Sequence[Metric],
    failed: pd.DataFrame,
    attributes: Sequence[str],
) -> list[str]:
    """Everything that is wrong with the tables and declarations, one sentence each."""
    named = {"scores": scores, "pages": pages, "failed": failed}
    found = [
        f"the table `{table}` has no column {column!r}; it has {', '.join(map(str, named[table].columns))}"
        for table, columns in _COLUMNS.items()
        for column in columns
        if column not in named[table].columns
    ]
    known = [str(column) for column in pages.columns if column not in _COLUMNS["pages"]]
    found += [
        f"no page has the attribute {name!r} to slice by; known: {', '.join(known) or 'none'}"
        for name in attributes
        if name not in known
    ]
    found += aggregates.problems(metrics)
    # Rows are only looked at in tables that have their columns.
    return found or [*_page_problems(pages), *_score_problems(scores, pages, metrics)]


def _whole(
    scores: pd.DataFrame, pages: pd.DataFrame, metrics: Sequence[Metric], failed: pd.DataFrame, adapters: list[str]
) -> Slice:
    """A corpus with its pages in the order of the table, every page a cluster still."""
    declared = {metric.name: metric for metric in metrics}
    values = _matrices(scores, pages, adapters, declared)
    failures = np.zeros((len(adapters), len(pages)), dtype=np.bool_)
    rows, columns = _positions(failed["adapter"], adapters), _positions(failed["page_id"], list(pages["page_id"]))
    failures[rows[columns >= 0], columns[columns >= 0]] = True
    return Slice(
        corpus=str(pages["corpus"].iloc[0]),
        name=ALL,
        adapters=tuple(adapters),
        metrics=tuple(metric for metric in metrics if aggregates.sources(metric, declared) <= values.keys()),
        declared=declared,
        values=values,
        failed=failures,
        starts=np.arange(len(pages), dtype=np.intp),
        strata=(len(pages),),
    )


def _matrices(
    scores: pd.DataFrame, pages: pd.DataFrame, adapters: list[str], declared: Mapping[str, Metric]
) -> dict[str, Floats]:
    rows, columns = _positions(scores["adapter"], adapters), _positions(scores["page_id"], list(pages["page_id"]))
    values = scores["value"].to_numpy(dtype=np.float64)
    matrices: dict[str, Floats] = {}
    for metric, where in scores.groupby("metric", observed=True, sort=False).indices.items():
        if metric in declared:
            matrix = np.full((len(adapters), len(pages)), np.nan)
            matrix[rows[where], columns[where]] = values[where]
            matrices[str(metric)] = matrix
    return matrices


def _selections(pages: pd.DataFrame, attributes: Sequence[str]) -> Iterator[tuple[str, npt.NDArray[np.intp]]]:
    yield ALL, np.arange(len(pages), dtype=np.intp)
    for attribute in attributes:
        labels = _text(pages[attribute])
        for label in sorted(set(labels) - {""}):
            yield f"{attribute}={label}", np.flatnonzero(labels == label)


def _cut(whole: Slice, pages: pd.DataFrame, name: str, rows: npt.NDArray[np.intp]) -> Slice:
    order, starts, strata = _arrange(_text(pages["cluster"])[rows], _text(pages["stratum"])[rows])
    rows = rows[order]
    return Slice(
        corpus=whole.corpus,
        name=name,
        adapters=whole.adapters,
        metrics=whole.metrics,
        declared=whole.declared,
        values={metric: np.take(matrix, rows, axis=1) for metric, matrix in whole.values.items()},
        failed=whole.failed[:, rows],
        starts=starts,
        strata=strata,
    )


def _arrange(
    cluster: npt.NDArray[np.object_], stratum: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], tuple[int, ...]]:
    """Order of the pages by stratum and cluster, first page of each cluster, clusters in each stratum."""
    names, code = np.unique(cluster, return_inverse=True)
    kinds, kind = np.unique(stratum, return_inverse=True)
    pages_of = np.zeros((len(names), len(kinds)), dtype=np.intp)
    np.add.at(pages_of, (code, kind), 1)
    home = pages_of.argmax(axis=1)
    sizes = np.bincount(home)
    if sizes[sizes > 0].min() < MIN_STRATUM:
        home, sizes = np.zeros_like(home), np.array([len(names)])
    order = np.lexsort((code, home[code]))
    first = np.flatnonzero(np.diff(code[order], prepend=-1))
    return order, first, tuple(int(size) for size in sizes if size)


def _positions(names: pd.Series[str], known: list[str]) -> npt.NDArray[np.intp]:
    """Place of each name among the known ones, -1 for others; through categories, for tables have millions of rows."""
    return names.astype("category").cat.set_categories(known).cat.codes.to_numpy().astype(np.intp)


def _text(column: pd.Series[str]) -> npt.NDArray[np.object_]:
    names = column.astype("object")
    return names.where(names.notna(), "").astype(str).to_numpy(dtype=np.object_)


def _page_problems(pages: pd.DataFrame) -> list[str]:
    found = []
    if (twice := pages.duplicated(["corpus", "page_id"])).any():
        found.append(f"pages stand twice in `pages`: {_some(pages.loc[twice, 'page_id'])}; keep one row for each")
    if (blank := _text(pages["cluster"]) == "").any():
        found.append(
            f"pages without a cluster: {_some(pages.loc[blank, 'page_id'])}; give the site or the page's own id"
        )
    return found


def _score_problems(scores: pd.DataFrame, pages: pd.DataFrame, metrics: Sequence[Metric]) -> list[str]:
    found = []
    ids = {corpus: list(group.unique()) for corpus, group in pages.groupby("corpus", observed=True)["page_id"]}
    for corpus, rows in scores.groupby("corpus", observed=True):
        strange = _positions(rows["page_id"], ids.get(corpus, [])) < 0
        if strange.any():
            names = rows.loc[strange, "page_id"].drop_duplicates()
            found.append(f"{corpus}: scores of pages that are not in `pages`: {_some(names)}; add the pages")
    if (twice := scores.duplicated(["corpus", "page_id", "adapter", "metric"])).any():
        cells = scores.loc[twice, ["corpus", "adapter", "metric", "page_id"]].astype(str).agg(" / ".join, axis=1)
        found.append(f"scores stand twice: {_some(cells)}; keep one row for each")
    geometric = [metric.name for metric in metrics if metric.aggregate.kind == "geometric"]
    negative = scores["metric"].isin(geometric) & (scores["value"] < 0)
    if negative.any():
        names = scores.loc[negative, "metric"].drop_duplicates()
        found.append(f"values below 0 have no geometric mean: {_some(names)}; declare another aggregate")
    return found


def _some(names: pd.Series[str]) -> str:
    rest = len(names) - 5
    return ", ".join(str(name) for name in names.iloc[:5]) + (f" and {rest} more" if rest > 0 else "")
