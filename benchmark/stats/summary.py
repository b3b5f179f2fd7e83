"""Scores of pages -> summaries of slices and comparisons of adapters, corpus by corpus, never pooled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import UsageError
from ..records import CLUSTERS_NEEDED, Comparison, Metric, Summary
from . import tables
from .aggregates import SMOOTH, Floats, finite, natural_scale
from .intervals import bootstrap_t
from .pairs import SIGNIFICANT, adjusted_p
from .tables import ALL, Slice

if TYPE_CHECKING:
    import pandas as pd

Pair = tuple[int, int]
Span = tuple[int, int]


def summarize(
    scores: pd.DataFrame,
    pages: pd.DataFrame,
    metrics: Sequence[Metric],
    failed: pd.DataFrame,
    seed: int,
    slices: Sequence[str] = (),
) -> tuple[list[Summary], list[Comparison]]:
    """Estimates with intervals per corpus, slice, adapter and metric, and all pairs on the headline metrics.

    Args:
        scores: corpus, page_id, adapter, metric, value; NaN where undefined. A missing row counts as undefined;
            rows of metrics that are not in `metrics` are left out.
        pages: corpus, page_id, cluster (the site; a page without one is a cluster of its own), stratum (page type or
            empty), and a column per attribute to slice by, empty or missing where a page lacks it.
        metrics: declarations; a metric without any score in a corpus has no summary there.
        failed: corpus, adapter, page_id of the pages on which an adapter failed.
        seed: any whole number from 0. Random numbers depend on it, the corpus, the slice and its clusters alone, so an
            interval stays the same, bit for bit, whichever other corpora, metrics or adapters are in the run.
        slices: attributes; each of their values makes a slice `attribute=value` beside the slice `all`.

    Intervals and ranks need 20 clusters in the slice and as many on which the adapter has the metric defined, a p value
    as many on which both have; median, p95, p99 and max have none of the three. See `intervals.bootstrap_t` for where
    else there is no interval. Ends are clipped to the range of the metric. Resampling is stratified where every stratum
    has 4 clusters or more, else not at all; a cluster belongs to the stratum of most of its pages, on a tie to the
    first by name. Only pairs of which both have an estimate are compared.

    Rows are ordered by corpus as in `pages`; `all`, then attributes as given and their values by name; adapter as first
    met in `scores`, then `failed`; metric as declared. Raises `UsageError` listing everything wrong with the tables.
    """
    if found := tables.problems(scores, pages, metrics, failed, slices):
        raise UsageError("\n".join(["the scores cannot be summarized:", *(f"- {problem}" for problem in found)]))
    summaries: list[Summary] = []
    comparisons: list[Comparison] = []
    for part in tables.slices(scores, pages, metrics, failed, slices):
        rows = _summaries(part, seed)
        if part.name == ALL:
            compared = [pair for metric in part.metrics if _ranked(metric) for pair in _comparisons(part, metric, seed)]
            comparisons += compared
            rows = _with_ranks(rows, compared, part)
        summaries += rows
    return summaries, comparisons


def _summaries(part: Slice, seed: int) -> list[Summary]:
    defined = [part.defined(metric) for metric in part.metrics]
    estimates = [part.estimates(metric) for metric in part.metrics]
    ends = _intervals(part, seed)
    failed = part.failed.sum(axis=1)
    return [
        Summary(
            corpus=part.corpus,
            slice=part.name,
            adapter=adapter,
            metric=metric.name,
            n=int(defined[column][row].sum()),
            undefined=int((~defined[column][row]).sum()),
            failed=int(failed[row]),
            clusters=part.clusters,
            estimate=_known(estimates[column][row]),
            low=_known(ends[metric.name][0, row]) if metric.name in ends else None,
            high=_known(ends[metric.name][1, row]) if metric.name in ends else None,
        )
        for row, adapter in enumerate(part.adapters)
        for column, metric in enumerate(part.metrics)
    ]


def _intervals(part: Slice, seed: int) -> dict[str, Floats]:
    """Lower and upper ends (2, adapters) per metric that may have them, NaN where there is no interval."""
    smooth = [metric for metric in part.metrics if metric.aggregate.kind in SMOOTH]
    if part.clusters < CLUSTERS_NEEDED or not smooth:
        return {}
    totals = [part.totals(metric) for metric in smooth]
    bounds = bootstrap_t(totals, part.strata, _stream(seed, "resamples", part))
    return {metric.name: _presentable(part, metric, ends) for metric, ends in zip(smooth, bounds, strict=True)}


def _presentable(part: Slice, metric: Metric, ends: Floats) -> Floats:
    # An interval on logarithms can be too wide for any number.
    with np.errstate(over="ignore"):
        natural = np.clip(natural_scale(metric, ends), metric.low, metric.high)
    enough: npt.NDArray[np.bool_] = part.support(metric).sum(axis=1) >= CLUSTERS_NEEDED
    shown = np.isfinite(natural).all(axis=0) & enough
    return np.where(shown, natural, np.nan)


def _comparisons(part: Slice, metric: Metric, seed: int) -> list[Comparison]:
    estimates, support = part.estimates(metric), part.support(metric)
    known = [row for row, estimate in enumerate(estimates) if np.isfinite(estimate)]
    shared = {(a, b): int((support[a] & support[b]).sum()) for a, b in combinations(known, 2)}
    p = _p_values(part, metric, [pair for pair, clusters in shared.items() if clusters >= CLUSTERS_NEEDED], seed)
    return [
        Comparison(
            corpus=part.corpus,
            metric=metric.name,
            a=part.adapters[a],
            b=part.adapters[b],
            clusters=clusters,
            difference=float(estimates[a] - estimates[b]),
            p_adjusted=p.get((a, b)),
            separated=p[a, b] <= SIGNIFICANT if (a, b) in p else None,
        )
        for (a, b), clusters in shared.items()
    ]


def _p_values(part: Slice, metric: Metric, pairs: Sequence[Pair], seed: int) -> dict[Pair, float]:
    if metric.aggregate.kind not in SMOOTH:
        return {}
    totals = part.totals(metric)
    usable = finite(totals)
    tested = [(a, b) for a, b in pairs if usable[a] and usable[b]]
    if not tested:
        return {}
    # Rows that are in no pair may hold the logarithm of 0, which would spoil the sums of all.
    totals = np.where(usable[:, None], totals, 0.0)
    adjusted = adjusted_p(totals, np.array(tested, dtype=np.intp), _stream(seed, "swaps", part))
    return {pair: float(p) for pair, p in zip(tested, adjusted, strict=True)}


def _with_ranks(rows: Sequence[Summary], compared: Sequence[Comparison], part: Slice) -> list[Summary]:
    spans = {metric.name: _rank_ranges(part, metric, compared) for metric in part.metrics if _ranked(metric)}
    found = [spans.get(row.metric, {}).get(row.adapter, (None, None)) for row in rows]
    return [replace(row, rank_low=low, rank_high=high) for row, (low, high) in zip(rows, found, strict=True)]


def _rank_ranges(part: Slice, metric: Metric, compared: Sequence[Comparison]) -> Mapping[str, Span]:
    """Best and worst rank not excluded of each adapter with the metric defined on enough clusters."""
    if metric.aggregate.kind not in SMOOTH:
        return {}
    clusters = part.support(metric).sum(axis=1)
    ranked = [adapter for adapter, count in zip(part.adapters, clusters, strict=True) if count >= CLUSTERS_NEEDED]
    better, worse = dict.fromkeys(ranked, 0), dict.fromkeys(ranked, 0)
    for pair in compared:
        if pair.metric == metric.name and pair.separated:
            a_wins = (pair.difference > 0) == (metric.direction == "higher")
            better[pair.b if a_wins else pair.a] += 1
            worse[pair.a if a_wins else pair.b] += 1
    return {adapter: (1 + better[adapter], len(ranked) - worse[adapter]) for adapter in ranked}


def _ranked(metric: Metric) -> bool:
    return metric.headline and metric.direction != "none"


def _stream(seed: int, purpose: str, part: Slice) -> np.random.SeedSequence:
    digest = hashlib.sha256("\0".join((purpose, part.corpus, part.name)).encode()).digest()
    return np.random.SeedSequence([seed, int.from_bytes(digest[:16], "big")])


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
