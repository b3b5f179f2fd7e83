"""A board in the manner of phpBB: posts with a profile beside them, breadcrumbs, action bars, quick reply."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from ..body import Post
from ..furniture import (
    ABOUT,
    AD,
    BYLINE,
    COMMENT_FORM,
    FOOTER,
    HEADER,
    NAVIGATION,
    RELATED,
    SEARCH,
    SHARE,
    TITLE,
    WIDGET,
    document,
    metadata,
    script,
)
from ..page import Parts
from ..phrases import Site
from ..tree import Content, Element, comment, el
from ._carried import pixel, scripts, styles
from ._posts import Member, Place, lines, members, places

SUMMARY = "bulletin board"
TYPES = ("thread",)
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "bottom")
"""Readers' comments have no place: on a board the posts are the text."""
HOST = "forum-board.example"
SMILES = """
arrow biggrin confused cool cry eek evil exclaim geek idea lol mad mrgreen neutral question razz redface rolleyes sad
smile surprised twisted wink
""".split()
BUTTONS = ("b", "i", "u", "quote", "code", "list", "img", "url", "size", "color", "attachment", "spoiler", "table")
"""What a board's editor offers."""
STYLE = ".responsive-hide{display:inline}.dropdown,.sr-only,#darkenwrapper,.phpbb_alert{display:none}"
SETTINGS = "var cookie_settings={path:'/',prefix:'board'};var S_USER_LOGGED_IN=0,onload_functions=[];"
SCRIPTS = "document.documentElement.className=document.documentElement.className.replace('nojs','hasjs');"


def page(parts: Parts) -> Element:
    """The whole page."""
    body, phrases = parts.body, parts.phrases
    site = phrases.site()
    head = [
        *metadata(body, site.name, HOST),
        el("link", rel="alternate", type="application/atom+xml", href=f"/app.php/feed/topic/{body.slug}"),
        el("link", rel="stylesheet", href="./assets/css/font-awesome.min.css?assets_version=46"),
        el("link", rel="stylesheet", href="./styles/prosilver/theme/stylesheet.css?assets_version=46"),
        comment("[if lte IE 9]><link href='./styles/prosilver/theme/tweaks.css' rel='stylesheet'><![endif]"),
        el("style", STYLE),
        styles(parts, 40, 160),
        script(SETTINGS),
        script(_editor(parts)),
        *scripts(parts, site.name, HOST, 40),
    ]
    content = el(
        "body",
        parts.slots["overlay"],
        el("div", _top(parts, site), _body(parts), _footer(parts, site), name="wrap", id="wrap"),
        el("div", el("img", name="sr-only", src="./app.php/cron/cron.task", width="1", height="1", alt="")),
        parts.slots["bottom"],
        pixel(HOST),
        el("script", src="./assets/javascript/jquery.min.js?assets_version=46"),
        script(SCRIPTS),
        name="nojs notouch section-viewtopic",
        id="phpbb",
    )
    session = phrases.stream("session").word(32)
    return document(body, head, _signed(content, session))


def _signed(here: Element, session: str) -> Element:
    """Every link within the board with the number of the session, as it is for guests without cookies."""
    children = tuple(_signed(child, session) if isinstance(child, Element) else child for child in here.children)
    target = here.attributes.get("href", "")
    if here.tag == "a" and target.startswith("./"):
        joint = "&" if "?" in target else "?"
        return replace(here, children=children, attributes={**here.attributes, "href": f"{target}{joint}sid={session}"})
    return replace(here, children=children)


def _editor(parts: Parts) -> str:
    """What the editor of the quick reply is told: its buttons, smiles, and labels in the reader's language."""
    phrases = parts.phrases.stream("editor")
    smiles = [[f":{name}:", f"icon_{name}.gif", 15, 17, phrases.number(40, 1)] for name in SMILES]
    tags = {name: {"open": f"[{name}]", "close": f"[/{name}]", "help": phrases.word(14)} for name in BUTTONS}
    words = {
        key: phrases.all(key) for key in ("forum", "login", "search", "comment_form", "related_titles", "services")
    }
    options = {
        "maxChars": 60000,
        "minChars": 2,
        "maxSmilies": 0,
        "autosave": 30,
        "draft": parts.body.slug,
        "form": "postform",
    }
    told = {"smilies": smiles, "bbcode": tags, "lang": words, "options": options, "boards": phrases.some("menu", 40)}
    return f"var board=board||{{}};board.editor={json.dumps(told, ensure_ascii=False)};".replace("</", "<\\/")


def _icon(name: str) -> Element:
    return el("i", name=f"icon {name} fa-fw", aria_hidden="true")


def _hidden(text: str) -> Element:
    return el("span", text, name="sr-only")


def _inner(*content: Content | Sequence[Content]) -> Element:
    return el("div", *content, name="inner")


