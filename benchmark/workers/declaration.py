"""What an adapter file says of itself: read from its header and syntax tree, never by importing it.

The header is inline script metadata (PEP 723): `requires-python`, exact pins in `dependencies`, and a table
`[tool.boilerbench]` with
  form          text, html or markdown: what `extract` hands back (default text)
  distribution  the distribution that is being measured (default: the first dependency)
  module        the module that distribution must provide (default: its name with underscores)
  light         which variants belong to the light field of `make bench`; `default` is the unnamed one
  memory_bytes  limit of the data segment, where the common one is too small
  variants.<name>.form   where a variant hands back another form
`extract` is the unnamed variant, `extract_<name>` the variant `@<name>`; docstrings describe them.
"""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..errors import UsageError
from ..records import FORMS

SCRIPT_BLOCK = re.compile(r"(?m)^# /// script\s*$\n((?:^#(?: .*)?$\n)+?)^# ///\s*$")
"""A header of inline script metadata; the lines between the marks are TOML behind `# `."""

KNOWN_KEYS = {"form", "distribution", "module", "light", "memory_bytes", "variants"}
MEMORY_BYTES = 2 << 30


@dataclass(frozen=True)
class Declaration:
    """One variant of one adapter, ready to be given an environment and started."""

    name: str
    """Full name: name, @variant and ==release."""
    file: Path
    """The adapter file."""
    function: str
    """The function in it that extracts."""
    summary: str
    """One line on what is called and how."""
    form: str
    """text, html or markdown."""
    requires_python: str
    """Version specifier of the Pythons it runs on; empty for any."""
    dependencies: tuple[str, ...]
    """What its environment must hold, as PEP 508 strings."""
    distribution: str | None
    """The distribution whose version is reported; None where there is none."""
    module: str | None
    """The module that must come from that distribution."""
    light: bool
    """Whether `make bench` runs it."""
    memory_bytes: int
    """Limit of the worker's data segment."""
    requirements: Path | None
    """Hash-pinned requirements beside the file; None if there are none or another release was asked for."""
    command: tuple[str, ...] | None = None
    """Program and arguments of a `cmd:` adapter."""


def resolve(given: str, locate: Callable[[str], Path]) -> Declaration:
    """The declaration behind what a user typed: `name[@variant][==release]`, `./file.py[@variant]` or `cmd:PROGRAM`.

    `locate` finds the file of a name. Raises UsageError for a bad name, variant, program or header.
    """
    if given.startswith("cmd:"):
        return _command(given)
    base, _, release = given.partition("==")
    name, _, variant = base.partition("@")
    file = Path(name) if name.endswith(".py") else locate(name)
    if not file.is_file():
        raise UsageError(f"adapter {given!r}: {file} is not a file; give the path of an adapter file or a known name")
    declarations = {declaration.name: declaration for declaration in declared(file)}
    wanted = _stem(file) + (f"@{variant}" if variant else "")
    if wanted not in declarations:
        raise UsageError(f"adapter {_stem(file)!r} has no variant {variant!r}; it has: {', '.join(declarations)}")
    return _at_release(declarations[wanted], release) if release else declarations[wanted]


def declared(file: Path) -> list[Declaration]:
    """All variants of an adapter file, the unnamed one first; UsageError with file and reason if it is malformed."""
    source = file.read_text(encoding="utf-8")
    header = _header(file, source)
    table: Mapping[str, Any] = header.get("tool", {}).get("boilerbench", {})
    if unknown := set(table) - KNOWN_KEYS:
        raise UsageError(f"{file}: unknown keys in [tool.boilerbench]: {sorted(unknown)}; known: {sorted(KNOWN_KEYS)}")
    functions = _functions(file, source)
    dependencies = tuple(header.get("dependencies", ()))
    distribution = table.get("distribution", _first_distribution(file, dependencies))
    pinned = file.with_suffix(".txt")
    return [
        Declaration(
            name=_stem(file) + (f"@{variant}" if variant else ""),
            file=file,
            function=function,
            summary=summary,
            form=_form(file, table, variant),
            requires_python=header.get("requires-python", ""),
            dependencies=dependencies,
            distribution=distribution,
            module=table.get("module", distribution.replace("-", "_") if distribution else None),
            light=(variant or "default") in table.get("light", ()),
            memory_bytes=table.get("memory_bytes", MEMORY_BYTES),
            requirements=pinned if pinned.exists() else None,
        )
        for variant, (function, summary) in functions.items()
    ]


def _stem(file: Path) -> str:
    return file.stem.replace("_", "-")


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
        raise UsageError(f"{file}:{error.lineno}: {error.msg}; an adapter is a Python file") from error
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and re.fullmatch(r"extract(_[a-z0-9_]+)?", node.name):
            about = ast.get_docstring(node) or ast.get_docstring(tree) or ""
            found[node.name[len("extract_") :].replace("_", "-")] = (node.name, about.partition("\n")[0])
    if "" not in found:
        raise UsageError(f"{file}: no function `extract`; an adapter has `def extract(page)` that returns the text")
    return dict(sorted(found.items()))


def _form(file: Path, table: Mapping[str, Any], variant: str) -> str:
    form = table.get("variants", {}).get(variant, {}).get("form", table.get("form", "text"))
    if form not in FORMS:
        raise UsageError(f"{file}: form {form!r}; one of {', '.join(FORMS)} is expected")
    return str(form)


def _first_distribution(file: Path, dependencies: tuple[str, ...]) -> str | None:
    try:
        return Requirement(dependencies[0]).name if dependencies else None
    except InvalidRequirement as error:
        raise UsageError(f"{file}: dependency {dependencies[0]!r}: {error}") from error


def _at_release(declaration: Declaration, release: str) -> Declaration:
    """The same adapter with another release of the distribution it measures; hashes then cannot be pinned."""
    if declaration.distribution is None:
        raise UsageError(f"{declaration.name} measures no distribution, so it has no release {release!r}")
    wanted = canonicalize_name(declaration.distribution)
    parsed = [Requirement(dependency) for dependency in declaration.dependencies]
    changed = [f"{r.name}=={release}" if canonicalize_name(r.name) == wanted else str(r) for r in parsed]
    return replace(
        declaration,
        name=f"{declaration.name}=={release}",
        dependencies=tuple(changed),
        requirements=None,
        light=False,
    )


def _command(given: str) -> Declaration:
    words = shlex.split(given.removeprefix("cmd:"))
    program = shutil.which(words[0]) if words else None
    if program is None:
        raise UsageError(f"{given!r}: no such program; give cmd:PROGRAM with a file that is executable (chmod +x)")
    return Declaration(
        name=f"cmd:{Path(program).name}",
        file=Path(__file__).with_name("command.py"),
        function="extract",
        summary=f"the program {Path(program).name}: page on standard input, text on standard output",
        form="text",
        requires_python="",
        dependencies=(),
        distribution=None,
        module=None,
        light=False,
        memory_bytes=MEMORY_BYTES,
        requirements=None,
        command=(str(Path(program).absolute()), *words[1:]),
    )
