"""Claims about the folder of a run: who may write it, what finishes it, what is published of it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BOILERBENCH = Path(sys.executable).with_name("boilerbench")
MARKUP = """# /// script
# [tool.boilerbench]
# form = "html"
# ///
def extract(page):
    return "<html><body></body></html>"
"""


def boilerbench(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BOILERBENCH, *words], capture_output=True, text=True, check=False, cwd=cwd)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    options = ("--adapter", "nothing", "--page", "004", "--speed-seconds", "0", "--out", tmp_path / "run")
    assert boilerbench("run", *options).returncode == 0
    return tmp_path / "run"


def outcomes(run: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads((run / "report" / "report.json").read_bytes())["outcomes"]["seeds"]
    return found


def test_an_answer_of_markup_alone_is_empty_whatever_its_form(tmp_path: Path) -> None:
    (tmp_path / "hollow.py").write_text(MARKUP, encoding="utf-8")
    options = ("--adapter", "./hollow.py", "--page", "004", "--speed-seconds", "0", "--out", "run")
    assert boilerbench("run", *options, cwd=tmp_path).returncode == 0
    assert outcomes(tmp_path / "run") == {"hollow": {"empty": 1}}


def test_a_folder_that_another_run_is_writing_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    held = os.open(tmp_path / "run", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        done = boilerbench("run", "--adapter", "nothing", "--out", tmp_path / "run")
    finally:
        os.close(held)
    assert done.returncode == 2
    assert "another boilerbench writes" in done.stderr
    assert list((tmp_path / "run").iterdir()) == []


def test_resume_alone_finishes_a_run_by_its_own_plan(run: Path) -> None:
    (run / "extractions" / "nothing" / "part-00000.json").unlink()
    (run / "summary.json").unlink()
    done = boilerbench("run", "--resume", "--out", run, "--speed-seconds", "0")
    assert done.returncode == 0, done.stderr
    assert (run / "summary.json").exists()
    assert outcomes(run) == {"nothing": {"empty": 1}}


def test_a_newer_publication_leaves_nothing_of_the_older_one(run: Path, tmp_path: Path) -> None:
    (tmp_path / "shown" / "speed").mkdir(parents=True)
    (tmp_path / "shown" / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / "shown" / "speed" / "scores.parquet").write_bytes(b"old")
    (run / "speed").mkdir()
    (run / "speed" / "own-code.json").write_text('{"node": "a machine"}', encoding="utf-8")
    assert boilerbench("publish", run, tmp_path / "shown").returncode == 0
    assert [file.name for file in (tmp_path / "shown" / "speed").iterdir()] == []
    assert json.loads((tmp_path / "shown" / "manifest.json").read_bytes())["run"] == "run"


def test_a_folder_with_something_else_in_it_is_not_published_into(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x", encoding="utf-8")
    done = boilerbench("publish", run, tmp_path / "mine")
    assert done.returncode == 2
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


def test_a_run_of_its_own_is_not_published_into(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(run, other)
    before = sorted(file.relative_to(other) for file in other.rglob("*"))
    done = boilerbench("publish", run, other)
    assert done.returncode == 2
    assert "is a run of its own" in done.stderr
    assert sorted(file.relative_to(other) for file in other.rglob("*")) == before


def test_a_run_without_a_summary_is_not_published(run: Path, tmp_path: Path) -> None:
    (run / "summary.json").unlink()
    done = boilerbench("publish", run, tmp_path / "shown")
    assert done.returncode == 2
    assert "boilerbench summarize" in done.stderr


def test_a_worker_stays_apart_from_closed_standard_streams(tmp_path: Path) -> None:
    """Daemons close them; a worker's pipe must not take their numbers."""
    command = f"exec {BOILERBENCH} run --adapter everything --page 004 --speed-seconds 0 --out run 0<&- 1>&-"
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, check=False, stderr=subprocess.PIPE).returncode == 0
    assert outcomes(tmp_path / "run") == {"everything": {"ok": 1}}


def test_an_unknown_attribute_to_slice_by_is_refused(run: Path) -> None:
    done = boilerbench("summarize", run, "--by", "lang")
    assert done.returncode == 2
    assert "language" in done.stderr


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert boilerbench("--version").stdout.strip() == version("boilerbench")


def test_the_newest_run_is_looked_for_among_those_that_can_be_read(run: Path, tmp_path: Path) -> None:
    runs = tmp_path / "results" / "runs"
    shutil.copytree(run, runs / "now")
    shutil.copytree(run, runs / "then")
    manifest = runs / "then" / "manifest.json"
    told = {**json.loads(manifest.read_bytes()), "format": 0, "created": "9999"}
    manifest.write_text(json.dumps(told), encoding="utf-8")
    done = boilerbench("summarize", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(runs / "now")
    done = boilerbench("summarize", cwd=tmp_path)
    assert done.returncode == 2
    assert "then has run format 0" in done.stderr
