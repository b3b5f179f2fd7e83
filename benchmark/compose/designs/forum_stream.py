"""A forum in the manner of Discourse: an Ember application's shell, its posts as a browser or as a crawler has them.

Which of the two a page shows is drawn with it. The shell leaves behind what such pages carry: the thread as JSON in an
attribute, a sprite of icons, empty outlets, and a `noscript` with the plain page's head and foot (and the text's
second printing, where there is one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..furniture import (
    ABOUT,
    BYLINE,
    COMMENT_FORM,
    FOOTER,
    HEADER,
    NAVIGATION,
    RELATED,
    SHARE,
    TITLE,
    WIDGET,
    document,
    linked_data,
    metadata,
    search_box,
    tag_links,
)
from ..page import Parts
from ..phrases import Site
from ..tree import Element, comment, el
from ._carried import scripts, styles, weighed
from ._ember import ember, icon, login_form, preloaded, sprite
from ._posts import Member, Place, members, places

SUMMARY = "forum application"
TYPES = ("thread",)
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "bottom")
"""Readers' comments have no place: on a forum the posts are the text."""
HOST = "forum-stream.example"
SPLASH = "#d-splash{display:none}.d-header{position:sticky;top:0;z-index:1000}.cooked{line-height:1.5}"


def page(parts: Parts) -> Element:
    """The whole page."""
    body, phrases = parts.body, parts.phrases
    site, known = phrases.site(), members(parts)
    crawled = phrases.chance(0.5)
    build = phrases.word(20)
    head = [
        *metadata(body, site.name, HOST),
        Element("meta", attributes={"name": "generator", "content": "Discourse 3.4.2"}),
        Element("meta", attributes={"name": "discourse_theme_id", "content": "4"}),
        el("link", rel="stylesheet", href=f"/stylesheets/desktop_{build}.css", media="all", data_target="desktop"),
        *(el("link", rel="preload", as_="script", href=f"/assets/{one}-{build}.js") for one in ("vendor", "discourse")),
        *scripts(parts, site.name, HOST, 40),
        styles(parts, 60, 200),
        linked_data(body, site.name, "DiscussionForumPosting"),
    ]
    data = el("div", name="hidden", id="data-preloaded", data_preloaded=preloaded(parts, site.name, known))
    content = el(
        "body",
        el("discourse-assets", el("discourse-assets-json", data), el("discourse-assets-icons", sprite())),
        parts.slots["overlay"],
        el("section", _splash(), _application(parts, site, known, crawled), name="ember-application", id="main"),
        el("div", id="offscreen-content"),
        login_form(),
        _plain_page(parts, site.name),
        parts.slots["bottom"],
        *(el("script", defer="", src=f"/assets/{one}-{build}.js") for one in ("start-discourse", "browser-update")),
        name="crawler" if crawled else "docked navigation-topics has-sidebar-page",
    )
    return document(body, head, weighed(content), class_="desktop-view not-mobile-device no-touch discourse-no-touch")


def _splash() -> Element:
    return el("div", el("style", SPLASH), el("div", el("div", name="dots"), name="preloader-text"), id="d-splash")


def _application(parts: Parts, site: Site, known: Mapping[str, Member], crawled: bool) -> Element:
    skip = el("a", parts.phrases.text("skip_link"), href="#main-container", id="skip-link", mark=NAVIGATION)
    outlet = el("main", _outlet(parts, site, known, crawled), name="wrap", id="main-outlet")
    inner = el("div", _sidebar(parts), outlet, name="wrap", id="main-outlet-wrapper")
    empty = [el("div", name="modal-container"), el("div", name="closed", id="reply-control"), el("div", id="user-card")]
    return ember(3, skip, _header(parts, site.name), *parts.slots["top"], inner, _footer(parts, site), *empty)


def _header(parts: Parts, site: str) -> Element:
    phrases = parts.phrases
    log_in, register, _ = phrases.all("login")
    logo = el("a", el("img", src="/uploads/logo.png", alt=site, id="site-logo"), href="/")
    title = el("h1", el("a", parts.body.title, href=f"/t/{parts.body.slug}"), name="header-title", mark=TITLE)
    buttons = [
        el("button", el("span", label, name="d-button-label"), name=f"btn btn-small {name}", type="button")
        for label, name in ((register, "sign-up-button"), (log_in, "login-button"))
    ]
    menu = el("button", icon("bars"), name="btn no-text btn-icon", id="toggle-hamburger-menu", type="button")
    panel = el("div", buttons, search_box(phrases, "search-menu"), menu, name="panel", mark=NAVIGATION)
    extra = el("div", el("div", title, name="extra-info"), name="extra-info-wrapper")
    contents = el("div", el("div", logo, name="title", mark=HEADER), extra, panel, name="contents")
    return el("div", el("header", el("div", contents, name="wrap"), name="d-header"), name="d-header-wrap")


