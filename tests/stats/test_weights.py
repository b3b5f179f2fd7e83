from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from benchmark.stats import weights
from benchmark.stats.aggregates import Floats
from benchmark.stats.weights import COEFFICIENTS, UNIT, WEIGHTS, on_grid, resamplings


def seed(number: int = 0) -> np.random.SeedSequence:
    return np.random.SeedSequence([number])


def drawn(clusters: int, resamples: int, number: int = 0) -> Floats:
    return np.vstack([one.weights() for one in resamplings(clusters, resamples, seed(number))])


def test_the_eight_weights_have_mean_and_variance_1_and_the_third_moment_of_poisson_counts() -> None:
    assert np.mean(WEIGHTS) == np.var(WEIGHTS) == 1.0
    assert scipy.stats.moment(WEIGHTS, 3) == pytest.approx(scipy.stats.poisson(1).stats("s"), abs=0.02)


def test_the_coefficients_make_the_weights_from_products_of_signs() -> None:
    for bits, expected in enumerate(WEIGHTS):
        signs = [-1.0 if bits >> one & 1 else 1.0 for one in range(3)]
        terms = [by * np.prod([signs[one] for one in range(3) if key >> one & 1]) for key, by in COEFFICIENTS.items()]
        assert 1.0 + sum(terms) / UNIT == expected


def test_every_cluster_gets_each_weight_equally_often_in_a_whole_matrix() -> None:
    (whole,) = resamplings(50, 1_024, seed())
    for column in whole.weights().T:
        values, counts = np.unique(column, return_counts=True)
        assert dict(zip(values, counts, strict=True)) == {
            value: 128 * WEIGHTS.count(value) for value in sorted(set(WEIGHTS))
        }


@pytest.mark.parametrize("clusters", [1, 20, 1_023, 1_024, 3_000])
def test_there_are_as_many_resamples_as_wanted_and_a_matrix_holds_all_clusters(clusters: int) -> None:
    found = resamplings(clusters, 2_500, seed())
    assert sum(one.count for one in found) == 2_500
    assert {one.scatter.shape for one in found} == {(2 ** found[0].bits, clusters)}
    assert 2 ** found[0].bits > clusters


@pytest.mark.parametrize("bits", range(4, 17))
def test_products_of_signs_of_distinct_clusters_stay_on_distinct_columns(bits: int) -> None:
    place = np.arange(1, 2**bits)
    by_x = weights._times_x(place, bits)
    by_xx = weights._times_x(by_x, bits)
    for product in COEFFICIENTS:
        chosen = [one for one, bit in zip((place, by_x, by_xx), (1, 2, 4), strict=True) if product & bit]
        assert sorted(np.bitwise_xor.reduce(chosen)) == place.tolist()


def test_weights_of_different_clusters_and_matrices_are_independent_over_seeds() -> None:
    first = np.array([drawn(6, 1_025, number)[[0, 500, 1_024]] for number in range(400)]).reshape(400, -1)
    table = np.corrcoef(first.T) - np.eye(18)
    assert np.abs(table).max() < 4.5 / np.sqrt(400)  # 153 correlations
    for one in first.T:
        assert (
            scipy.stats.chisquare(np.unique(one, return_counts=True)[1], 400 * np.array([1, 2, 1, 1, 2, 1]) / 8)[1]
            > 1e-4
        )


def test_sums_over_resamples_are_those_under_the_weights_themselves() -> None:
    columns = on_grid(np.random.default_rng(1).random((3, 40))).T
    for one in resamplings(40, 1_500, seed()):
        assert one.shifts(columns) == pytest.approx((one.weights() - 1.0) @ columns, abs=1e-12)


def test_the_transform_is_the_hadamard_matrix() -> None:
    columns = np.random.default_rng(2).integers(-9, 9, (2**7, 3)).astype(np.float64)
    assert (weights._transform(columns, 7) == scipy.linalg.hadamard(2**7) @ columns).all()


@settings(max_examples=40)
@given(hnp.arrays(np.float64, (1, 30), elements=st.floats(-1e6, 1e6)), st.integers(0, 1_023))
def test_sums_on_the_grid_are_exact(columns: Floats, row: int) -> None:
    (whole,) = resamplings(30, 1_024, seed())
    rounded = on_grid(columns)
    exact = sum(
        Fraction(by - 1.0) * Fraction(value) for by, value in zip(whole.weights()[row], rounded[0], strict=True)
    )
    assert Fraction(whole.shifts(rounded.T)[row, 0]) == exact
    assert np.abs(rounded - columns).max() <= 30 * 2.0**-43 * np.abs(columns).max()


def test_a_column_is_summed_to_the_same_bits_in_any_company() -> None:
    columns = on_grid(np.random.default_rng(3).random((300, 50)))
    (whole,) = resamplings(50, 1_024, seed())
    together = whole.shifts(columns.T)
    assert all((whole.shifts(columns[[one]].T)[:, 0] == together[:, one]).all() for one in range(0, 300, 37))


def test_ends_wobble_from_seed_to_seed_no_more_than_with_independent_weights() -> None:
    # The 2.5 % point of a weighted sum: rows of one matrix may depend on each other, but not so that it shows.
    column = on_grid(np.random.default_rng(4).exponential(size=(1, 100)) - 1.0)
    mixed, apart = [], []
    for number in range(60):
        rng = np.random.default_rng([5, number])
        sums = np.concatenate([one.shifts(column.T)[:, 0] for one in resamplings(100, 2_048, seed(number))])
        mixed.append(np.quantile(sums, 0.025))
        apart.append(np.quantile((rng.choice(WEIGHTS, (2_048, 100)) - 1.0) @ column[0], 0.025))
    assert np.mean(mixed) == pytest.approx(np.mean(apart), abs=4 * np.std(apart) / np.sqrt(60))
    assert np.std(mixed) < 1.5 * np.std(apart)
