"""Composed pages: what holds whatever design, body, treatment and dialect they are made of."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from benchmark.compose import body, experiment, page, phrases, tree
from benchmark.compose.dialects import DIALECTS
from benchmark.compose.page import Spec, compose, dose, page_of
from benchmark.compose.twists import TWISTS
from benchmark.errors import UsageError
from benchmark.records import Gold
from benchmark.regions import KINDS, visible_tokens
from benchmark.text import tokens

DOSES = (
    "navigation.mega=40",
    "player.vue=5",
    "comments.threaded-twice=14",
    "copy=1",
    "related=3",
    "inside=2",
    "legal=2",
)


def pairs() -> list[tuple[str, str]]:
    """Each design with each body that it suits."""
    return [
        (design, name)
        for design, name in itertools.product(page.designs(), body.names())
        if body.load(name).type in page.design(design).TYPES
    ]


def some(design: str, *texts: str) -> tuple[page.Dose, ...]:
    """The treatments that the design has a place for."""
    found = [dose(text) for text in texts]
    places = page.design(design).SLOTS
    return tuple(one for one in found if page.treatment(one.treatment).VARIANTS[one.variant] in places)


def main_words(gold: Gold) -> list[str]:
    kept = [one.kind == "main" and one.copy_of is None for one in gold.regions]
    return [token.text for token in gold.tokens if kept[token.region]]


def test_no_address_of_a_page_tells_language_or_type_and_its_bodys_id_stands_nowhere() -> None:
    for spec in experiment.sample():
        made, its_body = page_of(spec), body.load(spec.body)
        told = LexborHTMLParser(made.html.decode()).css('meta[property="og:url"], link[rel="canonical"]')
        addresses = [made.url, *(node.attributes.get("content") or node.attributes.get("href") for node in told)]
        assert made.url  # the nameless dialects name none in the head, the old table layout neither
        for address in addresses:
            words = re.split(r"\W+", urlsplit(address or "").path)
            assert its_body.slug in (address or "")
            assert not {its_body.language, its_body.type} & set(words), address
        assert spec.body not in made.html.decode()


@pytest.mark.parametrize(("design", "name"), pairs())
def test_every_visible_word_has_its_region_in_every_dialect_and_the_body_is_the_same_in_all(
    design: str, name: str
) -> None:
    bodies = set()
    for dialect in DIALECTS:
        its_page, gold = compose(Spec(design, name, dialect, some(design, *DOSES)))
        shown = [token.text for token in visible_tokens(its_page.html.decode())]
        assert [token.text for token in gold.tokens] == shown
        assert main_words(gold) == tokens(gold.body)
        bodies.add(tuple(main_words(gold)))
    _, plain = compose(Spec(design, name))
    assert bodies == {tuple(main_words(plain))}


@pytest.mark.parametrize("name", page.treatments())
def test_a_dose_of_nothing_is_the_plain_page_and_more_is_more(name: str) -> None:
    module = page.treatment(name)
    design = next(one for one in page.designs() if set(module.VARIANTS.values()) <= set(page.design(one).SLOTS))
    text = next(one for one in body.names() if body.load(one).type in page.design(design).TYPES)
    plain, gold = compose(Spec(design, text))
    for variant in module.VARIANTS:
        written = f"{name}.{variant}" if variant else name
        assert compose(Spec(design, text, doses=(dose(f"{written}=0"),)))[0].html == plain.html
        counts = []
        for amount in sorted({1, (module.HIGHEST + 1) // 2, module.HIGHEST}):
            _, more = compose(Spec(design, text, doses=(dose(f"{written}={amount}"),)))
            assert more.body == gold.body
            counts.append(Counter(more.regions[token.region].kind for token in more.tokens)[module.KIND])
        before = Counter(gold.regions[token.region].kind for token in gold.tokens)[module.KIND]
        assert before < counts[0]
        assert counts == sorted(set(counts))


@pytest.mark.parametrize("design", page.designs())
def test_a_dose_of_nothing_is_the_plain_page_to_the_byte_in_every_design_and_dialect(design: str) -> None:
    text = next(one for one in body.names() if body.load(one).type in page.design(design).TYPES)
    written = [
        f"{name}.{variant}" if variant else name
        for name in page.treatments()
        for variant in page.treatment(name).VARIANTS
    ]
    nothing = some(design, *(f"{one}=0" for one in written))
    assert nothing
    for dialect in (*DIALECTS, *(f"names.{twist}" for twist in TWISTS)):
        assert page_of(Spec(design, text, dialect, nothing)).html == page_of(Spec(design, text, dialect)).html


def test_a_higher_dose_begins_with_the_lower_one() -> None:
    few, many = (
        phrases.Phrases("en", 1).some("menu", 10),
        phrases.Phrases("en", 1).some("menu", 400),
    )
    assert many[:10] == few
    assert len(set(many)) == 400


def visible(elements: list[tree.Element]) -> list[str]:
    return [token.text for token in visible_tokens("<body>" + "".join(map(tree.html_of, elements)))]


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        (name, variant)
        for name in page.treatments()
        for variant in page.treatment(name).VARIANTS
        if "twice" not in variant
    ],
)
def test_what_a_lower_dose_prints_stands_in_the_higher_one_in_the_same_order(name: str, variant: str) -> None:
    module, about = page.treatment(name), body.load("en-article-fen-pumps")
    few, many = (
        visible(module.blocks(amount, variant, phrases.Phrases("en", 1, name), about))
        for amount in ((module.HIGHEST + 2) // 3, module.HIGHEST)
    )
    # The number of comments in their heading is another one; nothing else is.
    rest = iter(many)
    assert sum(word not in rest for word in few if not word.isdigit()) == 0


def test_the_same_choice_gives_the_same_bytes() -> None:
    spec = Spec("regional_news", "en-article-fen-pumps", "soup", tuple(map(dose, DOSES)))
    assert compose(spec)[0].html == compose(spec)[0].html
    assert compose(spec)[0].html != compose(Spec(spec.design, spec.body, spec.dialect, spec.doses, 2))[0].html


def test_a_second_printing_says_what_it_repeats() -> None:
    spec = Spec("regional_news", "en-article-fen-pumps", doses=(dose("comments.twice=5"), dose("copy=1")))
    _, gold = compose(spec)
    for kind in ("main", "comments"):
        words = Counter(
            gold.regions[token.region].copy_of is None
            for token in gold.tokens
            if gold.regions[token.region].kind == kind
        )
        assert words[True] == words[False] > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("coments=3", "did you mean 'comments'. known: comments, consent, copy"),
        ("comments.thrice=3", "known: comments, comments.twice"),
        ("comments=201", "the highest dose of comments is 200"),
        ("comments", "name one of comments, .*, perhaps a variant, and a dose"),
        ("comments=-1", "name one of comments"),
    ],
)
def test_an_unknown_treatment_variant_or_dose_is_refused_with_those_there_are(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        dose(text)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (Spec("regional_new", "en-article-fen-pumps"), "did you mean 'regional_news'"),
        (Spec("regional_news", "en-article"), "there is no body 'en-article'; known: ar-"),
        (Spec("regional_news", "en-article-fen-pumps", "esperanto"), "known: semantic, names, soup, tables, flat"),
        (
            Spec("forum_board", "en-product-tool-roll"),
            "en-product-tool-roll is a product, which forum_board does not print; designs that do: nextjs, shop",
        ),
        (
            Spec("mediawiki", "en-article-fen-pumps", doses=(dose("copy=1"),)),
            "mediawiki has no place for copy; it has one for comments, .*; designs .* that have one: .*regional_news",
        ),
        (
            Spec("forum_board", "en-thread-stuck-seatpost", doses=(dose("comments.twice=1"),)),
            r"no place for comments.twice; it has one for consent, .*related$",
        ),
    ],
)
def test_unknown_designs_bodies_and_dialects_are_refused_with_those_there_are(spec: Spec, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        compose(spec)


def test_bodies_are_of_all_types_and_six_languages_and_long_and_short() -> None:
    loaded = [body.load(name) for name in body.names()]
    assert len(loaded) >= 24
    assert {one.type for one in loaded} == set(body.TYPES)
    assert {one.language for one in loaded} >= {"ar", "de", "en", "fr", "ru", "zh"}
    assert {one.language for one in loaded} <= set(phrases.names())


def test_every_kind_of_block_stands_in_some_body() -> None:
    tags = {block.tag for name in body.names() for block in body.load(name).blocks}
    assert tags >= {"p", "h2", "ul", "ol", "table", "blockquote", "pre", "figure"}
    assert set(KINDS) >= {"main", "caption"}
