"""Answers given elsewhere, through the command: scored like an adapter's, refused where they do not fit.

Most tests call the command's entry point in this process, which spares a start of Python and of pandas for each; those
of figures and of refused files run the real command.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ECHO, Boilerbench, Ended, WriteAdapter, WriteCorpus, command_in

from benchmark import cli
from benchmark.store import Run

BODIES = {f"p{number:03}": f"page {number} of text" for number in range(3)}
"""Gold bodies of the corpus `three`."""

Score = Callable[..., Ended]
Hand = Callable[..., str]


@pytest.fixture
def boilerbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Boilerbench:
    """Calls the entry point of the command in the test's folder, with nothing of the developer's own settings."""

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Ended:
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            for name in [one for one in os.environ if one.startswith("BOILERBENCH_")]:
                patch.delenv(name)
            for name, value in {"BOILERBENCH_CACHE": str(tmp_path / "cache"), **(env or {})}.items():
                patch.setenv(name, value)
            capfd.readouterr()
            with pytest.raises(SystemExit) as ended:
                cli.main(list(arguments))
        out, err = capfd.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def real(tmp_path: Path) -> Boilerbench:
    """Runs the real command in the test's folder."""
    return command_in(tmp_path)


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    """Writes answers as JSON of AEB; what to type for them."""

    def write(texts: Mapping[str, str | None], name: str = "mine", version: str | None = None) -> str:
        table = {page: {"articleBody": text} for page, text in texts.items()}
        value = table if version is None else {"version": version, "output": table}
        (tmp_path / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
        return f"{name}.json"

    return write


@pytest.fixture
def score(boilerbench: Boilerbench, write_corpus: WriteCorpus) -> Score:
    """Runs `boilerbench score` on the corpus `three` and what else is given."""
    write_corpus("three", 3)

    def attempt(*given: str, gold: str = "./three", out: str = "out", env: Mapping[str, str] | None = None) -> Ended:
        words = [word for one in given for word in ([one] if one.startswith("--") else ["--predictions", one])]
        return boilerbench("score", "--gold", gold, *words, "--out", out, env=env)

    return attempt


def outcomes(folder: Path, adapter: str = "mine") -> list[str]:
    return [row["outcome"] for row in Run(folder).outcomes() if row["adapter"] == adapter]


def values(folder: Path, metric: str, adapter: str = "mine") -> list[float]:
    table = Run(folder).scores("scores.parquet")
    return list(table[(table["metric"] == metric) & (table["adapter"] == adapter)]["value"])


def estimates(folder: Path) -> dict[tuple[str, str], float | None]:
    return {(row.adapter, row.metric): row.estimate for row in Run(folder).summary()[0] if row.slice == "all"}


# a run like any -----------------------------------------------------------------------------------------------


def test_answers_become_a_run_with_table_report_and_a_manifest_that_says_where_they_come_from(
    score: Score, hand: Hand, tmp_path: Path
) -> None:
    ended = score(hand(BODIES, version="1.5"))
    assert ended.status == 0, ended.err
    assert "| mine | 1.5 |" in ended.out
    made = Run(tmp_path / "out")
    about = made.manifest().adapters["mine"]
    sha256 = hashlib.sha256((tmp_path / "mine.json").read_bytes()).hexdigest()
    assert about["predictions"] == {"file": "mine.json", "format": "aeb", "sha256": sha256, "answers": 3}
    assert (about["version"], about["form"]) == ("1.5", "text")
    assert made.manifest().sandbox == "none (nothing was run)"
    assert str(tmp_path) not in (tmp_path / "out" / "manifest.json").read_text()
    assert values(tmp_path / "out", "body.f1") == [1, 1, 1]
    assert len(made.scores("costs.parquet")) == 0
    assert f"- mine: mine.json, format aeb, sha256 {sha256[:12]}" in (made.folder / "report" / "report.md").read_text()


def test_every_later_stage_works_on_such_a_run(score: Score, boilerbench: Boilerbench, hand: Hand) -> None:
    assert score(hand(BODIES), hand({**BODIES, "p001": "page"}, "worse")).status == 0
    for command in (
        "score out",
        "score out --scorer word",
        "summarize out",
        "report out",
        "diff p001 worse out",
        "compare out --adapter mine --against worse",
        "publish out public",
        "report public",
    ):
        ended = boilerbench(*command.split())
        assert ended.status == 0, (command, ended.err)
    assert "1 of 3 answers differ" in boilerbench("compare", "out", "--adapter", "mine", "--against", "worse").out


def test_there_is_nothing_to_time_in_such_a_run(score: Score, boilerbench: Boilerbench, hand: Hand) -> None:
    assert score(hand(BODIES)).status == 0
    ended = boilerbench("speed", "out")
    assert (ended.status, "holds only answers that were handed in" in ended.err) == (2, True)


def test_living_adapters_and_handed_in_answers_stand_in_one_table(
    score: Score, boilerbench: Boilerbench, hand: Hand, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    given = ("--corpus", "./three", "--adapter", write_adapter("echo", ECHO), "--predictions", hand(BODIES))
    ended = boilerbench("run", *given, "--out", "out", "--speed-seconds", "0.5")
    assert ended.status == 0, ended.err
    assert "| echo |" in ended.out
    assert "| mine |" in ended.out
    found = estimates(tmp_path / "out")
    assert found["echo", "body.f1"] == found["mine", "body.f1"] == 1
    timed = {name for (name, metric), value in found.items() if metric == "speed.ratio" and value is not None}
    assert timed == {"echo"}
    again = boilerbench("run", "--resume", "--out", "out", "--speed-seconds", "0")
    assert again.status == 0, again.err


def test_an_adapter_cannot_read_the_answers_that_were_handed_in_beside_it(
    score: Score, boilerbench: Boilerbench, hand: Hand, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    file = tmp_path / hand(BODIES)
    thief = write_adapter("thief", f"def extract(page): return open({str(file)!r}).read()")
    boilerbench("run", "--corpus", "./three", "--adapter", thief, "--predictions", "mine.json", "--out", "out")
    if Run(tmp_path / "out").manifest().sandbox != "full":
        pytest.skip("workers cannot be kept from files here")
    assert outcomes(tmp_path / "out", "thief") == ["error"] * 3


def test_a_run_is_not_resumed_with_other_answers(
    boilerbench: Boilerbench, score: Score, hand: Hand, write_adapter: WriteAdapter
) -> None:
    given = ("run", "--corpus", "./three", "--adapter", write_adapter("echo", ECHO), "--out", "out")
    more = ("--speed-seconds", "0", "--predictions", hand(BODIES))
    assert boilerbench(*given, *more).status == 0
    hand({**BODIES, "p000": "changed"})
    ended = boilerbench(*given, *more, "--resume")
    assert ended.status == 2
    assert "adapters mine predictions sha256: was " in ended.err


def test_only_the_pages_asked_for_need_an_answer_and_answers_to_the_others_are_none_too_many(
    score: Score, boilerbench: Boilerbench, hand: Hand, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    few = {name: BODIES[name] for name in ("p000", "p002")}
    given = ("--corpus", "./three", "--adapter", write_adapter("echo", ECHO), "--predictions", hand(few))
    ended = boilerbench("run", *given, "--limit", "1", "--out", "out", "--speed-seconds", "0")
    assert ended.status == 0, ended.err
    assert outcomes(tmp_path / "out") == ["ok"]


def test_pages_are_found_by_the_hash_of_their_bytes_where_ids_are_others(
    score: Score, hand: Hand, tmp_path: Path
) -> None:
    hashed = {hashlib.sha256((tmp_path / "three" / f"{name}.html").read_bytes()).hexdigest(): name for name in BODIES}
    assert score(hand({key: BODIES[name] for key, name in hashed.items()})).status == 0
    assert values(tmp_path / "out", "body.f1") == [1, 1, 1]


def test_a_folder_of_texts_is_scored_too_and_another_name_can_be_given(
    score: Score, boilerbench: Boilerbench, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    for name, body in BODIES.items():
        (tmp_path / "old" / f"{name}.txt").write_text(body, encoding="utf-8")
    assert score("./old", "new==name=./old").status == 2  # an equals sign ends the name
    assert score("./old", "other=./old").status == 0
    assert values(tmp_path / "out", "body.f1", "old") == values(tmp_path / "out", "body.f1", "other") == [1, 1, 1]


def test_markup_is_taken_off_where_the_form_says_so(score: Score, hand: Hand, tmp_path: Path) -> None:
    name = hand({page: f"<p>{body}</p>" for page, body in BODIES.items()})
    assert score("--form=html", name, out="html").status == 0
    assert score(name, out="text").status == 0
    assert values(tmp_path / "html", "body.f1") == [1, 1, 1]
    assert max(values(tmp_path / "text", "body.f1")) < 1


# golds alone --------------------------------------------------------------------------------------------------


def test_golds_in_one_file_are_enough(score: Score, boilerbench: Boilerbench, hand: Hand, tmp_path: Path) -> None:
    (tmp_path / "golds.json").write_text(
        json.dumps({name: {"articleBody": text, "url": f"https://{name}.example/"} for name, text in BODIES.items()})
    )
    lines = [json.dumps({"page_id": name, "plaintext": text}) + "\n" for name, text in BODIES.items()]
    (tmp_path / "lines.jsonl").write_text("".join(lines))
    for gold in ("golds.json", "lines.jsonl"):
        assert score(hand({**BODIES, "p002": "page 2"}), gold=gold, out=gold + ".out").status == 0
        found = values(tmp_path / (gold + ".out"), "word.recall")
        assert found == [1, 1, 0.5]
    sites = {row["page_id"]: row["attributes"].get("site") for row in Run(tmp_path / "golds.json.out").pages()}
    assert sites == {name: f"{name}.example" for name in BODIES}
    ended = boilerbench("diff", "p000", "mine", "golds.json.out")
    assert (ended.status, "golds without pages" in ended.err) == (2, True)


def test_no_adapter_runs_on_golds_without_pages(boilerbench: Boilerbench, hand: Hand) -> None:
    ended = boilerbench("run", "--corpus", hand(BODIES), "--adapter", "nothing", "--out", "out")
    assert ended.status == 2
    assert "corpus 'mine' is a file of golds without pages" in ended.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": {"articleBody": null}}', "pages without a text (1): a"),
        ('{"a": {"body": ["x"]}}', "it holds a JSON object of 1"),
        ("<html>", "not JSON"),
        ("", "it is empty"),
    ],
)
def test_a_file_of_golds_that_cannot_be_used_is_told_with_what_was_expected(
    score: Score, hand: Hand, tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "gold.json").write_text(content)
    ended = score(hand(BODIES), gold="gold.json")
    assert ended.status == 2
    assert said in ended.err
    assert "as AEB's ground-truth.json" in ended.err


def test_golds_that_are_empty_leave_those_pages_undefined_and_nothing_breaks(
    score: Score, write_corpus: WriteCorpus, hand: Hand, tmp_path: Path
) -> None:
    write_corpus("hollow", {"p000": b"<p>", "p001": b"<p>words of a body"})
    ended = score(hand({"p000": "something", "p001": "words of a body"}), gold="./hollow")
    assert ended.status == 0, ended.err
    first, second = values(tmp_path / "out", "body.f1")
    assert (math.isnan(first), second) == (True, 1)
    write_corpus("void", {"p000": b"<p>", "p001": b"<p>"})
    assert score(hand({"p000": "something", "p001": ""}), gold="./void", out="void-out").status == 0


# ids ----------------------------------------------------------------------------------------------------------


def test_missing_extra_and_double_answers_of_all_files_are_listed_at_once(
    score: Score, hand: Hand, tmp_path: Path
) -> None:
    sha256 = hashlib.sha256((tmp_path / "three" / "p000.html").read_bytes()).hexdigest()
    one = hand({"p000": "x", "stranger": "x", "p002": "x"}, "one")
    two = hand({**BODIES, sha256: "x"}, "two")
    ended = score(one, two)
    assert ended.status == 2
    for line in (
        "one.json on three:",
        "- pages without an answer; with --allow-missing each counts as a failure (1): p001",
        "- answers to no page; with --ignore-extra they are left out (1): stranger",
        "two.json on three:",
        "- answers given twice, by id and by SHA-256 of the page; leave one out (1): p000",
    ):
        assert line in ended.err
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_double_answers_are_refused_whatever_is_allowed(score: Score, hand: Hand, tmp_path: Path) -> None:
    sha256 = hashlib.sha256((tmp_path / "three" / "p000.html").read_bytes()).hexdigest()
    assert score(hand({**BODIES, sha256: "x"}), "--allow-missing", "--ignore-extra").status == 2


def test_a_page_without_an_answer_is_a_failure_where_that_is_allowed(score: Score, hand: Hand, tmp_path: Path) -> None:
    ended = score(hand({"p000": BODIES["p000"]}), "--allow-missing")
    assert ended.status == 0, ended.err
    assert "note: mine: 2 pages have no answer and count as failures" in ended.err
    assert "2 error" in ended.out
    rows = list(Run(tmp_path / "out").extractions("mine", "three"))
    assert [(row.outcome, row.error) for row in rows] == [("ok", None), *[("error", "no prediction")] * 2]
    assert values(tmp_path / "out", "body.f1") == [1, 0, 0]


def test_answers_to_no_page_are_left_out_where_that_is_allowed(score: Score, hand: Hand, tmp_path: Path) -> None:
    ended = score(hand({**BODIES, "stranger": "x"}), "--ignore-extra")
    assert ended.status == 0, ended.err
    assert "note: mine: 1 answers to no page are left out" in ended.err
    assert outcomes(tmp_path / "out") == ["ok"] * 3


def test_many_ids_are_counted_and_a_file_gets_all_of_them(score: Score, hand: Hand) -> None:
    names = [f"s{number:03}" for number in range(30)]
    ended = score(hand({**BODIES, **dict.fromkeys(names, "x")}))
    assert f"(30): {', '.join(names)}\n" in ended.err


@pytest.mark.parametrize("allowed", [(), ("--allow-missing", "--ignore-extra")])
def test_answers_for_another_corpus_are_told_with_the_corpus_they_are_for(
    score: Score, hand: Hand, data: Path, allowed: tuple[str, ...]
) -> None:
    theirs = str(data / "fundus" / "dataset" / "extractions" / "bte.json")
    hashed = str(data / "wceb" / "scrapinghub" / "model-outputs" / "goose3.jsonl")
    ended = score(theirs, hashed, *allowed, env={"BOILERBENCH_DATA": str(data)})
    assert ended.status == 2
    assert "one is 'APNews_0', where pages are called like 'p000'" in ended.err
    assert "80 of its 80 ids are of corpus 'fundus'; type: boilerbench score --gold fundus" in ended.err
    assert "181 of its 181 ids are of corpus 'aeb'; type: boilerbench score --gold aeb" in ended.err


def test_hostile_ids_and_names_reach_neither_terminal_nor_disk(score: Score, hand: Hand, tmp_path: Path) -> None:
    ended = score(hand({**BODIES, "\x1b[2J": "x", "\ud800": "x", "../../up": "x"}))
    assert ended.status == 2
    assert "\x1b" not in ended.err
    assert "'\\x1b[2J'" in ended.err
    assert "'\\ud800'" in ended.err
    for model in ("", "..", ".hidden", "x" * 81, "\x07", "\ud800"):
        lines = [json.dumps({"page_id": name, "plaintext": "x", "model": model}) + "\n" for name in BODIES]
        (tmp_path / "named.jsonl").write_text("".join(lines))
        ended = score("named.jsonl")
        assert ended.status == (2 if model else 0)
        assert not model or "give a name of 1 to 80 characters: NAME=" in ended.err
    (tmp_path / "named.jsonl").write_text("".join(lines).replace("\\ud800", "up/../../up"))
    assert score("named.jsonl", out="up").status == 0
    assert [folder.name for folder in (tmp_path / "up" / "extractions").iterdir()] == ["up%2F..%2F..%2Fup"]


def test_two_of_one_name_are_refused_with_what_to_type(score: Score, hand: Hand, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    ended = score(hand(BODIES), hand(BODIES, "else/mine"))
    assert ended.status == 2
    assert "2 adapters are called 'mine'; rename one: --predictions NAME=PATH" in ended.err
    assert score("mine.json", "other=else/mine.json").status == 0


# texts --------------------------------------------------------------------------------------------------------


def test_null_and_blank_texts_are_empty_answers_and_not_failures(score: Score, hand: Hand, tmp_path: Path) -> None:
    assert score(hand({"p000": None, "p001": " \n", "p002": "page 2"})).status == 0
    assert outcomes(tmp_path / "out") == ["empty", "empty", "ok"]


def test_answers_that_are_all_empty_are_scored_and_remarked_on(score: Score, hand: Hand, tmp_path: Path) -> None:
    ended = score(hand(dict.fromkeys(BODIES)))
    assert ended.status == 0, ended.err
    assert "note: mine: every answer is empty" in ended.err
    assert outcomes(tmp_path / "out") == ["empty"] * 3
    assert values(tmp_path / "out", "body.f1") == [0, 0, 0]


def test_half_surrogate_pairs_are_scored_as_the_replacement_character(score: Score, hand: Hand, tmp_path: Path) -> None:
    ended = score(hand({**BODIES, "p001": "page 1 of text \ud800"}))
    assert ended.status == 0, ended.err
    assert [row.text for row in Run(tmp_path / "out").extractions("mine", "three")][1] == "page 1 of text \ufffd"
    assert values(tmp_path / "out", "word.f1") == [1, 1, 1]


def test_a_text_of_ten_megabytes_is_scored(score: Score, hand: Hand, tmp_path: Path) -> None:
    text = " ".join(f"word{number % 5000}" for number in range(1_200_000))
    assert len(text) > 10_000_000
    ended = score(hand({**BODIES, "p001": text}))
    assert ended.status == 0, ended.err
    assert values(tmp_path / "out", "word.precision")[1] == 0


def test_a_text_that_is_not_utf8_is_named_with_the_bad_byte(score: Score, tmp_path: Path) -> None:
    (tmp_path / "mixed").mkdir()
    for name in BODIES:
        (tmp_path / "mixed" / f"{name}.txt").write_bytes(b"caf\xc3\xa9" if name != "p001" else b"caf\xe9 au lait")
    ended = score("./mixed")
    assert ended.status == 2
    assert f"{tmp_path / 'mixed' / 'p001.txt'} is not UTF-8 (byte 3" in ended.err
    content = b'{"p000": {"articleBody": "caf\xe9"}}'
    (tmp_path / "latin.json").write_bytes(content)
    ended = score("latin.json")
    assert ended.status == 2
    assert f"latin.json is not UTF-8 (byte {content.index(0xE9)}" in ended.err


# files --------------------------------------------------------------------------------------------------------


ODD = {
    "{": "not JSON: Expecting property name enclosed in double quotes (at line 1, column 2)",
    "[1, 2]": "it holds a JSON list of 2",
    '{"p000": "text"}': "it holds a JSON object of 1",
    "3": "it holds a JSON number",
    "": "it is empty",
    "{}": "it holds a JSON object of 0",
    "[" * 100_000: "JSON that cannot be read: maximum recursion depth exceeded",
}
"""What a file may hold that is of no format, and what is said of it."""


def test_files_of_no_format_are_all_told_with_what_they_are_and_all_formats_there_are(
    real: Boilerbench, write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    write_corpus("three", 3)
    for number, content in enumerate(ODD):
        (tmp_path / f"odd{number}.json").write_text(content)
    ended = real("score", "--gold", "./three", "--predictions", *(f"odd{number}.json" for number in range(len(ODD))))
    assert ended.status == 2
    for number, said in enumerate(ODD.values()):
        assert f"cannot use {tmp_path}/odd{number}.json:\n- {said}" in ended.err
    for name in ("aeb: ", "folder: ", "fundus: ", "wceb: "):
        assert ended.err.count(f"\n{name}") == len(ODD)


def test_places_without_answers_are_told_and_all_of_them_at_once(score: Score, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "page.html").write_text("<p>")
    ended = score("nowhere.json", "./empty")
    assert ended.status == 2
    assert f"cannot use {tmp_path / 'nowhere.json'}:\n- there is no such file or folder" in ended.err
    assert f"cannot use {tmp_path / 'empty'}:\n- it is a folder without any .txt in it, but with page.html" in ended.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("score", "--predictions", "mine.json"), "--gold G --predictions P"),
        (("score", "--gold", "./three"), "--gold G --predictions P"),
        (("score", "out", "--gold", "./three", "--predictions", "mine.json"), "--gold G --predictions P"),
        (
            ("score", "--gold", "./three", "--predictions", "mine.json", "--form", "pdf"),
            "--form pdf: one of text, html",
        ),
        (("score", "--gold", "aeb", "--predictions", "mine.json"), "corpus 'aeb' is not on this disk"),
        (("score", "--gold", "seedz", "--predictions", "mine.json"), "unknown corpus 'seedz'; did you mean seeds?"),
    ],
)
def test_words_that_do_not_go_together_are_refused_with_what_to_type(
    boilerbench: Boilerbench, hand: Hand, write_corpus: WriteCorpus, given: tuple[str, ...], said: str
) -> None:
    write_corpus("three", 3)
    hand(BODIES)
    ended = boilerbench(*given)
    assert (ended.status, said in ended.err) == (2, True), ended.err


def test_a_run_is_never_overwritten_by_answers(score: Score, hand: Hand, tmp_path: Path) -> None:
    assert score(hand(BODIES)).status == 0
    before = (tmp_path / "out" / "manifest.json").read_bytes()
    ended = score("mine.json")
    assert (ended.status, "out holds a run already" in ended.err) == (2, True)
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before


# answers out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["aeb", "wceb", "fundus", "folder"])
def test_what_is_exported_is_scored_again_alike(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path, form: str
) -> None:
    write_corpus("three", 3)
    source = (
        "# /// script\n# [tool.boilerbench]\n# form = 'html'\n# ///\ndef extract(page): return page.text + '<p>more'"
    )
    adapter = write_adapter("marked", source)
    assert (
        boilerbench("run", "--corpus", "./three", "--adapter", adapter, "--out", "a", "--speed-seconds", "0").status
        == 0
    )
    suffix = {"aeb": ".json", "wceb": ".jsonl", "fundus": ".json", "folder": ""}[form]
    ended = boilerbench("export", "a", "--adapter", "marked", "--format", form, "--out", f"marked{suffix}")
    assert (ended.status, ended.out.strip()) == (0, f"marked{suffix}"), ended.err
    assert boilerbench("score", "--gold", "./three", "--predictions", f"./marked{suffix}", "--out", "b").status == 0
    first, second = (Run(tmp_path / name).scores("scores.parquet") for name in ("a", "b"))
    assert len(first) > 0
    assert first.astype(str).equals(second.astype(str))


def test_failures_are_exported_as_empty_answers_and_counted(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    write_corpus("three", 3)
    adapter = write_adapter("moody", "def extract(page): return 'text' if b'page 1' in page.html else 1 / 0")
    boilerbench("run", "--corpus", "./three", "--adapter", adapter, "--out", "a", "--speed-seconds", "0")
    ended = boilerbench("export", "a", "--adapter", "moody", "--out", "moody.json")
    assert (ended.status, "note: 2 answers failed; they are written as empty ones" in ended.err) == (0, True)
    table: dict[str, Any] = json.loads((tmp_path / "moody.json").read_text())
    assert {name: one["articleBody"] for name, one in table.items()} == {"p000": None, "p001": "text", "p002": None}


def test_export_refuses_what_is_not_there_and_never_overwrites(
    score: Score, boilerbench: Boilerbench, hand: Hand, tmp_path: Path
) -> None:
    assert score(hand(BODIES)).status == 0
    assert boilerbench("publish", "out", "public").status == 0
    for given, said in (
        ("out --adapter mein --out new", "has no answers of 'mein'; did you mean 'mine'?"),
        ("out --adapter mine --out new --format eab", "unknown format 'eab'; did you mean aeb"),
        ("out --adapter mine --out new --corpus four", "has no corpus 'four'; name one of three: --corpus CORPUS"),
        ("out --adapter mine --out mine.json", "mine.json is there already; give another --out"),
        ("public --adapter mine --out new", "it is a published run"),
        ("nowhere --adapter mine --out new", "nowhere holds no run"),
    ):
        ended = boilerbench("export", *given.split())
        assert (ended.status, said in ended.err) == (2, True), ended.err
    assert not (tmp_path / "new").exists()


def test_answers_of_a_run_that_is_not_finished_are_not_exported(
    score: Score, boilerbench: Boilerbench, hand: Hand, tmp_path: Path
) -> None:
    assert score(hand(BODIES)).status == 0
    (tmp_path / "out" / "extractions" / "mine" / "part-00000.json").unlink()  # as a kill between two parts leaves it
    ended = boilerbench("export", "out", "--adapter", "mine", "--out", "new")
    assert (ended.status, "type: boilerbench extract --resume --out out" in ended.err) == (2, True)
    assert boilerbench("extract", "--resume", "--out", "out").status == 0
    assert boilerbench("export", "out", "--adapter", "mine", "--out", "new").status == 0


def test_of_several_corpora_one_is_named_for_export(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    write_corpus("three", 3)
    write_corpus("two", {"q1": b"<p>x", "q2": b"<p>y"})
    given = ("--corpus", "./three", "--corpus", "./two", "--adapter", "nothing", "--speed-seconds", "0", "--out", "out")
    assert boilerbench("run", *given).status == 0
    ended = boilerbench("export", "out", "--adapter", "nothing", "--out", "new.json")
    assert (ended.status, "several corpora; name one of three, two" in ended.err) == (2, True)
    assert boilerbench("export", "out", "--adapter", "nothing", "--out", "new.json", "--corpus", "two").status == 0
    assert set(json.loads((tmp_path / "new.json").read_text())) == {"q1", "q2"}


# figures of others --------------------------------------------------------------------------------------------


def test_aebs_ten_systems_get_aebs_corpus_values(real: Boilerbench, data: Path, tmp_path: Path) -> None:
    files = sorted(str(file) for file in (data / "aeb" / "predictions_upstream").glob("*.json"))
    scorers = ("--scorer", "shingle", "--scorer", "exact")
    given = (*scorers, "--data", str(data), "--out", "out")
    ended = real("score", "--gold", "aeb", "--predictions", *files, *given)
    assert ended.status == 0, ended.err
    found = estimates(tmp_path / "out")
    published = json.loads((data / "aeb" / "expected.json").read_text(encoding="utf-8"))["systems"]
    assert {adapter for adapter, _ in found} == set(published)
    for name, about in published.items():
        measures = ("shingle.f1", "shingle.precision", "shingle.recall", "exact.match")
        values = {metric.partition(".")[2]: found[name, metric] for metric in measures}
        expected = {
            "f1": about["f1"],
            "precision": about["precision"],
            "recall": about["recall"],
            "match": about["accuracy"],
        }
        assert values == pytest.approx(expected, rel=0, abs=1e-12), name


@pytest.mark.parametrize(
    ("gold", "pattern", "pages"),
    [
        ("aeb", "wceb/scrapinghub/model-outputs/*.jsonl", 181),
        ("fundus", "fundus/dataset/extractions/*.json", 80),
    ],
)
def test_the_outputs_of_others_load_with_an_answer_to_every_page(
    real: Boilerbench, data: Path, tmp_path: Path, gold: str, pattern: str, pages: int
) -> None:
    files = sorted(data.glob(pattern))
    given = ("--scorer", "exact", "--data", str(data), "--out", "out")
    ended = real("score", "--gold", gold, "--predictions", *map(str, files), *given)
    assert ended.status == 0, ended.err
    for file in files:
        found = outcomes(tmp_path / "out", file.stem)
        assert len(found) == pages
        assert set(found) <= {"ok", "empty"}


@pytest.mark.parametrize("shape", ["aeb", "wceb"])
def test_a_file_of_golds_may_list_snippets(boilerbench: Boilerbench, hand: Hand, tmp_path: Path, shape: str) -> None:
    entry = {"with": ["of text"], "without": ["Log in"], "comments": []}
    table = {name: {"articleBody": body, **entry} for name, body in BODIES.items()}
    lines = [json.dumps({"page_id": name, "plaintext": body, **entry}) for name, body in BODIES.items()]
    (tmp_path / "gold.json").write_text(json.dumps(table) if shape == "aeb" else "\n".join(lines), encoding="utf-8")
    ended = boilerbench("score", "--gold", "gold.json", "--predictions", hand(BODIES), "--out", "out")
    assert ended.status == 0, ended.err
    assert values(tmp_path / "out", "word.wcxb_with_rate") == [1, 1, 1]
    assert values(tmp_path / "out", "segments.f1") == [1, 1, 1]
    (tmp_path / "gold.json").write_text(json.dumps({"p000": {"articleBody": "x", "with": "of"}}), encoding="utf-8")
    ended = boilerbench("score", "--gold", "gold.json", "--predictions", hand({"p000": "x"}), "--out", "other")
    assert (ended.status, "p000: with is no list of texts" in ended.err) == (2, True)
