"""Four flat tables for spreadsheets, pandas and R: summaries, comparisons, pages and outcomes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter

from ..records import Comparison, Results, Score, Summary

FORMULA = re.compile(r"['\s]*[=+\-@＝＋－＠\t\r\n]")
"""Starts of text that a spreadsheet may run as a formula: the characters of OWASP's page on CSV injection.

Apostrophes in front of them are taken along, so that `unguard` knows the one that `guard` put there."""


def render(results: Results) -> dict[str, bytes]:
    """`summary.csv`, `comparisons.csv`, `pages.csv` and `outcomes.csv`: RFC 4180, UTF-8, one header line each.

    Floats are written so that they read back exactly, booleans as true and false, None as an empty cell. Text that a
    spreadsheet would take for a formula gets one apostrophe in front (`guard`); numbers never do. Rows keep the
    order of the results; outcomes are sorted by corpus, adapter and outcome.
    """
    return {
        "summary.csv": _records(Summary, results.summaries),
        "comparisons.csv": _records(Comparison, results.comparisons),
        "pages.csv": _records(Score, results.pages),
        "outcomes.csv": _table(("corpus", "adapter", "outcome", "pages"), _outcomes(results)),
    }


def guard(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet might read it as a formula; else unchanged."""
    return "'" + text if FORMULA.match(text) else text


def unguard(cell: str) -> str:
    """The text that `guard` made the cell from."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _records(kind: type[Summary | Comparison | Score], records: Iterable[Summary | Comparison | Score]) -> bytes:
    header = tuple(field.name for field in fields(kind))
    return _table(header, map(attrgetter(*header), records))


def _outcomes(results: Results) -> Iterable[tuple[object, ...]]:
    for corpus, adapters in sorted(results.outcomes.items()):
        for adapter, outcomes in sorted(adapters.items()):
            for outcome, pages in sorted(outcomes.items()):
                yield corpus, adapter, outcome, pages


def _table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    # A file name that is not UTF-8 reaches us as lone surrogates, which have no UTF-8 form.
    return buffer.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(float(value))  # numpy's own floats print their type
    return guard(value) if isinstance(value, str) else str(value)
