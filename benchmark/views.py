"""What a report may show of single pages: an index of all of them in numbers, and views of some word by word."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice, zip_longest
from statistics import fmean
from typing import Any, Generic, TypeVar

import numpy as np

from .diff import ROLES, Line, Marked, Marker, joined, pieces, stretches
from .errors import UsageError
from .plan import Corpus, read_plan
from .records import (
    APART,
    AnswerLine,
    Extraction,
    Gold,
    Metric,
    Page,
    PageAnswer,
    PageEntry,
    PageLine,
    PageView,
    Passage,
)
from .regions import KINDS, NAMED
from .store import Run
from .text import decode, plain

VIEWED = 40
"""Pages of a run that have a view unless told otherwise."""
INVENTED_SHOWN = 40
"""Lines with invented words that a view has of one answer."""
LONGEST_PART = 400
"""Characters of a part of such a line."""


# Scores -> PageEntry -------------------------------------------------------------------------------------------


def entries(run: Run) -> list[PageEntry]:
    """Every page of a run in numbers; corpus by corpus, those first on which extractors disagree most.

    Needs no text, so a published run has them too.
    """
    if not run.has("scores.parquet") or not run.has("metrics.json"):
        return []
    import pandas as pd

    manifest = run.manifest()
    declared = run.metrics("metrics.json")
    shown = shown_metrics(declared)
    apart = {name for name, about in manifest.adapters.items() if about.get("category") in APART}
    scores = run.scores("scores.parquet", {metric.name for metric in shown})
    measures = _measures(scores, [one for one in shown if one.headline and one.direction != "none"])
    judged = _judged(scores[~scores["adapter"].isin(apart)], measures)
    outcomes = pd.DataFrame(run.outcomes(), columns=["corpus", "page_id", "adapter", "outcome"])
    others = _by_page(outcomes[outcomes["outcome"] != "ok"], "adapter", "outcome")
    values = _values(scores, [metric.name for metric in shown])
    found = [
        PageEntry(
            corpus=row["corpus"],
            page_id=row["page_id"],
            attributes=row["attributes"],
            values=values.get((row["corpus"], row["page_id"]), {}),
            outcomes=others.get((row["corpus"], row["page_id"]), {}),
            measure=measures[row["corpus"]].name if row["corpus"] in measures else None,
            **judged.get((row["corpus"], row["page_id"]), {"disagreement": None, "worst": None}),
        )
        for row in run.pages()
    ]
    order = {name: number for number, name in enumerate(manifest.corpora)}
    return sorted(found, key=lambda one: (order.get(one.corpus, len(order)), -(one.disagreement or 0), one.page_id))


def shown_metrics(declared: Sequence[Metric]) -> list[Metric]:
    """The metrics an index of pages shows: the headline ones, then leakage of each kind, the named ones first."""
    leakage = [metric for metric in declared if leaked_kind(metric)]
    ranks = {kind: number for number, kind in enumerate(NAMED)}
    leakage.sort(key=lambda metric: ranks.get(leaked_kind(metric) or "", len(ranks)))
    return [metric for metric in declared if metric.headline and metric not in leakage] + leakage


def leaked_kind(metric: Metric) -> str | None:
    """The kind of boilerplate whose leakage a metric tells; None for every other metric.

    Told by what it declares: it is in the group of leakage, less is better, and it is named after one kind.
    """
    stem, _, kind = metric.name.rpartition(".")
    return kind if metric.group and stem.endswith(".leaked") and kind in KINDS else None


Key = tuple[str, str]
"""Corpus and page."""


def _measures(scores: Any, metrics: Sequence[Metric]) -> dict[str, Metric]:  # noqa: ANN401 - a pandas.DataFrame
    """Corpus -> the metric that is defined on most of its pages, of several the first."""
    defined = scores[scores["value"].notna()].drop_duplicates(["corpus", "page_id", "metric"])
    found: dict[str, Metric] = {}
    for corpus, rows in defined.groupby("corpus", observed=True):
        counts = rows["metric"].value_counts()
        best = max(metrics, key=lambda one: counts.get(one.name, 0), default=None)
        if best and counts.get(best.name, 0):
            found[str(corpus)] = best
    return found


def _judged(scores: Any, measures: Mapping[str, Metric]) -> dict[Key, dict[str, Any]]:  # noqa: ANN401
    """How far the values of a page are apart by its corpus' measure, and whose is worst."""
    found: dict[Key, dict[str, Any]] = {}
    for corpus, measure in measures.items():
        rows = scores[(scores["corpus"] == corpus) & (scores["metric"] == measure.name)].dropna(subset="value")
        ordered = rows.astype({"page_id": str, "adapter": str}).sort_values("adapter", kind="stable")
        groups = ordered.groupby("page_id", sort=False)["value"]
        worst = groups.idxmin() if measure.direction == "higher" else groups.idxmax()
        names = ordered["adapter"].loc[worst].to_list()
        spread = groups.std(ddof=0).where(groups.size() > 1)
        for page_id, apart, name in zip(spread.index, spread, names, strict=True):
            found[corpus, page_id] = {"disagreement": None if math.isnan(apart) else float(apart), "worst": name}
    return found


