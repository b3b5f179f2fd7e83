"""How page values become the value of a corpus, and the cluster totals from which that value can be recomputed.

Mean, geometric mean, pooled share and harmonic mean are one family: the harmonic mean of k ratios, each a sum over
clusters divided by a sum over clusters (k = 1 for all but harmonic; geometric works on logarithms). Resampling and
swapping only ever need such sums. Median, p95, p99 and max are no function of sums and stand apart: the first three
have intervals of their own kind (`quantiles`), the maximum has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

from ..records import Metric

Floats = npt.NDArray[np.float64]
Term = tuple[str, str | None]
"""Numerator and denominator of one ratio, as names of metrics; None stands for the number of pages."""

ORDER_STATISTICS: dict[str, Callable[[Floats], float]] = {
    "median": lambda values: float(np.median(values)),
    "p95": lambda values: float(np.quantile(values, 0.95)),
    "p99": lambda values: float(np.quantile(values, 0.99)),
    "max": lambda values: float(np.max(values)),
}
"""Aggregates read off the sorted values; p95 and p99 interpolate linearly (type 7 of Hyndman & Fan 1996)."""

SMOOTH = ("mean", "geometric", "harmonic", "pooled")
"""Aggregates that are a smooth function of cluster totals and so have intervals and tests."""

_ARITY: dict[str, Callable[[int], bool]] = {
    **dict.fromkeys(("mean", "geometric", *ORDER_STATISTICS), lambda given: given == 0),
    "harmonic": lambda given: given >= 2,
    "pooled": lambda given: given == 2,
}


def problems(metrics: Iterable[Metric]) -> list[str]:
    """What is wrong with the declared aggregates, one sentence each; empty when all can be computed."""
    declared = {metric.name: metric for metric in metrics}
    return [problem for metric in declared.values() for problem in _declaration_problems(metric, declared)]


def _declaration_problems(metric: Metric, declared: Mapping[str, Metric]) -> list[str]:
    kind, of = metric.aggregate.kind, metric.aggregate.of
    if kind not in _ARITY:
        return [f"{metric.name}: unknown aggregate {kind!r}; use one of {', '.join(_ARITY)}"]
    if not _ARITY[kind](len(of)):
        return [f"{metric.name}: a {kind} of {len(of)} metrics; harmonic needs two or more, pooled two, others none"]
    found = [f"{metric.name}: {kind} of {name!r}, which is not declared" for name in of if name not in declared]
    if kind == "harmonic":
        kinds = {name: declared[name].aggregate.kind for name in of if name in declared}
        found += [
            f"{metric.name}: harmonic of {name}, whose aggregate is {base}; it must be mean or pooled"
            for name, base in kinds.items()
            if base not in {"mean", "pooled"}
        ]
    return found


def terms(metric: Metric, declared: Mapping[str, Metric]) -> list[Term]:
    """The ratios that a metric's corpus value is made from; one for every kind but harmonic."""
    kind, of = metric.aggregate.kind, metric.aggregate.of
    if kind == "harmonic":
        return [term for name in of for term in terms(declared[name], declared)]
    if kind == "pooled":
        return [(of[0], of[1])]
    return [(metric.name, None)]


def sources(metric: Metric, declared: Mapping[str, Metric]) -> set[str]:
    """Names of the metrics whose page values enter the corpus value."""
    return {name for term in terms(metric, declared) for name in term if name is not None}


def defined(metric: Metric, declared: Mapping[str, Metric], values: Mapping[str, Floats]) -> npt.NDArray[np.bool_]:
    """Where the metric is defined, adapters by pages: where every value that enters it is."""
    everywhere: npt.NDArray[np.bool_] = np.logical_and.reduce(
        [~np.isnan(values[name]) for name in sorted(sources(metric, declared))]
    )
    return everywhere


