"""Charts of what doses of boilerplate do to extractors."""

from __future__ import annotations

from collections.abc import Sequence

from ..records import Response, Results
from . import _vega as vega
from ._foreign import distinct, visible
from .doses import LEAK

COLUMNS = 4
"""Panels beside each other."""


def treatments(results: Results) -> list[str]:
    """The treatments whose doses a run measured, in the order of its rows."""
    return list(dict.fromkeys(row.treatment for row in results.responses))


def doses(results: Results, treatment: str) -> vega.Spec | None:
    """What doses of a treatment do: a panel for each extractor, a curve for each measure that is a share.

    A curve shows the change against the plain page, so that it begins at 0; that of leakage, what leaks of the
    treatment itself, begins at the lowest dose, since a plain page has nothing of it. Intervals are over bodies, none
    below 20 of them. None where the run has no dose of it.
    """
    units = {metric.name: metric.unit for metric in results.metrics}
    found = [
        row
        for row in results.responses
        if row.treatment == treatment
        and not row.design
        and units.get(row.metric) == "share"
        and vega.finite(row.change)
    ]
    if not found:
        return None
    names = distinct(dict.fromkeys(row.adapter for row in found))
    several = len({row.dialect for row in found}) > 1
    rows = [row for one in found for row in _dosed(one, names[one.adapter], several)]
    measures = list(dict.fromkeys(str(row["metric"]) for row in rows))
    panels = _in_order_of(rows, "adapter")
    x: vega.Spec = {"field": "dose", "type": "quantitative", "title": "dose", "axis": {"tickCount": 4}}
    y: vega.Spec = {"field": "y", "type": "quantitative", "title": "change"}
    legend = vega.legend("metric", measures)
    colour: vega.Spec = {
        **legend,
        "scale": {
            "domain": measures,
            "range": [vega.BLUE, vega.VERMILION, vega.GREEN, vega.PURPLE, vega.ORANGE, vega.SKY],
        },
    }
    layers = [
        vega.lines_at((0,), y, axis="y"),
        vega.layer({"type": "line"}, {"x": x, "y": y, "color": colour, "strokeDash": legend}),
        vega.layer(
            {"type": "rule", "strokeWidth": 1.5},
            {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour},
        ),
        vega.layer(
            {"type": "point", "size": 40, "filled": True, "opacity": 1},
            {
                "x": x,
                "y": y,
                "color": colour,
                "shape": legend,
                "tooltip": vega.tips(adapter="adapter", metric="measure", dose="dose", told="change", pairs="pairs"),
            },
        ),
    ]
    return vega.chart(
        f"{treatment}: change of each measure with the dose",
        {
            "data": {"values": rows},
            "facet": {"field": "adapter", "type": "nominal", "title": None, "sort": panels},
            "columns": COLUMNS,
            # Few panels are wide enough for the legend above them, which would be cut off.
            "spec": {"width": 150 * COLUMNS // min(len(panels), COLUMNS), "height": 120, "layer": layers},
        },
    )


def _dosed(row: Response, adapter: str, several: bool) -> list[vega.Row]:
    """The point of a response, and of all but leakage the plain page that the curve begins at."""
    common: vega.Row = {
        "adapter": f"{adapter}, {visible(row.dialect)}" if several else adapter,
        "metric": visible(row.metric),
        "pairs": row.pairs,
    }
    known = row.change is not None and row.low is not None and row.high is not None
    ends = f" [{row.low:+.3f}, {row.high:+.3f}]" if known else ""
    start: vega.Row = {**common, "dose": 0, "y": 0.0, "low": None, "high": None, "told": "plain page"}
    point: vega.Row = {**common, "dose": row.dose, "y": row.change, "low": row.low, "high": row.high}
    point["told"] = f"{row.change:+.3f}{ends}"
    return [point] if row.metric.startswith(LEAK) else [start, point]


def _in_order_of(rows: Sequence[vega.Row], field: str) -> list[object]:
    return list(dict.fromkeys(row[field] for row in rows))
