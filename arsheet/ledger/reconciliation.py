"""Where the reconciliation with each customer stands (对账状态), from the statements sent and what came back."""

from __future__ import annotations

from typing import Any

from arsheet.ledger.records import Statement
from arsheet.ledger.store import Ledger
from arsheet.table import NO_DAY, Table

ANSWER_DAYS = 30
"""Days after which a statement without an answer is overdue (逾期未回)."""
HEADER = ("customer_id", "name", "statement_id", "sent", "confirmed_on", "our_balance", "their_balance", "difference")
KINDS = ("id", "text", "id", "day", "day", "money", "money", "money", "text")


def last_statement(ledger: Ledger, customer: int, as_of: int) -> Statement | None:
    """The statement that was sent last on or before the day."""
    found = ledger.records.statements.get(ledger.customer_ids[customer], ())
    sent = [one for one in found if NO_DAY < one.sent <= as_of]
    return max(sent, key=lambda one: (one.sent, one.until), default=None)


def state(statement: Statement | None, as_of: int) -> str:
    """unsent, sent, confirmed, different, refused or overdue: what was known on the day.

    What the customer answered counts from the day of the confirmation; a refusal has no date of its own.
    """
    if statement is None:
        return "unsent"
    if statement.refused:
        return "refused"
    if NO_DAY < statement.confirmed <= as_of:
        return "different" if statement.difference else "confirmed"
    return "overdue" if as_of - statement.sent > ANSWER_DAYS else "sent"


def reconciliation(ledger: Ledger, as_of: int) -> Table:
    """One row per customer: the last statement sent, the answer and the status; amounts in the base currency."""
    return ledger.memo(("reconciliation", as_of), lambda: _reconciliation(ledger, as_of))


def _reconciliation(ledger: Ledger, as_of: int) -> Table:
    rows: list[tuple[Any, ...]] = []
    for customer, customer_id in enumerate(ledger.customer_ids):
        found = last_statement(ledger, customer, as_of)
        name, status = ledger.name(customer), state(found, as_of)
        if found is None:
            rows.append((customer_id, name, "", None, None, None, None, None, status))
            continue
        answered = NO_DAY < found.confirmed <= as_of
        rows.append(
            (
                *(customer_id, name, found.id, found.sent, found.confirmed if answered else None, found.ours),
                *((found.theirs, found.difference) if answered else (None, None)),
                status,
            )
        )
    columns = tuple(map(list, zip(*rows, strict=True))) if rows else tuple([] for _ in KINDS)
    facts = {"as_of": as_of, "currency": ledger.base_currency}
    return Table("reconciliation", (*HEADER, "status"), columns, KINDS, facts=facts)
