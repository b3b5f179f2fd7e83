"""trafilatura's segment scores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark import scoring
from benchmark.records import Extraction, Gold, Metric, Snippets
from benchmark.scorers import segments
from benchmark.stats.aggregates import defined, estimates, problems

DECLARED = {metric.name: metric for metric in segments.METRICS}
POOLED = ("precision", "recall", "accuracy", "f1")

WORDS = st.lists(st.sampled_from(["a", "b", "A", "ab", " ", "\n", "\u00a0"]), max_size=8).map("".join)
SNIPPETS = st.lists(WORDS.filter(lambda text: text.strip()), max_size=4).map(tuple)
GOLDS = st.builds(
    lambda present, absent, comments: Gold("page", "", snippets=Snippets(present, absent, comments)),
    SNIPPETS,
    SNIPPETS,
    SNIPPETS,
)
ANSWERED = st.lists(st.tuples(GOLDS, st.none() | WORDS), min_size=1, max_size=6)
"""Pages with an answer each; None is a failure."""


def gold(present: Sequence[str] = (), absent: Sequence[str] = (), comments: Sequence[str] = ()) -> Gold:
    return Gold("page", "", snippets=Snippets(tuple(present), tuple(absent), tuple(comments)))


def values(page: Gold, answer: str | None) -> dict[str, float | None]:
    """What the score stage writes about one page; None is a crash."""
    outcome = "crash" if answer is None else "ok"
    stream = iter([Extraction("page", "a", "1", answer, "text", outcome)])
    rows = scoring._page_scores("corpus", page, {"a": stream}, [("segments", segments)])
    return {row.metric.removeprefix("segments."): row.value for row in rows}


def corpus_values(pages: Iterable[tuple[Gold, str | None]]) -> dict[str, float]:
    """Values over all pages, by the declared aggregates; NaN where undefined."""
    rows = [values(*page) for page in pages]
    matrices = {
        name: np.array([[np.nan if row[short] is None else row[short] for row in rows]], dtype=float)
        for name in DECLARED
        if (short := name.removeprefix("segments."))
    }
    starts = np.array([0])
    return {
        name.removeprefix("segments."): float(estimates(metric, DECLARED, matrices, starts)[0])
        for name, metric in DECLARED.items()
    }


def confusion(page: Gold, answer: str | None) -> tuple[int, int, int, int]:
    """Counts tp, fp, fn, tn, written anew from the definition."""

    def held(snippet: str) -> bool:
        if answer is None:
            return False
        one, other = (re.sub(r"\s+", " ", text).strip() for text in (snippet, answer))
        return other.find(one) >= 0

    inside = [held(snippet) for snippet in page.snippets.present or ()]
    outside = [held(snippet) for snippet in page.snippets.absent or ()]
    return inside.count(True), outside.count(True), inside.count(False), outside.count(False)


@given(ANSWERED)
def test_corpus_values_are_those_of_all_snippets_in_one_heap(pages: list[tuple[Gold, str | None]]) -> None:
    tp, fp, fn, tn = (sum(column) for column in zip(*(confusion(*page) for page in pages), strict=True))

    found = corpus_values(pages)

    expected = {
        "precision": tp / (tp + fp) if tp + fp else np.nan,
        "recall": tp / (tp + fn) if tp + fn else np.nan,
        "accuracy": (tp + tn) / (tp + fp + fn + tn) if tp + fp + fn + tn else np.nan,
        "f1": 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else np.nan,
    }
    assert {name: found[name] for name in POOLED} == pytest.approx(expected, abs=1e-15, nan_ok=True)


@given(GOLDS, st.none() | WORDS)
def test_counts_of_a_page_are_those_of_the_definition(page: Gold, answer: str | None) -> None:
    tp, fp, fn, tn = confusion(page, answer)
    found = values(page, answer)

    if not (page.snippets.present or page.snippets.absent):
        assert {value for name, value in found.items() if name != "leaked_comments"} == {None}
        return
    assert (found["tp"], found["found"], found["wanted"]) == (tp, tp + fp, tp + fn)
    assert (found["right"], found["all"], found["half"]) == (tp + tn, tp + fp + fn + tn, tp + (fp + fn) / 2)


@pytest.mark.parametrize(
    ("answer", "precision", "recall", "accuracy", "f1"),
    [
        ("the body, and the end", 1, 1, 1, 1),
        ("the  body,\nand\tthe\u00a0end", 1, 1, 1, 1),  # white space of any kind and length is one space
        ("the body", 1, 1 / 2, 2 / 3, 2 / 3),
        ("the body. Accept cookies", 1 / 2, 1 / 2, 1 / 3, 1 / 2),
        ("The Body", 0, 0, 1 / 3, 0),  # case counts
        ("thebody,andtheend", 0, 0, 1 / 3, 0),
        ("", 0, 0, 1 / 3, 0),  # silence still leaves the cookies out
        (None, 0, 0, 1 / 3, 0),  # and so does a crash
    ],
)
def test_values_of_a_page_are_those_worked_out_by_hand(
    answer: str | None, precision: float, recall: float, accuracy: float, f1: float
) -> None:
    found = values(gold(["the body", " and  the end\n"], ["cookies"]), answer)

    assert [found[name] for name in POOLED] == pytest.approx([precision, recall, accuracy, f1], abs=1e-15)


def test_a_page_weighs_as_much_as_it_has_snippets() -> None:
    long, short = gold(["a", "b", "c"]), gold(["d"])

    assert corpus_values([(long, "a b c"), (short, "none")])["recall"] == 3 / 4
    assert corpus_values([(long, "none"), (short, "d")])["recall"] == 1 / 4


def test_a_crash_lowers_recall_by_all_snippets_of_its_page() -> None:
    long, short = gold(["a", "b", "c"], ["x"]), gold(["d"], ["x"])

    found = corpus_values([(long, None), (short, "d")])

    assert [found[name] for name in POOLED] == pytest.approx([1, 1 / 4, 3 / 6, 2 / 5])


@given(GOLDS)
def test_a_crash_is_worth_what_an_empty_answer_is(page: Gold) -> None:
    crashed, silent = values(page, None), values(page, "")

    assert {**crashed, "leaked_comments": None} == {**silent, "leaked_comments": None}


def test_an_extractor_that_finds_nothing_has_an_f1_of_zero_and_no_precision() -> None:
    found = corpus_values([(gold(["a"], ["b"]), ""), (gold(["c"], ["d"]), None)])

    assert (found["f1"], found["recall"], found["accuracy"]) == (0, 0, 1 / 2)
    assert np.isnan(found["precision"])


@given(ANSWERED, WORDS)
def test_a_page_without_snippets_counts_nowhere(pages: list[tuple[Gold, str | None]], answer: str) -> None:
    without = corpus_values(pages)

    assert corpus_values([*pages, (gold(), answer), (gold(), None)]) == pytest.approx(without, abs=0, nan_ok=True)


def test_a_page_without_snippets_is_not_among_the_pages_of_a_metric() -> None:
    rows = [values(gold(["a"]), "a"), values(gold(), "a"), values(gold(comments=["a"]), "a")]
    matrices = {
        name: np.array([[np.nan if (value := row[name.removeprefix("segments.")]) is None else value for row in rows]])
        for name in DECLARED
    }
    counted = {name: defined(metric, DECLARED, matrices)[0].tolist() for name, metric in DECLARED.items()}

    assert counted.pop("segments.leaked_comments") == [False, False, True]
    assert list(counted.values()) == [[True, False, False]] * len(counted)


def test_blank_snippets_which_every_text_holds_do_not_count() -> None:
    assert values(gold(["a", " \n"], ["", "\t"]), "a")["all"] == 1
    assert values(gold(["", " "]), "a")["all"] is None


@given(GOLDS, WORDS, WORDS, WORDS)
def test_more_text_never_loses_a_snippet(page: Gold, before: str, answer: str, after: str) -> None:
    less, more = values(page, answer), values(page, before + answer + after)

    for name in ("tp", "found", "leaked_comments"):
        if (value := less[name]) is not None:
            assert (more[name] or 0) >= value


@pytest.mark.parametrize(
    ("answer", "leaked"),
    [("body", 0), ("body first!", 1 / 2), ("second\nfirst!", 1), ("First!", 0), ("", 0), (None, 1)],
)
def test_leaked_comments_are_the_share_of_the_pages_comment_snippets(answer: str | None, leaked: float) -> None:
    assert values(gold(["body"], comments=["first!", "second"]), answer)["leaked_comments"] == leaked


def test_leaked_comments_are_the_mean_of_pages_that_have_comments() -> None:
    pages = [(gold(comments=["a", "b", "c", "d"]), "a"), (gold(["a"]), "a"), (gold(comments=["z"]), "z")]

    assert corpus_values(pages)["leaked_comments"] == (1 / 4 + 1) / 2


def test_the_declared_aggregates_can_be_computed() -> None:
    metrics: tuple[Metric, ...] = segments.METRICS

    assert problems(metrics) == []
