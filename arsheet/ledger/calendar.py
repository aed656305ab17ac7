"""Working days of China with the swapped workdays (调休), and arithmetic on months; all in days since 1970-01-01."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from arsheet.table import from_day, to_day

Roll = Literal["none", "following", "preceding", "modified_following"]
ROLLS: tuple[str, ...] = get_args(Roll)
_LONGEST_BREAK = 366
"""No run of days off is longer; a workbook's table that closes a whole year is refused rather than searched."""


@lru_cache(maxsize=256)
def _published(year: int) -> tuple[Mapping[int, bool], bool]:
    """The days of a year that differ from their weekday (day -> is it a workday), and whether the swaps are published.

    Swapped workdays of late December are published with the following year, so that year is read too.
    """
    import holidays

    rules: Any = holidays.country_holidays("CN", years=[year, year + 1], expand=False)
    exceptions = {to_day(date): False for date in rules if date.year == year}
    swapped = [to_day(date) for date in rules.weekend_workdays if date.year == year]
    exceptions.update(dict.fromkeys(swapped, True))
    return MappingProxyType(exceptions), bool(swapped)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Workdays as the State Council's notices set them, in the data of the package ``holidays``.

    ``overrides`` (day -> is it a workday) comes from the workbook's holidays table and is always right. A year whose
    notice is not in the data is answered by weekends and the statutory holidays, and is ``provisional``.
    """

    overrides: Mapping[int, bool] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[int, bool]]) -> Calendar:
        """From (day, is it a workday); the last row of a day counts."""
        return cls(MappingProxyType(dict(rows)))

    def is_workday(self, day: int) -> bool:
        """Whether people work on that day."""
        stated = self.overrides.get(day)
        if stated is None:
            stated = _published(from_day(day).year)[0].get(day)
        return (day + 3) % 7 < 5 if stated is None else stated

    def provisional(self, day: int) -> bool:
        """Whether the answer for that day does not rest on a published notice or on the workbook's own table."""
        return day not in self.overrides and not _published(from_day(day).year)[1]

    def roll(self, day: int, rule: str = "none") -> int:
        """The day moved to a workday: on, back, or on unless that leaves the month (then back). ValueError: no rule.

        ``following`` is Civil Code art. 203 for a last day that is a statutory holiday.
        """
        if rule not in ROLLS:
            raise ValueError(f"roll {rule!r} is not one of {', '.join(ROLLS)}")
        if rule == "none" or self.is_workday(day):
            return day
        if rule == "preceding":
            return self._step(day, -1)
        moved = self._step(day, 1)
        if rule == "modified_following" and from_day(moved).month != from_day(day).month:
            return self._step(day, -1)
        return moved

    def _step(self, day: int, direction: int) -> int:
        for distance in range(1, _LONGEST_BREAK + 1):
            if self.is_workday(day + direction * distance):
                return day + direction * distance
        raise ValueError(f"no workday within {_LONGEST_BREAK} days of {from_day(day)}")


@lru_cache(maxsize=64)
def festival(name: str, year: int) -> int:
    """The first day of a statutory festival (元旦, 春节, 清明节, 劳动节, 端午节, 中秋节, 国庆节) of a year.

    ValueError: the data know no such festival.
    """
    import holidays

    rules: Any = holidays.country_holidays("CN", years=[year], expand=False, language="zh_CN")
    found = [date for date, words in rules.items() if date.year == year and name in words.split("; ")]
    if not found:
        raise ValueError(f"no festival {name!r} in {year}")
    return to_day(min(found))


def month_end(day: int) -> int:
    """The last day of the month."""
    return with_day(day, 31)


def with_day(day: int, day_of_month: int) -> int:
    """That day of the same month, or the month's last day where it has no such day (Civil Code art. 202)."""
    date = from_day(day)
    return to_day(date.replace(day=min(day_of_month, monthrange(date.year, date.month)[1])))


def add_months(day: int, months: int) -> int:
    """The same day of the month ``months`` later (earlier when negative), or that month's last day (art. 202)."""
    date = from_day(day)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return to_day(dt.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1])))


def add_years(day: int, years: int) -> int:
    """The anniversary; of 29 February in a common year the 28th."""
    return add_months(day, 12 * years)
