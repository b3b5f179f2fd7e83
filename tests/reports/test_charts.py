"""Claims about charts: what they show, that any run can be drawn, and that nothing foreign gets out of them."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import altair
import pytest
import vl_convert

from benchmark.records import Metric, Response, Results
from benchmark.reports import _cost_charts, _dose_charts, _quality_charts, _vega, charts, charts_png
from benchmark.reports._foreign import distinct

Published = Callable[[str], Results]
RESPONSE = Response("alpha", "player", "names", "", 50, "q.main", 24, 0.9, 0.7, -0.2, -0.3, -0.1)


def every_chart(results: Results) -> dict[str, Any]:
    """All that can be drawn of a run."""
    found = {name: dict(spec) for name, spec in charts.drawings(results)}
    assert len(found) == len(list(charts.drawings(results)))
    return found


def rows_of(spec: Any) -> list[Any]:
    return list(spec["data"]["values"])


def thinned(value: Any) -> Any:
    """A specification with a few rows of its data: the schema asks the same of each."""
    if isinstance(value, dict):
        return {key: item[:3] if key == "values" else thinned(item) for key, item in value.items()}
    return [thinned(item) for item in value] if isinstance(value, list) else value


def expressions(value: object) -> Iterator[object]:
    """Every part of a specification that Vega evaluates."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in {"test", "expr", "signal", "calculate", "filter", "labelExpr", "href", "url"}:
                yield item
            yield from expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from expressions(item)


def test_the_language_is_the_one_of_the_altair_that_is_installed() -> None:
    assert re.search(r"/v(\d+)\.json", _vega.SCHEMA)[1] == altair.SCHEMA_VERSION[1:].split(".")[0]  # type: ignore[index]


def test_every_chart_of_every_run_follows_the_schema_of_vega_lite(any_results: Results) -> None:
    for spec in every_chart(any_results).values():
        altair.Chart.from_dict(spec)


@pytest.mark.parametrize("name", ["aeb", "doses", "drills"])
def test_the_charts_of_the_published_runs_follow_the_schema_too(published: Published, name: str) -> None:
    for spec in every_chart(published(name)).values():
        altair.Chart.from_dict(thinned(spec))


def test_an_ordinary_run_has_all_charts_and_an_empty_one_none(ordinary: Results, empty: Results) -> None:
    kinds = {"pareto", "leakage", "losses", "differences", "times", "growth"}
    assert set(every_chart(ordinary)) == {f"real-{kind}" for kind in kinds}
    assert every_chart(empty) == {}


def test_a_run_without_values_has_no_chart(undefined: Results) -> None:
    assert every_chart(undefined) == {}


def test_drawn_charts_are_xml_without_script_and_the_same_bytes_each_time(hostile: Results) -> None:
    first, second = charts.render(hostile), charts.render(hostile)
    assert first == second
    assert len(first) == 6
    for name, svg in first.items():
        assert name.count("/") == 1
        tree = ET.fromstring(svg)
        tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not tags & {"script", "foreignObject", "a", "image"}
        attributes = {key for element in tree.iter() for key in element.attrib}
        assert not any(key.lower().startswith("on") or key.endswith("href") for key in attributes)


def test_another_process_draws_the_same_bytes(ordinary: Results) -> None:
    spec = json.dumps(dict(charts.drawings(ordinary))["real-leakage"])
    code = (
        "import sys, json, vl_convert; from benchmark.reports.charts import renumbered;"
        "sys.stdout.write(renumbered(vl_convert.vegalite_to_svg(json.load(sys.stdin))))"
    )
    done = subprocess.run([sys.executable, "-c", code], input=spec, capture_output=True, text=True, check=True)
    assert done.stdout.encode() == charts.render(ordinary)["charts/real-leakage.svg"]


def test_no_foreign_name_comes_near_an_expression(hostile: Results, ordinary: Results) -> None:
    """An expression of Vega is a program: those of a hostile run are those of any other."""
    programs = [set(expressions(every_chart(results))) for results in (hostile, ordinary)]
    assert programs[0] == programs[1] == {"datum.value > 0.47"}


