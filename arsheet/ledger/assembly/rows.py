"""What all tables share while they are read: required cells, repeated rows, currencies, and control totals."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import eq
from types import MappingProxyType
from typing import Any

import numpy as np

from arsheet.ledger.money import exponent, round_half_up
from arsheet.table import Problem, Table, iso

BadCells = frozenset[tuple[str, int, str]]

CURRENCY_WORDS = {
    "人民币": "CNY",
    "人民币元": "CNY",
    "元": "CNY",
    "RMB": "CNY",
    "CNY": "CNY",
    "￥": "CNY",
    "¥": "CNY",
    "PRE001": "CNY",
    "美元": "USD",
    "美金": "USD",
    "US$": "USD",
    "$": "USD",
    "欧元": "EUR",
    "€": "EUR",
    "港币": "HKD",
    "港元": "HKD",
    "HK$": "HKD",
    "日元": "JPY",
    "日币": "JPY",
    "英镑": "GBP",
    "£": "GBP",
    "台币": "TWD",
    "新台币": "TWD",
    "澳元": "AUD",
    "加元": "CAD",
    "新加坡元": "SGD",
    "韩元": "KRW",
    "卢布": "RUB",
    "瑞士法郎": "CHF",
    "澳门元": "MOP",
}


UNKNOWN = "?"
"""Stands for the currency of an amount whose currency could not be read."""


def bad_cells(problems: Iterable[Problem]) -> BadCells:
    """Cells that decoding already complained of."""
    return frozenset((problem.table, problem.row, problem.column) for problem in problems if problem.row is not None)


def missing_columns(problems: Iterable[Problem]) -> frozenset[tuple[str, str]]:
    """Required columns that a table does not have."""
    return frozenset((problem.table, problem.column) for problem in problems if problem.code == "column_missing")


def currency_code(text: str | None, base: str) -> str | None:
    """The ISO code of what a cell says, the base currency for a blank, None for what is no currency."""
    if not text:
        return base
    word = str(text).strip().upper()
    word = CURRENCY_WORDS.get(word, word)
    return word if re.fullmatch(r"[A-Z]{3}", word) else None


def minor(value: Decimal, currency: str) -> tuple[int, bool]:
    """Minor units rounded half up, and whether the cell had more decimals than the currency."""
    scaled = value.scaleb(exponent(currency))
    whole = int(scaled)
    if whole == scaled:
        return whole, False
    return round_half_up(scaled), True


@dataclass(frozen=True, slots=True)
class Control:
    """The control total of one table and currency: what was read, what the ledger took, what was left out."""

    table: str
    currency: str
    rows_read: int
    read: Decimal
    rows_used: int
    used: Decimal
    rows_left_out: int
    left_out: Decimal
    unreadable: int = 0
    """Rows of the table whose amount could not be read, told once: their money is in none of the sums."""


@dataclass(slots=True)
class _Sum:
    rows: int = 0
    amount: Decimal = Decimal(0)

    def add(self, amount: Decimal) -> None:
        self.rows += 1
        self.amount += amount


@dataclass(slots=True)
class Left:
    """Keeps the control totals while tables are read, and who is left out for what."""

    bad: BadCells
    without: frozenset[tuple[str, str]] = frozenset()
    """Tables and required columns that are not there at all: told once, not in every row."""
    used: dict[tuple[str, str], _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    left: dict[tuple[str, str], _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    unreadable: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    decimals: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def take(self, table: str, currency: str, amount: Decimal) -> None:
        """A row the ledger took."""
        self.used[table, currency].add(amount)

    def take_all(self, table: str, currencies: Sequence[str], amounts: Sequence[Decimal]) -> None:
        """Rows the ledger took."""
        for currency in set(currencies):
            mine = amounts
            if currencies.count(currency) < len(amounts):
                mine = [amount for amount, own in zip(amounts, currencies, strict=True) if own == currency]
            total = self.used[table, currency]
            total.rows += len(mine)
            total.amount = sum(mine, total.amount)

    def leave(self, table: str, currency: str, amount: Decimal | None) -> None:
        """A row left out; None when its amount could not be read."""
        if amount is None:
            self.unreadable[table] += 1
        else:
            self.left[table, currency].add(amount)

    def missing(self, found: list[Problem], table: Table, row: int, column: str, code: str) -> None:
        """Complains of a blank required cell, unless decoding has complained of that cell."""
        if (table.name, row, column) not in self.bad and (table.name, column) not in self.without:
            found.append(Problem(code, table.name, row, column, {"row": _shown(table, row)}))

    def unreadable_cell(self, table: str, row: int, *columns: str) -> bool:
        """Whether decoding could not read one of these cells: what stands there is not known."""
        return any((table, row, column) in self.bad for column in columns)

    def rounded(self, table: str, row: int) -> None:
        """Notes an amount with more decimals than its currency has."""
        self.decimals[table].append(row)

    def complain(self, found: list[Problem]) -> None:
        """One problem per table whose amounts were rounded."""
        for table, rows in self.decimals.items():
            found.append(
                Problem("amount_has_more_decimals_than_currency", table, rows[0], "amount", {"count": len(rows)})
            )

    @property
    def controls(self) -> tuple[Control, ...]:
        """The control totals so far."""
        named = {table for table, _ in (*self.used, *self.left)}
        keys = sorted({*self.used, *self.left, *((table, "") for table in self.unreadable if table not in named)})
        unreadable = dict(self.unreadable)
        out = []
        for table, currency in keys:
            used, left = self.used[table, currency], self.left[table, currency]
            out.append(
                Control(
                    table,
                    currency,
                    used.rows + left.rows,
                    used.amount + left.amount,
                    used.rows,
                    used.amount,
                    left.rows,
                    left.amount,
                    unreadable.pop(table, 0),
                )
            )
        return tuple(out)


def optional(table: Table, key: str) -> Sequence[Any]:
    """A column, all None where the table has none."""
    return table.column(key) if key in table else [None] * len(table)


@dataclass(slots=True)
class Standing:
    """The records of a table that the ledger takes, by row; ``rows`` are their rows in the table.

    Amounts are signed minor units; ``codes`` tells the record of each number.
    """

    rows: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    dates: list[int] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)
    table: Table | None = None

    def add(self, row: int, number: str, customer: str, day: int, amount: int, kind: int, currency: str) -> None:
        """One more record."""
        self.codes[number] = len(self.ids)
        self.rows.append(row)
        self.ids.append(number)
        self.customers.append(customer)
        self.dates.append(day)
        self.amounts.append(amount)
        self.kinds.append(kind)
        self.currencies.append(currency)

    def add_all(self, cells: Cells, plain: Any, amounts: Any, kinds: Any, sure: Sure, left: Left) -> None:
        """The records of the ``plain`` rows, beside those that were added one by one: all in the order of their rows.

        ``plain`` is a bool, ``amounts`` signed minor units and ``kinds`` a code per row of the table.
        """
        rows: list[int] = np.flatnonzero(plain).tolist()
        taken = [[cells[key][row] for row in rows] for key in sure.keys]
        currencies = [sure.currencies[row] or "" for row in rows]
        left.take_all(cells.table.name, currencies, [cells["amount"][row] for row in rows])
        columns: list[list[Any]] = [rows, *taken, amounts[plain].tolist(), kinds[plain].tolist(), currencies]
        if self.rows:
            mine: tuple[list[Any], ...] = (self.rows, self.ids, self.customers, self.dates)
            mine += (self.amounts, self.kinds, self.currencies)
            both = [[*old, *new] for old, new in zip(mine, columns, strict=True)]
            order = sorted(range(len(both[0])), key=both[0].__getitem__)
            columns = [[column[at] for at in order] for column in both]
        self.rows, self.ids, self.customers, self.dates, self.amounts, self.kinds, self.currencies = columns
        self.codes = dict(zip(self.ids, range(len(self.ids)), strict=True))

    def cells(self, key: str) -> list[object]:
        """A column of the table for the records that stand."""
        if self.table is None:
            return []
        values = optional(self.table, key)
        return list(values) if len(self.rows) == len(values) else [values[row] for row in self.rows]


class Cells(dict[str, Sequence[Any]]):
    """The columns of a table by key, each fetched once; all None where the table has none."""

    def __init__(self, table: Table):
        super().__init__()
        self.table = table

    def __missing__(self, key: str) -> Sequence[Any]:
        self[key] = found = optional(self.table, key)
        return found


@dataclass(frozen=True, slots=True)
class Sure:
    """Which rows of a table hold all that a record needs, with nothing to be said about it.

    ``sure``: bool per row; ``minor``: int64 minor units, 0 where not sure; ``currencies``: ISO codes, None for no
    currency; ``keys``: the columns of number, customer and day.
    """

    sure: Any
    minor: Any
    currencies: Sequence[str | None]
    keys: tuple[str, str, str]


def sure_rows(cells: Cells, keys: tuple[str, str, str], base: str, keep: Sequence[bool], left: Left) -> Sure:
    """The rows with a number, a customer, a day, a currency and an amount of no more decimals than that currency."""
    codes = {text: currency_code(text, base) for text in set(cells["currency"])}
    currencies = [codes[text] for text in cells["currency"]]
    sure = np.array(keep, bool) & present(currencies)
    for key in keys:
        sure &= present(cells[key])
    sure[bad_rows(left, cells.table.name, "currency")] = False
    whole, exact = minors(cells["amount"], currencies)
    return Sure(sure & exact & present(cells["amount"]), whole, currencies, keys)


def present(column: Sequence[Any]) -> Any:
    """Which cells are not blank, as bools."""
    if None not in column:
        return np.ones(len(column), bool)
    return np.array([value is not None for value in column], bool)


def bad_rows(left: Left, table: str, *columns: str) -> list[int]:
    """The rows of a table of which decoding could not read one of these cells."""
    return [row for name, row, column in left.bad if name == table and column in columns]


def minors(amounts: Sequence[Decimal | None], currencies: Sequence[str | None]) -> tuple[Any, Any]:
    """As ``minor``, for a column: int64 minor units, 0 for a blank, and whether each needed no rounding."""
    places = {currency: Decimal(exponent(currency or "")) for currency in set(currencies)}
    values = [_ZERO if amount is None else amount for amount in amounts]
    scaled = list(map(Decimal.scaleb, values, map(places.__getitem__, currencies)))
    whole = list(map(int, scaled))
    exact = np.fromiter(map(eq, whole, scaled), bool, len(whole))
    if not exact.all():
        whole = [value if good else 0 for value, good in zip(whole, exact.tolist(), strict=True)]
    return np.array(whole, np.int64), exact


_ZERO = Decimal(0)


def first_of_each(
    table: Table,
    key: str,
    same: tuple[str, ...],
    noun: str,
    found: list[Problem],
    codes: Mapping[str, str] = MappingProxyType({}),
) -> list[bool]:
    """Which rows stand: the first of each key. A later one alike in ``same`` is NOUN_repeated.

    Otherwise it is the code that ``codes`` has for the first column that differs, in their order, else
    NOUN_exists_with_different_values.
    """
    keep = [True] * len(table)
    if len(set(table.column(key))) == len(table):
        return keep
    first: dict[str, int] = {}
    columns = {name: optional(table, name) for name in same}
    for row, text in enumerate(table.column(key)):
        if text is None:
            continue
        earlier = first.setdefault(text, row)
        if earlier == row:
            continue
        keep[row] = False
        differs = [name for name, values in columns.items() if values[row] != values[earlier]]
        facts = {
            "id": text,
            "first_row": earlier,
            "first": {name: columns[name][earlier] for name in differs},
            "this": {name: columns[name][row] for name in differs},
        }
        code = f"{noun}_repeated"
        if differs:
            code = next((codes[name] for name in codes if name in differs), f"{noun}_exists_with_different_values")
        found.append(Problem(code, table.name, row, differs[0] if differs else key, facts))
    return keep


def _shown(table: Table, row: int) -> dict[str, str]:
    """A few cells that let a person recognise the row."""
    days = {key for key, kind in zip(table.header, table.kinds, strict=False) if kind == "day"}
    shown: dict[str, str] = {}
    for key, column in zip(table.header, table.columns, strict=True):
        if column[row] is not None and len(shown) < 4:
            value = column[row]
            shown[key] = iso(value) if key in days and isinstance(value, int) else str(value)
    return shown
