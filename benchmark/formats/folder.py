"""A folder with one text file for each page, `<page-id>.txt`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..errors import UsageError
from ..reading import listed, read_exactly, refuse, unreadable
from ..records import Predictions

SUFFIX = ".txt"
MARK = "\ufeff"
LONGEST_NAME = 255
"""Bytes that a file system allows for a name."""
EXPECTED = """a folder with a file <page-id>.txt for each page, in sub-folders where ids have a slash; UTF-8"""


def recognises(path: Path) -> bool:
    """Whether it is a folder in which a text file stands."""
    return path.is_dir() and next(_files(path), None) is not None


def read(path: Path) -> Predictions:
    """The texts in a folder, called like the folder, line ends and all but a byte order mark as they are.

    Hidden files and folders are passed over, and a folder knows neither versions nor null. Raises `UsageError` for a
    file that is not UTF-8, with the bad byte, and for names that are not.
    """
    found = {file.relative_to(path).as_posix().removesuffix(SUFFIX): file for file in _files(path)}
    refuse(path, listed("names that are not UTF-8", [name for name in found if not _is_utf8(name)]), EXPECTED)
    return Predictions(path.resolve().name, None, {name: read_exactly(found[name]) for name in sorted(found)})


def write(predictions: Predictions) -> dict[str, bytes]:
    """One file for each page; `UsageError` where an id cannot be the name of a file that `read` finds."""
    within = {str(one) for name in predictions.texts for one in PurePosixPath(name).parents}  # these become folders
    odd = [name for name in predictions.texts if not _is_name(name) or name + SUFFIX in within]
    if odd:
        problems = "; ".join(listed("ids that cannot be the names of files", odd))
        raise UsageError(f"a folder cannot hold these answers: {problems}. Choose another format: --format aeb")
    return {name + SUFFIX: _bytes(text or "") for name, text in predictions.texts.items()}


def _files(path: Path) -> Iterator[Path]:
    for inside, folders, files in os.walk(path, onerror=_stop):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            if file.endswith(SUFFIX) and not file.startswith("."):
                yield Path(inside) / file


def _stop(error: OSError) -> None:
    raise unreadable(error)


def _is_utf8(name: str) -> bool:
    # The system hands over undecodable bytes of a name as lone surrogates, which no file of a run could hold.
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _is_name(name: str) -> bool:
    parts = (name + SUFFIX).split("/")
    return all(
        part and not part.startswith(".") and "\0" not in part and len(part.encode()) <= LONGEST_NAME for part in parts
    )


def _bytes(text: str) -> bytes:
    # Of two byte order marks `read` takes one away.
    return (MARK * text.startswith(MARK) + text).encode()
