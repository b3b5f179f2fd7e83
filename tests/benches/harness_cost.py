"""What the harness costs: CPU per page beside the extractor, how busy the cores are, how well speed ratios repeat.

Run by hand on a quiet machine, since it times: .venv/bin/python tests/benches/harness_cost.py [--pages N] [--repeats N]

1. CPU per page of everything that is not the competitor's call: supervisor, pipes, worker, writing of answers;
   absolute, as a multiple of one lxml parse of the same pages in the same run, and as a share of trafilatura's own.
2. Wall time of a run of synthetic adapters of known cost over the time that an ideal schedule on all cores would take.
3. Coefficient of variation of the speed ratio of two extractors over repeats while all cores are busy, with the upper
   95 % limit for a normal sample (McKay 1932 by way of Vangel 1996).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from scipy.stats import chi2

from benchmark import extraction, rooms, store
from benchmark.corpora import aeb
from benchmark.plan import Plan, find_corpus
from benchmark.records import Page
from benchmark.speed import stage
from benchmark.store import Run
from benchmark.workers import environments
from benchmark.workers.declaration import Declaration
from benchmark.workers.environments import Environment
from benchmark.workers.resolution import declared, resolve
from benchmark.workers.supervisor import Worker

SYNTHETIC_MS = (120.0, 75.0, 36.0, 18.0, 9.0, 3.0)
"""CPU milliseconds a page that the synthetic adapters burn."""
RATIO_ROUNDS, RATIO_SITTINGS = 9, 3
"""Counted rounds of the speed stage for one speed ratio, and how many workers of each extractor share them."""
RATIO_PAGES = 60
"""Pages it is taken over, as many as are timed for a publication (SPEED_PAGES in the Makefile)."""
OVERHEAD_REPEATS = 5
"""Measurements of the harness' own cost, of which the median is told."""
BURN = """import time
def extract(page):
    end = time.thread_time() + {seconds}
    while time.thread_time() < end:
        pass
    return "x"
"""


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int) -> None:
        """Say nothing."""

    def step(self, label: str) -> None:
        """Say nothing."""

    def note(self, line: str) -> None:
        """Say nothing."""


def usable(name: str) -> tuple[Declaration, Environment]:
    """A bundled adapter with its environment."""
    declaration = resolve(name, lambda one: rooms.path("adapters", one))
    return declaration, environments.build(declaration, store.cache_folder() / "environments")


