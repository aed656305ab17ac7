"""Text files as grids of text cells: delimited text, and the tables of web pages that call themselves .xls."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from arsheet.hosts.package import damaged
from arsheet.table import Grid, WorkbookError


def decode_text(data: bytes, name: str) -> str:
    """Text in strict UTF-8 (or UTF-16 with a mark), else GB18030: decided for the whole file, never by cell."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")  # type: ignore[assignment]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkbookError(
        "text_encoding_unknown", f"{name} 既不是 UTF-8 也不是 GB18030 编码", f"{name} is neither UTF-8 nor GB18030"
    )


def _delimiter(text: str) -> str:
    lines = [line for line in text[:65536].splitlines()[:60] if line.strip()]
    best, choice = (0.0, 0), ","
    for candidate in (",", ";", "\t", "|"):
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=candidate) if row)
        wide = {width: count for width, count in widths.items() if width > 1}
        if wide:
            width, count = max(wide.items(), key=lambda item: (item[1] * item[0], item[0]))
            if (count / len(lines) * min(width, 4), width) > best:
                best, choice = (count / len(lines) * min(width, 4), width), candidate
    return choice


def csv_grid(name: str, data: bytes) -> Grid:
    """A delimited text as one grid of texts."""
    text = decode_text(data, name).replace("\0", "")
    first_row = 1
    if declared := re.match(r"(?i)sep=(.)\r?\n", text):
        text, first_row, delimiter = text[declared.end() :], 2, declared[1]
    else:
        delimiter = _delimiter(text)
    csv.field_size_limit(10_000_000)
    try:
        rows = [
            [value or None for value in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise damaged(name, str(error)) from None
    width = max((len(row) for row in rows), default=0)
    return Grid(name, [row + [None] * (width - len(row)) for row in rows], first_row)


def html_grids(name: str, data: bytes) -> dict[str, Grid]:
    """The tables of a web page, one grid each, as cells of text. WorkbookError ``html_without_table``."""
    from lxml import html

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decode_text(data, name))
    parser = html.HTMLParser(no_network=True)
    root = html.fromstring(text, parser=parser)
    cut = next((entry.message for entry in parser.error_log if "LIMIT" in entry.type_name), "")
    if cut:
        raise damaged(name, cut)
    tables = [t for t in root.iter("table") if t.find(".//table") is None]
    grids: dict[str, Grid] = {}
    for number, table in enumerate(tables, 1):
        rows = []
        for line in table.iter("tr"):
            row: list[str | None] = []
            for cell in line.iterchildren("td", "th"):
                words = " ".join(str(cell.text_content()).replace("\xa0", " ").split())
                span = str(cell.get("colspan") or "1")
                row += [words or None] + [None] * (min(int(span), 1000) - 1 if span.isdigit() else 0)
            rows.append(row)
        width = max((len(row) for row in rows), default=0)
        title = name if len(tables) == 1 else f"{name} {number}"
        grids[title] = Grid(title, [row + [None] * (width - len(row)) for row in rows])
    if not grids:
        raise WorkbookError("html_without_table", f"{name} 是没有表格的网页", f"{name} is a web page without a table")
    return grids
