"""A spreadsheet whose older version was restored: nothing in the workbook is undone, and a person sees it first."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from arsheet.sync.connecting import chosen, configured, connect
from arsheet.sync.job import Ways, run_job
from tests.sync.cli.conftest import Desk

OLDER = "restored_version"


class Killed(Exception):
    pass


def dies(at: str) -> Callable[[str], None]:
    def hooks(step: str) -> None:
        if step == at:
            raise Killed

    return hooks


def version_of(desk: Desk) -> dict[str, Any]:
    """The spreadsheet as its version history keeps it: cells and marker."""
    return copy.deepcopy(vars(desk.sheet.book))


def restore(desk: Desk, version: dict[str, Any]) -> None:
    vars(desk.sheet.book).update(copy.deepcopy(version))


def told(plan: Any) -> dict[tuple[str, str], tuple[Any, Any]]:
    """What is put back: (key, column) -> what stands there, what comes back."""
    return {(each["key"], each["column"]): (each["old"], each["new"])
            for each in plan["changes"] if each["action"] == "conflict" and each["owner"] == OLDER}  # fmt: skip


@pytest.fixture
def before(ready: Desk) -> dict[str, Any]:
    """An older version; since then one promise was moved, one next action taken away, two things typed anew."""
    ready.type("A2", "承诺日期", "2026-12-10")
    ready.type("000123", "下一步", "上门")
    ready.answer("apply")
    version = version_of(ready)
    ready.type("A2", "承诺日期", "2026-12-20")
    ready.sheet.clear("AR_跟进", ready.at("000123", "下一步"))
    ready.type("000123", "争议说明", "质量问题")
    ready.type("B1", "状态", "拒付")
    ready.answer("apply")
    return version


def rows(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    return {table: desk.rows(table) for table in ("promises", "disputes", "activities")}


BACK = {
    ("A2", "promised_for"): ("2026-12-10", "2026-12-20"),
    ("000123", "next_action"): ("上门", None),
    ("000123", "dispute"): (None, "质量问题"),
    ("B1", "state"): (None, "拒付"),
}


def test_what_is_older_comes_back_from_the_journal_and_what_is_new_is_taken_over(
    ready: Desk, before: dict[str, Any]
) -> None:
    in_book, now = rows(ready), ready.answer("status")["targets"][0]["generation"]
    restore(ready, before)
    refused = ready.ask("plan")
    assert refused.exit_code == 4
    assert "plan --accept-sheet" in refused.output

    ready.type("B1", "承诺日期", "2026-12-28")
    sheet = ready.everything()
    plan = ready.answer("plan", "--accept-sheet")["targets"][0]
    assert plan["restored"] is True
    assert told(plan) == BACK
    assert plan["totals"]["conflicts"] == len(BACK)
    pulled = [(each["key"], each["new"]) for each in plan["changes"] if each["action"] == "pull"]
    assert pulled == [("B1", "2026-12-28")]
    shown = ready.ask("apply", "--accept-sheet", input="n\n").output
    assert "旧版本" in shown
    assert "! AR_跟进 · A2 · 承诺日期：2026-12-10 → 2026-12-20" in shown
    assert "执行以上计划" in shown
    assert ready.everything() == sheet
    assert ready.answer("apply", code=4)["targets"][0]["error"] == "sheet_is_older"  # nothing has been accepted yet

    assert ready.ask("apply", "--accept-sheet", input="y\n").exit_code == 0
    assert ready.value("A2", "承诺日期") == "2026-12-20"
    assert not ready.value("000123", "下一步")
    assert ready.value("000123", "争议说明") == "质量问题"
    assert ready.value("B1", "状态") == "拒付"
    listed = {(row[3], row[4]): (row[7] or None, row[6] or None) for row in ready.sheet.values("同步冲突")[1:]}
    assert listed == dict(zip((("A2", "承诺日期"), ("000123", "下一步"), ("000123", "争议说明"), ("B1", "状态")),
                              BACK.values(), strict=True))  # fmt: skip
    after = rows(ready)
    assert [row for row in after["promises"] if row["document_no"] == "A2"] == [
        row for row in in_book["promises"] if row["document_no"] == "A2"]  # fmt: skip
    assert [row["document_no"] for row in after["promises"]].count("B1") == 1
    assert after["disputes"] == in_book["disputes"]
    assert after["activities"] == in_book["activities"]
    ready.answer("apply")
    last = ready.answer("apply")["targets"][0]
    assert last["cells"] == 0
    assert last["generation"] > now
    assert rows(ready) == after


@pytest.mark.parametrize(("step", "again"), [("entries", True), ("planned", True), ("applied", False)])
def test_a_run_that_ends_anywhere_does_not_make_old_cells_look_emptied(
    ready: Desk, before: dict[str, Any], step: str, again: bool
) -> None:
    in_book, setup = rows(ready), configured(ready.book)
    restore(ready, before)
    with pytest.raises(Killed):
        run_job(ready.book, chosen(setup), lambda: connect(setup), ways=Ways(accept_sheet=True), hooks=dies(step))
    if again:
        assert ready.answer("apply", code=4)["targets"][0]["error"] == "sheet_is_older"
        ready.answer("apply", "--accept-sheet")
    ready.answer("apply")
    assert ready.value("A2", "承诺日期") == "2026-12-20"
    assert ready.value("B1", "状态") == "拒付"
    assert rows(ready) == in_book


def test_nothing_is_accepted_while_the_tab_of_people_is_stopped(ready: Desk, before: dict[str, Any]) -> None:
    in_book = rows(ready)
    restore(ready, before)
    ready.sheet.duplicate_row("AR_跟进", 1)
    sheet = ready.everything()
    assert ready.answer("apply", "--accept-sheet", code=4)["targets"][0]["stopped"] == ["AR_跟进"]
    assert ready.everything() == sheet
    ready.sheet.delete_rows("AR_跟进", 2)
    assert ready.answer("apply", code=4)["targets"][0]["error"] == "sheet_is_older"
    ready.answer("apply", "--accept-sheet")
    assert ready.value("A2", "承诺日期") == "2026-12-20"
    assert rows(ready) == in_book


def test_rows_that_the_old_version_lacks_come_back_with_what_was_typed_in_them(ready: Desk) -> None:
    ready.type("B1", "下一步", "上门")
    ready.answer("apply")
    version = version_of(ready)
    ready.sheet.delete_rows("AR_跟进", ready.at("B1", "单据号")[0])
    ready.answer("apply")
    assert ready.value("B1", "下一步") == "上门"  # put back once; who deletes it again is heeded
    restore(ready, version)
    ready.sheet.delete_rows("AR_跟进", ready.at("B1", "单据号")[0])
    ready.answer("apply", "--accept-sheet")
    assert ready.value("B1", "下一步") == "上门"
