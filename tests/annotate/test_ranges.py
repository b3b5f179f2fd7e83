"""An annotator's lines of text, the regions they make, and the way back."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.annotate.blocks import blocks
from benchmark.annotate.ranges import Entry, entries_of, parse, regions_of
from benchmark.errors import UsageError
from benchmark.goldfiles import Placed
from benchmark.records import Gold, PageToken, Region
from benchmark.regions import KINDS, PARTS, Selection, resolve, visible_tokens
from benchmark.text import tokens

ROOT = Path(__file__).parents[2]
PAGES = {file.stem: file.read_text(encoding="utf-8") for file in sorted((ROOT / "seeds").glob("*.html"))}
ANNOTATIONS = sorted((ROOT / "goldens" / "annotations").glob("*/*.txt"))
LABELS = [Region("main"), Region("byline"), Region("navigation"), *(Region("comments", part) for part in PARTS)]

INLINE = ("span", "b", "a", "x-y", "o:p", "svg", "img", "td", "object", "button", "label")
BLOCK = ("div", "p", "li", "br", "table", "tr", "template", "section", "pre", "h2", "noscript", "textarea")
WORDS = "a b a.b «a» é e\u0301 \u0301 漢字 ไทย a漢b سلام नमस्ते 👍 \u200b ﬁ &amp; &lt;a&gt; ½ ẖ . 東"
SPACED = ["a b", "a a a a a a a a a a", " a", "b ", " ", "\n", "a b c d e f g h i j k l m n o p"]
PIECES = st.sampled_from(WORDS.split() + SPACED)
NAMES = st.sampled_from(
    [
        "",
        "",
        "",
        " id=x",
        " id=y",
        " id=X",
        " class=K",
        " id='1'",
        " id='a b'",
        " id='é'",
        " class=k",
        " class='k m'",
        " class='m:n'",
    ]
)


@st.composite
def trees(draw: st.DrawFn, deep: int = 4) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        tag = draw(st.sampled_from([None, None, *INLINE, *BLOCK])) if deep else None
        if tag is None:
            parts.append(draw(PIECES))
        elif tag == "img":
            parts.append(f"<img alt='{draw(PIECES)}'{draw(NAMES)}>")
        else:
            parts.append(f"<{tag}{draw(NAMES)}>{draw(trees(deep=deep - 1))}" + draw(st.sampled_from(["", f"</{tag}>"])))
    return "".join(parts)


@st.composite
def labelled(draw: st.DrawFn, html: str) -> Gold:
    """Random unbroken stretches of random kinds over all words of a page; some repeat an earlier one."""
    words = visible_tokens(html)
    cuts = draw(st.sets(st.integers(1, max(1, len(words) - 1)), max_size=8))
    regions: list[Region] = []
    owners = []
    for place in range(len(words)):
        if place in cuts or not place:
            kinds = [one for one in LABELS if not regions or one != regions[-1]]
            region = draw(st.sampled_from(kinds))
            same = [number for number, one in enumerate(regions) if one == region]
            original = draw(st.sampled_from([None, *same]))
            region = Region(region.kind, region.part, original)
            regions.append(region)
        owners.append(len(regions) - 1)
    placed = [PageToken(t.text, owner, t.line, t.unit, t.block) for t, owner in zip(words, owners, strict=True)]
    return Gold("x", "", regions=tuple(regions), tokens=tuple(placed))


def check(html: str, gold: Gold) -> None:
    """The law: an annotation's regions resolve without problems and give every word the region that was meant."""
    placed = regions_of(html, parse(entries_of(gold)))
    resolved = resolve(html, placed)
    assert resolved.problems == ()
    assert tuple(region for region, _ in placed) == gold.regions
    assert resolved.tokens == gold.tokens


@given(st.data())
def test_every_word_of_any_tree_gets_the_region_that_was_meant(data: st.DataObject) -> None:
    html = data.draw(st.sampled_from(["<body>", "<!doctype html><body>", "<body id=x class=k>"])) + data.draw(trees())
    check(html, data.draw(labelled(html)))


