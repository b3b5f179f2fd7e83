"""Fundus's three measures, beside its published scores of seven tools and beside the packages it computes them with."""

from __future__ import annotations

import csv
import json
import math
from itertools import combinations
from pathlib import Path

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from benchmark.corpora import fundus as corpus
from benchmark.records import Gold
from benchmark.scorers import fundus
from benchmark.scorers._sentences import sentences

TOOLS = ("boilernet", "boilerpipe", "bte", "fundus", "justext", "newsplease", "trafilatura")
MEASURES = {
    "paragraph_match": ("paragraph_precision", "paragraph_recall", "paragraph_f1"),
    "rouge_lsum": ("rouge_lsum_precision", "rouge_lsum_recall", "rouge_lsum_f1"),
    "wer": ("wer",),
}
"""Our metrics in the order of the columns of Fundus's files."""

Pair = tuple[str, str]
"""Page and tool."""
Values = dict[str, float | None]
TEXTS = st.lists(st.sampled_from(["a b", "a c", "B a.", "Dr. b", "c"]), max_size=6)


@pytest.fixture(scope="module")
def found(data: Path) -> dict[Pair, Values]:
    """Our values of the 560 published extractions, each as one text of a line for each paragraph."""
    folder = data / "fundus" / "dataset" / "extractions"
    extractions = {tool: json.loads((folder / f"{tool}.json").read_text(encoding="utf-8")) for tool in TOOLS}
    values = {}
    for gold in corpus.golds(data / "fundus"):
        score = fundus.against(gold)
        for tool in TOOLS:
            values[gold.page_id, tool] = score("\n".join(extractions[tool][f"{gold.page_id}.html.gz"]["body"]))
    return values


