"""The tree that a page is composed of: elements that know which region their words belong to, and its HTML and gold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from typing import NamedTuple

from ..records import PageToken, Region
from ..regions import KINDS, Selection, resolve, visible_text
from ..text import BLOCKS, SILENT, tokens

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
"""Elements without content and end tag (HTML Standard, section 13.1.2)."""
RAW = frozenset({"script", "style"})
"""Elements whose text is not escaped."""
REFERRING = frozenset("aria-controls aria-describedby aria-labelledby aria-owns for form headers list".split())
"""Attributes that name other elements by their ids; beside them stand links to places of the page."""
BARE = re.compile(r"[^\s\"'=<>`]+")
"""Values that need no quotes (HTML Standard, section 13.1.2.3)."""
FOLLOWERS = {
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "option": {"option", "optgroup"},
    "thead": {"tbody", "tfoot"},
    "tbody": {"tbody", "tfoot"},
    "tr": {"tr"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "p": frozenset(
        "address article aside blockquote details dialog div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
        "h6 header hgroup hr main menu nav ol p pre search section table ul".split()
    ),
}
"""Elements whose end tag may be left out before these others (HTML Standard, section 13.1.2.4)."""
LAST = FOLLOWERS.keys() - {"dt", "thead"}
"""Elements whose end tag may be left out at the end of their parent; of `p` where that is a block itself."""
COMMENT = "!--"
"""Tag of what is written as an HTML comment."""
MARK = "data-region"
"""Attribute that numbers elements in the copy of a page that its gold is read from; no page given out has it."""


class Mark(NamedTuple):
    """To which region the words of an element belong."""

    kind: str
    """One of the kinds in `regions.KINDS`."""
    part: str | None = None
    """Part of comments."""
    name: str | None = None
    """What a copy can point at."""
    copy_of: str | None = None
    """Name of what it repeats."""


@dataclass(frozen=True)
class Element:
    """An element as its author means it; a dialect decides what becomes of tag, name and ARIA attributes."""

    tag: str
    """The tag that says best what it is, such as nav, article or li."""
    children: tuple[Element | str, ...] = ()
    """What stands in it."""
    name: str = ""
    """A name as sites write it into class attributes: `comment-list`; several are parted by spaces."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Other attributes, in order."""
    mark: Mark | None = None
    """Region of its words; None for that of its parent."""


Content = Element | str
Seen = dict[tuple[int, Mark | None], frozenset[Mark | None]]
"""Which regions the words of an element are in, by the element and the mark it inherits: else each is asked as often as
it is deep."""


def el(
    tag: str, *children: Content | Iterable[Content], name: str = "", mark: Mark | str | None = None, **attributes: str
) -> Element:
    """An element; lists of children are taken apart, a mark may be a kind alone, `aria_label` becomes `aria-label`."""
    flat: list[Content] = []
    for child in children:
        flat += [child] if isinstance(child, Element | str) else child
    flat = [child for child in flat if child != ""]
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    return Element(tag, tuple(flat), name, given, Mark(mark) if isinstance(mark, str) else mark)


def comment(text: str) -> Element:
    """An HTML comment."""
    return Element(COMMENT, (text,))


def html_of(element: Content, *, lean: bool = False) -> str:
    """The HTML of a tree, lean without quotes and end tags that can go; iterative, since designs nest deeply."""
    return "".join(_pieces(element, lean))


def renamed_ids(here: Element, new: Callable[[str], str]) -> Element:
    """An element, without those below it, whose id and whose references to ids of its page are renamed."""

    def renamed(key: str, value: str) -> str:
        if key == "id" or key in REFERRING:
            return " ".join(map(new, value.split()))
        return f"#{new(value[1:])}" if key in {"href", "usemap"} and len(value) > 1 and value[0] == "#" else value

    return replace(here, attributes={key: renamed(key, value) for key, value in here.attributes.items()})


def walk(element: Content) -> Iterator[Content]:
    """An element and all below it, in document order."""
    ahead = [element]
    while ahead:
        here = ahead.pop()
        yield here
        if isinstance(here, Element):
            ahead += reversed(here.children)


def repeated(element: Content) -> Content:
    """A second printing of a tree: what was named in it is now a copy of that name."""
    if isinstance(element, str):
        return element
    mark = element.mark
    if mark is not None and mark.name:
        mark = Mark(mark.kind, mark.part, None, mark.name)
    return replace(element, mark=mark, children=tuple(map(repeated, element.children)))


class GoldOfTree(NamedTuple):
    """What a composed page is, by construction."""

    body: str
    """Text of the main regions that copy no other, one block per line."""
    regions: tuple[Region, ...]
    """Regions in document order."""
    tokens: tuple[PageToken, ...]
    """Visible tokens of the page, each in its region."""


def gold_of(root: Element) -> GoldOfTree:
    """Read the gold off a tree. ValueError where words have no region or a copy points at nothing: a design's fault."""
    marks: list[Mark] = []
    numbered = _numbered(root, None, marks, {})
    placed: list[tuple[Region, list[Selection]]] = []
    for number, region in enumerate(_regions(marks)):
        selection = Selection(f'[{MARK}="{number}"]')
        if placed and placed[-1][0] is region:
            placed[-1][1].append(selection)
        else:
            placed.append((region, [selection]))
    resolved = resolve(html_of(numbered), placed)
    if resolved.problems:
        raise ValueError("the tree makes no gold: " + "; ".join(resolved.problems[:5]))
    return GoldOfTree(_body_text(root), tuple(region for region, _ in placed), resolved.tokens)


