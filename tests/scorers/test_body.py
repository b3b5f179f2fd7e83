"""Our own measure against the gold body, beside a slow and plain reading of its definition."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmark.records import Gold
from benchmark.scorers import body as scorer
from benchmark.text import tokens

SEEDS = Path(__file__).resolve().parents[2] / "seeds"

# One letter is one token and a slash is the end of a block: bodies so small that runs, copies and short blocks abound.
LETTERS = st.text(alphabet="abc/", max_size=14)
BODIES = LETTERS.filter(lambda letters: letters.strip("/") != "")


def text(letters: str) -> str:
    return " ".join(letters).replace("/", "\n")


def rates(body: str, answer: str) -> tuple[float, float, float]:
    values = scorer.against(Gold("page", body))(answer)
    precision, recall, f1 = (values[f"body.{measure}"] for measure in ("precision", "recall", "f1"))
    assert precision is not None
    assert recall is not None
    assert f1 is not None
    return precision, recall, f1


@pytest.mark.parametrize(
    ("body", "answer", "precision", "recall", "f1"),
    [
        ("abcdef", "abcdef", 1, 1, 1),
        ("abcdef", "ABC/def", 1, 1, 1),  # neither case nor the cut into blocks counts
        ("abcdef", "", 0, 0, 0),
        ("abcdef", "uvwxyz", 0, 0, 0),
        ("abcdef", "abc", 1, 1 / 2, 2 / 3),
        ("abcdef", "xxabcdefxx", 6 / 10, 1, 12 / 16),
        ("abcdef", "abcdefabcdef", 1 / 2, 1, 2 / 3),  # a second copy is all cost
        ("abcdef", "defabc", 1 / 2, 1 / 2, 1 / 2),  # halves swapped: only one of them is in order
        ("abcdef", "abxcdxef", 0, 0, 0),  # no run of three: chance
        ("abcdef", "abxcdef", 4 / 7, 4 / 6, 8 / 13),
        ("abcd", "abcbcd", 4 / 6, 1, 8 / 10),  # abc and bcd overlap in the body: all six lie in a run, four match
        ("abcd/e/fghi", "e", 1, 1 / 9, 2 / 10),  # a whole block of one token needs no run
        ("abcd/ef/ghij", "ef", 1, 2 / 10, 4 / 12),  # nor does one of two
        ("abcd/ef/ghij", "e", 0, 0, 0),  # but half a block does
        ("abcd/ef/ghij", "xefxe", 2 / 5, 2 / 10, 4 / 15),
        ("abcd", "a/bcd", 1, 1, 1),
        ("abc/def", "bcd", 1, 3 / 6, 6 / 9),  # runs cross the borders of blocks
        ("ab", "b", 0, 0, 0),  # two tokens: runs of two
        ("ab", "xab", 2 / 3, 1, 4 / 5),
        ("a", "xax", 1 / 3, 1, 2 / 4),
        ("/a//", "a", 1, 1, 1),  # blank lines are no blocks
    ],
)
def test_rates_are_those_worked_out_by_hand(body: str, answer: str, precision: float, recall: float, f1: float) -> None:
    assert rates(text(body), text(answer)) == pytest.approx((precision, recall, f1), abs=1e-15)


@pytest.mark.parametrize("body", ["", "\n \n", "— … !"])
@pytest.mark.parametrize("answer", ["", "anything"])
def test_a_gold_without_a_token_leaves_the_page_undefined(body: str, answer: str) -> None:
    values = scorer.against(Gold("page", body))(answer)

    assert values == {"body.precision": None, "body.recall": None, "body.f1": None}


@settings(deadline=None)
@given(BODIES, LETTERS)
def test_rates_are_those_of_the_definition_read_plainly(body: str, answer: str) -> None:
    assert rates(text(body), text(answer)) == pytest.approx(plain_rates(body, answer), abs=1e-15)


@pytest.mark.parametrize("seed", range(5))
def test_rates_are_those_of_the_definition_on_texts_longer_than_a_machine_word(seed: int) -> None:
    # The subsequence is found 64 tokens at a time; these bodies span several such blocks, cut, moved and doubled.
    draw = random.Random(seed)
    body = "".join(draw.choices("abcdefgh/", k=260))
    cuts = sorted(draw.sample(range(260), 4))
    pieces = [body[start:end] for start, end in zip([0, *cuts], [*cuts, 260], strict=True)]
    draw.shuffle(pieces)
    answer = "x".join([*pieces, pieces[0]])

    assert rates(text(body), text(answer)) == pytest.approx(plain_rates(body, answer), abs=1e-15)


def plain_rates(body: str, answer: str) -> tuple[float, float, float]:
    blocks, main, output = body.split("/"), body.replace("/", ""), answer.replace("/", "")
    run = min(3, len(main))
    found = ""
    for place, letter in enumerate(output):
        in_run = any(output[at : at + run] in main for at in starts(place, run, len(output)))
        in_block = any(
            output[at : at + len(block)] == block
            for block in blocks
            if 0 < len(block) < 3
            for at in starts(place, len(block), len(output))
        )
        found += letter if in_run or in_block else ""
    matched = plain_subsequence(found, main)
    precision = matched / len(output) if output else 0
    return precision, matched / len(main), 2 * matched / (len(output) + len(main))


def starts(place: int, size: int, length: int) -> range:
    """Where a window of this size can start so that it covers the place and fits into the length."""
    return range(max(0, place - size + 1), min(place, length - size) + 1)


def plain_subsequence(first: str, second: str) -> int:
    row = [0] * (len(second) + 1)
    for letter in first:
        above = row[:]
        for place, other in enumerate(second):
            row[place + 1] = above[place] + 1 if letter == other else max(above[place + 1], row[place])
    return row[-1]


@given(st.text(), st.text())
def test_f1_lies_between_precision_and_recall(body: str, answer: str) -> None:
    assume(tokens(body))
    precision, recall, f1 = rates(body, answer)

    assert 0 <= min(precision, recall) <= f1 + 1e-15
    assert f1 - 1e-15 <= max(precision, recall) <= 1


@given(st.text())
def test_a_body_scores_one_against_itself(body: str) -> None:
    assume(tokens(body))

    assert rates(body, body) == (1, 1, 1)


@given(BODIES)
def test_a_doubled_body_halves_precision_and_keeps_recall(body: str) -> None:
    assert rates(text(body), text(f"{body}/{body}")) == pytest.approx((1 / 2, 1, 2 / 3), abs=1e-15)


@given(BODIES, st.data())
def test_only_the_ordered_body_scores_one(body: str, data: st.DataObject) -> None:
    letters = body.replace("/", "")
    shuffled = "".join(data.draw(st.permutations(letters)))

    assert (rates(text(body), text(shuffled))[2] == 1) == (shuffled == letters)


@given(BODIES, LETTERS, LETTERS)
def test_more_text_never_lowers_recall_when_appended(body: str, answer: str, more: str) -> None:
    assert rates(text(body), text(f"{answer}/{more}"))[1] >= rates(text(body), text(answer))[1]


@given(BODIES, LETTERS, st.data())
def test_junk_raises_nothing_wherever_it_stands(body: str, answer: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(answer)))
    with_junk = f"{answer[:place]}zz{answer[place:]}"

    before, after = rates(text(body), text(answer)), rates(text(body), text(with_junk))

    assert all(new <= old for new, old in zip(after, before, strict=True))


@given(BODIES, st.integers(1, 5))
def test_junk_beside_a_whole_body_costs_precision_alone(body: str, junk: int) -> None:
    size = len(body.replace("/", ""))

    precision, recall, _ = rates(text(body), text(f"{'z' * junk}/{body}/{'z' * junk}"))

    assert (precision, recall) == (size / (size + 2 * junk), 1)


@given(BODIES, st.data())
def test_a_part_of_the_body_is_never_imprecise(body: str, data: st.DataObject) -> None:
    letters = body.replace("/", "")
    size = data.draw(st.integers(min(3, len(letters)), len(letters)))
    start = data.draw(st.integers(0, len(letters) - size))

    precision, recall, _ = rates(text(body), text(letters[start : start + size]))

    assert (precision, recall) == (1, size / len(letters))


@pytest.mark.parametrize(
    ("parts", "precision", "recall", "f1"),
    [
        ([(7, 25)], 1, 1, 1),
        ([(27, 39)], 1, 1, 1),  # the other copy, cut into other paragraphs
        ([(7, 25), (27, 39)], 1 / 2, 1, 2 / 3),
        ([(1, 85)], 537 / 1385, 1, 1074 / 1922),
        (
            [(1, 6), (40, 85)],
            16 / 311,
            16 / 537,
            32 / 848,
        ),  # eight words of the title, printed twice and also in the body
    ],
)
def test_a_document_that_prints_its_article_twice(
    parts: list[tuple[int, int]], precision: float, recall: float, f1: float
) -> None:
    (document,) = SEEDS.glob("003_*.txt")
    lines = document.read_text(encoding="utf-8").splitlines()
    body = "\n".join(lines[6:25])
    answer = "\n".join(line for first, last in parts for line in lines[first - 1 : last])

    assert rates(body, answer) == pytest.approx((precision, recall, f1), abs=1e-15)
