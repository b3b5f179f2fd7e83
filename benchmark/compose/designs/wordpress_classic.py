"""A blog on WordPress with a classic theme: widgets beside, sharing and related posts inside the entry."""

from __future__ import annotations

from dataclasses import replace

from ..furniture import (
    ABOUT,
    BYLINE,
    FOOTER,
    HEADER,
    NAVIGATION,
    SHARE,
    STANDFIRST,
    TITLE,
    comment_form,
    tag_links,
)
from ..page import Parts
from ..tree import Content, Element, comment, el
from ._carried import pixel, scripts, styles, weighed
from ._markup import icon, lines, page_of, renamed, restyled, slug
from ._wordpress import Site, configuration, core_head, picture, post_classes, site_of, speculation
from ._wordpress_plugins import recipe_card, related_posts, sharing, snippet
from ._wordpress_widgets import sidebar

SUMMARY = "WordPress, classic theme with widgets"
TYPES = ("article", "recipe")
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "comments", "bottom")
HOST = "wordpress-classic.example"
THEME = "millrace"
CUSTOMIZER = (
    ".site-title a,.site-description{color:#1b1d1f}body.custom-background{background-color:#f1eee6}"
    ".screen-reader-text{clip:rect(1px,1px,1px,1px);height:1px;overflow:hidden;position:absolute!important;width:1px}"
    ".content-area{float:left;width:68%}.widget-area{float:right;width:28%}.site-footer{clear:both}"
)
READY = "document.documentElement.className=document.documentElement.className.replace('no-js','js');"
ARROW = "M4 11h12l-5-5 1.5-1.5L20 12l-7.5 7.5L11 18l5-5H4z"


def page(parts: Parts) -> Element:
    """The whole page."""
    site = site_of(parts, HOST)
    head = [
        el("script", READY),
        *core_head(site, THEME),
        el("style", CUSTOMIZER, id="wp-custom-css"),
        styles(parts, 20, 120),
        *scripts(parts, site.name, HOST, 30),
    ]
    skip = el("a", parts.phrases.text("skip_link"), href="#content", name="skip-link screen-reader-text")
    columns = el("div", *lines(_primary(site), sidebar(site)), name="site-content", id="content")
    whole = lines(replace(skip, mark=NAVIGATION), _masthead(site), parts.slots["top"], columns, _colophon(site))
    content = el(
        "body",
        lines(parts.slots["overlay"], el("div", whole, comment(" #page "), name="site", id="page")),
        parts.slots["bottom"],
        pixel(HOST),
        lines(_foot_scripts(site)),
        name=f"wp-singular post-template-default single single-post postid-{site.number} single-format-standard "
        f"custom-background wp-custom-logo wp-theme-{THEME} has-sidebar",
    )
    return page_of(parts.body, head, weighed(content))


def _masthead(site: Site) -> Element:
    phrases = site.parts.phrases
    logo = el("img", src="/wp-content/uploads/logo.png", name="custom-logo", alt=site.name, width="240", height="60")
    branding = el(
        "div",
        *lines(
            el("a", logo, href="/", name="custom-logo-link", rel="home"),
            el("p", el("a", site.name, href="/", rel="home"), name="site-title"),
            el("p", site.publisher.slogan, name="site-description"),
        ),
        name="site-branding",
        mark=HEADER,
    )
    toggle = el("button", icon("M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z"), name="menu-toggle", aria_controls="menu-main")
    menu = el("div", _menu(phrases.some("menu", 9), site.number), name="menu-main-container")
    navigation = el("nav", *lines(toggle, menu), name="main-navigation", id="site-navigation", mark=NAVIGATION)
    return el("header", *lines(branding, navigation), comment(" #masthead "), name="site-header", id="masthead")


def _menu(labels: list[str], number: int) -> Element:
    """Six entries, the second of which has the other labels below it."""
    items = [_item(label, number + place) for place, label in enumerate(labels)]
    below = el("ul", *lines(items[6:]), name="sub-menu")
    parent = replace(
        items[1], name=f"{items[1].name} menu-item-has-children", children=(*items[1].children, "\n", below, "\n")
    )
    return el("ul", *lines(items[0], parent, items[2:6]), name="menu nav-menu", id="menu-main")


def _item(label: str, number: int, kind: str = "category") -> Element:
    name = f"menu-item menu-item-type-taxonomy menu-item-object-{kind} menu-item-{number}"
    return el("li", el("a", label, href=f"/{kind}/{slug(label)}/"), name=name, id=f"menu-item-{number}")


def _primary(site: Site) -> Element:
    parts, phrases = site.parts, site.parts.phrases
    about = el(
        "div",
        el("div", el("img", src="/avatar.png", alt="", width="90", height="90", name="avatar avatar-90 photo")),
        el("div", el("h2", parts.body.author, name="author-title"), el("p", site.publisher.about), name="author-text"),
        name="author-info",
        mark=ABOUT,
    )
    comments = el("div", *lines(parts.slots["comments"], comment_form(phrases)), name="comments-area", id="comments")
    after = lines(_article(site), about, _post_navigation(site), parts.slots["after_text"], comments)
    main = el("main", *lines(_breadcrumbs(site)), after, comment(" #main "), name="site-main", id="main")
    return el("div", *lines(main), comment(" #primary "), name="content-area", id="primary")


