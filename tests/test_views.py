from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import pstdev

import pytest
from conftest import ECHO, Boilerbench, command_in, write_pairs
from hypothesis import given
from hypothesis import strategies as st

from benchmark import pipeline, views
from benchmark.diff import marked, stretches
from benchmark.plan import find_corpus
from benchmark.records import Extraction, Gold, Metric, Page, PageAnswer, PageEntry, PageView
from benchmark.store import Run
from benchmark.text import decode

SILENT = "def extract(page): return ''"
WHOLE = "def extract(page): return page.text.replace('<p>', ' ')"
FALLS = "def extract(page): raise ValueError('<b>no</b>')"


def answer(adapter: str, text: str | None, outcome: str = "ok") -> Extraction:
    return Extraction("p", adapter, "1", text, "text", outcome)


def painted(view: PageView, one: PageAnswer) -> list[list[tuple[str, str, str, int]]]:
    """The stretches of each line under one answer, put together from its passages."""
    states = (state for state, count in one.states for _ in range(count))
    lines = []
    for line in view.lines:
        row: list[tuple[str, str, str, int]] = []
        for passage in line.passages:
            state = next(states)
            if row and row[-1][1:3] == (passage.kind, state):
                row[-1] = (row[-1][0] + passage.text, passage.kind, state, row[-1][3] + passage.words)
            else:
                row.append((passage.text, passage.kind, state, passage.words))
        lines.append(row)
    assert next(states, None) is None
    return lines


def assert_as_diff(page: Page, gold: Gold, texts: Sequence[str]) -> None:
    view = views.view(page, gold, [answer(f"a{number}", text) for number, text in enumerate(texts)])
    for text, one in zip(texts, view.answers, strict=True):
        diff = marked(decode(page.html, page.charset), gold, text)
        expected = [[(part.text, part.kind, part.state, part.words) for part in stretches(line)] for line in diff.lines]
        assert painted(view, one) == expected
        assert one.tallies == diff.tallies


def test_a_view_of_many_answers_says_of_each_what_the_diff_says() -> None:
    corpus = find_corpus("seeds", None)
    for page, gold in zip(corpus.reader().pages(corpus.folder), corpus.golds(), strict=True):
        words = gold.body.split()
        texts = ["", gold.body, decode(page.html), " ".join(words[::2]), " ".join(reversed(words)), "elsewhere 不 " * 9]
        assert_as_diff(page, gold, texts)


@given(
    st.lists(st.text("ab 中文\u0301\u00a0\u202e<>&-", max_size=12), max_size=6),
    st.lists(st.text("ab 中文\u0301\n-", max_size=20), min_size=1, max_size=4),
    st.text("ab 中文\n", max_size=12),
)
def test_a_view_of_any_page_says_what_the_diff_says(lines: list[str], texts: list[str], body: str) -> None:
    html = "<body>" + "".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in lines)
    assert_as_diff(Page("p", "c", html.encode()), Gold("p", body), texts)


def test_a_page_that_is_not_what_the_gold_was_made_for_says_so() -> None:
    corpus = find_corpus("seeds", None)
    page = next(iter(corpus.reader().pages(corpus.folder)))
    gold = next(iter(corpus.golds()))

    view = views.view(replace(page, html=b"<p>another page"), gold, [answer("a", "text")])

    assert not view.lines
    assert "lint" in view.note


def entry(corpus: str, page_id: str, disagreement: float = 0.0, **leaked: float) -> PageEntry:
    return PageEntry(corpus, page_id, {}, {"r.leaked.player": leaked}, {}, "f", disagreement, None)


@pytest.mark.parametrize("limit", [0, 1, 3, 5, None])
def test_no_more_pages_are_viewed_than_asked_for(limit: int | None) -> None:
    found = [entry(corpus, str(page)) for corpus in "ab" for page in range(5)]

    chosen = views.chosen(found, (), limit)

    assert sum(one.viewed for one in chosen) == (10 if limit is None else limit)
    assert [replace(one, viewed=False) for one in chosen] == found


def test_corpora_share_the_views_and_those_without_texts_have_none() -> None:
    found = [
        entry(corpus, str(page))
        for corpus in ("much", "little", "gone")
        for page in range(9 if corpus != "little" else 2)
    ]

    chosen = [one.corpus for one in views.chosen(found, ["gone"], 8) if one.viewed]

    assert {name: chosen.count(name) for name in set(chosen)} == {"much": 6, "little": 2}


def test_the_most_contested_page_and_the_one_that_leaks_most_players_come_first() -> None:
    found = [
        entry("c", "contested", 0.4),
        *(entry("c", f"calm{n}", 0.1) for n in range(5)),
        entry("c", "loud", 0.0, a=0.9, b=0.7),
    ]

    assert {one.page_id for one in views.chosen(found, (), 2) if one.viewed} == {"contested", "loud"}


def test_a_page_that_all_fail_on_is_worth_a_look_as_one_with_a_small_value_is() -> None:
    """A failure has the value 0 of every quality: the worst there is, not none."""
    values = [{"f": {"a": 0.5, "b": 0.5}}] * 3 + [{"f": {"a": 0.0, "b": 0.0}}]
    found = [replace(entry("c", str(number)), values=one) for number, one in enumerate(values)]

    assert {one.page_id for one in views.chosen(found, (), 2) if one.viewed} == {"0", "3"}


