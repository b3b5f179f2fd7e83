"""The frame of the wiki design: tabs, side panel, foot, and the box of links below the text."""

from __future__ import annotations

from urllib.parse import quote

from ..furniture import BYLINE, FOOTER, HEADER, NAVIGATION, SEARCH, SHARE
from ..tree import Element, Mark, el
from ._markup import lines, slug
from ._mediawiki import Wiki


def tabs(wiki: Wiki) -> Element:
    """Account, tabs and search: printed behind the content, shown above it."""
    phrases, section = wiki.parts.phrases, wiki.parts.body.section
    log_in, register, _ = phrases.all("login")
    _, _, _, edit, history, read, *_ = phrases.all("wiki")
    views = [(read, f"/wiki/{quote(wiki.page_name)}"), (edit, wiki.script_url(action="edit"))]
    account = _menu("personal", "", [(register, "/wiki/Special:CreateAccount"), (log_in, "/wiki/Special:UserLogin")])
    left = el(
        "div",
        *lines(
            _menu("namespaces", "", [(section, f"/wiki/{slug(section)}")]),
            el("div", name="mw-portlet mw-portlet-variants emptyPortlet vector-menu-dropdown", id="p-variants"),
        ),
        id="left-navigation",
    )
    right = el(
        "div",
        *lines(_menu("views", "", [*views, (history, wiki.script_url(action="history"))]), _search(wiki)),
        id="right-navigation",
    )
    return el("div", *lines(account, left, right), id="mw-head")


def _search(wiki: Wiki) -> Element:
    label, placeholder, button = wiki.parts.phrases.all("search")
    attributes = {"type": "search", "name": "search", "placeholder": placeholder, "autocapitalize": "sentences"}
    field = Element("input", (), "vector-search-box-input", attributes)
    hidden = Element("input", (), "", {"type": "hidden", "name": "title", "value": "Special:Search"})
    go = el("button", button, name="searchButton", id="searchButton")
    form = el("form", el("div", field, hidden, go, id="simpleSearch"), action="/w/index.php", id="searchform")
    heading = el("h3", el("label", label, for_="searchInput"))
    return el("div", heading, form, name="vector-search-box", role="search", id="p-search", mark=SEARCH)


def _menu(name: str, heading: str, entries: list[tuple[str, str]], mark: Mark = NAVIGATION) -> Element:
    """A portlet; its heading is for all to see in the panel, and left out in the tabs."""
    items = [
        el("li", el("a", el("span", label), href=url), name="mw-list-item", id=f"{name[:2]}-{place}")
        for place, (label, url) in enumerate(entries, 1)
    ]
    listed = el("ul", *lines(items), name="vector-menu-content-list")
    told = el("h3", el("span", heading, name="vector-menu-heading-label"), name="vector-menu-heading")
    content = el("div", listed, name="vector-menu-content")
    classes = f"mw-portlet mw-portlet-{name} vector-menu {'vector-menu-portal portal' if heading else ''}".strip()
    children = lines(told, content) if heading else lines(content)
    return el("nav", *children, name=classes, id=f"p-{name}", role="navigation", mark=mark)


def panel(wiki: Wiki) -> Element:
    """The side panel: logo, menu, tools of the page."""
    phrases = wiki.parts.phrases
    heads = phrases.some("mega_menu", 2)
    menu = [(label, f"/wiki/{slug(label)}") for label in phrases.some("menu", 10)]
    *_, information, permanent, cite, _ = phrases.all("wiki")
    tools = [
        (information, wiki.script_url(action="info")),
        (permanent, wiki.script_url(oldid=str(wiki.revision))),
        (cite, "/wiki/Special:CiteThisPage"),
    ]
    logo = el("a", el("span", wiki.site.name, name="mw-logo-wordmark"), name="mw-wiki-logo", href="/wiki/", id="p-logo")
    printing = [(label, "/wiki/Special:Book") for label in phrases.all("share")[1:3]]
    return el(
        "div",
        *lines(
            el("div", logo, role="banner", name="mw-logo", mark=HEADER),
            _menu("navigation", heads[0], menu[:6]),
            _menu("interaction", heads[1], menu[6:]),
            _menu("tb", phrases.all("mega_menu")[3], tools),
            _menu("coll-print_export", phrases.all("share")[0], printing, SHARE),
        ),
        id="mw-panel",
    )


def foot(wiki: Wiki) -> Element:
    """The foot: last change, licence, service links, a badge."""
    phrases, body = wiki.parts.phrases, wiki.parts.body
    changed = f"{phrases.all('forum')[6]}: {body.date.replace('T', ' ')} · {body.author}"
    information = el(
        "ul",
        *lines(
            el("li", changed, id="footer-info-lastmod", mark=BYLINE),
            el("li", wiki.site.copyright, id="footer-info-copyright", mark=FOOTER),
        ),
        id="footer-info",
    )
    services = [el("li", el("a", label, href=f"/wiki/{slug(label)}")) for label in phrases.all("services")[:6]]
    badge = el("img", src="/static/badge_88x31.png", alt=phrases.all("docs")[9], width="88", height="31")
    icons = el("ul", el("li", el("a", badge, href="/"), id="footer-poweredbyico"), name="noprint", id="footer-icons")
    places = el("ul", *lines(services), id="footer-places")
    return el(
        "footer", *lines(information, places, icons), name="mw-footer", id="footer", role="contentinfo", mark=FOOTER
    )


def navigation_box(wiki: Wiki) -> Element:
    """A box of links to pages of the same subject: a table with groups."""
    phrases = wiki.parts.phrases
    title = el("th", phrases.one("mega_menu"), name="navbox-title", colspan="2", scope="col")
    labels = phrases.some("menu", 10)
    groups = zip(phrases.some("mega_menu", 2), (labels[:5], labels[5:]), strict=True)
    rows: list[Element] = [el("tr", title)]
    for name, members in groups:
        items = [el("li", el("a", label, href=f"/wiki/{slug(label)}", title=label)) for label in members]
        listed = el("td", el("div", el("ul", *lines(items))), name="navbox-list navbox-odd hlist")
        rows.append(el("tr", el("th", name, name="navbox-group", scope="row"), listed))
    table = el("table", el("tbody", rows), name="nowraplinks mw-collapsible autocollapse navbox-inner")
    return el("div", table, name="navbox", role="navigation", mark=NAVIGATION)