def _top(parts: Parts, site: Site) -> list[Element]:
    phrases = parts.phrases
    skip = el("p", el("a", phrases.text("skip_link"), href="#p4101"), name="skiplink", mark=NAVIGATION)
    logo = el("a", el("span", name="site_logo"), href="./index.php", name="logo", id="logo")
    lines = [el("h1", site.name), el("p", site.slogan), skip]
    label = el("div", logo, lines, name="site-description", id="site-description", mark=HEADER)
    header = el("div", _inner(label, _search(parts, "search-header")), name="headerbar", role="banner")
    bars = [header, el("nav", _inner(_menu(parts), _breadcrumbs(parts)), name="navbar", mark=NAVIGATION)]
    advert = el("div", phrases.one("advertisement"), name="header-ad", id="board-ad-top", mark=AD)
    return [
        el("a", name="top-anchor", id="top", accesskey="t"),
        el("header", bars, name="page-header", id="page-header"),
        *parts.slots["top"],
        advert,
    ]


def _search(parts: Parts, name: str) -> Element:
    label, placeholder, button = parts.phrases.all("search")
    field = Element("input", (), "inputbox search tiny", {"name": "keywords", "type": "search"})
    field.attributes["placeholder"] = placeholder
    send = el("button", _icon("fa-search"), _hidden(button), name="button button-search", type="submit")
    more = el("a", _icon("fa-cog"), _hidden(label), name="button button-search-end", href="./search.php")
    form = el("form", el("fieldset", field, send, " ", more), method="get", action="./search.php")
    return el("div", form, name=f"search-box {name}", role="search", mark=SEARCH)


def _menu(parts: Parts) -> Element:
    """Quick links in a menu that opens, the board's pages, and the account."""
    phrases = parts.phrases
    labels = phrases.some("menu", 9)
    quick = el("ul", [_entry(label, "") for label in labels[:5]], name="dropdown-contents", role="menu")
    pointer = el("div", el("div", name="pointer-inner"), name="pointer")
    trigger = el("a", _icon("fa-bars"), el("span", labels[5]), href="#", name="dropdown-trigger")
    links = el("li", trigger, el("div", pointer, quick, name="dropdown"), name="quick-links", id="quick-links")
    account = [_entry(label, "rightside") for label in phrases.all("login")[1::-1]]
    pages = [_entry(label, "") for label in labels[6:]]
    return el("ul", links, pages, account, name="nav-main linklist", id="nav-main", role="menubar")


def _entry(label: str, name: str) -> Element:
    return el("li", el("a", _icon("fa-file-o"), el("span", label), href="./app.php"), name=name)


def _breadcrumbs(parts: Parts) -> Element:
    phrases = parts.phrases
    labels = [phrases.text("breadcrumb_home"), phrases.all("forum")[9], phrases.one("menu"), parts.body.section]
    crumbs = [el("span", el("a", el("span", label), href="./viewforum.php"), name="crumb") for label in labels]
    separated = [part for crumb in crumbs for part in (crumb, " ")]
    return el("ul", el("li", separated, name="breadcrumbs"), name="nav-breadcrumbs linklist navlinks")


def _body(parts: Parts) -> Element:
    title = el("h2", el("a", parts.body.title, href=f"./viewtopic.php?t={parts.body.slug}"), name="topic-title")
    known = members(parts)
    posts = [block for place in places(parts) for block in _post(parts, place, known)]
    return el(
        "main",
        el("div", title, comment(" forum description: none "), mark=TITLE),
        _bar(parts, "bar-top"),
        parts.slots["before_text"],
        posts,
        parts.slots["copy"],
        _quick_reply(parts),
        _bar(parts, "bar-bottom"),
        parts.slots["after_text"],
        _similar(parts),
        el("div", el("p", parts.phrases.one("widget")), name="stat-block online-list", mark=WIDGET),
        name="page-body",
    )


def _bar(parts: Parts, name: str) -> Element:
    """Reply, topic tools, search in the topic, pages."""
    phrases = parts.phrases
    reply = el("a", el("span", phrases.all("comment_ui")[0]), " ", _icon("fa-reply"), href="#reply", name="button")
    tools = el("ul", [_entry(label, "") for label in phrases.all("share")[1:3]], name="dropdown-contents")
    trigger = el("span", _icon("fa-wrench"), el("span", name="caret"), name="button button-secondary dropdown-trigger")
    dropdown = el("div", trigger, el("div", tools, name="dropdown"), name="dropdown-container topic-tools", mark=SHARE)
    count = f"{phrases.all('forum')[3]}: {len(parts.body.posts)} • "
    pages = el("div", count, el("strong", "1"), " / ", el("strong", "1"), name="pagination", mark=NAVIGATION)
    search = _search(parts, "search-topic") if name == "bar-top" else ""
    return el("div", el("div", reply, mark=COMMENT_FORM), dropdown, search, pages, name=f"action-bar {name}")


