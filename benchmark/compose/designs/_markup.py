"""What several designs write alike: lines, icons, addresses, and blocks of the body in a system's own style."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from ..body import Body
from ..furniture import document
from ..tree import Content, Element, el, walk

Style = Callable[[Element], Element]
"""How a system prints a block of the body."""


def lines(*children: Content | Iterable[Content]) -> list[Content]:
    """Children on lines of their own, as templates print them."""
    flat: list[Content] = []
    for child in children:
        flat += [child] if isinstance(child, Element | str) else child
    printed = [child for child in flat if isinstance(child, Element) or child.strip()]
    return [part for child in printed for part in ("\n", child)] + ["\n"] * bool(printed)


def page_of(body: Body, head: Sequence[Element], content: Element, **attributes: str) -> Element:
    """The `html` element with each child of its head on a line of its own."""
    whole = document(body, head, content, **attributes)
    children = [
        replace(part, children=tuple(lines(part.children)))
        if isinstance(part, Element) and part.tag == "head"
        else part
        for part in whole.children
    ]
    return replace(whole, children=tuple(lines(children)))


def slug(label: str) -> str:
    """A label as systems write it into addresses: small letters, hyphens, all else percent-encoded."""
    return quote("-".join(label.lower().replace("/", " ").split()))


def icon(path: str, name: str = "icon") -> Element:
    """An inline drawing that screen readers pass over."""
    drawing = el("path", d=path)
    return el("svg", drawing, name=name, width="24", height="24", viewBox="0 0 24 24", aria_hidden="true")


def named_meta(name: str, content: str) -> Element:
    """A `meta` element of the head."""
    return Element("meta", attributes={"name": name, "content": content})


def restyled(blocks: Iterable[Element], style: Style) -> list[Element]:
    """Blocks of the body by a system's style, also in posts and cards; what treatments put between stays as it is."""
    return [_restyled(block, style) for block in blocks]


def _restyled(block: Element, style: Style) -> Element:
    if block.mark is None:
        children = [_restyled(one, style) if isinstance(one, Element) else one for one in block.children]
        return replace(block, children=tuple(children))
    return style(block) if block.mark.kind in {"main", "caption"} else block


def renamed(block: Element, name: str, tags: Iterable[str] = ()) -> Element:
    """A block with a name, and where tags are given the elements of these tags below it instead."""
    if not tags:
        return replace(block, name=name)
    wanted = frozenset(tags)
    children = [
        _renamed_below(child, name, wanted) if isinstance(child, Element) else child for child in block.children
    ]
    return replace(block, children=tuple(children))


def _renamed_below(here: Element, name: str, tags: frozenset[str]) -> Element:
    below = renamed(here, name, tags)
    return replace(below, name=name) if here.tag in tags else below


def plain(element: Content) -> str:
    """The text of a tree on one line."""
    return " ".join("".join(part for part in walk(element) if isinstance(part, str)).split())


def headings(blocks: Iterable[Element]) -> Iterator[Element]:
    """The headings of the body among some blocks."""
    for block in blocks:
        if block.tag in {"h2", "h3", "h4"} and block.mark is not None and block.mark.kind == "main":
            yield block


def word_count(body: Body) -> int:
    """Words of the body, parted by blanks, as systems count them."""
    return sum(len(plain(block).split()) for block in body.blocks)
