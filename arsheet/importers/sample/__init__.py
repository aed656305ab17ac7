"""A made-up company's receivables, for trying the book and for tests: believable, and with known mistakes in it.

The tables hold what people would have typed, in the words of one language. The same arguments give the same data.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass

from arsheet.importers.sample import behaviour, dirt, documents, masters, payments
from arsheet.importers.sample.world import Cell, Row, World
from arsheet.schema.tables import TABLES
from arsheet.table import ArsheetError

__all__ = ["Cell", "Row", "Sample", "make"]

_AS_OF = dt.date(2026, 3, 31)
_COMPANY = ("苏州启明样例设备有限公司", "Suzhou Qiming Sample Equipment Co., Ltd.")


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows by table key, settings by key, and how many problems of each code were planted.

    A row holds a cell for every column that the table uses, by column key, in the declared order. ``planted`` counts
    problems: of decoding and assembling the tables, and of ``fx.missing_rates``.
    """

    tables: Mapping[str, list[Row]]
    settings: Mapping[str, str]
    planted: Mapping[str, int]


def make(
    customers: int = 1200,
    invoices: int = 8000,
    seed: int = 20260331,
    language: str = "zh",
    as_of: dt.date = _AS_OF,
) -> Sample:
    """A sample with exactly that many rows of customers and of invoices (credit notes and opening items among them).

    ArsheetError ``sample_too_small`` below 30 customers or 100 invoices: not every mistake would have its row.
    """
    if customers < dirt.FEWEST_CUSTOMERS or invoices < dirt.FEWEST_INVOICES:
        raise _too_small(customers, invoices)
    if language not in ("zh", "en"):
        raise ValueError(f"language {language!r} is not zh or en")
    world = World(random.Random(seed), language, as_of)
    masters.build(world, customers - dirt.customer_rows(customers, invoices))
    documents.build(world, invoices - dirt.document_rows(customers, invoices))
    behaviour.decide(world)
    payments.build(world)
    dirt.plant(world, dirt.rounds(customers, invoices))
    return Sample(
        {key: _whole(key, world.tables[key]) for key in TABLES if world.tables.get(key)},
        {
            "company": world.say(_COMPANY),
            "tax_no": "91320594MA00000000",
            "own_size_class": "medium",
            "as_of": as_of.isoformat(),
            "base_currency": "CNY",
            "language": language,
        },
        dict(sorted(world.planted.items())),
    )


def _whole(key: str, rows: list[Row]) -> list[Row]:
    """Every row with the same columns, in their declared order."""
    used = {name for row in rows for name in row}
    columns = [column.key for column in TABLES[key].columns if column.key in used]
    return [{name: row.get(name) for name in columns} for row in rows]


def _too_small(customers: int, invoices: int) -> ArsheetError:
    return ArsheetError(
        "sample_too_small",
        f"样例数据至少要 {dirt.FEWEST_CUSTOMERS} 个客户、{dirt.FEWEST_INVOICES} 张单据",
        f"a sample needs at least {dirt.FEWEST_CUSTOMERS} customers and {dirt.FEWEST_INVOICES} invoices",
        exit_code=2,
        facts={"customers": customers, "invoices": invoices},
    )
