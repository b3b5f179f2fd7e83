"""Pages and golds that come with the program: what `seeds` and `composed` have in common."""

from __future__ import annotations

from pathlib import Path

from .. import goldfiles
from ..records import Gold, Page, PageToken
from ..regions import resolve
from ..text import decode
from ._pairs import listed, page, read_text, refuse

FITTING = """regions that fit the page, each of its visible words in just one; `boilerbench lint` says more"""


def ids(folder: Path, below: str = "") -> list[str]:
    """Ids of the pages in `seeds/` and `goldens/`, or a folder below both, sorted; every page must have its gold."""
    seeds, goldens = (f"{name}/{below}".rstrip("/") for name in ("seeds", "goldens"))
    patterns = (f"{seeds}/{{}}.html", f"{seeds}/{{}}.toml", f"{goldens}/{{}}.toml", f"{goldens}/{{}}.txt")
    found = [{file.stem for file in folder.glob(pattern.format("[!.]*")) if file.is_file()} for pattern in patterns]
    names = sorted(set().union(*found))
    missing = [
        pattern.format(name)
        for pattern, there in zip(patterns, found, strict=True)
        for name in names
        if name not in there
    ]
    expected = f"for each page {seeds}/<id>.html and .toml, {goldens}/<id>.toml and .txt"
    refuse(folder, listed("files missing", missing) if names else ["it holds no pages"], expected)
    return names


def page_of(folder: Path, corpus: str, name: str, below: str = "") -> Page:
    """A page of `seeds/`, or of a folder below it."""
    place = folder / "seeds" / below
    return page(name, corpus, place / f"{name}.html", place / f"{name}.toml")


def gold_of(folder: Path, corpus: str, name: str, below: str = "") -> Gold:
    """The gold of a page; `UsageError` with file and reasons where it is malformed or does not fit its page."""
    file = folder / "goldens" / below / f"{name}.toml"
    gold = goldfiles.parse(read_text(file), name)
    refuse(file, [str(flaw) for flaw in gold.flaws], goldfiles.EXPECTED)
    return Gold(
        page_id=name,
        body=read_text(file.with_suffix(".txt")),
        regions=tuple(region for region, _ in gold.regions),
        tokens=_tokens(file, gold, page_of(folder, corpus, name, below)) if gold.regions else (),
        snippets=gold.snippets,
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
