"""What a page prints more than once, and what an answer prints again: shared by the region scorer and the diff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rapidfuzz.distance import LCSseq

from .attribution import INVENTED, Attribution
from .records import Gold, Region


def counted_as(gold: Gold) -> list[int]:
    """Page token -> the token it counts as.

    A word of a copy of the main text counts as that word of the original. Of a text that a region of another kind
    prints twice (picture text and headline of a teaser), the words of the second print count as those of the first.
    """
    same = list(range(len(gold.tokens)))
    members: dict[int, list[int]] = {}
    for index, token in enumerate(gold.tokens):
        members.setdefault(token.region, []).append(index)
    for number, indexes in members.items():
        region = gold.regions[number]
        if region.kind != "main":
            _join_twins(gold, indexes, same)
        elif region.copy_of is not None:
            _join_copy(gold, members.get(region.copy_of, []), indexes, same)
    return same


def printed_again(
    page: Sequence[str],
    owners: Sequence[int],
    regions: Sequence[Region],
    output: Sequence[str],
    trace: Attribution,
) -> list[bool]:
    """Which words of an answer go beyond one printing of the region they come from, copies and original as one.

    `owners` gives the number of each page token's region. Words that the answer joined or split do not stand on the
    page as such, so they count by the place they were traced to and not by word.
    """
    once = Counter((owner, word) for owner, word in zip(owners, page, strict=True) if regions[owner].copy_of is None)
    printed: Counter[tuple[int, str]] = Counter()
    again = list(trace.repeats)
    for number, (word, source) in enumerate(zip(output, trace.sources, strict=True)):
        if source != INVENTED and word == page[source]:
            copied = regions[owners[source]].copy_of
            key = (owners[source] if copied is None else copied), word
            printed[key] += 1
            again[number] = printed[key] > once[key]
    return again


def _join_twins(gold: Gold, members: Sequence[int], same: list[int]) -> None:
    first: dict[tuple[str, ...], list[int]] = {}
    for _, unit in groupby(members, lambda index: gold.tokens[index].unit):
        indexes = list(unit)
        earlier = first.setdefault(tuple(gold.tokens[index].text for index in indexes), indexes)
        for index, twin in zip(indexes, earlier, strict=True):
            same[index] = twin


def _join_copy(gold: Gold, original: Sequence[int], copy: Sequence[int], same: list[int]) -> None:
    words = [[gold.tokens[index].text for index in indexes] for indexes in (copy, original)]
    for block in LCSseq.opcodes(*words).as_matching_blocks():
        for step in range(block.size):
            same[copy[block.a + step]] = original[block.b + step]
