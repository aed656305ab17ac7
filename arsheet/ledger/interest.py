"""Late interest (逾期利息): Σ principal x rate x days over segments cut at every change of principal or rate.

Interest runs from the day after the due date up to and including the as-of date; the day money arrives still counts at
the old principal. No compounding. The amount is exact until it is rounded half up once, at the end. Which rate holds
is the caller's: an agreed rate, a multiple of the LPR at the breach (SPC sale-contract interpretation art. 18), or
0.05 % a day (State Council 802, art. 17).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from arsheet.ledger.disputes import disputed
from arsheet.ledger.replay import due_at, replay
from arsheet.ledger.store import Ledger
from arsheet.table import FAR_DAY, NO_DAY, ArsheetError, from_day

DAY_COUNTS = ("actual/365", "actual/360", "30/360", "daily")


@dataclass(frozen=True, slots=True)
class InterestRule:
    """``rates``: (first day it holds, rate), rising days; a yearly rate as a fraction, or a daily one with "daily".

    ``grace_days``: no interest while the debt is paid within them; afterwards it runs from the day after the due date,
    or with ``grace_forgives`` only from the day after the grace. ``exclude_disputed``: the disputed amount bears none
    while the dispute is open.
    """

    rates: tuple[tuple[int, Fraction], ...]
    day_count: str = "actual/365"
    grace_days: int = 0
    grace_forgives: bool = False
    exclude_disputed: bool = True

    def __post_init__(self) -> None:
        if self.day_count not in DAY_COUNTS:
            raise ArsheetError(
                "day_count_unknown",
                f"没有计息天数规则“{self.day_count}”；可用：{'、'.join(DAY_COUNTS)}",
                f"there is no day count {self.day_count!r}; use one of {', '.join(DAY_COUNTS)}",
                exit_code=2,
                facts={"read": self.day_count},
            )

    @classmethod
    def flat(cls, rate: Fraction | str, day_count: str = "actual/365") -> InterestRule:
        """One rate for all time: "0.0403" a year, or "0.0005" with the day count "daily"."""
        return cls(((NO_DAY, Fraction(rate)),), day_count)

    def rate_on(self, day: int) -> Fraction:
        """The rate that holds on a day; 0 before the first."""
        return next((rate for start, rate in reversed(self.rates) if start <= day), Fraction(0))


@dataclass(frozen=True, slots=True)
class Segment:
    """Interest on one principal at one rate: days ``start`` + 1 to ``end``; ``interest`` is exact, in minor units."""

    start: int
    end: int
    days: int
    principal: int
    rate: Fraction
    interest: Fraction


def days_between(start: int, end: int, day_count: str) -> int:
    """Days of interest after ``start`` up to ``end``: by the calendar, or months of 30 days (30/360)."""
    if day_count != "30/360":
        return end - start
    first, last = from_day(start), from_day(end)
    return (last.year - first.year) * 360 + (last.month - first.month) * 30 + min(last.day, 30) - min(first.day, 30)


def segments(principals: Sequence[tuple[int, int]], as_of: int, rule: InterestRule) -> list[Segment]:
    """``principals``: (day from whose end the principal holds, minor units), the due date first, rising days."""
    if not principals:
        return []
    due = principals[0][0]
    if as_of <= due + rule.grace_days:
        return []
    start = due + rule.grace_days if rule.grace_forgives else due
    cuts = {start, as_of, *(day for day, _ in principals), *(day - 1 for day, _ in rule.rates)}
    inside = sorted(day for day in cuts if start <= day <= as_of)
    found = []
    for first, last in pairwise(inside):
        principal = next(amount for day, amount in reversed(principals) if day <= first)
        rate = rule.rate_on(first + 1)
        days = days_between(first, last, rule.day_count)
        if principal > 0 and rate and days:
            found.append(Segment(first, last, days, principal, rate, _interest(principal, rate, days, rule.day_count)))
    return found


def _interest(principal: int, rate: Fraction, days: int, day_count: str) -> Fraction:
    base = {"actual/365": 365, "actual/360": 360, "30/360": 360, "daily": 1}[day_count]
    return Fraction(principal) * rate * days / base


def total(parts: Sequence[Segment]) -> int:
    """The interest of all segments in minor units, rounded half up once."""
    exact = sum((part.interest for part in parts), Fraction(0))
    return int((2 * exact.numerator + exact.denominator) // (2 * exact.denominator))


def line_interest(ledger: Ledger, line: int, as_of: int, rule: InterestRule) -> list[Segment]:
    """The segments of one due line, its principal replayed at every day something was applied to or taken off it."""
    due = int(due_at(ledger, as_of)[line])
    if due >= min(as_of, FAR_DAY):
        return []
    document = int(ledger.lines.document[line])
    uses = ledger.uses
    mine = uses.line == line
    if uses.spread is not None:
        mine |= uses.spread == document
    days = {int(day) for day in uses.date[mine].tolist()}
    if uses.reversed_on is not None:
        days |= {int(day) for day in uses.reversed_on[mine].tolist()}
    if rule.exclude_disputed and ledger.disputes is not None:
        of_document = ledger.disputes.documents == document
        for column in (ledger.disputes.opened, ledger.disputes.closed):
            days |= {int(day) for day in column[of_document].tolist()}
    steps = [due, *sorted(day for day in days if due < day < as_of)]
    return segments([(day, _principal(ledger, line, day, rule)) for day in steps], as_of, rule)


def _principal(ledger: Ledger, line: int, day: int, rule: InterestRule) -> int:
    state = replay(ledger, day)
    taken = int(disputed(ledger, day, state)[line]) if rule.exclude_disputed else 0
    return max(0, int(state.open[line]) - taken)
