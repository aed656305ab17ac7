"""The plan of a pass: changes for the remote, in lines for a screen, as JSON, and its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from types import MappingProxyType
from typing import Any

from arsheet.sync.cells import shown, typed
from arsheet.sync.conflicts import RULES, VIEW
from arsheet.sync.model import CellWrite, Conflict, Entry, Invalid, TabPlan, shown_key
from arsheet.sync.remote import (
    AddTab,
    AppendRows,
    Cell,
    Change,
    Cost,
    ProtectRange,
    ResizeTab,
    SetCells,
    SetValidation,
)
from arsheet.table import Finding

ON_SCREEN = 20
REPLIES = "replies"
_NO_COST = Cost(0, 0, 0)


@dataclass(slots=True)
class Plan:
    """All tabs of one spreadsheet; ``base_fingerprint`` is that of the sheet as it was read."""

    tabs: list[TabPlan]
    base_fingerprint: str
    language: str = "zh"
    cost: Cost = _NO_COST
    digest: str = ""
    restored: bool = False
    """The sheet is not where this book left it, and a person accepted it: see sync.restored."""
    _changes: list[Change] | None = field(default=None, repr=False)

    @property
    def pulls(self) -> list[Entry]:
        """What people typed."""
        return [entry for tab in self.tabs for entry in tab.pulls]

    @property
    def conflicts(self) -> list[Conflict]:
        """Cells and rows on which both sides differ."""
        return [conflict for tab in self.tabs for conflict in tab.conflicts]

    @property
    def unmatched(self) -> list[Conflict]:
        """Rows with a key that the book does not know."""
        return [conflict for tab in self.tabs for conflict in tab.unmatched]

    @property
    def invalid(self) -> list[Invalid]:
        """Entries that cannot be taken over."""
        return [each for tab in self.tabs for each in tab.invalid]

    @property
    def problems(self) -> list[Finding]:
        """Findings of all tabs; one with severity error stopped its tab."""
        return [problem for tab in self.tabs for problem in tab.problems]

    @property
    def writing(self) -> list[TabPlan]:
        """The tabs that are written: those that ride along only when another one changes."""
        changed = [tab for tab in self.tabs if tab.changed and not tab.stopped]
        return changed if any(not tab.view.carried for tab in changed) else []

    @property
    def pushed(self) -> int:
        """How many cells are written."""
        return sum(len(tab.writes) + _filled(tab) for tab in self.writing)

    def changes(self) -> list[Change]:
        """The changes for the remote, made once."""
        if self._changes is None:
            self._changes = [change for tab in self.writing for change in _tab_changes(tab, self.language)]
        return self._changes

    def seal(self) -> Plan:
        """Computes the digest: the same changes have the same one, whenever they are planned."""
        digest = hashlib.blake2b(digest_size=16)
        for tab in self.writing:
            if tab.view.carried or tab.view.key in (VIEW.key, REPLIES):
                continue  # what follows from the rest, and from whether an entry has reached the workbook by then
            digest.update(repr((tab.view.key, tab.add, tab.new_columns)).encode())
            for write in tab.writes:
                digest.update(repr((write.row, write.position, write.key, write.new)).encode())
            for append in tab.appends:
                digest.update(repr(append).encode())
        self.digest = digest.hexdigest()
        return self

    def lines(self, limit: int = ON_SCREEN) -> list[str]:
        """What happens, one change a line, the first ``limit``; then totals. In the plan's language."""
        zh = self.language == "zh"
        out: list[str] = []
        total = 0
        for action, tab, key, column, old, new, owner in self._told():
            total += 1
            if len(out) < limit:
                sign = {"add": "+", "push": "~", "pull": "<", "conflict": "!"}[action]
                place = " · ".join(part for part in (tab, key, column) if part)
                blank = "（空）" if zh else "(blank)"
                out.append(f"{sign} {place}：{old or blank} → {new or blank}（{owner}）" if zh
                           else f"{sign} {place}: {old or blank} -> {new or blank} ({owner})")  # fmt: skip
        if total > limit:
            out.append(f"… 共 {total} 项，其余见 --json" if zh else f"… {total} in all; see --json for the rest")
        cost = self.cost
        kib = f"{cost.bytes / 1024:.1f}"
        out.append(
            f"写入 {self.pushed} 格，收取 {len(self.pulls)} 条，冲突 {len(self.conflicts)} 处，"
            f"未匹配 {len(self.unmatched)} 行；{cost.requests} 次请求，{kib} KiB" if zh
            else f"{self.pushed} cells to write, {len(self.pulls)} entries to take over, "
            f"{len(self.conflicts)} conflicts, {len(self.unmatched)} unmatched rows; "
            f"{cost.requests} requests, {kib} KiB"
        )  # fmt: skip
        return out

    def to_json(self) -> dict[str, Any]:
        """All of it: money as decimal strings, dates ISO."""
        names = ("action", "tab", "key", "column", "old", "new", "owner")
        cost = self.cost
        return {
            "digest": self.digest,
            "fingerprint": self.base_fingerprint,
            "restored": self.restored,
            "changes": [dict(zip(names, told, strict=True)) for told in self._told(plain=True)],
            "unmatched": [
                {"tab": each.tab, "key": shown_key(each.key), "row": _value(each.sheet)} for each in self.unmatched
            ],
            "invalid": [
                {"tab": each.tab, "key": shown_key(each.key), "column": each.column, "cell": each.cell, "zh": each.zh,
                 "en": each.en}
                for each in self.invalid
            ],
            "findings": [
                {"code": each.code, "severity": each.severity, "tab": each.sheet, "cell": each.cell, "zh": each.zh,
                 "en": each.en, "hint_zh": each.hint_zh, "hint_en": each.hint_en}
                for each in self.problems
            ],
            "totals": {
                "cells": self.pushed, "pulled": len(self.pulls), "conflicts": len(self.conflicts),
                "unmatched": len(self.unmatched), "invalid": len(self.invalid), "requests": cost.requests,
                "bytes": cost.bytes,
            },
        }  # fmt: skip

    def _told(self, *, plain: bool = False) -> Iterator[tuple[str, str, str, str, Any, Any, str]]:
        value = _value if plain else shown
        writing = {id(tab) for tab in self.writing}
        for tab in self.tabs:  # what people did comes first: it must not be cut off by what the job writes
            yield from _taken(tab, self.language, plain=plain)
        for tab in self.tabs:
            if id(tab) not in writing:
                continue
            names = _names(tab, self.language, plain=plain)
            for write in tab.writes:
                old = typed(write.old, tab.view.column(write.column).kind)
                yield (
                    "push", tab.title, _row(tab, write.key, plain=plain), names[write.column], value(old),
                    value(write.new), _owner(write.owner, self.language, plain=plain),
                )  # fmt: skip
            columns = [(column, tab.at[column.key]) for column in tab.view.published]
            for key, cells in tab.appends:
                if not plain and tab.view.key in _FOLDED:
                    told = {column.key: cells[position] for column, position in columns}
                    owner = _owner("machine", self.language, plain=False)
                    yield "add", tab.title, _row(tab, key, plain=False), *_FOLDED[tab.view.key](told, names), owner
                    continue
                for column, position in columns:
                    if cells[position] is not None:
                        owner = _owner(column.owner, self.language, plain=plain)
                        there = value(cells[position])
                        yield (
                            "add",
                            tab.title,
                            _row(tab, key, plain=plain),
                            names[column.key],
                            value(None),
                            there,
                            owner,
                        )


