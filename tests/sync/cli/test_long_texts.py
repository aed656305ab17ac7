"""A text too long for what it makes elsewhere stops nothing: it is told with its cell, and the others go on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from arsheet.sync.emulator import SERVICE_ACCOUNT
from arsheet.sync.side import LONGEST_ENTRY
from tests.sync.cli.conftest import Desk
from tests.sync.followup_book import entry, keep, kept

LONG = "长" * 49_995


def only(said: Any) -> Any:
    """The one target of a run."""
    (target,) = said["targets"]
    assert "error" not in target, target
    return target


def test_a_long_text_is_told_with_its_cell_and_the_others_are_taken_over(ready: Desk) -> None:
    ready.type("A2", "争议说明", LONG)
    ready.type("B1", "承诺日期", (dt.date.today() + dt.timedelta(20)).isoformat())
    ready.type("B1", "承诺金额", "100")
    done = ready.answer("apply")
    row, column = ready.at("A2", "争议说明")
    cell = f"{'ABCDEFGHIJKLMNOP'[column]}{row + 1}"
    (found,) = only(done)["findings"]
    assert (found["code"], found["cell"], found["severity"]) == ("sheet_entry_too_long", cell, "warning")
    assert "49,995" in found["zh"]
    assert "在线表格" in found["hint_zh"]
    assert done["waiting"] == 0
    assert {each.row_key for each in kept(ready.book)} == {"B1"}
    assert ready.value("A2", "争议说明") == LONG
    (invalid,) = ready.answer("plan")["targets"][0]["invalid"]
    assert invalid["cell"] == cell
    assert len(str(invalid)) < 1000


@pytest.mark.parametrize("length", [LONGEST_ENTRY, LONGEST_ENTRY + 1])
def test_a_text_is_taken_over_once_it_is_short_enough(ready: Desk, length: int) -> None:
    ready.type("A2", "争议说明", "长" * length)
    ready.answer("apply")
    assert len(ready.rows("disputes")) == (length <= LONGEST_ENTRY)
    ready.type("A2", "争议说明", "质量问题")
    ready.answer("apply")
    assert ready.rows("disputes")[-1]["note"] == "质量问题"
    ready.answer("apply")
    assert ready.value("A2", "系统回复").startswith("已收到：争议 8,000.00 CNY")


def test_what_an_earlier_version_took_over_does_not_stop_the_sheet(ready: Desk) -> None:
    """Its answer has no cell that would hold the key, and is left out; the others are given."""
    sheet = only(ready.answer("plan"))["spreadsheet"]
    long = [entry("A2", name, LONG, sheet=sheet) for name in ("dispute", "next_action")]
    at = "2026-03-04T09:10:00+08:00"
    keep(ready.book, [*long, dataclasses.replace(entry("A2", "next_action", None, old=LONG, sheet=sheet), read_at=at)])
    ready.type("B1", "状态", "已联系")
    for _ in range(2):
        assert only(ready.answer("apply"))["exit_code"] == 0
    assert ready.value("B1", "系统回复").startswith("已收到")
    assert [row[1] for row in ready.sheet.values("AR_回复")[1:]] == ["B1"]
    assert {each.state for each in kept(ready.book)} == {"landed"}
    assert max(len(str(row["note"])) for row in ready.rows("activities")) < 32_767


def test_a_row_of_nobody_with_long_texts_is_listed_in_short(ready: Desk) -> None:
    rows = len(ready.sheet.values("AR_跟进"))
    ready.sheet.type("AR_跟进", (rows, 0), "ZZZ")
    for column in ("争议说明", "下一步"):
        ready.sheet.type("AR_跟进", (rows, ready.at("A2", column)[1]), LONG)
    assert only(ready.answer("apply"))["unmatched"] == 1
    assert "长长" in str(ready.sheet.values("同步冲突")[1])


def test_what_waits_enters_the_workbook_though_every_sheet_fails(ready: Desk) -> None:
    sheet = only(ready.answer("plan"))["spreadsheet"]
    keep(ready.book, [entry("B1", "state", "已联系", sheet=sheet)])
    ready.sheet.unshare(SERVICE_ACCOUNT)
    done = ready.answer("run", code=5)
    assert (done["landed"], done["waiting"]) == ({"activities": 1}, 0)
    assert done["targets"][0]["error"] == "not_shared"


def test_nothing_enters_a_workbook_whose_journal_is_that_of_another(ready: Desk) -> None:
    sheet = only(ready.answer("plan"))["spreadsheet"]
    keep(ready.book, [entry("B1", "state", "已联系", sheet=sheet)])
    other = ready.book.with_name("副本.xlsx")
    other.write_bytes(ready.book.read_bytes())
    before = other.read_bytes()
    ready.book = other
    assert ready.ask("run", "--json").exit_code == 4
    assert other.read_bytes() == before
