"""Dirty files written into a book: the ledger agrees with the file, a second import has nothing new, mappings stay."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from decimal import Decimal
from pathlib import Path

import pytest

from arsheet import run
from arsheet.cli.show import show_plan
from tests.importers.dirt import accounts, layouts
from tests.importers.dirt.cases import HEADER as COLUMNS
from tests.importers.dirt.cases import A, Case
from tests.importers.dirt.files import write_csv, write_xlsx
from tests.run.helping import AS_OF, clock_at, make_book

HEADER = ["系统单号", "客户名称", "单据日期", "应收款原值"]
SAID = {"系统单号": "document_no", "应收款原值": "amount"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """An empty book."""
    return make_book(tmp_path, invoices=0)


def carried_out(case: Case, book: Path, folder: Path) -> run.PlannedImport:
    """A case imported."""
    made = run.plan_import(case.kind, case.build(folder), book, clock=clock_at())
    if made.has_news:
        run.write_import(made, clock=clock_at())
    return made


def balance(book: Path) -> Decimal:
    """Documents less receipts in the book's ledger, as it stands at the end of March."""
    ledger = run.ledger_of(book, AS_OF, clock=clock_at()).ledger
    return Decimal(int(ledger.documents.amounts.sum()) - int(ledger.receipts.amounts.sum())) / 100


def one(cases: list[Case], dirt: str, form: str) -> Case:
    """The case of a name."""
    return next(case for case in cases if (case.dirt, case.form) == (dirt, form))


@pytest.mark.parametrize(
    ("dirt", "closing"),
    [
        ("account_with_running_balance", "150"),
        ("debit_and_credit", "750"),
        ("amount_and_direction", "1179.50"),
        ("opening_row", "2300"),
        ("trial_balance", "1200"),
        ("trial_balance_with_headers_of_two_rows", "700"),
    ],
)
def test_the_ledger_has_the_balance_of_the_account(dirt: str, closing: str, book: Path, tmp_path: Path) -> None:
    case = one(accounts.CASES, dirt, "xlsx")
    carried_out(case, book, tmp_path)
    assert balance(book) == Decimal(closing)
    again = carried_out(case, book, tmp_path)
    assert not again.has_news
    assert balance(book) == Decimal(closing)


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_the_sheets_of_three_months_are_written_once(form: str, book: Path, tmp_path: Path) -> None:
    case = one(layouts.CASES, "one_sheet_per_month", form)
    carried_out(case, book, tmp_path)
    assert balance(book) == Decimal("5550.50")
    again = carried_out(case, book, tmp_path)
    assert not again.has_news
    assert again.plan.preview.tables["invoices"].rows_known == 5


def test_findings_of_each_sheet_name_its_cells(book: Path, tmp_path: Path) -> None:
    bad = [
        COLUMNS,
        ["INV-9", "丙公司", "2026-02-30", None, 5],
        ["INV-8", "丙公司", "2026-02-01", None, "待确认"],
    ]
    file = write_xlsx(tmp_path / "a.xlsx", {"1月": layouts.JANUARY, "2月": bad})
    made = run.plan_import("invoices", file, book, clock=clock_at())
    cells = {(found.code, found.sheet, found.cell) for found in made.findings if found.severity == "error"}
    assert cells == {("date_impossible", "2月", "C2"), ("amount_not_a_number", "2月", "E3")}
    only = run.plan_import("invoices", file, book, sheet="1月", clock=clock_at())
    assert (only.plan.preview.sheets, only.plan.preview.tables["invoices"].rows_new) == (("1月",), 2)


def test_another_amount_in_another_sheet_names_both_cells(book: Path, tmp_path: Path) -> None:
    other = [COLUMNS, [*A[:4], 99]]
    file = write_xlsx(tmp_path / "a.xlsx", {"1月": layouts.JANUARY, "2月": other})
    made = run.plan_import("invoices", file, book, clock=clock_at())
    (found,) = [each for each in made.findings if each.severity == "error"]
    assert (found.code, found.sheet, found.cell) == ("document_in_workbook_has_different_amount", "2月", "E2")
    assert "1月!E3" in found.zh
    assert "1,200.50" in found.zh


def test_a_hidden_sheet_is_left_out_and_named(book: Path, tmp_path: Path) -> None:
    import openpyxl

    path = write_xlsx(tmp_path / "a.xlsx", {"1月": layouts.JANUARY, "2月": layouts.FEBRUARY})
    opened = openpyxl.load_workbook(path)
    opened["2月"].sheet_state = "hidden"
    opened.save(path)
    preview = run.plan_import("invoices", path, book, clock=clock_at()).plan.preview
    assert (preview.sheets, preview.sheets_left) == (("1月",), ("2月",))


def test_a_mapping_given_once_is_used_for_the_next_file(book: Path, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "2月.csv", [HEADER, ["X-1", "上海甲公司", "2026-02-05", 100]])
    made = run.plan_import("invoices", first, book, mapping=SAID, clock=clock_at())
    assert not made.remembered
    run.write_import(made, clock=clock_at())
    second = write_xlsx(tmp_path / "3月.xlsx", {"应收": [["三月"], HEADER, ["X-2", "上海甲公司", "2026-03-05", 200]]})
    made = run.plan_import("invoices", second, book, clock=clock_at())
    assert made.remembered == SAID
    assert made.plan.preview.tables["invoices"].sum_new == {"CNY": Decimal(200)}
    said = io.StringIO()
    with redirect_stdout(said):
        show_plan(made)
    assert "沿用上次指明的列" in said.getvalue()
    assert made.summary()["remembered"] == SAID
    third = write_csv(tmp_path / "other.csv", [[*HEADER, "备注"], ["X-3", "上海甲公司", "2026-03-06", 300, ""]])
    assert not run.plan_import("invoices", third, book, mapping=SAID, clock=clock_at()).remembered
