"""A site of about 2003: a table of 760 pixels in the middle, cells in colours, fonts in every paragraph, a counter."""

from __future__ import annotations

from collections.abc import Sequence

from ..furniture import (
    ABOUT,
    AD,
    BYLINE,
    FOOTER,
    HEADER,
    NAVIGATION,
    RELATED,
    SEARCH,
    SHARE,
    STANDFIRST,
    TAGS,
    TITLE,
    WIDGET,
    document,
)
from ..page import Parts
from ..phrases import Site
from ..tree import Content, Element, Mark, comment, el
from ._cells import DARK, FACE, LIGHT, MIDDLE, WHITE, dressed, font, gutter, row, spacer, table

SUMMARY = "layout by tables, about 2003"
TYPES = ("article", "listing", "documentation", "recipe")
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "comments", "bottom")
HOST = "table-layout.example"
COLOURS = {"bgcolor": "#CCCCCC", "text": "#000000", "link": "#003399", "vlink": "#663366"}
STYLE = (
    "\n<!--\nA:link {color: #003399; text-decoration: none}\nA:visited {color: #663366; text-decoration: none}\n"
    "A:hover {color: #CC0000; text-decoration: underline}\n.navlink {font-size: 11px; font-weight: bold}\n"
    ".bodytext {font-size: 12px; line-height: 16px}\n.small {font-size: 10px}\n-->\n"
)
ROLLOVER = (
    "\n<!--\nfunction preload() { var d=document; if(d.images){ if(!d.pics) d.pics=new Array();\n"
    "  var i,j=d.pics.length,a=preload.arguments; for(i=0; i<a.length; i++)\n"
    '  if (a[i].indexOf("#")!=0){ d.pics[j]=new Image; d.pics[j++].src=a[i];}}}\n'
    "function swap(name,src) { if (document.images) document.images[name].src = src; }\n//-->\n"
)
SNIFF = (
    "\n<!--\nvar ua=navigator.userAgent.toLowerCase(), v=parseInt(navigator.appVersion);\n"
    "var ns4=(document.layers)?true:false, ie4=(document.all)?true:false, dom=(document.getElementById)?true:false;\n"
    "var mac=(ua.indexOf('mac')!=-1), opera=(ua.indexOf('opera')!=-1);\n"
    "function layer(id) { return dom?document.getElementById(id):(ie4?document.all[id]:document.layers[id]); }\n"
    "function show(id) { var l=layer(id); if(ns4) l.visibility='show'; else if(l) l.style.visibility='visible'; }\n"
    "function hide(id) { var l=layer(id); if(ns4) l.visibility='hide'; else if(l) l.style.visibility='hidden'; }\n"
    "function fenster(url,w,h) { window.open(url,'win','width='+w+',height='+h+',scrollbars=yes,resizable=yes'); }\n"
    "function setcookie(n,val,days) { var d=new Date(); d.setTime(d.getTime()+days*86400000);\n"
    "  document.cookie=n+'='+escape(val)+'; expires='+d.toGMTString()+'; path=/'; }\n"
    "if (ns4) { window.onresize=function(){ location.reload(); } }\n"
    "if (top!=self) { top.location=self.location; }\n//-->\n"
)
SHEET = ("topnav", "leftnav", "navlink", "small", "headline", "teaser", "overline", "author", "caption", "box", "foot")
COUNT = (
    "\n<!--\nvar ref=escape(document.referrer);var res=screen.width+'x'+screen.height;\n"
    "document.write('<img src=\"/cgi-bin/count.cgi?r='+ref+'&s='+res+'\" width=\"1\" height=\"1\">');\n//-->\n"
)


def page(parts: Parts) -> Element:
    """The whole page."""
    body, phrases = parts.body, parts.phrases
    site = phrases.site()
    middle = el("tr", _left(parts), gutter(), _centre(parts), gutter(), _right(parts, site))
    rows = [
        table("760", _banner(parts, site), bgcolor=DARK),
        table("760", _tabs(parts), bgcolor=MIDDLE, name="topnav"),
        el("div", parts.slots["top"], name="topmenu") if parts.slots["top"] else "",
        table("760", middle, bgcolor=WHITE, name="layout"),
        el("div", parts.slots["bottom"], name="bottom") if parts.slots["bottom"] else "",
        table("760", _foot(parts, site), bgcolor=LIGHT, name="foot"),
    ]
    content = el(
        "body",
        el("a", name="anchor-top", id="top"),
        parts.slots["overlay"],
        el("center", comment(" header start "), rows, comment(" footer end ")),
        el("script", COUNT, language="JavaScript", type="text/javascript"),
        onload="preload('/images/nav_on.gif','/images/nav_off.gif')",
        **COLOURS,
        **dict.fromkeys(("topmargin", "leftmargin", "marginwidth", "marginheight"), "0"),
    )
    return document(body, _head(parts, site.name), content)


