"""Headline figures in the Bencher Metric Format, which has a place for intervals."""

from __future__ import annotations

import json
from math import isfinite

from ..records import Results, Summary
from ._boards import WHOLE
from ._foreign import visible


def render(results: Results) -> dict[str, bytes]:
    """`bmf.json`: benchmark `<corpus>/<adapter>` -> measure -> value, lower_value and upper_value.

    Measures are the headline metrics, in the unit they are declared with; the two ends are those of the 95 % interval,
    left out where there is none. What has no value is left out, so that an empty run gives `{}`.
    Source: Bencher's reference, "Bencher Metric Format (BMF)".
    """
    headline = {metric.name for metric in results.metrics if metric.headline}
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in results.summaries:
        if row.slice == WHOLE and row.metric in headline and row.estimate is not None and isfinite(row.estimate):
            name = f"{visible(row.corpus)}/{visible(row.adapter)}"
            found.setdefault(name, {})[visible(row.metric)] = _measured(row, row.estimate)
    return {"bmf.json": (json.dumps(found, indent=1, allow_nan=False) + "\n").encode("ascii")}


def _measured(row: Summary, estimate: float) -> dict[str, float]:
    ends = {"lower_value": row.low, "upper_value": row.high}
    return {"value": estimate, **{name: end for name, end in ends.items() if end is not None}}
