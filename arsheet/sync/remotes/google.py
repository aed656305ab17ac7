"""Google Sheets as a Remote: two requests to read, one atomic batch to write, landed exactly once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from arsheet.hosts.google import requests as build
from arsheet.hosts.google.calls import Calls, Count
from arsheet.hosts.google.cells import decoded_columns
from arsheet.hosts.google.refusals import Verdict, explain
from arsheet.hosts.online import RemoteError
from arsheet.sync.remote import (
    Applied,
    Capabilities,
    Change,
    Cost,
    Marker,
    Progress,
    ProtectedArea,
    SpreadsheetRead,
    TabRead,
    TabWanted,
)
from arsheet.sync.remotes.marking import entry_after, marker_of, marker_text, part_marker, same
from arsheet.sync.remotes.staging import LARGEST, ROOM, parts, stage_request, staged
from arsheet.sync.remotes.translating import STAGE, Tab, Work, own_id, translate
from arsheet.table import column_letter

MOST_CELLS = 10_000_000
"""Cells of a spreadsheet of Google's, blank ones of the grids counted too."""
MARKER_SIZE = 480
"""About what the marker adds to a body, in bytes."""
_MARKER_FIELDS = "developerMetadata(metadataId,metadataKey,metadataValue)"
_FIELDS = (
    "spreadsheetId,properties(title,locale,timeZone),sheets(properties(sheetId,title,hidden,gridProperties(rowCount,"
    "columnCount)),merges,protectedRanges(protectedRangeId,range,description,warningOnly,requestingUserCanEdit))"
)


