"""Intervals by the cluster bootstrap-t, all adapters and metrics on the same resamples.

A resample weights the clusters at random (`weights`); (value* - value) / standard error* over the resamples takes the
place of Student's t (Efron 1982; Efron & Tibshirani 1993, chapter 12). The standard error is the linearised
between-cluster one of survey sampling (Woodruff 1971; Särndal, Swensson & Wretman 1992, section 5.5), so that no
bootstrap stands inside the bootstrap. That of a resample is the product of what the original moments give with the
derivatives at the resampled ratios, and of how the weights change the spread of the influence of the clusters. It is
exact for means of pages with one page per cluster, and otherwise differs from the one recomputed in all parts by terms
of the order 1 / clusters, smaller than those that make an interval asymmetric.

Coverage in simulation is in `results/statistics/coverage.json` (`tests/benches/coverage.py` makes it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

CARRIERS_NEEDED = 2.0
"""Fewest clusters, by `carriers`, that must carry the spread of a measure for it to have an interval."""


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
    where fewer than CARRIERS_NEEDED clusters carry the spread, where some resample leaves the measure undefined, or
    where more than 2.5 % of the resamples on either side have a standard error of 0, so that an end would be infinite.
    The interval nearly always holds the estimate, but no theorem says so.
    """
    draws = resamplings(sum(strata), resamples, seed)
    shared: Shared = {}
    return [_blockwise(totals, strata, lambda one: one.ends(draws, level, shared)) for totals in measures]


def standard_errors(totals: Floats, strata: Sequence[int]) -> Floats:
    """The linearised standard error of each adapter's value, or of each pair's difference; totals as `bootstrap_t`."""
    return _blockwise(totals, strata, lambda one: one.error)


def carriers(totals: Floats, strata: Sequence[int]) -> Floats:
    """How many clusters carry the spread of each adapter's value: (sum of u²)² / sum of u⁴, u the influence of each.

    All of them where all deviate by the same, 1 where one cluster makes the whole deviation: such data do not tell how
    often a cluster like it comes. NaN where nothing deviates. This is n / kurtosis of the influence; Carter, Schnepel &
    Steigerwald (2017) call a like figure the effective number of clusters.
    """
    return _blockwise(totals, strata, lambda one: one.carriers)


def _blockwise(totals: Floats, strata: Sequence[int], found: Callable[[_Measure], Floats]) -> Floats:
    """What the function finds for a few adapters at a time, put together: their resamples then fit in the cache."""
    starts = range(0, max(1, totals.shape[-2]), BLOCK)
    return np.concatenate(
        [found(_Measure(totals[..., start : start + BLOCK, :], strata)) for start in starts], axis=-1
    )


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
        self.carriers = np.divide(self.variance**2, fourth, out=np.full_like(fourth, np.nan), where=fourth > 0)
        self.moments = _moments([*residuals, *sizes], unbiased)
        self.residuals, self.sizes, self.squares = on_grid(residuals), on_grid(sizes), on_grid(squares)

    def ends(self, draws: Sequence[Resampling], level: float, shared: Shared) -> Floats:
        """Lower and upper end per adapter, NaN where there is no interval."""
        pivots = np.concatenate([self._pivots(one, shared).T for one in draws], axis=1)
        rank = round((pivots.shape[1] + 1) * (1 - level) / 2)
        undefined = np.isnan(pivots).any(axis=1)
        pivots.partition([rank - 1, pivots.shape[1] - rank], axis=1)
        extremes = np.stack([pivots[:, -rank], pivots[:, rank - 1]])
        usable = self.usable & (self.error > 1e-12 * np.abs(self.estimate)) & (self.carriers >= CARRIERS_NEEDED)
        usable &= np.isfinite(extremes).all(axis=0) & ~undefined
        steps = np.where(usable, extremes, np.nan) * self.error
        return self.estimate - steps

    def _pivots(self, draw: Resampling, shared: Shared) -> Floats:
        """(value* - value) / error* by resample and adapter; infinite where error* is 0, NaN where undefined."""
        sums = _shifts(draw, self.residuals)
        below = self.below[:, None] + _shared_shifts(draw, self.sizes, shared)
        if not (below > 0).all():
            below = np.where(below > 0, below, np.nan)
        change = sums / below
        drawn = self.squares.shape[-1] + _shared_shifts(draw, np.ones((1, 1, self.squares.shape[-1])), shared)[0]
        spread = draw.shifts(self.squares.T)
        spread += self.variance
        spread -= (self.gradient[:, None] * sums).sum(axis=0) ** 2 / drawn
        errors = np.sqrt(np.maximum(spread * self._scale(change, below), 0.0))
        moved = change[0] if len(change) == 1 else self._value(self.ratios[:, None] + change) - self.estimate
        return _standardised(moved, errors, self.error)

    def _scale(self, change: Floats, below: Floats) -> Floats:
        """What the squared error would be with the resampled ratios and the original moments, over the original."""
        gradient = self._gradient(self.ratios[:, None] + change, below)
        of = [*gradient, *(-gradient * change)]
        form: Floats = sum(
            (
                ((1 if i == j else 2) * moment / np.where(self.variance > 0, self.variance, np.inf)) * of[i] * of[j]
                for (i, j), moment in self.moments.items()
            ),
            start=np.zeros((1, 1)),
        )
        return form

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
    beyond = np.where(np.abs(moved) > 1e-6 * error, np.copysign(np.inf, moved), 0.0)
    beyond[np.isnan(moved)] = np.nan
    return np.divide(moved, errors, out=beyond, where=found)


def _moments(columns: Sequence[Floats], unbiased: Floats) -> dict[tuple[int, int], Floats]:
    """Sums of products of columns, by adapter; those that are 0 for all are left out."""
    pairs = combinations_with_replacement(range(len(columns)), 2)
    found = {(i, j): (columns[i] * columns[j] * unbiased).sum(axis=-1) for i, j in pairs}
    return {place: moment for place, moment in found.items() if moment.any()}


def _shifts(draw: Resampling, columns: Floats) -> Floats:
    """Shifts of (m, adapters, clusters), shape (m, resamples, adapters)."""
    found = draw.shifts(columns.reshape(-1, columns.shape[-1]).T)
    return found.reshape(-1, *columns.shape[:2]).transpose(1, 0, 2)


def _shared_shifts(draw: Resampling, columns: Floats, shared: Shared) -> Floats:
    """The same of columns that many measures have in common."""
    if not columns.any():
        return np.zeros((len(columns), 1, columns.shape[1]))
    if columns.shape[1] > 1:
        return _shifts(draw, columns)
    key = id(draw), columns.tobytes()
    if key not in shared:
        shared[key] = _shifts(draw, columns)
    return shared[key]


def _centred(columns: Floats, strata: Sequence[int]) -> Floats:
    starts = np.cumsum([0, *strata[:-1]])
    means: Floats = np.add.reduceat(columns, starts, axis=-1) / np.array(strata)
    return columns - np.repeat(means, strata, axis=-1)
