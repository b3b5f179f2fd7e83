"""What formats share that are JSON: looking at a file without stumbling over it, and texts that can be stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import EnvironmentFault, UsageError
from ..reading import listed, read_json, refuse


def peek(path: Path) -> Any:  # noqa: ANN401 - JSON
    """The value in a JSON file, or None where there is no such file or it holds none."""
    try:
        return load(path, "") if path.is_file() else None
    except (UsageError, EnvironmentFault):
        return None


def load(path: Path, expected: str) -> Any:  # noqa: ANN401 - JSON
    """The value in a JSON file, parsed once though several formats look at it; not to be changed."""
    about = path.stat()
    return _loaded(path, about.st_mtime_ns, about.st_size, expected)


@lru_cache(maxsize=1)
def _loaded(path: Path, _changed: int, _size: int, expected: str) -> Any:  # noqa: ANN401 - JSON
    return read_json(path, expected)


def entries(table: object) -> list[Mapping[str, object]]:
    """The objects among the values of an object; none where it is no object."""
    return [one for one in table.values() if isinstance(one, dict)] if isinstance(table, dict) else []


def refuse_entries(path: Path, table: Mapping[str, object], expected: str) -> None:
    """Raise `UsageError` that names the entries of an object that are no objects themselves."""
    refuse(
        path, listed("entries that are no object", [k for k, v in table.items() if not isinstance(v, dict)]), expected
    )


def whole(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which no UTF-8 file can hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def packed(value: object) -> bytes:
    """JSON that people can read and git can compare."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
