"""What was last agreed with each online spreadsheet: generation, rows, the write under way, conflicts that were found.

A write is planned ahead: the rows that it makes are kept as pending before it is sent and become the agreed ones when
the spreadsheet's own marker shows that it landed. Rows are keyed; only rows that change are written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from arsheet.journal import entries
from arsheet.journal.store import Journal
from arsheet.table import CellError

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS sync_sheets (
  spreadsheet TEXT PRIMARY KEY, generation INTEGER NOT NULL, run_id TEXT NOT NULL, digest TEXT NOT NULL,
  verified INTEGER NOT NULL, pending TEXT NOT NULL, facts TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS sync_tabs (
  spreadsheet TEXT NOT NULL, tab TEXT NOT NULL, names TEXT NOT NULL, PRIMARY KEY (spreadsheet, tab)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS sync_rows (
  spreadsheet TEXT NOT NULL, tab TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (spreadsheet, tab, key)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS sync_pending (
  spreadsheet TEXT NOT NULL, tab TEXT NOT NULL, key TEXT NOT NULL, data TEXT,
  PRIMARY KEY (spreadsheet, tab, key)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS sync_conflicts (
  no INTEGER PRIMARY KEY AUTOINCREMENT, spreadsheet TEXT NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL,
  facts TEXT NOT NULL, UNIQUE (spreadsheet, digest))""",
)
_Rows = Mapping[str, list[Any] | None]


@dataclass(frozen=True, slots=True)
class Generation:
    """The number of a write, the run that made it and the digest of its plan: what the spreadsheet's marker says."""

    number: int = 0
    run_id: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How far a spreadsheet is: the agreed generation and the write under way (None: none).

    ``verified``: the sheet was read again after the last write and found right; until then ``facts`` says what was
    written where since.
    """

    agreed: Generation = Generation()
    pending: Generation | None = None
    facts: Mapping[str, Any] | None = None
    verified: bool = True
    at: str = ""


def prepare(journal: Journal) -> None:
    """Makes the tables where they are missing."""
    if entries.there(journal, "sync_conflicts") and entries.there(journal):
        return
    with journal.transaction():
        entries.prepare(journal)
        for statement in _SCHEMA:
            journal.run(statement)


def state(journal: Journal, spreadsheet: str) -> State:
    """How far a spreadsheet is; a fresh State for one that was never written."""
    if not entries.there(journal, "sync_sheets"):
        return State()
    found = journal.rows(
        "SELECT generation, run_id, digest, verified, pending, facts, at FROM sync_sheets WHERE spreadsheet = ?",
        (spreadsheet,),
    )
    if not found:
        return State()
    number, run_id, digest, verified, pending, facts, at = found[0]
    ahead = Generation(*json.loads(pending)) if pending else None
    said = json.loads(facts, object_hook=_untagged) if facts else None
    return State(Generation(int(number), run_id, digest), ahead, said, bool(verified), at)


def spreadsheets(journal: Journal) -> list[str]:
    """The spreadsheets that this journal knows."""
    if not entries.there(journal, "sync_sheets"):
        return []
    return [str(row[0]) for row in journal.rows("SELECT spreadsheet FROM sync_sheets ORDER BY spreadsheet")]


def rows(journal: Journal, spreadsheet: str, tab: str) -> tuple[tuple[str, ...], dict[str, list[Any]]]:
    """The names of a tab's values and its agreed rows by key."""
    if not entries.there(journal, "sync_tabs"):
        return (), {}
    named = journal.rows("SELECT names FROM sync_tabs WHERE spreadsheet = ? AND tab = ?", (spreadsheet, tab))
    kept = journal.rows("SELECT key, data FROM sync_rows WHERE spreadsheet = ? AND tab = ?", (spreadsheet, tab))
    values = json.loads(f"[{','.join([row[1] for row in kept])}]", object_hook=_untagged)
    return tuple(json.loads(named[0][0])) if named else (), dict(zip([row[0] for row in kept], values, strict=True))


def note(journal: Journal, spreadsheet: str, tab: str, names: tuple[str, ...], changed: _Rows) -> None:
    """Notes rows as agreed (None: forgotten). Inside a transaction."""
    _named(journal, spreadsheet, tab, names)
    journal.run_many(
        "INSERT OR REPLACE INTO sync_rows VALUES (?, ?, ?, ?)",
        [(spreadsheet, tab, key, _text(row)) for key, row in changed.items() if row is not None],
    )
    journal.run_many(
        "DELETE FROM sync_rows WHERE spreadsheet = ? AND tab = ? AND key = ?",
        [(spreadsheet, tab, key) for key, row in changed.items() if row is None],
    )


def plan_ahead(
    journal: Journal,
    spreadsheet: str,
    generation: Generation,
    changed: Mapping[str, tuple[tuple[str, ...], _Rows]],
    facts: Mapping[str, Any],
    *,
    at: str,
) -> None:
    """Keeps the write that is about to be sent: its generation, the rows it makes, by tab. Inside a transaction."""
    drop(journal, spreadsheet)
    pending = json.dumps([generation.number, generation.run_id, generation.digest])
    said = json.dumps(dict(facts), ensure_ascii=False, default=_tagged)
    journal.run(
        "INSERT INTO sync_sheets VALUES (?, 0, '', '', 1, ?, ?, ?) ON CONFLICT (spreadsheet) DO UPDATE SET "
        "pending = excluded.pending, facts = excluded.facts, at = excluded.at",
        (spreadsheet, pending, said, at),
    )
    for tab, (names, tab_rows) in changed.items():
        _named(journal, spreadsheet, tab, names)
        journal.run_many(
            "INSERT OR REPLACE INTO sync_pending VALUES (?, ?, ?, ?)",
            [(spreadsheet, tab, key, None if row is None else _text(row)) for key, row in tab_rows.items()],
        )


