"""The running balance beside the rows: where it breaks, a row is missing, changed, or negative without its sign."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from arsheet.importers.ledger_form import BALANCE_WORDS
from arsheet.importers.working import Draft
from arsheet.schema.headers import normalise
from arsheet.schema.units import header_unit

LEAST_STEPS, LEAST_SHARE = 2, 0.5
"""So many steps from row to row must hold, and so large a share of all: else the column is no running balance."""

Step = tuple[int, int]
"""A row and the row before it in the same account."""


def cross_check(draft: Draft, headers: Mapping[str, str]) -> None:
    """Holds each balance against the one before and the amount of the row.

    A column 余额 that a list of documents has beside its amounts is a running balance if its figures run, else what is
    left open of each document. A row that only fits as a negative is refused: its sign was lost somewhere.
    """
    key = next((each for each in ("balance", "open_amount") if each in draft.mapped), "")
    if not key or "amount" not in draft.mapped:
        return
    balances = _signed(draft, key)
    if key == "open_amount":
        named = any(normalise(header_unit(header)[0]) in BALANCE_WORDS for header, of in headers.items() if of == key)
        same = sum(balance == amount for balance, amount in zip(balances, draft.columns["amount"], strict=True))
        if not named or 2 * same >= len(draft):
            return
    steps = _steps(draft, balances)
    if key == "open_amount":
        if not steps:
            return
        draft.columns["open_amount"] = [None] * len(draft)
        draft.mapped.discard("open_amount")
    _say_breaks(draft, balances, steps, key)


def _signed(draft: Draft, key: str) -> list[Any]:
    """The balances, negative where the direction beside them says credit; that of an amount says nothing of them."""
    cells: list[Any] = list(draft.columns[key])
    if draft.directions_of_balance:
        cells = [-abs(cell) if cell is not None and row in draft.credits else cell for row, cell in enumerate(cells)]
    return cells


def _steps(draft: Draft, balances: Sequence[Any]) -> list[Step]:
    """The steps of the account that the balances run over; empty if they do not run.

    The account is the whole list or one customer, in one currency; the list goes forward in time or back.
    """
    currencies = draft.column("currency")
    customers = list(zip(draft.column("customer_id"), draft.column("customer_name"), currencies, strict=True))
    down = range(len(draft))
    best: tuple[int, list[Step]] = (0, [])
    for keys in (customers, currencies):
        for order in (down, down[::-1]):
            steps = _pairs(draft, balances, keys, order)
            held = sum(balances[row] == balances[before] + draft.columns["amount"][row] for row, before in steps)
            if held >= max(LEAST_STEPS, LEAST_SHARE * len(steps)) and held > best[0]:
                best = (held, steps)
    return best[1]


def _pairs(draft: Draft, balances: Sequence[Any], keys: Sequence[Hashable], order: Iterable[int]) -> list[Step]:
    """Each row with the one before it in its account, where all the figures can be read."""
    last: dict[Hashable, int] = {}
    pairs = []
    for row in order:
        key = keys[row]
        if balances[row] is None or draft.columns["amount"][row] is None:
            last.pop(key, None)
            continue
        if key in last and row not in draft.opening:
            pairs.append((row, last[key]))
        last[key] = row
    return pairs


def _say_breaks(draft: Draft, balances: Sequence[Any], steps: Sequence[Step], key: str) -> None:
    amounts = draft.columns["amount"]
    broken = []
    for row, before in steps:
        first, amount, read = balances[before], amounts[row], balances[row]
        if first + amount == read:
            continue
        if amount > 0 and first - amount == read:
            facts = {"before": first, "amount": amount, "balance": read}
            draft.refuse(row, "negative_amount_without_sign", "amount", **facts)
        else:
            broken.append((row, first, amount, read))
    if broken:
        row, first, amount, read = broken[0]
        total = sum((each[3] - each[1] - each[2] for each in broken), Decimal(0))
        draft.say(
            "running_balance_differs", row, key,
            count=len(broken), before=first, amount=amount, expected=first + amount, balance=read,
            missing=read - first - amount, total=total,
        )  # fmt: skip
