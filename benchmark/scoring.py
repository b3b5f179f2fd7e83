"""Extraction -> Score: every stored answer compared with its gold by every scorer."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Any

from .errors import UsageError
from .plan import Corpus, anchored, find_all, find_scorer, read_plan, refuse, scorer_name, write_plan
from .progress import Progress
from .records import Extraction, Gold, Manifest, Metric, Score, Snippets
from .store import Run
from .text import plain, tokens


def score(run: Run, progress: Progress, scorers: Sequence[str] | None = None) -> None:
    """Compare every stored answer with its gold, by the scorers of the plan or those given.

    Scorers given join the plan, and rows that other scorers made before stay beside theirs, in the places where
    scoring by all of them would have put them. UsageError where such rows are of other golds or answers.
    """
    plan = read_plan(run)
    names = tuple(dict.fromkeys(plan.scorers if scorers is None else map(anchored, scorers)))
    whole = dataclasses.replace(plan, scorers=tuple(dict.fromkeys([*plan.scorers, *names])))
    modules = zip(map(scorer_name, names), find_all(find_scorer, names), strict=True)
    declared = [(name, list(module.METRICS)) for name, module in modules]
    kept = {} if scorers is None else _others(run, [name for name, _ in declared])
    order = {scorer_name(name): place for place, name in enumerate(whole.scorers)}
    by_scorer = sorted([*kept.items(), *declared], key=lambda one: _place(order, one[0]))
    listed = [metric for _, metrics in by_scorer for metric in metrics]
    times = Counter(metric.name for metric in listed)
    refuse([f"two scorers declare {name!r}; leave one out" for name in times if times[name] > 1])
    manifest = run.manifest()
    progress.stage("score", sum(int(str(about["pages"])) for about in manifest.corpora.values()))
    golds = {corpus.name: _Golds(run, corpus) for corpus in plan.corpora}
    digests = dict(zip(manifest.corpora, _answer_digests(run), strict=True))
    if kept:  # whether the others' rows still hold must be known before any is written
        now = {one.name: {"gold": check_golds(run, one), "answers": digests[one.name]} for one in plan.corpora}
        refuse(_stale(run, kept, manifest.corpora, now))
    rows = _scores(run, manifest, golds, names, progress)
    stored = (row for row in run.score_rows("scores.parquet") if row.scorer in kept) if kept else iter(())
    run.write_scores("scores.parquet", _merged(run, stored, rows, order) if kept else rows)
    run.write_metrics("metrics.json", listed)
    corpora: dict[str, Mapping[str, object]] = {
        name: {**about, "gold": golds[name].conclude(), "answers": digests[name]}
        for name, about in manifest.corpora.items()
    }
    run.write_manifest(dataclasses.replace(manifest, corpora=corpora))
    write_plan(run, whole)


def _others(run: Run, given: Sequence[str]) -> dict[str, list[Metric]]:
    """Name of each scorer that has rows in the run and is not given -> its metrics, as they were declared then."""
    if not (run.has("scores.parquet") and run.has("metrics.json")):
        return {}
    columns = run.scores("scores.parquet")[["scorer", "metric"]].drop_duplicates()
    scorer_of = dict(zip(columns["metric"], columns["scorer"], strict=True))
    found: dict[str, list[Metric]] = {}
    for metric in run.metrics("metrics.json"):
        if (name := scorer_of.get(metric.name)) is not None and name not in given:
            found.setdefault(name, []).append(metric)
    return found


def _place(order: Mapping[str, int], scorer: str) -> int:
    """The place of a scorer in the plan; one that is no longer in it comes last."""
    return order.get(scorer, len(order))


def _answer_digests(run: Run) -> Iterator[str]:
    """What the answers to each corpus are known by: how each ended, and the hash of its text."""
    manifest = run.manifest()
    digests = {name: hashlib.sha256() for name in manifest.corpora}
    for row in run.outcomes():
        digests[row["corpus"]].update(repr(tuple(row.values())).encode())
    return (digest.hexdigest() for digest in digests.values())


def _stale(
    run: Run,
    kept: Mapping[str, object],
    before: Mapping[str, Mapping[str, object]],
    now: Mapping[str, Mapping[str, object]],
) -> list[str]:
    """Why rows that were made before cannot stand beside new ones, one line for each corpus."""
    changed = [
        (name, what)
        for name in now
        for what, key in (("golds", "gold"), ("answers", "answers"))
        if key in before[name] and before[name][key] != now[name][key]
    ]
    again = f"score by all of them: boilerbench score {run.folder}"
    return [f"{name}: the {what} are not those that {', '.join(kept)} scored; {again}" for name, what in changed]


def _merged(run: Run, stored: Iterator[Score], made: Iterator[Score], order: Mapping[str, int]) -> Iterator[Score]:
    """Rows of both, answer by answer and there in the order of the scorers."""
    of = attrgetter("corpus", "page_id", "adapter")
    for (one, before), (other, now) in zip_longest(groupby(stored, of), groupby(made, of), fillvalue=(None, ())):
        if one != other:
            raise UsageError(
                f"the stored scores are of other answers ({one} stands where {other} is expected); "
                f"score by all scorers: boilerbench score {run.folder}"
            )
        yield from sorted([*before, *now], key=lambda row: _place(order, row.scorer))


def check_golds(run: Run, corpus: Corpus) -> dict[str, object]:
    """Read all golds of a corpus and hold them against the run's pages.

    Returns what the manifest says of them. Raises UsageError that names the pages whose bytes are not those that
    were annotated, and the pages without a gold.
    """
    golds = _Golds(run, corpus)
    for _ in golds.fitting():
        pass
    return golds.conclude()


class _Golds:
    """The golds of a corpus, held against the run's pages while they are read: once, since some are costly to make."""

    def __init__(self, run: Run, corpus: Corpus) -> None:
        self.corpus = corpus
        self.hashes = run.page_hashes(corpus.name)
        self.digest = hashlib.sha256()
        self.provenance, self.regions_by = Counter[str](), Counter[str]()
        self.guidelines: set[str] = set()
        self.empty = 0
        self.seen: set[str] = set()
        self.changed: list[str] = []
        self.misplaced: str | None = None

    def fitting(self) -> Iterator[Gold]:
        """The golds of the run's pages, in their order; from the first that does not fit on they are looked at only.

        Raises UsageError behind the last, see `conclude`.
        """
        expected = iter(self.hashes)
        for gold in self.corpus.golds():
            if gold.page_id not in self.hashes:
                continue
            self._note(gold)
            if not self.misplaced and (due := next(expected, "no other page")) != gold.page_id:
                self.misplaced = f"expected the gold of {due}, found that of {gold.page_id}"
            if not self.misplaced and not self.changed:
                yield gold
        self.conclude()

    def conclude(self) -> dict[str, object]:
        """What the manifest says of them, once all are read.

        UsageError that names the pages whose bytes are not those that were annotated, those without a gold, or the
        first gold that is not in the order of the pages.
        """
        wrong = self.changed + [f"{page_id}: no gold" for page_id in self.hashes if page_id not in self.seen]
        if self.misplaced and not wrong:
            wrong = [self.misplaced]
        if wrong:
            raise UsageError(
                f"corpus {self.corpus.name!r}: golds and pages do not fit:\n  " + "\n  ".join(wrong) + "\n"
                "Restore the page, or read it again and write the new hash into its gold; then score the run again"
            )
        return {
            "fingerprint": self.digest.hexdigest(),
            "provenance": dict(self.provenance),
            "regions": dict(self.regions_by),
            "guideline": ", ".join(sorted(self.guidelines)) or None,
            **({"empty": self.empty} if self.empty else {}),
        }

    def _note(self, gold: Gold) -> None:
        self.seen.add(gold.page_id)
        words = [(token.text, token.region) for token in gold.tokens]
        regions = [(region.kind, region.part, region.copy_of) for region in gold.regions]
        self.digest.update(repr((gold.page_id, gold.page_sha256, gold.body, gold.optional, regions, words)).encode())
        if gold.snippets != Snippets():  # golds without have the fingerprint they had before there were any
            self.digest.update(repr(gold.snippets).encode())
        self.empty += not (gold.tokens or tokens(gold.body) or any(dataclasses.astuple(gold.snippets)))
        self.provenance[gold.provenance] += 1
        if gold.region_provenance:
            self.regions_by[gold.region_provenance] += 1
        if gold.guideline:
            self.guidelines.add(gold.guideline)
        if gold.page_sha256 and gold.page_sha256 != self.hashes[gold.page_id]:
            self.changed.append(
                f"{gold.page_id}: page has sha256 {self.hashes[gold.page_id]}, its gold was made for {gold.page_sha256}"
            )


