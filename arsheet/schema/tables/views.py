"""The sheets that a refresh writes: reports, lists, checks."""

from __future__ import annotations

from arsheet.schema.model import Choice, Column, TableSpec
from arsheet.schema.tables.control import SEVERITIES
from arsheet.schema.tables.declare import CHANNELS, CURRENCY, DOCUMENT, SALESPERSON, column, day, ident, money, text
from arsheet.schema.tables.declare import choice as choice_column
from arsheet.schema.tables.documents import INVOICE_KINDS
from arsheet.schema.tables.money import TIERS
from arsheet.schema.tables.recovery import LINE_STATUS

ID = ident("customer_id", "客户编码", "Customer ID")
NAME = text("name", "客户名称", "Customer name", width=28)
CCY = ident("currency", CURRENCY.zh, CURRENCY.en, width=9)
SELLER = text("salesperson", SALESPERSON.zh, SALESPERSON.en)
NO = ident("document_no", DOCUMENT.zh, DOCUMENT.en, width=22)
DUE = day("due_date", "到期日", "Due date")
DAYS = column("days", "days", "逾期天数", "Days past due")
LEVEL = column("int", "level", "催收级别", "Level")
BUCKETS = Column("buckets", "账龄段", "Buckets", "money", dynamic="buckets")
YEARS = Column("years", "账龄（年）", "Years", "money", dynamic="years")
ITEM_STATUS = (
    Choice("not_due", "未到期", "Not due"),
    Choice("overdue", "逾期", "Overdue"),
    Choice("pending", "待触发", "Pending"),
    Choice("disputed", "争议", "Disputed"),
    Choice("credit", "贷方", "Credit"),
)


def percent(key: str, zh: str, en: str) -> Column:
    """A share of a report."""
    return column("percent", key, zh, en)


def view(
    key: str,
    table_name: str,
    zh: str,
    en: str,
    *columns: Column,
    visible: bool = False,
    group: str = "reports",
    note: tuple[str, str],
    keys: tuple[str, ...] = (),
) -> TableSpec:
    """A generated sheet; one with ``keys`` is published, its rows named by these columns."""
    return TableSpec(key, table_name, zh, en, columns, "view", group, visible, *note, bool(keys), keys)


