"""What people typed into an online sheet, durable from the moment it was read until it stands in the workbook.

An entry is added before anything is pushed, waits (待写入), and ends as landed or refused; none is ever deleted.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arsheet.journal.store import Journal

WAITING, LANDED, REFUSED = "waiting", "landed", "refused"
TABLE = "sync_entries"
SCHEMA = """
CREATE TABLE IF NOT EXISTS sync_entries (
  no INTEGER PRIMARY KEY AUTOINCREMENT, spreadsheet TEXT NOT NULL, tab TEXT NOT NULL, row_key TEXT NOT NULL,
  "column" TEXT NOT NULL, landing TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, read_at TEXT NOT NULL,
  run_id TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, settled_at TEXT NOT NULL
);
"""
_INDEX = "CREATE INDEX IF NOT EXISTS sync_entries_by_state ON sync_entries (state, spreadsheet)"
_COLUMNS = 'no, spreadsheet, tab, row_key, "column", landing, old, new, read_at, run_id, state, reason, settled_at'


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell that a person changed: ``old`` and ``new`` are typed values (None = blank).

    ``tab``, ``column`` are keys of the view; ``landing`` (promises.promised_on) is where the value belongs in the
    workbook; ``no`` is 0 until the journal has it; ``read_at`` is ISO with its time zone.
    """

    spreadsheet: str
    tab: str
    row_key: str
    column: str
    old: Any
    new: Any
    read_at: str
    run_id: str
    landing: str = ""
    state: str = WAITING
    reason: str = ""
    settled_at: str = ""
    no: int = 0

    @property
    def text(self) -> str:
        """The value as a person typed it; an answer names this text."""
        if self.new is None:
            return ""
        if isinstance(self.new, float) and self.new.is_integer():
            return str(int(self.new))
        return self.new.isoformat() if isinstance(self.new, dt.date) else str(self.new)


def prepare(journal: Journal) -> None:
    """Makes the table where it is missing. Inside a transaction."""
    journal.run(SCHEMA)
    journal.run(_INDEX)


def there(journal: Journal, table: str = TABLE) -> bool:
    """Whether a table of the sync has been made."""
    return bool(journal.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)))


def add(journal: Journal, entries: Iterable[Entry]) -> None:
    """Keeps entries. Inside a transaction, the same one that notes the cells as read."""
    journal.run_many(
        f'INSERT INTO {TABLE} (spreadsheet, tab, row_key, "column", landing, old, new, read_at, run_id, state, '
        "reason, settled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                each.spreadsheet, each.tab, each.row_key, each.column, each.landing, encode(each.old), encode(each.new),
                each.read_at, each.run_id, each.state, each.reason, each.settled_at,
            )
            for each in entries
        ],
    )  # fmt: skip


def waiting(journal: Journal, spreadsheet: str = "") -> list[Entry]:
    """The entries that are not in the workbook yet, oldest first; of one spreadsheet or of all."""
    return _selected(journal, (WAITING,), spreadsheet)


def kept(journal: Journal, spreadsheet: str = "") -> list[Entry]:
    """Every entry, oldest first; of one spreadsheet or of all."""
    return _selected(journal, (WAITING, LANDED, REFUSED), spreadsheet)


def count_waiting(journal: Journal) -> int:
    """How many entries are not in the workbook yet."""
    if not there(journal):
        return 0
    return int(journal.rows(f"SELECT count(*) FROM {TABLE} WHERE state = ?", (WAITING,))[0][0])


def settle(journal: Journal, numbers: Sequence[int], state: str, *, at: str, reason: str = "") -> None:
    """Marks entries as landed or refused. Inside a transaction."""
    journal.run_many(
        f"UPDATE {TABLE} SET state = ?, reason = ?, settled_at = ? WHERE no = ?",
        [(state, reason, at, number) for number in numbers],
    )


def reopen(journal: Journal, numbers: Sequence[int]) -> None:
    """Lets entries wait again: the save that held them was undone. Inside a transaction."""
    journal.run_many(
        f"UPDATE {TABLE} SET state = ?, reason = '', settled_at = '' WHERE no = ?",
        [(WAITING, number) for number in numbers],
    )


def _selected(journal: Journal, states: Sequence[str], spreadsheet: str) -> list[Entry]:
    if not there(journal):
        return []
    marks = ", ".join("?" * len(states))
    where, values = f"state IN ({marks})", list(states)
    if spreadsheet:
        where, values = f"{where} AND spreadsheet = ?", [*values, spreadsheet]
    return [_entry(row) for row in journal.rows(f"SELECT {_COLUMNS} FROM {TABLE} WHERE {where} ORDER BY no", values)]


def _entry(row: tuple[Any, ...]) -> Entry:
    no, spreadsheet, tab, key, column, landing, old, new, read_at, run_id, state, reason, settled_at = row
    return Entry(
        spreadsheet, tab, key, column, decode(old), decode(new), read_at, run_id, landing, state, reason, settled_at, no
    )  # fmt: skip


def encode(value: Any) -> str:
    """A typed value as JSON text: dates and decimals keep their kind."""
    return json.dumps(_tagged(value), ensure_ascii=False)


def decode(text: str) -> Any:
    """The typed value of a JSON text."""
    value = json.loads(text)
    if not isinstance(value, dict):
        return value
    if "date" in value:
        return dt.date.fromisoformat(value["date"])
    return Decimal(value["decimal"]) if "decimal" in value else value.get("text", "")


def _tagged(value: Any) -> Any:
    if isinstance(value, dt.date):
        return {"date": value.isoformat()[:10]}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return {"text": str(getattr(value, "text", value))}
