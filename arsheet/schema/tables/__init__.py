"""Every table and view of the book: ``TABLES`` by key, and the columns that only an import knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from arsheet.schema.model import Column, TableSpec
from arsheet.schema.tables import (
    control,
    documents,
    dunning,
    freshness,
    masters,
    money,
    online,
    parameters,
    recovery,
    views,
)
from arsheet.schema.words import label

_ALL = (
    *masters.TABLES,
    *documents.TABLES,
    *parameters.TABLES,
    *money.TABLES,
    *dunning.TABLES,
    *recovery.TABLES,
    *control.TABLES,
    *views.TABLES,
    *freshness.TABLES,
    *online.TABLES,
)

TABLES: Mapping[str, TableSpec] = MappingProxyType({spec.key: spec for spec in _ALL})
"""Every table by its key, in the order in which files list them."""
SOURCES: tuple[str, ...] = tuple(spec.key for spec in _ALL if spec.role != "view")
"""Keys of the tables that people fill: sources and parameters."""
VIEWS: tuple[str, ...] = tuple(spec.key for spec in _ALL if spec.role == "view")
"""Keys of the sheets that are written for them."""
IMPORT_COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType({**documents.IMPORTS, **money.IMPORTS})
"""Columns that files to import may have beside those of the table: a customer's name, when an invoice was settled."""
DEFAULT_BUCKETS = ("not_due", "1-30", "31-60", "61-90", "91+")
"""Bucket keys under the default settings."""
DEFAULT_YEARS = ("y0-1", "y1-2", "y2-3", "y3-4", "y4-5", "y5+")
"""Keys of the aging by year."""


def expand(
    spec: TableSpec, buckets: Iterable[str] = DEFAULT_BUCKETS, years: Iterable[str] = DEFAULT_YEARS
) -> tuple[Column, ...]:
    """The columns of a view, with one money column per bucket where the declaration says ``dynamic``."""
    keys = {"buckets": tuple(buckets), "years": tuple(years)}
    found: list[Column] = []
    for column in spec.columns:
        if column.dynamic:
            found += [Column(key, label(key, "zh"), label(key, "en"), column.kind) for key in keys[column.dynamic]]
        else:
            found.append(column)
    return tuple(found)
