"""A site in the manner of Next.js: hashed class names of CSS modules, hydration markers, lazy pictures with `noscript`.

The page's text stands a second time in `__NEXT_DATA__`, a script, together with phrases that it may never print.
"""

from __future__ import annotations

from dataclasses import replace

from ..furniture import (
    ABOUT,
    AD,
    BYLINE,
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
    metadata,
    newsletter_box,
    search_box,
    share_buttons,
    tag_links,
)
from ..page import SLOTS as ALL
from ..page import Parts
from ..tree import Content, Element, comment, el
from ._carried import preloads, scripts, weighed
from ._next import Shell, island, shell

SUMMARY = "React application rendered on a server"
TYPES = ("article", "product", "listing")
SLOTS = ALL
HOST = "nextjs.example"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
"""A transparent picture of one pixel."""
FRAME = "box-sizing:border-box;display:inline-block;overflow:hidden;background:none;opacity:1;position:relative"
MARKER = " "
"""What React puts between two texts, as a comment."""
CHUNKS = ("webpack", "framework", "main", "pages/_app")


def page(parts: Parts) -> Element:
    """The whole page."""
    site = shell(parts)
    root = el(
        "div",
        parts.slots["overlay"],
        el("a", parts.phrases.text("skip_link"), href="#main", name=site.css("SkipLink_root"), mark=NAVIGATION),
        _header(site),
        parts.slots["top"],
        el("div", _main(site), _aside(site), name=site.css("Layout_container")),
        parts.slots["bottom"],
        _footer(site),
        id="__next",
    )
    tracker = el("iframe", src="https://tags.example/ns.html", height="0", width="0", style="display:none")
    announcer = el("p", id="__next-route-announcer__", role="alert", aria_live="assertive")
    content = el(
        "body",
        el("noscript", tracker),
        root,
        el("script", island(site), id="__NEXT_DATA__", type="application/json"),
        el("div", id="modal-root"),
        el("next-route-announcer", announcer),
        name=site.css("Theme_light"),
    )
    return document(parts.body, _head(site), weighed(content))


def _head(site: Shell) -> list[Element]:
    phrases, body = site.parts.phrases, site.parts.body
    facts = metadata(body, site.publisher.name, HOST)
    sheet = f"/_next/static/css/{phrases.word(16)}.css"
    loaded = [f"{chunk}-{phrases.word(16)}" for chunk in (*CHUNKS, f"pages/{body.type}/%5Bslug%5D")]
    return [
        *facts,
        Element("meta", attributes={"name": "next-head-count", "content": str(len(facts))}),
        *preloads(site.parts),
        *scripts(site.parts, site.publisher.name, HOST, 40),
        el("link", rel="preload", href=sheet, as_="style"),
        el("link", rel="stylesheet", href=sheet, data_n_g=""),
        el("noscript", data_n_css=""),
        el("script", defer="", nomodule="", src=f"/_next/static/chunks/polyfills-{phrases.word(16)}.js"),
        *(el("script", src=f"/_next/static/chunks/{name}.js", defer="") for name in loaded),
        *(el("script", src=f"/_next/static/{site.build}/_{name}Manifest.js", defer="") for name in ("build", "ssg")),
    ]


def _icon(site: Shell, line: str) -> Element:
    return el("svg", el("path", d=line, fill="currentColor"), name=site.css("Icon_root"), viewBox="0 0 24 24")


def _header(site: Shell) -> Element:
    css, phrases = site.css, site.parts.phrases
    logo = el(
        "a",
        _icon(site, "M3 3h18v18H3zM7 7v10h10"),
        el("span", site.publisher.name, name=css("VisuallyHidden_root")),
        " ",
        el("span", site.publisher.slogan, name=css("Header_claim")),
        href="/",
        name=css("Header_logo"),
        mark=HEADER,
    )
    links = [
        el("li", el("a", label, href=f"/{number}", name=css("Nav_link")), name=css("Nav_item"))
        for number, label in enumerate(site.menu)
    ]
    toggle = el("button", _icon(site, "M3 6h18M3 12h18M3 18h18"), name=css("Nav_toggle"), type="button")
    menu = el("nav", toggle, el("ul", links, name=css("Nav_list")), name=css("Nav_root"), mark=NAVIGATION)
    account = el("a", phrases.all("login")[0], href="/login", name=css("Header_account"), mark=NAVIGATION)
    bar = el("div", logo, search_box(phrases, css("Search_form")), account, name=css("Header_bar"))
    return el("header", bar, menu, name=css("Header_root", "Header_sticky"))


def _main(site: Shell) -> Element:
    parts, css = site.parts, site.css
    kind = parts.body.type.capitalize()
    form = comment_form(parts.phrases, css("CommentForm_root")) if parts.body.type == "article" else ""
    return el(
        "main",
        _breadcrumbs(site),
        el(
            "article",
            _heading(site, kind),
            parts.slots["before_text"],
            _text(site, kind),
            parts.slots["copy"],
            tag_links(parts.body, css("Tags_root"), parts.phrases.text("tags_title")),
            name=css(f"{kind}_root"),
        ),
        _pages(site) if kind == "Listing" else el("div", el("p", site.publisher.about), mark=ABOUT),
        parts.slots["after_text"],
        comment("$"),
        _related(site),
        comment("/$"),
        el("section", parts.slots["comments"], form, name=css("Comments_root")),
        name=css("Layout_main"),
        id="main",
    )


def _breadcrumbs(site: Shell) -> Element:
    labels = [site.parts.phrases.text("breadcrumb_home"), site.menu[1], site.parts.body.section]
    items = [el("li", el("a", label, href="/"), name=site.css("Breadcrumb_item")) for label in labels]
    return el("nav", el("ol", items, name=site.css("Breadcrumb_list")), mark=NAVIGATION, aria_label="breadcrumb")


