from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmark.records import Response
from benchmark.stats import responses
from benchmark.stats.intervals import bootstrap_t

COLUMNS = list(responses.COLUMNS)


def measured(plain: list[float], treated: dict[int, list[float]], metric: str = "article.f1") -> pd.DataFrame:
    """One extractor, one treatment; pair i is body i in one of two designs."""
    rows = [
        ("a", f"pair{pair}", f"d{pair % 2}", f"body{pair}", "names", treatment, dose, metric, value)
        for treatment, dose, values in [("", 0, plain), *(("menu", dose, values) for dose, values in treated.items())]
        for pair, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def whole(table: pd.DataFrame, times: tuple[str, ...] = ()) -> list[Response]:
    return [row for row in responses.responses(table, times, 1) if not row.design]


def test_a_change_is_the_mean_of_differences_within_pairs() -> None:
    rng = np.random.default_rng(1)
    plain = list(rng.uniform(0.5, 1, 24))
    treated = [value - 0.1 - 0.01 * pair for pair, value in enumerate(plain)]
    (row,) = whole(measured(plain, {50: treated}))
    assert row.pairs == 24
    assert row.change == pytest.approx(-0.1 - 0.01 * 11.5)
    assert row.change is not None
    assert row.low is not None
    assert row.high is not None
    assert row.low < row.change < row.high


def test_its_interval_is_that_of_the_cluster_bootstrap() -> None:
    plain = [1.0] * 24
    treated = list(np.random.default_rng(2).uniform(size=24))
    (row,) = whole(measured(plain, {5: treated}))
    order = np.argsort([f"body{pair}" for pair in range(24)])
    changes = (np.array(treated) - 1)[order]
    names = "\0".join(sorted(f"body{pair}" for pair in range(24)))
    import hashlib

    digest = hashlib.sha256(names.encode()).digest()
    seed = np.random.SeedSequence([1, int.from_bytes(digest[:16], "big")])
    (ends,) = bootstrap_t([np.stack([changes, np.ones(24)])[:, None, :]], [24], seed)
    assert (row.low, row.high) == pytest.approx(tuple(ends[:, 0]))


def test_an_interval_does_not_hang_on_what_else_is_in_the_table() -> None:
    rng = np.random.default_rng(3)
    one = measured(list(rng.uniform(size=24)), {5: list(rng.uniform(size=24))})
    other = measured(list(rng.uniform(size=24)), {5: list(rng.uniform(size=24))}, "article.recall")
    assert whole(one) == [row for row in whole(pd.concat([one, other])) if row.metric == "article.f1"]


def test_times_are_compared_by_ratios() -> None:
    plain = [1.0, 4.0] * 12
    (row,) = whole(measured(plain, {5: [2 * value for value in plain]}, "speed.cpu_ms"), ("speed.cpu_ms",))
    assert row.change == pytest.approx(2)
    assert (row.plain, row.treated) == pytest.approx((2, 4))


def test_designs_are_told_apart_without_intervals_and_below_20_bodies_there_is_none() -> None:
    rows = responses.responses(measured([1.0] * 10, {5: [0.5 + pair / 100 for pair in range(10)]}), (), 1)
    assert [(row.design, row.pairs) for row in rows] == [("", 10), ("d0", 5), ("d1", 5)]
    assert {(row.low, row.high) for row in rows} == {(None, None)}


def test_pairs_without_a_value_on_either_page_are_left_out() -> None:
    nan = float("nan")
    (row,) = whole(measured([1.0, nan, 1.0], {5: [0.5, 0.5, nan]}))
    assert (row.pairs, row.change) == (1, -0.5)


def test_a_straight_line_has_its_slope_and_the_dose_at_which_f1_is_half() -> None:
    (slope,) = responses.slopes(measured([0.8] * 24, {dose: [0.8 - 0.005 * dose] * 24 for dose in (20, 100)}), (), 1)
    assert slope.per == 100
    assert slope.slope == pytest.approx(-0.5)


def test_the_dose_at_which_f1_is_half_is_found_where_words_are_let_in_one_by_one() -> None:
    # A body of 64 words kept whole, beside it 32 words of the page and one for each unit of the dose.
    f1 = {dose: [2 * 64 / (64 + 64 + 32 + dose)] * 24 for dose in (0, 20, 100, 200)}
    (slope,) = responses.slopes(measured(f1.pop(0), f1), (), 1)
    assert slope.half_dose == pytest.approx(160)


def test_leakage_is_told_of_treated_pages_alone() -> None:
    nan = float("nan")
    leaked = list(np.random.default_rng(4).uniform(size=24))
    (row,) = whole(measured([nan] * 24, {5: leaked}, "regions.leaked.player"))
    assert (row.pairs, row.plain) == (24, None)
    assert row.change == row.treated == pytest.approx(np.mean(leaked))
    assert row.low is not None
    assert row.low < np.mean(leaked)
    assert responses.slopes(measured([nan] * 24, {5: leaked}, "regions.leaked.player"), (), 1) == []


def test_an_f1_that_never_halves_has_no_such_dose_nor_has_another_measure() -> None:
    (slope,) = responses.slopes(measured([0.8] * 24, {100: [0.7] * 24}), (), 1)
    assert slope.half_dose is None
    (slope,) = responses.slopes(measured([0.8] * 24, {100: [0.1] * 24}, "article.recall"), (), 1)
    assert slope.half_dose is None
