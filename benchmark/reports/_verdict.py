"""What the numbers of a corpus say: who is best by a measure, how sure that is, and on which page it is worst."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..records import FAILURES, Comparison, Metric, PageEntry, Results, Summary
from ._boards import Board

Worst = Mapping[tuple[str, str], tuple[float, PageEntry]]
"""(metric, adapter) -> its worst value on a page, and the page."""


@dataclass(frozen=True)
class Standing:
    """Who has the best value of one metric among the extractors of a corpus."""

    metric: Metric
    """The metric."""
    row: Summary
    """Summary of the best; of several with the same value that which stands highest in the table."""
    alike: tuple[str, ...]
    """Others with exactly the same value."""
    of: int
    """Extractors that have a value."""
    separated: int
    """How many of the others it is told apart from."""
    unseparated: tuple[str, ...]
    """Those it is not told apart from."""
    untested: int
    """How many it was not tested against: too few sites, or a metric whose pairs are not tested."""

    @property
    def best(self) -> str:
        """Full name of the best."""
        return self.row.adapter

    @property
    def leaders(self) -> tuple[str, ...]:
        """It, and those with exactly the same value."""
        return self.best, *self.alike


def ranked(results: Results, board: Board) -> tuple[str, ...]:
    """The extractors of a board, without those that are counted apart."""
    apart = set(results.counted_apart)
    return tuple(adapter for adapter in board.adapters if adapter not in apart)


def pairs_of(results: Results, corpus: str, metric: Metric) -> dict[tuple[str, str], Comparison]:
    """Both orders of every pair compared on a metric -> the comparison as it was made."""
    found = [row for row in results.comparisons if (row.corpus, row.metric) == (corpus, metric.name)]
    return {key: row for row in found for key in ((row.a, row.b), (row.b, row.a))}


def half_width(row: Comparison) -> float:
    """Half the 95 % interval of one difference by itself: Student's t with clusters - 1 degrees of freedom, or NaN."""
    from scipy.stats import t

    if row.error is None or row.clusters < 2:
        return math.nan
    return float(t.ppf(0.975, row.clusters - 1)) * row.error


def standing(
    board: Board, metric: Metric, among: Sequence[str], pairs: Mapping[tuple[str, str], Comparison]
) -> Standing | None:
    """Who of some extractors is best by a metric; None where none has a value or no way is better."""
    rows = [row for one in among if (row := board.rows.get((one, metric.name))) is not None]
    rows = [row for row in rows if row.estimate is not None]
    if not rows or metric.direction == "none":
        return None
    best = min(rows, key=lambda row: badness(row.estimate, metric))  # the first of equals: rows keep the table's order
    others = [row for row in rows if row is not best]
    verdicts = {row.adapter: _separated(pairs, best.adapter, row.adapter) for row in others}
    return Standing(
        metric,
        best,
        tuple(row.adapter for row in others if row.estimate == best.estimate),
        len(rows),
        sum(verdict is True for verdict in verdicts.values()),
        tuple(name for name, verdict in verdicts.items() if verdict is False),
        sum(verdict is None for verdict in verdicts.values()),
    )


def badness(value: float | None, metric: Metric) -> float:
    """The value so turned that less is better."""
    number = float("inf") if value is None else value
    return number if metric.direction == "lower" or value is None else -number


def against(pairs: Mapping[tuple[str, str], Comparison], leader: str, adapter: str) -> str:
    """What is known of the difference between a leader and another, in a word or two."""
    if adapter == leader:
        return "leader"
    pair = pairs.get((leader, adapter))
    if pair is None or pair.separated is None:
        return "not tested"
    if pair.separated:
        return "separated"
    return f"equivalent within {pair.delta:g}".replace("0.", ".") if pair.equivalent else "not separated"


def worst_pages(entries: Iterable[PageEntry], metrics: Mapping[str, Metric]) -> Worst:
    """The page on which each adapter has its worst value of each metric; of several the most contested one."""
    found: dict[tuple[str, str], tuple[float, PageEntry]] = {}
    for entry in entries:
        for name, values in entry.values.items():
            metric = metrics.get(name)
            if metric is None or metric.direction == "none":
                continue
            for adapter, value in values.items():
                key = name, adapter
                if value is not None and (key not in found or badness(value, metric) > badness(found[key][0], metric)):
                    found[key] = value, entry
    return found


def disagreement(entry: PageEntry, metric: Metric | None, among: Sequence[str]) -> float | None:
    """Standard deviation of a page's values of a metric over some extractors; None below two of them."""
    values = entry.values.get(metric.name, {}) if metric else {}
    known = [value for one in among if (value := values.get(one)) is not None]
    return statistics.pstdev(known) if len(known) > 1 else None


def failures(results: Results, corpus: str) -> list[tuple[str, int, str]]:
    """Adapters that failed on pages of a corpus, those with most failures first: name, how many, and in which ways."""
    rows = []
    for adapter, outcomes in results.outcomes.get(corpus, {}).items():
        ways = [f"{outcomes[end]} {end}" for end in FAILURES if outcomes.get(end)]
        if ways:
            rows.append((adapter, sum(outcomes.get(end, 0) for end in FAILURES), ", ".join(ways)))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _separated(pairs: Mapping[tuple[str, str], Comparison], one: str, other: str) -> bool | None:
    pair = pairs.get((one, other))
    return None if pair is None else pair.separated
