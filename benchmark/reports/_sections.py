"""What a page shows of each corpus, in the order in which it shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..records import Metric, PageEntry, Results
from ._boards import (
    Board,
    amount,
    board_of,
    cluster_noun,
    clusters_of,
    figure,
    interval_known,
    pages_of,
    partial_boards,
    sources,
    valued,
)
from ._forest import forest
from ._tables import Frame, Table, frame_of, is_alias, leaderboards, measures, with_policies
from ._verdict import Standing, Worst, badness, disagreement, failures, pairs_of, ranked, standing, worst_pages

CONTESTED = 1_000
"""Pages listed; the values of more stand in `scores.parquet`."""
OTHERS = 40
"""Measures beside the leading ones that stand side by side; the rest of a run with every scorer is in `summary.csv`."""


@dataclass(frozen=True)
class Leak:
    """What is said of one kind of boilerplate, or of one way to lose or repeat text."""

    name: str
    """What leaks, is lost or is repeated."""
    best: Standing
    """Who leaks least."""
    quality: str
    """What the same extractor has in the measure that ranks the table."""
    worst: tuple[str, PageEntry] | None
    """Its worst value on a page, and the page; None where no page of its is known to be at fault."""
    strong: Standing | None
    """Who leaks least of those not separated from the leader; None where that is the same one, or nothing is tested."""
    first: bool
    """Whether it is among those to be looked at first."""


@dataclass(frozen=True)
class PageLine:
    """A line of the list of pages."""

    entry: PageEntry
    """The page."""
    label: str
    """What is known of it: site, language, type."""
    spread: float | None
    """How far extractors disagree on it."""
    worst: str | None
    """Who is worst on it."""
    value: str
    """How bad that is."""
    failed: str
    """Who failed on it, in how many ways."""


@dataclass(frozen=True)
class WorstLine:
    """Where one extractor is worst."""

    adapter: str
    """Its full name."""
    alias: bool
    """Whether it is a variant or an old release."""
    pages: Sequence[tuple[str, PageEntry] | None]
    """For each measure its worst value and the page; None where nothing is wrong on any page."""


@dataclass(frozen=True)
class Section:
    """All that is shown of one corpus."""

    key: str
    """Its id on the page."""
    corpus: str
    """Name of the corpus."""
    nature: str
    """What kind of pages these are."""
    ours: bool
    """Whether the pages are bundled or composed."""
    held: str
    """How many pages, from how many sites."""
    sites: tuple[str, str]
    """What a cluster is: one, and several."""
    counted: str
    """How many of them there are, in words."""
    board: Board
    """Rows of the whole corpus."""
    lead: Standing | None
    """Who leads by the measure that ranks the table."""
    certain: bool
    """Whether there are intervals."""
    leaks: Sequence[Leak]
    """What is said of each kind."""
    absent: Sequence[str]
    """Headline kinds that no page of the corpus is known to have."""
    failed: Sequence[tuple[str, int, str]]
    """Who failed on pages: name, how many, in which ways."""
    tables: Sequence[Table]
    """Leaderboards: extractors, those counted apart, then both for measures that few pages define."""
    slices: Sequence[str]
    """Slices that the tables can show."""
    groups: Mapping[str, Table]
    """Tables of groups of measures beside the leaderboard, by name of the group."""
    costs: Table | None
    """Times and memory."""
    others: Table | None
    """All other measures."""
    forest: Mapping[str, object] | None
    """Paired differences; None where none has an interval."""
    pages: Sequence[PageLine]
    """Pages, those first on which extractors disagree most."""
    unlisted: int
    """How many more there are."""
    worst: Sequence[WorstLine]
    """For each extractor the pages where it is worst."""
    worst_by: Sequence[Metric]
    """The measures of that table."""
    unviewed: str
    """Why no page has a view; empty where some have."""


def section_of(results: Results, corpus: str, key: str) -> Section:
    """Everything about one corpus."""
    board = board_of(results, corpus)
    frame = frame_of(results, board)
    entries = [entry for entry in results.entries if entry.corpus == corpus]
    declared = {metric.name: metric for metric in results.metrics}
    worst = worst_pages(entries, declared)
    first = [one for one in _grouped(results, board) if one.direction == "lower"]
    by = [one for one in [board.ranking, *(one for one in first if one.headline)] if one is not None]
    nature, ours = _nature(results, corpus)
    sites = cluster_noun(results, corpus)
    lines = _page_lines(results, board, entries)
    return Section(
        key,
        corpus,
        nature,
        ours,
        _held(results, board, sites),
        sites,
        amount(clusters_of(board), *sites),
        board,
        _lead(results, board),
        any(interval_known(board, adapter) for adapter in board.adapters),
        list(_leaks(results, board, first, worst)),
        [about(one) for one in results.metrics if board.rows and one.headline and one.group and one not in first],
        failures(results, corpus),
        list(_leaderboards(frame, key)),
        sorted(frame.slices),
        _group_tables(frame, key),
        _costs(frame, key),
        _others(frame, key),
        forest(results, board),
        lines[:CONTESTED],
        max(0, len(lines) - CONTESTED),
        list(_worst_lines(results, board, by, worst)) if entries and by else [],
        by,
        results.unviewed.get(corpus, ""),
    )


def _held(results: Results, board: Board, sites: tuple[str, str]) -> str:
    """How many pages, and from how many sites where that is known: nothing counts them before pages are scored."""
    pages, clusters = amount(pages_of(results, board.corpus), "page"), clusters_of(board)
    return f"{pages} from {amount(clusters, *sites)}" if clusters else pages


def about(metric: Metric) -> str:
    """What a measure is about, from its name without the scorer's: `leaked player`."""
    return metric.name.partition(".")[2].replace(".", " ").replace("_", " ")


