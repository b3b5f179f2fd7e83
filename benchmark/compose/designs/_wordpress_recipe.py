"""A recipe as WordPress plugins print it: a line that leads to print, and a card from the first heading on."""

from __future__ import annotations

from dataclasses import replace

from ..furniture import SHARE
from ..tree import Content, Element, el
from ._markup import icon, lines, renamed
from ._wordpress import Site

STAR = "M12 2l3 7h7l-5.5 4.5 2 7.5-6.5-4.5-6.5 4.5 2-7.5L2 9h7z"


def snippet(site: Site) -> Element:
    """The line above a post that holds a recipe."""
    label = site.parts.phrases.all("share")[1]
    link = el("a", icon("M6 3h12v5H6zM4 9h16v8h-3v4H7v-4H4z"), " ", label, href="#print", name="wprm-recipe-print")
    return el("div", link, name="wprm-recipe-snippet", mark=SHARE)


def recipe_card(blocks: list[Element], site: Site) -> list[Content]:
    """The recipe from its first heading on in the box of a plugin, with stars for votes."""
    start = next((place for place, block in enumerate(blocks) if block.tag == "h2"), len(blocks))
    stars = [icon(STAR, "wprm-rating-star") for _ in range(5)]
    votes = el("div", stars, name="wprm-recipe-rating", data_recipe=str(site.number))
    card = el("div", *lines(map(_recipe_part, blocks[start:]), votes), name="wprm-recipe wprm-recipe-template-compact")
    return lines(blocks[:start], el("div", card, name="wprm-recipe-container", id=f"wprm-recipe-{site.number}"))


def _recipe_part(block: Element) -> Element:
    if block.mark is None or block.mark.kind != "main":
        return block
    if block.tag == "h2":
        return replace(block, name="wprm-recipe-header")
    kinds = {"ul": "ingredient", "ol": "instruction"}
    if block.tag not in kinds:
        return block
    kind = kinds[block.tag]
    return replace(renamed(block, f"wprm-recipe-{kind}", ["li"]), name=f"wprm-recipe-{kind}s")
