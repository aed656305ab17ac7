"""One declaration per ribbon button: tables in, tables, effects and findings out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from arsheet.table import Finding, Table


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do in the world after the preview is confirmed, as data."""

    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action gives back: tables to write whole, tables to append, effects, findings, and facts for people."""

    tables: tuple[Table, ...] = ()
    appended: tuple[Table, ...] = ()
    effects: tuple[Effect, ...] = ()
    findings: tuple[Finding, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """A declared action."""

    key: str
    zh: str
    en: str
    group: str
    icon: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    call: Callable[..., Outcome]


ACTIONS: dict[str, ActionDeclaration] = {}


def action(
    key: str, *, zh: str, en: str, group: str, icon: str, reads: tuple[str, ...], writes: tuple[str, ...]
) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Declare an action."""

    def register(call: Callable[..., Outcome]) -> Callable[..., Outcome]:
        if key in ACTIONS:
            raise ValueError(f"action {key} is declared twice")
        ACTIONS[key] = ActionDeclaration(key, zh, en, group, icon, reads, writes, call)
        return call

    return register
