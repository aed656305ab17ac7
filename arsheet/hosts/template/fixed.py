"""Make a saved workbook reproducible: parts in a fixed order, with fixed times."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

MOMENT = dt.datetime(2026, 1, 1)
"""The time that every part and the document's properties carry."""
_TIMES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_FIRST = ("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "xl/workbook.xml")


def repack(workbook: bytes) -> bytes:
    """The same workbook with sorted parts, fixed zip times and fixed created and modified dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        names = set(old.namelist())
        for name in (*(part for part in _FIRST if part in names), *sorted(names - set(_FIRST))):
            info = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            info.external_attr = 0
            new.writestr(info, _fixed(name, old.read(name)), compresslevel=9)
    return out.getvalue()


def _fixed(name: str, data: bytes) -> bytes:
    if name != "docProps/core.xml":
        return data
    moment = f"{MOMENT.isoformat()}Z".encode()
    return _TIMES.sub(lambda found: found[1] + moment + found[3], data)
