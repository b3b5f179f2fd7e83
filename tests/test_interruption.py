"""Interrupted runs: what was finished stays, nothing is left running, and the resumed run is the undisturbed one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import COMMAND, Boilerbench, WriteAdapter, WriteCorpus, settings_of_nobody

SLOW = """
import os, time
FLAG = os.path.join(os.path.dirname(__file__), "slow")
def extract(page):
    if os.path.exists(FLAG):
        time.sleep(0.02)
    return """
"""Slow while a file is there, so that a resumed run has the very same adapter without the waiting."""
PAGES = 140
"""Three shards for each adapter."""


@dataclass
class Scene:
    """A folder with pages and adapters in it, and the undisturbed run of them."""

    folder: Path
    request: list[str]
    slow: Path

    def start(self, out: str) -> subprocess.Popen[str]:
        """Begin a slow run in a process group of its own, as a shell does."""
        self.slow.touch()
        return subprocess.Popen(
            # A background job ignores Ctrl-C, and so does all it starts; this begins as a job in the foreground does.
            ["env", "--default-signal=INT", str(COMMAND), *self.request, "--out", out],
            cwd=self.folder,
            env=settings_of_nobody(self.folder / "cache"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def answers(self, out: str) -> dict[str, bytes]:
        """What has to be the same from run to run: every part file without its costs, and the scores."""
        folder = self.folder / out
        files = [*folder.glob("extractions/*/part-?????.json*"), *folder.glob("*.parquet")]
        return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.name != "costs.parquet"}

    def parts(self, out: str) -> list[Path]:
        """The finished parts."""
        return sorted((self.folder / out).glob("extractions/*/part-?????.json"))


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, bytes]:
    """The answers of the undisturbed run, once a test has made it."""
    return {}


@pytest.fixture
def scene(
    tmp_path: Path,
    write_corpus: WriteCorpus,
    write_adapter: WriteAdapter,
    boilerbench: Boilerbench,
    undisturbed: dict[str, bytes],
) -> Iterator[Scene]:
    write_corpus("pages", PAGES)
    write_adapter("first", SLOW + "page.text.partition('<p>')[2]")
    write_adapter("second", SLOW + "page.text[-9:]")
    rivals = ["--adapter", "./first.py", "--adapter", "./second.py"]
    options = ["--corpus", "./pages", "--scorer", "exact", "--jobs", "2", "--speed-seconds", "0"]
    scene = Scene(tmp_path, ["run", *rivals, *options], tmp_path / "slow")
    if not undisturbed:
        assert boilerbench(*scene.request, "--out", "whole").status == 0
        undisturbed.update(scene.answers("whole"))
    yield scene
    assert_nothing_runs(tmp_path, 2)


def waited_for(condition: Callable[[], object], seconds: float = 20) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def running(folder: Path) -> list[str]:
    """Command lines of all processes that name a folder or work in it: runner, workers and what they started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            here = (process / "cwd").readlink()
        except OSError:  # it has ended meanwhile
            continue
        if int(process.name) != os.getpid() and (str(folder) in line or here.is_relative_to(folder)):
            found.append(line)
    return found


def assert_nothing_runs(folder: Path, seconds: float = 10) -> None:
    assert waited_for(lambda: not running(folder), seconds), running(folder)


def stop(runner: subprocess.Popen[str], kind: signal.Signals) -> str:
    """Stop the runner as a terminal, a service manager or the kernel does; what it said, once it has ended."""
    if kind == signal.SIGINT:
        os.killpg(runner.pid, kind)
    else:
        os.kill(runner.pid, kind)
    _, said = runner.communicate(timeout=20)
    assert runner.returncode == (-kind if kind == signal.SIGKILL else 130)
    return said


@pytest.mark.parametrize(
    ("kind", "finished"),
    [
        (signal.SIGINT, 0),
        (signal.SIGINT, 2),
        (signal.SIGTERM, 1),
        (signal.SIGKILL, 0),
        (signal.SIGKILL, 1),
        (signal.SIGKILL, 3),
    ],
)
def test_a_run_stopped_while_extracting_is_finished_by_resume_as_if_nothing_had_been(
    scene: Scene, boilerbench: Boilerbench, undisturbed: dict[str, bytes], kind: signal.Signals, finished: int
) -> None:
    runner = scene.start("out")
    out = scene.folder / "out"
    assert waited_for((out / "plan.json").exists)
    assert waited_for(lambda: len(scene.parts("out")) >= finished and len(running(scene.folder)) > 2)
    said = stop(runner, kind)
    assert_nothing_runs(scene.folder)
    if kind != signal.SIGKILL:
        assert said.endswith("boilerbench: interrupted; what was finished is kept, --resume goes on from there\n")
        assert "Traceback" not in said
        assert not list(out.glob(".boilerbench-*"))

    kept = {part: part.stat().st_mtime_ns for part in scene.parts("out")}
    assert finished <= len(kept) < 6
    scene.slow.unlink()
    assert boilerbench(*scene.request, "--out", "out", "--resume").status == 0
    assert scene.answers("out") == undisturbed
    assert {part: part.stat().st_mtime_ns for part in kept} == kept, "a finished part was made again"
    assert not list(out.rglob(".boilerbench-*"))


def test_a_run_that_is_not_finished_is_not_scored(scene: Scene, boilerbench: Boilerbench) -> None:
    runner = scene.start("out")
    assert waited_for(lambda: len(scene.parts("out")) >= 1)
    stop(runner, signal.SIGKILL)
    ended = boilerbench("score", "out")
    assert ended.status == 2
    assert "type: boilerbench run --resume --out out" in ended.err
    assert not (scene.folder / "out" / "scores.parquet").exists()


def test_a_program_behind_cmd_does_not_outlive_a_run_that_is_killed(scene: Scene) -> None:
    scene.request = ["run", "--adapter", "cmd:sleep 300", "--corpus", "./pages"]
    runner = scene.start("out")
    assert waited_for(lambda: any(line.endswith("sleep 300 ") for line in running(scene.folder)))
    stop(runner, signal.SIGKILL)
    assert_nothing_runs(scene.folder)
