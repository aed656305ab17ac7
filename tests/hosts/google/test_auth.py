"""Signing in: key files are taken from safe places only, and nothing secret reaches a message, a log or a traceback."""

from __future__ import annotations

import json
import logging
import os
import traceback
from pathlib import Path
from typing import Any

import pytest

from arsheet.hosts.google.auth import KEY_VARIABLE, READ, WRITE, sign_in
from arsheet.hosts.google.relay import Relay
from arsheet.hosts.online import RemoteError
from arsheet.sync.emulator.rsa import process_key
from tests.hosts.google.scripted import Answer, Scripted, Waits, calls_to

CANARY = "c4n4ry5ecret"
posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


@pytest.fixture(scope="module")
def pem() -> str:
    return process_key().pem()


@pytest.fixture
def safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is in no checkout."""
    return tmp_path_factory.mktemp("keys")


def info(pem: str, **other: Any) -> dict[str, Any]:
    return {
        "type": "service_account",
        "private_key_id": CANARY,
        "private_key": pem,
        "client_email": "job@x.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
        **other,
    }


def user(**other: Any) -> dict[str, Any]:
    return {"type": "authorized_user", "client_id": "i", "client_secret": CANARY, "refresh_token": CANARY, **other}


def written(path: Path, content: Any, mode: int = 0o600) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    path.chmod(mode)
    return path


def silent(error: BaseException) -> None:
    """No form in which the error may be shown holds the canary."""
    shown = [str(error), repr(error), "".join(traceback.format_exception(error))]
    shown += [repr(getattr(error, "facts", "")), getattr(error, "zh", ""), getattr(error, "en", "")]
    for text in shown:
        assert CANARY not in text
        assert "PRIVATE KEY" not in text


def refused(code: str, *, exit_code: int = 8, **options: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        sign_in(options.pop("kind", "service_account"), **options)
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)
    silent(caught.value)
    return caught.value


def test_a_service_account_signs_in_for_spreadsheets_only(safe: Path, pem: str) -> None:
    path = written(safe / "key.json", info(pem))
    account = sign_in("service_account", path=path)
    assert account.email == "job@x.iam.gserviceaccount.com"
    assert account.credentials.scopes == [WRITE]
    assert sign_in("service_account", path=path, readonly=True).credentials.scopes == [READ]
    assert CANARY not in repr(account)
    inside = sign_in("service_account", environment={KEY_VARIABLE: json.dumps(info(pem))})
    assert inside.email == account.email


def test_a_person_signs_in_with_a_saved_login(safe: Path) -> None:
    account = sign_in("user", path=written(safe / "user.json", user(account="li@example.cn")))
    assert (account.kind, account.email) == ("user", "li@example.cn")
    assert account.credentials.scopes == [WRITE]
    assert CANARY not in repr(account)


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o777])
def test_a_key_that_others_can_read_is_refused(safe: Path, pem: str, mode: int) -> None:
    error = refused("key_file_open_to_others", path=written(safe / "key.json", info(pem), mode))
    assert "chmod 600" in error.zh
    assert f"{mode:o}" in error.en


def test_a_key_in_a_checkout_is_refused_even_through_a_link(safe: Path, pem: str) -> None:
    (safe / "repo" / ".git").mkdir(parents=True)
    (safe / "repo" / "deep").mkdir()
    key = written(safe / "repo" / "deep" / "key.json", info(pem))
    refused("key_file_in_checkout", path=key)
    link = safe / "link.json"
    try:
        link.symlink_to(key)
    except OSError:
        pytest.skip("this system makes no symbolic links here")
    refused("key_file_in_checkout", path=link)
    real = written(safe / "real.json", info(pem))
    inward = safe / "repo" / "link.json"
    inward.symlink_to(real)
    refused("key_file_in_checkout", path=inward)


def test_a_key_beside_the_workbook_or_in_its_project_is_refused(safe: Path, pem: str) -> None:
    folder = safe / "应收"
    (folder / "book.xlsx.arsheet").mkdir(parents=True)
    book = written(folder / "book.xlsx", "x")
    for place in (folder / "key.json", folder / "book.xlsx.arsheet" / "key.json"):
        refused("key_file_beside_workbook", path=written(place, info(pem)), away_from=[book])
        refused("key_file_beside_workbook", path=place, away_from=[folder])
    sign_in("service_account", path=written(safe / "key.json", info(pem)), away_from=[book])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "key_not_json"),
        (CANARY, "key_not_json"),
        ('{"private_key": "' + CANARY, "key_not_json"),
        ("[1]", "key_not_json"),
        ({"type": "authorized_user", "refresh_token": CANARY}, "key_of_another_kind"),
        ({"installed": {"client_secret": CANARY}}, "key_of_another_kind"),
        (info(f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"), "key_damaged"),
        (info(""), "key_damaged"),
        (info(CANARY, token_uri="https://evil.example/token"), "key_leads_elsewhere"),
        ({**info(CANARY), "private_key": {"a": CANARY}}, "key_damaged"),
        ({**info(CANARY), "client_email": None}, "key_damaged"),
    ],
)
def test_a_broken_key_is_refused_without_showing_it(safe: Path, content: Any, code: str) -> None:
    error = refused(code, path=written(safe / "key.json", content))
    assert "key.json" in error.zh
    assert "key.json" in error.en


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (user(type="service_account"), "key_of_another_kind"),
        ({"client_secret": CANARY}, "key_of_another_kind"),
        ({"refresh_token": CANARY, "client_secret": CANARY}, "key_damaged"),
        (user(token_uri="https://evil.example/token"), "key_leads_elsewhere"),
    ],
)
def test_a_broken_login_is_refused_without_showing_it(safe: Path, content: Any, code: str) -> None:
    refused(code, kind="user", path=written(safe / "user.json", content))


def test_a_missing_key_says_where_it_was_looked_for(safe: Path) -> None:
    assert "missing.json" in refused("key_file_not_found", path=safe / "missing.json").zh
    refused("key_file_not_found", path=safe)
    assert KEY_VARIABLE in refused("key_missing", environment={}).zh
    (safe / "bytes.json").write_bytes(b"\xff\xfe\x00" + CANARY.encode())
    (safe / "bytes.json").chmod(0o600)
    refused("key_file_unreadable", path=safe / "bytes.json")


def test_application_default_credentials_are_judged_like_a_key_file(
    safe: Path, pem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(safe / "adc.json", info(pem))
    environment = {"GOOGLE_APPLICATION_CREDENTIALS": str(path)}
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    account = sign_in("default", environment=environment)
    assert account.credentials.scopes == [WRITE]
    if os.name == "posix":
        path.chmod(0o644)
        refused("key_file_open_to_others", kind="default", environment=environment)
        path.chmod(0o600)
    written(path, {"type": "authorized_user", "client_secret": CANARY})
    refused("login_missing", kind="default", environment=environment, exit_code=5)
    written(path, "{" + CANARY)
    refused("login_missing", kind="default", environment=environment, exit_code=5)
    written(path, user())
    assert sign_in("default", environment=environment).kind == "default"


def token_error(said: str, description: str, status: int = 400) -> Answer:
    return Answer(status, {"error": said, "error_description": f"{description} {CANARY}"})


@pytest.mark.parametrize(
    ("answer", "code", "exit_code"),
    [
        (token_error("invalid_grant", "Invalid JWT Signature."), "key_revoked", 5),
        (token_error("invalid_grant", "Invalid grant: account not found"), "key_revoked", 5),
        (
            token_error("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a "
                        "reasonable timeframe. Check your iat and exp values in the JWT claim."), "clock_wrong", 5,
        ),
        (token_error("invalid_grant", "Token has been expired or revoked."), "login_expired", 5),
        (token_error("unauthorized_client", "Client is unauthorized"), "login_not_allowed", 5),
        (token_error("invalid_client", "The OAuth client was not found.", 401), "login_refused", 5),
        (Answer(200, {"no_token": CANARY}), "login_refused", 5),
        (Answer(way="cut"), "network_unreachable", 6),
        (Answer(502, b"<html>" + CANARY.encode(), kind="text/html"), "login_unavailable", 6),
    ],
)  # fmt: skip
def test_a_refused_login_is_explained_and_never_tried_without_end(
    answer: Answer,
    code: str,
    exit_code: int,
    pem: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda seconds: None)
    waits = Waits()
    with Scripted(answer) as script:
        relay = Relay.of(script.url)
        account = sign_in("service_account", environment={KEY_VARIABLE: json.dumps(info(pem))}, relay=relay)
        calls = calls_to(script, waits, credentials=account.credentials)
        with pytest.raises(RemoteError) as caught:
            calls.described("x", "spreadsheetId")
        with pytest.raises(RemoteError) as writing:
            calls.batch("x", [])
        calls.close()
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)
    assert not writing.value.unknown, "a write that was never sent is not in doubt"
    assert sum(waits.slept) <= 1200
    assert bool(waits.slept) == (exit_code == 6)
    assert all(path == "/token" for _, path, _, _ in script.asked), "nothing but the login was asked for"
    silent(caught.value)
    assert CANARY not in caplog.text
