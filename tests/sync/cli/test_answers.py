"""The answers of a run say what its own landing did: nobody waits a period for 已收到 without 待写入."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.sync.cli.conftest import Desk

LATER = (dt.date.today() + dt.timedelta(20)).isoformat()


def about(desk: Desk) -> str:
    return next(str(row[1]) for row in desk.sheet.values("AR_说明") if row[0] == "待写入")


def test_the_answer_says_that_it_is_written_in_the_same_run(ready: Desk) -> None:
    ready.type("A2", "承诺日期", LATER)
    ready.type("B1", "承诺日期", "月底")
    done = ready.answer("run")
    assert done["waiting"] == 0
    assert "待写入" not in ready.value("B1", "系统回复")
    assert about(ready) == "待写入 0 条"
    assert ready.value("B1", "最近承诺")  # what has entered the workbook is published at once
    ready.google.requests.clear()
    again = ready.answer("run")["targets"][0]
    assert (again["cells"], again["requests"] <= 3) == (0, True)


@pytest.mark.parametrize("state", ["busy", "not landed"])
def test_what_goes_on_waiting_says_so(ready: Desk, state: str) -> None:
    """A workbook that is open, or a push that does not write it: one pass only."""
    ready.type("B1", "承诺日期", LATER)
    if state == "busy":
        ready.book.with_name(f"~${ready.book.name}").write_bytes(b"\x05user" + b" " * 160)
    done = ready.answer("run" if state == "busy" else "push")
    assert done["waiting"] == 1
    assert ready.value("B1", "系统回复").endswith("（待写入工作簿）")
    assert done["targets"][0]["requests"] <= 6


def test_a_run_in_which_nobody_typed_is_one_pass(ready: Desk) -> None:
    ready.answer("run")
    book = ready.book.read_bytes()
    done = ready.answer("run")
    assert done["targets"][0]["requests"] <= 3
    assert ready.book.read_bytes() == book


def test_under_an_agreed_plan_nothing_else_is_written(ready: Desk) -> None:
    ready.type("B1", "承诺日期", LATER)
    plan = ready.folder / "plan.json"
    ready.ask("plan", "--out", plan)
    done = ready.answer("apply", "--plan", plan)
    assert (done["waiting"], done["targets"][0]["requests"] <= 6) == (0, True)
    assert ready.value("B1", "系统回复").endswith("（待写入工作簿）")
    ready.answer("run")
    assert not ready.value("B1", "系统回复").endswith("（待写入工作簿）")
