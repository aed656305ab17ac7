"""The arguments of an action as a client sends them: ranges in place, an uploaded file in a folder of its own."""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arsheet.addins.service import wire
from arsheet.addins.service.calls import ranges_of, resolved
from arsheet.addins.service.state import State
from arsheet.functions.registry import FunctionError

_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_TAKEN = frozenset((".xlsx", ".xlsm", ".xls", ".csv", ".txt", ".tsv"))


@contextmanager
def arguments_of(state: State, body: Mapping[str, Any], action: str) -> Iterator[dict[str, Any]]:
    """The arguments for the time of the preview. A path that a client names is never opened."""
    sent = body.get("arguments") or {}
    if not isinstance(sent, dict):
        raise wire.bad_request("arguments 要是对象", "arguments is an object")
    given = {key: value for key, value in sent.items() if key not in ("file", "data", "name")}
    if action == "write_values":
        given["args"] = _values(state, body, sent.get("args") or [])
    if action != "import":
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="arsheet-import-") as folder:
        place = Path(folder) / file_name(str(sent.get("name") or ""))
        place.write_bytes(_data(state, sent.get("data")))
        yield {**given, "file": str(place)}


def file_name(said: str) -> str:
    """The last part of a name, safe as a file's name here; raises WireError for a kind of file that is not read."""
    name = _UNSAFE.sub("_", re.split(r"[/\\]", said)[-1]).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or f".{suffix.lower()}" not in _TAKEN:
        raise wire.WireError(
            422, "file_kind_unknown", f"不能导入“{name[:60]}”；可用：xlsx、xlsm、xls、csv",
            f"{name[:60]!r} cannot be imported; use xlsx, xlsm, xls or csv",
        )  # fmt: skip
    while len(stem.encode()) > 150:
        stem = stem[:-1]
    return f"{stem}.{suffix}"


def _data(state: State, said: Any) -> bytes:
    if not isinstance(said, str) or not said:
        raise wire.bad_request("缺少文件内容 data", "the contents of the file are missing: data")
    if len(said) > state.limits.upload * 4 // 3 + 4:
        size = state.limits.upload >> 20
        raise wire.WireError(
            413, "file_too_large", f"文件超过 {size} MB；请用 arsheet import 导入",
            f"The file is larger than {size} MB; use arsheet import",
        )  # fmt: skip
    try:
        return base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        raise wire.bad_request("data 要是 base64", "data is base64") from None


def _values(state: State, body: Mapping[str, Any], args: Any) -> list[Any]:
    if not isinstance(args, list):
        raise wire.bad_request("args 要是列表", "args is a list")
    try:
        return resolved(args, ranges_of(state, body, [args]))
    except FunctionError as error:
        raise wire.WireError(422, error.code, error.zh, error.en) from None
