"""What holds for every run: same in, same out; one row for everything; nothing in it that may not be shown."""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import COMMAND, ECHO, ROOT, Boilerbench, WriteAdapter, WriteCorpus, command_in, write_pairs

from benchmark.records import FAILURES
from benchmark.store import Run

WILD = """
import os, time
def extract(page):
    text = page.text.partition("<p>")[2]
    if text.startswith("page 3 "): time.sleep(60)
    if text.startswith("page 5 "): os._exit(7)
    if text.startswith("page 7 "): raise ValueError("half a pair: \\ud800")
    if text.startswith("page 9 "): return None
    return text[5:]
"""
HOW_WILD_ENDS = {"p003": "timeout", "p005": "crash", "p007": "error", "p009": "empty"}
VERSIONED = """# /// script
# [tool.boilerbench]
# form = "html"
# distribution = "packaging"
# ///
def extract(page): return page.text
"""
ADAPTERS = {
    "echo": ECHO,
    "wild": WILD,
    "versioned": VERSIONED,
    "future": "# /// script\n# requires-python = '>=99'\n# ///\n" + ECHO,
    "unlinked": "raise ImportError('/home/quagga/lib/x.so: no such file, see https://index.quagga.example/simple')\n"
    + ECHO,
    "impostor": VERSIONED.replace("# form", "# module = 'json'\n# form"),
}
UNAVAILABLE = {"future", "unlinked", "impostor"}
PAGES = 70
"""Two shards for each adapter."""
NAME = "import os, socket, sys; socket.sethostname('quaggahost'); os.execv(sys.argv[1], sys.argv[1:])"
"""Gives the machine another name and becomes the program behind it."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two corpora, adapters that end in every way, and the runs `one` and `two` of them.

    Run `one` has one job, run `two` has two; `one` is published as `shown`.
    """
    home = tmp_path_factory.mktemp("quagga")
    write_pairs(home / "many", PAGES)
    write_pairs(home / "few", {f"p00{number}": f"<p>page {number} zebrafinch".encode() for number in range(3)})
    for name, source in ADAPTERS.items():
        (home / f"{name}.py").write_text(source, encoding="utf-8")
    boilerbench = command_in(home)
    named = ["unshare", "-ru", sys.executable, "-c", NAME]
    if subprocess.run([*named, "/bin/true"], capture_output=True, check=False).returncode:
        named = []  # the kernel refuses; the machine's own name is looked for all the same
    user = dict.fromkeys(("USER", "LOGNAME", "USERNAME"), "quaggauser") | {"HOME": str(home)}
    first = boilerbench(*request("one", "--jobs", "1"), before=named, env=user)
    assert first.status == 0, first.err
    assert "note: future is unavailable: needs Python >=99" in first.err
    assert boilerbench(*request("two", "--jobs", "2")).status == 0
    assert boilerbench("publish", "one", "shown").status == 0
    return home


def request(out: str, *more: str, stage: str = "run") -> list[str]:
    words = [stage, "--out", out, "--corpus", "./many", "--corpus", "./few", "--timeout", "2", *more]
    words += [word for name in ADAPTERS for word in ("--adapter", f"./{name}.py")]
    return words if stage != "run" else [*words, "--speed-seconds", "0"]


