"""An amount as people write it becomes an amount, the whole open amount, or a question; it is never guessed.

The rules of a promised amount: the cell holds one figure and nothing but words that somebody will pay (3万, 3.5万元,
伍万元整, 1,234.56, ¥500, 5k), or says 全额, 尾款 and the like. Shares (50%, 3成), discounts, about, ranges, sums,
prices per piece, another currency, more decimals than the currency has, and 1 or less where more is open (what a
spreadsheet makes of 50%) are asked back.

The rules of a note about a dispute: a figure is the amount disputed if it is money (¥500, 500元, 3万 that counts no
pieces) or stands behind a word of difference (多开了1200, overcharged 250). Counts, dates, numbers of documents and
prices per piece are passed over; without an amount the whole open amount is disputed. A total (共, 合计, =) goes before
its parts. Asked back: two amounts; another currency; about and ranges; a share or discount of money; a figure that may
be a count (短少300); and what a customer accepts, has paid, or the total of a document (只认8000元, 发票金额5万元).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arsheet.importers.followup import amount_words as words
from arsheet.importers.followup.figures import Figure, figures
from arsheet.ledger.money import exact, exponent
from arsheet.schema.cells import LARGEST, clean, clean_text


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount a text means, in major units: None for all that is open, or with the question to ask back."""

    value: Decimal | None
    zh: str = ""
    en: str = ""

    @property
    def asked(self) -> bool:
        """Whether it was not understood."""
        return bool(self.zh)


