"""Cells under headers become typed columns under keys; every cell that cannot be read is a problem with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arsheet.schema.cells import BLANK, LARGEST, LARGEST_NUMBER, DateOrder, Read, date_order, read
from arsheet.schema.model import Column, TableSpec
from arsheet.table import EPOCH, Problem, Table

_NONE = type(None)
_KINDS = {"date": "day", "choice": "text"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """The typed table (all columns of the declaration, None where blank), what was wrong, and the headers not known.

    ``read_sum`` holds for each number column Σ of the cells as read (Decimal), the first half of its control total.
    """

    table: Table
    problems: tuple[Problem, ...]
    unknown_headers: tuple[str, ...] = ()


def decode(raw: Table, spec: TableSpec, mapping: Mapping[str, int], *, extra: tuple[Column, ...] = ()) -> Decoded:
    """``mapping`` says which raw column holds which key. Rows that are blank in every mapped column are dropped.

    A cell that cannot be read stays None in the table and is a problem with the raw cell in its facts; whether the row
    can stand without it is for the ledger's assembly to say.
    """
    columns = [*spec.columns, *extra]
    keep = _filled_rows(raw, mapping)
    problems: list[Problem] = []
    typed: list[list[Any]] = []
    absent = [None] * len(keep)  # one for all columns that the sheet does not have
    for column in columns:
        at = mapping.get(column.key)
        if at is None:
            if column.required:
                problems.append(
                    Problem(
                        "column_missing", spec.key, None, column.key, {"headers": [str(text) for text in raw.header]}
                    )
                )
            typed.append(absent)
            continue
        cells = raw.columns[at]
        if len(keep) < len(raw) or not isinstance(cells, list):
            cells = [cells[row] for row in keep]
        typed.append(_typed(spec.key, column, cells, problems))
    place = None
    if raw.place is not None:
        positions = [raw.place.columns[mapping[column.key]] if column.key in mapping else -1 for column in columns]
        rows = raw.place.rows if len(keep) == len(raw) else [raw.place.rows[row] for row in keep]
        place = type(raw.place)(raw.place.sheet, rows, positions)
    table = Table(
        spec.key,
        tuple(column.key for column in columns),
        tuple(typed),
        tuple(_KINDS.get(column.kind, column.kind) for column in columns),
        place,
    )
    used = set(mapping.values())
    unknown = tuple(str(text) for at, text in enumerate(raw.header) if at not in used and str(text or "").strip())
    return Decoded(table, tuple(problems), unknown)


def _filled_rows(raw: Table, mapping: Mapping[str, int]) -> Sequence[int]:
    columns = [raw.columns[at] for at in sorted(set(mapping.values()))]
    count = len(raw)
    if any(None not in column and "" not in column for column in columns):
        return range(count)  # one column without a blank: every row holds something
    return [row for row in range(count) if any(column[row] is not None and column[row] != "" for column in columns)]


def _typed(table: str, column: Column, cells: list[Any], problems: list[Problem]) -> list[Any]:
    kinds = set(map(type, cells))
    if kinds <= {_NONE}:
        return [None] * len(cells)
    whole = _whole(column, cells, kinds)
    if whole is not None:
        return whole
    order: DateOrder = ""
    if column.kind == "date":
        order, day_first, month_first = date_order(cells)
        if day_first and month_first:
            facts = {"day_first": day_first, "month_first": month_first}
            problems.append(Problem("date_order_contradictory", table, None, column.key, facts))
    out = list(map(_PLAIN.get(column.kind, _never_plain), cells))
    if out.count(None) == cells.count(None):
        return out
    known: dict[tuple[type, Any], Read] = {}
    for row, cell in enumerate(cells):
        if cell is None or out[row] is not None:
            continue
        key = (type(cell), cell)
        found = known.get(key)
        if found is None:
            found = known[key] = read(column, cell, order=order)
        if found.problem:
            problems.append(Problem(found.problem, table, row, column.key, {"read": _shown(cell)}))
        out[row] = found.value
    return out


def _whole(column: Column, cells: list[Any], kinds: set[type]) -> list[Any] | None:
    """A column of one kind of cells, blanks aside, read in one go; None where cells must be looked at one by one."""
    if kinds <= {str, _NONE} and column.kind != "date":
        if column.kind == "id" and _are_plain_ids(cells):
            return list(cells)
        known = {cell: BLANK if cell is None else read(column, cell) for cell in set(cells)}
        if any(found.problem for found in known.values()):
            return None
        return list(map({cell: found.value for cell, found in known.items()}.__getitem__, cells))
    if kinds <= {dt.date, _NONE} and column.kind == "date":
        days = {cell: None if cell is None else _plain_day(cell) for cell in set(cells)}
        return list(map(days.__getitem__, cells))
    if kinds <= {float, _NONE} and column.kind in ("money", "rate", "percent"):
        return _whole_numbers(cells, money=column.kind == "money")
    return None


def _whole_numbers(cells: list[float | None], *, money: bool) -> list[Any] | None:
    values = [cell for cell in cells if cell is not None]
    total = sum(values)
    if total != total or not -1e15 < min(values) <= max(values) < 1e15:  # nan is never equal to itself
        return None
    numbers = _decimals(values)
    largest = max(numbers[values.index(max(values))], -numbers[values.index(min(values))])
    if largest >= (LARGEST if money else LARGEST_NUMBER):
        return None
    if len(values) == len(cells):
        return numbers
    rest = iter(numbers)
    return [None if cell is None else next(rest) for cell in cells]


def _decimals(values: list[float]) -> list[Decimal]:
    """Numbers at 15 digits. Where all have at most two decimals they come from whole hundredths: half the time.

    A float that is the quotient of its hundredths by 100 is the nearest one to that decimal number, so its 15 digits
    are those; the exponents are those of the texts too.
    """
    if len(values) > 500:
        import numpy as np

        cells = np.array(values)
        cents = np.rint(cells * 100)
        if np.abs(cents).max() < 1e15 and (cents / 100 == cells).all():
            whole = cents.astype(np.int64)
            places = np.where(whole % 100 == 0, 0, np.where(whole % 10 == 0, 1, 2))
            digits = whole // np.array((100, 10, 1))[places]
            return list(map(Decimal.scaleb, map(Decimal, digits.tolist()), map(_SCALES.__getitem__, places.tolist())))
    return list(map(Decimal, map("{:.15g}".format, values)))


_SCALES = (Decimal(0), Decimal(-1), Decimal(-2))


def _are_plain_ids(cells: list[str | None]) -> bool:
    """Whether every text is an id that cleaning leaves as it is."""
    joined = "".join(filter(None, cells))
    return (
        joined.isascii() and joined.isprintable() and not any(mark in joined for mark in " 'Ee") and "" not in cells
    )  # fmt: skip


def _never_plain(_: Any) -> Any:
    return None


def _plain_id(cell: Any) -> str | None:
    """An id that needs no cleaning: ASCII in one piece, no number in scientific notation."""
    if type(cell) is str and cell.isascii() and cell.isprintable() and cell and " " not in cell and "'" not in cell:
        return None if cell[0].isdigit() and ("E" in cell or "e" in cell) else cell
    return None


def _plain_number(cell: Any) -> Decimal | None:
    """A number cell, at the 15 digits that a spreadsheet shows."""
    if type(cell) is float and -1e15 < cell < 1e15:
        return Decimal(f"{cell:.15g}")
    return Decimal(cell) if type(cell) is int else None


def _plain_amount(cell: Any) -> Decimal | None:
    number = _plain_number(cell)
    return number if number is not None and abs(number) < LARGEST else None


def _plain_rate(cell: Any) -> Decimal | None:
    number = _plain_number(cell)
    return number if number is not None and abs(number) < LARGEST_NUMBER else None


def _plain_day(cell: Any) -> int | None:
    return cell.toordinal() - EPOCH if type(cell) is dt.date else None


def _plain_text(cell: Any) -> str | None:
    """A text whose white space is in order already."""
    return cell if type(cell) is str and cell.isprintable() and cell == " ".join(cell.split()) and cell else None


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "id": _plain_id,
    "date": _plain_day,
    "money": _plain_amount,
    "rate": _plain_rate,
    "percent": _plain_rate,
    "text": _plain_text,
}
"""Cells as most of them are, read without ceremony; None hands the cell to the full reading, which gives the same."""


def _shown(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST:
        return str(int(cell))
    text = getattr(cell, "text", None)
    return str(text if text is not None else cell)
