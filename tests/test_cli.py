"""The command line through real files: every command, its exit codes, its JSON, and that it writes what it says."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.worksheet.table import TableColumn

from arsheet.cli import KINDS, main
from arsheet.hosts.template import template_bytes
from arsheet.schema import layout
from arsheet.schema.tables import TABLES

AS_OF = "2025-06-30"
INVOICES = (
    "document_no,kind,customer_id,document_date,delivered_on,due_date,amount,original_document,department,project\n"
    "INV1,invoice,C001,2025-02-28,,2025-03-30,100000,,一部,甲\n"
    "INV2,invoice,C001,2025-04-20,,2025-05-31,80000,,一部,乙\n"
    "INV3,invoice,C001,2025-05-05,2025-06-05,2025-06-30,60000,,二部,\n"
    "INV4,invoice,C001,2025-06-10,,2025-07-31,50000,INV2,二部,\n"
    "INV5,invoice,C002,2025-03-10,,2025-04-09,20000,,,\n"
    "CN1,credit_note,C001,2025-06-05,,,10000,INV2,,\n"
)
CUSTOMERS = (
    'customer_id,name,region,class,salesperson\nC001,示例一,华东,A,王芳\nC002,=HYPERLINK("http://x"),华北,B,李强\n'
)
RECEIPTS = "receipt_no,date,customer_id,amount\nR1,2025-04-15,C001,30000\nR2,2025-06-20,C001,25000\n"
APPLICATIONS = "application_id,source_no,document_no,date,amount\nA1,R1,INV1,2025-04-15,30000\n"
FORMULA_NAME = '=HYPERLINK("http://x")'


def ask(*args: Any, input: str | None = None) -> Result:
    """One command in this process; anything but an exit is a failure."""
    result = CliRunner().invoke(main, [str(arg) for arg in args], input=input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*args: Any, code: int = 0) -> Any:
    """The JSON of a command that prompts nothing."""
    result = ask(*args, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@cache
def blank(language: str) -> bytes:
    """An empty book."""
    return template_bytes(language)


def digest(path: Path) -> str:
    """The bytes of a file, in short."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def report(path: Path, key: str) -> list[dict[str, Any]]:
    """A report sheet, read back."""
    book = openpyxl.load_workbook(path)
    spec = TABLES[key]
    sheet = book[spec.zh if spec.zh in book.sheetnames else spec.en]
    header, *rows = sheet.iter_rows(min_row=layout.HEADER_ROW, values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


def rows_of(path: Path, key: str) -> list[dict[str, Any]]:
    """A source sheet, read back."""
    book = openpyxl.load_workbook(path)
    spec = TABLES[key]
    sheet = book[spec.zh if spec.zh in book.sheetnames else spec.en]
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


@cache
def filled() -> bytes:
    """A Chinese book with the example ledger, imported by the command line."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "应收.xlsx"
        book.write_bytes(blank("zh"))
        texts = {"customers": CUSTOMERS, "invoices": INVOICES, "receipts": RECEIPTS, "applications": APPLICATIONS}
        for kind, text in texts.items():
            file = Path(folder) / f"{kind}.csv"
            file.write_text(text, "utf-8")
            assert answer("import", kind, file, "--into", book)["written"]
        return book.read_bytes()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The example ledger's book."""
    path = tmp_path / "应收.xlsx"
    path.write_bytes(filled())
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new Chinese book."""
    path = tmp_path / "空.xlsx"
    path.write_bytes(blank("zh"))
    return path


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file of text."""
    path.write_bytes(text.encode(encoding))
    return path


# new


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


# import


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


# check


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


# refresh


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


# aging

BASES = {
    "due": {"C001": (110000, 70000, 0, 0, 70000), "C002": (0, 0, 0, 20000, 0)},
    "invoice": {"C001": (50000, 60000, 70000, 70000), "C002": (0, 0, 0, 20000)},
    "delivery": {"C001": (110000, 0, 70000, 70000), "C002": (0, 0, 0, 20000)},
    "original": {"C001": (0, 60000, 120000, 70000), "C002": (0, 0, 0, 20000)},
}
"""The example of the definitions (3.1) with INV3 delivered on 5 June and INV4 billed anew for INV2."""


def buckets(found: dict[str, Any]) -> dict[str, tuple[Decimal, ...]]:
    """Key -> the figures of its buckets."""
    left, right = found["keys"].index("total") + 1, found["keys"].index("unapplied")
    return {row[0]: tuple(Decimal(cell) for cell in row[left:right]) for row in found["rows"]}


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


# call


def test_call_answers_from_a_book_and_without_one(book: Path) -> None:
    assert json.loads(ask("call", "AR_DUE_DATE", "月结30天", "2025-01-31").stdout) == "2025-03-02"
    assert json.loads(ask("call", "AR_BALANCE", "C001", "--book", book, "--as-of", AS_OF).stdout) == "225000.00"
    table = json.loads(ask("call", "ar_aging", "C001", "--book", book, "--as-of", AS_OF, "--lang", "en").stdout)
    assert table["header"][4] == "Not due"
    assert table["rows"][0][3] == "250000.00"
    unknown = ask("call", "AR_BALANCE", "C999", "--book", book)
    assert unknown.exit_code == 1
    said = json.loads(unknown.stdout)
    assert said["error"] == "#N/A"
    assert said["zh"]
    assert said["en"]
    assert json.loads(ask("call", "AR_NOTHING").stdout)["error"] == "#N/A"


# refusals


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("check", "{missing}"), 3),
        (("aging", "{text}", "--as-of", "yesterday"), 2),
        (("aging", "{book}", "--basis", "birth"), 2),
        (("aging", "{book}", "--buckets", "60,30"), 2),
        (("aging", "{book}", "--by", "colour"), 2),
        (("import", "poems", "{text}", "--into", "{book}"), 2),
        (("import", "invoices", "{text}", "--into", "{book}", "--sheet", "没有"), 3),
        (("check", "{text}"), 3),
        (("refresh", "{other}"), 3),
        (("check", "{broken}"), 3),
        (("refresh", "{broken}"), 3),
        (("call", "AR_BALANCE", "C001", "--book", "{broken}"), 3),
        (("import", "invoices", "{text}", "--into", "{broken}"), 3),
        (("nonsense",), 2),
    ],
)
def test_refusals_have_their_exit_code_and_words(book: Path, tmp_path: Path, args: Sequence[str], code: int) -> None:
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    places = {
        "book": book, "missing": tmp_path / "none.xlsx", "other": tmp_path / "other.xlsx",
        "text": write(tmp_path / "l.csv", INVOICES), "broken": write(tmp_path / "b.xlsx", "no workbook"),
    }  # fmt: skip
    before = digest(book)
    result = ask(*(arg.format(**places) for arg in args))
    assert result.exit_code == code, result.output
    assert result.stderr.strip()
    assert "Traceback" not in result.output
    assert digest(book) == before
    if code == 3:
        chinese, english = result.stderr.strip().splitlines()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert any(letter.isascii() and letter.isalpha() for letter in english)
        error = json.loads(ask(*(arg.format(**places) for arg in args), "--json").stdout)
        assert {"error", "zh", "en"} <= set(error)


