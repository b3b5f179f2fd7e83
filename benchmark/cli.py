"""The command line: parses, hands on, prints, and is the only place that exits."""

import ast
import json
import math
import os
import signal
import sys
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

from cyclopts import App, CycloptsError, Parameter

from . import rooms
from .checks.limits import DRIFT, Limits
from .errors import EnvironmentFault, UsageError
from .plan import (
    Plan,
    anchored,
    composed_corpus,
    corpora_at_hand,
    expanded,
    find_adapter,
    find_corpus,
    light_field,
    read_plan,
    refuse,
    resolve_all,
    treated_corpus,
    whole_field,
)
from .records import DELTA
from .store import Run, newest_run, refuse_pinning, write
from .terminal import (
    complain,
    complaints,
    console,
    drawn,
    figure,
    finding_table,
    open_progress,
    print_table,
    say,
    show_comparison,
    show_findings,
    show_verdict,
    tell,
)
from .workers.resolution import declared

if TYPE_CHECKING:
    from .gating import Verdict, Wish

RUNS = Path("results") / "runs"
"""Where runs go when no folder is given."""
BASELINE = Path("results") / "baseline"
"""What runs are held against when no folder is given."""

app = App(
    name="boilerbench",
    version=version("boilerbench"),
    help="Measure how well extractors take the main content out of web pages, and which boilerplate they let through.",
    console=console,
    error_console=complaints,
    suppress_keyboard_interrupt=False,  # main() says what is kept
)
env = App(name="env", help="Environments of the adapters.")
app.command(env)

Room = Literal["corpora", "adapters", "scorers", "reports", "engines", "formats"]
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
        from .pipeline import new_run_name

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


@app.command
def run(
    *,
    wanted: Wanted | None = None,
    handed: HandIns | None = None,
    speed_seconds: Annotated[float, Parameter(help="Time box of the speed stage; 0 leaves it out.")] = 25.0,
    speed_pages: Annotated[int | None, Parameter(help="Pages of each corpus that are timed. [default: all]")] = None,
) -> int:
    """Extract, score, time, summarise and report in one go."""
    from . import pipeline

    wanted = wanted or Wanted()
    _check_seconds("--speed-seconds", speed_seconds)
    _check_pages("--speed-pages", speed_pages)
    plan, folder = wanted.plan(handed or HandIns()), wanted.folder()
    fault = None
    with open_progress() as progress:
        made = pipeline.extract(plan, folder, progress, wanted.resume)
        pipeline.score(made, progress)
        if speed_seconds > 0:
            try:
                pipeline.speed(made, progress, speed_seconds, speed_pages)
            except EnvironmentFault as error:  # quality is known all the same, and is reported before the fault is
                fault = error
        pipeline.summarize(made)
        pipeline.report(made)
    status = _conclude(made)
    if fault:
        raise fault
    return status


