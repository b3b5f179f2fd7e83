"""How much sooner ROUGE-5 and character edits are than the packages that define them, in one run, values compared.

Run by hand on a quiet machine: .venv/bin/python tests/benches/peer_speed_rouge5.py [--data DIR] [--step N]

The pairs are every N-th page of article-extraction-benchmark, by id, with the published answers of ten systems. For
each pair the reference is called and then ours, so that both meet the machine in the same state; seconds are CPU time.
The reference of ROUGE-5 tokenizes both texts with `jieba.lcut` and counts runs with rouge-score, as MinerU-HTML does;
ours prepares the gold once a page, which is counted. Reading jieba's dictionary is left out on both sides. Nearly all
of these pages are in Latin script: of Chinese, jieba itself reads every stretch once, and the ratio is smaller.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein
from rouge_score.rouge_scorer import _create_ngrams, _score_ngrams

from benchmark.scorers import _jieba, webmainbench
from benchmark.scorers._ngrams import Overlap

STEP = 6
"""Every so many pages are in the sample."""

Pages = Iterator[tuple[str, list[str]]]


def pages(data: Path, step: int) -> Pages:
    """Gold body and answers of the sampled pages."""
    folder = data / "aeb"
    bodies = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    stored = [json.loads(file.read_text(encoding="utf-8")) for file in _predictions(folder)]
    systems = [one["output"] if one.keys() == {"version", "output"} else one for one in stored]
    for page in sorted(bodies)[::step]:
        yield bodies[page]["articleBody"], [system[page]["articleBody"] or "" for system in systems]


def _predictions(folder: Path) -> list[Path]:
    return sorted((folder / "predictions_upstream").glob("*.json"))


class Watch:
    """CPU seconds of the calls that go through it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What the work returns."""
        begun = time.process_time()
        value = work(*arguments)
        self.seconds += time.process_time() - begun
        return value


def rouge5(sample: Pages, jieba: Any) -> dict[str, Any]:
    """ROUGE-5 of every pair by both."""
    cut = _jieba.tokenizer()

    def reference_rates(body: str, answer: str) -> tuple[float, float, float]:
        found = _score_ngrams(*(_create_ngrams(jieba.lcut(text), webmainbench.SIZE) for text in (body, answer)))
        return found.precision, found.recall, found.fmeasure

    def prepared(body: str) -> Overlap:
        return Overlap(cut(body), webmainbench.SIZE)

    def our_rates(runs: Overlap, answer: str) -> tuple[float, float, float]:
        return runs.rates(cut(answer))

    reference, ours, pairs, equal = Watch(), Watch(), 0, True
    for body, answers in sample:
        runs = ours(prepared, body)
        for answer in answers:
            theirs = reference(reference_rates, body, answer)
            rates = ours(our_rates, runs, answer)
            equal &= theirs == rates
            pairs += 1
    versions = f"jieba {version('jieba')}, rouge-score {version('rouge-score')}"
    return _row("ROUGE-5 with jieba", pairs, "jieba.lcut and rouge-score", versions, reference, ours, equal)


def characters(sample: Pages) -> dict[str, Any]:
    """The character edit similarity of every pair by both."""

    def reference_similarity(body: str, answer: str) -> float | None:
        longest = max(len(body), len(answer))
        return 1.0 - Levenshtein.distance(body, answer) / longest if longest else None

    reference, ours, pairs, equal = Watch(), Watch(), 0, True
    for body, answers in sample:
        for answer in answers:
            theirs = reference(reference_similarity, body, answer)
            similarity = ours(webmainbench.similarity, body, answer)
            equal &= theirs == similarity
            pairs += 1
    name = "rapidfuzz Levenshtein.distance without a hint"
    return _row("character edit", pairs, name, f"rapidfuzz {version('rapidfuzz')}", reference, ours, equal)


def _row(work: str, pairs: int, name: str, versions: str, reference: Watch, ours: Watch, equal: bool) -> dict[str, Any]:
    return {
        "work": work,
        "pairs": pairs,
        "reference": name,
        "reference_version": versions,
        "reference_s": reference.seconds,
        "ours_s": ours.seconds,
        "path": "plain",
        "ratio": reference.seconds / ours.seconds,
        "equal": equal,
    }


def rows(data: Path, step: int = STEP) -> list[dict[str, Any]]:
    """One row for each of the two, on every `step`-th page; `path` is plain: numba has no part in either."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's regular expressions, where it is compiled for the first time
        import jieba
    jieba.setLogLevel(logging.WARNING)
    jieba.lcut("先读词典")
    return [rouge5(pages(data, step), jieba), characters(pages(data, step))]


def main() -> None:
    """Print the rows."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("BOILERBENCH_DATA", "../shared/corpora")))
    options.add_argument("--step", type=int, default=STEP)
    given = options.parse_args()
    for row in rows(given.data, given.step):
        print(json.dumps(row))


if __name__ == "__main__":
    main()
