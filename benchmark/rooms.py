"""Finds what stands in a room by file name, without importing it.

A room is a folder of this package in which every file is one competitor, corpus, scorer, report or engine; a competitor
in another language than Python is a folder.
Packages of other people add to a room through the entry-point group `boilerbench.<room>`.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from .errors import UsageError

PACKAGE = Path(__file__).parent
MANIFESTS = ("package.json", "go.mod", "Cargo.toml", "pom.xml")
"""Files that make a folder a package of Node, Go, Rust or Java."""


def names(room: str) -> list[str]:
    """Names of everything in the room, sorted; underscores of the file name read as hyphens."""
    outside = (point.name for point in entry_points(group=f"boilerbench.{room}"))
    return sorted({*_members(room), *map(_hyphened, outside)})


def path(room: str, name: str) -> Path:
    """The file behind a name; `UsageError` with the nearest names where there is none."""
    return _members(room).get(_hyphened(name)) or _file_of(_entry_point(room, name).module)


def load(room: str, name: str) -> ModuleType:
    """Import one member of a room; not for adapters, which only ever run inside their own worker."""
    file = path(room, name)
    inside = PACKAGE in file.parents
    return importlib.import_module(f"{__package__}.{room}.{file.stem}" if inside else _entry_point(room, name).module)


def load_file(file: Path) -> ModuleType:
    """Import a member that stands outside the package, under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"boilerbench_outside_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise UsageError(f"{file} is not a {'Python ' if file.is_file() else ''}file; give the path of a .py file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"{file} cannot be imported: {type(error).__name__}: {error}") from error
    return module


def unknown(room: str, name: str) -> str:
    """The message for a name that nothing in the room answers to."""
    known = names(room)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}."
    one = room.rstrip("s") if room != "corpora" else "corpus"
    return f"unknown {one} {name!r}; {hint} `boilerbench list {room}` shows all"


def _members(room: str) -> dict[str, Path]:
    """Name -> file or folder of everything that stands in the package's own room."""
    return {_hyphened(entry.stem): entry for entry in sorted((PACKAGE / room).iterdir()) if _is_member(entry)}


def _hyphened(name: str) -> str:
    return name.replace("_", "-")


def _is_member(entry: Path) -> bool:
    """A Python file, or a folder that another language's package manager knows."""
    foreign = any((entry / manifest).is_file() for manifest in MANIFESTS)
    return (entry.suffix == ".py" or foreign) and not entry.name.startswith(("_", "."))


def _entry_point(room: str, name: str) -> EntryPoint:
    for point in entry_points(group=f"boilerbench.{room}"):
        if _hyphened(point.name) == _hyphened(name):
            return point
    raise UsageError(unknown(room, name))


def _file_of(module: str) -> Path:
    try:
        spec = importlib.util.find_spec(module)
    except ImportError:  # of a package above it
        spec = None
    if spec is None or spec.origin is None:
        raise UsageError(f"the entry point names the module {module!r}, which cannot be found; reinstall its package")
    return Path(spec.origin)