@app.command
def dose(
    *,
    kind: Annotated[
        list[str] | None,
        Parameter(negative="", help="Treatment, perhaps with its variant: comments, comments.twice, navigation.mega …"),
    ] = None,
    amount: Annotated[
        list[int] | None, Parameter(negative="", help="Dose. [default: 4, 20, 50 and 100 % of the highest]")
    ] = None,
    dialect: Annotated[
        list[str] | None,
        Parameter(
            negative="", help="Dialect of the pages, or `all`; others are held against the first. [default: names]"
        ),
    ] = None,
    adapter: Annotated[
        list[str] | None, Parameter(negative="", help="As for `run`. [default: the light field]")
    ] = None,
    pairs: Annotated[int, Parameter(help="Pairs of design and body.")] = 24,
    seed: Annotated[int, Parameter(help="Seed of what is drawn for the pages.")] = 1,
    short: Annotated[
        bool, Parameter(negative="", help="500 menu links, 50 tracks, 50 comments printed twice; nothing else.")
    ] = False,
    drills: Annotated[
        bool, Parameter(negative="", help="Invariance drills instead: the same pages written otherwise.")
    ] = False,
    in_vivo: Annotated[
        str | None,
        Parameter(help="Inject into the pages of this corpus, or folder of pairs, instead of composing pages."),
    ] = None,
    limit: Annotated[int | None, Parameter(help="Only so many pages of that corpus.")] = None,
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
    seconds: Annotated[float, Parameter(help="Time box of the timing; 0 leaves it out.")] = 20.0,
    out: Annotated[Path | None, Parameter(help="Folder of the run. [default: a new one below results/runs]")] = None,
) -> int:
    """Measure what doses of boilerplate do: the same bodies plain and treated, side by side.

    For example: boilerbench dose --kind comments --adapter trafilatura
    """
    from . import pipeline
    from .compose import experiment

    _check_seconds("--seconds", seconds)
    _check_pages("--limit", limit)
    _check_experiment(drills=drills, short=short, in_vivo=in_vivo, composed=bool(dialect), kinds=bool(kind or amount))
    names = [*(adapter or light_field())]
    wanted = [] if drills else experiment.chosen(kind or (), amount or (), short=short)
    # Composed pages have regions, so the headline measure; of others the body is known, and what was injected.
    scorers = ("body" if in_vivo else "article", "regions")
    resolve_all([], None, names, scorers, "local")
    folder = out or RUNS / pipeline.new_run_name()
    if drills:
        corpus = composed_corpus(folder, experiment.drills(min(pairs, experiment.DRILLED), seed))
    elif in_vivo:
        corpus, left_out = treated_corpus(folder, find_corpus(in_vivo, data), wanted, limit, seed)
        if left_out:
            complaints.print(f"note: {len(left_out)} pages are left out: {left_out[0]}", highlight=False, markup=False)
    else:
        corpus = composed_corpus(folder, experiment.specs(wanted, experiment.spoken(dialect or ()), pairs, seed))
    # A drill asks whether the same page gives the same answer, so that it must be asked each time.
    plan = Plan((corpus,), tuple(map(anchored, names)), scorers, cache=not drills)
    with open_progress() as progress:
        made = pipeline.extract(plan, folder, progress)
        pipeline.score(made, progress)
        if drills:
            pipeline.drill(made)
        else:
            if seconds > 0:
                pipeline.speed(made, progress, seconds, paired=True)
            pipeline.respond(made)
        pipeline.report(made)
    say((made.folder / "report" / ("drills.md" if drills else "doses.md")).read_text(encoding="utf-8"))
    say(f"To look at: {made.folder / 'report' / 'index.html'}")
    return 3 if pipeline.failed_throughout(made) else 0


def _check_experiment(*, drills: bool, short: bool, in_vivo: str | None, composed: bool, kinds: bool) -> None:
    """Refuse options of which one would be left out of account."""
    if drills and (short or in_vivo or composed or kinds):
        raise UsageError("--drills has pages of its own; leave out --kind, --amount, --dialect, --short and --in-vivo")
    if short and kinds:
        raise UsageError("--short has doses of its own; leave out --kind and --amount, or --short")
    if in_vivo and composed:
        raise UsageError("pages of a corpus are written as they are; leave out --dialect, or --in-vivo")


@app.command
def extract(*, wanted: Wanted | None = None, handed: HandIns | None = None) -> int:
    """Run adapters over pages and store their answers."""
    from . import pipeline

    wanted = wanted or Wanted()
    plan, folder = wanted.plan(handed or HandIns()), wanted.folder()
    with open_progress() as progress:
        made = pipeline.extract(plan, folder, progress, wanted.resume)
    console.print(str(made.folder), highlight=False, soft_wrap=True)
    return 0


