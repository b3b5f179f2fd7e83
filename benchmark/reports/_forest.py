"""Paired differences of all extractors in as few characters as a page that shows any of them needs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ..records import Comparison, Metric, Results
from ._boards import Board, headline, valued
from ._foreign import distinct, on_one_line
from ._verdict import half_width, pairs_of, ranked

STEPS = 10_000
"""Differences are told in ten thousandths: more than any table shows."""

CODES = {None: "?", True: "s", False: "n"}
"""Untested, separated, not separated; `e` where a pair is shown to be equivalent and not separated."""


def forest(results: Results, board: Board) -> Mapping[str, object] | None:
    """Every pair of extractors on each measure of differences of means, as lists in the order of pairs.

    `names` are the extractors; each measure has `d`, differences of the earlier less the later extractor, and `h`, half
    widths of their 95 % intervals, in ten thousandths or null, and `v`, one sign a pair (see `CODES`). Pairs run
    (0, 1), (0, 2) … (1, 2) …. None where no pair has an interval.
    """
    names = ranked(results, board)
    shown = [metric for metric in _measures(results, board) if metric.unit == "share" and metric.direction != "none"]
    parts = [part for metric in shown if (part := _measure(results, board, metric, names)) is not None]
    return {"names": list(distinct(names).values()), "steps": STEPS, "measures": parts} if parts else None


def _measures(results: Results, board: Board) -> list[Metric]:
    """The headline measures, that which ranks the table first, then those of the groups beside it."""
    plain = [one for one in headline(results, board.rows) if one != board.ranking]
    grouped = [one for one in valued(results, board.rows) if one.headline and one.group]
    return [*([board.ranking] if board.ranking else []), *plain, *grouped]


def _measure(results: Results, board: Board, metric: Metric, names: Sequence[str]) -> Mapping[str, object] | None:
    pairs = pairs_of(results, board.corpus, metric)
    differences: list[int | None] = []
    halves: list[int | None] = []
    verdicts = []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            row = pairs.get((one, other))
            known = row is not None and row.error is not None
            differences.append(_steps(row.difference * (1 if row.a == one else -1)) if known and row else None)
            halves.append(_steps(half_width(row)) if known and row else None)
            verdicts.append(_code(row))
    if all(half is None for half in halves):
        return None
    return {
        "name": on_one_line(metric.name),
        "better": metric.direction,
        "about": on_one_line(metric.summary),
        "d": differences,
        "h": halves,
        "v": "".join(verdicts),
    }


def _steps(value: float) -> int | None:
    return round(value * STEPS) if math.isfinite(value) else None


def _code(row: Comparison | None) -> str:
    if row is None:
        return "?"
    return "e" if row.equivalent and row.separated is False else CODES[row.separated]
