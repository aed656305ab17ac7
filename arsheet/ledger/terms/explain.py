"""Terms in plain words, zh and en, and in the short notation that ``parse`` reads back to the same terms."""

from __future__ import annotations

from decimal import Decimal

from arsheet.ledger.terms.model import STATEMENT_KINDS, Discount, Due, Share, TermLine, TermPolicy, Terms
from arsheet.ledger.terms.vocabulary import EVENT_NAMES

_DEFAULT_POLICY = TermPolicy()
_ROLLS = {
    "following": ("遇非工作日顺延", "moved on to a working day"),
    "preceding": ("遇非工作日提前", "moved back to a working day"),
    "modified_following": ("遇非工作日顺延，跨月则提前", "moved on to a working day, back if the month would end"),
}
_ROLES = {
    "advance": ("预付", "prepayment, "),
    "retention": ("质保金", "retention money, "),
    "letter_of_credit": ("信用证", "letter of credit, "),
    "": ("", ""),
}


def explain(terms: Terms, language: str = "zh", policy: TermPolicy = _DEFAULT_POLICY) -> str:
    """What the terms mean under this policy, in zh or en, with the cut-off day, the discount and the roll."""
    zh = language == "zh"
    parts = [_line(line, len(terms.lines), language) for line in terms.lines]
    text = ("；" if zh else "; ").join(parts)
    notes = [_cutoff_note(terms, policy, zh), _discount_note(terms.discount, zh), _roll_note(policy, zh)]
    tail = ("；" if zh else "; ").join(note for note in notes if note)
    if not tail:
        return text
    return f"{text}（{tail}）" if zh else f"{text} ({tail})"


def _line(line: TermLine, count: int, language: str) -> str:
    zh = language == "zh"
    share = "" if count == 1 and line.share.kind == "rest" else _share(line.share, zh)
    role = _ROLES[line.role][0 if zh else 1]
    rule = _rule(line.due, _base(line.events, zh), zh)
    if line.role == "advance" and line.events and not line.due.days:
        rule = f"最迟{_base(line.events, zh)}" if zh else f"at the latest on {_base(line.events, zh)}"
    if zh:
        return f"{share}{role}：{rule}" if share or role else rule
    return f"{share}: {role}{rule}" if share else f"{role}{rule}"


def _share(share: Share, zh: bool) -> str:
    if share.kind == "rest" or share.value is None:
        return "余款" if zh else "the rest"
    value = _plain(share.value)
    if share.kind == "fixed":
        return f"固定金额{value}" if zh else f"{value}"
    if share.kind == "percent_of_remaining":
        return f"剩余金额的{value}%" if zh else f"{value}% of what is left"
    return f"{value}%"


def _base(events: tuple[str, ...], zh: bool) -> str:
    if not events:
        return "基准日" if zh else "the base date"
    names = [EVENT_NAMES.get(event, (event, event))[0 if zh else 1] for event in events]
    if len(names) == 1:
        return names[0]
    return f"{'、'.join(names)}中较晚者" if zh else f"the later of {' and '.join(names)}"


def _rule(due: Due, base: str, zh: bool) -> str:
    days, months, day = due.days, due.months, due.day_of_month
    month = "对账月" if base == "基准日" else f"{base}所在对账月"
    statement = "the statement month" if base == "the base date" else f"the statement month of {base}"
    if due.kind == "net_days":
        return _net(days, base, zh)
    if due.kind == "last_day_of_invoice_month":
        return f"{month}末" if zh else f"end of {statement}"
    if due.kind == "end_of_invoice_month_plus_days":
        return f"{month}末后{days}天" if zh else f"{_count(days, 'day')} after the end of {statement}"
    if due.kind == "end_of_month_after_months":
        return _months_on(month, statement, months, days, zh)
    if due.kind == "day_of_following_month":
        zh_month = f"{month}的次月" if not months else f"{month}后第{months + 1}个月"
        en_month = f"the month after {statement}" if not months else f"month {months + 1} after {statement}"
        return f"{zh_month}{day}日" if zh else f"day {day} of {en_month}"
    if due.kind == "net_days_then_next_day_of_month":
        return f"{base}后{days}天起的第一个{day}日" if zh else f"the first day {day} from {days} days after {base}"
    if due.kind == "relative":
        return _relative(due, base, zh)
    if not day:
        return f"{base}后{days}天所在月的月末" if zh else f"end of the month of {base} + {days} days"
    return (
        f"{base}后{days}天所在月的次月{day}日" if zh else f"day {day} of the month after that of {base} + {days} days"
    )


def _net(days: int, base: str, zh: bool) -> str:
    if not days:
        return f"{base}当天" if zh else f"on {base}"
    return f"{base}后{days}天" if zh else f"{_count(days, 'day')} after {base}"