def _nature(results: Results, corpus: str) -> tuple[str, bool]:
    if set(sources(results.manifest.corpora.get(corpus, {}))) == {"composed"}:
        return "composed on purpose: an experiment, not a ranking of tools", True
    if corpus in results.bundled:
        return "bundled with the program: a smoke test, not a ranking of tools", True
    return "pages as they were found", False


def _lead(results: Results, board: Board) -> Standing | None:
    if board.ranking is None:
        return None
    return standing(board, board.ranking, ranked(results, board), pairs_of(results, board.corpus, board.ranking))


def _grouped(results: Results, board: Board) -> list[Metric]:
    """Measures of groups, such as leakage by kind: the headline ones first, then in the order of their declaration."""
    found = [one for one in valued(results, board.rows) if one.group]
    return sorted(found, key=lambda one: not one.headline)


def _leaks(results: Results, board: Board, shown: Sequence[Metric], worst: Worst) -> Iterable[Leak]:
    """Who leaks least of each kind. What an extractor leaks says little where it answers little, hence the quality."""
    extractors = ranked(results, board)
    lead = _lead(results, board)
    near = [lead.best, *lead.unseparated] if lead and not lead.untested else []
    for metric in shown:
        pairs = pairs_of(results, board.corpus, metric)
        best = standing(board, metric, extractors, pairs)
        if best is None:
            continue
        strong = standing(board, metric, [one for one in extractors if one in near], pairs) if near else None
        row = board.rows.get((best.best, board.ranking.name)) if board.ranking else None
        quality = figure(row.estimate if row else None, board.ranking.unit) if board.ranking else ""
        yield Leak(
            about(metric),
            best,
            quality,
            _at_fault(worst, metric, best.best),
            strong if strong and strong.row.estimate != best.row.estimate else None,
            metric.headline,
        )


def _at_fault(worst: Worst, metric: Metric, adapter: str) -> tuple[str, PageEntry] | None:
    """An adapter's worst value and the page, unless even that is as good as can be."""
    found = worst.get((metric.name, adapter))
    perfect = metric.low if metric.direction == "lower" else metric.high
    if found is None or found[0] == perfect:
        return None
    return figure(found[0], metric.unit), found[1]


