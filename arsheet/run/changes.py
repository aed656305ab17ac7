"""What a queue of writes changes: rows before and after, cells that differ, and what puts the former state back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from arsheet.run.recording import Queued
from arsheet.schema.layout import header_row
from arsheet.schema.tables import TABLES
from arsheet.table import Table, column_letter

if TYPE_CHECKING:
    from arsheet.hosts.protocol import Host

SAMPLE = 20
"""So many changed cells of a sheet are shown."""
_SPECS = {spec.table_name.casefold(): spec for spec in TABLES.values()}


@dataclass(frozen=True, slots=True)
class Change:
    """One cell before and after."""

    cell: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Write:
    """What is written to one table, or to single cells of one sheet (``table`` is "" then).

    ``header`` and ``rows`` are the table's whole contents afterwards, ``first`` the cell of its first header; where
    there is no header, ``first`` is the cell of the first value. ``mode`` append: only the last ``added`` rows are new;
    remove: ``added`` rows at the end go away. ``cells`` are single cells of the sheet.
    """

    table: str
    sheet: str
    mode: Literal["replace", "append", "remove", "cells"]
    header: tuple[str, ...] = ()
    first: str = ""
    rows: tuple[Sequence[Any], ...] = ()
    cells: Mapping[str, Any] = field(default_factory=dict)
    added: int = 0
    rows_before: int = 0
    changed_cells: int = 0
    sample: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All that an action writes, and the queue that takes it back."""

    writes: tuple[Write, ...]
    former: tuple[Queued, ...]


def changes_of(queue: Sequence[Queued], host: Host) -> Changes:
    """What carrying the queue out would change in a host; the host is only read."""
    writes: list[Write] = []
    former: list[Queued] = []
    for group in _by_target(queue):
        if group[0].kind == "cells":
            made, back = _cells(group, host)
        else:
            made, back = _table(group, host)
        writes.append(made)
        former.append(back)
    return Changes(tuple(writes), tuple(former))


def _by_target(queue: Sequence[Queued]) -> list[list[Queued]]:
    """The writes of one table, and the cells of one sheet, together; in the order of their first write."""
    groups: dict[tuple[bool, str], list[Queued]] = {}
    for each in queue:
        groups.setdefault((each.kind == "cells", each.name.casefold()), []).append(each)
    return list(groups.values())


def _cells(group: Sequence[Queued], host: Host) -> tuple[Write, Queued]:
    sheet = group[0].name
    new = {at: value for each in group for at, value in each.cells.items()}
    old = host.read_cells(sheet, list(new))
    different = [
        Change(at, old.get(at), plain(value)) for at, value in new.items() if plain(old.get(at)) != plain(value)
    ]
    write = Write("", sheet, "cells", cells=new, changed_cells=len(different), sample=tuple(different[:SAMPLE]))
    return write, Queued("cells", sheet, cells={at: old.get(at) for at in new})


def _table(group: Sequence[Queued], host: Host) -> tuple[Write, Queued]:
    name = group[0].name
    before = host.read(name)
    after = _after(group, before)
    sheet = before.place.sheet if before.place is not None else name
    row, column = _anchor(host, name, before)
    count, sample = _differences(before, after, row, column)
    cells = {at: value for each in group for at, value in each.cells.items()}
    old = host.read_cells(sheet, list(cells)) if cells else {}
    told = [Change(at, old.get(at), plain(value)) for at, value in cells.items() if plain(old.get(at)) != plain(value)]
    appended = all(each.kind == "append" for each in group)
    write = Write(
        name, sheet, "append" if appended else "replace",
        header=tuple(str(text or "") for text in after.header),
        first=f"{column_letter(column)}{row}",
        rows=tuple(after.rows()),
        cells=cells,
        added=len(after) - len(before) if appended else 0,
        rows_before=len(before),
        changed_cells=count + len(told),
        sample=tuple([*told, *sample][:SAMPLE]),
    )  # fmt: skip
    header = tuple(str(text or "") for text in before.header)
    back = Queued("write", name, header, tuple(before.rows()), {at: old.get(at) for at in cells})
    return write, back


def _after(group: Sequence[Queued], before: Table) -> Table:
    """The table as it will be, columns of the user's own moved with their rows."""
    from arsheet.hosts.memory import MemoryHost

    name = group[0].name
    header = [str(text or "") for text in before.header]
    trial = MemoryHost({name: (header, [list(row) for row in before.rows()])})
    for each in group:
        each.carry_out(trial)
    trial.save()
    return trial.read(name)


def _anchor(host: Host, name: str, table: Table) -> tuple[int, int]:
    """The 1-based row and 0-based column of a table's first header."""
    known = getattr(host, "anchor", None)
    if known is not None:
        row, column = known(name)
        return int(row), int(column)
    spec = _SPECS.get(name.casefold())
    place = table.place
    column = min(place.columns, default=0) if place is not None else 0
    if spec is not None:
        return header_row(spec), column
    return (min(place.rows) - 1 if place is not None and place.rows else 1), column


def _differences(before: Table, after: Table, row: int, column: int) -> tuple[int, list[Change]]:
    """How many cells of the sheet change, and the first of them."""
    place = before.place
    columns = list(place.columns) if place is not None else [column + at for at in range(len(before.header))]
    old = dict(zip(columns, before.columns, strict=True))
    new = {column + at: values for at, values in enumerate(after.columns)}
    count, found = 0, []
    for at in sorted({*old, *new}):
        was, is_ = old.get(at, ()), new.get(at, ())
        changed = _changed(was, is_)
        count += len(changed)
        for line in changed[:SAMPLE]:
            change = Change(f"{column_letter(at)}{row + 1 + line}", _at(was, line), _at(is_, line))
            found.append((line, at, change))
    return count, [change for _, _, change in sorted(found, key=lambda each: each[:2])[:SAMPLE]]


def _changed(was: Sequence[Any], is_: Sequence[Any]) -> list[int]:
    if list(was) == list(is_):
        return []
    return [line for line in range(max(len(was), len(is_))) if _at(was, line) != _at(is_, line)]


def _at(values: Sequence[Any], line: int) -> Any:
    return plain(values[line]) if line < len(values) else None


def plain(value: Any) -> Any:
    """A value as a cell gives it back: blank text is a blank, amounts are floats, midnights are dates."""
    if value == "":
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time.min:
        return value.date()
    return value
