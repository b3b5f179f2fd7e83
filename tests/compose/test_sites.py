"""What pages say: of one site, in phrases that fit, with words apart, and nothing where they are to be nameless."""

from __future__ import annotations

import itertools
import json
import re
from html import unescape

import pytest
from selectolax.lexbor import LexborHTMLParser

from benchmark.compose import body, page, phrases
from benchmark.compose.page import Spec, dose, page_of
from benchmark.compose.phrases import Phrases
from benchmark.regions import OPEN, TEXT, visible_text, walk
from benchmark.text import BLOCKS

PAIRS = [
    (design, name)
    for design, name in itertools.product(page.designs(), body.names())
    if body.load(name).type in page.design(design).TYPES
]
"""Each design with each body that it suits."""
FIT = ("comments_title", "comment_form", "related_titles")
"""Phrases that every type of page but articles has of its own, in every language."""
PLACES = ("menu", "mega_menu")
"""Phrases that every type of page has of its own, articles too."""
TREATED = ("navigation.mega=20", "player=3", "comments.threaded=4", "related=3", "inside=1", "consent=1", "legal=1")
OPAQUE = re.compile(r"[a-z][a-z0-9]{5,6}")
PATH = re.compile(r"(?:(?:https?:)?//[a-z.-]+)?(?:/(?:[a-z][a-z0-9]{6}(?:\.[a-z]{2,4})?)?)?(?:#[a-z][a-z0-9]{6})?")


def treated(design: str) -> tuple[page.Dose, ...]:
    places = page.design(design).SLOTS
    found = [dose(text) for text in TREATED]
    return tuple(one for one in found if page.treatment(one.treatment).VARIANTS[one.variant] in places)


def names_of(language: str) -> set[str]:
    return set(Phrases(language).all("site_names"))


@pytest.mark.parametrize(("design", "name"), PAIRS)
def test_a_page_has_one_name_from_head_to_foot(design: str, name: str) -> None:
    language, genre = body.load(name).language, body.load(name).type
    written = page_of(Spec(design, name)).html.decode()
    tree, made = LexborHTMLParser(written), unescape(written)
    said = visible_text(written)
    told = names_of(language)
    here = [one for one in told if one in made]
    assert len(here) == 1, here
    site = here[0]
    rows = zip(
        *(Phrases(language).all(f"site_{key}") for key in ("types", "names", "slogans", "copyrights")), strict=True
    )
    kind, _, slogan, copyright_ = next(row for row in rows if row[1] == site)
    assert kind == ("documentation" if design == "mediawiki" else genre)
    titles = [one.text() for one in tree.css("head title")]
    assert all(site in title for title in titles)
    named = [one.attributes["content"] for one in tree.css('meta[property="og:site_name"]')]
    assert named == [site] * len(named)
    assert " ".join(copyright_.split()) in " ".join(said.split())
    others = set(Phrases(language).all("site_slogans")) - {slogan}
    assert not [one for one in others if f">{one}<" in made]
    for script in tree.css('script[type="application/ld+json"]'):
        publisher = json.loads(script.text()).get("publisher")
        assert publisher is None or publisher["name"] == site


@pytest.mark.parametrize("language", phrases.names())
def test_sites_and_phrases_are_there_for_every_type_of_page(language: str) -> None:
    plain = Phrases(language)
    lists = [plain.all(f"site_{key}") for key in ("types", "names", "slogans", "abouts", "copyrights")]
    assert len({len(one) for one in lists}) == 1
    assert all(len(set(one)) == len(one) for one in lists[1:])
    for genre in body.TYPES:
        fitting = Phrases(language, genre=genre)
        assert fitting.site() == fitting.site()
        assert fitting.site().name in lists[1]
        if genre != "article":
            assert all(fitting._value(key) != plain._value(key) for key in FIT), genre
        for key in PLACES:
            assert len(fitting.all(key)) == len(set(fitting.all(key))) >= 4
    for key in PLACES:
        own = [tuple(Phrases(language, genre=genre).all(key)) for genre in body.TYPES]
        assert len(set(own)) == len(own), key


@pytest.mark.parametrize("name", body.names())
def test_readers_of_a_product_write_reviews_and_none_of_an_article_s_comments(name: str) -> None:
    """And so for each body whose type has comments of its own."""
    about = body.load(name)
    own = Phrases(about.language, genre=about.type)
    design = next(one for one in page.designs() if about.type in page.design(one).TYPES)
    if about.type in {"article", "thread"} or "comments" not in page.design(design).SLOTS:
        assert about.type in {"article", "thread"}
        return
    made = visible_text(page_of(Spec(design, name, doses=(dose("comments=30"),))).html.decode())
    assert own.text("comments_title").format(n=30) in made
    assert any(remark in made for remark in own.all("comment_remarks"))
    general = Phrases(about.language).all("comment_remarks")
    assert not set(general) & set(own.all("comment_remarks"))
    assert not [remark for remark in general if remark in made]


