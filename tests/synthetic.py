"""Results of any size for tests of reports: real declarations of metrics, invented values."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from benchmark.records import EDITION, FORMAT, Comparison, Manifest, Metric, PageEntry, Results, Summary
from benchmark.store import Run

PUBLISHED = Path(__file__).parents[1] / "results"


def declared() -> tuple[Metric, ...]:
    """Every metric that the published run on the bundled pages declares, speed and costs among them."""
    run = Run(PUBLISHED / "seeds")
    return tuple(run.metrics("metrics.json") + run.metrics("speed/metrics.json"))


def names(count: int) -> list[str]:
    """Names of adapters: every fifth a variant, every seventh an old release."""
    tails = {0: "@variant", 1: "==1.0"}
    return [f"extractor-{number:02}{tails.get(number % 5, '') if number else ''}" for number in range(count)]


def results(
    adapters: Sequence[str],
    pages: Sequence[str],
    corpora: Sequence[str] = ("real",),
    *,
    slices: Sequence[str] = (),
    clusters: int = 50,
    viewed: int = 0,
    seed: int = 1,
) -> Results:
    """Results of some adapters on pages; below 20 clusters without intervals and tests, as a real run has them."""
    draw = random.Random(seed)
    metrics = declared()
    floors = adapters[-2:]  # the last two are converters, counted apart
    manifest = Manifest(
        run="synthetic",
        format=FORMAT,
        edition=EDITION,
        boilerbench="0.1.0",
        revision="0123456789ab",
        created="2026-01-01T00:00:00+00:00",
        seed=7,
        machine={"processor": "none", "cores": 2, "memory_bytes": 2**33, "system": "Linux", "python": "3.11"},
        libraries={"numpy": "2.2"},
        sandbox="full",
        options={"timeout_s": 30.0, "limit": None, "pages": []},
        corpora={name: {"pages": len(pages), "fingerprint": "f" * 64} for name in corpora},
        adapters={
            name: {"version": "1.2.3", "category": "converter" if name in floors else "extractor", "sandbox": "full"}
            for name in adapters
        },
    )
    summaries, comparisons, entries = [], [], []
    for corpus in corpora:
        shares = {(name, metric.name): draw.random() for name in adapters for metric in metrics}
        for slice_ in ("all", *slices):
            summaries += [
                _summary(corpus, slice_, name, metric, shares[name, metric.name], len(pages), clusters)
                for name in adapters
                for metric in metrics
            ]
        for group in (adapters[:-2], floors):
            comparisons += [
                _comparison(corpus, metric.name, a, b, shares[a, metric.name] - shares[b, metric.name], clusters)
                for metric in metrics
                if metric.headline
                for a, b in combinations(group, 2)
            ]
        entries += [_entry(corpus, page, adapters, metrics, draw, viewed=at < viewed) for at, page in enumerate(pages)]
    outcomes = {corpus: {name: {"ok": len(pages) - 1, "timeout": 1} for name in adapters} for corpus in corpora}
    return Results(manifest, metrics, tuple(summaries), tuple(comparisons), outcomes, entries=tuple(entries))


def _summary(
    corpus: str, slice_: str, adapter: str, metric: Metric, share: float, pages: int, clusters: int
) -> Summary:
    estimate = share if metric.unit == "share" else 10 ** (3 * share)
    row = Summary(corpus, slice_, adapter, metric.name, pages, 0, 1, clusters, estimate)
    if clusters < 20:
        return row
    return replace(row, low=estimate * 0.9, high=min(estimate * 1.1, metric.high), rank_low=1, rank_high=9)


def _comparison(corpus: str, metric: str, a: str, b: str, difference: float, clusters: int) -> Comparison:
    row = Comparison(corpus, metric, a, b, clusters, difference, delta=0.01)
    if clusters < 20:
        return row
    apart = abs(difference) > 0.2
    return replace(row, p_adjusted=0.001 if apart else 0.5, separated=apart, equivalent=False, error=0.04)


def _entry(
    corpus: str, page: str, adapters: Sequence[str], metrics: Sequence[Metric], draw: random.Random, *, viewed: bool
) -> PageEntry:
    shown = [one for one in metrics if one.unit == "share" and (one.headline or one.group)]
    values = {one.name: {name: round(draw.random(), 6) for name in adapters} for one in shown}
    labels = {"site": f"{page}.example", "language": "en", "page_type": "article"}
    return PageEntry(corpus, page, labels, values, {adapters[0]: "timeout"}, shown[0].name, 0.1, adapters[0], viewed)


def nearly(one: float, other: float) -> bool:
    """Whether two shares are the same to three digits, where one was told in ten thousandths before."""
    return math.isclose(one, other, abs_tol=5.5e-4)
