"""Applications cut to what their document, their instalment and their source still have on their day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from arsheet.ledger.columns import Documents, Receipts
from arsheet.ledger.intern import Array
from arsheet.ledger.store import Lines
from arsheet.table import FAR_DAY, Problem


@dataclass(frozen=True, slots=True)
class ResolvingRows:
    """Applications on their way: ``line`` -1 where no line is named and the document has several."""

    row: Array
    document: Array
    line: Array
    receipt: Array
    note: Array | None
    date: Array
    amount: Array
    discount: Array | None = None
    difference: Array | None = None
    reversed_on: Array | None = None
    booked: Array | None = None

    def take(self, keep: Array) -> ResolvingRows:
        def cut(column: Array | None) -> Array | None:
            return None if column is None else column[keep]

        return ResolvingRows(
            self.row[keep],
            self.document[keep],
            self.line[keep],
            self.receipt[keep],
            cut(self.note),
            self.date[keep],
            self.amount[keep],
            cut(self.discount),
            cut(self.difference),
            cut(self.reversed_on),
            cut(self.booked),
        )

    @property
    def reduces(self) -> Array:
        """What leaves the document."""
        total = self.amount
        for part in (self.discount, self.difference):
            if part is not None:
                total = total + part
        return total


def used_of_notes(rows: ResolvingRows, documents: Documents) -> Array:
    """Per document, how much of it is used as a credit note: applied from it, or used up by a receipt (positive)."""
    credits = documents.amounts[rows.document] < 0
    used = -np.bincount(rows.document[credits], rows.reduces[credits], documents.amounts.size)
    if rows.note is not None:
        sources = rows.note >= 0
        used = used + np.bincount(rows.note[sources], rows.amount[sources], documents.amounts.size)
    return used.astype(np.int64)


def within_open(
    rows: ResolvingRows, documents: Documents, lines: Lines, receipts: Receipts, problems: list[Problem]
) -> ResolvingRows:
    """Cuts what is more than the document, the line or the source has; the common case is one comparison of sums."""
    reduces = rows.reduces
    document_over = _exceeded(rows.document, reduces, documents.amounts)
    named = rows.line >= 0
    line_over = np.zeros(0, np.int64)
    if lines.several is not None:
        line_over = _exceeded(rows.line[named], reduces[named], lines.amount)
    count = receipts.amounts.size
    from_receipt = rows.receipt < count
    if bool(from_receipt.all()):
        receipt_over = _exceeded(rows.receipt, rows.amount, receipts.amounts)
    else:
        receipt_over = _exceeded(rows.receipt[from_receipt], rows.amount[from_receipt], receipts.amounts)
    note_over = np.zeros(0, np.int64)
    if rows.note is not None:
        used = used_of_notes(rows, documents)
        note_over = np.flatnonzero((documents.amounts < 0) & (used > -documents.amounts))
    if not (document_over.size or line_over.size or receipt_over.size or note_over.size):
        return rows
    touched = np.isin(rows.document, document_over) | np.isin(rows.receipt, receipt_over)
    if line_over.size:
        touched |= np.isin(rows.line, line_over)
    if rows.note is not None:
        touched |= np.isin(rows.document, note_over) | (np.isin(rows.note, note_over) & (rows.note >= 0))
    # a receipt that uses up a credit note lives on what it takes from there: all it does is looked at together
    touched |= np.isin(rows.receipt, rows.receipt[from_receipt & (rows.amount < 0)])
    return _cut(rows, np.flatnonzero(touched), documents, lines, receipts, problems)


def _exceeded(codes: Array, amounts: Array, limits: Array) -> Array:
    """Codes whose total lies outside 0 … limit (or limit … 0)."""
    if not codes.size:
        return np.zeros(0, np.int64)
    total = np.bincount(codes, amounts, limits.size)
    return np.flatnonzero((total > np.maximum(limits, 0)) | (total < np.minimum(limits, 0)))


def _cut(
    rows: ResolvingRows, touched: Array, documents: Documents, lines: Lines, receipts: Receipts, problems: list[Problem]
) -> ResolvingRows:
    """Walks the touched applications by date and keeps of each what is still there.

    On one date receipts go before credit notes, and what a receipt takes from a note before what it pays with that.
    """
    count = receipts.amounts.size
    zeros = np.zeros(rows.amount.size, np.int64)
    amount = rows.amount.astype(np.int64).copy()
    discount = zeros.copy() if rows.discount is None else rows.discount.astype(np.int64).copy()
    difference = zeros.copy() if rows.difference is None else rows.difference.astype(np.int64).copy()
    reversed_on = np.full(amount.size, FAR_DAY, np.int64) if rows.reversed_on is None else rows.reversed_on
    is_note = np.zeros(amount.size, bool) if rows.note is None else rows.note >= 0
    taken: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)

    def left(kind: str, code: int, whole: int, day: int) -> int:
        return whole - sum(part for part, until in taken[kind, code] if until > day)

    order = sorted(
        touched.tolist(), key=lambda at: (int(rows.date[at]), bool(is_note[at]), bool(amount[at] >= 0), int(at))
    )
    for at in order:
        day, document, line = int(rows.date[at]), int(rows.document[at]), int(rows.line[at])
        wanted = int(amount[at] + discount[at] + difference[at])
        room = left("document", document, int(documents.amounts[document]), day)
        if line >= 0:
            room_line = left("line", line, int(lines.amount[line]), day)
            room = min(room, room_line) if wanted >= 0 else max(room, room_line)
        kept = _between(wanted, room)
        receipt, note = int(rows.receipt[at]), int(rows.note[at]) if rows.note is not None else -1
        money = _between(int(amount[at]), kept)
        free = money
        if receipt < count:
            whole = int(receipts.amounts[receipt])
            free = left("receipt", receipt, whole, day)
            if (whole >= 0) == (money >= 0):
                money = _between(money, free)
        elif note >= 0:
            free = -left("document", note, int(documents.amounts[note]), day)
            money = _between(money, free)
        beside = _between(int(discount[at]), kept - money)
        rest = _between(int(difference[at]), kept - money - beside)
        if (money, beside, rest) != (amount[at], discount[at], difference[at]) and rows.row[at] >= 0:
            code = "application_exceeds_open_amount" if kept != wanted else "application_exceeds_source"
            problems.append(
                Problem(
                    code,
                    "applications",
                    int(rows.row[at]),
                    "amount",
                    {
                        "document": document,
                        "applied": wanted,
                        "open": room,
                        "free": free,
                        "kept": money + beside + rest,
                        "day": day,
                    },
                )
            )
        amount[at], discount[at], difference[at] = money, beside, rest
        until = int(reversed_on[at])
        taken["document", document].append((money + beside + rest, until))
        if line >= 0:
            taken["line", line].append((money + beside + rest, until))
        if receipt < count:
            taken["receipt", receipt].append((money, until))
        elif note >= 0:
            taken["document", note].append((-money, until))
    return replace(
        rows,
        amount=amount,
        discount=None if rows.discount is None else discount,
        difference=None if rows.difference is None else difference,
    )


def _between(wanted: int, room: int) -> int:
    """As much of what is wanted as lies between 0 and the room."""
    if wanted >= 0:
        return max(0, min(wanted, room))
    return min(0, max(wanted, room))