def _post(parts: Parts, place: Place | Element, known: dict[str, Member]) -> list[Element]:
    if isinstance(place, Element):
        return [place]
    member = known[place.post.author]
    number = f"{4100 + place.number}"
    top = el("a", _icon("fa-chevron-circle-up"), _hidden(parts.phrases.all("forum")[2]), href="#top", name="top")
    inner = _inner(
        _profile(parts, place.post, member, number),
        el("div", _postbody(parts, place.post, member, number), name="postbody"),
        el("div", top, name="back2top", mark=NAVIGATION),
    )
    post = el("article", inner, name=f"post has-profile bg{2 - place.number % 2}", id=f"p{number}")
    return [post, el("hr", name="divider")]


def _profile(parts: Parts, post: Post, member: Member, number: str) -> Element:
    labels = parts.phrases.all("forum")
    avatar = el("div", el("img", name="avatar", src=f"./download/file.php?avatar={member.number}.jpg", alt=""))
    rank = el("img", src=f"./images/ranks/{member.rank}.gif", alt="")
    posts = el("a", str(member.posts), href=f"./search.php?author_id={member.number}")
    return el(
        "dl",
        el("dt", avatar, el("a", post.author, href="./memberlist.php", name="username"), name="has-profile-rank"),
        el("dd", rank, name="profile-rank"),
        el("dd", el("strong", f"{labels[3]}:"), " ", posts, name="profile-posts"),
        el("dd", el("strong", f"{labels[4]}:"), " ", member.joined, name="profile-joined"),
        name="postprofile",
        id=f"profile{number}",
        mark=BYLINE,
    )


def _postbody(parts: Parts, post: Post, member: Member, number: str) -> Element:
    labels = parts.phrases.all("forum")
    marks = zip(("fa-quote-left", "fa-exclamation"), labels, strict=False)
    buttons = [el("li", el("a", _icon(icon), _hidden(label), name="button button-icon-only")) for icon, label in marks]
    author = el("span", el("strong", el("a", post.author, name="username")), " » ", name="responsive-hide")
    signature = el("div", member.signature, name="signature", mark=ABOUT) if member.signature else ""
    return el(
        "div",
        el("h3", el("a", parts.body.title, href=f"#p{number}"), name="first", mark=TITLE),
        el("ul", buttons, name="post-buttons", mark=WIDGET),
        el("p", _icon("fa-file"), author, el("time", post.date, datetime=post.date), name="author", mark=BYLINE),
        el("div", list(lines(post.blocks)), name="content", mark=post.blocks[0].mark),
        signature,
        id=f"post_content{number}",
    )


def _quick_reply(parts: Parts) -> Element:
    heading, _, _, _, text, send = parts.phrases.all("comment_form")
    area = el("textarea", name="inputbox", rows="7", cols="76", tabindex="3")
    boxes = el("fieldset", el("dl", el("dt", el("label", text)), el("dd", area), name="fields1"))
    token = Element("input", attributes={"type": "hidden", "name": "form_token", "value": parts.phrases.word(40)})
    buttons = el("fieldset", el("button", send, name="button1", type="submit"), token, name="submit-buttons")
    panel = el("div", _inner(el("h2", heading, name="quickreply-title"), boxes, buttons), name="panel", id="reply")
    return el("form", panel, method="post", action="./posting.php", id="qr_postform", mark=COMMENT_FORM)


def _similar(parts: Parts) -> Element:
    """Similar topics, each row with counters."""
    phrases = parts.phrases
    posts, views = (phrases.all("forum")[number] for number in (3, 8))
    rows = []
    for headline in phrases.some("teasers", 4):
        link = el("a", headline, href=f"./viewtopic.php?t={phrases.number(9000, 100)}", name="topictitle")
        by = el("span", phrases.one("handles"), " » ", phrases.one("menu"), name="responsive-hide")
        title = el("dt", el("div", link, el("br"), by, name="list-inner"))
        counters = [(posts, phrases.number(40, 1)), (views, phrases.number(5000, 60))]
        counts = [el("dd", f"{count} ", _hidden(label), name="posts") for label, count in counters]
        rows.append(el("li", el("dl", title, counts, name="row-item topic_read"), name="row bg1"))
    heading = el("div", phrases.all("related_titles")[2], name="list-inner")
    topics = el("ul", rows, name="topiclist topics")
    return el("div", _inner(heading, topics), name="forumbg", id="similar-topics", mark=RELATED)


def _footer(parts: Parts, site: Site) -> Element:
    phrases = parts.phrases
    boards = [el("li", el("a", label, href="./viewforum.php")) for label in phrases.some("menu", 6)]
    jump = el("div", el("ul", boards, name="dropdown-contents"), name="jumpbox dropdown-container", mark=NAVIGATION)
    services = [_entry(label, "rightside") for label in phrases.all("services")[:5]]
    bar = el("div", _inner(el("ul", services, name="nav-footer linklist", id="nav-footer")), name="navbar")
    legal = el("div", el("p", site.copyright, name="footer-row"), name="copyright")
    empty = el("div", el("h3", name="alert_title"), el("p", name="alert_text"), name="phpbb_alert", id="phpbb_alert")
    foot = el(
        "footer", bar, legal, el("div", id="darkenwrapper"), empty, name="page-footer", id="page-footer", mark=FOOTER
    )
    return el("div", jump, foot)