def _values(scores: Any, names: Sequence[str]) -> dict[Key, dict[str, dict[str, float | None]]]:  # noqa: ANN401
    """Page -> metric -> adapter -> value; a metric that a page defines for nobody is left out."""
    found: dict[Key, dict[str, dict[str, float | None]]] = {}
    for name in names:
        rows = scores[scores["metric"] == name]
        defined = rows.groupby(["corpus", "page_id"], observed=True)["value"].transform("count") > 0
        for key, values in _by_page(rows[defined], "adapter", "value").items():
            found.setdefault(key, {})[name] = {
                adapter: None if math.isnan(value) else value for adapter, value in values.items()
            }
    return found


def _by_page(rows: Any, name: str, value: str) -> dict[Key, dict[str, Any]]:  # noqa: ANN401
    """Page -> {name: value} of the rows."""
    found: dict[Key, dict[str, Any]] = {}
    columns = (rows[column].astype(object).to_list() for column in ("corpus", "page_id", name, value))
    for corpus, page_id, one, what in zip(*columns, strict=True):
        found.setdefault((corpus, page_id), {})[one] = what
    return found


Found = TypeVar("Found")


# Which pages have a view ---------------------------------------------------------------------------------------


def unviewed(run: Run) -> dict[str, str]:
    """Corpus -> why none of its pages can have a view; empty where all can."""
    corpora = run.manifest().corpora
    if not run.has("plan.json") or not (run.folder / "extractions").is_dir():
        return dict.fromkeys(corpora, "the run was published without texts")
    return {corpus.name: reason for corpus in read_plan(run).corpora if (reason := _hindrance(corpus))}


def _hindrance(corpus: Corpus) -> str:
    if not corpus.has_pages:
        return "it was scored by golds without pages"
    return "" if corpus.folder.exists() else "the corpus is not on this disk"


def chosen(
    found: Sequence[PageEntry],
    without: Iterable[str],
    limit: int | None = VIEWED,
    *,
    metrics: Sequence[Metric] = (),
    apart: Container[str] = (),
) -> list[PageEntry]:
    """The entries, of which so many pages of corpora that are not `without` are now marked as viewed; None for all.

    Every corpus has an equal share. Of each, in turn, the page on which extractors disagree most, and the page that a
    report names, or else that is worst, by the first headline measure or by leakage of one of `NAMED`, for most
    extractors. A report names, for each headline measure of a group, the worst page of the extractor with the best
    mean; `metrics` are the declarations, and adapters that are `apart` are best of nothing.
    """
    corpora = {one.corpus: one for one in found}.keys() - set(without)
    declared = {metric.name: metric for metric in metrics}
    ranked = [_ranked([one for one in found if one.corpus == corpus], declared, apart) for corpus in sorted(corpora)]
    turns = (one for turn in zip_longest(*ranked) for one in turn if one)
    wanted = {(one.corpus, one.page_id) for one in islice(turns, limit)}
    return [replace(one, viewed=(one.corpus, one.page_id) in wanted) for one in found]


