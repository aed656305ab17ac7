"""The record of every action: only ever appended to, each entry chained to the one before it.

An action is two events: ``intended`` before anything is written, then ``done``, ``not_done`` or ``unclear`` (the run
ended in between and the workbook has been saved by someone else since).
"""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arsheet.journal.store import Journal

DONE, NOT_DONE, UNCLEAR, OPEN = "done", "not_done", "unclear", "intended"
UNDO, REDO = "undo", "redo"


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the record. ``before`` and ``after`` are SHA-256 of the workbook, ``version`` the file kept.

    ``reverses`` is the number of the action that an undo or redo takes back.
    """

    no: int
    at: str
    user: str
    action: str
    arguments: Mapping[str, Any]
    before: str
    after: str
    version: str
    tables: Mapping[str, Any]
    reverses: int = 0
    state: str = OPEN
    waits: bool = False
    reversed_by: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


def os_user() -> str:
    """The name under which the operating system knows the person."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def intend(
    journal: Journal,
    *,
    at: str,
    action: str,
    arguments: Mapping[str, Any],
    before: str,
    after: str,
    version: str,
    tables: Mapping[str, Any],
    reverses: int = 0,
    waits: bool = False,
    user: str | None = None,
) -> int:
    """Writes down what is about to happen; gives the action's number. Inside a transaction.

    ``user`` is the person, if it is not the one whom the operating system knows.
    """
    facts = {
        "action": action, "arguments": dict(arguments), "before": before, "after": after, "version": version,
        "tables": dict(tables), "reverses": reverses, "waits": waits,
    }  # fmt: skip
    return _append(journal, OPEN, 0, at, facts, user)


def settle(journal: Journal, no: int, state: str, *, at: str, **facts: Any) -> None:
    """Writes down how an action ended. Inside a transaction."""
    _append(journal, state, no, at, facts)


def _append(journal: Journal, kind: str, of: int, at: str, facts: Mapping[str, Any], user: str | None = None) -> int:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    user = os_user() if user is None else user
    last = journal.rows("SELECT chain FROM events ORDER BY seq DESC LIMIT 1")
    chain = _link(last[0][0] if last else "", kind, of, at, user, text)
    return journal.run(
        "INSERT INTO events (kind, of, at, user, facts, chain) VALUES (?, ?, ?, ?, ?, ?)",
        (kind, of, at, user, text, chain),
    )


def _link(previous: str, *parts: Any) -> str:
    return hashlib.sha256(json.dumps([previous, *parts], ensure_ascii=False).encode()).hexdigest()


def broken_at(journal: Journal) -> int:
    """The number of the first event that does not follow from the one before it; 0 = the record is whole."""
    previous, expected = "", 1
    for seq, kind, of, at, user, facts, chain in journal.rows("SELECT * FROM events ORDER BY seq"):
        if seq != expected or chain != _link(previous, kind, of, at, user, facts):
            return int(seq)
        previous, expected = chain, seq + 1
    return 0


def actions(journal: Journal) -> list[Action]:
    """Every action, oldest first."""
    states: dict[int, tuple[str, dict[str, Any]]] = {}
    begun = []
    for seq, kind, of, at, user, facts in journal.rows("SELECT seq, kind, of, at, user, facts FROM events"):
        if kind == OPEN:
            begun.append((int(seq), str(at), str(user), json.loads(facts)))
        else:
            states[int(of)] = (str(kind), json.loads(facts))
    undone = _reversed(begun, states)
    found = []
    for no, at, user, facts in begun:
        state, ended = states.get(no, (OPEN, {}))
        found.append(
            Action(
                no, at, user, facts["action"], facts["arguments"], facts["before"], facts["after"], facts["version"],
                facts["tables"], facts["reverses"], state, facts["waits"], undone.get(no, 0), ended,
            )
        )  # fmt: skip
    return found


def _reversed(
    begun: list[tuple[int, str, str, dict[str, Any]]], states: Mapping[int, tuple[str, dict[str, Any]]]
) -> dict[int, int]:
    """Action -> the undo that took it back; a redo takes back the undo."""
    undone: dict[int, int] = {}
    target = {no: facts["reverses"] for no, _, _, facts in begun}
    for no, _, _, facts in begun:
        if states.get(no, (OPEN, {}))[0] != DONE or not facts["reverses"]:
            continue
        undone[facts["reverses"]] = no
        if facts["action"] == REDO:
            undone.pop(target[facts["reverses"]], None)
    return undone


def open_action(journal: Journal) -> Action | None:
    """The action that was begun and never settled: its run ended in between."""
    found = journal.rows(
        "SELECT 1 FROM events WHERE kind = ? AND seq NOT IN (SELECT of FROM events) LIMIT 1", (OPEN,)
    )  # fmt: skip
    return next((each for each in reversed(actions(journal)) if each.state == OPEN), None) if found else None


def to_undo(journal: Journal) -> Action | None:
    """The last action that stands and changed the workbook: not undone, and no undo itself."""
    standing = (each for each in reversed(actions(journal)) if each.state != NOT_DONE and not each.reversed_by)
    return next((each for each in standing if each.action not in (UNDO, REDO) and each.before != each.after), None)


def to_redo(journal: Journal) -> Action | None:
    """The last undo that stands, if nothing but undoing and redoing happened since."""
    for each in reversed(actions(journal)):
        if each.state == NOT_DONE or each.action == REDO:
            continue
        if each.action != UNDO:
            return None
        if not each.reversed_by:
            return each
    return None
