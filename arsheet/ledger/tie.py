"""Totals of an aging report over all customers, and their difference to the general ledger (与总账核对)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arsheet.ledger.aging import AgingPolicy, age
from arsheet.ledger.outlook import table
from arsheet.ledger.replay import due_at
from arsheet.ledger.store import Ledger, add_by
from arsheet.ledger.valuation import open_in_base
from arsheet.table import Table


def totals(ledger: Ledger, as_of: int, policy: AgingPolicy | None = None) -> Table:
    """One row per currency (the base currency always): open = Σ buckets, the buckets, unapplied (negative), net,
    and overdue with overdue_count: amount and number of the report's items with days past due > 0.
    """
    chosen = policy or AgingPolicy()
    return ledger.memo(("totals", as_of, chosen), lambda: _totals(ledger, as_of, chosen))


def _totals(ledger: Ledger, as_of: int, policy: AgingPolicy) -> Table:
    aged = age(ledger, as_of, policy)
    count, exact = len(ledger.currencies), ledger.exact_in_float
    of_account = ledger.accounts.currency
    of_line = of_account[ledger.lines.account]
    late = (due_at(ledger, as_of) < as_of) & (aged.residual != 0)
    sums = [add_by(of_account, aged.matrix[:, at], count, exact=exact) for at in range(len(aged.buckets.keys))]
    unapplied = add_by(of_account, aged.unapplied, count, exact=exact)
    whole = add_by(of_account, aged.gross, count, exact=exact)
    columns = {
        "currency": ("text", list(ledger.currencies)),
        "open": ("money", whole),
        **{key: ("money", values) for key, values in zip(aged.buckets.keys, sums, strict=True)},
        "unapplied": ("money", -unapplied),
        "net": ("money", whole - unapplied),
        "overdue": ("money", add_by(of_line, np.where(late, aged.residual, 0), count, exact=exact)),
        "overdue_count": ("int", np.bincount(of_line[late], minlength=count)),
    }
    return table("totals", columns, as_of)


@dataclass(frozen=True, slots=True)
class TieOut:
    """The control account beside the ledger, base currency minor units; ``difference`` = general ledger − open."""

    general_ledger: int
    open: int
    difference: int


def tie_out(
    ledger: Ledger, as_of: int, general_ledger: int, policy: AgingPolicy | None = None, base_rate: str = "closing"
) -> TieOut:
    """The balance of the control account (debit +) against the total of the aging report's buckets.

    Other currencies are converted line by line; ArsheetError ``fx_rate_missing`` where a rate is missing.
    """
    total = open_in_base(ledger, as_of, age(ledger, as_of, policy or AgingPolicy()).residual, base_rate)
    return TieOut(general_ledger, total, general_ledger - total)
