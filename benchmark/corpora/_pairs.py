"""What corpora share that keep each page beside its gold: reading files, and naming all that is wrong with them."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import UsageError
from ..goldfiles import SNIPPETS, snippet_faults, snippets
from ..reading import complaint, listed, read_bytes, read_json, read_text, refuse, unreadable
from ..records import Page, Snippets

__all__ = [
    "BESIDE_GOLD",
    "SIDECAR",
    "complaint",
    "ground_truth",
    "listed",
    "page",
    "read_bytes",
    "read_json",
    "read_text",
    "read_toml",
    "refuse",
    "site_of",
    "snippets_of",
    "unreadable",
    "wrong_keys",
    "wrong_texts",
]

SIDECAR = """a TOML file with these keys, all of them optional:
  url = "https://…"      the address the page was fetched from
  charset = "…"          the character set the server declared
  [attributes]           labels for slicing results, each a string"""
BESIDE_GOLD = (
    SIDECAR
    + """
  with, without, comments = ["…"]   snippets of the body, of boilerplate, of readers' comments"""
)


def read_toml(file: Path, expected: str) -> dict[str, Any]:
    """The table in a TOML file; `UsageError` gives line and reason where it cannot be parsed."""
    text = read_text(file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise complaint(file, [f"not TOML: {error}"], expected) from error


def wrong_keys(table: Mapping[str, object], known: Collection[str]) -> list[str]:
    """One problem for each key that is not known, with the nearest known one."""
    return [_unknown(key, known) for key in table if key not in known]


def wrong_texts(table: Mapping[str, object], names: Iterable[str]) -> list[str]:
    """One problem for each of the named values that is there and is not a string."""
    return [
        f"{name} is not a string: {table[name]!r}"
        for name in names
        if name in table and not isinstance(table[name], str)
    ]


def page(page_id: str, corpus: str, html: Path, sidecar: Path, expected: str = SIDECAR) -> Page:
    """The page in a file, with the facts that a TOML file beside it states, if there is one.

    Without an attribute `site` the host of the address becomes it. `UsageError` for what `expected` does not allow:
    `SIDECAR`, or `BESIDE_GOLD` where the file also belongs to the gold.
    """
    facts = _facts(sidecar, expected) if sidecar.exists() else {}
    url, attributes = facts.get("url"), facts.get("attributes", {})
    site = {} if url is None else {"site": site_of(url, sidecar)}
    return Page(page_id, corpus, read_bytes(html), url, facts.get("charset"), {**site, **attributes})


def snippets_of(sidecar: Path) -> Snippets:
    """The lists of snippets in a TOML file beside a gold; none without such a file. `UsageError` as for `page`."""
    return snippets(_facts(sidecar, BESIDE_GOLD)) if sidecar.exists() else Snippets()


def site_of(url: str, file: Path) -> str:
    """The host of an address without `www.`; `UsageError` naming the file where the address has none."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        raise UsageError(f"{file}: the url {url!r} names no host; write it in full, as in https://example.org/page")
    return host.removeprefix("www.")


def ground_truth(
    truth: Path, html: Path, suffix: str, fields: Mapping[str, type], expected: str
) -> dict[str, dict[str, Any]]:
    """The asked fields of each entry of a JSON file `{key: {field: value}}`, in its order.

    `html` is the folder of pages, one file `<key><suffix>` for each entry. Raises `UsageError` where a file is missing
    or too many, a key stands twice, or a field is missing or of another type.
    """
    absent = [f"missing: {one}" for one, there in ((truth, truth.is_file()), (html, html.is_dir())) if not there]
    refuse(truth.parent, absent, expected)
    table = _read_json(truth, expected)
    files = {file.name for file in html.iterdir() if file.name.endswith(".html.gz") and not file.name.startswith(".")}
    wanted = {key + suffix for key in table}
    wrong = [*listed("pages missing", wanted - files), *listed("pages without an entry", files - wanted)]
    for name, kind in fields.items():
        bad = [key for key, entry in table.items() if not _has(entry, name, kind)]
        wrong += listed(f"entries without {name} of type {kind.__name__}", bad)
    refuse(truth, wrong, expected)
    return {key: {name: entry[name] for name in fields} for key, entry in table.items()}


def _unknown(key: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"unknown key {key!r}" + (f", did you mean {near[0]!r}?" if near else "")


def _facts(sidecar: Path, expected: str) -> dict[str, Any]:
    facts = read_toml(sidecar, expected)
    known = ["url", "charset", "attributes", *(SNIPPETS if expected == BESIDE_GOLD else ())]
    problems = [*wrong_keys(facts, known), *wrong_texts(facts, ("url", "charset"))]
    problems += [message for message, _ in snippet_faults(facts)]
    attributes = facts.get("attributes", {})
    if isinstance(attributes, dict):
        problems += [f"in [attributes] {problem}" for problem in wrong_texts(attributes, attributes)]
    else:
        problems.append(f"attributes is not a table: {attributes!r}")
    refuse(sidecar, problems, expected)
    return facts


def _read_json(file: Path, expected: str) -> dict[str, Any]:
    table = read_json(file, expected)
    if not isinstance(table, dict):
        raise complaint(file, [f"it holds a {type(table).__name__}, not an object"], expected)
    return table


def _has(entry: object, name: str, kind: type) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get(name), kind)
