"""WCXB, the web content extraction benchmark of Murrough Foley: seven types of pages, with snippets of each.

Murrough-Foley/web-content-extraction-benchmark at c039d5e (2026-04-04); data CC-BY-4.0. Pages are stored as UTF-8.
Golds were drafted by programs and then corrected, so that all are silver, and circular where the gold says that it was
drafted from the output of rs-trafilatura, which is itself one of the systems compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ..goldfiles import snippets
from ..records import Gold, Page, Snippets
from ._pairs import complaint, listed, read_bytes, read_json, refuse, site_of

SPLITS = ("dev", "test")
EXPECTED = """Murrough-Foley/web-content-extraction-benchmark as it stands at c039d5e, or some of its pages:
  metadata.json               {"files": {"<id>": {"page_type": "…", "domain": "…"}}}
  dev/ground-truth/<id>.json  {"url": "…", "ground_truth": {"main_content": "…", "with": ["…"], "without": ["…"]}}
  dev/html/<id>.html.gz       a page for each of them; test/ likewise, where it is there"""
DRAFTED_BY_A_RIVAL = "rs-trafilatura-draft"
ALIASES = {"category": "collection"}
"""Page types that WCXB's own evaluation reads as others."""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages of `dev` by id, then those of `test` whose id `dev` has not: 139 of the test pages stand in both.

    Raises `UsageError` where pages and golds do not match, or one of them is malformed.
    """
    about = _metadata(folder)
    return map(partial(_page, folder, about), islice(_places(folder), start, stop))


def golds(folder: Path) -> Iterator[Gold]:
    """Bodies and snippets in the order of `pages`, `main_content` letter by letter; `UsageError` as there."""
    return map(partial(_gold, folder), _places(folder))


def _places(folder: Path) -> Iterator[tuple[str, str]]:
    """Split and id of each page, once every page is known to have its gold."""
    found: dict[str, str] = {}
    for split in SPLITS:
        truths, sources = folder / split / "ground-truth", folder / split / "html"
        ids = {file.stem for file in truths.glob("[!.]*.json")}
        there = {file.name.removesuffix(".html.gz") for file in sources.glob("[!.]*.html.gz")}
        problems = [*listed(f"{split}: pages missing", ids - there), *listed(f"{split}: golds missing", there - ids)]
        refuse(folder, problems, EXPECTED)
        found.update({name: split for name in sorted(ids) if name not in found})
    refuse(folder, [] if found else ["it holds no pages"], EXPECTED)
    return ((split, name) for name, split in found.items())


def _metadata(folder: Path) -> Mapping[str, Any]:
    file = folder / "metadata.json"
    refuse(folder, [] if file.is_file() else [f"missing: {file}"], EXPECTED)
    table = read_json(file, EXPECTED)
    files = table.get("files") if isinstance(table, dict) else None
    if not isinstance(files, dict) or not all(isinstance(one, dict) for one in files.values()):
        raise complaint(file, ["it has no object `files` of objects"], EXPECTED)
    return files


def _page(folder: Path, about: Mapping[str, Any], place: tuple[str, str]) -> Page:
    split, name = place
    url, facts = _truth(folder, place).get("url"), about.get(name, {})
    kind = str(facts.get("page_type") or "")
    site = facts.get("domain") or (site_of(url, _file(folder, place)) if isinstance(url, str) else "")
    attributes = {"site": str(site), "page_type": ALIASES.get(kind, kind), "split": split}
    html = read_bytes(folder / split / "html" / f"{name}.html.gz")
    known = {key: value for key, value in attributes.items() if value}
    return Page(name, "wcxb", html, url if isinstance(url, str) else None, "utf-8", known)


def _gold(folder: Path, place: tuple[str, str]) -> Gold:
    file, truth = _file(folder, place), _truth(folder, place)
    told = truth.get("ground_truth")
    if not isinstance(told, dict) or not isinstance(told.get("main_content") or "", str):
        raise complaint(file, ["it has no ground_truth with a main_content that is a string or null"], EXPECTED)
    lists = {key: told.get(key) or [] for key in ("with", "without")}
    wrong = [key for key, one in lists.items() if not isinstance(one, list) or not all(isinstance(x, str) for x in one)]
    refuse(file, [f"{key} is no list of strings" for key in wrong], EXPECTED)
    origin = truth.get("_internal")
    circular = isinstance(origin, dict) and origin.get("source") == DRAFTED_BY_A_RIVAL
    found: Snippets = snippets(lists)
    return Gold(
        place[1], told.get("main_content") or "", snippets=found, provenance="circular" if circular else "silver"
    )


def _file(folder: Path, place: tuple[str, str]) -> Path:
    return folder / place[0] / "ground-truth" / f"{place[1]}.json"


def _truth(folder: Path, place: tuple[str, str]) -> dict[str, Any]:
    table = read_json(_file(folder, place), EXPECTED)
    if not isinstance(table, dict):
        raise complaint(_file(folder, place), [f"it holds a {type(table).__name__}, not an object"], EXPECTED)
    return table
