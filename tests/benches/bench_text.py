"""How fast our own text functions are, on one fixed text of 20,000 words; run only when named."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from benchmark.text import plain, tokens

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

WORDS = (
    "the of and naïve façade Straße it's 3.14 über-cool Москва μέτρον extraction — “quoted” 漢字かな交じり ไทย".split()
)
BRIEF = pytest.mark.benchmark(max_time=0.3, min_rounds=5, warmup=True, warmup_iterations=1)


def text(words: int) -> str:
    order = random.Random(1)
    chosen = order.choices(WORDS, k=words)
    return "\n".join(" ".join(chosen[start : start + 40]) for start in range(0, words, 40))


@BRIEF
def test_tokens(benchmark: BenchmarkFixture) -> None:
    assert len(benchmark(tokens, text(20_000))) > 20_000


@BRIEF
def test_plain_text_of_html(benchmark: BenchmarkFixture) -> None:
    html = (
        "<html><body>" + "".join(f"<p>{line} <b>bold</b></p>" for line in text(20_000).split("\n")) + "</body></html>"
    )
    assert benchmark(plain, html, "html").count("bold") == 500


@BRIEF
def test_plain_text_of_markdown(benchmark: BenchmarkFixture) -> None:
    markdown = "\n\n".join(f"## heading\n\n* {line} **bold**" for line in text(20_000).split("\n"))
    assert benchmark(plain, markdown, "markdown").count("bold") == 500
