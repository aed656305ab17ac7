"""Worksheet functions on credit: the limit, what is exposed, how much of the limit is used and how much is left."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from arsheet.functions.asking import AS_OF, CUSTOMER, Asked, Customer, asked, ledger_of
from arsheet.functions.each import each
from arsheet.functions.registry import Example, FunctionError, Version, not_available, worksheet_function
from arsheet.functions.values import ErrorCell
from arsheet.ledger.credit import NO_LIMIT, UNKNOWN, CreditPolicy, exposures, limits_at
from arsheet.ledger.fx import rate_at
from arsheet.ledger.money import exponent, to_decimal
from arsheet.ledger.store import Ledger
from arsheet.table import Table, iso

_NO_LIMIT = not_available("no_credit_limit", "无额度控制", "No credit limit")
_CASH_ONLY = not_available(
    "limit_is_zero", "额度为0：只能现款，没有占用率", "The limit is 0: cash only, so there is no utilisation"
)
_HEADER = ("customer_id", "open", "unpaid", "unapplied", "exposure")


def rate_missing(ledger: Ledger, as_of: int) -> FunctionError:
    """#N/A that names the currencies without a rate."""
    base = ledger.base_currency
    names = [name for name in ledger.currencies if rate_at(ledger.rates, name, base, as_of) is None]
    said = ", ".join(names)
    return not_available(
        "fx_rate_missing",
        f"缺少{iso(as_of)}或以前的汇率：{said}，无法折成{base}",
        f"No rate on or before {iso(as_of)} for {said}: it cannot be converted into {base}",
    )


def _limits(ledger: Ledger, as_of: int, policy: CreditPolicy) -> list[Any]:
    """Per customer the limit, or why there is none."""
    places = exponent(ledger.base_currency)
    return ledger.memo(
        ("limit_of", as_of, policy),
        lambda: [
            _NO_LIMIT if limit == NO_LIMIT else to_decimal(limit, places)
            for limit in limits_at(ledger, as_of, policy).tolist()
        ],
    )


def _with_limit(ledger: Ledger, as_of: int, policy: CreditPolicy) -> tuple[int, int]:
    """Σ exposure and Σ limit of the customers that have a limit; FunctionError where there is none, or no rate."""
    limit, exposed = limits_at(ledger, as_of, policy), exposures(ledger, as_of, policy).total
    has = limit != NO_LIMIT
    if not has.any():
        raise _NO_LIMIT.with_traceback(None)
    if (exposed[has] == UNKNOWN).any():
        raise rate_missing(ledger, as_of)
    return int(exposed[has].sum()), int(limit[has].sum())


@worksheet_function(
    "AR_CREDIT_LIMIT",
    zh="信用额度：截止日有效的基本额度加临时额度；没有额度为#N/A（无额度控制）",
    en="The credit limit in force: base plus temporary; #N/A where there is no limit",
    params=(CUSTOMER, AS_OF),
    returns="scalar",
    examples=(Example(("C001",), Decimal("300000.00")), Example(("C003", "2025-01-01"), Decimal("50000.00"))),
    needs=("version", "policy"),
)
def credit_limit(customer: Customer, as_of: int, *, version: Version, policy: Mapping[str, str]) -> Any:
    """In the base currency; "*" adds the limits of all customers."""
    ledger, chosen = ledger_of(version), CreditPolicy.from_settings(policy)

    def of_all() -> Decimal:
        limits = limits_at(ledger, as_of, chosen)
        if not (limits != NO_LIMIT).any():
            raise _NO_LIMIT.with_traceback(None)
        return to_decimal(int(limits[limits != NO_LIMIT].sum()), exponent(ledger.base_currency))

    return each(ledger, customer, of_all, lambda: _limits(ledger, as_of, chosen))


@worksheet_function(
    "AR_EXPOSURE",
    zh="信用敞口（本位币）：未到期应收、逾期应收、未核销收款、敞口合计，一个客户一行",
    en="The exposure in the base currency: not overdue, overdue, unapplied, and their total; a row per customer",
    params=(CUSTOMER, AS_OF),
    returns="row",
    examples=(Example(("C001",), ((110000, 140000, -25000, 225000),)),),
    needs=("version", "policy"),
)
def exposure(customer: Customer, as_of: int, *, version: Version, policy: Mapping[str, str]) -> Table:
    """Four cells: the components with their sign, and the total. "*" adds all customers."""
    ledger, chosen = ledger_of(version), CreditPolicy.from_settings(policy)
    found = exposures(ledger, as_of, chosen)
    parts = (found.open, found.unpaid, -found.unapplied, found.total)
    signless = (found.open, found.unpaid, found.unapplied, found.total)
    who = asked(ledger, customer)
    rows: list[list[Any]]
    if who is None:
        if any((values == UNKNOWN).any() for values in signless):
            raise rate_missing(ledger, as_of)
        rows = [[int(values.sum()) for values in parts]]
    else:
        rows = [_components(ledger, as_of, one, parts, signless, alone=isinstance(customer, str)) for one in who]
    columns = tuple(map(list, zip(*rows, strict=True)))
    return Table(
        "exposure", _HEADER[1:], columns, ("money",) * 4, facts={"currency": ledger.base_currency, "view": "credit"}
    )


