"""Runs for notebooks: made in this process, opened by name, as tidy frames, as charts, and page by page.

What `boilerbench run` does and what a report shows come from the same stages; this file only gives them the shapes
that a notebook is used to. Nothing here prints: notes of the stages stand in `OpenRun.notes`.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from . import rooms, store
from .errors import UsageError
from .plan import Plan, anchored, expanded, light_field, refuse, resolve_all
from .records import OUTCOMES, Comparison, Extraction, Manifest, Metric, Results, Summary
from .store import Run
from .text import spelt_out
from .workers.declaration import near

if TYPE_CHECKING:
    import pandas as pd

    from .diff import Diff

DTYPES: Mapping[object, str] = {str: "category", float: "float64", int: "int64", bool: "bool"}
NULLABLE: Mapping[object, str] = {**DTYPES, int: "Int64", bool: "boolean"}
"""Type of a field -> dtype of its column; where there may be none, one that knows NA."""

RUNS = Path("results") / "runs"
"""Where a run goes unless told otherwise, as for the command."""

KEYS = ("corpus", "page_id", "adapter", "scorer", "metric")
"""Columns of long-form tables that are categories."""


def run(
    corpus: str | Sequence[str] = "seeds",
    adapter: str | Sequence[str] = (),
    out: str | Path | None = None,
    *,
    scorer: str | Sequence[str] = (),
    page: str | Sequence[str] = (),
    limit: int | None = None,
    data: str | Path | None = None,
    timeout: float = 30.0,
    jobs: int | None = None,
    speed_seconds: float = 0.0,
    require_sandbox: str | None = None,
    cache: bool = True,
    resume: bool = False,
) -> OpenRun:
    """Extract, score, summarise and report in one go, as `boilerbench run` does; the run, ready to be looked at.

    Arguments are those of the command, one name or several; without adapters it is the light field. Time is only
    taken where `speed_seconds`, the time box of the speed stage, is above 0. A run that is there already is refused;
    with `resume` what it lacks is made, and its answers are kept. UsageError for all that is unknown or impossible;
    EnvironmentFault where the machine is at fault. An adapter that failed on every page is a note.
    """
    from . import pipeline

    folder = Path(out) if out is not None else RUNS / pipeline.new_run_name()
    _refuse_numbers(limit=limit, timeout=timeout, jobs=jobs)
    refuse([] if 0 <= speed_seconds < math.inf else [f"speed_seconds={speed_seconds:g}: 0 or more is expected"])
    place = Path(data) if data is not None else None
    adapters = _listed(adapter) or tuple(light_field())
    scorers = expanded(_listed(scorer))
    corpora, _ = resolve_all(_listed(corpus), place, adapters, scorers, "local")
    plan = Plan(
        corpora,
        tuple(map(anchored, adapters)),
        tuple(map(anchored, scorers)),
        timeout_s=timeout,
        limit=limit,
        pages=_listed(page),
        jobs=jobs,
        require_sandbox=require_sandbox,
        cache=cache,
        data=place and place.absolute(),
    )
    notes = _Notes()
    made = pipeline.extract(plan, folder, notes, resume)
    pipeline.score(made, notes)
    if speed_seconds > 0:
        pipeline.speed(made, notes, speed_seconds)
    pipeline.summarize(made)
    pipeline.report(made)
    failed = [f"failed on every page: {one}" for one in pipeline.failed_throughout(made)]
    return OpenRun(made, tuple(notes.lines + failed))


def load(folder: str | Path) -> OpenRun:
    """A run on disk: the path of its folder, or the name of one below `results` or `results/runs`.

    Names are looked for below the working folder, then among the published runs of this checkout. UsageError where
    there is none, or one of another format.
    """
    roots = [Path("results"), RUNS, store.bundled() / "results"]
    places = [Path(folder), *(root / folder for root in roots)]
    for place in places:
        if (place / "manifest.json").is_file():
            return OpenRun(Run.open(place))
    known = sorted({path.parent.name for root in roots for path in root.glob("*/manifest.json")})
    raise UsageError(f"no run {str(folder)!r}; give the folder of a run, or a name: {', '.join(known) or 'none here'}")


@dataclass(frozen=True)
class OpenRun:
    """A run to look at: its tables as pandas frames, one row one thing, its charts, and its pages."""

    files: Run
    """The run's folder."""
    notes: tuple[str, ...] = ()
    """What the stages had to say while the run was made."""

    def __repr__(self) -> str:
        """Name, corpora with their pages, and how many adapters."""
        manifest = self.manifest
        corpora = ", ".join(f"{name} ({about.get('pages', '?')} pages)" for name, about in manifest.corpora.items())
        return f"<run {spelt_out(manifest.run)}: {spelt_out(corpora)}; {len(manifest.adapters)} adapters>"

    @cached_property
    def manifest(self) -> Manifest:
        """What the run was."""
        return self.files.manifest()

    @cached_property
    def results(self) -> Results:
        """Everything a report may show."""
        from . import pipeline

        return pipeline.results(self.files)

    def scores(self) -> pd.DataFrame:
        """Quality: a row for each corpus, page_id, adapter and metric; `value` is NaN where it is undefined."""
        return _categorical(self.files.scores("scores.parquet"))

    def costs(self) -> pd.DataFrame:
        """Time and memory in the same shape: of the speed stage where it ran (`speed`), and noted on the way (`cost`).

        Units are those of `metrics()`. Only the former are fit to be quoted.
        """
        import pandas as pd

        names = [name for name in ("speed/scores.parquet", "costs.parquet") if self.files.has(name)]
        if not names:
            raise UsageError(f"{self.files.folder} has no costs; run the stage `extract` first")
        return _categorical(pd.concat([self.files.scores(name) for name in names], ignore_index=True))

    def pages(self) -> pd.DataFrame:
        """A row for each page: corpus, page_id, sha256, url, bytes, and a column for each of its labels.

        A label that is called like one of the others stands under `label_<name>`; a page without it has NA.
        """
        import pandas as pd

        rows = list(self.files.pages())
        labels = sorted({name for row in rows for name in row["attributes"]})
        frame = pd.DataFrame(
            [{key: row[key] for key in ("corpus", "page_id", "sha256", "url", "bytes")} for row in rows]
        )
        for name in labels:
            values = [row["attributes"].get(name) for row in rows]
            frame[f"label_{name}" if name in frame.columns else name] = pd.Categorical(values)
        return _categorical(frame).astype({"sha256": "string", "url": "string"})

    def extractions(self) -> pd.DataFrame:
        """A row for each corpus, page_id and adapter: how it ended, and the hash of the answer, never its text."""
        import pandas as pd

        frame = _categorical(pd.DataFrame(self.files.outcomes()))
        outcomes = pd.CategoricalDtype(list(OUTCOMES), ordered=True)
        return frame.astype({"outcome": outcomes, "sha256": "string"})

    def metrics(self) -> pd.DataFrame:
        """A row for each metric: what it means, which way is better, its unit and range."""
        from . import pipeline

        declared = pipeline.declared_metrics(self.files)
        frame = _frame(Metric, declared)
        kinds = [metric.aggregate.kind for metric in declared]
        return frame.assign(aggregate=kinds).astype({"name": "string", "summary": "string", "aggregate": "category"})

    def summary(self) -> pd.DataFrame:
        """A row for each corpus, slice, adapter and metric: estimate, interval, ranks, how many pages and failures."""
        return _frame(Summary, self.files.summary()[0])

    def comparisons(self) -> pd.DataFrame:
        """A row for each corpus, headline metric and pair of adapters: difference, error, and what the tests say."""
        return _frame(Comparison, self.files.summary()[1])

    def charts(self) -> list[str]:
        """Names that `chart` answers to, over all corpora and treatments."""
        forms = rooms.load("reports", "charts")
        found = [name for corpus in self.manifest.corpora for name in forms.of_corpus(self.results, corpus)]
        return [*dict.fromkeys(found), *(f"doses-{name}" for name in forms.of_doses(self.results))]

    def chart(self, name: str = "pareto", corpus: str | None = None, chosen: str | None = None) -> Any:  # noqa: ANN401
        """One of `charts()` as an Altair chart, which notebooks display.

        `corpus` may be left out where the run has one; `chosen` is the adapter that `differences` are taken to, by
        default the first of the leaderboard. UsageError for what the run does not hold.
        """
        import altair

        forms = rooms.load("reports", "charts")
        found = {f"doses-{one}": spec for one, spec in forms.of_doses(self.results).items()}
        if name not in found:
            if chosen is not None and chosen not in self.manifest.adapters:
                raise UsageError(f"no adapter {chosen!r}; {near(chosen, self.manifest.adapters)}")
            found |= forms.of_corpus(self.results, self._corpus(corpus), chosen)
        if name not in found:
            raise UsageError(f"no chart {name!r} of this run; it has {', '.join(found) or 'none'}")
        kind = altair.FacetChart if "facet" in found[name] else altair.LayerChart
        return kind.from_dict(found[name], validate=False)  # it is validated when it is shown

    def diff(self, page_id: str, adapter: str) -> PageDiff:
        """One page with one answer, marked word by word; UsageError for what the run does not hold.

        Needs the texts, so a published run, which has none, is refused.
        """
        from . import desk

        marks, answer, scores = desk.marked_answer(self.files, page_id, adapter)
        return PageDiff(marks, answer, scores)

    def _corpus(self, given: str | None) -> str:
        corpora = list(self.manifest.corpora)
        if given is None and len(corpora) == 1:
            return corpora[0]
        if given not in corpora:
            raise UsageError(f"corpus={given!r}: one of {', '.join(corpora) or 'none'} is expected")
        return given


