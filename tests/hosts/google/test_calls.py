"""The calls over loopback: what is tried again, what is not, what is counted and what a person is told."""

from __future__ import annotations

import logging
import socket
from email.utils import formatdate
from typing import Any

import pytest

from arsheet.hosts.google.calls import Count
from arsheet.hosts.google.pacing import Limits
from arsheet.hosts.online import RemoteError
from tests.hosts.google.scripted import SHORT, Answer, Scripted, Waits, calls_to, error

OK = Answer(body={"spreadsheetId": "x", "replies": [{}]})
HTML = Answer(502, b"<html>Error 502 (Server Error)!!1</html>", kind="text/html")
PASSING = [
    error(429, "Quota exceeded for quota metric 'Read requests'"),
    error(403, "Rate Limit Exceeded", reason="rateLimitExceeded"),
    error(403, "User Rate Limit Exceeded", reason="userRateLimitExceeded"),
    error(408, "Timeout"),
    error(500, "Internal error encountered."),
    error(503, "The service is currently unavailable."),
    error(504, "Deadline"),
    HTML,
    Answer(way="cut"),
    Answer(way="hang"),
    Answer(body=b"<html>please sign in</html>", kind="text/html"),
]
REFUSED_BEFORE_WORK = PASSING[:3]


@pytest.mark.parametrize("failure", PASSING, ids=lambda a: f"{a.status}-{a.way}")
def test_a_read_outlasts_what_passes(failure: Answer) -> None:
    waits = Waits()
    with Scripted(failure, failure, OK) as script:
        calls = calls_to(script, waits)
        assert calls.described("x", "spreadsheetId")["spreadsheetId"] == "x"
        calls.close()
    assert len(script.asked) == 3
    assert calls.total.requests == 3
    assert waits.slept == [1, 2]


@pytest.mark.parametrize("failure", PASSING, ids=lambda a: f"{a.status}-{a.way}")
def test_a_write_is_never_sent_again_by_itself_when_it_may_have_landed(failure: Answer) -> None:
    waits = Waits()
    with Scripted(failure, OK) as script:
        calls = calls_to(script, waits)
        if failure in REFUSED_BEFORE_WORK:
            assert calls.batch("x", ['{"deleteSheet":{"sheetId":1}}']) == [{}]
            assert len(script.asked) == 2
        else:
            with pytest.raises(RemoteError) as caught:
                calls.batch("x", ['{"deleteSheet":{"sheetId":1}}'])
            assert caught.value.unknown
            assert caught.value.exit_code == 6
            assert len(script.asked) == 1
            with calls.repeatable():
                calls.batch("x", [])
        calls.close()


FINAL = [
    (error(400, "Invalid requests[0].addSheet: x"), "request_refused", 6),
    (error(400, "You are trying to edit a protected cell or object."), "range_protected", 5),
    (
        error(400, "Invalid requests[0].addSheet: This action would increase the number of cells in the workbook above "
              "the limit of 10000000 cells."), "too_many_cells", 3,
    ),
    (error(400, "Request payload size exceeds the limit: 10485760 bytes."), "request_too_large", 6),
    (error(400, "Invalid requests[3].updateCells: No grid with id: 5"), "tab_gone", 4),
    (error(400, 'Invalid requests[0].addSheet: A sheet with the name "a" already exists.'), "tab_exists", 4),
    (error(400, "This operation is not supported for this document"), "not_a_spreadsheet", 8),
    (error(403, "The caller does not have permission"), "not_shared", 5),
    (error(403, "The user's Drive storage quota has been exceeded."), "storage_quota", 5),
    (error(403, "no", reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "scope_missing", 5),
    (error(403, "Google Sheets API has not been used in project 1 before or it is disabled."), "service_disabled", 5),
    (error(403, "off", reason="SERVICE_DISABLED"), "service_disabled", 5),
    (error(404, "Requested entity was not found."), "spreadsheet_not_found", 8),
    (error(413, "too large"), "request_too_large", 6),
    (Answer(407, b"proxy", kind="text/plain"), "proxy_refused", 6),
]  # fmt: skip


@pytest.mark.parametrize(("failure", "code", "exit_code"), FINAL, ids=[code for _, code, _ in FINAL])
def test_what_will_not_pass_is_said_at_once_with_its_cure(failure: Answer, code: str, exit_code: int) -> None:
    waits = Waits()
    with Scripted(failure) as script:
        calls = calls_to(script, waits)
        with pytest.raises(RemoteError) as caught:
            calls.described("x", "spreadsheetId")
        calls.close()
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)
    assert len(script.asked) == 1
    assert waits.slept == []
    assert not caught.value.unknown
    assert any(mark in caught.value.zh for mark in ("请", "未")), caught.value.zh


