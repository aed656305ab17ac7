"""The parts of a macro-enabled workbook put together: content types, the VBA project and the ribbon."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Kind = Literal["xlam", "xlsm"]
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MAIN: Mapping[Kind, str] = MappingProxyType(
    {
        "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
        "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    }
)
"""Content type of the workbook part ([MS-OFFMACRO2] 2.2.1.3)."""
VBA_PART = "xl/vbaProject.bin"
VBA_TYPE = "application/vnd.ms-office.vbaProject"
VBA_RELATIONSHIP = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
RIBBON_PART = "customUI/customUI14.xml"
RIBBON_RELATIONSHIP = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"


def with_macros(book: bytes, *, vba: bytes, ribbon: bytes, kind: Kind = "xlam") -> bytes:
    """An xlsx with a VBA project and a ribbon; raises ValueError for a package of another shape."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "[Content_Types].xml":
                data = _once(data, XLSX_MAIN, MAIN[kind])
                data = _once(data, "<Default ", f'<Default Extension="bin" ContentType="{VBA_TYPE}"/><Default ')
            elif info.filename == "xl/_rels/workbook.xml.rels":
                data = _related(data, "arsheetVba", VBA_RELATIONSHIP, VBA_PART.removeprefix("xl/"))
            elif info.filename == "_rels/.rels":
                data = _related(data, "arsheetRibbon", RIBBON_RELATIONSHIP, RIBBON_PART)
            new.writestr(_info(info.filename, info.date_time), data, compresslevel=9)
        for name, data in ((VBA_PART, vba), (RIBBON_PART, ribbon)):
            new.writestr(_info(name, old.infolist()[0].date_time), data, compresslevel=9)
    return out.getvalue()


def _info(name: str, moment: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, moment)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
    return info


def _once(data: bytes, old: str, new: str) -> bytes:
    """Replaces the first ``old``; a package without it is none that we know."""
    if old.encode() not in data:
        raise ValueError(f"no {old!r} in the package")
    return data.replace(old.encode(), new.encode(), 1)


def _related(data: bytes, key: str, kind: str, target: str) -> bytes:
    relationship = f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/></Relationships>'
    return _once(data, "</Relationships>", relationship)
