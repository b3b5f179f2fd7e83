"""A wiki on MediaWiki with a skin like Vector: edit links in headings, tabs and panel behind the content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from ..furniture import ABOUT, FOOTER, HEADER, NAVIGATION, RELATED, STANDFIRST, TITLE
from ..page import Parts
from ..tree import Content, Element, Mark, el
from ._markup import headings, lines, page_of, plain, renamed, restyled, slug
from ._mediawiki import Wiki, foot_scripts, head, report, wiki_of
from ._mediawiki_skin import foot, navigation_box, panel, tabs

SUMMARY = "MediaWiki with edit links and contents"
TYPES = ("article", "documentation")
SLOTS = ("overlay", "top", "before_text", "inside", "after_text", "comments", "bottom")
"""No second printing of the body: the edit links in its headings cut it into regions that a copy could not point at."""
HOST = "mediawiki.example"
FEWEST = 4
"""Headings from which on a page has a table of contents (MediaWiki manual, "Help:Table of contents")."""
NAVBOX = (
    ".mw-parser-output .navbox{border:1px solid #a2a9b1;clear:both;font-size:88%}@media print{.navbox{display:none}}"
)
HATNOTE = ".mw-parser-output .hatnote{font-style:italic}.mw-parser-output div.hatnote{padding-left:1.6em}"


def page(parts: Parts) -> Element:
    """The whole page."""
    wiki = wiki_of(parts, HOST)
    navigation = el("div", *lines(tabs(wiki), panel(wiki)), id="mw-navigation")
    content = el(
        "body",
        *lines(
            parts.slots["overlay"],
            el("div", name="noprint", id="mw-page-base"),
            el("div", name="noprint", id="mw-head-base"),
            _content(wiki),
            el("div", *lines(parts.slots["comments"]), id="mw-data-after-content"),
            navigation,
            parts.slots["bottom"],
            foot(wiki),
            foot_scripts(wiki),
        ),
        name=f"mediawiki {wiki.direction} sitedir-{wiki.direction} mw-hide-empty-elt ns-0 ns-subject "
        f"page-{wiki.number} rootpage-{wiki.number} skin-vector action-view skin-vector-legacy",
    )
    return page_of(parts.body, head(wiki), content, class_="client-nojs")


def _content(wiki: Wiki) -> Element:
    parts = wiki.parts
    notice = el("div", el("p", wiki.site.about), name="sitenotice", id="localNotice", mark=ABOUT)
    anchor = el("a", id="top")
    return el(
        "div",
        *lines(
            anchor,
            el("div", *lines(notice, parts.slots["top"]), name="mw-body-content", id="siteNotice"),
            el("div", name="mw-indicators"),
            _headline(wiki),
            _body_content(wiki),
        ),
        name="mw-body",
        id="content",
        role="main",
    )


def _headline(wiki: Wiki) -> Element:
    """The first heading; a kicker is its name space."""
    body = wiki.parts.body
    title = el("span", body.title, name="mw-page-title-main")
    space: list[Content] = [
        el("span", body.kicker, name="mw-page-title-namespace"),
        el("span", ":", name="mw-page-title-separator"),
        " ",
    ]
    return el(
        "h1",
        space if body.kicker else [],
        title,
        name="firstHeading mw-first-heading",
        id="firstHeading",
        mark=TITLE,
    )


def _body_content(wiki: Wiki) -> Element:
    parts, phrases = wiki.parts, wiki.parts.phrases
    origin, jump, *_ = phrases.all("wiki")
    section = parts.body.section
    trail = el("div", "< ", el("a", section, href=f"/wiki/{slug(section)}"), name="subpages", mark=NAVIGATION)
    search = phrases.all("search")[2]
    return el(
        "div",
        *lines(
            el("div", origin, name="noprint", id="siteSub", mark=HEADER),
            el("div", trail, id="contentSub"),
            el("div", id="contentSub2"),
            el("div", id="jump-to-nav"),
            el("a", jump, name="mw-jump-link", href="#mw-head", mark=NAVIGATION),
            el("a", search, name="mw-jump-link", href="#searchInput", mark=NAVIGATION),
            parts.slots["before_text"],
            _text(wiki),
            _categories(wiki),
            parts.slots["after_text"],
        ),
        name="vector-body",
        id="bodyContent",
    )


def _text(wiki: Wiki) -> Element:
    """What the parser made of the page: text, contents, links to other pages, a box of links, its own notes."""
    parts, phrases = wiki.parts, wiki.parts.phrases
    lead = [_style(HATNOTE, wiki), _lead(parts.body.standfirst)] if parts.body.standfirst else []
    parsed = el(
        "div",
        *lines(lead, _with_contents(wiki), _style(NAVBOX, wiki), navigation_box(wiki), report(wiki)),
        name="mw-parser-output",
    )
    pixel = el("noscript", el("img", src="/w/index.php?title=Special:Pixel", alt="", width="1", height="1"))
    url = f"https://{HOST}/w/index.php?oldid={wiki.revision}"
    source = el("div", phrases.all("wiki")[7], " “", el("a", url, href=url), "”", name="printfooter", mark=FOOTER)
    return el(
        "div",
        *lines(parsed, pixel, source),
        name=f"mw-body-content mw-content-{wiki.direction}",
        id="mw-content-text",
        lang=parts.body.language,
        dir=wiki.direction,
    )


def _style(rules: str, wiki: Wiki) -> Element:
    return el("style", rules, data_mw_deduplicate=f"TemplateStyles:r{wiki.revision - len(rules)}")


def _lead(text: str) -> Element:
    return el("div", text, name="hatnote navigation-not-searchable", role="note", mark=STANDFIRST)


def _with_contents(wiki: Wiki) -> list[Element]:
    """The body's blocks and a section of links; before the first heading the contents, if headings are many."""
    plainly = list(wiki.parts.main)
    found = list(headings(plainly))
    related = _see_also(len(found) + 1, wiki)
    numbers = {id(one): number for number, one in enumerate(found, 1)}
    blocks = restyled(plainly, lambda block: _parsed(block, numbers.get(id(block), 0), wiki))
    if len(found) < FEWEST:
        return [*blocks, *related]
    first = next(place for place, block in enumerate(plainly) if block is found[0])
    return [*blocks[:first], _contents([*found, _related_heading(wiki)], wiki), *blocks[first:], *related]


