"""Balances per customer and currency (客户余额), their reclassification (重分类), and one scalar for a cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from arsheet.ledger.aging import AgingPolicy
from arsheet.ledger.credit import NO_LIMIT, CreditPolicy, limits_at
from arsheet.ledger.dimension import line_filter
from arsheet.ledger.disputes import disputed
from arsheet.ledger.fx import base_totals
from arsheet.ledger.intern import Array
from arsheet.ledger.replay import applied, due_at, replay
from arsheet.ledger.store import Ledger, add_by
from arsheet.table import Table


def balances(
    ledger: Ledger, as_of: int, policy: AgingPolicy | None = None, credit: CreditPolicy | None = None
) -> Table:
    """One row per customer and currency that has anything: what is owed, what is unapplied, and how late it is.

    gross = Σ positive open lines; unapplied = free receipts + open credit notes (positive); net = gross − unapplied =
    the ledger's balance. ``invoiced``, ``received``, ``credited`` are totals up to the date. ``exposure_base``,
    ``limit`` and ``utilisation`` (in the base currency, all currencies converted at their last rate) stand on the
    customer's first row; None where there is no limit or a rate is missing. Money in minor units.
    """
    chosen = policy or AgingPolicy()
    terms = credit or CreditPolicy()
    return ledger.memo(("balances", as_of, chosen, terms), lambda: _balances(ledger, as_of, chosen, terms))


def figures(ledger: Ledger, as_of: int, policy: AgingPolicy | None = None) -> dict[str, Array]:
    """The figures of every account as int64 arrays, memoised."""
    chosen = policy or AgingPolicy()
    return ledger.memo(("figures", as_of, chosen), lambda: _figures(ledger, as_of, chosen))


def overdue_by(ledger: Ledger, as_of: int, min_days: int) -> Array:
    """Per account, what is open and past due by at least so many days, memoised."""
    return ledger.memo(("overdue_by", as_of, min_days), lambda: _overdue_by(ledger, as_of, min_days))


def _overdue_by(ledger: Ledger, as_of: int, min_days: int) -> Array:
    late = due_at(ledger, as_of) <= as_of - max(1, min_days)
    owed = np.where(late, np.maximum(replay(ledger, as_of).open, 0), 0)
    return add_by(ledger.lines.account, owed, len(ledger.accounts), exact=ledger.exact_in_float)


def _figures(ledger: Ledger, as_of: int, policy: AgingPolicy) -> dict[str, Array]:
    state = replay(ledger, as_of, policy.known_at)
    parts = applied(ledger, as_of, policy.known_at)
    lines, count, exact = ledger.lines, len(ledger.accounts), ledger.exact_in_float
    open_, free = state.open, state.free
    passes = np.ones(len(lines), bool)
    if policy.filters:
        passes, receipts = line_filter(ledger, dict(policy.filters))
        open_, free = np.where(passes, open_, 0), np.where(receipts, free, 0)
    due = due_at(ledger, as_of)
    owed = np.maximum(open_, 0)
    debit = state.visible & passes & (lines.amount > 0)

    def total(values: Array) -> Array:
        return add_by(lines.account, values, count, exact=exact)

    late = (due < as_of) & (owed > 0)
    oldest = np.zeros(count, np.int64)
    np.maximum.at(oldest, lines.account[late], as_of - due[late].astype(np.int64))
    gross = total(owed)
    money = add_by(ledger.receipt_account, free, count, exact=exact)
    notes = total(owed - open_)
    overdue = total(np.where(due < as_of, owed, 0))
    return {
        "invoiced": total(np.where(debit, lines.amount, 0)),
        "received": total(np.where(debit, parts.receipts, 0)),
        "credited": total(np.where(debit, parts.notes, 0)),
        "gross": gross,
        "unapplied_receipts": money,
        "unapplied_notes": notes,
        "unapplied": money + notes,
        "net": gross - money - notes,
        "overdue": overdue,
        "not_due": gross - overdue,
        "disputed": total(np.where(passes, disputed(ledger, as_of, state), 0)),
        "oldest_days": oldest,
        "overdue_count": total((late & passes).astype(np.int64)),
    }


def _balances(ledger: Ledger, as_of: int, policy: AgingPolicy, credit: CreditPolicy) -> Table:
    values = figures(ledger, as_of, policy)
    accounts = ledger.accounts
    some = (values["gross"] != 0) | (values["unapplied_receipts"] != 0) | (values["unapplied_notes"] != 0)
    rows = np.flatnonzero(some)
    customers = accounts.customer[rows].tolist()
    names: dict[str, tuple[str, Any]] = {
        "customer_id": ("id", [ledger.customer_ids[row] for row in customers]),
        "name": ("text", [ledger.name(row) for row in customers]),
        "currency": ("text", [ledger.currency(int(account)) for account in rows.tolist()]),
    }
    money = {
        key: ("money", values[key][rows])
        for key in ("invoiced", "received", "credited", "gross", "unapplied", "net", "overdue", "not_due", "disputed")
    }
    sales = ledger.customers.dimensions.get("salesperson")
    columns: dict[str, tuple[str, Any]] = {
        **names,
        **money,
        "oldest_days": ("days", [days or None for days in values["oldest_days"][rows].tolist()]),
        "overdue_count": ("int", values["overdue_count"][rows].tolist()),
        **_credit(ledger, as_of, values["net"], customers, credit),
        "salesperson": ("text", [sales[row] if sales is not None else "" for row in customers]),
    }
    header = tuple(columns)
    return Table(
        "balances",
        header,
        tuple(columns[key][1] for key in header),
        tuple(columns[key][0] for key in header),
        facts={"as_of": as_of, "currency_of": {"exposure_base": ledger.base_currency, "limit": ledger.base_currency}},
    )


def _credit(
    ledger: Ledger, as_of: int, net: Array, customers: list[int], policy: CreditPolicy
) -> dict[str, tuple[str, Any]]:
    """Exposure, limit and utilisation on each customer's first row."""
    limits = limits_at(ledger, as_of, policy)
    exposure = base_totals(ledger, as_of, net)
    exposures: list[int | None] = []
    granted: list[int | None] = []
    shares: list[float | None] = []
    seen: set[int] = set()
    for customer in customers:
        first = customer not in seen
        seen.add(customer)
        limit = int(limits[customer])
        owed = exposure.get(customer) if first else None
        exposures.append(owed)
        granted.append(limit if first and limit != NO_LIMIT else None)
        shares.append(owed / limit if first and owed is not None and limit > 0 else None)
    return {
        "exposure_base": ("money", exposures),
        "limit": ("money", granted),
        "utilisation": ("percent", shares),
    }


def reclassification(ledger: Ledger, as_of: int) -> Table:
    """Balances as reported: a customer's credit balance moves from receivables to contract liabilities (重分类).

    A reporting entry per customer and currency; nothing in the ledger changes. book + reclass = reported;
    reclass is what is shown under contract liabilities (预收). Money in minor units.
    """
    return ledger.memo(("reclassification", as_of), lambda: _reclassification(ledger, as_of))


def _reclassification(ledger: Ledger, as_of: int) -> Table:
    table = balances(ledger, as_of)
    net = np.asarray(table.column("net"), np.int64)
    moved = np.maximum(-net, 0)
    return Table(
        "reclassification",
        ("customer_id", "name", "currency", "book", "reclass", "reported"),
        (table.column("customer_id"), table.column("name"), table.column("currency"), net, moved, net + moved),
        ("id", "text", "text", "money", "money", "money"),
        facts={"as_of": as_of},
    )
