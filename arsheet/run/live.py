"""Preview, confirm and undo of an action over a file or any open workbook: what it writes is worked out first."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arsheet.actions import values as values_action
from arsheet.actions.registry import ActionDeclaration, Effect, Outcome, actions
from arsheet.functions.invoke import invoke
from arsheet.functions.registry import Version
from arsheet.run.changes import Write, changes_of
from arsheet.run.history import Gone
from arsheet.run.history import undo as undo_file
from arsheet.run.importing import PlannedImport, plan_import, planned_arguments, queue_import
from arsheet.run.recording import Queued, Recorder
from arsheet.run.refreshing import (
    Refreshed,
    of_refresh,
    queue_all,
    queue_version,
    queue_views,
    save_refreshed,
    without_collecting,
    worked_out,
)
from arsheet.run.saving import Notes, check_periods, save
from arsheet.run.session import Clock, Session, open_session, session_of, system_clock, version_from, zone_of
from arsheet.table import ArsheetError, Finding, iso

if TYPE_CHECKING:
    from arsheet.hosts.protocol import Host, SaveReport


@dataclass(frozen=True, slots=True)
class Preview:
    """An action worked out and not yet written. ``effects``: where a button leads, or what else is to be done."""

    id: str
    action: str
    arguments: Mapping[str, Any]
    session: Session | None
    findings: tuple[Finding, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    former: tuple[Queued, ...] = ()
    effects: tuple[Effect, ...] = ()
    version: Version | None = None
    """What functions answer from once this is confirmed; None where that stays."""
    queue: tuple[Queued, ...] = ()
    refreshed: Refreshed | None = None
    notes: Notes | None = None

    @property
    def writes_nothing(self) -> bool:
        """Whether there is nothing to confirm."""
        return not self.queue


@dataclass(frozen=True, slots=True)
class Done:
    """A confirmed action. Of an open workbook ``former`` puts the state before it back; a file has its journal."""

    id: str
    action: str
    writes: tuple[Write, ...]
    former: tuple[Queued, ...] = ()
    version: Version | None = None
    saved: SaveReport | None = None
    days: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Per source table, the dates of the rows written into an open workbook: a closed month keeps them."""


def host_in_memory(
    tables: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]],
    cells: Mapping[str, Mapping[str, Any]],
    places: Mapping[str, tuple[str, int, int]],
) -> Host:
    """The book of a client that sends its tables: header and rows by table name, single cells by sheet, and where each
    table stands (sheet, row of its header, first column)."""
    from arsheet.hosts.memory import MemoryHost

    return MemoryHost(tables, cells, places)


def preview(
    book: Host | str | Path,
    action: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    version: Version | None = None,
    language: str | None = None,
    clock: Clock = system_clock,
) -> Preview:
    """What an action would do to a book: its file by path, or an open workbook by its host. Nothing is written.

    ``version``: what a function to be written as values answers from. Raises ArsheetError ``action_unknown`` (2), and
    whatever the book or the arguments are refused for.
    """
    declared = actions().get(action)
    given = dict(arguments or {})
    if declared is None:
        raise _unknown(action)
    if declared.kind == "go" or action == "undo":
        outcome = declared.call(given)
        return Preview(_new_id(), action, given, None, effects=outcome.effects, summary=outcome.summary)
    session = open_session(book) if isinstance(book, (str, Path)) else session_of(book)
    recorder = Recorder(session.host, passing=session.path is not None)
    session.host = recorder
    try:
        with without_collecting():
            work = _WORK.get(action, _calculated)
            found = work(declared, session, given, version, language, clock)
    finally:
        session.host = recorder.inner
    changes = changes_of(recorder.queue, session.host)
    return Preview(
        _new_id(), action, found.arguments, session, found.findings, found.summary, changes.writes, changes.former,
        found.effects, found.version, tuple(recorder.queue), found.refreshed, found.notes,
    )  # fmt: skip


