"""Page -> time: the adapters of a run timed on its pages, one call beside the other (docs/design/timing.md)."""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import ceil

from . import store
from .errors import EnvironmentFault, UsageError
from .extraction import chosen_pages, code_of, hidden_from_workers, places
from .plan import Corpus, Plan, find_adapter, read_plan
from .progress import Progress
from .records import FAILURES, Page, Score
from .speed import metrics as speed_metrics
from .speed import pytest_benchmark
from .speed.stage import LONG_BOX, OPEN_WORKERS, REFERENCE, measure
from .speed.timings import Measured
from .store import Run
from .workers import environments
from .workers.environments import Environment, Wishes
from .workers.resolution import declared

ROUNDS = 3
"""Counted rounds of the speed stage, where its time box allows them."""


def speed(run: Run, progress: Progress, seconds: float, number: int | None = None, *, paired: bool = False) -> None:
    """Time the adapters of a run on its pages; the time box is shared evenly among its corpora.

    `number` is how many pages of each corpus are timed, drawn by the run's seed; None for all. Unlike the time box it
    is a bound that holds: one counted round over all its pages is always made. `paired` pages are compared with each
    other alone, see `stage.measure`.
    """
    plan, manifest = read_plan(run), run.manifest()
    chosen = {one.name: _drawn(run.page_hashes(one.name), number, manifest.seed) for one in plan.corpora}
    box = seconds / len(plan.corpora)
    measured = _measured(run, plan, progress, list(manifest.adapters), chosen, box, "speed", paired=paired)
    for line in (line for one in measured for line in speed_metrics.waiting(one)):
        progress.note(line)
    run.write_scores("speed/scores.parquet", (row for one in measured for row in speed_metrics.scores(one)))
    run.write_metrics("speed/metrics.json", speed_metrics.METRICS)
    document = pytest_benchmark.document(measured, manifest.machine, manifest.revision, manifest.created)
    run.write_file("speed/pytest-benchmark.json", json.dumps(document, indent=1).encode())


def time_again(
    run: Run, progress: Progress, corpus: str, adapters: Sequence[str], pages: Collection[str], seconds: float
) -> list[Score]:
    """Time some adapters of a run on some pages of one of its corpora once more, and write nothing down."""
    plan = read_plan(run)
    hashes = run.page_hashes(corpus)
    chosen = {corpus: {name: hashes[name] for name in pages}}
    wanted = replace(plan, corpora=tuple(one for one in plan.corpora if one.name == corpus))
    (measured,) = _measured(run, wanted, progress, adapters, chosen, seconds, "time again")
    return list(speed_metrics.scores(measured))


def changed_since(run: Run, names: Sequence[str]) -> dict[str, str]:
    """Adapter -> what of it is not what the run had: its file, or what its environment is made from.

    One whose environment was not built is left out: it was not measured either. UsageError where one is not to be
    found any more.
    """
    plan, manifest = read_plan(run), run.manifest()
    named = {one.name: one for one in map(find_adapter, plan.adapters)}
    wanted = [named[name] for name in names if name in named]
    built = environments.sync(wanted, places(), store.models_folder(), Wishes(build=False))
    found: dict[str, str] = {}
    for one in wanted:
        was, place, code = manifest.adapters[one.name], built[one.name], code_of(one)
        if was.get("file", code) != code:
            found[one.name] = "file"
        elif isinstance(place, Environment) and was.get("environment") != place.fingerprint:
            found[one.name] = "environment"
    return found


def _measured(
    run: Run,
    plan: Plan,
    progress: Progress,
    names: Sequence[str],
    chosen: Mapping[str, Mapping[str, str]],
    seconds: float,
    stage: str,
    *,
    paired: bool = False,
) -> list[Measured]:
    """Timings on each corpus of the plan; `chosen` has for each the pages with the hashes of their bytes."""
    manifest = run.manifest()
    reference = declared(REFERENCE)[0]
    named = {one.name: one for one in map(find_adapter, plan.adapters)}
    ready = [name for name in names if name in named and "unavailable" not in manifest.adapters[name]]
    if not ready and plan.handed:
        raise UsageError(f"{run.folder} holds only answers that were handed in; there is nothing to time")
    wanted = [reference, *(named[name] for name in ready)]
    progress.stage("environments", len(wanted))
    built = environments.sync(wanted, places(), store.models_folder(), None, lambda one, _: progress.step(one.name))
    usable = [(one, place) for one in wanted if isinstance(place := built[one.name], Environment)]
    if not usable or usable[0][0] is not reference:
        raise EnvironmentFault(
            f"the reference parse cannot run: {built[reference.name]}; `boilerbench doctor` says more"
        )
    pages = sum(map(len, chosen.values()))
    sittings = ROUNDS if seconds >= LONG_BOX and not paired else 1
    progress.stage(stage, (ROUNDS + (0 if paired else sittings)) * pages * ceil(len(usable[1:]) / OPEN_WORKERS))
    try:
        return [
            measure(
                partial(_pages_to_time, plan, corpus, chosen[corpus.name]),
                usable[1:],
                usable[0],
                seconds=seconds,
                rounds=ROUNDS,
                seed=manifest.seed,
                timeout_s=plan.timeout_s,
                scratch=run.scratch,
                failed=_failed_pages(run, corpus),
                hidden=hidden_from_workers(plan, run),
                done=progress.step,
                paired=paired,
                sittings=sittings,
            )
            for corpus in plan.corpora
        ]
    finally:
        run.clear_scratch()


def _drawn(hashes: Mapping[str, str], number: int | None, seed: int) -> dict[str, str]:
    """So many of the pages, with the hashes of their bytes."""
    names = sorted(hashes)
    if number is not None and number < len(names):
        names = random.Random(seed).sample(names, number)  # noqa: S311 - a sample, no secret
    return {name: hashes[name] for name in names}


def _pages_to_time(plan: Plan, corpus: Corpus, hashes: Mapping[str, str]) -> Iterator[Page]:
    for page in (page for _, page in chosen_pages(plan, corpus) if page.id in hashes):
        if hashes.get(page.id) != page.sha256:
            raise UsageError(f"page {page.id} of {corpus.name!r} has changed since this run began; start a new run")
        yield page


def _failed_pages(run: Run, corpus: Corpus) -> dict[str, dict[str, str]]:
    """Adapter -> page -> outcome of the pages it failed on: a hang is not waited for again."""
    failed: dict[str, dict[str, str]] = {}
    for row in run.outcomes():
        if row["corpus"] == corpus.name and row["outcome"] in FAILURES:
            failed.setdefault(row["adapter"], {})[row["page_id"]] = row["outcome"]
    return failed
