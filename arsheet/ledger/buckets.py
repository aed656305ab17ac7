"""The one bucket-edge rule of the house, for days and for years.

Days past the base date are counted as_of − base. Edges are upper-inclusive: with 30,60,90 a debt of exactly 30 days is
in 1-30. By due date, days <= 0 are not due (due today is not overdue: the day ends at 24:00, Civil Code art. 203). By
any other date day 0 belongs to the first bucket. Years end on the calendar anniversary, which still belongs to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from arsheet.ledger.calendar import add_months
from arsheet.ledger.intern import Array
from arsheet.table import ArsheetError

NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Buckets:
    """Keys in order, and the earliest base day that each bucket but the last still holds (descending)."""

    keys: tuple[str, ...]
    edges: tuple[int, ...]
    has_not_due: bool

    def index(self, base: Array) -> Array:
        """The bucket of each base day."""
        ascending = np.array(self.edges[::-1], np.int64)
        return len(self.edges) - np.searchsorted(ascending, base, side="right")

    def of(self, base: int) -> str:
        """The bucket of one base day."""
        return self.keys[int(self.index(np.array([base]))[0])]


def parse_edges(text: str) -> tuple[int, ...]:
    """ "30,60,90" as rising positive days; raises ArsheetError otherwise."""
    pieces = [piece for piece in re.split(r"[,，、;；\s]+", str(text).strip()) if piece]
    try:
        edges = tuple(int(piece) for piece in pieces)
    except ValueError:
        edges = ()
    if not edges or edges[0] <= 0 or any(later <= earlier for earlier, later in pairwise(edges)):
        raise ArsheetError(
            "buckets_not_a_rising_list",
            f"账龄段“{text}”不是由小到大的天数，例如 30,60,90 或 years",
            f"buckets {text!r} are not a rising list of days, such as 30,60,90, or years",
            exit_code=2,
            facts={"read": str(text)},
        )
    return edges


def is_years(text: str) -> bool:
    """Whether buckets are asked by year."""
    return str(text).strip().lower() in ("years", "year", "年", "按年")


def make(
    buckets: str, as_of: int, *, basis: str = "due", not_due: str = "own", years_step: str = "calendar"
) -> Buckets:
    """The buckets at an as-of date."""
    if is_years(buckets):
        return _years(as_of, years_step)
    days = parse_edges(buckets)
    own = basis == "due" and not_due == "own"
    keys = [NOT_DUE] if own else []
    lower = 1 if own else 0
    for upper in days:
        keys.append(f"{lower}-{upper}")
        lower = upper + 1
    keys.append(f"{lower}+")
    edges = ([as_of] if own else []) + [as_of - day for day in days]
    return Buckets(tuple(keys), tuple(edges), own)


def _years(as_of: int, step: str) -> Buckets:
    keys = (*(f"y{year}-{year + 1}" for year in range(5)), "y5+")
    if str(step) == "365":
        return Buckets(keys, tuple(as_of - 365 * year for year in range(1, 6)), False)
    edges = []
    for year in range(1, 6):
        base = add_months(as_of, -12 * year)
        # the earliest day whose anniversary is not before as_of; 29 February has it on the 28th (Civil Code art. 202)
        edges.append(base if add_months(base, 12 * year) >= as_of else base + 1)
    return Buckets(keys, tuple(edges), False)
