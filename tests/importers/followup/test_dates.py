"""Written dates as salespeople write them: a golden table, all read on Wednesday 2026-03-04 unless said otherwise."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.importers.followup.dates import read_spoken
from arsheet.ledger.calendar import Calendar
from arsheet.table import from_day, iso, to_day

TODAY = dt.date(2026, 3, 4)
ASKED = ""
GOLDEN: list[tuple[Any, str]] = [
    ("今天", "2026-03-04"),
    ("明天", "2026-03-05"),
    ("后天", "2026-03-06"),
    ("大后天", "2026-03-07"),
    ("本周五", "2026-03-06"),
    ("下周五", "2026-03-13"),
    ("下下周二", "2026-03-17"),
    ("周五", "2026-03-06"),
    ("星期一", "2026-03-09"),  # the coming one
    ("礼拜天", "2026-03-08"),
    ("周三", ASKED),  # today is Wednesday: today or next week?
    ("月底", "2026-03-31"),
    ("本月底前", "2026-03-31"),
    ("下月底", "2026-04-30"),
    ("3月底", "2026-03-31"),
    ("2月底", "2027-02-28"),  # this year's has passed
    ("月中", "2026-03-15"),
    ("下个月中旬", "2026-04-20"),  # a span means its last day
    ("4月上旬", "2026-04-10"),
    ("月初", ASKED),
    ("下月初", ASKED),
    ("3号", "2026-04-03"),  # the 3rd of March has passed
    ("4号", "2026-03-04"),  # today counts
    ("十五号", "2026-03-15"),
    ("下个月15号", "2026-04-15"),
    ("下月31号", ASKED),  # April has no 31st
    ("12/25", "2026-12-25"),
    ("12.25", "2026-12-25"),
    ("25/12", "2026-12-25"),  # there is no 25th month
    ("3-20", "2026-03-20"),
    ("3/1", ASKED),  # three days ago: a slip rather than next year
    ("1月10日", ASKED),
    ("三月十号", "2026-03-10"),
    ("2026年3月1日", "2026-03-01"),
    ("26年3月6日", "2026-03-06"),
    ("2026-03-06", "2026-03-06"),
    ("2026/3/6", "2026-03-06"),
    ("20260306", "2026-03-06"),
    ("２０２６．３．６", "2026-03-06"),
    ("2月30日", ASKED),
    ("国庆后", "2026-10-08"),
    ("国庆节前", "2026-09-30"),
    ("春节前", "2027-02-04"),  # this year's has passed; New Year's Eve is 2027-02-05
    ("五一后", "2026-05-06"),
    ("元旦前", "2026-12-31"),
    ("中秋前", "2026-09-24"),
    ("年前", ASKED),
    ("节后", ASKED),
    ("一周内", "2026-03-11"),
    ("10天后", "2026-03-14"),
    ("十天内", "2026-03-14"),
    ("两周后", "2026-03-18"),
    ("一个月后", "2026-04-04"),
    ("半个月内", "2026-03-19"),
    ("5个工作日内", "2026-03-11"),
    ("本周内", "2026-03-08"),
    ("季度末", "2026-03-31"),
    ("年底", "2026-12-31"),
    ("3月15日前付清", "2026-03-15"),
    ("3月15日后", ASKED),  # no end
    ("客户说3号之前打款", "2026-04-03"),
    ("承诺下周五付款", "2026-03-13"),
    ("下周", ASKED),
    ("周末", ASKED),
    ("尽快", ASKED),
    ("3号左右", ASKED),
    ("3号-5号", ASKED),
    ("3号或5号", ASKED),
    ("下周五？", ASKED),
    ("ok", ASKED),
    ("好的", ASKED),
    ("tomorrow", "2026-03-05"),
    ("next Friday", "2026-03-13"),
    ("by March 20", "2026-03-20"),
    ("20 March 2026", "2026-03-20"),
    ("in 10 days", "2026-03-14"),
    ("end of month", "2026-03-31"),
    ("next week", ASKED),
    (46090, "2026-03-09"),
    (46090.75, "2026-03-09"),
    ("46090", "2026-03-09"),
    (12.25, "2026-12-25"),
    (3.1, ASKED),  # 3.1 or 3.10
    (5, ASKED),
    (True, ASKED),
    (dt.date(2026, 3, 6), "2026-03-06"),
    (dt.datetime(2026, 3, 6, 23, 59), "2026-03-06"),
]


@pytest.mark.parametrize(("text", "expected"), GOLDEN, ids=[str(text) for text, _ in GOLDEN])
def test_golden(text: Any, expected: str) -> None:
    said = read_spoken(text, to_day(TODAY))
    assert (iso(said.day) if said.day is not None else ASKED) == expected


@pytest.mark.parametrize(
    ("today", "text", "expected"),
    [
        ("2026-03-31", "月底", "2026-03-31"),
        ("2026-03-16", "月中", ASKED),
        ("2026-10-03", "国庆后", "2026-10-08"),  # within the days off
        ("2026-10-08", "国庆后", "2026-10-08"),
        ("2026-10-09", "国庆后", "2027-10-06"),
        ("2026-02-10", "春节前", "2026-02-14"),  # a Saturday that is worked
        ("2026-12-30", "1月5日", "2027-01-05"),
        ("2026-12-30", "3号", "2027-01-03"),
        ("2026-01-31", "一个月后", "2026-02-28"),
        ("2026-03-08", "下周一", "2026-03-09"),  # Sunday ends its week
        ("2026-03-07", "本周五", "2026-03-06"),  # passed; the caller refuses it
    ],
)
def test_from_other_days(today: str, text: str, expected: str) -> None:
    said = read_spoken(text, to_day(dt.date.fromisoformat(today)))
    assert (iso(said.day) if said.day is not None else ASKED) == expected


def test_the_question_says_what_was_read_and_how_to_write_it() -> None:
    said = read_spoken("下周", to_day(dt.date(2026, 2, 27)))
    assert said.zh == "“下周”是哪一天？请写成 2026-03-06"
    assert said.en == 'Which day is "下周"? Please write it like 2026-03-06'
    assert "4月没有31号" in read_spoken("下月31号", to_day(TODAY)).zh


def test_the_workbooks_own_holidays_count() -> None:
    works = Calendar.from_rows([(to_day(dt.date(2026, 10, 7)), True)])
    assert iso(read_spoken("国庆后", to_day(TODAY), works).day or 0) == "2026-10-07"


def test_forty_texts_are_read_or_asked_back() -> None:
    texts = [text for text, _ in GOLDEN if isinstance(text, str)]
    assert len(set(texts)) >= 60
    assert sum(expected == ASKED for _, expected in GOLDEN) >= 20


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="0123456789月日号周天前后内底初中上下本一二三五年/-. ?？国庆节", max_size=9),
    st.integers(20_000, 21_500),
)
def test_any_text_is_a_day_or_a_question(text: str, today: int) -> None:
    said = read_spoken(text, today)
    if said.day is None:
        assert re.search(r"\d{4}-\d\d-\d\d$", said.zh)
        assert said.zh
        assert said.en
    else:
        assert 1990 <= from_day(said.day).year <= 2100
