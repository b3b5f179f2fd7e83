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
import difflib
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ..errors import EnvironmentFault, UsageError
from ..records import FORMS

SCRIPT_BLOCK = re.compile(r"(?m)^# /// script\s*$\n((?:^#(?: .*)?$\n)+?)^# ///\s*$")
"""A header of inline script metadata; the lines between the marks are TOML behind `# `."""

HEADER_KEYS: Mapping[str, type] = {"requires-python": str, "dependencies": list, "tool": dict}
"""What PEP 723 allows in a header."""
KEYS: Mapping[str, type] = {
    "form": str,
    "distribution": str,
    "module": str,
    "light": list,
    "memory_bytes": int,
    "variants": dict,
}
"""What `[tool.boilerbench]` may hold."""
VARIANT_KEYS: Mapping[str, type] = {"form": str}
TOML_TYPES = {str: "string", list: "list", int: "number", dict: "table"}
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
    source = _source(file)
    functions = _functions(file, source)
    header = _header(file, source)
    _check(file, header, functions)
    table: Mapping[str, Any] = header.get("tool", {}).get("boilerbench", {})
    dependencies = tuple(header.get("dependencies", ()))
    distribution = table.get("distribution", Requirement(dependencies[0]).name if dependencies else None)
    pinned = file.with_suffix(".txt")
    return [
        Declaration(
            name=_stem(file) + (f"@{variant}" if variant else ""),
            file=file,
            function=function,
            summary=summary,
            form=table.get("variants", {}).get(variant, {}).get("form", table.get("form", "text")),
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
    if "" not in found:
        raise UsageError(f"{file}: no function `extract`; an adapter has `def extract(page)` that returns the text")
    return dict(sorted(found.items()))


def _check(file: Path, header: Mapping[str, Any], functions: Collection[str]) -> None:
    """Refuse a header with anything in it that would silently be passed over; one UsageError names all of it."""
    problems = _wrong("the header", header, HEADER_KEYS)
    if not problems:
        tool = {"boilerbench": header.get("tool", {}).get("boilerbench", {})}
        problems = [*_wrong_pins(header), *_wrong("[tool]", tool, {"boilerbench": dict})]
    if not problems:
        problems = _wrong("[tool.boilerbench]", tool["boilerbench"], KEYS)
    if not problems:
        problems = _wrong_variants(tool["boilerbench"], [variant or "default" for variant in functions])
    if problems:
        raise UsageError("\n".join([f"{file}: its `# /// script` header cannot be used:", *problems]))


def _wrong(where: str, table: Mapping[str, object], kinds: Mapping[str, type]) -> list[str]:
    """One problem for each key that is unknown or holds a value of another type."""
    return [
        f"- unknown key {key!r} in {where}; {_near(key, kinds)}"
        if key not in kinds
        else f"- {key} in {where} is {value!r}; a {TOML_TYPES[kinds[key]]} is expected"
        for key, value in table.items()
        if key not in kinds or not isinstance(value, kinds[key])
    ]


def _wrong_pins(header: Mapping[str, Any]) -> list[str]:
    problems = []
    try:
        SpecifierSet(header.get("requires-python", ""))
    except InvalidSpecifier:
        problems.append(f'- requires-python is {header["requires-python"]!r}; expected is something like ">=3.9"')
    for dependency in header.get("dependencies", ()):
        try:
            Requirement(dependency)
        except (InvalidRequirement, TypeError):
            problems.append(f'- dependency {dependency!r}; expected is something like "lxml==6.0.2"')
    return problems


def _wrong_variants(table: Mapping[str, Any], variants: Collection[str]) -> list[str]:
    """Problems with what is said of variants and forms; the unnamed variant is called `default`."""
    forms = [table.get("form", "text")]
    problems = [
        f"- light names no variant of this file: {one!r}; {_near(str(one), variants)}"
        for one in table.get("light", ())
        if one not in variants
    ]
    for variant, about in table.get("variants", {}).items():
        if variant not in variants:
            problems.append(f"- [tool.boilerbench.variants] has {variant!r}; {_near(variant, variants)}")
        elif not isinstance(about, dict):
            problems.append(f"- variants.{variant} is {about!r}; a table is expected")
        else:
            problems += _wrong(f"variants.{variant}", about, VARIANT_KEYS)
            forms.append(about.get("form", "text"))
    return problems + [f"- form {form!r}; one of {', '.join(FORMS)} is expected" for form in forms if form not in FORMS]


def _near(given: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


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
    try:
        words = shlex.split(given.removeprefix("cmd:"))
    except ValueError as error:
        raise UsageError(f"adapter {given!r}: {error}; quote arguments as in a shell") from error
    program = shutil.which(words[0]) if words else None
    if program is None:
        problem = "is not executable" if words and Path(words[0]).is_file() else "there is no such program"
        raise UsageError(f"adapter {given!r}: {problem}; give cmd:PROGRAM, a file you may execute (chmod +x PROGRAM)")
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
        command=(str(Path(program).absolute()), *map(_placed, words[1:])),
    )


def _placed(argument: str) -> str:
    """An argument that names a file, so that it still does from the worker's own folder."""
    return str(Path(argument).absolute()) if Path(argument).is_file() else argument
