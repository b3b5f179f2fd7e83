"""Finds a Python that an adapter runs on: this one, else one that uv, pyenv or PATH knows of."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from .installing import Interpreter, Unavailable, Wishes, find_uv, settings

ASK = (
    "import json, platform, sys, sysconfig\n"
    "print(json.dumps([platform.python_version(), platform.python_implementation(), sysconfig.get_platform(), "
    "sys.base_prefix, getattr(sys, '_base_executable', None) or sys.executable]))"
)
"""What a Python is asked of itself."""
PROBE_SECONDS = 20
RELEASE = re.compile(r"python3\.\d+")


def find(wanted: str, name: str, wishes: Wishes) -> Interpreter:
    """A Python whose version satisfies the specifier: this one if it does, else the newest at hand.

    Raises Unavailable, with what was found and what to type, where none does.
    """
    specifier = SpecifierSet(wanted)
    if specifier.contains(platform.python_version(), prereleases=True):
        return this_one()
    fitting = {version: one for version, one in others().items() if specifier.contains(version, prereleases=True)}
    if fitting:
        return fitting[max(fitting, key=Version)]
    if wishes.download_pythons and (fetched := _fetch(wanted)):
        return fetched
    found = ", ".join(sorted({platform.python_version(), *others()}, key=Version))
    raise Unavailable(
        f"needs Python {wanted}; here are {found}",
        f"boilerbench env sync --download-pythons {name}, or install such a Python (pyenv, uv and PATH are looked at)",
    )


def this_one() -> Interpreter:
    """The Python that runs boilerbench; its program without the virtual environment it may run in."""
    path = getattr(sys, "_base_executable", None) or sys.executable
    version = f"{platform.python_implementation()} {platform.python_version()} {sysconfig.get_platform()}"
    return Interpreter(Path(path), version, tuple({Path(sys.base_prefix), Path(sys.prefix)}))


@cache
def others() -> dict[str, Interpreter]:
    """Version -> Python, of all CPythons that can be found; the first one found of each version."""
    found: dict[str, Interpreter] = {}
    for path in dict.fromkeys(_candidates()):
        if (asked := _ask(path)) and asked[0] not in found:
            found[asked[0]] = asked[1]
    return found


def _candidates() -> Iterator[Path]:
    yield from _known_to_uv()
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob("versions/*/bin/python"), reverse=True)
    for folder in map(Path, os.get_exec_path()):
        if folder.name != "shims":  # pyenv's answer for whatever version is chosen at the moment
            yield from sorted(one for one in folder.glob("python3.*") if RELEASE.fullmatch(one.name))


def _known_to_uv() -> Iterator[Path]:
    if uv := find_uv():
        command = [uv, "python", "list", "--only-installed", "--output-format", "json", "--no-config"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**settings(os.environ), "UV_OFFLINE": "1"}
        )
        if done.returncode == 0:
            yield from (Path(one["path"]) for one in json.loads(done.stdout) if one.get("path"))


def _ask(path: Path) -> tuple[str, Interpreter] | None:
    """Version and interpreter; None where it is no CPython that works."""
    try:
        done = subprocess.run(
            [str(path), "-I", "-c", ASK], capture_output=True, text=True, check=False, timeout=PROBE_SECONDS
        )
        version, implementation, system, prefix, base = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    if implementation != "CPython":
        return None
    return version, Interpreter(Path(base), f"{implementation} {version} {system}", (Path(prefix),))


def _fetch(wanted: str) -> Interpreter | None:
    """A Python that uv downloads, because the user asked for it; None where it cannot."""
    uv = find_uv()
    if uv is None:
        raise Unavailable("Pythons are downloaded by uv, which is not here", f"{sys.executable} -m pip install uv")
    environ = {**settings(os.environ), "UV_PYTHON_DOWNLOADS": "manual"}
    done = subprocess.run([uv, "python", "install", wanted], capture_output=True, text=True, check=False, env=environ)
    if done.returncode != 0:
        tail = " ".join(done.stderr.split())[-300:]
        raise Unavailable(
            f"uv cannot download a Python {wanted}: {tail}", "install one by other means, then sync again"
        )
    others.cache_clear()
    fitting = {version: one for version, one in others().items() if SpecifierSet(wanted).contains(version)}
    return fitting[max(fitting, key=Version)] if fitting else None


def has_ensurepip(interpreter: Interpreter) -> bool:
    """Whether the interpreter can make a virtual environment with pip in it by itself."""
    done = subprocess.run(
        [str(interpreter.path), "-I", "-c", "import ensurepip, venv"], capture_output=True, check=False
    )
    return done.returncode == 0
