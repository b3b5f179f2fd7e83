"""The report as a page, without a browser: what it says, what it holds, how large it is, and that nothing escapes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import synthetic
from conftest import ECHO, ROOT, Boilerbench, command_in, write_pairs
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmark import pipeline
from benchmark.records import Aggregate, Drill, Response, Results
from benchmark.reports import _shell, html
from benchmark.reports._boards import board_of
from benchmark.reports._forest import STEPS, forest
from benchmark.reports._verdict import half_width
from benchmark.store import Run

NAMES = synthetic.names(8)
PAGES = [f"page-{number}" for number in range(6)]
EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202egnp.{{7*7}}"

MEASURED = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import synthetic
from benchmark.reports import html
made = synthetic.results(synthetic.names(40), [f"page-{number:04}" for number in range(1000)])
before = resource.getrusage(resource.RUSAGE_SELF)
size = len(html.index(made))
after = resource.getrusage(resource.RUSAGE_SELF)
print(size, after.ru_utime - before.ru_utime, after.ru_maxrss * 1024)
"""


def tree(results: Results) -> LexborHTMLParser:
    return LexborHTMLParser(html.index(results))


def one(parser: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    found = parser.css_first(selector)
    assert found is not None, selector
    return found


def words(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())


def table_names(node: LexborNode) -> list[str]:
    return [words(one(row, "bdi")) for row in node.css("tbody tr")]


@pytest.fixture(scope="module")
def usual() -> Results:
    return synthetic.results(NAMES, PAGES, viewed=2)


@pytest.fixture(scope="module")
def page(usual: Results) -> LexborHTMLParser:
    return tree(usual)


def test_the_verdict_names_the_leader_those_not_told_from_it_and_how_many_are(
    usual: Results, page: LexborHTMLParser
) -> None:
    board = board_of(usual, "real")
    leader = board.adapters[0]
    pairs = [
        row
        for row in usual.comparisons
        if board.ranking and row.metric == board.ranking.name and leader in {row.a, row.b}
    ]
    alike = {row.b if row.a == leader else row.a for row in pairs if not row.separated}

    said = words(one(page, "#verdict .lead"))

    assert said.startswith(f"{leader} leads in article.f1 with ")
    assert f"Separated: {len(pairs) - len(alike)} of {len(pairs)} others" in said
    assert all(name in said for name in sorted(alike)[:1])


def test_who_leaks_least_of_a_kind_stands_with_its_share_its_certainty_and_its_worst_page(
    usual: Results, page: LexborHTMLParser
) -> None:
    extractors = NAMES[:-2]
    metric = "regions.leaked.player"
    rows = [row for row in usual.summaries if row.metric == metric and row.adapter in extractors]
    best = min(rows, key=lambda row: row.estimate or 0.0)
    worst = max(usual.entries, key=lambda entry: entry.values[metric][best.adapter] or 0.0)

    (row,) = [row for row in page.css(".leaks tbody tr") if words(one(row, "th")) == "leaked player"]
    cells = [words(cell) for cell in row.css("td")]

    assert cells[0].startswith(best.adapter)
    assert cells[1].startswith(f"{best.estimate:.3f}".removeprefix("0"))
    assert cells[2].startswith("separated from ")
    assert cells[4].startswith(worst.page_id)


def test_a_kind_that_no_page_has_is_said_to_be_absent(usual: Results) -> None:
    without = tuple(row for row in usual.summaries if row.metric != "regions.leaked.player")

    said = words(one(tree(replace(usual, summaries=without)), "#verdict"))

    assert "Nothing can be said of leaked player: no page here is known to have such text." in said


def test_where_no_page_has_regions_it_is_said_that_nothing_is_known_of_leakage(usual: Results) -> None:
    without = tuple(row for row in usual.summaries if not row.metric.startswith("regions."))

    said = words(one(tree(replace(usual, summaries=without)), "#verdict"))

    assert "Nothing can be said of leaked navigation, " in said


def test_why_a_measure_has_no_interval_is_told_as_it_is(usual: Results) -> None:
    def told(**known: Any) -> str:
        rows = tuple(
            replace(row, low=None, high=None, **known) if row.metric == "regions.leaked.player" else row
            for row in usual.summaries
        )
        pairs = tuple(row for row in usual.comparisons if row.metric != "regions.leaked.player")
        page = tree(replace(usual, summaries=rows, comparisons=pairs))
        (row,) = [row for row in page.css(".leaks tbody tr") if words(one(row, "th")) == "leaked player"]
        return words(row.css("td")[2])

    assert told() == "no interval: the value does not vary enough for one"
    assert told(n=4, undefined=2) == "not known: only 4 pages here have such text; an interval needs 20 sites"
    assert told(n=24, undefined=2, estimate=0.0) == "no interval: it is the same on all 24 pages with such text"
    assert told(n=24, undefined=2) == (
        "not known: only 24 pages, of fewer than 20 sites, have such text, or their values do not vary"
    )


def test_pages_that_were_never_scored_are_from_no_number_of_sites(usual: Results) -> None:
    page = tree(replace(usual, summaries=(), comparisons=()))

    assert words(one(page, "#c0 > p")).startswith("6 pages; ")
    assert "0 sites" not in words(one(page, "body"))
    assert page.css_first("#c0-worst") is None
    assert page.css("a[href='#c0-worst']") == []


def test_below_20_sites_nothing_is_ranked_and_the_page_says_why() -> None:
    said = words(one(tree(synthetic.results(NAMES, PAGES, clusters=4)), "#verdict"))

    assert "That ranks nothing: 6 pages from 4 sites, fewer than 20, allow neither an interval nor a test." in said
    assert "leads" not in said
    assert "not known: 4 sites, fewer than 20" in said


def test_the_page_says_what_the_interval_of_a_median_is_and_why_a_maximum_has_none(usual: Results) -> None:
    for kind, said in (("median", "interval of a median or percentile"), ("max", "A maximum has no interval")):
        first, *others = (one for one in usual.metrics if one.aggregate.kind not in {"median", "p95", "p99", "max"})
        made = replace(usual, metrics=(*others, replace(first, aggregate=Aggregate(kind))))
        assert said in words(one(tree(made), "#method"))
        assert said not in words(one(tree(replace(usual, metrics=(first, *others))), "#method"))


def test_every_corpus_has_tables_of_its_own_and_real_pages_come_before_bundled_ones() -> None:
    made = replace(synthetic.results(NAMES, PAGES, ("aaa", "bbb")), bundled=("aaa",))

    sections = tree(made).css("section[data-corpus]")

    assert [section.attributes["data-corpus"] for section in sections] == ["bbb", "aaa"]
    assert "a smoke test, not a ranking of tools" in words(sections[1])
    assert "a smoke test, not a ranking of tools" not in words(sections[0])
    for section in sections:
        names = table_names(one(section, ".figures"))
        assert sorted(names) == sorted(NAMES[:-2])


def test_converters_and_floors_stand_in_a_table_of_their_own_without_ranks(page: LexborHTMLParser) -> None:

    assert sorted(table_names(one(page, "#c0-main"))) == sorted(NAMES[:-2])
    assert sorted(table_names(one(page, "#c0-main-apart"))) == sorted(NAMES[-2:])


def test_where_they_stand_among_extractors_they_are_marked(page: LexborHTMLParser) -> None:
    tables = [table for table in page.css("table.figures") if "-main" not in str(table.attributes["id"])]

    assert len(tables) >= 3
    for table in tables:
        marked = [words(one(row, "bdi")) for row in table.css("tbody tr") if "counted apart" in words(one(row, "th"))]
        assert sorted(marked) == sorted(set(table_names(table)) & set(NAMES[-2:]))
    assert any(set(NAMES[-2:]) & set(table_names(table)) for table in tables)


def test_the_leaderboard_has_intervals_ranks_both_comment_policies_versions_failures_and_sandbox(
    page: LexborHTMLParser,
) -> None:
    table = one(page, "#c0-main")
    heads = [words(one(head, "button")).replace(" ", "") for head in table.css("thead th")]
    first = [words(cell) for cell in one(table, "tbody tr").css("th, td")]

    assert heads[:5] == ["extractor", "article.f1", "rank", "totheleader", "article.f1_with_comments"]
    assert heads[-2:] == ["failed,empty", "sandbox"]
    assert first[0].endswith("1.2.3")
    assert re.fullmatch(r"\.\d{3} \[\.\d{3}, (\.\d{3}|1\.000)\]", first[1])
    assert first[2:4] == ["1–9", "leader"]
    assert first[-2:] == ["1 timeout", "full"]


def test_slices_hold_the_cells_of_every_row_in_the_order_of_the_table() -> None:
    made = synthetic.results(NAMES, PAGES, slices=("language=en",))
    page = tree(made)
    slices = json.loads(one(page, "#c0-main-slices").text())
    rows = one(page, "#c0-main").css("tbody tr")

    assert len(slices) == 1
    assert len(slices[0]["rows"]) == len(rows)
    # The synthetic slice has the same values as the whole, so that its figures are those of the table.
    for cells, row in zip(slices[0]["rows"], rows, strict=True):
        shown = [words(cell) for cell in row.css("td")]
        assert len(cells) == len(shown)
        assert [*shown[:2], *shown[3:5]] == [*cells[:2], *cells[3:5]]
        assert cells[2] == "–"  # nothing is tested there
        assert cells[-2:] == ["1 failed, empty not counted", "full"]


def test_differences_unfold_to_the_comparisons_they_were_made_from(usual: Results) -> None:
    board = board_of(usual, "real")
    data: Any = forest(usual, board)
    assert data is not None
    names = [name for name in board.adapters if name in NAMES[:-2]]
    known = {(row.metric, row.a, row.b): row for row in usual.comparisons}

    assert data["names"] == names
    for measure in data["measures"]:
        place = 0
        for at, first in enumerate(names):
            for second in names[at + 1 :]:
                row = known.get((measure["name"], first, second)) or known[measure["name"], second, first]
                sign = 1 if row.a == first else -1
                assert measure["d"][place] == round(sign * row.difference * STEPS)
                assert measure["h"][place] == round(half_width(row) * STEPS)
                assert measure["v"][place] == ("s" if row.separated else "n")
                place += 1
        assert place == len(measure["d"]) == len(measure["v"])


def test_without_intervals_there_are_no_differences() -> None:
    made = synthetic.results(NAMES, PAGES, clusters=4)

    assert forest(made, board_of(made, "real")) is None


def test_pages_are_listed_by_disagreement_and_linked_where_they_can_be_opened(page: LexborHTMLParser) -> None:
    rows = one(page, "#c0-pages + details").css("tbody tr")
    spreads = [float(words(row.css("td")[1])) for row in rows]
    links = {words(link): link.attributes["href"] for link in page.css("#c0-pages + details tbody th a")}

    assert spreads == sorted(spreads, reverse=True)
    assert len(rows) == len(PAGES)
    assert links == {name: f"pages/real/{name}.html" for name in PAGES[:2]}


def test_every_link_within_the_page_leads_somewhere(page: LexborHTMLParser) -> None:
    ids = {node.attributes["id"] for node in page.css("[id]")}
    targets = {str(link.attributes["href"])[1:] for link in page.css("a[href^='#']")}

    assert targets - ids == set()
    assert len(page.css("[id]")) == len(ids)


def test_every_chart_says_where_its_figures_stand_as_a_table(page: LexborHTMLParser) -> None:
    figures = page.css("figure.chart")

    assert len(figures) >= 4
    for figure in figures:
        assert one(figure, ".plot").attributes["aria-label"]
        links = figure.css("p a")
        assert links or str(figure.attributes["id"]).endswith("-forest")
        assert all(page.css_first(f"table{link.attributes['href']}") is not None for link in links)


def test_names_without_a_link_say_what_to_type(usual: Results) -> None:
    said = "for views of all pages type: boilerbench report --pages all"
    every = replace(usual, entries=tuple(replace(entry, viewed=True) for entry in usual.entries))
    none = replace(every, entries=tuple(replace(entry, viewed=False) for entry in every.entries))
    gone = replace(none, unviewed={"real": "the corpus is not on this disk"})

    captions = [[words(caption) for caption in tree(made).css("caption")] for made in (usual, every, gone)]

    assert [sum(said in caption for caption in page) for page in captions] == [2, 0, 0]
    assert sum("the corpus is not on this disk" in caption for caption in captions[2]) == 2


def test_labels_of_a_megabyte_do_not_enter_whole(usual: Results) -> None:
    long = "x" * 1_000_000
    entries = tuple(replace(entry, attributes={"site": long}) for entry in usual.entries)
    abouts: dict[str, Mapping[str, object]] = {
        name: {**about, "version": long, "unavailable": long, "remedy": long}
        for name, about in usual.manifest.adapters.items()
    }
    made = synthetic.results(NAMES, PAGES, slices=(long,))
    manifest = replace(made.manifest, adapters=abouts)

    size = len(html.index(replace(made, entries=entries, manifest=manifest, unviewed={"real": long})))

    assert size < len(html.index(usual)) + 500_000


def test_forty_extractors_on_two_hundred_pages_fit_into_one_and_a_half_megabytes() -> None:
    pages = [hashlib.sha256(bytes([number])).hexdigest() for number in range(200)]
    made = synthetic.results(synthetic.names(40), pages, slices=("language=en", "language=fr"), viewed=40)

    index = html.index(made)
    assert len(index.encode()) <= 1_500_000
    assert "more are in summary.csv" in index


def test_a_thousand_pages_of_forty_extractors_take_a_minute_and_a_gigabyte_at_most() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(ROOT / "tests")], capture_output=True, text=True, check=True, cwd=ROOT
    )
    size, seconds, peak = map(float, done.stdout.split())

    assert size > 1_000_000
    assert seconds <= 60
    assert peak <= 2**30


