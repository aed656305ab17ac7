"""刷新: every report of the book worked out anew, tied out, and stamped with the moment it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from arsheet.actions.dashboard import dashboard
from arsheet.actions.registry import Outcome, action
from arsheet.actions.ties import Tie, failed, ties_of
from arsheet.ledger.aging import AgingPolicy, aging
from arsheet.ledger.assembly import Assembly, Control
from arsheet.ledger.balance import balances, reclassification
from arsheet.ledger.credit import CreditPolicy, credit
from arsheet.ledger.dunning import ReminderPolicy, reminders
from arsheet.ledger.fx import missing_rates
from arsheet.ledger.items import open_items
from arsheet.ledger.store import Ledger
from arsheet.schema.encode import amount
from arsheet.schema.findings import findings
from arsheet.schema.tables import TABLES
from arsheet.table import Finding, Problem, Table

WRITES = (
    "dashboard", "overdue_aging", "aging_by_year", "open_items", "balances", "reclassification", "credit",
    "reminder_list", "checks",
)  # fmt: skip
READS = (
    "customers", "invoices", "instalments", "receipts", "applications", "limits", "disputes", "orders", "deliveries",
    "terms", "fx", "holidays", "dunning_policy", "reminders", "promises", "statements",
)  # fmt: skip


@action(
    "refresh", zh="刷新", en="Refresh", group="data", icon="refresh", reads=READS, writes=WRITES,
    tip=("重新计算全部报表和 AR_ 公式", "Work out every report and every AR_ formula anew"),
)  # fmt: skip
def refresh(
    assembly: Assembly,
    tables: Mapping[str, Table],
    settings: Mapping[str, str],
    as_of: int,
    *,
    language: str = "zh",
    problems: tuple[Problem, ...] = (),
) -> Outcome:
    """The reports as of a day. Each table's facts carry its check (``ties``); a tie that fails is a finding."""
    ledger = assembly.ledger
    policy = AgingPolicy.from_settings(dict(settings))
    worked_out = reports(ledger, settings, as_of)
    ties = {key: ties_of(key, table, ledger, as_of) for key, table in worked_out.items()}
    all_problems = [*problems, *assembly.problems, *rates(assembly, as_of), *failed(ties)]
    found = findings([*all_problems, *left_out(assembly.controls)], tables, language)
    views = [_view(key, table, ties[key]) for key, table in worked_out.items()]
    views.append(checks(found, language))
    views.append(dashboard(ledger, as_of, policy, found))
    summary = {
        "as_of": as_of,
        "findings": {
            severity: sum(item.severity == severity for item in found) for severity in ("error", "warning", "note")
        },
        "controls": assembly.controls,
        "ties": ties,
    }
    return Outcome(tables=tuple(views), findings=tuple(found), summary=summary)


def reports(ledger: Ledger, settings: Mapping[str, str], as_of: int) -> dict[str, Table]:
    """Every report that a refresh writes, by its key."""
    policy = AgingPolicy.from_settings(dict(settings))
    limits = CreditPolicy.from_settings(settings)
    return {
        "overdue_aging": aging(ledger, as_of, _with(policy, basis="due")),
        "aging_by_year": _by_year(ledger, as_of, policy),
        "open_items": _open_items(ledger, as_of, policy),
        "balances": balances(ledger, as_of, credit=limits),
        "reclassification": reclassification(ledger, as_of),
        "credit": _credit(ledger, as_of, limits),
        "reminder_list": reminders(ledger, as_of, ReminderPolicy.from_settings(settings)),
    }


def rates(assembly: Assembly, as_of: int) -> list[Problem]:
    """Missing exchange rates, told at the first document in that currency."""
    ledger = assembly.ledger
    found = []
    for problem in missing_rates(ledger, as_of):
        codes = ledger.documents.currencies
        mine = np.zeros(0, np.int64)
        if codes is not None:
            mine = np.flatnonzero(codes == ledger.currencies.index(str(problem.facts["currency"])))
        if mine.size:
            row = assembly.document_rows[int(mine[0])]
            found.append(Problem(problem.code, "invoices", row, "currency", problem.facts))
        else:
            found.append(problem)
    return found