def _components(ledger: Ledger, as_of: int, one: Asked, parts: Any, signless: Any, *, alone: bool) -> list[Any]:
    """The cells of one customer; of a single one asked for, an error is raised."""
    if one.error is not None:
        return [ErrorCell.of(one.error)] * len(parts)
    row = one.customer
    if row is None:
        return [None] * len(parts)
    missing = [values[row] == UNKNOWN for values in signless]
    if any(missing) and alone:
        raise rate_missing(ledger, as_of)
    cell = ErrorCell.of(rate_missing(ledger, as_of)) if any(missing) else None
    return [cell if gone else int(values[row]) for values, gone in zip(parts, missing, strict=True)]


@worksheet_function(
    "AR_CREDIT_UTILISATION",
    zh="额度占用率：信用敞口÷额度；没有额度为#N/A（无额度控制）",
    en="Utilisation: exposure divided by the credit limit; #N/A where there is no limit",
    params=(CUSTOMER, AS_OF),
    returns="scalar",
    examples=(Example(("C001",), 0.75), Example(("C003",), -0.1)),
    needs=("version", "policy"),
    aliases=("AR_CREDIT_UTILIZATION",),
)
def credit_utilisation(customer: Customer, as_of: int, *, version: Version, policy: Mapping[str, str]) -> Any:
    """A share (1 = all of the limit); negative where the customer is in credit. "*": all customers with a limit."""
    ledger, chosen = ledger_of(version), CreditPolicy.from_settings(policy)

    def of_all() -> float:
        exposed, limit = _with_limit(ledger, as_of, chosen)
        if not limit:
            raise _CASH_ONLY.with_traceback(None)
        return exposed / limit

    return each(
        ledger,
        customer,
        of_all,
        lambda: ledger.memo(("utilisation_of", as_of, chosen), lambda: _shares(ledger, as_of, chosen)),
    )


def _shares(ledger: Ledger, as_of: int, policy: CreditPolicy) -> list[Any]:
    limit, exposed = limits_at(ledger, as_of, policy), exposures(ledger, as_of, policy).total
    out: list[Any] = [_NO_LIMIT] * limit.size
    plain = np.flatnonzero((limit > 0) & (exposed != UNKNOWN))
    shares = (exposed[plain] / limit[plain]).tolist()
    for row, share in zip(plain.tolist(), shares, strict=True):
        out[row] = share
    unknown = (limit != NO_LIMIT) & (exposed == UNKNOWN)
    if unknown.any():
        missing = rate_missing(ledger, as_of)
        for row in np.flatnonzero(unknown).tolist():
            out[row] = missing
    for row in np.flatnonzero(limit == 0).tolist():
        out[row] = _CASH_ONLY
    return out


@worksheet_function(
    "AR_CREDIT_AVAILABLE",
    zh="可用额度：额度-信用敞口，负数表示超额；没有额度为#N/A（无额度控制）",
    en="The credit available: limit less exposure, negative when over; #N/A where there is no limit",
    params=(CUSTOMER, AS_OF),
    returns="scalar",
    examples=(Example(("C001",), Decimal("75000.00")), Example(("C003",), Decimal("55000.00"))),
    needs=("version", "policy"),
)
def credit_available(customer: Customer, as_of: int, *, version: Version, policy: Mapping[str, str]) -> Any:
    """In the base currency. "*": of all customers with a limit."""
    ledger, chosen = ledger_of(version), CreditPolicy.from_settings(policy)

    def of_all() -> Decimal:
        exposed, limit = _with_limit(ledger, as_of, chosen)
        return to_decimal(limit - exposed, exponent(ledger.base_currency))

    return each(
        ledger,
        customer,
        of_all,
        lambda: ledger.memo(("available_of", as_of, chosen), lambda: _available(ledger, as_of, chosen)),
    )


def _available(ledger: Ledger, as_of: int, policy: CreditPolicy) -> list[Any]:
    limit, exposed = limits_at(ledger, as_of, policy), exposures(ledger, as_of, policy).total
    places, missing = exponent(ledger.base_currency), None
    out: list[Any] = []
    for granted, owed in zip(limit.tolist(), exposed.tolist(), strict=True):
        if granted == NO_LIMIT:
            out.append(_NO_LIMIT)
        elif owed == UNKNOWN:
            missing = missing or rate_missing(ledger, as_of)
            out.append(missing)
        else:
            out.append(to_decimal(granted - owed, places))
    return out
