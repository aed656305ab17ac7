"""Faults strike as planned, before or after the effect; people edit under Google's rules; the page shows and types."""

from __future__ import annotations

import datetime as dt
import json
import time
import urllib.request
from urllib.error import HTTPError

import pytest
import requests

from arsheet.sync.emulator import SERVICE_ACCOUNT, Emulator, Fault, Refusal
from arsheet.sync.emulator.unverified import UNVERIFIED
from tests.sync.emulator.conftest import connect


def test_each_fault_strikes_once_and_where_it_should(google: Emulator) -> None:
    book = google.books.create("应收", share=[SERVICE_ACCOUNT])
    sheet = connect(google).open_by_key(book.id).sheet1
    taken = {"503": False, "429": False, "html_502": False, "cut_before": False, "cut_after": True}
    for index, (name, effect) in enumerate(taken.items()):
        google.faults.add(name, match="PUT .*/values/")
        with pytest.raises(Exception, match=r"503|429|-1|aborted|Connection") as caught:
            sheet.update_acell("A1", index + 100)
        assert (book.value("Sheet1", "A1") == index + 100) is effect, name
        if name == "429":
            assert caught.value.response.headers["Retry-After"] == "1"  # type: ignore[attr-defined]
        sheet.update_acell("A1", index)
        assert book.value("Sheet1", "A1") == index
    assert [fault.kind for _, fault in google.faults.struck][-2:] == ["cut_before", "cut_after"]


def test_a_hung_socket_hangs_until_the_caller_gives_up(google: Emulator) -> None:
    book = google.books.create("应收", share=[SERVICE_ACCOUNT])
    service = connect(google)
    sheet = service.open_by_key(book.id).sheet1
    service.http_client.set_timeout((1, 0.3))
    google.faults.add(Fault("hang", match="/values/", seconds=20))
    google.faults.add(Fault("hang_after", match="/values/", seconds=20))
    for effect in (False, True):
        began = time.monotonic()
        with pytest.raises(requests.exceptions.ReadTimeout):
            sheet.update_acell("A1", "x")
        assert time.monotonic() - began < 10
        assert (book.value("Sheet1", "A1") == "x") is effect


def test_a_person_can_edit_between_two_requests(google: Emulator) -> None:
    book = google.books.create("应收", share=[SERVICE_ACCOUNT])
    sheet = connect(google).open_by_key(book.id).sheet1
    google.before.append(lambda request: book.type("Sheet1", "B1", "周五") if request.method == "PUT" else None)
    sheet.update_acell("A1", "x")
    assert book.values("Sheet1") == [["x", "周五"]]
    last = google.requests[-1]
    assert (last.method, last.status, last.who) == ("PUT", 200, SERVICE_ACCOUNT)
    assert last.bytes > 0


def test_what_people_type_is_read_as_google_reads_it(google: Emulator) -> None:
    book = google.books.create("应收", locale="zh_CN")
    typed = {
        "2026-03-01": 46082, "2026年3月1日": 46082, "12/25/2026": 46381, "1,234.5": 1234.5, "¥1,200": 1200, "50%": 0.5,
        "'007": "007", "007": 7, "TRUE": True, "下周五": "下周五", "9:30": 34200 / 86400, "2026-02-30": "2026-02-30",
    }  # fmt: skip
    for row, (text, value) in enumerate(typed.items()):
        book.type("Sheet1", (row, 0), text)
        assert book.value("Sheet1", (row, 0)) == value, text
    book.put("Sheet1", "C1", "", format={"numberFormat": {"type": "TEXT"}})
    book.type("Sheet1", "C1", "000123")
    assert book.value("Sheet1", "C1") == "000123"
    book.type("Sheet1", "D1", dt.date(2026, 3, 1))
    assert book.shown("Sheet1")[0][3] == "2026-03-01"


