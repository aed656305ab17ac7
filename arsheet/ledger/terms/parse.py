"""Written payment terms become Terms: discount and cut-off day first, then each part's share, role and date rule."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from arsheet.ledger.terms.errors import TermError
from arsheet.ledger.terms.model import (
    REST,
    STATEMENT_KINDS,
    Discount,
    Due,
    Role,
    Share,
    TermLine,
    TermPolicy,
    Terms,
    validate,
)
from arsheet.ledger.terms.rules import read_rule
from arsheet.ledger.terms.vocabulary import (
    ADVANCE,
    CREDIT_LETTER,
    FIXED,
    PERCENT,
    PERCENT_OF_REST,
    REST_WORDS,
    RETENTION,
    plain,
    tighten,
)

_DEFAULT_POLICY = TermPolicy()
_LONGEST = 300

_DISCOUNT = re.compile(
    r"(?:现金折扣:?)?(?<![\w/.%])(?P<minus>-)?(?P<v>\d+(?:\.\d+)?)%?\s*/\s*(?P<d>\d+)(?![\w/.%])(?:\s*(?:天|days?))?[\s,]*"
    r"|(?P<v2>\d+(?:\.\d+)?)%\s+(?:discount\s+)?(?:(?:if\s+paid\s+)?(?:within|in)\s+)?(?P<d2>\d+)(?:\s*d(?:ays)?)?\s*,?\s+(?=n(?:et|/))"
    r"|(?P<d3>\d+)天内(?:付款|付清|付|支付)?(?:享受?|可享|有)?(?:优惠|折扣|折让|减免|减)(?P<v3>\d+(?:\.\d+)?)(?P<u3>%|元)(?:折扣|优惠)?[,、]?"
    r"|(?P<d4>\d+)天内(?:付款|付清|付|支付)?(?:享受?|可享|有)?(?P<v4>\d+(?:\.\d+)?)(?P<u4>%|元)的?(?:现金)?(?:折扣|优惠|折让)[,、]?"
)
_CUTOFF = re.compile(
    r"(?:每月)?(?P<a>\d{1,2})[日号](?:为截账日|截账|截帐|截单|结账|结帐|关账|关帐|截止)[,、]?"
    r"|截账日:?(?:每月)?(?P<b>\d{1,2})[日号]?[,、]?|\bcut(?:-?\s?off)?(?:\s+day)?\s+(?P<c>\d{1,2})(?:st|nd|rd|th)?\b,?"
)
_SEPARATOR = re.compile(r"[;,、\n]|\s+and\s+|\+(?!\s*\d+\s*(?:[dm]\b|天|个月))")
_NOISE = re.compile(
    r"\(\s*\)|信用期限?|信用账期|账期|赊销|^(?:为|的|按|付|支付|付款)(?=\S)|(?:^|\s)due(?=\s+(?:in|net|within)\b)"
)
_AMBIGUOUS_EOM = re.compile(r"(?:net\s*|n/?\s*)?(?P<n>\d+)\s*(?:days?|天)?\s*eom|eom\s*(?P<n2>\d+)(?:\s*days?)?")
_CODE = re.compile(r"zn0*(?P<n>\d+)\s*[:\-]?\s*(?P<rest>.*)")


def parse(text: str, policy: TermPolicy = _DEFAULT_POLICY) -> Terms:
    """The terms a person wrote, in zh or en, under the company's reading of 月结; cached, for many invoices share one.

    TermError names the piece that is not understood; nothing is guessed, and a part without a date rule is refused.
    """
    outcome = _parsed(text, policy)
    if isinstance(outcome, TermError):
        raise TermError(outcome.code, outcome.facts)
    return outcome


@lru_cache(maxsize=8192)
def _parsed(text: str, policy: TermPolicy) -> Terms | TermError:
    try:
        return _parse(text, policy)
    except TermError as error:
        return error.with_traceback(None)


def _parse(text: str, policy: TermPolicy) -> Terms:
    rest = _without_code(plain(text[: _LONGEST + 1]))
    if not rest:
        raise TermError("terms_are_blank")
    if len(text) > _LONGEST:
        raise TermError("term_not_understood", {"piece": text[:40] + "…"})
    _refuse_two_readings(rest, policy)
    rest, discount = _take_discount(rest)
    rest, cutoff = _take_cutoff(rest)
    pieces = [piece for part in _SEPARATOR.split(rest) for piece in _pieces(part.strip()) if piece]
    if not pieces:
        raise TermError("term_part_has_no_date_rule", {"piece": text.strip()})
    lines = _with_rest([(piece, *_line(piece, policy)) for piece in pieces])
    terms = Terms(_with_cutoff(lines, cutoff), discount, text.strip())
    validate(terms)
    return terms


def _without_code(text: str) -> str:
    """SAP's customer codes: ZN01 is 货到付款 and ZN07 offers two rules; what the others mean is each company's own."""
    match = _CODE.fullmatch(text)
    if not match or match["rest"]:
        return match["rest"] if match else text
    if match["n"] == "1":
        return "货到付款"
    if match["n"] == "7":
        raise TermError("term_reading_is_ambiguous", {"piece": text.upper(), "choices": "票到60天 | 月结60天"})
    raise TermError("term_code_is_unknown", {"piece": text.upper()})


def _refuse_two_readings(text: str, policy: TermPolicy) -> None:
    match = _AMBIGUOUS_EOM.fullmatch(text)
    if match and not re.fullmatch(r"\d+\s*d\s+eom", text):
        days = match["n"] or match["n2"]
        raise TermError("term_reading_is_ambiguous", {"piece": text, "choices": f"EOM+{days}d | {days}d EOM"})
    sides = text.split("/")
    if len(sides) == 2 and all(read_rule(side, policy) for side in sides):
        raise TermError("term_reading_is_ambiguous", {"piece": text, "choices": " | ".join(sides)})


def _take_discount(text: str) -> tuple[str, Discount | None]:
    found = list(_DISCOUNT.finditer(text))
    if not found:
        return text, None
    if len(found) > 1:
        raise TermError("term_has_two_discounts", {"piece": text})
    match = found[0]
    value = Decimal(match["v"] or match["v2"] or match["v3"] or match["v4"])
    days = int(match["d"] or match["d2"] or match["d3"] or match["d4"])
    fixed = bool(match["minus"]) or "元" in (match["u3"], match["u4"])
    discount = Discount(amount=value, days=days) if fixed else Discount(percent=value, days=days)
    return f"{text[: match.start()]}{text[match.end() :]}".strip(), discount


def _take_cutoff(text: str) -> tuple[str, int | None]:
    days = {int(match["a"] or match["b"] or match["c"]) for match in _CUTOFF.finditer(text)}
    if len(days) > 1:
        raise TermError("term_reading_is_ambiguous", {"piece": text, "choices": " | ".join(map(str, sorted(days)))})
    return _CUTOFF.sub("", text).strip(), days.pop() if days else None


def _pieces(part: str) -> list[str]:
    """A part with several shares, cut: before each share if it begins with one, else after each.

    预付30%发货前70% -> 预付30% | 发货前70%, and 30%预付70%发货前 -> 30%预付 | 70%发货前.
    """
    shares = [match.span() for match in _shares(part)]
    if len(shares) < 2:
        return [part]
    at_start = not shares[0][0]
    rest_last = REST_WORDS.match(part, shares[-1][0]) is not None and shares[-1][1] < len(part)
    cuts = [start for start, _ in shares[1:]] if at_start else [end for _, end in shares[:-1]]
    if rest_last and not at_start:
        cuts[-1] = shares[-1][0]
    edges = [0, *cuts, len(part)]
    return [part[a:b].strip() for a, b in pairwise(edges)]


def _shares(part: str) -> list[re.Match[str]]:
    """Where a part states how much, in order: a percentage, an amount with its mark, the rest."""
    found: list[re.Match[str]] = list(PERCENT_OF_REST.finditer(part))
    for pattern in (PERCENT, FIXED, REST_WORDS):
        for match in pattern.finditer(part):
            taken = any(match.start() < other.end() and other.start() < match.end() for other in found)
            if not taken and (pattern is not FIXED or _is_amount(match)):
                found.append(match)
    return sorted(found, key=lambda match: match.start())


def _is_amount(match: re.Match[str]) -> bool:
    """A bare number is a number of days; an amount has a currency mark, 元, or two decimals."""
    return bool(match["sign"] or match["yuan"] or re.search(r"\.\d\d$", match["a"]))


def _share(match: re.Match[str]) -> Share:
    if match.re is REST_WORDS:
        return REST
    if match.re is PERCENT_OF_REST:
        return Share("percent_of_remaining", Decimal(match["a"] or match["b"]))
    if match.re is PERCENT:
        return Share("percent_of_total", Decimal(match["a"]))
    return Share("fixed", Decimal(match["a"]) * (10_000 if match["wan"] else 1))


def _line(piece: str, policy: TermPolicy) -> tuple[Share | None, TermLine]:
    shares = _shares(piece)
    if len(shares) > 1:
        raise TermError("term_part_has_two_shares", {"piece": piece})
    text, share = piece, None
    if shares:
        share = _share(shares[0])
        text = f"{piece[: shares[0].start()]} {piece[shares[0].end() :]}"
    text, role = _take_role(text)
    text = _NOISE.sub("", tighten(text)).strip()
    if not text and role != "advance":
        raise TermError("term_part_has_no_date_rule", {"piece": piece})
    return share, _ruled(piece, text, role, policy)


def _ruled(piece: str, text: str, role: Role, policy: TermPolicy) -> TermLine:
    if text in ("", "款", "货款", "全款", "全额", "payment"):
        if role == "advance":
            return TermLine(due=Due("net_days"), role=role)
        raise TermError("term_part_has_no_date_rule", {"piece": piece})
    if text == "月结":
        raise TermError("term_has_no_days", {"piece": piece})
    if re.fullmatch(r"[每按]?(?:季度?|年度?|月|进度|节点|批次?)结(?:算|款)?", text):
        raise TermError("term_part_has_no_date_rule", {"piece": piece})
    if text.isdecimal():
        raise TermError("term_reading_is_ambiguous", {"piece": piece, "choices": f"net {text} | EOM+{text}d"})
    if re.search(r"(?:^|net|\s)\s*-\s*\d", text):
        raise TermError("term_days_are_negative", {"days": piece})
    rule = read_rule(text, policy)
    if rule is None or (role == "advance" and not rule.events and rule.due != Due("net_days")):
        _refuse_two_readings(text, policy)
        raise TermError("term_not_understood", {"piece": piece})
    return TermLine(due=rule.due, events=rule.events, role=role or rule.role)


def _take_role(text: str) -> tuple[str, Role]:
    roles: tuple[tuple[re.Pattern[str], Role], ...] = (
        (CREDIT_LETTER, "letter_of_credit"),
        (RETENTION, "retention"),
        (ADVANCE, "advance"),
    )
    for pattern, role in roles:
        if pattern.search(text):
            rest = pattern.sub(" ", text, count=1)
            if role == "letter_of_credit":
                rest = _tenor(rest)
            if role == "advance":
                rest = re.sub(r"全款|全额", "", rest.strip())
            return rest, role
    return text, ""


def _tenor(text: str) -> str:
    """What is left of a letter of credit's terms: its days, or that it is at sight (即期)."""
    rest = re.sub(r"远期|即期|见票后?|即付|\b(?:at\s+)?sight\b", "", text).strip()
    return "sight" if not rest and re.search(r"即期|即付|\bsight\b", text) else rest


def _with_rest(read: list[tuple[str, Share | None, TermLine]]) -> list[TermLine]:
    """The last part may leave its share out and takes the rest."""
    lines = []
    for number, (piece, share, line) in enumerate(read, 1):
        if share is None and number < len(read):
            unstated = [other for other, stated, _ in read if stated is None]
            code = "term_has_two_parts_without_share" if len(unstated) > 1 else "rest_is_not_the_last_part"
            raise TermError(code, {"piece": " | ".join(unstated) or piece, "line": number})
        lines.append(TermLine(share or REST, line.due, line.events, line.role))
    return lines


def _with_cutoff(lines: list[TermLine], cutoff: int | None) -> tuple[TermLine, ...]:
    if cutoff is None:
        return tuple(lines)
    if not any(line.due.kind in STATEMENT_KINDS for line in lines):
        raise TermError("cutoff_day_without_monthly_rule", {"cutoff_day": cutoff})
    return tuple(TermLine(line.share, _cut(line.due, cutoff), line.events, line.role) for line in lines)


def _cut(due: Due, cutoff: int) -> Due:
    if due.kind not in STATEMENT_KINDS:
        return due
    return Due(due.kind, due.days, due.months, due.day_of_month, cutoff)
