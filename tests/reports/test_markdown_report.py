from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from benchmark.errors import UsageError
from benchmark.records import EDITION, FORMAT, Aggregate, Comparison, Manifest, Metric, Results, Summary
from benchmark.reports import markdown as report
from benchmark.reports._boards import figure
from benchmark.reports._foreign import LONGEST
from benchmark.reports._markup import escape
from benchmark.reports._provenance import provenance

QUALITY = Metric("q.main", "Share of the body kept.", headline=True)
TIME = Metric("t.page", "Time of one page.", "lower", "ms", high=1e9, headline=True)
EXTRA = Metric("x.extra", "Tokens of menus.", "lower", "count", high=1e9)

MANIFEST = Manifest(
    run="night",
    format=FORMAT,
    edition=EDITION,
    boilerbench="0.1.0",
    revision="0123456789abcdef0123456789abcdef01234567+dirty",
    created="2026-07-01T10:00:00Z",
    seed=7,
    machine={"processor": "Ryzen", "cores": 2, "memory_bytes": 8 * 2**30, "system": "Linux 6", "python": "3.11.8"},
    libraries={"selectolax": "1.0.2", "numpy": "2.2.0"},
    sandbox="namespaces",
    options={"timeout_s": 30},
    corpora={
        "bundled": {"pages": 4, "fingerprint": "a" * 64},
        "real": {
            "pages": 50,
            "fingerprint": "b" * 64,
            "gold": {"fingerprint": "c" * 64, "provenance": {"human": 49, "model": 1}, "guideline": "1"},
        },
    },
    adapters={
        "alpha": {"version": "1.2.3", "form": "text", "summary": "A."},
        "beta": {"version": None, "form": "html", "summary": "B."},
        "gone": {"unavailable": "no wheel for this Python", "remedy": "boilerbench env sync"},
    },
)


def summary(corpus: str, adapter: str, metric: str, estimate: float | None, **more: float | None) -> Summary:
    clusters = 4 if corpus == "bundled" else 50
    row = Summary(corpus, "all", adapter, metric, clusters, 0, 0, clusters, estimate)
    return replace(row, **more)  # type: ignore[arg-type]


RESULTS = Results(
    manifest=MANIFEST,
    metrics=(QUALITY, TIME, EXTRA),
    summaries=(
        summary("bundled", "alpha", "q.main", 0.5),
        summary("bundled", "beta", "q.main", 1.0),
        summary("real", "alpha", "q.main", 0.9534, low=0.94, high=0.9641, rank_low=1, rank_high=2),
        summary("real", "alpha", "t.page", 18.52, low=17.0, high=20.04),
        summary("real", "alpha", "x.extra", 3.25),
        summary("real", "beta", "q.main", 0.95, low=0.93, high=0.96, rank_low=1, rank_high=2),
        summary("real", "beta", "t.page", 1234.5, low=1200.0, high=1300.0),
        summary("real", "beta", "x.extra", None),
        summary("real", "everything", "q.main", 0.4, low=0.3, high=0.5, rank_low=3, rank_high=3),
        summary("real", "nothing", "q.main", 0.0, low=0.0, high=0.0, rank_low=4, rank_high=4),
    ),
    comparisons=tuple(
        Comparison("real", "q.main", a, b, 50, 0.1, 0.01, (a, b) != ("alpha", "beta"))
        for a, b in itertools.combinations(["alpha", "beta", "everything", "nothing"], 2)
    ),
    outcomes={
        "bundled": {"alpha": {"ok": 4}, "beta": {"ok": 4}},
        "real": {
            "alpha": {"ok": 50},
            "beta": {"ok": 44, "timeout": 3, "crash": 1, "empty": 2},
            "everything": {"ok": 50},
            "nothing": {"empty": 50},
        },
    },
)


def page(results: Results) -> str:
    return report.render(results)["report.md"].decode()


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def cells(markdown: str) -> list[list[str]]:
    """Every row of every table as a Markdown reader sees it."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown))
    rows = [node for node in tree.walk() if node.type == "tr"]
    return [[cell.children[0].content for cell in row.children] for row in rows]


def rendered(markdown: str) -> list[list[str]]:
    """As `cells`, after references are resolved: what a person sees."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown))
    return [["".join(map(plain, cell.walk())) for cell in row.children] for row in tree.walk() if row.type == "tr"]


def plain(node: SyntaxTreeNode) -> str:
    assert node.type in {"td", "th", "inline", "text"}, f"{node.type} came out of a string"
    return node.content if node.type == "text" else ""


