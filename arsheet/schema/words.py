"""Words for the keys of reports, zh and en side by side, bucket keys included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "total": ("应收合计", "Total"),
        "gross": ("应收合计", "Receivables"),
        "not_due": ("未到期", "Not due"),
        "not_due_memo": ("其中未到期", "Of which not due"),
        "memo_not_due": ("其中未到期", "Of which not due"),
        "overdue": ("逾期", "Overdue"),
        "unapplied": ("未核销收款", "Unapplied"),
        "net": ("净额", "Net"),
        "disputed": ("其中争议", "Of which disputed"),
        "pending": ("其中待触发", "Of which pending"),
        "total_row": ("合计", "Total"),
        "subtotal_row": ("小计", "Subtotal"),
        "left_out": ("未计入", "Left out"),
        "key": ("键", "Key"),
        "name": ("名称", "Name"),
        "customer": ("客户", "Customer"),
        "customer_id": ("客户编码", "Customer ID"),
        "customer_name": ("客户名称", "Customer name"),
        "salesperson": ("业务员", "Salesperson"),
        "department": ("部门", "Department"),
        "region": ("地区", "Region"),
        "class": ("客户类别", "Class"),
        "industry": ("行业", "Industry"),
        "size_class": ("企业规模", "Size class"),
        "related_party": ("关联方", "Related party"),
        "grade": ("信用等级", "Grade"),
        "collector": ("应收会计", "Collector"),
        "project": ("项目", "Project"),
        "contract": ("合同", "Contract"),
        "currency": ("币种", "Currency"),
        "status": ("状态", "Status"),
        "kind": ("类型", "Kind"),
        "document_no": ("单据号", "Document no"),
        "document": ("单据号", "Document no"),
        "sequence": ("期次", "Instalment"),
        "no": ("序号", "No"),
        "date": ("日期", "Date"),
        "document_date": ("单据日期", "Document date"),
        "due_date": ("到期日", "Due date"),
        "due": ("到期日", "Due date"),
        "base_date": ("起算日", "Base date"),
        "discount_until": ("折扣截止日", "Discount until"),
        "discount": ("现金折扣", "Discount"),
        "amount": ("金额", "Amount"),
        "open": ("未收金额", "Open amount"),
        "open_amount": ("未收金额", "Open amount"),
        "days": ("逾期天数", "Days past due"),
        "oldest_days": ("最长逾期天数", "Oldest days past due"),
        "bucket": ("账龄段", "Bucket"),
        "level": ("催收级别", "Level"),
        "memo": ("摘要", "Memo"),
        "debit": ("借方", "Debit"),
        "credit": ("贷方", "Credit"),
        "balance": ("余额", "Balance"),
        "opening": ("期初单据", "Opening document"),
        "movements": ("本期发生", "Movements"),
        "closing": ("期末余额", "Closing balance"),
        "book": ("账面", "Book"),
        "reclass": ("重分类", "Reclassified"),
        "reported": ("报表数", "Reported"),
        "percent": ("比例%", "Share %"),
        "limit": ("额度", "Credit limit"),
        "exposure": ("信用敞口", "Exposure"),
        "utilisation": ("占用率", "Utilisation"),
        "available": ("可用额度", "Available"),
        "exposure_parts": ("敞口各部分合计", "Parts of the exposure"),
        "reminded_and_skipped": ("提醒与跳过合计", "Reminded and skipped"),
        "overdue_sum": ("逾期合计", "Sum of overdue"),
        "unpaid": ("逾期应收", "Overdue"),
        "sent": ("发出日期", "Sent"),
        "confirmed_on": ("确认日期", "Confirmed on"),
        "no_limit": ("无额度控制", "No limit"),
        "receipt": ("收款", "Receipt"),
        "prepayment": ("预收款", "Prepayment"),
        "refund": ("退款", "Refund"),
        "invoice": ("应收单", "Invoice"),
        "credit_note": ("红字", "Credit note"),
        "write_off": ("坏账核销", "Write-off"),
        "application": ("核销", "Application"),
        "reversal": ("撤销核销", "Reversal"),
        "collected": ("回款", "Collected"),
        "customers": ("客户数", "Customers"),
        "documents": ("单据数", "Documents"),
        "receipts": ("收款数", "Receipts"),
        "rows": ("行", "rows"),
        "overdue_rate": ("逾期率", "Overdue rate"),
        "dso": ("应收周转天数", "DSO (days)"),
        "month": ("月份", "Month"),
        "severity": ("级别", "Severity"),
        "count": ("条数", "Count"),
        "error": ("错误", "Error"),
        "warning": ("警告", "Warning"),
        "note": ("提示", "Note"),
        "as_of": ("截止日期", "As of"),
        "refreshed_at": ("刷新时间", "Refreshed"),
        "source_rows": ("来源", "Source"),
        "control_total": ("勾稽合计", "Control total"),
        "check": ("勾稽", "Check"),
        "difference": ("差额", "Difference"),
        "buckets_sum": ("各账龄段合计", "Sum of buckets"),
        "open_sum": ("未收金额合计", "Sum of open amounts"),
        "gross_less_notes": ("应收减未用红字", "Receivables less open credit notes"),
        "ledger_balance": ("台账余额", "Ledger balance"),
        "book_plus_reclass": ("账面加重分类", "Book plus reclassified"),
        "agrees": ("相符", "agrees"),
        "differs": ("不符", "differs"),
        "stale": ("数据已变请刷新", "Data has changed: please refresh"),
        "tables_changed": ("已变的表数", "Tables changed"),
        "not_refreshed": ("尚未刷新", "Not refreshed yet"),
        "outdated": (
            "未刷新，以下是旧数据（Excel 表 {table} 已不存在）",
            "Not refreshed, old figures (the Excel table {table} is gone)",
        ),
        "day_unit": ("天", "days"),
        "year_unit": ("年", "years"),
        "yuan_unit": ("元", "yuan"),
        "today": ("今天", "Today"),
        "invoiced": ("累计应收", "Invoiced"),
        "received": ("已收", "Received"),
        "credited": ("红字冲减", "Credited"),
        "overdue_count": ("逾期笔数", "Overdue items"),
        "exposure_base": ("敞口（本位币）", "Exposure (base currency)"),
        "number": ("单号", "Number"),
        "source_no": ("来源单号", "Source no"),
        "opening_balance": ("期初余额", "Opening balance"),
        "closing_balance": ("期末余额", "Closing balance"),
        "debit_note": ("借项", "Debit note"),
        "discount_reversed": ("撤销折扣", "Discount reversed"),
        "applied_across_customers": ("跨客户核销", "Applied across customers"),
        "applied_across_customers_reversed": ("撤销跨客户核销", "Application across customers reversed"),
        "place": ("位置", "Where"),
        "code": ("代码", "Code"),
        "message": ("说明", "What is wrong"),
        "hint": ("怎么办", "What to do"),
        "read": ("读到", "What was read"),
        "tax": ("税额", "Tax"),
        "payable": ("折扣后应付", "Payable early"),
        "cash": ("实付", "Cash"),
        "discount_untaxed": ("折扣不含税部分", "Discount, untaxed part"),
        "discount_tax": ("折扣税额部分", "Discount, tax part"),
        "open_after": ("付款后未收", "Open afterwards"),
        "annual_rate": ("折合年利率", "Annual rate"),
        "yes": ("是", "Yes"),
        "no_word": ("否", "No"),
        "blank": ("（空）", "(blank)"),
    }
)
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DAYS = re.compile(r"(\d+)-(\d+)")
_DAYS_OVER = re.compile(r"(\d+)\+")
_YEARS = re.compile(r"y(\d+)-(\d+)")
_YEARS_OVER = re.compile(r"y(\d+)\+")


def label(key: str, language: str) -> str:
    """The words for a report key; KeyError for one that has none."""
    pair = WORDS.get(key) or bucket_words(key)
    if pair is None:
        raise KeyError(f"no words for {key!r}")
    return pair[0] if language == "zh" else pair[1]


def bucket_words(key: str) -> tuple[str, str] | None:
    """1-30, 91+, y0-1 or y5+ in words, zh and en; None for any other key."""
    if found := _DAYS.fullmatch(key):
        return f"{key}天", f"{key} days"
    if found := _DAYS_OVER.fullmatch(key):
        return f"{found[1]}天以上", f"{key} days"
    if found := _YEARS.fullmatch(key):
        low, high = int(found[1]), int(found[2])
        if low == 0:
            return f"{high}年以内", f"Within {high} year{'s' if high > 1 else ''}"
        return f"{low}-{high}年", f"{low}-{high} years"
    if found := _YEARS_OVER.fullmatch(key):
        return f"{found[1]}年以上", f"Over {found[1]} years"
    return None


def month_words(year: int, month: int, language: str) -> str:
    """A month on an axis: 2026-03 or Mar 2026."""
    return f"{year:04d}-{month:02d}" if language == "zh" else f"{MONTHS_EN[month - 1]} {year}"
