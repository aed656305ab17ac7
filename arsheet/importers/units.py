"""The unit and the currency that a file states for its amounts: in titles, in headers, or in a column of units.

Decided 2026-11-22: amounts in 万元 and the like are multiplied out exactly and it is said with the sums before and
after, rather than refused, for a person who is sent back to retype them makes worse mistakes than 10,000 × does. Where
a file says two things the rows are left out, for no one can know which of them is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from arsheet.importers.working import Draft
from arsheet.schema.cells import clean, read_number
from arsheet.schema.headers import normalise
from arsheet.schema.units import Unit, header_unit, is_measure, read_unit, stated_units
from arsheet.table import Grid, Problem, Table

ONE = Decimal(1)
UNIT_HEADERS = frozenset(
    map(normalise, ("单位", "金额单位", "货币单位", "计价单位", "计量单位", "unit", "units", "uom", "unit of measure"))
)
_LABELS = UNIT_HEADERS | frozenset(map(normalise, ("币种", "币别", "货币", "currency")))
"""With a unit behind it such a header cell is no header: 单位：万元 at the right end of the header row."""
FIRST = ("amount", "open_amount", "debit", "closing_debit", "opening_balance", "opening_debit", "credit")
"""Amounts in the order in which one of them speaks for the row."""
LEAST_SHARE = 0.5
"""A column 单位 whose filled cells are units at least so often holds units, else companies."""
_DOLLARS = frozenset(("USD", "HKD", "AUD", "CAD", "SGD", "TWD", "NZD", "MXN"))
_SIGNS: Mapping[str, tuple[str, frozenset[str]]] = {"$": ("USD", _DOLLARS), "¥": ("CNY", frozenset(("CNY", "JPY")))}
_OWN_SCALE = ("元", "圆", "万", "亿", "千")


@dataclass(frozen=True, slots=True)
class Stated:
    """A unit and the cell that states it ("" for the name of the sheet or file)."""

    unit: Unit
    cell: str

    def __str__(self) -> str:
        return f"{self.unit.text} ({self.cell})" if self.cell else self.unit.text


@dataclass(frozen=True, slots=True)
class Units:
    """What a located table says of its amounts.

    ``titles`` hold for the whole table, ``headers`` (by column) for one column, ``column`` is that of units by row.
    """

    titles: tuple[Stated, ...] = ()
    headers: Mapping[int, Stated] = field(default_factory=dict)
    column: int | None = None


def in_titles(grid: Grid, rows: Iterable[int], beside: Iterable[tuple[int, int]] = ()) -> tuple[Stated, ...]:
    """What the sheet's name, the rows above and under the table, and cells beside its header state."""
    places = [(row, column) for row in rows for column in range(len(grid.cells[row]))]
    texts = [(grid.sheet, "")]
    for row, column in places:
        cell = grid.cells[row][column]
        if isinstance(cell, str):
            texts.append((cell, grid.address(row, column)))
    for row, column in beside:
        cell = grid.cells[row][column]
        if isinstance(cell, str) and (":" in clean(cell) or normalise(header_unit(cell)[0]) in _LABELS):
            texts.append((cell, grid.address(row, column)))
    return tuple(Stated(unit, cell) for text, cell in texts for unit in stated_units(text))


def without_units(texts: Sequence[str], said: Iterable[str]) -> tuple[list[str], dict[int, Unit]]:
    """Headers as they are matched, without their units; a twin in yuan is taken before one in another unit.

    ``said``: headers that a person named, which stay as they are.
    """
    kept = {normalise(text) for text in said}
    read = [header_unit(text) if text else (text, None) for text in texts]
    read = [
        (text, None) if normalise(plain) in _LABELS else (plain, unit)
        for text, (plain, unit) in zip(texts, read, strict=True)
    ]
    units = {at: unit for at, (_, unit) in enumerate(read) if unit is not None}
    plain = {normalise(text) for at, (text, unit) in enumerate(read) if unit is None or not unit.says_more_than_yuan}
    out = []
    for text, (stripped, unit) in zip(texts, read, strict=True):
        twin = unit is not None and unit.says_more_than_yuan and normalise(stripped) in plain
        out.append(text if twin or normalise(text) in kept else stripped)
    return out, units