@app.command
def score(
    folder: Folder = None,
    *,
    scorer: Annotated[
        list[str] | None,
        Parameter(negative="", help="Scorer, or `all`. [default: those of the run, or all that are not slow]"),
    ] = None,
    gold: Annotated[
        str | None, Parameter(help="Corpus whose golds given answers are held against, or a file of golds alone.")
    ] = None,
    handed: HandIns | None = None,
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
    out: Annotated[Path | None, Parameter(help="Folder of the run that given answers make.")] = None,
) -> int:
    """Compare the stored answers of a run with the golds, or answers that were given elsewhere.

    For example: boilerbench score --gold aeb --predictions service.json old=outputs/trafilatura.json
    """
    from . import pipeline

    handed = handed or HandIns()
    if gold is None and not handed.predictions:
        with open_progress() as progress:
            pipeline.score(_open(folder), progress, expanded(scorer) if scorer else None)
        return 0
    if gold is None or not handed.predictions or folder:
        raise UsageError(
            "answers given elsewhere are scored by --gold G --predictions P, and a run by its folder alone"
        )
    scorers = expanded(scorer or ())
    corpora, answers = resolve_all([gold], data, [], scorers, "local", handed.predictions, handed.form)
    plan = Plan(
        corpora,
        (),
        tuple(map(anchored, scorers)),
        handed=answers,
        allow_missing=handed.allow_missing,
        ignore_extra=handed.ignore_extra,
        data=data and data.absolute(),
    )
    with open_progress() as progress:
        made = pipeline.extract(plan, out or RUNS / pipeline.new_run_name(), progress)
        pipeline.score(made, progress)
        pipeline.summarize(made)
        pipeline.report(made)
    return _conclude(made)


@app.command
def export(
    folder: Annotated[Path, Parameter(help="Folder of the run.")],
    *,
    adapter: Annotated[str, Parameter(help="Full name of the adapter.")],
    out: Annotated[Path, Parameter(help="File or folder to write; it must not be there yet.")],
    format: Annotated[str, Parameter(help="Name of the format, see `boilerbench list formats`.")] = "aeb",  # noqa: A002
    corpus: Annotated[str | None, Parameter(help="Corpus, where the run has several.")] = None,
) -> int:
    """Write the answers of an adapter in a format that other benchmarks read."""
    from . import pipeline

    if out.exists():
        raise UsageError(f"{out} is there already; give another --out")
    files, failed = pipeline.export(Run.open(folder), adapter, format, corpus)
    for name, content in files.items():
        write(out / name, content)
    if failed:
        complaints.print(f"note: {failed} answers failed; they are written as empty ones", highlight=False)
    console.print(str(out), highlight=False, soft_wrap=True, markup=False)
    return 0


@app.command
def speed(
    folder: Folder = None,
    *,
    seconds: Annotated[float, Parameter(help="Time box; rounds are cut to fit into it, pages never.")] = 25.0,
    pages: Annotated[int | None, Parameter(help="Pages of each corpus that are timed. [default: all]")] = None,
) -> int:
    """Time the adapters of a run, each call beside a reference parse of the same page."""
    from . import pipeline

    _check_seconds("--seconds", seconds)
    _check_pages("--pages", pages)
    with open_progress() as progress:
        pipeline.speed(_open(folder), progress, seconds, pages)
    return 0


@app.command
def summarize(
    folder: Folder = None,
    *,
    by: Annotated[list[str] | None, Parameter(negative="", help="Page attribute to slice by.")] = None,
    delta: Annotated[float, Parameter(help="Difference of shares that does not matter: equivalent within it.")] = DELTA,
    pairs: Annotated[
        list[str] | None, Parameter(negative="", help="Metric whose pairs are tested too, beside the headline ones.")
    ] = None,
) -> int:
    """Turn the scores of a run into estimates, intervals and rank ranges.

    For example: boilerbench summarize RUN --pairs word.f1 --pairs wceb.rouge_lsum_f1
    """
    from . import pipeline

    if not 0.0 < delta < 1.0:
        raise UsageError(f"--delta {delta}: give a share between 0 and 1, for example .01")
    pipeline.summarize(_open(folder), by or (), delta, pairs or ())
    return 0


@app.command
def report(
    folder: Folder = None,
    *,
    form: Annotated[list[str] | None, Parameter(negative="", help="Only this report.")] = None,
    out: Annotated[Path | None, Parameter(help="Folder of the reports. [default: report/ in that of the run]")] = None,
    pages: Annotated[
        str | None, Parameter(help="Pages that get a view of their own: a number, or `all`. [default: 40]")
    ] = None,
) -> int:
    """Write the reports of a run."""
    from . import pipeline
    from .views import VIEWED

    if pages not in {None, "all"} and not str(pages).isdecimal():
        raise UsageError(f"--pages {pages}: a number or `all` is expected")
    viewed = VIEWED if pages is None else None if pages == "all" else int(pages)
    made = _open(folder)
    for one in pipeline.report(made, form, viewed, out):
        for file in one.files:
            console.print(str(made.folder / file), highlight=False, soft_wrap=True)
    return 0