def _head(parts: Parts, site: str) -> list[Element]:
    body = parts.body
    facts = {
        "description": body.standfirst or body.title,
        "keywords": ", ".join(body.tags),
        "author": body.author,
        "generator": "PageMill Studio 4.0",
        "robots": "index,follow",
        "revisit-after": "14 days",
    }
    return [
        el("title", f"{site} - {body.section} - {body.title}"),
        el("meta", http_equiv="Content-Type", content="text/html; charset=utf-8"),
        *(Element("meta", attributes={"name": name, "content": content}) for name, content in facts.items()),
        el("link", rel="shortcut icon", href="/favicon.ico"),
        el("style", STYLE + _sheet(parts), type="text/css"),
        el("script", SNIFF, language="JavaScript", type="text/javascript"),
        el("script", _menus(parts), language="JavaScript", type="text/javascript"),
        el("script", ROLLOVER, language="JavaScript", type="text/javascript"),
    ]


def _sheet(parts: Parts) -> str:
    """Sizes and colours of every cell in every place, as editors of the time wrote them out."""
    phrases = parts.phrases.stream("sheet")
    rules = [
        f"{tag}.{name} {{ font-family: {FACE}; font-size: {phrases.number(15, 9)}px; "
        f"color: #{phrases.number(16**6):06x}; }}\n"
        for name in SHEET
        for tag in ("td", "p", "a:link", "a:visited", "a:hover", "font", "b")[: phrases.number(8, 3)]
    ]
    return "".join(rules)


