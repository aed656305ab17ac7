"""Payment terms as values: lines with a share and a due rule, a discount, and how a company reads what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args

from arsheet.ledger.calendar import ROLLS
from arsheet.ledger.terms.errors import TermError

ShareKind = Literal["percent_of_total", "percent_of_remaining", "fixed", "rest"]
DueKind = Literal[
    "net_days",
    "end_of_invoice_month_plus_days",
    "end_of_month_after_months",
    "last_day_of_invoice_month",
    "day_of_following_month",
    "net_days_then_next_day_of_month",
    "net_days_then_end_of_month_then_day",
    "relative",
]
Role = Literal["", "advance", "retention", "letter_of_credit"]

STATEMENT_KINDS = frozenset(
    (
        "end_of_invoice_month_plus_days",
        "end_of_month_after_months",
        "last_day_of_invoice_month",
        "day_of_following_month",
    )
)
"""Rules that count from the month of the statement, and so know a cut-off day."""
EVENTS = ("invoice", "received", "delivery", "acceptance", "confirmed", "signing", "shipment", "booked", "order")
"""The named baselines; any other name written after @ is an event of the contract's own."""
PAPER_EVENTS = frozenset(("received", "booked"))
"""Events that follow the invoice itself; where their date is missing the base date stands in, flagged."""
ONLY_LINE_EVENTS = frozenset(("delivery", "shipment"))
"""Events for which the base date stands in, flagged, when the whole document depends on them."""

