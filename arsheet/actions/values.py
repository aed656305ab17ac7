"""写成数值: the answer of a function written into cells as plain values, for applications that do not spill."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from arsheet.actions.registry import Effect, Outcome, action
from arsheet.functions.registry import FunctionError
from arsheet.functions.results import Result
from arsheet.table import ArsheetError, CellError, column_letter

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@action(
    "write_values", zh="写成数值", en="Write as values", group="data", icon="values",
    tip=("把所选 AR_ 公式的结果写成数值（Excel 2016/2019、LibreOffice、WPS）",
         "Write the result of the selected AR_ formula as values (Excel 2016/2019, LibreOffice, WPS)"),
)  # fmt: skip
def write_values(result: Result, place: tuple[str, str]) -> Outcome:
    """The effect ``put_cells``: sheet, address of the upper left cell, rows of plain cells.

    Raises ArsheetError with the function's own reason where it has no answer (nothing is written then), and
    ``values_do_not_fit`` (4) where the sheet ends before the answer does.
    """
    if result.error is not None:
        raise _no_answer(result.error)
    sheet, address = place
    row, column = position(address)
    rows = [[plain(cell) for cell in line] for line in result.cells()]
    width = max((len(line) for line in rows), default=0)
    if row + len(rows) - 1 > LAST_ROW or column + width > LAST_COLUMN:
        raise ArsheetError(
            "values_do_not_fit",
            f"结果有 {len(rows)} 行 {width} 列，从 {address} 起放不下；请选更靠左上的单元格",
            f"The answer has {len(rows)} rows and {width} columns and does not fit below {address}; "
            "choose a cell further up or left",
            exit_code=4,
        )
    facts = {"sheet": sheet, "cell": address.replace("$", "").upper(), "rows": rows}
    summary = {"function": result.function, "rows": len(rows), "columns": width}
    return Outcome(effects=(Effect("put_cells", facts),), summary=summary)


def position(address: str) -> tuple[int, int]:
    """The 1-based row and 0-based column of an address such as B3; ArsheetError ``address_not_understood`` (2)."""
    found = _CELL.fullmatch(address.strip())
    if found is None:
        raise ArsheetError(
            "address_not_understood",
            f"“{address}”不是单元格地址；请写成 B3",
            f"{address!r} is no address of a cell; write it like B3",
            exit_code=2,
        )
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def addressed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of the effect ``put_cells`` by address."""
    row, column = position(str(facts["cell"]))
    return {
        f"{column_letter(column + across)}{row + down}": value
        for down, line in enumerate(facts["rows"])
        for across, value in enumerate(line)
    }


def plain(cell: Any) -> Any:
    """A cell as it may be written: an error stays visible as its text."""
    if isinstance(cell, CellError):
        return cell.text
    return cell if cell is None or isinstance(cell, (bool, int, float, str, Decimal, dt.date)) else str(cell)


def _no_answer(error: FunctionError) -> ArsheetError:
    return ArsheetError(error.code, f"{error.error} {error.zh}", f"{error.error} {error.en}", exit_code=4)
