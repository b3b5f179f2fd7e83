"""The corridor's stages, together and each alone, and what goes out of a run: reports, publication, exports."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..errors import EnvironmentFault, UsageError
from ..plan import Plan, anchored, expanded, resolve_all
from ..records import DELTA
from ..store import Run, write
from ..terminal import complaints, console, open_progress
from ._options import RUNS, Folder, HandIns, Wanted, check_pages, check_seconds, conclude, open_run


def run(
    *,
    wanted: Wanted | None = None,
    handed: HandIns | None = None,
    speed_seconds: Annotated[float, Parameter(help="Time box of the speed stage; 0 leaves it out.")] = 25.0,
    speed_pages: Annotated[int | None, Parameter(help="Pages of each corpus that are timed. [default: all]")] = None,
) -> int:
    """Extract, score, time, summarise and report in one go."""
    from .. import pipeline

    wanted = wanted or Wanted()
    check_seconds("--speed-seconds", speed_seconds)
    check_pages("--speed-pages", speed_pages)
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
    status = conclude(made)
    if fault:
        raise fault
    return status


def extract(*, wanted: Wanted | None = None, handed: HandIns | None = None) -> int:
    """Run adapters over pages and store their answers."""
    from .. import pipeline

    wanted = wanted or Wanted()
    plan, folder = wanted.plan(handed or HandIns()), wanted.folder()
    with open_progress() as progress:
        made = pipeline.extract(plan, folder, progress, wanted.resume)
    console.print(str(made.folder), highlight=False, soft_wrap=True)
    return 0


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
    from .. import pipeline

    handed = handed or HandIns()
    if gold is None and not handed.predictions:
        with open_progress() as progress:
            pipeline.score(open_run(folder), progress, expanded(scorer) if scorer else None)
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
    return conclude(made)


def export(
    folder: Annotated[Path, Parameter(help="Folder of the run.")],
    *,
    adapter: Annotated[str, Parameter(help="Full name of the adapter.")],
    out: Annotated[Path, Parameter(help="File or folder to write; it must not be there yet.")],
    format: Annotated[str, Parameter(help="Name of the format, see `boilerbench list formats`.")] = "aeb",  # noqa: A002
    corpus: Annotated[str | None, Parameter(help="Corpus, where the run has several.")] = None,
) -> int:
    """Write the answers of an adapter in a format that other benchmarks read."""
    from .. import pipeline

    if out.exists():
        raise UsageError(f"{out} is there already; give another --out")
    files, failed = pipeline.export(Run.open(folder), adapter, format, corpus)
    for name, content in files.items():
        write(out / name, content)
    if failed:
        complaints.print(f"note: {failed} answers failed; they are written as empty ones", highlight=False)
    console.print(str(out), highlight=False, soft_wrap=True, markup=False)
    return 0


def speed(
    folder: Folder = None,
    *,
    seconds: Annotated[float, Parameter(help="Time box; rounds are cut to fit into it, pages never.")] = 25.0,
    pages: Annotated[int | None, Parameter(help="Pages of each corpus that are timed. [default: all]")] = None,
) -> int:
    """Time the adapters of a run, each call beside a reference parse of the same page."""
    from .. import pipeline

    check_seconds("--seconds", seconds)
    check_pages("--pages", pages)
    with open_progress() as progress:
        pipeline.speed(open_run(folder), progress, seconds, pages)
    return 0


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
    from .. import pipeline

    if not 0.0 < delta < 1.0:
        raise UsageError(f"--delta {delta}: give a share between 0 and 1, for example .01")
    pipeline.summarize(open_run(folder), by or (), delta, pairs or ())
    return 0


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
    from .. import pipeline
    from ..views import VIEWED

    if pages not in {None, "all"} and not str(pages).isdecimal():
        raise UsageError(f"--pages {pages}: a number of 0 or more, or `all`, is expected")
    viewed = VIEWED if pages is None else None if pages == "all" else int(pages)
    made = open_run(folder)
    for one in pipeline.report(made, form, viewed, out):
        for file in one.files:
            console.print(str(made.folder / file), highlight=False, soft_wrap=True)
    return 0


def publish(
    folder: Annotated[Path, Parameter(help="Folder of the run.")],
    target: Annotated[Path, Parameter(help="Folder to write, for example results/aeb.")],
) -> int:
    """Copy what may be shown of a run: numbers and hashes, never texts of pages or answers."""
    Run.open(folder).publish(target)
    console.print(str(target), highlight=False, soft_wrap=True)
    return 0
