"""A seeded ledger of any size as plain columns, the same for every engine: money int64 cents, days int32."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

AS_OF = dt.date(2025, 9, 30)
AS_OF_DAY = (AS_OF - dt.date(1970, 1, 1)).days
SALES_DAYS = 90
_FIRST = (dt.date(2023, 1, 1) - dt.date(1970, 1, 1)).days
_SPAN = 1010
"""Documents run past the as-of date on purpose."""


@dataclass(frozen=True)
class Columns:
    """Ids are int64, neither dense nor sorted."""

    invoice: Any
    invoice_customer: Any
    invoice_day: Any
    due_day: Any
    amount: Any
    receipt: Any
    receipt_customer: Any
    receipt_day: Any
    receipt_amount: Any
    applied_receipt: Any
    applied_invoice: Any
    applied_day: Any
    applied_amount: Any
    customer: Any
    limit: Any


def make(count: int, seed: int = 11) -> Columns:
    """``count`` documents: 3 % credit notes, 72 % paid in full, 12 % in part, prepayments and over-payments."""
    random = np.random.default_rng(seed)
    customers = int(min(5000, max(60, count // 60)))
    weights = 1.0 / np.arange(1, customers + 1) ** 0.9
    weights /= weights.sum()
    customer = random.choice(customers, count, p=weights).astype(np.int64) + 1000
    day = _FIRST + random.integers(0, _SPAN, count)
    due = day + random.choice([0, 15, 30, 45, 60, 90], count, p=[0.05, 0.1, 0.4, 0.15, 0.2, 0.1])
    amount = np.maximum(1, np.exp(random.normal(12.0, 1.3, count))).astype(np.int64)
    amount = np.where(random.random(count) < 0.03, -(amount // 4 + 1), amount)
    invoice = random.permutation(count).astype(np.int64) * 3 + 10_000_000
    rows, paid, on = _payments(random, amount, day)
    order = np.lexsort((on, customer[rows]))
    rows, paid, on = rows[order], paid[order], on[order]
    begins = np.r_[True, customer[rows][1:] != customer[rows][:-1]] | (random.random(rows.size) < 0.6)
    of_receipt = np.cumsum(begins) - 1
    receipts = int(of_receipt[-1]) + 1
    received = np.bincount(of_receipt, paid, receipts).astype(np.int64)
    received_on = np.full(receipts, 2**31 - 1, np.int64)
    np.minimum.at(received_on, of_receipt, on)
    payer = np.zeros(receipts, np.int64)
    payer[of_receipt] = customer[rows]
    received += np.where(random.random(receipts) < 0.02, random.integers(1, 50_000, receipts), 0)
    extra = max(5, int(count * 0.03))
    receipt = np.arange(receipts + extra, dtype=np.int64) * 2 + 5_000_000
    return Columns(
        invoice=invoice,
        invoice_customer=customer,
        invoice_day=day.astype(np.int32),
        due_day=due.astype(np.int32),
        amount=amount,
        receipt=receipt,
        receipt_customer=np.r_[payer, random.choice(customers, extra, p=weights).astype(np.int64) + 1000],
        receipt_day=np.r_[received_on, _FIRST + random.integers(0, _SPAN, extra)].astype(np.int32),
        receipt_amount=np.r_[received, np.maximum(1, np.exp(random.normal(12.3, 1.2, extra))).astype(np.int64)],
        applied_receipt=receipt[of_receipt],
        applied_invoice=invoice[rows],
        applied_day=on.astype(np.int32),
        applied_amount=paid,
        customer=np.arange(customers, dtype=np.int64) + 1000,
        limit=(np.exp(random.normal(16.5, 1, customers)) // 100_000 + 1).astype(np.int64) * 100_000,
    )


def _payments(random: Any, amount: Any, day: Any) -> tuple[Any, Any, Any]:
    chance = random.random(amount.size)
    lag = random.integers(5, 140, amount.size)
    full = np.flatnonzero((amount > 0) & (chance < 0.72))
    rows, paid, on = [full], [amount[full]], [day[full] + lag[full]]
    part = (amount > 0) & (chance >= 0.72) & (chance < 0.84)
    for number, share in enumerate((1.0, 0.5, 0.25)):
        some = np.flatnonzero(part & (random.random(amount.size) < share))
        money = np.maximum(1, (amount[some] * random.uniform(0.05, 0.3, some.size)).astype(np.int64))
        fits = money * 3 < amount[some]
        rows.append(some[fits])
        paid.append(money[fits])
        on.append(day[some][fits] + lag[some][fits] + 20 * number)
    return np.concatenate(rows), np.concatenate(paid), np.concatenate(on)
