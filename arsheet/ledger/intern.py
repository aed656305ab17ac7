"""Ids to row numbers, vectorised: whole numbers by an address table, numbered texts as numbers, other texts by hashing.

An id column may be an int array, a list or array of texts, fixed-width bytes, or an arrow text array (anything with
pyarrow's ``buffers()``; pyarrow itself is not imported). Texts are compared exactly; cleaning is the decoder's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Ids = Any
"""int array | sequence of str | bytes array | arrow text array"""

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SEED = np.uint64(0x1234567)
_SHIFT = np.uint64(29)


def as_column(ids: Ids) -> Array:
    """An id column as an int64 array or an array of fixed-width bytes (utf-8), whose width is a multiple of 8."""
    if hasattr(ids, "combine_chunks"):
        ids = ids.combine_chunks()
    if hasattr(ids, "buffers"):
        return _arrow_bytes(ids)
    if isinstance(ids, np.ndarray):
        if ids.dtype.kind in "iu":
            return ids.astype(np.int64, copy=False)
        if ids.dtype.kind == "S":
            return _widen(ids)
    texts = list(ids)
    if texts and all(type(text) is int for text in texts):
        return np.array(texts, np.int64)
    return _widen(np.array([str(text).encode() for text in texts] or [b""], "S")[: len(texts)])


def texts_of(column: Array) -> list[str]:
    """The ids of a column as texts."""
    if column.dtype.kind == "S":
        return [value.decode() for value in column.tolist()]
    return [str(value) for value in column.tolist()]


def _widen(column: Array) -> Array:
    width = max(8, -(-column.dtype.itemsize // 8) * 8)
    return column if column.dtype.itemsize == width else column.astype(f"S{width}")


def _arrow_bytes(array: Any) -> Array:
    """An arrow utf8 or large_utf8 array as fixed-width bytes, without a Python object per value."""
    if array.null_count:
        raise ValueError("an id column holds blanks")
    count = len(array)
    buffers = array.buffers()
    wide = buffers[1].size >= 8 * (array.offset + count + 1)
    offsets = np.frombuffer(buffers[1], np.int64 if wide else np.int32)[array.offset : array.offset + count + 1]
    if buffers[2] is None:
        return np.zeros(count, "S8")
    data = np.frombuffer(buffers[2], np.uint8)
    starts = offsets[:-1].astype(np.int64)
    lengths = np.diff(offsets)
    longest = int(lengths.max()) if count else 0
    out = np.zeros((count, max(8, -(-longest // 8) * 8)), np.uint8)
    if count and longest == int(lengths.min()):
        out[:, :longest] = data[starts[0] : starts[0] + count * longest].reshape(count, longest)
    else:
        for position in range(longest):
            rows = np.flatnonzero(lengths > position)
            out[rows, position] = data[starts[rows] + position]
    return out.reshape(-1).view(f"S{out.shape[1]}") if count else np.zeros(0, "S8")


class Numbering:
    """What numbered texts share: one length, one prefix, and digits after it; so equal texts are equal numbers."""

    __slots__ = ("length", "prefix")

    def __init__(self, length: int, prefix: bytes):
        self.length, self.prefix = length, prefix

    @classmethod
    def of(cls, column: Array) -> Numbering | None:
        """The numbering that every value of the column follows, or None."""
        if not column.size:
            return None
        first = bytes(column[0])
        stem = first.rstrip(b"0123456789")
        cells = column.view(np.uint8).reshape(column.size, -1)
        length = len(first)
        prefix = len(stem)
        if prefix == length:
            return None
        while prefix < length - 18:
            prefix += 1
        found = cls(length, first[:prefix])
        return found if bool(found.follows(cells).all()) else None

    def follows(self, cells: Array) -> Array:
        """Which rows of a byte matrix follow this numbering."""
        width = cells.shape[1]
        if self.length > width:
            return np.zeros(cells.shape[0], bool)
        good = np.ones(cells.shape[0], bool)
        for position in range(self.length):
            column = cells[:, position]
            if position < len(self.prefix):
                good &= column == self.prefix[position]
            else:
                good &= (column - np.uint8(48)) <= 9
        if self.length < width:
            good &= cells[:, self.length] == 0
        return good

    def numbers(self, cells: Array) -> Array:
        """The numbers after the prefix, of rows that follow the numbering."""
        total = np.zeros(cells.shape[0], np.int64)
        for position in range(len(self.prefix), self.length):
            total *= 10
            total += cells[:, position] - np.uint8(48)
        return total


class Index:
    """Unique ids to their row numbers. ``duplicates`` lists the rows whose id an earlier row already has."""

    __slots__ = ("_keys", "_low", "_numbering", "_slots", "_table", "duplicates", "numbers", "size")

    def __init__(self, ids: Ids):
        column = as_column(ids)
        self.size = int(column.size)
        self._numbering: Numbering | None = None
        self._low: int | None = None
        self._slots: Array | None = None
        self.numbers: Array | None = None
        if column.dtype.kind == "S":
            self._numbering = Numbering.of(column)
            if self._numbering:
                column = self._numbering.numbers(column.view(np.uint8).reshape(column.size, -1))
        self._keys = column
        if column.dtype.kind == "i":
            self.numbers = column
            if self._address_table(column):
                return
        self._hash_table(column)

    @property
    def low(self) -> int | None:
        """The smallest number where an address table is used."""
        return self._low

    @property
    def table(self) -> Array:
        """number - low -> row, or hash slot -> row."""
        return self._table

    @property
    def keys(self) -> Array:
        """The ids as they are compared: numbers or fixed-width bytes."""
        return self._keys

    @property
    def words(self) -> Array:
        """The ids as rows of 64-bit words."""
        return self._slots if self._slots is not None else _words(self._keys)

    def _address_table(self, keys: Array) -> bool:
        if not keys.size:
            return False
        low, high = int(keys.min()), int(keys.max())
        span = high - low + 1
        if span > max(64 * keys.size, 1 << 20):
            return False
        self._low = low
        self._table = np.full(span, -1, np.int32)
        places = keys - low
        rows = np.arange(keys.size, dtype=np.int32)
        self._table[places] = rows
        self.duplicates = np.zeros(0, np.int64)
        if not bool((self._table[places] == rows).all()):
            # the last write wins, so writing in reverse leaves the first row of each id
            self._table[places[::-1]] = rows[::-1]
            self.duplicates = np.flatnonzero(self._table[places] != rows)
        return True

    def _hash_table(self, keys: Array) -> None:
        words = _words(keys)
        bits = max(4, int(2 * max(self.size, 1) - 1).bit_length())
        table = np.full(1 << bits, -1, np.int32)
        mask = (1 << bits) - 1
        todo = np.arange(self.size, dtype=np.int32)
        slot = (_mix(words) >> np.uint64(64 - bits)).astype(np.int64)
        duplicates: list[Array] = []
        while todo.size:
            free = table[slot] < 0
            # reversed, so that the earliest row of a slot stays
            table[slot[free][::-1]] = todo[free][::-1]
            owner = table[slot]
            same = (owner != todo) & (words[owner] == words[todo]).all(axis=1)
            if same.any():
                duplicates.append(todo[same])
            lost = (owner != todo) & ~same
            todo, slot = todo[lost], (slot[lost] + 1) & mask
        self._table, self._slots = table, words
        self.duplicates = np.sort(np.concatenate(duplicates)) if duplicates else np.zeros(0, np.int64)

    def get(self, ids: Ids) -> Array:
        """The row of each id, -1 where there is none (int32)."""
        column = as_column(ids)
        if not self.size or not column.size:
            return np.full(column.size, -1, np.int32)
        if self._keys.dtype.kind == "i" and column.dtype.kind == "S":
            if self._numbering is None:
                return self._of_texts(column)
            cells = column.view(np.uint8).reshape(column.size, -1)
            good = self._numbering.follows(cells)
            if not good.all():
                out = np.full(column.size, -1, np.int32)
                rows = np.flatnonzero(good)
                out[rows] = self._find(self._numbering.numbers(cells[rows]))
                return out
            column = self._numbering.numbers(cells)
        elif self._numbering is not None and column.dtype.kind == "i":
            return self.get(np.array([str(value).encode() for value in column.tolist()], "S"))
        elif self._keys.dtype.kind == "S" and column.dtype.kind == "i":
            column = as_column([str(value) for value in column.tolist()])
        return self._find(column)

    def _of_texts(self, column: Array) -> Array:
        """Texts looked up among plain whole numbers: only the canonical spelling of a number is that number."""
        numbers = np.zeros(column.size, np.int64)
        good = np.zeros(column.size, bool)
        for row, value in enumerate(column.tolist()):
            if value.lstrip(b"-").isdigit() and len(value) <= 18 and str(int(value)).encode() == value:
                numbers[row], good[row] = int(value), True
        return np.where(good, self._find(numbers), -1).astype(np.int32)

    def _find(self, column: Array) -> Array:
        if self._low is not None:
            places = column - self._low
            outside = (places < 0) | (places >= self._table.size)
            if outside.any():
                return np.where(outside, -1, self._table[np.where(outside, 0, places)]).astype(np.int32)
            found: Array = self._table[places]
            return found
        assert self._slots is not None
        words = _words(column)
        keys = self._slots
        if words.shape[1] != keys.shape[1]:
            width = max(words.shape[1], keys.shape[1])
            words = _pad(words, width)
            if keys.shape[1] < width:
                return _rebuilt(keys, width, self)._find_words(words)
        return self._find_words(words)

    def _find_words(self, words: Array) -> Array:
        assert self._slots is not None
        bits = int(self._table.size).bit_length() - 1
        mask = self._table.size - 1
        out = np.full(words.shape[0], -1, np.int32)
        todo = np.arange(words.shape[0])
        slot = (_mix(words) >> np.uint64(64 - bits)).astype(np.int64)
        while todo.size:
            row = self._table[slot]
            found = row >= 0
            equal = found & (self._slots[row] == words).all(axis=1)
            out[todo[equal]] = row[equal]
            on = found & ~equal
            todo, slot, words = todo[on], (slot[on] + 1) & mask, words[on]
        return out


def _words(keys: Array) -> Array:
    if keys.dtype.kind == "i":
        return keys.view(np.uint64).reshape(-1, 1)
    return keys.view(np.uint64).reshape(keys.size, keys.dtype.itemsize // 8)


def _pad(words: Array, width: int) -> Array:
    if words.shape[1] == width:
        return words
    return np.hstack([words, np.zeros((words.shape[0], width - words.shape[1]), np.uint64)])


def _rebuilt(keys: Array, width: int, index: Index) -> Index:
    """The same index with wider keys: the hash takes in every word, so the table must be made anew."""
    other = Index.__new__(Index)
    other.size = index.size
    wide = np.ascontiguousarray(_pad(keys, width)).reshape(-1).view(f"S{width * 8}")
    other._hash_table(wide)
    return other


def _mix(words: Array) -> Array:
    mixed = np.full(words.shape[0], _SEED, np.uint64)
    for position in range(words.shape[1]):
        mixed = (mixed ^ words[:, position]) * _MIX
        mixed ^= mixed >> _SHIFT
    return mixed


def code_texts(values: Sequence[str | None]) -> tuple[Array, tuple[str, ...]]:
    """Texts as dense codes in order of first appearance, with the texts; None and "" are one code."""
    codes: dict[str, int] = {}
    out = np.fromiter((codes.setdefault(value or "", len(codes)) for value in values), np.int32, len(values))
    return out, tuple(codes)