def test_what_people_do_to_rows(google: Emulator) -> None:
    book = google.books.create("应收")
    book.paste("Sheet1", "A1", [["k", "n"], ["b", 2], ["a", 1], ["c", 3]])
    book.note("Sheet1", "A3", "stays with a")
    book.sort("Sheet1", "A")
    assert book.values("Sheet1") == [["k", "n"], ["a", 1], ["b", 2], ["c", 3]]
    assert book.cell("Sheet1", "A2").note == "stays with a"
    book.insert_row_above("Sheet1", 2)
    book.duplicate_row("Sheet1", 1)
    assert book.values("Sheet1") == [["k", "n"], ["a", 1], ["a", 1], [], ["b", 2], ["c", 3]]
    book.delete_rows("Sheet1", 3)
    book.move_row("Sheet1", 4, 1)
    book.clear("Sheet1", "B2:B3")
    assert book.values("Sheet1") == [["k", "n"], ["c"], ["a"], ["a", 1], ["b", 2]]
    book.rename_tab("Sheet1", "跟进")
    with pytest.raises(Refusal):
        book.delete_tab("跟进")
    with pytest.raises(Refusal):
        book.as_("stranger@example.com").type("跟进", "A1", "x")


def _fetch(url: str, body: object = None, **headers: str) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(asked, timeout=10) as got:
            return got.status, got.read().decode()
    except HTTPError as problem:
        with problem:
            return problem.code, problem.read().decode()


def test_the_page_shows_a_sheet_and_takes_what_is_typed(google: Emulator) -> None:
    book = google.books.create("应收", share=["li@example.com"])
    book.paste("Sheet1", "A1", [["单号", "金额"], ["'001", 1234.5]])
    wall = {"protectedRangeId": 1, "range": {"sheetId": 0, "endColumnIndex": 1}, "editors": {"users": [book.who]}}
    google.world.books[book.id].tabs[0].protected.append(wall)
    status, shell = _fetch(f"{google.base_url}/sheet/{book.id}")
    assert status == 200
    assert "<!DOCTYPE html>" in shell
    query = f"?book={book.id}&who=li@example.com"
    shown = json.loads(_fetch(f"{google.base_url}/page/tab{query}")[1])
    assert shown["rows"]["1"]["1"] == {"t": "1234.5", "k": "n"}
    assert shown["locked"] == [[0, 1000, 0, 1]]
    typing = f"{google.base_url}/page/type{query}"
    mine = {"X-Arsheet": "page"}
    assert _fetch(typing, {"tab": "Sheet1", "row": 1, "column": 1, "text": "99"}, **mine)[0] == 200
    assert book.value("Sheet1", "B2") == 99
    status, words = _fetch(typing, {"tab": "Sheet1", "row": 1, "column": 0, "text": "x"}, **mine)
    assert status == 409
    assert "系统维护" in words
    assert _fetch(typing, {"tab": "Sheet1", "row": 1, "column": 1, "text": "1"})[0] == 403  # a foreign page's form
    assert book.value("Sheet1", "B2") == 99
    assert _fetch(f"{google.base_url}/", Host="evil.example")[0] == 403


def test_a_large_tab_is_loaded_read_and_changed_in_seconds(google: Emulator) -> None:
    google.watch(None)  # the description's checker is slower than the emulator
    book = google.books.create("应收", share=[SERVICE_ACCOUNT])
    sheet = connect(google).open_by_key(book.id)
    row = {
        "values": [{"userEnteredValue": {"stringValue": "000123"}}] * 6
        + [{"userEnteredValue": {"numberValue": 1.5}}] * 6
    }
    began = time.monotonic()
    for _ in range(5):
        sheet.batch_update(
            {"requests": [{"appendCells": {"sheetId": 0, "rows": [row] * 2000, "fields": "userEnteredValue"}}]}
        )
    assert len(book.values("Sheet1")) == 10_000
    loaded = time.monotonic() - began
    began = time.monotonic()
    for index in range(20):
        sheet.batch_update(
            {
                "requests": [
                    {
                        "updateCells": {
                            "start": {"sheetId": 0, "rowIndex": index},
                            "rows": [row],
                            "fields": "userEnteredValue",
                        }
                    }
                ]
            }
        )
    assert time.monotonic() - began < loaded + 5  # twenty small writes copy no book


def test_the_list_of_what_is_unverified_is_in_order() -> None:
    assert len(UNVERIFIED) == len(set(UNVERIFIED))
    assert all(area and what for area, what in UNVERIFIED)
