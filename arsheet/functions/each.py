"""Answers customer by customer: one figure per customer is worked out for all of them at once, then looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from arsheet.functions.asking import Customer, asked, find
from arsheet.functions.registry import FunctionError, bad_value
from arsheet.functions.values import ErrorCell
from arsheet.ledger.intern import Array
from arsheet.ledger.money import exponent, to_decimal
from arsheet.ledger.store import Ledger


class Everyone(list[Any]):
    """Instead of a range of codes: every customer of the ledger, in the order of its rows."""


EVERYONE = Everyone()


def each(ledger: Ledger, customer: Customer, of_all: Callable[[], Any], answers: Callable[[], Sequence[Any]]) -> Any:
    """A scalar, or one value per cell of a range.

    ``answers``: a value or the FunctionError that stands in its place, per row of the ledger's customers; memoised by
    its caller. ``of_all``: the answer to "*".
    """
    if isinstance(customer, str):
        if customer == "*":
            return of_all()
        found = answers()[find(ledger, customer)]
        if isinstance(found, FunctionError):
            raise found.with_traceback(None)  # it is remembered, and would gather a traceback at every raise
        return found
    values = answers()
    if isinstance(customer, Everyone):
        return [_cell(value) for value in values]
    out = []
    for one in asked(ledger, customer) or ():
        value = values[one.customer] if one.customer is not None else one.error
        out.append(_cell(value))
    return out


def _cell(value: Any) -> Any:
    return ErrorCell.of(value) if isinstance(value, FunctionError) else value


def several_currencies(names: Iterable[str]) -> FunctionError:
    """#VALUE! where amounts of different currencies would have to be added."""
    said = ", ".join(sorted(names))
    return bad_value(
        "several_currencies",
        f"有几种货币：{said}。不同货币不能相加，请在最后一个参数写明币种",
        f"There are several currencies: {said}. They are not added up; name one in the last argument",
    )


def money_of_customers(ledger: Ledger, amounts: Array, live: Array, currency: str | None) -> list[Any]:
    """Per customer, the amounts of its accounts as a Decimal with the currency's decimals.

    ``live``: which accounts have anything at all; those in two currencies give FunctionError unless one is named. A
    customer without a live account has 0.
    """
    accounts = ledger.accounts
    places = [exponent(name) for name in ledger.currencies]
    nothing = to_decimal(0, exponent(currency or ledger.base_currency))
    out: list[Any] = [nothing] * len(ledger.customer_ids)
    seen: dict[int, int] = {}
    rows = zip(accounts.customer.tolist(), accounts.currency.tolist(), amounts.tolist(), live.tolist(), strict=True)
    for customer, code, amount, counts in rows:
        if not counts or (currency is not None and ledger.currencies[code] != currency):
            continue
        if customer in seen:
            out[customer] = several_currencies((ledger.currencies[seen[customer]], ledger.currencies[code]))
            continue
        seen[customer] = code
        out[customer] = to_decimal(amount, places[code])
    return out


def money_of_all(ledger: Ledger, amounts: Array, live: Array, currency: str | None) -> Any:
    """The same for all customers together; FunctionError raised where two currencies would be added."""
    sums: dict[str, int] = {}
    for code, amount, counts in zip(ledger.accounts.currency.tolist(), amounts.tolist(), live.tolist(), strict=True):
        if counts:
            name = ledger.currencies[code]
            sums[name] = sums.get(name, 0) + amount
    if currency is None and len(sums) > 1:
        raise several_currencies(sums)
    chosen = currency or next(iter(sums), ledger.base_currency)
    return to_decimal(sums.get(chosen, 0), exponent(chosen))
