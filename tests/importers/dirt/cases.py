"""What a case is: the dirt, the form of the file, what is imported as what, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from arsheet.run import PlannedImport
from tests.importers.dirt.files import PLAIN, Build, Looks, Rows, workbook

HEADER = ["单据号", "客户名称", "单据日期", "到期日", "价税合计"]
A = ["INV-1", "上海甲公司", "2026-01-05", "2026-02-04", 1200.5]
B = ["INV-2", "北京乙公司", "2026-01-06", "2026-02-05", 300]
C = ["INV-3", "上海甲公司", "2026-01-07", "2026-02-06", 45.25]
SUM = "1545.75"
EVERYWHERE = ("xlsx", "csv", "xls")
BOOKS = ("xlsx", "xls")


@dataclass(frozen=True)
class Expect:
    """Amounts in CNY: ``new`` to be written, ``refused`` left out and shown; ``receipts`` new among the credits.

    ``codes``: what must be said, and nothing else of these severities: errors and warnings.
    """

    new: str = SUM
    rows: int = 3
    refused: str = "0"
    rows_refused: int = 0
    unreadable: int = 0
    receipts: str = ""
    codes: tuple[str, ...] = ()
    header_row: int = 0
    totals: int | None = None
    error: str = ""
    also: Callable[[PlannedImport], bool] | None = None

    @property
    def amounts(self) -> tuple[Decimal, Decimal]:
        """New and refused."""
        return Decimal(self.new), Decimal(self.refused)


@dataclass(frozen=True)
class Case:
    """One file."""

    dirt: str
    form: str
    build: Build
    expect: Expect = field(default_factory=Expect)
    kind: str = "invoices"
    mapping: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.dirt}-{self.form}"


def cases(
    dirt: str,
    rows: Rows,
    expect: Expect | None = None,
    *,
    forms: Iterable[str] = EVERYWHERE,
    looks: Looks = PLAIN,
    **options: Any,
) -> list[Case]:
    """The same rows in several forms."""
    return [Case(dirt, form, workbook(form, rows, looks), expect or Expect(), **options) for form in forms]


def lists(*rows: list[Any]) -> list[list[Any]]:
    """Documents under the usual header."""
    return [HEADER, *rows]


def amounts(*values: Any) -> list[list[Any]]:
    """Documents of one customer with these amounts."""
    return lists(
        *[[f"INV-{at}", "上海甲公司", "2026-01-05", "2026-02-04", value] for at, value in enumerate(values, 1)]
    )


def column(planned: PlannedImport, key: str, table: str = "invoices") -> list[Any]:
    """The new values of a column."""
    return [value for each in planned.plan.appended if each.name == table for value in each.column(key)]


def but(expect: Expect, **changes: Any) -> Expect:
    """An expectation with changes."""
    return replace(expect, **changes)