def first_column(results: Results, corpus: str, metrics: list[str] | None = None) -> list[str]:
    return [row[0] for row in cells(report.table(results, corpus, metrics))[1:]]


def crowd(adapters: int, corpora: int) -> Results:
    """As many rows as a large run has, with long names and no pair separated: the longest page."""
    names = [f"adapter-with-a-long-name-{number:03}@variant" for number in range(adapters)]
    places = [f"corpus-{number}" for number in range(corpora)]
    metrics = tuple(
        Metric(f"scorer.measure_{number}", "What this number means, in one line.", headline=number < 5)
        for number in range(40)
    )
    return Results(
        manifest=replace(MANIFEST, corpora={place: {"pages": 50, "fingerprint": "d" * 64} for place in places}),
        metrics=metrics,
        summaries=tuple(
            summary(place, name, metric.name, 0.5, low=0.4, high=0.6, rank_low=1, rank_high=adapters)
            for place in places
            for name in names
            for metric in metrics
        ),
        comparisons=tuple(
            Comparison(place, metric.name, a, b, 50, 0.0, 1.0, False)
            for place in places
            for metric in metrics[:5]
            for a, b in itertools.combinations(names, 2)
        ),
        outcomes={place: {name: {"ok": 40, "timeout": 5, "crash": 5} for name in names} for place in places},
    )


def test_a_share_has_three_decimals_and_its_interval_stands_beside_it() -> None:
    assert cells(report.table(RESULTS, "real"))[1][2] == ".953 [.940, .964]"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.9534, "share", ".953"),
        (1.0, "share", "1.000"),
        (0.0, "share", ".000"),
        (-0.0121, "share", "-.012"),
        (-0.0001, "share", ".000"),
        (13.04, "ratio", "13.0×"),
        (0.034, "ratio", "0.034×"),
        (18.52, "ms", "18.5 ms"),
        (1234.5, "ms", "1234 ms"),
        (18_520_000, "ns", "18.5 ms"),
        (2.5, "s", "2.5 s"),
        (7_249_000, "bytes", "7.2 MB"),
        (8.42, "MB/s", "8.4"),
        (0.0, "count", "0.0"),
        (None, "share", "–"),
        (float("nan"), "share", "–"),
        (float("inf"), "ms", "–"),
    ],
)
def test_a_value_is_shown_in_the_unit_that_reads_best(value: float | None, unit: str, shown: str) -> None:
    assert figure(value, unit) == shown


def test_the_ends_of_an_interval_have_the_decimals_of_the_estimate() -> None:
    shown = {row[0]: row[3] for row in cells(report.table(RESULTS, "real"))}

    assert shown["alpha"] == "18.5 ms [17.0, 20.0]"
    assert shown["beta"] == "1234 ms [1200, 1300]"


def test_a_unit_that_is_not_in_the_cell_stands_in_the_head() -> None:
    head = cells(report.table(RESULTS, "real", ["x.extra"]))[0]

    assert head[2] == "x.extra (count) ↓"


def test_rows_are_sorted_by_the_first_metric_in_its_direction_and_ties_by_name() -> None:
    equal = tuple(replace(row, estimate=0.5) for row in RESULTS.summaries if row.metric == "q.main")

    assert first_column(RESULTS, "real") == ["alpha", "beta", "everything", "nothing"]
    assert first_column(RESULTS, "bundled") == ["beta", "alpha"]
    assert first_column(RESULTS, "real", ["t.page", "q.main"]) == ["alpha", "beta", "everything", "nothing"]
    assert first_column(replace(RESULTS, summaries=equal[::-1]), "bundled") == ["alpha", "beta"]


def test_an_adapter_without_an_estimate_comes_last() -> None:
    rows = (summary("bundled", "alpha", "q.main", None), summary("bundled", "beta", "q.main", 0.1))

    assert first_column(replace(RESULTS, summaries=rows), "bundled") == ["beta", "alpha"]


def test_a_metric_without_a_better_end_does_not_sort() -> None:
    informs = replace(TIME, direction="none")
    results = replace(RESULTS, metrics=(informs, QUALITY, EXTRA))

    assert cells(report.table(results, "real"))[0][2:5] == ["t.page", "q.main ↑", "rank by q.main"]


def test_the_ends_of_the_ruler_stay_in_the_table() -> None:
    assert {"everything", "nothing"} <= set(first_column(RESULTS, "real"))


def test_failures_and_empty_answers_are_counted_in_words() -> None:
    last = {row[0]: row[-1] for row in cells(report.table(RESULTS, "real"))}

    assert last["beta"] == "3 timeout, 1 crash, 2 empty"
    assert last["alpha"] == "none"


