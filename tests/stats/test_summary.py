from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmark.errors import UsageError
from benchmark.records import Aggregate, Comparison, Metric, Summary
from benchmark.stats.intervals import bootstrap_t
from benchmark.stats.pairs import adjusted_p
from benchmark.stats.quantiles import quantile_ends
from benchmark.stats.summary import summarize

NAN = float("nan")
F1 = Metric(name="body.f1", summary="", headline=True)
TIME = Metric(
    name="speed.ratio", summary="", direction="lower", unit="ratio", high=float("inf"), aggregate=Aggregate("geometric")
)
NOBODY = pd.DataFrame({"corpus": [], "adapter": [], "page_id": []}, dtype="str")

Table = Mapping[str, Iterable[float]]


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmark.stats.summary.bootstrap_t", partial(bootstrap_t, resamples=399))
    monkeypatch.setattr("benchmark.stats.summary.adjusted_p", partial(adjusted_p, flips=399))


def pages_of(count: int, corpus: str = "c", /, **columns: list[Any]) -> pd.DataFrame:
    ids = [f"p{number:03d}" for number in range(count)]
    plain = {"corpus": [corpus] * count, "page_id": ids, "cluster": ids, "stratum": [""] * count}
    return pd.DataFrame({**plain, **columns})


def scores_of(table: Table, metric: str = "body.f1", corpus: str = "c") -> pd.DataFrame:
    rows = [
        (corpus, f"p{number:03d}", adapter, metric, value)
        for adapter, values in table.items()
        for number, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["corpus", "page_id", "adapter", "metric", "value"])


def levels(count: int = 40, seed: int = 0) -> dict[str, list[float]]:
    """Three adapters: the first two alike, the third clearly worse, none of them at its limit."""
    rng = np.random.default_rng(seed)
    base = rng.beta(9, 1.2, count)
    return {
        "one": (0.9 * base + 0.1 * rng.random(count)).tolist(),
        "two": (0.9 * base + 0.1 * rng.random(count)).tolist(),
        "low": (0.5 * base + 0.1 * rng.random(count)).tolist(),
    }


def row_of(rows: list[Summary], **wanted: str) -> Summary:
    (found,) = [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]
    return found


def pair_of(rows: list[Comparison], a: str, b: str) -> Comparison:
    (found,) = [row for row in rows if (row.a, row.b) == (a, b)]
    return found


def test_a_row_counts_pages_failures_and_clusters_and_holds_the_estimate() -> None:
    pages = pages_of(4, cluster=["x", "x", "y", "z"])
    failed = pd.DataFrame({"corpus": ["c", "c", "d"], "adapter": ["a", "a", "a"], "page_id": ["p001", "p003", "p002"]})
    rows, _ = summarize(scores_of({"a": [1.0, 0.0, NAN, 0.5]}), pages, [F1], failed, 0)
    assert rows == [Summary("c", "all", "a", "body.f1", n=3, undefined=1, failed=2, clusters=3, estimate=0.5)]


def test_a_score_that_has_no_row_is_undefined() -> None:
    scores = scores_of({"a": [1.0, 0.0], "b": [1.0, 1.0]}).drop(index=3)
    rows, _ = summarize(scores, pages_of(2), [F1], NOBODY, 0)
    assert (row_of(rows, adapter="b").n, row_of(rows, adapter="b").undefined) == (1, 1)


def test_an_adapter_that_only_ever_failed_still_has_rows() -> None:
    failed = pd.DataFrame({"corpus": ["c"] * 2, "adapter": ["broken"] * 2, "page_id": ["p000", "p001"]})
    rows, compared = summarize(scores_of({"a": [1.0, 0.0]}), pages_of(2), [F1], failed, 0)
    assert row_of(rows, adapter="broken") == Summary("c", "all", "broken", "body.f1", 0, 2, 2, 2, estimate=None)
    assert compared == []


