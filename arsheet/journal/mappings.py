"""Header mappings that a person gave once are remembered for files with the same headers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from arsheet.journal.store import Journal
from arsheet.schema.headers import normalise

_ROWS = 60


def signature(kind: str, headers: Sequence[Any]) -> str:
    """A short name of exactly these headers, whatever their spelling and the blanks between them."""
    texts = [normalise(str(text)) for text in headers if text is not None and str(text).strip()]
    return hashlib.sha256(json.dumps([kind, *texts], ensure_ascii=False).encode()).hexdigest()


def remember(journal: Journal, action: int, kind: str, headers: Sequence[Any], mapping: Mapping[str, str]) -> None:
    """Keeps a mapping under the number of the action that used it. Inside a transaction."""
    text = json.dumps(dict(mapping), ensure_ascii=False, sort_keys=True)
    journal.run("INSERT OR REPLACE INTO mappings VALUES (?, ?, ?)", (signature(kind, headers), action, text))


def recall(journal: Journal, kind: str, rows: Iterable[Sequence[Any]]) -> dict[str, str]:
    """The mapping given last for a file that has such a row of headers; empty where none was."""
    held = dict(
        journal.rows(
            "SELECT signature, mapping FROM mappings WHERE action IN (SELECT of FROM events WHERE kind = 'done') "
            "ORDER BY action"
        )
    )
    if held:
        for row, _ in zip(rows, range(_ROWS), strict=False):
            found = held.get(signature(kind, row))
            if found is not None:
                return {str(header): str(key) for header, key in json.loads(found).items()}
    return {}
