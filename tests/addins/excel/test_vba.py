"""The writer of VBA projects, read back by a decompressor of our own, olefile and olevba."""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.addins.excel.build import PROJECT_ID, Addin, modules
from arsheet.addins.excel.vba.compound import compound_file
from arsheet.addins.excel.vba.compression import compress
from arsheet.addins.excel.vba.modules import NotWritable, class_module, document_module, procedural
from arsheet.addins.excel.vba.obfuscation import obfuscate
from arsheet.addins.excel.vba.project import vba_project
from arsheet.addins.excel.xlwings_part import xlwings_part
from tests.addins.excel.conftest import visible
from tests.addins.excel.decompression import decompress, revealed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import olefile

SPEC_EXAMPLES = {
    # [MS-OVBA] 3.2.1 and 3.2.3: no compression possible, and as much as possible
    b"abcdefghijklmnopqrstuv.": "0119B000616263646566676800696A6B6C6D6E6F70007172737475762E",
    b"a" * 73: "0103B002614500",
}  # fmt: skip


@pytest.mark.parametrize("text", SPEC_EXAMPLES, ids=["none", "maximum"])
def test_the_examples_of_the_specification(text: bytes) -> None:
    wanted = bytes.fromhex(SPEC_EXAMPLES[text].replace(" ", ""))
    assert decompress(wanted) == text
    assert compress(text) == wanted


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=9000), st.integers(1, 40))
def test_what_is_compressed_comes_back(data: bytes, times: int) -> None:
    for text in (data, data[:300] * times):
        assert decompress(compress(text)) == text


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4095, 4096, 4097, 8192, 20_000])
def test_chunks_of_every_size(size: int) -> None:
    source = random.Random(size)
    noise = source.randbytes(size)
    for text in (noise, (b"ab" * size)[:size], bytes(size)):
        back = decompress(compress(text))
        assert back[:size] == text
        assert not back[size:].strip(b"\0"), "a raw chunk is filled up to 4,096 bytes"
    assert len(compress(noise)) <= size + 3 * (size // 4096 + 1) + 4096


@pytest.mark.parametrize("seed", [0, 2, 4, 6, 0x5A, 255])
@pytest.mark.parametrize("data", [b"", b"\xff", bytes(4), b"secret"])
def test_protection_fields_come_back(seed: int, data: bytes) -> None:
    assert revealed(obfuscate(data, project_id=PROJECT_ID, seed=seed), PROJECT_ID) == data


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 15, 40])
def test_a_compound_file_of_any_shape_is_read_without_a_defect(count: int) -> None:
    source = random.Random(count)
    sizes = [source.choice([0, 1, 63, 64, 65, 511, 512, 4095, 4096, 4097, 60_000]) for _ in range(count)]
    streams = {f"Stream{'x' * (at % 5)}{at}": source.randbytes(size) for at, size in enumerate(sizes)}
    data = compound_file({"Storage": streams, "Top": b"t" * 5000})
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT) as ole:
        assert ole.parsing_issues == []
        assert sorted(ole.listdir()) == sorted([["Storage", name] for name in streams] + [["Top"]])
        for name, content in streams.items():
            assert ole.openstream(["Storage", name]).read() == content
    assert compound_file({"Storage": streams, "Top": b"t" * 5000}) == data


def test_siblings_form_a_red_black_tree() -> None:
    for count in range(1, 40):
        names = [f"n{'y' * (at % 7)}{at}" for at in range(count)]
        data = compound_file(dict.fromkeys(names, b"x"))
        start = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
        entries = [data[start + at * 128 : start + at * 128 + 128] for at in range(count + 1)]

        def black_height(at: int, red_above: bool, entries: list[bytes] = entries) -> int:
            if at == 0xFFFFFFFF:
                return 1
            entry = entries[at]
            red = entry[67] == 0
            assert not (red and red_above)
            left, right = struct.unpack_from("<II", entry, 68)
            one, two = black_height(left, red), black_height(right, red)
            assert one == two
            return one + (not red)

        root = struct.unpack_from("<I", entries[0], 76)[0]
        assert entries[root][67] == 1
        black_height(root, False)


def test_olevba_reads_every_module_back(macros: Callable[[bytes], dict[str, str]], addin: Addin) -> None:
    made = modules(xlwings_part(), sheets=4)
    read = macros(addin.data)
    assert set(read) == {module.name for module in made}
    for module in made:
        assert read[module.name] == visible(module.source), module.name
    assert len(read["xlwings"]) > 30_000
    assert "Public Function AR_BALANCE(" in read["ArsheetFunctions"]


def test_the_project_stream_names_and_unlocks_every_module(parts: dict[str, bytes]) -> None:
    with olefile.OleFileIO(io.BytesIO(parts["xl/vbaProject.bin"])) as ole:
        text = ole.openstream("PROJECT").read().decode("ascii")
        names = ole.openstream("PROJECTwm").read()
        listing = decompress(ole.openstream(["VBA", "dir"]).read())
    fields = dict(re.findall(r'^(CMG|DPB|GC)="([0-9A-F]+)"', text, re.M))
    assert revealed(fields["CMG"], PROJECT_ID) == bytes(4), "not protected"
    assert revealed(fields["DPB"], PROJECT_ID) == b"\0", "no password"
    assert revealed(fields["GC"], PROJECT_ID) == b"\xff", "visible"
    for line in ("Document=ThisWorkbook/&H00000000", "Module=xlwings", "Class=ArsheetEvents", "Class=Dictionary"):
        assert line in text.splitlines()
    for name in ("ThisWorkbook", "ArsheetCells"):
        assert name.encode("utf-16-le") in names
        assert name.encode("utf-16-le") in listing


@pytest.mark.parametrize(
    ("name", "text"), [("A-B", ""), ("1a", ""), ("a" * 32, ""), ("Good", "x = \"应收\"")],
    ids=["sign", "digit", "long", "han"],
)  # fmt: skip
def test_what_vba_cannot_hold_is_refused(name: str, text: str) -> None:
    with pytest.raises(NotWritable, match=r"Good line 2|no name"):
        procedural(name, text)


def test_two_modules_of_one_name_are_refused() -> None:
    with pytest.raises(NotWritable, match="one name"):
        vba_project([procedural("Same", ""), class_module("same", "")], name="P", project_id=PROJECT_ID)


def test_a_class_keeps_its_own_attributes_and_loses_its_file_header() -> None:
    text = (
        'VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1\nEND\nAttribute VB_Name = "D"\nAttribute VB_Description = "d"\nx\n'
    )
    lines = class_module("D", text).source.split("\r\n")
    assert lines[0] == 'Attribute VB_Name = "D"'
    assert "VERSION 1.0 CLASS" not in lines
    assert 'Attribute VB_Description = "d"' in lines
    assert [line for line in lines if line.startswith("Attribute VB_Name")] == lines[:1]
    assert document_module("Sheet1", "sheet").source.endswith("\r\n")
