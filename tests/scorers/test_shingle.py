"""The four-word shingle measure of article-extraction-benchmark."""

from __future__ import annotations

from statistics import fmean, harmonic_mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import Gold
from benchmark.scorers import shingle

WORDS = st.lists(st.sampled_from(["a", "b", "C"]), max_size=14)
NAMES = ("tp", "fp", "fn", "precision", "recall", "f1", "precision_page", "f1_page")


def measures(body: str, answer: str) -> dict[str, float | None]:
    values = shingle.against(Gold("page", body))(answer)
    return {name.removeprefix("shingle."): value for name, value in values.items()}


@pytest.mark.parametrize(
    ("body", "answer", "expected"),
    [
        # tp, fp, fn, precision, recall, f1, precision_page, f1_page
        ("a b c d e", "a b c d e", (1, 0, 0, 1, 1, 1, 1, 1)),
        ("a b c d e", "a, b; c d\ne", (1, 0, 0, 1, 1, 1, 1, 1)),  # punctuation and space are not words
        ("a b c d e", "A b c d e", (1 / 3, 1 / 3, 1 / 3, 1 / 2, 1 / 2, 1 / 2, 1 / 2, 1 / 2)),  # case counts
        ("a b c d e f", "a b c d e", (2 / 3, 0, 1 / 3, 1, 2 / 3, 4 / 5, 1, 4 / 5)),
        ("a b c d", "a b c d a b c d", (1 / 5, 4 / 5, 0, 1 / 5, 1, 1 / 3, 1 / 5, 1 / 3)),  # bcda cdab dabc, abcd again
        ("a a a a a", "a a a a a a a", (2 / 4, 2 / 4, 0, 2 / 4, 1, 2 / 3, 2 / 4, 2 / 3)),  # counted with repetition
        ("a b c", "a b c", (1, 0, 0, 1, 1, 1, 1, 1)),  # fewer than four words are one shingle
        ("a b c", "a b c d", (0, 1 / 2, 1 / 2, 0, 0, 0, 0, 0)),  # … of another length
        ("a b c d e", "e d c b a", (0, 1 / 2, 1 / 2, 0, 0, 0, 0, 0)),
        ("a b c d e", "", (0, 0, 1, None, 0, 0, 0, 0)),  # silence: left out of the mean precision
        ("a b c d e", "…", (0, 0, 1, None, 0, 0, 0, 0)),
        ("", "a", (0, 1, 0, 0, None, 0, None, None)),
        ("", "", (0, 0, 0, None, None, None, None, None)),
    ],
)
def test_measures_are_those_worked_out_by_hand(body: str, answer: str, expected: tuple[float | None, ...]) -> None:
    values = measures(body, answer)

    assert tuple(values) == NAMES
    for name, value in zip(NAMES, expected, strict=True):
        assert values[name] == pytest.approx(value, abs=1e-15), name


@given(st.text(), st.text())
def test_tp_fp_and_fn_are_the_shares_of_one_whole(body: str, answer: str) -> None:
    values = measures(body, answer)
    shares = [values["tp"], values["fp"], values["fn"]]

    assert all(share is not None and 0 <= share <= 1 for share in shares)
    assert sum(share or 0 for share in shares) == pytest.approx(0 if values["f1"] is None else 1)


@given(WORDS, WORDS)
def test_f1_lies_between_precision_and_recall(body: list[str], answer: list[str]) -> None:
    values = measures(" ".join(body), " ".join(answer))
    precision, recall, f1 = values["precision"], values["recall"], values["f1"]

    if precision is not None and recall is not None:
        assert f1 is not None
        assert 0 <= min(precision, recall) <= f1 + 1e-15
        assert f1 - 1e-15 <= max(precision, recall) <= 1


@given(WORDS)
def test_a_text_scores_one_against_itself(words: list[str]) -> None:
    values = measures(" ".join(words), " ".join(words))

    assert [values[name] for name in NAMES[3:]] == [1.0 if words else None] * 5


@given(WORDS, WORDS)
def test_swapping_the_texts_swaps_fp_and_fn(body: list[str], answer: list[str]) -> None:
    forth, back = measures(" ".join(body), " ".join(answer)), measures(" ".join(answer), " ".join(body))

    assert (forth["tp"], forth["fp"], forth["fn"]) == (back["tp"], back["fn"], back["fp"])
    assert (forth["precision"], forth["recall"], forth["f1"]) == (back["recall"], back["precision"], back["f1"])


def test_silence_on_a_bad_page_pays_in_aebs_f1_and_costs_in_the_mean_of_pages() -> None:
    good, bad, silent = (
        measures("a b c d", "a b c d"),
        measures("a b c d e", "a b c d z y x w v u"),
        measures("a b c d e", ""),
    )

    assert harmonic(good, silent) > harmonic(good, bad)
    assert (good["f1_page"], silent["f1_page"]) == (1, 0)
    assert bad["f1_page"] == pytest.approx(2 / 9)  # 1 shingle in common, of 2 and 7
    assert bad["precision_page"] == pytest.approx(1 / 7)
    assert (silent["precision_page"], silent["precision"]) == (0, None)


def harmonic(*pages: dict[str, float | None]) -> float:
    precisions = [page["precision"] for page in pages if page["precision"] is not None]
    recalls = [page["recall"] for page in pages if page["recall"] is not None]
    return harmonic_mean([fmean(precisions), fmean(recalls)])


@given(WORDS, WORDS)
def test_shingles_in_common_are_those_of_pairing_windows_one_by_one(body: list[str], answer: list[str]) -> None:
    left, found, paired = windows(body), windows(answer), 0
    for window in found:
        if window in left:
            left.remove(window)
            paired += 1
    whole = len(found) + len(left) or 1

    values = measures(" ".join(body), " ".join(answer))

    assert values["tp"] == pytest.approx(paired / whole, abs=1e-15)
    assert values["fn"] == pytest.approx(len(left) / whole, abs=1e-15)


def windows(words: list[str]) -> list[str]:
    if 0 < len(words) < 4:
        return [" ".join(words)]
    return [" ".join(words[start : start + 4]) for start in range(len(words) - 3)]
