"""The hidden sheet of the last Refresh, and the cell of each report that says when the data has changed since."""

from __future__ import annotations

from typing import Any

from openpyxl.worksheet.formula import ArrayFormula

from arsheet.hosts.template import sheets, style
from arsheet.schema import freshness
from arsheet.schema.model import TableSpec
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label


def version_sheet(sheet: Any, language: str) -> None:
    """One row per source table, with the formulas that count it now."""
    spec = freshness.SPEC
    sheets.table_sheet(sheet, spec, language, rows=len(freshness.WATCHED))
    at = {column.key: index + 1 for index, column in enumerate(spec.columns)}
    for key in freshness.WATCHED:
        row = freshness.row_of(key)
        values = {"key": TABLES[key].table_name, "sheet": TABLES[key].sheet(language)}
        values |= freshness.live_formulas(key, row, language)
        for column, value in values.items():
            cell = sheet.cell(row, at[column])
            cell.value = ArrayFormula(cell.coordinate, value) if column in freshness.ARRAYS else value
            cell.font = style.font(language)
            if column not in ("key", "sheet"):
                cell.number_format = "0.00##" if column == "total_now" else "0"
    words, flag = sheet[freshness.WORDS_CELL], sheet[freshness.FLAG_CELL]
    words.value, words.font = label("tables_changed", language), style.font(language, color=style.MUTED)
    flag.value, flag.font = freshness.flag_formula(), style.font(language, bold=True, color=style.RED)


def report_cell(sheet: Any, spec: TableSpec, language: str) -> None:
    """数据已变请刷新, or nothing."""
    cell = sheet[freshness.DASHBOARD_CELL if spec.key == "dashboard" else freshness.REPORT_CELL]
    cell.value = freshness.report_formula(language)
    cell.font = style.font(language, bold=True, color=style.RED)
    cell.number_format = "General"
    cell.alignment = style.Alignment(horizontal="left", vertical="center")
