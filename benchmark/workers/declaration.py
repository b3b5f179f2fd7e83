"""What is known of an adapter before it runs, whatever language it is written in."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ..records import CATEGORIES, FORMS

INPUTS = ("bytes", "text")
"""What a call is given: the page's bytes, or the page decoded by the Encoding standard."""
KEYS: Mapping[str, type] = {
    "category": str,
    "form": str,
    "input": str,
    "licence": str,
    "distribution": str,
    "module": str,
    "light": list,
    "fresh": bool,
    "memory_bytes": int,
    "weights": str,
    "build": list,
    "variants": dict,
}
"""What an adapter may say of itself:
  category      extractor, converter, floor or model (default extractor)
  form          text, html or markdown: what it hands back (default text)
  input         bytes or text: what the competitor is given (default bytes)
  licence       SPDX expression of what is measured
  distribution  the distribution that is measured (default: the first dependency)
  module        Python only: the module that distribution must provide (default: its name with underscores)
  light         which variants belong to the light field of `make bench`; `default` is the unnamed one
  fresh         whether it keeps state that changes answers, so that each page gets a process of its own
  memory_bytes  limit of the data segment, where the common one is too small
  weights       name of published weights that it loads; without them in the folder of models it is unavailable
  build         Python only: what must be installed before the rest, for packages that cannot say so themselves
  variants.<name>.form, .input   where a variant differs
"""
VARIANT_KEYS: Mapping[str, type] = {"form": str, "input": str}
TYPE_NAMES = {str: "string", list: "list", int: "number", dict: "table", bool: "true or false"}
MEMORY_BYTES = 2 << 30
"""Limit of a worker's data segment, where the adapter names no other."""


@dataclass(frozen=True)
class Declaration:
    """One variant of one adapter, ready to be given an environment and started."""

    name: str
    """Full name: name, @variant and ==release."""
    runtime: str
    """Name of the file in `runtimes/` that knows how it is installed and started."""
    file: Path
    """The adapter's file, or its folder."""
    function: str
    """The function in it that extracts."""
    summary: str
    """One line on what is called and how."""
    category: str = "extractor"
    """extractor, converter, floor or model."""
    form: str = "text"
    """text, html or markdown."""
    input: str = "bytes"
    """bytes or text."""
    licence: str | None = None
    """SPDX expression of what is measured."""
    requires: str = ""
    """Version specifier of the interpreters it runs on; empty for any."""
    dependencies: tuple[str, ...] = ()
    """What its environment must hold, each as its language's installer writes it, at one version."""
    build: tuple[str, ...] = ()
    """What must be installed before them."""
    distribution: str | None = None
    """The distribution whose version is reported; None where there is none."""
    module: str | None = None
    """The module that must come from that distribution."""
    light: bool = False
    """Whether `make bench` runs it."""
    fresh: bool = False
    """Whether each page needs a process of its own, since state left by one changes the next."""
    memory_bytes: int = MEMORY_BYTES
    """Limit of the worker's data segment."""
    weights: str | None = None
    """Name of the published weights it loads."""
    requirements: Path | None = None
    """Pins with hashes beside the file; None if there are none or another release was asked for."""
    command: tuple[str, ...] | None = None
    """Program and arguments of a `cmd:` or `host:` adapter."""

    @property
    def pinned(self) -> bool:
        """Whether everything it needs is checked against a hash."""
        return self.requirements is not None or not self.dependencies


def stem(place: Path) -> str:
    """The name of an adapter by that of its file or folder."""
    return place.stem.replace("_", "-")


def variant_name(place: Path, variant: str) -> str:
    """Full name of a variant; the unnamed one has the name ''."""
    return stem(place) + (f"@{variant}" if variant else "")


def facts(table: Mapping[str, Any], variant: str) -> dict[str, Any]:
    """What a checked table says of one variant, as arguments of a Declaration."""
    own = table.get("variants", {}).get(variant or "default", {})
    said = {key: table[key] for key in ("category", "licence", "fresh", "memory_bytes", "weights") if key in table}
    differing = {key: own.get(key, table.get(key)) for key in ("form", "input")}
    return {
        **said,
        **{key: value for key, value in differing.items() if value is not None},
        "build": tuple(table.get("build", ())),
        "light": (variant or "default") in table.get("light", ()),
    }


def wrong_table(
    where: str, table: Mapping[str, Any], variants: Collection[str], variant_keys: Mapping[str, type]
) -> list[str]:
    """All that would silently be passed over or misread in what an adapter says of itself; `''` is the unnamed one."""
    problems = wrong_keys(where, table, KEYS)
    if problems:
        return problems
    names = [variant or "default" for variant in variants]
    problems = [
        f"- light names no variant of this file: {one!r}; {near(str(one), names)}"
        for one in table.get("light", ())
        if one not in names
    ]
    said = [table]
    for variant, about in table.get("variants", {}).items():
        if variant not in names:
            problems.append(f"- variants in {where} has {variant!r}; {near(variant, names)}")
        elif not isinstance(about, dict):
            problems.append(f"- variants.{variant} is {about!r}; a table is expected")
        else:
            problems += wrong_keys(f"variants.{variant}", about, variant_keys)
            said.append(about)
    for key, known in (("category", CATEGORIES), ("form", FORMS), ("input", INPUTS)):
        given = [one[key] for one in said if key in one]
        problems += [f"- {key} {one!r}; one of {', '.join(known)} is expected" for one in given if one not in known]
    return problems


def wrong_keys(where: str, table: Mapping[str, object], kinds: Mapping[str, type]) -> list[str]:
    """One problem for each key that is unknown or holds a value of another type."""
    return [
        f"- unknown key {key!r} in {where}; {near(key, kinds)}"
        if key not in kinds
        else f"- {key} in {where} is {value!r}; a {TYPE_NAMES[kinds[key]]} is expected"
        for key, value in table.items()
        if key not in kinds or type(value) is not kinds[key]
    ]


def wrong_specifier(name: str, given: str) -> list[str]:
    """A problem where a version specifier cannot be read."""
    try:
        SpecifierSet(given)
    except InvalidSpecifier:
        return [f'- {name} is {given!r}; expected is something like ">=3.9"']
    return []


def near(given: str, known: Collection[str]) -> str:
    """A hint at what may have been meant."""
    found = difflib.get_close_matches(given, known, n=1)
    return f"did you mean {found[0]!r}?" if found else f"known: {', '.join(known)}"
