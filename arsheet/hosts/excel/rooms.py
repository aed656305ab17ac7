"""What surrounds a table: whether it may grow over blank cells, push what is below, or take columns to its right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arsheet.hosts.excel.native import fact
from arsheet.hosts.excel.pen import Pen, cells, used_area
from arsheet.hosts.excel.refusals import refusal
from arsheet.hosts.reading import Area, TableInfo


class Room:
    """The surroundings of one table, read when asked."""

    def __init__(self, pen: Pen, sheet: Any, info: TableInfo, others: Sequence[TableInfo]) -> None:
        self.pen, self.sheet, self.info = pen, sheet, info
        self.walls = [t.area for t in others if t.sheet == info.sheet and t.name != info.name]

    @property
    def _below(self) -> Area:
        area = self.info.area
        return Area(area.last_row + 1, area.first_column, 1_048_576, area.last_column)

    def is_free(self, last_row: int) -> bool:
        """Whether the cells below the table are blank down to a row."""
        area = self.info.area
        wanted = Area(area.last_row + 1, area.first_column, last_row, area.last_column)
        if any(wall.overlaps(wanted) for wall in self.walls):
            return False
        return not self._filled(wanted)

    def check_shift(self) -> None:
        """Refuse to move what is below where that would tear it from what stands beside it, or a table apart."""
        area, below = self.info.area, self._below
        for wall in self.walls:
            if wall.overlaps(below) and not below.contains(wall):
                raise self._no(wall.first_row)
        rows = self._filled(below)
        used = used_area(self.sheet)
        if not rows or used is None:
            return
        for first, last in ((0, area.first_column - 1), (area.last_column + 1, used.last_column)):
            if first <= last:
                beside = self._filled(Area(min(rows), first, max(rows), last))
                if both := beside & rows:
                    raise self._no(min(both))

    def check_right(self, more: int) -> None:
        """Refuse columns where cells to the right are in use, or a table there would be torn apart."""
        area = self.info.area
        right = Area(area.first_row, area.last_column + 1, area.last_row, 16_383)
        torn = any(wall.overlaps(right) and not right.contains(wall) for wall in self.walls)
        fresh = Area(area.first_row, area.last_column + 1, area.last_row, area.last_column + max(more, 1))
        near = any(wall.overlaps(fresh) for wall in self.walls)
        if torn or (more > 0 and (near or self._filled(fresh))):
            raise refusal("cells_right_of_table", sheet=self.info.sheet, table=self.info.name)

    def check_merges(self, area: Area) -> None:
        """Refuse rows with merged cells: values written across them would be lost."""
        merged = fact(cells(self.sheet, area).api, "MergeCells", False)
        if merged is None or merged is True:
            raise refusal("merge_in_replaced_rows", sheet=self.info.sheet, table=self.info.name)

    def _filled(self, area: Area) -> set[int]:
        """The rows of an area that hold anything, as far as the sheet is used."""
        used = used_area(self.sheet)
        if used is None or used.last_row < area.first_row or used.last_column < area.first_column:
            return set()
        last_row, last_column = min(area.last_row, used.last_row), min(area.last_column, used.last_column)
        part = Area(area.first_row, area.first_column, last_row, last_column)
        texts = self.pen.formula_texts(self.sheet, part)
        return {row for row, line in enumerate(texts, part.first_row) if any(text not in (None, "") for text in line)}

    def _no(self, row: int) -> Exception:
        return refusal("cells_below_table", sheet=self.info.sheet, table=self.info.name, row=row)
