"""Answers that a version has given: 5,000 cells on 5,000 customers cost one pass over the ledger and 5,000 look-ups."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from arsheet.functions.catalogue import find
from arsheet.functions.each import EVERYONE
from arsheet.functions.registry import Declaration, FunctionError, Version
from arsheet.functions.results import Result, scalars

MOST_CUSTOMERS = 100_000
"""Of larger ledgers only what was asked for is kept."""
MOST_ANSWERS = 1_000
"""So many different further arguments; a version that is asked for more starts anew."""
_SIMPLE = (str, dt.date, type(None))


def remember(version: Version, name: str, language: str, args: tuple[Any, ...], result: Result) -> None:
    """Keeps the answers to one call of a per-customer function, for all customers at once where that is cheap."""
    if not args or type(args[0]) is not str or result.form not in ("scalar", "error") or not all(map(_key, args[1:])):
        return
    known = version.answers.get((name, language, args[1:]))
    if known is None:
        try:
            declaration = find(name)
        except FunctionError:
            return
        if not _per_customer(declaration):
            return
        if len(version.answers) >= MOST_ANSWERS:
            version.answers.clear()
        known = _everyone(version, declaration, language, args)
        version.answers[(name, language, args[1:])] = known
    if len(known) < 2 * MOST_CUSTOMERS:
        known.setdefault(args[0], result)


def _key(value: Any) -> bool:
    """What may stand in a key: True and 1 are equal to Python and are not to a function."""
    return isinstance(value, _SIMPLE) or (type(value) in (int, float, Decimal) and value not in (0, 1))


def _per_customer(declaration: Declaration) -> bool:
    params = declaration.params
    return bool(params) and params[0].kind == "customer" and declaration.returns == "scalar"


def _everyone(version: Version, declaration: Declaration, language: str, args: tuple[Any, ...]) -> dict[str, Any]:
    """Customer id -> result; empty where the ledger is too large or the other arguments are wrong."""
    from arsheet.functions.invoke import answer

    ids = version.ledger.customer_ids
    if len(ids) > MOST_CUSTOMERS:
        return {}
    try:
        values = answer(declaration, [EVERYONE, *args[1:]], version, language)
    except FunctionError:
        return {}
    if not isinstance(values, list) or len(values) != len(ids):
        return {}
    return dict(zip(ids, scalars(declaration.name, values), strict=True))
