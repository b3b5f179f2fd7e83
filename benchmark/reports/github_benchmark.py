"""Headline figures as benchmark-action/github-action-benchmark reads them, for a chart over commits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import isfinite

from ..records import Metric, Results, Summary
from ._boards import WHOLE, figure
from ._foreign import visible

FILES = {"higher": "github-bigger-is-better.json", "lower": "github-smaller-is-better.json"}
"""Direction of a metric -> file; the action takes one direction at a time (`customBiggerIsBetter` and its opposite)."""


def render(results: Results) -> dict[str, bytes]:
    """`github-bigger-is-better.json` and `github-smaller-is-better.json`: arrays of name, unit, value, range and extra.

    One entry for each corpus, adapter and headline metric that has a value; `range` is the longer arm of the interval,
    since the action knows only one, and `extra` has both ends. Where nothing has a value an array is empty.
    Source: the action's README, "Minimal setup" and "custom tools".
    """
    metrics = {metric.name: metric for metric in results.metrics if metric.headline}
    return {
        file: _dump(
            _entry(results, row, metrics[row.metric])
            for row in results.summaries
            if row.slice == WHOLE and row.estimate is not None and isfinite(row.estimate)
            if row.metric in metrics and metrics[row.metric].direction == direction
        )
        for direction, file in FILES.items()
    }


def _entry(results: Results, row: Summary, metric: Metric) -> dict[str, object]:
    entry: dict[str, object] = {
        "name": " / ".join(map(visible, (row.corpus, row.adapter, row.metric))),
        "unit": visible(metric.unit),
        "value": row.estimate,
    }
    if row.estimate is not None and row.low is not None and row.high is not None:
        arm = max(row.estimate - row.low, row.high - row.estimate)
        entry["range"] = f"± {figure(arm, metric.unit)}"
    return {**entry, "extra": _extra(results, row, metric)}


def _extra(results: Results, row: Summary, metric: Metric) -> str:
    version = results.manifest.adapters.get(row.adapter, {}).get("version")
    facts = [f"version {visible(str(version))}"] if version is not None else []
    if row.low is not None and row.high is not None:
        facts.append(f"95 % interval [{figure(row.low, metric.unit)}, {figure(row.high, metric.unit)}]")
    if row.rank_low is not None and row.rank_high is not None:
        facts.append(f"rank {row.rank_low} to {row.rank_high}")
    return "\n".join([*facts, f"{row.n} pages, {row.failed} failed", f"run {visible(results.manifest.run)}"])


def _dump(entries: Iterable[dict[str, object]]) -> bytes:
    return (json.dumps(list(entries), indent=1, allow_nan=False) + "\n").encode("ascii")
