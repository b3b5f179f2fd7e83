"""Timings -> Scores: one value per page, adapter and metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from statistics import median

from ..records import Aggregate, Metric, Score
from .timings import Measured, StartUp, Timed, Timing

MS = 1e-6
"""Milliseconds in a nanosecond."""
MB = 1e-6
"""Megabytes in a byte."""


def _metric(
    name: str,
    summary: str,
    unit: str,
    aggregate: Aggregate,
    direction: str = "lower",
    on_failure: float | None = None,
    headline: bool = False,
) -> Metric:
    return Metric(f"speed.{name}", summary, direction, unit, 0.0, inf, on_failure, aggregate, headline)


MEAN, MEDIAN, P95, P99, HIGHEST = (Aggregate(kind) for kind in ("mean", "median", "p95", "p99", "max"))
WAITING = 2.0
"""Wall time as a multiple of CPU time from which on a user is told."""
METRICS = (
    _metric(
        "ratio",
        "CPU time as a multiple of one lxml parse of the same bytes, timed right beside it; median over rounds",
        "ratio",
        Aggregate("geometric"),
        headline=True,
    ),
    _metric("cpu_ms", "CPU time of a page, children included; median over rounds", "ms", MEDIAN),
    _metric("cpu_ms_p95", "CPU time of a page: 95 % of the pages take no longer", "ms", P95),
    _metric("cpu_ms_p99", "CPU time of a page: 99 % of the pages take no longer", "ms", P99),
    _metric("cpu_ms_max", "CPU time of the slowest page", "ms", HIGHEST),
    _metric("wall_ms", "wall time of a page; median over rounds", "ms", MEDIAN),
    _metric(
        "wall_over_cpu",
        "wall time over CPU time: well above 1 the adapter waits (or the machine was busy), below 1 it uses more cores",
        "ratio",
        MEDIAN,
        "none",
    ),
    _metric(
        "decode_ms", "CPU time of decoding the page, where the adapter asked for text; part of cpu_ms", "ms", MEDIAN
    ),
    _metric(
        "mb_per_s",
        "bytes of all pages over CPU time of all pages",
        "MB/s",
        Aggregate("pooled", ("speed.page_mb", "speed.cpu_s")),
        "higher",
    ),
    _metric("page_mb", "size of a page that was timed (numerator of mb_per_s)", "MB", MEAN, "none"),
    _metric("cpu_s", "CPU time of a page in seconds (denominator of mb_per_s)", "s", MEAN),
    _metric("spread", "spread of the ratio over the rounds: (highest - lowest) / median", "ratio", MEDIAN, "none"),
    _metric("peak_rss_mb", "largest memory of the worker on a page, its children left out", "MB", MEDIAN),
    _metric("peak_rss_mb_max", "largest memory of the worker on any page, its children left out", "MB", HIGHEST),
    _metric(
        "import_ms", "wall time of importing the adapter, shortest of a few starts; noted on the first page", "ms", MEAN
    ),
    _metric(
        "first_call_ms",
        "CPU time of the first call in a fresh worker, median of a few starts; of and on the first page",
        "ms",
        MEAN,
    ),
    _metric(
        "failed",
        "share of pages on which a call failed while timing; they are left out of all other speed metrics",
        "share",
        MEAN,
        on_failure=1.0,
    ),
    _metric("timeouts", "share of pages on which no answer came in time, part of failed", "share", MEAN),
    _metric(
        "growth",
        "exponent of CPU time as a page's body is repeated up to 16 times: 1 in step with the page, 2 with its square",
        "exponent",
        MEAN,
    ),
    _metric(
        "growth_reached",
        "how often the body of a page was repeated before a call failed or time was up, 16 at most",
        "count",
        Aggregate("median"),
        "higher",
    ),
    _metric("rounds", "counted rounds behind the values of a page", "count", MEAN, "none"),
)
"""What the speed stage declares. Aggregates are over pages, values of a page over its rounds."""


def scores(measured: Measured) -> Iterator[Score]:
    """One row per page, adapter and metric, in the order of the corpus; None where a metric is undefined."""
    start_up_page = next(iter(measured.pages), None)
    for page_id, size in measured.pages.items():
        for timed in measured.adapters:
            values = _page_values(timed, page_id, size)
            values |= _sampled_values(timed, page_id)
            if page_id == start_up_page and timed.start_up:
                values |= _start_up_values(timed.start_up)
            for metric in METRICS:
                value = values.get(metric.name.removeprefix("speed."))
                yield Score(measured.corpus, page_id, timed.adapter, "speed", metric.name, value)


def waiting(measured: Measured) -> Iterator[str]:
    """A sentence for each adapter whose wall time is far above its CPU time: it waits, or the machine was busy."""
    for timed in measured.adapters:
        calls = [call for page in timed.calls.values() for call in page if call.cpu_ns]
        times = median(call.wall_ns / call.cpu_ns for call in calls) if calls else 1.0
        if times >= WAITING:
            about = f"wall time is {times:.1f} times CPU time; waiting, or a busy machine"
            yield f"{timed.adapter} on {measured.corpus}: {about}"


def _page_values(timed: Timed, page_id: str, size: int) -> dict[str, float | None]:
    calls = timed.calls.get(page_id)
    if not calls:
        return {"failed": 1.0, "timeouts": float(timed.failed.get(page_id) == "timeout")}
    cpu_ns, wall_ns = median(call.cpu_ns for call in calls), median(call.wall_ns for call in calls)
    decode_ns = median(call.decode_ns for call in calls)
    peaks = [call.peak_rss_bytes for call in calls if call.peak_rss_bytes is not None]
    return {
        **dict.fromkeys(("cpu_ms", "cpu_ms_p95", "cpu_ms_p99", "cpu_ms_max"), cpu_ns * MS),
        **dict.fromkeys(("peak_rss_mb", "peak_rss_mb_max"), max(peaks) * MB if peaks else None),
        **_ratio_values(calls),
        "wall_ms": wall_ns * MS,
        "wall_over_cpu": _over(wall_ns, cpu_ns),
        "decode_ms": decode_ns * MS if decode_ns else None,
        "mb_per_s": _over(size * MB, cpu_ns * 1e-9),
        "page_mb": size * MB,
        "cpu_s": cpu_ns * 1e-9,
        "failed": 0.0,
        "timeouts": 0.0,
        "rounds": float(len(calls)),
    }


def _sampled_values(timed: Timed, page_id: str) -> dict[str, float | None]:
    """What is measured on a few pages only."""
    values: dict[str, float | None] = {}
    if page_id in timed.memory:
        values |= dict.fromkeys(("peak_rss_mb", "peak_rss_mb_max"), timed.memory[page_id] * MB)
    if page_id in timed.growth:
        grown = timed.growth[page_id]
        values |= {"growth": grown.exponent, "growth_reached": float(grown.reached)}
    return values


def _ratio_values(calls: Sequence[Timing]) -> dict[str, float | None]:
    ratios = [call.ratio for call in calls if call.ratio is not None]
    if not ratios:
        return {}
    spread = _over(max(ratios) - min(ratios), median(ratios)) if len(ratios) > 1 else None
    return {"ratio": median(ratios), "spread": spread}


def _start_up_values(start_up: StartUp) -> dict[str, float | None]:
    first_call = start_up.first_call_ns
    return {
        "import_ms": start_up.import_ns * MS,
        "first_call_ms": None if first_call is None else first_call * MS,
    }


def _over(above: float, below: float) -> float | None:
    return above / below if below else None
