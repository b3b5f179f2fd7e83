"""Teasers to other pages: picture, headline, sometimes a lead."""

from __future__ import annotations

from ..body import Body
from ..phrases import Phrases
from ..tree import Element, Mark, el

SUMMARY = "teasers to other pages below the body"
KIND = "related"
HIGHEST = 60
VARIANTS = {"": "after_text"}
RELATED = Mark("related")


def blocks(dose: int, _: str, phrases: Phrases, __: Body) -> list[Element]:
    """A box of `dose` teasers; the picture's alternative text is the headline, as many sites have it."""
    headlines = phrases.some("teasers", dose)
    cards = [teaser(headline, phrases.stream("teaser", number)) for number, headline in enumerate(headlines)]
    title = el("h3", phrases.all("related_titles")[0], name="related-title")
    return [el("aside", title, el("div", cards, name="related-list"), name="related-posts", mark=RELATED)]


def teaser(headline: str, phrases: Phrases) -> Element:
    """One teaser."""
    picture = el(
        "img", src=f"/media/{phrases.word(8)}.jpg", alt=headline if phrases.chance(0.5) else "", loading="lazy"
    )
    lead = el("p", phrases.one("teaser_leads"), name="teaser-lead") if phrases.chance(0.4) else ""
    link = el("a", el("figure", picture), el("h4", headline, name="teaser-title"), href=f"/{phrases.word(10)}")
    return el("div", link, lead, name="teaser card")
