"""The calls of one recalculation: identical ones answered once, ranges by digest, every error an answer of its cell."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from arsheet.addins.service import wire
from arsheet.addins.service.state import State
from arsheet.functions.catalogue import find
from arsheet.functions.kept_range import KeptRange
from arsheet.functions.registry import FunctionError, not_available
from arsheet.schema.headers import match_headers
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES

Range = KeptRange | FunctionError


class Missing(Exception):
    """Ranges that the service does not have (any more): the client sends them again."""

    def __init__(self, digests: list[str]) -> None:
        super().__init__(", ".join(digests))
        self.digests = digests


def call(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/call. Raises Missing."""
    book, language = book_of(body), language_of(state, body)
    calls = body.get("calls")
    if not isinstance(calls, list) or len(calls) > state.limits.calls:
        raise wire.bad_request("calls 要是列表", f"calls is a list of at most {state.limits.calls}")
    ranges = ranges_of(state, body, [each.get("args") for each in calls if isinstance(each, dict)])
    from arsheet.addins.service.books import look_at_file

    look_at_file(state, book)
    deadline = time.monotonic() + state.limits.work_seconds * 0.9
    known = state.known(book)
    date1904 = known.date1904 if known is not None else body.get("date1904") is True
    answered: dict[str, dict[str, Any]] = {}
    results = []
    for each in calls:
        name, args, cell = _read(each)
        key = f"{name}{args!r}"
        found = answered.get(key)
        if found is None:
            if time.monotonic() > deadline:
                found = wire.error(_out_of_time())
            else:
                found = _one(state, book, name, args, ranges, language, cell, date1904)
            answered[key] = found
        elif cell and "error" in found:
            state.desk.note(book, cell, found["error"], (found["code"], found["zh"], found["en"]))
        results.append(found)
    version = state.desk.version(book)
    return {"results": results, "stamp": wire.stamp(version.stamp) if version is not None else None}


def _read(each: Any) -> tuple[str, list[Any], str]:
    if not isinstance(each, dict) or not isinstance(each.get("fn"), str):
        raise wire.bad_request("每个调用都要有 fn", "each call has fn")
    args, cell = each.get("args", []), each.get("cell") or ""
    if not isinstance(args, list) or not isinstance(cell, str):
        raise wire.bad_request("args 要是列表", "args is a list")
    return each["fn"], args, cell[:300]


def _one(
    state: State,
    book: str,
    name: str,
    args: list[Any],
    ranges: Mapping[str, Range],
    language: str,
    cell: str,
    date1904: bool,
) -> dict[str, Any]:
    try:
        values = resolved(args, ranges)
        if date1904:
            values = _from_1904(name, values)
    except FunctionError as error:
        return wire.error(error)
    return wire.result(state.desk.call(book, name, values, language=language, cell=cell), date1904=date1904)


def resolved(args: list[Any], ranges: Mapping[str, Range]) -> list[Any]:
    """Arguments with their ranges in place; raises the FunctionError of a range that is too large."""
    values = []
    for arg in args:
        if isinstance(arg, dict):
            digest = arg.get("r")
            if len(arg) != 1 or not isinstance(digest, str):
                raise wire.bad_request("参数看不懂", "an argument is not understood")
            found = ranges[digest]
            if isinstance(found, FunctionError):
                raise found
            values.append(found)
        else:
            values.append(arg)
    return values


def ranges_of(state: State, body: Mapping[str, Any], arguments: list[Any]) -> dict[str, Range]:
    """The ranges that arguments name: those sent with the request, and those kept. Raises Missing."""
    sent = body.get("ranges") or {}
    if not isinstance(sent, dict):
        raise wire.bad_request("ranges 要是对象", "ranges is an object")
    found: dict[str, Range] = dict(state.ranges.take(state.token, sent))
    missing = []
    named = dict.fromkeys(
        str(arg["r"]) for args in arguments if isinstance(args, list) for arg in args if _is_range(arg)
    )  # fmt: skip
    for digest in named:
        if digest not in found:
            kept = state.ranges.get(state.token, digest)
            if kept is None:
                missing.append(digest)
            else:
                found[digest] = kept
    if missing:
        raise Missing(missing)
    return found


def _is_range(arg: Any) -> bool:
    return isinstance(arg, dict) and len(arg) == 1 and isinstance(arg.get("r"), str)


def _from_1904(name: str, values: list[Any]) -> list[Any]:
    """Days of a book that counts from 1904, as days of the 1900 system: date arguments, and dates under headers."""
    try:
        params = find(name).params
    except FunctionError:
        return values
    out = []
    for at, value in enumerate(values):
        kind = params[at].kind if at < len(params) else ""
        if kind == "date" and type(value) in (int, float):
            out.append(value + wire.OFFSET_1904)
        elif kind == "range" and isinstance(value, KeptRange):
            out.append(value.memo("1900", lambda rows=value: _rows_of_1900(rows)))  # type: ignore[misc]
        else:
            out.append(value)
    return out


def _rows_of_1900(rows: KeptRange) -> KeptRange:
    spec = TABLES["invoices"]
    dated = {column.key for column in (*spec.columns, *IMPORT_COLUMNS["invoices"]) if column.kind == "date"}
    columns: set[int] = set()
    for row in rows[:10]:
        mapping = match_headers(row, spec, extra=IMPORT_COLUMNS["invoices"]).mapping
        if len(mapping) > 1:
            columns = {place for key, place in mapping.items() if key in dated}
            break
    moved = [
        [value + wire.OFFSET_1904 if at in columns and type(value) in (int, float) else value
         for at, value in enumerate(row)]
        for row in rows
    ]  # fmt: skip
    return KeptRange(moved)


def table(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/table: the whole answer of a per-customer function."""
    from arsheet.addins.service.books import look_at_file

    book, language = book_of(body), language_of(state, body)
    name, args, _ = _read(body)
    look_at_file(state, book)
    known = state.known(book)
    date1904 = known.date1904 if known is not None else False
    values = resolved(args, ranges_of(state, body, [args]))
    try:
        if date1904:
            values = _from_1904(name, values)
        keys, cells = state.desk.table(book, name, values, language=language)
    except FunctionError as error:
        return wire.error(error)
    version = state.desk.version(book)
    shown = [wire.cell(value, date1904=date1904) for value in cells]
    return {"keys": keys, "values": shown, "version": version.digest if version is not None else ""}


def book_of(body: Mapping[str, Any]) -> str:
    """The id of the book."""
    book = body.get("book") or ""
    if not isinstance(book, str) or len(book) > 500:
        raise wire.bad_request("book 要是文字", "book is a text")
    return book


def language_of(state: State, body: Mapping[str, Any]) -> str:
    """The language of the answer."""
    said = body.get("language")
    return str(said) if said in ("zh", "en") else state.language


def _out_of_time() -> FunctionError:
    return not_available("out_of_time", "计算超时，请重新计算", "It took too long; recalculate")