def _row(tab: TabPlan, key: str, *, plain: bool) -> str:
    """A row as people know it: of a reply the document, for its own key holds all that it answers."""
    if plain:
        return key
    return key.partition("|")[0] if tab.view.key == REPLIES else shown_key(key)


def _reply_line(told: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str, str]:
    """A new reply in one line: its column, nothing before, its words."""
    return names["reply"], "", shown(told["reply"])


def _conflict_line(told: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str, str]:
    """A new row of the conflicts in one line: the cell and both values."""
    place = " · ".join(shown(told[key]) for key in ("tab", "key", "column") if told[key])
    values = [f"{names[key]} {shown(told[key])}" for key in ("book", "sheet") if told[key] is not None]
    return "", "", " | ".join((place, *values))


_FOLDED: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, str]], tuple[str, str, str]]] = MappingProxyType(
    {REPLIES: _reply_line, VIEW.key: _conflict_line}
)
"""Tabs whose new rows are one line on a screen: what they say has mostly been said by the lines before."""


def _taken(tab: TabPlan, language: str, *, plain: bool) -> Iterator[tuple[str, str, str, str, Any, Any, str]]:
    """Entries and conflicts of a tab."""
    value = _value if plain else shown
    names = _names(tab, language, plain=plain)
    for entry in tab.pulls:
        owner = _owner(tab.view.column(entry.column).owner, language, plain=plain)
        yield (
            "pull",
            tab.title,
            _row(tab, entry.row_key, plain=plain),
            names[entry.column],
            value(entry.old),
            value(entry.new),
            owner,
        )
    for each in tab.conflicts:
        first, second = (each.sheet, each.book) if each.winner == "book" else (each.book, each.sheet)
        rule = each.rule if plain else RULES[each.rule][0 if language == "zh" else 1]
        key = _row(tab, each.key, plain=plain)
        yield "conflict", tab.title, key, names.get(each.column, ""), value(first), value(second), rule


