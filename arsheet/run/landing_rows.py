"""Which of the rows that entries make are new: a change back is a row of its own, one that stands is not repeated."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Made:
    """A row that entries make: the row of the online sheet it comes from, its cells by column of the table, and
    whether its entries have landed before (it is then here only to be found again)."""

    key: str
    cells: Mapping[int, Any]
    landed: bool = False


@dataclass(slots=True)
class _Document:
    """The rows of one document, from the table's first to its last; ``after``: so many are accounted for."""

    rows: list[Mapping[int, Any] | int] = field(default_factory=list)
    source: dict[int, str] = field(default_factory=dict)
    """Place among the rows -> the row of the online sheet that it came from."""
    after: int = 0


def fresh_rows(
    columns: Sequence[Sequence[Any]], made: Sequence[Made], *, document: Sequence[int], loose: Collection[int]
) -> list[int]:
    """Places in ``made`` (in the order of reading) of the rows that the table does not have yet.

    ``document``: the columns that say which document a row is about. ``loose``: those in which a row that landed may
    differ from what the same entries make today, as an open amount that was paid in part since.
    A row above one that landed later is the past, so what goes back to it is new. A row below all of those stands
    already: an open application was given it, and saved. What only repeats a document's last row adds nothing.
    """
    documents = _documents(columns, made, document)
    found = []
    for at, each in enumerate(made):
        mine = documents[_name(each.cells, document)]
        if each.landed:
            _find_again(columns, mine, each, loose)
        elif not _stands(columns, mine, each):
            mine.source[len(mine.rows)] = each.key
            mine.rows.append(each.cells)
            mine.after = len(mine.rows)
            found.append(at)
    return found


def _documents(
    columns: Sequence[Sequence[Any]], made: Sequence[Made], document: Sequence[int]
) -> dict[tuple[Any, ...], _Document]:
    """The rows of the documents that are asked about."""
    wanted: dict[tuple[Any, ...], _Document] = defaultdict(_Document)
    for each in made:
        wanted[_name(each.cells, document)].after = 0
    named = [[_same(value) for value in columns[at]] for at in document]
    for row in range(len(columns[0]) if columns else 0):
        mine = wanted.get(tuple(column[row] for column in named))
        if mine is not None:
            mine.rows.append(row)
    return wanted


def _name(cells: Mapping[int, Any], document: Sequence[int]) -> tuple[Any, ...]:
    return tuple(_same(cells.get(at)) for at in document)


def _stands(columns: Sequence[Sequence[Any]], mine: _Document, each: Made) -> bool:
    """Whether a row stands below what is accounted for, or is the document's last row, said there before."""
    place = _next(columns, mine, each, _NONE)
    if place is not None:
        mine.source[place], mine.after = each.key, place + 1
        return True
    last = len(mine.rows) - 1
    return last >= 0 and mine.source.get(last, each.key) == each.key and _holds(columns, mine.rows[last], each, _NONE)


def _find_again(columns: Sequence[Sequence[Any]], mine: _Document, each: Made, loose: Collection[int]) -> None:
    """Accounts for a row that landed, wherever it stands by now; a person may have changed or deleted it."""
    last = mine.after - 1
    if last >= 0 and mine.source.get(last) == each.key and _holds(columns, mine.rows[last], each, _NONE):
        return
    place = _next(columns, mine, each, _NONE)
    if place is None:
        place = _next(columns, mine, each, loose)
    if place is not None:
        mine.source[place], mine.after = each.key, place + 1


def _next(columns: Sequence[Sequence[Any]], mine: _Document, each: Made, loose: Collection[int]) -> int | None:
    places = range(mine.after, len(mine.rows))
    return next((place for place in places if _holds(columns, mine.rows[place], each, loose)), None)


def _holds(columns: Sequence[Sequence[Any]], row: Mapping[int, Any] | int, each: Made, loose: Collection[int]) -> bool:
    """Whether a row holds the cells of another, whatever else it holds."""
    return all(
        _same(columns[at][row] if isinstance(row, int) else row.get(at)) == _same(value)
        for at, value in each.cells.items()
        if at not in loose
    )


def _same(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.date()
    return float(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value
