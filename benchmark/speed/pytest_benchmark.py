"""Timings in the file format of pytest-benchmark, so that its `compare` reads them.

Per corpus there are two groups with one benchmark per adapter each. In the first a value is the CPU seconds of one
page: a round is a round, an iteration is a page, so that `OPS` reads as pages per CPU second. In the second a value is
the geometric mean over pages of the ratio to the reference: read one second as one reference parse. The second is the
one that can be held against another run or machine. In the first stands the reference too: where it moved between
two files, the machine did.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from math import exp, log

from .timings import Measured, Timed

VERSION = "5.3.1"
"""Release of pytest-benchmark whose file format this is."""


def document(
    measured: Sequence[Measured], machine: Mapping[str, object], revision: str | None, created: str
) -> dict[str, object]:
    """The JSON value of one run.

    `machine` is the manifest's description of it, `revision` the git revision (`+dirty` where files differed) or
    None, `created` an ISO 8601 time. Adapters without a single timed page are left out, as pytest-benchmark leaves
    out benchmarks that raised.
    """
    return {
        "machine_info": _machine_info(machine),
        "commit_info": _commit_info(revision),
        "benchmarks": [row for one in measured for row in _benchmarks(one)],
        "datetime": created,
        "version": VERSION,
    }


def stats(data: Sequence[float], iterations: int) -> dict[str, object]:
    """What pytest-benchmark derives from the values of its rounds; quartiles and fences are defined as there.

    Quartiles of an odd number of values are the mean of Tukey's hinges (middle value in both halves) and of those of
    Moore & McCabe (in neither); fences lie 1.5 interquartile ranges beyond the quartiles (Tukey 1977).
    """
    ordered = sorted(data)
    mean, deviation = statistics.mean(data), statistics.stdev(data) if len(data) > 1 else 0
    q1, q3 = _lower_quartile(ordered), -_lower_quartile([-value for value in reversed(ordered)])
    low_fence, high_fence = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
    within = [value for value in ordered if low_fence <= value <= high_fence]
    far = sum(abs(value - mean) > deviation for value in data)
    beyond = len(data) - len(within)
    return {
        "min": ordered[0],
        "max": ordered[-1],
        "mean": mean,
        "stddev": deviation,
        "rounds": len(data),
        "median": statistics.median(data),
        "iqr": q3 - q1,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": beyond,
        "stddev_outliers": far,
        "outliers": f"{far};{beyond}",
        "ld15iqr": within[0],
        "hd15iqr": within[-1],
        "ops": len(data) / sum(data) if sum(data) else 0,
        "total": sum(data),
        "data": list(data),
        "iterations": iterations,
    }


def _lower_quartile(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    without, inclusive = ordered[:half] or ordered, ordered[: len(ordered) - half]
    return (statistics.median(without) + statistics.median(inclusive)) / 2


def _benchmarks(measured: Measured) -> list[dict[str, object]]:
    seconds, multiples = (
        f"{measured.corpus}: CPU time of a page",
        f"{measured.corpus}: 1 s stands for 1 reference parse",
    )
    rows = [_benchmark(measured, seconds, "reference", _reference_seconds(measured), len(measured.pages), {})]
    for timed in measured.adapters:
        paired = [page for page, calls in timed.calls.items() if all(call.ratio for call in calls)]
        about = {"version": timed.version, "failed": len(timed.failed)}
        rows += [
            _benchmark(measured, group, f"{kind}[{timed.adapter}]", data, pages, {**about, "pages": pages})
            for group, kind, data, pages in (
                (seconds, "extract", _page_seconds(timed), len(timed.calls)),
                (multiples, "ratio", _geometric_ratios(timed, paired), len(paired)),
            )
        ]
    return [row for row in rows if row]


def _benchmark(
    measured: Measured,
    group: str,
    name: str,
    data: Sequence[float],
    iterations: int,
    about: Mapping[str, object],
) -> dict[str, object]:
    """One entry of the file; empty where there is no value."""
    if not data:
        return {}
    adapter = name.partition("[")[2].removesuffix("]") or None
    return {
        "group": group,
        "name": name,
        "fullname": f"{measured.corpus}::{name}",
        "params": {"adapter": adapter} if adapter else None,
        "param": adapter,
        "extra_info": {"corpus": measured.corpus, "reference": measured.reference, "seed": measured.seed, **about},
        "options": {
            "disable_gc": False,
            "timer": "CPU time of the worker and its children",
            "min_rounds": 1,
            "max_time": measured.seconds,
            "min_time": 0,
            "precision": None,
            "confidence": None,
            "warmup": 1,
        },
        "stats": stats(data, iterations),
    }


def _page_seconds(timed: Timed) -> list[float]:
    return _by_round(timed, list(timed.calls), lambda page, number: timed.calls[page][number].cpu_ns * 1e-9)


def _geometric_ratios(timed: Timed, pages: Sequence[str]) -> list[float]:
    means = _by_round(timed, pages, lambda page, number: log(timed.calls[page][number].ratio or 1))
    return [exp(mean) for mean in means]


def _by_round(timed: Timed, pages: Sequence[str], value: Callable[[str, int], float]) -> list[float]:
    """Mean over pages of each round; empty without pages."""
    return [statistics.fmean(value(page, number) for page in pages) for number in range(timed.rounds) if pages]


def _reference_seconds(measured: Measured) -> list[float]:
    """Mean over the reference calls of each round, whichever adapter they were paired with."""
    rounds: dict[int, list[float]] = {}
    for timed in measured.adapters:
        for calls in timed.calls.values():
            for number, call in enumerate(calls):
                if call.reference_cpu_ns:
                    rounds.setdefault(number, []).append(call.reference_cpu_ns * 1e-9)
    return [statistics.fmean(values) for _, values in sorted(rounds.items())]


def _machine_info(machine: Mapping[str, object]) -> dict[str, object]:
    """pytest-benchmark's own keys where it has them; the name of the host stays empty."""
    implementation, _, python = str(machine.get("python", "")).partition(" ")
    own = {key: value for key, value in machine.items() if key not in ("processor", "cores", "python")}
    return {
        "node": "",
        "python_implementation": implementation,
        "python_version": python,
        "cpu": {"brand_raw": machine.get("processor"), "count": machine.get("cores")},
        **own,
    }


def _commit_info(revision: str | None) -> dict[str, object]:
    commit = revision.removesuffix("+dirty") if revision else "unversioned"
    return {
        "id": commit,
        "time": None,
        "author_time": None,
        "dirty": revision is not None and revision.endswith("+dirty"),
        "project": "boilerbench",
        "branch": "(unknown)",
    }
