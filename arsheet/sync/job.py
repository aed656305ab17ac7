"""One run of the sync: a pass over each target, then what people typed enters the workbook if it is free."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from arsheet.hosts.package import companion_folder
from arsheet.journal import lock
from arsheet.run.landing import Landing, kept_entries, land
from arsheet.run.session import Clock, system_clock
from arsheet.sync.connecting import Connection
from arsheet.sync.log import RunLog, sheet_mark
from arsheet.sync.model import Source, Target
from arsheet.sync.pass_report import PassReport
from arsheet.sync.passes import Expected, Hooks, quiet, run_pass
from arsheet.sync.refusals import tables_lacking
from arsheet.sync.remote import Progress
from arsheet.sync.source import BookSource
from arsheet.table import ArsheetError

LOCK = "sync_run.lock"
"""Held for the whole run over all targets; a pass has a lock of its own."""
WORST_FIRST = (8, 5, 3, 4, 6, 7, 1, 0)
"""Which exit code a run over several spreadsheets ends with."""
FATAL = (5, 8)
"""Exit codes that end a long-running sync: the next pass would meet the same."""
KEEPS_OUT = frozenset((
    "workbook_copy_not_synced", "journal_belongs_to_another_book",
    "sheet_changed_since_plan", "book_changed_since_plan",
))  # fmt: skip
"""The journal is not this workbook's, or a person agreed to a plan that is old: then the workbook is left alone too."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a run differs from the plain one. ``push`` False: nothing is written to the sheets. ``land`` False: nothing
    is written to the workbook. ``expect``: by spreadsheet, the plan that a person has seen."""

    push: bool = True
    land: bool = True
    expect: Mapping[str, Expected] = field(default_factory=dict)
    accept_sheet: bool = False
    recreate: Collection[str] = ()


@dataclass(slots=True)
class TargetRun:
    """What became of one target: a report, or why there is none."""

    target: Target
    report: PassReport | None = None
    error: ArsheetError | None = None

    @property
    def exit_code(self) -> int:
        """Of this target alone."""
        if self.error is not None:
            return self.error.exit_code
        return self.report.exit_code if self.report is not None else 0


@dataclass(slots=True)
class JobReport:
    """A run over all targets. ``waiting``: entries that are not in the workbook yet; ``held``: what keeps them out."""

    run_id: str
    targets: list[TargetRun] = field(default_factory=list)
    landing: Landing = field(default_factory=Landing)
    held: ArsheetError | None = None
    waiting: int = 0
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """The gravest of all; a workbook that is open elsewhere is no fault."""
        codes = {run.exit_code for run in self.targets} | {0}
        if self.held is not None and self.held.exit_code != 7:
            codes.add(self.held.exit_code)
        return min(codes, key=lambda code: WORST_FIRST.index(code) if code in WORST_FIRST else 0)

    @property
    def code(self) -> str:
        """Why it did not go well; blank where it did."""
        found = next((run for run in self.targets if run.exit_code == self.exit_code and run.exit_code), None)
        if found is None:
            return self.held.code if self.held is not None and self.exit_code else ""
        return found.error.code if found.error is not None else "tab_stopped"


def run_job(
    book: Path,
    targets: Sequence[Target],
    connect: Callable[[], Connection],
    *,
    ways: Ways | None = None,
    source: Source | None = None,
    log: RunLog | None = None,
    clock: Clock = system_clock,
    hooks: Hooks = quiet,
    progress: Callable[[Target, Progress], None] | None = None,
) -> JobReport:
    """Brings all targets in step, one after the other; a target that fails does not keep the others from theirs.

    ``connect`` signs in, once the run is alone. Raises ArsheetError ``sync_running`` (7) and what ``connect`` raises.
    """
    ways, began = ways or Ways(), time.monotonic()
    noted = log or RunLog(companion_folder(book.resolve()))
    made = JobReport(noted.run_id)
    noted.event("run_begin", targets=len(targets))
    try:
        with lock.held(companion_folder(book.resolve()), clock(ZoneInfo(targets[0].zone)), name=LOCK), noted.calls():
            connection, mine = connect(), source or BookSource()

            def one(target: Target, ways: Ways = ways) -> TargetRun:
                return _pass(book, target, connection, ways, mine, noted, clock, hooks, progress)

            _passes(made, targets, one)
            if ways.land and not all(_keeps_out(run.error) for run in made.targets):
                _land(made, book, clock)
                if ways.push and not ways.expect:
                    _answer(made, book, one)
            made.waiting = _waiting(book)
    except BaseException as error:
        code = error.code if isinstance(error, ArsheetError) else "interrupted"
        exit_code = error.exit_code if isinstance(error, ArsheetError) else 1
        noted.event("run_end", exit=exit_code, code=code, seconds=time.monotonic() - began)
        raise
    made.seconds = time.monotonic() - began
    noted.event(
        "run_end", exit=made.exit_code, code=made.code, seconds=made.seconds, waiting=made.waiting,
        landed=sum(made.landing.rows.values()),
    )  # fmt: skip
    return made


def _passes(made: JobReport, targets: Sequence[Target], one: Callable[[Target], TargetRun]) -> None:
    for target in targets:
        mine = one(target)
        made.targets.append(mine)
        if mine.error is not None and mine.error.code in ("key_revoked", "login_expired", "login_refused"):
            return  # the account is the same for all


def _answer(made: JobReport, book: Path, one: Callable[[Target, Ways], TargetRun]) -> None:
    """Goes over the sheets whose entries have just entered the workbook once more, so that their answers say so now
    and not a period later. Sheets where nobody typed anything are not asked; nor is any under an agreed plan, which
    says all that is to be written."""
    kept, _ = kept_entries(book) if made.landing.words else ([], None)
    landed = {entry.spreadsheet for entry in kept if entry.no in made.landing.words}
    for run in made.targets:
        if run.target.spreadsheet in landed and run.report is not None:
            later = one(run.target, Ways())
            run.error = later.error
            if later.report is not None:
                run.report.go_on(later.report)


def _pass(
    book: Path, target: Target, connection: Connection, ways: Ways, source: Source, noted: RunLog, clock: Clock,
    hooks: Hooks, progress: Callable[[Target, Progress], None] | None,
) -> TargetRun:  # fmt: skip
    mine, began = TargetRun(target), time.monotonic()
    remote = connection.remote(target, _to(progress, target))
    try:
        mine.report = run_pass(
            book, target, remote, source=source, clock=clock, hooks=hooks, push=ways.push,
            expect=ways.expect.get(target.spreadsheet), accept_sheet=ways.accept_sheet, recreate=ways.recreate,
        )  # fmt: skip
    except ArsheetError as error:
        mine.error = error
    _noted(noted, mine, time.monotonic() - began, remote.requests_made, remote.bytes_sent)
    return mine


def _noted(noted: RunLog, run: TargetRun, seconds: float, requests: int, sent: int) -> None:
    """The line of a pass: numbers and codes only."""
    sheet, report = sheet_mark(run.target.spreadsheet), run.report
    facts = {"sheet": sheet, "seconds": seconds, "requests": requests, "bytes": sent, "exit": run.exit_code}
    if report is None:
        noted.event("pass_failed", code=run.error.code if run.error else "", **facts)
        return
    noted.event(
        "pass", generation=report.generation, written=report.pushed, pulled=len(report.pulls), open=report.opened,
        conflicts=len(report.conflicts), unmatched=len(report.unmatched), repairs=report.repairs,
        findings=len(report.problems), **facts,
    )  # fmt: skip
    for problem in report.problems:
        noted.event("finding", sheet=sheet, code=problem.code)


def _to(progress: Callable[[Target, Progress], None] | None, target: Target) -> Callable[[Progress], None] | None:
    return None if progress is None else lambda each: progress(target, each)


def _keeps_out(error: ArsheetError | None) -> bool:
    """Whether why a target failed also keeps what waits out of the workbook."""
    return error is not None and error.code in KEEPS_OUT


def _land(made: JobReport, book: Path, clock: Clock) -> None:
    """Writes what waits into the workbook; while it is open elsewhere or being written, it goes on waiting."""
    try:
        made.landing = land(book, clock=clock)
    except ArsheetError as error:
        made.held = error
        return
    if made.landing.lacking:
        made.held = tables_lacking(book, made.landing.lacking)


def _waiting(book: Path) -> int:
    kept, stands = kept_entries(book)
    return sum(map(stands.waits, kept))
