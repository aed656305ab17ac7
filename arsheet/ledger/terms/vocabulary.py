"""The words of payment terms in zh and en: events, roles, and how a written text is made plain before it is read."""

from __future__ import annotations

import re
import unicodedata

EVENT_NAMES = {
    "invoice": ("开票日", "the invoice date"),
    "received": ("收到发票日", "receipt of the invoice"),
    "delivery": ("到货日", "delivery"),
    "acceptance": ("验收日", "acceptance"),
    "confirmed": ("对账确认日", "confirmation of the statement"),
    "signing": ("签约日", "signing of the contract"),
    "shipment": ("发货日", "shipment"),
    "booked": ("对方入账日", "booking by the customer"),
    "order": ("下单日", "the order date"),
}
"""Event -> its name in zh and en; an event of the contract's own is its own name."""

_ZH_EVENTS = {
    "invoice": r"开票|开具发票|发票开具|发票日期?|票(?=后)",
    "received": r"收到发票|发票收到|发票送达|发票到|收票|到票|票到|见票",
    "delivery": r"货物?到|货到|到货|收到货物?|收货|交货|交付|送货",
    "acceptance": r"验收合格|验收通过|验收",
    "confirmed": r"对账单确认|对账确认|确认对账|对账",
    "signing": r"合同签订|签订合同|合同签署|签约|签订",
    "shipment": r"发货|出货|装运|装船|提单",
    "booked": r"挂账|入账|入帐",
    "order": r"下单|订单",
}
_EN_EVENTS = {
    "received": r"(?:the\s+)?invoice\s+receipt|receipt\s+of\s+(?:the\s+)?invoice|(?:invoice\s+)?received",
    "invoice": r"(?:the\s+)?invoice(?:\s+date)?",
    "delivery": r"delivery|receipt\s+of\s+(?:the\s+)?goods",
    "acceptance": r"acceptance",
    "confirmed": r"(?:statement\s+)?confirm(?:ed|ation)",
    "signing": r"signing|signature|contract",
    "shipment": r"shipment|shipping|b/l(?:\s+date)?|bill\s+of\s+lading",
    "booked": r"booked|booking|posting",
    "order": r"order",
}
BOTH = "货票齐到"
"""What 货、票到 and its spellings become: the later of delivery and receipt of the invoice."""
_BOTH = re.compile(
    r"货[、和及与&/+,]?票(?:均|都|齐|同时)?到(?:齐|达)?|票[、和及与&/+,]?货(?:均|都|齐|同时)?到(?:齐|达)?"
    r"|货到[、和及与&/+,]?票到|票到[、和及与&/+,]?货到"
)


def _alternatives(patterns: dict[str, str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns.values())


ZH_EVENT = f"{BOTH}|{_alternatives(dict(sorted(_ZH_EVENTS.items(), key=lambda item: item[0] == 'invoice')))}"
EN_EVENT = _alternatives(_EN_EVENTS)
_SPELLINGS = [(re.compile(pattern), event) for table in (_ZH_EVENTS, _EN_EVENTS) for event, pattern in table.items()]


def events_of(word: str) -> tuple[str, ...]:
    """The events a word names; the invoice itself is the base date, so it is none; another word names itself."""
    word = word.strip()
    if word == BOTH:
        return ("delivery", "received")
    if "&" in word:
        return tuple(event for part in word.split("&") for event in events_of(part))
    if word == "票":
        return ()
    for pattern, event in _SPELLINGS:
        if pattern.fullmatch(word):
            return () if event == "invoice" else (event,)
    return (word,)


ADVANCE = re.compile(
    r"预付款?|定金|订金|首付款?|首款|\b(?:as\s+)?(?:a\s+)?(?:prepay(?:ment)?|prepaid|deposit|down\s?payment|in\s+advance|advance)\b"
)
RETENTION = re.compile(r"(?:作为|为)?(?:质量保证金|质保金|保修金|质保|保留金)|\bretention(?:\s+money)?\b")
CREDIT_LETTER = re.compile(r"信用证|(?<![a-z])l/c(?:\s+at(?=\s+\d))?(?:\s+usance)?")

REST_WORDS = re.compile(
    r"\b(?:the\s+)?(?:rest|remainder|balance)\b|(?:余款|尾款|余额|其余款?项?|剩余(?:款项|部分|货款)?)"
)
PERCENT_OF_REST = re.compile(
    r"(?P<a>\d+(?:\.\d+)?)%\s*of\s*(?:the\s+)?(?:rest|remaining|remainder|balance)|(?:余款|尾款|剩余|余额)的(?P<b>\d+(?:\.\d+)?)%"
)
PERCENT = re.compile(r"(?P<a>\d+(?:\.\d+)?)%(?:\s*of\s*(?:the\s+)?total)?")
FIXED = re.compile(
    r"(?:(?P<sign>¥|\$|€|rmb|cny|usd|eur|hkd)\s*)?(?P<a>\d+(?:\.\d+)?)(?P<wan>万)?(?:(?P<yuan>元|块)|(?![\d.%]))"
)

_DIGITS = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")}, **{c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "〇": 0, "两": 2,
}  # fmt: skip
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_NUMERAL = "[零〇一二三四五六七八九十百千两壹贰叁肆伍陆柒捌玖拾佰仟]"
_NUMBER_BEFORE_UNIT = re.compile(rf"{_NUMERAL}+(?=天|日|号|个月|年|周|成)")
_PERCENT_WORDS = re.compile(rf"百分之({_NUMERAL}+|\d+(?:\.\d+)?)")
_LABEL = re.compile(r"^(?:付款|结算|收款)?(?:条款|条件|方式|账期)[::]|^(?:payment\s+)?terms:\s*")


def chinese_number(text: str) -> int:
    """三十 -> 30, 一百二十 -> 120, 叁拾 -> 30; digits in a row are read as such (三〇 -> 30)."""
    if not any(char in _TENS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = current = 0
    for char in text:
        if char in _TENS:
            total += (current or 1) * _TENS[char]
            current = 0
        else:
            current = _DIGITS[char]
    return total + current


def tighten(text: str) -> str:
    """One space for many, and none beside a Chinese character, but the one that ends an event's name after @."""
    text = re.sub(r"(@[^\s\d+@%/;,]+)\s+", "\\1\0", re.sub(r"\s+", " ", text.strip()))
    return re.sub(r"(?<=[一-鿿])\s+|\s+(?=[一-鿿])", "", text).replace("\0", " ").strip()


def plain(text: str) -> str:
    """Half-width, lower case, digits for numerals, no thousands separators, no spaces beside Chinese characters."""
    text = unicodedata.normalize("NFKC", text).lower().strip().rstrip("。.;,")
    text = re.sub(r"[–—−]", "-", text)
    text = _LABEL.sub("", tighten(text))
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = _PERCENT_WORDS.sub(lambda m: f"{m[1] if m[1][0].isdecimal() else chinese_number(m[1])}%", text)
    text = _NUMBER_BEFORE_UNIT.sub(lambda m: str(chinese_number(m[0])), text)
    text = re.sub(r"(\d+)成(?!交)", lambda m: f"{int(m[1]) * 10}%", text)
    text = re.sub(r"(?:余款|尾款|其余|剩余|余额)(?=\d+(?:\.\d+)?%)", "", text)
    return _BOTH.sub(BOTH, text)
