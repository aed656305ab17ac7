"""Topic aging: open items, what is applied later, buckets per customer and in all, the statement of account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from arsheet.ledger.account import account
from arsheet.ledger.aging import AgingPolicy, age, aging
from arsheet.ledger.balance import balances
from arsheet.ledger.items import open_items
from arsheet.ledger.money import to_minor
from arsheet.ledger.outlook import outlook
from arsheet.ledger.store import Ledger
from arsheet.ledger.tie import tie_out, totals
from arsheet.ledger.valuation import in_base
from arsheet.table import NO_DAY, Table
from tests.peers.adapters._book import amount, book, with_filters
from tests.peers.comparing import Complete
from tests.peers.running import Figures
from tests.peers.shape import ShapeError, day, decimal, known, maybe_day

INPUTS = {"as_of", "invoices", "payments", "credit_notes", "from_date", "fx_rates", "gl_balance", "filter"}


def figures(inputs: Mapping[str, Any], settings: dict[str, str]) -> Figures:
    """What finds each expected figure."""
    known(inputs.keys(), INPUTS, "inputs")
    as_of = day(inputs["as_of"], "as_of")
    ledger = book(inputs, settings, as_of)
    policy = with_filters(inputs, AgingPolicy.from_settings(settings))
    rate = settings.get("base_rate", "closing")
    valued = {key: f"{key}_in_base" for key in ("open", "future", "remaining", "unrealised")}
    return {
        "lines": lambda: _lines(ledger, as_of, policy),
        **{key: lambda key=key: _map(ledger, as_of, outlook, key) for key in ("open", "future", "remaining")},
        **{
            f"{key}_in_base": lambda key=key: _map(ledger, as_of, in_base, valued[key], base_rate=rate)
            for key in ("open", "future", "remaining")
        },
        "unrealised_fx_in_base": lambda: _map(ledger, as_of, in_base, valued["unrealised"], base_rate=rate),
        "customers": lambda: _customers(ledger, as_of, policy),
        "total": lambda: _total(ledger, as_of, policy),
        "gl_difference": lambda: _gl_difference(ledger, as_of, policy, inputs.get("gl_balance"), rate),
        "statement": lambda: _statement(ledger, maybe_day(inputs.get("from_date"), "from_date"), as_of),
    }


def _name(record: Mapping[str, Any], number: str) -> str:
    return record[number] if record["sequence"] is None else f"{record[number]}#{record['sequence']}"


def _lines(ledger: Ledger, as_of: int, policy: AgingPolicy) -> list[dict[str, Any]]:
    """Document lines by due date and name; credit notes are no lines, they stand in the map ``open``."""
    records = [record for record in open_items(ledger, as_of, policy).records() if record["kind"] != "credit_note"]
    picked = {"invoiced": "amount", "paid": "received", "credit_note": "credited", "open": "open"}
    return [
        {"line": _name(record, "document_no")}
        | {key: amount(record[column], record["currency"]) for key, column in picked.items()}
        for record in sorted(records, key=lambda record: (record["due_date"], _name(record, "document_no")))
    ]


def _map(ledger: Ledger, as_of: int, report: Any, column: str, **options: Any) -> dict[str, Any]:
    """Documents and receipts, and instalments as id#n: one line of its own is #1 too."""
    found: dict[str, Any] = {}
    for by in ("document", "line"):
        table: Table = report(ledger, as_of, by=by, **options)
        for record in table.records():
            if record[column] is not None:
                currency = ledger.base_currency if column.endswith("_in_base") else record["currency"]
                name = (
                    f"{record['number']}#1" if by == "line" and record["sequence"] is None else _name(record, "number")
                )
                found.setdefault(name, amount(record[column], currency))
    return found


def _customers(ledger: Ledger, as_of: int, policy: AgingPolicy) -> Complete:
    """Customers of whose items the report still has something; their unapplied money before any spread."""
    aged = age(ledger, as_of, policy)
    lines = np.flatnonzero(aged.residual)
    open_ones = {ledger.customer_ids[ledger.accounts.customer[at]] for at in ledger.lines.account[lines].tolist()}
    before = aging(ledger, as_of, replace(policy, unapplied="column")).records()
    unapplied = {(record["key"], record["currency"]): -record["unapplied"] for record in before}
    owed = {(record["customer_id"], record["currency"]): record for record in balances(ledger, as_of, policy).records()}
    out = Complete()
    for record in aging(ledger, as_of, policy).records():
        if record["key"] not in open_ones:
            continue
        if record["key"] in out:
            raise ShapeError(f"customer {record['key']} has items in several currencies")
        currency, key = record["currency"], (record["key"], record["currency"])
        values = {"invoiced": owed[key]["invoiced"], "paid": owed[key]["received"], "open": record["total"]}
        out[record["key"]] = {name: amount(value, currency) for name, value in values.items()} | {
            "unapplied": amount(unapplied[key], currency),
            "buckets": Complete({name: amount(record[name], currency) for name in aged.buckets.keys}),
        }
    return out


def _total(ledger: Ledger, as_of: int, policy: AgingPolicy) -> dict[str, Any]:
    rows = totals(ledger, as_of, policy).records()
    used = [row for row in rows if row["open"] or row["overdue_count"]] or rows[:1]
    if len(used) > 1:
        raise ShapeError("a total over several currencies")
    names, currency = age(ledger, as_of, policy).buckets.keys, used[0]["currency"]
    return {
        "open": amount(used[0]["open"], currency),
        "buckets": Complete({name: amount(used[0][name], currency) for name in names}),
        "overdue": amount(used[0]["overdue"], currency),
        "overdue_count": int(used[0]["overdue_count"]),
    }


def _gl_difference(ledger: Ledger, as_of: int, policy: AgingPolicy, balance: Any, base_rate: str) -> Any:
    book = to_minor(decimal(balance, "gl_balance"))
    return amount(tie_out(ledger, as_of, book, policy, base_rate).difference, ledger.base_currency)


def _statement(ledger: Ledger, start: int | None, as_of: int) -> dict[str, Any]:
    tables = [
        table
        for customer in range(len(ledger.customer_ids))
        for table in account(ledger, customer, NO_DAY + 1 if start is None else start, as_of, carry_forward=False)
    ]
    if len(tables) != 1:
        raise ShapeError("a statement is of one customer in one currency")
    currency = str(tables[0].facts["currency"])
    *movements, closing = tables[0].records()[1:]
    return {
        "running_balance": [amount(record["balance"], currency) for record in movements],
        "debits": amount(closing["debit"], currency),
        "credits": amount(closing["credit"], currency),
    }
