"""Builds the pinned environment of an adapter, once per fingerprint, and finds it again.

An environment is built in a temporary folder and renamed into place, so that an interrupted build leaves nothing that
looks finished. How it is filled is the business of the adapter's language (`runtimes/`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .declaration import Declaration
from .installing import Interpreter, Unavailable, Wishes
from .resolution import runtime

MARKER = "boilerbench-environment"
"""File that stands only in a finished environment."""
BUILDS = 4
"""Environments built at a time: most of a build is waiting for an index."""

__all__ = ["Environment", "Unavailable", "Wishes", "build", "sync"]


@dataclass(frozen=True)
class Environment:
    """A place an adapter can run in."""

    program: Path
    """What is started: the environment's interpreter."""
    fingerprint: str
    """SHA-256 over pins, interpreter and platform, in hex."""
    pinned: bool
    """Whether every distribution in it was checked against a hash."""
    place: Path | None = None
    """Its folder; None where the adapter needs nothing installed."""
    roots: tuple[Path, ...] = ()
    """Folders its interpreter reads from when it starts."""
    weights: Path | None = None
    """Folder of the weights it loads, where it needs some."""


def sync(
    declarations: Sequence[Declaration],
    folder: Path,
    models: Path | None = None,
    wishes: Wishes | None = None,
    done: Callable[[Declaration, Environment | Unavailable], None] = lambda *_: None,
) -> dict[str, Environment | Unavailable]:
    """Build what is missing, in parallel; adapter name -> environment, or why there is none.

    `models` is where weights are looked for, `done` is told of each adapter as soon as its environment is known.
    Adapters with the same pins share an environment, and it is built once.
    """
    wishes = wishes or Wishes()
    bases = {one.name: _base(one, models, wishes) for one in declarations}
    groups: dict[str, list[Declaration]] = {}
    outcome: dict[str, Environment | Unavailable] = {}
    for declaration in declarations:
        base = bases[declaration.name]
        if isinstance(base, Unavailable):
            outcome[declaration.name] = base
            done(declaration, base)
        else:
            groups.setdefault(fingerprint(declaration, base), []).append(declaration)

    def finish(group: list[Declaration]) -> None:
        for declaration in group:
            outcome[declaration.name] = _attempt(declaration, folder, models, wishes)
            done(declaration, outcome[declaration.name])

    with ThreadPoolExecutor(max_workers=BUILDS) as pool:
        for finished in [pool.submit(finish, group) for group in groups.values()]:
            finished.result()
    return {one.name: outcome[one.name] for one in declarations}


def build(
    declaration: Declaration, folder: Path, models: Path | None = None, wishes: Wishes | None = None
) -> Environment:
    """The environment of one adapter below `folder`, built if it is not there; raises Unavailable."""
    wishes = wishes or Wishes()
    language = runtime(declaration.runtime)
    weights = _weights(declaration, models)
    base = language.interpreter(declaration, wishes)
    digest = fingerprint(declaration, base)
    if not declaration.dependencies:
        return Environment(language.program(folder, base), digest, True, None, base.roots, weights)
    place = folder / f"{declaration.file.stem}-{digest[:16]}"
    if not (place / MARKER).exists():
        if not wishes.build:
            raise Unavailable("not built yet", f"boilerbench env sync {declaration.name}")
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        try:
            language.install(declaration, base, draft, wishes)
            (draft / MARKER).write_text(digest, encoding="utf-8")
            _move(draft, place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Environment(language.program(place, base), digest, declaration.pinned, place, base.roots, weights)


def fingerprint(declaration: Declaration, base: Interpreter) -> str:
    """SHA-256 of everything that decides what an environment holds."""
    pins = declaration.requirements.read_bytes() if declaration.requirements else b""
    named = [one.encode() for one in (*declaration.build, *declaration.dependencies)]
    local = [_contents(one) for one in declaration.dependencies if " @ file:" in one]
    return hashlib.sha256(b"\0".join([pins, *named, base.identity.encode(), *local])).hexdigest()


def _contents(dependency: str) -> bytes:
    """SHA-256 over names and bytes of a folder or file that a dependency is installed from.

    Left out is what building, testing and we ourselves leave behind, so that an environment is not built anew for it.
    """
    place = Path(unquote(urlsplit(dependency.partition(" @ ")[2]).path))
    digest = hashlib.sha256(place.read_bytes() if place.is_file() else b"")
    for folder, folders, files in os.walk(place):
        top = Path(folder) == place
        folders[:] = sorted(
            name
            for name in folders
            if not _litter(name) and not (top and name in {"build", "dist"}) and not _is_apart(Path(folder, name))
        )
        for file in sorted(one for name in files if (one := Path(folder, name)).is_file()):
            digest.update(f"{file.relative_to(place)}\0".encode("utf-8", "surrogateescape"))
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.digest()


def _litter(name: str) -> bool:
    return name.startswith(".") or name in {"__pycache__", "node_modules"} or name.endswith(".egg-info")


def _is_apart(folder: Path) -> bool:
    """Whether a folder is a virtual environment, or a run of ours, whose page table is there before all else."""
    return any((folder / name).is_file() for name in ("pyvenv.cfg", "pages.parquet"))


def _move(draft: Path, place: Path) -> None:
    """Put a finished environment where it belongs; one that another run has put there meanwhile is as good."""
    if place.exists() and not (place / MARKER).exists():
        shutil.rmtree(place, ignore_errors=True)
    try:
        draft.rename(place)
    except OSError:
        if not (place / MARKER).exists():
            raise


def _base(declaration: Declaration, models: Path | None, wishes: Wishes) -> Interpreter | Unavailable:
    try:
        _weights(declaration, models)
        base: Interpreter = runtime(declaration.runtime).interpreter(declaration, wishes)
    except Unavailable as reason:
        return reason
    return base


def _attempt(declaration: Declaration, folder: Path, models: Path | None, wishes: Wishes) -> Environment | Unavailable:
    try:
        return build(declaration, folder, models, wishes)
    except Unavailable as reason:
        return reason
    except OSError as error:
        return Unavailable(f"cannot write below {folder}: {error}", "set BOILERBENCH_CACHE to a folder you can write")


def _weights(declaration: Declaration, models: Path | None) -> Path | None:
    """The folder of the weights an adapter loads; Unavailable where they are missing."""
    if declaration.weights is None:
        return None
    if models and (place := models / declaration.weights).is_dir() and any(place.iterdir()):
        return place
    where = models / declaration.weights if models else f"<models>/{declaration.weights}"
    raise Unavailable(
        f"needs the weights {declaration.weights}, which are published apart from its package",
        f"put them into {where} ($BOILERBENCH_MODELS names another folder of models)",
    )
