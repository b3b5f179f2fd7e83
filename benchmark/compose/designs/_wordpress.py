"""What both WordPress designs print: the head that core and its usual plugins write, and the scripts at the foot."""

from __future__ import annotations

import json
from typing import NamedTuple

from ..body import Body
from ..furniture import metadata
from ..page import Parts
from ..phrases import Site as Publisher
from ..tree import Element, comment, el
from ._markup import named_meta, slug, word_count

VERSION = "6.8.2"
PALETTE = {
    "base": "#fdfcf9",
    "base-2": "#f1eee6",
    "contrast": "#1b1d1f",
    "contrast-2": "#5c6166",
    "contrast-3": "#9aa0a3",
    "accent": "#a4462b",
    "accent-2": "#d9a441",
    "accent-3": "#2f6f73",
    "accent-4": "#7b4b94",
    "accent-5": "#3b5f8a",
}
SIZES = {"small": "0.9rem", "medium": "1.05rem", "large": "1.4rem", "x-large": "2rem", "xx-large": "2.9rem"}
STEPS = {str(step): f"clamp({step / 40:.2f}rem, {step / 20:.2f}vw, {step / 20:.2f}rem)" for step in range(10, 90, 10)}
EMOJI = (
    "!function(w,d,s){var c=d.createElement('canvas'),x=c.getContext&&c.getContext('2d');"
    "function drawn(t){x.clearRect(0,0,c.width,c.height);x.fillText(t,0,0);"
    "return x.getImageData(0,0,c.width,c.height).data.some(function(b){return b!==0})}"
    "function load(u){var e=d.createElement('script');e.src=u;e.defer=true;d.head.appendChild(e)}"
    "if(!x){return}x.textBaseline='top';x.font='600 32px Arial';s.supports={flag:drawn('\\ud83c\\uddeb\\ud83c\\uddf7'),"
    "emoji:drawn('\\ud83e\\uded7')};s.DOMReady=false;d.addEventListener('DOMContentLoaded',function(){s.DOMReady=true});"
    "if(!s.supports.flag||!s.supports.emoji){load(s.source.concatemoji)}}(window,document,window._wpemojiSettings);"
)


class Site(NamedTuple):
    """A page on its site."""

    parts: Parts
    """What is arranged."""
    publisher: Publisher
    """Who publishes it."""
    host: str
    """Its host."""
    number: int
    """Number of the post in the database."""

    @property
    def name(self) -> str:
        """Name of the site."""
        return self.publisher.name

    @property
    def url(self) -> str:
        """Address of the site, without a slash."""
        return f"https://{self.host}"


def site_of(parts: Parts, host: str) -> Site:
    """The site of a page, with what is drawn for it."""
    return Site(parts, parts.phrases.site(), host, parts.phrases.number(9000, 1200))


def post_classes(site: Site) -> str:
    """Class names that `post_class` prints: number, type, category and labels of the post."""
    body, number = site.parts.body, site.number
    labels = [_term("tag", tag, number + place) for place, tag in enumerate(body.tags)]
    kinds = f"post-{number} post type-post status-publish format-standard has-post-thumbnail hentry"
    return " ".join([kinds, _term("category", body.section, number % 90), *labels])


def _term(kind: str, label: str, number: int) -> str:
    return f"{kind}-{slug(label) if label.isascii() else number}"


def core_head(site: Site, theme: str) -> list[Element]:
    """The head as core, a plugin for search engines and a theme write it; styles of the theme itself are its own."""
    body, url = site.parts.body, site.url
    api = f"{url}/wp-json/"
    return [
        *metadata(body, site.name, site.host),
        comment(" This site is optimized with the SEO plugin v25.4 "),
        el("script", _graph(site), type="application/ld+json", name="seo-schema-graph"),
        el("link", rel="dns-prefetch", href="//stats.example"),
        el("link", rel="alternate", type="application/rss+xml", title=site.name, href=f"{url}/feed/"),
        el("link", rel="alternate", type="application/rss+xml", title=body.title, href=f"{url}/{body.slug}/feed/"),
        el("script", _emoji_settings(url) + EMOJI),
        el("style", "img.wp-smiley,img.emoji{display:inline!important;height:1em!important}", id="wp-emoji-styles-css"),
        el("style", global_styles(), id="global-styles-inline-css"),
        el("link", rel="stylesheet", id=f"{theme}-css", href=f"{url}/wp-content/themes/{theme}/style.css", media="all"),
        el("script", src=f"{url}/wp-includes/js/jquery/jquery.min.js?ver=3.7.1", id="jquery-core-js"),
        el("link", rel="https://api.w.org/", href=api),
        el("link", rel="alternate", type="application/json", href=f"{api}wp/v2/posts/{site.number}"),
        el("link", rel="EditURI", type="application/rsd+xml", title="RSD", href=f"{url}/xmlrpc.php?rsd"),
        named_meta("generator", f"WordPress {VERSION}"),
        el("link", rel="shortlink", href=f"{url}/?p={site.number}"),
        el("link", rel="icon", href=f"{url}/wp-content/uploads/cropped-icon-32x32.png", sizes="32x32"),
    ]


