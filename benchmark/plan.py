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
from .compose import experiment, injection
from .compose.page import Dose, Spec
from .errors import UsageError
from .reading import complaint, described, listed
from .records import FORMS, Gold, Predictions
from .store import Run
from .workers.declaration import Declaration
from .workers.resolution import declared, resolve
from .workers.runtimes.program import PREFIXES

Found = TypeVar("Found")

LONGEST_NAME = 80
"""Characters of a name that was handed in; quoted as a file name it still fits a file system."""
FOLDER = "folder"
"""The corpus file that reads any folder of pairs; it has no place of its own."""
GOLD_FILE = "gold-file"
"""The corpus file that reads golds without pages; it has no place of its own either."""
PLACELESS = (FOLDER, GOLD_FILE)
"""Files of the room that need a path."""
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
    source: Path | None = None
    """Where the pages and golds lie that it is made from, if that is another place."""

    def reader(self) -> ModuleType:
        """The module with the taps `pages` and `golds`."""
        outside = self.module.endswith(".py")
        return _outside(self.module, TAPS) if outside else rooms.load("corpora", self.module)

    @property
    def has_pages(self) -> bool:
        """Whether there are pages beside the golds."""
        return self.module != GOLD_FILE

    def golds(self) -> Iterator[Gold]:
        """The golds in the order of the pages, with the regions of overlays where there are some."""
        reader = self.reader()
        if not self.has_pages or not overlays.covered(self.name):
            return iter(reader.golds(self.folder))
        return overlays.laid_over(self.name, reader.golds(self.folder), reader.pages(self.folder))


