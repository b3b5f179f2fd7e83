"""Composed pages: experiments with doses of boilerplate, and the pages themselves."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..errors import UsageError
from ..plan import Plan, anchored, composed_corpus, find_corpus, light_field, resolve_all, treated_corpus
from ..terminal import complaints, open_progress, say
from ._options import RUNS, check_pages, check_seconds


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
    pairs: Annotated[int | None, Parameter(help="Pairs of design and body. [default: 24, of the drills 8]")] = None,
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
    from .. import pipeline
    from ..compose import experiment, injection

    check_seconds("--seconds", seconds)
    check_pages("--limit", limit)
    if seed < 0:
        raise UsageError(f"--seed {seed}: a whole number is expected, 0 or more")
    _check_experiment(drills=drills, short=short, in_vivo=in_vivo, composed=bool(dialect), kinds=bool(kind or amount))
    _check_corpus(in_vivo, pairs, limit, data)
    names = [*(adapter or light_field())]
    wanted = [] if drills else experiment.chosen(kind or (), amount or (), short=short)
    if in_vivo:
        for one in wanted:  # before anything is written
            injection.slot_of(one)
    # Composed pages have regions, so the headline measure; of others the body is known, and what was injected.
    scorers = ("body" if in_vivo else "article", "regions")
    resolve_all([], None, names, scorers, "local")
    folder = out or RUNS / pipeline.new_run_name()
    if drills:
        corpus = composed_corpus(folder, experiment.drills(experiment.DRILLED if pairs is None else pairs, seed))
    elif in_vivo:
        corpus, left_out = treated_corpus(folder, find_corpus(in_vivo, data), wanted, limit, seed)
        if left_out:
            told = f"{len(left_out)} pages are" if len(left_out) > 1 else "1 page is"
            complaints.print(f"note: {told} left out: {left_out[0]}", highlight=False, markup=False)
    else:
        number = experiment.PAIRS if pairs is None else pairs
        corpus = composed_corpus(folder, experiment.specs(wanted, experiment.spoken(dialect or ()), number, seed))
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


def _check_corpus(in_vivo: str | None, pairs: int | None, limit: int | None, data: Path | None) -> None:
    """Refuse options of composed pages for those of a corpus, and the other way round."""
    if in_vivo and pairs is not None:
        raise UsageError("each page of a corpus is a pair; give --limit in place of --pairs, or leave out --in-vivo")
    if not in_vivo and (limit is not None or data is not None):
        raise UsageError("--limit and --data are of --in-vivo CORPUS; composed pages have --pairs")


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
    from .. import desk

    if (page is None) == (sample is None):
        raise UsageError("give the id of a page to print, or --sample FOLDER to write the sample into; not both")
    if sample:
        say(f"{desk.write_sample(sample)} pages below {sample / 'seeds' / 'composed'}")
    elif page:
        made, toml, _ = desk.composed(page)
        sys.stdout.buffer.write(toml.encode() if gold else made.html)
    return 0
