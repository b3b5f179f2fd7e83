"""Thousands of random texts over small alphabets: every measure with ties to break beside its reference."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

RANDOM: Any = importlib.import_module("benches.random_cases")
FAMILIES = RANDOM.families()


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
def test_3000_random_cases_and_more_get_the_references_values_bit_for_bit(family: Any) -> None:
    found = RANDOM.compared(family)

    assert not found["unequal"]
    assert found["equal"] == found["cases"] >= 3_000
    assert found["long"] >= 150
    assert found["longest"] > 2 * RANDOM.WORD


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
def test_the_cases_reach_values_between_nothing_and_all(family: Any) -> None:
    values = {family.theirs(*case)[0] for case in RANDOM.cases(family, 300)}

    assert len(values - {None, 0.0, 1.0}) > 20


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
def test_a_value_that_is_off_by_one_bit_would_be_found(family: Any) -> None:
    def off(gold: str, answer: str) -> tuple[float | None, ...]:
        first, *others = family.ours(gold, answer)
        return (first if first is None else first + 2**-50, *others)

    spoilt = RANDOM.Family(family.name, family.reference, family.draw, off, family.theirs, family.size)
    assert RANDOM.compared(spoilt, 100)["equal"] < 100
