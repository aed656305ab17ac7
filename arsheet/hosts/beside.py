"""What a person typed right of a report, outside its table: the columns next to it become the table's, as Excel does.

Excel widens a table when somebody types next to it; other applications do not, and the words would stay where they are
while the rows move. What stands apart from the table is left alone and named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from arsheet.hosts.drafting import Draft
from arsheet.hosts.edits import ReplaceRows
from arsheet.hosts.keeping import value_at
from arsheet.hosts.reading import Area, TableInfo, column_index, read_package
from arsheet.hosts.sheetxml import SheetXml
from arsheet.table import column_letter

_LAST = re.compile(rb"""<c r=["']([A-Z]+)\d+["'][^<]*(?:<(?!c[ >/])[^<]*)*\Z""")
_OWN_NAMES = ("备注", "Remark")


def widened(
    draft: Draft, sheet: SheetXml, table: TableInfo, edit: ReplaceRows, walls: Sequence[Area]
) -> tuple[TableInfo, ReplaceRows]:
    """The table with the used columns right next to it as own columns of the person's, and the edit that keeps them.

    ``walls``: ranges that are something of their own (tables, pivot tables, merged cells).
    """
    used = _used(sheet, table)
    if not used or not edit.key:
        return table, edit
    area, right = table.area, table.area.last_column
    while right + 1 in used and not any(wall.overlaps(_column(table, right + 1)) for wall in walls):
        right += 1
    apart = [column for column in sorted(used) if column > right]
    draft.report.beside += tuple(
        f"{sheet.name}!{column_letter(column)}{used[column][0]}:{column_letter(column)}{used[column][-1]}"
        for column in apart
        if not any(wall.overlaps(_column(table, column)) for wall in walls)
    )
    if right == area.last_column:
        return table, edit
    names = _names(draft, table, range(area.last_column + 1, right + 1))
    wide = Area(area.first_row, area.first_column, area.last_row, right)
    return replace(table, area=wide, columns=(*table.columns, *names)), replace(edit, keep=(*edit.keep, *names))


def _column(table: TableInfo, column: int) -> Area:
    return Area(table.area.first_row, column, table.last_data_row, column)


def _used(sheet: SheetXml, table: TableInfo) -> dict[int, list[int]]:
    """The columns right of a table that hold anything beside its data rows, and in which rows."""
    found: dict[int, list[int]] = {}
    last = table.area.last_column
    for row in range(table.first_data_row, table.last_data_row + 1):
        segment = sheet.rows.get(row, b"")
        end = segment.rfind(b"<c ")
        if end < 0 or ((known := _LAST.match(segment, end)) and column_index(known[1]) <= last):
            continue
        for column, cell in sheet.cells(row).items():
            if column > last and cell.has_content:
                found.setdefault(column, []).append(row)
    return found


def _names(draft: Draft, table: TableInfo, columns: range) -> list[str]:
    """The headers of columns as somebody typed them, else 备注 or Remark; each once in its table."""
    grid = read_package(draft.package, Path(draft.package.name)).grid(table.sheet)
    taken = {name.casefold() for name in table.columns}
    usual = _OWN_NAMES[0 if any(ord(letter) > 0x2E80 for letter in "".join(table.columns)) else 1]
    names = []
    for column in columns:
        typed = value_at(grid, table.area.first_row, column)
        name = base = str(typed).strip() if typed is not None and str(typed).strip() else usual
        number = 2
        while name.casefold() in taken:
            name, number = f"{base}{number}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names
