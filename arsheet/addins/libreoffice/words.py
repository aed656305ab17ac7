"""What the extension says to people, in zh and en; {braces} are filled in where it is said."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TITLE = ("应收账款", "Receivables")
NAME = ("应收账款 arsheet（Calc）", "Receivables (arsheet for Calc)")
ABOUT = (
    "在 LibreOffice Calc 里算账龄、额度、提醒和对账：公式与按钮，数据不出本机。需要本机已安装 arsheet。",
    "Aging, credit, reminders and reconciliation in LibreOffice Calc: formulas and buttons; the data stays on this "
    "machine. arsheet has to be installed on it.",
)
OPENING = ("期初余额", "Opening balances")

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": TITLE,
        "working": ("应收账款：正在计算……", "Receivables: working…"),
        # the service
        "service_down": (
            "本机服务没有应答：请在终端运行 arsheet serve，再点“刷新”",
            "The local service does not answer: run arsheet serve in a terminal, then click Refresh",
        ),
        "service_not_startable": (
            "找不到 {command}，本机服务没有启动：请运行 arsheet libreoffice install，再点“刷新”",
            "{command} was not found, so the local service was not started: run arsheet libreoffice install, then "
            "click Refresh",
        ),
        "service_ended": (
            "本机服务启动后就退出了（退出码 {code}）：请在终端运行 arsheet serve 查看原因",
            "The local service ended as soon as it was started (exit code {code}): run arsheet serve in a terminal to "
            "see why",
        ),
        "service_slow": (
            "本机服务超过时限没有算完：请缩小区域，或改用按钮",
            "The local service did not finish in time: use a smaller range, or a button",
        ),
        "service_failed": ("本机服务没有给出结果（{status}）", "The local service gave no answer ({status})"),
        "update_addin": (
            "请更新加载项：它与本机服务的版本不一致，请运行 arsheet libreoffice install",
            "Update the add-in: it does not fit the local service; run arsheet libreoffice install",
        ),
        # the document
        "date_system": (
            "这个文件以 1900-01-01 为第 0 天，日期会差两天：请在“工具-选项-LibreOffice Calc-计算”里改用 1899-12-30",
            "This file counts 1900-01-01 as day 0, so dates would be two days off: choose 1899-12-30 in "
            "Tools - Options - LibreOffice Calc - Calculate",
        ),
        "reads_itself": (
            "来源表里有引用本簿数据的 AR_ 公式，读不到自己的结果：请把它移到别的表",
            "A source table holds an AR_ formula that reads the book's own data: move it to another sheet",
        ),
        "table_missing": ("工作簿里没有表 {table}", "The workbook has no table {table}"),
        "table_moved": (
            "“{table}”的表头在预览之后移动过，没有写入：请重新预览",
            "The header of {table} has moved since the preview; nothing was written: preview it again",
        ),
        "sheet_protected": ("工作表“{sheet}”受保护：请先取消保护", "{sheet} is protected: unprotect the sheet first"),
        "in_the_way": (
            "“{sheet}”的 {cell} 有内容挪不开（合并单元格或数组公式），写不下：请先移走再试",
            "{cell} on {sheet} cannot be moved (merged cells or an array formula), so the rows do not fit: move it and "
            "try again",
        ),
        "no_formula_here": (
            "请先选中一个写有 AR_ 公式的单元格，例如 =AR_AGING(\"*\")",
            "Select a cell with an AR_ formula first, such as =AR_AGING(\"*\")",
        ),
        "nothing_to_undo": ("没有可以撤销的写入", "There is nothing to take back"),
        "changed_since": (
            "写入之后又改过，没有撤销，以免丢掉这些改动",
            "The workbook has changed since it was written; nothing was undone, so that this work is not lost",
        ),
        "undo_question": (
            "撤销上一次写入？之后有人改过就不撤销。",
            "Take back the last write? It stays if somebody has changed it since.",
        ),
        "failed": (
            "没有做成，工作簿已恢复原样。原因：{reason}",
            "It was not done; the workbook is as it was. Reason: {reason}",
        ),
        # the preview
        "as_of": ("截止日期：{day}", "As-of date: {day}"),
        "will_write": ("将写入：", "Will be written:"),
        "write_table": (
            "{sheet}：{rows_before} 行 → {rows_after} 行，变动 {changed_cells} 个单元格",
            "{sheet}: {rows_before} rows → {rows_after} rows, {changed_cells} cells change",
        ),
        "write_cells": ("{sheet}：变动 {changed_cells} 个单元格", "{sheet}: {changed_cells} cells change"),
        "nothing_to_write": ("没有要写入的内容。", "There is nothing to write."),
        "blank": ("（空）", "(blank)"),
        "findings": ("发现 {count} 条：", "{count} findings:"),
        "findings_none": ("没有发现问题。", "Nothing was found."),
        "findings_beyond": ("……还有 {count} 条，见“检查”表", "… and {count} more, on the sheet Checks"),
        "error": ("错误", "Error"),
        "warning": ("警告", "Warning"),
        "note": ("提示", "Note"),
        "write": ("确认写入", "Write"),
        "cancel": ("取消", "Cancel"),
        "close": ("关闭", "Close"),
        "next": ("下一步", "Next"),
        # importing
        "import_title": ("选择要导入的文件", "Choose the file to import"),
        "import_filter": ("表格文件（xlsx、xls、csv）", "Spreadsheets (xlsx, xls, csv)"),
        "import_kind": ("文件里是什么？", "What does the file hold?"),
        # help
        "help_head": ("arsheet {version} · LibreOffice 加载项", "arsheet {version} · extension of LibreOffice"),
        "help_buttons": ("按钮（菜单“应收账款”）", "Buttons (menu Receivables)"),
        "help_functions": (
            "工作表函数（表格结果请选中区域后按 Ctrl+Shift+Enter，或用“写成数值”）",
            "Worksheet functions (for a table select its block and press Ctrl+Shift+Enter, or use Write as values)",
        ),
        "help_more": ("完整说明：arsheet help functions", "All of it: arsheet help functions"),
        "help_failures": ("最近的内部故障：", "What failed inside lately:"),
    }
)  # fmt: skip
"""Key -> zh, en."""
