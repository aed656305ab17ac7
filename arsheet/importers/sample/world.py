"""What the parts of the sample share: its random numbers, its rows so far, and cells as people type them."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from arsheet.schema.tables import TABLES

Cell = str | int | float | dt.date | None
Row = dict[str, Cell]


@dataclass(slots=True)
class Customer:
    """A customer and how it behaves: ``payer`` is good, slow or bad."""

    id: str
    name: str
    payer: str
    weight: float
    currency: str
    terms: str
    salesperson: str
    department: str
    row: Row
    bank_account: str


@dataclass(slots=True)
class Claim:
    """A part of a document with its own due date; ``pays_on`` is when the customer means to pay it, None = not at all.

    ``rest`` is what is not settled yet by anything applied so far, in cents.
    """

    document: Document
    sequence: int
    due: dt.date | None
    cents: int
    rest: int
    pays_on: dt.date | None = None


@dataclass(slots=True)
class Document:
    """A document that stands; amounts in cents, credit notes negative."""

    number: str
    customer: Customer
    day: dt.date
    cents: int
    currency: str
    kind: str
    row: Row
    claims: list[Claim] = field(default_factory=list)
    names_sequence: bool = False
    credited_on: dt.date | None = None


@dataclass(slots=True)
class World:
    """The sample while it grows."""

    rng: random.Random
    language: str
    as_of: dt.date
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    customers: list[Customer] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    planted: dict[str, int] = field(default_factory=dict)
    accountants: list[str] = field(default_factory=list)
    managers: list[str] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    usd: float = 7.15

    def say(self, pair: Sequence[str]) -> str:
        """The zh or en of a pair of words."""
        return pair[0] if self.language == "zh" else pair[1]

    def word(self, table: str, column: str, key: str) -> str:
        """A choice in the language's words."""
        for choice in TABLES[table].column(column).choices:
            if choice.key == key:
                return choice.word(self.language)
        raise KeyError(f"{table}.{column} has no choice {key!r}")

    def number(self, prefix_zh: str, prefix_en: str, day: dt.date, width: int = 5) -> str:
        """The next number of a series that begins anew each month."""
        prefix = f"{prefix_zh if self.language == 'zh' else prefix_en}{day:%y%m}"
        self.counters[prefix] = self.counters.get(prefix, 0) + 1
        return f"{prefix}{self.counters[prefix]:0{width}d}"

    def days(self, low: int, high: int) -> dt.timedelta:
        """A number of days between two bounds, both included."""
        return dt.timedelta(self.rng.randint(low, high))

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.rng.random() < probability

    def weighted(self, pairs: Sequence[tuple[Any, int]]) -> Any:
        """One of the values, by its weight."""
        return self.rng.choices([value for value, _ in pairs], [weight for _, weight in pairs])[0]

    def money(self, cents: int, currency: str = "CNY", *, plain: bool = False) -> Cell:
        """An amount as a cell: nearly always a number, now and then a text with separators."""
        value = cents / 100
        if plain or not self.chance(0.012):
            return int(value) if cents % 100 == 0 else value
        sign = "-" if cents < 0 else ""
        text = f"{abs(value):,.2f}"
        if currency != "CNY" or self.chance(0.5):
            return sign + text
        return f"{sign}￥{text}" if self.chance(0.7) else f"{sign}{text}元"

    def date(self, day: dt.date) -> Cell:
        """A date as a cell: nearly always a date, now and then a text in one of the usual spellings."""
        if not self.chance(0.02):
            return day
        return self.rng.choice((f"{day:%Y/%m/%d}", f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%Y.%m.%d}", _zh(day)))

    def note(self, code: str, count: int = 1) -> None:
        """Records that so many problems of a code were planted."""
        self.planted[code] = self.planted.get(code, 0) + count


def _zh(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def workday(day: dt.date) -> dt.date:
    """The day itself, or the Friday before a weekend."""
    return day - dt.timedelta(max(0, day.weekday() - 4))
