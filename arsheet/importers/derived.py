"""Receipts and applications that a file implies: a settlement column beside invoices, the document beside a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arsheet.importers.comparing import Sorted
from arsheet.importers.plan import Counts
from arsheet.importers.working import Draft, rounded, typed
from arsheet.ledger.assembly.rows import currency_code, optional
from arsheet.schema.tables import TABLES
from arsheet.table import Table

RECEIPT_PREFIX = "R-"
APPLICATION_PREFIX = "A-"


@dataclass(slots=True)
class Derived:
    """Rows to append, and how many were there already."""

    receipts: Table | None = None
    applications: Table | None = None
    counts: dict[str, Counts] = field(default_factory=dict)
    sums: dict[str, tuple[int, Decimal]] = field(default_factory=dict)


@dataclass(slots=True)
class _Rows:
    """Rows of a table in the making, with the file row each comes from."""

    table: str
    existing: Table | None
    columns: dict[str, list[Any]] = field(default_factory=dict)
    sources: list[int] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)
    known: int = 0

    def add(self, row: int, of_currency: str, **values: Any) -> None:
        self.sources.append(row)
        self.currencies.append(of_currency)
        for key, value in values.items():
            self.columns.setdefault(key, []).append(value)

    def typed(self, draft: Draft, at: Mapping[str, str]) -> Table | None:
        """The table to append; ``at`` says which column of the file a column comes from."""
        if not self.sources:
            return None
        keys = list(draft.columns)
        places = {key: draft.place.columns[keys.index(source)] for key, source in at.items() if source in keys}
        rows = [draft.place.rows[row] for row in self.sources]
        return typed(TABLES[self.table], self.columns, draft.place.sheet, rows, places)

    def counts(self) -> Counts:
        sums: dict[str, Decimal] = {}
        for currency, amount in zip(self.currencies, self.columns.get("amount", ()), strict=True):
            sums[currency] = sums.get(currency, Decimal(0)) + rounded(amount, currency)
        days = self.columns.get("date") or [None]
        new = len(self.sources)
        return Counts(
            rows_read=new + self.known, rows_new=new, rows_known=self.known, sum_read=sums, sum_new=sums,
            sum_unrepeated=sums, earliest=min(days), latest=max(days),
        )  # fmt: skip


def settlements(draft: Draft, found: Sorted, existing: Mapping[str, Table]) -> Derived:
    """One receipt and its application for each document with a settlement date.

    The receipt R-<document_no> is dated on it; the application A-<document_no> not before the document. A document
    whose amount is in doubt, a credit note and one that the workbook settles otherwise get none.
    """
    if "settled_on" not in draft.mapped:
        return Derived()
    receipts, applications = _Rows("receipts", existing.get("receipts")), _Rows("applications", None)
    there = _by_id(existing.get("receipts"), "receipt_no")
    settled_otherwise = _settled_otherwise(existing.get("applications"))
    negative: list[int] = []
    otherwise: list[int] = []
    for row in _settled_rows(draft, found):
        number = draft.columns["document_no"][row]
        amount = draft.column("settled_amount")[row] or draft.columns["amount"][row]
        if amount <= 0:
            negative.append(row)
        elif number in settled_otherwise:
            otherwise.append(row)
        elif RECEIPT_PREFIX + number in there:
            _compare(draft, row, amount, existing["receipts"], there[RECEIPT_PREFIX + number])
            receipts.known += 1
            applications.known += 1
        else:
            _settle(draft, row, amount, receipts, applications)
    for code, rows in (("credit_notes_with_settlement_date", negative), ("documents_settled_otherwise", otherwise)):
        if rows:
            draft.say(code, rows[0], "settled_on", count=len(rows))
    say_settled_early(draft)
    return _derived(
        draft, receipts, applications,
        {"receipt_no": "document_no", "date": "settled_on", "customer_id": "customer_id", "amount": "amount"},
        {"source_no": "document_no", "document_no": "document_no", "date": "settled_on", "amount": "amount"},
    )  # fmt: skip


def _settled_rows(draft: Draft, found: Sorted) -> list[int]:
    """The rows of documents with a settlement date, each document once."""
    settled = draft.columns["settled_on"]
    rows: dict[str, int] = {}
    for row in sorted((*found.new, *found.known, *found.different)):
        if settled[row] is not None and row not in found.disputed_amount:
            rows.setdefault(draft.columns["document_no"][row], row)
    return list(rows.values())


def _settle(draft: Draft, row: int, amount: Decimal, receipts: _Rows, applications: _Rows) -> None:
    number, day = draft.columns["document_no"][row], draft.columns["settled_on"][row]
    currency = draft.currency(row)
    receipts.add(
        row, currency, receipt_no=RECEIPT_PREFIX + number, date=day, customer_id=draft.columns["customer_id"][row],
        amount=amount, currency=currency, kind="receipt",
    )  # fmt: skip
    applications.add(
        row, currency, application_id=APPLICATION_PREFIX + number, source_no=RECEIPT_PREFIX + number,
        document_no=number, date=max(day, draft.columns["document_date"][row]), amount=amount, tier="imported",
    )  # fmt: skip


def _compare(draft: Draft, row: int, amount: Decimal, table: Table, at: int) -> None:
    """The receipt is there: with another date or amount it is a finding, and stays."""
    currency = draft.currency(row)
    day, read = table.column("date")[at], table.column("amount")[at]
    if day != draft.columns["settled_on"][row] or read is None or rounded(read, currency) != rounded(amount, currency):
        draft.say(
            "settlement_in_workbook_differs", row, "settled_on", id=table.column("receipt_no")[at],
            first_day=day, this_day=draft.columns["settled_on"][row], first_amount=read, this_amount=amount,
        )  # fmt: skip


def _settled_otherwise(table: Table | None) -> set[str]:
    """Documents with an application that no settlement column made."""
    if table is None:
        return set()
    columns = (table.column("source_no"), table.column("document_no"), optional(table, "reversed_on"))
    return {
        document
        for source, document, reversed_on in zip(*columns, strict=True)
        if document is not None and source != RECEIPT_PREFIX + document and reversed_on is None
    }


def say_settled_early(draft: Draft) -> None:
    """One problem for all settlement dates before their document's date."""
    early = [
        (document - settled, row)
        for row, (settled, document) in enumerate(
            zip(draft.columns["settled_on"], draft.columns["document_date"], strict=True)
        )
        if settled is not None and document is not None and settled < document
    ]
    if early:
        days, row = max(early, key=lambda pair: (pair[0], -pair[1]))
        facts = {"days": days, "settled_day": draft.columns["settled_on"][row]}
        facts["document_day"] = draft.columns["document_date"][row]
        draft.say("settled_before_document_date", row, "settled_on", count=len(early), **facts)


