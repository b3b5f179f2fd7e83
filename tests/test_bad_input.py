"""What boilerbench says, and with which exit code, when it is given what it cannot use: by the real command."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import ECHO, ROOT, Boilerbench, Ended, WriteAdapter, WriteCorpus

from benchmark import pipeline, store
from benchmark.errors import UsageError
from benchmark.plan import Corpus, Plan
from benchmark.store import Run
from benchmark.terminal import Lines

FAIL = "def extract(page): raise ValueError('no')"
RUN = ("run", "--speed-seconds", "0")

Try = Callable[..., Ended]


@pytest.fixture
def run(boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter) -> Try:
    """Runs `boilerbench run` on three small pages with an adapter that works, and what else is given."""
    write_corpus("three", 3)
    write_adapter("echo", ECHO)

    def attempt(
        *given: str, corpus: str = "./three", adapter: str = "./echo.py", out: str = "out", before: Sequence[str] = ()
    ) -> Ended:
        names = ("--corpus", corpus, "--adapter", adapter, "--out", out)
        return boilerbench(*RUN, *names, *given, before=before)

    return attempt


@pytest.fixture
def finished(run: Try, tmp_path: Path) -> Run:
    """The run `out` on three small pages."""
    assert run("--scorer", "word", "--adapter", "cmd:cat").status == 0
    return Run(tmp_path / "out")


def contents(run: Run) -> dict[Path, bytes]:
    """Every file of a run."""
    return {file: file.read_bytes() for file in run.folder.rglob("*") if file.is_file()}


def outcomes(folder: Path) -> dict[str, list[str]]:
    """Adapter -> outcomes of its pages, in order."""
    found: dict[str, list[str]] = {}
    for row in Run(folder).outcomes():
        found.setdefault(row["adapter"], []).append(row["outcome"])
    return found


# names --------------------------------------------------------------------------------------------------------


def test_all_unknown_names_are_told_at_once_with_the_nearest_known_ones(boilerbench: Boilerbench) -> None:
    wrong = {"--corpus": "seedz", "--adapter": "trafilatur", "--scorer": "wrod", "--engine": "lokal"}
    more = ["--adapter", "justex", "--adapter", "trafilatura@abe"]
    ended = boilerbench(*RUN, *(word for pair in wrong.items() for word in pair), *more)
    assert ended.status == 2
    for line in (
        "unknown corpus 'seedz'; did you mean seeds? `boilerbench list corpora` shows all",
        "unknown adapter 'trafilatur'; did you mean trafilatura or rs-trafilatura?",
        "unknown adapter 'justex'; did you mean justext?",
        "adapter 'trafilatura' has no variant 'abe'; it has: trafilatura, trafilatura@aeb,",
        "unknown scorer 'wrod'; did you mean word",
        "unknown engine 'lokal'; did you mean local?",
    ):
        assert line in ended.err
    assert ended.out == ""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("list corporas", ["corpora"]),
        ("frobnicate", ["frobnicate"]),
        ("run --adaptor x", ["--adaptor"]),
        ("run --timeout soon", ["soon"]),
        ("report no-run", ["no-run holds no run (no manifest.json); give the folder"]),
        ("report", ["no run below results/runs; give the folder of a run, or make one: boilerbench run"]),
        ("env sync nope nada", ["unknown adapter 'nope'", "unknown adapter 'nada'"]),
    ],
)
def test_a_word_that_means_nothing_is_named_and_ends_with_2(
    boilerbench: Boilerbench, command: str, said: list[str]
) -> None:
    ended = boilerbench(*command.split())
    assert ended.status == 2
    for line in said:
        assert line in ended.err


def test_a_corpus_that_is_not_on_this_disk_is_told_with_all_places_looked_at(
    boilerbench: Boilerbench, tmp_path: Path
) -> None:
    looked = {"BOILERBENCH_DATA": str(tmp_path / "given")}
    ended = boilerbench(*RUN, "--corpus", "aeb", "--data", str(tmp_path / "data"), env=looked)
    assert ended.status == 2
    for place in ("data/aeb", "given/aeb", "cache/corpora/aeb"):
        assert str(tmp_path / place) in ended.err
    assert "--data FOLDER" in ended.err


def test_a_path_that_is_no_folder_is_not_taken_for_a_name(run: Try) -> None:
    ended = run(corpus="./nowhere")
    assert (ended.status, "corpus './nowhere' is not a folder" in ended.err) == (2, True)


def test_two_corpora_or_two_adapters_of_one_name_are_refused_and_neither_is_lost(
    run: Try, write_corpus: WriteCorpus, write_adapter: WriteAdapter
) -> None:
    write_corpus("else/three", 1)
    write_adapter("else/echo", FAIL)
    ended = run("--corpus", "else/three", "--adapter", "else/echo.py")
    assert ended.status == 2
    assert "2 corpora are called 'three'; rename one" in ended.err
    assert "2 adapters are called 'echo'; rename one" in ended.err


def test_the_same_thing_asked_for_twice_is_done_once(run: Try, tmp_path: Path) -> None:
    again = ("--corpus", "three", "--adapter", "./echo.py", "--scorer", "word", "--scorer", "word")
    assert run(*again).status == 0
    rows = pq.read_table(tmp_path / "out" / "scores.parquet").to_pylist()
    assert len(rows) == len({(row["page_id"], row["metric"]) for row in rows}) > 0


def test_scorers_and_corpus_readers_in_files_are_refused_by_what_they_lack(
    run: Try, write_adapter: WriteAdapter
) -> None:
    write_adapter("broken", "def against(")
    wrong = ("--scorer", "./missing.py", "--scorer", "./broken.py", "--scorer", "./echo.py", "--corpus", "./echo.py")
    ended = run(*wrong)
    assert ended.status == 2
    for line in (
        "missing.py is not a file; give the path of a .py file",
        "broken.py cannot be imported: SyntaxError",
        "./echo.py defines no METRICS and no against",
        "./echo.py defines no pages and no golds",
    ):
        assert line in ended.err


def test_a_scorer_that_repeats_the_metrics_of_another_is_refused(run: Try, write_adapter: WriteAdapter) -> None:
    write_adapter("mine", "from benchmark.scorers.word import METRICS, against")
    ended = run("--scorer", "word", "--scorer", "./mine.py")
    assert (ended.status, "two scorers declare 'word.f1'; leave one out" in ended.err) == (2, True)


# numbers ------------------------------------------------------------------------------------------------------


def test_numbers_that_make_no_sense_are_all_told(run: Try, tmp_path: Path) -> None:
    ended = run("--timeout", "0", "--jobs", "0", "--limit", "-1")
    assert ended.status == 2
    for name in ("--timeout 0", "--jobs 0", "--limit -1"):
        assert f"{name}: a number above 0 is expected" in ended.err
    assert "--timeout nan: a number above 0 is expected" in run("--timeout", "nan").err
    assert not (tmp_path / "out").exists()


def test_a_page_that_no_corpus_has_is_named_with_what_ids_look_like(run: Try) -> None:
    ended = run("--page", "p001", "--page", "nope")
    assert ended.status == 2
    assert "page 'nope' is in no corpus of this run; ids look like 'p000'" in ended.err


# adapters -----------------------------------------------------------------------------------------------------


HEADERS = {
    "from = 'html'": "unknown key 'from' in [tool.boilerbench]; did you mean 'form'?",
    "form = 'htm'": "form 'htm'; one of text, html, markdown is expected",
    "light = ['defualt']": "light names no variant of this file: 'defualt'; did you mean 'default'?",
    "memory_bytes = 'much'": "memory_bytes in [tool.boilerbench] is 'much'; a number is expected",
    "variants.fast.form = 'html'": "variants in [tool.boilerbench] has 'fast'; known: default",
    "variants.default = 3": "variants.default is 3; a table is expected",
    "variants.default.from = 'html'": "unknown key 'from' in variants.default; did you mean 'form'?",
    "from": "header is not TOML",
}
"""Lines of [tool.boilerbench], and what is said of them."""
PEP_723 = {
    "dependancies = []": "unknown key 'dependancies' in the header; did you mean 'dependencies'?",
    "dependencies = 'lxml'": "dependencies in the header is 'lxml'; a list is expected",
    "dependencies = ['lxml = 6']": "dependency 'lxml = 6'",
    "dependencies = [3]": "dependency 3",
    "requires-python = 'new'": "requires-python is 'new'",
    "tool = 3": "tool in the header is 3; a table is expected",
    "tool.boilerbench = 3": "boilerbench in [tool] is 3; a table is expected",
}
"""Lines of a header outside that table, and what is said of them."""
SOURCES = {
    "\ndef extract(page:": "2: '(' was never closed; an adapter is a Python file",
    "def extract(page): return ''\0": " source code string cannot contain null bytes",
    "def extract(page): return ''\ndef extract_default(page): return ''": " rename `extract_default`",
    "x = 1": " no function `extract`; an adapter has `def extract(page)`",
}


def test_adapter_files_that_cannot_be_used_are_all_refused_with_file_and_reason(
    run: Try, write_adapter: WriteAdapter
) -> None:
    headers = {f"[tool.boilerbench]\n# {line}": said for line, said in HEADERS.items()} | PEP_723
    sources = {f"# /// script\n# {line}\n# ///\ndef extract(page): return ''": " " for line in headers} | SOURCES
    said_of = dict(enumerate([*headers.values(), *SOURCES.values()]))
    typed = [write_adapter(f"bad{number}", source) for number, source in enumerate(sources)]
    ended = run(*(word for name in typed for word in ("--adapter", name)))
    assert ended.status == 2
    complaints = ended.err.split("bad")
    for number, said in said_of.items():
        (complaint,) = (one for one in complaints if one.startswith(f"{number}.py:"))
        assert said in complaint


def test_an_adapter_file_that_is_not_utf_8_or_not_there_is_refused(run: Try, tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"# caf\xe9\ndef extract(page): return ''")
    ended = run("--adapter", "./missing.py", adapter="./latin.py")
    assert ended.status == 2
    assert "latin.py is not UTF-8 (byte 5" in ended.err
    assert "missing.py is not a file; give the path of an adapter file or a known name" in ended.err


def test_programs_that_cannot_be_run_are_all_named(run: Try, tmp_path: Path) -> None:
    (tmp_path / "plain.sh").write_text("#!/bin/sh\ncat\n", encoding="utf-8")
    names = ("cmd:no-such-program", "cmd:./plain.sh", "cmd:cat 'open", "cmd:")
    ended = run(*(word for name in names for word in ("--adapter", name)))
    assert ended.status == 2
    for said in (
        "adapter 'cmd:no-such-program': there is no such program",
        "adapter 'cmd:./plain.sh': is not executable; give cmd:PROGRAM, a file you may execute (chmod +x PROGRAM)",
        'adapter "cmd:cat \'open": No closing quotation',
        "adapter 'cmd:': there is no such program",
    ):
        assert said in ended.err


def test_an_adapter_that_fails_everywhere_ends_with_3_and_the_table_is_there(
    run: Try, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    scripts = {"one": "#!/bin/sh\necho went wrong >&2\nexit 1\n", "unstartable": "#!/no/such/shell\n"}
    for name, text in scripts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    rivals = ("--adapter", write_adapter("fail", FAIL), "--adapter", "cmd:./one", "--adapter", "cmd:./unstartable")
    ended = run(*rivals)
    assert ended.status == 3
    assert "failed on every page: " in ended.err
    for name in ("fail", "cmd:one", "cmd:unstartable"):
        assert f"{name} on three" in ended.err
        assert f"| {name} |" in ended.out
    assert "echo on three" not in ended.err
    assert (tmp_path / "out" / "report" / "report.md").is_file()
    errors = {row.error for row in Run(tmp_path / "out").extractions("cmd:one", "three")}
    assert errors == {"RuntimeError: exit status 1: went wrong"}


def test_programs_and_files_work_as_adapters_wherever_they_stand(
    run: Try, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    program = tmp_path / "else" / "my extractor.sh"
    write_adapter("else/far", ECHO)
    program.write_text('#!/bin/sh\necho "$1"; exec cat\n', encoding="utf-8")
    program.chmod(0o755)
    ended = run("--adapter", "else/far.py", "--adapter", f"cmd:'{program}' 'two words'")
    assert ended.status == 0, ended.err
    made = Run(tmp_path / "out")
    assert [row.text for row in made.extractions("far", "three")] == [f"page {n} of text" for n in range(3)]
    (first, *_) = made.extractions("cmd:my extractor.sh", "three")
    assert first.text == "two words\n<html><body><p>page 0 of text"


# pages and golds ----------------------------------------------------------------------------------------------


def test_a_corpus_with_half_its_pairs_missing_names_the_missing_files(run: Try, tmp_path: Path) -> None:
    (tmp_path / "three" / "p000.txt").unlink()
    (tmp_path / "three" / "p002.html").unlink()
    ended = run()
    assert ended.status == 2
    assert "files missing (2): p000.txt (for p000.html), p002.html (for p002.txt)" in ended.err
    assert "expected pairs of files" in ended.err


def test_pages_that_are_empty_no_html_or_undecodable_are_rows_like_others(
    run: Try, write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20
    folder = write_corpus(
        "odd", {"empty": b"", "png": png, "undecodable": b"<p>\xff\xfe\x80\x81" * 50, "good": b"<p>x"}
    )
    (folder / "undecodable.toml").write_text('charset = "no-such-charset"', encoding="utf-8")
    ended = run("--adapter", "everything", "--adapter", "nothing", corpus="./odd")
    assert ended.status == 0, ended.err
    found = outcomes(tmp_path / "out")
    assert found["echo"] == ["empty", "ok", "empty", "ok"]  # empty, good, png, undecodable
    assert found["everything"][1] == "ok"
    assert {name: len(rows) for name, rows in found.items()} == {"echo": 4, "everything": 4, "nothing": 4}
    rows = pq.read_table(tmp_path / "out" / "scores.parquet").to_pylist()
    assert {row["page_id"] for row in rows} == {"empty", "good", "png", "undecodable"}


def test_a_gold_that_cannot_be_read_is_named_and_the_answers_are_kept(
    run: Try, boilerbench: Boilerbench, tmp_path: Path
) -> None:
    gold = tmp_path / "three" / "p001.txt"
    gold.write_bytes(b"caf\xe9")
    ended = run()
    assert ended.status == 2
    assert "p001.txt is not UTF-8 (byte 3" in ended.err
    gold.write_text("café", encoding="utf-8")
    assert boilerbench("score", "out").status == 0


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundled pages and golds, which then are the bundled ones."""
    for name in ("seeds", "goldens"):
        shutil.copytree(ROOT / name, tmp_path / "bundle" / name)
    monkeypatch.setattr(store, "bundled", lambda: tmp_path / "bundle")
    return tmp_path / "bundle"


