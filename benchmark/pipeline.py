"""The corridor: the only file that knows in which order the stages come.

Page -> Extraction -> Score -> Summary -> Report. Each stage reads what the one before left on disk, so any of them
can be run again alone.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
import secrets
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from math import ceil
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from . import machine, rooms, store
from .checks import doctor
from .checks.doctor import Finding
from .errors import EnvironmentFault, UsageError
from .plan import (
    Corpus,
    Plan,
    find_adapter,
    find_all,
    find_scorer,
    light_field,
    read_plan,
    refuse,
    scorer_name,
    whole_field,
)
from .records import (
    CLUSTERS_NEEDED,
    EDITION,
    FAILURES,
    FORMAT,
    Extraction,
    Gold,
    Manifest,
    Metric,
    Page,
    Report,
    Results,
    Score,
    Summary,
)
from .speed import metrics as speed_metrics
from .speed import pytest_benchmark
from .speed.stage import OPEN_WORKERS, REFERENCE, measure
from .store import Run, Shard
from .text import plain
from .workers import environments
from .workers.declaration import Declaration, declared
from .workers.environments import Environment, Unavailable
from .workers.supervisor import COSTS, SANDBOX, WORKER_CODE, CannotStart, Stopped, Worker

SCORE_TABLES = ("scores.parquet", "speed/scores.parquet", "costs.parquet")
"""Long-form tables that summaries are made from."""
ROUNDS = 3
"""Counted rounds of the speed stage, where its time box allows them."""
PAGES_PER_SHARD = 64
"""What a kill costs at most, against one start of a worker."""
SEED = 20_260_101
"""Seed of resampling and of random orders, where none is given."""
SHOWN = 20
"""Pages that an error names where there are too many to name all."""
PLACE = re.compile(r"\w+://[^\s'\"`]+|(?<![\w.])/(?:[^\s/:;,'\"`()]+/)+")
"""An address, or the folders of an absolute path."""


class Progress(Protocol):
    """Who is told how far things are."""

    def stage(self, name: str, total: int) -> None:
        """A stage of so many steps begins."""

    def step(self, label: str) -> None:
        """One step is done."""

    def note(self, line: str) -> None:
        """Something the user should know."""


# Page -> Extraction -------------------------------------------------------------------------------------------


@dataclass
class _Survey:
    """What one pass over the wanted pages of a corpus finds."""

    count: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    ranges: list[tuple[int, int]] = field(default_factory=list)

    def add(self, index: int, page: Page) -> None:
        self.count += 1
        self.digest.update(f"{page.id}\0{page.sha256}\n".encode())
        if self.ranges and self.ranges[-1][1] == index and index - self.ranges[-1][0] < PAGES_PER_SHARD:
            self.ranges[-1] = (self.ranges[-1][0], index + 1)
        else:
            self.ranges.append((index, index + 1))


@dataclass(frozen=True)
class _Entrant:
    """An adapter that said hello, or why it cannot take part."""

    declaration: Declaration
    environment: Environment | None
    about: Mapping[str, object]


def extract(plan: Plan, folder: Path, progress: Progress, resume: bool = False) -> Run:
    """Run every adapter over every page and write down what came of each.

    With `resume`, parts that an interrupted run of the same plan finished are kept. Raises UsageError where the
    folder holds another run, EnvironmentFault where no adapter can run here.
    """
    run = Run(folder)
    with run.locked():
        return _extract_locked(plan, run, progress, resume)


def _extract_locked(plan: Plan, run: Run, progress: Progress, resume: bool) -> Run:
    folder, begun = run.folder, run.has("manifest.json")
    if begun and not resume:
        raise UsageError(f"{folder} holds a run already; give another --out, or finish that one with --resume")
    if not begun and (strangers := run.strangers()):
        raise UsageError(
            f"{folder} holds no run, but files that a run would write: {', '.join(strangers)}; give another --out"
        )
    surveys = _survey(plan, run, begun)
    try:
        entrants = _prepare(plan, run, progress)
        manifest = _manifest(plan, run, entrants, surveys)
        run.write_manifest(_continued(Run.open(folder).manifest(), manifest) if begun else manifest)
        store.write_json(folder / "plan.json", plan.to_json())
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
    return next(page.id for corpus in plan.corpora for page in _pages(corpus, 0, 1))


def _wanted_pages(plan: Plan, surveys: Mapping[str, _Survey], unseen: set[str]) -> Iterator[Page]:
    for corpus in plan.corpora:
        for index, page in _chosen_pages(plan, corpus):
            surveys[corpus.name].add(index, page)
            unseen.discard(page.id)
            yield page


def _chosen_pages(plan: Plan, corpus: Corpus) -> Iterator[tuple[int, Page]]:
    """The pages the plan asks for, each with its place in the corpus."""
    for index, page in enumerate(_pages(corpus, 0, plan.limit)):
        if not plan.pages or page.id in plan.pages:
            yield index, page


def _pages(corpus: Corpus, start: int, stop: int | None) -> Iterator[Page]:
    """Pages of a corpus under the name it has in this run."""
    for page in corpus.reader().pages(corpus.folder, start, stop):
        yield dataclasses.replace(page, corpus=corpus.name)


def _prepare(plan: Plan, run: Run, progress: Progress) -> list[_Entrant]:
    """Who takes part; the manifest must know their versions before the first page."""
    entrants = _entrants(plan, run, progress)
    for one in entrants:
        if not one.environment:
            progress.note(
                f"{one.declaration.name} is unavailable: {one.about['unavailable']} (try: {one.about['remedy']})"
            )
    if not any(one.environment for one in entrants):
        raise EnvironmentFault("none of the adapters can run here; `boilerbench doctor` says why")
    return entrants


def _entrants(plan: Plan, run: Run, progress: Progress) -> list[_Entrant]:
    """Build environments and let every adapter say hello."""
    declarations = list({one.name: one for one in find_all(find_adapter, plan.adapters)}.values())
    progress.stage("environments", len(declarations))
    built = environments.sync(declarations, _environments(), lambda one, _: progress.step(one.name))
    return [_greet(declaration, built[declaration.name], plan, run) for declaration in declarations]


def _greet(declaration: Declaration, environment: Environment | Unavailable, plan: Plan, run: Run) -> _Entrant:
    if isinstance(environment, Unavailable):
        return _Entrant(declaration, None, {"unavailable": str(environment), "remedy": environment.remedy})
    try:
        with Worker(declaration, environment, plan.timeout_s, run.scratch) as worker:
            greeting = worker.start()
    except CannotStart as error:
        return _Entrant(declaration, None, {"unavailable": str(error), "remedy": "boilerbench doctor"})
    about = {
        "version": greeting.version,
        "summary": declaration.summary,
        "form": declaration.form,
        "python": greeting.python,
        "environment": environment.fingerprint,
        "pinned": environment.pinned,
        "file": _code(declaration),
        "worker": WORKER_CODE,
    }
    return _Entrant(declaration, environment, about)


def _code(declaration: Declaration) -> str:
    """SHA-256 of what runs: the adapter's file, and behind `cmd:` the program and its arguments too."""
    digest = hashlib.sha256(declaration.file.read_bytes())
    if declaration.command:
        program, *arguments = declaration.command
        digest.update(Path(program).read_bytes())
        digest.update("\0".join(arguments).encode())
    return digest.hexdigest()


