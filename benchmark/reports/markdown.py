"""One short Markdown page with a leaderboard per corpus, fit for the summary of a CI job."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import UsageError
from ..records import CARRIED_BY_ONE, CLUSTERS_NEEDED, FAILURES, Comparison, Metric, Results, Summary

SIZE_LIMIT = 60_000
"""Bytes that the page stays below where it can; the strictest place it is pasted into takes 65,536 characters."""

PAGES_SHOWN = 20
"""Pages that fit side by side; the values of more stand in `pages.csv`."""

WHOLE = "all"
"""Slice that holds every page of a corpus."""

UNKNOWN = "–"
"""What stands where there is no value."""

LONGEST = 200
"""Characters of a foreign string that are shown."""

UNITS = {
    "ratio": (1.0, "×"),
    "ns": (1e-6, " ms"),
    "ms": (1.0, " ms"),
    "s": (1.0, " s"),
    "bytes": (1e-6, " MB"),
}
"""Factor and suffix of the units that are written in the cell; shares need none, others stand in the column's head."""

APART = "converters and floors, counted apart"
"""Heading of the table of those that do not try to find the main content."""

ARROWS = {"higher": " ↑", "lower": " ↓"}
"""Which way is better, in the column's head."""

SPECIAL = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*[]<>|~&$"}
"""Signs that mean something in Markdown, as references, which never do (CommonMark 0.31, section 2.5)."""


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


def render(results: Results) -> dict[str, bytes]:
    """`report.md`: verdict, leaderboard and unseparated pairs of each corpus, then how they were measured.

    Above `SIZE_LIMIT` first the folded tables give way, then the lists of pairs; a line says so and names the file
    that has them. Leaderboards of more than some 250 rows together are larger still.
    """
    for folded, pairs in ((True, True), (False, True), (False, False)):
        page = _page(results, folded=folded, pairs=pairs).encode()
        if len(page) < SIZE_LIMIT:
            break
    return {"report.md": page}


def table(results: Results, corpus: str, metrics: Sequence[str] | None = None) -> str:
    """Leaderboard of one corpus as a Markdown table without a final newline.

    The columns are the headline metrics that have a value on the corpus, or those named, in the order given.
    UsageError for a corpus or metrics that the results do not hold.
    """
    _require_corpus(results, corpus)
    return _leaderboard(results, _board(results, corpus, _named(results, metrics)))


def tables(results: Results, corpus: str) -> str:
    """The leaderboard of one corpus and the tables of its other groups of headline metrics."""
    _require_corpus(results, corpus)
    board = _board(results, corpus)
    return "\n\n".join([_leaderboard(results, board), *_partial_tables(results, board), *_group_tables(results, board)])


def separation(results: Results, corpus: str) -> str:
    """Which pairs of a corpus are not separated, by each headline measure: the first one listed pair by pair.

    UsageError for a corpus that the results do not hold.
    """
    _require_corpus(results, corpus)
    return _separation(results, _board(results, corpus), listed=True)


def provenance(results: Results, corpus: str) -> str:
    """One line of Markdown: what was measured, with which versions, on which machine and when.

    UsageError for a corpus that the results do not hold.
    """
    _require_corpus(results, corpus)
    manifest = results.manifest
    facts = manifest.corpora.get(corpus, {})
    parts = [
        f"{escape(corpus)}: {_amount(_pages(results, corpus), 'page')}, fingerprint {_short(facts.get('fingerprint'))}",
        f"gold: {_gold(facts)}",
        f"{_program(results)}, edition {manifest.edition}",
        _versions(manifest.libraries),
        _machine(manifest.machine),
        escape(manifest.created[:10]),
    ]
    return "; ".join(part for part in parts if part) + "."


def escape(text: str) -> str:
    """Foreign text as one line that stays in its table cell: no markup, no HTML, no link, no invisible character."""
    seen = "".join(map(_visible, text[:LONGEST]))
    line = " ".join(seen.split()) + ("…" if len(text) > LONGEST else "")
    line = line.translate(SPECIAL).replace("://", "&#58;//").replace("www.", "www&#46;")
    # Between letters an underscore never starts emphasis, and names are full of them.
    return re.sub(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])", "&#95;", line) or UNKNOWN


