"""Every table is declared completely, in both languages, and no header can mean two columns."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from arsheet.schema.headers import names, normalise
from arsheet.schema.model import TableSpec
from arsheet.schema.tables import DEFAULT_BUCKETS, DEFAULT_YEARS, IMPORT_COLUMNS, SOURCES, TABLES, VIEWS, expand

CATALOGUE = [
    "Staff", "BankAccounts", "Customers", "CreditFile", "Limits", "Holds", "Releases", "Cover", "Terms", "Orders",
    "Deliveries", "Invoices", "Instalments", "Receipts", "Applications", "AcceptanceBills", "BillEvents",
    "PayerAliases", "CustomerMerges", "BankLines", "DunningPolicy", "Reminders", "Activities", "Promises",
    "Disputes", "Feedback", "Statements", "TheirLines", "AdvanceRules", "BillsSent", "AccountMap", "Refunds",
    "Uses", "Escalations", "Agencies", "Evidence", "FX", "LPR", "Holidays", "Waivers", "Cadence", "SyncTargets",
    "Periods", "Snapshots", "Targets", "AlertRules", "ScoreCard", "AllowanceRates", "Scenarios", "ContingencyPlan",
    "Decisions", "Audit", "Settings",
]  # fmt: skip
CATALOGUE_VIEWS = [
    "开始", "首页", "今日", "逾期账龄", "账龄分析（按年）", "未清项", "客户余额", "重分类", "信用", "提醒清单",
    "核销建议", "对账结果", "时效台账", "指标", "回款考核", "坏账准备", "资金预测", "预警", "检查", "公式示例",
    "AR_数据", "AR_跟进", "AR_回复", "同步冲突", "AR_说明", "刷新版本",
]  # fmt: skip
INVOICES = [
    "document_no", "tax_invoice_no", "kind", "customer_id", "order_id", "document_date", "base_date",
    "delivered_on", "received_on", "confirmed_on", "terms", "payment_reference", "payment_link", "due_date", "net",
    "tax", "amount", "currency", "rate", "salesperson", "department", "project", "original_document", "memo",
]  # fmt: skip
RECEIPTS = [
    "receipt_no", "date", "booked_at", "customer_id", "payer", "payer_account", "channel", "flow_no", "amount",
    "fee", "currency", "rate", "kind", "order_id", "purpose", "state", "memo",
]  # fmt: skip
APPLICATIONS = [
    "application_id", "source_no", "document_no", "sequence", "date", "amount", "discount", "difference", "tier",
    "by", "reversed_on", "booked_at",
]  # fmt: skip

every_table = pytest.mark.parametrize("spec", TABLES.values(), ids=lambda spec: spec.key)


def test_every_table_of_the_catalogue_is_there() -> None:
    assert sorted(TABLES[key].table_name for key in SOURCES) == sorted(set(CATALOGUE) - {"Audit"})
    assert {TABLES[key].zh for key in VIEWS} == {*CATALOGUE_VIEWS, "审计"}


@pytest.mark.parametrize(
    ("key", "columns"), [("invoices", INVOICES), ("receipts", RECEIPTS), ("applications", APPLICATIONS)]
)
def test_the_keys_of_the_main_tables(key: str, columns: list[str]) -> None:
    assert [column.key for column in TABLES[key].columns] == columns


def test_names_are_unique_in_a_workbook_and_allowed_by_excel() -> None:
    for values in (
        [spec.table_name.casefold() for spec in TABLES.values()],
        [spec.zh for spec in TABLES.values()],
        [spec.en.casefold() for spec in TABLES.values()],
    ):
        assert [name for name, count in Counter(values).items() if count > 1] == []
    for spec in TABLES.values():
        assert re.fullmatch(r"[A-Za-z]+", spec.table_name)
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in (spec.zh, spec.en))


def test_only_what_most_need_is_visible() -> None:
    assert sum(spec.visible for spec in TABLES.values()) <= 16


@every_table
def test_both_languages_are_complete(spec: TableSpec) -> None:
    assert spec.zh
    assert spec.en
    assert spec.note_zh.endswith("。")
    assert spec.note_en.endswith(".")
    for column in (*expand(spec), *IMPORT_COLUMNS.get(spec.key, ())):
        assert column.key, spec.key
        assert column.zh, column
        assert column.en, column
        assert column.en.isascii(), column
        assert bool(column.note_zh) == bool(column.note_en), column
        assert column.kind not in ("choice", "flag") or column.choices, column
        for choice in column.choices:
            assert choice.zh, choice
            assert choice.en, choice


@every_table
def test_keys_and_headers_are_unique(spec: TableSpec) -> None:
    columns = expand(spec)
    for values in (
        [column.key for column in (*columns, *IMPORT_COLUMNS.get(spec.key, ()))],
        [column.zh.casefold() for column in columns],
        [column.en.casefold() for column in columns],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


@every_table
def test_no_name_is_claimed_by_two_columns(spec: TableSpec) -> None:
    columns = (*spec.columns, *IMPORT_COLUMNS.get(spec.key, ()))
    claimed = Counter(name for column in columns for name in names(column))
    assert [name for name, count in claimed.items() if count > 1] == []


@every_table
def test_no_alias_is_written_twice_or_is_empty(spec: TableSpec) -> None:
    for column in (*spec.columns, *IMPORT_COLUMNS.get(spec.key, ())):
        aliases = [normalise(alias) for alias in (*column.aliases, *column.loose)]
        assert all(aliases), column
        assert [alias for alias, count in Counter(aliases).items() if count > 1] == []


@every_table
def test_no_word_of_a_choice_means_two_keys(spec: TableSpec) -> None:
    for column in spec.columns:
        words = Counter(
            word
            for choice in column.choices
            for word in {name.casefold() for name in (choice.key, choice.zh, choice.en, *choice.aliases)}
        )
        assert [word for word, count in words.items() if count > 1] == [], column.key


@every_table
def test_loose_aliases_name_columns_that_exist(spec: TableSpec) -> None:
    keys = {column.key for column in spec.columns}
    assert {key for column in spec.columns for key in column.loose_unless} <= keys


def test_dynamic_columns_are_expanded() -> None:
    keys = [column.key for column in expand(TABLES["overdue_aging"])]
    assert keys == ["key", "name", "currency", "total", *DEFAULT_BUCKETS, "unapplied", "net", "disputed", "pending"]
    years = {column.key: column.zh for column in expand(TABLES["aging_by_year"])}
    assert [years[key] for key in DEFAULT_YEARS] == ["1年以内", "1-2年", "2-3年", "3-4年", "4-5年", "5年以上"]
    wide = expand(TABLES["overdue_aging"], ("0-15", "16+"))
    assert [column.en for column in wide if column.key in ("0-15", "16+")] == ["0-15 days", "16+ days"]


@every_table
def test_words_of_choices_fit_a_list_in_a_cell(spec: TableSpec) -> None:
    for column in spec.columns:
        for words in ([choice.zh for choice in column.choices], [choice.en for choice in column.choices]):
            assert not any(set(word) & set(",，、;；\"'") for word in words), words
            assert len(",".join(words)) <= 255
