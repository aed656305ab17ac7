"""One written date rule becomes a Due with the events it counts from; a table of spellings, nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from arsheet.ledger.terms.model import Due, Role, TermPolicy
from arsheet.ledger.terms.vocabulary import EN_EVENT, ZH_EVENT, events_of


@dataclass(frozen=True, slots=True)
class Rule:
    """What one text says: the due rule, its events, and a role if the words carry one."""

    due: Due
    events: tuple[str, ...] = ()
    role: Role = ""


Build = Callable[["re.Match[str]", TermPolicy], Due]
_DAY_0 = Due("net_days")


def monthly(days: int, policy: TermPolicy) -> Due:
    """月结N天 in the policy's reading; under ``months`` 30 days are a month and 45 are a month and 15 days."""
    if policy.yuejie == "invoice_date":
        return Due("net_days", days=days)
    if policy.yuejie == "months":
        return Due("end_of_month_after_months", months=days // 30, days=days % 30)
    return Due("end_of_invoice_month_plus_days", days=days)


def _number(match: re.Match[str], group: str) -> int:
    return int(match[group] or 0)


_PAY = r"(?:内|之内|以内)?(?:再|全额|全款)?(?:支付|付款|付清|付讫|结清|结算|到期|回款|付|结|款)?"
_AFTER = r"(?:之日|日期|当日|当天|日)?(?:起|之后|以后|后|时|即)?"
_D, _M = r"(?:天|日)", r"(?:天|日|d|days?)"

_ZH: list[tuple[str, Build]] = [
    (rf"\+?(?P<n>\d+)(?:{_D}|d)(?:之后|以后|后)?{_PAY}", lambda m, p: Due("net_days", days=_number(m, "n"))),
    (rf"净(?P<n>\d+){_D}?{_PAY}", lambda m, p: Due("net_days", days=_number(m, "n"))),
    (rf"\+?(?P<n>\d+)(?:周|个星期){_PAY}", lambda m, p: Due("net_days", days=7 * _number(m, "n"))),
    (rf"\+?(?P<n>\d+)(?:个月|m)(?:后|以后)?{_PAY}", lambda m, p: Due("relative", months=_number(m, "n"))),
    (rf"\+?(?P<n>\d+)年(?:后|以后)?{_PAY}", lambda m, p: Due("relative", months=12 * _number(m, "n"))),
    (rf"月结(?P<n>\d+){_D}?{_PAY}", lambda m, p: monthly(_number(m, "n"), p)),
    (rf"(?P<n>\d+){_D}月结", lambda m, p: monthly(_number(m, "n"), p)),
    (r"月结(?P<n>\d+)个月", lambda m, p: Due("end_of_month_after_months", months=_number(m, "n"))),
    (rf"[当本]月(?:月?[底末])?月?结{_PAY}|月结[当本]月|[当本]月[底末]?{_PAY}|月[底末]{_PAY}",
     lambda m, p: Due("last_day_of_invoice_month")),
    (rf"(?:月结)?(?:次|下|下个)月(?:月?[底末]{_PAY}|结)", lambda m, p: Due("end_of_month_after_months", months=1)),
    (rf"(?:月结)?(?:次|下|下个)月(?P<n>\d+)[日号]{_PAY}",
     lambda m, p: Due("day_of_following_month", day_of_month=_number(m, "n"))),
    (rf"(?:月结)?(?:次次|下下|下下个)月(?P<n>\d+)[日号]{_PAY}",
     lambda m, p: Due("day_of_following_month", months=1, day_of_month=_number(m, "n"))),
    (rf"(?P<n>\d+)天后的?(?:首个|第1个|下一个|下个|遇)?(?P<k>\d+)[日号]{_PAY}",
     lambda m, p: Due("net_days_then_next_day_of_month", days=_number(m, "n"), day_of_month=_number(m, "k"))),
]  # fmt: skip
_EN: list[tuple[str, Build]] = [
    (rf"(?:net|within|in)\s*(?P<n>\d+)(?:\s*{_M})?", lambda m, p: Due("net_days", days=_number(m, "n"))),
    (r"n\s*/?\s*(?P<n>\d+)", lambda m, p: Due("net_days", days=_number(m, "n"))),
    (rf"\+?\s*(?P<n>\d+)\s*{_M}(?:\s+net)?", lambda m, p: Due("net_days", days=_number(m, "n"))),
    (r"\+?\s*(?P<n>\d+)\s*weeks?", lambda m, p: Due("net_days", days=7 * _number(m, "n"))),
    (r"(?:after\s+)?(?P<n>\d+)\s*months?(?:\s+(?:later|after))?", lambda m, p: Due("relative", months=_number(m, "n"))),
    (r"eom|(?:at\s+)?(?:the\s+)?end\s+of\s+(?:the\s+|invoice\s+|this\s+)?month",
     lambda m, p: Due("last_day_of_invoice_month")),
    (rf"eom\s*\+\s*(?P<n>\d+)\s*{_M}|(?P<n2>\d+)\s*days?\s+(?:after|from)\s+(?:the\s+)?(?:eom|end\s+of\s+(?:the\s+)?month)",
     lambda m, p: Due("end_of_invoice_month_plus_days", days=int(m["n"] or m["n2"]))),
    (r"eom\s*\+\s*(?P<n>\d+)\s*(?:m|months?)(?:\s*\+\s*(?P<k>\d+)\s*d)?",
     lambda m, p: Due("end_of_month_after_months", months=_number(m, "n"), days=_number(m, "k"))),
    (r"(?:at\s+)?(?:the\s+)?end\s+of\s+(?:the\s+)?(?:next|following)\s+month",
     lambda m, p: Due("end_of_month_after_months", months=1)),
    (r"(?P<n>\d+)\s*d\s+eom(?:\s+day\s+(?P<k>\d+))?|end\s+of\s+month\s+after\s+(?P<n2>\d+)\s*days",
     lambda m, p: Due("net_days_then_end_of_month_then_day", days=int(m["n"] or m["n2"]),
                      day_of_month=_number(m, "k"))),
    (r"(?:pay|next\s+month)\s+(?P<n>\d+)(?:st|nd|rd|th)?(?:\s*\+(?P<k>\d+)m)?",
     lambda m, p: Due("day_of_following_month", months=_number(m, "k"), day_of_month=_number(m, "n"))),
    (r"(?:the\s+)?(?P<n>\d+)(?:st|nd|rd|th)?\s*(?:(?:day\s+)?of\s+(?:the\s+)?(?:next|following)\s+month|mfi)",
     lambda m, p: Due("day_of_following_month", day_of_month=_number(m, "n"))),
    (r"(?P<n>\d+)\s*d\s+then\s+day\s+(?P<k>\d+)",
     lambda m, p: Due("net_days_then_next_day_of_month", days=_number(m, "n"), day_of_month=_number(m, "k"))),
    (r"\+\s*(?P<n>\d+)\s*m(?:\s+day\s+(?P<k>\d+))?(?:\s*\+\s*(?P<d>\d+)\s*d)?",
     lambda m, p: Due("relative", days=_number(m, "d"), months=_number(m, "n"),
                      day_of_month=int(m["k"]) if m["k"] else None)),
]  # fmt: skip
_ZH_RULES = [(re.compile(pattern), build) for pattern, build in _ZH]
_EN_RULES = [(re.compile(pattern), build) for pattern, build in _EN]

_WHOLE: list[tuple[re.Pattern[str], Rule]] = [
    (re.compile(r"现结|现付|现款|现金|即付|钱货两清|货款两清|(?:due\s+)?(?:up)?on\s+receipt|cash|now|sight"
                r"|(?:due\s+|payable\s+)?immediate(?:ly)?"), Rule(_DAY_0)),
    (re.compile(r"款到发货|先款后货|先付款后发货|付款后发货|款到后发货|cia|cbd|pia|cwo|cash\s+with\s+order"
                r"|cash\s+before\s+delivery"), Rule(_DAY_0, role="advance")),
    (re.compile(r"cod|(?:cash|payment|pay|due)\s+on\s+delivery"), Rule(_DAY_0, ("delivery",))),
]  # fmt: skip
_BEFORE = re.compile(rf"(?P<ev>{ZH_EVENT})前{_PAY}|(?:payment\s+|pay\s+|due\s+)?before\s+(?P<en>{EN_EVENT})")
_ZH_EVENT_RULE = re.compile(rf"(?P<ev>{ZH_EVENT}){_AFTER}(?P<rule>.*)")
_EN_EVENT_RULE = re.compile(
    rf"(?:net\s*|within\s*)?(?P<n>\d+)\s*{_M}?\s*(?:from|after|of)\s+(?:the\s+)?(?:date\s+of\s+)?(?P<ev>{EN_EVENT})(?:\s+date)?"
    rf"|(?P<ev2>{EN_EVENT})(?:\s+date)?\s*\+\s*(?P<n2>\d+)\s*{_M}?"
)
_EN_MONTHS = re.compile(rf"(?P<n>\d+)\s*months?\s+(?:from|after)\s+(?:the\s+)?(?P<ev>{EN_EVENT})(?:\s+date)?")
_EN_EVENT_ALONE = re.compile(rf"(?:due\s+)?(?:up)?on\s+(?P<ev>{EN_EVENT})|(?P<ev2>{EN_EVENT})\s+date")

_NAME_END = re.compile(r"(?:当日|当天|日|之后|以后|后|时)+$")
_NAME_THEN = re.compile(r"(?P<name>[^\s\d+]+?)(?:之日|当日|日)?(?:起|之后|以后|后)(?P<rule>\d.*)")
_NO_NAME = re.compile(
    r"[\d@%/\-天日月年周期付款元前后]|eom|net|days?\b|rest|预|定金|订金|首付|质保|余额|剩余|其余|信用证"
)
"""A contract's own event has a plain name; a rule or a share written after @ would otherwise wait for ever."""


def read_rule(text: str, policy: TermPolicy) -> Rule | None:
    """The rule a plain text writes (share and role words already taken off), or None if it is not understood."""
    text = text.strip()
    if not text:
        return None
    for pattern, rule in _WHOLE:
        if pattern.fullmatch(text):
            return rule
    if text.startswith("@"):
        return _at_event(text, policy)
    before = _BEFORE.fullmatch(text)
    if before:
        return Rule(_DAY_0, events_of(before["ev"] or before["en"]), "advance")
    due = read_due(text, policy)
    return Rule(due) if due else _with_event(text, policy)


def read_due(text: str, policy: TermPolicy) -> Due | None:
    """A rule that names no event."""
    for pattern, build in (*_ZH_RULES, *_EN_RULES):
        match = pattern.fullmatch(text)
        if match and match[0]:
            return build(match, policy)
    return None


def _with_event(text: str, policy: TermPolicy) -> Rule | None:
    match = _ZH_EVENT_RULE.fullmatch(text)
    if match:
        if re.fullmatch(_PAY, match["rule"]):
            return Rule(_DAY_0, events_of(match["ev"]))
        bare = re.fullmatch(rf"\+?(\d+){_PAY}", match["rule"].strip())
        due = Due("net_days", days=int(bare[1])) if bare else read_due(match["rule"].strip(), policy)
        return Rule(due, events_of(match["ev"])) if due else None
    match = _EN_EVENT_RULE.fullmatch(text)
    if match:
        return Rule(Due("net_days", days=int(match["n"] or match["n2"])), events_of(match["ev"] or match["ev2"]))
    match = _EN_MONTHS.fullmatch(text)
    if match:
        return Rule(Due("relative", months=int(match["n"])), events_of(match["ev"]))
    match = _EN_EVENT_ALONE.fullmatch(text)
    return Rule(_DAY_0, events_of(match["ev"] or match["ev2"])) if match else None


def _at_event(text: str, policy: TermPolicy) -> Rule | None:
    """@event, @event+30d, @event EOM+30d; an event that is not in the vocabulary is the contract's own."""
    spelled = _with_event(text[1:].strip(), policy)
    if spelled:
        return spelled
    name, _, rest = text[1:].strip().partition(" ")
    then = _NAME_THEN.fullmatch(text[1:].strip())
    if then:
        name, rest = then["name"], then["rule"]
    elif "+" in name:
        name, _, offset = name.partition("+")
        rest = f"+{offset} {rest}".strip()
    name = _NAME_END.sub("", name)
    if not name or _NO_NAME.search(name):
        return None
    due = read_due(rest.strip(), policy) if rest.strip() else _DAY_0
    return Rule(due, events_of(name)) if due else None
