"""JSON of fundus-evaluation: {"<Publisher>_<n>.html.gz": {"body": ["paragraph", …]}}."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ..reading import complaint, listed, refuse
from ..records import Predictions
from ._json import entries, load, packed, peek, refuse_entries, whole

SUFFIX = ".html.gz"
EXPECTED = """JSON as in the folder dataset/extractions/ of dobbersc/fundus-evaluation, body a list of strings or null:
  {"<Publisher>_<n>.html.gz": {"body": ["…", "…"]}}"""


def recognises(path: Path) -> bool:
    """Whether any entry of a JSON object has a `body`, and none an `articleBody`."""
    found = entries(peek(path))
    return any("body" in one for one in found) and not any("articleBody" in one for one in found)


def read(path: Path) -> Predictions:
    """The answers in a file, called like the file, one paragraph after the other, each beginning a line.

    The id of a page is its key without `.html.gz`, as in the corpus `fundus`; a null body is an empty answer. There is
    no version. Raises `UsageError` for a file that is not as `EXPECTED`.
    """
    table = load(path, EXPECTED)
    if not isinstance(table, dict):
        raise complaint(path, [f"it holds a {type(table).__name__}, not an object"], EXPECTED)
    refuse_entries(path, table, EXPECTED)
    wrong = [key for key, one in table.items() if not _is_body(one.get("body", ""))]
    twice = [one for one, times in Counter(key.removesuffix(SUFFIX) for key in table).items() if times > 1]
    problems = listed("entries whose body is neither a list of strings nor null", wrong)
    refuse(path, [*problems, *listed("ids that stand with and without .html.gz", twice)], EXPECTED)
    texts = {key.removesuffix(SUFFIX): _text(one["body"]) for key, one in table.items()}
    urls = {key.removesuffix(SUFFIX): one["url"] for key, one in table.items() if isinstance(one.get("url"), str)}
    return Predictions(path.stem, None, texts, urls)


def write(predictions: Predictions) -> dict[str, bytes]:
    """The file, under the name ''. The date of the crawl, which no answer knows, is left out."""
    table: dict[str, object] = {}
    for key, text in predictions.texts.items():
        url = {"url": predictions.urls[key]} if key in predictions.urls else {}
        table[key + SUFFIX] = {**url, "body": None if text is None else _paragraphs(text)}
    return {"": packed(table)}


def _is_body(body: object) -> bool:
    return body is None or (isinstance(body, list) and all(isinstance(one, str) for one in body))


def _text(body: list[str] | None) -> str | None:
    return None if body is None else whole("\n".join(body))


def _paragraphs(text: str) -> list[str]:
    """The lines of a text. Blank lines go to the end of the one before, so that none becomes a paragraph of its own."""
    start = len(text) - len(text.lstrip("\n"))
    first, *others = re.split(r"\n(?!\n|\Z)", text[start:])
    return ["\n" * start + first, *others] if text else []
