"""Find the table in a sheet: the header below title rows, where the data end, and the total rows between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from arsheet.importers import units
from arsheet.importers.ledger_form import composed, is_credit, parent_accounts, reinterpreted
from arsheet.schema.cells import clean, read_number
from arsheet.schema.headers import HeaderMatch, match_headers, normalise
from arsheet.schema.model import Column, TableSpec
from arsheet.schema.units import Unit
from arsheet.table import ArsheetError, Grid, Place, Problem, Table

HEADER_WITHIN = 60
"""The header is looked for in so many rows that hold anything."""

_FILLED_DOWN = frozenset(("text", "id", "date", "choice", "flag"))
"""Kinds of columns whose merged cells are filled down."""
_TOTAL_ZH = re.compile(r".*(?:小计|合计|总计|累计)[:：]?")
_CLOSING = re.compile(
    r"期末余额|月末余额|本期余额|结转下年|结转下期|过次页|closing ?balance|balance carried forward", re.I
)
"""Rows that only repeat the balance of the row before."""
_TOTAL_EN = re.compile(
    r"(?:grand |sub[ -]?)?totals?|(?:grand |sub[ -]?)?totals? (?:for|of) .+|.+ (?:sub[ -]?)?totals?", re.I
)


@dataclass(frozen=True, slots=True)
class Located:
    """The table as it stands in the file: raw cells with their true rows and columns, and which header is which key.

    ``totals`` are the sheet rows of total rows (checked against what they sum, then left out), ``footers`` those of
    remarks under the data, ``repeated_headers`` those of headers printed again. ``units``: what the file says its
    amounts are in; ``raw`` holds them as they stand.
    """

    raw: Table
    match: HeaderMatch
    header_row: int
    problems: tuple[Problem, ...] = ()
    totals: tuple[int, ...] = ()
    footers: tuple[int, ...] = ()
    repeated_headers: tuple[int, ...] = ()
    units: units.Units = field(default_factory=units.Units)


def locate(
    grid: Grid, spec: TableSpec, *, extra: tuple[Column, ...] = (), overrides: Mapping[str, str] | None = None
) -> Located:
    """The table of ``spec`` in a grid; ``overrides`` says header -> key, or "" to ignore a header.

    ArsheetError ``header_row_not_found`` when no row names at least one required column and two columns in all.
    """
    found = _header(grid, spec, extra, overrides or {})
    at, match, headers = found.at, found.match, found.shown
    sorter = _Sorter(grid, spec, extra, match, headers)
    for row in range(at + 1, len(grid.cells)):
        sorter.sort(row)
    rows, footers = sorter.without_footers()
    columns = tuple([grid.cells[row][column] for row in rows] for column in range(len(headers)))
    _fill_merged(grid, rows, columns, match, {column.key: column.kind for column in (*spec.columns, *extra)})
    place = Place(
        grid.sheet,
        [grid.first_row + row for row in rows],
        [grid.first_column + column for column in range(len(headers))],
    )
    return Located(
        Table(spec.key, tuple(headers), columns, place=place),
        match,
        grid.first_row + at,
        (*_named_twice(spec.key, headers, match), *_hidden(grid, spec.key, rows), *sorter.problems),
        tuple(grid.first_row + row for row in sorter.totals),
        tuple(grid.first_row + row for row in footers),
        tuple(grid.first_row + row for row in sorter.headers_again),
        _units(grid, found, footers),
    )


def _units(grid: Grid, found: _Header, footers: Sequence[int]) -> units.Units:
    """What is said of the amounts above, in, beside and under the table."""
    free = [(found.at, column) for column in found.match.unmatched]
    above = [row for row in range(found.at) if row != found.over]
    named = {column: units.Stated(unit, grid.address(found.at, column)) for column, unit in sorted(found.units.items())}
    return units.Units(units.in_titles(grid, [*above, *footers], free), named, found.unit_column)


def _fill_merged(
    grid: Grid, rows: Sequence[int], columns: Sequence[list[Any]], match: HeaderMatch, kinds: Mapping[str, str]
) -> None:
    """A cell merged over several rows holds for each of them; an amount does not, or it would be counted again."""
    if not grid.merged:
        return
    keys = {at: key for key, at in match.mapping.items()}
    record = {grid.first_row + row: at for at, row in enumerate(rows)}
    for first, left, last, _ in grid.merged:
        column, top = left - grid.first_column, first - grid.first_row
        if last == first or column not in keys or kinds[keys[column]] not in _FILLED_DOWN or top < 0:
            continue
        value = grid.cells[top][column] if top < len(grid.cells) else None
        for row in range(first + 1, min(last, grid.first_row + len(grid.cells)) + 1):
            if row in record and columns[column][record[row]] is None:
                columns[column][record[row]] = value


def _hidden(grid: Grid, table: str, rows: Sequence[int]) -> list[Problem]:
    """Rows that a person did not see in the file, for a filter or otherwise, are imported like the rest: it is said."""
    hidden = [row for row in rows if grid.first_row + row in grid.hidden_rows]
    if not hidden:
        return []
    facts = {"count": len(hidden), "of": len(rows), "cell": grid.address(hidden[0], 0)}
    return [Problem("rows_hidden_in_source", table, None, "", facts)]


def header_of(grid: Grid, spec: TableSpec, extra: tuple[Column, ...] = ()) -> tuple[list[str], frozenset[str]]:
    """The texts of the sheet's best header row and the keys they name; nothing where it has none."""
    try:
        found = _header(grid, spec, extra, {})
        return found.texts, frozenset(found.match.mapping)
    except ArsheetError:
        return [], frozenset()


