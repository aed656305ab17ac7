"""A small book with documents, customers of two salespeople, and entries that were typed online."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from arsheet import run
from arsheet.hosts.package import companion_folder
from arsheet.journal import entries
from arsheet.journal.entries import Entry
from arsheet.journal.store import Journal
from arsheet.run.session import open_session

NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AS_OF = NOW.date()
ACCOUNT, TAX, ID_CARD, PHONE = "6222021234567890123", "91310115MA1K3XYZ7Q", "110101199003078515", "13812345678"
"""Canaries: none of these may ever be published."""
INVOICE: dict[str, Any] = {"document_date": dt.date(2026, 1, 5)}
TABLES: dict[str, list[dict[str, Any]]] = {
    "customers": [
        {"customer_id": "C1", "name": "甲公司", "salesperson": "张三", "region": "华东", "tax_id": TAX, "bank": "工行",
         "account": ACCOUNT, "phone": PHONE, "contact": f"王经理 {PHONE}", "mail": "a@example.com"},
        {"customer_id": "C2", "name": f"乙公司（账号 {ACCOUNT}）", "salesperson": "李四", "region": "华北",
         "payer_accounts": ACCOUNT, "contact": f"身份证 {ID_CARD}"},
        {"customer_id": "C3", "name": "丙公司", "phone": "010-88886666"},
    ],
    "bank_accounts": [{"account": ACCOUNT, "bank": "工行", "currency": "CNY"}],
    "invoices": [
        {**INVOICE, "document_no": "A1", "customer_id": "C1", "due_date": dt.date(2026, 2, 4), "amount": 50000,
         "tax_invoice_no": "26312000000012345678", "memo": ACCOUNT},
        {**INVOICE, "document_no": "A2", "customer_id": "C1", "due_date": dt.date(2026, 3, 9), "amount": 8000},
        {**INVOICE, "document_no": "000123", "customer_id": "C2", "due_date": dt.date(2026, 3, 1), "amount": 1200.5},
        {**INVOICE, "document_no": "S1", "customer_id": "C3", "due_date": dt.date(2026, 3, 1), "amount": 900,
         "salesperson": "张三"},
        {**INVOICE, "document_no": "P1", "customer_id": "C2", "due_date": dt.date(2026, 1, 9), "amount": 100},
        {**INVOICE, "document_no": "DUP", "customer_id": "C1", "due_date": dt.date(2026, 2, 1), "amount": 7},
        {**INVOICE, "document_no": "DUP", "customer_id": "C2", "due_date": dt.date(2026, 2, 1), "amount": 7},
        {**INVOICE, "document_no": "R1", "customer_id": "C1", "amount": 300},
    ],
    "instalments": [
        {"document_no": "R1", "sequence": 1, "due_date": dt.date(2026, 2, 1), "amount": 100},
        {"document_no": "R1", "sequence": 2, "due_date": dt.date(2026, 9, 1), "amount": 200},
    ],
    "receipts": [{"receipt_no": "R", "date": dt.date(2026, 2, 1), "customer_id": "C2", "amount": 100, "kind": "收款",
                  "payer_account": ACCOUNT}],
    "applications": [{"source_no": "R", "document_no": "P1", "date": dt.date(2026, 2, 1), "amount": 100}],
    "limits": [{"customer_id": "C1", "kind": "基本额度", "amount": 100000}],
    "sync_targets": [
        {"spreadsheet_id": "ZHANG", "kind": "个人", "scope": "张三"},
        {"spreadsheet_id": "LI", "kind": "个人", "scope": "李四"},
        {"spreadsheet_id": "NORTH", "kind": "区域", "scope": "华北"},
        {"spreadsheet_id": "ALL", "kind": "总览"},
    ],
}  # fmt: skip


def clock(_: ZoneInfo) -> dt.datetime:
    """The moment of every test."""
    return NOW


@cache
def _book(moved: bool) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        run.new_book(path, "zh")
        session = open_session(path)
        tables = dict(TABLES)
        if moved:
            first, *others = tables["customers"]
            tables["customers"] = [{**first, "salesperson": "李四"}, *others]
        run.append_records(session, tables)
        session.host.save()
        return path.read_bytes()


def make_book(folder: Path, *, moved: bool = False) -> Path:
    """The book in a folder of its own. ``moved``: the customer of 张三 went over to 李四."""
    path = folder / "book.xlsx"
    path.write_bytes(_book(moved))
    return path


def entry(key: str, column: str, new: Any, *, at: str = "2026-03-04T09:00:00+08:00", sheet: str = "ZHANG",
          old: Any = None) -> Entry:  # fmt: skip
    """A cell that a person changed."""
    return Entry(sheet, "follow_up", key, column, old, new, at, "run")


def keep(path: Path, listed: Sequence[Entry]) -> None:
    """The entries made durable, as a pass does before it pushes anything."""
    folder = companion_folder(path.resolve())
    folder.mkdir(exist_ok=True)
    with Journal(folder) as journal, journal.transaction():
        entries.prepare(journal)
        entries.add(journal, listed)


def kept(path: Path) -> list[Entry]:
    """All entries of a book's journal."""
    with Journal(companion_folder(path.resolve())) as journal:
        return entries.kept(journal)
