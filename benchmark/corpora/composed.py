"""Pages composed on purpose: the bundled sample in `seeds/composed/`, or those that an experiment lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..compose import experiment
from ..records import Gold, Page
from ._bundled import gold_of, ids, page_of

BUNDLED = True
"""The pages come with the program, so nobody has to say where they lie."""
NAME = "composed"
"""Name of the corpus, and of its folders below `seeds/` and `goldens/`."""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages in the order of their list, or sorted by id; `UsageError` where a page or a gold lacks a file."""
    if (folder / experiment.LIST).is_file():
        return experiment.pages(folder, start, stop)
    return (page_of(folder, NAME, name, NAME) for name in ids(folder, NAME)[start:stop])


def golds(folder: Path) -> Iterator[Gold]:
    """The golds in the order of `pages`; `UsageError` for one that is malformed or does not fit its page."""
    if (folder / experiment.LIST).is_file():
        return experiment.golds(folder)
    return (gold_of(folder, NAME, name, NAME) for name in ids(folder, NAME))
