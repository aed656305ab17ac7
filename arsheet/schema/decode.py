"""Cells under headers become typed columns under keys; every cell that cannot be read is a problem with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arsheet.schema.cells import Read, date_order, read, read_date
from arsheet.schema.model import Column, TableSpec
from arsheet.table import Problem, Table

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
    for column in columns:
        at = mapping.get(column.key)
        if at is None:
            if column.required:
                problems.append(
                    Problem(
                        "column_missing", spec.key, None, column.key, {"headers": [str(text) for text in raw.header]}
                    )
                )
            typed.append([None] * len(keep))
            continue
        cells = raw.columns[at]
        typed.append(_typed(spec.key, column, [cells[row] for row in keep], problems))
    place = None
    if raw.place is not None:
        positions = [raw.place.columns[mapping[column.key]] if column.key in mapping else -1 for column in columns]
        place = type(raw.place)(raw.place.sheet, [raw.place.rows[row] for row in keep], positions)
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


def _filled_rows(raw: Table, mapping: Mapping[str, int]) -> list[int]:
    columns = [raw.columns[at] for at in sorted(set(mapping.values()))]
    return [row for row in range(len(raw)) if any(column[row] is not None and column[row] != "" for column in columns)]


def _typed(table: str, column: Column, cells: list[Any], problems: list[Problem]) -> list[Any]:
    if column.kind == "date":
        return _dates(table, column, cells, problems)
    out: list[Any] = []
    known: dict[tuple[type, Any], Read] = {}
    for row, cell in enumerate(cells):
        if cell is None:
            out.append(None)
            continue
        key = (type(cell), cell)
        found = known.get(key)
        if found is None:
            found = known[key] = read(column, cell)
        if found.problem:
            problems.append(Problem(found.problem, table, row, column.key, {"read": _shown(cell)}))
        out.append(found.value)
    return out


def _dates(table: str, column: Column, cells: list[Any], problems: list[Problem]) -> list[Any]:
    """Dates of one column; the order of day and month is decided once for all of it."""
    order, day_first, month_first = date_order(cells)
    if day_first and month_first:
        facts = {"day_first": day_first, "month_first": month_first}
        problems.append(Problem("date_order_contradictory", table, None, column.key, facts))
    out: list[Any] = []
    known: dict[tuple[type, Any], Read] = {}
    for row, cell in enumerate(cells):
        if cell is None or cell == "":
            out.append(None)
            continue
        key = (type(cell), cell)
        found = known.get(key)
        if found is None:
            found = known[key] = read(column, cell, order=order) if isinstance(cell, str) else _of_cell(column, cell)
        if found.problem:
            problems.append(Problem(found.problem, table, row, column.key, {"read": _shown(cell)}))
        out.append(found.value)
    return out


def _of_cell(column: Column, cell: Any) -> Read:
    found = read(column, cell)
    return found if found.problem or found.value is not None else read_date(cell)


def _shown(cell: Any) -> str:
    text = getattr(cell, "text", None)
    return str(text if text is not None else cell)
