"""Rows written column by column are the rows written cell by cell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arsheet.hosts.cells import EPOCH_1900, EPOCH_1904, MAX_TEXT, encode
from arsheet.hosts.rowcells import BLOCK, Target, encode_rows
from arsheet.table import CellError, WorkbookError

DATES = st.dates(dt.date(1890, 1, 1), dt.date(2200, 1, 1))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(max_size=9), "float": st.floats(allow_nan=False, allow_infinity=False), "int": st.integers(),
    "decimal": DECIMALS, "date": DATES, "truth": st.booleans(), "time": st.times(), "moment": st.datetimes(),
    "blank": st.none(), "error": st.just(CellError("#N/A")), "number of numpy": st.just(np.int64(7)),
}  # fmt: skip
COLUMN = st.one_of([st.lists(st.one_of(st.none(), kind), min_size=4, max_size=4) for kind in KINDS.values()])


def by_cell(rows: list[Any], targets: list[Target], first: int, epoch: int) -> list[tuple[str, ...]]:
    return [
        tuple(encode(v, f"{t.letter}{n}", t.style, epoch) for v, t in zip(row, targets, strict=True))
        for n, row in enumerate(rows, first)
    ]


@given(
    columns=st.lists(
        st.one_of(COLUMN, st.lists(st.one_of(*KINDS.values()), min_size=4, max_size=4)), min_size=1, max_size=5
    ),
    style=st.sampled_from(["", ' s="3"']),
    epoch=st.sampled_from([EPOCH_1900, EPOCH_1904]),
)
def test_the_same_as_cell_by_cell(columns: list[list[Any]], style: str, epoch: int) -> None:
    rows = [list(row) for row in zip(*columns, strict=True)]
    targets = [Target(chr(65 + i), style) for i in range(len(columns))]
    assert list(encode_rows(rows, targets, 7, epoch)) == by_cell(rows, targets, 7, epoch)


ODD = ["", "a\x01b", "<&>", "_x0041_", "\ud800", "tab\tline\n", " sp ", "=1+1", -0.0, 1e300, None,
       Decimal("1E+5"), Decimal("1E-9"), Decimal("-0"), dt.date(1900, 2, 28), dt.date(1899, 1, 1)]  # fmt: skip


@pytest.mark.parametrize("value", ODD)
def test_one_odd_value_among_ordinary_ones(value: Any) -> None:
    usual = {str: "x", float: 1.5, Decimal: Decimal("2.50"), dt.date: dt.date(2026, 1, 1)}.get(type(value), "x")
    rows = [[usual], [value], [usual]]
    for style in ("", ' s="1"'):
        targets = [Target("B", style)]
        assert list(encode_rows(rows, targets, 1)) == by_cell(rows, targets, 1, EPOCH_1900)


def test_rows_go_on_from_block_to_block() -> None:
    rows = [[i, f"t{i}"] for i in range(2 * BLOCK + 3)]
    targets = [Target("A", ""), Target("B", "")]
    assert list(encode_rows(rows, targets, 5)) == by_cell(rows, targets, 5, EPOCH_1900)
    assert not list(encode_rows([], targets, 5))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), object()])
def test_values_that_no_cell_holds(value: Any) -> None:
    with pytest.raises(WorkbookError) as error:
        list(encode_rows([[1.5], [value]], [Target("C", "")], 3))
    assert error.value.code == "value_not_writable"
    assert "C4" in error.value.en


def test_a_text_too_long_names_its_cell() -> None:
    with pytest.raises(WorkbookError) as error:
        list(encode_rows([["a"], ["x" * (MAX_TEXT + 1)]], [Target("C", "")], 3))
    assert error.value.code == "text_too_long"
    assert "C4" in error.value.en


def test_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="2 columns, a row of 1"):
        list(encode_rows([[1, 2], [1]], [Target("A", ""), Target("B", "")], 1))
