"""A receivables book for the pane: as a file, as tables for the double of Office, and the service that answers."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arsheet import run
from arsheet.hosts.xlsx import XlsxHost
from arsheet.schema.layout import header_row
from arsheet.schema.tables import TABLES
from arsheet.table import CellError

AS_OF = dt.date(2026, 3, 31)
TABLES_SHOWN = (
    *("customers", "invoices", "receipts", "applications", "limits", "terms", "instalments", "settings", "fx"),
    *(
        "overdue_aging",
        "aging_by_year",
        "open_items",
        "balances",
        "reclassification",
        "credit",
        "reminder_list",
        "checks",
    ),
)


@dataclass(frozen=True)
class Running:
    """A service of this test."""

    url: str
    link: str
    token: str


def new_book(folder: Path, *, invoices: int = 300, refreshed: bool = True) -> Path:
    """A Chinese book with sample data and something wrong in it."""
    path = folder / "应收.xlsx"
    run.new_book(path, "zh")
    run.fill_sample(path, invoices=invoices, customers=60)
    host = XlsxHost(path)
    customer = host.read("Invoices").column("客户编码")[0]
    row = {"客户编码": customer, "类型": "发票", "币种": "CNY", "单据日期": AS_OF, "到期日": AS_OF}
    host.append("Invoices", [
        {**row, "单据号": "BAD-1", "价税合计": "待确认"},
        {**row, "单据号": "BAD-2", "价税合计": 113.0, "到期日": AS_OF - dt.timedelta(60)},
        {**row, "单据号": "BAD-3", "价税合计": 226.0, "客户编码": "NOBODY"},
    ])  # fmt: skip
    host.save()
    if refreshed:
        run.refresh(path, AS_OF)
    return path


@contextmanager
def serving(folder: Path, book: Path | None = None, *, language: str = "zh") -> Iterator[Running]:
    """The real service as a process of its own."""
    command = [sys.executable, "-c", "from arsheet.cli import main; main()", "serve", "--json", "--lang", language]
    command += [str(book)] if book is not None else []
    settings = {**os.environ, "ARSHEET_RUN_DIR": str(folder / "run")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=settings, encoding="utf-8")
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        yield Running(said["url"], said["link"], said["link"].partition("#token=")[2])
    finally:
        process.terminate()
        process.communicate(timeout=15)


def as_workbook(path: Path) -> dict[str, Any]:
    """The tables of a file as the double of Office opens them: dates are serial days."""
    host = XlsxHost(path)
    names = {name.casefold(): name for name in host.tables()}
    tables, sheets = [], []
    for key in TABLES_SHOWN:
        spec = TABLES[key]
        name = names.get(spec.table_name.casefold())
        if name is None:
            continue
        table = host.read(name)
        sheet = table.place.sheet if table.place is not None else spec.zh
        rows = [[_cell(cell) for cell in row] for row in table.rows()]
        header = [str(text or f"列{at}") for at, text in enumerate(table.header)]
        sheets.append(sheet)
        tables.append(
            {"name": name, "sheet": sheet, "row": header_row(spec) - 1, "column": 0, "header": header, "rows": rows}
        )
    return {"sheets": [*sheets, "首页", "公式示例", "刷新版本", "分析"], "tables": tables}


def _cell(value: Any) -> Any:
    if isinstance(value, dt.date):
        return (dt.date(value.year, value.month, value.day) - dt.date(1899, 12, 30)).days
    if isinstance(value, CellError):
        return value.text
    return value
