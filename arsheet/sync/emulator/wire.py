"""Reads a request body as Google does: unknown names, wrong types and unknown words refused in its own words."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from arsheet.sync.emulator.errors import malformed, several
from arsheet.sync.emulator.messages import ENUMS, MESSAGES

Parser = Callable[[Any, str], Any]


def single(value: float) -> float | int:
    """The shortest decimal that names the 32-bit float nearest to `value`: how Google prints a colour."""
    (stored,) = struct.unpack("f", struct.pack("f", value))
    for digits in range(1, 10):
        text = float(f"{stored:.{digits}g}")
        if struct.unpack("f", struct.pack("f", text))[0] == stored:
            return int(text) if text == int(text) else text
    return float(stored)


def declarations(text: str) -> dict[str, list[str]]:
    """`Name: word word` lines, with indented continuation lines, as name -> words."""
    joined = re.sub(r"\n +", " ", text)
    found = {}
    for line in joined.splitlines():
        name, _, words = line.partition(": ")
        found[name.rstrip(":")] = words.split()
    return found


@lru_cache(maxsize=1)
def messages() -> dict[str, dict[str, str]]:
    """Message name -> field -> type text."""
    return {name: dict(w.split("=", 1) for w in words) for name, words in declarations(MESSAGES).items()}


@lru_cache(maxsize=1)
def enumerations() -> dict[str, frozenset[str]]:
    """Enumeration name -> its words."""
    return {name: frozenset(words) for name, words in declarations(ENUMS).items()}


def _bad(path: str, kind: str, value: Any) -> Exception:
    shown = json.dumps(value, ensure_ascii=False)
    return malformed(path, f"Invalid value at '{path}' ({kind}), {shown}")


def _boolean(value: Any, path: str) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false", "True", "False"):  # gspread sends str(bool) in places, and Google takes it
        return str(value).lower() == "true"
    raise _bad(path, "TYPE_BOOL", value)


def _integer(value: Any, path: str) -> int:
    try:
        if isinstance(value, bool) or float(value) != int(float(value)) or abs(int(float(value))) >= 2**31:
            raise ValueError
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        raise _bad(path, "TYPE_INT32", value) from None


def _number(value: Any, path: str, kind: str) -> float | int:
    try:
        if isinstance(value, bool):
            raise ValueError
        read = float(value)
    except (TypeError, ValueError):
        raise _bad(path, kind, value) from None
    if kind == "TYPE_FLOAT":
        return single(read)
    return int(read) if read == read and abs(read) < 2**53 and read == int(read) else read


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _bad(path, "TYPE_STRING", value)
    return value


def _word(name: str) -> Parser:
    words = enumerations()[name]

    def parse(value: Any, path: str) -> str:
        if not isinstance(value, str) or value not in words:
            raise _bad(path, f"type.googleapis.com/google.apps.sheets.v4.{name}", value)
        return value

    return parse


def _anything(value: Any, path: str) -> Any:
    return value


_SCALARS: dict[str, Parser] = {
    "bool": _boolean,
    "int32": _integer,
    "int64": _integer,
    "float": lambda value, path: _number(value, path, "TYPE_FLOAT"),
    "double": lambda value, path: _number(value, path, "TYPE_DOUBLE"),
    "str": _text,
    "mask": _text,
    "any": _anything,
}


@cache
def parser(kind: str) -> Parser:
    """The function that reads one value of `kind` (a scalar word, a message, `kind[]` or `{kind}`)."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind.startswith("."):
        return _word(kind[1:])
    if kind == "any[][]":
        return _lists
    if kind.endswith("[]"):
        return _repeated(kind[:-2])
    if kind.startswith("{"):
        return _mapped(kind[1:-1])
    return _cell if kind == "CellData" else _message(kind)


