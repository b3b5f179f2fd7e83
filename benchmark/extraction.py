"""Page -> Extraction: who takes part, which shards there are, and what came of each page."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import re
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any

from . import cache, handing, machine, rooms, store
from .cache import Shelf
from .errors import EnvironmentFault, UsageError
from .handing import Placed
from .plan import Corpus, Plan, find_adapter, find_all, refuse, write_plan
from .progress import Progress
from .records import EDITION, FORMAT, Extraction, Manifest, Page, Score
from .schedule import LongestFirst
from .store import Run, Shard
from .text import plain
from .workers import confinement, environments
from .workers.declaration import Declaration
from .workers.environments import Environment, Unavailable, Wishes
from .workers.supervisor import WORKER_CODE, CannotStart, Stopped, Worker

PAGES_PER_SHARD = 64
"""What a kill costs at most, against one start of a worker."""
SEED = 20_260_101
"""Seed of resampling and of random orders, where none is given."""
ADDED_BY_SCORING = ("gold", "answers")
"""Keys of a corpus in the manifest."""
NOTHING_RUN = "none (nothing was run)"
"""What a manifest says of the sandbox where all answers were handed in."""
PLACE = re.compile(r"\w+://[^\s'\"`]+|(?<![\w.])/(?:[^\s/:;,'\"`()]+/)+")
"""An address, or the folders of an absolute path."""


@dataclass
class _Survey:
    """What one pass over the wanted pages of a corpus finds."""

    count: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    ranges: list[tuple[int, int]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add(self, index: int, page: Page) -> None:
        self.count += 1
        self.digest.update(f"{page.id}\0{page.sha256}\n".encode())
        if self.ranges and self.ranges[-1][1] == index and index - self.ranges[-1][0] < PAGES_PER_SHARD:
            self.ranges[-1] = (self.ranges[-1][0], index + 1)
            self.sizes[-1] += len(page.html)
        else:
            self.ranges.append((index, index + 1))
            self.sizes.append(len(page.html))


@dataclass(frozen=True)
class _Entrant:
    """An adapter that said hello, or why it cannot take part."""

    declaration: Declaration
    environment: Environment | None
    about: Mapping[str, object]
    shelf: Shelf | None = None


def extract(plan: Plan, folder: Path, progress: Progress, resume: bool = False) -> Run:
    """Run every adapter over every page and write down what came of each, beside the answers that were handed in.

    With `resume`, parts that an interrupted run of the same plan finished are kept. Raises UsageError where the
    folder holds another run, EnvironmentFault where no adapter can run here.
    """
    run = Run(folder)
    with run.locked():
        return _extract_locked(plan, run, progress, resume)


def _extract_locked(plan: Plan, run: Run, progress: Progress, resume: bool) -> Run:
    folder, begun = run.folder, run.has("manifest.json")
    if plan.adapters:
        confinement.require(plan.require_sandbox)
    if begun and not resume:
        raise UsageError(f"{folder} holds a run already; give another --out, or finish that one with --resume")
    if not begun and (strangers := run.strangers()):
        raise UsageError(
            f"{folder} holds no run, but files that a run would write: {', '.join(strangers)}; give another --out"
        )
    surveys = _survey(plan, run, begun)
    placed = _gather(plan, run, progress) if plan.handed else []
    try:
        entrants = _prepare(plan, run, progress) if plan.adapters else []
        manifest = _manifest(plan, run, entrants, placed, surveys)
        run.write_manifest(_continued(Run.open(folder).manifest(), manifest) if begun else manifest)
        write_plan(run, plan)
        for one in placed:
            for name, survey in surveys.items():
                handing.write(run, one, name, survey.ranges, list(run.page_hashes(name)))
        if plan.adapters:
            _extract_shards(plan, run, [one for one in entrants if one.environment], surveys, progress)
    finally:
        run.clear_scratch()
    run.write_scores("costs.parquet", run.extraction_costs())
    run.write_outcomes(run.manifest())
    return run


def _survey(plan: Plan, run: Run, begun: bool) -> dict[str, _Survey]:
    surveys = {corpus.name: _Survey() for corpus in plan.corpora}
    unseen = set(plan.pages)
    pages = _wanted_pages(plan, surveys, unseen)
    if begun:
        deque(pages, maxlen=0)  # the run may yet refuse to be resumed by this plan, so its page table stays
    else:
        run.write_pages(pages)
    complaints = [f"page {one!r} is in no corpus of this run; ids look like {_first_id(plan)!r}" for one in unseen]
    complaints += [
        f"corpus {corpus.name!r} at {corpus.folder} has none of the pages asked for; leave it out"
        for corpus in plan.corpora
        if not surveys[corpus.name].count
    ]
    refuse(sorted(complaints))
    return surveys


def _first_id(plan: Plan) -> str:
    return next(page.id for corpus in plan.corpora for page in pages_of(corpus, 0, 1))


def _wanted_pages(plan: Plan, surveys: Mapping[str, _Survey], unseen: set[str]) -> Iterator[Page]:
    for corpus in plan.corpora:
        for index, page in chosen_pages(plan, corpus):
            surveys[corpus.name].add(index, page)
            unseen.discard(page.id)
            yield page


def chosen_pages(plan: Plan, corpus: Corpus) -> Iterator[tuple[int, Page]]:
    """The pages the plan asks for, each with its place in the corpus."""
    for index, page in enumerate(pages_of(corpus, 0, plan.limit)):
        if not plan.pages or page.id in plan.pages:
            yield index, page


def pages_of(corpus: Corpus, start: int, stop: int | None) -> Iterator[Page]:
    """Pages of a corpus under the name it has in this run."""
    for page in corpus.reader().pages(corpus.folder, start, stop):
        yield dataclasses.replace(page, corpus=corpus.name)


def _gather(plan: Plan, run: Run, progress: Progress) -> list[Placed]:
    """The handed-in answers; one to a page of the corpus that was not asked for is not one to a page unknown."""
    wanted = {corpus.name: run.page_hashes(corpus.name) for corpus in plan.corpora}
    known = wanted
    if plan.limit or plan.pages:
        known = {corpus.name: {page.id: page.sha256 for page in pages_of(corpus, 0, None)} for corpus in plan.corpora}
    return handing.gather(plan, known, wanted, progress)


def _prepare(plan: Plan, run: Run, progress: Progress) -> list[_Entrant]:
    """Who takes part; the manifest must know their versions before the first page."""
    found = confinement.probe()
    if found.level != "full":
        progress.note(found.line())
    entrants = find_entrants(plan, run, progress)
    for one in entrants:
        if not one.environment:
            progress.note(
                f"{one.declaration.name} is unavailable: {one.about['unavailable']} (try: {one.about['remedy']})"
            )
    if not plan.handed and not any(one.environment for one in entrants):
        raise EnvironmentFault("none of the adapters can run here; `boilerbench doctor` says why")
    return entrants


def find_entrants(plan: Plan, run: Run, progress: Progress, wishes: Wishes | None = None) -> list[_Entrant]:
    """Build environments and let every adapter say hello, a few at a time."""
    declarations = list({one.name: one for one in find_all(find_adapter, plan.adapters)}.values())
    progress.stage("environments", len(declarations))
    built = environments.sync(
        declarations, places(), store.models_folder(), wishes, lambda one, _: progress.step(one.name)
    )
    with ThreadPoolExecutor(max_workers=plan.jobs or len(os.sched_getaffinity(0))) as pool:
        return list(pool.map(lambda one: _greet(one, built[one.name], plan, run), declarations))


def places() -> Path:
    """Where environments are built."""
    return store.cache_folder() / "environments"


def _greet(declaration: Declaration, environment: Environment | Unavailable, plan: Plan, run: Run) -> _Entrant:
    if isinstance(environment, Unavailable):
        return _Entrant(declaration, None, {"unavailable": str(environment), "remedy": environment.remedy})
    hidden = [] if not plan.corpora else hidden_from_workers(plan, run)
    try:
        with Worker(declaration, environment, plan.timeout_s, run.scratch, hidden=hidden) as worker:
            greeting = worker.start()
    except CannotStart as error:
        return _Entrant(declaration, None, {"unavailable": str(error), "remedy": "boilerbench doctor"})
    about = {
        "version": greeting.version,
        "summary": declaration.summary,
        "category": declaration.category,
        "distribution": declaration.distribution,
        "licence": declaration.licence,
        "input": declaration.input,
        "form": declaration.form,
        "runtime": greeting.runtime,
        "environment": environment.fingerprint,
        "pinned": environment.pinned,
        "memory_bytes": declaration.memory_bytes,
        "fresh": declaration.fresh,
        "sandbox": greeting.sandbox,
        "file": code_of(declaration),
        "worker": WORKER_CODE,
    }
    return _Entrant(declaration, environment, about, _shelf(declaration, about) if plan.cache else None)


def hidden_from_workers(plan: Plan, run: Run) -> list[Path]:
    """What no competitor may read, not even one that the user brought: golds, and what others answered."""
    bundled = store.bundled()
    kept = store.cache_folder() / "extractions"
    others = [one.file for one in plan.handed]
    corpora = [place for one in plan.corpora for place in (one.folder, one.source) if place]
    return [*corpora, *others, bundled / "goldens", bundled / "results", kept, run.folder]


def _shelf(declaration: Declaration, about: Mapping[str, object]) -> Shelf | None:
    """Where answers of an adapter are kept, if everything that decides them is known."""
    known = declaration.pinned and declaration.command is None and store.PACKAGE in declaration.file.parents
    if not known:
        return None
    decisive = ("version", "runtime", "environment", "memory_bytes", "fresh", "sandbox", "file", "worker", "form")
    key = json.dumps([declaration.function, *(about[name] for name in decisive)])
    folder = store.cache_folder() / "extractions"
    return Shelf(folder, f"{declaration.file.stem}-{hashlib.sha256(key.encode()).hexdigest()[:24]}")


def code_of(declaration: Declaration) -> str:
    """SHA-256 of what runs: the adapter's file or folder; of a program, itself and its arguments too."""
    own = [declaration.file] if declaration.file.is_file() else sorted(declaration.file.glob("*"))
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in own if file.is_file()))
    if declaration.command:
        program, *arguments = declaration.command
        digest.update(Path(program).read_bytes())
        digest.update("\0".join(arguments).encode())
    return digest.hexdigest()


