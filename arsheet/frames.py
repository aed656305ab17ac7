"""The pandas face: a ledger from frames or from a book, and every report as a frame.

Frames in have the catalogue's keys as columns (``document_no``, ``customer_id``, ``document_date``, ``amount`` …);
frames out have the same keys, money as Decimal in major units, dates as datetime64.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from arsheet import run
from arsheet.ledger import account as _account
from arsheet.ledger import aging as _aging
from arsheet.ledger import balance as _balance
from arsheet.ledger import items as _items
from arsheet.ledger.assembly import Assembly, assemble
from arsheet.ledger.calendar import Calendar
from arsheet.schema.decode import decode
from arsheet.schema.encode import column_cells
from arsheet.schema.findings import findings as _findings
from arsheet.schema.settings import defaults
from arsheet.schema.tables import TABLES
from arsheet.table import NO_DAY, ArsheetError, Finding, Problem, Table, to_day

Date = str | dt.date


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger with its settings and what was found while it was read."""

    assembly: Assembly
    settings: Mapping[str, str]
    tables: Mapping[str, Table]
    problems: tuple[Problem, ...] = ()

    @classmethod
    def from_frames(
        cls,
        invoices: pd.DataFrame,
        receipts: pd.DataFrame | None = None,
        applications: pd.DataFrame | None = None,
        customers: pd.DataFrame | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        calendar: Calendar | None = None,
        **others: pd.DataFrame,
    ) -> Ledger:
        """A ledger of frames; ``others`` are further tables by their key (instalments, limits, fx, disputes …).

        Cells are read as those of a sheet are: Decimal, numbers or texts for money, any date or ISO text for dates.
        Raises ArsheetError ``table_unknown`` for a key that is no table, ``column_missing`` for a required column.
        """
        given = {"invoices": invoices, "receipts": receipts, "applications": applications, "customers": customers}
        tables: dict[str, Table] = {}
        problems: list[Problem] = []
        for key, frame in {**given, **others}.items():
            if frame is None:
                continue
            if key not in TABLES:
                raise ArsheetError(
                    "table_unknown", f"没有表“{key}”", f"there is no table {key!r}", exit_code=2, facts={"read": key}
                )
            found = decode(_raw(key, frame), TABLES[key], {str(name): at for at, name in enumerate(frame.columns)})
            tables[key] = found.table
            problems.extend(found.problems)
        chosen = {**defaults(), **(settings or {})}
        return cls(assemble(tables, chosen, calendar=calendar, problems=problems), chosen, tables, tuple(problems))

    @property
    def core(self) -> Any:
        """The columnar ledger underneath."""
        return self.assembly.ledger


def _raw(key: str, frame: pd.DataFrame) -> Table:
    columns = []
    for name in frame.columns:
        values = frame[name].astype(object).where(frame[name].notna(), None).tolist()
        columns.append([value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in values])
    return Table(key, tuple(str(name) for name in frame.columns), tuple(columns))


def open(path: str | Path) -> Ledger:
    """The ledger of a receivables book, as saved."""
    session = run.open_session(path)
    assembly = run.assemble_session(session)
    return Ledger(assembly, session.settings, session.tables, tuple(session.problems))


def _day(ledger: Ledger, as_of: Date | None) -> int:
    if as_of is None:
        return run.resolve_as_of(ledger.settings)
    return to_day(dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of)


def _frame(table: Table) -> pd.DataFrame:
    columns = {key: column_cells(table, key, "en") for key in table.header}
    frame = pd.DataFrame(columns)
    for key, kind in zip(table.header, table.kinds, strict=True):
        if kind == "day":
            frame[key] = pd.to_datetime(frame[key])
    return frame


def aging(
    ledger: Ledger,
    as_of: Date | None = None,
    basis: str | None = None,
    buckets: str | None = None,
    by: str = "customer",
    **policy: Any,
) -> pd.DataFrame:
    """The aging report. ``policy``: not_due, credit_mode, unapplied, years_step; defaults from the ledger's settings.

    One row per key and currency: key, name, currency, total, the buckets, unapplied (negative), net, disputed, pending.
    """
    chosen = _aging.AgingPolicy.from_settings(dict(ledger.settings), basis=basis, buckets=buckets, **policy)
    return _frame(_aging.aging(ledger.core, _day(ledger, as_of), chosen, by))


def open_items(ledger: Ledger, as_of: Date | None = None, status: str = "all", **policy: Any) -> pd.DataFrame:
    """Every due line with an open amount. ``status``: all, overdue, not_due, disputed."""
    chosen = _aging.AgingPolicy.from_settings(dict(ledger.settings), **policy)
    return _frame(_items.open_items(ledger.core, _day(ledger, as_of), chosen, status))


def unapplied(ledger: Ledger, as_of: Date | None = None) -> pd.DataFrame:
    """Money and credit notes that are not applied."""
    return _frame(_items.unapplied(ledger.core, _day(ledger, as_of)))


def balances(ledger: Ledger, as_of: Date | None = None) -> pd.DataFrame:
    """Balances per customer and currency."""
    return _frame(_balance.balances(ledger.core, _day(ledger, as_of)))


def reclassification(ledger: Ledger, as_of: Date | None = None) -> pd.DataFrame:
    """Balances as reported, credit balances shown under contract liabilities."""
    return _frame(_balance.reclassification(ledger.core, _day(ledger, as_of)))


def account(
    ledger: Ledger, customer_id: str, start: Date | None = None, end: Date | None = None
) -> dict[str, pd.DataFrame]:
    """A customer's account by currency: opening balance, movements, closing balance."""
    code = ledger.core.customer_code(customer_id)
    if code is None:
        raise ArsheetError(
            "customer_unknown", f"没有客户 {customer_id}", f"there is no customer {customer_id!r}", exit_code=2
        )
    first = NO_DAY + 1 if start is None else _day(ledger, start)
    tables = _account.account(ledger.core, code, first, _day(ledger, end))
    return {str(table.facts["currency"]): _frame(table) for table in tables}


def findings(ledger: Ledger, language: str = "zh") -> list[Finding]:
    """All that was found while the ledger was read."""
    extra = [item for item in ledger.problems if item not in ledger.assembly.problems]
    return _findings([*extra, *ledger.assembly.problems], ledger.tables, language)
