"""Puts the sheets of the workbook together in their order."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from arsheet.hosts.template import dashboard, fixed, pages, sheets, style
from arsheet.schema import layout
from arsheet.schema.tables import TABLES

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
        else:
            sheets.table_sheet(sheet, spec, language)
    customers = f"'{TABLES['customers'].sheet(language)}'!$A$2:$A$60000"
    book.defined_names[sheets.CUSTOMER_IDS] = DefinedName(sheets.CUSTOMER_IDS, attr_text=customers)
    book.active = 0
    book.calculation.fullCalcOnLoad = False  # a recalculation without the add-in would turn its formulas to #NAME?
    book.properties.title = TITLES[language]
    book.properties.creator = "arsheet"
    book.properties.created = book.properties.modified = fixed.MOMENT
    return book
