"""Going back: undo, redo, restore, adopt, and the record of what was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arsheet.journal import identity, periods, record, versions, waiting
from arsheet.journal.record import Action
from arsheet.journal.store import Journal
from arsheet.journal.versions import Version
from arsheet.run.saving import Writer, digest_of_file, journal_problems, reading, writing
from arsheet.run.session import Clock, open_session, system_clock, table_of, write_settings, zone_of
from arsheet.schema.findings import findings
from arsheet.schema.settings import defaults
from arsheet.schema.tables import TABLES
from arsheet.table import ArsheetError, Finding, Table, to_day


@dataclass(frozen=True, slots=True)
class Gone:
    """What an undo, redo or restore did: the action it took back, the version it went to, the one it kept."""

    path: Path
    action: Action | None
    version: Version | None
    kept: str


@contextmanager
def _journal(path: str | Path) -> Iterator[Journal | None]:
    """The journal of a book; a book with neither file nor journal is refused."""
    from arsheet.hosts.opening_words import not_found

    place = Path(path)
    with reading(place) as journal:
        if journal is None and not place.exists():
            raise not_found(place)
        yield journal


def next_undo(path: str | Path, *, redo: bool = False) -> Action:
    """The action that an undo would take back (or a redo do again). Raises ``nothing_to_undo`` (4)."""
    with _journal(path) as journal:
        found = (record.to_redo if redo else record.to_undo)(journal) if journal is not None else None
    if found is None:
        raise _nothing(redo, whose_journal(path))
    return found


def undo(path: str | Path, *, redo: bool = False, clock: Clock = system_clock) -> Gone:
    """Takes the last action back (``redo``: the last undo), if nobody has changed the workbook since.

    Raises ArsheetError ``nothing_to_undo``, ``workbook_changed_since``, ``version_not_kept`` (4).
    """
    place = Path(path)
    next_undo(place, redo=redo)
    moment = clock(zone_of(defaults()))
    with writing(place, _book_id(place), moment) as writer:
        action = (record.to_redo if redo else record.to_undo)(writer.journal)
        if action is None:
            raise _nothing(redo, whose_journal(place))
        if digest_of_file(writer.path) != action.after:
            raise _changed_since(writer, action)
        version = versions.by_file(writer.journal, action.version)
        if version is None:
            raise versions.not_kept(action.version or "-")
        waits = waiting.state(writer.journal, action.no)
        kept = _put_back(writer, record.REDO if redo else record.UNDO, version, {"action": action.no}, waits, action.no)
    return Gone(place, action, version, kept)


def kept_versions(path: str | Path) -> list[Version]:
    """The versions that a book can go back to, oldest first."""
    with _journal(path) as journal:
        return versions.versions(journal) if journal is not None else []


def restore(path: str | Path, no: int, *, clock: Clock = system_clock) -> Gone:
    """Puts a kept version in place; the present state is kept as a version first. The workbook may be gone."""
    place = Path(path)
    with _journal(place) as journal:
        if journal is None:
            raise _none_kept(whose_journal(place))
        versions.version(journal, no)
    moment = clock(zone_of(defaults()))
    with writing(place, _book_id(place), moment) as writer:
        version = versions.version(writer.journal, no)
        waits = waiting.state(writer.journal, version.before) if version.before else waiting.state(writer.journal)
        kept = _put_back(writer, "restore", version, {"version": no}, waits, 0)
    return Gone(place, None, version, kept)


def _put_back(
    writer: Writer, action: str, version: Version, arguments: dict[str, Any], waits: waiting.Waiting, reverses: int
) -> str:
    from arsheet.hosts.package import replace_file

    data = version.load()
    _check_closed(writer, version)
    before = writer.path.read_bytes() if writer.path.exists() else None
    kept = writer.begin(action, arguments, before, data, {}, waits=waits, reverses=reverses)
    expect = digest_of_file(kept) if before is not None else None
    replace_file(writer.path, data, expect=expect, label="workbook")
    writer.finish()
    return str(kept) if before is not None else ""


def _check_closed(writer: Writer, version: Version) -> None:
    """Going back must not change the rows of a closed month either. Raises ArsheetError ``period_locked`` (4)."""
    try:
        now = open_session(writer.path, only=("periods",))
        locks, _ = periods.read_locks(now.tables.get("periods"), to_day(writer.moment.date()))
        if not locks.months:
            return
        then = open_session(version.path, only=())
    except ArsheetError:  # a workbook that is gone or cannot be read may always come back
        return
    for key, dated in periods.DATED.items():
        held = [_closed_rows(table_of(each, key), dated, locks) for each in (now, then)]
        for month in sorted(locks.months):
            if held[0].get(month) != held[1].get(month):
                raise periods.refused(locks.months[month])


def _closed_rows(table: Table | None, dated: str, locks: periods.Locks) -> dict[str, list[str]]:
    """Closed month -> its rows, in an order of their own."""
    found: dict[str, list[str]] = {}
    if table is not None and dated in table:
        for row, lock in locks.of_rows_dated(table.column(dated)).items():
            found.setdefault(lock.month, []).append(repr([column[row] for column in table.columns]))
    return {month: sorted(rows) for month, rows in found.items()}


def log(path: str | Path) -> list[Action]:
    """The record, oldest first."""
    with _journal(path) as journal:
        return record.actions(journal) if journal is not None else []


def record_broken_at(path: str | Path) -> int:
    """The first entry of the record that was changed after it was written; 0 = none."""
    with reading(Path(path)) as journal:
        return record.broken_at(journal) if journal is not None else 0


def adopt(path: str | Path, *, clock: Clock = system_clock) -> str:
    """Makes a copy a book of its own: a new id in the workbook and its journal. "" where it is one already."""
    from arsheet.hosts.package import companion_folder

    session = open_session(path, only=())
    held = session.settings.get("book_id", "")
    moment = clock(zone_of(session.settings))
    with reading(session.file) as journal:
        stands = identity.standing(held, journal)
    if stands in ("new", "together"):
        return ""
    if stands == "foreign":
        set_aside(companion_folder(session.file.resolve()))
    new = identity.new_id()
    with writing(session.file, held, moment) as writer:
        write_settings(session, {"book_id": new})

        def backup(pending: Any) -> Path:
            tables = dict(pending.report.tables)
            return writer.begin("adopt", {"book_id": new}, pending.package.data, pending.data, tables)

        session.file_host.save(backup)
        writer.finish()
    return new


def set_aside(folder: Path) -> Path | None:
    """Renames a journal that belongs to no workbook here, so that a new one can be made; nothing is deleted."""
    if not Journal.there(folder):
        return None
    for number in range(1, 1000):
        target = folder.with_name(f"{folder.name}.old{number}")
        if not target.exists():
            return folder.rename(target)
    return None


def _book_id(path: Path) -> str:
    """The id in a workbook's settings; "" where the workbook is gone or cannot be read (then a restore must do)."""
    try:
        return open_session(path, only=()).settings.get("book_id", "")
    except ArsheetError:
        return ""


