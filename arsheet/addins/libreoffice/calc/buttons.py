"""What a button does: the tables go up, what would be written is shown, what was confirmed is written."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import dialogs, hub, showing
from .answers import Book, referred
from .cells import address, place
from .declared import declared, say
from .link import BUTTON_SECONDS, ServiceError
from .sheets import array_of, calls_ours, database_ranges, enter, read_tables, recalculate
from .writing import apply, refused, restore, same, values_at

Said = Any
KEPT_UNDOS = 5


def known() -> dict[str, Any]:
    """The declared buttons by key."""
    found: dict[str, Any] = declared()["actions"]
    return found


def press(document: Any, key: str, given: dict[str, Any]) -> dict[str, Any]:
    """A button, by a person or a macro. A macro gives ``Confirm`` (True: write; False: only show) and sees no dialog;
    it gets what was done, or {"error", "zh", "en"}. Further arguments: ``AsOf``; ``File`` and ``Kind`` (import);
    ``Formula``, ``Sheet`` and ``Cell`` (write_values)."""
    language = hub.ui_language
    alone = "Confirm" in given
    try:
        book = hub.book_of(document)
        language = book.language
        with waiting(document, language):
            done: dict[str, Any] = _DO.get(key, _written)(document, book, key, given)
            return done
    except ServiceError as error:
        said = {"error": error.code, "zh": error.zh, "en": error.en}
    except Exception as error:
        hub.note_failure()
        facts = {"reason": f"{type(error).__name__}: {str(error)[:300]}"}
        said = {"error": "failed", "zh": say("failed", "zh", **facts), "en": say("failed", "en", **facts)}
    if not alone:
        dialogs.tell(document, said[language], language)
    return said


@contextmanager
def waiting(document: Any, language: str) -> Iterator[None]:
    """The status bar says that something is going on."""
    controller = document.getCurrentController()
    bar = controller.getStatusIndicator() if controller is not None and hasattr(controller, "StatusIndicator") else None
    if bar is not None:
        bar.start(say("working", language), 1)
    try:
        yield
    finally:
        if bar is not None:
            bar.end()


# ---- refresh, data check, import, and whatever else writes ----------------------------------------------------------


def _written(document: Any, book: Book, key: str, given: dict[str, Any]) -> Said:
    arguments = {"as_of": given["AsOf"]} if given.get("AsOf") else {}
    return _shown(document, book, key, given, arguments, {"tables": read_tables(document)})


def _imported(document: Any, book: Book, key: str, given: dict[str, Any]) -> Said:
    path = given.get("File") or dialogs.choose_file(book.language)
    kind = path and (given.get("Kind") or dialogs.choose_kind(document, book.language))
    if not kind:
        return {"cancelled": True}
    with open(path, "rb") as file:
        data = base64.b64encode(file.read()).decode("ascii")
    arguments = {"kind": kind, "name": os.path.basename(path), "data": data}
    return _shown(document, book, key, given, arguments, {"tables": read_tables(document)})


def _values(document: Any, book: Book, key: str, given: dict[str, Any]) -> Said:
    """The answer of the selected AR_ formula, in its place, as values."""
    cell = _chosen(document, given)
    sheet = cell.Spreadsheet
    text = cell.getFormula()
    if not calls_ours(text):
        raise refused("no_formula_here")
    if text.startswith("{"):
        cell = array_of(sheet, cell).getCellByPosition(0, 0)
    fn, args = _captured(document, book, sheet, cell, text)
    found = hub.answers.find(book, fn, args)
    if "error" in found:
        raise ServiceError(found["code"], (found["zh"], found["en"]), 422)
    rows = found.get("rows") or [[found["v"]]]
    at = cell.CellAddress
    names = [
        address(at.Column + right, at.Row + down) for down, row in enumerate(rows) for right in range(len(row))
    ]  # fmt: skip
    texts: dict[str, str] = {}
    arguments = {
        "sheet": sheet.Name, "cell": address(at.Column, at.Row), "fn": fn, "args": [referred(a, texts) for a in args],
    }  # fmt: skip
    there = {sheet.Name: values_at(document, sheet.Name, names)}
    return _shown(document, book, key, given, arguments, {"cells": there, "ranges": texts})


def _chosen(document: Any, given: dict[str, Any]) -> Any:
    if given.get("Cell"):
        column, row = place(given["Cell"])
        return document.Sheets.getByName(given["Sheet"]).getCellByPosition(column, row)
    selected = document.getCurrentSelection()
    if not hasattr(selected, "getCellByPosition"):
        raise refused("no_formula_here")
    return selected.getCellByPosition(0, 0)


def _captured(document: Any, book: Book, sheet: Any, cell: Any, text: str) -> tuple[str, list[Any]]:
    """Function and arguments as Calc works them out: the cell is entered again, and the call is written down."""
    undo = document.getUndoManager()
    undo.lock()
    book.capture = []
    try:
        with hub.at_work():
            enter(sheet, cell, text, set())
            cell.getString()
        calls = book.capture
    finally:
        book.capture = None
        undo.unlock()
    if not calls:
        raise refused("no_formula_here")
    return calls[-1]


def _shown(
    document: Any, book: Book, key: str, given: dict[str, Any], arguments: dict[str, Any], more: dict[str, Any]
) -> Said:
    """Preview, the person's word, writing."""
    said = book.body(action=key, arguments=arguments, name=book.name, date1904=book.date1904, **more)
    seen = hub.link.post("preview", said, seconds=BUTTON_SECONDS, patient=True)
    told = {name: seen[name] for name in ("findings_count", "summary", "writes")}
    told["findings"] = seen["findings"][:20]
    text = showing.preview(seen, book.language)
    if seen["preview"] is None:
        if "Confirm" not in given:
            dialogs.tell(document, text, book.language)
        return {"done": False, "nothing": True, **told}
    if not (given["Confirm"] if "Confirm" in given else dialogs.confirm(document, key, text, book.language)):
        return {"done": False, **told}
    return {**told, **_confirmed(document, book, key, seen)}


