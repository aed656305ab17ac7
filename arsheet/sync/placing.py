"""Where the rows of a tab of our own stand: rows that left make room for new ones, the tail closes the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arsheet.sync.cells import different, plain, plain_column, same, typed, written
from arsheet.sync.model import CellWrite, Conflict

if TYPE_CHECKING:
    from arsheet.sync.merge import Comparison


def place(side: Comparison) -> None:
    """Compares a tab that nobody else writes: by key, or in the order of the book where the view asks for it."""
    if side.view.ordered:
        _in_order(side)
        return
    found, known = side.found, side.place_of
    absent = [key for key in side.book.keys if key not in found.row_of]
    holes = set(found.spare)
    for key in found.row_of.keys() - known.keys():
        if key in side.base:
            holes.add(found.row_of[key])
            side.plan.then[key] = None
        else:
            side.unmatched(key, found.row_of[key])
    for key in side.base.keys() - known.keys() - found.row_of.keys():
        side.plan.now[key] = None
    if not holes:
        side.compare(list(side.book.keys))
        side.absent(absent)
        return
    free = sorted(holes)
    filled = dict(zip(free, absent, strict=False))
    moved = _close(side, free[len(filled) :], set(holes))
    stay = [key for key in side.book.keys if key in found.row_of and key not in moved]
    side.compare(stay)
    for row, key in filled.items():
        _whole_row(side, key, row)
    for key, row in moved.items():
        _whole_row(side, key, row)
    side.absent(absent[len(filled) :])


def _close(side: Comparison, gaps: list[int], holes: set[int]) -> dict[str, int]:
    """Rows from the tail into the gaps; what they leave, and gaps at the end, is emptied. Key -> its new row."""
    found, moved = side.found, dict[str, int]()
    key_at = {row: key for key, row in found.row_of.items() if key in side.place_of}
    last, gaps = found.rows - 1, list(gaps)
    while gaps and gaps[0] < last:
        if last in key_at and last not in holes:
            moved[key_at[last]] = gaps.pop(0)
            _empty(side, last)
        elif gaps[-1] == last:
            _empty(side, gaps.pop())
        last -= 1
    for row in gaps:
        _empty(side, row)
    return moved


def _empty(side: Comparison, row: int) -> None:
    for column in side.view.published:
        there, position = side.found.columns[column.key][row], side.found.at[column.key]
        if there is not None or column.formula:
            key = side.found.keys[row] or ""
            side.writes[row, position] = CellWrite(row, position, key, column.key, there, None, column.owner)


def _whole_row(side: Comparison, key: str, row: int) -> None:
    cells, kept = side.row(key, side.base.get(key))
    side.plan.then[key] = kept
    for column in side.view.published:
        position, there = side.found.at[column.key], side.found.columns[column.key][row]
        value = cells[position]
        if column.formula or not same(there, plain(value)):
            side.writes[row, position] = CellWrite(row, position, key, column.key, there, value, column.owner)


def _in_order(side: Comparison) -> None:
    """Row by row as the book has them; what people changed by key is told first, then all is put in order."""
    found, keys = side.found, list(side.book.keys)
    _told(side)
    standing = min(len(keys), found.rows)
    for column in side.view.published:
        said = side.book.columns.get(column.key)
        if column.formula:
            _formulas_in_order(side, column.key, keys[:standing])
            continue
        if said is None:
            continue
        position = found.at[column.key]
        for row in different(found.columns[column.key].first(standing), plain_column(said[:standing])):
            there, value = found.columns[column.key][row], written(said[row], column.kind)
            side.writes[row, position] = CellWrite(row, position, keys[row], column.key, there, value, column.owner)
    for row in range(standing, found.rows):
        _empty(side, row)
    for at, key in enumerate(keys):
        agreed = side.base.get(key)
        if at >= standing:
            side.append(key, agreed)
        else:
            kept = side.row(key, agreed)[1]
            if kept != agreed:
                side.plan.then[key] = kept
    for key in side.base.keys() - side.place_of.keys():
        side.plan.then[key] = None


def _formulas_in_order(side: Comparison, name: str, keys: list[str]) -> None:
    """The formulas of rows whose key moved or whose cell was emptied."""
    column, position = side.view.column(name), side.found.at[name]
    for row, key in enumerate(keys):
        there = side.found.columns[name][row]
        if side.found.keys[row] != key or there is None:
            value = side.formula(column, key)
            side.writes[row, position] = CellWrite(row, position, key, name, there, value, column.owner)


def _told(side: Comparison) -> None:
    """What people typed over our cells, and rows that they added; both are written over."""
    found = side.found
    written_by_us = side.policy.written is not None
    for key, row in found.row_of.items():
        agreed = side.base.get(key)
        if agreed is None:
            if key not in side.place_of and not written_by_us:
                side.unmatched(key, row)
            continue
        for column in side.held:
            said = side.said.get(column.key)
            if column.formula or said is None or written_by_us or key not in side.place_of:
                continue
            there, was = found.columns[column.key][row], agreed[side.slot[column.key]]
            book: Any = said[side.place_of[key]]
            if not same(there, was) and not same(there, book):
                kind = column.kind
                side.plan.conflicts.append(
                    Conflict(
                        side.view.key, key, column.key, typed(was, kind), typed(book, kind), typed(there, kind),
                        "machine_owns", "book",
                    )
                )  # fmt: skip
