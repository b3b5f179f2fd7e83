"""AEB, the article extraction benchmark of Scrapinghub: 181 news and blog articles of 126 sites.

scrapinghub/article-extraction-benchmark at 4a3bc97 (2026-03-01); MIT licence, copyright 2020 Scrapinghub. Bodies were
annotated by people; pages were fetched without JavaScript and stored as UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..records import Gold, Page
from ._pairs import ground_truth, read_bytes, site_of

TRUTH = "ground-truth.json"
EXPECTED = """scrapinghub/article-extraction-benchmark as it stands at 4a3bc97:
  ground-truth.json      {"<id>": {"articleBody": "…", "url": "…"}}
  html/<id>.html.gz      a page for each entry"""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages in the order of `ground-truth.json`, of which only ids and addresses are read.

    Raises `UsageError` where page files and entries do not match, or one of them is malformed.
    """
    addresses = [(name, entry["url"]) for name, entry in _entries(folder, "url").items()]
    return (_page(folder, name, url) for name, url in addresses[start:stop])


def golds(folder: Path) -> Iterator[Gold]:
    """The article bodies in the order of `pages`; `UsageError` as there."""
    return (Gold(name, entry["articleBody"]) for name, entry in _entries(folder, "articleBody").items())


def _entries(folder: Path, field: str) -> dict[str, dict[str, str]]:
    return ground_truth(folder / TRUTH, folder / "html", ".html.gz", {field: str}, EXPECTED)


def _page(folder: Path, name: str, url: str) -> Page:
    attributes = {"site": site_of(url, folder / TRUTH), "page_type": "article"}
    return Page(name, "aeb", read_bytes(folder / "html" / f"{name}.html.gz"), url, "utf-8", attributes)
