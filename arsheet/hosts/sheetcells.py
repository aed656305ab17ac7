"""Read the cells of a large worksheet part straight into columns: numpy looks at all tags of a stretch at once.

calamine is the truth; this way gives what it gives, several times faster, for sheets written as Excel, openpyxl,
XlsxWriter and arsheet itself write them. Whatever is written otherwise is ``Unusual``, and calamine reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from arsheet.hosts.columns import BOOL, DATE, ERROR, NUMBER, TEXT, ColumnCells, columns_of
from arsheet.hosts.digits import Unusual, gathered, numbers_of
from arsheet.hosts.probing import DATED, PLAIN
from arsheet.hosts.sheettags import (
    CELL,
    CELL_EMPTY,
    CELL_END,
    FORMULA,
    FORMULA_EMPTY,
    INLINE,
    KEPT_LENGTH,
    ROW,
    ROW_EMPTY,
    TEXT_AT,
    VALUE,
    VALUE_EMPTY,
    Tags,
)  # fmt: skip

STRETCH = 1 << 20
"""Bytes looked at together: what numpy makes of them stays near the processor."""
WORKERS = 2
MAX_ROW = 1_048_576

_STEP = np.zeros(32, np.int64)
_STEP[[VALUE, VALUE_EMPTY, CELL_END]] = 1
_STEP[[INLINE, FORMULA_EMPTY]] = 2
_STEP[FORMULA] = 3
"""From the tag of a cell, through the tag that follows it, to the tag of its value."""

_REST = re.compile(rb'((?: [A-Za-z0-9_:.]+="[^"<&]*")*) ?/?')
_ATTRIBUTE = re.compile(rb' ([A-Za-z0-9_:.]+)="([^"<&]*)"')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
_TYPES = {b"n": NUMBER, b"s": TEXT, b"str": TEXT, b"inlineStr": TEXT, b"b": BOOL, b"e": ERROR}
_SHARED, _INLINE = 1, 2
_HARMLESS = frozenset((b"cm", b"vm", b"ph"))

_MASK = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)
_CELL_HEAD = np.uint64(int.from_bytes(b'<c r="', "little"))
_ROW_HEAD = np.uint64(int.from_bytes(b'<row r="', "little"))
_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F,
     0xE7037ED1A0B428DB], np.uint64,
)  # fmt: skip
_SLOTS = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one part and where they begin; hidden rows; formulas without a result; the tags it is made of.

    Rows are 1-based, columns 0-based.
    """

    cells: ColumnCells
    first_row: int
    first_column: int
    hidden: frozenset[int]
    uncomputed: tuple[tuple[int, int], ...]
    skeleton: bytes
    """The part with one element of each form in the place of its rows: whole if the part is."""


@dataclass(slots=True)
class _Found:
    """What the stretches gave so far, one array a stretch."""

    rows: list[Any] = field(default_factory=list)
    columns: list[Any] = field(default_factory=list)
    kinds: list[Any] = field(default_factory=list)
    numbers: list[Any] = field(default_factory=list)
    texts: list[Any] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    said: set[bytes] = field(default_factory=set)
    first_row: int = 0
    last_row: int = 0


def read_cells(xml: bytes, formats: Callable[[], Any], shared: Callable[[], Any]) -> Sheet:
    """The cells of a whole worksheet part.

    ``formats`` says per cell format what a number is, ``shared`` gives the shared texts: asked when first needed.
    Raises Unusual where the sheet is not written plainly.
    """
    start, end = _bounds(xml)

    def read(place: tuple[int, int]) -> _Found:
        found = _Found()
        _Stretch(Tags(xml, *place), found, formats, shared).read()
        return found

    with ThreadPoolExecutor(WORKERS) as pool:  # numpy lets the interpreter go
        found = _joined(list(pool.map(read, _cuts(xml, start, end))))
    skeleton = b"".join((xml[:start], *sorted(found.said), xml[end:]))
    none = np.zeros(0, np.int64)
    arrays = (found.rows, found.columns, found.kinds, found.numbers, found.texts)
    cells, top, left = columns_of(*(np.concatenate(parts) if parts else none for parts in arrays))
    return Sheet(cells, top or 1, left, frozenset(found.hidden), tuple(found.uncomputed), skeleton)


