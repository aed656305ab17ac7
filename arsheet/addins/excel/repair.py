"""Formulas that another application has spelled, given the names that Excel knows: at load, by the one table."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from arsheet.functions.spelling import canonical, mentions


def repair(book: Any) -> int:
    """Rewrites the calls of arsheet in every formula of an open workbook (xlwings ``Book``); returns how many cells.

    Text in quotes stays; a cell that Excel does not let change (protected, part of an array) is left as it is.
    """
    return sum(_repair_sheet(sheet) for sheet in book.sheets)


def _repair_sheet(sheet: Any) -> int:
    used = sheet.used_range
    texts = used.formula
    if not isinstance(texts, (list, tuple)):
        texts = ((texts,),)
    elif texts and not isinstance(texts[0], (list, tuple)):
        texts = [[text] for text in texts] if used.shape[1] == 1 else [texts]
    changed = 0
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            if not isinstance(text, str) or not text.startswith("=") or not mentions(text):
                continue
            right = canonical(text)
            if right != text and _put(sheet.range((used.row + row, used.column + column)), right):
                changed += 1
    return changed


def _put(cell: Any, formula: str) -> bool:
    """Enters a formula as it stood: as an array where it was one, else so that it may spill."""
    with suppress(Exception):
        if getattr(cell.api, "HasArray", False) is True and not getattr(cell.api, "HasSpill", False):
            cell.api.CurrentArray.FormulaArray = formula
            return True
    for name in ("formula2", "formula"):
        with suppress(Exception):
            setattr(cell, name, formula)
            return True
    return False
