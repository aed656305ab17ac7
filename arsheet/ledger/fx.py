"""Amounts in the base currency at dated rates; a missing rate is said, never taken as 1."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from arsheet.ledger.intern import Array
from arsheet.ledger.money import exponent, round_half_up
from arsheet.ledger.store import Ledger
from arsheet.table import Problem


def rate_at(rates: Mapping[str, Sequence[tuple[int, Decimal]]], currency: str, base: str, day: int) -> Decimal | None:
    """Base units for 1 of the currency: the last rate on or before the day; None where there is none."""
    if currency == base:
        return Decimal(1)
    dated = rates.get(currency, ())
    at = bisect_right(dated, day, key=lambda pair: pair[0])
    return dated[at - 1][1] if at else None


def convert(minor: int, rate: Decimal, currency: str, base: str) -> int:
    """Minor units of a currency as minor units of the base currency, rounded half up once."""
    return round_half_up(Decimal(int(minor)).scaleb(exponent(base) - exponent(currency)) * rate)


def missing_rates(ledger: Ledger, as_of: int) -> list[Problem]:
    """One problem per currency that occurs and has no rate on or before the day."""
    used = sorted({int(code) for code in np.unique(ledger.accounts.currency)})
    names = [ledger.currencies[code] for code in used]
    return [
        Problem("fx_rate_missing", "fx", facts={"currency": name, "as_of_day": as_of, "base": ledger.base_currency})
        for name in names
        if rate_at(ledger.rates, name, ledger.base_currency, as_of) is None
    ]


def base_totals(ledger: Ledger, as_of: int, amounts: Array) -> dict[int, int | None]:
    """Per customer, its accounts' amounts in the base currency; None where a rate that matters is missing."""
    out: dict[int, int | None] = {}
    base = ledger.base_currency
    rates = [rate_at(ledger.rates, name, base, as_of) for name in ledger.currencies]
    accounts = ledger.accounts
    for customer, code, amount in zip(
        accounts.customer.tolist(), accounts.currency.tolist(), amounts.tolist(), strict=True
    ):
        rate = rates[code]
        so_far = out.get(customer, 0)
        if amount and rate is None:
            out[customer] = None
        elif so_far is None or not amount or rate is None:
            out[customer] = so_far
        else:
            out[customer] = so_far + convert(amount, rate, ledger.currencies[code], base)
    return out


def document_base(ledger: Ledger, as_of: int, document: int, minor: int, base_rate: str) -> int | None:
    """A document's open amount in the base currency: at the closing rate, or at the document's own rate."""
    currency = _currency_of_document(ledger, document)
    rate = closing_or_document(ledger, as_of, document, base_rate)
    return None if rate is None else convert(minor, rate, currency, ledger.base_currency)


def closing_or_document(ledger: Ledger, as_of: int, document: int, base_rate: str) -> Decimal | None:
    """The rate behind a document's base figures under the setting base_rate."""
    currency = _currency_of_document(ledger, document)
    if base_rate == "document" and currency != ledger.base_currency:
        return document_rate(ledger, document)
    return rate_at(ledger.rates, currency, ledger.base_currency, as_of)


def document_rate(ledger: Ledger, document: int) -> Decimal | None:
    """The rate a document was booked at: its own, else the last rate on or before its date."""
    rates = ledger.documents.rates
    own = rates[document] if rates is not None else None
    if own is not None:
        return own
    return rate_at(
        ledger.rates,
        _currency_of_document(ledger, document),
        ledger.base_currency,
        int(ledger.documents.dates[document]),
    )


def unrealised(ledger: Ledger, as_of: int, document: int, minor: int) -> int | None:
    """open x (closing rate − the document's rate), gain +; None where a rate is missing."""
    currency = _currency_of_document(ledger, document)
    closing = rate_at(ledger.rates, currency, ledger.base_currency, as_of)
    booked = document_rate(ledger, document)
    if closing is None or booked is None:
        return None
    return convert(minor, closing - booked, currency, ledger.base_currency)


def receipt_base(ledger: Ledger, receipt: int, minor: int) -> int | None:
    """Part of a receipt in the base currency, at the receipt's own rate or what arrived in base currency."""
    arrived = ledger.receipts.base_amounts[receipt] if ledger.receipts.base_amounts is not None else None
    if arrived is not None:
        whole = int(ledger.receipts.amounts[receipt])
        return round_half_up(Decimal(arrived) * minor / whole) if whole else 0
    rates = ledger.receipts.rates
    own = rates[receipt] if rates is not None else None
    currency = ledger.currency(int(ledger.receipt_account[receipt]))
    rate = own or rate_at(ledger.rates, currency, ledger.base_currency, int(ledger.receipts.dates[receipt]))
    return None if rate is None else convert(minor, rate, currency, ledger.base_currency)


def _currency_of_document(ledger: Ledger, document: int) -> str:
    codes = ledger.documents.currencies
    return ledger.base_currency if codes is None else ledger.currencies[int(codes[document])]
