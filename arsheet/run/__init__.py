"""Where the rooms meet: reads what an action declares, calls it, writes what it returns, carries out its effects."""

from __future__ import annotations

from arsheet.run.importing import PlannedImport, fill_sample, ledger_of, new_book, plan_import, write_import
from arsheet.run.refreshing import Refreshed, check_lines, look, refresh
from arsheet.run.session import (
    Session,
    append_records,
    assemble_session,
    digest_of,
    open_session,
    resolve_as_of,
    version_of,
)

__all__ = [
    "PlannedImport",
    "Refreshed",
    "Session",
    "append_records",
    "assemble_session",
    "check_lines",
    "digest_of",
    "fill_sample",
    "ledger_of",
    "look",
    "new_book",
    "open_session",
    "plan_import",
    "refresh",
    "resolve_as_of",
    "version_of",
    "write_import",
]
