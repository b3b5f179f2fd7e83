"""The TOML of a gold, read and written: who read which page by which guideline, and where its regions lie."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .records import Region, Snippets
from .regions import KINDS, PARTS, Selection
from .text import tokens

KEYS = ("page", "sha256", "language", "page_type", "annotator", "guideline", "provenance")
"""What a gold states about itself, each a string."""
STATED = {
    "language": 'give its code, for example "fr", or "mul" for several',
    "page_type": 'say what it is, for example "article"',
    "annotator": "say who or what read the page",
    "guideline": "give the version of the guideline that was followed",
}
"""Facts that nobody can check but everybody needs -> what to write where they are blank."""
PROVENANCES = ("human", "model", "composed", "silver", "circular")
SNIPPETS = {"with": "present", "without": "absent", "comments": "comments"}
"""What lists of snippets are called in files, as in WCXB's and trafilatura's -> in `records.Snippets`."""
REGION_KEYS = ("kind", "part", "name", "copy_of", "at")
EXPECTED = f"""a TOML file with the strings {", ".join(KEYS)}, and tables [[region]]:
  page is the file's own name, sha256 the 64 hex digits of the page's bytes, provenance {", ".join(PROVENANCES)}
  with, without, comments = ["…"]   only if you like: snippets of body, boilerplate, readers' comments
  [[region]]             one for each region, in document order
  kind = "…"             {", ".join(KINDS)}
  part = "…"             only for comments: {", ".join(PARTS)}
  name = "…"             only where a copy points at it
  copy_of = "…"          the name of an earlier region of the same kind that this one repeats
  at = [{{ selector = "…" }}, {{ selector = "…", exact = "…", until = "…", prefix = "…", suffix = "…" }}]"""

Placed = tuple[Region, tuple[Selection, ...]]
"""A region, and what of the page it covers."""
Fault = tuple[str, str]
"""What is wrong, and what to write instead."""


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong with the TOML of a gold."""

    message: str
    """What was given."""
    remedy: str
    """What to write instead."""
    line: int | None = None
    """Line of the file, counted from 1, where it is known."""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.message}; {self.remedy}"


@dataclass(frozen=True)
class GoldFile:
    """What the TOML of a gold says."""

    facts: Mapping[str, str]
    """Those of `KEYS` that are there and are strings."""
    snippets: Snippets = field(default_factory=Snippets)
    """Its lists of snippets, where it has any."""
    regions: tuple[Placed, ...] = ()
    """The regions; none where one of them does not say what it covers. Kinds may be unknown where there are flaws."""
    lines: tuple[int | None, ...] = ()
    """Line of each region's `[[region]]`, counted from 1, where it is known."""
    flaws: tuple[Flaw, ...] = ()
    """All that is wrong with the file; a gold that has any must not be used."""


