"""A runner killed at random moments, again and again, and resumed: no answer is lost, none is there twice."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from conftest import COMMAND, settings_of_nobody

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Boilerbench, WriteAdapter, WriteCorpus

MOMENTS = 20
PAGES = 150
"""Three shards for each adapter."""
SLOW = """
import time
def extract(page):
    time.sleep(0.004)
    if page.html.endswith(b"7 of text"): raise ValueError("a page it cannot read")
    return {}
"""


def answers(out: Path) -> dict[str, bytes]:
    """All part files without their costs, with their manifests."""
    files = [*out.glob("extractions/*/part-?????.json"), *out.glob("extractions/*/part-?????.jsonl")]
    return {str(file.relative_to(out)): file.read_bytes() for file in files}


def test_extractions_of_a_run_killed_at_random_moments_are_those_of_an_undisturbed_one(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    write_corpus("pages", PAGES)
    write_adapter("first", SLOW.format("page.text.partition('<p>')[2]"))
    write_adapter("second", SLOW.format("page.text[-9:]"))
    request = ("extract", "--corpus", "./pages", "--adapter", "./first.py", "--adapter", "./second.py", "--jobs", "2")
    begun = time.monotonic()
    assert boilerbench(*request, "--out", "whole").status == 0
    whole, lasted = answers(tmp_path / "whole"), time.monotonic() - begun
    draw = random.Random(20_260_101)
    rounds, finished = 0, 0
    out = tmp_path / "run0"
    for _ in range(MOMENTS):
        if not (out / "plan.json").exists():  # killed before it had said what it was going to do: nothing to resume
            shutil.rmtree(out, ignore_errors=True)
        runner = subprocess.Popen(
            [str(COMMAND), *request, "--out", out.name, *(("--resume",) if (out / "plan.json").exists() else ())],
            cwd=tmp_path,
            env=settings_of_nobody(tmp_path / "cache"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert runner.wait(draw.uniform(0.05, 1.0) * lasted) == 0
            finished += 1
        except subprocess.TimeoutExpired:
            runner.send_signal(signal.SIGKILL)
            runner.wait()
            rounds += 1
            continue
        assert answers(out) == whole
        out = tmp_path / f"run{finished}"
    options = ("--resume",) if (out / "plan.json").exists() else ()
    if not options:
        shutil.rmtree(out, ignore_errors=True)
    assert boilerbench(*request, "--out", out.name, *options).status == 0
    assert answers(out) == whole
    assert rounds >= MOMENTS // 2
    for adapter in ("first", "second"):
        lines = [
            line
            for part in sorted(out.glob(f"extractions/{adapter}/*.jsonl"))
            if ".costs" not in part.name
            for line in part.read_text(encoding="utf-8").splitlines()
        ]
        assert [json.loads(line)["page_id"] for line in lines] == [f"p{number:03}" for number in range(PAGES)]
