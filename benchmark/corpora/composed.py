"""Pages composed on purpose: the bundled sample in `seeds/composed/`, or those that an experiment lists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from .. import goldfiles
from ..compose import experiment
from ..records import Gold, Page, PageToken
from ..regions import resolve
from ..text import decode
from ._pairs import listed, page, read_text, refuse

BUNDLED = True
"""The pages come with the program, so nobody has to say where they lie."""
EXPECTED = """for each page seeds/composed/<id>.html and .toml, goldens/composed/<id>.toml and .txt"""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages in the order of their list, or sorted by id; `UsageError` where a page or a gold lacks a file."""
    if (folder / experiment.LIST).is_file():
        return islice(experiment.pages(folder), start, stop)
    return (_page(folder, name) for name in _ids(folder)[start:stop])


def golds(folder: Path) -> Iterator[Gold]:
    """The golds in the order of `pages`; `UsageError` for one that is malformed or does not fit its page."""
    if (folder / experiment.LIST).is_file():
        return experiment.golds(folder)
    return (_gold(folder, name) for name in _ids(folder))


def _ids(folder: Path) -> list[str]:
    patterns = (
        "seeds/composed/{}.html",
        "seeds/composed/{}.toml",
        "goldens/composed/{}.toml",
        "goldens/composed/{}.txt",
    )
    found = [{file.stem for file in folder.glob(pattern.format("[!.]*")) if file.is_file()} for pattern in patterns]
    ids = sorted(set().union(*found))
    missing = [
        pattern.format(name)
        for pattern, there in zip(patterns, found, strict=True)
        for name in ids
        if name not in there
    ]
    refuse(folder, listed("files missing", missing, shown=None) if ids else ["it holds no pages"], EXPECTED)
    return ids


def _page(folder: Path, name: str) -> Page:
    place = folder / "seeds" / "composed"
    return page(name, "composed", place / f"{name}.html", place / f"{name}.toml")


def _gold(folder: Path, name: str) -> Gold:
    file = folder / "goldens" / "composed" / f"{name}.toml"
    gold = goldfiles.parse(read_text(file), name)
    refuse(file, [str(flaw) for flaw in gold.flaws], goldfiles.EXPECTED)
    return Gold(
        page_id=name,
        body=read_text(file.with_suffix(".txt")),
        regions=tuple(region for region, _ in gold.regions),
        tokens=_tokens(file, gold, _page(folder, name)),
        page_sha256=gold.facts["sha256"],
        annotator=gold.facts["annotator"],
        guideline=gold.facts["guideline"],
        provenance=gold.facts["provenance"],
    )


def _tokens(file: Path, gold: goldfiles.GoldFile, its_page: Page) -> tuple[PageToken, ...]:
    resolved = resolve(decode(its_page.html, its_page.charset), gold.regions)
    refuse(file, list(resolved.problems), "regions that fit the page; `boilerbench lint` says more")
    return resolved.tokens