def test_the_worst_page_by_a_measure_that_is_better_when_lower_has_the_highest_value() -> None:
    values = [{"f": {"a": 0.2}}] * 3 + [{"f": {"a": 0.1}}, {"f": {"a": 0.9}}]
    found = [replace(entry("c", str(number)), values=one) for number, one in enumerate(values)]
    lower = Metric("f", "Errors.", "lower")

    chosen = views.chosen(found, (), 2, metrics=[lower])

    assert {one.page_id for one in chosen if one.viewed} == {"0", "4"}


def test_the_page_that_a_verdict_names_has_a_view_before_those_that_are_worst_for_most() -> None:
    """The extractor that loses least is worst on a page of its own; a converter that loses less leads nothing."""
    lost = Metric("r.lost.main", "Share lost.", "lower", headline=True, group="loss")
    values = [
        {"f": {"a": 0.9, "b": 0.9, "floor": 0.9}, "r.lost.main": {"a": 0.0, "b": 0.0, "floor": 0.0}},
        {"f": {"a": 0.1, "b": 0.1, "floor": 0.1}, "r.lost.main": {"a": 0.0, "b": 0.9, "floor": 0.0}},
        {"f": {"a": 0.9, "b": 0.9, "floor": 0.9}, "r.lost.main": {"a": 0.2, "b": 0.0, "floor": 0.0}},
        {"f": {"a": 0.9, "b": 0.9, "floor": 0.9}, "r.lost.main": {"a": 0.0, "b": 0.0, "floor": 0.1}},
    ]
    found = [replace(entry("c", str(number)), values=one) for number, one in enumerate(values)]

    chosen = views.chosen(found, (), 2, metrics=[lost], apart={"floor"})

    assert {one.page_id for one in chosen if one.viewed} == {"0", "2"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of four adapters, of which one always falls, over five pages."""
    folder = tmp_path_factory.mktemp("views")
    pages = {f"p{number}": b"<html><body>menu of the site<p>" + b"word " * (number + 1) for number in range(5)}
    write_pairs(folder / "pairs", pages)
    for name, source in {"echo": ECHO, "silent": SILENT, "whole": WHOLE, "falls": FALLS}.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    adapters = [part for name in ("echo", "silent", "whole", "falls") for part in ("--adapter", f"./{name}.py")]
    done = command_in(folder)("run", "--corpus", "pairs", *adapters, "--speed-seconds", "0", "--out", "out")
    assert done.status == 3, done.err  # falls fails on every page
    return Run.open(folder / "out")


def test_the_index_of_pages_tells_how_far_extractors_are_apart(run: Run) -> None:
    entries = views.entries(run)

    assert {one.page_id for one in entries} == {f"p{number}" for number in range(5)}
    assert [one.disagreement for one in entries] == sorted((one.disagreement or 0 for one in entries), reverse=True)
    for one in entries:
        assert one.measure is not None
        values = [value for value in one.values[one.measure].values() if value is not None]
        assert len(values) == 4
        assert one.disagreement == pytest.approx(pstdev(values))
        assert one.values[one.measure][str(one.worst)] == min(values)
        assert {Path(name).stem: outcome for name, outcome in one.outcomes.items()} == {
            "silent": "empty",
            "falls": "error",
        }


def test_every_page_has_a_view_with_every_answer_when_all_are_wanted(run: Run) -> None:
    found = pipeline.results(run, None)

    seen = list(found.views)
    assert [view.page_id for view in seen] == [f"p{number}" for number in range(5)]
    assert {len(view.answers) for view in seen} == {4}
    assert {one.outcome for one in seen[0].answers} == {"ok", "empty", "error"}
    assert found.unviewed == {}


def test_a_page_that_changed_or_went_says_so_and_hides_no_other(run: Run, tmp_path: Path) -> None:
    corpus = run.folder.parent / "pairs"
    spare = tmp_path / "spare"
    shutil.copytree(corpus, spare)
    try:
        (corpus / "p1.html").unlink()
        (corpus / "p1.txt").unlink()
        (corpus / "p2.html").write_bytes(b"<p>changed")

        notes = {view.page_id: view.note for view in pipeline.results(run, None).views}
    finally:
        shutil.rmtree(corpus)
        shutil.copytree(spare, corpus)

    assert {name for name, note in notes.items() if note} == {"p1", "p2"}
    assert set(notes) == {f"p{number}" for number in range(5)}


def test_a_published_run_has_an_index_but_no_views_and_says_why(run: Run, tmp_path: Path) -> None:
    run.publish(tmp_path / "published")

    found = pipeline.results(Run.open(tmp_path / "published"))

    assert len(found.entries) == 5
    assert not any(one.viewed for one in found.entries)
    assert list(found.views) == []
    assert set(found.unviewed) == {"pairs"}
    assert "published without texts" in found.unviewed["pairs"]


def test_a_corpus_that_is_gone_has_no_views_and_says_why(run: Run) -> None:
    corpus = run.folder.parent / "pairs"
    corpus.rename(corpus.with_name("elsewhere"))
    try:
        found = pipeline.results(run)
    finally:
        corpus.with_name("elsewhere").rename(corpus)

    assert list(found.views) == []
    assert "not on this disk" in found.unviewed["pairs"]


def test_the_number_of_views_is_a_number_or_all(boilerbench: Boilerbench, run: Run) -> None:
    ended = boilerbench("report", str(run.folder), "--pages", "some")

    assert ended.status == 2
    assert "a number of 0 or more, or `all`" in ended.err
    assert boilerbench("report", str(run.folder), "--form", "csv", "--pages", "all").status == 0
