"""Worksheet functions on aging: from the ledger, and backwards from balances alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from arsheet.functions.asking import (
    AS_OF,
    BASES,
    BASIS,
    BUCKETS,
    BY,
    NOT_DUE,
    Asked,
    Customer,
    asked,
    choose,
    error_row,
    index,
    ledger_of,
    no_data,
    record,
    with_rows,
)
from arsheet.functions.registry import Example, FunctionError, Param, Version, bad_value, worksheet_function
from arsheet.functions.values import Word
from arsheet.ledger.aging import AgingPolicy
from arsheet.ledger.aging import aging as aging_report
from arsheet.ledger.derived_aging import derive
from arsheet.ledger.dimension import BY as DIMENSIONS
from arsheet.ledger.money import exponent, to_minor
from arsheet.ledger.store import Ledger
from arsheet.schema.cells import clean_text, read_number
from arsheet.schema.model import Choice
from arsheet.schema.settings import read_setting_value
from arsheet.schema.words import label
from arsheet.table import ArsheetError, Table

_NOT_DUE = Param("not_due", "未到期的列法", "What is not due", "text", optional=True)
_ALIASES = {"salesperson": ("销售员",), "class": ("类别",), "contract": ("合同号",), "currency": ("币别",)}
BYS = tuple(Choice(key, label(key, "zh"), label(key, "en"), _ALIASES.get(key, ())) for key in DIMENSIONS)
"""What aging can be split by, in words."""


def read_buckets(value: Any) -> str | None:
    """The buckets argument: "30,60,90", years, one number or a range of numbers; None for a blank."""
    if isinstance(value, list):
        value = ",".join(clean_text(cell) for row in value for cell in row if cell is not None)
    try:
        return None if value is None else read_setting_value("buckets", value)
    except ArsheetError:
        text = clean_text(value)
        raise bad_value(
            "buckets_not_a_rising_list",
            f"账龄段“{text}”不是由小到大的天数，例如 30,60,90；按年写 years",
            f"Buckets {text!r} are not rising days such as 30,60,90; for years write years",
        ) from None


def aging_policy(
    settings: Mapping[str, str], basis: str | None, buckets: Any, not_due: str | None = None
) -> AgingPolicy:
    """The book's policy with what the arguments ask for instead."""
    return AgingPolicy.from_settings(
        dict(settings),
        basis=choose(BASIS, basis, BASES),
        buckets=read_buckets(buckets),
        not_due=choose(_NOT_DUE, not_due, NOT_DUE),
    )


@worksheet_function(
    "AR_AGING",
    zh="账龄表：每个客户（或业务员、地区等）各账龄段的未收金额；所填客户没有未清项时为#N/A",
    en="Aging: open amounts by bucket for each customer, salesperson, region and so on",
    params=(
        Param("customer", "客户（留空为全部）", "Customer (blank for all)", "customer", optional=True, default="*"),
        AS_OF,
        BASIS,
        BUCKETS,
        BY,
        _NOT_DUE,
        Param("total", "加合计行", "Add a total row", "flag", optional=True),
    ),
    returns="table",
    examples=(
        Example(
            ("C001",),
            (("C001", "示例一", "CNY", 250000, 110000, 70000, 0, 0, 70000, -25000, 225000, 0, 0),),
        ),
        Example(
            ("C001", None, "invoice"),
            (("C001", "示例一", "CNY", 250000, 50000, 60000, 70000, 70000, -25000, 225000, 0, 0, 110000),),
        ),
    ),
    needs=("version", "policy"),
)
def aging(
    customer: Customer,
    as_of: int,
    basis: str | None = None,
    buckets: Any = None,
    by: str | None = None,
    not_due: str | None = None,
    total: bool | None = None,
    *,
    version: Version,
    policy: Mapping[str, str],
) -> Table:
    """A row per key and currency. A known customer of a range with nothing open has a row of zeros."""
    ledger = ledger_of(version)
    chosen = aging_policy(policy, basis, buckets, not_due)
    split = choose(BY, by, BYS) or "customer"
    who = asked(ledger, customer)
    report = aging_report(ledger, as_of, chosen, split)
    if who is None:
        rows: list[tuple[Any, ...]] = list(report.rows())
    elif split == "customer":
        rows = _of_customers(ledger, who, report, (as_of, chosen), in_range=isinstance(customer, list))
    else:
        rows = _added_up(who, report, lambda one: aging_report(ledger, as_of, _only(ledger, chosen, one), split))
    if not rows:
        raise no_data("没有未清项", "nothing is open")
    return shown(report, rows, total=bool(total))


