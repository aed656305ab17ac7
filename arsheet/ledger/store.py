"""The ledger: one immutable value of numpy columns, sorted by (customer, currency, due date, document)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np

from arsheet.ledger.columns import Customers, Disputes, Documents, Limits, Receipts
from arsheet.ledger.intern import Array
from arsheet.ledger.records import NO_RECORDS, Records
from arsheet.table import NO_DAY, Problem

Result = TypeVar("Result")

EXACT_FLOAT = 2**53
"""np.bincount adds in float64: exact while a sum of minor units stays below this (90 trillion yuan)."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """One per customer and currency that occurs; ``customer`` is a row of the customers, ``currency`` a code."""

    customer: Array
    currency: Array

    def __len__(self) -> int:
        return int(self.customer.size)


@dataclass(frozen=True, slots=True)
class Lines:
    """Due lines in order. ``document``: row of the documents; ``due``: FAR_DAY while an event is awaited."""

    account: Array
    document: Array
    date: Array
    due: Array
    amount: Array
    sequence: Array | None = None
    triggered: Array | None = None
    retention: Array | None = None
    several: Array | None = None
    """True for lines of documents with more than one line."""

    def __len__(self) -> int:
        return int(self.amount.size)


@dataclass(frozen=True, slots=True)
class Uses:
    """Dated applications, resolved: ``line`` is a row of the lines or len(lines) for none, ``receipt`` likewise.

    ``reduces``: what leaves the line (amount + discount + difference; negative on a credit note's own line);
    ``uses``: what leaves the receipt. ``spread``: the document (row) for applications that name no instalment of a
    document with several, -1 otherwise. ``note``: True where the source is a credit note.
    """

    line: Array
    receipt: Array
    date: Array
    reduces: Array
    uses: Array
    reversed_on: Array | None = None
    booked: Array | None = None
    spread: Array | None = None
    note: Array | None = None
    row: Array | None = None
    """Row of the applications it comes from, -1 for one derived from a linked credit note (None: 0, 1, 2 …)."""


@dataclass(frozen=True, slots=True)
class SeveralLines:
    """Documents with several lines, for spreading what names no instalment: lines grouped by document in due order."""

    documents: Array
    starts: Array
    lines: Array


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is known of receivables. Nothing here says "paid": every report replays it to an as-of date."""

    base_currency: str
    currencies: tuple[str, ...]
    customers: Customers
    customer_ids: tuple[str, ...]
    documents: Documents
    document_ids: Any
    receipts: Receipts
    receipt_ids: Any
    accounts: Accounts
    lines: Lines
    uses: Uses
    receipt_account: Array
    document_account: Array | None
    line_bounds: Array
    """Lines of account a stand at line_bounds[a] … line_bounds[a + 1] - 1."""
    several: SeveralLines | None = None
    disputes: Disputes | None = None
    limits: Limits | None = None
    rates: Mapping[str, Sequence[tuple[int, Decimal]]] = field(default_factory=dict)
    instalment_application: str = "due_order"
    records: Records = NO_RECORDS
    exact_in_float: bool = True
    problems: tuple[Problem, ...] = ()
    _memo: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def memo(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """A result computed once per ledger and arguments."""
        if key not in self._memo:
            self._memo[key] = compute()
        found: Result = self._memo[key]
        return found

    def forget(self) -> None:
        """Drop what was memoised (for measuring)."""
        self._memo.clear()

    def currency(self, account: int) -> str:
        """The currency of an account."""
        return self.currencies[int(self.accounts.currency[account])]

    def customer_code(self, customer_id: str) -> int | None:
        """The row of a customer, or None."""
        codes: dict[str, int] = self.memo(
            "customer_codes", lambda: {text: row for row, text in enumerate(self.customer_ids)}
        )
        return codes.get(customer_id)

    def document_id(self, row: int) -> str:
        """A document's number as text."""
        value = self.document_ids[row]
        return value.decode() if isinstance(value, bytes) else str(value)

    def receipt_id(self, row: int) -> str:
        """A receipt's number as text."""
        value = self.receipt_ids[row]
        return value.decode() if isinstance(value, bytes) else str(value)

    def name(self, customer: int) -> str:
        """A customer's name, its id where none is known."""
        names = self.customers.names
        return (names[customer] if names is not None else "") or self.customer_ids[customer]

    def line_name(self, line: int) -> str:
        """document_no, or document_no#sequence for an instalment."""
        name = self.document_id(int(self.lines.document[line]))
        sequence = self.lines.sequence
        several = self.lines.several
        if sequence is None or several is None or not several[line]:
            return name
        return f"{name}#{int(sequence[line])}"


def add_lines(ledger: Ledger, values: Array) -> Array:
    """Sums per account of int64 values of the lines, which stand together: exact at any size."""
    bounds = ledger.line_bounds
    out = np.zeros(bounds.size - 1, np.int64)
    filled = np.flatnonzero(bounds[1:] > bounds[:-1])
    if filled.size:
        out[filled] = np.add.reduceat(values, bounds[:-1][filled])
    return out


def add_by(codes: Array, amounts: Array, count: int, *, exact: bool = True) -> Array:
    """Sums of int64 amounts by code; ``exact`` says that float64 sums stay exact (ledger.exact_in_float)."""
    if exact:
        return np.bincount(codes, amounts, count).astype(np.int64)
    out = np.zeros(count, np.int64)
    np.add.at(out, codes, amounts)
    return out


def later(first: Array, second: Array) -> Array:
    """The later of two day columns; NO_DAY gives way to any day."""
    return np.maximum(first, second)


def days(values: Sequence[int | None]) -> Array:
    """Days as int32, None as NO_DAY."""
    return np.fromiter((NO_DAY if value is None else value for value in values), np.int32, len(values))
