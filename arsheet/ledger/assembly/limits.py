"""Dated credit limits, read from their table."""

from __future__ import annotations

import numpy as np

from arsheet.ledger.assembly.rows import Cells, Left, currency_code, minor
from arsheet.ledger.columns import Limits
from arsheet.ledger.intern import as_column
from arsheet.ledger.store import days
from arsheet.table import FAR_DAY, NO_DAY, Problem, Table

_BLANK = {True: ("customer_id", "limit_without_customer"), False: ("amount", "amount_missing")}
_Key = tuple[str, str, int]


def read(table: Table | None, base: str, left: Left, found: list[Problem]) -> Limits | None:
    """Limits of the total in the base currency, in the order of their rows; what cannot stand is said.

    Limits of a single component do not count here.
    """
    if table is None or not len(table):
        return None
    cells = Cells(table)
    kept: list[tuple[str, int, str, int, int]] = []
    seen: dict[_Key, int] = {}
    for row, (customer, amount) in enumerate(zip(table.column("customer_id"), table.column("amount"), strict=True)):
        if customer is None or amount is None:
            if customer is not None or amount is not None:
                left.missing(found, table, row, *_BLANK[customer is None])
            continue
        problem = _refusal(cells, row, base)
        if problem is not None:
            found.append(problem)
            continue
        if cells["component"][row] not in (None, "all"):
            continue
        kind, start, end = cells["kind"][row] or "base", cells["from"][row], cells["to"][row]
        value = minor(amount, base)[0]
        kept.append((customer, value, kind, NO_DAY if start is None else start, FAR_DAY if end is None else end))
        key = (customer, kind, kept[-1][3])
        if kind != "temporary" and key in seen and table.column("amount")[seen[key]] != amount:
            facts = {"first_row": seen[key], "first_amount": table.column("amount")[seen[key]], "amount": amount}
            found.append(Problem("limit_begins_on_same_day_as_another", table.name, row, "amount", facts))
        seen[key] = row
    if not kept:
        return None
    customers, amounts, kinds, starts, ends = zip(*kept, strict=True)
    return Limits(
        customers=as_column(list(customers)),
        amounts=np.array(amounts, np.int64),
        kinds=list(kinds),
        starts=days(starts).astype(np.int64),
        ends=days(ends).astype(np.int64),
    )


def _refusal(cells: Cells, row: int, base: str) -> Problem | None:
    """Why a row cannot stand."""
    table, amount = cells.table.name, cells["amount"][row]
    if currency_code(cells["currency"][row], base) != base:
        facts = {"read": cells["currency"][row], "base": base}
        return Problem("limit_not_in_base_currency", table, row, "currency", facts)
    if amount < 0:
        return Problem("limit_negative", table, row, "amount", {"amount": amount})
    start, end = cells["from"][row], cells["to"][row]
    if start is not None and end is not None and end < start:
        return Problem("limit_ends_before_it_begins", table, row, "to", {"from_day": start, "to_day": end})
    return None


def check_customers(table: Table | None, customers: frozenset[str], found: list[Problem]) -> None:
    """A limit of a customer whom nobody knows limits nothing."""
    if table is None or not len(table):
        return
    for row, (customer, amount) in enumerate(zip(table.column("customer_id"), table.column("amount"), strict=True)):
        if customer is not None and amount is not None and customer not in customers:
            found.append(
                Problem("customer_of_row_not_found", table.name, row, "customer_id", {"customer_id": customer})
            )
