"""WCXB's bag-of-words measure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import Gold, Snippets
from benchmark.scorers import word

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "E"]), max_size=12)


def rates(body: str, answer: str) -> tuple[float, float, float]:
    values = word.against(Gold("page", body))(answer)
    precision, recall, f1 = (values[f"word.{measure}"] for measure in ("precision", "recall", "f1"))
    assert precision is not None
    assert recall is not None
    assert f1 is not None
    return precision, recall, f1


@pytest.mark.parametrize(
    ("body", "answer", "precision", "recall", "f1"),
    [
        ("a b c d", "a b c d", 1, 1, 1),
        ("a b c d", "d C b A", 1, 1, 1),  # neither order nor case counts
        ("a b c d", "a b", 1, 1 / 2, 2 / 3),
        ("a b c d", "a b c d e f g h", 1 / 2, 1, 2 / 3),
        ("a b c d", "a b c d a b c d", 1 / 2, 1, 2 / 3),  # a second copy has nothing left to match
        ("a a a b", "a a c", 2 / 3, 1 / 2, 4 / 7),  # two of three a's
        ("a b", "c d", 0, 0, 0),
        ("a b", "", 0, 0, 0),
        ("a b", "!?", 0, 0, 0),
        ("", "a", 0, 0, 0),
        ("", "", 1, 1, 1),  # WCXB rewards an empty answer where there is nothing to find
        ("ﬁn", "fin", 0, 0, 0),  # lower-cased, not normalised
    ],
)
def test_rates_are_those_worked_out_by_hand(body: str, answer: str, precision: float, recall: float, f1: float) -> None:
    assert rates(body, answer) == pytest.approx((precision, recall, f1), abs=1e-15)


@given(st.text(), st.text())
def test_f1_lies_between_precision_and_recall(body: str, answer: str) -> None:
    precision, recall, f1 = rates(body, answer)

    assert 0 <= min(precision, recall) <= f1 + 1e-15
    assert f1 <= max(precision, recall) + 1e-15 <= 1 + 1e-15


@given(st.text())
def test_a_text_scores_one_against_itself(text: str) -> None:
    assert rates(text, text) == (1, 1, 1)


@given(st.text(), st.text())
def test_swapping_the_texts_swaps_precision_and_recall(body: str, answer: str) -> None:
    precision, recall, f1 = rates(body, answer)

    assert rates(answer, body) == pytest.approx((recall, precision, f1), abs=1e-15)


@given(WORDS, WORDS, st.data())
def test_the_order_of_words_does_not_count(body: list[str], answer: list[str], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(answer))

    assert rates(" ".join(body), " ".join(answer)) == rates(" ".join(body), " ".join(shuffled))


@given(WORDS.filter(bool), WORDS, st.integers(1, 5))
def test_junk_lowers_precision_and_leaves_recall(body: list[str], answer: list[str], junk: int) -> None:
    before = rates(" ".join(body), " ".join(answer))
    after = rates(" ".join(body), " ".join([*answer, *["zzz"] * junk]))

    assert after[0] <= before[0]
    assert after[1] == before[1]
    assert after[2] <= before[2]


@given(WORDS.filter(bool), WORDS.filter(bool))
def test_the_overlap_is_that_of_pairing_words_one_by_one(body: list[str], answer: list[str]) -> None:
    left, paired = [token.lower() for token in body], 0
    for token in answer:
        if token.lower() in left:
            left.remove(token.lower())
            paired += 1

    expected = (paired / len(answer), paired / len(body), 2 * paired / (len(answer) + len(body)))

    assert rates(" ".join(body), " ".join(answer)) == pytest.approx(expected, abs=1e-15)


def snippet_values(present: tuple[str, ...], absent: tuple[str, ...], answer: str) -> tuple[float | None, ...]:
    values = word.against(Gold("page", "body", snippets=Snippets(present, absent)))(answer)
    return tuple(
        values[f"word.{name}"] for name in ("wcxb_with_rate", "wcxb_without_rate", "snippets_kept", "snippets_leaked")
    )


@pytest.mark.parametrize(
    ("present", "absent", "answer", "expected"),
    [
        (("Nice Day", "rain"), ("cookies", "Log in"), "A nice day. LOG IN", (1 / 2, 1 / 2, 1 / 2, 1 / 2)),
        (("nice day",), ("log in",), "nice\nday log  in", (0, 0, 0, 0)),  # white space is compared as it stands
        (("day", "day"), ("x",), "holiday", (1, 0, 1, 0)),  # within words too, and each snippet of the list counts
        ((), (), "anything", (1, 1, None, None)),  # WCXB: no snippet of boilerplate reads as all of it leaked
        ((), (), "", (1, 1, None, None)),
        (("a",), ("b",), "", (0, 0, 0, 0)),
    ],
)
def test_snippet_rates_are_those_worked_out_by_hand(
    present: tuple[str, ...], absent: tuple[str, ...], answer: str, expected: tuple[float | None, ...]
) -> None:
    assert snippet_values(present, absent, answer) == expected


@given(st.lists(st.text(max_size=3), max_size=4), st.lists(st.text(max_size=3), max_size=4), st.text())
def test_both_kinds_of_rate_agree_wherever_there_are_snippets(present: list[str], absent: list[str], text: str) -> None:
    with_rate, without_rate, kept, leaked = snippet_values(tuple(present), tuple(absent), text)

    assert (with_rate, without_rate) == (1.0 if kept is None else kept, 1.0 if leaked is None else leaked)
    assert (kept is None, leaked is None) == (not present, not absent)


def test_snippets_of_wcxbs_sample_are_found_as_often_as_wcxb_finds_them(data: Path) -> None:
    files = sorted((data / "wcxb-sample" / "dev" / "ground-truth").glob("*.json"))
    assert len(files) == 210
    for file in files:
        truth = json.loads(file.read_text(encoding="utf-8"))["ground_truth"]
        present, absent = truth.get("with") or [], truth.get("without") or []
        answer = truth["main_content"][: len(truth["main_content"]) // 2] + "".join(absent[:1])
        found = [
            sum(one.lower() in answer.lower() for one in listed) / len(listed) if listed else 1.0
            for listed in (present, absent)
        ]
        assert list(snippet_values(tuple(present), tuple(absent), answer)[:2]) == found
