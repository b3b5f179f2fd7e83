"""What changed between two runs, or two adapters of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from benchmark.checks.compare import compare
from benchmark.errors import UsageError
from benchmark.records import Aggregate, Metric

if TYPE_CHECKING:
    from conftest import Boilerbench, WriteAdapter, WriteCorpus

F1 = Metric("toy.f1", "a share", headline=True)
P, R = Metric("toy.p", "a share"), Metric("toy.r", "a share")
WHOLE = Metric("toy.whole", "a harmonic mean", headline=True, aggregate=Aggregate("harmonic", ("toy.p", "toy.r")))


def frame(values: dict[str, float], metric: str = "toy.f1") -> pd.DataFrame:
    rows = [("c", page, metric, value) for page, value in values.items()]
    return pd.DataFrame(rows, columns=["corpus", "page_id", "metric", "value"])


def pages(names: list[str]) -> pd.DataFrame:
    rows = [("c", name, name, "") for name in names]
    return pd.DataFrame(rows, columns=["corpus", "page_id", "cluster", "stratum"])


def answers(values: dict[str, float]) -> dict[tuple[str, str], tuple[str, str]]:
    return {("c", page): ("ok", str(value)) for page, value in values.items()}


def held(before: dict[str, float], after: dict[str, float]) -> object:
    names = [name for name in before if name in after]
    sides = (answers(before), answers(after))
    return compare(frame(before), frame(after), pages(names), [F1], sides, 1)


def test_a_loss_on_every_page_is_told_with_its_interval_and_the_pages_that_moved_most() -> None:
    before = {f"p{number:02}": 0.9 for number in range(30)}
    after = {page: 0.9 - (0.3 if page == "p07" else 0.05 + 0.001 * (number % 5)) for number, page in enumerate(before)}
    found = compare(frame(before), frame(after), pages(list(before)), [F1], (answers(before), answers(after)), 1)
    (change,) = found.changes
    assert change.difference == pytest.approx(sum(after.values()) / 30 - 0.9)
    assert change.low is not None
    assert change.high is not None
    assert change.difference is not None
    assert change.low < change.difference < change.high < 0
    assert change.separated is True
    assert (change.pages, change.changed, found.pages, len(found.moved)) == (30, 30, 30, 30)
    assert found.moved[0].page_id == "p07"
    assert dict(found.moved[0].values) == {"toy.f1": pytest.approx((0.9, 0.6))}


def test_below_20_sites_there_is_a_difference_but_no_interval() -> None:
    before, after = {"a": 0.5, "b": 1.0}, {"a": 0.75, "b": 1.0}
    found = compare(frame(before), frame(after), pages(["a", "b"]), [F1], (answers(before), answers(after)), 1)
    (change,) = found.changes
    assert (change.difference, change.low, change.high, change.separated) == (0.125, None, None, None)
    assert [page.page_id for page in found.moved] == ["a"]


def test_equal_answers_are_no_change() -> None:
    same = {"a": 0.5, "b": 1.0}
    found = compare(frame(same), frame(same), pages(["a", "b"]), [F1], (answers(same), answers(same)), 1)
    assert found.moved == ()
    assert [(one.difference, one.changed) for one in found.changes] == [(0.0, 0)]


def test_a_measure_that_is_no_mean_of_pages_is_recomputed_for_both() -> None:
    before, after = {"a": 0.5, "b": 0.5}, {"a": 1.0, "b": 0.5}
    sides = [pd.concat([frame(values, "toy.p"), frame({"a": 1.0, "b": 1.0}, "toy.r")]) for values in (before, after)]
    found = compare(sides[0], sides[1], pages(["a", "b"]), [WHOLE, P, R], (answers(before), answers(after)), 1)
    whole = next(one for one in found.changes if one.metric is WHOLE)
    assert whole.before == pytest.approx(2 / 3)
    assert whole.after == pytest.approx(1.5 / 1.75)
    assert whole.difference == pytest.approx(1.5 / 1.75 - 2 / 3)


def test_runs_without_a_page_in_common_are_refused() -> None:
    with pytest.raises(UsageError, match="no page in common"):
        held({"a": 0.5}, {"b": 0.5})


@pytest.fixture
def runs(boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter) -> Boilerbench:
    """Makes two runs of an adapter that was changed between them."""
    write_corpus("pages", 3)
    for out, source in (("old", "page.text.partition('<p>')[2]"), ("new", "page.text.partition('<p>')[2][:6]")):
        write_adapter("rival", f"def extract(page): return {source}")
        run = ("run", "--corpus", "./pages", "--adapter", "./rival.py", "--adapter", "nothing", "--speed-seconds", "0")
        assert boilerbench(*run, "--out", out).status == 0
    return boilerbench


def test_the_command_shows_what_changed_between_two_runs(runs: Boilerbench) -> None:
    ended = runs("compare", "old", "new")
    assert ended.status == 0
    assert "rival → rival\n3 of 3 answers differ" in ended.out
    assert "pages p000: body.f1 1.0000 → 0." in ended.out
    assert "nothing → nothing\n0 of 3 answers differ" in ended.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("old",), "one run was given: name two of its adapters, --adapter A --against B, or give a second run"),
        (("old", "new", "--adapter", "rivall"), "has no answers of 'rivall'; did you mean 'rival'?"),
        (("old", "new", "--metric", "body.f2"), "no metric 'body.f2'; did you mean 'body.f1'?"),
        (("old", "elsewhere"), "elsewhere holds no run"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_can(
    runs: Boilerbench, arguments: tuple[str, ...], said: str
) -> None:
    ended = runs("compare", *arguments)
    assert ended.status == 2
    assert said in ended.err
