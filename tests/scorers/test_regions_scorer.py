"""Claims about what leaked, what was lost, what was repeated and what was invented."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark import store
from benchmark.corpora import seeds
from benchmark.records import Gold
from benchmark.regions import KINDS, visible_text
from benchmark.scorers import regions

GOLDS = {gold.page_id: gold for gold in seeds.golds(store.bundled())}
BOILERPLATE = [name for name, kind in KINDS.items() if kind.role == "boilerplate"]


def score(page: str, answer: str) -> dict[str, float | None]:
    return regions.against(GOLDS[page])(answer)


def stitched(gold: Gold, chosen: Iterable[int]) -> str:
    """The words of some regions, in the order given."""
    texts = {
        number: " ".join(token.text for token in group)
        for number, group in groupby(gold.tokens, lambda token: token.region)
    }
    return "\n".join(texts[number] for number in chosen)


@pytest.mark.parametrize("page", sorted(GOLDS))
def test_everything_leaks_all_of_each_kind_and_loses_nothing(page: str) -> None:
    values = score(page, visible_text((store.bundled() / "seeds" / f"{page}.html").read_text(encoding="utf-8")))
    present = {region.kind for region in GOLDS[page].regions}
    for kind in BOILERPLATE:
        assert values[f"regions.leaked.{kind}"] == (1 if kind in present else None)
        assert values[f"regions.leaked_at_least.{kind}"] == (1 if kind in present else None)
    assert values["regions.lost.main"] == 0
    assert values["regions.invented"] == 0


@pytest.mark.parametrize("page", sorted(GOLDS))
def test_nothing_leaks_nothing_and_loses_everything(page: str) -> None:
    values = score(page, "")
    assert {values[f"regions.leaked.{kind}"] for kind in BOILERPLATE} <= {0, None}
    assert values["regions.lost.main"] == 1
    assert values["regions.repeated.anything"] == 0
    assert {values[f"regions.output.{kind}"] for kind in KINDS} == {None}


@pytest.mark.parametrize("page", sorted(GOLDS))
def test_the_gold_body_leaks_nothing_loses_nothing_and_repeats_nothing(page: str) -> None:
    values = score(page, GOLDS[page].body)
    assert {values[f"regions.leaked.{kind}"] for kind in BOILERPLATE} <= {0, None}
    assert {values[f"regions.lost.{name}"] for name in ("main", "first_block", "last_block")} == {0}
    assert values["regions.output.main"] == 1
    assert values["regions.repeated.anything"] == 0


# Regions whose words, taken together, stand nowhere else on their page.
UNAMBIGUOUS = {
    "002": [
        number for number, region in enumerate(GOLDS["002"].regions) if region.kind not in {"standfirst", "widget"}
    ],
    "004": list(range(len(GOLDS["004"].regions))),
}


@pytest.mark.parametrize("page", sorted(UNAMBIGUOUS))
@given(data=st.data())
def test_an_answer_stitched_from_known_regions_gets_exactly_their_figures(page: str, data: st.DataObject) -> None:
    gold = GOLDS[page]
    chosen = sorted(data.draw(st.sets(st.sampled_from(UNAMBIGUOUS[page]), min_size=1)))
    values = score(page, stitched(gold, chosen))
    words = {number: sum(token.region == number for token in gold.tokens) for number in range(len(gold.regions))}
    total = sum(words[number] for number in chosen)
    for kind in {region.kind for region in gold.regions}:
        of_kind = [number for number, region in enumerate(gold.regions) if region.kind == kind]
        printed = sum(words[number] for number in of_kind if number in chosen)
        assert values[f"regions.output.{kind}"] == pytest.approx(printed / total)
        if kind in BOILERPLATE:
            share = printed / sum(words[number] for number in of_kind)
            assert values[f"regions.leaked.{kind}"] == pytest.approx(share)
    main = next(number for number, region in enumerate(gold.regions) if region.kind == "main")
    assert values["regions.lost.main"] == (0 if main in chosen else 1)
    assert values["regions.invented"] == 0


def printings(kind: str) -> tuple[list[int], list[int]]:
    """Numbers of the original regions of a kind on page 003, and of their copies."""
    numbered = [(number, region) for number, region in enumerate(GOLDS["003"].regions) if region.kind == kind]
    originals = [number for number, region in numbered if region.copy_of is None]
    return originals, [number for number, region in numbered if region.copy_of is not None]


def test_either_copy_of_the_article_loses_nothing_and_repeats_nothing() -> None:
    for copy in printings("main"):
        values = score("003", stitched(GOLDS["003"], copy))
        assert values["regions.lost.main"] == 0
        assert values["regions.lost.first_block"] == 0
        assert values["regions.repeated.main"] == 0


def test_page_003_shows_who_repeats_the_article_and_who_repeats_the_comments() -> None:
    gold = GOLDS["003"]
    (body, again), (comments, comments_again) = printings("main"), printings("comments")
    both_bodies = score("003", stitched(gold, body + again))
    assert both_bodies["regions.repeated.main"] == pytest.approx(0.5)
    assert both_bodies["regions.repeated.comments"] == 0
    both_comments = score("003", stitched(gold, comments + comments_again))
    assert both_comments["regions.repeated.comments"] == pytest.approx(0.5)
    assert both_comments["regions.repeated.main"] == 0
    assert both_comments["regions.leaked.comments"] == 1
    assert score("003", stitched(gold, comments))["regions.leaked.comments"] == pytest.approx(0.5)


def test_an_extractor_that_prints_a_single_body_twice_repeats_it_too() -> None:
    values = score("004", f"{GOLDS['004'].body}\n{GOLDS['004'].body}")
    assert values["regions.repeated.main"] == pytest.approx(0.5)
    assert values["regions.lost.main"] == 0


def test_a_teaser_counts_as_let_through_when_either_of_its_prints_is() -> None:
    """The cards of page 000 print each headline as alternative text and as heading."""
    answer = "Articles similaires\n" + "\n".join(
        [
            "Cinq gendarmes ivoiriens relâchés après une semaine de détention au Burkina Faso",
            "Youssef El Assal 30 Jun 2025",
            "Mali : un chef de l’État islamique capturé à Gao, coup dur pour l’EIS",
            "Youssef El Assal 30 Jun 2025",
            "Burkina Faso : mobilisation populaire à Poa en soutien à Ibrahim Traoré",
            "Fatoumata Diallo 30 Jun 2025",
        ]
    )
    gold = GOLDS["000"]
    cards = next(n for n, region in enumerate(gold.regions) if region.kind == "related")
    size = sum(token.region == cards for token in gold.tokens)
    related = sum(gold.regions[token.region].kind == "related" for token in gold.tokens)
    assert score("000", answer)["regions.leaked.related"] == pytest.approx(size / related)


def test_words_that_fit_two_kinds_are_doubtful_and_give_a_range() -> None:
    """A headline stands in ticker and teasers of page 000; alone it may come from either."""
    values = score("000", "Que dit l’accord signé entre la RDC et le Rwanda ?")
    assert values["regions.doubtful"] == 0
    values = score("000", "Mali : un chef de l’État islamique capturé à Gao, coup dur pour l’EIS")
    assert values["regions.doubtful"] == 1
    for kind in ("ticker", "related"):
        low, best, high = (values[f"regions.{name}.{kind}"] for name in ("leaked_at_least", "leaked", "leaked_at_most"))
        assert low is not None
        assert best is not None
        assert high is not None
        assert low <= best <= high
        assert low == 0 < high


def test_what_stands_nowhere_on_the_page_is_invented() -> None:
    values = score("004", "zyzzyva quux " + GOLDS["004"].body)
    assert values["regions.invented"] == pytest.approx(2 / (2 + sum(1 for _ in _words(GOLDS["004"]))))


def _words(gold: Gold) -> Iterable[str]:
    return (token.text for token in gold.tokens if gold.regions[token.region].kind == "main")


def test_loss_is_told_by_type_of_block() -> None:
    lists = {token.line for token in GOLDS["004"].tokens if token.block == "list"}
    without = " ".join(token.text for token in GOLDS["004"].tokens if token.line not in lists)
    values = score("004", without)
    assert values["regions.lost.list"] == pytest.approx(1, abs=0.05)  # some words of the lists stand elsewhere too
    assert values["regions.lost.paragraph"] == 0


@given(answer=st.text(max_size=200))
def test_every_value_is_a_share_or_undefined(answer: str) -> None:
    for name, value in score("000", answer).items():
        assert value is None or 0 <= value <= 1, name


@given(st.lists(st.sampled_from("nord corée russie accord facebook congo gabon track".split()), max_size=40))
def test_the_best_estimate_lies_within_its_range(words: list[str]) -> None:
    values = score("000", " ".join(words))
    for kind in BOILERPLATE:
        low, best, high = (values[f"regions.{name}.{kind}"] for name in ("leaked_at_least", "leaked", "leaked_at_most"))
        if best is not None:
            assert low is not None
            assert high is not None
            assert low <= best <= high


def test_a_page_without_regions_is_undefined_throughout() -> None:
    assert set(regions.against(Gold("p", "body"))("body").values()) == {None}
