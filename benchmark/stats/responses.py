"""How extractors answer to doses: the same body with and without a treatment, and what changes between the two.

A pair is one body in one design and dialect, plain and under one dose, or a page of a real corpus before and after an
injection. Bodies are the clusters, or sites; designs are fixed. Every change is a mean over pairs of differences within
the pair, of CPU time a geometric mean of ratios within the pair, so that what pages are like anyway cancels out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..records import CLUSTERS_NEEDED, Response, Slope
from .aggregates import Floats
from .intervals import bootstrap_t

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("adapter", "pair", "design", "cluster", "dialect", "treatment", "dose", "metric", "value")
"""Columns of a table of measurements: pages of one pair have the same pair, plain ones the dose 0 and no treatment; the
cluster is the body of a composed page, the site of another; the design is empty where there is none."""
F1 = ("article.f1", "body.f1")
"""Measures whose loss tells at which dose an extractor gives in."""
Sample = tuple[Floats, npt.NDArray[np.str_]]
"""A number for each pair, and the cluster it belongs to."""
HALF = 0.5
"""Share of the plain page's F1 below which an extractor has lost half."""


def responses(table: pd.DataFrame, times: Sequence[str], seed: int) -> list[Response]:
    """Every dose's effect on every measure, over all designs and for each design.

    `table` has COLUMNS; measures in `times` are compared by ratios. Leakage is told of the treated pages alone, its
    change being its mean: plain pages mostly have nothing of the kind that could leak. Intervals only for all designs
    together, where 20 clusters or more are paired; they depend on the seed and on the clusters, not on what else is in
    the table.
    """
    found = [row for keys, pairs in _paired(table) for row in _responses_of(*keys, pairs, keys[-1] in times)]
    ends = _ends([sample if not row.design else None for row, sample in found], seed)
    return [
        replace(row, low=_end(low, row.metric in times), high=_end(high, row.metric in times))
        for (row, _), (low, high) in zip(found, ends, strict=True)
    ]


def slopes(table: pd.DataFrame, times: Sequence[str], seed: int) -> list[Slope]:
    """The straight line through each extractor's responses, and the dose at which its F1 has lost half."""
    series: dict[tuple[str, str, str, str], list[tuple[int, pd.DataFrame]]] = {}
    for (adapter, treatment, dialect, dose, metric), pairs in _paired(table):
        series.setdefault((adapter, treatment, dialect, metric), []).append((dose, pairs))
    found = [_slope(keys, by_dose, keys[-1] in times) for keys, by_dose in series.items() if not _of_its_own(keys[-1])]
    ends = _ends([sample for _, sample in found], seed)
    return [replace(row, low=end[0], high=end[1]) for (row, _), end in zip(found, ends, strict=True)]


def _paired(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str, int, str], pd.DataFrame]]:
    """Per adapter, treatment, dialect, dose and metric its pairs: columns pair, design, cluster, plain, treated."""
    place = ["adapter", "pair", "dialect", "metric"]
    plain = table[table["dose"] == 0].set_index(place)["value"].rename("plain")
    treated = table[table["dose"] > 0].join(plain, on=place).rename(columns={"value": "treated"})
    for keys, pairs in treated.groupby(
        ["adapter", "treatment", "dialect", "dose", "metric"], sort=False, observed=True
    ):
        adapter, treatment, dialect, dose, metric = keys
        yield (
            (str(adapter), str(treatment), str(dialect), int(str(dose)), str(metric)),
            pairs[["pair", "design", "cluster", "plain", "treated"]].sort_values("pair", ignore_index=True),
        )


def _responses_of(
    adapter: str, treatment: str, dialect: str, dose: int, metric: str, pairs: pd.DataFrame, ratio: bool
) -> Iterator[tuple[Response, Sample | None]]:
    """Responses without their intervals, and the changes that these are made from."""
    by_design = ((str(name), one) for name, one in pairs.groupby("design") if name)
    parts: Iterable[tuple[str, pd.DataFrame]] = [("", pairs), *by_design]
    for design, part in parts:
        alone = _of_its_own(metric)
        both = part.assign(plain=0.0).dropna() if alone else part.dropna()
        changes = _changes(both, ratio)
        treated = part["treated"].dropna().to_numpy(dtype=np.float64)
        change = _told(float(changes.mean()), ratio) if len(both) else None
        plain = _mean(part["plain"].dropna().to_numpy(dtype=np.float64), ratio)
        row = Response(
            *(adapter, treatment, dialect, design, dose, metric, len(both)),
            *(plain, _mean(treated, ratio), change, None, None),
        )
        yield row, (changes, both["cluster"].to_numpy(dtype=str)) if len(both) else None


