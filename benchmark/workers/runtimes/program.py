"""Programs of the user's.

`cmd:PROGRAM` is started for each page, with the page on standard input and the text on standard output.
`host:PROGRAM` is started once and serves pages over the framed protocol (docs/protocol.md).
"""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import UsageError
from ..declaration import Declaration
from ..installing import Interpreter, Wishes
from ..pythons import this_one
from ..start import PACKAGE, Start
from . import python

if TYPE_CHECKING:
    from ..environments import Environment

PREFIXES = {
    "cmd:": "the program {}: page on standard input, text on standard output",
    "host:": "the program {}: pages and answers as frames",
}


def claims(_: Path) -> bool:
    """No file or folder: programs are named by what is typed."""
    return False


def named(given: str) -> Declaration:
    """The declaration behind `cmd:PROGRAM ARGUMENTS` or `host:PROGRAM ARGUMENTS`; UsageError for no such program."""
    prefix = next(one for one in PREFIXES if given.startswith(one))
    try:
        words = shlex.split(given.removeprefix(prefix))
    except ValueError as error:
        raise UsageError(f"adapter {given!r}: {error}; quote arguments as in a shell") from error
    found = shutil.which(words[0]) if words else None
    if found is None:
        problem = "is not executable" if words and Path(words[0]).is_file() else "there is no such program"
        raise UsageError(
            f"adapter {given!r}: {problem}; give {prefix}PROGRAM, a file you may execute (chmod +x PROGRAM)"
        )
    return Declaration(
        name=prefix + Path(found).name,
        runtime="program",
        file=PACKAGE / "workers" / "command.py",
        function="extract",
        summary=PREFIXES[prefix].format(Path(found).name),
        command=(str(Path(found).absolute()), *map(_placed, words[1:])),
    )


def _placed(argument: str) -> str:
    """An argument that names a file, so that it still does from the worker's own folder."""
    return str(Path(argument).absolute()) if Path(argument).is_file() else argument


def declared(place: Path) -> list[Declaration]:
    """Nothing is declared by programs."""
    raise UsageError(f"{place} is no adapter; programs are given as cmd:PROGRAM or host:PROGRAM")


def at_release(declaration: Declaration, release: str | Path) -> Declaration:
    """A program has no releases that could be installed."""
    raise UsageError(f"{declaration.name} measures no distribution, so it has no release {release!r}")


def interpreter(_: Declaration, __: Wishes) -> Interpreter:
    """The Python at hand, which starts the program for each page."""
    return this_one()


def install(declaration: Declaration, base: Interpreter, place: Path, wishes: Wishes) -> None:
    """Nothing is installed for a program."""


def program(place: Path, base: Interpreter) -> Path:
    """The Python at hand."""
    return python.program(place, base)


def start(declaration: Declaration, environment: Environment, scratch: Path) -> Start:
    """The host itself, or a worker that starts the program for each page."""
    assert declaration.command is not None
    reads = [Path(word) for word in declaration.command if Path(word).is_file()]
    if declaration.name.startswith("host:"):
        return Start(list(declaration.command), reads=tuple(reads), outsider=True)
    begun = python.start(declaration, environment, scratch)
    return Start(begun.command, (*begun.reads, *reads, Path(sys.base_prefix)), begun.lists, outsider=True)
