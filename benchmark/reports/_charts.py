"""Charts of a run as plain Vega-Lite specifications: results in, dicts out, None where a run has nothing to show.

Plain dicts, since Altair numbers its parts by a counter of the process, so that a chart would depend on those drawn
before it; `altair.Chart.from_dict` reads them, and the tests hold them against its schema. Names of adapters and pages
stand in the data only, never in an expression. No specification has a background, and none the colour of any text:
`themed` adds them, for a light page or a dark one.

No chart tells by colour alone: shapes, dashes, places and printed numbers say the same. Colours are those of Okabe and
Ito ("Color Universal Design", 2008), and cividis (Nuñez, Anderton & Renslow 2018) where they stand for amounts.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..records import Comparison, Metric, Response, Results, Summary
from ..regions import NAMED
from ._boards import UNITS, Board, figure
from .markdown import board, visible

Spec = dict[str, object]
Row = dict[str, object]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""The language of the specifications; the tests hold it against the Altair that is installed."""

BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = (
    *("#000000", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7"),
)
GREY = "#8c8c8c"
"""Reads on white and on black."""

FONT = "system-ui, sans-serif"
STEP = 17
"""Height of a row of a chart that has one for each adapter, in pixels."""
WIDTH, HEIGHT = 640, 420
"""Size of a chart that has no such rows, in pixels."""
NAME_WIDTH = 260
"""Pixels of an adapter's name that are shown; the tooltip has all of it."""
SHORT = 3.5
"""Powers of ten on a logarithmic axis up to which 2 and 5 are marked between them."""
LINE = 13
"""Least distance of two labels, in pixels."""
LEAKED, LOST = "leaked", "lost"
"""The middle of a metric's name, `<scorer>.<measure>.<kind>`, for boilerplate let through and main text lost."""
TIMES = ("ns", "ms", "s")
SIZES = ("bytes", "MB")
FACTORS = ("ratio",)
MARKS_OF_VALUES = {
    "median": (BLUE, "circle"),
    "p95": (GREEN, "square"),
    "p99": (ORANGE, "diamond"),
    "max": (VERMILION, "cross"),
}
"""Ways to sum up a distribution, from its middle to its end -> colour and shape."""
EXTRACTOR, APART = "extractor", "converter or floor"


def light() -> Spec:
    """A Vega-Lite configuration for pages with dark text on a light ground."""
    return _config(ink="#1f2328", faint="#d8dce0")


def dark() -> Spec:
    """A Vega-Lite configuration for pages with light text on a dark ground."""
    return _config(ink="#e6e8eb", faint="#3a4048")


def of_corpus(results: Results, corpus: str, chosen: str | None = None) -> dict[str, Spec]:
    """Name -> chart, of all charts of a corpus that have something to show; differences are to `chosen`.

    By default they are to the adapter that stands first in the leaderboard.
    """
    best = chosen or next(iter(board(results, corpus).adapters), "")
    found = {
        "pareto": pareto(results, corpus),
        "leakage": leak_map(results, corpus),
        "losses": block_loss(results, corpus),
        "differences": forest(results, corpus, best),
        "times": tail(results, corpus),
        "memory": memory(results, corpus),
        "growth": growth(results, corpus),
    }
    return {name: spec for name, spec in found.items() if spec is not None}


def themed(spec: Spec, config: Mapping[str, object], background: str = "transparent") -> Spec:
    """The chart with the configuration and ground of the place it will stand in."""
    return {**spec, "background": background, "config": dict(config)}


def pareto(results: Results, corpus: str) -> Spec | None:
    """Quality against speed, each with its interval; the line joins those that none is better and faster than.

    Quality is the measure that sorts the leaderboard, speed the first headline measure in factors or times: None where
    either is missing. Only extractors are on the line, not converters and floors.
    """
    shown = board(results, corpus)
    quality, speed = shown.ranking, _first(shown, results, (*FACTORS, *TIMES))
    if quality is None or speed is None:
        return None
    names = _names(shown.adapters)
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
    x: Spec = {
        "field": "x",
        "title": _title(speed),
        **across,
        "axis": {"values": _ticks(*frame.across), "format": "~g"},
    }
    y: Spec = {"field": "y", "title": _title(quality), **up}
    tips = _tips(adapter="adapter", quality=quality.name, speed=speed.name, group="kind")
    groups = _legend("group", [EXTRACTOR, APART])
    layers = [
        _layer(_whisker(), {"x": {**x, "field": "x_low"}, "x2": {"field": "x_high"}, "y": y}),
        _layer(_whisker(), {"x": x, "y": {**y, "field": "y_low"}, "y2": {"field": "y_high"}}),
        _layer(
            {"type": "point", "size": 46, "filled": True, "opacity": 0.9},
            {
                "x": x,
                "y": y,
                "color": {**groups, "scale": {"domain": [EXTRACTOR, APART], "range": [BLUE, ORANGE]}},
                "shape": {**groups, "scale": {"domain": [EXTRACTOR, APART], "range": ["circle", "diamond"]}},
                "tooltip": tips,
            },
        ),
        {
            **_layer({"type": "line", "interpolate": "step-after", "color": VERMILION}, {"x": x, "y": y}),
            "data": {"values": line},
        },
        {
            **_layer(
                {"type": "point", "size": 120, "filled": False, "color": VERMILION, "strokeWidth": 1.5},
                {"x": x, "y": y, "tooltip": tips},
            ),
            "data": {"values": line},
        },
        {
            **_layer(
                {"type": "text", "align": "right", "baseline": "bottom", "dx": -7, "dy": -4, "fontSize": 11},
                {"x": x, "y": {**y, "field": "label_at"}, "text": {"field": "adapter"}},
            ),
            "data": {"values": frame.labelled(line)},
        },
    ]
    about = f"{corpus}: {quality.name} against {speed.name}, 95 % intervals; line: none is better and faster"
    return _spec(about, {"data": {"values": rows}, "width": WIDTH, "height": HEIGHT, "layer": layers, **_note(outside)})


def leak_map(results: Results, corpus: str) -> Spec | None:
    """How much of each kind of boilerplate each adapter lets through: adapters by kinds, shares printed in the cells.

    Navigation, player and comments come first. Kinds that no page has are left out; None where no page has any.
    """
    return _heat_map(results, corpus, LEAKED, NAMED)


def block_loss(results: Results, corpus: str) -> Spec | None:
    """How much of each type of block of the main text each adapter loses; None where the corpus has no regions."""
    return _heat_map(results, corpus, LOST, ())


def forest(results: Results, corpus: str, chosen: str, *, every: bool = False) -> Spec | None:
    """Paired differences of every adapter to a chosen one on the measure that sorts the leaderboard.

    The interval is the difference ± t standard errors, t the 97.5 % point of Student's distribution with clusters - 1
    degrees of freedom: of each pair by itself, so that it can leave out zero where the test that is adjusted for all
    pairs does not separate the two; the marks follow the test. None where `chosen` is compared with none, and for a
    measure whose differences are not of means. With `every`, there are marks for verdicts that no row has, so that
    other rows can be put in.
    """
    shown = board(results, corpus)
    metric = shown.ranking
    if metric is None or metric.aggregate.kind == "geometric":
        return None
    names = _names(shown.adapters)
    pairs = {
        (row.b if row.a == chosen else row.a): row
        for row in results.comparisons
        if (row.corpus, row.metric) == (corpus, metric.name) and chosen in (row.a, row.b)
    }
    rows = [_difference(pairs[one], chosen, names[one], metric) for one in shown.adapters if one in pairs]
    if not rows:
        return None
    verdicts = [one for one in VERDICTS if every or any(row["verdict"] == one for row in rows)]
    y = _adapters(row["adapter"] for row in rows)
    x: Spec = {"field": "x", "type": "quantitative", "title": f"{_title(metric)}: difference to {visible(chosen)}"}
    legend = _legend("verdict", verdicts)
    colours, shapes = ([VERDICTS[one][place] for one in verdicts] for place in (0, 1))
    layers = [
        _lines_at((0,), x),
        _layer(_whisker(1.5), {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y}),
        _layer(
            {"type": "point", "size": 55, "filled": True, "opacity": 1},
            {
                "x": x,
                "y": y,
                "color": {**legend, "scale": {"domain": verdicts, "range": colours}},
                "shape": {**legend, "scale": {"domain": verdicts, "range": shapes}},
                "tooltip": _tips(adapter="adapter", told="difference", verdict="verdict", clusters="clusters"),
            },
        ),
    ]
    about = f"{corpus}: paired differences in {metric.name} to {visible(chosen)}, 95 % intervals pair by pair"
    return _spec(about, {"data": {"values": rows}, "width": WIDTH, "height": {"step": STEP}, "layer": layers})


def tail(results: Results, corpus: str) -> Spec | None:
    """Time of a page for each adapter: median, 95 and 99 of 100 pages, and the slowest; None where none was timed."""
    return _spread(results, corpus, TIMES, "time of a page")


def memory(results: Results, corpus: str) -> Spec | None:
    """Memory of each adapter on the page in the middle and on the worst one; None where none was measured."""
    return _spread(results, corpus, SIZES, "memory on a page")


def growth(results: Results, corpus: str) -> Spec | None:
    """How time grows as a page's body is repeated: the exponent, and up to how many times it was answered.

    A run holds the exponents, not the times at each size, so that the chart shows those. None where none was taken.
    """
    shown = board(results, corpus)
    metric = next((one for one in results.metrics if one.unit == "exponent"), None)
    rows = _growths(shown, metric, _names(shown.adapters, results.counted_apart)) if metric else []
    if not rows:
        return None
    y = _adapters(row["adapter"] for row in rows)
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "title": "exponent: 1 in step with the page, 2 with its square",
    }
    legend = {**_legend("reached", _in_order(row["reached"] for row in rows)), "title": "answered up to"}
    layers = [
        _lines_at((1, 2), x),
        _layer(
            {"type": "rule", "color": GREY, "opacity": 0.5},
            {"x": {**x, "field": "nought"}, "x2": {"field": "x"}, "y": y},
        ),
        _layer(
            {"type": "point", "size": 55, "filled": True, "opacity": 1, "color": BLUE},
            {
                "x": x,
                "y": y,
                "shape": legend,
                "tooltip": _tips(adapter="adapter", told="exponent", reached="answered up to", n="pages"),
            },
        ),
    ]
    about = f"{corpus}: growth of CPU time with the page"
    return _spec(about, {"data": {"values": rows}, "width": WIDTH, "height": {"step": STEP}, "layer": layers})


