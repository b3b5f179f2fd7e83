from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchmark.errors import UsageError
from benchmark.stats.agreement import agreement, confusion_table, disagreements

LABELS = "abcd"
CLASSES = {"a": "main", "b": "main", "c": "optional", "d": "boilerplate"}
SEVERAL = st.integers(2, 4).flatmap(
    lambda annotators: st.lists(st.lists(st.sampled_from(LABELS), min_size=annotators, max_size=annotators), min_size=1)
)
"""Tokens, each with the label that every annotator gave it."""
TWO = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1)


def page(units: list[list[str]] | list[tuple[str, str]]) -> dict[str, list[list[str]]]:
    return {"p": [list(reading) for reading in zip(*units, strict=True)]}


def kappa_by_definition(first: list[str], second: list[str]) -> Fraction | None:
    """Cohen's formula, label by label, in fractions."""
    size = len(first)
    observed = Fraction(sum(one == other for one, other in zip(first, second, strict=True)), size)
    expected = sum(
        (Fraction(first.count(label), size) * Fraction(second.count(label), size) for label in {*first, *second}),
        Fraction(0),
    )
    return None if expected == 1 else (observed - expected) / (1 - expected)


def alpha_by_definition(units: list[list[str]]) -> Fraction | None:
    """Mean disagreement of two labels of one token over that of any two labels, each pair looked at."""

    def disagreement(labels: list[str]) -> Fraction:
        pairs = list(permutations(labels, 2))
        return Fraction(sum(one != other for one, other in pairs), len(pairs))

    expected = disagreement([label for unit in units for label in unit])
    observed = sum((disagreement(unit) for unit in units), Fraction(0)) / len(units)
    return None if expected == 0 else 1 - observed / expected


def same(value: float | None, exact: Fraction | None) -> bool:
    return value is None if exact is None else value == pytest.approx(float(exact), abs=1e-12)


def test_cohens_own_example_of_three_diagnoses() -> None:
    # Cohen (1960), two judges and 200 patients: .70 agree, .41 would by chance.
    cells = {("a", "a"): 88, ("a", "b"): 10, ("a", "c"): 2, ("b", "a"): 14, ("b", "b"): 40, ("b", "c"): 6}
    cells |= {("c", "a"): 18, ("c", "b"): 10, ("c", "c"): 12}
    found = agreement(page([cell for cell, count in cells.items() for _ in range(count)]), CLASSES)
    assert found.overall.tokens == 200
    assert found.overall.agreed == pytest.approx(0.70)
    assert found.overall.kappa == pytest.approx((0.70 - 0.41) / (1 - 0.41))
    assert dict(found.confusion) == cells


@pytest.mark.parametrize(
    ("first", "second", "alpha"),
    [
        ("0100000010", "1110010000", 0.095),  # Krippendorff (2011), A: binary data, two observers, no missing data
        ("aabbdcccedda", "babbbccceddd", 0.692),  # the same, B: nominal data, two observers, no missing data
    ],
)
def test_krippendorffs_own_examples(first: str, second: str, alpha: float) -> None:
    found = agreement({"p": [first, second]}, dict.fromkeys("01abcde", "main"))
    assert found.overall.alpha == pytest.approx(alpha, abs=5e-4)


def test_three_readings_of_two_tokens_worked_by_hand() -> None:
    # Pairs of a token: a-a, a-b, a-b and b-b, b-b, b-b: 4 of 6 agree. Labels: 2 a, 4 b: 16 of 30 ordered pairs differ.
    found = agreement({"p": ["ab", "ab", "bb"]}, CLASSES)
    assert found.overall.agreed == pytest.approx(4 / 6)
    assert found.overall.alpha == pytest.approx(1 - (4 / 12) / (16 / 30))
    assert found.overall.kappa is None
    assert found.kinds["a"].labelled == (1, 1, 0)


@given(TWO)
def test_kappa_is_that_of_its_definition(units: list[tuple[str, str]]) -> None:
    first, second = page(units)["p"]
    found = agreement(page(units), CLASSES)
    assert same(found.overall.kappa, kappa_by_definition(first, second))
    for label, measures in found.kinds.items():
        marks = [["it" if one == label else "rest" for one in reading] for reading in (first, second)]
        assert same(measures.kappa, kappa_by_definition(*marks))
    named = [[CLASSES[one] for one in reading] for reading in (first, second)]
    assert same(found.overall_classes.kappa, kappa_by_definition(*named))


@given(SEVERAL)
def test_alpha_is_that_of_its_definition(units: list[list[str]]) -> None:
    found = agreement(page(units), CLASSES)
    assert same(found.overall.alpha, alpha_by_definition(units))
    for name, measures in found.classes.items():
        assert same(
            measures.alpha, alpha_by_definition([[str(CLASSES[one] == name) for one in unit] for unit in units])
        )
    assert same(found.overall_classes.alpha, alpha_by_definition([[CLASSES[one] for one in unit] for unit in units]))


