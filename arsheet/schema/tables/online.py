"""The sheets that only an online spreadsheet has, and the conflicts between it and the book."""

from __future__ import annotations

from arsheet.schema.tables.declare import day, ident, money, text
from arsheet.schema.tables.views import CCY, DAYS, DUE, ID, NAME, NO, SELLER, view

GOOGLE_DATA = view(
    "google_data",
    "ARData",
    "AR_数据",
    "AR_Data",
    ID,
    NAME,
    NO,
    DUE,
    CCY,
    money("open", "未收金额", "Open amount"),
    DAYS,
    SELLER,
    group="online",
    note=("在线表格里的数据页。", "The data page of an online spreadsheet."),
)
FOLLOW_UP = view(
    "follow_up",
    "ARFollowUp",
    "AR_跟进",
    "AR_Follow-up",
    ID,
    NAME,
    NO,
    money("open", "未收金额", "Open amount"),
    DAYS,
    text("note", "跟进内容", "Note", width=36),
    day("next_date", "下次日期", "Next date"),
    day("pay_by", "承诺付款日", "Promised for"),
    group="online",
    note=("业务员在线填写的跟进。", "What salespeople fill in online."),
)
REPLIES = view(
    "replies",
    "ARReplies",
    "AR_回复",
    "AR_Replies",
    day("at", "时间", "At"),
    text("by", "填写人", "By"),
    ID,
    NO,
    text("reply", "回复", "Reply", width=36),
    group="online",
    note=("在线回复。", "Replies given online."),
)
CONFLICTS = view(
    "conflicts",
    "Conflicts",
    "同步冲突",
    "Conflicts",
    day("at", "时间", "At"),
    text("table", "表", "Table"),
    ident("key", "主键", "Key"),
    text("field", "字段", "Field"),
    text("ours", "本地值", "Ours", width=20),
    text("theirs", "在线值", "Theirs", width=20),
    text("chosen", "采用", "Chosen"),
    group="online",
    note=("两边都改过、需要人决定的单元格。", "Cells changed on both sides: a person decides."),
)
TABLES = (GOOGLE_DATA, FOLLOW_UP, REPLIES, CONFLICTS)