def parse(text: str, page: str) -> GoldFile:
    """What the TOML of a page's gold says, with all its flaws; nothing is raised.

    Whether the regions fit the page is for `regions.resolve` to say, whether the bytes do for `checks.lint`.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5000 digits is no TOMLDecodeError but a ValueError
        return GoldFile({}, flaws=(_syntax_flaw(error),))
    facts = {key: table[key] for key in KEYS if isinstance(table.get(key), str)}
    listed = snippets(table)
    flaws = [*_fact_flaws(table, page, text)]
    tables = table.get("region", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        return GoldFile(
            facts, listed, flaws=(*flaws, Flaw("region is no list of tables", "begin each one with [[region]]"))
        )
    lines = _region_lines(text, len(tables))
    names = _names(tables)
    for number, line in enumerate(lines):
        for message, remedy in _region_faults(number, tables, names):
            flaws.append(Flaw(f"region {number + 1}: {message}", remedy, line))
    regions = tuple(_placed(one, names) for one in tables)
    return GoldFile(facts, listed, regions if all(places for _, places in regions) else (), lines, tuple(flaws))


def snippets(table: Mapping[str, object]) -> Snippets:
    """The lists of snippets in a table of any file of golds; see `snippet_faults` for what cannot be one."""
    found = {SNIPPETS[key]: tuple(map(str, value)) for key in SNIPPETS if isinstance(value := table.get(key), list)}
    return Snippets(**found)


def snippet_faults(table: Mapping[str, object]) -> Iterator[Fault]:
    """What is wrong with the lists of snippets in a table: one fault for each that is no list of texts."""
    for key in SNIPPETS:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            yield f"{key} is no list of texts that are not blank: {value!r}", f'write {key} = ["…", "…"]'


def write(facts: Mapping[str, str], regions: Sequence[Placed]) -> str:
    """The TOML of a gold, as `parse` reads it; a region that a copy points at is named after its kind and number."""
    named = {region.copy_of for region, _ in regions}
    blocks = ["".join(f"{key} = {_string(value)}\n" for key, value in facts.items())] if facts else []
    for number, (region, places) in enumerate(regions):
        entries = {
            "kind": region.kind,
            "part": region.part,
            "name": _name(regions, number) if number in named else None,
            "copy_of": None if region.copy_of is None else _name(regions, region.copy_of),
        }
        lines = [f"{key} = {_string(value)}\n" for key, value in entries.items() if value is not None]
        blocks.append("".join(["[[region]]\n", *lines, _at(places)]))
    return "\n".join(blocks)


def line_of(key: str, text: str) -> int | None:
    """The line, counted from 1, on which a fact stands in the TOML of a gold; None where it cannot be told."""
    head = re.split(r"(?m)^\s*\[", text, maxsplit=1)[0]
    found = re.search(rf"(?m)^[ \t]*{re.escape(key)}[ \t]*=", head)
    return head.count("\n", 0, found.start()) + 1 if found else None


def _name(regions: Sequence[Placed], number: int) -> str:
    return f"{regions[number][0].kind}-{number + 1}"


def _at(places: Sequence[Selection]) -> str:
    shown = [
        "{ "
        + ", ".join(f"{key} = {_string(value)}" for key, value in place._asdict().items() if value is not None)
        + " }"
        for place in places
    ]
    return f"at = [{shown[0]}]\n" if len(shown) == 1 else "at = [\n" + "".join(f"  {one},\n" for one in shown) + "]\n"


def _string(text: str) -> str:
    """A basic string: JSON's escapes are TOML's too, but TOML also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _syntax_flaw(error: ValueError | RecursionError) -> Flaw:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
    message = str(error)[: place.start()] + f" at column {place[2]}" if place else str(error)
    return Flaw(f"not TOML: {message}", "correct what stands there", int(place[1]) if place else None)


def _fact_flaws(table: Mapping[str, Any], page: str, text: str) -> Iterator[Flaw]:
    for key in KEYS:
        if key not in table:
            yield Flaw(f"{key} is missing", f'add {key} = "…"')
    for key, value in table.items():
        line = line_of(key, text)
        if key not in (*KEYS, *SNIPPETS, "region"):
            yield Flaw(f"unknown key {key!r}", _nearest(key, (*KEYS, *SNIPPETS)), line)
        elif key in KEYS:
            fault = _fault(key, value, page)
            if fault:
                yield Flaw(f"{key} {fault[0]}", fault[1], line)
    for message, remedy in snippet_faults(table):
        yield Flaw(message, remedy, line_of(message.partition(" ")[0], text))


def _fault(key: str, value: object, page: str) -> Fault | None:
    if not isinstance(value, str):
        return f"is not a string: {value!r}", "put it in quotation marks"
    if not value.strip() and key in STATED:
        return "is blank", STATED[key]
    if key == "page" and value != page:
        return f"is {value!r}, but the file belongs to {page!r}", "name the file after its page"
    if key == "sha256" and not re.fullmatch("[0-9a-f]{64}", value):
        return f"is {value!r}, not 64 lower-case hex digits", "take them from sha256sum of the page's file"
    if key == "provenance" and value not in PROVENANCES:
        return f"is {value!r}, none of those known", f"write one of {', '.join(PROVENANCES)}"
    return None


def _nearest(word: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(word, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names) or 'none'}"


