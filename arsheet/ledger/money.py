"""Money as int minor units: exact readings of what a cell or a person wrote, and rounding half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

EXPONENTS = {
    **dict.fromkeys(("JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF", "RWF", "KMF", "GNF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of the currencies that do not have two (ISO 4217)."""


def exponent(currency: str) -> int:
    """Decimals of a currency: 2 unless ISO 4217 says otherwise."""
    return EXPONENTS.get(currency, 2)


def exact(value: int | float | str | Decimal) -> Decimal:
    """The number as written: a float at 15 significant digits, which is what a spreadsheet holds and shows."""
    if isinstance(value, float):
        value = f"{value:.15g}"
    return Decimal(value)


def round_half_up(value: Decimal) -> int:
    """To the nearest integer, halves away from zero (四舍五入)."""
    return int(value.to_integral_value(ROUND_HALF_UP))


def to_minor(value: int | float | str | Decimal, places: int = 2) -> int:
    """An amount in minor units, rounded half up. InvalidOperation when it is no finite number."""
    number = exact(value)
    if not number.is_finite():
        raise InvalidOperation(f"not a finite number: {value!r}")
    return round_half_up(number.scaleb(places))


def to_decimal(minor: int, places: int = 2) -> Decimal:
    """Minor units as an exact amount with the currency's decimals."""
    return Decimal(int(minor)).scaleb(-places)


def multiply(minor: int, rate: Decimal) -> int:
    """minor x rate, rounded half up once."""
    return round_half_up(Decimal(int(minor)) * rate)


def format_amount(minor: int, places: int = 2) -> str:
    """With thousands separators, for people: 1,234.56."""
    return f"{to_decimal(minor, places):,.{places}f}"
