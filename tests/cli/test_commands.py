"""Every command: answers in JSON, exit codes and words of refusals, and what accountants get wrong."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest

from arsheet.cli import KINDS, main
from tests.cli.books import (
    AS_OF,
    BASES,
    INVOICES,
    answer,
    ask,
    buckets,
    digest,
    report,
    write,
)


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
