"""Experiments from their pages to what they say, with real workers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from benchmark.dosing import measurements
from benchmark.store import Run

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Boilerbench

FICKLE = """
'''Answers the first time it sees a page, and not the second.'''
seen = set()

def extract(page):
    if page.html in seen:
        return "again"
    seen.add(page.html)
    return "first"
"""
ORDERLY = """
'''Says which attributes the page has, in their order.'''
import re

def extract(page):
    return " ".join(re.findall(" ([a-z-]+)=", page.text))
"""
CLASSY = """
'''Answers the body where a class speaks of comments, and otherwise nothing.'''

def extract(page):
    return page.text if "comment-list" in page.text else None
"""


def adapter(folder: Path, name: str, source: str) -> str:
    (folder / f"{name}.py").write_text(source.strip() + "\n")
    return f"./{name}.py"


def drills(boilerbench: Boilerbench, folder: Path, *adapters: str) -> dict[tuple[str, str], dict[str, object]]:
    named = [word for one in adapters for word in ("--adapter", one)]
    ended = boilerbench("dose", "--drills", "--pairs", "2", *named, "--out", "run")
    assert ended.status == 0, ended.err
    rows = json.loads((folder / "run" / "drills.json").read_text())
    return {(row["adapter"].removeprefix("./").removesuffix(".py"), row["drill"]): row for row in rows}


def test_an_extractor_that_does_not_repeat_itself_fails_the_drill_of_dose_0_and_one_that_does_passes(
    boilerbench: Boilerbench, tmp_path: Path
) -> None:
    found = drills(boilerbench, tmp_path, adapter(tmp_path, "fickle", FICKLE), "everything")
    assert found["fickle", "dose 0"]["changed"] == found["fickle", "dose 0"]["pages"] == 2
    assert found["everything", "dose 0"]["changed"] == 0
    assert found["everything", "dose 0"]["must_hold"] is True


def test_what_a_drill_changes_fails_those_who_look_at_it_and_no_other(boilerbench: Boilerbench, tmp_path: Path) -> None:
    found = drills(boilerbench, tmp_path, adapter(tmp_path, "orderly", ORDERLY), "nothing")
    assert found["orderly", "attributes"]["changed"] == 2
    assert found["orderly", "comments"]["changed"] == 0
    assert all(row["changed"] == 0 for (name, _), row in found.items() if name == "nothing")
    assert found["nothing", "comments doubled"]["must_hold"] is False
    assert {row["pages"] for (name, drill), row in found.items() if drill == "classes"} == {2}


def test_a_drill_tells_how_far_f1_has_moved(boilerbench: Boilerbench, tmp_path: Path) -> None:
    found = drills(boilerbench, tmp_path, "everything")
    moved = found["everything", "comments doubled"]
    assert moved["pages"] == moved["changed"]
    assert isinstance(moved["f1"], float)
    assert moved["f1"] < -0.01
    assert found["everything", "dose 0"]["f1"] == 0


@pytest.fixture
def spoken(boilerbench: Boilerbench, tmp_path: Path) -> tuple[str, Run]:
    """An experiment in two dialects, untimed: what it printed, and the run."""
    named = ("--adapter", adapter(tmp_path, "classy", CLASSY), "--adapter", "everything")
    ended = boilerbench(
        *("dose", "--kind", "comments", "--amount", "6", "--dialect", "names", "--dialect", "soup"),
        *(*named, "--seconds", "0", "--out", "run"),
    )
    assert ended.status == 0, ended.err
    return ended.out, Run.open(tmp_path / "run")


def test_who_reads_class_names_is_told_from_who_reads_text(spoken: tuple[str, Run]) -> None:
    said, run = spoken
    responses, _, contrasts = run.doses()
    assert {row.dialect for row in responses} == {"names", "soup"}
    assert {row.pairs for row in responses if not row.design and row.metric == "article.f1"} == {24}
    treated = {row.adapter: row for row in contrasts if row.metric == "article.f1" and row.dose == 6}
    classy = next(row for name, row in treated.items() if "classy" in name)
    assert (classy.dialect, classy.against, classy.value, classy.pairs) == ("soup", "names", 0.0, 24)
    assert classy.high is not None
    assert classy.high < 0
    assert treated["everything"].change == pytest.approx(0, abs=0.01)
    assert "**comments 6**, F1 in dialect `names`, and what other dialects change" in said


def test_a_measurement_of_an_experiment_is_one_row_for_each_page_and_measure(spoken: tuple[str, Run]) -> None:
    table = measurements(spoken[1])
    assert not table.duplicated(["adapter", "pair", "dialect", "dose", "metric"]).any()
    assert set(table["metric"]) == {"article.f1", "article.precision", "article.recall", "regions.leaked.comments"}
    everything = table[(table["adapter"] == "everything") & (table["dose"] > 0)]
    assert isinstance(everything, pd.DataFrame)
    leaked = everything.loc[everything["metric"] == "regions.leaked.comments", "value"]
    assert len(leaked) == 48
    assert leaked.min() == 1
