"""JSON lines of the Web Content Extraction Benchmark: {"page_id": "…", "plaintext": "…", "model": "…"}."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import EnvironmentFault, UsageError
from ..reading import listed, parse_json, read_exactly, refuse
from ..records import Predictions
from ._json import whole

EXPECTED = """JSON lines as in model-outputs/ of chatnoir-eu/web-content-extraction-benchmark, one for each page:
  {"page_id": "…", "plaintext": "…", "model": "…"}     plaintext a string or null, model the same on every line"""


def recognises(path: Path) -> bool:
    """Whether the first line that is not blank is a JSON object with a `page_id`."""
    try:
        first = next(_lines(path), None) if path.is_file() else None
        row = parse_json(first[1], path, "") if first else None
    except (UsageError, EnvironmentFault):
        return False
    return isinstance(row, dict) and "page_id" in row


def read(path: Path) -> Predictions:
    """The answers in a file, called as it says in `model`, or like the file where it names none.

    WCEB's ids are the SHA-256 of the page as its source keeps it. The format has no version. Raises `UsageError` for a
    file that is not as `EXPECTED`, and for ids that stand twice.
    """
    rows = [(number, parse_json(line, path, EXPECTED, number)) for number, line in _lines(path)]
    problems = [problem for number, row in rows for problem in _problems(number, row)]
    refuse(path, problems[:10], EXPECTED)
    ids = Counter(row["page_id"] for _, row in rows)
    models = {row["model"] for _, row in rows if row.get("model")}
    problems = listed("ids that stand twice", [one for one, times in ids.items() if times > 1])
    problems += listed("answers of several models, of which one is expected", models) if len(models) > 1 else []
    refuse(path, problems, EXPECTED)
    texts = {row["page_id"]: _text(row["plaintext"]) for _, row in rows}
    urls = {row["page_id"]: row["url"] for _, row in rows if isinstance(row.get("url"), str)}
    return Predictions(next(iter(models), path.stem), None, texts, urls)


def table_of(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Id -> the whole row, of a file that `read` takes."""
    rows = (parse_json(line, path, EXPECTED, number) for number, line in _lines(path))
    return {row["page_id"]: row for row in rows}


def write(predictions: Predictions) -> dict[str, bytes]:
    """The file, under the name ''; sorted by id, as WCEB's are."""
    rows = [
        {"page_id": key, "plaintext": text, "model": predictions.name}
        for key, text in sorted(predictions.texts.items())
    ]
    return {"": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    r"""Number and text of each line that is not blank; only `\n` ends one, since others may stand inside a string."""
    for number, line in enumerate(read_exactly(path).split("\n"), 1):
        if line.strip():
            yield number, line


def _problems(number: int, row: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """What is wrong with one line."""
    if not isinstance(row, dict):
        yield f"line {number} holds a {type(row).__name__}, not an object"
        return
    if not isinstance(row.get("page_id"), str):
        yield f"line {number} has no page_id that is a string"
    if not isinstance(row.get("plaintext", 0), str | None):
        yield f"line {number} has no plaintext that is a string or null"
    if not isinstance(row.get("model"), str | None):
        yield f"line {number} has a model that is no string"


def _text(text: str | None) -> str | None:
    return None if text is None else whole(text)
