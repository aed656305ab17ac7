"""The books of the clients: their tables become a version, their buttons a preview, and a confirmed one its writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from arsheet.addins.service import wire
from arsheet.addins.service.calls import book_of, language_of
from arsheet.addins.service.state import FILE, KEPT_DONE, KEPT_PREVIEWS, Book, State, Step
from arsheet.addins.service.tables import host_of
from arsheet.run.live import (
    Done,
    Preview,
    check_still_open,
    confirm,
    preview,
    still_there,
    taking_back,
    undo_of_file,
)
from arsheet.run.session import Clock, session_of, version_from, version_of
from arsheet.schema.tables import TABLES
from arsheet.table import ArsheetError, Finding

if TYPE_CHECKING:
    from arsheet.run.changes import Write


def look_at_file(state: State, book: str) -> None:
    """The version of the file the service was started on: read when first asked for, stale once the file changed."""
    if not state.is_file(book) or state.path is None:
        return
    with state.book(FILE).lock:
        mark = _mark(state)
        if state.desk.version(FILE) is None and mark is not None:
            _read_file(state)
        elif mark != state.file_mark:
            state.desk.mark_stale(FILE)


def _mark(state: State) -> tuple[int, int] | None:
    assert state.path is not None
    try:
        found = state.path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _read_file(state: State, as_of: dt.date | None = None) -> None:
    assert state.path is not None
    mark = _mark(state)
    state.desk.hold(FILE, version_of(state.path, as_of, state.clock))
    state.file_mark = mark


def open_book(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/book: the version of a book, from the tables sent or from the file."""
    name = book_of(body)
    as_of = _as_of(body)
    book = state.book(name)
    with book.lock:
        if state.is_file(name):
            _read_file(state, as_of)
        else:
            _describe(book, body, language_of(state, body))
            session = session_of(host_of(body, date1904=book.date1904))
            version = version_from(session, as_of, state.clock, language=language_of(state, body))
            state.desk.hold(name, replace(version, stamp={**version.stamp, "source": book.name}))
    held = state.desk.version(name)
    assert held is not None
    told = _findings(held.findings, state.limits.findings)
    return {"stamp": wire.stamp(held.stamp), "digest": held.digest, **told}


def _describe(book: Book, body: Mapping[str, Any], language: str) -> None:
    book.name = str(body.get("name") or book.name)[:300]
    book.language = language
    book.date1904 = body.get("date1904") is True


def _as_of(body: Mapping[str, Any]) -> dt.date | None:
    said = body.get("as_of")
    if said is None or isinstance(said, dt.date):
        return said
    try:
        return dt.date.fromisoformat(str(said))
    except ValueError:
        raise wire.bad_request("as_of 要写成 2026-03-31", "as_of is written like 2026-03-31") from None


