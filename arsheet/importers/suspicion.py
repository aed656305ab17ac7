"""Dates whose day and month were probably swapped somewhere on the way: said per column, corrected only when asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arsheet.importers.working import Draft
from arsheet.table import from_day, to_day

LEAST_SHARE = 0.2
"""Of the rows that a swap would change, so many must lie outside the months of the rows that cannot be swapped."""
LEAST_ROWS = 5
LEAST_MONTHS = 3
"""And in so many different months: the first days of one or two months more are not suspicious."""
LEAST_INSIDE = 0.6
"""Of the rows with a day up to 12, so many must show a day that is a month of the other rows: it may be their month."""
LEAST_OTHERS = 0.5
"""Rows with a day above 12 per row with a day up to 12: dates spread over a month have about 1.5."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What one column shows. A day above 12 cannot be a month, so those rows say which months are true."""

    rows: int
    """Rows with a day up to 12."""
    differing: int
    """Of these, rows whose day differs from the month: a swap would change them."""
    outside: int
    """Of these, rows in a month that no other row has, which a swap would bring inside."""
    months: tuple[int, ...]
    other_months: tuple[int, ...]
    inside: int
    """Rows with a day up to 12 whose day is a month of the other rows."""
    example: int
    """The first row outside, -1 when there is none."""
    others: int
    outside_months: int

    @property
    def is_probable(self) -> bool:
        """Whether a person should be told."""
        return (
            self.outside >= max(LEAST_ROWS, LEAST_SHARE * self.differing)
            and self.outside_months >= LEAST_MONTHS
            and self.inside >= LEAST_INSIDE * self.rows
            and self.others >= LEAST_OTHERS * self.rows
        )


def examine(days: Sequence[int | None]) -> Suspicion:
    """Looks at the dates of one column (days, None where blank)."""
    early: list[tuple[int, int, int]] = []
    other_months: set[int] = set()
    others = 0
    for row, day in enumerate(days):
        if day is None:
            continue
        date = from_day(day)
        if date.day > 12:
            other_months.add(date.month)
            others += 1
        else:
            early.append((row, date.day, date.month))
    outside = [
        (row, month) for row, day, month in early if day != month and month not in other_months and day in other_months
    ]
    return Suspicion(
        rows=len(early),
        differing=sum(day != month for _, day, month in early),
        outside=len(outside),
        months=tuple(sorted({month for _, _, month in early})),
        other_months=tuple(sorted(other_months)),
        inside=sum(day in other_months for _, day, _ in early),
        example=outside[0][0] if outside else -1,
        others=others,
        outside_months=len({month for _, month in outside}),
    )


def swapped(day: int | None) -> int | None:
    """Day and month exchanged where that gives a date; 29 to 31 and 13 to 28 stay as they are."""
    if day is None:
        return None
    date = from_day(day)
    return day if date.day > 12 else to_day(date.replace(month=date.day, day=date.month))


def swap(draft: Draft, keys: Iterable[str]) -> None:
    """Carries out the correction that the caller asked for, in whole columns."""
    for key in keys:
        draft.columns[key] = [swapped(day) for day in draft.columns[key]]


def say_suspicions(draft: Draft, checked: Iterable[str], due_before: int) -> None:
    """One problem per suspicious date column, with its counts; nothing is corrected."""
    for key in checked:
        found = examine(draft.columns[key])
        if found.is_probable:
            draft.say(
                "day_and_month_probably_swapped", found.example, key,
                count=found.differing, rows=found.rows, outside=found.outside,
                months=", ".join(map(str, found.months)),
                other_months=", ".join(map(str, found.other_months)),
                due_before=due_before,
            )  # fmt: skip
