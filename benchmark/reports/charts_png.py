"""The charts of a run as PNG, for papers and slides; only on demand, `boilerbench report --form charts-png`."""

from __future__ import annotations

from ..records import Results
from . import charts

ON_DEMAND = True
"""Drawing dots takes several times as long as drawing lines, and every page shows SVG."""

SCALE = 2.0
"""Dots of the picture to a pixel of the chart."""


def render(results: Results) -> dict[str, bytes]:
    """`charts/<corpus>-<chart>.png`, the charts of `charts` with two dots to the pixel."""
    import vl_convert

    return {
        f"charts/{name}.png": vl_convert.vegalite_to_png(spec, scale=SCALE) for name, spec in charts.drawings(results)
    }
