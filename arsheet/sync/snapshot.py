"""What was last agreed with a spreadsheet, read from the journal once per pass and kept in step with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from arsheet.journal import entries, syncstate
from arsheet.journal.store import Journal
from arsheet.journal.syncstate import Generation, State
from arsheet.sync.cells import plain
from arsheet.sync.conflicts import facts_of
from arsheet.sync.model import Conflict, Entry, TabBase, TabPlan, Written
from arsheet.sync.plan import Plan

MOST_REMEMBERED = 100_000
"""So many written cells are remembered until they have been verified; of more, those of people's tabs only."""


class Snapshot:
    """The agreed state of one spreadsheet; every method that changes it is one transaction of the journal."""

    def __init__(self, journal: Journal, spreadsheet: str) -> None:
        self.journal, self.spreadsheet = journal, spreadsheet
        self.state: State = syncstate.state(journal, spreadsheet)
        self._bases: dict[str, TabBase] = {}
        self._ahead: dict[str, tuple[tuple[str, ...], Mapping[str, Any]]] = {}

    def base(self, tab: str) -> TabBase:
        """What was agreed for a tab."""
        if tab not in self._bases:
            self._bases[tab] = TabBase(*syncstate.rows(self.journal, self.spreadsheet, tab))
        return self._bases[tab]

    def written(self) -> Written | None:
        """What was written where since the sheet was last found right."""
        facts = self.state.facts
        if not facts:
            return None
        made: tuple[dict[Any, list[Any]], ...] = ({}, {}, {})
        for tab, row, position, key, column, old, new in facts["cells"]:
            made[0].setdefault((tab, row, position), []).append((key, new))
            made[1].setdefault((tab, key, column), []).append(old)
            made[2].setdefault((tab, column), []).append((key, new))
        return Written(*made)

    def keep(
        self, tabs: Sequence[TabPlan], pulls: Sequence[Entry], conflicts: Sequence[Conflict], at: dt.datetime
    ) -> None:
        """Entries, conflicts and the cells they were read from, durable together before anything is pushed."""
        noted = [tab for tab in tabs if tab.now]
        if not (noted or pulls or conflicts):
            return
        moment = at.isoformat(timespec="seconds")
        with self.journal.transaction():
            entries.add(self.journal, pulls)
            syncstate.add_conflicts(self.journal, self.spreadsheet, [facts_of(each) for each in conflicts], at=moment)
            for tab in noted:
                syncstate.note(self.journal, self.spreadsheet, tab.view.key, tab.names, tab.now)
        for tab in noted:
            self._turn(tab.view.key, tab.names, tab.now)

    def plan_ahead(self, plan: Plan, generation: Generation, at: dt.datetime) -> None:
        """Keeps the write that is about to be sent."""
        self._ahead = {tab.view.key: (tab.names, tab.then) for tab in plan.writing}
        many = sum(len(tab.writes) for tab in plan.writing) > MOST_REMEMBERED
        earlier = self.state.facts or {"cells": []}
        cells = earlier["cells"] + [
            [tab.view.key, write.row, write.position, write.key, write.column, write.old, plain(write.new)]
            for tab in plan.writing
            for write in tab.writes
            if tab.view.people or not many
        ]
        with self.journal.transaction():
            syncstate.plan_ahead(
                self.journal, self.spreadsheet, generation, self._ahead, {"cells": cells},
                at=at.isoformat(timespec="seconds"),
            )  # fmt: skip
        self._read_state()

    def landed(self) -> None:
        """The write under way is in the spreadsheet."""
        with self.journal.transaction():
            syncstate.landed(self.journal, self.spreadsheet)
        self._read_state()
        if self._ahead:
            for tab, (names, rows) in self._ahead.items():
                self._turn(tab, names, rows)
        else:  # planned by an earlier run
            self._bases.clear()
        self._ahead = {}

    def dropped(self) -> None:
        """The write under way never landed."""
        with self.journal.transaction():
            syncstate.drop(self.journal, self.spreadsheet)
        self._ahead = {}
        self._read_state()

    def verified(self) -> None:
        """The sheet was read after the last write and found right."""
        if not self.state.verified or self.state.facts:
            with self.journal.transaction():
                syncstate.verified(self.journal, self.spreadsheet)
            self._read_state()

    def accept(self, generation: Generation, at: dt.datetime) -> None:
        """Goes on from the generation that the spreadsheet has."""
        with self.journal.transaction():
            syncstate.accept(self.journal, self.spreadsheet, generation, at=at.isoformat(timespec="seconds"))
        self._read_state()

    def _read_state(self) -> None:
        self.state = syncstate.state(self.journal, self.spreadsheet)

    def _turn(self, tab: str, names: tuple[str, ...], changed: Mapping[str, Any]) -> None:
        known = self._bases.get(tab)
        if known is None or (known.names != names and known.rows):
            self._bases.pop(tab, None)
            return
        rows = dict(known.rows) if not isinstance(known.rows, dict) else known.rows
        for key, row in changed.items():
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row
        self._bases[tab] = TabBase(names, rows)
