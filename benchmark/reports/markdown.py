"""One short Markdown page with a leaderboard per corpus, fit for the summary of a CI job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..errors import UsageError
from ..records import CARRIED_BY_ONE, CLUSTERS_NEEDED, SEPARATED, Metric, Results
from ._boards import (
    ARROWS,
    UNITS,
    Board,
    amount,
    board_of,
    cluster_noun,
    clusters_of,
    compared,
    corpora,
    ends,
    figure,
    interval,
    interval_known,
    pages_of,
    partial_boards,
    quantile_notes,
    rank_range,
    valued,
    verdicts_of,
    without_bodies,
)
from ._foreign import UNKNOWN
from ._markup import escape, fold, listed, pipe_table
from ._provenance import measured

SIZE_LIMIT = 60_000
"""Bytes that the page stays below where it can; the strictest place it is pasted into takes 65,536 characters."""

PAGES_SHOWN = 20
"""Pages that fit side by side; the values of more stand in `pages.csv`."""


APART = "converters and floors, counted apart"
"""Heading of the table of those that do not try to find the main content."""


def render(results: Results) -> dict[str, bytes]:
    """`report.md`: verdict, leaderboard and unseparated pairs of each corpus, then how they were measured.

    Above `SIZE_LIMIT` first the intervals in the folded tables give way, then these tables, then the lists of pairs; a
    line says so and names the file that has them. Leaderboards of more than some 250 rows together are larger still.
    """
    for folded, pairs in (("intervals", True), ("estimates", True), ("", True), ("", False)):
        page = _page(results, folded=folded, pairs=pairs).encode()
        if len(page) < SIZE_LIMIT:
            break
    return {"report.md": page}


def table(results: Results, corpus: str, metrics: Sequence[str] | None = None) -> str:
    """Leaderboard of one corpus as a Markdown table without a final newline.

    The columns are the headline metrics that have a value on the corpus, or those named, in the order given.
    UsageError for a corpus or metrics that the results do not hold.
    """
    return _leaderboard(results, board_of(results, corpus, _named(results, metrics)))


def tables(results: Results, corpus: str) -> str:
    """The leaderboard of one corpus and the tables of its other groups of headline metrics."""
    if note := without_bodies(results, corpus):
        return note
    board = board_of(results, corpus)
    blocks = [_main_table(results, board), *_partial_tables(results, board), *_group_tables(results, board)]
    return "\n\n".join(block for block in blocks if block)


def separation(results: Results, corpus: str) -> str:
    """Which pairs of a corpus are not separated, by each headline measure: the first one listed pair by pair.

    UsageError for a corpus that the results do not hold.
    """
    return _separation(results, board_of(results, corpus), listed=True)


def _page(results: Results, *, folded: str, pairs: bool) -> str:
    boards = [board_of(results, corpus) for corpus in corpora(results)]
    blocks = [
        f"# Run {escape(results.manifest.run)}",
        "Each corpus stands alone: no number here pools two of them.",
        *(_section(results, board, folded=folded, pairs=pairs) for board in boards),
        _legend(boards),
        measured(results),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _section(results: Results, board: Board, *, folded: str, pairs: bool) -> str:
    if note := without_bodies(results, board.corpus):
        return f"## {escape(board.corpus)}\n\n{note}"
    blocks = [
        f"## {escape(board.corpus)}",
        _verdict(results, board),
        _main_table(results, board),
        _method(results, board),
        _separation(results, board, listed=pairs),
        *_partial_section(results, board, listed=pairs),
        *_group_tables(results, board),
        _page_by_page(results, board),
        _others(results, board, form=folded),
    ]
    return "\n\n".join(block for block in blocks if block)


def _main_table(results: Results, board: Board) -> str:
    """The leaderboard; empty where it would have no column of its own and groups of measures have tables of theirs."""
    return _leaderboard(results, board) if board.metrics or not any(_group_tables(results, board)) else ""


def _leaderboard(results: Results, board: Board) -> str:
    """The table of the extractors, and below it that of converters and floors, which are not ranked among them."""
    apart = set(results.counted_apart)
    groups = [[one for one in board.adapters if (one in apart) == late] for late in (False, True)]
    tables = [_group_table(results, replace(board, adapters=tuple(group))) for group in groups if group]
    return f"\n\n**{APART}**\n\n".join(tables)


def _partial_tables(results: Results, board: Board) -> Iterable[str]:
    for part in partial_boards(results, board):
        yield f"**{_partial_title(part)}**\n\n{_leaderboard(results, part)}"


def _partial_section(results: Results, board: Board, *, listed: bool) -> Iterable[str]:
    """Tables of the metrics that few pages define, with what the tests say of them."""
    for part, table in zip(partial_boards(results, board), _partial_tables(results, board), strict=True):
        yield table
        yield _separation(results, part, listed=listed)


def _partial_title(board: Board) -> str:
    names = {metric.name for metric in board.metrics}
    rows = [row for (_, name), row in board.rows.items() if name in names]
    defined, whole = max(row.n for row in rows), max(row.n + row.undefined for row in rows)
    return f"the {amount(defined, 'page')} of {whole} that define these measures"


def _group_table(results: Results, board: Board) -> str:
    ranked = any(rank_range(board, adapter) for adapter in board.adapters)
    head = ["adapter", "version", *(_head(metric) + _defined_on(board, metric) for metric in board.metrics)]
    head += [f"rank by {escape(board.ranking.name)}"] if ranked and board.ranking else []
    lines = []
    for adapter in board.adapters:
        cells = [escape(adapter), _version(results, adapter)]
        cells += [interval(board.rows.get((adapter, metric.name)), metric.unit) for metric in board.metrics]
        cells += [rank_range(board, adapter) or UNKNOWN] if ranked else []
        lines.append([*cells, ends(results, board.corpus, adapter)])
    return pipe_table([*head, "failed, empty"], lines, left=2)


def _group_tables(results: Results, board: Board) -> Iterable[str]:
    """A table for each group of headline metrics beside the leaderboard, in the leaderboard's order of adapters."""
    grouped: dict[str, list[Metric]] = {}
    for metric in valued(results, board.rows):
        if metric.headline and metric.group:
            grouped.setdefault(metric.group, []).append(metric)
    for group, metrics in grouped.items():
        table = _leaderboard(results, replace(board, metrics=tuple(metrics)))
        yield f"**{escape(group)}**\n\n{table}"


