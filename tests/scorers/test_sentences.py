"""Where Punkt ends a sentence."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.errors import EnvironmentFault
from benchmark.records import Gold
from benchmark.scorers import _sentences, fundus, wceb
from benchmark.scorers._sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("One. Two! Three? four", ["One.", "Two!", "Three?", "four"]),
        ("Ask Dr. Who. He knows.", ["Ask Dr. Who.", "He knows."]),
        ("It costs 3.5 dollars. Yes.", ["It costs 3.5 dollars.", "Yes."]),
        ("A heading\n\nThe text. ", ["A heading\n\nThe text."]),  # lines end nothing
        ("(He ate.) She ate.", ["(He ate.)", "She ate."]),
        ('"He ate." She ate.', ['"He ate."', "She ate."]),
        ("“He ate.” She ate.", ["“He ate.” She ate."]),  # NLTK 3.10.1 would end one at the curly mark
        ("«Il dort.» Elle dort.", ["«Il dort.» Elle dort."]),
        ("他走了。她也走了。", ["他走了。她也走了。"]),
    ],
)
def test_sentences_are_those_known_of_punkt(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.lists(st.sampled_from(["a", "B", "Dr.", "b.", "c!", "3.", '"', ")", "”", " ", "\n", "...", "--"])))
def test_sentences_are_the_text_but_for_space_between_them(parts: list[str]) -> None:
    text = " ".join(parts)

    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(sentences(text))


@given(st.lists(st.sampled_from(["a", "B", "Dr.", "b.", "c!", "U.S.", "D", '"', ")"])))
def test_what_was_split_before_changes_nothing(parts: list[str]) -> None:
    text = " ".join(parts)
    before = sentences(text)
    sentences(text.swapcase())

    assert sentences(text) == before


@pytest.mark.parametrize("scorer", [wceb, fundus], ids=lambda scorer: scorer.__name__.rpartition(".")[2])
@pytest.mark.parametrize("package", ["nltk", "punkt"])
def test_a_missing_package_is_named_with_what_to_type(
    scorer: Any, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=package)
        return real(name, *rest, **named)

    _sentences._split.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        EnvironmentFault, match=rf"{package} is not installed; type: pip install 'boilerbench\[peers\]'"
    ):
        scorer.against(Gold("page", "A body."))
    _sentences._split.cache_clear()
