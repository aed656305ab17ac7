"""Who may write where: protected ranges refuse the whole request of anybody who is not among their editors."""

from __future__ import annotations

from typing import Any

from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.grid import Box
from arsheet.sync.emulator.model.tab import Tab

REFUSED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)


def may_edit(book: Book, rule: dict[str, Any], who: str) -> bool:
    """Whether `who` may write in a protected range: its editors and the owner; a warning stops nobody here."""
    if rule.get("warningOnly") or book.role(who) == "owner":
        return True
    return who in rule.get("editors", {}).get("users", [])


def protection(book: Book, tab: Tab, box: Box, who: str) -> dict[str, Any] | None:
    """The first protected range that forbids `who` to write in `box`, or None."""
    for rule in tab.protected:
        if may_edit(book, rule, who):
            continue
        if not tab.box(rule.get("range", {})).meets(box):
            continue
        if any(tab.box(free).holds(box) for free in rule.get("unprotectedRanges", [])):
            continue
        return rule
    return None


def check(book: Book, tab: Tab, box: Box, who: str) -> None:
    """400 when a protected range forbids `who` to write in `box`."""
    if box.height and box.width and protection(book, tab, box, who) is not None:
        raise invalid(REFUSED)