def _sidebar(parts: Parts) -> Element:
    """Links in two sections, as in the application's side column."""
    phrases = parts.phrases
    labels = phrases.some("menu", 10)
    heading = el("h3", phrases.all("wiki")[9], name="sidebar-section-header-text")
    sections = [el("div", _rows(labels[:4])), el("div", heading, _rows(labels[4:]))]
    container = el("div", el("div", sections, name="sidebar-sections"), name="sidebar-container", id="d-sidebar")
    return el("nav", container, name="sidebar-wrapper", mark=NAVIGATION)


def _rows(labels: Sequence[str]) -> Element:
    rows = []
    for number, label in enumerate(labels):
        text = el("span", label, name="sidebar-section-link-content-text")
        prefix = el("span", icon("link"), name="sidebar-section-link-prefix icon")
        link = el("a", prefix, text, href=f"/c/{number}", name="sidebar-section-link sidebar-row")
        rows.append(el("li", link, name="sidebar-section-link-wrapper"))
    return el("ul", rows, name="sidebar-section-content")


def _outlet(parts: Parts, site: Site, known: Mapping[str, Member], crawled: bool) -> list[Element]:
    posts = [
        place if isinstance(place, Element) else (_crawler_post if crawled else _post)(parts, place, known)
        for place in places(parts)
    ]
    stream = el("div", comment(" preload-content: "), posts, comment(" :preload-content "), name="post-stream")
    about = el("div", el("p", site.about), name="category-about", mark=ABOUT)
    return [
        el("div", name="topic-above-post-stream-outlet", style="display:none"),
        _title(parts),
        *parts.slots["before_text"],
        ember(21, el("section", stream, _timeline(parts), name="topic-area"), name="container posts"),
        _tools(parts),
        *parts.slots["after_text"],
        about,
        _suggested(parts),
    ]


def _title(parts: Parts) -> Element:
    body = parts.body
    heading = el("h1", el("a", body.title, href=f"/t/{body.slug}", name="fancy-title"), mark=TITLE)
    badge = el("span", el("span", body.section, name="badge-category__name"), name="badge-category")
    link = el("a", badge, href="/c/5", name="badge-category__wrapper")
    category = el("div", el("span", link, mark=NAVIGATION), tag_links(body, "discourse-tags"), name="topic-category")
    wrapper = el("div", heading, category, name="title-wrapper")
    return el("div", el("div", wrapper, name="container"), name="ember-view", id="topic-title")


def _post(parts: Parts, place: Place, known: Mapping[str, Member]) -> Element:
    """A post as the application draws it."""
    number, post = place
    avatar = el("img", src=f"/user_avatar/{known[post.author].number}/48.png", name="avatar", width="48", alt="")
    link = el("a", avatar, href=f"/u/{post.author}", name="trigger-user-card main-avatar", aria_hidden="true")
    name = el("span", el("a", post.author, href=f"/u/{post.author}"), name="first username")
    when = el("a", el("time", post.date, datetime=post.date), href=f"/t/{number}", name="post-date")
    infos = el("div", el("div", when, name="post-info post-date"), name="post-infos")
    meta = el("div", el("div", name, name="names trigger-user-card"), " ", infos, name="topic-meta-data", mark=BYLINE)
    cooked = el("div", post.blocks, name="cooked")
    contents = el("div", cooked, _menu(parts, number), name="regular contents")
    body = el("div", meta, contents, name="topic-body clearfix")
    row = el("div", el("div", el("div", link, name="post-avatar"), name="topic-avatar"), body, name="row")
    article = el("article", row, name="boxed onscreen-post", id=f"post_{number}", data_post_id=f"{70100 + number}")
    return ember(40 + number, article, name="topic-post clearfix regular")


