"""Columns of the book that need no object for each cell: amounts as minor units, dates as days.

One by one they give what a cell holds (Decimal, date); as a whole they give plain values, to be compared with a sheet.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, overload

import numpy as np

from arsheet.ledger.money import to_decimal

SERIAL_ZERO = dt.date(1899, 12, 30).toordinal()
_EXACT = 2**53
"""Whole numbers below this are doubles without loss, so that one division gives the nearest double to the amount."""


class WholeColumn(Sequence[Any]):
    """A column held as numbers."""

    __slots__ = ()

    @abstractmethod
    def plain(self) -> list[Any]:
        """The column as plain values (see ``sync.cells``)."""


class Amounts(WholeColumn):
    """Money of one currency: int64 minor units, ``places`` decimals."""

    __slots__ = ("minor", "places")

    def __init__(self, minor: Any, places: int) -> None:
        self.minor, self.places = np.asarray(minor, np.int64), places

    def __len__(self) -> int:
        return int(self.minor.size)

    @overload
    def __getitem__(self, at: int) -> Decimal: ...
    @overload
    def __getitem__(self, at: slice) -> Amounts: ...
    def __getitem__(self, at: int | slice) -> Decimal | Amounts:
        if isinstance(at, slice):
            return Amounts(self.minor[at], self.places)
        return to_decimal(int(self.minor[at]), self.places)

    def plain(self) -> list[float]:
        """The doubles that a sheet stores."""
        if self.minor.size and int(np.abs(self.minor).max()) >= _EXACT:
            return list(map(float, self))
        return list((self.minor / 10**self.places).tolist())


class Days(WholeColumn):
    """Dates as the serial numbers of a sheet, None where blank."""

    __slots__ = ("serials",)

    def __init__(self, serials: list[int | None]) -> None:
        self.serials = serials

    def __len__(self) -> int:
        return len(self.serials)

    @overload
    def __getitem__(self, at: int) -> dt.date | None: ...
    @overload
    def __getitem__(self, at: slice) -> Days: ...
    def __getitem__(self, at: int | slice) -> dt.date | Days | None:
        if isinstance(at, slice):
            return Days(self.serials[at])
        serial = self.serials[at]
        return None if serial is None else dt.date.fromordinal(serial + SERIAL_ZERO)

    def plain(self) -> list[int | None]:
        """The serial numbers."""
        return self.serials
