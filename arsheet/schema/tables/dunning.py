"""Reminding customers: policy, log, follow-up, promises, disputes, feedback, waivers."""

from __future__ import annotations

from arsheet.schema.model import Choice, TableSpec
from arsheet.schema.tables.declare import (
    APPROVER,
    BY,
    CHANNELS,
    CUSTOMER,
    CUSTOMER_OPTIONAL,
    DOCUMENT,
    DOCUMENT_OPTIONAL,
    REASON,
    choice,
    column,
    day,
    flag,
    ident,
    money,
    number,
    percent,
    text,
)

COUNTS_FROM = (
    Choice("due", "到期日", "Due date", ("days_overdue",)),
    Choice("end_of_due_month", "到期月月末", "End of due month", ("days_after_end_of_due_month",)),
    Choice("previous", "上次提醒", "Previous reminder", ("days_since_previous",)),
)
REMINDER_STATES = (
    Choice("draft", "草稿", "Draft", ("待审批",)),
    Choice("approved", "已批准", "Approved"),
    Choice("sending", "发送中", "Sending"),
    Choice("sent", "已发送", "Sent"),
    Choice("failed", "失败", "Failed"),
    Choice("uncertain", "不确定", "Uncertain"),
    Choice("delivered", "已送达", "Delivered"),
    Choice("bounced", "退信", "Bounced"),
    Choice("answered", "已回复", "Answered"),
)
CAUSES = (
    Choice("cash", "资金紧张", "Short of cash"),
    Choice("dispute", "有争议", "Dispute"),
    Choice("process", "对方流程", "Their process", ("审批流程",)),
    Choice("documents", "缺票据资料", "Missing documents", ("未收到发票",)),
    Choice("forgotten", "遗漏", "Overlooked"),
    Choice("other", "其他", "Other"),
)
PROMISE_STATES = (
    Choice("open", "未到期", "Open"),
    Choice("kept", "已兑现", "Kept"),
    Choice("part_kept", "部分兑现", "Partly kept"),
    Choice("broken", "未兑现", "Broken", ("失约",)),
)
DISPUTE_REASONS = (
    Choice("quality", "质量", "Quality", ("质量问题",)),
    Choice("quantity", "数量", "Quantity", ("数量短少",)),
    Choice("price", "价格", "Price", ("价格差异",)),
    Choice("delivery", "交付", "Delivery", ("延迟交货",)),
    Choice("invoice", "发票", "Invoice", ("发票有误",)),
    Choice("service", "服务", "Service"),
    Choice("other", "其他", "Other"),
)
FEEDBACK_TOPICS = (
    Choice("billing", "开票", "Billing"),
    Choice("delivery", "交付", "Delivery"),
    Choice("quality", "质量", "Quality"),
    Choice("service", "服务", "Service"),
    Choice("payment", "付款", "Payment"),
    Choice("other", "其他", "Other"),
)
WAIVER_KINDS = (
    Choice("interest", "逾期利息", "Late interest", ("利息", "违约金")),
    Choice("fee", "催收费", "Fee"),
    Choice("principal", "本金", "Principal"),
)
CHANNEL = choice("channel", "方式", "Channel", CHANNELS, "渠道|沟通方式")

