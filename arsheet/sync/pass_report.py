"""What one pass over a spreadsheet did."""

from __future__ import annotations

from dataclasses import dataclass, field

from arsheet.sync.model import Conflict, Entry
from arsheet.sync.plan import Plan
from arsheet.table import Finding

NEEDS_A_PERSON = 4


@dataclass(slots=True)
class PassReport:
    """What a pass did. ``writes`` counts write calls; ``waiting`` entries are not in the workbook yet."""

    run_id: str
    spreadsheet: str
    generation: int = 0
    adopted: bool = False
    opened: bool = False
    reads: int = 0
    writes: int = 0
    repairs: int = 0
    pushed: int = 0
    appended: int = 0
    requests: int = 0
    bytes: int = 0
    waiting: int = 0
    pulls: list[Entry] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    unmatched: list[Conflict] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    plan: Plan | None = None

    @property
    def reading(self) -> str:
        """The id of the last reading: what was typed between two of them is told apart, however close they are."""
        return f"{self.run_id}.{self.reads}"

    @property
    def stopped(self) -> list[str]:
        """The tabs that were left alone until a person has put them right."""
        return sorted({problem.sheet for problem in self.problems if problem.severity == "error"})

    @property
    def exit_code(self) -> int:
        """0, or 4 where a tab needs a person."""
        return NEEDS_A_PERSON if self.stopped else 0

    def go_on(self, later: PassReport) -> None:
        """Takes in what a later pass over the same spreadsheet did in the same run."""
        for name in ("reads", "writes", "repairs", "pushed", "appended", "requests", "bytes"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        for name in ("pulls", "conflicts"):
            getattr(self, name).extend(getattr(later, name))
        self.generation, self.waiting, self.opened = later.generation, later.waiting, later.opened
        self.unmatched, self.problems = later.unmatched, later.problems
