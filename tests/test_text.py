from __future__ import annotations

import html as markup
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from time import process_time
from typing import Any

import html5lib
import pytest
import regex  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st

from benchmark import text
from benchmark.errors import UsageError
from benchmark.records import FORMS
from benchmark.text import plain, tokens

# Plain text from HTML ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("just text", "just text"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<p>one<p>two", "one\ntwo"),
        ("<h1>head</h1>text<div>in<div>deeper</div>out</div>", "head\ntext\nin\ndeeper\nout"),
        ("<ul><li>a<li>b</ul><dl><dt>c<dd>d</dl>", "a\nb\nc\nd"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>  many \n\t spaces&nbsp;and&emsp;kinds </p>", "many spaces and kinds"),
        ("<p></p><div> </div><p>x</p><hr>", "x"),
        ("&lt;b&gt; &amp;amp; &eacute;&#8217;", "<b> &amp; é’"),
        ("<p>a<!-- b -->c<?d e?>f</p>", "acf"),
    ],
)
def test_html_reads_one_line_per_block(html: str, expected: str) -> None:
    assert plain(html, "html") == expected


@pytest.mark.parametrize(
    "html",
    [
        "foo<b>bar</b>",
        "<span>foo</span><span>bar</span>",
        "<a href=x>foo</a><em>b</em>ar",
        "foo<wbr>bar",
        "foo<script>x</script>bar",
        "foo<!-- -->bar",
        "<custom-element>foo</custom-element>bar",
    ],
)
def test_inline_elements_leave_a_word_whole(html: str) -> None:
    assert plain(html, "html") == "foobar"


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>foo</td><td>bar</td></tr></table>",
        "<table><tr><th>foo<td>bar</table>",
        "foo<img src=x>bar",
        "<button>foo</button><button>bar</button>",
        "foo<input value=x>bar",
        "foo<video></video>bar",
        "foo<iframe>x</iframe>bar",
        "<ruby>foo<rt>bar</rt></ruby>",
        "foo<noscript>bar</noscript>",
        "<svg><text>foo</text><text>bar</text></svg>",
    ],
)
def test_cells_controls_pictures_and_ruby_stand_apart_on_one_line(html: str) -> None:
    assert plain(html, "html") == "foo bar"


@pytest.mark.parametrize(
    "html",
    [
        "<div><tr><td>foo</td><td>bar</td></tr></div>",
        "<td>foo<td>bar",
        "<thead>foo</thead><tbody>bar</tbody>",
        "<html><body>foo</body></html><html><body>bar</body></html>",
        "<caption>foo</caption>bar",
        "<body>foo</body><body>bar",
        "<form>foo<form>bar",
    ],
)
def test_tags_that_html5_ignores_still_part_words(html: str) -> None:
    assert tokens(plain(html, "html")) == ["foo", "bar"]


def test_rows_are_lines() -> None:
    rows = "<table><caption>t</caption><tr><th>a<th>b<tbody><tr><td>1<td>2<tfoot><tr><td>3</table>"
    assert plain(rows, "html") == "t\na b\n1 2\n3"


@pytest.mark.parametrize(
    "html",
    [
        "<head><title>no</title><meta name=description content=no></head>",
        "<title>no</title>",
        "<script>no</script>",
        "<script type=text/template><p>no</p></script>",
        "<svg><style>no</style><script>no</script></svg>",
        "<style>no</style>",
        "<body><style>no</style>",
        "<iframe><p>no</p></iframe>",
        "<noembed>no</noembed>",
        "<noframes>no</noframes>",
        "<frameset><frame src=no><noframes>no</noframes></frameset>",
        "<img alt=no title=no><area alt=no><input value=no placeholder=no alt=no><p title=no aria-label=no></p>",
        "<!-- no --><!doctype no><?no?>",
    ],
)
def test_markup_scripts_styles_head_and_attributes_are_no_text(html: str) -> None:
    assert plain(html, "html") == ""


@pytest.mark.parametrize(
    "html",
    [
        "<noscript><p>yes</p></noscript>",
        "<p><template><p>yes</p></template>",
        "<p><template><template>yes</template></template>",
        "<p hidden>yes</p>",
        "<p style='display:none'>yes</p>",
        "<p aria-hidden=true>yes</p>",
        "<object>yes</object>",
        "<video>yes</video>",
        "<canvas>yes</canvas>",
        "<svg><title>yes</title></svg>",
        "<body><p><title>yes</title>",
        "<textarea>yes</textarea>",
        "<select><option>yes</select>",
        "<button>yes</button>",
        "<dialog>yes</dialog>",
        "<details><summary>yes</summary></details>",
        "<xmp>yes</xmp>",
        "<plaintext>yes",
    ],
)
def test_what_only_rendering_hides_is_text(html: str) -> None:
    assert plain(html, "html") == "yes"


