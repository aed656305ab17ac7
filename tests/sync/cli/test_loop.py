"""The long-running sync: what ends it, what does not, and that it stops cleanly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from arsheet.sync.emulator import SERVICE_ACCOUNT, Fault
from arsheet.sync.job import JobReport, TargetRun
from arsheet.sync.loop import Turn, keep_running, turn_of
from arsheet.sync.model import Target
from arsheet.sync.pass_report import PassReport
from arsheet.table import ArsheetError
from tests.sync.cli.conftest import WHO, Desk


class Rests(threading.Event):
    """An event that notes how long it would be waited for, and ends the loop after some turns."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.turns, self.waits = turns, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return len(self.waits) >= self.turns


def refused(code: int) -> Turn:
    return turn_of(ArsheetError("why", "原因", "why", exit_code=code))


def run_of(*codes: int) -> JobReport:
    made = JobReport("run")
    for code in codes:
        error = ArsheetError("why", "原因", "why", exit_code=code) if code else None
        made.targets.append(TargetRun(Target("s"), PassReport("run", "s") if error is None else None, error))
    return made


def test_a_failed_pass_does_not_end_it_but_a_refused_login_does() -> None:
    codes: Iterator[int] = iter([0, 6, 4, 7, 1, 3, 5, 0])
    rests = Rests(100)
    assert (
        keep_running(lambda: refused(next(codes)), 900, stop=rests, uniform=lambda low, high: high, clock=lambda: 0.0)
        == 5
    )
    assert rests.waits == [990.0] * 6
    assert next(codes) == 0
    assert keep_running(lambda: refused(8), 900, stop=Rests(1)) == 8
    assert keep_running(lambda: Turn(0), 900, stop=Rests(3)) == 0


def test_only_a_fault_of_every_spreadsheet_lasts() -> None:
    assert turn_of(run_of(0, 5)) == Turn(5, lasting=False)
    assert turn_of(run_of(8, 6)) == Turn(8, lasting=False)
    assert turn_of(run_of(5, 8)) == Turn(8, lasting=True)
    assert turn_of(run_of(5)) == Turn(5, lasting=True)
    assert turn_of(run_of()) == Turn(0)


def test_a_pass_that_takes_longer_than_the_period_is_followed_after_a_rest() -> None:
    times = iter(range(0, 10_000, 500))
    rests = Rests(2)
    keep_running(lambda: Turn(0), 60, stop=rests, uniform=lambda low, high: 0.0, clock=lambda: float(next(times)))
    assert rests.waits == [1.0, 1.0]


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM ends a process at once on Windows")
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_over_failures_and_stops_cleanly(ready: Desk, asked: int) -> None:
    ready.google.faults.add(Fault("status", match="GET /v4/", times=1, code=503))
    command = [sys.executable, "-c", "from arsheet.cli import main; main()", "sync", "run", str(ready.book),
               "--every", "1s", "--patience", "0", "--json"]  # fmt: skip
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert running.stdout is not None
    try:
        codes = [json.loads(running.stdout.readline())["exit_code"] for _ in range(3)]
        ready.type("000123", "承诺日期", "2026-12-25")
        until = time.monotonic() + 20
        while time.monotonic() < until and not json.loads(running.stdout.readline())["landed"].get("promises"):
            pass
        running.send_signal(asked)
        _, errors = running.communicate(timeout=30)
    finally:
        running.kill()
        running.communicate()
    assert codes == [6, 0, 0]
    assert running.returncode == 0, errors
    assert len(ready.rows("promises")) == 1
    assert ready.answer("run")["exit_code"] == 0  # no lock is left


def test_a_revoked_key_ends_it(ready: Desk) -> None:
    ready.google.revoke(SERVICE_ACCOUNT)
    assert ready.ask("run", "--every", "1s", "--json").exit_code == 5
    ready.key.unlink()
    assert ready.ask("run", "--every", "1s", "--json").exit_code == 8


def test_one_spreadsheet_that_is_no_longer_shared_does_not_end_it_for_the_others(ready: Desk) -> None:
    other = ready.google.books.create("李四", share=[SERVICE_ACCOUNT])
    ready.answer("init", "--spreadsheet", other.id, "--kind", "person", "--scope", "李四", "--agree", WHO)
    other.unshare(SERVICE_ACCOUNT)
    command = [sys.executable, "-c", "from arsheet.cli import main; main()", "sync", "run", str(ready.book),
               "--every", "1s", "--patience", "0", "--json"]  # fmt: skip
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert running.stdout is not None
    try:
        said = [json.loads(running.stdout.readline()) for _ in range(2)]
        ready.type("000123", "承诺日期", "2026-12-25")
        until = time.monotonic() + 20
        while time.monotonic() < until and not json.loads(running.stdout.readline())["landed"].get("promises"):
            pass
        assert running.poll() is None
    finally:
        running.kill()
        running.communicate()
    assert [[each["exit_code"] for each in one["targets"]] for one in said] == [[0, 5]] * 2
    assert len(ready.rows("promises")) == 1
