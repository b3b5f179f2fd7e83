"""Answers that are kept between runs: used again where nothing changed, made anew where anything did."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmark.cache import KEPT, Shelf, page_key
from benchmark.records import OUTCOMES, Extraction, Page

if TYPE_CHECKING:
    from conftest import Boilerbench, WriteCorpus

PAGE = Page("p1", "some", b"<p>text", "https://a.example/", "utf-8")
ROW = Extraction("p1", "rival", "1.0", "text \ud800 with half a pair", "text", "ok")


def kept(shelf: Shelf, page: Page = PAGE, adapter: str = "rival") -> Extraction | None:
    return shelf.find([(page_key(page), page)], adapter).get(page_key(page))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "kept", "rival-0123")
    shelf.keep([(page_key(PAGE), ROW)])
    return shelf


def test_an_answer_comes_back_as_it_was_under_the_name_and_page_at_hand(shelf: Shelf) -> None:
    assert kept(shelf) == ROW
    other = replace(PAGE, id="elsewhere", corpus="other", attributes={"site": "a.example"})
    assert kept(shelf, other, "rival@variant") == replace(ROW, page_id="elsewhere", adapter="rival@variant")


@pytest.mark.parametrize("changed", [{"html": b"<p>texT"}, {"url": None}, {"charset": "latin-1"}])
def test_all_that_a_worker_is_told_of_a_page_is_part_of_the_key(shelf: Shelf, changed: dict[str, bytes]) -> None:
    assert kept(shelf, replace(PAGE, **changed)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_may_be_the_machines_doing_is_not_kept(tmp_path: Path, outcome: str) -> None:
    shelf = Shelf(tmp_path, "rival")
    shelf.keep([(page_key(PAGE), replace(ROW, outcome=outcome))])
    assert (kept(shelf) is not None) == (outcome in ("ok", "empty", "error")) == (outcome in KEPT)


def test_a_damaged_entry_is_as_good_as_none_and_others_stay(tmp_path: Path, shelf: Shelf) -> None:
    other = replace(PAGE, id="p2", html=b"<p>more")
    shelf.keep([(page_key(other), replace(ROW, page_id="p2"))])
    with sqlite3.connect(tmp_path / "kept" / "rival-0123.sqlite") as table:
        table.execute("UPDATE answers SET row = replace(row, 'half', 'HALF') WHERE page = ?", (page_key(PAGE),))
    assert kept(shelf) is None
    assert kept(shelf, other) is not None
    shelf.keep([(page_key(PAGE), ROW)])
    assert kept(shelf) == ROW


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_a_file_that_is_no_database_is_made_anew(tmp_path: Path, shelf: Shelf, content: bytes) -> None:
    (tmp_path / "kept" / "rival-0123.sqlite").write_bytes(content)
    assert kept(shelf) is None
    shelf.keep([(page_key(PAGE), ROW)])
    assert kept(shelf) == ROW


def test_where_nothing_can_be_written_nothing_is_kept_and_nobody_stops(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    shelf = Shelf(tmp_path / "file", "rival")
    shelf.keep([(page_key(PAGE), ROW)])
    assert kept(shelf) is None


def calls(folder: Path, adapter: str) -> int:
    """How many pages of a run were really given to a worker: only those have costs."""
    files = (folder / "extractions" / adapter).glob("*.costs.jsonl")
    return sum(file.read_text().count('"cost.wall_ns"') for file in files)


def test_a_second_run_gives_nothing_to_workers_and_the_same_answers(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    write_corpus("pages", 3)
    run = ("extract", "--corpus", "./pages", "--adapter", "nothing")
    for out, options, given in (("one", (), 3), ("two", (), 0), ("three", ("--no-cache",), 3)):
        assert boilerbench(*run, *options, "--out", out).status == 0
        assert calls(tmp_path / out, "nothing") == given, out
    parts = [(tmp_path / out / "extractions/nothing/part-00000.jsonl").read_bytes() for out in ("one", "two", "three")]
    assert len(set(parts)) == 1
    (tmp_path / "pages" / "p001.html").write_bytes(b"<p>another page of text")
    assert boilerbench(*run, "--out", "four").status == 0
    assert calls(tmp_path / "four", "nothing") == 1


def test_pages_that_are_the_same_in_every_byte_share_an_answer_but_each_has_its_row(
    boilerbench: Boilerbench, tmp_path: Path
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("p1", "p2"):
        (folder / f"{name}.html").write_bytes(b"<p>one text")
        (folder / f"{name}.txt").write_bytes(b"one text")
    for out in ("one", "two"):
        boilerbench("extract", "--corpus", "./pages", "--adapter", "nothing", "--out", out)
    parts = [(tmp_path / out / "extractions/nothing/part-00000.jsonl").read_text() for out in ("one", "two")]
    assert parts[0] == parts[1]
    assert '"p1"' in parts[0]
    assert '"p2"' in parts[0]


def test_answers_of_the_users_own_files_and_programs_are_never_kept(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    write_corpus("pages", 2)
    (tmp_path / "mine.py").write_text("def extract(page): return 'x'", encoding="utf-8")
    for out in ("one", "two"):
        rivals = ("--adapter", "./mine.py", "--adapter", "cmd:cat")
        assert boilerbench("extract", "--corpus", "./pages", *rivals, "--out", out).status == 0
        assert [calls(tmp_path / out, name) for name in ("mine", "cmd%3Acat")] == [2, 2]


def test_two_pages_of_the_same_bytes_have_a_row_each_in_a_run_from_kept_answers(
    boilerbench: Boilerbench, write_corpus: WriteCorpus
) -> None:
    write_corpus("twins", {"a": b"<p>same", "b": b"<p>same", "c": b"<p>other"})
    for run in ("first", "second"):
        done = boilerbench(
            "run", "--corpus", "./twins", "--adapter", "everything", "--speed-seconds", "0", "--out", run
        )
        assert done.status == 0, done.err