def test_rows_stand_in_the_order_of_corpora_slices_adapters_and_declared_metrics() -> None:
    metrics = [F1, replace(F1, name="body.recall", headline=False)]
    tables = [
        scores_of({"z": [1.0, 0.5], "a": [1.0, 0.5]}, metric.name, corpus)
        for corpus in ("first", "second")
        for metric in reversed(metrics)
    ]
    pages = pd.concat([pages_of(2, corpus, language=["fr", "en"]) for corpus in ("second", "first")])
    rows, _ = summarize(pd.concat(tables), pages, metrics, NOBODY, 0, ["language"])
    assert [(row.corpus, row.slice, row.adapter, row.metric) for row in rows] == [
        (corpus, name, adapter, metric.name)
        for corpus in ("second", "first")
        for name in ("all", "language=en", "language=fr")
        for adapter in ("z", "a")
        for metric in metrics
    ]


def test_a_slice_holds_the_pages_of_its_value_and_pages_without_one_are_in_none() -> None:
    pages = pages_of(5, language=["fr", "en", "fr", "", NAN])
    rows, _ = summarize(scores_of({"a": [1.0, 0.2, 0.0, 0.9, 0.9]}), pages, [F1], NOBODY, 0, ["language"])
    assert [(row.slice, row.n, row.estimate) for row in rows] == [
        ("all", 5, pytest.approx(0.6)),
        ("language=en", 1, 0.2),
        ("language=fr", 2, 0.5),
    ]


def test_corpora_are_never_pooled() -> None:
    scores = pd.concat([scores_of({"a": [1.0, 1.0]}), scores_of({"a": [0.0, 0.0]}, corpus="d")])
    rows, _ = summarize(scores, pd.concat([pages_of(2), pages_of(2, "d")]), [F1], NOBODY, 0)
    assert [(row.corpus, row.n, row.estimate) for row in rows] == [("c", 2, 1.0), ("d", 2, 0.0)]


def test_a_metric_without_scores_in_a_corpus_has_no_rows_there() -> None:
    harmonic = replace(F1, name="f", aggregate=Aggregate("harmonic", ("body.f1", "absent")))
    metrics = [F1, replace(F1, name="absent"), harmonic]
    rows, compared = summarize(scores_of(levels()), pages_of(40), metrics, NOBODY, 0)
    assert {row.metric for row in rows} == {row.metric for row in compared} == {"body.f1"}


@pytest.mark.parametrize(("clusters", "known"), [(19, False), (20, True)])
def test_below_20_clusters_there_is_no_interval_no_test_and_no_rank(clusters: int, known: bool) -> None:
    pages = pages_of(40, cluster=[str(number % clusters) for number in range(40)])
    rows, compared = summarize(scores_of(levels()), pages, [F1], NOBODY, 0)
    assert len(rows) == len(compared) == 3
    for row in rows:
        assert row.estimate is not None
        assert {row.low is not None, row.high is not None, row.rank_low is not None, row.rank_high is not None} == {
            known
        }
    assert (
        {pair.p_adjusted is not None for pair in compared}
        == {pair.separated is not None for pair in compared}
        == {known}
    )


def test_clusters_without_a_defined_page_do_not_count_towards_the_20() -> None:
    table = levels()
    table["low"] = [NAN] * 21 + table["low"][21:]
    rows, compared = summarize(scores_of(table), pages_of(40), [F1], NOBODY, 0)
    low, one = row_of(rows, adapter="low"), row_of(rows, adapter="one")
    assert (low.clusters, low.low, low.rank_low) == (40, None, None)
    assert one.low is not None
    assert (one.rank_low, one.rank_high) == (1, 2)
    assert pair_of(compared, "one", "low").clusters == 19
    assert pair_of(compared, "one", "low").separated is None


def test_ranks_count_the_adapters_that_are_significantly_better_and_worse() -> None:
    rows, compared = summarize(scores_of(levels()), pages_of(40), [F1], NOBODY, 0)
    assert {row.adapter: (row.rank_low, row.rank_high) for row in rows} == {"one": (1, 2), "two": (1, 2), "low": (3, 3)}
    assert {(pair.a, pair.b): pair.separated for pair in compared} == {
        ("one", "two"): False,
        ("one", "low"): True,
        ("two", "low"): True,
    }


