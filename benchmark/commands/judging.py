"""Two runs, or two adapters or metrics of one, held against each other: for reading, and as a gate."""

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from .. import rooms
from ..checks.limits import DRIFT, Limits
from ..errors import EnvironmentFault, UsageError
from ..plan import refuse
from ..store import Run, refuse_pinning
from ..terminal import complaints, figure, open_progress, say, show_comparison, show_findings, show_verdict, tell
from ._options import BASELINE, Folder, label, open_run

if TYPE_CHECKING:
    from ..gating import Verdict, Wish


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
    from .. import pipeline

    one, other = Run.open(first), Run.open(second or first)
    if second is None and not (adapter and against):
        raise UsageError("one run was given: name two of its adapters, --adapter A --against B, or give a second run")
    if against and not adapter:
        raise UsageError(f"--against {against} was given without the adapter of the first run: --adapter NAME")
    adapter, against = (name and label(name) for name in (adapter, against))
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
    from .. import gating

    for line in gating.strangers(one, other):
        tell(f"note: {line}")


def _show_what_a_gate_would_say(one: Run, other: Run, pages: int) -> None:
    """The findings of the gate about two runs, or why there are none; nothing is measured again."""
    from .. import gating
    from ..terminal import Lines

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
    from .. import gating

    _check_limits({"--mean": mean, "--page": page, "--slower": slower, "--hungrier": hungrier})
    if against and not adapter:
        raise UsageError(f"--against {against} was given without what is held against it: --adapter NAME")
    if allow_regression and not update:
        raise UsageError("--allow-regression is a word for pinning: --update --allow-regression")
    if update and adapter:
        raise UsageError("a baseline is pinned whole; leave out --adapter and --against, or --update")
    run = open_run(folder)
    adapter, against = (name and label(name) for name in (adapter, against))
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
    from .. import gating

    told: list[str] = []
    refuse_pinning(target)
    if (target / "manifest.json").is_file() and not allow_regression:
        with open_progress() as progress:
            verdict, replaced = gating.regressions(run, _open_baseline(target, run), wish, progress)
        if not verdict.passed:
            show_verdict(verdict, pages)
            say(f"\nnot pinned: {_many(len(verdict.findings), 'floor')} would be lower; to lower: --allow-regression")
            return 1
        told += [*verdict.notes, *(f"floors are set anew, for {line}" for line in replaced)]
    with open_progress() as progress:
        told += gating.pin(run, target, progress, speed=wish.speed)
    for line in dict.fromkeys(told):
        tell(f"note: {line}")
    say(f"pinned in {target}: {run.folder}")
    return 0


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
    about = f"{_many(len(verdict.held), 'adapter')} of {verdict.after} against {verdict.before}"
    if verdict.passed:
        tell(f"gate: passed, {about}")
    else:
        say("")
        findings = _many(len(verdict.findings), "finding")
        tell(f"gate: FAILED, {findings} in {_many(worse, 'adapter')}; {about}")


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _tell_github(run: Run, verdict: "Verdict") -> None:
    """Job summary, annotations and outputs, where the runner says they go."""
    from .. import github, pipeline

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
    from .. import pipeline

    found = pipeline.correlate(Run.open(folder), first, second, corpus, adapter or ())
    ends = "no interval" if found.low is None else f"[{figure(found.low)}, {figure(found.high)}]"
    say(
        f"tau-b {figure(found.tau)} {ends} over {found.adapters} adapters, sites with {first} {found.clusters[0]}, "
        f"with {second} {found.clusters[1]}"
    )
    return 0
