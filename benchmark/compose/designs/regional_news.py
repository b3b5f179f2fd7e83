"""A regional paper on a news system: strips above, a wide menu, teasers beside, a form for comments below."""

from __future__ import annotations

from ..furniture import (
    ABOUT,
    AD,
    BYLINE,
    FOOTER,
    HEADER,
    NAVIGATION,
    RELATED,
    STANDFIRST,
    TITLE,
    comment_form,
    document,
    linked_data,
    links,
    metadata,
    newsletter_box,
    script,
    search_box,
    share_buttons,
    tag_links,
)
from ..page import Parts
from ..phrases import Site
from ..tree import Element, Mark, comment, el
from ._carried import pictures, pixel, preloads, scripts, sprite, state, styles, use, weighed
from ._markup import lines

SUMMARY = "regional news system"
TYPES = ("article",)
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "comments", "bottom")
HOST = "regional-news.example"
STYLE = ".hd{background:#fff}.hd-top{display:flex}.art{max-width:720px}@media print{.col-side,.hd{display:none}}"
ADS = "(function(d){var s=d.createElement('script');s.async=1;s.src='/static/ads.js';d.head.appendChild(s)})(document);"
ICONS = ("menu", "search", "account", "saved", "share", "home", "more", "close", "mail", "clock")
TRACKING = "window.dataLayer=window.dataLayer||[];function track(){dataLayer.push(arguments)}track('js',new Date());"


def page(parts: Parts) -> Element:
    """The whole page."""
    body, phrases = parts.body, parts.phrases
    site = phrases.site()
    head = [
        *metadata(body, site.name, HOST),
        *preloads(parts),
        el("link", rel="stylesheet", href=f"/assets/{phrases.word(8)}.css"),
        el("style", STYLE),
        styles(parts, 80, 260),
        script(TRACKING),
        *scripts(parts, site.name, HOST, 60),
        linked_data(body, site.name, "NewsArticle"),
    ]
    content = el(
        "body",
        comment(" cms: build 4187 "),
        sprite(ICONS),
        pixel(HOST),
        parts.slots["overlay"],
        el("a", phrases.text("skip_link"), href="#content", name="skip-link", mark=NAVIGATION),
        _header(parts, site),
        parts.slots["top"],
        el("div", el("div", _article(parts, site), _aside(parts), name="row"), name="container", id="content"),
        parts.slots["bottom"],
        _footer(parts, site),
        state(parts, "page-state"),
        script(ADS),
        name="page-article",
    )
    return document(body, head, weighed(content))


def _header(parts: Parts, site: Site) -> Element:
    phrases = parts.phrases
    log_in, register, _ = phrases.all("login")
    account = el(
        "div",
        use("account"),
        el("a", log_in, href="/login", data_track="head.login"),
        " ",
        el("a", register, href="/register"),
        name="hd-account",
        mark=NAVIGATION,
    )
    ticker = el(
        "div",
        lines(el("a", line, href=f"/{phrases.word(9)}", name="ticker-item") for line in phrases.some("ticker", 3)),
        name="ticker",
        mark=Mark("ticker"),
    )
    logo = el(
        "a",
        el("img", src="/logo.svg", alt=site.name),
        el("span", site.slogan, name="hd-claim"),
        href="/",
        name="hd-logo",
        mark=HEADER,
    )
    menu = el(
        "nav",
        links(phrases.some("menu", 8), "nav-list", "nav-item"),
        name="main-nav",
        mark=NAVIGATION,
        aria_label="main",
    )
    tools = el("div", [el("button", use(one), type="button", name=f"hd-tool hd-tool--{one}") for one in ICONS[:3]])
    return el(
        "header",
        ticker,
        tools,
        el("div", logo, search_box(phrases, "hd-search"), account, name="hd-top"),
        menu,
        name="hd",
    )


