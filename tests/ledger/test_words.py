"""大写金额: a table of amounts derived by the rules, a slow oracle, and the published examples."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.ledger.money import to_minor
from arsheet.ledger.words import DIGITS, UNITS, amount_in_words, date_in_words, number_in_words
from arsheet.table import to_day

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "china" / "amount_in_words_cases.json"

AMOUNTS = """
0 零元整 | 0.01 壹分 | 0.05 伍分 | 0.09 玖分 | 0.10 壹角 | 0.11 壹角壹分 | 0.20 贰角 | 0.35 叁角伍分 | 0.99 玖角玖分
1 壹元整 | 1.01 壹元零壹分 | 1.10 壹元壹角 | 1.11 壹元壹角壹分 | 2.50 贰元伍角 | 9.99 玖元玖角玖分
10 壹拾元整 | 10.01 壹拾元零壹分 | 10.10 壹拾元零壹角 | 10.11 壹拾元零壹角壹分 | 11 壹拾壹元整 | 11.20 壹拾壹元贰角
15 壹拾伍元整 | 19.90 壹拾玖元玖角 | 20 贰拾元整 | 20.02 贰拾元零贰分 | 20.20 贰拾元零贰角 | 21 贰拾壹元整
50.50 伍拾元零伍角 | 99 玖拾玖元整 | 99.99 玖拾玖元玖角玖分 | 100 壹佰元整 | 100.01 壹佰元零壹分 | 100.10 壹佰元零壹角
101 壹佰零壹元整 | 101.01 壹佰零壹元零壹分 | 101.10 壹佰零壹元壹角 | 110 壹佰壹拾元整 | 110.50 壹佰壹拾元零伍角
111 壹佰壹拾壹元整 | 120 壹佰贰拾元整 | 200 贰佰元整 | 205 贰佰零伍元整 | 250 贰佰伍拾元整 | 999 玖佰玖拾玖元整
1000 壹仟元整 | 1000.01 壹仟元零壹分 | 1000.50 壹仟元零伍角 | 1001 壹仟零壹元整 | 1001.10 壹仟零壹元壹角
1010 壹仟零壹拾元整 | 1011 壹仟零壹拾壹元整 | 1100 壹仟壹佰元整 | 1101 壹仟壹佰零壹元整 | 1110 壹仟壹佰壹拾元整
1111 壹仟壹佰壹拾壹元整 | 2008 贰仟零捌元整 | 3020 叁仟零贰拾元整 | 5600 伍仟陆佰元整 | 8088 捌仟零捌拾捌元整
9999 玖仟玖佰玖拾玖元整 | 9999.99 玖仟玖佰玖拾玖元玖角玖分
10000 壹万元整 | 10000.01 壹万元零壹分 | 10000.10 壹万元零壹角 | 10001 壹万零壹元整 | 10010 壹万零壹拾元整
10011 壹万零壹拾壹元整 | 10100 壹万零壹佰元整 | 10101 壹万零壹佰零壹元整 | 11000 壹万壹仟元整
11001 壹万壹仟零壹元整 | 12345.67 壹万贰仟叁佰肆拾伍元陆角柒分 | 20500 贰万零伍佰元整 | 50005.05 伍万零伍元零伍分
99999 玖万玖仟玖佰玖拾玖元整 | 100000 壹拾万元整 | 100001 壹拾万零壹元整 | 100100 壹拾万零壹佰元整
101000 壹拾万壹仟元整 | 110000 壹拾壹万元整 | 105000 壹拾万伍仟元整 | 150000 壹拾伍万元整
200300.40 贰拾万零叁佰元零肆角 | 1000000 壹佰万元整 | 1000001 壹佰万零壹元整 | 1000100 壹佰万零壹佰元整
1005000 壹佰万伍仟元整 | 1010000 壹佰零壹万元整 | 1050000 壹佰零伍万元整
1234567.89 壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分
2005008 贰佰万伍仟零捌元整 | 10000000 壹仟万元整 | 10000001 壹仟万零壹元整 | 10010000 壹仟零壹万元整
10100000 壹仟零壹拾万元整 | 10001000 壹仟万壹仟元整 | 10500000 壹仟零伍拾万元整 | 20200020.20 贰仟零贰拾万零贰拾元零贰角
50000000.05 伍仟万元零伍分 | 99999999.99 玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分
100000000 壹亿元整 | 100000001 壹亿零壹元整 | 100000010.10 壹亿零壹拾元零壹角 | 100000100 壹亿零壹佰元整
100001000 壹亿零壹仟元整 | 100010000 壹亿零壹万元整 | 100100000 壹亿零壹拾万元整 | 101000000 壹亿零壹佰万元整
110000000 壹亿壹仟万元整 | 110001000 壹亿壹仟万壹仟元整 | 110000100 壹亿壹仟万零壹佰元整
123456789 壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元整
500005000 伍亿零伍仟元整 | 1000000000 壹拾亿元整 | 1050000000 壹拾亿伍仟万元整 | 1005000000 壹拾亿零伍佰万元整
1000000001 壹拾亿零壹元整 | 10000000000 壹佰亿元整 | 10100000000 壹佰零壹亿元整 | 100000000000 壹仟亿元整
100000010000 壹仟亿零壹万元整 | 1000000000000 壹万亿元整 | 1000100000000 壹万零壹亿元整 | 1200000000000 壹万贰仟亿元整
1000000000001.10 壹万亿零壹元壹角 | -1 负壹元整 | -0.01 负壹分 | -12.34 负壹拾贰元叁角肆分 | -100000 负壹拾万元整
"""
TABLE = [tuple(item.split()) for line in AMOUNTS.split("\n") for item in line.split("|") if item.strip()]


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 100
    assert len({amount for amount, _ in TABLE}) == len(TABLE)


@pytest.mark.parametrize(("amount", "words"), TABLE)
def test_amounts(amount: str, words: str) -> None:
    assert amount_in_words(to_minor(amount)) == words


def oracle(number: int) -> str:
    """Every digit with its place, zeros then folded; a group's own trailing zeros are silent."""
    text, names = "", ("", "拾", "佰", "仟")
    digits = str(number)
    for index, digit in enumerate(digits):
        place = len(digits) - 1 - index
        text += DIGITS[int(digit)] + (names[place % 4] if digit != "0" else "")
        if place % 8 == 4 and any(d != "0" for d in digits[max(0, index - 3) : index + 1]):
            text += "万"
        if place == 8:
            text += "亿"
    text = re.sub("零+(?=[万亿])", lambda m: "~" * len(m[0]), text)
    text = re.sub("~+([万亿])(?=零)", r"\1", text).replace("~", "")
    return re.sub("零+", "零", text).rstrip("零") or "零"


