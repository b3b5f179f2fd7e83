"""Tables of a corpus as plain strings, before they are written as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..records import Comparison, Metric, Results, Summary
from ._boards import ARROWS, UNITS, Board, amount, ends, figure, interval, rank_range, valued
from ._foreign import UNKNOWN
from ._verdict import against, ranked

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    label: str
    """Its head."""
    note: str = ""
    """A small line below the head: on how many pages."""
    title: str = ""
    """What it means."""
    better: str = ""
    """Which way is better."""
    number: bool = True
    """Whether it holds figures, which stand to the right."""


@dataclass(frozen=True)
class Row:
    """A row of a table: one adapter."""

    name: str
    """Full name of the adapter."""
    version: str
    """Its version."""
    alias: bool
    """Whether it is a named variant or an old release of a tool."""
    cells: Cells
    """One string for each column."""
    apart: bool = False
    """Whether it is counted apart and stands among those that are not."""


@dataclass(frozen=True)
class Table:
    """A table of adapters."""

    key: str
    """Its id on the page."""
    caption: str
    """What it shows."""
    columns: tuple[Column, ...]
    """Its columns, without that of names."""
    rows: tuple[Row, ...]
    """Its rows, in the order of the leaderboard."""
    slices: Sequence[Mapping[str, object]] = ()
    """For each slice of the corpus `notes` of the columns and `rows`, the cells row by row."""


@dataclass(frozen=True)
class Frame:
    """What the tables of one corpus are made from."""

    results: Results
    """All results."""
    board: Board
    """Rows of the whole corpus."""
    slices: Mapping[str, Mapping[tuple[str, str], Summary]]
    """Slice -> (adapter, metric) -> summary."""


def frame_of(results: Results, board: Board) -> Frame:
    """The board with its slices."""
    slices: dict[str, dict[tuple[str, str], Summary]] = {}
    for row in results.summaries:
        if row.corpus == board.corpus and row.slice != "all":
            slices.setdefault(row.slice, {})[row.adapter, row.metric] = row
    return Frame(results, board, slices)


def with_policies(results: Results, board: Board) -> Board:
    """The board with the measure that ranks it also under the other policies for comments, where they are declared."""
    if board.ranking is None:
        return board
    stem = f"{board.ranking.name}_with_"
    others = [one for one in valued(results, board.rows) if one.name.startswith(stem) and one not in board.metrics]
    place = board.metrics.index(board.ranking) + 1
    return replace(board, metrics=(*board.metrics[:place], *others, *board.metrics[place:]))


def leaderboards(frame: Frame, key: str, caption: str, pairs: Mapping[tuple[str, str], Comparison]) -> Iterable[Table]:
    """The table of the extractors, then that of converters and floors, which are not ranked among them."""
    extractors = ranked(frame.results, frame.board)
    apart = tuple(one for one in frame.board.adapters if one not in extractors)
    if extractors:
        yield _leaderboard(frame, key, caption, extractors, pairs)
    if apart:
        said = "Converters of whole pages and floors, counted apart: they do not try to find the main content"
        yield _leaderboard(frame, f"{key}-apart", said, apart, {})


def measures(frame: Frame, key: str, caption: str, metrics: Sequence[Metric], *, intervals: bool = True) -> Table:
    """A table of some metrics without ranks, extractors first; those counted apart bear a mark."""
    apart = set(frame.results.counted_apart)
    columns = tuple(_column(frame.board.rows, metric, frame.board.adapters) for metric in metrics)
    cells = {
        adapter: tuple(_cell(frame.board.rows, adapter, metric, intervals) for metric in metrics)
        for adapter in frame.board.adapters
    }
    rows = (replace(_row(frame, one, told), apart=one in apart) for one, told in cells.items())
    return Table(key, caption, columns, tuple(rows))


def label(metric: Metric) -> str:
    """A metric's name with its unit, where the figures do not bear it."""
    return metric.name if metric.unit == "share" or metric.unit in UNITS else f"{metric.name} ({metric.unit})"


def is_alias(name: str) -> bool:
    """Whether an adapter's name says that it is a variant or an old release."""
    return "@" in name or "==" in name