def treatments(results: Results) -> list[str]:
    """The treatments whose doses a run measured, in the order of its rows."""
    return list(dict.fromkeys(row.treatment for row in results.responses))


def doses(results: Results, treatment: str) -> Spec | None:
    """What doses of a treatment do: a panel for each extractor, a curve for each measure that is a share.

    A curve shows the change against the plain page, so that it begins at 0; of leakage that is what leaks of the
    treatment itself. Intervals are over bodies, none below 20 of them. None where the run has no dose of it.
    """
    units = {metric.name: metric.unit for metric in results.metrics}
    found = [
        row
        for row in results.responses
        if row.treatment == treatment and not row.design and units.get(row.metric) == "share" and _finite(row.change)
    ]
    if not found:
        return None
    names = _names(dict.fromkeys(row.adapter for row in found))
    several = len({row.dialect for row in found}) > 1
    rows = [row for one in found for row in _dosed(one, names[one.adapter], several)]
    measures = list(dict.fromkeys(str(row["metric"]) for row in rows))
    x: Spec = {"field": "dose", "type": "quantitative", "title": "dose", "axis": {"tickCount": 4}}
    y: Spec = {"field": "y", "type": "quantitative", "title": "change"}
    legend = _legend("metric", measures)
    colour: Spec = {**legend, "scale": {"domain": measures, "range": [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY]}}
    layers = [
        _lines_at((0,), y, axis="y"),
        _layer({"type": "line"}, {"x": x, "y": y, "color": colour, "strokeDash": legend}),
        _layer(
            {"type": "rule", "strokeWidth": 1.5},
            {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour},
        ),
        _layer(
            {"type": "point", "size": 40, "filled": True, "opacity": 1},
            {
                "x": x,
                "y": y,
                "color": colour,
                "shape": legend,
                "tooltip": _tips(adapter="adapter", metric="measure", dose="dose", told="change", pairs="pairs"),
            },
        ),
    ]
    return _spec(
        f"{treatment}: change of each measure with the dose",
        {
            "data": {"values": rows},
            "facet": {"field": "adapter", "type": "nominal", "title": None, "sort": _in_order_of(rows, "adapter")},
            "columns": 4,
            "spec": {"width": 150, "height": 120, "layer": layers},
        },
    )


