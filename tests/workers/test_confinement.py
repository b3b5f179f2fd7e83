"""Claims about confinement: what takes hold, what is said where something is missing, and who may read what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from benchmark.records import Page
from benchmark.workers import confinement
from benchmark.workers.declaration import Declaration
from benchmark.workers.environments import build
from benchmark.workers.start import PACKAGE
from benchmark.workers.supervisor import Worker

if TYPE_CHECKING:
    from conftest import Boilerbench, WriteAdapter, WriteCorpus

FOUND = confinement.probe()
full = pytest.mark.skipif(
    FOUND.level != "full" and not os.environ.get("CI"), reason=f"this machine confines less: {dict(FOUND.reasons)}"
)


OFF = "switched off by BOILERBENCH_WITHOUT"
REFUSE = "Use --require-sandbox to refuse"


def level_without(mechanisms: str) -> tuple[str, str]:
    """Level and line in a process of its own, since a probe is made once in each."""
    code = "from benchmark.workers.confinement import probe; found = probe(); print(found.level); print(found.line())"
    environ = {**os.environ, confinement.WITHOUT: mechanisms}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    level, line = done.stdout.splitlines()
    return level, line


def need_networks_of_their_own() -> None:
    """Skip the test where a process gets no network of its own; on a machine made for testing that is a failure."""
    _, line = level_without("seccomp")
    if "no unshare" in line:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(line)


@full
@pytest.mark.parametrize(
    ("without", "level", "said"),
    [
        ("", "full", f"sandbox: full (Landlock ABI {FOUND.files}, seccomp): no network, no files but their own"),
        ("seccomp", "full", f"sandbox: full (Landlock ABI {FOUND.files}, unshare): no network, no files but their own"),
        (
            "landlock",
            "no-network-only",
            f"sandbox: no-network-only: no landlock ({OFF}); no network; extractors can read your files. {REFUSE}",
        ),
        (
            "landlock,seccomp",
            "no-network-only",
            f"sandbox: no-network-only: no seccomp ({OFF}); no landlock ({OFF}); "
            f"no network; extractors can read your files. {REFUSE}",
        ),
        (
            "seccomp,unshare",
            "limits-only",
            f"sandbox: limits-only: no seccomp ({OFF}); no unshare ({OFF}); "
            f"extractors can reach the network and read your files. {REFUSE}",
        ),
        (
            "landlock,seccomp,unshare",
            "limits-only",
            f"sandbox: limits-only: no seccomp ({OFF}); no unshare ({OFF}); no landlock ({OFF}); "
            f"extractors can reach the network and read your files. {REFUSE}",
        ),
    ],
)
def test_the_level_follows_from_what_takes_hold_and_one_line_says_what_is_missing(
    without: str, level: str, said: str
) -> None:
    if "seccomp" in without and "unshare" not in without:
        need_networks_of_their_own()
    assert level_without(without) == (level, said)


@full
@pytest.mark.parametrize(
    ("option", "without", "status"),
    [
        ("--require-sandbox", "", 0),
        ("--require-sandbox=full", "", 0),
        ("--require-sandbox=full", "landlock", 3),
        ("--require-sandbox", "seccomp,unshare", 3),
        ("--require-sandbox=no-network-only", "landlock", 0),
        ("--require-sandbox=no-network-only", "landlock,seccomp,unshare", 3),
        ("--require-sandbox=limits-only", "landlock,seccomp,unshare", 0),
        ("--require-sandbox=bogus", "", 2),
    ],
)
def test_a_run_can_demand_a_level_and_tells_which_one_it_had(
    option: str, without: str, status: int, boilerbench: Boilerbench, write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    write_corpus("pages", 1)
    run = ("run", "--corpus", "./pages", "--adapter", "nothing", "--speed-seconds", "0", "--out", "run")
    ended = boilerbench(*run, option, env={confinement.WITHOUT: without})
    assert ended.status == status, ended.err
    if status == 0:
        manifest = json.loads((tmp_path / "run/manifest.json").read_bytes())
        level = manifest["sandbox"]
        assert level == level_without(without)[0] == manifest["adapters"]["nothing"]["sandbox"]
        assert f"\n- sandbox: {level}\n" in (tmp_path / "run/report/report.md").read_text(encoding="utf-8")
        assert ("note: sandbox: " in ended.err) == (level != "full")
    else:
        assert not (tmp_path / "run" / "manifest.json").exists()
        assert "--require-sandbox" in ended.err


PEEK = """
import os, sqlite3
TRIES = {}
def extract(page):
    told = []
    for name, path in TRIES.items():
        try:
            file = os.path.join(path, sorted(os.listdir(path))[0]) if os.path.isdir(path) else path
            with open(file, "rb") as content:
                told.append("%s: read %d bytes" % (name, len(content.read())))
        except OSError as error:
            told.append("%s: %s" % (name, type(error).__name__))
    return "\\n".join(told)