def _manifest(
    plan: Plan, run: Run, entrants: Sequence[_Entrant], placed: Sequence[Placed], surveys: Mapping[str, _Survey]
) -> Manifest:
    now = datetime.datetime.now(datetime.UTC)
    allowed = {"allow_missing": plan.allow_missing, "ignore_extra": plan.ignore_extra} if placed else {}
    adapters = {one.declaration.name: _presentable(one.about) for one in entrants}
    return Manifest(
        run=run.folder.resolve().name,
        format=FORMAT,
        edition=EDITION,
        boilerbench=version("boilerbench"),
        revision=machine.revision(store.PACKAGE.parent),
        created=now.isoformat(timespec="seconds"),
        seed=SEED,
        machine=machine.describe(),
        libraries=machine.libraries(),
        sandbox=confinement.probe().level if plan.adapters else NOTHING_RUN,
        options={"timeout_s": plan.timeout_s, "limit": plan.limit, "pages": list(plan.pages), **allowed},
        corpora={name: {"pages": one.count, "fingerprint": one.digest.hexdigest()} for name, one in surveys.items()},
        adapters={**adapters, **{one.handed.name: one.about for one in placed}},
    )


def _presentable(about: Mapping[str, object]) -> dict[str, object]:
    """What is said of an adapter without folders of this machine and addresses, which installers put into reasons."""
    hidden = {name: PLACE.sub("…", str(about[name])) for name in ("unavailable", "remedy") if name in about}
    return {**about, **hidden}


