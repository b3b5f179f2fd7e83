"""From timings to numbers: values of a page, and what the statistics make of them."""

from __future__ import annotations

import math
from dataclasses import asdict

import pandas as pd
import pytest

from benchmark.speed.metrics import METRICS, scores, waiting
from benchmark.speed.timings import Measured, StartUp, Timed, Timing
from benchmark.stats.summary import summarize

MILLISECOND = 1_000_000


def timing(cpu_ms: float, reference_ms: float | None = 1.0, wall_ms: float | None = None) -> Timing:
    reference = None if reference_ms is None else int(reference_ms * MILLISECOND)
    wall = int((wall_ms or cpu_ms) * MILLISECOND)
    return Timing(int(cpu_ms * MILLISECOND), wall, 0, 50_000_000, reference)


def measured(*calls: list[Timing], sizes: tuple[int, ...] = (), failed: tuple[str, ...] = ()) -> Measured:
    pages = {f"p{number}": (sizes or (1000,) * 99)[number] for number in range(len(calls))}
    noted = {page: tuple(rows) for page, rows in zip(pages, calls, strict=True) if rows}
    timed = Timed(
        "rival", "1.0", StartUp(40 * MILLISECOND, 9 * MILLISECOND), None, 3, noted, dict.fromkeys(failed, "error")
    )
    return Measured("made", pages, (timed,), "lxml 6.1.3", 60.0, 3, 1)


def value(of: Measured, metric: str, page: str = "p0") -> float | None:
    (found,) = [row.value for row in scores(of) if (row.metric, row.page_id) == (f"speed.{metric}", page)]
    return found


def estimates(of: Measured) -> dict[str, float | None]:
    table = pd.DataFrame([asdict(row) for row in scores(of)]).astype({"value": float})
    pages = pd.DataFrame([{"corpus": of.corpus, "page_id": page, "cluster": page, "stratum": ""} for page in of.pages])
    failed = pd.DataFrame(columns=["corpus", "adapter", "page_id"])
    summaries, _ = summarize(table, pages, METRICS, failed, 1)
    return {row.metric.removeprefix("speed."): row.estimate for row in summaries}


def test_the_ratio_of_a_page_is_the_median_of_its_pairs_not_the_ratio_of_medians() -> None:
    assert value(measured([timing(2, 1), timing(30, 10), timing(4, 4)]), "ratio") == 2


def test_the_spread_is_the_range_of_the_ratios_over_their_median() -> None:
    assert value(measured([timing(4), timing(5), timing(6)]), "spread") == pytest.approx(0.4)


def test_a_round_without_reference_is_left_out_of_the_ratio_alone() -> None:
    of = measured([timing(4), timing(9, None), timing(8)])
    assert value(of, "ratio") == 6
    assert value(of, "cpu_ms") == 8


def test_an_adapter_that_mostly_waits_is_flagged_and_one_that_works_is_not() -> None:
    assert list(waiting(measured([timing(4, wall_ms=4.4)] * 3))) == []
    assert list(waiting(measured())) == []
    (flag,) = waiting(measured([timing(4, wall_ms=20)] * 3))
    assert flag == "rival on made: wall time is 5.0 times CPU time; waiting, or a busy machine"


def test_waiting_shows_as_wall_time_over_cpu_time() -> None:
    assert value(measured([timing(2, wall_ms=20)] * 3), "wall_over_cpu") == 10


def test_the_corpus_ratio_is_the_geometric_mean_over_pages() -> None:
    assert estimates(measured([timing(2)], [timing(8)]))["ratio"] == pytest.approx(4)


def test_bytes_per_second_are_pooled_over_the_pages_that_were_timed() -> None:
    of = measured([timing(10)], [timing(30)], [], sizes=(1_000_000, 7_000_000, 9_000_000), failed=("p2",))
    assert estimates(of)["mb_per_s"] == pytest.approx(8 / 0.04)
    assert value(of, "mb_per_s") == pytest.approx(100)


def test_median_p95_and_slowest_page_come_from_the_same_values() -> None:
    found = estimates(measured(*([timing(number)] for number in range(1, 22))))
    assert [found[name] for name in ("cpu_ms", "cpu_ms_p95", "cpu_ms_max")] == [11, pytest.approx(20), 21]


def test_a_failed_page_counts_as_failed_and_as_nothing_else() -> None:
    of = measured([timing(2)], [], failed=("p1",))
    assert estimates(of)["failed"] == 0.5
    assert estimates(of)["ratio"] == pytest.approx(2)
    rows = [row for row in scores(of) if row.page_id == "p1" and row.value is not None]
    assert {row.metric: row.value for row in rows} == {"speed.failed": 1.0, "speed.timeouts": 0.0}


def test_start_up_is_an_estimate_although_it_stands_on_one_page() -> None:
    found = estimates(measured([timing(2)], [timing(2)]))
    assert (found["import_ms"], found["first_call_ms"]) == (40, 9)


def test_a_clock_too_coarse_to_see_a_call_makes_no_number_up() -> None:
    of = measured([timing(0, 1, wall_ms=1), timing(0, 0, wall_ms=1)])
    assert value(of, "ratio") == 0
    assert [value(of, name) for name in ("spread", "wall_over_cpu", "mb_per_s")] == [None] * 3


def test_values_stay_within_what_the_metrics_declare() -> None:
    of = measured([timing(2), timing(3)], [timing(5, None)], [], failed=("p2",))
    declared = {metric.name: metric for metric in METRICS}
    for row in scores(of):
        if row.value is not None:
            assert declared[row.metric].low <= row.value <= declared[row.metric].high
            assert math.isfinite(row.value)


def test_the_ratio_alone_is_the_headline() -> None:
    assert [metric.name for metric in METRICS if metric.headline] == ["speed.ratio"]
    assert len({metric.name for metric in METRICS}) == len(METRICS)
