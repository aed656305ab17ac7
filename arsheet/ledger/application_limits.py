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
        """The rows that a mask keeps."""

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
    walk = _Walk(rows, documents, lines, receipts)
    is_note = np.zeros(rows.amount.size, bool) if rows.note is None else rows.note >= 0
    for at in sorted(
        touched.tolist(), key=lambda at: (int(rows.date[at]), bool(is_note[at]), bool(rows.amount[at] >= 0), int(at))
    ):
        problem = walk.take(at)
        if problem is not None:
            problems.append(problem)
    return replace(
        rows,
        amount=walk.amount,
        discount=None if rows.discount is None else walk.discount,
        difference=None if rows.difference is None else walk.difference,
    )


class _Walk:
    """What is taken off documents, lines and receipts so far, each part until the day it is reversed."""

    def __init__(self, rows: ResolvingRows, documents: Documents, lines: Lines, receipts: Receipts):
        self.rows, self.documents, self.lines, self.receipts = rows, documents, lines, receipts
        self.amount = rows.amount.astype(np.int64).copy()
        zeros = np.zeros(self.amount.size, np.int64)
        self.discount = zeros.copy() if rows.discount is None else rows.discount.astype(np.int64).copy()
        self.difference = zeros.copy() if rows.difference is None else rows.difference.astype(np.int64).copy()
        self.taken: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)

    def left(self, kind: str, code: int, whole: int, day: int) -> int:
        """What of a whole is still there on a day."""
        return whole - sum(part for part, until in self.taken[kind, code] if until > day)

    def room(self, at: int, day: int, wanted: int) -> int:
        """What the document, and the instalment that is named, still has open."""
        document, line = int(self.rows.document[at]), int(self.rows.line[at])
        room = self.left("document", document, int(self.documents.amounts[document]), day)
        if line < 0:
            return room
        of_line = self.left("line", line, int(self.lines.amount[line]), day)
        return min(room, of_line) if wanted >= 0 else max(room, of_line)

    def source(self, at: int) -> tuple[str, int, int]:
        """The source's kind and row, and its whole: money to pay with."""
        receipt = int(self.rows.receipt[at])
        if receipt < self.receipts.amounts.size:
            return "receipt", receipt, int(self.receipts.amounts[receipt])
        note = int(self.rows.note[at]) if self.rows.note is not None else -1
        return ("document", note, int(self.documents.amounts[note])) if note >= 0 else ("", -1, 0)

    def take(self, at: int) -> Problem | None:
        """Keeps what fits of one application; the problem says what did not."""
        day = int(self.rows.date[at])
        asked = (int(self.amount[at]), int(self.discount[at]), int(self.difference[at]))
        wanted = sum(asked)
        room = self.room(at, day, wanted)
        kept = _between(wanted, room)
        money = free = _between(asked[0], kept)
        kind, source, whole = self.source(at)
        if kind:
            free = self.left(kind, source, whole, day) * (-1 if kind == "document" else 1)
            if kind == "document" or (whole >= 0) == (money >= 0):
                money = _between(money, free)
        beside = _between(asked[1], kept - money)
        rest = _between(asked[2], kept - money - beside)
        self.amount[at], self.discount[at], self.difference[at] = money, beside, rest
        self._note_down(at, money, money + beside + rest, kind, source)
        if (money, beside, rest) == asked or self.rows.row[at] < 0:
            return None
        code = "application_exceeds_open_amount" if kept != wanted else "application_exceeds_source"
        facts = {
            "document": int(self.rows.document[at]), "applied": wanted, "open": room, "free": free,
            "kept": money + beside + rest, "day": day,
        }  # fmt: skip
        return Problem(code, "applications", int(self.rows.row[at]), "amount", facts)

    def _note_down(self, at: int, money: int, reduced: int, kind: str, source: int) -> None:
        until = FAR_DAY if self.rows.reversed_on is None else int(self.rows.reversed_on[at])
        self.taken["document", int(self.rows.document[at])].append((reduced, until))
        if self.rows.line[at] >= 0:
            self.taken["line", int(self.rows.line[at])].append((reduced, until))
        if kind == "receipt":
            self.taken["receipt", source].append((money, until))
        elif kind == "document":
            self.taken["document", source].append((-money, until))


def _between(wanted: int, room: int) -> int:
    """As much of what is wanted as lies between 0 and the room."""
    if wanted >= 0:
        return max(0, min(wanted, room))
    return min(0, max(wanted, room))
