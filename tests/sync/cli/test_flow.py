"""The way of a user: set up, plan, apply, people type, run, refresh; over loopback with the real client libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import Any

import pytest

from arsheet import run
from arsheet.sync.connecting import chosen, configured, connect
from arsheet.sync.job import run_job
from tests.sync.cli.conftest import CANARY, WHO, Desk


def writes(desk: Desk) -> list[Any]:
    return [each for each in desk.google.requests if each.method == "POST" and each.path.endswith(":batchUpdate")]


def test_from_setting_up_to_a_row_in_the_workbook(desk: Desk) -> None:
    assert desk.answer("status")["set_up"] is False
    assert desk.answer("plan", code=8)["error"] == "sync_not_set_up"
    said = desk.init()
    assert said["account"].endswith("gserviceaccount.com")
    assert said["agreed"].startswith(WHO)
    state = desk.answer("status")
    assert state["set_up"] is True
    assert state["targets"][0]["generation"] == 0
    before = desk.everything()
    plan = desk.answer("plan", "--detailed-exitcode", code=10)["targets"][0]
    assert plan["changed"] is True
    assert plan["totals"]["cells"] > 50
    assert {"action", "tab", "key", "column", "old", "new", "owner"} == set(plan["changes"][0])
    assert desk.everything() == before
    assert not writes(desk)

    done = desk.answer("apply")["targets"][0]
    assert done["generation"] == 1
    assert done["cells"] == plan["totals"]["cells"]
    assert desk.sheet.value("AR_数据", desk.at("000123", "单据键", "AR_数据")) == "000123"
    assert desk.value("000123", "客户名称") == CANARY
    assert desk.answer("plan", "--detailed-exitcode")["targets"][0]["totals"]["cells"] == 0

    desk.type("000123", "承诺日期", "下周五")
    desk.type("A2", "承诺日期", "看情况")
    planned = desk.answer("plan", "--detailed-exitcode", code=10)["targets"][0]
    assert {(each["action"], each["key"], each["new"]) for each in planned["changes"]} >= {
        ("pull", "000123", "下周五"), ("pull", "A2", "看情况")}  # fmt: skip
    report = desk.answer("run")
    assert report["landed"]["promises"] == 1
    assert report["refused"] == 1
    assert desk.value("000123", "系统回复").startswith("已收到")
    assert desk.value("A2", "系统回复").startswith("请更正")
    assert desk.value("000123", "承诺日期") == "下周五"
    run.refresh(desk.book)
    promises = [row for row in desk.rows("promises") if row["document_no"] == "000123"]
    assert len(promises) == 1
    state = desk.answer("status")
    assert state["waiting"] == 0
    assert state["last_run"]["exit_code"] == 0
    assert desk.answer("run")["landed"] == {}
    assert len(desk.rows("promises")) == 1


def test_an_idle_run_asks_three_times_at_most_and_writes_nothing(ready: Desk) -> None:
    said = ready.answer("run")
    asked = [each for each in ready.google.requests if each.path != "/token"]
    assert len(asked) <= 3
    assert not writes(ready)
    assert said["targets"][0]["requests"] == len(asked)


def test_a_plan_on_the_screen_is_like_terraform_and_short(desk: Desk) -> None:
    desk.init()
    shown = desk.ask("plan").stdout
    changes = [line for line in shown.splitlines() if line.startswith("  + ")]
    assert len(changes) == 20
    assert "共" in shown
    assert "见 --json" in shown
    assert "次请求" in shown
    assert "KiB" in shown
    assert "→" in changes[0]
    assert changes[0].endswith("（本程序）")


def test_a_kept_plan_is_carried_out_only_while_it_is_still_the_plan(ready: Desk) -> None:
    kept = ready.folder / "plan.json"
    session = run.open_session(ready.book)
    run.append_records(session, {"customers": [{"customer_id": "C9", "name": "新公司"}], "invoices": [
        {"document_no": "N1", "customer_id": "C9", "document_date": "2026-03-01", "amount": 5}]})  # fmt: skip
    run.save(session, "import", {})
    ready.answer("plan", "--out", kept)
    if os.name == "posix":
        assert kept.stat().st_mode & 0o077 == 0
    ready.type("A2", "下一步", "上门")
    before = ready.everything()
    assert ready.answer("apply", "--plan", kept, code=4)["targets"][0]["error"] == "sheet_changed_since_plan"
    assert ready.everything() == before

    ready.answer("plan", "--out", kept)
    session = run.open_session(ready.book)
    run.append_records(session, {"invoices": [
        {"document_no": "N2", "customer_id": "C9", "document_date": "2026-03-01", "amount": 6}]})  # fmt: skip
    run.save(session, "import", {})
    assert ready.answer("apply", "--plan", kept, code=4)["targets"][0]["error"] == "book_changed_since_plan"
    assert ready.sheet.find("AR_数据", "N1", 0) is None

    ready.answer("plan", "--out", kept)
    ready.answer("apply", "--plan", kept)
    assert ready.sheet.find("AR_数据", "N1", 0) is not None
    kept.write_text("{}", "utf-8")
    assert ready.answer("apply", "--plan", kept, code=2)["error"] == "plan_not_readable"


def test_apply_asks_first(desk: Desk) -> None:
    desk.init()
    before = desk.everything()
    refused = desk.ask("apply", input="n\n")
    assert refused.exit_code == 0
    assert "执行以上计划" in refused.stdout
    assert desk.everything() == before
    assert desk.ask("apply", input="y\n").exit_code == 0
    assert "AR_跟进" in desk.sheet.tabs


def test_what_people_typed_is_carried_out_as_it_was_shown(ready: Desk) -> None:
    ready.type("000123", "承诺日期", "2026-12-25")
    said = ready.ask("apply", input="y\n")
    assert said.exit_code == 0, said.output
    assert "系统回复：（空） → 已收到：承诺 2026-12-25" in said.output
    assert [row["document_no"] for row in ready.rows("promises")] == ["000123"]
    ready.type("B1", "承诺日期", "2026-12-26")
    kept = ready.folder / "plan.json"
    ready.answer("plan", "--out", kept)
    ready.answer("apply", "--plan", kept)
    assert [row["document_no"] for row in ready.rows("promises")] == ["000123", "B1"]


def test_pull_leaves_the_sheet_and_push_leaves_the_workbook(ready: Desk) -> None:
    ready.type("000123", "承诺日期", "2026-12-25")
    book, sheet = ready.digest(), ready.everything()
    pushed = ready.answer("push")
    assert ready.digest() == book
    assert pushed["waiting"] == 1
    assert ready.answer("status")["waiting"] == 1
    assert ready.everything() != sheet  # the answer
    sheet = ready.everything()
    ready.type("B1", "承诺日期", "2026-12-26")
    sheet = ready.everything()
    ready.google.requests.clear()
    pulled = ready.answer("pull")
    assert not writes(ready)
    assert ready.everything() == sheet
    assert pulled["landed"]["promises"] == 2
    assert {row["document_no"] for row in ready.rows("promises")} == {"000123", "B1"}


def test_a_workbook_that_is_open_elsewhere_does_not_stop_the_job(ready: Desk) -> None:
    owner = ready.book.with_name(f"~${ready.book.name}")
    owner.write_bytes(b"\x04Wang")
    ready.type("000123", "承诺日期", "2026-12-25")
    book = ready.digest()
    said = ready.answer("run")
    assert said["targets"][0]["opened"] is True
    assert said["waiting"] == 1
    assert said["held"]["error"] == "workbook_open_elsewhere"
    assert ready.digest() == book
    assert "待写入" in ready.value("000123", "系统回复")
    owner.unlink()
    assert ready.answer("run")["landed"]["promises"] == 1


def test_a_target_is_chosen_by_name_or_id(ready: Desk) -> None:
    other = ready.google.books.create("张三的跟进", share=[ready.answer("init", "--spreadsheet", ready.sheet.url,
                                      "--agree", WHO)["account"]])  # fmt: skip
    ready.answer("init", "--spreadsheet", other.id, "--kind", "person", "--scope", "张三", "--agree", WHO)
    assert [each["name"] for each in ready.answer("plan")["targets"]] == ["总览", "张三"]
    assert [each["name"] for each in ready.answer("plan", "--target", "张三")["targets"]] == ["张三"]
    assert [each["name"] for each in ready.answer("plan", "--target", other.url)["targets"]] == ["张三"]
    assert ready.answer("plan", "--target", "王五", code=2)["error"] == "target_unknown"
    ready.answer("apply", "--target", "张三")
    keys = {row[0] for row in other.values("AR_数据")[1:]}
    assert keys == {"000123", "A2"}


def test_one_target_that_fails_does_not_keep_the_others_from_theirs(ready: Desk) -> None:
    other = ready.google.books.create("另一张", share=["somebody@example.com"])
    ready.answer("init", "--spreadsheet", other.id, "--kind", "shared", "--agree", WHO)
    ready.type("000123", "承诺日期", "2026-12-25")
    said = ready.answer("run", code=5)
    assert [each["exit_code"] for each in said["targets"]] == [0, 5]
    assert said["targets"][1]["error"] == "not_shared"
    assert said["landed"]["promises"] == 1


def test_two_runs_at_once_are_impossible(ready: Desk) -> None:
    setup = configured(ready.book)
    met, go_on, found = threading.Event(), threading.Event(), []

    def held(step: str) -> None:
        if step == "read":
            met.set()
            go_on.wait(30)

    def first() -> None:
        found.append(run_job(ready.book, chosen(setup), lambda: connect(setup), hooks=held))

    running = threading.Thread(target=first)
    running.start()
    try:
        assert met.wait(30)
        command = [
            sys.executable,
            "-c",
            "from arsheet.cli import main; main()",
            "sync",
            "run",
            str(ready.book),
            "--json",
        ]
        second = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    finally:
        go_on.set()
        running.join(30)
    assert second.returncode == 7, second.stdout + second.stderr
    assert json.loads(second.stdout)["error"] == "sync_running"
    assert found[0].exit_code == 0
    assert ready.answer("run")["exit_code"] == 0


def test_setting_up_asks_for_what_is_not_given(desk: Desk) -> None:
    said = [WHO, desk.sheet.url, "overview", "service_account", str(desk.key), desk.google.base_url]
    result = desk.ask("init", input="\n".join(said) + "\n")
    assert result.exit_code == 0, result.output
    assert "数据出境" in result.output
    assert "leave the country" in result.output
    assert "gserviceaccount.com" in result.output
    assert desk.answer("plan")["targets"][0]["changed"] is True


def test_who_agrees_in_the_command_is_told_what_to_as_well(desk: Desk) -> None:
    sheet, relay = desk.sheet.url, desk.google.base_url
    said = desk.ask("init", "--spreadsheet", sheet, "--credentials", desk.key, "--relay", relay, "--agree", WHO)
    assert said.exit_code == 0
    assert said.stdout.count("数据出境") == 1
    assert said.stdout.count("leave the country") == 1
    said = desk.init()
    assert "数据出境" in said["advice_zh"]
    assert "leave the country" in said["advice_en"]


def test_another_spreadsheet_leaves_the_phones_as_they_are_set(desk: Desk) -> None:
    desk.init("--phones")
    assert configured(desk.book).phones
    other = desk.google.books.create("另一张", share=["somebody@example.com"])
    desk.answer("init", "--spreadsheet", other.id, "--agree", WHO)
    assert configured(desk.book).phones
    assert run.log(desk.book)[-1].arguments["phones"] is True
    desk.init("--no-phones")
    assert not configured(desk.book).phones


def test_who_agreed_is_kept_in_the_settings_and_in_the_record(desk: Desk) -> None:
    desk.init()
    assert configured(desk.book).agreed.startswith(WHO)
    action = run.log(desk.book)[-1]
    assert action.action == "sync_init"
    assert action.arguments["agreed_by"] == WHO
    assert action.arguments["data_leave_the_country"] is True
    assert not configured(desk.book).phones
    run.undo(desk.book)
    assert desk.answer("plan", code=8)["error"] == "sync_not_set_up"


def test_setting_up_again_changes_the_row(desk: Desk) -> None:
    assert desk.init()["new"] is True
    assert desk.init("--kind", "person", "--scope", "张三", "--mail", "zhang@example.com")["new"] is False
    rows = desk.rows("sync_targets")
    assert [(row["kind"], row["scope"], row["mail"]) for row in rows] == [("person", "张三", "zhang@example.com")]


@pytest.mark.parametrize(
    ("args", "error", "code"),
    [
        (("--spreadsheet", "我的表格"), "spreadsheet_id_not_understood", 2),
        (("--agree", " "), "agreement_missing", 2),
        (("--kind", "person"), "scope_does_not_fit_kind", 2),
        (("--kind", "overview", "--scope", "张三"), "scope_does_not_fit_kind", 2),
        (("--tabs", "银行账户"), "tab_unknown", 2),
        (("--relay", "http://relay.example.com"), "relay_refused", 8),
        (("--credentials", "/nowhere/key.json"), "key_file_not_found", 8),
        (("--sign-in", "/nowhere/app.json"), "sign_in_needs_a_person", 2),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_written(
    desk: Desk, args: tuple[str, ...], error: str, code: int
) -> None:
    before = desk.digest()
    said = desk.init(*args, code=code)
    assert said["error"] == error
    assert said["zh"]
    assert said["en"]
    assert desk.digest() == before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_help_names_every_command(language: str) -> None:
    from click.testing import CliRunner

    from arsheet.cli import main

    page = CliRunner().invoke(main, ["help", "sync", "--lang", language]).stdout
    sync = main.commands["sync"]
    for name in sync.commands:  # type: ignore[attr-defined]
        assert f"arsheet sync {name}" in page or f"`{name} BOOK`" in page, name


def test_a_plan_says_dates_as_dates_and_a_row_of_answers_or_conflicts_in_one_line(ready: Desk) -> None:
    due = ready.at("000123", "到期日", "AR_数据")
    ready.sheet.type("AR_数据", due, "2026-12-01")
    ready.type("000123", "承诺日期", "2026-12-10")
    lines = ready.ask("plan").stdout.splitlines()
    assert "  ~ AR_数据 · 000123 · 到期日：2026-12-01 → 2026-02-04（本程序）" in lines
    assert len([line for line in lines if line.startswith("  + 同步冲突")]) == 1
    answers = [line for line in lines if "AR_回复" in line and line.startswith("  + ")]
    assert len(answers) == 1
    assert answers[0].startswith("  + AR_回复 · 000123 · 系统回复：（空） → 已收到")
    order = [line.strip()[0] for line in lines if line.startswith("  ")]
    assert order.index("<") < order.index("~")
    changes = ready.answer("plan")["targets"][0]["changes"]
    pushed = {(each["tab"], each["column"]): each["old"] for each in changes if each["action"] == "push"}
    assert pushed["AR_数据", "due_date"] == "2026-12-01"
    assert len([each for each in changes if each["tab"] == "AR_回复"]) > 1  # all cells


def test_a_cell_typed_over_is_one_conflict_though_a_look_up_shows_it_too(ready: Desk) -> None:
    ready.sheet.type("AR_数据", ready.at("B1", "未收金额", "AR_数据"), "999")
    ready.sheet.type("AR_跟进", ready.at("A2", "未收金额"), "777")
    changes = ready.answer("plan")["targets"][0]["changes"]
    met = {(each["tab"], each["key"], each["old"], each["new"]) for each in changes if each["action"] == "conflict"}
    assert met == {("AR_数据", "B1", "999", "1200.5"), ("AR_跟进", "A2", "777", "8000")}
    assert ready.answer("apply")["targets"][0]["conflicts"] == 2
    assert ready.value("B1", "未收金额") == 1200.5
    assert ready.value("A2", "未收金额") == 8000
    assert len(ready.sheet.values("同步冲突")) == 3
    assert ready.answer("apply")["targets"][0]["cells"] == 0
