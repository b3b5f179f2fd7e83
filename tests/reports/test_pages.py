from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmark.records import (
    EDITION,
    FORMAT,
    AnswerLine,
    Manifest,
    Metric,
    PageAnswer,
    PageEntry,
    PageLine,
    PageView,
    Passage,
    Results,
    Tally,
)
from benchmark.regions import KINDS
from benchmark.reports import _pages as report

MANIFEST = Manifest("r", FORMAT, EDITION, "0.1.0", None, "2026-01-01T00:00:00Z", 0, {}, {}, "none", {}, {}, {})
NAMES = (
    st.text(max_size=12)
    | st.text("aA._-/\\:%Ä\u0000\ud800", max_size=8)
    | st.sampled_from(["con", "NUL.txt", "..", ""])
)
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<!-- <script>",
    '"><img src=x onerror=alert(3)>',
    "javascript:alert(4)",
    "\u202egnp.exe\u2066",
    "a\u0000b",
    "\ud800",
    "]]>{{ 7*7 }}{% raw %}&lt;&#x3c;",
)


def answer(adapter: str = "a", states: tuple[tuple[str, int], ...] = (("leaked", 1), ("kept", 1))) -> PageAnswer:
    tallies = (Tally("leaked", "player", 3, 4, {}), Tally("lost", "main", 1, 2, {"list": 1}))
    return PageAnswer(adapter, "1.0", "ok", None, 5, states, tallies, (AnswerLine(2, (("new", "invented"),)),))


def view(page_id: str = "p", text: str = "play it", *, answers: tuple[PageAnswer, ...] = (answer(),)) -> PageView:
    lines = (PageLine(1, (Passage(text, "player", 2),)), PageLine(2, (Passage("the body", "main", 2),)))
    return PageView("c", page_id, None, lines, {"player": "boilerplate", "main": "main"}, answers)


def entry(page_id: str = "p", disagreement: float = 0.1, **values: float) -> PageEntry:
    return PageEntry("c", page_id, {}, {"m.f1": values or {"a": 0.5}}, {}, "m.f1", disagreement, "a", viewed=True)


def rendered(*views: PageView, entries: tuple[PageEntry, ...] = ()) -> dict[str, str]:
    results = Results(
        MANIFEST, (), (), (), {}, entries=entries or tuple(entry(one.page_id) for one in views), views=views
    )
    return {name: content.decode() for name, content in report.render_pages(results)}


def only(*views: PageView, entries: tuple[PageEntry, ...] = ()) -> LexborHTMLParser:
    (page,) = rendered(*views, entries=entries).values()
    return LexborHTMLParser(page)


def first(page: LexborHTMLParser, selector: str) -> LexborNode:
    found = page.css_first(selector)
    assert found is not None
    return found


def answers_in(page: LexborHTMLParser) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(first(page, "#answers").text())
    return found


@given(NAMES, NAMES)
def test_two_names_never_share_a_file_even_where_case_is_folded(one: str, other: str) -> None:
    files = [report.file_name(name).casefold() for name in (one, other)]

    assert (files[0] == files[1]) == (one == other)


@given(st.text(max_size=300))
def test_a_files_name_is_plain_short_and_stays_in_its_folder(name: str) -> None:
    file = report.file_name(name)

    assert re.fullmatch(r"[a-z0-9_-][a-z0-9._-]*", file)
    assert len(file) <= report.LONGEST_NAME
    assert file.partition(".")[0] not in report.RESERVED


def test_long_names_that_differ_at_the_end_have_different_files() -> None:
    names = ["x" * 5000 + end for end in "abc"]

    assert len({report.file_name(name) for name in names}) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_wherever_it_stands(text: str) -> None:
    hostile = replace(
        answer(text),
        version=text,
        error=text,
        invented=(AnswerLine(1, ((text, "invented"),)),),
        tallies=(Tally("lost", "main", 1, 2, {text: 1}),),
    )
    page_entry = replace(entry(text), attributes={text: text, "site": text}, values={text: {text: 0.5}}, worst=text)
    plain = only(
        view("p", "x", answers=(answer(),)), entries=(replace(entry("p"), attributes={"k": "v", "site": "s"}),)
    )

    page = only(replace(view(text, text, answers=(hostile,)), url=text, note=text), entries=(page_entry,))

    tags = [node.tag for node in page.css("*")]
    assert tags.count("script") == 2
    assert set(tags) == {node.tag for node in plain.css("*")}
    assert not [name for node in page.css("*") for name in node.attributes if name.startswith("on")]
    links = [str(node.attributes["href"]) for node in page.css("[href]")]
    assert all(link.startswith(("#", "../../")) for link in links)
    assert "\u202e" not in str(page.html)


