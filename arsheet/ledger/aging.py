"""Aging (账龄): what is open, split by age, per customer or another dimension.

Every report uses the bucket rule of ``buckets``. Invariants: Σ buckets (未到期 among them) = gross open amount, and
gross + unapplied = balance. Unapplied money and unlinked credit notes never hide in a bucket unless the caller asks for
the labelled spread (``unapplied="fifo"``, ``credit_mode="fifo"``), which exists in the report only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arsheet.ledger import buckets as bucket_rule
from arsheet.ledger.dimension import Grouping, group, line_filter
from arsheet.ledger.disputes import disputed
from arsheet.ledger.intern import Array
from arsheet.ledger.replay import State, due_at, pending, replay
from arsheet.ledger.store import Ledger, add_by, add_lines
from arsheet.table import NO_DAY, ArsheetError, Table

BASES = ("due", "invoice", "delivery", "original")


@dataclass(frozen=True, slots=True)
class AgingPolicy:
    """How to age; the values and defaults are those of the settings sheet."""

    basis: str = "due"
    buckets: str = "30,60,90"
    not_due: str = "own"
    credit_mode: str = "apply"
    unapplied: str = "column"
    years_step: str = "calendar"
    filters: tuple[tuple[str, str], ...] = ()
    known_at: int | None = None

    def __post_init__(self) -> None:
        _one_of("aging_basis", self.basis, BASES)
        _one_of("not_due", self.not_due, ("own", "merge"))
        _one_of("credit_mode", self.credit_mode, ("apply", "own_date", "column", "fifo"))
        _one_of("unapplied", self.unapplied, ("column", "fifo"))
        _one_of("years_step", self.years_step, ("calendar", "365"))

    @classmethod
    def from_settings(cls, settings: dict[str, str], **changes: Any) -> AgingPolicy:
        """The policy of a settings sheet, with what the caller asks for instead."""
        policy = cls(
            basis=settings.get("aging_basis", "due"),
            buckets=settings.get("buckets", "30,60,90"),
            not_due=settings.get("not_due", "own"),
            credit_mode=settings.get("credit_mode", "apply"),
            unapplied=settings.get("unapplied", "column"),
            years_step=settings.get("years_step", "calendar"),
        )
        return replace(policy, **{key: value for key, value in changes.items() if value is not None})


def _one_of(setting: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ArsheetError(
            "setting_value_unknown",
            f"设置 {setting} 的值“{value}”无效；可用：{'、'.join(allowed)}",
            f"{setting} = {value!r} is not one of {', '.join(allowed)}",
            exit_code=2,
            facts={"setting": setting, "read": value, "allowed": list(allowed)},
        )


@dataclass(frozen=True, slots=True)
class Aged:
    """Per group: ``matrix`` (groups x buckets), ``gross`` = its row sums, ``unapplied`` (positive: to their credit)."""

    buckets: bucket_rule.Buckets
    matrix: Array
    gross: Array
    unapplied: Array
    residual: Array
    """Per line, what the buckets hold of it."""


def base_days(ledger: Ledger, basis: str, as_of: int) -> Array:
    """The day each line's age is counted from."""
    if basis == "due":
        return due_at(ledger, as_of)
    documents = ledger.documents
    column = {"delivery": documents.delivered, "original": documents.original_dates}.get(basis)
    if column is None:
        return ledger.lines.date
    days = column[ledger.lines.document]
    return np.where(days > NO_DAY, days, ledger.lines.date)


def age(ledger: Ledger, as_of: int, policy: AgingPolicy, by: str = "customer") -> Aged:
    """The figures of an aging report as arrays, memoised."""
    return ledger.memo(("age", as_of, policy, by), lambda: _age(ledger, as_of, policy, by))