def _head(metric: Metric) -> str:
    unit = "" if metric.unit == "share" or metric.unit in UNITS else f" ({escape(metric.unit)})"
    return f"{escape(metric.name)}{unit}{ARROWS.get(metric.direction, '')}"


def _defined_on(board: Board, metric: Metric) -> str:
    """How many pages a metric is about, where that is fewer than all, such as those that have a kind of boilerplate."""
    if not metric.group:
        return ""  # the leaderboard says so below the table, adapter by adapter
    counts = {row.n for (_, name), row in board.rows.items() if name == metric.name and row.undefined}
    return f" ({amount(max(counts), 'page')})" if counts else ""


def _version(results: Results, adapter: str) -> str:
    version = results.manifest.adapters.get(adapter, {}).get("version")
    return UNKNOWN if version is None else escape(str(version))


def _verdict(results: Results, board: Board) -> str:
    if board.ranking is None or not board.adapters:
        return "No verdict: nothing here has a headline metric with a better and a worse end."
    noun = cluster_noun(results, board.corpus)
    clusters = clusters_of(board)
    held = f"{amount(pages_of(results, board.corpus), 'page')} from {amount(clusters, *noun)}"
    if any(interval_known(board, adapter) for adapter in board.adapters):
        return f"{_best(results, board, board.ranking)} ({held}.)"
    if clusters < CLUSTERS_NEEDED:
        reason = f"No interval: {held} (fewer than {CLUSTERS_NEEDED})"
        return f"{reason}. No rank and no test of differences either; rows are sorted by estimate, which ranks nothing."
    return f"No interval was computed for {held}; rows are sorted by estimate, which ranks nothing."


