"""A shop on a hosted system of sections: product page with gallery, form and reviews, or a collection with facets."""

from __future__ import annotations

from itertools import takewhile

from ..furniture import (
    ABOUT,
    AD,
    FOOTER,
    HEADER,
    NAVIGATION,
    RELATED,
    SHARE,
    STANDFIRST,
    TITLE,
    WIDGET,
    comment_form,
    document,
    links,
    newsletter_box,
    search_box,
    share_buttons,
    tag_links,
)
from ..page import Parts
from ..phrases import Site
from ..tree import Content, Element, Mark, el
from ._carried import weighed
from ._shop_forms import icon, login_dialog, options, product_form
from ._shop_head import head

SUMMARY = "shop system with sections"
TYPES = ("product", "listing")
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "comments", "bottom")
CAPTION, REVIEWS = Mark("caption"), Mark("comments", "meta")
CARD = "card listing-item"


def page(parts: Parts) -> Element:
    """The whole page."""
    body, phrases = parts.body, parts.phrases
    site = phrases.site()
    content = el(
        "body",
        parts.slots["overlay"],
        el("a", phrases.text("skip_link"), href="#MainContent", name="skip-link visually-hidden", mark=NAVIGATION),
        _section("announcement-bar", el("p", phrases.all("shop")[8], name="announcement-bar__message h5", mark=AD)),
        _section("header", _header(parts, site)),
        parts.slots["top"],
        el("main", _product(parts) if body.type == "product" else _collection(parts), id="MainContent", role="main"),
        parts.slots["bottom"],
        _section("footer", _footer(parts, site)),
        login_dialog(parts),
        el("ul", el("li", id="a11y-new-window"), hidden="", name="accessibility-messages"),
        name=f"template-{'product' if body.type == 'product' else 'collection'} gradient",
    )
    return document(body, head(parts, site.name), weighed(content))


def _section(name: str, *children: Content) -> Element:
    return el("div", children, id=f"section-{name}", name=f"page-section section-{name}")


def _labels(parts: Parts, count: int) -> list[str]:
    """Labels of a shop's menu, also where the page is a list."""
    return parts.phrases.some("menu", count)


def _header(parts: Parts, site: Site) -> Element:
    phrases = parts.phrases
    wishes = el("a", phrases.all("shop")[5], " ", el("span", "0", name="count-bubble"), href="/pages/wishlist")
    account = el("a", icon("account"), el("span", phrases.all("login")[2], name="visually-hidden"), href="/account")
    logo = el("div", el("a", el("span", site.name, name="h2"), href="/", name="header__heading-link"))
    menu = links(_labels(parts, 8), "list-menu list-menu--inline", "list-menu__item")
    suggestions = el("div", id="predictive-search", hidden="", name="predictive-search")
    return el(
        "header",
        el("div", logo, el("p", site.slogan, name="header__claim caption"), name="header__heading", mark=HEADER),
        el("nav", menu, name="header__inline-menu main-menu", mark=NAVIGATION),
        el("div", search_box(phrases, "search search-modal__form"), suggestions, name="header__search"),
        el("div", account, " ", wishes, name="header__icons", mark=NAVIGATION),
        name="header header--middle-left page-width",
    )


def _crumbs(parts: Parts) -> Element:
    home = el("a", parts.phrases.text("breadcrumb_home"), href="/")
    place = el("a", parts.body.section, href="/collections/all")
    return el("nav", home, el("span", "/", aria_hidden="true"), place, name="breadcrumbs page-width", mark=NAVIGATION)


def _headline(parts: Parts, name: str) -> list[Content]:
    body = parts.body
    return [
        el("p", body.kicker, name=f"{name}__text caption-with-letter-spacing", mark=TITLE) if body.kicker else "",
        el("h1", body.title, name=f"{name}__title", mark=TITLE),
        el("div", el("p", body.standfirst), name=f"{name}__subtitle", mark=STANDFIRST) if body.standfirst else "",
    ]


def _product(parts: Parts) -> list[Content]:
    facts, text = parts.main[:1], parts.main[1:]
    info = el(
        "div",
        _headline(parts, "product"),
        parts.slots["before_text"],
        el("div", facts, name="product__facts price price--large"),
        product_form(parts),
        el("ul", el("li", icon("check"), parts.phrases.all("shop")[9]), name="usp-list", mark=AD),
        tag_links(parts.body, "product__tags"),
        share_buttons(parts.phrases, 3, "product__share share-button"),
        name="product__info-container product__column-sticky",
    )
    columns = el("div", _gallery(parts), el("div", info, name="product__info-wrapper grid__item"), name="product grid")
    description = el("div", text, name="product__description rte quick-add-hidden")
    return [
        _crumbs(parts),
        _section("main-product", el("section", columns, name="page-width")),
        _section("description", el("div", description, parts.slots["copy"], name="page-width page-width--narrow")),
        *_below(parts),
        _sticky(parts),
    ]


