"""What doses of boilerplate do to each extractor, as a Markdown table and a tidy CSV; empty for a run without doses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields

from ..records import Drill, Response, Results, Slope

_HEADS = {"f1": "F1", "precision": "P", "recall": "R"}
TOLD = {
    **{f"{family}.{name}": head for family in ("article", "body") for name, head in _HEADS.items()},
    "speed.cpu_ms": "CPU time",
    "speed.peak_rss_mb": "memory",
}
"""Measures of the table, with their heads; between R and CPU time stands the leakage of the treatment's kind."""


def render(results: Results) -> dict[str, bytes]:
    """`doses.md`, `doses.csv` and `slopes.csv`."""
    drilled = {"drills.md": (drills(results) + "\n").encode()} if results.drills else {}
    if not results.responses:
        return drilled
    return drilled | {
        "doses.md": (tables(results) + "\n").encode(),
        "doses.csv": _csv(Response, results.responses),
        "slopes.csv": _csv(Slope, results.slopes),
    }


def tables(results: Results) -> str:
    """One table for each treatment and dialect: extractors by doses, each measure with its change and interval."""
    whole = [row for row in results.responses if not row.design]
    groups = dict.fromkeys((row.treatment, row.dialect) for row in whole)
    blocks = []
    for treatment, dialect in groups:
        rows = [row for row in whole if (row.treatment, row.dialect) == (treatment, dialect)]
        slopes = [row for row in results.slopes if (row.treatment, row.dialect) == (treatment, dialect)]
        blocks.append(f"**{treatment}**, dialect `{dialect}`\n\n{_table(rows, slopes)}")
    return "\n\n".join(blocks)


def drills(results: Results) -> str:
    """Extractors by drills: pages whose text changed, of pages compared, and for sensitivities the change of F1."""
    names = list(dict.fromkeys(row.drill for row in results.drills))
    must = {row.drill: row.must_hold for row in results.drills}
    cells = {(row.adapter, row.drill): row for row in results.drills}
    heads = [f"{name}" if must[name] else f"{name} (sensitivity)" for name in names]
    lines = [["adapter", *heads], ["---", *["--:"] * len(names)]]
    lines += [
        [adapter, *(_drilled(cells[adapter, name]) for name in names)]
        for adapter in dict.fromkeys(row.adapter for row in results.drills)
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _drilled(row: Drill) -> str:
    if row.must_hold:
        return "pass" if row.changed == 0 else f"**fail** ({row.changed} of {row.pages})"
    moved = "" if row.f1 is None else f", F1 {row.f1:+.3f}"
    return f"{row.changed} of {row.pages}{moved}"


def _table(rows: Sequence[Response], slopes: Sequence[Slope]) -> str:
    leaked = next((row.metric for row in rows if row.metric.startswith("regions.leaked.")), None)
    quality = [name for name in TOLD if not name.startswith("speed.")]
    metrics = [*quality, *([leaked] if leaked else []), *(name for name in TOLD if name not in quality)]
    present = [one for one in metrics if any(row.metric == one for row in rows)]
    heads = [TOLD.get(one, f"leaked {one.rpartition('.')[2]}") for one in present]
    half = {row.adapter: row.half_dose for row in slopes if row.half_dose is not None}
    lines = [["adapter", "dose", "pairs", *heads, "F1 halved at"], ["---", *["--:"] * (len(heads) + 3)]]
    cells = {(row.adapter, row.dose, row.metric): row for row in rows}
    for adapter in dict.fromkeys(row.adapter for row in rows):
        doses = sorted({row.dose for row in rows if row.adapter == adapter})
        for dose in doses:
            found = [cells.get((adapter, dose, metric)) for metric in present]
            pairs = max(one.pairs for one in found if one)
            halved = "–" if (at := half.get(adapter)) is None else f"{at:.0f}"
            lines.append([adapter, str(dose), str(pairs), *map(_cell, found), halved if dose == doses[-1] else ""])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(row: Response | None) -> str:
    """A change with its interval: a share of treated pages and how far it moved, or by how much a time has grown."""
    if row is None or row.treated is None:
        return "–"
    if row.metric.startswith("speed."):
        return "–" if row.change is None else f"{row.change:.2f}×{_ends(row, '.2f')}"
    if row.metric.startswith("regions."):
        return f"{row.treated:.3f}{_ends(row, '.3f')}"
    return (
        f"{row.treated:.3f} ({row.change:+.3f}{_ends(row, '+.3f')})" if row.change is not None else f"{row.treated:.3f}"
    )


def _ends(row: Response, form: str) -> str:
    return "" if row.low is None or row.high is None else f" [{row.low:{form}}, {row.high:{form}}]"


def _csv(kind: type[Response] | type[Slope], rows: Iterable[Response | Slope]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.name for field in fields(kind)])
    writer.writerows(astuple(row) for row in rows)
    return out.getvalue().encode()
