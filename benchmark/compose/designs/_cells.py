"""Cells of the design `table_layout`: tables, fonts and spacers, and a body's blocks in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..furniture import WIDGET
from ..tree import Content, Element, Mark, el

FACE = "Verdana, Arial, Helvetica, sans-serif"
DARK, MIDDLE, LIGHT, WHITE = "#003366", "#6699CC", "#EEF3F8", "#FFFFFF"
SIZES = {"h1": "5", "h2": "4", "h3": "3", "h4": "2"}
"""Sizes of fonts that stand for headings."""
INSIDE = {"main", "caption"}
"""Kinds of the body's own blocks."""


def table(width: str, *rows: Content | Iterable[Content], mark: Mark | None = None, **attributes: str) -> Element:
    """A table without lines."""
    settings = {"border": "0", "cellpadding": "0", "cellspacing": "0", **attributes}
    return el("table", el("tbody", *rows), width=width, mark=mark, **settings)


def row(*children: Content | Iterable[Content], mark: Mark | None = None, **attributes: str) -> Element:
    """A row of one cell."""
    return el("tr", el("td", *children, mark=mark, **attributes))


def spacer(width: str, height: str, alt: str = "") -> Element:
    """A transparent picture that keeps a cell open; editors of the time put the name of its file into `alt`."""
    return el("img", src="/images/pixel.gif", width=width, height=height, alt=alt, border="0")


def gutter() -> Element:
    """The gap between two columns."""
    return el("td", spacer("10", "1", "pixel.gif"), width="10", mark=WIDGET)


def font(*children: Content | Iterable[Content], size: str = "2", color: str = "", name: str = "") -> Element:
    """Text in its face, size and colour."""
    settings = {"face": FACE, "size": size, **({"color": color} if color else {})}
    return el("font", *children, name=name, **settings)


def dressed(blocks: Sequence[Element]) -> Iterator[Content]:
    """Blocks as such a site prints them; what was put between them stays as it is."""
    for block in blocks:
        yield _dressed(block) if block.mark is None or block.mark.kind in INSIDE else block


def _dressed(block: Element) -> Element:
    """Fonts around every text; headings are paragraphs in bold, pictures stand in tables with their captions."""
    if block.tag == "pre":
        return block
    if block.tag in SIZES:
        bold = font(el("b", block.children), size=SIZES[block.tag], color=DARK)
        return replace(block, tag="p", children=(bold,), name="subhead")
    if block.tag == "figure":
        rows = [row(_caption(child) if isinstance(child, Element) else child) for child in block.children]
        return table("300", rows, align="right", cellpadding="3", mark=block.mark)
    if block.tag in {"p", "li", "td", "th"}:
        return replace(block, children=(font(block.children),))
    if block.tag == "table":
        block = replace(block, attributes={**block.attributes, "border": "1", "cellpadding": "3", "bgcolor": LIGHT})
    return replace(block, children=tuple(_dressed(one) if isinstance(one, Element) else one for one in block.children))


def _caption(part: Element) -> Element:
    """A picture in the width of its table, or the text below it."""
    if part.tag == "img":
        return replace(part, attributes={**part.attributes, "width": "300", "height": "200", "border": "0"})
    return font(part.children, size="1", name="caption")
