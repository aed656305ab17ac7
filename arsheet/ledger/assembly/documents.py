"""The invoices table: kinds and signs, currencies, repeated numbers, links to original documents, disputes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from arsheet.ledger.assembly.rows import (
    UNKNOWN,
    Cells,
    Left,
    Standing,
    currency_code,
    first_of_each,
    minor,
    optional,
    sure_rows,
)
from arsheet.ledger.columns import CREDITS, DOCUMENT_KINDS, INVOICE, OPENING, Disputes, Documents
from arsheet.ledger.intern import Array, as_column
from arsheet.ledger.store import days
from arsheet.table import FAR_DAY, NO_DAY, Problem, Table


@dataclass(slots=True)
class Bills(Standing):
    """The documents that stand; credit notes and write-offs are negative."""


def read(tables: Mapping[str, Table], base: str, left: Left, found: list[Problem]) -> Bills:
    """The documents that stand."""
    table = tables.get("invoices")
    bills = Bills(table=table)
    if table is None:
        return bills
    same = ("customer_id", "amount", "document_date", "due_date", "kind", "currency")
    codes = {"customer_id": "document_no_used_by_two_customers", "amount": "document_exists_with_different_amount"}
    keep = first_of_each(table, "document_no", same, "document", found, codes)
    cells = Cells(table)
    sure, kinds = sure_rows(cells, ("document_no", "customer_id", "document_date"), base, keep, left), _kinds(cells)
    credit = np.isin(kinds, CREDITS)
    plain = sure.sure & ((sure.minor >= 0) | credit | (kinds != INVOICE))
    amounts, currencies = cells["amount"], cells["currency"]
    for row in np.flatnonzero(~plain).tolist():
        amount = amounts[row]
        currency = currency_code(currencies[row], base)
        if left.unreadable_cell(table.name, row, "currency"):
            currency = None
        elif currency is None:
            found.append(Problem("currency_unknown", table.name, row, "currency", {"read": currencies[row]}))
        stands = _required(cells, row, left, found) and currency is not None and keep[row]
        if not stands or amount is None or currency is None:
            left.leave(table.name, currency or str(currencies[row] or UNKNOWN), amount)
            continue
        _add(bills, cells, row, amount, currency, left, found)
    signed = np.where(credit, -np.abs(sure.minor), sure.minor)
    bills.add_all(cells, plain, signed, kinds, sure, left)
    _check_dates(bills, found)
    _check_tax(bills, found)
    return bills


def _kinds(cells: Cells) -> Array:
    codes = {text: DOCUMENT_KINDS.index(text) if text in DOCUMENT_KINDS else INVOICE for text in set(cells["kind"])}
    return np.array([codes[text] for text in cells["kind"]], np.int8)


def _required(cells: Cells, row: int, left: Left, found: list[Problem]) -> bool:
    fine = True
    for key, code in (
        ("document_no", "document_without_number"),
        ("customer_id", "document_without_customer"),
        ("document_date", "document_without_date"),
        ("amount", "amount_missing"),
    ):
        if cells[key][row] is None:
            left.missing(found, cells.table, row, key, code)
            fine = False
    return fine


def _add(
    bills: Bills, cells: Cells, row: int, amount: Decimal, currency: str, left: Left, found: list[Problem]
) -> None:
    kind_text = cells["kind"][row]
    kind = DOCUMENT_KINDS.index(kind_text) if kind_text in DOCUMENT_KINDS else INVOICE
    if kind in CREDITS:
        amount = -abs(amount)
    elif amount < 0 and kind == INVOICE:
        if kind_text is None:
            kind = DOCUMENT_KINDS.index("credit_note")
            found.append(
                Problem("negative_invoice_taken_as_credit_note", "invoices", row, "amount", {"amount": amount})
            )
        else:
            found.append(Problem("invoice_amount_negative", "invoices", row, "amount", {"amount": amount}))
            kind = DOCUMENT_KINDS.index("credit_note")
    value, rounded = minor(amount, currency)
    if rounded:
        left.rounded("invoices", row)
    left.take("invoices", currency, cells["amount"][row])
    number, customer, day = (cells[key][row] for key in ("document_no", "customer_id", "document_date"))
    bills.add(row, number, customer, day, value, kind, currency)


def _check_dates(bills: Bills, found: list[Problem]) -> None:
    for at, due in enumerate(bills.cells("due_date")):
        if isinstance(due, int) and due < bills.dates[at]:
            found.append(
                Problem(
                    "due_date_before_document_date",
                    "invoices",
                    bills.rows[at],
                    "due_date",
                    {"due_day": due, "document_day": bills.dates[at], "days": bills.dates[at] - due},
                )
            )


def _check_tax(bills: Bills, found: list[Problem]) -> None:
    amounts = bills.cells("amount")
    for at, (net, tax, amount) in enumerate(zip(bills.cells("net"), bills.cells("tax"), amounts, strict=True)):
        if isinstance(net, Decimal) and isinstance(tax, Decimal) and isinstance(amount, Decimal):
            total = net + tax
            if abs(abs(total) - abs(amount)) >= Decimal("0.005"):
                found.append(
                    Problem(
                        "net_plus_tax_differs_from_amount",
                        "invoices",
                        bills.rows[at],
                        "amount",
                        {"net": net, "tax": tax, "sum": total, "amount": amount, "difference": amount - total},
                    )
                )


def columns(bills: Bills, due_days: list[int], currencies: tuple[str, ...], tables: Mapping[str, Table]) -> Documents:
    """For the build."""
    several = len(currencies) > 1
    code = {name: at for at, name in enumerate(currencies)}
    rates = [rate if isinstance(rate, Decimal) else None for rate in bills.cells("rate")]
    return Documents(
        ids=as_column(bills.ids),
        customers=as_column(bills.customers),
        dates=days(bills.dates),
        due=np.array(due_days, np.int32),
        amounts=np.array(bills.amounts, np.int64),
        kinds=np.array(bills.kinds, np.int8),
        currencies=np.array([code[name] for name in bills.currencies], np.int32) if several else None,
        delivered=_delivered(bills, tables),
        original_dates=_original_dates(bills),
        originals=_originals(bills),
        rates=rates if any(rate is not None for rate in rates) else None,
        dimensions=_dimensions(bills, tables.get("orders")),
    )


def _delivered(bills: Bills, tables: Mapping[str, Table]) -> Array | None:
    """delivered_on, else the last delivery of the document's order (acceptance before dispatch)."""
    own = [day if isinstance(day, int) else None for day in bills.cells("delivered_on")]
    by_order: dict[str, int] = {}
    deliveries = tables.get("deliveries")
    if deliveries is not None:
        dates, accepted = optional(deliveries, "date"), optional(deliveries, "accepted_on")
        for order, day, later in zip(optional(deliveries, "order_id"), dates, accepted, strict=True):
            last = later or day
            if order and last:
                by_order[order] = max(last, by_order.get(order, NO_DAY))
    orders = [order if isinstance(order, str) else "" for order in bills.cells("order_id")]
    known = [day if day is not None else by_order.get(order) for day, order in zip(own, orders, strict=True)]
    return days(known) if any(day is not None for day in known) else None


