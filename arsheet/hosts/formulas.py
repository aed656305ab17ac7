"""Which worksheets of a package compute, and the formulas of a sheet's XML, found without taking the sheet apart.

calcChain.xml is no help here: programs that add formulas to a book from Excel leave the chain as it was, so a sheet
that is not in it may compute all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape

from arsheet.hosts.package import Package

_MARKS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b"<f\n", b"<f\r", b"<f\t", b":f\n", b":f\r", b":f\t")
_OVERLAP = max(map(len, _MARKS)) - 1
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*)?>([^<]+)<")
_ADDRESS = re.compile(rb"""\sr=["']([A-Z]{1,3}\d+)["']""")


def formula_parts(package: Package, parts: Iterable[str]) -> frozenset[str]:
    """Those of the worksheet parts that hold a formula; each is looked through once for as long as the package lives.

    Raises WorkbookError ``file_damaged`` for a part that is not whole.
    """
    asked, known = tuple(parts), package.computing
    unknown = [part for part in asked if part not in known]
    with ThreadPoolExecutor(max_workers=2) as pool:  # inflating is most of the work, and lets the interpreter go
        known.update(zip(unknown, pool.map(lambda part: _computes(package, part), unknown), strict=True))
    return frozenset(part for part in asked if known[part])


def _computes(package: Package, part: str) -> bool:
    """Stops at the first formula, and never holds the whole part."""
    before = b""
    for piece in package.pieces(part):
        if has_formula(before + piece[:_OVERLAP]) or has_formula(piece):
            return True
        before = (before[-_OVERLAP:] + piece[-_OVERLAP:])[-_OVERLAP:]
    return False


def has_formula(xml: bytes) -> bool:
    """Whether a piece of a worksheet part holds a formula."""
    if b"f" not in xml:  # one letter is found many times faster than a tag, and most pieces do not have it
        return False
    return (b"<f" in xml or b":f" in xml) and any(mark in xml for mark in _MARKS)


def formulas(xml: bytes) -> Iterator[tuple[int, str]]:
    """The place in the XML and the text of every formula of a cell that carries its text."""
    end = xml.rfind(b"sheetData")  # what is called f after the cells belongs to formats, validations and sparklines
    for found in _FORMULA.finditer(xml, 0, end if end >= 0 else len(xml)):
        text = found[1].decode("utf-8", "replace")
        yield found.start(), unescape(text) if "&" in text else text


def address(xml: bytes, at: int) -> str:
    """The cell that the formula at a place belongs to, "*" where its tag does not say."""
    start = max(xml.rfind(tag, 0, at) for tag in (b"<c ", b":c "))
    end = xml.find(b">", start)
    if start < 0 or xml[end - 1 : end] == b"/" or xml.find(b"</", start, at) >= 0:
        return "*"
    found = _ADDRESS.search(xml, start, end)
    return found[1].decode() if found else "*"
