"""What a user asked for, with every name resolved or refused."""

from __future__ import annotations

import json
import os
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from . import overlays, rooms, store
from .compose import experiment
from .compose.page import Dose, Spec
from .errors import UsageError
from .records import Gold
from .store import Run
from .workers.declaration import Declaration
from .workers.resolution import declared, resolve
from .workers.runtimes.program import PREFIXES

Found = TypeVar("Found")

FOLDER = "folder"
"""The corpus file that reads any folder of pairs; it has no place of its own."""
TAPS = ("pages", "golds")
"""What a file that reads a corpus defines."""
SCORER = ("METRICS", "against")
"""What a file that scores defines."""


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
        return _outside(self.module, TAPS) if outside else rooms.load("corpora", self.module)

    def golds(self) -> Iterator[Gold]:
        """The golds in the order of the pages, with the regions of overlays where there are some."""
        reader = self.reader()
        if not overlays.covered(self.name):
            return iter(reader.golds(self.folder))
        return overlays.laid_over(self.name, reader.golds(self.folder), reader.pages(self.folder))


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
    require_sandbox: str | None = None
    """Level of confinement without which nothing is run; None to take what the machine offers."""
    cache: bool = True
    """Whether answers of earlier runs are used again, and new ones kept."""

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
        _outside(given, TAPS)
        name = Path(given).stem.replace("_", "-")
        return Corpus(name, str(Path(given).absolute()), store.corpus_folder(name, data))
    if Path(given).is_dir() and given not in rooms.names("corpora"):
        return Corpus(Path(given).resolve().name, FOLDER, Path(given).absolute())
    if os.sep in given:
        raise UsageError(f"corpus {given!r} is not a folder; give a folder of html and txt pairs, or a name")
    bundled = getattr(rooms.load("corpora", given), "BUNDLED", False)
    return Corpus(given, given, store.bundled() if bundled else store.corpus_folder(given, data))


def composed_corpus(run: Path, specs: Sequence[Spec]) -> Corpus:
    """The composed pages of an experiment, whose list is written into the run's own folder."""
    folder = (run / "pages").absolute()
    experiment.write(folder, specs)
    return Corpus(experiment.CORPUS, "composed", folder)


def treated_corpus(run: Path, source: Corpus, doses: Sequence[Dose], limit: int | None, seed: int) -> Corpus:
    """Pages of a corpus of the room, plain and under doses, whose list is written into the run's own folder."""
    if source.module not in rooms.names("corpora") or source.module == FOLDER:
        raise UsageError(f"{source.name}: treatments are injected into corpora by name; they are {corpora_names()}")
    folder = (run / "pages").absolute()
    ids = [page.id for page in islice(source.reader().pages(source.folder), limit)]
    rooms.load("corpora", "treated").write(folder, source.module, source.folder.absolute(), ids, list(doses), seed)
    return Corpus(experiment.CORPUS, "treated", folder)


def corpora_names() -> str:
    """Names of the corpora of the room that have a place of their own."""
    return ", ".join(name for name in rooms.names("corpora") if name not in {FOLDER, "treated"})


def find_adapter(given: str) -> Declaration:
    """The declaration of the adapter a user typed."""
    return resolve(given, lambda name: rooms.path("adapters", name))


def find_scorer(given: str) -> ModuleType:
    """The scorer a user typed: a name, or the path of a file."""
    return _outside(given, SCORER) if given.endswith(".py") else rooms.load("scorers", given)


def find_all(find: Callable[[str], Found], given: Sequence[str]) -> list[Found]:
    """What `find` finds for each of the names, each asked once; one UsageError for all that are unknown."""
    complaints: list[str] = []
    found = [_tried(find, complaints, name) for name in dict.fromkeys(given)]
    refuse(complaints)
    return [one for one in found if one is not None]


def refuse(complaints: Sequence[str]) -> None:
    """Raise one UsageError that holds all complaints; do nothing where there are none."""
    if complaints:
        raise UsageError("\n".join(complaints))


