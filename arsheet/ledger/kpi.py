"""Key figures of receivables (definitions: facts of the field; the day count is the caller's)."""

from __future__ import annotations

import numpy as np

from arsheet.ledger.intern import Array
from arsheet.ledger.store import Ledger, add_lines


def sales(ledger: Ledger, as_of: int, days: int) -> Array:
    """Per account, the documents dated in the last ``days`` days up to the as-of date, credit notes taken off."""
    lines = ledger.lines
    within = (lines.date > as_of - days) & (lines.date <= as_of)
    return add_lines(ledger, lines.amount * within)


def days_sales_outstanding(receivables: Array, credit_sales: Array, days: int) -> Array:
    """Classic DSO = receivables / credit sales x days (float64); nan without sales, never 0 or infinite."""
    out = np.full(receivables.size, np.nan)
    np.divide(receivables, credit_sales, out=out, where=credit_sales > 0)
    return out * days