def _article(parts: Parts, site: Site) -> Element:
    body, phrases = parts.body, parts.phrases
    crumbs = el(
        "nav",
        el("a", phrases.text("breadcrumb_home"), href="/"),
        " › ",
        el("a", body.section, href="/s"),
        name="breadcrumb",
        mark=NAVIGATION,
    )
    kicker = el("span", body.kicker, name="art-kicker", mark=TITLE) if body.kicker else ""
    lead = el("p", body.standfirst, name="art-lead", mark=STANDFIRST) if body.standfirst else ""
    when = el("time", body.date.replace("T", " "), datetime=body.date)
    byline = el("div", el("span", body.author, name="art-author"), " · ", when, name="art-byline", mark=BYLINE)
    head = el(
        "header",
        kicker,
        el("h1", body.title, name="art-title", mark=TITLE),
        lead,
        byline,
        share_buttons(phrases, 4),
        name="art-head",
    )
    advert = el(
        "div", el("small", phrases.text("ad_label")), el("p", phrases.one("advertisement")), name="ad-slot", mark=AD
    )
    text = el("div", parts.main, name="art-body")
    about = el("div", el("p", site.about), name="art-desk", mark=ABOUT)
    return el(
        "main",
        crumbs,
        el(
            "article",
            head,
            parts.slots["before_text"],
            text,
            parts.slots["copy"],
            tag_links(body, "art-tags"),
            about,
            name="art",
        ),
        advert,
        parts.slots["after_text"],
        _more(parts),
        el("section", parts.slots["comments"], comment_form(phrases), name="art-comments", id="comments"),
        name="col-main",
    )


def _more(parts: Parts) -> Element:
    """Further pieces of the section, each with its picture in all sizes, its label and its time."""
    phrases = parts.phrases.stream("more")
    cards = [
        el(
            "article",
            el(
                "a",
                el("div", Element("img", attributes={"alt": "", **pictures(phrases)}), name="tile-media"),
                href=here,
            ),
            el("span", parts.body.section, name="tile-kicker"),
            el("h3", el("a", line, href=here, data_track=f"tile.{number}"), name="tile-title"),
            el("div", use("clock"), el("time", f"{number + 6}:{phrases.number(60):02}"), name="tile-meta"),
            el("button", use("saved"), type="button", name="tile-save", aria_pressed="false"),
            name="tile tile--wide",
            data_id=phrases.word(12),
        )
        for number, line in enumerate(phrases.some("teasers", phrases.number(12, 5)))
        for here in [f"/{parts.body.section.lower()}/{phrases.word(14)}-{phrases.number(10**6, 10**5)}.html"]
    ]
    heading = el("h2", phrases.all("related_titles")[4], name="tiles-title")
    return el("section", heading, el("div", *lines(cards), name="tiles-grid"), name="tiles", mark=RELATED)


def _map(parts: Parts) -> Element:
    """All sections of the paper in columns, at its foot."""
    phrases = parts.phrases.stream("map")
    labels, heads = phrases.some("menu", 32), phrases.some("mega_menu", 4)
    columns = [
        el("div", el("h4", head), links(labels[8 * number : 8 * number + 8], "ft-list", "ft-item"), name="ft-column")
        for number, head in enumerate(heads)
    ]
    return el("nav", *lines(columns), name="ft-map", mark=NAVIGATION)


def _aside(parts: Parts) -> Element:
    phrases = parts.phrases
    heading = el("h3", phrases.all("related_titles")[1])
    most_read = el(
        "ol",
        [el("li", el("a", line, href=f"/{phrases.word(9)}")) for line in phrases.some("teasers", 5)],
        name="most-read-list",
    )
    return el(
        "aside",
        el("section", heading, most_read, name="most-read", mark=RELATED),
        newsletter_box(phrases),
        name="col-side",
    )


def _footer(parts: Parts, site: Site) -> Element:
    phrases = parts.phrases
    follow = el(
        "div",
        lines(el("a", label, href="#follow") for label in phrases.all("follow")),
        name="ft-follow",
        mark=Mark("share"),
    )
    legal = el("p", site.copyright, name="ft-copyright")
    return el(
        "footer",
        _map(parts),
        follow,
        el("div", links(phrases.all("services")[:7], "ft-links"), legal, name="ft-legal", mark=FOOTER),
        name="ft",
    )
