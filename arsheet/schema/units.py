"""Units of money as files write them: 万元, 千美元, RMB'000, in thousands of yuan, 币种：美元."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from arsheet.ledger.assembly.rows import CURRENCY_WORDS


@dataclass(frozen=True, slots=True)
class Unit:
    """What a text says of amounts: their scale (None where it says none; 元 says 1) and their currency ("" if none).

    A currency is an ISO code, or a bare sign ($, ¥) that several currencies share. ``text`` is as the file writes it.
    """

    scale: Decimal | None
    currency: str
    text: str

    @property
    def says_more_than_yuan(self) -> bool:
        """Whether amounts are in another scale or in a currency other than the yuan."""
        return self.scale not in (None, Decimal(1)) or self.currency not in ("", "CNY", "¥")


_WORDS_OF_SCALES = {
    100: "百 佰",
    1000: "千 仟 thousands thousand '000s '000 000s 000 k",
    10**4: "万 萬",
    10**5: "十万",
    10**6: "百万 millions million mio mn",
    10**7: "千万",
    10**8: "亿 億",
    10**9: "十亿 billions billion bn",
}
_SCALES = {word: Decimal(factor) for factor, words in _WORDS_OF_SCALES.items() for word in words.split()}
_CODES = (
    *("USD", "EUR", "HKD", "JPY", "GBP", "AUD", "CAD", "SGD", "TWD", "KRW", "THB", "VND", "MYR", "IDR", "INR", "RUB"),
    *("CHF", "NZD", "AED", "SAR", "BRL", "MXN", "ZAR", "SEK", "NOK", "DKK", "PLN", "TRY", "PHP", "MOP"),
)
_MORE_CURRENCIES = {
    "CNY": "人民幣",
    "SGD": "新元 新币",
    "CAD": "加拿大元",
    "KRW": "韩币",
    "THB": "泰铢",
    "USD": "美圆 usdollars usdollar",
    "EUR": "euros euro",
    "$": "$",
    "¥": "¥ ￥",
}
_CURRENCIES = {
    **{word.casefold(): code for word, code in CURRENCY_WORDS.items() if word != "元" and not word.startswith("PRE")},
    **{code.casefold(): code for code in _CODES},
    **{word: code for code, words in _MORE_CURRENCIES.items() for word in words.split()},
}
_WHOLE = frozenset(("元", "圆", "圓", "yuan"))
_FILLERS = ("账户", "户", "为单位", "单位", "为", "in", "of", "本位币", "currency")
_TOKENS = re.compile(
    "|".join(map(re.escape, sorted({*_SCALES, *_CURRENCIES, *_WHOLE, *_FILLERS}, key=len, reverse=True)))
)
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_LABEL = r"(?:单位|币种|币别|货币|\bcurrency|\bunits?)"
_LABELLED = re.compile(rf"({_LABEL})\s*(?:[:=(]|均为|都为|皆为|为|是|\s)\s*((?:(?!{_LABEL})[^,;。()\]】|])+)", re.I)
_ZH_SCALED = re.compile(
    r"(?:(?:人民币|人民幣)\s*)?(?:十亿|亿|億|千万|百万|十万|万|萬|千|仟|百|佰)(?:元|圆|圓|美元|美金|港元|港币|欧元|日元|英镑)"
    r"(?:人民币)?(?=\s|$|[,;。、()\]】|/-]|为单位|计|列示|填列|表示)"
)
_NUMERALS = frozenset("0123456789一二三四五六七八九十百千万亿几数两余多.")
_BEFORE = re.compile(r"(?:^|[\s:,;，。(\[【/=_-]|[为是按以用表额位])$")
"""What a scale may follow in a title: 客户：上海万元 is a name, 注册资本 500 万元 an amount."""
_EN_SCALED = re.compile(
    r"\bin\s+(?:[a-z]{3}\s+|[$¥]\s*)?(?:thousands?|millions?|billions?)"
    r"(?:\s+of\s+(?:rmb|cny|usd|eur|hkd|yuan|us dollars?))?(?=\s*(?:$|[,;.)\]]))|\b(?:[a-z]{3})\s*'000s?\b",
    re.I,
)
_SUFFIX = re.compile(
    r"[-_/:\s]*(?:(?:人民币)?(?:十亿|亿|千万|百万|十万|万|千|百)(?:元|圆|美元|港元|港币|欧元|日元|英镑)"
    r"|\s(?:in\s+)?(?:[a-z]{3}\s*)?(?:'000s?|thousands?|millions?)(?:\s+of\s+[a-z]{3,4})?)$",
    re.I,
)
_MEASURES = frozenset(
    (
        *("个", "件", "台", "套", "只", "吨", "公斤", "千克", "克", "kg", "g", "t", "箱", "米", "m", "批", "次", "项"),
        *("张", "条", "本", "支", "瓶", "包", "盒", "袋", "卷", "片", "块", "双", "对", "组", "份", "辆", "桶", "根"),
        *("天", "小时", "人", "月", "年", "平方米", "立方米", "㎡", "pcs", "pc", "set", "sets", "ea", "each", "box"),
        *("ctn", "hour", "hours", "day", "days"),
    )
)


def plain_text(text: str) -> str:
    """Full-width forms made half-width, one kind of apostrophe, runs of white space made one space."""
    return " ".join(re.sub("[’‘`´]", "'", unicodedata.normalize("NFKC", text)).split())


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit | None:
    """A text that is nothing but a unit of money, else None: 万元 · 人民币千元 · 美元 · USD'000 · in thousands."""
    shown = re.sub(r"^(?:金额|货币|计价)?单位[:=\s]*", "", plain_text(text).strip("()[]【】:;,。-—"))
    rest = re.sub(r"[\s:]", "", shown).casefold()
    scale: Decimal | None = None
    currency, whole, at = "", False, 0
    while at < len(rest):
        found = _TOKENS.match(rest, at)
        if found is None:
            return None
        word, at = found[0], found.end()
        if word in _SCALES:
            if scale is not None:
                return None
            scale = _SCALES[word]
        elif word in _CURRENCIES:
            if currency not in ("", _CURRENCIES[word]):
                return None
            currency = _CURRENCIES[word]
        whole = whole or word in _WHOLE or word == "人民币元"
    if scale is None and whole:
        scale = Decimal(1)
    return Unit(scale, currency, shown) if scale is not None or currency else None


