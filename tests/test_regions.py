"""What of a page is visible text."""

from __future__ import annotations

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.regions import visible_text
from benchmark.text import BLOCKS, SILENT, tokens

# A decoded page holds no half surrogate pairs, and the HTML standard drops NUL from it.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ONLY_INSIDE_OTHERS = frozenset(
    "body caption col colgroup frame frameset head html plaintext tbody td tfoot th thead tr".split()
)
"""Blocks whose tags mean nothing in plain flow, or end it; the tables above have them."""
VOID = frozenset({"br", "hr"})


def words(page: str) -> str:
    return " ".join(visible_text(page).split())


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("bare", "bare"),
        ("<p>a", "a"),
        ("<html><head><title>t</title></head></html>", ""),
        ("<!doctype html><title>t</title>a", "a"),
        ("<body><title>stray</title>", "stray"),
        ("<p>a<!-- b --><p>c", "a c"),
        ("<p>a<!-- b", "a"),
        ("<p>a<![CDATA[b]]>c", "ac"),
        ("<p>a<?php b ?>c", "ac"),
        ("<script>a</script>b", "b"),
        ("a<script>b</script>c", "ac"),
        ("<script>a", ""),
        ("<script type='text/template'><p>a</p></script>b", "b"),
        ("<style>a</style>b", "b"),
        ("<svg><style>a</style><script>b</script></svg>c", "c"),
        ("<iframe>a<p>b</p></iframe>c", "c"),
        ("<noembed>a</noembed>b", "b"),
        ("<noframes>a</noframes>b", "b"),
        ("<p>a<noscript>b</noscript>c", "a b c"),
        ("<p>a<noscript><p>b<img alt=c></noscript>", "a b c"),
        ("<head><noscript>a</noscript></head><body>b", "ab"),  # text ends the head, and with it the noscript
        ("<body><template>a<p>b</p></template>c", "a b c"),
        ("<body><template>a<template>b<script>c</script></template></template>d", "a b d"),
        ("<body><template></template>a", "a"),
        ("<head><template>a</template></head><body>b", "b"),
        ("<p hidden>a", "a"),
        ("<p style='display:none'>a", "a"),
        ("<p aria-hidden=true class='visually-hidden sr-only'>a", "a"),
        ("<details><summary>a</summary>b</details>", "a b"),
        ("<dialog>a</dialog>", "a"),
        ("<object>a</object><video>b</video>", "a b"),
        ("<canvas>a</canvas>", "a"),
    ],
)
def test_text_below_body_is_seen_but_for_programs_styles_comments_and_stand_ins_of_another_age(
    page: str, seen: str
) -> None:
    assert words(page) == seen


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("a<img alt=b>c", "a b c"),
        ("a<img alt='b c' title=d src=e>f", "a b c f"),
        ("a<img>b", "a b"),
        ("a<img alt>b", "a b"),
        ("a<img alt=''>b", "a b"),
        ("a<image alt=b>c", "a b c"),
        ("a<img alt='&lt;b&gt; &amp; c'>", "a <b> & c"),
        ("<picture><source srcset=a><img alt=b></picture>", "b"),
        ("<map><area alt=a><area alt=b></map>", "a b"),
        ("<input type=image alt=a>", "a"),
        ("<input type=submit alt=a value=b>", ""),
        ("<input placeholder=a title=b value=c aria-label=d>", ""),
        ("<body><template><img alt=a></template>", "a"),
        ("<a title=a aria-label=b>c</a>", "c"),
        ("<svg><image alt=a></image></svg>", ""),
        ("<div alt=a>b</div>", "b"),
        ("<iframe alt=a></iframe><object alt=b></object>", ""),
    ],
)
def test_alternative_text_of_images_is_seen_and_no_other_attribute(page: str, seen: str) -> None:
    assert words(page) == seen


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<svg><title>a</title></svg>", "a"),
        ("<svg><text>a</text><desc>b</desc></svg>", "a b"),
        ("<math><mi>a</mi></math>", "a"),
        ("<textarea>a <b>b</b></textarea>", "a <b>b</b>"),
        ("<xmp>a <b>b</b></xmp>", "a <b>b</b>"),
        ("<plaintext>a <b>", "a <b>"),
        ("<select><option>a<option value=c>b</select>", "a b"),
        ("<select><optgroup label=a><option>b</select>", "b"),
        ("<datalist><option>a<option>b</datalist>", "a b"),
        ("<button>a</button>", "a"),
        ("<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>", "a ( b )"),
    ],
)
def test_text_of_pictures_controls_and_readings_is_seen(page: str, seen: str) -> None:
    assert words(page) == seen


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<frameset><frame src=a><noframes>b</noframes></frameset>", ""),
        ("<table>a<tr><td>b</table>", "a b"),
        ("<table><tr><td>a<table><tr><td>b<td>c</table>d<td>e</table>", "a b c d e"),
        ("<table><caption>a</caption><thead><tr><th>b<th>c<tbody><tr><td>d<td>e</table>", "a b c d e"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>d", "a b c d"),
        ("<dl><dt>a<dd>b</dl>", "a b"),
        ("<p>a<p>b</p>c", "a b c"),
        ("a<br>b<hr>c", "a b c"),
        ("<h1>a</h1>b", "a b"),
        ("<span>a</span><span>b</span>", "ab"),
        ("a<b>b</b><i>c</i><a href=x>d</a>", "abcd"),
        ("a<wbr>b", "ab"),
        ("a <b> b</b>", "a b"),
        ("a&nbsp;b&#8203;c&amp;d", "a b\u200bc&d"),
        ("<b><p>a</b>b</p>", "ab"),
        ("<x-card>a</x-card><x-card>b</x-card>", "ab"),
        ("</p>a</div></body></html>b", "ab"),
        ("<body>a<body id=b>b", "ab"),
    ],
)
def test_blocks_and_cells_stand_apart_and_inline_elements_join(page: str, seen: str) -> None:
    assert words(page) == seen