def _parents(grid: Grid, at: int | None) -> frozenset[int]:
    """The rows of accounts that others stand under: a total does not add them."""
    if at is None:
        return frozenset()
    return frozenset(parent_accounts([str(cells[at]) if cells[at] is not None else "" for cells in grid.cells]))


def _text(cell: object) -> str:
    return clean(cell) if isinstance(cell, str) else ""


@dataclass(frozen=True, slots=True)
class _Header:
    """The header row: ``texts`` as they are matched, ``shown`` as the file writes them, what each says of units.

    ``over`` is the row above it where headers take two rows, ``unit_column`` that of units of money by row.
    """

    at: int
    match: HeaderMatch
    texts: list[str]
    shown: list[str]
    units: Mapping[int, Unit]
    over: int | None = None
    unit_column: int | None = None


def _header(grid: Grid, spec: TableSpec, extra: tuple[Column, ...], overrides: Mapping[str, str]) -> _Header:
    """The row that names most columns, the first of equals, with its texts (of two rows, where headers take two)."""
    best: _Header | None = None
    looked = 0
    above: tuple[int | None, list[str]] = (None, [])
    for at, cells in enumerate(grid.cells):
        written = [_text(cell) for cell in cells]
        if not any(written):
            continue
        looked += 1
        if looked > HEADER_WITHIN:
            break
        found = _header_in(at, written, above, spec, extra, overrides)
        above = (at, written)
        if best is None or len(found.match.mapping) > len(best.match.mapping):
            best = found
    required = {column.key for column in spec.columns if column.required} | {"customer_name", "account_name"}
    if best is not None:
        best = _without_units_by_row(grid, best, spec, extra, overrides)
    if best is None or len(best.match.mapping) < 2 or not required & set(best.match.mapping):
        wanted_zh = "、".join(column.zh for column in spec.columns if column.required)
        wanted_en = ", ".join(column.en for column in spec.columns if column.required)
        raise ArsheetError(
            "header_row_not_found",
            f"“{grid.sheet}”中找不到{spec.zh}的表头（至少要有：{wanted_zh}）；可以用 --map 表头=列 指明",
            f"{grid.sheet!r} has no header row of {spec.en} (wanted: {wanted_en}); name headers with --map header=key",
            facts={"sheet": grid.sheet, "table": spec.key},
        )
    return best


