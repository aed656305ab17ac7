"""Report keys have words in both languages."""

from __future__ import annotations

import pytest

from arsheet.ledger import buckets
from arsheet.schema.tables import DEFAULT_BUCKETS, DEFAULT_YEARS, TABLES, VIEWS
from arsheet.schema.words import WORDS, bucket_words, label, month_words


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("not_due", "未到期", "Not due"),
        ("0-30", "0-30天", "0-30 days"),
        ("1-30", "1-30天", "1-30 days"),
        ("91+", "91天以上", "91+ days"),
        ("y0-1", "1年以内", "Within 1 year"),
        ("y1-2", "1-2年", "1-2 years"),
        ("y5+", "5年以上", "Over 5 years"),
        ("unapplied", "未核销收款", "Unapplied"),
        ("net", "净额", "Net"),
        ("disputed", "其中争议", "Of which disputed"),
        ("pending", "其中待触发", "Of which pending"),
        ("not_due_memo", "其中未到期", "Of which not due"),
        ("total_row", "合计", "Total"),
    ],
)
def test_words(key: str, zh: str, en: str) -> None:
    assert (label(key, "zh"), label(key, "en")) == (zh, en)


def test_no_word_is_missing_in_either_language() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh, key
        assert en, key
        assert en.isascii(), key


@pytest.mark.parametrize("text", ["30,60,90", "15,30,45,60", "years"])
@pytest.mark.parametrize("not_due", ["own", "merge"])
def test_every_bucket_of_the_ledger_has_words(text: str, not_due: str) -> None:
    for key in buckets.make(text, 20_000, not_due=not_due).keys:
        assert label(key, "zh") != label(key, "en")


def test_the_default_keys_are_those_of_the_ledger() -> None:
    assert buckets.make("30,60,90", 20_000).keys == DEFAULT_BUCKETS
    assert buckets.make("years", 20_000).keys == DEFAULT_YEARS


def test_dynamic_columns_of_views_have_words() -> None:
    for key in VIEWS:
        for column in TABLES[key].columns:
            assert not column.dynamic or column.key in ("buckets", "years")


def test_what_is_no_bucket_has_no_words() -> None:
    assert bucket_words("1-30d") is None
    with pytest.raises(KeyError, match="nonsense"):
        label("nonsense", "zh")


def test_months() -> None:
    assert month_words(2026, 3, "zh") == "2026-03"
    assert month_words(2026, 3, "en") == "Mar 2026"
