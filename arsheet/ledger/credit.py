"""Credit limits at a date, what is exposed, and how much of the limit that uses.

exposure = open items not overdue + overdue items − what is not applied; all of it in the base currency, converted per
component at the last rate on or before the day. Limits are dated rows, so both are known for any past day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from arsheet.ledger.fx import convert, rate_at
from arsheet.ledger.intern import Array, Index
from arsheet.ledger.replay import due_at, replay
from arsheet.ledger.store import Ledger, add_by
from arsheet.table import Table

NO_LIMIT = np.iinfo(np.int64).min
"""No limit row: unlimited. 0 is a limit: cash only."""
UNKNOWN = np.iinfo(np.int64).min
"""An amount that cannot be converted: the rate is missing."""
PARTS = ("open", "unpaid")
"""Components that open items make: not overdue, overdue. Others come from orders, deliveries and bills."""
NEAR = 0.8
"""Use of the limit from which the status warns (definitions of credit exposure)."""


@dataclass(frozen=True, slots=True)
class CreditPolicy:
    """How limits and exposure are read; the values and defaults are those of the settings sheet.

    ``counted``: the components that enter the total, None for all. ``margin_days``: an item is overdue here when it is
    late by more days than this.
    """

    limit_zero: str = "cash_only"
    insured_limit: str = "ignore"
    counted: tuple[str, ...] | None = None
    margin_days: int = 0

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> CreditPolicy:
        """The policy of a settings sheet. In exposure_parts a name alone is counted; name=amount is a limit of it."""
        parts = [part.strip() for part in settings.get("exposure_parts", "").split(",") if part.strip()]
        named = tuple(part for part in parts if "=" not in part)
        margin = settings.get("overdue_margin_days") or "0"
        return cls(
            limit_zero=settings.get("limit_zero") or "cash_only",
            insured_limit=settings.get("insured_limit") or "ignore",
            counted=named or None,
            margin_days=int(margin) if margin.isdecimal() else 0,
        )


@dataclass(frozen=True, slots=True)
class Exposure:
    """Per customer, in base currency minor units (UNKNOWN where a rate is missing): components and total.

    ``unapplied`` is positive: it reduces the total.
    """

    open: Array
    unpaid: Array
    unapplied: Array
    total: Array


def limits_at(ledger: Ledger, as_of: int, policy: CreditPolicy | None = None) -> Array:
    """Per customer, the limit in force on the day (base currency minor units), NO_LIMIT for none.

    Of several base rows that are valid the one that begins last stands (of equal ones the lower row), so a new row
    supersedes an old one without ending it. Temporary rows are added while they last. Insured ones only where the
    setting says so.
    """
    chosen = policy or CreditPolicy()
    return ledger.memo(
        ("limits", as_of, chosen.limit_zero, chosen.insured_limit), lambda: _limits_at(ledger, as_of, chosen)
    )


def _limits_at(ledger: Ledger, as_of: int, policy: CreditPolicy) -> Array:
    out = np.full(len(ledger.customer_ids), NO_LIMIT, np.int64)
    limits = ledger.limits
    if limits is None:
        return out
    customer = Index(ledger.customers.ids).get(limits.customers)
    valid = (limits.starts <= as_of) & (limits.ends >= as_of) & (customer >= 0)
    kinds = np.array(list(limits.kinds))
    for kind in ("base", *(("insured",) if policy.insured_limit == "add" else ())):
        rows = np.flatnonzero(valid & (kinds == kind))
        rows = rows[np.argsort(limits.starts[rows], kind="stable")]
        last = np.full(out.size, -1, np.int64)
        last[customer[rows]] = rows  # the last of equal ones stands
        _add(out, np.flatnonzero(last >= 0), limits.amounts[last[last >= 0]])
    rows = np.flatnonzero(valid & (kinds == "temporary"))
    _add(out, customer[rows], limits.amounts[rows])
    if policy.limit_zero == "no_limit":
        out[out == 0] = NO_LIMIT
    return out


def _add(out: Array, customers: Array, amounts: Array) -> None:
    """Adds amounts in place; the first takes the place of NO_LIMIT."""
    fresh = customers[out[customers] == NO_LIMIT]
    out[fresh] = 0
    np.add.at(out, customers, amounts)


def exposures(ledger: Ledger, as_of: int, policy: CreditPolicy | None = None) -> Exposure:
    """What every customer owes, by component, memoised."""
    chosen = policy or CreditPolicy()
    return ledger.memo(
        ("exposures", as_of, chosen.counted, chosen.margin_days), lambda: _exposures(ledger, as_of, chosen)
    )


def parts_of_accounts(ledger: Ledger, as_of: int, margin_days: int = 0) -> dict[str, Array]:
    """Per account in its own currency: open (not overdue), unpaid (overdue), unapplied (receipts and notes)."""
    state = replay(ledger, as_of)
    lines, count, exact = ledger.lines, len(ledger.accounts), ledger.exact_in_float
    owed = np.maximum(state.open, 0)
    late = due_at(ledger, as_of) < as_of - margin_days
    unpaid = add_by(lines.account, np.where(late, owed, 0), count, exact=exact)
    gross = add_by(lines.account, owed, count, exact=exact)
    notes = add_by(lines.account, owed - state.open, count, exact=exact)
    money = add_by(ledger.receipt_account, state.free, count, exact=exact)
    return {"open": gross - unpaid, "unpaid": unpaid, "unapplied": money + notes}


def _exposures(ledger: Ledger, as_of: int, policy: CreditPolicy) -> Exposure:
    parts = {
        key: in_base(ledger, as_of, values)
        for key, values in parts_of_accounts(ledger, as_of, policy.margin_days).items()
    }
    total = -parts["unapplied"]
    unknown = parts["unapplied"] == UNKNOWN
    for key in PARTS:
        if policy.counted is None or key in policy.counted:
            unknown |= parts[key] == UNKNOWN
            total = total + np.where(unknown, 0, parts[key])
    return Exposure(parts["open"], parts["unpaid"], parts["unapplied"], np.where(unknown, UNKNOWN, total))


def in_base(ledger: Ledger, as_of: int, amounts: Array) -> Array:
    """Per customer, its accounts' amounts in the base currency; UNKNOWN where a rate that matters is missing."""
    accounts, base = ledger.accounts, ledger.base_currency
    values = np.array(amounts, np.int64)
    missing = np.zeros(values.size, bool)
    for code, name in enumerate(ledger.currencies):
        rows = np.flatnonzero((accounts.currency == code) & (values != 0))
        if name == base or not rows.size:
            continue
        rate = rate_at(ledger.rates, name, base, as_of)
        if rate is None:
            missing[rows] = True
        else:
            values[rows] = [convert(minor, rate, name, base) for minor in values[rows].tolist()]
    out = np.zeros(len(ledger.customer_ids), np.int64)
    np.add.at(out, accounts.customer, np.where(missing, 0, values))
    out[accounts.customer[missing]] = UNKNOWN
    return out


