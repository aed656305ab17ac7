"""Receipts, applications, exchange rates and holidays, read from their tables."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from operator import eq
from typing import Any

import numpy as np

from arsheet.ledger.assembly.documents import Bills
from arsheet.ledger.assembly.rows import (
    UNKNOWN,
    Cells,
    Left,
    Standing,
    bad_rows,
    currency_code,
    first_of_each,
    minor,
    minors,
    optional,
    present,
    sure_rows,
)
from arsheet.ledger.calendar import Calendar
from arsheet.ledger.columns import RECEIPT, RECEIPT_KINDS, REFUND, Applications, Receipts
from arsheet.ledger.intern import Array, as_column
from arsheet.ledger.store import days
from arsheet.table import FAR_DAY, NO_DAY, Problem, Table

CANCELLED = ("cancelled", "returned")
"""States of a receipt that never was money: left out, and said."""


@dataclass(slots=True)
class Cash(Standing):
    """The receipts that stand, gross; refunds are negative. ``cancelled``: numbers of receipts that were returned."""

    cancelled: set[str] = field(default_factory=set)


def receipts(table: Table | None, base: str, left: Left, found: list[Problem]) -> Cash:
    """The receipts that stand."""
    cash = Cash(table=table)
    if table is None:
        return cash
    same = ("customer_id", "amount", "date", "kind", "currency")
    codes = {"amount": "receipt_exists_with_different_amount"}
    keep = first_of_each(table, "receipt_no", same, "receipt", found, codes)
    columns = Cells(table)
    sure, kinds = sure_rows(columns, ("receipt_no", "customer_id", "date"), base, keep, left), _kinds(columns)
    plain = sure.sure & ((sure.minor >= 0) | (kinds == REFUND))
    if any(state in CANCELLED for state in set(columns["state"])):
        plain &= np.array([state not in CANCELLED for state in columns["state"]], bool)
    for row in np.flatnonzero(~plain).tolist():
        amount = columns["amount"][row]
        currency = currency_code(columns["currency"][row], base)
        if left.unreadable_cell(table.name, row, "currency"):
            currency = None
        elif currency is None:
            found.append(Problem("currency_unknown", table.name, row, "currency", {"read": columns["currency"][row]}))
        stands = _required(columns, row, left, found) and currency is not None and keep[row]
        if stands and columns["state"][row] in CANCELLED:
            cash.cancelled.add(columns["receipt_no"][row])
            found.append(Problem("receipt_is_cancelled", table.name, row, "state", {"amount": amount}))
            stands = False
        if not stands or amount is None or currency is None:
            left.leave(table.name, currency or str(columns["currency"][row] or UNKNOWN), amount)
            continue
        _add(cash, columns, row, amount, currency, left, found)
    signed = np.where(kinds == REFUND, -np.abs(sure.minor), sure.minor)
    cash.add_all(columns, plain, signed, kinds, sure, left)
    return cash


def _kinds(cells: Cells) -> Array:
    codes = {text: RECEIPT_KINDS.index(text) if text in RECEIPT_KINDS else RECEIPT for text in set(cells["kind"])}
    return np.array([codes[text] for text in cells["kind"]], np.int8)


def _required(cells: Cells, row: int, left: Left, found: list[Problem]) -> bool:
    fine = True
    for key, code in (
        ("receipt_no", "receipt_without_number"),
        ("date", "receipt_without_date"),
        ("amount", "amount_missing"),
        ("customer_id", "receipt_without_customer"),
    ):
        if cells[key][row] is None:
            left.missing(found, cells.table, row, key, code)
            fine = False
    return fine


def _add(cash: Cash, cells: Cells, row: int, amount: Decimal, currency: str, left: Left, found: list[Problem]) -> None:
    kind_text = cells["kind"][row]
    kind = RECEIPT_KINDS.index(kind_text) if kind_text in RECEIPT_KINDS else RECEIPT
    if kind == REFUND:
        amount = -abs(amount)
    elif amount < 0:
        found.append(Problem("negative_receipt_taken_as_refund", "receipts", row, "amount", {"amount": amount}))
        kind = REFUND
    value, rounded = minor(amount, currency)
    if rounded:
        left.rounded("receipts", row)
    left.take("receipts", currency, cells["amount"][row])
    number, customer, day = (cells[key][row] for key in ("receipt_no", "customer_id", "date"))
    cash.add(row, number, customer, day, value, kind, currency)


def receipt_columns(cash: Cash, currencies: tuple[str, ...], orders: Table | None) -> Receipts:
    """For the build. ``base_amount``: what arrived in the base currency, where that is known instead of a rate."""
    code = {name: at for at, name in enumerate(currencies)}
    rates = [rate if isinstance(rate, Decimal) else None for rate in cash.cells("rate")]
    booked = [day if isinstance(day, int) else None for day in cash.cells("booked_at")]
    arrived = [
        minor(amount, currencies[0])[0] if isinstance(amount, Decimal) else None for amount in cash.cells("base_amount")
    ]
    dimensions: dict[str, list[str]] = {}
    if orders is not None:
        for name, key in (("contract", "contract_no"), ("project", "project")):
            of_order = dict(zip(orders.column("order_id"), optional(orders, key), strict=True))
            dimensions[name] = [of_order.get(order) or "" for order in cash.cells("order_id")]
    return Receipts(
        ids=as_column(cash.ids),
        customers=as_column(cash.customers),
        dates=days(cash.dates),
        amounts=np.array(cash.amounts, np.int64),
        kinds=np.array(cash.kinds, np.int8),
        currencies=np.array([code[name] for name in cash.currencies], np.int32) if len(currencies) > 1 else None,
        booked=days(booked) if any(day is not None for day in booked) else None,
        rates=rates if any(rate is not None for rate in rates) else None,
        base_amounts=arrived if any(amount is not None for amount in arrived) else None,
        dimensions=dimensions,
    )


@dataclass(frozen=True, slots=True)
class ReadApplications:
    """Applications for the build, and the table row of each."""

    columns: Applications
    rows: list[int]


def applications(
    table: Table | None, bills: Bills, cash: Cash, base: str, left: Left, found: list[Problem]
) -> ReadApplications:
    """The applications with a source, a document and an amount; the build says which of them fit."""
    kept: list[tuple[int, str, str, int, int, int, int, int, int, int]] = []
    if table is not None:
        same = ("source_no", "document_no", "sequence", "amount", "date", "reversed_on")
        keep = [True] * len(table)
        if "application_id" in table:
            codes = {"amount": "application_exists_with_different_amount"}
            keep = first_of_each(table, "application_id", same, "application", found, codes)
        cells = Cells(table)
        plain, sure = _sure_applications(cells, bills, cash, keep, left)
        for row in np.flatnonzero(~plain).tolist():
            made = _application(cells, row, bills, cash, base, left, found) if keep[row] else None
            if made is not None:
                kept.append(made)
            elif not keep[row]:
                left.leave(table.name, base, table.column("amount")[row])
    columns = [list(column) for column in zip(*kept, strict=True)] if kept else [[] for _ in range(10)]
    if table is not None:
        columns = [[*one, *other] for one, other in zip(columns, sure, strict=True)]
        if kept:
            order = sorted(range(len(columns[0])), key=columns[0].__getitem__)
            columns = [[column[at] for at in order] for column in columns]
    rows, sources, documents, sequences, dates, amounts, discounts, differences, reversals, booked = columns
    number = np.int64
    return ReadApplications(
        Applications(
            sources=as_column(sources),
            documents=as_column(documents),
            amounts=np.array(amounts, number),
            dates=np.array(dates, np.int32),
            sequences=np.array(sequences, np.int32) if any(sequences) else None,
            discounts=np.array(discounts, number) if any(discounts) else None,
            differences=np.array(differences, number) if any(differences) else None,
            reversed_on=np.array(reversals, np.int32) if any(day != FAR_DAY for day in reversals) else None,
            booked=np.array(booked, np.int32) if any(day != NO_DAY for day in booked) else None,
        ),
        [int(row) for row in rows],
    )


def _sure_applications(
    cells: Cells, bills: Bills, cash: Cash, keep: list[bool], left: Left
) -> tuple[Array, list[list[Any]]]:
    """Which rows apply a receipt that stands to a document that stands, nothing to be said; and those by column."""
    documents = [bills.codes.get(number, -1) for number in cells["document_no"]]
    sources = [cash.codes.get(number, -1) for number in cells["source_no"]]
    currencies = [bills.currencies[code] if code >= 0 else None for code in documents]
    theirs = [cash.currencies[code] if code >= 0 else None for code in sources]
    plain = np.array(keep, bool) & present(cells["amount"]) & present(currencies) & present(theirs)
    if len({*bills.currencies, *cash.currencies}) > 1:
        plain &= np.fromiter(map(eq, currencies, theirs), bool, len(currencies))
    if cash.cancelled:
        plain &= np.array([number not in cash.cancelled for number in cells["source_no"]], bool)
    plain[bad_rows(left, "applications", "date", "discount", "difference", "sequence", "reversed_on")] = False
    parts = []
    for key in ("amount", "discount", "difference"):
        whole, exact = minors(cells[key], currencies)
        parts.append(whole)
        plain &= exact
    rows = np.flatnonzero(plain)
    at = rows.tolist()
    left.take_all("applications", [currencies[row] or "" for row in at], [cells["amount"][row] for row in at])

    def column(key: str, blank: Any = None) -> list[Any]:
        values = cells[key]
        return [blank if values[row] is None else values[row] for row in at]

    return plain, [
        at,
        column("source_no"),
        column("document_no"),
        column("sequence", 0),
        column("date", NO_DAY),
        *(part[rows].tolist() for part in parts),
        column("reversed_on", FAR_DAY),
        column("booked_at", NO_DAY),
    ]


def _application(
    cells: Cells, row: int, bills: Bills, cash: Cash, base: str, left: Left, found: list[Problem]
) -> tuple[int, str, str, int, int, int, int, int, int, int] | None:
    source, document = cells["source_no"][row], cells["document_no"][row]
    code = bills.codes.get(document) if document else None
    currency = bills.currencies[code] if code is not None else base
    values = {key: cells[key][row] for key in ("amount", "discount", "difference")}
    for key, value, problem in (
        ("source_no", source, "application_without_source"),
        ("document_no", document, "application_without_document"),
        ("amount", values["amount"], "amount_missing"),
    ):
        if value is None:
            left.missing(found, cells.table, row, key, problem)
            left.leave("applications", currency, values["amount"])
            return None
    if source in cash.cancelled:
        found.append(Problem("application_of_cancelled_receipt", "applications", row, "source_no", {"id": source}))
        left.leave("applications", currency, values["amount"])
        return None
    if left.unreadable_cell("applications", row, "date", "discount", "difference", "sequence", "reversed_on"):
        left.leave("applications", currency, values["amount"])  # when or how much is not known, and is told already
        return None
    theirs = cash.currencies[cash.codes[source]] if source in cash.codes else currency
    if code is not None and theirs != currency:
        facts = {"source_currency": theirs, "document_currency": currency}
        found.append(Problem("application_currency_differs_from_document", "applications", row, "source_no", facts))
        left.leave("applications", currency, values["amount"])
        return None
    parts = []
    for value in values.values():
        part, rounded = minor(value or Decimal(0), currency)
        if rounded:
            left.rounded("applications", row)
        parts.append(part)
    known = code is not None and (source in cash.codes or source in bills.codes)
    (left.take if known else left.leave)("applications", currency, values["amount"] or Decimal(0))
    reversed_on, booked = cells["reversed_on"][row], cells["booked_at"][row]
    date = cells["date"][row]
    return (
        row,
        source,
        document,
        cells["sequence"][row] or 0,
        NO_DAY if date is None else date,
        *parts,
        FAR_DAY if reversed_on is None else reversed_on,
        NO_DAY if booked is None else booked,
    )


def rates(table: Table | None, found: list[Problem]) -> dict[str, list[tuple[int, Decimal]]]:
    """Dated rates by currency, in order; of two on one day the later row stands, and is said."""
    dated: dict[str, dict[int, Decimal]] = defaultdict(dict)
    if table is not None:
        for row, (day, text, rate) in enumerate(
            zip(table.column("date"), table.column("currency"), table.column("rate"), strict=True)
        ):
            currency = currency_code(text, "") if text else None
            if day is None or not currency or rate is None:
                continue
            if rate <= 0:
                found.append(Problem("rate_not_positive", table.name, row, "rate", {"read": str(rate)}))
                continue
            if dated[currency].get(day, rate) != rate:
                facts = {"currency": currency, "rate_day": day, "first": str(dated[currency][day]), "this": str(rate)}
                found.append(Problem("rate_repeated_with_different_value", table.name, row, "rate", facts))
            dated[currency][day] = rate
    return {currency: sorted(values.items()) for currency, values in dated.items()}


def calendar(table: Table | None) -> Calendar:
    """The business calendar with the workbook's own days."""
    if table is None:
        return Calendar()
    overrides = {
        day: bool(workday)
        for day, workday in zip(table.column("date"), optional(table, "workday"), strict=True)
        if day is not None
    }
    return Calendar(overrides)
