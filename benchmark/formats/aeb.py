"""JSON of scrapinghub's article-extraction-benchmark: {"<id>": {"articleBody": "…"}}, bare or with a version."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..reading import complaint, listed, refuse
from ..records import Predictions
from ._json import entries, load, packed, peek, refuse_entries, whole

EXPECTED = """JSON as in the folder output/ of scrapinghub/article-extraction-benchmark, articleBody a string or null:
  {"<id>": {"articleBody": "…"}}
  {"version": "…", "output": {"<id>": {"articleBody": "…"}}}"""


def recognises(path: Path) -> bool:
    """Whether any entry of a JSON object has an `articleBody`."""
    return any("articleBody" in one for one in entries(_split(peek(path))[1]))


def read(path: Path) -> Predictions:
    """The answers in a file, called like the file; their version where it states one.

    An entry without `articleBody`, and one that is null, is an empty answer, as for AEB's own evaluator (evaluate.py,
    4a3bc97: `.get('articleBody', '')`, then `text or ''`). Raises `UsageError` for a file that is not as `EXPECTED`.
    """
    version, _ = _split(load(path, EXPECTED))
    table = table_of(path)
    wrong = [key for key, one in table.items() if not isinstance(one.get("articleBody"), str | None)]
    problems = listed("entries whose articleBody is neither a string nor null", wrong)
    if not isinstance(version, str | None):
        problems.append(f"version is {version!r}; a string or null is expected")
    refuse(path, problems, EXPECTED)
    urls = {key: one["url"] for key, one in table.items() if isinstance(one.get("url"), str)}
    return Predictions(path.stem, version, {key: _text(one) for key, one in table.items()}, urls)


def table_of(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Id -> the whole entry; `UsageError` where the file holds no object of objects."""
    _, table = _split(load(path, EXPECTED))
    if not isinstance(table, dict):
        raise complaint(path, [f"it holds a {type(table).__name__}, not an object"], EXPECTED)
    refuse_entries(path, table, EXPECTED)
    return table


def write(predictions: Predictions) -> dict[str, bytes]:
    """The file, under the name ''; wrapped where there is a version to state."""
    table: dict[str, Any] = {}
    for key, text in predictions.texts.items():
        url = {"url": predictions.urls[key]} if key in predictions.urls else {}
        table[key] = {"articleBody": text, **url}
    return {"": packed(table if predictions.version is None else {"version": predictions.version, "output": table})}


def _split(value: Any) -> tuple[Any, Any]:  # noqa: ANN401 - JSON
    """Version and table of entries. In a bare file `version` could be the id of a page, and then it is an object."""
    wrapped = (
        isinstance(value, dict) and {"version", "output"} <= value.keys() and not isinstance(value["version"], dict)
    )
    return (value["version"], value["output"]) if wrapped else (None, value)


def _text(entry: Mapping[str, Any]) -> str | None:
    text = entry.get("articleBody")
    return None if text is None else whole(text)
