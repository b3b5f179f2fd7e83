"""The corridor: the only file that knows in which order the stages come.

Page -> Extraction -> Score -> Summary -> Report. Each stage reads what the one before left on disk, so any of them
can be run again alone.
"""

from __future__ import annotations

import datetime
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import handing, rooms, store, views
from .checks import doctor
from .checks.compare import Comparison
from .checks.compare import compare as hold_against
from .checks.doctor import Finding
from .dosing import drill, respond
from .errors import UsageError
from .extraction import extract, find_entrants
from .plan import Plan, is_bundled, light_field, refuse
from .progress import Progress
from .records import APART, CLUSTERS_NEEDED, DELTA, FAILURES, Metric, Report, Results, Score, Summary
from .scoring import check_golds, score
from .store import Run
from .timing import speed
from .workers import confinement
from .workers.declaration import near
from .workers.installing import Wishes, find_uv
from .workers.supervisor import COSTS

if TYPE_CHECKING:
    from .stats.correlation import Correlation

__all__ = [
    "check_golds",
    "compare",
    "correlate",
    "declared_metrics",
    "drill",
    "examine",
    "export",
    "extract",
    "failed_throughout",
    "new_run_name",
    "report",
    "respond",
    "results",
    "score",
    "speed",
    "stands_for_its_tool",
    "summarize",
    "sync_environments",
]

SCORE_TABLES = ("scores.parquet", "speed/scores.parquet", "costs.parquet")
"""Long-form tables that summaries are made from."""


# Score -> Summary ---------------------------------------------------------------------------------------------


def summarize(run: Run, slices: Sequence[str] = (), delta: float = DELTA, paired: Sequence[str] = ()) -> None:
    """Turn the long-form tables into estimates, intervals and ranks; `delta` is what makes adapters equivalent.

    `paired` names metrics whose pairs are compared beside those of the headline ones.
    """
    import pandas as pd

    from .stats.summary import summarize as judge

    tables = [name for name in SCORE_TABLES if run.has(name) or name == "scores.parquet"]  # without scores, no summary
    known = {name for row in run.pages() for name in row["attributes"]}
    metrics = declared_metrics(run)
    names = [metric.name for metric in metrics]
    refuse(
        [
            f"no page has the attribute {name!r}; known: {', '.join(sorted(known))}"
            for name in slices
            if name not in known
        ]
        + [f"no metric {name!r}; {near(name, names)}" for name in paired if name not in names]
    )
    scores = pd.concat([run.scores(name) for name in tables], ignore_index=True)
    pages = pd.DataFrame([_page_row(row, slices) for row in run.pages()])
    manifest = run.manifest()
    failed = [row for row in run.outcomes() if row["outcome"] in FAILURES]
    frame = pd.DataFrame(failed, columns=["corpus", "adapter", "page_id"])
    apart = {name for name, about in manifest.adapters.items() if about.get("category") in APART}
    parts = [
        judge(
            scores[late],
            pages,
            metrics,
            frame[frame["adapter"].isin(apart) == among],
            manifest.seed,
            slices,
            delta,
            paired,
        )
        for among in (False, True)
        if (late := scores["adapter"].isin(apart) == among).any()
    ]
    run.write_summary([row for rows, _ in parts for row in rows], [row for _, rows in parts for row in rows])


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


def report(
    run: Run, names: Sequence[str] | None = None, pages: int | None = views.VIEWED, out: Path | None = None
) -> list[Report]:
    """Render the reports named, or all but those made on demand, with views of so many pages; None for all of them.

    They go into the run's own folder, or into `out`.
    """
    found = results(run, pages)
    forms = {name: rooms.load("reports", name) for name in (rooms.names("reports") if names is None else names)}
    return [
        Report(name, tuple(run.write_report(form.render(found), out, whole=getattr(form, "WHOLE", ()))))
        for name, form in forms.items()
        if names is not None or not getattr(form, "ON_DEMAND", False)
    ]


