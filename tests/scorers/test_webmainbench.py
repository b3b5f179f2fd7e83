"""WebMainBench's ROUGE-5 and character edits beside the packages that define them."""

from __future__ import annotations

import json
import os
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Levenshtein import distance
from rouge_score.rouge_scorer import _create_ngrams, _score_ngrams

from benchmark.errors import EnvironmentFault
from benchmark.records import Gold
from benchmark.scorers import _jieba, webmainbench
from benchmark.scorers._ngrams import Overlap

STEP = 1 if os.environ.get("BOILERBENCH_WHOLE_PARITY") else 12
"""Every so many pages of AEB are compared; all where the whole parity is asked for."""

# Words of jieba's dictionary with and without Latin letters, numbers it joins and parts, and what it treats singly.
WORDS = (
    "AT&T c++ C# T恤 江南style 1号店 中华人民共和国 他来到了网易杭研大厦 小S 乒乓球拍卖完了 "
    "word 3.14% a. .5 ٣ - _ + & % 。 é ﬁ 𠮷"
)
SPACES = [" ", "\n", "\r\n", "\r", "\u3000"]
PIECES = st.sampled_from([*WORDS.split(), *SPACES])
MIXED = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)
TOKENS = st.lists(st.sampled_from("abc"), max_size=30)


@cache
def reference() -> Any:
    """The module jieba; its own regular expressions warn where it is compiled for the first time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    return jieba


def rouge5(body: str, answer: str) -> tuple[float, float, float]:
    """Precision, recall and F1 as the peer has them, from the functions that it calls."""
    if not body.strip() and not answer.strip():
        return 1.0, 1.0, 1.0
    runs = [_create_ngrams(reference().lcut(text), 5) for text in (body, answer)]
    found = _score_ngrams(*runs)
    return found.precision, found.recall, found.fmeasure


def edit(body: str, answer: str) -> float | None:
    longest = max(len(body), len(answer))
    return 1 - distance(body, answer) / longest if longest else None


def scores(body: str, answer: str) -> dict[str, float | None]:
    return webmainbench.against(Gold("page", body))(answer)


def expected(body: str, answer: str) -> dict[str, float | None]:
    precision, recall, f1 = rouge5(body, answer)
    return {
        "webmainbench.rouge5": f1,
        "webmainbench.rouge5_precision": precision,
        "webmainbench.rouge5_recall": recall,
        "webmainbench.rouge5_answered": f1 if answer else None,
        "webmainbench.edit": edit(body, answer),
        "webmainbench.edit_answered": edit(body, answer) if answer else None,
    }


def predictions(data: Path) -> dict[str, dict[str, str]]:
    """Answers of AEB's systems, page by page."""
    answers = {}
    for file in sorted((data / "aeb" / "predictions_upstream").glob("*.json")):
        stored = json.loads(file.read_text(encoding="utf-8"))
        pages = stored["output"] if stored.keys() == {"version", "output"} else stored
        answers[file.stem] = {page: about["articleBody"] or "" for page, about in pages.items()}
    return answers


def test_every_value_on_aebs_predictions_is_exactly_that_of_the_packages_behind_the_peer(data: Path) -> None:
    bodies = json.loads((data / "aeb" / "ground-truth.json").read_text(encoding="utf-8"))
    answers = predictions(data)
    compared = 0
    for page in sorted(bodies)[::STEP]:
        body = bodies[page]["articleBody"]
        score = webmainbench.against(Gold(page, body))
        for system, pages in answers.items():
            assert score(pages[page]) == expected(body, pages[page]), (system, page)
            compared += 1

    assert compared >= 150


@given(MIXED, MIXED)
def test_every_value_on_mixed_scripts_is_exactly_that_of_the_packages_behind_the_peer(body: str, answer: str) -> None:
    assert scores(body, answer) == expected(body, answer)


@given(MIXED)
def test_tokens_are_those_of_jieba(text: str) -> None:
    assert _jieba.tokenizer()(text) == reference().lcut(text)


@given(st.text())
def test_tokens_of_any_text_are_those_of_jieba(text: str) -> None:
    assert _jieba.tokenizer()(text) == reference().lcut(text)