def changed(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/changed: a source table changed since the last refresh."""
    name = book_of(body)
    known = state.known(name)
    if known is not None:
        known.changes += 1
    state.desk.mark_stale(name)
    version = state.desk.version(name)
    return {"stamp": wire.stamp(version.stamp) if version is not None else None}


def close(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/close: the client closed the book."""
    if not state.is_file(book_of(body)):
        state.close(book_of(body))
    return {"done": True}


def show_preview(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/preview: what an action will write, worked out and not written."""
    from arsheet.addins.service.arguments import arguments_of

    name, action = book_of(body), str(body.get("action") or "")
    book, language = state.book(name), language_of(state, body)
    with book.lock, arguments_of(state, body, action) as arguments:
        if state.is_file(name):
            assert state.path is not None
            look_at_file(state, name)
            target: Any = state.path
        else:
            _describe(book, {"date1904": book.date1904, **body}, language)
            target = host_of(body, date1904=book.date1904, bare=action == "write_values", language=language)
        seen = preview(
            target, action, arguments, version=state.desk.version(name), language=language, clock=state.clock
        )
        if not seen.writes_nothing:
            book.previews[seen.id] = (seen, book.changes)
            while len(book.previews) > KEPT_PREVIEWS:
                book.previews.popitem(last=False)
    return _shown(seen, language, book.date1904, state.limits.findings)


def _shown(seen: Preview, language: str, date1904: bool, most: int) -> dict[str, Any]:
    effects = [
        {"kind": each.kind, **wire.plain(each.facts), **_sheet(each.facts, language)} for each in seen.effects
    ]  # fmt: skip
    return {
        "preview": None if seen.writes_nothing else seen.id,
        "action": seen.action,
        **_findings(seen.findings, most),
        "summary": wire.plain(seen.summary),
        "writes": [_told(write, date1904) for write in seen.writes],
        "effects": effects,
    }


def _sheet(facts: Mapping[str, Any], language: str) -> dict[str, str]:
    spec = TABLES.get(str(facts.get("table", "")))
    return {"sheet": spec.sheet(language)} if spec is not None else {}


def _told(write: Write, date1904: bool) -> dict[str, Any]:
    return {
        "table": write.table, "sheet": write.sheet, "mode": write.mode, "rows_before": write.rows_before,
        "rows_after": len(write.rows), "changed_cells": write.changed_cells, "cells": list(write.cells),
        "sample": [
            {"cell": each.cell, "old": wire.cell(each.old, date1904=date1904),
             "new": wire.cell(each.new, date1904=date1904)}
            for each in write.sample
        ],
    }  # fmt: skip


def do_confirm(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/confirm: a preview is written (a file) or its writes are given (a book that its client has open)."""
    name = book_of(body)
    book = state.book(name)
    with book.lock:
        found = book.previews.pop(str(body.get("preview") or ""), None)
        if found is None:
            raise wire.WireError(
                409, "preview_unknown", "这次预览已写入或已过期，请重新预览",
                "This preview was confirmed already or has expired; make it again",
            )  # fmt: skip
        seen, changes = found
        before = state.desk.version(name)
        try:
            done = confirm(seen, clock=state.clock)
        except ArsheetError as error:
            if error.exit_code == 7:  # open elsewhere or locked for a moment: the same preview can be confirmed again
                book.previews[seen.id] = found
            raise
        if state.is_file(name):
            return _file_done(state, done)
        done = replace(done, former=_former(done, body))
        book.steps = [*book.steps[-KEPT_DONE + 1 :], Step(done, before)]
        if done.version is not None:
            state.desk.hold(name, replace(done.version, stamp={**done.version.stamp, "source": book.name}))
        if (done.version is None and seen.action == "import") or book.changes != changes:
            state.desk.mark_stale(name)
        return _answer(state, name, [wired(write, book.date1904) for write in done.writes], done.id)


def _file_done(state: State, done: Done) -> dict[str, Any]:
    if done.version is not None:
        state.desk.hold(FILE, done.version)
        state.file_mark = _mark(state)
    else:
        look_at_file(state, FILE)
    saved = done.saved
    told = {"backup": str(saved.backup).rpartition("/")[2], "not_updated": list(saved.dependents)} if saved else {}
    return {**_answer(state, FILE, [], done.id), **told}


def _answer(state: State, name: str, writes: list[dict[str, Any]], undo: str | None) -> dict[str, Any]:
    version = state.desk.version(name)
    stamp = wire.stamp(version.stamp) if version is not None else None
    return {"done": True, "writes": writes, "undo": undo, "stamp": stamp}


def _former(done: Done, body: Mapping[str, Any]) -> tuple[Any, ...]:
    """What puts the former state back, single cells as the client read them just before it writes."""
    sent = body.get("cells")
    if not isinstance(sent, dict):
        return done.former
    out = []
    for write, former in zip(done.writes, done.former, strict=True):
        there = sent.get(write.sheet)
        if isinstance(there, dict):
            cells = {at: there.get(at, value) for at, value in former.cells.items()}
            former = replace(former, cells=cells)
        out.append(former)
    return tuple(out)


def wired(write: Write, date1904: bool) -> dict[str, Any]:
    """A write for the client to carry out."""

    def line(row: Sequence[Any]) -> list[Any]:
        return [wire.cell(value, date1904=date1904) for value in row]

    return {
        "sheet": write.sheet, "table": write.table, "mode": write.mode, "header": list(write.header),
        "first": write.first, "rows": [line(row) for row in write.rows], "added": write.added,
        "rows_before": write.rows_before,
        "cells": {at: wire.cell(value, date1904=date1904) for at, value in write.cells.items()},
    }  # fmt: skip


def do_undo(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/undo: takes the last confirmed action back (``undo`` names it), if nobody changed it since."""
    name = book_of(body)
    book = state.book(name)
    with book.lock:
        if state.is_file(name):
            assert state.path is not None
            undo_of_file(state.path, redo=body.get("redo") is True, clock=state.clock)
            _read_file(state)
            return _answer(state, name, [], None)
        step = _last(book, body.get("undo"))
        if body.get("tables"):
            _check_untouched(step.done, body, book, state.clock)
        book.steps.pop()
        if step.before is not None and step.done.version is not None:
            state.desk.hold(name, step.before)
        state.desk.mark_stale(name)
        return _answer(state, name, [wired(write, book.date1904) for write in taking_back(step.done)], None)


def _last(book: Book, wanted: Any) -> Step:
    if not book.steps:
        raise wire.WireError(409, "nothing_to_undo", "没有可以撤销的操作", "There is nothing to undo")
    if wanted is not None and book.steps[-1].done.id != wanted:
        raise wire.WireError(
            409, "undo_out_of_order", "只能从最后一次操作开始撤销", "Only the last action can be taken back first"
        )
    return book.steps[-1]


def _check_untouched(done: Done, body: Mapping[str, Any], book: Book, clock: Clock) -> None:
    check_still_open(host_of(body, date1904=book.date1904), done, clock)
    tables = Done(done.id, done.action, tuple(replace(write, cells={}) for write in done.writes if write.table))
    touched = still_there(host_of(body, date1904=book.date1904), tables)
    if touched:
        raise wire.refused(
            ArsheetError(
                "workbook_changed_since",
                f"写入之后又改过：{'、'.join(touched)}；未撤销，以免丢掉这些改动",
                f"Changed since it was written: {', '.join(touched)}; nothing was undone, so that this work is kept",
                exit_code=4,
            )
        )


def findings_of(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /api/findings: those of the last refresh."""
    name = book_of(body)
    look_at_file(state, name)
    version = state.desk.version(name)
    if version is None:
        return {"findings": [], "findings_count": 0, "stamp": None}
    return {**_findings(version.findings, state.limits.findings), "stamp": wire.stamp(version.stamp)}


def _findings(found: Sequence[Finding], most: int) -> dict[str, Any]:
    return {"findings": [wire.finding(item) for item in found[:most]], "findings_count": len(found)}