def _original_dates(bills: Bills) -> Array | None:
    """The date 连续账龄 counts from: the original document's, or the base date that an opening row states."""
    base = bills.cells("base_date")
    linked = bills.cells("original_document")
    known: list[int | None] = []
    for at, kind in enumerate(bills.kinds):
        original = linked[at]
        source = bills.codes.get(original) if isinstance(original, str) else None
        stated = base[at] if kind == OPENING else None
        if source is not None and source != at:
            known.append(min(bills.dates[source], bills.dates[at]))
        else:
            known.append(stated if isinstance(stated, int) else None)
    return days(known) if any(day is not None for day in known) else None


def _originals(bills: Bills) -> Array | None:
    """Rows of the documents that credit notes and write-offs correct, -1 for none."""
    linked = bills.cells("original_document")
    rows = np.full(len(bills.ids), -1, np.int32)
    for at, original in enumerate(linked):
        if isinstance(original, str) and bills.amounts[at] < 0:
            source = bills.codes.get(original, -1)
            fits = source >= 0 and source != at and bills.amounts[source] > 0
            same = fits and bills.customers[source] == bills.customers[at]
            if same and bills.currencies[source] == bills.currencies[at]:
                rows[at] = source
    return rows if bool((rows >= 0).any()) else None


def check_originals(bills: Bills, found: list[Problem]) -> None:
    """Credit notes whose original document is not there, is another customer's, or is no debit."""
    for at, original in enumerate(bills.cells("original_document")):
        if not isinstance(original, str) or bills.amounts[at] >= 0:
            continue
        source = bills.codes.get(original)
        facts = {"id": bills.ids[at], "original": original}
        if source is None:
            found.append(Problem("original_document_not_found", "invoices", bills.rows[at], "original_document", facts))
        elif source == at or bills.amounts[source] <= 0 or bills.currencies[source] != bills.currencies[at]:
            found.append(
                Problem("original_document_cannot_be_credited", "invoices", bills.rows[at], "original_document", facts)
            )
        elif bills.customers[source] != bills.customers[at]:
            facts |= {"customer": bills.customers[at], "original_customer": bills.customers[source]}
            found.append(
                Problem("original_document_of_another_customer", "invoices", bills.rows[at], "original_document", facts)
            )