DUNNING_POLICY = TableSpec(
    key="dunning_policy",
    table_name="DunningPolicy",
    zh="催款策略",
    en="Dunning policy",
    columns=(
        text("policy", "策略", "Policy", "策略名称", required=True),
        number("level", "级别", "Level", "催收级别", required=True),
        column("days", "min_days", "起始天数", "Minimum days", "逾期天数", "days", required=True),
        choice("counts_from", "起算", "Counts from", COUNTS_FROM, "起算点", "mode"),
        column("days", "interval", "最短间隔天数", "Interval days", "间隔", "interval"),
        money("min_amount", "最低金额", "Minimum amount", "起催金额"),
        CHANNEL,
        text("template", "模板", "Template", "函件模板"),
        money("fee_fixed", "固定费用", "Fixed fee", "手续费"),
        percent("fee_percent", "费用比例", "Fee percent"),
        money("fee_cap", "费用上限", "Fee cap"),
        flag("interest", "计息", "Interest", "是否计息"),
        flag("hold", "冻结", "Hold", "是否冻结"),
        APPROVER,
        text("bucket", "账龄段", "Bucket", "账龄区间"),
        text("action", "动作", "Action", "处理动作", width=20),
    ),
    role="parameter",
    group="dunning",
    visible=False,
    note_zh="每个级别一行；策略名写“不催”的客户不提醒。",
    note_en="One row per level; customers whose policy says 不催 are never reminded.",
)
REMINDERS = TableSpec(
    key="reminders",
    table_name="Reminders",
    zh="提醒记录",
    en="Reminders",
    columns=(
        ident("run_id", "批次", "Run ID", "批次号", required=True),
        CUSTOMER,
        number("level", "级别", "Level", "催收级别"),
        text("items", "单据", "Items", "单据清单", width=28),
        money("amount", "金额", "Amount", "提醒金额"),
        CHANNEL,
        text("to", "收件人", "To", "接收人", width=24),
        choice("state", "状态", "State", REMINDER_STATES),
        day("sent_at", "发送时间", "Sent at", "发送日期", "sent on"),
        text("result", "结果", "Result", "回执", width=24),
    ),
    group="dunning",
    visible=False,
    note_zh="每次提醒和催款的记录，由发送写入。",
    note_en="What was sent, to whom and with what result; written by sending.",
)
ACTIVITIES = TableSpec(
    key="activities",
    table_name="Activities",
    zh="跟进",
    en="Activities",
    columns=(
        CUSTOMER,
        DOCUMENT_OPTIONAL,
        day("at", "时间", "At", "日期|跟进日期", "date", required=True),
        BY,
        CHANNEL,
        text("note", "内容", "Note", "跟进内容|沟通内容|备注", width=36),
        choice("cause", "逾期原因", "Cause of lateness", CAUSES, "原因", "cause"),
        text("next_action", "下一步", "Next action", "后续动作", width=24),
        day("next_date", "下次日期", "Next date", "下次跟进日期", "follow up date"),
    ),
    group="dunning",
    visible=False,
    note_zh="和客户沟通了什么，下一步是什么。",
    note_en="What was said to the customer, and what comes next.",
)
PROMISES = TableSpec(
    key="promises",
    table_name="Promises",
    zh="承诺付款",
    en="Promises to pay",
    columns=(
        CUSTOMER,
        DOCUMENT_OPTIONAL,
        money("amount", "承诺金额", "Amount", "金额", "promised amount", required=True),
        day("promised_on", "承诺日", "Promised on", "承诺日期", required=True),
        day("pay_by", "承诺付款日", "Pay by", "预计付款日|付款日期", "promise date", required=True),
        BY,
        choice("state", "状态", "State", PROMISE_STATES),
    ),
    group="dunning",
    visible=False,
    note_zh="承诺期内暂停催款；到期未兑现自动恢复并升级。",
    note_en="A live promise pauses reminders; a broken one raises the level.",
)
DISPUTES = TableSpec(
    key="disputes",
    table_name="Disputes",
    zh="争议",
    en="Disputes",
    columns=(
        DOCUMENT,
        number("sequence", "期次", "Sequence", "分期序号", "instalment"),
        CUSTOMER_OPTIONAL,
        money("amount", "争议金额", "Amount", "金额", "disputed amount"),
        choice("reason", "原因", "Reason", DISPUTE_REASONS, "争议原因"),
        text("note", "争议说明", "Note", "说明|备注", "description|remark", width=28),
        text("owner", "负责人", "Owner", "处理人"),
        day("opened", "提出日期", "Opened", "登记日期|日期", "opened on", required=True),
        day("sla", "应结日期", "Due by", "处理期限", "sla"),
        text("resolution", "处理结果", "Resolution", "结论", width=28),
        day("closed", "结案日期", "Closed", "关闭日期", "closed on"),
        ident("credit_note", "红字单号", "Credit note", "红字发票号"),
    ),
    group="dunning",
    visible=False,
    note_zh="只对争议的那部分金额停催。",
    note_en="Only the disputed part is left out of reminders.",
)
FEEDBACK = TableSpec(
    key="feedback",
    table_name="Feedback",
    zh="反馈",
    en="Feedback",
    columns=(
        CUSTOMER,
        day("received_at", "收到时间", "Received at", "日期|反馈日期", "date"),
        text("from", "反馈人", "From", "来自"),
        CHANNEL,
        choice("topic", "主题", "Topic", FEEDBACK_TOPICS, "类别"),
        number("satisfaction", "满意度", "Satisfaction", "评分"),
        text("answer", "答复", "Answer", "回复", width=28),
        day("answered_at", "答复时间", "Answered at", "回复日期"),
    ),
    group="dunning",
    visible=False,
    note_zh="客户的意见和我方的答复。",
    note_en="What customers say, and what we answered.",
)
WAIVERS = TableSpec(
    key="waivers",
    table_name="Waivers",
    zh="减免",
    en="Waivers",
    columns=(
        DOCUMENT,
        choice("kind", "减免项目", "Kind", WAIVER_KINDS, "类型"),
        money("amount", "金额", "Amount", "减免金额", required=True),
        REASON,
        BY,
        APPROVER,
    ),
    group="dunning",
    visible=False,
    note_zh="免收的利息或费用，须经审批。",
    note_en="Interest or fees let off, with approval.",
)
CADENCE = TableSpec(
    key="cadence",
    table_name="Cadence",
    zh="联系节奏",
    en="Cadence",
    columns=(
        text("class", "客户类别", "Class", "类别", required=True),
        column("days", "every_days", "每隔天数", "Every days", "间隔天数|天数"),
    ),
    role="parameter",
    group="dunning",
    visible=False,
    note_zh="每类客户至少多久联系一次。",
    note_en="How often customers of a class are contacted at least.",
)
TABLES = (DUNNING_POLICY, REMINDERS, ACTIVITIES, PROMISES, DISPUTES, FEEDBACK, WAIVERS, CADENCE)