def _months_on(month: str, statement: str, months: int, days: int, zh: bool) -> str:
    zh_end = {0: f"{month}末", 1: f"{month}的次月末"}.get(months, f"{month}后第{months}个月的月末")
    en_end = {0: f"the end of {statement}", 1: f"the end of the month after {statement}"}.get(
        months, f"the end of month {months} after {statement}"
    )
    if days:
        return f"{zh_end}后{days}天" if zh else f"{_count(days, 'day')} after {en_end}"
    return zh_end if zh else en_end


def _relative(due: Due, base: str, zh: bool) -> str:
    zh_text = f"{base}后{due.months}个月" if due.months else base
    en_text = f"{_count(due.months, 'month')} after {base}" if due.months else base
    if due.day_of_month is not None:
        zh_text, en_text = f"{zh_text}的当月{due.day_of_month}日", f"day {due.day_of_month} of the month of {en_text}"
    if due.days:
        zh_text, en_text = f"{zh_text}再加{due.days}天", f"{en_text}, then {_count(due.days, 'day')}"
    return zh_text if zh else en_text


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _cutoff_note(terms: Terms, policy: TermPolicy, zh: bool) -> str:
    monthly = [line.due for line in terms.lines if line.due.kind in STATEMENT_KINDS]
    cutoffs = {due.cutoff_day if due.cutoff_day is not None else policy.cutoff_day for due in monthly} - {None}
    if not cutoffs:
        return ""
    day = min(cutoff for cutoff in cutoffs if cutoff is not None)
    return (
        f"截账日{day}日，其后的单据归入次月" if zh else f"cut-off day {day}: later documents belong to the next month"
    )


def _discount_note(discount: Discount | None, zh: bool) -> str:
    if discount is None or discount.is_nothing:
        return ""
    value = f"{_plain(discount.percent)}%" if discount.percent else _plain(discount.amount or Decimal(0))
    return (
        f"{discount.days}天内付款折扣{value}"
        if zh
        else f"discount {value} if paid within {_count(discount.days, 'day')}"
    )


def _roll_note(policy: TermPolicy, zh: bool) -> str:
    return _ROLLS[policy.roll][0 if zh else 1] if policy.roll != "none" else ""


def canonical(terms: Terms) -> str:
    """The terms in the short notation: ``parse(canonical(terms)) == terms`` for whatever ``parse`` gives."""
    only = len(terms.lines) == 1
    parts = [" ".join(filter(None, _notation(line, only))) for line in terms.lines]
    discount, cutoffs = terms.discount, {line.due.cutoff_day for line in terms.lines} - {None}
    head = ""
    if discount is not None:
        value = (
            _plain(discount.percent) if discount.percent is not None else f"-{_plain(discount.amount or Decimal(0))}"
        )
        head = f"{value}/{discount.days} "
    tail = f" cut {max(cutoff for cutoff in cutoffs if cutoff is not None)}" if cutoffs else ""
    return f"{head}{'; '.join(parts)}{tail}"


def _notation(line: TermLine, only: bool) -> tuple[str, ...]:
    share = line.share
    if share.kind == "rest" or share.value is None:
        amount = "" if only else "rest"
    else:
        mark = {"percent_of_total": "%", "percent_of_remaining": "% of rest", "fixed": "元"}[share.kind]
        amount = f"{_plain(share.value)}{mark}"
    role = {"advance": "prepay", "retention": "retention", "letter_of_credit": "L/C", "": ""}[line.role]
    event = f"@{'&'.join(line.events)}" if line.events else ""
    rule = _notation_of(line.due)
    if line.due == Due("net_days") and (line.events or line.role == "advance"):
        rule = ""
    elif line.due.kind == "net_days" and line.events:
        event, rule = f"{event}+{line.due.days}d", ""
    return amount, role, event, rule


def _notation_of(due: Due) -> str:
    days, months, day = due.days, due.months, due.day_of_month
    if due.kind == "relative":
        return " ".join(filter(None, (f"+{months}M", f"day {day}" if day else "", f"+{days}d" if days else "")))
    return {
        "net_days": f"net {days}",
        "end_of_invoice_month_plus_days": f"EOM+{days}d",
        "end_of_month_after_months": f"EOM+{months}M" + (f" +{days}d" if days else ""),
        "last_day_of_invoice_month": "EOM",
        "day_of_following_month": f"next month {day}" + (f" +{months}M" if months else ""),
        "net_days_then_next_day_of_month": f"{days}d then day {day}",
        "net_days_then_end_of_month_then_day": f"{days}d EOM" + (f" day {day}" if day else ""),
    }[due.kind]


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