def _manifest(plan: Plan, run: Run, entrants: Sequence[_Entrant], surveys: Mapping[str, _Survey]) -> Manifest:
    now = datetime.datetime.now(datetime.UTC)
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
        sandbox=SANDBOX,
        options={"timeout_s": plan.timeout_s, "limit": plan.limit, "pages": list(plan.pages)},
        corpora={name: {"pages": one.count, "fingerprint": one.digest.hexdigest()} for name, one in surveys.items()},
        adapters={one.declaration.name: _presentable(one.about) for one in entrants},
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
    """One line for each value that is not what it was; golds are left out, since only scoring adds them."""
    if isinstance(was, dict) and isinstance(is_now, dict):
        keys = [key for key in {**was, **is_now} if key != "gold"]
        return [line for key in keys for line in _differences(f"{name} {key}", was.get(key), is_now.get(key))]
    return [] if was == is_now else [f"{name}: was {_told(was)}, is {_told(is_now)}"]


def _told(value: object) -> str:
    return "absent" if value is None else "present" if isinstance(value, dict) else repr(value)


def _extract_shards(
    plan: Plan, run: Run, entrants: Sequence[_Entrant], surveys: Mapping[str, _Survey], progress: Progress
) -> None:
    corpora = {corpus.name: corpus for corpus in plan.corpora}
    tasks = [
        (one, Shard(one.declaration.name, name, number, *bounds))
        for one in entrants
        for number, (name, bounds) in enumerate((name, bounds) for name in corpora for bounds in surveys[name].ranges)
    ]
    progress.stage("extract", len(tasks))

    def work(task: tuple[_Entrant, Shard], stop: Event) -> str:
        entrant, shard = task
        _extract_shard(plan, run, entrant, corpora[shard.corpus], shard, stop)
        return f"{shard.adapter} on {shard.corpus}"

    rooms.load("engines", plan.engine).run(work, tasks, plan.jobs, progress.step)


