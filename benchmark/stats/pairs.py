"""Paired tests of all pairs of adapters at once: max-T step-down over cluster-wise swaps.

Where two adapters are alike, it does not matter which of them gave which of two answers on a site. So the answers are
swapped site by site at random, the measure is recomputed for both, and the difference seen is held against the
differences so made. The family is all pairs on one metric of one corpus; Westfall & Young (1993, algorithm 2.8) adjust
each p value by the largest statistic among the pairs not yet decided. The test of one pair is exact. The adjustment is
so only in the limit of many clusters, where reflecting all differences together keeps their joint distribution: before
it, swapping all adapters of a site together keeps what their differences have in common in this sample, chance
included, and the largest of them may come out too small. So two adapters are called separated at an adjusted p of
`SEPARATED`, which leaves room below `SIGNIFICANT` for what is lacking. That bar was set by a simulation of equal
adapters, `tests/benches/interval_coverage.py`, and by no run; how often it raises a false alarm, and how often
`SIGNIFICANT` itself would, is counted there and stands in `results/statistics/coverage.json`.

What is tested is that the two are alike, not that their means are equal. An adapter that is mostly a little better and
loses everything on 6 % of the sites, so that its mean equals that of a steady one, is told from it in 28, 11 and 8 % of
samples of 20, 40 and 100 sites: a sample without its bad sites shows none. No paired test mends that (a bootstrap-t of
the difference errs as often at 20 and 40); more sites do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from .aggregates import Floats, harmonic, ratios, slopes

FLIPS = 9_999
"""Random swaps per test: the smallest p value is 1 in 10,000, and one of .05 is good to .004 (two standard errors)."""

SIGNIFICANT = 0.05
"""Chance of a false alarm that is allowed: of a single test, which is exact, and of a family of them."""

_BLOCK = 128
"""Swaps at a time; fixed, for the stream of random signs depends on it, and small, for every pair has a row of them."""

_TIE = 1e-7
"""Statistics this close are equal: the same swap can be summed from different numbers."""


def adjusted_p(totals: Floats, pairs: npt.NDArray[np.intp], seed: np.random.SeedSequence, flips: int = FLIPS) -> Floats:
    """Adjusted p value of each pair: (1 + swaps at least as extreme) / (1 + swaps); 1 for adapters that are identical.

    `totals` has the shape (2k, adapters, clusters) of `aggregates.cluster_totals`; `pairs` has two columns of adapter
    positions, of adapters only whose totals are finite and whose value is defined. The swaps depend on seed and number
    of clusters alone, whatever the adapters.
    """
    signs = sign_blocks(totals.shape[-1], flips, np.random.Generator(np.random.PCG64(seed)))
    counts, observed = exceedances(totals, pairs, signs)
    return step_down((1 + counts) / (1 + flips), observed)


def sign_blocks(clusters: int, flips: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Random signs, -1 where a cluster is swapped, in blocks (swaps in the block, clusters)."""
    for start in range(0, flips, _BLOCK):
        swapped = rng.integers(2, size=(min(_BLOCK, flips - start), clusters), dtype=np.int8)
        yield 1.0 - 2.0 * swapped.astype(np.float64)


def exceedances(
    totals: Floats, pairs: npt.NDArray[np.intp], blocks: Iterable[Floats]
) -> tuple[npt.NDArray[np.int64], Floats]:
    """In how many swaps the largest statistic among the pairs not above this one reaches its own, and its own."""
    statistics = paired_statistics(totals, pairs)
    observed = statistics(np.ones((1, totals.shape[-1])))[:, 0]
    ascending = np.argsort(observed, kind="stable")
    counts = np.zeros(len(pairs), dtype=np.int64)
    for signs in blocks:
        largest = np.maximum.accumulate(statistics(signs)[ascending], axis=0)
        counts[ascending] += (largest >= observed[ascending, None] - _TIE).sum(axis=1)
    return counts, observed


def on_exact_grid(columns: Floats) -> Floats:
    """The columns rounded, along the last axis, so far that signed sums of them are free of rounding errors.

    Such sums are the same bits in any order: no library or thread count can change a p value. With 2,000 clusters the
    rounding is 2e-13 of the largest number.
    """
    _, exponent = np.frexp(np.abs(columns).max(axis=-1, keepdims=True) * columns.shape[-1])
    shift = 52 - exponent
    rounded: Floats = np.ldexp(np.rint(np.ldexp(columns, shift)), -shift)
    return rounded


def weighted_sums(columns: Floats, weights: Floats) -> Floats:
    """Sums over clusters under each row of whole weights: (..., clusters) and (rows, clusters) give (..., rows)."""
    sums: Floats = columns.reshape(-1, columns.shape[-1]) @ weights.T
    return sums.reshape(*columns.shape[:-1], len(weights))


def step_down(p: Floats, observed: Floats) -> Floats:
    """The p values, none below that of a pair with a larger statistic."""
    descending = np.argsort(-observed, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[descending] = np.maximum.accumulate(p[descending])
    return adjusted


def paired_statistics(totals: Floats, pairs: npt.NDArray[np.intp]) -> Callable[[Floats], Floats]:
    """A function from rows of signs to |difference| in standard errors of each pair, shape (pairs, rows).

    Without the division the pair that differs most from site to site would set the bar for all, and near relatives
    could never be told apart. The standard error is that of the linearised difference when both adapters share one
    value. Swaps leave it as it is, so it changes no single test, and for means the statistic orders swaps as the paired
    t statistic does. A swap that leaves the measure undefined for one of the two counts as extreme.
    """
    exact = on_exact_grid(totals)
    a, b = pairs.T
    both = (exact.sum(axis=-1)[:, a] + exact.sum(axis=-1)[:, b])[..., None]
    error = _null_errors(exact, pairs)[:, None]

    def statistics(signs: Floats) -> Floats:
        flipped = weighted_sums(exact, signs)
        apart = flipped[:, a] - flipped[:, b]
        difference = np.abs(harmonic(ratios(both + apart)) - harmonic(ratios(both - apart)))
        standardised = np.divide(difference, error, out=np.zeros_like(difference), where=error > 0)
        return np.where(np.isnan(difference), np.inf, standardised)

    return statistics


def _null_errors(totals: Floats, pairs: npt.NDArray[np.intp]) -> Floats:
    a, b = pairs.T
    mean = (totals.sum(axis=-1)[:, a] + totals.sum(axis=-1)[:, b]) / 2
    of = ratios(mean)
    _, below = np.split(mean, 2)
    per_unit = np.divide(slopes(of), below, out=np.zeros_like(below), where=below != 0)
    gradient = np.concatenate([per_unit, -per_unit * of])
    # One pair at a time: all at once would be pairs by clusters numbers.
    errors = np.array(
        [
            np.sqrt(((gradient[:, pair] @ (totals[:, left] - totals[:, right])) ** 2).sum())
            for pair, (left, right) in enumerate(pairs)
        ]
    )
    magnitude = np.abs(totals).sum(axis=-1)
    # Two equal values that were summed in different ways differ by rounding, which is no difference.
    noise = 1e-12 * (np.abs(gradient) * (magnitude[:, a] + magnitude[:, b])).sum(axis=0)
    return np.where(errors > noise, errors, 0.0)
