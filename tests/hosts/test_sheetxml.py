"""The quick look round a row sees what taking its cells apart sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arsheet.hosts.sheetxml import SheetXml
from arsheet.table import WorkbookError, column_letter

INNER = [b"<v>7</v>", b"<f>A1+1</f><v>8</v>", b'<f t="shared" si="0"/>', b"<is><t>off &lt;c r=&quot;</t></is>", b""]


def sheet(cells: bytes) -> SheetXml:
    return SheetXml(b'<worksheet><sheetData><row r="3">' + cells + b"</row></sheetData></worksheet>", "S")


@given(
    cells=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(INNER), st.booleans()), unique_by=lambda c: c[0]),
    first=st.integers(0, 30),
    width=st.integers(1, 12),
)
def test_around(cells: list[tuple[int, bytes, bool]], first: int, width: int) -> None:
    texts = {}
    for column, inner, styled in cells:
        opening = b"<c " + (b's="2" ' if styled else b"") + b'r="%s3"' % column_letter(column).encode()
        texts[column] = opening + (b">" + inner + b"</c>" if inner else b"/>")
    columns = range(first, first + width)
    left, right, computed = sheet(b"".join(texts.values())).around(3, columns)
    assert left == b"".join(texts[c] for c in sorted(texts) if c < first)
    assert right == b"".join(texts[c] for c in sorted(texts) if c >= first + width)
    assert {c.column for c in computed} == {c for c, inner, _ in cells if c in columns and b"<f" in inner}


@pytest.mark.parametrize("cells", [b"<c><v>1</v></c>", b'<c r="A3"/><c/>', b'<c s="1"><v>1</v></c><c r="A3"/>'])
def test_cells_without_an_address_are_refused(cells: bytes) -> None:
    with pytest.raises(WorkbookError) as error:
        sheet(cells).around(3, range(9))
    assert error.value.code == "cell_without_address"
