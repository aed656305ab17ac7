"""Settings: complete in both languages, the stated defaults, and cells read as people write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from arsheet.schema.settings import (
    BY_KEY,
    GROUPS,
    SETTINGS,
    allowed_words,
    defaults,
    read_setting_value,
    shown_value,
)
from arsheet.table import ArsheetError

STATED = {
    "aging_basis": "due invoice delivery original",
    "not_due": "own merge",
    "credit_mode": "apply own_date column fifo",
    "unapplied": "column fifo",
    "instalment_application": "due_order prorata",
    "application_policy": "legal specified fifo prorata",
    "base_rate": "closing document",
    "missing_terms": "invoice_date",
    "yuejie": "days months invoice_date",
    "roll": "none following preceding modified_following",
    "years_step": "calendar 365",
    "last_line": "residual",
    "discount_base": "gross net mixed",
    "discount_rounding": "payable discount",
    "match_by": "order stated amount reference suggest",
    "match_prefer": "oldest newest",
    "tolerance_side": "shortfall both",
    "overpayment": "credit write_off",
    "auto_post": "0 1",
    "limit_zero": "cash_only no_limit",
    "group_limit": "both fallback",
    "insured_limit": "ignore add",
    "dunning_escalation": "step jump",
    "dunning_mode": "days_overdue days_after_end_of_due_month days_since_previous",
    "fee_kind": "fixed percent",
    "year_days": "365 360",
    "dso_method": "classic countback best since_first_invoice",
    "dso_no_sales": "blank zero",
    "notes_in": "0 1",
    "annualise": "simple compound",
    "receipt_before_invoice": "by_reference allow",
    "promise_pauses": "document amount",
    "fee_billing": "on_approval on_send",
    "sales_tax_basis": "incl excl",
    "language": "zh en",
}
"""Key -> its values, the default first."""
FREE = {
    "as_of": "today", "buckets": "30,60,90", "cutoff_day": "", "discount_grace_days": "0", "tolerance_minor": "0",
    "tolerance_percent": "0", "search_fields": "label,reference,note", "exposure_parts": "", "overdue_margin_days": "0",
    "company": "", "tax_no": "", "own_size_class": "", "base_currency": "CNY", "timezone": "Asia/Shanghai",
    "max_messages": "50", "max_amount": "", "send_from": "08:00", "send_to": "20:00", "workdays_only": "1",
    "approve_from_level": "3", "staleness_days": "3", "letterhead": "", "qr_folder": "",
    "publish_phones": "0", "sync_login": "service_account", "sync_key": "", "sync_relay": "", "sync_agreed": "",
}  # fmt: skip


def test_every_stated_setting_is_there_with_its_default_and_values() -> None:
    assert set(BY_KEY) == {*STATED, *FREE, "book_id"}
    for key, values in STATED.items():
        assert {choice.key for choice in BY_KEY[key].choices} == set(values.split()), key
        assert BY_KEY[key].default == values.split()[0]
        assert BY_KEY[key].choices[0].key == BY_KEY[key].default
    for key, value in FREE.items():
        assert BY_KEY[key].default == value
    assert len(SETTINGS) == len(BY_KEY)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_both_languages_are_complete(setting: Any) -> None:
    assert setting.zh
    assert setting.en
    assert setting.help_zh.endswith("。")
    assert setting.help_en.endswith(".")
    assert setting.group in GROUPS
    assert all(choice.zh and choice.en for choice in setting.choices)
    assert allowed_words(setting, "zh")
    assert allowed_words(setting, "en")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_what_is_shown_is_read_back(setting: Any) -> None:
    for value in {setting.default, *(choice.key for choice in setting.choices)}:
        for language in ("zh", "en"):
            assert read_setting_value(setting, shown_value(setting, value, language)) == value
        assert read_setting_value(setting, value) == value


def test_names_and_groups_stand_together() -> None:
    assert len({setting.zh for setting in SETTINGS}) == len(SETTINGS)
    assert len({setting.en for setting in SETTINGS}) == len(SETTINGS)
    order = [setting.group for setting in SETTINGS]
    assert list(dict.fromkeys(order)) == list(GROUPS)
    assert order == sorted(order, key=list(GROUPS).index)


def test_defaults() -> None:
    assert defaults()["language"] == "zh"
    assert defaults("en")["language"] == "en"
    assert defaults() == {setting.key: setting.default for setting in SETTINGS}


@pytest.mark.parametrize(
    ("key", "cell", "value"),
    [
        ("as_of", "今天", "today"),
        ("as_of", None, "today"),
        ("as_of", "TODAY", "today"),
        ("as_of", dt.date(2026, 3, 31), "2026-03-31"),
        ("as_of", dt.datetime(2026, 3, 31), "2026-03-31"),
        ("as_of", "2026/3/31", "2026-03-31"),
        ("as_of", "2026年3月31日", "2026-03-31"),
        ("as_of", 46112, "2026-03-31"),
        ("buckets", "30，60，90，180", "30,60,90,180"),
        ("buckets", "30 60", "30,60"),
        ("buckets", "按年", "years"),
        ("buckets", 30.0, "30"),
        ("aging_basis", "到期日", "due"),
        ("aging_basis", " Document  date ", "invoice"),
        ("cutoff_day", 25.0, "25"),
        ("cutoff_day", "", ""),
        ("auto_post", True, "1"),
        ("auto_post", 0, "0"),
        ("auto_post", "是", "1"),
        ("years_step", 365.0, "365"),
        ("year_days", 360, "360"),
        ("tolerance_percent", 0.5, "0.5"),
        ("max_amount", "1,000,000", "1000000"),
        ("send_from", dt.time(8, 30), "08:30"),
        ("send_from", 0.375, "09:00"),
        ("send_to", "9:05", "09:05"),
        ("search_fields", "摘要、备注", "label,note"),
        ("exposure_parts", "未到期应收，未开票订单=500000", "open,orders=500000"),
        ("tax_no", "９１３１", "9131"),
        ("company", "  甲公司 ", "甲公司"),
    ],
)
def test_cells_are_read(key: str, cell: Any, value: str) -> None:
    assert read_setting_value(key, cell) == value


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("as_of", "明天"),
        ("as_of", "2026-02-30"),
        ("buckets", "60,30"),
        ("buckets", "0,30"),
        ("buckets", "a"),
        ("aging_basis", "随便"),
        ("cutoff_day", 32),
        ("cutoff_day", "2.5"),
        ("tolerance_percent", "-1"),
        ("tolerance_percent", "NaN"),
        ("send_from", "25:00"),
        ("search_fields", "标题"),
        ("search_fields", "摘要=3"),
        ("exposure_parts", "订单=x"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_is_allowed(key: str, cell: Any) -> None:
    with pytest.raises(ArsheetError) as caught:
        read_setting_value(key, cell)
    assert caught.value.code == "setting_value_not_understood"
    assert allowed_words(BY_KEY[key], "zh") in caught.value.zh
    assert BY_KEY[key].en in caught.value.en


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ArsheetError) as caught:
        read_setting_value("nonsense", "1")
    assert caught.value.code == "setting_unknown"
