"""Every button dispatched in a real LibreOffice: what it writes, what it leaves alone, and back again."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from arsheet.actions.registry import actions
from tests.addins.libreoffice.calc import Document
from tests.hosts.arcells.book import SHEET

pytestmark = pytest.mark.office
TRIED = {"refresh", "data_check", "import", "undo", "write_values", "settings", "help"}


def test_every_button_is_tried() -> None:
    assert set(actions()) >= TRIED


@pytest.fixture(scope="module")
def book(calc: Any, refreshed: Any) -> Any:
    """The book, open; each test leaves it refreshed."""
    document = calc.open(refreshed.path)
    assert not document.model.isModified()  # the repaired names are no change that a person has to save
    yield document
    document.close()


def area(document: Document, table: str) -> tuple[Any, Any]:
    """Sheet and address of a table."""
    found = document.model.DatabaseRanges.getByName(table).DataArea
    return document.model.Sheets.getByIndex(found.Sheet), found


def rows(document: Document, table: str) -> list[tuple[Any, ...]]:
    """Header and rows of a table."""
    sheet, at = area(document, table)
    cells = sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow)
    return list(cells.getDataArray())


def amounts(document: Document, factor: float) -> None:
    """A person changes every amount of the invoices."""
    sheet, at = area(document, "Invoices")
    column = rows(document, "Invoices")[0].index("价税合计")
    cells = sheet.getCellRangeByPosition(column, at.StartRow + 1, column, at.EndRow)
    cells.setDataArray(
        tuple(((cell * factor if isinstance(cell, float) else cell),) for (cell,) in cells.getDataArray())
    )


def soon(check: Any) -> Any:
    """What becomes true when LibreOffice is idle."""
    for _ in range(100):
        if check():
            break
        time.sleep(0.05)
    return check()


def test_refresh_works_out_exactly_the_ar_cells(book: Document) -> None:
    other = book.cell("AE1", SHEET)
    other.setFormula("=RAND.NV()")
    book.enter("=AR_STAMP()", "AE2", SHEET)
    before, chance = book.value("B2", SHEET), other.Value
    first = rows(book, "Balances")
    assert "数据已变" not in book.value("AE2", SHEET)
    amounts(book, 2)
    assert book.value("B2", SHEET) == before
    assert soon(lambda: "数据已变请刷新" in book.value("AE2", SHEET))
    done = book.press("refresh")
    assert done["done"], done
    assert done["recalculated"] > 30
    assert book.value("B2", SHEET) != before
    assert book.value("L1", SHEET) == "客户编码"
    assert other.Value == chance
    assert "数据已变" not in book.value("AE2", SHEET)
    assert rows(book, "Balances") != first
    assert book.press("undo")["done"]
    assert rows(book, "Balances") == first
    assert book.value("B2", SHEET) == before
    amounts(book, 0.5)
    assert book.press("refresh")["done"]
    assert book.value("B2", SHEET) == pytest.approx(before)


def test_a_preview_that_is_not_confirmed_writes_nothing(book: Document) -> None:
    before = [rows(book, table) for table in ("OverdueAging", "OpenItems", "Checks")]
    seen = book.press("refresh", Confirm=False, AsOf="2026-02-28")
    assert not seen["done"]
    assert {write["table"] for write in seen["writes"]} >= {"OverdueAging", "OpenItems"}
    assert [rows(book, table) for table in ("OverdueAging", "OpenItems", "Checks")] == before


def test_rows_come_and_go_and_what_stands_below_stays(book: Document) -> None:
    sheet, at = area(book, "OpenItems")
    items = len(rows(book, "OpenItems"))
    assert book.press("refresh", AsOf="2024-03-31")["done"]
    few = len(rows(book, "OpenItems"))
    assert few < items - 3
    below, beside = at.StartRow + few + 1, at.EndColumn + 3
    sheet.getCellByPosition(at.StartColumn, below).setString("下面的说明")
    sheet.getCellByPosition(at.StartColumn + 1, below).setFormula(f"=A{below + 1}")
    sheet.getCellByPosition(beside, below).setString("旁边的说明")
    assert book.press("refresh", AsOf="2026-03-31")["done"]
    assert len(rows(book, "OpenItems")) == items
    moved = below + items - few
    assert sheet.getCellByPosition(at.StartColumn, moved).getString() == "下面的说明"
    assert sheet.getCellByPosition(at.StartColumn + 1, moved).getString() == "下面的说明"
    assert sheet.getCellByPosition(beside, below).getString() == "旁边的说明"
    assert [cell for (cell,) in column(sheet, at.StartColumn)].count("下面的说明") == 1
    kinds = {book.model.NumberFormats.getByKey(cell.NumberFormat).Type & 2 for cell in due_dates(book)}
    assert kinds == {2}
    assert book.press("undo")["done"]
    assert len(rows(book, "OpenItems")) == few
    assert sheet.getCellByPosition(at.StartColumn, below).getString() == "下面的说明"
    assert book.press("refresh", AsOf="2026-03-31")["done"]
    sheet.getCellRangeByPosition(at.StartColumn, moved, at.StartColumn + 1, moved).clearContents(1 | 4 | 16)


def column(sheet: Any, at: int) -> Any:
    """A column down to its last cell."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    return sheet.getCellRangeByPosition(at, 0, at, cursor.RangeAddress.EndRow).getDataArray()


