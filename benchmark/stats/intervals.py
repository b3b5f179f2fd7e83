"""Intervals by the cluster bootstrap-t, all adapters and metrics on the same resamples.

A resample weights the clusters at random (`weights`); (value* - value) / standard error* over the resamples takes the
place of Student's t (Efron 1982; Efron & Tibshirani 1993, chapter 12). Both standard errors are the linearised
between-cluster one of survey sampling (Woodruff 1971; Särndal, Swensson & Wretman 1992, section 5.5), so that no
bootstrap stands inside the bootstrap. Values and influences are taken from the means of their stratum; of a resample
with several strata the mean influence is that over all of them, which differs from stratum by stratum in terms of the
order 1 / clusters only.

Simulated coverage stands in `results/statistics/coverage.json`, made by `tests/benches/interval_coverage.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt

from .aggregates import Floats, finite, harmonic, ratios, slopes
from .weights import Resampling, on_grid, resamplings

LEVEL = 0.95
"""Share of samples whose interval is meant to hold the true value."""

RESAMPLES = 9_999
"""Resamples per interval: the 2.5 % points fall on whole ranks, (9,999 + 1) * 0.025 = 250."""

BLOCK = 32
"""Adapters that are resampled together, so that a matrix of resamples stays in the cache."""

Shared = dict[tuple[int, bytes], Floats]
"""What was already summed: by resampling and columns."""


def bootstrap_t(
    measures: Sequence[Floats],
    strata: Sequence[int],
    seed: np.random.SeedSequence,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> list[Floats]:
    """Lower and upper end per measure and adapter: one array (2, adapters) for each array of cluster totals.

    A measure is an array (2k, adapters, clusters) as `aggregates.cluster_totals` makes it, or two of them one above
    the other, (2, 2k, pairs, clusters): then the interval is that of the first value less the second. `strata` gives
    how many clusters each stratum holds, two or more, in the order of the clusters. Ends are on the scale of the totals
    (logarithms for a geometric mean) and not yet clipped to the range of the metric.

    NaN, no interval, where the standard error is 0 or not finite (all clusters alike; a page of 0 in a geometric mean),
    where some resample leaves the measure undefined, or where more than 2.5 % of the resamples on either side have a
    standard error of 0, so that an end would be infinite (rounding alone tells the clusters apart).
    The interval nearly always holds the estimate, but no theorem says so.
    """
    draws = resamplings(sum(strata), resamples, seed)
    shared: Shared = {}
    return [_blockwise(totals, strata, lambda one: one.ends(draws, level, shared)) for totals in measures]


def standard_errors(totals: Floats, strata: Sequence[int]) -> Floats:
    """Linearised standard error of each value or difference; totals as in `bootstrap_t`, 0 where nothing varies."""
    return _blockwise(totals, strata, lambda one: np.where(one.varies, one.error, 0.0))


def carriers(totals: Floats, strata: Sequence[int]) -> Floats:
    """How many clusters carry the spread of each adapter's value: (sum of u²)² / sum of u⁴, u the influence of each.

    All of them where all deviate by the same, 1 where one cluster makes the whole deviation; NaN where nothing
    deviates. This is n / kurtosis of the influence; Carter, Schnepel & Steigerwald (2017) call a like figure the
    effective number of clusters. Near 1 the interval says how rare such a cluster may be, but the size of its deviation
    was seen once.
    """
    return _blockwise(totals, strata, lambda one: one.carriers)


def _blockwise(totals: Floats, strata: Sequence[int], found: Callable[[_Measure], Floats]) -> Floats:
    """What the function finds for a few adapters at a time, put together: their resamples then fit in the cache."""
    starts = range(0, max(1, totals.shape[-2]), BLOCK)
    return np.concatenate([found(_Measure(totals[..., start : start + BLOCK, :], strata)) for start in starts], axis=-1)


class _Measure:
    """A measure, or the difference of two, made ready for resampling.

    m ratios (k of one value, 2k of a difference), each a sum of numerators over a sum of denominators; arrays have the
    shape (m, adapters), (m, adapters, clusters) or, resampled, (m, resamples, adapters).
    """

    def __init__(self, totals: Floats, strata: Sequence[int]) -> None:
        values = totals if totals.ndim == 4 else totals[None]
        self.usable: npt.NDArray[np.bool_] = np.logical_and.reduce([finite(one) for one in values])
        values = np.where(self.usable[:, None], values, 0.0)
        self.groups = len(values)
        numerators, denominators = (half.reshape(-1, *values.shape[2:]) for half in np.split(values, 2, axis=1))
        self.below = denominators.sum(axis=-1)
        self.ratios = ratios(np.concatenate([numerators.sum(axis=-1), self.below]))
        self.estimate = self._value(self.ratios)
        magnitude = sum(np.abs(harmonic(one)) for one in np.split(self.ratios, self.groups))
        known = np.where(np.isnan(self.ratios), 0.0, self.ratios)[..., None]
        # Less the mean of their stratum: where all clusters are alike, nothing is left.
        residuals = _centred(numerators - known * denominators, strata)
        sizes = _centred(denominators, strata)
        if (sizes == sizes[:, :1]).all():  # mostly all adapters have the measure defined on the same pages
            sizes = sizes[:, :1]
        self.gradient = np.nan_to_num(self._gradient(self.ratios, np.where(self.below > 0, self.below, np.inf)))
        influence = (self.gradient[..., None] * residuals).sum(axis=0)
        unbiased = np.repeat([size / (size - 1) for size in strata], strata)
        squares = influence**2 * unbiased
        fourth = (squares**2).sum(axis=-1)
        self.variance = squares.sum(axis=-1)
        self.error = np.sqrt(self.variance)
        self.varies = self.error > 1e-12 * magnitude  # what rounding leaves is no spread
        self.carriers = np.divide(self.variance**2, fourth, out=np.full_like(fourth, np.nan), where=fourth > 0)
        self.unbiased = unbiased
        self.residuals, self.sizes = on_grid(residuals), on_grid(sizes)

    @cached_property
    def products(self) -> dict[tuple[int, int], Floats]:
        """Products of residuals and sizes, by which of them: (adapters, clusters); those that are 0 are left out."""
        columns = [*self.residuals, *self.sizes]
        pairs = combinations_with_replacement(range(len(columns)), 2)
        found = {(i, j): columns[i] * columns[j] * self.unbiased for i, j in pairs}
        return {place: on_grid(product) for place, product in found.items() if product.any()}

    def ends(self, draws: Sequence[Resampling], level: float, shared: Shared) -> Floats:
        """Lower and upper end per adapter, NaN where there is no interval."""
        pivots = np.concatenate([self._pivots(one, shared).T for one in draws], axis=1)
        rank = round((pivots.shape[1] + 1) * (1 - level) / 2)
        undefined = np.isnan(pivots).any(axis=1)
        pivots.partition([rank - 1, pivots.shape[1] - rank], axis=1)
        extremes = np.stack([pivots[:, -rank], pivots[:, rank - 1]])
        usable = self.usable & self.varies
        usable &= np.isfinite(extremes).all(axis=0) & ~undefined
        ends: Floats = self.estimate - np.where(usable, extremes, np.nan) * self.error
        return ends

    def _pivots(self, draw: Resampling, shared: Shared) -> Floats:
        """(value* - value) / error* by resample and adapter; infinite where error* is 0, NaN where undefined."""
        sums = _shifts(draw, self.residuals, shared)
        sizes = _shifts(draw, self.sizes, shared)
        below = self.below[:, None] + sizes
        if not (below > 0).all():
            below = np.where(below > 0, below, np.nan)
        change = sums / below
        gradient = self._gradient(self.ratios[:, None] + change, below)
        variance = self._variance(draw, [*gradient, *(-gradient * change)], [*sums, *sizes], shared)
        moved = change[0] if len(change) == 1 else self._value(self.ratios[:, None] + change) - self.estimate
        return _standardised(moved, np.sqrt(np.maximum(variance, 0.0)), self.error)

    def _variance(
        self, draw: Resampling, gradients: Sequence[Floats], sums: Sequence[Floats], shared: Shared
    ) -> Floats:
        """error*² by resample and adapter: the weighted spread of the influence, with the resampled derivatives."""
        everyone = np.ones((1, 1, self.residuals.shape[-1]))
        drawn = everyone.size + _shifts(draw, everyone, shared)[0]
        mean = sum((by * of for by, of in zip(gradients, sums, strict=True)), start=np.zeros((1, 1)))
        variance: Floats = mean**2 * (-self.unbiased.min() / drawn)
        for (i, j), product in self.products.items():
            moment = product.sum(axis=-1) + _shifts(draw, product[None], shared)[0]
            variance = variance + (1.0 if i == j else 2.0) * gradients[i] * gradients[j] * moment
        return variance

    def _value(self, of: Floats) -> Floats:
        if self.groups == 1:
            return harmonic(of)
        first, second = np.split(of, 2)
        return harmonic(first) - harmonic(second)

    def _gradient(self, of: Floats, below: Floats) -> Floats:
        """Derivatives of the value by the sums of residuals."""
        if len(of) == self.groups == 1:
            return 1.0 / below
        steep = np.concatenate([slopes(one) for one in np.split(of, self.groups)])
        if self.groups == 2:
            steep[len(steep) // 2 :] *= -1.0
        return steep / below


def _standardised(moved: Floats, errors: Floats, error: Floats) -> Floats:
    found = errors > 1e-6 * error
    if found.all():
        return moved / errors
    moved = np.broadcast_to(moved, errors.shape)
    beyond = np.where(np.abs(moved) > 1e-6 * error, np.copysign(np.inf, moved), 0.0)
    beyond[np.isnan(moved)] = np.nan
    return np.divide(moved, errors, out=beyond, where=found)


def _shifts(draw: Resampling, columns: Floats, shared: Shared) -> Floats:
    """Shifts of (m, adapters, clusters), shape (m, resamples, adapters); what many measures have in common but once."""
    if not columns.any():
        return np.zeros((len(columns), 1, columns.shape[1]))
    key = id(draw), columns.tobytes() if columns.shape[1] == 1 else b""
    if key in shared:
        return shared[key]
    found = draw.shifts(columns.reshape(-1, columns.shape[-1]).T).reshape(-1, *columns.shape[:2]).transpose(1, 0, 2)
    if key[1]:
        shared[key] = found
    return found


def _centred(columns: Floats, strata: Sequence[int]) -> Floats:
    starts = np.cumsum([0, *strata[:-1]])
    means: Floats = np.add.reduceat(columns, starts, axis=-1) / np.array(strata)
    return columns - np.repeat(means, strata, axis=-1)