def _confirmed(document: Any, book: Book, key: str, seen: dict[str, Any]) -> Said:
    before = {write["sheet"]: {} for write in seen["writes"]}  # type: dict[str, dict[str, Any]]
    for write in seen["writes"]:
        before[write["sheet"]].update(values_at(document, write["sheet"], write["cells"]))
    said = book.body(preview=seen["preview"], cells=before)
    done = hub.link.post("confirm", said, seconds=BUTTON_SECONDS, patient=True)
    states: list[Any] = []
    try:
        with as_one(document, key, book.language):
            apply(document, done["writes"], states)
    except Exception:
        with hub.at_work():
            restore(document, states)
        hub.link.post("undo", book.body(undo=done["undo"]), patient=True)
        book.forget()
        raise
    book.undos = [*book.undos[-KEPT_UNDOS + 1 :], (done["undo"], states)]
    count = _after(document, book, done)
    return {"done": True, "undo": done["undo"], "stamp": done["stamp"], "recalculated": count}


def _after(document: Any, book: Book, done: dict[str, Any]) -> int:
    """The new version is what cells answer from; they, and no others, are worked out again."""
    book.forget()
    if done["stamp"] is not None:
        book.epoch, book.sent = hub.link.epoch, True
        book.stale = done["stamp"].get("stale") is True
    with hub.at_work():
        return recalculate(document)


@contextmanager
def as_one(document: Any, key: str, language: str) -> Iterator[None]:
    """One step on Calc's own list of what Ctrl+Z takes back; nothing is drawn meanwhile."""
    undo = document.getUndoManager()
    document.lockControllers()
    document.addActionLock()
    undo.enterUndoContext("{}: {}".format(say("title", language), known()[key][language]))
    try:
        with hub.at_work():
            yield
    finally:
        undo.leaveUndoContext()
        document.removeActionLock()
        document.unlockControllers()


# ---- the others -----------------------------------------------------------------------------------------------------


def _undone(document: Any, book: Book, key: str, given: dict[str, Any]) -> Said:
    if not book.undos:
        raise refused("nothing_to_undo")
    if not (given["Confirm"] if "Confirm" in given else dialogs.ask(document, "undo_question", book.language)):
        return {"done": False}
    undo, states = book.undos[-1]
    if not same(document, states):
        raise refused("changed_since")
    try:
        done = hub.link.post("undo", book.body(undo=undo), patient=True)
    except ServiceError as error:
        if error.status not in (409, 426):
            raise
        done = {"stamp": None}  # a service started since then does not know the step; the document does
    with as_one(document, key, book.language):
        restore(document, states)
    book.undos.pop()
    count = _after(document, book, done)
    return {"done": True, "stamp": done["stamp"], "recalculated": count}


def _gone_to(document: Any, book: Book, key: str, given: dict[str, Any]) -> Said:
    for name, found in database_ranges(document):
        if name == "Settings":
            sheet = document.Sheets.getByIndex(found.DataArea.Sheet)
            sheet.IsVisible = True
            document.getCurrentController().setActiveSheet(sheet)
            return {"done": True, "sheet": sheet.Name}
    raise refused("table_missing", table="Settings")


def _helped(document: Any, book: Book, key: str, given: dict[str, Any]) -> Said:
    text = showing.help_text(book.language, hub.failures)
    if "Confirm" not in given:
        dialogs.show(document, text, book.language)
    return {"done": True, "text": text}


_DO: dict[str, Callable[[Any, Book, str, dict[str, Any]], Said]] = {
    "import": _imported,
    "write_values": _values,
    "undo": _undone,
    "settings": _gone_to,
    "help": _helped,
}
"""Buttons with a way of their own; every other one is shown and written."""
