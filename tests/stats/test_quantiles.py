from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from benchmark.records import QUANTILES
from benchmark.stats.aggregates import ORDER_STATISTICS, Floats
from benchmark.stats.quantiles import clusters_needed, inverted, quantile_ends, share_totals

NAN = float("nan")
KINDS = list(QUANTILES)


def sites(sizes: Sequence[int]) -> npt.NDArray[np.intp]:
    """First page of each site."""
    return np.cumsum([0, *sizes[:-1]])


def ends_of(
    pages: Floats, kind: str, sizes: Sequence[int] | None = None, strata: Sequence[int] | None = None
) -> Floats:
    """Ends (2, adapters) without the rule for the number of sites; each page a site of its own unless told."""
    sizes = [1] * pages.shape[-1] if sizes is None else sizes
    return inverted(np.atleast_2d(pages), sites(sizes), strata or [len(sizes)], QUANTILES[kind])


def clustered(seed: int, sizes: Sequence[int], adapters: int = 3) -> Floats:
    """Times of pages, those of a site much alike."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.normal(size=(adapters, len(sizes))), sizes, axis=1)
    return np.exp(level + 0.5 * rng.normal(size=level.shape))


def exact_ends(pages: Floats, share: float) -> tuple[float, float]:
    """The values that the sign test does not reject at 2.5 % on a side, found by trying each page."""

    def share_can_be(found: int, alternative: Literal["less", "greater"]) -> bool:
        tested = scipy.stats.binomtest(found, len(pages), share, alternative=alternative)
        return float(tested.pvalue) >= 0.025

    ordered = np.sort(pages)
    lows = [page for page in ordered if share_can_be(int((pages <= page).sum()), "less")]
    highs = [page for page in ordered if share_can_be(int((pages < page).sum()), "greater")]
    open_below = share_can_be(0, "less")
    open_above = share_can_be(len(pages), "greater")
    return (NAN, NAN) if open_below or open_above else (lows[0], highs[-1])


def clopper_pearson(found: int, pages: int) -> tuple[float, float]:
    interval = scipy.stats.binomtest(found, pages).proportion_ci(0.95, method="exact")
    return float(interval.low), float(interval.high)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [20, 21, 57, 72, 126, 368, 500])
def test_with_one_page_to_a_site_the_ends_are_those_of_the_exact_sign_test(kind: str, count: int) -> None:
    pages = np.random.default_rng(count).lognormal(size=count)
    assert ends_of(pages, kind)[:, 0].tolist() == pytest.approx(exact_ends(pages, QUANTILES[kind]), nan_ok=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [72, 100, 368, 500])
def test_with_one_page_to_a_site_the_ends_hold_what_clopper_and_pearson_find_compatible(kind: str, count: int) -> None:
    pages = np.random.default_rng(count).permutation(np.arange(count, dtype=np.float64))
    low, high = ends_of(pages, kind)[:, 0]
    compatible = [
        page
        for page in range(count)
        if clopper_pearson(page + 1, count)[1] >= QUANTILES[kind] >= clopper_pearson(page, count)[0]
    ]
    beyond = clopper_pearson(count, count)[0] <= QUANTILES[kind]
    assert (low, high) == pytest.approx((NAN, NAN) if beyond else (compatible[0], compatible[-1]), nan_ok=True)


def plain_ends(pages: Floats, sizes: Sequence[int], strata: Sequence[int], share: float) -> tuple[float, float]:
    """The interval of one adapter written page by page and site by site, both ends by the same steps."""
    lower = _plain_end(pages, sizes, strata, share)
    upper = -_plain_end(-pages, sizes, strata, 1.0 - share)
    return (NAN, NAN) if np.isnan(lower + upper) else (lower, upper)


def _plain_end(pages: Floats, sizes: Sequence[int], strata: Sequence[int], share: float) -> float:
    known = pages[~np.isnan(pages)]
    count, ordered = len(known), np.sort(known)
    parts = [part[~np.isnan(part)] for part in np.split(pages, sites(sizes)[1:])]
    types = np.split(np.arange(len(sizes)), np.cumsum(strata)[:-1])
    held = [sum(len(parts[site]) > 0 for site in members) for members in types]
    freedom = sum(held) - sum(number > 0 for number in held)

    def effect(rank: float) -> float:
        cut = ordered[max(int(np.ceil(rank)), 1) - 1]
        fraction = (rank - (known < cut).sum()) / (known == cut).sum()
        moves = [float(((part < cut) + fraction * (part == cut) - rank / count).sum()) for part in parts]
        each = (known < cut) + fraction * (known == cut) - rank / count
        between = sum(len(members) * float(np.var([moves[site] for site in members], ddof=1)) for members in types)
        return max(1.0, between / (count * float(np.var(each, ddof=1))))

    def rank_at(effect: float) -> int:
        few = scipy.stats.t.ppf(0.975, count - 1) / scipy.stats.t.ppf(0.975, freedom)
        effective = count / effect * few**2
        for rank in range(count):
            below = effective * rank / count
            if scipy.stats.beta.cdf(1.0 - share, effective - below, below + 1.0) >= 0.025:
                return rank
        return count

    first = rank_at(effect(share * count))
    if first == 0:
        return NAN
    rank = rank_at(max(effect(share * count), effect(first)))
    return float(ordered[rank - 1]) if rank else NAN


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", range(4))
def test_the_ends_are_those_of_the_same_steps_written_plainly(kind: str, number: int) -> None:
    rng = np.random.default_rng([20, number])
    sizes = rng.integers(1, 9, size=150 if kind == "p99" else 60).tolist()
    strata = [len(sizes) - 25, 25]
    (pages,) = np.round(clustered(number, sizes, adapters=1), number)
    pages[rng.random(pages.size) < 0.05] = NAN
    expected = plain_ends(pages, sizes, strata, QUANTILES[kind])
    assert ends_of(pages, kind, sizes, strata)[:, 0].tolist() == pytest.approx(expected, nan_ok=True)
    assert kind != "median" or np.isfinite(expected).all()


def test_every_stratum_costs_a_degree_of_freedom() -> None:
    sizes, strata = [3] * 24, [4] * 6
    pages = clustered(21, sizes, adapters=30)
    pages[:, :12:3] = NAN
    expected = [plain_ends(row, sizes, strata, 0.5) for row in pages]
    found = ends_of(pages, "median", sizes, strata).T
    assert found == pytest.approx(np.array(expected))


@pytest.mark.parametrize("kind", KINDS)
def test_sites_of_equal_pages_count_as_one_page_each(kind: str) -> None:
    pages = np.random.default_rng(3).lognormal(size=400)
    alone, repeated = ends_of(pages, kind), ends_of(np.repeat(pages, 5), kind, [5] * 400)
    places = np.searchsorted(np.sort(pages), [alone[:, 0], repeated[:, 0]])
    # Five equal pages are no whole order statistic, and the degrees of freedom are those of sites.
    assert np.abs(places[0] - places[1]).max() <= 1


def test_pages_of_a_site_that_are_strangers_to_each_other_all_count() -> None:
    pages = np.random.default_rng(4).lognormal(size=(20, 1200))
    apart, together = ends_of(pages, "median"), ends_of(pages, "median", [3] * 400)
    assert np.median(np.diff(together, axis=0) / np.diff(apart, axis=0)) == pytest.approx(1.0, abs=0.1)


def test_strata_of_their_own_level_do_not_shorten_the_interval_below_that_of_independent_pages() -> None:
    rng = np.random.default_rng(5)
    pages = np.concatenate([rng.normal(0, 0.1, 60), rng.normal(9, 0.1, 40)])
    assert ends_of(pages, "p95", strata=[60, 40]).tolist() == pytest.approx(ends_of(pages, "p95"))


def test_strata_take_out_what_sites_of_a_type_have_in_common() -> None:
    sizes = [4] * 80
    rng = np.random.default_rng(6)
    level = np.repeat(np.concatenate([rng.normal(0, 1, (30, 40)), rng.normal(1.5, 1, (30, 40))], axis=1), 4, axis=1)
    pages = level + 0.3 * rng.normal(size=level.shape)
    one, two = ends_of(pages, "median", sizes), ends_of(pages, "median", sizes, [40, 40])
    assert np.median(np.diff(two, axis=0) / np.diff(one, axis=0)) < 0.9


@pytest.mark.parametrize(("kind", "needed"), [("median", 6), ("p95", 72), ("p99", 368)])
def test_the_sites_alone_must_suffice_for_an_interval(kind: str, needed: int) -> None:
    share = QUANTILES[kind]
    assert clusters_needed(share) == needed
    assert max(share, 1 - share) ** needed < 0.025 <= max(share, 1 - share) ** (needed - 1)
    for count, known in ((needed - 1, False), (needed, True)):
        pages = np.random.default_rng(7).random((1, 10 * count))
        assert np.isfinite(quantile_ends(pages, sites([10] * count), [count], share)).all() == known


def test_sites_without_a_defined_page_do_not_count_among_those_that_are_needed() -> None:
    pages = np.random.default_rng(8).random((2, 720))
    pages[1, :10] = NAN
    found = quantile_ends(pages, sites([10] * 72), [72], 0.95)
    assert np.isfinite(found[:, 0]).all()
    assert np.isnan(found[:, 1]).all()


def test_a_99th_percentile_of_few_pages_has_no_upper_end_and_so_no_interval() -> None:
    pages = np.random.default_rng(9).lognormal(size=367)
    assert np.isnan(ends_of(pages, "p99")).all()
    assert np.isfinite(ends_of(np.append(pages, 1.0), "p99")).all()


def test_one_site_that_holds_most_pages_leaves_no_interval() -> None:
    sizes = [400] + [1] * 99
    assert np.isnan(quantile_ends(clustered(10, sizes), sites(sizes), [100], 0.5)).all()


def test_sites_of_unequal_size_are_worth_fewer_of_equal_size() -> None:
    # 90 sites of 1 or 3 pages are worth 180² / (45 + 45 * 9) = 72, with one page more on a larger one less.
    sizes = [1, 3] * 45
    for extra, known in ((0, True), (1, False)):
        more = [*sizes[:-1], sizes[-1] + extra]
        pages = np.random.default_rng(10).random((1, sum(more)))
        assert np.isfinite(quantile_ends(pages, sites(more), [90], 0.95)).all() == known


@pytest.mark.parametrize("kind", KINDS)
def test_pages_that_are_all_alike_have_no_interval(kind: str) -> None:
    assert np.isnan(ends_of(np.full(500, 0.3), kind)).all()


def test_where_most_pages_are_tied_the_median_is_certain() -> None:
    pages = np.append(np.ones(400), np.random.default_rng(11).random(100))
    assert ends_of(pages, "median")[:, 0].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("kind", KINDS)
def test_an_undefined_page_is_as_good_as_none_and_spoils_no_other_adapter(kind: str) -> None:
    pages = np.random.default_rng(12).lognormal(size=(3, 500))
    holes = pages.copy()
    holes[0, ::7], holes[1] = NAN, NAN
    found = ends_of(holes, kind)
    assert found[:, 0].tolist() == ends_of(holes[0, ~np.isnan(holes[0])], kind)[:, 0].tolist()
    assert np.isnan(found[:, 1]).all()
    assert found[:, 2].tolist() == ends_of(pages[2], kind)[:, 0].tolist()


def test_the_interval_of_an_adapter_is_the_same_bits_whatever_adapters_stand_beside_it() -> None:
    sizes = [1, 5, 2, 9] * 40
    pages = clustered(13, sizes, adapters=40)
    pages[np.random.default_rng(13).random(pages.shape) < 0.05] = NAN
    for kind in KINDS:
        whole = ends_of(pages, kind, sizes, [100, 60])
        alone = [ends_of(row, kind, sizes, [100, 60])[:, 0] for row in pages]
        assert whole.T.tolist() == pytest.approx(np.array(alone), rel=0, abs=0, nan_ok=True)


SIZES = st.lists(st.integers(1, 6), min_size=20, max_size=60)
SEEDS = st.integers(0, 2**16)
TRANSFORMS: dict[str, Callable[[Floats], Floats]] = {
    "logarithm": np.log,
    "cube": lambda values: values**3,
    "rank": lambda values: np.searchsorted(np.unique(values), values).astype(np.float64),
}


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES, st.sampled_from(KINDS), st.integers(1, 9))
def test_the_interval_holds_the_estimate(seed: int, sizes: list[int], kind: str, distinct: int) -> None:
    pages = clustered(seed, sizes)
    pages[2] = np.round(pages[2] * distinct) / distinct  # ties
    low, high = ends_of(pages, kind, sizes)
    estimates = np.array([ORDER_STATISTICS[kind](row) for row in pages])
    assert (np.isnan(low) | ((low <= estimates) & (estimates <= high))).all()


@settings(max_examples=40, deadline=None)
@given(hnp.arrays(np.float64, st.integers(2, 200), elements=st.integers(0, 9).map(float)), st.sampled_from(KINDS))
def test_any_pages_have_an_interval_that_holds_the_estimate_or_none(pages: Floats, kind: str) -> None:
    low, high = ends_of(pages, kind)[:, 0]
    assert np.isnan(low) == np.isnan(high)
    assert np.isnan(low) or low <= ORDER_STATISTICS[kind](pages) <= high


@settings(max_examples=40, deadline=None)
@given(SEEDS, SIZES, st.sampled_from(KINDS), st.sampled_from(sorted(TRANSFORMS)))
def test_the_interval_goes_with_the_values_through_an_increasing_function(
    seed: int, sizes: list[int], kind: str, transform: str
) -> None:
    pages = clustered(seed, sizes, adapters=1)
    through = TRANSFORMS[transform](pages)
    place = dict(zip(pages[0].tolist(), through[0].tolist(), strict=True))
    ends, found = ends_of(pages, kind, sizes)[:, 0], ends_of(through, kind, sizes)[:, 0]
    assert found.tolist() == pytest.approx([place.get(end, NAN) for end in ends.tolist()], nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(SEEDS, SIZES)
def test_the_median_of_the_values_in_reverse_has_the_interval_in_reverse(seed: int, sizes: list[int]) -> None:
    pages = clustered(seed, sizes)
    assert ends_of(-pages, "median", sizes) == pytest.approx(-ends_of(pages, "median", sizes)[::-1], nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(SEEDS, SIZES, st.sampled_from(KINDS))
def test_the_order_of_pages_in_a_site_and_of_sites_changes_nothing(seed: int, sizes: list[int], kind: str) -> None:
    rng = np.random.default_rng(seed)
    pages = np.round(clustered(seed, sizes, adapters=1), 1)
    parts = np.split(pages[0], sites(sizes)[1:])
    order = rng.permutation(len(parts))
    shuffled = np.concatenate([rng.permutation(parts[place]) for place in order])
    found = ends_of(shuffled, kind, [sizes[place] for place in order])
    assert found.tolist() == pytest.approx(ends_of(pages, kind, sizes), nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(SEEDS, SIZES, st.sampled_from(KINDS), st.integers(2, 4))
def test_the_interval_is_wider_with_fewer_sites(seed: int, sizes: list[int], kind: str, more: int) -> None:
    pages = clustered(seed, sizes)
    few = ends_of(pages, kind, sizes)
    many = ends_of(np.tile(pages, more), kind, sizes * more)
    known = np.isfinite(few).all(axis=0)
    assert (np.isfinite(many).all(axis=0) >= known).all()
    assert (few[0] <= many[0])[known].all()
    assert (many[1] <= few[1])[known].all()


@settings(max_examples=40, deadline=None)
@given(SEEDS, SIZES, st.sampled_from(KINDS))
def test_the_totals_have_the_wanted_share_as_their_ratio(seed: int, sizes: list[int], kind: str) -> None:
    pages = np.round(clustered(seed, sizes), 1)
    pages[1, 0] = NAN
    inside, counts = share_totals(pages, sites(sizes), QUANTILES[kind])
    assert counts.sum(axis=1).tolist() == np.count_nonzero(~np.isnan(pages), axis=1).tolist()
    assert inside.sum(axis=1) / counts.sum(axis=1) == pytest.approx(np.full(3, QUANTILES[kind]))
    assert ((inside >= 0) & (inside <= counts)).all()


def test_ten_metrics_of_forty_adapters_on_two_thousand_pages_take_a_fifth_of_a_second_at_most() -> None:
    sizes = [16] * 125
    pages = clustered(14, sizes, adapters=40)
    quantile_ends(pages[:1], sites(sizes), [125], 0.5)  # imports
    took = []
    for _ in range(3):
        before = time.process_time()
        for share in (*[0.5] * 8, 0.95, 0.99):
            quantile_ends(pages, sites(sizes), [125], share)
            share_totals(pages, sites(sizes), share)
        took.append(time.process_time() - before)
    assert min(took) < 0.2
