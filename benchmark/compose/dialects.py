"""How a site's markup speaks: the same tree in five dialects, from semantic HTML5 to flat paragraphs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ..errors import UsageError
from .phrases import Phrases
from .tree import COMMENT, Content, Element, Mark, renamed_ids

LANDMARKS = {
    "nav": "navigation",
    "header": "banner",
    "footer": "contentinfo",
    "main": "main",
    "article": "article",
    "aside": "complementary",
    "section": "region",
    "search": "search",
}
"""Sectioning elements and the role that ARIA gives them (ARIA in HTML, W3C 2025)."""
MEANINGFUL = {*LANDMARKS, "figure", "figcaption", "time", "address", "details", "summary", "dialog"}
"""Elements that say what they are; dialects that do not speak semantics have generic ones in their place."""
LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
INLINE = {
    "a",
    "abbr",
    "b",
    "br",
    "button",
    "code",
    "em",
    "i",
    "img",
    "input",
    "label",
    "select",
    "span",
    "strong",
    "time",
}
SAYING = ("role", "aria-", "itemprop", "itemscope", "itemtype")
"""Attributes that say what an element is."""
SILENT = frozenset(
    "align alt async bgcolor border cellpadding cellspacing checked class color cols colspan d defer dir disabled face "
    "fill for height hidden href id lang language leftmargin link marginheight marginwidth max method min multiple "
    "noshade nowrap open placeholder rows rowspan selected size src start step stroke style tabindex target text title "
    "topmargin type valign value viewBox vlink width xmlns".split()
)
"""Attributes that a nameless page keeps: how things look and work, none that says what they are."""
ADDRESS = re.compile(r"(?P<host>(?:https?:)?//[^/]+)?(?P<path>[^#]*)(?P<place>#.*)?")
SCHEMES = ("data:", "mailto:", "tel:")
"""Addresses that lead to no page."""
FACTS = "application/ld+json"
"""Scripts that tell search engines what a page is."""


def semantic(tree: Element, _: Phrases) -> Element:
    """Semantic HTML5 with ARIA roles; class attributes say nothing."""

    def turn(here: Element) -> Element:
        role = {"role": LANDMARKS[here.tag]} if here.tag in LANDMARKS and "role" not in here.attributes else {}
        kept = {key: value for key, value in here.attributes.items() if key != "id"}
        return replace(here, name=_spoken_code(here.name), attributes={**kept, **role})

    return _each(tree, turn)


def names(tree: Element, _: Phrases) -> Element:
    """Generic elements whose class names speak: `nav` is `<div class="main-menu">`."""

    def turn(here: Element) -> Element:
        return _generic(here) if here.tag in MEANINGFUL else _mute(here)

    return _each(tree, turn)


def soup(tree: Element, phrases: Phrases) -> Element:
    """Nameless `div`s: no element, class name, id, address or comment says what it is; lists are `div`s too."""
    known: dict[str, str] = {}

    def turn(here: Element) -> Element:
        told = re.sub(r"\d+", "", here.name) or here.tag  # post-8369 and post-8370 are of one class
        name = (
            "" if here.tag in INLINE or here.name.startswith("language-") else known.setdefault(told, phrases.word(6))
        )
        here = replace(here, name=name if here.name or here.tag in MEANINGFUL | LISTS else "")
        here = _generic(here) if here.tag in MEANINGFUL else _mute(here)
        if here.tag in LISTS:
            here = replace(here, tag="div", attributes=_plain(here.attributes))
        return here

    return _silenced(_each(tree, turn), phrases)


def _silenced(tree: Element, phrases: Phrases) -> Element:
    """A tree of which ids, addresses, comments and all other attributes say as little as its class names."""
    known: dict[str, str] = {}

    def new(word: str) -> str:
        return known[word] if word in known else known.setdefault(word, phrases.word(7))

    def turn(here: Element, headed: bool) -> Element:
        if here.tag == COMMENT:
            return replace(here, children=(" ",))
        headed = headed or here.tag == "head"
        inner = [turn(child, headed) if isinstance(child, Element) else child for child in here.children]
        children = tuple(one for one in inner if isinstance(one, str) or one.attributes.get("type") != FACTS)
        if headed:  # search engines are told of every site, and of no part of a page
            kept = {key: value for key, value in here.attributes.items() if key != "id" and key[:5] != "data-"}
            return replace(here, name="", attributes=kept, children=children)
        tag = "div" if "-" in here.tag else here.tag
        return renamed_ids(replace(here, tag=tag, attributes=_silent(here.attributes, new), children=children), new)

    return turn(tree, False)


def _silent(attributes: dict[str, str], new: Callable[[str], str]) -> dict[str, str]:
    """Attributes of SILENT, with addresses and types that say nothing."""
    kept = {key: value for key, value in attributes.items() if key in SILENT}
    kept |= {key: _address(kept[key], new) for key in ("href", "src") if key in kept}
    if kept.get("type") in {"search", "email", "tel"}:
        kept["type"] = "text"
    return {key: value for key, value in kept.items() if key != "value" or kept.get("type") != "hidden"}


def _address(value: str, new: Callable[[str], str]) -> str:
    """An address whose path is renamed; host and kind of file stay."""
    found = ADDRESS.fullmatch(value)
    if found is None or value == "#" or value.startswith(SCHEMES):
        return value
    if value.startswith("javascript:"):
        return "javascript:void(0)"
    path = found["path"].strip("/")
    ending = re.search(r"\.[a-z]{2,4}$", path)
    written = f"/{new(path)}{ending[0] if ending else ''}" if path else "/" if found["path"] else ""
    place = found["place"] or ""
    if written and place:  # a place of another page; those of this one are renamed with their ids
        place = f"#{new(place[1:])}"
    return f"{found['host'] or ''}{written}{place}"


def tables(tree: Element, phrases: Phrases) -> Element:
    """Layout by tables, as pages had it before style sheets: containers are cells, names say nothing."""
    mute = soup(tree, phrases)

    def turn(here: Element) -> Element:
        if here.tag != "div":
            return replace(here, name="")
        if all(map(_inline, here.children)):
            return replace(here, name="")
        rows = tuple(_row(child) for child in here.children if not isinstance(child, str) or child.strip())
        named = {"id": here.attributes["id"]} if "id" in here.attributes else {}
        settings = {**named, "border": "0", "cellpadding": "2", "cellspacing": "0", "width": "100%"}
        return replace(here, tag="table", name="", attributes=settings, children=(Element("tbody", rows),))

    return _each(mute, turn)


def flat(tree: Element, phrases: Phrases) -> Element:
    """Flat paragraphs: containers are dissolved, list items are paragraphs, everything is a child of the body."""
    mute = soup(tree, phrases)
    body = next(child for child in mute.children if isinstance(child, Element) and child.tag == "body")
    flattened = replace(body, name="", children=tuple(_flattened(body.children, None)))
    return replace(mute, children=tuple(flattened if child is body else child for child in mute.children))


DIALECTS: dict[str, Callable[[Element, Phrases], Element]] = {
    one.__name__: one for one in (semantic, names, soup, tables, flat)
}
"""Every dialect by its name."""


def speak(dialect: str, tree: Element, phrases: Phrases) -> Element:
    """A tree in a dialect; UsageError that names those there are."""
    if dialect not in DIALECTS:
        raise UsageError(f"there is no dialect {dialect!r}; known: {', '.join(DIALECTS)}")
    return DIALECTS[dialect](tree, phrases)


def _each(here: Element, turn: Callable[[Element], Element]) -> Element:
    """A tree with every element of its body turned; heads are the design's own."""
    if here.tag in {"head", COMMENT}:
        return here
    children = tuple(_each(child, turn) if isinstance(child, Element) else child for child in here.children)
    here = replace(here, children=children)
    if here.tag in {"html", "body"}:  # they stay what they are, but must not speak either
        turned = turn(replace(here, tag="div", children=()))
        return replace(here, name=turned.name, attributes=turned.attributes)
    return here if here.tag in {"script", "style", "template", "noscript"} else turn(here)


