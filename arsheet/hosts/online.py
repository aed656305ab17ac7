"""What every host of an online spreadsheet shares: the values of its cells and the error for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arsheet.table import ArsheetError, CellError


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of our own to be written, beginning with ``=``; a text that begins with ``=`` stays a text."""

    text: str


Cell = None | bool | int | float | str | Decimal | dt.date | CellError | Formula
"""One cell. Read: blank None, numbers int or float, dates by the column's kind, error values CellError, never a
Formula (its value is read). Written: Decimal and numbers as numbers, dates as dates, str always as text."""


class RemoteError(ArsheetError):
    """An online spreadsheet that cannot be read or written as asked.

    Exit codes: 3 refused, 4 needs a person, 5 authentication or permission, 6 unavailable or quota, 7 another writer,
    8 configuration. ``retried`` is how often it was tried again. ``unknown``: whether a write landed is not known.
    """

    def __init__(
        self,
        code: str,
        zh: str,
        en: str,
        *,
        exit_code: int = 6,
        retried: int = 0,
        unknown: bool = False,
        facts: Mapping[str, Any] | None = None,
    ):
        super().__init__(code, zh, en, exit_code=exit_code, facts=facts)
        self.retried = retried
        self.unknown = unknown
