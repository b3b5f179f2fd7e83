"""Long legal text: terms of use and privacy, printed below the page."""

from __future__ import annotations

from ..body import Body
from ..phrases import Phrases
from ..tree import Element, Mark, el

SUMMARY = "paragraphs of legal text at the foot"
KIND = "footer"
HIGHEST = 14
VARIANTS = {"": "bottom"}
FOOTER = Mark("footer")


def blocks(dose: int, _: str, phrases: Phrases, __: Body) -> list[Element]:
    """`dose` paragraphs in the order in which such texts stand."""
    return [el("div", [el("p", text) for text in phrases.all("legal")[:dose]], name="legal-notice terms", mark=FOOTER)]