@app.command
def publish(
    folder: Annotated[Path, Parameter(help="Folder of the run.")],
    target: Annotated[Path, Parameter(help="Folder to write, for example results/aeb.")],
) -> int:
    """Copy what may be shown of a run: numbers and hashes, never texts of pages or answers."""
    Run.open(folder).publish(target)
    console.print(str(target), highlight=False, soft_wrap=True)
    return 0


@app.command
def blocks(
    page: Annotated[str, Parameter(help="Id of the page.")],
    *,
    corpus: Annotated[str, Parameter(help="Corpus of the page.")] = "seeds",
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
    ranges: Annotated[Path | None, Parameter(help="Annotation to turn into the TOML of a gold.")] = None,
    places: Annotated[
        bool, Parameter(negative="", help="Also print where each block stands; class names must not decide its kind.")
    ] = False,
) -> int:
    """Print the blocks of a page numbered, for annotating; or the gold that an annotation of them makes."""
    from . import desk

    found = desk.find_page(find_corpus(corpus, data), page)
    if ranges:
        say(desk.gold_of(found, ranges.read_text(encoding="utf-8")))
        return 0
    for block in desk.blocks_of(found):
        place = f"  [{block.path}]" if places else ""
        say(f"{block.number:>5}  {block.type:<9}  {block.text}{place}")
    return 0


@app.command
def compose(
    page: Annotated[
        str | None, Parameter(help="Id of a composed page: design--body--dialect--treatments--seed.")
    ] = None,
    *,
    gold: Annotated[bool, Parameter(negative="", help="Print its gold instead of its HTML.")] = False,
    sample: Annotated[
        Path | None, Parameter(help="Write the bundled sample into seeds/ and goldens/ below this folder instead.")
    ] = None,
) -> int:
    """Print a composed page, or write the bundled sample.

    For example: boilerbench compose shop--en-product-tool-roll--names--comments.twice=50--1
    """
    from . import desk

    if (page is None) == (sample is None):
        raise UsageError("give the id of a page to print, or --sample FOLDER to write the sample into; not both")
    if sample:
        say(f"{desk.write_sample(sample)} pages below {sample / 'seeds' / 'composed'}")
    elif page:
        made, toml, _ = desk.composed(page)
        sys.stdout.buffer.write(toml.encode() if gold else made.html)
    return 0


@app.command
def sample(
    corpus: Annotated[str, Parameter(help="Corpus, or folder of pairs.")],
    *,
    pages: Annotated[int, Parameter(help="How many pages.")] = 27,
    seed: Annotated[int, Parameter(help="Seed of the draw.")] = 1,
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
) -> int:
    """Choose pages to annotate, balanced over language, size and share of boilerplate, never by how they score."""
    from . import desk

    found = find_corpus(corpus, data)
    done = desk.annotated(found)
    for one in desk.sample_of(found, pages, seed):
        about = f"{one.language:<12}  {one.words:>6} words  {one.boilerplate:4.0%} boilerplate  {one.site}"
        say(f"{one.page_id}  {about}{'  (has regions)' if one.page_id in done else ''}")
    return 0


@app.command
def diff(
    page: Annotated[str, Parameter(help="Id of the page.")],
    adapter: Annotated[str, Parameter(help="Full name of the adapter.")],
    folder: Folder = None,
) -> int:
    """Show what an answer kept, lost, let through, repeated and invented of a page, word by word."""
    from . import desk

    text = desk.diff_of(_open(folder), page, adapter, colour=console.is_terminal, width=console.width)
    console.file.write(text)  # it has colours of its own, and everything else in it is spelt out
    return 0