def _only(ledger: Ledger, policy: AgingPolicy, customer: int) -> AgingPolicy:
    return replace(policy, filters=(("customer", ledger.customer_ids[customer]),))


def _of_customers(
    ledger: Ledger, who: Sequence[Asked], report: Table, memo: object, *, in_range: bool
) -> list[tuple[Any, ...]]:
    found = index(ledger, memo, report, "key")
    rows: list[tuple[Any, ...]] = []
    for one in who:
        if one.error is not None:
            rows.append(error_row(report, "key", one))
        if one.customer is None:
            continue
        code = ledger.customer_ids[one.customer]
        own = [record(report, row) for row in found.get(code, ())]
        if not own and in_range:
            zeros = [0] * (len(report.header) - 3)
            own = [(code, ledger.name(one.customer), ledger.base_currency, *zeros)]
        rows.extend(own)
    return rows


def _added_up(who: Iterable[Asked], report: Table, of: Callable[[int], Table]) -> list[tuple[Any, ...]]:
    """Several customers by another dimension: the rows of each added by key and currency; unknown codes come last."""
    sums: dict[tuple[str, str], list[Any]] = {}
    errors = []
    for one in who:
        if one.error is not None:
            errors.append(error_row(report, "key", one))
        for key, name, currency, *amounts in of(one.customer).rows() if one.customer is not None else ():
            so_far = sums.setdefault((key, currency), [key, name, currency, *([0] * len(amounts))])
            so_far[3:] = [before + amount for before, amount in zip(so_far[3:], amounts, strict=True)]
    return [*(tuple(sums[pair]) for pair in sorted(sums)), *errors]


def shown(
    report: Table, rows: Sequence[tuple[Any, ...]], *, total: bool, extra: Sequence[tuple[Any, ...]] = ()
) -> Table:
    """The report with the rows asked for, and a total row per currency where wanted."""
    facts = {"view": "overdue_aging"} if report.facts["by"] == "customer" else {}
    return with_rows(report, [*rows, *extra, *(_totals(rows) if total else ())], **facts)


def _totals(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """A row per currency; the rows of unknown codes have nothing to add."""
    sums: dict[str, list[int]] = {}
    for _, _, currency, *amounts in rows:
        if isinstance(currency, str):
            so_far = sums.get(currency, [0] * len(amounts))
            sums[currency] = [before + int(amount) for before, amount in zip(so_far, amounts, strict=True)]
    return [(Word("total_row"), None, currency, *amounts) for currency, amounts in sums.items()]


@worksheet_function(
    "AR_AGING_DERIVED",
    zh="余额倒推账龄（没有单据明细时用）：按期末余额、本年借方和上年各段倒推，各段之和等于余额",
    en="Aging by year from balances alone: closing balance, this year's debits, last year's buckets",
    params=(
        Param("balance", "期末余额", "Closing balance", "money"),
        Param("debits", "本年借方发生额", "Debits of this year", "money"),
        Param("last_year", "上年各段余额", "Last year's buckets", "range"),
    ),
    returns="row",
    examples=(
        Example(
            (Decimal(500000), Decimal(300000), ((Decimal(150000), Decimal(80000), Decimal(40000)),)),
            ((300000, 150000, 50000),),
        ),
        Example(
            (Decimal(100000), Decimal(300000), ((Decimal(150000), Decimal(80000), Decimal(40000)),)),
            ((100000, 0, 0),),
        ),
    ),
    needs=("policy",),
)
def aging_derived(balance: Decimal, debits: Decimal, last_year: list[list[Any]], *, policy: Mapping[str, str]) -> Table:
    """One row without a header, as many cells as last year had buckets."""
    currency = policy.get("base_currency") or "CNY"
    places = exponent(currency)
    before = [to_minor(_amount(cell), places) for row in last_year for cell in row]
    found = derive(to_minor(balance, places), to_minor(debits, places), before)
    keys = [f"y{year}-{year + 1}" for year in range(len(found) - 1)] + [f"y{len(found) - 1}+"]
    return Table(
        "aging_derived",
        tuple(keys),
        tuple([amount] for amount in found),
        ("money",) * len(found),
        facts=MappingProxyType({"currency": currency}),
    )


def _amount(cell: Any) -> Decimal:
    number = Decimal(0) if cell is None or cell == "" else read_number(cell)
    if number is None or abs(number) >= Decimal(10) ** 15:
        raise not_an_amount(cell)
    return number


def not_an_amount(cell: Any) -> FunctionError:
    """#VALUE! for a cell of a range that should be an amount."""
    text = clean_text(cell)
    return bad_value("amount_not_a_number", f"“{text}”不是金额", f"{text!r} is not an amount")
