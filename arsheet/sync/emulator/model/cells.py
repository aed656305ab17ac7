"""One cell: its value or formula, its format, its note and its validation; never changed in place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

Value = None | bool | int | float | str

ERROR_WORDS = {
    "#NULL!": "NULL_VALUE",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#REF!": "REF",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
    "#ERROR!": "ERROR",
}


class CellError(str):
    """The error value of a cell, by the text it shows (`#N/A`); told from the same text typed by a person."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What is stored at one address; a cell with nothing stored is not kept at all."""

    value: Value = None
    formula: str = ""
    format: dict[str, Any] | None = None
    note: str = ""
    rule: dict[str, Any] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing at all is stored."""
        return self.blank and not self.format and not self.note and not self.rule

    @property
    def blank(self) -> bool:
        """Whether there is neither value nor formula (a format or a note may be there)."""
        return self.value is None and not self.formula

    @property
    def number_format(self) -> dict[str, str] | None:
        """The `numberFormat` of the cell's own format, if any."""
        return self.format.get("numberFormat") if self.format else None


BLANK = Cell()


def with_value(cell: Cell | None, value: Value) -> Cell:
    """The cell with a plain value instead of what it held; an empty text leaves it blank, as in Google."""
    held = None if value == "" and isinstance(value, str) and not isinstance(value, CellError) else value
    if cell is None:
        return Cell(held)
    return replace(cell, value=held, formula="")


def with_formula(cell: Cell | None, formula: str) -> Cell:
    """The cell with a formula instead of what it held."""
    return replace(cell or BLANK, value=None, formula=formula)


def with_number_format(cell: Cell, number_format: dict[str, str] | None) -> Cell:
    """The cell with its number format replaced (None: kept)."""
    if number_format is None:
        return cell
    return replace(cell, format={**(cell.format or {}), "numberFormat": number_format})


def extended(value: Value) -> dict[str, Any]:
    """A value as the API's ExtendedValue."""
    if isinstance(value, CellError):
        return {"errorValue": {"type": ERROR_WORDS.get(str(value), "ERROR")}}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    return {"numberValue": value}
