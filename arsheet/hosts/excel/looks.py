"""How cells look, as far as a row takes it along: number format, fill, colour, bold, italic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from arsheet.hosts.reading import Area

_NO_FILL = -4142


class Look(NamedTuple):
    """The look of one cell; a number format alone where the platform shows no more."""

    number_format: str
    fill: int | None = None
    """The colour as Excel counts it, None for no fill."""
    colour: int | None = None
    bold: bool = False
    italic: bool = False
    known: bool = False


def look_at(rng: Any) -> Look | None:
    """The look that all cells of a range share; None where they differ."""
    text = rng.number_format
    if text is None:
        return None
    try:
        interior, font = rng.api.Interior, rng.api.Font
    except AttributeError:
        return Look(text)
    pattern, colour, bold, italic = interior.ColorIndex, font.Color, font.Bold, font.Italic
    if pattern is None or colour is None or bold is None or italic is None:
        return None
    fill = None if pattern == _NO_FILL else interior.Color
    if fill is None and pattern != _NO_FILL:
        return None
    return Look(text, None if fill is None else int(fill), int(colour), bool(bold), bool(italic), True)


def put_look(rng: Any, look: Look) -> None:
    """Give a range a look."""
    rng.number_format = look.number_format
    if not look.known:
        return
    interior, font = rng.api.Interior, rng.api.Font
    if look.fill is None:
        interior.ColorIndex = _NO_FILL
    else:
        interior.Color = look.fill
    font.Color, font.Bold, font.Italic = look.colour, look.bold, look.italic


def looks(sheet: Any, area: Area) -> list[tuple[int, int, Look]]:
    """The stretches of one column that look alike, as (first row, last row, look)."""
    found: list[tuple[int, int, Look]] = []
    for first, last, look in _stretches(sheet, area.first_column, area.first_row, area.last_row):
        if found and found[-1][2] == look:
            found[-1] = (found[-1][0], last, look)
        else:
            found.append((first, last, look))
    return found


def _stretches(sheet: Any, column: int, first: int, last: int) -> Iterator[tuple[int, int, Look]]:
    look = look_at(sheet.range((first, column + 1), (last, column + 1)))
    if look is None and first == last:
        look = Look(sheet.range((first, column + 1)).number_format or "General")  # several fonts in one cell
    if look is not None:
        yield first, last, look
        return
    middle = (first + last) // 2
    yield from _stretches(sheet, column, first, middle)
    yield from _stretches(sheet, column, middle + 1, last)
