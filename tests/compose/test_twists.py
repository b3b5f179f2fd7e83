"""Laws of the twists: what each keeps of any page, and what it changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from benchmark.compose import body, page, tree
from benchmark.compose.page import Spec, page_of
from benchmark.compose.phrases import Phrases
from benchmark.compose.tree import Element, comment, el, html_of
from benchmark.compose.twists import MAY, MUST_NOT, TWISTS
from benchmark.regions import visible_text, visible_tokens

BLOCKS, INLINE = ("div", "section", "ul", "blockquote", "article"), ("span", "b", "a", "em")
NAMES = st.sampled_from(("", "menu", "menu-item", "post comment", "x1"))
IDS = st.sampled_from(("top", "main", "c1", "reply"))
WORDS = st.text("abc \n\t\u00a0é&<>\"'=", min_size=1, max_size=8)
ATTRIBUTES = st.dictionaries(st.sampled_from(("id", "href", "for", "title", "aria-labelledby")), IDS, max_size=3)


def lines_() -> st.SearchStrategy[Element | str]:
    """What stands in a line: texts, comments, elements around them."""
    leaves = st.one_of(WORDS, st.sampled_from([comment(" x "), el("br"), el("img", src="/a.png", alt="pic a")]))
    return st.recursive(
        leaves,
        lambda inner: st.builds(Element, st.sampled_from(INLINE), _some(inner), NAMES, _pointing()),
        max_leaves=4,
    )


def _some(inner: st.SearchStrategy[Element | str]) -> st.SearchStrategy[tuple[Element | str, ...]]:
    return st.lists(inner, max_size=4).map(tuple)


def _pointing() -> st.SearchStrategy[dict[str, str]]:
    """Attributes, some of which name ids of the page."""
    return ATTRIBUTES.map(lambda given: {**given, **({"href": f"#{given['href']}"} if "href" in given else {})})


def _block(inner: st.SearchStrategy[Element | str]) -> st.SearchStrategy[Element | str]:
    return st.builds(_made, st.sampled_from(BLOCKS), _some(inner), NAMES, _pointing())


def _made(tag: str, children: tuple[Element | str, ...], name: str, attributes: dict[str, str]) -> Element:
    if tag == "ul":
        children = tuple(el("li", child) for child in children)
    return Element(tag, children, name, attributes)


PARAGRAPHS = st.builds(Element, st.sampled_from(("p", "h2", "pre")), _some(lines_()), NAMES, _pointing())
CELLS = _some(lines_()).map(lambda texts: el("table", el("tbody", el("tr", [el("td", one) for one in texts]))))
TREES = _some(st.recursive(st.one_of(PARAGRAPHS, CELLS, lines_()), _block, max_leaves=8)).map(
    lambda found: el("html", el("head", el("title", "t")), el("body", found))
)


def nothing_nested(here: Element) -> bool:
    """Whether no link stands in another, which a parser would part."""
    return "<a" not in "".join(html_of(one) for found in links(here) for one in found.children)


def links(here: Element) -> list[Element]:
    return [one for one in tree.walk(here) if isinstance(one, Element) and one.tag == "a"]


def shown(here: Element, *, lean: bool = False) -> list[str]:
    return [token.text for token in visible_tokens(f"<!DOCTYPE html>{html_of(here, lean=lean)}")]


def twisted(name: str, here: Element) -> Element:
    return TWISTS[name](here, Phrases("en", name))


@pytest.mark.parametrize("name", TWISTS)
@settings(max_examples=25)
@given(TREES.filter(nothing_nested))
def test_a_twist_takes_no_visible_word_away_and_adds_none(name: str, here: Element) -> None:
    assert shown(twisted(name, here), lean=name == "minify") == shown(here)


@settings(max_examples=40)
@given(TREES)
def test_attributes_turned_twice_are_as_they_were_and_minified_pages_stay_as_they_are(here: Element) -> None:
    once, twice = (html_of(one) for one in (here, twisted("attributes", twisted("attributes", here))))
    assert sorted(once) == sorted(twice)
    minified = twisted("minify", here)
    assert html_of(twisted("minify", minified), lean=True) == html_of(minified, lean=True)
    assert len(html_of(minified, lean=True)) <= len(html_of(here))
    assert "<!--" not in html_of(minified)


@settings(max_examples=40)
@given(TREES)
def test_renamed_classes_and_ids_are_told_apart_as_before_and_still_pointed_at(here: Element) -> None:
    there = twisted("classes", here)
    pairs = list(zip(names_in(here), names_in(there), strict=True))
    assert len(set(pairs)) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
    assert all(len(other) == 7 for _, other in pairs)


def names_in(here: Element) -> list[str]:
    """Classes, ids and what refers to ids, in order."""
    found = []
    for one in tree.walk(here):
        if isinstance(one, Element) and one.tag != tree.COMMENT:
            found += one.name.split()
            found += [one.attributes[key] for key in ("id", "for", "aria-labelledby") if key in one.attributes]
            found += [one.attributes["href"][1:]] if "href" in one.attributes else []
    return found


@settings(max_examples=40)
@given(TREES)
def test_what_stands_between_blocks_is_all_that_space_and_comments_change(here: Element) -> None:
    assert html_of(twisted("space", here)).replace("\n", "") == html_of(here).replace("\n", "")
    assert len(html_of(twisted("comments", here))) >= len(html_of(here))
    for name in ("charset", "utf16"):
        assert twisted(name, here) == here


def plain_and(twist: str, design: str) -> tuple[str, str, str | None]:
    text = next(one for one in body.names() if body.load(one).type in page.design(design).TYPES)
    plain, other = (page_of(Spec(design, text, dialect)) for dialect in ("names", f"names.{twist}"))
    return plain.html.decode(), other.html.decode(other.charset or "utf-8"), other.charset


@pytest.mark.parametrize("design", page.designs())
def test_a_minified_page_is_shorter_and_parsed_into_the_same_elements(design: str) -> None:
    plain, other, _ = plain_and("minify", design)
    assert len(other) < len(plain)
    trees = [LexborHTMLParser(html) for html in (plain, other)]
    first, second = ([(str(one.tag), one.attributes) for one in each.css("body *")] for each in trees)
    assert first == second


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("en-article-fen-pumps", "windows-1252"),
        ("fr-article-pont-tournant", "windows-1252"),
        ("de-product-lastenanhaenger-kiebitz", "windows-1252"),
        ("ru-article-parom-zarechnoe", "windows-1251"),
        ("ar-article-sawaqi-oasis", "windows-1256"),
        ("zh-article-ferry-line", "gb18030"),
    ],
)
def test_the_encoding_drill_writes_a_languages_encoding_of_old_and_says_so(name: str, encoding: str) -> None:
    design = "nextjs"
    made = page_of(Spec(design, name, "names.charset"))
    assert made.charset == encoding
    assert f'<meta charset="{encoding}">'.encode() in made.html
    plain = page_of(Spec(design, name)).html.decode()
    words = [[token.text for token in visible_tokens(html)] for html in (made.html.decode(encoding), plain)]
    assert words[0] == words[1]
    # There is something in it that another encoding would spoil.
    assert any(not sign.isascii() and sign.encode(encoding) for sign in visible_text(plain))
    wide = page_of(Spec(design, name, "names.utf16"))
    assert wide.charset == "utf-16"
    assert wide.html[:2] in {b"\xff\xfe", b"\xfe\xff"}


def test_drills_that_must_hold_and_those_that_may_move_an_answer_are_told_apart() -> None:
    assert MUST_NOT.keys().isdisjoint(MAY)
    assert MUST_NOT.keys() | MAY.keys() == TWISTS.keys()
