"""Treatments injected into pages of any corpus: the same boilerplate where a page would have it, gold unchanged."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..errors import UsageError
from ..records import Gold, Page
from ..regions import TEXT, walk
from ..text import SILENT, decode, tokens
from . import phrases
from .body import Body
from .page import Dose, treatment
from .phrases import Phrases
from .tree import html_of

HELD = 0.9
"""Share of the body's words that the element must hold beside which treatments are put."""
HERE = "\u2063boilerbench\u2063"
"""Marks the place while the page is written out; no page holds it."""
UNFIT = SILENT | {"tbody", "td", "th", "tr", "thead", "tfoot", "p", "template", "noscript", "textarea", "select"}
"""Elements beside which no block can stand, or whose text nobody sees."""
SLOTS = ("overlay", "top", "before_text", "after_text", "comments", "bottom")
"""Places that any page has; a body printed again or teasers inside it would change the gold."""


def injected(page: Page, gold: Gold, one: Dose | None, seed: int, corpus: str) -> Page:
    """The page with a dose of a treatment, or for None only written out anew, as the treated ones are.

    The treatment stands where a site would have it: menus at the head of `<body>`, legal text at its end, a player
    before and comments behind the innermost element that holds nine tenths of the body's words. UsageError for a page
    whose body cannot be found, and for treatments that change the gold.
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


def language_of(page: Page) -> str:
    """Language of the phrases for a page: what corpus or page says, English where there are none in that."""
    declared = re.search(rb"<html[^>]*\blang\s*=\s*[\"']?([A-Za-z]{2})", page.html)
    found = page.attributes.get("language") or (declared[1].decode().lower() if declared else "")
    return found if found in phrases.names() else "en"


def _treated(tree: LexborHTMLParser, page: Page, gold: Gold, one: Dose, seed: int) -> str:
    module = treatment(one.treatment)
    slot = module.VARIANTS[one.variant]
    if slot not in SLOTS:
        raise UsageError(
            f"{one.treatment} ({slot}) changes a page's body and cannot be injected; slots: {', '.join(SLOTS)}"
        )
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
        place = _holder(body, gold, page_id)
        if slot == "before_text":
            place.insert_before(HERE) if place.mem_id != body.mem_id else _first(body).insert_before(HERE)
        elif place.mem_id == body.mem_id:
            body.insert_child(HERE)
        else:
            place.insert_after(HERE)


def _first(body: LexborNode) -> LexborNode:
    first = body.first_child
    assert first is not None
    return first


def _holder(body: LexborNode, gold: Gold, page_id: str) -> LexborNode:
    """The innermost element that holds HELD of the body's words."""
    wanted = Counter(tokens(gold.body))
    if not wanted:
        raise UsageError(f"page {page_id!r} of the corpus has an empty gold body; there is no place beside it")
    enough = HELD * wanted.total()
    if (wanted & Counter(tokens(_seen(body)))).total() < enough:
        raise UsageError(f"page {page_id!r} does not hold nine tenths of its gold body; nothing can stand beside it")
    here = body
    while True:
        children = (child for child in here.iter() if child.mem_id != here.mem_id and child.tag not in UNFIT)
        inner = next((one for one in children if (wanted & Counter(tokens(_seen(one)))).total() >= enough), None)
        if inner is None:
            return here
        here = inner


def _seen(element: LexborNode) -> str:
    """The text of an element without what scripts and styles hold."""
    return "".join(text if event == TEXT else " " for event, _, text in walk(element))


def _written(tree: LexborHTMLParser, fragment: str) -> str:
    return (tree.html or "").replace(HERE, fragment)


def _stand_in(page: Page, language: str) -> Body:
    """What a treatment may know of the page it stands on."""
    name = hashlib.sha256(page.id.encode()).hexdigest()[:8]
    return Body(name, language, "article", "", "", "", "", "2024-01-01", (), "", (), ())
