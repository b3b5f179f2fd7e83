"""Claims about the commands that look at single pages: blocks, lint, agreement, diff."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from benchmark import store
from benchmark.checks.lint import lint

ROOT = store.bundled()
BOILERBENCH = Path(sys.executable).with_name("boilerbench")


def boilerbench(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BOILERBENCH, *words], capture_output=True, text=True, check=False)


def test_the_bundled_golds_and_pages_are_clean() -> None:
    done = boilerbench("lint")
    *notes, count = done.stdout.splitlines()
    assert (done.returncode, count) == (0, "0 findings")
    assert all(line.startswith("note: ") for line in notes)


def test_blocks_are_numbered_from_1_and_hold_the_words_of_the_page() -> None:
    lines = boilerbench("blocks", "004").stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, 17))
    assert "La Corée du Nord ratifie le traité de défense avec la Russie" in lines[0]


def test_an_annotation_becomes_a_gold_that_lint_accepts(tmp_path: Path) -> None:
    """The path of docs/goldens.md: number the blocks, write ranges, turn them into a gold, check it."""
    for name in ("seeds", "goldens"):
        shutil.copytree(ROOT / name, tmp_path / name)
    ranges = tmp_path / "goldens" / "annotations" / "model-b" / "004.txt"
    made = boilerbench("blocks", "004", "--ranges", ranges)
    assert made.returncode == 0
    facts = tomllib.loads((ROOT / "goldens" / "004.toml").read_text(encoding="utf-8"))
    filled = made.stdout.replace('annotator = ""', f'annotator = "{facts["annotator"]}"')
    filled = filled.replace('provenance = ""', 'provenance = "model"')
    (tmp_path / "goldens" / "004.toml").write_text(filled, encoding="utf-8")
    assert lint(tmp_path) == []
    assert tomllib.loads(filled)["region"] == facts["region"]


def test_an_annotation_with_a_gap_is_refused_with_the_words_that_are_missing(tmp_path: Path) -> None:
    (tmp_path / "004.txt").write_text("1 title\n4-15 main\n16 footer\n", encoding="utf-8")
    done = boilerbench("blocks", "004", "--ranges", tmp_path / "004.txt")
    assert done.returncode == 2
    assert "12 11 2024" in done.stderr or "12/11/2024" in done.stderr


@pytest.mark.parametrize("page", sorted(file.stem for file in (ROOT / "goldens").glob("*.toml")))
def test_the_gold_of_each_page_is_what_its_readings_say(page: str) -> None:
    made = boilerbench("blocks", page, "--ranges", ROOT / "goldens" / "annotations" / "model-a" / f"{page}.txt")
    gold = tomllib.loads((ROOT / "goldens" / f"{page}.toml").read_text(encoding="utf-8"))
    assert tomllib.loads(made.stdout)["region"] == gold["region"]


def test_two_readings_are_compared_word_by_word(tmp_path: Path) -> None:
    (tmp_path / "004.txt").write_text("1 title\n2-3 byline\n4-14 main\n15-16 footer\n", encoding="utf-8")
    done = boilerbench("agreement", ROOT / "goldens" / "annotations" / "model-a", tmp_path)
    assert done.returncode == 0
    assert "words: main or footer" in done.stdout
    first = done.stdout.splitlines()[0]
    assert first.startswith("all kinds")
    assert "kappa  1.000" not in first


def test_readings_without_a_common_page_are_refused(tmp_path: Path) -> None:
    done = boilerbench("agreement", ROOT / "goldens" / "annotations" / "model-a", tmp_path)
    assert done.returncode == 2
    assert "hold no annotation of the same page" in done.stderr


def test_a_diff_shows_what_became_of_a_page_and_an_unknown_name_is_refused(tmp_path: Path) -> None:
    run = tmp_path / "run"
    options = ("--adapter", "everything", "--page", "003", "--speed-seconds", "0", "--out", run)
    assert boilerbench("run", *options).returncode == 0
    shown = boilerbench("diff", "003", "everything", run)
    assert shown.returncode == 0
    assert shown.stdout.startswith("page 003 · everything")
    assert "{=L’engagement croissant" in shown.stdout
    assert "\x1b" not in shown.stdout
    for wrong in (("003", "everthing"), ("03", "everything")):
        refused = boilerbench("diff", *wrong, run)
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr


def test_a_page_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    done = boilerbench("blocks", "04")
    assert done.returncode == 2
    assert "004" in done.stderr