def test_near_relatives_are_equivalent_within_delta_and_others_are_not() -> None:
    table = levels(60, seed=2)
    table["near"] = (np.array(table["one"]) + 0.002 * np.random.default_rng(1).random(60)).tolist()
    _, compared = summarize(scores_of(table), pages_of(60), [F1], NOBODY, 0)
    assert {pair.delta for pair in compared} == {0.01}
    near = pair_of(compared, "one", "near")
    assert (near.separated, near.equivalent) == (True, True)
    assert pair_of(compared, "one", "low").equivalent is False
    assert pair_of(compared, "one", "two").separated is False
    assert pair_of(compared, "one", "two").equivalent is False
    _, strict = summarize(scores_of(table), pages_of(60), [F1], NOBODY, 0, delta=1e-4)
    assert pair_of(strict, "one", "near").equivalent is False


def test_the_pages_needed_follow_from_the_error_of_the_difference() -> None:
    table = levels(60)
    pages = pages_of(60, cluster=[f"s{number // 2}" for number in range(60)])
    _, compared = summarize(scores_of(table), pages, [F1], NOBODY, 0)
    pair = pair_of(compared, "one", "two")
    sites = (np.array(table["one"]) - np.array(table["two"])).reshape(30, 2).mean(axis=1)
    assert pair.error == pytest.approx(sites.std(ddof=1) / np.sqrt(30), rel=1e-3)
    assert pair.clusters_needed == pytest.approx(
        ((1.96 + 0.8416) / 0.01) ** 2 * sites.var(ddof=1) + 1.92 + 0.5, abs=0.51
    )
    assert pair.pages_needed == 2 * (pair.clusters_needed or 0)


@pytest.mark.parametrize("metric", [replace(TIME, headline=True), replace(F1, unit="count", high=9.0)])
def test_only_shares_between_0_and_1_have_a_difference_that_does_not_matter(metric: Metric) -> None:
    _, compared = summarize(scores_of(levels(), metric.name), pages_of(40), [metric], NOBODY, 0)
    assert {(pair.delta, pair.equivalent, pair.clusters_needed) for pair in compared} == {(None, None, None)}
    assert all(pair.error is not None for pair in compared)


def test_below_20_clusters_nothing_is_equivalent_and_nothing_is_planned() -> None:
    _, compared = summarize(scores_of(levels(19)), pages_of(19), [F1], NOBODY, 0)
    assert {(pair.equivalent, pair.error, pair.pages_needed) for pair in compared} == {(None, None, None)}


def test_a_value_whose_spread_one_site_makes_says_so() -> None:
    pages = 1.0 - 1e-3 * np.random.default_rng(7).random(40)
    pages[3] = 0.0
    rows, _ = summarize(scores_of({"a": pages.tolist(), **levels()}), pages_of(40), [F1], NOBODY, 0)
    assert row_of(rows, adapter="a").carriers == pytest.approx(1.05, abs=0.01)
    assert (row_of(rows, adapter="one").carriers or 0.0) > 4.0


def test_where_lower_is_better_the_lowest_ranks_first() -> None:
    rows, _ = summarize(scores_of(levels()), pages_of(40), [replace(F1, direction="lower")], NOBODY, 0)
    assert {row.adapter: (row.rank_low, row.rank_high) for row in rows} == {"one": (2, 3), "two": (2, 3), "low": (1, 1)}


def test_a_difference_is_that_of_the_two_estimates() -> None:
    rows, compared = summarize(scores_of(levels()), pages_of(40), [F1], NOBODY, 0)
    estimates = {row.adapter: row.estimate or 0.0 for row in rows}
    assert [pair.difference for pair in compared] == [estimates[pair.a] - estimates[pair.b] for pair in compared]
    assert {pair.clusters for pair in compared} == {40}


