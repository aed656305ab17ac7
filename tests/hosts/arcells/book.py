"""A receivables workbook whose sheet 公式 holds AR_ cells of every kind, with what each should show."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from arsheet import run
from arsheet.functions.invoke import invoke
from arsheet.functions.registry import Version
from arsheet.table import CellError

SHEET = "公式"
AS_OF = dt.date(2026, 3, 31)
UNKNOWN = "没有这家"
_METADATA = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><metadata '
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"><metadataTypes count="1">'
    '<metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" pasteValues="1" merge="1" '
    'splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" coerce="1" cellMeta="1"/>'
    '</metadataTypes><futureMetadata name="XLDAPR" count="1"><bk><extLst><ext '
    'uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext>'
    '</extLst></bk></futureMetadata><cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)

_META_TYPE = (
    '<Override PartName="/xl/metadata.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"/>'
)
_META_LINK = (
    '<Relationship Id="rIdMeta" Target="metadata.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"/>'
)


class Case(NamedTuple):
    """A cell: its formula, and the call it means, worked out by hand; ``args`` gets the codes of five customers."""

    ref: str
    formula: str
    function: str
    args: Callable[[Sequence[str]], list[Any]]
    guard: tuple[str, Any] | None = None


CASES: tuple[Case, ...] = (
    *(
        Case(f"B{row}", f"=AR_BALANCE(A{row})", "AR_BALANCE", lambda codes, at=row - 2: [codes[at]])  # type: ignore[misc]
        for row in range(2, 7)
    ),
    Case("C2", "=AR_BALANCE($A2,DATE(2026,1,31))", "AR_BALANCE", lambda c: [c[0], dt.date(2026, 1, 31)]),
    Case("C3", '=IFERROR(AR_BALANCE(A7),"无")', "AR_BALANCE", lambda c: [UNKNOWN], ("IFERROR", "无")),
    Case("C4", "=AR_BALANCE(A7)", "AR_BALANCE", lambda c: [UNKNOWN]),
    Case("C5", "=_xlfn.IFNA(AR_BALANCE(A7),-1)", "AR_BALANCE", lambda c: [UNKNOWN], ("IFNA", -1)),
    Case("C6", '=IFERROR(AR_BALANCE(A2),"无")', "AR_BALANCE", lambda c: [c[0]], ("IFERROR", "无")),
    Case("C7", '=IFERROR(AR_DUE_DATE("?"),0)', "AR_DUE_DATE", lambda c: ["?"], ("IFERROR", 0)),
    Case("D2", '=AR_DUE_DATE("月结30天",DATE(2025,1,31))', "AR_DUE_DATE", lambda c: ["月结30天", dt.date(2025, 1, 31)]),
    Case("D3", '=AR_DUE_DATE("net 30",E3)', "AR_DUE_DATE", lambda c: ["net 30", dt.date(2025, 2, 3)]),
    Case("D4", '=AR_DUE_DATE("net 30",E4)', "AR_DUE_DATE", lambda c: ["net 30", dt.date(2025, 2, 3)]),
    Case("D5", '=ar_term_explain("月结30天")', "AR_TERM_EXPLAIN", lambda c: ["月结30天"]),
    Case("D6", "=AR_AMOUNT_CN(-1234.5)", "AR_AMOUNT_CN", lambda c: [-1234.5]),
    Case("D7", "=AR_AMOUNT_CN(E8)", "AR_AMOUNT_CN", lambda c: [None]),
    Case("D8", "=AR_DUE_DATE()", "AR_DUE_DATE", lambda c: []),
    Case("F2", "=AR_BALANCE(客户一)", "AR_BALANCE", lambda c: [c[0]]),
    Case("F3", "=AR_BALANCE(公式!A3)", "AR_BALANCE", lambda c: [c[1]]),
    Case("F4", "=AR_BALANCE('公式'!$A$4,,币种)", "AR_BALANCE", lambda c: [c[2], None, "CNY"]),
    Case("F5", "=AR_BALANCE(本表客户)", "AR_BALANCE", lambda c: [c[3]]),
    Case("F6", "=AR_BALANCE(甲乙[[#This Row],[客户]])", "AR_BALANCE", lambda c: [CellError("#VALUE!")]),
    Case("F7", "=AR_AMOUNT_CN(数目)", "AR_AMOUNT_CN", lambda c: [88.5]),
    Case("I2", "=AR_BALANCE(甲乙[[#This Row],[客户]])", "AR_BALANCE", lambda c: [c[0]]),
    Case("I3", "=AR_BALANCE(甲乙[[#This Row],[客户]])", "AR_BALANCE", lambda c: [c[1]]),
    Case("J2", "=AR_AMOUNT_CN(12.3)", "AR_AMOUNT_CN", lambda c: [12.3]),
)
"""Plain cells."""
READING = {"J3": ("=AR_AMOUNT_CN(B2)", "B2"), "J4": ("=AR_AMOUNT_CN(B6)", "B6")}
"""Cells that turn the balance in another cell into words."""
BLOCK = ("L1:R8", "=AR_AGING(A2:A4)")
"""An array formula of a fixed size (Ctrl+Shift+Enter)."""
SPILLS = {"T1": "=AR_BALANCE(A2:A6)", "V1": '=AR_SCHEDULE(1000,"30% net 10; 70% net 30",DATE(2026,1,5))'}
"""Dynamic arrays, stored as one cell each."""
LEFT = {"AB1": "=AR_BALANCE(A2)*2", "AB2": "=AR_BALANCE(INDEX(A:A,2))", "AB3": "=SUM(AR_BALANCE(A2),1)"}
"""Cells that only a spreadsheet can work out."""


def make_book(path: Path, *, language: str = "zh") -> list[str]:
    """Makes the book (300 invoices); gives the codes of the five customers in A2:A6."""
    run.new_book(path, language)
    run.fill_sample(path, invoices=300, customers=30)
    made = openpyxl.load_workbook(path)
    codes = sorted({str(row[0].value) for row in made["客户"]["A5:A40"] if row[0].value})[:5]
    sheet = made.create_sheet(SHEET)
    sheet["A1"] = "客户编码"
    for at, code in enumerate([*codes, UNKNOWN]):
        sheet.cell(2 + at, 1, code)
    sheet["E3"], sheet["E4"] = dt.date(2025, 2, 3), 45691
    for case in CASES:
        sheet[case.ref] = case.formula
    for ref, (formula, _) in READING.items():
        sheet[ref] = formula
    for ref, formula in LEFT.items():
        sheet[ref] = formula
    sheet["L1"] = ArrayFormula(*BLOCK)
    for ref, formula in SPILLS.items():
        sheet[ref] = ArrayFormula(ref, formula)
    sheet["H1"], sheet["I1"], sheet["H2"], sheet["H3"] = "客户", "余额", codes[0], codes[1]
    sheet.add_table(Table(displayName="甲乙", ref="H1:I3"))
    sheet["D2"].number_format = "yyyy-mm-dd"
    made.defined_names["客户一"] = DefinedName("客户一", attr_text=f"{SHEET}!$A$2")
    made.defined_names["币种"] = DefinedName("币种", attr_text='"CNY"')
    made.defined_names["数目"] = DefinedName("数目", attr_text="88.5")
    sheet.defined_names["本表客户"] = DefinedName("本表客户", attr_text=f"{SHEET}!$A$5")
    made.save(path)
    part = part_of(path, SHEET)
    rewrite(path, {part: lambda xml: _shared(_dynamic(xml, SPILLS), "B2", "B6")}, metadata=True)
    return codes


def expected(case: Case, codes: Sequence[str], version: Version) -> Any:
    """What a plain cell shows: the upper left cell of its answer."""
    found = invoke(case.function, case.args(codes), version=version, language="zh").cells()[0][0]
    if case.guard is not None and isinstance(found, CellError) and (case.guard[0] == "IFERROR" or found.text == "#N/A"):
        return case.guard[1]
    return found


def part_of(path: Path, sheet: str) -> str:
    """The part of a sheet."""
    from arsheet.hosts.package import Package

    return Package.open(path).sheet(sheet).part


def rewrite(path: Path, edits: Mapping[str, Callable[[str], str]], *, metadata: bool = False) -> None:
    """Changes parts of a file; with ``metadata``, ``cm="1"`` means a dynamic array."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, edit in edits.items():
        parts[name] = edit(parts[name].decode()).encode()
    if metadata:
        parts["xl/metadata.xml"] = _METADATA.encode()
        _after(parts, "[Content_Types].xml", "</Types>", _META_TYPE)
        _after(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", _META_LINK)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def _after(parts: dict[str, bytes], part: str, end: str, added: str) -> None:
    parts[part] = parts[part].replace(end.encode(), (added + end).encode())


def _dynamic(xml: str, refs: Mapping[str, str]) -> str:
    for ref in refs:
        xml = re.sub(rf'<c r="{ref}"', f'<c r="{ref}" cm="1"', xml)
    return xml


def _shared(xml: str, first: str, last: str) -> str:
    """A column of formulas as Excel writes it after a fill down."""
    column, top, bottom = first.rstrip("0123456789"), int(first.lstrip("ABC")), int(last.lstrip("ABC"))
    for row in range(top, bottom + 1):
        found = re.search(rf'(<c r="{column}{row}"[^>]*>)<f>([^<]*)</f>', xml)
        assert found is not None
        text = f'<f t="shared" ref="{first}:{last}" si="0">{found[2]}</f>' if row == top else '<f t="shared" si="0"/>'
        xml = xml.replace(found[0], found[1] + text)
    return xml
