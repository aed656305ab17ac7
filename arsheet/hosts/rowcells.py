"""Many rows as the cells of a sheet's XML: column by column, each kind of value in the quickest way it can be written.

Every cell comes out as ``cells.encode`` writes it; what this module has no quick way for, that one writes.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arsheet.hosts.cells import EPOCH_1900, MAX_TEXT, encode, needs_escape, serial

_LETTER = re.compile("[A-Za-z]")
BLOCK = 1_024
"""Rows written at a time: what they need stays in the processor's cache, and never adds to the peak of memory."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the values of one column go: the letter of the sheet's column and the style, "" or ' s="3"'."""

    letter: str
    style: str


def encode_rows(
    rows: Sequence[Sequence[Any]], targets: Sequence[Target], first: int, epoch: int = EPOCH_1900
) -> Iterator[tuple[str, ...]]:
    """The cells of each row, in the order of ``targets``; ``first`` is the number of the first row on the sheet.

    Raises ValueError for a row of another length, WorkbookError ``value_not_writable`` or ``text_too_long``.
    """
    days: dict[dt.date, str | None] = {}
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        if any(len(row) != len(targets) for row in block):
            raise ValueError(
                f"{len(targets)} columns, a row of {next(len(r) for r in block if len(r) != len(targets))}"
            )
        numbers = [str(number) for number in range(first + start, first + start + len(block))]
        columns = [
            _column(values, target, numbers, epoch, days)
            for values, target in zip(zip(*block, strict=True), targets, strict=True)
        ]
        yield from zip(*columns, strict=True)


def _column(
    values: Sequence[Any], target: Target, numbers: Sequence[str], epoch: int, days: dict[dt.date, str | None]
) -> list[str]:
    letter, style = target.letter, target.style
    kinds = set(map(type, values))
    blanks = type(None) in kinds
    kinds.discard(type(None))
    there = [value for value in values if value is not None] if blanks else values
    texts = _QUICK[kinds.pop()](there, epoch, days) if len(kinds) == 1 and kinds <= _QUICK.keys() else None
    if texts is None:
        return [encode(value, letter + row, style, epoch) for value, row in zip(values, numbers, strict=True)]
    head = f'<c r="{letter}'
    if type(there[0]) is str:
        mid, tail = f'"{style} t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
    else:
        mid, tail = f'"{style}><v>', "</v></c>"
    if not blanks:
        return [f"{head}{row}{mid}{text}{tail}" for row, text in zip(numbers, texts, strict=True)]
    empty, rest = '"' + style + "/>", iter(texts)
    return [
        f"{head}{row}{mid}{next(rest)}{tail}" if value is not None else f"{head}{row}{empty}" if style else ""
        for row, value in zip(numbers, values, strict=True)
    ]


def _texts(values: Sequence[str], *_: Any) -> Sequence[str] | None:
    """Plain texts as they are, unless one is empty, too long, or must be escaped."""
    longest, shortest = max(map(len, values)), min(map(len, values))
    return None if not shortest or longest > MAX_TEXT or needs_escape("\n".join(values)) else values


def _floats(values: Sequence[float], *_: Any) -> Sequence[str] | None:
    return list(map(repr, values)) if all(map(math.isfinite, values)) else None


def _integers(values: Sequence[int], *_: Any) -> Sequence[str] | None:
    return list(map(str, values))


def _decimals(values: Sequence[Decimal], *_: Any) -> Sequence[str] | None:
    """As they stand, unless one has an exponent, or is no number."""
    texts = list(map(str, values))
    return None if _LETTER.search("".join(texts)) else texts


def _dates(values: Sequence[dt.date], epoch: int, days: dict[dt.date, str | None]) -> Sequence[str] | None:
    """Days counted once each, unless a spreadsheet has no such day."""
    for day in set(values) - days.keys():
        days[day] = serial(day, epoch)
    texts = [days[day] for day in values]
    return None if None in texts else texts  # type: ignore[return-value]


_QUICK: dict[type, Callable[..., Sequence[str] | None]] = {
    str: _texts, float: _floats, int: _integers, Decimal: _decimals, dt.date: _dates
}  # fmt: skip
