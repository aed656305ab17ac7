"""Rows written into real files: .xlsx, .xls (BIFF8), delimited text in any encoding, web pages."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Error:
    """An error value such as #N/A."""

    text: str = "#N/A"


@dataclass(frozen=True)
class Looks:
    """What a workbook has beside its cells: merged ranges and hidden rows (from 0), the 1904 system."""

    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: tuple[int, ...] = ()
    filtered: str = ""
    from_1904: bool = False


PLAIN = Looks()
_BIFF_ERRORS = {"#N/A": 0x2A}


def write_xlsx(path: Path, sheets: Mapping[str, Rows], looks: Looks = PLAIN) -> Path:
    """A workbook by openpyxl: formulas have no stored results."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    if looks.from_1904:
        book.epoch = CALENDAR_MAC_1904
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    cell = sheet.cell(at, column, value.text if isinstance(value, Error) else value)
                    if isinstance(value, Error):
                        cell.data_type = "e"
        for top, left, bottom, right in looks.merged:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )  # fmt: skip
        for number in looks.hidden:
            sheet.row_dimensions[number + 1].hidden = True
        if looks.filtered:
            sheet.auto_filter.ref = looks.filtered
    book.save(path)
    return path


def write_xls(path: Path, sheets: Mapping[str, Rows], looks: Looks = PLAIN) -> Path:
    """An old workbook (BIFF8)."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = looks.from_1904
    dated = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        under = {(top, left): (bottom, right) for top, left, bottom, right in looks.merged}
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, Error):
                    sheet.row(at).set_cell_error(column, _BIFF_ERRORS[value.text])
                elif (at, column) in under:
                    bottom, right = under[at, column]
                    sheet.write_merge(at, bottom, column, right, value)
                elif isinstance(value, str) and value.startswith("="):
                    sheet.write(at, column, xlwt.Formula(value[1:]))
                elif isinstance(value, dt.date):
                    sheet.write(at, column, value, dated)
                else:
                    sheet.write(at, column, value)
        for number in looks.hidden:
            sheet.row(number).hidden = True
    book.save(str(path))
    return path


def delimited(rows: Rows, delimiter: str = ",") -> str:
    """Rows as delimited text, as a spreadsheet saves them."""
    out = io.StringIO()
    texts = [
        ["" if value is None else value.text if isinstance(value, Error) else str(value) for value in row]
        for row in rows
    ]
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(texts)
    return out.getvalue()


def write_csv(path: Path, rows: Rows, encoding: str = "gb18030", delimiter: str = ",") -> Path:
    """A text file in an encoding; gb18030 is what a Chinese spreadsheet saves."""
    path.write_bytes(delimited(rows, delimiter).encode(encoding))
    return path


def write_html(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    """A web page with one table, as many systems export "Excel"."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{'' if value is None else value}</td>" for value in row) + "</tr>" for row in rows
    )
    page = f'<html><head><meta charset="{encoding}"></head><body><table border="1">{lines}</table></body></html>'
    path.write_bytes(page.encode(encoding))
    return path


Build = Callable[[Path], Path]
"""Writes a file into a folder."""


def workbook(form: str, rows: Rows, looks: Looks = PLAIN, name: str = "应收") -> Build:
    """A builder of a file with one sheet in one of the forms xlsx, xls, csv."""

    def build(folder: Path) -> Path:
        if form == "csv":
            return write_csv(folder / "应收.csv", rows)
        write = write_xlsx if form == "xlsx" else write_xls
        return write(folder / f"应收.{form}", {name: rows}, looks)

    return build


def several(form: str, sheets: Mapping[str, Rows]) -> Build:
    """A builder of a workbook with several sheets."""
    write = write_xlsx if form == "xlsx" else write_xls
    return lambda folder: write(folder / f"应收.{form}", sheets)
