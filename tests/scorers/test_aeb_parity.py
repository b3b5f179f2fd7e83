"""Shingle scores and accuracy beside what article-extraction-benchmark's own evaluator says of the same predictions."""

from __future__ import annotations

import json
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


Row = dict[str, float | None]


@cache
def read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture
def expected(data: Path) -> Any:
    return read(data / "aeb" / "expected.json")


@pytest.fixture
def answers(data: Path, expected: Any, system: str) -> list[str]:
    """A system's answers, from a file that is either bare or wrapped together with a version; null is empty."""
    stored = read(data / "aeb" / "predictions_upstream" / f"{system}.json")
    pages = stored["output"] if stored.keys() == {"version", "output"} else stored
    return [pages[page]["articleBody"] or "" for page in expected["page_ids"]]


@pytest.fixture
def rows(data: Path, expected: Any, answers: list[str]) -> list[Row]:
    bodies = read(data / "aeb" / "ground-truth.json")
    golds = [Gold(page, bodies[page]["articleBody"]) for page in expected["page_ids"]]
    pairs = zip(golds, answers, strict=True)
    return [shingle.against(gold)(answer) | exact.against(gold)(answer) for gold, answer in pairs]


def mean(rows: list[Row], metric: str) -> float:
    return fmean(value for row in rows if (value := row[metric]) is not None)


def test_every_published_system_is_compared(expected: Any) -> None:
    assert sorted(expected["systems"]) == sorted(SYSTEMS)


@pytest.mark.parametrize("system", SYSTEMS)
def test_pages_agree_with_aebs_evaluator(expected: Any, rows: list[Row], system: str) -> None:
    pages = expected["systems"][system]["tp_fp_fn"]

    found = [[row["shingle.tp"], row["shingle.fp"], row["shingle.fn"]] for row in rows]

    assert len(found) == len(pages) == 181
    assert found == [pytest.approx(page, rel=0, abs=1e-12) for page in pages]


@pytest.mark.parametrize("system", SYSTEMS)
def test_corpus_values_agree_with_aebs_evaluator(expected: Any, rows: list[Row], system: str) -> None:
    published = expected["systems"][system]
    (f1,) = (metric for metric in shingle.METRICS if metric.name == "shingle.f1")
    precision, recall = (mean(rows, name) for name in f1.aggregate.of)

    found = {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "accuracy": mean(rows, "exact.match"),
    }

    assert f1.aggregate.kind == "harmonic"
    assert found == pytest.approx({name: published[name] for name in found}, rel=0, abs=1e-12)


@pytest.mark.parametrize("system", ["justext"])
def test_an_empty_answer_leaves_mean_precision_and_counts_as_zero_in_the_mean_of_pages(
    answers: list[str], rows: list[Row]
) -> None:
    # justext gives no text for 29 pages; AEB takes its precision over the other 152.
    silent = [row for row, answer in zip(rows, answers, strict=True) if not answer]

    assert len(silent) == 29
    assert {(row["shingle.precision"], row["shingle.recall"], row["shingle.f1_page"]) for row in silent} == {
        (None, 0, 0)
    }
