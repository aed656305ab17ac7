"""Decoding: quick readings of ordinary cells give what the full reading gives, and every bad cell is told once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arsheet.schema.cells import read
from arsheet.schema.decode import _PLAIN, decode
from arsheet.schema.model import Column, TableSpec
from arsheet.table import CellError, Place, Table

CELLS = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"[A-Z]{0,3}[0-9]{1,18}", fullmatch=True),
    st.from_regex(r"[0-9]\.[0-9]{1,5}[eE]\+?[0-9]{2}", fullmatch=True),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**14), 10**14),
    st.booleans(),
    st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1)),
    st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)),
    st.just(CellError("#N/A")),
)


@pytest.mark.parametrize("kind", sorted(_PLAIN))
@given(cell=CELLS)
def test_quick_readings_are_the_full_reading(kind: Any, cell: Any) -> None:
    quick = _PLAIN[kind](cell)
    if quick is not None:
        full = read(Column("x", "列", "Column", kind), cell)
        assert full.problem is None
        assert (type(full.value), full.value) == (type(quick), quick)


SPEC = TableSpec(
    "things",
    "Things",
    "东西",
    "Things",
    (Column("no", "号", "No", "id", required=True), Column("amount", "金额", "Amount", "money")),
)


def test_blank_rows_go_and_places_stay() -> None:
    raw = Table("Things", ("号", "金额"), ([None, "A1", None, "A2"], [None, 1.5, None, None]),
                place=Place("东西", [2, 3, 4, 5], [0, 1]))  # fmt: skip
    found = decode(raw, SPEC, {"no": 0, "amount": 1})
    assert found.table.column("no") == ["A1", "A2"]
    assert found.table.column("amount") == [Decimal("1.5"), None]
    assert found.table.place is not None
    assert list(found.table.place.rows) == [3, 5]


def test_two_bad_cells_of_a_row_are_both_told() -> None:
    raw = Table("Things", ("号", "金额"), ([1.2e27, "A2"], ["待确认", 7]), place=Place("东西", [2, 3], [0, 1]))
    found = decode(raw, SPEC, {"no": 0, "amount": 1})
    assert [(problem.code, problem.row) for problem in found.problems] == [
        ("id_lost_digits", 0),
        ("amount_not_a_number", 0),
    ]
    assert found.table.column("amount") == [None, Decimal(7)]


def test_a_missing_required_column_is_told_with_the_headers() -> None:
    found = decode(Table("Things", ("金额",), ([1],)), SPEC, {"amount": 0})
    assert [problem.code for problem in found.problems] == ["column_missing"]
    assert found.problems[0].facts["headers"] == ["金额"]
