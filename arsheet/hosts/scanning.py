"""What the XML of a worksheet says beside its values: whether it is whole, error cells, hidden rows, merged cells.

calamine reads past broken tags, shows error cells as blanks and knows nothing of hidden rows, so the bytes are looked
at once more: by regular expressions where a sheet is written as all programs write it, by a parser where it is not.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from arsheet.hosts.package import damaged
from arsheet.table import WorkbookError, column_letter

MAX_AREA = 20_000_000
"""Cells of the smallest rectangle round the used cells: what the reader is ready to hold."""
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
SMALL = 4 * 1024**2
"""Up to this size every address of a sheet is checked."""

_VALUE = re.compile(rb"<v>([^<]*)</v>")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)["']""")
_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
_ROW = re.compile(rb"""<row\b[^>]*?\br=["'](\d+)["']""")
_ROW_PREFIXED = re.compile(rb"""<\w+:row\b[^>]*?\br=["'](\d+)["']""")
_FILLED = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,7})(\d+)["'][^>]*(?<!/)>""")
_PLACED = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Za-z]+\d+)["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*?\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")

ErrorAt = tuple[int, int, str]
Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Scan:
    """Error cells as (1-based row, 0-based column, text), hidden rows, merged (row, column, row, column)."""

    errors: tuple[ErrorAt, ...] = ()
    hidden: frozenset[int] = frozenset()
    merged: tuple[Range, ...] = ()


def column_index(letters: str | bytes) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    index = 0
    for letter in letters.encode() if isinstance(letters, str) else letters:
        index = index * 26 + letter - 64
    return index - 1


def scan(xml: bytes, name: str, file: str) -> Scan:
    """Look through one worksheet part. WorkbookError: ``used_range_too_large``, ``file_damaged``."""
    if not xml:
        return Scan()
    if b"\0" in xml[:400]:
        raise damaged(file, f"{name}: UTF-16")
    check_area(xml, name, file, _check_addresses(xml, name, file) if len(xml) <= SMALL else 0)
    merged = merged_ranges(xml)
    try:
        errors, hidden = _by_expression(xml)
    except LookupError:
        errors, hidden = _by_parser(xml)
    return Scan(tuple(errors), frozenset(hidden), merged)


def merged_ranges(xml: bytes) -> tuple[Range, ...]:
    """The merged ranges of a worksheet part."""
    behind = max(xml.rfind(b"sheetData>"), 0)
    return tuple((int(m[2]), column_index(m[1]), int(m[4]), column_index(m[3])) for m in _MERGED.finditer(xml, behind))


def _by_expression(xml: bytes) -> tuple[list[ErrorAt], list[int]]:
    """LookupError where the sheet is written in another way than usual: with a prefix, or without addresses."""
    errors: list[ErrorAt] = []
    hidden: list[int] = []
    if _is_prefixed(xml):
        raise LookupError
    for tag, end in _tags(xml, b" t=(?:\"e\"|'e')", b"<c "):
        place = _PLACE.search(tag)
        if place is None:
            raise LookupError
        close = xml.find(b"</c>", end)
        value = _VALUE.search(xml, end, close if close >= 0 else len(xml))
        if value and not tag.endswith(b"/>"):
            errors.append((int(place[2]), column_index(place[1]), value[1].decode("utf-8", "replace")))
    for tag, _ in _tags(xml, b""" hidden=["'](?:1|true)["']""", b"<row"):
        number = _NUMBER.search(tag)
        if number is None:
            raise LookupError
        hidden.append(int(number[1]))
    return errors, hidden


def _is_prefixed(xml: bytes) -> bool:
    data = xml.find(b"sheetData")
    return xml[data - 1 : data] == b":"


def _tags(xml: bytes, attribute: bytes, kind: bytes) -> Iterator[tuple[bytes, int]]:
    """The opening tags of a kind that carry an attribute, with where each ends: the attribute is rare, so it leads."""
    for found in re.finditer(attribute, xml):
        start, end = xml.rfind(b"<", 0, found.start()), xml.find(b">", found.end())
        if start >= 0 and end >= 0 and xml.startswith(kind, start) and b">" not in xml[start : found.start()]:
            yield xml[start : end + 1], end + 1


