"""Extraction -> Score: every stored answer compared with its gold by every scorer."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .errors import UsageError
from .plan import Corpus, Plan, find_all, find_scorer, read_plan, refuse, scorer_name
from .progress import Progress
from .records import Extraction, Gold, Manifest, Metric, Score
from .store import Run
from .text import plain

SHOWN = 20
"""Pages that an error names where there are too many to name all."""


def score(run: Run, progress: Progress, scorers: Sequence[str] | None = None) -> None:
    """Compare every stored answer with its gold, by the scorers of the plan or those given."""
    plan = read_plan(run)
    names = tuple(dict.fromkeys(plan.scorers if scorers is None else scorers))
    metrics = [metric for module in find_all(find_scorer, names) for metric in module.METRICS]
    times = Counter(metric.name for metric in metrics)
    refuse([f"two scorers declare {name!r}; leave one out" for name in times if times[name] > 1])
    manifest = run.manifest()
    progress.stage("score", sum(int(str(about["pages"])) for about in manifest.corpora.values()))
    golds = {corpus.name: check_golds(run, corpus) for corpus in plan.corpora}
    run.write_scores("scores.parquet", _scores(run, plan, manifest, names, progress))
    run.write_metrics("metrics.json", metrics)
    corpora: dict[str, Mapping[str, object]] = {
        name: {**about, "gold": golds[name]} for name, about in manifest.corpora.items()
    }
    run.write_manifest(dataclasses.replace(manifest, corpora=corpora))


def check_golds(run: Run, corpus: Corpus) -> dict[str, object]:
    """Read all golds of a corpus and hold them against the run's pages.

    Returns what the manifest says of them. Raises UsageError that names the pages whose bytes are not those that
    were annotated, and the pages without a gold.
    """
    hashes = run.page_hashes(corpus.name)
    digest, provenance, guidelines, changed, seen = hashlib.sha256(), Counter[str](), set(), [], set()
    regions_by = Counter[str]()
    for gold in corpus.golds():
        if gold.page_id not in hashes:
            continue
        seen.add(gold.page_id)
        words = [(token.text, token.region) for token in gold.tokens]
        regions = [(region.kind, region.part, region.copy_of) for region in gold.regions]
        digest.update(repr((gold.page_id, gold.page_sha256, gold.body, gold.optional, regions, words)).encode())
        provenance[gold.provenance] += 1
        if gold.region_provenance:
            regions_by[gold.region_provenance] += 1
        guidelines.add(gold.guideline)
        if gold.page_sha256 and gold.page_sha256 != hashes[gold.page_id]:
            changed.append(
                f"{gold.page_id}: page has sha256 {hashes[gold.page_id]}, its gold was made for {gold.page_sha256}"
            )
    wrong = changed + [f"{page_id}: no gold" for page_id in hashes if page_id not in seen]
    if wrong:
        more = [f"… and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        raise UsageError(
            f"corpus {corpus.name!r}: golds and pages do not fit:\n  " + "\n  ".join(wrong[:SHOWN] + more) + "\n"
            "Restore the page, or read it again and write the new hash into its gold; then score the run again"
        )
    guideline = ", ".join(sorted(str(one) for one in guidelines if one)) or None
    return {
        "fingerprint": digest.hexdigest(),
        "provenance": dict(provenance),
        "regions": dict(regions_by),
        "guideline": guideline,
    }


def _scores(run: Run, plan: Plan, manifest: Manifest, names: Sequence[str], progress: Progress) -> Iterator[Score]:
    scorers = [(scorer_name(name), find_scorer(name)) for name in names]
    adapters = [name for name, about in manifest.adapters.items() if "unavailable" not in about]
    for corpus in plan.corpora:
        wanted = {row["page_id"] for row in run.pages() if row["corpus"] == corpus.name}
        answers = {adapter: run.extractions(adapter, corpus.name) for adapter in adapters}
        for gold in corpus.golds():
            if gold.page_id in wanted:
                yield from _page_scores(corpus.name, gold, answers, scorers)
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