def figure(value: float | None, unit: str) -> str:
    """A value in the unit that reads best: `.953`, `13.0×`, `18.5 ms`, `7.2 MB`; `–` where there is none."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    factor, suffix = UNITS.get(unit, (1.0, ""))
    return _digits(value * factor, _decimals(value * factor, unit)) + suffix


def _page(results: Results, *, folded: bool, pairs: bool) -> str:
    corpora = sorted({*results.manifest.corpora, *results.outcomes, *(row.corpus for row in results.summaries)})
    boards = [_board(results, corpus) for corpus in corpora]
    blocks = [
        f"# Run {escape(results.manifest.run)}",
        "Each corpus stands alone: no number here pools two of them.",
        *(_section(results, board, folded=folded, pairs=pairs) for board in boards),
        _legend(boards),
        _measured(results),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _section(results: Results, board: Board, *, folded: bool, pairs: bool) -> str:
    blocks = [
        f"## {escape(board.corpus)}",
        _verdict(results, board),
        _leaderboard(results, board),
        _method(results, board),
        _separation(results, board, listed=pairs),
        *_partial_section(results, board, listed=pairs),
        *_group_tables(results, board),
        _page_by_page(results, board),
        _others(results, board, shown=folded),
    ]
    return "\n\n".join(block for block in blocks if block)


def _board(results: Results, corpus: str, columns: Sequence[Metric] | None = None) -> Board:
    rows = {(row.adapter, row.metric): row for row in results.summaries if (row.corpus, row.slice) == (corpus, WHOLE)}
    if columns is None:
        # Where none of the headline measures was scored, those that were asked for stand in their place.
        valued = _headline(results, rows) or [one for one in _valued(results, rows) if not one.name.startswith("cost.")]
        columns = [metric for metric in valued if _on_most_pages(rows, metric)]
    ranking = next((metric for metric in columns if metric.direction in ARROWS), None)
    adapters = {adapter for adapter, _ in rows} | set(results.outcomes.get(corpus, {}))
    apart = set(results.counted_apart)
    order = sorted(adapters, key=lambda adapter: (adapter in apart, _badness(rows, adapter, ranking), adapter))
    return Board(corpus, tuple(order), tuple(columns), ranking, rows)


def _partial_boards(results: Results, board: Board) -> Iterable[Board]:
    """A board of its own for headline metrics that few pages define, such as those of the pages that have regions."""
    if columns := [one for one in _headline(results, board.rows) if not _on_most_pages(board.rows, one)]:
        yield _board(results, board.corpus, columns)


def _headline(results: Results, rows: Mapping[tuple[str, str], Summary]) -> list[Metric]:
    """The headline metrics that are no part of a group and have a value."""
    return [metric for metric in _valued(results, rows) if metric.headline and not metric.group]


def _on_most_pages(rows: Mapping[tuple[str, str], Summary], metric: Metric) -> bool:
    """Whether the pages that define a metric are half of the corpus or more, for some adapter.

    Times are read on a sample of pages and stay in the table: only shares of different pages must not share a line.
    """
    counts = [(row.n, row.undefined) for (_, name), row in rows.items() if name == metric.name]
    return metric.unit != "share" or any(defined >= without for defined, without in counts)


def _valued(results: Results, rows: Mapping[tuple[str, str], Summary]) -> list[Metric]:
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


def _leaderboard(results: Results, board: Board) -> str:
    """The table of the extractors, and below it that of converters and floors, which are not ranked among them."""
    apart = set(results.counted_apart)
    groups = [[one for one in board.adapters if (one in apart) == late] for late in (False, True)]
    tables = [_group_table(results, replace(board, adapters=tuple(group))) for group in groups if group]
    return f"\n\n**{APART}**\n\n".join(tables)


def _partial_tables(results: Results, board: Board) -> Iterable[str]:
    for part in _partial_boards(results, board):
        yield f"**{_partial_title(part)}**\n\n{_leaderboard(results, part)}"


def _partial_section(results: Results, board: Board, *, listed: bool) -> Iterable[str]:
    """Tables of the metrics that few pages define, with what the tests say of them."""
    for part, table in zip(_partial_boards(results, board), _partial_tables(results, board), strict=True):
        yield table
        yield _separation(results, part, listed=listed)


def _partial_title(board: Board) -> str:
    names = {metric.name for metric in board.metrics}
    rows = [row for (_, name), row in board.rows.items() if name in names]
    defined, whole = max(row.n for row in rows), max(row.n + row.undefined for row in rows)
    return f"the {_amount(defined, 'page')} of {whole} that define these measures"


def _group_table(results: Results, board: Board) -> str:
    ranked = any(_rank(board, adapter) for adapter in board.adapters)
    head = ["adapter", "version", *(_head(metric) + _defined_on(board, metric) for metric in board.metrics)]
    head += [f"rank by {escape(board.ranking.name)}"] if ranked and board.ranking else []
    lines = []
    for adapter in board.adapters:
        cells = [escape(adapter), _version(results, adapter)]
        cells += [_interval(board.rows.get((adapter, metric.name)), metric.unit) for metric in board.metrics]
        cells += [_rank(board, adapter) or UNKNOWN] if ranked else []
        lines.append([*cells, _ends(results, board.corpus, adapter)])
    return _markdown_table([*head, "failed, empty"], lines, left=2)


def _group_tables(results: Results, board: Board) -> Iterable[str]:
    """A table for each group of headline metrics beside the leaderboard, in the leaderboard's order of adapters."""
    grouped: dict[str, list[Metric]] = {}
    for metric in _valued(results, board.rows):
        if metric.headline and metric.group:
            grouped.setdefault(metric.group, []).append(metric)
    for group, metrics in grouped.items():
        table = _leaderboard(results, replace(board, metrics=tuple(metrics)))
        yield f"**{escape(group)}**\n\n{table}"


