"""AR_REMINDERS, AR_RECON_STATUS, AR_DSO, AR_STAMP and AR_LAST_ERROR."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from arsheet.functions.invoke import Result, invoke
from arsheet.functions.registry import Version, not_available
from arsheet.ledger.assembly import assemble
from arsheet.ledger.balance import balances
from arsheet.ledger.dunning import NONE, ReminderPolicy, reminders
from arsheet.ledger.kpi import dso
from arsheet.table import CellError, Table, to_day

Call = Callable[..., Result]
DAY = 20_269
"""2025-06-30."""


def tables(**rows: Any) -> dict[str, Table]:
    """name = (header words, rows)."""
    out = {}
    for name, (header, found) in rows.items():
        columns = [list(column) for column in zip(*found, strict=True)]
        keys = header.split()
        for at, key in enumerate(keys):
            if key.endswith("amount"):
                columns[at] = [None if value is None else Decimal(value) for value in columns[at]]
        out[name] = Table(name, tuple(keys), tuple(columns))
    return out


INVOICES = "document_no customer_id document_date due_date amount"
POLICY = "policy level min_days counts_from interval min_amount channel action"


def levels(rows: list[tuple[Any, ...]], **more: Any) -> dict[str, tuple[Any, Any]]:
    made = assemble(
        tables(
            invoices=(INVOICES, [("A", "C1", DAY - 60, DAY - 20, 100), ("B", "C2", DAY - 60, DAY - 3, 50)]),
            dunning_policy=(POLICY, rows),
            **more,
        )
    )
    table = reminders(made.ledger, DAY, ReminderPolicy())
    assert sum(table.column("overdue")) == sum(int(each) for each in balances(made.ledger, DAY).column("overdue"))
    return {record["customer_id"]: (record["level"], record["skip_reason"]) for record in table.records()}


def test_levels_of_the_company_by_days_from_the_due_date() -> None:
    rows = [("S", 1, 5, None, None, None, None, None), ("S", 2, 15, None, None, None, None, "打电话")]
    assert levels(rows) == {"C1": (2, ""), "C2": (None, "below_first_level")}


def test_levels_from_the_end_of_the_due_month_and_the_last_reminder() -> None:
    # C1 fell due on 2025-06-10: its month ends on the 30th, so 0 days by then
    assert levels([("S", 1, 0, "end_of_due_month", None, None, None, None)])["C1"] == (1, "")
    assert levels([("S", 1, 1, "end_of_due_month", None, None, None, None)])["C1"] == (None, "below_first_level")
    sent = (
        "run_id customer_id level state sent_at",
        [("1", "C1", 1, "sent", DAY - 9), ("2", "C2", 1, "draft", DAY - 9)],
    )
    rows = [("S", 1, 1, None, None, None, None, None), ("S", 2, 8, "previous", None, None, None, None)]
    assert levels(rows, reminders=sent) == {"C1": (2, ""), "C2": (1, "")}


def test_whoever_was_reminded_lately_or_owes_too_little_is_passed_over() -> None:
    sent = ("run_id customer_id level state sent_at", [("1", "C1", 1, "sent", DAY - 6)])
    rows = [("S", 1, 1, None, 7, 60, None, None)]
    assert levels(rows, reminders=sent) == {"C1": (1, "reminded_lately"), "C2": (1, "below_minimum")}
    assert levels([("S", 1, 1, None, 6, 0, None, None)], reminders=sent)["C1"] == (1, "")


def test_the_policy_of_the_customers_class_and_never() -> None:
    rows = [("S", 1, 1, None, None, None, None, None), ("VIP", 1, 10, None, None, None, None, None)]
    who = ("customer_id name class opt_out", [("C1", "a", "不催", None), ("C2", "b", "VIP", None)])
    assert levels(rows, customers=who) == {"C1": (None, "opted_out"), "C2": (None, "below_first_level")}
    out = ("customer_id name opt_out", [("C1", "a", True), ("C2", "b", None)])
    assert levels(rows[:1], customers=out) == {"C1": (1, "opted_out"), "C2": (1, "")}


def test_a_promise_pauses_the_document_or_the_amount_and_lapses() -> None:
    said = ("customer_id document_no amount promised_on pay_by", [("C1", "A", 40, DAY - 5, DAY + 5)])
    base = tables(invoices=(INVOICES, [("A", "C1", DAY - 60, DAY - 20, 100)]), promises=said)
    ledger = assemble(base).ledger

    def split(day: int, pauses: str) -> dict[str, int]:
        found = reminders(ledger, day, ReminderPolicy(promise_pauses=pauses))
        return dict(zip(found.column("skip_reason"), found.column("amount"), strict=True))

    assert split(DAY, "document") == {"promised": 10000}
    assert split(DAY, "amount") == {"": 6000, "promised": 4000}
    assert split(DAY + 6, "document") == {"": 10000}
    assert split(DAY - 6, "document") == {"": 10000}, "not made yet"


def test_the_list_ties_out_with_what_is_overdue_at_any_date(version: Version) -> None:
    for day in range(DAY - 150, DAY + 90, 7):
        table = reminders(version.ledger, day)
        listed: dict[str, int] = {}
        for currency, amount in zip(table.column("currency"), table.column("overdue"), strict=True):
            listed[currency] = listed.get(currency, 0) + amount
        book = balances(version.ledger, day)
        overdue: dict[str, int] = {}
        for currency, amount in zip(book.column("currency"), np.asarray(book.column("overdue")).tolist(), strict=True):
            overdue[currency] = overdue.get(currency, 0) + amount
        assert {k: v for k, v in listed.items() if v} == {k: v for k, v in overdue.items() if v}
        assert all(level is None or level > NONE for level in table.column("level"))


def test_stages_and_owners(call: Call) -> None:
    assert [row[0] for row in call("AR_REMINDERS").rows] == ["C001", "C002"]
    assert [row[0] for row in call("AR_REMINDERS", None, 1).rows] == ["C002"]
    assert [row[0] for row in call("AR_REMINDERS", None, "逾期", "Li").rows] == ["C002"]
    assert [row[0] for row in call("AR_REMINDERS", "2025-04-02", "到期前", None, True).rows] == ["C003"]
    found = call("AR_REMINDERS", None, "later").error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", "stage_is_unknown")
    found = call("AR_REMINDERS", "2020-01-01").error
    assert found is not None
    assert (found.error, found.code) == ("#N/A", "no_data")
    assert call("AR_REMINDERS", language="en").rows[0][9] == "Hand over to legal or an agency"


@pytest.mark.parametrize(
    ("day", "status"),
    [("2025-05-04", "未发"), ("2025-05-05", "已发"), ("2025-05-11", "已发"), ("2025-05-12", "已确认")],
)
def test_the_reconciliation_status_on_each_day(call: Call, day: str, status: str) -> None:
    assert call("AR_RECON_STATUS", "C001", day).rows[0][3] == status


def test_a_statement_without_an_answer_or_with_a_difference() -> None:
    header = "statement_id customer_id to our_balance their_balance sent confirmed_on state"
    rows = [("1", "C1", DAY - 90, Decimal(100), Decimal(90), DAY - 60, DAY - 50, None),
            ("2", "C2", DAY - 60, Decimal(70), None, DAY - 31, None, None),
            ("3", "C3", DAY - 60, Decimal(70), None, DAY - 5, None, "refused")]  # fmt: skip
    invoices = [(f"D{at}", f"C{at}", DAY - 90, DAY - 90, 5) for at in (1, 2, 3)]
    ledger = assemble(tables(invoices=(INVOICES, invoices), statements=(header, rows))).ledger
    version = Version(ledger, {}, {"as_of": DAY})
    found = invoke("AR_RECON_STATUS", ("*",), version=version).rows
    assert [row[3] for row in found] == ["有差异", "逾期未回", "拒收"]
    assert found[0][2] == 10
    assert invoke("AR_RECON_STATUS", ("C2", DAY + 25_568), version=version).rows[0][3] == "已发", "the day before"


def test_dso_by_every_method_is_the_worked_example() -> None:
    """Sales incl. tax 900k, 1,000k, 1,200k in April, May, June 2025; receivables 1,750k, of which 1,200k not due."""
    april, may, june = (to_day(dt.date(2025, month, 10)) for month in (4, 5, 6))
    sales = ((april, 900_000), (may, 1_000_000), (june, 1_200_000))
    invoices = [(name, "C", day, day + 30, amount) for name, (day, amount) in zip("ABD", sales, strict=True)]
    receipts = ("receipt_no customer_id date amount", [("R", "C", june, 1_350_000)])
    uses = ("application_id source_no document_no amount", [("1", "R", "A", 900_000), ("2", "R", "B", 450_000)])
    ledger = assemble(tables(invoices=(INVOICES, invoices), receipts=receipts, applications=uses)).ledger
    version = Version(ledger, {}, {"as_of": DAY})
    assert [invoke("AR_DSO", (None, way), version=version).value for way in ("classic", "countback", "best")] == [
        Decimal("51.37"),
        Decimal("47.05"),
        Decimal("35.23"),
    ]
    assert dso(ledger, DAY, "classic").period == 91
    other = replace(version, settings={"dso_method": "best"})
    assert invoke("AR_DSO", (), version=other).value == Decimal("35.23")


def test_no_sales_are_no_figure(version: Version) -> None:
    quiet = Version(
        assemble(tables(invoices=(INVOICES, [("A", "C", DAY - 900, DAY - 900, 5)]))).ledger, {}, {"as_of": DAY}
    )
    found = invoke("AR_DSO", (), version=quiet).error
    assert found is not None
    assert (found.error, found.code) == ("#N/A", "no_sales")
    assert invoke("AR_DSO", (), version=quiet, settings={"dso_no_sales": "zero"}).value == 0
    cases = [((None, "guess"), "method_is_unknown"), ((None, None, 0.5), "months_not_between_1_and_60"),
             ((None, None, None, "王芳"), "filter_not_understood")]  # fmt: skip
    for args, code in cases:
        found = invoke("AR_DSO", args, version=version).error
        assert found is not None
        assert (found.error, found.code) == ("#VALUE!", code)
    found = invoke("AR_DSO", (), version=version).error
    assert found is not None
    assert (found.error, found.code) == ("#N/A", "fx_rate_missing")
    found = invoke("AR_DSO", (None, "countback", None, "customer=C001"), version=version).error
    assert found is not None
    assert found.code == "dso_beyond_history"


def test_the_stamp_says_stale_and_never_refreshed(version: Version) -> None:
    stale = replace(version, stamp={**version.stamp, "stale": True})
    assert invoke("AR_STAMP", (), version=stale).value.endswith("数据已变请刷新")
    never = replace(version, stamp={"as_of": DAY})
    assert "尚未刷新" in invoke("AR_STAMP", (), version=never).value
    assert invoke("AR_STAMP").error is not None


def test_the_reason_behind_an_error(version: Version) -> None:
    errors = {"Sheet1!B2": not_available("customer_unknown", "没有客户“C9”", "There is no customer 'C9'")}
    known = replace(version, stamp={**version.stamp, "errors": errors})
    for args in ((), ("sheet1!$B$2",), (CellError("#N/A"),), ([[CellError("#N/A")]],)):
        assert invoke("AR_LAST_ERROR", args, version=known).value == "没有客户“C9”"
    assert invoke("AR_LAST_ERROR", (), version=known, language="en").value == "There is no customer 'C9'"
    assert "参数" in invoke("AR_LAST_ERROR", (CellError("#VALUE!"),), version=known).value
    for args in (("Sheet1!B3",), ("hello",)):
        found = invoke("AR_LAST_ERROR", args, version=known).error
        assert found is not None
        assert found.code == "no_error"
    assert invoke("AR_LAST_ERROR", (), version=version).error is not None