def _region_lines(text: str, count: int) -> tuple[int | None, ...]:
    """Line of each `[[region]]`; unknown where a string of several lines holds one too."""
    found = [number for number, line in enumerate(text.split("\n"), 1) if re.match(r"\s*\[\[\s*region\s*\]\]", line)]
    return tuple(found) if len(found) == count else (None,) * count


def _names(tables: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Name -> number of the first region that has it."""
    names: dict[str, int] = {}
    for number, table in enumerate(tables):
        name = _text(table, "name")
        if name:
            names.setdefault(name, number)
    return names


def _placed(table: Mapping[str, Any], names: Mapping[str, int]) -> Placed:
    """The region in a table; it covers nothing where the table does not say well what."""
    kind, part, original = (_text(table, key) for key in ("kind", "part", "copy_of"))
    region = Region(kind or "", part, names.get(original or ""))
    at = table.get("at")
    return region, () if any(_at_faults(at)) or at is None else tuple(Selection(**place) for place in at)


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) else None


def _region_faults(number: int, tables: Sequence[Mapping[str, Any]], names: Mapping[str, int]) -> Iterator[Fault]:
    table = tables[number]
    for key, value in table.items():
        if key not in REGION_KEYS:
            yield f"unknown key {key!r}", _nearest(key, REGION_KEYS)
        elif key != "at" and not (isinstance(value, str) and value):
            yield f"{key} is no text: {value!r}", f'write {key} = "…"'
    yield from _kind_faults(table)
    name, original = _text(table, "name"), _text(table, "copy_of")
    if name and names[name] != number:
        yield f"the name {name!r} is taken by region {names[name] + 1}", "choose another one"
    if original:
        yield from _copy_faults(number, original, tables, names)
    if "at" not in table:
        yield "at is missing", 'add at = [{ selector = "…" }]'
    yield from _at_faults(table.get("at"))


def _kind_faults(table: Mapping[str, Any]) -> Iterator[Fault]:
    kind, part = _text(table, "kind"), _text(table, "part")
    if "kind" not in table:
        yield "kind is missing", 'add kind = "…"'
    if kind and kind not in KINDS:
        yield f"unknown kind {kind!r}", _nearest(kind, KINDS)
    if part and part not in PARTS:
        yield f"unknown part {part!r}", _nearest(part, PARTS)
    if part and kind in KINDS and kind != "comments":
        yield f"{kind} with the part {part!r}", "only comments have parts: take it away"


def _copy_faults(
    number: int, original: str, tables: Sequence[Mapping[str, Any]], names: Mapping[str, int]
) -> Iterator[Fault]:
    """What is wrong with a copy of the region that has the name `original`."""
    at = names.get(original)
    if at is None:
        yield f"copy_of {original!r} is the name of no region", _nearest(original, names)
    elif at >= number:
        yield f"copy_of {original!r} is not an earlier region", "point from the later region at the earlier one"
    elif tables[at].get("kind") != tables[number].get("kind"):
        yield f"copy_of {original!r} is of the kind {tables[at].get('kind')!r}", "a copy has the kind of its original"


def _at_faults(at: object) -> Iterator[Fault]:
    if at is not None and (not isinstance(at, list) or not at or not all(isinstance(place, dict) for place in at)):
        yield f"at is no list of tables: {at!r}", 'write at = [{ selector = "…" }]'
    else:
        for place in at or []:
            yield from _place_faults(place)


def _place_faults(place: Mapping[str, object]) -> Iterator[Fault]:
    """What is wrong with one entry of `at`, and what to write instead."""
    for key, value in place.items():
        if key not in Selection._fields:
            yield f"unknown key {key!r} in at", _nearest(key, Selection._fields)
        elif not isinstance(value, str):
            yield f"{key} in at is not a string: {value!r}", "put it in quotation marks"
        elif key == "selector" and not value.strip():
            yield "selector in at is empty", "write a CSS selector"
        elif key != "selector" and not tokens(value):
            yield f"{key} in at holds no word: {value!r}", "quote words of the page, or take it away"
    if "selector" not in place:
        yield "selector is missing in at", 'write { selector = "…" }'
    if "exact" not in place and place.keys() & {"prefix", "suffix", "until"}:
        yield "prefix, suffix or until in at, but no exact", "quote the words themselves as exact"
