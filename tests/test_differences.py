"""Claims about others' figures on AEB: which pages make each difference, and that the stated cause is its cause."""

from __future__ import annotations

import importlib.util
import json
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import ROOT

from benchmark.store import Run

SHEET: dict[str, Any] = json.loads((ROOT / "results" / "metrics" / "aeb-differences.json").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = SHEET["rows"]
LISTED = tomllib.loads((ROOT / "docs" / "aeb-figures.toml").read_text(encoding="utf-8"))["figure"]


def named(row: dict[str, Any]) -> str:
    return str(row["adapter"])


@pytest.fixture(scope="module")
def differences() -> ModuleType:
    """docs/differences.py, which stands beside the pages that it serves."""
    spec = importlib.util.spec_from_file_location("differences", ROOT / "docs" / "differences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def near(one: float | None, other: float | None) -> bool:
    return one is other or (one is not None and other is not None and abs(one - other) < 1e-9)


def rounded(values: list[float]) -> list[int]:
    return [round(1000 * value) for value in values]


def test_every_figure_with_a_cause_or_answers_at_hand_is_in_the_sheet() -> None:
    wanted = [(one["adapter"], one["source"]) for one in LISTED if {"note", "predictions"} & set(one)]
    assert [(row["adapter"], row["source"]) for row in ROWS] == wanted


@pytest.mark.parametrize("row", [row for row in ROWS if row["theirs"]], ids=named)
def test_the_answers_behind_a_figure_score_that_figure_here(row: dict[str, Any]) -> None:
    assert rounded(row["theirs"]) == rounded(row["figure"])


@pytest.mark.parametrize("row", [row for row in ROWS if row["remade"]], ids=named)
def test_with_the_cause_taken_away_the_figure_comes_out(row: dict[str, Any]) -> None:
    """To three decimals; newspaper3k's is of 2019, from an lxml that no wheel of today's Pythons has."""
    apart = [abs(one - other) for one, other in zip(rounded(row["remade"]), rounded(row["figure"]), strict=True)]
    assert max(apart) <= (1 if row["adapter"] == "newspaper3k" else 0)


@pytest.mark.parametrize("row", [row for row in ROWS if row["theirs"] and row["remade"]], ids=named)
def test_with_the_cause_taken_away_each_page_is_theirs(row: dict[str, Any]) -> None:
    assert row["pages"]
    for page in row["pages"]:
        assert all(map(near, page["remade"], page["theirs"])), page["page"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["note"] is None], ids=named)
def test_where_no_difference_is_stated_no_page_differs(row: dict[str, Any]) -> None:
    assert (row["pages"], rounded(row["ours"])) == ([], rounded(row["figure"]))


def test_pages_and_values_are_those_of_the_corpus_and_the_published_run(differences: ModuleType, data: Path) -> None:
    run = Run.open(ROOT / "results" / "aeb")
    for row in ROWS:
        ours = differences._of_run(run, row["adapter"])
        assert (len(ours.pages), ours.corpus()) == (row["pages_in_all"], pytest.approx(row["ours"]))
        if row["theirs"]:
            theirs = differences._of_answers(data / "aeb", row["predictions"])
            apart = {page for page in ours.pages if not all(map(near, theirs.pages[page], ours.pages[page]))}
            assert apart == {page["page"] for page in row["pages"]}
            for page in row["pages"]:
                assert all(map(near, page["theirs"], theirs.pages[page["page"]]))
                assert all(map(near, page["ours"], ours.pages[page["page"]]))


def test_pins_replace_those_of_the_same_name_and_a_file_is_added(differences: ModuleType, tmp_path: Path) -> None:
    remade = {"pins": ["lxml==5.4.0", "lxml-html-clean==0.4.1"], "also": "docs/punkt_model.py"}
    assert differences._otherwise("newspaper3k", remade, tmp_path) == "./newspaper3k_remade.py"
    text = (tmp_path / "newspaper3k_remade.py").read_text(encoding="utf-8")
    assert '# dependencies = ["newspaper3k==0.2.8", "lxml==5.4.0", "lxml-html-clean==0.4.1"]\n' in text
    assert text.endswith((ROOT / "docs" / "punkt_model.py").read_text(encoding="utf-8"))
    assert differences._otherwise("goose3@x==3.1.20", {"reader": "html-text"}, tmp_path) == "goose3@x==3.1.20"
