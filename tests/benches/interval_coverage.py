"""How often intervals hold the true value and tests raise false alarms, by simulation.

    .venv/bin/python tests/benches/interval_coverage.py [--samples N] [--only TABLE] [--out FILE]

Prints the tables with their Monte-Carlo error and writes them to results/statistics/coverage.json; with --only the
other tables there stay. Beside our intervals stand those of the
bootstrap-t that draws sites with replacement, on the same samples, written plainly. Scenarios give sites by a known
law, so that the true value is known:

- skewed: most pages near 1, 6 % of pages 0, sites of 1 to 10 pages and of their own level (like F1 on AEB);
- lost sites: the same, and 6 % of the sites score 0 throughout;
- nearly constant: one page to a site, all within .005 of 1 but 3 % that lose .1 to all (like recall of converters);
- a tenth bad: the same with 10 %.

Quantiles have scenarios of their own, all with sites of 1 to 10 pages: the pages of `skewed`; times, log-normal, half
of the variance of the logarithm between sites; and slow sites, 6 % of which take 7 times as long for every page.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmark.records import QUANTILES, SEPARATED, Metric
from benchmark.stats.correlation import rank_correlation, tau_b
from benchmark.stats.equivalence import equivalent
from benchmark.stats.intervals import bootstrap_t
from benchmark.stats.pairs import SIGNIFICANT, adjusted_p
from benchmark.stats.quantiles import inverted, quantile_ends
from benchmark.stats.tables import ALL, Slice

Floats = npt.NDArray[np.float64]
Row = dict[str, object]
Sample = Callable[[np.random.Generator, int, int], tuple[Floats, float]]

ROOT = Path(__file__).parents[2]
CLUSTERS = (20, 40, 126)
"""The fewest that get an interval, twice as many, and the sites of AEB."""
RESAMPLES = 1_999
DELTA = 0.02
ALARMS = 4
"""Experiments for a share of false alarms, per sample of the other tables: .05 must be told from a little less."""
FLIPS = 999
"""Swaps of a simulated test, by which `SEPARATED` and `SIGNIFICANT` are p values: with others another bar is tried."""
RANKED = 12
"""Adapters in two orders whose likeness is estimated."""
MANY = 500
"""Sites beside `CLUSTERS` for quantiles: enough for an interval of the 99th percentile."""
BLOCK = 500
"""Samples of quantiles that are drawn together."""


def skewed(rng: np.random.Generator, samples: int, clusters: int) -> tuple[Floats, float]:
    """Cluster totals (2, samples, clusters) and the true mean."""
    sizes = rng.integers(1, 11, size=(samples, clusters))
    pages = skewed_pages(rng, (samples, clusters, 10))
    pages[np.arange(10) >= sizes[..., None]] = 0.0
    return np.stack([pages.sum(axis=-1), sizes.astype(np.float64)]), 9 / 10.2 * 0.94


def skewed_pages(rng: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """Pages (samples, clusters, pages) near 1, clusters of their own level, 6 % of pages 0."""
    level = rng.beta(9, 1.2, size=(*shape[:2], 1))
    pages = rng.beta(12 * level, np.maximum(12 * (1 - level), 1e-3), size=shape)
    pages[rng.random(pages.shape) < 0.06] = 0.0
    return pages


def times(rng: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """Log-normal pages, half of the variance of the logarithm between clusters."""
    logarithms: Floats = np.sqrt(0.5) * (rng.normal(size=(*shape[:2], 1)) + rng.normal(size=shape))
    return np.exp(logarithms)


def slow_sites(rng: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """Log-normal pages, alike in all clusters but for 6 % that are 7 times as slow."""
    slow = np.where(rng.random((*shape[:2], 1)) < 0.06, 7.0, 1.0)
    pages: Floats = slow * np.exp(0.5 * rng.normal(size=shape))
    return pages


def lost_sites(rng: np.random.Generator, samples: int, clusters: int) -> tuple[Floats, float]:
    """As `skewed`, with 6 % of the clusters at 0."""
    totals, truth = skewed(rng, samples, clusters)
    totals[0][rng.random((samples, clusters)) < 0.06] = 0.0
    return totals, 0.94 * truth


def nearly_constant(share: float) -> Sample:
    """Pages near 1, of which the share loses .1 to all."""

    def sample(rng: np.random.Generator, samples: int, clusters: int) -> tuple[Floats, float]:
        pages = 1.0 - 0.005 * rng.random((samples, clusters))
        bad = rng.random(pages.shape) < share
        pages[bad] = 1.0 - rng.uniform(0.1, 1.0, bad.sum())
        return np.stack([pages, np.ones_like(pages)]), (1 - share) * 0.9975 + share * 0.45

    return sample


SCENARIOS: dict[str, Sample] = {
    "skewed": skewed,
    "lost sites": lost_sites,
    "nearly constant": nearly_constant(0.03),
    "a tenth bad": nearly_constant(0.10),
}


PAGES: dict[str, Callable[[np.random.Generator, tuple[int, int, int]], Floats]] = {
    "skewed": skewed_pages,
    "times": times,
    "slow sites": slow_sites,
}
"""Scenarios of quantiles."""


def by_counts(totals: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Ends (2, samples) of the bootstrap-t of a mean over clusters drawn with replacement; nan where infinite."""
    above, below = totals
    clusters = above.shape[1]
    counts = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples).astype(np.float64).T
    value = above.sum(axis=1) / below.sum(axis=1)
    again = (above @ counts) / (below @ counts)
    squares = (above**2 @ counts) - 2 * again * ((above * below) @ counts) + again**2 * (below**2 @ counts)
    around = ((above - value[:, None] * below) ** 2).sum(axis=1)
    errors = np.sqrt(np.maximum(squares, 0.0)) / (below @ counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        pivots = np.sort((again - value[:, None]) / np.where(errors > 1e-9, errors, 0.0), axis=1)
    rank = round((resamples + 1) * 0.025)
    ends: Floats = value - np.stack([pivots[:, -rank], pivots[:, rank - 1]]) * np.sqrt(around) / below.sum(axis=1)
    return np.where(np.isfinite(ends).all(axis=0), ends, np.nan)


def intervals(name: str, clusters: int, samples: int) -> Row:
    """Coverage, median width and share of intervals wider than half the range, of ours and of drawn counts."""
    rng = np.random.default_rng([1, clusters, *name.encode()])
    totals, truth = SCENARIOS[name](rng, samples, clusters)
    (ours,) = bootstrap_t([totals], [clusters], np.random.SeedSequence([2, clusters]), RESAMPLES)
    found: Row = {"scenario": name, "clusters": clusters, "samples": samples}
    found |= _judged(ours, truth)
    theirs = by_counts(totals, RESAMPLES, rng)
    return found | {f"counts_{key}": value for key, value in _judged(theirs, truth).items()}


def _judged(ends: Floats, truth: float) -> Row:
    shown = np.isfinite(ends).all(axis=0)
    low, high = np.clip(ends[:, shown], 0.0, 1.0)
    covered = float(np.mean((low <= truth) & (truth <= high)))
    return {
        "coverage": round(covered, 4),
        "error": round(float(np.sqrt(covered * (1 - covered) / shown.sum())), 4),
        "without": round(float(1 - shown.mean()), 4),
        "width": round(float(np.median(high - low)), 4),
        "wide": round(float(np.mean(high - low > 0.5)), 4),
    }


def quantiles(name: str, clusters: int, samples: int) -> Iterator[Row]:
    """Coverage of the interval of each quantile where there is one, and how many samples have one.

    The true value is that of four million pages. `loose_` is without the rule that the clusters alone must suffice.
    """
    wide = PAGES[name](np.random.default_rng([10, *name.encode()]), (4_000_000, 1, 1)).ravel()
    rng = np.random.default_rng([9, clusters, *name.encode()])
    starts, strata = 10 * np.arange(clusters), [clusters]
    ends: dict[str, list[Floats]] = {key: [] for kind in QUANTILES for key in (kind, f"loose_{kind}")}
    for first in range(0, samples, BLOCK):
        shape = (min(BLOCK, samples - first), clusters, 10)
        pages = PAGES[name](rng, shape)
        pages[np.arange(10) >= rng.integers(1, 11, size=(*shape[:2], 1))] = np.nan
        values = pages.reshape(shape[0], -1)
        for kind, share in QUANTILES.items():
            ends[kind].append(quantile_ends(values, starts, strata, share))
            under = np.isnan(ends[kind][-1][0])
            ends[f"loose_{kind}"].append(ends[kind][-1].copy())
            if under.any():
                ends[f"loose_{kind}"][-1][:, under] = inverted(values[under], starts, strata, share)
    for kind, share in QUANTILES.items():
        row: Row = {"scenario": name, "clusters": clusters, "samples": samples, "quantile": kind}
        truth = float(np.quantile(wide, share))
        row |= _held(np.concatenate(ends[kind], axis=1), truth)
        loose = _held(np.concatenate(ends[f"loose_{kind}"], axis=1), truth)
        yield row | {f"loose_{key}": value for key, value in loose.items()}


def _held(ends: Floats, truth: float) -> Row:
    """How many samples have an interval, and of how many of these it holds the truth or lies below or above it."""
    low, high = ends[:, np.isfinite(ends).all(axis=0)]
    found: Row = {"shown": round(low.size / ends.shape[1], 4)}
    if not low.size:
        return found | dict.fromkeys(("coverage", "error", "below", "above"))
    covered = float(np.mean((low <= truth) & (truth <= high)))
    return found | {
        "coverage": round(covered, 4),
        "error": round(float(np.sqrt(covered * (1 - covered) / low.size)), 4),
        "below": round(float(np.mean(high < truth)), 4),
        "above": round(float(np.mean(low > truth)), 4),
    }


def alarms(clusters: int, experiments: int, equal: int = 8, worse: int = 0) -> Row:
    """Share of experiments in which the max-T step-down separates any two of the equal adapters.

    Counted at the bar that is used, and at the level that is meant, to tell what the adjustment lacks.
    """
    rng = np.random.default_rng([3, clusters, equal, worse])
    adapters = equal + worse
    pairs = np.array(list(combinations(range(adapters), 2)), dtype=np.intp)
    among_equals = (pairs < equal).all(axis=1)
    least = np.empty(experiments)
    for number in range(experiments):
        sizes = rng.integers(1, 11, (1, clusters)).astype(np.float64) * np.ones((adapters, 1))
        level = 0.7 * rng.beta(9, 1.2, (1, clusters)) + 0.3 * rng.beta(9, 1.2, (adapters, clusters))
        level[rng.random(level.shape) < 0.06] = 0.0
        level[equal:] *= 0.6
        p = adjusted_p(np.stack([sizes * level, sizes]), pairs, np.random.SeedSequence([4, number]), FLIPS)
        least[number] = p[among_equals].min()
    found: Row = {"clusters": clusters, "equal": equal, "worse": worse, "experiments": experiments}
    for name, bar in (("", SEPARATED), ("_at_level", SIGNIFICANT)):
        share = float(np.mean(least <= bar))
        error = float(np.sqrt(share * (1 - share) / experiments))
        found |= {f"alarms{name}": round(share, 4), f"error{name}": round(error, 4)}
    return found


def equivalence(clusters: int, samples: int) -> Row:
    """Share of samples in which two whose skewed differences have mean delta, or 0, are called equivalent."""
    rng = np.random.default_rng([5, clusters])
    found: Row = {"clusters": clusters, "samples": samples, "delta": DELTA}
    pairs = np.stack([np.arange(samples), samples + np.arange(samples)], axis=1)
    for name, mean in (("called_at_delta", DELTA), ("called_at_0", 0.0)):
        apart = mean + DELTA * (rng.exponential(size=(samples, clusters)) - 1.0)
        level = rng.beta(9, 1.2, (samples, clusters))
        pages = np.concatenate([level + apart, level])
        totals = np.stack([pages, np.ones_like(pages)])
        calls = equivalent(totals, pairs, (clusters,), DELTA, np.random.SeedSequence([6, clusters]))
        found[name] = round(sum(map(bool, calls)) / samples, 4)
    return found


def rank_likeness(clusters: int, samples: int) -> Row:
    """How often the interval of Kendall's tau-b between two measures holds the tau-b of their true values.

    Both measures see the same pages: levels of site and page in common, noise of their own, and a tenth of the sites
    where an adapter fails for both. The true values are spaced unevenly and differently in the two, as ranks are in
    practice: some neighbours can hardly be told apart.
    """
    rng = np.random.default_rng([7, clusters])
    metrics = (Metric("one.value", "One."), Metric("other.value", "Other."))
    lows, highs, truths, taus = [], [], [], []
    for number in range(samples):
        true = 0.9 - 0.4 * np.sort(rng.beta(0.8, 1.6, RANKED))
        others = true + rng.normal(0.0, 0.03, RANKED)
        hard = rng.normal(0.0, 0.08, clusters)
        fails = rng.random((RANKED, clusters)) < 0.1
        values = {
            metric.name: np.where(fails, 0.0, of[:, None] / 0.9 + hard + rng.normal(0.0, 0.08, fails.shape))
            for metric, of in zip(metrics, (true, others), strict=True)
        }
        part = Slice(
            corpus="simulated",
            name=ALL,
            adapters=tuple(f"a{place:02}" for place in range(RANKED)),
            metrics=metrics,
            declared={metric.name: metric for metric in metrics},
            values=values,
            failed=fails,
            starts=np.arange(clusters, dtype=np.intp),
            strata=(clusters,),
        )
        found = rank_correlation(part, *metrics, np.random.SeedSequence([8, number]))
        lows.append(np.nan if found.low is None else found.low)
        highs.append(np.nan if found.high is None else found.high)
        truths.append(float(tau_b(true[:, None], others[:, None])[0]))
        taus.append(found.tau)
    low, high, truth = np.array(lows), np.array(highs), np.array(truths)
    covered = float(np.mean((low <= truth) & (truth <= high)))
    return {
        "clusters": clusters,
        "samples": samples,
        "adapters": RANKED,
        "coverage": round(covered, 4),
        "error": round(float(np.sqrt(covered * (1 - covered) / samples)), 4),
        "below": round(float(np.mean(high < truth)), 4),
        "above": round(float(np.mean(low > truth)), 4),
        "width": round(float(np.median(high - low)), 4),
        "bias": round(float(np.mean(np.array(taus) - truth)), 4),
    }


def table(name: str, samples: int) -> Iterator[Row]:
    """The rows of one table."""
    if name == "intervals":
        yield from (intervals(scenario, clusters, samples) for scenario in SCENARIOS for clusters in CLUSTERS)
    elif name == "quantiles":
        sizes = (*CLUSTERS, MANY)
        yield from (row for scenario in PAGES for clusters in sizes for row in quantiles(scenario, clusters, samples))
    elif name == "alarms":
        sets = [(clusters, worse) for clusters in CLUSTERS for worse in (0, 4)]
        yield from (alarms(clusters, ALARMS * samples, equal=8 - worse, worse=worse) for clusters, worse in sets)
    elif name == "equivalence":
        yield from (equivalence(clusters, samples // 2) for clusters in CLUSTERS)
    else:
        yield from (rank_likeness(clusters, samples // 20) for clusters in CLUSTERS)


TABLES = ("intervals", "quantiles", "alarms", "equivalence", "ranks")
"""Names of the tables."""


def everything(samples: int) -> Iterator[tuple[str, Row]]:
    """All rows, each with the name of its table."""
    yield from ((name, row) for name in TABLES for row in table(name, samples))


def main() -> None:
    """Print every row as it is found, and write all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "statistics" / "coverage.json")
    parser.add_argument("--only", choices=TABLES)
    given = parser.parse_args()
    before = json.loads(given.out.read_text(encoding="utf-8")) if given.only else {}
    tables: dict[str, list[Row]] = {name: before.get(name, []) for name in TABLES}
    for name in [given.only] if given.only else TABLES:
        tables[name] = []
        for row in table(name, given.samples):
            print(name, json.dumps(row), flush=True)
            tables[name].append(row)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    lines = {name: ",\n  ".join(map(json.dumps, rows)) for name, rows in tables.items()}
    text = ",\n ".join(f'"{name}": [\n  {rows}\n ]' for name, rows in lines.items())
    given.out.write_text(f"{{\n {text}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