def test_versions_and_rank_ranges_stand_in_their_rows() -> None:
    rows = {row[0]: row for row in cells(report.table(RESULTS, "real"))}

    assert (rows["alpha"][1], rows["beta"][1]) == ("1.2.3", "–")
    assert (rows["alpha"][4], rows["nothing"][4]) == ("1–2", "4")


def test_a_headline_metric_that_is_undefined_on_every_page_is_no_column() -> None:
    regions = Metric("r.main", "Needs golds that this corpus lacks.", headline=True)
    rows = (summary("real", "alpha", "r.main", None), *RESULTS.summaries)
    results = replace(RESULTS, metrics=(regions, *RESULTS.metrics), summaries=rows)

    assert cells(report.table(results, "real"))[0][2] == "q.main ↑"


def test_slices_do_not_enter_the_tables() -> None:
    french = tuple(replace(row, slice="language=fr", estimate=0.123) for row in RESULTS.summaries)

    assert ".123" not in page(replace(RESULTS, summaries=RESULTS.summaries + french))


def test_each_corpus_has_its_own_section_and_table() -> None:
    text = page(RESULTS)

    assert "1.000" in section(text, "bundled")
    assert "1.000" not in section(text, "real")
    assert "everything" in section(text, "real")
    assert "everything" not in section(text, "bundled")


def test_below_twenty_sites_the_verdict_says_why_there_is_no_interval() -> None:
    text = section(page(RESULTS), "bundled")

    assert "No interval: 4 pages from 4 sites (fewer than 20)." in text
    assert "best estimate" not in text
    assert "rank by" not in text


def test_composed_pages_are_clustered_by_body_and_the_verdict_says_so() -> None:
    facts = {"pages": 4, "gold": {"provenance": {"composed": 4}}}
    composed = replace(MANIFEST, corpora={**MANIFEST.corpora, "bundled": facts})

    assert "4 pages from 4 bodies" in section(page(replace(RESULTS, manifest=composed)), "bundled")


def test_the_verdict_names_the_best_estimate_and_what_is_not_separated_from_it() -> None:
    text = section(page(RESULTS), "real")

    assert "On q.main: best estimate alpha; not separated from beta. (50 pages from 50 sites.)" in text
    assert "q.main: 5 of 6 pairs separated; not separated:\n  - alpha – beta\n" in text


def test_the_verdict_says_separated_only_of_pairs_that_were_tested() -> None:
    every = tuple(replace(row, separated=True) for row in RESULTS.comparisons)
    some = tuple(row for row in every if {row.a, row.b} != {"alpha", "nothing"})

    assert "best estimate alpha; separated from every other." in page(replace(RESULTS, comparisons=every))
    assert "separated from every other that was tested; not tested against nothing." in page(
        replace(RESULTS, comparisons=some)
    )
    assert "best estimate alpha; not tested against beta, everything, nothing." in page(
        replace(RESULTS, comparisons=())
    )


def test_pairs_that_are_equivalent_are_counted_apart_from_those_that_are_not_separated() -> None:
    judged = tuple(
        replace(row, delta=0.01, equivalent=equivalent, pages_needed=needed)
        for row, equivalent, needed in zip(
            RESULTS.comparisons,
            (True, True, False, False, None, False),
            (1_000, 2_000, 3_000, 4_000, 5_000, None),
            strict=True,
        )
    )
    text = section(page(replace(RESULTS, comparisons=judged)), "real")

    assert "- q.main: 2 of 6 pairs equivalent within .01 (each pair by itself at 5 %), 1 of them separated" in text
    assert "is found four times in five: 3,000 (the middle half of the pairs: 2,000 to 4,000).\n" in text
    assert "equivalent" not in page(RESULTS)


def test_an_interval_that_rests_on_one_site_says_so() -> None:
    rows = tuple(
        replace(row, carriers=1.04) if (row.adapter, row.metric) == ("beta", "q.main") else row
        for row in RESULTS.summaries
    )

    assert "The interval of q.main for beta rests on one site that makes" in page(replace(RESULTS, summaries=rows))
    assert "rests on one" not in page(RESULTS)


def test_nobody_is_called_tied() -> None:
    assert "tied" not in page(RESULTS)


def test_other_metrics_are_folded_away_with_their_intervals() -> None:
    rows = tuple(replace(row, low=2.5, high=4.0) if row.metric == "x.extra" else row for row in RESULTS.summaries)
    text = section(page(replace(RESULTS, summaries=rows)), "real")
    folded = text.split("<details>")[1].split("</details>")[0]

    assert cells(folded)[:3] == [["adapter", "x.extra (count) ↓"], ["alpha", "3.2 [2.5, 4.0]"], ["beta", "–"]]