# rows of charts ------------------------------------------------------------------------------------------------

VERDICTS = {
    "better": (BLUE, "triangle-up"),
    "worse": (VERMILION, "triangle-down"),
    "equivalent": (GREEN, "square"),
    "not separated": (GREY, "circle"),
    "not tested": (GREY, "cross"),
}
"""What the tests say of a pair -> colour and shape of its mark."""


def _point(results: Results, shown: Board, adapter: str, label: str, quality: Metric, speed: Metric) -> Row | None:
    """Where an adapter stands among quality and speed; None where it has no value, or none a logarithm can show."""
    up, across = shown.rows.get((adapter, quality.name)), shown.rows.get((adapter, speed.name))
    if up is None or across is None or not _finite(up.estimate) or not _positive(across.estimate):
        return None
    return {
        "adapter": label,
        "group": APART if adapter in results.counted_apart else EXTRACTOR,
        "x": across.estimate,
        "x_low": across.low if _positive(across.low) else None,
        "x_high": across.high if _positive(across.low) else None,
        "y": up.estimate,
        "y_low": up.low,
        "y_high": up.high,
        "quality": _told(up, quality),
        "speed": _told(across, speed),
    }


def _front(rows: Iterable[Row], *, higher: bool) -> list[Row]:
    """Rows that no other beats on one axis without losing on the other, by speed, the fastest first."""
    best = -math.inf
    line = []
    for row in sorted(rows, key=lambda row: (_number(row["x"]), -_number(row["y"]) if higher else _number(row["y"]))):
        worth = _number(row["y"]) if higher else -_number(row["y"])
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
    def around(cls, rows: Sequence[Row], line: Sequence[Row]) -> _Frame:
        """Room for every point, and for the names of those on the line, which stand left of and above them."""
        across, up = _ends(rows, "x"), _ends(rows, "y", "y_low", "y_high")
        wide, tall = max(across[1] / across[0], 2.0), max(up[1] - up[0], 1e-3)
        bare = cls((across[0] / wide**0.22, across[1] * wide**0.04), (up[0] - 0.03 * tall, up[1] + 0.03 * tall))
        highest = max((_number(row["label_at"]) for row in bare.labelled(line)), default=up[1])
        return cls(bare.across, (bare.up[0], max(bare.up[1], highest + 2 * bare.gap)))

    @property
    def gap(self) -> float:
        """Height of a line of text, in units of the axis."""
        return LINE * (self.up[1] - self.up[0]) / HEIGHT

    def holds(self, row: Row) -> bool:
        """Whether a point stands within both axes."""
        x, y = _number(row["x"]), _number(row["y"])
        return self.across[0] <= x <= self.across[1] and self.up[0] <= y <= self.up[1]

    def labelled(self, line: Sequence[Row]) -> list[Row]:
        """The points of the line with the height of their names: none closer to the one before than a line of text."""
        found: list[Row] = []
        taken = -math.inf
        for row in sorted(line, key=lambda row: _number(row["y"])):
            taken = max(_number(row["y"]), taken + self.gap)
            found.append({**row, "label_at": taken})
        return found


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten between two ends of a logarithmic axis; of a long one the powers alone."""
    first, last = math.log10(low), math.log10(high)
    steps = (1, 2, 5) if last - first < SHORT else (1,)
    found = (step * 10.0**power for power in range(math.floor(first), math.ceil(last) + 1) for step in steps)
    return [one for one in found if low <= one <= high]


def _ends(rows: Sequence[Row], *fields: str) -> tuple[float, float]:
    values = [_number(row[field]) for row in rows for field in fields if row[field] is not None]
    return min(values), max(values)


def _heat_map(results: Results, corpus: str, measure: str, first: Sequence[str]) -> Spec | None:
    """Adapters by the last part of the names of a family of metrics, lower is better."""
    shown = board(results, corpus)
    family = [one for one in results.metrics if _is_of(one, measure)]
    family.sort(key=lambda one: _place(_kind(one), first))
    names = _names(shown.adapters, results.counted_apart)
    found = [
        (adapter, metric, row)
        for adapter in shown.adapters
        for metric in family
        if (row := shown.rows.get((adapter, metric.name))) is not None and _finite(row.estimate)
    ]
    if not found:
        return None
    rows = [_cell(names[adapter], metric, row) for adapter, metric, row in found]
    present = [kind for kind in dict.fromkeys(map(_kind, family)) if any(row["kind"] == kind for row in rows)]
    x: Spec = {
        "field": "kind",
        "type": "nominal",
        "sort": present,
        "title": None,
        "axis": {"orient": "top", "labelAngle": -40, "domain": False, "ticks": False},
    }
    y = _adapters(row["adapter"] for row in rows)
    colour: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"scheme": "cividis", "domain": [0, 1], "clamp": True},
        "legend": {"title": f"share {measure}", "orient": "top", "gradientLength": 200},
    }
    ink: Spec = {"condition": {"test": "datum.value > 0.47", "value": "#000000"}, "value": "#ffffff"}
    tips = _tips(adapter="adapter", kind="kind", told=f"share {measure}", n="pages")
    layers = [
        _layer({"type": "rect"}, {"x": x, "y": y, "color": colour, "tooltip": tips}),
        _layer(
            {"type": "text", "fontSize": 10, "fontWeight": "bold"},
            {"x": x, "y": y, "text": {"field": "figure"}, "color": ink, "tooltip": tips},
        ),
    ]
    size: Spec = {"width": {"step": 46}, "height": {"step": STEP}}
    about = f"{corpus}: share {measure}, by adapter and kind"
    return _spec(about, {"data": {"values": rows}, **size, "layer": layers})


def _is_of(metric: Metric, measure: str) -> bool:
    """Whether a metric is one of the figures of its measure, one for each kind, that short tables group."""
    parts = metric.name.split(".")
    return bool(metric.group) and len(parts) == 3 and parts[1] == measure


def _kind(metric: Metric) -> str:
    return visible(metric.name.rpartition(".")[2].replace("_", " "))


def _place(kind: str, first: Sequence[str]) -> int:
    return first.index(kind) if kind in first else len(first)


def _cell(adapter: str, metric: Metric, row: Summary) -> Row:
    return {
        "adapter": adapter,
        "kind": _kind(metric),
        "value": row.estimate,
        "figure": figure(row.estimate, metric.unit),
        "told": _told(row, metric),
        "n": row.n,
    }


def _difference(row: Comparison, chosen: str, adapter: str, metric: Metric) -> Row:
    """One line of the forest: the difference as other less chosen, whichever way round the pair was stored."""
    difference = -row.difference if row.a == chosen else row.difference
    reach = None if row.error is None or row.clusters < 2 else quantile(row.clusters - 1) * row.error
    low, high = (None, None) if reach is None else (difference - reach, difference + reach)
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


def quantile(freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, freedom))


def _verdict(row: Comparison, difference: float, metric: Metric) -> str:
    if row.separated is None:
        return "not tested"
    if row.separated:
        return "better" if (difference > 0) == (metric.direction == "higher") else "worse"
    return "equivalent" if row.equivalent else "not separated"


def _spread(results: Results, corpus: str, units: Sequence[str], what: str) -> Spec | None:
    """Adapters by the middle and the end of a distribution, on a logarithmic axis, ordered by the middle."""
    shown = board(results, corpus)
    family = _family(results, shown, units)
    names = _names(shown.adapters, results.counted_apart)
    rows = [
        {
            "adapter": names[adapter],
            "value": _in_unit(row.estimate, metric),
            "kind": metric.aggregate.kind,
            "told": figure(row.estimate, metric.unit),
            "n": row.n,
        }
        for adapter in shown.adapters
        for metric in family
        if (row := shown.rows.get((adapter, metric.name))) is not None and _positive(row.estimate)
    ]
    if not rows:
        return None
    middles = {row["adapter"]: _number(row["value"]) for row in reversed(rows)}
    y = _adapters(sorted(middles, key=lambda adapter: (middles[adapter], str(adapter))))
    kinds = [metric.aggregate.kind for metric in family]
    suffix = UNITS.get(family[0].unit, (1.0, f" {family[0].unit}"))[1].strip()
    low, high = _ends(rows, "value")
    ends = [low / 1.2, high * 1.2]
    x: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"type": "log", "domain": ends, "nice": False},
        "title": f"{what}, {suffix}",
        "axis": {"values": _ticks(low / 1.2, high * 1.2), "format": "~g"},
    }
    legend = {**_legend("kind", kinds), "title": "of the pages"}
    colours, shapes = ([MARKS_OF_VALUES[kind][place] for kind in kinds] for place in (0, 1))
    layers = [
        _layer(
            {"type": "rule", "color": GREY},
            {"x": {**x, "aggregate": "min"}, "x2": {"field": "value", "aggregate": "max"}, "y": y},
        ),
        _layer(
            {"type": "point", "size": 55, "filled": True, "opacity": 1},
            {
                "x": x,
                "y": y,
                "color": {**legend, "scale": {"domain": kinds, "range": colours}},
                "shape": {**legend, "scale": {"domain": kinds, "range": shapes}},
                "tooltip": _tips(adapter="adapter", kind="of the pages", told=what, n="pages"),
            },
        ),
    ]
    about = f"{corpus}: {what}, {', '.join(kinds)}"
    return _spec(about, {"data": {"values": rows}, "width": WIDTH, "height": {"step": STEP}, "layer": layers})


def _family(results: Results, shown: Board, units: Sequence[str]) -> list[Metric]:
    """The metrics that sum up one distribution in several ways, the middle first; empty where there are none.

    They are told by their declarations: the same unit, and names that differ by how pages are aggregated alone.
    """
    valued = {name for (_, name), row in shown.rows.items() if _positive(row.estimate)}
    families: dict[str, list[Metric]] = {}
    for metric in results.metrics:
        kind = metric.aggregate.kind
        if metric.unit in units and kind in MARKS_OF_VALUES and metric.name in valued:
            families.setdefault(metric.name.removesuffix(f"_{kind}"), []).append(metric)
    found = max(families.values(), key=len, default=[])
    if len(found) < 2:
        return []
    return sorted(found, key=lambda metric: list(MARKS_OF_VALUES).index(metric.aggregate.kind))


def _growths(shown: Board, metric: Metric, names: Mapping[str, str]) -> list[Row]:
    rows: list[Row] = []
    for adapter in shown.adapters:
        row, reached = (shown.rows.get((adapter, name)) for name in (metric.name, f"{metric.name}_reached"))
        if row is not None and _finite(row.estimate):
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
    return sorted(rows, key=lambda row: (_number(row["x"]), str(row["adapter"])))


def _dosed(row: Response, adapter: str, several: bool) -> list[Row]:
    """The point of a response, and the plain page that every curve begins at."""
    common: Row = {
        "adapter": f"{adapter}, {visible(row.dialect)}" if several else adapter,
        "metric": visible(row.metric),
        "pairs": row.pairs,
    }
    known = row.change is not None and row.low is not None and row.high is not None
    ends = f" [{row.low:+.3f}, {row.high:+.3f}]" if known else ""
    return [
        {**common, "dose": 0, "y": 0.0, "low": None, "high": None, "told": "plain page"},
        {**common, "dose": row.dose, "y": row.change, "low": row.low, "high": row.high}
        | {"told": f"{row.change:+.3f}{ends}"},
    ]


# parts of specifications ---------------------------------------------------------------------------------------


def _spec(about: str, parts: Spec) -> Spec:
    return {"$schema": SCHEMA, "description": visible(about), **parts}


def _note(outside: Sequence[str]) -> Spec:
    """A line below a chart that names the converters and floors that stand so far off that it leaves them out."""
    if not outside:
        return {}
    text = f"outside the chart: {', '.join(outside)}"
    return {"title": {"text": text, "orient": "bottom", "anchor": "start", "fontSize": 11, "fontWeight": "normal"}}


def _layer(mark: Spec, encoding: Spec) -> Spec:
    return {"mark": mark, "encoding": encoding}


def _whisker(width: float = 1.0) -> Spec:
    return {"type": "rule", "color": GREY, "opacity": 0.6, "strokeWidth": width, "clip": True}


def _lines_at(values: Sequence[float], channel: Spec, axis: str = "x") -> Spec:
    """Dashed lines across a chart at some values of an axis."""
    layer = _layer({"type": "rule", "strokeDash": [4, 3], "color": GREY}, {axis: {**channel, "field": "at"}})
    return {**layer, "data": {"values": [{"at": value} for value in values]}}


def _adapters(names: Iterable[object]) -> Spec:
    """A row for each adapter, in the order given."""
    order = list(dict.fromkeys(names))
    axis = {"labelLimit": NAME_WIDTH, "domain": False, "ticks": False}
    return {"field": "adapter", "type": "nominal", "sort": order, "title": None, "axis": axis}


def _legend(field: str, order: Sequence[str]) -> Spec:
    return {
        "field": field,
        "type": "nominal",
        "sort": list(order),
        "scale": {"domain": list(order)},
        "legend": {"title": None, "orient": "top", "labelLimit": NAME_WIDTH},
    }


def _tips(**titles: str) -> list[Spec]:
    """What a mark tells when it is pointed at: field -> title."""
    return [{"field": field, "title": visible(title)} for field, title in titles.items()]


def _config(ink: str, faint: str) -> Spec:
    text: Spec = {
        "labelColor": ink,
        "titleColor": ink,
        "labelFontSize": 11,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "font": FONT,
        "axis": {**text, "gridColor": faint, "domainColor": faint, "tickColor": faint},
        "legend": text,
        "header": text,
        "text": {"color": ink},
        "title": {"color": ink},
        "view": {"stroke": None},
    }


# values ----------------------------------------------------------------------------------------------------------


def _first(shown: Board, results: Results, units: Sequence[str]) -> Metric | None:
    """The first headline measure in one of the units that has a value on the corpus; lower must be better."""
    valued = {name for (_, name), row in shown.rows.items() if row.estimate is not None}
    wanted = [one for one in results.metrics if one.headline and one.direction == "lower" and one.name in valued]
    return next((metric for unit in units for metric in wanted if metric.unit == unit), None)


def _names(adapters: Iterable[str], apart: Container[str] = ()) -> dict[str, str]:
    """Adapter -> what a chart calls it: nothing invisible, no two alike, and a mark on those that are `apart`."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for adapter in adapters:
        name = bare = visible(adapter) + (", counted apart" if adapter in apart else "")
        number = 1
        while name in taken:
            number += 1
            name = f"{bare} ({number})"
        taken.add(name)
        found[adapter] = name
    return found


def _title(metric: Metric) -> str:
    better = {"higher": ", higher is better", "lower": ", lower is better"}.get(metric.direction, "")
    unit = UNITS.get(metric.unit, (1.0, ""))[1].strip()
    return visible(metric.name) + (f", {unit}" if unit else "") + better


def _told(row: Summary, metric: Metric) -> str:
    """A value with its interval, in words that read best."""
    shown = figure(row.estimate, metric.unit)
    if row.low is None or row.high is None:
        return shown
    return f"{shown} [{figure(row.low, metric.unit)}, {figure(row.high, metric.unit)}]"


def _in_unit(value: float | None, metric: Metric) -> float:
    return _number(value) * UNITS.get(metric.unit, (1.0, ""))[0]


def _in_order(values: Iterable[object]) -> list[str]:
    return sorted({str(value) for value in values}, key=lambda value: (len(value), value))


def _in_order_of(rows: Sequence[Row], field: str) -> list[object]:
    return list(dict.fromkeys(row[field] for row in rows))


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _positive(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0