def _cuts(xml: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Whole rows, about a stretch together."""
    while start < end:
        cut = end if end - start <= STRETCH else xml.rfind(b"<row ", start + 1, start + STRETCH)
        if cut < 0:  # one row longer than a stretch
            cut = xml.find(b"<row ", start + STRETCH, end)
            cut = end if cut < 0 else cut
        yield start, cut
        start = cut


def _joined(parts: list[_Found]) -> _Found:
    """What was found in all stretches, in their order."""
    out = _Found()
    for part in parts:
        if part.first_row <= out.last_row:
            raise Unusual("order of rows")
        out.last_row = part.last_row
        out.said |= part.said
        for name in ("rows", "columns", "kinds", "numbers", "texts", "hidden", "uncomputed"):
            getattr(out, name).extend(getattr(part, name))
    return out


def _bounds(xml: bytes) -> tuple[int, int]:
    """Where the rows begin and end."""
    start, end = xml.find(b"sheetData") + 10, xml.rfind(b"</sheetData>")
    if xml[start - 11 : start] != b"<sheetData>" or end < start or xml.find(b"sheetData", end + 12) >= 0:
        raise Unusual("sheetData")
    declared = re.match(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding=["']([^"']*)""", xml[:200])
    if declared and declared[1].upper() != b"UTF-8":
        raise Unusual("encoding")
    if xml.find(b"<!", 0, start) >= 0 or xml.find(b"<!", end) >= 0:
        raise Unusual("comment")
    return start, end


