"""Worksheet functions on balances: one figure of a customer, and the reclassification of credit balances."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from arsheet.functions.asking import (
    AS_OF,
    CURRENCY,
    CUSTOMER,
    Customer,
    choose,
    ledger_of,
    no_data,
)
from arsheet.functions.each import each, money_of_all, money_of_customers
from arsheet.functions.registry import Example, Param, Version, bad_value, worksheet_function
from arsheet.ledger.assembly.rows import currency_code
from arsheet.ledger.balance import figures, reclassification
from arsheet.schema.model import Choice
from arsheet.table import Table

_WHAT = Param("what", "哪个数", "Which figure", "text", optional=True, default="net")
_FIGURES = (
    Choice("net", "净额", "Net", ("余额", "balance")),
    Choice("gross", "应收", "Receivables", ("应收合计", "total")),
    Choice("overdue", "逾期", "Overdue"),
    Choice("not_due", "未到期", "Not due"),
    Choice("unapplied", "未核销收款", "Unapplied", ("未核销",)),
    Choice("disputed", "争议", "Disputed", ("其中争议",)),
)


def read_currency(text: str) -> str:
    """The code of a currency argument; #VALUE! for what is none."""
    code = currency_code(text, "")
    if not code:
        raise bad_value("currency_unknown", f"“{text}”不是币种", f"{text!r} is not a currency")
    return code


@worksheet_function(
    "AR_BALANCE",
    zh="客户余额；what可填net净额、gross应收、overdue逾期、not_due未到期、unapplied未核销收款、disputed争议",
    en="A customer's balance; what: net, gross, overdue, not_due, unapplied or disputed",
    params=(CUSTOMER, AS_OF, _WHAT, CURRENCY),
    returns="scalar",
    examples=(
        Example(("C001",), Decimal("225000.00")),
        Example(("C001", None, "overdue"), Decimal("140000.00")),
        Example(("C002", None, "gross"), Decimal("10000.00")),
        Example(("C003",), Decimal("-5000.00")),
    ),
    needs=("version",),
)
def balance(
    customer: Customer, as_of: int, what: str | None = None, currency: str | None = None, *, version: Version
) -> Any:
    """A Decimal with the currency's decimals, one per code of a range; 0 for a known customer with nothing open.

    net = gross − unapplied; unapplied is positive. #VALUE! names the currencies where several have a balance.
    """
    ledger = ledger_of(version)
    figure = choose(_WHAT, what, _FIGURES) or "net"
    code = None if currency is None else read_currency(currency)
    values = figures(ledger, as_of)
    live = (values["gross"] != 0) | (values["unapplied_receipts"] != 0) | (values["unapplied_notes"] != 0)
    return each(
        ledger,
        customer,
        lambda: money_of_all(ledger, values[figure], live, code),
        lambda: ledger.memo(
            ("balance_of", as_of, figure, code), lambda: money_of_customers(ledger, values[figure], live, code)
        ),
    )


@worksheet_function(
    "AR_RECLASS",
    zh="重分类：贷方余额的客户在报表上列入预收款（合同负债），账簿不改",
    en="Reclassification: credit balances are reported as contract liabilities; the books stay as they are",
    params=(AS_OF,),
    returns="table",
    examples=(
        Example(
            (),
            (
                ("C001", "示例一", "CNY", 225000, 0, 225000),
                ("C002", "Example Two", "USD", 10000, 0, 10000),
                ("C003", "示例三", "CNY", -5000, 5000, 0),
            ),
        ),
    ),
    needs=("version",),
)
def reclass(as_of: int, *, version: Version) -> Table:
    """Per customer and currency: book + reclassified = reported; Σ reclassified = contract liabilities."""
    found = reclassification(ledger_of(version), as_of)
    if not len(found):
        raise no_data("没有余额", "there are no balances")
    keys = {"reclassified": "reclass", "receivable": "reported"}
    picked = [at for at, key in enumerate(found.header) if key != "contract_liability"]
    return Table(
        "reclassification",
        tuple(keys.get(found.header[at], found.header[at]) for at in picked),
        tuple(found.columns[at] for at in picked),
        tuple(found.kinds[at] for at in picked),
        facts={"view": "reclassification", "as_of": as_of},
    )