def _leaderboard(
    frame: Frame, key: str, caption: str, adapters: Cells, pairs: Mapping[tuple[str, str], Comparison]
) -> Table:
    board, metrics = frame.board, frame.board.metrics
    leader, place = adapters[0], _behind_ranking(board)
    ranking = board.ranking.name if board.ranking else ""
    rows = []
    for adapter in adapters:
        cells = [_cell(board.rows, adapter, metric) for metric in metrics]
        cells[place:place] = [
            rank_range(board, adapter) or UNKNOWN,
            against(pairs, leader, adapter) if pairs else UNKNOWN,
        ]
        rows.append(
            _row(frame, adapter, (*cells, ends(frame.results, board.corpus, adapter), _sandbox(frame, adapter)))
        )
    shown = [_column(board.rows, metric, adapters) for metric in metrics]
    columns = (
        *shown[:place],
        Column("rank", "", f"Ranks by {ranking} that are not excluded: 1 + number significantly better to n − worse"),
        Column("to the leader", "", f"Whether the difference to {leader} in {ranking} is told from zero", number=False),
        *shown[place:],
        Column(
            "failed, empty",
            "",
            "Pages that ended in an error, a timeout, out of memory, a crash or no text",
            number=False,
        ),
        Column("sandbox", "", "How far the extractor was confined", number=False),
    )
    slices = [_sliced(frame, frame.slices[name], adapters) for name in sorted(frame.slices)]
    return Table(key, caption, columns, tuple(rows), slices)


def _sliced(frame: Frame, rows: Mapping[tuple[str, str], Summary], adapters: Cells) -> Mapping[str, object]:
    """The cells of a leaderboard on one slice; nothing is tested there."""
    metrics, ranking, place = frame.board.metrics, frame.board.ranking, _behind_ranking(frame.board)
    cells = []
    for adapter in adapters:
        row = rows.get((adapter, ranking.name)) if ranking else None
        span = UNKNOWN if row is None or row.rank_low is None else f"{row.rank_low}–{row.rank_high}"
        failed = UNKNOWN if row is None else f"{row.failed} failed, empty not counted"
        told = [_cell(rows, adapter, metric) for metric in metrics]
        cells.append([*told[:place], span, UNKNOWN, *told[place:], failed, _sandbox(frame, adapter)])
    notes = [_pages_noted(rows, metric, adapters) for metric in metrics]
    return {"notes": [*notes[:place], "", "", *notes[place:]], "rows": cells}


def _behind_ranking(board: Board) -> int:
    """Place of the ranks: behind the measure that they are of, so that a narrow window shows them too."""
    return board.metrics.index(board.ranking) + 1 if board.ranking else len(board.metrics)


def _row(frame: Frame, adapter: str, cells: Cells) -> Row:
    version = frame.results.manifest.adapters.get(adapter, {}).get("version")
    return Row(adapter, "" if version is None else str(version), is_alias(adapter), cells)


def _sandbox(frame: Frame, adapter: str) -> str:
    facts = frame.results.manifest.adapters.get(adapter, {})
    return "handed in" if "predictions" in facts else str(facts.get("sandbox", UNKNOWN))


def _column(rows: Mapping[tuple[str, str], Summary], metric: Metric, adapters: Iterable[str]) -> Column:
    better = f"{metric.direction} is better" if metric.direction in ARROWS else ""
    return Column(label(metric), _pages_noted(rows, metric, adapters), metric.summary, better=better)


def _pages_noted(rows: Mapping[tuple[str, str], Summary], metric: Metric, adapters: Iterable[str]) -> str:
    """On how many pages a metric is defined, from the adapter with fewest to that with most."""
    counts = {row.n for one in adapters if (row := rows.get((one, metric.name))) is not None}
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    return amount(high, "page") if low == high else f"{low}–{high} pages"


def _cell(
    rows: Mapping[tuple[str, str], Summary],
    adapter: str,
    metric: Metric,
    intervals: bool = True,
) -> str:
    row = rows.get((adapter, metric.name))
    return interval(row, metric.unit) if intervals else figure(row.estimate if row else None, metric.unit)
