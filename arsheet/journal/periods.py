"""The month lock (会计期间): which months are closed, and which rows a closed month forbids."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from arsheet.table import ArsheetError, Problem, Table, from_day, iso

DATED: Mapping[str, str] = MappingProxyType(
    {
        "invoices": "document_date",
        "receipts": "date",
        "applications": "date",
        "acceptance_bills": "issued",
        "bill_events": "date",
        "refunds": "paid",
        "deliveries": "date",
    }
)
"""The tables that a closed month closes, and the date that decides: what the general ledger of that month holds."""
_MONTH = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*(?:月|期)?(?:[-/.]\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Lock:
    """A closed month: "2026-03", since when (a day), by whom."""

    month: str
    locked_on: int
    by: str


@dataclass(frozen=True, slots=True)
class Locks:
    """The months closed on a day, by "2026-03"."""

    months: Mapping[str, Lock]

    def locked(self, day: int | None) -> Lock | None:
        """The lock of the month of a day."""
        return self.months.get(iso(day)[:7]) if day is not None and self.months else None

    def of_rows(self, table: str, days: Sequence[int | None]) -> dict[int, Lock]:
        """Row -> lock, of the rows of a table dated on these days."""
        return self.of_rows_dated(days) if table in DATED else {}

    def of_rows_dated(self, days: Sequence[int | None]) -> dict[int, Lock]:
        """Row -> lock, of rows dated on these days."""
        if not self.months:
            return {}
        found = ((row, self.locked(day)) for row, day in enumerate(days))
        return {row: lock for row, lock in found if lock is not None}

    def check(self, table: str, days: Iterable[int | dt.date | None]) -> None:
        """Raises ArsheetError ``period_locked`` (4) if a row to append or change is dated in a closed month."""
        if table not in DATED or not self.months:
            return
        for day in days:
            number = day if day is None or isinstance(day, int) else (day - dt.date(1970, 1, 1)).days
            lock = self.locked(number)
            if lock is not None:
                raise refused(lock)


def month_key(value: Any) -> str | None:
    """A month as "2026-03": from 2026-03, 2026/3, 202603, 2026年3月 or any day of it; None if it is no month."""
    if isinstance(value, (dt.date, dt.datetime)):
        return f"{value:%Y-%m}"
    found = _MONTH.fullmatch(unicodedata.normalize("NFKC", str(value if value is not None else "")).strip())
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return f"{found[1]}-{int(found[2]):02d}"


def read_locks(periods: Table | None, today: int) -> tuple[Locks, list[Problem]]:
    """The months closed on ``today``; a row without a locking date, or with one still to come, closes nothing."""
    locks: dict[str, Lock] = {}
    problems: list[Problem] = []
    if periods is None or not len(periods):
        return Locks({}), []
    blank = [None] * len(periods)
    columns = (periods.column(key) if key in periods else blank for key in ("month", "locked_on", "by"))
    for row, (month, locked_on, by) in enumerate(zip(*columns, strict=True)):
        key = month_key(month)
        if key is None:
            if month is not None:
                problems.append(Problem("month_not_readable", "periods", row, "month", {"read": str(month)}))
            continue
        if locked_on is not None and locked_on <= today:
            locks[key] = Lock(key, int(locked_on), str(by or ""))
    return Locks(locks), problems


def refused(lock: Lock) -> ArsheetError:
    """The refusal to change a closed month."""
    on = from_day(lock.locked_on).isoformat()
    zh_by, en_by = (f"由 {lock.by} ", f" by {lock.by}") if lock.by else ("", "")
    return ArsheetError(
        "period_locked",
        f"{lock.month} 已{zh_by}于 {on} 关账，该月的行不能新增或修改；请用当月日期冲销，或由关账人在“会计期间”解除锁定",
        f"{lock.month} was closed on {on}{en_by}: rows of that month can be neither added nor changed. "
        "Reverse it with a date of an open month, or have the month opened again on the sheet Periods",
        exit_code=4,
        facts={"month": lock.month, "locked_on": on, "by": lock.by},
    )