def _extract_shard(plan: Plan, run: Run, entrant: _Entrant, corpus: Corpus, shard: Shard, stop: Event) -> None:
    about = {name: entrant.about[name] for name in ("environment", "file", "worker")}
    if run.has_part(shard, about):
        return
    rows: list[Extraction] = []
    costs: list[Score] = []
    assert entrant.environment is not None
    with Worker(entrant.declaration, entrant.environment, plan.timeout_s, run.scratch, stop) as worker:
        for page in _pages(corpus, shard.start, shard.stop):
            answer = worker.extract(page)
            rows.append(_judged_empty(answer.extraction))
            costs += [
                Score(corpus.name, page.id, shard.adapter, "cost", metric, value)
                for metric, value in answer.costs.items()
            ]
    if stop.is_set():
        raise Stopped  # the signal that stops the run may have reached a worker too
    run.write_part(shard, rows, costs, about)


def _judged_empty(row: Extraction) -> Extraction:
    """An answer of markup alone is as empty as one of white space, whatever its form."""
    if row.outcome == "ok" and row.text and not plain(row.text, row.form).strip():
        return dataclasses.replace(row, outcome="empty")
    return row


# Page -> time ---------------------------------------------------------------------------------------------------


def speed(run: Run, progress: Progress, seconds: float) -> None:
    """Time the adapters of a run on its pages; the time box is shared evenly among its corpora."""
    plan, manifest = read_plan(run), run.manifest()
    reference = declared(REFERENCE)[0]
    named = {one.name: one for one in map(find_adapter, plan.adapters)}
    wanted = [reference, *(named[name] for name, about in manifest.adapters.items() if "unavailable" not in about)]
    progress.stage("environments", len(wanted))
    built = environments.sync(wanted, _environments(), lambda one, _: progress.step(one.name))
    usable = [(one, place) for one in wanted if isinstance(place := built[one.name], Environment)]
    if not usable or usable[0][0] is not reference:
        raise EnvironmentFault(
            f"the reference parse cannot run: {built[reference.name]}; `boilerbench doctor` says more"
        )
    pages = sum(int(str(about["pages"])) for about in manifest.corpora.values())
    progress.stage("speed", (1 + ROUNDS) * pages * ceil(len(usable[1:]) / OPEN_WORKERS))
    try:
        measured = [
            measure(
                partial(_pages_to_time, plan, corpus, _hashes(run, corpus)),
                usable[1:],
                usable[0],
                seconds=seconds / len(plan.corpora),
                rounds=ROUNDS,
                seed=manifest.seed,
                timeout_s=plan.timeout_s,
                scratch=run.scratch,
                failed=_failed_pages(run, corpus),
                done=progress.step,
            )
            for corpus in plan.corpora
        ]
    finally:
        run.clear_scratch()
    for line in (line for one in measured for line in speed_metrics.waiting(one)):
        progress.note(line)
    run.write_scores("speed/scores.parquet", (row for one in measured for row in speed_metrics.scores(one)))
    run.write_metrics("speed/metrics.json", speed_metrics.METRICS)
    document = pytest_benchmark.document(measured, manifest.machine, manifest.revision, manifest.created)
    run.write_file("speed/pytest-benchmark.json", json.dumps(document, indent=1).encode())


