"""How much sooner the statistics are than resampling pages one at a time, in one run, values compared.

Run by hand on a quiet machine: .venv/bin/python tests/benches/peer_speed_stats.py [--data DIR]

The reference does what article-extraction-benchmark does (its `evaluate.py`: 1,000 resamples of pages; of each, mean
precision and mean recall over the pages that define them by `statistics.mean`, and their harmonic mean; the standard
deviation over resamples; for two systems, of the differences on the same resample), written anew and plainly, on the
page values of its ten published systems. With `statistics.fmean` it would take about an eighth of the time: those rows
are there too. Ours does more: with standard errors go intervals, where the row says so. Seconds are CPU time of this
process, the least of five for ours. `equal`: all standard errors within four Monte-Carlo errors of the reference's (one
is 1 / sqrt(2 * 1,000) of the value), since the reference draws at random.

The last rows are a budget and no comparison: intervals from 9,999 resamples of 2,000 pages for 40 systems and 40
measures against half an lxml parse of 463 MB of pages (the size of WCXB's), the pages of AEB over and over.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from statistics import fmean, mean, stdev
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmark import store
from benchmark.plan import find_corpus
from benchmark.records import Aggregate, Metric
from benchmark.speed import stage
from benchmark.stats.aggregates import cluster_totals
from benchmark.stats.equivalence import difference_errors
from benchmark.stats.intervals import bootstrap_t, standard_errors
from benchmark.workers import environments
from benchmark.workers.declaration import Declaration
from benchmark.workers.resolution import declared
from benchmark.workers.supervisor import Worker

Floats = npt.NDArray[np.float64]
Counts = Sequence[Sequence[float]]
"""Per page the shares of true positives, false positives and false negatives."""

Average = Callable[[Sequence[float]], float]

RESAMPLES = 1_000
WCXB_BYTES = 463_000_000
REFERENCE = "resampling pages one at a time, as article-extraction-benchmark"
PRECISION, RECALL = Metric("precision", ""), Metric("recall", "")
F1 = Metric("f1", "", aggregate=Aggregate("harmonic", ("precision", "recall")))
DECLARED = {one.name: one for one in (PRECISION, RECALL, F1)}


def values(pages: Counts, average: Average) -> tuple[float, float, float]:
    """Mean precision and recall over the pages that define them, and their harmonic mean."""
    precision = average([tp / (tp + fp) for tp, fp, _ in pages if tp + fp])
    recall = average([tp / (tp + fn) for tp, _, fn in pages if tp + fn])
    return precision, recall, 2 * precision * recall / (precision + recall)


def plain_errors(pages: Counts, average: Average, rng: random.Random) -> list[float]:
    """Standard deviations of the three values over resamples of pages."""
    found = [values(rng.choices(pages, k=len(pages)), average) for _ in range(RESAMPLES)]
    return [stdev(column) for column in zip(*found, strict=True)]


def plain_difference_errors(first: Counts, second: Counts, average: Average, rng: random.Random) -> list[float]:
    """Standard deviations of the differences in the three values over resamples of the pages of both."""
    found = []
    for _ in range(RESAMPLES):
        drawn = rng.choices(range(len(first)), k=len(first))
        sides = (values([pages[page] for page in drawn], average) for pages in (first, second))
        found.append([one - other for one, other in zip(*sides, strict=True)])
    return [stdev(column) for column in zip(*found, strict=True)]


def totals(systems: Sequence[Counts]) -> list[Floats]:
    """What our statistics take for precision, recall and F1, every page a cluster of its own."""
    tp, fp, fn = np.array(systems).transpose(2, 0, 1)
    with np.errstate(invalid="ignore"):
        pages = {"precision": tp / (tp + fp), "recall": tp / (tp + fn)}
    every = np.arange(tp.shape[1], dtype=np.intp)
    return [cluster_totals(metric, DECLARED, pages, every) for metric in (PRECISION, RECALL, F1)]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, all threads, and what the work returned."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def best(work: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """The shortest of a few: ours are so short that anything else of the process would show."""
    return min((timed(work) for _ in range(times)), key=lambda one: one[0])


def agree(ours: npt.ArrayLike, theirs: npt.ArrayLike) -> bool:
    """Whether all standard errors are within four Monte-Carlo errors of the reference's."""
    return bool(np.allclose(ours, theirs, rtol=4 / np.sqrt(2 * RESAMPLES), atol=0))


def rows(data: Path) -> list[dict[str, Any]]:
    """One row per work: pairs, seconds of both in this run, their ratio, and whether the values agree."""
    stored = json.loads((data / "aeb" / "expected.json").read_text(encoding="utf-8"))["systems"]
    systems: list[Counts] = [one["tp_fp_fn"] for one in stored.values()]
    bootstrap_t(totals(systems), [len(systems[0])], np.random.SeedSequence(0), 99)  # imports scipy
    compared = [
        row for average in (mean, fmean) for row in (_bootstrap(systems, average), *_differences(systems, average))
    ]
    return [*compared, *(_budget(data, clusters) for clusters in (2_000, 1_200))]


