"""The three-way merge of one tab by key and column owner: what the book says, what the sheet holds, what was agreed.

Pure. Whole columns are compared first; only cells that differ are looked at one by one. A cell counts as changed by the
side whose value is not the one last agreed; the rules are those of ``sync.model.Owner`` and ``Policy.winner``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import compress, count, repeat
from operator import is_
from typing import Any

from arsheet.sync.cells import different, picker, plain, plain_column, same, shown, unequal, written
from arsheet.sync.locating import locate
from arsheet.sync.model import (
    ColumnView,
    Conflict,
    Policy,
    TabBase,
    TabData,
    TabPlan,
    TabView,
    shown_key,
)
from arsheet.sync.placing import place
from arsheet.sync.remote import TabRead
from arsheet.sync.restored import is_former
from arsheet.sync.side import BOOK_SIDE, Side
from arsheet.sync.told import finding

EMPTY = ""
"""In the base of a formula: its cell was blank when it was last written."""


def merge(view: TabView, base: TabBase, book: TabData, sheet: TabRead | None, *, policy: Policy) -> TabPlan:
    """The plan of one tab; ``sheet`` None: the spreadsheet has no such tab. See TabPlan for what comes out."""
    side = Comparison(view, base, book, policy)
    if sheet is None:
        if base.rows and view.key not in policy.recreate:
            side.plan.problems.append(finding("sheet_tab_missing", side.plan.title))
            return side.plan
        return _fresh(side)
    found = locate(view, base, sheet, policy=policy)
    if found.problems:
        side.plan.problems.extend(found.problems)
        return side.plan
    side.found = found
    side.plan.at, side.plan.new_columns, side.plan.grid = found.at, found.new, found.grid
    if view.people or view.append_only_rows:
        side.know_padded_keys()
        side.compare(list(book.keys))
        side.absent(side.missing or [])
        side.left_over()
        side.wipe()
    else:
        side.know_padded_keys()
        place(side)
    return side.finish()


def _fresh(side: Comparison) -> TabPlan:
    """A tab that has to be made: the header and every row of the book."""
    side.plan.add = True
    side.plan.at = {column.key: at for at, column in enumerate(side.view.published)}
    for key in side.book.keys:
        side.append(key, side.base.get(key))
    return side.finish()


class Comparison(Side):
    """The rules of the merge, column by column and row by row."""

    missing: list[str] | None = None
    """Keys of the book that the sheet lacks, once both have been compared."""
    all_known = False
    """Whether the book has every row that was ever agreed."""
    differing: list[ColumnView]
    """The columns in which any row is not what it should be."""

    @cached_property
    def aligned(self) -> bool:
        """Whether the sheet has the first rows of the book, in its order."""
        found = self.found
        return bool(found.rows) and found.regular and self.book.keys[: found.rows] == found.keys

    # cells that differ ------------------------------------------------------------------------------------------

    def compare(self, keys: list[str]) -> None:
        """The cells of all keys that stand on both sides."""
        self.differing = []
        keys = self.to_look_at(keys)
        places = list(map(self.at, keys))
        at = places if self.aligned else [self.found.row_of[key] for key in keys]
        agreed = list(map(self.base.get, keys))
        if None in agreed:
            for key, row, known in zip(keys, at, agreed, strict=True):
                if known is None:
                    self._first_met(key, row)
        blank = [0, *[None] * len(self.names)]
        before = [known or blank for known in agreed]
        for column in self.differing:
            seen = self.found.columns[column.key].of(at)
            values = self.said.get(column.key)
            said = plain_column([values[place] for place in places]) if values is not None else None
            if column.owner == "machine":
                if said is not None:
                    self._machine(column, keys, at, before, seen, said)
            else:
                self._people(column, keys, at, before, seen, said)
        self._override()
        self.give_back()

    def strange(self) -> list[str]:
        """Keys of the sheet that the book does not have, by row."""
        if self.aligned:
            return []
        found = self.found.row_of
        if self.missing is not None and len(found) == len(self.place_of) - len(self.missing):
            return []
        return sorted(found.keys() - self.place_of.keys(), key=found.__getitem__)

    def know_padded_keys(self) -> None:
        """A key that was typed with blanks around it is the key of the book; one that then stands twice stays apart."""
        if self.aligned or all(map(self.place_of.__contains__, self.found.row_of)):
            return
        found = self.found.row_of
        for key in found.keys() - self.place_of.keys():
            bare = key.strip()
            if bare != key and bare not in found and (bare in self.place_of or bare in self.base):
                found[bare] = found.pop(key)

    def to_look_at(self, keys: list[str]) -> list[str]:
        """The keys on both sides whose row is not what it should be, or that were never agreed.

        A row should be what the book says in our columns and what was agreed in the people's; whole columns are
        compared, in the order of the book.
        """
        if not self.found.rows:
            self.missing = keys
            return []
        whole = len(keys) == len(self.book.keys)
        both, rows = self._on_both(keys)
        mine = keys if len(both) == len(keys) else [keys[at] for at in both]
        agreed, new = self._agreed(mine)
        self.all_known = len(mine) - len(new) + sum(map(self.base.__contains__, self.missing or ())) == len(self.base)
        places = both if whole else list(map(self.at, mine))
        changed, in_book, on_sheet = set(new), picker(places), picker(rows)
        for column in self.held:
            said, slot = self.said.get(column.key), self.slot[column.key]
            twin = self.slot.get(column.key + BOOK_SIDE)
            ours = column.owner == "machine" and not column.formula
            differs = set[int]()
            if not ours or said is not None:
                should = in_book(said or ()) if ours else [row[slot] for row in agreed]
                differs.update(unequal(on_sheet(self.found.columns[column.key].raw), should))
            if twin is not None:
                differs.update(unequal([row[twin] for row in agreed], in_book(said or ())))
            if differs or new:
                self.differing.append(column)
            changed |= differs
        order = sorted(changed)
        self.near.update((mine[at], places[at]) for at in order)
        return [mine[at] for at in order]

    def _on_both(self, keys: list[str]) -> tuple[Sequence[int], Sequence[int]]:
        """Which keys stand on the sheet, by their place among ``keys``, and in which rows; the others are missing."""
        if self.aligned and len(keys) == len(self.book.keys):
            rows = self.found.rows
            self.missing = keys[rows:]
            self.near.update(zip(self.missing, count(rows)))
            return range(rows), range(rows)
        there = list(map(self.found.row_of.get, keys, repeat(-1)))
        if -1 not in there:
            self.missing = []
            return range(len(keys)), there
        self.missing = [key for key, row in zip(keys, there, strict=True) if row < 0]
        both: Sequence[int] = [at for at, row in enumerate(there) if row >= 0]
        if both and both[-1] == len(both) - 1:
            return range(len(both)), there[: len(both)]
        return both, [there[at] for at in both]

    def _agreed(self, keys: list[str]) -> tuple[list[list[Any]], list[int]]:
        """What was agreed for each key, and the places of those that were never agreed."""
        if len(keys) == len(self.base) and keys == list(self.base):
            return list(self.base.values()), []
        blank: list[Any] = [0, *[None] * len(self.names)]
        agreed = list(map(self.base.get, keys, repeat(blank)))
        return agreed, list(compress(count(), map(is_, agreed, repeat(blank))))

    def _first_met(self, key: str, row: int) -> None:
        """A key that stands on both sides and was never agreed: of machine columns, what is there is the base."""
        self.plan.now[key] = [0, *[None] * len(self.names)]
        for column in self.held:
            if column.owner == "machine":
                self.now.append((key, self.slot[column.key], self.found.columns[column.key][row]))

    def _machine(
        self, column: ColumnView, keys: list[str], rows: list[int], before: list[list[Any]], seen: Sequence[Any],
        said: Sequence[Any],
    ) -> None:  # fmt: skip
        slot = self.slot[column.key]
        for at in different(seen, said):
            key, row, there = keys[at], rows[at], seen[at]
            agreed = before[at][slot]
            if column.formula:
                self._formula(column, key, row, there, agreed, said[at])
                continue
            if key in self.base and not same(there, agreed) and not self.slip(column, key, row, there, agreed):
                self.conflict(column, key, agreed, said[at], there, "machine_owns", "book")
            self.write(column, key, row, there, self.book.columns[column.key][self.at(key)])
        if column.formula:
            for at in different(seen, [row[slot] for row in before]):
                if same(seen[at], said[at]):
                    self.now.append((keys[at], slot, seen[at]))

    def _formula(self, column: ColumnView, key: str, row: int, there: Any, agreed: Any, book: Any) -> None:
        """A formula that shows something else than the book: written again once; what it then shows is left.

        One that shows what was typed over the cell that it looks up is left too: that cell is being restored.
        """
        tried = EMPTY if there is None else there
        if same(tried, agreed) or (key, there) in self.policy.typed_over:
            return
        if agreed not in (None, EMPTY) and there is not None and not self.slip(column, key, row, there, agreed):
            self.conflict(column, key, agreed, book, there, "machine_owns", "book")
        self.now.append((key, self.slot[column.key], tried))
        self.put(column, key, row, there, self.formula(column, key))

    def _people(
        self, column: ColumnView, keys: list[str], rows: list[int], before: list[list[Any]], seen: Sequence[Any],
        said: Sequence[Any] | None,
    ) -> None:  # fmt: skip
        slot, twin = self.slot[column.key], self.slot.get(column.key + BOOK_SIDE)
        agreed = [row[slot] for row in before]
        changed = set(different(seen, agreed))
        heard: set[int] = set()
        if said is not None and twin is not None:
            heard = set(different(said, [row[twin] for row in before]))
            if column.owner == "seeded":
                heard = {at for at in heard - changed if seen[at] is None and before[at][twin] is None}
        for at in sorted(changed | heard):
            key, row, there = keys[at], rows[at], seen[at]
            if at in changed and self.slip(column, key, row, there, agreed[at]):
                self.put(column, key, row, there, written(agreed[at], column.kind))
                continue
            if at in changed and self.put_back(column, key, row, there, agreed[at]):
                continue
            book = said[at] if said is not None else None
            if (
                twin is not None
                and same(there, book)
                and not (at in changed and self._waits(column, before[at], at in heard))
            ):
                self.now += [(key, slot, there), (key, twin, book)]
            elif at in changed:
                self._typed(column, key, row, agreed[at], there, book, at in heard)
            elif there is None or column.owner == "user":
                self.write(column, key, row, there, self.book.columns[column.key][self.at(key)])

    def put_back(self, column: ColumnView, key: str, row: int, there: Any, agreed: Any) -> bool:
        """Whether a cell shows what an older version of the sheet had; then it gets the last word back, and is told."""
        if not is_former(self.policy.former, (self.view.key, key, column.key), there):
            return False
        self.conflict(column, key, agreed, agreed, there, "restored_version", "book")
        self.put(column, key, row, there, written(agreed, column.kind))
        return True

    def _waits(self, column: ColumnView, agreed: list[Any], heard: bool) -> bool:
        """Whether an earlier entry may still be on its way to the book: then even a return to the book's value is one.

        Who clears a promise that has not landed yet types what the book has, and it must not land after that.
        """
        if column.owner == "seeded":
            return any(value is not None for value in agreed[1:])
        return not heard or not same(agreed[self.slot[column.key]], agreed[self.slot[column.key + BOOK_SIDE]])

    def _typed(self, column: ColumnView, key: str, row: int, agreed: Any, there: Any, book: Any, both: bool) -> None:
        """A cell that people changed, and perhaps the book too."""
        slot, twin = self.slot[column.key], self.slot.get(column.key + BOOK_SIDE)
        if self.refused(column, key, row, there):
            return
        if both and not same(there, book):
            winner, rule = self.policy.winner(column)
            self.conflict(column, key, agreed, book, there, rule, winner)
            if winner == "book":
                self.write(column, key, row, there, self.book.columns[column.key][self.at(key)])
                return
        self.now.append((key, slot, there))
        if twin is not None and (both or column.owner == "seeded"):
            self.now.append((key, twin, book))
        if there is None and column.owner == "append":
            return  # what was said before stays said
        self.pull(column, key, agreed, there)

    def _override(self) -> None:
        """Cells that the job sets whoever owns them; what was typed there has been pulled above."""
        for key, cells in self.book.overrides.items():
            row = self.found.row_of.get(key)
            if row is None:
                continue
            for name, value in cells.items():
                column, there = self.view.column(name), self.found.columns[name][row]
                if not same(there, plain(value)):
                    self.put_by_job(column, key, row, there, value)

    # rows on one side only --------------------------------------------------------------------------------------

    def absent(self, keys: list[str]) -> None:
        """Rows of the book that the sheet lacks: appended; one that people removed is put back once."""
        for key in keys:
            agreed = self.base.get(key)
            if agreed is not None and self.view.people and agreed[0] and self.policy.former is None:
                self.plan.conflicts.append(
                    Conflict(self.view.key, key, "", None, shown_key(key), None, "row_removed_again", "sheet")
                )
                self.plan.problems.append(finding("sheet_row_removed_again", self.plan.title, key=shown_key(key)))
                continue
            self.append(key, agreed)

    def left_over(self) -> None:
        """Rows of the sheet that the book does not have, and rows that neither has any more."""
        for key in self.strange():
            row, agreed = self.found.row_of[key], self.base.get(key)
            if agreed is None:
                self.unmatched(key, row)
            elif self.view.people:
                self._left_book(key, row, agreed)
        for key in () if self.all_known else self.base:
            if key not in self.found.row_of and key not in self.place_of:
                self.plan.now[key] = None

    def _left_book(self, key: str, row: int, agreed: list[Any]) -> None:
        """A row that is no longer published: what people type there is still kept, and told."""
        for column in self.held:
            there, was = self.found.columns[column.key][row], agreed[self.slot[column.key]]
            if column.owner == "machine" or same(there, was):
                continue
            if self.slip(column, key, row, there, was):
                self.put(column, key, row, there, written(was, column.kind))
                continue
            if self.put_back(column, key, row, there, was) or self.refused(column, key, row, there):
                continue
            self.now.append((key, self.slot[column.key], there))
            if there is not None or column.owner != "append":
                self.pull(column, key, was, there)
            if key not in self.book.overrides:
                self.conflict(column, key, was, None, there, "row_left_book", "sheet")
                told = finding("sheet_row_left_book", self.plan.title, key=shown_key(key))
                self.plan.problems.append(told)

    def wipe(self) -> None:
        """What our own write put into a blank row, because rows moved under it."""
        for row, name in self.found.slips:
            self.put(self.view.column(name), "", row, self.found.columns[name][row], None)

    def unmatched(self, key: str, row: int) -> None:
        """A row whose key the book does not know: listed with all that was typed, never dropped."""
        cells = [self.found.columns[column.key][row] for column in self.held]
        typed_there = "；".join(
            f"{column.header(self.policy.language)}：{shown(value)}"
            for column, value in zip(self.held, cells, strict=True)
            if value is not None
        )
        conflict = Conflict(self.view.key, key, "", None, None, typed_there or None, "key_not_in_book", "sheet")
        self.plan.unmatched.append(conflict)
        cell = self.found.cell(row, self.view.key_columns[0])
        facts = {"key": shown_key(key), "rows": str(self.found.number(row))}
        self.plan.problems.append(finding("sheet_key_unknown", self.plan.title, cell=cell, **facts))
