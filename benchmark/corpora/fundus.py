"""FUND, the evaluation set of the Fundus news scraper: 80 articles of 16 publishers, with optional paragraphs.

dobbersc/fundus-evaluation at d43db54 (2024-08-14); MIT licence, copyright 2024 Conrad Dobberstein. Described in
Dallabetta, Dobberstein, Breiding and Akbik, "Fundus: A Simple-to-Use News Scraper Optimized for High Quality
Extractions", ACL 2024 System Demonstrations. Paragraphs were annotated by people; pages are stored as UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..records import Gold, Page
from ._pairs import complaint, ground_truth, listed, read_bytes, refuse, site_of

SUFFIX = ".html.gz"
EXPECTED = """dobbersc/fundus-evaluation as it stands at d43db54, or its folder dataset alone:
  dataset/ground_truth.json    {"<Publisher>_<n>.html.gz": {"body": ["…"], "url": "…", "crawl_date": "…"}}
  dataset/html/<key>           a page for each entry"""

LANGUAGES = {"Reuters_4": "fr"}
"""Pages in another language than English: this one's `lang`, address and text are French."""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages sorted by id, which is the key without `.html.gz`; of the entries only address and date are read.

    Raises `UsageError` where page files and entries do not match, or one of them is malformed.
    """
    dataset = _dataset(folder)
    entries = _entries(dataset, {"url": str, "crawl_date": str})
    return (_page(dataset, name, entry["url"], entry["crawl_date"]) for name, entry in entries[start:stop])


def golds(folder: Path) -> Iterator[Gold]:
    """The bodies in the order of `pages`, one paragraph per line; `UsageError` as there, and for an empty paragraph."""
    dataset = _dataset(folder)
    return (_gold(dataset, name, entry["body"]) for name, entry in _entries(dataset, {"body": list}))


def _dataset(folder: Path) -> Path:
    return folder / "dataset" if (folder / "dataset").is_dir() else folder


def _entries(dataset: Path, fields: dict[str, type]) -> list[tuple[str, dict[str, Any]]]:
    truth = dataset / "ground_truth.json"
    table = ground_truth(truth, dataset / "html", "", fields, EXPECTED)
    odd = [key for key in table if not re.fullmatch(r"[^_]+_\d+\.html\.gz", key)]
    refuse(truth, listed("keys that are not <Publisher>_<n>.html.gz", odd), EXPECTED)
    return sorted((key.removesuffix(SUFFIX), entry) for key, entry in table.items())


def _page(dataset: Path, name: str, url: str, crawl_date: str) -> Page:
    attributes = {
        "site": site_of(url, dataset / "ground_truth.json"),
        "publisher": name.partition("_")[0],
        "language": LANGUAGES.get(name, "en"),
        "page_type": "article",
        "crawl_date": crawl_date,
    }
    return Page(name, "fundus", read_bytes(dataset / "html" / (name + SUFFIX)), url, "utf-8", attributes)


def _gold(dataset: Path, name: str, body: list[object]) -> Gold:
    paragraphs = [one for one in body if isinstance(one, str) and one]
    if len(paragraphs) < len(body):
        problem = f"{name}{SUFFIX}: its body holds an empty paragraph or one that is not a string"
        raise complaint(dataset / "ground_truth.json", [problem], EXPECTED)
    optional = tuple(number for number, one in enumerate(paragraphs) if _is_optional(one))
    lines = [_line(one[1:-1] if _is_optional(one) else one) for one in paragraphs]
    return Gold(name, "\n".join(lines), optional)


def _is_optional(paragraph: str) -> bool:
    return paragraph.startswith("[") and paragraph.endswith("]")


def _line(paragraph: str) -> str:
    return " ".join(paragraph.splitlines())