def repeatable(folder: Path) -> dict[str, bytes]:
    """All files of a run that must be the same from run to run."""
    names = ["pages.parquet", "extractions.parquet", "scores.parquet", "metrics.json"]
    files = [*(folder / name for name in names), *folder.glob("extractions/*/part-?????.json*")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def scores(folder: Path) -> list[dict[str, Any]]:
    """The rows of the quality scores; an undefined value is None."""
    rows: list[dict[str, Any]] = pq.read_table(folder / "scores.parquet").to_pylist()
    return rows


# same in, same out --------------------------------------------------------------------------------------------


def test_two_runs_write_the_same_bytes_with_one_job_or_two(home: Path) -> None:
    first = repeatable(home / "one")
    assert len([name for name in first if name.endswith(".jsonl")]) == 3 * 3
    assert first == repeatable(home / "two")


def test_stages_alone_write_what_a_run_writes(home: Path, tmp_path: Path) -> None:
    boilerbench = command_in(home)
    again = tmp_path / "again"
    shutil.copytree(home / "one", again)
    made = {file: file.read_bytes() for file in again.rglob("*") if file.is_file()}
    for name in ("scores.parquet", "metrics.json", "summary.json"):
        (again / name).unlink()
    shutil.rmtree(again / "report")
    for stage in ("score", "summarize", "report"):
        assert boilerbench(stage, str(again)).status == 0
    assert {file: file.read_bytes() for file in again.rglob("*") if file.is_file()} == made

    alone = tmp_path / "alone"
    assert boilerbench(*request(str(alone), stage="extract")).status == 0
    assert not (alone / "scores.parquet").exists()
    assert boilerbench("score", str(alone)).status == 0
    assert repeatable(alone) == repeatable(home / "one")


def test_limit_takes_the_first_pages_and_page_those_named_with_the_same_scores(home: Path, tmp_path: Path) -> None:
    whole = scores(home / "one")
    for more, ids in (
        (["--limit", "2"], {"many": ["p000", "p001"], "few": ["p000", "p001"]}),
        (["--page", "p066", "--page", "p002"], {"many": ["p002", "p066"], "few": ["p002"]}),
    ):
        out = tmp_path / more[1]
        assert command_in(home)(*request(str(out), *more)).status == 0
        found: dict[str, list[str]] = {}
        for row in Run(out).pages():
            found.setdefault(row["corpus"], []).append(row["page_id"])
        assert found == ids
        assert scores(out) == [row for row in whole if row["page_id"] in ids[row["corpus"]]]


# silence cannot pay -------------------------------------------------------------------------------------------


def test_every_page_adapter_and_metric_has_exactly_one_score_row_however_the_extraction_ended(home: Path) -> None:
    metrics = {metric.name: metric for metric in Run(home / "one").metrics("metrics.json")}
    rows = scores(home / "one")
    pages = {("many", f"p{number:03}") for number in range(PAGES)} | {("few", f"p{number:03}") for number in range(3)}
    adapters = set(ADAPTERS) - UNAVAILABLE
    keys = [(row["corpus"], row["page_id"], row["adapter"], row["metric"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert set(keys) == {(*page, adapter, metric) for page in pages for adapter in adapters for metric in metrics}

    outcomes = {(row["corpus"], row["adapter"], row["page_id"]): row["outcome"] for row in Run(home / "one").outcomes()}
    assert len(outcomes) == len(pages) * len(adapters)
    assert {page: outcomes["many", "wild", page] for page in HOW_WILD_ENDS} == HOW_WILD_ENDS
    failed = [key for key, outcome in outcomes.items() if outcome in FAILURES]
    assert sorted(failed) == [("many", "wild", page) for page in ("p003", "p005", "p007")]
    silence = {row["metric"]: row["value"] for row in rows if (row["page_id"], row["adapter"]) == ("p009", "wild")}
    assert silence["body.f1"] == 0
    for row in rows:
        value, metric = row["value"], metrics[row["metric"]]
        if (row["corpus"], row["adapter"], row["page_id"]) in failed:
            # A metric that judges not even silence on such pages is undefined for a failure too.
            empty = silence[metric.name]
            assert value == (empty if empty is None or metric.failure_as_empty else metric.on_failure), row
        else:
            assert value is None or metric.low <= value <= metric.high


def test_an_adapter_that_cannot_run_here_is_listed_with_reason_and_remedy_and_stops_nobody(home: Path) -> None:
    adapters = Run(home / "one").manifest().adapters
    assert set(adapters) == set(ADAPTERS)
    assert {name for name, about in adapters.items() if "unavailable" in about} == UNAVAILABLE
    assert str(adapters["future"]["unavailable"]).startswith("needs Python >=99; here are ")
    assert platform.python_version() in str(adapters["future"]["unavailable"])
    assert "boilerbench env sync --download-pythons future" in str(adapters["future"]["remedy"])
    assert "the module json at …" in str(adapters["impostor"]["unavailable"])
    assert adapters["unlinked"]["unavailable"] == "ImportError: …x.so: no such file, see …"


# what a run says of itself ------------------------------------------------------------------------------------


def test_the_manifest_has_versions_as_the_worker_reports_them(home: Path) -> None:
    run = Run(home / "one")
    about = run.manifest().adapters["versioned"]
    assert about["version"] == version("packaging")
    assert (about["runtime"], about["form"]) == (f"Python {platform.python_version()}", "html")
    assert run.manifest().adapters["echo"]["version"] is None
    assert {row.version for row in run.extractions("versioned", "few")} == {version("packaging")}
    assert run.manifest().corpora["many"]["pages"] == PAGES
    assert run.manifest().libraries["selectolax"] == version("selectolax")


def test_nothing_that_is_published_holds_text_of_pages_or_names_this_machine_and_its_people(home: Path) -> None:
    shown = [file for file in (home / "shown").rglob("*") if file.is_file()]
    assert {str(file.relative_to(home / "shown")) for file in shown} == {
        "manifest.json",
        "metrics.json",
        "summary.json",
        "pages.parquet",
        "extractions.parquet",
        "scores.parquet",
        "costs.parquet",
    }
    private = ["quagga", "zebrafinch", "page 12 of text", str(home), str(ROOT), sys.prefix]
    for file in shown:
        text = pd.read_parquet(file).to_csv() if file.suffix == ".parquet" else file.read_text(encoding="utf-8")
        assert [word for word in private if word in text] == [], file
    assert "/" not in json.loads((home / "shown" / "manifest.json").read_bytes())["run"]


def test_a_run_whose_folder_is_given_as_a_dot_still_has_a_name(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    write_corpus("few", 1)
    words = ("--corpus", "./few", "--adapter", write_adapter("echo", ECHO))
    assert boilerbench("extract", "--out", ".", *words).status == 0
    assert Run(tmp_path).manifest().run == tmp_path.name


# what a competitor is told ------------------------------------------------------------------------------------

SPY = """
import os, sys
def extract(page):
    files = [os.path.join(folder, file) for folder, _, files in os.walk(".") for file in files]
    handles = [os.readlink(one.path) for one in os.scandir("/proc/self/fd") if os.path.exists(one.path)]
    return repr([vars(page), sys.argv, dict(os.environ), os.getcwd(), files, handles])
"""


def test_id_labels_corpus_and_gold_of_a_page_never_reach_the_worker(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    folder = write_corpus("secret-corpus", {"secret-id": b"<p>body"})
    (folder / "secret-id.txt").write_text("secret-gold", encoding="utf-8")
    facts = 'url = "https://told.example/"\ncharset = "utf-8"\n[attributes]\nlanguage = "secret-label"\n'
    (folder / "secret-id.toml").write_text(facts, encoding="utf-8")
    ended = boilerbench(
        "extract", "--corpus", "./secret-corpus", "--adapter", write_adapter("spy", SPY), "--out", "out"
    )
    assert ended.status == 0, ended.err
    (row,) = Run(tmp_path / "out").extractions("spy", "secret-corpus")
    assert row.text is not None
    assert "https://told.example/" in row.text
    assert "secret" not in row.text
    (page,) = Run(tmp_path / "out").pages()
    assert page["attributes"] == {"site": "told.example", "language": "secret-label"}


# costs --------------------------------------------------------------------------------------------------------

MEASURED = """
import atexit, resource, sys
atexit.register(lambda: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))
from benchmark.cli import main
main(sys.argv[1:])
"""


def test_ten_times_the_pages_take_the_same_memory(write_adapter: WriteAdapter, tmp_path: Path) -> None:
    adapter = write_adapter("whole", "def extract(page): return page.text")
    page = tmp_path / "page"
    page.write_bytes(b"<p>" + b"word " * 40_000)
    peaks = {}
    for count in (60, 600):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number:03}.html").hardlink_to(page)
            (folder / f"{number:03}.txt").touch()
        options = ["--corpus", f"./{count}", "--adapter", adapter, "--jobs", "1", "--out", f"out{count}"]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, "extract", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        peaks[count] = int(done.stdout.splitlines()[-1])
    assert peaks[600] - peaks[60] < 30e6, peaks


def cpu_seconds(*command: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_comes_at_once_without_loading_what_only_runs_need() -> None:
    bare = min(cpu_seconds(sys.executable, "-c", "import cyclopts, rich.console") for _ in range(2))
    assert min(cpu_seconds(str(COMMAND), "--help") for _ in range(2)) < max(1, 4 * bare)
    code = (
        "import sys; from benchmark.cli import app; app(['--help'], result_action='return_value'); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert {"pandas", "pyarrow", "scipy", "numpy"} & set(done.stdout.splitlines()[-1].split()) == set()


@pytest.mark.parametrize("room", ["corpora", "adapters", "scorers", "reports", "engines"])
def test_list_gives_json_with_a_name_and_a_summary_for_everything_in_a_room(
    boilerbench: Boilerbench, room: str
) -> None:
    ended = boilerbench("list", room, "--json")
    rows = json.loads(ended.out)
    assert ended.status == 0
    assert rows
    assert all(row["name"] and row["summary"] for row in rows)
    files = {file.stem.replace("_", "-") for file in (ROOT / "benchmark" / room).glob("[!_.]*.py")}
    assert files <= {row["name"].partition("@")[0] for row in rows}
    assert len({row["name"] for row in rows}) == len(rows)