def _pages_to_time(plan: Plan, corpus: Corpus, hashes: Mapping[str, str]) -> Iterator[Page]:
    for _, page in _chosen_pages(plan, corpus):
        if hashes.get(page.id) != page.sha256:
            raise UsageError(f"page {page.id} of {corpus.name!r} has changed since this run began; start a new run")
        yield page


def _hashes(run: Run, corpus: Corpus) -> dict[str, str]:
    """Page id -> SHA-256 of the bytes that were extracted."""
    return {row["page_id"]: row["sha256"] for row in run.pages() if row["corpus"] == corpus.name}


def _failed_pages(run: Run, corpus: Corpus) -> dict[str, dict[str, str]]:
    """Adapter -> page -> outcome of the pages it failed on: a hang is not waited for again."""
    failed: dict[str, dict[str, str]] = {}
    for row in run.outcomes():
        if row["corpus"] == corpus.name and row["outcome"] in FAILURES:
            failed.setdefault(row["adapter"], {})[row["page_id"]] = row["outcome"]
    return failed


def _environments() -> Path:
    return store.cache_folder() / "environments"


# Extraction -> Score ------------------------------------------------------------------------------------------


def score(run: Run, progress: Progress, scorers: Sequence[str] | None = None) -> None:
    """Compare every stored answer with its gold, by the scorers of the plan or those given."""
    plan = read_plan(run)
    names = tuple(dict.fromkeys(plan.scorers if scorers is None else scorers))
    metrics = [metric for module in find_all(find_scorer, names) for metric in module.METRICS]
    times = Counter(metric.name for metric in metrics)
    refuse([f"two scorers declare {name!r}; leave one out" for name in times if times[name] > 1])
    manifest = run.manifest()
    progress.stage("score", sum(int(str(about["pages"])) for about in manifest.corpora.values()))
    golds = {corpus.name: check_golds(run, corpus) for corpus in plan.corpora}
    run.write_scores("scores.parquet", _scores(run, plan, manifest, names, progress))
    run.write_metrics("metrics.json", metrics)
    corpora: dict[str, Mapping[str, object]] = {
        name: {**about, "gold": golds[name]} for name, about in manifest.corpora.items()
    }
    run.write_manifest(dataclasses.replace(manifest, corpora=corpora))


def check_golds(run: Run, corpus: Corpus) -> dict[str, object]:
    """Read all golds of a corpus and hold them against the run's pages.

    Returns what the manifest says of them. Raises UsageError that names the pages whose bytes are not those that
    were annotated, and the pages without a gold.
    """
    hashes = _hashes(run, corpus)
    digest, provenance, guidelines, changed, seen = hashlib.sha256(), Counter[str](), set(), [], set()
    for gold in corpus.reader().golds(corpus.folder):
        if gold.page_id not in hashes:
            continue
        seen.add(gold.page_id)
        words = [(token.text, token.region) for token in gold.tokens]
        regions = [(region.kind, region.part, region.copy_of) for region in gold.regions]
        digest.update(repr((gold.page_id, gold.page_sha256, gold.body, gold.optional, regions, words)).encode())
        provenance[gold.provenance] += 1
        guidelines.add(gold.guideline)
        if gold.page_sha256 and gold.page_sha256 != hashes[gold.page_id]:
            changed.append(
                f"{gold.page_id}: page has sha256 {hashes[gold.page_id]}, its gold was made for {gold.page_sha256}"
            )
    wrong = changed + [f"{page_id}: no gold" for page_id in hashes if page_id not in seen]
    if wrong:
        more = [f"… and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        raise UsageError(
            f"corpus {corpus.name!r}: golds and pages do not fit:\n  " + "\n  ".join(wrong[:SHOWN] + more) + "\n"
            "Restore the page, or read it again and write the new hash into its gold; then score the run again"
        )
    guideline = ", ".join(sorted(str(one) for one in guidelines if one)) or None
    return {"fingerprint": digest.hexdigest(), "provenance": dict(provenance), "guideline": guideline}


