"""The bundled pages in `seeds/` with their golds in `goldens/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .. import goldfiles
from ..records import Gold, Page, PageToken
from ..regions import resolve
from ..text import decode
from ._pairs import listed, page, read_text, refuse

BUNDLED = True
"""The pages come with the program, so nobody has to say where they lie."""
FITTING = """regions that fit the page, each of its visible words in just one; `boilerbench lint` says more"""
EXPECTED = """for each page seeds/<id>.html and seeds/<id>.toml, goldens/<id>.toml and goldens/<id>.txt"""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages under `seeds/`, sorted by id; `UsageError` where a page or a gold lacks one of its files."""
    return (_page(folder, name) for name in _ids(folder)[start:stop])


def golds(folder: Path) -> Iterator[Gold]:
    """The golds under `goldens/`, in the order of `pages`.

    Raises `UsageError` where a page or a gold lacks one of its files, and with file and reasons for a gold that is
    malformed or whose regions do not fit its page. That a gold was made for just these bytes is not checked here:
    `page_sha256` says which bytes it was made for.
    """
    return (_gold(folder, name) for name in _ids(folder))


def _ids(folder: Path) -> list[str]:
    """Ids of all pages, sorted, once every page has its gold and every gold its page."""
    patterns = ("seeds/{}.html", "seeds/{}.toml", "goldens/{}.toml", "goldens/{}.txt")
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
    return page(name, "seeds", folder / "seeds" / f"{name}.html", folder / "seeds" / f"{name}.toml")


def _gold(folder: Path, name: str) -> Gold:
    file = folder / "goldens" / f"{name}.toml"
    gold = goldfiles.parse(read_text(file), name)
    refuse(file, [str(flaw) for flaw in gold.flaws], goldfiles.EXPECTED)
    return Gold(
        page_id=name,
        body=read_text(file.with_suffix(".txt")),
        regions=tuple(region for region, _ in gold.regions),
        tokens=_tokens(file, gold, _page(folder, name)) if gold.regions else (),
        page_sha256=gold.facts["sha256"],
        annotator=gold.facts["annotator"],
        guideline=gold.facts["guideline"],
        provenance=gold.facts["provenance"],
    )


def _tokens(file: Path, gold: goldfiles.GoldFile, its_page: Page) -> tuple[PageToken, ...]:
    """All visible tokens of the page, each in its region; `UsageError` where the regions do not fit the page."""
    resolved = resolve(decode(its_page.html, its_page.charset), gold.regions)
    changed = its_page.sha256 != gold.facts["sha256"]
    cause = ["the page is not the one it was made for: its bytes have another sha256"] if changed else []
    refuse(file, [*cause, *resolved.problems] if resolved.problems else [], FITTING)
    return resolved.tokens
