"""The sheet 公式示例: every worksheet function in use, to look at and to copy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from openpyxl.worksheet.formula import ArrayFormula

from arsheet.functions.catalogue import functions
from arsheet.functions.examples import example_version
from arsheet.functions.invoke import invoke
from arsheet.functions.registry import Declaration
from arsheet.hosts.template import style
from arsheet.hosts.template.sheets import page
from arsheet.schema import layout
from arsheet.schema.tables import TABLES
from arsheet.table import column_letter

NOTE = (
    "蓝框里写客户编码，公式会跟着变；结果在刷新时更新，第一次刷新前是空白。没有装加载项也能看到刷新时的结果："
    "Excel 不装加载项时请不要重算（编辑这些单元格会变成 #NAME?）；"
    "LibreOffice 不装加载项时，成片的结果和错误值显示 #NAME?。",
    "Type a customer ID into the framed cell and the formulas follow. Results are brought up to date by Refresh and "
    "are blank before the first one. Without the add-in they can still be read: Excel shows them until a cell is "
    "edited (then #NAME?); LibreOffice shows #NAME? for results of several cells and for errors.",
)
INPUTS = (
    ("客户编码", "Customer ID", None),
    ("截止日期（空=刷新时的）", "As-of date (blank = that of the Refresh)", None),
    ("账期条款", "Payment terms", ("月结30天", "net 30")),
    ("单据日期", "Document date", dt.date(2026, 1, 15)),
)
FIRST_INPUT = int(layout.FORMULAS_CUSTOMER[1:])
HEADER = FIRST_INPUT + len(INPUTS) + 1
CUSTOMER, AS_OF, TERMS, DATE = (f"$B${FIRST_INPUT + at}" for at in range(len(INPUTS)))
SCALARS = {
    "AR_STAMP": "",
    "AR_BALANCE": f"{CUSTOMER},{AS_OF}",
    "AR_OVERDUE": f"{CUSTOMER},{AS_OF}",
    "AR_OLDEST_DAYS": f"{CUSTOMER},{AS_OF}",
    "AR_AGING_BUCKET": f'{CUSTOMER},"1-30",{AS_OF}',
    "AR_CREDIT_LIMIT": f"{CUSTOMER},{AS_OF}",
    "AR_CREDIT_UTILISATION": f"{CUSTOMER},{AS_OF}",
    "AR_CREDIT_AVAILABLE": f"{CUSTOMER},{AS_OF}",
    "AR_DSO": f"{AS_OF}",
    "AR_DUE_DATE": f"{TERMS},{DATE}",
    "AR_TERM_EXPLAIN": f"{TERMS}",
    "AR_DISCOUNT": '113000,"2/10 net 30",DATE(2026,1,15),DATE(2026,1,25)',
    "AR_AMOUNT_CN": "1409.5",
    "AR_LAST_ERROR": "",
}
"""Functions with one result -> their arguments; one row each."""
_SAMPLE_ROW = HEADER + len(SCALARS) + 3
_SAMPLE = (
    (("客户编码", "Customer ID"), ("到期日", "Due date"), ("金额", "Amount")),
    ("X1", dt.date(2025, 11, 30), 12000),
    ("X1", dt.date(2026, 1, 20), 8000),
    ("X2", dt.date(2026, 2, 28), 5000),
)
_YEARS_ROW = _SAMPLE_ROW + len(_SAMPLE) + 2
_RANGE = f"$A${_SAMPLE_ROW}:$C${_SAMPLE_ROW + len(_SAMPLE) - 1}"
BLOCKS = {
    "AR_EXPOSURE": f"{CUSTOMER},{AS_OF}",
    "AR_RECON_STATUS": f"{CUSTOMER},{AS_OF}",
    "AR_AGING": f"{CUSTOMER},{AS_OF}",
    "AR_AGING_OF": f"{_RANGE},DATE(2026,1,31)",
    "AR_AGING_DERIVED": f"500000,300000,$A${_YEARS_ROW}:$C${_YEARS_ROW}",
    "AR_OPEN_ITEMS": f"{CUSTOMER},{AS_OF}",
    "AR_ACCOUNT": f"{CUSTOMER}",
    "AR_UNAPPLIED": f"{CUSTOMER},{AS_OF}",
    "AR_SCHEDULE": f"113000,{TERMS},{DATE}",
    "AR_RECLASS": f"{AS_OF}",
    "AR_REMINDERS": f"{AS_OF}",
    "AR_DATA_CHECK": "",
}
"""Functions with a result of several cells: side by side, each with nothing below it."""
FIRST_BLOCK = 5
"""The 0-based column of the first block."""
GAP = 3
"""Columns between blocks: room for a few buckets more."""


def fill(sheet: Any, language: str) -> None:
    """Inputs, one row per scalar function, one block per table."""
    at = 0 if language == "zh" else 1
    sheet.sheet_view.showGridLines = False
    for letter, width in zip("ABCDE", (30, 24, 46, 60, 3), strict=True):
        sheet.column_dimensions[letter].width = width
    title, note = sheet[layout.TITLE_CELL], sheet[layout.STAMP_CELL]
    title.value = TABLES["formulas"].sheet(language)
    title.font = style.font(language, bold=True, size=16, color=style.ACCENT)
    sheet.merge_cells("A2:D2")
    note.value, note.font = NOTE[at], style.font(language, color=style.MUTED)
    note.alignment = style.Alignment(vertical="top", wrap_text=True)
    sheet.row_dimensions[layout.TITLE_ROW].height, sheet.row_dimensions[layout.STAMP_ROW].height = 28, 66
    _inputs(sheet, language)
    for index, column in enumerate(TABLES["formulas"].columns):
        cell = sheet.cell(HEADER, (1, 3, 4)[index])
        cell.value = column.header(language)
        style.head(cell, language)
    result = sheet.cell(HEADER, 2)
    result.value = ("结果", "Result")[at]
    style.head(result, language)
    known = functions()
    for row, (name, arguments) in enumerate(SCALARS.items(), HEADER + 1):
        _scalar(sheet, row, known[name], f"={name}({arguments})", language)
    _samples(sheet, language)
    left = FIRST_BLOCK
    for name, arguments in BLOCKS.items():
        left += _block(sheet, left, known[name], f"={name}({arguments})", language) + GAP
    sheet.freeze_panes = f"B{HEADER + 1}"
    page(sheet, landscape=True)
    sheet.print_area = f"A1:D{_YEARS_ROW}"


def _inputs(sheet: Any, language: str) -> None:
    for row, (zh, en, value) in enumerate(INPUTS, FIRST_INPUT):
        words, cell = sheet.cell(row, 1), sheet.cell(row, 2)
        words.value, words.font = zh if language == "zh" else en, style.font(language)
        cell.value = value[0 if language == "zh" else 1] if isinstance(value, tuple) else value
        cell.fill, cell.border = style.fill(style.INPUT), style.line(style.ACCENT)
        cell.number_format = "yyyy-mm-dd" if row in (FIRST_INPUT + 1, FIRST_INPUT + 3) else "@"
        cell.font = style.font(language, bold=True)
        cell.alignment = style.Alignment(horizontal="left", vertical="center")


def _scalar(sheet: Any, row: int, declared: Declaration, formula: str, language: str) -> None:
    words = declared.zh if language == "zh" else declared.en
    for column, value in enumerate((declared.name, formula, formula, words), 1):
        cell = sheet.cell(row, column)
        cell.value = value
        cell.font = style.font(language, bold=column == 2, color=style.MUTED if column == 3 else None)
        cell.border = style.line()
        cell.alignment = style.Alignment(
            horizontal="right" if column == 2 else "left", vertical="center", wrap_text=column == 4
        )
    _as_text(sheet.cell(row, 3))
    answer = invoke(declared.name, declared.examples[0].args, version=example_version()).value
    sheet.cell(row, 2).number_format = _format(declared, answer)
    sheet.row_dimensions[row].height = 32


def _format(declared: Declaration, answer: Any) -> str:
    if declared.returns == "date":
        return style.FORMATS["date"]
    if isinstance(answer, float):
        return style.FORMATS["percent"]
    if isinstance(answer, int):
        return style.FORMATS["days"]
    return "General" if isinstance(answer, str) else style.FORMATS["money"]


def _as_text(cell: Any) -> None:
    """A formula that is only shown."""
    cell.data_type = "s"
    cell.quotePrefix = True


def _block(sheet: Any, column: int, declared: Declaration, formula: str, language: str) -> int:
    """Heading, the formula as words, and the formula itself with nothing below it; returns how wide the block is."""
    result = invoke(declared.name, declared.examples[0].args, version=example_version(), language=language)
    width = len(result.cells()[0])
    letter = column_letter(column)
    heading, said, cell = (sheet[f"{letter}{row}"] for row in (HEADER - 2, HEADER - 1, HEADER))
    heading.value = f"{declared.name}  {declared.zh if language == 'zh' else declared.en}"
    heading.font = style.font(language, bold=True, color=style.ACCENT)
    said.value, said.font = formula, style.font(language, color=style.MUTED)
    _as_text(said)
    cell.value = ArrayFormula(cell.coordinate, formula)
    kinds = [type(value).__name__ for value in (result.rows[0] if result.rows else ())]
    for index in range(width):
        at = column_letter(column + index)
        sheet.column_dimensions[at].width = 15
        kind = kinds[index] if index < len(kinds) else "str"
        sheet.column_dimensions[at].number_format = {"Decimal": style.FORMATS["money"], "date": "yyyy-mm-dd"}.get(
            kind, "General"
        )
    return width


def _samples(sheet: Any, language: str) -> None:
    """A small list of any origin for AR_AGING_OF, and last year's buckets for AR_AGING_DERIVED."""
    at = 0 if language == "zh" else 1
    titles = (
        (_SAMPLE_ROW - 1, ("任意来源的清单（供 AR_AGING_OF）", "A list from anywhere (for AR_AGING_OF)")),
        (_YEARS_ROW - 1, ("上年各段余额（供 AR_AGING_DERIVED）", "Last year's buckets (for AR_AGING_DERIVED)")),
    )
    for row, words in titles:
        cell = sheet.cell(row, 1)
        cell.value, cell.font = words[at], style.font(language, bold=True, color=style.ACCENT)
    rows = [*enumerate(_SAMPLE, _SAMPLE_ROW), (_YEARS_ROW, (150000, 80000, 40000))]
    for row, values in rows:
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            cell.value = value[at] if isinstance(value, tuple) else value
            cell.font, cell.border = style.font(language), style.line()
            cell.alignment = style.Alignment(horizontal="left", vertical="center")
            if isinstance(value, dt.date):
                cell.number_format = "yyyy-mm-dd"
            elif isinstance(value, int):
                cell.number_format = style.FORMATS["money"]