@dataclass(frozen=True, repr=False)
class PageDiff:
    """A page held against an answer: text where text is shown, coloured and marked where a notebook shows HTML."""

    marks: Diff
    """The lines of the page, what became of each word, and counts of what went wrong."""
    answer: Extraction
    """The answer; its text is not the page's."""
    scores: Mapping[str, float | None]
    """Headline values of the answer by name."""

    def __repr__(self) -> str:
        """As `boilerbench diff` prints it into a file."""
        from . import diffsheet

        return diffsheet.render(self.marks, self.answer, self.scores, colour=False, width=TEXT_WIDTH)

    def _repr_html_(self) -> str:
        """A fragment of HTML without scripts and links, in which everything of the page is escaped."""
        from . import diffhtml

        return diffhtml.render(self.marks, self.answer, self.scores)


# records -> frames ---------------------------------------------------------------------------------------------


def _frame(kind: type[Any], records: Iterable[object]) -> pd.DataFrame:
    """Records as a frame, its dtypes by the annotations of their fields."""
    import pandas as pd

    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    rows = [[getattr(record, name) for name in names] for record in records]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({name: dtype for name in names if (dtype := _dtype(hints[name]))})


def _dtype(hint: object) -> str:
    """What pandas calls a type; nothing for one it has no name for."""
    optional = get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)
    plain = next(one for one in get_args(hint) if one is not type(None)) if optional else hint
    return (NULLABLE if optional else DTYPES).get(plain, "")


def _categorical(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(dict.fromkeys([name for name in KEYS if name in frame.columns], "category"))


TEXT_WIDTH = 100
"""Columns of a diff as text."""


# arguments -----------------------------------------------------------------------------------------------------


class _Notes:
    """Progress that keeps what a user should know, and shows nothing."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def stage(self, name: str, total: int) -> None:
        """Say nothing."""

    def step(self, label: str) -> None:
        """Say nothing."""

    def note(self, line: str) -> None:
        """Keep the line."""
        self.lines.append(line)


def _listed(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _refuse_numbers(**given: float | None) -> None:
    refuse(
        [
            f"{name}={value:g}: a number above 0 is expected"
            for name, value in given.items()
            if value is not None and not 0 < value < math.inf
        ]
    )
