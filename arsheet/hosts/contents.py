"""What is active in a workbook: macros, links to other files, DDE, queries, web formulas, embedded objects.

Nothing of it is ever run here; it is named, so that a person knows of it before the file is used.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from arsheet.hosts.package import Package, parse_xml
from arsheet.table import Problem

ContentKind = Literal["macros", "external_link", "dde", "query", "web_formula", "embedded_object"]

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "macros": ("宏", "macros"),
        "dde": ("DDE 链接", "DDE links"),
        "query": ("查询或数据连接", "queries or data connections"),
        "web_formula": ("访问外部的公式", "formulas that reach outside"),
        "external_link": ("指向其他文件的链接", "links to other files"),
        "embedded_object": ("嵌入对象", "embedded objects"),
    }
)
SHOWN = 200
MAX_FORMULAS = 20
"""So many formulas of a sheet are named."""

_PARTS: tuple[tuple[str, ContentKind], ...] = (
    (r"vbaProject\.bin$|/(?:macrosheets|dialogsheets)/", "macros"),
    (r"/connections\.xml$|/queryTables/|/xl/model/|/model/item", "query"),
    (r"/embeddings/|/activeX/|/webextensions?/", "embedded_object"),
)
_FORMULA = re.compile(rb"<f(?: [^>]*)?>([^<]+)</f>")
_FORMULA_OTHERWISE = re.compile(rb"<(?:\w+:)?(?:f|definedName)\b[^>]*>([^<]+)</")
_OUTSIDE = re.compile(
    rb"""(?i)\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|IMPORT(?:DATA|XML|HTML|FEED|RANGE)|SQL\.REQUEST"""
    rb"""|IMAGE|STOCKHISTORY)\s*\(|\bHYPERLINK\s*\(\s*(?:"|&quot;)\s*(?:file:|\\\\)"""
)
_DDE = re.compile(rb"""(?i)(?:^|[=(,+\-*&;])\s*'?[A-Z0-9_.]+\|\s*(?:'|&apos;|[A-Z0-9_./ -])""")


class Content(NamedTuple):
    """One active thing: its kind, the part it stands in, and what tells it apart (a target, a name, a formula)."""

    kind: str
    part: str
    detail: str = ""


def active_contents(package: Package, *, formulas: bool = True) -> tuple[Content, ...]:
    """Everything active in an .xlsx or .xlsm, each once. Raises WorkbookError ``file_damaged`` like any reading.

    Looking through the formulas means inflating every sheet; ``formulas=False`` leaves that out.
    """
    found = [*_by_name(package), *_links(package), *_queries(package), *(_formulas(package) if formulas else ())]
    return tuple(dict.fromkeys(found))


def xls_contents(data: bytes) -> tuple[Content, ...]:
    """What the bytes of an old .xls tell: macros and embedded objects are storages with well-known names."""
    found = []
    for name, kind in (("_VBA_PROJECT_CUR", "macros"), ("MBD0", "embedded_object")):
        if name.encode("utf-16-le") in data:
            found.append(Content(kind, name))
    return tuple(found)


def problem_of(contents: Sequence[Content], table: str = "") -> Problem | None:
    """The note ``workbook_has_active_content``, if there is any."""
    if not contents:
        return None
    kinds = [kind for kind in WORDS if any(content.kind == kind for content in contents)]
    details = list(dict.fromkeys(content.detail or content.part for content in contents))
    facts: dict[str, Any] = {
        "count": len(contents),
        "kinds_zh": "、".join(WORDS[kind][0] for kind in kinds),
        "kinds_en": ", ".join(WORDS[kind][1] for kind in kinds),
        "names": details[:5],
    }
    return Problem("workbook_has_active_content", table, None, "", facts)


def _by_name(package: Package) -> Iterator[Content]:
    for part in package.parts:
        for pattern, kind in _PARTS:
            if re.search(pattern, "/" + part, re.I):
                yield Content(kind, part)
                break


def _links(package: Package) -> Iterator[Content]:
    """Relationships that point outside, other than the hyperlinks a person clicks."""
    for part in package.parts:
        if not part.lower().endswith(".rels"):
            continue
        owner = part.replace("_rels/", "").removesuffix(".rels")
        for element in parse_xml(package.part(part), package.name):
            kind = str(element.get("Type") or "").rsplit("/", 1)[-1]
            if element.get("TargetMode") == "External" and kind != "hyperlink":
                yield Content("external_link", owner, shown(str(element.get("Target") or "")))
    for part in package.parts:
        if re.search(r"(?i)/externalLinks/[^/]+\.xml$", part):
            for link in parse_xml(package.part(part), package.name).iter("{*}ddeLink"):
                yield Content("dde", part, shown(f"{link.get('ddeService')}|{link.get('ddeTopic')}"))


def _queries(package: Package) -> Iterator[Content]:
    """Connections by their names (their texts may hold passwords), and Power Query."""
    for part in package.parts:
        if part.lower().endswith("/connections.xml"):
            for connection in parse_xml(package.part(part), package.name).iter("{*}connection"):
                yield Content("query", part, shown(str(connection.get("name") or "")))
        elif re.search(r"(?i)^customXml/item\d+\.xml$", part):
            head = package.part(part)[:4096].replace(b"\0", b"")
            if b"DataMashup" in head:
                yield Content("query", part, "Power Query")


def _formulas(package: Package) -> Iterator[Content]:
    """Formulas of sheets and names that reach outside the book."""
    sheets = [(sheet.part, sheet.name) for sheet in package.sheets if sheet.kind == "worksheet"]
    for part, name in [*sheets, (package.workbook_part, "")]:
        xml = package.part(part)
        plain = name and b"<sheetData" in xml
        left = MAX_FORMULAS
        for formula in (_FORMULA if plain else _FORMULA_OTHERWISE).finditer(xml):
            kind: ContentKind | None = None
            if _OUTSIDE.search(formula[1]):
                kind = "web_formula"
            elif b"|" in formula[1] and _DDE.search(formula[1]):
                kind = "dde"
            if kind and left:
                left -= 1
                yield Content(kind, name or part, shown(html.unescape(formula[1].decode("utf-8", "replace"))))


def shown(text: str) -> str:
    """One short line; what stands before an @ in an address may be a password."""
    return re.sub(r"//[^/@\s]+@", "//", " ".join(text.split()))[:SHOWN]