@pytest.mark.parametrize(
    ("kind", "said"), [("median", "of a median or percentile"), ("max", "A maximum has no interval")]
)
def test_why_some_order_statistics_have_no_interval_is_told_where_they_stand(kind: str, said: str) -> None:
    extra = replace(EXTRA, aggregate=Aggregate(kind))
    folded = section(page(replace(RESULTS, metrics=(QUALITY, TIME, extra))), "real").split("<details>")[1]
    assert folded.count(said) == 1
    assert said not in page(RESULTS)
    headline = replace(TIME, aggregate=Aggregate(kind))
    assert said in section(page(replace(RESULTS, metrics=(QUALITY, headline, EXTRA))), "real").split("<details>")[0]


def test_where_folded_intervals_make_the_page_too_long_estimates_stay_and_a_line_says_where_they_are() -> None:
    extra = [replace(EXTRA, name=f"x.m{number:03}") for number in range(120)]
    names = [f"adapter{number:02}" for number in range(34)]
    more = [summary("real", name, one.name, 3.25, low=2.5, high=4.0) for name in names for one in extra]
    text = page(replace(RESULTS, metrics=(*RESULTS.metrics, *extra), summaries=(*RESULTS.summaries, *more)))

    assert "Intervals stand in `summary.csv`, left out here to keep this page short." in text
    assert "| 3.2 |" in text
    assert "[2.5, 4.0]" not in text


@pytest.mark.parametrize(("empty", "shown"), [(50, False), (49, True), (0, True)])
def test_a_corpus_whose_golds_are_all_empty_has_a_note_in_place_of_tables(empty: int, shown: bool) -> None:
    facts = MANIFEST.corpora["real"]
    gold = facts["gold"]
    assert isinstance(gold, dict)
    hollow = {**MANIFEST.corpora, "real": {**facts, "gold": {**gold, "empty": empty}}}
    found = replace(RESULTS, manifest=replace(MANIFEST, corpora=hollow))
    text = section(page(found), "real")

    assert ("|" in text) == shown
    assert ("the gold of each of the 50 pages is empty" in text) != shown
    assert (report.tables(found, "real").count("|") > 0) == shown


def test_pages_on_which_a_metric_is_undefined_are_told() -> None:
    rows = (*RESULTS.summaries[:2], *(replace(row, n=47, undefined=3) for row in RESULTS.summaries[2:]))
    uneven = (*RESULTS.summaries[:2], replace(RESULTS.summaries[2], n=47, undefined=3), *RESULTS.summaries[3:])

    assert "q.main is undefined on 3 pages, left out" in page(replace(RESULTS, summaries=rows))
    assert "q.main is undefined on 0 to 3 pages by adapter" in page(replace(RESULTS, summaries=uneven))


def test_the_page_says_how_it_was_measured() -> None:
    text = section(page(RESULTS), "How this was measured")

    for fact in (
        "2026-07-01T10:00:00Z",
        f"boilerbench 0.1.0 at 0123456789ab+dirty, edition {EDITION}",
        "Ryzen, 2 cores, 8.0 GiB, Linux 6, Python 3.11.8",
        "numpy 2.2.0, selectolax 1.0.2",
        "sandbox: namespaces",
        "options: timeout_s 30",
        "seed: 7",
    ):
        assert fact in text
    assert cells(text)[2] == ["real", "b" * 12, "c" * 12, "human 49, model 1, guideline 1", "50"]


def test_an_unavailable_adapter_is_named_with_its_reason_and_remedy() -> None:
    assert "- gone: no wheel for this Python (remedy: boilerbench env sync)" in page(RESULTS)


def test_provenance_is_one_line_with_versions_machine_and_date() -> None:
    line = provenance(RESULTS, "real")

    assert "\n" not in line
    for fact in ("50 pages", "human 49, model 1", "boilerbench 0.1.0", "selectolax 1.0.2", "Ryzen", "2026-07-01"):
        assert fact in line


@pytest.mark.parametrize(
    "name",
    [
        "a|b",
        "a\nb | c",
        "`a`",
        "<script>alert(1)</script>",
        "[a](https://example.org)",
        "![a](https://example.org/x.png)",
        "https://example.org",
        "**a** _b_ ~~c~~",
        "a\\|b\\",
        "&lt;b&gt;",
        "<https://example.org>",
    ],
)
def test_a_hostile_adapter_name_stays_in_its_cell_as_it_is_written(name: str) -> None:
    results = replace(RESULTS, summaries=(summary("bundled", name, "q.main", 0.5),), outcomes={})

    rows = rendered(report.table(results, "bundled"))

    assert rows[1] == [" ".join(name.split()), "–", ".500", "–"]


