"""The sync against the emulator, in requests and bytes. Each row is a function in ROWS that gives one result."""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

ROWS_OF_A_BOOK, LOAD_ROWS, COLUMNS = 20_000, 50_000, 12
TITLE = "AR_数据"
HEADER = (
    "单据编号",
    "客户编号",
    "客户名称",
    "业务员",
    "单据日期",
    "到期日",
    "金额",
    "未收金额",
    "逾期天数",
    "账龄",
    "币种",
    "状态",
)
FORMATS = ("id", "id", "text", "text", "date", "date", "money", "money", "int", "text", "text", "text")


def idle_requests() -> dict[str, Any]:
    """A pass with nothing to write, over 20,000 rows; then 30 spreadsheets of one account, idle, by a clock."""
    with _google() as (_, remote_of):
        desk = Desk(remote_of(), ROWS_OF_A_BOOK)
        desk.run()
        began = time.perf_counter()
        idle = desk.run()
        seconds = time.perf_counter() - began
    asked, refused, paced = _thirty()
    return {
        "name": "idle_requests", "ratio": idle.requests, "asked": "<= 3", "rows": ROWS_OF_A_BOOK,
        "seconds": round(seconds, 2), "cells_written": idle.pushed, "spreadsheets": 30, "their_requests": asked,
        "refused_for_quota": refused, "minutes_by_the_clock": round(paced / 60, 1),
    }  # fmt: skip