class _Unclear(Exception):
    """Says why a text is not clear, in zh and en; ``likely``: what may have been meant."""

    def __init__(self, zh: str, en: str, likely: Decimal | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.likely = zh, en, likely


_WHOLE = Amount(None)
_LONGEST = 200
"""No amount is longer."""
_NEAR = 60
"""So many characters before and behind a figure say what it is."""


def promised_amount(value: Any, currency: str, open_: Decimal) -> Amount:
    """What a cell of a promise means for a document of which so much is open; a blank is all of it."""
    shown = clean_text(value) if value is not None else ""
    if not clean(shown):
        return _WHOLE
    places = exponent(currency)
    try:
        found = _promised(value, clean(shown), currency, open_)
        if found is None:
            return _WHOLE
        _plausible(found, currency)
        if found <= 0:
            raise _Unclear("应大于 0", "should be more than 0")
        if found > open_:
            return _too_much("承诺金额", "promised", found, currency, open_)
        if found <= 1 < open_:
            share = f"{found * open_:,.{places}f}"
            raise _Unclear(
                f"是 {found:.0%}（{share} {currency}）还是 {found:f} {currency}？",
                f"may be {found:.0%} ({share} {currency}) or {found:f} {currency}",
                found * open_,
            )
    except _Unclear as why:
        example = f"{why.likely or open_:,.{places}f}"
        zh, en = _asking(why, f"请写成数字，例如 {example}", f"please write a number such as {example}")
        return Amount(None, f"承诺金额“{_brief(shown)}”{zh}", f'The promised amount "{_brief(shown)}" {en}')
    return Amount(found)


def _brief(shown: str) -> str:
    return shown if len(shown) <= _NEAR else shown[:_NEAR] + "…"


def _asking(why: _Unclear, zh: str, en: str) -> tuple[str, str]:
    """The reason and what to do, as one sentence of each language or as two."""
    asks = why.zh.endswith("？")
    told = f"? {en[0].upper()}{en[1:]}" if asks else f"; {en}"
    return f"{why.zh}{'' if asks else '；'}{zh}", why.en.removesuffix("?") + told


def _too_much(zh: str, en: str, value: Decimal, currency: str, open_: Decimal) -> Amount:
    places = exponent(currency)
    much, left = f"{value:,.{places}f}", f"{open_:,.{places}f} {currency}"
    return Amount(
        None,
        f"{zh} {much} 大于未收金额 {left}；请核对",
        f"The {en} {much} is more than the {left} still open; please check",
    )


def _promised(value: Any, text: str, currency: str, open_: Decimal) -> Decimal | None:
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return exact(value)
    if not isinstance(value, str) or len(text) > _LONGEST:
        raise _Unclear("看不懂", "cannot be read")
    before = ""
    while before != text:
        if words.WHOLE.fullmatch(text):
            return None
        before, text = text, words.BESIDE_PROMISE.sub("", text).strip()
    if share := words.SHARE.search(text):
        raise _of_share(share, currency, open_)
    found = list(figures(text, currency))
    _one_currency(found, currency)
    if len(found) > 1:
        raise _Unclear("有不止一个数", "has more than one number")
    if not found:
        raise _Unclear("看不懂", "cannot be read")
    figure = found[0]
    around = text[: figure.start].strip(), text[figure.end :].strip()
    if around == ("(", ")"):
        return -abs(figure.value)
    if around in (("", ""), ("-", "")) and (not figure.chinese or figure.scaled or figure.currency):
        return figure.value
    if words.APPROXIMATELY.search(text[: figure.start]) or words.ABOUT_AFTER.match(text[figure.end :]):
        raise _Unclear("不是确切的金额", "is not an exact amount")
    raise _Unclear("看不懂", "cannot be read")


def _of_share(share: re.Match[str], currency: str, open_: Decimal) -> _Unclear:
    number, unit = share["share"], share["unit"]
    if unit == "%" and number[0].isdigit() and 0 < Decimal(number) <= 100:
        much = open_ * Decimal(number) / 100
        shown = f"{much:,.{exponent(currency)}f} {currency}"
        return _Unclear(
            f"是多少钱？未收金额的 {number}% 是 {shown}", f"is a share: {number}% of what is open is {shown}", much
        )
    return _Unclear("是比例或折扣，不是金额", "is a share or a discount, not an amount")


def _one_currency(found: list[Figure], currency: str) -> None:
    for figure in found:
        if figure.unclear:
            raise _Unclear("里的金额看不懂", "has an amount that cannot be read")
        if figure.currency not in (None, currency):
            raise _Unclear(
                f"写的是 {figure.currency}，单据是 {currency}", f"is in {figure.currency}, the document in {currency}"
            )


def _plausible(value: Decimal, currency: str) -> None:
    """Too many decimals (1.234 may be 1,234) and numbers that no spreadsheet keeps."""
    if not value.is_finite() or abs(value) >= LARGEST:
        raise _Unclear("太大", "is too large")
    places = exponent(currency)
    if value != round(value, places):
        raise _Unclear(f"的小数太多（{currency} 有 {places} 位）", f"has too many decimals ({currency} has {places})")


def disputed_amount(note: Any, currency: str, open_: Decimal) -> Amount:
    """What a note about a dispute names as disputed, of a document of which so much is open."""
    shown, places = clean_text(note), exponent(currency)
    try:
        found = _disputed(clean(shown), currency, open_)
        if found is None:
            return _WHOLE
        _plausible(found, currency)
        if found > open_:
            return _too_much("争议金额", "disputed", found, currency, open_)
    except _Unclear as why:
        example = f"{min(open_, Decimal(500)):.{places}f} {currency}"
        zh, en = _asking(
            why,
            f"请写明争议的总金额，例如“争议 {example}”，全部有争议请写“全额”",
            f'please name the whole amount disputed, such as "disputed {example}", or "full amount"',
        )
        return Amount(None, f"“{_brief(shown)}”{zh}", f'"{_brief(shown)}" {en}')
    return Amount(found)


def _disputed(text: str, currency: str, open_: Decimal) -> Decimal | None:
    text = words.TIMES.sub("×", words.SPACED.sub("", text))
    masked = words.MASKED.sub(lambda found: " " * len(found[0]), text)
    found = list(figures(masked, currency))
    if len(found) == 1 and not found[0].currency and not found[0].scaled and found[0].is_all_of(text):
        raise _Unclear("是金额还是编号、数量？", "may be an amount, a number or a quantity")
    kinds = list(_kinds(masked, found))
    money = [figure for figure, kind in kinds if kind in ("total", "named", "money", "other")]
    if words.NO_FIGURE.search(masked):
        raise _Unclear("里的金额不确切", "has an amount that is not exact")
    _one_currency(money, currency)
    for figure in money:
        _plausible(figure.value, currency)
        if _is_about(masked, figure, found):
            raise _Unclear("里的金额不确切", "has an amount that is not exact")
    amounts = _amounts(kinds)
    whole = bool(words.WHOLE_SAID.search(masked))
    if len(amounts) > 1 or (whole and amounts - {open_}):
        listed = "、".join(f"{amount:,.{exponent(currency)}f}" for amount in sorted(amounts))
        zh, en = (
            ("里有不止一个金额", "has more than one amount")
            if len(amounts) > 1
            else ("又说全额又写金额", "says both all and an amount")
        )
        raise _Unclear(f"{zh}（{listed}）", f"{en} ({listed.replace('、', ', ')})")
    if amounts:
        amount = next(iter(amounts))
        if amount == 0:
            raise _Unclear("里的金额是 0", "has the amount 0")
        return amount
    if not whole:
        _doubts(masked, kinds, open_)
    return None


def _amounts(kinds: list[tuple[Figure, str]]) -> set[Decimal]:
    """A total goes before its parts; beside what is something else, only figures that are named as disputed count."""
    there = {kind for _, kind in kinds}
    if "total" in there:
        wanted = {"total"}
    elif "other" in there:
        wanted = {"named"}
    else:
        wanted = {"named", "money"}
    return {abs(figure.value) for figure, kind in kinds if kind in wanted}


def _doubts(text: str, kinds: list[tuple[Figure, str]], open_: Decimal) -> None:
    """Asks back what may be an amount, where nothing else is."""
    for figure, kind in kinds:
        shown = text[figure.start : figure.end].strip()
        if kind == "other" and abs(figure.value) == open_:
            return
        if kind == "other":
            raise _Unclear(
                f"里的“{shown}”是争议的金额，还是客户认可的、已付的或单据的金额？",
                f'has "{shown}": disputed, or what the customer accepts, has paid, or the amount of the document?',
            )
        if kind == "factor":
            raise _Unclear("要算出来", "has to be worked out")
        if kind == "doubt":
            raise _Unclear(f"里的“{shown}”是争议的总金额吗？", f'has "{shown}": is that the whole amount disputed?')
    for share in words.SHARE.finditer(text):
        at = share.start()
        before, after = text[max(0, at - _NEAR) : at], text[at : at + _NEAR]
        clause = words.CLAUSE.split(before)[-1] + words.CLAUSE.split(after)[0]
        if clause == share[0] or words.DISCOUNT.search(share[0]) or words.OF_MONEY.search(clause):
            raise _Unclear("是多少钱？", "names a share: how much money is that?")


def _is_about(text: str, figure: Figure, found: list[Figure]) -> bool:
    """约500元, 500元左右, 3-5万."""
    before, after = _round(text, figure)
    if words.APPROXIMATELY.search(before) or words.ABOUT_AFTER.match(after):
        return True
    return any(
        words.RANGE.fullmatch(text[first.end : second.start])
        for first, second in itertools.pairwise(found)
        if figure in (first, second)
    )


def _round(text: str, figure: Figure) -> tuple[str, str]:
    """What stands before a figure within its clause, and behind it; no more than decides what it is."""
    start, end = figure.start, figure.end
    return words.CLAUSE.split(text[max(0, start - _NEAR) : start])[-1], text[end : end + _NEAR]


def _kinds(text: str, found: list[Figure]) -> Iterator[tuple[Figure, str]]:
    """What each figure is: total, named, money, other, factor, doubt, or none."""
    for figure in found:
        before, after = _round(text, figure)
        kind = _kind(figure, before, after)
        factor = after[:1] == "×" or before[-1:] == "×" or words.SHARED_BEFORE.search(before)
        if kind in ("money", "named", "other") and factor:
            kind = "factor"
        yield figure, kind


def _kind(figure: Figure, before: str, after: str) -> str:
    named = bool(words.NAMED_BEFORE.search(before) or words.NAMED_AFTER.match(after))
    total = bool(words.TOTAL_BEFORE.search(before))
    if _passed_over(figure, before, after, total=total):
        return "none"
    ends = words.ENDS.match(after) is not None
    if figure.block and not named:
        return "doubt" if ends else "none"
    if figure.currency is None and not figure.unclear:
        kind = _unmarked(figure, before, named=named, total=total, ends=ends)
    elif total:
        kind = "total"
    elif words.OTHER_BEFORE.search(before):
        kind = "other"
    else:
        kind = "named" if named else "money"
    return "doubt" if kind in ("named", "money") and words.PRICE_BEFORE.search(before) else kind


def _passed_over(figure: Figure, before: str, after: str, *, total: bool) -> bool:
    """Shares, prices per piece, counts, dates and the numbers of documents."""
    if words.SHARE_AFTER.match(after) or words.RATE_AFTER.match(after):
        return True
    if words.RATE_BEFORE.search(before) and not total:
        return True
    if figure.currency is not None or figure.unclear:
        return False
    if words.IDENTIFIED_BEFORE.search(before) and not words.NAMED_BEFORE.search(before):
        return True
    if (figure.chinese or re.search(r"\d[-_]$", before)) and not figure.scaled:
        return True
    goes_on = words.GOES_ON_AFTER.match(after) or words.NAMED_AFTER.match(after)
    return words.MEASURE_AFTER.match(after) is not None and not goes_on


def _unmarked(figure: Figure, before: str, *, named: bool, total: bool, ends: bool) -> str:
    """The kind of a figure without a currency that counts nothing."""
    other = words.OTHER_BEFORE.search(before)
    counted = words.COUNTED_BEFORE.search(before)
    if other and (ends or figure.scaled):
        return "other"
    if (total or named) and (not counted or named):
        return "doubt" if not ends else "total" if total else "named"
    if counted:
        return "money" if figure.places == 2 and ends else "doubt"
    if figure.scaled:
        return "money" if ends and not figure.letters else "doubt"
    if words.FEE_BEFORE.search(before):
        return "doubt"
    grouped = figure.places == 2 or figure.grouped
    return "doubt" if ends and (grouped or 100 <= abs(figure.value) < 10**7) else "none"
