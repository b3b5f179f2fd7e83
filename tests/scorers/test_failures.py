"""What a failed, an empty and a full answer are worth beside a gold with and without text, scorer by scorer."""

from __future__ import annotations

import pytest

from benchmark import rooms
from benchmark.records import OUTCOMES, Extraction, Gold, Metric, Snippets
from benchmark.scoring import _page_scores

BODY = "The ferry leaves at nine. It calls at two islands before noon."
TEXT = "The ferry leaves at nine. It calls at"
SNIPPETS = Snippets(("ferry leaves",), ("Log in",), ("Nice one",))
ENDS = ("failed", "empty", "text")
Cells = tuple[float | None, float | None, float | None]
"""Value of a failed, of an empty and of a full answer."""

NOTHING: Cells = (None, None, None)
ONE_IF_SILENT: Cells = (1, 1, 0)
"""To these peers a failure is an empty text, and two empty texts are equal."""
BESIDE_EMPTY_GOLD: dict[str, Cells] = {
    # AEB: null is an empty text; nothing in common, nothing left over, and P and R without a denominator.
    **{f"shingle.{name}": (0, 0, 0) for name in ("tp", "fn")},
    "shingle.fp": (0, 0, 1),
    "shingle.precision": (None, None, 0),
    "shingle.recall": NOTHING,
    "shingle.f1": (None, None, 0),
    **{f"shingle.{name}": NOTHING for name in ("precision_page", "f1_page")},
    "exact.match": ONE_IF_SILENT,
    # WCXB: `predictions.get(id, "")`, then 1, 1, 1 where both are empty.
    **{f"word.{name}": ONE_IF_SILENT for name in ("precision", "recall", "f1")},
    # WCEB: an exception is ''; R is 1 beside a blank gold, the others only where the answer is blank too.
    **{f"wceb.{name}": ONE_IF_SILENT for name in ("rouge_lsum_precision", "rouge_lsum_f1", "levenshtein")},
    "wceb.rouge_lsum_recall": (1, 1, 1),
    # MinerU-HTML: an exception is ''; two blank texts are 1. WebMainBench leaves failures and two empty texts out.
    **{f"webmainbench.rouge5{name}": ONE_IF_SILENT for name in ("", "_precision", "_recall")},
    "webmainbench.rouge5_answered": (None, None, 0),
    "webmainbench.edit": (None, None, 0),
    "webmainbench.edit_answered": (None, None, 0),
    # CleanEval compares files: a failure is an empty one, whose one empty word the gold's is.
    **{f"cleaneval.{name}{total}": ONE_IF_SILENT for name in ("f1", "precision", "recall") for total in ("", "_total")},
    **{f"cleaneval.tags_{name}": NOTHING for name in ("f1", "precision", "recall")},
    "cleaneval.tp": ONE_IF_SILENT,
    "cleaneval.answered": (1, 1, 8),
    "cleaneval.wanted": (1, 1, 1),
    "cleaneval.half": (1, 1, 4.5),
    # Fundus: undefined where a denominator is 0, ROUGE-LSum 0 where a side has no sentence.
    "fundus.paragraph_precision": (None, None, 0),
    **{f"fundus.paragraph_{name}": NOTHING for name in ("recall", "f1", "precision_page", "f1_page")},
    "fundus.wer": NOTHING,
    **{f"fundus.rouge_lsum_{name}": (0, 0, 0) for name in ("precision", "recall", "f1")},
}
"""Everything else is undefined beside an empty gold."""

