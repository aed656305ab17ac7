"""Where the sync of a workbook stands, from its journal and its log alone: nobody is asked, nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from arsheet.hosts.package import companion_folder
from arsheet.journal import syncstate
from arsheet.run.landing import kept_entries
from arsheet.run.saving import reading
from arsheet.sync.connecting import Configured
from arsheet.sync.log import Run, RunLog, recent_runs
from arsheet.sync.model import Target


@dataclass(frozen=True, slots=True)
class TargetState:
    """One spreadsheet: the last agreed generation and when, an interrupted write, entries, conflicts."""

    target: Target
    generation: int = 0
    at: str = ""
    pending: bool = False
    verified: bool = True
    entries: int = 0
    waiting: int = 0
    conflicts: int = 0

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "spreadsheet": self.target.spreadsheet, "name": self.target.name, "scope": self.target.scope,
            "generation": self.generation, "at": self.at or None, "interrupted": self.pending,
            "verified": self.verified, "entries": self.entries, "waiting": self.waiting, "conflicts": self.conflicts,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Status:
    """All targets of a workbook, and the last run."""

    targets: tuple[TargetState, ...]
    last: Run | None

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        last = self.last
        return {
            "targets": [each.to_json() for each in self.targets],
            "waiting": sum(each.waiting for each in self.targets),
            "last_run": None if last is None else {
                "run_id": last.run_id, "at": last.at, "exit_code": last.exit_code, "code": last.code or None,
                "seconds": last.seconds,
            },
        }  # fmt: skip


def status(setup: Configured) -> Status:
    """The state of every target that the workbook names."""
    kept, stands = kept_entries(setup.book)
    found = []
    with reading(setup.book) as journal:
        for target in setup.targets:
            mine = [entry for entry in kept if entry.spreadsheet == target.spreadsheet]
            counts: dict[str, Any] = {"entries": len(mine), "waiting": sum(map(stands.waits, mine))}
            if journal is None:
                found.append(TargetState(target, **counts))
                continue
            state = syncstate.state(journal, target.spreadsheet)
            found.append(
                TargetState(
                    target, state.agreed.number, state.at, state.pending is not None, state.verified,
                    conflicts=len(syncstate.conflicts(journal, target.spreadsheet)), **counts,
                )
            )  # fmt: skip
    runs = recent_runs(RunLog(companion_folder(setup.book.resolve())).path, 1, _zone(setup))
    return Status(tuple(found), runs[-1] if runs else None)


def _zone(setup: Configured) -> ZoneInfo | None:
    return ZoneInfo(setup.targets[0].zone) if setup.targets else None
