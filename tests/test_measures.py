"""Claims about docs/measure.py, which measures what some pages of the docs show."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from conftest import ROOT

from benchmark.compose import experiment

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_realism_counts_pages_of_every_set_the_plain_composed_ones_among_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    measure: Any = importlib.import_module("measure")
    page, sample = (b"<p>A <a href=/>page</a> of others", None, "A page"), experiment.sample(3)
    monkeypatch.setattr(measure, "_aeb_pages", lambda *_: [page])
    monkeypatch.setattr(measure, "_wcxb", lambda _: [page])
    monkeypatch.setattr(measure, "_ranks_alike", lambda: {"feature": "ranks"})
    monkeypatch.setattr(measure.experiment, "sample", lambda: sample)
    rows = [row for row in measure.realism(tmp_path) if row["feature"] != "ranks"]
    assert {row["set"]: row["pages"] for row in rows} == {
        "AEB, half A": 1,
        "AEB, half B": 1,
        "composed, plain": experiment.PAIRS,
        "composed, sample": 3,
        "WCXB sample": 1,
    }
    assert all(row["distance"] == 0 for row in rows if row["set"] == "WCXB sample")