def test_names_that_look_alike_are_told_apart(ordinary: Results) -> None:
    twins = {"alpha": "a\x00", "beta": "a\x01", "gamma": "a\N{REPLACEMENT CHARACTER}"}
    assert len(set(distinct(twins.values()).values())) == 3
    renamed = replace(
        ordinary,
        summaries=tuple(replace(row, adapter=twins[row.adapter]) for row in ordinary.summaries),
        comparisons=(),
    )
    spec = _quality_charts.leak_map(renamed, "real")
    assert len({row["adapter"] for row in rows_of(spec)}) == 3


def test_navigation_player_and_comments_stand_first_wherever_they_are_declared(published: Published) -> None:
    for name, kinds in {"seeds": ["navigation", "player", "comments"], "aeb": ["navigation", "comments"]}.items():
        spec: Any = _quality_charts.leak_map(published(name), name)
        assert spec["layer"][0]["encoding"]["x"]["sort"][: len(kinds)] == kinds


def test_each_cell_of_the_leak_map_prints_its_summary(published: Published) -> None:
    results = published("aeb")
    rows = rows_of(_quality_charts.leak_map(results, "aeb"))
    found = {(row["adapter"].removesuffix(", counted apart"), row["kind"]): row for row in rows}
    wanted = [
        row for row in results.summaries if row.metric == "regions.leaked.navigation" and row.estimate is not None
    ]
    assert len(wanted) > 40
    for row in wanted:
        cell = found[row.adapter, "navigation"]
        assert (cell["value"], cell["n"]) == (row.estimate, row.n)
        assert float(cell["figure"]) == pytest.approx(row.estimate, abs=5e-4)


def test_nothing_beats_a_point_on_the_line_and_something_beats_every_other(published: Published) -> None:
    results = published("aeb")
    spec: Any = _quality_charts.pareto(results, "aeb")
    points = [row for row in rows_of(spec) if row["group"] == _quality_charts.EXTRACTOR]
    line = {row["adapter"] for row in rows_of(spec["layer"][3])}
    assert 1 < len(line) < len(points)
    for one in points:
        beaten = any(
            other["y"] >= one["y"] and other["x"] <= one["x"] and (other["y"], other["x"]) != (one["y"], one["x"])
            for other in points
        )
        assert beaten == (one["adapter"] not in line)


def test_labels_of_the_line_are_a_line_of_text_apart_and_within_the_frame(published: Published) -> None:
    for name in ("aeb", "seeds"):
        spec: Any = _quality_charts.pareto(published(name), name)
        low, high = spec["layer"][2]["encoding"]["y"]["scale"]["domain"]
        heights = sorted(row["label_at"] for row in rows_of(spec["layer"][5]))
        pixels = [(height - low) / (high - low) * _vega.HEIGHT for height in heights]
        assert all(after - before > _quality_charts.LINE - 2 for before, after in itertools.pairwise(pixels))
        assert pixels[-1] < _vega.HEIGHT - _quality_charts.LINE


def test_a_floor_far_off_is_named_below_the_chart_rather_than_drawn(published: Published) -> None:
    spec: Any = _quality_charts.pareto(published("aeb"), "aeb")
    assert "nothing" not in {row["adapter"] for row in rows_of(spec)}
    assert "nothing (.000" in spec["title"]["text"]


def test_a_time_of_nought_has_no_place_on_a_logarithmic_axis(ordinary: Results) -> None:
    rows = tuple(replace(row, estimate=0.0) if row.metric.startswith("t.") else row for row in ordinary.summaries)
    none = replace(ordinary, summaries=rows)
    assert _quality_charts.pareto(none, "real") is None
    assert _cost_charts.tail(none, "real") is None


