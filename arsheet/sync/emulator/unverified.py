"""What the emulator does from documents or by reasoning, not because it was seen in recorded answers of Google."""

from __future__ import annotations

UNVERIFIED: tuple[tuple[str, str], ...] = (
    ("refusals", "the text and code (400) with which a protected range refuses a write"),
    ("refusals", "that a protected range refuses the whole batch, and that its editors are hidden from other people"),
    ("refusals", "the texts for the 10,000,000-cell limit, 50,000 characters in a cell, and a range beyond the grid"),
    ("refusals", "the body of the 403 for missing scopes and for a service account that would own a file"),
    ("refusals", "the token endpoint's words for a bad signature, an unknown account, a wrong clock, no scope"),
    ("refusals", "the bodies of 429, 500, 502 and 503, and whether Google sends Retry-After"),
    ("batchUpdate", "appendCells: where the end of the data is, and that the grid grows"),
    ("batchUpdate", "copyPaste with PASTE_VALUES, PASTE_FORMAT, PASTE_FORMULA, and TRANSPOSE; between tabs"),
    ("batchUpdate", "create, update and deleteDeveloperMetadata: answers, lookups and their limit"),
    ("batchUpdate", "conditional format rules, banding, updateProtectedRange, duplicateSheet, moveDimension"),
    ("batchUpdate", "insertRange, deleteRange, findReplace, updateDimensionGroup, appendDimension"),
    ("batchUpdate", "updateCells with `start`, with userEnteredFormat masks, and with typed values together"),
    ("batchUpdate", "how merges, filters, protected and named ranges follow inserted, deleted and moved lines"),
    ("batchUpdate", "the width that autoResizeDimensions gives a column (an estimate from Arial's widths)"),
    ("batchUpdate", "validation rules are kept and shown but do not refuse what the API writes"),
    ("values", "texts and dates beyond ISO, Chinese text, locales other than en_US, times, money signs as typed input"),
    ("values", "number and date patterns beyond plain ones when values are asked for formatted"),
    ("values", "that a cell formatted as text keeps what is typed"),
    ("values", "updatedData of includeValuesInResponse, sheets.copyTo"),
    ("formulas", "every function beyond arithmetic and SUM; wildcards and numbers written as text in criteria"),
    ("formulas", "arrays do not spill: a formula whose result is an array shows its first item"),
    ("sorting", "the order of numbers, texts and truth values together; how Google collates Chinese"),
    ("drive", "permissions, listing by query and by page, moving between folders, TSV export"),
    ("people", "everything a person does in the browser: typing, sorting, inserting, pasting, protected cells"),
    ("concurrency", "requests take effect one after the other; Google's own order under load is not known"),
    ("concurrency", "a request whose connection is cut or hangs has taken effect wholly or not at all"),
)
"""(area, what): nothing here has been held against a recording."""
