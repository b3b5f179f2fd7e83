"""How extractors answer to doses: the same body with and without a treatment, and what changes between the two.

A pair is one body in one design and dialect, plain and under one dose, or a page of a real corpus before and after an
injection. Bodies are the clusters, or sites; designs are fixed. Every change is a mean over pairs of differences within
the pair, of CPU time a geometric mean of ratios within the pair, so that what pages are like anyway cancels out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..records import CLUSTERS_NEEDED, Contrast, Response, Slope
from .aggregates import Floats
from .intervals import LEVEL, RESAMPLES, bootstrap_t
from .weights import resamplings

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("adapter", "pair", "design", "cluster", "dialect", "treatment", "dose", "metric", "value")
"""Columns of a table of measurements: pages of one pair have the same pair, plain ones the dose 0 and no treatment; the
cluster is the body of a composed page, the site of another; the design is empty where there is none."""
F1 = ("article.f1", "body.f1")
"""Measures whose loss tells at which dose an extractor gives in."""
Sample = tuple[Floats, npt.NDArray[np.str_]]
"""A number for each pair, and the cluster it belongs to."""
Points = tuple[Floats, Floats]
"""By body, sums over the pairs at one dose: F1 of the plain pages, F1 of the treated ones."""
Half = tuple[float | None, float | None, float | None]
"""A dose at which F1 has lost half, with the ends of its interval; None for what lies above the highest dose."""
NOWHERE: Half = (None, None, None)
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
    """How each extractor's measures change with each doubling of 1 + dose, and the dose at which F1 has lost half.

    A pair's line goes through its plain page. Of leakage, of which plain pages have none, it is the line through the
    doses themselves, so that there is none where pairs have only one dose: how much more of what is there is let
    through when there is twice as much of it.

    The interval of that dose is a percentile interval over resamples of the bodies, each of which has such a dose or
    none, widened as Hesterberg (2015, "What teachers should know about the bootstrap", The American Statistician 69)
    has it for few clusters: its ends are the shares that Student's t would leave out.
    """
    series: dict[tuple[str, str, str, str], list[tuple[int, pd.DataFrame]]] = {}
    for (adapter, treatment, dialect, dose, metric), pairs in _paired(table):
        series.setdefault((adapter, treatment, dialect, metric), []).append((dose, pairs))
    told = {keys: by_dose for keys, by_dose in series.items() if len(by_dose) > 1 or not _of_its_own(keys[-1])}
    found = [_slope(keys, by_dose, keys[-1] in times) for keys, by_dose in told.items()]
    halves = [_half_dose(by_dose, seed) if keys[-1] in F1 else NOWHERE for keys, by_dose in told.items()]
    ends = _ends([sample for _, sample in found], seed)
    return [
        replace(
            row,
            slope=_end(row.slope, row.metric in times),
            low=_end(low, row.metric in times),
            high=_end(high, row.metric in times),
            half_dose=half[0],
            half_low=half[1],
            half_high=half[2],
        )
        for (row, _), (low, high), half in zip(found, ends, halves, strict=True)
    ]


def contrasts(table: pd.DataFrame, times: Sequence[str], seed: int) -> list[Contrast]:
    """What each dialect changes against the first one in the table, on plain pages and under each dose.

    Paired as doses are: the same body, design, treatment and dose in both. Times are left out. Empty for a table of
    one dialect.
    """
    dialects = list(dict.fromkeys(table["dialect"]))
    quality = table[~table["metric"].isin(times) & ~((table["dose"] == 0) & table["metric"].map(_of_its_own))]
    place = ["adapter", "pair", "treatment", "dose", "metric"]
    known = quality[quality["dialect"] == dialects[0]].set_index(place)["value"].rename("plain") if dialects else None
    found = []
    for dialect in dialects[1:]:
        other = quality[quality["dialect"] == dialect].join(known, on=place).rename(columns={"value": "treated"})
        by = ["adapter", "treatment", "dose", "metric"]
        for keys, pairs in other.dropna().groupby(by, sort=False, observed=True):
            adapter, treatment, dose, metric = keys
            both = pairs.sort_values("pair", ignore_index=True)
            changes = _changes(both, ratio=False)
            row = Contrast(
                *(str(adapter), str(dialect), str(dialects[0]), str(treatment), int(str(dose)), str(metric)),
                *(len(both), float(both["treated"].mean()), float(both["plain"].mean()), float(changes.mean())),
                *(None, None),
            )
            found.append((row, (changes, both["cluster"].to_numpy(dtype=str))))
    ends = _ends([sample for _, sample in found], seed)
    return [replace(row, low=low, high=high) for (row, _), (low, high) in zip(found, ends, strict=True)]


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

    highest, alone = max(dose for dose, _ in by_dose), _of_its_own(keys[-1])
    told = [(pairs.assign(plain=0.0) if alone else pairs).dropna().assign(dose=dose) for dose, pairs in by_dose]
    whole = pd.concat(told, ignore_index=True)
    whole["doublings"], whole["change"] = np.log2(1.0 + whole["dose"]), _changes(whole, ratio)
    if alone:  # the line need not go through the plain page: what counts is how far a pair's doses are from their mean
        whole = whole[whole.groupby("pair")["dose"].transform("nunique") > 1].copy()
        for name in ("doublings", "change"):
            whole[name] -= whole.groupby("pair")[name].transform("mean")
    if whole.empty:
        return Slope(*keys, highest, None, None, None, None), None
    whole["product"], whole["square"] = whole["doublings"] * whole["change"], whole["doublings"] ** 2
    lines = whole.groupby("pair", sort=True).agg({"cluster": "first", "product": "sum", "square": "sum"})
    values = (lines["product"] / lines["square"]).to_numpy(dtype=np.float64)
    return (
        Slope(*keys, highest, float(values.mean()), None, None, None),
        (values, lines["cluster"].to_numpy(dtype=str)),
    )


def _half_dose(by_dose: Sequence[tuple[int, pd.DataFrame]], seed: int) -> Half:
    """Where the mean F1 comes down to half of the plain pages', and the ends of its interval; None for nowhere."""
    doses = [(dose, both) for dose, pairs in sorted(by_dose, key=lambda one: one[0]) if len(both := pairs.dropna())]
    names = sorted({str(name) for _, both in doses for name in both["cluster"]})
    if not names:
        return NOWHERE
    place = {name: number for number, name in enumerate(names)}
    points = [_sums(both, place) for _, both in doses]
    amounts = [float(dose) for dose, _ in doses]
    at = float(_halved(amounts, points, np.ones((1, len(names))))[0])
    if len(names) < CLUSTERS_NEEDED:
        return _finite(at), None, None
    weights = np.concatenate([one.weights() for one in resamplings(len(names), RESAMPLES, _stream(names, seed))])
    found = np.sort(_halved(amounts, points, weights))
    rank = max(1, round((len(found) + 1) * _left_out(len(names))))
    return _finite(at), _finite(float(found[rank - 1])), _finite(float(found[-rank]))


