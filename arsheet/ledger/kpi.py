"""Key figures of receivables (definitions: facts of the field; the day count is the caller's)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from arsheet.ledger.calendar import add_months
from arsheet.ledger.columns import CREDIT_NOTE, DEBIT_NOTE, INVOICE, OPENING
from arsheet.ledger.dimension import line_filter
from arsheet.ledger.fx import convert, rate_at
from arsheet.ledger.intern import Array
from arsheet.ledger.replay import due_at, replay
from arsheet.ledger.store import Ledger, add_by, add_lines

METHODS = ("classic", "countback", "best", "since_first_invoice")
MONTHS_BACK = 120
"""Count-back looks no further."""


def sales(ledger: Ledger, as_of: int, days: int) -> Array:
    """Per account, the documents dated in the last ``days`` days up to the as-of date, credit notes taken off."""
    lines = ledger.lines
    within = (lines.date > as_of - days) & (lines.date <= as_of)
    return add_lines(ledger, lines.amount * within)


def days_sales_outstanding(receivables: Array, credit_sales: Array, days: int) -> Array:
    """Classic DSO = receivables / credit sales x days (float64); nan without sales, never 0 or infinite."""
    out = np.full(receivables.size, np.nan)
    np.divide(receivables, credit_sales, out=out, where=credit_sales > 0)
    return out * days


@dataclass(frozen=True, slots=True)
class Dso:
    """``days`` is None where there is no figure; then ``reason`` says why: no_sales, beyond_history, rate_missing.

    ``receivables`` and ``credit_sales`` in base currency minor units, ``period`` in days, ``detail``: the currency
    without a rate.
    """

    days: Decimal | None
    reason: str = ""
    receivables: int = 0
    credit_sales: int = 0
    period: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Lines:
    """Per line in base currency minor units (float-free): what is open, what of it is not due, what was sold."""

    open: Array
    not_due: Array
    sold: Array
    date: Array
    credit: int
    """Σ of customers' credit balances, positive: receivables do not include them."""


def dso(
    ledger: Ledger, as_of: int, method: str = "classic", months: int = 3, filters: Mapping[str, str] | None = None
) -> Dso:
    """Days sales outstanding of all customers, or of those that the filters leave.

    classic: receivables / credit sales of the last ``months`` months x their days. countback: the latest months are
    used up first, each with its days, the last in proportion. best: what is not due instead of all receivables.
    since_first_invoice: receivables / all sales x days since the first document. Receivables leave out customers whose
    balance is in their favour. Sales are invoices and debit notes less credit notes, all including tax; openings and
    write-offs are no sales (opening documents only count as sales since the first document).
    """
    return ledger.memo(
        ("dso", as_of, method, months, tuple(sorted((filters or {}).items()))),
        lambda: _dso(ledger, as_of, method, months, dict(filters or {})),
    )


def _dso(ledger: Ledger, as_of: int, method: str, months: int, filters: dict[str, str]) -> Dso:
    found = _read(ledger, as_of, filters, since_first=method == "since_first_invoice")
    if isinstance(found, str):
        return Dso(None, "rate_missing", detail=found)
    receivables = int(found.open.sum()) + found.credit
    if method == "countback":
        return _countback(found, as_of, receivables)
    if method == "best":
        receivables = int(found.not_due.sum())
    if method == "since_first_invoice":
        past = found.date[(found.date <= as_of) & (found.sold != 0)]
        start = int(past.min()) if past.size else as_of
        days = as_of - start
        sold = int(found.sold[found.date <= as_of].sum())
    else:
        start = add_months(as_of + 1, -months) - 1
        days = as_of - start
        sold = int(found.sold[(found.date > start) & (found.date <= as_of)].sum())
    if sold <= 0:
        return Dso(None, "no_sales", receivables, sold, days)
    return Dso(Decimal(receivables) / sold * days, "", receivables, sold, days)


def _countback(found: _Lines, as_of: int, receivables: int) -> Dso:
    left, total, used = receivables, Decimal(0), 0
    end = as_of
    for month in range(1, MONTHS_BACK + 1):
        if left <= 0:
            break
        start = add_months(as_of + 1, -month) - 1
        sold = int(found.sold[(found.date > start) & (found.date <= end)].sum())
        if sold <= 0:
            reason = "no_sales" if month == 1 else "beyond_history"
            return Dso(None, reason, receivables, used, as_of - end)
        total += end - start if sold <= left else Decimal(left) / sold * (end - start)
        left, used, end = left - sold, used + sold, start
    return Dso(total, "", receivables, used, as_of - end)


def _read(ledger: Ledger, as_of: int, filters: dict[str, str], *, since_first: bool) -> _Lines | str:
    """The lines in the base currency, or the currency whose rate is missing."""
    state, lines = replay(ledger, as_of), ledger.lines
    open_, free = state.open.astype(np.int64), state.free.astype(np.int64)
    kinds = ledger.documents.kinds
    kind = np.full(len(lines), INVOICE) if kinds is None else kinds[lines.document]
    selling = np.isin(kind, (INVOICE, DEBIT_NOTE, CREDIT_NOTE, *((OPENING,) if since_first else ())))
    sold = np.where(selling, lines.amount, 0)
    if filters:
        keep, receipts = line_filter(ledger, filters)
        open_, sold, free = np.where(keep, open_, 0), np.where(keep, sold, 0), np.where(receipts, free, 0)
    currency = ledger.accounts.currency
    for code, name in enumerate(ledger.currencies):
        if name == ledger.base_currency:
            continue
        rows = np.flatnonzero((currency[lines.account] == code) & ((open_ != 0) | (sold != 0)))
        cash = np.flatnonzero((currency[ledger.receipt_account] == code) & (free != 0))
        if not rows.size and not cash.size:
            continue
        rate = rate_at(ledger.rates, name, ledger.base_currency, as_of)
        if rate is None:
            return name
        for values, at in ((open_, rows), (sold, rows), (free, cash)):
            values[at] = [convert(minor, rate, name, ledger.base_currency) for minor in values[at].tolist()]
    count, exact = len(ledger.accounts), ledger.exact_in_float
    net = add_by(lines.account, open_, count, exact=exact) - add_by(ledger.receipt_account, free, count, exact=exact)
    of_customer = np.zeros(len(ledger.customer_ids), np.int64)
    np.add.at(of_customer, ledger.accounts.customer, net)
    gross = int(open_.sum())
    receivables = int(np.maximum(of_customer, 0).sum())
    due = due_at(ledger, as_of)
    return _Lines(open_, np.where((due >= as_of) & (open_ > 0), open_, 0), sold, lines.date, receivables - gross)
