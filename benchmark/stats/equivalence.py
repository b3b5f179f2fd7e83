"""Whether two adapters are shown to be as good as equal, and how many pages it takes to see that they are not.

"Not separated" says that a test found no difference: on few pages it finds none between anything. "Equivalent within
delta" is a finding of its own: two one-sided tests at 5 % reject that the difference is delta or more either way, which
is to say that the 90 % interval of the difference lies inside (-delta, delta) (Schuirmann 1987). The interval is the
bootstrap-t of the paired difference, so that what both adapters find easy or hard drops out. A pair can be separated
and equivalent at once: a difference that is certain and too small to matter.

The tests are not adjusted for the number of pairs. A pair is falsely called equivalent in at most 5 of 100 samples
where its true difference is delta, and hardly ever where it is twice that, however many pairs there are. Adjusted by
the largest statistic, as the tests for a difference are, the pair with the most skewed differences would widen all
intervals, and a list of equivalent pairs is not read as one claim about all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from .aggregates import Floats
from .intervals import bootstrap_t, standard_errors

LEVEL = 0.05
"""Chance of error of each one-sided test, and of the two-sided test whose size is planned."""

POWER = 0.8
"""Chance that a true difference of delta is found, in planning."""

_CHUNK = 256
"""Pairs at a time, for each has a row of cluster totals of its own."""


def difference_errors(totals: Floats, pairs: npt.NDArray[np.intp], strata: tuple[int, ...]) -> Floats:
    """Linearised standard error of each pair's difference; `totals` (2k, adapters, clusters), `pairs` two columns."""
    found = [standard_errors(part, strata) for part in _paired(totals, pairs)]
    return np.concatenate(found) if found else np.empty(0)


def equivalent(
    totals: Floats,
    pairs: npt.NDArray[np.intp],
    strata: tuple[int, ...],
    delta: float,
    seed: np.random.SeedSequence,
) -> list[bool | None]:
    """Whether the 90 % interval of each pair's difference lies inside (-delta, delta).

    None where the difference has no interval (`intervals.bootstrap_t`), mostly because the two differ on no cluster:
    whether they do elsewhere, and how much, such data cannot tell.
    """
    verdicts: list[bool | None] = []
    for part in _paired(totals, pairs):
        (ends,) = bootstrap_t([part], strata, _again(seed), level=1.0 - 2.0 * LEVEL)
        verdicts += [None if np.isnan(low) else bool(-delta < low and high < delta) for low, high in ends.T]
    return verdicts


def clusters_needed(error: float, clusters: int, delta: float) -> int | None:
    """Clusters on which a paired test at 5 % finds a true difference of delta in 80 of 100 samples.

    ((z(.975) + z(.8)) s / delta)² + z(.975)² / 2, rounded up, where s = error * sqrt(clusters) is the deviation between
    clusters of the linearised paired differences. The square is the size for a known deviation (Lachin 1981, formula
    for paired means); the addend makes up for estimating it (Guenther 1981). One pair, no adjustment for others; the
    size of clusters and the kind of pages stay as they are. None where the two differ on no cluster: they have no
    deviation to plan with.
    """
    if not error > 0.0:
        return None
    normal = NormalDist()
    alpha = normal.inv_cdf(1.0 - LEVEL / 2.0)
    return ceil(((alpha + normal.inv_cdf(POWER)) * error / delta) ** 2 * clusters + alpha**2 / 2.0)


def _paired(totals: Floats, pairs: npt.NDArray[np.intp]) -> Iterator[Floats]:
    """Totals of the two adapters of each pair, (2, 2k, pairs, clusters), some pairs at a time."""
    for start in range(0, len(pairs), _CHUNK):
        yield np.stack([totals[:, side] for side in pairs[start : start + _CHUNK].T])


def _again(seed: np.random.SeedSequence) -> np.random.SeedSequence:
    """The seed as it was: every chunk of pairs is resampled alike."""
    return np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)
