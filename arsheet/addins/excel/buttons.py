"""The entry of every ribbon button: what RunPython calls, in the Excel that is open."""

from __future__ import annotations

import logging
from functools import cache

from arsheet.addins.excel.front import ExcelFront, local_path
from arsheet.addins.excel.presses import Office, Press
from arsheet.addins.excel.repair import repair
from arsheet.run.desk import desk

_log = logging.getLogger(__name__)


@cache
def office() -> Office:
    """What the buttons of this process remember; functions and buttons of one Excel share the process."""
    return Office(desk())


def press(action: str, argument: str = "") -> bool:
    """Runs a button on the workbook in front; ``argument`` is text in four hexadecimal digits a character.

    True when cells were written. What is refused, and what breaks, is shown to the person and not raised.
    """
    from arsheet.addins.excel import udfs
    from arsheet.hosts.excel.host import ExcelHost

    book = udfs.calling_book()
    front = ExcelFront(book)
    try:
        if action == "repair":
            return repair(book) > 0
        one = Press(book.name, ExcelHost(book), local_path(book), front, office(), udfs.watched)
        return one.run(action, unhexed(argument))
    except Exception as error:
        _log.exception("%s", action)
        words = f"{type(error).__name__}: {error}"
        front.tell(f"操作没有完成：{words}\n\nThis could not be done: {words}", wrong=True)
        return False


def unhexed(text: str) -> str:
    """The text that ArsheetHex of the VBA module wrote: UTF-16, four digits a unit."""
    return bytes.fromhex(text).decode("utf-16-be")
