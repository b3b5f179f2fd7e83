"""The rows of one corpus as a table shows them: which columns, in which order, and how a figure is written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import UsageError
from ..records import FAILURES, QUANTILES, Comparison, Metric, Results, Summary
from ._foreign import UNKNOWN

WHOLE = "all"
"""Slice that holds every page of a corpus."""

UNITS = {
    "ratio": (1.0, "×"),
    "ns": (1e-6, " ms"),
    "ms": (1.0, " ms"),
    "s": (1.0, " s"),
    "bytes": (1e-6, " MB"),
}
"""Factor and suffix of the units that are written in the cell; shares need none, others stand in the column's head."""

TIMES, SIZES, FACTORS = ("ns", "ms", "s"), ("bytes", "MB"), ("ratio",)
"""Units of one nature, in which charts look for something to show."""

ARROWS = {"higher": " ↑", "lower": " ↓"}
"""Which way is better, in the column's head."""


@dataclass(frozen=True)
class Board:
    """The whole-corpus rows of one corpus, in the order of its leaderboard."""

    corpus: str
    """Name of the corpus."""
    adapters: tuple[str, ...]
    """Adapters from best to worst."""
    metrics: tuple[Metric, ...]
    """Metrics of the leaderboard's columns."""
    ranking: Metric | None
    """First of the columns that says which way is better; None where none does."""
    rows: Mapping[tuple[str, str], Summary]
    """(adapter, metric) -> summary, for every metric, not only the columns."""


def board_of(results: Results, corpus: str, columns: Sequence[Metric] | None = None) -> Board:
    """The board of a corpus; its columns are the headline metrics that most pages define, or those given.

    UsageError for a corpus that the results do not hold.
    """
    require_corpus(results, corpus)
    rows = {(row.adapter, row.metric): row for row in results.summaries if (row.corpus, row.slice) == (corpus, WHOLE)}
    if columns is None:
        shown = headline(results, rows)
        if not any(one.headline for one in valued(results, rows)):
            # Where none of the headline measures was scored, those that were asked for stand in their place.
            shown = [one for one in valued(results, rows) if not one.name.startswith("cost.")]
        columns = [metric for metric in shown if _on_most_pages(rows, metric)]
    ranking = next((metric for metric in columns if metric.direction in ARROWS), None)
    adapters = {adapter for adapter, _ in rows} | set(results.outcomes.get(corpus, {}))
    apart = set(results.counted_apart)
    order = sorted(adapters, key=lambda adapter: (adapter in apart, _badness(rows, adapter, ranking), adapter))
    return Board(corpus, tuple(order), tuple(columns), ranking, rows)


def without_bodies(results: Results, corpus: str) -> str:
    """Why a corpus has no table, where its golds say of no page what its body is; else nothing."""
    gold = results.manifest.corpora.get(corpus, {}).get("gold")
    empty, pages = gold.get("empty", 0) if isinstance(gold, Mapping) else 0, pages_of(results, corpus)
    if not pages or empty != pages:
        return ""
    return (
        f"No table: the gold of {'the one page' if pages == 1 else f'each of the {pages} pages'} is empty, without a "
        "word of a body and without a snippet, so that nothing can be right or wrong. Times, memory and what peers "
        "give for two empty texts stand in `summary.csv`."
    )


def partial_boards(results: Results, board: Board) -> Iterable[Board]:
    """A board of its own for headline metrics that few pages define, such as those of the pages that have regions."""
    if columns := [one for one in headline(results, board.rows) if not _on_most_pages(board.rows, one)]:
        yield board_of(results, board.corpus, columns)


def headline(results: Results, rows: Mapping[tuple[str, str], Summary]) -> list[Metric]:
    """The headline metrics that are no part of a group and have a value."""
    return [metric for metric in valued(results, rows) if metric.headline and not metric.group]


def _on_most_pages(rows: Mapping[tuple[str, str], Summary], metric: Metric) -> bool:
    """Whether the pages that define a metric are half of the corpus or more, for some adapter.

    Times are read on a sample of pages and stay in the table: only shares of different pages must not share a line.
    """
    counts = [(row.n, row.undefined) for (_, name), row in rows.items() if name == metric.name]
    return metric.unit != "share" or any(defined >= without for defined, without in counts)


def valued(results: Results, rows: Mapping[tuple[str, str], Summary]) -> list[Metric]:
    """The declared metrics that have a value for some adapter; one that is undefined throughout tells nothing."""
    with_value = {name for (_, name), row in rows.items() if row.estimate is not None}
    return [metric for metric in results.metrics if metric.name in with_value]


def _badness(rows: Mapping[tuple[str, str], Summary], adapter: str, ranking: Metric | None) -> float:
    estimate = _estimate(rows, adapter, ranking)
    if ranking is None:
        return 0.0
    if estimate is None:
        return math.inf
    return estimate if ranking.direction == "lower" else -estimate


def _estimate(rows: Mapping[tuple[str, str], Summary], adapter: str, metric: Metric | None) -> float | None:
    row = rows.get((adapter, metric.name)) if metric else None
    return row.estimate if row and row.estimate is not None and math.isfinite(row.estimate) else None


