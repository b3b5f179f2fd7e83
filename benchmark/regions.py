"""A page's visible text: what a reader in text mode sees, stated once.

Visible is every text node below `<body>` of the HTML5 tree (selectolax's lexbor backend), in document order, also in
hidden elements, `<noscript>` and `<template>`, since such a reader prints them; and the alternative text of images. Not
visible are `<script>` and `<style>`, comments, and what `<iframe>`, `<noframes>` and `<noembed>` hold for browsers of
another age. Attributes other than `alt` never are. `<title>` stands in the head, so it is not body text.
"""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

SILENT = frozenset({"script", "style", "iframe", "noframes", "noembed"})
"""Elements whose content no reader in text mode shows."""
BLOCKS = frozenset(
    """
    address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form frame frameset h1 h2 h3 h4 h5 h6 header hgroup hr html isindex legend li listing main menu nav noscript
    ol optgroup option p plaintext pre search section select summary table tbody td template textarea tfoot th thead tr
    ul xmp
    """.split()
)
"""Elements that begin and end a line of their own; cells of a row are apart as well."""


def visible_text(html: str) -> str:
    """All visible text of a decoded page, blocks on lines of their own; empty for a page without a body."""
    body = LexborHTMLParser(html).body
    return "".join(text for _, text in pieces(body)) if body is not None else ""


def pieces(root: LexborNode) -> Iterator[tuple[LexborNode, str]]:
    """Text nodes, alternative texts of images, and a line break wherever a block begins or ends."""
    node: LexborNode | None = root
    closing = False
    while node is not None:
        if node.is_text_node:
            yield node, node.text_content or ""
        else:
            yield from _edge(node, closing)
            if not closing and (child := _first_child(node)) is not None:
                node = child
                continue
        if node.mem_id == root.mem_id:
            return
        closing = node.next is None
        node = node.next or node.parent


def _edge(node: LexborNode, closing: bool) -> Iterator[tuple[LexborNode, str]]:
    """What an element's beginning or end adds: a break around blocks, alternative text between spaces."""
    if node.tag in BLOCKS:
        yield node, "\n"
    if closing:
        return
    if node.tag == "template":
        for fragment in node.template_fragments()[:1]:
            yield from pieces(fragment)
        yield node, "\n"
    alternative = _alternative(node)
    if alternative:
        yield node, f" {alternative} "


def _first_child(node: LexborNode) -> LexborNode | None:
    return None if node.tag in SILENT else node.first_child


def _alternative(node: LexborNode) -> str | None:
    """Alternative text of an image, an area of an image map, or a button made of an image."""
    if node.tag in {"img", "area"} or (node.tag == "input" and node.attributes.get("type") == "image"):
        return node.attributes.get("alt")
    return None