def _scores(run: Run, plan: Plan, manifest: Manifest, names: Sequence[str], progress: Progress) -> Iterator[Score]:
    scorers = [(scorer_name(name), find_scorer(name)) for name in names]
    adapters = [name for name, about in manifest.adapters.items() if "unavailable" not in about]
    for corpus in plan.corpora:
        wanted = {row["page_id"] for row in run.pages() if row["corpus"] == corpus.name}
        answers = {adapter: run.extractions(adapter, corpus.name) for adapter in adapters}
        for gold in corpus.reader().golds(corpus.folder):
            if gold.page_id in wanted:
                yield from _page_scores(corpus.name, gold, answers, scorers)
                progress.step(gold.page_id)


def _page_scores(
    corpus: str, gold: Gold, answers: Mapping[str, Iterator[Extraction]], scorers: Sequence[tuple[str, Any]]
) -> Iterator[Score]:
    prepared = [(name, module.METRICS, module.against(gold)) for name, module in scorers]
    for adapter, stream in answers.items():
        # Golds and extractions are both in the order of the corpus, so the next row is this page's.
        answer = next(stream, None)
        if answer is None or answer.page_id != gold.page_id:
            found = answer.page_id if answer else "nothing"
            raise UsageError(
                f"{adapter}: expected the extraction of {gold.page_id}, found {found}; finish with --resume"
            )
        text = plain(answer.text, answer.form) if answer.text else ""
        for name, metrics, values_of in prepared:
            values = _failure(metrics, values_of("")) if answer.failed else values_of(text)
            for metric in metrics:
                yield Score(corpus, gold.page_id, adapter, name, metric.name, values[metric.name])


def _failure(metrics: Sequence[Metric], silence: Mapping[str, float | None]) -> dict[str, float | None]:
    """Values of a failed page: as declared, but undefined where not even silence is judged (an empty gold)."""
    return {one.name: None if silence[one.name] is None else one.on_failure for one in metrics}


# Score -> Summary ---------------------------------------------------------------------------------------------


def summarize(run: Run, slices: Sequence[str] = ()) -> None:
    """Turn the long-form tables into estimates, intervals and ranks."""
    import pandas as pd

    from .stats.summary import summarize as judge

    tables = [name for name in SCORE_TABLES if run.has(name) or name == "scores.parquet"]  # without scores, no summary
    known = {name for row in run.pages() for name in row["attributes"]}
    refuse(
        [
            f"no page has the attribute {name!r}; known: {', '.join(sorted(known))}"
            for name in slices
            if name not in known
        ]
    )
    scores = pd.concat([run.scores(name) for name in tables], ignore_index=True)
    pages = pd.DataFrame([_page_row(row, slices) for row in run.pages()])
    manifest = run.manifest()
    failed = [row for row in run.outcomes() if row["outcome"] in FAILURES]
    frame = pd.DataFrame(failed, columns=["corpus", "adapter", "page_id"])
    run.write_summary(*judge(scores, pages, declared_metrics(run), frame, manifest.seed, slices))


def declared_metrics(run: Run) -> list[Metric]:
    """Declarations of every metric this run has values for: quality, then speed, then cost."""
    lists = [run.metrics(name) for name in ("metrics.json", "speed/metrics.json") if run.has(name)]
    return [metric for declared in lists for metric in declared] + list(COSTS)


