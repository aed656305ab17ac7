"""Plain formulas over AR_数据, and the texts of named functions that a person may define in the spreadsheet.

Named functions cannot be made from outside; each is a name, its arguments and a formula to paste under
Data > Named functions. All use functions that every Google spreadsheet has.
"""

from __future__ import annotations

from dataclasses import dataclass

from arsheet.schema.tables import DEFAULT_BUCKETS, TABLES, expand
from arsheet.schema.words import label
from arsheet.table import column_letter


@dataclass(frozen=True, slots=True)
class SheetFormula:
    """A formula for a cell of the spreadsheet: what it gives, and the named function it makes (arguments by name)."""

    key: str
    zh: str
    en: str
    formula: str
    name: str = ""
    arguments: tuple[str, ...] = ()

    def words(self, language: str) -> str:
        """What it gives."""
        return self.zh if language == "zh" else self.en

    def call(self, *cells: str) -> str:
        """The formula with cells or constants in the place of its arguments."""
        text = self.formula
        for argument, cell in zip(self.arguments, cells, strict=True):
            text = text.replace(argument, cell)
        return text


def column(key: str, language: str) -> str:
    """A whole column of AR_数据, such as 'AR_数据'!$K:$K."""
    spec = TABLES["google_data"]
    letter = column_letter([each.key for each in expand(spec)].index(key))
    return f"'{spec.sheet(language)}'!${letter}:${letter}"


def formulas(language: str = "zh") -> tuple[SheetFormula, ...]:
    """The formulas in the language of the tabs. Arguments are customer_id, document_key, currency_code, bucket_name."""
    at = {each.key: column(each.key, language) for each in TABLES["google_data"].columns}
    mine = f"{at['customer_id']},customer_id,{at['currency']},currency_code"
    found = [
        SheetFormula("open", "客户未收金额", "What a customer owes", f"=SUMIFS({at['open']},{mine})",
                     "AR_OPEN", ("customer_id", "currency_code")),
        SheetFormula("overdue", "客户逾期金额", "What of it is overdue",
                     f"=SUMIFS({at['open']},{mine},{at['days']},\">0\")",
                     "AR_OVERDUE", ("customer_id", "currency_code")),
        SheetFormula("bucket", "客户某一账龄段的金额", "What stands in one bucket",
                     f"=SUMIFS({at['open']},{mine},{at['bucket']},bucket_name)",
                     "AR_BUCKET", ("customer_id", "currency_code", "bucket_name")),
        SheetFormula("documents", "客户未清单据数", "How many documents are open",
                     f"=COUNTIFS({at['customer_id']},customer_id)", "AR_COUNT", ("customer_id",)),
        SheetFormula("document", "单据未收金额", "What is open of a document",
                     f'=IFERROR(XLOOKUP(document_key,{at["key"]},{at["open"]}),"")', "AR_DOCUMENT", ("document_key",)),
        SheetFormula("due_date", "单据到期日", "When a document is due",
                     f'=IFERROR(XLOOKUP(document_key,{at["key"]},{at["due_date"]}),"")', "AR_DUE", ("document_key",)),
        SheetFormula("available", "客户可用额度", "Available limit of a customer",
                     f'=IFERROR(XLOOKUP(customer_id,{at["customer_id"]},{at["available"]}),"")',
                     "AR_AVAILABLE", ("customer_id",)),
        SheetFormula("soon", "客户7天内到期", "What falls due within 7 days",
                     f'=IFERROR(XLOOKUP(customer_id,{at["customer_id"]},{at["due_soon"]}),"")',
                     "AR_DUE_SOON", ("customer_id",)),
        SheetFormula("total", "全部未收金额（一种币种）", "All that is open in a currency",
                     f"=SUMIFS({at['open']},{at['currency']},currency_code)", "AR_TOTAL", ("currency_code",)),
    ]  # fmt: skip
    return tuple(found)


def buckets(language: str) -> tuple[str, ...]:
    """The words that the column of buckets holds under the default settings."""
    return tuple(label(key, language) for key in DEFAULT_BUCKETS)


def help_page(language: str = "zh") -> str:
    """A page in Markdown: the formulas, the named functions, and how to add Code.gs."""
    zh = language == "zh"
    rows = [
        f"|{each.name}|{', '.join(each.arguments)}|`{each.formula}`|{each.words(language)}|"
        for each in formulas(language)
    ]
    words = ("、" if zh else ", ").join(buckets(language))
    sheet = TABLES["google_data"].sheet(language)
    return (_PAGE_ZH if zh else _PAGE_EN).format(rows="\n".join(rows), buckets=words, sheet=sheet)


_PAGE_ZH = """\
# Google 表格里的公式

这些公式只读取工作表 AR_数据，不联网。把参数换成单元格或文字即可；
也可以在“数据 → 命名函数”里按名称、参数和公式各建一个。

|名称|参数|公式|结果|
|---|---|---|---|
{rows}

账龄段的写法：{buckets}。

## AR_AGING

打开“扩展程序 → Apps 脚本”，用 arsheet 给出的 Code.gs 替换其中内容并保存，然后在单元格写：

`=AR_AGING('{sheet}'!A:P, DATE(2026,3,31))`

可选参数：口径（到期日、单据日期）、账龄段（如 30,60,90）、按（客户、业务员）。
它只计算给它的区域，结果与工作簿里的 =AR_AGING_OF(…) 相同；数不进去的行列在最后。
"""
_PAGE_EN = """\
# Formulas in a Google spreadsheet

These read the tab AR_Data only and call nothing. Put cells or texts in place of the arguments; or define each under
Data > Named functions with its name, arguments and formula.

|Name|Arguments|Formula|Gives|
|---|---|---|---|
{rows}

Buckets are written: {buckets}.

## AR_AGING

Open Extensions > Apps Script, put the Code.gs that arsheet gives in place of what is there, save, then write in a cell:

`=AR_AGING('{sheet}'!A:P, DATE(2026,3,31))`

Further arguments: basis (due, invoice), buckets (such as 30,60,90), by (customer, salesperson). It computes the range
it is given, as =AR_AGING_OF(...) in the workbook does; rows that cannot be counted come last.
"""
