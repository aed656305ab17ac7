"""What the house declares, as it was when the extension was made: functions, buttons, tables, spellings, words."""

from __future__ import annotations

import json
import os
from typing import Any

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "declared.json")
_KEPT: dict[str, Any] = {}


def declared() -> dict[str, Any]:
    """The whole of it; read once."""
    if not _KEPT:
        with open(FILE, encoding="utf-8") as file:
            _KEPT.update(json.load(file))
    return _KEPT


def use(known: dict[str, Any] | None) -> None:
    """Takes declarations from the caller in place of the file; None goes back to the file."""
    _KEPT.clear()
    _KEPT.update(known or {})


def say(key: str, language: str, **facts: object) -> str:
    """The words of a key in zh or en; {braces} are filled in."""
    text: str = declared()["words"][key][0 if language == "zh" else 1]
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def both(key: str, **facts: object) -> tuple[str, str]:
    """The words of a key in both languages."""
    return say(key, "zh", **facts), say(key, "en", **facts)
