"""Parts go through the zip unchanged, in the same bytes on every machine."""

from __future__ import annotations

import io
import os
import random
import zipfile
import zlib

import pytest

from arsheet.hosts import zipping
from arsheet.hosts.package import Package
from arsheet.hosts.zipping import BLOCK, deflate, inflate

DATA = random.Random(5).randbytes(3_000) * (2 * BLOCK // 3_000 + 2)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, len(DATA)])
def test_what_goes_in_comes_out(size: int) -> None:
    packed = deflate(DATA[:size], 6)
    assert zlib.decompress(packed, -15) == DATA[:size]
    assert b"".join(inflate(packed)) == DATA[:size]


def test_the_number_of_cores_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = deflate(DATA, 6)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert deflate(DATA, 6) == packed


def test_data_that_end_early_or_are_broken() -> None:
    packed = deflate(DATA[:100_000], 6)
    with pytest.raises(EOFError):
        list(inflate(packed[:-1]))
    with pytest.raises(zlib.error):
        list(inflate(b"\xff" + packed))


def test_a_large_part_in_an_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipping, "BLOCK", 1_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("名.xml", b"old")
        z.writestr("b.xml", b"kept")
        z.writestr("c.xml", b"gone")
    package = Package(stream.getvalue())
    rebuilt = package.rebuilt({"名.xml": DATA[:9_999]}, frozenset({"c.xml"}))
    with zipfile.ZipFile(io.BytesIO(rebuilt)) as z:
        assert z.testzip() is None
        assert z.namelist() == ["名.xml", "b.xml"]
        assert z.read("名.xml") == DATA[:9_999]
    assert Package(rebuilt).raw("b.xml") == package.raw("b.xml")
    assert package.holds("B.xml", b"kept")
    assert not package.holds("b.xml", b"tpek")
    assert not package.holds("none.xml", b"")