def _menu(parts: Parts, number: int) -> Element:
    """What can be done with a post: hearts, link, report, reply."""
    phrases = parts.phrases
    likes = el("div", phrases.all("comment_meta")[2].format(n=number % 5), name="like-count", mark=BYLINE)
    report, reply = phrases.all("forum")[1], phrases.all("comment_ui")[0]
    plain = [el("button", icon(drawn), name=f"btn btn-flat {drawn}") for drawn in ("heart", "link")]
    spoken = [
        el("button", icon(drawn), el("span", label, name="d-button-label"), name=f"btn btn-flat {drawn}")
        for drawn, label in (("flag", report), ("reply", reply))
    ]
    controls = el("div", el("div", plain, spoken, name="actions"), name="post-controls", mark=WIDGET)
    return el("section", likes if number % 5 else [], controls, name="post-menu-area clearfix")


def _crawler_post(_: Parts, place: Place, __: Mapping[str, Member]) -> Element:
    """A post as the plain page for crawlers prints it."""
    number, post = place
    name = el("a", el("span", post.author, itemprop="name"), href=f"/u/{post.author}", rel="nofollow")
    when = el("time", post.date, name="post-time", datetime=post.date, itemprop="datePublished")
    position = el("span", str(number), itemprop="position")
    infos = el("span", when, " ", Element("meta", (), "", {"itemprop": "dateModified"}), position)
    creator = el("span", name, name="creator", itemprop="author")
    meta = el("div", creator, " ", infos, name="crawler-post-meta", mark=BYLINE)
    text = el("div", post.blocks, name="post", itemprop="text")
    return el("div", meta, text, el("div", itemprop="interactionStatistic"), name="topic-body crawler-post")


def _timeline(parts: Parts) -> Element:
    posts = parts.body.posts
    handle = el("div", el("div", f"1 / {len(posts)}", name="timeline-replies"), name="timeline-scroller")
    area = el("div", el("div", name="timeline-padding"), handle, name="timeline-scrollarea")
    first, last = (el("a", post.date[:10], href="#", name="timeline-date") for post in (posts[0], posts[-1]))
    return el("div", first, area, last, name="topic-timeline", mark=NAVIGATION)


def _tools(parts: Parts) -> Element:
    phrases = parts.phrases
    share = [
        el("button", icon("share"), " ", label, name="btn btn-default share-button", type="button")
        for label in phrases.all("share")[:3]
    ]
    reply = el("button", icon("reply"), " ", phrases.all("comment_form")[0], name="btn btn-primary create")
    controls = [el("div", share, name="topic-footer-main-buttons", mark=SHARE), el("div", reply, mark=COMMENT_FORM)]
    return el("div", controls, name="topic-footer-buttons", id="topic-footer-buttons")


def _suggested(parts: Parts) -> Element:
    """A table of other topics with counters."""
    phrases = parts.phrases
    posts, views = (phrases.all("forum")[number] for number in (3, 8))
    labels = (phrases.all("related_titles")[3], posts, views)
    head = el("thead", el("tr", [el("th", label, name="topic-list-data") for label in labels]))
    rows = []
    for headline in phrases.some("teasers", 5):
        link = el("span", el("a", headline, href=f"/t/{phrases.word(9)}", name="title raw-link"), name="link-top-line")
        below = el("div", el("a", phrases.one("menu"), name="badge-category"), name="link-bottom-line")
        counters = [el("td", str(phrases.number(most, 1)), name="num") for most in (60, 4000)]
        rows.append(el("tr", el("td", link, below, name="main-link"), counters, name="topic-list-item"))
    table = el("table", head, el("tbody", rows), name="topic-list")
    return el("div", table, name="suggested-topics", id="suggested-topics", mark=RELATED)


def _footer(parts: Parts, site: Site) -> Element:
    phrases = parts.phrases
    links = [el("a", label, href=f"/{phrases.word(6)}") for label in phrases.all("services")[:5]]
    separated = [part for link in links for part in (link, " ")]
    return el("footer", el("div", separated), el("p", site.copyright), name="custom-footer", mark=FOOTER)


def _plain_page(parts: Parts, site: str) -> Element:
    """Head and foot of the page without scripts."""
    phrases = parts.phrases
    header = el("header", el("a", site, href="/"), name="d-header", mark=HEADER)
    labels = [phrases.text("breadcrumb_home"), phrases.all("wiki")[9], *phrases.some("menu", 2)]
    links = [el("li", el("span", el("a", label, href="/"), itemprop="name")) for label in labels]
    foot = el("footer", el("nav", el("ul", links), name="crawler-nav", mark=NAVIGATION), name="container wrap")
    again = el("div", *parts.slots["copy"], name="crawler-posts") if parts.slots["copy"] else ""
    return el("noscript", header, again, foot, data_path=f"/t/{parts.body.slug}")
