"""Applications resolved against the ledger: which line and which receipt each one reduces, by how much, and when.

Rules. An application reduces its document by amount + discount + difference and its source by amount; neither side goes
below zero: what does not fit stays with the source and is a problem, the money being kept before difference and
discount. It is dated max(application, receipt, document date). A linked credit note reduces its document by as much as
fits, from its own date on, without anybody applying it. On one date receipts take effect before credit notes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from arsheet.ledger.columns import Applications, Documents, Receipts
from arsheet.ledger.intern import Array, Index, as_column, texts_of
from arsheet.ledger.store import Accounts, Lines, SeveralLines, Uses
from arsheet.table import FAR_DAY, NO_DAY, Problem


@dataclass(frozen=True, slots=True)
class _Rows:
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

    def take(self, keep: Array) -> _Rows:
        def cut(column: Array | None) -> Array | None:
            return None if column is None else column[keep]

        return _Rows(
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


def resolve(
    *,
    documents: Documents,
    lines: Lines,
    line_of_document: Array,
    several: SeveralLines | None,
    receipts: Receipts,
    applications: Applications,
    document_index: Index,
    receipt_index: Index,
    document_account: Array,
    receipt_account: Array,
    accounts: Accounts,
) -> tuple[Uses, list[Problem]]:
    """The resolved applications, and what could not stand."""
    problems: list[Problem] = []
    rows = _looked_up(
        applications, documents, lines, line_of_document, several, receipts, receipt_index, document_index, problems
    )
    rows = _same_currency(rows, document_account, receipt_account, accounts, problems)
    rows = _with_linked_notes(rows, documents, line_of_document)
    rows = _within_open(rows, documents, lines, receipts, problems)
    return _finished(rows, lines, line_of_document, receipt_index.size), problems


def _looked_up(
    applications: Applications,
    documents: Documents,
    lines: Lines,
    line_of_document: Array,
    several: SeveralLines | None,
    receipts: Receipts,
    receipt_index: Index,
    document_index: Index,
    problems: list[Problem],
) -> _Rows:
    receipt = receipt_index.get(applications.sources)
    document = document_index.get(applications.documents)
    note: Array | None = None
    keep: Array | None = None
    if bool((receipt < 0).any()):
        sources = as_column(applications.sources)
        note = np.full(receipt.size, -1, np.int32)
        missing = np.flatnonzero(receipt < 0)
        note[missing] = document_index.get(sources[missing])
        is_credit = documents.amounts[np.maximum(note, 0)] < 0
        note = np.where(is_credit, note, -1).astype(np.int32)
        lost = (receipt < 0) & (note < 0)
        keep = ~lost
        _tell(problems, "application_source_not_found", lost, sources)
    if bool((document < 0).any()):
        lost = document < 0
        keep = ~lost if keep is None else keep & ~lost
        _tell(problems, "application_document_not_found", lost, as_column(applications.documents))
    line = line_of_document[document]
    if applications.sequences is not None and several is not None:
        line = _named_instalments(line, document, applications.sequences, lines, several, problems)
    date = documents.dates[document].astype(np.int32, copy=False)
    if receipts.dates.size and note is None:
        date = np.maximum(date, receipts.dates[receipt])
    elif receipts.dates.size:
        date = np.maximum(date, np.where(receipt >= 0, receipts.dates[np.maximum(receipt, 0)], NO_DAY))
    if note is not None:
        date = np.maximum(date, np.where(note >= 0, documents.dates[np.maximum(note, 0)], NO_DAY))
    if applications.dates is not None:
        date = np.maximum(date, applications.dates)
    rows = _Rows(
        row=np.arange(document.size, dtype=np.int32),
        document=document,
        line=line,
        receipt=np.where(receipt < 0, receipt_index.size, receipt) if note is not None else receipt,
        note=note,
        date=date.astype(np.int32, copy=False),
        amount=applications.amounts,
        discount=applications.discounts,
        difference=applications.differences,
        reversed_on=applications.reversed_on,
        booked=applications.booked,
    )
    return rows if keep is None else rows.take(keep)


def _tell(problems: list[Problem], code: str, where: Array, ids: Array) -> None:
    for row in np.flatnonzero(where).tolist():
        text = texts_of(ids[row : row + 1])[0]
        column = "source_no" if code == "application_source_not_found" else "document_no"
        problems.append(Problem(code, "applications", row, column, {"id": text}))


def _named_instalments(
    line: Array, document: Array, sequences: Array, lines: Lines, several: SeveralLines, problems: list[Problem]
) -> Array:
    """The line of the instalment that an application names; unnamed or unknown ones stay with the document."""
    assert lines.sequence is not None
    by_name = {(int(lines.document[at]), int(lines.sequence[at])): int(at) for at in several.lines.tolist()}
    line = line.copy()
    for row in np.flatnonzero((line < 0) & (sequences > 0) & (document >= 0)).tolist():
        at = by_name.get((int(document[row]), int(sequences[row])))
        if at is None:
            problems.append(
                Problem(
                    "application_instalment_not_found",
                    "applications",
                    row,
                    "sequence",
                    {"sequence": int(sequences[row])},
                )
            )
        else:
            line[row] = at
    return line


def _same_currency(
    rows: _Rows, document_account: Array, receipt_account: Array, accounts: Accounts, problems: list[Problem]
) -> _Rows:
    if not accounts.currency.size or not bool(accounts.currency.any()):
        return rows
    ours, count = accounts.currency[document_account[rows.document]], receipt_account.size
    from_receipt = rows.receipt < count
    theirs = ours.copy()
    if count:
        theirs = np.where(from_receipt, accounts.currency[receipt_account[np.minimum(rows.receipt, count - 1)]], ours)
    if rows.note is not None:
        theirs = np.where(rows.note >= 0, accounts.currency[document_account[np.maximum(rows.note, 0)]], theirs)
    wrong = ours != theirs
    if not bool(wrong.any()):
        return rows
    for at in np.flatnonzero(wrong).tolist():
        problems.append(
            Problem(
                "application_currency_differs_from_document",
                "applications",
                int(rows.row[at]),
                "source_no",
                {"amount": int(rows.amount[at])},
            )
        )
    return rows.take(~wrong)


def _with_linked_notes(rows: _Rows, documents: Documents, line_of_document: Array) -> _Rows:
    """Adds what each linked credit note takes off its document, beyond what is applied from it by hand."""
    if documents.originals is None:
        return rows
    linked = np.flatnonzero((documents.originals >= 0) & (documents.amounts < 0))
    if not linked.size:
        return rows
    rest = -documents.amounts[linked] - _used_of_notes(rows, documents)[linked]
    linked, rest = linked[rest > 0], rest[rest > 0]
    target = documents.originals[linked].astype(np.int32)
    count = rows.row.size
    note = rows.note if rows.note is not None else np.full(count, -1, np.int32)

    def more(column: Array | None, fill: int) -> Array | None:
        return None if column is None else np.concatenate([column, np.full(linked.size, fill, column.dtype)])

    return _Rows(
        row=np.concatenate([rows.row, np.full(linked.size, -1, np.int32)]),
        document=np.concatenate([rows.document, target]),
        line=np.concatenate([rows.line, line_of_document[target]]),
        receipt=np.concatenate([rows.receipt, np.full(linked.size, FAR_DAY, np.int64)]),
        note=np.concatenate([note, linked.astype(np.int32)]),
        date=np.concatenate([rows.date, np.maximum(documents.dates[linked], documents.dates[target])]).astype(np.int32),
        amount=np.concatenate([rows.amount, rest]),
        discount=more(rows.discount, 0),
        difference=more(rows.difference, 0),
        reversed_on=more(rows.reversed_on, FAR_DAY),
        booked=more(rows.booked, NO_DAY),
    )


def _used_of_notes(rows: _Rows, documents: Documents) -> Array:
    """Per document, how much of it is used as a credit note: applied from it, or used up by a receipt (positive)."""
    credits = documents.amounts[rows.document] < 0
    used = -np.bincount(rows.document[credits], rows.reduces[credits], documents.amounts.size)
    if rows.note is not None:
        sources = rows.note >= 0
        used = used + np.bincount(rows.note[sources], rows.amount[sources], documents.amounts.size)
    return used.astype(np.int64)


def _within_open(rows: _Rows, documents: Documents, lines: Lines, receipts: Receipts, problems: list[Problem]) -> _Rows:
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
        used = _used_of_notes(rows, documents)
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
    rows: _Rows, touched: Array, documents: Documents, lines: Lines, receipts: Receipts, problems: list[Problem]
) -> _Rows:
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


def _finished(rows: _Rows, lines: Lines, line_of_document: Array, receipt_count: int) -> Uses:
    """The uses, with a second row for the credit note's own line where a credit note is the source."""
    count = len(lines)
    reduces = rows.reduces
    spread: Array | None = None
    line = rows.line
    if lines.several is not None and bool((line < 0).any()):
        spread = np.where(line < 0, rows.document, -1).astype(np.int32)
        line = np.where(line < 0, count, line)
    if rows.note is None:
        return Uses(line, rows.receipt, rows.date, reduces, rows.amount, rows.reversed_on, rows.booked, spread)
    own = np.flatnonzero(rows.note >= 0)
    own_line = line_of_document[rows.note[own]]
    own_spread = np.where(own_line < 0, rows.note[own], -1).astype(np.int32)
    own_line = np.where(own_line < 0, count, own_line)
    if spread is None and bool((own_spread >= 0).any()):
        spread = np.full(line.size, -1, np.int32)
    receipt = np.minimum(rows.receipt, receipt_count)
    uses = np.where(rows.note >= 0, 0, rows.amount)

    def twice(column: Array | None) -> Array | None:
        return None if column is None else np.concatenate([column, column[own]])

    return Uses(
        line=np.concatenate([line, own_line]),
        receipt=np.concatenate([receipt, np.full(own.size, receipt_count, receipt.dtype)]),
        date=np.concatenate([rows.date, rows.date[own]]),
        reduces=np.concatenate([reduces, -rows.amount[own]]),
        uses=np.concatenate([uses, np.zeros(own.size, uses.dtype)]),
        reversed_on=twice(rows.reversed_on),
        booked=twice(rows.booked),
        spread=None if spread is None else np.concatenate([spread, own_spread]),
        note=np.concatenate([rows.note >= 0, np.ones(own.size, bool)]),
        row=np.concatenate([rows.row, rows.row[own]]),
    )
