"""The body itself, printed a second time, as pages do for print or small screens."""

from __future__ import annotations

from ..body import Body
from ..phrases import Phrases
from ..tree import Element, el, repeated

SUMMARY = "further printings of the body"
KIND = "main"
HIGHEST = 1
VARIANTS = {"": "copy"}


def blocks(_: int, __: str, ___: Phrases, body: Body) -> list[Element]:
    """The body's blocks again, each a copy of itself."""
    again = [repeated(block) for block in body.blocks]
    return [el("div", again, name="print-version")]