@pytest.mark.parametrize("page", PAGES)
@settings(max_examples=25)
@given(st.data())
def test_every_word_of_a_real_page_gets_the_region_that_was_meant(page: str, data: st.DataObject) -> None:
    check(PAGES[page], data.draw(labelled(PAGES[page])))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_cut_into_regions_of_three_words_is_put_together_again(page: str) -> None:
    words = visible_tokens(PAGES[page])
    regions = tuple(LABELS[number % 2] for number in range(len(words) // 3 + 1))
    placed = tuple(PageToken(t.text, place // 3, t.line, t.unit, t.block) for place, t in enumerate(words))
    check(PAGES[page], Gold("x", "", regions=regions[: placed[-1].region + 1], tokens=placed))


@pytest.mark.parametrize("file", ANNOTATIONS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_an_annotation_of_a_bundled_page_fits_and_comes_back(file: Path) -> None:
    html = PAGES[file.stem]
    placed = regions_of(html, parse(file.read_text(encoding="utf-8")))
    resolved = resolve(html, placed)
    assert resolved.problems == ()
    check(html, Gold("x", "", regions=tuple(region for region, _ in placed), tokens=resolved.tokens))


def places(html: str, *lines: str) -> list[Placed]:
    return regions_of(html, parse("\n".join(lines)))


def selectors(html: str, *lines: str) -> list[list[str]]:
    return [[selection.selector for selection in at] for _, at in places(html, *lines)]


def test_the_outermost_element_that_holds_nothing_else_is_taken() -> None:
    page = "<div><ul><li>a<li>b</ul></div><p>c<p>d"
    assert selectors(page, "1-2 navigation", "3-4 main") == [
        ["body > div"],
        ["body > p:nth-of-type(1)", "body > p:nth-of-type(2)"],
    ]
    assert selectors(page, "1-4 main") == [["body"]]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<div id=x><p>a</p>b</div><p>c", ["#x > p", "#x", "body > p"]),
        ("<div><p class='u v'>a</p><p class=v>b</p></div><p>c", ["p.u", "div > p:nth-of-type(2)", "body > p"]),
        ("<div id=x><p>a</p></div><div id=x><p>b</p></div><p>c", ["div:nth-of-type(1)", "div:nth-of-type(2)", "p"]),
        (
            "<div id=1><p>a</p></div><p id='a b'>b</p><p id='é'>c",
            ["body > div", "p:nth-of-type(1)", "p:nth-of-type(2)"],
        ),
        ("<o:p>a</o:p><br><o:p>b</o:p><p>c", ["> :nth-child(1)", "> :nth-child(3)", "body > p"]),
        ("<p id=n>a</p><p id=N>b</p><p class=n>c", ["p:nth-of-type(1)", "p:nth-of-type(2)", "p.n"]),
    ],
)
def test_a_selector_begins_at_the_nearest_name_of_its_own(page: str, expected: list[str]) -> None:
    found = selectors(page, "1 main", "2 navigation", "3 main")
    assert all(len(one) == 1 and one[0].endswith(end) for one, end in zip(found, expected, strict=True)), found


@pytest.mark.parametrize(
    ("page", "quote", "selection"),
    [
        ("<p>By <b>Ann</b> Lee, Paris", "by ann lee", Selection("body > p", "By Ann Lee,")),
        ("<p>a b <b>c d</b> e", "c d", Selection("body > p > b")),
        ("<p>foo<b>bar baz</b>", "baz", Selection("body > p > b")),
        ("<p>foo<b>bar baz</b>", "foobar", Selection("body > p", "foobar")),
        ("<p>a/b/c", "b", Selection("body > p", "b/")),
        ("<p>東京都", "京", Selection("body > p", "京")),
        ("<p>½ a", "1 2", Selection("body > p", "½")),
        ("<p>½ a", "1", Selection("body > p", "1")),
        ("<body><template><p>a</p><p>b</p></template>", "b", Selection("body > template", "b")),
        ("<p><img alt='a b'> c", "b", Selection("body > p > img", "b")),
    ],
)
def test_words_are_quoted_as_printed_where_no_element_is_theirs(page: str, quote: str, selection: Selection) -> None:
    blocks_ = blocks(page)
    (block,) = [one for one in blocks_ if f" {quote} " in f" {' '.join(tokens(one.text))} "]
    before, _, behind = " ".join(tokens(block.text)).partition(quote)
    lines = [f'{block.number} "{quote}" byline']
    lines += [f'{block.number} "{before}"#1 main'] if before.strip() else []
    lines += [f'{block.number} "{behind}"#1 main'] if behind.strip() else []
    lines += [f"{one.number} main" for one in blocks_ if one is not block]
    assert [at for region, at in places(page, *lines) if region.kind == "byline"] == [(selection,)]


def test_a_long_stretch_is_quoted_by_its_ends_and_a_repeated_one_by_its_neighbours() -> None:
    numbers = [f"n{number}" for number in range(40)]
    page = f"<p>{' '.join(numbers)} x y x y z"
    long, first, second, rest = (
        at[0]
        for _, at in places(
            page,
            *(
                f'1 "{" ".join(numbers)}" main',
                '1 "x y"#1 byline',
                '1 "x y"#2 main',
                '1 "z" byline',
            ),
        )
    )
    assert (long.exact, long.until) == (" ".join(numbers[:8]), " ".join(numbers[-4:]))
    assert (first.exact, second.exact, rest.exact) == ("x y", "x y", "z")
    assert (first.prefix, first.suffix, second.prefix, second.suffix) == ("n38 n39", None, "x y", None)


def test_neighbours_alike_become_one_region_in_any_order_of_lines() -> None:
    page = "<p>a<p>b<p>c<p>d<p>e<p>f"
    regions = [
        region for region, _ in places(page, "6 main", "3 main copy_of=x", "1-2 main name=x", "4-5 main copy_of=x")
    ]
    assert regions == [Region("main"), Region("main", copy_of=0), Region("main")]
    assert len(places(page, "1-3 main", "4-6 main")) == 1
    assert len(places(page, "1-3 main name=x", "4-6 main name=x")) == 1
    assert len(places(page, "1-3 main name=x", "4-6 main name=y")) == 2
    assert len(places(page, "1-3 comments:text", "4-6 comments:meta")) == 2


def test_a_page_without_words_has_no_regions() -> None:
    assert regions_of("", []) == regions_of("<frameset>", []) == regions_of("<p>…", []) == []
    assert entries_of(Gold("x", "")) == "# page x\n"


def problems_of(call: str, html: str = "") -> list[str]:
    with pytest.raises(UsageError) as caught:
        regions_of(html, parse(call))
    return re.findall(r"(?m)^- (.*)$", str(caught.value))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("main", "begin with a block"),
        ("1 “a” main", "straight quotes"),
        ('1 "a main', "straight quotes"),
        ("5-3 main", "smaller number first"),
        ("0 main", "smaller number first, from 1"),
        ("1", "the kind is missing"),
        ("1 # main", "the kind is missing"),
        ("1 navigaton", "unknown kind 'navigaton'; did you mean 'navigation'?"),
        ("1 zzz", "unknown kind 'zzz'; known: main, title"),
        ("1 main:text", "main has no parts"),
        ("1 comments:txt", "unknown part 'txt' of comments; did you mean 'text'?"),
        ("1 comments:", "unknown part ''"),
        ("1 main also", "'also' cannot be read"),
        ("1 main name=", "'name=' cannot be read"),
        ("1 main name=a name=b", "name is given twice"),
        ('1-2 "a" main', "one block at a time"),
        ('1 "…" main', "holds no word"),
        ('1 "a"#0 main', "counted from 1"),
        ("9" * 5000 + " main", "cannot be read"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_reason_and_remedy(line: str, said: str) -> None:
    (problem,) = problems_of(f"# page x\n\n{line}\n")
    assert problem.startswith("line 3: ")
    assert said in problem


def test_all_bad_lines_are_named_at_once_beside_the_format() -> None:
    with pytest.raises(UsageError) as caught:
        parse("1 man\nx\n2 main\n3-1 main:ui also\n")
    assert re.findall(r"(?m)^- line (\d)", str(caught.value)) == ["1", "2", "4", "4", "4"]
    assert all(kind in str(caught.value) for kind in KINDS)


def test_comments_escapes_and_foreign_line_ends_are_read() -> None:
    text = (
        '\ufeff# page x\r\n  1 - 3   main name=body  # why\r\n4 "a \\"b\\" \\\\ c" #2 byline copy_of=it #not this\r\n'
    )
    assert parse(text) == [
        Entry(2, 1, 3, "main", name="body"),
        Entry(3, 4, 4, "byline", copy_of="it", quote='a "b" \\ c', nth=2),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["1-9 main"], ["there is no block 9, the page has 4"]),
        (["1-3 main"], ["block 4, 'x y x y': in no line"]),
        (["1 main", "4 main"], ["blocks 2 to 3, 'c d e f': in no line"]),
        (["1-4 main", "2-3 byline"], ["blocks 2 to 3, 'c d e f': in lines 1 and 2, leave one"]),
        (["1-3 main", '4 "x" main'], ['"x" stands 2 times in block 4; write #1, #2']),
        (["1-3 main", '4 "x y x" main'], ["block 4, 'y': in no line"]),
        (["1-3 main", '4 "x y"#3 main'], ["stands only 2 times in block 4, which reads 'x y x y'"]),
        (["1-3 main", '4 "z" main'], ['"z" stands not in block 4']),
        (["1-4 main copy_of=body"], ["no entry has name=body; known: none"]),
        (["1 main name=body", "2-4 main copy_of=bdy"], ["no entry has name=bdy; did you mean 'body'?"]),
        (["1 main name=body", "2-4 byline copy_of=body"], ["byline cannot be a copy of body, which is main"]),
        (["1 main copy_of=body", "2-4 main name=body"], ["body does not stand before its copy"]),
        (["1 main name=a", "2 byline", "3-4 main name=a"], ["name=a is taken by line 1, which it does not touch"]),
        (["1-9 main", "2 zork"], ["unknown kind 'zork'"]),
        (
            ["1-2 main", "2 byline name=x", "9 main", '4 "z" main'],
            ["no block 9", '"z" stands not', "block 2,", "block 3,"],
        ),
    ],
)
def test_what_does_not_fit_the_page_is_named_all_at_once(lines: list[str], said: list[str]) -> None:
    problems = problems_of("\n".join(lines), "<p>a b<p>c d<p>e f<p>x y x y")
    assert len(problems) == len(said)
    assert all(part in problem for part, problem in zip(said, problems, strict=True)), problems


def test_quotes_are_matched_word_by_word_whatever_stands_between() -> None:
    page = "<p>By  <i>Ann</i>&nbsp;LEE — Paris, 5 May"
    regions = places(page, '1 "by ann lee" byline', '1 "paris (5 may)" main')
    assert [region.kind for region, _ in regions] == ["byline", "main"]


def test_a_region_that_would_melt_into_the_next_keeps_apart_on_the_way_back() -> None:
    page = "<p>a<p>b<p>c"
    placed = places(page, "1 main name=x", "2 main name=y", "3 main copy_of=x")
    gold = Gold("x", "", regions=tuple(region for region, _ in placed), tokens=resolve(page, placed).tokens)
    assert all(one.kind == "main" for one in gold.regions)
    assert regions_of(page, parse(entries_of(gold))) == placed
    assert entries_of(gold) == "# page x\n1 main name=main-1\n2 main\n3 main copy_of=main-1\n"


def test_a_long_page_is_pointed_at_in_reasonable_time() -> None:
    page = "<body><p>a" + "<p>b c" * 300 + " <i>d</i> e" * 5_000
    begun = time.monotonic()
    placed = places(page, "1-200 main", "201-300 related", '301 "b c" main', f'301 "{"d e " * 5_000}" byline')
    assert [len(at) for _, at in placed] == [200, 100, 1, 1]
    assert time.monotonic() - begun < 10