class GoogleRemote:
    """One Google spreadsheet, through an account's Calls (shared by all its spreadsheets, so that they share a quota).

    ``editor``: the mail address that stays an editor of protected ranges; by default the account's own.
    ``progress`` is told how far a staged load is. ``largest``: bytes of one body, less where a relay allows less.
    """

    capabilities = Capabilities(
        atomic_batch=True,
        marker=True,
        typed_values=True,
        protects=True,
        max_request_bytes=LARGEST,
        max_cells=MOST_CELLS,
    )

    def __init__(
        self,
        calls: Calls,
        spreadsheet_id: str,
        *,
        editor: str = "",
        progress: Callable[[Progress], None] | None = None,
        largest: int = LARGEST,
    ):
        self._calls, self._id = calls, spreadsheet_id
        self._editor = editor or calls.account
        self._progress, self._largest = progress, max(largest, 8 * ROOM)
        self._count = Count()
        self._tabs: dict[str, Tab] | None = None
        self._grid = 0
        self._marker: Marker | None = None

    @property
    def requests_made(self) -> int:
        """Requests sent for this spreadsheet so far."""
        return self._count.requests

    @property
    def bytes_sent(self) -> int:
        """Bytes of the bodies sent for this spreadsheet so far."""
        return self._count.sent

    # reading

    def read(self, tabs: Sequence[TabWanted], *, marker: bool = True) -> SpreadsheetRead:
        """The wanted tabs: one request for what the spreadsheet is made of, one for the values of all tabs."""
        with self._calls.together(self._count):
            described = self._describe(marker=marker)
            sheets = {sheet["properties"]["title"]: sheet for sheet in described.get("sheets", [])}
            there = [tab for tab in tabs if tab.title in sheets and "gridProperties" in sheets[tab.title]["properties"]]
            answers: list[dict[str, Any]] = []
            if there:
                answers = self._calls.values(self._id, [build.quoted(tab.title) for tab in there])
        values = {tab.title: answer.get("values", []) for tab, answer in zip(there, answers, strict=True)}
        read = {tab.title: None for tab in tabs} | {
            tab.title: _tab_read(tab, sheets[tab.title], values[tab.title]) for tab in there
        }
        properties = described.get("properties", {})
        return SpreadsheetRead(
            id=self._id,
            title=properties.get("title", ""),
            locale=properties.get("locale", ""),
            time_zone=properties.get("timeZone", ""),
            marker=self._marker if marker else None,
            tabs=read,
            fingerprint=_fingerprint(self._marker if marker else None, sheets, values),
            titles=tuple(sheets),
            cells=self._grid,
        )

    def _describe(self, *, marker: bool) -> dict[str, Any]:
        """What the spreadsheet is made of, remembered for the changes that follow."""
        described = self._calls.described(self._id, f"{_FIELDS},{_MARKER_FIELDS}" if marker else _FIELDS)
        self._tabs, self._grid = {}, 0
        for sheet in described.get("sheets", []):
            properties = sheet["properties"]
            rows, columns = _size(properties)
            self._grid += rows * columns
            tab = Tab(int(properties.get("sheetId", 0)), rows, columns, _protected(sheet))
            self._tabs[properties["title"]] = tab
        if marker:
            self._marker = marker_of(described.get("developerMetadata", []))
        return described

    def _marker_now(self) -> Marker | None:
        self._marker = marker_of(self._calls.described(self._id, _MARKER_FIELDS).get("developerMetadata", []))
        return self._marker

    # writing

    def cost(self, changes: Sequence[Change]) -> Cost:
        """What ``apply`` would send; the spreadsheet must have been read."""
        work = self._work(changes)
        if work.size <= self._largest - ROOM:
            return Cost(requests=1, cells=work.cells, bytes=work.size + MARKER_SIZE, largest=work.size + MARKER_SIZE)
        stage = staged(work.steps, 1, limit=self._largest)
        bodies = list(parts(work.steps if stage is None else stage.steps, limit=self._largest))
        if stage is not None:
            bodies = [stage_request(1, stage, stale=None), *stage.bodies, *bodies]
        sizes = [_body_size(body) for body in bodies]
        return Cost(requests=len(sizes), cells=work.cells, bytes=sum(sizes) + MARKER_SIZE, largest=max(sizes))

    def apply(self, changes: Sequence[Change], marker: Marker, *, expect: Marker | None) -> Applied:
        """Write all changes and the marker, exactly once; raises RemoteError."""
        before = Count(self._count.requests, self._count.sent)
        with self._calls.together(self._count):
            if self._tabs is None:
                self._describe(marker=True)
            expect = self._known(expect)
            work = self._work(changes)
            bodies, chunks = self._bodies(work)
            resolved, resent = False, 0
            for number, body in enumerate(bodies, 1):
                last = number == len(bodies)
                now = marker if last else part_marker(marker, expect, number, len(bodies))
                expect, landed, again = self._commit(body, now, expect)
                resolved, resent = resolved or landed, resent + again
            self._marker = expect
            if changes:
                self._tabs = None
        assert expect is not None
        return Applied(
            marker=expect,
            requests=self._count.requests - before.requests,
            bytes=self._count.sent - before.sent,
            cells=work.cells,
            resolved=resolved,
            resent=resent,
            staged=chunks,
        )

    def _known(self, expect: Marker | None) -> Marker | None:
        """The expected marker with the number under which it is kept."""
        if expect is None or expect.entry:
            return expect
        if not same(expect, self._marker):
            self._marker_now()
        if same(expect, self._marker):
            return self._marker
        raise self._moved()

    def _work(self, changes: Sequence[Change]) -> Work:
        if self._tabs is None:
            with self._calls.together(self._count):
                self._describe(marker=True)
        assert self._tabs is not None
        work = translate(changes, self._tabs, editor=self._editor)
        self._room_for(work.grid)
        return work

    def _room_for(self, more: int) -> None:
        if self._grid + more > MOST_CELLS:
            raise RemoteError(
                "too_many_cells",
                f"写入后共 {self._grid + more:,} 个单元格，超过 Google 表格 1,000 万个的上限，未写入；请缩小同步范围"
                "（按业务员或地区拆分，或只同步未结清单据），并删除表格中不用的空白行列",
                f"this would make {self._grid + more:,} cells, more than Google's limit of 10 million in a "
                "spreadsheet, and nothing was written; narrow the scope (a spreadsheet for each salesperson or "
                "region, or open documents only) and delete unused blank rows and columns",
                exit_code=3,
                facts={"cells": self._grid + more, "limit": MOST_CELLS},
            )

    def _bodies(self, work: Work) -> tuple[list[list[str]], int]:
        """The bodies to commit, and how many were sent to the staging tab before."""
        if work.size <= self._largest - ROOM:
            return [[step if isinstance(step, str) else step.request() for step in work.steps]], 0
        assert self._tabs is not None
        stage_id = own_id(f"{STAGE}\0{self._count.requests}", {tab.tab_id for tab in self._tabs.values()})
        stage = staged(work.steps, stage_id, limit=self._largest)
        if stage is None:
            return list(parts(work.steps, limit=self._largest)), 0
        stale = self._tabs.get(STAGE)
        self._room_for(work.grid + stage.rows * stage.columns - (stale.rows * stale.columns if stale else 0))
        self._make_stage(stage_id, stage_request(stage_id, stage, stale=stale.tab_id if stale else None))
        sent = 0
        for number, body in enumerate(stage.bodies):
            self._tell(number, len(stage.bodies) + 1, sent)
            # the same values in the same cells of a tab that nobody sees: once or twice is the same
            with self._calls.repeatable(), self._calls.together(tries=self._calls.tries()):
                self._calls.batch(self._id, body)
            sent += _body_size(body)
        self._tell(len(stage.bodies), len(stage.bodies) + 1, sent)
        return list(parts(stage.steps, limit=self._largest)), len(stage.bodies)

    def _tell(self, done: int, of: int, sent: int) -> None:
        if self._progress is not None:
            self._progress(Progress(done, of, sent, self._calls.due("write")))

    def _make_stage(self, stage_id: int, body: list[str]) -> None:
        """Add the staging tab; after a lost answer, look whether it is there."""
        with self._calls.together(tries=self._calls.tries()) as tries:
            while True:
                try:
                    self._calls.batch(self._id, body)
                    return
                except RemoteError as error:
                    if not error.unknown or not tries.pause(error.facts.get("after")):
                        raise
                self._describe(marker=False)
                assert self._tabs is not None
                if STAGE in self._tabs and self._tabs[STAGE].tab_id == stage_id:
                    return

    def _commit(self, body: list[str], marker: Marker, expect: Marker | None) -> tuple[Marker, bool, int]:
        """Send one batch with its marker until it has landed once.

        After a lost answer the marker is read: it is ours, the batch has landed; it is the expected one, the batch is
        sent again; it is another, somebody else writes. Returns the marker that now stands there, whether a lost answer
        was resolved so, and how often the batch was sent again.
        """
        marker = replace(marker, entry=entry_after(expect))
        first = [build.delete_marker(expect.entry)] if expect else []
        requests = [*first, build.create_marker(marker.entry, marker_text(marker)), *body]
        resent, doubtful = 0, False
        with self._calls.together(tries=self._calls.tries()) as tries:
            while True:
                try:
                    replies = self._calls.batch(self._id, requests)
                    break
                except RemoteError as error:
                    failed = error
                # a refusal after a doubt may be the refusal of the second landing
                if not failed.unknown and not doubtful and failed.code != "marker_moved":
                    raise failed
                if failed.unknown and not tries.pause(failed.facts.get("after")):
                    raise failed
                doubtful = doubtful or failed.unknown
                now = self._after_doubt(failed)
                if same(now, marker):
                    return now or marker, True, resent
                if not same(now, expect):
                    raise self._moved()
                if not failed.unknown:
                    raise failed
                resent += 1
        if expect and not _deleted(replies):  # somebody moved on from the expected marker and back to its number
            raise self._moved()
        return marker, False, resent

    def _after_doubt(self, failed: RemoteError) -> Marker | None:
        """The marker that stands there now; when it cannot be read, the write stays unknown."""
        try:
            return self._marker_now()
        except RemoteError as error:
            error.unknown = failed.unknown
            raise

    def _moved(self) -> RemoteError:
        return explain(Verdict("marker_moved"), account=self._calls.account)


