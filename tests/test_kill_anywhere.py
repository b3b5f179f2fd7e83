"""A runner killed at random moments, again and again, and resumed: no answer is lost, none is there twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import COMMAND, settings_of_nobody

if TYPE_CHECKING:
    from conftest import Boilerbench, WriteAdapter, WriteCorpus

MOMENTS = 20
CHAINS = 2
"""Runs that are killed side by side, each again and again until it is done: starting takes longer than working."""
PAGES = 150
"""Three shards for each adapter."""
SLOW = """
import time
def extract(page):
    time.sleep(0.01)
    if page.html.endswith(b"7 of text"): raise ValueError("a page it cannot read")
    return {}
"""


def answers(out: Path) -> dict[str, bytes]:
    """All part files without their costs, with their manifests."""
    files = [*out.glob("extractions/*/part-?????.json"), *out.glob("extractions/*/part-?????.jsonl")]
    return {str(file.relative_to(out)): file.read_bytes() for file in files}


def waited_for(condition: Callable[[], object], seconds: float) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@dataclass
class Chain:
    """Runs of one request that are killed and resumed; a new one is begun where one gets to its end."""

    request: tuple[str, ...]
    folder: Path
    name: str
    seconds: float
    """How long an undisturbed run works."""
    finished: int = 0

    @property
    def out(self) -> Path:
        """Folder of the run at hand."""
        return self.folder / f"{self.name}{self.finished}"

    def resumed(self) -> subprocess.Popen[bytes]:
        """Start the runner, whatever an earlier one has got to."""
        return subprocess.Popen(
            [str(COMMAND), *self.request, "--resume", "--out", self.out.name],
            cwd=self.folder,
            env=settings_of_nobody(self.folder / "cache"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def killed(self, moments: list[float]) -> list[dict[str, bytes]]:
        """Kill a runner at each moment, a share of the working time; the answers of those that got to their end."""
        whole = []
        while moments:
            before = self.scratch()
            runner = self.resumed()
            # From the first worker on: before it a run has nothing to lose.
            while runner.poll() is None and self.scratch() <= before:
                time.sleep(0.005)
            try:
                assert runner.wait(moments[-1] * self.seconds) == 0
            except subprocess.TimeoutExpired:
                runner.send_signal(signal.SIGKILL)
                runner.wait()
                moments.pop()
                assert waited_for(lambda: not self.running(), 60), self.running()
            else:
                whole.append(self.end())
        assert self.resumed().wait(60) == 0
        return [*whole, self.end()]

    def end(self) -> dict[str, bytes]:
        """The answers of a run that has got to its end; the next one is another."""
        assert not list(self.out.rglob(".boilerbench-*"))
        found = answers(self.out)
        self.finished += 1
        return found

    def scratch(self) -> set[Path]:
        """Folders in which workers write."""
        return set(self.out.glob(".boilerbench-scratch/*"))

    def running(self) -> list[str]:
        """Processes that work in this run's folder: guardians, workers and what came of them."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink().is_relative_to(self.out):
                    found.append((process / "cmdline").read_text(errors="replace"))
            except OSError:  # it has ended meanwhile
                continue
        return found


def test_extractions_of_a_run_killed_at_random_moments_are_those_of_an_undisturbed_one(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    write_corpus("pages", PAGES)
    write_adapter("first", SLOW.format("page.text.partition('<p>')[2]"))
    write_adapter("second", SLOW.format("page.text[-9:]"))
    request = ("extract", "--corpus", "./pages", "--adapter", "./first.py", "--adapter", "./second.py", "--jobs", "2")
    assert boilerbench(*request, "--out", "whole").status == 0
    whole = answers(tmp_path / "whole")
    assert len(whole) == 12
    for adapter in ("first", "second"):
        parts = sorted(name for name in whole if name.startswith(f"extractions/{adapter}/") and name.endswith("jsonl"))
        rows = [json.loads(line) for part in parts if ".costs" not in part for line in whole[part].splitlines()]
        assert [row["page_id"] for row in rows] == [f"p{number:03}" for number in range(PAGES)]
        assert [row["outcome"] for row in rows].count("error") == PAGES // 10

    draw = random.Random(20_260_101)
    chains = [Chain(request, tmp_path, f"run-{number}-", PAGES * 0.01) for number in range(CHAINS)]
    moments = [[draw.random() for _ in range(MOMENTS // CHAINS)] for _ in chains]
    with ThreadPoolExecutor(CHAINS) as pool:
        found = list(pool.map(Chain.killed, chains, moments))
    for ends in found:
        assert ends
        for one in ends:
            assert one == whole
