"""Topic early_discount: what settles invoices early, what a payment earns, and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from arsheet.ledger.discount import DiscountInvoice, DiscountPayment, DiscountPolicy, Settlement, settle
from arsheet.ledger.money import exponent, to_minor
from arsheet.ledger.terms import TermPolicy, Terms, schedule, validate
from arsheet.table import iso
from tests.peers.adapters import _term, due_date
from tests.peers.adapters._book import amount
from tests.peers.running import Figures
from tests.peers.shape import ShapeError, day, decimal, maybe_decimal, row

BASE = "CNY"
OWN = ("total", "tax", "payable_if_early", "cash", "discount", "discount_untaxed", "discount_tax", "open_after")
IN_BASE = ("cash_in_base", "discount_in_base", "open_after_in_base", "fx_difference_in_base")


def figures(inputs: Mapping[str, Any], settings: dict[str, str]) -> Figures:
    """What finds each expected figure."""
    row(inputs, {"invoices", "term", "payment"}, set(), "inputs")
    term = _term.read(inputs["term"])
    if term is not None:
        validate(term)
    invoices = [_invoice(value) for value in inputs["invoices"]]
    currencies = {invoice.currency for invoice in invoices}
    if len(currencies) != 1:
        raise ShapeError("one payment settles invoices of one currency")
    currency = currencies.pop()
    payment = _payment(inputs["payment"], currency)
    policy, terms = DiscountPolicy.from_settings(settings), TermPolicy.from_settings(settings)
    discount = term.discount if term is not None else None

    def found() -> Settlement:
        return settle(_scheduled(invoices, term, policy, terms), discount, payment, policy, base_currency=BASE)

    def due_dates() -> list[str]:
        lists = {_due_dates(invoice, term, settings) for invoice in invoices}
        if len(lists) != 1:
            raise ShapeError("invoices with different due dates")
        return list(lists.pop())

    def discount_date() -> str | None:
        day_ = found().discount_day
        return None if day_ is None else iso(day_)

    return {
        **{key: lambda key=key: amount(getattr(found(), f"{key}_minor"), currency) for key in OWN},
        **{key: lambda key=key: amount(getattr(found(), f"{key}_minor"), BASE) for key in IN_BASE},
        "paid_per_instalment": lambda: [amount(part, currency) for part in found().paid_per_instalment],
        "due_dates": due_dates,
        "discount_date": discount_date,
    }


def _invoice(value: Any) -> DiscountInvoice:
    required = {"invoice_id", "customer_id", "invoice_date", "untaxed"}
    invoice = row(value, required, {"tax", "tax_percent", "currency", "rate", "schedule"}, "invoices")
    if (invoice.get("tax") is None) == (invoice.get("tax_percent") is None):
        raise ShapeError("an invoice states either tax or tax_percent")
    currency = invoice.get("currency") or BASE
    places = exponent(currency)
    tax = maybe_decimal(invoice.get("tax"), "tax")
    return DiscountInvoice(
        invoice_id=invoice["invoice_id"],
        invoice_day=day(invoice["invoice_date"], "invoice_date"),
        untaxed_minor=to_minor(decimal(invoice["untaxed"], "untaxed"), places),
        tax_minor=None if tax is None else to_minor(tax, places),
        tax_percent=maybe_decimal(invoice.get("tax_percent"), "tax_percent"),
        currency=currency,
        rate=maybe_decimal(invoice.get("rate"), "rate"),
        schedule=tuple(
            (day(due, "schedule"), to_minor(decimal(part, "schedule"), places))
            for due, part in invoice.get("schedule") or []
        ),
    )


def _payment(value: Any, currency: str) -> DiscountPayment | None:
    if value is None:
        return None
    payment = row(value, {"payment_date", "amount"}, {"amount_in_base"}, "payment")
    own, arrived = maybe_decimal(payment["amount"], "amount"), maybe_decimal(payment.get("amount_in_base"), "base")
    return DiscountPayment(
        day(payment["payment_date"], "payment_date"),
        None if own is None else to_minor(own, exponent(currency)),
        None if arrived is None else to_minor(arrived),
    )


def _scheduled(
    invoices: list[DiscountInvoice], term: Terms | None, policy: DiscountPolicy, terms: TermPolicy
) -> list[DiscountInvoice]:
    """Invoices without a schedule of their own take the lines of the term."""
    out = []
    for invoice in invoices:
        if not invoice.schedule and term is not None:
            total = settle([invoice], term.discount, None, policy, base_currency=BASE).total_minor
            places = exponent(invoice.currency)
            made = schedule(term, amount_minor=total, base_day=invoice.invoice_day, policy=terms, places=places)
            lines = tuple((line.due_day or invoice.invoice_day, line.amount_minor or 0) for line in made.lines)
            invoice = replace(invoice, schedule=lines)
        out.append(invoice)
    return out


def _due_dates(invoice: DiscountInvoice, term: Terms | None, settings: dict[str, str]) -> tuple[str, ...]:
    if invoice.schedule:
        return tuple(iso(due) for due, _ in invoice.schedule)
    if term is None:
        return tuple(iso(due) for due in due_date._without_term(invoice.invoice_day, None, settings)[0])
    made = schedule(term, amount_minor=None, base_day=invoice.invoice_day, policy=TermPolicy.from_settings(settings))
    return tuple(iso(line.due_day or 0) for line in made.lines)
