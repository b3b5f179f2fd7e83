"""Claims of docs/statistics.md that only simulation can hold: a small one always, the published one when asked for."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark.records import QUANTILES, SEPARATED
from benchmark.stats.pairs import SIGNIFICANT
from benchmark.stats.quantiles import clusters_needed

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


@pytest.mark.parametrize(("scenario", "clusters"), [("skewed", 20), ("times", 40), ("slow sites", 126), ("times", 500)])
def test_intervals_of_quantiles_cover_the_true_value_in_93_to_98_of_100_samples(scenario: str, clusters: int) -> None:
    shown = [row for row in SIMULATION.quantiles(scenario, clusters, 1_000) if row["shown"]]
    assert len(shown) == {20: 1, 40: 1, 126: 2, 500: 3}[clusters]
    assert all(row["shown"] > 0.99 for row in shown)
    assert all(row["coverage"] + 2 * row["error"] > 0.93 for row in shown)
    assert all(row["coverage"] - 2 * row["error"] < 0.98 for row in shown)


def test_without_the_rule_for_sites_intervals_of_a_95th_percentile_that_hangs_on_few_sites_would_hardly_cover() -> None:
    (found,) = [row for row in SIMULATION.quantiles("slow sites", 40, 500) if row["quantile"] == "p95"]
    assert found["shown"] == 0.0
    assert 0.2 < found["loose_shown"] < 0.4
    assert found["loose_coverage"] < 0.7


@pytest.mark.parametrize(
    ("clusters", "worse", "experiments"), [(20, 0, 2_000), (40, 0, 2_000), (40, 4, 2_000), (126, 0, 6_000)]
)
def test_any_false_alarm_among_equal_adapters_comes_in_at_most_5_of_100_experiments(
    clusters: int, worse: int, experiments: int
) -> None:
    assert SIMULATION.alarms(clusters, experiments, equal=8 - worse, worse=worse)["alarms"] <= SIGNIFICANT


def test_the_simulated_bars_are_the_ones_that_are_used_and_what_the_lower_one_gains_is_counted() -> None:
    for bar in (SEPARATED, SIGNIFICANT):
        assert bar * (SIMULATION.FLIPS + 1) == pytest.approx(round(bar * (SIMULATION.FLIPS + 1)), abs=1e-9)
    found = SIMULATION.alarms(40, 300)
    assert 0 < found["alarms"] < found["alarms_at_level"] < 0.1


def test_the_bar_for_a_family_leaves_room_for_what_the_adjustment_lacks() -> None:
    assert 0.8 * SIGNIFICANT < SEPARATED < SIGNIFICANT


def test_the_interval_of_a_rank_correlation_covers_as_often_as_documented() -> None:
    (published,) = [row for row in json.loads(PUBLISHED.read_text(encoding="utf-8"))["ranks"] if row["clusters"] == 40]
    share, samples = published["coverage"], 200
    found = SIMULATION.rank_likeness(40, samples)
    assert abs(found["coverage"] - share) < 3 * np.sqrt(share * (1 - share) / samples)
    assert found["width"] == pytest.approx(published["width"], rel=0.05)
    assert abs(found["bias"]) < 0.1 * found["width"]
    assert found["below"] + found["above"] == pytest.approx(1 - found["coverage"], abs=1e-3)


def test_the_bar_that_the_documentation_names_is_the_one_that_is_used() -> None:
    told = " ".join((Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8").split())
    assert f"separated at an adjusted p of {f'{SEPARATED:g}'.removeprefix('0')} or less" in told


def test_the_documentation_names_the_sites_that_percentiles_need() -> None:
    told = " ".join((Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8").split())
    p95, p99 = (clusters_needed(QUANTILES[kind]) for kind in ("p95", "p99"))
    assert f"a 95th percentile needs {p95} sites and a 99th {p99}, of equal size" in told


def test_the_published_simulation_says_what_the_documentation_claims() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    skewed = [row["coverage"] for row in published["intervals"] if row["scenario"] == "skewed"]
    assert len(skewed) == 3
    assert 0.93 < min(skewed) <= max(skewed) < 0.97
    quantiles = [row for row in published["quantiles"] if row["shown"]]
    assert {row["quantile"] for row in quantiles} == set(QUANTILES)
    assert all(row["shown"] > 0.99 for row in quantiles)
    assert all(0.93 < row["coverage"] - 2 * row["error"] < 0.98 for row in quantiles)
    assert all(row["alarms"] + 2 * row["error"] <= SIGNIFICANT for row in published["alarms"])
    assert {row["clusters"] for row in published["alarms"]} == {20, 40, 126}
    assert all(row["coverage"] + 2 * row["error"] > 0.9 for row in published["ranks"])
    assert all(row["called_at_delta"] < 0.07 for row in published["equivalence"])


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(os.environ.get("BOILERBENCH_WHOLE_PARITY") != "1", reason="set BOILERBENCH_WHOLE_PARITY=1 to run")
def test_the_whole_simulation_gives_the_published_figures_again() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    found: dict[str, list[Any]] = {name: [] for name in published}
    for table, row in SIMULATION.everything(10_000):
        found[table].append(row)
    for name, rows in published.items():
        for row, again in zip(rows, found[name], strict=True):
            assert again == {key: pytest.approx(value) for key, value in row.items()}
