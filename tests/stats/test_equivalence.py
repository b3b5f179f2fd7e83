from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.stats import equivalence
from benchmark.stats.aggregates import Floats
from benchmark.stats.equivalence import clusters_needed, difference_errors, equivalent

FIRST_TWO = np.array([[0, 1]], dtype=np.intp)


def seed(number: int = 0) -> np.random.SeedSequence:
    return np.random.SeedSequence([number])


def means(pages: Floats) -> Floats:
    return np.stack([pages, np.ones_like(pages)])


def relatives(apart: float, scatter: float, clusters: int, number: int = 0) -> Floats:
    rng = np.random.default_rng(number)
    level = 0.2 + 0.7 * rng.beta(9, 1.2, clusters)
    return means(np.stack([level + apart + scatter * rng.normal(size=clusters), level]))


@pytest.mark.parametrize(
    ("apart", "scatter", "clusters", "expected"),
    [
        pytest.param(0.0, 0.01, 100, True, id="near relatives on enough sites"),
        pytest.param(0.0, 0.2, 100, False, id="the same mean, but nothing is shown"),
        pytest.param(0.0, 0.03, 20, False, id="too few sites"),
        pytest.param(0.005, 0.005, 100, True, id="certainly different, and too little to matter"),
        pytest.param(0.01, 0.005, 100, False, id="at delta"),
        pytest.param(-0.03, 0.01, 100, False, id="different"),
    ],
)
def test_two_are_equivalent_where_the_whole_interval_of_their_difference_is_within_delta(
    apart: float, scatter: float, clusters: int, expected: bool
) -> None:
    assert equivalent(relatives(apart, scatter, clusters), FIRST_TWO, (clusters,), 0.01, seed()) == [expected]


def test_the_larger_delta_is_the_more_pairs_are_equivalent() -> None:
    totals = means(np.concatenate([relatives(step / 1_000, 0.01, 60, step)[0] for step in range(0, 20, 2)]))
    pairs = np.arange(20, dtype=np.intp).reshape(10, 2)
    counts = [sum(map(bool, equivalent(totals, pairs, (60,), delta, seed()))) for delta in (0.001, 0.01, 0.02, 0.1)]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == 10


def test_nothing_is_said_of_two_that_differ_on_no_site() -> None:
    assert equivalent(relatives(0.0, 0.0, 50), FIRST_TWO, (50,), 0.01, seed()) == [None]


@pytest.mark.parametrize(("loss", "expected"), [(0.05, True), (0.4, False)])
def test_one_site_of_a_hundred_apart_is_judged_by_how_often_such_sites_may_come(loss: float, expected: bool) -> None:
    totals = relatives(0.0, 0.0, 100)
    totals[0, 0, 3] -= loss  # the difference is at most .004
    assert equivalent(totals, FIRST_TWO, (100,), 0.01, seed()) == [expected]


def test_the_order_of_a_pair_and_the_other_pairs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    totals = means(np.concatenate([relatives(0.004, 0.02, 60, number)[0] for number in range(4)]))
    pairs = np.array([[a, b] for a in range(8) for b in range(8) if a != b], dtype=np.intp)
    whole = equivalent(totals, pairs, (25, 35), 0.02, seed())
    assert {True, False} <= set(whole)
    reverse = dict(zip(map(tuple, pairs[:, ::-1].tolist()), whole, strict=True))
    assert [reverse[a, b] for a, b in pairs.tolist()] == whole
    monkeypatch.setattr(equivalence, "_CHUNK", 5)
    assert equivalent(totals, pairs, (25, 35), 0.02, seed()) == whole
    assert difference_errors(totals, pairs, (25, 35)) == pytest.approx(
        np.concatenate([difference_errors(totals, pair[None], (25, 35)) for pair in pairs]), rel=1e-12
    )


def test_two_that_are_delta_apart_are_called_equivalent_in_at_most_5_of_100_samples() -> None:
    samples, clusters, delta = 1_500, 40, 0.02
    rng = np.random.default_rng(3)
    apart = delta * (rng.exponential(size=(samples, clusters)))  # skewed, of mean delta
    level = rng.beta(9, 1.2, (samples, clusters))
    totals = means(np.concatenate([level + apart, level]))
    pairs = np.stack([np.arange(samples), samples + np.arange(samples)], axis=1)
    # The samples share their resamples, which leaves each of them a sample like any other.
    calls = sum(map(bool, equivalent(totals, pairs, (clusters,), delta, seed())))
    assert calls / samples <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / samples)


def test_no_pairs_have_no_errors_and_no_verdicts() -> None:
    none = np.empty((0, 2), dtype=np.intp)
    assert difference_errors(relatives(0, 0.1, 30), none, (30,)).size == 0
    assert equivalent(relatives(0, 0.1, 30), none, (30,), 0.01, seed()) == []


def test_on_the_clusters_needed_a_paired_t_test_finds_delta_in_80_of_100_samples() -> None:
    from scipy import stats

    deviation, delta = 0.1, 0.03
    needed = clusters_needed(deviation / np.sqrt(25), 25, delta)
    assert needed is not None
    apart = np.random.default_rng(4).normal(delta, deviation, (20_000, needed))
    found = np.mean(stats.ttest_1samp(apart, 0.0, axis=1).pvalue <= 0.05)
    assert found == pytest.approx(0.8, abs=0.01)


@given(st.floats(1e-4, 1.0), st.integers(20, 5_000), st.sampled_from([0.005, 0.01, 0.02]))
def test_half_of_delta_takes_four_times_as_many_clusters_but_for_the_addend(
    error: float, clusters: int, delta: float
) -> None:
    whole, half = clusters_needed(error, clusters, delta), clusters_needed(error, clusters, delta / 2)
    assert whole is not None
    assert half is not None
    assert 4 * whole - 10 <= half <= 4 * whole


def test_as_many_clusters_are_needed_whichever_number_was_looked_at() -> None:
    assert clusters_needed(0.02, 100, 0.01) == clusters_needed(0.01, 400, 0.01)


def test_where_two_never_differ_nothing_can_be_planned() -> None:
    assert clusters_needed(0.0, 100, 0.01) is None
