"""What a patch owes to formulas: the calculation chain, the cells whose stored results are stale, recalculation."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from arsheet.hosts.package import Package
from arsheet.hosts.reading import TableInfo
from arsheet.hosts.sheetxml import SheetXml
from arsheet.table import WorkbookError

_FORMULA_MARKS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
_ADDIN = re.compile(rb"(?i)<(?:\w+:)?f\b[^>]*>[^<]*\bAR_[A-Z]")
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


def _with_formulas(package: Package, part: str) -> tuple[str, bytes]:
    """A part and its text, b"" where it holds no formula."""
    xml = package.part(part)
    return part, xml if any(mark in xml for mark in _FORMULA_MARKS) else b""


def find_dependents(package: Package, patched: dict[str, SheetXml], tables: Iterable[TableInfo]) -> Dependents:
    """Find formulas that name a patched sheet or its tables, directly or through a workbook name."""
    words = {t.name for t in tables if t.sheet in patched} | set(patched)
    workbook = package.part(package.workbook_part).decode("utf-8", "replace")
    addin = bool(re.search(r"(?i)>[^<]*\bAR_[A-Z]", workbook))
    for name, text in re.findall(r'<definedName\b[^>]*?\bname="([^"]+)"[^>]*>([^<]*)<', workbook):
        if any(word in text for word in words):
            words.add(name)
    cells: list[str] = []
    sheets = [sheet for sheet in package.sheets if sheet.kind == "worksheet"]
    others = [sheet.part for sheet in sheets if sheet.name not in patched]
    with ThreadPoolExecutor(max_workers=2) as pool:  # inflating large sheets is most of the work, and needs no lock
        with_formulas = dict(pool.map(lambda part: _with_formulas(package, part), others))
    for sheet in sheets:
        own = patched.get(sheet.name)
        xml = b"" if own else with_formulas[sheet.part]
        if own is None and not xml:
            continue
        joined = b"".join(own.rows.values()) if own else xml
        addin = addin or _ADDIN.search(joined) is not None
        try:
            formulas = (own or SheetXml(xml, sheet.name)).formulas()
            for ref, text in formulas:
                local = own is not None and re.search(r"(?<![!\w])\$?[A-Z]{1,3}\$?\d", text)
                if local or any(word in text for word in words):
                    cells.append(f"{sheet.name}!{ref}")
        except WorkbookError:  # a sheet of a shape that cannot be patched can still be recalculated
            cells.append(f"{sheet.name}!*")
    return Dependents(tuple(cells[:MAX_LISTED]), addin)


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