def cpu_seconds() -> float:
    """CPU time of this process and of all that it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def overhead(name: str, pages: Sequence[Page], folder: Path) -> tuple[float, float]:
    """CPU seconds of the harness and of the calls themselves, over all pages, starts left out.

    The pages are given once and then three times: the difference of the two runs is two rounds without any start.
    """
    spent, called = [], []
    for rounds in (1, 3):
        run = Run(folder / f"{name}-{rounds}")
        begun = cpu_seconds()
        calls = 0.0
        with Worker(*usable(name), 60, folder / "scratch") as worker:
            rows, costs = [], []
            for answer in worker.extract_all(page for _ in range(rounds) for page in pages):
                rows.append(answer.extraction)
                costs.append(answer.costs)
                calls += answer.costs["cost.cpu_ns"] / 1e9
            shard = store.Shard(name, "aeb", 0, 0, len(rows))
            run.write_part(shard, rows, [], {})
        spent.append(cpu_seconds() - begun)
        called.append(calls)
    called_rounds = (called[1] - called[0]) / 2
    return (spent[1] - spent[0]) / 2 - called_rounds, called_rounds


def report_overhead(pages: Sequence[Page], folder: Path) -> None:
    """Point 1."""
    reference = declared(stage.REFERENCE)[0]
    place = environments.build(reference, store.cache_folder() / "environments")
    with Worker(reference, place, 60, folder / "scratch") as worker:
        for page in pages:
            worker.extract(page)
        parse = sum(worker.extract(page).costs["cost.cpu_ns"] for page in pages) / 1e9
    print(f"lxml parse: {parse / len(pages) * 1e3:.3f} ms CPU a page over {len(pages)} pages")
    for name in ("nothing", "resiliparse", "trafilatura"):
        both = [overhead(name, pages, folder / str(number)) for number in range(OVERHEAD_REPEATS)]
        ours, calls = (statistics.median(column) for column in zip(*both, strict=True))
        print(
            f"harness around {name}: {ours / len(pages) * 1e3:.3f} ms CPU a page, {ours / parse:.2f} lxml parses, "
            f"{ours / calls:.1%} of its own {calls / len(pages) * 1e3:.2f} ms"
            if calls > parse / 10
            else f"harness around {name}: {ours / len(pages) * 1e3:.3f} ms CPU a page, {ours / parse:.2f} lxml parses"
        )


def report_schedule(data: Path, folder: Path) -> None:
    """Point 2."""
    names = []
    for number, cost in enumerate(SYNTHETIC_MS):
        file = folder / f"synthetic{number}.py"
        file.write_text(BURN.format(seconds=cost / 1e3), encoding="utf-8")
        names.append(str(file))
    corpus = find_corpus("aeb", data)
    count = sum(1 for _ in corpus.reader().pages(corpus.folder))
    cores = len(os.sched_getaffinity(0))
    ideal = count * sum(SYNTHETIC_MS) / 1e3 / cores
    begun = time.monotonic()
    extraction.extract(Plan((corpus,), tuple(names), (), cache=False), folder / "schedule", Silent())
    wall = time.monotonic() - begun
    print(f"schedule: {wall:.1f} s wall for {ideal:.1f} s ideal on {cores} cores, {wall / ideal:.3f} times")


def spin() -> None:
    """Keep a core busy."""
    while True:
        sum(range(10_000))


def report_ratio(pages: Sequence[Page], repeats: int, folder: Path) -> None:
    """Point 3."""
    reference = declared(stage.REFERENCE)[0]
    yardstick = (reference, environments.build(reference, store.cache_folder() / "environments"))
    rivals = [usable("trafilatura"), usable("readability-lxml")]
    others = len(os.sched_getaffinity(0)) - 1  # the measurement keeps one core busy itself
    busy = [multiprocessing.Process(target=spin, daemon=True) for _ in range(others)]
    for process in busy:
        process.start()
    stage.GROWTH_SHARE = 0.0  # how time grows with a page is not asked here
    try:
        ratios = []
        for number in range(repeats):
            measured = stage.measure(
                lambda: list(pages),
                rivals,
                yardstick,
                seconds=1000,
                rounds=RATIO_ROUNDS,
                sittings=RATIO_SITTINGS,
                seed=number,
                timeout_s=60,
                scratch=folder,
            )
            means = [_geometric(timed.calls) for timed in measured.adapters]
            ratios.append(means[0] / means[1])
            print(f"  repeat {number + 1}: {ratios[-1]:.4f}", file=sys.stderr, flush=True)
    finally:
        for process in busy:
            process.kill()
    spread = statistics.stdev(ratios) / statistics.mean(ratios)
    print(
        f"ratio trafilatura / readability-lxml with all cores busy: {statistics.mean(ratios):.4f}, "
        f"CV {spread:.2%}, upper 95 % limit {upper_limit(spread, repeats):.2%} over {repeats} repeats"
    )


def _geometric(calls: Any) -> float:
    per_page = [statistics.median(call.ratio for call in timings) for timings in calls.values()]
    return statistics.geometric_mean(per_page)


def upper_limit(spread: float, number: int) -> float:
    """Upper one-sided 95 % limit of a coefficient of variation, by Vangel's modification of McKay's method."""
    quantile = chi2.ppf(0.05, number - 1)
    inside = ((quantile + 2) / number - 1) * spread**2 + quantile / (number - 1)
    return spread / sqrt(inside)


def main() -> None:
    """Print the three."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("BOILERBENCH_DATA", "../shared/corpora")))
    options.add_argument("--pages", type=int, default=181)
    options.add_argument("--repeats", type=int, default=30)
    options.add_argument("--ratio-pages", type=int, default=RATIO_PAGES)
    options.add_argument("--only", choices=("overhead", "schedule", "ratio"))
    given = options.parse_args()
    pages = list(aeb.pages(given.data / "aeb", 0, given.pages))
    print(f"load average {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.only in (None, "overhead"):
            report_overhead(pages, folder)
        if given.only in (None, "schedule"):
            report_schedule(given.data, folder)
        if given.only in (None, "ratio"):
            report_ratio(pages[: given.ratio_pages], given.repeats, folder)


if __name__ == "__main__":
    main()
