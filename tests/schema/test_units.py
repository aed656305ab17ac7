"""Units of money as titles, headers and cells of real files write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arsheet.schema.units import header_unit, is_measure, read_unit, stated_units

READ = {
    "万元": (10_000, ""),
    "人民币万元": (10_000, "CNY"),
    "萬元": (10_000, ""),
    "百万元": (1_000_000, ""),
    "亿元": (10**8, ""),
    "元": (1, ""),
    "人民币元": (1, "CNY"),
    "美元": (None, "USD"),
    "万美元": (10_000, "USD"),
    "千港元": (1000, "HKD"),
    "RMB’000": (1000, "CNY"),
    "USD million": (10**6, "USD"),
    "in thousands of yuan": (1000, ""),
    "$": (None, "$"),
}


@pytest.mark.parametrize("text", READ)
def test_a_unit_is_read_whole(text: str) -> None:
    unit = read_unit(text)
    assert unit is not None
    scale, currency = READ[text]
    assert (unit.scale, unit.currency) == (None if scale is None else Decimal(scale), currency)


@pytest.mark.parametrize("text", ["", "个", "万股", "千克", "公司", "万元实业", "万千元", "美元欧元", "of", "单位"])
def test_what_is_no_unit_of_money(text: str) -> None:
    assert read_unit(text) is None


STATED = {
    "单位：万元": [(10_000, "")],
    "单位 万元": [(10_000, "")],
    "单位（千元）": [(1000, "")],
    "单位：万元（含税）": [(10_000, "")],
    "单位:万元币种:人民币": [(10_000, ""), (None, "CNY")],
    "本表金额均为百万元": [(1_000_000, "")],
    "以万元为单位": [(10_000, "")],
    "Amounts in USD thousands": [(1000, "USD")],
    "Currency: USD": [(None, "USD")],
    "应收（美元户）": [(None, "USD")],
    "应收账款明细表": [],
    "单位名称：某某公司": [],
    "客户：千元百货": [],
    "客户：上海万元": [],
    "单位：万股": [],
    "注册资本 500 万元": [],
    "汇率（美元）7.1": [],
    "All": [],
}


@pytest.mark.parametrize("text", STATED)
def test_what_a_title_states(text: str) -> None:
    found = [(unit.scale and int(unit.scale), unit.currency) for unit in stated_units(text)]
    assert sorted(found, key=str) == sorted(STATED[text], key=str)


@pytest.mark.parametrize(
    ("header", "plain", "scale"),
    [
        ("应收金额（万元）", "应收金额", 10_000),
        ("应收金额（单位：千元）", "应收金额", 1000),
        ("金额（含税，千美元）", "金额(含税)", 1000),
        ("金额-万元", "金额", 10_000),
        ("Amount in thousands", "Amount", 1000),
        ("金额（元）", "金额", 1),
        ("价税合计(含税)", "价税合计(含税)", None),
        ("万元", "万元", None),
    ],
)
def test_a_header_and_its_unit(header: str, plain: str, scale: int | None) -> None:
    text, unit = header_unit(header)
    assert text == plain
    assert (unit.scale if unit else None) == scale


def test_measures_of_goods_are_no_money() -> None:
    assert is_measure("件")
    assert is_measure("ＰＣＳ")
    assert not is_measure("万元")
