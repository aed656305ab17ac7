"""Amounts as people write them: a golden table of promises and one of dispute notes, of what each must give."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.importers.followup.amounts import Amount, disputed_amount, promised_amount
from arsheet.importers.followup.figures import value_of
from arsheet.ledger.words import amount_in_words

OPEN = Decimal("60000.00")
ALL = "all"
PROMISES: list[tuple[Any, str]] = [
    # amounts
    ("3万", "30000"),
    ("3.5万元", "35000"),
    ("3.5 万", "35000"),
    ("3万5", "35000"),
    ("3w", "30000"),
    ("5k", "5000"),
    ("1,234.56", "1234.56"),
    ("1,2345", "12345"),  # grouped by ten thousands
    ("１２３４", "1234"),
    ("¥500", "500"),
    ("￥500元", "500"),
    ("人民币5千", "5000"),
    ("RMB 2,000.00", "2000"),
    ("5000 yuan", "5000"),
    ("500块钱", "500"),
    ("伍万元整", "50000"),
    ("叁仟贰佰元伍角", "3200.50"),
    ("三千五", "3500"),
    ("五百元五角", "500.50"),
    ("客户付2万", "20000"),
    ("先付1万元", "10000"),
    ("pay 5000", "5000"),
    (3000.5, "3000.5"),
    (60000, "60000"),
    # all that is open
    (None, ALL),
    ("  ", ALL),
    ("尾款", ALL),
    ("余款", ALL),
    ("全额", ALL),
    ("全部付清", ALL),
    ("all", ALL),
    ("in full", ALL),
    ("the balance", ALL),
    # asked back: part of the question
    ("50%", "未收金额的 50% 是 30,000.00 CNY；请写成数字，例如 30,000.00"),
    ("100%", "未收金额的 100% 是 60,000.00"),
    (0.5, "是 50%（30,000.00 CNY）还是 0.5 CNY？请写成数字"),  # what a spreadsheet makes of 50%
    (1, "是 100%"),
    ("打八折", "是比例或折扣，不是金额"),
    ("3成", "是比例或折扣"),
    ("一半", "是比例或折扣"),
    ("3万件", "看不懂"),
    ("3台×200元", "不止一个数"),
    ("3-5万", "不止一个数"),
    ("分两次各2万", "不止一个数"),
    ("约5万", "不是确切的金额"),
    ("5万左右", "不是确切的金额"),
    ("2万多", "不是确切的金额"),
    ("10000元/月", "看不懂"),
    ("每月5000", "看不懂"),
    ("5万，余款下月", "看不懂"),
    ("3万50元", "看不懂"),
    ("1.234", "小数太多"),  # or one thousand and more
    (33333.333333, "小数太多"),
    ("$500", "写的是 USD，单据是 CNY"),
    ("USD 500", "写的是 USD"),
    ("美金500元", "写的是 USD"),
    ("-5", "应大于 0"),
    ("(500)", "应大于 0"),
    (0, "应大于 0"),
    ("7万", "70,000.00 大于未收金额 60,000.00 CNY"),
    ("1000000000000000000", "太大"),
    (True, "看不懂"),
    ("12/25", "不止一个数"),
    ("一些", "看不懂"),
]
DISPUTES: list[tuple[str, str]] = [
    # the amount is named
    ("2000元", "2000"),
    ("6千", "6000"),
    ("多开了1200", "1200"),
    ("少付了三千块", "3000"),
    ("1200 多开", "1200"),
    ("差500没付", "500"),
    ("发票金额多开 2,000", "2000"),
    ("发票1003 多开500元", "500"),
    ("INV-300多收500元", "500"),
    ("少发 5 箱，扣2000", "2000"),
    ("单价不对，差200元", "200"),
    ("质量扣款:1500", "1500"),
    ("差价200", "200"),
    ("差 1 万 2", "12000"),
    ("差额三千五", "3500"),
    ("扣五百元", "500"),
    ("差伍佰元整", "500"),
    ("扣500块", "500"),
    ("返工费1.2万", "12000"),
    ("尾差 0.37", "0.37"),
    ("RMB500 damaged goods", "500"),
    ("overcharged by 250 on item 3", "250"),
    ("short by 300.00", "300"),
    ("要求打八折，少收2000元", "2000"),
    ("扣5%，即2500元", "2500"),
    ("3台×200元=600元", "600"),
    ("10.5元/斤 × 20斤 = 210元", "210"),
    ("10箱破损，每箱50元，共500", "500"),
    ("A多收200元，B多收300元，共500元", "500"),
    ("总价5万元，多算了2000元", "2000"),
    ("客户只认8000，扣2000", "2000"),
    ("开票12000元，应为10000元，多开2000元", "2000"),
    ("已付5000元，差500元", "500"),
    ("争议 500.00 CNY", "500"),
    # no amount: all of it
    ("质量问题", ALL),
    ("尾款", ALL),
    ("全额", ALL),
    ("整张拒付", ALL),
    ("短少3万件", ALL),
    ("单价高了0.5元/件", ALL),
    ("每件多收0.5元", ALL),
    ("单价多收2元，3件", ALL),
    ("合同号2024元字第3号", ALL),
    ("合同2024-015有误", ALL),
    ("2024年的货", ALL),
    ("2024元旦的货没到", ALL),
    ("3月15日才到货", ALL),
    ("2024-03-15发的货", ALL),
    ("迟交10天", ALL),
    ("发票1003有误", ALL),
    ("客户ID 88812 重复", ALL),
    ("PO 4500123 wrong", ALL),
    ("型号5000的阀门坏了", ALL),
    ("电话13800001111", ALL),
    ("3万公里后故障", ALL),
    ("300元件短少", ALL),
    ("短少500块板", ALL),
    ("多开了12张发票", ALL),
    ("deduct 5 boxes", ALL),
    ("不良率5%", ALL),
    ("3成不良", ALL),
    ("一半货有问题", ALL),
    ("千万不要付", ALL),
    ("十分不满", ALL),
    ("发票金额60000元有误", ALL),
    ("短少300，全额拒付", ALL),
    # asked back: part of the question
    ("2000", "是金额还是编号、数量？"),
    ("质量问题 2000", "里的“2000”是争议的总金额吗？"),
    ("短少300", "里的“300”是争议的总金额吗？"),
    ("3台×200元", "要算出来"),
    ("A、B各多收500元", "要算出来"),
    ("价格-500元", "里的“500元”是争议的总金额吗？"),
    ("价格高了2元", "里的“2元”是争议的总金额吗？"),
    ("打八折", "是多少钱？"),
    ("扣5%", "是多少钱？"),
    ("50%货款不付", "是多少钱？"),
    ("扣一半", "是多少钱？"),
    ("多收500元，少付300元", "里有不止一个金额（300.00、500.00）"),
    ("全额拒付，差500元", "又说全额又写金额"),
    ("只肯付8000元", "还是客户认可的、已付的或单据的金额？"),
    ("客户资金紧张，3月底付2万", "还是客户认可的"),
    ("只收到 5000", "还是客户认可的"),
    ("开成5000元，应为4500元", "还是客户认可的"),
    ("发票金额5000元有误", "还是客户认可的"),
    ("已付5000元未核销", "还是客户认可的"),
    ("约2万元", "不确切"),
    ("扣500元左右", "不确切"),
    ("2-3万元", "不确切"),
    ("500多元", "不确切"),
    ("几千元", "不确切"),
    ("$500 wrong", "写的是 USD，单据是 CNY"),
    ("多收$250（1800元）", "写的是 USD"),
    ("500.555元", "小数太多"),
    ("3万50元", "看不懂"),
    ("差0元", "里的金额是 0"),
    ("扣 7 万", "争议金额 70,000.00 大于未收金额 60,000.00 CNY；请核对"),
]
IN_DOLLARS: list[tuple[str, str, str]] = [
    ("USD 300 short", "USD", "300"),
    ("$250 overcharged", "USD", "250"),
    ("250 overcharged", "USD", "250"),
    ("美金500元多收", "USD", "500"),
    ("credit note of $120.50 expected", "USD", "120.50"),
    ("total 500 disputed", "USD", "500"),
    ("500 SEK too much", "SEK", "500"),
    ("¥500 差异", "JPY", "500"),
    ("tax 120.00 charged twice", "USD", 'has "120.00": is that the whole'),
    ("3 boxes missing", "USD", ALL),
    ("invoice 1003 not received", "USD", ALL),
    ("delivered 3 days late", "USD", ALL),
    ("$5 per box", "USD", ALL),
    ("unit price $5 too high", "USD", ALL),
    ("full amount", "USD", ALL),
    ("¥500 多收了", "USD", "is in CNY, the document in USD"),
    ("$500 wrong", "HKD", "is in USD, the document in HKD"),
    ("300 short", "USD", 'has "300": is that the whole amount disputed? Please name'),
    ("about $200", "USD", "not exact"),
    ("$200-300", "USD", "not exact"),
    ("2 pcs x $50", "USD", "worked out"),
    ("customer will only pay $800", "USD", "what the customer accepts"),
    ("charged $300 instead of $250", "USD", "what the customer accepts"),
    ("damaged goods, 20% off", "USD", "how much money is that? Please"),
    ("$100.50 too much", "JPY", "is in USD"),
    ("deduct 100.5", "JPY", "too many decimals (JPY has 0)"),
]


def check(found: Amount, expected: str, told: str) -> None:
    if expected == ALL or re.fullmatch(r"[\d.]+", expected):
        assert not found.asked, found.zh
        assert found.value == (None if expected == ALL else Decimal(expected))
    else:
        assert found.asked, found.value
        assert found.value is None
        assert expected in told


@pytest.mark.parametrize(("written", "expected"), PROMISES)
def test_promises(written: Any, expected: str) -> None:
    found = promised_amount(written, "CNY", OPEN)
    check(found, expected, found.zh)


@pytest.mark.parametrize(("written", "expected"), DISPUTES)
def test_disputes(written: str, expected: str) -> None:
    found = disputed_amount(written, "CNY", OPEN)
    check(found, expected, found.zh)


@pytest.mark.parametrize(("written", "currency", "expected"), IN_DOLLARS)
def test_disputes_of_other_currencies(written: str, currency: str, expected: str) -> None:
    found = disputed_amount(written, currency, Decimal(1000))
    check(found, expected, found.en)


def test_every_question_is_in_both_languages_and_its_example_is_understood() -> None:
    for found in [disputed_amount(written, "CNY", OPEN) for written, _ in DISPUTES]:
        for example in re.findall("例如“(.*?)”", found.zh) + re.findall('such as "(.*?)"', found.en):
            assert disputed_amount(example, "CNY", OPEN) == Amount(Decimal("500.00"))
        assert bool(found.zh) == bool(found.en)
    for found in [promised_amount(written, "CNY", OPEN) for written, _ in PROMISES]:
        for example in re.findall("例如 (.*)", found.zh) + re.findall("such as (.*)", found.en):
            assert not promised_amount(example, "CNY", OPEN).asked
        assert bool(found.zh) == bool(found.en)


@given(st.integers(200, 10**11))
def test_amounts_as_vouchers_write_them(minor: int) -> None:
    written, wanted = amount_in_words(minor), Decimal(minor).scaleb(-2)
    assert promised_amount(written, "CNY", Decimal(10**10)).value == wanted
    assert disputed_amount(f"多收{written}", "CNY", Decimal(10**10)).value == wanted


@pytest.mark.parametrize("written", ["千万", "三五", "3万50", "二〇二四", "十三四", "元", ""])
def test_what_is_no_number(written: str) -> None:
    assert value_of(written) in (None, 0)


_WORDS = [
    "扣", "多收", "约", "共", "每", "单价", "只付", "3", "1,200", "50%", "万", "元", "¥", "$", "-", "x", "件", "=", " ",
    "，", "2024", ".5", "亿", "伍", "角", "全额", "a-1",
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(_WORDS), max_size=12).map("".join)))
def test_any_text_gives_an_amount_that_may_stand_or_a_question(text: str) -> None:
    for found in (promised_amount(text, "CNY", OPEN), disputed_amount(text, "CNY", OPEN)):
        assert found.value is None or (0 < found.value <= OPEN and found.value == round(found.value, 2))
        assert found.asked == bool(found.en)


@pytest.mark.parametrize("part", ["9", "1,", "多1", "一", "的", "a-1", "1元", "亿", "1 ", "3 x 4 ", "¥", "万千百"])
def test_long_notes_take_no_longer_than_they_must(part: str) -> None:
    note = part * (2000 // len(part))
    disputed_amount(note, "CNY", OPEN)
    promised_amount(note, "CNY", OPEN)
