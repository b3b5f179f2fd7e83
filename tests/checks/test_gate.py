"""The rules of the gate on made tables: what is a loss, what is let pass, and what must not be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.checks import gate
from benchmark.checks.compare import Change, Comparison, compare
from benchmark.checks.gate import MEMORY, RATIO, Suspicion
from benchmark.checks.limits import Limits
from benchmark.records import Aggregate, GateFinding, Manifest, Metric

F1 = Metric("toy.f1", "a share", headline=True)
LEAK = Metric("toy.leaked.player", "a share", "lower", group="leakage", on_failure=1.0)
LIMITS = Limits()
PAGES = [f"p{number:02}" for number in range(30)]

Values = Mapping[str, float | None]


def frame(values: Values, metric: Metric = F1) -> pd.DataFrame:
    rows = [("c", page, metric.name, value) for page, value in values.items()]
    return pd.DataFrame(rows, columns=["corpus", "page_id", "metric", "value"]).astype({"value": float})


def held(before: pd.DataFrame, after: pd.DataFrame, metrics: list[Metric]) -> Comparison:
    names = list(dict.fromkeys(before["page_id"]))
    pages = pd.DataFrame([("c", name, name, "") for name in names], columns=["corpus", "page_id", "cluster", "stratum"])
    same = {("c", name): ("ok", "x") for name in names}
    return compare(before, after, pages, metrics, (same, same), 1)


def judged(before: Values, after: Values, metric: Metric = F1, limits: Limits = LIMITS) -> list[GateFinding]:
    one, other = frame(before, metric), frame(after, metric)
    return gate.quality("rival", held(one, other, [metric]), one, other, limits)


def all_at(value: float) -> Values:
    return dict.fromkeys(PAGES, value)


def changed(**values: float | None) -> Values:
    return {**all_at(0.9), **values}


# quality ------------------------------------------------------------------------------------------------------


def test_the_same_scores_are_no_finding() -> None:
    assert judged(all_at(0.9), all_at(0.9)) == []


def test_a_fall_of_the_mean_past_its_limit_is_one_finding_with_an_interval_and_the_worst_pages() -> None:
    after = {
        page: 0.9 - (0.04 if page == "p07" else 0.003 + 0.0001 * (number % 3)) for number, page in enumerate(PAGES)
    }
    (found,) = judged(all_at(0.9), after)
    assert (found.rule, found.adapter, found.metric, found.pages[0]) == ("mean", "rival", "toy.f1", "p07")
    assert found.worse_by == pytest.approx(0.9 - sum(after.values()) / 30)
    assert found.low is not None
    assert found.high is not None
    assert found.worse_by is not None
    assert found.low < -found.worse_by < found.high < 0
    assert found.holds is True
    assert "it would hold on other pages too" in found.message


@pytest.mark.parametrize(("loss", "rules"), [(0.05, set()), (0.0501, {"page"}), (0.3, {"mean", "page"})])
def test_one_page_may_lose_its_limit_and_no_more_and_is_named(loss: float, rules: set[str]) -> None:
    found = judged(all_at(0.9), changed(p07=0.9 - loss))
    assert {one.rule for one in found} == rules
    assert all(one.pages == ("p07",) for one in found)
    assert all("p07" in one.message for one in found if one.rule == "page")


def test_a_loss_on_one_page_of_thirty_is_not_said_to_hold_elsewhere() -> None:
    (found,) = (one for one in judged(all_at(0.9), changed(p07=0.5)) if one.rule == "mean")
    assert found.holds is False
    assert "it may not hold on other pages" in found.message


def test_below_twenty_sites_a_loss_is_still_a_loss_without_an_interval() -> None:
    (mean, page) = judged({"a": 0.5, "b": 1.0}, {"a": 0.4, "b": 1.0})
    assert (mean.rule, mean.low, mean.high, mean.holds) == ("mean", None, None, None)
    assert "too few sites to say" in mean.message
    assert (page.rule, page.pages) == ("page", ("a",))


def test_which_way_is_worse_is_what_the_metric_declares() -> None:
    assert {one.rule for one in judged(all_at(0.1), all_at(0.2), LEAK)} == {"mean", "page"}
    assert judged(all_at(0.2), all_at(0.1), LEAK) == []
    assert judged(all_at(0.1), all_at(0.2), F1) == []


def by_hand(before: Values, after: Values) -> Comparison:
    """What `compare` makes of values that are all defined, without its intervals, which take time."""
    number = len(before)
    was, now = (sum(value or 0.0 for value in side.values()) / number for side in (before, after))
    change = Change("c", F1, number, number, was, now, now - was, None, None, None)
    return Comparison((change,), (), number)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8))
def test_no_loss_at_all_is_never_a_finding_and_the_other_way_round_always_one(ends: list[tuple[float, float]]) -> None:
    low: Values = {f"p{number}": min(pair) for number, pair in enumerate(ends)}
    high: Values = {f"p{number}": max(pair) for number, pair in enumerate(ends)}
    strict = Limits(mean=0.0, page=0.0)
    assert gate.quality("rival", by_hand(low, high), frame(low), frame(high), strict) == []
    found = gate.quality("rival", by_hand(high, low), frame(high), frame(low), strict)
    lost = {f"p{number}" for number, (one, other) in enumerate(ends) if abs(one - other) > 1e-8}
    assert lost <= {page for one in found if one.rule == "page" for page in one.pages}
    assert bool(found) or not lost


def test_limits_are_settable_and_a_mean_that_must_not_fall_may_stay() -> None:
    assert judged(all_at(0.9), all_at(0.899)) == []
    assert [one.rule for one in judged(all_at(0.9), all_at(0.899), limits=Limits(mean=0.0))] == ["mean"]


def test_a_page_with_several_losses_is_named_once_by_the_number_of_the_leaderboard() -> None:
    one = pd.concat([frame(all_at(0.9)), frame(all_at(0.1), LEAK)])
    other = pd.concat([frame(changed(p03=0.8)), frame({**all_at(0.1), "p03": 0.9}, LEAK)])
    found = gate.quality("rival", held(one, other, [F1, LEAK]), one, other, LIMITS)
    assert [(each.metric, each.pages) for each in found if each.rule == "page"] == [(F1.name, ("p03",))]


def test_a_number_of_the_leaderboard_that_is_undefined_now_is_a_finding_and_one_about_a_kind_is_none() -> None:
    (found,) = judged(all_at(0.9), changed(p01=None))
    assert (found.rule, found.pages) == ("undefined", ("p01",))
    assert judged(all_at(0.9), changed(p01=None), LEAK) == []


def test_new_failures_are_named_and_old_ones_are_let_pass() -> None:
    before = {("c", "a"): "ok", ("c", "b"): "crash", ("c", "d"): "empty", ("c", "e"): "ok"}
    after = {("c", "a"): "timeout", ("c", "b"): "error", ("c", "d"): "error", ("c", "e"): "empty"}
    (found,) = gate.failures("rival", before, after)
    assert (found.rule, found.corpus, found.pages) == ("failure", "c", ("a", "d"))
    assert "2 new failures on c: a (timeout), d (error)" in found.message
    assert gate.failures("rival", after, after) == []


def test_only_shares_that_say_which_way_is_better_and_stand_in_a_table_are_judged() -> None:
    others = [
        Metric("toy.words", "a count", unit="count", high=float("inf"), headline=True),
        Metric("toy.kept", "informs", "none", headline=True),
        Metric("toy.precision", "stands in no table"),
    ]
    assert gate.gated([F1, *others, LEAK]) == [F1, LEAK]


# who and what may be compared ---------------------------------------------------------------------------------


def manifest(**changes: Any) -> Manifest:
    fields: dict[str, Any] = {
        **dict.fromkeys(("run", "boilerbench", "created"), "x"),
        **dict.fromkeys(("format", "edition", "seed"), 1),
        "revision": None,
        "sandbox": "full",
        "machine": {"processor": "one", "cores": 2, "system": "Linux", "python": "3.11", "load": 0.5},
        "libraries": {"lxml": "6"},
        "options": {"timeout_s": 30.0},
        "corpora": {"c": {"pages": 2, "fingerprint": "x", "gold": {"fingerprint": "g"}}},
        "adapters": {"a": {"version": "1"}, "b": {"version": "1"}},
    }
    return Manifest(**{**fields, **changes})


@pytest.mark.parametrize(
    ("corpora", "said"),
    [
        ({"c": {"pages": 3, "fingerprint": "y", "gold": {"fingerprint": "g"}}}, "the pages are not those"),
        ({"c": {"pages": 2, "fingerprint": "x", "gold": {"fingerprint": "h"}}}, "the golds are not those"),
        ({"c": {"pages": 2, "fingerprint": "x"}}, "the golds are not those"),
        ({}, "only the baseline has it"),
    ],
)
def test_other_pages_or_golds_are_told_apart(corpora: dict[str, Any], said: str) -> None:
    (line,) = gate.strangers(manifest(), manifest(corpora=corpora), ["c"])
    assert said in line
    assert gate.strangers(manifest(), manifest(), ["c"]) == []


def test_an_adapter_that_vanished_or_became_unavailable_is_a_finding_unless_allowed() -> None:
    after = manifest(adapters={"b": {"unavailable": "no Python"}})
    assert [(one.rule, one.adapter) for one in gate.missing(manifest(), after, ())] == [
        ("adapter", "a"),
        ("adapter", "b"),
    ]
    assert [one.adapter for one in gate.missing(manifest(), after, ["a"])] == ["b"]
    assert gate.missing(after, manifest(), ()) == []


def test_metrics_that_are_gone_or_mean_something_else_are_named() -> None:
    other = replace(F1, aggregate=Aggregate("median"))
    assert "the run has no such metric" in gate.redefined([F1], [])[0]
    assert "defined otherwise" in gate.redefined([F1], [other])[0]
    assert gate.redefined([F1], [replace(F1, summary="in other words"), LEAK]) == []


def test_machines_are_the_same_whatever_their_load() -> None:
    busy = {**manifest().machine, "load": 9.0}
    assert gate.same_machine(manifest(), manifest(machine=busy))
    assert not gate.same_machine(manifest(), manifest(machine={**busy, "processor": "another"}))


def test_what_may_explain_a_change_is_told() -> None:
    after = manifest(libraries={"lxml": "7"}, options={"timeout_s": 5.0}, adapters={"a": {"version": "2"}})
    told = "\n".join(gate.differences(manifest(), after))
    assert "lxml 6 → 7" in told
    assert "30.0 s → 5.0 s" in told
    assert "a: version 1 → 2" in told


# time and memory ----------------------------------------------------------------------------------------------

SLOW, HUNGRY = Suspicion("a", "a", "c", RATIO), Suspicion("a", "a", "c", MEMORY)
PINNED = {"p1": 4.0, "p2": 16.0}


def times(factor: float) -> dict[str, float]:
    return {page: factor * value for page, value in PINNED.items()}


@pytest.mark.parametrize(("factor", "suspected", "much"), [(1.1, False, False), (1.2, True, False), (1.3, True, True)])
def test_half_the_limit_is_suspected_and_the_limit_is_too_much(factor: float, suspected: bool, much: bool) -> None:
    assert gate.suspicious(RATIO, PINNED, times(factor), LIMITS) is suspected
    assert gate.too_much(RATIO, PINNED, times(factor), LIMITS) is much


def test_a_suspicion_holds_where_the_middle_of_the_measurements_shows_it_whatever_the_odd_one_says() -> None:
    found = gate.confirmed(SLOW, PINNED, [times(factor) for factor in (1.5, 1.6, 0.9, 1.5, 1.4)], LIMITS)
    assert found is not None
    assert (found.rule, found.adapter, found.metric) == ("speed", "a", RATIO)
    assert (found.before, found.after, found.worse_by) == pytest.approx((8.0, 12.0, 1.5))
    assert gate.confirmed(SLOW, PINNED, [times(factor) for factor in (1.0, 1.6, 0.9, 1.1, 9.0)], LIMITS) is None


def test_times_of_another_hour_have_a_wider_limit() -> None:
    assert not gate.too_much(RATIO, PINNED, times(1.3), gate.drifting(LIMITS))
    assert gate.too_much(RATIO, PINNED, times(1.5), gate.drifting(LIMITS))
    assert gate.drifting(LIMITS).hungrier == LIMITS.hungrier


def test_what_costs_next_to_nothing_is_not_judged_by_its_quotient() -> None:
    assert not gate.too_much(RATIO, {"p": 0.01}, {"p": 0.02}, LIMITS)
    assert gate.too_much(RATIO, {"p": 1.0}, {"p": 2.0}, LIMITS)


def test_memory_is_judged_in_megabytes_and_of_a_large_model_in_parts_too() -> None:
    assert gate.too_much(MEMORY, {"p": 40.0}, {"p": 140.0}, LIMITS)
    assert not gate.too_much(MEMORY, {"p": 40.0}, {"p": 80.0}, LIMITS)
    assert not gate.too_much(MEMORY, {"p": 4000.0}, {"p": 4100.0}, LIMITS)
    found = gate.confirmed(HUNGRY, {"p": 40.0}, [{"p": 140.0}] * 3, LIMITS)
    assert found is not None
    assert (found.rule, found.worse_by) == ("memory", 100.0)


def test_pages_that_only_one_side_has_and_no_page_at_all_are_no_loss() -> None:
    assert gate.excess(RATIO, {"p1": 1.0, "p2": 4.0}, {"p2": 4.0, "p3": 99.0}) == (4.0, 4.0, 1.0)
    assert gate.excess(RATIO, {"p1": 1.0}, {"p2": 4.0}) is None
