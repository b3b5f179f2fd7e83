"""Whether a run may pass: in what each adapter is worse than what it is held against, and by how much.

On the same pages and golds quality is deterministic, so there a loss is a loss, however small the sample; the interval
beside it only says whether it would hold on other pages too. Times and memory are not: a loss of those is suspected
first, measured again a few times, and believed where the middle of these measurements shows it (docs/ci.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, fsum, log
from statistics import median
from typing import TYPE_CHECKING, Any

from ..records import FAILURES, GateFinding, Manifest, Metric
from .compare import Change, Comparison
from .limits import DRIFT, Limits

if TYPE_CHECKING:
    import pandas as pd

LIBRARIES_TELL = "libraries that scores depend on differ"
SMALLEST_EXCESS = 0.25
"""Slow-downs are judged from so many parses of the page on: below it a call is mostly our own round trip."""
SMALLEST_GROWTH = 0.1
"""More memory is judged from this part of what there was: a model of 4 GB moves by more than a script of 40 MB."""
NAMED = 3
"""Pages that a finding about a mean names."""
ROUNDING = 1e-9
"""Sums of the same values in another order differ by less."""
RATIO, MEMORY = "speed.ratio", "speed.peak_rss_mb"
"""What is judged of times and of memory; the stage that measures them declares no rule of its own."""
MACHINE = ("processor", "cores", "system", "python")
"""What two machines must have in common for the times of one to be held against those of the other."""


@dataclass(frozen=True)
class Held:
    """One adapter held against its pinned self, or against another."""

    before: str
    """Full name of what it is held against."""
    after: str
    """Full name of what is judged."""
    comparison: Comparison | None
    """What changed; None where every score is the same."""


@dataclass(frozen=True)
class Suspicion:
    """A loss of time or memory that one measurement shows."""

    before: str
    """Full name of what it is held against."""
    after: str
    """Full name of what is judged."""
    corpus: str
    """Corpus of the pages."""
    metric: str
    """RATIO or MEMORY."""


@dataclass(frozen=True)
class Verdict:
    """What the gate found."""

    before: str
    """What the run is held against: the baseline, or an adapter of the same run."""
    after: str
    """Name of the run."""
    held: tuple[Held, ...]
    """One for each adapter that was judged."""
    findings: tuple[GateFinding, ...]
    """Every respect in which it is worse than the limits allow."""
    notes: tuple[str, ...]
    """What was not judged and why, and what differs without being worse."""

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


# whether the two may be compared ------------------------------------------------------------------------------


def strangers(before: Manifest, after: Manifest, corpora: Sequence[str]) -> list[str]:
    """Why the quality of two runs must not be compared: other pages or other golds; one line for each corpus."""
    problems = []
    for name in corpora:
        was, now = before.corpora.get(name), after.corpora.get(name)
        if was is None or now is None:
            problems.append(f"{name}: only the {'run' if was is None else 'baseline'} has it")
        elif was["fingerprint"] != now["fingerprint"]:
            problems.append(f"{name}: the pages are not those of before ({was['pages']} then, {now['pages']} now)")
        elif _gold(was) != _gold(now):
            problems.append(f"{name}: the golds are not those of before")
    return problems


def _gold(about: Mapping[str, object]) -> object:
    gold = about.get("gold")
    return gold.get("fingerprint") if isinstance(gold, Mapping) else None


def gated(metrics: Iterable[Metric]) -> list[Metric]:
    """The metrics that are judged: shares that say which way is better and that a short table shows, or may show."""
    return [
        one
        for one in metrics
        if one.direction != "none" and (one.low, one.high) == (0.0, 1.0) and (one.headline or one.group)
    ]


def redefined(before: Iterable[Metric], after: Iterable[Metric]) -> list[str]:
    """Metrics that mean something else now, or that the run lacks; one line for each."""
    found = {one.name: one for one in after}
    problems = []
    for one in before:
        now = found.get(one.name)
        if now is None:
            problems.append(f"{one.name}: the run has no such metric; score it by the scorers of the baseline")
        elif (one.direction, one.unit, one.aggregate) != (now.direction, now.unit, now.aggregate):
            problems.append(f"{one.name}: it is defined otherwise than in the baseline")
    return problems


def same_machine(before: Manifest, after: Manifest) -> bool:
    """Whether times of the one can be held against times of the other."""
    return all(before.machine.get(name) == after.machine.get(name) for name in MACHINE)


def differences(before: Manifest, after: Manifest) -> list[str]:
    """What else differs between two runs and may explain a change; one line each."""
    lines = []
    changed = sorted(
        name
        for name in before.libraries.keys() & after.libraries.keys()
        if before.libraries[name] != after.libraries[name]
    )
    if changed:
        told = ", ".join(f"{name} {before.libraries[name]} → {after.libraries[name]}" for name in changed)
        lines.append(f"{LIBRARIES_TELL}: {told}")
    if before.options.get("timeout_s") != after.options.get("timeout_s"):
        lines.append(f"time limit of a page: {before.options.get('timeout_s')} s → {after.options.get('timeout_s')} s")
    for name in before.adapters.keys() & after.adapters.keys():
        was, now = before.adapters[name].get("version"), after.adapters[name].get("version")
        if was != now and was and now:
            lines.append(f"{name}: version {was} → {now}")
    return sorted(lines)


def missing(before: Manifest, after: Manifest, allowed: Sequence[str]) -> list[GateFinding]:
    """A finding for each adapter that took part before and does not now, those that may be missing left out."""
    found = []
    for name, about in before.adapters.items():
        if "unavailable" in about or name in allowed:
            continue
        now = after.adapters.get(name)
        if now is None:
            found.append(GateFinding("adapter", name, "it is pinned, and the run has no answers of it"))
        elif "unavailable" in now:
            found.append(GateFinding("adapter", name, f"it is pinned, and was unavailable: {now['unavailable']}"))
    return found


# quality ------------------------------------------------------------------------------------------------------


def quality(
    adapter: str, comparison: Comparison, before: pd.DataFrame, after: pd.DataFrame, limits: Limits
) -> list[GateFinding]:
    """What an adapter lost: means first, those of the leaderboard before those of kinds, then pages, the worst first.

    Args:
        adapter: full name of what is judged.
        comparison: what changed, with an interval for each mean.
        before: corpus, page_id, metric, value of what it is held against.
        after: the same of what is judged.
        limits: how much worse is let pass.
    """
    metrics = {one.metric.name: one.metric for one in comparison.changes}
    losses = _losses(before, after, metrics)
    means = [found for one in comparison.changes if (found := _mean(adapter, one, losses, limits))]
    means.sort(key=lambda one: (bool(metrics[one.metric].group), -(one.worse_by or 0.0)))
    return [*means, *_pages(adapter, losses, metrics, limits), *_undefined(adapter, before, after, metrics)]


def loss(metric: Metric, difference: float) -> float:
    """By how much a difference, after less before, is worse; below 0 where it is better."""
    return -difference if metric.direction == "higher" else difference


def _losses(before: pd.DataFrame, after: pd.DataFrame, metrics: Mapping[str, Metric]) -> pd.DataFrame:
    """corpus, page_id, metric, value_before, value_after and loss wherever both are defined and differ."""
    both = before.merge(after, on=["corpus", "page_id", "metric"], suffixes=("_before", "_after")).dropna()
    both = both[both["metric"].isin(list(metrics)) & (both["value_before"] != both["value_after"])]
    sign = both["metric"].map({name: loss(metric, 1.0) for name, metric in metrics.items()}).astype(float)
    return both.assign(loss=(both["value_after"] - both["value_before"]) * sign)


def _mean(adapter: str, change: Change, losses: pd.DataFrame, limits: Limits) -> GateFinding | None:
    if change.difference is None or loss(change.metric, change.difference) <= limits.mean + ROUNDING:
        return None
    own = losses[(losses["corpus"] == change.corpus) & (losses["metric"] == change.metric.name) & (losses["loss"] > 0)]
    worst = own.sort_values("loss", ascending=False, kind="stable")["page_id"].head(NAMED)
    worse_by = loss(change.metric, change.difference)
    named = f"; most on {', '.join(worst)}" if len(worst) else ""
    ends = "" if change.low is None else f", 95 % interval of the change [{change.low:+.4f}, {change.high:+.4f}]"
    return GateFinding(
        rule="mean",
        adapter=adapter,
        message=f"{change.metric.name} on {change.corpus} is worse by {worse_by:.4f}, from {change.before:.4f} to "
        f"{change.after:.4f}; {limits.mean:g} is let pass{ends}; {elsewhere(change.separated)}{named}",
        corpus=change.corpus,
        metric=change.metric.name,
        pages=tuple(worst),
        before=change.before,
        after=change.after,
        worse_by=worse_by,
        limit=limits.mean,
        low=change.low,
        high=change.high,
        holds=change.separated,
    )


def elsewhere(separated: bool | None) -> str:
    """Whether a loss of a mean is to be expected on other pages, in words."""
    if separated is None:
        return "too few sites to say whether it would hold elsewhere"
    return (
        "it would hold on other pages too" if separated else "not told from chance, so it may not hold on other pages"
    )


def _pages(adapter: str, losses: pd.DataFrame, metrics: Mapping[str, Metric], limits: Limits) -> list[GateFinding]:
    """One finding for each page with a loss past the limit: by the number of the leaderboard that lost most there.

    Where none of these lost so much, it is the number about a kind of text that did.
    """
    bad = losses[losses["loss"] > limits.page + ROUNDING].sort_values("loss", ascending=False, kind="stable")
    kinds = bad["metric"].map({name: bool(metric.group) for name, metric in metrics.items()}).astype(bool)
    worst = bad[~kinds].drop_duplicates(["corpus", "page_id"])
    others = (
        bad[kinds]
        .drop_duplicates(["corpus", "page_id"])
        .merge(worst[["corpus", "page_id"]], how="left", indicator=True)
    )
    others = others[others["_merge"] == "left_only"]
    rows: list[dict[str, Any]] = [*worst.to_dict("records"), *others.to_dict("records")]  # type: ignore[list-item]
    return [
        GateFinding(
            rule="page",
            adapter=adapter,
            message=f"{row['page_id']} of {row['corpus']}: {row['metric']} {row['value_before']:.4f} → "
            f"{row['value_after']:.4f}, worse by {row['loss']:.4f}; {limits.page:g} is let pass",
            corpus=row["corpus"],
            metric=row["metric"],
            pages=(row["page_id"],),
            before=row["value_before"],
            after=row["value_after"],
            worse_by=row["loss"],
            limit=limits.page,
        )
        for row in rows
    ]


def _undefined(
    adapter: str, before: pd.DataFrame, after: pd.DataFrame, metrics: Mapping[str, Metric]
) -> list[GateFinding]:
    """Pages on which a number of the leaderboard was defined and is not any more: leaving a mean must not pay.

    Numbers about kinds of text are left out: what is repeated of comments is rightly undefined once none is kept.
    """
    both = before.merge(after, on=["corpus", "page_id", "metric"], how="left", suffixes=("_before", "_after"))
    ranked = [name for name, metric in metrics.items() if not metric.group]
    gone = both[both["metric"].isin(ranked) & both["value_before"].notna() & both["value_after"].isna()]
    return [
        GateFinding(
            rule="undefined",
            adapter=adapter,
            message=f"{metric} on {corpus} is undefined on {len(rows)} pages where it was defined",
            corpus=str(corpus),
            metric=str(metric),
            pages=tuple(map(str, rows["page_id"])),
        )
        for (corpus, metric), rows in gone.groupby(["corpus", "metric"], sort=False, observed=True)
    ]


def failures(
    adapter: str, before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]
) -> list[GateFinding]:
    """A finding for each corpus on whose pages it fails where it did not; (corpus, page) -> outcome on both sides."""
    new: dict[str, list[tuple[str, str]]] = {}
    for (corpus, page), outcome in after.items():
        if outcome in FAILURES and before.get((corpus, page)) not in FAILURES:
            new.setdefault(corpus, []).append((page, outcome))
    return [
        GateFinding(
            rule="failure",
            adapter=adapter,
            message=f"{len(pages)} new failures on {corpus}: "
            + ", ".join(f"{page} ({outcome})" for page, outcome in pages[:NAMED])
            + ("" if len(pages) <= NAMED else " …"),
            corpus=corpus,
            pages=tuple(page for page, _ in pages),
            worse_by=float(len(pages)),
            limit=0.0,
        )
        for corpus, pages in new.items()
    ]


# time and memory ----------------------------------------------------------------------------------------------


def drifting(limits: Limits) -> Limits:
    """The limits for times that were taken at another hour."""
    return replace(limits, slower=DRIFT * limits.slower)


Values = Mapping[str, float]
"""Page -> value, of one adapter, corpus and metric."""


def excess(metric: str, before: Values, after: Values) -> tuple[float, float, float] | None:
    """Before, after, and how much worse, over the pages that both have; None without one.

    Of RATIO geometric means in parses of the page and their quotient; of MEMORY the highest and their difference in MB.
    """
    shared = [page for page in before if page in after]
    if not shared:
        return None
    was, now = [before[page] for page in shared], [after[page] for page in shared]
    if metric == MEMORY:
        return max(was), max(now), max(now) - max(was)
    if min(*was, *now) <= 0:
        return None
    was_mean, now_mean = (exp(fsum(map(log, values)) / len(values)) for values in (was, now))
    return was_mean, now_mean, now_mean / was_mean


def suspicious(metric: str, before: Values, after: Values, limits: Limits) -> bool:
    """Whether one measurement shows half the loss that is let pass: one alone is too noisy to be held to all of it."""
    half = replace(limits, slower=1 + (limits.slower - 1) / 2, hungrier=limits.hungrier / 2)
    return too_much(metric, before, after, half)


def too_much(metric: str, before: Values, after: Values, limits: Limits) -> bool:
    """Whether there is a loss past the limit that is large enough to matter."""
    found = excess(metric, before, after)
    if found is None:
        return False
    was, now, worse_by = found
    if metric == MEMORY:
        return worse_by > limits.hungrier and worse_by > SMALLEST_GROWTH * was
    return worse_by > limits.slower and now - was > SMALLEST_EXCESS


def middle(measurements: Sequence[Values]) -> dict[str, float]:
    """Page -> median over measurements, of the pages that any of them has."""
    pages = dict.fromkeys(page for one in measurements for page in one)
    return {page: median(one[page] for one in measurements if page in one) for page in pages}


def confirmed(suspicion: Suspicion, before: Values, after: Sequence[Values], limits: Limits) -> GateFinding | None:
    """The finding that measuring again leaves of a suspicion; None where the middle of all measurements clears it.

    Nothing is cleared where `excess` of the middle is None: there it was not measured.
    """
    now = middle(after)
    found = excess(suspicion.metric, before, now)
    if found is None or not too_much(suspicion.metric, before, now, limits):
        return None
    was_value, now_value, worse_by = found
    slow = suspicion.metric == RATIO
    message = (
        f"{now_value:.2f} parses of the page on {suspicion.corpus}, {worse_by:.2f} times the {was_value:.2f} of "
        f"before; {limits.slower:g} times is let pass"
        if slow
        else f"{now_value:.0f} MB on {suspicion.corpus}, {worse_by:.0f} MB more than the {was_value:.0f} of before; "
        f"{limits.hungrier:g} MB is let pass"
    )
    return GateFinding(
        rule="speed" if slow else "memory",
        adapter=suspicion.after,
        message=f"{message} (middle of {len(after)} measurements)",
        corpus=suspicion.corpus,
        metric=suspicion.metric,
        before=was_value,
        after=now_value,
        worse_by=worse_by,
        limit=limits.slower if slow else limits.hungrier,
    )
