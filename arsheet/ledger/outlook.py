"""What is open at a date, what is applied to it later, and what then remains: documents, instalments and receipts."""

from __future__ import annotations

from typing import Any

import numpy as np

from arsheet.ledger.columns import DOCUMENT_KINDS, INVOICE, RECEIPT, RECEIPT_KINDS
from arsheet.ledger.intern import Array
from arsheet.ledger.replay import replay
from arsheet.ledger.store import Ledger, add_by
from arsheet.table import FAR_DAY, ArsheetError, Table

END = FAR_DAY - 1
"""The day by which everything the ledger knows of has happened."""


def outlook(ledger: Ledger, as_of: int, by: str = "line") -> Table:
    """One row per due line (``by="document"``: per document), then one per receipt; money in its own currency.

    open: at the as-of date; future: what is applied after it (less what is reversed after it); remaining = open −
    future. Credit notes and receipts are negative: what is not used of them. A receipt dated later has open and future
    None and only remains; a document dated later is all 0.
    """
    if by not in ("line", "document"):
        raise ArsheetError(
            "outlook_by_unknown", f"没有“{by}”这种行", f"rows are by line or by document, not by {by!r}", exit_code=2
        )
    return ledger.memo(("outlook", as_of, by), lambda: _outlook(ledger, as_of, by))


def _outlook(ledger: Ledger, as_of: int, by: str) -> Table:
    now, end = replay(ledger, as_of), replay(ledger, END)
    open_, remaining = now.open, np.where(now.visible, end.open, 0)
    columns = keys(ledger, by)
    if by == "document":
        open_, remaining = of_documents(ledger, open_), of_documents(ledger, remaining)
    known = ledger.receipts.dates <= as_of
    rest = [-amount for amount in end.free.tolist()]
    free = [-amount if seen else None for amount, seen in zip(now.free.tolist(), known.tolist(), strict=True)]
    later = [None if own is None else own - left for own, left in zip(free, rest, strict=True)]
    columns |= {
        "open": ("money", [*open_.tolist(), *free]),
        "future": ("money", [*(open_ - remaining).tolist(), *later]),
        "remaining": ("money", [*remaining.tolist(), *rest]),
    }
    return table("outlook", columns, as_of)


def of_documents(ledger: Ledger, values: Array) -> Array:
    """Sums of the lines of each document."""
    count = int(ledger.documents.amounts.size)
    return add_by(ledger.lines.document, values, count, exact=ledger.exact_in_float)


def keys(ledger: Ledger, by: str) -> dict[str, tuple[str, Any]]:
    """number, sequence (None: no instalments), kind, customer_id, currency: of lines or documents, then receipts."""
    lines, accounts = ledger.lines, ledger.accounts
    if by == "line":
        documents, owners = lines.document.tolist(), lines.account.tolist()
        sequences = _sequences(ledger)
    else:
        documents = list(range(int(ledger.documents.amounts.size)))
        owner = ledger.document_account if ledger.document_account is not None else np.zeros(0, np.int32)
        owners, sequences = owner.tolist(), [None] * len(documents)
    receipts = list(range(int(ledger.receipts.amounts.size)))
    owners = [*owners, *ledger.receipt_account.tolist()]
    kinds, received = ledger.documents.kinds, ledger.receipts.kinds
    return {
        "number": ("id", [*(ledger.document_id(row) for row in documents), *(ledger.receipt_id(r) for r in receipts)]),
        "sequence": ("int", [*sequences, *([None] * len(receipts))]),
        "kind": (
            "text",
            [
                *(DOCUMENT_KINDS[INVOICE if kinds is None else int(kinds[row])] for row in documents),
                *(RECEIPT_KINDS[RECEIPT if received is None else int(received[row])] for row in receipts),
            ],
        ),
        "customer_id": ("id", [ledger.customer_ids[int(accounts.customer[account])] for account in owners]),
        "currency": ("text", [ledger.currency(account) for account in owners]),
    }


def _sequences(ledger: Ledger) -> list[int | None]:
    lines = ledger.lines
    if lines.several is None or lines.sequence is None:
        return [None] * len(lines)
    return [
        int(sequence) if several else None
        for sequence, several in zip(lines.sequence.tolist(), lines.several.tolist(), strict=True)
    ]


def table(name: str, columns: dict[str, tuple[str, Any]], as_of: int) -> Table:
    """A report of named columns with their kinds."""
    return Table(
        name,
        tuple(columns),
        tuple(values for _, values in columns.values()),
        tuple(kind for kind, _ in columns.values()),
        facts={"as_of": as_of},
    )