def test_only_our_own_style_and_script_take_effect_and_nothing_is_loaded() -> None:
    page = only(view())
    policy = str(first(page, "meta[http-equiv='Content-Security-Policy']").attributes["content"])

    own = [page.css("style"), page.css("script:not([type='application/json'])")]
    for name, nodes in zip(("style-src", "script-src"), own, strict=True):
        sums = [base64.b64encode(hashlib.sha256(node.text().encode()).digest()).decode() for node in nodes]
        directive = f"{name} " + " ".join(f"'sha256-{one}'" for one in sums)
        assert directive in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not page.css("[src], link, iframe, object, [style]")


def test_the_pages_text_stands_in_the_page_once_whatever_the_number_of_answers() -> None:
    one = rendered(view(text="unheard-of words"))["pages/c/p.html"]
    many = rendered(view(text="unheard-of words", answers=tuple(answer(f"a{n}") for n in range(40))))["pages/c/p.html"]

    assert one.count("unheard-of words") == many.count("unheard-of words") == 1


@given(st.lists(st.sampled_from(list(report.LETTERS)), max_size=30))
def test_states_are_read_back_from_their_compact_form(states: list[str]) -> None:
    runs = tuple((state, len(list(group))) for state, group in groupby(states))
    lines = tuple(PageLine(number + 1, (Passage("x", "main", 1),)) for number in range(len(states)))

    page = only(replace(view(answers=(answer(states=runs),)), lines=lines))

    compact = str(answers_in(page)[0]["states"])
    names = {letter: state for state, letter in report.LETTERS.items()}
    found = [names[letter] for letter, count in re.findall(r"([a-z])(\d*)", compact) for _ in range(int(count or 1))]
    assert found == states
    assert len(page.css("#lines li p span")) == len(states)


def test_the_page_can_be_read_without_scripts() -> None:
    page = only(view())

    assert [node.text() for node in page.css("#lines li p")] == ["play it", "the body"]
    assert [node.text() for node in page.css("#lines li b")] == ["1 player", "2 main"]
    row = first(page, "#table tbody tr")
    assert [cell.text().strip() for cell in row.css("td")] == ["ok", "0.500", "1", "3", "3", "0", "0", "0"]


def test_every_kind_has_an_edge_of_its_own_style_sheet() -> None:
    for kind in [*KINDS, "optional", "other"]:
        lines = (PageLine(1, (Passage("x", kind, 1),)),)
        role = KINDS[kind].role if kind in KINDS else "optional" if kind == "optional" else "boilerplate"
        page = only(replace(view(answers=(answer(states=(("kept", 1),)),)), lines=lines, roles={kind: role}))

        item = first(page, "#lines li")
        name = str(item.attributes["class"])
        assert name in {f"k-{role}", f"k-{kind}"}
        assert f".{name} {{" in "".join(sheet.text() for sheet in page.css("style"))


def test_pages_are_linked_in_the_order_of_disagreement() -> None:
    views = [view("calm"), view("contested"), view("between")]
    entries = (entry("contested", 0.3), entry("between", 0.2), entry("calm", 0.1))

    pages = {name: LexborHTMLParser(page) for name, page in rendered(*views, entries=entries).items()}

    links = {name: [str(node.attributes["href"]) for node in page.css("nav a")] for name, page in pages.items()}
    index = f"../../{report.INDEX}"
    assert links == {
        "pages/c/contested.html": [index, "between.html"],
        "pages/c/between.html": [index, "contested.html", "calm.html"],
        "pages/c/calm.html": [index, "between.html"],
    }


def test_the_worst_extractor_is_shown_first_and_the_best_heads_the_table() -> None:
    answers = (answer("a"), answer("b"), answer("c"))
    page = only(view(answers=answers), entries=(entry("p", a=0.1, b=0.9, c=0.5),))

    assert [node.attributes["data-name"] for node in page.css("#table tbody tr")] == ["b", "c", "a"]
    assert [node.text() for node in page.css("option[selected]")] == ["a"]


def test_where_less_is_better_the_least_heads_the_table_and_who_has_no_value_ends_it() -> None:
    answers = (answer("a"), answer("b"), answer("none"), answer("c"))
    lower = Metric("m.f1", "Errors.", "lower")
    made = view(answers=answers)
    results = Results(MANIFEST, (lower,), (), (), {}, entries=(entry("p", a=0.1, b=0.9, c=0.5),), views=(made,))

    ((_, content),) = report.render_pages(results)

    rows = LexborHTMLParser(content).css("#table tbody tr")
    assert [node.attributes["data-name"] for node in rows] == ["a", "c", "b", "none"]


def test_a_page_that_cannot_be_marked_says_why() -> None:
    page = only(PageView("c", "p", None, (), {}, (), note="the page is gone"))

    assert "the page is gone" in first(page, ".note").text()
    assert not page.css("table, select")
