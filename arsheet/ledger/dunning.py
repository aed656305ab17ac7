"""Whom to remind at a date (提醒清单): levels by days past due, what is asked for, and who is passed over and why.

Every overdue amount is in the list exactly once: asked for, or passed over with its reason; so the list ties out with
what is overdue. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from arsheet.ledger.disputes import disputed
from arsheet.ledger.fx import convert, rate_at
from arsheet.ledger.intern import Array
from arsheet.ledger.money import exponent, to_decimal, to_minor
from arsheet.ledger.records import DEFAULT_LEVELS, NEVER, NOBODY, Contact, Level, last_sent, live
from arsheet.ledger.replay import due_at, replay
from arsheet.ledger.store import Ledger, add_by
from arsheet.table import FAR_DAY, NO_DAY, Table

MODES = {"days_after_end_of_due_month": "end_of_due_month", "days_since_previous": "previous"}
REASONS = (
    *("disputed", "promised", "below_first_level", "opted_out", "blocked", "unapplied_cash", "below_minimum"),
    "reminded_lately",
)
"""Why an amount is not asked for, in the order in which they are looked at."""
NONE = -(2**15)
"""No level reached."""


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
    """How levels are counted and what a promise pauses; values and defaults are those of the settings sheet."""

    counts_from: str = "due"
    promise_pauses: str = "document"

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> ReminderPolicy:
        """The policy of a settings sheet."""
        return cls(MODES.get(settings.get("dunning_mode", ""), "due"), settings.get("promise_pauses") or "document")


def reminders(ledger: Ledger, as_of: int, policy: ReminderPolicy | None = None) -> Table:
    """A row per customer, currency and what happens to the amount; money in the row's currency.

    ``level``: the highest level that an item of the row has reached. ``amount``: open less disputed and promised;
    ``overdue``: what of it is past due (0 before the due date). ``skip_reason``: "" for a row that is asked for, else
    one of REASONS. ``oldest``: days past due of the oldest item, negative before the due date.
    """
    chosen = policy or ReminderPolicy()
    return ledger.memo(("reminders", as_of, chosen), lambda: _reminders(ledger, as_of, chosen))


@dataclass(slots=True)
class _Lines:
    """Per line: days past due, level reached (NONE for none), amounts in minor units."""

    days: Array
    level: Array
    owed: Array
    disputed: Array
    promised: Array

    @property
    def asked(self) -> Array:
        return self.owed - self.disputed - self.promised


def _reminders(ledger: Ledger, as_of: int, policy: ReminderPolicy) -> Table:
    state = replay(ledger, as_of)
    lines = _lines(ledger, as_of, policy, np.maximum(state.open, 0), disputed(ledger, as_of, state))
    account = ledger.lines.account
    overdue = lines.days > 0
    due, reached = overdue & (lines.owed > 0), lines.level > NONE
    asked = lines.asked
    groups = {
        "disputed": (due & (lines.disputed > 0), lines.disputed),
        "promised": (due & (lines.promised > 0), lines.promised),
        "below_first_level": (due & ~reached & (asked > 0), asked),
        "asked": (due & reached & (asked > 0), asked),
        "before_due": (~overdue & reached & (asked > 0), asked),
    }
    count, exact = len(ledger.accounts), ledger.exact_in_float
    notes = add_by(account, np.maximum(-state.open, 0), count, exact=exact)
    unapplied = notes + add_by(ledger.receipt_account, state.free, count, exact=exact)
    rows = []
    sums = {name: _sums(account, mask, amounts, lines, count, exact) for name, (mask, amounts) in groups.items()}
    for at in np.flatnonzero(sum((found["items"] for found in sums.values()), np.zeros(count, np.int64))).tolist():
        rows += _rows(ledger, as_of, policy, at, sums, int(unapplied[at]))
    return _table(ledger, as_of, rows)


def _lines(ledger: Ledger, as_of: int, policy: ReminderPolicy, owed: Array, in_dispute: Array) -> _Lines:
    due = due_at(ledger, as_of)
    days = np.where(due == FAR_DAY, NONE, as_of - due.astype(np.int64))
    level = np.full(days.size, NONE, np.int64)
    customer = ledger.accounts.customer[ledger.lines.account]
    names, of_customer = _policies(ledger)
    for at, name in enumerate(names):
        mine = of_customer[customer] == at
        for step in sorted(_levels(ledger, name), key=lambda one: one.number):
            counted = _counted(ledger, as_of, step.counts_from or policy.counts_from, due, days, customer)
            level = np.where(mine & (counted >= step.min_days) & (days > NONE), step.number, level)
    promised = _promised(ledger, as_of, policy, owed - in_dispute)
    return _Lines(days, level, owed, in_dispute, promised)


def _counted(ledger: Ledger, as_of: int, mode: str, due: Array, days: Array, customer: Array) -> Array:
    """Days that a level counts; NONE where it has nothing to count from."""
    if mode == "end_of_due_month":
        months = np.where(days > NONE, due, 0).astype("datetime64[D]").astype("datetime64[M]") + 1
        return np.where(days > NONE, as_of + 1 - months.astype("datetime64[D]").astype(np.int64), NONE)
    if mode == "previous":
        since = np.full(len(ledger.customer_ids), NONE, np.int64)
        for customer_id, sent in ledger.records.reminders.items():
            row, day = ledger.customer_code(customer_id), last_sent(sent, as_of)
            if row is not None and day > NO_DAY:
                since[row] = as_of - day
        return np.where(days > 0, since[customer], NONE)
    return days


def _policies(ledger: Ledger) -> tuple[list[str], Array]:
    """The names of the policies and, per customer, which one holds: that of its class, else the first of the sheet."""
    names = list(dict.fromkeys(level.policy for level in ledger.records.levels))
    of_customer = np.zeros(len(ledger.customer_ids), np.int64)
    classes = ledger.customers.dimensions.get("class")
    if classes is not None and (len(names) > 1 or NEVER[0] in classes or NEVER[1] in classes):
        names += [name for name in NEVER if name in classes and name not in names]
        at = {name: place for place, name in enumerate(names)}
        of_customer = np.array([at.get(name, 0) for name in classes], np.int64)
    return names or [""], of_customer


def _levels(ledger: Ledger, name: str) -> tuple[Level, ...]:
    levels = ledger.records.levels or DEFAULT_LEVELS
    return levels if not ledger.records.levels else tuple(level for level in levels if level.policy == name)


def _promised(ledger: Ledger, as_of: int, policy: ReminderPolicy, room: Array) -> Array:
    """Per line, what a live promise takes out of the list: the whole document, or the amount, oldest items first."""
    out = np.zeros(room.size, np.int64)
    for customer_id, promises in ledger.records.promises.items():
        row = ledger.customer_code(customer_id)
        running = live(promises, as_of) if row is not None else ()
        if not running:
            continue
        mine = np.flatnonzero(ledger.accounts.customer[ledger.lines.account] == row)
        for promise in running:
            named = [
                line
                for line in mine.tolist()
                if not promise.document or ledger.document_id(int(ledger.lines.document[line])) == promise.document
            ]
            left: int | None = None
            for line in named:
                if left is None and (policy.promise_pauses == "amount" or not promise.document):
                    left = to_minor(promise.amount, exponent(ledger.currency(int(ledger.lines.account[line]))))
                part = max(0, int(room[line]) - int(out[line]))
                part = part if left is None else min(part, left)
                out[line] += part
                left = None if left is None else left - part
    return out


def _sums(account: Array, mask: Array, amounts: Array, lines: _Lines, count: int, exact: bool) -> dict[str, Array]:
    """Per account: how many items, their amount, the oldest days and the highest level."""
    rows = np.flatnonzero(mask)
    oldest = np.full(count, NONE, np.int64)
    np.maximum.at(oldest, account[rows], lines.days[rows])
    level = np.full(count, NONE, np.int64)
    np.maximum.at(level, account[rows], lines.level[rows])
    return {
        "items": np.bincount(account[rows], minlength=count).astype(np.int64),
        "amount": add_by(account[rows], amounts[rows], count, exact=exact),
        "oldest": oldest,
        "level": level,
    }


def _rows(
    ledger: Ledger, as_of: int, policy: ReminderPolicy, at: int, sums: Mapping[str, dict[str, Array]], unapplied: int
) -> list[dict[str, Any]]:
    """The rows of one account: what is asked for, and what is passed over."""
    customer = int(ledger.accounts.customer[at])
    customer_id = ledger.customer_ids[customer]
    contact = ledger.records.contacts.get(customer_id, NOBODY)
    names, of_customer = _policies_of(ledger)
    name = names[int(of_customer[customer])]
    rows = []
    main = "asked" if sums["asked"]["items"][at] else "before_due"
    for group in (main, "below_first_level", "promised", "disputed"):
        found = {key: int(values[at]) for key, values in sums[group].items()}
        if not found["items"]:
            continue
        reason = group
        if group == main:
            step = next((one for one in _levels(ledger, name) if one.number == found["level"]), Level(0, 0))
            reason = _skip(ledger, as_of, at, found["amount"], unapplied, contact, step, name)
        elif group == "below_first_level" and name in NEVER:
            reason = "opted_out"
        rows.append(_row(ledger, at, contact, name, found, "" if reason == main else reason, group != "before_due"))
    return rows


def _policies_of(ledger: Ledger) -> tuple[list[str], Array]:
    return ledger.memo("dunning_policies", lambda: _policies(ledger))


def _skip(
    ledger: Ledger, as_of: int, at: int, amount: int, unapplied: int, contact: Contact, step: Level, policy: str
) -> str:
    """Why the whole of an account is passed over, "" if it is not."""
    if contact.opted_out or policy in NEVER:
        return "opted_out"
    if contact.blocked_until >= as_of:
        return "blocked"
    if unapplied >= amount:
        return "unapplied_cash"
    currency = ledger.currency(at)
    rate = rate_at(ledger.rates, currency, ledger.base_currency, as_of)
    if step.min_amount and rate is not None:
        in_base = convert(amount, rate, currency, ledger.base_currency)
        if to_decimal(in_base, exponent(ledger.base_currency)) < step.min_amount:
            return "below_minimum"
    sent = last_sent(ledger.records.reminders.get(ledger.customer_ids[int(ledger.accounts.customer[at])], ()), as_of)
    return "reminded_lately" if step.interval and sent > NO_DAY and as_of - sent < step.interval else ""


def _row(
    ledger: Ledger, at: int, contact: Contact, policy: str, found: Mapping[str, int], reason: str, overdue: bool
) -> dict[str, Any]:
    customer = int(ledger.accounts.customer[at])
    level = None if found["level"] == NONE else found["level"]
    step = next((one for one in _levels(ledger, policy) if one.number == level), None)
    asked = step is not None and not reason
    channel = step.channel if asked and step is not None else ""
    dimensions = ledger.customers.dimensions
    return {
        "customer_id": ledger.customer_ids[customer],
        "name": ledger.name(customer),
        "level": level,
        "items": found["items"],
        "currency": ledger.currency(at),
        "amount": found["amount"],
        "overdue": found["amount"] if overdue else 0,
        "oldest": found["oldest"],
        "channel": channel,
        "contact": _reach(contact, channel),
        "next_action": step.action if asked and step is not None else "",
        "skip_reason": reason,
        **{key: dimensions[key][customer] if key in dimensions else "" for key in ("salesperson", "collector")},
    }


def _reach(contact: Contact, channel: str) -> str:
    """The person, and the address of the channel, else the first one known."""
    ways = {"mail": contact.mail, "wecom": contact.wecom, "letter": contact.address, "visit": contact.address}
    way = ways.get(channel) or contact.phone or contact.mail or contact.wecom
    return " ".join(part for part in (contact.name, way) if part)


_KINDS = {
    **dict.fromkeys(("customer_id",), "id"),
    **dict.fromkeys(("name",), "text"),
    **dict.fromkeys(("level", "items"), "int"),
    **dict.fromkeys(("currency",), "text"),
    **dict.fromkeys(("amount", "overdue"), "money"),
    **dict.fromkeys(("oldest",), "days"),
    **dict.fromkeys(("channel", "contact", "next_action", "skip_reason", "salesperson", "collector"), "text"),
}


def _table(ledger: Ledger, as_of: int, rows: list[dict[str, Any]]) -> Table:
    """What is asked for first, the highest level and the largest amount on top."""
    rows.sort(
        key=lambda row: (
            bool(row["skip_reason"]),
            -(NONE if row["level"] is None else row["level"]),
            -Decimal(row["amount"]).scaleb(-exponent(row["currency"])),
            row["customer_id"],
            row["currency"],
        )
    )
    columns = tuple([row[key] for row in rows] for key in _KINDS)
    return Table("reminder_list", tuple(_KINDS), columns, tuple(_KINDS.values()), facts={"as_of": as_of})
