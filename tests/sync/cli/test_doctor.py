"""The diagnosis: each fault is found, with its cause, its cure in both languages, and its exit code."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from arsheet.run.session import system_clock
from arsheet.sync.doctor import Checked, examine, exit_code
from arsheet.sync.doctor_words import WORDS
from arsheet.sync.emulator import SERVICE_ACCOUNT, Fault
from arsheet.sync.log import RunLog
from tests.sync.cli.conftest import WHO, Desk


def found(desk: Desk, *args: Any, code: int = 0) -> dict[str, dict[str, Any]]:
    """By code."""
    said = desk.answer("doctor", *args, code=code)
    assert said["exit_code"] == code
    return {each["code"]: each for each in said["checks"]}


def test_a_sync_that_is_well(ready: Desk) -> None:
    ready.answer("run")
    said = found(ready)
    assert {each["state"] for each in said.values()} <= {"good", "note"}
    assert {"book", "agreed", "login", "way_relay", "clock", "reached", "seen_overview", "cells", "tabs", "quota",
            "runs"} <= set(said)  # fmt: skip
    assert SERVICE_ACCOUNT in said["reached"]["zh"]
    assert WHO in said["agreed"]["zh"]
    shown = ready.ask("doctor")
    assert shown.exit_code == 0
    assert "✓" in shown.stdout
    assert not [each for each in ready.google.requests if each.path.endswith(":batchUpdate") and each.status == 0]


def test_every_word_is_there_in_both_languages() -> None:
    for code, (zh, en, cure_zh, cure_en) in WORDS.items():
        assert zh, code
        assert en, code
        assert bool(cure_zh) == bool(cure_en), code


def test_not_set_up(desk: Desk) -> None:
    assert "arsheet sync init" in found(desk, code=8)["sync_not_set_up"]["cure_zh"]


def test_links_that_are_broken(ready: Desk) -> None:
    ready.sheet.unshare(SERVICE_ACCOUNT)
    said = found(ready, code=5)["not_shared"]
    assert SERVICE_ACCOUNT in said["en"]
    assert "Share" in said["cure_en"]
    ready.sheet.share(SERVICE_ACCOUNT)
    ready.google.faults.add(Fault("status", match="/v4/spreadsheets/", times=99, code=403,
                                  message="Request had insufficient authentication scopes."))  # fmt: skip
    assert found(ready, code=5)["scope_missing"]["cure_zh"]
    ready.google.faults.clear()
    ready.google.faults.add(Fault("status", match="/v4/spreadsheets/", times=99, code=429))
    assert found(ready, "--patience", "0", code=6)["quota_used_up"]["cure_zh"]
    ready.google.faults.clear()
    ready.google.revoke(SERVICE_ACCOUNT)
    assert found(ready, code=5)["key_revoked"]["cure_zh"]
    ready.key.chmod(0o600)
    ready.key.write_text("[]", "utf-8")
    assert found(ready, code=8)["key_not_json"]["cure_en"]


def test_google_cannot_be_reached(ready: Desk) -> None:
    ready.init("--relay", "http://127.0.0.1:9")
    assert "HTTPS_PROXY" in found(ready, "--patience", "0", code=6)["network_unreachable"]["cure_zh"]


def test_a_clock_that_is_off(ready: Desk) -> None:
    def late(seconds: int) -> list[Checked]:
        def clock(zone: ZoneInfo) -> dt.datetime:
            return system_clock(zone) + dt.timedelta(seconds=seconds)

        return list(examine(ready.book, clock=clock))

    one = next(each for each in late(-100) if each.code == "clock_off")
    assert one.state == "warning"
    assert "慢" in one.zh
    all_ = late(900)
    worst = next(each for each in all_ if each.code == "clock_off")
    assert (worst.state, worst.exit_code) == ("error", 5)
    assert "ahead" in worst.en
    assert exit_code(all_) == 5


def test_tabs_ranges_and_cells(ready: Desk) -> None:
    ready.sheet.rename_tab("AR_跟进", "我的")
    said = found(ready, code=4)
    assert "AR_跟进" in said["sheet_tab_missing"]["cure_zh"]
    ready.sheet.rename_tab("我的", "AR_跟进")
    tab = ready.sheet.book.titled("AR_数据")
    assert tab is not None
    rules = list(tab.protected)
    tab.protected.clear()
    said = found(ready)
    assert said["range_open"]["state"] == "warning"
    assert "AR_数据" in said["range_open"]["zh"]
    tab.protected.extend({**rule, "editors": {"users": ["boss@example.com"]}} for rule in rules)
    assert "AR_数据" in found(ready, code=5)["range_closed"]["zh"]
    tab.protected[:] = rules
    ready.sheet.add_tab("大", 900_000, 10)
    assert found(ready)["cells_many"]["state"] == "warning"


def test_who_sees_what(ready: Desk) -> None:
    ready.answer("init", "--spreadsheet", ready.sheet.url, "--kind", "shared", "--mail", "team@example.com",
                 "--phones", "--agree", WHO)  # fmt: skip
    said = found(ready)
    assert said["seen_shared"]["state"] == "warning"
    assert "team@example.com" in said["seen_shared"]["en"]
    assert "everyone" in said["seen_shared"]["en"]
    assert said["phones_on"]["state"] == "warning"
    ready.answer("init", "--spreadsheet", ready.sheet.url, "--kind", "person", "--scope", "张三", "--agree", WHO)
    assert "张三" in found(ready)["seen_own"]["zh"]


def test_runs_that_overlap_or_fail(ready: Desk) -> None:
    for _ in range(3):
        RunLog(ready.log.parent).event("run_end", exit=7, code="sync_running", seconds=0.1)
    said = found(ready)
    assert said["runs_overlap"]["state"] == "warning"
    assert "cron" in said["runs_overlap"]["cure_zh"]
    assert said["runs_fail"]["zh"].startswith("最近连续 3 次")