def test_who_must_be_let_in_is_named() -> None:
    with Scripted(error(403, "The caller does not have permission")) as script:
        calls = calls_to(script, Waits())
        with pytest.raises(RemoteError) as caught:
            calls.described("x", "spreadsheetId")
        calls.close()
    assert "job@example.com" in caught.value.zh
    assert "job@example.com" in caught.value.en


@pytest.mark.parametrize("asked", ["7", "date"])
def test_retry_after_is_honoured_as_seconds_and_as_a_date(asked: str) -> None:
    now = 1_790_000_000
    headers = {"Retry-After": "7"} if asked == "7" else {"Retry-After": formatdate(now + 7, usegmt=True)}
    waits = Waits(jitter=lambda low, high: 0.0)
    failure = error(429, "Quota", headers=headers)
    with Scripted(failure, OK) as script:
        calls = calls_to(script, waits)
        calls.described("x", "spreadsheetId")
        calls.close()
    if asked == "7":
        assert waits.slept == [7]
    else:  # counted from the Date of the answer
        assert len(waits.slept) == 1
        assert waits.slept[0] >= 0


def test_an_outage_ends_at_the_deadline() -> None:
    waits = Waits()
    with Scripted(error(503, "The service is currently unavailable.")) as script:
        calls = calls_to(script, waits, limits=Limits(connect=2, read=2, deadline=600))
        with pytest.raises(RemoteError) as caught:
            calls.described("x", "spreadsheetId")
        calls.close()
    assert caught.value.code == "remote_unavailable"
    assert caught.value.exit_code == 6
    assert 500 < sum(waits.slept) <= 600
    assert max(waits.slept) == 60
    assert caught.value.retried == len(waits.slept) == len(script.asked) - 1
    assert str(caught.value.retried) in caught.value.zh


def test_a_server_that_is_not_there_is_tried_again_even_for_a_write() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    waits = Waits()
    with Scripted(OK) as script:
        calls = calls_to(script, waits, limits=Limits(connect=0.5, read=0.5, deadline=5))
    script.url = f"http://127.0.0.1:{port}"
    gone = calls_to(script, waits, limits=Limits(connect=0.5, read=0.5, deadline=5))
    with pytest.raises(RemoteError) as caught:
        gone.batch("x", [])
    assert (caught.value.code, caught.value.exit_code) == ("network_unreachable", 6)
    assert caught.value.retried > 0
    assert not caught.value.unknown
    assert "HTTPS_PROXY" in caught.value.zh
    calls.close()
    gone.close()


def test_calls_are_paced_and_counted() -> None:
    waits = Waits()
    count = Count()
    with Scripted(OK) as script:
        calls = calls_to(script, waits, limits=Limits(connect=2, read=2, reads_per_minute=5, writes_per_minute=5))
        with calls.together(count):
            for _ in range(12):
                calls.described("x", "spreadsheetId")
            calls.batch("x", ['{"a":"应收"}'])
        calls.described("x", "spreadsheetId")
        calls.close()
    assert sum(waits.slept) == 120, "twelve reads at five a minute, the write from its own quota"
    assert (count.requests, calls.total.requests) == (13, 14)
    body = script.asked[12][2]
    assert count.sent == len(body)
    assert "应收".encode() in body, "UTF-8, not escapes"
    assert count.received > 0


def test_json_that_is_none_is_not_taken_for_an_answer() -> None:
    for body in (b"[1]", b"{half"):
        with Scripted(Answer(body=body)) as script:
            calls = calls_to(script, Waits())
            with pytest.raises(RemoteError) as caught:
                calls.described("x", "spreadsheetId")
            assert caught.value.code == "answer_not_google"
            with pytest.raises(RemoteError) as caught:
                calls.batch("x", [])
            assert caught.value.unknown
            calls.close()


def test_the_log_names_neither_the_spreadsheet_nor_its_contents(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "arsheet.google")
    with Scripted(error(503, "canary-said"), OK) as script:
        calls = calls_to(script, Waits())
        calls.values("canary-id", ["'canary-tab'"])
        calls.batch("canary-id", ['{"updateCells":"canary-cell"}'])
        calls.close()
    text = "\n".join(record.getMessage() for record in caplog.records if record.name == "arsheet.google")
    assert "remote_unavailable" in text
    assert "values:batchGet" in text
    assert "batchUpdate" in text
    assert "canary" not in text


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(OK) as script:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("HTTPS_PROXY", script.url)
        here = calls_to(script, Waits())
        assert here.described("x", "spreadsheetId")
        here.close()
        assert not here.session.trust_env
        from arsheet.hosts.google.calls import Calls

        there: Any = Calls(
            here.session.credentials, limits=Limits(connect=1, read=1, deadline=0.5), clock=Waits().clock
        )
        with pytest.raises(RemoteError) as caught:
            there.described("x", "spreadsheetId")  # the script cannot make a tunnel, but it was asked for one
        there.close()
    assert caught.value.code in ("proxy_refused", "network_unreachable")
    assert SHORT.deadline == 600
