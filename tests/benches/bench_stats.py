"""How fast the bootstrap is: 500 clusters, 10 adapters, 4 metrics, 9,999 resamples; run only when named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmark.stats.intervals import bootstrap_t

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture


@pytest.mark.benchmark(max_time=0.3, min_rounds=5)
def test_intervals(benchmark: BenchmarkFixture) -> None:
    values = np.random.default_rng(1).uniform(size=(4, 10, 500))
    measures = [np.stack([one, np.ones_like(one)]) for one in values]
    ends = benchmark(bootstrap_t, measures, [500], np.random.SeedSequence(1))
    for one, (low, high) in zip(values, ends, strict=True):
        assert (low < one.mean(axis=1)).all()
        assert (one.mean(axis=1) < high).all()
