"""The AR_ cells of a book file after its reports: answered from the version that the refresh makes, told where not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from arsheet.actions.told import also_told
from arsheet.functions.invoke import invoke
from arsheet.functions.results import Result
from arsheet.run.session import Session, version_from
from arsheet.schema.findings import findings
from arsheet.schema.tables import TABLES
from arsheet.table import from_day

if TYPE_CHECKING:
    from arsheet.hosts.arcells.update import ArCells
    from arsheet.run.refreshing import Refreshed


def update_ar_cells(session: Session, done: Refreshed, moment: dt.datetime) -> Refreshed:
    """Queues the results of the AR_ cells over the reports that are queued; what could not be updated is a finding.

    Takes the tables of the session when it needs them no longer. A book without such cells costs next to nothing.
    Raises ShapeRefused for a workbook in which the reports cannot be written.
    """
    from arsheet.hosts.arcells.update import holds_functions

    package = session.file_host.book.package
    if package is None or not holds_functions(package):
        session.tables.clear()
        return done
    cells = _updated(session, done, moment)
    session.tables.clear()
    more = findings(cells.problems, {}, session.language)
    outcome = also_told(done.outcome, more, session.language) if more else done.outcome
    return replace(done, outcome=outcome, ar_cells=cells)


def _updated(session: Session, done: Refreshed, moment: dt.datetime) -> ArCells:
    version = version_from(session, from_day(done.as_of), lambda _: moment, assembly=done.assembly)
    errors: dict[str, Any] = {}
    version = replace(version, stamp={**version.stamp, "stale": False, "errors": errors})

    def answer(name: str, args: Sequence[Any]) -> Result:
        return invoke(name, args, version=version, language=session.language)

    def note(cell: str, result: Result) -> None:
        if found := result.errors():
            errors[cell] = found[0]

    later = _sheet(session, "checks")
    return session.file_host.update_formulas(answer, note, later=(later,) if later else ())


def _sheet(session: Session, key: str) -> str:
    """The sheet on which a table of the book stands, "" where it has none."""
    found = session.file_host.book.table(TABLES[key].table_name)
    return found.sheet if found is not None else ""