def _by_parser(xml: bytes) -> tuple[list[ErrorAt], list[int]]:
    """The same by a parser, with the places that follow from the order where addresses are missing."""
    from lxml import etree

    errors: list[ErrorAt] = []
    hidden: list[int] = []
    row, column = 0, -1
    events = etree.iterparse(
        io.BytesIO(xml), ("start", "end"), tag=("{*}row", "{*}c"), resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=True,
    )  # fmt: skip
    for event, element in events:
        kind = element.tag.rsplit("}", 1)[-1]
        if event == "start" and kind == "row":
            row, column = int(element.get("r") or row + 1), -1
            if element.get("hidden") in ("1", "true"):
                hidden.append(row)
        elif event == "start":
            found = _ADDRESS.fullmatch(element.get("r") or "")
            column = column_index(found[1]) if found else column + 1
        elif kind == "c" and element.get("t") == "e":
            errors.append((row, column, str(element.findtext("{*}v") or "")))
        elif kind == "row":
            element.clear()
    return errors, hidden


def check_area(xml: bytes, name: str, file: str, last: int = 0) -> None:
    """Refuse a stray cell far away: the reader holds the whole rectangle and would exhaust the memory.

    ``last`` is the last row that an address names, where that is known.
    """
    for number in (_ROW_PREFIXED if _is_prefixed(xml) else _ROW).findall(xml):
        if len(number) > 7 or not 0 < (row := int(number)) <= MAX_ROW:
            raise damaged(file, f"{name}: row {number[:20].decode()}")
        last = max(last, row)
    if last * MAX_COLUMN <= MAX_AREA:
        return
    if not _is_wider(xml, MAX_AREA // last):
        return
    filled = [(int(m[2]), column_index(m[1])) for m in _FILLED.finditer(xml)]
    if not filled:
        return
    rows, columns = [r for r, _ in filled], [c for _, c in filled]
    if (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > MAX_AREA:
        far = max(filled, key=lambda at: at[0] * (at[1] + 1))
        cell = f"{column_letter(far[1])}{far[0]}"
        raise WorkbookError(
            "used_range_too_large", f"{file} 的工作表“{name}”在很远的 {cell} 有内容；请清除后再试",
            f"Sheet {name!r} of {file} has a cell far away at {cell}; clear it and try again",
            facts={"sheet": name, "cell": cell},
        )  # fmt: skip


def _is_wider(xml: bytes, columns: int) -> bool:
    """Whether a cell may stand further right than so many columns: quick, and true rather too often."""
    letters = column_letter(columns)
    if b"r='" in xml or len(letters) == 3:
        return True
    longer, alike = b"[A-Z]" * (len(letters) + 1), f"[{letters[0]}-Z]".encode() + b"[A-Z]" * (len(letters) - 1)
    return any(re.search(b'r="' + pattern, xml) for pattern in (longer, alike + rb"\d"))


def _check_addresses(xml: bytes, name: str, file: str) -> int:
    """Refuse a cell that stands twice, or outside the sheet: a reader would drop or move a value without a word.

    Returns the last row with a cell.
    """
    seen: set[bytes] = set()
    last = 0
    for address in _PLACED.findall(xml):
        letters = address.rstrip(b"0123456789")
        number = address[len(letters) :]
        outside = len(letters) > 3 or len(number) > 7 or column_index(letters.upper()) >= MAX_COLUMN
        if outside or not 0 < int(number) <= MAX_ROW:
            raise damaged(file, f"{name}: cell {address[:20].decode()}")
        if address in seen:
            raise damaged(file, f"{name}: cell {address.decode()} twice")
        seen.add(address)
        last = max(last, int(number))
    return last


class WholeXml(threading.Thread):
    """Checks beside the reader that a part is one whole XML document without a document type; ``done`` raises.

    lxml lets the interpreter go while it parses, so on two cores the check costs next to nothing.
    """

    def __init__(self, xml: bytes, part: str, file: str) -> None:
        super().__init__(daemon=True)
        self._xml, self._part, self._file = xml, part, file
        self._what = ""
        self.start()

    def run(self) -> None:
        """Parse without keeping anything."""
        from lxml import etree

        class Nothing:
            """Takes no part of the document; a document type is refused."""

            def doctype(self, *_: Any) -> None:
                """Called for <!DOCTYPE."""
                raise ValueError("DTD")

            def close(self) -> None:
                """Called at the end."""

        parser = etree.XMLParser(
            target=Nothing(), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
        )
        try:
            etree.fromstring(self._xml, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            self._what = str(error) or type(error).__name__
        except MemoryError:
            self._what = "memory"

    def done(self) -> None:
        """Wait. Raises MemoryError, or WorkbookError ``file_damaged``."""
        self.join()
        if self._what == "memory":
            raise MemoryError
        if self._what:
            raise damaged(self._file, f"{self._part}: {self._what}")


def check_whole(xml: bytes, part: str, file: str) -> None:
    """The same at once, for small parts."""
    WholeXml(xml, part, file).done()
