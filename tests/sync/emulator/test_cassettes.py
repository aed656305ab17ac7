"""Every recorded exchange with Google is answered as Google did, and again under other ids, titles and texts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from arsheet.sync.emulator import Emulator
from tests.sync.emulator import discovery
from tests.sync.emulator.conftest import DRIVE
from tests.sync.emulator.replaying import Names, Outcome, Replay, differences, recordings

ABSENT = "no recorded exchanges: give a folder with --cassettes DIR or in ARSHEET_CASSETTES"


def folders(config: pytest.Config) -> list[Path]:
    """The folders asked for."""
    given = config.getoption("cassettes", default=None) or []
    return [Path(one) for one in given or os.environ.get("ARSHEET_CASSETTES", "").split(os.pathsep) if one]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "recording" in metafunc.fixturenames:
        found = [path for folder in folders(metafunc.config) for path in recordings(folder)]
        skipped = pytest.param(None, marks=pytest.mark.skip(reason=ABSENT), id="absent")
        metafunc.parametrize("recording", found or [skipped], ids=lambda path: path.stem if path else "absent")


def played(path: Path, prefix: str = "") -> Outcome:
    """One recording against an emulator of its own."""
    with Emulator(service_accounts_own_files=True) as google:  # as Google was when the recordings were made
        description = discovery.Description() if discovery.INSTALLED else None
        google.watch(description.check if description else None)
        credentials = Credentials.from_service_account_info(google.service_account_info(), scopes=[DRIVE])
        with AuthorizedSession(credentials) as session:
            outcome = Replay(session, google.base_url, prefix=prefix).run(path)
        assert not description or not description.violations
        return outcome


def test_answers_as_google_did(recording: Path) -> None:
    outcome = played(recording)
    assert not outcome.differences
    assert outcome.compared == outcome.equal
    if not outcome.compared:
        pytest.skip(f"nothing to replay: {dict(outcome.left_out)}")


def test_answers_as_google_did_under_other_names(recording: Path) -> None:
    assert not played(recording, prefix="Zq").differences


def test_the_comparison_sees_a_difference() -> None:
    assert differences({"a": [1, True]}, {"a": [1, 1]})
    assert differences({"a": 1}, {"a": 1.0})
    assert differences({"a": 1}, {})
    assert not differences({"a": [1, None]}, {"a": [1, None]})


def test_the_renaming_reaches_requests_and_answers() -> None:
    body = '{"values": [["Total", "12", "=A1"]], "requests": [{"addSheet": {"properties": {"title": "D3 it\'s"}}}]}'
    names = Names([{"request": {"uri": "/values/x", "body": body}}], "Zq")
    assert names.data({"values": [["Total", "12"]], "range": "'D3 it''s'!A1"}) == {
        "values": [["ZqTotal", "12"]],
        "range": "'ZqD3 it''s'!A1",
    }
    assert names.path("/v4/spreadsheets/x/values/'D3 it''s'!A1:B2:append").endswith("'ZqD3 it''s'!A1:B2:append")