_MOST_DAYS, _MOST_MONTHS = 36_500, 1_200


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a document a line takes.

    percent_of_total and percent_of_remaining (of what earlier lines left) hold a percentage in ``value``, fixed an
    amount in the document's currency (it takes the document's sign), rest nothing.
    """

    kind: ShareKind
    value: Decimal | None = None


REST = Share("rest")


@dataclass(frozen=True, slots=True)
class Due:
    """When a line is due, counted from its baseline.

    | kind | fields |
    |---|---|
    | net_days | days |
    | end_of_invoice_month_plus_days | days after the statement month's end |
    | end_of_month_after_months | end of the month ``months`` on, then ``days`` |
    | last_day_of_invoice_month | none |
    | day_of_following_month | day_of_month; ``months`` further than the following one |
    | net_days_then_next_day_of_month | days, then the next such day, that day itself included |
    | net_days_then_end_of_month_then_day | days, month end, then day_of_month of the month after; 0 = the month end |
    | relative | months, then day_of_month (or None), then days |

    ``cutoff_day`` is the one written in the terms (None: the policy's), for the rules in STATEMENT_KINDS.
    """

    kind: DueKind
    days: int = 0
    months: int = 0
    day_of_month: int | None = None
    cutoff_day: int | None = None


@dataclass(frozen=True, slots=True)
class TermLine:
    """One instalment: its share, its rule, and the events it counts from; () is the base date of the document.

    With several events it counts from the latest of them (货、票到). ``role`` marks prepayments, retention money
    (质保金) and letters of credit where the text says so.
    """

    share: Share = REST
    due: Due = Due("net_days")
    events: tuple[str, ...] = ()
    role: Role = ""


@dataclass(frozen=True, slots=True)
class Discount:
    """An early-payment discount: a percentage or an amount, if paid by the base date + ``days`` (inclusive)."""

    percent: Decimal | None = None
    amount: Decimal | None = None
    days: int = 0

    @property
    def is_nothing(self) -> bool:
        """A discount of zero is none: it has no discount date."""
        return not self.percent and not self.amount


@dataclass(frozen=True, slots=True)
class Terms:
    """Lines in due order of the contract, the discount, and the text they were read from (not compared)."""

    lines: tuple[TermLine, ...]
    discount: Discount | None = None
    text: str = field(default="", compare=False)

    @property
    def uses_events(self) -> bool:
        """Whether any line counts from something other than the base date."""
        return any(line.events for line in self.lines)


@dataclass(frozen=True, slots=True)
class TermPolicy:
    """How the company reads its terms; the keys and defaults are those of the settings sheet.

    ``yuejie``: 月结N天 is the statement month's end + N days, the end of the Nth month after, or invoice date + N days.
    ``cutoff_day``: documents after it belong to the next month's statement (None: month end).
    """

    yuejie: str = "days"
    cutoff_day: int | None = None
    roll: str = "none"
    last_line: str = "residual"
    discount_rounding: str = "payable"

    def __post_init__(self) -> None:
        _one_of("yuejie", self.yuejie, ("days", "months", "invoice_date"))
        _one_of("roll", self.roll, ROLLS)
        _one_of("last_line", self.last_line, ("residual",))
        _one_of("discount_rounding", self.discount_rounding, ("payable", "discount"))
        if self.cutoff_day is not None and not 1 <= self.cutoff_day <= 31:
            raise TermError(
                "setting_is_not_valid", {"setting": "cutoff_day", "value": self.cutoff_day, "allowed": "1-31"}
            )

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> TermPolicy:
        """From the settings sheet's texts; other keys are ignored. TermError ``setting_is_not_valid``."""
        keys = ("yuejie", "roll", "last_line", "discount_rounding")
        stated = {key: str(settings[key]).strip() for key in keys if str(settings.get(key) or "").strip()}
        cutoff = str(settings.get("cutoff_day") or "").strip()
        if cutoff and not (cutoff.isdecimal() and 1 <= int(cutoff) <= 31):
            raise TermError("setting_is_not_valid", {"setting": "cutoff_day", "value": cutoff, "allowed": "1-31"})
        return cls(cutoff_day=int(cutoff) if cutoff else None, **stated)


def _one_of(setting: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise TermError("setting_is_not_valid", {"setting": setting, "value": value, "allowed": ", ".join(allowed)})


def validate(terms: Terms) -> None:
    """Refuse terms that cannot be scheduled; TermError names the first rule that is broken.

    A rest is the last line; the percentages of the total add up to 100 unless there is a rest; no period is negative.
    """
    if not terms.lines:
        raise TermError("term_has_no_lines")
    for number, line in enumerate(terms.lines, 1):
        _check_share(line.share)
        _check_due(line.due)
        if line.share.kind == "rest" and number < len(terms.lines):
            raise TermError("rest_is_not_the_last_part", {"line": number})
    if terms.discount is not None:
        _check_discount(terms.discount)
    _check_total(terms.lines)


def _check_total(lines: tuple[TermLine, ...]) -> None:
    """The amount of a last line that takes 100 % of what is left is a rest by another name."""
    last = lines[-1].share
    if last.kind == "rest" or (last.kind == "percent_of_remaining" and last.value == 100):
        return
    percents = [line.share for line in lines if line.share.kind != "fixed"]
    total = sum((share.value or Decimal(0) for share in percents if share.kind == "percent_of_total"), Decimal(0))
    if percents and total != 100:
        raise TermError("term_percentages_do_not_total_100", {"total": _plain(total)})


def _check_share(share: Share) -> None:
    if share.kind not in get_args(ShareKind):
        raise TermError("term_kind_is_unknown", {"kind": share.kind})
    value = Decimal(0) if share.kind == "rest" else share.value
    if value is None:
        raise TermError("term_kind_is_unknown", {"kind": share.kind})
    if share.kind == "fixed" and value < 0:
        raise TermError("term_amount_is_negative", {"value": _plain(value)})
    if share.kind != "fixed":
        _check_percent(value)


def _check_percent(value: Decimal) -> None:
    if not 0 <= value <= 100:
        raise TermError("term_percentage_is_not_between_0_and_100", {"value": _plain(value)})


def _check_due(due: Due) -> None:
    if due.kind not in get_args(DueKind):
        raise TermError("term_kind_is_unknown", {"kind": due.kind})
    for value, most in ((due.days, _MOST_DAYS), (due.months, _MOST_MONTHS)):
        _check_period(value, most)
    lowest = 0 if due.kind == "net_days_then_end_of_month_then_day" else 1
    for day, low in ((due.day_of_month, lowest), (due.cutoff_day, 1)):
        if day is not None and not low <= day <= 31:
            raise TermError("term_day_of_month_is_out_of_range", {"day": day})


def _check_period(value: int, most: int) -> None:
    if value < 0:
        raise TermError("term_days_are_negative", {"days": value})
    if value > most:
        raise TermError("term_days_are_out_of_range", {"value": value})


def _check_discount(discount: Discount) -> None:
    _check_period(discount.days, _MOST_DAYS)
    _check_percent(discount.percent or Decimal(0))
    if discount.amount is not None and discount.amount < 0:
        raise TermError("term_amount_is_negative", {"value": _plain(discount.amount)})


def _plain(value: Decimal) -> str:
    """A number without an exponent or trailing zeros: 1E+2 -> 100."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
