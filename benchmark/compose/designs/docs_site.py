"""A documentation site from a generator of static pages: pages at the left, headings at the right, versions above."""

from __future__ import annotations

import json

from ..furniture import (
    AD,
    BYLINE,
    FOOTER,
    HEADER,
    NAVIGATION,
    SEARCH,
    SHARE,
    STANDFIRST,
    TITLE,
    WIDGET,
    document,
    linked_data,
    links,
    metadata,
    script,
    tag_links,
)
from ..page import Parts
from ..phrases import Site
from ..tree import Content, Element, comment, el
from ._docs_text import contents, dressed
from ._markup import lines

SUMMARY = "documentation generator"
TYPES = ("documentation",)
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "comments", "bottom")
HOST = "docs.example"
VERSIONS = ("3.2", "3.1", "3.0", "2.9")
THEME = (
    "!function(){function t(t){document.documentElement.setAttribute('data-theme',t)}var e=function(){try{return "
    "window.localStorage.getItem('theme')}catch(t){}}();null!==e?t(e):window.matchMedia('(prefers-color-scheme: dark)')"
    ".matches?t('dark'):t('light')}();"
)
SIDEBAR = (
    "(function(){try{var w=window.localStorage.getItem('sidebar-width');w&&document.documentElement.style"
    ".setProperty('--doc-sidebar-width',w+'px');for(var [k,v] of new URLSearchParams(location.search).entries())"
    "k.startsWith('docs-data-')&&document.documentElement.setAttribute(k.replace('docs-data-','data-'),v)}catch(e){}})()"
)
STYLE = ":root{--doc-sidebar-width:300px}.skip-to-content{position:fixed;left:100%}.doc-page{display:flex;width:100%}"


def page(parts: Parts) -> Element:
    """The whole page."""
    body, phrases = parts.body, parts.phrases
    site = phrases.site()
    labels = phrases.some("menu", 13)
    skip = el("a", phrases.text("skip_link"), href="#skip-target", name="skip-to-content")
    columns = el("div", _sidebar(parts, labels), _main(parts, labels), name="doc-page")
    root = el(
        "div",
        el("div", skip, role="region", name="skip-region", mark=NAVIGATION),
        _navbar(parts, site.name, labels),
        parts.slots["top"],
        el("div", columns, id="skip-target", name="main-wrapper docs-wrapper"),
        parts.slots["bottom"],
        _footer(parts, site, labels),
        id="app",
        name="app-root",
    )
    scripts = [script(THEME), script(SIDEBAR)]
    content = el("body", scripts, parts.slots["overlay"], root, script(_pages(parts)), name="navigation-with-keyboard")
    return document(
        body, _head(parts, site.name), content, data_has_hydrated="false", name=f"docs-version-{VERSIONS[0]}"
    )


def _head(parts: Parts, site: str) -> list[Element]:
    phrases = parts.phrases
    return [
        *metadata(parts.body, site, HOST),
        Element("meta", attributes={"name": "generator", "content": "site generator 3.7"}),
        Element("meta", attributes={"name": "docsearch:version", "content": VERSIONS[0]}),
        el("link", rel="search", type="application/opensearchdescription+xml", href="/opensearch.xml"),
        el("link", rel="stylesheet", href=f"/assets/css/styles.{phrases.word(8)}.css"),
        el("style", STYLE),
        linked_data(parts.body, site, "TechArticle"),
        el("script", src=f"/assets/js/runtime~main.{phrases.word(8)}.js", defer="defer"),
        el("script", src=f"/assets/js/main.{phrases.word(8)}.js", defer="defer"),
    ]


def _pages(parts: Parts) -> str:
    """The script that knows the file of every page of the site, as such generators print it."""
    phrases = parts.phrases
    files = {f"guide_{phrases.word(10)}.md": phrases.word(8) for _ in range(170)}
    options = {"base": "/docs/", "lang": parts.body.language, "version": VERSIONS[0], "themeConfig": {"toc": [2, 3]}}
    options["title"] = parts.body.title
    told = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in (files, options)]
    return f"window.__HASH_MAP__={told[0]};window.__SITE_DATA__={told[1]};"


