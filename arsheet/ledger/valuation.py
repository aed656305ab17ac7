"""Open amounts in the base currency, document by document, and what exchange rates have made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from arsheet.ledger.fx import document_base, receipt_base, unrealised
from arsheet.ledger.intern import Array
from arsheet.ledger.money import round_half_up
from arsheet.ledger.outlook import END, keys, of_documents, outlook, table
from arsheet.ledger.replay import active, replay
from arsheet.ledger.store import Ledger
from arsheet.table import ArsheetError, Table

BASE_RATES = ("closing", "document")
_Sum = tuple[int, int | None]
"""An amount in its own currency and in the base currency (None: a rate is missing)."""


def in_base(ledger: Ledger, as_of: int, by: str = "line", base_rate: str = "closing") -> Table:
    """The rows of ``outlook`` in the base currency, minor units; None where a rate is missing.

    ``base_rate`` closing: documents at the last rate on or before the as-of date; document: at their own rate. What is
    applied later is valued by where it comes from: a receipt at its own rate or at what arrived in base currency, a
    credit note like a document. remaining_in_base = open_in_base − future_in_base. unrealised_in_base = open x (closing
    rate − the document's rate), gain +; None on receipts.
    """
    if base_rate not in BASE_RATES:
        raise ArsheetError(
            "setting_value_unknown",
            f"设置 base_rate 的值“{base_rate}”无效；可用：{'、'.join(BASE_RATES)}",
            f"base_rate = {base_rate!r} is not one of {', '.join(BASE_RATES)}",
            exit_code=2,
            facts={"setting": "base_rate", "read": base_rate},
        )
    return ledger.memo(("in_base", as_of, by, base_rate), lambda: _in_base(ledger, as_of, by, base_rate))


def _in_base(ledger: Ledger, as_of: int, by: str, base_rate: str) -> Table:
    own = outlook(ledger, as_of, by)
    documents = ledger.lines.document.tolist() if by == "line" else list(range(int(ledger.documents.amounts.size)))
    count = len(documents)
    amounts = own.column("open")[:count]
    opened: list[int | None] = [
        document_base(ledger, as_of, document, amount, base_rate) if amount else 0
        for document, amount in zip(documents, amounts, strict=True)
    ]
    later = _later(ledger, as_of, by, base_rate, own.column("future")[:count])
    remaining = [_less(whole, part) for whole, part in zip(opened, later, strict=True)]
    gains = [
        unrealised(ledger, as_of, document, amount) if amount else 0
        for document, amount in zip(documents, amounts, strict=True)
    ]
    now, end = replay(ledger, as_of), replay(ledger, END)
    for row, day in enumerate(ledger.receipts.dates.tolist()):
        rest = receipt_base(ledger, row, -int(end.free[row]))
        free = receipt_base(ledger, row, -int(now.free[row])) if day <= as_of else None
        opened.append(free)
        later.append(_less(free, rest))
        remaining.append(rest)
        gains.append(None)
    return table(
        "in_base",
        keys(ledger, by)
        | {
            "open_in_base": ("money", opened),
            "future_in_base": ("money", later),
            "remaining_in_base": ("money", remaining),
            "unrealised_in_base": ("money", gains),
        },
        as_of,
    )


def _less(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part


def _later(ledger: Ledger, as_of: int, by: str, base_rate: str, future: Iterable[int]) -> list[int | None]:
    """What is applied after the as-of date to each line or document that is there by then."""
    of_line, of_document = _valued_uses(ledger, as_of, base_rate)
    visible = replay(ledger, as_of).visible
    if by == "document":
        seen = of_documents(ledger, visible.astype(np.int64)) > 0
        for line, (native, base) in of_line.items():
            document = int(ledger.lines.document[line])
            of_document[document] = _plus(of_document[document], native, base)
        return [of_document[row][1] if seen[row] else 0 for row in range(seen.size)]
    out: list[int | None] = []
    given: dict[int, _Sum] = defaultdict(lambda: (0, 0))
    for line, whole in enumerate(future):
        document = int(ledger.lines.document[line])
        native, base = of_line[line] if visible[line] else (0, 0)
        part = int(whole) - native
        if part and base is not None:
            share = _share(of_document[document], given[document], part)
            given[document] = _plus(given[document], part, share)
            base = None if share is None else base + share
        out.append(base)
    return out


def _share(whole: _Sum, given: _Sum, part: int) -> int | None:
    """A line's part of what was applied to its document without naming it; the last part takes what is left."""
    native, base = whole
    if base is None or given[1] is None:
        return None
    if given[0] + part == native:
        return base - given[1]
    return round_half_up(Decimal(base) * part / native) if native else 0


def _plus(total: _Sum, native: int, base: int | None) -> _Sum:
    return total[0] + native, None if total[1] is None or base is None else total[1] + base


def _valued_uses(ledger: Ledger, as_of: int, base_rate: str) -> tuple[dict[int, _Sum], dict[int, _Sum]]:
    """Applications that take effect after the day, less those reversed after it: by line, and by document unnamed."""
    uses = ledger.uses
    of_line: dict[int, _Sum] = defaultdict(lambda: (0, 0))
    of_document: dict[int, _Sum] = defaultdict(lambda: (0, 0))
    sign = active(ledger, END).astype(np.int64) - active(ledger, as_of).astype(np.int64)
    notes = _note_documents(ledger)
    receipts = int(ledger.receipts.amounts.size)
    for at in np.flatnonzero(sign).tolist():
        native = int(uses.reduces[at] * sign[at])
        receipt = int(uses.receipt[at])
        if receipt < receipts:
            base = receipt_base(ledger, receipt, native)
        else:
            base = document_base(ledger, as_of, int(notes[at]), native, base_rate)
        line = int(uses.line[at])
        if line < len(ledger.lines):
            of_line[line] = _plus(of_line[line], native, base)
        elif uses.spread is not None:
            document = int(uses.spread[at])
            of_document[document] = _plus(of_document[document], native, base)
    return of_line, of_document


def _note_documents(ledger: Ledger) -> Array:
    """Per application, the credit note it comes from (-1: from a receipt): its own line stands in the second half."""
    uses = ledger.uses
    out = np.full(uses.line.size, -1, np.int64)
    if uses.note is None:
        return out
    rows = np.flatnonzero(uses.note)
    own = rows[rows.size // 2 :]
    out[own] = ledger.lines.document[np.minimum(uses.line[own], len(ledger.lines) - 1)]
    if uses.spread is not None:
        out[own] = np.where(uses.spread[own] >= 0, uses.spread[own], out[own])
    out[rows[: rows.size // 2]] = out[own]
    return out


def open_in_base(ledger: Ledger, as_of: int, residual: Array, base_rate: str = "closing") -> int:
    """Amounts of due lines (what a report holds of each) added up in the base currency, each converted once.

    Raises ArsheetError ``fx_rate_missing`` naming the currency: a total without it would be wrong.
    """
    total = 0
    for line in np.flatnonzero(residual).tolist():
        document = int(ledger.lines.document[line])
        value = document_base(ledger, as_of, document, int(residual[line]), base_rate)
        if value is None:
            currency = ledger.currency(int(ledger.lines.account[line]))
            raise ArsheetError(
                "fx_rate_missing",
                f"缺少 {currency} 对 {ledger.base_currency} 的汇率，合计无法折算",
                f"no rate from {currency} into {ledger.base_currency}: the total cannot be converted",
                exit_code=1,
                facts={"currency": currency, "as_of_day": as_of, "base": ledger.base_currency},
            )
        total += value
    return total
