"""Golds without their pages: one file as AEB's ground-truth.json or WCEB's ground truth, for handed-in answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType

from ..formats import aeb, wceb
from ..goldfiles import snippet_faults, snippets
from ..reading import complaint, described, listed, refuse
from ..records import Gold, Page, Predictions
from ._pairs import site_of

EXPECTED = """one of these, with a text for every page and with its address where results shall have intervals:
  {"<id>": {"articleBody": "…", "url": "…"}}                as AEB's ground-truth.json
  {"page_id": "…", "plaintext": "…", "url": "…"}            as WCEB's ground truth, one for each line
and with lists of snippets "with": ["…"], "without", "comments" beside the text, if you like"""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """A page without a byte for each gold, in the order of the file; with its address, where the file states it.

    `folder` is the file. Raises `UsageError` where it is not as `EXPECTED`.
    """
    found = _read(folder)
    return (_page(folder, name, found.urls.get(name)) for name in islice(found.texts, start, stop))


def golds(folder: Path) -> Iterator[Gold]:
    """The texts of the file, in its order; `UsageError` as for `pages`."""
    texts = _read(folder).texts
    table = _format(folder).table_of(folder)
    faults = [f"{name}: {fault}" for name in texts for fault, _ in snippet_faults(table[name])]
    refuse(folder, faults, EXPECTED)
    return (
        Gold(name, text or "", snippets=snippets(table[name]), provenance="unstated") for name, text in texts.items()
    )


def _read(file: Path) -> Predictions:
    """A gold file is written like the answers that are held against it."""
    found: Predictions = _format(file).read(file)
    silent = [name for name, text in found.texts.items() if text is None]
    odd = [name for name in found.texts if any("\ud800" <= character <= "\udfff" for character in name)]
    problems = [*listed("pages without a text", silent), *listed("ids that are not Unicode text", odd)]
    refuse(file, problems if found.texts else ["it holds no page"], EXPECTED)
    return found


def _format(file: Path) -> ModuleType:
    known = [one for one in (aeb, wceb) if one.recognises(file)]
    if not known:
        raise complaint(file, [described(file)], EXPECTED)
    return known[0]


def _page(file: Path, name: str, url: str | None) -> Page:
    return Page(name, file.stem, b"", url, None, {} if url is None else {"site": site_of(url, file)})