def _continued(begun: Manifest, now: Manifest) -> Manifest:
    """The manifest of the run being resumed; UsageError where the run at hand is another one."""
    was, is_now = (json.loads(json.dumps(dataclasses.asdict(one))) for one in (begun, now))
    decisive = ("format", "edition", "boilerbench", "libraries", "options", "corpora", "adapters")
    differing = [line for part in decisive for line in _differences(part, was[part], is_now[part])]
    if differing:
        raise UsageError(
            f"cannot resume {begun.run}, which was begun otherwise:\n  " + "\n  ".join(differing) + "\n"
            "Start a new run, or repeat the command that began this one with --resume"
        )
    return begun


def _differences(name: str, was: object, is_now: object) -> list[str]:
    """One line for each value that is not what it was; what only scoring adds is left out."""
    if isinstance(was, dict) and isinstance(is_now, dict):
        keys = [key for key in {**was, **is_now} if key not in ADDED_BY_SCORING]
        return [line for key in keys for line in _differences(f"{name} {key}", was.get(key), is_now.get(key))]
    return [] if was == is_now else [f"{name}: was {_told(was)}, is {_told(is_now)}"]


def _told(value: object) -> str:
    return "absent" if value is None else "present" if isinstance(value, dict) else repr(value)


def _extract_shards(
    plan: Plan, run: Run, entrants: Sequence[_Entrant], surveys: Mapping[str, _Survey], progress: Progress
) -> None:
    corpora = {corpus.name: corpus for corpus in plan.corpora}
    stretches = [
        (name, bounds, size)
        for name in corpora
        for bounds, size in zip(surveys[name].ranges, surveys[name].sizes, strict=True)
    ]
    order = LongestFirst(
        [
            (one.declaration.name, size, (one, Shard(one.declaration.name, name, number, *bounds), size))
            for one in entrants
            for number, (name, bounds, size) in enumerate(stretches)
        ]
    )
    progress.stage("extract", len(order.shards))

    def work(task: tuple[_Entrant, Shard, int], stop: Event) -> str:
        entrant, shard, size = task
        begun = time.monotonic()
        _extract_shard(plan, run, entrant, corpora[shard.corpus], shard, stop)
        order.done(shard.adapter, size, begun)
        return f"{shard.adapter} on {shard.corpus}"

    rooms.load("engines", plan.engine).run(work, order, plan.jobs, progress.step)