def test_the_same_results_give_the_same_bytes(usual: Results) -> None:
    assert html.index(usual) == html.index(usual)


def test_the_content_policy_allows_the_scripts_and_styles_of_the_page_and_nothing_else(page: LexborHTMLParser) -> None:
    policy = str(one(page, "meta[http-equiv]").attributes["content"])
    run = [node for node in page.css("script") if node.attributes.get("type") != "application/json"]
    sums = [base64.b64encode(hashlib.sha256(node.text().encode()).digest()).decode() for node in run]

    assert re.sub(r"'sha256-[^']+'", "H", policy) == (
        "default-src 'none'; style-src H H; script-src H H; base-uri 'none'; form-action 'none'"
    )
    assert all(f"'sha256-{one}'" in policy for one in sums)
    assert len(run) == 2
    assert page.css("[onclick], [onload], [onerror], [style], link, iframe, object, embed, form") == []


def hostile() -> Results:
    names = [f"{EVIL}{number}" for number in range(6)]
    made = synthetic.results(names, [EVIL, "javascript:alert(1)", "../../up"], (EVIL,), slices=(EVIL,), viewed=3)
    abouts: dict[str, Mapping[str, object]] = {
        name: {**about, "version": EVIL, "summary": EVIL} for name, about in made.manifest.adapters.items()
    }
    manifest = replace(made.manifest, run=EVIL, adapters=abouts, machine={"processor": EVIL})
    metrics = tuple(replace(metric, summary=EVIL) for metric in made.metrics)
    response = Response(EVIL, EVIL, EVIL, "", 3, "article.f1", 3, 0.5, 0.4, -0.1, -0.2, 0.0)
    return replace(
        made,
        manifest=manifest,
        metrics=metrics,
        responses=(response,),
        drills=(Drill(EVIL, EVIL, must_hold=True, pages=2, changed=1, f1=None),),
        unviewed={EVIL: EVIL},
    )