def _heading(site: Shell, kind: str) -> Element:
    body, css = site.parts.body, site.css
    kicker = el("span", body.kicker, name=css(f"{kind}_kicker"), mark=TITLE) if body.kicker else ""
    lead = el("p", body.standfirst, name=css(f"{kind}_standfirst"), mark=STANDFIRST) if body.standfirst else ""
    when = el("time", body.date.replace("T", " "), datetime=body.date)
    texts: list[Content] = [body.author, comment(MARKER), " · ", comment(MARKER), when]
    byline = el("div", texts, name=css("Byline_root"), mark=BYLINE) if kind == "Article" else ""
    share = share_buttons(site.parts.phrases, 4, css("Share_root"))
    return el("header", kicker, el("h1", body.title, name=css(f"{kind}_title"), mark=TITLE), lead, byline, share)


def _text(site: Shell, kind: str) -> Element:
    """The body: cards in a grid, a product with its form behind its first facts, or paragraphs."""
    blocks = [_styled(site, block) for block in site.parts.main]
    if kind == "Product":
        gallery = el("div", [_picture(site, "") for _ in range(3)], name=site.css("Gallery_root"))
        blocks = [gallery, blocks[0], _buying(site), *blocks[1:]]
    if kind == "Listing":
        cards = next(number for number, block in enumerate(site.parts.main) if "card" in block.name.split())
        blocks[cards:] = [el("div", blocks[cards:], name=site.css("Grid_root", "Grid_columns3"))]
    return el("div", blocks, name=site.css(f"{kind}_body"), data_testid=f"{kind.lower()}-body")


def _styled(site: Shell, block: Element) -> Element:
    """A block with its component's class name; what treatments put between blocks keeps its own."""
    if block.mark is not None and block.mark.kind not in {"main", "caption"}:
        return block
    if block.tag == "table":
        return el("div", replace(block, name=site.css("Table_table")), name=site.css("Table_scroll"))
    component = {"p": "Text_paragraph", "div": "Card_root", "figure": "Figure_root", "pre": "Code_root"}
    return replace(block, name=site.css(component.get(block.tag, f"Text_{block.tag}")))


def _buying(site: Shell) -> Element:
    """Fields and buttons of a shop, and its praise of itself."""
    css = site.css
    basket, amount, _, delivery, _, wish, compare, _, free, safe = site.parts.phrases.all("shop")
    number = Element("input", attributes={"type": "number", "value": "1", "min": "1"})
    buttons = [el("button", text, name=css("Button_root"), type="button") for text in (basket, wish, compare)]
    fields = [el("label", amount, " ", number), el("label", delivery, " ", el("select", name=css("Select_native")))]
    form = el("form", fields, buttons, mark=WIDGET)
    praise = el("ul", el("li", free), el("li", safe), name=css("Promise_list"), mark=AD)
    return el("div", form, praise, name=css("BuyBox_root"))


def _pages(site: Shell) -> Element:
    phrases = site.parts.phrases
    labels = (phrases.text("previous"), "1", "2", "3", phrases.text("next"))
    links = [el("li", el("a", label, href="?page=2"), name=site.css("Pagination_item")) for label in labels]
    return el("nav", el("ul", links, name=site.css("Pagination_list")), mark=NAVIGATION)


def _related(site: Shell) -> Element:
    css = site.css
    cards = [
        el(
            "a",
            _picture(site, title if site.parts.phrases.chance(0.5) else ""),
            el("h3", title, name=css("Teaser_title")),
            el("p", lead, name=css("Teaser_excerpt")) if lead else "",
            href=f"/{number}",
            name=css("Teaser_root"),
        )
        for number, (title, lead) in enumerate(site.teasers)
    ]
    heading = el("h2", site.parts.phrases.all("related_titles")[3], name=css("Related_heading"))
    return el("section", heading, el("div", cards, name=css("Related_grid")), name=css("Related_root"), mark=RELATED)


def _picture(site: Shell, alt: str) -> Element:
    """A lazy picture: its place, and the picture itself for those without scripts."""
    source = f"/_next/image?url=%2Fmedia%2F{site.parts.phrases.word(8)}.jpg&w=640&q=75"
    place = el("img", src=PIXEL, alt=alt, decoding="async", data_nimg="intrinsic")
    return el("span", place, el("noscript", el("img", src=source, alt=alt, loading="lazy")), style=FRAME)


def _aside(site: Shell) -> Element:
    """A column with an advertisement, a newsletter, and a place that waits for its script."""
    css, phrases = site.css, site.parts.phrases
    label = el("small", phrases.text("ad_label"), name=css("Ad_label"))
    advert = el("div", label, el("p", phrases.one("advertisement")), name=css("Ad_slot"), mark=AD)
    lines = [el("span", name=css("Skeleton_line")) for _ in range(4)]
    waiting = el("div", lines, name=css("Skeleton_root"), aria_busy="true")
    letters = newsletter_box(phrases, css("Newsletter_root"))
    return el("aside", advert, comment("$?"), el("template", id="B:0"), waiting, comment("/$"), letters)


def _footer(site: Shell) -> Element:
    css, phrases = site.css, site.parts.phrases
    follow = [el("a", label, href="#follow", name=css("Footer_social")) for label in phrases.all("follow")[:3]]
    links = [el("li", el("a", label, href="/legal")) for label in phrases.all("services")[:7]]
    legal = el("p", site.publisher.copyright, " ", comment(MARKER), HOST)
    foot = el("div", el("ul", links, name=css("Footer_links")), legal, mark=FOOTER)
    social = el("div", [part for link in follow for part in (link, " ")], mark=SHARE)
    return el("footer", social, foot, name=css("Footer_root"))
