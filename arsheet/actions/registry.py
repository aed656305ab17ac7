"""One declaration per ribbon button: tables in, tables, effects and findings out."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

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


Kind = Literal["write", "show", "go"]

GROUPS: tuple[tuple[str, str, str], ...] = (
    ("data", "数据", "Data"),
    ("receipts", "收款", "Receipts"),
    ("dunning", "催款", "Reminders"),
    ("reconciliation", "对账", "Statements"),
    ("credit", "信用", "Credit"),
    ("closing", "月末", "Month end"),
    ("more", "更多", "More"),
)
"""The groups of the ribbon tab 应收账款 / Receivables, left to right: key, zh, en."""
ORDER = ("import", "refresh", "data_check", "undo", "write_values", "settings", "help")
"""Actions in the order in which a group shows them; others follow by their key."""


@dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """A declared action: ``write`` previews and writes, ``show`` tells without writing, ``go`` leads to a place."""

    key: str
    zh: str
    en: str
    group: str
    icon: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    call: Callable[..., Outcome]
    kind: Kind = "write"
    tip_zh: str = ""
    tip_en: str = ""


ACTIONS: dict[str, ActionDeclaration] = {}


def action(
    key: str,
    *,
    zh: str,
    en: str,
    group: str,
    icon: str,
    reads: tuple[str, ...] = (),
    writes: tuple[str, ...] = (),
    kind: Kind = "write",
    tip: tuple[str, str] = ("", ""),
) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Declare an action; ``tip`` says in zh and en what a click does."""

    def register(call: Callable[..., Outcome]) -> Callable[..., Outcome]:
        if key in ACTIONS:
            raise ValueError(f"action {key} is declared twice")
        if group not in {name for name, _, _ in GROUPS}:
            raise ValueError(f"action {key}: there is no group {group}")
        ACTIONS[key] = ActionDeclaration(key, zh, en, group, icon, reads, writes, call, kind, *tip)
        return call

    return register


@cache
def actions() -> Mapping[str, ActionDeclaration]:
    """Every action by key, by group and then in the order of the buttons; all modules of the room are imported."""
    import arsheet.actions as room

    for found in pkgutil.iter_modules(room.__path__):
        import_module(f"arsheet.actions.{found.name}")
    groups = [name for name, _, _ in GROUPS]

    def place(declared: ActionDeclaration) -> tuple[int, int, str]:
        at = ORDER.index(declared.key) if declared.key in ORDER else len(ORDER)
        return groups.index(declared.group), at, declared.key

    return MappingProxyType({each.key: each for each in sorted(ACTIONS.values(), key=place)})