def published(data: Path, measure: str) -> dict[Pair, tuple[float | None, ...]]:
    """Fundus's values; an empty cell is undefined."""
    with (data / "fundus" / "dataset" / "scores" / f"{measure}.tsv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file, delimiter="\t")
    return {
        (page.removesuffix(".html.gz"), tool): tuple(float(one) if one else None for one in values)
        for tool, page, *values in rows
    }


def pick(values: Values, measure: str) -> tuple[float | None, ...]:
    return tuple(values[f"fundus.{name}"] for name in MEASURES[measure])


def against(paragraphs: list[str], optional: tuple[int, ...], answer: list[str]) -> Values:
    return fundus.against(Gold("page", "\n".join(paragraphs), optional))("\n".join(answer))


@pytest.mark.parametrize("measure", MEASURES)
def test_values_are_the_published_ones_for_every_extraction(
    data: Path, found: dict[Pair, Values], measure: str
) -> None:
    expected = published(data, measure)

    assert len(expected) == 560
    assert {pair: pick(values, measure) for pair, values in found.items()} == expected


def test_pages_that_fundus_leaves_out_count_zero_in_our_own_f1(found: dict[Pair, Values]) -> None:
    left_out = [values for values in found.values() if values["fundus.paragraph_f1"] is None]
    others = [values for values in found.values() if values["fundus.paragraph_f1"] is not None]

    assert len(left_out) == 19
    assert {values["fundus.paragraph_f1_page"] for values in left_out} == {0}
    assert all(values["fundus.paragraph_f1_page"] == values["fundus.paragraph_f1"] for values in others)
    for values in found.values():
        assert values["fundus.paragraph_precision_page"] == (values["fundus.paragraph_precision"] or 0)


@pytest.mark.parametrize(
    ("paragraphs", "optional", "answer", "match", "wer"),
    [
        (["a b", "c"], (), ["a b", "c"], (1, 1, 1), 0),
        (["a b", "c"], (), ["c", "a b"], (1, 1, 1), 2 / 3),  # paragraphs in any order: one word put in, one left out
        (["a b", "c"], (), ["a  b ", "", "d"], (1 / 2, 1 / 2, 1 / 2), 1 / 3),
        (["a b", "c"], (1,), ["a b"], (1, 1, 1), 0),
        (["a b", "c"], (1,), ["a b", "c"], (1, 1, 1), 0),
        (["a b", "c"], (0, 1), ["c"], (1, 1, 1), 0),
        (["a b", "c"], (1,), [], (None, 0, None), 1),
        (["a b", "c"], (1,), ["x"], (0, 0, None), 1),
        (["a"], (), ["b c d"], (0, 0, None), 3),  # more wrong words than words
        (["a"], (0,), [], (None, 0, None), 1),  # of two choices the one without a word has no word error rate
        ([], (), ["a"], (0, None, None), None),
        ([], (), [], (None, None, None), None),
        # Five optional paragraphs: all or none of them, so that the gold is a b or a b and all five.
        (["a b", *"vwxyz"], (1, 2, 3, 4, 5), ["a b", "v"], (1 / 2, 1, 2 / 3), 1 / 2),
        (["a b", *"wxyz"], (1, 2, 3, 4), ["a b", "w"], (1, 1, 1), 0),
    ],
)
def test_values_are_those_worked_out_by_hand(
    paragraphs: list[str],
    optional: tuple[int, ...],
    answer: list[str],
    match: tuple[float | None, ...],
    wer: float | None,
) -> None:
    values = against(paragraphs, optional, answer)

    assert pick(values, "paragraph_match") == match
    assert values["fundus.wer"] == wer
    pages = (match[0] or 0, match[2] or 0) if paragraphs else (None, None)
    assert (values["fundus.paragraph_precision_page"], values["fundus.paragraph_f1_page"]) == pages


def test_optional_lines_are_counted_with_empty_ones() -> None:
    values = fundus.against(Gold("page", "a\n\nb\nc", optional=(2,)))("a\nc")

    assert pick(values, "paragraph_match") == (1, 1, 1)


def test_the_better_choice_is_taken_for_each_measure_apart() -> None:
    # Without the optional paragraph the answer's only paragraph is the gold's; with it more words are hit.
    values = against(["a b", "c d e f g"], (1,), ["a b", "c d e f g h"])

    assert pick(values, "paragraph_match") == (1 / 2, 1, 2 / 3)
    assert pick(values, "rouge_lsum")[:2] == (7 / 8, 1)
    assert values["fundus.wer"] == 1 / 7


@given(TEXTS, st.sets(st.integers(0, 5), max_size=3), TEXTS)
def test_values_are_the_best_over_all_choices_by_the_packages_fundus_uses(
    paragraphs: list[str], numbers: set[int], answer: list[str]
) -> None:
    optional = tuple(sorted(number for number in numbers if number < len(paragraphs)))
    choices = [
        "\n\n".join(paragraph for number, paragraph in enumerate(paragraphs) if number not in left_out)
        for size in range(len(optional) + 1)
        for left_out in combinations(optional, size)
    ]
    text = "\n\n".join(answer)
    values = against(paragraphs, optional, answer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rouge_scorer.nltk, "sent_tokenize", sentences)
        scorer = rouge_scorer.RougeScorer(["rougeLsum"], split_summaries=True)
        rates = [scorer.score(choice, text)["rougeLsum"] for choice in choices]
    best = max(rates, key=lambda one: one.fmeasure)

    assert pick(values, "rouge_lsum") == (best.precision, best.recall, best.fmeasure)
    assert values["fundus.wer"] == min((jiwer.wer(choice, text) for choice in choices if choice), default=None)


@given(st.lists(st.text("ab\t\xa0 .", min_size=1).filter(str.strip), min_size=1), TEXTS)
def test_words_are_those_of_jiwer(paragraphs: list[str], answer: list[str]) -> None:
    gold = [" ".join(paragraph.splitlines()) for paragraph in paragraphs]

    values = against(gold, (), answer)

    assert values["fundus.wer"] == jiwer.wer("\n\n".join(gold), "\n\n".join(answer))


def test_the_word_error_rate_has_no_upper_limit_and_a_failure_counts_as_every_word_left_out() -> None:
    (wer,) = (metric for metric in fundus.METRICS if metric.name == "fundus.wer")

    assert (wer.direction, wer.high, wer.on_failure) == ("lower", math.inf, 1)
