"""Which way of timing two extractors repeats best: pytest-benchmark's fixture, wall or CPU, or calls that alternate.

A script run by hand; its figures stand in docs/design/timing.md:

    .venv/bin/python tests/benches/repeatability.py --repeats 12 --pages 20

Every way gives each page once as a warm-up and then ROUNDS times, in long-lived workers. In each repeat all ways are
used in turn, so that they meet the same load. pytest runs the two tests below, the script itself the speed stage.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmark import machine, rooms, store
from benchmark.records import Page
from benchmark.speed import stage
from benchmark.workers import environments
from benchmark.workers.declaration import Declaration
from benchmark.workers.environments import Environment
from benchmark.workers.resolution import declared
from benchmark.workers.supervisor import Worker

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

ROOT = Path(__file__).parents[2]
ROUNDS = 3
NAMES = ("justext", "readability-lxml", "reference")
PAIRS = (("readability-lxml", "justext"), ("readability-lxml", "reference"), ("justext", "reference"))
PAGES = "BOILERBENCH_REPEATABILITY_PAGES"
"""Environment variable that tells the tests how many pages to take."""

Ways = dict[str, dict[str, float]]
"""Way of timing -> adapter -> its time, in a unit of that way."""


def entrant(name: str) -> tuple[Declaration, Environment]:
    file = stage.REFERENCE if name == "reference" else rooms.path("adapters", name)
    declaration = declared(file)[0]
    return declaration, environments.build(declaration, store.cache_folder() / "environments")


def pages() -> Iterator[Page]:
    """The first pages of AEB, which lies where tests look for it."""
    folder = Path(os.environ.get("BOILERBENCH_DATA", ROOT.parent / "shared" / "corpora")) / "aeb"
    given: Iterator[Page] = rooms.load("corpora", "aeb").pages(folder, 0, int(os.environ.get(PAGES, "20")))
    return given


class CpuClock:
    """CPU seconds that workers have reported so far."""

    __name__ = "worker_cpu"

    def __init__(self) -> None:
        self.spent_ns = 0

    def __call__(self) -> float:
        """What pytest-benchmark reads before and after a round."""
        return self.spent_ns * 1e-9


CLOCK = CpuClock()


def time_fixture(benchmark: BenchmarkFixture, name: str, folder: Path) -> None:
    given = list(pages())
    with Worker(*entrant(name), 30, folder) as worker:

        def whole() -> None:
            CLOCK.spent_ns += sum(worker.extract(page).costs["cost.cpu_ns"] for page in given)

        benchmark.pedantic(whole, rounds=ROUNDS, warmup_rounds=1)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("name", NAMES)
def test_wall(benchmark: BenchmarkFixture, name: str, tmp_path: Path) -> None:
    time_fixture(benchmark, name, tmp_path)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.benchmark(timer=CLOCK)
def test_cpu(benchmark: BenchmarkFixture, name: str, tmp_path: Path) -> None:
    time_fixture(benchmark, name, tmp_path)


def by_fixture(folder: Path) -> Ways:
    """Blocked: all rounds of one adapter, then all of the next, as the fixture runs tests."""
    file = folder / "fixture.json"
    command = [sys.executable, "-m", "pytest", "-q", __file__, f"--benchmark-json={file}"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    ways: Ways = {}
    for row in json.loads(file.read_bytes())["benchmarks"]:
        clock = "CPU" if row["name"].startswith("test_cpu") else "wall"
        for statistic in ("median", "min"):
            way = f"fixture, {clock}, {statistic} of rounds"
            ways.setdefault(way, {})[row["param"]] = row["stats"][statistic]
    return ways


def by_stage(folder: Path, seed: int) -> Ways:
    """Interleaved: the speed stage, summed up in its own way and in two others."""
    measured = stage.measure(
        pages,
        [entrant(name) for name in NAMES],
        entrant("reference"),
        seconds=math.inf,
        rounds=ROUNDS,
        seed=seed,
        timeout_s=30,
        scratch=folder,
    )
    ways: Ways = {
        "stage, CPU, ratio to the reference": {},
        "stage, CPU, sum of pages": {},
        "stage, wall, sum of pages": {},
    }
    for timed in measured.adapters:
        calls = list(timed.calls.values())
        ratios = [statistics.median(call.ratio for call in page if call.ratio) for page in calls]
        sums = {
            "ratio to the reference": statistics.geometric_mean(ratios),
            "sum of pages": sum(statistics.median(call.cpu_ns for call in page) for page in calls),
        }
        for way, value in sums.items():
            ways[f"stage, CPU, {way}"][timed.adapter] = value
        wall = sum(statistics.median(call.wall_ns for call in page) for page in calls)
        ways["stage, wall, sum of pages"][timed.adapter] = wall
    # What is quoted is the ratio to the reference itself, not one over the ratio of the reference to itself.
    ways["stage, CPU, ratio to the reference"]["reference"] = 1.0
    return ways


def variation(values: list[float]) -> str:
    spread = statistics.stdev(values) / statistics.fmean(values)
    return f"{statistics.median(values):8.3f} {spread:7.1%} {max(values) / min(values):8.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=12)
    parser.add_argument("--pages", type=int, default=20)
    options = parser.parse_args()
    os.environ[PAGES] = str(options.pages)
    say = sys.stdout.write
    seen: list[Ways] = []
    loads = []
    for repeat in range(options.repeats):
        with tempfile.TemporaryDirectory() as folder:
            seen.append(by_fixture(Path(folder)) | by_stage(Path(folder), repeat))
        loads.append(os.getloadavg()[0])
        say(f"repeat {repeat + 1} of {options.repeats}, load {loads[-1]:.1f}\n")
    about = machine.describe()
    say(f"\n{time.strftime('%Y-%m-%d')}, {about['processor']}, {about['cores']} cores, {about['python']}, ")
    say(f"load {min(loads):.1f} to {max(loads):.1f}; {options.pages} pages, {options.repeats} repeats\n")
    for above, below in PAIRS:
        say(f"\n{above} / {below:30} {'median':>8} {'CV':>7} {'max/min':>8}\n")
        for way in seen[0]:
            say(f"  {way:44} {variation([ways[way][above] / ways[way][below] for ways in seen])}\n")


if __name__ == "__main__":
    main()
