"""A spreadsheet in the emulator, a workbook's side that a test can change, and passes between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from google.oauth2.service_account import Credentials

from arsheet.hosts.google.calls import Calls
from arsheet.hosts.google.pacing import Limits
from arsheet.hosts.google.relay import Relay
from arsheet.sync.emulator.server import SERVICE_ACCOUNT, Emulator
from arsheet.sync.model import BookSide, ColumnView, TabData, TabView, Target
from arsheet.sync.pass_report import PassReport
from arsheet.sync.passes import Pass
from arsheet.sync.remotes.google import GoogleRemote

SCOPES = ["https://www.googleapis.com/auth/spreadsheets"]
NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PATIENT = Limits(connect=2.0, read=2.0, deadline=20.0, first=0.01, longest=0.05, reads_per_minute=10**6,
                 writes_per_minute=10**6)  # fmt: skip
IMPATIENT = Limits(connect=2.0, read=0.3, deadline=0.0, first=0.01, longest=0.05, reads_per_minute=10**6,
                   writes_per_minute=10**6)  # fmt: skip

DATA = TabView(
    "data", "AR_数据", "AR_Data",
    (
        ColumnView("document_no", "单据号", "Document no.", "id"),
        ColumnView("customer_id", "客户编码", "Customer", "id"),
        ColumnView("open_amount", "未收金额", "Open amount", "money"),
        ColumnView("due_date", "到期日", "Due date", "date"),
    ),
    ("document_no",), protected=True,
)  # fmt: skip
FOLLOW = TabView(
    "follow_up", "AR_跟进", "AR_Follow-up",
    (
        ColumnView("document_no", "单据号", "Document no.", "id"),
        ColumnView("open_amount", "未收金额", "Open amount", "money"),
        ColumnView("promised_on", "承诺日期", "Promised on", "date", "user", "promises.promised_on"),
        ColumnView("promised_amount", "承诺金额", "Promised amount", "money", "user", "promises.amount"),
        ColumnView("dispute", "争议说明", "Dispute", "text", "append", "disputes.reason"),
        ColumnView("next_step", "下一步", "Next step", "text", "seeded", "activities.next_step"),
    ),
    ("document_no",), people=True,
)  # fmt: skip
AGING = TabView(
    "aging", "账龄", "Aging",
    (
        ColumnView("customer_id", "客户编码", "Customer", "id"),
        ColumnView("currency", "币种", "Currency", "id"),
        ColumnView("open_amount", "未收金额", "Open amount", "money"),
    ),
    ("customer_id", "currency"), protected=True, ordered=True,
)  # fmt: skip


class Books:
    """The workbook's side, as rows that a test changes."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.extra: list[TabData] = []
        self.two_way: dict[str, Any] = {}
        self.overrides: dict[str, dict[str, Any]] = {}
        self.id = ""

    def put(
        self, key: str, customer: str = "C001", amount: str = "100.00", due: dt.date = dt.date(2026, 12, 1)
    ) -> None:
        """A document."""
        self.rows[key] = {"customer_id": customer, "open_amount": Decimal(amount), "due_date": due}

    def tabs(self) -> tuple[TabData, ...]:
        """All tabs."""
        keys = list(self.rows)
        picked = {
            name: [row[name] for row in self.rows.values()] for name in ("customer_id", "open_amount", "due_date")
        }
        sums: dict[str, Decimal] = {}
        for row in self.rows.values():
            sums[row["customer_id"]] = sums.get(row["customer_id"], Decimal(0)) + row["open_amount"]
        customers = sorted(sums)
        follow = {"document_no": keys, "open_amount": picked["open_amount"], "next_step": ["打电话"] * len(keys)}
        if self.two_way:
            follow["promised_on"] = [self.two_way.get(key) for key in keys]
        return (
            TabData(DATA, keys, {"document_no": keys, **picked}),
            TabData(FOLLOW, keys, follow, overrides=self.overrides),
            TabData(
                AGING, [f"{customer}\x1fCNY" for customer in customers],
                {"customer_id": customers, "currency": ["CNY"] * len(customers),
                 "open_amount": [sums[customer] for customer in customers]},
            ),
            *self.extra,
        )  # fmt: skip

    def __call__(self, book: Path, target: Target, *, opened: bool, at: dt.datetime) -> BookSide:
        return BookSide(self.id, "digest", self.tabs())