def score_seeds(bundle: Path, out: Path) -> None:
    plan = Plan((Corpus("seeds", "seeds", bundle),), ("nothing",), ("exact",))
    pipeline.score(pipeline.extract(plan, out, Lines()), Lines())


def test_a_page_whose_bytes_are_not_those_that_were_annotated_is_named_with_both_hashes(
    bundle: Path, tmp_path: Path
) -> None:
    page = bundle / "seeds" / "003.html"
    before = page.read_bytes()
    page.write_bytes(before + b" ")
    with pytest.raises(UsageError) as error:
        score_seeds(bundle, tmp_path / "out")
    told = str(error.value)
    assert f"003: page has sha256 {hashlib.sha256(before + b' ').hexdigest()}" in told
    assert f"its gold was made for {hashlib.sha256(before).hexdigest()}" in told
    assert "002" not in told
    assert "Restore the page, or read it again and write the new hash into its gold" in told
    assert not (tmp_path / "out" / "scores.parquet").exists()


def test_of_many_changed_pages_all_are_named(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    corpus = Corpus("many", "folder", write_corpus("many", 30))
    made = pipeline.extract(Plan((corpus,), ("nothing",), ("exact",)), tmp_path / "out", Lines())
    (tmp_path / "fewer").mkdir()
    for suffix in ("html", "txt"):
        shutil.copy(tmp_path / "many" / f"p000.{suffix}", tmp_path / "fewer")
    with pytest.raises(UsageError, match=r"(p0\d\d: no gold\n  ){28}p029: no gold\n"):
        pipeline.check_golds(made, Corpus("many", "folder", tmp_path / "fewer"))


def test_golds_that_come_in_another_order_than_their_pages_are_told(tmp_path: Path) -> None:
    (tmp_path / "turned.py").write_text(
        "from benchmark.records import Gold, Page\n\n"
        "def pages(folder, start=0, stop=None):\n"
        "    return iter([Page(name, 'turned', b'<p>text') for name in 'ab'][start:stop])\n\n"
        "def golds(folder):\n    return iter([Gold(name, 'text') for name in 'ba'])\n"
    )
    corpus = Corpus("turned", str(tmp_path / "turned.py"), tmp_path)
    made = pipeline.extract(Plan((corpus,), ("nothing",), ("exact",)), tmp_path / "out", Lines())
    with pytest.raises(UsageError, match="expected the gold of a, found that of b"):
        pipeline.score(made, Lines())
    assert not (tmp_path / "out" / "scores.parquet").exists()


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("003.txt", None, "files missing (1): goldens/003.txt"),
        ("003.toml", "page = \n", "line 1"),
        ("003.toml", 'paeg = "003"\n', "page is missing"),
    ],
)
def test_a_missing_or_malformed_gold_is_told_with_file_and_reason(
    bundle: Path, tmp_path: Path, file: str, text: str | None, said: str
) -> None:
    gold = bundle / "goldens" / file
    if text is None:
        gold.unlink()
    else:
        gold.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        score_seeds(bundle, tmp_path / "out")
    assert said in str(error.value)
    assert file in str(error.value)


