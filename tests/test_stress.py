"""The disturbances of golds that `docs/stress.py` reads metrics by, and what is published of them."""

from __future__ import annotations

import importlib.util
import json
import random
import re
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import Gold, PageToken, Region
from benchmark.scorers import body, shingle, word

ROOT = Path(__file__).parents[1]
PUBLISHED = json.loads((ROOT / "results" / "metrics" / "stress.json").read_text(encoding="utf-8"))
BODIES = st.lists(st.sampled_from(["One. Two! Three?", "four", "Five six. Seven", "", "八。九"]), min_size=1).map(
    "\n".join
)
SHUFFLED = ("sentences_shuffled", "words_shuffled", "halves_swapped")


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stress", ROOT / "docs" / "stress.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


stress = load()


def disturbed(name: str, gold: Gold, seed: int = 1) -> Any:
    return stress.DISTURBANCES[name](gold, random.Random(seed))


def with_regions() -> Gold:
    """Two words of navigation on one line and a third on the next, then the body, then a comment."""
    words = [("home", 0, 0), ("news", 0, 0), ("sport", 0, 1), ("text", 1, 2), ("nice", 2, 3)]
    tokens = tuple(PageToken(text, region, line, line, "paragraph") for text, region, line in words)
    regions = (Region("navigation"), Region("main"), Region("comments", "text"))
    return Gold("p", "Text", regions=regions, tokens=tokens)


@pytest.mark.parametrize(
    ("name", "body_text", "expected"),
    [
        ("unchanged", "One.\nTwo", "One.\nTwo"),
        ("halves_swapped", "a\nb\nc\nd", "c\nd\na\nb"),
        ("halves_swapped", "one two three four", "three four\none two"),  # a single line is cut at a space
        ("halves_swapped", "one", "\none"),
        ("doubled", "a", "a\na"),
        ("half_lost", "a\nb\nc\nd", "a\nb"),
        ("lower_cased", "A B", "a b"),
        ("white_space_collapsed", " a\n\tb  c", "a b c"),
        ("markdown_added", "Title here\nfirst line\n\n second", "# Title here\n**first** line\n\n **second**"),
        ("navigation_added", "Text", None),  # no regions
        ("comments_added", "Text", None),
    ],
)
def test_disturbed_golds_are_those_written_by_hand(name: str, body_text: str, expected: str | None) -> None:
    assert disturbed(name, Gold("p", body_text)) == expected


def test_navigation_and_comments_are_the_pages_own_line_by_line() -> None:
    assert disturbed("navigation_added", with_regions()) == "home news\nsport\nText"
    assert disturbed("comments_added", with_regions()) == "Text\nnice"


@pytest.mark.parametrize("name", SHUFFLED)
@given(BODIES, st.integers(0, 99))
def test_shuffling_keeps_every_word_and_adds_none(name: str, text: str, seed: int) -> None:
    found = disturbed(name, Gold("p", text), seed)

    assert Counter(re.findall(r"\w+", found)) == Counter(re.findall(r"\w+", text))


@given(st.lists(st.sampled_from(["One. Two! Three?", "Five six… Seven.", "", "八。九！"]), min_size=1).map("\n".join))
def test_sentences_stay_whole_when_they_are_shuffled(text: str) -> None:
    def sentences(given: str) -> Counter[str]:
        return Counter(filter(None, re.split(r"(?<=[.!?…。！？])\s+|\n+", given)))

    assert sentences(disturbed("sentences_shuffled", Gold("p", text))) == sentences(text)


def test_a_gold_is_disturbed_alike_from_run_to_run_and_corpora_differ() -> None:
    gold = Gold("p", " ".join(map(str, range(100))))

    assert stress.disturbed("aeb", gold) == stress.disturbed("aeb", gold)
    assert stress.disturbed("aeb", gold) != stress.disturbed("seeds", gold)


def test_readings_are_corpus_values_and_tell_how_many_pages_they_have() -> None:
    golds = [Gold("p", "one two three four\nfive six seven eight"), with_regions()]

    found = stress.readings("x", golds, [body, shingle, word])

    assert found["word.f1"]["words_shuffled"] == [1.0, 2]
    assert found["body.f1"]["doubled"] == [pytest.approx(2 / 3), 2]
    assert found["body.f1"]["navigation_added"] == [pytest.approx(2 * 1 / (1 + 4)), 1]  # one of four words
    # Harmonic mean of mean precision and mean recall, not a mean of pages.
    assert found["shingle.precision"]["half_lost"] == [1.0, 2]
    assert found["shingle.recall"]["half_lost"] == [pytest.approx((1 / 5 + 1) / 2), 2]  # a single word has no half
    assert found["shingle.f1"]["half_lost"][0] == pytest.approx(2 * 1 * 0.6 / (1 + 0.6))
    assert "word.snippets_kept" not in found


@pytest.mark.parametrize("corpus", ["seeds", "aeb"])
def test_published_readings_obey_what_holds_by_definition(corpus: str) -> None:
    found = PUBLISHED["corpora"][corpus]["readings"]

    assert set(found["body.f1"]) == set(PUBLISHED["disturbances"]) == set(stress.DISTURBANCES)
    assert found["body.f1"]["unchanged"][0] == found["shingle.f1"]["unchanged"][0] == 1
    assert {found["word.f1"][name][0] for name in SHUFFLED} == {1}
    assert found["body.f1"]["lower_cased"][0] == 1 > found["shingle.f1"]["lower_cased"][0]
    assert found["word.f1"]["doubled"][0] == pytest.approx(2 / 3, abs=1e-6)


def test_published_readings_of_the_bundled_pages_are_those_of_today() -> None:
    golds = list(stress.find_corpus("seeds", None).golds())

    found = stress.readings("seeds", golds, [body, shingle, word])

    published = PUBLISHED["corpora"]["seeds"]["readings"]
    assert {name: published[name] for name in found} == found
