"""A workbook as an application has it open: its tables as a client sends them, and the writes it carries out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from arsheet.addins.service import wire
from arsheet.hosts.xlsx import XlsxHost
from arsheet.schema.tables import TABLES
from arsheet.table import CellError, column_letter


def cell(value: Any, date1904: bool = False) -> Any:
    """A value as a client sends it: a date is its serial."""
    if isinstance(value, dt.date):
        return wire.serial(value) - (1462 if date1904 else 0)
    return {"e": value.text} if isinstance(value, CellError) else value


def tables_of(path: Path, *, date1904: bool = False) -> dict[str, Any]:
    """Every table of a file, with where it stands."""
    host = XlsxHost(path)
    found = {}
    for info in host.book.tables:
        if info.name not in {spec.table_name for spec in TABLES.values()}:
            continue
        raw = host.read(info.name)
        rows = [[cell(value, date1904) for value in row] for row in raw.rows()]
        found[info.name] = {
            "sheet": info.sheet, "header": list(info.columns), "rows": rows,
            "row": info.first_data_row, "column": info.area.first_column + 1,
        }  # fmt: skip
    return found


class OpenBook:
    """Tables and single cells; ``apply`` does what PROTOCOL.md asks of a client."""

    def __init__(self, path: Path, *, date1904: bool = False) -> None:
        self.tables = tables_of(path, date1904=date1904)
        self.cells: dict[str, dict[str, Any]] = {}

    def state(self) -> dict[str, Any]:
        """All that can change, to compare."""
        return {
            "tables": {name: (table["header"], table["rows"]) for name, table in self.tables.items()},
            "cells": {
                (sheet, at): value
                for sheet, cells in self.cells.items()
                for at, value in cells.items()
                if value is not None
            },
        }

    def before(self, writes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """What the cells about to be written hold."""
        return {
            write["sheet"]: {at: self.cells.get(write["sheet"], {}).get(at) for at in write["cells"]}
            for write in writes
        }  # fmt: skip

    def apply(self, writes: list[dict[str, Any]]) -> None:
        """Carries writes out."""
        for write in writes:
            if write["table"]:
                table = self.tables[write["table"]]
                corner = f"{column_letter(table['column'] - 1)}{table['row'] - 1}"
                assert write["first"] == corner
                table["header"] = write["header"]
                table["rows"] = [[_plain(value) for value in row] for row in write["rows"]]
            cells = self.cells.setdefault(write["sheet"], {})
            cells.update({at: _plain(value) for at, value in write["cells"].items()})


def _plain(value: Any) -> Any:
    return value["d"] if isinstance(value, dict) and "d" in value else value
