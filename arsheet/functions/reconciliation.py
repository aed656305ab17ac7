"""Worksheet function on where the reconciliation with a customer stands."""

from __future__ import annotations

import datetime as dt

from arsheet.functions.asking import (
    AS_OF,
    CUSTOMER,
    Customer,
    asked,
    ledger_of,
    no_data,
    rows_of_customers,
    with_rows,
)
from arsheet.functions.registry import Example, Version, worksheet_function
from arsheet.functions.values import Word
from arsheet.ledger.reconciliation import reconciliation
from arsheet.ledger.store import Ledger
from arsheet.table import Table

_PICKED = ("sent", "confirmed_on", "difference", "status")


@worksheet_function(
    "AR_RECON_STATUS",
    zh="对账状态：最近一次对账单的发出日期、确认日期、差异、状态（未发、已发、已确认、有差异、逾期未回、拒收）",
    en="Reconciliation: the last statement's date sent, date confirmed, difference and status",
    params=(CUSTOMER, AS_OF),
    returns="row",
    examples=(
        Example(("C001",), ((dt.date(2025, 5, 5), dt.date(2025, 5, 12), 0, Word("confirmed")),)),
        Example(("C001", "2025-05-10"), ((dt.date(2025, 5, 5), None, None, Word("sent")),)),
        Example(("C004",), ((None, None, None, Word("unsent")),)),
    ),
    needs=("version",),
)
def recon_status(customer: Customer, as_of: int, *, version: Version) -> Table:
    """Four cells, a row per customer; what was answered after the as-of date is not known yet."""
    ledger = ledger_of(version)
    who = asked(ledger, customer)
    whole = ledger.memo(("reconciliation_shown", as_of), lambda: _shown(ledger, as_of))
    rows = list(whole.rows()) if who is None else rows_of_customers(ledger, who, whole, as_of)
    if not rows:
        raise no_data("没有客户", "there are no customers")
    picked = [whole.header.index(key) for key in _PICKED]
    found = with_rows(whole, rows)
    return Table(
        "reconciliation",
        _PICKED,
        tuple(found.columns[at] for at in picked),
        tuple(found.kinds[at] for at in picked),
        facts=found.facts,
    )


def _shown(ledger: Ledger, as_of: int) -> Table:
    found = reconciliation(ledger, as_of)
    states = [Word(f"recon_{state}" if state == "overdue" else state) for state in found.column("status")]
    return Table(found.name, found.header, (*found.columns[:-1], states), found.kinds, facts=found.facts)