def _deleted(replies: Sequence[Mapping[str, Any]]) -> bool:
    first = replies[0].get("deleteDeveloperMetadata", {}) if replies else {}
    return bool(first.get("deletedDeveloperMetadata"))


def _body_size(body: Sequence[str]) -> int:
    return len('{"requests":[]}') + sum(len(request.encode("utf-8")) + 1 for request in body)


def _size(properties: Mapping[str, Any]) -> tuple[int, int]:
    grid = properties.get("gridProperties", {})
    return int(grid.get("rowCount", 0)), int(grid.get("columnCount", 0))


def _protected(sheet: Mapping[str, Any]) -> tuple[ProtectedArea, ...]:
    return tuple(
        ProtectedArea(
            range_id=int(area.get("protectedRangeId", 0)),
            first_column=area.get("range", {}).get("startColumnIndex"),
            end_column=area.get("range", {}).get("endColumnIndex"),
            editable=bool(area.get("requestingUserCanEdit") or area.get("warningOnly")),
            ours=area.get("description") == build.OURS,
        )
        for area in sheet.get("protectedRanges", [])
    )


def _tab_read(wanted: TabWanted, sheet: Mapping[str, Any], raw: Sequence[Sequence[Any]]) -> TabRead:
    properties = sheet["properties"]
    rows, columns = _size(properties)
    heads = raw[wanted.header_row] if len(raw) > wanted.header_row else []
    header = tuple(str(head) if head is not None else "" for head in heads)
    kinds = [wanted.kinds.get(head, "") for head in header]
    return TabRead(
        title=wanted.title,
        tab_id=int(properties.get("sheetId", 0)),
        rows=rows,
        columns=columns,
        header=header,
        header_row=wanted.header_row,
        cells=decoded_columns(raw[wanted.header_row + 1 :], kinds, len(header)),
        merged_ranges=tuple(_address(area) for area in sheet.get("merges", [])),
        protected=_protected(sheet),
        above=tuple(zip(*decoded_columns(raw[: wanted.header_row], [], 0), strict=True)),
        hidden=bool(properties.get("hidden", False)),
    )


def _address(area: Mapping[str, Any]) -> str:
    top, left = area.get("startRowIndex", 0), area.get("startColumnIndex", 0)
    bottom, right = area.get("endRowIndex", top + 1), area.get("endColumnIndex", left + 1)
    return f"{column_letter(left)}{top + 1}:{column_letter(right - 1)}{bottom}"


def _fingerprint(marker: Marker | None, sheets: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """A digest of the generation, the tabs and all values read; the lease is no part of it."""
    digest = hashlib.sha256()
    titles = [(title, sheet["properties"].get("sheetId", 0)) for title, sheet in sheets.items()]
    said = [marker.generation, marker.run_id] if marker else []
    digest.update(json.dumps([said, titles], ensure_ascii=False).encode("utf-8", "replace"))
    for title in sorted(values):
        text = json.dumps([title, values[title]], ensure_ascii=False, separators=(",", ":"))
        digest.update(text.encode("utf-8", "replace"))
    return digest.hexdigest()
