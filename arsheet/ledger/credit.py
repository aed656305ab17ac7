"""Credit limits at a date, and how much of them is used."""

from __future__ import annotations

import numpy as np

from arsheet.ledger.intern import Array, Index
from arsheet.ledger.store import Ledger

NO_LIMIT = np.iinfo(np.int64).min
"""No limit row: unlimited. 0 is a limit: cash only."""


def limits_at(ledger: Ledger, as_of: int) -> Array:
    """Per customer, base plus temporary limits valid on the day (base currency minor units), NO_LIMIT for none."""
    return ledger.memo(("limits", as_of), lambda: _limits_at(ledger, as_of))


def _limits_at(ledger: Ledger, as_of: int) -> Array:
    out = np.full(len(ledger.customer_ids), NO_LIMIT, np.int64)
    limits = ledger.limits
    if limits is None:
        return out
    customer = Index(ledger.customers.ids).get(limits.customers)
    counted = np.array([kind in ("base", "temporary") for kind in limits.kinds], bool)
    valid = (limits.starts <= as_of) & (limits.ends >= as_of) & (customer >= 0) & counted
    rows = np.flatnonzero(valid)
    out[customer[rows]] = 0
    np.add.at(out, customer[rows], limits.amounts[rows])
    return out


def utilisation(exposure: Array, limit: Array) -> Array:
    """exposure / limit as float64; nan where there is no limit or the limit is 0."""
    out = np.full(exposure.size, np.nan)
    np.divide(exposure, limit, out=out, where=limit > 0)
    return out
