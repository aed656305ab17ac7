"""Holds requests and answers to Google's own description of its APIs, as google-api-python-client ships it.

`Description.check` fits `Emulator.watch`: what breaks the description is collected in `violations`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources, util
from typing import Any

REASON = "google-api-python-client is not installed: the API descriptions come with it"
INSTALLED = util.find_spec("googleapiclient") is not None

_SHEETS = (
    ("GET", r"^/v4/spreadsheets/[^/:]+$", "", "Spreadsheet"),
    ("POST", r"^/v4/spreadsheets$", "Spreadsheet", "Spreadsheet"),
    (
        "POST",
        r"^/v4/spreadsheets/[^/:]+:batchUpdate$",
        "BatchUpdateSpreadsheetRequest",
        "BatchUpdateSpreadsheetResponse",
    ),
    ("GET", r"/values:batchGet$", "", "BatchGetValuesResponse"),
    ("POST", r"/values:batchUpdate$", "BatchUpdateValuesRequest", "BatchUpdateValuesResponse"),
    ("POST", r"/values:batchClear$", "BatchClearValuesRequest", "BatchClearValuesResponse"),
    ("POST", r"/sheets/\d+:copyTo$", "CopySheetToAnotherSpreadsheetRequest", "SheetProperties"),
    ("POST", r"/values/.*:append$", "ValueRange", "AppendValuesResponse"),
    ("POST", r"/values/.*:clear$", "", "ClearValuesResponse"),
    ("PUT", r"/values/", "ValueRange", "UpdateValuesResponse"),
    ("GET", r"/values/", "", "ValueRange"),
)
_DRIVE = (
    ("POST", r"^/drive/v3/files(/[^/]+/copy)?$", "File", "File"),
    ("GET", r"^/drive/v3/files$", "", "FileList"),
    ("(GET|PATCH)", r"^/drive/v3/files/[^/]+$", "", "File"),
    ("GET", r"/comments$", "", "CommentList"),
    ("POST", r"/permissions$", "", "Permission"),  # gspread sends a field of Drive v2 here, which Drive passes over
    ("GET", r"/permissions$", "", "PermissionList"),
)


@cache
def document(name: str) -> dict[str, Any]:
    """One API description."""
    folder = resources.files("googleapiclient") / "discovery_cache" / "documents"
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


class Description:
    """The two descriptions, and what has been seen to break them."""

    def __init__(self) -> None:
        self.sheets, self.drive = document("sheets.v4")["schemas"], document("drive.v3")["schemas"]
        self.violations: list[str] = []
        self.checked = 0

    def check(self, method: str, path: str, raw: bytes, status: int, answer: Any) -> None:
        """Look at one exchange; only what was taken (status 200) must fit."""
        if status != 200 or isinstance(answer, bytes):
            return
        for schemas, table in ((self.sheets, _SHEETS), (self.drive, _DRIVE)):
            for verb, pattern, asked, given in table:
                if re.fullmatch(verb, method) and re.search(pattern, path, re.S):
                    self.checked += 1
                    if asked and raw:
                        self.violations += fits(schemas, schemas[asked], json.loads(raw), f"{method} {asked}")
                    self.violations += fits(schemas, schemas[given], answer, given)
                    return


def fits(schemas: dict[str, Any], schema: dict[str, Any], value: Any, at: str) -> list[str]:
    """Where a value breaks a schema."""
    if "$ref" in schema:
        return fits(schemas, schemas[schema["$ref"]], value, at)
    kind = schema.get("type")
    if kind == "array":
        if not isinstance(value, list):
            return [f"{at}: not a list"]
        return [bad for i, item in enumerate(value) for bad in fits(schemas, schema["items"], item, f"{at}[{i}]")]
    if kind == "object" or "properties" in schema:
        if not isinstance(value, dict):
            return [f"{at}: not an object"]
        known, free = schema.get("properties", {}), schema.get("additionalProperties")
        found = [f"{at}.{key}: unknown" for key in value if key not in known and free is None]
        inner = [(key, item, known.get(key, free)) for key, item in value.items() if key in known or free is not None]
        return found + [
            bad for key, item, one in inner if item is not None for bad in fits(schemas, one, item, f"{at}.{key}")
        ]
    if kind == "boolean":
        return [] if isinstance(value, bool) else [f"{at}: {value!r} is not a truth value"]
    if kind == "integer":
        return [] if type(value) is int else [f"{at}: {value!r} is not an integer"]
    if kind == "number":
        return [] if type(value) in (int, float) else [f"{at}: {value!r} is not a number"]
    if kind == "string":
        if not isinstance(value, str):
            return [f"{at}: {value!r} is not a text"]
        return [] if value in schema.get("enum", [value]) else [f"{at}: {value!r} is no word of the enumeration"]
    return []
