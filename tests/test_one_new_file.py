"""One new file in one room adds an adapter, a scorer, a corpus, a report or an engine, with no edit elsewhere.

Each test copies the package, drops a single file into one room and runs the real command from the copy.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
RUN = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import benchmark; "
    "assert benchmark.__file__.startswith(sys.path[0]); from benchmark.cli import main; main(sys.argv[1:])"
)
PAGE = "004"

ADAPTER = '''"""Everything between the tags."""

import html
import re


def extract(page):
    """What is left without tags."""
    return html.unescape(re.sub(r"<[^>]*>", " ", page.text))


def extract_shouted(page):
    """The same in capitals."""
    return extract(page).upper()
'''
SCORER = '''"""How long an answer is."""

METRICS = (Metric("{name}.characters", "characters of the answer", "none", "count", 0, float("inf"), 0),)


def against(gold):
    """Count characters."""
    return lambda answer: {{"{name}.characters": float(len(answer))}}
'''
CORPUS = '''"""Lines of one file, each a page."""


def pages(folder, start=0, stop=None):
    """A page for each line."""
    lines = (folder / "lines.txt").read_text().splitlines()
    named = [(f"line-{number}", line) for number, line in enumerate(lines)]
    return (Page(name, "ignored", f"<p>{line}</p>".encode()) for name, line in named[start:stop])


def golds(folder):
    """The line itself."""
    lines = (folder / "lines.txt").read_text().splitlines()
    return (Gold(f"line-{number}", line) for number, line in enumerate(lines))
'''
REPORT = '''"""Names of all adapters, one a line."""


def render(results):
    """One text file."""
    return {"names.txt": "\\n".join(results.manifest.adapters).encode()}
'''
ENGINE = '''"""Runs shards one after another, the last one first."""

from threading import Event


def run(function, tasks, jobs, done):
    """Begin at the end."""
    for task in reversed(list(tasks)):
        done(function(task, Event()))
'''
FORMAT = '''"""One line for each page: its id, a tab, its text."""

EXPECTED = "lines of id, tab and text"


def recognises(path):
    """Whether its first line has a tab."""
    return path.is_file() and "\\t" in path.read_text().partition("\\n")[0]


def read(path):
    """The answers, called like the file."""
    lines = path.read_text().splitlines()
    return Predictions(path.stem, None, dict(line.split("\\t") for line in lines))


def write(predictions):
    """One file."""
    lines = [f"{name}\\t{' '.join((text or '').split())}\\n" for name, text in predictions.texts.items()]
    return {"": "".join(lines).encode()}
'''
INSIDE, OUTSIDE = "from ..records import Gold, Metric, Page\n", "from benchmark.records import Gold, Metric, Page\n"

Command = Callable[..., str]


def importing(source: str, line: str) -> str:
    """The source with an import below its docstring."""
    docstring, rest = source.split("\n", 1)
    return f"{docstring}\n\n{line}{rest}"


def digests(folder: Path) -> dict[str, str]:
    """Relative path -> hash of every file but what Python compiles."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of its own."""
    place = tmp_path / "copy"
    for name in ("benchmark", "seeds", "goldens"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", place)
    return place


@pytest.fixture
def boilerbench(copy: Path, tmp_path: Path) -> Command:
    """The command, run from the copy; it must succeed and leave every file of the copy as it is."""

    def run(*arguments: str | Path, **settings: str) -> str:
        before = digests(copy)
        done = subprocess.run(
            [sys.executable, "-P", "-c", RUN, str(copy), *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "200", **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert digests(copy) == before
        return done.stdout

    return run


def drop(copy: Path, path: str, source: str) -> None:
    """Add one file to the copy, and check that it is the only difference."""
    before = digests(copy)
    (copy / path).write_text(source, encoding="utf-8")
    after = digests(copy)
    assert after.keys() - before.keys() == {path}
    assert before.items() <= after.items()


def scores(run: Path) -> pd.DataFrame:
    return pd.read_parquet(run / "scores.parquet")


def summaries(run: Path) -> pd.DataFrame:
    return pd.DataFrame(json.loads((run / "summary.json").read_bytes())["summaries"])


def run_on_one_page(boilerbench: Command, tmp_path: Path, *arguments: str | Path, **settings: str) -> Path:
    run = tmp_path / "run"
    boilerbench("run", *arguments, "--page", PAGE, "--speed-seconds", "0", "--out", run, **settings)
    return run


def listed(boilerbench: Command, room: str, **settings: str) -> dict[str, Any]:
    return {row["name"]: row["summary"] for row in json.loads(boilerbench("list", room, "--json", **settings))}


def test_one_new_file_adds_an_adapter_and_its_variants(copy: Path, boilerbench: Command, tmp_path: Path) -> None:
    drop(copy, "benchmark/adapters/tag_stripper.py", ADAPTER)
    known = listed(boilerbench, "adapters")
    assert known["tag-stripper"] == "What is left without tags."
    assert known["tag-stripper@shouted"] == "The same in capitals."
    names = ["nothing", "tag-stripper", "tag-stripper@shouted"]
    run = run_on_one_page(boilerbench, tmp_path, *(word for name in names for word in ("--adapter", name)))
    assert set(scores(run)["adapter"]) == set(summaries(run)["adapter"]) == set(names)
    recall = scores(run).query("metric == 'body.recall'").set_index("adapter")["value"]
    assert recall["tag-stripper"] == recall["tag-stripper@shouted"] == 1 > recall["nothing"]
    assert "tag-stripper@shouted" in (run / "report" / "report.md").read_text()


def test_one_new_file_adds_a_scorer(copy: Path, boilerbench: Command, tmp_path: Path) -> None:
    drop(copy, "benchmark/scorers/answer_length.py", importing(SCORER.format(name="answer_length"), INSIDE))
    assert listed(boilerbench, "scorers")["answer-length"] == "How long an answer is."
    run = run_on_one_page(boilerbench, tmp_path, "--adapter", "nothing")
    rows = scores(run).query("metric == 'answer_length.characters'")
    assert [*rows["scorer"], *rows["value"]] == ["answer-length", 0.0]
    assert "answer_length.characters" in set(summaries(run)["metric"])
    assert "answer_length.characters" in (run / "report" / "summary.csv").read_text()


def test_one_new_file_adds_a_corpus(copy: Path, boilerbench: Command, tmp_path: Path) -> None:
    drop(copy, "benchmark/corpora/some_lines.py", importing(CORPUS, INSIDE))
    assert listed(boilerbench, "corpora")["some-lines"] == "Lines of one file, each a page."
    (tmp_path / "data" / "some-lines").mkdir(parents=True)
    (tmp_path / "data" / "some-lines" / "lines.txt").write_text("one two three\nfour\n")
    run = tmp_path / "run"
    options = ("--data", tmp_path / "data", "--adapter", "nothing", "--speed-seconds", "0", "--out", run)
    boilerbench("run", "--corpus", "some-lines", "--corpus", "seeds", *options)
    rows = scores(run).query("corpus == 'some-lines'")
    assert set(rows["page_id"]) == {"line-0", "line-1"}
    assert set(summaries(run)["corpus"]) == {"some-lines", "seeds"}
    assert "some-lines" in (run / "report" / "report.md").read_text()


def test_one_new_file_adds_a_report(copy: Path, boilerbench: Command, tmp_path: Path) -> None:
    drop(copy, "benchmark/reports/all_names.py", REPORT)
    assert listed(boilerbench, "reports")["all-names"] == "Names of all adapters, one a line."
    run = run_on_one_page(boilerbench, tmp_path, "--adapter", "nothing")
    assert (run / "report" / "names.txt").read_text() == "nothing"
    (run / "report" / "names.txt").unlink()
    printed = boilerbench("report", run, "--form", "all-names").split()
    assert [Path(line).name for line in printed] == ["names.txt"]
    assert (run / "report" / "names.txt").exists()


def test_one_new_file_adds_an_engine_that_gives_the_same_files(
    copy: Path, boilerbench: Command, tmp_path: Path
) -> None:
    drop(copy, "benchmark/engines/last_first.py", ENGINE)
    assert listed(boilerbench, "engines")["last-first"] == "Runs shards one after another, the last one first."
    (tmp_path / "mine.py").write_text(ADAPTER, encoding="utf-8")
    options = ("--adapter", "nothing", "--adapter", "./mine.py", "--page", "000", "--page", "004")
    parts = []
    for engine in ("local", "last-first"):
        run = tmp_path / engine
        boilerbench("run", *options, "--engine", engine, "--speed-seconds", "0", "--out", run)
        assert json.loads((run / "plan.json").read_bytes())["engine"] == engine
        answers = {str(file.relative_to(run)): file.read_bytes() for file in run.glob("extractions/*/part-?????.jsonl")}
        parts.append((answers, (run / "scores.parquet").read_bytes(), (run / "extractions.parquet").read_bytes()))
    assert parts[0][0]
    assert parts[0] == parts[1]


def test_one_new_file_adds_a_format(copy: Path, boilerbench: Command, tmp_path: Path) -> None:
    drop(copy, "benchmark/formats/some_tabs.py", importing(FORMAT, "from ..records import Predictions\n"))
    assert listed(boilerbench, "formats")["some-tabs"] == "One line for each page: its id, a tab, its text."
    (tmp_path / "mine.tsv").write_text("004\tone two three\n", encoding="utf-8")
    run = tmp_path / "run"
    boilerbench("score", "--gold", "seeds", "--predictions", tmp_path / "mine.tsv", "--allow-missing", "--out", run)
    assert set(scores(run)["adapter"]) == {"mine"}
    boilerbench("export", run, "--adapter", "mine", "--format", "some-tabs", "--out", tmp_path / "out.tsv")
    assert "004\tone two three\n" in (tmp_path / "out.tsv").read_text()


def test_an_adapter_outside_is_named_by_its_path(boilerbench: Command, tmp_path: Path) -> None:
    (tmp_path / "my_tool.py").write_text(ADAPTER, encoding="utf-8")
    run = run_on_one_page(boilerbench, tmp_path, "--adapter", "./my_tool.py", "--adapter", "./my_tool.py@shouted")
    assert set(scores(run)["adapter"]) == {"my-tool", "my-tool@shouted"}


def test_a_program_outside_is_an_adapter(boilerbench: Command, tmp_path: Path) -> None:
    program = tmp_path / "my-program"
    program.write_text("#!/bin/sh\nsed 's/<[^>]*>/ /g'\n", encoding="utf-8")
    program.chmod(0o755)
    run = run_on_one_page(boilerbench, tmp_path, "--adapter", "cmd:./my-program")
    assert set(scores(run)["adapter"]) == {"cmd:my-program"}
    assert scores(run).query("metric == 'body.recall'")["value"].item() > 0.5


def test_a_scorer_outside_is_named_by_its_path(boilerbench: Command, tmp_path: Path) -> None:
    source = importing(SCORER.format(name="my_score"), OUTSIDE)
    (tmp_path / "my_score.py").write_text(source, encoding="utf-8")
    run = run_on_one_page(
        boilerbench, tmp_path, "--adapter", "nothing", "--scorer", "./my_score.py", "--scorer", "exact"
    )
    assert set(scores(run)["metric"]) == {"exact.match", "my_score.characters"}
    assert "my_score.characters" in set(summaries(run)["metric"])


def test_a_scorer_outside_bears_the_name_of_its_file_and_not_its_place(boilerbench: Command, tmp_path: Path) -> None:
    (tmp_path / "my_score.py").write_text(importing(SCORER.format(name="my_score"), OUTSIDE), encoding="utf-8")
    run = run_on_one_page(boilerbench, tmp_path, "--adapter", "nothing", "--scorer", tmp_path / "my_score.py")
    assert set(scores(run)["scorer"]) == {"my-score"}


def test_a_corpus_outside_is_named_by_its_path(boilerbench: Command, tmp_path: Path) -> None:
    (tmp_path / "my_corpus.py").write_text(importing(CORPUS, OUTSIDE), encoding="utf-8")
    (tmp_path / "data" / "my-corpus").mkdir(parents=True)
    (tmp_path / "data" / "my-corpus" / "lines.txt").write_text("one two three\n")
    run = tmp_path / "run"
    options = ("--data", tmp_path / "data", "--adapter", "nothing", "--speed-seconds", "0", "--out", run)
    boilerbench("run", "--corpus", "./my_corpus.py", *options)
    assert set(scores(run)["corpus"]) == {"my-corpus"}


def test_a_folder_of_pairs_is_a_corpus(boilerbench: Command, tmp_path: Path) -> None:
    (tmp_path / "pairs").mkdir()
    (tmp_path / "pairs" / "a.html").write_text("<p>one two three")
    (tmp_path / "pairs" / "a.txt").write_text("one two three")
    run = tmp_path / "run"
    boilerbench("run", "--corpus", "./pairs", "--adapter", "nothing", "--speed-seconds", "0", "--out", run)
    assert set(scores(run)["corpus"]) == {"pairs"}


def test_a_package_of_somebody_else_adds_to_every_room(copy: Path, boilerbench: Command, tmp_path: Path) -> None:
    site = tmp_path / "site"
    about, package = site / "outsider-1.0.dist-info", site / "outsider"
    about.mkdir(parents=True)
    package.mkdir()
    rooms = {
        "adapters": ("outside_adapter", ADAPTER),
        "scorers": ("outside_scorer", importing(SCORER.format(name="outside_scorer"), OUTSIDE)),
        "corpora": ("outside_corpus", importing(CORPUS, OUTSIDE)),
        "reports": ("outside_report", REPORT),
        "engines": ("outside_engine", ENGINE),
    }
    (package / "__init__.py").write_text("")
    for module, source in rooms.values():
        (package / f"{module}.py").write_text(source, encoding="utf-8")
    points = [f"[boilerbench.{room}]\n{module} = outsider.{module}\n" for room, (module, _) in rooms.items()]
    (about / "entry_points.txt").write_text("".join(points), encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outsider\nVersion: 1.0\n", encoding="utf-8")
    (tmp_path / "data" / "outside-corpus").mkdir(parents=True)
    (tmp_path / "data" / "outside-corpus" / "lines.txt").write_text("one two three\n")
    before, run = digests(copy), tmp_path / "run"
    for room, (module, _) in rooms.items():
        assert module.replace("_", "-") in listed(boilerbench, room, PYTHONPATH=str(site))
    chosen = ("--corpus", "outside-corpus", "--adapter", "outside-adapter", "--engine", "outside-engine")
    options = ("--data", tmp_path / "data", "--speed-seconds", "0", "--out", run)
    boilerbench("run", *chosen, *options, PYTHONPATH=str(site))
    assert set(scores(run)["adapter"]) == {"outside-adapter"}
    assert set(scores(run)["corpus"]) == {"outside-corpus"}
    assert "outside_scorer.characters" in set(summaries(run)["metric"])
    assert (run / "report" / "names.txt").read_text() == "outside-adapter"
    assert digests(copy) == before