@settings(deadline=None)
@given(st.integers(0, 10**12 - 1))
def test_numbers_agree_with_the_oracle(number: int) -> None:
    assert number_in_words(number) == oracle(number)


@settings(deadline=None)
@given(st.integers(-(10**14), 10**14))
def test_no_two_amounts_share_their_words_form(minor: int) -> None:
    words = amount_in_words(minor)
    assert "零零" not in words
    assert not words.startswith("拾")
    assert words.endswith("整") == (minor % 100 == 0)
    assert amount_in_words(-minor).removeprefix("负") == words.removeprefix("负")
    if minor:
        assert words != amount_in_words(minor + 1)


def test_prefix_and_currencies() -> None:
    assert amount_in_words(140950, prefix=True) == "人民币壹仟肆佰零玖元伍角"
    assert amount_in_words(10000, "USD") == "壹佰美元整"
    assert amount_in_words(10000, "USD", prefix=True) == "美元壹佰元整"
    assert amount_in_words(12345, "HKD", prefix=True) == "港币壹佰贰拾叁元肆角伍分"
    assert amount_in_words(12345, "EUR") == "壹佰贰拾叁欧元肆角伍分"
    assert amount_in_words(12345, "JPY") == "壹万贰仟叁佰肆拾伍日元整"
    assert amount_in_words(1005, "KWD") == "壹科威特第纳尔零伍厘"
    assert amount_in_words(-100, prefix=True) == "人民币负壹元整"


def test_every_currency_has_words() -> None:
    assert all(amount_in_words(123, code) for code in UNITS)


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="XAU"):
        amount_in_words(1, "XAU")


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2025-01-15", "贰零贰伍年零壹月壹拾伍日"),
        ("2025-02-12", "贰零贰伍年零贰月壹拾贰日"),
        ("2024-10-20", "贰零贰肆年零壹拾月零贰拾日"),
        ("2024-11-30", "贰零贰肆年壹拾壹月零叁拾日"),
        ("2024-12-31", "贰零贰肆年壹拾贰月叁拾壹日"),
        ("2026-03-09", "贰零贰陆年叁月零玖日"),
        ("2026-09-10", "贰零贰陆年玖月零壹拾日"),
    ],
)
def test_dates(date: str, words: str) -> None:
    assert date_in_words(to_day(dt.date.fromisoformat(date))) == words


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published examples are not beside the repository")
def test_published_examples() -> None:
    cases = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    for case in cases["amounts"]:
        assert amount_in_words(to_minor(case["amount"])) in case["accept"]
    for case in cases["extra_from_cn2an_0_5_24"]:
        assert amount_in_words(to_minor(case["amount"])) == case["text"]
    for case in cases["dates"]:
        assert date_in_words(to_day(dt.date.fromisoformat(f"2025-{case['date']}"))).endswith(case["text"])
