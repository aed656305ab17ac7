"""The workbook under an add-in: sheets of plain texts, written with the same bytes for the same texts, and read."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any


def addin_book(sheets: Mapping[str, Sequence[Sequence[Any]]], *, title: str, notice: str) -> bytes:
    """An xlsx whose sheets hold the given rows as they are; their code names are Sheet1, Sheet2, …

    The first sheet stays visible, as a workbook must show one; an add-in shows none of its sheets.
    """
    from openpyxl import Workbook

    from arsheet.hosts.template.fixed import repack

    book = Workbook()
    book.remove(book.active)
    for number, (name, rows) in enumerate(sheets.items(), 1):
        sheet = book.create_sheet(name)
        sheet.sheet_properties.codeName = f"Sheet{number}"
        sheet.sheet_state = "visible" if number == 1 else "hidden"
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values, 1):
                cell = sheet.cell(row, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # a text that begins with = is a text
    book.code_name = "ThisWorkbook"
    book.properties.title = title
    book.properties.creator = "arsheet"
    book.properties.description = notice
    out = io.BytesIO()
    book.save(out)
    return repack(out.getvalue())


def read_addin_book(data: bytes) -> dict[str, list[list[Any]]]:
    """The rows of every sheet of an add-in; raises WorkbookError ``file_damaged`` for what is no workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    from arsheet.hosts.opening_words import REBUILD_ADDIN, damaged

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except CalamineError as error:
        raise damaged("arsheet.xlam", str(error), cure=REBUILD_ADDIN) from None
