"""Everything that goes wrong on the way to Google ends in a clear error with its cure, and both sides stay whole."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from arsheet.sync.emulator import SERVICE_ACCOUNT, Fault
from tests.sync.cli.conftest import Desk


def revoked(desk: Desk) -> None:
    desk.google.revoke(SERVICE_ACCOUNT)


def faulty(**options: Any) -> Callable[[Desk], None]:
    def plan(desk: Desk) -> None:
        desk.google.faults.add(Fault("status", match="/v4/", times=99, **options))

    return plan


def html(desk: Desk) -> None:
    desk.google.faults.add("html_502", match="/v4/", times=99)


def deleted(desk: Desk) -> None:
    desk.sheet.delete_file()


def unshared(desk: Desk) -> None:
    desk.sheet.unshare(SERVICE_ACCOUNT)


def only_viewed(desk: Desk) -> None:
    desk.sheet.share(SERVICE_ACCOUNT, "reader")


def full(desk: Desk) -> None:
    """So many cells that what is to be added does not fit."""
    taken = sum(rows * columns for rows, columns in map(desk.sheet.size, desk.sheet.tabs))
    desk.sheet.add_tab("别的", (10_000_000 - taken) // 5 - 1, 5)


FAULTS: list[tuple[str, Callable[[Desk], None], str, int]] = [
    ("401", faulty(code=401), "login_refused", 5),
    ("storage quota", faulty(code=403, message="The user's Drive storage quota has been exceeded.",
                             reason="storageQuotaExceeded"), "storage_quota", 5),
    ("not shared", unshared, "not_shared", 5),
    ("only to view", only_viewed, "not_shared", 5),
    ("deleted", deleted, "spreadsheet_not_found", 8),
    ("full", full, "sheet_too_large", 3),
    ("503 for ever", faulty(code=503), "remote_unavailable", 6),
    ("429 for ever", faulty(code=429, retry_after=30), "quota_used_up", 6),
    ("HTML for ever", html, "remote_unavailable", 6),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "error", "code"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_told_with_its_cure_and_nothing_is_lost(
    ready: Desk, fault: Callable[[Desk], None], error: str, code: int
) -> None:
    ready.type("000123", "承诺日期", "2026-12-25")
    add_invoices(ready, 40)
    book, typed = ready.digest(), ready.value("000123", "承诺日期")
    fault(ready)
    sheet = ready.everything() if ready.sheet.id in ready.google.books else None
    said = ready.answer("push", "--patience", "0", code=code)["targets"][0]
    assert said["error"] == error
    assert "；" in said["zh"] or "。" in said["zh"]
    assert len(said["en"]) > 40
    assert ready.digest() == book
    if sheet is not None:
        assert ready.everything() == sheet
        ready.google.faults.clear()
        assert typed is not None
    assert ready.answer("status")["last_run"]["code"] == error


def add_invoices(desk: Desk, count: int) -> None:
    from arsheet import run

    session = run.open_session(desk.book)
    rows = [{"document_no": f"N{at:05}", "customer_id": "C2", "document_date": "2026-03-01", "amount": 5}
            for at in range(count)]  # fmt: skip
    run.append_records(session, {"invoices": rows})
    run.save(session, "import", {})


def test_after_the_fault_the_next_run_catches_up(ready: Desk) -> None:
    ready.type("000123", "承诺日期", "2026-12-25")
    ready.google.faults.add(Fault("status", match="/v4/", times=99, code=503))
    ready.answer("run", "--patience", "0", code=6)
    ready.google.faults.clear()
    assert ready.answer("run")["landed"]["promises"] == 1


def test_a_revoked_key(ready: Desk) -> None:
    revoked(ready)
    book, sheet = ready.digest(), ready.everything()
    said = ready.answer("run", code=5)["targets"][0]
    assert said["error"] == "key_revoked"
    assert SERVICE_ACCOUNT in said["en"]
    assert (ready.digest(), ready.everything()) == (book, sheet)
    ready.write_key(ready.google.service_account_info())
    ready.answer("run")


def test_a_renamed_tab_stops_that_tab_alone(ready: Desk) -> None:
    ready.type("000123", "承诺日期", "2026-12-25")
    ready.sheet.rename_tab("AR_跟进", "我的跟进")
    add_invoices(ready, 1)
    before = ready.sheet.values("我的跟进")
    said = ready.answer("run", code=4)["targets"][0]
    assert said["stopped"] == ["AR_跟进"]
    assert said["findings"][0]["code"] == "sheet_tab_missing"
    assert ready.sheet.values("我的跟进") == before
    assert ready.sheet.find("AR_数据", "N00000", 0) is not None
    assert ready.answer("plan", code=4)["targets"][0]["stopped"] == ["AR_跟进"]
    ready.sheet.rename_tab("我的跟进", "AR_跟进")
    assert ready.answer("run")["landed"]["promises"] == 1


def test_a_deleted_tab_is_made_anew_when_a_person_says_so(ready: Desk) -> None:
    ready.sheet.delete_tab("账龄")
    assert ready.answer("run", code=4)["targets"][0]["stopped"] == ["账龄"]
    assert ready.answer("push", "--recreate", "不存在", code=2)["error"] == "tab_unknown"
    ready.answer("push", "--recreate", "账龄")
    assert "账龄" in ready.sheet.tabs


def test_a_protected_range_refuses_and_nothing_of_the_batch_is_written(ready: Desk) -> None:
    add_invoices(ready, 1)
    tab = ready.sheet.book.titled("AR_数据")
    assert tab is not None
    ready.sheet.book.roles[SERVICE_ACCOUNT] = "writer"
    for rule in tab.protected:
        rule["editors"] = {"users": ["boss@example.com"]}
    sheet = ready.everything()
    said = ready.answer("run", code=5)["targets"][0]
    assert said["error"] == "range_protected"
    assert ready.everything() == sheet


def test_google_cannot_be_reached(ready: Desk) -> None:
    ready.init("--relay", "http://127.0.0.1:9")
    said = ready.answer("run", "--patience", "0", code=6)["targets"][0]
    assert said["error"] == "network_unreachable"
    assert "中转" in said["zh"]


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX here")
def test_a_key_that_others_can_read_is_refused(ready: Desk) -> None:
    ready.key.chmod(0o640)
    assert ready.answer("run", code=8)["error"] == "key_file_open_to_others"
    assert not ready.google.requests


def test_a_key_beside_the_workbook_or_in_a_checkout_is_refused(ready: Desk) -> None:
    beside = ready.book.with_name("key.json")
    beside.touch(0o600)
    beside.write_bytes(ready.key.read_bytes())
    assert ready.answer("run", "--key", beside, code=8)["error"] == "key_file_beside_workbook"
    (ready.key.parent / ".git").mkdir()
    assert ready.answer("run", code=8)["error"] == "key_file_in_checkout"
    (ready.key.parent / ".git").rmdir()
    ready.key.write_text("{", "utf-8")
    assert ready.answer("run", code=8)["error"] == "key_not_json"


def test_the_key_may_come_from_the_environment(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.init("--credentials", ready.key)
    monkeypatch.setenv("ARSHEET_GOOGLE_KEY", ready.key.read_text("utf-8"))
    ready.key.write_text("", "utf-8")
    assert ready.answer("run", code=8)["error"] == "key_not_json"
    from arsheet import run
    from arsheet.run.session import write_settings

    session = run.open_session(ready.book)
    write_settings(session, {"sync_key": ""})
    run.save(session, "settings", {})
    assert ready.answer("run")["exit_code"] == 0


def test_a_file_that_is_no_receivables_book(desk: Desk) -> None:
    desk.book.write_bytes(b"no workbook")
    assert desk.ask("plan", "--json").exit_code == 3
    desk.book.unlink()
    assert desk.answer("plan", code=3)["error"] == "file_not_found"


def test_a_copy_of_the_workbook_writes_to_no_sheet(ready: Desk) -> None:
    copy = ready.folder / "copy" / ready.book.name
    copy.parent.mkdir()
    copy.write_bytes(ready.book.read_bytes())
    sheet = ready.everything()
    ready.book = copy
    assert ready.answer("run", code=4)["targets"][0]["error"] == "workbook_copy_not_synced"
    assert ready.everything() == sheet


def test_errors_are_json_under_json_and_words_without(desk: Desk) -> None:
    spoken = desk.ask("plan")
    assert spoken.exit_code == 8
    assert "arsheet sync init" in spoken.stderr
    assert json.loads(desk.ask("plan", "--json").stdout)["error"] == "sync_not_set_up"