def _icon(name: str, shape: str) -> Element:
    path = el("path", fill="currentColor", d=shape)
    return el("svg", path, viewBox="0 0 24 24", width="24", height="24", aria_hidden="true", name=f"icon {name}")


def _navbar(parts: Parts, site: str, labels: list[str]) -> Element:
    phrases = parts.phrases
    toggle = el("button", _icon("toggle", "M4 7h22M4 15h22M4 23h22"), type="button", name="navbar__toggle clean-button")
    logo = el("div", el("img", src="/img/logo.svg", alt=site), name="navbar__logo")
    brand = el("a", logo, el("b", site, name="navbar__title"), href="/", name="navbar__brand", mark=HEADER)
    items = [el("a", label, href=f"/docs/{n}", name="navbar__item navbar__link") for n, label in enumerate(labels[:3])]
    versions = [el("li", el("a", one, href=f"/docs/{one}/", name="dropdown__link")) for one in VERSIONS]
    current = el("a", phrases.all("docs")[2], ": ", comment(" "), VERSIONS[0], href="#", name="navbar__link")
    switch = el("div", current, el("ul", versions, name="dropdown__menu"), name="navbar__item dropdown version-switch")
    keys = el("span", el("kbd", "⌘"), el("kbd", "K"), name="search-button-keys")
    find = el("span", phrases.all("docs")[8], name="search-button-placeholder")
    search = el("button", _icon("search", "M14.4 14.4 18 18m-3-9"), find, keys, type="button", name="search-button")
    sun = _icon("light", "M12 9c1.65 0 3 1.35 3 3s-1.35 3-3 3-3-1.35-3-3z")
    colour = el("button", sun, type="button", name="color-mode-toggle clean-button", disabled="")
    left = el(
        "div", toggle, brand, el("div", lines(items), name="navbar__links", mark=NAVIGATION), name="navbar__items"
    )
    tools = [el("div", switch, mark=NAVIGATION, name="navbar__versions"), colour]
    tools.append(el("div", search, name="navbar__search", mark=SEARCH))
    right = el("div", tools, name="navbar__items navbar__items--right")
    inner = el("div", left, right, name="navbar__inner")
    backdrop = el("div", role="presentation", name="navbar-sidebar__backdrop")
    return el("nav", inner, backdrop, name="navbar navbar--fixed-top", aria_label="main")


def _sidebar(parts: Parts, labels: list[str]) -> Element:
    """All pages, the present one in the category of its section, and an advertisement below."""

    def item(label: str, name: str = "menu__link") -> Element:
        return el("li", el("a", label, href="/docs/guide", name=name), name="menu__list-item")

    category = el("div", el("a", parts.body.section, href="#", name="menu__link menu__caret"), name="menu__category")
    here = item(parts.body.title, "menu__link menu__link--active")
    inner = el("ul", item(labels[5]), here, item(labels[6]), name="menu__list")
    pages = [*map(item, labels[:5]), el("li", category, inner, name="menu__list-item"), *map(item, labels[7:])]
    menu = el("nav", el("ul", pages, name="menu__list theme-doc-sidebar-menu"), name="menu thin-scrollbar")
    phrases = parts.phrases
    label = el("small", phrases.text("ad_label"))
    advert = el("div", el("a", phrases.one("advertisement"), href="#"), label, name="sponsor-placement", mark=AD)
    return el("aside", el("div", menu, name="sidebar", mark=NAVIGATION), advert, name="theme-doc-sidebar-container")


def _main(parts: Parts, labels: list[str]) -> Element:
    toc = contents(parts.body.blocks, "table-of-contents")
    title = el("p", parts.phrases.all("docs")[0], name="toc-title")
    right = el("div", el("nav", title, toc, name="toc thin-scrollbar"), name="col col--3", mark=NAVIGATION)
    article = el("div", _article(parts), _pagination(parts, labels), name="doc-item-container")
    below = [*parts.slots["after_text"], el("div", parts.slots["comments"], id="discussion", name="discussion")]
    left = el("div", article, below, name="col doc-item-col")
    return el("main", el("div", el("div", left, right, name="row"), name="container padding-top--md"), name="doc-main")