def _age(ledger: Ledger, as_of: int, policy: AgingPolicy, by: str) -> Aged:
    rule = bucket_rule.make(
        policy.buckets, as_of, basis=policy.basis, not_due=policy.not_due, years_step=policy.years_step
    )
    state = replay(ledger, as_of, policy.known_at)
    open_, free = state.open, state.free
    if policy.filters:
        lines, receipts = line_filter(ledger, dict(policy.filters))
        open_, free = np.where(lines, open_, 0), np.where(receipts, free, 0)
    base = base_days(ledger, policy.basis, as_of)
    residual, credit = _credits(open_, policy)
    groups = group(ledger, by)
    spread = _Spread(policy.unapplied == "fifo", policy.credit_mode == "fifo" and credit is not None)
    if by == "customer":
        money = add_by(groups.of_receipt, free, len(groups), exact=ledger.exact_in_float)
        notes = add_lines(ledger, credit) if credit is not None else np.zeros(len(groups), np.int64)
        unapplied = money + notes
        if spread.money or spread.notes:
            pool = np.where(spread.money, money, 0) + np.where(spread.notes, notes, 0)
            residual, used = _spread_pool(ledger, residual, pool, base, policy)
            unapplied -= used
        return _aged(rule, residual, base, groups, unapplied, ledger)
    if spread.money or spread.notes:
        pool = np.zeros(len(ledger.accounts), np.int64)
        if spread.money:
            pool += add_by(ledger.receipt_account, free, pool.size, exact=ledger.exact_in_float)
        if spread.notes and credit is not None:
            pool += add_lines(ledger, credit)
        residual, used = _spread_pool(ledger, residual, pool, base, policy)
        # what was used up leaves the column of the group it came from, receipts first
        if spread.money:
            free, used = _used_up(ledger.receipt_account, free, used)
        if spread.notes and credit is not None:
            credit, used = _used_up(ledger.lines.account, credit, used)
    unapplied = add_by(groups.of_receipt, free, len(groups), exact=ledger.exact_in_float)
    if credit is not None:
        unapplied += add_by(groups.of_line, credit, len(groups), exact=ledger.exact_in_float)
    return _aged(rule, residual, base, groups, unapplied, ledger)


@dataclass(frozen=True, slots=True)
class _Spread:
    """What is spread over the oldest items: receipts, unlinked credit notes."""

    money: bool
    notes: bool


def _aged(
    rule: bucket_rule.Buckets, residual: Array, base: Array, groups: Grouping, unapplied: Array, ledger: Ledger
) -> Aged:
    """The matrix of what is left of the items: only those that hold anything are looked at."""
    rows = np.flatnonzero(residual)
    count, width = len(groups), len(rule.keys)
    cells = groups.of_line[rows] * width + rule.index(base[rows])
    matrix = add_by(cells, residual[rows], count * width, exact=ledger.exact_in_float).reshape(count, width)
    return Aged(rule, matrix, matrix.sum(axis=1), unapplied, residual)


def _credits(open_: Array, policy: AgingPolicy) -> tuple[Array, Array | None]:
    """What enters the buckets, and what credit notes still have to give (None where they are items of their own)."""
    if policy.credit_mode == "own_date":
        return open_, None
    residual = np.maximum(open_, 0)
    return residual, residual - open_


def _spread_pool(ledger: Ledger, residual: Array, pool: Array, base: Array, policy: AgingPolicy) -> tuple[Array, Array]:
    """Takes each account's pool off its oldest items; returns what is left of the items and what was used."""
    sorted_so = policy.basis == "due" and ledger.lines.triggered is None  # an event awaited by then comes last
    return _oldest_first(ledger, residual, np.maximum(pool, 0), base, in_due_order=sorted_so)


def _oldest_first(
    ledger: Ledger, residual: Array, pool: Array, base: Array, *, in_due_order: bool
) -> tuple[Array, Array]:
    """Takes each account's pool off its oldest items; returns what is left of the items and what was used."""
    account = ledger.lines.account
    rows = np.flatnonzero(residual > 0)
    if not in_due_order:
        rows = rows[np.lexsort((rows, base[rows], account[rows]))]
    out = residual.copy()
    if not rows.size:
        return out, np.zeros(pool.size, np.int64)
    owner, amount = account[rows], residual[rows]
    running = np.cumsum(amount)
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    before = (running - amount)[first]
    left = running - np.repeat(before, np.diff(np.r_[first, rows.size])) - pool[owner]
    out[rows] = np.minimum(np.maximum(left, 0), amount)
    totals = np.zeros(pool.size, np.int64)
    totals[owner[first]] = np.diff(np.r_[before, running[-1]])
    return out, np.minimum(pool, totals)