def change_requests() -> dict[str, Any]:
    """A pass that changes 1 % of 20,000 rows: read, lease, one batch, read again."""
    with _google() as (_, remote_of):
        desk = Desk(remote_of(), ROWS_OF_A_BOOK)
        desk.run()
        desk.change(ROWS_OF_A_BOOK // 100)
        done = desk.run()
    return {
        "name": "change_requests", "ratio": done.requests, "asked": "<= 6", "rows": ROWS_OF_A_BOOK,
        "cells": done.pushed, "bytes": done.bytes, "repairs": done.repairs,
    }  # fmt: skip


def change_bytes_ratio() -> dict[str, Any]:
    """Bytes for each changed cell at twice the changes over that at one time, and bytes for each changed cell."""
    figures = []
    with _google() as (_, remote_of):
        desk = Desk(remote_of(), ROWS_OF_A_BOOK)
        desk.run()
        for count in (ROWS_OF_A_BOOK // 100, ROWS_OF_A_BOOK // 50):
            desk.change(count)
            done = desk.run()
            figures.append((done.bytes, done.pushed))
    per_cell = [sent / cells for sent, cells in figures]
    return {
        "name": "change_bytes_ratio", "ratio": round(per_cell[1] / per_cell[0], 3), "asked": "0.9-1.1",
        "bytes_per_changed_cell": round(per_cell[0], 1), "cells": [cells for _, cells in figures],
    }  # fmt: skip


def first_load_max_kib() -> dict[str, Any]:
    """The largest request of a first pass over 50,000 rows x 12, staged and swapped in; the next writes nothing."""
    told: list[Any] = []
    with _google() as (emulator, remote_of):
        desk = Desk(remote_of(told.append), LOAD_ROWS)
        began = time.perf_counter()
        done = desk.run()
        seconds = time.perf_counter() - began
        largest = max(each.bytes for each in emulator.requests)
        again = desk.run()
    return {
        "name": "first_load_max_kib", "ratio": round(largest / 1024), "asked": "<= 2048", "requests": done.requests,
        "mib": round(done.bytes / 2**20, 1), "progress_told": len(told), "rows": done.appended,
        "written_by_the_next_pass": again.pushed, "seconds": round(seconds, 1),
    }  # fmt: skip


def merge_200000() -> dict[str, Any]:
    """See sync_merge."""
    from benchmarks import sync_merge

    return next(iter(sync_merge.rows()))


def core_rounds() -> dict[str, Any]:
    """The 400 rounds of faults and edits beside the 100 of the test suite; every count must be 0."""
    import sys
    import tempfile
    from collections import Counter

    root = Path(__file__).resolve().parents[2]
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    from arsheet.sync.emulator.server import Emulator
    from tests.sync.core import WRONG, run_story

    counts: Counter[str] = Counter()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(101, 111):
            with Emulator() as google:
                counts.update(run_story(google, Path(folder) / str(seed), seed, 40, real_kills=4))
    wrong = {name: counts[name] for name in WRONG}
    return {
        "name": "core_rounds", "ratio": sum(wrong.values()), "asked": "0", "rounds": counts["rounds"],
        "faults": counts["faults"], "edits": counts["edits"], "kills_of_a_process": counts["kills of a process"],
        "entries_owed": counts["entries owed"], **wrong, "seconds": round(time.perf_counter() - began, 1),
    }  # fmt: skip


ROWS: list[Callable[[], dict[str, Any]]] = [
    idle_requests, change_requests, change_bytes_ratio, first_load_max_kib, merge_200000, core_rounds,
]  # fmt: skip


def run() -> Iterator[dict[str, Any]]:
    """Every row."""
    for row in ROWS:
        yield row()


class Desk:
    """A workbook's side of one tab of 12 columns, in a folder of its own, and passes over it."""

    def __init__(self, remote: Any, count: int) -> None:
        import tempfile

        from arsheet.sync.model import ColumnView, TabView, Target

        self.remote, self.rows = remote, _rows(count)
        self._folder = tempfile.TemporaryDirectory(prefix="arsheet-bench-")
        self.book = Path(self._folder.name) / "book.xlsx"
        self.book.write_bytes(b"")
        columns = [ColumnView(text, text, text, kind) for text, kind in zip(HEADER, FORMATS, strict=True)]
        self.view = TabView("data", TITLE, "AR_Data", tuple(columns), (HEADER[0],), protected=True)
        self.target = Target("bench")

    def __call__(self, book: Path, target: Any, *, opened: bool, at: dt.datetime) -> Any:
        from arsheet.sync.model import BookSide, TabData

        columns = dict(zip(HEADER, map(list, zip(*self.rows, strict=True)), strict=True))
        return BookSide("", "bench", (TabData(self.view, columns[HEADER[0]], columns),))

    def change(self, count: int) -> None:
        """Three columns of some rows change."""
        for row in random.Random(count).sample(range(len(self.rows)), count):
            self.rows[row][7] += Decimal("0.25")
            self.rows[row][8] += 1
            self.rows[row][9] = f"61-{90 + self.rows[row][8] % 9}"

    def run(self) -> Any:
        """One pass."""
        from arsheet.sync.passes import run_pass

        return run_pass(self.book, self.target, self.remote, source=self)


def _thirty() -> tuple[int, int, float]:
    """30 idle spreadsheets of one account, by a clock that only waiting moves: requests, refusals, seconds waited."""
    from arsheet.hosts.google.pacing import Clock

    moment = [0.0]

    def sleep(seconds: float) -> None:
        moment[0] += seconds

    with _google(clock=Clock(now=lambda: moment[0], sleep=sleep)) as (emulator, remote_of):
        desks = [Desk(remote_of(), 20) for _ in range(30)]
        for desk in desks:
            desk.run()
        began, before = moment[0], len(emulator.requests)
        asked = sum(desk.run().requests for desk in desks)
        refused = sum(each.status == 429 for each in emulator.requests[before:])
        return asked, refused, moment[0] - began


def _rows(count: int) -> list[list[Any]]:
    day = dt.date(2026, 1, 1)
    return [
        [
            f"{i:08d}", f"C{i % 997:05d}", f"客户{i % 997}有限公司", f"业务员{i % 23}", day + dt.timedelta(i % 300),
            day + dt.timedelta(i % 300 + 30), Decimal(i * 7919 % 10**9) / 100, Decimal(i * 104729 % 10**9) / 100,
            i % 400, "31-60", "CNY", "未结清",
        ]
        for i in range(count)
    ]  # fmt: skip


@contextmanager
def _google(clock: Any = None) -> Iterator[tuple[Any, Callable[..., Any]]]:
    """An emulator and how to get a remote onto a new spreadsheet of it, through real gspread and google-auth."""
    from arsheet.hosts.google.auth import KEY_VARIABLE, sign_in
    from arsheet.hosts.google.calls import Calls
    from arsheet.hosts.google.relay import Relay
    from arsheet.sync.emulator import SERVICE_ACCOUNT, Emulator
    from arsheet.sync.remotes.google import GoogleRemote

    with Emulator() as emulator:
        relay = Relay.of(emulator.base_url)
        key = json.dumps(emulator.service_account_info())
        account = sign_in("service_account", environment={KEY_VARIABLE: key}, relay=relay)
        calls = Calls(account.credentials, account=account.email, relay=relay, clock=clock)

        def remote_of(progress: Any = None) -> Any:
            book = emulator.books.create("应收", share=[SERVICE_ACCOUNT])
            return GoogleRemote(calls, book.id, progress=progress)

        yield emulator, remote_of
        calls.close()
