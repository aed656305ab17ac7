"""Refresh recalculates exactly the cells that call an AR_ function: nothing else, and none of them is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from arsheet.hosts.excel.pen import Pen, cells, used_area
from arsheet.hosts.reading import Area

_QUOTED = re.compile(r'"[^"]*"')
_CALL = re.compile(r"(?<![A-Z0-9_])AR_[A-Z][A-Z0-9_]*\(", re.IGNORECASE)


def calls_ar(formula: Any) -> bool:
    """Whether a formula calls an AR_ function, under whatever spelling; text in quotes does not count."""
    return isinstance(formula, str) and formula.startswith("=") and bool(_CALL.search(_QUOTED.sub("", formula)))


def recalculate(book: Any) -> int:
    """Mark those cells dirty and let Excel calculate what is dirty and what depends on it; gives their number."""
    count = 0
    pen = Pen(date1904=False)
    for sheet in book.sheets:
        used = used_area(sheet)
        if used is None:
            continue
        for area in _stretches(pen.formula_texts(sheet, used)):
            rng = cells(sheet, area)
            count += area.last_row - area.first_row + 1
            if hasattr(rng.api, "Dirty"):
                rng.api.Dirty()
            else:
                pen.enter_again(sheet, area)
    if count:
        book.app.calculate()
    return count


def _stretches(texts: Sequence[Sequence[Any]]) -> Iterator[Area]:
    """The AR_ cells of a sheet that starts at A1, as stretches of a column."""
    for column, values in enumerate(zip(*texts, strict=True)):
        if not any(isinstance(value, str) and "AR_" in value.upper() for value in values):
            continue
        first = 0
        for row, value in enumerate([*values, None], 1):
            if calls_ar(value):
                first = first or row
            elif first:
                yield Area(first, column, row - 1, column)
                first = 0