@pytest.mark.parametrize("metric", [replace(F1, headline=False), replace(F1, direction="none")])
def test_only_headline_metrics_with_a_direction_are_compared_and_ranked(metric: Metric) -> None:
    rows, compared = summarize(scores_of(levels()), pages_of(40), [metric], NOBODY, 0)
    assert compared == []
    assert {row.rank_low for row in rows} == {None}
    assert all(row.low is not None for row in rows)


@pytest.mark.parametrize("kind", ["median", "p95", "p99", "max"])
def test_order_statistics_have_neither_test_nor_rank(kind: str) -> None:
    metric = replace(F1, aggregate=Aggregate(kind))
    rows, compared = summarize(scores_of(levels(400)), pages_of(400), [metric], NOBODY, 0)
    assert {(row.rank_low, row.rank_high) for row in rows} == {(None, None)}
    assert {(pair.p_adjusted, pair.separated) for pair in compared} == {(None, None)}


@pytest.mark.parametrize(("kind", "needed"), [("median", 20), ("p95", 72), ("p99", 368)])
def test_quantiles_have_intervals_where_the_sites_suffice(kind: str, needed: int) -> None:
    metric = replace(F1, aggregate=Aggregate(kind))
    for count in (needed - 1, needed):
        rows, _ = summarize(scores_of(levels(count)), pages_of(count), [metric], NOBODY, 0)
        for row in rows:
            known = count == needed
            assert {row.low is not None, row.high is not None, row.carriers is not None} == {known}
            if row.estimate is not None and row.low is not None and row.high is not None:
                assert 0.0 <= row.low < row.estimate < row.high <= 1.0


def test_a_median_of_an_adapter_that_is_undefined_on_most_sites_has_no_interval() -> None:
    table = levels()
    table["one"][19:] = [NAN] * 21
    rows, _ = summarize(scores_of(table), pages_of(40), [replace(F1, aggregate=Aggregate("median"))], NOBODY, 0)
    assert [row.low is None for row in rows] == [True, False, False]


@pytest.mark.parametrize("count", [40, 400])
def test_a_maximum_has_no_interval_on_any_number_of_sites(count: int) -> None:
    metric = replace(F1, aggregate=Aggregate("max"))
    rows, _ = summarize(scores_of(levels(count)), pages_of(count), [metric], NOBODY, 0)
    assert {(row.low, row.high, row.carriers) for row in rows} == {(None, None, None)}


def test_the_interval_of_a_median_is_over_sites_in_their_strata() -> None:
    pages = pages_of(80, cluster=[f"s{number // 2:02d}" for number in range(80)], stratum=["a"] * 40 + ["b"] * 40)
    table = {"one": np.sort(levels(80)["one"]).tolist()}
    metric = replace(F1, aggregate=Aggregate("median"))
    (row,), _ = summarize(scores_of(table), pages, [metric], NOBODY, 0)
    low, high = quantile_ends(np.array([table["one"]]), np.arange(0, 80, 2), [20, 20], 0.5)[:, 0]
    assert (row.low, row.high) == (low, high)
    assert row.clusters == 40


def test_an_interval_stays_within_the_range_of_its_metric() -> None:
    rng = np.random.default_rng(1)
    nearly = (1.0 - 1e-3 * rng.random(25)) * (rng.random(25) > 0.2)
    rows, _ = summarize(scores_of({"a": nearly.tolist()}), pages_of(25), [F1], NOBODY, 0)
    wide, _ = summarize(scores_of({"a": nearly.tolist()}), pages_of(25), [replace(F1, low=-9.0)], NOBODY, 0)
    assert rows[0].low == max(0.0, wide[0].low or 0.0)
    assert rows[0].high is not None
    assert rows[0].high <= 1.0
    narrow, _ = summarize(scores_of({"a": nearly.tolist()}), pages_of(25), [replace(F1, low=0.7)], NOBODY, 0)
    assert narrow[0].low == 0.7


def test_a_geometric_mean_has_an_interval_of_ratios() -> None:
    ratios = np.exp(np.random.default_rng(2).normal(np.log(8.0), 0.4, 200))
    rows, _ = summarize(scores_of({"a": ratios.tolist()}, TIME.name), pages_of(200), [TIME], NOBODY, 0)
    assert rows[0].estimate == pytest.approx(np.exp(np.log(ratios).mean()))
    assert (rows[0].low, rows[0].high) == pytest.approx(rows[0].estimate * np.exp([-0.0555, 0.0555]), rel=0.02)


