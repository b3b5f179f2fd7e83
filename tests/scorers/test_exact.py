"""The accuracy of article-extraction-benchmark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import Gold
from benchmark.scorers import exact


def match(body: str, answer: str) -> float | None:
    return exact.against(Gold("page", body))(answer)["exact.match"]


@pytest.mark.parametrize(
    ("body", "answer", "expected"),
    [
        ("one two three", "one two three", 1.0),
        ("one two three", "one, two\n\nthree!", 1.0),  # punctuation and space are not words
        ("one two three", "One two three", 0.0),  # case is kept
        ("one two three", "one three two", 0.0),
        ("one two three", "one two", 0.0),
        ("one two three", "one two three four", 0.0),
        ("one two three", "", 0.0),
        ("ﬁn", "fin", 0.0),  # no normalisation
        ("...", "", 1.0),  # no word on either side
        ("", "one", 0.0),
    ],
)
def test_only_the_same_list_of_words_matches(body: str, answer: str, expected: float) -> None:
    assert match(body, answer) == expected


@given(st.text(), st.text())
def test_matching_is_mutual(first: str, second: str) -> None:
    assert match(first, second) == match(second, first)


@given(st.text())
def test_a_text_matches_itself(text: str) -> None:
    assert match(text, text) == 1.0
