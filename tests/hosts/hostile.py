"""Forty hostile files, generated: each with the codes that may refuse it, or the count of cells that is right."""

# ruff: noqa: E501  # a file a line reads better than many
from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)


class Hostile(NamedTuple):
    """How to make a file; ``codes`` that may refuse it, or ``cells`` that a right read counts (-1: never)."""

    name: str
    make: Callable[[], bytes]
    codes: tuple[str, ...] = ()
    cells: int = -1


def sheet(rows: str, *, dimension: str = "", prolog: str = XML, tail: str = "") -> str:
    """One worksheet part."""
    said = f'<dimension ref="{dimension}"/>' if dimension else ""
    return f'{prolog}<worksheet xmlns="{MAIN}" xmlns:r="{DOC}">{said}<sheetData>{rows}</sheetData>{tail}</worksheet>'


ROWS = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>'


def parts(
    xml: str = "", *, names: str = "", sheets: int = 1, shared: str = "", extra: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """A small whole workbook."""
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1))
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{DOC}/worksheet" Target="worksheets/sheet1.xml"/>'
        for n in range(1, sheets + 1)
    )
    if shared:
        relations += f'<Relationship Id="rIdS" Type="{DOC}/sharedStrings" Target="sharedStrings.xml"/>'
    found = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PKG}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PKG}/relationships"><Relationship Id="rId1" Type="{DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{DOC}"><sheets>{listed}</sheets>{names}</workbook>',
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PKG}/relationships">{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": xml or sheet(ROWS),
    }  # fmt: skip
    made = {name: text.encode() for name, text in found.items()}
    if shared:
        made["xl/sharedStrings.xml"] = shared.encode()
    return made | dict(extra or {})


def zipped(members: Mapping[str, bytes], level: int = 6) -> bytes:
    """The parts as a zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def book(xml: str = "", **more: object) -> bytes:
    """A small workbook as a file."""
    return zipped(parts(xml, **more))  # type: ignore[arg-type]


def changed(name: str, data: bytes | str, **more: object) -> bytes:
    """A small workbook with one part replaced."""
    return zipped(parts(**more) | {name: data if isinstance(data, bytes) else data.encode()})  # type: ignore[arg-type]


def with_doubled_entry(name: str, second: str) -> bytes:
    """Two entries whose names are equal, or equal but for their case."""
    held = parts()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in held.items():
            archive.writestr(member, data)
        archive.writestr("dummy/" + "x" * (len(second) - 6), held[name].replace(b">1<", b">9<"))
    return stream.getvalue().replace(("dummy/" + "x" * (len(second) - 6)).encode(), second.encode())


def with_wrong_crc() -> bytes:
    """The checksum of the sheet does not fit its bytes."""
    data = bytearray(book())
    crc = struct.pack("<L", zlib.crc32(parts()["xl/worksheets/sheet1.xml"]))
    wrong = struct.pack("<L", zlib.crc32(b"other"))
    return bytes(data).replace(crc, wrong)


def overlapping() -> bytes:
    """Twenty entries of the directory point at one compressed kernel of zeros."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
        archive.writestr("xl/media/kernel.bin", bytes(900_000))
    data = stream.getvalue()
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack("<LL", data[end + 12 : end + 20])
    entry = data[data.rindex(b"PK\1\2") : end]
    copies = b"".join(entry.replace(b"kernel", b"kern%02d" % n) for n in range(2000))
    count = struct.unpack("<H", data[end + 10 : end + 12])[0] + 2000
    tail = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, size + len(copies), start, 0)
    return data[:end] + copies + tail


