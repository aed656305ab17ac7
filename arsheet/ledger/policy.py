"""Order of application for money with no document named (application_policy): legal, specified, fifo, prorata.

``legal`` is the order of the Civil Code art. 560: due debts first; among them those least secured, then the heaviest
burden (highest agreed late rate), then the earliest due, and equal ones in proportion to their open amounts; then what
is not due, by due date. ``fifo``: by due date and number. ``prorata``: over all in proportion. ``specified``: nothing
is applied unless a document is named. The result is a proposal; only a button writes it into the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from arsheet.ledger.intern import Array
from arsheet.ledger.replay import due_at, replay
from arsheet.ledger.store import Ledger
from arsheet.table import NO_DAY, ArsheetError

POLICIES = ("legal", "specified", "fifo", "prorata")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One application that a policy would make: rows of the ledger's receipts and lines, minor units, a day."""

    receipt: int
    line: int
    amount: int
    day: int


def propose(
    ledger: Ledger,
    as_of: int,
    policy: str = "legal",
    receipts: Array | None = None,
    reserved: Mapping[int, int] | None = None,
) -> list[Proposal]:
    """Applies unapplied receipts (all, or the rows given) in the order of their dates, customer by customer.

    ``reserved``: per receipt, minor units bound to an order, which stay with it.
    """
    if policy not in POLICIES:
        raise ArsheetError(
            "setting_value_unknown",
            f"设置 application_policy 的值“{policy}”无效；可用：{'、'.join(POLICIES)}",
            f"application_policy = {policy!r} is not one of {', '.join(POLICIES)}",
            exit_code=2,
            facts={"setting": "application_policy", "read": policy},
        )
    if policy == "specified":
        return []
    state = replay(ledger, as_of)
    wanted = np.flatnonzero(state.free > 0) if receipts is None else receipts[state.free[receipts] > 0]
    order = sorted(wanted.tolist(), key=lambda row: (int(ledger.receipts.dates[row]), row))
    open_ = state.open.astype(np.int64).copy()
    due = due_at(ledger, as_of)
    accounts = np.r_[ledger.lines.account, np.iinfo(np.int32).max]
    made: list[Proposal] = []
    for receipt in order:
        code = int(ledger.receipt_account[receipt])
        start, end = (int(at) for at in np.searchsorted(accounts, [code, code + 1]))
        rows = [row for row in range(start, end) if open_[row] > 0]
        day = int(ledger.receipts.dates[receipt])
        left = int(state.free[receipt]) - (reserved or {}).get(receipt, 0)
        for tier in _tiers(ledger, rows, due, day, policy):
            if left <= 0:
                break
            weights = [int(open_[row]) for row in tier]
            for row, share in zip(tier, _shares(weights, min(left, sum(weights))), strict=True):
                if share:
                    open_[row] -= share
                    left -= share
                    made.append(Proposal(receipt, row, share, max(day, int(ledger.lines.date[row]))))
    return made


def _tiers(ledger: Ledger, rows: list[int], due: Array, day: int, policy: str) -> list[list[int]]:
    """Groups of lines in order; inside a group the amount is shared in proportion."""
    if policy == "prorata":
        return [rows] if rows else []
    if policy == "fifo":
        return [[row] for row in rows]
    groups: dict[tuple[int | Decimal, ...], list[int]] = {}
    for row in rows:
        groups.setdefault(_legal_rank(ledger, row, int(due[row]), day), []).append(row)
    return [groups[key] for key in sorted(groups)]


def _legal_rank(ledger: Ledger, row: int, due: int, day: int) -> tuple[int | Decimal, ...]:
    document = int(ledger.lines.document[row])
    secured = ledger.documents.secured
    rates = ledger.documents.late_rates
    # a debt falls due at the end of its due date, so one due on the day of payment counts as due (art. 560: 已经到期)
    if due <= day and due > NO_DAY:
        burden = (rates[document] if rates is not None else None) or Decimal(0)
        return (0, int(secured[document]) if secured is not None else 0, -burden, due)
    return (1, 0, Decimal(0), due)


def _shares(weights: list[int], amount: int) -> list[int]:
    """In proportion, each rounded half up to the cent, the remainder to the largest; none takes more than its own."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    shares = [(2 * amount * weight + total) // (2 * total) for weight in weights]
    rest = amount - sum(shares)
    for at in sorted(range(len(weights)), key=lambda at: (-weights[at], at)):
        moved = min(max(shares[at] + rest, 0), weights[at]) - shares[at]
        shares[at] += moved
        rest -= moved
    return shares
