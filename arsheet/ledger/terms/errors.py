"""What can be wrong with payment terms: a code, plain facts, and the words for both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MESSAGES: Mapping[str, tuple[str, str]] = {
    "terms_are_blank": ("未写账期条款", "No payment terms are written"),
    "term_not_understood": (
        "看不懂条款中的“{piece}”。可以写：月结30天、票到30天、次月15日、30%预付;70%货到30天",
        "“{piece}” is not understood. Write for example: net 30, EOM+30d, next month 15, 30% prepay; 70% @delivery+30d",
    ),
    "term_part_has_no_date_rule": (
        "“{piece}”没有写何时到期。请补上日期规则，例如：5%质保金验收后12个月",
        "“{piece}” does not say when it is due. Add a rule, for example: 5% retention @acceptance +12M",
    ),
    "term_has_no_days": (
        "“{piece}”没有写天数。可以写：月结30天、当月结、次月15日",
        "“{piece}” does not say how many days. Write for example: EOM+30d, EOM, next month 15",
    ),
    "term_reading_is_ambiguous": (
        "“{piece}”有两种读法，请写明其中一种：{choices}",
        "“{piece}” can be read in two ways; write one of them: {choices}",
    ),
    "term_code_is_unknown": (
        "代码“{piece}”的含义由各公司自定，请直接写条款，例如：票到30天",
        "The meaning of the code “{piece}” differs between companies; write the rule itself, for example: net 30",
    ),
    "term_part_has_two_shares": (
        "“{piece}”写了两个金额或比例，请用分号分开",
        "“{piece}” states two amounts or percentages; separate them with a semicolon",
    ),
    "term_has_two_parts_without_share": (
        "有两段没有写比例或金额：“{piece}”。只有最后一段可以省略",
        "Two parts state no share: “{piece}”. Only the last part may leave it out",
    ),
    "term_has_two_discounts": (
        "条款写了两个现金折扣：“{piece}”。只能有一个",
        "The terms state two early-payment discounts: “{piece}”. There can be one",
    ),
    "cutoff_day_without_monthly_rule": (
        "写了截账日{cutoff_day}日，但没有按月结算的规则。可以写：25日截账次月10日",
        "A cut-off day {cutoff_day} is written without a monthly rule. Write for example: cut 25 pay 10",
    ),
    "term_percentages_do_not_total_100": (
        "各段比例合计为{total}%，应为100%，或以“余款”结尾",
        "The percentages add up to {total}%; they must total 100% or end with a rest",
    ),
    "term_percentage_is_not_between_0_and_100": (
        "比例{value}%不在0到100之间",
        "The percentage {value}% is not between 0 and 100",
    ),
    "term_amount_is_negative": ("条款中的金额{value}是负数", "The amount {value} in the terms is negative"),
    "rest_is_not_the_last_part": (
        "“余款”必须是最后一段，现在是第{line}段",
        "The rest must be the last part; it is part {line}",
    ),
    "term_has_no_lines": ("条款没有任何一段", "The terms have no part"),
    "term_days_are_negative": ("天数{days}是负数", "The number of days {days} is negative"),
    "term_days_are_out_of_range": (
        "期限{value}太长（最多36500天或1200个月）",
        "The period {value} is too long (at most 36500 days or 1200 months)",
    ),
    "term_day_of_month_is_out_of_range": ("每月没有{day}日", "There is no day {day} in a month"),
    "term_kind_is_unknown": ("没有“{kind}”这种规则", "There is no rule of kind “{kind}”"),
    "setting_is_not_valid": (
        "设置{setting}的值“{value}”无效，可以是：{allowed}",
        "The setting {setting} cannot be “{value}”; it is one of: {allowed}",
    ),
}
"""Code -> the message in zh and en; the names in braces are keys of the error's facts."""


class TermError(ValueError):
    """Terms that are refused: ``code`` is a full predicate of MESSAGES, ``facts`` are texts and numbers only."""

    def __init__(self, code: str, facts: Mapping[str, Any] | None = None):
        super().__init__(code, dict(facts or {}))
        self.code = code
        self.facts: dict[str, Any] = dict(facts or {})

    def words(self, language: str) -> str:
        """The message in zh or en, naming the piece that is wrong and what could be written."""
        return MESSAGES[self.code][0 if language == "zh" else 1].format(**self.facts)

    def __str__(self) -> str:
        return self.words("en")