def test_differences_turn_with_the_chosen_system(ordinary: Results) -> None:
    to_alpha = {row["adapter"]: row for row in rows_of(_quality_charts.forest(ordinary, "real", "alpha"))}
    to_beta = {row["adapter"]: row for row in rows_of(_quality_charts.forest(ordinary, "real", "beta"))}
    assert set(to_alpha) == {"beta", "gamma"}
    assert to_alpha["beta"]["x"] == -to_beta["alpha"]["x"] == -0.1
    assert (to_alpha["beta"]["verdict"], to_beta["alpha"]["verdict"]) == ("worse", "better")
    assert to_alpha["gamma"]["verdict"] == "equivalent"


def test_the_interval_of_a_difference_is_students(ordinary: Results) -> None:
    """2.0227 is the 97.5 % point of t with 39 degrees of freedom in any table."""
    (row, _) = rows_of(_quality_charts.forest(ordinary, "real", "alpha"))
    assert row["high"] - row["x"] == pytest.approx(2.0227 * 0.02, rel=1e-4)
    assert row["x"] - row["low"] == pytest.approx(2.0227 * 0.02, rel=1e-4)


def test_without_tests_a_difference_has_no_interval_and_says_so(without_intervals: Results) -> None:
    rows = rows_of(_quality_charts.forest(without_intervals, "real", "alpha"))
    assert {(row["low"], row["high"], row["verdict"]) for row in rows} == {(None, None, "not tested")}


def test_a_system_that_was_compared_with_none_has_no_forest(ordinary: Results) -> None:
    assert _quality_charts.forest(ordinary, "real", "gone") is None


def test_ways_to_sum_up_times_are_found_by_their_declarations(published: Published, ordinary: Results) -> None:
    kinds = [row["kind"] for row in rows_of(_cost_charts.tail(published("aeb"), "aeb"))]
    assert set(kinds) == {"median", "p95", "p99", "max"}
    assert {row["kind"] for row in rows_of(_cost_charts.tail(ordinary, "real"))} == {"median", "p95", "max"}
    assert {row["kind"] for row in rows_of(_cost_charts.memory(published("aeb"), "aeb"))} == {"median", "max"}


def test_growth_names_those_of_which_it_was_not_taken(ordinary: Results) -> None:
    whole = _cost_charts.growth(ordinary, "real")
    rows = rows_of(whole)
    (lost, *_) = (row["adapter"] for row in rows)
    assert whole is not None
    named = str(whole.get("title", ""))
    assert str(lost) not in named

    fewer = replace(
        ordinary,
        summaries=tuple(row for row in ordinary.summaries if (row.metric, row.adapter) != ("t.growth", lost)),
    )
    spec: Any = _cost_charts.growth(fewer, "real")
    assert spec["title"]["text"].startswith("not taken of ")
    assert str(lost) in spec["title"]["text"]


def test_growth_says_how_far_it_was_followed(published: Published) -> None:
    rows = rows_of(_cost_charts.growth(published("aeb"), "aeb"))
    assert {row["reached"] for row in rows} >= {"8 times", "16 times"}
    assert rows == sorted(rows, key=lambda row: (row["x"], row["adapter"]))


def test_a_dose_curve_begins_at_the_plain_page_and_keeps_to_its_treatment(ordinary: Results) -> None:
    other = replace(RESPONSE, treatment="navigation", change=0.5)
    by_design = replace(RESPONSE, design="shop", change=0.9)
    time = replace(RESPONSE, metric="t.ratio", change=1.4)
    dosed = replace(ordinary, responses=(RESPONSE, other, by_design, time))
    points = [(row["dose"], row["y"], row["low"], row["high"]) for row in rows_of(_dose_charts.doses(dosed, "player"))]
    assert points == [(0, 0.0, None, None), (50, -0.2, -0.3, -0.1)]
    assert _dose_charts.doses(dosed, "consent") is None


def test_doses_of_a_published_experiment_are_drawn_for_each_treatment(published: Published) -> None:
    results = published("doses")
    assert set(every_chart(results)) == {f"doses-{one}" for one in ("navigation", "player", "comments.twice")}


