"""Intervals of medians and percentiles, by inverting the share of pages at or below a value.

A quantile is no smooth function of sums over clusters, but the share of pages at or below a fixed value is one. So the
interval of the quantile holds the values whose share is compatible with the wanted one (Woodruff 1952). Whether it is,
is judged exactly: with one page to a cluster the ends are the order statistics that follow from the binomial law
(Clopper & Pearson 1934). Pages of a cluster are alike, so that n of them tell as much as n / (design effect)
independent ones; that effective number, lowered for the few clusters behind the standard error, stands in the binomial
law in place of n (Korn & Graubard 1998). The design effect is the linearised between-cluster variance of `intervals`
over that of as many independent pages. It is taken at the quantile and again at the end first found, and the larger of
the two decides: near an extreme few clusters hold the pages beyond, and in many samples they look less alike than pages
of a cluster are.

Not every quantile of every sample has an interval. Pages of a cluster may all be alike near the end of a distribution,
and a sample in which few are slow looks as if they were not. So the clusters alone, as if each were one page, must
suffice to place both ends within the sample: 72 of equal size for the 95th percentile, 368 for the 99th at a level of
95 %, more where sizes differ. Whether there is an interval then hardly hangs on the values. Without that rule intervals
at fewer clusters would hold the true value in far less than 95 of 100 samples (`loose_coverage` in
`results/statistics/coverage.json`).

The maximum has no interval. Beyond the largest page nothing was seen, and no way to resample is consistent for an
extreme (Bickel & Freedman 1981): of draws with replacement 63 in 100 have the very same maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, log

import numpy as np
import numpy.typing as npt

from .aggregates import Floats
from .intervals import LEVEL, standard_errors


def quantile_ends(
    values: Floats, starts: npt.NDArray[np.intp], strata: Sequence[int], share: float, level: float = LEVEL
) -> Floats:
    """Lower and upper end per adapter, (2, adapters), of the value that this share of the pages does not exceed.

    `values` holds a page value per adapter and page, NaN where undefined; pages of a cluster stand together, `starts`
    gives the first of each and `strata` how many clusters each stratum holds, two or more. Ends are values of pages.
    They keep their places when all values go through an increasing function, and do not hang on the order of pages.

    NaN, no interval, where an end would lie beyond the outermost page; where the clusters are worth fewer of equal size
    than `clusters_needed`; and where all pages have the same value. Clusters of m pages are worth (sum of m)² / sum of
    m² (Kish 1965), m counting pages with a value.
    """
    enough = _Pages(values, starts, strata).worth >= clusters_needed(share, level)
    return np.where(enough, inverted(values, starts, strata, share, level), np.nan)


def clusters_needed(share: float, level: float = LEVEL) -> int:
    """Fewest independent pages of which both ends of the interval are pages."""
    tail = (1.0 - level) / 2.0
    return floor(log(tail) / log(max(share, 1.0 - share))) + 1


def inverted(
    values: Floats, starts: npt.NDArray[np.intp], strata: Sequence[int], share: float, level: float = LEVEL
) -> Floats:
    """As `quantile_ends` without the rule for the number of clusters."""
    pages = _Pages(values, starts, strata)
    effect = pages.design_effect(share * pages.counts)
    # The upper end is the lower one of the values in reverse.
    sides = (share, 1.0 - share)
    first = [pages.rank(effect, side, level) for side in sides]
    cuts = (first[0], pages.counts - first[1])
    ranks = [
        pages.rank(np.maximum(effect, pages.design_effect(cut)), side, level)
        for cut, side in zip(cuts, sides, strict=True)
    ]
    ends = np.stack([pages.at(ranks[0]), pages.at(pages.counts + 1 - ranks[1])])
    known = (ranks[0] > 0) & (ranks[1] > 0) & pages.vary
    return np.where(known, ends, np.nan)


def share_totals(values: Floats, starts: npt.NDArray[np.intp], share: float) -> Floats:
    """Totals (2, adapters, clusters) of which the wanted share is the ratio: pages at or below the quantile, pages."""
    pages = _Pages(values, starts, (len(starts),))
    return pages.totals(pages.at_or_below(share * pages.counts))


@dataclass(frozen=True)
class _Pages:
    """The page values of each adapter, and how many pages of each cluster are at or below a rank."""

    values: Floats
    starts: npt.NDArray[np.intp]
    strata: Sequence[int]

    @cached_property
    def defined(self) -> npt.NDArray[np.bool_]:
        known: npt.NDArray[np.bool_] = ~np.isnan(self.values)
        return known

    @cached_property
    def counts(self) -> Floats:
        """Pages with a value, by adapter."""
        found: Floats = self.defined.sum(axis=1).astype(np.float64)
        return found

    @cached_property
    def sizes(self) -> Floats:
        """Pages with a value (adapters, clusters)."""
        found: Floats = np.add.reduceat(self.defined, self.starts, axis=-1, dtype=np.float64)
        return found

    @property
    def worth(self) -> Floats:
        """How many clusters of equal size would be as good if all pages of a cluster were alike, by adapter."""
        found: Floats = self.counts**2 / np.maximum((self.sizes**2).sum(axis=1), 1.0)
        return found

    @cached_property
    def ordered(self) -> Floats:
        """The values of each adapter from lowest to highest, then NaN."""
        found: Floats = np.sort(self.values, axis=1)
        return found

    @property
    def vary(self) -> npt.NDArray[np.bool_]:
        """Which adapters have two pages of different value."""
        found: npt.NDArray[np.bool_] = self.at(np.ones_like(self.counts)) < self.at(self.counts)
        return found

    @cached_property
    def freedom(self) -> Floats:
        """Degrees of freedom of the standard errors: clusters less strata, of those that have a page with a value."""
        first = np.cumsum([0, *self.strata[:-1]])
        inside = np.add.reduceat(self.sizes > 0, first, axis=-1, dtype=np.intp)
        left: Floats = (inside.sum(axis=1) - np.count_nonzero(inside, axis=1)).astype(np.float64)
        return left

    def at(self, ranks: Floats) -> Floats:
        """The values at a rank for each adapter, 1 for the lowest; the nearest where there is no such rank."""
        places = np.clip(ranks, 1, np.maximum(self.counts, 1)).astype(np.intp) - 1
        found: Floats = np.take_along_axis(self.ordered, places[:, None], axis=1)[:, 0]
        return found

    def at_or_below(self, ranks: Floats) -> Floats:
        """Pages at or below the value at a rank (adapters, pages): 1, or 0, or a fraction at that value.

        The fraction makes the sum over the pages that rank, whole or not: pages that are tied all count alike.
        """
        cut = self.at(np.ceil(ranks))[:, None]
        less, tied = self.values < cut, self.values == cut
        among = np.maximum(np.count_nonzero(tied, axis=1), 1)
        fraction = (ranks - np.count_nonzero(less, axis=1)) / among
        inside: Floats = less + fraction[:, None] * tied
        return inside

    def totals(self, inside: Floats) -> Floats:
        """Sums over the pages of each cluster and the number of its pages."""
        return np.stack([np.add.reduceat(inside, self.starts, axis=-1), self.sizes])

    def design_effect(self, ranks: Floats) -> Floats:
        """Variance of the share at or below a rank, over that of as many independent pages; 1 where it is less.

        Strata and chance can make it less, but few clusters tell too little of that to shorten an interval.
        """
        inside = self.at_or_below(ranks)
        pages = np.maximum(self.counts, 2.0)
        independent = ((inside**2).sum(axis=1) - ranks**2 / pages) / (pages * (pages - 1.0))
        variance = standard_errors(self.totals(inside), self.strata) ** 2
        effect = np.divide(variance, independent, out=np.ones_like(variance), where=independent > 0)
        bounded: Floats = np.maximum(effect, 1.0)
        return bounded

    def rank(self, effect: Floats, share: float, level: float) -> Floats:
        """Lowest rank not excluded: with fewer pages below, so few would be in less than 2.5 of 100 samples.

        Of n independent pages the number at or below the quantile is binomial; here n is the effective number, and the
        law is continued between whole numbers by the incomplete beta function. 0 where no page lies low enough.
        """
        from scipy.special import bdtrik, stdtrit

        tail = (1.0 - level) / 2.0
        pages = np.maximum(self.counts, 2.0)
        few = stdtrit(pages - 1.0, 1.0 - tail) / stdtrit(np.maximum(self.freedom, 1.0), 1.0 - tail)
        effective = pages / effect * few**2
        known = (1.0 - share) ** effective < tail
        below = bdtrik(tail, np.where(known, effective, pages), share)
        ranks: Floats = np.where(known, np.ceil(pages * below / effective), 0.0)
        return ranks
