"""The pandas face: frames in and out, the figures of the command line, and nothing heavy before it is asked."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import arsheet as ar
from arsheet import run
from arsheet.cli import main
from arsheet.table import ArsheetError

AS_OF = "2025-06-30"
INVOICES = (
    ("INV1", "C001", "2025-02-28", "2025-03-30", "100000.00"),
    ("INV2", "C001", "2025-04-20", "2025-05-31", "70000.10"),
    ("INV3", "C001", "2025-05-05", "2025-06-30", "60000.05"),
    ("INV5", "C002", "2025-03-10", "2025-04-09", "20000.00"),
)
"""As of 2025-06-30 INV1 is 92 days late (30,000 of it paid), INV2 30 days, INV3 due today, INV5 82 days."""


def invoices(amount: Callable[[str], Any] = Decimal, day: Callable[[str], Any] = str) -> pd.DataFrame:
    """The documents with amounts and dates of some type."""
    rows = [(number, who, day(on), day(due), amount(text)) for number, who, on, due, text in INVOICES]
    return pd.DataFrame(rows, columns=["document_no", "customer_id", "document_date", "due_date", "amount"])


def receipts() -> pd.DataFrame:
    """Two receipts of C001; the second is not applied."""
    rows = [("R1", "2025-04-15", "C001", 30000), ("R2", "2025-06-20", "C001", 25000)]
    return pd.DataFrame(rows, columns=["receipt_no", "date", "customer_id", "amount"])


def applications() -> pd.DataFrame:
    """R1 settles part of INV1."""
    rows = [("A1", "R1", "INV1", "2025-04-15", 30000)]
    return pd.DataFrame(rows, columns=["application_id", "source_no", "document_no", "date", "amount"])


@pytest.fixture
def ledger() -> Any:
    """The ledger of the frames."""
    return ar.Ledger.from_frames(invoices(), receipts(), applications())


AGED = [
    {"key": "C001", "total": "200000.15", "not_due": "60000.05", "1-30": "70000.10", "31-60": "0.00", "61-90": "0.00",
     "91+": "70000.00", "unapplied": "-25000.00", "net": "175000.15"},
    {"key": "C002", "total": "20000.00", "not_due": "0.00", "1-30": "0.00", "31-60": "0.00", "61-90": "20000.00",
     "91+": "0.00", "unapplied": "0.00", "net": "20000.00"},
]  # fmt: skip


def told(frame: pd.DataFrame) -> list[dict[str, str]]:
    """A frame's rows in texts, as AGED."""
    return [{key: str(record[key]) for key in AGED[0]} for record in frame.to_dict("records")]


@pytest.mark.parametrize(
    "amount", [Decimal, float, str, lambda text: f"{float(text):,.2f}"], ids=["decimal", "float", "text", "thousands"]
)
@pytest.mark.parametrize(
    "day",
    [str, dt.date.fromisoformat, pd.Timestamp, lambda text: text.replace("-", "/"), dt.datetime.fromisoformat],
    ids=["iso", "date", "datetime64", "slashes", "datetime"],
)
def test_amounts_and_dates_of_any_type(amount: Callable[[str], Any], day: Callable[[str], Any]) -> None:
    found = ar.aging(ar.Ledger.from_frames(invoices(amount, day), receipts(), applications()), AS_OF)
    assert told(found) == AGED


def test_the_as_of_date_may_be_a_date_or_a_text(ledger: Any) -> None:
    for as_of in (AS_OF, dt.date(2025, 6, 30)):
        assert told(ar.aging(ledger, as_of)) == AGED
    with pytest.raises(ValueError, match="isoformat"):
        ar.aging(ledger, "yesterday")


def test_money_is_decimal_and_dates_are_datetimes(ledger: Any) -> None:
    items = ar.open_items(ledger, AS_OF)
    assert list(items["open"]) == [Decimal("70000.00"), Decimal("70000.10"), Decimal("60000.05"), Decimal("20000.00")]
    for frame, keys in (
        (items, ["open", "amount", "disputed"]),
        (ar.aging(ledger, AS_OF), ["total", "not_due", "91+", "net"]),
        (ar.balances(ledger, AS_OF), ["gross", "net", "overdue"]),
        (ar.unapplied(ledger, AS_OF), ["unapplied"]),
        (ar.reclassification(ledger, AS_OF), ["book", "reclass", "reported"]),
    ):
        for key in keys:
            assert all(isinstance(value, Decimal) for value in frame[key]), key
    assert pd.api.types.is_datetime64_any_dtype(items["due_date"])
    assert list(items["days"]) == [92, 30, 0, 82]


