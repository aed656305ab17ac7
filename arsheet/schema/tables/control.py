"""Periods, snapshots, targets and rules, decisions, synchronisation, audit, and the settings sheet itself."""

from __future__ import annotations

from arsheet.schema.model import Choice, Column, TableSpec
from arsheet.schema.tables.declare import (
    CUSTOMER,
    MEMO,
    choice,
    column,
    day,
    flag,
    ident,
    money,
    percent,
    text,
)

BASES = (
    Choice("due", "到期日", "Due date"),
    Choice("invoice", "单据日期", "Document date", ("开票日",)),
    Choice("delivery", "交付日", "Delivery date"),
    Choice("original", "原始日期", "Original date", ("连续计算",)),
)
SYNC_KINDS = (
    Choice("person", "个人", "Person"),
    Choice("region", "区域", "Region"),
    Choice("overview", "总览", "Overview"),
    Choice("shared", "共享", "Shared"),
)
DIMENSIONS = (
    Choice("salesperson", "业务员", "Salesperson"),
    Choice("department", "部门", "Department"),
    Choice("region", "地区", "Region"),
    Choice("class", "客户类别", "Class"),
    Choice("company", "全公司", "Company"),
)
TARGET_METRICS = (
    Choice("collected", "回款额", "Collected"),
    Choice("collection_rate", "回款率", "Collection rate"),
    Choice("overdue_rate", "逾期率", "Overdue rate"),
    Choice("dso", "周转天数", "DSO", ("应收账款周转天数",)),
)
ALERT_METRICS = (
    Choice("overdue_days", "逾期天数", "Days overdue"),
    Choice("overdue_amount", "逾期金额", "Overdue amount"),
    Choice("utilisation", "额度占用率", "Credit utilisation", ("utilization",)),
    Choice("late_trend", "付款变慢", "Paying later"),
    Choice("broken_promises", "失约次数", "Broken promises"),
    Choice("limitation_days", "时效剩余天数", "Days to limitation"),
    Choice("prepayment_age", "预收挂账天数", "Age of prepayments"),
    Choice("concentration", "集中度", "Concentration"),
)
COMPARISONS = (
    Choice("at_least", "不低于", "At least", (">=", "大于等于")),
    Choice("at_most", "不高于", "At most", ("<=", "小于等于")),
)
SEVERITIES = (
    Choice("error", "错误", "Error"),
    Choice("warning", "警告", "Warning", ("提醒",)),
    Choice("note", "提示", "Note"),
)
SHOCKS = (
    Choice("top_default", "大客户违约", "Largest customers default"),
    Choice("delay", "整体延期", "Everybody pays later"),
    Choice("segment", "某类客户违约", "A segment defaults"),
)

