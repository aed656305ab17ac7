"""Worksheet function on early-payment discounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from arsheet.functions.registry import Example, Param, worksheet_function
from arsheet.functions.terms import AMOUNT, TERMS, minor, read_terms, refused
from arsheet.ledger.discount import DiscountInvoice, DiscountPayment, DiscountPolicy, settle
from arsheet.ledger.money import exponent, to_decimal
from arsheet.ledger.terms import TermError


@worksheet_function(
    "AR_DISCOUNT",
    zh="在付款日付清全额可得的现金折扣；过期或条款无折扣为0",
    en="The early-payment discount when all is paid on that day; 0 when too late or without one",
    params=(
        AMOUNT,
        TERMS,
        Param("invoice_date", "开票日", "Invoice date", "date"),
        Param("pay_date", "付款日", "Payment date", "date"),
    ),
    returns="scalar",
    examples=(
        Example(
            (Decimal("113000"), "2/10 net 30", dt.date(2025, 1, 15), dt.date(2025, 1, 25)),
            Decimal("2260.00"),
        ),
        Example(
            (Decimal("113000"), "2/10 net 30", dt.date(2025, 1, 15), dt.date(2025, 1, 26)),
            Decimal("0.00"),
        ),
        Example(
            (Decimal("1000"), "-50/10 net 30", dt.date(2025, 1, 15), dt.date(2025, 1, 20)),
            Decimal("50.00"),
        ),
    ),
    needs=("policy",),
)
def discount(amount: Decimal, terms: str, invoice_date: int, pay_date: int, *, policy: Mapping[str, str]) -> Decimal:
    """On the amount as given: where the setting says ``net``, give the untaxed amount."""
    currency = policy.get("base_currency") or "CNY"
    read, _ = read_terms(terms, policy)
    try:
        reading = DiscountPolicy.from_settings(policy)
    except TermError as error:
        raise refused(error) from None
    invoice = DiscountInvoice("", invoice_date, minor(amount, currency), 0, currency=currency)
    settled = settle([invoice], read.discount, DiscountPayment(pay_date), reading, base_currency=currency)
    return to_decimal(settled.discount_minor, exponent(currency))
