"""What people see of the findings: never a false pointer, and never without what concerns the whole workbook."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.cli.books import answer, ask, blank, write
from tests.run.helping import make_book

BAD = 30


@pytest.fixture
def troubled(tmp_path: Path) -> Path:
    """The sample book: some sixty kinds of mistakes, most of them once."""
    return make_book(tmp_path)


def lines(*args: object) -> list[str]:
    """What a command prints, by line."""
    return ask(*args).stdout.splitlines()


def test_every_finding_is_shown_on_request(troubled: Path) -> None:
    count = len(answer("check", troubled, code=1)["findings"])
    some = lines("check", troubled)
    every = lines("check", troubled, "--all")
    assert len(every) == count + 1
    assert len(some) < len(every)
    shown = len(some) - 2
    assert some[-1] == f"… 另有 {count - shown} 条：加 --all 全部列出"


def test_only_after_a_refresh_the_sheet_of_checks_is_named(troubled: Path) -> None:
    said = lines("refresh", troubled)
    assert any("另有" in line and "“检查”" in line for line in said)
    findings = answer("refresh", troubled, code=1)["findings"]
    sheet = openpyxl.load_workbook(troubled)["检查"]
    told = [row for row in sheet.iter_rows(min_row=6, values_only=True) if row[4]]
    assert len(told) == len(findings)
    assert not [line for line in lines("check", troubled) if "检查”" in line]
    listed = lines("refresh", troubled, "--all")
    assert not [line for line in listed if "另有" in line]


def test_an_import_says_how_to_see_the_rest(empty: Path, tmp_path: Path) -> None:
    rows = "".join(f"A{at},C1,2025-01-01,待定\n" for at in range(BAD))
    file = write(tmp_path / "bad.csv", "单据号,客户编码,单据日期,价税合计\n" + rows)
    said = ask("import", "invoices", file, "--into", empty, "--yes").stdout
    assert f"另有 {BAD - 2} 条：加 --dry-run --all 全部列出" in said
    assert "检查" not in said
    every = ask("import", "invoices", file, "--into", empty, "--dry-run", "--all").stdout
    assert every.count("“待定”") == BAD


def test_a_copy_is_said_before_the_errors(troubled: Path, tmp_path: Path) -> None:
    ask("refresh", troubled)
    copy = tmp_path / "elsewhere" / "b.xlsx"
    copy.parent.mkdir()
    shutil.copy(troubled, copy)
    said = lines("check", copy)
    assert "没有自己日志的副本" in said[1]
    for args in (("log",), ("restore", "--list"), ("undo",), ("undo", "--redo"), ("restore", "--to", "1", "--yes")):
        result = ask(args[0], copy, *args[1:])
        assert result.exit_code == (0 if args in (("log",), ("restore", "--list")) else 4)
        assert "没有自己日志的副本" in result.output, args
        assert "without a journal" in result.output, args
    assert [each["code"] for each in answer("log", copy)["journal"]] == ["workbook_has_no_journal"]
    assert [each["code"] for each in answer("restore", copy, "--list")["journal"]] == ["workbook_has_no_journal"]
    assert answer("log", troubled)["journal"] == []


@pytest.mark.parametrize("args", [("log",), ("restore", "--list")])
def test_nothing_done_yet_is_said(tmp_path: Path, args: tuple[str, ...]) -> None:
    book = tmp_path / "new.xlsx"
    book.write_bytes(blank("zh"))
    assert ask(args[0], book, *args[1:]).stdout.startswith(("还没有记录", "没有保留的版本"))


def test_formulas_not_updated_are_named(empty: Path) -> None:
    wb = openpyxl.load_workbook(empty)
    sheet = wb.create_sheet("我的")
    for row in range(1, 8):
        sheet.cell(row, 1).value = '=AR_BALANCE("C001")+1'
    wb.save(empty)
    said = ask("refresh", empty).stdout
    assert "未更新 7 个：我的!A1、我的!A2、我的!A3、我的!A4、我的!A5 … (7)" in said


@pytest.mark.parametrize("form", ["table", "csv"])
def test_aging_says_what_its_figures_leave_out(troubled: Path, form: str) -> None:
    said = ask("aging", troubled, "--format", form)
    told = said.stdout if form == "table" else said.stderr
    assert "错误 " in told
    assert "加 --format json 全部列出" in told
    assert form == "table" or "错误" not in said.stdout
