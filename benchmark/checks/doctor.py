"""Says whether this machine can work, and what to type where it cannot."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    """What was looked at."""
    state: str
    """What was found, in a few words."""
    well: bool
    """Whether the bundled run can work with it."""
    remedy: str = ""
    """What to type where it is not well, or not available."""
    available: bool = True
    """Whether it is there at all; what only part of the field needs may be missing on a machine that is well."""
    detail: str = ""
    """More about it: the category of an adapter."""


def examine(cache: Path, results: Path, bundled: Path, uv: str | None) -> list[Finding]:
    """Python, tools, folders and bundled pages; environments of adapters are examined by building them."""
    return [
        Finding("python", f"{platform.python_implementation()} {platform.python_version()}", well=True),
        _installer(uv),
        _writable("cache", cache, "set BOILERBENCH_CACHE to a folder you can write"),
        _writable("results", results, "give a folder you can write: boilerbench run --out FOLDER"),
        _bundled(bundled),
        _room_on_disk(cache),
    ]


def _installer(uv: str | None) -> Finding:
    if uv:
        return Finding("installer", f"uv at {uv}", well=True)
    if importlib.util.find_spec("ensurepip"):
        return Finding("installer", "venv and pip (uv would be faster: pip install uv)", well=True)
    return Finding(
        "installer", "neither uv nor ensurepip", False, "pip install uv, or: sudo apt-get install python3-venv"
    )


def _writable(subject: str, folder: Path, remedy: str) -> Finding:
    place = next(one for one in [folder, *folder.parents] if one.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            return Finding(subject, f"{folder} can be written", well=True)
    except OSError as error:
        return Finding(subject, f"{folder}: {error.strerror}", well=False, remedy=remedy)


def _bundled(folder: Path) -> Finding:
    pages, golds = (
        len(list((folder / name).glob(pattern))) for name, pattern in [("seeds", "*.html"), ("goldens", "*.toml")]
    )
    return Finding(
        "bundled pages", f"{pages} pages, {golds} golds", pages > 0 and pages == golds, "reinstall boilerbench"
    )


def _room_on_disk(folder: Path) -> Finding:
    place = next(one for one in [folder, *folder.parents] if one.exists())
    free = shutil.disk_usage(place).free
    state = f"{free / 1e9:.1f} GB free beside the cache, {os.cpu_count()} cores"
    return Finding("machine", state, free > 1e9, f"free some space below {place}")
