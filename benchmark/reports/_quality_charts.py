"""Charts of what extractors keep, lose and let through, and at what cost: results in, specifications out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..records import Comparison, Metric, Results, Summary
from ..regions import NAMED
from . import _vega as vega
from ._boards import FACTORS, TIMES, Board, board_of, figure
from ._foreign import distinct, visible
from ._verdict import half_width

LINE = 13
"""Least distance of two labels, in pixels."""

LEAKED, LOST = "leaked", "lost"
"""The middle of a metric's name, `<scorer>.<measure>.<kind>`, for boilerplate let through and main text lost."""

EXTRACTOR, APART = "extractor", "converter or floor"

VERDICTS = {
    "better": (vega.BLUE, "triangle-up"),
    "worse": (vega.VERMILION, "triangle-down"),
    "equivalent": (vega.GREEN, "square"),
    "not separated": (vega.GREY, "circle"),
    "not tested": (vega.GREY, "cross"),
}
"""What the tests say of a pair -> colour and shape of its mark."""


def pareto(results: Results, corpus: str) -> vega.Spec | None:
    """Quality against speed, each with its interval; the line joins those that none is better and faster than.

    Quality is the measure that sorts the leaderboard, speed the first headline measure in factors or times: None where
    either is missing. Only extractors are on the line, not converters and floors.
    """
    shown = board_of(results, corpus)
    quality, speed = shown.ranking, _first(shown, results, (*FACTORS, *TIMES))
    if quality is None or speed is None:
        return None
    names = distinct(shown.adapters)
    rows = [
        row
        for adapter in shown.adapters
        if (row := _point(results, shown, adapter, names[adapter], quality, speed)) is not None
    ]
    if not rows:
        return None
    extractors = [row for row in rows if row["group"] == EXTRACTOR]
    line = _front(extractors, higher=quality.direction == "higher")
    frame = _Frame.around(extractors or rows, line)
    outside = [f"{row['adapter']} ({row['quality']} at {row['speed']})" for row in rows if not frame.holds(row)]
    rows = [row for row in rows if frame.holds(row)]
    across = {"type": "quantitative", "scale": {"type": "log", "domain": list(frame.across), "nice": False}}
    up = {"type": "quantitative", "scale": {"domain": list(frame.up), "zero": False, "nice": False}}
    x: vega.Spec = {
        "field": "x",
        "title": vega.axis_title(speed),
        **across,
        "axis": {"values": vega.ticks(*frame.across), "format": "~g"},
    }
    y: vega.Spec = {"field": "y", "title": vega.axis_title(quality), **up}
    tips = vega.tips(adapter="adapter", quality=quality.name, speed=speed.name, group="kind")
    groups = vega.legend("group", [EXTRACTOR, APART])
    layers = [
        vega.layer(vega.whisker(), {"x": {**x, "field": "x_low"}, "x2": {"field": "x_high"}, "y": y}),
        vega.layer(vega.whisker(), {"x": x, "y": {**y, "field": "y_low"}, "y2": {"field": "y_high"}}),
        vega.layer(
            {"type": "point", "size": 46, "filled": True, "opacity": 0.9},
            {
                "x": x,
                "y": y,
                "color": {**groups, "scale": {"domain": [EXTRACTOR, APART], "range": [vega.BLUE, vega.ORANGE]}},
                "shape": {**groups, "scale": {"domain": [EXTRACTOR, APART], "range": ["circle", "diamond"]}},
                "tooltip": tips,
            },
        ),
        {
            **vega.layer({"type": "line", "interpolate": "step-after", "color": vega.VERMILION}, {"x": x, "y": y}),
            "data": {"values": line},
        },
        {
            **vega.layer(
                {"type": "point", "size": 120, "filled": False, "color": vega.VERMILION, "strokeWidth": 1.5},
                {"x": x, "y": y, "tooltip": tips},
            ),
            "data": {"values": line},
        },
        {
            **vega.layer(
                {"type": "text", "align": "right", "baseline": "bottom", "dx": -7, "dy": -4, "fontSize": 11},
                {"x": x, "y": {**y, "field": "label_at"}, "text": {"field": "adapter"}},
            ),
            "data": {"values": frame.labelled(line)},
        },
    ]
    about = f"{corpus}: {quality.name} against {speed.name}, 95 % intervals; line: none is better and faster"
    return vega.chart(
        about,
        {"data": {"values": rows}, "width": vega.WIDTH, "height": vega.HEIGHT, "layer": layers, **_outside(outside)},
    )


def leak_map(results: Results, corpus: str) -> vega.Spec | None:
    """How much of each kind of boilerplate each adapter lets through: adapters by kinds, shares printed in the cells.

    Navigation, player and comments come first. Kinds that no page has are left out; None where no page has any.
    """
    return _heat_map(results, corpus, LEAKED, NAMED)


def block_loss(results: Results, corpus: str) -> vega.Spec | None:
    """How much of each type of block of the main text each adapter loses; None where the corpus has no regions."""
    return _heat_map(results, corpus, LOST, ())


