"""Claims about the LaTeX tables."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import Results
from benchmark.reports import latex as report

NOT_IN_T1 = "ĦħĸĿŀŉŦŧſ"
"""Letters of Latin Extended-A that pdfLaTeX stops at."""
COMMANDS = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z])")


def faults(tex: str) -> list[str]:
    """What TeX would stumble over: what does not pair, signs with a meaning, rows of another length than the head."""
    found = [f"line {number}: not ASCII or Latin" for number, line in enumerate(tex.splitlines()) if not known(line)]
    depth = 0
    for command in re.finditer(r"\\[{}%&#_$]|[{}]", tex):
        depth += {"{": 1, "}": -1}.get(command[0], 0)
        if depth < 0:
            found.append("a brace closes what none opened")
    found += ["braces do not pair"] if depth else []
    opened: list[str] = []
    for verb, name in re.findall(r"\\(begin|end)\{(\w+)\}", tex):
        if verb == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            found.append(f"{name} ends where it did not begin")
    bare = COMMANDS.sub("", tex)
    found += [f"a bare {sign}" for sign in "#%^~_\\" if sign in bare]
    return found + uneven(tex)


def known(line: str) -> bool:
    return all(sign.isascii() or (0xC0 <= ord(sign) < 0x180 and sign not in NOT_IN_T1) for sign in line)


def uneven(tex: str) -> list[str]:
    """Rows whose cells are not as many as the columns."""
    found = []
    for columns, body in re.findall(r"\\begin\{(?:tabular|longtable)\}\{@\{\}(\w+)@\{\}\}(.*?)\\end\{", tex, re.DOTALL):
        rows = [line for line in body.splitlines() if line.endswith(r" \\")]
        found += [row for row in rows if len(re.findall(r"(?<!\\)&", row)) != len(columns) - 1]
        found += ["no row"] if not rows else []
    return found


def tables(results: Results) -> str:
    files = report.render(results)
    return "\n".join(content.decode() for name, content in files.items() if name != "latex/document.tex")


def test_tables_of_any_run_are_whole(any_results: Results) -> None:
    assert faults(tables(any_results)) == []


@pytest.mark.parametrize("name", ["aeb", "seeds", "doses"])
def test_tables_of_published_runs_are_whole(published: Callable[[str], Results], name: str) -> None:
    assert faults(tables(published(name))) == []


def test_the_check_finds_what_it_looks_for() -> None:
    """Else the tests above could not fail."""
    row = r"\begin{tabular}{@{}lr@{}}" + "\n" + r"a & b \\" + "\n" + r"\end{tabular}"
    assert faults(row) == []
    for wrong in (
        row + "%",
        row + "}",
        row.replace("a &", "a_1 &"),
        row.replace("a & b", "a"),
        row.replace("a &", "中 &"),
    ):
        assert faults(wrong) != []
    assert faults(row.replace(r"\end{tabular}", r"\end{table}")) != []


@given(st.text())
def test_any_text_becomes_text_that_tex_prints(text: str) -> None:
    escaped = report.escape(text)
    assert faults(escaped) == []
    assert "$" not in re.sub(r"\\\$|\$\\(times|pm|uparrow|downarrow)\$|\$-\$", "", escaped)
    assert not {"&"} & set(COMMANDS.sub("", escaped))


@given(st.text(alphabet="-,", max_size=6))
def test_hyphens_and_commas_stay_apart(text: str) -> None:
    escaped = report.escape(text + "x")
    assert "--" not in escaped
    assert ",," not in escaped
    assert escaped.replace("{}", "") == text + "x"


def test_a_row_holds_estimate_interval_rank_and_failures(ordinary: Results) -> None:
    rows = tables(ordinary).splitlines()
    (gamma,) = [row for row in rows if row.startswith("gamma")]
    assert gamma.startswith(r"gamma & gamma & .300 {\tiny[.270, .315]}")
    assert gamma.endswith(r"& 1--2 & 3 timeout, 1 crash \\")


def test_without_intervals_there_are_neither_brackets_nor_ranks(without_intervals: Results) -> None:
    text = tables(without_intervals)
    assert r"\tiny" not in text
    assert "rank" not in text
    assert "bootstrap" not in text


def test_the_caption_says_what_the_interval_of_a_median_is_and_that_a_maximum_has_none(ordinary: Results) -> None:
    assert "median" not in tables(ordinary)
    shown = tuple(replace(one, headline=one.headline or one.name in {"t.cpu", "t.cpu_max"}) for one in ordinary.metrics)
    text = tables(replace(ordinary, metrics=shown))
    assert "interval of a median or percentile" in text
    assert "A maximum has no interval" in text


def test_the_caption_says_how_much_when_and_by_what(ordinary: Results) -> None:
    text = tables(ordinary)
    for part in (
        "Corpus real: 40 pages, 40 clusters.",
        "seed 7",
        "2026-07-01",
        "boilerbench 0.1.0",
        "Sorted by q.main",
    ):
        assert part in text


def test_file_names_are_safe_for_tex_and_never_two_alike(ordinary: Results) -> None:
    corpora: dict[str, Mapping[str, object]] = {"a/b": {}, "a b": {}, "..": {}, "document": {}, "中": {}, "A-b": {}}
    names = report.render(replace(ordinary, manifest=replace(ordinary.manifest, corpora=corpora)))
    stems = [name.removeprefix("latex/").removesuffix(".tex") for name in names]
    assert len(stems) == len({stem.casefold() for stem in stems}) == len(corpora) + 2  # `real` and the document
    assert all(re.fullmatch("[0-9A-Za-z-]+", stem) for stem in stems)


def test_an_empty_run_has_no_table(empty: Results) -> None:
    assert report.render(empty) == {}


def test_a_long_table_breaks_across_pages_and_a_short_one_floats(
    published: Callable[[str], Results], ordinary: Results
) -> None:
    assert r"\begin{longtable}" in tables(published("aeb"))
    assert r"\begin{table}" in tables(ordinary)


def test_the_bounds_of_an_interval_do_not_repeat_the_unit(published: Callable[[str], Results]) -> None:
    assert re.search(r"\d\$\\times\$ \{\\tiny\[[\d.]+, [\d.]+\]\}", tables(published("aeb")))


def compiled(results: Results, folder: Path) -> str:
    """The log of pdfLaTeX, which runs twice as the document asks for."""
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex here; the tests above read the source")
    for name, content in report.render(results).items():
        (folder / Path(name).name).write_bytes(content)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "document.tex"]
    for _ in range(2):
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout[-2000:]
    return (folder / "document.log").read_text(encoding="utf-8", errors="replace")


def test_the_document_compiles_whatever_names_it_holds(hostile: Results, tmp_path: Path) -> None:
    compiled(hostile, tmp_path)


@pytest.mark.parametrize("name", ["aeb", "seeds", "composed"])
def test_no_table_of_a_published_run_is_wider_than_the_sheet(
    published: Callable[[str], Results], name: str, tmp_path: Path
) -> None:
    assert "Overfull" not in compiled(published(name), tmp_path)
