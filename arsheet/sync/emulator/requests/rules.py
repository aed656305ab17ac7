"""Conditional formats and banding: kept, moved with their ranges, and answered; they change no value."""

from __future__ import annotations

from typing import Any

from arsheet.sync.emulator import masks
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.grid import shown
from arsheet.sync.emulator.model.tab import Tab


def _rule_tab(book: Book, rule: dict[str, Any]) -> Tab:
    ranges = rule.get("ranges", [])
    if not ranges:
        raise invalid("A conditional format rule must have at least one range.")
    tab_ids = {ranged.get("sheetId", 0) for ranged in ranges}
    if len(tab_ids) > 1:
        raise invalid("All ranges of a conditional format rule must be on the same sheet.")
    if ("booleanRule" in rule) == ("gradientRule" in rule):
        raise invalid("A conditional format rule must have either a booleanRule or a gradientRule.")
    return book.tab(tab_ids.pop())


def _at(tab: Tab, index: int) -> int:
    if not 0 <= index < len(tab.conditional):
        raise invalid(f"No conditional format on sheet: {tab.id} at index: {index}")
    return index


def add_rule(book: Book, body: dict[str, Any], who: str) -> None:
    """addConditionalFormatRule: at its place in the order."""
    rule = body.get("rule", {})
    tab = _rule_tab(book, rule)
    index = body.get("index", 0)
    if not 0 <= index <= len(tab.conditional):
        raise invalid(f"Conditional format index {index} is out of range.")
    tab.conditional.insert(index, rule)


def update_rule(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """updateConditionalFormatRule: replaced, or moved."""
    index = body.get("index", 0)
    if "rule" in body:
        tab = _rule_tab(book, body["rule"])
        old = tab.conditional[_at(tab, index)]
        tab.conditional[index] = body["rule"]
        answer = {"newRule": body["rule"], "oldRule": old, "newIndex": index}
    else:
        tab = book.tab(body.get("sheetId", 0))
        rule = tab.conditional.pop(_at(tab, index))
        new_index = body.get("newIndex", 0)
        tab.conditional.insert(new_index, rule)
        answer = {"newRule": rule, "newIndex": new_index, "oldIndex": index}
    return {"updateConditionalFormatRule": {key: value for key, value in answer.items() if value != 0}}


def delete_rule(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """deleteConditionalFormatRule: by its place in the order."""
    tab = book.tab(body.get("sheetId", 0))
    rule = tab.conditional.pop(_at(tab, body.get("index", 0)))
    return {"deleteConditionalFormatRule": {"rule": rule}}


def add_banding(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """addBanding: alternating colours, one set for a cell."""
    asked = body.get("bandedRange", {})
    tab, box = book.box(asked.get("range", {}))
    if any(tab.box(band["range"]).meets(box) for band in tab.banded):
        raise invalid("You cannot add alternating background colors to a range that already has them.")
    taken = {band["bandedRangeId"] for other in book.tabs for band in other.banded}
    band = {"bandedRangeId": book.free_id(taken.__contains__), **asked}
    tab.banded.append(band)
    return {"addBanding": {"bandedRange": {**band, "range": shown(band["range"])}}}


def _band(book: Book, band_id: int) -> tuple[Tab, int]:
    for tab in book.tabs:
        for index, band in enumerate(tab.banded):
            if band["bandedRangeId"] == band_id:
                return tab, index
    raise invalid(f"No banded range with id: {band_id}")


def update_banding(book: Book, body: dict[str, Any], who: str) -> None:
    """updateBanding: its colours or range."""
    asked = body.get("bandedRange", {})
    tab, index = _band(book, asked.get("bandedRangeId", 0))
    tab.banded[index] = masks.updated(tab.banded[index], asked, masks.parse(body.get("fields", "")))


def delete_banding(book: Book, body: dict[str, Any], who: str) -> None:
    """deleteBanding: the colours go."""
    tab, index = _band(book, body.get("bandedRangeId", 0))
    tab.banded.pop(index)


HANDLERS = {
    "addConditionalFormatRule": add_rule,
    "updateConditionalFormatRule": update_rule,
    "deleteConditionalFormatRule": delete_rule,
    "addBanding": add_banding,
    "updateBanding": update_banding,
    "deleteBanding": delete_banding,
}
