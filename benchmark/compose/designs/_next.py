"""What a Next.js page is made with: class names of CSS modules, and the island of JSON that it starts from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ..body import Body
from ..page import Parts
from ..phrases import Phrases, Site
from ..tree import Element, walk

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
LABELS = ("skip_link", "back_to_top", "breadcrumb_home", "previous", "next", "comments_title", "tags_title", "ad_label")
LISTS = """
search services login share follow newsletter comment_form comment_ui comment_meta consent consent_buttons
player_controls player_title related_titles shop
""".split()
"""Phrases that such a page carries for its own scripts, whether it prints them or not."""


@dataclass(frozen=True)
class Shell:
    """A page with what is drawn once, since it is printed and stands in the island too."""

    parts: Parts
    """What is arranged."""
    build: str
    """Name of the build."""
    publisher: Site
    """Who publishes it."""
    menu: Sequence[str]
    """Labels of the menu."""
    teasers: Sequence[tuple[str, str]]
    """Headlines and leads of other pages; a lead may be empty."""

    def css(self, *names: str) -> str:
        """Class names as CSS modules have them: `Article_body` with five letters that its build gives it."""
        return " ".join(f"{name}__{_hashed(f'{self.build}/{name}')}" for name in names)


def shell(parts: Parts) -> Shell:
    """A page's shell, drawn."""
    phrases = parts.phrases
    build, site, menu = phrases.word(21), phrases.site(), phrases.some("menu", 8)
    leads = [phrases.one("teaser_leads") if phrases.chance(0.3) else "" for _ in range(4)]
    return Shell(parts, build, site, menu, list(zip(phrases.some("teasers", 4), leads, strict=True)))


def island(page: Shell) -> str:
    """The JSON of `__NEXT_DATA__`, escaped as it must be within a script."""
    body, phrases = page.parts.body, page.parts.phrases
    properties = {
        "site": {"name": page.publisher.name, "navigation": [{"label": label, "href": "#"} for label in page.menu]},
        body.type: _content(body, phrases),
        "related": [{"_id": phrases.word(12), "title": title, "excerpt": lead} for title, lead in page.teasers],
        "_nextI18Next": {"initialI18nStore": {body.language: {"common": _messages(phrases)}}, "ns": ["common"]},
        "featureFlags": {phrases.word(8): phrases.chance(0.5) for _ in range(12)},
    }
    data = {
        "props": {"pageProps": properties, "__N_SSG": True},
        "page": f"/{body.type}/[slug]",
        "query": {"slug": body.slug},
        "buildId": page.build,
        "isFallback": False,
        "gsp": True,
        "locale": body.language,
        "locales": ["ar", "de", "en", "fr", "ru", "zh"],
        "defaultLocale": "en",
        "scriptLoader": [],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _content(body: Body, phrases: Phrases) -> dict[str, object]:
    return {
        "_id": phrases.word(24),
        "_type": body.type,
        "title": body.title,
        "kicker": body.kicker,
        "standfirst": body.standfirst,
        "author": {"name": body.author, "image": None},
        "publishedAt": body.date,
        "section": {"title": body.section},
        "tags": [{"title": tag} for tag in body.tags],
        "content": [_block(block, phrases) for block in body.blocks],
    }


def _block(block: Element, phrases: Phrases) -> dict[str, object]:
    """A block of text in spans, as a content system delivers it."""
    texts = [text for text in walk(block) if isinstance(text, str)]
    spans = [{"_key": phrases.word(12), "_type": "span", "marks": [], "text": text} for text in texts]
    style = "normal" if block.tag == "p" else block.tag
    return {"_key": phrases.word(12), "_type": "block", "children": spans, "markDefs": [], "style": style}


def _messages(phrases: Phrases) -> dict[str, str]:
    """Phrases by dotted keys."""
    lists = {f"{key}.{number}": text for key in LISTS for number, text in enumerate(phrases.all(key))}
    return {**{key: phrases.text(key) for key in LABELS}, **lists}


def _hashed(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:5])