def _markdown_table(head: Sequence[str], lines: Iterable[Sequence[str]], left: int) -> str:
    """A pipe table whose first `left` columns are aligned to the left, the others to the right."""
    rule = ["---" if column < left else "--:" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rule, *lines])


def _head(metric: Metric) -> str:
    unit = "" if metric.unit == "share" or metric.unit in UNITS else f" ({escape(metric.unit)})"
    return f"{escape(metric.name)}{unit}{ARROWS.get(metric.direction, '')}"


def _defined_on(board: Board, metric: Metric) -> str:
    """How many pages a metric is about, where that is fewer than all, such as those that have a kind of boilerplate."""
    if not metric.group:
        return ""  # the leaderboard says so below the table, adapter by adapter
    counts = {row.n for (_, name), row in board.rows.items() if name == metric.name and row.undefined}
    return f" ({_amount(max(counts), 'page')})" if counts else ""


def _interval(row: Summary | None, unit: str) -> str:
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


def _rank(board: Board, adapter: str) -> str:
    row = board.rows.get((adapter, board.ranking.name)) if board.ranking else None
    if row is None or row.rank_low is None or row.rank_high is None:
        return ""
    return str(row.rank_low) if row.rank_low == row.rank_high else f"{row.rank_low}–{row.rank_high}"


def _version(results: Results, adapter: str) -> str:
    version = results.manifest.adapters.get(adapter, {}).get("version")
    return UNKNOWN if version is None else escape(str(version))


def _ends(results: Results, corpus: str, adapter: str) -> str:
    """How an adapter's pages ended where they did not end well: `3 timeout, 1 crash, 2 empty`, or `none`."""
    outcomes = results.outcomes.get(corpus, {}).get(adapter)
    if outcomes is None:
        return UNKNOWN
    return ", ".join(f"{outcomes[end]} {end}" for end in (*FAILURES, "empty") if outcomes.get(end)) or "none"


def _verdict(results: Results, board: Board) -> str:
    if board.ranking is None or not board.adapters:
        return "No verdict: nothing here has a headline metric with a better and a worse end."
    noun = _cluster_noun(results, board.corpus)
    clusters = _clusters(board)
    held = f"{_amount(_pages(results, board.corpus), 'page')} from {_amount(clusters, *noun)}"
    if any(_interval_known(board, adapter) for adapter in board.adapters):
        return f"{_best(results, board, board.ranking)} ({held}.)"
    if clusters < CLUSTERS_NEEDED:
        reason = f"No interval: {held} (fewer than {CLUSTERS_NEEDED})"
        return f"{reason}. No rank and no test of differences either; rows are sorted by estimate, which ranks nothing."
    return f"No interval was computed for {held}; rows are sorted by estimate, which ranks nothing."