def _ranked(found: Sequence[PageEntry], declared: Mapping[str, Metric], apart: Container[str]) -> list[PageEntry]:
    """The pages of a corpus, given by disagreement, those first that deserve a look most."""
    votes = Counter(_worst(found, declared))
    named = set(_named(found, declared, apart))
    worst = sorted(range(len(found)), key=lambda number: (number not in named, -votes[number], number))
    turns = chain.from_iterable(zip(range(len(found)), worst, strict=True))
    return [found[number] for number in dict.fromkeys(turns)]


def _worst(found: Sequence[PageEntry], declared: Mapping[str, Metric]) -> Iterator[int]:
    """The page that is worst for an adapter by a measure, for each of both; of several the most contested."""
    names = {name for one in found for name in one.values}
    leakage = [name for name in names if name.rpartition(".")[0].endswith(".leaked") and name.endswith(NAMED)]
    for metric in sorted({one.measure for one in found if one.measure}) + sorted(leakage):
        lower = metric in leakage or (metric in declared and declared[metric].direction == "lower")
        worst = _extremes(found, metric, most=lower)
        yield from (number for value, number in worst.values() if value or not lower)


def _named(found: Sequence[PageEntry], declared: Mapping[str, Metric], apart: Container[str]) -> Iterator[int]:
    """For each headline measure of a group, such as leakage, the worst page of whoever has the best mean of it."""
    for metric in declared.values():
        if not (metric.headline and metric.group and metric.direction == "lower"):
            continue
        means = _means(found, metric.name, apart)
        if not means:
            continue
        value, number = _extremes(found, metric.name, most=True)[min(means, key=lambda one: (means[one], one))]
        if value:
            yield number


def _means(found: Sequence[PageEntry], metric: str, apart: Container[str]) -> dict[str, float]:
    """Adapter -> mean of its values on the pages that define a metric."""
    values: dict[str, list[float]] = {}
    for one in found:
        for adapter, value in one.values.get(metric, {}).items():
            if value is not None and adapter not in apart:
                values.setdefault(adapter, []).append(value)
    return {adapter: fmean(held) for adapter, held in values.items()}


def _extremes(found: Sequence[PageEntry], metric: str, *, most: bool) -> dict[str, tuple[float, int]]:
    """Adapter -> its highest value of a metric, or its lowest, and the first page that has it."""
    sign = -1 if most else 1
    held: dict[str, tuple[float, int]] = {}
    for number, one in enumerate(found):
        for adapter, value in one.values.get(metric, {}).items():
            if value is not None:
                held[adapter] = min(held.get(adapter, (np.inf, 0)), (sign * value, number))
    return {adapter: (sign * value, number) for adapter, (value, number) in held.items()}


# Run and corpus -> PageView ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Views:
    """Views of pages, each made when it is asked for, so that only one is in memory."""

    run: Run
    """Where the answers are."""
    wanted: Mapping[str, Sequence[str]]
    """Corpus -> ids of its pages, in any order."""

    def __len__(self) -> int:
        return sum(map(len, self.wanted.values()))

    def __iter__(self) -> Iterator[PageView]:
        for corpus in read_plan(self.run).corpora if self.wanted else ():
            wanted = frozenset(self.wanted.get(corpus.name, ()))
            yield from _views(self.run, corpus, wanted) if wanted else ()


def views(run: Run, found: Sequence[PageEntry]) -> Views:
    """The views of the pages that are marked as viewed."""
    wanted: dict[str, list[str]] = {}
    for one in found:
        if one.viewed:
            wanted.setdefault(one.corpus, []).append(one.page_id)
    return Views(run, wanted)