def _best(results: Results, board: Board, ranking: Metric) -> str:
    apart = set(results.counted_apart)
    best, *others = board.adapters
    rest = [one for one in others if (one in apart) == (best in apart)]
    unseparated, untested = [], []
    verdicts = verdicts_of(results, board, ranking)
    for other in rest:
        separated = verdicts.get(frozenset((best, other)))
        if separated is None:
            untested.append(other)
        elif not separated:
            unseparated.append(other)
    parts = [f"On {escape(ranking.name)}: best estimate {escape(best)}"]
    if unseparated:
        parts.append(f"not separated from {listed(unseparated)}")
    elif len(untested) < len(rest):
        parts.append("separated from every other" + (" that was tested" if untested else ""))
    if untested:
        parts.append(f"not tested against {listed(untested)}")
    return "; ".join(parts) + "."


def _method(results: Results, board: Board) -> str:
    """What the brackets and ranks of the leaderboard are, and where a metric left pages out."""
    notes = [note for metric in board.metrics if (note := _left_out(board, metric))]
    if any(interval_known(board, adapter) for adapter in board.adapters):
        _, sites = cluster_noun(results, board.corpus)
        notes.insert(
            0,
            f"In brackets: 95 % bootstrap-t intervals over {sites} (seed {results.manifest.seed}). "
            "Rank: from 1 + number significantly better to n − number significantly worse.",
        )
        notes += quantile_notes(board.metrics, sites)
        notes += [note for metric in board.metrics if (note := _carried_by_one(results, board, metric))]
    return " ".join(notes)


def _carried_by_one(results: Results, board: Board, metric: Metric) -> str:
    """Whose interval rests on one site, because that makes nearly all of the deviation."""
    found = [
        escape(adapter)
        for adapter in board.adapters
        if (row := board.rows.get((adapter, metric.name))) is not None
        if row.carriers is not None and row.carriers < CARRIED_BY_ONE
    ]
    one, _ = cluster_noun(results, board.corpus)
    rests = f"rests on one {one} that makes over nine tenths of the deviation"
    return f"The interval of {escape(metric.name)} for {listed(found)} {rests}." if found else ""


def _left_out(board: Board, metric: Metric) -> str:
    counts = {row.undefined for (_, name), row in board.rows.items() if name == metric.name}
    if not counts or max(counts) == 0:
        return ""
    span = amount(max(counts), "page") if len(counts) == 1 else f"{min(counts)} to {max(counts)} pages by adapter"
    if metric.aggregate.kind == "harmonic":
        parts = " and ".join(map(escape, metric.aggregate.of))
        return f"{escape(metric.name)} is made of {parts}; {span} define only one of them."
    return f"{escape(metric.name)} is undefined on {span}, left out of its value."


def _separation(results: Results, board: Board, *, listed: bool) -> str:
    """Which pairs are not separated on the metric that sorts the table, and how many are on the other columns."""
    blocks = []
    for metric in board.metrics:
        verdicts = verdicts_of(results, board, metric)
        tested = [verdict for verdict in verdicts.values() if verdict is not None]
        if not tested:
            continue
        line = f"{escape(metric.name)}: {sum(tested)} of {amount(len(tested), 'pair')} separated"
        if metric is not board.ranking or all(tested):
            blocks.append(f"- {line}.")
        elif not listed:
            blocks.append(f"- {line}; the pairs are in `comparisons.csv`.")
        else:
            blocks += [f"- {line}; not separated:", *_pairs(board, verdicts)]
        blocks += _equivalence(results, board, metric)
    if not blocks:
        return ""
    _, sites = cluster_noun(results, board.corpus)
    bar = figure(SEPARATED, "share")
    how = (
        f"Differences, tested by flipping the signs of whole {sites}; separated where p, adjusted for all pairs "
        f"(max-T), is {bar} or less:"
    )
    return "\n".join([how, "", *blocks])