def _interval_known(board: Board, adapter: str) -> bool:
    row = board.rows.get((adapter, board.ranking.name)) if board.ranking else None
    return row is not None and row.low is not None


def _best(results: Results, board: Board, ranking: Metric) -> str:
    apart = set(results.counted_apart)
    best, *others = board.adapters
    rest = [one for one in others if (one in apart) == (best in apart)]
    unseparated, untested = [], []
    verdicts = _verdicts(results, board, ranking)
    for other in rest:
        separated = verdicts.get(frozenset((best, other)))
        if separated is None:
            untested.append(other)
        elif not separated:
            unseparated.append(other)
    parts = [f"On {escape(ranking.name)}: best estimate {escape(best)}"]
    if unseparated:
        parts.append(f"not separated from {_list(unseparated)}")
    elif len(untested) < len(rest):
        parts.append("separated from every other" + (" that was tested" if untested else ""))
    if untested:
        parts.append(f"not tested against {_list(untested)}")
    return "; ".join(parts) + "."


def _verdicts(results: Results, board: Board, metric: Metric) -> dict[frozenset[str], bool | None]:
    return {frozenset((row.a, row.b)): row.separated for row in _compared(results, board, metric)}


def _compared(results: Results, board: Board, metric: Metric) -> list[Comparison]:
    return [row for row in results.comparisons if (row.corpus, row.metric) == (board.corpus, metric.name)]


def _method(results: Results, board: Board) -> str:
    """What the brackets and ranks of the leaderboard are, and where a metric left pages out."""
    notes = [note for metric in board.metrics if (note := _left_out(board, metric))]
    if any(_interval_known(board, adapter) for adapter in board.adapters):
        _, sites = _cluster_noun(results, board.corpus)
        notes.insert(
            0,
            f"In brackets: 95 % bootstrap-t intervals over {sites} (seed {results.manifest.seed}). "
            "Rank: from 1 + number significantly better to n − number significantly worse.",
        )
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
    one, _ = _cluster_noun(results, board.corpus)
    rests = f"rests on one {one} that makes over nine tenths of the deviation"
    return f"The interval of {escape(metric.name)} for {_list(found)} {rests}." if found else ""


def _left_out(board: Board, metric: Metric) -> str:
    counts = {row.undefined for (_, name), row in board.rows.items() if name == metric.name}
    if not counts or max(counts) == 0:
        return ""
    span = _amount(max(counts), "page") if len(counts) == 1 else f"{min(counts)} to {max(counts)} pages by adapter"
    if metric.aggregate.kind == "harmonic":
        parts = " and ".join(map(escape, metric.aggregate.of))
        return f"{escape(metric.name)} is made of {parts}; {span} define only one of them."
    return f"{escape(metric.name)} is undefined on {span}, left out of its value."


def _separation(results: Results, board: Board, *, listed: bool) -> str:
    """Which pairs are not separated on the metric that sorts the table, and how many are on the other columns."""
    blocks = []
    for metric in board.metrics:
        verdicts = _verdicts(results, board, metric)
        tested = [verdict for verdict in verdicts.values() if verdict is not None]
        if not tested:
            continue
        line = f"{escape(metric.name)}: {sum(tested)} of {_amount(len(tested), 'pair')} separated"
        if metric is not board.ranking or all(tested):
            blocks.append(f"- {line}.")
        elif not listed:
            blocks.append(f"- {line}; the pairs are in `comparisons.csv`.")
        else:
            blocks += [f"- {line}; not separated:", *_pairs(board, verdicts)]
        blocks += _equivalence(results, board, metric)
    if not blocks:
        return ""
    _, sites = _cluster_noun(results, board.corpus)
    how = f"Differences, tested at 5 % by flipping the signs of whole {sites}, adjusted for all pairs (max-T):"
    return "\n".join([how, "", *blocks])


