"""The rows of a case as the tables of a workbook, and the ledger that the product builds of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np

from arsheet.ledger import policy
from arsheet.ledger.assembly import assemble
from arsheet.ledger.money import exponent, to_decimal, to_minor
from arsheet.ledger.store import Ledger
from arsheet.table import Table
from tests.peers.shape import ShapeError, day, decimal, maybe_day, maybe_decimal, row

INVOICE = {"invoice_id", "customer_id", "amount", "invoice_date", "due_date"}
INVOICE_MORE = {"schedule", "currency", "rate", "salesperson", "kind"}
INVOICE_WITHOUT_EFFECT = {"reference", "dunning_blocked"}
PAYMENT = {"payment_id", "customer_id", "amount", "payment_date", "applied"}
PAYMENT_MORE = {"currency", "rate", "amount_in_base", "cancelled", "applied_before", "refunded_before", "reserved"}
PAYMENT_WITHOUT_EFFECT = {"reference"}
CREDIT = {"credit_id", "customer_id", "amount", "credit_date", "due_date", "against"}
KINDS = {"invoice": "invoice", "journal": "debit_note"}

Row = dict[str, Any]


@dataclass(slots=True)
class Tables:
    """Rows by table and key, as a workbook would hold them."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    open_policy: list[str] = field(default_factory=list)
    """Receipts whose applications the settings decide."""
    reserved: dict[str, Decimal] = field(default_factory=dict)

    def add(self, table: str, values: Row) -> None:
        self.rows.setdefault(table, []).append(values)

    def tables(self) -> dict[str, Table]:
        """Typed tables for the assembly."""
        out = {"invoices": _table("invoices", [], ("document_no", "customer_id", "document_date", "amount"))}
        for name, rows in self.rows.items():
            out[name] = _table(name, rows, tuple({key: None for values in rows for key in values}))
        return out


def _table(name: str, rows: Sequence[Row], header: tuple[str, ...]) -> Table:
    return Table(name, header, tuple([values.get(key) for values in rows] for key in header))


def book(inputs: Mapping[str, Any], settings: dict[str, str], as_of: int) -> Ledger:
    """The ledger of invoices, payments, credit_notes and fx_rates; open applications are those of the policy."""
    tables = Tables()
    for value in inputs.get("invoices", []):
        _invoice(tables, value)
    for value in inputs.get("credit_notes", []):
        _credit_note(tables, value)
    for value in inputs.get("payments", []):
        _payment(tables, value)
    for value in inputs.get("fx_rates", []):
        rate = row(value, {"date", "currency", "rate"}, set(), "fx_rates")
        tables.add(
            "fx", {"date": day(rate["date"], "date"), "currency": rate["currency"], "rate": decimal(rate["rate"], "r")}
        )
    ledger = assemble(tables.tables(), settings).ledger
    return ledger if not tables.open_policy else _by_policy(tables, ledger, settings, as_of)


def _invoice(tables: Tables, value: Any) -> None:
    invoice = row(value, INVOICE, INVOICE_MORE | INVOICE_WITHOUT_EFFECT, "invoices")
    kind = invoice.get("kind", "invoice")
    if kind not in KINDS:
        raise ShapeError(f"unknown kind of invoice: {kind!r}")
    tables.add(
        "invoices",
        {
            "document_no": invoice["invoice_id"],
            "kind": KINDS[kind],
            "customer_id": invoice["customer_id"],
            "document_date": day(invoice["invoice_date"], "invoice_date"),
            "due_date": maybe_day(invoice["due_date"], "due_date"),
            "amount": decimal(invoice["amount"], "amount"),
            "currency": invoice.get("currency"),
            "rate": maybe_decimal(invoice.get("rate"), "rate"),
            "salesperson": invoice.get("salesperson"),
        },
    )
    for number, (due, amount) in enumerate(invoice.get("schedule") or [], 1):
        tables.add(
            "instalments",
            {
                "document_no": invoice["invoice_id"],
                "sequence": number,
                "due_date": day(due, "schedule"),
                "amount": decimal(amount, "schedule"),
            },
        )