def _dimensions(bills: Bills, orders: Table | None) -> dict[str, list[str]]:
    """salesperson and department as typed on the document; project and contract also from its order."""
    texts = {
        key: ["" if value is None else str(value) for value in bills.cells(key)]
        for key in ("salesperson", "department", "project")
    }
    texts["contract"] = [""] * len(bills.ids)
    if orders is None:
        return texts
    contracts = dict(zip(orders.column("order_id"), optional(orders, "contract_no"), strict=True))
    projects = dict(zip(orders.column("order_id"), optional(orders, "project"), strict=True))
    for at, order in enumerate(bills.cells("order_id")):
        if isinstance(order, str):
            texts["contract"][at] = contracts.get(order) or ""
            texts["project"][at] = texts["project"][at] or projects.get(order) or ""
    return texts


def disputes(table: Table | None, bills: Bills, left: Left, found: list[Problem]) -> Disputes | None:
    """For the build: a blank amount is the whole open amount, a blank closing date means open."""
    if table is None or not len(table):
        return None
    cells = Cells(table)
    kept: list[tuple[int, int, int, int, int]] = []
    for row, number in enumerate(table.column("document_no")):
        code = bills.codes.get(number) if number else None
        opened = cells["opened"][row]
        if code is None or opened is None:
            if number is not None and code is None:
                found.append(Problem("dispute_document_not_found", table.name, row, "document_no", {"id": number}))
            elif code is not None:
                left.missing(found, table, row, "opened", "dispute_without_opening_date")
            continue
        if left.unreadable_cell(table.name, row, "amount", "sequence"):
            continue  # how much is disputed is not known, and is told already
        amount = cells["amount"][row]
        value = -1 if amount is None else minor(abs(amount), bills.currencies[code])[0]
        closed = cells["closed"][row]
        kept.append((code, cells["sequence"][row] or 0, value, opened, FAR_DAY if closed is None else closed))
    if not kept:
        return None
    columns_ = [np.array(column, np.int64) for column in zip(*kept, strict=True)]
    return Disputes(
        documents=columns_[0], sequences=columns_[1], amounts=columns_[2], opened=columns_[3], closed=columns_[4]
    )
