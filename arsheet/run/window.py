"""A window of cells of a file's sheets, as a page in a browser shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arsheet.table import WorkbookError, column_letter

WIDEST = 100
"""So many columns are shown."""


@dataclass(frozen=True, slots=True)
class Window:
    """Rows of one sheet from ``first`` (1-based) on, each as wide as ``columns``; ``total``: the sheet's last row."""

    sheets: tuple[str, ...]
    sheet: str
    first: int
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int


class Sheets:
    """The sheets of one file as it was read; made anew when the file changes. Hidden sheets are not shown."""

    def __init__(self, path: str | Path) -> None:
        from arsheet.hosts.xlsx import XlsxHost

        self._book = XlsxHost(path).book
        self.names = tuple(info.name for info in self._book.sheets if info.visibility == "visible")

    def window(self, sheet: str, first: int, count: int) -> Window:
        """Raises WorkbookError ``sheet_not_found``; a window beyond the last row has no rows."""
        chosen = sheet or (self.names[0] if self.names else "")
        if chosen not in self.names:
            raise WorkbookError(
                "sheet_not_found",
                f"文件中没有工作表“{chosen}”；有：{'、'.join(self.names)}",
                f"the file has no sheet {chosen!r}; it has {', '.join(self.names)}",
            )
        grid = self._book.grid(chosen)
        total = grid.first_row + len(grid.cells) - 1 if grid.cells else 0
        width = min(WIDEST, grid.first_column + max((len(row) for row in grid.cells), default=0))
        rows = []
        for number in range(max(1, first), min(total, max(1, first) + count - 1) + 1):
            at = number - grid.first_row
            cells = grid.cells[at] if at >= 0 else ()
            line = [*[None] * grid.first_column, *cells][:width]
            rows.append((*line, *[None] * (width - len(line))))
        letters = tuple(column_letter(at) for at in range(width))
        return Window(self.names, chosen, max(1, first), letters, tuple(rows), total)
