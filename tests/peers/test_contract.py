"""The runner refuses what it does not know: nothing of a case is passed over."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from tests.peers.comparing import Complete, differences
from tests.peers.running import OWN, failures, load

CASE: dict[str, Any] = next(case for case in load(OWN) if case["case_id"] == "own_aging_items.due_order")


def changed(path: str, value: Any) -> dict[str, Any]:
    case = deepcopy(CASE)
    *where, last = path.split(".")
    at: Any = case
    for step in where:
        at = at[int(step) if isinstance(at, list) else step]
    at[last] = value
    return case


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("surprise", 1),
        ("topic", "astrology"),
        ("inputs.surprise", []),
        ("inputs.invoices.0.surprise", "1"),
        ("inputs.invoices.0.kind", "surprise"),
        ("inputs.invoices.0.amount", 100),
        ("inputs.payments.0.surprise", "1"),
        ("inputs.payments.0.applied.0.surprise", "1"),
        ("inputs.credit_notes.0.surprise", "1"),
        ("inputs.as_of", "31.3.2025"),
        ("settings.surprise", "1"),
        ("settings.aging_basis", "surprise"),
        ("settings.buckets", "60,30"),
        ("settings.roll", "surprise"),
        ("settings.cutoff_day", 32),
        ("expected.surprise", "1"),
        ("expected.open.surprise", "1"),
        ("expected.open.I", "50.01"),
        ("expected.open.I", 50),
        ("tolerance", "0.1"),
    ],
)
def test_what_is_not_known_fails(path: str, value: Any) -> None:
    assert failures(changed(path, value))


def test_a_line_too_few_or_too_many_fails() -> None:
    lines = CASE["expected"]["lines"]
    assert failures(changed("expected.lines", lines[:1]))
    assert failures(changed("expected.lines", [*lines, lines[0]]))
    assert failures(changed("expected.lines", lines[::-1]))


def test_a_case_without_expectations_fails() -> None:
    assert failures(changed("expected", {}))


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("100", Decimal("100.00"), True),
        ("100.004", Decimal("100.00"), False),
        (100, Decimal("100.00"), False),
        (True, 1, False),
        (1, 1, True),
        (None, None, True),
        ("1.00", None, False),
        ({"a": "1"}, {"a": Decimal(1), "b": Decimal(2)}, True),
        ({"a": "1"}, Complete(a=Decimal(1), b=Decimal(2)), False),
        (["1"], [Decimal(1)], True),
        ("1", [Decimal(1)], False),
    ],
)
def test_comparing(expected: Any, found: Any, same: bool) -> None:
    assert (list(differences(expected, found, "x")) == []) is same


def test_tolerance() -> None:
    assert not list(differences("37.2", Decimal("37.24"), "x", Decimal("0.05")))
    assert list(differences("37.2", Decimal("37.26"), "x", Decimal("0.05")))
