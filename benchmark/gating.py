"""Whether a run may pass: held against a pinned baseline, or one of its adapters against another; and pinning."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from . import pipeline
from .checks import gate as rules
from .checks.gate import MEMORY, RATIO, Held, Suspicion, Verdict
from .checks.limits import Limits
from .errors import EnvironmentFault, UsageError
from .plan import refuse
from .progress import Progress
from .records import GateFinding, Manifest, Metric, Score
from .store import Run, refuse_pinning
from .timing import changed_since, time_again

__all__ = ["Verdict", "Wish", "document", "gate", "pin", "regressions", "strangers"]

AGAIN = 5
"""How often time and memory are measured before they are pinned, and again before a suspected loss is believed; why
so often, and what comes of it, stands in docs/ci.md."""
AGAIN_SECONDS = 10.0
"""Time box of each of these measurements on one corpus."""
AGAIN_PAGES = 20
"""Pages of a corpus that are timed again at most."""

FINISH = "finish it: boilerbench run --resume --out {}"
"""What to type where a run was cut short."""
CLEARED, UNKNOWN = "; measured again, it is not", ", and could not be measured again"
"""What became of a suspicion that is no finding."""

Times = dict[tuple[str, str, str], dict[str, float]]
"""(adapter, corpus, metric) -> page -> value."""


@dataclass(frozen=True)
class Wish:
    """What is to be judged, and how strictly."""

    limits: Limits = field(default_factory=Limits)
    """How much worse is let pass."""
    adapter: str | None = None
    """The one adapter that is judged; None for all of them."""
    against: str | None = None
    """Adapter it is held against; None for the same in the baseline."""
    corpora: tuple[str, ...] = ()
    """Corpora on which it is judged; empty for all that the baseline has."""
    without: tuple[str, ...] = ()
    """Adapters of the baseline that may be missing."""
    speed: bool = True
    """Whether times and memory are judged."""
    again: bool = True
    """Whether a suspected loss of these is measured again; otherwise it is only told."""


def gate(run: Run, baseline: Run | None, wish: Wish, progress: Progress) -> Verdict:
    """Judge a run by a baseline, or without one an adapter by another of the same run.

    UsageError where the two must not be compared: other pages or golds, metrics that mean something else, a run that
    was cut short, an adapter that is not there.
    """
    before = baseline or run
    _refuse_unfinished(run, FINISH.format(run.folder))
    if baseline:
        whole = baseline.has("plan.json")
        _refuse_unfinished(baseline, FINISH.format(baseline.folder) if whole else _pin_anew(run, baseline))
    was, now = before.manifest(), run.manifest()
    corpora = wish.corpora or tuple(was.corpora)
    _refuse_strangers(run, before, corpora)
    findings = rules.missing(was, now, wish.without) if baseline and not wish.adapter else []
    pairs = _pairs(was, now, wish)
    metrics = rules.gated(before.metrics("metrics.json"))
    held = []
    for old, new in pairs:
        one, found = _judged(run, before, (old, new), corpora, metrics, wish.limits)
        held.append(one)
        findings += found
    notes = _notes(was, now, corpora, wish) if baseline else []
    slow, told = _timed(run, before, pairs, corpora, wish, progress)
    name = baseline.folder.name if baseline else str(wish.against)
    return Verdict(name, now.run, tuple(held), (*findings, *slow), (*notes, *told))


def pin(run: Run, target: Path, progress: Progress, *, speed: bool) -> list[str]:
    """Write all of a run that later ones are held against; what is left out and why.

    Of times only ratios and memory are pinned, and those as the middle of several measurements: against a single one,
    measuring a loss again does not help where the pinned one was the odd one out.
    """
    _refuse_unfinished(run, FINISH.format(run.folder))
    if target.resolve() == run.folder.resolve():
        raise UsageError(f"{target} is the run itself; give another folder to pin it in: --baseline FOLDER")
    refuse_pinning(target)  # before anything is measured
    metrics = run.metrics("metrics.json")
    judged = rules.gated(metrics)
    needed = {one.name for one in judged} | {name for one in judged for name in one.aggregate.of}
    reason = _unpinnable(run, speed=speed)
    timed = [] if reason else [one for one in run.metrics("speed/metrics.json") if one.name in {RATIO, MEMORY}]
    values = [] if reason else _middle_of_several(run, progress)
    told = _changed_since(run, sorted({one.adapter for one in values}))
    run.pin(target, [one for one in metrics if one.name in needed], timed, values)
    return [f"speed and memory are not pinned: {reason}", *told] if reason else told


def _unpinnable(run: Run, *, speed: bool) -> str | None:
    """Why times of a run cannot be pinned; None where they can."""
    if not speed:
        return "as was asked for"
    if not _has_times(run):
        return "the run has no times"
    return None if run.has("plan.json") else "the run keeps no plan to measure them again by"


def _middle_of_several(run: Run, progress: Progress) -> list[Score]:
    """Ratios and memory of every adapter of a run, each the middle of its own and further measurements."""
    own = _times(run.scores("speed/scores.parquet"))
    found = [own]
    for corpus in run.manifest().corpora:
        names = sorted({adapter for adapter, place, _ in own if place == corpus})
        pages = sorted({page for key, values in own.items() if key[1] == corpus for page in values})
        if names:
            found += [_time_again(run, progress, corpus, names, pages) for _ in range(AGAIN - 1)]
    return [
        Score(corpus, page, adapter, "speed", metric, value)
        for adapter, corpus, metric in own
        for page, value in rules.middle([one.get((adapter, corpus, metric), {}) for one in found]).items()
    ]


def regressions(run: Run, baseline: Run, wish: Wish, progress: Progress) -> tuple[Verdict, list[str]]:
    """In what a run would lower the floors of a baseline, and the corpora whose floors cannot be carried over.

    Neither a mean nor a page may fall at all here: what is let pass at each pinning would add up. Of time and memory,
    which are never measured alike twice, no more is let pass than without options.
    """
    was, now = baseline.manifest(), run.manifest()
    shared = [name for name in was.corpora if name in now.corpora]
    replaced = strangers(baseline, run)
    kept = tuple(name for name in shared if not rules.strangers(was, now, [name]))
    findings = [
        GateFinding("corpus", "all adapters", f"{name} is pinned, and the run has no such corpus", name)
        for name in was.corpora
        if name not in now.corpora
    ]
    own, usual = wish.limits, Limits()
    slower, hungrier = min(own.slower, usual.slower), min(own.hungrier, usual.hungrier)
    strict = replace(wish, limits=Limits(mean=0.0, page=0.0, slower=slower, hungrier=hungrier), corpora=kept)
    if not kept:
        findings += rules.missing(was, now, wish.without)
        return Verdict(baseline.folder.name, now.run, (), tuple(findings), ()), replaced
    verdict = gate(run, baseline, strict, progress)
    lost = _times_given_up(run, baseline, strict) if _has_times(baseline) else []
    return replace(verdict, findings=(*findings, *lost, *verdict.findings)), replaced


def _times_given_up(run: Run, baseline: Run, wish: Wish) -> list[GateFinding]:
    """A finding for each adapter whose times are pinned and would not be any more, or one for all."""
    told = "pinned, and would not be any more"
    if reason := _unpinnable(run, speed=wish.speed):
        return [GateFinding("speed", "all adapters", f"times are {told}: {reason}")]
    pairs = _pairs(baseline.manifest(), run.manifest(), wish)
    times = [_times(one.scores("speed/scores.parquet")) for one in (baseline, run)]
    return [
        GateFinding("speed", name, f"{what} on {corpus}: {told}", corpus)
        for name, corpus, what in _untimed_now(pairs, wish.corpora, *times)
    ]


def strangers(one: Run, other: Run) -> list[str]:
    """Where two runs have other pages or golds under the same name; one line for each corpus."""
    was, now = one.manifest(), other.manifest()
    return rules.strangers(was, now, [name for name in was.corpora if name in now.corpora])


def document(verdict: Verdict, limits: Limits) -> dict[str, Any]:
    """The verdict as plain values, for `gate.json` in the folder of the run."""
    return {
        "passed": verdict.passed,
        "before": verdict.before,
        "after": verdict.after,
        "limits": asdict(limits),
        "judged": [
            {"before": one.before, "after": one.after, "changed": one.comparison is not None} for one in verdict.held
        ],
        "findings": [asdict(one) for one in verdict.findings],
        "notes": list(verdict.notes),
    }


# what is refused ----------------------------------------------------------------------------------------------


def _refuse_unfinished(run: Run, hint: str) -> None:
    needed = ["extractions.parquet", "scores.parquet", "metrics.json"]
    needed += ["summary.json"] if run.has("plan.json") else []  # pinned runs have neither
    lacking = [name for name in needed if not run.has(name)]
    if lacking:
        raise UsageError(f"{run.folder} was cut short: no {', no '.join(lacking)}; {hint}")
    manifest = run.manifest()
    found = Counter((row["adapter"], row["corpus"]) for row in run.outcomes())
    short = [
        f"{run.folder} was cut short: {adapter} has {found[adapter, corpus]} of {about['pages']} answers on {corpus}"
        for adapter, said in manifest.adapters.items()
        if "unavailable" not in said
        for corpus, about in manifest.corpora.items()
        if found[adapter, corpus] != about["pages"]
    ]
    refuse([*short, hint] if short else [])


def _refuse_strangers(run: Run, before: Run, corpora: Sequence[str]) -> None:
    if run.folder == before.folder:
        refuse([f"{run.folder} has no corpus {name!r}" for name in corpora if name not in run.manifest().corpora])
        return
    problems = rules.strangers(before.manifest(), run.manifest(), corpora)
    if problems:
        raise UsageError(
            f"{run.folder} cannot be held against {before.folder}:\n  " + "\n  ".join(problems) + "\n"
            "Give a run on the same pages and golds, name the corpora they share (--corpus NAME), or pin anew: "
            f"boilerbench gate {run.folder} --baseline {before.folder} --update"
        )
    redefined = rules.redefined(rules.gated(before.metrics("metrics.json")), run.metrics("metrics.json"))
    if redefined:
        raise UsageError(
            f"{run.folder} cannot be held against {before.folder}:\n  " + "\n  ".join(redefined) + "\n"
            f"Give a run that is scored as that one, or {_pin_anew(run, before)}"
        )


def _pin_anew(run: Run, baseline: Run) -> str:
    """What to type where floors cannot be asked for; they cannot be compared then either."""
    return f"pin it anew: boilerbench gate {run.folder} --baseline {baseline.folder} --update --allow-regression"


def _pairs(was: Manifest, now: Manifest, wish: Wish) -> list[tuple[str, str]]:
    """Names before and after of all that is judged; `pipeline.compare` refuses those that are not there."""
    if wish.adapter:
        return [(wish.against or wish.adapter, wish.adapter)]
    usable = [name for name, about in now.adapters.items() if "unavailable" not in about]
    return [(name, name) for name in usable if name in was.adapters and "unavailable" not in was.adapters[name]]


def _notes(was: Manifest, now: Manifest, corpora: Sequence[str], wish: Wish) -> list[str]:
    pinned, present = ({name for name in one.adapters if "unavailable" not in one.adapters[name]} for one in (was, now))
    fresh = [name for name in now.adapters if name in present - pinned]
    left_out = [name for name in (*was.corpora, *now.corpora) if name not in corpora]
    told = rules.differences(was, now)
    if fresh and not wish.adapter:
        told.append(f"not pinned, so not judged: {', '.join(fresh)}")
    if left_out:
        told.append(f"corpora that are not judged: {', '.join(dict.fromkeys(left_out))}")
    return told


# quality ------------------------------------------------------------------------------------------------------


def _judged(
    run: Run,
    before: Run,
    names: tuple[str, str],
    corpora: Sequence[str],
    metrics: Sequence[Metric],
    limits: Limits,
) -> tuple[Held, list[GateFinding]]:
    old, new = names
    outcomes = [pipeline.outcomes_of(one, name, corpora) for one, name in ((before, old), (run, new))]
    failed = rules.failures(new, outcomes[0], outcomes[1])
    tables = [pipeline.scores_of(one, name, corpora) for one, name in ((before, old), (run, new))]
    wanted = [metric.name for metric in metrics]
    frames = [table[table["metric"].isin(wanted)].sort_values(["corpus", "page_id", "metric"]) for table in tables]
    if outcomes[0] == outcomes[1] and frames[0].reset_index(drop=True).equals(frames[1].reset_index(drop=True)):
        return Held(old, new, None), failed
    comparison = pipeline.compare(before, run, old, new, wanted, corpora)
    comparison = replace(comparison, changes=tuple(one for one in comparison.changes if one.metric.name in wanted))
    return Held(old, new, comparison), [*failed, *rules.quality(new, comparison, frames[0], frames[1], limits)]


# time and memory ----------------------------------------------------------------------------------------------


def _timed(
    run: Run,
    before: Run,
    pairs: Sequence[tuple[str, str]],
    corpora: Sequence[str],
    wish: Wish,
    progress: Progress,
) -> tuple[list[GateFinding], list[str]]:
    """What was lost of speed and memory, each loss measured again; and what was not judged."""
    reason = _untimed(run, before) if wish.speed else "as was asked for"
    if reason:
        return [], [f"speed and memory are not judged: {reason}"]
    beside = run.folder == before.folder
    limits = wish.limits if beside else rules.drifting(wish.limits)
    pinned, now = _times(before.scores("speed/scores.parquet")), _times(run.scores("speed/scores.parquet"))
    suspicions = [
        Suspicion(old, new, corpus, metric)
        for corpus in corpora
        for old, new in pairs
        for metric in (RATIO, MEMORY)
        if rules.suspicious(metric, pinned.get((old, corpus, metric), {}), now.get((new, corpus, metric), {}), limits)
    ]
    notes = [
        f"{what} of {name} on {corpus} not judged: the run has no values of it"
        for name, corpus, what in _untimed_now(pairs, corpora, pinned, now)
    ]
    if suspicions and not (wish.again and run.has("plan.json")):
        return [], [*notes, *(f"{_suspected(one)}, and was not measured again" for one in suspicions)]
    findings: list[GateFinding] = []
    for corpus in corpora:
        own = [one for one in suspicions if one.corpus == corpus]
        try:
            outcomes = list(_measured_again(run, own, None if beside else pinned, now, limits, progress))
        except (EnvironmentFault, UsageError) as fault:  # what is known of quality is told all the same
            outcomes = [(one, f"{UNKNOWN}: {' '.join(str(fault).split())}") for one in own]
        findings += [found for _, found in outcomes if isinstance(found, GateFinding)]
        notes += [f"{_suspected(one)}{found}" for one, found in outcomes if isinstance(found, str)]
    return findings, [*notes, *_changed_again(run, suspicions, beside=beside)]


def _untimed_now(
    pairs: Sequence[tuple[str, str]], corpora: Sequence[str], before: Times, now: Times
) -> Iterator[tuple[str, str, str]]:
    """Adapter, corpus, and what was measured before and is not now: speed, memory or both."""
    for corpus in corpora:
        for old, new in pairs:
            lacking = [
                what
                for metric, what in ((RATIO, "speed"), (MEMORY, "memory"))
                if (old, corpus, metric) in before and (new, corpus, metric) not in now
            ]
            if lacking:
                yield new, corpus, " and ".join(lacking)


def _changed_again(run: Run, suspicions: Sequence[Suspicion], *, beside: bool) -> list[str]:
    """What is measured again is what stands there now; a line for each adapter of which that is something else."""
    names = {one.after for one in suspicions} | ({one.before for one in suspicions} if beside else set())
    return _changed_since(run, sorted(names))


def _changed_since(run: Run, names: Sequence[str]) -> list[str]:
    try:
        changed = changed_since(run, names) if names else {}
    except UsageError:  # one that is gone was not measured again, which is told
        return []
    return [f"{name} has another {what} now than in the run, and that was measured" for name, what in changed.items()]


def _measured_again(
    run: Run, suspicions: Sequence[Suspicion], pinned: Times | None, now: Times, limits: Limits, progress: Progress
) -> Iterator[tuple[Suspicion, GateFinding | str]]:
    """Each suspicion about one corpus with the finding it became, or why it is none.

    `pinned` is None where both sides are measured anew.
    """
    if not suspicions:
        return
    corpus = suspicions[0].corpus
    names = {one.after for one in suspicions} | ({one.before for one in suspicions} if pinned is None else set())
    pages = _pages_again(run, now, corpus, names)
    again = [_time_again(run, progress, corpus, sorted(names), pages) for _ in range(AGAIN)]
    for one in suspicions:
        was, new = (one.before, corpus, one.metric), (one.after, corpus, one.metric)
        before = pinned.get(was, {}) if pinned is not None else rules.middle([times.get(was, {}) for times in again])
        after = [times.get(new, {}) for times in again]
        known = rules.excess(one.metric, before, rules.middle(after)) is not None
        yield one, (rules.confirmed(one, before, after, limits) or CLEARED) if known else UNKNOWN


def _time_again(run: Run, progress: Progress, corpus: str, names: Sequence[str], pages: Sequence[str]) -> Times:
    return _times(_frame(time_again(run, progress, corpus, names, pages, AGAIN_SECONDS)))


def _pages_again(run: Run, now: Times, corpus: str, names: set[str]) -> list[str]:
    """Pages to time again: those that were timed; where they are many those with most memory, and a draw."""
    own = {key: values for key, values in now.items() if key[0] in names and key[1] == corpus}
    highest = [max(values, key=values.__getitem__) for key, values in own.items() if key[2] == MEMORY]
    pages = sorted({page for values in own.values() for page in values})
    drawn = random.Random(run.manifest().seed).sample(pages, len(pages))  # noqa: S311 - a sample, no secret
    return list(dict.fromkeys([*highest, *drawn]))[:AGAIN_PAGES]


def _untimed(run: Run, before: Run) -> str | None:
    """Why times are not judged; None where they are."""
    if not _has_times(run):
        return "the run has no times"
    if not _has_times(before):
        return "no times are pinned"
    if not rules.same_machine(before.manifest(), run.manifest()):
        one, other = (
            ", ".join(str(side.manifest().machine.get(name)) for name in rules.MACHINE) for side in (before, run)
        )
        return f"those that are pinned belong to another machine ({one}; here {other})"
    return None


def _has_times(run: Run) -> bool:
    return run.has("speed/scores.parquet") and run.has("speed/metrics.json")


def _times(table: Any) -> Times:  # noqa: ANN401 - a pandas.DataFrame
    found: Times = {}
    for row in table[table["metric"].isin([RATIO, MEMORY])].dropna(subset=["value"]).itertuples(index=False):
        found.setdefault((row.adapter, row.corpus, row.metric), {})[row.page_id] = float(row.value)
    return found


def _frame(rows: Sequence[Score]) -> Any:  # noqa: ANN401 - a pandas.DataFrame
    import pandas as pd

    columns = [field.name for field in fields(Score)]
    return pd.DataFrame([asdict(row) for row in rows], columns=columns).astype({"value": float})


def _suspected(one: Suspicion) -> str:
    what = "slower" if one.metric == RATIO else "hungrier"
    than = "" if one.before == one.after else f" than {one.before}"
    return f"{one.after} looked {what}{than} on {one.corpus}"
