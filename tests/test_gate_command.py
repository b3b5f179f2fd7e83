"""`boilerbench gate`: what passes, what fails and is named, what is refused, what is pinned, and what CI is told."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from conftest import ECHO, Boilerbench, Ended, command_in, write_pairs

from benchmark import gating
from benchmark.cli import main
from benchmark.commands._options import label
from benchmark.records import GateFinding, Score
from benchmark.speed import stage
from benchmark.store import Run, cache_folder
from benchmark.terminal import Lines

PAGES = 24
"""Enough of them for an interval, were they of as many sites."""
LOST = """
def extract(page):
    text = page.text.partition('<p>')[2]
    return "nothing of it" if text.startswith("page 7 ") else text
"""
"""Right about every page but one."""
LOST_ELSEWHERE = LOST.replace("page 7 ", "page 8 ")
CRASHES = """
def extract(page):
    text = page.text.partition('<p>')[2]
    if text.startswith("page 7 "): raise ValueError("no")
    return text
"""
WORK = """
import time
{held}
def extract(page):
    end = time.process_time() + {seconds}
    while time.process_time() < end:
        pass
    return page.text.partition('<p>')[2]
"""
"""An adapter with a known cost, far above that of the reference parse."""

Gate = Callable[..., Ended]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs `good`, `lost`, `crashed` … of an adapter `echo` that was changed; `good` is pinned as `pinned`."""
    home = tmp_path_factory.mktemp("gate")
    boilerbench = command_in(home)
    write_pairs(home / "pages", PAGES)
    write_pairs(home / "others", PAGES - 1)
    for out, source in (
        *(("good", ECHO), ("lost", LOST), ("moved", LOST_ELSEWHERE), ("crashed", CRASHES)),
        *(("fewer", None), ("shorter", ECHO)),
    ):
        (home / "echo.py").write_text(source or ECHO, encoding="utf-8")
        corpus = "./others" if out == "shorter" else "./pages"
        adapters = [*(["--adapter", "./echo.py"] if source else []), "--adapter", "nothing"]
        words = ("run", "--corpus", corpus, *adapters, "--speed-seconds", "0", "--scorer", "body", "--out", out)
        assert boilerbench(*words).status == 0
    assert boilerbench("gate", "good", "--baseline", "pinned", "--update").status == 0
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(made, tmp_path / "home", ignore=shutil.ignore_patterns("cache"))
    return tmp_path / "home"