def _lists(value: Any, path: str) -> Any:
    """`values` of a ValueRange: each row must itself be a list."""
    if not isinstance(value, list):
        raise _bad(path, "type.googleapis.com/google.protobuf.ListValue", value)
    wrong = {
        f"{path}[{index}]": f"Invalid value at '{path}[{index}]' (type.googleapis.com/google.protobuf.ListValue), "
        + json.dumps(row, ensure_ascii=False)
        for index, row in enumerate(value)
        if not isinstance(row, list)
    }
    if wrong:
        raise several(wrong)
    return value


def _repeated(kind: str) -> Parser:
    inner = parser(kind)

    def parse(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise _bad(path, f"type.googleapis.com/google.apps.sheets.v4.{kind}", value)
        return [inner(item, f"{path}[{index}]") for index, item in enumerate(value)]

    return parse


def _mapped(kind: str) -> Parser:
    inner = parser(kind)

    def parse(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _bad(path, "object", value)
        return {key: inner(item, f"{path}.{key}") for key, item in value.items()}

    return parse


def camel(name: str) -> str:
    """`snake_case` read as `camelCase`: the API takes both."""
    return re.sub(r"_([a-z])", lambda match: match.group(1).upper(), name)


def _message(kind: str) -> Parser:
    fields = messages()[kind]

    def parse(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _bad(path, f"type.googleapis.com/google.apps.sheets.v4.{kind}", value)
        out = {}
        for name, item in value.items():
            key = name if name in fields else camel(name)
            if key not in fields:
                at = f" at '{path}'" if path else ""
                raise malformed(path, f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.')
            if item is not None:
                out[key] = parser(fields[key])(item, f"{path}.{name}" if path else name)
        return out

    return parse


_VALUE_TYPES: dict[str, type] = {"stringValue": str, "boolValue": bool, "formulaValue": str}


@lru_cache(maxsize=512)
def _shared_format(text: str) -> dict[str, Any]:
    """One parsed object for the many cells that carry the same format: formats are never changed in place."""
    parsed: dict[str, Any] = _message("CellFormat")(json.loads(text), "requests")
    return parsed


_NUMBER_FORMATS: dict[tuple[str, ...], dict[str, Any]] = {}


def _format(style: dict[str, Any]) -> dict[str, Any]:
    """The shared object of a format; the commonest form, a number format alone, has the shortest way."""
    number_format = style.get("numberFormat")
    if len(style) != 1 or type(number_format) is not dict:
        return _shared_format(json.dumps(style, sort_keys=True))
    key = (*number_format, *number_format.values())
    found = _NUMBER_FORMATS.get(key)
    if found is None:
        if len(_NUMBER_FORMATS) > 512:
            _NUMBER_FORMATS.clear()
        found = _NUMBER_FORMATS[key] = _shared_format(json.dumps(style, sort_keys=True))
    return found


def _cell(value: Any, path: str) -> Any:
    """A CellData; the common forms (a typed value, a format) are read without a walk through their messages."""
    out = {}
    for key, item in value.items() if isinstance(value, dict) else ():
        if key == "userEnteredValue" and isinstance(item, dict) and len(item) == 1:
            ((word, held),) = item.items()
            if isinstance(held, _VALUE_TYPES.get(word, ())) or (word == "numberValue" and type(held) in (int, float)):
                out[key] = item
                continue
        if key == "userEnteredFormat" and isinstance(item, dict):
            try:
                out[key] = _format(item)
                continue
            except Exception:  # the slow way below says what is wrong, at its full path
                pass
        return _message("CellData")(value, path)
    return out if isinstance(value, dict) else _message("CellData")(value, path)


def read_body(kind: str, raw: bytes, *, prefix: str = "") -> dict[str, Any]:
    """The message `kind` from a request's bytes; an empty body is an empty message."""
    try:
        value = json.loads(raw.decode("utf-8") or "{}")
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise malformed("", "Invalid JSON payload received. Parsing failed.") from None
    parsed: dict[str, Any] = parser(kind)(value, prefix)
    return parsed
