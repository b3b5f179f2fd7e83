from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NoReturn

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.records import EDITION, FORMAT, Aggregate, Comparison, Manifest, Metric, Results, Summary
from benchmark.reports import json as report

MANIFEST = Manifest(
    run="r",
    format=FORMAT,
    edition=EDITION,
    boilerbench="0.1.0",
    revision=None,
    created="2026-01-01T00:00:00Z",
    seed=0,
    machine={"cores": 2},
    libraries={"numpy": "2.2.0", "lxml": "6.0.0"},
    sandbox="none",
    options={"timeout_s": 30.0, "pages": ["001", "002"], "limit": None},
    corpora={"bundled": {"pages": 4, "gold": {"provenance": {"human": 4}}}},
    adapters={"a": {"version": "1"}, "b": {"unavailable": "no wheel", "remedy": "pip install b"}},
)
RESULTS = Results(
    manifest=MANIFEST,
    metrics=(Metric("m.a", "A share.", headline=True), Metric("m.b", "A time.", "lower", "ns", 0.0, math.inf, None)),
    summaries=(Summary("bundled", "all", "a", "m.a", 4, 0, 0, 4, 0.1 + 0.2),),
    comparisons=(Comparison("bundled", "m.a", "a", "b", 4, -0.25),),
    outcomes={"bundled": {"b": {"ok": 3, "crash": 1}, "a": {"ok": 4}}},
)


def read(results: Results) -> Any:
    return json.loads(report.render(results)["report.json"], parse_constant=refuse)


def refuse(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not JSON")


def faults(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[str]:
    """What a validator of the keywords used here finds wrong, as far as the first level that is wrong."""
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        found = [faults(value, choice, root) for choice in schema["anyOf"]]
        return [] if [] in found else found[0]
    if "const" in schema:
        return [] if value == schema["const"] else [f"{value!r} is not {schema['const']!r}"]
    kinds = schema.get("type", kind(value))
    if kind(value) not in kinds and not ("number" in kinds and kind(value) == "integer"):
        return [f"{value!r} is not {kinds}"]
    inside = [fault for part in schema.get("allOf", ()) for fault in faults(value, part, root)]
    inside += [f"{name} is missing" for name in schema.get("required", ()) if name not in value]
    if isinstance(value, dict):
        named = schema.get("properties", {})
        for key, item in value.items():
            inside += faults(item, named.get(key, schema.get("additionalProperties", {})), root)
    if isinstance(value, list):
        inside += [fault for item in value for fault in faults(item, schema.get("items", {}), root)]
    return inside


def kind(value: object) -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return kinds.get(type(value), "null")


def test_the_document_holds_every_field_of_the_results() -> None:
    document = read(RESULTS)

    shown = {field.name for field in fields(Results) if not field.metadata.get("bulky")}
    assert set(document) == {"schema", "schema_version"} | shown
    assert (document["schema"], document["schema_version"]) == (report.SCHEMA, report.SCHEMA_VERSION)
    assert document["outcomes"] == RESULTS.outcomes
    assert Manifest(**document["manifest"]) == MANIFEST
    assert document["metrics"][1] == {
        "name": "m.b",
        "summary": "A time.",
        "direction": "lower",
        "unit": "ns",
        "low": 0.0,
        "high": None,
        "on_failure": None,
        "aggregate": {"kind": "mean", "of": []},
        "headline": False,
        "group": "",
        "failure_as_empty": False,
    }


@given(
    st.lists(
        st.builds(
            Summary,
            n=st.integers(),
            estimate=st.none() | st.floats(allow_nan=False, allow_infinity=False),
            low=st.none(),
        ),
        max_size=3,
    )
)
def test_rows_read_back_exactly(summaries: list[Summary]) -> None:
    finite = [replace(row, high=None) for row in summaries]

    assert [Summary(**row) for row in read(replace(RESULTS, summaries=tuple(finite)))["summaries"]] == finite


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_without_a_json_form_is_null(value: float) -> None:
    row = replace(RESULTS.summaries[0], estimate=value)

    assert read(replace(RESULTS, summaries=(row,)))["summaries"][0]["estimate"] is None


def test_the_bytes_do_not_depend_on_the_order_of_mappings() -> None:
    backwards = replace(
        RESULTS,
        manifest=replace(MANIFEST, adapters=dict(reversed(MANIFEST.adapters.items()))),
        outcomes={"bundled": dict(reversed(list(RESULTS.outcomes["bundled"].items())))},
    )

    assert report.render(backwards) == report.render(RESULTS)


def test_the_document_follows_its_schema() -> None:
    files = report.render(RESULTS)
    schema = json.loads(files["report.schema.json"])

    assert faults(json.loads(files["report.json"]), schema, schema) == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RESULTS, summaries=(replace(RESULTS.summaries[0], n="four"),)),  # type: ignore[arg-type]
        replace(RESULTS, metrics=(Metric("m", "M.", aggregate=Aggregate(of=(1,))),)),  # type: ignore[arg-type]
        replace(RESULTS, outcomes={"bundled": {"a": {"ok": "4"}}}),  # type: ignore[dict-item]
        replace(RESULTS, manifest=replace(MANIFEST, seed=None)),  # type: ignore[arg-type]
    ],
)
def test_the_schema_refuses_what_the_records_refuse(wrong: Results) -> None:
    files = report.render(wrong)
    schema = json.loads(files["report.schema.json"])

    assert len(faults(json.loads(files["report.json"]), schema, schema)) == 1


@pytest.mark.parametrize("name", ["seeds", "doses"])
def test_a_published_run_follows_the_schema_by_a_validator_of_others(
    published: Callable[[str], Results], name: str
) -> None:
    results = published(name)
    small = replace(results, summaries=results.summaries[:200], comparisons=results.comparisons[:200])
    files = report.render(replace(small, pages=results.pages[:200], responses=results.responses[:200]))
    validator = jsonschema.Draft202012Validator(json.loads(files["report.schema.json"]))
    assert list(validator.iter_errors(json.loads(files["report.json"]))) == []


def test_any_run_follows_the_schema_by_a_validator_of_others(any_results: Results) -> None:
    files = report.render(any_results)
    validator = jsonschema.Draft202012Validator(json.loads(files["report.schema.json"]))
    validator.check_schema(validator.schema)
    assert list(validator.iter_errors(json.loads(files["report.json"]))) == []


def test_the_schema_in_the_docs_is_the_one_that_reports_carry() -> None:
    published = Path(__file__).parents[2] / "docs" / "report.schema.json"
    assert published.read_bytes() == report.render(RESULTS)["report.schema.json"]


def test_a_document_of_another_version_does_not_follow_the_schema() -> None:
    files = report.render(RESULTS)
    schema = json.loads(files["report.schema.json"])

    assert faults({**json.loads(files["report.json"]), "schema_version": 0}, schema, schema) != []


def test_a_value_that_json_cannot_hold_is_an_error_not_a_guess() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        report.render(replace(RESULTS, manifest=replace(MANIFEST, options={"pages": {"001"}})))
