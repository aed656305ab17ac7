"""Terms, an amount and dates become due lines that add up to the amount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from arsheet.ledger.calendar import Calendar, add_months, month_end, with_day
from arsheet.ledger.money import round_half_up
from arsheet.ledger.terms.model import (
    ONLY_LINE_EVENTS,
    PAPER_EVENTS,
    STATEMENT_KINDS,
    Discount,
    Due,
    Role,
    Share,
    TermLine,
    TermPolicy,
    Terms,
)
from arsheet.table import from_day

_DEFAULT_POLICY = TermPolicy()
_DEFAULT_CALENDAR = Calendar()


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One due line: days since 1970-01-01, amounts in minor units.

    ``due_day`` is None while its event has not happened (``pending`` 待触发) or where no base date was given.
    ``base_day`` is the day that was counted from; ``fallback``: the base date stood in for a missing event date.
    ``provisional``: the day was rolled in a year whose holidays are not published yet.
    """

    number: int
    due_day: int | None
    amount_minor: int | None
    events: tuple[str, ...] = ()
    base_day: int | None = None
    pending: bool = False
    fallback: bool = False
    provisional: bool = False
    role: Role = ""
    discount_until: int | None = None
    discount_minor: int | None = None

    @property
    def retention(self) -> bool:
        """Whether it is retention money (质保金)."""
        return self.role == "retention"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The lines in the order of the terms, and the discount on the whole document."""

    lines: tuple[ScheduleLine, ...]
    amount_minor: int | None
    discount_until: int | None = None
    discount_minor: int | None = None

    @property
    def due_day(self) -> int | None:
        """The last due day, when all of the document is due; None while any line's day is not known."""
        days = [line.due_day for line in self.lines]
        return None if None in days else max(day for day in days if day is not None)


@dataclass(frozen=True, slots=True)
class _Base:
    """What a line counts from."""

    day: int | None
    pending: bool = False
    fallback: bool = False


def schedule(
    terms: Terms,
    *,
    amount_minor: int | None,
    base_day: int | None,
    events: Mapping[str, int] | None = None,
    policy: TermPolicy = _DEFAULT_POLICY,
    calendar: Calendar = _DEFAULT_CALENDAR,
    places: int = 2,
) -> Schedule:
    """The due lines of a document; ``events``: the days of those that happened; ``places``: its decimals.

    Each amount is rounded half up and the last line takes what is left, also below zero. An amount of 0 is one line
    of 0 on the base date, whatever the terms. The terms are taken as valid (``parse`` and ``validate`` see to that).
    """
    if amount_minor == 0:
        return Schedule((ScheduleLine(1, base_day, 0, base_day=base_day),), 0)
    if len(terms.lines) == 1 and terms.discount is None and not terms.lines[0].events:
        return _single(terms.lines[0], amount_minor, base_day, policy, calendar)
    until = _discount_until(terms.discount, base_day)
    amounts = _amounts([line.share for line in terms.lines], amount_minor, places)
    total = None if until is None else _discount_of(terms.discount, amount_minor, places, policy.discount_rounding)
    discounts = _prorata(total, amounts)
    bases = [_base(line, base_day, events or {}, only=len(terms.lines) == 1) for line in terms.lines]
    lines = [
        _made(number, line, base, amount, policy, calendar, until, discount)
        for number, (line, base, amount, discount) in enumerate(
            zip(terms.lines, bases, amounts, discounts, strict=True), 1
        )
    ]
    return Schedule(tuple(lines), amount_minor, until, total)


def _single(
    line: TermLine, amount_minor: int | None, base_day: int | None, policy: TermPolicy, calendar: Calendar
) -> Schedule:
    """The commonest terms by the short way: one line that counts from the base date."""
    day, provisional = _rolled(line.due, base_day, policy, calendar)
    made = ScheduleLine(1, day, amount_minor, (), base_day, False, False, provisional, line.role)
    return Schedule((made,), amount_minor)


def _made(
    number: int,
    line: TermLine,
    base: _Base,
    amount: int | None,
    policy: TermPolicy,
    calendar: Calendar,
    until: int | None,
    discount: int | None,
) -> ScheduleLine:
    day, provisional = _rolled(line.due, base.day, policy, calendar)
    return ScheduleLine(
        number=number,
        due_day=day,
        amount_minor=amount,
        events=line.events,
        base_day=base.day,
        pending=base.pending,
        fallback=base.fallback,
        provisional=provisional,
        role=line.role,
        discount_until=until,
        discount_minor=discount,
    )


def due_date(
    terms: Terms,
    base_day: int,
    *,
    events: Mapping[str, int] | None = None,
    policy: TermPolicy = _DEFAULT_POLICY,
    calendar: Calendar = _DEFAULT_CALENDAR,
) -> int | None:
    """The day by which all of a document is due: the last of its lines; None while an event has not happened."""
    return schedule(
        terms, amount_minor=None, base_day=base_day, events=events, policy=policy, calendar=calendar
    ).due_day


