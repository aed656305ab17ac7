"""The sheets that only an online spreadsheet has: the data, what people type, what is answered, and the conflicts."""

from __future__ import annotations

from dataclasses import replace

from arsheet.schema.model import Choice, Column
from arsheet.schema.tables.declare import choice, column, day, ident, money, text
from arsheet.schema.tables.documents import INVOICE_KINDS
from arsheet.schema.tables.views import CCY, DAYS, DUE, ID, ITEM_STATUS, NAME, NO, SELLER, view

FOLLOW_STATES = (
    Choice("not_contacted", "未联系", "Not contacted", ("未跟进",)),
    Choice("contacted", "已联系", "Contacted", ("已沟通", "已跟进")),
    Choice("promised", "已承诺", "Promised", ("承诺付款",)),
    Choice("disputed", "有争议", "Disputed", ("争议",)),
    Choice("paid", "已付待到账", "Paid (not received)", ("已付款", "已付", "paid")),
    Choice("refused", "拒付", "Refused to pay", ("拒绝付款",)),
)
"""What a salesperson may say about a document."""
HANDED_OVER = Choice("handed_over", "已移交", "Handed over")
"""What the job writes where a customer left the scope of a spreadsheet."""


def typed(found: Column, landing: str) -> Column:
    """A column of people; ``landing``: the table and column in which what they type lands."""
    return replace(found, owner="user", landing=landing)


def looked_up(found: Column, where: str = "google_data") -> Column:
    """A column that the spreadsheet itself looks up by the row's key."""
    return replace(found, lookup=f"{where}.{found.key}")


OPEN = money("open", "未收金额", "Open amount")
AVAILABLE = money("available", "可用额度", "Available limit")
SOON = money("due_soon", "7天内到期", "Due within 7 days")
LAST_PROMISE = day("last_promise", "最近承诺", "Last promise")
GOOGLE_DATA = view(
    "google_data",
    "ARData",
    "AR_数据",
    "AR_Data",
    ident("key", "单据键", "Key", width=22),
    ID,
    NAME,
    NO,
    column("int", "sequence", "期次", "Instalment"),
    choice("kind", "类型", "Kind", INVOICE_KINDS),
    day("document_date", "单据日期", "Document date"),
    DUE,
    CCY,
    money("amount", "金额", "Amount"),
    OPEN,
    DAYS,
    text("bucket", "账龄段", "Bucket"),
    money("disputed", "争议金额", "Disputed"),
    choice("status", "状态", "Status", ITEM_STATUS),
    SELLER,
    AVAILABLE,
    SOON,
    LAST_PROMISE,
    group="online",
    note=("在线表格里的数据页，由系统写入。", "The data page of an online spreadsheet, written by the job."),
    keys=("key",),
)
FOLLOW_UP = view(
    "follow_up",
    "ARFollowUp",
    "AR_跟进",
    "AR_Follow-up",
    ident("key", "单据号", "Document no", width=22),
    looked_up(NAME),
    looked_up(OPEN),
    looked_up(CCY),
    looked_up(DAYS),
    looked_up(AVAILABLE),
    looked_up(SOON),
    looked_up(LAST_PROMISE),
    typed(text("promised_for", "承诺日期", "Promised for"), "promises.pay_by"),
    typed(text("promised_amount", "承诺金额", "Promised amount"), "promises.amount"),
    typed(text("dispute", "争议说明", "Dispute", width=28), "disputes.note"),
    typed(choice("state", "状态", "State", FOLLOW_STATES), "activities.note"),
    typed(text("next_action", "下一步", "Next action", width=24), "activities.next_action"),
    typed(text("next_date", "下一步日期", "Next date"), "activities.next_date"),
    looked_up(text("reply", "系统回复", "Reply", width=36), "replies"),
    group="online",
    note=("业务员在线填写的跟进。", "What salespeople fill in online."),
    keys=("key",),
)
REPLIES = view(
    "replies",
    "ARReplies",
    "AR_回复",
    "AR_Replies",
    ident("key", "键", "Key", width=28),
    NO,
    text("answered", "所答内容", "What it answers", width=28),
    text("reply", "系统回复", "Reply", width=48),
    day("at", "日期", "On"),
    group="online",
    note=("对每条填写内容的回复，由系统写入。", "The answer to each entry, written by the job."),
    keys=("key",),
)
CONFLICTS = view(
    "conflicts",
    "Conflicts",
    "同步冲突",
    "Conflicts",
    ident("no", "编号", "No."),
    text("at", "发现时间", "Found at"),
    text("tab", "工作表", "Tab"),
    text("key", "行", "Row"),
    text("column", "列", "Column"),
    text("base", "上次一致的值", "Last agreed", width=20),
    text("book", "工作簿的值", "In the workbook", width=20),
    text("sheet", "在线表格的值", "In the online sheet", width=20),
    text("winner", "采用", "Stands"),
    text("rule", "规则", "Rule", width=28),
    group="online",
    note=("两边都改过的单元格，以及按哪条规则采用了哪个值。", "Cells changed on both sides, and what decided."),
    keys=("no",),
)
ABOUT = view(
    "about",
    "ARAbout",
    "AR_说明",
    "AR_About",
    text("item", "项目", "Item", width=18),
    text("value", "内容", "Value", width=60),
    group="online",
    note=("这些数据截至何时、来自哪里。", "Of which moment the data are, and where they come from."),
    keys=("item",),
)
TABLES = (GOOGLE_DATA, FOLLOW_UP, REPLIES, CONFLICTS, ABOUT)