# folders of runs ----------------------------------------------------------------------------------------------


def test_a_run_is_never_overwritten_without_being_asked(run: Try, finished: Run) -> None:
    before = contents(finished)
    ended = run("--limit", "1")
    assert ended.status == 2
    assert "out holds a run already; give another --out, or finish that one with --resume" in ended.err
    assert contents(finished) == before


def test_a_run_is_not_resumed_under_other_options_and_each_of_them_is_named(
    run: Try, finished: Run, write_adapter: WriteAdapter
) -> None:
    before = contents(finished)
    write_adapter("echo", ECHO + " # changed")
    fail = write_adapter("fail", FAIL)
    ended = run("--resume", "--timeout", "5", "--limit", "2", "--adapter", fail, "--adapter", "cmd:cat -A")
    assert ended.status == 2
    for line in (
        "cannot resume out, which was begun otherwise:",
        "options timeout_s: was 30.0, is 5.0",
        "options limit: was absent, is 2",
        "corpora three pages: was 3, is 2",
        "adapters echo file: was ",
        "adapters cmd:cat file: was ",  # the same program, but with other arguments
        "adapters fail: was absent, is present",
        "Start a new run, or repeat the command that began this one with --resume",
    ):
        assert line in ended.err
    assert contents(finished) == before


def test_a_folder_with_files_that_a_run_would_overwrite_is_refused(run: Try, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "summary.json").write_text("mine", encoding="utf-8")
    (tmp_path / "mine" / "report").mkdir()
    ended = run(out="mine")
    assert ended.status == 2
    assert "mine holds no run, but files that a run would write: summary.json, report; give another --out" in ended.err
    assert (tmp_path / "mine" / "summary.json").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("stage", ["score", "speed", "summarize", "report"])
