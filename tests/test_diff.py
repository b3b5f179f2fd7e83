from __future__ import annotations

import re
import time
import unicodedata
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from benchmark import diffsheet
from benchmark.corpora import seeds
from benchmark.diff import Diff, marked, stretches
from benchmark.diffsheet import render
from benchmark.errors import UsageError
from benchmark.records import Extraction, Gold, Region
from benchmark.regions import Selection, resolve, visible_text, visible_tokens
from benchmark.scorers import regions as scorer
from benchmark.text import decode, tokens

ROOT = Path(__file__).parents[1]
PAGES = {page.id: decode(page.html, page.charset) for page in seeds.pages(ROOT)}
GOLDS = {gold.page_id: gold for gold in seeds.golds(ROOT)}
HTML = st.lists(
    st.sampled_from(
        "<p> </p> <b> </b> <br> <td> <li> <pre> <img alt='x y'> one tWo-three 中文字 ’ Ｆ é\u0301 \n | 7".split(" ")
    )
)
STEERING = "\x00\x07\x08\x0d\x1b\x7f\x85\x9b\u200e\u202a\u202e\u2066\u2069\u2028"


def gold_of(html: str, *regions: tuple[str, str, int | None]) -> Gold:
    """A gold whose regions are given as kind, selector and the number of what they repeat."""
    found = resolve(html, [(Region(kind, copy_of=copy), [Selection(place)]) for kind, place, copy in regions])
    assert not found.problems
    kinds = tuple(Region(kind, copy_of=copy) for kind, _, copy in regions)
    return Gold("p", "", regions=kinds, tokens=found.tokens)


def answer(text: str | None = "", outcome: str = "ok", error: str | None = None) -> Extraction:
    return Extraction("p", "rival", "1.0", text, "text", outcome, error)


def fates(found: Diff) -> list[tuple[str, str, str]]:
    """Every stretch of the page: its words, its kind, what became of it."""
    parts = chain.from_iterable(map(stretches, found.lines))
    return [(part.text.strip(), part.kind, part.state) for part in parts]


def tally(found: Diff, state: str, kind: str = "") -> int:
    return sum(one.words for one in found.tallies if (one.state, one.kind) == (state, kind))


def shown(html: str, gold: Gold, text: str, *, colour: bool = False, width: int = 100) -> str:
    return render(marked(html, gold, text), answer(text), {}, colour=colour, width=width)


PAGE = (
    "<nav>Home News</nav><h1>Big day</h1><p>One two three four. Five six!</p><p>Seven eight</p>"
    "<footer>Legal stuff here</footer>"
)
GOLD = gold_of(
    PAGE,
    ("navigation", "nav", None),
    ("title", "h1", None),
    ("main", "p:nth-of-type(1)", None),
    ("main", "p:nth-of-type(2)", None),
    ("footer", "footer", None),
)


def test_each_word_is_marked_by_what_became_of_it() -> None:
    found = marked(PAGE, GOLD, "Home\nOne two three four.\nmade up\nseven eight\nSeven eight")
    assert fates(found) == [
        ("Home", "navigation", "leaked"),
        ("News", "navigation", "left out"),
        ("Big day", "title", "left out"),
        ("One two three four.", "main", "kept"),
        ("Five six!", "main", "lost"),
        ("Seven eight", "main", "repeated"),
        ("Legal stuff here", "footer", "left out"),
    ]
    (line,) = found.invented
    assert (line.number, line.text, list(line.states)) == (3, "made up", ["invented"] * 2)
    assert [(one.state, one.kind, one.words, one.of) for one in found.tallies] == [
        ("lost", "main", 2, 8),
        ("repeated", "main", 2, 11),
        ("invented", "", 2, 11),
        ("leaked", "navigation", 1, 2),
    ]