def _page_row(row: Mapping[str, Any], slices: Sequence[str]) -> dict[str, object]:
    labels = row["attributes"]
    return {
        "corpus": row["corpus"],
        "page_id": row["page_id"],
        # Pages whose site is unknown may all be of one: together they are one cluster, so no interval is claimed.
        "cluster": labels.get("site") or "unknown",
        "stratum": labels.get("page_type", ""),
        **{name: labels.get(name, "") for name in slices},
    }


# Summary -> Report --------------------------------------------------------------------------------------------


def report(run: Run, names: Sequence[str] | None = None) -> list[Report]:
    """Render the reports named, or all there are."""
    found = results(run)
    return [
        Report(name, tuple(run.write_report(rooms.load("reports", name).render(found))))
        for name in (rooms.names("reports") if names is None else names)
    ]


def results(run: Run) -> Results:
    """Everything a report may show, read from disk."""
    manifest = run.manifest()
    counts: dict[str, dict[str, Counter[str]]] = {name: {} for name in manifest.corpora}
    for row in run.outcomes():
        counts[row["corpus"]].setdefault(row["adapter"], Counter())[row["outcome"]] += 1
    summaries, comparisons = run.summary()
    metrics = tuple(declared_metrics(run))
    pages = tuple(_page_values(run, metrics, summaries))
    return Results(manifest, metrics, tuple(summaries), tuple(comparisons), counts, pages)


def _page_values(run: Run, metrics: Sequence[Metric], summaries: Sequence[Summary]) -> Iterator[Score]:
    """Headline values of every page of the corpora that are too small for intervals."""
    small = {row.corpus for row in summaries if row.slice == "all" and row.clusters < CLUSTERS_NEEDED}
    headline = {metric.name for metric in metrics if metric.headline}
    for name in SCORE_TABLES:
        if small and run.has(name):
            table = run.scores(name)
            wanted = table[table["corpus"].isin(small) & table["metric"].isin(headline)]
            for row in wanted.itertuples(index=False):
                value = None if row.value != row.value else float(row.value)  # NaN differs from itself
                yield Score(row.corpus, row.page_id, row.adapter, row.scorer, row.metric, value)


# whole runs ---------------------------------------------------------------------------------------------------


def new_run_name() -> str:
    """Name of a run: UTC time, so that names sort, and four random digits, so that two runs never share one."""
    return f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def failed_throughout(run: Run) -> list[str]:
    """Adapters that failed on every page of a corpus: with those, a run is no measurement."""
    found = results(run)
    return [
        f"{adapter} on {corpus}"
        for corpus, adapters in found.outcomes.items()
        for adapter, outcomes in adapters.items()
        if outcomes and not any(count for outcome, count in outcomes.items() if outcome in ("ok", "empty"))
    ]


# the machine --------------------------------------------------------------------------------------------------


def sync_environments(adapters: Sequence[str], progress: Progress) -> dict[str, Mapping[str, object]]:
    """Build the environments of adapters and let each say hello; name -> what it said, or why it is unavailable."""
    with tempfile.TemporaryDirectory(prefix="boilerbench-") as folder:
        plan = Plan((), tuple(adapters), ())
        entrants = _entrants(plan, Run(Path(folder)), progress)
    return {one.declaration.name: one.about for one in entrants}


def examine(results_folder: Path, progress: Progress) -> list[Finding]:
    """Everything `boilerbench doctor` looks at: the machine, then each adapter."""
    findings = doctor.examine(store.cache_folder(), results_folder, store.bundled(), environments.find_uv())
    light = set(light_field())
    for name, about in sync_environments(whole_field(), progress).items():
        if "unavailable" in about:
            findings.append(Finding(name, str(about["unavailable"]), name not in light, str(about["remedy"])))
        else:
            findings.append(Finding(name, f"{about['version'] or 'no version'} on Python {about['python']}", well=True))
    return findings
