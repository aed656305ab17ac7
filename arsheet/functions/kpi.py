"""Worksheet function on days sales outstanding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from arsheet.functions.aging import BYS
from arsheet.functions.asking import AS_OF, BY, choose, find, ledger_of
from arsheet.functions.credit import rate_missing
from arsheet.functions.registry import Example, FunctionError, Param, Version, bad_value, not_available
from arsheet.functions.registry import worksheet_function as declare
from arsheet.ledger.kpi import Dso, dso
from arsheet.ledger.store import Ledger
from arsheet.schema.settings import BY_KEY

_METHOD = Param("method", "算法", "Method", "text", optional=True)
_MONTHS = Param("months", "月数", "Months", "number", optional=True, default=3)
_FILTER = Param("filter", "只看（口径=值）", "Only (dimension=value)", "text", optional=True)
_PLACES = Decimal("0.01")


@declare(
    "AR_DSO",
    zh="应收周转天数：classic 应收÷销售额×天数，countback 逐月倒扣，best 只算未到期；默认最近3个月",
    en="Days sales outstanding: classic, countback or best; over the last 3 months unless months says otherwise",
    params=(AS_OF, _METHOD, _MONTHS, _FILTER),
    returns="scalar",
    examples=(
        Example((None, "classic", None, "customer=C001"), Decimal("113.75")),
        Example((None, "best", None, "客户=C001"), Decimal("55.61")),
    ),
    needs=("version", "policy"),
)
def dso_of(
    as_of: int,
    method: str | None = None,
    months: Any = 3,
    only: str | None = None,
    *,
    version: Version,
    policy: Mapping[str, str],
) -> Decimal:
    """Days with two decimals; #N/A where there are no sales (0 if the setting says so)."""
    ledger = ledger_of(version)
    way = choose(_METHOD, method, BY_KEY["dso_method"].choices) or policy.get("dso_method") or "classic"
    found = dso(ledger, as_of, way, _whole(months), _filters(ledger, only))
    if found.days is None:
        if found.reason == "no_sales" and policy.get("dso_no_sales") == "zero":
            return Decimal(0)
        raise _reason(ledger, as_of, found)
    return found.days.quantize(_PLACES, ROUND_HALF_UP)


def _whole(months: Any) -> int:
    number = Decimal(months)
    if number != number.to_integral_value() or not 1 <= number <= 60:
        raise bad_value(
            "months_not_between_1_and_60",
            f"月数应为1到60的整数，不是{months}",
            f"The months must be a whole number from 1 to 60, not {months}",
        )
    return int(number)


def _filters(ledger: Ledger, text: str | None) -> dict[str, str]:
    if text is None:
        return {}
    name, equals, value = re.sub("＝", "=", text).partition("=")
    if not equals or not value.strip():
        raise bad_value(
            "filter_not_understood",
            f"“{text}”看不懂；请写成 口径=值，如 业务员=王芳",
            f"{text!r} is not understood; write dimension=value, such as salesperson=Li",
        )
    by = choose(BY, name.strip(), BYS) or "customer"
    value = value.strip()
    return {by: ledger.customer_ids[find(ledger, value)] if by == "customer" else value}


def _reason(ledger: Ledger, as_of: int, found: Dso) -> FunctionError:
    if found.reason == "rate_missing":
        return rate_missing(ledger, as_of)
    if found.reason == "beyond_history":
        return not_available(
            "dso_beyond_history",
            f"超过{found.period}天：连续有销售额的月份不足以抵完应收",
            f"Over {found.period} days: the months with sales do not use up the receivables",
        )
    return not_available("no_sales", "期间没有销售额，没有周转天数", "There are no sales in the period, so no DSO")
