"""Words for cells that cannot be read. A cell that counts as blank is never 0."""

from __future__ import annotations

from collections.abc import Mapping

from arsheet.schema.finding_words.shape import Words

_FIX_CELL = ("改正该单元格后刷新", "Correct the cell, then refresh")

CELLS: Mapping[str, Words] = {
    "column_missing": (
        "error",
        "缺少必填列“{column_zh}”；表头是：{headers}",
        "The column “{column_en}” is missing; the headers are: {headers}",
        "补上该列，或把对应的表头改成这个名称",
        "Add the column, or give the right header this name",
    ),
    "cell_is_an_error": (
        "error",
        "“{column_zh}”是错误值 {read}，读不出，按空白处理",
        "“{column_en}” holds the error {read}, which cannot be read and counts as blank",
        "修复该公式或改填数值",
        "Repair the formula or type the value",
    ),
    "amount_not_a_number": (
        "error",
        "“{column_zh}”读到“{read}”，不是数字；这个金额不在任何合计中",
        "“{column_en}” reads “{read}”, which is no number; this amount is in none of the totals",
        "填写数字，例如 1234.56",
        "Type a number, such as 1234.56",
    ),
    "amount_too_large": (
        "error",
        "“{column_zh}”读到 {read}：达到或超过一千万亿，表格已无法精确到分；这个金额不在任何合计中",
        "“{column_en}” reads {read}: from 10^15 on a spreadsheet keeps no cents; this amount is in none of the totals",
        "核对金额和单位，注意是否误填了编号",
        "Check the amount and its unit; a number of a document may stand here by mistake",
    ),
    "number_too_large": (
        "error",
        "“{column_zh}”读到 {read}：十亿以上，不会是期次、天数或比率，按空白处理",
        "“{column_en}” reads {read}: no instalment, count of days or rate is 10^9 or more; it counts as blank",
        "核对该格，注意是否误填了编号或金额",
        "Check the cell; a number of a document or an amount may stand here by mistake",
    ),
    "number_not_readable": (
        "error",
        "“{column_zh}”读到“{read}”，不是数字，按空白处理",
        "“{column_en}” reads “{read}”, which is no number and counts as blank",
        *_FIX_CELL,
    ),
    "number_not_whole": (
        "error",
        "“{column_zh}”读到“{read}”，应为整数，按空白处理",
        "“{column_en}” reads “{read}”, which should be a whole number and counts as blank",
        *_FIX_CELL,
    ),
    "number_turned_into_a_date": (
        "error",
        "“{column_zh}”应为数字，读到的是日期 {read}，按空白处理",
        "“{column_en}” should be a number and reads as the date {read}; it counts as blank",
        "把单元格格式改回数值并重新录入",
        "Format the cell as a number and type it again",
    ),
    "id_lost_digits": (
        "error",
        "“{column_zh}”读到 {read}：超过15位的数字已被表格截断，无法还原，按空白处理",
        "“{column_en}” reads {read}: a spreadsheet keeps 15 digits and the others are lost; it counts as blank",
        "从源系统重新导出，并把该列设为文本",
        "Export again from the source with this column as text",
    ),
    "id_turned_into_a_date": (
        "error",
        "“{column_zh}”读到的是日期 {read}：表格把编号改成了日期，按空白处理",
        "“{column_en}” reads as the date {read}: the spreadsheet changed it; it counts as blank",
        "把该列设为文本后重新录入编号",
        "Format the column as text and type the number again",
    ),
    "id_not_a_text": (
        "error",
        "“{column_zh}”读到“{read}”，不是编号，按空白处理",
        "“{column_en}” reads “{read}”, which is no number or code and counts as blank",
        *_FIX_CELL,
    ),
    "date_not_readable": (
        "error",
        "“{column_zh}”读到“{read}”，不是日期，按空白处理",
        "“{column_en}” reads “{read}”, which is no date and counts as blank",
        "写成 2026-03-31 的样子",
        "Write it like 2026-03-31",
    ),
    "date_impossible": (
        "error",
        "“{column_zh}”读到“{read}”，没有这一天，按空白处理",
        "“{column_en}” reads “{read}”, a day that does not exist; it counts as blank",
        "核对后改正日期",
        "Check and correct the date",
    ),
    "date_without_day": (
        "error",
        "“{column_zh}”读到“{read}”，只有年月没有日，按空白处理",
        "“{column_en}” reads “{read}”: a month without a day; it counts as blank",
        "补上具体日期",
        "Add the day",
    ),
    "date_order_contradictory": (
        "error",
        "“{column_zh}”整列有 {day_first} 个日期日在前、{month_first} 个月在前，顺序自相矛盾；分不清日月的按空白处理",
        "Dates of “{column_en}” that put the day first: {day_first}, the month first: {month_first}; "
        "those that could be either count as blank",
        "统一整列的日期写法，例如 2026-03-31",
        "Write all dates of the column in one way, such as 2026-03-31",
    ),
    "date_order_unknown": (
        "error",
        "“{column_zh}”读到“{read}”，分不清日和月，整列也没有能说明顺序的日期；按空白处理",
        "“{column_en}” reads “{read}”: day and month cannot be told apart and no date of the column decides it; "
        "it counts as blank",
        "写成 2026-03-04 的样子",
        "Write it like 2026-03-04",
    ),
    "choice_unknown": (
        "error",
        "“{column_zh}”读到“{read}”，不在可选值之内，按空白处理；可选：{choices}",
        "“{column_en}” reads “{read}”, which is not allowed and counts as blank; allowed: {choices}",
        "从下拉列表中选择",
        "Pick one from the list",
    ),
}
