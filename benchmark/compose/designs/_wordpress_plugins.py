"""What plugins hang into a WordPress post: a card for recipes, share buttons, related posts."""

from __future__ import annotations

from dataclasses import replace

from ..furniture import RELATED, SHARE
from ..tree import Content, Element, el
from ._markup import icon, lines, renamed, slug
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


def sharing(site: Site) -> Element:
    """Share buttons as a list."""
    items = [
        el(
            "li",
            el("a", el("span", label), href=f"?share={place}", rel="nofollow noopener", name="share-icon sd-button"),
        )
        for place, label in enumerate(site.parts.phrases.all("share")[:5])
    ]
    block = el("div", el("ul", *lines(items, el("li", name="share-end"))), name="sd-content")
    return el("div", el("div", block, name="sd-block sd-social"), name="sharedaddy sharing-block", mark=SHARE)


def related_posts(site: Site) -> Element:
    """Three posts with pictures."""
    phrases = site.parts.phrases
    posts = [_related_post(line, f"/{phrases.word(6)}.jpg") for line in phrases.some("teasers", 3)]
    headline = el("h3", el("em", phrases.all("related_titles")[2]), name="jp-relatedposts-headline")
    grid = el("div", *lines(posts), name="jp-relatedposts-items jp-relatedposts-items-visual")
    return el("div", *lines(headline, grid), name="jp-relatedposts", id="jp-relatedposts", mark=RELATED)


def _related_post(line: str, source: str) -> Element:
    url = f"/{slug(line)}/"
    image = el("a", el("img", src=source, alt="", width="350", height="200"), href=url, name="jp-relatedposts-post-a")
    title = el("h4", el("a", line, href=url), name="jp-relatedposts-post-title")
    return el("div", image, title, name="jp-relatedposts-post jp-relatedposts-post-thumbs")
