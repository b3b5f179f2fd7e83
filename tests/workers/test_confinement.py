"""Claims about confinement: what takes hold, what is said where something is missing, and who may read what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmark.workers import confinement

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Boilerbench, WriteAdapter, WriteCorpus

FOUND = confinement.probe()
full = pytest.mark.skipif(
    FOUND.level != "full" and not os.environ.get("CI"), reason=f"this machine confines less: {dict(FOUND.reasons)}"
)


def level_without(mechanisms: str) -> tuple[str, str]:
    """Level and line in a process of its own, since a probe is made once in each."""
    code = "from benchmark.workers.confinement import probe; found = probe(); print(found.level); print(found.line())"
    environ = {**os.environ, confinement.WITHOUT: mechanisms}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    level, line = done.stdout.splitlines()
    return level, line


@full
@pytest.mark.parametrize(
    ("without", "level", "said"),
    [
        ("", "full", "sandbox: full (Landlock ABI"),
        ("seccomp", "full", "unshare): no network, no files but their own"),
        ("landlock", "no-network-only", "sandbox: no-network-only: no landlock (switched off"),
        ("landlock,seccomp", "no-network-only", "no seccomp (switched off"),
        ("seccomp,unshare", "limits-only", "extractors can reach the network and read your files"),
        ("landlock,seccomp,unshare", "limits-only", "Use --require-sandbox to refuse"),
    ],
)
def test_the_level_follows_from_what_takes_hold_and_one_line_says_what_is_missing(
    without: str, level: str, said: str
) -> None:
    if "seccomp" in without and "unshare" not in without and level != "limits-only":
        possible = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
        if possible.returncode != 0:
            pytest.skip(f"no network namespaces here: {possible.stderr.decode().strip()}")
    found, line = level_without(without)
    assert found == level
    assert said in line
    assert "\n" not in line


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
        level = json.loads((tmp_path / "run/manifest.json").read_bytes())["sandbox"]
        assert level == level_without(without)[0]
        assert f"- sandbox: {level}" in (tmp_path / "run/report/report.md").read_text(encoding="utf-8")
        assert ("note: sandbox: " in ended.err) == (level != "full")
    else:
        assert not (tmp_path / "run" / "manifest.json").exists()
        assert "--require-sandbox" in ended.err


PEEK = "def extract(page):\n    return '|'.join(open(path).read() for path in {})"


@full
def test_an_adapter_that_the_user_brought_reads_files_of_its_own_but_not_the_corpus(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    write_corpus("pages", 1)
    (tmp_path / "model.txt").write_text("weights", encoding="utf-8")
    write_adapter("allowed", PEEK.format([str(tmp_path / "model.txt")]))
    write_adapter("refused", PEEK.format([str(tmp_path / "pages" / "p000.txt")]))
    rivals = ("--adapter", "./allowed.py", "--adapter", "./refused.py")
    assert boilerbench("extract", "--corpus", "./pages", *rivals, "--out", "run").status == 0
    rows = [
        json.loads((tmp_path / f"run/extractions/{name}/part-00000.jsonl").read_text(encoding="utf-8"))
        for name in ("allowed", "refused")
    ]
    assert [row["text"] for row in rows] == ["weights", None]
    assert rows[1]["error"].startswith("PermissionError")


@full
def test_a_program_that_the_user_brought_is_run_wherever_it_lies_and_does_not_see_the_golds(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    write_corpus("pages", 1)
    (tmp_path / "library").write_text("own data", encoding="utf-8")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/library {tmp_path}/pages/p000.txt 2>&1; true\n", encoding="utf-8")
    program.chmod(0o755)
    done = boilerbench("extract", "--corpus", "./pages", "--adapter", "cmd:./program", "--out", "run")
    assert done.status == 0, done.err
    text = json.loads((tmp_path / "run/extractions/cmd%3Aprogram/part-00000.jsonl").read_text(encoding="utf-8"))["text"]
    assert text.startswith("own data")
    assert "Permission denied" in text
    assert "page 0 of text" not in text


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