def results(run: Run, viewed: int | None = views.VIEWED) -> Results:
    """Everything a report may show, read from disk; views of so many pages are made when they are asked for."""
    manifest = run.manifest()
    counts: dict[str, dict[str, Counter[str]]] = {name: {} for name in manifest.corpora}
    for row in run.outcomes():
        counts[row["corpus"]].setdefault(row["adapter"], Counter())[row["outcome"]] += 1
    summaries, comparisons = run.summary()
    metrics = tuple(declared_metrics(run))
    pages = tuple(_page_values(run, metrics, summaries))
    responses, slopes, contrasts = run.doses()
    without = views.unviewed(run)
    apart = {name for name, about in manifest.adapters.items() if about.get("category") in APART}
    entries = views.chosen(views.entries(run), without, viewed, metrics=metrics, apart=apart)
    return Results(
        manifest,
        metrics,
        tuple(summaries),
        tuple(comparisons),
        counts,
        pages,
        tuple(responses),
        tuple(slopes),
        tuple(contrasts),
        tuple(run.drills()),
        tuple(entries),
        views.views(run, entries),
        without,
        tuple(filter(is_bundled, manifest.corpora)),
    )


def _page_values(run: Run, metrics: Sequence[Metric], summaries: Sequence[Summary]) -> Iterator[Score]:
    """Headline values of every page of the corpora that are too small for intervals."""
    small = {row.corpus for row in summaries if row.slice == "all" and row.clusters < CLUSTERS_NEEDED}
    headline = {metric.name for metric in metrics if metric.headline}
    for name in SCORE_TABLES:
        if small and run.has(name):
            table = run.scores(name, headline)
            wanted = table[table["corpus"].isin(small)]
            for row in wanted.itertuples(index=False):
                value = None if row.value != row.value else float(row.value)  # NaN differs from itself
                yield Score(row.corpus, row.page_id, row.adapter, row.scorer, row.metric, value)


# two runs -----------------------------------------------------------------------------------------------------


def compare(
    first: Run, second: Run, before: str, after: str, names: Sequence[str] = (), corpora: Sequence[str] = ()
) -> Comparison:
    """One adapter of a run held against one of another, or of the same, on the pages whose bytes both saw.

    `names` are the metrics, by default the headline ones of quality, `corpora` by default all. UsageError where a run
    has no such adapter, no such metric, or where the two share no page.
    """
    import pandas as pd

    for run, adapter in ((first, before), (second, after)):
        _refuse_stranger(run, adapter)
    known = {metric.name: metric for metric in first.metrics("metrics.json")}
    wanted = names or [name for name, metric in known.items() if metric.headline]
    refuse([f"no metric {name!r}; {near(name, known)}" for name in wanted if name not in known])
    answers = _answers_of(first, before), _answers_of(second, after)
    shared = {(row["corpus"], row["page_id"], row["sha256"]) for row in second.pages()}
    rows = [row for row in first.pages() if (row["corpus"], row["page_id"], row["sha256"]) in shared]
    rows = [row for row in rows if not corpora or row["corpus"] in corpora]
    pages = pd.DataFrame([_page_row(row, ()) for row in rows], columns=["corpus", "page_id", "cluster", "stratum"])
    metrics = [known[name] for name in wanted]
    needed = {name for metric in metrics for name in metric.aggregate.of} - set(wanted)
    compared = [*metrics, *(known[name] for name in sorted(needed))]
    tables = scores_of(first, before), scores_of(second, after)
    return hold_against(tables[0], tables[1], pages, compared, answers, first.manifest().seed)


def correlate(run: Run, first: str, second: str, corpus: str, adapters: Sequence[str] = ()) -> Correlation:
    """How far two metrics rank the extractors of a run alike on one corpus, with an interval over sites.

    `adapters` are those compared, by default every one that tries to find the main content and is neither a named
    variant nor an old release, so that no tool counts several times. UsageError for what the run does not hold.
    """
    import numpy as np
    import pandas as pd

    from .stats import correlation, tables

    manifest = run.manifest()
    known = {metric.name: metric for metric in declared_metrics(run)}
    refuse([f"no metric {name!r}; {near(name, known)}" for name in (first, second) if name not in known])
    refuse(
        [f"no corpus {name!r}; {near(name, manifest.corpora)}" for name in (corpus,) if name not in manifest.corpora]
    )
    for adapter in adapters:
        _refuse_stranger(run, adapter)
    chosen = adapters or [name for name, about in manifest.adapters.items() if stands_for_its_tool(name, about)]
    scores = run.scores("scores.parquet")
    scores = scores[(scores["corpus"] == corpus) & scores["adapter"].isin(chosen)]
    rows = [_page_row(row, ()) for row in run.pages() if row["corpus"] == corpus]
    (part,) = tables.slices(scores, pd.DataFrame(rows), list(known.values()), scores.iloc[:0], ())
    seed = np.random.SeedSequence([manifest.seed, *f"{first} {second}".encode()])
    return correlation.rank_correlation(part, known[first], known[second], seed)


