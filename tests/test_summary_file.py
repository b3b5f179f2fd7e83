"""Claims about `summary.json`: nothing is lost in it, and it stays short."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmark.errors import UsageError
from benchmark.records import Comparison, Summary
from benchmark.store import Run

NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
NAME = st.sampled_from(["a", "b@x", 'quoted "é" 汉'])
COUNT = st.integers(0, 10**9)
SUMMARY = st.builds(
    Summary, NAME, NAME, NAME, NAME, COUNT, COUNT, COUNT, COUNT, NUMBER, NUMBER, NUMBER, COUNT, COUNT, NUMBER
)
COMPARISON = st.builds(
    Comparison,
    *(NAME, NAME, NAME, NAME, COUNT, st.floats(-1, 1), NUMBER, st.none() | st.booleans()),
    delta=NUMBER,
    equivalent=st.none() | st.booleans(),
    error=NUMBER,
    clusters_needed=st.none() | COUNT,
    pages_needed=st.none() | COUNT,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SUMMARY, max_size=8), st.lists(COMPARISON, max_size=8))
def test_every_row_reads_back_as_it_was(tmp_path: Path, summaries: list[Summary], compared: list[Comparison]) -> None:
    Run(tmp_path).write_summary(summaries, compared)
    assert repr(Run(tmp_path).summary()) == repr((summaries, compared))


def test_rows_that_were_written_field_by_field_are_still_read(tmp_path: Path) -> None:
    row, pair = Summary("c", "all", "a", "m", 3, 0, 0, 3, 0.5), Comparison("c", "m", "a", "b", 3, 0.1)
    early = {"summaries": [asdict(row)], "comparisons": [asdict(pair)]}
    for late in ("carriers", "delta", "equivalent", "error", "clusters_needed", "pages_needed"):
        early["summaries"][0].pop(late, None)
        early["comparisons"][0].pop(late, None)
    (tmp_path / "summary.json").write_text(json.dumps(early), encoding="utf-8")
    assert Run(tmp_path).summary() == ([row], [pair])


def test_a_summary_of_another_shape_is_refused_with_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text('{"summaries": [{"surprise": 1}], "comparisons": []}', encoding="utf-8")
    with pytest.raises(UsageError, match="boilerbench summarize"):
        Run(tmp_path).summary()


def test_a_pair_takes_one_line_of_a_hundred_characters(tmp_path: Path) -> None:
    adapters = [f"some-adapter-{number}@variant" for number in range(40)]
    pairs = [
        Comparison(
            "corpus", "body.f1", a, b, 126, 0.1234567890123456, 0.0123, True, 0.01, False, 0.01234, 12_345, 23_456
        )
        for a, b in combinations(adapters, 2)
    ]
    Run(tmp_path).write_summary([], pairs)
    text = (tmp_path / "summary.json").read_text(encoding="utf-8")
    assert len(text.splitlines()) < len(pairs) + 2 * len(adapters)
    assert len(text) < 110 * len(pairs)