def _equivalence(results: Results, board: Board, metric: Metric) -> Iterable[str]:
    """How many pairs are shown to differ by less than delta, and how many pages it takes to see delta."""
    judged = [row for row in _compared(results, board, metric) if row.delta is not None and row.separated is not None]
    if not judged:
        return
    delta = f"{judged[0].delta:g}".removeprefix("0")
    alike = sum(row.equivalent is True for row in judged)
    both = sum(row.equivalent is True and row.separated is True for row in judged)
    line = f"{escape(metric.name)}: {alike} of {_amount(len(judged), 'pair')} equivalent within {delta}"
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
            yield f"  - {escape(adapter)} – {_list(below)}"


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
    return f"{title}\n\n{_markdown_table(['adapter', *map(escape, pages)], lines, left=1)}"


def _others(results: Results, board: Board, *, shown: bool) -> str:
    """The metrics that are not in the leaderboard, estimates only, folded away."""
    others = [metric for metric in _valued(results, board.rows) if metric not in board.metrics]
    if not others:
        return ""
    if not shown:
        return f"{_amount(len(others), 'more metric')} in `summary.csv`, left out here to keep this page short."
    lines = []
    for adapter in board.adapters:
        found = [board.rows.get((adapter, metric.name)) for metric in others]
        cells = [figure(row.estimate if row else None, metric.unit) for row, metric in zip(found, others, strict=True)]
        lines.append([escape(adapter), *cells])
    body = _markdown_table(["adapter", *(_head(metric) for metric in others)], lines, left=1)
    return _fold(_amount(len(others), "more metric"), body)


