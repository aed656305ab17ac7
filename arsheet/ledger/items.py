"""Open items (未清项) and unapplied money (未核销收款), one row each."""

from __future__ import annotations

from typing import Any

import numpy as np

from arsheet.ledger import buckets as bucket_rule
from arsheet.ledger.aging import AgingPolicy, base_days
from arsheet.ledger.columns import DOCUMENT_KINDS, INVOICE, RECEIPT, RECEIPT_KINDS
from arsheet.ledger.dimension import line_filter
from arsheet.ledger.disputes import disputed
from arsheet.ledger.intern import Array
from arsheet.ledger.replay import applied, due_at, pending, replay
from arsheet.ledger.store import Ledger
from arsheet.table import FAR_DAY, ArsheetError, Table

STATUSES = ("all", "overdue", "not_due", "disputed")


def open_items(ledger: Ledger, as_of: int, policy: AgingPolicy | None = None, status: str = "all") -> Table:
    """Every due line with an open amount other than 0: by customer, currency, due date and number.

    ``status``: all, overdue (days past due > 0), not_due, disputed. ``open`` = amount − received − credited; it is
    negative on a credit note that is not used up. ``days`` are counted from the policy's basis; None while an event is
    awaited. Money in minor units.
    """
    chosen = policy or AgingPolicy()
    if status not in STATUSES:
        raise ArsheetError(
            "status_unknown",
            f"没有“{status}”这种状态；可用：{'、'.join(STATUSES)}",
            f"there is no status {status!r}; use one of {', '.join(STATUSES)}",
            exit_code=2,
            facts={"read": status},
        )
    return ledger.memo(("open_items", as_of, chosen, status), lambda: _open_items(ledger, as_of, chosen, status))


def _open_items(ledger: Ledger, as_of: int, policy: AgingPolicy, status: str) -> Table:
    state = replay(ledger, as_of, policy.known_at)
    in_dispute = disputed(ledger, as_of, state)
    due = due_at(ledger, as_of)
    keep = state.open != 0
    if policy.filters:
        keep &= line_filter(ledger, dict(policy.filters))[0]
    if status == "overdue":
        keep &= due < as_of
    elif status == "not_due":
        keep &= due >= as_of
    elif status == "disputed":
        keep &= in_dispute > 0
    rows = np.flatnonzero(keep)
    parts = applied(ledger, as_of, policy.known_at)
    base = base_days(ledger, policy.basis, as_of)[rows].astype(np.int64)
    rule = bucket_rule.make(
        policy.buckets, as_of, basis=policy.basis, not_due=policy.not_due, years_step=policy.years_step
    )
    columns: dict[str, tuple[str, Any]] = {
        **_names(ledger, rows),
        "document_date": ("day", ledger.lines.date[rows].tolist()),
        "due_date": ("day", [None if day == FAR_DAY else day for day in due[rows].tolist()]),
        "amount": ("money", ledger.lines.amount[rows]),
        "received": ("money", parts.receipts[rows]),
        "credited": ("money", parts.notes[rows]),
        "open": ("money", state.open[rows]),
        "days": ("days", [None if day == FAR_DAY else as_of - day for day in base.tolist()]),
        "bucket": ("text", [rule.keys[at] for at in rule.index(base).tolist()]),
        "disputed": ("money", in_dispute[rows]),
        "pending": ("flag", pending(ledger, as_of)[rows].tolist()),
        "salesperson": ("text", _texts(ledger, rows, "salesperson")),
    }
    header = tuple(columns)
    return Table(
        "open_items",
        header,
        tuple(columns[key][1] for key in header),
        tuple(columns[key][0] for key in header),
        facts={"as_of": as_of, "basis": policy.basis, "status": status, "lines": rows},
    )


