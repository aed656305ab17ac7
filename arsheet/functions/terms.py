"""Worksheet functions on payment terms: due date, schedule, and the terms in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from arsheet.functions.registry import Example, FunctionError, Param, bad_value, not_available, worksheet_function
from arsheet.ledger.calendar import Calendar
from arsheet.ledger.money import exponent, to_minor
from arsheet.ledger.terms import TermError, TermPolicy, Terms, explain, parse, schedule
from arsheet.ledger.terms import due_date as last_due_date
from arsheet.ledger.terms.vocabulary import EVENT_NAMES
from arsheet.table import Table

TERMS = Param("terms", "账期条款", "Payment terms", "text")
BASE_DATE = Param("base_date", "基准日", "Base date", "date")
AMOUNT = Param("amount", "金额", "Amount", "money")


def refused(error: TermError) -> FunctionError:
    """#VALUE! with the words of a refused term."""
    return bad_value(error.code, error.words("zh"), error.words("en"))


def read_terms(text: str, policy: Mapping[str, str]) -> tuple[Terms, TermPolicy]:
    """Terms and the company's reading of them; #VALUE! names the piece that is not understood."""
    try:
        reading = TermPolicy.from_settings(policy)
        return parse(text or "", reading), reading
    except TermError as error:
        raise refused(error) from None


def minor(amount: Decimal, currency: str) -> int:
    """An argument's amount in minor units; #VALUE! when it is no finite number."""
    if not amount.is_finite():
        raise bad_value("amount_is_no_number", f"金额“{amount}”不是数字", f"The amount “{amount}” is no number")
    return to_minor(amount, exponent(currency))


@worksheet_function(
    "AR_DUE_DATE",
    zh="按账期条款计算到期日；分期的取最后一期",
    en="Due date under payment terms; the last one of instalments",
    params=(
        TERMS,
        BASE_DATE,
        Param("delivery", "交付日", "Delivery date", "date", optional=True),
        Param("confirmed", "对账确认日", "Statement confirmed on", "date", optional=True),
    ),
    returns="date",
    examples=(
        Example(("月结30天", dt.date(2025, 1, 31)), dt.date(2025, 3, 2)),
        Example(("net 30", dt.date(2025, 1, 15)), dt.date(2025, 2, 14)),
        Example(("货到30天", dt.date(2025, 1, 15), dt.date(2025, 1, 20)), dt.date(2025, 2, 19)),
    ),
    needs=("calendar", "policy"),
)
def due_date(
    terms: str,
    base_date: int,
    delivery: int | None = None,
    confirmed: int | None = None,
    *,
    calendar: Calendar,
    policy: Mapping[str, str],
) -> int:
    """The day by which all is due; #N/A while an event the terms wait for has no date."""
    read, reading = read_terms(terms, policy)
    given = {"delivery": delivery, "confirmed": confirmed}
    events = {event: day for event, day in given.items() if day is not None}
    due = last_due_date(read, base_date, events=events, policy=reading, calendar=calendar)
    if due is None:
        raise _waiting(read, events)
    return due


def _waiting(terms: Terms, events: Mapping[str, int]) -> FunctionError:
    missing = dict.fromkeys(event for line in terms.lines for event in line.events if event not in events)
    names = [EVENT_NAMES.get(event, (event, event)) for event in missing]
    zh, en = "、".join(name[0] for name in names), ", ".join(name[1] for name in names)
    return not_available("event_has_not_happened", f"待触发：没有{zh}", f"Waiting for an event without a date: {en}")


@worksheet_function(
    "AR_SCHEDULE",
    zh="按账期条款列出各期的到期日、金额、折扣截止日和折扣",
    en="The instalments under payment terms: due date, amount, last day of the discount, discount",
    params=(AMOUNT, TERMS, BASE_DATE),
    returns="table",
    examples=(
        Example(
            (Decimal("100000.01"), "30% @开票; 30% net 30; 40% net 60", dt.date(2025, 1, 15)),
            (
                (1, dt.date(2025, 1, 15), Decimal("30000.00"), None, None),
                (2, dt.date(2025, 2, 14), Decimal("30000.00"), None, None),
                (3, dt.date(2025, 3, 16), Decimal("40000.01"), None, None),
            ),
        ),
        Example(
            (Decimal("113000"), "2/10 net 30", dt.date(2025, 1, 15)),
            ((1, dt.date(2025, 2, 14), Decimal("113000.00"), dt.date(2025, 1, 25), Decimal("2260.00")),),
        ),
    ),
    needs=("calendar", "policy"),
)
def schedule_of(amount: Decimal, terms: str, base_date: int, *, calendar: Calendar, policy: Mapping[str, str]) -> Table:
    """One row per instalment; ``due_date`` is None while its event has not happened (待触发)."""
    currency = policy.get("base_currency") or "CNY"
    read, reading = read_terms(terms, policy)
    lines = schedule(
        read,
        amount_minor=minor(amount, currency),
        base_day=base_date,
        policy=reading,
        calendar=calendar,
        places=exponent(currency),
    ).lines
    return Table(
        "schedule",
        ("no", "due_date", "amount", "discount_until", "discount"),
        (
            [line.number for line in lines],
            [line.due_day for line in lines],
            [line.amount_minor for line in lines],
            [line.discount_until for line in lines],
            [line.discount_minor for line in lines],
        ),
        kinds=("int", "day", "money", "day", "money"),
        facts=MappingProxyType({"currency": currency}),
    )


@worksheet_function(
    "AR_TERM_EXPLAIN",
    zh="用文字说明账期条款怎样理解",
    en="Payment terms in plain words, as they are read",
    params=(TERMS, Param("lang", "语言", "Language", "text", optional=True)),
    returns="scalar",
    examples=(
        Example(("月结30天",), "对账月末后30天"),
        Example(("2/10 net 30", "en"), "30 days after the base date (discount 2% if paid within 10 days)"),
    ),
    needs=("policy", "language"),
)
def term_explain(terms: str, lang: str | None = None, *, policy: Mapping[str, str], language: str) -> str:
    """The rule with the settings that decide it: the reading of 月结, the cut-off day, the roll."""
    wanted = (lang or language or "zh").strip().lower()
    if wanted not in ("zh", "en"):
        raise bad_value("language_is_unknown", f"语言“{lang}”应为zh或en", f"The language “{lang}” is not zh or en")
    read, reading = read_terms(terms, policy)
    return explain(read, wanted, reading)