def _breadcrumbs(site: Site) -> Element:
    body = site.parts.body
    home = el("span", el("a", site.parts.phrases.text("breadcrumb_home"), href="/"))
    section = el("span", el("a", body.section, href=f"/category/{slug(body.section)}/"))
    last = el("span", body.title, name="breadcrumb_last", aria_current="page")
    return el("p", el("span", home, " » ", section, " » ", last), name="breadcrumbs", id="breadcrumbs", mark=NAVIGATION)


def _article(site: Site) -> Element:
    parts = site.parts
    thumbnail = el("div", picture(site, "attachment-post-thumbnail wp-post-image"), name="post-thumbnail")
    tags = tag_links(parts.body, "tags-links", parts.phrases.text("tags_title"))
    foot = el("footer", icon("M3 3h9l9 9-9 9-9-9z"), tags, name="entry-footer")
    return el(
        "article",
        *lines(_entry_header(site), thumbnail, _entry_content(site), parts.slots["copy"], foot),
        comment(f" #post-{site.number} "),
        name=post_classes(site),
        id=f"post-{site.number}",
    )


def _entry_header(site: Site) -> Element:
    body = site.parts.body
    kicker = el("p", body.kicker, name="entry-kicker", mark=TITLE) if body.kicker else ""
    when = el(
        "time", body.date.replace("T", " "), name="entry-date published updated", datetime=f"{body.date}:00+00:00"
    )
    posted = el("span", el("a", when, href=f"/{body.slug}/", rel="bookmark"), name="posted-on")
    author = el("a", body.author, href=f"/author/{slug(body.author)}/", name="url fn n")
    meta = el("div", posted, " ", el("span", author, name="author vcard byline"), name="entry-meta", mark=BYLINE)
    excerpt = el("div", el("p", body.standfirst), name="entry-excerpt", mark=STANDFIRST) if body.standfirst else ""
    headline = el("h1", body.title, name="entry-title", mark=TITLE)
    return el("header", *lines(kicker, headline, meta, excerpt), comment(" .entry-header "), name="entry-header")


def _entry_content(site: Site) -> Element:
    """The text between what plugins hang into it: players and the like before, sharing and related posts behind."""
    parts = site.parts
    blocks = restyled(parts.main, _classic)
    recipe = parts.body.type == "recipe"
    printed: list[Content] = lines(snippet(site), recipe_card(blocks, site)) if recipe else lines(blocks)
    return el(
        "div",
        lines(parts.slots["before_text"]),
        printed,
        *lines(sharing(site), related_posts(site)),
        comment(" .entry-content "),
        name="entry-content",
    )


def _classic(block: Element) -> Element:
    """What the classic editor makes of a block: pictures get a caption's box, tables a name, all else stays bare."""
    if block.tag == "figure":
        return replace(renamed(block, "wp-caption-text", ["figcaption"]), name="wp-caption aligncenter")
    return replace(block, name="tablepress") if block.tag == "table" else block


def _post_navigation(site: Site) -> Element:
    phrases = site.parts.phrases
    both = zip(("previous", "next"), ("prev", "next"), phrases.some("teasers", 2), strict=True)
    turns = [
        el(
            "div",
            el(
                "a",
                el("span", phrases.text(key), name="nav-subtitle"),
                " ",
                icon(ARROW),
                el("span", line),
                href=f"/{slug(line)}/",
                rel=rel,
            ),
            name=f"nav-{key}",
        )
        for key, rel, line in both
    ]
    return el("nav", el("div", *lines(turns), name="nav-links"), name="navigation post-navigation", mark=NAVIGATION)


def _colophon(site: Site) -> Element:
    phrases = site.parts.phrases
    labels = phrases.all("services")[:6]
    menu = el(
        "ul", *lines(_item(label, site.number + 40 + place, "page") for place, label in enumerate(labels)), name="menu"
    )
    follow = [el("a", icon("M4 4h16v16H4z"), el("span", label), href="#") for label in phrases.all("follow")[:4]]
    info = el("div", el("a", site.name, href="/", rel="home"), el("span", name="sep"), " ", site.publisher.copyright)
    return el(
        "footer",
        *lines(
            el("nav", *lines(follow), name="social-navigation", mark=SHARE),
            el("div", *lines(menu, replace(info, name="site-info")), name="footer-bar", mark=FOOTER),
        ),
        comment(" #colophon "),
        name="site-footer",
        id="colophon",
    )


def _foot_scripts(site: Site) -> list[Element]:
    phrases, url = site.parts.phrases, site.url
    plugins = f"{url}/wp-content/plugins"
    share = {
        "lang": site.parts.body.language,
        "counts": True,
        "labels": phrases.all("share"),
        "stats": phrases.word(12),
    }
    sign_up: dict[str, object] = {"ajaxurl": f"{url}/wp-admin/admin-ajax.php", "nonce": phrases.word(10)}
    return [
        speculation(),
        configuration("sharing-block", {**share, "post": site.number, "url": f"{url}/{site.parts.body.slug}/"}),
        el("script", src=f"{plugins}/sharing/sharing.min.js?ver=14.8", id="sharing-js"),
        configuration("mc4wp", {**sign_up, "messages": phrases.all("newsletter")}),
        el("script", src=f"{url}/wp-includes/js/comment-reply.min.js", id="comment-reply-js", async_="", defer=""),
        el("script", src=f"{url}/wp-content/themes/{THEME}/js/navigation.js", id=f"{THEME}-navigation-js"),
        comment(f" Page cached by the cache plugin: {phrases.number(90, 20)} queries, {phrases.word(16)} "),
    ]