def test_the_ground_and_the_ink_come_from_outside(ordinary: Results) -> None:
    spec: Any = _quality_charts.pareto(ordinary, "real")
    assert not {"background", "config"} & set(spec)
    grounds = {_vega.themed(spec, config)["background"] for config in (_vega.light(), _vega.dark())}
    assert grounds == {"transparent"}
    light, dark = (config["axis"]["labelColor"] for config in (_vega.light(), _vega.dark()))  # type: ignore[index]
    assert light != dark


def contrast(colour: str, ground: str) -> float:
    """Ratio of two colours' luminance, WCAG 2.2."""
    brighter, darker = sorted(map(luminance, (colour, ground)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_figure_can_be_read_on_its_cell_whatever_its_value(ordinary: Results) -> None:
    spec: Any = _quality_charts.leak_map(ordinary, "real")
    shares = [number / 100 for number in range(101)]
    rows = [{**rows_of(spec)[0], "adapter": f"{share:.2f}", "value": share} for share in shares]
    drawn = json.loads(json.dumps({**spec, "data": {"values": rows}}))
    for layer in drawn["layer"]:
        layer["encoding"]["y"]["sort"] = [row["adapter"] for row in rows]
    tree = ET.fromstring(charts.renumbered(vl_convert.vegalite_to_svg(drawn)))

    marks = [list(group) for group in tree.iter() if "role-mark" in group.get("class", "")]
    cells, figures = (group for group in marks if len(group) == len(shares))

    for share, cell, text in zip(shares, cells, figures, strict=True):
        assert contrast(hexadecimal(cell.get("fill", "")), text.get("fill", "")) >= 4.5, share


def hexadecimal(colour: str) -> str:
    """`rgb(1, 2, 3)` as `#010203`."""
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour))


def test_converters_and_floors_are_marked_where_they_stand_among_extractors(published: Published) -> None:
    results = published("aeb")
    marked = {row["adapter"] for row in rows_of(_quality_charts.leak_map(results, "aeb")) if "apart" in row["adapter"]}

    assert marked == {f"{name}, counted apart" for name in results.counted_apart}


@pytest.mark.parametrize(("config", "ground"), [(_vega.light(), "#ffffff"), (_vega.dark(), "#0d1117")])
def test_text_can_be_read_on_its_ground(config: Any, ground: str) -> None:
    assert contrast(config["axis"]["labelColor"], ground) >= 7
    assert contrast(config["text"]["color"], ground) >= 7


def test_no_chart_tells_by_colour_alone(ordinary: Results) -> None:
    """Where colours name something, shapes name it too; where they stand for amounts, the figures are printed."""
    for spec in every_chart(ordinary).values():
        layers = spec.get("layer") or spec["spec"]["layer"]
        for layer in layers:
            fields = {
                channel: part.get("field") for channel, part in layer["encoding"].items() if isinstance(part, dict)
            }
            if fields.get("color") == "value":
                assert any(other["mark"]["type"] == "text" for other in layers)
            elif "color" in fields and layer["mark"]["type"] == "point":
                assert fields["color"] == fields["shape"]


def test_a_metric_of_another_project_has_its_own_family_of_leaks(ordinary: Results) -> None:
    theirs = Metric("x.leaked.banner", "Share.", "lower", group="leakage")
    rows = tuple(
        replace(row, metric=theirs.name) if row.metric == "r.lost.table" else row for row in ordinary.summaries
    )
    spec = _quality_charts.leak_map(replace(ordinary, metrics=(*ordinary.metrics, theirs), summaries=rows), "real")
    assert {row["kind"] for row in rows_of(spec)} == {"player", "footer", "banner"}


def test_pictures_are_png_of_the_same_charts_and_only_on_demand(ordinary: Results) -> None:
    small = replace(ordinary, summaries=tuple(row for row in ordinary.summaries if row.metric == "t.growth"))
    files = charts_png.render(replace(small, comparisons=()))
    assert set(files) == {"charts/real-growth.png"}
    assert files["charts/real-growth.png"].startswith(b"\x89PNG\r\n")
    assert charts_png.ON_DEMAND
