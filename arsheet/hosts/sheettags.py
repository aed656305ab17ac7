"""The tags of some rows of a worksheet part, all found and judged at once: each known, in order, in its exact form."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from arsheet.hosts.digits import Unusual, gathered, words

(ROW, ROW_END, ROW_EMPTY, CELL, CELL_END, CELL_EMPTY, VALUE, VALUE_END, VALUE_EMPTY, FORMULA, FORMULA_END,
 FORMULA_EMPTY, INLINE, INLINE_END, TEXT_AT, TEXT_END) = range(1, 17)  # fmt: skip
"""The kinds of tags: an element that is closed at once has the number of its opening tag and 2."""

_FOLLOWERS = {
    0: (ROW, ROW_EMPTY),
    ROW: (CELL, CELL_EMPTY, ROW_END),
    ROW_END: (ROW, ROW_EMPTY),
    ROW_EMPTY: (ROW, ROW_EMPTY),
    CELL: (CELL_END, VALUE, VALUE_EMPTY, FORMULA, FORMULA_EMPTY, INLINE),
    CELL_END: (CELL, CELL_EMPTY, ROW_END),
    CELL_EMPTY: (CELL, CELL_EMPTY, ROW_END),
    VALUE: (VALUE_END,),
    VALUE_END: (CELL_END,),
    VALUE_EMPTY: (CELL_END,),
    FORMULA: (FORMULA_END,),
    FORMULA_END: (VALUE, VALUE_EMPTY, CELL_END),
    FORMULA_EMPTY: (VALUE, VALUE_EMPTY, CELL_END),
    INLINE: (TEXT_AT,),
    INLINE_END: (CELL_END,),
    TEXT_AT: (TEXT_END,),
    TEXT_END: (INLINE_END,),
}
_BEGINNINGS = {b"ro": ROW, b"c ": CELL, b"v>": VALUE, b"v/": VALUE, b"v ": VALUE, b"f>": FORMULA, b"f ": FORMULA,
               b"f/": FORMULA, b"is": INLINE, b"t>": TEXT_AT, b"t ": TEXT_AT, b"/r": ROW_END, b"/c": CELL_END,
               b"/v": VALUE_END, b"/f": FORMULA_END, b"/i": INLINE_END, b"/t": TEXT_END}  # fmt: skip
_EXACT = {CELL_END: b"</c>", VALUE_END: b"</v>", FORMULA_END: b"</f>", TEXT_END: b"</t>", VALUE: b"<v>",
          ROW_END: b"</row>", INLINE: b"<is>", INLINE_END: b"</is>"}  # fmt: skip
"""Tags that can be written in one way only."""

_KINDS = np.zeros(65_536, np.uint8)
for _two, _kind in _BEGINNINGS.items():
    _KINDS[_two[0] << 8 | _two[1]] = _kind
_ALLOWED = np.zeros(32 * 32, np.bool_)
for _kind, _others in _FOLLOWERS.items():
    for _other in _others:
        _ALLOWED[_kind * 32 + _other] = True
_MAY_CLOSE, _MAY_HOLD_TEXT = np.zeros(32, np.bool_), np.zeros(32, np.bool_)
_MAY_CLOSE[[ROW, CELL, VALUE, FORMULA]] = True
_MAY_HOLD_TEXT[[VALUE, FORMULA, TEXT_AT]] = True
_LENGTHS = np.zeros(32, np.uint8)
for _kind, _text in _EXACT.items():
    _LENGTHS[_kind] = len(_text) - 1
_START = np.zeros(1, np.uint8)

_FORMULA_TAG = re.compile(rb'<f((?: [A-Za-z0-9_:.]+="[^"<]*")*) ?/?')
_ENTITY = re.compile(rb"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_KEPT_TEXT = b'<t xml:space="preserve">'
KEPT_LENGTH = len(_KEPT_TEXT) - 1
_BEYOND = 64
"""Bytes behind the rows that can be looked at, whatever they are."""
_CONTROLS = bytes({*range(32)} - {9, 10})


class Tags:
    """Whole rows of a part, ``start`` to ``end``: where each tag begins (``lt``) and ends (``gt``), and its kind.

    Places count from ``start``. ``said`` are the different tags with attributes, for a parser to judge. Raises Unusual.
    """

    def __init__(self, xml: bytes, start: int, end: int) -> None:
        data = xml[start : end + _BEYOND]
        self.data = data + bytes(end - start + _BEYOND - len(data))
        self.padded = np.frombuffer(self.data, np.uint8)
        self.bytes = self.padded[: end - start]
        self.words = words(self.data)
        self._check_characters()
        marks = np.flatnonzero((self.bytes & 0xFD) == 0x3C)
        self.lt, self.gt = lt, gt = np.ascontiguousarray(marks[0::2]), np.ascontiguousarray(marks[1::2])
        if not lt.size or lt.size != gt.size or lt[0] or gt[-1] != end - start - 1:
            raise Unusual("tags")
        self.length = np.minimum(gt - lt, 255).astype(np.uint8)
        """Bytes of each tag without its <, 255 for more."""
        if self.length.min() < 2 or (self.bytes[lt] != 0x3C).any() or (self.bytes[gt] != 0x3E).any():
            raise Unusual("tags")
        kinds = _KINDS[self.bytes[lt + 1].astype(np.uint16) << 8 | self.bytes[lt + 2]]
        kinds += ((self.bytes[gt - 1] == 0x2F) & _MAY_CLOSE[kinds]).astype(np.uint8) << 1
        self.kinds = kinds
        self.said: set[bytes] = set()
        self._check_order()
        self._check_forms()

    def _check_characters(self) -> None:
        """Only what XML allows, no carriage return (calamine makes it a line feed), and every & a known entity."""
        lowest, highest = self.bytes.min(initial=32), self.bytes.max(initial=0)
        if lowest >= 32 and highest < 128 and b"&" not in self.data:
            return
        data = self.data[: self.bytes.size]
        if lowest < 32 and len(data.translate(None, _CONTROLS)) != len(data):
            raise Unusual("control character")
        if highest >= 128:
            try:
                data.decode()
            except UnicodeDecodeError:
                raise Unusual("UTF-8") from None
            if b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data:
                raise Unusual("no character")
        if data.count(b"&") != len(_ENTITY.findall(data)):
            raise Unusual("entity")

    def _check_order(self) -> None:
        kinds = self.kinds
        before = np.concatenate((_START, kinds[:-1]))
        if not _ALLOWED[before.astype(np.uint16) << 5 | kinds].all() or kinds[-1] not in (ROW_END, ROW_EMPTY):
            raise Unusual("order of tags")
        if (_MAY_HOLD_TEXT[kinds[:-1]] < (self.lt[1:] != self.gt[:-1] + 1)).any():
            raise Unusual("text between tags")

    def _check_forms(self) -> None:
        kinds, length = self.kinds, self.length
        wanted = _LENGTHS[kinds]
        if ((wanted != 0) & (wanted != length)).any():
            raise Unusual("tag")
        for kind, text in ((ROW_END, b"</row>"), (INLINE, b"<is>"), (INLINE_END, b"</is>")):
            self._check_text(self.lt[kinds == kind], text)
        at = np.flatnonzero(kinds == TEXT_AT)
        kept = length[at] == KEPT_LENGTH
        if np.count_nonzero(kept) + np.count_nonzero(length[at] == 2) != at.size:
            raise Unusual("t")
        self._check_text(self.lt[at[kept]], _KEPT_TEXT)
        if (length[kinds == VALUE_EMPTY] > 4).any():
            raise Unusual("v")
        formulas = np.flatnonzero(((kinds == FORMULA) & (length > 2)) | (kinds == FORMULA_EMPTY))
        for tag in self.different(self.lt[formulas], self.gt[formulas]):
            if _FORMULA_TAG.fullmatch(tag) is None:
                raise Unusual("f")
            self.said.add(tag.rstrip(b"/ ") + b"/>")

    def _check_text(self, at: Any, text: bytes) -> None:
        """The tags at these places read exactly so."""
        for begin in range(0, len(text), 8):
            part = text[begin : begin + 8]
            mask = np.uint64((1 << 8 * len(part)) - 1)
            if (self.words[at + begin] & mask != np.uint64(int.from_bytes(part, "little"))).any():
                raise Unusual("tag")

    def pieces(self, starts: Any, ends: Any) -> list[bytes]:
        """The bytes from each start to the > at its end."""
        return gathered(self.bytes, starts, ends).split(b">")[:-1] if starts.size else []

    def different(self, starts: Any, ends: Any) -> set[bytes]:
        """The different ones among them."""
        return set(self.pieces(starts, ends))