def forest(results: Results, corpus: str, chosen: str, *, every: bool = False) -> vega.Spec | None:
    """Paired differences of every adapter to a chosen one on the measure that sorts the leaderboard.

    The interval is the difference ± t standard errors, t the 97.5 % point of Student's distribution with clusters - 1
    degrees of freedom: of each pair by itself, so that it can leave out zero where the test that is adjusted for all
    pairs does not separate the two; the marks follow the test. None where `chosen` is compared with none, and for a
    measure whose differences are not of means. With `every`, there are marks for verdicts that no row has, so that
    other rows can be put in.
    """
    shown = board_of(results, corpus)
    metric = shown.ranking
    if metric is None or metric.aggregate.kind == "geometric":
        return None
    names = distinct(shown.adapters)
    pairs = {
        (row.b if row.a == chosen else row.a): row
        for row in results.comparisons
        if (row.corpus, row.metric) == (corpus, metric.name) and chosen in (row.a, row.b)
    }
    rows = [_difference(pairs[one], chosen, names[one], metric) for one in shown.adapters if one in pairs]
    if not rows:
        return None
    verdicts = [one for one in VERDICTS if every or any(row["verdict"] == one for row in rows)]
    y = vega.rows_of_adapters(row["adapter"] for row in rows)
    x: vega.Spec = {
        "field": "x",
        "type": "quantitative",
        "title": f"{vega.axis_title(metric)}: difference to {visible(chosen)}",
    }
    legend = vega.legend("verdict", verdicts)
    colours, shapes = ([VERDICTS[one][place] for one in verdicts] for place in (0, 1))
    layers = [
        vega.lines_at((0,), x),
        vega.layer(vega.whisker(1.5), {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y}),
        vega.layer(
            {"type": "point", "size": 55, "filled": True, "opacity": 1},
            {
                "x": x,
                "y": y,
                "color": {**legend, "scale": {"domain": verdicts, "range": colours}},
                "shape": {**legend, "scale": {"domain": verdicts, "range": shapes}},
                "tooltip": vega.tips(adapter="adapter", told="difference", verdict="verdict", clusters="clusters"),
            },
        ),
    ]
    about = f"{corpus}: paired differences in {metric.name} to {visible(chosen)}, 95 % intervals pair by pair"
    return vega.chart(
        about, {"data": {"values": rows}, "width": vega.WIDTH, "height": {"step": vega.STEP}, "layer": layers}
    )


def _point(results: Results, shown: Board, adapter: str, label: str, quality: Metric, speed: Metric) -> vega.Row | None:
    """Where an adapter stands among quality and speed; None where it has no value, or none a logarithm can show."""
    up, across = shown.rows.get((adapter, quality.name)), shown.rows.get((adapter, speed.name))
    if up is None or across is None or not vega.finite(up.estimate) or not vega.positive(across.estimate):
        return None
    return {
        "adapter": label,
        "group": APART if adapter in results.counted_apart else EXTRACTOR,
        "x": across.estimate,
        "x_low": across.low if vega.positive(across.low) else None,
        "x_high": across.high if vega.positive(across.low) else None,
        "y": up.estimate,
        "y_low": up.low,
        "y_high": up.high,
        "quality": vega.told(up, quality),
        "speed": vega.told(across, speed),
    }


def _front(rows: Iterable[vega.Row], *, higher: bool) -> list[vega.Row]:
    """Rows that no other beats on one axis without losing on the other, by speed, the fastest first."""
    best = -math.inf
    line = []
    for row in sorted(
        rows, key=lambda row: (vega.number(row["x"]), -vega.number(row["y"]) if higher else vega.number(row["y"]))
    ):
        worth = vega.number(row["y"]) if higher else -vega.number(row["y"])
        if worth > best:
            best = worth
            line.append(row)
    return line


@dataclass(frozen=True)
class _Frame:
    """The stretch of the two axes that a chart of points shows."""

    across: tuple[float, float]
    """Ends of the logarithmic axis."""
    up: tuple[float, float]
    """Ends of the other."""

    @classmethod
    def around(cls, rows: Sequence[vega.Row], line: Sequence[vega.Row]) -> _Frame:
        """Room for every point, and for the names of those on the line, which stand left of and above them."""
        across, up = vega.ends(rows, "x"), vega.ends(rows, "y", "y_low", "y_high")
        wide, tall = max(across[1] / across[0], 2.0), max(up[1] - up[0], 1e-3)
        bare = cls((across[0] / wide**0.22, across[1] * wide**0.04), (up[0] - 0.03 * tall, up[1] + 0.03 * tall))
        highest = max((vega.number(row["label_at"]) for row in bare.labelled(line)), default=up[1])
        return cls(bare.across, (bare.up[0], max(bare.up[1], highest + 2 * bare.gap)))

    @property
    def gap(self) -> float:
        """Height of a line of text, in units of the axis."""
        return LINE * (self.up[1] - self.up[0]) / vega.HEIGHT

    def holds(self, row: vega.Row) -> bool:
        """Whether a point stands within both axes."""
        x, y = vega.number(row["x"]), vega.number(row["y"])
        return self.across[0] <= x <= self.across[1] and self.up[0] <= y <= self.up[1]

    def labelled(self, line: Sequence[vega.Row]) -> list[vega.Row]:
        """The points of the line with the height of their names: none closer to the one before than a line of text."""
        found: list[vega.Row] = []
        taken = -math.inf
        for row in sorted(line, key=lambda row: vega.number(row["y"])):
            taken = max(vega.number(row["y"]), taken + self.gap)
            found.append({**row, "label_at": taken})
        return found


