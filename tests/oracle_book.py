"""What the oracle reads: documents, receipts, applications and disputes as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """An instalment; ``triggered`` None: waits for no event, FAR_DAY: the event has not happened."""

    sequence: int
    due: int
    amount: int
    triggered: int | None = None


@dataclass(frozen=True)
class Document:
    """Signed amount: credit notes are negative. Without ``parts`` it is one line of its own, due on ``due``."""

    id: str
    customer: str
    currency: str
    date: int
    due: int
    amount: int
    parts: tuple[Part, ...] = ()
    original: str | None = None
    delivered: int | None = None
    base_date: int | None = None


@dataclass(frozen=True)
class Receipt:
    """A refund is negative."""

    id: str
    customer: str
    currency: str
    date: int
    amount: int
    booked: int | None = None


@dataclass(frozen=True)
class Application:
    """``source``: a receipt, or a credit note. ``sequence`` 0: no instalment named."""

    source: str
    document: str
    amount: int
    discount: int = 0
    difference: int = 0
    sequence: int = 0
    date: int | None = None
    reversed_on: int | None = None
    booked: int | None = None


@dataclass(frozen=True)
class Dispute:
    """``amount`` None: all that is open."""

    document: str
    opened: int
    closed: int | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Book:
    """Everything that is known."""

    documents: tuple[Document, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    applications: tuple[Application, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    instalment_application: str = "due_order"