@pytest.mark.parametrize("tag", sorted(BLOCKS - ONLY_INSIDE_OTHERS - VOID))
def test_every_block_parts_the_words_around_it(tag: str) -> None:
    page = f"<p>a<{tag}><tr><td>b</{tag}>c" if tag == "table" else f"a<{tag}>b</{tag}>c"
    assert words(page) == "a b c"


@pytest.mark.parametrize("tag", sorted(VOID))
def test_every_break_parts_the_words_around_it(tag: str) -> None:
    assert words(f"a<{tag}>b") == "a b"


@pytest.mark.parametrize("tag", sorted(SILENT - {"head"}))  # a second head is ignored, its content is not
def test_nothing_that_is_silent_is_seen_wherever_it_stands(tag: str) -> None:
    silent = f"<{tag}>no</{tag}>"
    for page in (silent, f"<p>yes{silent}", f"<table><tr><td>{silent}</table>", f"<body><template>{silent}</template>"):
        assert "no" not in words(page)


@given(TEXTS)
def test_escaped_text_in_a_paragraph_gives_its_tokens_back(text: str) -> None:
    assert tokens(visible_text(f"<p>{html.escape(text)}</p>")) == tokens(text)


@given(TEXTS)
def test_alternative_text_gives_its_tokens_back(text: str) -> None:
    assert tokens(visible_text(f'<img alt="{html.escape(text)}">')) == tokens(text)


@given(TEXTS, TEXTS)
def test_blocks_keep_their_tokens_to_themselves(first: str, second: str) -> None:
    page = f"<div>{html.escape(first)}</div><div>{html.escape(second)}</div>"
    assert tokens(visible_text(page)) == tokens(first) + tokens(second)


@given(TEXTS, TEXTS)
def test_inline_elements_change_no_token(first: str, second: str) -> None:
    page = f"<p>{html.escape(first)}<b>{html.escape(second)}</b>"
    assert tokens(visible_text(page)) == tokens(first + second)


@given(st.text(st.sampled_from("<>/!-abp \"'=")))
def test_any_soup_can_be_read(soup: str) -> None:
    assert isinstance(visible_text(soup), str)


@pytest.mark.parametrize("tag", ["b", "span", "table", "svg", "font"])
def test_50_000_nested_elements_end_in_reasonable_time(tag: str) -> None:
    begun = time.monotonic()
    assert words(f"{'<' + tag + '>'}" * 50_000 + "deep") == "deep"
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("element", ["<p>a", "<li>a", "<tr><td>a", "<template>a</template>", "<img alt=a>", "a<br>"])
def test_50_000_elements_beside_each_other_end_in_reasonable_time(element: str) -> None:
    begun = time.monotonic()
    page = f"<body><table>{element * 50_000}" if element.startswith("<tr") else f"<body>{element * 50_000}"
    assert len(visible_text(page).split()) == 50_000
    assert time.monotonic() - begun < 5


def test_deeply_nested_templates_are_read_to_the_end() -> None:
    try:
        seen = words("<body>" + "<template>" * 2_000 + "deep")
    except RecursionError:
        seen = ""  # a failure here, without a report of a thousand frames
    assert seen == "deep"


def test_an_attribute_value_that_html_reads_without_case_is_read_so() -> None:
    assert words("<input type=IMAGE alt=a>") == "a"
