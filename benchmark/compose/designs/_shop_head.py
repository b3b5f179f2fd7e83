"""The head of the design `shop`: what such a system tells its scripts, and search engines."""

from __future__ import annotations

import json

from ..furniture import metadata, script
from ..page import Parts
from ..tree import Element, comment, el, html_of, walk
from ._carried import scripts, styles

HOST = "shop.example"
STYLE = (
    ":root{--font-body-scale:1.0;--color-base-text:18,18,18;--page-width:120rem;--grid-gap:.8rem}"
    "*,*::before,*::after{box-sizing:inherit}html{font-size:62.5%;height:100%}"
    ".page-width{max-width:var(--page-width);margin:0 auto;padding:0 1.5rem}"
    ".visually-hidden{position:absolute!important;overflow:hidden;width:1px;height:1px;clip:rect(0 0 0 0)}"
    ".no-js .js-only{display:none!important}"
)
BEFORE = "document.documentElement.className=document.documentElement.className.replace('no-js','js');"
LOADER = (
    "(function(){function load(){var urls=window.storefront.apps;for(var i=0;i<urls.length;i++){"
    "var s=document.createElement('script');s.async=true;s.src=urls[i];"
    "document.getElementsByTagName('head')[0].appendChild(s)}}window.addEventListener('load',load,false)})();"
)


def head(parts: Parts, site: str) -> list[Element]:
    """What stands in the head: settings of the shop with the whole product in them, apps, style sheets, facts."""
    body, phrases = parts.body, parts.phrases
    files = [f"/cdn/t/12/assets/{name}.css?v={phrases.number(10**9)}" for name in ("base", "price", "card", "rating")]
    return [
        *metadata(body, site, HOST),
        el("meta", property="og:price:currency", content="EUR"),
        el("link", rel="preconnect", href="https://cdn.shop.example", crossorigin=""),
        script(BEFORE),
        script(f"window.storefront={_json(_configuration(parts, site))};"),
        comment(" begin app block: reviews/core "),
        el("script", src=f"/cdn/extensions/{phrases.word(24)}/reviews.js", defer="defer"),
        comment(" end app block "),
        *(el("link", rel="stylesheet", href=file) for file in files),
        el("style", STYLE, data_shop=phrases.word(10)),
        styles(parts, 40, 160),
        *scripts(parts, site, HOST, 40),
        el("script", _json(_facts(parts, site)), type="application/ld+json"),
        script(LOADER),
    ]


def _configuration(parts: Parts, site: str) -> dict[str, object]:
    """What such a system tells its scripts: theme, routes, apps, and of a product its one variant and description."""
    body, phrases = parts.body, parts.phrases
    item = phrases.number(10**9, 10**8)
    variants = [{"id": item * 10, "title": "Default", "option1": None, "sku": phrases.word(8), "available": True}]
    return {
        "shop": HOST,
        "name": site,
        "locale": body.language,
        "theme": {"id": phrases.number(10**9), "schema_version": "12.0.0", "role": "main"},
        "routes": {name: f"/{name}" for name in ("cart", "cart/add", "cart/change", "search/suggest", "account/login")},
        "apps": [f"https://apps.shop.example/{phrases.word(20)}.js?shop={phrases.word(7)}" for _ in range(14)],
        "features": {phrases.word(9): phrases.chance(0.5) for _ in range(60)},
        "product": {
            "id": item,
            "title": body.title,
            "handle": body.slug,
            "tags": list(body.tags),
            "variants": variants,
            "media": [{"position": number, "src": f"/cdn/files/{phrases.word(12)}.jpg"} for number in range(1, 5)],
            "description": html_of(el("div", body.blocks)),
        },
    }


def _facts(parts: Parts, site: str) -> dict[str, object]:
    body = parts.body
    kind = "Product" if body.type == "product" else "CollectionPage"
    text = _text(body.blocks[1:])
    return {"@context": "http://schema.org/", "@type": kind, "name": body.title, "description": text, "brand": site}


def _text(blocks: tuple[Element, ...]) -> str:
    return "\n".join(" ".join(" ".join(one for one in walk(block) if isinstance(one, str)).split()) for block in blocks)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
