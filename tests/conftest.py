"""What tests share: where the sample corpora are, how the real command is run on small folders, results to render."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from benchmark.records import EDITION, FORMAT, Aggregate, Comparison, Manifest, Metric, Results, Summary

# A busy machine is slow, and that is no fault of the code under test.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of the sample corpora; without one the test is skipped, or fails where BOILERBENCH_NEEDS_DATA is set."""
    given = os.environ.get("BOILERBENCH_DATA")
    for folder in [Path(given)] if given else [ROOT.parent / "shared" / "corpora"]:
        if folder.is_dir():
            return folder
    if os.environ.get("BOILERBENCH_NEEDS_DATA"):
        pytest.fail("the sample corpora are needed here, in $BOILERBENCH_DATA or ../shared/corpora")
    pytest.skip("no sample corpora: neither $BOILERBENCH_DATA nor ../shared/corpora is there")


@dataclass(frozen=True)
class Ended:
    """How a run of the command ended."""

    status: int
    out: str
    err: str


COMMAND = Path(sys.executable).with_name("boilerbench")
ECHO = "def extract(page): return page.text.partition('<p>')[2]"
"""An adapter that is always right about the pages of `write_pairs`."""
WITHOUT_ROOT = "setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"
"""Root may write anywhere; without these capabilities it is held to permissions like everybody else."""

Boilerbench = Callable[..., Ended]
WriteCorpus = Callable[..., Path]
WriteAdapter = Callable[[str, str], str]


