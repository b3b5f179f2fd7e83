"""Resolves every requirement file from its source: hashes for all platforms, and no registry's name inside.

Run by `make pins`, or with names of adapters for only these: .venv/bin/python requirements/pin.py goose3 defuddle
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from packaging.specifiers import SpecifierSet

from benchmark import rooms
from benchmark.speed.stage import REFERENCE
from benchmark.workers.installing import settings
from benchmark.workers.resolution import declared

ROOT = Path(__file__).parents[1]
COMPILE = "--quiet --generate-hashes --universal --no-header --no-annotate".split()
LOCK = "--package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund".split()
OUR_PYTHON = "3.11"


def oldest(specifier: str) -> str:
    """The lowest Python that a specifier allows, by which everything above it is resolved too."""
    allowed = (f"3.{minor}" for minor in range(6, 99))
    return next(
        one for one in allowed if any(SpecifierSet(specifier).contains(f"{one}.{patch}") for patch in range(30))
    )


def compile_pins(source: Path, target: Path, python: str, *more: str) -> None:
    """Resolve one source into one requirement file; wheels of this machine alone must not get into it."""
    environ = {name: value for name, value in settings(os.environ).items() if name != "UV_FIND_LINKS"}
    command = [str(ROOT / ".venv/bin/uv"), "pip", "compile", *COMPILE, "--python-version", python, *more]
    subprocess.run([*command, str(source), "-o", str(target)], cwd=ROOT, env=environ, check=True)


def pin(place: Path) -> None:
    """Pin one adapter, whatever its language."""
    first = declared(place)[0]
    if first.runtime == "node":
        npm = shutil.which("npm")
        if npm is None:
            sys.exit("pin: there is no npm on PATH, and a Node adapter is to be pinned")
        subprocess.run([npm, "install", *LOCK], cwd=place, check=True)
    elif first.dependencies:
        compile_pins(place, place.with_suffix(".txt"), oldest(first.requires))


def main() -> None:
    """Pin what was named, or everything."""
    wanted = sys.argv[1:]
    if not wanted:
        compile_pins(
            ROOT / "pyproject.toml",
            ROOT / "requirements/dev.txt",
            OUR_PYTHON,
            "--all-extras",
            "--group",
            "dev",
            "--upgrade",
        )
        for tool in ("uv", "site"):
            source = ROOT / "requirements" / f"{tool}.in"
            compile_pins(source, source.with_suffix(".txt"), OUR_PYTHON, "--upgrade")
        pin(REFERENCE)
    for name in wanted or rooms.names("adapters"):
        pin(rooms.path("adapters", name))


if __name__ == "__main__":
    main()
