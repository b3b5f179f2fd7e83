"""Our statistics held against packages that others wrote, wherever both say the same thing."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.records import Aggregate, Metric
from benchmark.stats import aggregates, pairs
from benchmark.stats.aggregates import Floats
from benchmark.stats.agreement import agreement
from benchmark.stats.equivalence import clusters_needed
from benchmark.stats.intervals import bootstrap_t, standard_errors


def quietly(name: str) -> Any:
    """A module of statsmodels or scikit-posthocs; what they warn of while they are imported is theirs to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def clustered(seed: int, adapters: int = 1) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Site of each page, its words, and scores (adapters, pages) with an effect of the site."""
    rng = np.random.default_rng(seed)
    site = np.sort(rng.integers(30, size=150))
    level = rng.beta(9, 2, 30)[site]
    return site, rng.integers(1, 400, 150).astype(np.float64), level * rng.beta(9, 1.2, (adapters, 150))


def totals(site: npt.NDArray[np.int64], above: Floats, below: Floats) -> Floats:
    starts = np.flatnonzero(np.diff(site, prepend=-1))
    return np.stack([np.add.reduceat(part, starts, axis=-1) for part in (above, np.broadcast_to(below, above.shape))])


@pytest.mark.parametrize("seed", range(5))
def test_the_standard_error_of_a_mean_is_the_cluster_robust_one_of_statsmodels(seed: int) -> None:
    site, _, (score,) = clustered(seed)
    sums = totals(site, score[None], np.ones(150))
    model = quietly("statsmodels.regression.linear_model").OLS(score, np.ones(150))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": site})
    assert sums[0].sum() / sums[1].sum() == pytest.approx(fit.params[0], rel=1e-9)
    assert standard_errors(sums, [sums.shape[-1]])[0] == pytest.approx(fit.bse[0], rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_standard_error_of_a_pooled_share_is_that_of_the_weighted_model_of_statsmodels(seed: int) -> None:
    site, words, (score,) = clustered(seed)
    sums = totals(site, (score * words)[None], words)
    model = quietly("statsmodels.regression.linear_model").WLS(score, np.ones(150), weights=words)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": site})
    assert sums[0].sum() / sums[1].sum() == pytest.approx(fit.params[0], rel=1e-9)
    assert standard_errors(sums, [sums.shape[-1]])[0] == pytest.approx(fit.bse[0], rel=1e-9)


def test_the_standard_error_of_a_difference_is_that_of_a_regression_on_both_adapters() -> None:
    site, _, scores = clustered(7, adapters=2)
    sums = totals(site, scores, np.ones(150))
    design = np.column_stack([np.ones(300), np.repeat([1.0, 0.0], 150)])
    model = quietly("statsmodels.regression.linear_model").OLS(scores.ravel(), design)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": np.tile(site, 2)}, use_t=False)
    clusters, pages = sums.shape[-1], 300
    ours = standard_errors(np.stack([sums[:, :1], sums[:, 1:]]), [clusters])[0]
    # statsmodels counts both slopes of the regression: a factor of its own for small samples.
    assert ours == pytest.approx(fit.bse[1] / np.sqrt((pages - 1) / (pages - 2)), rel=1e-9)


def test_values_of_a_corpus_are_the_means_of_scipy_and_statsmodels() -> None:
    words, (score,) = clustered(8)[1:]
    metrics = {
        "geo": Metric("geo", "", aggregate=Aggregate("geometric"), high=np.inf),
        "hits": Metric("hits", ""),
        "words": Metric("words", ""),
        "share": Metric("share", "", aggregate=Aggregate("pooled", ("hits", "words"))),
        "f": Metric("f", "", aggregate=Aggregate("harmonic", ("hits", "words"))),
    }
    values = {"geo": score[None], "hits": (score * words)[None], "words": words[None]}
    found = {
        name: aggregates.estimates(metrics[name], metrics, values, np.arange(150))[0] for name in ("geo", "share", "f")
    }
    weighted = quietly("statsmodels.stats.weightstats").DescrStatsW(score, words)
    assert found["geo"] == pytest.approx(scipy.stats.gmean(score), rel=1e-9)
    assert found["share"] == pytest.approx(weighted.mean, rel=1e-9)
    assert found["f"] == pytest.approx(scipy.stats.hmean([(score * words).mean(), words.mean()]), rel=1e-9)


def test_on_many_plain_differences_the_90_percent_interval_is_that_of_the_tost_of_statsmodels() -> None:
    before, after = np.random.default_rng(9).normal(0.7, 0.05, (2, 900))
    sums = np.stack([np.stack([one, np.ones(900)])[:, None] for one in (before, after)])
    (found,) = bootstrap_t([sums], [900], np.random.SeedSequence(1), level=0.9)
    stats = quietly("statsmodels.stats.weightstats")
    low, high = stats.DescrStatsW(before - after).tconfint_mean(alpha=0.1)
    assert found[:, 0] == pytest.approx([low, high], abs=0.04 * (high - low))
    for delta in (max(-low, high) * 1.1, max(-low, high) * 0.9):
        p, _, _ = stats.ttost_paired(before, after, -delta, delta)
        assert (p <= 0.05) == bool(-delta < found[0, 0] and found[1, 0] < delta)


@pytest.mark.parametrize(("deviation", "delta"), [(0.05, 0.01), (0.2, 0.01), (0.1, 0.05), (0.02, 0.01)])
def test_the_clusters_needed_are_those_of_the_power_of_a_paired_t_test_in_statsmodels(
    deviation: float, delta: float
) -> None:
    found = clusters_needed(deviation / np.sqrt(50), 50, delta)
    power = quietly("statsmodels.stats.power").TTestPower()
    exact = power.solve_power(effect_size=delta / deviation, alpha=0.05, power=0.8)
    assert found is not None
    assert exact - 0.1 <= found <= exact + 1.1


@settings(max_examples=25)
@given(st.lists(st.integers(-8, 8), min_size=5, max_size=11))
def test_the_swap_test_of_ranks_is_the_exact_signed_rank_test_of_wilcoxon(steps: list[int]) -> None:
    apart = np.array([np.sign(step) * (abs(step) + 0.01 * place) for place, step in enumerate(steps) if step])
    if apart.size < 2:
        return
    signed: Floats = np.sign(apart) * scipy.stats.rankdata(np.abs(apart))
    sums = np.ones((2, 2, apart.size))
    sums[0] = signed, 0.0 * signed
    signs = 1.0 - 2.0 * ((np.arange(2**apart.size)[:, None] >> np.arange(apart.size)) & 1).astype(np.float64)
    counts, _ = pairs.exceedances(sums, np.array([[0, 1]], dtype=np.intp), [signs])
    assert counts[0] / len(signs) == pytest.approx(scipy.stats.wilcoxon(apart, method="exact").pvalue, abs=1e-9)


def test_the_statistic_of_a_pair_orders_swaps_as_the_paired_t_statistic_does() -> None:
    rng = np.random.default_rng(10)
    pages = rng.normal(0.5, 0.1, (2, 12))
    signs = rng.choice([-1.0, 1.0], (300, 12))
    found = pairs.paired_statistics(np.stack([pages, np.ones_like(pages)]), np.array([[0, 1]], dtype=np.intp))(signs)[0]
    t = np.abs(scipy.stats.ttest_1samp(signs * (pages[0] - pages[1]), 0.0, axis=1).statistic)
    # The known relation of a sum over its root of squares with t.
    assert found == pytest.approx(t * np.sqrt(12) / np.sqrt(12 - 1 + t**2), rel=1e-9)


@pytest.mark.parametrize(("method", "raised"), [("holm", lambda p, left: p * left), ("holm-sidak", None)])
def test_the_step_down_of_raised_p_values_is_that_of_statsmodels(method: str, raised: Any) -> None:
    raised = raised or (lambda p, left: 1.0 - (1.0 - p) ** left)
    for seed in range(20):
        p = np.random.default_rng(seed).random(12) ** 3
        left = 12 - np.argsort(np.argsort(p))
        found = pairs.step_down(np.minimum(raised(p, left), 1.0), -p)
        expected = quietly("statsmodels.stats.multitest").multipletests(p, method=method)[1]
        assert found == pytest.approx(expected, rel=1e-9)


def test_differences_of_mean_ranks_give_the_nemenyi_p_values_of_scikit_posthocs() -> None:
    pages = np.random.default_rng(11).beta(9, 1.2, (5, 40)) + np.linspace(0.0, 0.1, 5)[:, None]
    ranks = scipy.stats.rankdata(pages, axis=0)
    metric = Metric("rank", "", high=np.inf)
    mean = aggregates.estimates(metric, {"rank": metric}, {"rank": ranks}, np.arange(40))
    apart = np.abs(mean[:, None] - mean[None])
    ours = scipy.stats.studentized_range.sf(apart / np.sqrt(5 * 6 / (6 * 40)) * np.sqrt(2), 5, np.inf)
    theirs = quietly("scikit_posthocs").posthoc_nemenyi_friedman(pd.DataFrame(pages.T)).to_numpy()
    off_diagonal = ~np.eye(5, dtype=np.bool_)
    assert ours[off_diagonal] == pytest.approx(theirs[off_diagonal], rel=1e-9, abs=1e-12)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=5, max_size=60))
def test_kappa_is_that_of_statsmodels(tokens: list[tuple[str, str]]) -> None:
    readings = [list(one) for one in zip(*tokens, strict=True)]
    found = agreement({"p": readings}, {"a": "x", "b": "x", "c": "y"}).overall.kappa
    table = np.array([[sum(pair == (one, other) for pair in tokens) for other in "abc"] for one in "abc"])
    if found is None:
        assert (table > 0).sum() == 1
        return
    expected = quietly("statsmodels.stats.inter_rater").cohens_kappa(table, return_results=False)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
