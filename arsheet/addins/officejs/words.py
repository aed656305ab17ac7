"""What the core script and the task pane say, in zh and en; {braces} are filled in by the page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Words = Mapping[str, tuple[str, str]]

CORE_WORDS: dict[str, tuple[str, str]] = {
    "service_down": (
        "本地服务没有应答：请在终端运行 arsheet serve，再重新计算",
        "The local service does not answer: run arsheet serve in a terminal, then recalculate",
    ),
    "service_slow": (
        "本地服务超过时限没有算完：请缩小区域，或改用按钮",
        "The local service did not finish in time: use a smaller range, or a button",
    ),
    "service_failed": ("本地服务没有给出结果", "The local service gave no answer"),
    "not_connected": (
        "尚未连接本地服务：打开应收账款窗格，粘贴 arsheet serve 显示的连接码",
        "Not connected to the local service: open the Receivables pane and paste the code that arsheet serve shows",
    ),
    "wps_code": ("请粘贴 arsheet serve 显示的连接码或链接", "Paste the code or the link that arsheet serve shows"),
    "update_addin": ("请更新加载项：它与本地服务的版本不一致", "Update the add-in: it does not fit the local service"),
    "too_large": (
        "区域太大，一次送不完：请给出数据区域，或改用按钮",
        "The range is too large for one request: give the range of the data, or use a button",
    ),
}
"""Said inside cells and by the pane."""

PANE_WORDS: Words = MappingProxyType(
    {
        **CORE_WORDS,
        "title": ("应收账款", "Receivables"),
        "skip": ("跳到按钮", "Skip to the buttons"),
        "language": ("English", "中文"),
        "language_label": ("切换到英文", "Switch to Chinese"),
        "no_book": ("没有打开的工作簿", "No workbook is open"),
        "live_book": ("当前工作簿", "This workbook"),
        # the stamp
        "stamp": ("数据时点", "Moment of the data"),
        "as_of": ("截止日期", "As-of date"),
        "as_of_hint": ("留空时按设置表；改后请刷新", "Blank: as the settings say; refresh after a change"),
        "refreshed_at": ("刷新时间", "Refreshed at"),
        "never": ("尚未刷新", "Not refreshed yet"),
        "stale": ("数据已变，请刷新", "Data changed, refresh"),
        "stale_long": (
            "上次刷新之后改过数据，下面的报表和公式还是旧数。",
            "Data has changed since the last refresh; reports and formulas still show the old figures.",
        ),
        "refresh_now": ("现在刷新", "Refresh now"),
        # connecting
        "connect": ("连接本地服务", "Connect to the local service"),
        "connect_how": (
            "在终端运行 arsheet serve，把它显示的连接码粘贴到这里。连接码只在这台电脑上有效，服务重启后会换新。",
            "Run arsheet serve in a terminal and paste the code it shows here. "
            "The code works on this computer alone and changes when the service starts anew.",
        ),
        "connect_code": ("连接码", "Code"),
        "connect_do": ("连接", "Connect"),
        "connect_wrong": ("连接码不对，请重新复制一次", "That code is not right; copy it again"),
        "retry": ("再试一次", "Try again"),
        "close": ("关闭", "Close"),
        # doing
        "reading": ("正在读取表格…", "Reading the tables…"),
        "calculating": ("正在计算…", "Calculating…"),
        "writing": ("正在写入…", "Writing…"),
        "undoing": ("正在撤销…", "Taking it back…"),
        "recalculating": ("正在更新公式…", "Updating the formulas…"),
        "done": ("{action}：完成", "{action}: done"),
        "done_tables": ("{action}：已写入{count}张表", "{action}: {count} tables written"),
        "done_table": ("{action}：已写入1张表", "{action}: 1 table written"),
        "nothing_to_write": ("没有要写入的内容", "There is nothing to write"),
        "undone": ("已撤销", "Taken back"),
        "undo": ("撤销", "Undo"),
        "undo_question": ("撤销上一次写入？之后有人改过的内容不会被覆盖。",
                          "Take back the last write? What somebody has changed since is not overwritten."),
        # the preview
        "preview_of": ("{action}：写入前请核对", "{action}: check before it is written"),
        "will_write": ("将写入", "Will be written"),
        "table": ("表", "Table"),
        "rows_change": ("行数", "Rows"),
        "changed_cells": ("变动单元格", "Cells changed"),
        "no_change": ("无变动", "No change"),
        "cell": ("单元格", "Cell"),
        "old": ("原值", "Before"),
        "new": ("新值", "After"),
        "blank": ("空", "blank"),
        "sample": ("其中{count}处", "{count} of them"),
        "summary": ("摘要", "Summary"),
        "will_send": ("将发送", "Will be sent"),
        "confirm": ("确认写入", "Write"),
        "cancel": ("取消", "Cancel"),
        "changed_since": (
            "预览之后工作簿又改过，没有写入。请重新预览。",
            "The workbook has changed since the preview; nothing was written. Preview it again.",
        ),
        "changed_since_write": (
            "写入之后又改过，没有撤销，以免丢掉这些改动。",
            "The workbook has changed since it was written; nothing was undone, so that this work is not lost.",
        ),
        "formula_not_understood": (
            "看不懂公式 {formula}：请写成 =AR_AGING(\"*\")，参数用常量、日期或区域",
            "The formula {formula} is not understood: write it like =AR_AGING(\"*\"), with constants, dates or ranges",
        ),
        "no_references_here": (
            "在浏览器里不能引用单元格：请把 {formula} 的参数写成常量",
            "In a browser a formula cannot refer to cells: give {formula} constants",
        ),
        "left_as_was": ("没有写入完整，已恢复原样：{reason}", "Not written whole, put back as it was: {reason}"),
        "blocked_below": (
            "{table}下方 {cell} 有内容，写不下：请先移走再试",
            "There is content below {table} at {cell}, the rows do not fit: move it and try again",
        ),
        "sheet_protected": ("“{sheet}”受保护：请先撤销保护", "The sheet {sheet} is protected: unprotect it first"),
        "table_missing": ("工作簿里没有表 {table}", "The workbook has no table {table}"),
        # findings
        "findings": ("发现", "Findings"),
        "findings_none": ("没有发现问题", "Nothing was found"),
        "findings_beyond": ("共{count}条，只列出前{shown}条", "{count} in all, the first {shown} are listed"),
        "not_updated": ("{count}个公式没有更新：{cells}", "{count} formulas were not updated: {cells}"),
        "findings_not_yet": ("还没有检查：点“数据检查”或“刷新”", "Not checked yet: click Data check or Refresh"),
        "error": ("错误", "Errors"),
        "warning": ("警告", "Warnings"),
        "note": ("提示", "Notes"),
        "all": ("全部", "All"),
        "go_to": ("转到 {place}", "Go to {place}"),
        "more_findings": ("再显示{count}条", "Show {count} more"),
        # importing
        "import_kind": ("导入什么", "What to import"),
        "import_file": ("文件（xlsx、xls、csv）", "File (xlsx, xls, csv)"),
        "import_none": ("未选择文件", "No file chosen"),
        "import_currency": ("币种（文件里没有币种列时）", "Currency (if the file has no currency column)"),
        "import_sheet": ("工作表（留空自动选择）", "Sheet (blank: the one that fits best)"),
        "import_next": ("预览", "Preview"),
        "import_too_large": ("文件超过{size} MB：请在命令行用 arsheet import",
                             "The file is over {size} MB: use arsheet import on the command line"),
        "kind_customers": ("客户", "Customers"),
        "kind_invoices": ("应收单", "Invoices"),
        "kind_receipts": ("收款", "Receipts"),
        "kind_applications": ("核销记录", "Applications"),
        "kind_instalments": ("分期", "Instalments"),
        "kind_limits": ("额度", "Limits"),
        "kind_orders": ("订单", "Orders"),
        "kind_opening": ("期初余额", "Opening balances"),
        # writing values
        "values_formula": ("公式", "Formula"),
        "values_where": ("写到哪个单元格", "Cell to write to"),
        "values_hint": ("从这个单元格向右、向下写", "Written to the right of and below this cell"),
        # the sheets in a browser
        "sheets": ("工作表", "Sheets"),
        "read_only": ("只读：请在表格软件里修改，然后刷新", "Read only: edit it in your spreadsheet, then refresh"),
        "empty_sheet": ("这张表还没有内容", "This sheet is empty"),
        "row_count": ("共{count}行", "{count} rows"),
        # help
        "help": ("帮助", "Help"),
        "help_functions": ("工作表函数", "Worksheet functions"),
        "help_search": ("查找函数", "Find a function"),
        "help_none": ("没有这样的函数", "There is no such function"),
        "help_more": ("完整说明：arsheet help functions", "All of it: arsheet help functions"),
        "optional": ("可省略", "optional"),
    }
)  # fmt: skip
"""Said by the task pane."""