def is_measure(text: str) -> bool:
    """Whether a text is a unit that goods are counted in: 件, 吨, pcs."""
    return plain_text(text).casefold() in _MEASURES


def stated_units(text: str) -> list[Unit]:
    """What a title line says of the amounts under it: 单位：万元 · （千元） · 币种：美元 · (in thousands of RMB).

    单位名称：某公司 and 注册资本 500 万元 say nothing of them.
    """
    said = plain_text(text)
    found = [_bare(said)]
    for _, rest in _LABELLED.findall(said):
        words = rest.split()
        tries = (read_unit("".join(words[:count])) for count in range(min(4, len(words)), 0, -1))
        found.append(next((unit for unit in tries if unit is not None), None))
    if "汇率" not in said and "rate" not in said.casefold():
        found += [read_unit(part) for inside in _BRACKETS.findall(said) for part in re.split("[,;、]", inside)]
    found += [read_unit(each[0]) for each in _EN_SCALED.finditer(said)]
    for each in _ZH_SCALED.finditer(said):
        before = said[: each.start()]
        if _BEFORE.search(before) and before.rstrip()[-1:] not in _NUMERALS:
            found.append(read_unit(each[0]))
    return list({(unit.scale, unit.currency): unit for unit in found[::-1] if unit is not None}.values())[::-1]


def _bare(said: str) -> Unit | None:
    """A cell that is a unit alone; short Latin words (all, K) must look like one."""
    unit = read_unit(said)
    if unit is None or re.search(r"[\u4e00-\u9fff]", said) or "000" in said or said in ("RMB", "CNY", *_CODES):
        return unit
    return unit if unit.currency and unit.scale is not None else None


@lru_cache(maxsize=4096)
def header_unit(header: str) -> tuple[str, Unit | None]:
    """A header without its unit of money, and that unit: 应收金额（万元）, 金额（含税，千美元）, Amount (RMB'000)."""
    said = plain_text(header)
    for inside in _BRACKETS.finditer(said):
        parts = re.split("[,;、]", inside[1])
        units = [read_unit(part) for part in parts]
        unit = next((each for each in units if each is not None), None)
        if unit is not None:
            left = ",".join(part for part, each in zip(parts, units, strict=True) if each is None)
            return said[: inside.start()] + (f"({left})" if left else "") + said[inside.end() :], unit
    found = _SUFFIX.search(said)
    if found is not None and said[: found.start()].strip() and said[found.start() - 1] not in _NUMERALS:
        unit = read_unit(re.sub(r"^[-_/:\s]+", "", found[0]))
        if unit is not None:
            return said[: found.start()], unit
    return header, None
