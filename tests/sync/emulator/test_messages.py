"""The messages that the emulator reads are those of the API's own description."""

from __future__ import annotations

from typing import Any

import pytest

from arsheet.sync.emulator import masks, wire
from arsheet.sync.emulator.errors import GoogleError
from tests.sync.emulator import discovery

SCALARS = {"bool": "boolean", "str": "string", "mask": "string", "any": "any"}


def expected(kind: str) -> dict[str, Any]:
    """What the description must say of a field of this kind."""
    if kind.endswith("[]"):
        return {"type": "array", "items": expected(kind[:-2])}
    if kind.startswith("{"):
        return {"type": "object", "additionalProperties": expected(kind[1:-1])}
    if kind.startswith("."):
        return {"type": "string", "enum": sorted(wire.enumerations()[kind[1:]])}
    if kind in ("int32", "int64"):
        return {"type": "integer", "format": kind}
    if kind in ("float", "double"):
        return {"type": "number", "format": kind}
    return {"type": SCALARS[kind]} if kind in SCALARS else {"$ref": kind}


def said(schema: dict[str, Any]) -> dict[str, Any]:
    """The part of a field's schema that `expected` knows."""
    kept = {key: schema[key] for key in ("type", "$ref") if key in schema}
    if "items" in schema:
        kept["items"] = said(schema["items"])
    if "additionalProperties" in schema:
        kept["additionalProperties"] = said(schema["additionalProperties"])
    if "enum" in schema:
        kept["enum"] = sorted(schema["enum"])
    if schema.get("format") in ("int32", "int64", "float", "double"):
        kept["format"] = schema["format"]
    return kept


@pytest.mark.skipif(not discovery.INSTALLED, reason=discovery.REASON)
def test_every_field_is_the_description_s() -> None:
    schemas = discovery.document("sheets.v4")["schemas"]
    for name, fields in wire.messages().items():
        for field, kind in fields.items():
            assert said(schemas[name]["properties"][field]) == expected(kind), f"{name}.{field}"


def test_both_spellings_of_a_name_and_nulls_are_taken() -> None:
    read = wire.read_body("GridRange", b'{"sheet_id": 3, "startRowIndex": null, "endRowIndex": "4"}')
    assert read == {"sheetId": 3, "endRowIndex": 4}


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b'"x"'])
def test_a_body_that_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(GoogleError) as caught:
        wire.read_body("GridRange", raw)
    assert caught.value.code == 400


def test_rows_that_are_no_lists_are_named_each() -> None:
    with pytest.raises(GoogleError) as caught:
        wire.read_body("ValueRange", b'{"values": ["a", ["b"], "c"]}', prefix="data")
    lines = caught.value.message.splitlines()
    assert lines[0] == "Invalid value at 'data.values[0]' (type.googleapis.com/google.protobuf.ListValue), \"a\""
    assert len(lines) == 2


def test_masks_nest_and_project() -> None:
    tree = masks.parse("sheets(properties/title,data.rowData),namedRanges")
    assert tree == {"sheets": {"properties": {"title": {}}, "data": {"rowData": {}}}, "namedRanges": {}}
    assert masks.project({"sheets": [{"properties": {"title": "a", "index": 1}}]}, tree) == {
        "sheets": [{"properties": {"title": "a"}}]
    }
    assert masks.updated({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 9}}, masks.parse("a.b,d")) == {
        "a": {"b": 9, "c": 2}
    }