@given(SEVERAL, st.data())
def test_the_order_of_readings_and_of_tokens_does_not_matter(units: list[list[str]], data: st.DataObject) -> None:
    other = data.draw(st.permutations(page(units)["p"]))
    moved = data.draw(st.permutations(list(zip(*other, strict=True))))
    found, again = agreement(page(units), CLASSES), agreement(page([list(unit) for unit in moved]), CLASSES)
    for one, two in ((found.overall, again.overall), (found.overall_classes, again.overall_classes)):
        assert (one.agreed, one.alpha) == pytest.approx((two.agreed, two.alpha))
        assert one.kappa == pytest.approx(two.kappa)


@given(st.lists(st.sampled_from(LABELS)), st.integers(2, 4))
def test_equal_readings_agree_fully_or_where_they_know_one_label_only_beyond_what_can_be_judged(
    reading: list[str], annotators: int
) -> None:
    found = agreement({"p": [reading] * annotators}, CLASSES)
    for measures in (found.overall, found.overall_classes, *found.kinds.values(), *found.classes.values()):
        assert measures.agreed == (1 if reading else None)
        assert measures.alpha in (1, None)
        assert measures.kappa in (1, None)
    assert (found.overall.alpha is None) == (len(set(reading)) < 2)
    assert (found.overall.kappa is None) == (annotators > 2 or len(set(reading)) < 2)


@given(SEVERAL, st.permutations(LABELS))
def test_the_names_of_labels_do_not_matter(units: list[list[str]], names: list[str]) -> None:
    called = dict(zip(LABELS, names, strict=True))
    found = agreement(page(units), CLASSES)
    again = agreement(page([[called[one] for one in unit] for unit in units]), dict.fromkeys(LABELS, "main"))
    assert found.overall == again.overall
    assert {called[label]: measures for label, measures in found.kinds.items()} == again.kinds


@given(SEVERAL, st.data())
def test_where_tokens_are_cut_into_pages_does_not_matter(units: list[list[str]], data: st.DataObject) -> None:
    assume(len(units) > 1)
    cut = data.draw(st.integers(1, len(units) - 1))
    apart = {"p": page(units[:cut])["p"], "q": page(units[cut:])["p"]}
    assert agreement(apart, CLASSES) == agreement(page(units), CLASSES)


@given(TWO)
def test_alpha_of_two_readings_is_scotts_pi_corrected_for_small_samples(units: list[tuple[str, str]]) -> None:
    found = agreement(page(units), CLASSES).overall
    assume(found.alpha is not None)
    assert found.agreed is not None
    labels = [label for unit in units for label in unit]
    by_chance = sum((labels.count(label) / len(labels)) ** 2 for label in set(labels))
    pi = (found.agreed - by_chance) / (1 - by_chance)
    assert found.alpha == pytest.approx(1 - (1 - pi) * (len(labels) - 1) / len(labels))


def test_without_pages_or_tokens_nothing_is_defined() -> None:
    for readings in ({}, {"p": ["", ""]}):
        found = agreement(readings, CLASSES)
        assert (found.overall.tokens, found.overall.agreed, found.overall.kappa, found.overall.alpha) == (
            0,
            *[None] * 3,
        )
        assert (found.kinds, found.classes, found.confusion) == ({}, {}, {})


def test_readings_that_share_no_label_agree_by_chance_or_less() -> None:
    found = agreement({"p": ["aaaa", "bbbb"]}, CLASSES)
    assert found.overall.kappa == 0
    assert found.overall.alpha == pytest.approx(1 - 1 / (32 / 56))
    assert found.overall_classes.agreed == 1
    assert found.overall_classes.kappa is None


def test_every_page_that_cannot_be_compared_is_named_at_once() -> None:
    readings = {"good": ["a", "b"], "short": ["aa", "a"], "lone": ["a"], "three": ["a", "a", "a"], "odd": ["x", "a"]}
    with pytest.raises(UsageError) as raised:
        agreement(readings, CLASSES)
    message = str(raised.value)
    assert "page short: readings of 2, 1 tokens" in message
    assert "page lone: 1 reading;" in message
    assert "page three: 3 readings where other pages have 2" in message
    assert "label 'x' has no class" in message
    assert "good" not in message


def test_the_confusion_table_puts_the_commonest_label_first_and_the_earlier_reading_in_rows() -> None:
    confusion = agreement({"p": ["abbbcc", "bbbbac"]}, CLASSES).confusion
    assert confusion_table(confusion) == (["b", "c", "a"], [[3, 0, 0], [0, 1, 1], [1, 0, 0]])


def test_disagreements_are_listed_most_first_then_by_name() -> None:
    confusion = agreement({"p": ["abbcaab", "babbbba"]}, CLASSES).confusion
    assert disagreements(confusion) == [("a", "b", 3), ("b", "a", 2), ("c", "b", 1)]
