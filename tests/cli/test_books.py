"""New books and imports through real files: previews, dry runs, every kind, odd files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from arsheet.schema.tables import TABLES
from tests.cli.books import (
    AS_OF,
    FORMULA_NAME,
    INVOICES,
    answer,
    ask,
    digest,
    rows_of,
    write,
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_new_makes_a_book_and_never_overwrites_one(tmp_path: Path, language: str) -> None:
    path = tmp_path / "folder" / "book.xlsx"
    assert answer("new", path, "--lang", language) == {"book": str(path), "language": language, "rows": {}}
    assert TABLES["invoices"].sheet(language) in openpyxl.load_workbook(path).sheetnames
    before = digest(path)
    refused = answer("new", path, code=3)
    assert refused["error"] == "file_exists"
    said = ask("new", path)
    assert said.exit_code == 3
    assert "已存在" in said.stderr
    assert "exists" in said.stderr
    assert digest(path) == before


def test_new_with_a_sample(tmp_path: Path) -> None:
    made = answer("new", tmp_path / "s.xlsx", "--sample", 100, "--lang", "en")
    assert (made["rows"]["Customers"], made["rows"]["Invoices"]) == (30, 100)
    assert len(rows_of(tmp_path / "s.xlsx", "customers")) == 30
    for wrong in (("--sample", 99), ("--sample", 100, "--customers", 29)):
        assert ask("new", tmp_path / "t.xlsx", *wrong).exit_code == 2
        assert not (tmp_path / "t.xlsx").exists()


def test_a_preview_is_shown_and_no_means_no(empty: Path, tmp_path: Path) -> None:
    file, before = write(tmp_path / "i.csv", INVOICES), digest(empty)
    said = ask("import", "invoices", file, "--into", empty, input="n\n")
    assert said.exit_code == 0
    assert "320,000.00 CNY" in said.stdout  # the amounts as the file writes them
    assert "document_no → 单据号" in said.stdout
    assert digest(empty) == before
    assert not empty.with_suffix(".arsheet").exists()
    assert ask("import", "invoices", file, "--into", empty, input="y\n").exit_code == 0
    assert len(rows_of(empty, "invoices")) == 6


def test_a_dry_run_writes_nothing_and_yes_asks_nothing(empty: Path, tmp_path: Path) -> None:
    file, before = write(tmp_path / "i.csv", INVOICES), digest(empty)
    plan = answer("import", "invoices", file, "--into", empty, "--dry-run")
    assert not plan["written"]
    assert plan["preview"]["tables"]["invoices"]["rows"]["new"] == 6
    assert digest(empty) == before
    assert ask("import", "invoices", file, "--into", empty, "--yes").exit_code == 0
    assert len(rows_of(empty, "invoices")) == 6


def test_a_second_import_finds_nothing_new(empty: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "i.csv", INVOICES)
    answer("import", "invoices", file, "--into", empty)
    before = digest(empty)
    again = answer("import", "invoices", file, "--into", empty)
    assert not again["written"]
    counts = again["preview"]["tables"]["invoices"]["rows"]
    assert (counts["new"], counts["known"]) == (0, 6)
    assert digest(empty) == before
    more = write(tmp_path / "more.csv", INVOICES + "INV9,invoice,C003,2025-06-01,,2025-07-01,1.50,,,\n")
    assert answer("import", "invoices", more, "--into", empty)["preview"]["tables"]["invoices"]["rows"]["new"] == 1
    assert [row["单据号"] for row in rows_of(empty, "invoices")][-1] == "INV9"


@pytest.mark.parametrize(
    ("kind", "text", "count"),
    [
        ("customers", "客户编码,客户名称\nC1,甲\nC2,乙\n", 2),
        ("invoices", "单据号,客户编码,单据日期,到期日,价税合计\nZ1,C1,2025-01-01,2025-01-31,10.00\n", 1),
        ("receipts", "收款单号,收款日期,客户编码,收款金额\nS1,2025-01-02,C1,5\n", 1),
        ("instalments", "单据号,期次,到期日,分期金额\nZ1,1,2025-01-31,4\nZ1,2,2025-02-28,6\n", 2),
        ("limits", "客户编码,额度类型,额度,起始日\nC1,基本额度,1000,2025-01-01\n", 1),
        ("orders", "订单号,客户编码,订单金额\nO1,C1,99\n", 1),
        ("applications", "核销编号,来源单号,应收单据号,核销日期,核销金额\nH1,S1,Z1,2025-01-02,5\n", 1),
    ],
)
def test_every_kind_can_be_imported(empty: Path, tmp_path: Path, kind: str, text: str, count: int) -> None:
    for first, before in (("invoices", "Z1,C1,2025-01-01,2025-01-31,10.00"), ("receipts", "S1,2025-01-02,C1,5")):
        header = {
            "invoices": "单据号,客户编码,单据日期,到期日,价税合计",
            "receipts": "收款单号,收款日期,客户编码,收款金额",
        }[first]
        if kind in ("instalments", "applications"):
            answer("import", first, write(tmp_path / "first.csv", f"{header}\n{before}\n"), "--into", empty)
    made = answer("import", kind, write(tmp_path / "f.csv", text), "--into", empty)
    assert made["written"]
    assert made["preview"]["tables"][kind]["rows"]["new"] == count
    assert len(rows_of(empty, kind)) == count


def test_opening_balances_are_imported_as_openings(empty: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "o.csv", "客户编码,客户名称,期末余额\nC1,甲,1200.50\nC2,乙,-30\n")
    made = answer("import", "opening", file, "--into", empty)
    assert made["written"]
    rows = rows_of(empty, "invoices")
    assert {(row["客户编码"], row["类型"], row["价税合计"]) for row in rows} >= {("C1", "期初", 1200.5)}
    total = answer("aging", empty, "--as-of", "2030-01-01")
    net = sum(Decimal(row[total["keys"].index("net")]) for row in total["rows"])
    assert net == Decimal("1170.50")


def test_chinese_csv_of_old_systems_and_workbooks_are_read(empty: Path, tmp_path: Path) -> None:
    text = '单据号,客户编码,客户名称,单据日期,价税合计\n甲-1,C1,上海甲公司,2025/1/5,"1,234.56"\n'
    made = answer("import", "invoices", write(tmp_path / "g.csv", text, "gb18030"), "--into", empty)
    assert made["preview"]["new_customers"] == ["C1"]
    sheet = openpyxl.Workbook()
    sheet.active.append(["应收明细表"])
    sheet.active.append(["单据号", "客户编码", "单据日期", "价税合计"])
    sheet.active.append(["乙-1", "C1", dt.date(2025, 1, 6), 10.1])
    sheet.active.append(["合计", None, None, 10.1])
    sheet.create_sheet("说明")["A1"] = "其他"
    sheet.save(tmp_path / "x.xlsx")
    answer("import", "invoices", tmp_path / "x.xlsx", "--into", empty)
    rows = {row["单据号"]: row["价税合计"] for row in rows_of(empty, "invoices")}
    assert rows == {"甲-1": 1234.56, "乙-1": 10.1}
    assert rows_of(empty, "customers")[0]["客户名称"] == "上海甲公司"


def test_headers_can_be_named_and_a_currency_given(empty: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "m.csv", "编码X,谁,哪天,多少\nU1,C9,2025-01-05,10\n")
    refused = ask("import", "invoices", file, "--into", empty, "--json")
    assert refused.exit_code == 3
    assert json.loads(refused.stdout)["error"] == "header_row_not_found"
    assert not rows_of(empty, "invoices")
    maps = ("编码X=document_no", "谁=customer_id", "哪天=document_date", "多少=amount")
    options = [part for pair in maps for part in ("--map", pair)]
    answer("import", "invoices", file, "--into", empty, *options, "--currency", "USD")
    assert rows_of(empty, "invoices")[0]["币种"] == "USD"
    wrong = ask("import", "invoices", file, "--into", empty, "--map", "谁")
    assert wrong.exit_code == 2
    assert "header=key" in wrong.stderr
    assert "表头=键" in wrong.stderr


def test_a_formula_in_a_name_stays_text(book: Path) -> None:
    assert {row["客户名称"] for row in rows_of(book, "customers")} == {"示例一", FORMULA_NAME}
    ask("refresh", book, "--as-of", AS_OF)
    opened = openpyxl.load_workbook(book)
    for spec in ("overdue_aging", "open_items", "balances", "customers"):
        cells = [cell for row in opened[TABLES[spec].zh].iter_rows() for cell in row if cell.value == FORMULA_NAME]
        assert cells, spec
        assert all(cell.data_type == "s" for cell in cells), spec
    said = ask("aging", book, "--as-of", AS_OF, "--format", "csv").stdout
    assert [row[1] for row in csv.reader(io.StringIO(said))][2] == f"'{FORMULA_NAME}"
