"""Everything a report may show as one JSON document, with the JSON Schema it follows."""

from __future__ import annotations

import dataclasses
import json
import math
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

from ..records import Results

SCHEMA = "boilerbench.report"
"""Name that the document gives itself under `schema`."""

SCHEMA_VERSION = 1
"""Raised when a field is renamed, removed or changes its meaning; a new field does not raise it."""

PRIMITIVES: Mapping[object, Mapping[str, object]] = {
    bool: {"type": "boolean"},
    float: {"type": ["number", "null"]},  # infinity and not-a-number have no JSON form and become null
    int: {"type": "integer"},
    str: {"type": "string"},
    types.NoneType: {"type": "null"},
    object: {},
}
"""JSON Schema of the types that hold no others."""


def render(results: Results) -> dict[str, bytes]:
    """`report.json`, the results field by field, and `report.schema.json`, derived from the records' types.

    Records keep the order of their fields, mappings are sorted by key; infinity and not-a-number become null, so a
    metric without an upper limit has `"high": null`. What the records call bulky is left
    out. TypeError for a value that JSON cannot hold.
    """
    document = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION, **_fields(results)}
    return {"report.json": _dump(document), "report.schema.json": published_schema()}


def published_schema() -> bytes:
    """The file `report.schema.json`, which stands in `docs/` as well."""
    return _dump(schema())


def schema() -> dict[str, object]:
    """JSON Schema (draft 2020-12) of `report.json`."""
    definitions: dict[str, object] = {}
    _describe(Results, definitions)
    identity = {"schema": {"const": SCHEMA}, "schema_version": {"const": SCHEMA_VERSION}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "type": "object",
        "properties": identity,
        "required": list(identity),
        "allOf": [{"$ref": "#/$defs/Results"}],
        "$defs": definitions,
    }


def _dump(document: Mapping[str, object]) -> bytes:
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode("ascii")


def _fields(record: object) -> dict[str, object]:
    assert dataclasses.is_dataclass(record)
    return {field.name: _plain(getattr(record, field.name)) for field in _shown(record)}


def _shown(record: Any) -> list[dataclasses.Field[Any]]:  # noqa: ANN401 - a dataclass or one of its instances
    return [field for field in dataclasses.fields(record) if not field.metadata.get("bulky")]


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _describe(kind: object, definitions: dict[str, object]) -> Mapping[str, object]:
    """JSON Schema of one annotated type; a record's own goes to the definitions and is referred to."""
    if kind in PRIMITIVES:
        return PRIMITIVES[kind]
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        properties = {field.name: _describe(hints[field.name], definitions) for field in _shown(kind)}
        definitions[kind.__name__] = {"type": "object", "properties": properties, "required": list(properties)}
        return {"$ref": f"#/$defs/{kind.__name__}"}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Union:
        return {"anyOf": [_describe(argument, definitions) for argument in arguments]}
    if origin is tuple and arguments[1:] == (...,):
        return {"type": "array", "items": _describe(arguments[0], definitions)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _describe(arguments[1], definitions)}
    raise TypeError(f"no JSON Schema for {kind}; add its case beside tuples and mappings here")