def _scores(
    run: Run, manifest: Manifest, golds: Mapping[str, _Golds], names: Sequence[str], progress: Progress
) -> Iterator[Score]:
    scorers = [(scorer_name(name), find_scorer(name)) for name in names]
    adapters = [name for name, about in manifest.adapters.items() if "unavailable" not in about]
    for corpus, fitting in golds.items():
        answers = {adapter: run.extractions(adapter, corpus) for adapter in adapters}
        for gold in fitting.fitting():
            yield from _page_scores(corpus, gold, answers, scorers)
            progress.step(gold.page_id)


def _page_scores(
    corpus: str, gold: Gold, answers: Mapping[str, Iterator[Extraction]], scorers: Sequence[tuple[str, Any]]
) -> Iterator[Score]:
    prepared = [(name, module.METRICS, module.against(gold)) for name, module in scorers]
    for adapter, stream in answers.items():
        # Golds and extractions are both in the order of the corpus, so the next row is this page's.
        answer = next(stream, None)
        if answer is None or answer.page_id != gold.page_id:
            found = answer.page_id if answer else "nothing"
            raise UsageError(
                f"{adapter}: expected the extraction of {gold.page_id}, found {found}; finish with --resume"
            )
        text = plain(answer.text, answer.form) if answer.text else ""
        for name, metrics, values_of in prepared:
            values = _failure(metrics, values_of("")) if answer.failed else values_of(text)
            for metric in metrics:
                yield Score(corpus, gold.page_id, adapter, name, metric.name, values[metric.name])


def _failure(metrics: Sequence[Metric], silence: Mapping[str, float | None]) -> dict[str, float | None]:
    """Values of a failed page: as declared, but undefined where not even silence is judged (an empty gold)."""
    return {
        one.name: silence[one.name] if silence[one.name] is None or one.failure_as_empty else one.on_failure
        for one in metrics
    }