def _names(ledger: Ledger, rows: Array) -> dict[str, tuple[str, Any]]:
    """customer_id, name, currency, document_no, sequence and kind of due lines."""
    lines, accounts = ledger.lines, ledger.accounts
    customers = accounts.customer[lines.account[rows]].tolist()
    documents = lines.document[rows].tolist()
    kinds = ledger.documents.kinds
    several = lines.several
    sequences: list[int | None] = [None] * rows.size
    if several is not None and lines.sequence is not None:
        sequences = [
            int(number) if many else None
            for number, many in zip(lines.sequence[rows].tolist(), several[rows].tolist(), strict=True)
        ]
    return {
        "customer_id": ("id", [ledger.customer_ids[row] for row in customers]),
        "name": ("text", [ledger.name(row) for row in customers]),
        "currency": ("text", [ledger.currency(account) for account in lines.account[rows].tolist()]),
        "document_no": ("id", [ledger.document_id(row) for row in documents]),
        "sequence": ("int", sequences),
        "kind": ("text", [DOCUMENT_KINDS[INVOICE if kinds is None else int(kinds[row])] for row in documents]),
    }


def _texts(ledger: Ledger, rows: Array, key: str) -> list[str]:
    own = ledger.documents.dimensions.get(key)
    theirs = ledger.customers.dimensions.get(key)
    customers = ledger.accounts.customer[ledger.lines.account[rows]].tolist()
    documents = ledger.lines.document[rows].tolist()
    return [
        (own[document] if own is not None else "") or (theirs[customer] if theirs is not None else "") or ""
        for document, customer in zip(documents, customers, strict=True)
    ]


def unapplied(ledger: Ledger, as_of: int, known_at: int | None = None) -> Table:
    """Money and credit notes that are not applied, one row each, amounts positive: to the customer's credit."""
    return ledger.memo(("unapplied", as_of, known_at), lambda: _unapplied(ledger, as_of, known_at))


def _unapplied(ledger: Ledger, as_of: int, known_at: int | None) -> Table:
    state = replay(ledger, as_of, known_at)
    receipts, lines = ledger.receipts, ledger.lines
    money = np.flatnonzero(state.free != 0)
    notes = np.flatnonzero(state.open < 0)
    accounts = [*ledger.receipt_account[money].tolist(), *lines.account[notes].tolist()]
    customers = [int(ledger.accounts.customer[account]) for account in accounts]
    kinds = receipts.kinds
    document_kinds = ledger.documents.kinds
    columns: dict[str, tuple[str, Any]] = {
        "customer_id": ("id", [ledger.customer_ids[row] for row in customers]),
        "name": ("text", [ledger.name(row) for row in customers]),
        "currency": ("text", [ledger.currency(account) for account in accounts]),
        "source_no": (
            "id",
            [*(ledger.receipt_id(row) for row in money.tolist()), *(ledger.line_name(row) for row in notes.tolist())],
        ),
        "kind": (
            "text",
            [
                *(RECEIPT_KINDS[RECEIPT if kinds is None else int(kinds[row])] for row in money.tolist()),
                *(
                    "credit_note"
                    if document_kinds is None
                    else DOCUMENT_KINDS[int(document_kinds[lines.document[row]])]
                    for row in notes.tolist()
                ),
            ],
        ),
        "date": ("day", [*receipts.dates[money].tolist(), *lines.date[notes].tolist()]),
        "amount": ("money", np.concatenate([receipts.amounts[money], -lines.amount[notes]])),
        "unapplied": ("money", np.concatenate([state.free[money], -state.open[notes]])),
        "days": ("days", [as_of - int(day) for day in (*receipts.dates[money].tolist(), *lines.date[notes].tolist())]),
    }
    header = tuple(columns)
    order = sorted(
        range(len(accounts)), key=lambda at: (accounts[at], columns["date"][1][at], columns["source_no"][1][at])
    )
    return Table(
        "unapplied",
        header,
        tuple([columns[key][1][at] for at in order] for key in header),
        tuple(columns[key][0] for key in header),
        facts={"as_of": as_of},
    )