def settings_of_nobody(cache: Path) -> dict[str, str]:
    """Environment for the command: nothing of the developer's own settings, caches and corpora."""
    theirs = ("BOILERBENCH_", "FORCE_COLOR", "GITHUB_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return {**kept, "BOILERBENCH_CACHE": str(cache), "NO_COLOR": "1"}


def command_in(folder: Path) -> Boilerbench:
    """Runs the real command in a folder; `before` is put in front of it, `env` over its environment."""

    def run(*arguments: str, before: Sequence[str] = (), env: Mapping[str, str] | None = None) -> Ended:
        done = subprocess.run(
            [*before, str(COMMAND), *arguments],
            cwd=folder,
            env={**settings_of_nobody(folder / "cache"), **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


def write_pairs(folder: Path, pages: int | Mapping[str, bytes]) -> Path:
    """A corpus folder: so many numbered pages, or those given as id -> bytes; all behind `<p>` is the gold."""
    if isinstance(pages, int):
        pages = {f"p{number:03}": f"<html><body><p>page {number} of text".encode() for number in range(pages)}
    folder.mkdir(parents=True)
    for page_id, html in pages.items():
        (folder / f"{page_id}.html").write_bytes(html)
        (folder / f"{page_id}.txt").write_bytes(html.partition(b"<p>")[2].decode(errors="ignore").encode())
    return folder


@pytest.fixture
def boilerbench(tmp_path: Path) -> Boilerbench:
    """Runs the real command in the test's folder."""
    return command_in(tmp_path)


@pytest.fixture
def unprivileged() -> Sequence[str]:
    """What to put before a command so that permissions hold for it."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None or subprocess.run([*WITHOUT_ROOT, "true"], check=False).returncode:
        pytest.skip("root may write anywhere, and setpriv cannot take that right away here")
    return WITHOUT_ROOT


@pytest.fixture
def write_corpus(tmp_path: Path) -> WriteCorpus:
    """Writes a corpus below the test's folder, see `write_pairs`."""
    return lambda name, pages: write_pairs(tmp_path / name, pages)


@pytest.fixture
def write_adapter(tmp_path: Path) -> WriteAdapter:
    """Writes an adapter file below the test's folder; what to type for it."""

    def write(name: str, source: str) -> str:
        file = tmp_path / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source, encoding="utf-8")
        return f"./{name}.py"

    return write


# results that reports are made of -----------------------------------------------------------------------------

PUBLISHED = ROOT / "results"

HOSTILE = (
    "</script><script>alert(1)</script>",
    "a & b < c > d \" e ' f ` g",
    "\\input{/etc/passwd} $x^2$ 100% #1 _under_ {brace ~tilde",
    "[optional] * -- --- ,, ``quoted''",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe \x00\x1b[31m\ud800 \ufffe",
    "=HYPERLINK(1)",
    "中文 naïve Ω 😀",
    "many\nlines\tand\rtabs",
    "x" * 400,
)
"""Names that mean something in one form of report or another."""

QUALITY = Metric("q.main", "Share of the body kept.", headline=True)
SPEED = Metric("t.ratio", "Time over that of a parse.", "lower", "ratio", high=1e9, headline=True)
TIMES = tuple(
    Metric(name, "Time of a page.", "lower", "ms", high=1e9, aggregate=Aggregate(kind))
    for name, kind in (("t.cpu", "median"), ("t.cpu_p95", "p95"), ("t.cpu_max", "max"))
)
LEAKS = tuple(
    Metric(f"r.leaked.{kind}", "Share let through.", "lower", group="leakage") for kind in ("footer", "player")
)
LOST = Metric("r.lost.table", "Share lost.", "lower", group="leakage")
GROWTH = Metric("t.growth", "Exponent.", "lower", "exponent", high=1e9)
METRICS = (QUALITY, SPEED, *TIMES, *LEAKS, LOST, GROWTH)


def results_of(*adapters: str, corpus: str = "real") -> Results:
    """A run of adapters on one corpus, each a little worse than the one before, the last one with failures."""
    summaries = [
        Summary(
            corpus, "all", adapter, metric.name, 40, 0, 0, 40, value, value * 0.9, min(value * 1.05, metric.high), 1, 2
        )
        for place, adapter in enumerate(adapters)
        for metric in METRICS
        for value in [0.9 / (1 + place) if metric.unit == "share" else 2.0 + place]
    ]
    comparisons = [
        Comparison(corpus, "q.main", a, b, 40, 0.1, 0.01, place % 2 == 0, 0.01, place % 2 == 1, 0.02, 30, 30)
        for place, (a, b) in enumerate(itertools.combinations(adapters, 2))
    ]
    manifest = Manifest(
        run="night",
        format=FORMAT,
        edition=EDITION,
        boilerbench="0.1.0",
        revision="0" * 40,
        created="2026-07-01T10:00:00Z",
        seed=7,
        machine={"cores": 2},
        libraries={"numpy": "2.2.0"},
        sandbox="namespaces",
        options={},
        corpora={corpus: {"pages": 40, "fingerprint": "b" * 64}},
        adapters={**{one: {"version": one[:20]} for one in adapters}, "gone": {"unavailable": "no wheel"}},
    )
    ends = {adapter: {"ok": 40} for adapter in adapters} | {
        one: {"ok": 36, "timeout": 3, "crash": 1} for one in adapters[-1:]
    }
    return Results(manifest, METRICS, tuple(summaries), tuple(comparisons), {corpus: ends})


@pytest.fixture
def ordinary() -> Results:
    """Three adapters with intervals on everything."""
    return results_of("alpha", "beta", "gamma")


@pytest.fixture
def hostile() -> Results:
    """Adapters, versions and a corpus whose names try to get out of every form."""
    return results_of(*HOSTILE, corpus='../"<corpus>&')


@pytest.fixture
def without_intervals(ordinary: Results) -> Results:
    """Too few clusters: no interval, no rank, no test."""
    rows = tuple(
        replace(row, clusters=4, low=None, high=None, rank_low=None, rank_high=None) for row in ordinary.summaries
    )
    pairs = tuple(
        replace(row, clusters=4, p_adjusted=None, separated=None, equivalent=None, error=None)
        for row in ordinary.comparisons
    )
    return replace(ordinary, summaries=rows, comparisons=pairs)


@pytest.fixture
def undefined(ordinary: Results) -> Results:
    """Nothing has a value."""
    rows = tuple(replace(row, n=0, undefined=40, estimate=None, low=None, high=None) for row in ordinary.summaries)
    return replace(ordinary, summaries=rows, comparisons=())


@pytest.fixture
def empty(ordinary: Results) -> Results:
    """A run that was cut short before anything came of it."""
    manifest = replace(ordinary.manifest, corpora={}, adapters={})
    return replace(ordinary, manifest=manifest, metrics=(), summaries=(), comparisons=(), outcomes={})


@cache
def _published(name: str) -> Results:
    from benchmark import pipeline
    from benchmark.store import Run

    return pipeline.results(Run.open(PUBLISHED / name))


@pytest.fixture
def published() -> Callable[[str], Results]:
    """The results of a published run by name."""
    return _published


@pytest.fixture(params=["ordinary", "hostile", "without_intervals", "undefined", "empty"])
def any_results(request: pytest.FixtureRequest) -> Results:
    """Each of the runs above."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Results)
    return found