def leaves(group: click.Group) -> list[click.Command]:
    """Every command, those of groups too."""
    found = []
    for command in group.commands.values():
        found += leaves(command) if isinstance(command, click.Group) else [command]
    return found


def test_every_command_answers_in_json_and_asks_nothing(book: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "i.csv", INVOICES)
    asked = {
        "new": ("new", tmp_path / "n.xlsx"), "check": ("check", book), "refresh": ("refresh", book, "--as-of", AS_OF),
        "aging": ("aging", book), "call": ("call", "AR_AMOUNT_CN", "1"),
        "import": ("import", "invoices", file, "--into", book), "log": ("log", book), "adopt": ("adopt", book),
        "restore": ("restore", book, "--list"), "undo": ("undo", book), "help": ("help", "functions", "AR_AGING"),
        "excel": ("excel", "build", "--out", tmp_path / "a.xlam"), "wps": ("wps", "build", "--out", tmp_path / "wps"),
        "libreoffice": ("libreoffice", "build", "--out", tmp_path / "a.oxt"),
        "officejs": ("officejs", "guide", "--out", tmp_path / "officejs"),
        "apps-script": ("apps-script", "build", "--out", tmp_path / "script"),
    }  # fmt: skip
    runs_on = {
        "serve",
        "sync",
        "demo",
    }  # they go on until they are told to stop, or need a spreadsheet: tests of their own
    assert set(asked) == set(main.commands) - runs_on, "a command without its JSON tried here"
    assert not [command.name for command in leaves(main) if "as_json" not in {each.name for each in command.params}]
    for args in asked.values():
        result = ask(*args, "--json", input="")
        assert result.exit_code in (0, 1), result.output
        json.loads(result.stdout)
        assert len(result.stdout.strip().splitlines()) == 1
    assert set(KINDS) >= {"customers", "invoices", "receipts", "applications", "instalments", "limits", "orders"}


