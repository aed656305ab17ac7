"""The sheets with a table: header, one blank row, formats, validations, conditional formats, print setup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.formatting.rule import DifferentialStyle, FormulaRule, Rule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo

from arsheet.hosts.template import style
from arsheet.schema import layout
from arsheet.schema.model import Column, TableSpec
from arsheet.schema.tables import expand
from arsheet.schema.words import label
from arsheet.table import column_letter

LAST_ROW = 1_048_576
UNIQUE = {
    "customers": "customer_id",
    "invoices": "document_no",
    "receipts": "receipt_no",
    "applications": "application_id",
}
"""Columns whose repeated values are marked."""
CUSTOMER_IDS = "CustomerIDs"
"""The defined name of the customers' IDs: a conditional format may use a name, but not another sheet's cells."""
PAGE_WIDTH = 190
"""Characters across a page that can still be read."""
WHOLE_KINDS = ("int", "days")


def table_sheet(sheet: Any, spec: TableSpec, language: str, rows: int = 1) -> None:
    """Fills an empty sheet with a table as its declaration says, with so many blank rows."""
    columns = expand(spec)
    top = layout.header_row(spec)
    if spec.role == "view":
        _above(sheet, spec, language)
    for index, column in enumerate(columns):
        _column(sheet, column, index, top, spec, language)
    sheet.row_dimensions[top].height = 24
    if spec.key == "checks":  # messages of two lines show whole, also where rows do not grow by themselves
        sheet.sheet_format.customHeight, sheet.sheet_format.defaultRowHeight = True, 32
        for row in range(layout.STAMP_ROW, top):
            sheet.row_dimensions[row].height = 17
    last = column_letter(len(columns) - 1)
    _table(sheet, spec, f"A{top}:{last}{top + rows}")
    if spec.role != "view":
        _validations(sheet, columns, top + 1, language)
        _required(sheet, columns, top + 1)
    _marks(sheet, spec, columns, top + 1, language)
    sheet.freeze_panes = f"{'C' if len(columns) > 6 else 'A'}{top + 1}"
    total = sum(sheet.column_dimensions[column_letter(index)].width for index in range(len(columns)))
    # no columns repeated on pages further right: LibreOffice would take twice as long to open the book (2.4 s, 4.2 s)
    page(sheet, rows=f"{top}:{top}", landscape=True, width=max(1, round(total / PAGE_WIDTH)))


def page(sheet: Any, *, rows: str = "", landscape: bool, width: int = 1, height: int = 0) -> None:
    """A4, fitted to so many pages across, the header on every page, page numbers below."""
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = width
    sheet.page_setup.fitToHeight = height
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.oddFooter.center.text = "&A  &P / &N"
    sheet.oddFooter.center.size = 8
    if rows:
        sheet.print_title_rows = rows


def _above(sheet: Any, spec: TableSpec, language: str) -> None:
    title, stamp = sheet[layout.TITLE_CELL], sheet[layout.STAMP_CELL]
    title.value = spec.sheet(language)
    title.font = style.font(language, bold=True, size=16, color=style.ACCENT)
    never = label("not_refreshed", language)
    stamp.value = f"{never} · {spec.note(language)}"
    stamp.font = style.font(language, color=style.MUTED)
    for cell in layout.CHECK_CELLS:
        sheet[cell].font = style.font(language, color=style.MUTED)
    sheet.row_dimensions[layout.TITLE_ROW].height = 28
    sheet.sheet_view.showGridLines = False


def _column(sheet: Any, column: Column, index: int, top: int, spec: TableSpec, language: str) -> None:
    letter = column_letter(index)
    whole = sheet.column_dimensions[letter]
    whole.width = style.width(column, language)
    whole.number_format = style.FORMATS[column.kind]
    whole.font = style.font(language)
    whole.alignment = style.align(column.kind)
    header = sheet[f"{letter}{top}"]
    header.value = column.header(language)
    style.head(header, language, required=column.required and spec.role != "view")
    for row in range(1, top):  # the rows above a view's header are words, whatever the column holds
        above = sheet[f"{letter}{row}"]
        above.number_format = "General"
        above.alignment = style.Alignment(vertical="center")
    below = sheet[f"{letter}{top + 1}"]
    below.number_format = style.FORMATS[column.kind]
    below.font = style.font(language)
    below.alignment = style.align(column.kind, wrap=spec.key == "checks" and column.key in ("message", "hint"))
    below.border = style.line()


def _table(sheet: Any, spec: TableSpec, ref: str) -> None:
    table = Table(displayName=spec.table_name, name=spec.table_name, ref=ref)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)


def _range(index: int, first: int) -> str:
    letter = column_letter(index)
    return f"{letter}{first}:{letter}{LAST_ROW}"


def _validations(sheet: Any, columns: Sequence[Column], first: int, language: str) -> None:
    for index, column in enumerate(columns):
        rule = validation(column, language)
        if rule is not None:
            rule.add(_range(index, first))
            sheet.add_data_validation(rule)


def validation(column: Column, language: str) -> Any:
    """What may be typed into a column; words outside a list only warn, since aliases are understood too."""
    zh = language == "zh"
    if column.choices:
        words = ",".join(choice.word(language) for choice in column.choices)
        rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, errorStyle="warning")
        rule.error = f"不在列表里：{words}" if zh else f"Not in the list: {words}"
    elif column.kind == "date":
        rule = DataValidation(type="date", operator="between", formula1="1", formula2="109939", allow_blank=True)
        rule.error = "请填日期，例如 2026-03-31" if zh else "Please give a date, such as 2026-03-31"
    elif column.kind in ("money", "rate", "percent"):
        rule = DataValidation(type="decimal", operator="between", formula1="-1E+15", formula2="1E+15", allow_blank=True)
        rule.error = "请填数字" if zh else "Please give a number"
    elif column.kind in WHOLE_KINDS:
        rule = DataValidation(type="whole", operator="between", formula1="-99999", formula2="999999", allow_blank=True)
        rule.error = "请填整数" if zh else "Please give a whole number"
    elif column.note_zh:
        rule = DataValidation(allow_blank=True)
    else:
        return None
    rule.error = (rule.error or "")[:220] or None
    rule.errorTitle = column.header(language)[:32]
    rule.showErrorMessage = rule.type is not None
    if column.note_zh:
        rule.promptTitle, rule.prompt = column.header(language)[:32], column.note_zh if zh else column.note_en
        rule.showInputMessage = True
    return rule


def _required(sheet: Any, columns: Sequence[Column], first: int) -> None:
    last = column_letter(len(columns) - 1)
    for index, column in enumerate(columns):
        if column.required:
            blank = f"AND(COUNTA($A{first}:${last}{first})>0,ISBLANK({column_letter(index)}{first}))"
            _mark(sheet, _range(index, first), blank, fill=style.AMBER_PALE)


def _mark(sheet: Any, cells: str, formula: str, *, colour: str = "", fill: str = "", strike: bool = False) -> None:
    changes: dict[str, Any] = {}
    if colour or strike:
        changes["font"] = style.Font(color=colour or None, strike=strike or None)
    if fill:
        changes["fill"] = style.PatternFill(bgColor=fill)
    sheet.conditional_formatting.add(cells, FormulaRule(formula=[formula], **changes))


def _marks(sheet: Any, spec: TableSpec, columns: Sequence[Column], first: int, language: str) -> None:
    """The conditional formats of single sheets."""
    at = {column.key: index for index, column in enumerate(columns)}
    whole = f"A{first}:{column_letter(len(columns) - 1)}{LAST_ROW}"

    def ref(key: str, dollar: bool = True) -> str:
        return f"{'$' if dollar else ''}{column_letter(at[key])}{first}"

    if spec.key in UNIQUE:
        looks = DifferentialStyle(font=style.Font(color=style.RED), fill=style.PatternFill(bgColor=style.RED_PALE))
        twice = Rule(type="duplicateValues", dxf=looks)
        sheet.conditional_formatting.add(_range(at[UNIQUE[spec.key]], first), twice)
    if spec.key in ("invoices", "receipts"):
        formula = f'AND({ref("customer_id")}<>"",COUNTIF({CUSTOMER_IDS},{ref("customer_id")})=0)'
        _mark(sheet, _range(at["customer_id"], first), formula, colour=style.AMBER, fill=style.AMBER_PALE)
    if spec.key == "applications":
        _mark(sheet, whole, f'{ref("reversed_on")}<>""', colour="9AA5AD", strike=True)
    if spec.key == "checks":
        for severity, colour, pale in (
            ("error", style.RED, style.RED_PALE),
            ("warning", style.AMBER, style.AMBER_PALE),
        ):
            formula = f'{ref("severity")}="{label(severity, language)}"'
            _mark(sheet, _range(0, first), formula, colour=colour, fill=pale)
    for key in ("days", "oldest_days", "overdue"):
        if key in at and spec.role == "view":
            formula = f"AND(ISNUMBER({ref(key)}),{ref(key)}>0)"
            _mark(sheet, _range(at[key], first), formula, colour=style.RED)
    if spec.key == "overdue_aging":
        _over(sheet, whole, first, language)
    if "utilisation" in at:
        over, near = f"AND(ISNUMBER({ref('utilisation')}),{ref('utilisation')}>", _range(at["utilisation"], first)
        _mark(sheet, near, f"{over}1)", colour=style.RED, fill=style.RED_PALE)
        _mark(sheet, near, f"{over}=0.8)", colour=style.AMBER, fill=style.AMBER_PALE)


def _over(sheet: Any, cells: str, first: int, language: str) -> None:
    """The last bucket in red, wherever the settings put it: known by its header."""
    ending = "天以上" if language == "zh" else "+ days"
    header = f"A${layout.HEADER_ROW}"
    formula = f'AND(RIGHT({header},{len(ending)})="{ending}",ISNUMBER(A{first}),A{first}>0)'
    _mark(sheet, cells, formula, colour=style.RED)
