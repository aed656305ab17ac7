"""Dirt of the file itself: encodings, forms that their names deny, files that cannot be read."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.importers.dirt.cases import A as FIRST
from tests.importers.dirt.cases import B as SECOND
from tests.importers.dirt.cases import C as THIRD
from tests.importers.dirt.cases import Case, Expect, cases, lists
from tests.importers.dirt.files import Build, delimited, write_csv, write_html, write_xls, write_xlsx

ROWS = lists(FIRST, SECOND, THIRD)
RARE = lists(["INV-1", "𠮷田㐂商店", *FIRST[2:]], SECOND, THIRD)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _encoded(encoding: str, rows: list[list[object]] = ROWS, delimiter: str = ",") -> Build:
    return lambda folder: write_csv(folder / "应收.csv", rows, encoding, delimiter)


def _renamed(build: Build, name: str) -> Build:
    def made(folder: Path) -> Path:
        source = build(folder)
        return Path(shutil.move(source, folder / name))

    return made


def _csv(folder: Path) -> Path:
    return write_csv(folder / "a.csv", ROWS)


def _xlsx(folder: Path) -> Path:
    return write_xlsx(folder / "a.xlsx", {"应收": ROWS})


def _xls(folder: Path) -> Path:
    return write_xls(folder / "a.xls", {"应收": ROWS})


def _bytes(name: str, data: bytes) -> Build:
    def made(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return made


def _named(name: str) -> Expect:
    return Expect(also=lambda made: name in made.plan.preview.new_customers)


MIXED = delimited(ROWS).encode("gb18030") + "备注：人民币".encode() + b"\xff\xff\r\n"
CASES: list[Case] = [
    *cases("plain", ROWS),
    Case("gbk_without_mark", "csv", _encoded("gbk"), _named("上海甲公司")),
    Case("gb18030_rare_characters", "csv", _encoded("gb18030", RARE), _named("𠮷田㐂商店")),
    Case("utf8_with_mark", "csv", _encoded("utf-8-sig"), _named("上海甲公司")),
    Case("utf8_without_mark", "csv", _encoded("utf-8", RARE), _named("𠮷田㐂商店")),
    Case("utf16_with_tabs", "csv", _encoded("utf-16", ROWS, "\t"), _named("上海甲公司")),
    Case("semicolons", "csv", _encoded("gb18030", ROWS, ";")),
    Case("html_saved_as_xls", "xls", lambda folder: write_html(folder / "应收.xls", ROWS)),
    Case("html_in_gb18030_saved_as_xls", "xls", lambda folder: write_html(folder / "应收.xls", ROWS, "gb18030")),
    Case("csv_renamed", "xlsx", _renamed(_csv, "应收.xlsx")),
    Case("csv_renamed", "xls", _renamed(_csv, "应收.xls")),
    Case("xlsx_renamed", "xls", _renamed(_xlsx, "应收.xls")),
    Case("xlsx_renamed", "csv", _renamed(_xlsx, "应收.csv")),
    Case("xls_renamed", "xlsx", _renamed(_xls, "应收.xlsx")),
    Case("neither_utf8_nor_gb18030", "csv", _bytes("应收.csv", MIXED), Expect(error="text_encoding_unknown")),
    Case(
        "encrypted",
        "xlsx",
        _bytes("应收.xlsx", OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(4096)),
        Expect(error="file_encrypted"),
    ),
    Case("empty", "csv", _bytes("应收.csv", b""), Expect(error="file_empty")),
]
