"""What the store is built from: plain columns, already read and cleaned; one row per document, receipt, application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from arsheet.ledger.intern import Array, Ids

INVOICE, CREDIT_NOTE, DEBIT_NOTE, OPENING, WRITE_OFF = range(5)
DOCUMENT_KINDS = ("invoice", "credit_note", "debit_note", "opening", "write_off")
CREDITS = (CREDIT_NOTE, WRITE_OFF)

RECEIPT, PREPAYMENT, REFUND = range(3)
RECEIPT_KINDS = ("receipt", "prepayment", "refund")

Texts = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """``dimensions``: salesperson, region, class … one text per customer. ``limits``: minor units, None = no limit."""

    ids: Ids
    names: Texts | None = None
    dimensions: Mapping[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Invoices and the like. Days are int32; ``amounts`` int64 minor units, negative for credit notes and write-offs.

    ``currencies``: code per document into the ledger's currencies (None = all in the base currency). ``original_dates``
    and ``delivered`` are NO_DAY where unknown. ``originals``: the row of the document that a credit note corrects, -1
    for none. ``rates``: base units for 1, or None.
    """

    ids: Ids
    customers: Ids
    dates: Array
    due: Array
    amounts: Array
    kinds: Array | None = None
    currencies: Array | None = None
    delivered: Array | None = None
    original_dates: Array | None = None
    originals: Array | None = None
    rates: Sequence[Decimal | None] | None = None
    dimensions: Mapping[str, Texts] = field(default_factory=dict)
    secured: Array | None = None
    late_rates: Sequence[Decimal | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLines:
    """One per instalment; documents that have none here are one line of their own, due on the document's due date.

    ``documents``: row of the document. ``triggered``: the day its event happened, FAR_DAY when it has not (待触发),
    NO_DAY when it waits for none. ``due`` is FAR_DAY while the event is awaited.
    """

    documents: Array
    sequences: Array
    due: Array
    amounts: Array
    triggered: Array | None = None
    retention: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Money received, ``amounts`` gross in minor units; a refund is negative."""

    ids: Ids
    customers: Ids
    dates: Array
    amounts: Array
    kinds: Array | None = None
    currencies: Array | None = None
    booked: Array | None = None
    rates: Sequence[Decimal | None] | None = None
    base_amounts: Sequence[int | None] | None = None
    dimensions: Mapping[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applications:
    """``sources``: receipt_no, or the document_no of a credit note. ``sequences``: 0 = no instalment named.

    ``dates``: NO_DAY = the receipt's date. ``reversed_on``: FAR_DAY = never.
    """

    sources: Ids
    documents: Ids
    amounts: Array
    dates: Array | None = None
    sequences: Array | None = None
    discounts: Array | None = None
    differences: Array | None = None
    reversed_on: Array | None = None
    booked: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputes:
    """``documents``: row of the document; ``amounts``: minor units, -1 = the whole open amount; ``closed``: FAR_DAY."""

    documents: Array
    sequences: Array
    amounts: Array
    opened: Array
    closed: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Dated rows of credit limits in the base currency's minor units; ``kinds``: base, temporary, insured."""

    customers: Ids
    amounts: Array
    kinds: Texts
    starts: Array
    ends: Array
