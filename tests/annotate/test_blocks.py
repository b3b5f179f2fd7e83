"""A page as numbered lines of text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.annotate.blocks import Block, Element, blocks, read
from benchmark.regions import visible_text, visible_tokens
from benchmark.text import tokens

PAGES = sorted((Path(__file__).parents[2] / "seeds").glob("*.html"))
TAGS = "<p> </p> <b> </b> <td> <table> <br> <template> </template> <img~alt=x> <script> </script> <!-- --> <svg> <td>"
SOUP = st.lists(st.sampled_from([part.replace("~", " ") for part in TAGS.split()] + [" ", "a", "b c", "漢", "é"]))


def lines(page: str) -> list[tuple[str, str, str]]:
    return [(block.path, block.type, block.text) for block in blocks(page)]


def test_a_block_is_a_line_with_its_place_type_print_and_words() -> None:
    page = "<div id=top><ul><li class='item on'>Les\n <a href=x>Pays</a> : <b>Afri</b>que!</li></ul></div><h2>Fin</h2>"
    assert blocks(page) == [
        Block(1, "#top > ul > li.item", "list", "Les Pays : Afrique!", 3),
        Block(2, "body > h2", "heading", "Fin", 1),
    ]


def agree(page: str) -> None:
    words = visible_tokens(page)
    found = blocks(page)
    assert [block.number for block in found] == list(range(1, len(found) + 1))
    assert [block.number for block in found for _ in range(block.tokens)] == [token.line + 1 for token in words]
    assert [word for block in found for word in tokens(block.text)] == [token.text for token in words]
    assert [block.type for block in found] == [
        words[place].block for place in range(len(words)) if place == 0 or words[place].line != words[place - 1].line
    ]


@given(SOUP)
def test_blocks_are_the_lines_of_the_pages_tokens(parts: list[str]) -> None:
    agree("<body>" + "".join(parts))


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_blocks_of_a_bundled_page_are_the_lines_of_its_tokens(file: Path) -> None:
    page = file.read_text(encoding="utf-8")
    agree(page)
    printed = [" ".join(line.split()) for line in visible_text(page).splitlines() if tokens(line)]
    assert [word for block in blocks(page) for word in block.text.split()] == " ".join(printed).split()


@given(SOUP)
def test_every_element_spans_the_words_below_it(parts: list[str]) -> None:
    page = read("<body>" + "".join(parts))
    ahead = [page.root] if page.root else []
    assert not ahead or (page.root and (page.root.start, page.root.stop) == (0, len(page.tokens)))
    for element in ahead:
        ends = [element.start, *(end for one in element.content for end in (one.start, one.stop)), element.stop]
        assert ends == sorted(ends)
        assert sum(one.stop - one.start for one in element.content) == element.stop - element.start
        ahead += [one for one in element.content if isinstance(one, Element)]


@pytest.mark.parametrize("page", ["", "<frameset><frame>", "<body>", "<p>…<br>.", "<script>a</script>"])
def test_a_page_without_words_has_no_blocks(page: str) -> None:
    assert blocks(page) == []


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("<p>a", "body > p"),
        ("<body id=b><p>a", "#b > p"),
        ("<div id=menu-12><p>a", "body > div > p"),
        ("<div id='a b'><p id='1'>a", "body > div > p"),
        ("<p class='1 md:x ok'>a", "body > p.ok"),
        ("<p><b id=x>a</b>", "body > p"),
        ("<div id=x><div><div><div><div><div><p>a", "div > div > div > div > p"),
        ("<body><template><p>a", "body > template > p"),
        ("<p>a<br>b", "body > p"),
        ("<table><tr><td>a", "body > table > tbody > tr"),
        ("<img alt=a>", "body"),
    ],
)
def test_a_path_begins_at_the_nearest_telling_id_or_five_steps_up(page: str, path: str) -> None:
    assert {one for one, _, _ in lines(page)} == {path}


def test_punctuation_stays_with_the_words_of_its_line_and_makes_no_block_of_its_own() -> None:
    assert lines("<p>— <i>a</i> —<p>***<p>b") == [("body > p", "paragraph", "— a —"), ("body > p", "paragraph", "b")]


def test_10_000_nested_elements_end_in_reasonable_time() -> None:
    begun = time.monotonic()
    assert len(blocks("<div>" * 10_000 + "deep")) == 1
    assert time.monotonic() - begun < 5
