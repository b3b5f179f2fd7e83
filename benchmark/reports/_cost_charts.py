"""Charts of what extractors cost: time and memory of a page, and how time grows with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..records import Metric, Results
from . import _vega as vega
from ._boards import SIZES, TIMES, UNITS, Board, board_of, figure
from ._foreign import distinct

MARKS_OF_VALUES = {
    "median": (vega.BLUE, "circle"),
    "p95": (vega.GREEN, "square"),
    "p99": (vega.ORANGE, "diamond"),
    "max": (vega.VERMILION, "cross"),
}
"""Ways to sum up a distribution, from its middle to its end -> colour and shape."""
NAMED = 5
"""Adapters without a value that a chart names."""


def tail(results: Results, corpus: str) -> vega.Spec | None:
    """Time of a page for each adapter: median, 95 and 99 of 100 pages, and the slowest; None where none was timed."""
    return _spread(results, corpus, TIMES, "time of a page")


def memory(results: Results, corpus: str) -> vega.Spec | None:
    """Memory of each adapter on the page in the middle and on the worst one; None where none was measured."""
    return _spread(results, corpus, SIZES, "memory on a page")


def growth(results: Results, corpus: str) -> vega.Spec | None:
    """How time grows as a page's body is repeated: the exponent, and up to how many times it was answered.

    A run holds the exponents, not the times at each size, so that the chart shows those. None where none was taken.
    """
    shown = board_of(results, corpus)
    metric = next((one for one in results.metrics if one.unit == "exponent"), None)
    names = distinct(shown.adapters, results.counted_apart)
    rows = _growths(shown, metric, names) if metric else []
    if not rows:
        return None
    y = vega.rows_of_adapters(row["adapter"] for row in rows)
    x: vega.Spec = {
        "field": "x",
        "type": "quantitative",
        "title": "exponent: 1 in step with the page, 2 with its square",
    }
    legend = vega.legend("reached", _in_order(row["reached"] for row in rows), "answered up to")
    known = {row["adapter"] for row in rows}
    lacking = [name for name in names.values() if name not in known]
    rest = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
    note = vega.note(f"not taken of {', '.join(lacking[:NAMED])}{rest}") if lacking else {}
    layers = [
        vega.lines_at((1, 2), x),
        vega.layer(
            {"type": "rule", "color": vega.GREY, "opacity": 0.5},
            {"x": {**x, "field": "nought"}, "x2": {"field": "x"}, "y": y},
        ),
        vega.layer(
            {"type": "point", "size": 55, "filled": True, "opacity": 1, "color": vega.BLUE},
            {
                "x": x,
                "y": y,
                "shape": legend,
                "tooltip": vega.tips(adapter="adapter", told="exponent", reached="answered up to", n="pages"),
            },
        ),
    ]
    about = f"{corpus}: growth of CPU time with the page"
    size: vega.Spec = {"width": vega.WIDTH, "height": {"step": vega.STEP}}
    return vega.chart(about, {"data": {"values": rows}, **size, "layer": layers, **note})


def _spread(results: Results, corpus: str, units: Sequence[str], what: str) -> vega.Spec | None:
    """Adapters by the middle and the end of a distribution, on a logarithmic axis, ordered by the middle."""
    shown = board_of(results, corpus)
    family = _family(results, shown, units)
    names = distinct(shown.adapters, results.counted_apart)
    rows = [
        {
            "adapter": names[adapter],
            "value": vega.in_unit(row.estimate, metric),
            "kind": metric.aggregate.kind,
            "told": figure(row.estimate, metric.unit),
            "n": row.n,
        }
        for adapter in shown.adapters
        for metric in family
        if (row := shown.rows.get((adapter, metric.name))) is not None and vega.positive(row.estimate)
    ]
    if not rows:
        return None
    middles = {row["adapter"]: vega.number(row["value"]) for row in reversed(rows)}
    y = vega.rows_of_adapters(sorted(middles, key=lambda adapter: (middles[adapter], str(adapter))))
    kinds = [metric.aggregate.kind for metric in family]
    suffix = UNITS.get(family[0].unit, (1.0, f" {family[0].unit}"))[1].strip()
    low, high = vega.ends(rows, "value")
    ends = [low / 1.2, high * 1.2]
    x: vega.Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"type": "log", "domain": ends, "nice": False},
        "title": f"{what}, {suffix}",
        "axis": {"values": vega.ticks(low / 1.2, high * 1.2), "format": "~g"},
    }
    legend = vega.legend("kind", kinds, "of the pages")
    colours, shapes = ([MARKS_OF_VALUES[kind][place] for kind in kinds] for place in (0, 1))
    layers = [
        vega.layer(
            {"type": "rule", "color": vega.GREY},
            {"x": {**x, "aggregate": "min"}, "x2": {"field": "value", "aggregate": "max"}, "y": y},
        ),
        vega.layer(
            {"type": "point", "size": 55, "filled": True, "opacity": 1},
            {
                "x": x,
                "y": y,
                "color": {**legend, "scale": {"domain": kinds, "range": colours}},
                "shape": {**legend, "scale": {"domain": kinds, "range": shapes}},
                "tooltip": vega.tips(adapter="adapter", kind="of the pages", told=what, n="pages"),
            },
        ),
    ]
    about = f"{corpus}: {what}, {', '.join(kinds)}"
    return vega.chart(
        about, {"data": {"values": rows}, "width": vega.WIDTH, "height": {"step": vega.STEP}, "layer": layers}
    )


def _family(results: Results, shown: Board, units: Sequence[str]) -> list[Metric]:
    """The metrics that sum up one distribution in several ways, the middle first; empty where there are none.

    They are told by their declarations: the same unit, and names that differ by how pages are aggregated alone.
    """
    valued = {name for (_, name), row in shown.rows.items() if vega.positive(row.estimate)}
    families: dict[str, list[Metric]] = {}
    for metric in results.metrics:
        kind = metric.aggregate.kind
        if metric.unit in units and kind in MARKS_OF_VALUES and metric.name in valued:
            families.setdefault(metric.name.removesuffix(f"_{kind}"), []).append(metric)
    found = max(families.values(), key=len, default=[])
    if len(found) < 2:
        return []
    return sorted(found, key=lambda metric: list(MARKS_OF_VALUES).index(metric.aggregate.kind))


def _growths(shown: Board, metric: Metric, names: Mapping[str, str]) -> list[vega.Row]:
    rows: list[vega.Row] = []
    for adapter in shown.adapters:
        row, reached = (shown.rows.get((adapter, name)) for name in (metric.name, f"{metric.name}_reached"))
        if row is not None and vega.finite(row.estimate):
            known = reached is not None and reached.estimate is not None
            rows.append(
                {
                    "adapter": names[adapter],
                    "nought": 0,
                    "x": row.estimate,
                    "told": figure(row.estimate, "share"),
                    "reached": f"{reached.estimate:g} times" if known and reached is not None else "unknown",
                    "n": row.n,
                }
            )
    return sorted(rows, key=lambda row: (vega.number(row["x"]), str(row["adapter"])))


def _in_order(values: Iterable[object]) -> list[str]:
    return sorted({str(value) for value in values}, key=lambda value: (len(value), value))
