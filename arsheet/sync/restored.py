"""Going on from a spreadsheet that is not where this book left it: an older version that was restored, or a copy.

The spreadsheet alone cannot say whether a cell is blank because a person emptied it or because the version is old; the
journal can. Say 承诺日期 was typed as 12-10, then changed to 12-20, and the version of before that comes back:

    the cell shows           the journal's last word   what is done
    (blank)                  12-20                     12-20 is put back and listed in 同步冲突
    12-10, an earlier word   12-20                     12-20 is put back and listed
    12-20                    12-20                     nothing
    12-28, never seen        12-20                     typed since: taken over like any entry
    12-20, cleared later     (blank)                   blank is put back and listed

So nothing that stands in the workbook is undone by an old version; who really wants the older word types it again.
What is in the book's own cells is the old version's and no person's doing: written over, not listed. Rows that the
version lacks come back, with what was agreed in people's cells. As long as a tab of people is stopped nothing is
written at all and the next run asks again: afterwards its old cells could not be told from emptied ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from arsheet.journal import entries
from arsheet.journal.store import Journal
from arsheet.sync.cells import plain, same
from arsheet.sync.model import Entry, TabPlan

Former = Mapping[tuple[str, str, str], Collection[Any]]
"""(tab key, row key, column key) -> the plain values that this cell has had, by what was typed in any spreadsheet."""


def former_words(journal: Journal) -> Former:
    """What every cell of people has ever said, from the journal."""
    return words_of(entries.kept(journal))


def words_of(kept: Iterable[Entry]) -> Former:
    """The values before and after each entry, by cell."""
    found: dict[tuple[str, str, str], list[Any]] = {}
    for entry in kept:
        found.setdefault((entry.tab, entry.row_key, entry.column), []).extend((plain(entry.old), plain(entry.new)))
    return found


def is_former(former: Former | None, cell: tuple[str, str, str], there: Any) -> bool:
    """Whether a cell that differs from the last word shows an older one; never where the sheet is where we left it."""
    if former is None:
        return False
    return there is None or any(same(value, there) for value in former.get(cell, ()))


def without_our_own(plan: TabPlan) -> TabPlan:
    """A plan against an old version, without what is old in the book's own cells and rows: nobody typed over them."""
    plan.conflicts = [each for each in plan.conflicts if each.rule != "machine_owns"]
    if not plan.view.people:
        plan.unmatched = []
        plan.problems = [each for each in plan.problems if each.code != "sheet_key_unknown"]
    return plan
