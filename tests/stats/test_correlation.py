from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from benchmark.errors import UsageError
from benchmark.records import Aggregate, Metric
from benchmark.stats import correlation, tables
from benchmark.stats.tables import Slice

ONE, OTHER = Metric("m.one", "one"), Metric("m.other", "other")
MIDDLE = Metric("m.middle", "a median", aggregate=Aggregate("median"))


def part(one: np.ndarray, other: np.ndarray) -> Slice:
    """A slice of adapters by pages, each page a site of its own; NaN is undefined."""
    rows = [
        ("c", f"p{page:03}", f"a{adapter}", metric.name, matrix[adapter, page])
        for metric, matrix in ((ONE, one), (OTHER, other), (MIDDLE, one))
        for adapter in range(len(matrix))
        for page in range(matrix.shape[1])
    ]
    scores = pd.DataFrame(rows, columns=["corpus", "page_id", "adapter", "metric", "value"])
    pages = pd.DataFrame(
        [("c", f"p{page:03}", f"s{page}", "") for page in range(one.shape[1])],
        columns=["corpus", "page_id", "cluster", "stratum"],
    )
    failed = pd.DataFrame(columns=["corpus", "adapter", "page_id"])
    return next(iter(tables.slices(scores, pages, [ONE, OTHER, MIDDLE], failed, [])))


def seed() -> np.random.SeedSequence:
    return np.random.SeedSequence([1])


columns = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=8), elements=st.integers(0, 4)
)


@given(columns)
def test_tau_is_that_of_scipy_column_by_column(first: np.ndarray) -> None:
    second = np.roll(first[::-1], 1, axis=1)
    found = correlation.tau_b(first, second)
    for column, tau in enumerate(found):
        expected = scipy.stats.kendalltau(first[:, column], second[:, column]).statistic
        assert tau == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_a_measure_ranks_like_itself_without_doubt() -> None:
    values = np.random.default_rng(2).uniform(size=(6, 30))
    found = correlation.rank_correlation(part(values, values), ONE, OTHER, seed())
    assert (found.tau, found.low, found.high, found.adapters) == (1.0, 1.0, 1.0, 6)


def test_the_interval_holds_the_estimate_and_does_not_change_with_other_runs_of_it() -> None:
    rng = np.random.default_rng(3)
    skill = rng.uniform(size=(8, 1))
    one, other = (skill + rng.normal(0, 0.3, size=(8, 40)) for _ in range(2))
    found = correlation.rank_correlation(part(one, other), ONE, OTHER, seed())
    assert found == correlation.rank_correlation(part(one, other), ONE, OTHER, seed())
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.tau <= found.high <= 1
    assert found.low < found.high


def test_a_measure_of_a_part_of_the_pages_is_resampled_with_the_rest() -> None:
    values = np.random.default_rng(4).uniform(size=(5, 60))
    few = np.where(np.arange(60) < 25, values, np.nan)
    found = correlation.rank_correlation(part(few, values), ONE, OTHER, seed())
    assert found.clusters == (25, 60)
    assert found.low is not None


def test_below_20_sites_there_is_no_interval() -> None:
    values = np.random.default_rng(5).uniform(size=(5, 19))
    found = correlation.rank_correlation(part(values, values[::-1]), ONE, OTHER, seed())
    assert (found.low, found.high) == (None, None)


def test_adapters_without_either_value_are_left_out() -> None:
    values = np.random.default_rng(6).uniform(size=(5, 30))
    holes = values.copy()
    holes[2] = np.nan
    assert correlation.rank_correlation(part(holes, values), ONE, OTHER, seed()).adapters == 4


def test_two_adapters_and_medians_are_refused() -> None:
    values = np.random.default_rng(7).uniform(size=(2, 30))
    with pytest.raises(UsageError, match="2 adapters have both"):
        correlation.rank_correlation(part(values, values), ONE, OTHER, seed())
    with pytest.raises(UsageError, match="is a median over pages"):
        correlation.rank_correlation(part(values, values), MIDDLE, OTHER, seed())
