"""The words of what an import finds: code -> severity, message and cure, zh and en side by side.

Names in braces are facts of the problem. ``{first}`` and ``{this}`` are the values that differ, under their headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from arsheet.schema.finding_words import Words

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
        f"{zh} {{id}} 在工作簿（{{first_cell}}）中是：{{first}}；文件（{{this_cell}}）中是：{{this}}；"
        + ("金额相差 {difference}；" if amount else "")
        + "工作簿的一行保持不变",
        f"{en} {{id}} is in the workbook ({{first_cell}}) with {{first}}, in the file ({{this_cell}}) with {{this}}"
        + (", difference {difference}" if amount else "")
        + "; the workbook's row stays",
        "核对原始单据；文件正确时在工作簿中改正该单元格" if amount else "需要时在工作簿中改正",
        "Check the document; if the file is right, correct the workbook"
        if amount
        else "Correct the workbook if needed",
    )


def _in_file(zh: str, en: str, *, amount: bool) -> Words:
    return (
        "error" if amount else "warning",
        f"{zh} {{id}} 已在第 {{first_row_no}} 行出现：{{first}}；本行：{{this}}；"
        + ("金额相差 {difference}；" if amount else "")
        + "只导入第一行",
        f"{en} {{id}} stands in row {{first_row_no}} with {{first}}, here with {{this}}"
        + (", difference {difference}" if amount else "")
        + "; only the first row is imported",
        "核对后保留正确的一行，再导入一次",
        "Keep the right row and import again",
    )


_RECORDS: Mapping[str, Words] = {
    **{
        f"{noun}_in_workbook_has_different_{what}": _in_workbook(*names, amount=what == "amount")
        for noun, names in _NOUNS.items()
        for what in ("amount", "values")
        if (noun, what) != ("customer", "amount")  # customers have none
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
    "workbook_has_active_content": (
        "note",
        "文件中有：{kinds_zh}（共 {count} 处，例如 {names}）；只读取单元格的值，没有运行或访问其中任何内容",
        "The file has {kinds_en} (in all: {count}, such as {names}); only the values of cells are read, nothing was run or reached",
        "打开该文件前先确认来源可信",
        "Make sure of where it comes from before opening it",
    ),
    "file_without_rows": (
        "warning",
        "“{sheet}”只有表头，没有数据行；没有可导入的内容",
        "“{sheet}” has headers and no rows of data; there is nothing to import",
        "核对导出时选的期间和条件，重新导出；数据在别的工作表时用 --sheet 指明",
        "Check the period and the filter of the export and export again; if the data are on another sheet, name it with --sheet",
    ),
    "rows_hidden_in_source": (
        "note",
        "数据 {of} 行中有 {count} 行在文件中是隐藏的（筛选或手工隐藏，首行 {cell}），已一并读取",
        "Rows hidden in the file, by a filter or by hand: {count} of {of}, the first at {cell}; they are read like the rest",
        "不应导入时，在文件中删除这些行后再导入一次",
        "If they should not be imported, delete them in the file and import again",
    ),
    "subtotal_differs": (
        "warning",
        "汇总行“{word}”的“{column_zh}”读到 {read}，所汇总各行合计 {sum}，相差 {difference}；汇总行不导入，各行照常",
        "“{column_en}” of “{word}” reads {read}, its rows add up to {sum}, difference {difference}; the total row is not imported, its rows are",
        "核对文件是否缺行，或有行被改动",
        "Check whether rows are missing or changed",
    ),
    "total_adds_different_currencies": (
        "warning",
        "汇总行“{word}”的 {read} 把不同币种（{currencies}）加在了一起，没有意义；汇总行不导入，各行照常",
        "“{word}” of {read} adds different currencies ({currencies}); the total row is not imported, its rows are",
        "各币种的合计见导入预览",
        "The preview shows a total per currency",
    ),
    "row_without_required_value": (
        "error",
        "本行缺少“{column_zh}”，未导入；读到：{read}",
        "The row has no “{column_en}” and is not imported; it reads: {read}",
        "补上后再导入一次，其余各行不会重复",
        "Fill it in and import again; the other rows are not repeated",
    ),
    "rows_repeated_in_file": (
        "warning",
        "与前面的行完全相同的有 {rows} 行（{ids} 个编号，例如 {id}，首见第 {first_row_no} 行），各只导入一次",
        "Rows that repeat earlier ones: {rows} (numbers: {ids}, such as {id} of row {first_row_no}); each is imported once",
        "在源系统核对导出条件：一对多的关联会使行重复",
        "Check the export: joining on a number that occurs several times repeats rows",
    ),
    "document_number_made": (
        "note",
        "没有单据号的有 {count} 行，按客户编了号，例如 {id}",
        "Rows without a document number: {count}; they were given one, such as {id}",
        "源文件有单据号时用 --map 指明该列",
        "If the file has numbers, name their column with --map",
    ),
}
_UNITS: Mapping[str, Words] = {
    "amount_units_contradict": (
        "error",
        "文件对金额的单位或币种说法不一：{said}；{count} 行分不清金额是多少，未导入",
        "The file says different things of the unit or currency of its amounts: {said}; rows whose amount is in doubt, "
        "not imported: {count}",
        "核对原表，只留下正确的单位和币种，再导入一次；币种可加“币种”列，或用 --currency 指明",
        "Check the source, keep only the right unit and currency, and import again; a currency can be given in a column or "
        "with --currency",
    ),
    "amount_unit_not_understood": (
        "error",
        "单位列写着“{read}”，不是能识别的金额单位；这样的 {count} 行未导入",
        "The column of units reads “{read}”, which is no unit of money; rows not imported for it: {count}",
        "把金额换算成元、单位改为“元”，再导入一次",
        "Write the amounts in whole units of the currency, correct the unit, and import again",
    ),
    "amounts_in_another_scale": (
        "warning",
        "文件写明金额单位为“{unit}”：{headers} 共 {count} 个金额已乘以 {factor}，例如 {example} 的 {read} 记为 {amount}；"
        "“{header}”合计 {sum_read}，记为 {sum}；源数据最细只到 {step}",
        "The file gives amounts in “{unit}”: amounts multiplied by {factor}: {count} ({headers}), such as {example}, {read} "
        "taken as {amount}; “{header}” adds up to {sum_read}, taken as {sum}; the source is no finer than {step}",
        "核对合计；有以元为单位的明细时改用明细；单位写错时，在文件中改正（金额本来就是元的，改为“元”），再导入一次",
        "Check the sum; use a list in whole units if there is one; if the unit is wrong, correct it in the file and import "
        "again",
    ),
    "currency_stated_for_all_rows": (
        "note",
        "文件写明“{unit}”：没有注明币种的 {count} 行按 {currency} 导入",
        "The file says “{unit}”: rows without a currency of their own, imported in {currency}: {count}",
        "不对时用 --currency 指明币种，或在文件中加“币种”列",
        "If that is wrong, name the currency with --currency or add a column of currencies",
    ),
}
_ACCOUNTS: Mapping[str, Words] = {
    "formula_without_result": (
        "error",
        "“{column_zh}”有 {count} 个单元格是没有计算结果的公式（{cells}），值未知；缺少金额、日期或编号的行未导入",
        "Formulas in “{column_en}” without a stored result: {count} ({cells}); their values are unknown, and rows that "
        "lack an amount, a date or a number for it are not imported",
        "用 Excel 或 WPS 打开该文件，重新计算并保存后再导入一次",
        "Open the file in a spreadsheet, let it calculate, save it and import again",
    ),
    "direction_not_readable": (
        "error",
        "“{column_zh}”读到“{read}”，不是借也不是贷；本行 {amount} 未导入",
        "“{column_en}” reads “{read}”, neither debit nor credit; the amount of {amount} is not imported",
        "写明借或贷后再导入一次",
        "Write debit or credit and import again",
    ),
    "row_with_debit_and_credit": (
        "error",
        "本行既有借方 {debit} 又有贷方 {credit}，是两笔业务；本行未导入",
        "The row has a debit of {debit} and a credit of {credit}: two records; it is not imported",
        "拆成两行后再导入一次",
        "Split it into two rows and import again",
    ),
    "negative_amount_without_sign": (
        "error",
        "余额由 {before} 变为 {balance}，减少了 {amount}，而金额是正数：很可能是丢了负号的红字；本行未导入",
        "The balance goes from {before} to {balance}, down by {amount}, but the amount is positive: a red-letter amount "
        "that probably lost its sign; the row is not imported",
        "核对原始单据，金额改为负数后再导入一次",
        "Check the document, make the amount negative and import again",
    ),
    "running_balance_differs": (
        "warning",
        "余额从本行起接不上：上一行余额 {before} 加本行 {amount} 应为 {expected}，读到 {balance}，相差 {missing}；"
        "这样的行共 {count} 处，合计相差 {total}；各行照常导入",
        "The running balance breaks here: {before} before plus {amount} is {expected}, it reads {balance}, difference "
        "{missing}; such rows: {count}, difference in all {total}; the rows are imported as they are",
        "核对文件是否缺行，或有行被改动",
        "Check whether rows are missing or changed",
    ),
    "opening_rows_taken": (
        "note",
        "期初余额行有 {count} 行，合计 {sum}，作为期初导入",
        "Rows that bring a balance forward: {count}, {sum} in all; they are imported as opening items",
        "工作簿中已有此前的单据时删除这些行，以免重复",
        "If the workbook has the earlier documents, delete these rows, or they count twice",
    ),
    "credits_taken_as_receipts": (
        "note",
        "贷方中摘要为收款的有 {count} 行，合计 {sum}，作为收款导入",
        "Credits whose words say that money came in: {count}, {sum} in all; they are imported as receipts",
        "不是收款的，在“类型”列写明红字",
        "Where one is no receipt, add a column of kinds that says credit note",
    ),
    "credits_taken_as_credit_notes": (
        "note",
        "贷方中摘要不是收款的有 {count} 行，合计 {sum}，作为红字单据导入",
        "Credits that do not say money came in: {count}, {sum} in all; they are imported as credit notes",
        "是收款的，在摘要中写明收款，或按收款导入",
        "Where one is a receipt, say so in its memo, or import it as a receipt",
    ),
    "accounts_not_receivables": (
        "note",
        "不属于应收账款（{account}）的科目有 {count} 行，合计 {sum}，未导入",
        "Accounts other than receivables ({account}): {count} rows, {sum} in all, not imported",
        "应导入其中某些科目时，另存为只含这些科目的文件",
        "To import some of them, save a file with these accounts only",
    ),
    "trial_balance_differs": (
        "warning",
        "期初 {before} 加借方 {debit} 减贷方 {credit} 应为 {expected}，期末读到 {balance}，相差 {missing}；"
        "这样的行共 {count} 行；以期末余额导入",
        "Opening {before} plus debits {debit} less credits {credit} is {expected}, the closing balance reads {balance}, "
        "difference {missing}; such rows: {count}; the closing balances are imported",
        "核对科目余额表的期末余额",
        "Check the closing balances of the trial balance",
    ),
}
_CUSTOMERS: Mapping[str, Words] = {
    "customer_has_several_names": (
        "note",
        "客户 {id} 在文件中有 {count} 种写法：{names}；以“{name}”为名称，其余记为付款方别名",
        "The file spells the name of customer {id} in {count} ways: {names}; “{name}” becomes the name, the rest payer aliases",
        "名称不对时在客户表中改正",
        "Correct the name in the customers table if it is wrong",
    ),
    "customer_has_name_not_in_workbook": (
        "note",
        "客户 {id}（{name}）在文件中还写作：{names}",
        "Customer {id} ({name}) is written otherwise in the file: {names}",
        "确是同一客户时加入其付款方别名",
        "If it is the same customer, add the name to its payer aliases",
    ),
    "customer_name_of_several_customers": (
        "error",
        "“{name}”是多个客户的名称（{ids}），分不清是哪一个；没有客户编码的 {count} 行未导入",
        "“{name}” is the name of several customers ({ids}); rows without an ID, not imported: {count}",
        "在文件中加上客户编码",
        "Add the customer ID to the file",
    ),
    "customers_differ_by_suffix": (
        "note",
        "名称只差公司后缀的客户有 {count} 组，例如 {names}；各作为一个客户，没有合并",
        "Groups of customers whose names differ only in the legal form: {count}, such as {names}; they are kept apart",
        "确是同一客户时用客户合并，或加入其付款方别名",
        "If they are one customer, merge them or add the name to its payer aliases",
    ),
    "customers_share_a_name": (
        "note",
        "属于不止一个客户的名称有 {count} 个，例如“{name}”（{ids}）；按客户编码区分",
        "Names of more than one customer: {count}, such as “{name}” ({ids}); the IDs tell them apart",
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
        "到期日早于单据日期的单据有 {count} 张；相差最多 {days} 天：到期 {due_day}，单据 {document_day}",
        "Documents due before their date: {count}; most days apart: {days} (due {due_day}, dated {document_day})",
        "核对两个日期，注意日月是否颠倒",
        "Check both dates; day and month may be swapped",
    ),
    "document_date_missing_due_date_taken": (
        "warning",
        "没有单据日期的有 {count} 行，以到期日为单据日期",
        "Rows without a document date: {count}; they are dated on their due date",
        "文件有单据日期时用 --map 指明该列",
        "If the file has document dates, name the column with --map",
    ),
    "document_date_missing_as_of_date_taken": (
        "warning",
        "没有单据日期的有 {count} 行，以截止日期 {as_of_day} 为单据日期",
        "Rows without a document date: {count}; they are dated on the as-of date {as_of_day}",
        "按年账龄需要原单据日期：补在“起算日”列",
        "Aging by year needs the original date: add it as the base date",
    ),
}
_SETTLEMENTS: Mapping[str, Words] = {
    "settled_before_document_date": (
        "warning",
        "结清日期早于单据日期的单据有 {count} 张；相差最多 {days} 天：结清 {settled_day}，单据 {document_day}；核销记在单据日期",
        "Documents settled before their date: {count}; most days apart: {days} (settled {settled_day}, dated "
        "{document_day}); their applications are dated on the document",
        "核对该列是否真是结清日期；不是时用 --map 表头= 忽略它",
        "Check that the column is a settlement date; if not, ignore it with --map header=",
    ),
    "settlement_in_workbook_differs": (
        "error",
        "收款 {id} 在工作簿中是 {first_day} 的 {first_amount}，文件中是 {this_day} 的 {this_amount}；工作簿的一行保持不变",
        "Receipt {id} is in the workbook with {first_amount} on {first_day}, in the file with {this_amount} on {this_day}; "
        "the workbook's row stays",
        "核对后在工作簿中改正",
        "Check it and correct the workbook",
    ),
    "credit_notes_with_settlement_date": (
        "note",
        "有结清日期的红字或零金额单据有 {count} 张，没有生成收款",
        "Credit notes or documents of 0 with a settlement date: {count}; no receipt was made",
        "红字冲减了哪张单据，记在核销记录中",
        "Record in the applications what each credit note settled",
    ),
    "documents_settled_otherwise": (
        "note",
        "有结清日期、工作簿中已有核销记录的单据有 {count} 张，没有再生成收款",
        "Documents with a settlement date and with applications in the workbook: {count}; no receipt was made",
        "核对这些单据的未收金额",
        "Check their open amounts",
    ),
    "documents_partly_settled_without_date": (
        "warning",
        "未收金额与单据金额不同的单据有 {count} 张，合计相差 {currency} {sum}，但文件没有说何时收到",
        "Documents with an open amount other than their amount: {count}, difference {currency} {sum} in all, but no date of payment",
        "再导入收款和核销记录，或按期初（opening）导入未收金额",
        "Import the receipts and applications too, or import the open amounts as opening items",
    ),
}

WORDS: Mapping[str, Words] = MappingProxyType(
    {**_RECORDS, **_TABLE, **_UNITS, **_ACCOUNTS, **_CUSTOMERS, **_DATES, **_SETTLEMENTS}
)
