"""The log of the sync: one JSON object a line, by run, without contents of cells and without anything secret.

What may stand in a line is a closed list of names, and every text must look like a code: nothing that was typed into a
workbook or a spreadsheet, and no key, can get in even by mistake.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "sync.jsonl"
LARGEST = 4 << 20
"""Bytes after which the log begins anew; the one before is kept as sync.1.jsonl."""
FIELDS = frozenset(
    {
        *("step", "sheet", "code", "exit", "seconds", "requests", "bytes", "cells", "pulled", "conflicts", "unmatched"),
        *("invalid", "findings", "landed", "refused", "waiting", "generation", "resolved", "resent", "staged", "kind"),
        *("name", "tries", "result", "repairs", "every", "passes", "written", "open", "left", "targets", "errors"),
    }
)
"""The names a line may have beside time, run and event."""
_CODE = re.compile(r"([a-z0-9][a-z0-9_.:+-]{0,47})?")
_CALL = logging.getLogger("arsheet.google")


def new_run_id() -> str:
    """A short random name of one run."""
    return secrets.token_hex(6)


def sheet_mark(spreadsheet: str) -> str:
    """How a spreadsheet is named in the log: its id would open it for whoever it is shared with by link."""
    return hashlib.blake2b(spreadsheet.encode(), digest_size=5).hexdigest()


class RunLog:
    """The lines of one run; a log that cannot be written never stops a pass."""

    def __init__(self, folder: Path, run_id: str = "") -> None:
        self.path, self.run_id = folder / FILE, run_id or new_run_id()

    def event(self, event: str, **fields: Any) -> None:
        """Adds a line; a field that is not in FIELDS or whose text is no code is a broken program's, and left out."""
        said = {name: _plain(value) for name, value in fields.items() if name in FIELDS}
        line = {"at": _now(), "run": self.run_id, "event": _plain(event), **said}
        with contextlib.suppress(OSError):
            self._add(json.dumps(line, separators=(",", ":")) + "\n")

    def _add(self, text: str) -> None:
        self.path.parent.mkdir(exist_ok=True)
        if self.path.exists() and self.path.stat().st_size > LARGEST:
            os.replace(self.path, self.path.with_name("sync.1.jsonl"))
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)

    @contextmanager
    def calls(self) -> Iterator[None]:
        """Notes each call to Google made meanwhile: kind, name, bytes, seconds, tries, result."""
        handler, level = _Calls(self), _CALL.level
        _CALL.addHandler(handler)
        _CALL.setLevel(logging.INFO)
        try:
            yield
        finally:
            _CALL.removeHandler(handler)
            _CALL.setLevel(level)


class _Calls(logging.Handler):
    """Turns the calls' log records into lines."""

    def __init__(self, log: RunLog) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """A record has its facts as arguments: kind, name, bytes, seconds, tries, result."""
        if isinstance(record.args, tuple) and len(record.args) == 6:
            names = ("kind", "name", "bytes", "seconds", "tries", "result")
            self._log.event("call", **dict(zip(names, record.args, strict=True)))


def _plain(value: Any) -> Any:
    """A number, a truth, or a code; anything else is not said."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return round(value, 3)
    text = str(value)
    low = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()  # batchUpdate -> batch_update
    return low if _CODE.fullmatch(low) else "-"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the log tells it: when it ended, its exit code, why, and how long it took in seconds."""

    run_id: str
    at: str
    exit_code: int
    code: str
    seconds: float


def recent_runs(path: Path, most: int = 50, zone: dt.tzinfo | None = None) -> list[Run]:
    """The last runs of a log that ended, oldest first, times in ``zone``; lines that cannot be read are passed over."""
    found: list[Run] = []
    try:
        lines = path.read_text("utf-8").splitlines()[-5_000:]
    except (OSError, UnicodeError):
        return []
    for line in lines:
        try:
            said = json.loads(line)
            if said["event"] == "run_end":
                at = dt.datetime.fromisoformat(said["at"]).astimezone(zone).isoformat(" ", "minutes")[:16]
                code = str(said.get("code") or "")
                found.append(Run(str(said["run"]), at, int(said["exit"]), code, float(said["seconds"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found[-most:]