def _row(work: str, pairs: int, theirs: float, ours: float, *, equal: bool | None) -> dict[str, Any]:
    return {
        "work": work,
        "pairs": pairs,
        "reference": REFERENCE,
        "reference_version": "written anew",
        "reference_s": theirs,
        "ours_s": ours,
        "path": f"numpy {version('numpy')}",
        "ratio": theirs / ours,
        "equal": equal,
    }


def _bootstrap(systems: Sequence[Counts], average: Average) -> dict[str, Any]:
    rng = random.Random(1)
    theirs, expected = timed(lambda: [plain_errors(pages, average, rng) for pages in systems])

    def work() -> list[Floats]:
        measures, strata = totals(systems), [len(systems[0])]
        bootstrap_t(measures, strata, np.random.SeedSequence(1), RESAMPLES)
        return [standard_errors(one, strata) for one in measures]

    ours, errors = best(work)
    name = f"errors and intervals of P, R and F1, {RESAMPLES:,} resamples{_named(average)}"
    return _row(name, len(systems), theirs, ours, equal=agree(np.array(errors).T, expected))


def _differences(systems: Sequence[Counts], average: Average) -> list[dict[str, Any]]:
    rng = random.Random(2)
    chosen = list(combinations(range(len(systems)), 2))
    theirs, expected = timed(lambda: [plain_difference_errors(systems[a], systems[b], average, rng) for a, b in chosen])
    pairs, strata = np.array(chosen, dtype=np.intp), (len(systems[0]),)

    def errors() -> list[Floats]:
        return [difference_errors(one, pairs, strata) for one in totals(systems)]

    def intervals() -> list[Floats]:
        both = [np.stack([one[:, side] for side in pairs.T]) for one in totals(systems)]
        bootstrap_t(both, strata, np.random.SeedSequence(2), RESAMPLES, level=0.9)
        return [standard_errors(one, strata) for one in both]

    found = []
    for name, work in (("linearised errors", errors), (f"errors and intervals, {RESAMPLES:,} resamples", intervals)):
        ours, values_of = best(work)
        title = f"all pairwise differences in P, R and F1: {name}{_named(average)}"
        found.append(_row(title, len(chosen), theirs, ours, equal=agree(np.array(values_of).T, expected)))
    return found


def _named(average: Average) -> str:
    return "" if average is mean else "; reference with fmean"


def _budget(data: Path, clusters: int) -> dict[str, Any]:
    """The 463 MB: seconds of half a parse beside ours; `ratio` from 1 up is within the goal."""
    rng = np.random.default_rng(3)
    inside = 1.0 + np.bincount(rng.integers(clusters, size=2_000 - clusters), minlength=clusters)
    scores = rng.beta(9, 1.2, (40, 40, clusters)) * inside
    measures = [np.stack([one, np.broadcast_to(inside, one.shape)]) for one in scores]
    ours, _ = timed(lambda: bootstrap_t(measures, [clusters], np.random.SeedSequence(3)))
    work = f"9,999 resamples of 2,000 pages in {clusters:,} clusters, 40 systems, 40 measures"
    row = _row(work, 1_600, _parse(data) / 2, ours, equal=None)
    return row | {"reference": "half an lxml parse of 463 MB", "reference_version": _reference().dependencies[0]}


def _reference() -> Declaration:
    return declared(stage.REFERENCE)[0]


def _parse(data: Path) -> float:
    """CPU seconds of parsing AEB's pages over and over until 463 MB are through."""
    corpus = find_corpus("aeb", data)
    pages = list(corpus.reader().pages(corpus.folder))
    place = environments.build(_reference(), store.cache_folder() / "environments")
    with tempfile.TemporaryDirectory() as folder, Worker(_reference(), place, 60, Path(folder) / "scratch") as worker:
        size = sum(len(page.html) for page in pages)
        rounds = range(round(WCXB_BYTES / size))
        for page in pages:  # a first round warms up
            worker.extract(page)
        spent = sum(worker.extract(page).costs["cost.cpu_ns"] for _ in rounds for page in pages) / 1e9
    return spent * WCXB_BYTES / (len(rounds) * size)


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[3] / "shared" / "corpora")
    for row in rows(parser.parse_args().data):
        said = {True: "values agree", False: "VALUES DIFFER", None: "a budget"}[row["equal"]]
        print(f"{row['work']} ({row['pairs']}): {row['reference_s']:.3f} s against {row['ours_s']:.4f} s CPU, ", end="")
        print(f"{row['ratio']:,.1f}x, {said}; {row['reference']}")


if __name__ == "__main__":
    main()
