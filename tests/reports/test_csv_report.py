from __future__ import annotations

import csv
import io
from dataclasses import astuple, fields
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import EDITION, FORMAT, Comparison, Manifest, Results, Summary
from benchmark.reports import csv as report


def results(
    summaries: tuple[Summary, ...] = (),
    comparisons: tuple[Comparison, ...] = (),
    outcomes: dict[str, dict[str, dict[str, int]]] | None = None,
) -> Results:
    manifest = Manifest("r", FORMAT, EDITION, "0.1.0", None, "2026-01-01T00:00:00Z", 0, {}, {}, "none", {}, {}, {})
    return Results(manifest, (), summaries, comparisons, outcomes or {})


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


def typed(cell: str, hint: Any) -> object:
    kinds = set(get_args(hint)) or {hint}
    if NoneType in kinds and not cell:
        return None
    if bool in kinds:
        return {"true": True, "false": False}[cell]
    if kinds & {int, float}:
        return (int if int in kinds else float)(cell)
    return report.unguard(cell)


def read_back(content: bytes, record: type[Summary | Comparison]) -> list[tuple[object, ...]]:
    header, *rows = read(content)
    hints = get_type_hints(record)
    assert header == [field.name for field in fields(record)]
    return [tuple(typed(cell, hints[name]) for cell, name in zip(row, header, strict=True)) for row in rows]


@given(st.lists(st.from_type(Summary), max_size=3), st.lists(st.from_type(Comparison), max_size=3))
def test_every_field_of_every_row_reads_back_exactly(summaries: list[Summary], comparisons: list[Comparison]) -> None:
    files = report.render(results(tuple(summaries), tuple(comparisons)))

    assert repr(read_back(files["summary.csv"], Summary)) == repr([astuple(row) for row in summaries])
    assert repr(read_back(files["comparisons.csv"], Comparison)) == repr([astuple(row) for row in comparisons])


@given(st.text(alphabet="'=+-@\t\r\n a＝", max_size=5))
def test_a_guarded_text_is_no_formula_and_can_be_recovered(text: str) -> None:
    assert not report.guard(text).lstrip(" ").startswith(tuple("=+-@＝\t\r\n"))
    assert report.unguard(report.guard(text)) == text


@pytest.mark.parametrize("name", ['=HYPERLINK("https://x","y")', "+1", "-x", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_a_hostile_adapter_name_is_one_cell_of_plain_text(name: str) -> None:
    files = report.render(results((Summary("c", "all", name, "m", 1, 0, 0, 1, 0.5),)))

    row = read(files["summary.csv"])[1]
    assert row[:4] == ["c", "all", "'" + name, "m"]


@pytest.mark.parametrize("name", ["trafilatura@aeb==2.0.0", "readability-lxml", "site=example.org", "'quoted'", ""])
def test_an_ordinary_name_is_written_as_it_is(name: str) -> None:
    assert report.guard(name) == name


def test_a_negative_number_is_not_guarded() -> None:
    files = report.render(results(comparisons=(Comparison("c", "m", "a", "b", 30, -0.1, None, False),)))

    assert read(files["comparisons.csv"])[1][:8] == ["c", "m", "a", "b", "30", "-0.1", "", "false"]


def test_outcomes_are_sorted_long_rows() -> None:
    files = report.render(results(outcomes={"c": {"b": {"ok": 3, "crash": 1}, "a": {"ok": 4}}}))

    assert read(files["outcomes.csv"])[1:] == [["c", "a", "ok", "4"], ["c", "b", "crash", "1"], ["c", "b", "ok", "3"]]


def test_lines_end_as_rfc_4180_says_and_an_empty_table_keeps_its_header() -> None:
    files = report.render(results())

    assert files["outcomes.csv"] == b"corpus,adapter,outcome,pages\r\n"
    assert all(content.count(b"\r\n") == 1 for content in files.values())


def test_a_name_that_has_no_utf8_form_does_not_stop_the_report() -> None:
    files = report.render(results(outcomes={"c": {"mi\udcffne": {"ok": 1}}}))

    assert b"mi\\udcffne" in files["outcomes.csv"]