def unit_column(grid: Grid, at: int, texts: Sequence[str], said: Iterable[str]) -> tuple[int | None, int | None]:
    """The column of units under the header in row ``at``: where it states money, and where it states anything."""
    named = {normalise(text) for text in said}
    for column, text in enumerate(texts):
        if normalise(text) not in UNIT_HEADERS or normalise(text) in named:
            continue
        cells = [row[column] for row in grid.cells[at + 1 :] if isinstance(row[column], str) and clean(row[column])]
        money = [cell for cell in cells if read_unit(cell) is not None]
        known = len(money) + sum(is_measure(cell) for cell in cells if read_unit(cell) is None)
        if cells and known >= LEAST_SHARE * len(cells):
            return (column if money else None), column
    return None, None


@dataclass(slots=True)
class _Change:
    """The amounts that one statement multiplies."""

    stated: Stated
    factor: Decimal
    headers: list[str] = field(default_factory=list)
    key: str = ""
    count: int = 0
    before: Decimal = Decimal(0)
    example: tuple[str, Decimal] = ("", Decimal(0))
    places: int = 0

    def add(self, header: str, key: str, cell: str, number: Decimal) -> None:
        """One amount: the sums are those of the first column only."""
        if not self.headers:
            self.key, self.example = key, (cell, number)
        if header not in self.headers:
            self.headers.append(header)
        self.count += 1
        self.places = max(self.places, -int(number.normalize().as_tuple().exponent))
        if key == self.key:
            self.before += number

    def problem(self, table: str) -> Problem:
        """What was done, and how fine the figures can be."""
        cell, number = self.example
        facts = {
            "unit": self.stated.unit.text, "headers": self.headers, "count": self.count, "factor": f"{self.factor:,}",
            "example": cell, "read": number, "amount": number * self.factor, "header": self.headers[0],
            "sum_read": self.before, "sum": self.before * self.factor, "step": self.factor.scaleb(-self.places),
        }  # fmt: skip
        return Problem("amounts_in_another_scale", table, None, self.key, {**facts, **_at(self.stated)})


@dataclass(frozen=True, slots=True)
class Scaled:
    """The raw table with its amounts in whole units of currency, what was said, and the sheet rows left out."""

    raw: Table
    problems: tuple[Problem, ...] = ()
    refused: frozenset[int] = frozenset()


def scaled(raw: Table, units: Units, money: Mapping[str, int], table: str) -> Scaled:
    """Multiplies out what is in 万元 and the like; ``money``: key -> column of ``raw``.

    An amount whose cell says 万 or 元 itself is left as its cell says.
    """
    place = raw.place
    said = (*units.titles, *units.headers.values())
    if place is None or (units.column is None and all(stated.unit.scale in (None, ONE) for stated in said)):
        return Scaled(raw)
    columns = list(raw.columns)
    changes: dict[tuple[str, Decimal], _Change] = {}
    doubts: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    by_row = [_row_unit(cell) for cell in columns[units.column]] if units.column is not None else None
    unclear: list[tuple[int, str]] = []
    for key, at in money.items():
        cells = list(columns[at])
        for row, cell in enumerate(cells):
            number = None if _says_its_scale(cell) else read_number(cell)
            if not number:
                continue
            own = by_row[row] if by_row is not None else None
            if isinstance(own, str):
                unclear.append((row, own))
                continue
            there = [Stated(own, place.cell(row, units.column))] if own is not None and units.column is not None else []
            holding = _holding([*there, *([units.headers[at]] if at in units.headers else [])], units.titles)
            scales = {stated.unit.scale for stated in holding}
            if len(scales) > 1:
                doubts.setdefault(tuple(dict.fromkeys(map(str, holding))), []).append((row, at))
            elif holding and holding[0].unit.scale not in (None, ONE):
                factor = holding[0].unit.scale or ONE
                change = changes.setdefault((holding[0].unit.text, factor), _Change(holding[0], factor))
                change.add(str(raw.header[at]), key, place.cell(row, at), number)
                cells[row] = number * factor
        columns[at] = cells
    problems = [change.problem(table) for change in changes.values()]
    for texts, places in doubts.items():
        rows = len({row for row, _ in places})
        problems.append(_contradiction(table, texts, rows, place.cell(*places[0])))
    refused = {row for places in doubts.values() for row, _ in places} | {row for row, _ in unclear}
    if unclear and units.column is not None:
        row, text = unclear[0]
        facts = {"read": text, "count": len({row for row, _ in unclear}), "cell": place.cell(row, units.column)}
        problems.append(Problem("amount_unit_not_understood", table, None, "amount", facts))
    done = replace(raw, columns=tuple(columns)) if changes else raw
    return Scaled(done, tuple(problems), frozenset(place.rows[row] for row in refused))


