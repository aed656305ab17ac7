"""One body of tests that every host runs: what a value is, and what read, write, append and set_cells do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from arsheet.hosts.excel import ExcelHost
from arsheet.hosts.memory import MemoryHost
from arsheet.hosts.protocol import Host
from arsheet.hosts.xlsx import XlsxHost
from arsheet.table import CellError, WorkbookError

SOURCE = ["单号", "日期", "金额", "已核", "备注"]
ROWS = [
    ["000123", dt.date(2026, 1, 31), 1234.56, True, "说明"],
    [None, None, None, None, None],
    ["000124", dt.datetime(2026, 2, 1, 8, 30), 7, False, CellError("#N/A")],
    ["000125", None, None, None, ""],
]
VIEW = ["客户", "1-30", "合计", "我的备注"]
VIEW_ROWS = [["甲", 1, 2, "记甲"], ["乙", 3, 4, "记乙"]]
CELLS = {"B1": "旧标题", "B2": dt.date(2026, 3, 1)}


def memory_host(_: Path, __: SimpleNamespace) -> Host:
    return MemoryHost({"S": (SOURCE, ROWS), "V": (VIEW, VIEW_ROWS)}, {"看板": CELLS})


def xlsx_host(folder: Path, books: SimpleNamespace) -> Host:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = "应收单"
    ws.append(SOURCE)
    for row in ROWS:
        ws.append([v.text if isinstance(v, CellError) else v for v in row])
    for row in (2, 3, 5):
        ws.cell(row, 2).number_format = "yyyy-mm-dd"
    books.add_table(ws, "S", "A1:E5")
    view = wb.create_sheet("V")
    view.append(VIEW)
    for row in VIEW_ROWS:
        view.append(row)
    books.add_table(view, "V", "A1:D3")
    board = wb.create_sheet("看板")
    for address, value in CELLS.items():
        board[address] = value
    path = folder / "账.xlsx"
    wb.save(path)
    return XlsxHost(path)


@pytest.fixture(params=["memory", "xlsx", pytest.param("excel", marks=pytest.mark.office)])
def host(request: pytest.FixtureRequest, tmp_path: Path, books: SimpleNamespace) -> Host:
    if request.param == "memory":
        return memory_host(tmp_path, books)
    file = xlsx_host(tmp_path, books)
    if request.param == "xlsx":
        return file
    open_book: Callable[[Path], Any] = request.getfixturevalue("excel_open")
    return ExcelHost(open_book(tmp_path / "账.xlsx"))


def records(host: Host, table: str) -> list[list[Any]]:
    return [list(row) for row in host.read(table).rows()]


def test_values(host: Host) -> None:
    table = host.read("s")
    assert table.header == tuple(SOURCE)
    assert [list(row) for row in table.rows()] == [
        ["000123", dt.date(2026, 1, 31), 1234.56, True, "说明"],
        ["000124", dt.datetime(2026, 2, 1, 8, 30), 7, False, CellError("#N/A")],
        ["000125", None, None, None, None],
    ]
    assert table.place is not None
    assert [table.place.cell(i, 2) for i in range(3)] == ["C2", "C4", "C5"]
    assert type(table.column("日期")[0]) is dt.date
    assert type(table.column("已核")[0]) is bool
    assert table.kinds == ("any",) * 5


def test_what_is_not_there(host: Host) -> None:
    assert set(host.tables()) >= {"S", "V"}
    for call in (lambda: host.read("X"), lambda: host.write("X", ["a"], []), lambda: host.append("X", [{"a": 1}])):
        with pytest.raises(WorkbookError) as error:
            call()
        assert error.value.code == "table_not_found"
    with pytest.raises(WorkbookError) as error:
        host.append("S", [{"没有": 1}])
    assert error.value.code == "column_not_found"


def test_writes_wait_for_the_save(host: Host) -> None:
    before = records(host, "V")
    host.write("V", VIEW[:3], [["丙", 1, 1]])
    assert records(host, "V") == before
    host.save()
    assert records(host, "V") == [["丙", 1, 1]]
    assert host.save().tables == {}


def test_write_changes_columns_and_keeps_the_users_own(host: Host) -> None:
    report_rows = [["乙", Decimal("3.10"), 4, 7], ["丁", 1, None, 1]]
    host.write("V", ["客户", "1-15", "16+", "合计"], report_rows, cells={"H1": "题"}, key=["客户"], keep=["我的备注"])
    done = host.save()
    table = host.read("V")
    assert table.header == ("客户", "1-15", "16+", "合计", "我的备注")
    assert [list(r) for r in table.rows()] == [["乙", 3.1, 4, 7, "记乙"], ["丁", 1, None, 1, None]]
    assert done.dropped_columns == {"V": ("1-30",)}
    assert done.waiting == {"V": {("甲",): {"我的备注": "记甲"}}}
    assert host.read_cells("V", ["H1"]) == {"H1": "题"}


def test_what_waited_comes_back_to_its_row(host: Host) -> None:
    """Into a blank cell of its row; the cell that a person filled since stays, and what finds no row waits on."""
    waited = {(key,): {"我的备注": f"等{key}"} for key in "乙丁戊"} | {("丁",): {"我的备注": "等丁", "别的列": 5}}
    rows = [["乙", 1, 2, 3], ["丁", 4, 5, 6]]
    host.write("V", ["客户", "1-15", "16+", "合计"], rows, key=["客户"], keep=["我的备注"], restored=waited)
    done = host.save()
    assert [row[-1] for row in records(host, "V")] == ["记乙", "等丁"]
    assert done.waiting == {"V": {("甲",): {"我的备注": "记甲"}, ("戊",): {"我的备注": "等戊"}, ("丁",): {"别的列": 5}}}


def test_write_nothing_leaves_an_empty_table(host: Host) -> None:
    host.write("V", VIEW, [])
    host.save()
    assert len(host.read("V")) == 0
    host.append("V", [{"客户": "戊"}])
    host.save()
    assert records(host, "V") == [["戊", None, None, None]]


def test_append_under_the_right_headers_and_once_by_key(host: Host) -> None:
    new = [{"金额": Decimal("10.50"), "单号": "000126"}, {"单号": " 000123 ", "金额": 1}, {"单号": "000126", "金额": 2}]
    assert host.append("S", new, keys=["单号"]) == 1
    assert host.append("S", new, keys=["单号"]) == 0
    assert host.append("S", [{"日期": dt.date(2026, 5, 1), "备注": "=1+1"}]) == 1
    host.save()
    assert records(host, "S")[3:] == [
        ["000126", None, 10.5, None, None],
        [None, dt.date(2026, 5, 1), None, None, "=1+1"],
    ]
    assert host.append("S", new, keys=["单号"]) == 0


def test_set_cells(host: Host) -> None:
    assert host.read_cells("看板", ["B1", "B2", "C9"]) == {**CELLS, "C9": None}
    host.set_cells("看板", {"B1": "新标题", "B2": dt.date(2026, 4, 1), "C9": Decimal("1.25"), "C10": None})
    host.save()
    assert host.read_cells("看板", ["B1", "B2", "C9", "C10"]) == {
        "B1": "新标题", "B2": dt.date(2026, 4, 1), "C9": 1.25, "C10": None,
    }  # fmt: skip


def test_the_file_is_backed_up_before_each_save(tmp_path: Path, books: SimpleNamespace) -> None:
    host = xlsx_host(tmp_path, books)
    path = tmp_path / "账.xlsx"
    seen = []
    for i in range(23):
        seen.append(path.read_bytes())
        host.set_cells("看板", {"B1": f"第{i}次"})
        assert Path(host.save().backup).read_bytes() == seen[-1]
    kept = sorted((tmp_path / "账.arsheet" / "backups").iterdir())
    assert [p.read_bytes() for p in kept] == seen[-20:]


def test_someone_else_saved_meanwhile(tmp_path: Path, books: SimpleNamespace) -> None:
    host = xlsx_host(tmp_path, books)
    other = XlsxHost(tmp_path / "账.xlsx")
    other.set_cells("看板", {"B1": "别人"})
    other.save()
    host.set_cells("看板", {"B1": "我"})
    with pytest.raises(WorkbookError) as error:
        host.save()
    assert error.value.code == "workbook_changed_meanwhile"
    assert XlsxHost(tmp_path / "账.xlsx").read_cells("看板", ["B1"]) == {"B1": "别人"}


def test_a_sheet_without_a_table_is_read_by_its_header(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = "流水"
    for row in (
        ["某某公司 2026 年流水"],
        [],
        [None, "日期", "金额", "对方"],
        [None, "x", 1, "甲"],
        [],
        [None, "y", 2, "乙"],
    ):
        ws.append(row)
    wb.save(tmp_path / "b.xlsx")
    table = XlsxHost(tmp_path / "b.xlsx").read("流水", header=["金额", "日期"])
    assert table.header == ("", "日期", "金额", "对方")
    assert table.column("金额") == [1, 2]
    assert table.place is not None
    assert table.place.cell(1, 2) == "C6"
    assert XlsxHost(tmp_path / "b.xlsx").read("T", sheet="流水").header == ("", "日期", "金额", "对方")
