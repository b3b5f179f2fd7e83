"""Your own pages: a folder of pairs, `name.html` and its body in `name.txt`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import UsageError
from ..records import Gold, Page
from ._pairs import BESIDE_GOLD, listed, page, read_text, refuse, snippets_of, unreadable

PAGE_SUFFIXES = (".html.gz", ".html", ".htm")

EXPECTED = """pairs of files, in sub-folders too:
  name.html     the page as it was fetched (or name.htm, or name.html.gz)
  name.txt      its body: UTF-8 text, one block (paragraph, heading, list item …) per line
  name.toml     only if you like: url, charset, a table [attributes] of strings, and lists of snippets that are
                in the body (with), in boilerplate (without) or in readers' comments (comments)"""


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages of the pairs, sorted by relative path without suffix, which is their id.

    The corpus bears the folder's name; hidden files and linked folders are passed over. Raises `UsageError` where a
    pair is not whole or a TOML file is not as expected.
    """
    corpus = folder.resolve().name
    suffixes = _pairs(folder)
    return (
        page(name, corpus, folder / (name + suffixes[name]), folder / f"{name}.toml", BESIDE_GOLD)
        for name in sorted(suffixes)[start:stop]
    )


def golds(folder: Path) -> Iterator[Gold]:
    """The bodies of the pairs in the order of `pages`; `UsageError` where a pair is not whole or a text not UTF-8."""
    return (_gold(folder, name) for name in sorted(_pairs(folder)))


def _gold(folder: Path, name: str) -> Gold:
    body, snippets = read_text(folder / f"{name}.txt"), snippets_of(folder / f"{name}.toml")
    return Gold(name, body, snippets=snippets, provenance="unstated")


def _pairs(folder: Path) -> dict[str, str]:
    """Id of each page and the suffix of its file, once every pair is known to be whole."""
    suffixes = _suffixes(folder)
    pages_of = {name: [one for one in PAGE_SUFFIXES if one in found] for name, found in suffixes.items()}
    no_page = [f"{name}.html (for {name}{suffixes[name][0]})" for name, found in pages_of.items() if not found]
    no_text = [
        f"{name}.txt (for {name}{found[0]})"
        for name, found in pages_of.items()
        if found and ".txt" not in suffixes[name]
    ]
    several = [f"{name}{'|'.join(found)}" for name, found in pages_of.items() if len(found) > 1]
    foreign = [ascii(name) for name in suffixes if not _is_utf8(name)]
    problems = [
        *listed("files missing", no_page + no_text),
        *listed("pages that stand there more than once", several),
        *listed("names that are not UTF-8", foreign),
    ]
    refuse(folder, problems if suffixes else ["it holds no pages"], EXPECTED)
    return {name: found[0] for name, found in pages_of.items()}


def _suffixes(folder: Path) -> dict[str, list[str]]:
    """Relative path without suffix of everything that belongs to a pair, and the suffixes found there, sorted."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder\nexpected {EXPECTED}")
    found: dict[str, list[str]] = {}
    for inside, folders, files in os.walk(folder, onerror=_stop):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in sorted(files):
            suffix = next((one for one in (*PAGE_SUFFIXES, ".toml", ".txt") if file.endswith(one)), None)
            if suffix is not None and not file.startswith("."):
                path = (Path(inside) / file).relative_to(folder).as_posix()
                found.setdefault(path.removesuffix(suffix), []).append(suffix)
    return found


def _stop(error: OSError) -> None:
    raise unreadable(error)


def _is_utf8(name: str) -> bool:
    # The system hands over undecodable bytes of a name as lone surrogates, which no file of a run could hold.
    return not any("\ud800" <= character <= "\udfff" for character in name)
