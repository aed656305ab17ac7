"""Typed tables become headers and plain cells in one language: major units, dates, words for choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from arsheet.ledger.money import exponent, to_decimal
from arsheet.schema.model import Column, TableSpec
from arsheet.schema.tables import TABLES, expand
from arsheet.schema.words import label
from arsheet.table import Table, from_day


def encode(table: Table, language: str, *, columns: Sequence[Column] = ()) -> tuple[list[str], list[list[Any]]]:
    """The header row and the records of a report.

    With ``columns`` (a view's declaration) only these are given, in their order and under their headers; without, all
    columns under the words of their keys.
    """
    keys = [column.key for column in columns] or list(table.header)
    declared = {column.key: column for column in columns}
    header = [declared[key].header(language) if key in declared else label(key, language) for key in keys]
    cells = [column_cells(table, key, language, declared.get(key)) for key in keys]
    return header, [list(row) for row in zip(*cells, strict=True)]


def view_columns(spec: TableSpec, table: Table) -> tuple[Column, ...]:
    """A view's columns with the buckets that the table has."""
    buckets = tuple(table.facts.get("buckets", ()))
    return expand(spec, buckets=buckets, years=buckets) if buckets else expand(spec)


def column_cells(table: Table, key: str, language: str, column: Column | None = None) -> list[Any]:
    """One column as plain cells; a key the table does not have gives blanks."""
    if key not in table:
        return [None] * len(table)
    values = table.column(key)
    kind = table.kinds[table.header.index(key)] if table.kinds else "any"
    if kind == "money":
        return [
            None if value is None else to_decimal(int(value), decimals)
            for value, decimals in zip(values, places(table, key), strict=True)
        ]
    if kind == "day":
        return [None if value is None else from_day(value) for value in values]
    if kind == "flag":
        return [None if value is None else label("yes" if value else "no_word", language) for value in values]
    if column is not None and column.choices:
        words = {choice.key: choice.zh if language == "zh" else choice.en for choice in column.choices}
        return [words.get(value, value) for value in values]
    if key == "bucket":
        return [None if value is None else label(value, language) for value in values]
    return [plain(value) for value in values]


def plain(value: Any) -> Any:
    """numpy scalars as Python values."""
    return value.item() if hasattr(value, "item") else value


def places(table: Table, key: str) -> list[int]:
    """The decimals of an amount column, by row."""
    fixed: Mapping[str, str] = table.facts.get("currency_of", {})
    if key in fixed:
        return [exponent(fixed[key])] * len(table)
    if "currency" in table:
        return [exponent(currency or "") for currency in table.column("currency")]
    return [exponent(str(table.facts.get("currency", "")))] * len(table)


def amount(minor: int, currency: str) -> Decimal:
    """One amount in major units."""
    return to_decimal(minor, exponent(currency))


def spec_of(key: str) -> TableSpec:
    """A declaration by key."""
    return TABLES[key]