def confirm(seen: Preview, *, clock: Clock = system_clock) -> Done:
    """Writes what was shown: a file through the one writer (lock, journal, old version kept), else the host at once.

    Raises ArsheetError as ``run.save`` does (``period_locked`` for an open workbook too), and ``nothing_to_confirm``
    (2) for a preview that writes nothing.
    """
    session = seen.session
    if session is None or seen.writes_nothing:
        raise ArsheetError(
            "nothing_to_confirm", "没有要写入的内容", "There is nothing to write", exit_code=2
        )  # fmt: skip
    if session.path is None:
        session.tables.pop("periods", None)  # the month may have been closed while the preview was read
        check_periods(session, seen.notes or Notes(), clock(zone_of(session.settings)))
        for each in seen.queue:
            each.carry_out(session.host)
        saved = session.host.save()
        return Done(seen.id, seen.action, seen.writes, seen.former, seen.version, saved, _days(session, seen.notes))
    if seen.refreshed is not None:
        saved = save_refreshed(session, seen.refreshed, clock)
    else:
        saved = save(session, seen.action, seen.arguments, notes=seen.notes, clock=clock)
    return Done(seen.id, seen.action, seen.writes, (), seen.version, saved)


def _days(session: Session, notes: Notes | None) -> dict[str, list[Any]]:
    noted = notes.days if notes is not None else {}
    return {key: [*session.days.get(key, ()), *noted.get(key, ())] for key in {**session.days, **noted}}


def check_still_open(host: Host, done: Done, clock: Clock = system_clock) -> None:
    """Raises ArsheetError ``period_locked`` (4) where an undo would change a month that has been closed since."""
    if done.days:
        session = session_of(host, only=("periods",))
        check_periods(session, Notes(days=done.days), clock(zone_of(session.settings)))


def undo(host: Host, done: Done, *, clock: Clock = system_clock) -> tuple[Write, ...]:
    """Puts the contents before a confirmed action back into an open workbook; gives what was written.

    Raises ArsheetError ``workbook_changed_since`` (4) where a cell that the action wrote holds something else by now,
    and ``period_locked`` (4) where its rows are dated in a month that has been closed since.
    """
    check_still_open(host, done, clock)
    changed = still_there(host, done)
    if changed:
        raise ArsheetError(
            "workbook_changed_since",
            f"写入之后又改过：{'、'.join(changed)}；未撤销，以免丢掉这些改动",
            f"Changed since it was written: {', '.join(changed)}; nothing was undone, so that this work is not lost",
            exit_code=4,
        )
    back = taking_back(done)
    for each in done.former:
        each.carry_out(host)
    host.save()
    return back


def taking_back(done: Done) -> tuple[Write, ...]:
    """The writes that take a confirmed action back, for a client that applies them itself."""
    return tuple(_taken_back(write, former) for write, former in zip(done.writes, done.former, strict=True))


def _taken_back(write: Write, former: Queued) -> Write:
    return Write(
        write.table,
        write.sheet,
        "remove" if write.mode == "append" else write.mode,
        former.header,
        write.first,
        former.rows,
        former.cells,
        write.added,
        len(write.rows),
    )


def still_there(host: Host, done: Done) -> list[str]:
    """The sheets on which something else stands by now than the action wrote."""
    changed = []
    for write in done.writes:
        if write.mode == "cells":
            now = Queued("cells", write.sheet, cells=write.cells)
        else:
            now = Queued("write", write.table, write.header, write.rows, write.cells)
        if any(each.changed_cells for each in changes_of((now,), host).writes):
            changed.append(write.sheet)
    return changed


def undo_of_file(path: str | Path, *, redo: bool = False, clock: Clock = system_clock) -> Gone:
    """Takes the last action on a file back, as ``arsheet undo`` does."""
    return undo_file(path, redo=redo, clock=clock)


@dataclass(frozen=True, slots=True)
class _Found:
    """What working an action out gave."""

    arguments: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    version: Version | None = None
    refreshed: Refreshed | None = None
    notes: Notes | None = None


def _calculated(
    declared: ActionDeclaration,
    session: Session,
    arguments: Mapping[str, Any],
    version: Version | None,
    language: str | None,
    clock: Clock,
) -> _Found:
    """Refresh, and every action that works something out of the ledger."""
    as_of = _day(arguments.get("as_of"))
    done = worked_out(session, as_of, clock, declared.call, land=declared.key == "refresh")
    told = _Found({"as_of": iso(done.as_of)}, done.outcome.findings, _summary(done.outcome), done.outcome.effects)
    if declared.kind != "write":
        return told
    moment = clock(zone_of(session.settings))
    whole = of_refresh(done)  # else the functions go on showing the last Refresh
    fresh = version_from(session, as_of, lambda _: moment, language=language, assembly=done.assembly) if whole else None
    if session.path is None:
        queue_views(session, done, moment)
        queue_version(session, done, moment)
    else:
        done = queue_all(session, done, moment)
    cells = done.ar_cells
    counts = {} if cells is None else {"ar_cells": {"updated": len(cells.updated), "not_updated": len(cells.left)}}
    summary = {**_summary(done.outcome), **counts}
    return _Found(told.arguments, done.outcome.findings, summary, told.effects, fresh, done if whole else None)