@pytest.mark.parametrize(
    ("body", "answer", "precision", "recall", "f1"),
    [
        ("a b c d", "a b c d", 1, 1, 1),  # seven tokens, three runs
        ("a b c d", "a b c", 1, 1 / 3, 1 / 2),  # spaces are tokens, so five tokens are one run
        ("a b c d", "a b c d e f", 3 / 7, 1, 3 / 5),
        ("a b c d", "a\nb\nc\nd", 0, 0, 0),  # a line end is another token than a space
        ("a b c d", "A B C D", 0, 0, 0),
        ("a b c a b c", "a b c a b c a b c", 7 / 13, 1, 7 / 10),  # a copy has nothing left to match
        ("a b", "a b", 0, 0, 0),  # three tokens have no run of five
        ("我来到北京清华大学", "我来到北京清华大学", 0, 0, 0),  # 我 来到 北京 清华大学
        ("a b c", "", 0, 0, 0),
        ("", "a b c", 0, 0, 0),
        (" \n", "", 1, 1, 1),
        ("", "\t", 1, 1, 1),
    ],
)
def test_rouge5_is_that_worked_out_by_hand(body: str, answer: str, precision: float, recall: float, f1: float) -> None:
    values = scores(body, answer)

    found = [values[f"webmainbench.rouge5{of}"] for of in ("_precision", "_recall", "")]

    assert found == pytest.approx([precision, recall, f1], abs=1e-15)


@pytest.mark.parametrize(
    ("body", "answer", "value"),
    [("kitten", "sitting", 1 - 3 / 7), ("abc", "abc", 1), ("abc", "", 0), ("", "abc", 0), ("", "", None), ("", " ", 0)],
)
def test_edit_is_that_worked_out_by_hand(body: str, answer: str, value: float | None) -> None:
    assert scores(body, answer)["webmainbench.edit"] == value


@given(st.text(alphabet="ab", max_size=300), st.text(alphabet="abc", max_size=300))
def test_the_hint_never_changes_the_distance(body: str, answer: str) -> None:
    assert webmainbench.similarity(body, answer) == edit(body, answer)


def test_a_distance_far_beyond_the_hint_is_exact() -> None:
    body, answer = "ab" * 3000, "cd" * 2500 + "ab" * 700

    assert webmainbench.similarity(body, answer) == edit(body, answer)


def test_silence_is_zero_in_our_mean_and_left_out_of_the_peers() -> None:
    values = scores("a b c d", "")
    declared = {metric.name: metric.on_failure for metric in webmainbench.METRICS}

    for measure in ("rouge5", "edit"):
        assert (values[f"webmainbench.{measure}"], declared[f"webmainbench.{measure}"]) == (0, 0)
        assert values[f"webmainbench.{measure}_answered"] is None
        assert declared[f"webmainbench.{measure}_answered"] is None


@given(TOKENS, TOKENS, st.integers(1, 6))
def test_the_overlap_of_runs_is_that_of_rouge_score_for_runs_of_any_length(
    gold: list[str], answer: list[str], size: int
) -> None:
    found = _score_ngrams(_create_ngrams(gold, size), _create_ngrams(answer, size))

    assert Overlap(gold, size).rates(answer) == (found.precision, found.recall, found.fmeasure)


@given(TOKENS.filter(lambda gold: len(gold) >= 5))
def test_a_text_overlaps_wholly_with_itself(gold: list[str]) -> None:
    assert Overlap(gold, 5).rates(gold) == (1, 1, 1)


def test_the_memo_stays_within_its_bound_and_changes_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_jieba, "_HELD", 20)
    asked: list[str] = []
    memo = _jieba._Memo(lambda block: asked.append(block) or list(block))  # type: ignore[func-returns-value]
    blocks = [f"块{number}" for number in range(30)] + ["长" * 50, "块29", "块29"]

    for block in blocks:
        assert memo[block] == tuple(block)
        assert sum(map(len, memo.values())) <= 20

    # What is too long to keep empties the memo and is not kept; what follows is kept and asked for once.
    assert asked == blocks[:-1]


def test_words_that_other_code_adds_to_jieba_do_not_count() -> None:
    jieba, text = reference(), "长江大桥头堡"
    before = jieba.lcut(text)
    jieba.add_word("大桥头堡", 10**8)
    try:
        assert jieba.lcut(text) != before
        assert _jieba.tokenizer()(text) == before
    finally:
        jieba.del_word("大桥头堡")


def test_a_long_run_without_a_word_of_the_dictionary_is_read_in_linear_time() -> None:
    # From each of its characters anew it would be 10^12 steps: the timeout of the tests would end that.
    run = "a" * 1_000_000

    assert _jieba.tokenizer()(f"{run} {run}-中") == [run, " ", run, "-", "中"]


def test_without_jieba_the_scorer_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jieba", None)
    _jieba.tokenizer.cache_clear()
    try:
        with pytest.raises(EnvironmentFault, match=r"pip install 'boilerbench\[peers\]'"):
            webmainbench.against(Gold("page", "a body"))
    finally:
        _jieba.tokenizer.cache_clear()
