"""Parts of Vega-Lite specifications that all our charts are made of: colours, sizes, marks, axes, legends, values.

Specifications are plain dicts, since Altair numbers its parts by a counter of the process, so that a chart would depend
on those drawn before it; `altair.Chart.from_dict` reads them, and the tests hold them against its schema. Names of
adapters and pages stand in the data only, never in an expression. No specification has a background, and none the
colour of any text: `themed` adds them, for a light page or a dark one.

No chart tells by colour alone: shapes, dashes, places and printed numbers say the same. Colours are those of Okabe and
Ito ("Color Universal Design", 2008), and cividis (Nuñez, Anderton & Renslow 2018) where they stand for amounts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from ..records import Metric, Summary
from ._boards import UNITS, figure
from ._foreign import visible

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


def light() -> Spec:
    """A Vega-Lite configuration for pages with dark text on a light ground."""
    return _config(ink="#1f2328", faint="#d8dce0")


def dark() -> Spec:
    """A Vega-Lite configuration for pages with light text on a dark ground."""
    return _config(ink="#e6e8eb", faint="#3a4048")


def themed(spec: Spec, config: Mapping[str, object], background: str = "transparent") -> Spec:
    """The chart with the configuration and ground of the place it will stand in."""
    return {**spec, "background": background, "config": dict(config)}


def chart(about: str, parts: Spec) -> Spec:
    """A whole specification, with words for those who cannot see it."""
    return {"$schema": SCHEMA, "description": visible(about), **parts}


def layer(mark: Spec, encoding: Spec) -> Spec:
    """Marks of one kind, and what they are drawn from."""
    return {"mark": mark, "encoding": encoding}


def whisker(width: float = 1.0) -> Spec:
    """The mark of an interval."""
    return {"type": "rule", "color": GREY, "opacity": 0.6, "strokeWidth": width, "clip": True}


def lines_at(values: Sequence[float], channel: Spec, axis: str = "x") -> Spec:
    """Dashed lines across a chart at some values of an axis."""
    lines = layer({"type": "rule", "strokeDash": [4, 3], "color": GREY}, {axis: {**channel, "field": "at"}})
    return {**lines, "data": {"values": [{"at": value} for value in values]}}


def ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten between two ends of a logarithmic axis; of a long one the powers alone."""
    first, last = math.log10(low), math.log10(high)
    steps = (1, 2, 5) if last - first < SHORT else (1,)
    found = (step * 10.0**power for power in range(math.floor(first), math.ceil(last) + 1) for step in steps)
    return [one for one in found if low <= one <= high]


def rows_of_adapters(names: Iterable[object]) -> Spec:
    """A row for each adapter, in the order given."""
    order = list(dict.fromkeys(names))
    axis = {"labelLimit": NAME_WIDTH, "domain": False, "ticks": False}
    return {"field": "adapter", "type": "nominal", "sort": order, "title": None, "axis": axis}


def legend(field: str, order: Sequence[str], title: str | None = None) -> Spec:
    """A channel that tells values apart, in the order given, and is explained above the chart."""
    return {
        "field": field,
        "type": "nominal",
        "sort": list(order),
        "scale": {"domain": list(order)},
        "legend": {"title": title, "orient": "top", "labelLimit": NAME_WIDTH},
    }


def note(text: str) -> Spec:
    """A line below a chart that says what it leaves out."""
    return {"title": {"text": text, "orient": "bottom", "anchor": "start", "fontSize": 11, "fontWeight": "normal"}}


def tips(**titles: str) -> list[Spec]:
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


def axis_title(metric: Metric) -> str:
    """A metric's name, its unit, and which way is better."""
    better = {"higher": ", higher is better", "lower": ", lower is better"}.get(metric.direction, "")
    unit = UNITS.get(metric.unit, (1.0, ""))[1].strip()
    return visible(metric.name) + (f", {unit}" if unit else "") + better


def told(row: Summary, metric: Metric) -> str:
    """A value with its interval, in words that read best."""
    shown = figure(row.estimate, metric.unit)
    if row.low is None or row.high is None:
        return shown
    return f"{shown} [{figure(row.low, metric.unit)}, {figure(row.high, metric.unit)}]"


def in_unit(value: float | None, metric: Metric) -> float:
    """A value in the unit that is printed."""
    return number(value) * UNITS.get(metric.unit, (1.0, ""))[0]


def number(value: object) -> float:
    """A number out of a row."""
    assert isinstance(value, int | float)
    return float(value)


def finite(value: float | None) -> bool:
    """Whether there is a value that a chart can show."""
    return value is not None and math.isfinite(value)


def positive(value: float | None) -> bool:
    """Whether there is a value that a logarithmic axis can show."""
    return value is not None and math.isfinite(value) and value > 0


def ends(rows: Sequence[Row], *fields: str) -> tuple[float, float]:
    """Least and largest value of some fields."""
    values = [number(row[field]) for row in rows for field in fields if row[field] is not None]
    return min(values), max(values)