def _header_in(
    at: int,
    written: list[str],
    above: tuple[int | None, list[str]],
    spec: TableSpec,
    extra: tuple[Column, ...],
    overrides: Mapping[str, str],
) -> _Header:
    """A row read as the header, alone or under the row above it."""
    texts, stated = units.without_units(written, overrides)
    over, over_stated = units.without_units(above[1], overrides)
    both = composed(over, texts)
    if both is not None and any(over):
        heading: Unit | None = None
        for column, text in enumerate(over):
            heading = over_stated.get(column) if text else heading
            if heading is not None:
                stated.setdefault(column, heading)
    match = match_headers([text or None for text in both or texts], spec, overrides=overrides, extra=extra)
    match = reinterpreted(match, both or texts, overrides, extra)
    return _Header(at, match, both or texts, both or written, stated, above[0] if both is not None else None)


def _without_units_by_row(
    grid: Grid, found: _Header, spec: TableSpec, extra: tuple[Column, ...], overrides: Mapping[str, str]
) -> _Header:
    """A column 单位 of 万元 or 件 is no customer: it is left out of the match."""
    money, column = units.unit_column(grid, found.at, found.texts, overrides)
    if column is None:
        return found
    texts = [text if at != column else "" for at, text in enumerate(found.texts)]
    shown = [text if at != column or money is None else "" for at, text in enumerate(found.shown)]
    match = match_headers([text or None for text in texts], spec, overrides=overrides, extra=extra)
    match = reinterpreted(match, texts, overrides, extra)
    return replace(found, match=match, texts=texts, shown=shown, unit_column=money)


def _named_twice(table: str, headers: Sequence[str], match: HeaderMatch) -> list[Problem]:
    """Two headers that fit one column: which one was taken is said."""
    return [
        Problem(
            "column_named_by_two_headers",
            table,
            None,
            key,
            {"used": headers[indexes[0]], "others": "、".join(headers[index] for index in indexes[1:])},
        )
        for key, indexes in match.ambiguous.items()
    ]


def _kind(word: str) -> str:
    """小计, 合计, 总计, 累计, subtotal, grandtotal or total."""
    text = re.sub(r"[\s:：-]", "", word).lower()
    if text[-1:] == "计":
        return text[-2:]
    return next((kind for kind in ("subtotal", "grandtotal") if kind in text), "total")


@dataclass(slots=True)
class _Sums:
    """Per money column: Σ of the rows since some line was drawn, and their currencies."""

    amounts: dict[str, Decimal] = field(default_factory=dict)
    currencies: set[str] = field(default_factory=set)

    def add(self, amounts: Mapping[str, Decimal], currency: str) -> None:
        for key, amount in amounts.items():
            self.amounts[key] = self.amounts.get(key, Decimal(0)) + amount
        self.currencies.add(currency)