def test_a_page_of_zero_leaves_a_geometric_mean_without_interval_and_test() -> None:
    table = levels()
    table["one"][3] = table["one"][7] = 0.0
    rows, compared = summarize(scores_of(table, TIME.name), pages_of(40), [replace(TIME, headline=True)], NOBODY, 0)
    assert (row_of(rows, adapter="one").estimate, row_of(rows, adapter="one").low) == (0.0, None)
    assert pair_of(compared, "one", "two").p_adjusted is None
    assert pair_of(compared, "two", "low").separated is True


def test_a_metric_equal_on_every_page_has_no_interval() -> None:
    rows, compared = summarize(scores_of({"a": [0.3] * 30, "b": [0.3] * 30}), pages_of(30), [F1], NOBODY, 0)
    assert [row.estimate for row in rows] == pytest.approx([0.3, 0.3])
    assert {(row.low, row.high) for row in rows} == {(None, None)}
    assert (compared[0].difference, compared[0].p_adjusted, compared[0].separated) == (0.0, 1.0, False)


def test_harmonic_and_pooled_metrics_are_made_from_the_metrics_they_name() -> None:
    parts = [replace(F1, name=name, headline=False, high=9.0) for name in ("p", "r", "tp", "out")]
    harmonic = replace(F1, name="f", aggregate=Aggregate("harmonic", ("p", "r")))
    pooled = replace(F1, name="micro", aggregate=Aggregate("pooled", ("tp", "out")))
    rng = np.random.default_rng(3)
    values = {part.name: {"a": rng.random(30).tolist(), "b": rng.random(30).tolist()} for part in parts}
    scores = pd.concat([scores_of(table, name) for name, table in values.items()])
    rows, compared = summarize(scores, pages_of(30), [*parts, harmonic, pooled], NOBODY, 0)
    precision, recall = np.mean(values["p"]["a"]), np.mean(values["r"]["a"])
    found = row_of(rows, adapter="a", metric="f")
    assert found.estimate == pytest.approx(2 * precision * recall / (precision + recall))
    assert found.n == 30
    assert row_of(rows, adapter="a", metric="micro").estimate == pytest.approx(
        sum(values["tp"]["a"]) / sum(values["out"]["a"])
    )
    assert all(row.low is not None and row.high is not None for row in rows)
    assert {pair.metric for pair in compared if pair.p_adjusted is not None} == {"f", "micro"}


def test_strata_that_hold_four_clusters_or_more_narrow_the_interval() -> None:
    pages = np.repeat([0.2, 0.9], 20) + 0.02 * np.random.default_rng(4).random(40)
    scores = scores_of({"a": pages.tolist()})

    def width(kinds: list[str]) -> float:
        rows, _ = summarize(scores, pages_of(40, stratum=kinds), [F1], NOBODY, 0)
        return (rows[0].high or 0.0) - (rows[0].low or 0.0)

    plain = width([""] * 40)
    assert width(["x"] * 20 + ["y"] * 20) < 0.1 * plain
    assert width(["x"] * 20 + ["y"] * 16 + ["z"] * 4) < 0.1 * plain
    assert width(["x"] * 20 + ["y"] * 17 + ["z"] * 3) == plain


