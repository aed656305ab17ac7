"""One module of a VBA project: its name, its kind and its text with the attribute lines that the kind needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["procedural", "class", "document"]
NEWLINE = "\r\n"
CLASS_BASE = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
"""VB_Base of every class module of VBA 7 ([MS-VBAL] 4.2 leaves it to the host)."""
DOCUMENT_BASES = {
    "book": "0{00020819-0000-0000-C000-000000000046}",
    "sheet": "0{00020820-0000-0000-C000-000000000046}",
}
"""VB_Base of the modules behind a workbook and a worksheet: the interfaces Workbook and Worksheet of Excel."""
LONGEST_NAME = 31


class NotWritable(ValueError):
    """A module that cannot be written: a name or a character that VBA does not take."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module: ``source`` is its whole text with CRLF line ends and the attribute lines first.

    Raises NotWritable for a name that is no VBA identifier, and for text that is not ASCII: the text of a project is
    stored in the code page of one machine and read in that of another, so words of other scripts stand in cells.
    """

    name: str
    source: str
    kind: Kind = "procedural"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", self.name) or len(self.name) > LONGEST_NAME:
            raise NotWritable(f"{self.name!r} is no name of a VBA module")
        for number, line in enumerate(self.source.splitlines(), 1):
            if not line.isascii():
                raise NotWritable(f"{self.name} line {number} is not ASCII: {line.strip()!r}")

    def lines(self) -> list[str]:
        """The text without the attribute lines, as a person sees it in the editor."""
        return [line for line in self.source.splitlines() if not line.startswith("Attribute VB_")]


def procedural(name: str, text: str) -> Module:
    """A standard module; ``text`` may bring its own attribute lines (an exported .bas file) or none."""
    return Module(name, _crlf(_named(name, text)))


def class_module(name: str, text: str, *, creatable: bool = False, exposed: bool = False) -> Module:
    """A class module; ``text`` may be an exported .cls file, whose VERSION block is not part of the module."""
    text = re.sub(r"\AVERSION .*?\r?\nBEGIN\r?\n.*?\r?\nEND\r?\n", "", text, flags=re.S)
    flags = (
        ("GlobalNameSpace", False),
        ("Creatable", creatable),
        ("PredeclaredId", False),
        ("Exposed", exposed),
        ("TemplateDerived", False),
        ("Customizable", False),
    )
    return Module(name, _crlf(_headed(name, CLASS_BASE, flags, text)), "class")


def document_module(name: str, base: Literal["book", "sheet"], text: str = "") -> Module:
    """The module behind the workbook or behind a sheet; its name is the code name there."""
    flags = (
        ("GlobalNameSpace", False),
        ("Creatable", False),
        ("PredeclaredId", True),
        ("Exposed", True),
        ("TemplateDerived", False),
        ("Customizable", True),
    )
    return Module(name, _crlf(_headed(name, DOCUMENT_BASES[base], flags, text)), "document")


def _named(name: str, text: str) -> str:
    return text if text.startswith("Attribute VB_Name") else f'Attribute VB_Name = "{name}"\n{text}'


def _headed(name: str, base: str, flags: tuple[tuple[str, bool], ...], text: str) -> str:
    """The attribute lines of a class or document, those that ``text`` brings among them, then the code."""
    head = [f'Attribute VB_Name = "{name}"', f'Attribute VB_Base = "{base}"']
    head += [f"Attribute VB_{flag} = {value}" for flag, value in flags]
    known = {line.split(" = ")[0] for line in head}
    lines = text.splitlines()
    code = [line for line in lines if line.split(" = ")[0] not in known]
    return "\n".join([*head, *code]) + "\n"


def _crlf(text: str) -> str:
    """Every line with a CRLF, the last one too: VBA reads nothing else."""
    return "".join(line + NEWLINE for line in text.splitlines())
