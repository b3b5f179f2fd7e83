"""The side column of the classic WordPress design: one element of class `widget` for each."""

from __future__ import annotations

from ..furniture import AD, NAVIGATION, NEWSLETTER, RELATED, SEARCH, WIDGET
from ..tree import Element, Mark, comment, el
from ._markup import icon, lines, slug
from ._wordpress import Site


def sidebar(site: Site) -> Element:
    """Search, recent posts and comments, a newsletter, categories, an advertisement, some words and the account."""
    phrases = site.parts.phrases
    heading, sentence, placeholder, button, small = phrases.all("newsletter")
    mail = el("input", type="email", placeholder=placeholder)
    form = el("form", el("p", sentence), mail, el("button", button), el("small", small), name="mc4wp-form")
    recent = el("ul", *lines(el("li", el("a", line, href=f"/{slug(line)}/")) for line in phrases.some("teasers", 4)))
    remarks = el("ul", *lines(_recent_comment(phrases.one("handles"), line) for line in phrases.some("teasers", 2)))
    account = el("ul", *lines(el("li", el("a", label, href="/wp-login.php")) for label in phrases.all("login")[:2]))
    advert = el("div", el("small", phrases.text("ad_label")), el("p", phrases.one("advertisement")), name="textwidget")
    return el(
        "aside",
        *lines(
            _widget("search", 2, [_search_form(site)], SEARCH),
            _widget("recent-entries", 3, [_title(phrases.all("related_titles")[4]), recent], RELATED),
            _widget("recent-comments", 4, [remarks], RELATED),
            _widget("mc4wp-form-widget", 2, [_title(heading), form], NEWSLETTER),
            _widget("categories", 5, [_title(phrases.all("wiki")[9]), _categories(site)], NAVIGATION),
            _widget("custom-html", 7, [advert], AD),
            _widget("text", 8, [el("div", el("p", phrases.all("widget")[0]), name="textwidget")], WIDGET),
            _widget("meta", 6, [account], NAVIGATION),
        ),
        comment(" #secondary "),
        name="widget-area sidebar",
        id="secondary",
    )


def _widget(kind: str, number: int, children: list[Element], mark: Mark) -> Element:
    name = f"widget widget_{kind.replace('-', '_')}"
    return el("section", *lines(children), name=name, id=f"{kind}-{number}", mark=mark)


def _title(text: str) -> Element:
    return el("h2", text, name="widget-title")


def _recent_comment(handle: str, line: str) -> Element:
    who = el("span", handle, name="comment-author-link")
    return el("li", who, " – ", el("a", line, href=f"/{slug(line)}/#comment-{len(line)}"), name="recentcomments")


def _categories(site: Site) -> Element:
    phrases = site.parts.phrases
    items = [
        el("li", el("a", label, href=f"/category/{slug(label)}/"), f" ({phrases.number(90, 2)})", name="cat-item")
        for label in phrases.some("menu", 6)
    ]
    return el("ul", *lines(items))


def _search_form(site: Site) -> Element:
    label, placeholder, button = site.parts.phrases.all("search")
    field = Element("input", (), "search-field", {"type": "search", "placeholder": placeholder, "name": "s"})
    told = el("label", el("span", label, name="screen-reader-text"), field)
    submit = el("button", icon("M10 4a6 6 0 104 10l5 5"), el("span", button, name="screen-reader-text"))
    return el("form", told, submit, role="search", method="get", name="search-form", action="/")