def _emoji_settings(url: str) -> str:
    source = {"concatemoji": f"{url}/wp-includes/js/wp-emoji-release.min.js?ver={VERSION}"}
    settings = {"baseUrl": "https://emoji.example/72x72/", "ext": ".png", "svgExt": ".svg", "source": source}
    return f"window._wpemojiSettings = {json.dumps(settings)};\n"


def _graph(site: Site) -> str:
    """The page as linked data: article, page, trail and site."""
    body, url = site.parts.body, site.url
    here = f"{url}/{body.slug}/"
    site_id, publisher = f"{url}/#website", {"@id": f"{url}/#organization"}
    trail = [(site.name, url), (body.section, f"{url}/category/{slug(body.section)}/"), (body.title, here)]
    dates = {"datePublished": f"{body.date}:00+00:00", "dateModified": f"{body.date}:00+00:00"}
    entries = [{"@type": "ListItem", "position": place, "name": name} for place, (name, _) in enumerate(trail, 1)]
    graph: list[dict[str, object]] = [
        {
            "@type": _kind(body),
            "@id": f"{here}#article",
            "isPartOf": {"@id": here},
            "headline": body.title,
            **dates,
            "wordCount": word_count(body),
            "keywords": list(body.tags),
            "publisher": publisher,
        },
        {"@type": "WebPage", "@id": here, "url": here, "name": f"{body.title} - {site.name}", **dates},
        {"@type": "BreadcrumbList", "@id": f"{here}#breadcrumb", "itemListElement": entries},
        {"@type": "WebSite", "@id": site_id, "url": f"{url}/", "name": site.name, "inLanguage": body.language},
        {"@type": "Organization", **publisher, "name": site.name, "url": f"{url}/"},
    ]
    return json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)


def _kind(body: Body) -> str:
    return {"recipe": "Recipe", "listing": "CollectionPage"}.get(body.type, "Article")


def global_styles() -> str:
    """Presets as custom properties, and a class for each: what core prints for every theme."""
    presets = {
        **{f"color--{name}": value for name, value in PALETTE.items()},
        **{f"font-size--{name}": value for name, value in SIZES.items()},
        **{f"spacing--{name}": value for name, value in STEPS.items()},
    }
    properties = "".join(f"--wp--preset--{name}: {value};" for name, value in presets.items())
    classes = [_class(f"{name}-{what}", what, f"color--{name}") for name in PALETTE for what in COLOURED]
    classes += [_class(f"{name}-font-size", "font-size", f"font-size--{name}") for name in SIZES]
    layout = (
        ".is-layout-flex{display:flex;flex-wrap:wrap;align-items:center}.is-layout-grid{display:grid}"
        ".is-layout-constrained > :where(:not(.alignleft):not(.alignright)){max-width:40rem;margin-inline:auto}"
    )
    return f":root{{{properties}}}{layout}{''.join(classes)}"


COLOURED = ("color", "background-color", "border-color")


def _class(name: str, what: str, preset: str) -> str:
    return f".has-{name}{{{what}: var(--wp--preset--{preset}) !important;}}"


def configuration(name: str, values: dict[str, object]) -> Element:
    """An inline object that a plugin's script reads, printed before it."""
    written = json.dumps(values, ensure_ascii=False).replace("/", "\\/")
    return el("script", f"\nvar {name.replace('-', '_')} = {written};\n", id=f"{name}-js-extra")


def speculation() -> Element:
    """Rules for loading the next page ahead, as core prints them."""
    closed = {"href_matches": ["/wp-*.php", "/wp-admin/*", "/wp-content/*", "/*\\?(.+)"]}
    where = {"and": [{"href_matches": "/*"}, {"not": closed}, {"not": {"selector_matches": 'a[rel~="nofollow"]'}}]}
    rules = {"prefetch": [{"source": "document", "where": where, "eagerness": "conservative"}]}
    return el("script", json.dumps(rules), type="speculationrules")


def picture(site: Site, name: str) -> Element:
    """The post's featured image, in the sizes that core cuts; without alternative text."""
    source = f"/wp-content/uploads/{site.parts.body.date[:4]}/{site.parts.body.date[5:7]}/{site.number}"
    sizes = ", ".join(f"{source}-{width}x{width * 2 // 3}.jpg {width}w" for width in (300, 768, 1024))
    return el("img", src=f"{source}.jpg", srcset=sizes, alt="", name=name, width="1024", height="683", loading="lazy")
