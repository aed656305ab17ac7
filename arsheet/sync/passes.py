"""One pass over one spreadsheet: read, merge, keep what people typed, write, read again and repair.

The order is the guarantee. What people typed is durable in the journal before anything is pushed; a write is planned
ahead in the journal and carries its generation in the spreadsheet's marker, so that a pass that ended anywhere is taken
up by the next one: the marker says whether the write landed. Nothing to change means no write call at all.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import tempfile
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from arsheet.hosts.package import companion_folder
from arsheet.hosts.saving_words import check_not_open
from arsheet.journal import entries, identity, lock, syncstate
from arsheet.journal.store import Journal
from arsheet.journal.syncstate import Generation
from arsheet.run.session import Clock, system_clock
from arsheet.sync import conflicts, refusals
from arsheet.sync.merging import merge_tabs
from arsheet.sync.model import BookSide, Check, Policy, Source, TabData, TabPlan, TabView, Target
from arsheet.sync.pass_report import PassReport
from arsheet.sync.plan import Plan
from arsheet.sync.remote import Applied, Lease, Marker, Remote, RemoteError, SpreadsheetRead, TabWanted
from arsheet.sync.restored import former_words
from arsheet.sync.snapshot import Snapshot
from arsheet.sync.told import finding
from arsheet.table import WorkbookError

REPAIRS = 3
LEASE_MINUTES = 10
REQUESTS_A_MINUTE = 50
Hooks = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Expected:
    """A plan that a person has seen: its digest and the fingerprint of the sheet it was made from."""

    digest: str
    fingerprint: str


def quiet(_: str) -> None:
    """The hooks of a pass that nobody watches."""


def run_pass(
    book: str | Path,
    target: Target,
    remote: Remote,
    *,
    source: Source,
    clock: Clock = system_clock,
    hooks: Hooks = quiet,
    push: bool = True,
    expect: Expected | None = None,
    accept_sheet: bool = False,
    recreate: Collection[str] = (),
    check: Check | None = None,
) -> PassReport:
    """Brings a spreadsheet and the book's journal in step; see Pass. ``push`` False: only takes in what was typed.

    Raises ArsheetError: ``sync_running``, ``sheet_leased`` (7), ``another_writer`` and its kin,
    ``workbook_copy_not_synced``, ``sheet_changed_since_plan`` (4), RemoteError, and what the source raises.
    """
    made = Pass(Path(book), target, remote, source, clock=clock, hooks=hooks)
    made.push, made.expect, made.accept_sheet = push, expect, accept_sheet
    made.recreate, made.check = frozenset(recreate), check
    return made.run()


def plan_pass(
    book: str | Path,
    target: Target,
    remote: Remote,
    *,
    source: Source,
    clock: Clock = system_clock,
    accept_sheet: bool = False,
    recreate: Collection[str] = (),
    check: Check | None = None,
) -> Plan:
    """What a pass would do now; neither the spreadsheet nor the journal changes."""
    made = Pass(Path(book), target, remote, source, clock=clock)
    made.accept_sheet, made.recreate, made.check = accept_sheet, frozenset(recreate), check
    return made.plan_only()


class Pass:
    """One pass under way. Tests take it apart; everything else calls run_pass."""

    push = True
    expect: Expected | None = None
    accept_sheet = False
    recreate: frozenset[str] = frozenset()
    check: Check | None = None
    going_on: Generation | None = None
    """Where a spreadsheet stands that a person accepted as it is, until our next write has landed there."""

    def __init__(
        self, book: Path, target: Target, remote: Remote, source: Source, *, clock: Clock, hooks: Hooks = quiet
    ) -> None:
        self.book, self.target, self.remote, self.source = book.resolve(), target, remote, source
        self.zone, self.clock, self.hooks = ZoneInfo(target.zone), clock, hooks
        self.folder = companion_folder(self.book)
        self.report = PassReport(uuid.uuid4().hex[:12], target.spreadsheet)

    def now(self) -> dt.datetime:
        """This moment, in the company's time zone."""
        return self.clock(self.zone)

    def run(self) -> PassReport:
        """The whole pass, under the lock of this book's sync."""
        before, sent = self.remote.requests_made, self.remote.bytes_sent
        with lock.held(self.folder, self.now(), name=lock.SYNC):
            self.hooks("locked")
            with Journal(self.folder) as journal:
                syncstate.prepare(journal)
                side = self._book_side(journal)
                with journal.transaction():
                    identity.found_in(journal, side.book_id)
                snapshot = Snapshot(journal, self.target.spreadsheet)
                try:
                    self.rounds(snapshot, side)
                finally:
                    self.report.requests = self.remote.requests_made - before
                    self.report.bytes = self.remote.bytes_sent - sent
                self.report.waiting = entries.count_waiting(journal)
                self.report.generation = snapshot.state.agreed.number
        self.hooks("unlocked")
        return self.report

    def plan_only(self) -> Plan:
        """The plan of the first round; nothing is kept but the outcome of an earlier write that was still open."""
        if not Journal.there(self.folder):
            with tempfile.TemporaryDirectory(prefix="arsheet-plan-") as folder, Journal(Path(folder)) as journal:
                return self._planned(journal)
        with lock.held(self.folder, self.now(), name=lock.SYNC), Journal(self.folder) as journal:
            return self._planned(journal)

    def _planned(self, journal: Journal) -> Plan:
        syncstate.prepare(journal)
        side = self._book_side(journal)
        snapshot = Snapshot(journal, self.target.spreadsheet)
        read = self.remote.read(self._wanted(side))
        self.settle(snapshot, read)
        tabs = self.merge_people(snapshot, side, read)
        plan = self.complete(snapshot, side, read, tabs, kept=False)
        if plan.writing:
            plan.cost = self.remote.cost(plan.changes())
        return plan

    # the two sides ----------------------------------------------------------------------------------------------

    def _book_side(self, journal: Journal) -> BookSide:
        try:
            check_not_open(self.book)
        except WorkbookError:
            self.report.opened = True
        side = self.source(self.book, self.target, opened=self.report.opened, at=self.now())
        stands = identity.standing(side.book_id, journal)
        if stands == "foreign":
            raise identity.foreign(self.folder, self.book.name)
        if stands == "copy":
            raise refusals.copy_of_book(self.folder.name)
        return side

    def _views(self, side: BookSide) -> list[TabView]:
        views = {view.key: view for view in (*(data.view for data in side.tabs), *side.answer_views)}
        return [*(view for key, view in views.items() if key != conflicts.VIEW.key), conflicts.VIEW]

    def _wanted(self, side: BookSide) -> list[TabWanted]:
        return [TabWanted(view.title(self.target.language)) for view in self._views(side)]

    # rounds -----------------------------------------------------------------------------------------------------

    def rounds(self, snapshot: Snapshot, side: BookSide) -> None:
        """Read, merge, keep, write; then the same again until there is nothing to put right, at most 3 times."""
        for attempt in range(REPAIRS + 2):
            read = self.remote.read(self._wanted(side))
            self.report.reads += 1
            self.hooks("read")
            self.settle(snapshot, read)
            if self.expect and not attempt and read.fingerprint != self.expect.fingerprint:
                raise refusals.plan_is_old(sheet=True)
            tabs = self.merge_people(snapshot, side, read)
            self.hooks("merged")
            self.keep(snapshot, tabs)
            self.hooks("entries")
            plan = self.complete(snapshot, side, read, tabs)
            self._note(plan, first=not attempt)
            if self.expect and not attempt and plan.digest != self.expect.digest:
                raise refusals.plan_is_old(sheet=False)
            if not self.push:
                return
            if self.going_on is not None and any(tab.stopped for tab in plan.tabs if tab.view.people):
                return  # what is old there could not be told from what was emptied once the rest is written
            if not plan.writing:
                if self.going_on is not None:
                    snapshot.accept(self.going_on, self.now())
                snapshot.verified()
                self.hooks("verified")
                return
            if attempt > REPAIRS:
                break
            self._fits(plan, read)
            self.write(snapshot, plan, read)
            self.report.repairs = attempt
        self.report.problems.append(finding("sheet_still_changing", "", times=REPAIRS))

    def merge_people(self, snapshot: Snapshot, side: BookSide, read: SpreadsheetRead) -> list[TabPlan]:
        """The plans of the tabs that come from the book."""
        return self._merge(snapshot, [data for data in side.tabs if data.view.key != conflicts.VIEW.key], read)

    def _merge(self, snapshot: Snapshot, tabs: Sequence[TabData], read: SpreadsheetRead) -> list[TabPlan]:
        policy = Policy(
            language=self.target.language, spreadsheet=self.target.spreadsheet, run_id=self.report.reading,
            read_at=self.now().isoformat(timespec="seconds"), heal=not snapshot.state.verified,
            recreate=self.recreate, written=snapshot.written(), check=self.check,
            former=former_words(snapshot.journal) if self.going_on is not None else None,
        )  # fmt: skip
        return merge_tabs(tabs, read, snapshot.base, policy)

    def keep(self, snapshot: Snapshot, tabs: Sequence[TabPlan]) -> None:
        """What people typed and what was in conflict, durable before anything is pushed."""
        going = [tab for tab in tabs if not tab.stopped]
        pulls = [entry for tab in going for entry in tab.pulls]
        met = [each for tab in going for each in (*tab.conflicts, *tab.unmatched)]
        snapshot.keep(going, pulls, met, self.now())
        self.report.pulls.extend(pulls)
        self.report.conflicts.extend(each for tab in going for each in tab.conflicts)
        self.report.unmatched = [each for tab in going for each in tab.unmatched]

    def complete(
        self, snapshot: Snapshot, side: BookSide, read: SpreadsheetRead, tabs: list[TabPlan], *, kept: bool = True
    ) -> Plan:
        """The plan with the tabs that answer people and list conflicts, computed once those are kept."""
        journal, spreadsheet = snapshot.journal, self.target.spreadsheet
        typed = entries.kept(journal, spreadsheet)
        known = syncstate.conflicts(journal, spreadsheet)
        if not kept:
            pulls = [entry for tab in tabs if not tab.stopped for entry in tab.pulls]
            typed += [replace(entry, no=-at) for at, entry in enumerate(pulls, 1)]  # answered too, though not kept
            seen = [facts for _, _, facts in known]
            fresh = [
                conflicts.facts_of(each) for tab in tabs if not tab.stopped
                for each in (*tab.conflicts, *tab.unmatched)
            ]  # fmt: skip
            moment = self.now().isoformat(timespec="seconds")
            known += [(len(known) + at, moment, facts) for at, facts in enumerate(fresh, 1) if facts not in seen]
        dependent = list(side.answers(typed)) if side.answers else []
        views = {view.key: view for view in self._views(side)}
        if known:
            dependent.append(conflicts.data_of(known, views, self.target.language))
        more = self._merge(snapshot, dependent, read)
        if kept:
            self.keep_dependent(snapshot, more)
        plan = Plan([*tabs, *more], read.fingerprint, self.target.language, restored=self.going_on is not None)
        return plan.seal()

    def keep_dependent(self, snapshot: Snapshot, tabs: Sequence[TabPlan]) -> None:
        """Of the tabs that answer, only what was agreed is noted: nobody types there."""
        snapshot.keep([tab for tab in tabs if not tab.stopped], [], [], self.now())

    def _note(self, plan: Plan, *, first: bool) -> None:
        self.report.problems = plan.problems
        if first:
            self.report.plan = plan

    # the marker -------------------------------------------------------------------------------------------------

    def _check_marker(self, snapshot: Snapshot, read: SpreadsheetRead) -> Generation:
        there, state = generation_of(read.marker), snapshot.state
        known = there in (state.agreed, state.pending) or _part_of(there, state)
        if not known and not self.accept_sheet:
            raise refusals.another_writer(there, state.agreed)
        return there

    def settle(self, snapshot: Snapshot, read: SpreadsheetRead) -> None:
        """Whether the write that an earlier run began has landed; persisted at once."""
        there, state = self._check_marker(snapshot, read), snapshot.state
        self.going_on = None
        if state.pending is not None and there == state.pending:
            snapshot.landed()
            self.report.adopted = True
            self.hooks("adopted")
        elif there == state.agreed:
            if state.pending is not None:
                snapshot.dropped()
        elif _part_of(there, state):  # a part of a large write of ours
            snapshot.accept(there, self.now())
        else:  # a person said to go on from here; it is kept no sooner than the write that puts right what is old
            self.going_on = there

    def holder(self, book_id: str) -> str:
        """Who this run is, as another computer sees it."""
        return f"{socket.gethostname()}/{os.getpid()}/{book_id[-8:]}"

    def _lease(self, snapshot: Snapshot, plan: Plan, marker: Marker | None) -> Marker:
        """Takes the lease. One of this book on this computer is left from a run that ended: the lock is ours."""
        book_id, at = snapshot.journal.meta("book_id"), self.now()
        held = marker.lease if marker is not None else None
        if held is not None and held.expires > at:
            host, _, rest = held.holder.partition("/")
            if host != socket.gethostname() or rest.partition("/")[2] != book_id[-8:]:
                raise refusals.leased(held)
        minutes = LEASE_MINUTES + plan.cost.requests / REQUESTS_A_MINUTE
        lease = Lease(self.holder(book_id), at + dt.timedelta(minutes=minutes))
        now = replace(marker, lease=lease) if marker is not None else Marker(0, "", "", lease)
        return self.remote.apply([], now, expect=marker).marker

    def write(self, snapshot: Snapshot, plan: Plan, read: SpreadsheetRead) -> Applied:
        """Lease, plan ahead, apply, snapshot."""
        changes = plan.changes()
        plan.cost = self.remote.cost(changes)
        leased = self._lease(snapshot, plan, read.marker)
        self.hooks("leased")
        number = max(snapshot.state.agreed.number, generation_of(read.marker).number) + 1
        ahead = Generation(number, self.report.run_id, plan.digest)
        snapshot.plan_ahead(plan, ahead, self.now())
        self.hooks("planned")
        applied = self.remote.apply(changes, Marker(ahead.number, ahead.run_id, ahead.digest), expect=leased)
        self.hooks("applied")
        snapshot.landed()
        self.hooks("snapshot")
        self.report.writes += 1
        self.report.pushed += plan.pushed
        self.report.appended += sum(len(tab.appends) for tab in plan.writing)
        return applied

    def _fits(self, plan: Plan, read: SpreadsheetRead) -> None:
        """Refuses a write that would exceed the spreadsheet's cells; what people typed is kept already."""
        cells = read.cells
        for tab in plan.writing:
            width = max(tab.at.values()) + 1
            rows, columns = (0, width) if tab.add else tab.grid
            sheet = read.tabs.get(tab.title)
            needed = len(tab.appends) + 1 + (sheet.height if sheet is not None else 0)
            cells += max(needed, rows) * max(columns, width) - rows * columns
        limit = self.remote.capabilities.max_cells
        if cells > limit:
            told = finding("sheet_too_large", "", cells=f"{cells:,}", limit=f"{limit:,}")
            self.report.problems.append(told)
            raise RemoteError(
                told.code, f"{told.zh}。{told.hint_zh}", f"{told.en}. {told.hint_en}", exit_code=3,
                facts={"cells": cells, "limit": limit},
            )  # fmt: skip


def generation_of(marker: Marker | None) -> Generation:
    """What a marker says; a marker that only ever carried a lease says nothing."""
    if marker is None or not marker.generation:
        return Generation()
    return Generation(marker.generation, marker.run_id, marker.plan_digest)


def _part_of(there: Generation, state: syncstate.State) -> bool:
    """Whether a marker was left by a part of the write under way: until its last part, that write has not happened."""
    ahead = state.pending
    if ahead is None or there.number != state.agreed.number:
        return False
    return there.run_id == ahead.run_id and there.digest.partition("#")[0] == ahead.digest
