"""An emulator, and real gspread over real google-auth in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gspread
import pytest
from google.oauth2.service_account import Credentials
from gspread.http_client import HTTPClient

from arsheet.sync.emulator import Emulator
from tests.sync.emulator import discovery

SHEETS = "https://www.googleapis.com/auth/spreadsheets"
DRIVE = "https://www.googleapis.com/auth/drive"


def over(google: Emulator) -> type[HTTPClient]:
    """gspread's own client with its two hosts exchanged for the emulator's, and a timeout."""

    class Loopback(HTTPClient):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.set_timeout((5, 30))

        def request(self, method: str, endpoint: str, *given: Any, **named: Any) -> Any:
            for host in ("https://sheets.googleapis.com", "https://www.googleapis.com"):
                endpoint = endpoint.replace(host, google.base_url)
            return super().request(method, endpoint, *given, **named)

    return Loopback


def connect(google: Emulator, *scopes: str) -> gspread.Client:
    """A signed-in gspread client with the given scopes."""
    info = google.service_account_info()
    credentials = Credentials.from_service_account_info(info, scopes=list(scopes or (SHEETS,)))
    return gspread.authorize(credentials, http_client=over(google))


@pytest.fixture
def google() -> Iterator[Emulator]:
    """An emulator whose every exchange must fit the API descriptions, where they are at hand."""
    with Emulator() as running:
        description = discovery.Description() if discovery.INSTALLED else None
        if description:
            running.watch(description.check)
        yield running
        if description:
            assert not description.violations
