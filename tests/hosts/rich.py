"""A workbook that holds what real ones hold: macros, ribbon, pivot, slicer, sparklines, threads, pictures, bags."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, DataBarRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
MS = "http://schemas.microsoft.com/office"
THREADS = f"{MS}/spreadsheetml/2018/threadedcomments"
HEADER = ["客户", "名称", "未到期", "逾期", "合计", "状态"]
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
REPORT, DASH, PIVOT, OLD = (f"xl/worksheets/sheet{i}.xml" for i in (1, 2, 3, 4))
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


def rows(count: int, word: str = "客户") -> list[list[Any]]:
    """Rows for the report."""
    return [[f"C{i:05d}", f"{word}{i}", i + 0.25, i * 2, i * 3 + 0.25, "OK"] for i in range(1, count + 1)]


class Parts:
    """The parts of a package while more are put in."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as z:
            self.held = {name: z.read(name) for name in z.namelist()}

    def add(self, part: str, data: str | bytes, kind: str = "") -> None:
        """A part and, if it has one, its content type."""
        self.held[part] = (XML + data).encode() if isinstance(data, str) else data
        if kind:
            entry = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
            self.replace("[Content_Types].xml", "</Types>", entry)

    def relate(self, owner: str, name: str, kind: str, target: str) -> None:
        """A relationship of a part."""
        folder, _, file = owner.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        if rels not in self.held:
            self.held[rels] = f'{XML}<Relationships xmlns="{PACKAGE_RELS}"></Relationships>'.encode()
        entry = f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/></Relationships>'
        self.replace(rels, "</Relationships>", entry)

    def replace(self, part: str, old: str, new: str) -> None:
        """One text for another, once."""
        assert old.encode() in self.held[part], (part, old)
        self.held[part] = self.held[part].replace(old.encode(), new.encode(), 1)

    def write(self, path: Path) -> None:
        """The package."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            for name, data in self.held.items():
                z.writestr(name, data)


def make_rich(
    path: Path, count: int = 500, *, comment_at: str = "", link_at: str = "", merge: str = "", totals: bool = False
) -> Path:
    """The rich workbook (.xlsm) with a report of ``count`` rows on its first sheet."""
    _base(path, count, comment_at, link_at, merge, totals)
    parts = Parts(path)
    _macros_and_ribbon(parts)
    _pivot_and_slicer(parts)
    _report_extras(parts)
    _dash_extras(parts)
    _bags(parts)
    parts.write(path)
    return path


def add_table(ws: Any, name: str, ref: str, totals: bool) -> None:
    """A table; with a totals row that sums the column 合计."""
    table = Table(displayName=name, ref=ref)
    if totals:
        table._initialise_columns()
        for column, text in zip(table.tableColumns, HEADER, strict=True):
            column.name = text
        table.totalsRowCount = 1
        table.tableColumns[HEADER.index("合计")].totalsRowFunction = "sum"
        table.autoFilter.ref = re.sub(r"\d+$", lambda m: str(int(m[0]) - 1), ref)
    ws.add_table(table)


def _base(path: Path, count: int, comment_at: str, link_at: str, merge: str, totals: bool) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = "Report"
    ws.append(HEADER)
    for record in rows(count):
        ws.append(record)
    last = count + 1
    if totals:
        ws.cell(last + 1, 1, "合计")
        ws.cell(last + 1, 5, "=SUBTOTAL(109,tblAging[合计])")
    for i in range(2, min(last, 40) + 1):
        ws.cell(i, 9, f"=E{i}*2")
        ws.cell(i, 10, f"remark {i}")
    add_table(ws, "tblAging", f"A1:F{last + totals}", totals)
    listed = DataValidation(type="list", formula1='"OK,催收,争议"')
    ws.add_data_validation(listed)
    listed.add(f"F2:F{last}")
    outside = DataValidation(type="whole", operator="greaterThan", formula1="0")
    ws.add_data_validation(outside)
    outside.add("L2:L9")
    ws.conditional_formatting.add(f"E2:E{last}", DataBarRule("num", 0, "max", color="FF638EC6"))
    ws.conditional_formatting.add("L2:L9", CellIsRule(operator="lessThan", formula=["0"], fill=PatternFill("solid")))
    ws.merge_cells("L12:M13")
    ws["L15"].hyperlink = "https://example.com/outside"
    ws["L16"].comment = Comment("a note outside the table", "A")
    if comment_at:
        ws[comment_at].comment = Comment("a note inside the table", "A")
    if link_at:
        ws[link_at].hyperlink = "https://example.com/inside"
    if merge:
        ws.merge_cells(merge)
    dash = wb.create_sheet("Dash")
    dash["A1"], dash["A2"], dash["A3"] = "看板", "=SUM(tblAging[合计])", "=Report!E2"
    dash["B2"].comment = Comment("thread", "A")
    chart = BarChart()
    chart.add_data(Reference(ws, min_col=5, min_row=2, max_row=last))
    dash.add_chart(chart, "D2")
    pivot = wb.create_sheet("Pivot")
    pivot["A3"], pivot["A4"] = "客户", "总计"
    old = wb.create_sheet("Old")
    for i in range(1, 51):
        old.append([f"{i:04d}", i * 1.5, f"=B{i}*2", "_x000D_ text"])
    wb.save(path)


def _macros_and_ribbon(parts: Parts) -> None:
    plain, macro = (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    parts.replace("[Content_Types].xml", plain, macro)
    parts.add("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"macro" * 99, f"{MACRO_TYPE}")
    parts.relate("xl/workbook.xml", "rIdVba", f"{MS}/2006/relationships/vbaProject", "vbaProject.bin")
    ribbon = (
        f'<customUI xmlns="{MS}/2009/07/customui"><ribbon><tabs><tab id="ar" label="AR"/></tabs></ribbon></customUI>'
    )
    parts.add("customUI/customUI14.xml", ribbon, "application/xml")
    parts.relate("", "rIdUi", f"{MS}/2007/relationships/ui/extensibility", "customUI/customUI14.xml")
    parts.add("customXml/item1.xml", "<ar xmlns='urn:ar'>policy</ar>", "application/xml")
    parts.relate("xl/workbook.xml", "rIdCustom", f"{DOC}/customXml", "../customXml/item1.xml")
    parts.add("xl/unknown/thing.bin", bytes(range(256)), "application/x-nobody-knows")
    parts.relate("xl/workbook.xml", "rIdUnknown", "http://example.com/relationships/thing", "unknown/thing.bin")


MACRO_TYPE = "application/vnd.ms-office.vbaProject"


def _pivot_and_slicer(parts: Parts) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    cache, table = "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotTables/pivotTable1.xml"
    fields = "".join(f'<cacheField name="{name}" numFmtId="0"><sharedItems/></cacheField>' for name in HEADER)
    parts.add(
        cache,
        f'<pivotCacheDefinition xmlns="{MAIN}" refreshOnLoad="1" refreshedBy="a" createdVersion="6" '
        f'refreshedVersion="6" saveData="0" recordCount="0"><cacheSource type="worksheet">'
        f'<worksheetSource name="tblAging"/></cacheSource><cacheFields count="{len(HEADER)}">{fields}</cacheFields>'
        "</pivotCacheDefinition>",
        kind + "pivotCacheDefinition+xml",
    )
    axis = '<pivotField axis="axisRow" showAll="0"><items count="1"><item t="default"/></items></pivotField>'
    others = '<pivotField showAll="0"/>' * (len(HEADER) - 1)
    parts.add(
        table,
        f'<pivotTableDefinition xmlns="{MAIN}" name="PivotTable1" cacheId="1" dataCaption="Values">'
        f'<location ref="A3:A4" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
        f'<pivotFields count="{len(HEADER)}">{axis}{others}</pivotFields></pivotTableDefinition>',
        kind + "pivotTable+xml",
    )
    parts.relate("xl/workbook.xml", "rIdCache", f"{DOC}/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")
    parts.relate(PIVOT, "rIdPivot", f"{DOC}/pivotTable", "../pivotTables/pivotTable1.xml")
    parts.relate(table, "rId1", f"{DOC}/pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")
    caches = f'<pivotCaches><pivotCache xmlns:r="{DOC}" cacheId="1" r:id="rIdCache"/></pivotCaches></workbook>'
    parts.replace("xl/workbook.xml", "</workbook>", caches)
    slicers = f'<slicers xmlns="{X14}"><slicer name="c" cache="Slicer_c" caption="c"/></slicers>'
    parts.add("xl/slicers/slicer1.xml", slicers, "application/vnd.ms-excel.slicer+xml")
    held = f'<slicerCacheDefinition xmlns="{X14}" name="Slicer_c" sourceName="c"/>'
    parts.add("xl/slicerCaches/slicerCache1.xml", held, "application/vnd.ms-excel.slicerCache+xml")
    parts.relate(
        "xl/workbook.xml", "rIdSlicers", f"{MS}/2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml"
    )
    parts.relate(PIVOT, "rIdSlicer", f"{MS}/2007/relationships/slicer", "../slicers/slicer1.xml")
    listed = f'<x14:slicerList xmlns:x14="{X14}"><x14:slicer xmlns:r="{DOC}" r:id="rIdSlicer"/></x14:slicerList>'
    _extend(parts, PIVOT, "{A8765BA9-456A-4dab-B4F3-ACF838C121DE}", listed)


def _extend(parts: Parts, sheet: str, uri: str, body: str) -> None:
    entry = f'<extLst><ext uri="{uri}" xmlns:x14="{X14}" xmlns:xm="{XM}">{body}</ext></extLst></worksheet>'
    parts.replace(sheet, "</worksheet>", entry)


def _report_extras(parts: Parts) -> None:
    """Sparklines, printer settings, a picture in the header, a thread where openpyxl put a note."""
    parts.add("xl/printerSettings/printerSettings1.bin", b"\1\2\3" * 50,
              "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings")  # fmt: skip
    parts.relate(REPORT, "rIdPrinter", f"{DOC}/printerSettings", "../printerSettings/printerSettings1.bin")
    xml = parts.held[REPORT].decode()
    margins = xml[xml.index("<pageMargins") :].split("/>")[0] + "/>"
    setup = f'{margins}<pageSetup orientation="landscape" xmlns:r="{DOC}" r:id="rIdPrinter"/>'
    setup += "<headerFooter><oddHeader>&amp;L&amp;G</oddHeader></headerFooter>"
    parts.replace(REPORT, margins, setup)
    vml = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        '<v:shape id="LH" type="#_x0000_t75"><v:imagedata o:relid="rId1" o:title="p"/></v:shape></xml>'
    )
    parts.add("xl/drawings/vmlDrawingHF1.vml", vml.encode(), "application/vnd.openxmlformats-officedocument.vmlDrawing")
    parts.add("xl/media/header.png", PNG, "image/png")
    parts.relate("xl/drawings/vmlDrawingHF1.vml", "rId1", f"{DOC}/image", "../media/header.png")
    parts.relate(REPORT, "rIdHeader", f"{DOC}/vmlDrawing", "../drawings/vmlDrawingHF1.vml")
    parts.replace(REPORT, "<tableParts", f'<legacyDrawingHF xmlns:r="{DOC}" r:id="rIdHeader"/><tableParts')
    spark = (
        '<x14:sparklineGroups><x14:sparklineGroup><x14:colorSeries rgb="FF376092"/><x14:sparklines><x14:sparkline>'
        "<xm:f>Report!C2:E2</xm:f><xm:sqref>N2</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
        "</x14:sparklineGroups>"
    )
    _extend(parts, REPORT, "{05C60535-1F16-4fd2-B633-F4F36F0B64E0}", spark)


def _dash_extras(parts: Parts) -> None:
    """A thread with its person, a dynamic array and a picture in a cell."""
    person = '<person displayName="A" id="{00000000-0000-0000-0000-000000000001}" userId="A" providerId="None"/>'
    parts.add("xl/persons/person.xml", f'<personList xmlns="{THREADS}">{person}</personList>',
              "application/vnd.ms-excel.person+xml")  # fmt: skip
    parts.relate("xl/workbook.xml", "rIdPersons", f"{MS}/2017/10/relationships/person", "persons/person.xml")
    for sheet, refs in ((DASH, ["B2"]), (REPORT, _comments(parts, REPORT))):
        name = f"threadedComment{sheet[-5]}.xml"
        said = "".join(
            f'<threadedComment ref="{ref}" dT="2026-01-01T00:00:00.00" id="{{00000000-0000-0000-0000-00000000010{i}}}" '
            f'personId="{{00000000-0000-0000-0000-000000000001}}"><text>thread</text></threadedComment>'
            for i, ref in enumerate(refs)
        )
        parts.add(f"xl/threadedComments/{name}", f'<ThreadedComments xmlns="{THREADS}">{said}</ThreadedComments>',
                  "application/vnd.ms-excel.threadedcomments+xml")  # fmt: skip
        parts.relate(sheet, "rIdThread", f"{MS}/2017/10/relationships/threadedComment", f"../threadedComments/{name}")
    spilled = (
        '<row r="20"><c r="A20" cm="1" t="str"><f t="array" ref="A20:A21">_xlfn.UNIQUE(Old!A1:A2)</f><v>0001</v></c>'
    )
    spilled += '</row><row r="21"><c r="A21" t="str"><v>0002</v></c></row>'
    picture = '<row r="22"><c r="A22" t="e" vm="1"><v>#VALUE!</v></c></row></sheetData>'
    parts.replace(DASH, "</sheetData>", spilled + picture)
    parts.add(
        "xl/metadata.xml",
        f'<metadata xmlns="{MAIN}" xmlns:xda="{MS}/spreadsheetml/2017/dynamicarray">'
        '<metadataTypes count="2"><metadataType name="XLDAPR" minSupportedVersion="120000" cellMeta="1"/>'
        '<metadataType name="XLRICHVALUE" minSupportedVersion="120000"/></metadataTypes>'
        '<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">'
        '<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>'
        '<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata>'
        '<valueMetadata count="1"><bk><rc t="2" v="0"/></bk></valueMetadata></metadata>',
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml",
    )
    parts.relate("xl/workbook.xml", "rIdMeta", f"{DOC}/sheetMetadata", "metadata.xml")


def _comments(parts: Parts, sheet: str) -> Iterable[str]:
    rels = parts.held[f"xl/worksheets/_rels/{sheet.rpartition('/')[2]}.rels"].decode()
    target = re.search(r'"/(xl/comments/[^"]+)"', rels)
    assert target is not None
    return re.findall(r'<comment ref="([A-Z]+\d+)"', parts.held[target[1]].decode())


def _bags(parts: Parts) -> None:
    """Pictures in cells, checkboxes in cells, and a calculation chain."""
    rich, rel = f"{MS}/spreadsheetml/2017/richdata", f"{MS}/2017/06/relationships"
    values = f'<rvData xmlns="{rich}" count="1"><rv s="0"><v>0</v><v>5</v></rv></rvData>'
    parts.add("xl/richData/rdrichvalue.xml", values, "application/vnd.ms-excel.rdrichvalue+xml")
    parts.relate("xl/workbook.xml", "rIdRich", f"{rel}/rdRichValue", "richData/rdrichvalue.xml")
    parts.add("xl/media/cell.png", PNG, "image/png")
    parts.add("xl/richData/richValueRel.xml", f'<richValueRels xmlns="{MS}/spreadsheetml/2022/richvaluerel" '
              f'xmlns:r="{DOC}"><rel r:id="rId1"/></richValueRels>',
              "application/vnd.ms-excel.richvaluerel+xml")  # fmt: skip
    parts.relate("xl/richData/richValueRel.xml", "rId1", f"{DOC}/image", "../media/cell.png")
    parts.relate(
        "xl/workbook.xml", "rIdRichRel", f"{MS}/2022/10/relationships/richValueRel", "richData/richValueRel.xml"
    )
    space = f"{MS}/spreadsheetml/2022/featurepropertybag"
    bag = f'<FeaturePropertyBags xmlns="{space}"><bag type="Checkbox"/></FeaturePropertyBags>'
    parts.add("xl/featurePropertyBag/featurePropertyBag.xml", bag, "application/vnd.ms-excel.featurepropertybag+xml")
    parts.relate("xl/workbook.xml", "rIdBag", f"{MS}/2022/11/relationships/FeaturePropertyBag",
                 "featurePropertyBag/featurePropertyBag.xml")  # fmt: skip
    chain = "".join(f'<c r="I{i}" i="1"/>' for i in range(2, 41)) + '<c r="A2" i="2"/><c r="A3" i="2"/>'
    parts.add("xl/calcChain.xml", f'<calcChain xmlns="{MAIN}">{chain}</calcChain>',
              "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml")  # fmt: skip
    parts.relate("xl/workbook.xml", "rIdChain", f"{DOC}/calcChain", "calcChain.xml")