def test_hostile_names_are_text_wherever_they_stand() -> None:
    made = hostile()
    source = html.index(made)
    page = LexborHTMLParser(source)

    assert [node.attributes.get("type") for node in page.css("script")].count("module") == 2
    assert {node.attributes.get("type") for node in page.css("script")} == {"module", "application/json"}
    assert page.css("img, svg, iframe") == []
    assert "alert(1)" in words(one(page, "#c0-main"))
    assert "\u202e" not in source
    assert "49" not in words(one(page, "h2 bdi"))
    for link in page.css("a[href]"):
        assert str(link.attributes["href"]).startswith(("#", "pages/"))
        assert ".." not in str(link.attributes["href"]).split("/")


@given(
    st.recursive(st.text() | st.integers() | st.none(), lambda part: st.lists(part) | st.dictionaries(st.text(), part))
)
def test_data_for_scripts_hold_no_markup_and_read_back(value: Any) -> None:
    element = str(_shell.data("x", value))
    text = element.removeprefix('<script type="application/json" id="x">').removesuffix("</script>")

    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


SIMPLE = st.none() | st.integers(-999, 999) | st.text(max_size=3)
ROWS = st.lists(st.dictionaries(st.sampled_from("abcd"), SIMPLE, min_size=1), max_size=4)


