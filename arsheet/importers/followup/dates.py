"""A date as people write it (明天, 下周五, 月底, 3号, 国庆后) becomes a day, or a question; it is never guessed.

The rules, counted from the day on which the text was read ("today"):

- What has a year is that day: 2026-03-06, 2026/3/6, 2026.3.6, 2026年3月6日, 26年3月6日, 20260306, 5 March 2026; so are
  date cells and the serial numbers of spreadsheets.
- Month and day without a year are the next such day from today on, today included; 3/4 is March 4 as in China, 25/12
  can only be December 25. One that passed in the last 60 days is asked back, and so is a number cell such as 3.1, which
  may have been 3.10.
- A day alone (3号) is the next such day from today on; where that month has no such day it is asked back.
- 本周五 and 下周五 count weeks from Monday to Sunday. 周五 alone is the coming one; on a Friday it is asked back.
- 月底, 月末, 季末, 年底 are the last day. 月中 is the 15th, asked back once it has passed. 上旬, 下旬, 一周内, 10天内,
  本周内, 月内 are spans and mean their last day: by then the promise is kept. 前, 之前, 以前 and "by" include the day.
- N天后, N周后, N个月后 are counted from today; a month ends on the same day, or on that month's last.
- 国庆前 is the last working day before the days off round the festival, 国庆后 the first one after them, by the
  calendar of the ledger with its swapped working days; the next one whose day has not passed.
- Asked back: 下周, 月初, 周末, 尽快, 过几天, 年前, 节后, two dates, a day with 后, 左右, 大概, a question mark, ok,
  and everything else that no rule reads as a whole.

A day that has passed is given as it is read; whether it will do is for the caller.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from arsheet.importers.followup import calendar_words as words
from arsheet.ledger.calendar import Calendar, add_months, festival, month_end
from arsheet.ledger.terms.vocabulary import chinese_number
from arsheet.schema.cells import clean, read_date
from arsheet.table import from_day, iso, to_day

_SERIALS = (32_874, 73_050)
"""1990 to 2099: other numbers in a date cell are no serials."""
_FAR_YEARS = (1990, 2099)
_LATELY = 60


@dataclass(frozen=True, slots=True)
class Spoken:
    """The day a text means; None with the question to ask back, in both languages."""

    day: int | None
    zh: str = ""
    en: str = ""


class _Unclear(Exception):
    """A text that a rule knows, and knows to be unclear; says why where there is something to say."""

    def __init__(self, zh: str = "", en: str = "") -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class _Now:
    """The day of reading and the working days."""

    today: int
    calendar: Calendar

    @property
    def monday(self) -> int:
        return self.today - (self.today + 3) % 7

    @property
    def date(self) -> dt.date:
        return from_day(self.today)


def read_spoken(value: Any, today: int, calendar: Calendar | None = None) -> Spoken:
    """What a cell means as a day; ``today`` is the day it was read on. A blank is a question too."""
    now = _Now(today, calendar or Calendar())
    shown = str(value).strip() if isinstance(value, str) else _shown(value)
    try:
        return Spoken(_of_cell(value, now))
    except _Unclear as why:
        return _asked(shown, why, now)
    except (ValueError, OverflowError):
        return _asked(shown, _Unclear("没有这一天", "there is no such day"), now)


def _shown(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _asked(shown: str, why: _Unclear, now: _Now) -> Spoken:
    example = iso(now.calendar.roll(now.today + 7, "following"))
    zh, en = (f"（{why.zh}）" if why.zh else ""), (f" ({why.en})" if why.en else "")
    return Spoken(
        None,
        f"“{shown}”是哪一天{zh}？请写成 {example}",
        f'Which day is "{shown}"{en}? Please write it like {example}',
    )


def _of_cell(value: Any, now: _Now) -> int:
    if isinstance(value, dt.datetime):
        return to_day(value.date())
    if isinstance(value, dt.date):
        return to_day(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_number(float(value), now)
    if not isinstance(value, str):
        raise _Unclear
    text = _plain(value)
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _of_number(float(text), now)
    for pattern, rule in _RULES:
        found = pattern.fullmatch(text)
        if found:
            return rule(found, now)
    raise _Unclear


def _of_number(number: float, now: _Now) -> int:
    if number.is_integer() and 19900101 <= number <= 20991231:
        return _written(str(int(number)))
    if _SERIALS[0] <= number <= _SERIALS[1]:
        found = read_date(number).value
        return int(found)
    month, rest = divmod(round(number * 100), 100)
    if 1 <= month <= 12 and rest and abs(number * 100 - round(number * 100)) < 1e-6:
        if rest in (10, 20, 30):
            raise _Unclear(
                f"可能是{month}月{rest // 10}日，也可能是{month}月{rest}日", f"{month}/{rest // 10} or {month}/{rest}"
            )
        return _next(month, rest, now)
    raise _Unclear


def _plain(text: str) -> str:
    """Half-width, lower case, numerals as digits, without the words that only say that somebody will pay."""
    found = clean(text).lower().strip(" 。.!！,，;；")
    if re.search(r"[?？~～]|左右|大概|大约|可能|争取|尽量|也许|差不多|maybe|about|around|probably|或", found):
        raise _Unclear
    found = re.sub(r"(?<=[\u4e00-\u9fff\d]) (?=[\u4e00-\u9fff\d])(?!\d)|(?<=[\u4e00-\u9fff]) ", "", found)
    found = words.NUMERALS.sub(lambda m: str(chinese_number(m[0])), found)
    before = ""
    while before != found:
        before = found
        found = words.AROUND.sub("", found).strip(" ,，。")
    return found


def _next(month: int, day: int, now: _Now) -> int:
    """The next such day from today on; one that has passed lately is rather a slip than a promise for next year."""
    found = to_day(dt.date(now.date.year, month, day))
    if found >= now.today:
        return found
    if now.today - found <= _LATELY:
        raise _Unclear(f"今年的 {iso(found)} 已过", f"{iso(found)} has passed")
    return to_day(dt.date(now.date.year + 1, month, day))


def _written(text: str) -> int:
    read = read_date(text)
    if read.value is None or not _FAR_YEARS[0] <= from_day(read.value).year <= _FAR_YEARS[1]:
        raise _Unclear("没有这一天", "there is no such day")
    return int(read.value)


def _with_year(found: re.Match[str], now: _Now) -> int:
    year = int(found["y"])
    return to_day(dt.date(year + 2000 if year < 100 else year, int(found["m"]), int(found["d"])))


def _month_day(found: re.Match[str], now: _Now) -> int:
    month, day = int(found["m"]), int(found["d"])
    if month > 12 >= day:
        month, day = day, month
    return _next(month, day, now)


def _named(found: re.Match[str], now: _Now) -> int:
    month, day = words.month_number(found["name"]), int(found["d"])
    return to_day(dt.date(int(found["y"]), month, day)) if found["y"] else _next(month, day, now)


def _day_of_month(found: re.Match[str], now: _Now) -> int:
    day, ahead = int(found["d"]), words.months_ahead(found["which"])
    if ahead is None and day < now.date.day:
        ahead = 1
    start = add_months(now.today - now.date.day + 1, ahead or 0)
    if not 1 <= day <= from_day(month_end(start)).day:
        month = from_day(start).month
        raise _Unclear(f"{month}月没有{day}号", f"month {month} has no day {day}")
    return start + day - 1


def _month_part(found: re.Match[str], now: _Now) -> int:
    """The end of a month, its middle, or the end of one of its ten-day parts."""
    if found["m"]:
        year, month = now.date.year, int(found["m"])
        start = to_day(dt.date(int(found["y"] or year), month, 1))
        if not found["y"] and month_end(start) < now.today:
            start = to_day(dt.date(year + 1, month, 1))
    else:
        start = add_months(now.today - now.date.day + 1, words.months_ahead(found["which"]) or 0)
    part = found["part"]
    day = {"中": start + 14, "上旬": start + 9, "中旬": start + 19}.get(part, month_end(start))
    if day < now.today:
        raise _Unclear(f"{iso(day)} 已过", f"{iso(day)} has passed")
    return day


def _end_of_year_part(found: re.Match[str], now: _Now) -> int:
    date, ahead = now.date, 1 if found[0].startswith(("下", "明")) else 0
    if "季" in found[0]:
        quarter_start = to_day(dt.date(date.year, (date.month - 1) // 3 * 3 + 1, 1))
        return month_end(add_months(quarter_start, 2 + 3 * ahead))
    return to_day(dt.date(date.year + ahead, 12, 31))


def _weekday(found: re.Match[str], now: _Now) -> int:
    weekday, which = words.weekday_number(found["day"]), found["which"] or ""
    if not which:
        if weekday == (now.today + 3) % 7:
            raise _Unclear("今天还是下周", "today or next week")
        return now.today + (weekday - (now.today + 3)) % 7
    weeks = which.count("下") or (1 if which.startswith("next") else 0)
    return now.monday + 7 * weeks + weekday


def _relative(found: re.Match[str], now: _Now) -> int:
    return now.today + words.RELATIVE_DAYS[found[0]]


def _after(found: re.Match[str], now: _Now) -> int:
    """N days, weeks or months from today: the day itself of 后, the last day of 内."""
    count, unit = (1 if found["n"] in ("a", "an") else int(found["n"] or 0)), found["unit"]
    if found["half"]:
        return now.today + (15 if "月" in unit else 7)
    if unit in words.DAY_UNITS:
        return now.today + count
    return now.today + 7 * count if unit in words.WEEK_UNITS else add_months(now.today, count)


def _within_week(found: re.Match[str], now: _Now) -> int:
    return now.monday + 6 + 7 * found[0].count("下")


def _working_days(found: re.Match[str], now: _Now) -> int:
    day, left = now.today, int(found["n"])
    if left > 250:
        raise _Unclear
    while left:
        day += 1
        left -= now.calendar.is_workday(day)
    return day


def _festival(found: re.Match[str], now: _Now) -> int:
    name, after = words.FESTIVALS[found["name"]], found["side"].endswith("后")
    for year in range(now.date.year, now.date.year + 2):
        off = festival(name, year)
        while after and not now.calendar.is_workday(off):
            off += 1
        while not after and (off == festival(name, year) or not now.calendar.is_workday(off)):
            off -= 1
        if off >= now.today:
            return off
    raise _Unclear


_BY = r"(?:之前|以前|前)?"
_PARTS = r"(?P<part>底|末|中旬|上旬|下旬|中|内|之内|以内)"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Now], int]], ...] = (
    (re.compile(rf"(?P<y>\d{{4}}|\d\d(?=年))[-/.年](?P<m>\d\d?)[-/.月](?P<d>\d\d?)[日号]?{_BY}"), _with_year),
    (re.compile(rf"(\d{{8}}){_BY}"), lambda found, now: _written(found[1])),
    (re.compile(rf"(?P<m>\d\d?)[-/.月](?P<d>\d\d?)[日号]?{_BY}"), _month_day),
    (re.compile(rf"(?P<which>{words.WHICH_MONTH})?(?P<d>\d\d?)[日号]{_BY}"), _day_of_month),
    (
        re.compile(rf"(?:(?P<y>\d{{4}})年)?(?:(?P<m>\d\d?)月份?|(?P<which>{words.WHICH_MONTH}|月)){_PARTS}{_BY}"),
        _month_part,
    ),
    (re.compile(r"(?:本|这个?|下个?)?季度?[底末]之?前?|(?:今|本|明)?年(?:[底末]之?前?|之?内)"), _end_of_year_part),
    (re.compile(rf"(?P<which>本|这个?|下+个?)?(?:周|星期|礼拜)(?P<day>[1-6一二三四五六日天七]){_BY}"), _weekday),
    (re.compile(rf"(?:{'|'.join(words.RELATIVE_DAYS)})"), _relative),
    (re.compile(rf"(?P<half>)(?P<n>\d+)个?(?P<unit>天|日|周|星期|礼拜|月)(?:之?后|以后|之?内|以内){_BY}"), _after),
    (re.compile(r"(?P<half>半)(?P<n>)个?(?P<unit>月)(?:之?后|以后|之?内|以内)"), _after),
    (re.compile(r"(?P<n>\d+)个?工作日(?:之?后|以后|之?内|以内)"), _working_days),
    (re.compile(r"(?:本|这个?|下个?)周之?内"), _within_week),
    (re.compile(rf"(?P<name>{'|'.join(words.FESTIVALS)})节?(?:假期|长假)?(?P<side>之?前|之?后|以前|以后)"), _festival),
    (re.compile(rf"(?P<name>{words.MONTH_NAMES}) (?P<d>\d\d?)(?:st|nd|rd|th)?(?:,? (?P<y>\d{{4}}))?"), _named),
    (re.compile(rf"(?P<d>\d\d?)(?:st|nd|rd|th)? (?P<name>{words.MONTH_NAMES})(?:,? (?P<y>\d{{4}}))?"), _named),
    (re.compile(rf"(?:(?P<which>this|next) )?(?P<day>{words.DAY_NAMES})"), _weekday),
    (re.compile(r"(?P<half>)(?:in|within) (?P<n>\d+|an?) (?P<unit>day|week|month)s?"), _after),
    (re.compile(r"(?:the )?end of (?P<which>this|next|the)(?P<m>)(?P<y>)(?P<part>) month"), _month_part),
    (re.compile(r"(?P<which>)(?P<m>)(?P<y>)(?P<part>)(?:month end|eom|end of month)"), _month_part),
)
"""Each reads a text as a whole; the first that fits decides."""
