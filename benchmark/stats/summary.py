"""Scores of pages -> summaries of slices and comparisons of adapters, corpus by corpus, never pooled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import UsageError
from ..records import CLUSTERS_NEEDED, DELTA, QUANTILES, SEPARATED, Comparison, Metric, Summary
from . import tables
from .aggregates import SMOOTH, Floats, finite, natural_scale
from .equivalence import clusters_needed, difference_errors, equivalent
from .intervals import bootstrap_t, carriers
from .pairs import adjusted_p
from .quantiles import quantile_ends, share_totals
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
    delta: float = DELTA,
    paired: Sequence[str] = (),
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
        delta: what difference between two adapters does not matter on a metric that is a share between 0 and 1.
        paired: names of further metrics whose pairs are compared and whose adapters are ranked; each is a family of
            tests of its own, as each headline metric is.

    Intervals and ranks need 20 clusters in the slice and as many on which the adapter has the metric defined, a p value
    as many on which both have. See `intervals.bootstrap_t` for where else there is no interval, and
    `quantiles.quantile_ends` for that of a median, p95 or p99; these have neither rank nor p value, and max has none of
    the three. Ends are clipped to the range of the metric. Strata are kept where every one has 4 clusters or more, else
    not at all; a cluster belongs to the stratum of most of its pages, on a tie to the first by name. Only pairs of
    which both have an estimate are compared.

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
            compared = [
                pair
                for metric in part.metrics
                if _ranked(metric) or metric.name in paired
                for pair in _comparisons(part, metric, seed, delta)
            ]
            comparisons += compared
            rows = _with_ranks(rows, compared, part, paired)
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
            carriers=_known(ends[metric.name][2, row]) if metric.name in ends else None,
        )
        for row, adapter in enumerate(part.adapters)
        for column, metric in enumerate(part.metrics)
    ]


def _intervals(part: Slice, seed: int) -> dict[str, Floats]:
    """Lower end, upper end and carriers (3, adapters) per metric that may have them, NaN where there is no interval."""
    if part.clusters < CLUSTERS_NEEDED:
        return {}
    smooth = [metric for metric in part.metrics if metric.aggregate.kind in SMOOTH]
    totals = [part.totals(metric) for metric in smooth]
    bounds = bootstrap_t(totals, part.strata, _stream(seed, "resamples", part)) if smooth else []
    found = {
        metric.name: _presentable(part, metric, ends, one)
        for metric, ends, one in zip(smooth, bounds, totals, strict=True)
    }
    for metric in part.metrics:
        if (share := QUANTILES.get(metric.aggregate.kind)) is not None:
            values = part.values[metric.name]
            ends, one = quantile_ends(values, part.starts, part.strata, share), share_totals(values, part.starts, share)
            found[metric.name] = _presentable(part, metric, ends, one)
    return found


def _supported(part: Slice, metric: Metric) -> npt.NDArray[np.bool_]:
    """Which adapters have the metric defined on enough clusters for an interval."""
    enough: npt.NDArray[np.bool_] = part.support(metric).sum(axis=1) >= CLUSTERS_NEEDED
    return enough


def _presentable(part: Slice, metric: Metric, ends: Floats, totals: Floats) -> Floats:
    """The ends on the scale of readers, and how many clusters carry the deviation; NaN where there is no interval."""
    # An interval on logarithms can be too wide for any number.
    with np.errstate(over="ignore"):
        natural = np.clip(natural_scale(metric, ends), metric.low, metric.high)
    shown = np.isfinite(natural).all(axis=0) & _supported(part, metric)
    return np.where(shown, np.vstack([natural, np.round(carriers(totals, part.strata), 2)]), np.nan)


def _comparisons(part: Slice, metric: Metric, seed: int, delta: float) -> list[Comparison]:
    estimates, support = part.estimates(metric), part.support(metric)
    known = [row for row, estimate in enumerate(estimates) if np.isfinite(estimate)]
    shared = {(a, b): int((support[a] & support[b]).sum()) for a, b in combinations(known, 2)}
    judged = _judged(part, metric, [pair for pair, clusters in shared.items() if clusters >= CLUSTERS_NEEDED])
    p = judged.p_values(_stream(seed, "swaps", part))
    size = delta if _is_share(metric) else None
    near = [(a, b) for a, b in judged.pairs if size is not None and abs(estimates[a] - estimates[b]) < size]
    alike = judged.equivalent(near, delta, _stream(seed, "differences", part))
    errors = judged.errors()
    defined = part.defined(metric)
    found = []
    for (a, b), clusters in shared.items():
        tested, error = (a, b) in p, errors.get((a, b))
        needed = clusters_needed(error, clusters, size) if error is not None and size is not None else None
        pages = int((defined[a] & defined[b]).sum())
        found.append(
            Comparison(
                corpus=part.corpus,
                metric=metric.name,
                a=part.adapters[a],
                b=part.adapters[b],
                clusters=clusters,
                difference=float(estimates[a] - estimates[b]),
                p_adjusted=p.get((a, b)),
                separated=p[a, b] <= SEPARATED if tested else None,
                delta=size,
                equivalent=alike.get((a, b), False) if tested and size is not None else None,
                error=None if error is None else float(f"{error:.4g}"),
                clusters_needed=needed,
                pages_needed=None if needed is None else ceil(needed * pages / clusters),
            )
        )
    return found


@dataclass(frozen=True)
class _Judged:
    """The pairs of a metric that can be tested, and their cluster totals."""

    totals: Floats
    pairs: list[Pair]
    strata: tuple[int, ...]

    def p_values(self, seed: np.random.SeedSequence) -> dict[Pair, float]:
        if not self.pairs:
            return {}
        return self._by_pair(adjusted_p(self.totals, np.array(self.pairs, dtype=np.intp), seed))

    def errors(self) -> dict[Pair, float]:
        return self._by_pair(difference_errors(self.totals, np.array(self.pairs, dtype=np.intp), self.strata))

    def equivalent(self, near: list[Pair], delta: float, seed: np.random.SeedSequence) -> dict[Pair, bool | None]:
        """Verdicts on those pairs whose difference is near enough; the interval of the others holds more than delta."""
        verdicts = equivalent(self.totals, np.array(near, dtype=np.intp), self.strata, delta, seed)
        return dict(zip(near, verdicts, strict=True))

    def _by_pair(self, values: Floats) -> dict[Pair, float]:
        return {pair: float(value) for pair, value in zip(self.pairs, values, strict=True)}


def _judged(part: Slice, metric: Metric, pairs: Sequence[Pair]) -> _Judged:
    if metric.aggregate.kind not in SMOOTH:
        return _Judged(np.empty((2, 0, part.clusters)), [], part.strata)
    totals = part.totals(metric)
    usable = finite(totals)
    # Rows that are in no pair may hold the logarithm of 0, which would spoil the sums of all.
    totals = np.where(usable[:, None], totals, 0.0)
    return _Judged(totals, [(a, b) for a, b in pairs if usable[a] and usable[b]], part.strata)


def _is_share(metric: Metric) -> bool:
    """Whether a difference of .01 means the same on it as on F1."""
    bounds = (metric.low, metric.high)
    return metric.unit == "share" and bounds == (0.0, 1.0) and metric.aggregate.kind != "geometric"


def _with_ranks(
    rows: Sequence[Summary], compared: Sequence[Comparison], part: Slice, paired: Sequence[str]
) -> list[Summary]:
    ranked = [one for one in part.metrics if _ranked(one) or (one.name in paired and one.direction != "none")]
    spans = {metric.name: _rank_ranges(part, metric, compared) for metric in ranked}
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