def whose_journal(path: str | Path) -> tuple[Finding, ...]:
    """What a person should know before trusting the record: a copy without it, or the record of another workbook.

    Empty where all is well, and where the workbook is gone or cannot be read (it may still be put back).
    """
    try:
        session = open_session(path, only=())
    except ArsheetError:
        return ()
    problems = [each for each in journal_problems(session, 0) if each.table == "settings"]
    return tuple(findings(problems, session.tables, session.language))


def _nothing(redo: bool, standing: tuple[Finding, ...]) -> ArsheetError:
    zh = "没有可以重做的操作" if redo else "没有可以撤销的操作"
    en = "There is nothing to do again" if redo else "There is nothing to undo"
    if not standing:
        zh, en = f"{zh}；用 arsheet log BOOK 查看记录", f"{en}; see the record with arsheet log BOOK"
    return _refused("nothing_to_redo" if redo else "nothing_to_undo", zh, en, standing)


def _none_kept(standing: tuple[Finding, ...]) -> ArsheetError:
    zh, en = (
        "没有保留的版本：还没有对这个工作簿做过任何操作",
        "No version is kept: nothing has been done to this workbook yet",
    )
    return _refused(
        "version_not_kept", "没有保留的版本" if standing else zh, "No version is kept" if standing else en, standing
    )


def _refused(code: str, zh: str, en: str, standing: tuple[Finding, ...]) -> ArsheetError:
    """A refusal, with what explains it: a copy has no record."""
    for each in standing:
        zh, en = f"{zh}。{each.zh}；{each.hint_zh}", f"{en}. {each.en}. {each.hint_en}"
    return ArsheetError(code, zh, en, exit_code=4)


def _changed_since(writer: Writer, action: Action) -> ArsheetError:
    """The refusal to undo over somebody else's work, saying what they changed as far as can be told."""
    path = writer.path
    differ = _differences(writer, action)
    at = action.at[:16].replace("T", " ")
    zh = f"；改动的表：{'、'.join(zh for zh, _ in differ)}" if differ else ""
    en = f"; tables that differ: {', '.join(en for _, en in differ)}" if differ else ""
    return ArsheetError(
        "workbook_changed_since",
        f"{path.name} 在第 {action.no} 号操作（{action.action}，{at}）之后被另外保存过{zh}；"
        "未撤销，以免丢掉这些改动。要退回，请用 arsheet restore BOOK --list 选版本（会先保留现状）",
        f"{path.name} was saved otherwise after action {action.no} ({action.action}, {at}){en}; nothing was undone, "
        "so that this work is not lost. To go back all the same, choose a version with arsheet restore BOOK --list "
        "(the present state is kept first)",
        exit_code=4,
        facts={"action": action.no, "tables": [en for _, en in differ]},
    )


def _differences(writer: Writer, action: Action) -> list[tuple[str, str]]:
    """Source tables that the action did not write and that differ from the version before it, with their row counts."""
    version = versions.by_file(writer.journal, action.version)
    if version is None:
        return []
    try:
        old, new = open_session(version.path), open_session(writer.path)
    except ArsheetError:
        return []
    written = {name.casefold() for name in action.tables}
    out = []
    for key, spec in TABLES.items():
        if key == "settings" or {key, spec.table_name.casefold()} & written:
            continue
        before, now = old.tables.get(key), new.tables.get(key)
        if _values(before) != _values(now):
            counts = f"{len(before or ())} → {len(now or ())}"
            out.append((f"{spec.zh}（{counts} 行）", f"{spec.en} ({counts} rows)"))
    return out


def _values(table: Table | None) -> list[Any]:
    return [table.header, [list(column) for column in table.columns]] if table is not None else []


__all__ = [
    "Gone", "adopt", "kept_versions", "log", "next_undo", "record_broken_at", "restore", "set_aside",
    "undo", "whose_journal",
]  # fmt: skip
