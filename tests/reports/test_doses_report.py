"""What is said and drawn of doses and dialects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benchmark.records import Contrast, Drill, Manifest, Metric, Response, Results, Slope
from benchmark.reports import _dose_charts
from benchmark.reports import doses as report

MANIFEST = Manifest(
    run="r",
    format=1,
    edition=1,
    boilerbench="0",
    revision=None,
    created="2026-01-01T00:00:00Z",
    seed=1,
    machine={},
    libraries={},
    sandbox="none",
    options={},
    corpora={},
    adapters={
        "alpha": {"version": "1", "form": "text", "summary": "A."},
        "beta": {"version": "1", "form": "text", "summary": "B."},
        "all": {"version": "1", "form": "text", "summary": "All.", "category": "converter"},
    },
)


def response(adapter: str, dose: int, metric: str, change: float, low: float | None, high: float | None) -> Response:
    return Response(adapter, "player", "names", "", dose, metric, 24, 0.8, 0.8 + change, change, low, high)


def slope(adapter: str, half: float | None, low: float | None, high: float | None) -> Slope:
    return Slope(adapter, "player", "names", "article.f1", 50, -0.05, -0.06, -0.04, half, low, high)


RESULTS = Results(
    manifest=MANIFEST,
    metrics=(),
    summaries=(),
    comparisons=(),
    outcomes={},
    responses=(
        *(
            response(name, dose, "article.f1", -0.1, -0.2, -0.05)
            for name in ("all", "alpha", "beta")
            for dose in (2, 50)
        ),
        response("all", 50, "regions.leaked.player", 1.0, None, None),
        response("alpha", 2, "regions.leaked.player", 0.3, 0.2, 0.4),
        response("alpha", 50, "regions.leaked.player", 0.4, 0.3, 0.5),
        response("beta", 2, "regions.leaked.player", 0.6, 0.5, 0.7),
        response("beta", 50, "regions.leaked.player", 0.7, 0.6, 0.8),
        response("alpha", 50, "article.recall", -0.2, -0.3, -0.1),
        response("beta", 50, "article.recall", -0.3, -0.7, 0.1),
        response("alpha", 50, "speed.cpu_ms", 1.5, 1.4, 1.6),
        response("beta", 50, "speed.cpu_ms", 1.25, 1.2, 1.3),
        response("beta", 50, "speed.peak_rss_mb", 2.5, 2.0, 3.0),
    ),
    slopes=(slope("alpha", 40.2, 30.4, None), slope("beta", None, None, None), slope("all", 3, 2, 4)),
)


def test_answers_name_who_leaks_most_and_from_which_dose_who_loses_and_what_it_costs_with_intervals() -> None:
    said = report.answers(RESULTS)
    assert (
        "Of the words of 50 tracks `beta` lets most through: 0.700 [0.600, 0.800] (of 2: 0.600 [0.500, 0.700]), "
        "then `alpha` 0.400 [0.300, 0.500]." in said
    )
    assert "Body text is lost by `alpha` -0.200 [-0.300, -0.100] of recall." in said
    assert "F1 is halved at a dose of `alpha` 40 [30, > 50]." in said
    assert "`beta` 1.25 [1.20, 1.30]×, `alpha` 1.50 [1.40, 1.60]×" in said
    assert "`all`" not in said  # it does not try to find the main content


def test_where_no_recall_falls_for_sure_the_furthest_is_named_as_such() -> None:
    unsure = tuple(row for row in RESULTS.responses if (row.adapter, row.metric) != ("alpha", "article.recall"))
    said = report.answers(replace(RESULTS, responses=unsure))
    assert "lost by none for sure; recall moves furthest with `beta`: -0.300 [-0.700, +0.100]" in said


def test_where_the_interval_of_a_half_dose_begins_below_the_highest_it_is_said_not_to_be_excluded() -> None:
    excluded = "F1 is halved by none of these doses, the highest being 50"
    possible = "that it is halved is not excluded for `beta` > 50 [45, > 50]."
    said = report.answers(replace(RESULTS, slopes=(slope("alpha", None, None, None), slope("beta", None, 45.2, None))))
    assert f"{excluded}; {possible}" in said
    said = report.answers(replace(RESULTS, slopes=(slope("alpha", 40.2, 30.4, None), slope("beta", None, 45.2, None))))
    assert f"F1 is halved at a dose of `alpha` 40 [30, > 50]; {possible}" in said
    said = report.answers(replace(RESULTS, slopes=(slope("beta", None, None, None),)))
    assert f"{excluded}." in said
    assert "not excluded" not in said


def test_a_run_of_too_few_bodies_says_why_no_figure_has_an_interval() -> None:
    said = "No figure has an interval: that takes 20 bodies or sites at least."
    few = tuple(replace(row, low=None, high=None) for row in RESULTS.responses)
    assert said in report.answers(replace(RESULTS, responses=few))
    assert said not in report.answers(RESULTS)
    assert report.answers(replace(RESULTS, responses=())) == ""


def test_curves_of_leakage_begin_at_the_lowest_dose_and_few_panels_leave_the_legend_room() -> None:
    names = ("article.f1", "regions.leaked.player")
    drawn = replace(RESULTS, metrics=tuple(Metric(name, name) for name in names))
    rows, width = drawn_doses(drawn)
    assert {row["dose"] for row in rows if row["metric"] == names[0]} == {0, 2, 50}
    assert {row["dose"] for row in rows if row["metric"] == names[1]} == {2, 50}
    alone = tuple(row for row in drawn.responses if row.adapter == "alpha")
    assert drawn_doses(replace(drawn, responses=alone))[1] == 3 * width == 600


def drawn_doses(results: Results) -> tuple[list[dict[str, object]], int]:
    """The rows of a chart and the width of a panel."""
    made: Any = _dose_charts.doses(results, "player")
    return made["data"]["values"], made["spec"]["width"]


def test_a_name_in_a_sentence_is_one_visible_line_that_no_backtick_ends() -> None:
    hostile = "./a`<img src=x>`\n# b\u202e"
    rows = tuple(replace(row, adapter=hostile) if row.adapter == "beta" else row for row in RESULTS.responses)
    contrasts = (replace(contrast("beta", "soup", -0.3, -0.4, -0.2), adapter=hostile),)
    spoken = replace(RESULTS, responses=rows, slopes=(replace(slope("beta", 3, 2, 4), adapter=hostile),))
    for said in (report.answers(spoken), report.spoken(replace(spoken, contrasts=contrasts))):
        assert "`./a<img src=x> # b\N{REPLACEMENT CHARACTER}`" in said
        assert "\n#" not in said
        assert all(line.count("`") % 2 == 0 for line in said.split("\n"))


def test_what_rounds_to_nothing_has_no_sign() -> None:
    rows = [row for row in RESULTS.responses if row.metric != report.CPU]  # ratios, which have no sign
    tiny = tuple(replace(row, change=-0.00001, low=-0.00002, high=-0.000004) for row in rows)
    steep = tuple(replace(row, slope=-0.00001, low=-0.00002, high=-0.000004) for row in RESULTS.slopes)
    drill = (Drill("alpha", "menu moved", False, 8, 2, -0.00001),)
    found = replace(
        RESULTS,
        responses=tiny,
        slopes=steep,
        contrasts=(contrast("alpha", "soup", -0.00001, -0.00002, -0.000004),),
        drills=drill,
    )
    for text in (report.answers(found), report.spoken(found), report.tables(found), report.contrasts(found)):
        assert "0.000" in text
        assert "-0.0" not in text
    assert "+0.0 MB [+0.0, +0.0]" in report.tables(found)
    assert "F1 +0.000" in report.drills(found)


def cells(table: str, adapter: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in table.split("\n") if line.startswith(f"| {adapter} |")]


def test_memory_is_told_in_megabytes_and_half_doses_beyond_the_highest_as_such() -> None:
    tables = report.tables(RESULTS)
    assert "+2.5 MB [+2.0, +3.0]" in tables
    assert cells(tables, "alpha")[1][-1] == "40 [30, > 50]"
    assert cells(tables, "beta")[1][-1] == "> 50"


def test_several_doses_have_a_table_of_slopes_by_doubling_and_one_dose_has_none() -> None:
    assert "each time 1 + dose doubles" in report.tables(RESULTS)
    assert "-0.050 [-0.060, -0.040]" in report.tables(RESULTS)
    one = tuple(row for row in RESULTS.responses if row.dose == 50)
    assert "doubles" not in report.tables(replace(RESULTS, responses=one))


def test_leakage_has_its_column_among_the_slopes() -> None:
    leaking = replace(slope("alpha", None, None, None), metric="regions.leaked.player", slope=0.07, low=0.06, high=0.08)
    tables = report.tables(replace(RESULTS, slopes=(*RESULTS.slopes, leaking)))
    slopes = tables.partition("doubles:")[2]
    assert "| adapter | F1 | leaked player |" in slopes
    assert cells(slopes, "alpha") == [["alpha", "-0.050 [-0.060, -0.040]", "+0.070 [+0.060, +0.080]"]]
    assert cells(slopes, "beta")[0][-1] == "–"


def test_each_design_is_shown_with_the_highest_dose_in_the_dialect_that_others_are_held_against() -> None:
    shop, forum = (
        tuple(replace(row, design=name, pairs=pairs, change=(row.change or 0) * share) for row in RESULTS.responses)
        for name, pairs, share in (("shop", 3, 0.5), ("forum", 2, 2))
    )
    forum = tuple(row for row in forum if (row.adapter, row.metric) != ("beta", "regions.leaked.player"))
    soup = tuple(replace(row, dialect="soup") for row in (*RESULTS.responses, *shop))
    tables = report.tables(replace(RESULTS, responses=(*RESULTS.responses, *shop, *forum, *soup)))
    assert tables.count("by design") == 1
    shown = tables.partition("by design (pairs), with dose 50: change of F1 / leaked:")[2].partition("**player**")[0]
    assert "| adapter | forum (2) | shop (3) |" in shown
    assert cells(shown, "alpha") == [["alpha", "-0.20 / 0.80", "-0.05 / 0.20"]]
    assert cells(shown, "beta") == [["beta", "-0.20 / –", "-0.05 / 0.35"]]
    assert "by design" not in report.tables(RESULTS)


def contrast(adapter: str, dialect: str, change: float, low: float, high: float) -> Contrast:
    return Contrast(adapter, dialect, "names", "", 0, "article.f1", 24, 0.8 + change, 0.8, change, low, high)


def test_dialects_are_told_in_words_and_in_a_table() -> None:
    spoken = replace(
        RESULTS,
        contrasts=(
            contrast("alpha", "soup", -0.3, -0.4, -0.2),
            contrast("beta", "soup", -0.01, -0.05, 0.03),
            contrast("all", "soup", -0.5, -0.6, -0.4),
            contrast("alpha", "flat", 0.1, 0.05, 0.2),
            contrast("beta", "flat", 0.0, -0.1, 0.1),
        ),
    )
    said = report.spoken(spoken)
    assert "- `soup` in place of `names`: F1 moves (each interval by itself) with `alpha` -0.300 [-0.400" in said
    assert "[-0.400, -0.200]; not shown to move with `beta`." in said
    assert "`all`" not in said
    (row,) = cells(report.contrasts(spoken), "alpha")
    assert row == ["alpha", "0.800", "-0.300 [-0.400, -0.200]", "+0.100 [+0.050, +0.200]"]
    assert "contrasts.csv" in report.render(spoken)
    assert "contrasts.csv" not in report.render(RESULTS)


def test_a_run_without_doses_has_no_files_and_drills_alone_have_theirs() -> None:
    nothing = replace(RESULTS, responses=(), slopes=())
    assert report.render(nothing) == {}
    drill = replace(
        nothing, drills=(Drill("alpha", "dose 0", True, 8, 2, None), Drill("beta", "dose 0", True, 8, 0, 0.0))
    )
    assert report.render(drill).keys() == {"drills.md"}
    assert "**fail** (2 of 8)" in report.render(drill)["drills.md"].decode()