def test_the_text_after_templates_is_read_once() -> None:
    html = (
        "<p>a<template><p>b<template>c</template>d</p></template>e<template></template>f<table><template><tr><td>1<td>2"
    )
    assert plain(html, "html") == "a\nb\nc\nd\ne\nf\n1 2"


def test_preformatted_text_keeps_its_white_space() -> None:
    assert plain("a<pre>\n  x\n\n    y  z\n</pre>b  c", "html") == "a\n  x\n\n    y  z\nb c"
    assert plain("<pre>a <b>b</b>\n  c<br>d</pre>", "html") == "a b\n  c\nd"
    assert plain("<textarea>\n a\n  <b>\n</textarea>", "html") == " a\n  <b>"


def test_nul_and_lone_surrogates_part_words_as_they_do_in_text() -> None:
    for odd in ("\0", "\ud800"):
        assert tokens(plain(f"<p>a{odd}b</p>", "html")) == tokens(plain(f"a{odd}b", "text")) == ["a", "b"]


# Deep and large ----------------------------------------------------------------------------------------------


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "tag",
    [
        "div",
        "span",
        "b",
        "p",
        "blockquote",
        "ul><li",
        "table><tr><td",
        "p><template",
        "svg",
        "a href=x",
        "x><div></x",
        "font",
    ],
)
def test_fifty_thousand_nested_elements_keep_their_text(tag: str) -> None:
    assert tokens(plain(f"<p><{tag}>x " * 50_000, "html")) == ["x"] * 50_000


def test_a_long_page_that_is_not_deep_keeps_its_layout() -> None:
    html = "<div><p>x<ul><li><b>y</b></ul></div>" * 3_000 + "<pre>a\n  b</pre>"
    assert plain(html, "html").endswith("x\ny\na\n  b")


@pytest.mark.timeout(60)
def test_twenty_megabytes_are_read() -> None:
    paragraph = "<p class='a b'>" + "The <b>quick</b> brown fox jumps over the lazy dog. " * 50 + "</p>\n"
    html = paragraph * (20_000_000 // len(paragraph))
    assert plain(html, "html").count("\n") == html.count("<p ") - 1


TAGS = st.sampled_from("div p span b a ul li table tr td br section pre button select option h1 font form em".split())
PIECES = st.one_of(
    st.builds("<{}>".format, TAGS),
    st.builds("</{}>".format, TAGS),
    st.sampled_from(["one ", "two", " three", "<script>no</script>", "<!-- no -->", "<template>four</template>"]),
)


# No random tables: HTML5 moves what stands wrongly in one before it, an element as a whole but its pieces one by one.
@given(
    pieces=st.lists(PIECES.filter(lambda piece: not re.search("<(table|t[rd])", piece)), max_size=40),
    deepest=st.integers(0, 4),
)
@example(["<div>", "two", "</div>", "one"], 0)
@example(["<table><tr><td>", "two", "</td>", "moved", "<td>", "one"], 0)
def test_flattening_deep_elements_changes_no_word(pieces: list[str], deepest: int) -> None:
    html = "".join(pieces)
    whole = plain(html, "html")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_MANY_TAGS", 0)
        patch.setattr(text, "_DEEPEST", deepest)
        assert tokens(plain(html, "html")) == tokens(whole)


def html5lib_letters(html: str) -> str:
    body = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    return "".join(_letters(body)) if body is not None else ""


def _letters(element: Any) -> list[str]:
    silent = not isinstance(element.tag, str) or element.tag in text.SILENT
    found = [] if silent else [element.text or ""]
    for child in element:
        found += [] if silent else _letters(child)
        found.append(child.tail or "")
    return found


@given(st.lists(PIECES.filter(lambda piece: not re.search("select|option|button|form|template", piece)), max_size=40))
def test_tag_soup_reads_as_in_the_tree_that_html5lib_builds(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert re.sub(r"\s", "", plain(html, "html")) == re.sub(r"\s", "", html5lib_letters(html))


# Plain text from Markdown ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", ""),
        ("# head\n\none *two* __three__ ~~four~~ `five`", "head\none two three four five"),
        ("foo**bar** _baz_", "foobar baz"),
        ("[words](https://a.example/b 'title') <https://c.example>", "words https://c.example"),
        ("[words][1] and ![no](x.png)\n\n[1]: https://a.example 'no'", "words and"),
        ("[words](javascript:no) [more](data:no)", "words more"),
        ("- a\n- b\n  1. c\n  2. d\n\n> e\n> f", "a\nb\nc\nd\ne f"),
        ("one\ntwo  \nthree", "one two\nthree"),
        ("|a|b|\n|-|-|\n|1|2|", "a b\n1 2"),
        ("```python\nx  = 1\n\ny\n```", "x  = 1\n\ny"),
        ("a\n\n---\n\nb", "a\nb"),
        ("a &amp; b &copy; \\*c\\*", "a & b © *c*"),
        ("<p>a<b>b</b></p>\n\nc<script>no</script> <!-- no -->d", "ab\nc d"),
        ("a < b and b > c", "a < b and b > c"),
    ],
)
def test_markdown_loses_its_marks_and_targets(markdown: str, expected: str) -> None:
    assert plain(markdown, "markdown") == expected


