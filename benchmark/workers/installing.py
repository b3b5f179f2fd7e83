"""Runs installers: where they are, how the user's settings reach them, and what becomes of a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PIP_TO_UV = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL": "UV_INDEX", "PIP_FIND_LINKS": "UV_FIND_LINKS"}
"""The user's index settings, which uv does not read under pip's names."""


@dataclass(frozen=True)
class Wishes:
    """What the user allows while environments are built."""

    offline: bool = False
    """Nothing is fetched; what caches hold is enough or the environment cannot be had."""
    download_pythons: bool = False
    """A Python that is not on this machine may be fetched by uv."""
    build: bool = True
    """What is not there yet is built; otherwise it is only said to be missing."""


@dataclass(frozen=True)
class Interpreter:
    """What runs an adapter, before anything is installed for it."""

    path: Path
    """The program."""
    identity: str
    """Implementation, version and platform, which decide whether an environment can be used again."""
    roots: tuple[Path, ...] = ()
    """Folders it reads from when it starts."""


class Unavailable(Exception):
    """An environment cannot be had here; the message is the reason, `remedy` what to type."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def find_uv() -> str | None:
    """The uv beside this interpreter, else the one on PATH; `BOILERBENCH_NO_UV` set means none."""
    if os.environ.get("BOILERBENCH_NO_UV"):
        return None
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def run(command: Sequence[str], folder: Path | None = None, remedy: str = "boilerbench doctor") -> None:
    """Run an installer; Unavailable with the end of what it said where it fails."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=settings(os.environ), errors="replace"
    )
    if done.returncode != 0:
        tail = " ".join((done.stderr.strip() or done.stdout).split())[-600:]
        raise Unavailable(f"{Path(command[0]).name} {command[1]} failed: {tail}", remedy)


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment, with pip's index settings repeated under uv's names."""
    given = {"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never", **environ}
    for pip, uv in PIP_TO_UV.items():
        if pip in environ:
            given.setdefault(uv, environ[pip])
    given.pop("VIRTUAL_ENV", None)
    return given
