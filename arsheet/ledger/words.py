"""Amounts and dates as bills and vouchers must write them in Chinese (支付结算办法附一, the PBOC's rules)."""

from __future__ import annotations

from arsheet.ledger.money import exponent
from arsheet.table import from_day

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
UNITS = {
    "CNY": ("人民币", "元"),
    "USD": ("美元", "美元"),
    "EUR": ("欧元", "欧元"),
    "HKD": ("港币", "港元"),
    "JPY": ("日元", "日元"),
    "GBP": ("英镑", "英镑"),
    "AUD": ("澳元", "澳元"),
    "CAD": ("加元", "加元"),
    "SGD": ("新加坡元", "新加坡元"),
    "CHF": ("瑞士法郎", "瑞士法郎"),
    "KRW": ("韩元", "韩元"),
    "TWD": ("新台币", "新台币元"),
    "MOP": ("澳门币", "澳门元"),
    "NZD": ("新西兰元", "新西兰元"),
    "THB": ("泰铢", "泰铢"),
    "RUB": ("卢布", "卢布"),
    "MYR": ("林吉特", "林吉特"),
    "VND": ("越南盾", "越南盾"),
    "INR": ("印度卢比", "印度卢比"),
    "KWD": ("科威特第纳尔", "科威特第纳尔"),
}
"""Currency -> its name as a prefix, and the unit behind the number where no prefix is written."""


def amount_in_words(minor: int, currency: str = "CNY", *, prefix: bool = False) -> str:
    """大写金额 of minor units: 140950 -> 壹仟肆佰零玖元伍角. ValueError for a currency without a Chinese name here.

    整 ends an amount that is whole to 元, and never follows 角 or 分. A zero inside is one 零; the zero of 元 before 角
    is written (元零叁角), that of 万 before 仟 is not, as in the rules' printed examples. 负 goes before the number.
    With ``prefix`` the currency's name leads and the unit is 元, with no gap: 人民币壹佰元整, 美元壹佰元整.
    """
    if currency not in UNITS:
        raise ValueError(f"no Chinese unit for the currency {currency!r}; known: {', '.join(UNITS)}")
    name, unit = UNITS[currency]
    if prefix and unit.endswith("元"):
        unit = "元"
    places = exponent(currency)
    whole, fraction = divmod(abs(minor), 10**places)
    sign = "负" if minor < 0 else ""
    return f"{name if prefix else ''}{sign}{_joined(whole, f'{fraction:0{places}d}' if places else '', unit)}"


def _joined(whole: int, fraction: str, unit: str) -> str:
    digits = [int(digit) for digit in fraction]
    if not any(digits):
        return f"{number_in_words(whole)}{unit}整"
    tail = ""
    gap = bool(whole) and (not digits[0] or whole % 10 == 0)
    for digit, name in zip(digits, "角分厘", strict=False):
        if digit:
            tail += ("零" if gap else "") + DIGITS[digit] + name
        gap = not digit and bool(whole or tail)
    return f"{number_in_words(whole)}{unit}{tail}" if whole else tail


def number_in_words(number: int) -> str:
    """A whole number >= 0 in 大写 without a unit; 拾 always with its 壹: 10 -> 壹拾, 10**12 -> 壹万亿."""
    if number == 0:
        return DIGITS[0]
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return f"{number_in_words(high)}{name}{gap}{number_in_words(low) if low else ''}"
    return _group(number)


def _group(number: int) -> str:
    """1-9999; one 零 for zeros between digits."""
    text, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + _PLACES[power]
        gap = not digit
    return text


def date_in_words(day: int) -> str:
    """The date of a bill: 2025-01-15 -> 贰零贰伍年零壹月壹拾伍日.

    Months 1, 2 and 10 and days 1-9, 10, 20 and 30 lead with 零, days 11-19 with 壹, so that nothing can be added.
    """
    date = from_day(day)
    year = "".join(DIGITS[int(digit)] for digit in f"{date.year:04d}")
    month = ("零" if date.month in (1, 2, 10) else "") + number_in_words(date.month)
    zero = date.day < 10 or date.day % 10 == 0
    return f"{year}年{month}月{'零' if zero else ''}{number_in_words(date.day)}日"