def _views(run: Run, corpus: Corpus, wanted: frozenset[str]) -> Iterator[PageView]:
    """Views of pages of one corpus, in its order; pages, golds and answers are read once, side by side."""
    adapters = [name for name, about in run.manifest().adapters.items() if "unavailable" not in about]
    hashes = run.page_hashes(corpus.name)
    pages = _Tap(((one.id, one) for one in corpus.reader().pages(corpus.folder)), wanted)
    golds = _Tap(((one.page_id, one) for one in corpus.golds()), wanted)
    answers = {adapter: run.extractions(adapter, corpus.name) for adapter in adapters}
    for page_id in hashes:
        given = [next(stream, None) for stream in answers.values()]
        if page_id not in wanted:
            continue
        page, gold = pages.draw(page_id), golds.draw(page_id)
        held = [one for one in given if one and one.page_id == page_id]
        if page is None or gold is None or page.sha256 != hashes[page_id]:
            note = "the page or its gold is not on this disk any more as it was extracted"
            yield PageView(corpus.name, page_id, None, (), {}, (), note=note)
        else:
            yield view(replace(page, corpus=corpus.name), gold, held)  # who wrote the reader may call it otherwise


class _Tap(Generic[Found]):
    """A stream of records with their ids, read once and no further than asked; those that are wanted later are kept."""

    def __init__(self, stream: Iterable[tuple[str, Found]], wanted: Container[str]) -> None:
        self._stream = iter(stream)
        self._wanted = wanted
        self._kept: dict[str, Found] = {}

    def draw(self, name: str) -> Found | None:
        """The record of that id; None where there is none."""
        if name in self._kept:
            return self._kept.pop(name)
        for found, record in self._stream:
            if found == name:
                return record
            if found in self._wanted:
                self._kept[found] = record
        return None


def view(page: Page, gold: Gold, answers: Sequence[Extraction]) -> PageView:
    """What became of a page's words in each of the answers."""
    try:
        marker = Marker(decode(page.html, page.charset), gold)
    except UsageError as error:
        return PageView(page.corpus, page.id, page.url, (), {}, (), note=str(error))
    held = [marker.against(plain(one.text, one.form) if one.text else "") for one in answers]
    lines, first = _lines(marker, [one.states for one in held])
    counts = Counter(marker.kinds)
    return PageView(
        page.corpus,
        page.id,
        page.url,
        lines,
        {kind: ROLES[kind] for kind, _ in counts.most_common()},
        tuple(_answer(one, marked, first) for one, marked in zip(answers, held, strict=True)),
        marker.astray,
    )


def _lines(marker: Marker, states: Sequence[Sequence[str]]) -> tuple[tuple[PageLine, ...], list[int]]:
    """The page's lines, cut where the kind or the state in any answer changes, and the first token of each passage."""
    kinds = marker.kinds
    cuts = np.zeros(len(kinds), bool)
    for row in (kinds, *states):
        values = np.array(row)
        cuts[1:] |= values[1:] != values[:-1]
    cells = cuts.cumsum().tolist()
    token_of = dict(zip(reversed(cells), range(len(cells) - 1, -1, -1), strict=True))
    lines, first, start = [], [], 0
    for number, (text, words) in enumerate(marker.lines, 1):
        passages = []
        for cell, printed, count in joined(pieces(text, cells[start : start + words])):
            token = token_of[cell]
            passages.append(Passage(printed, kinds[token], count))
            first.append(token)
        lines.append(PageLine(number, tuple(passages)))
        start += words
    return tuple(lines), first


def _answer(given: Extraction, found: Marked, first: Sequence[int]) -> PageAnswer:
    states = groupby(found.states[token] for token in first)
    return PageAnswer(
        adapter=given.adapter,
        version=given.version,
        outcome=given.outcome,
        error=given.error,
        words=found.words,
        states=tuple((state, sum(1 for _ in group)) for state, group in states),
        tallies=found.tallies,
        invented=tuple(map(_invented_line, found.invented[:INVENTED_SHOWN])),
        invented_left=max(0, len(found.invented) - INVENTED_SHOWN),
    )


def _invented_line(line: Line) -> AnswerLine:
    parts = [(part.text, part.state) for part in islice(stretches(line), INVENTED_SHOWN)]
    return AnswerLine(line.number, tuple((_shortened(text), state) for text, state in parts))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_PART else text[:LONGEST_PART] + "…"
