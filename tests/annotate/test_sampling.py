"""Which pages are chosen to be annotated."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmark.annotate.sampling import Candidate, balanced, boilerplate_share, language_of


def candidates(number: int, sites: int) -> list[Candidate]:
    languages = ("en", "en", "en", "de", "undeclared", "other-script")
    return [
        Candidate(f"p{index}", f"site{index % sites}", languages[index % 6], 100 + 7 * index, (index * 37 % 100) / 100)
        for index in range(number)
    ]


def test_the_same_seed_chooses_the_same_pages_and_another_seed_others() -> None:
    pages = candidates(200, 150)
    assert balanced(pages, 27, 1) == balanced(pages, 27, 1)
    assert balanced(pages, 27, 1) != balanced(pages, 27, 2)


def test_pages_come_from_as_many_sites_and_are_even_over_groups_though_the_corpus_is_not() -> None:
    chosen = balanced(candidates(600, 600), 27, 1)
    assert len({one.site for one in chosen}) == 27
    groups = Counter("other" if one.language in ("de", "other-script") else one.language for one in chosen)
    assert set(groups.values()) == {9}


@pytest.mark.parametrize(("number", "expected"), [(0, 0), (5, 5), (50, 20)])
def test_no_more_pages_than_sites(number: int, expected: int) -> None:
    assert len(balanced(candidates(100, 20), number, 1)) == expected


def test_the_choice_is_in_the_order_of_the_corpus() -> None:
    pages = candidates(200, 150)
    chosen = balanced(pages, 27, 1)
    assert chosen == [page for page in pages if page in chosen]


@pytest.mark.parametrize(
    ("html", "body", "language"),
    [
        ('<html class=x lang="EN-gb">', "words", "en"),
        ("<html lang='pt-BR'>", "palavras", "pt"),
        ("<html>", "words", "undeclared"),
        ("<html lang=en>", "слова и ещё слова letters", "other-script"),
        ("<html>", "한국어", "other-script"),
        ("<html>", "", "undeclared"),
    ],
)
def test_the_language_group_is_declared_or_seen_in_the_script(html: str, body: str, language: str) -> None:
    assert language_of(html, body) == language


def test_the_share_of_boilerplate_is_what_the_body_leaves_over() -> None:
    assert boilerplate_share("one two three four", "two") == 0.75
    assert boilerplate_share("one", "one two three") == 0
    assert boilerplate_share("", "") == 1