def test_stages_refuse_a_folder_that_is_no_run(boilerbench: Boilerbench, tmp_path: Path, stage: str) -> None:
    (tmp_path / "folder").mkdir()
    ended = boilerbench(stage, "folder")
    assert (ended.status, "folder holds no run (no manifest.json); give the folder" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ('{"format": 9}', "folder has run format 9; this boilerbench reads format 1"),
        ('{"format": 1}', "manifest.json is not as it was written"),
        ("[]", "folder has run format None"),
        ("{", "manifest.json is not JSON"),
    ],
)
def test_a_run_of_another_format_is_refused_by_name(
    boilerbench: Boilerbench, tmp_path: Path, manifest: str, said: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "manifest.json").write_text(manifest, encoding="utf-8")
    ended = boilerbench("report", "folder")
    assert (ended.status, said in ended.err) == (2, True)


def test_a_stage_without_what_the_one_before_writes_says_which_file_is_missing(
    finished: Run, boilerbench: Boilerbench
) -> None:
    for name, stage in (("summary.json", "report"), ("scores.parquet", "summarize"), ("pages.parquet", "score")):
        (finished.folder / name).unlink()
        ended = boilerbench(stage, "out")
        assert ended.status == 2
        assert f"out/{name} is missing: the run has not come that far, or was cut short; type: " in ended.err
    (finished.folder / "pages.parquet").write_bytes(b"no table")
    ended = boilerbench("score", "out")
    assert (ended.status, "out/pages.parquet is not a Parquet file" in ended.err) == (2, True)


