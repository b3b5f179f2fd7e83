"""Claims about what notebooks get: the same run as from the command, tidy frames, charts, and pages that stay inert."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import altair
import pandas as pd
import pytest
from conftest import ECHO, Boilerbench, WriteCorpus

import benchmark
from benchmark.diff import Diff, Line
from benchmark.errors import UsageError
from benchmark.records import Extraction, Tally
from benchmark.store import bundled

GUIDE = Path(__file__).parents[1] / "docs" / "notebook.md"
SCORERS = ("article", "body", "regions")
HOSTILE = (
    "</div></style><script>alert(1)</script> <img src=x onerror=alert(1)> <a href='javascript:alert(1)'>here</a> "
    "&lt;b&gt; \N{RIGHT-TO-LEFT OVERRIDE}gnp\x1b[31m"
)


class Elements(HTMLParser):
    """Elements and attributes of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note an element that begins."""
        self.tags.append(tag)
        self.open.append(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_endtag(self, tag: str) -> None:
        """Hold an end against the beginning."""
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notebook")


@pytest.fixture(scope="module")
def mine(folder: Path) -> str:
    file = folder / "mine.py"
    file.write_text(ECHO, encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def made(folder: Path, mine: str) -> benchmark.OpenRun:
    """A run of three adapters on two bundled pages, made in this process."""
    (folder / "other.py").write_text("def extract(page): return page.text", encoding="utf-8")
    return benchmark.run(
        "seeds", [mine, str(folder / "other.py"), "nothing"], folder / "run", page=["003", "004"], scorer=SCORERS
    )


def test_a_run_made_here_is_the_one_that_the_command_makes(
    made: benchmark.OpenRun, folder: Path, boilerbench: Boilerbench, tmp_path: Path
) -> None:
    adapters = [word for name in ("mine", "other") for word in ("--adapter", str(folder / f"{name}.py"))]
    scorers = [word for name in SCORERS for word in ("--scorer", name)]
    options = ("--page", "003", "--page", "004", *scorers, "--speed-seconds", "0", "--out", "theirs")
    assert boilerbench("run", *adapters, "--adapter", "nothing", *options).status == 0
    theirs = benchmark.load(tmp_path / "theirs")
    pd.testing.assert_frame_equal(made.scores(), theirs.scores())
    quality = [[row for row in run.results.summaries if not row.metric.startswith("cost.")] for run in (made, theirs)]
    assert quality[0] == quality[1] != []
    assert made.files.has("report/report.md")
    ours = {path.name for path in (made.files.folder / "report").rglob("*")}
    assert ours == {path.name for path in (theirs.files.folder / "report").rglob("*")}


def test_nothing_is_printed_and_failures_are_notes(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = folder / "broken.py"
    broken.write_text("def extract(page): raise ValueError('no')", encoding="utf-8")
    run = benchmark.run("seeds", str(broken), folder / "failed", page="003", scorer="body")
    assert capfd.readouterr() == ("", "")
    assert any("failed on every page: broken on seeds" in note for note in run.notes)
    assert list(run.extractions()["outcome"]) == ["error"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"corpus": "sedes"}, "sedes"),
        ({"adapter": "nothin"}, "nothing"),
        ({"scorer": "bodi"}, "body"),
        ({"limit": 0}, "limit=0: a number above 0"),
        ({"timeout": float("inf")}, "timeout=inf"),
        ({"speed_seconds": -1.0}, "speed_seconds=-1"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_written(given: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        benchmark.run(**{"adapter": "nothing", "out": tmp_path / "run", **given})
    assert not (tmp_path / "run").exists()


def test_a_run_is_found_by_path_by_name_and_among_the_published(
    made: benchmark.OpenRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert benchmark.load(made.files.folder).manifest == made.manifest
    (tmp_path / "results" / "runs").mkdir(parents=True)
    (tmp_path / "results" / "runs" / "today").symlink_to(made.files.folder)
    monkeypatch.chdir(tmp_path)
    assert benchmark.load("today").manifest == made.manifest
    assert benchmark.load("aeb").files.folder == bundled() / "results" / "aeb"
    with pytest.raises(UsageError, match=r"no run 'nowhere'; .*aeb.*today"):
        benchmark.load("nowhere")


def test_frames_have_one_thing_in_a_row(made: benchmark.OpenRun) -> None:
    keys = {
        "scores": ["corpus", "page_id", "adapter", "metric"],
        "costs": ["corpus", "page_id", "adapter", "metric"],
        "pages": ["corpus", "page_id"],
        "extractions": ["corpus", "page_id", "adapter"],
        "metrics": ["name"],
        "summary": ["corpus", "slice", "adapter", "metric"],
        "comparisons": ["corpus", "metric", "a", "b"],
    }
    for name, columns in keys.items():
        frame = getattr(made, name)()
        assert len(frame) > 0, name
        assert not frame.duplicated(columns).any(), name
    assert len(made.pages()) == 2
    assert len(made.extractions()) == 2 * 3
    assert len(made.scores()) == 2 * 3 * len(made.files.metrics("metrics.json"))


def test_frames_hold_what_the_records_hold() -> None:
    run = benchmark.load("seeds")
    summary, (rows, _) = run.summary(), run.files.summary()
    assert len(summary) == len(rows) > 1000
    assert summary["estimate"].isna().sum() == sum(row.estimate is None for row in rows)
    assert list(summary["adapter"].astype(str)) == [row.adapter for row in rows]
    assert summary["rank_low"].isna().all()  # four pages, so no ranks


def test_columns_have_dtypes_that_mean_something() -> None:
    run = benchmark.load("aeb")
    kinds = {
        "summary": {"adapter": "category", "n": "int64", "estimate": "float64", "rank_low": "Int64"},
        "comparisons": {"a": "category", "separated": "boolean", "error": "float64", "pages_needed": "Int64"},
        "metrics": {"headline": "bool", "unit": "category", "high": "float64"},
        "pages": {"page_id": "category", "bytes": "int64", "sha256": "string", "site": "category"},
        "extractions": {"outcome": "category", "adapter": "category"},
    }
    for name, wanted in kinds.items():
        found = getattr(run, name)().dtypes.astype(str)
        assert {column: found[column] for column in wanted} == wanted
    outcomes = run.extractions()["outcome"]
    assert outcomes.max() in {"error", "timeout", "oom", "crash"}  # ordered from best to worst
    separated = run.comparisons()["separated"]
    assert separated.isna().any()
    assert 0 < separated.sum() < separated.notna().sum()


def test_a_label_that_is_called_like_a_column_stands_under_another_name(
    folder: Path, mine: str, monkeypatch: pytest.MonkeyPatch, made: benchmark.OpenRun
) -> None:
    rows = [{**row, "attributes": {"url": "mine", "site": "x"}} for row in made.files.pages()]
    monkeypatch.setattr(type(made.files), "pages", lambda _: iter(rows))
    frame = made.pages()
    assert list(frame["label_url"].astype(str)) == ["mine", "mine"]
    assert list(frame["site"].astype(str)) == ["x", "x"]


def test_costs_of_a_run_that_was_timed_hold_the_speed_stage_too() -> None:
    assert set(benchmark.load("seeds").costs()["scorer"].unique()) == {"speed", "cost"}
    assert set(benchmark.load("drills").costs()["scorer"].unique()) == {"cost"}


def test_every_chart_that_is_named_can_be_shown() -> None:
    run = benchmark.load("doses")
    assert run.charts() == ["doses-navigation", "doses-player", "doses-comments.twice"]
    assert isinstance(run.chart("doses-player"), altair.TopLevelMixin)
    seeds = benchmark.load("seeds")
    assert {"pareto", "leakage", "differences"} <= set(seeds.charts())
    chart = seeds.chart("growth")
    assert "text/html" in chart._repr_mimebundle_()
    assert chart.to_dict()["description"].startswith("seeds: growth")


def test_differences_are_taken_to_the_chosen_adapter() -> None:
    spec = benchmark.load("seeds").chart("differences", chosen="justext").to_dict(validate=False)
    assert "to justext" in spec["description"]
    adapters = {row["adapter"] for rows in spec["datasets"].values() for row in rows if "adapter" in row}
    assert {"trafilatura", "dragnet"} <= adapters
    assert "justext" not in adapters


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"name": "pie"}, "no chart 'pie' of this run; it has"),
        ({"name": "differences", "chosen": "justxt"}, "no adapter 'justxt'"),
        ({"name": "pareto", "corpus": "aeb"}, "one of seeds is expected"),
    ],
)
def test_a_chart_that_is_not_there_is_refused_with_those_that_are(asked: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        benchmark.load("seeds").chart(**asked)


def test_a_diff_shows_text_as_text_and_html_as_html(made: benchmark.OpenRun, boilerbench: Boilerbench) -> None:
    shown = made.diff("003", "nothing")
    assert repr(shown).startswith("page 003 · nothing")
    assert "lost" in repr(shown)
    html = shown._repr_html_()
    assert "[-" in html
    assert re.search(r"<td>lost</td><td>main</td><td>100% of the page's \d+</td>", html)
    assert set(Elements(html).tags) <= {"style", "div", "b", "span", "table", "tr", "td"}


def test_nothing_of_a_hostile_page_comes_to_life(write_corpus: WriteCorpus, mine: str, tmp_path: Path) -> None:
    page = f"<html><body><p>{HOSTILE}".encode()
    corpus = write_corpus("odd", {"a<b>&c": page})
    run = benchmark.run(str(corpus), mine, tmp_path / "run", scorer="body")
    shown = run.diff("a<b>&c", "mine")
    found = Elements(shown._repr_html_())
    assert found.open == []
    assert set(found.tags) <= {"style", "div", "b", "span", "table", "tr", "td"}
    assert found.attributes <= {"class"}
    for text in (shown._repr_html_(), repr(shown)):
        assert "\x1b" not in text
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text


def hand_made(lines: int, words: int, state: str) -> Any:
    """A diff of so many lines of so many hostile words."""
    from benchmark.notebook import PageDiff

    text = " ".join(["<i>word"] * words)
    marked = [Line(number, text, ["main"] * 2 * words, [state] * 2 * words) for number in range(1, lines + 1)]
    marks = Diff(tuple(marked), tuple(marked[:1]), (Tally(state, "<kind>", 1, 1, {}),), 3)
    return PageDiff(marks, Extraction("<p>", "<a>", "<v>", None, "text", "error", "<e>"), {"<m>": None})


@pytest.mark.parametrize("state", ["lost", "leaked", "kept", "repeated", "doubtful", "invented", "left out"])
def test_every_state_is_told_by_signs_too_and_every_name_is_escaped(state: str) -> None:
    html = hand_made(1, 3, state)._repr_html_()
    found = Elements(html)
    assert set(found.tags) <= {"style", "div", "b", "span", "table", "tr", "td"}
    assert "<i>" not in html
    if state != "kept":
        from benchmark.diffsheet import MARKS

        assert all(sign.replace(">", "&gt;") in html for sign in MARKS[state])


def test_a_long_page_and_a_long_line_are_cut_and_the_rest_is_counted() -> None:
    many = hand_made(5_000, 3, "lost")._repr_html_()
    assert len(many) < 200_000
    assert "4,700 more lines of 28,200 words are not shown" in many
    long = hand_made(1, 200_000, "lost")._repr_html_()
    assert len(long) < 20_000


def test_a_published_run_has_no_texts_and_says_so() -> None:
    with pytest.raises(UsageError, match="published run"):
        benchmark.load("seeds").diff("003", "justext")


def test_a_run_tells_in_one_line_what_it_is() -> None:
    assert repr(benchmark.load("aeb")) == "<run aeb: aeb (181 pages); 87 adapters>"


def test_the_guide_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block in its order; of each the last expression is shown, as a notebook would."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    shown = [shown_by(block, names) for block in blocks]
    run, _, leaked, pair, chart, difference = shown
    assert repr(run) == "<run my-run: seeds (4 pages); 2 adapters>"
    assert list(leaked.columns) == ["mean", "max", "count"]
    assert leaked.loc["everything", "mean"] == 1
    assert list(pair["separated"]) == [True]
    assert isinstance(chart, altair.TopLevelMixin)
    assert "justext" in difference._repr_html_()
    # A cell is run twice sooner or later.
    answers = (tmp_path / "my-run" / "extractions").rglob("*.jsonl")
    written = {file: file.stat().st_mtime_ns for file in answers}
    assert repr(shown_by(blocks[0], names)) == repr(run)
    assert {file: file.stat().st_mtime_ns for file in written} == written != {}
    with pytest.raises(UsageError, match="holds a run already"):
        benchmark.run("seeds", ["justext", "everything"], out="my-run")


def test_no_mathematics_is_set_from_the_dollars_of_a_page() -> None:
    (opened,) = re.findall(r"<div class=\"([^\"]+)\">", hand_made(1, 3, "lost")._repr_html_())
    assert {"tex2jax_ignore", "mathjax_ignore"} <= set(opened.split())


def shown_by(block: str, names: dict[str, Any]) -> Any:
    tree = ast.parse(block)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(GUIDE), "exec"), names)
    return eval(compile(ast.Expression(last.value), str(GUIDE), "eval"), names) if isinstance(last, ast.Expr) else None


def test_the_guide_names_every_table_and_links_only_what_is_there() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for name in ("scores", "costs", "pages", "extractions", "metrics", "summary", "comparisons"):
        assert f"| `{name}()` |" in text
        assert callable(getattr(benchmark.OpenRun, name))
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (GUIDE.parent / link).is_file()
