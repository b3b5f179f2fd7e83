"""Shingle scores and accuracy beside what article-extraction-benchmark's own evaluator says of the same predictions."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from benchmark.records import Gold
from benchmark.scorers import exact, shingle

SYSTEMS = (
    "Diffbot",
    "dragnet",
    "go_trafilatura",
    "goose3",
    "html-text",
    "justext",
    "newspaper",
    "readability",
    "readability_js",
    "trafilatura",
)


@cache
def aeb() -> Path:
    project = Path(__file__).resolve().parents[2]
    places = [Path(os.environ["BOILERBENCH_DATA"])] if os.environ.get("BOILERBENCH_DATA") else []
    places.append(project.parent / "shared" / "corpora")
    for place in places:
        if (place / "aeb" / "expected.json").exists():
            return place / "aeb"
    pytest.skip(f"no aeb/expected.json in {' or '.join(map(str, places))}")


@cache
def read(name: str) -> Any:
    return json.loads((aeb() / name).read_text(encoding="utf-8"))


def predictions(system: str) -> dict[str, str]:
    """Answers by page id, from a file that is either bare or wrapped together with a version; null is empty."""
    stored = read(f"predictions_upstream/{system}.json")
    pages = stored["output"] if stored.keys() == {"version", "output"} else stored
    return {page: entry["articleBody"] or "" for page, entry in pages.items()}


def answers_in_order(system: str) -> list[str]:
    answers = predictions(system)
    return [answers[page] for page in read("expected.json")["page_ids"]]


@cache
def scores(system: str) -> list[dict[str, float | None]]:
    bodies = read("ground-truth.json")
    golds = [Gold(page, bodies[page]["articleBody"]) for page in read("expected.json")["page_ids"]]
    pairs = zip(golds, answers_in_order(system), strict=True)
    return [shingle.against(gold)(answer) | exact.against(gold)(answer) for gold, answer in pairs]


def mean(system: str, metric: str) -> float:
    return fmean(value for row in scores(system) if (value := row[metric]) is not None)


def test_every_published_system_is_compared() -> None:
    assert sorted(read("expected.json")["systems"]) == sorted(SYSTEMS)


@pytest.mark.parametrize("system", SYSTEMS)
def test_pages_agree_with_aebs_evaluator(system: str) -> None:
    expected = read("expected.json")["systems"][system]["tp_fp_fn"]

    found = [[row["shingle.tp"], row["shingle.fp"], row["shingle.fn"]] for row in scores(system)]

    assert len(found) == len(expected) == 181
    assert found == [pytest.approx(page, rel=0, abs=1e-12) for page in expected]


@pytest.mark.parametrize("system", SYSTEMS)
def test_corpus_values_agree_with_aebs_evaluator(system: str) -> None:
    expected = read("expected.json")["systems"][system]
    (f1,) = (metric for metric in shingle.METRICS if metric.name == "shingle.f1")
    precision, recall = (mean(system, name) for name in f1.aggregate.of)

    found = {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "accuracy": mean(system, "exact.match"),
    }

    assert found == pytest.approx({name: expected[name] for name in found}, rel=0, abs=1e-12)
    assert f1.aggregate.kind == "harmonic"


def test_pages_without_an_answer_leave_mean_precision_and_count_as_zero_in_the_mean_of_pages() -> None:
    # justext gives no text for 29 pages; AEB takes its precision over the other 152.
    silent = [row for row, answer in zip(scores("justext"), answers_in_order("justext"), strict=True) if not answer]

    assert len(silent) == 29
    assert {(row["shingle.precision"], row["shingle.recall"], row["shingle.f1_page"]) for row in silent} == {
        (None, 0, 0)
    }