def test_a_cluster_that_crosses_strata_belongs_to_that_of_most_of_its_pages() -> None:
    rng = np.random.default_rng(5)
    pages = {"a": (np.repeat([0.2, 0.9], 60) + 0.02 * rng.random(120)).tolist()}
    clusters = [str(number // 3) for number in range(120)]
    kinds = ["x"] * 60 + ["y"] * 60
    crossing = [("y" if kind == "x" else "x") if page % 3 == 0 else kind for page, kind in enumerate(kinds)]
    results = [
        summarize(scores_of(pages), pages_of(120, cluster=clusters, stratum=each), [F1], NOBODY, 0)
        for each in (kinds, crossing)
    ]
    assert results[0] == results[1]


def everything(scores: pd.DataFrame, pages: pd.DataFrame, seed: int = 0) -> tuple[list[Summary], list[Comparison]]:
    return summarize(scores, pages, [F1, replace(TIME, headline=True)], NOBODY, seed, ["language"])


def two_metrics(adapters: Iterable[str] = ("one", "two", "low"), corpus: str = "c") -> pd.DataFrame:
    table = levels()
    chosen = {adapter: table[adapter] for adapter in adapters}
    return pd.concat([scores_of(chosen, metric, corpus) for metric in (F1.name, TIME.name)], ignore_index=True)


SITES: dict[str, list[Any]] = {
    "cluster": [f"s{number // 5 if number < 20 else number}" for number in range(40)],
    "stratum": ["x", "x", "y", "y"] * 10,
    "language": ["en"] * 30 + ["fr"] * 10,
}


def test_the_same_input_gives_the_same_output_and_another_seed_another() -> None:
    first, again, other = (everything(two_metrics(), pages_of(40, **SITES), seed) for seed in (0, 0, 1))
    assert first == again
    assert [row.estimate for row in first[0]] == [row.estimate for row in other[0]]
    assert [row.low for row in first[0]] != [row.low for row in other[0]]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda frame: frame.astype({"corpus": "category", "page_id": "category"}), id="categories"),
        pytest.param(lambda frame: frame.astype({"corpus": "object", "page_id": "object"}), id="objects"),
    ],
)
def test_the_type_of_the_columns_changes_nothing(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    scores, pages = two_metrics(), pages_of(40, **SITES)
    whole = scores.astype({"adapter": "category", "metric": "category"})
    assert everything(change(whole), change(pages)) == everything(scores, pages)


def test_the_order_of_rows_changes_nothing() -> None:
    scores, pages = two_metrics(), pages_of(40, **SITES)
    shuffled = pd.concat([part.sample(frac=1, random_state=1) for _, part in scores.groupby("adapter", sort=False)])
    assert everything(shuffled, pages.sample(frac=1, random_state=2)) == everything(scores, pages)


def test_the_order_of_adapters_changes_only_the_order_of_rows() -> None:
    pages = pages_of(40, **SITES)
    rows, compared = everything(two_metrics(), pages)
    other_rows, other_compared = everything(two_metrics(["low", "one", "two"]), pages)
    assert set(rows) == set(other_rows)
    assert {(pair.metric, frozenset((pair.a, pair.b)), pair.p_adjusted, abs(pair.difference)) for pair in compared} == {
        (pair.metric, frozenset((pair.a, pair.b)), pair.p_adjusted, abs(pair.difference)) for pair in other_compared
    }


def without_ranks(rows: Iterable[Summary]) -> set[Summary]:
    return {replace(row, rank_low=None, rank_high=None) for row in rows}


def test_another_adapter_changes_no_interval_by_a_single_bit() -> None:
    pages = pages_of(40, **SITES)
    rows, _ = everything(two_metrics(), pages)
    for adapters in (["one"], ["two", "low"]):
        fewer, _ = everything(two_metrics(adapters), pages)
        assert without_ranks(fewer) == without_ranks(row for row in rows if row.adapter in adapters)


def test_another_corpus_or_metric_changes_nothing() -> None:
    pages = pages_of(40, **SITES)
    rows, compared = everything(two_metrics(), pages)
    more = pd.concat([two_metrics(corpus="d"), two_metrics()])
    more_rows, more_compared = everything(more, pd.concat([pages_of(40, "d", **SITES), pages]))
    assert [row for row in more_rows if row.corpus == "c"] == rows
    assert [pair for pair in more_compared if pair.corpus == "c"] == compared
    alone = summarize(two_metrics(), pages, [F1], NOBODY, 0, ["language"])
    assert alone == (
        [row for row in rows if row.metric == F1.name],
        [pair for pair in compared if pair.metric == F1.name],
    )


def test_corpora_with_the_same_scores_are_resampled_independently() -> None:
    rows, _ = everything(
        pd.concat([two_metrics(), two_metrics(corpus="d")]),
        pd.concat([pages_of(40, **SITES), pages_of(40, "d", **SITES)]),
    )
    half = len(rows) // 2
    assert [row.estimate for row in rows[:half]] == [row.estimate for row in rows[half:]]
    assert [row.low for row in rows[:half]] != [row.low for row in rows[half:]]


def test_slices_of_the_same_pages_are_resampled_independently() -> None:
    pages = pages_of(40, language=["en"] * 40)
    rows, _ = summarize(scores_of({"a": levels()["one"]}), pages, [F1], NOBODY, 0, ["language"])
    assert rows[0].estimate == rows[1].estimate
    assert rows[0].low != rows[1].low


def test_all_that_is_wrong_with_columns_slices_and_declarations_is_said_at_once() -> None:
    scores = scores_of({"a": [1.0]}).drop(columns="value")
    wrong = replace(F1, aggregate=Aggregate("mode"))
    with pytest.raises(UsageError) as caught:
        summarize(scores, pages_of(1, language=["en"]), [wrong], NOBODY, 0, ["site"])
    message = str(caught.value)
    assert "`scores` has no column 'value'" in message
    assert "attribute 'site' to slice by; known: language" in message
    assert "unknown aggregate 'mode'" in message


def test_all_rows_that_cannot_be_used_are_said_at_once() -> None:
    scores = pd.concat([scores_of({"a": [1.0, 0.5, 0.5]}), scores_of({"a": [1.0, -0.5]}, TIME.name)])
    scores = pd.concat([scores, scores_of({"a": [0.25]})])
    pages = pages_of(2, cluster=["", "site"])
    with pytest.raises(UsageError) as caught:
        summarize(scores, pd.concat([pages, pages.tail(1)]), [F1, TIME], NOBODY, 0)
    message = str(caught.value)
    assert "pages stand twice in `pages`: p001" in message
    assert "pages without a cluster: p000" in message
    assert "c: scores of pages that are not in `pages`: p002" in message
    assert "scores stand twice: c / a / body.f1 / p000" in message
    assert "no geometric mean: speed.ratio" in message


def test_no_pages_and_no_scores_give_no_rows() -> None:
    assert summarize(scores_of({}), pages_of(0), [F1], NOBODY, 0) == ([], [])
    assert summarize(scores_of({}), pages_of(3), [F1], NOBODY, 0) == ([], [])


def test_pairs_and_ranks_of_any_metric_are_had_where_they_are_asked_for() -> None:
    quiet = replace(F1, name="body.recall", headline=False)
    scores = pd.concat([scores_of(levels(), "body.f1"), scores_of(levels(seed=1), "body.recall")])
    plain, plain_pairs = summarize(scores, pages_of(40), [F1, quiet], NOBODY, 0)
    rows, compared = summarize(scores, pages_of(40), [F1, quiet], NOBODY, 0, paired=["body.recall"])
    assert {pair.metric for pair in plain_pairs} == {"body.f1"}
    assert [pair for pair in compared if pair.metric == "body.f1"] == plain_pairs
    asked = [pair for pair in compared if pair.metric == "body.recall"]
    assert len(asked) == 3
    assert pair_of(asked, "one", "low").separated
    assert row_of(rows, adapter="low", metric="body.recall").rank_low == 3
    assert row_of(plain, adapter="low", metric="body.recall").rank_low is None
    assert [(row.estimate, row.low, row.high) for row in rows] == [(row.estimate, row.low, row.high) for row in plain]


def test_a_measure_without_a_better_end_is_paired_but_not_ranked() -> None:
    count = replace(F1, name="body.words", headline=False, direction="none", unit="count", high=float("inf"))
    rows, compared = summarize(scores_of(levels(), "body.words"), pages_of(40), [count], NOBODY, 0, paired=[count.name])
    assert len(compared) == 3
    assert {row.rank_low for row in rows} == {None}
