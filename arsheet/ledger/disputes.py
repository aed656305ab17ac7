"""Disputed amounts (争议) at a date: dated rows, a blank amount meaning the whole open amount."""

from __future__ import annotations

import numpy as np

from arsheet.ledger.intern import Array
from arsheet.ledger.replay import State
from arsheet.ledger.store import Ledger


def disputed(ledger: Ledger, as_of: int, state: State) -> Array:
    """Per line, how much of its open amount is in dispute at the as-of date."""
    out = np.zeros(len(ledger.lines), np.int64)
    rows = ledger.disputes
    if rows is None:
        return out
    of_document: dict[int, list[int]] = {}
    wanted = set(rows.documents.tolist())
    for line in np.flatnonzero(np.isin(ledger.lines.document, list(wanted))).tolist():
        of_document.setdefault(int(ledger.lines.document[line]), []).append(line)
    live = np.flatnonzero((rows.opened <= as_of) & (rows.closed > as_of))
    for row in live.tolist():
        sequence = int(rows.sequences[row])
        left = int(rows.amounts[row])
        for line in of_document.get(int(rows.documents[row]), []):
            if sequence and (ledger.lines.sequence is None or int(ledger.lines.sequence[line]) != sequence):
                continue
            room = max(0, int(state.open[line]) - int(out[line]))
            part = room if left < 0 else min(room, left)
            out[line] += part
            if left >= 0:
                left -= part
    return out
