"""What calamine makes of a book's number formats and shared texts, asked of calamine itself with a tiny book."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from functools import cached_property
from typing import Any

import numpy as np

from arsheet.hosts.package import Package, parse_xml

PLAIN, DATED, OTHER = range(3)
"""Number formats: a number, a date of the 1900 system, anything else (durations, the 1904 system)."""

_MOST = 1_000_000
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Lookups:
    """What the cells of a book point at, found out when first needed."""

    def __init__(self, package: Package) -> None:
        self._package = package

    @cached_property
    def formats(self) -> Any:
        """``number_formats`` of the book."""
        return number_formats(self._package)

    @cached_property
    def texts(self) -> Any:
        """``shared_texts`` of the book."""
        return shared_texts(self._package)


def number_formats(package: Package) -> Any:
    """uint8 per cell format of the book: PLAIN, DATED or OTHER."""
    styles = _related(package, "styles")
    if styles is None:
        return np.zeros(0, np.uint8)
    xml = package.part(styles)
    formats = next(iter(parse_xml(xml, package.name).iter("{*}cellXfs")), ())
    if not len(formats):
        return np.zeros(0, np.uint8)
    values = _asked(package, [f'<c r="A{at + 1}" s="{at}"><v>45000</v></c>' for at in range(len(formats))], styles=xml)
    kinds = [
        PLAIN if type(value) is float else DATED if value == dt.date(2023, 3, 15) else OTHER for value in values
    ]  # fmt: skip
    return np.array(kinds, np.uint8)


def shared_texts(package: Package) -> Any:
    """The shared texts of the book, an array of str."""
    part = _related(package, "sharedStrings")
    if part is None:
        return np.empty(0, object)
    xml = package.part(part)
    count = len(re.findall(rb"<(?:\w+:)?si[ />]", xml))
    cells = [f'<c r="A{at + 1}" t="s"><v>{at}</v></c>' for at in range(min(count, _MOST))]
    out = np.empty(len(cells), object)
    out[:] = _asked(package, cells, texts=xml)
    return out


def _related(package: Package, kind: str) -> str | None:
    found = (r.target for r in package.relations(package.workbook_part) if r.kind == kind and r.target in package)
    return next(found, None)


def _asked(package: Package, cells: list[str], *, styles: bytes = b"", texts: bytes = b"") -> list[Any]:
    """The values of cells that stand under each other, read by calamine beside the book's own styles or texts."""
    import python_calamine

    system = ' date1904="1"' if _is_1904(package) else ""
    rows = "".join(f'<row r="{at}">{cell}</row>' for at, cell in enumerate(cells, 1))
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/></Types>',
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><workbookPr{system}/><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            {"rId1": ("worksheet", "worksheets/sheet1.xml")}
            | ({"rId2": ("styles", "styles.xml")} if styles else {})
            | ({"rId3": ("sharedStrings", "sharedStrings.xml")} if texts else {})
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        **({"xl/styles.xml": styles} if styles else {}),
        **({"xl/sharedStrings.xml": texts} if texts else {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name, data in parts.items():
            out.writestr(name, data)
    file.seek(0)
    sheet = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    return [row[0] for row in sheet.to_python(skip_empty_area=False)]


def _relations(named: dict[str, tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="{key}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in named.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _is_1904(package: Package) -> bool:
    properties = next(parse_xml(package.part(package.workbook_part), package.name).iter("{*}workbookPr"), None)
    return properties is not None and properties.get("date1904") in ("1", "true", "on")
