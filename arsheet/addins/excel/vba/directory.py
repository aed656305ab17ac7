"""The dir stream, which tells a VBA project's properties, references and modules: [MS-OVBA] 2.3.4.2."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from arsheet.addins.excel.vba.modules import Module

CODE_PAGE = 1252
"""The texts are ASCII; the code page only has to be one that every machine has."""
LCID = 0x0409
WIN64 = 3
COOKIE = 0xFFFF
"""2.3.4.2.3.1: to be ignored on reading, 0xFFFF on writing."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A type library that the project is compiled against (2.3.4.2.2.5)."""

    name: str
    libid: str


REFERENCES = (
    Reference(
        "stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"
    ),
    Reference(
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
"""What ribbon callbacks need beside Excel's own library: found by their GUID, the paths are only hints."""


def directory(modules: Sequence[Module], project: str) -> bytes:
    """The records of the stream, not yet compressed."""
    parts = [*_information(project)]
    for reference in REFERENCES:
        parts += _reference(reference)
    parts += [_record(0x000F, struct.pack("<H", len(modules))), _record(0x0013, struct.pack("<H", COOKIE))]
    for module in modules:
        parts += _module(module)
    parts.append(_record(0x0010, b""))
    return b"".join(parts)


def _record(number: int, payload: bytes) -> bytes:
    return struct.pack("<HI", number, len(payload)) + payload


def _both(narrow: int, wide: int, text: str) -> list[bytes]:
    """A text in the project's code page and again in UTF-16."""
    return [_record(narrow, text.encode(f"cp{CODE_PAGE}")), _record(wide, text.encode("utf-16-le"))]


def _information(project: str) -> list[bytes]:
    """PROJECTINFORMATION (2.3.4.2.1): system, languages, code page, name, and the fields that stay empty."""
    return [
        _record(0x0001, struct.pack("<I", WIN64)),
        _record(0x0002, struct.pack("<I", LCID)),
        _record(0x0014, struct.pack("<I", LCID)),
        _record(0x0003, struct.pack("<H", CODE_PAGE)),
        _record(0x0004, project.encode("ascii")),
        *_both(0x0005, 0x0040, ""),  # description
        *_both(0x0006, 0x003D, ""),  # help files
        _record(0x0007, struct.pack("<I", 0)),
        _record(0x0008, struct.pack("<I", 0)),
        struct.pack("<HIIH", 0x0009, 4, 0x63A1B2C3, 2),  # version: its size field is fixed at 4 (2.3.4.2.1.11)
        *_both(0x000C, 0x003C, ""),  # conditional compilation constants
    ]


def _reference(reference: Reference) -> list[bytes]:
    """REFERENCENAME and REFERENCEREGISTERED (2.3.4.2.2.2, 2.3.4.2.2.5)."""
    libid = reference.libid.encode("ascii")
    payload = struct.pack("<I", len(libid)) + libid + struct.pack("<IH", 0, 0)
    return [*_both(0x0016, 0x003E, reference.name), _record(0x000D, payload)]


def _module(module: Module) -> list[bytes]:
    """MODULE (2.3.4.2.3.2): the text starts at offset 0 of its stream, as there is no compiled code before it."""
    return [
        *_both(0x0019, 0x0047, module.name),
        *_both(0x001A, 0x0032, module.name),  # the stream has the name of the module
        *_both(0x001C, 0x0048, ""),
        _record(0x0031, struct.pack("<I", 0)),
        _record(0x001E, struct.pack("<I", 0)),
        _record(0x002C, struct.pack("<H", COOKIE)),
        _record(0x0021 if module.kind == "procedural" else 0x0022, b""),
        _record(0x002B, b""),
    ]
