"""Import keys: which rows of which file came in with which action, by the file's SHA-256 and the row's natural key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arsheet.journal import record
from arsheet.journal.store import Journal
from arsheet.table import Problem, Table


@dataclass(frozen=True, slots=True)
class Imported:
    """An earlier import of a file: the action, and the keys it brought in by table."""

    action: record.Action
    keys: Mapping[str, frozenset[str]]


def file_digest(data: bytes) -> str:
    """The name of a file by its content."""
    return hashlib.sha256(data).hexdigest()


def row_key(values: Iterable[Any]) -> str:
    """A natural key as one text."""
    return json.dumps(["" if value is None else str(value) for value in values], ensure_ascii=False)


def keys_of(table: Table, identity: Sequence[str]) -> list[str]:
    """The natural keys of a table's rows."""
    columns = [table.column(key) if key in table else [None] * len(table) for key in identity]
    return [row_key(values) for values in zip(*columns, strict=True)]


def remember(journal: Journal, action: int, file: str, keys: Mapping[str, Sequence[str]]) -> None:
    """Keeps the keys of an import under its action's number. Inside a transaction."""
    journal.run_many(
        "INSERT OR IGNORE INTO import_keys VALUES (?, ?, ?, ?)",
        [(file, action, table, key) for table, found in keys.items() for key in found],
    )


def imported(journal: Journal, file: str) -> Imported | None:
    """The last import of a file that was carried out and has not been taken back."""
    numbers = {int(no) for (no,) in journal.rows("SELECT DISTINCT action FROM import_keys WHERE file = ?", (file,))}
    standing = [
        each for each in record.actions(journal)
        if each.no in numbers and each.state == record.DONE and not each.reversed_by
    ]  # fmt: skip
    if not standing:
        return None
    keys: dict[str, set[str]] = {}
    for action in standing:
        for table, key in journal.rows(
            'SELECT "table", key FROM import_keys WHERE file = ? AND action = ?', (file, action.no)
        ):
            keys.setdefault(table, set()).add(key)
    return Imported(standing[-1], {table: frozenset(found) for table, found in keys.items()})


def problems(earlier: Imported | None, new: Mapping[str, Sequence[str]], table: str) -> list[Problem]:
    """What a person should know before a file comes in again: when it did, and rows that have been deleted since."""
    if earlier is None:
        return []
    back = sum(key in earlier.keys.get(name, ()) for name, found in new.items() for key in found)
    facts = {"at": earlier.action.at[:16].replace("T", " "), "by": earlier.action.user or "-", "back": back}
    before = Problem("file_imported_before", table, facts=facts)
    return [before, Problem("rows_deleted_since_import", table, facts={"back": back})] if back else [before]
