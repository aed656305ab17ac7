"""What is asked of Excel's own objects: COM names on Windows, their AppleScript spelling on a Mac, else a default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

ERRORS = {
    -2146826281: "#DIV/0!",
    -2146826246: "#N/A",
    -2146826259: "#NAME?",
    -2146826288: "#NULL!",
    -2146826252: "#NUM!",
    -2146826265: "#REF!",
    -2146826273: "#VALUE!",
    -2146826245: "#GETTING_DATA",
    -2146826243: "#SPILL!",
    -2146826242: "#CONNECT!",
    -2146826241: "#BLOCKED!",
    -2146826240: "#UNKNOWN!",
    -2146826239: "#FIELD!",
    -2146826238: "#CALC!",
}
"""The numbers under which COM hands out error cells (VT_ERROR); numbers in cells are floats, so an int is an error."""


def fact(api: Any, name: str, default: Any) -> Any:
    """A property of a native object; ``default`` where the platform does not have it."""
    try:
        return getattr(api, name)
    except AttributeError:
        pass
    try:
        return getattr(api, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).get()
    except Exception:  # appscript has an error class for each way of not knowing a word
        return default


def raw_rows(rng: Any, height: int, width: int) -> tuple[Sequence[Sequence[Any]], bool]:
    """The values of a range by row, and whether they are Value2: numbers for dates and negative ints for errors.

    xlwings' own raw value is COM's ``Value``: dates come as datetimes, currency as Decimal, both slowly, so it is only
    read where there is no Value2.
    """
    try:
        found, plain = rng.api.Value2, True
    except AttributeError:
        found, plain = rng.options(convert="raw", err_to_str=True).value, False
    if height == 1 and width == 1:
        return ((found[0][0] if isinstance(found, (list, tuple)) else found,),), plain
    if not isinstance(found[0], (list, tuple)):
        found = (found,) if height == 1 else [(value,) for value in found]
    return found, plain


def put_raw(rng: Any, rows: Sequence[Sequence[Any]], *, plain: bool) -> None:
    """Write values as they are: None, bool, float or str, the last read by Excel as if typed.

    ``plain``: the platform has Value2 (to ask would read the range once more).
    """
    values = tuple(tuple(row) for row in rows)
    data: Any = values[0][0] if len(values) == 1 and len(values[0]) == 1 else values
    if plain:
        rng.api.Value2 = data
    else:
        rng.raw_value = data
