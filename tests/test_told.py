"""What check and refresh tell beside the figures: formulas not updated, and what a save had to take away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.filters import FilterColumn, Filters

from arsheet.cli import main
from arsheet.cli.show import saved_lines
from arsheet.hosts.protocol import SaveReport
from tests.run.helping import make_book


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path)


def ask(*args: Any) -> Any:
    """The JSON of a command."""
    done = CliRunner().invoke(main, [*map(str, args), "--json"])
    assert done.exit_code in (0, 1), done.output
    return json.loads(done.stdout)


def test_check_tells_of_the_formulas_that_a_refresh_would_not_update(book: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.xlsx"
    made = openpyxl.load_workbook(book)
    sheet = made.create_sheet("我的")
    sheet["A1"], sheet["A2"] = '=AR_BALANCE("C001")', '=AR_BALANCE("C001")+1'
    made.save(mine)
    before = mine.read_bytes()
    said = ask("check", mine)
    assert said["ar_cells"]["not_updated"] == ["我的!A2"]
    assert "我的!A2" in {f"{each['sheet']}!{each['cell']}" for each in said["findings"]}
    assert mine.read_bytes() == before
    assert not (tmp_path / "mine.arsheet").exists()
    after = ask("refresh", mine)
    assert after["ar_cells"] == said["ar_cells"]
    assert [each["code"] for each in after["findings"]] == [each["code"] for each in said["findings"]]


def test_what_a_refresh_took_away_is_said(book: Path, tmp_path: Path) -> None:
    """A filter that would hide rows, and the link of a row that is gone."""
    mine = tmp_path / "mine.xlsx"
    ask("refresh", book, "--as-of", "2026-03-31")
    made = openpyxl.load_workbook(book)
    sheet = made["未清项"]
    table = sheet.tables["OpenItems"]
    sheet[f"A{sheet.max_row}"].hyperlink = "https://example.com/"
    table.autoFilter.filterColumn.append(FilterColumn(colId=0, filters=Filters(filter=[str(sheet["A6"].value)])))
    made.save(mine)
    said = ask("refresh", mine, "--as-of", "2025-01-01")
    assert said["dropped_links"] == [f"未清项!A{sheet.max_row}"]
    assert said["cleared_filters"] == ["OpenItems"]
    report = SaveReport(
        dropped_links=("未清项!A9",), cleared_filters=("OpenItems",), dependents=tuple("ABCDEF"),
        dropped_columns={"OverdueAging": ("91天以上",)},
    )  # fmt: skip
    told = {"zh": ("超链接", "筛选", "旧结果", "91天以上"), "en": ("hyperlink", "filter", "keep", "91天以上")}
    for language, words in told.items():
        lines = "\n".join(saved_lines(report, language))
        assert all(word in lines for word in words)
        assert "… (6)" in lines
