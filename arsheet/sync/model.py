"""The values of the sync: what a tab shows, who owns a column, what the book says, what people typed, the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

from arsheet.journal.entries import Entry
from arsheet.sync.remote import Cell
from arsheet.table import Finding

__all__ = ["Entry"]

Owner = Literal["machine", "user", "seeded", "append"]
"""Who writes a column. ``machine``: the book; what people type over it is reported and written over. ``user``: people;
the book is heard too where its data give the column. ``seeded``: the book fills an empty cell once, then it is the
people's. ``append``: people's, and every version that was ever typed is kept; clearing the cell deletes none."""
SEPARATOR = "\x1f"
"""Between the parts of a row's key that is made of several columns."""
LARGEST_CELL = 50_000
"""So many characters fit into a cell."""
_NONE: Mapping[Any, Any] = MappingProxyType({})


def row_key(*parts: object) -> str:
    """The key of a row, of one or several columns."""
    return SEPARATOR.join(str(part) for part in parts)


def shown_key(key: str) -> str:
    """A row's key as people read it."""
    return key.replace(SEPARATOR, " / ")


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of a tab. ``kind`` is one of sync.remote.Kind; ``landing`` is where an entry belongs (table.column).

    ``formula`` (with ``{key}`` for the row's key as a text literal) stands in every row instead of a value; the book's
    value is then what the formula should show. ``words`` are the choices of a drop-down, each in both languages.
    """

    key: str
    zh: str
    en: str
    kind: str = "text"
    owner: Owner = "machine"
    landing: str = ""
    published: bool = True
    formula: str = ""
    words: tuple[tuple[str, str], ...] = ()

    def header(self, language: str) -> str:
        """The text of the column's header."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class TabView:
    """A tab of a spreadsheet.

    ``people``: people type here, so no row is ever deleted or moved by the job. ``protected``: closed to people, on a
    tab of people only the key and machine columns. ``append_only_rows``: a log, rows that left the book stay.
    ``ordered``: rows stand in the order of the book (small tabs). ``carried``: written only together with another
    change (a stamp), so that an idle run stays idle.
    """

    key: str
    zh: str
    en: str
    columns: tuple[ColumnView, ...]
    key_columns: tuple[str, ...]
    protected: bool = False
    people: bool = False
    append_only_rows: bool = False
    ordered: bool = False
    carried: bool = False
    hidden: bool = False

    def __post_init__(self) -> None:
        known = {column.key for column in self.published}
        if not self.key_columns or not set(self.key_columns) <= known:
            raise ValueError(f"{self.key}: the key columns are not published columns")
        if not self.people and any(column.owner != "machine" for column in self.published):
            raise ValueError(f"{self.key}: people own columns of a tab that is not theirs")

    def title(self, language: str) -> str:
        """The name of the tab."""
        return self.zh if language == "zh" else self.en

    @property
    def published(self) -> tuple[ColumnView, ...]:
        """The columns that are shown."""
        return tuple(column for column in self.columns if column.published)

    def header(self, language: str) -> tuple[str, ...]:
        """The header row."""
        return tuple(column.header(language) for column in self.published)

    def column(self, key: str) -> ColumnView:
        """A column by its key."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True, slots=True)
class TabData:
    """What the book says now: one list per column, one value per key; a column left out is one it has no word on.

    ``overrides``: cells that the job sets whoever owns them, once what people typed there is durable: a row that left
    this spreadsheet's scope is emptied and marked so. ``taken``: what that leaves in a row; one of the book that holds
    just this is given ``back`` what was typed about it last, asked for at that moment. ``problems``: findings that come
    with the data.
    """

    view: TabView
    keys: Sequence[str]
    columns: Mapping[str, Sequence[Cell]]
    overrides: Mapping[str, Mapping[str, Cell]] = field(default_factory=lambda: _NONE)
    taken: Mapping[str, Cell] = field(default_factory=lambda: _NONE)
    back: Callable[[], Mapping[str, Mapping[str, Cell]]] = lambda: _NONE
    problems: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """One spreadsheet that is kept in step, and the language of its tabs. ``scope``: whose rows it shows."""

    spreadsheet: str
    name: str = ""
    language: str = "zh"
    scope: str = ""
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class BookSide:
    """The workbook's side of a pass: ``book_id`` from its settings, ``digest`` of the data, the tabs to publish.

    ``answers`` gives the tabs that depend on what people typed (``answer_views``), once those entries are durable.
    """

    book_id: str
    digest: str
    tabs: tuple[TabData, ...]
    answer_views: tuple[TabView, ...] = ()
    answers: Callable[[Sequence[Entry]], Sequence[TabData]] | None = None


class Source(Protocol):
    """Reads the workbook's side; ``opened``: the book is open in an application, so its last saved state is read."""

    def __call__(self, book: Path, target: Target, *, opened: bool, at: dt.datetime) -> BookSide:
        """The book's side at this moment; raises WorkbookError."""
        ...


@dataclass(frozen=True, slots=True)
class TabBase:
    """What was last agreed for a tab: key -> [times re-added, value per name of ``names``], plain values.

    A name ``column@book`` is the book's side of a column that both may change.
    """

    names: tuple[str, ...] = ()
    rows: Mapping[str, list[Any]] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell (or row: ``column`` is "") on which book and sheet differ, the rule that decided and who won."""

    tab: str
    key: str
    column: str
    base: Any
    book: Any
    sheet: Any
    rule: str
    winner: Literal["book", "sheet"]


@dataclass(frozen=True, slots=True)
class CellWrite:
    """A cell to be written: 0-based row below the header, position on the sheet; ``old`` as read, ``new`` typed."""

    row: int
    position: int
    key: str
    column: str
    old: Any
    new: Cell
    owner: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """An entry that cannot be taken over; it is left where it is. ``cell`` is its address."""

    tab: str
    key: str
    column: str
    value: Any
    cell: str
    zh: str
    en: str


@dataclass(slots=True)
class TabPlan:
    """What is to be done about one tab; pure data.

    ``now``: rows of the base that are noted together with the entries, before anything is written; ``then``: rows of
    the base once the writes have landed (None = forgotten). ``at``: where each column stands on the sheet.
    """

    view: TabView
    title: str
    names: tuple[str, ...] = ()
    at: Mapping[str, int] = field(default_factory=lambda: _NONE)
    add: bool = False
    new_columns: tuple[str, ...] = ()
    grid: tuple[int, int] = (0, 0)
    writes: list[CellWrite] = field(default_factory=list)
    appends: list[tuple[str, list[Cell]]] = field(default_factory=list)
    pulls: list[Entry] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    invalid: list[Invalid] = field(default_factory=list)
    unmatched: list[Conflict] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    now: dict[str, list[Any] | None] = field(default_factory=dict)
    then: dict[str, list[Any] | None] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Whether this tab is left alone until a person has put it right."""
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def changed(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.writes or self.appends or self.add or self.new_columns)


@dataclass(frozen=True, slots=True)
class Written:
    """What writes since the last verified one put where, to tell their slips (rows moved under them) from what people
    typed; plain values.

    ``cells``: (tab key, row, position) -> [(key, value)]; ``before``: (tab key, key, column) -> [value read];
    ``values``: (tab key, column) -> [(key, value)].
    """

    cells: Mapping[tuple[str, int, int], Sequence[tuple[str, Any]]] = field(default_factory=lambda: _NONE)
    before: Mapping[tuple[str, str, str], Sequence[Any]] = field(default_factory=lambda: _NONE)
    values: Mapping[tuple[str, str], Sequence[tuple[str, Any]]] = field(default_factory=lambda: _NONE)


Check = Callable[[ColumnView, Cell], tuple[str, str] | None]
"""Why a typed value cannot be taken over (zh, en); None where it can."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the merge is told beside the three sides. ``heal``: rows that our own interrupted write doubled on a tab
    that is ours alone are put right; ``recreate``: keys of tabs that may be made anew; ``written``: see Written.
    ``typed_over``: (key, plain value) of the cells of ours that people typed over, in the tabs merged before.
    ``former``: the sheet is an older version that a person accepted; what people's cells have said (sync.restored)."""

    language: str = "zh"
    spreadsheet: str = ""
    run_id: str = ""
    read_at: str = ""
    heal: bool = False
    recreate: frozenset[str] = frozenset()
    written: Written | None = None
    check: Check | None = None
    typed_over: Collection[tuple[str, Any]] = ()
    former: Mapping[tuple[str, str, str], Collection[Any]] | None = None

    @staticmethod
    def winner(column: ColumnView) -> tuple[Literal["book", "sheet"], str]:
        """Who wins a cell that both sides changed, and the name of the rule."""
        if column.landing:
            return "sheet", "typed_by_people"
        if column.kind == "money":
            return "book", "money_is_the_books"
        return "sheet", "typed_by_people"