def test_a_published_run_can_be_read_but_not_scored_again(finished: Run, boilerbench: Boilerbench) -> None:
    assert boilerbench("publish", "out", "shown").status == 0
    assert boilerbench("report", "shown").status == 0
    ended = boilerbench("score", "shown", "--scorer", "word")
    assert ended.status == 2
    assert "shown has no plan.json: a published run can be read, but not continued or scored again" in ended.err


def test_unknown_scorers_and_reports_of_a_stage_alone_are_named(finished: Run, boilerbench: Boilerbench) -> None:
    ended = boilerbench("score", "out", "--scorer", "wrod", "--scorer", "nada")
    assert ended.status == 2
    assert "unknown scorer 'wrod'" in ended.err
    assert "unknown scorer 'nada'" in ended.err
    ended = boilerbench("report", "out", "--form", "marcdown")
    assert (ended.status, "unknown report 'marcdown'; did you mean markdown?" in ended.err) == (2, True)


# the disk -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/boilerbench", "n" * 300])
def test_a_results_folder_that_cannot_be_made_ends_with_3_and_says_so(run: Try, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    ended = run(out=place)
    assert ended.status == 3
    assert place in ended.err
    assert "give another" in ended.err.lower()


def test_folders_and_files_without_permission_are_named_and_end_with_3(
    run: Try, unprivileged: Sequence[str], tmp_path: Path
) -> None:
    (tmp_path / "fixed").mkdir(mode=0o555)
    ended = run(out="fixed/run", before=unprivileged)
    assert ended.status == 3
    assert "cannot write fixed/run: Permission denied. Give a folder you own: --out FOLDER" in ended.err

    (tmp_path / "locked").mkdir(mode=0o000)
    for given in ({"out": "locked/run"}, {"adapter": "./locked/echo.py"}, {"corpus": "./locked/three"}):
        ended = run(**given, before=unprivileged)
        assert ended.status == 3
        assert next(iter(given.values())).removeprefix("./") in ended.err
        assert "Permission denied" in ended.err

    (tmp_path / "echo.py").chmod(0o000)
    (tmp_path / "three" / "p001.html").chmod(0o000)
    assert "echo.py cannot be read (Permission denied)" in run(before=unprivileged).err
    ended = run(adapter="cmd:cat", before=unprivileged)
    assert (ended.status, "p001.html cannot be read (Permission denied)" in ended.err) == (3, True)


def test_on_a_full_disk_finished_parts_are_kept_and_a_roomier_one_takes_the_rest(
    boilerbench: Boilerbench, write_corpus: WriteCorpus, write_adapter: WriteAdapter, tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = f"mount -t tmpfs -o size=2m none '{small}'"
    if subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False).returncode:
        pytest.skip("the kernel lets us mount no file system of our own, so no disk can be filled")
    write_corpus("many", 150)
    wordy = write_adapter("wordy", "def extract(page): return page.text[-20:] + 'word ' * 4000")
    request = ("--corpus", "./many", "--adapter", wordy, "--jobs", "1", "--scorer", "exact")
    # The small disk is gone with its namespace, so what was left on it is copied while it is there.
    around = (
        "unshare",
        "-rm",
        "sh",
        "-c",
        f"{mount} && \"$@\"; status=$?; cp -r '{small}/run' kept; exit $status",
        "sh",
    )

    ended = boilerbench(*RUN, "--out", str(small / "run"), *request, before=around)
    assert ended.status == 3
    assert f"no space left while writing {small}/run/extractions/wordy/part-00001.jsonl" in ended.err
    assert "what was finished is kept. Free some space and run the same command again" in ended.err
    parts = tmp_path / "kept" / "extractions" / "wordy"
    assert sorted(file.name for file in parts.iterdir()) == [
        f"part-00000.{x}" for x in ("costs.jsonl", "json", "jsonl")
    ]

    costs = (parts / "part-00000.costs.jsonl").read_bytes()
    assert boilerbench(*RUN, "--out", "kept", "--resume", *request).status == 0
    assert (parts / "part-00000.costs.jsonl").read_bytes() == costs, "it was extracted again"
    assert boilerbench(*RUN, "--out", "whole", *request).status == 0
    for name in ("scores.parquet", "extractions.parquet", "pages.parquet"):
        assert (tmp_path / "kept" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
