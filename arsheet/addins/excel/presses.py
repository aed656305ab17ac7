"""What a button does, whoever stands in front of it: preview, confirm, write, record, and the version held then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arsheet.actions.importing import KINDS
from arsheet.actions.registry import actions
from arsheet.addins.excel import telling
from arsheet.addins.excel.front import Front
from arsheet.functions.catalogue import functions
from arsheet.functions.registry import Version
from arsheet.run import live
from arsheet.run.desk import Desk
from arsheet.run.live_record import recorded
from arsheet.run.session import Clock, Session, session_of, system_clock
from arsheet.schema.tables import TABLES
from arsheet.table import ArsheetError

if TYPE_CHECKING:
    from arsheet.hosts.protocol import Host

Watched = Callable[[str], "tuple[str, list[Any]] | None"]
MOST_UNDONE = 20
"""So many confirmed actions of an open book can be taken back; each keeps what was in the cells before."""


@dataclass(slots=True)
class Confirmed:
    """An action that was written, and the version that cells answered from before it."""

    done: live.Done
    before: Version | None


@dataclass(slots=True)
class Office:
    """What outlives a button: the versions of the open books, and what can be taken back in each."""

    desk: Desk
    confirmed: dict[str, list[Confirmed]] = field(default_factory=dict)


@dataclass(slots=True)
class Press:
    """One click: the book by name, its host, its file if it has one, and the person in front of it."""

    book: str
    host: Host
    path: Path | None
    front: Front
    office: Office
    watched: Watched
    clock: Clock = system_clock

    def run(self, action: str, argument: str = "") -> bool:
        """Does what the button says; True when cells were written. Refusals are told, never raised."""
        try:
            if action == "undo":
                return self._undo()
            declared = actions().get(action)
            if declared is not None and declared.kind == "go":
                self._go(action)
                return False
            return self._write(action, self._arguments(action, argument))
        except ArsheetError as error:
            self.front.tell(telling.refusal_text(error), wrong=True)
        except OSError as error:
            self.front.tell(telling.refusal_text(_no_journal(error)), wrong=True)
        return False

    def _arguments(self, action: str, argument: str) -> Mapping[str, Any]:
        """What the button's VBA has asked the person for, as the action takes it."""
        first, _, second = argument.partition("\t")
        if action == "import":
            number = int(first) if first.isascii() and first.isdigit() else 0
            if not 1 <= number <= len(KINDS):
                raise _no_such_kind(first)
            return {"kind": KINDS[number - 1], "file": second}
        if action == "write_values":
            kept = self.watched(self.book)
            if kept is None:
                raise _no_call(second)
            return {"sheet": first, "cell": second, "fn": kept[0], "args": kept[1]}
        return {}

    def _write(self, action: str, arguments: Mapping[str, Any]) -> bool:
        seen = live.preview(self.host, action, arguments, version=self.office.desk.version(self.book), clock=self.clock)
        session = seen.session
        language = session.language if session is not None else "zh"
        if session is None or seen.writes_nothing:
            self._tell_findings(seen, language)
            return False
        if not self.front.ask(telling.preview_text(seen, language, journal=self.path is not None), language):
            return False
        with self._recorded(session, action, seen.arguments, seen.writes):
            done = live.confirm(seen, clock=self.clock)
        kept = self.office.confirmed.setdefault(self.book, [])
        kept.append(Confirmed(done, self.office.desk.version(self.book)))
        del kept[:-MOST_UNDONE]
        if done.version is not None:
            self.office.desk.hold(self.book, done.version)
        elif action == "import":
            self.office.desk.mark_stale(self.book)
        cells = sum(write.changed_cells for write in done.writes)
        self.front.tell(telling.say("done", language, cells=cells))
        return True

    def _tell_findings(self, seen: live.Preview, language: str) -> None:
        """A button that only shows: its findings, and the cell of the first one."""
        if actions()[seen.action].kind == "write" and not seen.findings:
            self.front.tell(telling.say("nothing", language))
            return
        self.front.tell("\n".join(telling.findings_lines(seen.findings, language)))
        first = next((item for item in seen.findings if item.cell), None)
        if first is not None:
            self.front.select(first.sheet, first.cell)

    def _undo(self) -> bool:
        kept = self.office.confirmed.get(self.book)
        if not kept:
            raise _nothing_to_undo()
        last = kept[-1]
        session = session_of(self.host)
        declared = actions()[last.done.action]
        name = declared.zh if session.language == "zh" else declared.en
        back = live.taking_back(last.done)
        with self._recorded(session, "undo", {"action": last.done.action}, back):
            live.undo(self.host, last.done)
        kept.pop()
        if last.before is not None:
            self.office.desk.hold(self.book, last.before)
        else:
            self.office.desk.forget(self.book)
        self.front.tell(telling.say("undone", session.language, action=name))
        return True

    def _go(self, action: str) -> None:
        seen = live.preview(self.host, action, {}, clock=self.clock)
        for effect in seen.effects:
            if effect.kind == "show_sheet":
                self.front.show_table(TABLES[effect.facts["table"]].table_name)
            elif effect.kind == "show_help":
                version = self.office.desk.version(self.book)
                language = str(version.settings.get("language") or "zh") if version is not None else "zh"
                self.front.tell(telling.help_text(list(functions().values()), language))

    @contextmanager
    def _recorded(
        self, session: Session, action: str, arguments: Mapping[str, Any], writes: Sequence[Any]
    ) -> Iterator[None]:
        """Under the journal of the book's file, where it has one."""
        if self.path is None:
            yield
            return
        with recorded(session, self.path, action, arguments, writes, clock=self.clock):
            yield


def _no_such_kind(number: str) -> ArsheetError:
    return ArsheetError(
        "import_kind_unknown",
        f"没有第 {number} 种导入；请填 1 到 {len(KINDS)}",
        f"There is no import number {number}; type 1 to {len(KINDS)}",
        exit_code=2,
    )


def _no_call(cell: str) -> ArsheetError:
    return ArsheetError(
        "cell_has_no_ar_formula",
        f"单元格 {cell} 里没有 AR_ 公式；请先选中一个 AR_ 公式，再点“写成数值”",
        f"Cell {cell} holds no AR_ formula; select one, then click Write as values",
        exit_code=2,
    )


def _nothing_to_undo() -> ArsheetError:
    return ArsheetError(
        "nothing_to_undo",
        "本次打开 Excel 以来没有可撤销的操作；更早的操作请关闭工作簿后运行 arsheet undo",
        "There is nothing to take back since Excel was started; for earlier actions close the workbook and run "
        "arsheet undo",
        exit_code=4,
    )


def _no_journal(error: OSError) -> ArsheetError:
    return ArsheetError(
        "journal_not_writable",
        f"无法写操作日志（{error.strerror or error}），工作簿未改动；请检查所在文件夹的写入权限",
        f"The log of actions cannot be written ({error.strerror or error}); the workbook is unchanged. "
        "Check the permissions of its folder",
        exit_code=5,
    )
