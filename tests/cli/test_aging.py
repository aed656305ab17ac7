"""Aging of books and lists on the command line: every basis, dimension and form."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.cli.books import (
    AS_OF,
    BASES,
    INVOICES,
    answer,
    ask,
    buckets,
    write,
)


@pytest.mark.parametrize("basis", BASES)
def test_aging_of_a_book_for_every_basis(book: Path, basis: str) -> None:
    assert buckets(answer("aging", book, "--as-of", AS_OF, "--basis", basis)) == BASES[basis]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("basis", BASES)
def test_aging_of_a_list_for_every_basis(tmp_path: Path, basis: str, kind: str) -> None:
    file = write(tmp_path / "list.csv", INVOICES)
    if kind == "xlsx":
        wb = openpyxl.Workbook()
        for row in csv.reader(io.StringIO(INVOICES)):
            wb.active.append([float(cell) if at == 6 and cell.isdigit() else cell for at, cell in enumerate(row)])
        file = tmp_path / "list.xlsx"
        wb.save(file)
    found = buckets(answer("aging", file, "--as-of", AS_OF, "--basis", basis))
    whole = [sum(part) for part in found.values()]
    assert whole == [280000, 20000]  # no receipts in the list: INV1 is open with all of its 100,000
    unpaid = list(BASES[basis]["C001"])
    unpaid[-1] += 30000
    assert found["C001"] == tuple(unpaid)


def test_buckets_years_and_the_ways_to_show_credits(book: Path) -> None:
    fine = answer("aging", book, "--as-of", AS_OF, "--buckets", "15,45,120")
    assert fine["keys"][4:9] == ["not_due", "1-15", "16-45", "46-120", "121+"]
    assert buckets(fine)["C001"] == (110000, 0, 70000, 70000, 0)
    years = answer("aging", book, "--as-of", "2026-06-30", "--buckets", "years", "--basis", "invoice", "--lang", "en")
    assert years["header"][4:10] == [
        "Within 1 year",
        "1-2 years",
        "2-3 years",
        "3-4 years",
        "4-5 years",
        "Over 5 years",
    ]
    assert buckets(years)["C001"] == (0, 250000, 0, 0, 0, 0)
    spread = answer("aging", book, "--as-of", AS_OF, "--unapplied", "fifo")
    assert buckets(spread)["C001"] == (110000, 70000, 0, 0, 45000)
    merged = answer("aging", book, "--as-of", AS_OF, "--not-due", "merge")
    assert buckets(merged)["C001"] == (180000, 0, 0, 70000)
    for mode in ("apply", "own_date", "column", "fifo"):
        assert sum(sum(part) for part in buckets(answer("aging", book, "--credit-mode", mode)).values())


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("customer", {"C001", "C002"}),
        ("salesperson", {"王芳", "李强"}),
        ("region", {"华东", "华北"}),
        ("class", {"A", "B"}),
        ("department", {"", "一部", "二部"}),
        ("project", {"", "甲", "乙"}),
        ("contract", {""}),
    ],
)
def test_aging_by_every_dimension_adds_up_to_the_same(book: Path, by: str, keys: set[str]) -> None:
    found = answer("aging", book, "--as-of", AS_OF, "--by", by)
    assert {row[0] for row in found["rows"]} == keys
    at = [found["keys"].index(key) for key in ("total", "net")]
    assert [sum(Decimal(row[place]) for row in found["rows"]) for place in at] == [270000, 245000]


def test_aging_in_three_forms(book: Path) -> None:
    table = ask("aging", book, "--as-of", AS_OF)
    assert table.exit_code == 0
    assert "270,000.00" in table.stdout
    rows = list(csv.DictReader(io.StringIO(ask("aging", book, "--as-of", AS_OF, "--format", "csv").stdout)))
    assert rows[0]["应收合计"] == "250000.00"
    assert json.loads(ask("aging", book, "--as-of", AS_OF, "--format", "json").stdout)["rows"]
    english = ask("aging", book, "--as-of", AS_OF, "--format", "csv", "--lang", "en").stdout
    assert english.splitlines()[0].startswith("Customer ID,Customer name,Currency,Total,Not due,1-30 days")


def test_a_list_with_errors_exits_with_1(tmp_path: Path) -> None:
    file = write(tmp_path / "l.csv", "单据号,客户编码,单据日期,价税合计\nA,C1,2025-01-01,十元\nB,C1,2025-01-01,5\n")
    found = answer("aging", file, "--as-of", AS_OF, code=1)
    assert [Decimal(row[3]) for row in found["rows"]] == [5]
    assert "amount_not_a_number" in {item["code"] for item in found["findings"]}


@pytest.mark.parametrize("refused", [False, True])
def test_a_sheet_a_month_places_each_finding_in_its_own_cell(tmp_path: Path, refused: bool) -> None:
    wb = openpyxl.Workbook()
    header = ["客户名称", "单据号", "单据日期", "金额"]
    first = ["甲", "A1", "2026-01-01", "待定" if refused else 10]
    months = {
        "1月": [["甲", "B1", "2026-02-01", 5]],
        "2月": [first, ["甲", "A2", "2026-01-02", 20], ["甲", "A9", "2026-01-09", -3]],
        "3月": [["甲", "D1", "2026-03-01", -2]],
    }
    for name, rows in months.items():
        sheet = wb.create_sheet(name)
        for row in [header, *rows]:
            sheet.append(row)
    del wb[wb.sheetnames[0]]
    file = tmp_path / "months.xlsx"
    wb.save(file)
    found = answer("aging", file, "--as-of", "2026-06-30", code=1 if refused else 0)
    credit_notes = [item for item in found["findings"] if item["code"] == "negative_invoice_taken_as_credit_note"]
    assert [(item["sheet"], item["cell"]) for item in credit_notes] == [("2月", "D4"), ("3月", "D2")]
    assert [Decimal(row[found["keys"].index("net")]) for row in found["rows"]] == [20 if refused else 30]
