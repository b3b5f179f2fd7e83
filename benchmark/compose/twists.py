"""The same page written otherwise: what must not change an answer, and what may but tells something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..text import BLOCKS
from .phrases import Phrases
from .tree import Content, Element, comment

CHARSETS = {"ru": "windows-1251", "zh": "gb18030", "ar": "windows-1256"}
"""Encodings in which pages of a language were long written; others get UTF-16 with a byte order mark."""
RAW = {"pre", "script", "style", "textarea"}
"""Elements in which white space is text."""


def attributes(tree: Element, _: Phrases) -> Element:
    """Attributes in the reverse order, the class last."""

    def turn(here: Element) -> Element:
        given = {**({"class": here.name} if here.name else {}), **here.attributes}
        return replace(here, name="", attributes=dict(reversed(given.items())))

    return _each(tree, turn)


def comments(tree: Element, phrases: Phrases) -> Element:
    """An HTML comment before every block."""

    def turn(here: Element) -> Element:
        return replace(here, children=tuple(_between(here, lambda: comment(f" {phrases.word(8)} "))))

    return _each(tree, turn)


def space(tree: Element, _: Phrases) -> Element:
    """A new line before every block, and one behind the last."""

    def turn(here: Element) -> Element:
        spaced = list(_between(here, lambda: "\n"))
        return replace(here, children=(*spaced, "\n") if len(spaced) > len(here.children) else here.children)

    return _each(tree, turn)


def charset(tree: Element, _: Phrases) -> Element:
    """Another encoding, declared by the server and by the page; the bytes are made where pages are written."""
    return tree


def classes(tree: Element, phrases: Phrases) -> Element:
    """Every class renamed to letters and digits, as build tools do; the same name to the same one."""
    known: dict[str, str] = {}

    def turn(here: Element) -> Element:
        words = [known.setdefault(word, phrases.word(7)) for word in here.name.split()]
        return replace(here, name=" ".join(words))

    return _each(tree, turn)


MUST_NOT = {one.__name__: one for one in (attributes, comments, space, charset)}
"""Twists after which the text must be the same."""
MAY = {"classes": classes}
"""Twists that may change the text: how much they do is a sensitivity."""
TWISTS: dict[str, Callable[[Element, Phrases], Element]] = {**MUST_NOT, **MAY}


def charset_of(language: str) -> str:
    """The other encoding for a language."""
    return CHARSETS.get(language, "utf-16")


def _each(here: Element, turn: Callable[[Element], Element]) -> Element:
    children = tuple(_each(child, turn) if isinstance(child, Element) else child for child in here.children)
    return turn(replace(here, children=children)) if here.tag not in RAW else here


def _between(here: Element, separator: Callable[[], Content]) -> Iterator[Content]:
    """The children of an element that holds blocks and no text, with something before each of those blocks."""
    holds_text = any(isinstance(child, str) and child.strip() for child in here.children)
    for child in here.children:
        if not holds_text and isinstance(child, Element) and child.tag in BLOCKS:
            yield separator()
        yield child
