"""Print areas and names of the workbook that cover the rows of a table follow them when the table grows or shrinks."""

from __future__ import annotations

import re
from html import unescape
from xml.sax.saxutils import escape

from arsheet.hosts.following import Change
from arsheet.hosts.reading import Area, parse_area
from arsheet.table import column_letter

_NAME = re.compile(rb"(<definedName\b[^>]*>)([^<]+)(</definedName>)")
_PART = re.compile(r"(?:'(?:[^']|'')*'|[^,'])+")
_RANGE = re.compile(r"((?:'((?:[^']|'')+)'|([^'!]+))!)(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)")


def follow_names(workbook: bytes, change: Change, *, same_columns: bool) -> bytes:
    """workbook.xml with its names over the new rows of a table.

    A name follows if all it lists are ranges; of these the ones move that begin at the header or the first data row
    and end at the last data row or the totals. A print area may also begin above the table and reach beyond its sides.
    A range as wide as the table stays so; a narrower one moves only where the columns are what they were.
    """

    def name(match: re.Match[bytes]) -> bytes:
        ranges = [_RANGE.fullmatch(part) for part in _PART.findall(unescape(match[2].decode()))]
        if b"_xlnm._FilterDatabase" in match[1] or not all(ranges):
            return match[0]
        printed = b"_xlnm.Print_Area" in match[1]
        texts = [_moved(found, change, printed, same_columns) for found in ranges if found]
        if texts == [found[0] for found in ranges if found]:
            return match[0]
        return bytes(match[1] + escape(",".join(texts)).encode() + match[3])

    return _NAME.sub(name, workbook)


def _moved(found: re.Match[str], change: Change, printed: bool, same_columns: bool) -> str:
    sheet, area = (found[2] or found[3]).replace("''", "'"), parse_area(found[4])
    if area is None or sheet.casefold() != change.before.sheet.casefold():
        return found[0]
    after = _follow(area, change, printed, same_columns)
    if after == area:
        return found[0]
    corners = (after.first_column, after.first_row), (after.last_column, after.last_row)
    return found[1] + ":".join(f"${column_letter(column)}${row}" for column, row in corners)


def _follow(area: Area, change: Change, printed: bool, same_columns: bool) -> Area:
    table, old = change.before, change.before.area
    starts = area.first_row in (old.first_row, table.first_data_row) or (printed and area.first_row < old.first_row)
    ends = area.last_row in (table.last_data_row, old.last_row)
    whole = (area.first_column, area.last_column) == (old.first_column, old.last_column)
    part = same_columns and old.first_column <= area.first_column and area.last_column <= old.last_column
    beyond = printed and area.first_column <= old.first_column and area.last_column >= old.last_column
    if not (starts and ends and (whole or part or beyond)):
        return area
    last_row = change.last_row if area.last_row == table.last_data_row else change.area.last_row
    wide = (whole or beyond) and area.last_column == old.last_column
    return Area(area.first_row, area.first_column, last_row, change.last_column if wide else area.last_column)