def _numbered(here: Content, inherited: Mark | None, marks: list[Mark], seen: Seen) -> Content:
    """A copy in which the outermost elements that hold words of one region alone are numbered by MARK."""
    mark = inherited if isinstance(here, str) else here.mark or inherited
    found = _marks(here, inherited, seen)
    if not found:
        return here
    if None in found:
        raise ValueError(f"words in no region: {_words(here)[:8]}")
    if isinstance(here, str):
        marks.append(_known(mark))
        return Element("span", (here,), attributes={MARK: str(len(marks) - 1)})
    if len(found) == 1 and here.tag not in {"html", "body", "head"}:
        marks.append(_known(next(iter(found))))
        return replace(here, attributes={**here.attributes, MARK: str(len(marks) - 1)})
    return replace(here, children=tuple(_numbered(child, mark, marks, seen) for child in here.children))


def _known(mark: Mark | None) -> Mark:
    assert mark is not None
    return mark


def _marks(here: Content, inherited: Mark | None, seen: Seen) -> frozenset[Mark | None]:
    """The regions of the words in a tree; None stands for words without one."""
    if isinstance(here, str):
        return frozenset([inherited]) if _holds_words(here) else frozenset()
    if here.tag in SILENT or here.tag == COMMENT:
        return frozenset()
    place = id(here), inherited  # an element may stand in a tree twice, below different marks
    if place not in seen:
        mark = here.mark or inherited
        own = frozenset([mark]) if _holds_words(here.attributes.get("alt", "")) else frozenset[Mark | None]()
        seen[place] = own.union(*(_marks(child, mark, seen) for child in here.children))
    return seen[place]


@lru_cache(maxsize=1 << 14)
def _holds_words(text: str) -> bool:
    return bool(tokens(text))


def _words(here: Content) -> list[str]:
    return tokens(" ".join(one for one in walk(here) if isinstance(one, str)))


def _regions(marks: list[Mark]) -> Iterator[Region]:
    """The region of each numbered element: neighbours of one kind and part that repeat the same region share one."""
    places: dict[str, int] = {}
    region, count = Region(""), 0
    for mark in marks:
        if mark.copy_of and mark.copy_of not in places:
            raise ValueError(f"{mark.copy_of!r} does not stand before its copy")
        wanted = Region(mark.kind, mark.part, places[mark.copy_of] if mark.copy_of else None)
        if wanted != region:
            region, count = wanted, count + 1
        if mark.name:
            places[mark.name] = count - 1
        yield region


def _body_text(root: Element) -> str:
    """Visible text of the main regions that copy no other, blank lines left out."""
    main = _main_only(root, None)
    lines = visible_text(html_of(main)).split("\n") if isinstance(main, Element) else []
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _main_only(here: Content, inherited: Mark | None) -> Content:
    if isinstance(here, str):
        return here if inherited and KINDS[inherited.kind].role == "main" and not inherited.copy_of else ""
    if here.tag == COMMENT:
        return ""
    mark = here.mark or inherited
    attributes = here.attributes
    if "alt" in attributes and not (mark and KINDS[mark.kind].role == "main" and not mark.copy_of):
        attributes = {**attributes, "alt": ""}
    return replace(here, attributes=attributes, children=tuple(_main_only(child, mark) for child in here.children))


def _pieces(root: Content, lean: bool) -> Iterator[str]:
    ahead: list[tuple[Content | None, str, str]] = [(root, "", "" if isinstance(root, str) else _end(root))]
    while ahead:
        here, parent, end = ahead.pop()
        if here is None:
            yield end
        elif isinstance(here, str):
            yield here if parent in RAW else escape(here, quote=False)
        elif here.tag == COMMENT:
            yield f"<!--{here.children[0]}-->"
        else:
            attributes = {**({"class": here.name} if here.name else {}), **here.attributes}
            yield f"<{here.tag}{''.join(_attribute(key, value, lean) for key, value in attributes.items())}>"
            if here.tag not in VOID:
                ahead.append((None, "", end))
                followed = zip(here.children, (*here.children[1:], None), strict=False)
                ahead += [(child, here.tag, _end(child, here.tag, after, lean)) for child, after in followed][::-1]


def _end(here: Content, parent: str = "", after: Content | None = None, lean: bool = False) -> str:
    """The end tag of an element, empty where it may be left out."""
    if isinstance(here, str):
        return ""
    last = here.tag in LAST if here.tag != "p" else parent in BLOCKS
    spared = isinstance(after, Element) and after.tag in FOLLOWERS.get(here.tag, ()) if after else last
    return "" if lean and spared else f"</{here.tag}>"


def _attribute(key: str, value: str, lean: bool) -> str:
    written = escape(value)
    quoted = written if lean and BARE.fullmatch(value) else f'"{written}"'
    return f" {key}={quoted}" if value else f" {key}"
