"""Facts in files: what an installed add-in was made of, formulas in a workbook, the bitness of a program."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from arsheet.addins.excel.doctor.facts import AddinFacts, BookFacts
from arsheet.addins.excel.macros import callback_name
from arsheet.addins.excel.package import RIBBON_PART, RIBBON_RELATIONSHIP
from arsheet.addins.excel.ribbon import faults
from arsheet.addins.excel.words import CONFIGURATION
from arsheet.functions.spelling import canonical, mentions
from arsheet.hosts.addin_book import read_addin_book
from arsheet.hosts.formulas import address, formulas
from arsheet.hosts.package import Package
from arsheet.table import ArsheetError

MACHINES = {0x8664: 64, 0xAA64: 64, 0x014C: 32}
"""The machine field of a program's header (PE/COFF 3.3.1) -> bits."""


def program_bits(path: Path) -> int | None:
    """The bits of a Windows program; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
            if head[:2] != b"MZ":
                return None
            file.seek(struct.unpack_from("<I", head, 0x3C)[0])
            signature, machine = struct.unpack("<4sH", file.read(6))
    except (OSError, struct.error):
        return None
    return MACHINES.get(machine) if signature == b"PE\0\0" else None


def from_internet(path: Path) -> bool | None:
    """Whether Windows has marked a file as downloaded; None where files carry no such mark."""
    try:
        return "ZoneId=3" in Path(f"{path}:Zone.Identifier").read_text("utf-8", "replace")
    except OSError:
        return False if path.drive else None


def addin_facts(folder: Path, path: Path, actions: frozenset[str]) -> AddinFacts:
    """What stands in an installed add-in; ``actions`` are the buttons that this arsheet declares."""
    if not path.exists():
        return AddinFacts(str(folder))
    try:
        data = path.read_bytes()
        sheets = read_addin_book(data)
        ribbon = _ribbon_faults(data, actions)
    except (ArsheetError, zipfile.BadZipFile, OSError) as error:
        return AddinFacts(str(folder), str(path), ribbon_faults=(str(error),))
    words = {str(row[0]): str(row[1]) for row in sheets.get("words", ()) if len(row) > 1}
    configuration = {str(row[0]): str(row[1]) for row in sheets.get(CONFIGURATION, ()) if len(row) > 1}
    interpreter = configuration.get("Interpreter", "")
    return AddinFacts(
        str(folder),
        str(path),
        xlwings=words.get("xlwings", ""),
        interpreter=interpreter,
        interpreter_there=Path(interpreter).exists() if interpreter else False,
        functions=frozenset(str(row[0]) for row in sheets.get("help", ()) if row and row[0]),
        ribbon_faults=ribbon,
        from_internet=from_internet(path),
    )


def _ribbon_faults(data: bytes, actions: frozenset[str]) -> tuple[str, ...]:
    """What is wrong with the ribbon of an add-in file."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if RIBBON_PART not in package.namelist():
            return (f"{RIBBON_PART} is missing",)
        if RIBBON_RELATIONSHIP.encode() not in package.read("_rels/.rels"):
            return ("the relationship to the ribbon is missing",)
        return tuple(faults(package.read(RIBBON_PART), {callback_name(key) for key in actions}))


def book_facts(path: str) -> BookFacts:
    """A workbook's place and the cells whose formula is spelled by another application or machine.

    ``path`` may be a web address. Raises WorkbookError for a file that cannot be read.
    """
    if "://" in path:
        return BookFacts(path.rpartition("/")[2], path)
    file = Path(path)
    package = Package.open(file)
    found = []
    for part in package.parts:
        if not part.startswith("xl/worksheets/") or not part.endswith(".xml"):
            continue
        xml = package.part(part)
        for at, text in formulas(xml):
            if mentions(text) and canonical(text) != text:
                found.append(address(xml, at))
    return BookFacts(file.name, str(file), tuple(found), from_internet(file))