@given(st.text(max_size=30))
def test_no_text_leaves_its_cell_or_becomes_markup(text: str) -> None:
    shown = rendered(f"| a | b |\n| --- | --- |\n| x{escape(text)}x | y |")

    assert len(shown) == 2
    assert shown[1][1] == "y"


@pytest.mark.parametrize("address", ["https://example.org", "www.example.org", "ftp://example.org"])
def test_a_bare_address_is_not_left_for_a_site_to_turn_into_a_link(address: str) -> None:
    assert "://" not in escape(address)
    assert "www." not in escape(address)


def test_a_name_cannot_turn_the_reading_direction_of_its_row() -> None:
    assert escape("a\u202eb\x07") == "a\ufffdb\ufffd"


def test_ordinary_names_are_written_as_they_are() -> None:
    for name in ("trafilatura@aeb==2.0.0", "readability-lxml", "body.body_f1", "./mine.py"):
        assert escape(name) == name


def test_a_long_reason_is_cut() -> None:
    assert len(escape("x" * 10_000)) == LONGEST + 1


def test_forty_adapters_on_three_corpora_stay_below_the_limit() -> None:
    text = page(crowd(40, 3))

    assert len(text.encode()) < 60_000
    assert "35 more metrics in `summary.csv`" in text
    assert "the pairs are in `comparisons.csv`" in text
    assert all(len(cells(section(text, f"corpus-{number}"))) == 41 for number in range(3))


def test_a_run_that_fits_leaves_nothing_out() -> None:
    text = page(crowd(6, 2))

    assert "left out here" not in text
    assert "<details>" in text
    assert "  - adapter-with-a-long-name-000@variant – adapter-with-a-long-name-001@variant" in text


def test_the_bytes_do_not_depend_on_the_order_of_rows_or_mappings() -> None:
    backwards = replace(
        RESULTS,
        summaries=RESULTS.summaries[::-1],
        comparisons=RESULTS.comparisons[::-1],
        outcomes=dict(reversed(list(RESULTS.outcomes.items()))),
        manifest=replace(MANIFEST, corpora=dict(reversed(MANIFEST.corpora.items()))),
    )

    assert report.render(backwards) == report.render(RESULTS)


def test_a_run_that_was_not_scored_still_shows_how_pages_ended() -> None:
    text = page(replace(RESULTS, metrics=(), summaries=(), comparisons=()))

    assert "3 timeout, 1 crash, 2 empty" in section(text, "real")
    assert "No verdict" in section(text, "real")


def test_what_the_run_does_not_hold_is_refused_with_all_names() -> None:
    with pytest.raises(UsageError, match=r"'no', 'nor' in this run; it has q\.main, t\.page, x\.extra"):
        report.table(RESULTS, "real", ["no", "q.main", "nor"])
    with pytest.raises(UsageError, match="'none' in this run; it has bundled, real"):
        report.table(RESULTS, "none")
    with pytest.raises(UsageError, match="it has bundled, real"):
        provenance(RESULTS, "none")


def test_measures_that_few_pages_define_stand_in_a_table_of_their_own() -> None:
    few = Metric("r.few", "Share of what few pages have.", headline=True)
    rows = [
        replace(summary("real", adapter, "r.few", estimate), n=20, undefined=30)
        for adapter, estimate in (("alpha", 0.25), ("beta", 0.75))
    ]
    page = report.tables(
        replace(RESULTS, metrics=(*RESULTS.metrics, few), summaries=(*RESULTS.summaries, *rows)), "real"
    )
    whole, _, part = page.partition("**the 20 pages of 50 that define these measures**")
    assert "q.main" in whole
    assert "r.few" not in whole
    assert "q.main" not in part
    # Its rows have an order of their own.
    assert part.index("beta") < part.index("alpha")


def test_a_table_without_a_column_of_its_own_is_left_out_where_groups_have_tables() -> None:
    grouped = tuple(replace(metric, group="leakage") if metric.headline else metric for metric in RESULTS.metrics)
    told = report.tables(replace(RESULTS, metrics=grouped), "real")
    assert told.startswith("**leakage**")
    bare = report.tables(replace(RESULTS, metrics=(), summaries=(), comparisons=()), "real")
    assert bare.startswith("| adapter")