def scorer_name(given: str) -> str:
    """What a scorer is called in tables: its name, also where it was given as a file."""
    return Path(given).stem.replace("_", "-") if given.endswith(".py") else given


def anchored(given: str) -> str:
    """A name as it was typed, or a path or program that still means the same from another folder."""
    prefix = next((one for one in PREFIXES if given.startswith(one)), None)
    if prefix:
        program, *arguments = shlex.split(given.removeprefix(prefix))
        placed = [str(Path(one).absolute()) if Path(one).is_file() else one for one in arguments]
        return prefix + shlex.join([str(Path(program).absolute()) if os.sep in program else program, *placed])
    if os.sep in given or given.partition("@")[0].endswith(".py"):
        return str(Path(given).absolute())
    return given


def whole_field() -> list[str]:
    """Names of all adapters with all their variants."""
    return [one.name for one in _declarations()]


def light_field() -> list[str]:
    """Names of the adapters that `make bench` runs: those whose header says so."""
    return [one.name for one in _declarations() if one.light]


def default_scorers() -> list[str]:
    """Names of the scorers of a run that names none: those that are neither slow nor need a package of an extra."""
    return [name for name in rooms.names("scorers") if not getattr(rooms.load("scorers", name), "ON_DEMAND", False)]


def expanded(scorers: Sequence[str]) -> list[str]:
    """The scorers a user typed, where `all` is every scorer of the room; the default ones for none."""
    if not scorers:
        return default_scorers()
    return [one for name in scorers for one in (rooms.names("scorers") if name == "all" else [name])]


def corpora_at_hand(data: Path | None) -> list[str]:
    """Names of the corpora of the room that are on this disk."""
    complaints: list[str] = []
    names = [name for name in rooms.names("corpora") if name != FOLDER]
    return [corpus.name for name in names if (corpus := _tried(find_corpus, complaints, name, data))]


def _declarations() -> list[Declaration]:
    return [one for name in rooms.names("adapters") for one in declared(rooms.path("adapters", name))]


def resolve_all(
    corpora: Sequence[str], data: Path | None, adapters: Sequence[str], scorers: Sequence[str], engine: str
) -> tuple[Corpus, ...]:
    """Find everything that was named; one UsageError for everything that is unknown."""
    complaints: list[str] = []
    found = list(dict.fromkeys(_tried(find_corpus, complaints, name, data) for name in corpora))
    rivals = {_tried(find_adapter, complaints, adapter) for adapter in adapters}
    for scorer in scorers:
        _tried(find_scorer, complaints, scorer)
    _tried(rooms.path, complaints, "engines", engine)
    complaints += _shared_names("corpora", [corpus.name for corpus in found if corpus])
    complaints += _shared_names("adapters", [rival.name for rival in rivals if rival])
    refuse(complaints)
    return tuple(corpus for corpus in found if corpus is not None)


def _shared_names(what: str, names: Sequence[str]) -> list[str]:
    times = Counter(names)
    return [f"{times[name]} {what} are called {name!r}; rename one" for name in sorted(times) if times[name] > 1]


def _outside(file: str, needs: Sequence[str]) -> ModuleType:
    """A member of a room that stands outside the package; UsageError where it lacks what such a file defines."""
    module = rooms.load_file(Path(file))
    if missing := [name for name in needs if not hasattr(module, name)]:
        raise UsageError(f"{file} defines no {' and no '.join(missing)}; it must define {' and '.join(needs)}")
    return module


def _tried(find: Callable[..., Found], complaints: list[str], *given: object) -> Found | None:
    try:
        return find(*given)
    except UsageError as error:
        complaints.append(str(error))
        return None


def read_plan(run: Run) -> Plan:
    """The plan a run was begun with; UsageError for a published run, which keeps none."""
    if not run.has("plan.json"):
        raise UsageError(
            f"{run.folder} has no plan.json: a published run can be read, but not continued or scored again"
        )
    return Plan.from_json(json.loads((run.folder / "plan.json").read_bytes()))
