"""数据已变请刷新 in plain formulas: they work in every application, without the add-in, as soon as a table changes."""

from __future__ import annotations

from arsheet.schema import fingerprint, layout
from arsheet.schema.tables import SOURCES, TABLES
from arsheet.schema.words import label
from arsheet.table import column_letter

SPEC = TABLES["refresh_version"]
WATCHED: tuple[str, ...] = (
    *("settings", "customers", "invoices", "instalments", "receipts", "applications", "limits", "disputes", "orders"),
    *("deliveries", "terms", "fx", "holidays", "dunning_policy", "reminders", "promises", "statements"),
)
"""The tables that a refresh reads, in the order of the sheet's rows."""
COUNTED = WATCHED[1:]
"""Those whose cells are counted by formulas; of the settings only what they say is: a save may add the book's id."""
ARRAYS = ("numbers_now", "texts_now")
"""Columns whose formulas are array formulas of one cell."""
assert set(WATCHED) <= set(SOURCES)
FLAG_CELL = "B3"
"""On the sheet 刷新版本: how many tables have changed since the last refresh."""
WORDS_CELL = "A3"
REPORT_CELL = "D1"
"""On every report: the words, or nothing."""
DASHBOARD_CELL = "E1"


def row_of(key: str) -> int:
    """The row of a table on the sheet as the template makes it."""
    return layout.data_row(SPEC) + WATCHED.index(key)


def _at(column: str, row: int) -> str:
    keys = [each.key for each in SPEC.columns]
    return f"{column_letter(keys.index(column))}{row}"


def summed(key: str) -> tuple[str, ...]:
    """The columns of a table whose numbers are added up: codes of 20 digits would drown the cents."""
    return tuple(column.key for column in TABLES[key].columns if column.kind in fingerprint.SUMMED)


def live_formulas(key: str, row: int, language: str) -> dict[str, str]:
    """Column -> the formula that counts a table as it is now, and compares; ``ARRAYS`` says which are array formulas.

    COUNTA tells of cells filled or cleared, the sum (errors left out) of amounts, numbers and dates that changed, the
    check numbers of cells that swapped places and of texts. Sums are equal within what adding in another order may
    change. A check number that is blank, then or now, says nothing: not every application can work out every one.
    """
    spec = TABLES[key]
    texts = fingerprint.text_formula(spec, language)
    if key not in COUNTED:
        return {"texts_now": texts, "changed": f"=IF({_same('texts', row)},0,1)"}
    columns = ",".join(f"{spec.table_name}[{spec.column(name).header(language)}]" for name in summed(key))
    filled, total, filled_now, total_now = (
        _at(column, row) for column in ("filled", "total", "filled_now", "total_now")
    )
    close = f"ABS({total}-{total_now})<=MAX(0.005,1E-13*ABS({total}))"
    same = f"{filled}={filled_now},{close},{_same('numbers', row)},{_same('texts', row)}"
    return {
        "filled_now": f"=COUNTA({spec.table_name}[])",
        "total_now": f"=_xlfn.AGGREGATE(9,6,{columns})" if columns else "=0",
        "numbers_now": fingerprint.number_formula(spec, language),
        "texts_now": texts,
        "changed": f'=IF({filled}="",0,IF(AND({same}),0,1))',
    }


def _same(column: str, row: int) -> str:
    then, now = _at(column, row), _at(f"{column}_now", row)
    return f'OR({then}="",{now}="",{then}={now})'


def flag_formula() -> str:
    """How many tables have changed; a table that is gone counts nothing."""
    first, last = row_of(WATCHED[0]), row_of(WATCHED[-1])
    return f'=SUMIF({_at("changed", first)}:{_at("changed", last)},">0")'


def report_formula(language: str) -> str:
    """数据已变请刷新, or nothing."""
    sheet = SPEC.sheet(language)
    letter, number = FLAG_CELL[0], FLAG_CELL[1:]
    return f'=IF(\'{sheet}\'!${letter}${number}>0,"{label("stale", language)}","")'
