"""Menu links: a flat list or a mega-menu in columns, before or after the body."""

from __future__ import annotations

from collections.abc import Sequence

from ..body import Body
from ..phrases import Phrases
from ..tree import Element, Mark, el

SUMMARY = "links of a menu"
KIND = "navigation"
HIGHEST = 500
VARIANTS = {"": "top", "mega": "top", "after": "bottom"}
MENU = Mark("navigation")
COLUMN = 12
"""Links under one heading of a mega-menu."""


def blocks(dose: int, variant: str, phrases: Phrases, _: Body) -> list[Element]:
    """A menu of `dose` links; the headings of a mega-menu's columns are links and count."""
    labels = phrases.some("menu", dose)
    if variant != "mega":
        return [el("nav", _list(labels), name="site-navigation menu", mark=MENU)]
    heads = phrases.stream("heads").some("mega_menu", -(-dose // COLUMN))
    columns = [
        el(
            "div",
            el("h4", _link(head), name="mega-title"),
            _list(labels[start + 1 : start + COLUMN]),
            name="mega-column",
        )
        for head, start in zip(heads, range(0, dose, COLUMN), strict=True)
    ]
    return [el("nav", el("div", columns, name="mega-panel"), name="site-navigation mega-menu", mark=MENU)]


def _list(labels: Sequence[str]) -> Element:
    return el("ul", [el("li", _link(label), name="menu-item") for label in labels], name="menu-list")


def _link(label: str) -> Element:
    return el("a", label, href="/" + "-".join(label.lower().split()).replace("–", "-"))
