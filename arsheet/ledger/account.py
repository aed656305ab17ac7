"""A customer's account (往来明细账): opening balance, every movement with the running balance, closing balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from arsheet.ledger.columns import DOCUMENT_KINDS, INVOICE, RECEIPT, RECEIPT_KINDS
from arsheet.ledger.intern import Array
from arsheet.ledger.store import Ledger
from arsheet.table import FAR_DAY, NO_DAY, Table


@dataclass(frozen=True, slots=True)
class _Movement:
    day: int
    rank: int
    number: str
    kind: str
    debit: int
    credit: int


def account(ledger: Ledger, customer: int, start: int, end: int, *, carry_forward: bool = True) -> list[Table]:
    """One table per currency of the customer: opening, the movements from ``start`` to ``end``, closing.

    Documents are debits (credit notes credits), receipts credits (refunds debits), and so are discounts and differences
    granted with an application, on its date; a reversal puts them back. Applications themselves move nothing between
    customer and company. On one date documents stand before receipts, receipts before credit notes. Without
    ``carry_forward`` the account opens at 0 and shows the movements of the period alone.
    """
    tables = []
    for code in np.flatnonzero(ledger.accounts.customer == customer).tolist():
        movements = sorted(_movements(ledger, int(code)), key=lambda move: (move.day, move.rank, move.number))
        before = sum(move.debit - move.credit for move in movements if move.day < start) if carry_forward else 0
        within = [move for move in movements if start <= move.day <= end]
        tables.append(_table(ledger, int(code), start, end, before, within))
    return tables


def _movements(ledger: Ledger, code: int) -> list[_Movement]:
    moves = []
    documents = np.flatnonzero(_document_account(ledger) == code)
    kinds = ledger.documents.kinds
    for row in documents.tolist():
        amount = int(ledger.documents.amounts[row])
        kind = DOCUMENT_KINDS[INVOICE if kinds is None else int(kinds[row])]
        day = int(ledger.documents.dates[row])
        moves.append(
            _Movement(day, 0 if amount >= 0 else 2, ledger.document_id(row), kind, max(amount, 0), max(-amount, 0))
        )
    receipt_kinds = ledger.receipts.kinds
    for row in np.flatnonzero(ledger.receipt_account == code).tolist():
        amount = int(ledger.receipts.amounts[row])
        kind = RECEIPT_KINDS[RECEIPT if receipt_kinds is None else int(receipt_kinds[row])]
        day = int(ledger.receipts.dates[row])
        moves.append(_Movement(day, 1, ledger.receipt_id(row), kind, max(-amount, 0), max(amount, 0)))
    moves.extend(_granted(ledger, code))
    return moves


def _document_account(ledger: Ledger) -> Array:
    if ledger.document_account is None:
        return np.zeros(0, np.int32)
    return ledger.document_account


def _granted(ledger: Ledger, code: int) -> list[_Movement]:
    """What applications move: discounts and differences, and money of one customer applied to another's document."""
    uses = ledger.uses
    if not uses.line.size:
        return []
    document, owner, source, spent = _sides(ledger)
    primary = owner.size
    reduces = uses.reduces[:primary]
    elsewhere = owner != source
    touches = (owner == code) | (source == code)
    moves: list[_Movement] = []
    for at in np.flatnonzero(touches & (elsewhere | (reduces != spent))).tolist():
        number = ledger.document_id(int(document[at]))
        if elsewhere[at]:
            kind = "applied_across_customers"
            amount = int(reduces[at]) if int(owner[at]) == code else -int(spent[at])
        else:
            kind, amount = "discount", int(reduces[at] - spent[at])
        began = int(uses.date[at])
        day = FAR_DAY if uses.reversed_on is None else int(uses.reversed_on[at])
        if day <= began:
            continue  # reversed before it took effect: it never moved anything
        moves.append(_Movement(began, 3, number, kind, max(-amount, 0), max(amount, 0)))
        if day < FAR_DAY:
            moves.append(_Movement(day, 3, number, f"{kind}_reversed", max(amount, 0), max(-amount, 0)))
    return moves


def _sides(ledger: Ledger) -> tuple[Array, Array, Array, Array]:
    """Per application: its document, the accounts of document and source, and what leaves the source."""
    uses, lines = ledger.uses, ledger.lines
    count, receipt_count = len(lines), int(ledger.receipts.amounts.size)
    primary = int(uses.line.size)
    own = np.zeros(0, np.int64)
    if uses.note is not None:
        notes = int(uses.note.sum()) // 2
        primary -= notes
        own = np.flatnonzero(uses.note[:primary])
    every = lines.document[np.minimum(uses.line, count - 1)].astype(np.int64)
    if uses.spread is not None:
        every = np.where(uses.spread >= 0, uses.spread, every)
    document = every[:primary]
    owner = _document_account(ledger)[document].astype(np.int64)
    source = owner.copy()
    receipt = uses.receipt[:primary]
    if receipt_count:
        theirs = ledger.receipt_account[np.minimum(receipt, receipt_count - 1)]
        source = np.where(receipt < receipt_count, theirs, source)
    spent = uses.uses[:primary].copy()
    if own.size:
        tail = slice(primary, None)
        source[own] = _document_account(ledger)[every[tail]]
        spent[own] = -uses.reduces[tail]
    return document, owner, source, spent


def _table(ledger: Ledger, code: int, start: int, end: int, opening: int, moves: list[_Movement]) -> Table:
    debit, credit = sum(move.debit for move in moves), sum(move.credit for move in moves)
    rows: list[tuple[Any, ...]] = [(None if start <= NO_DAY + 1 else start, "", "opening_balance", None, None, opening)]
    balance = opening
    for move in moves:
        balance += move.debit - move.credit
        rows.append((move.day, move.number, move.kind, move.debit or None, move.credit or None, balance))
    rows.append((end, "", "closing_balance", debit, credit, balance))
    columns = list(zip(*rows, strict=True))
    return Table(
        "account",
        ("date", "number", "kind", "debit", "credit", "balance"),
        tuple(list(column) for column in columns),
        ("day", "id", "text", "money", "money", "money"),
        facts={"currency": ledger.currency(code), "from": start, "to": end, "opening": opening, "closing": balance},
    )
