"""The start page and the settings sheet."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo

from arsheet.hosts.template import style
from arsheet.hosts.template.sheets import page
from arsheet.schema import layout
from arsheet.schema.model import Setting
from arsheet.schema.settings import GROUPS, SETTINGS, allowed_words, defaults, shown_value
from arsheet.schema.tables import TABLES

HEADLINE = ("应收账款管理", "Receivables")
SUBTITLE = (
    "从单据到账龄、催款和对账，都在这个工作簿里完成。",
    "From documents to aging, reminders and statements, in this workbook.",
)
STEPS_TITLE = ("五步开始", "Five steps")
STEPS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "settings",
        "填写设置",
        "Fill in the settings",
        "公司名称、截止日期、账龄段、月结怎么算。不改也能用，默认值都写在表里。",
        "Company, as-of date, buckets, how terms count. The defaults work as they are.",
    ),
    (
        "invoices",
        "录入或导入应收单",
        "Enter or import documents",
        "把客户和应收单粘贴到表里，或用 arsheet import 读取 ERP、开票软件导出的文件。到期日留空会按账期计算。",
        "Paste customers and documents, or read an export with arsheet import. A blank due date follows the terms.",
    ),
    (
        "receipts",
        "登记收款并核销",
        "Enter receipts and apply them",
        "每笔到账一行；在核销记录里写明冲哪张单据、多少金额。",
        "One row per payment; Applications says which document it settles, and by how much.",
    ),
    (
        "dashboard",
        "刷新",
        "Refresh",
        "装了加载项：点功能区或菜单“应收账款”里的“刷新”。没装：关闭文件后运行 arsheet refresh 文件名，"
        "或运行 arsheet serve 文件名，在浏览器里点。首页、账龄、余额等报表一起更新，并写明勾稽结果。",
        "With the add-in: Refresh on the tab or menu Receivables. Without: close the file and run arsheet refresh FILE,"
        " or use the buttons in a browser: arsheet serve FILE. All reports are written and tied out.",
    ),
    (
        "checks",
        "看检查，再用报表",
        "Read the checks, then use the reports",
        "检查会指出哪一行有问题、读到了什么、该怎么办。有错误的行不计入合计时会写明。",
        "Checks names the row, what was read and what to do. What a total leaves out is said beside it.",
    ),
)
COLOURS_TITLE = ("工作表颜色", "Colours of the tabs")
COLOURS = (
    ("documents", "要填写的：客户、应收单、收款、核销记录", "To fill in: customers, invoices, receipts, applications"),
    ("reports", "自动生成的报表，请勿手工改数", "Reports, written by Refresh: please do not type over figures"),
    ("checks", "数据检查", "Checks of the data"),
    ("settings", "设置和参数", "Settings and parameters"),
)
NOTES_TITLE = ("说明", "Good to know")
NOTES = (
    (
        "其余工作表（额度、分期、票据、承诺、争议、对账等）先隐藏着：右键任一工作表标签，选“取消隐藏”。",
        "More sheets are hidden until needed (limits, instalments, disputes…): right-click a tab, then Unhide.",
    ),
    (
        "可以紧挨着表的右边加自己的列，刷新后仍跟着各自的行；表头文字可以用常见的叫法，程序认得。",
        "Add columns of your own right next to a table: after a refresh they stand by their rows.",
    ),
    (
        "表头带下划线的列必须填；漏填的单元格会变成浅黄色。",
        "Columns with an underlined header must be filled; a cell left out turns pale yellow.",
    ),
    (
        "收款单和核销不要删行：核销填撤销日期，收款用红字或退款冲回，这样过去任何一天都能重算。",
        "Never delete a receipt or application: reverse it by date, so that any past day can be worked out again.",
    ),
)


def start(sheet: Any, language: str) -> None:
    """What to do, in five steps with links."""
    at = 0 if language == "zh" else 1
    for letter, width in zip("ABCDE", (3, 6, 42, 92, 3), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    _write(sheet, "B2", HEADLINE[at], style.font(language, bold=True, size=22, color=style.ACCENT), 38)
    _write(sheet, "B3", SUBTITLE[at], style.font(language, color=style.MUTED), 22)
    row = _heading(sheet, 5, STEPS_TITLE[at], language)
    for number, (key, *words) in enumerate(STEPS, 1):
        badge = sheet[f"B{row}"]
        badge.value = number
        badge.font = style.font(language, bold=True, color="FFFFFF", size=13)
        badge.fill = style.fill(style.ACCENT)
        badge.alignment = style.Alignment(horizontal="center", vertical="center")
        link = sheet[f"C{row}"]
        link.value = words[at]
        link.hyperlink = f"#'{TABLES[key].sheet(language)}'!A1"
        link.font = style.font(language, bold=True, color=style.ACCENT, underline="single")
        link.alignment = style.Alignment(vertical="center", indent=1, wrap_text=True)
        _write(sheet, f"D{row}", words[2 + at], style.font(language), 42)
        for letter in "CD":
            sheet[f"{letter}{row}"].border = style.below()
        row += 1
    row = _heading(sheet, row + 1, COLOURS_TITLE[at], language)
    for group, *words in COLOURS:
        sheet[f"B{row}"].fill = style.fill(style.TABS[group])
        _write(sheet, f"C{row}", words[at], style.font(language), 20, wrap=False)
        sheet[f"C{row}"].alignment = style.Alignment(vertical="center", indent=1)
        row += 1
    row = _heading(sheet, row + 1, NOTES_TITLE[at], language)
    for pair in NOTES:
        sheet[f"B{row}"].value = "•"
        sheet[f"B{row}"].alignment = style.Alignment(horizontal="center", vertical="center")
        sheet.merge_cells(f"C{row}:D{row}")
        _write(sheet, f"C{row}", pair[at], style.font(language), 24)
        row += 1
    page(sheet, landscape=True, height=1)


def _write(sheet: Any, cell: str, text: str, font: Any, height: float, *, wrap: bool = True) -> None:
    found = sheet[cell]
    found.value = text
    found.font = font
    found.alignment = style.Alignment(vertical="center", wrap_text=wrap and not cell.startswith("B"))
    sheet.row_dimensions[found.row].height = height


def _heading(sheet: Any, row: int, text: str, language: str) -> int:
    _write(sheet, f"B{row}", text, style.font(language, bold=True, size=13, color=style.ACCENT), 26)
    for letter in "BCD":
        sheet[f"{letter}{row}"].border = style.below(style.ACCENT, "medium")
    return row + 1


def settings(sheet: Any, language: str) -> None:
    """One row per setting under its group: name, value, what may be written, what it means, key."""
    spec = TABLES["settings"]
    top = layout.header_row(spec)
    values = defaults(language)
    for index, column in enumerate(spec.columns):
        letter = "ABCDE"[index]
        sheet.column_dimensions[letter].width = column.width
        header = sheet[f"{letter}{top}"]
        header.value = column.header(language)
        style.head(header, language)
    sheet.row_dimensions[top].height = 24
    row = top + 1
    for group, found in groupby(SETTINGS, key=lambda setting: setting.group):
        _group(sheet, row, GROUPS[group][0 if language == "zh" else 1], language)
        row += 1
        for setting in found:
            _setting(sheet, row, setting, values[setting.key], language)
            row += 1
    table = Table(displayName=spec.table_name, name=spec.table_name, ref=f"A{top}:E{row - 1}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = f"C{top + 1}"
    page(sheet, rows=f"{top}:{top}", landscape=True)


def _group(sheet: Any, row: int, words: str, language: str) -> None:
    for letter in "ABCDE":
        cell = sheet[f"{letter}{row}"]
        cell.fill = style.fill(style.ACCENT_PALE)
        cell.border = style.below(style.ACCENT)
    sheet[f"A{row}"].value = words
    sheet[f"A{row}"].font = style.font(language, bold=True, color=style.ACCENT)
    sheet[f"A{row}"].alignment = style.Alignment(vertical="center", indent=1)
    sheet.row_dimensions[row].height = 22


def _setting(sheet: Any, row: int, setting: Setting, value: str, language: str) -> None:
    allowed = allowed_words(setting, language)
    texts = (
        setting.label(language),
        shown_value(setting, value, language),
        allowed,
        setting.help(language),
        setting.key,
    )
    for letter, text in zip("ABCDE", texts, strict=True):
        cell = sheet[f"{letter}{row}"]
        cell.value = text or None
        cell.font = style.font(language, color=style.MUTED if letter in "CE" else None)
        cell.border = style.line()
        cell.alignment = style.Alignment(vertical="center", wrap_text=True, indent=1)
    cell = sheet[f"B{row}"]
    cell.fill = style.fill(style.INPUT)
    cell.font = style.font(language, bold=True)
    cell.number_format = {"date": "yyyy-mm-dd", "text": "@", "id": "@", "choice": "@"}.get(setting.kind, "General")
    spec = TABLES["settings"]
    rows = max(-(-style.text_width(text) // (spec.columns[at].width - 3)) for at, text in enumerate(texts))
    sheet.row_dimensions[row].height = 8 + 15 * rows
    if setting.kind == "choice":
        words = ",".join(choice.word(language) for choice in setting.choices)
        rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, errorStyle="stop")
        rule.error, rule.errorTitle = allowed[:220], setting.label(language)[:32]
        rule.showErrorMessage = True
        rule.add(f"B{row}")
        sheet.add_data_validation(rule)
