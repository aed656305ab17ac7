"""The worksheet functions on terms, discounts and capitals: examples as declared, and what bad input shows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

import arsheet.functions.discount
import arsheet.functions.terms
import arsheet.functions.words  # noqa: F401 - declares its function
from arsheet.functions.registry import REGISTRY, Declaration, Example, FunctionError
from arsheet.ledger.calendar import Calendar
from arsheet.table import Table, from_day, to_day

NAMES = ("AR_DUE_DATE", "AR_SCHEDULE", "AR_TERM_EXPLAIN", "AR_DISCOUNT", "AR_AMOUNT_CN")
INJECTED: dict[str, Any] = {"calendar": Calendar(), "policy": {}, "language": "zh"}


def coerce(value: Any) -> Any:
    return to_day(value) if isinstance(value, dt.date) else value


def call(name: str, *args: Any, **injected: Any) -> Any:
    declared = REGISTRY[name]
    beside = {key: (INJECTED | injected)[key] for key in declared.needs}
    return shown(declared, declared.call(*map(coerce, args), **beside))


def shown(declared: Declaration, value: Any) -> Any:
    """What the cells show: dates for days, amounts for minor units."""
    if declared.returns == "date":
        return from_day(value)
    if not isinstance(value, Table):
        return value
    return tuple(tuple(cell(kind, item) for kind, item in zip(value.kinds, row, strict=True)) for row in value.rows())


def cell(kind: str, item: Any) -> Any:
    if item is None or kind == "int":
        return item
    return from_day(item) if kind == "day" else Decimal(item).scaleb(-2)


@pytest.mark.parametrize(
    ("name", "example"), [(name, example) for name in NAMES for example in REGISTRY[name].examples]
)
def test_examples(name: str, example: Example) -> None:
    assert call(name, *example.args) == example.result


@pytest.mark.parametrize("name", NAMES)
def test_declarations_are_whole(name: str) -> None:
    declared = REGISTRY[name]
    assert len(declared.examples) >= 2
    assert declared.zh
    assert declared.en
    assert all(param.zh and param.en for param in declared.params)


def refused(name: str, *args: Any, **injected: Any) -> FunctionError:
    with pytest.raises(FunctionError) as caught:
        call(name, *args, **injected)
    return caught.value


JAN_15 = dt.date(2025, 1, 15)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("AR_DUE_DATE", ("老规矩", JAN_15)),
        ("AR_SCHEDULE", (Decimal(100), "老规矩", JAN_15)),
        ("AR_TERM_EXPLAIN", ("老规矩",)),
        ("AR_DISCOUNT", (Decimal(100), "老规矩", JAN_15, JAN_15)),
    ],
)
def test_a_term_that_is_not_understood_is_named(name: str, args: tuple[Any, ...]) -> None:
    error = refused(name, *args)
    assert (error.error, error.code) == ("#VALUE!", "term_not_understood")
    assert "老规矩" in error.zh
    assert "老规矩" in error.en


def test_due_date_follows_the_settings() -> None:
    assert call("AR_DUE_DATE", "月结30天", JAN_15, policy={"yuejie": "months"}) == dt.date(2025, 2, 28)
    late = dt.date(2025, 1, 26)
    assert call("AR_DUE_DATE", "月结30天", late, policy={"cutoff_day": "25"}) == dt.date(2025, 3, 30)
    assert call("AR_DUE_DATE", "net 30", dt.date(2025, 9, 1), policy={"roll": "following"}) == dt.date(2025, 10, 9)


def test_due_date_from_events() -> None:
    assert call("AR_DUE_DATE", "对账确认后30天", JAN_15, None, dt.date(2025, 2, 5)) == dt.date(2025, 3, 7)
    waiting = refused("AR_DUE_DATE", "30% net 0; 70% @验收", JAN_15)
    assert (waiting.error, waiting.code) == ("#N/A", "event_has_not_happened")
    assert "验收" in waiting.zh
    assert "acceptance" in waiting.en


def test_a_bad_setting_is_named() -> None:
    assert "yuejie" in refused("AR_DUE_DATE", "月结30天", JAN_15, policy={"yuejie": "never"}).en
    assert (
        "discount_base"
        in refused("AR_DISCOUNT", Decimal(1), "net 30", JAN_15, JAN_15, policy={"discount_base": "x"}).en
    )


def test_blank_terms_and_amounts_without_a_number() -> None:
    assert refused("AR_DUE_DATE", "", JAN_15).code == "terms_are_blank"
    assert refused("AR_SCHEDULE", Decimal("NaN"), "net 30", JAN_15).code == "amount_is_no_number"


def test_schedule_shows_waiting_lines_without_a_date() -> None:
    rows = call("AR_SCHEDULE", Decimal(100), "30% net 0; 70% @验收", JAN_15)
    assert rows[1] == (2, None, Decimal("70.00"), None, None)


def test_schedule_of_a_currency_without_decimals() -> None:
    declared = REGISTRY["AR_SCHEDULE"]
    table = declared.call(
        Decimal(101), "50% net 0; 50% net 30", 0, calendar=Calendar(), policy={"base_currency": "JPY"}
    )
    assert list(table.column("amount")) == [51, 50]
    assert table.facts["currency"] == "JPY"


def test_discount_grace_is_a_setting() -> None:
    args = (Decimal(1000), "2/10 net 30", JAN_15, dt.date(2025, 1, 26))
    assert call("AR_DISCOUNT", *args) == 0
    assert call("AR_DISCOUNT", *args, policy={"discount_grace_days": "1"}) == Decimal("20.00")
    assert call("AR_DISCOUNT", Decimal(1000), "net 30", JAN_15, JAN_15) == 0


def test_explain_takes_the_language_of_the_workbook_or_its_own() -> None:
    assert call("AR_TERM_EXPLAIN", "EOM", language="en") == "end of the statement month"
    assert call("AR_TERM_EXPLAIN", "EOM", "zh", language="en") == "对账月末"
    assert refused("AR_TERM_EXPLAIN", "EOM", "fr").code == "language_is_unknown"


def test_capitals() -> None:
    assert call("AR_AMOUNT_CN", Decimal("0.005")) == "壹分"
    assert call("AR_AMOUNT_CN", Decimal(100), "hkd") == "壹佰港元整"
    error = refused("AR_AMOUNT_CN", Decimal(1), "XAU")
    assert error.code == "currency_has_no_chinese_unit"
    assert "XAU" in error.zh
