"""The words of what an import finds: code -> severity, message and cure, zh and en side by side.

Names in braces are facts of the problem. ``{first}`` and ``{this}`` are the values that differ, under their headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Words = tuple[str, str, str, str, str]

_NOUNS = {
    "customer": ("客户", "Customer"),
    "document": ("单据", "Document"),
    "receipt": ("收款", "Receipt"),
    "application": ("核销记录", "Application"),
    "instalment": ("分期", "Instalment"),
    "limit": ("额度", "Limit"),
    "order": ("订单", "Order"),
}


def _in_workbook(zh: str, en: str, *, amount: bool) -> Words:
    return (
        "error" if amount else "note",
        f"{zh} {{id}} 在工作簿（{{first_cell}}）中是：{{first}}；文件（{{this_cell}}）中是：{{this}}；工作簿的一行保持不变",
        f"{en} {{id}} is in the workbook ({{first_cell}}) with {{first}}, in the file ({{this_cell}}) with {{this}}; "
        "the workbook's row stays",
        "核对原始单据；文件正确时在工作簿中改正该单元格" if amount else "需要时在工作簿中改正",
        "Check the document; if the file is right, correct the workbook"
        if amount
        else "Correct the workbook if needed",
    )


def _in_file(zh: str, en: str, *, amount: bool) -> Words:
    return (
        "error" if amount else "warning",
        f"{zh} {{id}} 已在第 {{first_row_no}} 行出现：{{first}}，本行：{{this}}；只导入第一行",
        f"{en} {{id}} stands in row {{first_row_no}} with {{first}}, here with {{this}}; only the first row is imported",
        "核对后保留正确的一行，再导入一次",
        "Keep the right row and import again",
    )


_RECORDS: Mapping[str, Words] = {
    **{
        f"{noun}_in_workbook_has_different_{what}": _in_workbook(*names, amount=what == "amount")
        for noun, names in _NOUNS.items()
        for what in ("amount", "values")
    },
    **{
        f"{noun}_exists_with_different_{what}": _in_file(*_NOUNS[noun], amount=what == "amount")
        for noun in ("instalment", "limit", "order")
        for what in ("amount", "values")
    },
}
_TABLE: Mapping[str, Words] = {
    "column_named_by_two_headers": (
        "note",
        "表头“{used}”和“{others}”都像“{column_zh}”，取了“{used}”",
        "The headers “{used}” and “{others}” both fit “{column_en}”; “{used}” is used",
        "取错时用 --map 指明正确的表头",
        "If that is wrong, name the header with --map",
    ),
    "subtotal_differs": (
        "warning",
        "{sheet}!{cell} 的“{word}”读到 {read}，所汇总各行合计 {sum}，相差 {difference}；该汇总行未导入",
        "“{word}” in {sheet}!{cell} reads {read}, its rows add up to {sum}: {difference} apart; the row is not imported",
        "核对文件是否缺行，或有行被改动",
        "Check whether rows are missing or changed",
    ),
    "total_adds_different_currencies": (
        "warning",
        "{sheet}!{cell} 的“{word}”{read} 把不同币种（{currencies}）加在了一起，没有意义；该行未导入",
        "“{word}” {read} in {sheet}!{cell} adds different currencies ({currencies}); the row is not imported",
        "各币种的合计见导入预览",
        "The preview shows a total per currency",
    ),
    "row_without_required_value": (
        "error",
        "本行缺少“{column_zh}”，未导入：{read}",
        "The row has no “{column_en}” and is not imported: {read}",
        "补上后再导入一次，其余各行不会重复",
        "Fill it in and import again; the other rows are not repeated",
    ),
    "rows_repeated_in_file": (
        "warning",
        "{rows} 行与前面的行完全相同（{ids} 个编号，例如 {id}，首见第 {first_row_no} 行），各只导入一次",
        "{rows} rows repeat earlier ones ({ids} numbers, such as {id} of row {first_row_no}); each is imported once",
        "在源系统核对导出条件：一对多的关联会使行重复",
        "Check the export: joining on a number that occurs several times repeats rows",
    ),
    "document_number_made": (
        "note",
        "{count} 行没有单据号，按客户编了号，例如 {id}",
        "{count} rows have no document number and were given one, such as {id}",
        "源文件有单据号时用 --map 指明该列",
        "If the file has numbers, name their column with --map",
    ),
}
_CUSTOMERS: Mapping[str, Words] = {
    "customer_has_several_names": (
        "note",
        "客户 {id} 在文件中有 {count} 种写法：{names}；以“{name}”为名称，其余记为付款方别名",
        "Customer {id} has {count} names in the file: {names}; “{name}” becomes the name, the others payer aliases",
        "名称不对时在客户表中改正",
        "Correct the name in the customers table if it is wrong",
    ),
    "customer_has_name_not_in_workbook": (
        "note",
        "客户 {id}（{name}）在文件中还写作：{names}",
        "Customer {id} ({name}) is also written: {names}",
        "确是同一客户时加入其付款方别名",
        "If it is the same customer, add the name to its payer aliases",
    ),
    "customer_name_of_several_customers": (
        "error",
        "“{name}”是多个客户的名称（{ids}），{count} 行没有客户编码，分不清是哪一个，未导入",
        "“{name}” is the name of several customers ({ids}); {count} rows without an ID are not imported",
        "在文件中加上客户编码",
        "Add the customer ID to the file",
    ),
    "customers_share_a_name": (
        "note",
        "{count} 个名称属于不止一个客户，例如“{name}”（{ids}）；按客户编码区分",
        "{count} names belong to more than one customer, such as “{name}” ({ids}); the IDs tell them apart",
        "同一客户有两个编码时用客户合并",
        "If two IDs are one customer, merge them",
    ),
}
_DATES: Mapping[str, Words] = {
    "day_and_month_probably_swapped": (
        "error",
        "“{column_zh}”很可能日月颠倒：{rows} 行的日不大于12，其中 {count} 行日与月不同；这些行的月份有 {months}，"
        "而日大于12的行只有 {other_months} 月，{outside} 行换过来才落在其中；到期日早于单据日期的有 {due_before} 行。未作任何改动",
        "Day and month of “{column_en}” are probably swapped: {rows} rows have a day up to 12, {count} of them another "
        "month than day; their months are {months}, but rows with a day above 12 show only {other_months}, and {outside} "
        "rows would fall there if swapped; {due_before} rows are due before their date. Nothing was changed",
        "从源系统重新导出；确认颠倒时加 --swap-dates 该列",
        "Export again from the source; if it is so, add --swap-dates with the column",
    ),
    "documents_due_before_their_date": (
        "warning",
        "{count} 张单据的到期日早于单据日期；最多早 {days} 天：到期 {due_day}，单据 {document_day}",
        "{count} documents are due before their date; by {days} days at most: due {due_day}, dated {document_day}",
        "核对两个日期，注意日月是否颠倒",
        "Check both dates; day and month may be swapped",
    ),
    "document_date_missing_due_date_taken": (
        "warning",
        "文件没有单据日期，{count} 行以到期日为单据日期",
        "The file has no document dates; {count} rows are dated on their due date",
        "文件有单据日期时用 --map 指明该列",
        "If the file has document dates, name the column with --map",
    ),
    "document_date_missing_as_of_date_taken": (
        "warning",
        "{count} 行没有单据日期，以截止日期 {as_of_day} 为单据日期",
        "{count} rows have no document date and are dated on the as-of date {as_of_day}",
        "按年账龄需要原单据日期：补在“起算日”列",
        "Aging by year needs the original date: add it as the base date",
    ),
}
_SETTLEMENTS: Mapping[str, Words] = {
    "settled_before_document_date": (
        "warning",
        "{count} 张单据的结清日期早于单据日期；最多早 {days} 天：结清 {settled_day}，单据 {document_day}；核销记在单据日期",
        "{count} documents are settled before their date, by {days} days at most: {settled_day} for {document_day}; "
        "their applications are dated on the document",
        "核对该列是否真是结清日期；不是时用 --map 表头= 忽略它",
        "Check that the column is a settlement date; if not, ignore it with --map header=",
    ),
    "settlement_in_workbook_differs": (
        "error",
        "收款 {id} 在工作簿中是 {first_day} {first_amount}，文件中是 {this_day} {this_amount}；工作簿的一行保持不变",
        "Receipt {id} is in the workbook with {first_day} {first_amount}, in the file with {this_day} {this_amount}; "
        "the workbook's row stays",
        "核对后在工作簿中改正",
        "Check it and correct the workbook",
    ),
    "credit_notes_with_settlement_date": (
        "note",
        "{count} 张红字或零金额单据有结清日期，没有生成收款",
        "{count} credit notes or empty documents have a settlement date; no receipt was made",
        "红字冲减了哪张单据，记在核销记录中",
        "Record in the applications what each credit note settled",
    ),
    "documents_settled_otherwise": (
        "note",
        "{count} 张有结清日期的单据在工作簿中已有核销记录，没有再生成收款",
        "{count} documents with a settlement date have applications in the workbook; no receipt was made",
        "核对这些单据的未收金额",
        "Check their open amounts",
    ),
    "documents_partly_settled_without_date": (
        "warning",
        "{count} 张单据的未收金额与单据金额不同，合计相差 {currency} {sum}，但文件没有说何时收到",
        "{count} documents have an open amount other than their amount, {currency} {sum} in all, but no date of payment",
        "再导入收款和核销记录，或按期初（opening）导入未收金额",
        "Import the receipts and applications too, or import the open amounts as opening items",
    ),
}

WORDS: Mapping[str, Words] = MappingProxyType({**_RECORDS, **_TABLE, **_CUSTOMERS, **_DATES, **_SETTLEMENTS})
