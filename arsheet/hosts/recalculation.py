"""What a patch owes to formulas: the calculation chain, the cells whose stored results are stale, recalculation."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from arsheet.hosts.formulas import address, formula_parts, formulas, has_formula
from arsheet.hosts.package import Package
from arsheet.hosts.reading import TableInfo
from arsheet.hosts.sheetxml import SheetXml

_ADDIN = re.compile(r"(?i)(?:\b|_)(?:AR_[A-Z]|ARSHEET\.CALCFUNCTIONS\.)")
_NAME = re.compile(r"""<definedName\b[^>]*?\bname=(?:"([^"]+)"|'([^']+)')[^>]*>([^<]*)<""")
_LOCAL = re.compile(r"(?<![!\w])\$?[A-Z]{1,3}\$?\d")
_CHAIN = re.compile(rb"<c\b([^>]*?)/>")
_AFTER = (b"</definedNames>", b"</externalReferences>", b"</functionGroups>", b"</sheets>")
MAX_LISTED = 1_000


@dataclass(frozen=True, slots=True)
class Dependents:
    """Formulas that read patched cells, and whether the book holds formulas of the add-in."""

    cells: tuple[str, ...]
    has_addin: bool


def trim_chain(package: Package, removed: Iterable[tuple[int, str]]) -> tuple[dict[str, bytes], frozenset[str]]:
    """Take replaced formulas out of the calculation chain; an empty chain leaves the package altogether."""
    gone = set(removed)
    chain = next((r for r in package.relations(package.workbook_part) if r.kind == "calcChain"), None)
    if not gone or chain is None or chain.target not in package:
        return {}, frozenset()
    xml = package.part(chain.target)
    entries, sheet = [], "0"
    for match in _CHAIN.finditer(xml):
        attributes = {k.decode(): v.decode() for k, v in re.findall(rb"""(\w+)=["']([^"']*)["']""", match[1])}
        sheet = attributes.get("i", sheet)
        if (int(sheet), attributes["r"]) not in gone:
            attributes["i"] = sheet
            entries.append("<c " + " ".join(f'{k}="{v}"' for k, v in attributes.items()) + "/>")
    if entries:
        first = xml.index(b"<c ", xml.index(b"<calcChain"))
        return {chain.target: xml[:first] + "".join(entries).encode() + b"</calcChain>"}, frozenset()
    folder, file = posixpath.split(package.workbook_part)
    rels = posixpath.join(folder, "_rels", file + ".rels")
    return {
        rels: re.sub(rb"<Relationship\b[^>]*/calcChain[\"'][^>]*/>", b"", package.part(rels)),
        "[Content_Types].xml": re.sub(rb"<Override\b[^>]*calcChain[^>]*/>", b"", package.part("[Content_Types].xml")),
    }, frozenset({chain.target})


def find_dependents(
    package: Package,
    patched: Mapping[str, SheetXml],
    tables: Iterable[TableInfo],
    accounted: Collection[str] = frozenset(),
) -> Dependents:
    """Find formulas that name a patched sheet or its tables, directly or through a workbook name.

    Those in ``accounted`` (Sheet!A1) have their results already, or are told of otherwise.
    """
    names = [
        (unescape(found[1] or found[2]), unescape(found[3]))
        for found in _NAME.finditer(package.part(package.workbook_part).decode("utf-8", "replace"))
    ]
    reads = _reader({t.name for t in tables if t.sheet in patched} | set(patched), names)
    addin = any(_ADDIN.search(text) for _, text in names)
    cells: list[str] = []
    sheets = [sheet for sheet in package.sheets if sheet.kind == "worksheet"]
    computing = formula_parts(package, [sheet.part for sheet in sheets if sheet.name not in patched])
    for sheet in sheets:
        own = patched.get(sheet.name)
        if own is not None:
            xml = b"".join(segment for segment in own.rows.values() if has_formula(segment))
        else:
            xml = package.part(sheet.part) if sheet.part in computing else b""
        for at, text in formulas(xml):
            addin = addin or _ADDIN.search(text) is not None
            if (own is not None and _LOCAL.search(text)) or reads(text):
                cell = f"{sheet.name}!{address(xml, at)}"
                if cell not in accounted:
                    cells.append(cell)
    return Dependents(tuple(cells[:MAX_LISTED]), addin)


def _reader(words: set[str], names: Sequence[tuple[str, str]]) -> Callable[[str], bool]:
    """A test of a formula: does it read a sheet or table of that name, or a workbook name that does, at any remove?"""
    words, size = {word.casefold() for word in words}, -1
    while size != len(words):
        size = len(words)
        forms = sorted({form for word in words for form in (word, word.replace("'", "''"))}, key=len, reverse=True)
        pattern = re.compile(r"(?<![\w.])(?:" + "|".join(map(re.escape, forms)) + r")(?![\w.])")
        words |= {name.casefold() for name, text in names if pattern.search(text.casefold())}
    return lambda text: pattern.search(text.casefold()) is not None


def ask_recalculation(package: Package, changed: bytes | None = None) -> dict[str, bytes]:
    """workbook.xml (as it is, or as it was ``changed``) asking for a full calculation when the book is opened next."""
    xml = changed or package.part(package.workbook_part)
    found = re.search(rb"<calcPr\b[^>]*>", xml)
    if found:
        tag = re.sub(rb"""\s+fullCalcOnLoad=["'][^"']*["']""", b"", found[0])
        tag = tag.replace(b"<calcPr", b'<calcPr fullCalcOnLoad="1"', 1)
        return {package.workbook_part: xml[: found.start()] + tag + xml[found.end() :]}
    for end in _AFTER:
        if end in xml:
            return {package.workbook_part: xml.replace(end, end + b'<calcPr fullCalcOnLoad="1"/>', 1)}
    return {}
