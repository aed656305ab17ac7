"""勾稽: every report's total against the same total worked out another way from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from arsheet.ledger.balance import balances
from arsheet.ledger.replay import active, replay
from arsheet.ledger.store import Ledger
from arsheet.schema.encode import amount
from arsheet.schema.layout import CHECK_CELLS
from arsheet.schema.words import label
from arsheet.table import Problem, Table


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


def _by_currency(table: Table, key: str) -> dict[str, int]:
    out: dict[str, int] = {}
    for currency, value in zip(table.column("currency"), table.column(key), strict=True):
        out[currency] = out.get(currency, 0) + int(value)
    return out


def ties_of(key: str, table: Table, ledger: Ledger, as_of: int) -> tuple[Tie, ...]:
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
    elif key == "credit":
        pairs = [("exposure_parts", dict(table.facts["parts"]), "ledger_balance", _ledger_balance(ledger, as_of))]
    elif key == "reminder_list":
        pairs = [("reminded_and_skipped", _by_currency(table, "overdue"), "overdue_sum", _by_currency(book, "overdue"))]
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


def failed(ties: Mapping[str, tuple[Tie, ...]]) -> list[Problem]:
    """A problem for each tie that does not agree."""
    return [
        Problem("control_total_differs", key, facts={
            "report": key, "left_name_zh": label(tie.left_name, "zh"), "left_name_en": label(tie.left_name, "en"),
            "right_name_zh": label(tie.right_name, "zh"), "right_name_en": label(tie.right_name, "en"),
            "left": amount(tie.left, tie.currency), "right": amount(tie.right, tie.currency),
            "difference": amount(tie.left - tie.right, tie.currency), "cell": CHECK_CELLS[0]})
        for key, several in ties.items() for tie in several if not tie.agrees
    ]  # fmt: skip
