"""What the import of a list would do: new rows, known rows, customers, currencies, openings."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arsheet.hosts.reading import read_file
from arsheet.importers.plan import merged
from arsheet.importers.tabular import plan_import
from arsheet.ledger.assembly import assemble
from arsheet.schema.findings import findings, words
from arsheet.schema.tables import TABLES
from arsheet.table import ArsheetError, Table, from_day, iso, to_day
from tests.importers.import_cases import HEADER, Planner, appended, codes, grid_of, invoices, only

A = ["XS001", "C001", "甲公司", "2026-01-05", "2026-02-04", "100.00"]
B = ["XS002", "C001", "甲公司", "2026-01-06", "2026-02-05", "50.50"]
C = ["XS003", "C002", "乙公司", "2026-01-07", "2026-02-06", "1,000.00"]


def test_count_sum_and_dates_before_anything_is_written(plan: Planner) -> None:
    made = plan(invoices(A, B, C))
    counts = made.preview.tables["invoices"]
    assert (counts.rows_read, counts.rows_new) == (3, 3)
    assert counts.sum_new == {"CNY": Decimal("1150.50")}
    assert (iso(counts.earliest or 0), iso(counts.latest or 0)) == ("2026-01-05", "2026-01-07")
    assert made.preview.headers["价税合计"] == "amount"
    assert made.preview.as_facts()["tables"]["invoices"]["sum"]["new"] == {"CNY": "1150.50"}


def test_ids_stay_text_and_lost_digits_are_refused(plan: Planner) -> None:
    made = plan(
        invoices(["0007", "00042", "甲", "2026-01-05", None, "1"], ["1.23457E+19", "C1", "乙", "2026-01-05", None, 2])
    )
    assert [row["document_no"] for row in appended(made)] == ["0007"]
    assert appended(made, "customers")[0]["customer_id"] == "00042"
    assert "id_lost_digits" in codes(made)
    assert made.preview.tables["invoices"].rows_refused == 1
    assert made.preview.tables["invoices"].sum_refused == {"CNY": Decimal(2)}


def test_problems_and_rows_point_to_the_cells_of_the_file(plan: Planner) -> None:
    made = plan(
        grid_of(["标题"], HEADER, A, ["XS002", "C001", "甲公司", "31/02/2026", None, "5"], first_row=4, first_column=1)
    )
    finding = next(each for each in findings(made.problems, made.sources) if each.code == "date_impossible")
    assert (finding.sheet, finding.cell) == ("数据", "E7")
    table = made.appended[-1]
    assert table.place is not None
    assert table.place.cell(0, table.header.index("amount")) == "G6"


def test_new_customers_take_the_commonest_spelling(plan: Planner) -> None:
    rows = [
        ["1", "C1", "甲公司 "],
        ["2", "C1", "甲有限公司"],
        ["3", "C1", "甲有限公司"],
        ["4", "C2", "乙"],
        ["5", "C2", "乙"],
    ]
    made = plan(invoices(*[[*row, "2026-01-05", None, "1"] for row in rows]))
    customers = {row["customer_id"]: (row["name"], row["payer_aliases"]) for row in appended(made, "customers")}
    assert customers == {"C1": ("甲有限公司", "甲公司"), "C2": ("乙", None)}
    problem = only(made, "customer_has_several_names")
    assert (problem.facts["id"], problem.facts["names"]) == ("C1", "甲有限公司 ×2、甲公司 ×1")
    assert made.preview.new_customers == ("C1", "C2")


def test_a_known_customer_with_a_new_name_is_a_note(plan: Planner) -> None:
    tables = merged({}, plan(invoices(A)))
    made = plan(invoices(["XS009", "C001", "甲集团", "2026-01-05", None, "1"]), tables)
    assert appended(made, "customers") == []
    assert only(made, "customer_has_name_not_in_workbook").facts["names"] == "甲集团 ×1"


@pytest.mark.parametrize("header", ["客户名称", "客户", "Customer"])
def test_names_only_are_matched_by_name_alias_or_id(plan: Planner, header: str) -> None:
    first = [["1", "C1", "甲有限公司"], ["2", "C1", "甲有限公司"], ["3", "C1", "甲厂"], ["4", "C2", "乙"]]
    tables = merged({}, plan(invoices(*[[*row, "2026-01-05", None, "1"] for row in first])))
    rows = [["10", "甲厂"], ["11", "甲有限 公司"], ["12", "乙"], ["13", "C2"], ["14", "丙（上海）"], ["15", "丙(上海)"]]
    made = plan(grid_of(["单号", header, "日期", "金额"], *[[*row, "2026-01-05", "1"] for row in rows]), tables)
    assert [row["customer_id"] for row in appended(made)] == ["C1", "C1", "C2", "C2", "丙(上海)", "丙(上海)"]
    assert [row["name"] for row in appended(made, "customers")] == ["丙(上海)"]


def test_a_name_of_several_customers_is_refused(plan: Planner) -> None:
    tables = merged(
        {}, plan(invoices(["1", "C1", "甲", "2026-01-05", None, 1], ["2", "C2", "甲", "2026-01-05", None, 1]))
    )
    made = plan(grid_of(["单号", "客户名称", "日期", "金额"], ["3", "甲", "2026-01-05", "9"]), tables)
    assert only(made, "customer_name_of_several_customers").facts["ids"] == "C1、C2"
    assert made.changes_nothing


def test_a_reexport_with_one_new_row_adds_one_row(plan: Planner) -> None:
    tables = merged({}, plan(invoices(A, B)))
    made = plan(invoices(A, B, C), tables)
    assert [row["document_no"] for row in appended(made)] == ["XS003"]
    counts = made.preview.tables["invoices"]
    assert (counts.rows_known, counts.rows_new, counts.rows_different) == (2, 1, 0)
    assert plan(invoices(A, B, C), merged(tables, made)).changes_nothing


def test_another_order_of_rows_and_columns_adds_nothing(plan: Planner) -> None:
    rows = [
        [f"N{i}", f"C{i % 3}", f"客户{i % 3}", dt.date(2026, 1, 1) + dt.timedelta(i), None, i + 0.25] for i in range(40)
    ]
    tables = merged({}, plan(invoices(*rows)))
    rng = random.Random(7)
    for _ in range(5):
        order = rng.sample(range(6), 6)
        shuffled = rng.sample(rows, len(rows))
        grid = grid_of([HEADER[at] for at in order], *[[row[at] for at in order] for row in shuffled])
        assert plan(grid, tables).changes_nothing


def test_another_encoding_adds_nothing(tmp_path: Path, plan: Planner) -> None:
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in (HEADER, A, B, C))
    tables: dict[str, Any] = {}
    for name, encoding in (("a.csv", "utf-8"), ("b.csv", "gb18030"), ("c.csv", "utf-8-sig"), ("d.csv", "utf-16")):
        (tmp_path / name).write_text(text, encoding)
        book = read_file(tmp_path / name)
        made = plan(book.grid(book.sheet_names[0]), tables)
        assert len(appended(made)) == (0 if tables else 3)
        tables = merged(tables, made)


def test_the_same_number_with_another_amount_in_the_file(plan: Planner) -> None:
    made = plan(invoices(A, ["XS001", "C001", "甲公司", "2026-01-05", "2026-02-04", "101.00"]))
    facts = only(made, "document_exists_with_different_amount").facts
    assert (facts["first"], facts["this"]) == ({"amount": Decimal("100.00")}, {"amount": Decimal("101.00")})
    assert (facts["first_cell"], facts["this_cell"]) == ("F2", "F3")
    assert [row["amount"] for row in appended(made)] == [Decimal("100.00")]


def test_the_same_number_with_another_amount_in_the_workbook(plan: Planner) -> None:
    tables = {table.name: table for table in plan(invoices(A, B)).appended}
    made = plan(invoices(["XS002", "C001", "甲公司", "2026-01-06", "2026-02-05", "60"], C), tables)
    facts = only(made, "document_in_workbook_has_different_amount").facts
    assert (facts["first"], facts["this"]) == ({"amount": Decimal("50.50")}, {"amount": Decimal("60.00")})
    assert (facts["first_cell"], facts["this_cell"]) == ("数据!F3", "F2")
    assert [row["document_no"] for row in appended(made)] == ["XS003"]


def test_other_values_are_a_note_and_the_row_stays(plan: Planner) -> None:
    tables = merged({}, plan(invoices(A)))
    made = plan(invoices(["XS001", "C001", "甲公司", "2026-01-05", "2026-03-04", "100"]), tables)
    problem = only(made, "document_in_workbook_has_different_values")
    assert problem.column == "due_date"
    assert made.changes_nothing
    assert findings(made.problems, made.sources)[0].severity == "note"


def test_a_blank_cell_says_nothing_against_the_workbook(plan: Planner) -> None:
    tables = merged({}, plan(invoices(A)))
    assert codes(plan(invoices(["XS001", "C001", "甲公司", "2026-01-05", None, "100"]), tables)) == []


def test_repeated_rows_are_counted_and_imported_once(plan: Planner) -> None:
    facts = only(made := plan(invoices(A, A, B, A, B)), "rows_repeated_in_file").facts
    assert (facts["rows"], facts["ids"], facts["id"]) == (3, 2, "XS001")
    assert len(appended(made)) == 2


def test_two_customers_under_one_number(plan: Planner) -> None:
    assert "document_no_used_by_two_customers" in codes(plan(invoices(A, ["XS001", *C[1:5], "100.00"])))


def test_currency_of_rows_without_one(plan: Planner) -> None:
    made = plan(invoices(A), currency="美元")
    assert [row["currency"] for row in appended(made)] == ["USD"]
    assert made.preview.tables["invoices"].sum_new == {"USD": Decimal("100.00")}
    assert appended(plan(invoices(A), settings={"base_currency": "EUR"}))[0]["currency"] == "EUR"


def test_currencies_are_never_added(plan: Planner) -> None:
    made = plan(grid_of([*HEADER, "币种"], [*A, "人民币"], [*B, "USD"], [*C, None]), currency="HKD")
    assert made.preview.tables["invoices"].sum_new == {
        "CNY": Decimal(100),
        "HKD": Decimal(1000),
        "USD": Decimal("50.5"),
    }


def test_an_unknown_currency_is_refused_with_its_amount(plan: Planner) -> None:
    made = plan(grid_of([*HEADER, "币种"], [*A, "??"]))
    assert only(made, "currency_unknown").facts["read"] == "??"
    assert made.preview.tables["invoices"].rows_refused == 1
    assert made.preview.tables["invoices"].sum_refused == {"??": Decimal("100.00")}


def test_a_row_without_amount_is_refused_and_the_others_stand(plan: Planner) -> None:
    made = plan(
        invoices(
            A, ["XS002", "C001", "甲公司", "2026-01-06", None, "待确认"], ["XS003", "C1", "丙", None, None, "5"], C
        )
    )
    assert codes(made) == ["amount_not_a_number", "row_without_required_value"]
    assert len(appended(made)) == 2
    assert made.preview.tables["invoices"].rows_refused == 2


def test_mapping_names_headers_and_ignores_them(plan: Planner) -> None:
    grid = grid_of(["No.", "Who", "When", "How much", "SettledDate"], ["1", "C1", "2026-01-05", "9", "2026-01-09"])
    mapping = {
        "No.": "document_no",
        "who": "customer_id",
        "When": "document_date",
        "How much": "amount",
        "SettledDate": "",
    }
    made = plan(grid, mapping=mapping)
    assert len(appended(made)) == 1
    assert appended(made, "receipts") == []


@pytest.mark.parametrize(
    ("mapping", "code"), [({"单据号": "nonsense"}, "column_key_unknown"), ({"没有": "memo"}, "header_not_in_file")]
)
def test_a_wrong_mapping_is_refused(plan: Planner, mapping: dict[str, str], code: str) -> None:
    with pytest.raises(ArsheetError) as caught:
        plan(invoices(A), mapping=mapping)
    assert caught.value.code == code


def test_opening_of_a_trial_balance(plan: Planner) -> None:
    grid = grid_of(
        ["科目余额表"],
        ["客户编码", "客户名称", "方向", "期末余额"],
        ["C1", "甲", "借", "1,200.00"],
        ["C2", "乙", "贷", "300.00"],
        ["合计", None, None, "1,500.00"],
    )
    made = plan(grid, kind="opening", settings={"as_of": "2025-12-31"})
    rows = appended(made)
    assert [(row["document_no"], row["kind"], row["amount"]) for row in rows] == [
        ("期初-C1", "opening", Decimal("1200.00")),
        ("期初-C2", "opening", Decimal("-300.00")),
    ]
    assert {from_day(row["document_date"]).isoformat() for row in rows} == {"2025-12-31"}
    assert made.preview.numbers_made == 2
    assert only(made, "document_number_made").facts["count"] == 2
    assert only(made, "document_date_missing_as_of_date_taken").facts["count"] == 2
    assert plan(grid, merged({}, made), kind="opening", settings={"as_of": "2026-01-31"}).changes_nothing
    assert assemble(merged({}, made)).ledger.lines.amount.sum() == 90_000


def test_opening_numbers_do_not_depend_on_the_order(plan: Planner) -> None:
    rows = [
        ["C1", "2025-11-05", "10"],
        ["C1", "2025-12-05", "20"],
        ["C1", "2025-12-05", "30"],
        ["C2", "2025-12-05", "5"],
    ]
    header = ["客户编码", "单据日期", "余额"]
    first = plan(grid_of(header, *rows), kind="opening")
    assert sorted(row["document_no"] for row in appended(first)) == [
        "期初-C1-20251105", "期初-C1-20251205", "期初-C1-20251205-2", "期初-C2-20251205",
    ]  # fmt: skip
    assert plan(grid_of(header, *rows[::-1]), merged({}, first), kind="opening").changes_nothing


def test_opening_takes_the_open_amount(plan: Planner) -> None:
    made = plan(grid_of([*HEADER, "未收金额"], [*A, "40.00"], [*B, None]), kind="opening")
    assert [row["amount"] for row in appended(made)] == [Decimal("40.00"), Decimal("50.50")]


def test_invoices_with_open_amounts_but_no_dates_of_payment(plan: Planner) -> None:
    facts = only(
        plan(grid_of([*HEADER, "未收金额"], [*A, "40.00"], [*B, "50.50"])), "documents_partly_settled_without_date"
    )
    assert (facts.facts["count"], facts.facts["sum"]) == (1, Decimal("60.00"))


def test_debit_and_credit_columns(plan: Planner) -> None:
    made = plan(
        grid_of(
            ["单据号", "客户编码", "单据日期", "借方金额", "贷方金额"],
            ["1", "C1", "2026-01-05", "10", None],
            ["2", "C1", "2026-01-06", None, "4"],
        )
    )
    assert [row["amount"] for row in appended(made)] == [Decimal(10), Decimal(-4)]


def test_one_finding_per_unknown_term_due_date_or_not(plan: Planner) -> None:
    grid = grid_of(
        [*HEADER, "账期条款"], [*A, "CA10"], [*B, "CA10"], [*C, "月结30天"], ["XS4", *C[1:4], None, 5, "ZZ9"]
    )
    made = plan(grid)
    assert [each.facts["terms"] for each in made.problems if each.code == "terms_not_understood"] == ["CA10", "ZZ9"]
    defined = Table("terms", ("terms_id", "expression"), (["CA10"], ["net 10"]))
    assert [each.facts["terms"] for each in plan(grid, {"terms": defined}).problems] == ["ZZ9"]


def test_customers_file(plan: Planner) -> None:
    grid = grid_of(["客户编码", "客户名称", "账期"], ["001", "甲", "月结30天"], ["002", "乙", None], [None, "丙", None])
    made = plan(grid, kind="customers")
    assert [row["customer_id"] for row in appended(made, "customers")] == ["001", "002", "丙"]
    again = plan(
        grid_of(["客户编码", "客户名称", "账期"], ["001", "甲方", "月结30天"]), merged({}, made), kind="customers"
    )
    assert only(again, "customer_in_workbook_has_different_values").facts["this"] == {"name": "甲方"}


def test_receipts_with_the_documents_they_settle(plan: Planner) -> None:
    header = ["收款单号", "收款日期", "客户编码", "收款金额", "核销单据号", "核销金额"]
    rows = [["R1", "2026-02-01", "C1", "150", "XS1", "100"], ["R1", "2026-02-01", "C1", "150", "XS2", "50"]]
    made = plan(grid_of(header, *rows), kind="receipts")
    assert [(row["receipt_no"], row["amount"]) for row in appended(made, "receipts")] == [("R1", Decimal(150))]
    uses = appended(made, "applications")
    assert [(row["source_no"], row["document_no"], row["amount"]) for row in uses] == [
        ("R1", "XS1", Decimal(100)),
        ("R1", "XS2", Decimal(50)),
    ]
    assert codes(made) == []
    assert plan(grid_of(header, *rows[::-1]), merged({}, made), kind="receipts").changes_nothing


def test_a_receipt_of_nobody_known_stays_without_customer(plan: Planner) -> None:
    made = plan(
        grid_of(["收款单号", "收款日期", "付款方", "收款金额"], ["R1", "2026-02-01", "某公司", "5"]), kind="receipts"
    )
    assert appended(made, "receipts")[0]["customer_id"] is None
    assert appended(made, "customers") == []


@pytest.mark.parametrize(
    ("kind", "header", "row", "number"),
    [
        (
            "applications",
            ["来源单号", "单据号", "核销日期", "核销金额"],
            ["R1", "XS1", "2026-02-01", "9"],
            "A-R1-XS1-20260201",
        ),
        ("instalments", ["单据号", "期次", "到期日", "分期金额"], ["XS1", "1", "2026-02-01", "9"], "XS1"),
        ("limits", ["客户编码", "额度类型", "信用额度"], ["C1", "基本额度", "5万"], "C1"),
        ("orders", ["订单号", "客户编码", "订单金额"], ["SO1", "C1", "9"], "SO1"),
    ],
)
def test_other_kinds(plan: Planner, kind: str, header: list[str], row: list[str], number: str) -> None:
    made = plan(grid_of(header, row), kind=kind)
    table = made.appended[-1]
    assert table.name == kind
    assert table.columns[0][0] == number
    assert plan(grid_of(header, row), merged({}, made), kind=kind).changes_nothing


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ArsheetError, match="cannot import"):
        plan_import("bank", invoices(A), {})


def test_every_word_can_be_said() -> None:
    for code, (severity, *texts) in words().items():
        assert severity in ("error", "warning", "note"), code
        assert all(texts), code


def test_appended_tables_have_all_columns_of_the_declaration(plan: Planner) -> None:
    for table in plan(grid_of([*HEADER, "SettledDate"], [*A, "2026-02-01"])).appended:
        assert table.header == tuple(column.key for column in TABLES[table.name].columns)
        assert len(table.kinds) == len(table.header)


def test_ten_thousand_rows(plan: Planner) -> None:
    day = to_day(dt.date(2026, 1, 1))
    rows = [[f"N{i}", f"C{i % 500}", f"客户{i % 500}", from_day(day + i % 300), None, i + 0.5] for i in range(10_000)]
    assert plan(invoices(*rows)).preview.tables["invoices"].rows_new == 10_000
