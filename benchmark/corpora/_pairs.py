"""What corpora share that keep each page beside its gold: reading files, and naming all that is wrong with them."""

from __future__ import annotations

import difflib
import gzip
import json
import tomllib
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import EnvironmentFault, UsageError
from ..records import Page

SHOWN = 10
"""How many names an error shows where there are too many to show all."""

SIDECAR = """a TOML file with these keys, all of them optional:
  url = "https://…"      the address the page was fetched from
  charset = "…"          the character set the server declared
  [attributes]           labels for slicing results, each a string"""


def complaint(what: Path, problems: Iterable[str], expected: str) -> UsageError:
    """The error that names a file or folder, all that is wrong with it, and what was expected."""
    return UsageError("\n".join([f"cannot use {what}:", *(f"- {one}" for one in problems), f"expected {expected}"]))


def refuse(what: Path, problems: Collection[str], expected: str) -> None:
    """Raise one `UsageError` that names all problems; do nothing where there are none."""
    if problems:
        raise complaint(what, problems, expected)


def unreadable(error: OSError) -> EnvironmentFault:
    """The error for a file or folder that the system will not read."""
    return EnvironmentFault(f"{error.filename} cannot be read ({error.strerror}); check the disk and its permissions")


def listed(label: str, names: Collection[str], shown: int | None = SHOWN) -> list[str]:
    """One problem that counts the names and shows the first of them, in order; no problem without names."""
    if not names:
        return []
    first = sorted(names)[:shown]
    more = f" … and {len(names) - len(first)} more" if len(names) > len(first) else ""
    return [f"{label} ({len(names)}): {', '.join(first)}{more}"]


def read_bytes(file: Path) -> bytes:
    """The bytes of a file, unpacked where its name ends in `.gz`.

    Raises `UsageError` for a damaged gzip file and `EnvironmentFault` for one that the system will not read.
    """
    try:
        data = file.read_bytes()
        return _unpack(data) if file.suffix == ".gz" else data
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UsageError(f"{file} is not a whole gzip file ({error}); fetch or pack it again") from error
    except OSError as error:
        raise unreadable(error) from error


def read_text(file: Path) -> str:
    r"""The text of a UTF-8 file without byte order mark, its lines ended by `\n`; `UsageError` names the bad byte."""
    try:
        text = read_bytes(file).decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 (byte {error.start}: {error.reason}); save it as UTF-8") from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


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


def page(page_id: str, corpus: str, html: Path, sidecar: Path) -> Page:
    """The page in a file, with the facts that a TOML file beside it states, if there is one.

    Without an attribute `site` the host of the address becomes it. `UsageError` for what `SIDECAR` does not allow.
    """
    facts = _facts(sidecar) if sidecar.exists() else {}
    url, attributes = facts.get("url"), facts.get("attributes", {})
    site = {} if url is None else {"site": site_of(url, sidecar)}
    return Page(page_id, corpus, read_bytes(html), url, facts.get("charset"), {**site, **attributes})


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


def _unpack(data: bytes) -> bytes:
    if not data:  # gzip itself takes a file of no bytes for a whole one
        raise EOFError("no bytes")
    return gzip.decompress(data)


def _unknown(key: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"unknown key {key!r}" + (f", did you mean {near[0]!r}?" if near else "")


def _facts(sidecar: Path) -> dict[str, Any]:
    facts = read_toml(sidecar, SIDECAR)
    problems = [*wrong_keys(facts, ("url", "charset", "attributes")), *wrong_texts(facts, ("url", "charset"))]
    attributes = facts.get("attributes", {})
    if isinstance(attributes, dict):
        problems += [f"in [attributes] {problem}" for problem in wrong_texts(attributes, attributes)]
    else:
        problems.append(f"attributes is not a table: {attributes!r}")
    refuse(sidecar, problems, SIDECAR)
    return facts


def _read_json(file: Path, expected: str) -> dict[str, Any]:
    twice: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return dict(pairs)

    try:
        table = json.loads(read_text(file), object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg} (at line {error.lineno}, column {error.colno})"
        raise complaint(file, [problem], expected) from error
    refuse(file, listed("keys that stand twice", twice), expected)
    if not isinstance(table, dict):
        raise complaint(file, [f"it holds a {type(table).__name__}, not an object"], expected)
    return table


def _has(entry: object, name: str, kind: type) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get(name), kind)
