"""From what a user typed to the declaration of an adapter."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .declaration import Declaration, stem
from .runtimes import program

RUNTIMES = Path(__file__).with_name("runtimes")


def runtimes() -> list[str]:
    """Names of the languages that adapters are written in."""
    return sorted(file.stem for file in RUNTIMES.glob("*.py") if not file.name.startswith("_"))


def runtime(name: str) -> Any:  # noqa: ANN401 - a module; see runtimes/__init__.py for what it defines
    """The module that knows one language."""
    return importlib.import_module(f"{__package__}.runtimes.{name}")


def is_adapter(place: Path) -> bool:
    """Whether a file or folder is an adapter in one of the languages."""
    return any(runtime(name).claims(place) for name in runtimes())


def declared(place: Path) -> list[Declaration]:
    """All variants of an adapter file or folder, the unnamed one first; UsageError where it is malformed."""
    for name in runtimes():
        if runtime(name).claims(place):
            return list(runtime(name).declared(place))
    raise UsageError(f"{place} is no adapter: neither a Python file nor a folder with package.json and adapter.mjs")


def resolve(given: str, locate: Callable[[str], Path]) -> Declaration:
    """The declaration behind what a user typed.

    `name[@variant][==release]`, `./file.py[@variant][==release]`, `./folder[@variant]`, `cmd:PROGRAM` or
    `host:PROGRAM`; a release may be the folder of a checkout, `name==./checkout`.

    `locate` finds the place of a name. Raises UsageError for a bad name, variant, program or header.
    """
    if given.startswith(tuple(program.PREFIXES)):
        return program.named(given)
    base, _, release = given.partition("==")
    name, _, variant = base.partition("@")
    place = _place(given, name, locate)
    declarations = {declaration.name: declaration for declaration in declared(place)}
    wanted = stem(place) + (f"@{variant}" if variant else "")
    if wanted not in declarations:
        raise UsageError(f"adapter {stem(place)!r} has no variant {variant!r}; it has: {', '.join(declarations)}")
    return at_release(declarations[wanted], release) if release else declarations[wanted]


def _place(given: str, name: str, locate: Callable[[str], Path]) -> Path:
    if name.endswith(".py"):
        if not Path(name).is_file():
            raise UsageError(
                f"adapter {given!r}: {name} is not a file; give the path of an adapter file or a known name"
            )
        return Path(name)
    if "/" in name:
        if not is_adapter(Path(name)):
            raise UsageError(
                f"adapter {given!r}: {name} is no folder with package.json and adapter.mjs in it; "
                "give the path of an adapter's file or folder, or a known name"
            )
        return Path(name).absolute()
    return locate(name)


def at_release(declaration: Declaration, release: str) -> Declaration:
    """The same adapter with another release of what it measures, or with a checkout of it; never in the light field.

    A release with a slash in it, `.` and `..` are folders: what stands there is installed in place of a release.
    """
    folder = _checkout(release) if os.sep in release or release in {".", ".."} else None
    changed: Declaration = runtime(declaration.runtime).at_release(declaration, folder or release)
    # A path is nobody's business but this machine's, and names stand in tables that are published.
    return replace(changed, name=f"{declaration.name}=={folder.name if folder else release}", light=False)


def _checkout(given: str) -> Path:
    folder = Path(given).resolve()
    if not folder.is_dir():
        raise UsageError(
            f"=={given}: there is no folder {folder}; give the folder of a checkout that can be installed, or a release"
        )
    return folder
