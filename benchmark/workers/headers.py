"""Reads what a Python adapter file says of itself: its header and its syntax tree, never by importing it.

The header is inline script metadata (PEP 723): `requires-python`, exact pins in `dependencies`, and a table
`[tool.boilerbench]` with the keys in `declaration.KEYS`. `extract` is the unnamed variant, `extract_<name>` the
variant `@<name>`; docstrings describe them.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from ..errors import EnvironmentFault, UsageError
from .declaration import VARIANT_KEYS, wrong_keys, wrong_specifier, wrong_table

SCRIPT_BLOCK = re.compile(r"(?m)^# /// script\s*$\n((?:^#(?: .*)?$\n)+?)^# ///\s*$")
"""A header of inline script metadata; the lines between the marks are TOML behind `# `."""
HEADER_KEYS: Mapping[str, type] = {"requires-python": str, "dependencies": list, "tool": dict}
"""What PEP 723 allows in a header."""


def read(file: Path) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
    """The header, and for each variant its function and summary; UsageError with file and reason if malformed."""
    source = _source(file)
    functions = _functions(file, source)
    header = _header(file, source)
    _check(file, header, functions)
    return header, functions


def _source(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 (byte {error.start}: {error.reason}); save it as UTF-8") from error
    except OSError as error:
        raise EnvironmentFault(f"{file} cannot be read ({error.strerror}); check its permissions") from error


def _header(file: Path, source: str) -> dict[str, Any]:
    blocks = SCRIPT_BLOCK.findall(source)
    if len(blocks) > 1:
        raise UsageError(f"{file}: two `# /// script` headers; PEP 723 allows one")
    lines = [line[2:] for line in "".join(blocks).splitlines()]
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: the `# /// script` header is not TOML: {error}") from error


def _functions(file: Path, source: str) -> dict[str, tuple[str, str]]:
    """Variant name -> function name and summary; the unnamed variant has the name ''."""
    try:
        tree = ast.parse(source, str(file))
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise UsageError(f"{file}{line}: {error.msg}; an adapter is a Python file") from error
    except ValueError as error:  # what Pythons before 3.11.4 raise for a NUL byte
        raise UsageError(f"{file}: {error}; an adapter is a Python file") from error
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and re.fullmatch(r"extract(_[a-z0-9_]+)?", node.name):
            about = ast.get_docstring(node) or ast.get_docstring(tree) or ""
            found[node.name[len("extract_") :].replace("_", "-")] = (node.name, about.partition("\n")[0])
    if "default" in found:
        raise UsageError(f"{file}: rename `extract_default`; `default` is what the unnamed variant is called")
    if "" not in found:
        raise UsageError(f"{file}: no function `extract`; an adapter has `def extract(page)` that returns the text")
    return dict(sorted(found.items()))


def _check(file: Path, header: Mapping[str, Any], variants: Collection[str]) -> None:
    """Refuse a header with anything in it that would silently be passed over; one UsageError names all of it."""
    problems = wrong_keys("the header", header, HEADER_KEYS)
    if not problems:
        problems = [*wrong_specifier("requires-python", header.get("requires-python", "")), *_wrong_pins(header)]
        tool = {"boilerbench": header.get("tool", {}).get("boilerbench", {})}
        problems += wrong_keys("[tool]", tool, {"boilerbench": dict}) or wrong_table(
            "[tool.boilerbench]", tool["boilerbench"], variants, VARIANT_KEYS
        )
    if problems:
        raise UsageError("\n".join([f"{file}: its `# /// script` header cannot be used:", *problems]))


def _wrong_pins(header: Mapping[str, Any]) -> list[str]:
    problems = []
    for dependency in header.get("dependencies", ()):
        try:
            Requirement(dependency)
        except (InvalidRequirement, TypeError):
            problems.append(f'- dependency {dependency!r}; expected is something like "lxml==6.0.2"')
    return problems