@app.command
def compare(
    first: Annotated[Path, Parameter(help="Folder of a run.")],
    second: Annotated[Path | None, Parameter(help="Folder of another; by default the same.")] = None,
    *,
    adapter: Annotated[
        str | None,
        Parameter(
            help="Adapter in the first run, before; by default each that has answers in both. "
            "(`gate --adapter` names the one after.)"
        ),
    ] = None,
    against: Annotated[str | None, Parameter(help="Adapter in the second run, after; by default the same.")] = None,
    metric: Annotated[list[str] | None, Parameter(negative="", help="Metric. [default: the headline ones]")] = None,
    pages: Annotated[int, Parameter(help="Pages to name, those that moved most first; 0 for all.")] = 10,
) -> int:
    """Show what changed between two runs, or between two releases in one, in the whole and page by page.

    For example: boilerbench compare RUN --adapter trafilatura==2.0.0 --against trafilatura
    """
    from . import pipeline

    one, other = Run.open(first), Run.open(second or first)
    if second is None and not (adapter and against):
        raise UsageError("one run was given: name two of its adapters, --adapter A --against B, or give a second run")
    if against and not adapter:
        raise UsageError(f"--against {against} was given without the adapter of the first run: --adapter NAME")
    adapter, against = (name and _label(name) for name in (adapter, against))
    pairs = [(adapter, against or adapter)] if adapter else _shared_adapters(one, other)
    for before, after in pairs:
        show_comparison(before, after, pipeline.compare(one, other, before, after, metric or ()), pages)
    if adapter or metric:
        _tell_of_other_golds(one, other)
    else:
        _show_what_a_gate_would_say(one, other, pages)
    return 0


def _shared_adapters(one: Run, other: Run) -> list[tuple[str, str]]:
    """Each adapter that has answers in both runs, twice; the others are named."""
    sides = [run.manifest().adapters for run in (one, other)]
    shared = [name for name in sides[0] if all(name in side and "unavailable" not in side[name] for side in sides)]
    rest = [name for name in {**sides[0], **sides[1]} if name not in shared]
    if not shared:
        raise UsageError("no adapter has answers in both runs; name one of each: --adapter A --against B")
    if rest:
        tell(f"note: not compared, without answers in both runs: {', '.join(rest)}")
    return [(name, name) for name in shared]


def _tell_of_other_golds(one: Run, other: Run) -> None:
    """Say where the two were not held against the same golds; `compare` itself takes the pages that both have."""
    from . import gating

    for line in gating.strangers(one, other):
        tell(f"note: {line}")


def _show_what_a_gate_would_say(one: Run, other: Run, pages: int) -> None:
    """The findings of the gate about two runs, or why there are none; nothing is measured again."""
    from . import gating
    from .terminal import Lines

    try:
        verdict = gating.gate(other, one, gating.Wish(again=False), Lines())
    except UsageError as error:
        reason = str(error).partition("\nGive")[0].replace("\n  ", " ")
        say("")
        tell(f"note: the gate would refuse: {reason}")
        return
    say("")
    show_findings(verdict, pages)
    _say_verdict(verdict)


