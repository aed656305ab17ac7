"""Where the rooms meet: reads what an action declares, calls it, writes what it returns, carries out its effects."""

from __future__ import annotations

from arsheet.run.history import (
    Gone,
    adopt,
    kept_versions,
    log,
    next_undo,
    record_broken_at,
    restore,
    undo,
    whose_journal,
)
from arsheet.run.importing import PlannedImport, fill_sample, ledger_of, new_book, plan_import, write_import
from arsheet.run.refreshing import Refreshed, check_lines, checked, look, refresh
from arsheet.run.saving import Notes, save
from arsheet.run.session import (
    Session,
    append_records,
    assemble_session,
    digest_of,
    open_session,
    resolve_as_of,
    session_of,
    version_from,
    version_of,
)

__all__ = [
    "Gone",
    "Notes",
    "PlannedImport",
    "Refreshed",
    "Session",
    "adopt",
    "append_records",
    "assemble_session",
    "check_lines",
    "checked",
    "digest_of",
    "fill_sample",
    "kept_versions",
    "ledger_of",
    "log",
    "look",
    "new_book",
    "next_undo",
    "open_session",
    "plan_import",
    "record_broken_at",
    "refresh",
    "resolve_as_of",
    "restore",
    "save",
    "session_of",
    "undo",
    "version_from",
    "version_of",
    "whose_journal",
    "write_import",
]