@pytest.mark.parametrize(
    "markdown",
    [
        "> " * 300 + "one\n\ntwo **three**",
        "\n".join("  " * level + f"- w{level}" for level in range(300)),
        "- " * 300 + "one\n\ntwo",
        "[" * 3000 + "one" + "]" * 3000,
        "*" * 3000 + "one" + "*" * 3000,
    ],
    ids=["quotes", "list", "list on one line", "brackets", "stars"],
)
def test_markdown_nested_too_deep_keeps_its_words_and_what_follows(markdown: str) -> None:
    assert tokens(plain(markdown, "markdown")) == tokens(markdown)


def test_markdown_nested_too_deep_ends_where_its_list_ends() -> None:
    deep = "\n".join("  " * level + f"- w{level}" for level in range(300))
    assert plain(f"{deep}\n\nlast *line*", "markdown").endswith("w299\nlast line")


@given(st.text(alphabet="ab *_`[]()<>!#-+|~\\&;:/\n\t1.\"'=\0\ud800"))
def test_no_markdown_fails(markdown: str) -> None:
    assert isinstance(plain(markdown, "markdown"), str)


# The forms together ------------------------------------------------------------------------------------------


@given(st.text(st.characters(codec=None)))
def test_text_comes_back_as_it_is(any_text: str) -> None:
    assert plain(any_text, "text") == any_text


@given(st.text(st.characters(codec=None)))
@example("a\0b")
@example("\ufeffa\x85b\x1cc\rd")
@example("´a")
def test_escaped_text_has_the_same_tokens_as_the_text(any_text: str) -> None:
    assert tokens(plain(f"<p>{markup.escape(any_text)}</p>", "html")) == tokens(any_text)


@given(st.lists(st.text("abcé文", min_size=1), max_size=5))
def test_one_document_has_the_same_tokens_in_every_form(paragraphs: list[str]) -> None:
    forms = {
        "text": "\n".join(paragraphs),
        "html": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        "markdown": "\n\n".join(f"**{paragraph}**" for paragraph in paragraphs),
    }
    assert set(forms) == set(FORMS)
    first, *others = [tokens(plain(answer, form)) for form, answer in forms.items()]
    assert all(other == first for other in others)


def test_an_unknown_form_is_named_with_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"'pdf'.*text, html or markdown.*header"):
        plain("x", "pdf")