@app.command
def gate(
    folder: Folder = None,
    *,
    baseline: Annotated[
        Path | None, Parameter(help="Folder of the pinned run. [default: results/baseline, none with --against]")
    ] = None,
    adapter: Annotated[
        str | None,
        Parameter(
            help="Judge this adapter alone, the one after. [default: all that are pinned] "
            "(`compare --adapter` names the one before.)"
        ),
    ] = None,
    against: Annotated[
        str | None, Parameter(help="Hold it against this adapter, the one before, instead of its pinned self.")
    ] = None,
    corpus: Annotated[list[str] | None, Parameter(negative="", help="Judge on this corpus alone.")] = None,
    mean: Annotated[float, Parameter(help="Loss of the mean of a share that is let pass.")] = Limits.mean,
    page: Annotated[float, Parameter(help="Loss of a share on one page that is let pass.")] = Limits.page,
    slower: Annotated[
        float, Parameter(help=f"Times as slow that is let pass; against a baseline {DRIFT:g} times that.")
    ] = Limits.slower,
    hungrier: Annotated[float, Parameter(help="More memory that is let pass, in MB.")] = Limits.hungrier,
    speed: Annotated[bool, Parameter(negative="--no-speed", help="Judge speed and memory too.")] = True,
    without: Annotated[
        list[str] | None, Parameter(negative="", help="Adapter of the baseline that may be missing.")
    ] = None,
    update: Annotated[bool, Parameter(negative="", help="Pin this run, unless that would lower a floor.")] = False,
    allow_regression: Annotated[bool, Parameter(negative="", help="Pin it even so.")] = False,
    pages: Annotated[int, Parameter(help="Pages and findings to name for each adapter; 0 for all.")] = 10,
) -> int:
    """Judge a run by a pinned one on the same pages: exit 1 where an adapter is worse than the limits allow.

    For example: boilerbench gate RUN --adapter trafilatura==./checkout --against trafilatura==2.1.0
    """
    from . import gating

    _check_limits({"--mean": mean, "--page": page, "--slower": slower, "--hungrier": hungrier})
    if against and not adapter:
        raise UsageError(f"--against {against} was given without what is held against it: --adapter NAME")
    if allow_regression and not update:
        raise UsageError("--allow-regression is a word for pinning: --update --allow-regression")
    if update and adapter:
        raise UsageError("a baseline is pinned whole; leave out --adapter and --against, or --update")
    run = _open(folder)
    adapter, against = (name and _label(name) for name in (adapter, against))
    limits = Limits(mean, page, slower, hungrier)
    wish = gating.Wish(limits, adapter, against, tuple(corpus or ()), tuple(without or ()), speed)
    if update:
        return _pin(run, baseline or BASELINE, wish, pages, allow_regression=allow_regression)
    pinned = None if against and not baseline else _open_baseline(baseline or BASELINE, run)
    with open_progress() as progress:
        verdict = gating.gate(run, pinned, wish, progress)
    show_verdict(verdict, pages)
    _say_verdict(verdict)
    try:
        run.write_findings(gating.document(verdict, limits))
    except EnvironmentFault as error:  # a verdict on a run that cannot be written is a verdict all the same
        complaints.print(f"note: gate.json is not written: {error}", highlight=False, markup=False, soft_wrap=True)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        _tell_github(run, verdict)
    return 0 if verdict.passed else 1


def _pin(run: Run, target: Path, wish: "Wish", pages: int, *, allow_regression: bool) -> int:
    """Make a run what later ones are held against; 1 where that would lower a floor and nobody allowed it."""
    from . import gating

    told: list[str] = []
    refuse_pinning(target)
    if (target / "manifest.json").is_file() and not allow_regression:
        with open_progress() as progress:
            verdict, replaced = gating.regressions(run, _open_baseline(target, run), wish, progress)
        if not verdict.passed:
            show_verdict(verdict, pages)
            say(f"\nnot pinned: {len(verdict.findings)} floors would be lower; to lower them: --allow-regression")
            return 1
        told += [*verdict.notes, *(f"floors are set anew, for {line}" for line in replaced)]
    with open_progress() as progress:
        told += gating.pin(run, target, progress, speed=wish.speed)
    for line in dict.fromkeys(told):
        tell(f"note: {line}")
    say(f"pinned in {target}: {run.folder}")
    return 0


def _label(given: str) -> str:
    """What an adapter is called in tables, also where it was typed as a path, or with a checkout for its release."""
    base, _, release = given.partition("==")
    typed = os.sep in given or base.partition("@")[0].endswith(".py") or release in {".", ".."}
    return find_adapter(given).name if typed else given


def _open_baseline(folder: Path, run: Run) -> Run:
    if not (folder / "manifest.json").is_file():
        raise UsageError(
            f"{folder} holds no pinned run; pin one: boilerbench gate {run.folder} --baseline {folder} --update"
        )
    try:
        return Run.open(folder)
    except UsageError as error:
        raise UsageError(
            f"{error}, then pin it: boilerbench gate {run.folder} --baseline {folder} --update --allow-regression"
        ) from error


def _say_verdict(verdict: "Verdict") -> None:
    """Print the verdict in one line."""
    worse = len({one.adapter for one in verdict.findings})
    about = f"{len(verdict.held)} adapters of {verdict.after} against {verdict.before}"
    if verdict.passed:
        tell(f"gate: passed, {about}")
    else:
        say("")
        tell(f"gate: FAILED, {len(verdict.findings)} findings in {worse} adapters; {about}")


