"""Reading files that others wrote: bytes, text and JSON, and one error that names all that is wrong with a file."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from .errors import EnvironmentFault, UsageError

LONGEST_SHOWN = 100
"""How many characters of a name an error shows."""


def complaint(what: Path, problems: Iterable[str], expected: str) -> UsageError:
    """The error that names a file or folder, all that is wrong with it, and what was expected."""
    return UsageError("\n".join([f"cannot use {what}:", *(f"- {one}" for one in problems), f"expected {expected}"]))


def refuse(what: Path, problems: Collection[str], expected: str) -> None:
    """Raise one `UsageError` that names all problems; do nothing where there are none."""
    if problems:
        raise complaint(what, problems, expected)


def unreadable(error: OSError) -> EnvironmentFault:
    """The error for a file or folder that the system will not read."""
    return EnvironmentFault(f"{error.filename} cannot be read ({error.strerror}); check the disk and its permissions")


def listed(label: str, names: Collection[str]) -> list[str]:
    """One problem that counts the names and lists them in order; no problem without names.

    All of them: a terminal shows the first few only (`terminal.shortened`), a file gets the whole.
    """
    return [f"{label} ({len(names)}): {', '.join(map(shown_name, sorted(names)))}"] if names else []


def shown_name(name: str) -> str:
    """A foreign name on one line: escaped where a terminal could not show it as it is, and not longer than a line."""
    seen = name if name.isprintable() and name else ascii(name)
    return seen if len(seen) <= LONGEST_SHOWN else seen[:LONGEST_SHOWN] + "…"


def read_bytes(file: Path) -> bytes:
    """The bytes of a file, unpacked where its name ends in `.gz`.

    Raises `UsageError` for a damaged gzip file and `EnvironmentFault` for one that the system will not read.
    """
    try:
        data = file.read_bytes()
        return _unpack(data) if file.suffix == ".gz" else data
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UsageError(f"{file} is not a whole gzip file ({error}); fetch or pack it again") from error
    except OSError as error:
        raise unreadable(error) from error


def read_exactly(file: Path) -> str:
    """The text of a UTF-8 file without byte order mark, line ends as they are; `UsageError` names the bad byte."""
    try:
        return read_bytes(file).decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 (byte {error.start}: {error.reason}); save it as UTF-8") from error


def read_text(file: Path) -> str:
    r"""The text of a UTF-8 file without byte order mark, its lines ended by `\n`; `UsageError` names the bad byte."""
    return read_exactly(file).replace("\r\n", "\n").replace("\r", "\n")


def read_json(file: Path, expected: str) -> Any:  # noqa: ANN401 - JSON
    """The value in a JSON file; `UsageError` where it is none, and where a key stands twice in one object."""
    return parse_json(read_exactly(file), file, expected)


def parse_json(text: str, file: Path, expected: str, line: int | None = None) -> Any:  # noqa: ANN401 - JSON
    """The value of JSON text that stands in a file, or on one line of it; `UsageError` as for `read_json`."""
    twice: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return found

    try:
        value = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        place = f"at line {line or error.lineno}, column {error.colno}"
        raise complaint(file, [f"not JSON: {error.msg} ({place})"], expected) from error
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
        raise complaint(file, [f"JSON that cannot be read: {str(error).partition(';')[0]}"], expected) from error
    refuse(file, listed("keys that stand twice" + (f" on line {line}" if line else ""), twice), expected)
    return value


def described(place: Path) -> str:
    """What a file or folder is, for an error that says why it is not what was expected."""
    if place.is_dir():
        return f"it is a folder without any .txt in it{_instead(place)}"
    try:
        text = read_exactly(place)
    except UsageError as error:
        return str(error)
    if not text.strip():
        return "it is empty"
    twice: list[str] = []

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=noted)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} (at line {error.lineno}, column {error.colno})"
    except (RecursionError, ValueError) as error:
        return f"JSON that cannot be read: {str(error).partition(';')[0]}"
    kind = {dict: "object", list: "list", str: "string", bool: "truth value", type(None): "null"}
    size = f" of {len(value)}" if isinstance(value, dict | list) else ""
    found = f"it holds a JSON {kind.get(type(value), 'number')}{size}, and none of these"
    return "; ".join(listed("keys that stand twice", twice)) or found


def _instead(folder: Path) -> str:
    """What a folder holds in place of texts, by the first name in it."""
    names = sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))
    return f", but with {shown_name(names[0])}{' and others' if len(names) > 1 else ''}" if names else "; it is empty"


def _unpack(data: bytes) -> bytes:
    if not data:  # gzip itself takes a file of no bytes for a whole one
        raise EOFError("no bytes")
    return gzip.decompress(data)
