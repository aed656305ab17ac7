"""The words of written dates: relative days, weekdays, months, festivals, and what stands round them."""

from __future__ import annotations

import re

RELATIVE_DAYS = {
    "今天": 0, "今日": 0, "当天": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3, "昨天": -1, "昨日": -1,
    "today": 0, "tomorrow": 1, "the day after tomorrow": 2, "yesterday": -1,
}  # fmt: skip
FESTIVALS = {
    "元旦": "元旦", "新年": "元旦", "春节": "春节", "清明": "清明节", "五一": "劳动节", "5一": "劳动节", "51": "劳动节",
    "劳动": "劳动节", "端午": "端午节", "中秋": "中秋节", "国庆": "国庆节", "十一": "国庆节",
}  # fmt: skip
"""As people say it -> as the calendar names it."""
WHICH_MONTH = "本月|这个月|这月|当月|下下个月|下下月|下个月|下月"
DAY_UNITS = frozenset(("天", "日", "day"))
WEEK_UNITS = frozenset(("周", "星期", "礼拜", "week"))
MONTH_NAMES = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
DAY_NAMES = "mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
NUMERALS = re.compile(r"(?<![周期拜五])[二两三四五六七八九十一]{1,3}(?=个?(?:工作日|天|日|号|周|星期|礼拜|月))")
"""Numerals that count: 三天, 两周, 十五号; not 周三 and 五一."""
AROUND = re.compile(
    r"^(?:客户|对方|我们|他们|承诺|预计|答应|说是?|会|在|于|计划|已?约定|最迟|最晚|不迟于|by|on|will pay|pay)\s*"
    r"|\s*(?:付清|结清|付款|打款|到账|回款|转账|支付|汇款|安排|给钱|付|给|吧|可以|能)$"
)
"""Words before or after the date that only say that somebody will pay."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def month_number(name: str) -> int:
    """march -> 3."""
    return _MONTHS.index(name[:3]) + 1


def months_ahead(which: str | None) -> int | None:
    """下月 -> 1, 本月 -> 0; None where no month is named."""
    if not which:
        return None
    return which.count("下") + (which == "next")


def weekday_number(name: str) -> int:
    """周一 and Monday -> 0, 周日 -> 6."""
    if name[:3] in _DAYS:
        return _DAYS.index(name[:3])
    return "一二三四五六日".find(name) if name in "一二三四五六日" else 6 if name in "天七" else int(name) - 1
