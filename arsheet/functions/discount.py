"""Worksheet function on early-payment discounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from arsheet.functions.registry import Example, Param, worksheet_function
from arsheet.functions.terms import AMOUNT, TERMS, minor, read_terms, refused
from arsheet.ledger.discount import (
    DiscountInvoice,
    DiscountPayment,
    DiscountPolicy,
    Settlement,
    implied_annual_rate,
    settle,
)
from arsheet.ledger.money import exponent, to_decimal
from arsheet.ledger.terms import TermError, Terms, schedule
from arsheet.table import Table


@worksheet_function(
    "AR_DISCOUNT",
    zh="在付款日付清全额可得的现金折扣；过期或条款无折扣为0",
    en="The early-payment discount when all is paid on that day; 0 when too late or without one",
    params=(
        AMOUNT,
        TERMS,
        Param("invoice_date", "开票日", "Invoice date", "date"),
        Param("pay_date", "付款日", "Payment date", "date"),
        Param("detail", "明细", "Detail", "flag", optional=True),
        Param("tax", "其中税额", "Of which tax", "money", optional=True),
        Param("paid", "实付金额", "Amount paid", "money", optional=True),
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
def discount(
    amount: Decimal,
    terms: str,
    invoice_date: int,
    pay_date: int,
    detail: bool | None = None,
    tax: Decimal | None = None,
    paid: Decimal | None = None,
    *,
    policy: Mapping[str, str],
) -> Decimal | Table:
    """The discount on the amount incl. tax, under the settings discount_base, discount_rounding, discount_grace_days.

    ``paid`` blank = exactly what settles the invoice; less earns the discount pro rata. With ``detail`` one row:
    total, tax, last day of the discount, payable early, cash, discount, its untaxed and tax parts, what stays open,
    and the simple annual rate that paying early is worth (blank without a discount).
    """
    currency = policy.get("base_currency") or "CNY"
    read, _ = read_terms(terms, policy)
    try:
        reading = DiscountPolicy.from_settings(policy)
    except TermError as error:
        raise refused(error) from None
    total, of_tax = minor(amount, currency), minor(tax or Decimal(0), currency)
    invoice = DiscountInvoice("", invoice_date, total - of_tax, of_tax, currency=currency)
    money = None if paid is None else minor(paid, currency)
    settled = settle([invoice], read.discount, DiscountPayment(pay_date, money), reading, base_currency=currency)
    if detail:
        return _detail(settled, read, invoice_date, currency)
    return to_decimal(settled.discount_minor, exponent(currency))


def _detail(settled: Settlement, terms: Terms, invoice_date: int, currency: str) -> Table:
    offered = terms.discount
    rate = None
    due = schedule(terms, amount_minor=settled.total_minor, base_day=invoice_date).due_day
    if offered is not None and offered.percent and due is not None:
        rate = implied_annual_rate(offered.percent, offered.days, due - invoice_date)
    figures = {
        "total": ("money", settled.total_minor),
        "tax": ("money", settled.tax_minor),
        "discount_until": ("day", settled.discount_day),
        "payable": ("money", settled.payable_if_early_minor),
        "cash": ("money", settled.cash_minor),
        "discount": ("money", settled.discount_minor),
        "discount_untaxed": ("money", settled.discount_untaxed_minor),
        "discount_tax": ("money", settled.discount_tax_minor),
        "open_after": ("money", settled.open_after_minor),
        "annual_rate": ("percent", rate),
    }
    return Table(
        "discount",
        tuple(figures),
        tuple([value] for _, value in figures.values()),
        tuple(kind for kind, _ in figures.values()),
        facts={"currency": currency},
    )