def _equivalence(results: Results, board: Board, metric: Metric) -> Iterable[str]:
    """How many pairs are shown to differ by less than delta, and how many pages it takes to see delta."""
    judged = [row for row in compared(results, board, metric) if row.delta is not None and row.separated is not None]
    if not judged:
        return
    delta = f"{judged[0].delta:g}".removeprefix("0")
    alike = sum(row.equivalent is True for row in judged)
    both = sum(row.equivalent is True and row.separated is True for row in judged)
    line = f"{escape(metric.name)}: {alike} of {amount(len(judged), 'pair')} equivalent within {delta}"
    yield f"- {line} (each pair by itself at 5 %)" + (f", {both} of them separated all the same." if both else ".")
    needed = sorted(row.pages_needed for row in judged if row.pages_needed is not None)
    if needed:
        low, middle, high = (needed[round(share * (len(needed) - 1))] for share in (0.25, 0.5, 0.75))
        span = f"{middle:,} (the middle half of the pairs: {low:,} to {high:,})"
        yield f"- Pages on which a difference of {delta} in {escape(metric.name)} is found four times in five: {span}."


def _pairs(board: Board, verdicts: Mapping[frozenset[str], bool | None]) -> Iterable[str]:
    """One line per adapter with those below it in the table that it is not separated from."""
    for place, adapter in enumerate(board.adapters):
        below = [other for other in board.adapters[place + 1 :] if verdicts.get(frozenset((adapter, other))) is False]
        if below:
            yield f"  - {escape(adapter)} – {listed(below)}"


def _page_by_page(results: Results, board: Board) -> str:
    """The ranking metric on every page, where the corpus is too small for intervals; at most PAGES_SHOWN of them."""
    ranking = board.ranking
    values = {
        (row.adapter, row.page_id): row.value
        for row in results.pages
        if ranking and (row.corpus, row.metric) == (board.corpus, ranking.name)
    }
    pages = sorted({page for _, page in values})
    if ranking is None or not pages:
        return ""
    if len(pages) > PAGES_SHOWN:
        return f"Values page by page: `pages.csv` has all {len(pages)} pages."
    lines = [
        [escape(adapter), *(figure(values.get((adapter, page)), ranking.unit) for page in pages)]
        for adapter in board.adapters
    ]
    title = f"{escape(ranking.name)}, page by page:"
    return f"{title}\n\n{pipe_table(['adapter', *map(escape, pages)], lines, left=1)}"


def _others(results: Results, board: Board, *, form: str) -> str:
    """The metrics that are not in the leaderboard, folded away: `intervals`, `estimates` alone, or only counted."""
    others = [metric for metric in valued(results, board.rows) if metric not in board.metrics]
    if not others:
        return ""
    if not form:
        return f"{amount(len(others), 'more metric')} in `summary.csv`, left out here to keep this page short."
    lines = []
    for adapter in board.adapters:
        found = [board.rows.get((adapter, metric.name)) for metric in others]
        bare = [row if row is None or form == "intervals" else replace(row, low=None) for row in found]
        cells = [interval(row, metric.unit) for row, metric in zip(bare, others, strict=True)]
        lines.append([escape(adapter), *cells])
    body = pipe_table(["adapter", *(_head(metric) for metric in others)], lines, left=1)
    notes = ["Intervals stand in `summary.csv`, left out here to keep this page short."]
    if form == "intervals":
        certain = any(row.low is not None for row in board.rows.values())
        notes = quantile_notes(others, cluster_noun(results, board.corpus)[1]) if certain else []
    return fold(amount(len(others), "more metric"), "\n\n".join([*([" ".join(notes)] if notes else []), body]))


def _legend(boards: Sequence[Board]) -> str:
    """One line per column of the leaderboards."""
    metrics = {metric.name: metric for board in boards for metric in board.metrics}
    lines = [f"- {escape(metric.name)}: {escape(metric.summary)}" for metric in metrics.values()]
    return "\n".join(["## What the columns say", "", *lines]) if lines else ""


def _named(results: Results, names: Sequence[str] | None) -> list[Metric] | None:
    if names is None:
        return None
    declared = {metric.name: metric for metric in results.metrics}
    unknown = [name for name in names if name not in declared]
    if unknown:
        raise UsageError(f"no metric {', '.join(map(repr, unknown))} in this run; it has {', '.join(sorted(declared))}")
    return [declared[name] for name in names]