class World:
    """An emulator with one spreadsheet, a folder with a workbook's journal, and passes over both."""

    def __init__(self, google: Emulator, folder: Path, *, info: dict[str, str] | None = None) -> None:
        self.google, self.folder = google, folder
        self.info = info or google.service_account_info()
        self.person = google.books.create("应收账款", share=(SERVICE_ACCOUNT,))
        self.book = folder / "book.xlsx"
        self.book.write_bytes(b"")
        self.side = Books()
        self.target = Target(self.person.id)
        self.moment = NOW
        self._remotes: dict[int, GoogleRemote] = {}

    def clock(self, zone: ZoneInfo) -> dt.datetime:
        """The tests' time."""
        return self.moment.astimezone(zone)

    def remote(self, limits: Limits = PATIENT) -> GoogleRemote:
        """The spreadsheet through real gspread and google-auth; one login per kind of patience."""
        if id(limits) not in self._remotes:
            credentials = Credentials.from_service_account_info(self.info, scopes=SCOPES)
            relay = Relay.of(self.google.base_url)
            calls = Calls(credentials, account=SERVICE_ACCOUNT, relay=relay, limits=limits)
            self._remotes[id(limits)] = GoogleRemote(calls, self.person.id)
        return self._remotes[id(limits)]

    def made(
        self, *, limits: Limits = PATIENT, hooks: Callable[[str], None] | None = None, kind: type[Pass] = Pass
    ) -> Pass:
        """A pass that is about to run."""
        return kind(
            self.book, self.target, self.remote(limits), self.side, clock=self.clock, hooks=hooks or (lambda _: None)
        )

    def sync(self, **options: Any) -> PassReport:
        """One pass."""
        return self.made(**options).run()

    def rows(self, title: str) -> list[list[Any]]:
        """The values of a tab, header and all, rows of one length."""
        values = self.person.values(title)
        width = len(values[0]) if values else 0
        return [[None if cell == "" else cell for cell in (*row, *[""] * (width - len(row)))] for row in values]

    def table(self, view: TabView, language: str = "zh") -> dict[str, dict[str, Any]]:
        """The rows of a tab by key; a key that stands there twice fails."""
        header, *rows = self.rows(view.title(language))
        names = {column.header(language): column.key for column in view.published}
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            cells = {names[text]: cell for text, cell in zip(header, row, strict=True) if text in names}
            key = "\x1f".join(str(cells[name]) for name in view.key_columns)
            if all(cells[name] is None for name in view.key_columns):
                continue
            assert key not in found, f"{key} stands twice on {view.title(language)}"
            found[key] = cells
        return found

    def place(self, view: TabView, key: str, column: str, language: str = "zh") -> tuple[int, int]:
        """Where a cell stands on the sheet, 0-based."""
        header, *rows = self.rows(view.title(language))
        at = header.index(view.column(column).header(language))
        keys = [header.index(view.column(name).header(language)) for name in view.key_columns]
        row = next(no for no, row in enumerate(rows, 1) if "\x1f".join(str(row[k]) for k in keys) == key)
        return row, at

    def type(self, key: str, column: str, value: Any, view: TabView = FOLLOW) -> None:
        """A person types into a cell of a row."""
        self.person.type(view.title("zh"), self.place(view, key, column), value)


def values(entries: Sequence[Any]) -> list[tuple[str, str, Any]]:
    """Entries as (key, column, new value)."""
    return [(entry.row_key, entry.column, entry.new) for entry in entries]
