"""The check numbers of a table as it was read: the same that the formulas of ``schema/fingerprint`` give."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from arsheet.schema import fingerprint
from arsheet.schema.fingerprint import LARGEST, LENGTH, OFFSET, PRIME
from arsheet.schema.model import TableSpec
from arsheet.table import CellError, Table

Number = Callable[[Any], float]
"""A cell that is no text as a spreadsheet counts it."""
_WIDE = 10**15
"""Whole numbers below it are the same text in every application."""
_ODD = re.compile("[\\r\\ud800-\\udfff\\U00010000-\\U0010ffff]|_x[0-9A-Fa-f]{4}_")


class _Unsure(Exception):
    """A cell that the applications do not count alike."""


def numbers_of(raw: Table, mapping: Mapping[str, int], spec: TableSpec, number: Number) -> int | None:
    """The check number of numbers, dates as serials; None where it would not be exact, or a column is missing."""
    columns = fingerprint.number_columns(spec)
    if not columns:
        return 0
    if raw.place is None or any(column.key not in mapping for column in columns):
        return None
    total = np.zeros(len(raw))
    for column in columns:
        total = total + _counted(raw.columns[mapping[column.key]], number) * fingerprint.scale(column)
    try:
        return _by_row(_whole(total), raw.place.rows)
    except _Unsure:
        return None


def texts_of(raw: Table, mapping: Mapping[str, int], spec: TableSpec) -> int | None:
    """The check number of texts; None where applications read a cell differently, or a column is missing.

    Such cells: characters beyond 65,535, which count as one or as two; numbers with decimals, dates and TRUE or FALSE
    where a text belongs.
    """
    columns = fingerprint.text_columns(spec)
    if not columns:
        return 0
    if raw.place is None or any(column.key not in mapping for column in columns):
        return None
    total = np.zeros(len(raw), dtype=np.int64)
    try:
        for column in columns:
            values = raw.columns[mapping[column.key]]
            terms = [(pick, fingerprint.factor(column, pick)) for pick in fingerprint.picks(column)]
            total += _column(values, terms)
    except _Unsure:
        return None
    return _by_row(total, raw.place.rows)


def settings_of(raw: Table, mapping: Mapping[str, int], number: Number) -> int | None:
    """The check number of the values of the settings; None as in ``texts_of``."""
    if raw.place is None or not {"key", "value"} <= set(mapping):
        return None
    keys, values = raw.columns[mapping["key"]], raw.columns[mapping["value"]]
    factors = fingerprint.setting_factors()
    total = 0
    try:
        for row, key, value in zip(raw.place.rows, keys, values, strict=True):
            if str(key or "").casefold() in fingerprint.NO_MEANING:
                continue
            if isinstance(value, str):
                codes = zip(_plain(value), factors, strict=False)
                total += sum(ord(letter) * factor % PRIME * row % PRIME for letter, factor in codes)
            elif value is not None and not isinstance(value, CellError):
                counted = 2.0 + value if isinstance(value, bool) else number(value)
                whole = int(_whole(np.array([counted * fingerprint.SETTING_SCALE]))[0])
                total += whole % PRIME * row % PRIME
    except _Unsure:
        return None
    return total


def _counted(values: Sequence[Any], number: Number) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A column as numbers: texts, blanks, errors, TRUE and FALSE are 0."""
    kinds = set(map(type, values))
    if kinds == {type(None)}:
        return np.zeros(len(values))
    if not kinds <= {int, float}:
        known: dict[Any, float] = {None: 0.0}
        if bool not in kinds:  # equal to 1 and 0 as keys
            known |= {each: 0.0 if isinstance(each, str) else number(each) for each in set(values) if each is not None}
            return np.fromiter(map(known.__getitem__, values), np.float64, len(values))
        return np.array([0.0 if each is None or isinstance(each, str) else number(each) for each in values])
    return np.array(values, dtype=np.float64)


def _whole(total: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Cut down to whole numbers. Raises _Unsure where an application that rounds to 15 digits first would differ."""
    moved = total + OFFSET
    size = np.abs(moved)
    if not len(total) or not np.isfinite(size).all() or size.max() > LARGEST:
        if len(total):
            raise _Unsure
        return np.zeros(0, dtype=np.int64)
    digit = 10.0 ** (np.floor(np.log10(np.maximum(size, 0.1))) - 14)
    if (np.abs(moved - np.rint(moved)) <= digit).any():
        raise _Unsure
    return np.floor(moved).astype(np.int64)


def _by_row(whole: np.ndarray[Any, np.dtype[np.int64]], rows: Sequence[int]) -> int:
    place = np.asarray(rows, dtype=np.int64)
    return int((whole % PRIME * place % PRIME).sum())


def _column(values: Sequence[Any], terms: Sequence[tuple[int, int]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The sum over the watched characters of each cell of a column."""
    kinds = set(map(type, values))
    if not kinds <= {str, int, float, type(None), CellError}:
        raise _Unsure  # bool and dates: their text is the application's own
    different = set(values)
    if different <= {None, ""}:
        return np.zeros(len(values), np.int64)
    if len(different) * 4 < len(values) or not kinds <= {str, type(None)}:
        code = {value: _coded(value, terms) for value in different}
        return np.fromiter(map(code.__getitem__, values), np.int64, len(values))
    texts = [value or "" for value in values]
    _plain("".join(texts))
    return _many(texts, terms)


def _many(texts: Sequence[str], terms: Sequence[tuple[int, int]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """As ``_coded``, for texts that seldom repeat."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    total, filled = np.zeros(len(texts), np.int64), lengths > 0
    for pick, factor in terms:
        if pick == LENGTH:
            total += lengths * factor
            continue
        if pick < 0:
            letters = [text[pick] if len(text) >= -pick else text[:1] for text in texts]
        else:
            letters = [text[pick - 1 : pick] for text in texts]
        code = np.array(letters, dtype="U1").view(np.uint32).astype(np.int64)
        total += np.where(filled, code, 0) * factor
    return total


def _coded(value: Any, terms: Sequence[tuple[int, int]]) -> int:
    """The sum over the watched characters of a cell."""
    if value is None or value == "" or isinstance(value, CellError):
        return 0
    if isinstance(value, (int, float)):
        if value != int(value) or abs(value) >= _WIDE:
            raise _Unsure
        value = str(int(value))
    text = _plain(value)
    return sum(_picked(text, pick) * factor for pick, factor in terms)


def _picked(text: str, pick: int) -> int:
    if pick == LENGTH:
        return len(text)
    if pick < 0:
        return ord(text[pick] if len(text) >= -pick else text[0])
    return ord(text[pick - 1]) if len(text) >= pick else 0


def _plain(text: str) -> str:
    """The text. Raises _Unsure for characters that applications count or keep differently."""
    if _ODD.search(text):
        raise _Unsure
    return text