def cluster_totals(
    metric: Metric, declared: Mapping[str, Metric], values: Mapping[str, Floats], starts: npt.NDArray[np.intp]
) -> Floats:
    """Numerators, then denominators, of the metric's k ratios, summed by cluster: shape (2k, adapters, clusters).

    `values` holds a matrix (adapters by pages) per metric, with NaN where a page is undefined; such a page adds nothing
    to either sum of its own ratio. Pages of a cluster stand together, and `starts` gives the first of each. The
    numerator of a geometric mean sums logarithms.
    """
    numerators, denominators = [], []
    for numerator, denominator in terms(metric, declared):
        above = _logarithm(values[numerator]) if metric.aggregate.kind == "geometric" else values[numerator]
        below = np.ones_like(above) if denominator is None else values[denominator]
        counts = ~(np.isnan(above) | np.isnan(below))
        numerators.append(np.add.reduceat(np.where(counts, above, 0.0), starts, axis=-1))
        denominators.append(np.add.reduceat(np.where(counts, below, 0.0), starts, axis=-1))
    return np.stack(numerators + denominators)


def finite(totals: Floats) -> npt.NDArray[np.bool_]:
    """Which adapters have finite totals in every cluster; the logarithm of a page of 0 is infinite."""
    everywhere: npt.NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(totals), axis=(0, 2))
    return everywhere


def ratios(sums: Floats) -> Floats:
    """The k ratios of 2k sums along the first axis; NaN where a denominator is 0."""
    numerators, denominators = np.split(sums, 2)
    return _divide(numerators, denominators, np.full_like(numerators, np.nan))


def harmonic(of: Floats) -> Floats:
    """Harmonic mean of k ratios along the first axis: 0 as soon as one of them is, the ratio itself when k = 1."""
    if len(of) == 1:
        return of.squeeze(axis=0)
    others = _products_of_others(of)
    below = others.sum(axis=0)
    above: Floats = len(of) * of.prod(axis=0)
    return _divide(above, below, np.where(np.isnan(below), np.nan, 0.0))


def slopes(of: Floats) -> Floats:
    """Partial derivatives of the harmonic mean by each of the k ratios; 0 where two ratios are 0 and it has none."""
    if len(of) == 1:
        return np.ones_like(of)
    others = _products_of_others(of)
    below = others.sum(axis=0)
    shares = _divide(others, below, np.zeros_like(others))
    return len(of) * shares**2


def estimates(
    metric: Metric, declared: Mapping[str, Metric], values: Mapping[str, Floats], starts: npt.NDArray[np.intp]
) -> Floats:
    """The corpus value of each adapter; NaN where no page defines it.

    A geometric mean with a page of 0 is 0. A pooled share is NaN where its denominators sum to 0, and a harmonic mean
    is NaN where one of its ratios is.
    """
    kind = metric.aggregate.kind
    if kind in ORDER_STATISTICS:
        rows = [row[~np.isnan(row)] for row in values[metric.name]]
        return np.array([ORDER_STATISTICS[kind](row) if row.size else np.nan for row in rows])
    totals = cluster_totals(metric, declared, values, starts)
    return natural_scale(metric, harmonic(ratios(totals.sum(axis=-1))))


def natural_scale(metric: Metric, value: Floats) -> Floats:
    """A value as readers see it: the exponential where the work was done on logarithms."""
    return np.exp(value) if metric.aggregate.kind == "geometric" else value


def _divide(above: Floats, below: Floats, otherwise: Floats) -> Floats:
    quotient: Floats = np.divide(above, below, out=otherwise, where=below > 0)
    return quotient


def _products_of_others(of: Floats) -> Floats:
    return np.stack([np.delete(of, position, axis=0).prod(axis=0) for position in range(len(of))])


def _logarithm(values: Floats) -> Floats:
    # A page of 0 makes the whole mean 0: log gives -inf, and exp turns that into 0 again.
    with np.errstate(divide="ignore"):
        return np.log(values)