def _menus(parts: Parts) -> str:
    """The menus that fall open, as arrays that a script wrote out, with the pictures loaded ahead."""
    phrases = parts.phrases.stream("menus")
    labels = phrases.some("menu", phrases.number(70, 30))
    lines = [
        f'menu[{place // 8}][{place % 8}]=new Array("{label}","/section{place // 8}/page{place}.html","_self",'
        f"{phrases.number(160, 90)},20,'{LIGHT}','{MIDDLE}');\n"
        for place, label in enumerate(labels)
    ]
    heads = [f"menu[{number}]=new Array();\n" for number in range(-(-len(labels) // 8))]
    ahead = [f"preload('/images/nav{number}_on.gif','/images/nav{number}_off.gif');\n" for number in range(24)]
    return f"\n<!--\nvar menu=new Array();\n{''.join(heads)}{''.join(lines)}{''.join(ahead)}//-->\n"


def _banner(parts: Parts, site: Site) -> Element:
    """Logo and slogan at the left, an advertisement of 468 by 60 pixels at the right."""
    phrases = parts.phrases
    logo = el(
        "a", el("img", src="/images/logo.gif", alt=site.name, width="240", height="60", border="0"), href="/index.html"
    )
    slogan = font(el("i", site.slogan), size="1", color=WHITE)
    offer = el("img", src="/ads/468x60.gif", alt=phrases.one("advertisement"), width="468", height="60", border="0")
    advert = el("a", offer, href="/cgi-bin/adclick.cgi?id=17", target="_blank")
    label = font(phrases.text("ad_label"), size="1", color=WHITE)
    return el(
        "tr",
        el("td", logo, el("br"), slogan, spacer("1", "4", "pixel.gif"), width="272", mark=HEADER),
        el("td", label, el("br"), advert, width="488", align="right", valign="middle", mark=AD),
    )


def _tabs(parts: Parts) -> Element:
    """The upper menu, one cell for each link, and the way to this page below it."""
    labels = parts.phrases.some("menu", 5)
    cells = [
        el(
            "td",
            el("a", font(el("b", label), size="1", color=WHITE), href=f"/{number}/index.html", name="navlink"),
            align="center",
            nowrap="",
        )
        for number, label in enumerate(labels)
    ]
    return row(el("nav", table("100%", el("tr", cells), cellpadding="3"), name="topnav"), mark=NAVIGATION)


def _left(parts: Parts) -> Element:
    """The menu of the section: an arrow and a link in each row; below it the search and the door for members."""
    phrases = parts.phrases
    rows: list[Content] = []
    for number, label in enumerate(phrases.some("menu", 8)):
        link = el("a", font(label, size="1"), href=f"/section{number}.html", name="navlink")
        arrow = el("img", src="/images/arrow.gif", alt="»", width="9", height="9", border="0")
        rows.append(el("tr", el("td", arrow, width="14"), el("td", link, height="18"), bgcolor=LIGHT))
        rows.append(row(spacer("1", "1"), colspan="2", bgcolor=WHITE))
    title = row(font(el("b", parts.body.section), color=WHITE), colspan="2", bgcolor=DARK, height="20")
    menu = el("nav", table("140", title, rows), name="leftnav", mark=NAVIGATION)
    return el("td", menu, el("br"), _search(parts), width="140", valign="top", bgcolor=LIGHT)


def _search(parts: Parts) -> Element:
    label, _, button = parts.phrases.all("search")
    picture = el("img", src="/images/go.gif", alt=button, width="22", height="18", border="0")
    go = el("a", picture, href="javascript:document.forms[0].submit()")
    found = Element("input", attributes={"type": "text", "name": "q", "size": "12"})
    line = el("p", font(el("b", label), size="1"), el("br"), found, go, name="sitesearch", mark=SEARCH)
    return el("form", line, action="/cgi-bin/search.cgi", method="get")


def _centre(parts: Parts) -> Element:
    body, phrases = parts.body, parts.phrases
    home = el("a", phrases.text("breadcrumb_home"), href="/index.html")
    way = font(home, " > ", el("a", body.section, href="index.html"), size="1", name="small")
    text = table("100%", row(dressed(parts.main), valign="top", name="bodytext"), cellpadding="4")
    return el(
        "td",
        el("div", way, name="path", mark=NAVIGATION),
        el("hr", size="1", noshade=""),
        comment(" content start "),
        el("article", _headline(parts), parts.slots["before_text"], text, name="content"),
        comment(" content end "),
        el("div", parts.slots["copy"], name="printversion"),
        _tools(parts),
        parts.slots["after_text"],
        el("div", parts.slots["comments"], name="guestbook"),
        el("div", font(_pages(parts), size="1"), name="pages", align="center", mark=NAVIGATION),
        width="430",
        valign="top",
    )


def _headline(parts: Parts) -> list[Content]:
    body = parts.body
    kicker = el("div", font(el("b", body.kicker), size="1", color="#CC0000"), name="overline", mark=TITLE)
    lead = el("p", font(el("b", body.standfirst)), name="teaser", mark=STANDFIRST)
    when = font(body.author, ", ", body.date[:10], size="1", color="#666666")
    return [
        kicker if body.kicker else "",
        el("p", font(el("b", body.title), size="5", color=DARK), name="headline", mark=TITLE),
        lead if body.standfirst else "",
        el("p", when, name="author", mark=BYLINE),
    ]


def _tools(parts: Parts) -> Element:
    """Print and send with their little pictures, the labels of the page, and the way back to its top."""
    phrases = parts.phrases
    tools: list[Content] = []
    for number, label in enumerate(phrases.all("share")[1:3]):
        icon = el("img", src=f"/images/tool{number}.gif", alt=label, width="16", height="16", border="0")
        tools += [icon, " ", el("a", label, href="javascript:void(0)"), " | "]
    labels = [phrases.text("tags_title"), ": ", ", ".join(parts.body.tags)]
    up = el("a", phrases.text("back_to_top"), href="#top")
    return table(
        "100%",
        row(font(labels, size="1"), mark=TAGS),
        el("tr", el("td", font(tools, size="1"), mark=SHARE)),
        row(font(up, size="1"), align="right", mark=NAVIGATION),
    )


def _pages(parts: Parts) -> list[Content]:
    back, ahead = (parts.phrases.text(key) for key in ("previous", "next"))
    return ["<< ", el("a", back, href="prev.html"), " | ", el("a", ahead, href="next.html"), " >>"]


def _box(title: str, content: Sequence[Content], mark: Mark) -> Element:
    """A box of the right column: a frame made of a table in a table."""
    head = row(font(el("b", title), size="1", color=WHITE), bgcolor=DARK)
    inner = table("100%", head, row(font(content, size="1"), bgcolor=WHITE), cellpadding="3")
    return el("div", table("160", row(inner), bgcolor=MIDDLE, cellpadding="1"), el("br"), name="box", mark=mark)


def _right(parts: Parts, site: Site) -> Element:
    phrases = parts.phrases
    news: list[Content] = []
    for line in phrases.some("teasers", 4):
        news += ["- ", el("a", line, href=f"/news/{phrases.word(5)}.html"), el("br")]
    enter, register, _ = phrases.all("login")
    door = [Element("input", attributes={"type": kind, "size": "10"}) for kind in ("text", "password")]
    members = [*door, el("br"), el("a", register, href="/register.html")]
    return el(
        "td",
        el("aside", _box(phrases.all("related_titles")[4], news, RELATED), name="newsbox"),
        el("form", _box(enter, members, WIDGET), action="/cgi-bin/login.cgi", method="post"),
        el("div", font(phrases.all("widget")[0], size="1"), name="weather", mark=WIDGET),
        el("div", el("br"), font(site.about, size="1", color="#666666"), name="aboutus", mark=ABOUT),
        width="160",
        valign="top",
    )


def _foot(parts: Parts, site: Site) -> Element:
    """Service links between bars, the legal line, and the counter, each digit a picture."""
    phrases = parts.phrases
    services: list[Content] = []
    for label in phrases.all("services")[:5]:
        services += [el("a", label, href="/service.html"), " | "]
    legal = font(services[:-1], el("br"), site.copyright, el("br"), site.name, size="1")
    number = f"{phrases.number(10**6):07}"
    digits = [el("img", src=f"/images/digit{one}.gif", alt=one, width="15", height="20") for one in number]
    counter = el("div", font(phrases.all("forum")[8], size="1"), el("br"), digits, name="counter", mark=WIDGET)
    seen = el("img", src="/images/800x600.gif", alt="800 x 600", width="88", height="31", border="0", mark=WIDGET)
    return el(
        "tr",
        el("td", el("footer", legal, name="copyright", mark=FOOTER), width="560", align="center"),
        el("td", counter, seen, width="200", align="center", valign="middle"),
    )
