"""The bundled pages in `seeds/` with their golds in `goldens/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..records import Gold, Page
from ._bundled import gold_of, ids, page_of

BUNDLED = True
"""The pages come with the program, so nobody has to say where they lie."""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages under `seeds/`, sorted by id; `UsageError` where a page or a gold lacks one of its files."""
    return (page_of(folder, "seeds", name) for name in ids(folder)[start:stop])


def golds(folder: Path) -> Iterator[Gold]:
    """The golds under `goldens/`, in the order of `pages`.

    Raises `UsageError` where a page or a gold lacks one of its files, and with file and reasons for a gold that is
    malformed or whose regions do not fit its page. That a gold was made for just these bytes is not checked here:
    `page_sha256` says which bytes it was made for.
    """
    return (gold_of(folder, "seeds", name) for name in ids(folder))
