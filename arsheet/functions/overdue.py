"""Worksheet functions on what is overdue: the amount, the oldest days, the amount of one bucket."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from arsheet.functions.aging import aging_policy
from arsheet.functions.asking import AS_OF, BASIS, CURRENCY, CUSTOMER, Customer, ledger_of
from arsheet.functions.balance import read_currency
from arsheet.functions.each import each, money_of_all, money_of_customers
from arsheet.functions.registry import Example, FunctionError, Param, Version, bad_value, worksheet_function
from arsheet.ledger.aging import AgingPolicy, age
from arsheet.ledger.balance import figures, overdue_by
from arsheet.ledger.store import Ledger
from arsheet.schema.cells import clean_text
from arsheet.schema.words import label

_MIN_DAYS = Param("min_days", "至少逾期天数", "At least so many days", "number", optional=True, default=1)


def _days(value: Any) -> int:
    number = Decimal(value)
    if number != number.to_integral_value() or not 1 <= number <= 36_500:
        raise bad_value(
            "min_days_not_a_whole_number",
            f"至少逾期天数“{value}”应为1以上的整数",
            f"The least days past due must be a whole number from 1, not {value}",
        )
    return int(number)


@worksheet_function(
    "AR_OVERDUE",
    zh="逾期金额：逾期至少若干天（默认1天）的未收金额合计；没有逾期为0",
    en="The overdue amount: what is open and past due by at least so many days (1 by default); 0 if nothing is",
    params=(CUSTOMER, AS_OF, _MIN_DAYS, CURRENCY),
    returns="scalar",
    examples=(
        Example(("C001",), Decimal("140000.00")),
        Example(("C001", None, 31), Decimal("70000.00")),
        Example(("C003",), Decimal("0.00")),
    ),
    needs=("version",),
)
def overdue(customer: Customer, as_of: int, min_days: Any = 1, currency: str | None = None, *, version: Version) -> Any:
    """A Decimal with the currency's decimals; due today is not overdue."""
    ledger, least = ledger_of(version), _days(min_days)
    code = None if currency is None else read_currency(currency)
    amounts = overdue_by(ledger, as_of, least)
    return each(
        ledger,
        customer,
        lambda: money_of_all(ledger, amounts, amounts != 0, code),
        lambda: ledger.memo(
            ("overdue_of", as_of, least, code), lambda: money_of_customers(ledger, amounts, amounts != 0, code)
        ),
    )


@worksheet_function(
    "AR_OLDEST_DAYS",
    zh="最长逾期天数：最早到期的未收单据逾期了多少天；没有逾期为0",
    en="Days past due of the oldest open item; 0 if nothing is overdue",
    params=(CUSTOMER, AS_OF, _MIN_DAYS),
    returns="scalar",
    examples=(Example(("C001",), 92), Example(("C002",), 11), Example(("C003",), 0)),
    needs=("version",),
)
def oldest_days(customer: Customer, as_of: int, min_days: Any = 1, *, version: Version) -> Any:
    """A whole number over all currencies; 0 where the oldest item is late by fewer than ``min_days``."""
    ledger, least = ledger_of(version), _days(min_days)

    def answers() -> list[int]:
        out = np.zeros(len(ledger.customer_ids), np.int64)
        np.maximum.at(out, ledger.accounts.customer, figures(ledger, as_of)["oldest_days"])
        days: list[int] = np.where(out >= least, out, 0).tolist()
        return days

    def of_customers() -> list[int]:
        return ledger.memo(("oldest_of", as_of, least), answers)

    return each(ledger, customer, lambda: max(of_customers(), default=0), of_customers)


@worksheet_function(
    "AR_AGING_BUCKET",
    zh="一个账龄段的金额；bucket写段名，如 1-30、91+、未到期，或按年的 1年以内",
    en="The amount in one bucket, named as in the aging: 1-30, 91+, not_due, or y0-1 by year",
    params=(CUSTOMER, Param("bucket", "账龄段", "Bucket", "text"), AS_OF, BASIS, CURRENCY),
    returns="scalar",
    examples=(
        Example(("C001", "1-30"), Decimal("70000.00")),
        Example(("C001", "未到期"), Decimal("110000.00")),
        Example(("C001", "1年以内", None, "invoice"), Decimal("250000.00")),
    ),
    needs=("version", "policy"),
)
def aging_bucket(
    customer: Customer,
    bucket: str,
    as_of: int,
    basis: str | None = None,
    currency: str | None = None,
    *,
    version: Version,
    policy: Mapping[str, str],
) -> Any:
    """What the column of that bucket in AR_AGING shows; #VALUE! names the buckets there are."""
    ledger = ledger_of(version)
    chosen, at = _bucket(ledger, as_of, policy, basis, bucket)
    code = None if currency is None else read_currency(currency)
    amounts = age(ledger, as_of, chosen).matrix[:, at]
    return each(
        ledger,
        customer,
        lambda: money_of_all(ledger, amounts, amounts != 0, code),
        lambda: ledger.memo(
            ("bucket_of", as_of, chosen, at, code),
            lambda: money_of_customers(ledger, amounts, amounts != 0, code),
        ),
    )


def _bucket(
    ledger: Ledger, as_of: int, settings: Mapping[str, str], basis: str | None, text: str
) -> tuple[AgingPolicy, int]:
    """The policy whose buckets have the one named (the book's, else years), and its place among them."""
    known: list[str] = []
    for buckets in (None, "years"):
        chosen = aging_policy(settings, basis, buckets)
        keys = age(ledger, as_of, chosen).buckets.keys
        for at, key in enumerate(keys):
            if _fold(text) in {_fold(key), _fold(label(key, "zh")), _fold(label(key, "en"))}:
                return chosen, at
        known += [f"{key}（{label(key, 'zh')}）" for key in keys]
    raise _unknown(text, known)


def _unknown(text: str, known: list[str]) -> FunctionError:
    names = ", ".join(name.partition("（")[0] for name in known)
    return bad_value(
        "bucket_is_unknown",
        f"没有账龄段“{text}”；可用：{'、'.join(known)}",
        f"There is no bucket {text!r}; use one of {names}",
    )


def _fold(text: str) -> str:
    """Without blanks and the word for days, so that 1-30, 1-30天 and 1 - 30 days are one."""
    folded = clean_text(text).casefold().replace(" ", "").replace("days", "").removesuffix("天")
    return folded.replace("天以上", "+").replace("－", "-").replace("–", "-")
