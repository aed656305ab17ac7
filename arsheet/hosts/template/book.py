"""Puts the sheets of the workbook together in their order."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from arsheet.hosts.template import dashboard, fixed, formulas, freshness, pages, sheets, style
from arsheet.schema import layout
from arsheet.schema.tables import TABLES

CALCULATION_ID = 191029
"""The calculation engine of Excel 2019 and later."""
TITLES = {"zh": "应收账款管理", "en": "Receivables"}


def build(language: str) -> Any:
    """The workbook, not yet saved."""
    book = Workbook()
    book.remove(book.active)
    book._named_styles["Normal"].font = style.font(language)
    for spec in layout.sheets():
        sheet = book.create_sheet(spec.sheet(language))
        group = "checks" if spec.key == "checks" else spec.group
        sheet.sheet_properties.tabColor = style.TABS[group]
        if not spec.visible:
            sheet.sheet_state = "hidden"
        if spec.key == "start":
            pages.start(sheet, language)
        elif spec.key == "dashboard":
            dashboard.fill(sheet, language)
        elif spec.key == "settings":
            pages.settings(sheet, language)
        elif spec.key == "refresh_version":
            freshness.version_sheet(sheet, language)
        elif spec.key == "formulas":
            formulas.fill(sheet, language)
        else:
            sheets.table_sheet(sheet, spec, language)
        if (spec.role == "view" and spec.key not in (*layout.PAGES, "refresh_version")) or spec.key == "dashboard":
            freshness.report_cell(sheet, spec, language)
    customers = f"'{TABLES['customers'].sheet(language)}'!$A$2:$A$60000"
    book.defined_names[sheets.CUSTOMER_IDS] = DefinedName(sheets.CUSTOMER_IDS, attr_text=customers)
    book.active = 0
    # without the add-in a recalculation would turn its formulas to #NAME?; an old calculation id asks for one too
    book.calculation.fullCalcOnLoad, book.calculation.calcId = False, CALCULATION_ID
    book.properties.title = TITLES[language]
    book.properties.creator = "arsheet"
    book.properties.created = book.properties.modified = fixed.MOMENT
    return book