def stands_for_its_tool(name: str, about: Mapping[str, object]) -> bool:
    """Whether it tries to find the main content, and is neither a named variant nor an old release of its tool."""
    return about.get("category") not in APART and not {"@", "="} & set(name) and "unavailable" not in about


def _refuse_stranger(run: Run, adapter: str) -> None:
    adapters = run.manifest().adapters
    if adapter not in adapters:
        raise UsageError(f"{run.folder} has no answers of {adapter!r}; {near(adapter, adapters)}")
    if "unavailable" in adapters[adapter]:
        raise UsageError(f"{adapter} was unavailable in {run.folder}: {adapters[adapter]['unavailable']}")


def _answers_of(run: Run, adapter: str) -> dict[tuple[str, str], tuple[str, str]]:
    """(corpus, page) -> outcome and hash of the answer."""
    rows = (row for row in run.outcomes() if row["adapter"] == adapter)
    return {(row["corpus"], row["page_id"]): (row["outcome"], row["sha256"]) for row in rows}


def outcomes_of(run: Run, adapter: str, corpora: Sequence[str]) -> dict[tuple[str, str], str]:
    """(corpus, page) -> how the extraction of an adapter ended; UsageError where the run has none of it."""
    _refuse_stranger(run, adapter)
    return {key: outcome for key, (outcome, _) in _answers_of(run, adapter).items() if key[0] in corpora}


def scores_of(run: Run, adapter: str, corpora: Sequence[str] = ()) -> Any:  # noqa: ANN401 - a pandas.DataFrame
    """corpus, page_id, metric and value of an adapter, of all corpora or some."""
    table = run.scores("scores.parquet")
    own = table[table["adapter"] == adapter][["corpus", "page_id", "metric", "value"]]
    found = own.astype({"corpus": str, "page_id": str, "metric": str})
    return found[found["corpus"].isin(corpora)] if corpora else found


# answers for others -------------------------------------------------------------------------------------------


def export(run: Run, adapter: str, form: str, corpus: str | None = None) -> tuple[dict[str, bytes], int]:
    """The files of an adapter's answers in one of the formats, see `handing.export`, and how many of them failed."""
    _refuse_stranger(run, adapter)
    return handing.export(run, adapter, form, corpus)


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


def sync_environments(
    adapters: Sequence[str], progress: Progress, wishes: Wishes | None = None
) -> dict[str, Mapping[str, object]]:
    """Build the environments of adapters and let each say hello; name -> what it said, or why it is unavailable."""
    with tempfile.TemporaryDirectory(prefix="boilerbench-") as folder:
        plan = Plan((), tuple(adapters), ())
        entrants = find_entrants(plan, Run(Path(folder)), progress, wishes)
    return {one.declaration.name: one.about for one in entrants}


def examine(results_folder: Path, progress: Progress) -> list[Finding]:
    """Everything `boilerbench doctor` looks at: the machine, the sandbox, then each adapter."""
    findings = doctor.examine(store.cache_folder(), results_folder, store.bundled(), find_uv())
    sandbox = confinement.probe()
    findings.append(Finding("sandbox", sandbox.line().removeprefix("sandbox: "), well=True))
    light = {name.partition("@")[0] for name in light_field()}
    # The variants of an adapter share its environment, so that the unnamed one speaks for all. Only what the bundled
    # run needs is built; the whole field is a matter of gigabytes.
    needed = sync_environments(sorted(light), progress)
    others = [name for name in rooms.names("adapters") if name not in light]
    for name, about in (needed | sync_environments(others, progress, Wishes(build=False))).items():
        category = str(about.get("category", ""))
        if "unavailable" in about:
            reason, remedy = str(about["unavailable"]), str(about["remedy"])
            findings.append(Finding(name, reason, name not in light, remedy, available=False))
        else:
            state = f"{about['version'] or 'no version'} on {about['runtime']}"
            findings.append(Finding(name, state, well=True, detail=category))
    return findings
