"""Speed of the boundary to an open workbook: raw values to ledger columns, against xlwings' own DataFrame."""

from __future__ import annotations

import datetime as dt
import gc
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from arsheet.hosts.excel.native import ERRORS

ROWS = 20_000
HEADER = ("单据号", "客户编码", "客户名称", "单据日期", "到期日", "价税合计", "币种", "备注")


def boundary_20000() -> dict[str, Any]:
    """20,000 × 8 cells: the host's read and the decoding to typed columns, against options(pd.DataFrame).

    Excel's side of the transfer is the same for both and is left out: a stand-in engine in this process answers with
    values that are ready, to xlwings as COM's Value (datetimes of its own class), to the host as Value2.
    """
    import pandas as pd
    import xlwings as xw

    from arsheet.hosts.excel import ExcelHost
    from arsheet.schema.decode import decode
    from arsheet.schema.headers import match_headers
    from arsheet.schema.tables import TABLES

    engine = xw.main.Engine(impl=_Engine())
    book = _Book(*_values(), engine.impl)
    sheet = xw.Sheet(impl=book.sheet)
    host = ExcelHost(_Front(sheet))
    spec = TABLES["invoices"]

    def ours() -> Any:
        raw = host.read("Invoices")
        return decode(raw, spec, match_headers(list(raw.header), spec).mapping).table

    def theirs() -> Any:
        return sheet.tables["Invoices"].range.options(pd.DataFrame, index=False).value

    active, xw.engines.active = xw.engines.active, engine
    try:
        table, frame = ours(), theirs()
        mine, other = _best(ours, theirs)
    finally:
        xw.engines.active = active
    equal = (
        sum(table.column("amount")) * 100 == round(frame["价税合计"].sum() * 100)
        and list(table.column("document_no")) == frame["单据号"].tolist()
        and list(table.column("due_date")) == [day.date().toordinal() - 719_163 for day in frame["到期日"]]
    )
    return {
        "name": f"boundary_{ROWS}",
        "ratio": round(other / mine, 2),
        "asked": ">= 3",
        "ms": {"arsheet, to ledger columns": round(mine * 1000, 1), "xlwings, to a DataFrame": round(other * 1000, 1)},
        "equal_values": bool(equal),
    }


def _best(*works: Callable[[], Any], rounds: int = 15) -> list[float]:
    """The best of several, taken in turns, in processor time: both only compute, and other work does not count."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, found in zip(works, times, strict=True):
            gc.collect()
            started = time.process_time()
            work()
            found.append(time.process_time() - started)
    return [min(found) for found in times]


class _ComTime(dt.datetime):
    """A date as COM hands it out."""


def _values() -> tuple[Any, Any]:
    """The cells as Value2 and as Value."""
    draw = random.Random(7)
    zero = _ComTime(1899, 12, 30, tzinfo=dt.UTC)
    plain: list[tuple[Any, ...]] = [HEADER]
    rich: list[tuple[Any, ...]] = [HEADER]
    for at in range(ROWS):
        customer, day = draw.randrange(900), float(45_000 + draw.randrange(700))
        head = (f"INV{at:06d}", f"C{customer:04d}", f"客户{customer}")
        tail = (draw.randrange(1, 10**8) / 100, "CNY", None if at % 3 else "备注")
        plain.append((*head, day, day + 30, *tail))
        rich.append((*head, zero + dt.timedelta(day), zero + dt.timedelta(day + 30), *tail))
    return tuple(plain), tuple(rich)


class _Front:
    """A book as the host asks for it."""

    name = "bench.xlsx"
    api = type("Api", (), {"Date1904": False})()

    def __init__(self, sheet: Any) -> None:
        self.sheets = _Sheets((sheet,))


class _Sheets(tuple[Any, ...]):
    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, 0)


class _Engine:
    """The cleaning of values step by step as xlwings' engine for Windows does it: a call for each cell."""

    name, type = "stand-in", "desktop"

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
        return [[_clean(cell, datetime_builder, empty_as, number_builder, err_to_str) for cell in row] for row in data]


_TIMES = (dt.date, dt.datetime, _ComTime, np.datetime64)


def _clean(value: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
    if value in ("", None):
        return empty_as
    if isinstance(value, _TIMES):
        return _moment(value, datetime_builder)
    if number_builder is not None and isinstance(value, float):
        return number_builder(value)
    if isinstance(value, int) and value in ERRORS:
        return ERRORS[value] if err_to_str else None
    return value


def _moment(value: Any, datetime_builder: Any) -> Any:
    return datetime_builder(
        month=value.month, day=value.day, year=value.year, hour=value.hour, minute=value.minute,
        second=value.second, microsecond=value.microsecond, tzinfo=None,
    )  # fmt: skip


class _App:
    pid = 0

    def __init__(self, engine: Any) -> None:
        self.engine = engine


class _Book:
    def __init__(self, plain: Any, rich: Any, engine: Any) -> None:
        self.plain, self.rich, self.app = plain, rich, _App(engine)
        self.sheet = _Sheet(self)


class _Sheet:
    name, index = "应收单", 1

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.tables = _Tables(self)

    def range(self, one: Any, two: Any = None) -> _Range:
        return _Range(self, *one, *(two or one))


class _Tables:
    def __init__(self, sheet: _Sheet) -> None:
        self._table = _Table(sheet)

    def __call__(self, key: Any) -> _Table:
        return self._table

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Any:
        return iter((self._table,))


class _Table:
    name, show_headers, show_totals = "Invoices", True, False

    def __init__(self, sheet: _Sheet) -> None:
        self.range = _Range(sheet, 1, 1, ROWS + 1, 8)


class _Range:
    max_cells_per_read = None

    def __init__(self, sheet: _Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self.sheet, self.box, self.api = sheet, (top, left, bottom, right), self
        self.shape = (bottom - top + 1, right - left + 1)
        self.options: dict[str, Any] = {}

    def _cut(self, rows: Any) -> Any:
        top, left, bottom, right = self.box
        whole = left == 1 and right == 8
        part = rows[top - 1 : bottom]
        return part if whole else tuple(row[left - 1 : right] for row in part)

    @property
    def Value2(self) -> Any:
        return self._cut(self.sheet.book.plain)

    @property
    def raw_value(self) -> Any:
        return self._cut(self.sheet.book.rich)

    @property
    def address(self) -> str:
        return "${}${}:${}${}".format(
            "ABCDEFGH"[self.box[1] - 1], self.box[0], "ABCDEFGH"[self.box[3] - 1], self.box[2]
        )

    @property
    def number_format(self) -> str:
        return "yyyy-mm-dd" if 4 <= self.box[1] <= 5 else "#,##0.00" if self.box[1] == 6 else "General"
