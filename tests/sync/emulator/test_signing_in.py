"""Signing in and what it allows: keys, clocks, scopes, sharing, ownership. Real google-auth throughout."""

from __future__ import annotations

import time

import gspread
import pytest
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials as UserCredentials
from google.oauth2.service_account import Credentials

from arsheet.sync.emulator import SERVICE_ACCOUNT, Emulator
from arsheet.sync.emulator.rsa import new_key
from tests.sync.emulator.conftest import DRIVE, SHEETS, connect, over


def refused(call: object) -> tuple[int, str]:
    with pytest.raises(gspread.exceptions.APIError) as caught:
        call()  # type: ignore[operator]
    return caught.value.code, caught.value.error["message"]


def test_a_shared_book_opens_and_an_unshared_one_does_not(google: Emulator) -> None:
    shared = google.books.create("应收", share=[SERVICE_ACCOUNT])
    private = google.books.create("工资")
    service = connect(google)
    assert service.open_by_key(shared.id).title == "应收"
    with pytest.raises(PermissionError):
        service.open_by_key(private.id)
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        service.open_by_key("1" + "x" * 43)


def test_a_reader_may_not_write(google: Emulator) -> None:
    book = google.books.create("应收").share(SERVICE_ACCOUNT, "reader")
    sheet = connect(google).open_by_key(book.id).sheet1
    assert refused(lambda: sheet.update_acell("A1", "x")) == (403, "The caller does not have permission")


def test_a_service_account_may_not_own_files(google: Emulator) -> None:
    code, message = refused(lambda: connect(google, SHEETS, DRIVE).create("mine"))
    assert code == 403
    assert "storage quota" in message


def test_a_read_only_scope_reads_and_does_not_write(google: Emulator) -> None:
    book = google.books.create("应收", share=[SERVICE_ACCOUNT])
    sheet = connect(google, SHEETS + ".readonly").open_by_key(book.id).sheet1
    assert sheet.get_all_values() == [[]]
    assert refused(lambda: sheet.update_acell("A1", "x")) == (403, "Request had insufficient authentication scopes.")
    assert book.values("Sheet1") == []


def test_a_foreign_signature_a_stranger_and_a_revoked_key_are_refused(google: Emulator) -> None:
    info = google.service_account_info()
    forged = {**info, "private_key": new_key(1024).pem()}
    stranger = {**info, "client_email": "nobody@example.com"}
    for held, words in ((forged, "Invalid JWT Signature"), (stranger, "account not found")):
        service = gspread.authorize(
            Credentials.from_service_account_info(held, scopes=[SHEETS]), http_client=over(google)
        )
        with pytest.raises(RefreshError, match=words):
            service.open_by_key("x")
    google.revoke(SERVICE_ACCOUNT)
    service = gspread.authorize(Credentials.from_service_account_info(info, scopes=[SHEETS]), http_client=over(google))
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        service.open_by_key("x")


def test_a_wrong_clock_is_said() -> None:
    with Emulator(clock=lambda: time.time() + 7200) as google, pytest.raises(RefreshError, match="timeframe"):
        connect(google).open_by_key("x")


def test_a_token_that_has_ended_is_renewed(google: Emulator) -> None:
    book = google.books.create("应收", share=[SERVICE_ACCOUNT])
    service = connect(google)
    service.open_by_key(book.id)
    google.world.tokens.expire()
    service.open_by_key(book.id)  # google-auth answers the 401 with a new token
    assert google.world.tokens.issued == 2


def test_a_person_who_consented_creates_and_deletes(google: Emulator) -> None:
    info = google.authorized_user_info("wang@example.com", (SHEETS, DRIVE))
    named = {key: info[key] for key in ("refresh_token", "token_uri", "client_id", "client_secret")}
    service = gspread.authorize(UserCredentials(None, **named), http_client=over(google))
    book = service.create("我的表")
    assert google.books[book.id].role_of("wang@example.com") == "owner"
    book.share("li@example.com", perm_type="user", role="reader")
    assert google.books[book.id].role_of("li@example.com") == "reader"
    assert {one["role"] for one in book.list_permissions()} == {"owner", "reader"}
    assert [item["name"] for item in service.list_spreadsheet_files()] == ["我的表"]
    copy = service.copy(book.id, title="副本")
    assert copy.title == "副本"
    service.del_spreadsheet(book.id)
    assert book.id not in google.books


def test_quota_is_kept_when_asked_for(google: Emulator) -> None:
    book = google.books.create("应收", share=[SERVICE_ACCOUNT])
    sheet = connect(google).open_by_key(book.id).sheet1
    google.world.quota.writes = 2
    sheet.update_acell("A1", 1)
    sheet.update_acell("A1", 2)
    code, message = refused(lambda: sheet.update_acell("A1", 3))
    assert code == 429
    assert "Write requests per minute per user" in message
