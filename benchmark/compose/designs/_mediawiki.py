"""What the wiki design tells its loader: configuration in the head, the parser's notes, scripts at the foot."""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import quote

from ..furniture import RIGHT_TO_LEFT, metadata
from ..page import Parts
from ..phrases import Site
from ..tree import Element, comment, el
from ._markup import named_meta, word_count

VERSION = "MediaWiki 1.39.12"
MODULES = (
    "site",
    "mediawiki.page.ready",
    "mediawiki.toc",
    "skins.vector.legacy.js",
    "ext.popups",
    "ext.eventLogging",
    "ext.visualEditor.desktopArticleTarget.init",
    "ext.visualEditor.targetLoader",
    "ext.urlShortener.toolbar",
    "ext.tabbedSections",
)
STYLES = {
    "ext.cite.styles": "ready",
    "ext.pygments": "ready",
    "skins.vector.styles.legacy": "ready",
    "ext.globalCssJs.user.styles": "ready",
    "site.styles": "ready",
    "user.styles": "ready",
    "user": "ready",
    "user.options": "loading",
}
CLIENT = 'document.documentElement.className="client-js";'


class Wiki(NamedTuple):
    """A page of a wiki."""

    parts: Parts
    """What is arranged."""
    site: Site
    """Who publishes the wiki."""
    host: str
    """Its host."""
    number: int
    """Number of the page."""
    revision: int
    """Number of its revision."""

    @property
    def page_name(self) -> str:
        """Title as addresses have it."""
        return self.parts.body.title.replace(" ", "_")

    @property
    def direction(self) -> str:
        """Which way the language is written."""
        return "rtl" if self.parts.body.language in RIGHT_TO_LEFT else "ltr"

    def script_url(self, **query: str) -> str:
        """Address of the script that serves this page, with a query."""
        told = "".join(f"&{key}={value}" for key, value in query.items())
        return f"/w/index.php?title={quote(self.page_name)}{told}"


def wiki_of(parts: Parts, host: str) -> Wiki:
    """The wiki of a page, with what is drawn for it."""
    phrases = parts.phrases
    return Wiki(
        parts, phrases.site("documentation"), host, phrases.number(90_000, 900), phrases.number(900_000, 100_000)
    )


def head(wiki: Wiki) -> list[Element]:
    """The head: configuration, styles from the loader, links to edit and to feeds."""
    load = f"/w/load.php?lang={wiki.parts.body.language}"
    styles = "|".join(key for key in STYLES if key.startswith(("ext", "skins")))
    return [
        el("script", CLIENT + _configuration(wiki)),
        el("script", '(RLQ=window.RLQ||[]).push(function(){mw.loader.implement("user.options@12s5i",function(){});});'),
        *metadata(wiki.parts.body, wiki.site.name, wiki.host),
        el("link", rel="stylesheet", href=f"{load}&modules={quote(styles)}&only=styles&skin=vector"),
        el("script", async_="", src=f"{load}&modules=startup&only=scripts&raw=1&skin=vector"),
        named_meta("ResourceLoaderDynamicStyles", ""),
        el("link", rel="stylesheet", href=f"{load}&modules=site.styles&only=styles&skin=vector"),
        named_meta("generator", VERSION),
        named_meta("format-detection", "telephone=no"),
        el(
            "link",
            rel="alternate",
            type="application/x-wiki",
            title=wiki.parts.phrases.all("wiki")[3],
            href=wiki.script_url(action="edit"),
        ),
        el("link", rel="search", type="application/opensearchdescription+xml", href="/w/opensearch_desc.php"),
        el("link", rel="EditURI", type="application/rsd+xml", href=f"//{wiki.host}/w/api.php?action=rsd"),
        el(
            "link",
            rel="alternate",
            type="application/atom+xml",
            href="/w/index.php?title=Special:RecentChanges&feed=atom",
        ),
    ]


def _configuration(wiki: Wiki) -> str:
    body = wiki.parts.body
    values = {
        "wgBreakFrames": False,
        "wgSeparatorTransformTable": ["", ""],
        "wgDigitTransformTable": ["", ""],
        "wgDefaultDateFormat": "dmy",
        "wgRequestId": wiki.parts.phrases.word(36),
        "wgCanonicalNamespace": "",
        "wgNamespaceNumber": 0,
        "wgPageName": wiki.page_name,
        "wgTitle": body.title,
        "wgCurRevisionId": wiki.revision,
        "wgRevisionId": wiki.revision,
        "wgArticleId": wiki.number,
        "wgIsArticle": True,
        "wgIsRedirect": False,
        "wgAction": "view",
        "wgUserName": None,
        "wgUserGroups": ["*"],
        "wgCategories": list(body.tags),
        "wgPageContentLanguage": body.language,
        "wgPageContentModel": "wikitext",
        "wgRelevantPageName": wiki.page_name,
        "wgRestrictionEdit": [],
        "wgRestrictionMove": [],
        "wgPopupsFlags": 6,
        "wgVisualEditor": {"pageLanguageCode": body.language, "pageLanguageDir": wiki.direction},
        "wgMFDisplayWikibaseDescriptions": {"search": True, "watchlist": True, "tagline": False},
        "wgWMESchemaEditAttemptStepOversample": False,
    }
    written = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in (values, STYLES, MODULES)]
    return f"RLCONF={written[0]};RLSTATE={written[1]};RLPAGEMODULES={written[2]};"


def report(wiki: Wiki) -> list[Element]:
    """What the parser notes below the text, as comments."""
    phrases, words = wiki.parts.phrases, word_count(wiki.parts.body)
    limits = (
        f"\nNewPP limit report\nCached time: {wiki.parts.body.date}\nCache expiry: 86400\n"
        f"CPU time usage: 0.{phrases.number(900, 100)} seconds\nReal time usage: 0.{phrases.number(900, 100)} seconds\n"
        f"Preprocessor visited node count: {words}/1000000\nPost-expand include size: {words * 6}/2097152 bytes\n"
        "Highest expansion depth: 9/100\nExpensive parser function count: 1/500\n"
    )
    saved = (
        f" Saved in parser cache with key wiki:pcache:idhash:{wiki.number}-0!canonical and revision {wiki.revision} "
    )
    return [comment(limits), comment(saved)]


def foot_scripts(wiki: Wiki) -> list[Element]:
    """The parser's report once more as configuration, and the page as linked data."""
    body, phrases = wiki.parts.body, wiki.parts.phrases
    timing = {"cputime": f"0.{phrases.number(900, 100)}", "walltime": f"0.{phrases.number(900, 100)}"}
    limits = {"ppvisitednodes": {"value": word_count(body), "limit": 1_000_000}, "entityaccesscount": 0}
    values: dict[str, object] = {
        "wgPageParseReport": {"limitreport": {**timing, **limits}, "cachereport": {"origin": phrases.word(8)}}
    }
    facts = {"@context": "https://schema.org", "@type": "Article", "name": body.title, "dateModified": body.date}
    linked = json.dumps({**facts, "headline": body.standfirst or body.title}, ensure_ascii=False)
    return [
        _queued(values),
        el("script", linked, type="application/ld+json"),
        _queued({"wgBackendResponseTime": phrases.number(300, 90)}),
    ]


def _queued(values: dict[str, object]) -> Element:
    """Settings that wait for the loader."""
    return el("script", f"(RLQ=window.RLQ||[]).push(function(){{mw.config.set({json.dumps(values)});}});")