def _with(policy: AgingPolicy, **changes: Any) -> AgingPolicy:
    return replace(policy, **changes)


def _by_year(ledger: Ledger, as_of: int, policy: AgingPolicy) -> Table:
    """Aging by year of the occurrence (original date where known), with each row's share of its currency's total."""
    table = aging(ledger, as_of, _with(policy, basis="original", buckets="years"))
    totals = np.asarray(table.column("total"), np.int64)
    currencies = list(table.column("currency"))
    whole: dict[str, int] = {}
    for currency, total in zip(currencies, totals.tolist(), strict=True):
        whole[currency] = whole.get(currency, 0) + total
    shares = [
        total / whole[currency] if whole[currency] else None
        for currency, total in zip(currencies, totals.tolist(), strict=True)
    ]
    header = tuple("customer_id" if key == "key" else key for key in table.header)
    return Table(
        "aging_by_year", (*header, "percent"), (*table.columns, shares), (*table.kinds, "percent"), facts=table.facts
    )


def _open_items(ledger: Ledger, as_of: int, policy: AgingPolicy) -> Table:
    table = open_items(ledger, as_of, _with(policy, basis="due"))
    states = [
        "disputed" if disputed > 0 else "credit" if open_ < 0 else "pending" if pending else
        "overdue" if days is not None and days > 0 else "not_due"
        for disputed, open_, pending, days in zip(
            table.column("disputed"), table.column("open"), table.column("pending"), table.column("days"), strict=True
        )
    ]  # fmt: skip
    return Table(
        "open_items", (*table.header, "status"), (*table.columns, states), (*table.kinds, "text"), facts=table.facts
    )


def _credit(ledger: Ledger, as_of: int, policy: CreditPolicy) -> Table:
    """The credit report with the arithmetic of its status."""
    table = credit(ledger, as_of, policy)
    base = ledger.base_currency
    reasons = [
        f"{amount(owed, base):,.2f} ÷ {amount(limit, base):,.2f} = {owed / limit:.1%}"
        if owed is not None and limit else None
        for owed, limit in zip(table.column("exposure"), table.column("limit"), strict=True)
    ]  # fmt: skip
    return Table("credit", (*table.header, "reasons"), (*table.columns, reasons), (*table.kinds, "text"),
                 facts=table.facts)  # fmt: skip


def left_out(controls: tuple[Control, ...]) -> list[Problem]:
    """What each source table reads, counts and leaves out, told where anything is left out."""
    return [
        Problem("rows_left_out", control.table, facts={
            "table_zh": TABLES[control.table].zh, "table_en": TABLES[control.table].en,
            "rows_read": control.rows_read + control.unreadable, "rows_used": control.rows_used,
            "rows_left_out": control.rows_left_out, "left_out": control.left_out, "currency": control.currency,
            "unreadable": control.unreadable})
        for control in controls if control.rows_left_out or control.unreadable
    ]  # fmt: skip


def _view(key: str, table: Table, ties: tuple[Tie, ...]) -> Table:
    return Table(key, table.header, table.columns, table.kinds, facts={**table.facts, "ties": ties})


def checks(found: list[Finding], language: str) -> Table:
    """The sheet of findings."""
    rows = [
        (item.severity, item.code, f"{item.sheet}!{item.cell}" if item.cell else item.sheet,
         str(item.facts.get("read", "")), item.text(language), item.hint(language))
        for item in found
    ]  # fmt: skip
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(6)]
    return Table(
        "checks", ("severity", "code", "place", "read", "message", "hint"), tuple(columns),
        ("text", "id", "text", "text", "text", "text"), facts={"ties": ()},
    )  # fmt: skip
