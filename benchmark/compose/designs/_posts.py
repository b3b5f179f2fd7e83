"""The posts of a thread for the designs that print them: in their order, with what treatments put between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ..body import Post
from ..page import Parts
from ..phrases import Phrases
from ..tree import Content, Element, el


class Place(NamedTuple):
    """One post in its thread."""

    number: int
    """Its place, from 1."""
    post: Post
    """Who wrote what, and when."""


class Member(NamedTuple):
    """What a board knows of a writer."""

    number: int
    """Number of the account."""
    posts: int
    """How many posts there are."""
    joined: str
    """Day of registration, ISO 8601."""
    rank: int
    """From 1 to 5."""
    signature: str
    """What stands below each post; mostly empty."""


def places(parts: Parts) -> Iterator[Place | Element]:
    """The posts as the body has them; elements that treatments put between them as they are."""
    numbered = iter(enumerate(parts.body.posts, 1))
    for element in parts.main:
        yield Place(*next(numbered)) if "topic-post" in element.name.split() else element


def members(parts: Parts) -> dict[str, Member]:
    """The writers by their handles, in order of their first posts."""
    return {author: _member(parts.phrases) for author in dict.fromkeys(post.author for post in parts.body.posts)}


def lines(blocks: Sequence[Element]) -> Iterator[Content]:
    """A post's text as boards print it: paragraphs are lines, within a `div` where other blocks stand beside them."""
    for plain, run in groupby(blocks, lambda block: block.tag == "p"):
        paragraphs = list(run)
        if not plain:
            yield from paragraphs
        elif len(paragraphs) == len(blocks):
            yield from _joined(paragraphs)
        else:
            yield el("div", list(_joined(paragraphs)))


def _joined(paragraphs: Sequence[Element]) -> Iterator[Content]:
    for number, paragraph in enumerate(paragraphs):
        yield from (el("br"), el("br")) if number else ()
        yield from paragraph.children


def _member(phrases: Phrases) -> Member:
    joined = f"{phrases.number(2020, 2006)}-{phrases.number(13, 1):02}-{phrases.number(29, 1):02}"
    signature = phrases.one("comment_closers") if phrases.chance(0.3) else ""
    return Member(phrases.number(60000, 100), phrases.number(4000, 3), joined, phrases.number(6, 1), signature)
