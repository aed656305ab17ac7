"""A host that writes nothing: it notes what would be written, so that a person can see it first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from arsheet.hosts.protocol import Capabilities, Host, Restored, SaveReport
    from arsheet.table import Table


@dataclass(frozen=True, slots=True)
class Queued:
    """One write that waits: new contents of a table (``write``), rows below it (``append``), or single ``cells``.

    ``name`` is the table, of ``cells`` the sheet. The rest is as in the protocol of hosts.
    """

    kind: Literal["write", "append", "cells"]
    name: str
    header: tuple[str, ...] = ()
    rows: tuple[Sequence[Any], ...] = ()
    cells: Mapping[str, Any] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    styles: Mapping[str, str] = field(default_factory=dict)
    restored: Restored | None = None

    def records(self) -> list[dict[str, Any]]:
        """The rows of an ``append`` as {header: value}."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]

    def carry_out(self, host: Host) -> None:
        """Queues it in a host."""
        if self.kind == "cells":
            host.set_cells(self.name, self.cells)
        elif self.kind == "append":
            host.append(self.name, self.records())
        else:
            host.write(
                self.name, self.header, self.rows, cells=self.cells or None, key=self.key, keep=self.keep,
                styles=self.styles, restored=self.restored,
            )  # fmt: skip


class Recorder:
    """Reads as ``inner`` does and notes every write. ``passing``: hands it on as well (the host of a closed file,
    which this very session opened: what it has queued is gone with it)."""

    def __init__(self, inner: Host, *, passing: bool = False) -> None:
        self.inner, self.passing = inner, passing
        self.queue: list[Queued] = []

    @property
    def capabilities(self) -> Capabilities:
        """Those of the host inside."""
        return self.inner.capabilities

    def tables(self) -> tuple[str, ...]:
        """The names of the tables."""
        return self.inner.tables()

    def read(self, table: str, *, sheet: str = "", header: Sequence[str] = ()) -> Table:
        """The saved state."""
        return self.inner.read(table, sheet=sheet, header=header)

    def read_cells(self, sheet: str, addresses: Sequence[str]) -> dict[str, Any]:
        """The saved state."""
        return self.inner.read_cells(sheet, addresses)

    def write(
        self,
        view: str,
        header: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        cells: Mapping[str, Any] | None = None,
        key: Sequence[str] = (),
        keep: Sequence[str] = (),
        styles: Mapping[str, str] | None = None,
        restored: Restored | None = None,
    ) -> None:
        """Notes new contents of a view."""
        if self.passing:
            self.inner.write(
                view, header, rows, cells=cells, key=key, keep=keep, styles=styles, restored=restored
            )  # fmt: skip
        noted = (dict(cells or {}), tuple(key), tuple(keep), dict(styles or {}), restored)
        self.queue.append(Queued("write", view, tuple(header), tuple(rows), *noted))

    def append(self, table: str, rows: Sequence[Mapping[str, Any]], keys: Sequence[str] = ()) -> int:
        """Notes new rows, leaving out those whose keys are there; raises ``column_not_found`` as hosts do."""
        from arsheet.hosts.protocol import column_not_found, fresh_rows, key_text

        there = self.inner.read(table)
        header = tuple(str(text or "") for text in there.header)
        missing = [name for row in rows for name in (*row, *keys) if name not in header]
        if missing:
            raise column_not_found(table, list(dict.fromkeys(missing)), header)
        fresh = list(rows)
        if keys:
            columns = [there.columns[header.index(name)] for name in keys]
            held = {tuple(key_text(value) for value in row) for row in zip(*columns, strict=True)}
            queued = [row for each in self.queue if each.name == table for row in each.records()]
            held |= {tuple(key_text(row.get(name)) for name in keys) for row in queued}
            fresh = fresh_rows(rows, keys, held)
        if self.passing:
            self.inner.append(table, fresh)
        lines = tuple([row.get(name) for name in header] for row in fresh)
        if lines:
            self.queue.append(Queued("append", table, header, lines))
        return len(fresh)

    def set_cells(self, sheet: str, values: Mapping[str, Any]) -> None:
        """Notes values of single cells."""
        if self.passing:
            self.inner.set_cells(sheet, values)
        self.queue.append(Queued("cells", sheet, cells={at.upper(): value for at, value in values.items()}))

    def save(self) -> SaveReport:
        """Nothing is ever saved here."""
        raise TypeError("a recorder saves nothing")
