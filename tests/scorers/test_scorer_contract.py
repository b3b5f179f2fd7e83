"""What holds for whatever stands in the room of scorers."""

from __future__ import annotations

import ast
from types import ModuleType

import pytest

from benchmark import rooms
from benchmark.records import Gold, Metric, Snippets

GOLD = Gold(
    "page",
    "A heading\nThe first paragraph of a body, in ten plain words.\nMore",
    snippets=Snippets(present=("first paragraph",), absent=("Cookies",), comments=("Nice one",)),
)
ANSWERS = [
    "",
    "?!",
    GOLD.body,
    f"{GOLD.body}\n{GOLD.body}",
    "The first paragraph of a body",
    "Cookies\n" + GOLD.body + "\nNice one",
    "nothing of the kind stands here",
    "正文 ﬁn e\u0301 \U0001f600 \x00",
]
SCORERS = rooms.names("scorers")


def metrics(scorer: ModuleType) -> tuple[Metric, ...]:
    found: tuple[Metric, ...] = scorer.METRICS
    return found


@pytest.fixture(params=SCORERS)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def scorer(name: str) -> ModuleType:
    return rooms.load("scorers", name)


def test_a_scorer_describes_itself_in_one_line(name: str) -> None:
    docstring = ast.get_docstring(ast.parse(rooms.path("scorers", name).read_text(encoding="utf-8")))

    assert docstring
    assert docstring.splitlines()[0].endswith(".")


def test_metrics_are_named_after_their_scorer(name: str, scorer: ModuleType) -> None:
    names = [metric.name for metric in metrics(scorer)]

    assert names
    assert len(set(names)) == len(names)
    assert all(full.startswith(f"{name.replace('-', '_')}.") for full in names)


def test_declarations_are_complete_and_consistent(scorer: ModuleType) -> None:
    names = {metric.name for metric in metrics(scorer)}
    for metric in metrics(scorer):
        assert metric.summary, metric.name
        assert "\n" not in metric.summary, metric.name
        assert metric.direction in {"higher", "lower", "none"}, metric.name
        assert metric.low < metric.high, metric.name
        assert metric.on_failure is None or metric.low <= metric.on_failure <= metric.high, metric.name
        assert metric.aggregate.kind in {"mean", "geometric", "median", "p95", "p99", "max", "harmonic", "pooled"}, (
            metric.name
        )
        assert bool(metric.aggregate.of) == (metric.aggregate.kind in {"harmonic", "pooled"}), metric.name
        assert set(metric.aggregate.of) <= names, metric.name


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_gets_one_value_within_range_per_metric(scorer: ModuleType, answer: str) -> None:
    values = scorer.against(GOLD)(answer)

    assert list(values) == [metric.name for metric in metrics(scorer)]
    for metric in metrics(scorer):
        value = values[metric.name]
        assert value is None or metric.low <= value <= metric.high, metric.name


def test_a_value_does_not_depend_on_the_answers_before_it(scorer: ModuleType) -> None:
    score = scorer.against(GOLD)

    forth = [score(answer) for answer in ANSWERS]
    back = [score(answer) for answer in reversed(ANSWERS)]

    assert forth == back[::-1] == [scorer.against(GOLD)(answer) for answer in ANSWERS]


def test_a_failure_is_worth_no_more_than_an_empty_answer(scorer: ModuleType) -> None:
    silent = scorer.against(GOLD)("")
    for metric in metrics(scorer):
        value = silent[metric.name]
        if metric.on_failure is None:
            assert value is None, metric.name
        elif value is not None and metric.direction == "higher":
            assert metric.on_failure <= value, metric.name
        elif value is not None and metric.direction == "lower":
            assert metric.on_failure >= value, metric.name