def lying_size() -> bytes:
    """The directory promises 100 bytes of a sheet that inflates to ten megabytes."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 20_001))
    data = book(sheet(rows))
    long = len(sheet(rows).encode())
    return data.replace(struct.pack("<L", long), struct.pack("<L", 100))


def many(count: int, make: Callable[[int], str]) -> str:
    """Joined."""
    return "".join(make(n) for n in range(1, count + 1))


def _zips() -> list[Hostile]:
    nested = zipped({"inner.zip": zipped({"zeros": bytes(900_000)})})
    encrypted = bytearray(book())
    encrypted[encrypted.index(b"PK\1\2") + 8] |= 1
    return [
        Hostile("zip_bomb.xlsx", lambda: changed("xl/worksheets/sheet1.xml", sheet("<row>" + " " * 300_000_000 + "</row>")), ("file_unsafe",)),
        Hostile("zip_bomb_below_ratio.xlsx", lambda: book(sheet("", tail=many(400_000, lambda n: f"<!--{n * 7919}-->"))), (), 0),
        Hostile("nested_zip.xlsx", lambda: zipped({"workbook.zip": nested}), ("file_damaged",)),
        Hostile("nested_beside.xlsx", lambda: zipped(parts(extra={"xl/embeddings/inner.zip": nested})), (), 2),
        Hostile("overlapping_entries.xlsx", lambda: overlapping(), ("file_unsafe", "file_damaged"), 2),
        Hostile("duplicate_name.xlsx", lambda: with_doubled_entry("xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"), ("file_damaged",)),
        Hostile("duplicate_case.xlsx", lambda: with_doubled_entry("xl/worksheets/sheet1.xml", "xl/worksheets/SHEET1.xml"), ("file_damaged",)),
        Hostile("wrong_crc.xlsx", lambda: with_wrong_crc(), ("file_damaged",)),
        Hostile("lying_size.xlsx", lambda: lying_size(), ("file_unsafe", "file_damaged")),
        Hostile("traversal.xlsx", lambda: zipped(parts(extra={"../../etc/cron.d/x": b"x"})), ("file_unsafe",)),
        Hostile("absolute.xlsx", lambda: zipped(parts(extra={"/etc/passwd": b"x"})), ("file_unsafe",)),
        Hostile("windows_path.xlsx", lambda: zipped(parts(extra={"C:\\windows\\x": b"x"})), ("file_unsafe",)),
        Hostile("many_entries.xlsx", lambda: zipped(parts(extra={f"xl/media/{n}": b"" for n in range(20_000)})), ("file_unsafe",)),
        Hostile("zip_password.xlsx", lambda: bytes(encrypted), ("file_encrypted", "file_damaged")),
        Hostile("truncated.xlsx", lambda: book()[:700], ("file_damaged",)),
    ]  # fmt: skip


def _xml() -> list[Hostile]:
    xxe = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
    shared = f'{XML}<sst xmlns="{MAIN}">{{}}</sst>'
    quadratic = f'{XML}<!DOCTYPE a [<!ENTITY q "{"q" * 50_000}">]>'
    deep = many(100_000, "<a n='{0}'>".format) + "</a>" * 100_000
    pointed = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return [
        Hostile("billion_laughs_sheet.xlsx", lambda: book(sheet(text.format("&l9;"), prolog=XML + LAUGHS)), ("file_damaged",)),
        Hostile("billion_laughs_strings.xlsx", lambda: book(sheet(pointed), shared=shared.replace(XML, XML + LAUGHS).format("<si><t>&l9;</t></si>")), ("file_damaged",)),
        Hostile("billion_laughs_workbook.xlsx", lambda: changed("xl/workbook.xml", LAUGHS + "<workbook>&l9;</workbook>"), ("file_damaged",)),
        Hostile("quadratic_blowup.xlsx", lambda: book(sheet(text.format("&q;" * 20_000), prolog=quadratic)), ("file_damaged",)),
        Hostile("xxe_sheet.xlsx", lambda: book(sheet(text.format("&x;"), prolog=XML + xxe)), ("file_damaged",)),
        Hostile("xxe_late_doctype.xlsx", lambda: book(sheet(text.format("&x;"), prolog=XML + "<!--" + "-x" * 5000 + "-->" + xxe)), ("file_damaged",)),
        Hostile("xxe_strings.xlsx", lambda: book(sheet(pointed), shared=f"{XML}{xxe}<sst xmlns='{MAIN}'><si><t>&x;</t></si></sst>"), ("file_damaged",)),
        Hostile("deep_nesting.xlsx", lambda: book(sheet("", tail=deep)), ("file_damaged",)),
        Hostile("deep_rels.xlsx", lambda: changed("_rels/.rels", deep), ("file_damaged",)),
        Hostile("utf16_sheet.xlsx", lambda: changed("xl/worksheets/sheet1.xml", sheet(ROWS, prolog="").encode("utf-16")), ("file_damaged",)),
        Hostile("huge_string.xlsx", lambda: book(sheet(pointed), shared=shared.format(f"<si><t>{'长' * 8_000_000}</t></si>")), ("file_unsafe",), 1),
        Hostile("many_strings.xlsx", lambda: book(sheet(pointed), shared=shared.format(many(500_000, lambda n: f"<si><t>{n * 7919}</t></si>"))), (), 1),
        Hostile("string_index_far.xlsx", lambda: book(sheet(pointed.replace(">0<", ">4000000000<")), shared=shared.format("<si><t>a</t></si>")), ("file_damaged",)),
        Hostile("unclosed_rows.xlsx", lambda: book(sheet("<row r='1'>" * 50_000)), ("file_damaged",)),
    ]  # fmt: skip


def _sheets() -> list[Hostile]:
    stray = ROWS + '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    backwards = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'
    merge = '<mergeCell ref="A{0}:B{0}"/>'
    name = '<definedName name="N{0}">S1!$A${0}</definedName>'
    cycle = f'{XML}<Relationships xmlns="{PKG}/relationships">{{}}</Relationships>'
    to_itself = f'<Relationship Id="r1" Type="{DOC}/worksheet" Target="sheet1.xml"/>'
    root = f'<Relationship Id="rId1" Type="{DOC}/officeDocument" Target="_rels/.rels"/>'
    wide = "<row>" + "<c><v>1</v></c>" * 16_384 + "</row>"
    return [
        Hostile("dimension_ten_million_rows.xlsx", lambda: book(sheet(ROWS, dimension="A1:XFD10000000")), ("file_damaged",), 2),
        Hostile("row_ten_million.xlsx", lambda: book(sheet('<row r="10000000"><c r="A10000000"><v>1</v></c></row>')), ("file_damaged",)),
        Hostile("far_cell.xlsx", lambda: book(sheet(stray)), ("used_range_too_large",)),
        Hostile("far_cell_first.xlsx", lambda: book(sheet(backwards)), ("used_range_too_large", "file_damaged")),
        Hostile("far_cell_without_address.xlsx", lambda: book(sheet(many(3000, lambda n: "<row>" + "<c/>" * 100 + "</row>") + wide)), ("used_range_too_large", "file_needs_too_much_memory"), 16_384),
        Hostile("two_corners.xlsx", lambda: book(sheet('<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>')), ("used_range_too_large",)),
        Hostile("hundred_thousand_sheets.xlsx", lambda: book(sheets=100_000), ("too_many_sheets", "file_needs_too_much_memory", "file_reading_too_long")),
        Hostile("hundred_thousand_names.xlsx", lambda: book(names="<definedNames>" + many(100_000, name.format) + "</definedNames>"), (), 2),
        Hostile("many_empty_rows.xlsx", lambda: book(sheet(many(600_000, '<row r="{0}"/>'.format))), (), 0),
        Hostile("many_merges.xlsx", lambda: book(sheet(ROWS, tail="<mergeCells>" + many(200_000, merge.format) + "</mergeCells>")), (), 2),
        Hostile("cyclic_rels.xlsx", lambda: changed("xl/worksheets/_rels/sheet1.xml.rels", cycle.format(to_itself)), (), 2),
        Hostile("rels_to_themselves.xlsx", lambda: changed("_rels/.rels", cycle.format(root)), ("file_damaged",)),
        Hostile("cell_twice.xlsx", lambda: book(sheet(ROWS.replace("B1", "A1"))), ("file_damaged",)),
    ]  # fmt: skip


def _others() -> list[Hostile]:
    locked = OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(4096)
    cyclic = bytearray(OLE + bytes(504 + 512 * 20))
    struct.pack_into("<HHHHH", cyclic, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<LLLLLLLL", cyclic, 44, 1, 1, 0, 4096, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<L", cyclic, 76, 1)
    page = "<html><table>" + "<table>" * 3000 + "<tr><td>1</td></tr></table></html>"
    spans = '<html><table><tr><td colspan="999999999">x</td></tr></table></html>'
    return [
        Hostile("encrypted.xlsx", lambda: locked, ("file_encrypted",)),
        Hostile("cyclic_ole.xls", lambda: bytes(cyclic), ("file_damaged", "file_reading_crashed", "file_needs_too_much_memory")),
        Hostile("nested_tables.xls", lambda: page.encode(), ("html_without_table", "file_damaged"), 1),
        Hostile("wide_span.xls", lambda: spans.encode(), (), 1),
        Hostile("html_entities.xls", lambda: (LAUGHS + "<html><table><tr><td>&l9;</td></tr></table></html>").encode(), ("file_damaged", "html_without_table"), 1),
        Hostile("csv_as_xlsx.xlsx", lambda: "客户,金额\n甲,1\n".encode("gb18030"), (), 4),
        Hostile("one_long_line.csv", lambda: b"a," * 2_000_000, (), 2_000_000),
        Hostile("quote_never_closed.csv", lambda: b'a,b\n"' + b"x\n" * 6_000_000, ("file_damaged",)),
        Hostile("zeros.xlsx", lambda: bytes(1_000_000), ("file_empty",)),
        Hostile("noise.xls", lambda: OLE + bytes(range(256)) * 400, ("file_damaged", "file_reading_crashed")),
    ]  # fmt: skip


def hostile() -> list[Hostile]:
    """All of them."""
    return [*_zips(), *_xml(), *_sheets(), *_others()]
