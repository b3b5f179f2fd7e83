"""Treatments injected into pages of any corpus: the same boilerplate where a page would have it, gold unchanged."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..errors import UsageError
from ..records import Gold, Page
from ..regions import TEXT, walk
from ..text import BLOCKS, SILENT, decode, tokens
from . import phrases
from .body import Body
from .page import Dose, treatment, treatments
from .phrases import Phrases
from .tree import html_of

HELD = 0.9
"""Share of the body's words that the element must hold beside which treatments are put."""
HERE = "\u2063boilerbench\u2063"
"""Marks the place while the page is written out; no page holds it."""
UNSEEN = SILENT | {"template", "noscript", "textarea", "select", "svg", "math", "object", "audio", "video", "canvas"}
"""Elements that are not looked into: nobody sees their text, or it is no text of a page."""
INTO = frozenset({"body", "td", "th", "li", "dd"})
"""Elements beside which no block can stand, but in which one can."""
BARRED = frozenset("table tbody thead tfoot tr ul ol menu dir dl".split())
"""Elements whose children cannot be just any block."""
CLOSED = frozenset("a button label summary p h1 h2 h3 h4 h5 h6 pre listing xmp plaintext dt caption legend".split())
"""Elements in which nothing can be put: a block would close them, or be clicked with them."""
SLOTS = ("overlay", "top", "before_text", "after_text", "comments", "bottom")
"""Places that any page has; a body printed again or teasers inside it would change the gold."""


def injected(page: Page, gold: Gold, one: Dose | None, seed: int, corpus: str) -> Page:
    """The page with a dose of a treatment, or for None only written out anew, as the treated ones are.

    The treatment stands where a site would have it: menus at the head of `<body>`, legal text at its end, a player
    before and comments behind the innermost element that holds nine tenths of the body's words and beside which blocks
    can stand; where that is a cell or an item of a list, at the head and at the end of it. UsageError for a page whose
    body cannot be found, and for treatments that change the gold.
    """
    tree = LexborHTMLParser(decode(page.html, page.charset))
    written = str(one) if one else "plain"
    html = _written(tree, "") if one is None else _treated(tree, page, gold, one, seed)
    attributes = {**page.attributes, "page": page.id, "treatment": written}
    return replace(
        page,
        id=f"{page.id}--{written}--{seed}",
        corpus=corpus,
        html=html.encode("utf-8", "replace"),
        charset="utf-8",
        attributes=attributes,
    )


def unfit(page: Page, gold: Gold) -> str | None:
    """Why treatments cannot be put beside the body of a page; None where they can."""
    body = LexborHTMLParser(decode(page.html, page.charset)).body
    try:
        if body is None or body.first_child is None:
            raise UsageError(f"page {page.id!r} has no <body>, or an empty one")
        _holder(body, gold, page.id)
    except UsageError as reason:
        return str(reason)
    return None


def slot_of(one: Dose) -> str:
    """Where a treatment stands on any page; UsageError for one that would change the gold, with those that do not."""
    slot: str = treatment(one.treatment).VARIANTS[one.variant]
    if slot not in SLOTS:
        others = ", ".join(name for name in treatments() if treatment(name).VARIANTS[""] in SLOTS)
        raise UsageError(f"{one.treatment} changes a page's body and cannot be injected; these can: {others}")
    return slot


def language_of(page: Page) -> str:
    """Language of the phrases for a page: what corpus or page says, English where there are none in that."""
    declared = re.search(rb"<html[^>]*\blang\s*=\s*[\"']?([A-Za-z]{2})", page.html)
    found = page.attributes.get("language") or (declared[1].decode().lower() if declared else "")
    return found if found in phrases.names() else "en"


def _treated(tree: LexborHTMLParser, page: Page, gold: Gold, one: Dose, seed: int) -> str:
    module = treatment(one.treatment)
    slot = slot_of(one)
    language = language_of(page)
    stream = Phrases(language, seed, page.id, one.treatment, one.variant)
    blocks = module.blocks(one.amount, one.variant, stream, _stand_in(page, language)) if one.amount else []
    _mark(tree, gold, slot, page.id)
    return _written(tree, "".join(map(html_of, blocks)))


def _mark(tree: LexborHTMLParser, gold: Gold, slot: str, page_id: str) -> None:
    body = tree.body
    if body is None:
        raise UsageError(f"page {page_id!r} has no <body>; treatments cannot be injected")
    if slot in {"overlay", "top"}:
        first = body.first_child
        if first is None:
            raise UsageError(f"page {page_id!r} has an empty <body>; treatments cannot be injected")
        first.insert_before(HERE)
    elif slot == "bottom":
        body.insert_child(HERE)
    else:
        place, ahead = _holder(body, gold, page_id), slot == "before_text"
        if place.tag not in INTO:
            place.insert_before(HERE) if ahead else place.insert_after(HERE)
        elif ahead and place.first_child is not None:
            place.first_child.insert_before(HERE)
        else:
            place.insert_child(HERE)


def _holder(body: LexborNode, gold: Gold, page_id: str) -> LexborNode:
    """The innermost element that holds HELD of the body's words, with room for a block beside it or, of INTO, in it."""
    wanted = Counter(tokens(gold.body))
    if not wanted:
        raise UsageError(f"page {page_id!r} of the corpus has an empty gold body; there is no place beside it")
    enough = HELD * wanted.total()
    if (wanted & Counter(tokens(_seen(body)))).total() < enough:
        raise UsageError(f"page {page_id!r} does not hold nine tenths of its gold body; nothing can stand beside it")
    chain = [body]  # from <body> to the innermost element that holds enough
    while True:
        here = chain[-1]
        children = (child for child in here.iter() if child.mem_id != here.mem_id and child.tag not in UNSEEN)
        inner = next((one for one in children if (wanted & Counter(tokens(_seen(one)))).total() >= enough), None)
        if inner is None:
            return chain[_fit([str(one.tag) for one in chain])]
        chain.append(inner)


def _fit(tags: Sequence[str]) -> int:
    """The last place of a chain of tags, from `body` inwards, at which a block can stand."""
    last = len(tags) - 1
    while last and tags[last] not in BLOCKS | INTO and "-" not in tags[last]:
        last -= 1  # what holds text in a line alone has nothing beside it but the line
    closed = next((place for place, tag in enumerate(tags) if tag in CLOSED), last)
    fit = [
        place for place, tag in enumerate(tags[: min(last, closed) + 1]) if tag in INTO or tags[place - 1] not in BARRED
    ]
    return fit[-1]


def _seen(element: LexborNode) -> str:
    """The text of an element without what scripts and styles hold."""
    return "".join(text if event == TEXT else " " for event, _, text in walk(element))


def _written(tree: LexborHTMLParser, fragment: str) -> str:
    return (tree.html or "").replace(HERE, fragment)


def _stand_in(page: Page, language: str) -> Body:
    """What a treatment may know of the page it stands on."""
    name = hashlib.sha256(page.id.encode()).hexdigest()[:8]
    return Body(name, language, "article", "", "", "", "", "2024-01-01", (), "", (), ())