@pytest.fixture
def boilerbench(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Boilerbench:
    """The command in this process, which spares many calls the start; in another where something is put first."""

    def run(*words: str, before: Sequence[str] = (), env: Mapping[str, str] | None = None) -> Ended:
        if before:
            return command_in(home)(*words, before=before, env=env)
        handler = signal.getsignal(signal.SIGTERM)
        with monkeypatch.context() as patch:
            patch.chdir(home)
            patch.delenv("GITHUB_ACTIONS", raising=False)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(list(words))
        signal.signal(signal.SIGTERM, handler)
        told = capsys.readouterr()
        return Ended(int(ended.value.code or 0), told.out, told.err)

    return run


@pytest.fixture
def gate(boilerbench: Boilerbench) -> Gate:
    """Gates a run against `pinned`."""
    return lambda *words, **more: boilerbench("gate", *words, "--baseline", "pinned", **more)


# verdicts -----------------------------------------------------------------------------------------------------


def test_the_same_answers_pass(gate: Gate, home: Path) -> None:
    ended = gate("good")
    assert ended.status == 0
    assert "every score is the same: echo, nothing" in ended.out
    assert "gate: passed, 2 adapters of good against pinned" in ended.out
    assert json.loads((home / "good" / "gate.json").read_bytes())["passed"] is True
    assert Run(home / "good").findings() == []


def test_one_page_that_one_adapter_lost_fails_the_gate_which_names_it(gate: Gate, home: Path) -> None:
    ended = gate("lost")
    assert ended.status == 1
    assert "worse: echo" in ended.out
    assert "page: p007 of pages: body.f1 1.0000 → " in ended.out
    assert "gate: FAILED, " in ended.out
    assert " findings in 1 adapter; 2 adapters of lost against pinned" in ended.out
    assert "every score is the same: nothing" in ended.out
    findings = Run(home / "lost").findings()
    assert {one.rule for one in findings} == {"mean", "page"}
    assert {one.adapter for one in findings} == {"echo"}
    assert {page for one in findings for page in one.pages} == {"p007"}


def test_limits_can_be_wider(gate: Gate) -> None:
    assert gate("lost", "--mean", "1", "--page", "1").status == 0
    assert gate("lost", "--mean", "1").status == 1


def test_a_failure_that_appeared_fails_the_gate_whatever_the_limits(gate: Gate) -> None:
    ended = gate("crashed", "--mean", "1", "--page", "1")
    assert ended.status == 1
    assert "1 new failures on pages: p007 (error)" in ended.out


def test_an_adapter_that_vanished_fails_the_gate_unless_told(gate: Gate) -> None:
    ended = gate("fewer")
    assert ended.status == 1
    assert "adapter: it is pinned, and the run has no answers of it" in ended.out
    assert gate("fewer", "--without", "echo").status == 0


def test_a_new_adapter_is_told_and_let_pass(boilerbench: Boilerbench) -> None:
    boilerbench("gate", "fewer", "--baseline", "smaller", "--update")
    ended = boilerbench("gate", "good", "--baseline", "smaller")
    assert ended.status == 0
    assert "note: not pinned, so not judged: echo" in ended.out


def unavailable(folder: Path, adapter: str) -> None:
    """Make a run one in which an adapter could not take part."""
    manifest = folder / "manifest.json"
    told = json.loads(manifest.read_bytes())
    told["adapters"][adapter] = {"unavailable": "no wheel", "remedy": ""}
    manifest.write_text(json.dumps(told), encoding="utf-8")


def test_an_adapter_that_was_unavailable_when_pinned_is_new(gate: Gate, home: Path) -> None:
    unavailable(home / "pinned", "echo")
    assert "note: not pinned, so not judged: echo" in gate("good").out


def test_compare_tells_the_same_without_judging(boilerbench: Boilerbench) -> None:
    ended = boilerbench("compare", "good", "lost")
    assert ended.status == 0
    assert "worse: echo" in ended.out
    assert "page: p007 of pages: body.f1 1.0000 → " in ended.out
    fewer = boilerbench("compare", "good", "fewer").out
    assert "worse: echo" in fewer
    assert "note: not compared, without answers in both runs: echo" in fewer


def test_compare_passes_over_an_adapter_that_was_unavailable_and_still_judges(
    boilerbench: Boilerbench, home: Path
) -> None:
    unavailable(home / "lost", "echo")
    ended = boilerbench("compare", "good", "lost")
    assert ended.status == 0, ended.err
    assert "note: not compared, without answers in both runs: echo" in ended.out
    assert "nothing → nothing" in ended.out
    assert "adapter: it is pinned, and was unavailable: no wheel" in ended.out
    unavailable(home / "lost", "nothing")
    refused(boilerbench("compare", "good", "lost"), "no adapter has answers in both runs")


def test_compare_takes_paths_and_tells_of_other_golds(boilerbench: Boilerbench, home: Path) -> None:
    other_golds(home / "lost")
    ended = boilerbench("compare", "good", "lost", "--adapter", "./echo.py")
    assert ended.status == 0, ended.err
    assert "echo → echo" in ended.out
    assert "note: pages: the golds are not those of before" in ended.out


def test_compare_with_a_run_that_was_cut_short_says_what_finishes_it(boilerbench: Boilerbench, home: Path) -> None:
    (home / "good" / "summary.json").unlink()
    ended = boilerbench("compare", "good", "lost")
    assert ended.status == 0
    told = "the gate would refuse: good was cut short: no summary.json; finish it: boilerbench run --resume --out good"
    assert told in ended.out


def test_a_run_that_cannot_be_written_is_judged_all_the_same(
    gate: Gate, home: Path, unprivileged: Sequence[str]
) -> None:
    (home / "lost").chmod(0o555)
    ended = gate("lost", before=unprivileged)
    assert ended.status == 1
    assert "gate.json is not written" in ended.err


# what is refused ----------------------------------------------------------------------------------------------


def refused(ended: Ended, *said: str) -> None:
    assert ended.status == 2, ended.out
    for one in said:
        assert one in ended.err


def test_other_pages_are_refused_with_what_to_type(gate: Gate) -> None:
    refused(gate("shorter"), "cannot be held against pinned", "pages: only the baseline has it", "--update")


def test_other_bytes_or_golds_under_the_same_name_are_refused(gate: Gate, home: Path) -> None:
    manifest = home / "good" / "manifest.json"
    told = json.loads(manifest.read_bytes())
    for place, said in (
        (told["corpora"]["pages"]["gold"], "the golds are not"),
        (told["corpora"]["pages"], "the pages"),
    ):
        place["fingerprint"] = "0"
        manifest.write_text(json.dumps(told), encoding="utf-8")
        refused(gate("good"), said)


def other_golds(folder: Path) -> None:
    """Make a run one that was scored by other golds."""
    manifest = folder / "manifest.json"
    told = json.loads(manifest.read_bytes())
    told["corpora"]["pages"]["gold"]["fingerprint"] = "0"
    manifest.write_text(json.dumps(told), encoding="utf-8")


def test_a_run_without_a_summary_is_refused_before_it_is_said_to_pass(gate: Gate, home: Path) -> None:
    (home / "good" / "summary.json").unlink()
    ended = gate("good", env={"GITHUB_ACTIONS": "true"})
    refused(ended, "was cut short: no summary.json; finish it: boilerbench run --resume --out good")
    assert "passed" not in ended.out


def test_a_run_that_was_cut_short_is_refused(gate: Gate, home: Path) -> None:
    (home / "good" / "scores.parquet").unlink()
    refused(gate("good"), "was cut short: no scores.parquet; finish it: boilerbench run --resume --out good")


def test_a_run_with_fewer_answers_than_pages_is_refused(gate: Gate, home: Path) -> None:
    (home / "good" / "extractions.parquet").write_bytes((home / "fewer" / "extractions.parquet").read_bytes())
    refused(gate("good"), f"echo has 0 of {PAGES} answers on pages", "--resume")


@pytest.mark.parametrize("folder", ["good", "pinned"])
def test_an_older_format_is_refused_by_name(gate: Gate, home: Path, folder: str) -> None:
    manifest = home / folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "format": 0}), encoding="utf-8")
    refused(gate("good"), f"{folder} has run format 0; this boilerbench reads format 1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("good", "--against", "nothing"), "without what is held against it: --adapter NAME"),
        (("good", "--adapter", "eco"), "has no answers of 'eco'; did you mean 'echo'?"),
        (("good", "--allow-regression"), "--update --allow-regression"),
        (("good", "--update", "--adapter", "echo"), "a baseline is pinned whole"),
        (("good", "--mean", "-1"), "--mean -1: a number of 0 or more is expected"),
        (("good", "--slower", "0.5"), "--slower 0.5: a number of 1 or more is expected"),
        (("elsewhere",), "elsewhere holds no run"),
        (("good", "--corpus", "seeds"), "seeds: only the"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_does(gate: Gate, words: tuple[str, ...], said: str) -> None:
    refused(gate(*words), said)


def test_compare_refuses_what_it_would_leave_out_of_account(boilerbench: Boilerbench) -> None:
    ended = boilerbench("compare", "good", "lost", "--against", "echo")
    refused(ended, "--against echo was given without the adapter of the first run: --adapter NAME")


def test_checkouts_and_releases_of_a_file_are_called_as_the_run_called_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    header = "# /// script\n# dependencies = ['mine==1.0']\n# ///\n"
    (home / "mine.py").write_text(header + ECHO, encoding="utf-8")
    assert [label(name) for name in ("mine.py==2.0", "./mine.py==.", "html-text==.", "html-text==0.6.2")] == [
        *("mine==2.0", "mine==home", "html-text==home", "html-text==0.6.2")
    ]


def test_without_a_baseline_it_says_how_to_pin_one(boilerbench: Boilerbench) -> None:
    ended = boilerbench("gate", "good", "--baseline", "nowhere")
    refused(ended, "nowhere holds no pinned run; pin one: boilerbench gate good --baseline nowhere --update")


# pinning ------------------------------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_floor_is_never_lowered_unless_that_is_allowed(gate: Gate, home: Path) -> None:
    before = contents(home / "pinned")
    ended = gate("lost", "--update")
    assert ended.status == 1
    assert "page: p007 of pages" in ended.out
    assert "not pinned: " in ended.out
    assert "--allow-regression" in ended.out
    assert gate("fewer", "--update").status == 1
    assert contents(home / "pinned") == before
    assert gate("lost", "--update", "--allow-regression").status == 0
    assert gate("lost").status == 0
    assert gate("good", "--update").status == 0
    assert gate("lost").status == 1


def test_what_a_limit_lets_pass_is_not_let_pass_when_pinned(gate: Gate) -> None:
    wide = ("--mean", "1", "--page", "1")
    assert gate("lost", *wide).status == 0
    assert gate("lost", *wide, "--update").status == 1


def test_a_page_may_not_fall_when_pinned_although_the_mean_stays(boilerbench: Boilerbench) -> None:
    assert boilerbench("gate", "lost", "--baseline", "low", "--update").status == 0
    ended = boilerbench("gate", "moved", "--baseline", "low", "--update", "--page", "1", "--mean", "1")
    assert ended.status == 1
    assert "page: p008 of pages" in ended.out


def test_a_run_of_its_own_is_never_pinned_over(boilerbench: Boilerbench, home: Path) -> None:
    for missing in (None, "plan.json"):
        if missing:
            (home / "lost" / missing).unlink()
        before = contents(home / "lost")
        for allowed in ((), ("--allow-regression",)):
            ended = boilerbench("gate", "good", "--baseline", "lost", "--update", *allowed)
            refused(ended, "lost is a run of its own, not a pinned one; give another folder")
        assert contents(home / "lost") == before


def typed_behind(text: str, words: str) -> list[str]:
    """The words of a command that a message gives behind others, up to the end of its line."""
    return text.partition(words)[2].partition("\n")[0].removeprefix("boilerbench ").split()


@pytest.mark.parametrize("fault", ["interrupted", "redefined"])
def test_what_cannot_be_compared_any_more_is_pinned_anew_by_what_the_refusal_says(
    gate: Gate, boilerbench: Boilerbench, home: Path, fault: str
) -> None:
    if fault == "interrupted":
        (home / "pinned" / "scores.parquet").unlink()
    else:
        metrics = home / "pinned" / "metrics.json"
        metrics.write_text(metrics.read_text(encoding="utf-8").replace('"share"', '"part"'), encoding="utf-8")
    ended = gate("good")
    refused(ended, "pin it anew: ")
    assert boilerbench(*typed_behind(ended.err, "pin it anew: ")).status == 0
    assert gate("good").status == 0


def test_floors_of_other_pages_are_set_anew_and_that_is_told(gate: Gate, home: Path) -> None:
    other_golds(home / "good")
    ended = gate("good", "--update")
    assert ended.status == 0
    assert "note: floors are set anew, for pages: the golds are not those of before" in ended.out
    assert gate("good").status == 0


def test_a_baseline_that_cannot_be_written_is_told_and_left_as_it_was(
    gate: Gate, home: Path, unprivileged: Sequence[str]
) -> None:
    before = contents(home / "pinned")
    (home / "pinned").chmod(0o555)
    ended = gate("good", "--update", before=unprivileged)
    assert ended.status == 3
    assert "pinned" in ended.err
    assert contents(home / "pinned") == before


def test_a_folder_of_something_else_and_the_run_itself_are_no_baseline(boilerbench: Boilerbench, home: Path) -> None:
    (home / "mine").mkdir()
    (home / "mine" / "thesis.tex").write_text("x", encoding="utf-8")
    refused(boilerbench("gate", "good", "--baseline", "mine", "--update"), "mine holds something that is no run")
    refused(boilerbench("gate", "good", "--baseline", "good", "--update"), "good is a run of its own")
    before = contents(home / "pinned")
    refused(boilerbench("gate", "pinned", "--baseline", "pinned", "--update"), "pinned is the run itself")
    assert contents(home / "pinned") == before


def test_what_is_pinned_is_small_and_holds_no_times_and_no_text(home: Path) -> None:
    assert set(contents(home / "pinned")) == {
        *("manifest.json", "metrics.json", "pages.parquet", "extractions.parquet", "scores.parquet")
    }


def test_pinning_the_same_run_twice_writes_the_same_bytes(gate: Gate, home: Path) -> None:
    before = contents(home / "pinned")
    assert gate("good", "--update").status == 0
    assert contents(home / "pinned") == before


# one adapter against another ----------------------------------------------------------------------------------


def test_one_adapter_is_held_against_another_of_the_same_run(boilerbench: Boilerbench) -> None:
    assert boilerbench("gate", "good", "--adapter", "echo", "--against", "nothing").status == 0
    ended = boilerbench("gate", "good", "--adapter", "nothing", "--against", "echo")
    assert ended.status == 1
    assert "gate: FAILED" in ended.out
    assert "1 adapter of good against echo" in ended.out


# time and memory, seeded --------------------------------------------------------------------------------------


def timed(folder: Path, out: str, held: str = "") -> Run:
    """A run of `busy` with a known cost, and of `slow` that takes 1.5 times as long, on two pages."""
    for name, seconds in (("busy", 0.02), ("slow", 0.03)):
        (folder / f"{name}.py").write_text(WORK.format(seconds=seconds, held=held), encoding="utf-8")
    words = ("run", "--corpus", "./two", "--adapter", "./busy.py", "--adapter", "./slow.py", "--scorer", "body")
    assert command_in(folder)(*words, "--speed-seconds", "1", "--out", out).status == 0
    return Run.open(folder / out)


def test_a_slower_and_a_hungrier_adapter_are_caught_and_one_that_was_measured_badly_is_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gating, "AGAIN", 2)
    monkeypatch.setattr(gating, "AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(stage, "FRESH_STARTS", 1)
    monkeypatch.setenv("BOILERBENCH_CACHE", str(tmp_path / "cache"))
    page = b"<html><body><p>text" + b"<div><a href=x>word</a></div>" * 5000
    write_pairs(tmp_path / "two", {"p0": page, "p1": page + b"."})
    good = timed(tmp_path, "good")
    slow = gating.gate(good, None, gating.Wish(adapter="slow", against="busy"), Lines())
    assert [one.rule for one in slow.findings] == ["speed"]
    assert slow.findings[0].worse_by == pytest.approx(1.5, abs=0.1)
    assert gating.gate(good, None, gating.Wish(adapter="busy", against="slow"), Lines()).passed

    gating.pin(good, tmp_path / "pinned", Lines(), speed=True)
    baseline = Run.open(tmp_path / "pinned")
    hungry = gating.gate(timed(tmp_path, "hungry", "HELD = b'x' * 10**8"), baseline, gating.Wish(), Lines())
    assert {(one.rule, one.adapter) for one in hungry.findings} == {("memory", "busy"), ("memory", "slow")}
    assert hungry.findings[0].worse_by == pytest.approx(100, abs=20)

    # What the run says is not what measuring again finds.
    (tmp_path / "busy.py").write_text(WORK.format(seconds=0.02, held=""), encoding="utf-8")
    rows = good.scores("speed/scores.parquet").itertuples(index=False)
    wrong = [row._replace(value=10 * row.value) if row.metric == "speed.ratio" else row for row in rows]
    good.write_scores("speed/scores.parquet", [Score(*row) for row in wrong if row.adapter == "busy"])
    verdict = gating.gate(good, baseline, gating.Wish(), Lines())
    assert verdict.findings == ()
    assert "busy looked slower on two; measured again, it is not" in verdict.notes
    told = gating.gate(good, baseline, gating.Wish(again=False), Lines())
    assert told.notes == (
        "speed and memory of slow on two not judged: the run has no values of it",
        "busy looked slower on two, and was not measured again",
    )

    # Other code than that of the run is told, and so is what cannot be measured again; the rest is judged all the same.
    (tmp_path / "busy.py").write_text(WORK.format(seconds=0.02, held="OTHER = 1"), encoding="utf-8")
    other = gating.gate(good, baseline, gating.Wish(), Lines())
    assert "busy has another file now than in the run, and that was measured" in other.notes
    with monkeypatch.context() as nothing:
        nothing.setattr(gating, "time_again", lambda *_: [])
        unknown = gating.gate(good, baseline, gating.Wish(), Lines())
        assert "busy looked slower on two, and could not be measured again" in unknown.notes
    (tmp_path / "busy.py").unlink()
    gone = gating.gate(good, baseline, gating.Wish(), Lines())
    assert [one.after for one in gone.held] == ["busy", "slow"]
    assert any(note.startswith("busy looked slower on two, and could not be measured again: ") for note in gone.notes)

    # Floors of times are not given up by pinning without them, or without those of one adapter.
    given_up = {"as was asked for": gating.Wish(speed=False), "speed and memory on two": gating.Wish(again=False)}
    for said, wish in given_up.items():
        verdict, _ = gating.regressions(good, baseline, wish, Lines())
        (found,) = verdict.findings
        assert found.rule == "speed"
        assert said in found.message
        assert "pinned, and would not be any more" in found.message

    # Nor are times held against those of another machine.
    manifest = json.loads((tmp_path / "pinned" / "manifest.json").read_bytes())
    manifest["machine"]["processor"] = "Another"
    (tmp_path / "pinned" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (note,) = gating.gate(good, Run.open(tmp_path / "pinned"), gating.Wish(), Lines()).notes
    assert note.startswith("speed and memory are not judged: those that are pinned belong to another machine (Another")


# in CI --------------------------------------------------------------------------------------------------------


def test_in_github_actions_it_writes_summary_annotations_and_outputs_and_nowhere_else(gate: Gate, home: Path) -> None:
    files = {name: str(home / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    quiet = gate("lost", env=files)
    assert "::error" not in quiet.out
    assert not any(Path(file).exists() for file in files.values())
    (home / "GITHUB_STEP_SUMMARY").write_text("before\n", encoding="utf-8")
    ended = gate("lost", env={**files, "GITHUB_ACTIONS": "true"})
    assert ended.status == 1
    (line,) = [line for line in ended.out.splitlines() if line.startswith("::")]
    assert line.startswith("::error title=echo is worse::")
    summary = (home / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    assert summary.startswith("before\n## boilerbench gate failed: `echo`\n")
    assert "page: p007 of pages" in summary
    assert "sandbox: " in summary
    assert "| echo |" in summary
    outputs = dict(line.split("=", 1) for line in Path(files["GITHUB_OUTPUT"]).read_text().splitlines())
    assert outputs == {"passed": "false", "best": "echo", "report": "lost/report"}


# the same again -----------------------------------------------------------------------------------------------


def quality_of(folder: Path) -> list[object]:
    """What must be the same to the byte; of the summary, which has the costs too, every number but those."""
    summary = json.loads((folder / "summary.json").read_bytes())
    numbers = [
        [group["corpus"], group["slice"], group["adapter"], row]
        for group in summary["summaries"]
        for row in group["rows"]
        if not row[0].startswith("cost.")
    ]
    pairs = [group for group in summary["comparisons"] if not group["metric"].startswith("cost.")]
    return [*((folder / name).read_bytes() for name in ("scores.parquet", "metrics.json")), numbers, pairs]


def test_quality_is_equal_byte_for_byte_in_three_runs_that_keep_no_answers(tmp_path: Path) -> None:
    runs = []
    names = ("--adapter", "everything", "--adapter", "trafilatura", "--corpus", "seeds", "--corpus", "composed")
    built = {"BOILERBENCH_CACHE": str(cache_folder())}  # environments; answers are kept nowhere
    for number in range(3):
        words = ("run", *names, "--limit", "6", "--speed-seconds", "0", "--no-cache", "--jobs", str(1 + number % 2))
        assert command_in(tmp_path)(*words, "--out", str(number), env=built).status == 0
        runs.append(quality_of(tmp_path / str(number)))
    assert runs[0] == runs[1] == runs[2]
    assert all(runs[0][:3])


def test_records_of_the_gate_survive_their_file(tmp_path: Path) -> None:
    finding = GateFinding("page", "a", "told", "c", "m", ("p",), 1.0, 0.5, 0.5, 0.05, -0.1, 0.2, holds=False)
    run = Run(tmp_path)
    run.write_findings({"findings": [vars(finding) | {"pages": list(finding.pages)}]})
    assert run.findings() == [finding]
