"""The relay for networks that cannot reach Google."""

from __future__ import annotations

import pytest

from arsheet.hosts.google.relay import Relay
from arsheet.hosts.online import RemoteError


def test_each_service_goes_through_the_relay_and_nothing_else_does() -> None:
    relay = Relay.of("https://g.example.cn/google/", oauth2="https://login.example.cn")
    assert (
        relay.url("https://sheets.googleapis.com/v4/spreadsheets/x") == "https://g.example.cn/google/v4/spreadsheets/x"
    )
    assert relay.url("https://www.googleapis.com/drive/v3/files") == "https://g.example.cn/google/drive/v3/files"
    assert relay.url("https://oauth2.googleapis.com/token") == "https://login.example.cn/token"
    assert relay.url("https://sheets.googleapis.com.evil.cn/v4") == "https://sheets.googleapis.com.evil.cn/v4"
    assert Relay().url("https://oauth2.googleapis.com/token") == "https://oauth2.googleapis.com/token"
    assert not relay.loopback


@pytest.mark.parametrize(
    "base",
    [
        "http://relay.example.cn", "ftp://x", "relay.example.cn", "https://", "https://u:canary@x.cn", "https://x.cn/?k=canary",
        "https://x.cn:port", "http://127.0.0.1.example.cn",
    ],
)  # fmt: skip
def test_an_address_that_would_show_a_login_to_others_is_refused(base: str) -> None:
    with pytest.raises(RemoteError) as caught:
        Relay.of(base)
    assert (caught.value.code, caught.value.exit_code) == ("relay_refused", 8)
    assert "canary" not in str(caught.value)


def test_logins_are_sent_to_google_or_the_relay_only() -> None:
    relay = Relay.of("https://g.example.cn")
    assert Relay().trusts("https://oauth2.googleapis.com/token")
    assert not Relay().trusts("http://oauth2.googleapis.com/token")
    assert not Relay().trusts("https://evil.example/token")
    assert not Relay().trusts("http://127.0.0.1:9/token")
    assert relay.trusts("https://g.example.cn/token")
    assert not relay.trusts("https://g.example.cn.evil/token")
    assert Relay.of("http://127.0.0.1:8").trusts("http://127.0.0.1:8/token")
