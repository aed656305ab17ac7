"""刷新: every report of the book worked out anew, tied out, and stamped with the moment it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from arsheet.actions.dashboard import dashboard
from arsheet.actions.registry import Outcome, action
from arsheet.ledger.aging import AgingPolicy, aging
from arsheet.ledger.assembly import Assembly, Control
from arsheet.ledger.balance import balances, reclassification
from arsheet.ledger.fx import missing_rates
from arsheet.ledger.items import open_items
from arsheet.ledger.store import Ledger
from arsheet.schema.encode import amount
from arsheet.schema.findings import findings
from arsheet.schema.words import label
from arsheet.table import Finding, Problem, Table

WRITES = (
    "dashboard", "overdue_aging", "aging_by_year", "open_items", "balances", "reclassification", "checks"
)  # fmt: skip
READS = (
    "customers", "invoices", "instalments", "receipts", "applications", "limits", "disputes", "orders", "deliveries",
    "terms", "fx", "holidays",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tie:
    """Two totals that must be equal, in one currency's minor units."""

    currency: str
    left_name: str
    left: int
    right_name: str
    right: int

    @property
    def agrees(self) -> bool:
        """Whether they are."""
        return self.left == self.right


@action(
    "refresh", zh="刷新", en="Refresh", group="data", icon="refresh", reads=READS, writes=WRITES
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
    reports = {
        "overdue_aging": aging(ledger, as_of, _with(policy, basis="due")),
        "aging_by_year": _by_year(ledger, as_of, policy),
        "open_items": _open_items(ledger, as_of, policy),
        "balances": balances(ledger, as_of),
        "reclassification": reclassification(ledger, as_of),
    }
    ties = {key: _ties(key, table, ledger, as_of) for key, table in reports.items()}
    all_problems = [*problems, *assembly.problems, *missing_rates(ledger, as_of), *_failed(ties)]
    found = findings([*all_problems, *_left_out(assembly.controls)], tables, language)
    views = [_view(key, table, ties[key]) for key, table in reports.items()]
    views.append(_checks(found, language))
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


def _with(policy: AgingPolicy, **changes: Any) -> AgingPolicy:
    from dataclasses import replace

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


def _by_currency(table: Table, key: str) -> dict[str, int]:
    out: dict[str, int] = {}
    for currency, value in zip(table.column("currency"), table.column(key), strict=True):
        out[currency] = out.get(currency, 0) + int(value)
    return out


def _ties(key: str, table: Table, ledger: Ledger, as_of: int) -> tuple[Tie, ...]:
    """Each report's total against the same total worked out another way from the ledger."""
    book = balances(ledger, as_of)
    gross, net = _by_currency(book, "gross"), _by_currency(book, "net")
    pairs: list[tuple[str, dict[str, int], str, dict[str, int]]]
    if key in ("overdue_aging", "aging_by_year"):
        buckets = [_by_currency(table, bucket) for bucket in table.facts["buckets"]]
        summed = {currency: sum(part.get(currency, 0) for part in buckets) for currency in gross}
        pairs = [("buckets_sum", summed, "open_sum", _open_as_shown(ledger, as_of, book, table)),
                 ("net", _by_currency(table, "net"), "ledger_balance", _ledger_balance(ledger, as_of))]  # fmt: skip
    elif key == "open_items":
        pairs = [("open_sum", _by_currency(table, "open"), "gross_less_notes", _less_notes(ledger, as_of, gross))]
    elif key == "balances":
        pairs = [("net", net, "ledger_balance", _ledger_balance(ledger, as_of))]
    else:
        moved = _by_currency(table, "reclass")
        left = {currency: value + moved.get(currency, 0) for currency, value in _by_currency(table, "book").items()}
        pairs = [("book_plus_reclass", left, "reported", _by_currency(table, "reported"))]
    return tuple(
        Tie(currency, left_name, left.get(currency, 0), right_name, right.get(currency, 0))
        for left_name, left, right_name, right in pairs
        for currency in sorted({*left, *right})
    )


def _open_sum(ledger: Ledger, as_of: int) -> dict[str, int]:
    """Σ of positive open lines by currency, straight from the replay."""
    from arsheet.ledger.replay import replay

    open_ = np.maximum(replay(ledger, as_of).open, 0)
    return _sums(ledger, ledger.accounts.currency[ledger.lines.account], open_)


def _open_as_shown(ledger: Ledger, as_of: int, book: Table, table: Table) -> dict[str, int]:
    """The open sum less what the report shows inside its buckets: money spread over them, notes aged by their date."""
    open_, unapplied, shown = (
        _open_sum(ledger, as_of),
        _by_currency(book, "unapplied"),
        _by_currency(table, "unapplied"),
    )
    return {
        name: open_.get(name, 0) - unapplied.get(name, 0) - shown.get(name, 0) for name in {*open_, *unapplied, *shown}
    }


def _ledger_balance(ledger: Ledger, as_of: int) -> dict[str, int]:
    """Σ documents − Σ receipts − what applications granted beyond money, without any replay of open amounts."""
    from arsheet.ledger.replay import active

    lines, receipts, uses = ledger.lines, ledger.receipts, ledger.uses
    of_lines = _sums(ledger, ledger.accounts.currency[lines.account], np.where(lines.date <= as_of, lines.amount, 0))
    of_money = _sums(
        ledger, ledger.accounts.currency[ledger.receipt_account], np.where(receipts.dates <= as_of, receipts.amounts, 0)
    )
    granted = np.where(active(ledger, as_of), uses.reduces - uses.uses, 0)
    currency = _use_currency(ledger)
    of_uses = _sums(ledger, currency, granted)
    names = {*of_lines, *of_money, *of_uses}
    return {name: of_lines.get(name, 0) - of_money.get(name, 0) - of_uses.get(name, 0) for name in names}


def _use_currency(ledger: Ledger) -> Any:
    lines, uses = ledger.lines, ledger.uses
    count = len(lines)
    if not count:
        return np.zeros(uses.line.size, np.int64)
    document = np.where(uses.line < count, lines.document[np.minimum(uses.line, count - 1)], 0)
    if uses.spread is not None:
        document = np.where(uses.spread >= 0, uses.spread, document)
    account = ledger.document_account
    return ledger.accounts.currency[account[document]] if account is not None else np.zeros(document.size, np.int64)


def _less_notes(ledger: Ledger, as_of: int, gross: dict[str, int]) -> dict[str, int]:
    from arsheet.ledger.replay import replay

    notes = np.minimum(replay(ledger, as_of).open, 0)
    of_notes = _sums(ledger, ledger.accounts.currency[ledger.lines.account], notes)
    return {name: gross.get(name, 0) + of_notes.get(name, 0) for name in {*gross, *of_notes}}


def _sums(ledger: Ledger, codes: Any, values: Any) -> dict[str, int]:
    out: dict[str, int] = {}
    for code in np.unique(codes).tolist():
        total = int(np.asarray(values)[codes == code].sum())
        if total:
            out[ledger.currencies[int(code)]] = total
    return out


def _failed(ties: Mapping[str, tuple[Tie, ...]]) -> list[Problem]:
    return [
        Problem("control_total_differs", key, facts={
            "report": key, "left_name_zh": label(tie.left_name, "zh"), "left_name_en": label(tie.left_name, "en"),
            "right_name_zh": label(tie.right_name, "zh"), "right_name_en": label(tie.right_name, "en"),
            "left": amount(tie.left, tie.currency), "right": amount(tie.right, tie.currency),
            "difference": amount(tie.left - tie.right, tie.currency)})
        for key, several in ties.items() for tie in several if not tie.agrees
    ]  # fmt: skip


def _left_out(controls: tuple[Control, ...]) -> list[Problem]:
    """What each source table reads, counts and leaves out, told where anything is left out."""
    from arsheet.schema.tables import TABLES

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


def _checks(found: list[Finding], language: str) -> Table:
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
