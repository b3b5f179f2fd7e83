"""How fast our headline scorer is on a long article and on a whole page; run only when named."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from benchmark.records import Gold
from benchmark.scorers import body

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

BRIEF = pytest.mark.benchmark(max_time=0.3, min_rounds=5, warmup=True, warmup_iterations=1)


def article(words: int, seed: int) -> str:
    chosen = random.Random(seed).choices([f"word{number}" for number in range(3000)], k=words)
    return "\n".join(" ".join(chosen[start : start + 60]) for start in range(0, words, 60))


GOLD = Gold("p", article(3000, seed=1))
ANSWERS = {
    "good": GOLD.body.replace("word7 ", ""),
    "whole-page": article(4000, seed=2) + "\n" + GOLD.body + "\n" + article(4000, seed=3),
}


@BRIEF
def test_preparing_a_gold(benchmark: BenchmarkFixture) -> None:
    assert benchmark(body.against, GOLD)(GOLD.body)["body.f1"] == 1


@BRIEF
@pytest.mark.parametrize("answer", ANSWERS)
def test_scoring_an_answer(benchmark: BenchmarkFixture, answer: str) -> None:
    found = benchmark(body.against(GOLD), ANSWERS[answer])["body.recall"]
    assert found is not None
    assert found > 0.95
