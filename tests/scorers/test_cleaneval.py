"""CleanEval's aligned score beside difflib's operations, counted one by one."""

from __future__ import annotations

import json
import re
import time
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import Gold
from benchmark.scorers import cleaneval
from benchmark.stats.aggregates import problems

PIECES = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "<p>",
        "<H>",
        "<l>",
        "<p",
        "URL: x",
        " URL",
        "\n",
        "\n\n",
        " ",
        "\t",
        "\r\n",
        "\x00",
        "\x1f",
        "\u00a0",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
SMALL = ("f1", "precision", "recall", "tags_f1", "tags_precision", "tags_recall")


def values(body: str, answer: str) -> dict[str, float | None]:
    found = cleaneval.against(Gold("page", body))(answer)
    return {name.removeprefix("cleaneval."): value for name, value in found.items()}


def normalised(text: str) -> list[str]:
    """The words of a text, written anew from the definition, step by step."""
    text = re.sub(r"^\s*URL.*$", "", text, flags=re.MULTILINE)
    text = "".join(" " if ord(character) < 0x20 else character for character in text)
    for mark in ("<p>", "<h>", "<l>", "<P>", "<H>", "<L>"):
        text = text.replace(mark, f"\n{mark} ")
    return re.split(r"\s+", text)


def counts(body: str, answer: str) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """The words, and the marks among them, that difflib keeps (tp), deletes (fp) and inserts (fn)."""
    output, wanted = normalised(answer), normalised(body)
    kept: list[str] = []
    deleted: list[str] = []
    inserted: list[str] = []
    for operation, start, stop, start_of_gold, stop_of_gold in SequenceMatcher(None, output, wanted).get_opcodes():
        if operation == "equal":
            kept += output[start:stop]
        else:
            deleted += output[start:stop]
            inserted += wanted[start_of_gold:stop_of_gold]
    heaps = (kept, deleted, inserted)
    words = tuple(map(len, heaps))
    marks = tuple(sum(word.lower() in {"<p>", "<h>", "<l>"} for word in heap) for heap in heaps)
    return (words[0], words[1], words[2]), (marks[0], marks[1], marks[2])


def rates(tp: int, fp: int, fn: int) -> tuple[float, float, float]:
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    return 2 * precision * recall / (precision + recall) if tp else 0.0, precision, recall


def expected(body: str, answer: str) -> dict[str, float | None]:
    words, marks = counts(body, answer)
    of_marks = rates(*marks) if marks[0] + marks[2] else (None, None, None)
    return dict(zip(SMALL, (*rates(*words), *of_marks), strict=True))


@given(TEXTS, TEXTS)
def test_values_are_those_of_difflibs_operations(body: str, answer: str) -> None:
    found = values(body, answer)
    (tp, fp, fn), _ = counts(body, answer)

    assert {name: found[name] for name in SMALL} == expected(body, answer)
    assert (found["tp"], found["answered"], found["wanted"]) == (tp, tp + fp, tp + fn)
    assert found["half"] == tp + (fp + fn) / 2


@given(st.text())
def test_words_of_any_text_are_those_of_the_definition(text: str) -> None:
    assert cleaneval.words(text) == normalised(text)


def test_values_on_aebs_predictions_are_those_of_difflibs_operations(data: Path) -> None:
    folder = data / "aeb"
    bodies = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for system in ("html-text", "readability_js", "justext"):
        stored = json.loads((folder / "predictions_upstream" / f"{system}.json").read_text(encoding="utf-8"))
        answers = stored.get("output", stored)
        for page in sorted(bodies)[::3]:
            body, answer = bodies[page]["articleBody"], answers[page]["articleBody"] or ""
            found = values(body, answer)
            assert {name: found[name] for name in SMALL} == expected(body, answer), (system, page)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", [""]),
        ("a b", ["a", "b"]),
        (" a\n", ["", "a", ""]),  # as in the original: white space at an end leaves an empty word
        ("URL: http://x/\n\n<h>Title<p>a b", ["", "<h>", "Title", "<p>", "a", "b"]),
        ("a\n  URLs are dropped too\nb", ["a", "b"]),
        ("see URL x", ["see", "URL", "x"]),
        ("\n\nURL x", [""]),
        ("a\n\nURL x", ["a", ""]),
        ("a\x00b\x07\x08c\x7f", ["a", "b", "c\x7f"]),
        ("a<P>b<q>", ["a", "<P>", "b<q>"]),
    ],
)
def test_words_are_those_worked_out_by_hand(text: str, words: list[str]) -> None:
    assert cleaneval.words(text) == words


@pytest.mark.parametrize(
    ("body", "answer", "f1", "precision", "recall"),
    [
        ("a b c d", "a b c d", 1, 1, 1),
        ("a b c d", "a  b\nc\td", 1, 1, 1),
        ("a b c d", "a b", 2 / 3, 1, 1 / 2),
        ("a b c d", "a b x c d y", 4 / 5, 2 / 3, 1),
        ("a b c d e", "d e a b c", 3 / 5, 3 / 5, 3 / 5),  # what is moved is lost
        ("a b c d", "a b c d a b c d", 2 / 3, 1 / 2, 1),
        ("a b", "A B", 0, 0, 0),
        ("a b", "", 0, 0, 0),
        ("", "a b", 0, 0, 0),
        ("", "", 1, 1, 1),
    ],
)
def test_values_are_those_worked_out_by_hand(
    body: str, answer: str, f1: float, precision: float, recall: float
) -> None:
    found = values(body, answer)

    assert [found["f1"], found["precision"], found["recall"]] == pytest.approx([f1, precision, recall], abs=1e-15)


@pytest.mark.parametrize(
    ("body", "answer", "f1", "precision", "recall"),
    [
        ("<h>a<p>b<p>c", "<h>a<p>b<p>c", 1, 1, 1),
        ("<h>a<p>b<p>c", "<h>a<p>b c", 4 / 5, 1, 2 / 3),
        ("<h>a<p>b", "<p>a<p>b", 1 / 2, 1 / 2, 1 / 2),  # a mark of another kind is another word
        ("<p>a", "a", 0, 0, 0),
        ("a", "<p>a", None, None, None),
    ],
)
def test_marks_are_those_worked_out_by_hand(
    body: str, answer: str, f1: float | None, precision: float | None, recall: float | None
) -> None:
    found = values(body, answer)

    assert [found["tags_f1"], found["tags_precision"], found["tags_recall"]] == pytest.approx(
        [f1, precision, recall], abs=1e-15
    )


def test_a_frequent_word_of_a_long_gold_begins_no_match() -> None:
    # "the" is more than 1 % of 201 words: between strangers it is missed, next to a neighbour of its own it is found.
    body = "start " + " ".join(f"w{number} the" for number in range(100))

    assert values(body, "x the y the z")["tp"] == 0
    assert values(body, "x w5 the y")["tp"] == 2


@given(TEXTS.filter(str.split))
def test_a_text_scores_one_against_itself(text: str) -> None:
    found = values(text, text)

    assert (found["f1"], found["precision"], found["recall"]) == (1, 1, 1)


def test_many_blank_lines_are_read_in_linear_time() -> None:
    def seconds(lines: int) -> float:
        start = time.process_time()
        cleaneval.words("\n" * lines)
        return time.process_time() - start

    # Quadratic time would be 10,000 times as much; the bound leaves a hundredfold for noise.
    assert seconds(1_000_000) < 10_000 / 100 * max(seconds(10_000), 1e-3)


def test_the_declared_aggregates_can_be_computed() -> None:
    assert problems(cleaneval.METRICS) == []