def figure(value: float | None, unit: str) -> str:
    """A value in the unit that reads best: `.953`, `13.0×`, `18.5 ms`, `7.2 MB`; `–` where there is none."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    factor, suffix = UNITS.get(unit, (1.0, ""))
    return _digits(value * factor, _decimals(value * factor, unit)) + suffix


def interval(row: Summary | None, unit: str) -> str:
    """A value with its interval behind it: `.953 [.927, .969]`."""
    if row is None:
        return UNKNOWN
    shown = figure(row.estimate, unit)
    if row.estimate is None or row.low is None or row.high is None:
        return shown
    factor, _ = UNITS.get(unit, (1.0, ""))
    decimals = _decimals(row.estimate * factor, unit)
    return f"{shown} [{_digits(row.low * factor, decimals)}, {_digits(row.high * factor, decimals)}]"


def _decimals(value: float, unit: str) -> int | None:
    """Digits after the point; None stands for the three of a share, written without the zero before the point."""
    if unit == "share":
        return None
    if value == 0 or not math.isfinite(value) or 1 <= abs(value) < 100:
        return 1
    return 0 if abs(value) >= 100 else min(6, 1 - math.floor(math.log10(abs(value))))


def _digits(value: float, decimals: int | None) -> str:
    if not math.isfinite(value):
        return UNKNOWN
    if decimals is not None:
        return f"{value:z.{decimals}f}"
    return re.sub(r"^(-?)0\.", r"\1.", f"{value:z.3f}")


def rank_range(board: Board, adapter: str) -> str:
    """Ranks that are not excluded: `3–17`; empty where there is none."""
    row = board.rows.get((adapter, board.ranking.name)) if board.ranking else None
    if row is None or row.rank_low is None or row.rank_high is None:
        return ""
    return str(row.rank_low) if row.rank_low == row.rank_high else f"{row.rank_low}–{row.rank_high}"


def interval_known(board: Board, adapter: str) -> bool:
    """Whether the metric that ranks the board has an interval for an adapter."""
    row = board.rows.get((adapter, board.ranking.name)) if board.ranking else None
    return row is not None and row.low is not None


def quantile_notes(metrics: Iterable[Metric], sites: str) -> list[str]:
    """What the intervals of medians and percentiles are and why a maximum has none, where such measures are shown."""
    kinds = {metric.aggregate.kind for metric in metrics}
    notes = []
    if kinds & QUANTILES.keys():
        notes.append(
            "The ends of the interval of a median or percentile are values of pages: any value beyond them would have "
            f"too few or too many pages at or below it. There is none where {sites} are too few for both ends to lie "
            "among the pages."
        )
    if "max" in kinds:
        notes.append(
            "A maximum has no interval: beyond the largest page nothing was seen, and no way to resample is right for "
            "an extreme."
        )
    return notes


def ends(results: Results, corpus: str, adapter: str) -> str:
    """How an adapter's pages ended where they did not end well: `3 timeout, 1 crash, 2 empty`, or `none`."""
    outcomes = results.outcomes.get(corpus, {}).get(adapter)
    if outcomes is None:
        return UNKNOWN
    return ", ".join(f"{outcomes[end]} {end}" for end in (*FAILURES, "empty") if outcomes.get(end)) or "none"


def verdicts_of(results: Results, board: Board, metric: Metric) -> dict[frozenset[str], bool | None]:
    """Pair of adapters -> whether it is separated on a metric; None where that was not tested."""
    return {frozenset((row.a, row.b)): row.separated for row in compared(results, board, metric)}


def compared(results: Results, board: Board, metric: Metric) -> list[Comparison]:
    """All pairs compared on a metric of the board's corpus."""
    return [row for row in results.comparisons if (row.corpus, row.metric) == (board.corpus, metric.name)]


def sources(facts: Mapping[str, object]) -> Mapping[str, object]:
    """Where the golds of a corpus come from -> number of pages."""
    gold = facts.get("gold")
    sources = gold.get("provenance") if isinstance(gold, Mapping) else None
    return sources if isinstance(sources, Mapping) else {}


def cluster_noun(results: Results, corpus: str) -> tuple[str, str]:
    """What a cluster is: a site, but on composed pages the body that several of them share."""
    composed = set(sources(results.manifest.corpora.get(corpus, {}))) == {"composed"}
    return ("body", "bodies") if composed else ("site", "sites")


def clusters_of(board: Board) -> int:
    """Independent clusters behind the metric that ranks the board."""
    ranking = board.ranking.name if board.ranking else None
    return max((row.clusters for (_, metric), row in board.rows.items() if metric == ranking), default=0)


def pages_of(results: Results, corpus: str) -> int:
    """Pages that were really scored; before scoring, those that were extracted."""
    whole = (row for row in results.summaries if (row.corpus, row.slice) == (corpus, WHOLE))
    extracted = (sum(outcomes.values()) for outcomes in results.outcomes.get(corpus, {}).values())
    return max((row.n + row.undefined for row in whole), default=0) or max(extracted, default=0)


def amount(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 page`, `2 pages`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def corpora(results: Results) -> list[str]:
    """The corpora that a run has anything to tell of, by name."""
    return sorted({*results.manifest.corpora, *results.outcomes, *(row.corpus for row in results.summaries)})


def options_of(results: Results) -> dict[str, str]:
    """What was asked for in a run, in words: `none` where nothing was, several with spaces between them."""
    return {name: _in_words(value) for name, value in sorted(results.manifest.options.items())}


def _in_words(value: object) -> str:
    if value is None or value in ([], ()):
        return "none"
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def require_corpus(results: Results, corpus: str) -> None:
    """UsageError for a corpus that the results do not hold."""
    known = corpora(results)
    if corpus not in known:
        raise UsageError(f"no corpus {corpus!r} in this run; it has {', '.join(known) or 'none'}")
