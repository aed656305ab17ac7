"""A person signs in: the browser's part is played by a thread that follows Google's redirect."""

from __future__ import annotations

import json
import os
import stat
import threading
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from arsheet.hosts.google.auth import WRITE, sign_in
from arsheet.hosts.google.consent import sign_in_person
from arsheet.hosts.google.relay import Relay
from arsheet.hosts.online import RemoteError
from tests.hosts.google.scripted import Answer, Scripted

CANARY = "c4n4ry5ecret"


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the token endpoint of the test is plain loopback
    path = tmp_path_factory.mktemp("app") / "app.json"
    inside = {
        "client_id": "i",
        "client_secret": CANARY,
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "redirect_uris": ["http://localhost"],
    }
    path.write_text(json.dumps({"installed": inside}))
    path.chmod(0o600)
    return path


class Browser:
    """Agrees, or refuses, at the address it is sent to."""

    def __init__(self, **answer: str):
        self.answer, self.seen, self.page = answer, {}, ""

    def __call__(self, address: str) -> None:
        self.seen = {
            key: values[0] for key, values in urllib.parse.parse_qs(urllib.parse.urlsplit(address).query).items()
        }
        said = urllib.parse.urlencode({"state": self.seen["state"], **self.answer})
        self.thread = threading.Thread(target=self._follow, args=(f"{self.seen['redirect_uri']}?{said}",))
        self.thread.start()

    def _follow(self, url: str) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=5) as response:
            self.page = response.read().decode("utf-8")


def token(**other: Any) -> Answer:
    said = {
        "access_token": CANARY,
        "refresh_token": CANARY + "r",
        "expires_in": 3599,
        "token_type": "Bearer",
        "scope": WRITE,
    }
    return Answer(body={**said, **other})


def test_the_login_is_saved_for_this_user_alone_and_signs_in(app: Path) -> None:
    into = app.parent / "new" / "login.json"
    browser = Browser(code="4/abc")
    with Scripted(token()) as script:
        relay = Relay.of(script.url)
        assert sign_in_person(app, into, relay=relay, browse=browser) == into
        browser.thread.join()
    assert browser.seen["scope"] == WRITE
    assert browser.seen["access_type"] == "offline"
    assert "已登录" in browser.page
    assert [path for _, path, _, _ in script.asked] == ["/token"]
    if os.name == "posix":
        assert stat.S_IMODE(into.stat().st_mode) == 0o600
    saved = json.loads(into.read_text())
    assert saved["refresh_token"] == CANARY + "r"
    assert saved["token_uri"] == "https://oauth2.googleapis.com/token"
    assert sign_in("user", path=into).kind == "user"
    assert list(into.parent.iterdir()) == [into]


@pytest.mark.parametrize(
    ("browser", "answer", "code", "exit_code"),
    [
        (Browser(error="access_denied"), token(), "consent_not_given", 5),
        (
            Browser(code="x"),
            Answer(400, {"error": "invalid_grant", "error_description": CANARY}),
            "consent_not_given",
            5,
        ),
        (Browser(code="x"), token(scope="openid"), "consent_", 5),
        (Browser(code="x"), Answer(way="cut"), "network_unreachable", 6),
    ],
)
def test_a_consent_that_fails_saves_nothing_and_says_why(
    app: Path, browser: Browser, answer: Answer, code: str, exit_code: int
) -> None:
    with Scripted(answer) as script:
        with pytest.raises(RemoteError) as caught:
            sign_in_person(app, app.parent / "login.json", relay=Relay.of(script.url), browse=browser)
        browser.thread.join()
    assert caught.value.code.startswith(code)
    assert caught.value.exit_code == exit_code
    assert CANARY not in str(caught.value) + repr(caught.value.facts)
    assert list(app.parent.iterdir()) == [app]


def test_nobody_at_the_browser_is_not_waited_for_without_end(app: Path) -> None:
    with pytest.raises(RemoteError) as caught:
        sign_in_person(app, app.parent / "login.json", browse=lambda address: None, minutes=0.01)
    assert caught.value.code == "consent_not_given"


def test_a_login_is_not_kept_where_it_is_easily_passed_on(app: Path) -> None:
    (app.parent / "repo" / ".git").mkdir(parents=True)
    with pytest.raises(RemoteError) as caught:
        sign_in_person(app, app.parent / "repo" / "login.json")
    assert caught.value.code == "key_file_in_checkout"
    book = app.parent / "books" / "a.xlsx"
    book.parent.mkdir()
    book.touch()
    with pytest.raises(RemoteError) as caught:
        sign_in_person(app, app.parent / "books" / "login.json", away_from=[book])
    assert caught.value.code == "key_file_beside_workbook"
    wrong = app.parent / "wrong.json"
    wrong.write_text(json.dumps({"web": {"client_secret": CANARY}}))
    wrong.chmod(0o600)
    with pytest.raises(RemoteError) as caught:
        sign_in_person(wrong, app.parent / "login.json")
    assert caught.value.code == "key_of_another_kind"
    assert CANARY not in str(caught.value)