def _fold(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _legend(boards: Sequence[Board]) -> str:
    """One line per column of the leaderboards."""
    metrics = {metric.name: metric for board in boards for metric in board.metrics}
    lines = [f"- {escape(metric.name)}: {escape(metric.summary)}" for metric in metrics.values()]
    return "\n".join(["## What the columns say", "", *lines]) if lines else ""


def _measured(results: Results) -> str:
    manifest = results.manifest
    facts = [
        ("began", escape(manifest.created)),
        ("program", f"{_program(results)}, edition {manifest.edition}, run format {manifest.format}"),
        ("machine", _machine(manifest.machine)),
        ("libraries", _versions(manifest.libraries)),
        ("sandbox", escape(manifest.sandbox)),
        (
            "options",
            ", ".join(f"{escape(key)}={escape(str(value))}" for key, value in sorted(manifest.options.items())),
        ),
        ("seed", str(manifest.seed)),
    ]
    lines = [f"- {name}: {value or UNKNOWN}" for name, value in facts]
    blocks = [
        "## How this was measured",
        "\n".join(lines),
        _corpora(results),
        _handed_in(results),
        _unavailable(results),
    ]
    if any(row.slice != WHOLE for row in results.summaries):
        blocks.append("Slices of the corpora are in `summary.csv`.")
    return "\n\n".join(block for block in blocks if block)


def _corpora(results: Results) -> str:
    lines = []
    for name, facts in sorted(results.manifest.corpora.items()):
        gold = facts.get("gold")
        prints = [
            _short(facts.get("fingerprint")),
            _short(gold.get("fingerprint") if isinstance(gold, Mapping) else None),
        ]
        pages = facts.get("pages")
        lines.append([escape(name), *prints, _gold(facts), UNKNOWN if pages is None else escape(str(pages))])
    return (
        _markdown_table(["corpus", "fingerprint", "gold fingerprint", "gold", "pages"], lines, left=4) if lines else ""
    )


def _handed_in(results: Results) -> str:
    """Which answers were not given here, and the file they stood in."""
    lines = []
    for name, facts in sorted(results.manifest.adapters.items()):
        source = facts.get("predictions")
        if isinstance(source, Mapping):
            file, form, sha256 = (escape(str(source.get(key))) for key in ("file", "format", "sha256"))
            lines.append(f"- {escape(name)}: {file}, format {form}, sha256 {_short(sha256)}")
    return "\n".join(["Answers given elsewhere and handed in, so without times:", "", *lines]) if lines else ""


def _unavailable(results: Results) -> str:
    lines = []
    for name, facts in sorted(results.manifest.adapters.items()):
        if "unavailable" in facts:
            remedy = f" (remedy: {escape(str(facts['remedy']))})" if facts.get("remedy") else ""
            lines.append(f"- {escape(name)}: {escape(str(facts['unavailable']))}{remedy}")
    return "\n".join(["Unavailable, so not measured:", "", *lines]) if lines else ""


def _program(results: Results) -> str:
    manifest = results.manifest
    revision = "" if manifest.revision is None else f" at {escape(_shortened(manifest.revision))}"
    return f"boilerbench {escape(manifest.boilerbench)}{revision}"


def _shortened(revision: str) -> str:
    """First twelve characters of a Git revision, with the mark of a changed checkout kept."""
    commit, plus, mark = revision.partition("+")
    return commit[:12] + plus + mark


def _machine(machine: Mapping[str, object]) -> str:
    memory = machine.get("memory_bytes")
    facts = [
        ("", machine.get("processor"), ""),
        ("", machine.get("cores"), " cores"),
        ("", f"{memory / 2**30:.1f}" if isinstance(memory, int) else None, " GiB"),
        ("", machine.get("system"), ""),
        ("Python ", machine.get("python"), ""),
    ]
    return ", ".join(f"{before}{escape(str(fact))}{after}" for before, fact, after in facts if fact is not None)


def _versions(libraries: Mapping[str, str]) -> str:
    return ", ".join(f"{escape(name)} {escape(version)}" for name, version in sorted(libraries.items()))


def _gold(facts: Mapping[str, object]) -> str:
    """Where the golds of a corpus come from: `human 4, guideline 1`."""
    gold = facts.get("gold")
    if not isinstance(gold, Mapping):
        return UNKNOWN
    parts = [f"{escape(str(source))} {pages}" for source, pages in sorted(_sources(facts).items())]
    regions = gold.get("regions")
    if isinstance(regions, Mapping):
        parts += [f"regions {escape(str(source))} {pages}" for source, pages in sorted(regions.items())]
    parts += [f"guideline {escape(str(gold['guideline']))}"] if gold.get("guideline") is not None else []
    return ", ".join(parts) or UNKNOWN


def _sources(facts: Mapping[str, object]) -> Mapping[str, object]:
    gold = facts.get("gold")
    sources = gold.get("provenance") if isinstance(gold, Mapping) else None
    return sources if isinstance(sources, Mapping) else {}


def _cluster_noun(results: Results, corpus: str) -> tuple[str, str]:
    """What a cluster is: a site, but on composed pages the body that several of them share."""
    composed = set(_sources(results.manifest.corpora.get(corpus, {}))) == {"composed"}
    return ("body", "bodies") if composed else ("site", "sites")


def _clusters(board: Board) -> int:
    ranking = board.ranking.name if board.ranking else None
    return max((row.clusters for (_, metric), row in board.rows.items() if metric == ranking), default=0)


def _pages(results: Results, corpus: str) -> int:
    """Pages that were really scored; before scoring, those that were extracted."""
    whole = (row for row in results.summaries if (row.corpus, row.slice) == (corpus, WHOLE))
    extracted = (sum(outcomes.values()) for outcomes in results.outcomes.get(corpus, {}).values())
    return max((row.n + row.undefined for row in whole), default=0) or max(extracted, default=0)


def _amount(number: int, noun: str, plural: str | None = None) -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _list(adapters: Sequence[str]) -> str:
    return ", ".join(map(escape, adapters))


def _short(fingerprint: object) -> str:
    return UNKNOWN if fingerprint is None else escape(str(fingerprint)[:12])


def _visible(sign: str) -> str:
    """The character; a space for one that breaks lines, a replacement character for one that cannot be seen."""
    if sign.isspace():
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) in {"Cc", "Cf", "Cs"} else sign


def _named(results: Results, names: Sequence[str] | None) -> list[Metric] | None:
    if names is None:
        return None
    declared = {metric.name: metric for metric in results.metrics}
    unknown = [name for name in names if name not in declared]
    if unknown:
        raise UsageError(f"no metric {', '.join(map(repr, unknown))} in this run; it has {', '.join(sorted(declared))}")
    return [declared[name] for name in names]


def _require_corpus(results: Results, corpus: str) -> None:
    known = sorted({*results.manifest.corpora, *results.outcomes, *(row.corpus for row in results.summaries)})
    if corpus not in known:
        raise UsageError(f"no corpus {corpus!r} in this run; it has {', '.join(known) or 'none'}")