def _sums(pairs: pd.DataFrame, place: Mapping[str, int]) -> Points:
    where = pairs["cluster"].map(place).to_numpy(dtype=np.int64)
    values = (pairs[name].to_numpy(dtype=np.float64) for name in ("plain", "treated"))
    plain, treated = (np.bincount(where, one, len(place)).astype(np.float64) for one in values)
    return plain, treated


def _halved(amounts: Sequence[float], points: Sequence[Points], weights: Floats) -> Floats:
    """By resample, the dose at which F1 is half of the plain pages'; infinite where none of the doses does that."""
    found = np.full(len(weights), np.inf)
    lower, before = 0.0, np.ones(len(weights))
    for amount, (plain, treated) in zip(amounts, points, strict=True):
        known = weights @ plain
        share = np.divide(weights @ treated, known, out=np.ones(len(weights)), where=known > 0)
        here = np.isinf(found) & (share <= HALF)
        # With the body kept whole and d words let in, 1/F1 grows with d in a straight line, and F1 does not; where
        # nothing of F1 is left, 1/F1 is infinite, and the line is that of F1.
        with np.errstate(divide="ignore", invalid="ignore"):
            way = np.where(share > 0, (1 / HALF - 1 / before) / (1 / share - 1 / before), (before - HALF) / before)
        found[here] = lower + (amount - lower) * way[here]
        lower, before = amount, share
    return found


def _left_out(clusters: int) -> float:
    """Share of resamples beyond each end: what a normal variable leaves out at the ends of Student's t."""
    from scipy.special import ndtr, stdtrit

    width = float(stdtrit(clusters - 1, (1 + LEVEL) / 2))
    return float(ndtr(-width * np.sqrt(clusters / (clusters - 1))))


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


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
        totals_of_all = np.stack([totals for _, totals in members], axis=1)
        (ends,) = bootstrap_t([totals_of_all], [len(clusters)], _stream(clusters, seed))
        for (number, _), low, high in zip(members, *ends, strict=True):
            if np.isfinite(low) and np.isfinite(high):
                found[number] = float(low), float(high)
    return found


def _stream(clusters: Sequence[str], seed: int) -> np.random.SeedSequence:
    """Of resamples of the clusters: what else is measured does not matter to it."""
    digest = hashlib.sha256("\0".join(clusters).encode()).digest()
    return np.random.SeedSequence([seed, int.from_bytes(digest[:16], "big")])
