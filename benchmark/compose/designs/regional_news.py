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
from ..tree import Element, Mark, comment, el

SUMMARY = "regional news system"
TYPES = ("article",)
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "comments", "bottom")
HOST = "regional-news.example"
STYLE = ".hd{background:#fff}.hd-top{display:flex}.art{max-width:720px}@media print{.col-side,.hd{display:none}}"
ADS = "(function(d){var s=d.createElement('script');s.async=1;s.src='/static/ads.js';d.head.appendChild(s)})(document);"
TRACKING = "window.dataLayer=window.dataLayer||[];function track(){dataLayer.push(arguments)}track('js',new Date());"


def page(parts: Parts) -> Element:
    """The whole page."""
    body, phrases = parts.body, parts.phrases
    site = phrases.one("site_names")
    head = [
        *metadata(body, site, HOST),
        el("link", rel="stylesheet", href=f"/assets/{phrases.word(8)}.css"),
        el("style", STYLE),
        script(TRACKING),
        linked_data(body, site, "NewsArticle"),
    ]
    content = el(
        "body",
        comment(" cms: build 4187 "),
        parts.slots["overlay"],
        el("a", phrases.text("skip_link"), href="#content", name="skip-link", mark=NAVIGATION),
        _header(parts, site),
        parts.slots["top"],
        el("div", el("div", _article(parts), _aside(parts), name="row"), name="container", id="content"),
        parts.slots["bottom"],
        _footer(parts, site),
        script(ADS),
        name="page-article",
    )
    return document(body, head, content)


def _header(parts: Parts, site: str) -> Element:
    phrases = parts.phrases
    log_in, register, _ = phrases.all("login")
    account = el(
        "div",
        el("a", log_in, href="/login"),
        " ",
        el("a", register, href="/register"),
        name="hd-account",
        mark=NAVIGATION,
    )
    ticker = el(
        "div",
        [el("a", line, href=f"/{phrases.word(9)}", name="ticker-item") for line in phrases.some("ticker", 3)],
        name="ticker",
        mark=Mark("ticker"),
    )
    logo = el(
        "a",
        el("img", src="/logo.svg", alt=site),
        el("span", phrases.one("slogans"), name="hd-claim"),
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
    return el(
        "header", ticker, el("div", logo, search_box(phrases, "hd-search"), account, name="hd-top"), menu, name="hd"
    )


def _article(parts: Parts) -> Element:
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
    about = el("div", el("p", phrases.one("about")), name="art-desk", mark=ABOUT)
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
        el("section", parts.slots["comments"], comment_form(phrases), name="art-comments", id="comments"),
        name="col-main",
    )


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


def _footer(parts: Parts, site: str) -> Element:
    phrases = parts.phrases
    follow = el(
        "div", [el("a", label, href="#follow") for label in phrases.all("follow")], name="ft-follow", mark=Mark("share")
    )
    legal = el("p", f"{site}. ", phrases.one("copyright"), name="ft-copyright")
    return el(
        "footer",
        follow,
        el("div", links(phrases.all("services")[:7], "ft-links"), legal, name="ft-legal", mark=FOOTER),
        name="ft",
    )
