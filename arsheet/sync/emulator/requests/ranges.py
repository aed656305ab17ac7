"""Named ranges, protected ranges and the basic filter."""

from __future__ import annotations

import re
from typing import Any

from arsheet.sync.emulator import guards, masks
from arsheet.sync.emulator.describing import protected_range
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.grid import shown
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.requests.cells import full_range

_NAME = re.compile(r"[^\W\d][\w.]*")


def _named(book: Book, named_id: str) -> tuple[int, dict[str, Any]]:
    for index, item in enumerate(book.named):
        if item["namedRangeId"] == named_id:
            return index, item
    raise invalid(f"Cannot find named range with id: {named_id}")


def _check_name(book: Book, name: str, but: str = "") -> None:
    if not _NAME.fullmatch(name) or len(name) > 250:
        raise invalid(
            f"Invalid name: {name}. A name may hold letters, digits and underscores and starts with a letter."
        )
    if any(item["name"].lower() == name.lower() and item["namedRangeId"] != but for item in book.named):
        raise invalid(f"Cannot add a named range with a duplicate name: {name}")


def add_named_range(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """addNamedRange: a name that nothing else has."""
    asked = body.get("namedRange", {})
    _check_name(book, asked.get("name", ""))
    book.tab(asked.get("range", {}).get("sheetId", 0))
    taken = {item["namedRangeId"] for item in book.named}
    named_id = asked.get("namedRangeId") or str(book.free_id(lambda number: str(number) in taken))
    item = {"namedRangeId": named_id, "name": asked["name"], "range": dict(asked.get("range", {}))}
    book.named.append(item)
    return {"addNamedRange": {"namedRange": {**item, "range": shown(item["range"])}}}


def update_named_range(book: Book, body: dict[str, Any], who: str) -> None:
    """updateNamedRange: its name, its range."""
    asked = body.get("namedRange", {})
    index, item = _named(book, asked.get("namedRangeId", ""))
    tree = masks.parse(body.get("fields", ""))
    if "name" in tree or "*" in tree:
        _check_name(book, asked.get("name", ""), item["namedRangeId"])
    book.named[index] = {**masks.updated(item, asked, tree), "namedRangeId": item["namedRangeId"]}


def delete_named_range(book: Book, body: dict[str, Any], who: str) -> None:
    """deleteNamedRange: the name goes, the cells stay."""
    index, _ = _named(book, body.get("namedRangeId", ""))
    book.named.pop(index)


def _protected(book: Book, rule_id: int) -> tuple[Tab, int, dict[str, Any]]:
    for tab in book.tabs:
        for index, rule in enumerate(tab.protected):
            if rule["protectedRangeId"] == rule_id:
                return tab, index, rule
    raise invalid(f"No protected range with id: {rule_id}")


def add_protected_range(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """The caller and the owner are always editors; the answer does not list the editors yet."""
    asked = dict(body.get("protectedRange", {}))
    named = asked.get("namedRangeId")
    if "range" not in asked and named:
        asked["range"] = dict(_named(book, named)[1]["range"])
    if "range" not in asked:
        raise invalid("A protected range must have a range or a named range.")
    tab = book.tab(asked["range"].get("sheetId", 0))
    taken = {rule["protectedRangeId"] for other in book.tabs for rule in other.protected}
    if asked.get("protectedRangeId") in taken:
        raise invalid(f"A protected range with id {asked['protectedRangeId']} already exists.")
    editors = asked.pop("editors", {})
    users = sorted({*editors.get("users", []), book.owner, who})
    kept = {key: value for key, value in asked.items() if key != "requestingUserCanEdit" and value is not False}
    rule = {"protectedRangeId": book.free_id(taken.__contains__), **kept, "editors": {**editors, "users": users}}
    tab.protected.append(rule)
    return {"addProtectedRange": {"protectedRange": protected_range(book, rule, who, editors=False)}}


def update_protected_range(book: Book, body: dict[str, Any], who: str) -> None:
    """updateProtectedRange: only by those who may edit it."""
    asked = body.get("protectedRange", {})
    tab, index, rule = _protected(book, asked.get("protectedRangeId", 0))
    _may_change(book, rule, who)
    new = masks.updated(rule, asked, masks.parse(body.get("fields", "")))
    users = sorted({*new.get("editors", {}).get("users", []), book.owner, who})
    new = {**new, "protectedRangeId": rule["protectedRangeId"], "editors": {**new.get("editors", {}), "users": users}}
    tab.protected[index] = new


def delete_protected_range(book: Book, body: dict[str, Any], who: str) -> None:
    """deleteProtectedRange: only by those who may edit it."""
    tab, index, rule = _protected(book, body.get("protectedRangeId", 0))
    _may_change(book, rule, who)
    tab.protected.pop(index)


def _may_change(book: Book, rule: dict[str, Any], who: str) -> None:
    if not guards.may_edit(book, rule, who):
        raise invalid(guards.REFUSED)


def set_basic_filter(book: Book, body: dict[str, Any], who: str) -> None:
    """setBasicFilter: one for a tab; no value changes."""
    asked = body.get("filter", {})
    tab, full = full_range(book, asked.get("range", {}))
    tab.filter = {"range": full, **{key: value for key, value in asked.items() if key != "range"}}


def clear_basic_filter(book: Book, body: dict[str, Any], who: str) -> None:
    """clearBasicFilter: the tab's filter goes."""
    book.tab(body.get("sheetId", 0)).filter = None


HANDLERS = {
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": update_protected_range,
    "deleteProtectedRange": delete_protected_range,
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
}
