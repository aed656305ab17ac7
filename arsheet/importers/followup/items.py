"""The documents of a ledger under the keys by which an online sheet names them, with what is open of each."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from arsheet.importers.followup.reading import Item
from arsheet.ledger.money import exponent, to_decimal
from arsheet.ledger.replay import replay
from arsheet.ledger.store import Ledger


def items_of(ledger: Ledger, as_of: int, keys: Collection[str]) -> dict[str, Item]:
    """Key (document_no, or document_no#sequence) -> its item; a key the ledger does not have is not there.

    The number of a whole document that has instalments stands for what is open of all of them. A key of two things
    (see ``shared_keys``) is not there either: which of them is meant is unclear.
    """
    lines, state = ledger.lines, replay(ledger, as_of)
    documents = {ledger.document_id(row): row for row in range(len(ledger.documents.ids))}
    wanted = {
        row for key in keys for row in (documents.get(key), documents.get(key.rpartition("#")[0])) if row is not None
    }
    found: dict[str, Item] = {}
    for line in np.flatnonzero(np.isin(lines.document, sorted(wanted))).tolist():
        account = int(lines.account[line])
        currency, key = ledger.currency(account), ledger.line_name(line)
        number = ledger.document_id(int(lines.document[line]))
        sequence = int(key[len(number) + 1 :]) if key != number else None
        customer = ledger.customer_ids[int(ledger.accounts.customer[account])]
        open_ = to_decimal(max(0, int(state.open[line])), exponent(currency))
        found[key] = Item(key, number, sequence, customer, currency, open_)
        if sequence is not None:
            whole = found.get(number)
            total = open_ + (whole.open if whole is not None else 0)
            found[number] = Item(number, number, None, customer, currency, total)
    unclear = shared_keys(ledger)
    return {key: found[key] for key in keys if key in found and key not in unclear}


def shared_keys(ledger: Ledger) -> frozenset[str]:
    """Keys that name an instalment and are the number of another document too: A#1, where A has an instalment 1."""
    return ledger.memo("shared_keys", lambda: _shared_keys(ledger))


def _shared_keys(ledger: Ledger) -> frozenset[str]:
    several = ledger.lines.several
    if several is None or ledger.lines.sequence is None:
        return frozenset()
    numbers = {number for row in range(len(ledger.documents.ids)) if "#" in (number := ledger.document_id(row))}
    lines = np.flatnonzero(several).tolist() if numbers else []
    return frozenset(map(ledger.line_name, lines)) & numbers
