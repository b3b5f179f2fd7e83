"""Node adapters: a folder with `package.json` (and its lock) and `adapter.mjs`, installed by npm.

The key `boilerbench` of `package.json` holds what a Python adapter's header holds (`declaration.KEYS`), and names each
variant: `"variants": {"default": {"function": "extract", "summary": "…"}}`.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet

from ...errors import EnvironmentFault, UsageError
from ..declaration import VARIANT_KEYS, Declaration, facts, variant_name, wrong_specifier, wrong_table
from ..installing import Interpreter, Unavailable, Wishes, run
from ..start import PACKAGE, Start

if TYPE_CHECKING:
    from ..environments import Environment

MANIFEST, LOCK, ADAPTER = "package.json", "package-lock.json", "adapter.mjs"
HOST = PACKAGE / "workers" / "hosts" / "node.mjs"
KEYS = {**VARIANT_KEYS, "function": str, "summary": str}
"""What may be said of a variant."""
HEAP_SHARE = 0.8
"""How much of a worker's memory V8 may use for its heap; the rest is for its stacks, code and buffers."""
EXPECTED = """a package.json with
  "dependencies": {"name": "1.2.3"}     exact versions
  "engines": {"node": ">=20"}           the Nodes it runs on
  "boilerbench": {"licence": "MIT", "form": "text", "variants": {"default": {"function": "extract", "summary": "…"}}}"""


def claims(place: Path) -> bool:
    """A folder with a package.json in it."""
    return (place / MANIFEST).is_file()


def declared(place: Path) -> list[Declaration]:
    """All variants of an adapter folder, the unnamed one first; UsageError with all that is wrong with it."""
    manifest = _manifest(place / MANIFEST)
    table = manifest["boilerbench"]
    dependencies = manifest.get("dependencies", {})
    lock = place / LOCK
    return [
        Declaration(
            name=variant_name(place, "" if variant == "default" else variant),
            runtime="node",
            file=place,
            function=about["function"],
            summary=about["summary"],
            requires=manifest.get("engines", {}).get("node", ""),
            dependencies=tuple(f"{name}@{version}" for name, version in dependencies.items()),
            distribution=table.get("distribution", next(iter(dependencies), None)),
            requirements=lock if lock.exists() else None,
            **facts(table, "" if variant == "default" else variant),
        )
        for variant, about in sorted(table["variants"].items(), key=lambda one: (one[0] != "default", one[0]))
    ]


def _manifest(file: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(file.read_bytes())
    except OSError as error:
        raise EnvironmentFault(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}") from error
    if problems := _wrong(manifest, file.with_name(ADAPTER)):
        raise UsageError("\n".join([f"{file} cannot be used:", *problems, f"expected {EXPECTED}"]))
    return dict(manifest)


def _wrong(manifest: object, adapter: Path) -> list[str]:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("boilerbench"), dict):
        return ['- it has no key "boilerbench" with an object']
    table, engines = manifest["boilerbench"], manifest.get("engines", {})
    variants = table.get("variants", {})
    names = ["" if name == "default" else name for name in variants] if isinstance(variants, dict) else []
    problems = wrong_table("boilerbench", table, names, KEYS)
    problems += wrong_specifier("engines.node", engines.get("node", "") if isinstance(engines, dict) else "?")
    if "" not in names:
        problems.append('- boilerbench.variants has no "default"')
    if not problems:
        needed = [(name, key) for name in variants for key in ("function", "summary") if key not in variants[name]]
        problems += [f"- boilerbench.variants.{name} has no {key!r}" for name, key in needed]
    return problems if adapter.is_file() else [*problems, f"- there is no {adapter.name} beside it"]


def at_release(declaration: Declaration, release: str | Path) -> Declaration:
    """The same adapter with another release of the package it measures; the lock then no longer holds."""
    if isinstance(release, Path):
        raise UsageError(
            f"{declaration.name}=={release.name}: only a Python package is installed from a folder; for one of Node "
            "copy the adapter's folder and write file:PATH into its package.json"
        )
    measured = f"{declaration.distribution}@"
    if not any(one.startswith(measured) for one in declaration.dependencies):
        raise UsageError(f"{declaration.name} measures no package, so it has no release {release!r}")
    changed = [f"{measured}{release}" if one.startswith(measured) else one for one in declaration.dependencies]
    return replace(declaration, dependencies=tuple(changed), requirements=None)


def interpreter(declaration: Declaration, _: Wishes) -> Interpreter:
    """The Node on PATH, if it is one that the package runs on; Unavailable otherwise."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        missing = "npm" if node else "node"
        raise Unavailable(f"there is no {missing} on PATH", "install Node.js (on Debian: apt-get install nodejs npm)")
    path = Path(node).resolve()
    version = _version(path)
    if not SpecifierSet(declaration.requires).contains(version, prereleases=True):
        raise Unavailable(f"needs Node {declaration.requires}; this is {version}", "install a newer Node.js")
    return Interpreter(path, f"Node {version} {platform.system()} {platform.machine()}", (path.parent.parent,))


@cache
def _version(node: Path) -> str:
    done = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip().removeprefix("v") or "0"


def install(declaration: Declaration, _: Interpreter, place: Path, wishes: Wishes) -> None:
    """Fill `node_modules` from the lock; install scripts are not run, since they fetch what no lock names."""
    manifest = json.loads((declaration.file / MANIFEST).read_bytes())
    manifest["dependencies"] = dict(one.rsplit("@", 1) for one in declaration.dependencies)
    (place / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    verb = "install"
    if declaration.requirements:
        shutil.copy(declaration.requirements, place / LOCK)
        verb = "ci"
    cache_first = "--offline" if wishes.offline else "--prefer-offline"
    npm = str(shutil.which("npm"))
    run([npm, verb, "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-progress", cache_first], place)


def program(_: Path, base: Interpreter) -> Path:
    """Node itself."""
    return base.path


def start(declaration: Declaration, environment: Environment, scratch: Path) -> Start:
    """`node node.mjs CONFIG`; the adapter is copied beside a link to its packages, where Node looks for them."""
    shutil.copy(declaration.file / ADAPTER, scratch / ADAPTER)
    shutil.copy(declaration.file / MANIFEST, scratch / MANIFEST)
    if environment.place:
        (scratch / "node_modules").symlink_to(environment.place / "node_modules")
    config = {
        "adapter": str(scratch / ADAPTER),
        "function": declaration.function,
        "distribution": declaration.distribution,
        "manifest": str(scratch),
    }
    heap = int(declaration.memory_bytes * HEAP_SHARE) >> 20
    command = [str(environment.program), f"--max-old-space-size={heap}", str(HOST), json.dumps(config)]
    return Start(command, reads=(HOST,), outsider=PACKAGE not in declaration.file.absolute().parents)