def _gallery(parts: Parts) -> Element:
    """The product's picture, with its name as alternative text, and thumbnails without any."""
    big = el("img", src="/cdn/files/1.jpg?width=1946", alt=parts.body.title, width="1946", height="1946", mark=CAPTION)
    small = [el("img", src=f"/cdn/files/{number}.jpg?width=416", alt="", loading="lazy") for number in (1, 2, 3, 4)]
    thumbs = [el("li", el("button", picture, name="thumbnail", type="button")) for picture in small]
    stage = el("ul", el("li", el("div", big, icon("zoom"), name="product__media media"), name="slider__slide"))
    return el("div", stage, el("ul", thumbs, name="thumbnail-list slider"), name="product__media-wrapper grid__item")


def _sticky(parts: Parts) -> Element:
    """The bar that follows a reader down the page: the headline again, and the button."""
    button = el("button", parts.phrases.all("shop")[0], name="button", type="button", mark=WIDGET)
    title = el("span", parts.body.title, name="sticky-bar__title", mark=TITLE)
    return el("div", el("div", title, button, name="page-width"), name="sticky-bar js-only", aria_hidden="true")


def _collection(parts: Parts) -> list[Content]:
    intro = tuple(takewhile(lambda block: block.name != CARD, parts.main))
    items = [_item(parts, block) for block in parts.main[len(intro) :]]
    hero = el("div", _headline(parts, "collection-hero"), parts.slots["before_text"], el("div", intro, name="rte"))
    fields = ("product.title", "product.price | money")
    shapes = [el("span", "{{ " + field + " }}") for field in fields]
    unrendered = el("template", el("div", shapes, name="card quick-view"), id="card-template", mark=WIDGET)
    grid = el("ul", items, name="grid product-grid grid--2-col-tablet-down grid--4-col-desktop", id="product-grid")
    return [
        _crumbs(parts),
        _section("collection-banner", el("div", hero, name="collection-hero page-width")),
        _section("collection-grid", _facets(parts), grid, unrendered, _pagination(parts)),
        *parts.slots["copy"],
        tag_links(parts.body, "collection__tags page-width"),
        *_below(parts),
    ]


def _item(parts: Parts, block: Element) -> Element:
    """A card of the grid; what was put between the cards takes a cell alone."""
    if block.name != CARD:
        return el("li", block, name="grid__item grid__item--promo")
    media = el("div", icon("placeholder"), name="card__media ratio", style="--ratio-percent:100%")
    button = el("button", parts.phrases.all("shop")[5], name="card__wish", type="button", mark=WIDGET)
    return el("li", el("div", media, block, button, name="card-wrapper underline-links-hover"), name="grid__item")


def _facets(parts: Parts) -> Element:
    shop = parts.phrases.all("shop")
    boxes = [
        el("li", el("label", el("input", type="checkbox"), value, f" ({parts.phrases.number(19, 1)})"))
        for value in (shop[4], *parts.body.tags)
    ]
    panel = el("details", el("summary", shop[2], icon("caret")), el("ul", boxes, name="facets__list"))
    return el("aside", el("form", panel, name="facets__form"), name="facets-container page-width", mark=WIDGET)


def _pagination(parts: Parts) -> Element:
    pages = [el("li", el("a", str(number), href=f"?page={number}")) for number in (1, 2, 3, 14)]
    after = el("li", el("a", parts.phrases.text("next"), href="?page=2", rel="next"))
    return el("nav", el("ul", pages, after, name="pagination__list"), name="pagination", mark=NAVIGATION)


def _below(parts: Parts) -> list[Content]:
    """Reviews with their form, what was put below the text, and stories from the shop's journal."""
    phrases = parts.phrases
    title = el("h2", phrases.all("shop")[7], name="reviews__heading", mark=REVIEWS)
    stories = [
        el("li", el("a", icon("placeholder"), el("h3", line, name="card__heading"), href=f"/blogs/{phrases.word(9)}"))
        for line in phrases.some("teasers", 3)
    ]
    blog = el(
        "div",
        el("h2", phrases.all("related_titles")[3]),
        el("ul", stories, name="blog__posts"),
        name="blog",
        mark=RELATED,
    )
    return [
        _section(
            "reviews",
            el("div", title, parts.slots["comments"], comment_form(phrases), name="product-reviews", id="reviews"),
        ),
        *parts.slots["after_text"],
        _section("featured-blog", blog),
    ]


def _footer(parts: Parts, site: Site) -> Element:
    phrases = parts.phrases
    follow = el(
        "ul",
        [el("li", el("a", label, href="#")) for label in phrases.all("follow")[:3]],
        name="list-social",
        mark=SHARE,
    )
    money = el("p", options("currency", ("CHF", "EUR", "GBP")), name="localization-form", mark=WIDGET)
    payment = el("ul", [el("li", icon(f"payment-{number}")) for number in range(4)], name="list-payment")
    blurb = el("div", el("p", site.about), name="footer-block footer-block--about", mark=ABOUT)
    return el(
        "footer",
        el("div", links(_labels(parts, 5), "footer-block__details-content"), name="footer-block", mark=NAVIGATION),
        blurb,
        newsletter_box(phrases, "footer-block__newsletter"),
        follow,
        money,
        payment,
        el(
            "div",
            el("small", site.copyright),
            links(phrases.all("services")[:6], "policies"),
            name="copyright",
            mark=FOOTER,
        ),
        name="footer color-background-1 gradient",
    )
