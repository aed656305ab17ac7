"""Columns kept as numbers give one by one what the cells are, and as a whole what a sheet stores."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from arsheet.sync.cells import plain, plain_column
from arsheet.sync.columns import Amounts, Days


@given(st.lists(st.integers(-(10**18), 10**18), max_size=20), st.sampled_from((0, 2, 3)))
def test_amounts_as_doubles_are_the_nearest_ones(minor: list[int], places: int) -> None:
    """Also beyond the numbers that a double holds exactly."""
    column = Amounts(minor, places)
    cells = [Decimal(cents).scaleb(-places) for cents in minor]
    assert list(column) == cells
    assert plain_column(column) == [float(cell) for cell in cells]
    assert list(column[1:3]) == cells[1:3]


@given(st.lists(st.one_of(st.none(), st.dates(dt.date(1900, 3, 1))), max_size=20))
def test_days_as_serials(cells: list[dt.date | None]) -> None:
    column = Days([None if cell is None else int(plain(cell)) for cell in cells])
    assert list(column) == cells
    assert plain_column(column) == [plain(cell) for cell in cells]
    assert list(column[:2]) == cells[:2]