# Tokens ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", []),
        ("The CAT sat, the cat.", ["the", "cat", "sat", "the", "cat"]),
        ("l'homme aujourd’hui", ["l", "homme", "aujourd", "hui"]),
        ("3.14 10,000 2nd", ["3", "14", "10", "000", "2nd"]),
        ("snake_case e-mail", ["snake_case", "e", "mail"]),
        ("Straße STRASSE ΣΊΣΥΦΟΣ", ["strasse", "strasse", "σίσυφοσ"]),
        ("ﬁn ＡＢＣ ①② ½ x²", ["fin", "abc", "12", "1", "2", "x2"]),
        ("cafe\u0301 café", ["café", "café"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("தமிழ் বাংলা", ["தமிழ்", "বাংলা"]),
        ("עִבְרִית العَرَبِيَّة", ["עִבְרִית", "العَرَبِيَّة"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("中文ab12字", ["中", "文", "ab12", "字"]),
        ("コーヒー ﾊﾞ ㍿", ["コ", "ー", "ヒ", "ー", "バ", "株", "式", "会", "社"]),
        ("ㄅㄆ ꀀꀁ", ["ㄅ", "ㄆ", "ꀀ", "ꀁ"]),
        ("ที่นี่ ๑๒", ["ที่", "นี่", "๑", "๒"]),
        ("ກິນ ភាសា", ["ກິ", "ນ", "ភា", "សា"]),
        ("မြန်မာ བོད་ཡིག", ["မြ", "န်", "မာ", "བོ", "ད", "ཡི", "ག"]),
        ("oʼzbek kaˇ", ["oʼzbek", "kaˇ"]),
        ("a\u0e34b \u0e34c か\u3099 k\u3099", ["a\u0e34b", "c", "が", "k\u3099"]),
        ("don´t \u0301x a\u0301b", ["don", "t", "x", "áb"]),
        ("co\xadop zero\u200bwidth می\u200cخواهم \ufeffx\u200e", ["coop", "zerowidth", "میخواهم", "x"]),
        ("👍🏽 — … «»", []),
        ("𝐛𝐨𝐥𝐝 𐐀", ["bold", "𐐨"]),
        ("葛\U000e0100城", ["葛", "城"]),
    ],
)
def test_tokens_are_words_and_single_characters_of_unspaced_scripts(written: str, expected: list[str]) -> None:
    assert tokens(written) == [unicodedata.normalize("NFKC", word) for word in expected]


def test_pythons_own_word_class_would_split_devanagari() -> None:
    assert re.findall(r"\w+", "हिन्दी") != tokens("हिन्दी") == ["हिन्दी"]


@given(st.text(st.characters(codec=None)))
@example("ͅα\u0345\u0301ǰẖŉİ")
@example("\ufdfa ´ﾞ\u3099")
def test_tokens_of_tokens_are_the_same(any_text: str) -> None:
    assert tokens(" ".join(tokens(any_text))) == tokens(any_text)


ASSIGNED = "".join(map(chr, [*range(0x323B0), *range(0xE0000, 0xE01F0)]))


@pytest.mark.parametrize("around", ["{}", "a{}", "{}\u0301", "α{}\u0345", "が{}", "{}a{}"])
def test_the_law_holds_for_every_character(around: str) -> None:
    every = " ".join(around.replace("{}", character) for character in ASSIGNED)
    once = tokens(every)
    assert tokens(" ".join(once)) == once


@given(st.text(st.characters(codec="utf-8")))
def test_canonically_equivalent_texts_have_the_same_tokens(any_text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, any_text) for form in ("NFC", "NFD"))
    assert tokens(composed) == tokens(decomposed) == tokens(any_text)


@given(st.text(), st.sampled_from("\xad\u200b\u200c\u200d\u200e\u202e\u2060\ufeff\ufe0f\u034f"))
def test_invisible_characters_anywhere_cost_nothing(any_text: str, invisible: str) -> None:
    assert tokens(invisible + invisible.join(any_text)) == tokens("".join(any_text.split(invisible)))


@given(st.text(st.characters(codec="ascii")))
def test_ascii_tokens_are_lower_case_word_runs(ascii_text: str) -> None:
    assert tokens(ascii_text) == re.findall(r"\w+", ascii_text.lower(), re.ASCII)


@given(st.text())
def test_a_token_is_letters_digits_marks_and_underscores_and_begins_with_no_mark(any_text: str) -> None:
    assert all(regex.fullmatch(r"(?!\p{M})[\w\p{N}]+", word) for word in tokens(any_text))


@given(st.text(), st.text())
def test_a_space_parts_tokens(before: str, after: str) -> None:
    assert tokens(f"{before} {after}") == tokens(before) + tokens(after)


def test_the_fast_pattern_serves_only_texts_without_unspaced_scripts() -> None:
    every = "".join(map(chr, range(0x110000)))
    unspaced = text._compiled(rf"[{text._CHARACTER}&&[\w\p{{N}}]]").findall(text._folded(every))
    assert len(unspaced) > 90_000
    assert all(map(text._MAYBE_CHARACTER.match, unspaced))


@given(st.text())
def test_both_patterns_agree_on_texts_without_unspaced_scripts(any_text: str) -> None:
    folded = "".join(text._MAYBE_CHARACTER.split(text._folded(any_text)))
    words, characters = (text._compiled(pattern) for pattern in (text._WORD, text._CHARACTER_OR_WORD))
    assert words.findall(folded) == characters.findall(folded)


# Cost --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["plain words, ", "mots très élémentaires ", "汉字文本。", "हिन्दी में "])
def test_the_time_for_tokens_is_linear(words: str) -> None:
    assert growth(lambda times: tokens(words * times), 4_000) < 3


@pytest.mark.parametrize("html", ["<p>word <b>and</b> more</p>", "<div>x ", "<template>x ", "<td>x", "<a b='"])
def test_the_time_for_html_is_linear(html: str) -> None:
    assert growth(lambda times: plain(html * times, "html"), text._MANY_TAGS) < 3


def growth(work: Any, size: int) -> float:
    """How much longer four times the work takes, over four: 1 when linear, 4 when quadratic; the best of three."""
    return min(_seconds(work, 4 * size) / _seconds(work, size) for _ in range(3)) / 4


def _seconds(work: Any, size: int) -> float:
    start = process_time()
    work(size)
    return process_time() - start


def test_importing_the_file_loads_nothing_but_the_standard_library() -> None:
    probe = "import sys; sys.path.insert(0, sys.argv[1]); import text; print(*sys.modules)"
    command = [sys.executable, "-c", probe, str(Path(text.__file__).parent)]
    loaded = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    assert not {"regex", "selectolax", "markdown_it", "numpy"} & set(loaded)
    assert "text" in loaded
