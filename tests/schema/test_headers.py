"""Headers as real files write them find their columns."""

from __future__ import annotations

import pytest

from arsheet.schema.headers import HeaderMatch, match_headers, normalise
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES, expand


def match(headers: str, table: str = "invoices", **options: dict[str, str]) -> HeaderMatch:
    return match_headers(headers.split(","), TABLES[table], extra=IMPORT_COLUMNS.get(table, ()), **options)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("价税合计（元）", "价税合计"),
        ("金额(人民币)", "金额"),
        ("Outstanding Amount ($)", "outstanding_amount"),
        ("Ｄｕｅ　Ｄａｔｅ", "due date"),
        (" 客 户 编 码 ", "客户编码"),
        ("Invoice-No.", "invoice no"),
        ("逾期天数（天）", "逾期天数"),
        ("发生额\n（贷）", "发生额贷"),
    ],
)
def test_normalise(text: str, same: str) -> None:
    assert normalise(text) == normalise(same)


def test_an_amount_in_another_scale_is_not_the_amount() -> None:
    assert normalise("金额（万元）") != normalise("金额")
    assert "amount" not in match("单据号,客户编码,单据日期,价税合计（万元）")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", TABLES)
def test_our_own_headers_match_their_columns(key: str, language: str) -> None:
    spec = TABLES[key]
    found = match_headers([column.header(language) for column in spec.columns], spec)
    assert dict(found.mapping) == {column.key: index for index, column in enumerate(spec.columns)}
    assert found.unmatched == ()
    assert found.missing == ()
    assert not found.ambiguous


@pytest.mark.parametrize("key", TABLES)
def test_keys_and_every_alias_match_their_columns(key: str) -> None:
    spec = TABLES[key]
    for column in spec.columns:
        for name in (column.key, *column.aliases):
            assert match_headers([name], spec).mapping.get(column.key) == 0, name


def test_ibm_export() -> None:
    headers = (
        "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,"
        "PaperlessBill,DaysToSettle,DaysLate"
    )
    found = match(headers)
    assert dict(found.mapping) == {
        "customer_id": 1, "document_no": 3, "document_date": 4, "due_date": 5, "amount": 6, "settled_on": 8,
    }  # fmt: skip
    assert found.missing == ()


def test_highradius_exports() -> None:
    found = match(
        ",business_code,cust_number,name_customer,clear_date,buisness_year,doc_id,posting_date,due_in_date,"
        "baseline_create_date,cust_payment_terms,converted_usd"
    )
    assert dict(found.mapping) == {
        "customer_id": 2, "customer_name": 3, "settled_on": 4, "document_no": 6, "document_date": 7, "due_date": 8,
        "base_date": 9, "terms": 10, "amount": 11,
    }  # fmt: skip
    aged = match("Invoice ID,Customer Name,Currency,Outstanding Amount ($),Due Date,Days Overdue")
    assert dict(aged.mapping) == {"document_no": 0, "customer_name": 1, "currency": 2, "amount": 3, "due_date": 4}
    assert aged.missing == ("customer_id", "document_date")
    assert aged.unmatched == (5,)


def test_customer_is_the_id_only_if_nothing_else_is() -> None:
    assert match("客户,单据号,单据日期,金额").mapping["customer_id"] == 0
    both = match("客户,客户编码,单据号,单据日期,金额").mapping
    assert (both["customer_id"], both["customer_name"]) == (1, 0)
    named = match("客户,客户名称,单据号").mapping
    assert (named["customer_id"], named["customer_name"]) == (0, 1)
    only_name = match("客户名称,单据号")
    assert "customer_id" in only_name.missing
    assert only_name.mapping["customer_name"] == 0
    master = match("客户,客户编码", "customers").mapping
    assert (master["customer_id"], master["name"]) == (1, 0)


def test_an_amount_beside_its_tax_is_the_net_amount() -> None:
    full = match("金额,税额,价税合计").mapping
    assert (full["net"], full["tax"], full["amount"]) == (0, 1, 2)
    assert match("金额").mapping["amount"] == 0
    net_only = match("金额,税额")
    assert net_only.mapping["net"] == 0
    assert "amount" in net_only.missing


def test_the_tax_invoice_number_is_the_document_number_if_alone() -> None:
    assert match("发票号码,客户编码").mapping == {"document_no": 0, "customer_id": 1}
    both = match("发票号码,单据编号").mapping
    assert (both["document_no"], both["tax_invoice_no"]) == (1, 0)


def test_an_open_amount_is_the_amount_if_alone() -> None:
    both = match("价税合计,未收金额").mapping
    assert (both["amount"], both["open_amount"]) == (0, 1)
    assert match("余额").mapping["amount"] == 0


def test_the_more_specific_wins_and_the_others_are_reported() -> None:
    found = match("应收金额,价税合计,Amount")
    assert found.mapping["amount"] == 1  # the column's own Chinese header
    assert found.ambiguous["amount"] == (1, 2, 0)
    assert match("应收总额,InvoiceAmount").mapping["amount"] == 1  # the longer alias
    twice = match("单据号,价税合计,价税合计")
    assert twice.mapping["amount"] == 1
    assert twice.ambiguous["amount"] == (1, 2)
    assert twice.unmatched == (2,)


def test_overrides_come_first() -> None:
    found = match("Betrag,价税合计,备注", overrides={"betrag": "amount", "备注": ""})
    assert found.mapping == {"amount": 0}
    assert found.unmatched == (1,)
    with pytest.raises(KeyError, match="nonsense"):
        match("x", overrides={"x": "nonsense"})


def test_blank_and_strange_headers_do_no_harm() -> None:
    found = match_headers([None, "", 2026, 1.5, "价税合计"], TABLES["invoices"])
    assert dict(found.mapping) == {"amount": 4}
    assert found.unmatched == (2, 3)


def test_a_view_written_by_us_is_read_back() -> None:
    columns = expand(TABLES["overdue_aging"])
    assert len({normalise(column.zh) for column in columns}) == len(columns)
    assert len({normalise(column.en) for column in columns}) == len(columns)
