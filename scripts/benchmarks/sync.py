"""The sync against the emulator, in requests and bytes. Each row is a function in ROWS that gives one result."""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
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
    """A pass with nothing to write, over 20,000 rows: what it asks of the service."""
    with _book() as (remote, _, wanted):
        before, began = remote.requests_made, time.perf_counter()
        first = remote.read([wanted])
        seconds = time.perf_counter() - began
        spent = remote.requests_made - before
        again = remote.read([wanted])
    return {
        "name": "idle_requests",
        "ratio": spent,
        "asked": "<= 3",
        "rows": ROWS_OF_A_BOOK,
        "seconds": round(seconds, 2),
        "same_fingerprint": first.fingerprint == again.fingerprint,
    }


def change_requests() -> dict[str, Any]:
    """A pass that changes 1 % of 20,000 rows: read, lease, one batch, read again."""
    with _book() as (remote, marker, wanted):
        before, sent = remote.requests_made, remote.bytes_sent
        _change(remote, marker, wanted, ROWS_OF_A_BOOK // 100)
        spent, sent = remote.requests_made - before, remote.bytes_sent - sent
    return {"name": "change_requests", "ratio": spent, "asked": "<= 6", "rows": ROWS_OF_A_BOOK, "bytes": sent}


def change_bytes_ratio() -> dict[str, Any]:
    """Bytes for twice the changed cells over twice the bytes, and bytes for each changed cell."""
    with _book() as (remote, marker, wanted):
        counts = (ROWS_OF_A_BOOK // 100, ROWS_OF_A_BOOK // 50)
        figures = []
        for count in counts:
            sent = remote.bytes_sent
            marker, cells = _change(remote, marker, wanted, count)
            figures.append((remote.bytes_sent - sent, cells))
    per_cell = [sent / cells for sent, cells in figures]
    return {
        "name": "change_bytes_ratio",
        "ratio": round(per_cell[1] / per_cell[0], 3),
        "asked": "0.9-1.1",
        "bytes_per_changed_cell": round(per_cell[0], 1),
        "cells": [cells for _, cells in figures],
    }


def first_load_max_kib() -> dict[str, Any]:
    """The largest request of a first load of 50,000 rows x 12, staged and swapped in."""
    from arsheet.sync.remote import AddTab, AppendRows, Marker, TabWanted

    told: list[Any] = []
    with _google() as (emulator, remote_of):
        remote = remote_of(told.append)
        changes = [
            AddTab(TITLE, 1, COLUMNS, HEADER, FORMATS, protected=True),
            AppendRows(TITLE, _rows(LOAD_ROWS), FORMATS),
        ]
        began = time.perf_counter()
        remote.read([])
        done = remote.apply(changes, Marker(1, "run", "plan"), expect=None)
        seconds = time.perf_counter() - began
        largest = max(each.bytes for each in emulator.requests)
        read = remote.read([TabWanted(TITLE)]).tabs[TITLE]
        whole = read is not None and len(read.values) == LOAD_ROWS
    return {
        "name": "first_load_max_kib",
        "ratio": round(largest / 1024),
        "asked": "<= 2048",
        "requests": done.requests,
        "mib": round(done.bytes / 2**20, 1),
        "progress_told": len(told),
        "whole": whole,
        "seconds": round(seconds, 1),
    }


ROWS: list[Callable[[], dict[str, Any]]] = [idle_requests, change_requests, change_bytes_ratio, first_load_max_kib]


def run() -> Iterator[dict[str, Any]]:
    """Every row."""
    for row in ROWS:
        yield row()


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
def _google() -> Iterator[tuple[Any, Callable[..., Any]]]:
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
        calls = Calls(account.credentials, account=account.email, relay=relay)
        book = emulator.books.create("应收", share=[SERVICE_ACCOUNT])
        yield emulator, lambda progress=None: GoogleRemote(calls, book.id, progress=progress)
        calls.close()


@contextmanager
def _book() -> Iterator[tuple[Any, Any, Any]]:
    """A remote onto a spreadsheet of 20,000 rows, its marker, and the tab to read."""
    from arsheet.sync.remote import AddTab, AppendRows, Marker, TabWanted

    with _google() as (_, remote_of):
        remote = remote_of()
        changes = [AddTab(TITLE, 1, COLUMNS, HEADER, FORMATS), AppendRows(TITLE, _rows(ROWS_OF_A_BOOK), FORMATS)]
        done = remote.apply(changes, Marker(1, "run", "plan"), expect=None)
        yield remote, done.marker, TabWanted(TITLE, kinds=dict(zip(HEADER, FORMATS, strict=True)))


def _change(remote: Any, marker: Any, wanted: Any, count: int) -> tuple[Any, int]:
    """Read, take the lease, change three columns of some rows in one batch, read again; the marker and the cells."""
    from arsheet.sync.remote import Lease, Marker, SetCells

    read = remote.read([wanted])
    lease = Lease("bench/1", dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    taken = remote.apply([], Marker(marker.generation, "run", "plan", lease), expect=read.marker)
    chosen = random.Random(count).sample(range(ROWS_OF_A_BOOK), count)
    changes = [SetCells(TITLE, row, 7, [[Decimal(row) / 8, 401, "61-90"]]) for row in chosen]
    done = remote.apply(changes, Marker(marker.generation + 1, "run", "plan"), expect=taken.marker)
    remote.read([wanted])
    return done.marker, 3 * count
