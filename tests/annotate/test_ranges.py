"""An annotator's lines of text, the regions they make, and the way back."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.annotate.blocks import blocks
from benchmark.annotate.ranges import Entry, entries_of, parse, regions_of
from benchmark.errors import UsageError
from benchmark.goldfiles import Placed
from benchmark.records import Gold, PageToken, Region
from benchmark.regions import KINDS, PARTS, Selection, resolve, visible_tokens
from benchmark.text import tokens

ROOT = Path(__file__).parents[2]
PAGES = {file.stem: file.read_text(encoding="utf-8") for file in sorted((ROOT / "seeds").glob("*.html"))}
ANNOTATIONS = sorted((ROOT / "goldens" / "annotations").glob("*/*.txt"))
LABELS = [Region("main"), Region("byline"), Region("navigation"), *(Region("comments", part) for part in PARTS)]

INLINE = ("span", "b", "a", "x-y", "o:p", "svg", "img", "td", "object", "button", "label")
BLOCK = ("div", "p", "li", "br", "table", "tr", "template", "section", "pre", "h2", "noscript", "textarea")
PIECES = st.sampled_from(
    ["a", "b", "a b", "a a a a a a a a a a", " a", "b ", " ", "\n", ".", "a.b", "«a»", "é", "e\u0301", "\u0301", "漢字", "ไทย"]
    + ["a漢b", "سلام", "नमस्ते", "👍", "\u200b", "ﬁ", "a b c d e f g h i j k l m n o p", "&amp;", "&lt;a&gt;", "½", "ẖ"]
)
NAMES = st.sampled_from(["", "", "", " id=x", " id=y", " id='1'", " id='a b'", " id='é'", " class=k", " class='k m'", " class='m:n'"])


@st.composite
def trees(draw: st.DrawFn, deep: int = 4) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        tag = draw(st.sampled_from([None, None, *INLINE, *BLOCK])) if deep else None
        if tag is None:
            parts.append(draw(PIECES))
        elif tag == "img":
            parts.append(f"<img alt='{draw(PIECES)}'{draw(NAMES)}>")
        else:
            parts.append(f"<{tag}{draw(NAMES)}>{draw(trees(deep=deep - 1))}" + draw(st.sampled_from(["", f"</{tag}>"])))
    return "".join(parts)


@st.composite
def labelled(draw: st.DrawFn, html: str) -> Gold:
    """Random unbroken stretches of random kinds over all words of a page; some repeat an earlier one."""
    words = visible_tokens(html)
    cuts = draw(st.sets(st.integers(1, max(1, len(words) - 1)), max_size=8))
    regions: list[Region] = []
    owners = []
    for place in range(len(words)):
        if place in cuts or not place:
            kinds = [one for one in LABELS if not regions or one != regions[-1]]
            region = draw(st.sampled_from(kinds))
            same = [number for number, one in enumerate(regions) if one == region]
            if same and draw(st.booleans()):
                region = Region(region.kind, region.part, draw(st.sampled_from(same)))
            regions.append(region)
        owners.append(len(regions) - 1)
    placed = [PageToken(t.text, owner, t.line, t.unit, t.block) for t, owner in zip(words, owners, strict=True)]
    return Gold("x", "", regions=tuple(regions), tokens=tuple(placed))


def check(html: str, gold: Gold) -> None:
    """The law: an annotation's regions resolve without problems and give every word the region that was meant."""
    placed = regions_of(html, parse(entries_of(gold)))
    resolved = resolve(html, placed)
    assert resolved.problems == ()
    assert tuple(region for region, _ in placed) == gold.regions
    assert resolved.tokens == gold.tokens


@given(st.data())
def test_every_word_of_any_tree_gets_the_region_that_was_meant(data: st.DataObject) -> None:
    html = "<body>" + data.draw(trees())
    check(html, data.draw(labelled(html)))