def _generic(here: Element) -> Element:
    block = here.tag not in {"time", "summary"}
    return replace(here, tag="div" if block else "span", attributes=_plain(here.attributes))


def _mute(here: Element) -> Element:
    return replace(here, attributes=_plain(here.attributes))


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in attributes.items() if not key.startswith(SAYING) and key != "datetime"}


def _spoken_code(name: str) -> str:
    """What remains of class names that say nothing: those of code highlighting, which are no layout."""
    return name if name.startswith("language-") else ""


def _inline(child: Content) -> bool:
    """Whether it stands within a line; drawings do, whatever they are made of, and markers of a script."""
    if isinstance(child, str) or child.tag in {"svg", COMMENT}:
        return True
    return child.tag in INLINE and all(map(_inline, child.children))


def _row(child: Content) -> Element:
    return Element("tr", (Element("td", (child,), attributes={"valign": "top"}),))


def _flattened(children: tuple[Content, ...], mark: Mark | None) -> Iterator[Content]:
    """The blocks of some containers; runs of inline content become a paragraph."""
    run: list[Content] = []
    for child in (*children, None):
        between = not run and isinstance(child, Element) and child.tag == COMMENT
        if child is not None and _inline(child) and not between:
            run.append(child)
            continue
        if any(not isinstance(one, str) or one.strip() for one in run):
            yield Element("p", tuple(run), mark=mark)
        run = []
        if child is None:
            return
        assert isinstance(child, Element)
        if child.tag in {"div", "form", "fieldset", "center"}:
            yield from _flattened(child.children, child.mark or mark)
        elif child.tag in INLINE:  # a link around blocks: each block gets the link into it
            for block in _flattened(child.children, child.mark or mark):
                assert isinstance(block, Element)
                yield replace(block, children=(replace(child, children=block.children, mark=None),))
        else:
            yield replace(child, mark=child.mark or mark)
