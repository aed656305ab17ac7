"""Statements, reminders, promises, contacts and the dunning policy, read from their tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from arsheet.ledger.assembly.rows import Cells, minor
from arsheet.ledger.records import NOBODY, Contact, Level, Promise, Records, Sent, Statement
from arsheet.table import NO_DAY, Problem, Table

SENT_STATES = (None, "sent", "delivered", "answered")
"""States of a reminder that reached the customer; a blank one has a date to say so."""
Row = TypeVar("Row")


def read(tables: Mapping[str, Table], base: str, customers: frozenset[str], found: list[Problem]) -> Records:
    """The rows that stand; one of a customer whom nobody knows is said."""

    def gather(name: str, make: Callable[[Mapping[str, Any]], Row | None]) -> dict[str, tuple[Row, ...]]:
        rows: dict[str, list[Row]] = defaultdict(list)
        for at, cells in _rows(tables.get(name)):
            customer = cells["customer_id"]
            made = make(cells) if customer is not None else None
            if made is None:
                continue
            if customer not in customers:
                found.append(Problem("customer_of_row_not_found", name, at, "customer_id", {"customer_id": customer}))
            rows[customer].append(made)
        return {customer: tuple(listed) for customer, listed in rows.items()}

    return Records(
        statements=gather("statements", lambda cells: _statement(cells, base)),
        reminders=gather("reminders", _sent),
        promises=gather("promises", _promise),
        contacts=_contacts(tables.get("customers")),
        levels=tuple(_levels(tables.get("dunning_policy"), found)),
    )


def _rows(table: Table | None) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Each row with its cells by key; a key the table does not have is None."""
    if table is None:
        return
    cells = Cells(table)
    for row in range(len(table)):
        yield row, _Row(cells, row)


class _Row(dict[str, Any]):
    def __init__(self, cells: Cells, row: int) -> None:
        super().__init__()
        self.cells, self.row = cells, row

    def __missing__(self, key: str) -> Any:
        return self.cells[key][self.row]


def _day(value: Any) -> int:
    return NO_DAY if value is None else int(value)


def _statement(cells: Mapping[str, Any], base: str) -> Statement | None:
    def amount(key: str) -> int | None:
        value = cells[key]
        return None if value is None else minor(value, base)[0]

    ours, theirs, difference = amount("our_balance"), amount("their_balance"), amount("difference")
    if difference is None and ours is not None and theirs is not None:
        difference = ours - theirs
    return Statement(
        str(cells["statement_id"] or ""),
        _day(cells["to"]),
        _day(cells["sent"]),
        _day(cells["confirmed_on"]),
        ours,
        theirs,
        difference,
        cells["state"] == "refused",
    )


def _sent(cells: Mapping[str, Any]) -> Sent | None:
    if cells["sent_at"] is None or cells["state"] not in SENT_STATES:
        return None
    return Sent(int(cells["sent_at"]), int(cells["level"] or 0))


def _promise(cells: Mapping[str, Any]) -> Promise | None:
    amount, pay_by = cells["amount"], cells["pay_by"]
    if amount is None or pay_by is None:
        return None
    return Promise(str(cells["document_no"] or ""), Decimal(amount), _day(cells["promised_on"]), int(pay_by))


def _contacts(table: Table | None) -> dict[str, Contact]:
    """Only customers about whom something is known."""
    texts = {"name": "contact", "mail": "mail", "phone": "phone", "wecom": "wecom", "address": "delivery_address"}
    wanted = [key for key in (*texts.values(), "dunning_block_until", "opt_out") if table is not None and key in table]
    if table is None or not any(value is not None for key in wanted for value in table.column(key)):
        return {}
    out: dict[str, Contact] = {}
    for _, cells in _rows(table):
        made = Contact(
            **{key: str(cells[column] or "") for key, column in texts.items()},
            blocked_until=_day(cells["dunning_block_until"]),
            opted_out=bool(cells["opt_out"]),
        )
        if made != NOBODY and cells["customer_id"] is not None:
            out.setdefault(cells["customer_id"], made)
    return out


def _levels(table: Table | None, found: list[Problem]) -> Iterator[Level]:
    seen: dict[tuple[str, int], int] = {}
    for row, cells in _rows(table):
        number, days = cells["level"], cells["min_days"]
        if number is None or days is None:
            continue
        key = (str(cells["policy"] or "").strip(), int(number))
        if key in seen:
            facts = {"policy": key[0], "level": key[1], "first_row": seen[key]}
            found.append(Problem("dunning_level_repeated", "dunning_policy", row, "level", facts))
            continue
        seen[key] = row
        yield Level(
            key[1],
            int(days),
            key[0],
            cells["counts_from"] or "",
            int(cells["interval"] or 0),
            Decimal(cells["min_amount"] or 0),
            cells["channel"] or "",
            str(cells["action"] or ""),
        )