def landed(journal: Journal, spreadsheet: str) -> None:
    """The write under way is in the spreadsheet: its rows are the agreed ones. Inside a transaction."""
    ahead = state(journal, spreadsheet).pending
    if ahead is None:
        return
    journal.run(
        "INSERT OR REPLACE INTO sync_rows SELECT spreadsheet, tab, key, data FROM sync_pending "
        "WHERE spreadsheet = ? AND data IS NOT NULL",
        (spreadsheet,),
    )
    journal.run(
        "DELETE FROM sync_rows WHERE spreadsheet = ? AND (tab, key) IN "
        "(SELECT tab, key FROM sync_pending WHERE spreadsheet = ? AND data IS NULL)",
        (spreadsheet, spreadsheet),
    )
    journal.run("DELETE FROM sync_pending WHERE spreadsheet = ?", (spreadsheet,))
    journal.run(
        "UPDATE sync_sheets SET generation = ?, run_id = ?, digest = ?, verified = 0, pending = '' "
        "WHERE spreadsheet = ?",
        (ahead.number, ahead.run_id, ahead.digest, spreadsheet),
    )


def drop(journal: Journal, spreadsheet: str) -> None:
    """The write under way never landed. Inside a transaction."""
    journal.run("DELETE FROM sync_pending WHERE spreadsheet = ?", (spreadsheet,))
    journal.run("UPDATE sync_sheets SET pending = '' WHERE spreadsheet = ?", (spreadsheet,))


def verified(journal: Journal, spreadsheet: str) -> None:
    """The sheet was read after the last write and found right. Inside a transaction."""
    journal.run("UPDATE sync_sheets SET verified = 1, facts = '' WHERE spreadsheet = ?", (spreadsheet,))


def accept(journal: Journal, spreadsheet: str, generation: Generation, *, at: str) -> None:
    """A person said that the spreadsheet's generation is the one to go on from. Inside a transaction."""
    drop(journal, spreadsheet)
    journal.run(
        "INSERT INTO sync_sheets VALUES (?, ?, ?, ?, 0, '', '', ?) ON CONFLICT (spreadsheet) DO UPDATE SET "
        "generation = excluded.generation, run_id = excluded.run_id, digest = excluded.digest, verified = 0, "
        "at = excluded.at",
        (spreadsheet, generation.number, generation.run_id, generation.digest, at),
    )


def forget(journal: Journal, spreadsheet: str) -> None:
    """Forgets what was agreed with a spreadsheet; entries and conflicts stay. Inside a transaction."""
    for table in ("sync_sheets", "sync_tabs", "sync_rows", "sync_pending"):
        journal.run(f"DELETE FROM {table} WHERE spreadsheet = ?", (spreadsheet,))


def add_conflicts(journal: Journal, spreadsheet: str, found: Iterable[Mapping[str, Any]], *, at: str) -> None:
    """Keeps conflicts, each once however often it is met. Inside a transaction."""
    said = [facts_text(facts) for facts in found]
    journal.run_many(
        "INSERT OR IGNORE INTO sync_conflicts (spreadsheet, digest, at, facts) VALUES (?, ?, ?, ?)",
        [(spreadsheet, hashlib.blake2b(text.encode(), digest_size=16).hexdigest(), at, text) for text in said],
    )


def conflicts(journal: Journal, spreadsheet: str) -> list[tuple[int, str, dict[str, Any]]]:
    """The conflicts met so far, oldest first: number, time, facts."""
    if not entries.there(journal, "sync_conflicts"):
        return []
    found = journal.rows("SELECT no, at, facts FROM sync_conflicts WHERE spreadsheet = ? ORDER BY no", (spreadsheet,))
    return [(int(no), str(at), json.loads(facts)) for no, at, facts in found]


def facts_text(facts: Mapping[str, Any]) -> str:
    """Facts as the text that is kept and told apart by."""
    return json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, default=str)


def _named(journal: Journal, spreadsheet: str, tab: str, names: tuple[str, ...]) -> None:
    """Keeps the names of a tab's values; rows kept under other names are laid out anew."""
    said = json.dumps(list(names), ensure_ascii=False)
    found = journal.rows("SELECT names FROM sync_tabs WHERE spreadsheet = ? AND tab = ?", (spreadsheet, tab))
    if found and found[0][0] == said:
        return
    if found:
        known = {name: at for at, name in enumerate(json.loads(found[0][0]), 1)}
        _, kept = rows(journal, spreadsheet, tab)
        places = [known.get(name, known.get(name.partition("@")[0], 0)) for name in names]
        laid = {key: [row[0], *(row[place] if place else None for place in places)] for key, row in kept.items()}
        journal.run_many(
            "INSERT OR REPLACE INTO sync_rows VALUES (?, ?, ?, ?)",
            [(spreadsheet, tab, key, _text(row)) for key, row in laid.items()],
        )
    journal.run("INSERT OR REPLACE INTO sync_tabs VALUES (?, ?, ?)", (spreadsheet, tab, said))


def _text(row: list[Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=_tagged)


def _tagged(value: Any) -> Any:
    return {"error": value.text} if isinstance(value, CellError) else str(value)


def _untagged(value: dict[str, Any]) -> Any:
    return CellError(str(value["error"])) if "error" in value else value
