"""Rows read together by column give what they give one by one: ledger, problems, control totals and their order."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.ledger.assembly import Assembly, assemble, documents, money
from arsheet.ledger.assembly.rows import minor, minors
from arsheet.table import Problem, Table

AMOUNTS = st.one_of(
    st.sampled_from([None, *(Decimal(text) for text in ("0", "0.005", "100.10", "-250", "1E+3", "7.999", "-0.01"))]),
    st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2)),
)
DAYS = st.sampled_from((None, *range(20_000, 20_012)))
CURRENCIES = st.sampled_from((*[None] * 6, "CNY", "人民币", "USD", "JPY", "??", "KWD"))
TABLES = {
    "invoices": {
        "document_no": st.sampled_from((None, *[f"D{at % 4}" for at in range(8)])),
        "customer_id": st.sampled_from((None, "C1", "C2", "C3")),
        "document_date": DAYS,
        "due_date": DAYS,
        "amount": AMOUNTS,
        "kind": st.sampled_from((None, None, "invoice", "credit_note", "debit_note", "opening", "write_off", "?")),
        "currency": CURRENCIES,
    },
    "receipts": {
        "receipt_no": st.sampled_from((None, *[f"R{at % 4}" for at in range(8)])),
        "customer_id": st.sampled_from((None, "C1", "C2")),
        "date": DAYS,
        "amount": AMOUNTS,
        "kind": st.sampled_from((None, None, "receipt", "prepayment", "refund")),
        "currency": CURRENCIES,
        "state": st.sampled_from((None, None, None, "cancelled", "returned")),
    },
    "applications": {
        "application_id": st.sampled_from((None, *[f"A{at}" for at in range(9)])),
        "source_no": st.sampled_from((None, "D0", *["R0", "R1", "R2"] * 3, "R9")),
        "document_no": st.sampled_from((None, *["D0", "D1", "D2"] * 3, "D9")),
        "sequence": st.sampled_from((None, None, 1)),
        "amount": AMOUNTS,
        "discount": AMOUNTS,
        "difference": AMOUNTS,
        "date": DAYS,
        "reversed_on": DAYS,
        "booked_at": DAYS,
    },
}


@st.composite
def books(draw: st.DrawFn) -> tuple[dict[str, Table], list[Problem]]:
    """Tables with gaps, repetitions and cells that decoding could not read."""
    made, problems = {}, []
    for name, columns in TABLES.items():
        rows = draw(st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=9))
        held = tuple([row[key] for row in rows] for key in columns)
        made[name] = Table(name, tuple(columns), held)
        for row in draw(st.lists(st.integers(0, 8), max_size=2)) if rows else ():
            if row < len(rows):
                column = draw(st.sampled_from(tuple(columns)))
                problems.append(Problem("cell_not_understood", name, row, column))
                made[name].column(column)[row] = None  # type: ignore[index]
    return made, problems


def one_by_one(tables: dict[str, Table], problems: list[Problem]) -> Assembly:
    """The assembly without its way by columns."""

    def none_sure(*arguments: Any) -> Any:
        found = sure_rows(*arguments)
        return replace(found, sure=np.zeros_like(found.sure))

    sure_rows = documents.sure_rows  # type: ignore[attr-defined]
    with (
        mock.patch.object(documents, "sure_rows", none_sure),
        mock.patch.object(money, "sure_rows", none_sure),
        mock.patch.object(money, "present", lambda column: np.zeros(len(column), bool)),
    ):
        return assemble(tables, {}, problems=problems)


@given(books())
@settings(max_examples=300, deadline=None)
def test_by_column_as_by_row(book: tuple[dict[str, Table], list[Problem]]) -> None:
    """Also the order of problems, which decides what a person reads first."""
    tables, problems = book
    together, single = assemble(tables, {}, problems=problems), one_by_one(tables, problems)
    assert together.problems == single.problems
    assert together.controls == single.controls
    assert together.document_rows == single.document_rows
    for field in fields(together.ledger):
        mine, other = getattr(together.ledger, field.name), getattr(single.ledger, field.name)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == other.dtype, field.name
            assert (mine == other).all(), field.name
        elif field.compare and isinstance(mine, (int, str, tuple, dict)):
            assert str(mine) == str(other), field.name


@given(st.lists(st.tuples(AMOUNTS, st.sampled_from(("CNY", "JPY", "KWD"))), min_size=1, max_size=30))
def test_minor_units_of_a_column(cells: list[tuple[Decimal | None, str]]) -> None:
    """Exact ones as each alone; those that need rounding are left to the rows."""
    whole, exact = minors([amount for amount, _ in cells], [currency for _, currency in cells])
    for (amount, currency), cents, good in zip(cells, whole.tolist(), exact.tolist(), strict=True):
        value, rounded = minor(amount or Decimal(0), currency)
        assert good is not rounded
        assert cents == (value if good else 0)
