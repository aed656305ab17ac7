"""Worksheet function for amounts in Chinese capitals."""

from __future__ import annotations

from decimal import Decimal

from arsheet.functions.registry import Example, Param, bad_value, worksheet_function
from arsheet.functions.terms import AMOUNT, minor
from arsheet.ledger.words import UNITS, amount_in_words


@worksheet_function(
    "AR_AMOUNT_CN",
    zh="大写金额",
    en="An amount in Chinese capitals, as bills and vouchers need it",
    params=(AMOUNT, Param("currency", "币种", "Currency", "text", optional=True, default="CNY")),
    returns="scalar",
    examples=(
        Example((Decimal("1409.50"),), "壹仟肆佰零玖元伍角"),
        Example((Decimal("-100"),), "负壹佰元整"),
        Example((Decimal("6007.14"), "USD"), "陆仟零柒美元壹角肆分"),
    ),
)
def amount_cn(amount: Decimal, currency: str | None = None) -> str:
    """Rounded half up to the currency's decimals; #VALUE! for a currency without a Chinese unit."""
    code = (currency or "CNY").strip().upper()
    if code not in UNITS:
        known = ", ".join(UNITS)
        raise bad_value(
            "currency_has_no_chinese_unit",
            f"币种“{code}”没有大写单位，可用：{known}",
            f"The currency “{code}” has no Chinese unit here; known: {known}",
        )
    return amount_in_words(minor(amount, code), code)
