"""Words for customers, settings and the checks of the reports."""

from __future__ import annotations

from collections.abc import Mapping

from arsheet.schema.finding_words.shape import Words

CUSTOMERS: Mapping[str, Words] = {
    "customer_not_in_customers": (
        "warning",
        "客户 {customer_id} 不在客户表中；其单据和收款仍已计入",
        "Customer {customer_id} is not in the customers table; its documents and receipts count all the same",
        "在客户表中补充",
        "Add the customer",
    ),
    "customer_repeated": (
        "warning",
        "客户 {id} 与第 {first_row_no} 行重复；采用第一行",
        "Customer {id} repeats row {first_row_no}; the first row counts",
        "删除重复的行",
        "Delete the repeated row",
    ),
    "customer_exists_with_different_values": (
        "warning",
        "客户 {id} 已在第 {first_row_no} 行出现：{first}；本行：{this}；采用第一行",
        "Customer {id} stands in row {first_row_no} with {first}, here with {this}; the first row counts",
        "合并为一行",
        "Make it one row",
    ),
    "customer_of_row_not_found": (
        "warning",
        "客户 {customer_id} 不在客户表，也没有单据和收款；这一行没有作用",
        "Customer {customer_id} is not in the customers table and has no documents or receipts; the row has no effect",
        "核对客户编码",
        "Check the customer ID",
    ),
    "dunning_level_repeated": (
        "warning",
        "策略“{policy}”的级别 {level} 已在第 {first_row_no} 行；采用第一行",
        "Level {level} of the policy {policy!r} stands in row {first_row_no} already; the first row counts",
        "每个策略的每个级别只留一行",
        "Keep one row for each level of a policy",
    ),
    "customer_parents_form_a_cycle": (
        "error",
        "上级客户循环：{cycle}；按没有上级处理",
        "The parents form a cycle: {cycle}; they are taken as having none",
        "改正上级客户",
        "Correct the parent",
    ),
}

REPORTS: Mapping[str, Words] = {
    "control_total_differs": (
        "error",
        "{table_zh}勾稽不符：{left_name_zh} {left}，{right_name_zh} {right}，相差 {difference}",
        "{table_en} does not tie out: {left_name_en} {left}, {right_name_en} {right}, difference {difference}",
        "请把工作簿发给支持人员；在查明前不要使用该表",
        "Send the workbook to support; do not use this report until it is explained",
    ),
    "rows_left_out": (
        "warning",
        "{table_zh}读到 {rows_read} 行 = 计入 {rows_used} 行 + 未计入 {rows_left_out} 行（金额 {currency} {left_out}）+ 金额读不出 {unreadable} 行",
        "{table_en}: rows read {rows_read} = counted {rows_used} + left out {rows_left_out} (worth {currency} {left_out}) + without readable amount {unreadable}",
        "逐条处理该表的错误",
        "Work through the errors of this table",
    ),
    "setting_not_understood": (
        "error",
        "{reason_zh}；暂用默认值“{default_words}”",
        "{reason_en}; the default “{default_words}” is used",
        "改正设置页上的值",
        "Correct it on the settings sheet",
    ),
    "settings_not_found": (
        "error",
        "没有找到工作表“{sheet}”（设置）：这里的数字按默认设置计算，刷新不会写入任何内容",
        "The sheet {sheet!r} with the settings was not found: figures told here go by the defaults, and a refresh writes "
        "nothing",
        "若只是改了名，请改回“{sheet}”；否则用 arsheet restore 找回有它的版本，或用 arsheet new 另建一个工作簿，把其中的工作表“{sheet}”连同表头复制过来",
        "If it was renamed, name it {sheet!r} again; else take back a version that has it with arsheet restore, or make "
        "another workbook with arsheet new and copy its sheet {sheet!r} here with its headers",
    ),
    "report_table_missing": (
        "error",
        "工作表“{sheet}”上的 Excel 表 {table_name} 已不存在（多半是用了“转换为区域”）：这张报表没有刷新，上面仍是旧数据",
        "The Excel table {table_name} on the sheet {sheet!r} is gone (turned into a range, it seems): this report is not "
        "refreshed and shows old figures",
        "选中从 {header_cell} 表头到最后一行的区域，按 Ctrl+T 重新建表（勾选“表包含标题”），把表名改为 {table_name}，再刷新",
        "Select the range from the header in {header_cell} to its last row, press Ctrl+T (with headers), name the table "
        "{table_name}, and refresh again",
    ),
    "report_not_found": (
        "warning",
        "没有找到报表“{report}”（{sought_zh}）：可能被删除或改名；这张报表没有写入，其余照常",
        "The report {report!r} was not found ({sought_en}): deleted or renamed, it seems; this report is not written, the "
        "others are",
        "不需要它可以不理会；若是改了名，请改回原名；要找回，用 arsheet restore 恢复有它的版本",
        "If you do without it, nothing is to be done; if it was renamed, give its name back; to have it again, take back "
        "a version that has it with arsheet restore",
    ),
}
