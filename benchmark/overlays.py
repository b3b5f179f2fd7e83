"""Regions for pages of corpora that are not ours: selectors and quotes of a few words, never the pages' text.

`goldens/overlays/<corpus>/<page-id>.toml` is written like any gold, and is bound to the page by the hash of its bytes.
The corpus' own gold body stays as it is; only regions are laid over it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import goldfiles, store
from .errors import EnvironmentFault, UsageError
from .records import Gold, Page
from .regions import resolve
from .text import decode


def folder(corpus: str) -> Path:
    """Where the overlays of a corpus lie."""
    return store.bundled() / "goldens" / "overlays" / corpus


def covered(corpus: str) -> set[str]:
    """Ids of the pages that have an overlay."""
    place = folder(corpus)
    return {file.stem for file in place.glob("[!.]*.toml")} if place.is_dir() else set()


def laid_over(corpus: str, golds: Iterable[Gold], pages: Iterable[Page]) -> Iterator[Gold]:
    """The golds of a corpus with the regions of their overlays; golds and pages come in the same order.

    A gold that has regions of its own keeps them. UsageError for an overlay that is malformed, was made for other bytes
    or does not fit its page.
    """
    wanted = covered(corpus)
    if not wanted:
        yield from golds
        return
    for gold, page in zip(golds, pages, strict=False):
        yield _with_regions(corpus, gold, page) if gold.page_id in wanted and not gold.regions else gold


def _with_regions(corpus: str, gold: Gold, page: Page) -> Gold:
    file = folder(corpus) / f"{gold.page_id}.toml"
    try:
        found = goldfiles.parse(file.read_text(encoding="utf-8"), gold.page_id)
    except OSError as error:
        raise EnvironmentFault(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    problems = [str(flaw) for flaw in found.flaws]
    if not problems and found.facts["sha256"] != page.sha256:
        problems = [f"it was made for a page with sha256 {found.facts['sha256']}, this one has {page.sha256}"]
    if not problems:
        resolved = resolve(decode(page.html, page.charset), found.regions)
        problems = list(resolved.problems)
    if problems:
        raise UsageError("\n".join([f"cannot use {file}:", *(f"- {one}" for one in problems)]))
    return dataclasses.replace(
        gold,
        regions=tuple(region for region, _ in found.regions),
        tokens=resolved.tokens,
        page_sha256=gold.page_sha256 or page.sha256,
        guideline=found.facts["guideline"],
        region_annotator=found.facts["annotator"],
        region_provenance=found.facts["provenance"],
    )