def test_the_plain_rendering_shows_all_of_it_with_marks() -> None:
    text = "Home\nOne two three four.\nmade up\nseven eight\nSeven eight"
    page = render(marked(PAGE, GOLD, text), answer(text), {"article.f1": 2 / 3, "x": None}, colour=False, width=80)
    assert page.splitlines() == [
        "page p · rival 1.0 · ok",
        "article.f1 0.667 · x undefined",
        "",
        "        2  lost      main           25% of the page's 8; paragraph 2",
        "        2  repeated  main           18% of the answer",
        "        2  invented                 18% of the answer",
        "        1  leaked    navigation     50% of the page's 2",
        "",
        "marks: [-lost-]  {+leaked+}  {=printed again=}  {?invented: nowhere on the",
        "page?}  (.left out.)",
        "",
        "        1 navigation     {+Home+} (.News.)",
        "        2 title          … 2 words left out: Big day",
        "        3 main           One two three four. [-Five six!-]",
        "        4 main           {=Seven eight=}",
        "        5 footer         … 3 words left out: Legal stuff here",
        "",
        "lines of the answer that hold invented words:",
        "        3 answer         {?made up?}",
    ]


def test_a_word_that_fits_two_kinds_is_doubtful() -> None:
    html = "<h1>Alpha beta gamma</h1><nav>Alpha beta gamma</nav><p>One two three</p>"
    gold = gold_of(html, ("title", "h1", None), ("navigation", "nav", None), ("main", "p", None))
    found = marked(html, gold, "Alpha beta gamma")
    assert [state for _, _, state in fates(found)].count("doubtful") == 1
    assert tally(found, "doubtful") == 3


def test_optional_text_in_the_answer_is_kept_and_no_fault() -> None:
    found = marked(PAGE, GOLD, "Big day One two three four. Five six! Seven eight")
    assert ("Big day", "title", "kept") in fates(found)
    assert found.tallies == ()
    assert "nothing lost, leaked, printed again or invented" in shown(
        PAGE, GOLD, "Big day One two three four. Five six! Seven eight"
    )


COPIES = "<p>One two three four five six</p><div>One two three four five six</div>"


@pytest.mark.parametrize("times", [1, 2, 3])
def test_either_copy_of_the_body_is_enough_and_any_more_is_repeated(times: int) -> None:
    gold = gold_of(COPIES, ("main", "p", None), ("main", "div", 0))
    found = marked(COPIES, gold, "\n".join(["One two three four five six"] * times))
    assert tally(found, "lost", "main") == 0
    assert tally(found, "repeated", "main") == 6 * (times - 1)
    states = {state for _, _, state in fates(found)}
    assert states == {"kept", "left out" if times == 1 else "repeated"}


def test_words_joined_or_split_once_are_no_repetition() -> None:
    found = marked(PAGE, GOLD, "One twothree fo ur. Five six! Seven eight")
    assert found.tallies == ()


def test_body_text_out_of_order_is_counted() -> None:
    found = marked(PAGE, GOLD, "Seven eight\nOne two three four. Five six!")
    assert [(one.state, one.words) for one in found.tallies] == [("moved", 2)]


def test_a_page_of_which_only_the_body_is_known_is_main_optional_and_other() -> None:
    gold = Gold("p", "Big day\nOne two three four. Five six!\nSeven eight\nnowhere", optional=(0,))
    found = marked(PAGE, gold, "News One two three four. Five six!")
    assert fates(found) == [
        ("Home", "other", "left out"),
        ("News", "other", "leaked"),
        ("Big day", "optional", "left out"),
        ("One two three four. Five six!", "main", "kept"),
        ("Seven eight", "main", "lost"),
        ("Legal stuff here", "other", "left out"),
    ]
    assert found.astray == 1
    assert "1 word of the gold's body not on the page, so that nobody can keep it" in shown(PAGE, gold, "")


@pytest.mark.parametrize(
    ("line", "lost", "parts"),
    [
        ("well-known facts matter", "facts matter", [("well-known ", "lost"), ("facts matter", "kept")]),
        ("well-known facts matter", "known facts matter", [("well-", "lost"), ("known facts matter", "kept")]),
        ("« Faye’s » — and so on", "and so on", [("« Faye’s » — ", "lost"), ("and so on", "kept")]),
        ("「中文」，很好，再见吧", "很好再见吧", [("「中文」，", "lost"), ("很好，再见吧", "kept")]),
        ("สวัสดีครับ ก", "ครับก", [("สวัสดี", "lost"), ("ครับ ก", "kept")]),
        (
            "a\u200db-ÉCOLE\u0301 ﬁn du jour",
            "ÉCOLE\u0301 fin du jour",
            [("a\u200db-", "lost"), ("ÉCOLE\u0301 ﬁn du jour", "kept")],
        ),
    ],
)
def test_printed_words_are_cut_where_their_tokens_are(line: str, lost: str, parts: list[tuple[str, str]]) -> None:
    html = f"<p>{line}</p>"
    found = marked(html, gold_of(html, ("main", "p", None)), lost)
    assert [(part.text, part.state) for part in stretches(found.lines[0])] == parts


