"""Customers that change hands and come back, and a scope that fits nobody: no note is lost, no sheet is emptied."""

from __future__ import annotations

from typing import Any

import pytest

from arsheet.run.session import open_session
from arsheet.sync.emulator import SERVICE_ACCOUNT, Person
from tests.sync.cli.conftest import WHO, Desk

TYPED = ("状态", "下一步", "争议说明")


@pytest.fixture
def two(desk: Desk) -> tuple[Desk, Person]:
    """Spreadsheets of 张三 (the desk's) and 李四, published once."""
    second = desk.google.books.create("李四", share=[SERVICE_ACCOUNT, "sales@example.com"])
    desk.init("--kind", "person", "--scope", "张三")
    desk.answer("init", "--spreadsheet", second.url, "--kind", "person", "--scope", "李四", "--agree", WHO)
    desk.answer("apply")
    return desk, second


def give(desk: Desk, customer: str, salesperson: str) -> None:
    """What somebody at the workbook does."""
    session = open_session(desk.book)
    found = session.tables["customers"]
    assert found.place is not None
    row, at = list(found.column("customer_id")).index(customer), found.header.index("salesperson")
    session.host.set_cells("客户", {found.place.cell(row, at): salesperson})
    session.host.save()


def seen(sheet: Person, key: str) -> dict[str, Any]:
    """What a row of the follow-up shows of people's cells."""
    header, *rows = sheet.values("AR_跟进")
    row = next(row for row in rows if row[0] == key)
    return {name: (*row, *[""] * len(header))[header.index(name)] for name in TYPED}


def test_a_customer_that_goes_and_comes_back_has_its_notes_again(two: tuple[Desk, Person]) -> None:
    desk, second = two
    desk.type("A2", "状态", "已联系")
    desk.type("A2", "下一步", "电话回访")
    desk.type("A2", "争议说明", "少发两件")
    desk.answer("apply")
    notes = seen(desk.sheet, "A2")
    gone = {"状态": "已移交", "下一步": "", "争议说明": ""}
    give(desk, "C1", "李四")
    desk.answer("apply")
    assert seen(desk.sheet, "A2") == seen(desk.sheet, "000123") == gone
    assert seen(second, "A2") == notes
    there = second.as_("sales@example.com")
    at = second.find("AR_跟进", "A2", 0)
    assert at is not None
    there.type("AR_跟进", (at[0], second.values("AR_跟进")[0].index("下一步")), "上门拜访")
    desk.answer("apply")
    give(desk, "C1", "张三")
    desk.answer("apply")
    assert seen(desk.sheet, "A2") == {**notes, "下一步": "上门拜访"}
    assert seen(desk.sheet, "000123") == dict.fromkeys(TYPED, "")
    assert seen(second, "A2") == seen(second, "000123") == gone
    assert [each["cells"] for each in desk.answer("apply")["targets"]] == [0, 0]
    give(desk, "C1", "李四")
    desk.answer("apply")
    assert seen(second, "A2") == {**notes, "下一步": "上门拜访"}


def test_what_is_typed_as_the_row_comes_back_stays(two: tuple[Desk, Person]) -> None:
    desk, _ = two
    desk.type("A2", "状态", "已联系")
    desk.type("A2", "下一步", "电话回访")
    desk.answer("apply")
    give(desk, "C1", "李四")
    desk.answer("apply")
    give(desk, "C1", "张三")
    desk.type("A2", "状态", "拒付")
    desk.answer("apply")
    assert seen(desk.sheet, "A2") == {"状态": "拒付", "下一步": "电话回访", "争议说明": ""}
    assert [row["note"] for row in desk.rows("activities")][-1] == "状态：拒付"


def test_a_word_of_the_persons_own_is_not_taken_for_the_jobs(ready: Desk) -> None:
    ready.type("A2", "状态", "已移交")
    for _ in range(2):
        ready.answer("apply")
    assert seen(ready.sheet, "A2")["状态"] == "已移交"


def test_a_misspelt_scope_leaves_the_sheet_as_it_is(desk: Desk) -> None:
    desk.init("--kind", "person", "--scope", "张三")
    desk.answer("apply")
    desk.type("A2", "下一步", "电话回访")
    desk.answer("apply")
    before = desk.everything()
    desk.init("--kind", "person", "--scope", "张山")
    for command in ("plan", "apply", "run"):
        result = desk.ask(command)
        assert result.exit_code == 8, result.output
        assert "范围“张山”没有对应的客户" in result.output
        assert "没有在线表格的业务员：张三" in result.output
    assert desk.everything() == before
    faults = [each for each in desk.answer("doctor", code=8)["checks"] if each["state"] == "error"]
    assert [each["code"] for each in faults] == ["scope_matches_no_customer"]
    assert "错字、改名" in faults[0]["cure_zh"]
    assert "new name" in faults[0]["cure_en"]
    desk.init("--kind", "person", "--scope", "张三")
    assert desk.answer("apply")["targets"][0]["cells"] == 0
    assert seen(desk.sheet, "A2")["下一步"] == "电话回访"
