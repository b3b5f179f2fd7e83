"""The order in which shards are drawn."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from benchmark.schedule import LongestFirst


def shards(*names: str) -> LongestFirst[str]:
    return LongestFirst([(name[0], 100.0, name) for name in names])


def test_one_shard_of_each_adapter_goes_first_so_that_its_pace_is_known() -> None:
    order = iter(shards("a1", "a2", "a3", "b1", "b2", "c1"))
    assert [next(order) for _ in range(3)] == ["a1", "b1", "c1"]


def test_of_adapters_whose_pace_is_known_the_slowest_is_next() -> None:
    pile = shards("a1", "a2", "b1", "b2", "c1", "c2")
    order = iter(pile)
    for seconds in (1.0, 3.0, 2.0):
        name = next(order)
        pile.done(name[0], 100.0, time.monotonic() - seconds)
    assert list(order) == ["b2", "c2", "a2"]


def test_larger_shards_of_one_adapter_come_before_smaller_ones() -> None:
    pile = LongestFirst([("a", size, f"a{size:g}") for size in (50.0, 10.0, 90.0)])
    order = iter(pile)
    first = next(order)
    pile.done("a", 50.0, time.monotonic() - 1)
    assert (first, *order) == ("a50", "a90", "a10")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(1, 100)), max_size=30), st.randoms())
def test_every_shard_is_drawn_exactly_once_whatever_is_reported(drawn: list[tuple[str, float]], chance: object) -> None:
    pile = LongestFirst([(name, size, number) for number, (name, size) in enumerate(drawn)])
    seen = []
    for number in pile:
        seen.append(number)
        if chance.random() < 0.5:  # type: ignore[attr-defined]
            pile.done(drawn[number][0], drawn[number][1], time.monotonic() - chance.random())  # type: ignore[attr-defined]
    assert sorted(seen) == list(range(len(drawn)))
