"""Worksheet functions on single items: what is open, and what money is not applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from arsheet.functions.asking import (
    AS_OF,
    CURRENCY,
    CUSTOMER,
    Customer,
    asked,
    choose,
    ledger_of,
    no_data,
    rows_of_customers,
    with_rows,
)
from arsheet.functions.balance import balance, read_currency
from arsheet.functions.registry import Example, Param, Version, worksheet_function
from arsheet.functions.values import Word
from arsheet.ledger import items
from arsheet.ledger.aging import AgingPolicy
from arsheet.ledger.store import Ledger
from arsheet.schema.model import Choice
from arsheet.table import Table

_STATUS = Param("status", "状态", "Status", "text", optional=True, default="all")
_STATUSES = (
    Choice("all", "全部", "All"),
    Choice("overdue", "逾期", "Overdue", ("已逾期",)),
    Choice("not_due", "未到期", "Not due"),
    Choice("disputed", "争议", "Disputed"),
)


@worksheet_function(
    "AR_OPEN_ITEMS",
    zh="未清项：每张未收清的单据或分期一行，有到期日、未收金额、逾期天数和账龄段",
    en="Open items: a row for each document or instalment not settled, with due date, open amount, days, bucket",
    params=(CUSTOMER, AS_OF, _STATUS),
    returns="table",
    examples=(
        Example(
            ("C001", None, "overdue"),
            (
                (
                    *("C001", "示例一", "INV1", None, Word("invoice"), dt.date(2025, 2, 28), dt.date(2025, 3, 30)),
                    *("CNY", 100000, 70000, 92, Word("91+"), 0, Word("overdue"), None, "王芳"),
                ),
                (
                    *("C001", "示例一", "INV2", None, Word("invoice"), dt.date(2025, 4, 20), dt.date(2025, 5, 31)),
                    *("CNY", 80000, 70000, 30, Word("1-30"), 0, Word("overdue"), None, "王芳"),
                ),
            ),
        ),
    ),
    needs=("version", "policy"),
)
def open_items(
    customer: Customer, as_of: int, status: str | None = None, *, version: Version, policy: Mapping[str, str]
) -> Table:
    """The columns of the sheet 未清项; days and bucket follow the book's aging basis."""
    ledger = ledger_of(version)
    wanted = choose(_STATUS, status, _STATUSES) or "all"
    chosen = AgingPolicy.from_settings(dict(policy))
    who = asked(ledger, customer)
    table = ledger.memo(("open_items_shown", as_of, chosen, wanted), lambda: _as_shown(ledger, as_of, chosen, wanted))
    if who is not None:
        table = with_rows(table, rows_of_customers(ledger, who, table, (as_of, chosen, wanted)))
    if not len(table):
        raise no_data("没有这样的未清项", "there is no such open item")
    return table


def _as_shown(ledger: Ledger, as_of: int, policy: AgingPolicy, status: str) -> Table:
    found = items.open_items(ledger, as_of, policy, status)
    columns = dict(zip(found.header, found.columns, strict=True))
    kinds = dict(zip(found.header, found.kinds, strict=True))
    columns["kind"] = [Word(kind) for kind in columns["kind"]]
    columns["bucket"] = [Word(bucket) for bucket in columns["bucket"]]
    columns["status"] = _states(columns, as_of)
    columns["level"] = [None] * len(found)
    header = (
        *("customer_id", "name", "document_no", "sequence", "kind", "document_date", "due_date", "currency"),
        *("amount", "open", "days", "bucket", "disputed", "status", "level", "salesperson"),
    )
    return Table(
        "open_items",
        header,
        tuple(columns[key] for key in header),
        tuple(kinds.get(key, "text") for key in header),
        facts={"view": "open_items", "as_of": as_of, "basis": policy.basis},
    )


def _states(columns: Mapping[str, Any], as_of: int) -> list[Word]:
    """What matters most about each item: a credit, not triggered yet, disputed, overdue, not due."""
    states = []
    for open_, pending, disputed, due in zip(
        columns["open"], columns["pending"], columns["disputed"], columns["due_date"], strict=True
    ):
        late = "overdue" if due is not None and due < as_of else "not_due"
        states.append(Word("credit" if open_ < 0 else "pending" if pending else "disputed" if disputed else late))
    return states


@worksheet_function(
    "AR_UNAPPLIED",
    zh="未核销收款：没有冲到应收单上的收款、预收款和红字；sum填1只给合计数",
    en="Money and credit notes that are not applied to any document; with sum=1 their total alone",
    params=(
        CUSTOMER,
        AS_OF,
        Param("sum", "只给合计", "Total only", "flag", optional=True),
        CURRENCY,
    ),
    returns="table",
    examples=(
        Example(
            ("C001",),
            (("C001", "示例一", "CNY", "R2", Word("receipt"), dt.date(2025, 6, 20), 25000, 25000, 10),),
        ),
        Example(("C001", None, True), Decimal("25000.00")),
    ),
    needs=("version",),
)
def unapplied(
    customer: Customer, as_of: int, sum_only: bool | None = None, currency: str | None = None, *, version: Version
) -> Table | Decimal | list[Any]:
    """Amounts are positive: to the customer's credit. With a currency only what is in it."""
    if sum_only:
        total: Decimal | list[Any] = balance(customer, as_of, "unapplied", currency, version=version)
        return total
    ledger = ledger_of(version)
    who = asked(ledger, customer)
    table = ledger.memo(("unapplied_shown", as_of), lambda: _unapplied_shown(ledger, as_of))
    rows = list(table.rows()) if who is None else rows_of_customers(ledger, who, table, as_of)
    if currency is not None:
        at, code = table.header.index("currency"), read_currency(currency)
        rows = [row for row in rows if row[at] == code or not isinstance(row[at], str)]
    if not rows:
        raise no_data("没有未核销的收款", "no money is unapplied")
    return with_rows(table, rows)


def _unapplied_shown(ledger: Ledger, as_of: int) -> Table:
    found = items.unapplied(ledger, as_of)
    columns = [
        [Word(kind) for kind in column] if key == "kind" else column
        for key, column in zip(found.header, found.columns, strict=True)
    ]
    header = tuple("days_held" if key == "days" else key for key in found.header)
    return Table("unapplied", header, tuple(columns), found.kinds, facts={"as_of": as_of})