def _article(parts: Parts) -> Element:
    body, phrases = parts.body, parts.phrases
    home = el("li", el("a", _icon("home", "M10 19v-5h4v5c0 .5.4 1 1 1h3"), href="/", aria_label="home"))
    place = el("li", el("a", body.section, href="/docs/category"), name="breadcrumbs__item")
    mobile = el("button", phrases.all("docs")[0], type="button", name="clean-button toc-mobile__button")
    lead = el("p", body.standfirst, name="lead") if body.standfirst else ""
    header = el(
        "header",
        el("p", body.kicker, name="doc-kicker", mark=TITLE) if body.kicker else "",
        el("h1", body.title, mark=TITLE),
        el("div", lead, name="doc-lead", mark=STANDFIRST) if lead else "",
    )
    version = el("span", phrases.all("docs")[2], ": ", VERSIONS[0], name="theme-doc-version-badge badge", mark=WIDGET)
    return el(
        "article",
        el("nav", el("ul", home, place, name="breadcrumbs"), name="theme-doc-breadcrumbs", mark=NAVIGATION),
        version,
        el("div", mobile, name="theme-doc-toc-mobile toc-collapsible", mark=NAVIGATION),
        el("div", header, parts.slots["before_text"], map(dressed, parts.main), name="theme-doc-markdown markdown"),
        parts.slots["copy"],
        _article_foot(parts),
        name="doc-article",
    )


def _article_foot(parts: Parts) -> Element:
    """Labels, the link for editing, the last change, and the question whether the page was of use."""
    body, phrases = parts.body, parts.phrases
    words = phrases.all("docs")
    pen = _icon("edit", "m34.5 11.7-3 3-6.3-6.3 3-3c.5-.5 1.2-.8")
    edit = el("div", el("a", pen, words[1], href="https://code.example/edit", name="edit-this-page"), mark=NAVIGATION)
    when = el("time", body.date[:10], datetime=body.date)
    changed: list[Content] = [phrases.all("forum")[6], ": ", el("b", when), comment(" "), " · ", el("b", body.author)]
    buttons = [el("button", word, type="button", name="feedback__button") for word in words[4:6]]
    return el(
        "footer",
        tag_links(body, "theme-doc-footer-tags-row", phrases.text("tags_title")),
        el("div", edit, el("span", changed, name="theme-last-updated", mark=BYLINE), name="theme-doc-footer-edit-row"),
        el("div", el("p", words[3], name="feedback__question"), buttons, name="feedback", mark=WIDGET),
        name="theme-doc-footer docs-doc-footer",
    )


def _pagination(parts: Parts, labels: list[str]) -> Element:
    pair = zip(("prev", "next"), parts.phrases.all("docs")[6:8], labels[5:7], strict=True)
    steps = [
        el(
            "a",
            el("div", told, name="pagination-nav__sublabel"),
            el("div", label, name="pagination-nav__label"),
            href="/docs/guide",
            name=f"pagination-nav__link pagination-nav__link--{way}",
        )
        for way, told, label in pair
    ]
    return el("nav", steps, name="pagination-nav docs-pagination", mark=NAVIGATION)


def _footer(parts: Parts, site: Site, labels: list[str]) -> Element:
    phrases = parts.phrases
    columns: list[Content] = [
        el("div", links(labels[:4], "footer__items clean-list", "footer__item"), name="col", mark=NAVIGATION),
        el("div", links(phrases.all("follow")[:4], "footer__items clean-list"), name="col", mark=SHARE),
        el("div", links(phrases.all("services")[:7], "footer__items clean-list"), name="col", mark=FOOTER),
    ]
    bottom = el("div", el("p", site.copyright), el("p", phrases.all("docs")[9]), name="footer__bottom", mark=FOOTER)
    return el("footer", el("div", columns, name="row footer__links"), bottom, name="theme-layout-footer footer")