START = view(
    "start",
    "Start",
    "开始",
    "Start",
    group="start",
    visible=True,
    note=("第一次使用看这里。", "Begin here."),
)
DASHBOARD = view(
    "dashboard",
    "Dashboard",
    "首页",
    "Dashboard",
    group="start",
    visible=True,
    note=("应收总览。", "Receivables at a glance."),
)
TODAY = view(
    "today",
    "Today",
    "今日",
    "Today",
    text("topic", "事项", "Topic", width=20),
    ID,
    NAME,
    NO,
    CCY,
    money("amount", "金额", "Amount"),
    day("due", "日期", "Date"),
    text("what", "要做什么", "What to do", width=40),
    SELLER,
    group="start",
    note=("今天要处理的事。", "What to do today."),
)
OVERDUE_AGING = view(
    "overdue_aging",
    "OverdueAging",
    "逾期账龄",
    "Overdue aging",
    ident("key", "客户编码", "Customer ID"),
    NAME,
    CCY,
    money("total", "应收合计", "Total"),
    BUCKETS,
    money("unapplied", "未核销收款", "Unapplied"),
    money("net", "净额", "Net"),
    money("disputed", "其中争议", "Of which disputed"),
    money("pending", "其中待触发", "Of which pending"),
    visible=True,
    note=("按到期日计算的逾期账龄。", "Aging by days past due."),
    keys=("key", "currency"),
)
AGING_BY_YEAR = view(
    "aging_by_year",
    "AgingByYear",
    "账龄分析（按年）",
    "Aging by year",
    ID,
    NAME,
    CCY,
    money("total", "期末余额", "Closing balance"),
    YEARS,
    percent("percent", "比例%", "Share %"),
    visible=True,
    note=("年报和计提坏账用的账龄。", "For the annual report and the loss allowance."),
)
OPEN_ITEMS = view(
    "open_items",
    "OpenItems",
    "未清项",
    "Open items",
    ID,
    NAME,
    NO,
    column("int", "sequence", "期次", "Instalment"),
    choice_column("kind", "类型", "Kind", INVOICE_KINDS),
    day("document_date", "单据日期", "Document date"),
    DUE,
    CCY,
    money("amount", "金额", "Amount"),
    money("open", "未收金额", "Open amount"),
    DAYS,
    text("bucket", "账龄段", "Bucket"),
    money("disputed", "争议金额", "Disputed"),
    choice_column("status", "状态", "Status", ITEM_STATUS),
    LEVEL,
    SELLER,
    visible=True,
    note=("截止日尚未收回的每张单据。", "Every document not settled by the as-of date."),
)
BALANCES = view(
    "balances",
    "Balances",
    "客户余额",
    "Balances",
    ID,
    NAME,
    CCY,
    money("gross", "应收", "Receivables"),
    money("unapplied", "未核销收款", "Unapplied"),
    money("net", "净额", "Net"),
    money("overdue", "逾期", "Overdue"),
    column("days", "oldest_days", "最长逾期天数", "Oldest days past due"),
    money("limit", "额度", "Credit limit"),
    percent("utilisation", "占用率", "Utilisation"),
    SELLER,
    visible=True,
    note=("每个客户欠多少、逾期多少、占用多少额度。", "What each customer owes, overdue and against the limit."),
)
RECLASSIFICATION = view(
    "reclassification",
    "Reclassification",
    "重分类",
    "Reclassification",
    ID,
    NAME,
    CCY,
    money("book", "账面", "Book"),
    money("reclass", "重分类", "Reclassified"),
    money("reported", "报表数", "Reported"),
    visible=True,
    note=("贷方余额的客户在报表上列入预收款，账簿不改。", "Credit balances are reported as advances; the books stay."),
)
CREDIT_STATUS = (
    Choice("within", "正常", "Within the limit"),
    Choice("near", "接近额度", "Near the limit"),
    Choice("over", "超额度", "Over the limit"),
    Choice("no_limit", "无额度控制", "No limit"),
    Choice("rate_missing", "缺少汇率", "Rate missing"),
)
CREDIT = view(
    "credit",
    "Credit",
    "信用",
    "Credit",
    ID,
    NAME,
    CCY,
    money("open", "未到期应收", "Not overdue"),
    money("unpaid", "逾期应收", "Overdue"),
    money("unapplied", "未核销收款", "Unapplied"),
    money("exposure", "信用敞口", "Exposure"),
    money("limit", "额度", "Credit limit"),
    percent("utilisation", "占用率", "Utilisation"),
    money("available", "可用额度", "Available"),
    text("grade", "信用等级", "Grade"),
    choice_column("status", "结论", "Status", CREDIT_STATUS),
    text("reasons", "理由", "Reasons", width=40),
    visible=True,
    note=(
        "每个客户占用了多少额度；敞口=未到期应收+逾期应收-未核销收款。",
        "Use of each limit; exposure = not overdue + overdue - unapplied.",
    ),
    keys=("customer_id",),
)
REMINDER_ACTIONS = (
    Choice("remind_before_due", "到期前提醒", "Remind before the due date"),
    Choice("remind_friendly", "温馨提醒", "Friendly reminder"),
    Choice("remind_call", "电话催款", "Call about payment"),
    Choice("remind_letter", "发催款函", "Send a dunning letter"),
    Choice("remind_final", "发最后催告函并提议停供", "Send the final demand and propose a hold"),
    Choice("remind_escalate", "移交法务或机构", "Hand over to legal or an agency"),
)
SKIP_REASONS = (
    Choice("disputed", "有争议", "Disputed"),
    Choice("promised", "承诺付款未到期", "Promised and not yet due"),
    Choice("below_first_level", "未到起催天数", "Below the first level"),
    Choice("opted_out", "不催客户", "Never reminded"),
    Choice("blocked", "暂停催款", "Reminders on hold"),
    Choice("unapplied_cash", "未核销收款足够抵扣", "Unapplied cash covers it"),
    Choice("below_minimum", "低于起催金额", "Below the minimum amount"),
    Choice("reminded_lately", "近期已提醒", "Reminded lately"),
)
REMINDER_LIST = view(
    "reminder_list",
    "ReminderList",
    "提醒清单",
    "Reminders list",
    ID,
    NAME,
    LEVEL,
    column("int", "items", "单据数", "Items"),
    CCY,
    money("amount", "金额", "Amount"),
    column("days", "oldest", "最长逾期天数", "Oldest days past due"),
    choice_column("channel", "方式", "Channel", CHANNELS),
    text("contact", "联系人", "Contact", width=24),
    choice_column("next_action", "下一步", "Next action", REMINDER_ACTIONS),
    choice_column("skip_reason", "跳过原因", "Skipped because", SKIP_REASONS),
    SELLER,
    visible=True,
    note=(
        "该提醒谁、为什么有人被跳过；只列清单，不发送。",
        "Whom to remind, and why some are skipped; nothing is sent.",
    ),
    keys=("customer_id", "currency", "skip_reason"),
)
MATCH_PROPOSALS = view(
    "match_proposals",
    "MatchProposals",
    "核销建议",
    "Match proposals",
    ident("receipt_no", "收款单号", "Receipt no"),
    ID,
    NAME,
    NO,
    money("amount", "核销金额", "Amount"),
    money("difference", "差额", "Difference"),
    choice_column("tier", "核销方式", "Tier", TIERS),
    percent("confidence", "把握", "Confidence"),
    text("reason", "理由", "Reason", width=36),
    text("alternatives", "其他可能", "Alternatives", width=28),
    text("accept", "采纳", "Accept"),
    note=("收款可以冲哪些单据。", "Which documents a receipt may settle."),
)
RECON_RESULT = view(
    "recon_result",
    "ReconResult",
    "对账结果",
    "Reconciliation",
    ident("statement_id", "对账单号", "Statement ID"),
    ID,
    NO,
    day("date", "日期", "Date"),
    money("ours", "我方", "Ours"),
    money("theirs", "对方", "Theirs"),
    money("difference", "差异", "Difference"),
    choice_column("status", "核对结果", "Result", LINE_STATUS),
    text("note", "说明", "Note", width=32),
    note=("与客户账逐笔核对的结果。", "Our ledger against the customer's, line by line."),
)
LIMITATION = view(
    "limitation",
    "Limitation",
    "时效台账",
    "Limitation",
    ID,
    NAME,
    NO,
    money("open", "未收金额", "Open amount"),
    DUE,
    day("expiry", "时效届满日", "Expires on"),
    column("days", "days_left", "剩余天数", "Days left"),
    text("last_event", "最近中断事由", "Last event", width=20),
    text("evidence", "证据", "Evidence", width=24),
    note=("诉讼时效什么时候届满、凭什么重新起算。", "When limitation runs out, and on what evidence it restarted."),
)
KPI = view(
    "kpi",
    "KPI",
    "指标",
    "KPI",
    text("metric", "指标", "Metric", width=28),
    text("period", "期间", "Period"),
    column("rate", "value", "数值", "Value"),
    text("unit", "单位", "Unit"),
    text("formula", "算式", "Arithmetic", width=48),
    note=("周转天数、逾期率、回款率等。", "DSO, overdue rate, collection rate and others."),
)
SCOREBOARD = view(
    "scoreboard",
    "Scoreboard",
    "回款考核",
    "Scoreboard",
    text("who", "考核对象", "Name", width=18),
    money("target", "目标", "Target"),
    money("collected", "回款", "Collected"),
    percent("rate", "完成率", "Achieved"),
    column("int", "rank", "名次", "Rank"),
    money("overdue", "逾期", "Overdue"),
    money("commission", "提成", "Commission"),
    note=("按业务员或部门考核回款。", "Collections by salesperson or department."),
)
ALLOWANCE = view(
    "allowance",
    "Allowance",
    "坏账准备",
    "Loss allowance",
    text("segment", "客户组合", "Segment"),
    text("bucket", "账龄段", "Bucket"),
    money("balance", "余额", "Balance"),
    percent("rate", "计提比例", "Rate"),
    money("allowance", "坏账准备", "Allowance"),
    money("booked", "账面已提", "Booked"),
    money("to_book", "应补提", "To book"),
    note=("按账龄组合计提。", "By bucket and segment."),
)
CASH_FORECAST = view(
    "cash_forecast",
    "CashForecast",
    "资金预测",
    "Cash forecast",
    day("week", "周", "Week"),
    money("due", "到期", "Due"),
    money("p50", "预计回款", "Expected (P50)"),
    money("p80", "保守回款", "Cautious (P80)"),
    money("promised", "承诺", "Promised"),
    note=("未来各周的回款。", "Collections of the coming weeks."),
)
ALERTS = view(
    "alerts",
    "Alerts",
    "预警",
    "Alerts",
    choice_column("severity", "级别", "Severity", SEVERITIES),
    ident("rule_id", "规则编号", "Rule ID"),
    ID,
    NAME,
    text("message", "说明", "Message", width=48),
    money("amount", "金额", "Amount"),
    day("since", "起始日", "Since"),
    note=("触发了预警规则的客户。", "Customers that raised an alert."),
)
CHECKS = view(
    "checks",
    "Checks",
    "检查",
    "Checks",
    choice_column("severity", "级别", "Severity", SEVERITIES),
    column("id", "code", "代码", "Code", width=36),
    text("place", "位置", "Where", width=20),
    text("read", "读到", "What was read", width=22),
    text("message", "说明", "What is wrong", width=52),
    text("hint", "怎么办", "What to do", width=44),
    visible=True,
    note=("数据里发现的问题，按严重程度排列。", "What was found in the data, worst first."),
)
FORMULAS = view(
    "formulas",
    "Formulas",
    "公式示例",
    "Formulas",
    text("function", "函数", "Function", width=24),
    text("example", "示例", "Example", width=48),
    text("words", "说明", "What it gives", width=40),
    visible=True,
    note=("可以直接抄的公式。", "Formulas to copy."),
)
TABLES = (
    *(START, DASHBOARD, TODAY, OVERDUE_AGING, AGING_BY_YEAR, OPEN_ITEMS, BALANCES, RECLASSIFICATION, CREDIT),
    *(REMINDER_LIST, MATCH_PROPOSALS, RECON_RESULT, LIMITATION, KPI, SCOREBOARD, ALLOWANCE, CASH_FORECAST, ALERTS),
    *(CHECKS, FORMULAS),
)