@dataclass(frozen=True)
class HandedIn:
    """Answers that were given elsewhere, and take part like those of an adapter."""

    name: str
    """What they are called in tables."""
    file: Path
    """The file or folder that holds them."""
    format: str
    """Name of the file in `formats/` that reads it."""
    form: str = "text"
    """Form of the answers: text, html or markdown."""

    def read(self) -> Predictions:
        """The answers; UsageError where the file is not as its format wants it."""
        found: Predictions = rooms.load("formats", self.format).read(self.file)
        return found


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
    handed: tuple[HandedIn, ...] = ()
    """Answers that were given elsewhere."""
    allow_missing: bool = False
    """Whether a page without a handed-in answer counts as a failure, instead of stopping the run."""
    ignore_extra: bool = False
    """Whether handed-in answers to pages that no corpus has are left out, instead of stopping the run."""
    data: Path | None = None
    """Folder that holds external corpora by name, where one was given."""

    def to_json(self) -> dict[str, Any]:
        """The plan as plain values, folders as text."""
        return {
            **asdict(self),
            "corpora": [
                {**asdict(one), "folder": str(one.folder), "source": str(one.source) if one.source else None}
                for one in self.corpora
            ],
            "handed": [{**asdict(one), "file": str(one.file)} for one in self.handed],
            "data": str(self.data) if self.data else None,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Plan:
        """The plan that `to_json` wrote."""
        corpora = tuple(
            Corpus(one["name"], one["module"], Path(one["folder"]), Path(one["source"]) if one.get("source") else None)
            for one in value["corpora"]
        )
        handed = tuple(HandedIn(**{**one, "file": Path(one["file"])}) for one in value.get("handed", ()))
        lists = {key: tuple(value[key]) for key in ("adapters", "scorers", "pages")}
        data = Path(value["data"]) if value.get("data") else None
        return cls(**{**value, **lists, "corpora": corpora, "handed": handed, "data": data})


def find_corpus(given: str, data: Path | None) -> Corpus:
    """The corpus behind what a user typed: a name, a folder of pairs, a gold file, or a file that reads a corpus."""
    if given.endswith(".py"):
        _outside(given, TAPS)
        name = Path(given).stem.replace("_", "-")
        return Corpus(name, str(Path(given).absolute()), store.corpus_folder(name, data))
    if Path(given).is_dir() and given not in rooms.names("corpora"):
        return Corpus(Path(given).resolve().name, FOLDER, Path(given).absolute())
    if Path(given).is_file() and given not in rooms.names("corpora"):
        return Corpus(Path(given).stem, GOLD_FILE, Path(given).absolute())
    if os.sep in given:
        raise UsageError(f"corpus {given!r} is not a folder; give a folder of html and txt pairs, or a name")
    rooms.path("corpora", given)  # says what was meant where there is none of that name
    return Corpus(given, given, store.bundled() if is_bundled(given) else store.corpus_folder(given, data))


def is_bundled(corpus: str) -> bool:
    """Whether the pages of a corpus come with the program; False for one that stands in no room."""
    return corpus in rooms.names("corpora") and getattr(rooms.load("corpora", corpus), "BUNDLED", False)


def composed_corpus(run: Path, specs: Sequence[Spec]) -> Corpus:
    """The composed pages of an experiment, whose list is written into the run's own folder."""
    folder = (run / "pages").absolute()
    experiment.write(folder, specs)
    return Corpus(experiment.CORPUS, "composed", folder)


def treated_corpus(
    run: Path, source: Corpus, doses: Sequence[Dose], limit: int | None, seed: int
) -> tuple[Corpus, list[str]]:
    """Pages of a corpus, plain and under doses, whose list is written into the run's own folder.

    Beside it why some are left out: their body cannot be found on the page. UsageError where none is left, and for a
    corpus that is neither one of the room nor a folder of pairs.
    """
    if source.module not in rooms.names("corpora") or source.module == GOLD_FILE:
        known = f"give a folder of html and txt pairs, or one of {corpora_names()}"
        raise UsageError(f"{source.name}: treatments cannot be injected here; {known}")
    folder = (run / "pages").absolute()
    reader = source.reader()
    found = islice(zip(reader.pages(source.folder), reader.golds(source.folder), strict=True), limit)
    reasons = {page.id: injection.unfit(page, gold) for page, gold in found}
    ids = [name for name, reason in reasons.items() if reason is None]
    left_out = [reason for reason in reasons.values() if reason is not None]
    if not ids:
        raise UsageError(f"{source.name}: no page can be treated: {left_out[0] if left_out else 'it has none'}")
    rooms.load("corpora", "in-vivo").write(folder, source.module, source.folder.absolute(), ids, list(doses), seed)
    return Corpus(experiment.CORPUS, "in-vivo", folder, source.folder.absolute()), left_out


def corpora_names() -> str:
    """Names of the corpora of the room that have a place of their own."""
    return ", ".join(name for name in rooms.names("corpora") if name not in {FOLDER, "in-vivo"})


def find_adapter(given: str) -> Declaration:
    """The declaration of the adapter a user typed."""
    return resolve(given, lambda name: rooms.path("adapters", name))


def find_scorer(given: str) -> ModuleType:
    """The scorer a user typed: a name, or the path of a file."""
    return _outside(given, SCORER) if given.endswith(".py") else rooms.load("scorers", given)


def find_handed_in(given: str, form: str = "text") -> HandedIn:
    """The answers behind what a user typed: the path of a file or folder, or NAME=PATH to call them otherwise.

    UsageError where no format recognises them, where they are not as their format wants them, or where their name
    cannot stand in tables and paths.
    """
    name, equals, path = ("", "", given) if Path(given).exists() else _named_path(given)
    place = Path(path).absolute()
    found = HandedIn("", place, _format_of(place), form)
    name = name if equals else found.read().name
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name.startswith("."):
        raise UsageError(
            f"{path} cannot be called {name!r} in tables; give a name of 1 to {LONGEST_NAME} characters: NAME={path}"
        )
    return HandedIn(name, place, found.format, form)


def _named_path(given: str) -> tuple[str, str, str]:
    """Name, equals sign and path; without a name and a sign where there is none."""
    name, equals, path = given.partition("=")
    return (name, equals, path) if equals else ("", "", given)


def _format_of(place: Path) -> str:
    """Name of the one format that recognises a file or folder."""
    formats = {name: rooms.load("formats", name) for name in rooms.names("formats")}
    expected = "one of these:\n" + "\n".join(f"{name}: {one.EXPECTED}" for name, one in formats.items())
    if not place.exists():
        raise complaint(place, ["there is no such file or folder"], expected)
    found = [name for name, one in formats.items() if one.recognises(place)]
    if len(found) > 1:
        raise complaint(place, listed("formats that recognise it", found), "just one that does")
    if not found:
        raise complaint(place, [described(place)], expected)
    return found[0]


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
    name, equals, release = given.partition("==")
    if os.sep in name or name.partition("@")[0].endswith(".py"):
        name = str(Path(name).absolute())
    if os.sep in release or release in {".", ".."}:
        release = str(Path(release).resolve())
    return name + equals + release


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
    names = [name for name in rooms.names("corpora") if name not in PLACELESS]
    return [corpus.name for name in names if (corpus := _tried(find_corpus, complaints, name, data))]


def _declarations() -> list[Declaration]:
    return [one for name in rooms.names("adapters") for one in declared(rooms.path("adapters", name))]


def resolve_all(
    corpora: Sequence[str],
    data: Path | None,
    adapters: Sequence[str],
    scorers: Sequence[str],
    engine: str,
    predictions: Sequence[str] = (),
    form: str = "text",
) -> tuple[tuple[Corpus, ...], tuple[HandedIn, ...]]:
    """Find everything that was named; one UsageError for everything that is unknown."""
    complaints = [] if form in FORMS else [f"--form {form}: one of {', '.join(FORMS)} is expected"]
    found = list(dict.fromkeys(_tried(find_corpus, complaints, name, data) for name in corpora))
    rivals = {_tried(find_adapter, complaints, adapter) for adapter in adapters}
    handed = [_tried(find_handed_in, complaints, one, form) for one in dict.fromkeys(predictions)]
    for scorer in scorers:
        _tried(find_scorer, complaints, scorer)
    _tried(rooms.path, complaints, "engines", engine)
    complaints += [
        f"corpus {one.name!r} is a file of golds without pages, on which no adapter can run; give the corpus itself"
        for one in found
        if one and adapters and not one.has_pages
    ]
    complaints += _shared_names("corpora", [corpus.name for corpus in found if corpus])
    names = [one.name for one in [*rivals, *handed] if one]
    complaints += [f"{one}: --predictions NAME=PATH" if handed else one for one in _shared_names("adapters", names)]
    refuse(complaints)
    return tuple(one for one in found if one is not None), tuple(one for one in handed if one is not None)


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


def write_plan(run: Run, plan: Plan) -> None:
    """Write the plan of a run, as `read_plan` reads it."""
    store.write_json(run.folder / "plan.json", plan.to_json())
