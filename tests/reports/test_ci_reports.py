"""Claims about what CI servers and services read: JUnit, github-action-benchmark, Bencher, and the job summary."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmark.records import Results
from benchmark.reports import bmf, github_benchmark, junit, markdown

BIGGER, SMALLER = "github-bigger-is-better.json", "github-smaller-is-better.json"

ATTRIBUTES = {
    "testsuites": set(),
    "testsuite": {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "skipped": {"message"},
    "failure": {"type", "message"},
    "system-out": set(),
    "system-err": set(),
}
"""Elements of JUnit XML that are used, each with all of its attributes: what Ant's and Jenkins' schemas both take."""
CHILDREN = {
    "testsuites": r"(testsuite )*",
    "testsuite": r"properties (testcase )*system-out system-err ",
    "properties": r"(property )*",
    "testcase": r"(skipped )?(failure )*",
}
"""Which elements stand in which, in what order."""


def faults(tree: ET.Element) -> list[str]:
    """Where a document is no JUnit XML."""
    found = []
    for element in tree.iter():
        if element.tag not in ATTRIBUTES:
            found.append(f"<{element.tag}>")
        elif set(element.attrib) != ATTRIBUTES[element.tag]:
            found.append(f"<{element.tag}> with {sorted(element.attrib)}")
        if not re.fullmatch(CHILDREN.get(element.tag, ""), "".join(f"{child.tag} " for child in element)):
            found.append(f"what stands in <{element.tag}>")
    for suite in tree.iter("testsuite"):
        cases = suite.findall("testcase")
        counts = [
            len(cases),
            *(sum(case.find(end) is not None for case in cases) for end in ("failure", "error", "skipped")),
        ]
        if [int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")] != counts:
            found.append("counts")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"]):
            found.append("timestamp")
    return found


def suites(results: Results) -> ET.Element:
    return ET.fromstring(junit.render(results)["junit.xml"])


def entries(results: Results, file: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(github_benchmark.render(results)[file])
    return found


def test_junit_of_any_run_is_valid(any_results: Results) -> None:
    assert faults(suites(any_results)) == []


@pytest.mark.parametrize("name", ["aeb", "seeds", "doses", "fundus"])
def test_junit_of_published_runs_is_valid(published: Callable[[str], Results], name: str) -> None:
    assert faults(suites(published(name))) == []


def test_the_check_of_junit_finds_faults(ordinary: Results) -> None:
    """Else the two tests above could not fail."""
    for name, key in (("testcase", "status"), ("testsuite", "tests"), ("property", "")):
        tree = suites(ordinary)
        found = next(tree.iter(name))
        found.set(key, "7") if key else found.append(ET.Element("testcase"))
        assert faults(tree) != []


def test_an_adapter_that_failed_is_a_failure_and_an_unavailable_one_is_skipped(ordinary: Results) -> None:
    cases = {case.attrib["name"]: case for case in suites(ordinary).iter("testcase")}
    assert list(cases) == ["alpha", "beta", "gamma", "gone"]
    assert [child.tag for name in ("alpha", "beta") for child in cases[name]] == []
    (failure,) = cases["gamma"]
    assert failure.attrib == {"type": "timeout", "message": "3 timeout, 1 crash of 40 pages"}
    (skipped,) = cases["gone"]
    assert skipped.attrib == {"message": "unavailable: no wheel"}


def test_what_a_gate_found_stands_beside_the_failures(ordinary: Results) -> None:
    findings = {("real", "gamma"): ["q.main fell by .4"], ("real", "alpha"): ["one", "two"]}
    tree = ET.fromstring(junit.document(ordinary, findings))
    assert faults(tree) == []
    told = {case.attrib["name"]: [one.attrib["message"] for one in case] for case in tree.iter("testcase")}
    assert told["alpha"] == ["one", "two"]
    assert told["gamma"] == ["3 timeout, 1 crash of 40 pages", "q.main fell by .4"]


def test_a_case_takes_the_median_time_of_a_page_in_seconds(ordinary: Results) -> None:
    times = [case.attrib["time"] for case in suites(ordinary).iter("testcase")]
    assert times == ["0.002000", "0.003000", "0.004000", "0.000000"]


@pytest.mark.parametrize(("file", "metric"), [(BIGGER, "q.main"), (SMALLER, "t.ratio")])
def test_each_headline_value_is_an_entry_of_its_direction(ordinary: Results, file: str, metric: str) -> None:
    found = entries(ordinary, file)
    assert [entry["name"] for entry in found] == [f"real / {name} / {metric}" for name in ("alpha", "beta", "gamma")]
    assert all({"name", "unit", "value", "range", "extra"} == set(entry) for entry in found)
    values = [row.estimate for row in ordinary.summaries if row.metric == metric]
    assert [entry["value"] for entry in found] == values


def test_the_range_of_an_entry_holds_the_whole_interval(ordinary: Results) -> None:
    (first, *_) = entries(ordinary, BIGGER)
    assert (first["value"], first["range"]) == (0.9, "± .090")
    assert "95 % interval [.810, .945]" in first["extra"]
    assert "40 pages, 0 failed" in first["extra"]


def test_without_an_interval_an_entry_has_no_range(without_intervals: Results) -> None:
    assert [set(entry) for entry in entries(without_intervals, BIGGER)] == [{"name", "unit", "value", "extra"}] * 3


def test_a_run_without_values_gives_empty_documents(undefined: Results, empty: Results) -> None:
    for results in (undefined, empty):
        assert entries(results, BIGGER) == entries(results, SMALLER) == []
        assert json.loads(bmf.render(results)["bmf.json"]) == {}


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_a_value_that_json_cannot_hold_is_left_out(ordinary: Results, value: float) -> None:
    rows = tuple(replace(row, estimate=value) for row in ordinary.summaries)
    odd = replace(ordinary, summaries=rows)
    assert entries(odd, BIGGER) == []
    assert json.loads(bmf.render(odd)["bmf.json"]) == {}


def test_bencher_gets_value_and_both_ends(ordinary: Results) -> None:
    found = json.loads(bmf.render(ordinary)["bmf.json"])
    assert set(found) == {"real/alpha", "real/beta", "real/gamma"}
    assert set(found["real/beta"]) == {"q.main", "t.ratio"}
    row = next(row for row in ordinary.summaries if (row.adapter, row.metric) == ("beta", "q.main"))
    assert found["real/beta"]["q.main"] == {"value": row.estimate, "lower_value": row.low, "upper_value": row.high}


def test_bencher_gets_no_ends_where_there_are_none(without_intervals: Results) -> None:
    found = json.loads(bmf.render(without_intervals)["bmf.json"])
    assert {tuple(measure) for measures in found.values() for measure in measures.values()} == {("value",)}


def test_foreign_names_are_one_visible_line_each(hostile: Results) -> None:
    names = [entry["name"] for file in (BIGGER, SMALLER) for entry in entries(hostile, file)]
    names += json.loads(bmf.render(hostile)["bmf.json"])
    assert len(names) == 3 * 9
    assert all(name.isprintable() and len(name) < 1024 for name in names)


@pytest.mark.parametrize("name", ["aeb", "seeds", "composed", "fundus"])
def test_the_markdown_of_a_published_run_fits_a_job_summary(published: Callable[[str], Results], name: str) -> None:
    assert len(markdown.render(published(name))["report.md"]) < 60_000
