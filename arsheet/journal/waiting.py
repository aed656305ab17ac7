"""What a person wrote beside a report's row, kept while the row is absent: view, key, column -> value.

Each action that changes what waits writes the whole state under its number, so that undoing it goes back to the state
before without another copy.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from arsheet.journal import record
from arsheet.journal.store import Journal

Rows = Mapping[tuple[str, ...], Mapping[str, Any]]
Waiting = dict[str, dict[tuple[str, ...], dict[str, Any]]]


def state(journal: Journal, before: int | None = None) -> Waiting:
    """What waits now, or what waited before an action."""
    written = [
        each.no for each in record.actions(journal)
        if each.waits and each.state in (record.DONE, record.UNCLEAR) and (before is None or each.no < before)
    ]  # fmt: skip
    return _of_action(journal, written[-1]) if written else {}


def _of_action(journal: Journal, action: int) -> Waiting:
    found: Waiting = {}
    for view, key, column, value in journal.rows(
        "SELECT view, key, column, value FROM waiting WHERE action = ?", (action,)
    ):
        found.setdefault(view, {}).setdefault(tuple(json.loads(key)), {})[column] = _decoded(json.loads(value))
    return found


def write(journal: Journal, action: int, waiting: Mapping[str, Rows]) -> None:
    """Writes the whole state under an action's number. Inside a transaction."""
    journal.run_many(
        "INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?)",
        [
            (action, view, _text(list(key)), column, _text(_encoded(value)))
            for view, rows in waiting.items() for key, values in rows.items() for column, value in values.items()
        ],
    )  # fmt: skip


def after_save(now: Mapping[str, Rows], reported: Mapping[str, Rows]) -> Waiting:
    """The state after a save: of every view that the save reports on, what it reports; the others as they were."""
    merged = {**now, **reported}
    return {view: {key: dict(values) for key, values in rows.items()} for view, rows in merged.items() if rows}


def both(first: Mapping[str, Rows], second: Mapping[str, Rows]) -> Waiting:
    """What waits in either state; the second counts where both know a value."""
    out: Waiting = {view: {key: dict(values) for key, values in rows.items()} for view, rows in first.items()}
    for view, rows in second.items():
        for key, values in rows.items():
            out.setdefault(view, {}).setdefault(key, {}).update(values)
    return out


def prune(journal: Journal, oldest: int) -> None:
    """Forgets the states that no kept version needs. Inside a transaction."""
    needed = journal.rows("SELECT max(action) FROM waiting WHERE action < ?", (oldest,))[0][0]
    if needed is not None:
        journal.run("DELETE FROM waiting WHERE action < ?", (needed,))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _encoded(value: Any) -> Any:
    for name, kind in (("datetime", dt.datetime), ("date", dt.date), ("time", dt.time)):
        if isinstance(value, kind):
            return {name: value.isoformat()}
    if isinstance(value, dt.timedelta):
        return {"days": value / dt.timedelta(days=1)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return {"text": str(getattr(value, "text", value))}


def _decoded(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, said),) = value.items()
    readers: dict[str, Any] = {
        "datetime": dt.datetime.fromisoformat, "date": dt.date.fromisoformat, "time": dt.time.fromisoformat,
    }  # fmt: skip
    return readers[kind](said) if kind in readers else said
