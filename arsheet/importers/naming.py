"""The columns that a file may have, by every name a person may call them by."""

from __future__ import annotations

from collections.abc import Mapping

from arsheet.importers.ledger_form import columns_of
from arsheet.importers.tabular import KINDS
from arsheet.schema.headers import normalise
from arsheet.schema.model import Column
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES
from arsheet.schema.tables.declare import CUSTOMER_NAME


def readable_columns(kind: str) -> tuple[Column, ...]:
    """The columns of the table that a kind of file goes to, then those that only a file has; none for no kind."""
    if kind not in KINDS:
        return ()
    table = KINDS[kind]
    return (*TABLES[table].columns, *columns_of(kind, (*IMPORT_COLUMNS.get(table, ()), CUSTOMER_NAME)))


def keys_of(kind: str, mapping: Mapping[str, str]) -> dict[str, str]:
    """Header of the file -> key, where a person named the column by its key, its header or another of its names.

    What is no name stays as it is, for the import to refuse; "" (do not use the header) stays too.
    """
    columns = readable_columns(kind)
    named = {column.key: column.key for column in columns}
    for names in ((column.key, column.zh, column.en) for column in columns):
        for name in names:
            named.setdefault(normalise(name), names[0])
    for column in columns:
        for name in column.aliases:
            named.setdefault(normalise(name), column.key)
    return {header: named.get(said) or named.get(normalise(said), said) for header, said in mapping.items()}


def header_of_key(kind: str, key: str, language: str) -> str:
    """The header of a column as the sheets write it; the key where there is no such column."""
    return next((column.header(language) for column in readable_columns(kind) if column.key == key), key)