@given(ROWS)
def test_packed_data_unfold_to_the_rows_with_null_for_what_a_row_lacks(rows: list[Mapping[str, object]]) -> None:
    packed: Any = html.packed({"layer": [{"data": {"values": list(rows)}}]})
    table = packed["layer"][0]["data"]["values"]
    keys = {key for row in rows for key in row}

    unfolded = [dict(zip(table["keys"], row, strict=True)) for row in table["rows"]]

    assert unfolded == [{key: row.get(key) for key in keys} for row in rows]


def test_a_run_of_which_nothing_is_known_says_so() -> None:
    made = synthetic.results(NAMES, ())
    empty = replace(
        made, summaries=(), comparisons=(), outcomes={}, metrics=(), manifest=replace(made.manifest, corpora={})
    )

    assert "This run holds nothing to report." in words(one(tree(empty), "#verdict"))


def test_doses_and_drills_of_published_runs_are_shown() -> None:
    for run, selector in (("doses", "#doses table"), ("drills", "#drills table")):
        page = tree(pipeline.results(Run(ROOT / "results" / run)))
        assert len(one(page, selector).css("tbody tr")) > 3


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a run on three pages has ended."""
    folder = tmp_path_factory.mktemp("once")
    write_pairs(folder / "three", 3)
    (folder / "echo.py").write_text(ECHO, encoding="utf-8")
    ended = command_in(folder)(
        *("run", "--corpus", "./three", "--adapter", "./echo.py", "--speed-seconds", "0", "--scorer", "body"),
        *("--out", "out"),
    )
    assert ended.status == 0, ended.err
    assert "To look at: out/report/index.html" in ended.out
    return folder


@pytest.fixture
def finished(once: Path, tmp_path: Path) -> Path:
    return shutil.copytree(once / "out", tmp_path / "out")


def test_a_run_ends_with_a_report_whose_links_to_pages_lead_to_files(finished: Path) -> None:
    page = LexborHTMLParser((finished / "report" / "index.html").read_bytes())
    links = {str(link.attributes["href"]).partition("#")[0] for link in page.css("a[href^='pages/']")}

    assert len(links) == 3
    assert all((finished / "report" / link).is_file() for link in links)


def test_a_later_report_with_fewer_views_leaves_none_of_the_old_ones(
    finished: Path, boilerbench: Boilerbench, tmp_path: Path
) -> None:
    folder = finished / "report" / "pages"
    assert len(list(folder.rglob("*.html"))) == 3
    other = tmp_path / "elsewhere" / "pages" / "mine.html"
    other.parent.mkdir(parents=True)
    other.write_text("not ours", encoding="utf-8")

    assert boilerbench("report", "out", "--pages", "1", "--out", "elsewhere").status == 0
    assert other.read_text(encoding="utf-8") == "not ours"
    assert boilerbench("report", "out", "--form", "csv", "--pages", "1").status == 0
    assert len(list(folder.rglob("*.html"))) == 3
    assert boilerbench("report", "out", "--pages", "1").status == 0
    assert len(list(folder.rglob("*.html"))) == 1


def test_a_run_cut_short_says_what_to_type(finished: Path, boilerbench: Boilerbench) -> None:
    for name, remedy in (
        ("summary.json", "type: boilerbench summarize out"),
        ("extractions.parquet", "type: boilerbench run --resume --out out"),
    ):
        (finished / name).unlink()
        ended = boilerbench("report", "out")
        assert (ended.status, f"{name} is missing" in ended.err, remedy in ended.err) == (2, True, True), ended.err


def test_a_run_of_an_older_format_is_refused_by_name(finished: Path, boilerbench: Boilerbench) -> None:
    manifest = json.loads((finished / "manifest.json").read_bytes())
    (finished / "manifest.json").write_text(json.dumps({**manifest, "format": 0}), encoding="utf-8")

    ended = boilerbench("report", "out")

    assert (ended.status, "out has run format 0; this boilerbench reads format 1" in ended.err) == (2, True)


def test_in_a_folder_that_is_read_only_the_report_goes_where_it_is_told(
    finished: Path, boilerbench: Boilerbench, tmp_path: Path
) -> None:
    lock = f"mount --bind '{finished}' '{finished}' && mount -o remount,ro,bind '{finished}'"
    if subprocess.run(["unshare", "-rm", "sh", "-c", lock], capture_output=True, check=False).returncode:
        pytest.skip("the kernel lets us mount nothing of our own, so no folder can be made read-only for root")
    before = ("unshare", "-rm", "sh", "-c", f'{lock} && exec "$0" "$@"')

    refused = boilerbench("report", "out", before=before)
    told = boilerbench("report", "out", "--out", "elsewhere", before=before)

    assert (refused.status, "Read-only file system. Give a folder you own: --out FOLDER" in refused.err) == (3, True)
    assert told.status == 0, told.err
    assert (tmp_path / "elsewhere" / "index.html").is_file()


def test_options_are_told_in_words(page: LexborHTMLParser) -> None:
    (told,) = [words(one(row, "dd")) for row in page.css(".facts div") if words(one(row, "dt")) == "options"]

    assert told == "limit none, pages none, timeout_s 30.0"
