"""The words of the command line: columns by any of their names, dates by 今天, and a cure in every refusal."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from arsheet.cli.dates import DateParam
from arsheet.hosts.opening_words import damaged
from arsheet.run.session import open_session, write_settings
from tests.cli.books import answer, ask, rows_of, write

ODD = "客户 名称,单号X,日期Y,钱\n甲,A1,2025-01-01,5\n"


@pytest.mark.parametrize(
    "names",
    [
        ("document_no", "document_date", "amount"),
        ("单据号", "单据日期", "价税合计"),
        ("Document no", "document date", "Amount"),
    ],
)
def test_a_header_is_named_by_key_or_by_the_words_of_the_sheets(
    empty: Path, tmp_path: Path, names: tuple[str, str, str]
) -> None:
    file = write(tmp_path / "odd.csv", ODD)
    asked = [
        part
        for header, name in zip(("单号X", "日期Y", "钱"), names, strict=True)
        for part in ("--map", f"{header}={name}")
    ]
    said = ask("import", "invoices", file, "--into", empty, "--yes", *asked).stdout
    assert "客户 名称 → 客户名称" in said
    assert "customer_name" not in said
    assert [(row["单据号"], row["价税合计"]) for row in rows_of(empty, "invoices")] == [("A1", 5)]
    later = ask(
        "import", "invoices", write(tmp_path / "next.csv", ODD.replace("A1", "A2")), "--into", empty, "--dry-run"
    )
    assert "沿用上次指明的列：单号X → 单据号  日期Y → 单据日期  钱 → 价税合计" in later.stdout


def test_a_name_of_no_column_is_refused_with_the_names_there_are(empty: Path, tmp_path: Path) -> None:
    result = ask("import", "invoices", write(tmp_path / "odd.csv", ODD), "--into", empty, "--map", "钱=什么")
    assert result.exit_code == 2
    assert "价税合计" in result.stderr
    assert "Amount" in result.stderr


@pytest.mark.parametrize("kind", ["invoices", "customers", "receipts"])
def test_a_file_without_rows_is_no_success(empty: Path, tmp_path: Path, kind: str) -> None:
    header = {"invoices": "单据号,客户编码,单据日期,价税合计", "customers": "客户编码,客户名称"}
    file = write(tmp_path / "only.csv", "某公司\n" + header.get(kind, "收款单号,收款日期,客户编码,金额") + "\n")
    found = answer("import", kind, file, "--into", empty)
    assert not found["written"]
    assert [(item["code"], item["cell"]) for item in found["findings"]] == [("file_without_rows", "A2")]


def test_a_file_imported_again_speaks_of_deleted_rows_only_where_there_are(empty: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "l.csv", "单据号,客户编码,单据日期,到期日,价税合计\nA,C1,2025-01-01,2025-02-01,5\n")
    answer("import", "invoices", file, "--into", empty)
    again = answer("import", "invoices", file, "--into", empty)["findings"]
    assert [item["code"] for item in again] == ["file_imported_before"]
    assert "0 行" not in again[0]["zh"]


def test_a_new_book_is_an_xlsx_file(tmp_path: Path) -> None:
    assert ask("new", tmp_path / "应收").stdout.strip().endswith("应收.xlsx")
    assert (tmp_path / "应收.xlsx").exists()
    assert not (tmp_path / "应收").exists()
    assert answer("new", tmp_path / "sampled", "--sample", "100")["book"].endswith("sampled.xlsx")
    for name in ("old.xls", "macros.xlsm", "list.csv"):
        refused = ask("new", tmp_path / name)
        assert refused.exit_code == 3
        assert f"{Path(name).stem}.xlsx" in refused.stderr
        assert not (tmp_path / name).exists()


@pytest.mark.parametrize("word", ["今天", "today", "Today", "当天"])
def test_today_is_the_day_where_the_company_is(empty: Path, word: str) -> None:
    session = open_session(empty, only=())
    write_settings(session, {"timezone": "Pacific/Kiritimati"})
    session.file_host.save()
    before = dt.datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    found = answer("check", empty, "--as-of", word)
    after = dt.datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    assert before <= dt.date.fromisoformat(found["as_of"]) <= after
    assert DateParam().convert("2026-03-31", None, None) == dt.date(2026, 3, 31)


def test_today_needs_no_book(tmp_path: Path) -> None:
    file = write(tmp_path / "l.csv", "单据号,客户编码,单据日期,价税合计\nA,C1,2025-01-01,5\n")
    assert dt.date.fromisoformat(answer("aging", file, "--as-of", "今天")["as_of"]) >= dt.date(2026, 1, 1)
    assert ask("check", tmp_path / "none.xlsx", "--as-of", "今天").exit_code == 3


@pytest.mark.parametrize(
    ("name", "data", "code", "zh", "en"),
    [
        ("cut.xlsx", b"PK\x03\x04 and no more", "file_damaged", "重新导出或下载", "arsheet restore cut.xlsx --list"),
        ("none.xlsx", b"", "file_empty", "重新导出或下载", "arsheet restore none.xlsx --list"),
        ("a.dat", b"a\0b", "file_kind_unknown", "另存为 .xlsx 或 .csv", "save it as .xlsx or .csv"),
        ("l.csv", b"a,b\n1,2\n", "file_not_xlsx", "另存为 .xlsx", "save it as .xlsx"),
        ("gone.xlsx", None, "file_not_found", "检查文件名", "check its name"),
    ],
)
def test_every_refusal_of_a_file_has_a_cure(
    tmp_path: Path, name: str, data: bytes | None, code: str, zh: str, en: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    result = ask("refresh", tmp_path / name, "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["error"]) == (3, code)
    assert zh in said["zh"]
    assert en in said["en"]
    assert said["en"].isascii()


def test_a_broken_part_is_named(tmp_path: Path) -> None:
    assert "sheet1.xml" in damaged("b.xlsx", "sheet1.xml: checksum").zh
    assert "不完整" in damaged("b.xlsx", "File is not a zip file").zh


def test_the_doctor_claims_no_more_than_it_looked_at() -> None:
    found = answer("excel", "doctor", code=ask("excel", "doctor").exit_code)
    said = ask("excel", "doctor").stdout
    if found["unchecked"] and not found["faults"]:
        assert said.startswith("检查过的部分没有发现故障")
    assert said.startswith("没有发现故障 /") == (not found["faults"] and not found["unchecked"])