PERIODS = TableSpec(
    key="periods",
    table_name="Periods",
    zh="会计期间",
    en="Periods",
    columns=(
        ident("month", "月份", "Month", "期间|会计期间", "period", required=True),
        day("locked_on", "锁定日期", "Locked on", "关账日期"),
        text("by", "锁定人", "By", "操作人"),
    ),
    role="parameter",
    group="control",
    visible=False,
    note_zh="已关账的月份不再改动，只能冲销。",
    note_en="A closed month is not changed any more, only reversed.",
)
SNAPSHOTS = TableSpec(
    key="snapshots",
    table_name="Snapshots",
    zh="月末快照",
    en="Snapshots",
    columns=(
        day("as_of", "截止日期", "As of", "快照日期", required=True),
        CUSTOMER,
        text("bucket", "账龄段", "Bucket", "账龄"),
        choice("basis", "账龄口径", "Aging basis", BASES, "口径"),
        money("amount", "金额", "Amount"),
    ),
    group="control",
    visible=False,
    note_zh="每个月末的账龄，供迁徙率和趋势使用，由关账写入。",
    note_en="The aging of each month end, for migration and trends; written by the close.",
)
TARGETS = TableSpec(
    key="targets",
    table_name="Targets",
    zh="目标",
    en="Targets",
    columns=(
        ident("period", "期间", "Period", "月份", "month", required=True),
        choice("by", "考核维度", "Dimension", DIMENSIONS, "维度"),
        text("name", "考核对象", "Name", "姓名|业务员", required=True),
        choice("metric", "指标", "Metric", TARGET_METRICS),
        column("rate", "target", "目标值", "Target", "目标", required=True),
        percent("commission", "提成比例", "Commission", "提成"),
    ),
    role="parameter",
    group="control",
    visible=False,
    note_zh="回款考核的目标和提成。",
    note_en="Targets and commission of the scoreboard.",
)
ALERT_RULES = TableSpec(
    key="alert_rules",
    table_name="AlertRules",
    zh="预警规则",
    en="Alert rules",
    columns=(
        ident("rule_id", "规则编号", "Rule ID", "编号", required=True),
        choice("metric", "指标", "Metric", ALERT_METRICS, required=True),
        choice("comparison", "比较", "Comparison", COMPARISONS),
        column("rate", "threshold", "阈值", "Threshold", "界限", required=True),
        choice("severity", "级别", "Severity", SEVERITIES, "严重程度"),
        text("scope", "适用客户类别", "Scope", "范围"),
        flag("enabled", "启用", "Enabled", "是否启用"),
    ),
    role="parameter",
    group="control",
    visible=False,
    note_zh="什么情况要预警。",
    note_en="What raises an alert.",
)
SCORE_CARD = TableSpec(
    key="score_card",
    table_name="ScoreCard",
    zh="评分卡",
    en="Score card",
    columns=(
        ident("part", "评分项", "Part", "项目", required=True),
        column("rate", "points", "满分", "Points", "分值", required=True),
        column("rate", "from_value", "区间下限", "From", "下限"),
        column("rate", "to_value", "区间上限", "To", "上限"),
        column("rate", "score", "得分", "Score"),
        MEMO,
    ),
    role="parameter",
    group="control",
    visible=False,
    note_zh="信用评分的项目、分值和区间，中间按直线取值。",
    note_en="Parts, points and steps of the credit score; linear in between.",
)
ALLOWANCE_RATES = TableSpec(
    key="allowance_rates",
    table_name="AllowanceRates",
    zh="坏账计提比例",
    en="Allowance rates",
    columns=(
        text("segment", "客户组合", "Segment", "组合|分组"),
        text("bucket", "账龄段", "Bucket", "账龄", required=True),
        percent("rate", "计提比例", "Rate", "比例", required=True),
        day("from", "生效日期", "From", "起始日期"),
        MEMO,
    ),
    role="parameter",
    group="control",
    visible=False,
    note_zh="各账龄段的计提比例及其生效日期。",
    note_en="Allowance rates by bucket, and since when they hold.",
)
SCENARIOS = TableSpec(
    key="scenarios",
    table_name="Scenarios",
    zh="压力情景",
    en="Scenarios",
    columns=(
        ident("scenario", "情景", "Scenario", "名称", required=True),
        choice("kind", "冲击", "Shock", SHOCKS, "类型"),
        text("segment", "客户组合", "Segment", "组合"),
        column("rate", "value", "冲击值", "Value", "数值"),
        percent("probability", "概率", "Probability"),
        MEMO,
    ),
    role="parameter",
    group="control",
    visible=False,
    note_zh="压力测试的情景。",
    note_en="Scenarios of the stress test.",
)
CONTINGENCY_PLAN = TableSpec(
    key="contingency_plan",
    table_name="ContingencyPlan",
    zh="应急预案",
    en="Contingency plan",
    columns=(
        text("trigger", "触发条件", "Trigger", "情形", required=True, width=28),
        text("action", "应对措施", "Action", "措施", width=36),
        text("owner", "负责人", "Owner"),
        ident("phone", "电话", "Phone", "联系电话"),
        column("days", "within_days", "完成天数", "Within days", "时限"),
        day("drilled_on", "演练日期", "Drilled on", "上次演练"),
    ),
    role="parameter",
    group="control",
    visible=False,
    note_zh="客户破产、大额逾期等情形下谁做什么。",
    note_en="Who does what when a customer fails.",
)
DECISIONS = TableSpec(
    key="decisions",
    table_name="Decisions",
    zh="决议",
    en="Decisions",
    columns=(
        day("date", "日期", "Date", "会议日期", required=True),
        text("topic", "议题", "Topic", "主题", width=24),
        text("decision", "决议内容", "Decision", "决议|结论", width=36),
        text("owner", "负责人", "Owner", "责任人"),
        day("due", "完成期限", "Due", "期限"),
        day("done_on", "完成日期", "Done on", "完成日"),
    ),
    group="control",
    visible=False,
    note_zh="应收例会的决议和落实。",
    note_en="What the receivables meeting decided, and whether it was done.",
)
SYNC_TARGETS = TableSpec(
    key="sync_targets",
    table_name="SyncTargets",
    zh="同步目标",
    en="Sync targets",
    columns=(
        ident("spreadsheet_id", "表格编号", "Spreadsheet ID", required=True),
        choice("kind", "类型", "Kind", SYNC_KINDS),
        text("scope", "范围", "Scope", "人员或区域"),
        text("tabs", "工作表", "Tabs", width=24),
        text("mail", "共享给", "Shared with", "邮箱", width=24),
    ),
    role="parameter",
    group="control",
    visible=False,
    note_zh="同步到哪些在线表格、给谁看。",
    note_en="Which online spreadsheets are kept up to date, and for whom.",
)
AUDIT = TableSpec(
    key="audit",
    table_name="Audit",
    zh="审计",
    en="Audit",
    columns=(
        day("at", "时间", "At", "日期"),
        text("user", "用户", "User", "操作人"),
        text("action", "操作", "Action", "动作"),
        text("table", "表", "Table", "工作表"),
        ident("key", "主键", "Key", "编号"),
        text("before", "修改前", "Before", "原值", width=28),
        text("after", "修改后", "After", "新值", width=28),
    ),
    role="view",
    group="control",
    visible=False,
    note_zh="谁在什么时候改了什么；由系统写入，不能修改。",
    note_en="Who changed what and when; written automatically, not to be edited.",
)
SETTINGS_TABLE = TableSpec(
    key="settings",
    table_name="Settings",
    zh="设置",
    en="Settings",
    columns=(
        text("name", "设置项", "Setting", "名称", width=28),
        text("value", "当前值", "Value", "值|取值", width=30),
        text("allowed", "可以填", "Allowed", "可选值", width=40),
        text("help", "说明", "What it means", "含义", width=64),
        Column("key", "代码", "Key", "id", width=24),
    ),
    role="parameter",
    group="settings",
    note_zh="所有口径都在这里，改完后刷新。",
    note_en="Every rule of calculation is here. Refresh after a change.",
)
TABLES = (
    PERIODS,
    SNAPSHOTS,
    TARGETS,
    ALERT_RULES,
    SCORE_CARD,
    ALLOWANCE_RATES,
    SCENARIOS,
    CONTINGENCY_PLAN,
    DECISIONS,
    SYNC_TARGETS,
    AUDIT,
    SETTINGS_TABLE,
)
