"""A spreadsheet in the emulator, and the Remote that reaches it with real gspread and google-auth over loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from arsheet.hosts.google.auth import KEY_VARIABLE, sign_in
from arsheet.hosts.google.calls import Calls
from arsheet.hosts.google.pacing import Clock, Limits
from arsheet.hosts.google.relay import Relay
from arsheet.sync.emulator import SERVICE_ACCOUNT, Emulator, Person
from arsheet.sync.remote import Progress
from arsheet.sync.remotes.google import GoogleRemote
from arsheet.sync.remotes.staging import LARGEST


class Passing:
    """A clock whose sleeps take no time."""

    def __init__(self) -> None:
        self.time, self.slept = 0.0, []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self.sleep, uniform=lambda low, high: high)


class Setting:
    """One emulator, its spreadsheets, and remotes onto them."""

    def __init__(self, emulator: Emulator):
        self.emulator = emulator
        self.time = Passing()
        self._calls: list[Calls] = []

    def calls(self, *, readonly: bool = False, read: float = 0.6, email: str = SERVICE_ACCOUNT) -> Calls:
        relay = Relay.of(self.emulator.base_url)
        key = json.dumps(self.emulator.service_account_info(email))
        account = sign_in("service_account", environment={KEY_VARIABLE: key}, readonly=readonly, relay=relay)
        limits = Limits(connect=2.0, read=read, deadline=600.0, reads_per_minute=10_000, writes_per_minute=10_000)
        made = Calls(account.credentials, account=account.email, relay=relay, limits=limits, clock=self.time.clock())
        self._calls.append(made)
        return made

    def book(self, title: str = "应收") -> Person:
        return self.emulator.books.create(title, share=[SERVICE_ACCOUNT])

    def remote(
        self,
        book: Person,
        *,
        read: float = 0.6,
        progress: Callable[[Progress], None] | None = None,
        largest: int = LARGEST,
    ) -> GoogleRemote:
        return GoogleRemote(self.calls(read=read), book.id, progress=progress, largest=largest)

    def operations(self, since: int = 0) -> list[str]:
        """What was asked of the API, the token exchange left out."""
        return [each.operation.split("/")[-1] for each in self.emulator.requests[since:] if each.path != "/token"]

    def close(self) -> None:
        for each in self._calls:
            each.close()


@pytest.fixture
def google() -> Iterator[Setting]:
    with Emulator() as emulator:
        setting = Setting(emulator)
        yield setting
        setting.close()
