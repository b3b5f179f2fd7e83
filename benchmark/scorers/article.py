"""The headline measure: order-aware precision, recall and F1 against the main regions of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from ..records import Gold, Metric, PageToken, Region
from ..regions import KINDS
from ..text import tokens
from ._alignment import Rates, against_body

METRICS = (
    Metric(
        "article.f1", "headline measure, comments as boilerplate: harmonic mean of precision and recall", headline=True
    ),
    Metric(
        "article.precision", "share of the answer that is main text, optional text left out of account", headline=True
    ),
    Metric("article.recall", "share of the page's main text that the answer holds, in order", headline=True),
    Metric("article.f1_with_comments", "headline measure where what readers wrote counts as main text"),
    Metric("article.precision_with_comments", "its precision: names and dates of comments neither count nor cost"),
    Metric("article.recall_with_comments", "its recall: article and comments, in the order of the page"),
)


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    """Score answers by the longest common subsequence of their tokens and the page's main text; see `against_body`.

    Defined by this project. M = tokens of the main regions that copy no other, in document order, blocks = lines of
    the page; U = the text nodes and alternative texts of the optional regions that copy no other. Under the second
    policy the part `text` of comments joins M at its place and the part `meta` joins U, copies excepted; the buttons
    (`ui`) join neither. Pages without regions, or without main text, are undefined.

    Where it misbehaves: order costs although nothing is lost (halves swapped read F1 of about .5), copies that differ
    in words count as new text, and optional text shared with a *lost* main block can move the score a little.
    """
    plain_policy = against_body(_blocks(gold, _is_main), _texts(gold, _is_optional))
    with_comments = against_body(
        _blocks(gold, lambda region: _is_main(region) or _is_comment(region, "text")),
        _texts(gold, lambda region: _is_optional(region) or _is_comment(region, "meta")),
    )

    def score(answer: str) -> dict[str, float | None]:
        words = tokens(answer)
        return {**_values(plain_policy(words), ""), **_values(with_comments(words), "_with_comments")}

    return score


def _values(rates: Rates | None, policy: str) -> dict[str, float | None]:
    f1, precision, recall = (rates.f1, rates.precision, rates.recall) if rates else (None, None, None)
    return {f"article.f1{policy}": f1, f"article.precision{policy}": precision, f"article.recall{policy}": recall}


def _is_main(region: Region) -> bool:
    return KINDS[region.kind].role == "main"


def _is_optional(region: Region) -> bool:
    return KINDS[region.kind].role == "optional"


def _is_comment(region: Region, part: str) -> bool:
    return region.kind == "comments" and region.part == part


def _blocks(gold: Gold, wanted: Callable[[Region], bool]) -> list[list[str]]:
    """Tokens of the wanted originals, line by line."""
    return _grouped(gold, wanted, lambda token: (token.region, token.line))


def _texts(gold: Gold, wanted: Callable[[Region], bool]) -> list[list[str]]:
    """Tokens of the wanted originals, text node by text node."""
    return _grouped(gold, wanted, lambda token: (token.region, token.unit))


def _grouped(
    gold: Gold, wanted: Callable[[Region], bool], key: Callable[[PageToken], tuple[int, int]]
) -> list[list[str]]:
    chosen: Sequence[PageToken] = [
        token
        for token in gold.tokens
        if gold.regions[token.region].copy_of is None and wanted(gold.regions[token.region])
    ]
    return [[token.text for token in group] for _, group in groupby(chosen, key)]
