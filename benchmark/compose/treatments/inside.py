"""Teasers between the paragraphs of the body."""

from __future__ import annotations

from ..body import Body
from ..phrases import Phrases
from ..tree import Element, Mark, el

SUMMARY = "teasers inside the body"
KIND = "related"
HIGHEST = 10
VARIANTS = {"": "inside"}
RELATED = Mark("related")


def blocks(dose: int, _: str, phrases: Phrases, __: Body) -> list[Element]:
    """`dose` boxes of one link each, to be spread over the body."""
    label = phrases.all("related_titles")[0]
    return [
        el(
            "aside",
            el("span", label, name="inline-label"),
            " ",
            el("a", headline, href=f"/{phrases.stream(headline).word(10)}"),
            name="read-also inline-teaser",
            mark=RELATED,
        )
        for headline in phrases.some("teasers", dose)
    ]
