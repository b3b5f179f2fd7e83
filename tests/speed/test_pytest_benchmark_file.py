"""The file that pytest-benchmark reads: its own command, its own numbers, its own keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_benchmark.stats import Stats

from benchmark import machine
from benchmark.speed import pytest_benchmark
from benchmark.speed.timings import Measured, Timed, Timing

COMMAND = Path(sys.executable).with_name("pytest-benchmark")
MILLISECOND = 1_000_000


def timed(name: str, *pages: Sequence[float], failed: int = 0) -> Timed:
    """An adapter with these CPU milliseconds per page and round, beside a reference of 2 ms."""
    calls = {
        f"p{number}": tuple(
            Timing(int(ms * MILLISECOND), int(ms * MILLISECOND), 0, None, 2 * MILLISECOND) for ms in page
        )
        for number, page in enumerate(pages)
    }
    return Timed(name, "1.0", None, None, 3, calls, {f"f{number}": "error" for number in range(failed)})


def measured(*adapters: Timed, corpus: str = "made") -> Measured:
    pages = {page: 100 for one in adapters for page in (*one.calls, *one.failed)}
    return Measured(corpus, pages, adapters, "lxml 6.1.3", 20.0, 3, 7)


def document(*corpora: Measured) -> dict[str, Any]:
    return pytest_benchmark.document(corpora, machine.describe(), "0123abc+dirty", "2026-11-21T23:00:00+00:00")


def write(folder: Path, *corpora: Measured) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pytest-benchmark.json"
    file.write_text(json.dumps(document(*corpora), allow_nan=False))
    return file


def compare(folder: Path, *words: str) -> str:
    done = subprocess.run([str(COMMAND), "compare", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Failed to load" not in done.stdout + done.stderr
    return done.stdout


def by_name(value: dict[str, Any]) -> dict[str, Any]:
    return {row["fullname"]: row for row in value["benchmarks"]}


def judged_there(data: Sequence[float]) -> Any:
    stats: Any = Stats()  # type: ignore[no-untyped-call]
    for value in data:
        stats.update(value)
    return stats


SLOW = ((10, 11, 12), (30, 31, 32))
FAST = ((1, 1, 2), (3, 3, 4))


def test_the_real_command_prints_a_table_per_corpus_and_measure(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        measured(timed("slow", *SLOW), timed("fast@raw", *FAST)),
        measured(timed("slow", *SLOW), corpus="other"),
    )
    table = compare(tmp_path, str(file))
    for group in ("'made: CPU time of a page': 3 tests", "'made: 1 s stands for 1 reference parse': 2 tests"):
        assert group in table
    assert "'other: CPU time of a page': 2 tests" in table
    for name in ("extract[slow]", "extract[fast@raw]", "ratio[slow]", "reference"):
        assert name in table


def test_the_real_command_compares_two_runs(tmp_path: Path) -> None:
    before = write(tmp_path / "before", measured(timed("rival", *SLOW)))
    after = write(tmp_path / "after", measured(timed("rival", *([2 * ms for ms in page] for page in SLOW))))
    assert compare(tmp_path, str(before), str(after)).count("ratio[rival]") == 2
    table = compare(tmp_path, "--between=median", str(before), str(after))
    (line,) = [line for line in table.splitlines() if line.startswith("ratio[rival]")]
    # Files are ordered by folder, so `after` is what `before` is held against.
    assert "-50.0%" in line


@given(st.lists(st.floats(1e-6, 1e4), min_size=1, max_size=12))
def test_statistics_are_those_of_pytest_benchmark(data: list[float]) -> None:
    theirs = judged_there(data)
    ours = pytest_benchmark.stats(data, 1)
    for field in ("min", "max", "mean", "stddev", "rounds", "median", "iqr", "q1", "q3", "ops", "total"):
        assert ours[field] == pytest.approx(getattr(theirs, field), rel=1e-9, abs=1e-12), field


@given(st.lists(st.integers(1, 40), min_size=1, max_size=15))
def test_outliers_and_fences_are_those_of_pytest_benchmark(data: list[int]) -> None:
    theirs = judged_there(data)
    ours = pytest_benchmark.stats(data, 1)
    for field in ("ld15iqr", "hd15iqr", "iqr_outliers", "stddev_outliers", "outliers"):
        assert ours[field] == getattr(theirs, field), field


def test_keys_are_those_of_a_file_that_pytest_benchmark_wrote(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_one(benchmark):\n    benchmark.pedantic(sum, ([1],), rounds=3)\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--benchmark-json=theirs.json", "."]
    # Told that it is part of a parallel run, pytest-benchmark would measure nothing.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=alone)
    theirs = json.loads((tmp_path / "theirs.json").read_bytes())
    ours = document(measured(timed("slow", *SLOW)))
    assert ours.keys() == theirs.keys()
    assert ours["version"] == theirs["version"] == version("pytest-benchmark")
    assert ours["commit_info"].keys() == theirs["commit_info"].keys() - {"error"}
    assert ours["benchmarks"][0].keys() == theirs["benchmarks"][0].keys()
    assert ours["benchmarks"][0]["stats"].keys() == theirs["benchmarks"][0]["stats"].keys()
    assert ours["benchmarks"][0]["options"].keys() == theirs["benchmarks"][0]["options"].keys()
    assert {"node", "system", "cpu", "python_version", "python_implementation"} <= theirs["machine_info"].keys()


def test_a_value_is_the_mean_page_of_a_round_and_an_iteration_a_page() -> None:
    row = by_name(document(measured(timed("slow", *SLOW))))["made::extract[slow]"]
    assert row["stats"]["data"] == pytest.approx([0.020, 0.021, 0.022])
    assert row["stats"]["iterations"] == 2
    assert row["stats"]["ops"] == pytest.approx(1 / 0.021)


def test_the_ratio_is_the_geometric_mean_of_a_round() -> None:
    row = by_name(document(measured(timed("slow", (4, 4, 8), (16, 16, 32)))))["made::ratio[slow]"]
    assert row["stats"]["data"] == pytest.approx([4, 4, 8])


def test_an_adapter_that_fails_on_pages_says_so_and_is_no_faster_for_it() -> None:
    rows = by_name(
        document(measured(timed("whole", (10, 10, 10), (10, 10, 10)), timed("half", (10, 10, 10), failed=1)))
    )
    whole, half = rows["made::extract[whole]"], rows["made::extract[half]"]
    assert whole["stats"]["mean"] == half["stats"]["mean"]
    assert (half["extra_info"]["pages"], half["extra_info"]["failed"]) == (1, 1)


def test_an_adapter_without_a_timed_page_is_left_out() -> None:
    names = by_name(document(measured(timed("slow", *SLOW), timed("never", failed=2))))
    assert [name for name in names if "never" in name] == []
    assert len(names) == 3


def test_a_page_without_reference_counts_in_seconds_alone() -> None:
    one = timed("slow", (10, 10, 10))
    bare = {"bare": tuple(call._replace(reference_cpu_ns=None) for call in one.calls["p0"])}
    rows = by_name(document(measured(Timed("slow", "1.0", None, None, 3, {**one.calls, **bare}, {}))))
    assert rows["made::extract[slow]"]["stats"]["iterations"] == 2
    assert rows["made::ratio[slow]"]["stats"]["iterations"] == 1


def test_neither_host_nor_user_nor_path_is_told() -> None:
    import getpass
    import platform

    text = json.dumps(document(measured(timed("slow", *SLOW))))
    assert document(measured())["machine_info"]["node"] == ""
    assert str(Path.home()) not in text
    assert str(Path.cwd()) not in text
    for name in (platform.node(), getpass.getuser()):
        assert f'"{name}"' not in text


def test_the_revision_is_told_without_its_mark() -> None:
    commit = document(measured())["commit_info"]
    assert (commit["id"], commit["dirty"]) == ("0123abc", True)
    assert pytest_benchmark.document([], {}, None, "")["commit_info"]["id"] == "unversioned"  # type: ignore[index]