class _Sorter:
    """Says of each row under the header whether it is data, a total, a header again, or blank."""

    def __init__(
        self, grid: Grid, spec: TableSpec, extra: tuple[Column, ...], match: HeaderMatch, headers: Sequence[str]
    ):
        self.grid, self.spec, self.match = grid, spec, match
        kinds = {column.key: column.kind for column in (*spec.columns, *extra)}
        self.money = {key: at for key, at in match.mapping.items() if kinds[key] == "money"}
        wanted = {column.key for column in spec.columns if column.required} | {"customer_name"}
        self.naming = [at for key, at in match.mapping.items() if key in wanted and key not in self.money]
        self.mapped = sorted(set(match.mapping.values()))
        self.headers = [(at, normalise(headers[at])) for at in self.mapped]
        self.currency = match.mapping.get("currency")
        self.rows: list[int] = []
        self.totals: list[int] = []
        self.headers_again: list[int] = []
        self.problems: list[Problem] = []
        self.direction = None if "balance" in match.mapping else match.mapping.get("direction")
        self.parents = _parents(grid, match.mapping.get("account"))
        self.start = _Sums()
        self.since: dict[str, _Sums] = {}
        self.last = _Sums()

    def sort(self, row: int) -> None:
        """Takes the next row."""
        cells = self.grid.cells[row]
        word = self._total_word(cells)
        if word:
            self._total(row, cells, word)
            return
        if all(cells[at] is None or cells[at] == "" for at in self.mapped):
            return
        if all(isinstance(cells[at], str) and normalise(cells[at]) == text for at, text in self.headers):
            self.headers_again.append(row)
            return
        amounts = self._amounts(cells)
        if not any(amounts.values()) and any(
            isinstance(cell, str) and _CLOSING.fullmatch(clean(cell)) for cell in cells
        ):
            self.totals.append(row)
            return
        self.rows.append(row)
        if self.direction is not None and is_credit(cells[self.direction]) and "amount" in amounts:
            amounts["amount"] = -amounts["amount"]
        currency = _text(cells[self.currency]) if self.currency is not None else ""
        if row in self.parents:
            return
        for sums in (self.start, self.last, *self.since.values()):
            sums.add(amounts, currency)

    def without_footers(self) -> tuple[list[int], list[int]]:
        """The data rows, and the remarks under them: at the end, without any amount and with at most one name."""
        rows, footers = list(self.rows), []
        while rows and self.money and len(self.naming) > 1 and self._is_footer(self.grid.cells[rows[-1]]):
            footers.append(rows.pop())
        return rows, footers[::-1]

    def _is_footer(self, cells: Sequence[Any]) -> bool:
        named = sum(cells[at] is not None and cells[at] != "" for at in self.naming)
        return named <= 1 and all(cells[at] is None or cells[at] == "" for at in self.money.values())

    def _amounts(self, cells: Sequence[Any]) -> dict[str, Decimal]:
        found = {}
        for key, at in self.money.items():
            number = read_number(cells[at])
            if number is not None and key != "balance":
                found[key] = number
        return found

    def _total_word(self, cells: Sequence[Any]) -> str:
        """What a total row calls itself; a row with all that names a record is none, whatever it says."""
        for at, cell in enumerate(cells):
            if isinstance(cell, str) and ("计" in cell or "otal" in cell or "OTAL" in cell):
                text = clean(cell)
                if _TOTAL_ZH.fullmatch(text.replace(" ", "")) or _TOTAL_EN.fullmatch(text.rstrip(":： ")):
                    others = [cells[each] for each in self.naming if each != at]
                    named = bool(others) and all(value is not None and value != "" for value in others)
                    if not named or (at in self.naming and len(others) == 1):
                        return text
        return ""

    def _total(self, row: int, cells: Sequence[Any], word: str) -> None:
        """Holds a total against the rows since the last total, since the last of its name, and since the start."""
        self.totals.append(row)
        kind = _kind(word)
        sums = [self.last, self.since.get(kind, self.start), self.start]
        for key, read in self._amounts(cells).items():
            sums_of = [each.amounts.get(key, Decimal(0)) for each in sums]
            wide = next((each for each, amount in zip(sums, sums_of, strict=True) if amount == read), None)
            facts: dict[str, Any] = {
                "sheet": self.grid.sheet,
                "cell": self.grid.address(row, self.money[key]),
                "word": word,
                "read": read,
            }
            if wide is None:
                total = sums_of[0] if kind in ("小计", "subtotal") else sums_of[2]
                facts |= {"sum": total, "difference": read - total}
                self.problems.append(Problem("subtotal_differs", self.spec.key, None, key, facts))
            elif len(wide.currencies) > 1:
                facts["currencies"] = ", ".join(sorted(filter(None, wide.currencies)))
                self.problems.append(Problem("total_adds_different_currencies", self.spec.key, None, key, facts))
        self.last = _Sums()
        self.since[kind] = _Sums()
