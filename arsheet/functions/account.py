"""Worksheet function on a customer's account: opening balance, every movement, closing balance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from arsheet.functions.asking import CUSTOMER, Asked, Customer, asked, ledger_of, no_data
from arsheet.functions.registry import Example, Param, Version, bad_value, not_available, worksheet_function
from arsheet.functions.values import ErrorCell, Word
from arsheet.ledger.account import account
from arsheet.ledger.store import Ledger
from arsheet.table import NO_DAY, Table, iso

_HEADER = ("customer_id", "currency", "date", "document_no", "kind", "debit", "credit", "balance")
_KINDS = ("id", "text", "day", "id", "text", "money", "money", "money")


@worksheet_function(
    "AR_ACCOUNT",
    zh="往来明细账：期初余额、期间每笔发生额和逐笔余额、期末余额；开始日空=最早，结束日空=截止日期",
    en="A customer's account: opening balance, movements with the running balance, closing balance",
    params=(
        CUSTOMER,
        Param("from", "开始日", "From", "date", optional=True),
        Param("to", "结束日", "To", "date", optional=True),
    ),
    returns="table",
    examples=(
        Example(
            ("C001", dt.date(2025, 6, 1)),
            (
                ("C001", "CNY", dt.date(2025, 6, 1), None, Word("opening_balance"), None, None, 210000),
                ("C001", "CNY", dt.date(2025, 6, 5), "CN1", Word("credit_note"), None, 10000, 200000),
                ("C001", "CNY", dt.date(2025, 6, 10), "INV4", Word("invoice"), 50000, None, 250000),
                ("C001", "CNY", dt.date(2025, 6, 20), "R2", Word("receipt"), None, 25000, 225000),
                ("C001", "CNY", dt.date(2025, 6, 30), None, Word("closing_balance"), 50000, 35000, 225000),
            ),
        ),
    ),
    needs=("version", "as_of"),
)
def account_of(
    customer: Customer, start: int | None = None, end: int | None = None, *, version: Version, as_of: int | None
) -> Table:
    """One block per customer and currency; opening + debits − credits = closing."""
    ledger = ledger_of(version)
    end = as_of if end is None else end
    if end is None:
        raise not_available("as_of_missing", "没有截止日期", "There is no as-of date")
    start = NO_DAY + 1 if start is None else start
    if start > end:
        raise bad_value(
            "period_ends_before_it_begins",
            f"开始日{iso(start)}在结束日{iso(end)}之后",
            f"The period begins on {iso(start)}, after its end on {iso(end)}",
        )
    who = asked(ledger, customer)
    everybody = who if who is not None else [Asked(code, row) for row, code in enumerate(ledger.customer_ids)]
    rows = [row for one in everybody for row in _rows(ledger, one, start, end)]
    if not rows:
        raise no_data("没有往来", "there are no movements")
    return Table("account", _HEADER, tuple(map(list, zip(*rows, strict=True))), _KINDS)


def _rows(ledger: Ledger, one: Asked, start: int, end: int) -> Iterator[tuple[Any, ...]]:
    if one.error is not None:
        yield (one.text, *([ErrorCell.of(one.error)] * (len(_HEADER) - 1)))
    if one.customer is None:
        return
    code = ledger.customer_ids[one.customer]
    for table in account(ledger, one.customer, start, end):
        currency = table.facts["currency"]
        for day, number, kind, debit, credit, balance in table.rows():
            yield code, currency, day, number or None, Word(kind), debit, credit, balance
