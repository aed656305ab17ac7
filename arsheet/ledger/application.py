"""Applications resolved against the ledger: which line and which receipt each one reduces, by how much, and when.

Rules. An application reduces its document by amount + discount + difference and its source by amount; neither side goes
below zero: what does not fit stays with the source and is a problem, the money being kept before difference and
discount. It is dated max(application, receipt, document date). A linked credit note reduces its document by as much as
fits, from its own date on, without anybody applying it. On one date receipts take effect before credit notes.
"""

from __future__ import annotations

import numpy as np

from arsheet.ledger.application_limits import ResolvingRows, used_of_notes, within_open
from arsheet.ledger.columns import Applications, Documents, Receipts
from arsheet.ledger.intern import Array, Index, as_column, texts_of
from arsheet.ledger.store import Accounts, Lines, SeveralLines, Uses
from arsheet.table import FAR_DAY, NO_DAY, Problem


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
    rows = within_open(rows, documents, lines, receipts, problems)
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
) -> ResolvingRows:
    receipt = receipt_index.get(applications.sources)
    document = document_index.get(applications.documents)
    note: Array | None = None
    keep: Array | None = None
    if bool((receipt < 0).any()):
        sources = as_column(applications.sources)
        note = np.full(receipt.size, -1, np.int32)
        missing = np.flatnonzero(receipt < 0)
        note[missing] = document_index.get(sources[missing])
        is_credit = _at(documents.amounts, np.maximum(note, 0)) < 0
        note = np.where(is_credit, note, -1).astype(np.int32)
        lost = (receipt < 0) & (note < 0)
        keep = ~lost
        _tell(problems, "application_source_not_found", lost, sources)
    if bool((document < 0).any()):
        lost = document < 0
        keep = ~lost if keep is None else keep & ~lost
        _tell(problems, "application_document_not_found", lost, as_column(applications.documents))
    line = _at(line_of_document, document)
    if applications.sequences is not None and several is not None:
        line = _named_instalments(line, document, applications.sequences, lines, several, problems)
    date = _at(documents.dates, document).astype(np.int32, copy=False)
    if receipts.dates.size and note is None:
        date = np.maximum(date, receipts.dates[receipt])
    elif receipts.dates.size:
        date = np.maximum(date, np.where(receipt >= 0, receipts.dates[np.maximum(receipt, 0)], NO_DAY))
    if note is not None:
        date = np.maximum(date, np.where(note >= 0, _at(documents.dates, np.maximum(note, 0)), NO_DAY))
    if applications.dates is not None:
        date = np.maximum(date, applications.dates)
    rows = ResolvingRows(
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


def _at(values: Array, index: Array) -> Array:
    """Values by index; in a book without documents every application is left out, whatever stands here."""
    return values[index] if values.size else np.zeros(index.size, values.dtype)


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
    rows: ResolvingRows, document_account: Array, receipt_account: Array, accounts: Accounts, problems: list[Problem]
) -> ResolvingRows:
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


def _with_linked_notes(rows: ResolvingRows, documents: Documents, line_of_document: Array) -> ResolvingRows:
    """Adds what each linked credit note takes off its document, beyond what is applied from it by hand."""
    if documents.originals is None:
        return rows
    linked = np.flatnonzero((documents.originals >= 0) & (documents.amounts < 0))
    if not linked.size:
        return rows
    rest = -documents.amounts[linked] - used_of_notes(rows, documents)[linked]
    linked, rest = linked[rest > 0], rest[rest > 0]
    target = documents.originals[linked].astype(np.int32)
    count = rows.row.size
    note = rows.note if rows.note is not None else np.full(count, -1, np.int32)

    def more(column: Array | None, fill: int) -> Array | None:
        return None if column is None else np.concatenate([column, np.full(linked.size, fill, column.dtype)])

    return ResolvingRows(
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


def _finished(rows: ResolvingRows, lines: Lines, line_of_document: Array, receipt_count: int) -> Uses:
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
