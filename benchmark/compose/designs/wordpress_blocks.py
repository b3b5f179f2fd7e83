"""A WordPress site with a block theme: everything is a block in groups of groups, with layout classes and presets."""

from __future__ import annotations

import json
from dataclasses import replace

from ..furniture import (
    ABOUT,
    BYLINE,
    HEADER,
    NAVIGATION,
    STANDFIRST,
    TITLE,
    comment_form,
)
from ..page import Parts
from ..tree import Content, Element, Mark, comment, el
from ._carried import scripts, styles, weighed
from ._markup import lines, page_of, slug
from ._wordpress import Site, configuration, core_head, picture, post_classes, site_of, speculation
from ._wordpress_blocks import (
    content_blocks,
    group,
    more_posts,
    page_numbers,
    post_links,
    promotions,
    query_cards,
    search_block,
    site_menu,
    social_links,
)
from ._wordpress_plugins import recipe_card, snippet

SUMMARY = "WordPress, block theme"
TYPES = ("article", "recipe", "listing")
SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "comments", "bottom")
HOST = "wordpress-blocks.example"
THEME = "quarrystone"
BLOCK_STYLES = {
    "site-logo": "box-sizing:border-box;line-height:0",
    "site-title": "font-weight:600;letter-spacing:-.01em",
    "navigation": "position:relative;--navigation-layout-wrap:wrap",
    "post-featured-image": "margin-left:0;margin-right:0",
    "post-content": "display:flow-root",
    "post-terms": "box-sizing:border-box",
    "post-template": "list-style:none;margin:0;max-width:100%;padding:0",
    "query-pagination": "justify-content:space-between",
    "columns": "display:flex;flex-wrap:wrap!important",
    "separator": "border:none;border-top:2px solid currentColor",
    "table": "overflow-x:auto",
    "quote": "border-left:1px solid currentColor;padding-left:1em",
    "code": "overflow-wrap:break-word;white-space:pre-wrap",
    "social-links": "background:none;box-sizing:border-box;gap:.5em;list-style:none",
}
SKIP = (
    "(function(){var m=document.querySelector('main'),l=document.getElementById('wp-skip-link');"
    "if(!m||!l){return}if(!m.id){m.id='wp--skip-link--target'}l.href='#'+m.id})();"
)


def page(parts: Parts) -> Element:
    """The whole page."""
    site = site_of(parts, HOST)
    head = [
        *core_head(site, THEME),
        *_block_styles(),
        styles(parts, 20, 120),
        *scripts(parts, site.name, HOST, 30),
        _imports(site),
    ]
    skip = el("a", parts.phrases.text("skip_link"), name="skip-link screen-reader-text", id="wp-skip-link")
    blocks = lines(_header(site), parts.slots["top"], _main(site), parts.slots["bottom"], _footer(site))
    listing = parts.body.type == "listing"
    template = "archive category" if listing else f"wp-singular post-template-default single postid-{site.number}"
    content = el(
        "body",
        *lines(
            parts.slots["overlay"],
            replace(skip, mark=NAVIGATION, attributes={"href": "#wp--skip-link--target", **skip.attributes}),
            el("div", *blocks, name="wp-site-blocks"),
            _scripts(site),
        ),
        name=f"{template} wp-custom-logo wp-embed-responsive wp-theme-{THEME}",
    )
    return page_of(parts.body, head, weighed(content))


def _block_styles() -> list[Element]:
    """A style element for each kind of block on the page, as core prints them for block themes."""
    styles = [
        el("style", f".wp-block-{name}{{{rules}}}", id=f"wp-block-{name}-inline-css")
        for name, rules in BLOCK_STYLES.items()
    ]
    containers = [
        f".wp-container-core-group-is-layout-{number:08x}{{gap:var(--wp--preset--spacing--{10 * (number % 8 + 1)});"
        f"justify-content:{'space-between' if number % 2 else 'flex-start'};}}"
        for number in range(1, 13)
    ]
    return [*styles, el("style", "".join(containers), id="core-block-supports-inline-css")]


def _imports(site: Site) -> Element:
    modules = {
        f"@wordpress/{name}": f"{site.url}/wp-includes/js/dist/script-modules/{name}/index.min.js?ver={number:020x}"
        for number, name in enumerate(("interactivity", "interactivity-router", "a11y"), 77_003)
    }
    return el("script", json.dumps({"imports": modules}), type="importmap", id="wp-importmap")


def _header(site: Site) -> Element:
    logo = el("img", src="/wp-content/uploads/cropped-logo.png", name="custom-logo", alt=site.name, width="60")
    titles = group(
        el("p", el("a", site.name, href=site.url, rel="home"), name="wp-block-site-title has-medium-font-size"),
        el("p", site.publisher.slogan, name="wp-block-site-tagline has-contrast-2-color has-text-color"),
        layout="flow",
    )
    link = el("div", el("a", logo, href=f"{site.url}/", name="custom-logo-link", rel="home"), name="wp-block-site-logo")
    branding = replace(group(link, titles, layout="flex"), mark=HEADER)
    tools = group(site_menu(site), search_block(site), layout="flex")
    row = group(branding, tools, layout="flex", more="alignwide is-content-justification-space-between")
    outer = group(row, layout="constrained", more="has-base-background-color has-background has-global-padding")
    return el("header", outer, name="wp-block-template-part site-header")


