"""The seam between the sync and an online spreadsheet: what is read, what can be changed, and the Remote that does it.

Rows and columns of a change are 0-based inside the data of its tab: row 0 is the first row below the header.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol

from arsheet.hosts.online import Cell, Formula, RemoteError

__all__ = ["Cell", "Formula", "RemoteError"]

Kind = Literal["text", "id", "date", "money", "number", "int", "percent", "flag", "any"]
"""What a column holds. It decides the number format written and how a number read is typed: ``date`` -> date,
``money`` -> Decimal, the others as they are. A text is never turned into anything."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a remote can do, and its limits.

    ``atomic_batch``: a batch lands whole or not at all. ``marker``: the marker travels in the same batch.
    ``typed_values``: text stays text and dates are dates. ``protects``: ranges can be closed to people.
    """

    atomic_batch: bool
    marker: bool
    typed_values: bool
    protects: bool
    max_request_bytes: int
    max_cells: int


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may write until when; ``expires`` carries its time zone."""

    holder: str
    expires: dt.datetime


@dataclass(frozen=True, slots=True)
class Marker:
    """The generation of the last write and the plan it came from, kept inside the spreadsheet.

    ``entry`` is the remote's own number for the stored marker (0: not known) and is no part of its value.
    """

    generation: int
    run_id: str
    plan_digest: str
    lease: Lease | None = None
    entry: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TabWanted:
    """A tab to read: its title, the 0-based row of its header, and the kind of each column by its header text."""

    title: str
    header_row: int = 0
    kinds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class ProtectedArea:
    """A protected range of a tab: 0-based columns of the sheet, None = to the edge; ``ours``: set by arsheet."""

    range_id: int
    first_column: int | None
    end_column: int | None
    editable: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class TabRead:
    """A tab as it stands: ``rows`` x ``columns`` is its grid, ``cells`` the columns of what is below the header.

    There are at least as many columns as the header has, all of one length; trailing blank rows are not there.
    ``merged_ranges`` are addresses such as B3:C4. ``above`` holds the rows over the header (a stamp or a title).
    """

    title: str
    tab_id: int
    rows: int
    columns: int
    header: tuple[str, ...]
    header_row: int
    cells: Sequence[list[Cell]]
    merged_ranges: tuple[str, ...] = ()
    protected: tuple[ProtectedArea, ...] = ()
    above: tuple[tuple[Cell, ...], ...] = ()
    hidden: bool = False

    @property
    def merged(self) -> bool:
        """Whether any cells of the tab are merged."""
        return bool(self.merged_ranges)

    @property
    def height(self) -> int:
        """How many rows there are below the header."""
        return len(self.cells[0]) if self.cells else 0

    def column(self, index: int) -> list[Cell]:
        """The values of one column, 0-based."""
        return self.cells[index] if index < len(self.cells) else [None] * self.height


@dataclass(frozen=True, slots=True)
class SpreadsheetRead:
    """A spreadsheet as read at one moment; a tab that was wanted and is not there is None.

    ``titles`` are all tabs there are, ``cells`` the cells of all their grids together (blank ones count towards the
    limit), ``fingerprint`` changes when any value, header, tab or generation of what was read changes.
    """

    id: str
    title: str
    locale: str
    time_zone: str
    marker: Marker | None
    tabs: dict[str, TabRead | None]
    fingerprint: str
    titles: tuple[str, ...] = ()
    cells: int = 0


@dataclass(frozen=True, slots=True)
class SetCells:
    """Values from (``row``, ``column``) on; looks, notes and validation stay unless ``formats`` says otherwise.

    ``formats``: the kind of each column of ``rows``, to set its number format too.
    """

    tab: str
    row: int
    column: int
    rows: list[list[Cell]]
    formats: tuple[str, ...] = ()
    header_row: int = 0


@dataclass(frozen=True, slots=True)
class SetFormulas:
    """Formulas of our own from (``row``, ``column``) on."""

    tab: str
    row: int
    column: int
    rows: list[list[str]]
    header_row: int = 0


@dataclass(frozen=True, slots=True)
class AppendRows:
    """Rows after the last row that holds anything, wherever the remote finds it when it writes."""

    tab: str
    rows: list[list[Cell]]
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddTab:
    """A new tab of exactly ``rows`` x ``columns`` cells (the header row included; at least what is put into it)."""

    title: str
    rows: int
    columns: int
    header: tuple[str, ...]
    formats: tuple[str, ...] = ()
    protected: bool = False
    hidden: bool = False
    header_row: int = 0


@dataclass(frozen=True, slots=True)
class ProtectRange:
    """Close ``columns`` columns from ``column`` on (None: the whole tab) to everyone but the job; once is enough."""

    tab: str
    column: int | None = None
    columns: int = 1


@dataclass(frozen=True, slots=True)
class SetValidation:
    """A drop-down of ``words`` on a column below the header; ``strict`` refuses anything else."""

    tab: str
    column: int
    words: tuple[str, ...]
    strict: bool = False
    header_row: int = 0


@dataclass(frozen=True, slots=True)
class ResizeTab:
    """Make a tab at least ``rows`` x ``columns``; it never shrinks."""

    tab: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class DeleteTab:
    """Delete a tab of the remote's own staging; any other is refused."""

    title: str


@dataclass(frozen=True, slots=True)
class SwapStage:
    """Put the values of the whole staging tab below the header of ``live``, then delete the staging tab."""

    stage: str
    live: str
    header_row: int = 0


Change = SetCells | SetFormulas | AppendRows | AddTab | ProtectRange | SetValidation | ResizeTab | DeleteTab | SwapStage


@dataclass(frozen=True, slots=True)
class Cost:
    """What changes would cost: requests to the service, cells written, bytes of all bodies, the largest body."""

    requests: int
    cells: int
    bytes: int
    largest: int = 0


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written. ``marker`` is the one that now stands there, to be expected by the next write.

    ``resolved``: an answer was lost and the marker showed that the write had landed. ``resent``: how often the batch
    was sent again after the marker showed that it had not.
    """

    marker: Marker
    requests: int
    bytes: int
    cells: int
    resolved: bool = False
    resent: int = 0
    staged: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long write is: requests sent of how many, bytes sent, and the seconds now waited for the quota."""

    done: int
    of: int
    bytes: int
    waiting: float = 0.0


class Remote(Protocol):
    """One online spreadsheet."""

    @property
    def capabilities(self) -> Capabilities:
        """What this remote can do."""
        ...

    @property
    def requests_made(self) -> int:
        """Requests sent for this spreadsheet so far, repeated ones included, the token exchange not."""
        ...

    @property
    def bytes_sent(self) -> int:
        """Bytes of the bodies sent for this spreadsheet so far."""
        ...

    def read(self, tabs: Sequence[TabWanted], *, marker: bool = True) -> SpreadsheetRead:
        """The wanted tabs and the marker in two requests; raises RemoteError."""
        ...

    def apply(self, changes: Sequence[Change], marker: Marker, *, expect: Marker | None) -> Applied:
        """Carry out all changes and the marker as one batch, exactly once; raises RemoteError.

        ``expect`` is the marker that was read (None: there was none). When somebody else has moved it, the code is
        ``marker_moved`` and nothing of this batch counts. What exceeds one request is staged in a hidden tab first.
        No changes: only the marker is written (a lease).
        """
        ...

    def cost(self, changes: Sequence[Change]) -> Cost:
        """What ``apply`` would send, without sending it."""
        ...
