"""The tables that a client sends, as a workbook in memory: headers and rows where they stand on the client's sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from arsheet.addins.service import wire
from arsheet.run.live import host_in_memory
from arsheet.schema.headers import match_headers
from arsheet.schema.tables import TABLES

if TYPE_CHECKING:
    from arsheet.hosts.protocol import Host

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_SPECS = {spec.table_name.casefold(): spec for spec in TABLES.values()}


def host_of(body: Mapping[str, Any], *, date1904: bool = False, bare: bool = False, language: str = "zh") -> Host:
    """The tables of a request; raises WireError where they are not of the protocol.

    ``bare``: a request without tables is taken as well (a function's answer written as values needs none). Tables that
    the house does not know are left out; numbers in date columns are days of the book's date system.
    """
    sent = body.get("tables")
    if sent is None and bare:
        bills = TABLES["invoices"]
        place = (bills.sheet(language), 1, 0)
        return host_in_memory({bills.table_name: ((), ())}, _cells(body), {bills.table_name: place})
    if not isinstance(sent, dict):
        raise wire.bad_request("缺少 tables", "tables is missing")
    tables: dict[str, tuple[Sequence[str], Sequence[Sequence[Any]]]] = {}
    places: dict[str, tuple[str, int, int]] = {}
    for name, table in sent.items():
        spec = _SPECS.get(str(name).casefold())
        if spec is None:
            continue
        header, rows, places[spec.table_name] = _read(str(name), table)
        tables[spec.table_name] = (header, _with_dates(spec.key, header, rows, date1904))
    return host_in_memory(tables, _cells(body), places)


def _read(name: str, table: Any) -> tuple[list[str], list[list[Any]], tuple[str, int, int]]:
    """Header, rows as wide as the header, and (sheet, row of the header, 0-based column)."""
    if not isinstance(table, dict):
        raise _wrong(name)
    header, rows = table.get("header"), table.get("rows")
    row, column, sheet = table.get("row", 2), table.get("column", 1), table.get("sheet")
    if not isinstance(header, list) or not isinstance(rows, list) or not isinstance(sheet, str):
        raise _wrong(name)
    if type(row) is not int or type(column) is not int or not (1 < row <= LAST_ROW and 0 < column <= LAST_COLUMN):
        raise _wrong(name)
    if len(rows) > LAST_ROW or len(header) > LAST_COLUMN or not all(type(line) is list for line in rows):
        raise _wrong(name)
    width = len(header)
    lines = [line if len(line) == width else [*line[:width], *[None] * (width - len(line))] for line in rows]
    if any(type(cell) in (list, dict) for line in lines for cell in line):
        raise _wrong(name)
    return ["" if text is None else str(text) for text in header], lines, (sheet, row - 1, column - 1)


def _with_dates(key: str, header: Sequence[str], rows: list[list[Any]], date1904: bool) -> list[list[Any]]:
    spec = TABLES[key]
    mapping = match_headers(header, spec).mapping
    dated = {mapping[column.key] for column in spec.columns if column.kind == "date" and column.key in mapping}
    if not dated:
        return rows
    offset = wire.OFFSET_1904 if date1904 else 0
    return [[_date(cell, offset) if at in dated else cell for at, cell in enumerate(row)] for row in rows]


def _date(cell: Any, offset: int) -> Any:
    """A whole number in a date column is a day; what is none stays as it is and is told as a finding."""
    if type(cell) in (int, float) and cell == int(cell) and 0 < cell + offset < 2_958_466:
        return wire.date_of(int(cell) + offset)
    return cell


def _cells(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Single cells as the client read them: sheet -> address -> value."""
    sent = body.get("cells")
    if not isinstance(sent, dict):
        return {}
    return {
        str(sheet): {str(at).upper(): value for at, value in values.items()}
        for sheet, values in sent.items()
        if isinstance(values, dict)
    }


def _wrong(name: str) -> wire.WireError:
    shown = name[:60]
    return wire.bad_request(
        f"表 {shown} 要有 sheet、header、rows、row、column",
        f"the table {shown} has sheet, header, rows, row and column",
    )
