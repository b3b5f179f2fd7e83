"""Pieces that several designs have alike: facts of a page as elements, and what stands in heads."""

from __future__ import annotations

import json
from collections.abc import Sequence

from .body import Body
from .phrases import Phrases
from .tree import Element, Mark, el

TITLE, STANDFIRST, BYLINE = Mark("title"), Mark("standfirst"), Mark("byline")
NAVIGATION, HEADER, FOOTER = Mark("navigation"), Mark("site_header"), Mark("footer")
SHARE, TAGS, SEARCH, WIDGET = Mark("share"), Mark("tags"), Mark("search"), Mark("widget")
NEWSLETTER, ABOUT, AD, RELATED = Mark("newsletter"), Mark("about"), Mark("advertisement"), Mark("related")
COMMENT_FORM = Mark("comment_form")
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


def document(body: Body, head: Sequence[Element], content: Element, **attributes: str) -> Element:
    """The `html` element, with language and direction."""
    direction = {"dir": "rtl"} if body.language in RIGHT_TO_LEFT else {}
    return el(
        "html", el("head", el("meta", charset="utf-8"), head), content, lang=body.language, **direction, **attributes
    )


def metadata(body: Body, site: str, host: str) -> list[Element]:
    """Title, description and the Open Graph of a page, as most systems print them."""
    description = body.standfirst or body.title
    properties = {
        "og:type": "article",
        "og:title": body.title,
        "og:site_name": site,
        "og:url": f"https://{host}/{body.slug}",
        "article:published_time": body.date,
    }
    return [
        el("title", f"{body.title} – {site}"),
        _named("description", description),
        _named("viewport", "width=device-width, initial-scale=1"),
        *(el("meta", property=key, content=value) for key, value in properties.items()),
        el("link", rel="canonical", href=f"https://{host}/{body.slug}"),
    ]


def _named(name: str, content: str) -> Element:
    return Element("meta", attributes={"name": name, "content": content})


def linked_data(body: Body, site: str, kind: str) -> Element:
    """The page's facts as JSON-LD."""
    facts = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": body.title,
        "datePublished": body.date,
        "author": {"@type": "Organization", "name": body.author},
        "publisher": {"@type": "Organization", "name": site},
        "keywords": ", ".join(body.tags),
    }
    return el("script", json.dumps(facts, ensure_ascii=False), type="application/ld+json")


def script(source: str) -> Element:
    """An inline script."""
    return el("script", source)


def links(labels: Sequence[str], name: str = "", item: str = "") -> Element:
    """A list of links."""
    return el("ul", [el("li", el("a", label, href=f"/{_path(label)}"), name=item) for label in labels], name=name)


def _path(label: str) -> str:
    return "-".join(label.lower().split()).replace("/", "-")


def share_buttons(phrases: Phrases, count: int, name: str = "share-buttons") -> Element:
    """Share buttons, taken from the language's list in its order."""
    buttons = [el("a", label, href="#share", name="share-button") for label in phrases.all("share")[:count]]
    return el("div", [part for button in buttons for part in (button, " ")], name=name, mark=SHARE)


def search_box(phrases: Phrases, name: str = "search-form") -> Element:
    """A search form with a label, a field and a button."""
    label, placeholder, button = phrases.all("search")
    field = Element("input", attributes={"type": "search", "name": "q", "placeholder": placeholder})
    return el(
        "form", el("label", label), field, el("button", button, type="submit"), name=name, mark=SEARCH, action="/search"
    )


def tag_links(body: Body, name: str = "post-tags", title: str = "") -> Element:
    """The page's labels as links."""
    labels = [part for tag in body.tags for part in (el("a", tag, href=f"/tag/{_path(tag)}", rel="tag"), " ")]
    return el("div", el("span", title, " ") if title else [], labels, name=name, mark=TAGS)


def newsletter_box(phrases: Phrases, name: str = "newsletter-box") -> Element:
    """An invitation to a newsletter with its form."""
    heading, sentence, placeholder, button, small = phrases.all("newsletter")
    form = el("form", el("input", type="email", placeholder=placeholder), el("button", button, type="submit"))
    return el("section", el("h3", heading), el("p", sentence), form, el("small", small), name=name, mark=NEWSLETTER)


def comment_form(phrases: Phrases, name: str = "comment-respond") -> Element:
    """The form for a comment, with its notes."""
    heading, note, author, mail, text, send = phrases.all("comment_form")
    fields = [el("p", el("label", label), el("input", type="text")) for label in (author, mail)]
    area = el("p", el("label", text), el("textarea", rows="6"))
    form = el("form", el("p", note), fields, area, el("button", send, type="submit"), method="post", action="/comment")
    return el("div", el("h3", heading), form, name=name, mark=COMMENT_FORM)
