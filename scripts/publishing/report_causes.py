"""Causes of findings about reports that are gone: a book without the sheet of a report, or without its Excel table."""

from __future__ import annotations

from collections.abc import Mapping

from arsheet.actions.refresh import WRITES
from arsheet.hosts.memory import MemoryHost
from arsheet.run.session import Session
from arsheet.run.standing import missing
from arsheet.schema import layout
from arsheet.schema.settings import defaults
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label
from arsheet.table import Problem


def problems(said: Mapping[str, str] | None, language: str) -> list[Problem]:
    """``said``: {"sheet": report} for a report that is gone, {"table": report} where its stamped sheet still stands."""
    if said is None:
        return []
    gone = TABLES[said.get("sheet") or said["table"]]
    tables = {TABLES[key].table_name: (("",), ()) for key in WRITES if TABLES[key] is not gone}
    stamp = {layout.STAMP_CELL: f"{label('as_of', language)} 2026-02-28"}
    host = MemoryHost(tables, {gone.sheet(language): stamp} if "table" in said else {})
    return missing(Session(None, host, language, defaults(language), {}), WRITES)
