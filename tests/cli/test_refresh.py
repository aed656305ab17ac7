"""Checks and refreshes: what is said, what is written, and what stays beside a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.table import TableColumn

from arsheet.schema import layout
from arsheet.schema.tables import TABLES
from tests.cli.books import (
    AS_OF,
    answer,
    ask,
    blank,
    digest,
    report,
    write,
)


def test_check_says_what_is_wrong_and_writes_nothing(book: Path, tmp_path: Path) -> None:
    before = digest(book)
    fine = answer("check", book, "--as-of", AS_OF)
    assert fine["counts"]["error"] == 0
    assert digest(book) == before
    assert ask("check", book, "--as-of", AS_OF).exit_code == 0
    opened = openpyxl.load_workbook(book)
    sheet = opened["应收单"]
    column = [cell.value for cell in sheet[1]].index("价税合计") + 1
    sheet.cell(2, column).value = "约十万"
    opened.save(book)
    bad = answer("check", book, "--as-of", AS_OF, code=1)
    finding = next(item for item in bad["findings"] if item["code"] == "amount_not_a_number")
    assert (finding["sheet"], finding["cell"]) == ("应收单", sheet.cell(2, column).coordinate)
    assert "约十万" in finding["zh"]
    control = next(control for control in bad["controls"] if control["table"] == "invoices")
    assert control["rows_left_out"] + control["unreadable"] == 1
    said = ask("check", book, "--as-of", AS_OF)
    assert said.exit_code == 1
    assert "约十万" in said.stdout


def test_check_of_an_english_book_speaks_english(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(blank("en"))
    assert "Nothing was found" in ask("check", path).stdout


def test_refresh_writes_every_report_and_stamps_it(book: Path) -> None:
    done = answer("refresh", book, "--as-of", AS_OF)
    assert done["as_of"] == AS_OF
    assert Path(done["backup"]).exists()
    assert {"OverdueAging", "AgingByYear", "OpenItems", "Balances", "Reclassification", "Checks"} <= set(
        done["written"]
    )
    aged = report(book, "overdue_aging")
    keys = ("应收合计", "未到期", "1-30天", "31-60天", "61-90天", "91天以上", "未核销收款", "净额")
    assert [tuple(row[key] for key in keys) for row in aged] == [
        (250000, 110000, 70000, 0, 0, 70000, -25000, 225000),
        (20000, 0, 0, 0, 20000, 0, 0, 20000),
    ]
    assert [row["净额"] for row in report(book, "balances")] == [225000, 20000]
    assert [row["单据号"] for row in report(book, "open_items")] == ["INV1", "INV2", "INV3", "INV4", "INV5"]
    opened = openpyxl.load_workbook(book)
    for key in ("overdue_aging", "aging_by_year", "open_items", "balances", "reclassification"):
        sheet = opened[TABLES[key].zh]
        assert f"截止日期：{AS_OF}" in sheet[layout.STAMP_CELL].value, key
        assert "应收单 6" in sheet[layout.STAMP_CELL].value, key
        checks = [sheet[cell].value or "" for cell in layout.CHECK_CELLS]
        assert "相符" in checks[0], key
        assert "不符" not in "".join(checks), key


def shown(book: Path) -> dict[str, dict[str, Any]]:
    """Every cell of a book; of an array formula its range and text."""

    def plain(value: Any) -> Any:
        return (value.ref, value.text) if hasattr(value, "ref") else value

    return {ws.title: {c.coordinate: plain(c.value) for r in ws for c in r} for ws in openpyxl.load_workbook(book)}


def test_a_second_refresh_changes_only_the_stamps(book: Path) -> None:
    ask("refresh", book, "--as-of", AS_OF)
    before = shown(book)
    ask("refresh", book, "--as-of", AS_OF)
    after = shown(book)
    changed = {
        (title, cell)
        for title, cells in after.items()
        for cell in {*cells, *before[title]}
        if cells.get(cell) != before[title].get(cell)
    }
    stamps = {(TABLES["dashboard"].zh, layout.DASHBOARD.stamp)} | {
        (spec.zh, layout.STAMP_CELL) for spec in TABLES.values() if spec.role == "view"
    }
    assert changed <= stamps


def add_own_column(path: Path, key: str, name: str, values: Sequence[str]) -> None:
    """What a person does: a column typed at the right edge of a report's table, which Excel takes into it."""
    opened = openpyxl.load_workbook(path)
    spec = TABLES[key]
    sheet = opened[spec.zh]
    table = sheet.tables[spec.table_name]
    left, top, right, bottom = openpyxl.utils.range_boundaries(table.ref)
    for at, value in enumerate([name, *values]):
        sheet.cell(top + at, right + 1, value)
    last = openpyxl.utils.get_column_letter(right + 1)
    table.ref = f"{openpyxl.utils.get_column_letter(left)}{top}:{last}{bottom}"
    if table.autoFilter is not None:
        table.autoFilter.ref = table.ref
    table.tableColumns.append(TableColumn(id=max(c.id for c in table.tableColumns) + 1, name=name))
    opened.save(path)


def test_what_a_person_wrote_beside_a_report_follows_its_row(book: Path, tmp_path: Path) -> None:
    ask("refresh", book, "--as-of", AS_OF)
    add_own_column(book, "open_items", "跟进", [f"记{row['单据号']}" for row in report(book, "open_items")])
    more = write(
        tmp_path / "more.csv",
        "document_no,customer_id,document_date,due_date,amount\nINV0,A000,2025-01-01,2025-01-31,5\n",
    )
    answer("import", "invoices", more, "--into", book)
    paid = write(tmp_path / "paid.csv", "receipt_no,date,customer_id,amount\nR7,2025-06-21,C001,70000\n")
    answer("import", "receipts", paid, "--into", book)
    settled = "application_id,source_no,document_no,date,amount\nA7,R7,INV1,2025-06-21,70000\n"
    answer("import", "applications", write(tmp_path / "a.csv", settled), "--into", book)
    assert ask("refresh", book, "--as-of", AS_OF).exit_code == 0
    remarks = {row["单据号"]: row["跟进"] for row in report(book, "open_items")}
    assert remarks == {"INV0": None, "INV2": "记INV2", "INV3": "记INV3", "INV4": "记INV4", "INV5": "记INV5"}
    assert next(iter(remarks)) == "INV0"
