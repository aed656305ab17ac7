"""Rows of an import that a closed month forbids: left out one by one, each with its amount, before any write."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from arsheet.importers.plan import Counts, ImportPlan, Preview
from arsheet.importers.working import rounded
from arsheet.journal.periods import DATED, Lock, Locks
from arsheet.ledger.assembly.rows import currency_code
from arsheet.table import Problem, Table

_NEEDS = {
    "applications": (("document_no", "invoices", "document_no"), ("source_no", "receipts", "receipt_no")),
    "instalments": (("document_no", "invoices", "document_no"),),
}
"""What a row cannot stand without: its column, and the table and column of what it names."""


def without_locked(plan: ImportPlan, locks: Locks, base: str = "CNY") -> ImportPlan:
    """The plan without rows dated in closed months, and without what hangs on them.

    Each row left out is a problem ``row_in_locked_period``; its amount moves from the new to the refused ones.
    """
    added = {table.name: table for table in plan.appended}
    locked = {
        name: locks.of_rows(name, table.column(DATED[name]))
        for name, table in added.items() if name in DATED and DATED[name] in table
    }  # fmt: skip
    if not any(locked.values()):
        return plan
    out = {name: set(rows) for name, rows in locked.items()}
    _hanging(added, out)
    problems = _problems(plan, added, locked)
    kept = {name: _without(table, out.get(name, set())) for name, table in added.items()}
    if plan.kind != "customers" and "customers" in kept:
        named = {
            value for name, table in kept.items() if name != "customers" and "customer_id" in table
            for value in table.column("customer_id")
        }  # fmt: skip
        ids = list(kept["customers"].column("customer_id"))
        out["customers"] = {row for row, value in enumerate(ids) if value not in named}
        kept["customers"] = _without(added["customers"], out["customers"])
    preview = _preview(plan, added, kept, out, base)
    return replace(
        plan, appended=tuple(table for table in kept.values() if len(table)),
        problems=(*plan.problems, *problems), preview=preview,
    )  # fmt: skip


def _hanging(added: dict[str, Table], out: dict[str, set[int]]) -> None:
    for name, needs in _NEEDS.items():
        table = added.get(name)
        if table is None:
            continue
        for column, other, key in needs:
            source = added.get(other)
            if source is None or column not in table or not out.get(other):
                continue
            ids = list(source.column(key))
            gone = {ids[row] for row in out[other]} - {value for row, value in enumerate(ids) if row not in out[other]}
            out.setdefault(name, set()).update(row for row, value in enumerate(table.column(column)) if value in gone)


def _problems(plan: ImportPlan, added: dict[str, Table], locked: dict[str, dict[int, Lock]]) -> list[Problem]:
    """One problem per row of the file."""
    source = plan.source
    at = {number: row for row, number in enumerate(source.place.rows)} if source.place is not None else {}
    found: dict[int, Problem] = {}
    for name in sorted(locked, key=lambda each: each != source.name):
        table = added[name]
        for row, lock in locked[name].items():
            number = table.place.rows[row] if table.place is not None else -1
            if number not in at or at[number] in found:
                continue
            facts = {
                "month": lock.month, "locked_day": lock.locked_on, "by": lock.by or "-",
                "amount": table.column("amount")[row] if "amount" in table else None,
            }  # fmt: skip
            column = DATED[name] if name == source.name else ""
            found[at[number]] = Problem("row_in_locked_period", source.name, at[number], column, facts)
    return [found[row] for row in sorted(found)]


def _without(table: Table, rows: set[int]) -> Table:
    if not rows:
        return table
    keep = [row for row in range(len(table)) if row not in rows]
    columns = tuple([column[row] for row in keep] for column in table.columns)
    place = replace(table.place, rows=[table.place.rows[row] for row in keep]) if table.place is not None else None
    return replace(table, columns=columns, place=place)


def _preview(
    plan: ImportPlan, added: dict[str, Table], kept: dict[str, Table], out: dict[str, set[int]], base: str
) -> Preview:
    counts = dict(plan.preview.tables)
    for name, rows in out.items():
        if name in counts and rows:
            counts[name] = _moved(counts[name], added[name], rows, base)
    settlements = dict(plan.preview.settlements)
    if plan.source.name == "invoices" and out.get("receipts"):
        for row in out["receipts"]:
            currency, amount = _money(added["receipts"], row, base, settlements)
            if currency in settlements and amount is not None:
                count, total = settlements[currency]
                settlements[currency] = (count - 1, total - rounded(amount, currency))
    customers = kept.get("customers")
    named = set(customers.column("customer_id")) if customers is not None else set()
    new = tuple(each for each in plan.preview.new_customers if each in named)
    return replace(
        plan.preview, tables=counts, new_customers=new,
        settlements={name: pair for name, pair in settlements.items() if pair[0]},
    )  # fmt: skip


def _moved(counts: Counts, table: Table, rows: set[int], base: str) -> Counts:
    """The counts with rows moved from the new to the refused ones."""
    new, refused = dict(counts.sum_new), dict(counts.sum_refused)
    for row in rows:
        currency, amount = _money(table, row, base, new)
        if amount is not None:
            new[currency] = new.get(currency, Decimal(0)) - rounded(amount, currency)
            refused[currency] = refused.get(currency, Decimal(0)) + amount
    return replace(
        counts, rows_new=counts.rows_new - len(rows), rows_refused=counts.rows_refused + len(rows),
        sum_new={name: total for name, total in new.items() if total}, sum_refused=refused,
    )  # fmt: skip


def _money(table: Table, row: int, base: str, known: dict[str, Any]) -> tuple[str, Decimal | None]:
    amount = table.column("amount")[row] if "amount" in table else None
    if "currency" in table:
        return currency_code(table.column("currency")[row], base) or base, amount
    return (next(iter(known)) if len(known) == 1 else base), amount
