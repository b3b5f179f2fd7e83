"""Scoring a run again by one scorer: rows of the others stay, and what cannot stand together is refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from conftest import WriteCorpus, write_pairs

from benchmark import pipeline
from benchmark.errors import UsageError
from benchmark.plan import Corpus, Plan, read_plan
from benchmark.progress import Progress
from benchmark.store import Run
from benchmark.terminal import Lines

QUIET: Progress = Lines()
FILES = ("scores.parquet", "metrics.json", "manifest.json", "plan.json")
OWN = """from benchmark.records import Metric
METRICS = (Metric("mine.length", "Characters.", "none", "count", high=float("inf")),)
def against(gold): return lambda answer: {"mine.length": float(len(answer))}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of the test's own."""
    monkeypatch.setenv("BOILERBENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def corpus(write_corpus: WriteCorpus) -> Corpus:
    return Corpus("three", "folder", write_corpus("three", 3))


def scored(corpus: Corpus, folder: Path, *scorers: str) -> Run:
    made = pipeline.extract(Plan((corpus,), ("nothing", "everything"), scorers), folder, QUIET)
    pipeline.score(made, QUIET)
    return made


def rows(run: Run) -> Counter[str]:
    return Counter(str(row.scorer) for row in run.score_rows("scores.parquet"))


def written(run: Run) -> dict[str, bytes]:
    names = dict.fromkeys(FILES)
    return {name: (run.folder / name).read_bytes() for name in names if name != "manifest.json"}


def test_rows_of_other_scorers_stay_and_those_of_the_one_are_replaced(corpus: Corpus, tmp_path: Path) -> None:
    run = scored(corpus, tmp_path / "out", "body", "word", "exact")
    before = {name: (run.folder / name).read_bytes() for name in FILES}
    for scorer in ("word", "body", "exact"):
        pipeline.score(run, QUIET, [scorer])
        assert {name: (run.folder / name).read_bytes() for name in FILES} == before, scorer


def test_a_new_scorer_joins_the_run_as_if_it_had_been_there_from_the_start(corpus: Corpus, tmp_path: Path) -> None:
    later, whole = scored(corpus, tmp_path / "later", "body"), scored(corpus, tmp_path / "whole", "body", "word")
    pipeline.score(later, QUIET, ["word"])
    assert written(later) == written(whole)
    assert read_plan(later).scorers == ("body", "word")
    pipeline.score(later, QUIET)
    assert written(later) == written(whole)
    pipeline.summarize(later)
    assert {row.metric.partition(".")[0] for row in later.summary()[0]} >= {"body", "word"}


def test_a_scorer_from_a_file_joins_too(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text(OWN, encoding="utf-8")
    run = scored(corpus, tmp_path / "out", "body")
    monkeypatch.chdir(tmp_path)
    pipeline.score(run, QUIET, ["./mine.py"])
    assert set(rows(run)) == {"body", "mine"}
    monkeypatch.chdir("/")
    pipeline.score(run, QUIET)
    assert set(rows(run)) == {"body", "mine"}


def test_rows_that_were_made_for_other_golds_are_refused_with_what_to_type(corpus: Corpus, tmp_path: Path) -> None:
    run = scored(corpus, tmp_path / "out", "body", "word")
    (corpus.folder / "p001.txt").write_text("another body", encoding="utf-8")
    before = written(run)
    with pytest.raises(UsageError, match=r"three: the golds are not those that body scored.*boilerbench score "):
        pipeline.score(run, QUIET, ["word"])
    assert written(run) == before
    pipeline.score(run, QUIET)
    pipeline.score(run, QUIET, ["word"])


def test_rows_that_were_made_for_other_answers_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    run = scored(corpus, tmp_path / "out", "body", "word")
    part = next(run.folder.glob("extractions/everything/part-?????.jsonl"))
    first, *rest = part.read_text(encoding="utf-8").splitlines()
    part.write_text("\n".join([json.dumps({**json.loads(first), "text": "another"}), *rest]) + "\n", encoding="utf-8")
    run.write_outcomes(run.manifest())
    with pytest.raises(UsageError, match="three: the answers are not those that body scored"):
        pipeline.score(run, QUIET, ["word"])


def test_two_pages_of_the_same_bytes_keep_their_own_names_when_answers_come_from_the_cache(
    write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    twins = Corpus("twins", "folder", write_corpus("twins", {"p0": b"<p>same", "p1": b"<p>same"}))
    for out in ("first", "second"):
        run = scored(twins, tmp_path / out, "body")
        assert [row.page_id for row in run.extractions("everything", "twins")] == ["p0", "p1"], out


def test_snippets_are_part_of_what_golds_are_known_by(corpus: Corpus, tmp_path: Path) -> None:
    run = scored(corpus, tmp_path / "out", "word")
    plain = pipeline.check_golds(run, corpus)
    (corpus.folder / "p001.toml").write_text('without = ["Log in"]\n', encoding="utf-8")
    assert pipeline.check_golds(run, corpus)["fingerprint"] != plain["fingerprint"]


def test_a_corpus_whose_golds_are_all_empty_gets_a_note_and_no_table(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    void = Corpus("void", "folder", write_corpus("void", {"p0": b"<p>", "p1": b"<p>"}))
    full = Corpus("full", "folder", write_corpus("full", 2))
    made = pipeline.extract(Plan((void, full), ("nothing", "everything"), ("body", "word")), tmp_path / "out", QUIET)
    pipeline.score(made, QUIET)
    pipeline.summarize(made)
    pipeline.report(made, ["markdown"])
    page = (made.folder / "report" / "report.md").read_text(encoding="utf-8")
    section = page.split("## void\n", 1)[1].split("\n## ", 1)[0]
    assert "the gold of each of the 2 pages is empty" in section
    assert "|" not in section
    assert "|" in page.split("## full\n", 1)[1].split("\n## ", 1)[0]
    assert made.manifest().corpora["void"]["gold"] != made.manifest().corpora["full"]["gold"]


def test_golds_with_snippets_and_no_body_are_no_empty_golds(tmp_path: Path) -> None:
    listed = Corpus("listed", "folder", write_pairs(tmp_path / "listed", {"p0": b"<p>"}))
    (listed.folder / "p0.toml").write_text('with = ["body"]\n', encoding="utf-8")
    made = scored(listed, tmp_path / "out", "segments")
    assert "empty" not in pipeline.check_golds(made, listed)
