"""Blocks of the block theme: groups, the menu with its drawer, the query's cards, and the body's own blocks."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import groupby

from ..furniture import AD, NAVIGATION, NEWSLETTER, RELATED, SEARCH, SHARE
from ..tree import Content, Element, el
from ._markup import icon, lines, plain, renamed, restyled, slug
from ._wordpress import Site

CLOSE = "M13 12l6-6-1-1-6 6-6-6-1 1 6 6-6 6 1 1 6-6 6 6 1-1z"
MENU_LINES = "M4 7h16v1.5H4zm0 8h16v1.5H4z"


def group(*children: Content, layout: str, more: str = "") -> Element:
    """A group block: its layout says itself three times over."""
    name = f"wp-block-group {more} is-layout-{layout} wp-block-group-is-layout-{layout}"
    return el("div", *children, name=" ".join(name.split()))


def site_menu(site: Site) -> Element:
    """The navigation block: a button that opens, a dialog that holds the list, an entry with others below it."""
    labels = site.parts.phrases.some("menu", 9)
    items = [_menu_item(label) for label in labels]
    below = el("ul", *lines(items[7:]), name="wp-block-navigation__submenu-container wp-block-navigation-submenu")
    toggle = el(
        "button", icon("M2 4l4 4 4-4"), name="wp-block-navigation__submenu-icon wp-block-navigation-submenu__toggle"
    )
    items[6] = replace(
        items[6],
        name=f"{items[6].name} has-child open-on-hover-click wp-block-navigation-submenu",
        children=(*items[6].children, toggle, below),
    )
    listed = el("ul", *lines(items[:7]), name="wp-block-navigation__container wp-block-navigation is-layout-flex")
    prefix = "wp-block-navigation__responsive"
    close = el("button", icon(CLOSE), name=f"{prefix}-container-close", aria_label="x")
    inner = el("div", close, el("div", listed, name=f"{prefix}-container-content", id="modal-1-content"))
    dialog = el("div", replace(inner, name=f"{prefix}-dialog"), name=f"{prefix}-close", tabindex="-1")
    opener = el("button", icon(MENU_LINES), name=f"{prefix}-container-open", aria_haspopup="dialog")
    context = {"overlayOpenedBy": {"click": False, "hover": False}, "type": "overlay", "roleAttribute": ""}
    attributes = {"data-wp-interactive": "core/navigation", "data-wp-context": json.dumps(context)}
    container = el("div", dialog, name=f"{prefix}-container", id="modal-1")
    name = "is-responsive items-justified-right wp-block-navigation is-horizontal is-layout-flex"
    return Element("nav", (opener, container), name, attributes, NAVIGATION)


def _menu_item(label: str) -> Element:
    text = el("span", label, name="wp-block-navigation-item__label")
    link = el("a", text, href=f"/{slug(label)}/", name="wp-block-navigation-item__content")
    return el("li", link, name="wp-block-navigation-item wp-block-navigation-link")


def content_blocks(blocks: tuple[Element, ...], site: Site) -> list[Element]:
    """The body in the classes that the block editor saves."""
    return restyled(blocks, lambda block: _saved(block, site.number))


def _saved(block: Element, number: int) -> Element:
    if block.tag == "table":
        table = replace(block, name="has-fixed-layout", mark=None)
        return el("figure", table, name="wp-block-table", mark=block.mark)
    if block.tag == "figure":
        named = renamed(renamed(block, "wp-element-caption", ["figcaption"]), f"wp-image-{number + 3}", ["img"])
        return replace(named, name="wp-block-image aligncenter size-large")
    names = {
        "ul": "wp-block-list",
        "ol": "wp-block-list",
        "h2": "wp-block-heading",
        "h3": "wp-block-heading has-large-font-size",
        "blockquote": "wp-block-quote is-layout-flow wp-block-quote-is-layout-flow",
        "pre": "wp-block-code",
    }
    return replace(block, name=names.get(block.tag, block.name))


def query_cards(blocks: list[Element], site: Site) -> list[Content]:
    """A listing as the list of a query block; what stands between the cards parts it."""
    found: list[Element] = []
    start = 0
    for cards, run in groupby(blocks, lambda one: one.name.startswith("card ")):
        stretch = list(run)
        if cards:
            posts = [_card(block, site.number - place) for place, block in enumerate(stretch, start)]
            start += len(stretch)
            found.append(el("ul", *lines(posts), name="wp-block-post-template columns-3 is-layout-grid"))
        else:
            found += stretch
    first = next((place for place, block in enumerate(found) if block.tag == "ul" and block.mark is None), len(found))
    query = el("div", *lines(found[first:]), name="wp-block-query alignwide is-layout-flow")
    return lines(found[:first], query)


def _card(block: Element, number: int) -> Element:
    """A post of the query: its title is a link, the rest its excerpt."""
    inner = [_card_part(one) if isinstance(one, Element) else one for one in block.children]
    name = f"wp-block-post post-{number} post type-post status-publish hentry"
    image = el(
        "a", el("img", src=f"/wp-content/uploads/{number}-300x200.jpg", alt="", loading="lazy"), href=f"/?p={number}"
    )
    figure = el("figure", image, name="wp-block-post-featured-image")
    return el("li", group(*lines(figure, inner), layout="flow"), name=name)


def _card_part(part: Element) -> Element:
    if part.tag == "h3":
        link = el("a", *part.children, href=f"/{slug(plain(part))}/", target="_self")
        return replace(part, children=(link,), name="wp-block-post-title has-medium-font-size")
    return el("div", replace(part, name="wp-block-post-excerpt__excerpt"), name="wp-block-post-excerpt")


def page_numbers(site: Site) -> Element:
    """The pagination of a query."""
    phrases = site.parts.phrases
    numbers = [
        el("a", str(number), href=f"?paged={number}", name="page-numbers") if number > 1 else _here()
        for number in range(1, 6)
    ]
    spaced = [part for number in numbers for part in (number, "\n")]
    following = el("a", phrases.text("next"), el("span", "→", aria_hidden="true"), href="?paged=2")
    return el(
        "nav",
        el("div", spaced, name="wp-block-query-pagination-numbers"),
        replace(following, name="wp-block-query-pagination-next"),
        name="wp-block-query-pagination is-layout-flex pagination",
        mark=NAVIGATION,
    )


def _here() -> Element:
    return el("span", "1", name="page-numbers current", aria_current="page")


def more_posts(site: Site) -> Element:
    """Another query: three posts with excerpts, below a heading."""
    phrases = site.parts.phrases
    pairs = zip(phrases.some("teasers", 3), phrases.some("teaser_leads", 3), strict=True)
    posts = [_teaser(line, lead, site.number - place) for place, (line, lead) in enumerate(pairs, 900)]
    listed = el("ul", *lines(posts), name="wp-block-post-template columns-3 is-layout-grid")
    heading = el("h2", phrases.all("related_titles")[3], name="wp-block-heading has-x-large-font-size")
    query = el("div", listed, name="wp-block-query alignwide is-layout-flow")
    return replace(group(*lines(heading, query), layout="constrained", more="related-posts"), mark=RELATED)


def _teaser(line: str, lead: str, number: int) -> Element:
    title = el("h3", el("a", line, href=f"/{slug(line)}/", target="_self"), name="wp-block-post-title")
    excerpt = el("div", el("p", lead, name="wp-block-post-excerpt__excerpt"), name="wp-block-post-excerpt")
    return el("li", *lines(title, excerpt), name=f"wp-block-post post-{number} post type-post status-publish hentry")


def social_links(site: Site) -> Element:
    """Follow buttons: drawings with labels for screen readers."""
    items = []
    for label in site.parts.phrases.all("follow")[:4]:
        text = el("span", label, name="wp-block-social-link-label screen-reader-text")
        link = el("a", icon("M4 4h16v16H4z"), text, href="#", name="wp-block-social-link-anchor", rel="noopener")
        items.append(el("li", link, name="wp-social-link wp-block-social-link"))
    return el("ul", *lines(items), name="wp-block-social-links has-icon-color is-style-logos-only", mark=SHARE)


def post_links(site: Site) -> Element:
    """Links to the posts before and after."""
    phrases = site.parts.phrases
    both = zip(("previous", "next"), "←→", phrases.some("teasers", 2), strict=True)
    found = [
        el(
            "div",
            el("span", sign, name=f"wp-block-post-navigation-link__arrow-{key} is-arrow-arrow", aria_hidden="true"),
            el("span", phrases.text(key), " ", name="post-navigation-link__label"),
            el("a", line, href=f"/{slug(line)}/", rel="prev" if key == "previous" else "next"),
            name=f"post-navigation-link-{key} wp-block-post-navigation-link",
        )
        for key, sign, line in both
    ]
    bar = group(*lines(found), layout="flex", more="post-navigation")
    return replace(bar, tag="nav", mark=NAVIGATION)


def promotions(site: Site) -> Element:
    """Two columns below the post: a call to subscribe and an advertisement."""
    phrases = site.parts.phrases
    heading, sentence, _, button, small = phrases.all("newsletter")
    link = el("a", button, href="/subscribe/", name="wp-block-button__link wp-element-button")
    buttons = el("div", el("div", link, name="wp-block-button"), name="wp-block-buttons is-layout-flex")
    texts = [el("h2", heading, name="wp-block-heading"), el("p", sentence), buttons, el("p", small)]
    left = el("div", *lines(texts), name="wp-block-column newsletter is-layout-flow", mark=NEWSLETTER)
    advert = [el("p", phrases.text("ad_label"), name="has-small-font-size"), el("p", phrases.one("advertisement"))]
    right = el("div", *lines(advert), name="wp-block-column is-layout-flow", style="flex-basis:40%", mark=AD)
    rule = el("hr", name="wp-block-separator has-alpha-channel-opacity")
    return group(rule, el("div", *lines(left, right), name="wp-block-columns is-layout-flex"), layout="constrained")


def search_block(site: Site) -> Element:
    """The search block: its label is for screen readers, its button a drawing."""
    label, placeholder, _ = site.parts.phrases.all("search")
    field = Element("input", (), "wp-block-search__input", {"type": "search", "name": "s", "placeholder": placeholder})
    button = el("button", icon("M10 4a6 6 0 104 10l5 5"), name="wp-block-search__button has-icon wp-element-button")
    inner = el("div", field, button, name="wp-block-search__inside-wrapper")
    told = el("label", label, name="wp-block-search__label screen-reader-text", for_="wp-block-search__input-1")
    name = "wp-block-search__button-inside wp-block-search"
    return el("form", told, inner, role="search", method="get", action="/", name=name, mark=SEARCH)
