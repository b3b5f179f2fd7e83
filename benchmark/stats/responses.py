"""How extractors answer to doses: the same body with and without a treatment, and what changes between the two.

A pair is one body in one design and dialect, plain and under one dose, or a page of a real corpus before and after an
injection. Bodies are the clusters, or sites; designs are fixed.
Every change is a mean over pairs of differences within the pair, of CPU time a geometric mean of ratios within the
pair, so that what pages are like anyway cancels out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

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
HALF = 0.5
"""Share of the plain page's F1 below which an extractor has lost half."""


def responses(table: pd.DataFrame, times: Sequence[str], seed: int) -> list[Response]:
    """Every dose's effect on every measure, over all designs and for each design.

    `table` has COLUMNS; measures in `times` are compared by ratios. Intervals only for all designs together, where 20
    bodies or more are paired; they depend on the seed and on what is compared, not on what else is in the table.
    """
    return [row for keys, pairs in _paired(table) for row in _responses_of(*keys, pairs, keys[-1] in times, seed)]


def slopes(table: pd.DataFrame, times: Sequence[str], seed: int) -> list[Slope]:
    """The straight line through each extractor's responses, and the dose at which its F1 has lost half."""
    found: dict[tuple[str, str, str, str], list[tuple[int, pd.DataFrame]]] = {}
    for (adapter, treatment, dialect, dose, metric), pairs in _paired(table):
        found.setdefault((adapter, treatment, dialect, metric), []).append((dose, pairs))
    return [_slope(keys, by_dose, keys[-1] in times, seed) for keys, by_dose in found.items()]


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
    adapter: str, treatment: str, dialect: str, dose: int, metric: str, pairs: pd.DataFrame, ratio: bool, seed: int
) -> Iterator[Response]:
    parts: Iterable[tuple[str, pd.DataFrame]] = [
        ("", pairs),
        *((str(name), one) for name, one in pairs.groupby("design")),
    ]
    for design, part in parts:
        both = part.dropna()
        low = high = change = None
        if len(both):
            changes = _changes(both, ratio)
            words = (adapter, treatment, dialect, dose, metric)
            low, high = _ends(changes, both["cluster"], seed, words) if not design else (None, None)
            change = _told(float(changes.mean()), ratio)
        treated_only = part["treated"].dropna().to_numpy(dtype=np.float64)
        yield Response(
            adapter,
            treatment,
            dialect,
            design,
            dose,
            metric,
            len(both),
            _mean(both["plain"].to_numpy(dtype=np.float64), ratio),
            _mean(treated_only, ratio),
            change,
            None if low is None else _told(low, ratio),
            None if high is None else _told(high, ratio),
        )


def _slope(
    keys: tuple[str, str, str, str], by_dose: Sequence[tuple[int, pd.DataFrame]], ratio: bool, seed: int
) -> Slope:
    import pandas as pd

    doses = sorted(dose for dose, _ in by_dose)
    frames = [pairs.dropna().assign(dose=dose) for dose, pairs in by_dose]
    whole = pd.concat(frames, ignore_index=True)
    slope = low = high = None
    if len(whole):
        whole["change"] = _changes(whole, ratio)
        lines = [
            (str(part["cluster"].iloc[0]), float((part["dose"] * part["change"]).sum() / (part["dose"] ** 2).sum()))
            for _, part in whole.groupby("pair", sort=True)
        ]
        values = np.array([value for _, value in lines]) * doses[-1]
        slope = float(values.mean())
        low, high = _ends(values, pd.Series([cluster for cluster, _ in lines]), seed, ("slope", *keys))
    half = _half_dose(by_dose) if keys[-1] in F1 else None
    return Slope(*keys, doses[-1], slope, low, high, half)


def _half_dose(by_dose: Sequence[tuple[int, pd.DataFrame]]) -> float | None:
    """Where the mean F1 comes down to half of the plain pages'."""
    points: list[tuple[float, float]] = []
    for dose, pairs in sorted(by_dose, key=lambda one: one[0]):
        both = pairs.dropna()
        if len(both) and both["plain"].mean() > 0:
            points.append((float(dose), float(both["treated"].mean() / both["plain"].mean())))
    before = (0.0, 1.0)
    for amount, share in points:
        if share <= HALF:
            return before[0] + (amount - before[0]) * (before[1] - HALF) / (before[1] - share)
        before = (amount, share)
    return None


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


def _ends(
    changes: Floats, clusters: pd.Series[str], seed: int, words: Sequence[object]
) -> tuple[float | None, float | None]:
    """Ends of the interval of a mean over pairs, bodies resampled; None below 20 bodies or where all are alike."""
    names, place = np.unique(clusters.to_numpy(dtype=str), return_inverse=True)
    if len(names) < CLUSTERS_NEEDED:
        return None, None
    totals = np.stack([np.bincount(place, weights=changes), np.bincount(place)])[:, None, :].astype(np.float64)
    digest = hashlib.sha256("\0".join(map(str, words)).encode()).digest()
    stream = np.random.SeedSequence([seed, int.from_bytes(digest[:16], "big")])
    (ends,) = bootstrap_t([totals], [len(names)], stream)
    low, high = (float(end[0]) for end in ends)
    return (None, None) if np.isnan(low) or np.isnan(high) else (low, high)