def test_the_installed_command_runs(book: Path) -> None:
    program = Path(sys.executable).with_name("arsheet")
    command = [str(program)] if program.exists() else [sys.executable, "-m", "arsheet.cli"]
    found = subprocess.run([*command, "aging", str(book), "--as-of", AS_OF, "--json"], capture_output=True, check=True)
    assert buckets(json.loads(found.stdout.decode("utf-8"))) == BASES["due"]
    helped = subprocess.run([*command, "--help"], capture_output=True, check=True).stdout.decode("utf-8")
    assert all(name in helped for name in main.commands)


# what accountants get wrong

MISTAKES: dict[str, list[Any]] = {
    "单据号": [None, "  INV1 ", "INV1", 20240101, 1.5, "合计", dt.date(2025, 1, 1), "'001", "=1+1", "#REF!"],
    "类型": ["红冲", "其它", "发票", None, "credit note", 7],
    "客户编码": ["C 001", "ｃ001", None, "没有这个客户", 1, "C001\n"],
    "单据日期": ["2025.2.30", "2025年3月", "昨天", 45800, "03/04/2025", None, "99999", -1, dt.date(1900, 1, 1), True],
    "到期日": ["2024-01-01", dt.date(2099, 12, 31), "月底", "0", 1e10],
    "价税合计": [
        "1,234.56元",
        "￥100",
        "(500)",
        "壹佰",
        "1.2.3",
        None,
        0,
        -100,
        0.005,
        "12.345",
        "－30",
        "1万",
        True,
    ],
    "币种": ["RMB", "人民币", "美元", "$", "XYZ", "usd"],
    "账期条款": ["月结30天", "货到付款", "100%", "30%", "net", "月结", "随便", "2/10 net 30", -30],
    "原单据号": ["INV1", "没有", "CN1"],
    "汇率": [0, -7, "七点一", 7.1],
}


def test_check_never_breaks_on_what_people_type(book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    sheet = opened["应收单"]
    header = [cell.value for cell in sheet[1]]
    good = {"单据号": "X", "类型": "应收单", "客户编码": "C001", "单据日期": dt.date(2025, 1, 1), "价税合计": 100}
    row = sheet.max_row
    while sheet.cell(row, 1).value is None:
        row -= 1
    for name, values in MISTAKES.items():
        for value in values:
            row += 1
            line = {**good, "单据号": f"X{row}", name: value}
            for key, cell in line.items():
                sheet.cell(row, header.index(key) + 1, cell)
    table = sheet.tables["Invoices"]
    last = openpyxl.utils.get_column_letter(openpyxl.utils.range_boundaries(table.ref)[2])
    table.ref = f"A1:{last}{row}"
    if table.autoFilter is not None:
        table.autoFilter.ref = table.ref
    money = opened["收款"]
    for at, line in enumerate([("R1", "x", None, None), (None, None, None, 5), ("R9", dt.date(2025, 1, 1), None, "5")]):
        for column, value in zip((1, 2, 4, 9), line, strict=True):
            money.cell(10 + at, column, value)
    opened.save(book)
    for command in ("check", "refresh"):
        result = ask(command, book, "--as-of", AS_OF, "--json")
        assert result.exit_code == 1, result.output
        found = json.loads(result.stdout)
        assert found["counts"]["error"] > 10
        for item in found["findings"]:
            assert item["zh"], item["code"]
            assert item["en"], item["code"]
            assert "{" not in item["zh"], item
            assert "{" not in item["en"], item
    assert ask("check", book, "--as-of", AS_OF).exit_code == 1
    assert "C001" in {row["客户编码"] for row in report(book, "overdue_aging")}


@pytest.mark.parametrize("amounts", [["1e18"], ["80000000000000000", "80000000000000000"]], ids=["one", "sum"])
def test_an_amount_beyond_all_money_is_left_out_and_said(tmp_path: Path, amounts: list[str]) -> None:
    rows = "".join(f"BIG{at},C1,2025-01-01,{amount}\n" for at, amount in enumerate(amounts))
    file = write(tmp_path / "l.csv", f"document_no,customer_id,document_date,amount\n{rows}OK,C1,2025-01-01,5\n")
    found = answer("aging", file, "--as-of", AS_OF, code=1)
    assert [Decimal(row[3]) for row in found["rows"]] == [5]