def _parsed(block: Element, section: int, wiki: Wiki) -> Element:
    if section:
        return _heading(block, section, wiki)
    if block.tag == "pre":
        return _highlighted(block)
    if block.tag == "figure":
        named = renamed(block, "mw-file-element", ["img"])
        return replace(named, name="mw-default-size mw-halign-right", attributes={"typeof": "mw:File/Thumb"})
    linked = renamed(block, "external text", ["a"])
    return replace(linked, name="wikitable") if block.tag == "table" else linked


def _heading(block: Element, section: int, wiki: Wiki) -> Element:
    """A heading that also holds the link to edit its section."""
    bracket, close = (el("span", sign, name="mw-editsection-bracket") for sign in "[]")
    link = el("a", wiki.parts.phrases.all("wiki")[3], href=wiki.script_url(action="edit", section=str(section)))
    edit = el("span", bracket, link, close, name="mw-editsection", mark=NAVIGATION)
    return replace(block, children=(el("span", *block.children, name="mw-headline", id=_anchor(block)), edit))


def _highlighted(block: Element) -> Element:
    """Code in the box of the highlighter, its first child an empty element."""
    code = next((child for child in block.children if isinstance(child, Element)), block)
    language = code.name.removeprefix("language-") or "text"
    text = el("pre", el("span"), *code.children)
    name = f"mw-highlight mw-highlight-lang-{language} mw-content-ltr"
    return el("div", text, name=name, dir="ltr", mark=block.mark)


def _anchor(heading: Element) -> str:
    return plain(heading).replace(" ", "_")


def _contents(found: Sequence[Element], wiki: Wiki) -> Element:
    title = el("h2", wiki.parts.phrases.all("wiki")[2], id="mw-toc-heading")
    label = el("label", name="toctogglelabel", for_="toctogglecheckbox")
    toggle = el("input", type="checkbox", role="button", name="toctogglecheckbox", id="toctogglecheckbox")
    return el(
        "div",
        toggle,
        el("div", title, el("span", label, name="toctogglespan"), name="toctitle"),
        *lines(_levels(list(enumerate(found, 1)), "", 1)),
        name="toc",
        id="toc",
        role="navigation",
        aria_labelledby="mw-toc-heading",
        mark=NAVIGATION,
    )


def _levels(entries: list[tuple[int, Element]], prefix: str, level: int) -> Element:
    """A list of headings, each with those of lower rank that follow it."""
    top = min(one.tag for _, one in entries)
    starts = [place for place, (_, one) in enumerate(entries) if place == 0 or one.tag == top]
    items: list[Content] = []
    for count, (start, stop) in enumerate(zip(starts, [*starts[1:], len(entries)], strict=True), 1):
        section, heading = entries[start]
        number = f"{prefix}{count}"
        text: list[Content] = [el("span", number, name="tocnumber"), " ", el("span", plain(heading), name="toctext")]
        below = entries[start + 1 : stop]
        nested: list[Content] = lines(_levels(below, f"{number}.", level + 1)) if below else []
        link = el("a", text, href=f"#{quote(_anchor(heading))}")
        items.append(el("li", link, nested, name=f"toclevel-{level} tocsection-{section}"))
    return el("ul", *lines(items))


def _related_heading(wiki: Wiki) -> Element:
    return el("h2", wiki.parts.phrases.all("related_titles")[2], mark=RELATED)


def _see_also(section: int, wiki: Wiki) -> list[Element]:
    """A section of links to other pages, in the same form as those of the body."""
    pages = wiki.parts.phrases.some("teasers", 4)
    items = [el("li", el("a", line, href=f"/wiki/{slug(line)}", title=line)) for line in pages]
    return [_heading(_related_heading(wiki), section, wiki), el("ul", *lines(items), mark=RELATED)]


def _categories(wiki: Wiki) -> Element:
    """The page's labels."""
    label = el("a", wiki.parts.phrases.all("wiki")[9], href="/wiki/Special:Categories")
    items = [el("li", el("a", tag, href=f"/wiki/Category:{slug(tag)}")) for tag in wiki.parts.body.tags]
    listed = el("div", label, ": ", el("ul", items), name="mw-normal-catlinks", id="mw-normal-catlinks")
    return el("div", listed, name="catlinks", id="catlinks", mark=Mark("tags"), data_mw="interface")