def due_dates(book: Document) -> list[Any]:
    """The cells of the column 到期日 of the open items."""
    sheet, at = area(book, "OpenItems")
    place = at.StartColumn + rows(book, "OpenItems")[0].index("到期日")
    return [sheet.getCellByPosition(place, row) for row in range(at.StartRow + 1, at.EndRow + 1)]


def test_a_persons_column_beside_a_report_stays_with_its_rows(book: Document) -> None:
    sheet, at = area(book, "Balances")
    mine, formulas = at.EndColumn + 1, at.EndColumn + 2
    sheet.getCellByPosition(mine, at.StartRow).setString("我的备注")
    sheet.getCellByPosition(formulas, at.StartRow).setString("我的公式")
    kept = book.model.DatabaseRanges.getByName("Balances")
    at.EndColumn = formulas
    kept.DataArea = at
    header = rows(book, "Balances")[0]
    keys = [(row[header.index("客户编码")], row[header.index("币种")]) for row in rows(book, "Balances")[1:]]
    for down in range(len(keys)):
        row = at.StartRow + 1 + down
        sheet.getCellByPosition(mine, row).setString("/".join(keys[down]))
        sheet.getCellByPosition(formulas, row).setFormula(f"=ROW(A{row + 1})*10")
    assert book.press("refresh", AsOf="2025-09-30")["done"]
    now = rows(book, "Balances")
    there = {(row[header.index("客户编码")], row[header.index("币种")]): row[-2] for row in now[1:]}
    assert all(text in ("", "/".join(key)) for key, text in there.items())
    assert any(there.values())
    assert [row[-1] for row in now[1:]] == [(at.StartRow + 2 + down) * 10.0 for down in range(len(now) - 1)]
    assert sheet.getCellByPosition(formulas, at.StartRow + 1).getFormula().startswith("=ROW(")
    assert book.press("undo")["done"]
    assert [row[-2] for row in rows(book, "Balances")[1:]] == ["/".join(key) for key in keys]


def test_words_typed_next_to_a_report_become_its_column(book: Document) -> None:
    """The range of the table is left as it is: Calc does not widen it, the refresh does."""
    sheet, at = area(book, "OverdueAging")
    first = rows(book, "OverdueAging")
    for down, row in enumerate(first[1:], 1):
        sheet.getCellByPosition(at.EndColumn + 1, at.StartRow + down).setString(f"{row[0]}/{row[2]}")
    assert book.press("refresh", AsOf="2025-09-30")["done"]
    assert book.press("refresh", AsOf="2026-03-31")["done"]
    now = rows(book, "OverdueAging")
    assert (len(now[0]), now[0][-1]) == (len(first[0]) + 1, "备注")
    kept = [row for row in now[1:] if row[-1]]
    assert kept
    assert all(row[-1] == f"{row[0]}/{row[2]}" for row in kept)


def counted(book: Document) -> int:
    """The invoices that count, as AR_STAMP() tells."""
    found = re.search(r"应收单 (\d+) 行", book.value("AE2", SHEET))
    assert found is not None
    return int(found[1])