def _tell_github(run: Run, verdict: "Verdict") -> None:
    """Job summary, annotations and outputs, where the runner says they go."""
    from . import github, pipeline

    results = pipeline.results(run)
    markdown = rooms.load("reports", "markdown")
    tables = {name: markdown.tables(results, name) for name in results.manifest.corpora}
    for line in github.errors(verdict):
        say(line)
    report = str(run.folder / "report")
    for variable, text in (
        ("GITHUB_STEP_SUMMARY", github.summary(verdict, results, tables)),
        ("GITHUB_OUTPUT", github.outputs(verdict, github.best(results), report)),
    ):
        if os.environ.get(variable):
            with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
                file.write(text)


def _check_limits(given: dict[str, float]) -> None:
    least = {"--slower": 1.0}
    refuse(
        [
            f"{name} {value:g}: a number of {least.get(name, 0):g} or more is expected"
            for name, value in given.items()
            if not least.get(name, 0) <= value < math.inf
        ]
    )


@app.command
def correlate(
    folder: Annotated[Path, Parameter(help="Folder of a run.")],
    first: Annotated[str, Parameter(help="Metric, for example article.f1.")],
    second: Annotated[str, Parameter(help="Another.")],
    *,
    corpus: Annotated[str, Parameter(help="Corpus.")] = "aeb",
    adapter: Annotated[
        list[str] | None, Parameter(negative="", help="Adapter to compare. [default: each extractor's unnamed variant]")
    ] = None,
) -> int:
    """Say how far two metrics put the extractors of a run in the same order: Kendall's tau-b with its interval."""
    from . import pipeline

    found = pipeline.correlate(Run.open(folder), first, second, corpus, adapter or ())
    ends = "no interval" if found.low is None else f"[{figure(found.low)}, {figure(found.high)}]"
    say(
        f"tau-b {figure(found.tau)} {ends} over {found.adapters} adapters, sites with {first} {found.clusters[0]}, "
        f"with {second} {found.clusters[1]}"
    )
    return 0


@app.command
def agreement(
    first: Annotated[Path, Parameter(help="Folder of annotations, <page-id>.txt.")],
    second: Annotated[Path, Parameter(help="Another reading of the same pages.")],
    *,
    corpus: Annotated[str, Parameter(help="Corpus of the pages.")] = "seeds",
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
) -> int:
    """Say how far two readings of the same pages agree, word by word: per kind, per class, and what was confused."""
    from . import desk

    found = desk.agreement_of(first, second, find_corpus(corpus, data))
    rows = [("all kinds", found.overall), *found.kinds.items(), ("all classes", found.overall_classes)]
    for name, measures in [*rows, *found.classes.items()]:
        kappa, alpha = (f"{value:.3f}" if value is not None else "–" for value in (measures.kappa, measures.alpha))
        say(
            f"{name:<14} kappa {kappa:>6}  alpha {alpha:>6}  agreed on {measures.agreed:.1%} of {measures.tokens} words"
        )
    for one, other, words in desk.confused(found):
        say(f"{words:>6} words: {one} or {other}")
    return 0


@app.command
def datasheet(
    corpus: Annotated[str, Parameter(help="Corpus that regions are laid over.")],
    *,
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
    out: Annotated[Path, Parameter(help="File to write.")],
) -> int:
    """Write down what can be said of the regions laid over a corpus, as JSON for `docs/render.py`.

    Each page with the size of its classes, how far the two readings agree by kind, what was confused, and how far the
    main regions agree with the corpus' own bodies.
    """
    from . import desk

    desk.write_datasheet(find_corpus(corpus, data), out)
    say(f"wrote {out}")
    return 0


@app.command
def lint(*, data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None) -> int:
    """Check golds and pages: hashes, selectors, coverage, agreement with the body; exit 1 where anything is wrong.

    Regions laid over pages of other corpora are held against the pages where the corpus is on this disk.
    """
    from . import desk

    findings, unseen = desk.lint_all(data)
    for finding in findings:
        say(str(finding))
    for corpus, pages in unseen.items():
        say(
            f"note: {pages} overlays of {corpus} were not held against their pages: the corpus is not on this disk; "
            "give the folder above it, --data FOLDER or $BOILERBENCH_DATA"
        )
    say(f"{len(findings)} findings")
    return 1 if findings else 0


