"""The ledger replayed to a date: what each due line still has open, what of each receipt is not applied.

``open(as_of) = amount - Σ applications dated on or before as_of and not reversed by then``. With ``known_at`` only what
was booked by that day counts ("as known then").
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arsheet.ledger.intern import Array
from arsheet.ledger.store import Ledger, SeveralLines, add_by
from arsheet.table import FAR_DAY


@dataclass(frozen=True, slots=True)
class State:
    """``open``: per line, negative on credit notes, 0 on later documents. ``free``: per receipt, gross less uses."""

    open: Array
    free: Array
    visible: Array
    """Lines whose document is dated on or before the as-of date."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was applied to each line by the as-of date: by receipts (with discount and difference) and by notes."""

    receipts: Array
    notes: Array


def replay(ledger: Ledger, as_of: int, known_at: int | None = None) -> State:
    """The state at the end of a day."""
    return ledger.memo(("replay", as_of, known_at), lambda: _replay(ledger, as_of, known_at))


def active(ledger: Ledger, as_of: int, known_at: int | None = None) -> Array:
    """Which uses are in effect."""
    uses = ledger.uses
    on = uses.date <= as_of
    if uses.reversed_on is not None:
        on &= uses.reversed_on > as_of
    if known_at is not None and uses.booked is not None:
        on &= uses.booked <= known_at
    return on


def _replay(ledger: Ledger, as_of: int, known_at: int | None) -> State:
    lines, uses, receipts = ledger.lines, ledger.uses, ledger.receipts
    count, receipt_count = len(lines), int(receipts.amounts.size)
    exact = ledger.exact_in_float
    on = active(ledger, as_of, known_at)
    reduces = np.where(on, uses.reduces, 0)
    visible = lines.date <= as_of
    taken = add_by(uses.line, reduces, count + 1, exact=exact)[:count]
    open_ = np.subtract(lines.amount, taken, out=taken)
    if ledger.several is not None and uses.spread is not None:
        _spread(ledger, _at(ledger, ledger.several, as_of), open_, on)
    open_ *= visible
    spent = reduces if uses.uses is uses.reduces else np.where(on, uses.uses, 0)
    free = np.where(receipts.dates <= as_of, receipts.amounts, 0)
    if known_at is not None and receipts.booked is not None:
        free = np.where(receipts.booked <= known_at, free, 0)
    free -= add_by(uses.receipt, spent, receipt_count + 1, exact=exact)[:receipt_count]
    return State(open_, free, visible)


def _at(ledger: Ledger, several: SeveralLines, as_of: int) -> SeveralLines:
    """The same lines in the order of the due days known at the as-of date: what awaits its event comes last."""
    if ledger.lines.triggered is None:
        return several
    sequence = ledger.lines.sequence
    assert sequence is not None
    rows = several.lines
    order = np.lexsort((sequence[rows], due_at(ledger, as_of)[rows], ledger.lines.document[rows]))
    return replace(several, lines=rows[order])


def _spread(ledger: Ledger, several: SeveralLines, open_: Array, on: Array) -> None:
    """Takes off the instalments, in place, what was applied to their document without naming one."""
    uses = ledger.uses
    assert uses.spread is not None
    if ledger.instalment_application == "prorata":
        for event in _events(ledger, on):
            rows = _lines_of(several, event.document)
            open_[rows] -= np.array(_shares(ledger, open_[rows].tolist(), event.amount), np.int64)
        return
    documents = ledger.documents.amounts
    mine = on & (uses.spread >= 0)
    total = np.bincount(uses.spread[mine], uses.reduces[mine], documents.size).astype(np.int64)
    rows = several.lines
    sizes = np.diff(np.r_[several.starts, rows.size])
    sign = np.repeat(np.where(documents[several.documents] < 0, -1, 1), sizes)
    cap = np.maximum(open_[rows] * sign, 0)
    whole = np.add.reduceat(open_[rows], several.starts)
    running = np.cumsum(cap)
    before = np.repeat(running[several.starts] - cap[several.starts], sizes)
    mine_total = np.repeat(total[several.documents], sizes) * sign
    taken = np.clip(mine_total - (running - cap - before), 0, cap) * sign
    mine_whole = total[several.documents]
    settled = np.repeat((mine_whole == whole) & (mine_whole != 0), sizes)  # also clears a negative last line
    open_[rows] -= np.where(settled, open_[rows], taken)


