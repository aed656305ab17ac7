"""Numbers written in decimal, many at once: eight digits of a value lie in one machine word."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_KEPT = np.array([((1 << 8 * count) - 1) << (64 - 8 * count) for count in range(9)], np.uint64)
"""Masks of the last ``count`` characters of a word."""
_POWERS = 10.0 ** np.arange(17)
_EXACT = 1 << 53


def _all(byte: int) -> Any:
    return np.uint64(byte * 0x0101010101010101)


_ZEROS, _DOTS, _ONES, _TOPS = _all(0x30), _all(0x2E), _all(1), _all(0x80)
_HIGH, _SIX, _THREES = _all(0xF0), _all(6), _all(0x33)
_PLACES = np.uint64(0x0706050403020100)
_ONE, _FOUR, _SEVEN, _EIGHT = (np.uint64(shift) for shift in (1, 4, 7, 8))
_LAST = np.uint64(56)


class Unusual(LookupError):
    """The part is written in a way that is left to calamine: no refusal."""


def words(data: bytes) -> Any:
    """The word of eight bytes that begins at each place, the first character in its lowest byte."""
    return np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))


def gathered(data: Any, starts: Any, ends: Any) -> bytes:
    """The bytes from each start up to and with its end, one after the other. ``data`` is an array of bytes."""
    lengths = ends - starts + 1
    before = np.cumsum(lengths) - lengths
    return bytes(data[np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)])


def numbers_of(data: bytes, word: Any, starts: Any, ends: Any) -> Any:
    """float64 of the numbers between each start and end, each the nearest to what is written.

    Up to 15 digits are an integer below 2**53 divided by an exact power of ten, which rounds once; others go through
    ``float``. Raises Unusual for what is no number. At least 16 bytes stand before the first end.
    """
    minus = np.frombuffer(data, np.uint8)[starts] == 45
    length = ends - starts - minus
    lower = _filled(word[ends - 8], length)
    upper = _filled(word[ends - 16], length - 8) if length.max(initial=0) > 8 else np.full(length.size, _ZEROS)
    upper, lower, places = _without_dot(upper, lower)
    whole = _value(upper) * np.uint64(100_000_000) + _value(lower)
    plain = (length <= 16) & (length - (places >= 0) >= 1) & _is_digits(upper) & _is_digits(lower)
    plain &= whole < _EXACT
    numbers = whole.astype(np.float64) / _POWERS[np.maximum(places, 0)]
    np.negative(numbers, out=numbers, where=minus)
    odd = np.flatnonzero(~plain)
    if odd.size:
        written = [data[a:b] for a, b in zip(starts[odd].tolist(), ends[odd].tolist(), strict=True)]
        if not all(map(_NUMBER.fullmatch, written)):
            raise Unusual("number")
        numbers[odd] = list(map(float, written))
    return numbers


def _filled(word: Any, count: Any) -> Any:
    """The last ``count`` characters, with zeros before them."""
    return (word ^ _ZEROS) & _KEPT[np.clip(count, 0, 8)] ^ _ZEROS


def _without_dot(upper: Any, lower: Any) -> tuple[Any, Any, Any]:
    """Sixteen characters without their point, and the number of decimals, -1 without a point."""
    below, above = _dot(lower), _dot(upper)
    has_below, has_above = below != 0, above != 0
    over = ~((below << _ONE) - _ONE)
    under = (below >> _SEVEN) - _ONE
    moved = lower & over | (lower & under) << _EIGHT | upper >> _LAST
    new_lower = np.where(has_below, moved, lower)
    new_upper = np.where(has_below, upper << _EIGHT | np.uint64(0x30), upper)
    places = np.where(has_below, ((below >> _SEVEN) * _PLACES >> _LAST).astype(np.int64), -1)
    only = has_above & ~has_below
    if only.any():
        over, under = ~((above << _ONE) - _ONE), (above >> _SEVEN) - _ONE
        new_upper = np.where(only, upper & over | (upper & under) << _EIGHT | np.uint64(0x30), new_upper)
        places = np.where(only, ((above >> _SEVEN) * _PLACES >> _LAST).astype(np.int64) + 8, places)
    return new_upper, new_lower, places


def _dot(word: Any) -> Any:
    """The top bit of the first byte that is a point, 0 without one."""
    differs = word ^ _DOTS
    flags = (differs - _ONES) & ~differs & _TOPS
    return flags & (~flags + _ONE)


def _is_digits(word: Any) -> Any:
    return (word & _HIGH | ((word + _SIX) & _HIGH) >> _FOUR) == _THREES


def _value(word: Any) -> Any:
    word = (word & _all(0x0F)) * np.uint64(2561) >> _EIGHT
    word = (word & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601) >> np.uint64(16)
    return (word & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001) >> np.uint64(32)
