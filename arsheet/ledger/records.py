"""Dated rows beside the money: statements sent, reminders sent, promises, contacts and the dunning policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from arsheet.table import FAR_DAY, NO_DAY


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of account (对账单). Days are NO_DAY where unknown; amounts are base-currency minor units or None."""

    id: str
    until: int
    sent: int
    confirmed: int
    ours: int | None
    theirs: int | None
    difference: int | None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder that went out."""

    day: int
    level: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay. ``document`` "" stands for all of the customer's; ``amount`` is in major units."""

    document: str
    amount: Decimal
    made: int
    pay_by: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to turn to, and whether to. ``blocked_until``: NO_DAY for never."""

    name: str = ""
    mail: str = ""
    phone: str = ""
    wecom: str = ""
    address: str = ""
    blocked_until: int = NO_DAY
    opted_out: bool = False


NOBODY = Contact()


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the dunning policy; ``min_amount`` in the base currency's major units, ``action`` in words or a key.

    Reached when the days counted are at least ``min_days``: past the due date (``due``), past the end of the due month
    (``end_of_due_month``), or since the last reminder sent (``previous``); "" leaves it to the setting. Negative days
    come before the due date.
    """

    number: int
    min_days: int
    policy: str = ""
    counts_from: str = ""
    interval: int = 0
    min_amount: Decimal = Decimal(0)
    channel: str = ""
    action: str = ""


DEFAULT_LEVELS = (
    Level(0, -7, channel="mail", action="remind_before_due"),
    Level(1, 1, channel="mail", action="remind_friendly"),
    Level(2, 15, channel="phone", action="remind_call"),
    Level(3, 30, channel="letter", action="remind_letter"),
    Level(4, 60, channel="letter", action="remind_final"),
    Level(5, 90, channel="letter", action="remind_escalate"),
)
"""Used while the sheet 催款策略 is empty: the steps of the field (definitions of dunning), by days past due."""
NEVER = ("不催", "never")
"""Names of a policy whose customers are not reminded."""


@dataclass(frozen=True, slots=True)
class Records:
    """All of them, by customer id."""

    statements: Mapping[str, tuple[Statement, ...]] = field(default_factory=lambda: MappingProxyType({}))
    reminders: Mapping[str, tuple[Sent, ...]] = field(default_factory=lambda: MappingProxyType({}))
    promises: Mapping[str, tuple[Promise, ...]] = field(default_factory=lambda: MappingProxyType({}))
    contacts: Mapping[str, Contact] = field(default_factory=lambda: MappingProxyType({}))
    levels: tuple[Level, ...] = ()


NO_RECORDS = Records()


def last_sent(reminders: tuple[Sent, ...], as_of: int) -> int:
    """The day of the last reminder sent by the as-of date; NO_DAY where there is none."""
    return max((sent.day for sent in reminders if sent.day <= as_of), default=NO_DAY)


def live(promises: tuple[Promise, ...], as_of: int) -> tuple[Promise, ...]:
    """Promises made by the as-of date whose day to pay has not passed."""
    return tuple(promise for promise in promises if promise.made <= as_of <= promise.pay_by < FAR_DAY)
