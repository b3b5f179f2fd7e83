"""What tests share: where the sample corpora are, and how the real command is run on small folders."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

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

Boilerbench = Callable[..., Ended]
WriteCorpus = Callable[..., Path]
WriteAdapter = Callable[[str, str], str]


def settings_of_nobody(cache: Path) -> dict[str, str]:
    """Environment for the command: nothing of the developer's own settings, caches and corpora."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BOILERBENCH_", "FORCE_COLOR"))}
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