def due_day(due: Due, day: int, *, cutoff_day: int | None = None) -> int:
    """One rule applied to one day, before any roll; ``cutoff_day`` is the policy's, the rule's own goes first."""
    if due.kind in STATEMENT_KINDS:
        cutoff = due.cutoff_day if due.cutoff_day is not None else cutoff_day
        return _statement_due(due, _statement_month_end(day, cutoff))
    if due.kind == "relative":
        moved = add_months(day, due.months)
        return (moved if due.day_of_month is None else with_day(moved, due.day_of_month)) + due.days
    later = day + due.days
    if due.kind == "net_days":
        return later
    if due.kind == "net_days_then_end_of_month_then_day":
        return with_day(month_end(later) + 1, due.day_of_month) if due.day_of_month else month_end(later)
    same_month = with_day(later, due.day_of_month or 1)
    return same_month if same_month >= later else with_day(month_end(later) + 1, due.day_of_month or 1)


def _statement_month_end(day: int, cutoff_day: int | None) -> int:
    """Documents after the cut-off day belong to the next month's statement."""
    if cutoff_day is not None and from_day(day).day > cutoff_day:
        day = month_end(day) + 1
    return month_end(day)


def _statement_due(due: Due, end: int) -> int:
    if due.kind == "day_of_following_month":
        return with_day(add_months(end + 1, due.months), due.day_of_month or 1)
    if due.kind == "end_of_month_after_months":
        end = month_end(add_months(end, due.months))
    return end + due.days


def _rolled(due: Due, base: int | None, policy: TermPolicy, calendar: Calendar) -> tuple[int | None, bool]:
    if base is None:
        return None, False
    day = due_day(due, base, cutoff_day=policy.cutoff_day)
    if policy.roll == "none":
        return day, False
    return calendar.roll(day, policy.roll), calendar.provisional(day)


def _base(line: TermLine, base_day: int | None, happened: Mapping[str, int], *, only: bool) -> _Base:
    """The latest of the line's events.

    A missing date of receipt or booking is missing data, so the base date stands in; a missing delivery does so where
    the whole document depends on it (definitions: the basis ``delivery`` falls back to the document date, flagged).
    Any other event that has no date has not happened.
    """
    if not line.events:
        return _Base(base_day)
    days: list[int] = []
    fallback = False
    for event in line.events:
        if event in happened:
            days.append(happened[event])
        elif event in PAPER_EVENTS or (only and event in ONLY_LINE_EVENTS):
            fallback = True
            if base_day is None:
                return _Base(None)
            days.append(base_day)
        elif event == "invoice" and base_day is not None:
            days.append(base_day)
        else:
            return _Base(None, pending=True)
    return _Base(max(days), fallback=fallback)


def _amounts(shares: list[Share], amount_minor: int | None, places: int) -> list[int | None]:
    if amount_minor is None:
        return [None] * len(shares)
    amounts: list[int | None] = []
    left = amount_minor
    for share in shares[:-1]:
        taken = _share_of(share, amount_minor, left, places)
        amounts.append(taken)
        left -= taken
    return [*amounts, left]


def _share_of(share: Share, amount: int, left: int, places: int) -> int:
    if share.kind == "rest" or share.value is None:
        return left
    if share.kind == "fixed":
        value = round_half_up(share.value.scaleb(places))
        return value if amount >= 0 else -value
    whole = amount if share.kind == "percent_of_total" else left
    return round_half_up(Decimal(whole) * share.value / 100)


def _discount_until(discount: Discount | None, base_day: int | None) -> int | None:
    if discount is None or discount.is_nothing or base_day is None:
        return None
    return base_day + discount.days


def _discount_of(discount: Discount | None, amount: int | None, places: int, rounding: str) -> int | None:
    if discount is None or amount is None:
        return None
    return full_discount(discount, amount, amount, places=places, rounding=rounding)


def full_discount(discount: Discount, total_minor: int, base_minor: int, *, places: int, rounding: str) -> int:
    """The discount when all is paid in time, in minor units: on ``base_minor`` of a document of ``total_minor``.

    ``rounding`` payable: what is payable is rounded half up and the discount is the rest; discount: the discount is.
    A fixed amount takes the document's sign and never exceeds it.
    """
    exact = exact_discount(discount, total_minor, base_minor, places=places)
    if rounding == "discount":
        return round_half_up(exact)
    return total_minor - round_half_up(total_minor - exact)


def exact_discount(discount: Discount, total_minor: int, base_minor: int, *, places: int) -> Decimal:
    """The same before rounding."""
    if discount.percent:
        return Decimal(base_minor) * discount.percent / 100
    amount = min((discount.amount or Decimal(0)).scaleb(places), Decimal(abs(total_minor)))
    return amount if total_minor >= 0 else -amount


def _prorata(total: int | None, amounts: list[int | None]) -> list[int | None]:
    """A total over lines in proportion to their amounts, the remainder to the last."""
    known = [amount for amount in amounts if amount is not None]
    if total is None or len(known) < len(amounts):
        return [None] * len(amounts)
    whole = sum(known)
    parts = [round_half_up(Decimal(total) * amount / whole) for amount in known[:-1]]
    return [*parts, total - sum(parts)]
