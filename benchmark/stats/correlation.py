"""How far two measures put the same adapters in the same order: Kendall's tau-b, with an interval over clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import UsageError
from ..records import CLUSTERS_NEEDED, Metric
from .aggregates import SMOOTH, Floats, harmonic, ratios
from .intervals import LEVEL, RESAMPLES
from .tables import Slice
from .weights import on_grid, resamplings

FEWEST = 3
"""Adapters below which an order says nothing."""


@dataclass(frozen=True)
class Correlation:
    """Agreement of two rankings."""

    tau: float
    """Kendall's tau-b of the estimates: 1 for the same order, 0 for none in common, -1 for the reverse."""
    low: float | None
    """Lower end of its interval; None where there is none."""
    high: float | None
    """Upper end of its interval."""
    adapters: int
    """Adapters compared: those with both measures."""
    clusters: tuple[int, int]
    """Clusters in which each of the two measures is defined for some adapter."""


def rank_correlation(part: Slice, first: Metric, second: Metric, seed: np.random.SeedSequence) -> Correlation:
    """Kendall's tau-b over the adapters of a slice between the values of two metrics, with a bootstrap interval.

    Adapters without either value are left out. The interval is that of the percentiles of tau over resamples of
    clusters (`weights`, strata left out of account), both measures on the same resample: they are two views of the same
    pages, and where one is defined on a part of the pages only, as on those with regions, that part is resampled with
    the rest. Percentiles, since tau is bounded and takes few values: an interval that turns the distribution round, or
    shifts it by its bias, leaves the range or misses ties. Resampling adds noise to both orders, so the interval lies
    rather too low than too high. The adapters are taken as given, not as a sample of adapters.

    None for the ends where either metric is defined on fewer than 20 clusters, or where more than 2.5 % of resamples
    leave a value undefined. `UsageError` for metrics without cluster totals (medians and the like) and for fewer than
    3 adapters. Source: M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33 (1945).
    """
    return across((part, part), (first, second), (seed, seed))


def across(
    parts: tuple[Slice, Slice], metrics: tuple[Metric, Metric], seeds: tuple[np.random.SeedSequence, ...]
) -> Correlation:
    """The same between two slices, such as composed pages and real ones: adapters that both have are compared.

    Slices of different clusters are resampled apart, by a seed each; with one slice and one seed given twice both
    metrics see the same resamples. Errors and ends as in `rank_correlation`.
    """
    for metric in metrics:
        if metric.aggregate.kind not in SMOOTH:
            raise UsageError(f"{metric.name} is a {metric.aggregate.kind} over pages; give a metric that is a mean")
    names = [name for name in parts[0].adapters if name in parts[1].adapters]
    rows = [np.array([part.adapters.index(name) for name in names], dtype=np.intp) for part in parts]
    both = list(zip(parts, metrics, rows, strict=True))
    estimates = [part.estimates(metric)[row] for part, metric, row in both]
    known = np.isfinite(estimates[0]) & np.isfinite(estimates[1])
    if known.sum() < FEWEST:
        first, second = (metric.name for metric in metrics)
        raise UsageError(f"{int(known.sum())} adapters have both {first} and {second}; an order takes {FEWEST} or more")
    sides = [part.totals(metric)[:, row[known]] for part, metric, row in both]
    clusters = [int(part.support(metric).any(axis=0).sum()) for part, metric, _ in both]
    whole = tau_b(*(_values(side.sum(axis=-1, keepdims=True)) for side in sides))[0]
    low = high = None
    if min(clusters) >= CLUSTERS_NEEDED:
        low, high = _percentiles(_resampled(sides, seeds))
    return Correlation(float(whole), low, high, int(known.sum()), (clusters[0], clusters[1]))


def tau_b(first: Floats, second: Floats) -> Floats:
    """Kendall's tau-b of each column of two matrices (adapters, columns); NaN where all of one column are equal."""
    above, below = np.triu_indices(len(first), 1)
    one, other = (np.sign(side[above] - side[below]) for side in (first, second))
    scale = np.sqrt((one * one).sum(axis=0) * (other * other).sum(axis=0))
    agreement = (one * other).sum(axis=0)
    found: Floats = np.divide(agreement, scale, out=np.full_like(scale, np.nan), where=scale > 0)
    return found


def _resampled(sides: list[Floats], seeds: tuple[np.random.SeedSequence, ...]) -> Floats:
    first, second = (_sums(side, seed) for side, seed in zip(sides, seeds, strict=True))
    # Pairs of adapters times resamples: taken in pieces, so that memory stays small with 80 adapters.
    pieces = max(1, RESAMPLES * sides[0].shape[1] ** 2 // 2**23)
    pairs = zip(np.array_split(first, pieces, axis=-1), np.array_split(second, pieces, axis=-1), strict=True)
    return np.concatenate([tau_b(_values(one), _values(other)) for one, other in pairs])


def _sums(side: Floats, seed: np.random.SeedSequence) -> Floats:
    """Cluster totals (2k, adapters, clusters) summed under each resample: (2k, adapters, resamples)."""
    columns = on_grid(side).reshape(-1, side.shape[-1]).T
    draws = resamplings(side.shape[-1], RESAMPLES, seed)
    sums = np.vstack([draw.shifts(columns) + columns.sum(axis=0) for draw in draws])
    return sums.T.reshape(*side.shape[:-1], -1)


def _values(sums: Floats) -> Floats:
    return harmonic(ratios(sums))


def _percentiles(taus: Floats) -> tuple[float | None, float | None]:
    defined = taus[~np.isnan(taus)]
    if len(defined) < (1 - (1 - LEVEL) / 2) * len(taus):
        return None, None
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