def _extract_shard(plan: Plan, run: Run, entrant: _Entrant, corpus: Corpus, shard: Shard, stop: Event) -> None:
    about = {name: entrant.about[name] for name in ("environment", "file", "worker")}
    if run.has_part(shard, about):
        return
    kept = _kept(entrant, corpus, shard)
    keys: dict[str, str] = {}
    made: dict[str, Extraction] = {}
    costs: list[Score] = []
    assert entrant.environment is not None

    def unanswered() -> Iterator[Page]:
        for page in pages_of(corpus, shard.start, shard.stop):
            keys[page.id] = cache.page_key(page) if entrant.shelf else ""
            if keys[page.id] not in kept:
                yield page

    hidden = hidden_from_workers(plan, run)
    with Worker(entrant.declaration, entrant.environment, plan.timeout_s, run.scratch, stop, hidden) as worker:
        for answer in worker.extract_all(unanswered()):
            row = _judged_empty(answer.extraction)
            made[row.page_id] = row
            costs += [
                Score(corpus.name, row.page_id, shard.adapter, "cost", metric, value)
                for metric, value in answer.costs.items()
            ]
    if stop.is_set():
        raise Stopped  # the signal that stops the run may have reached a worker too
    if entrant.shelf:
        entrant.shelf.keep([(keys[page_id], row) for page_id, row in made.items()])
    # Pages that are the same in every byte share an answer, but each has its own row.
    rows = [made.get(page_id) or dataclasses.replace(kept[key], page_id=page_id) for page_id, key in keys.items()]
    run.write_part(shard, rows, costs, about)


def _kept(entrant: _Entrant, corpus: Corpus, shard: Shard) -> dict[str, Extraction]:
    """Answers of an earlier run to pages of this shard."""
    if entrant.shelf is None:
        return {}
    pages = pages_of(corpus, shard.start, shard.stop)
    return entrant.shelf.find(((cache.page_key(page), page) for page in pages), entrant.declaration.name)


def _judged_empty(row: Extraction) -> Extraction:
    """An answer of markup alone is as empty as one of white space, whatever its form."""
    if row.outcome == "ok" and row.text and not plain(row.text, row.form).strip():
        return dataclasses.replace(row, outcome="empty")
    return row