def _holding(special: Sequence[Stated], titles: Sequence[Stated]) -> list[Stated]:
    """The statements of scale that bear on a cell; a title's plain 元 yields to what its header or row says."""
    own = [stated for stated in special if stated.unit.scale is not None]
    over = [stated for stated in titles if stated.unit.scale is not None]
    if own and len({stated.unit.scale for stated in over} - {ONE}) != 1:
        return own
    return [*own, *(stated for stated in over if not own or stated.unit.scale != ONE)]


def _row_unit(cell: Any) -> Unit | str | None:
    """The unit of a row: None for a blank or a measure of goods, its text where it is neither."""
    if not isinstance(cell, str) or not clean(cell) or (is_measure(cell) and read_unit(cell) is None):
        return None
    return read_unit(cell) or clean(cell)


def _says_its_scale(cell: Any) -> bool:
    return isinstance(cell, str) and clean(cell).rstrip(")） ").endswith(_OWN_SCALE)


def _at(stated: Stated) -> dict[str, str]:
    return {"cell": stated.cell} if stated.cell else {}


def _contradiction(table: str, said: Sequence[str], count: int, example: str) -> Problem:
    facts = {"said": list(said), "count": count, "cell": example}
    return Problem("amount_units_contradict", table, None, "amount", facts)


def take_currency(draft: Draft, raw: Table, units: Units, money: Mapping[str, int]) -> None:
    """Rows without a currency of their own take the one that their row, header or title states; which is said.

    ``raw`` is the table as it stands in the file. Two currencies stated for a row leave it out.
    """
    if "currency" not in draft.columns or not money or raw.place is None:
        return
    headers = _of_headers(raw, units, money, draft.base)
    general = [*headers, *(stated for stated in units.titles if _code(stated.unit, draft.base))]
    if any(
        stated.unit.currency and stated.unit.currency not in _SIGNS for stated in general
    ):  # a sign only repeats what is said in words
        general = [stated for stated in general if stated.unit.currency not in _SIGNS]
    by_row: dict[int, Stated] = {}
    if units.column is not None:
        for row, (sheet_row, cell) in enumerate(zip(raw.place.rows, raw.columns[units.column], strict=True)):
            unit = _row_unit(cell)
            if isinstance(unit, Unit) and _code(unit, draft.base):
                by_row[sheet_row] = Stated(unit, raw.place.cell(row, units.column))
    if not general and not by_row:
        return
    cells = draft.columns["currency"]
    taken: dict[str, tuple[Stated, list[int]]] = {}
    doubts: dict[tuple[str, ...], list[int]] = {}
    for row, sheet_row in enumerate(draft.place.rows):
        if cells[row] is not None or (row, "currency") in draft.complained:
            continue
        said = [*([by_row[sheet_row]] if sheet_row in by_row else []), *general]
        codes = list(dict.fromkeys(_code(stated.unit, draft.base) or "?" for stated in said))
        if len(codes) > 1:
            doubts.setdefault(tuple(dict.fromkeys(map(str, said))), []).append(row)
        elif codes:
            cells[row] = codes[0]
            taken.setdefault(codes[0], (said[0], []))[1].append(row)
    for code, (stated, rows) in taken.items():
        draft.mapped.add("currency")
        if code != draft.base:
            facts = {"currency": code, "unit": stated.unit.text, "count": len(rows), **_at(stated)}
            draft.say("currency_stated_for_all_rows", None, "currency", **facts)
    for texts, rows in doubts.items():
        first = draft.cell(rows[0], next(key for key in money if key in draft.columns))
        draft.problems.append(_contradiction(draft.spec.key, texts, len(rows), first))
        draft.refused.update(rows)


def _of_headers(raw: Table, units: Units, money: Mapping[str, int], base: str) -> list[Stated]:
    """What the headers of the amounts say of the currency.

    If another column than the first is in a foreign currency, then the first is in doubt: 金额（万元）, 税额（美元）.
    """
    said = [units.headers[at] for at in money.values() if at in units.headers]
    known = [stated for stated in said if _code(stated.unit, base)]
    first = next(iter(money.values()))
    foreign = any(_code(stated.unit, base) != base for stated in known)
    if foreign and (first not in units.headers or not units.headers[first].unit.currency):
        cell = units.headers[first].cell if first in units.headers else ""
        known.append(Stated(Unit(None, "", str(raw.header[first])), cell))
    return known


def _code(unit: Unit, base: str) -> str:
    """The currency a unit states; a sign that the base currency shares says nothing."""
    if unit.currency not in _SIGNS:
        return unit.currency
    code, sharing = _SIGNS[unit.currency]
    return "" if base in sharing else code
