"""What several commands ask for: options that they share, and how these become a plan, a folder or a refusal."""

import math
import os
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .. import rooms
from ..errors import UsageError
from ..plan import (
    Plan,
    anchored,
    corpora_at_hand,
    expanded,
    find_adapter,
    light_field,
    read_plan,
    refuse,
    resolve_all,
    whole_field,
)
from ..store import Run, newest_run
from ..terminal import complaints, console, drawn, say

RUNS = Path("results") / "runs"
"""Where runs go when no folder is given."""
BASELINE = Path("results") / "baseline"
"""What runs are held against when no folder is given."""

Folder = Annotated[Path | None, Parameter(help="Folder of the run; by default the newest below results/runs.")]


@Parameter(name="*")
@dataclass(frozen=True)
class HandIns:
    """Answers that were given elsewhere; the options that `run`, `extract` and `score` share."""

    predictions: Annotated[
        list[str],
        Parameter(
            negative="",
            show_default=False,
            consume_multiple=True,
            help="Answers given elsewhere: [NAME=]PATH of a file or folder, see `boilerbench list formats`.",
        ),
    ] = field(default_factory=list)
    form: Annotated[str, Parameter(help="Form of those answers: text, html or markdown.")] = "text"
    allow_missing: Annotated[
        bool, Parameter(negative="", help="Count a page that they do not answer as a failure, instead of refusing.")
    ] = False
    ignore_extra: Annotated[
        bool, Parameter(negative="", help="Leave out answers to pages that are not there, instead of refusing.")
    ] = False


@Parameter(name="*")
@dataclass(frozen=True)
class Wanted:
    """What to run on what; the options that `run` and `extract` share."""

    corpus: Annotated[
        list[str],
        Parameter(
            negative="", show_default=False, help="Corpus: a name, or a folder of html and txt pairs. [default: seeds]"
        ),
    ] = field(default_factory=list)
    adapter: Annotated[
        list[str],
        Parameter(
            negative="",
            show_default=False,
            help="NAME[@VARIANT][==RELEASE], ./FILE.py or cmd:PROGRAM. [default: the light field]",
        ),
    ] = field(default_factory=list)
    scorer: Annotated[
        list[str],
        Parameter(
            negative="", show_default=False, help="Scorer, or `all`. [default: all but those that are slow, see `list`]"
        ),
    ] = field(default_factory=list)
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None
    out: Annotated[Path | None, Parameter(help="Folder of the run. [default: a new one below results/runs]")] = None
    engine: Annotated[str, Parameter(help="Where shards run.")] = "local"
    jobs: Annotated[int | None, Parameter(help="Shards at a time. [default: one per core]")] = None
    timeout: Annotated[float, Parameter(help="Seconds an adapter may take for one page.")] = 30.0
    limit: Annotated[int | None, Parameter(help="Only so many pages of each corpus.")] = None
    page: Annotated[list[str], Parameter(negative="", show_default=False, help="Only the page with this id.")] = field(
        default_factory=list
    )
    everything: Annotated[
        bool,
        Parameter(
            name="--all",
            negative="",
            help="Every adapter, beside those named, and where no corpus is named every one on this disk.",
        ),
    ] = False
    resume: Annotated[bool, Parameter(negative="", help="Finish the run in --out, or the newest one.")] = False
    require_sandbox: Annotated[
        str | None,
        Parameter(
            help="Refuse to run where workers cannot be confined: full (also without a value), no-network-only, "
            "limits-only."
        ),
    ] = None
    cache: Annotated[
        bool, Parameter(negative="--no-cache", help="Use answers of earlier runs where nothing has changed.")
    ] = True

    def plan(self, handed: HandIns) -> Plan:
        """The request with every name resolved; one UsageError for all that is wrong with it.

        With `--resume` and nothing else to say what to do, it is the plan of the run to be finished.
        """
        refuse(self._wrong_numbers())
        if self.resume and not (
            self.corpus
            or self.adapter
            or self.scorer
            or self.page
            or self.limit
            or self.everything
            or handed.predictions
        ):
            begun = read_plan(Run.open(self.folder()))
            return replace(begun, require_sandbox=self.require_sandbox, cache=self.cache)
        adapters = [*(whole_field() if self.everything else () if self.adapter else light_field()), *self.adapter]
        scorers = expanded(self.scorer)
        wanted = self.corpus or (corpora_at_hand(self.data) if self.everything else ["seeds"])
        corpora, answers = resolve_all(
            wanted, self.data, adapters, scorers, self.engine, handed.predictions, handed.form
        )
        return Plan(
            corpora,
            tuple(map(anchored, adapters)),
            tuple(map(anchored, scorers)),
            self.timeout,
            self.limit,
            tuple(self.page),
            self.engine,
            self.jobs,
            self.require_sandbox,
            self.cache,
            answers,
            handed.allow_missing,
            handed.ignore_extra,
            self.data and self.data.absolute(),
        )

    def folder(self) -> Path:
        """Where the run goes, or where the one to be finished lies."""
        from ..pipeline import new_run_name

        if self.out:
            return self.out
        return newest_run(RUNS).folder if self.resume else RUNS / new_run_name()

    def _wrong_numbers(self) -> list[str]:
        given = {"--jobs": self.jobs, "--limit": self.limit, "--timeout": self.timeout}
        return [
            f"{name} {value:g}: a number above 0 is expected"
            for name, value in given.items()
            if value is not None and not 0 < value < math.inf
        ]


def check_seconds(option: str, value: float) -> None:
    if not 0 <= value < math.inf:
        raise UsageError(f"{option} {value:g}: a number of seconds is expected, 0 or more")


def check_pages(option: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise UsageError(f"{option} {value}: a number of pages is expected, 1 or more")


def open_run(folder: Path | None) -> Run:
    return Run.open(folder) if folder else newest_run(RUNS)


def label(given: str) -> str:
    """What an adapter is called in tables, also where it was typed as a path, or with a checkout for its release."""
    base, _, release = given.partition("==")
    typed = os.sep in given or base.partition("@")[0].endswith(".py") or release in {".", ".."}
    return find_adapter(given).name if typed else given


def conclude(made: Run) -> int:
    """Print the tables and where the files are; 3 where an adapter failed on every page."""
    from .. import pipeline

    found = pipeline.results(made)
    for corpus in found.manifest.corpora:
        console.print(f"\n{corpus}", style="bold", highlight=False, markup=False)
        text = rooms.load("reports", "markdown").tables(found, corpus)
        for is_table, lines in groupby(text.splitlines(), lambda line: line.startswith("|")):
            if is_table and console.is_terminal:
                console.print(drawn(list(lines)))
            else:
                for line in lines:
                    console.print(line.replace("**", ""), markup=False, highlight=False, soft_wrap=True)
    say(f"\nTo look at: {made.folder}/report/index.html")
    say(f"As text: {made.folder}/report/report.md")
    if broken := pipeline.failed_throughout(made):
        complaints.print(f"boilerbench: failed on every page: {', '.join(broken)}", highlight=False, soft_wrap=True)
        return 3
    return 0
