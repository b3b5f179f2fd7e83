"""Claims of docs/statistics.md that only simulation can hold: a small one always, the published one when asked for."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SIMULATION: Any = importlib.import_module("benches.interval_coverage")
PUBLISHED = Path(__file__).parents[2] / "results" / "statistics" / "coverage.json"


@pytest.mark.parametrize("clusters", [20, 40, 126])
def test_intervals_of_skewed_scores_cover_the_true_value_in_93_to_97_of_100_samples(clusters: int) -> None:
    found = SIMULATION.intervals("skewed", clusters, 2_000)
    assert 0.93 < found["coverage"] < 0.97
    assert found["coverage"] > found["counts_coverage"] - 3 * found["error"]
    assert found["without"] == 0.0


def test_intervals_of_a_nearly_constant_measure_cover_as_they_should_and_are_no_longer_half_the_range() -> None:
    found = SIMULATION.intervals("nearly constant", 126, 2_000)
    assert 0.92 < found["coverage"] < 0.97
    assert found["wide"] == 0.0
    assert found["counts_wide"] > 0.2
    assert found["width"] < 0.8 * found["counts_width"]


@pytest.mark.parametrize("worse", [0, 4])
def test_any_false_alarm_among_equal_adapters_comes_in_at_most_5_of_100_experiments(worse: int) -> None:
    experiments = 400
    found = SIMULATION.alarms(40, experiments, equal=8 - worse, worse=worse)
    assert found["alarms"] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / experiments)


def test_the_published_simulation_says_what_the_documentation_claims() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    skewed = [row["coverage"] for row in published["intervals"] if row["scenario"] == "skewed"]
    assert len(skewed) == 3
    assert 0.93 < min(skewed) <= max(skewed) < 0.97
    assert all(row["alarms"] - 2 * row["error"] <= 0.05 for row in published["alarms"])
    assert all(row["called_at_delta"] < 0.07 for row in published["equivalence"])


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.environ.get("BOILERBENCH_WHOLE_PARITY") != "1", reason="set BOILERBENCH_WHOLE_PARITY=1 to run")
def test_the_whole_simulation_gives_the_published_figures_again() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    found: dict[str, list[Any]] = {name: [] for name in published}
    for table, row in SIMULATION.everything(10_000):
        found[table].append(row)
    for name, rows in published.items():
        for row, again in zip(rows, found[name], strict=True):
            assert again == {key: pytest.approx(value) for key, value in row.items()}
