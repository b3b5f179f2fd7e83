"""Builds the pinned environment of an adapter, with uv, or with venv and pip where uv is missing.

An environment is built once per fingerprint (pins, Python, platform) in a temporary folder and renamed into
place, so that an interrupted build leaves nothing that looks finished.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import SpecifierSet

from .declaration import Declaration

MARKER = "boilerbench-environment"
"""File that stands only in a finished environment."""

PIP_TO_UV = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL": "UV_INDEX", "PIP_FIND_LINKS": "UV_FIND_LINKS"}
"""The user's index settings, which uv does not read under pip's names."""


@dataclass(frozen=True)
class Environment:
    """A place an adapter can run in."""

    python: Path
    """Its interpreter."""
    fingerprint: str
    """SHA-256 over pins, Python version and platform, in hex."""
    pinned: bool
    """Whether every distribution in it was checked against a hash."""


class Unavailable(Exception):
    """An environment cannot be had here; the message is the reason, `remedy` what to type."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def sync(
    declarations: Sequence[Declaration],
    folder: Path,
    done: Callable[[Declaration, Environment | Unavailable], None] = lambda *_: None,
) -> dict[str, Environment | Unavailable]:
    """Build what is missing, in parallel; adapter name -> environment, or why there is none."""
    # Adapters with the same pins share an environment, but each has its own demand on the Python.
    unfit = {one.name: problem for one in declarations if (problem := _python_problem(one))}
    builds = {fingerprint(one): one for one in declarations if one.name not in unfit}
    with ThreadPoolExecutor(max_workers=4) as pool:
        built = dict(zip(builds, pool.map(lambda one: _attempt(one, folder), builds.values()), strict=True))
    outcome: dict[str, Environment | Unavailable] = {}
    for declaration in declarations:
        outcome[declaration.name] = unfit.get(declaration.name) or built[fingerprint(declaration)]
        done(declaration, outcome[declaration.name])
    return outcome


def fingerprint(declaration: Declaration) -> str:
    """SHA-256 of everything that decides what an environment holds."""
    pins = declaration.requirements.read_bytes() if declaration.requirements else b""
    python = f"{platform.python_implementation()} {platform.python_version()} {sysconfig.get_platform()}"
    parts = [pins, *(dependency.encode() for dependency in declaration.dependencies), python.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def build(declaration: Declaration, folder: Path) -> Environment:
    """The environment of one adapter below `folder`, built if it is not there; raises Unavailable."""
    digest = fingerprint(declaration)
    pinned = declaration.requirements is not None or not declaration.dependencies
    if problem := _python_problem(declaration):
        raise problem
    if not declaration.dependencies:
        return Environment(Path(sys.executable), digest, pinned=True)
    place = folder / f"{declaration.file.stem}-{digest[:16]}"
    python = place / "bin" / "python"
    if not (place / MARKER).exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        try:
            _install(declaration, draft)
            (draft / MARKER).write_text(digest, encoding="utf-8")
            shutil.rmtree(place, ignore_errors=True)
            draft.rename(place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Environment(python, digest, pinned)


def _attempt(declaration: Declaration, folder: Path) -> Environment | Unavailable:
    try:
        return build(declaration, folder)
    except Unavailable as reason:
        return reason
    except OSError as error:
        return Unavailable(f"cannot write below {folder}: {error}", "set BOILERBENCH_CACHE to a folder you can write")


def _python_problem(declaration: Declaration) -> Unavailable | None:
    version = platform.python_version()
    if SpecifierSet(declaration.requires_python).contains(version, prereleases=True):
        return None
    return Unavailable(
        f"needs Python {declaration.requires_python}; this is {version}",
        f"run boilerbench with a Python {declaration.requires_python}",
    )


def _install(declaration: Declaration, place: Path) -> None:
    if declaration.requirements:
        wanted = ["--require-hashes", "-r", str(declaration.requirements)]
    else:
        wanted = list(declaration.dependencies)
    base = getattr(sys, "_base_executable", sys.executable)
    uv = find_uv()
    if uv:
        _run([uv, "venv", "--quiet", "--no-project", "--allow-existing", "--python", base, str(place)])
        _run([uv, "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), *wanted])
    elif importlib.util.find_spec("ensurepip"):
        _run([base, "-m", "venv", str(place)])
        _run([str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", *wanted])
    else:
        raise Unavailable(
            "neither uv nor ensurepip is here to build an environment with",
            f"{sys.executable} -m pip install uv   (or, on Debian: sudo apt-get install python3-venv)",
        )


def find_uv() -> str | None:
    """The uv beside this interpreter, else the one on PATH; `BOILERBENCH_NO_UV` set means none."""
    if os.environ.get("BOILERBENCH_NO_UV"):
        return None
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_settings(os.environ))
    if done.returncode != 0:
        tail = " ".join(done.stderr.split())[-600:]
        raise Unavailable(f"{Path(command[0]).name} {command[1]} failed: {tail}", "boilerbench doctor")


def _settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment, with pip's index settings repeated under uv's names."""
    settings = {"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never", **environ}
    for pip, uv in PIP_TO_UV.items():
        if pip in environ:
            settings.setdefault(uv, environ[pip])
    settings.pop("VIRTUAL_ENV", None)
    return settings