@given(HTML, HTML)
def test_lines_are_those_of_the_page_whatever_is_in_it(parts: list[str], said: list[str]) -> None:
    html = "".join(parts)
    found = marked(html, Gold("p", "one"), " ".join(said))
    expected = visible_tokens(html)
    assert [word for line in found.lines for word in tokens(line.text)] == [token.text for token in expected]
    assert [line.number - 1 for line in found.lines for _ in line.kinds] == [token.line for token in expected]
    for line in found.lines:
        cut = list(stretches(line))
        assert "".join(part.text for part in cut) == line.text
        assert [(part.kind, part.state) for part in cut for _ in range(part.words)] == list(
            zip(line.kinds, line.states, strict=True)
        )


@given(st.data())
def test_counts_are_those_of_the_scorer(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(PAGES)))
    lines = [line for line in visible_text(PAGES[name]).split("\n") if line.strip()]
    chosen = data.draw(st.lists(st.sampled_from([*lines, "xyzzy plugh"]), max_size=60))
    text = "\n".join(chosen)
    found, values = marked(PAGES[name], GOLDS[name], text), scorer.against(GOLDS[name])(text)
    regions = GOLDS[name].regions
    sizes = Counter(
        regions[token.region].kind
        for token in GOLDS[name].tokens
        if regions[token.region].kind != "main" or regions[token.region].copy_of is None
    )
    for kind in scorer.BOILERPLATE:
        assert tally(found, "leaked", kind) == pytest.approx((values[f"regions.leaked.{kind}"] or 0) * sizes[kind])
    assert tally(found, "lost", "main") == pytest.approx((values["regions.lost.main"] or 0) * sizes["main"])
    size = len(tokens(text))
    for kind in scorer.REPEATED:
        assert tally(found, "repeated", kind) == pytest.approx((values[f"regions.repeated.{kind}"] or 0) * size)
    assert tally(found, "invented") == pytest.approx((values["regions.invented"] or 0) * size)
    assert tally(found, "doubtful") == pytest.approx((values["regions.doubtful"] or 0) * size)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_all_visible_text_loses_nothing_and_silence_leaks_nothing(name: str) -> None:
    everything = marked(PAGES[name], GOLDS[name], visible_text(PAGES[name]))
    assert not {"lost", "left out", "invented"} & {state for line in everything.lines for state in line.states}
    silence = marked(PAGES[name], GOLDS[name], "")
    assert [(one.state, one.kind) for one in silence.tallies] == [("lost", "main")]
    assert silence.tallies[0].words == silence.tallies[0].of == sum(silence.tallies[0].blocks.values())


def test_the_worst_comes_first() -> None:
    found = marked(PAGES["003"], GOLDS["003"], "\n".join([visible_text(PAGES["003"]), "xyzzy"]))
    assert len(found.tallies) > 3
    assert all(one.words >= other.words for one, other in pairwise(found.tallies))


@pytest.mark.parametrize("page", ["", "<frameset><frame>", "<!-- nothing -->", "<p> — </p>"])
def test_a_page_without_words_has_no_lines_and_all_said_is_invented(page: str) -> None:
    found = marked(page, Gold("p", ""), "some words")
    assert found.lines == ()
    assert tally(found, "invented") == 2
    assert "{?some words?}" in shown(page, Gold("p", ""), "some words")


def test_a_gold_of_another_page_is_refused_by_name_and_place() -> None:
    with pytest.raises(UsageError, match=r"page p reads 'two' where its gold has 'news'.*lint"):
        marked(PAGE.replace("News", "two"), GOLD, "")
    with pytest.raises(UsageError, match=r"page p reads 'more' where its gold has None"):
        marked(PAGE + "<p>more", GOLD, "")


