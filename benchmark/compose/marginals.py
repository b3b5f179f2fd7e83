"""What a page is like, in numbers: for holding composed pages beside real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..text import tokens

FEATURES = {
    "bytes": "bytes of the page",
    "elements": "elements in the body",
    "depth": "depth of the deepest element below the body",
    "words": "visible words",
    "text_density": "visible characters per byte of the page",
    "link_density": "share of the visible words that stand in links",
    "links": "links per hundred visible words",
    "boilerplate": "share of the visible words beyond those of the gold body",
    "script": "share of the page's bytes in scripts and styles",
}
"""Marginals that pages are compared by."""


def features(html: str, visible: str, body: str) -> dict[str, float]:
    """The FEATURES of a decoded page; `visible` is its visible text, `body` its gold body. Zero words give zeros."""
    tree = LexborHTMLParser(html)
    words, wanted = tokens(visible), tokens(body)
    size = len(html.encode("utf-8", "replace"))
    linked = sum(len(tokens(link.text(separator=" "))) for link in tree.css("a[href]"))
    elements, depth = _shape(tree.body)
    beyond = Counter(words)
    beyond.subtract(wanted)
    count = max(1, len(words))
    silent = sum(len((one.html or "").encode("utf-8", "replace")) for one in tree.css("script, style"))
    return {
        "bytes": size,
        "elements": elements,
        "depth": depth,
        "words": len(words),
        "text_density": len(visible) / max(1, size),
        "link_density": min(1.0, linked / count),
        "links": 100 * len(tree.css("a[href]")) / count,
        "boilerplate": sum(max(0, number) for number in beyond.values()) / count,
        "script": silent / max(1, size),
    }


def tags(html: str) -> Counter[str]:
    """How often each tag stands in the body."""
    body = LexborHTMLParser(html).body
    if body is None:
        return Counter()
    return Counter(str(node.tag) for node in body.css("*") if node.mem_id != body.mem_id)


def tag_distance(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Jensen-Shannon distance, base 2, of two profiles of tags: 0 for the same shares, 1 for no tag in common.

    Source: J. Lin, "Divergence measures based on the Shannon entropy", IEEE Trans. Inf. Theory 37 (1991); its root is a
    metric (Endres & Schindelin 2003).
    """
    names = sorted({*first, *second})
    counts = [np.array([one.get(name, 0.0) for name in names]) for one in (first, second)]
    shares = [one / max(one.sum(), 1e-300) for one in counts]
    middle = (shares[0] + shares[1]) / 2
    parts = [np.sum(one[one > 0] * np.log2(one[one > 0] / middle[one > 0])) for one in shares]
    return float(np.sqrt(max(0.0, sum(parts) / 2)))


def profile(counts: Sequence[Counter[str]]) -> dict[str, float]:
    """Mean share of each tag, every page alike."""
    total: dict[str, float] = {}
    for one in counts:
        whole = sum(one.values()) or 1
        for name, number in one.items():
            total[name] = total.get(name, 0.0) + number / whole / max(1, len(counts))
    return total


def _shape(body: LexborNode | None) -> tuple[int, int]:
    """Number of elements below the body, and how deep the deepest stands."""
    if body is None:
        return 0, 0
    count = deepest = 0
    ahead = [(body, 0)]
    while ahead:
        node, depth = ahead.pop()
        child = node.first_child
        while child is not None:
            if child.is_element_node:
                count, deepest = count + 1, max(deepest, depth + 1)
                ahead.append((child, depth + 1))
            child = child.next
    return count, deepest