def test_every_report_says_the_same(ledger: Any) -> None:
    owed = ar.balances(ledger, AS_OF)
    assert list(owed["net"]) == [Decimal("175000.15"), Decimal("20000.00")]
    assert list(ar.reclassification(ledger, AS_OF)["reported"]) == list(owed["net"])
    assert list(ar.unapplied(ledger, AS_OF)["unapplied"]) == [Decimal("25000.00")]
    assert [len(ar.open_items(ledger, AS_OF, status)) for status in ("all", "overdue", "not_due")] == [4, 3, 1]
    account = ar.account(ledger, "C001", "2025-06-01", AS_OF)["CNY"]
    assert list(account["balance"]) == [Decimal("200000.15"), Decimal("175000.15"), Decimal("175000.15")]
    assert set(ar.aging(ledger, AS_OF, by="salesperson")["total"]) == {Decimal("220000.15")}
    spread = ar.aging(ledger, AS_OF, unapplied="fifo")
    assert spread["91+"].iloc[0] == Decimal("45000.00")
    years = ar.aging(ledger, "2026-12-31", basis="invoice", buckets="years")
    assert years["y1-2"].sum() == Decimal("220000.15")


def test_what_is_missing_or_wrong_is_said() -> None:
    broken = invoices().drop(columns="amount")
    found = ar.Ledger.from_frames(broken)
    assert "column_missing" in {item.code for item in ar.findings(found)}
    assert ar.aging(found, AS_OF).empty
    with pytest.raises(ArsheetError) as error:
        ar.Ledger.from_frames(invoices(), poems=pd.DataFrame())
    assert error.value.code == "table_unknown"
    with pytest.raises(ArsheetError) as error:
        ar.account(ar.Ledger.from_frames(invoices()), "C999")
    assert error.value.code == "customer_unknown"
    with pytest.raises(ArsheetError):
        ar.aging(ar.Ledger.from_frames(invoices()), AS_OF, basis="birth")
    unread = ar.Ledger.from_frames(invoices(amount=lambda text: "about " + text))
    codes = [item.code for item in ar.findings(unread, "en")]
    assert codes.count("amount_not_a_number") == len(INVOICES)
    blank = invoices(day=lambda text: pd.NaT if text == "2025-02-28" else pd.Timestamp(text))
    assert "document_without_date" in {item.code for item in ar.findings(ar.Ledger.from_frames(blank))}


def test_further_tables_and_settings() -> None:
    fx = pd.DataFrame({"date": ["2025-01-01"], "currency": ["USD"], "rate": [7.18]})
    dollars = invoices().assign(currency="USD")
    found = ar.Ledger.from_frames(dollars, fx=fx, settings={"buckets": "60"})
    aged = ar.aging(found, AS_OF)
    assert set(aged["currency"]) == {"USD"}
    assert {"not_due", "1-60", "61+"} <= set(aged.columns)
    assert "fx_rate_missing" not in {item.code for item in ar.findings(found)}
    nothing = ar.Ledger.from_frames(invoices().iloc[:0])
    assert ar.aging(nothing, AS_OF).empty
    assert ar.open_items(nothing, AS_OF).empty
    assert ar.balances(nothing, AS_OF).empty


@cache
def sample() -> bytes:
    """A small sample book."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        run.new_book(path, "en")
        run.fill_sample(path, invoices=150, customers=30)
        return path.read_bytes()


@pytest.mark.parametrize("basis", ["due", "invoice", "delivery", "original"])
@pytest.mark.parametrize("by", ["customer", "region"])
def test_a_book_gives_what_the_command_line_gives(tmp_path: Path, basis: str, by: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(sample())
    frame = ar.aging(ar.open(path), "2026-03-31", basis=basis, by=by)
    args = ["aging", str(path), "--as-of", "2026-03-31", "--basis", basis, "--by", by, "--json"]
    found = json.loads(CliRunner().invoke(main, args).stdout)
    assert found["keys"] == list(frame.columns)
    assert found["rows"] == [[str(cell) for cell in row] for row in frame.itertuples(index=False)]


def test_a_book_and_its_tables_as_frames_agree(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(sample())
    opened = ar.open(path)
    kinds = {"money": str, "day": lambda day: dt.date(1970, 1, 1) + dt.timedelta(days=day)}
    frames = {}
    for key, table in opened.tables.items():
        if len(table) and key != "settings":
            columns = {
                name: [None if cell is None else kinds.get(kind, lambda value: value)(cell) for cell in column]
                for name, kind, column in zip(table.header, table.kinds, table.columns, strict=True)
            }
            frames[key] = pd.DataFrame(columns, dtype=object)
    given = {key: frames.pop(key) for key in ("invoices", "receipts", "applications", "customers")}
    again = ar.Ledger.from_frames(**given, settings=dict(opened.settings), **frames)
    for report in (ar.aging, ar.open_items, ar.balances, ar.unapplied, ar.reclassification):
        pd.testing.assert_frame_equal(report(again, "2026-03-31"), report(opened, "2026-03-31"))


HEAVY = ("pandas", "openpyxl", "xlwings", "lxml", "python_calamine", "gspread", "rich", "holidays", "click")


@pytest.mark.parametrize(
    "code",
    [
        "import arsheet",
        "from arsheet.functions.invoke import invoke; assert invoke('AR_AMOUNT_CN', [1]).error is None",
        "from arsheet.functions.invoke import invoke; assert invoke('AR_DUE_DATE', ['net 30', '2025-01-15']).value",
    ],
    ids=["import", "amount", "due_date"],
)
def test_the_first_formula_pays_for_nothing_heavy(code: str) -> None:
    program = f"import sys; {code}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
