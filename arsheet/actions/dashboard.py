"""The figures of 首页: totals, buckets, the most overdue, a year of collections, the count of findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from arsheet.ledger.aging import AgingPolicy, age
from arsheet.ledger.balance import balances, figures
from arsheet.ledger.columns import REFUND
from arsheet.ledger.store import Ledger
from arsheet.table import Finding, Table, from_day, to_day

TOP = 10
MONTHS = 12


def dashboard(ledger: Ledger, as_of: int, policy: AgingPolicy, found: Sequence[Finding]) -> Table:
    """One row per figure (block, record, key, value); money in the minor units of the currency shown.

    Currencies are never added: the dashboard shows the base currency, or the only one there is.
    """
    currency = _shown_currency(ledger, as_of)
    rows: list[tuple[str, int, str, str, Any]] = []
    mine = np.array([name == currency for name in _names(ledger)], bool)
    values = {key: int(column[mine].sum()) for key, column in figures(ledger, as_of).items()}
    for key in ("gross", "not_due", "overdue", "unapplied", "net"):
        rows.append(("totals", 0, key, "money", values[key]))
    rate = values["overdue"] / values["gross"] if values["gross"] else None
    rows.append(("totals", 0, "overdue_rate", "percent", rate))
    aged = age(ledger, as_of, AgingPolicy(buckets=policy.buckets if policy.buckets != "years" else "30,60,90"))
    amounts = aged.matrix[mine].sum(axis=0) if len(ledger.accounts) else np.zeros(len(aged.buckets.keys), np.int64)
    for at, key in enumerate(aged.buckets.keys):
        share = int(amounts[at]) / values["gross"] if values["gross"] else None
        rows += [("buckets", at, "bucket", "bucket", key), ("buckets", at, "amount", "money", int(amounts[at])),
                 ("buckets", at, "percent", "percent", share)]  # fmt: skip
    rows += _top(ledger, as_of, currency)
    rows += _collections(ledger, as_of, mine)
    for at, severity in enumerate(("error", "warning", "note")):
        count = sum(item.severity == severity for item in found)
        rows += [("checks", at, "severity", "word", severity), ("checks", at, "count", "int", count)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Table(
        "dashboard",
        ("block", "record", "key", "kind", "value"),
        tuple(columns),
        ("text", "int", "text", "text", "any"),
        facts={"currency": currency, "others": sorted(set(_names(ledger)) - {currency}), "ties": ()},
    )


def _names(ledger: Ledger) -> list[str]:
    return [ledger.currency(account) for account in range(len(ledger.accounts))]


def _shown_currency(ledger: Ledger, as_of: int) -> str:
    held = set(balances(ledger, as_of).column("currency"))
    return next(iter(held)) if len(held) == 1 else ledger.base_currency


def _top(ledger: Ledger, as_of: int, currency: str) -> list[tuple[str, int, str, str, Any]]:
    table = balances(ledger, as_of)
    late = [
        (int(overdue), str(name), days)
        for overdue, name, days, code in zip(
            table.column("overdue"), table.column("name"), table.column("oldest_days"), table.column("currency"),
            strict=True,
        )
        if code == currency and overdue > 0
    ]  # fmt: skip
    late.sort(key=lambda row: (-row[0], row[1]))
    rows: list[tuple[str, int, str, str, Any]] = []
    for at, (overdue, name, days) in enumerate(late[:TOP]):
        rows += [("top_overdue", at, "name", "text", name), ("top_overdue", at, "overdue", "money", overdue),
                 ("top_overdue", at, "oldest_days", "int", days)]  # fmt: skip
    return rows


def _collections(ledger: Ledger, as_of: int, mine: Any) -> list[tuple[str, int, str, str, Any]]:
    """Receipts less refunds by month, the twelve months up to the as-of date."""
    receipts = ledger.receipts
    last = from_day(as_of)
    rows: list[tuple[str, int, str, str, Any]] = []
    own = mine[ledger.receipt_account] if receipts.amounts.size else np.zeros(0, bool)
    for at in range(MONTHS):
        back = last.year * 12 + last.month - 1 - (MONTHS - 1 - at)
        first = dt.date(back // 12, back % 12 + 1, 1)
        after = dt.date((back + 1) // 12, (back + 1) % 12 + 1, 1)
        within = own & (receipts.dates >= to_day(first)) & (receipts.dates < min(to_day(after), as_of + 1))
        money = within if receipts.kinds is None else within & (receipts.kinds != REFUND)
        rows += [("collections", at, "month", "month", (first.year, first.month)),
                 ("collections", at, "collected", "money", int(receipts.amounts[within].sum())),
                 ("collections", at, "receipts", "int", int(money.sum()))]  # fmt: skip
    return rows
