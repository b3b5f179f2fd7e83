"""What a user asked for, with every name resolved or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from . import rooms, store
from .errors import UsageError
from .workers.declaration import Declaration, declared, resolve

Found = TypeVar("Found")


@dataclass(frozen=True)
class Corpus:
    """A corpus that was found on this disk."""

    name: str
    """What it is called in tables."""
    module: str
    """Name of the file in `corpora/` that reads it, or the path of a file outside."""
    folder: Path
    """Where its files are."""

    def reader(self) -> ModuleType:
        """The module with the taps `pages` and `golds`."""
        outside = self.module.endswith(".py")
        return rooms.load_file(Path(self.module)) if outside else rooms.load("corpora", self.module)


@dataclass(frozen=True)
class Plan:
    """All that decides what a run does."""

    corpora: tuple[Corpus, ...]
    """Where pages come from."""
    adapters: tuple[str, ...]
    """What to run, as typed."""
    scorers: tuple[str, ...]
    """What to compare answers with golds by."""
    timeout_s: float = 30.0
    """Longest wait for one answer."""
    limit: int | None = None
    """Only so many pages of each corpus; None for all."""
    pages: tuple[str, ...] = ()
    """Only the pages with these ids; empty for all."""
    engine: str = "local"
    """Where shards run."""
    jobs: int | None = None
    """Shards at a time; None for one per core."""

    def to_json(self) -> dict[str, Any]:
        """The plan as plain values, folders as text."""
        return {**asdict(self), "corpora": [{**asdict(one), "folder": str(one.folder)} for one in self.corpora]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Plan:
        """The plan that `to_json` wrote."""
        corpora = tuple(Corpus(one["name"], one["module"], Path(one["folder"])) for one in value["corpora"])
        lists = {key: tuple(value[key]) for key in ("adapters", "scorers", "pages")}
        return cls(**{**value, **lists, "corpora": corpora})


def find_corpus(given: str, data: Path | None) -> Corpus:
    """The corpus behind what a user typed: a name, a folder of pairs, or a file that reads a corpus."""
    if given.endswith(".py"):
        name = Path(given).stem.replace("_", "-")
        return Corpus(name, str(Path(given).absolute()), store.corpus_folder(name, data))
    if Path(given).is_dir() and given not in rooms.names("corpora"):
        return Corpus(Path(given).resolve().name, "folder", Path(given).absolute())
    bundled = getattr(rooms.load("corpora", given), "BUNDLED", False)
    return Corpus(given, given, store.bundled() if bundled else store.corpus_folder(given, data))


def find_adapter(given: str) -> Declaration:
    """The declaration of the adapter a user typed."""
    return resolve(given, lambda name: rooms.path("adapters", name))


def find_scorer(given: str) -> ModuleType:
    """The scorer a user typed: a name, or the path of a file."""
    return rooms.load_file(Path(given)) if given.endswith(".py") else rooms.load("scorers", given)


def light_field() -> list[str]:
    """Names of the adapters that `make bench` runs: those whose header says so."""
    found = [one for name in rooms.names("adapters") for one in declared(rooms.path("adapters", name))]
    return [declaration.name for declaration in found if declaration.light]


def resolve_all(
    corpora: Sequence[str], data: Path | None, adapters: Sequence[str], scorers: Sequence[str], engine: str
) -> tuple[Corpus, ...]:
    """Find everything that was named; one UsageError for everything that is unknown."""
    complaints: list[str] = []
    found = [_tried(find_corpus, complaints, name, data) for name in corpora]
    for adapter in adapters:
        _tried(find_adapter, complaints, adapter)
    for scorer in scorers:
        _tried(find_scorer, complaints, scorer)
    _tried(rooms.path, complaints, "engines", engine)
    names = [corpus.name for corpus in found if corpus]
    complaints += [
        f"two corpora are called {name!r}; rename a folder" for name in sorted(set(names)) if names.count(name) > 1
    ]
    if complaints:
        raise UsageError("\n".join(complaints))
    return tuple(corpus for corpus in found if corpus is not None)


def _tried(find: Callable[..., Found], complaints: list[str], *given: object) -> Found | None:
    try:
        return find(*given)
    except UsageError as error:
        complaints.append(str(error))
        return None