def _slope(
    keys: tuple[str, str, str, str], by_dose: Sequence[tuple[int, pd.DataFrame]], ratio: bool
) -> tuple[Slope, Sample | None]:
    """A slope without its interval, and the pairs' slopes that this is made from."""
    import pandas as pd

    highest = max(dose for dose, _ in by_dose)
    half = _half_dose(by_dose) if keys[-1] in F1 else None
    whole = pd.concat([pairs.dropna().assign(dose=dose) for dose, pairs in by_dose], ignore_index=True)
    if whole.empty:
        return Slope(*keys, highest, None, None, None, half), None
    whole["product"] = whole["dose"] * _changes(whole, ratio)
    whole["square"] = whole["dose"] ** 2
    lines = whole.groupby("pair", sort=True).agg({"cluster": "first", "product": "sum", "square": "sum"})
    values = (lines["product"] / lines["square"]).to_numpy(dtype=np.float64) * highest
    return (
        Slope(*keys, highest, float(values.mean()), None, None, half),
        (values, lines["cluster"].to_numpy(dtype=str)),
    )


def _half_dose(by_dose: Sequence[tuple[int, pd.DataFrame]]) -> float | None:
    """Where the mean F1 comes down to half of the plain pages'."""
    points: list[tuple[float, float]] = []
    for dose, pairs in sorted(by_dose, key=lambda one: one[0]):
        both = pairs.dropna()
        if len(both) and both["plain"].mean() > 0:
            points.append((float(dose), float(both["treated"].mean() / both["plain"].mean())))
    before = (0.0, 1.0)
    for amount, share in points:
        if 0 < share <= HALF:
            # With the body kept whole and d words let in, 1/F1 grows with d in a straight line, and F1 does not.
            lost, so_far = 1 / share - 1, 1 / before[1] - 1
            return before[0] + (amount - before[0]) * (1 / HALF - 1 - so_far) / (lost - so_far)
        before = (amount, share)
    return None


def _of_its_own(metric: str) -> bool:
    """Whether a measure is told of treated pages alone: a plain page mostly has nothing of the kind to let through."""
    return metric.startswith("regions.leaked.")


def _changes(pairs: pd.DataFrame, ratio: bool) -> Floats:
    plain, treated = (pairs[name].to_numpy(dtype=np.float64) for name in ("plain", "treated"))
    changes: Floats = np.log(treated / plain) if ratio else treated - plain
    return changes


def _told(value: float, ratio: bool) -> float:
    return float(np.exp(value)) if ratio else value


def _mean(values: Floats, ratio: bool) -> float | None:
    if not len(values):
        return None
    return float(np.exp(np.log(values).mean()) if ratio else values.mean())


def _end(value: float | None, ratio: bool) -> float | None:
    return None if value is None else _told(value, ratio)


def _ends(samples: Sequence[Sample | None], seed: int) -> list[tuple[float | None, float | None]]:
    """Ends of the intervals of means over pairs, clusters resampled: all means over the same clusters together.

    None for no sample, below 20 clusters, and where there is no interval (`intervals.bootstrap_t`).
    """
    found: list[tuple[float | None, float | None]] = [(None, None)] * len(samples)
    groups: dict[tuple[str, ...], list[tuple[int, Floats]]] = {}
    for number, sample in enumerate(samples):
        if sample is not None:
            names, place = np.unique(sample[1], return_inverse=True)
            totals = np.stack([np.bincount(place, weights=sample[0]), np.bincount(place)]).astype(np.float64)
            groups.setdefault(tuple(map(str, names)), []).append((number, totals))
    for clusters, members in groups.items():
        if len(clusters) < CLUSTERS_NEEDED:
            continue
        digest = hashlib.sha256("\0".join(clusters).encode()).digest()
        stream = np.random.SeedSequence([seed, int.from_bytes(digest[:16], "big")])
        (ends,) = bootstrap_t([np.stack([totals for _, totals in members], axis=1)], [len(clusters)], stream)
        for (number, _), low, high in zip(members, *ends, strict=True):
            if np.isfinite(low) and np.isfinite(high):
                found[number] = float(low), float(high)
    return found