def _main(site: Site) -> Element:
    parts = site.parts
    comments = (
        []
        if parts.body.type == "listing"
        else [comment_form(parts.phrases, "comment-respond wp-block-post-comments-form")]
    )
    children = lines(
        _title_group(site),
        _content(site),
        parts.slots["copy"],
        _terms(site),
        page_numbers(site) if parts.body.type == "listing" else post_links(site),
        parts.slots["after_text"],
        el("div", *lines(parts.slots["comments"], comments), name="wp-block-comments alignwide"),
        more_posts(site),
        promotions(site),
    )
    kinds = "" if parts.body.type == "listing" else post_classes(site)
    article = el("div", *children, name=f"wp-block-group is-layout-flow {kinds}".strip())
    return el("main", article, name="wp-block-group site-main", id="wp--skip-link--target")


def _title_group(site: Site) -> Element:
    body = site.parts.body
    kicker = el("p", body.kicker, name="has-small-font-size kicker", mark=TITLE) if body.kicker else ""
    kind = "query" if body.type == "listing" else "post"
    title = el("h1", body.title, name=f"wp-block-{kind}-title has-xx-large-font-size", mark=TITLE)
    excerpt = (
        el(
            "div",
            el("p", body.standfirst, name="wp-block-post-excerpt__excerpt"),
            name="wp-block-post-excerpt has-large-font-size",
            mark=STANDFIRST,
        )
        if body.standfirst
        else ""
    )
    image = el("figure", picture(site, "attachment-post-thumbnail wp-post-image"), name="wp-block-post-featured-image")
    spacer = el("div", name="wp-block-spacer", style="height:var(--wp--preset--spacing--10)", aria_hidden="true")
    inner = lines(_trail(site), kicker, title, _meta(site), excerpt, spacer, image)
    return group(*inner, layout="constrained", more="has-global-padding entry-header")


def _trail(site: Site) -> Element:
    home = el("a", site.parts.phrases.text("breadcrumb_home"), href="/")
    section = el("a", site.parts.body.section, href=f"/category/{slug(site.parts.body.section)}/")
    return el("nav", home, el("span", " / ", name="separator"), section, name="wp-block-breadcrumbs", mark=NAVIGATION)


def _meta(site: Site) -> Element:
    body = site.parts.body
    when = el("time", body.date.replace("T", " "), datetime=f"{body.date}:00+00:00")
    date = el("div", el("a", when, href=f"/{body.slug}/"), name="wp-block-post-date")
    name = el("p", body.author, name="wp-block-post-author__name")
    author = el("div", el("div", name, name="wp-block-post-author__content"), name="wp-block-post-author")
    dash = el("p", "—", name="has-contrast-2-color has-text-color")
    return replace(group(*lines(date, dash, author), layout="flex", more="post-meta"), mark=BYLINE)


def _content(site: Site) -> Element:
    """The post's blocks; of a listing the query with its cards."""
    parts = site.parts
    blocks = content_blocks(parts.main, site)
    printed: list[Content] = lines(blocks)
    if parts.body.type == "recipe":
        printed = lines(snippet(site), recipe_card(blocks, site))
    elif parts.body.type == "listing":
        printed = query_cards(blocks, site)
    name = "entry-content alignfull wp-block-post-content has-global-padding is-layout-constrained"
    return el(
        "div",
        lines(parts.slots["before_text"]),
        printed,
        name=f"{name} wp-block-post-content-is-layout-constrained",
    )


def _terms(site: Site) -> Element:
    """The post's labels, parted by commas."""
    parts = site.parts
    prefix = el("span", parts.phrases.text("tags_title"), " ", name="wp-block-post-terms__prefix")
    terms: list[Content] = []
    for tag in parts.body.tags:
        comma = el("span", ", ", name="wp-block-post-terms__separator")
        terms += [*([comma] if terms else []), el("a", tag, href=f"/tag/{slug(tag)}/", rel="tag")]
    return el("div", prefix, terms, name="taxonomy-post_tag wp-block-post-terms", mark=Mark("tags"))


def _footer(site: Site) -> Element:
    phrases = site.parts.phrases
    about = el("div", el("p", site.publisher.about), name="wp-block-column is-layout-flow", mark=ABOUT)
    services = [el("li", el("a", label, href=f"/{slug(label)}/")) for label in phrases.all("services")[:6]]
    legal = el("ul", *lines(services), name="wp-block-list")
    column = el("div", legal, name="wp-block-column is-layout-flow", mark=Mark("footer"))
    social = el("div", social_links(site), name="wp-block-column is-layout-flow")
    columns = el("div", *lines(about, column, social), name="wp-block-columns alignwide is-layout-flex")
    line = el("p", site.publisher.copyright, name="has-small-font-size", mark=Mark("footer"))
    outer = group(*lines(columns, line), layout="constrained", more="has-contrast-background-color has-global-padding")
    return el("footer", outer, name="wp-block-template-part site-footer")


def _scripts(site: Site) -> list[Element]:
    """Rules, state of the interactive blocks, and the script that aims the skip link."""
    phrases, url = site.parts.phrases, site.url
    labels = {"closeButtonLabel": phrases.all("consent_buttons")[3], "prev": phrases.text("previous")}
    state = {
        "core/image": {"metadata": {phrases.word(13): labels}},
        "core/router": {"url": f"{url}/{site.parts.body.slug}/"},
    }
    data = json.dumps(
        {"config": {"core/router": {"clientNavigationDisabled": True}}, "state": state}, ensure_ascii=False
    )
    return [
        speculation(),
        el("script", data, type="application/json", id="wp-script-module-data-@wordpress/interactivity"),
        el(
            "script",
            type="module",
            src=f"{url}/wp-includes/js/dist/script-modules/block-library/navigation/view.min.js",
        ),
        el("script", SKIP, id="wp-block-template-skip-link-js-after"),
        configuration("stats-config", {"v": "ext", "post": str(site.number), "tz": "0", "key": phrases.word(9)}),
        comment(f" {phrases.number(90, 20)} queries in 0.{phrases.number(900, 100)} seconds "),
    ]
