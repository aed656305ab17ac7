"""What hosts share that queue edits of tables and cells, and carry all of them out by one save."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from arsheet.hosts.edits import AppendRows, ReplaceRows, SetCells
from arsheet.hosts.protocol import Restored, column_not_found, fresh_rows, key_text
from arsheet.hosts.reading import TableInfo
from arsheet.table import Table


class QueueingHost(ABC):
    """A host that knows its tables as TableInfo; the queue holds edits in the order in which they were asked for."""

    def __init__(self) -> None:
        self._queue: list[Any] = []
        self._keys: dict[tuple[str, tuple[str, ...]], set[tuple[str, ...]]] = {}

    @abstractmethod
    def info(self, table: str) -> TableInfo:
        """A table by its name; raises ``table_not_found``."""

    @abstractmethod
    def read(self, table: str, *, sheet: str = "", header: Sequence[str] = ()) -> Table:
        """A table's raw cell values with their place."""

    @property
    def queued(self) -> bool:
        """Whether there is anything to save."""
        return bool(self._queue)

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
        """Queue new contents of a view, and of single cells of its sheet."""
        info = self.info(view)
        waits = restored is not None
        self._queue.append(ReplaceRows(info.name, rows, header, key, keep, dict(styles or {}), restored or {}, waits))
        if cells:
            self.set_cells(info.sheet, cells)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]], keys: Sequence[str] = ()) -> int:
        """Queue new rows under their headers, leaving out those whose keys are there already."""
        info = self.info(table)
        fresh = self._fresh(info, rows, keys) if keys else list(rows)
        header = list(dict.fromkeys(name for row in fresh for name in row))
        missing = [name for name in header if name.casefold() not in {c.casefold() for c in info.columns}]
        if missing:
            raise column_not_found(info.name, missing, info.columns)
        if fresh:
            self._queue.append(AppendRows(info.name, header, [[row.get(name) for name in header] for row in fresh]))
        return len(fresh)

    def _fresh(
        self, info: TableInfo, rows: Sequence[Mapping[str, Any]], keys: Sequence[str]
    ) -> list[Mapping[str, Any]]:
        at = (info.name, tuple(keys))
        if at not in self._keys:
            table = self.read(info.name)
            missing = [key for key in keys if key not in table]
            if missing:
                raise column_not_found(info.name, missing, info.columns)
            columns = [table.column(key) for key in keys]
            self._keys[at] = {tuple(key_text(v) for v in row) for row in zip(*columns, strict=True)}
        return fresh_rows(rows, keys, self._keys[at])

    def set_cells(self, sheet: str, values: Mapping[str, Any]) -> None:
        """Queue values of single cells; they keep their style."""
        self._queue.append(SetCells(sheet, dict(values)))
