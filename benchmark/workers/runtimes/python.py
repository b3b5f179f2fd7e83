"""Python adapters: one file with a PEP 723 header, installed by uv, or by venv and pip where uv is missing."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import UsageError
from .. import headers, pythons
from ..declaration import Declaration, facts, variant_name
from ..installing import Interpreter, Unavailable, Wishes, find_uv, run
from ..start import ANSWERS, PACKAGE, REQUESTS, Start

if TYPE_CHECKING:
    from ..environments import Environment

CHILD = PACKAGE / "workers" / "child.py"
KIT = (
    *("records.py", "regions.py", "text.py"),
    *(f"workers/{name}.py" for name in ("__init__", "child", "command", "frames")),
)
"""Files of ours that run inside a worker."""


def claims(place: Path) -> bool:
    """A Python file."""
    return place.suffix == ".py"


def declared(file: Path) -> list[Declaration]:
    """All variants of an adapter file, the unnamed one first; UsageError with file and reason if it is malformed."""
    header, functions = headers.read(file)
    table = header.get("tool", {}).get("boilerbench", {})
    dependencies = tuple(header.get("dependencies", ()))
    distribution = table.get("distribution", Requirement(dependencies[0]).name if dependencies else None)
    pinned = file.with_suffix(".txt")
    return [
        Declaration(
            name=variant_name(file, variant),
            runtime="python",
            file=file,
            function=function,
            summary=summary,
            requires=header.get("requires-python", ""),
            dependencies=dependencies,
            distribution=distribution,
            module=table.get("module", distribution.replace("-", "_") if distribution else None),
            requirements=pinned if pinned.exists() else None,
            **facts(table, variant),
        )
        for variant, (function, summary) in functions.items()
    ]


def at_release(declaration: Declaration, release: str | Path) -> Declaration:
    """The same adapter with another release of the distribution it measures, or what stands in a folder.

    Hashes then cannot be pinned.
    """
    if declaration.distribution is None:
        raise UsageError(f"{declaration.name} measures no distribution, so it has no release {release!r}")
    wanted = canonicalize_name(declaration.distribution)
    parsed = [Requirement(dependency) for dependency in declaration.dependencies]
    changed = [_at(one, release) if canonicalize_name(one.name) == wanted else str(one) for one in parsed]
    return replace(declaration, dependencies=tuple(changed), requirements=None)


def _at(requirement: Requirement, release: str | Path) -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    where = f" @ {release.as_uri()}" if isinstance(release, Path) else f"=={release}"
    return f"{requirement.name}{extras}{where}"


def _local(declaration: Declaration) -> list[str]:
    """Names of the distributions that are installed from a folder or file of this machine."""
    parsed = [Requirement(one) for one in declaration.dependencies]
    return [one.name for one in parsed if one.url and one.url.startswith("file:")]


def interpreter(declaration: Declaration, wishes: Wishes) -> Interpreter:
    """The Python it runs on."""
    return pythons.find(declaration.requires, declaration.name, wishes)


def install(declaration: Declaration, base: Interpreter, place: Path, wishes: Wishes) -> None:
    """Make a virtual environment with everything the header asks for."""
    wanted = (
        ["--require-hashes", "-r", str(declaration.requirements)]
        if declaration.requirements
        else list(declaration.dependencies)
    )
    steps = [list(declaration.build), wanted] if declaration.build else [wanted]
    flags = ["--no-build-isolation"] if declaration.build else []
    uv = find_uv()
    if uv:
        run([uv, "venv", "--quiet", "--no-project", "--allow-existing", "--python", str(base.path), str(place)])
        into = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(place / "bin" / "python")]
        # uv would take a folder for unchanged as long as its pyproject.toml is.
        into += [word for name in _local(declaration) for word in ("--refresh-package", name)]
        for step in steps:
            _from_cache_or_index([*into, *flags, *step], declaration.pinned, wishes)
    elif pythons.has_ensurepip(base):
        run([str(base.path), "-m", "venv", str(place)])
        offline = ["--no-index"] if wishes.offline else []
        for step in steps:
            run([str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", *offline, *flags, *step])
    else:
        raise Unavailable(
            "neither uv nor ensurepip is here to build an environment with",
            f"{sys.executable} -m pip install uv   (or, on Debian: sudo apt-get install python3-venv)",
        )


def _from_cache_or_index(command: list[str], pinned: bool, wishes: Wishes) -> None:
    """What is pinned is the same from wherever it comes, so uv's cache is asked first and the index only if need be."""
    if wishes.offline:
        run([*command, "--offline"])
        return
    if pinned:
        try:
            run([*command, "--offline"])
        except Unavailable:
            pass  # not all of it has been fetched before
        else:
            return
    run(command)


def program(place: Path, base: Interpreter) -> Path:
    """The environment's own Python; where nothing is installed, the one that runs boilerbench if it is of that kind."""
    own = place / "bin" / "python"
    if own.exists():
        return own
    return Path(sys.executable) if base == pythons.this_one() else base.path


def start(declaration: Declaration, environment: Environment, _: Path) -> Start:
    """`python -s child.py CONFIG`; by script path, so that no stray `benchmark/` folder is picked up."""
    config: dict[str, Any] = {
        "package": str(PACKAGE),
        "adapter": str(declaration.file.absolute()),
        "function": declaration.function,
        "distribution": declaration.distribution,
        "module": declaration.module,
        "command": declaration.command,
        "read_fd": REQUESTS,
        "write_fd": ANSWERS,
    }
    kit = [PACKAGE / name for name in KIT]
    compiled = [folder / "__pycache__" for folder in (PACKAGE, PACKAGE / "workers")]
    return Start(
        [str(environment.program), "-s", str(CHILD), json.dumps(config)],
        reads=(*kit, *filter(Path.exists, compiled), declaration.file.absolute()),
        lists=(PACKAGE, PACKAGE / "workers"),
        outsider=PACKAGE not in declaration.file.absolute().parents,
    )