def _imported(
    declared: ActionDeclaration,
    session: Session,
    arguments: Mapping[str, Any],
    version: Version | None,
    language: str | None,
    clock: Clock,
) -> _Found:
    outcome = declared.call(arguments)
    facts = dict(outcome.effects[0].facts)
    swapped = facts.get("swap_dates") or ()
    planned: PlannedImport = plan_import(
        str(facts["kind"]), _needed(facts, "file"), session, mapping=facts.get("mapping") or None,
        currency=facts.get("currency") or None, sheet=facts.get("sheet") or None, swap_dates=tuple(swapped),
        clock=clock,
    )  # fmt: skip
    if planned.has_news:
        queue_import(planned)
    return _Found(planned_arguments(planned), planned.findings, planned.summary(), notes=planned.notes)


def _valued(
    declared: ActionDeclaration,
    session: Session,
    arguments: Mapping[str, Any],
    version: Version | None,
    language: str | None,
    clock: Clock,
) -> _Found:
    place = (str(_needed(arguments, "sheet")), str(_needed(arguments, "cell")))
    name, args = _asked(arguments)
    known = version if version is not None else version_from(session, None, clock, language=language)
    result = invoke(name, args, version=known, language=language or session.language)
    outcome = declared.call(result, place)
    facts = outcome.effects[0].facts
    session.host.set_cells(str(facts["sheet"]), values_action.addressed(facts))
    kept = {"fn": result.function, "sheet": place[0], "cell": place[1]}
    return _Found(kept, summary=outcome.summary)


def _asked(arguments: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The function and its arguments: ``fn`` and ``args``, or the ``formula`` of a cell with constants only."""
    if not arguments.get("formula"):
        return str(_needed(arguments, "fn")), list(arguments.get("args") or ())
    from arsheet.hosts.arcells.formula import NotOurs, parse

    try:
        call = parse(str(arguments["formula"]).strip().removeprefix("="))
        return call.name, [_constant(argument) for argument in call.arguments]
    except NotOurs as reason:
        raise ArsheetError(
            "formula_not_understood",
            f"公式没有写成数值：{reason.zh}",
            f"The formula was not written as values: {reason.en}",
            exit_code=2,
        ) from None


def _constant(argument: Any) -> Any:
    from arsheet.hosts.arcells.formula import Constant, DateOf, Negative, NotOurs

    if isinstance(argument, Constant):
        return argument.value
    if isinstance(argument, Negative):
        value = _constant(argument.of)
        if isinstance(value, (int, float)):
            return -value
    if isinstance(argument, DateOf):
        try:
            year, month, day = (int(_constant(part)) for part in argument.parts)
            return dt.date(year, month, day)
        except (TypeError, ValueError):
            raise NotOurs("DATE 的参数不是日期", "DATE is not given a date") from None
    raise NotOurs(
        "参数引用了单元格；请用函数和参数重试", "an argument points at cells; name the function and its values"
    )


Work = Callable[
    [ActionDeclaration, Session, Mapping[str, Any], Version | None, str | None, Clock], _Found
]  # fmt: skip
_WORK: Mapping[str, Work] = {"import": _imported, "write_values": _valued}


def _summary(outcome: Outcome) -> dict[str, Any]:
    """The facts for people, with the as-of date as a date."""
    said = dict(outcome.summary)
    if isinstance(said.get("as_of"), int):
        said["as_of"] = iso(said["as_of"])
    return said


def _day(value: Any) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise ArsheetError(
            "as_of_not_a_date",
            f"截止日期“{value}”不是日期；请写成 2026-03-31",
            f"The as-of date {value!r} is no date; write it like 2026-03-31",
            exit_code=2,
        ) from None


def _needed(arguments: Mapping[str, Any], key: str) -> Any:
    value = arguments.get(key)
    if value is None or value == "":
        raise ArsheetError(
            "argument_missing", f"缺少参数 {key}", f"The argument {key} is missing", exit_code=2
        )  # fmt: skip
    return value


def _unknown(action: str) -> ArsheetError:
    known = ", ".join(actions())
    zh, en = f"没有操作“{action}”；有：{known}", f"There is no action {action!r}; there are {known}"
    return ArsheetError("action_unknown", zh, en, exit_code=2)


def _new_id() -> str:
    return secrets.token_hex(8)