@app.command(name="list")
def list_room(
    room: Annotated[Room, Parameter(help="Which room.")],
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="Print JSON instead of lines.")] = False,
) -> int:
    """Show what stands in a room."""
    rows = _room_rows(room)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - rich would wrap it
    else:
        width = max(len(row["name"]) for row in rows)
        for row in rows:
            console.print(f"{row['name']:<{width}}  {row['summary']}", highlight=False, markup=False, soft_wrap=True)
    return 0


@env.command
def sync(
    *adapter: str,
    offline: Annotated[bool, Parameter(negative="", help="Fetch nothing; what caches hold must do.")] = False,
    download_pythons: Annotated[
        bool, Parameter(negative="", help="Let uv fetch a Python that an adapter needs and this machine lacks.")
    ] = False,
) -> int:
    """Build the environments of the adapters named, or of all; exit 3 where one that was named is unavailable."""
    from . import pipeline
    from .workers.installing import Wishes

    with open_progress() as progress:
        wanted = adapter or tuple(whole_field())
        entrants = pipeline.sync_environments(wanted, progress, Wishes(offline, download_pythons))
    missing = {name: about for name, about in entrants.items() if "unavailable" in about}
    for name, about in missing.items():
        say(f"{name} is unavailable: {about['unavailable']} (try: {about['remedy']})")
    say(f"{len(entrants) - len(missing)} of {len(entrants)} adapters are ready")
    return 3 if adapter and missing else 0


@app.command
def doctor() -> int:
    """Say whether this machine can work: folders, tools, bundled pages, and every adapter's environment."""
    from . import pipeline

    with open_progress() as progress:
        findings = pipeline.examine(RUNS, progress)
    print_table(finding_table(findings))
    return 0 if all(finding.well for finding in findings) else 3


def main(arguments: list[str] | None = None) -> NoReturn:
    """Entry point of the command `boilerbench`; exits 0 good, 1 findings, 2 usage, 3 environment, 130 interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _open_standard_streams()
    # Many small products: a second BLAS thread spins more than it works, most of all where cores are shared.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        given = _with_levels(sys.argv[1:] if arguments is None else arguments)
        status = app(given, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        sys.exit(2)
    except (UsageError, EnvironmentFault) as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complaints.print(
            "boilerbench: interrupted; what was finished is kept, --resume goes on from there",
            highlight=False,
            soft_wrap=True,
        )
        sys.exit(130)
    except OSError as error:
        reason = ": ".join(str(one) for one in (error.filename, error.strerror) if one)
        complaints.print(
            f"boilerbench: the system refuses {reason}; give another path, or see to its permissions",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        sys.exit(EnvironmentFault.exit_code)
    sys.exit(status if isinstance(status, int) else 0)


def _with_levels(arguments: list[str]) -> list[str]:
    """The arguments, with the strictest level behind a `--require-sandbox` that names none."""
    return [f"{one}=full" if one == "--require-sandbox" else one for one in arguments]


def _open_standard_streams() -> None:
    """Put /dev/null where a standard stream is closed, as daemons do: a worker's pipe would take its place."""
    while (stream := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(stream)


def _check_seconds(option: str, value: float) -> None:
    if not 0 <= value < math.inf:
        raise UsageError(f"{option} {value:g}: a number of seconds is expected, 0 or more")


def _check_pages(option: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise UsageError(f"{option} {value}: a number of pages is expected, 1 or more")


def _open(folder: Path | None) -> Run:
    return Run.open(folder) if folder else newest_run(RUNS)


def _conclude(made: Run) -> int:
    """Print the tables and where the files are; 3 where an adapter failed on every page."""
    from . import pipeline

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


def _room_rows(room: str) -> list[dict[str, str]]:
    """Name and description of everything in a room; adapters with each of their variants."""
    files = {name: rooms.path(room, name) for name in rooms.names(room)}
    if room == "adapters":
        found = [one for file in files.values() for one in declared(file)]
        return [{"name": one.name, "summary": one.summary, "form": one.form} for one in found]
    return [{"name": name, "summary": _first_line(file)} for name, file in files.items()]


def _first_line(file: Path) -> str:
    about = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return about.partition("\n")[0]