def _leaderboards(frame: Frame, key: str) -> Iterable[Table]:
    results, board = frame.results, frame.board
    pairs = pairs_of(results, board.corpus, board.ranking) if board.ranking else {}
    wide = replace(frame, board=with_policies(results, board))
    yield from leaderboards(wide, f"{key}-main", "Extractors, best estimate first", pairs)
    for part in partial_boards(results, board):
        pairs = pairs_of(results, board.corpus, part.ranking) if part.ranking else {}
        narrow = replace(frame, board=with_policies(results, part))
        names = ", ".join(one.name for one in part.metrics)
        said = f"Extractors by measures that only some pages define ({names}), best estimate first"
        yield from leaderboards(narrow, f"{key}-part", said, pairs)


def _group_tables(frame: Frame, key: str) -> Mapping[str, Table]:
    grouped: dict[str, list[Metric]] = {}
    for metric in _grouped(frame.results, frame.board):
        grouped.setdefault(metric.group, []).append(metric)
    return {
        name: measures(frame, f"{key}-{_slug(name)}", f"Every measure of {name}, by extractor", shown)
        for name, shown in grouped.items()
    }


def _costs(frame: Frame, key: str) -> Table | None:
    """Measures with a unit of their own: times, sizes, factors, exponents."""
    shown = [one for one in valued(frame.results, frame.board.rows) if _is_cost(one)]
    return measures(frame, f"{key}-costs", "Times, memory and growth", shown) if shown else None


def _is_cost(metric: Metric) -> bool:
    return metric.unit not in {"share", "count"} and metric.direction != "none"


def _others(frame: Frame, key: str) -> Table | None:
    told = {*frame.board.metrics, *with_policies(frame.results, frame.board).metrics}
    told |= {metric for part in partial_boards(frame.results, frame.board) for metric in part.metrics}
    rest = [one for one in valued(frame.results, frame.board.rows) if one not in told]
    rest = [one for one in rest if not one.group and not _is_cost(one)]
    shown, left = rest[:OTHERS], rest[OTHERS:]
    said = "Other measures, estimates only" + (f"; {len(left)} more are in summary.csv" if left else "")
    return measures(frame, f"{key}-others", said, shown, intervals=False) if shown else None


def _page_lines(results: Results, board: Board, entries: Sequence[PageEntry]) -> list[PageLine]:
    extractors = ranked(results, board)
    lines = [_page_line(entry, board.ranking, extractors) for entry in entries]
    return sorted(lines, key=lambda line: (line.spread is None, -(line.spread or 0.0)))  # stable: then as in the run


def _page_line(entry: PageEntry, metric: Metric | None, extractors: Sequence[str]) -> PageLine:
    values = entry.values.get(metric.name, {}) if metric else {}
    known = [(value, one) for one in extractors if (value := values.get(one)) is not None]
    worst = max(known, key=lambda pair: badness(pair[0], metric), default=None) if metric else None
    labels = (entry.attributes.get(name) for name in ("site", "language", "page_type"))
    failed = [f"{adapter} ({outcome})" for adapter, outcome in entry.outcomes.items() if adapter in extractors]
    return PageLine(
        entry,
        ", ".join(label for label in labels if label),
        disagreement(entry, metric, extractors),
        worst[1] if worst else None,
        figure(worst[0], metric.unit) if worst and metric else "",
        f"{len(failed)}: {', '.join(failed[:3])}{' …' if len(failed) > 3 else ''}" if failed else "none",
    )


def _worst_lines(results: Results, board: Board, by: Sequence[Metric], worst: Worst) -> Iterable[WorstLine]:
    for adapter in ranked(results, board):
        yield WorstLine(adapter, is_alias(adapter), [_at_fault(worst, one, adapter) for one in by])


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())