def applications_of_receipts(draft: Draft, found: Sorted, existing: Mapping[str, Table]) -> Derived:
    """What each receipt row says it settles: A-<receipt_no>-<document_no>, dated on the receipt.

    Without a column of applied amounts the whole receipt is applied.
    """
    if "document_no" not in draft.mapped:
        return Derived()
    numbers, documents = draft.columns["receipt_no"], draft.columns["document_no"]
    there = _by_id(existing.get("applications"), "application_id")
    rows = _Rows("applications", None)
    made: dict[str, Decimal] = {}
    left_out = {*found.repeated, *found.disputed_amount}
    for row in draft.standing():
        amount = draft.columns["applied_amount" if "applied_amount" in draft.mapped else "amount"][row]
        if documents[row] is None or amount is None or amount <= 0 or row in left_out:
            continue
        text = f"{APPLICATION_PREFIX}{numbers[row]}-{documents[row]}"
        if text in made and made[text] != amount:
            text = f"{text}-{amount}"
        if text in made:
            continue
        made[text] = amount
        if text in there:
            rows.known += 1
            continue
        rows.add(
            row, draft.currency(row), application_id=text, source_no=numbers[row], document_no=documents[row],
            date=draft.columns["date"][row], amount=amount, tier="imported",
        )  # fmt: skip
    amount_from = "applied_amount" if "applied_amount" in draft.mapped else "amount"
    return _derived(
        draft, None, rows, {},
        {"source_no": "receipt_no", "document_no": "document_no", "date": "date", "amount": amount_from},
    )  # fmt: skip


def _by_id(table: Table | None, key: str) -> dict[str, int]:
    return {} if table is None else {text: row for row, text in enumerate(table.column(key)) if text is not None}


def _derived(
    draft: Draft,
    receipts: _Rows | None,
    applications: _Rows,
    receipts_at: Mapping[str, str],
    applications_at: Mapping[str, str],
) -> Derived:
    counts = {"applications": applications.counts()}
    sums: dict[str, tuple[int, Decimal]] = {}
    if receipts is not None:
        counts = {"receipts": receipts.counts(), **counts}
        for currency, total in counts["receipts"].sum_new.items():
            sums[currency] = (receipts.currencies.count(currency), total)
    return Derived(
        receipts.typed(draft, receipts_at) if receipts is not None else None,
        applications.typed(draft, applications_at),
        counts,
        sums,
    )


def currencies_of_documents(existing: Mapping[str, Table], base: str) -> dict[str, str]:
    """The currency of each document of the workbook, for tables that state none of their own."""
    table = existing.get("invoices")
    if table is None:
        return {}
    texts = zip(table.column("document_no"), optional(table, "currency"), strict=True)
    return {number: currency_code(text, base) or "" for number, text in texts if number is not None}