"""
HIDDEN = {
    "page": "pages/p000.html",
    "gold": "pages/p000.txt",
    "another page's gold": "pages/p001.txt",
    "bundled golds": str(ROOT / "goldens"),
    "published runs": str(ROOT / "results"),
    "manifest of the run": "run/manifest.json",
    "what others answered in this run": "run/extractions/everything/part-00000.jsonl",
}
"""What not even an adapter that the user brought may read."""
KEPT = {"what others answered in earlier runs": "cache/extractions"}
"""Answers that are kept between runs."""


def told_by(
    tries: dict[str, str],
    boilerbench: Boilerbench,
    write_corpus: WriteCorpus,
    write_adapter: WriteAdapter,
    top: Path,
) -> dict[str, str]:
    """What an adapter of the user's own says of its tries to read files, after another has answered all pages."""
    write_corpus("pages", 2)
    paths = {name: str(top / path) for name, path in tries.items()}
    write_adapter("peek", PEEK.replace("TRIES = {}", f"TRIES = {paths!r}"))
    rivals = ("--adapter", "everything", "--adapter", "./peek.py")
    # One job, so that the other has finished; the earlier run fills the cache.
    assert boilerbench("extract", "--corpus", "./pages", "--adapter", "everything", "--out", "earlier").status == 0
    assert boilerbench("extract", "--corpus", "./pages", *rivals, "--jobs", "1", "--out", "run").status == 0
    text = json.loads((top / "run/extractions/peek/part-00000.jsonl").read_text("utf-8").splitlines()[0])["text"]
    for name, path in tries.items():
        assert (top / path).exists(), f"{name} is not where it was looked for"
    return dict(line.split(": ") for line in text.splitlines())


@full
def test_an_adapter_that_the_user_brought_reads_files_of_its_own_but_neither_golds_nor_pages_nor_answers(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    (tmp_path / "model.txt").write_text("weights", encoding="utf-8")
    told = told_by({"model": "model.txt", **HIDDEN}, boilerbench, write_corpus, write_adapter, tmp_path)
    assert told == {"model": "read 7 bytes", **dict.fromkeys(HIDDEN, "PermissionError")}


@full
def test_golds_and_pages_behind_an_experiment_in_vivo_are_hidden_too(
    boilerbench: Boilerbench, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "p.html").write_text("<body><div><p>Of a body the words.</p></div></body>", encoding="utf-8")
    (tmp_path / "mine" / "p.txt").write_text("Of a body the words.", encoding="utf-8")
    (tmp_path / "model.txt").write_text("weights", encoding="utf-8")
    hidden = ("mine/p.txt", "mine/p.html", "run/pages/treated.json")
    tries = {path: str(tmp_path / path) for path in ("model.txt", *hidden)}
    peek = write_adapter("peek", PEEK.replace("TRIES = {}", f"TRIES = {tries!r}"))
    dose = ("dose", "--in-vivo", "./mine", "--kind", "comments", "--amount", "4", "--seconds", "0")
    ended = boilerbench(*dose, "--adapter", peek, "--out", "run")
    assert ended.status == 0, ended.err
    assert all(Path(path).exists() for path in tries.values())
    rows = (tmp_path / "run/extractions/peek/part-00000.jsonl").read_text("utf-8").splitlines()
    for row in map(json.loads, rows):
        told = dict(line.split(": ") for line in row["text"].splitlines())
        assert told == {"model.txt": "read 7 bytes", **dict.fromkeys(hidden, "PermissionError")}


@full
def test_answers_that_are_kept_between_runs_are_not_for_the_adapters_that_the_user_brought(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    told = told_by(KEPT, boilerbench, write_corpus, write_adapter, tmp_path)
    assert told == dict.fromkeys(KEPT, "PermissionError")


@full
def test_a_program_that_the_user_brought_is_run_wherever_it_lies_and_sees_neither_golds_nor_pages_nor_answers(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    write_corpus("pages", 1)
    (tmp_path / "library").write_text("own data", encoding="utf-8")
    program = tmp_path / "program"
    hidden = " ".join(str(tmp_path / path) for path in ("pages/p000.txt", "pages/p000.html", "run/manifest.json"))
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/library {hidden} 2>&1; true\n", encoding="utf-8")
    program.chmod(0o755)
    done = boilerbench("extract", "--corpus", "./pages", "--adapter", "cmd:./program", "--out", "run")
    assert done.status == 0, done.err
    text = json.loads((tmp_path / "run/extractions/cmd%3Aprogram/part-00000.jsonl").read_text(encoding="utf-8"))["text"]
    assert text.startswith("own data")
    assert text.count("Permission denied") == 3
    assert "page 0 of text" not in text


@full
@pytest.mark.parametrize(
    ("file", "outcome"), [(PACKAGE / "workers" / "command.py", "error"), (Path("command.py"), "ok")]
)
def test_only_an_adapter_that_the_user_brought_reads_what_lies_in_the_users_home(
    file: Path, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    netrc = Path.home() / ".netrc"
    netrc.write_text("machine example password secret", encoding="utf-8")
    # One file of ours, and a copy of it that a user has: what decides is where it lies.
    Path("command.py").write_bytes((PACKAGE / "workers" / "command.py").read_bytes())
    declaration = Declaration("reader", "python", file.absolute(), "extract", "", command=("/bin/cat", str(netrc)))
    with Worker(declaration, build(declaration, tmp_path / "envs"), 20, tmp_path / "scratch") as worker:
        row = worker.extract(Page("p", "c", b"<p>x")).extraction
    assert row.outcome == outcome
    assert "secret" in (row.text or "") if outcome == "ok" else "Permission denied" in (row.error or "")


@full
def test_a_worker_of_the_superuser_keeps_no_capability_that_would_lift_its_limits(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    write_corpus("pages", 1)
    write_adapter(
        "told", "def extract(page):\n    return [l for l in open('/proc/self/status') if l.startswith('CapEff')][0]"
    )
    assert boilerbench("extract", "--corpus", "./pages", "--adapter", "./told.py", "--out", "run").status == 0
    row = json.loads((tmp_path / "run/extractions/told/part-00000.jsonl").read_text(encoding="utf-8"))
    assert int(row["text"].split()[1], 16) & ~0b11111 == 0