ZERO_IF_SILENT = (0, 0)
BESIDE_A_GOLD: dict[str, tuple[float | None, float | None]] = {
    "shingle.fn": (1, 1),
    "shingle.precision": (None, None),
    "webmainbench.rouge5_answered": (None, None),
    "webmainbench.edit_answered": (None, None),
    "fundus.paragraph_precision": (None, None),
    "fundus.paragraph_f1": (None, None),
    "fundus.wer": (1, 1),
    "cleaneval.answered": (1, 1),
    "cleaneval.wanted": (12, 12),
    "cleaneval.half": (6.5, 6.5),
    **{f"cleaneval.tags_{name}": (None, None) for name in ("f1", "precision", "recall")},
    # Snippets: a crash is a full miss that still earns its tn, as trafilatura counts it; in ours everything leaks.
    "segments.accuracy": (0.5, 0.5),
    "segments.right": (1, 1),
    "segments.wanted": (1, 1),
    "segments.all": (2, 2),
    "segments.half": (0.5, 0.5),
    "segments.leaked_comments": (1, 0),
    "word.snippets_leaked": (1, 0),
}
"""Failed and empty, where they are not 0; of a full answer it is only asked whether it has a value."""
PEERS = ("cleaneval", "exact", "fundus", "segments", "shingle", "wceb", "webmainbench", "word")
OURS = ("article", "body", "regions")


def values(scorer: str, gold: Gold, end: str) -> dict[str, float | None]:
    """What the scoring stage makes of an answer that ended so."""
    text, outcome = {"failed": (None, "error"), "empty": (None, "empty"), "text": (TEXT, "ok")}[end]
    assert outcome in OUTCOMES
    answer = Extraction(gold.page_id, "a", None, text, "text", outcome)
    rows = _page_scores("c", gold, {"a": iter([answer])}, [(scorer, rooms.load("scorers", scorer))])
    return {row.metric: row.value for row in rows}


def names(scorer: str) -> list[str]:
    metrics: tuple[Metric, ...] = rooms.load("scorers", scorer).METRICS
    return [metric.name for metric in metrics]


def test_every_scorer_of_the_room_is_in_the_table() -> None:
    assert set(rooms.names("scorers")) == {*PEERS, *OURS}
    known = {name for scorer in PEERS for name in names(scorer)}
    assert known >= BESIDE_EMPTY_GOLD.keys() | BESIDE_A_GOLD.keys()


@pytest.mark.parametrize("scorer", [*PEERS, *OURS])
@pytest.mark.parametrize("end", ENDS)
def test_beside_an_empty_gold_each_answer_is_worth_what_the_peers_code_gives(scorer: str, end: str) -> None:
    expected = {name: BESIDE_EMPTY_GOLD.get(name, NOTHING)[ENDS.index(end)] for name in names(scorer)}

    assert values(scorer, Gold("page", ""), end) == expected


@pytest.mark.parametrize("scorer", PEERS)
@pytest.mark.parametrize("end", ["failed", "empty"])
def test_beside_a_gold_with_text_silence_is_worth_what_the_peers_code_gives(scorer: str, end: str) -> None:
    expected = {name: BESIDE_A_GOLD.get(name, ZERO_IF_SILENT)[ENDS.index(end)] for name in names(scorer)}

    assert values(scorer, Gold("page", BODY, snippets=SNIPPETS), end) == expected


@pytest.mark.parametrize("scorer", PEERS)
def test_beside_a_gold_with_text_an_answer_beats_silence(scorer: str) -> None:
    gold = Gold("page", BODY, snippets=SNIPPETS)
    answered, silent = values(scorer, gold, "text"), values(scorer, gold, "empty")
    better = [name for name in names(scorer) if (answered[name] or 0) > (silent[name] or 0)]

    if scorer == "exact":
        assert not better
        assert values(scorer, Gold("page", TEXT), "text") == {"exact.match": 1}
    else:
        assert better


@pytest.mark.parametrize("end", ENDS)
def test_without_lists_of_snippets_no_rate_of_them_has_a_value(end: str) -> None:
    rates = {name: value for name, value in values("word", Gold("page", BODY), end).items() if "_rate" in name}

    assert rates == {"word.wcxb_with_rate": None, "word.wcxb_without_rate": None}
    assert set(values("segments", Gold("page", BODY), end).values()) == {None}


@pytest.mark.parametrize("end", ENDS)
def test_an_empty_list_of_snippets_reads_1_as_in_wcxbs_code(end: str) -> None:
    found = values("word", Gold("page", BODY, snippets=Snippets((), ())), end)

    assert (found["word.wcxb_with_rate"], found["word.wcxb_without_rate"]) == (1, 1)
    assert (found["word.snippets_kept"], found["word.snippets_leaked"]) == (None, None)