def test_teasers_and_menus_begin_with_those_of_the_page_s_type_and_go_on_with_others() -> None:
    shop, paper = (Phrases("en", 1, genre=genre) for genre in ("product", "article"))
    few, many = shop.some("teasers", 12), Phrases("en", 1, genre="product").some("teasers", 60)
    assert many[:12] == few
    assert set(few) <= set(shop.all("teasers"))
    assert len(set(many)) == 60
    assert set(many[20:]) & set(paper.all("teasers"))
    assert set(paper.all("menu")).isdisjoint(shop.all("menu"))
    assert {"Shop", "Forum"}.isdisjoint(paper.all("menu"))


@pytest.mark.parametrize("name", [name for name in body.names() if body.load(name).type in {"listing", "recipe"}])
def test_a_cookery_site_and_a_calendar_have_no_menu_and_no_letter_of_a_newspaper(name: str) -> None:
    about = body.load(name)
    own, paper = Phrases(about.language, genre=about.type), Phrases(about.language)
    for design in [arranged for arranged, one in PAIRS if one == name]:
        made = page_of(Spec(design, name, doses=(dose("navigation.mega=20"),)))
        tree = LexborHTMLParser(made.html.decode())
        links = {one.text().strip() for one in tree.css("body a")}
        assert len(links & set(own.all("menu"))) >= 10, design
        assert len(links & set(own.all("mega_menu"))) == 2, design
        only = set(paper.all("menu")) - set(own.all("menu")) - {about.section}
        assert len(links & only) <= 3, (design, links & only)  # words that stand elsewhere too, such as a log-in
        assert paper.all("newsletter")[1] not in visible_text(made.html.decode())


@pytest.mark.parametrize(("design", "name"), [pair for pair in PAIRS if pair[0] in {"shop", "nextjs"}])
def test_no_shop_asks_for_a_size_of_what_comes_in_one(design: str, name: str) -> None:
    tree = LexborHTMLParser(page_of(Spec(design, name)).html.decode())
    offered = {one.text(strip=True) for one in tree.css("body option, body label, body button")}
    assert offered, (design, name)
    assert not {"S", "M", "L", "XL"} & offered
    about = body.load(name)
    if (design, about.type) == ("shop", "listing"):  # what it lets visitors choose are things that the list is about
        filters = [one.text() for one in tree.css(".facets-container label")]
        assert all(any(one.startswith(tag) for one in filters) for tag in about.tags)


def glued(html: str) -> list[str]:
    """Words that a reader sees apart, or not at all, and that run into each other: of neighbours in a line."""
    found, before, crossed, preformatted = [], "", False, 0
    root = LexborHTMLParser(html).body
    assert root is not None
    for event, node, text in walk(root):
        if node.tag == "pre":
            preformatted += 1 if event == OPEN else -1
        if event != TEXT:
            before = "" if node.tag in BLOCKS else before
            crossed = True
        elif text:
            if before and crossed and not preformatted and before[-1].isalnum() and text[0].isalnum():
                found.append(f"{before[-12:]}|{text[:12]}")
            before, crossed = text, False
    return found


@pytest.mark.parametrize("design", page.designs())
def test_no_words_of_neighbours_run_into_each_other(design: str) -> None:
    for name in [name for arranged, name in PAIRS if arranged == design][:4]:
        for dialect in ("names", "semantic", "soup", "flat"):
            assert glued(page_of(Spec(design, name, dialect, treated(design))).html.decode()) == []


def test_neighbours_that_do_run_into_each_other_are_found() -> None:
    assert glued("<p><a>one</a><a>two</a> <b>three</b></p>") == ["one|two"]


@pytest.mark.parametrize("dialect", ["soup", "tables", "flat"])
@pytest.mark.parametrize("design", page.designs())
def test_a_nameless_page_has_no_name_id_address_comment_or_attribute_that_tells(design: str, dialect: str) -> None:
    name = next(name for arranged, name in PAIRS if arranged == design)
    html = page_of(Spec(design, name, dialect, treated(design))).html.decode()
    assert set(re.findall(r"<!--(.*?)-->", html.partition("<body")[2].replace("<!--\n", ""), re.DOTALL)) <= {" "}
    tree = LexborHTMLParser(html)
    assert tree.css_first('script[type="application/ld+json"]') is None
    points = set()
    for one in tree.css("body, body *"):
        told = dict(one.attributes)
        assert not [key for key in told if key.startswith(("data-", "aria-", "item", "on")) or key in {"role", "rel"}]
        assert all(OPAQUE.fullmatch(word) for word in (told.get("class") or "").split()), told
        assert OPAQUE.fullmatch(told.get("id") or "abcdef"), told
        for key in ("href", "src"):
            address = told.get(key) or "/"
            assert PATH.fullmatch(address) or address in {"#", "javascript:void(0)"} or address[:5] == "data:", address
            points |= {address[1:]} if address[:1] == "#" and len(address) > 1 else set()
        assert "-" not in str(one.tag)
    if dialect == "flat":  # its containers are gone, and their ids with them
        return
    plain = LexborHTMLParser(page_of(Spec(design, name, "names", treated(design))).html.decode())
    ids = {one.attributes["id"] for one in plain.css("body [id]")}
    kept = {(one.attributes.get("href") or "")[1:] for one in plain.css('body a[href^="#"]')} & ids
    assert len(points & {one.attributes["id"] for one in tree.css("[id]")}) >= len(kept)