def test_rows_typed_right_below_a_source_table_count(book: Document) -> None:
    sheet, at = area(book, "Invoices")
    first, before = rows(book, "Invoices"), counted(book)
    line = [*first[5]]
    line[first[0].index("单据号")] = "新单据-1"
    new = sheet.getCellRangeByPosition(at.StartColumn, at.EndRow + 1, at.EndColumn, at.EndRow + 1)
    new.setDataArray((tuple(line),))
    assert soon(lambda: "数据已变请刷新" in book.value("AE2", SHEET))
    seen = book.press("refresh")
    assert seen["done"]
    assert counted(book) == before + 1
    new.clearContents(1 | 2 | 4)
    assert book.press("refresh")["done"]


def test_write_values_puts_the_answer_in_place_of_the_formula(book: Document) -> None:
    assert book.press("write_values", Sheet=SHEET, Cell="A1")["error"] == "no_formula_here"
    book.cell("BK1", SHEET).setFormula("=AR_AGING(A2:A4;DATE(2026;3;31))")
    done = book.press("write_values", Sheet=SHEET, Cell="BK1")
    assert done["done"], done
    assert book.cell("BK1", SHEET).getFormula() == "客户编码"
    assert book.value("BK2", SHEET) == book.value("A2", SHEET)
    assert book.cell("BN2", SHEET).Type.value == "VALUE"
    assert book.press("undo")["done"]
    assert "ARAGING" in book.cell("BK1", SHEET).getFormula()
    assert book.value("BK2", SHEET) is None
    book.cell("BK1", SHEET).setFormula("")
    block = book.values("L1:R8", SHEET)
    assert book.press("write_values", Sheet=SHEET, Cell="M3")["done"]
    assert book.cell("L1", SHEET).getFormula() == "客户编码"
    assert [row[:7] for row in book.values("L1:R4", SHEET)] == [row[:7] for row in block[:4]]
    assert book.press("undo")["done"]
    assert book.cell("L1", SHEET).getFormula().startswith("{=")
    assert book.values("L1:R8", SHEET) == block


def test_import_adds_rows_and_undo_takes_them_away(book: Document, tmp_path: Path) -> None:
    file = tmp_path / "客户.csv"
    file.write_text("客户编码,客户名称\nXK001,新客户一号有限公司\n", "utf-8")
    before = rows(book, "Customers")
    seen = book.press("import", Confirm=False, File=str(file), Kind="customers")
    assert seen["writes"], seen
    assert rows(book, "Customers") == before
    done = book.press("import", File=str(file), Kind="customers")
    assert done["done"], done
    after = rows(book, "Customers")
    assert len(after) == len(before) + 1
    assert "XK001" in [str(row[0]) for row in after]
    assert book.press("undo")["done"]
    assert rows(book, "Customers") == before


def test_undo_does_not_lose_what_somebody_typed_since(book: Document) -> None:
    assert book.press("data_check")["done"]
    sheet, at = area(book, "Checks")
    cell = sheet.getCellByPosition(at.StartColumn, at.StartRow + 1)
    was = cell.getString()
    cell.setString("我改的")
    refused = book.press("undo")
    assert refused["error"] == "changed_since"
    assert cell.getString() == "我改的"
    cell.setString(was)
    assert book.press("undo")["done"]


def test_a_protected_sheet_is_refused_before_anything_is_written(book: Document) -> None:
    before = rows(book, "OverdueAging")
    sheet, _ = area(book, "OpenItems")
    sheet.protect("")
    refused = book.press("refresh", AsOf="2025-12-31")
    sheet.unprotect("")
    assert refused["error"] == "sheet_protected"
    assert "未清项" in refused["zh"]
    assert rows(book, "OverdueAging") == before
    assert book.press("refresh")["done"]


def test_settings_and_help_lead_somewhere(book: Document) -> None:
    assert book.press("settings")["sheet"] == "设置"
    assert book.model.getCurrentController().getActiveSheet().Name == "设置"
    text = book.press("help")["text"]
    assert "AR_CREDIT_UTILISATION" in text
    assert "Traceback" not in text


def test_a_document_that_is_no_receivables_book_is_told_so(calc: Any) -> None:
    document = calc.new()
    said = document.press("refresh")
    assert said["error"], said
    assert said["zh"]
    assert said["en"]
    document.close()
