from __future__ import annotations

import statistics

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import Aggregate, Metric
from benchmark.stats import aggregates
from benchmark.stats.aggregates import Floats

NAN = float("nan")
SHARES = st.floats(0.01, 1.0)


def metric(name: str, kind: str = "mean", *of: str) -> Metric:
    return Metric(name=name, summary="", aggregate=Aggregate(kind, of))


def corpus_values(wanted: Metric, others: list[Metric], values: dict[str, list[list[float]]]) -> list[float]:
    declared = {each.name: each for each in [wanted, *others]}
    matrices = {name: np.array(rows) for name, rows in values.items()}
    pages = next(iter(matrices.values())).shape[1]
    return [float(value) for value in aggregates.estimates(wanted, declared, matrices, np.arange(0, pages, 2))]


@pytest.mark.parametrize(
    ("kind", "pages", "expected"),
    [
        ("mean", [1.0, 0.5, NAN, 0.0], 0.5),
        ("geometric", [1.0, 4.0, NAN, 16.0], 4.0),
        ("geometric", [1.0, 4.0, 0.0, 16.0], 0.0),
        ("median", [9.0, 1.0, NAN, 2.0], 2.0),
        ("median", [9.0, 1.0, 4.0, 2.0], 3.0),
        ("p95", [float(page) for page in range(1, 22)], 20.0),
        ("p95", [0.0, 10.0, NAN], 9.5),
        ("p99", [float(page) for page in range(1, 102)], 100.0),
        ("max", [9.0, 1.0, NAN, 2.0], 9.0),
    ],
)
def test_the_aggregate_of_a_page_list_is_the_one_computed_by_hand(
    kind: str, pages: list[float], expected: float
) -> None:
    assert corpus_values(metric("m", kind), [], {"m": [pages]}) == [pytest.approx(expected, abs=1e-15)]


@pytest.mark.parametrize("kind", ["mean", "geometric", "median", "p95", "p99", "max"])
def test_an_adapter_without_any_defined_page_has_no_value_and_spoils_no_other(kind: str) -> None:
    found = corpus_values(metric("m", kind), [], {"m": [[NAN, NAN], [2.0, 2.0]]})
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(2.0)


def test_the_harmonic_value_is_made_of_means_over_each_metrics_own_pages() -> None:
    # Precision is undefined where nothing was extracted, recall is 0 there: P = 1.5 / 2, R = 1.5 / 3.
    values = {"p": [[1.0, 0.5, NAN]], "r": [[1.0, 0.5, 0.0]]}
    found = corpus_values(metric("f", "harmonic", "p", "r"), [metric("p"), metric("r")], values)
    assert found == [pytest.approx(2 * 0.75 * 0.5 / 1.25)]


def test_the_harmonic_value_is_zero_when_one_part_is_and_unknown_when_one_is_unknown() -> None:
    values = {"p": [[0.0], [0.0], [NAN]], "r": [[1.0], [0.0], [1.0]]}
    found = corpus_values(metric("f", "harmonic", "p", "r"), [metric("p"), metric("r")], values)
    assert found[:2] == [0.0, 0.0]
    assert np.isnan(found[2])


def test_the_pooled_value_divides_sums_over_the_pages_that_define_both() -> None:
    values = {"tp": [[3.0, 1.0, 5.0, NAN]], "out": [[4.0, 6.0, NAN, 7.0]]}
    assert corpus_values(metric("p", "pooled", "tp", "out"), [metric("tp"), metric("out")], values) == [0.4]


def test_a_pooled_value_over_nothing_is_unknown() -> None:
    found = corpus_values(
        metric("p", "pooled", "tp", "out"), [metric("tp"), metric("out")], {"tp": [[0.0]], "out": [[0.0]]}
    )
    assert np.isnan(found[0])


def test_the_harmonic_value_of_pooled_shares_is_the_micro_f1() -> None:
    counts = {"tp": [[3.0, 1.0]], "out": [[4.0, 6.0]], "gold": [[5.0, 3.0]]}
    bases = [metric(name) for name in counts]
    shares = [metric("p", "pooled", "tp", "out"), metric("r", "pooled", "tp", "gold")]
    found = corpus_values(metric("f", "harmonic", "p", "r"), bases + shares, counts)
    assert found == [pytest.approx(2 * 4 / (10 + 8))]


def test_a_harmonic_metric_is_defined_where_all_its_parts_are() -> None:
    declared = {each.name: each for each in [metric("p"), metric("r"), metric("f", "harmonic", "p", "r")]}
    values = {"p": np.array([[1.0, NAN, 1.0]]), "r": np.array([[1.0, 1.0, NAN]])}
    assert aggregates.defined(declared["f"], declared, values).tolist() == [[True, False, False]]


def test_totals_are_summed_within_clusters() -> None:
    declared = {"m": metric("m")}
    values = {"m": np.array([[1.0, 2.0, NAN, 4.0, 5.0]])}
    found = aggregates.cluster_totals(declared["m"], declared, values, np.array([0, 2, 3]))
    assert found.tolist() == [[[3.0, 0.0, 9.0]], [[2.0, 0.0, 2.0]]]


@given(st.lists(SHARES, min_size=2, max_size=4))
def test_the_harmonic_mean_agrees_with_the_standard_library(shares: list[float]) -> None:
    assert aggregates.harmonic(np.array(shares)) == pytest.approx(statistics.harmonic_mean(shares))


@given(st.lists(st.floats(0.01, 100.0), min_size=1, max_size=9))
def test_the_geometric_mean_agrees_with_scipy(pages: list[float]) -> None:
    assert corpus_values(metric("m", "geometric"), [], {"m": [pages]}) == [pytest.approx(scipy.stats.gmean(pages))]


@given(st.lists(SHARES, min_size=1, max_size=4))
def test_slopes_are_the_derivatives_of_the_harmonic_mean(shares: list[float]) -> None:
    at, step = np.array(shares), 1e-6
    for position, slope in enumerate(aggregates.slopes(at)):
        ahead: Floats = at + step * (np.arange(len(at)) == position)
        back: Floats = at - step * (np.arange(len(at)) == position)
        difference = (aggregates.harmonic(ahead) - aggregates.harmonic(back)) / (2 * step)
        assert slope == pytest.approx(difference, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (metric("m", "mode"), "unknown aggregate 'mode'"),
        (metric("m", "pooled", "a"), "a pooled of 1 metrics"),
        (metric("m", "mean", "a"), "a mean of 1 metrics"),
        (metric("m", "harmonic", "a"), "a harmonic of 1 metrics"),
        (metric("m", "pooled", "a", "z"), "'z', which is not declared"),
        (metric("m", "harmonic", "a", "mid"), "mid, whose aggregate is median"),
        (metric("m", "harmonic", "a", "m"), "m, whose aggregate is harmonic"),
    ],
)
def test_a_declaration_that_cannot_be_computed_is_named(bad: Metric, complaint: str) -> None:
    found = aggregates.problems([metric("a"), metric("mid", "median"), bad])
    assert [complaint in problem for problem in found] == [True]


def test_sound_declarations_have_no_problems() -> None:
    sound = [metric("a"), metric("b"), metric("p", "pooled", "a", "b"), metric("f", "harmonic", "a", "p")]
    assert aggregates.problems(sound) == []