class _Stretch:
    """Reads the cells of some whole rows."""

    def __init__(self, tags: Tags, found: _Found, formats: Callable[[], Any], shared: Callable[[], Any]) -> None:
        self.tags, self.found, self.formats, self.shared = tags, found, formats, shared
        found.said |= tags.said

    def read(self) -> None:
        """Add the cells to what was found."""
        kinds = self.tags.kinds
        row_at = np.flatnonzero((kinds == ROW) | (kinds == ROW_EMPTY))
        cell_at = np.flatnonzero((kinds == CELL) | (kinds == CELL_EMPTY))
        numbers, names, digits = self._rows(row_at)
        if not cell_at.size:
            return
        counts = np.diff(np.append(np.searchsorted(cell_at, row_at), cell_at.size))
        rows = np.repeat(numbers, counts)
        columns, rest = self._places(cell_at, np.repeat(names, counts), np.repeat(digits, counts))
        if ((columns[1:] <= columns[:-1]) & (rows[1:] == rows[:-1])).any():
            raise Unusual("order of cells")
        types, sources, formats = self._forms(rest, self.tags.gt[cell_at])
        filled = np.flatnonzero(kinds[cell_at] == CELL)
        self._values(
            cell_at[filled], rows[filled], columns[filled], types[filled], sources[filled], formats[filled]
        )  # fmt: skip

    def _rows(self, at: Any) -> tuple[Any, Any, Any]:
        """Of each row its number, the word of its digits with the closing quote, and how many digits there are."""
        tags = self.tags
        place = tags.lt[at] + 8
        if (tags.words[tags.lt[at]] != _ROW_HEAD).any():
            raise Unusual("row")
        digits = np.full(at.size, -1)
        numbers = np.zeros(at.size, np.int64)
        for count in range(8):
            byte = tags.padded[place + count]
            digits[(byte == 0x22) & (digits < 0)] = count
            going = digits < 0
            if (((byte < 0x30) | (byte > 0x39)) & going).any():
                raise Unusual("row number")
            numbers = np.where(going, numbers * 10 + byte - 0x30, numbers)
        if (digits < 1).any() or (tags.padded[place] == 0x30).any() or numbers[-1] > MAX_ROW:
            raise Unusual("row number")
        if (np.diff(numbers) <= 0).any():
            raise Unusual("order of rows")
        self.found.first_row, self.found.last_row = int(numbers[0]), int(numbers[-1])
        self._row_attributes(numbers, place + digits + 1, tags.gt[at])
        return numbers, tags.words[place] & _MASK[digits + 1], digits

    def _row_attributes(self, numbers: Any, starts: Any, ends: Any) -> None:
        if (starts == ends).all():
            return
        pieces = self.tags.pieces(starts, ends)
        forms = set(pieces)
        hidden = {form for form in forms if _HIDDEN.search(form)}
        for form in forms:
            if _REST.fullmatch(form) is None:
                raise Unusual("row")
            self.found.said.add(b'<row r="1"' + form.rstrip(b"/ ") + b"/>")
        if hidden:
            self.found.hidden += [n for n, piece in zip(numbers.tolist(), pieces, strict=True) if piece in hidden]

    def _places(self, at: Any, names: Any, digits: Any) -> tuple[Any, Any]:
        """Of each cell its column, and where the attributes after its address begin."""
        tags = self.tags
        place = tags.lt[at]
        head = tags.words[place]
        if (head & _MASK[6] != _CELL_HEAD).any():
            raise Unusual("cell")
        one, two = tags.padded[place + 6].astype(np.int64) - 64, tags.padded[place + 7].astype(np.int64) - 64
        double = two > 0
        if ((one < 1) | (one > 26) | (two > 26)).any():
            raise Unusual("column")
        place = place + 7 + double
        if (tags.words[place] & _MASK[digits + 1] != names).any():  # a third letter is no digit either
            raise Unusual("address")
        return np.where(double, one * 26 + two, one) - 1, place + digits + 1

    def _forms(self, starts: Any, ends: Any) -> tuple[Any, Any, Any]:
        """Of each cell its type, where its text comes from, and its format: one look at each form of a tag."""
        lengths = ends - starts
        if lengths.max() > 8 * len(_FACTORS):
            raise Unusual("long tag")
        words = self.tags.words
        parts = [words[starts] & _MASK[np.minimum(lengths, 8)]]
        for number in range(1, (int(lengths.max()) + 7) // 8):
            longer = np.flatnonzero(lengths > 8 * number)
            parts.append(np.zeros(lengths.size, np.uint64))
            parts[-1][longer] = words[starts[longer] + 8 * number] & _MASK[np.minimum(lengths[longer] - 8 * number, 8)]
        slot, first = _slots(parts)
        used = np.flatnonzero(first >= 0)
        table = np.zeros((3, 1 << _SLOTS), np.int64)
        for place, cell in zip(used.tolist(), first[used].tolist(), strict=True):
            table[:, place] = self._form(self.tags.data[int(starts[cell]) : int(ends[cell])])
        types, sources, formats = table
        return types[slot].astype(np.uint8), sources[slot], formats[slot]

    def _form(self, rest: bytes) -> tuple[int, int, int]:
        if _REST.fullmatch(rest) is None:
            raise Unusual("cell")
        self.found.said.add(b'<c r="A1"' + rest.rstrip(b"/ ") + b"/>")
        attributes = dict(_ATTRIBUTE.findall(rest))
        kind, style = attributes.pop(b"t", b"n"), attributes.pop(b"s", b"0")
        if kind not in _TYPES or not style.isdigit() or not _HARMLESS.issuperset(attributes):
            raise Unusual("cell")
        formats = self.formats()
        form = int(formats[int(style)]) if int(style) < len(formats) else PLAIN
        return _TYPES[kind], {b"s": _SHARED, b"inlineStr": _INLINE}.get(kind, 0), form

    def _values(self, at: Any, rows: Any, columns: Any, types: Any, sources: Any, formats: Any) -> None:
        """Add the values of cells that are not closed at once."""
        tags, found = self.tags, self.found
        follower = tags.kinds[at + 1]
        place = at + _STEP[follower]
        held = tags.kinds[place]
        inline = sources == _INLINE
        is_value = (held == VALUE) | (held == VALUE_EMPTY)
        if ((is_value & inline) | ((held == TEXT_AT) & ~inline)).any():
            raise Unusual("text and type")
        starts = tags.gt[place] + 1
        ends = np.where((held == VALUE) | (held == TEXT_AT), tags.lt[np.minimum(place + 1, tags.lt.size - 1)], starts)
        formula = (follower == FORMULA) | (follower == FORMULA_EMPTY)
        blank = starts == ends
        without = np.flatnonzero(formula & blank)
        found.uncomputed += zip(rows[without].tolist(), columns[without].tolist(), strict=True)
        empty_text = blank & (types == TEXT) & (is_value | inline) & (held != CELL_END)
        if (empty_text & (sources == _SHARED)).any():
            raise Unusual("shared text")
        kept = np.flatnonzero(~blank | empty_text)
        if not kept.size:
            return
        kinds, starts, ends = types[kept], starts[kept], ends[kept]
        numbers = self._numbers(kinds, sources[kept], formats[kept], starts, ends)
        found.texts.append(self._texts(kinds, sources[kept], numbers, place[kept], starts, ends))
        found.rows.append(rows[kept].astype(np.int32))
        found.columns.append(columns[kept].astype(np.int16))
        found.kinds.append(kinds)
        found.numbers.append(numbers)

    def _numbers(self, kinds: Any, sources: Any, formats: Any, starts: Any, ends: Any) -> Any:
        """float64 of each cell that is written as a number; ``kinds`` of numbers in a date format become DATE."""
        numbers = np.zeros(kinds.size, np.float64)
        written = np.flatnonzero((kinds == NUMBER) | (sources == _SHARED))
        if written.size:
            numbers[written] = numbers_of(self.tags.data, self.tags.words, starts[written], ends[written])
        truths = np.flatnonzero(kinds == BOOL)
        if truths.size:
            byte = self.tags.bytes[starts[truths]]
            if (ends[truths] - starts[truths] != 1).any() or ((byte != 0x30) & (byte != 0x31)).any():
                raise Unusual("truth value")
            numbers[truths] = byte - 0x30
        if ((kinds == NUMBER) & (formats > DATED)).any():
            raise Unusual("number format")
        dated = np.flatnonzero((kinds == NUMBER) & (formats == DATED))
        if dated.size:
            days = numbers[dated]
            if not ((days >= 61) & (days < 2_958_465)).all():
                raise Unusual("date")
            kinds[dated] = DATE
        return numbers

    def _texts(self, kinds: Any, sources: Any, numbers: Any, place: Any, starts: Any, ends: Any) -> Any:
        """The texts and errors among the cells, in their order."""
        named = np.flatnonzero(kinds >= TEXT)
        out = np.empty(named.size, object)
        shared = sources[named] == _SHARED
        written = named[~shared]
        if written.size:
            out[~shared] = self._written(
                kinds[written], sources[written], place[written], starts[written], ends[written]
            )
        if shared.any():
            pool, at = self.shared(), numbers[named[shared]].astype(np.int64)
            if at.min() < 0 or at.max() >= len(pool) or (at != numbers[named[shared]]).any():
                raise Unusual("shared text")
            out[shared] = pool[at]
        return out

    def _written(self, kinds: Any, sources: Any, place: Any, starts: Any, ends: Any) -> list[str]:
        tags = self.tags
        cut = np.flatnonzero((sources == _INLINE) & (tags.length[place] != KEPT_LENGTH) & (starts != ends))
        if cut.size and ((tags.bytes[starts[cut]] <= 32) | (tags.bytes[ends[cut] - 1] <= 32)).any():
            raise Unusual("white space")  # without xml:space it is trimmed
        joined = gathered(tags.bytes, starts, ends).decode()
        if "_x" in joined:
            raise Unusual("_x")
        texts = joined.split("<")[:-1]
        if "&" in joined:
            texts = [_unescaped(text) if "&" in text else text for text in texts]
        errors = np.flatnonzero(kinds == ERROR)
        if errors.size and not _ERRORS.issuperset(texts[at] for at in errors.tolist()):
            raise Unusual("error")
        return texts


def _slots(parts: list[Any]) -> tuple[Any, Any]:
    """A number below 2**16 for each row of words, other for other rows, and per number a place where it occurs."""
    key = sum(part * factor for part, factor in zip(parts, _FACTORS, strict=False))
    for factor in _FACTORS:
        slot = ((key * factor) >> np.uint64(64 - _SLOTS)).astype(np.int64)
        first = np.full(1 << _SLOTS, -1)
        first[slot] = np.arange(slot.size)
        like = first[slot]
        if all((part[like] == part).all() for part in parts):
            return slot, first
    raise Unusual("many forms")


def _unescaped(text: str) -> str:
    out = _ENTITY.sub(lambda m: _NAMED[m[1]] if m[1] else _character(int(m[2]) if m[2] else int(m[3], 16)), text)
    if "_x" in out:
        raise Unusual("_x")
    return out


def _character(code: int) -> str:
    if code in (9, 10) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
        return chr(code)
    raise Unusual("character")