def test_a_failure_says_how_it_ended() -> None:
    page = render(marked(PAGE, GOLD, ""), answer(None, "crash", "killed\nby 9"), {}, colour=False, width=80)
    assert page.startswith("page p · rival 1.0 · crash · killed␊by 9\n")


def without_styles(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@given(
    st.lists(st.sampled_from([*STEERING, "\x1b[2J", "\x1b]0;t\x07", "a b c", "x", " ", "\ud800", "[red]", ":smile:"])),
    st.booleans(),
)
def test_no_page_answer_or_error_steers_the_terminal(parts: list[str], colour: bool) -> None:
    said = "".join(parts)
    found = marked(f"<p>{said}</p><p>one two", Gold("p", "one two"), f"{said} three")
    page = without_styles(render(found, answer(said, "error", said), {}, colour=colour, width=80))
    assert {unicodedata.category(sign) for sign in page if sign != "\n"} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()


def test_what_steers_is_spelt_out_and_what_shapes_words_stays() -> None:
    html = "<p>go\x1b[2J \u202eevil\u202c می\u200cخواهم 👩\u200d🚀 x"
    page = shown(html, Gold("p", ""), "")
    assert "go␛[2J ⟨U+202E⟩evil⟨U+202C⟩ می\u200cخواهم 👩\u200d🚀 x" in page


def test_colours_say_the_same_as_marks() -> None:
    text = "Home\nOne two three four.\nmade up\nseven eight\nSeven eight"
    plain = shown(PAGE, GOLD, text)
    for before, behind in diffsheet.MARKS.values():
        plain = plain.replace(before, "").replace(behind, "")
    coloured = shown(PAGE, GOLD, text, colour=True)
    assert "\x1b[" in coloured
    assert without_styles(coloured).split() == plain.split()
    assert "\x1b" not in plain


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("text", ["word " * 300, "長い文章" * 200, "Supercalifragilistic" * 40])
def test_no_line_is_wider_than_asked(width: int, text: str) -> None:
    html = f"<p>{text}</p><p>other words here</p>"
    gold = gold_of(html, ("main", "p:nth-of-type(1)", None), ("footer", "p:nth-of-type(2)", None))
    for said in ("", text):
        assert max(map(cell_len, shown(html, gold, said, width=width).splitlines())) <= width


def test_long_stretches_are_folded_and_counted() -> None:
    html = "".join(f"<li>menu entry {number}</li>" for number in range(50)) + "".join(
        f"<p>paragraph number {number}</p>" for number in range(50)
    )
    gold = Gold("p", "\n".join(f"paragraph number {number}" for number in range(50)))
    kept = shown(html, gold, gold.body)
    assert "1-50 other          … 150 words left out: menu entry 0" in kept
    assert "52-99 main           … 144 words kept" in kept
    lost = shown(html, gold, "")
    assert lost.count("[-paragraph") == 4
    assert "54-99 main           … 138 words lost" in lost


def test_of_a_huge_page_the_beginning_is_shown_and_the_rest_counted() -> None:
    lines = [f"line {number} holds words" for number in range(20_000)]
    html = "".join(f"<p>{line}</p>" for line in lines) + "<p>" + " ".join(lines)
    begun = time.perf_counter()
    page = shown(html, Gold("p", "\n".join(lines)), "\n".join(line.replace("holds", "") for line in lines))
    assert time.perf_counter() - begun < 30
    assert len(page.splitlines()) < diffsheet.ROWS + 50
    assert re.search(r"… lines \d+ to 20001 are not shown; words in them: [\d,]+ kept, [\d,]+ lost", page)


def test_a_line_that_changes_all_the_time_is_cut() -> None:
    html = "<p>" + " ".join(f"odd{number} even{number}" for number in range(30_000))
    page = shown(html, gold_of(html, ("main", "p", None)), " ".join(f"odd{number}" for number in range(30_000)))
    assert f"… {60_000 - diffsheet.PARTS:,} words more in this line" in " ".join(page.split())
    assert len(page) < 20_000
