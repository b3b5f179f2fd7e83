"""The bundled pages in `seeds/` with their golds in `goldens/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..records import Gold, Page
from ._pairs import listed, page, read_text, read_toml, refuse, wrong_keys, wrong_texts

BUNDLED = True
"""The pages come with the program, so nobody has to say where they lie."""
KEYS = ("page", "sha256", "language", "page_type", "annotator", "guideline", "provenance")
PROVENANCES = ("human", "model", "composed", "silver", "circular")

EXPECTED = """for each page seeds/<id>.html and seeds/<id>.toml, goldens/<id>.toml and goldens/<id>.txt"""
EXPECTED_GOLD = f"""a TOML file with the strings {", ".join(KEYS)}, and tables [[region]]:
  page is the file's own name, sha256 the 64 hex digits of the page's bytes, provenance {", ".join(PROVENANCES)}"""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages under `seeds/`, sorted by id; `UsageError` where a page or a gold lacks one of its files."""
    seeds = folder / "seeds"
    return (page(name, "seeds", seeds / f"{name}.html", seeds / f"{name}.toml") for name in _ids(folder)[start:stop])


def golds(folder: Path) -> Iterator[Gold]:
    """The golds under `goldens/`, in the order of `pages`.

    Raises `UsageError` where a page or a gold lacks one of its files, and with file and reason for a malformed gold.
    That a gold was made for just these bytes is not checked here: `page_sha256` says which bytes it was made for.
    """
    return (_gold(folder / "goldens", name) for name in _ids(folder))


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


def _gold(goldens: Path, name: str) -> Gold:
    file = goldens / f"{name}.toml"
    table = read_toml(file, EXPECTED_GOLD)
    problems = [
        *(f"{key} is missing" for key in KEYS if key not in table),
        *wrong_keys(table, (*KEYS, "region")),
        *wrong_texts(table, KEYS),
    ]
    refuse(file, problems, EXPECTED_GOLD)
    refuse(file, _wrong_values(table, name), EXPECTED_GOLD)
    return Gold(
        page_id=name,
        body=read_text(file.with_suffix(".txt")),
        page_sha256=table["sha256"],
        annotator=table["annotator"],
        guideline=table["guideline"],
        provenance=table["provenance"],
    )


def _wrong_values(table: dict[str, str], name: str) -> list[str]:
    problems = []
    if table["page"] != name:
        problems.append(f"page is {table['page']!r}, but the file belongs to {name!r}")
    if not re.fullmatch("[0-9a-f]{64}", table["sha256"]):
        problems.append(f"sha256 is {table['sha256']!r}, not 64 lower-case hex digits")
    if table["provenance"] not in PROVENANCES:
        problems.append(f"provenance is {table['provenance']!r}, none of those known")
    return problems
