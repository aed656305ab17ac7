"""What openpyxl cannot write: the stored results of formulas, and array formulas that spill."""

from __future__ import annotations

import io
import re
import zipfile

from arsheet.schema.fingerprint import PRIME

_CHECK = f",{PRIME})".encode()
_EMPTY = re.compile(rb'<c r="([A-Z]+\d+)"( s="\d+")?( t="\w+")?>(<f[^>]*>[^<]*</f>)<v\s*/?>(?:</v>)?</c>')
_METADATA = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    b'xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">'
    b'<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" '
    b'pasteValues="1" merge="1" splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" '
    b'coerce="1" cellMeta="1"/></metadataTypes><futureMetadata name="XLDAPR" count="1"><bk><extLst>'
    b'<ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/>'
    b'</ext></extLst></bk></futureMetadata><cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)
_TYPE = (
    b'<Override PartName="/xl/metadata.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"/>'
)
_RELATION = (
    b'<Relationship Id="rIdMetadata" Target="metadata.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"/>'
)


def with_stored_results(workbook: bytes) -> bytes:
    """The workbook with an empty text stored beside every formula, so that nothing has to be calculated to show it.

    Counts of the sheet 刷新版本 are 0. Array formulas of one cell become dynamic: they spill where the application can.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = _EMPTY.sub(_stored, data)
            elif name == "[Content_Types].xml":
                data = data.replace(b"</Types>", _TYPE + b"</Types>")
            elif name == "xl/_rels/workbook.xml.rels":
                data = data.replace(b"</Relationships>", _RELATION + b"</Relationships>")
            new.writestr(name, data)
        new.writestr("xl/metadata.xml", _METADATA)
    return out.getvalue()


def _stored(found: re.Match[bytes]) -> bytes:
    cell, style, formula = found[1], found[2] or b"", found[4]
    check = _CHECK in formula  # of one cell in every application: nothing of it spills
    counts = check or re.search(rb">0<|COUNTA\(|AGGREGATE\(|SUMIF\(|ABS\(|,0,1\)<", formula)
    kind, value = (b"", b"<v>0</v>") if counts else (b' t="str"', b"<v></v>")
    dynamic = b' cm="1"' if b't="array"' in formula and not check else b""
    return b'<c r="' + cell + b'"' + style + kind + dynamic + b">" + formula + value + b"</c>"