def _credit_note(tables: Tables, value: Any) -> None:
    note = row(value, CREDIT, {"salesperson"}, "credit_notes")
    original = next((r for r in tables.rows.get("invoices", []) if r["document_no"] == note["against"]), {})
    tables.add(
        "invoices",
        {
            "document_no": note["credit_id"],
            "kind": "credit_note",
            "customer_id": note["customer_id"],
            "document_date": day(note["credit_date"], "credit_date"),
            "due_date": maybe_day(note["due_date"], "due_date"),
            "amount": decimal(note["amount"], "amount"),
            "currency": original.get("currency"),
            "rate": original.get("rate"),
            "salesperson": note.get("salesperson"),
            "original_document": note["against"],
        },
    )


def _payment(tables: Tables, value: Any) -> None:
    """What earlier ledgers used up of a receipt (applied or refunded before) does not come into this one."""
    payment = row(value, PAYMENT, PAYMENT_MORE | PAYMENT_WITHOUT_EFFECT, "payments")
    before = [maybe_decimal(payment.get(key), key) or Decimal(0) for key in ("applied_before", "refunded_before")]
    number = payment["payment_id"]
    tables.add(
        "receipts",
        {
            "receipt_no": number,
            "customer_id": payment["customer_id"],
            "date": day(payment["payment_date"], "payment_date"),
            "amount": decimal(payment["amount"], "amount") - sum(before),
            "currency": payment.get("currency"),
            "rate": maybe_decimal(payment.get("rate"), "rate"),
            "base_amount": maybe_decimal(payment.get("amount_in_base"), "amount_in_base"),
            "state": "cancelled" if payment.get("cancelled") else None,
        },
    )
    held = [row(part, {"order_id", "amount"}, set(), "reserved") for part in payment.get("reserved") or []]
    tables.reserved[number] = sum((decimal(part["amount"], "reserved") for part in held), Decimal(0))
    if payment["applied"] is None:
        tables.open_policy.append(number)
    for part in payment["applied"] or []:
        row(part, {"document_id", "amount"}, set(), "applied")
        document, sequence = named(part["document_id"], {r["document_no"] for r in tables.rows.get("invoices", [])})
        _apply(tables, number, document, sequence, decimal(part["amount"], "applied"))


def _apply(
    tables: Tables, source: str, document: str, sequence: int | None, amount: Decimal, date: int | None = None
) -> None:
    values = {"source_no": source, "document_no": document, "sequence": sequence, "date": date, "amount": amount}
    tables.add("applications", values)


def named(text: str, documents: set[str]) -> tuple[str, int | None]:
    """A document, or id#n for one of its instalments."""
    number, _, sequence = text.rpartition("#")
    if text not in documents and number in documents and sequence.isdecimal():
        return number, int(sequence)
    return text, None


def _by_policy(tables: Tables, ledger: Ledger, settings: dict[str, str], as_of: int) -> Ledger:
    """Applies what was left open the way the setting says: first what is there by the as-of date, then the rest."""
    last = max([as_of, *ledger.receipts.dates.tolist(), *ledger.documents.dates.tolist()])
    for until in (as_of, last):
        ids = [ledger.receipt_id(at) for at in range(ledger.receipts.amounts.size)]
        rows = [
            at for at, text in enumerate(ids) if text in tables.open_policy and int(ledger.receipts.dates[at]) <= until
        ]
        held = {at: _minor(ledger, at, tables.reserved[ids[at]]) for at in rows}
        made = policy.propose(
            ledger, until, settings.get("application_policy", "legal"), np.array(rows, np.int64), held
        )
        for one in made:
            document = ledger.document_id(int(ledger.lines.document[one.line]))
            _, sequence = named(ledger.line_name(one.line), {document})
            currency = ledger.currency(int(ledger.lines.account[one.line]))
            amount = to_decimal(one.amount, exponent(currency))
            _apply(tables, ids[one.receipt], document, sequence, amount, one.day)
        tables.open_policy = [text for text in tables.open_policy if text not in {ids[at] for at in rows}]
        ledger = assemble(tables.tables(), settings).ledger
    return ledger


def _minor(ledger: Ledger, receipt: int, amount: Decimal) -> int:
    return to_minor(amount, exponent(ledger.currency(int(ledger.receipt_account[receipt]))))


def amount(minor: Any, currency: str) -> Decimal:
    """Minor units as the cases write them."""
    return to_decimal(int(minor), exponent(currency))


def with_filters(inputs: Mapping[str, Any], chosen: Any) -> Any:
    """The policy with the filter of the case."""
    wanted = inputs.get("filter")
    if not wanted:
        return chosen
    row(wanted, {"salesperson"}, set(), "filter")
    return replace(chosen, filters=(("salesperson", wanted["salesperson"]),))
