"""What a person keeps beside the rows of a table: values, formulas, looks and notes that go where their row goes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from arsheet.hosts.comments import NOTE
from arsheet.hosts.edits import ReplaceRows
from arsheet.hosts.excel.looks import Look, looks
from arsheet.hosts.excel.native import fact
from arsheet.hosts.excel.pen import Pen, cells
from arsheet.hosts.excel.refusals import refusal
from arsheet.hosts.excel.values import typed
from arsheet.hosts.keeping import translate
from arsheet.hosts.protocol import key_text
from arsheet.hosts.reading import Area, TableInfo
from arsheet.table import WorkbookError, column_letter

Key = tuple[str, ...]
Place = tuple[int, int]
"""Row (from 1) and column (from 0)."""


class Own:
    """The own columns and the notes of one table about to get new rows."""

    def __init__(self, pen: Pen, sheet: Any, info: TableInfo, edit: ReplaceRows, header: Sequence[str]) -> None:
        self.pen, self.sheet, self.info = pen, sheet, info
        self.keep, self.waits = tuple(edit.keep), edit.waits
        self.restored = {key: dict(values) for key, values in edit.restored.items()}
        at = {name.casefold(): i for i, name in enumerate(header)}
        names = tuple(edit.key) or (info.columns[0],)
        known = all(name.casefold() in at for name in names)
        self.new = [tuple(key_text(row[at[n.casefold()]]) for n in names) if known else () for row in edit.rows]
        self.place_of = {name.casefold(): info.area.first_column + i for i, name in enumerate(info.columns)}
        present = known and all(name.casefold() in self.place_of for name in names)
        self.old: list[Key] = self._keys(names) if present and (self.keep or self._comments()) else []
        self.values: dict[Key, dict[str, Any]] = {}
        self.formulas: dict[Key, dict[str, tuple[str, int]]] = {}
        self.looks: dict[Key, dict[str, Look]] = {}
        self.usual: dict[str, Look] = {}
        self.notes: list[tuple[int, int, str]] = []
        self.threads: set[Place] = set()
        self.absent: dict[Key, dict[str, str]] = {}
        if self.keep and self.old:
            self._read()

    def lift(self) -> None:
        """Take up the looks that differ from their column's, and the notes: rows may be inserted between them."""
        self._lift_notes()
        for name, usual in self.usual.items():
            column = self.place_of[name.casefold()]
            for first, last, look in looks(self.sheet, self._column(column)):
                if look != usual:
                    self.pen.put_look(self.sheet, Area(first, column, last, column), usual)

    def place(self, info: TableInfo) -> None:
        """Put everything at the rows of its key, and the notes beside them."""
        first = info.first_data_row
        for name in self.keep:
            column = self.place_of[name.casefold()]
            values: list[Any] = []
            later: list[tuple[int, str]] = []
            shown: list[tuple[int, Look]] = []
            for row, key in enumerate(self.new, first):
                waited = self.restored.get(key, {}).pop(name, None)
                value = self.values.get(key, {}).pop(name, None)
                formula = self.formulas.get(key, {}).pop(name, None)
                look = self.looks.get(key, {}).pop(name, None)
                if formula is not None:
                    later.append((row, "=" + translate(formula[0][1:], row - formula[1], {}, other_sheets=False)))
                    value = None
                elif value is None:
                    value = waited
                values.append(value)
                shown += [(row, look)] if look is not None else []
            last = first + max(len(values), 1) - 1
            self.pen.put(self.sheet, Area(first, column, last, column), [[value] for value in values or [None]])
            for row, text in later:
                self.pen.put_formula(self.sheet, row, column, [text])
            for row, look in shown:
                self.pen.put_look(self.sheet, Area(row, column, row, column), look)
        for row, column, text in (*self.notes, *self._back(first)):
            self.pen.add_note(self.sheet, row, column, text)
        stuck = self.threads - {at for at, _, threaded in self._comments(info) if threaded}
        if stuck:
            raise refuse_comments("comment_cannot_move", self.info.sheet, sorted(stuck))

    def waiting(self) -> dict[Key, dict[str, Any]]:
        """What stood beside rows that are gone, and what waited and found no row. A formula does not wait."""
        gone = {key: {k: v for k, v in values.items() if v is not None} for key, values in self.values.items()}
        for key, notes in self.absent.items():
            gone.setdefault(key, {}).update(notes)
        gone = {key: values for key, values in gone.items() if values}
        for key, values in self.restored.items():
            if values:
                gone[key] = {**values, **gone.get(key, {})}
        return gone

    def _back(self, first: int) -> list[tuple[int, int, str]]:
        """The notes that waited and whose row is there again."""
        found, counts = [], Counter(self.new)
        for row, key in enumerate(self.new, first):
            waited = self.restored.get(key, {}) if counts[key] == 1 else {}
            for name in [name for name in waited if name.startswith(NOTE)]:
                column = self.place_of.get(name.removeprefix(NOTE).casefold())
                if column is not None and not any(at[:2] == (row, column) for at in self.notes):
                    found.append((row, column, str(json.loads(waited.pop(name))["text"])))
        return found

    def _column(self, column: int) -> Area:
        return Area(self.info.first_data_row, column, self.info.last_data_row, column)

    def _typed(self, column: int) -> tuple[list[Any], list[str | None]]:
        area = self._column(column)
        found = self.pen.read(self.sheet, area)

        def formats(start: int, end: int) -> str | None:
            part = Area(area.first_row + start, column, area.first_row + end, column)
            text: str | None = cells(self.sheet, part).number_format
            return text

        raw = [row[0] for row in found.values]
        values = typed(raw, formats, date1904=self.pen.date1904, plain=self.pen.plain)
        return values, [row[0] for row in found.formulas]

    def _keys(self, names: Sequence[str]) -> list[Key]:
        columns = [self._typed(self.place_of[name.casefold()])[0] for name in names]
        return [tuple(map(key_text, row)) for row in zip(*columns, strict=True)]

    def _read(self) -> None:
        first_of = {key: i for i, key in reversed(list(enumerate(self.old))) if any(key)}
        for name in self.keep:
            column = self.place_of[name.casefold()]
            values, formulas = self._typed(column)
            shown = [
                look for first, last, look in looks(self.sheet, self._column(column)) for _ in range(first, last + 1)
            ]
            self.usual[name] = _usual(shown, values)
            for key, i in first_of.items():
                text = formulas[i]
                if text is not None:
                    self.formulas.setdefault(key, {})[name] = (text, self.info.first_data_row + i)
                elif values[i] is not None:
                    self.values.setdefault(key, {})[name] = values[i]
                if shown[i] != self.usual[name]:
                    self.looks.setdefault(key, {})[name] = shown[i]

    def _comments(self, info: TableInfo | None = None) -> list[tuple[Place, str, bool]]:
        info = info or self.info
        area = info.area
        return comments(self.sheet, Area(info.first_data_row, area.first_column, info.last_data_row, area.last_column))

    def _lift_notes(self) -> None:
        there = self._comments()
        old, new = Counter(self.old), Counter(self.new)
        rows = {key: row for row, key in enumerate(self.new, self.info.first_data_row) if new[key] == 1}
        lost = []
        for (row, column), text, threaded in there:
            key = self.old[row - self.info.first_data_row] if self.old else ()
            single = any(key) and old[key] == 1
            to = rows.get(key) if single else None
            if to is None and single and not new[key] and self.waits and not threaded:
                name = self.info.columns[column - self.info.area.first_column]
                self.absent.setdefault(key, {})[NOTE + name] = json.dumps({"text": text}, ensure_ascii=False)
            elif to is None:
                lost.append((row, column))
            elif threaded:
                self.threads.add((to, column))  # it cannot be lifted: in the end it must stand there by itself
            else:
                self.notes.append((to, column, text))
        if lost:
            raise refuse_comments("comment_of_absent_row", self.info.sheet, lost)
        for (row, column), text, threaded in there:
            if not threaded:
                self.pen.take_note(self.sheet, row, column, text)


def comments(sheet: Any, area: Area) -> list[tuple[Place, str, bool]]:
    """The notes and threaded comments of an area: place, text of a note, whether it is threaded."""
    found = []
    for collection, threaded in (("Comments", False), ("CommentsThreaded", True)):
        for comment in fact(sheet.api, collection, ()):
            row, column = int(comment.Parent.Row), int(comment.Parent.Column) - 1
            if area.contains(Area(row, column, row, column)):
                found.append(((row, column), "" if threaded else str(comment.Text()), threaded))
    return found


def refuse_comments(code: str, sheet: str, places: Sequence[Place]) -> WorkbookError:
    """The refusal that names the cells with comments."""
    refs = [f"{column_letter(column)}{row}" for row, column in places]
    return refusal(code, sheet=sheet, cells="、".join(refs[:5]))


def _usual(shown: Sequence[Look], values: Sequence[Any]) -> Look:
    """The look of a column for a new row: that of most rows, else that of most of its blank cells."""
    (look, count), *_ = Counter(shown).most_common(1)
    blank = Counter(look for look, value in zip(shown, values, strict=True) if value is None).most_common(1)
    return blank[0][0] if 2 * count <= len(shown) and blank else look