def _used_up(codes: Array, amounts: Array, used: Array) -> tuple[Array, Array]:
    """Takes what was used off the amounts of each code, first come first served."""
    if not amounts.size or not used.any():
        return amounts, used
    rows = np.flatnonzero((amounts > 0) & (used[codes] > 0))
    if not rows.size:
        return amounts, used
    rows = rows[np.argsort(codes[rows], kind="stable")]
    owner, amount = codes[rows], amounts[rows]
    running = np.cumsum(amount)
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    before = np.repeat((running - amount)[first], np.diff(np.r_[first, rows.size]))
    taken = np.clip(used[owner] - (running - amount - before), 0, amount)
    out = amounts.copy()
    out[rows] -= taken
    rest = used.copy()
    np.subtract.at(rest, owner, taken)
    return out, rest


def aging(ledger: Ledger, as_of: int, policy: AgingPolicy | None = None, by: str = "customer") -> Table:
    """The aging report: one row per key and currency that has anything open or unapplied.

    Columns: key, name, currency, total (Σ buckets), the buckets, unapplied (negative), net, disputed, pending, and
    beside a basis other than the due date the memo ``not_due_memo``. Money in minor units.
    """
    chosen = policy or AgingPolicy()
    return ledger.memo(("aging", as_of, chosen, by), lambda: _report(ledger, as_of, chosen, by))


def _report(ledger: Ledger, as_of: int, policy: AgingPolicy, by: str) -> Table:
    aged = age(ledger, as_of, policy, by)
    groups = group(ledger, by)
    state = replay(ledger, as_of, policy.known_at)
    memos = _memos(ledger, as_of, policy, aged, groups, state)
    some = (aged.matrix != 0).any(axis=1) | (aged.unapplied != 0)
    some |= (memos["disputed"] != 0) | (memos["pending"] != 0)  # what nets to nothing still has these to say
    rows = np.flatnonzero(some)
    picked = rows.tolist()
    header = ["key", "name", "currency", "total", *aged.buckets.keys, "unapplied", "net", *memos]
    columns: list[Any] = [
        [groups.keys[row] for row in picked],
        [groups.names[row] for row in picked],
        [ledger.currencies[int(code)] for code in groups.currency[rows].tolist()],
        aged.gross[rows],
        *(aged.matrix[rows, at] for at in range(len(aged.buckets.keys))),
        -aged.unapplied[rows],
        aged.gross[rows] - aged.unapplied[rows],
        *(values[rows] for values in memos.values()),
    ]
    kinds = ["id", "text", "text", *(["money"] * (len(header) - 3))]
    return Table(
        "aging",
        tuple(header),
        tuple(columns),
        tuple(kinds),
        facts={
            "as_of": as_of,
            "by": by,
            "basis": policy.basis,
            "buckets": aged.buckets.keys,
            "credit_mode": policy.credit_mode,
            "unapplied": policy.unapplied,
            "years_step": policy.years_step,
        },
    )


def _memos(
    ledger: Ledger, as_of: int, policy: AgingPolicy, aged: Aged, groups: Grouping, state: State
) -> dict[str, Array]:
    count, exact = len(groups), ledger.exact_in_float
    memos = {"disputed": disputed(ledger, as_of, state), "pending": np.where(pending(ledger, as_of), state.open, 0)}
    if policy.basis != "due" or not aged.buckets.has_not_due:
        memos["not_due_memo"] = np.where(due_at(ledger, as_of) >= as_of, np.maximum(state.open, 0), 0)
    if policy.filters:
        lines, _ = line_filter(ledger, dict(policy.filters))
        memos = {key: np.where(lines, values, 0) for key, values in memos.items()}
    return {key: add_by(groups.of_line, values, count, exact=exact) for key, values in memos.items()}