def _heat_map(results: Results, corpus: str, measure: str, first: Sequence[str]) -> vega.Spec | None:
    """Adapters by the last part of the names of a family of metrics, lower is better."""
    shown = board_of(results, corpus)
    family = [one for one in results.metrics if _is_of(one, measure)]
    family.sort(key=lambda one: _place(_kind(one), first))
    names = distinct(shown.adapters, results.counted_apart)
    found = [
        (adapter, metric, row)
        for adapter in shown.adapters
        for metric in family
        if (row := shown.rows.get((adapter, metric.name))) is not None and vega.finite(row.estimate)
    ]
    if not found:
        return None
    rows = [_cell(names[adapter], metric, row) for adapter, metric, row in found]
    present = [kind for kind in dict.fromkeys(map(_kind, family)) if any(row["kind"] == kind for row in rows)]
    x: vega.Spec = {
        "field": "kind",
        "type": "nominal",
        "sort": present,
        "title": None,
        "axis": {"orient": "top", "labelAngle": -40, "domain": False, "ticks": False},
    }
    y = vega.rows_of_adapters(row["adapter"] for row in rows)
    colour: vega.Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"scheme": "cividis", "domain": [0, 1], "clamp": True},
        "legend": {"title": f"share {measure}", "orient": "top", "gradientLength": 200},
    }
    ink: vega.Spec = {"condition": {"test": "datum.value > 0.47", "value": "#000000"}, "value": "#ffffff"}
    tips = vega.tips(adapter="adapter", kind="kind", told=f"share {measure}", n="pages")
    layers = [
        vega.layer({"type": "rect"}, {"x": x, "y": y, "color": colour, "tooltip": tips}),
        vega.layer(
            {"type": "text", "fontSize": 10, "fontWeight": "bold"},
            {"x": x, "y": y, "text": {"field": "figure"}, "color": ink, "tooltip": tips},
        ),
    ]
    size: vega.Spec = {"width": {"step": 46}, "height": {"step": vega.STEP}}
    about = f"{corpus}: share {measure}, by adapter and kind"
    return vega.chart(about, {"data": {"values": rows}, **size, "layer": layers})


def _is_of(metric: Metric, measure: str) -> bool:
    """Whether a metric is one of the figures of its measure, one for each kind, that short tables group."""
    parts = metric.name.split(".")
    return bool(metric.group) and len(parts) == 3 and parts[1] == measure


def _kind(metric: Metric) -> str:
    return visible(metric.name.rpartition(".")[2].replace("_", " "))


def _place(kind: str, first: Sequence[str]) -> int:
    return first.index(kind) if kind in first else len(first)


def _cell(adapter: str, metric: Metric, row: Summary) -> vega.Row:
    return {
        "adapter": adapter,
        "kind": _kind(metric),
        "value": row.estimate,
        "figure": figure(row.estimate, metric.unit),
        "told": vega.told(row, metric),
        "n": row.n,
    }


def _difference(row: Comparison, chosen: str, adapter: str, metric: Metric) -> vega.Row:
    """One line of the forest: the difference as other less chosen, whichever way round the pair was stored."""
    difference = -row.difference if row.a == chosen else row.difference
    reach = half_width(row)
    low, high = (difference - reach, difference + reach) if math.isfinite(reach) else (None, None)
    ends = "" if low is None or high is None else f" [{low:+.3f}, {high:+.3f}]"
    return {
        "adapter": adapter,
        "x": difference,
        "low": low,
        "high": high,
        "told": f"{difference:+.3f}{ends}",
        "verdict": _verdict(row, difference, metric),
        "clusters": row.clusters,
    }


def _verdict(row: Comparison, difference: float, metric: Metric) -> str:
    if row.separated is None:
        return "not tested"
    if row.separated:
        return "better" if (difference > 0) == (metric.direction == "higher") else "worse"
    return "equivalent" if row.equivalent else "not separated"


def _first(shown: Board, results: Results, units: Sequence[str]) -> Metric | None:
    """The first headline measure in one of the units that has a value on the corpus; lower must be better."""
    valued = {name for (_, name), row in shown.rows.items() if row.estimate is not None}
    wanted = [one for one in results.metrics if one.headline and one.direction == "lower" and one.name in valued]
    return next((metric for unit in units for metric in wanted if metric.unit == unit), None)


def _outside(outside: Sequence[str]) -> vega.Spec:
    """Names the converters and floors that stand so far off that the chart leaves them out."""
    return vega.note(f"outside the chart: {', '.join(outside)}") if outside else {}