def _names(tab: TabPlan, language: str, *, plain: bool) -> dict[str, str]:
    return {column.key: column.key if plain else column.header(language) for column in tab.view.columns}


_OWNERS = {
    "machine": ("本程序", "the job"),
    "user": ("填写人", "people"),
    "seeded": ("初值", "seeded"),
    "append": ("只增", "append-only"),
}


def _owner(owner: str, language: str, *, plain: bool) -> str:
    return owner if plain else _OWNERS[owner][0 if language == "zh" else 1]


def _value(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value) if isinstance(value, Decimal) else shown(value)


def _filled(tab: TabPlan) -> int:
    return sum(len(cells) - cells.count(None) for _, cells in tab.appends)


def _tab_changes(tab: TabPlan, language: str) -> Iterator[Change]:
    """One tab's changes, in the order in which they are carried out."""
    view, width = tab.view, max(tab.at.values()) + 1
    kinds = [""] * width
    for column in view.published:
        kinds[tab.at[column.key]] = column.kind
    formats = tuple(kind or "any" for kind in kinds)
    if tab.add:
        closed = view.protected and not view.people
        rows = len(tab.appends) + 1
        yield AddTab(tab.title, rows, width, view.header(language), formats, protected=closed, hidden=view.hidden)
    elif tab.new_columns:
        yield from _new_header(tab, language, width)
    if (tab.add or tab.new_columns) and view.people:
        yield from _guards(tab, language)
    yield from grouped(tab.title, tab.writes)
    if tab.appends:
        yield AppendRows(tab.title, [cells for _, cells in tab.appends], formats)


def _new_header(tab: TabPlan, language: str, width: int) -> Iterator[Change]:
    rows, columns = tab.grid
    if width > columns or rows < 1:
        yield ResizeTab(tab.title, max(rows, 1), max(columns, width))
    first = min(tab.at[key] for key in tab.new_columns)
    texts: list[Cell] = [tab.view.column(key).header(language) for key in tab.new_columns]
    yield SetCells(tab.title, -1, first, [texts])


def _guards(tab: TabPlan, language: str) -> Iterator[Change]:
    """What keeps a tab of people in order: the job's columns closed, choices offered."""
    view = tab.view
    ours = sorted(
        tab.at[column.key] for column in view.published if column.owner == "machine" or column.key in view.key_columns
    )
    if view.protected:
        for _, run in groupby(enumerate(ours), lambda pair: pair[1] - pair[0]):
            positions = [position for _, position in run]
            yield ProtectRange(tab.title, positions[0], len(positions))
    for column in view.published:
        if column.words:
            words = tuple(zh if language == "zh" else en for zh, en in column.words)
            yield SetValidation(tab.title, tab.at[column.key], words)


def grouped(tab: str, writes: Sequence[CellWrite]) -> list[SetCells]:
    """Cells to write, sorted by row and position, as rectangles: neighbours in a row, then equal spans below."""
    spans: list[tuple[int, int, list[Cell]]] = []
    for write in writes:
        if spans and spans[-1][0] == write.row and spans[-1][1] + len(spans[-1][2]) == write.position:
            spans[-1][2].append(write.new)
        else:
            spans.append((write.row, write.position, [write.new]))
    out: list[SetCells] = []
    below: dict[tuple[int, int, int], SetCells] = {}
    for row, position, cells in spans:
        known = below.pop((row, position, len(cells)), None)
        if known is None:
            known = SetCells(tab, row, position, [])
            out.append(known)
        known.rows.append(cells)
        below[row + 1, position, len(cells)] = known
    return out
