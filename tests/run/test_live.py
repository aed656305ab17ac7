"""Preview, confirm and undo over hosts, and the desk that holds the versions of open books."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from arsheet import run
from arsheet.functions.registry import FunctionError
from arsheet.hosts.memory import MemoryHost
from arsheet.hosts.xlsx import XlsxHost
from arsheet.run import live
from arsheet.run.changes import changes_of
from arsheet.run.desk import KEPT_ERRORS, Desk, desk
from arsheet.run.recording import Recorder
from arsheet.run.window import Sheets
from arsheet.table import ArsheetError, WorkbookError
from tests.run.helping import AS_OF, clock_at, make_book, sha


def in_memory(path: Path) -> MemoryHost:
    """The tables of a file in memory, where they stood."""
    host = XlsxHost(path)
    tables: dict[str, Any] = {}
    places = {}
    for info in host.book.tables:
        raw = host.read(info.name)
        tables[info.name] = (raw.header, list(raw.rows()))
        places[info.name] = (info.sheet, info.first_data_row - 1, info.area.first_column)
    return MemoryHost(tables, None, places)


def contents(host: MemoryHost) -> dict[str, Any]:
    """Every table, to compare."""
    return {name: (host.read(name).header, list(host.read(name).rows())) for name in host.tables()}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path)


def test_a_session_of_any_host_reads_the_same(book: Path) -> None:
    file, memory = run.open_session(book), run.session_of(in_memory(book))
    assert memory.path is None
    assert memory.language == file.language
    assert memory.settings == file.settings
    for key, table in file.tables.items():
        assert [list(column) for column in memory.tables[key].columns] == [list(column) for column in table.columns]
        assert memory.tables[key].place.rows == list(table.place.rows)  # type: ignore[union-attr]
    assert run.version_from(memory, AS_OF, clock_at()).digest == run.version_from(file, AS_OF, clock_at()).digest
    with pytest.raises(TypeError):
        _ = memory.file
    with pytest.raises(TypeError):
        _ = memory.file_host


def test_a_host_without_invoices_is_no_book() -> None:
    with pytest.raises(WorkbookError) as caught:
        run.session_of(MemoryHost({"Table1": (("a",), ())}))
    assert caught.value.code == "not_an_arsheet_book"


def test_preview_confirm_and_undo_over_an_open_workbook(book: Path) -> None:
    host = in_memory(book)
    before = contents(host)
    seen = live.preview(host, "refresh", {"as_of": AS_OF}, clock=clock_at())
    assert contents(host) == before
    told = {write.table: write for write in seen.writes}
    done = live.confirm(seen, clock=clock_at())
    for name in ("OverdueAging", "OpenItems", "Balances"):
        now = host.read(name)
        assert len(now) == len(told[name].rows) > 0
        assert told[name].rows_before == 0
    assert done.version is not None
    assert done.version.stamp["as_of"] == seen.version.stamp["as_of"]  # type: ignore[union-attr]
    again = live.preview(host, "refresh", {"as_of": AS_OF}, clock=clock_at())
    assert [write.sheet for write in again.writes if write.changed_cells] == []
    live.undo(host, done)
    assert contents(host) == before


def test_undo_does_not_throw_work_away(book: Path) -> None:
    host = in_memory(book)
    done = live.confirm(live.preview(host, "refresh", {"as_of": AS_OF}))
    after = host.read("Balances")
    rows = [list(row) for row in after.rows()]
    rows[0][1] = "改过"
    host.write("Balances", after.header, rows)
    host.save()
    now = contents(host)
    with pytest.raises(ArsheetError) as caught:
        live.undo(host, done)
    assert (caught.value.code, caught.value.exit_code) == ("workbook_changed_since", 4)
    assert "客户余额" in caught.value.zh
    assert contents(host) == now


def test_a_preview_that_is_dropped_leaves_no_trace(book: Path) -> None:
    before = sha(book)
    live.preview(book, "refresh", {"as_of": AS_OF})
    assert sha(book) == before
    assert run.log(book)[-1].action == "sample"


def test_a_file_gets_from_confirm_what_it_gets_from_refresh(tmp_path: Path) -> None:
    one, other = make_book(tmp_path, name="one"), make_book(tmp_path, name="other")
    live.confirm(live.preview(one, "refresh", {"as_of": AS_OF}, clock=clock_at()), clock=clock_at())
    run.refresh(other, AS_OF, clock=clock_at())
    mine, theirs = XlsxHost(one), XlsxHost(other)
    for info in theirs.book.tables:
        assert list(mine.read(info.name).rows()) == list(theirs.read(info.name).rows()), info.name
    assert live.undo_of_file(one).action.action == "refresh"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("action", "arguments", "code"),
    [
        ("none", {}, "action_unknown"), ("refresh", {"as_of": "昨天"}, "as_of_not_a_date"),
        ("import", {"kind": "receipts"}, "argument_missing"), ("import", {"kind": "x"}, "import_kind_unknown"),
        ("write_values", {}, "argument_missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_previewed(book: Path, action: str, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(ArsheetError) as caught:
        live.preview(book, action, arguments)
    assert caught.value.code == code
    assert caught.value.zh != caught.value.en


def test_a_data_check_is_recorded_as_what_it_is(book: Path) -> None:
    done = live.confirm(live.preview(book, "data_check", clock=clock_at()), clock=clock_at())
    assert done.action == run.log(book)[-1].action == "data_check"
    assert len(XlsxHost(book).read("Checks")) > 0
    assert live.undo_of_file(book).action.action == "data_check"  # type: ignore[union-attr]


def close_month(host: MemoryHost, month: str) -> None:
    """Closes a month in an open workbook."""
    header = host.read("Periods").header
    row = {"月份": month, "锁定日期": dt.date(2026, 4, 1), "锁定人": "王芳"}
    assert set(row) <= set(header)
    host.write("Periods", header, [[row.get(str(name)) for name in header]])
    host.save()


def receipts_in(host: MemoryHost) -> list[Any]:
    """The receipt numbers that stand in an open workbook."""
    return [number for number in host.read("Receipts").columns[0] if number is not None]


def test_a_closed_month_of_an_open_workbook_takes_nothing_and_keeps_what_it_has(tmp_path: Path) -> None:
    host = in_memory(make_book(tmp_path, 0))
    file = tmp_path / "r.csv"
    file.write_text("receipt_no,date,customer_id,amount\nR1,2026-03-05,C1,100\n", encoding="utf-8")
    wanted = {"kind": "receipts", "file": str(file)}
    seen = live.preview(host, "import", wanted, clock=clock_at())
    close_month(host, "2026-03")  # while the person reads the preview
    with pytest.raises(ArsheetError) as caught:
        live.confirm(seen, clock=clock_at())
    assert (caught.value.code, caught.value.exit_code) == ("period_locked", 4)
    assert receipts_in(host) == []
    assert live.preview(host, "import", wanted, clock=clock_at()).writes_nothing

    close_month(host, "2026-02")
    done = live.confirm(live.preview(host, "import", wanted, clock=clock_at()), clock=clock_at())
    assert receipts_in(host) == ["R1"]
    close_month(host, "2026-03")
    with pytest.raises(ArsheetError) as caught:
        live.undo(host, done, clock=clock_at())
    assert caught.value.code == "period_locked"
    assert receipts_in(host) == ["R1"]
    close_month(host, "2026-02")
    live.undo(host, done, clock=clock_at())
    assert receipts_in(host) == []


def test_there_must_be_something_to_confirm(book: Path) -> None:
    with pytest.raises(ArsheetError) as caught:
        live.confirm(live.preview(book, "help"))
    assert caught.value.code == "nothing_to_confirm"


def test_changes_are_counted_cell_by_cell() -> None:
    host = MemoryHost({"T": (("编码", "数"), [["a", 1], ["b", 2], ["c", 3]])}, {"T": {"F1": "旧"}})
    recorder = Recorder(host)
    recorder.write("T", ("编码", "数"), [["a", 1.0], ["b", 5]], cells={"F1": "新", "F2": None})
    (write,) = changes_of(recorder.queue, host).writes
    assert [(each.cell, each.old, each.new) for each in write.sample] == [
        ("F1", "旧", "新"), ("B3", 2, 5), ("A4", "c", None), ("B4", 3, None),
    ]  # fmt: skip
    assert (write.changed_cells, write.rows_before, len(write.rows)) == (4, 3, 2)
    assert host.read("T").column("数") == [1, 2, 3]


def test_rows_to_append_are_checked_as_hosts_check_them() -> None:
    host = MemoryHost({"T": (("编码", "数"), [["a", 1]])})
    recorder = Recorder(host)
    assert recorder.append("T", [{"编码": "a"}, {"编码": "b"}, {"编码": "b"}], ("编码",)) == 1
    with pytest.raises(WorkbookError) as caught:
        recorder.append("T", [{"没有": 1}])
    assert caught.value.code == "column_not_found"
    (write,) = changes_of(recorder.queue, host).writes
    assert (write.mode, write.added, len(write.rows)) == ("append", 1, 2)
    with pytest.raises(TypeError):
        recorder.save()


def test_the_reason_of_an_error_can_be_asked_before_the_first_refresh() -> None:
    held = Desk()
    assert held.call("new", "AR_BALANCE", ["C001"], cell="S!B2").error is not None
    rows = [["客户", "金额"], ["甲", 1]]
    assert held.call("new", "AR_AGING_OF", [rows, 45_900], cell="S!B3").error is not None
    assert "请先刷新" in str(held.call("new", "AR_LAST_ERROR", ["S!B2"]).cells()[0][0])
    assert "到期日" in str(held.call("new", "AR_LAST_ERROR", ["S!$B$3"]).cells()[0][0])
    assert held.call("new", "AR_LAST_ERROR", ["S!B9"]).error.code == "no_error"  # type: ignore[union-attr]
    assert held.call("other", "AR_LAST_ERROR", []).error.code == "no_error"  # type: ignore[union-attr]


def test_the_desk_answers_from_the_last_refresh(book: Path) -> None:
    mine = Desk()
    assert mine.call("b", "AR_BALANCE", ["*"]).error is not None
    version = mine.refresh("b", XlsxHost(book), as_of=AS_OF, clock=clock_at())
    assert mine.version("b").digest == version.digest  # type: ignore[union-attr]
    keys, values = mine.table("b", "AR_BALANCE", [None, None, "net", "CNY"])
    cells = [mine.call("b", "AR_BALANCE", [key, None, "net", "CNY"]) for key in keys]
    assert [cell.cells()[0][0] for cell in cells] == values
    mine.mark_stale("b")
    assert mine.version("b").stamp["stale"] is True  # type: ignore[union-attr]
    mine.hold("b", version)
    assert mine.version("b").stamp["stale"] is False  # type: ignore[union-attr]
    mine.forget("b")
    assert mine.version("b") is None
    assert desk() is desk()


def test_a_function_that_does_not_answer_by_customer(book: Path) -> None:
    mine = Desk()
    with pytest.raises(FunctionError) as caught:
        mine.table("b", "AR_BALANCE", [])
    assert caught.value.code == "not_refreshed"
    mine.refresh("b", XlsxHost(book), as_of=AS_OF)
    with pytest.raises(FunctionError) as caught:
        mine.table("b", "AR_AGING", [])
    assert caught.value.code == "function_has_no_vector_form"


def test_the_desk_remembers_only_so_many_errors(book: Path) -> None:
    mine = Desk()
    mine.refresh("b", XlsxHost(book), as_of=AS_OF)
    for at in range(KEPT_ERRORS + 5):
        mine.note("b", f"S!A{at}", "#N/A", ("x", "甲", "a"))
    errors = mine.version("b").stamp["errors"]  # type: ignore[union-attr]
    assert len(errors) == KEPT_ERRORS
    assert "S!A0" not in errors


def test_the_sheets_of_a_file_in_windows(book: Path) -> None:
    sheets = Sheets(book)
    first = sheets.window("", 1, 5)
    assert first.sheet == sheets.names[0]
    found = sheets.window("应收单", 2, 3)
    assert (found.first, len(found.rows), len(found.rows[0])) == (2, 3, len(found.columns))
    assert sheets.window("应收单", -5, 1).first == 1
    with pytest.raises(WorkbookError):
        sheets.window("没有", 1, 1)


def test_as_of_may_be_a_date(book: Path) -> None:
    seen = live.preview(book, "refresh", {"as_of": dt.date(2026, 2, 28)})
    assert seen.summary["as_of"] == "2026-02-28"