def utilisation(exposure: Array, limit: Array) -> Array:
    """exposure / limit as float64; nan where there is no limit, the limit is 0 or the exposure is unknown."""
    out = np.full(exposure.size, np.nan)
    np.divide(exposure, limit, out=out, where=(limit > 0) & (exposure != UNKNOWN))
    return out


def credit(ledger: Ledger, as_of: int, policy: CreditPolicy | None = None) -> Table:
    """One row per customer with a limit or anything open or unapplied (信用), amounts in the base currency.

    status: no_limit, rate_missing, over (exposure > limit), near (from 80 %), within. Figures that do not exist are
    None. ``facts["parts"]``: open + unpaid − unapplied of all accounts by currency, for the control total.
    """
    chosen = policy or CreditPolicy()
    return ledger.memo(("credit", as_of, chosen), lambda: _credit(ledger, as_of, chosen))


def _credit(ledger: Ledger, as_of: int, policy: CreditPolicy) -> Table:
    limit, exposed = limits_at(ledger, as_of, policy), exposures(ledger, as_of, policy)
    share = utilisation(exposed.total, limit)
    parts = (exposed.open, exposed.unpaid, exposed.unapplied)
    rows = np.flatnonzero((limit != NO_LIMIT) | (parts[0] != 0) | (parts[1] != 0) | (parts[2] != 0))
    picked = rows.tolist()
    grades = ledger.customers.dimensions.get("grade")
    available = np.where((limit == NO_LIMIT) | (exposed.total == UNKNOWN), UNKNOWN, limit - exposed.total)
    columns: dict[str, tuple[str, Any]] = {
        "customer_id": ("id", [ledger.customer_ids[row] for row in picked]),
        "name": ("text", [ledger.name(row) for row in picked]),
        "currency": ("text", [ledger.base_currency] * len(picked)),
        **{
            key: ("money", known(values[rows]))
            for key, values in zip(("open", "unpaid", "unapplied"), parts, strict=True)
        },
        "exposure": ("money", known(exposed.total[rows])),
        "limit": ("money", known(limit[rows])),
        "utilisation": ("percent", [None if np.isnan(value) else value for value in share[rows].tolist()]),
        "available": ("money", known(available[rows])),
        "grade": ("text", [grades[row] if grades is not None else "" for row in picked]),
        "status": (
            "text",
            [status(*pair) for pair in zip(exposed.total[rows].tolist(), limit[rows].tolist(), strict=True)],
        ),
    }
    header = tuple(columns)
    return Table(
        "credit",
        header,
        tuple(columns[key][1] for key in header),
        tuple(columns[key][0] for key in header),
        facts={"as_of": as_of, "parts": _parts_by_currency(ledger, as_of)},
    )


def status(exposure: int, limit: int) -> str:
    """What follows from an exposure and a limit; a limit of 0 is over as soon as anything is exposed."""
    if limit == NO_LIMIT:
        return "no_limit"
    if exposure == UNKNOWN:
        return "rate_missing"
    if exposure > limit:
        return "over"
    return "near" if limit > 0 and exposure >= NEAR * limit else "within"


def known(values: Array) -> list[int | None]:
    """Amounts with None for what is not known (UNKNOWN and NO_LIMIT are the same number)."""
    return [None if value == UNKNOWN else value for value in values.tolist()]


def _parts_by_currency(ledger: Ledger, as_of: int) -> dict[str, int]:
    parts = parts_of_accounts(ledger, as_of)
    net = parts["open"] + parts["unpaid"] - parts["unapplied"]
    out = add_by(ledger.accounts.currency, net, len(ledger.currencies), exact=False)
    return {name: int(out[code]) for code, name in enumerate(ledger.currencies) if out[code]}