def _lines_of(several: SeveralLines, document: int) -> Array:
    """The lines of one document, in order."""
    at = int(np.searchsorted(several.documents, document))
    start = int(several.starts[at])
    end = int(several.starts[at + 1]) if at + 1 < several.starts.size else int(several.lines.size)
    return several.lines[start:end]


def _shares(ledger: Ledger, open_: list[int], amount: int) -> list[int]:
    """One application over the lines of its document: all of it settles them, also one below zero."""
    if amount and amount == sum(open_):
        return open_
    if amount < 0:
        return [-share for share in _shares(ledger, [-value for value in open_], -amount)]
    if ledger.instalment_application == "prorata":
        return proportional(open_, amount)
    shares: list[int] = []
    for value in open_:
        shares.append(max(0, min(value, amount)))
        amount -= shares[-1]
    return shares


@dataclass(frozen=True, slots=True)
class _Event:
    document: int
    amount: int
    note: bool


def _events(ledger: Ledger, on: Array) -> list[_Event]:
    """Applications that name no instalment, by date, receipts before notes."""
    uses = ledger.uses
    assert uses.spread is not None
    rows = np.flatnonzero(on & (uses.spread >= 0))
    notes = uses.note[rows] if uses.note is not None else np.zeros(rows.size, bool)
    order = np.lexsort((rows, notes, uses.date[rows]))
    return [
        _Event(int(uses.spread[row]), int(uses.reduces[row]), bool(note))
        for row, note in zip(rows[order].tolist(), notes[order].tolist(), strict=True)
    ]


def proportional(weights: list[int], amount: int) -> list[int]:
    """An amount split in proportion to weights, rounded half up; negative weights take nothing.

    The cents left over go to the last line, and on to the ones before it where a share would leave 0 … weight.
    """
    weights = [max(0, weight) for weight in weights]
    total = sum(weights)
    if total <= 0:
        return [0] * len(weights)
    shares = [(2 * amount * weight + total) // (2 * total) for weight in weights]
    rest = amount - sum(shares)
    for at in reversed(range(len(weights))):
        moved = min(max(shares[at] + rest, 0), weights[at]) - shares[at]
        shares[at] += moved
        rest -= moved
    return shares


def applied(ledger: Ledger, as_of: int, known_at: int | None = None) -> Applied:
    """Per line, what receipts and what credit notes took off by the as-of date."""
    return ledger.memo(("applied", as_of, known_at), lambda: _applied(ledger, as_of, known_at))


def _applied(ledger: Ledger, as_of: int, known_at: int | None) -> Applied:
    uses, count = ledger.uses, len(ledger.lines)
    on = active(ledger, as_of, known_at)
    note = uses.note if uses.note is not None else np.zeros(on.size, bool)
    exact = ledger.exact_in_float
    by_receipts = add_by(uses.line, np.where(on & ~note, uses.reduces, 0), count + 1, exact=exact)[:count]
    by_notes = add_by(uses.line, np.where(on & note, uses.reduces, 0), count + 1, exact=exact)[:count]
    if ledger.several is not None and uses.spread is not None:
        _spread_by_event(ledger, _at(ledger, ledger.several, as_of), by_receipts, by_notes, on)
    return Applied(by_receipts, by_notes)


def _spread_by_event(ledger: Ledger, several: SeveralLines, by_receipts: Array, by_notes: Array, on: Array) -> None:
    open_ = ledger.lines.amount - by_receipts - by_notes
    for event in _events(ledger, on):
        rows = _lines_of(several, event.document)
        part = np.array(_shares(ledger, open_[rows].tolist(), event.amount), np.int64)
        open_[rows] -= part
        (by_notes if event.note else by_receipts)[rows] += part


def pending(ledger: Ledger, as_of: int) -> Array:
    """Lines whose event has not happened by the as-of date (待触发)."""
    triggered = ledger.lines.triggered
    if triggered is None:
        return np.zeros(len(ledger.lines), bool)
    return triggered > as_of


def due_at(ledger: Ledger, as_of: int) -> Array:
    """Due days as known at the as-of date: FAR_DAY while the event of an instalment is still awaited."""
    triggered = ledger.lines.triggered
    if triggered is None:
        return ledger.lines.due
    return np.where(triggered > as_of, FAR_DAY, ledger.lines.due)
