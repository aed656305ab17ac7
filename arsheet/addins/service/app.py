"""The routes of the service: JSON in, JSON out, the generated files of the add-ins; everything behind the guard."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from arsheet import __version__
from arsheet.actions.registry import GROUPS, actions
from arsheet.addins.service import PROTOCOL, books, calls, wire
from arsheet.addins.service.guard import Access, Guard
from arsheet.addins.service.state import FILE, State
from arsheet.functions.catalogue import functions
from arsheet.run.window import Sheets
from arsheet.table import ArsheetError

LOG = logging.getLogger("arsheet.service")
Answer = Callable[[State, Mapping[str, Any]], dict[str, Any]]


def app(state: State, access: Access, base_url: str) -> Guard:
    """The whole service as an ASGI application."""
    limiter = anyio.CapacityLimiter(state.limits.workers)
    routes = [
        Route(f"/api/{name}", _endpoint(state, answer, limiter), methods=["POST"]) for name, answer in API.items()
    ]
    routes.append(Route("/{name:path}", _static(state, base_url, limiter), methods=["GET", "HEAD"]))
    return Guard(Starlette(routes=routes), access, state.limits)


def _endpoint(state: State, answer: Answer, limiter: anyio.CapacityLimiter) -> Callable[[Request], Any]:
    async def respond(request: Request) -> Response:
        body = await request.body()
        try:
            with anyio.fail_after(state.limits.work_seconds):
                status, data = await anyio.to_thread.run_sync(
                    _worked, state, answer, body, limiter=limiter, abandon_on_cancel=True
                )
        except TimeoutError:
            status, data = (
                504,
                _json(
                    {
                        "error": "out_of_time",
                        "zh": "计算超时；请缩小数据范围再试",
                        "en": "It took too long; try less data",
                    }
                ),
            )
        return Response(data, status, media_type="application/json")

    return respond


def _worked(state: State, answer: Answer, body: bytes) -> tuple[int, bytes]:
    """The answer to a body in a worker's thread: status and JSON. No exception leaves it."""
    try:
        given = wire.loads(body.decode("utf-8"))
        if not isinstance(given, dict):
            raise wire.bad_request("请求体要是对象", "the body is an object")
        _check_protocol(given)
        return 200, _json(answer(state, given))
    except calls.Missing as missing:
        return 409, _json({"missing": missing.digests})
    except wire.WireError as error:
        return error.status, _json(error.body())
    except ArsheetError as error:
        refused = wire.refused(error)
        return refused.status, _json(refused.body())
    except UnicodeDecodeError:
        return 400, _json(wire.bad_request("不是 UTF-8", "it is no UTF-8").body())
    except Exception as error:  # what a broken program raises is told by its kind alone, never with its contents
        LOG.error("%s in an answer", type(error).__name__, exc_info=LOG.isEnabledFor(logging.DEBUG))
        words = {"error": "internal", "zh": "服务内部出错；详情见日志", "en": "The service failed; see its log"}
        return 500, _json(words)


def _check_protocol(body: Mapping[str, Any]) -> None:
    if body.get("protocol") != PROTOCOL:
        raise wire.WireError(426, "protocol", "请更新加载项", "Update the add-in")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


def hello(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/hello: who this is, and the file it was started on."""
    del body
    path = state.path
    return {
        "protocol": PROTOCOL, "version": __version__, "functions": registry_digest(), "language": state.language,
        "book": FILE if path is not None else None, "name": path.name if path is not None else None,
    }  # fmt: skip


@cache
def registry_digest() -> str:
    """A short name of exactly these functions with their arguments, so that a client knows when to load them anew."""
    declared = [
        (name, each.zh, each.en, each.returns, [(param.key, param.zh, param.en, param.kind) for param in each.params])
        for name, each in functions().items()
    ]
    return hashlib.sha256(repr(declared).encode()).hexdigest()[:16]


def declared_actions(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/actions: what a ribbon shows, in its order."""
    del state, body
    return {
        "groups": [{"key": key, "zh": zh, "en": en} for key, zh, en in GROUPS],
        "actions": [
            {"key": each.key, "zh": each.zh, "en": each.en, "group": each.group, "icon": each.icon, "kind": each.kind,
             "tip_zh": each.tip_zh, "tip_en": each.tip_en, "reads": list(each.reads), "writes": list(each.writes)}
            for each in actions().values()
        ],
    }  # fmt: skip


def sheet(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/sheet: a window of cells of the file the service was started on."""
    if not state.is_file(calls.book_of(body)) or state.path is None:
        raise wire.WireError(
            409, "no_file", "服务没有打开文件；请用 arsheet serve BOOK", "No file is open here; use arsheet serve BOOK"
        )
    first, count, name = body.get("from", 1), body.get("rows", 100), body.get("sheet") or ""
    if type(first) is not int or type(count) is not int or not isinstance(name, str):
        raise wire.bad_request("from、rows 要是整数", "from and rows are whole numbers")
    found = _sheets(state).window(name, first, max(0, min(count, state.limits.window)))
    return {
        "sheets": list(found.sheets), "sheet": found.sheet, "from": found.first, "columns": list(found.columns),
        "rows": [[wire.cell(value) for value in row] for row in found.rows], "total": found.total,
    }  # fmt: skip


def _sheets(state: State) -> Sheets:
    """The file's sheets, read anew when it changed."""
    assert state.path is not None
    with state.book(FILE).lock:
        about = state.path.stat() if state.path.exists() else None
        mark = (about.st_mtime_ns, about.st_size) if about is not None else None
        if state.shown is None or state.shown[0] != mark:
            state.shown = (mark, Sheets(state.path))
        return state.shown[1]


API: Mapping[str, Answer] = {
    "hello": hello,
    "call": calls.call,
    "table": calls.table,
    "book": books.open_book,
    "changed": books.changed,
    "close": books.close,
    "preview": books.show_preview,
    "confirm": books.do_confirm,
    "undo": books.do_undo,
    "findings": books.findings_of,
    "actions": declared_actions,
    "sheet": sheet,
}
"""Endpoint -> what answers it."""


def _static(state: State, base_url: str, limiter: anyio.CapacityLimiter) -> Callable[[Request], Any]:
    """The generated files; there is no folder behind them, so nothing else can be reached."""

    async def respond(request: Request) -> Response:
        from arsheet.addins.officejs.files import static

        name = request.path_params["name"]
        language = request.query_params.get("lang", state.language)
        try:
            kind, data = await anyio.to_thread.run_sync(
                static, name, language if language in ("zh", "en") else state.language, base_url, limiter=limiter
            )
        except (KeyError, FileNotFoundError):
            return Response(_json({"error": "not_found", "zh": "没有这个文件", "en": "There is no such file"}), 404,
                            media_type="application/json")  # fmt: skip
        return Response(data, media_type=kind)

    return respond
