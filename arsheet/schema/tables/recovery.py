"""Statements and what the customer answered; escalation and the evidence against limitation."""

from __future__ import annotations

from arsheet.schema.model import Choice, TableSpec
from arsheet.schema.tables.declare import (
    CUSTOMER,
    CUSTOMER_OPTIONAL,
    DOCUMENT_OPTIONAL,
    FROM,
    TO,
    choice,
    day,
    ident,
    money,
    text,
)

STATEMENT_STATES = (
    Choice("unsent", "未发", "Not sent"),
    Choice("sent", "已发", "Sent"),
    Choice("agreed", "一致", "Agreed", ("相符",)),
    Choice("different", "有差异", "Different", ("不符",)),
    Choice("confirmed", "已确认", "Confirmed"),
    Choice("overdue", "逾期未回", "No answer"),
    Choice("refused", "拒收", "Refused"),
)
LINE_STATUS = (
    Choice("matched", "一致", "Matched"),
    Choice("matched_group", "合并一致", "Matched as a group"),
    Choice("tolerance", "尾差", "Tolerance"),
    Choice("date_diff", "期间差", "Cut-off difference"),
    Choice("amount_diff", "金额不符", "Amount difference"),
    Choice("only_ours_invoice", "发票在途", "Only our invoice"),
    Choice("only_ours_receipt", "我方已收对方未付", "Only our receipt"),
    Choice("only_theirs_payment", "款项在途", "Only their payment"),
    Choice("only_theirs_debit", "对方扣款", "Only their debit"),
    Choice("duplicate", "重复", "Duplicate"),
    Choice("ambiguous", "待判定", "Ambiguous"),
    Choice("disputed", "争议", "Disputed"),
)
STAGES = (
    Choice("agency", "委托催收", "Agency", ("催收公司",)),
    Choice("lawyer_letter", "律师函", "Lawyer letter"),
    Choice("mediation", "调解", "Mediation"),
    Choice("suit", "诉讼", "Suit", ("起诉", "仲裁")),
    Choice("enforcement", "执行", "Enforcement"),
    Choice("closed", "结案", "Closed"),
)
AGENCY_KINDS = (
    Choice("law_firm", "律所", "Law firm", ("律师事务所",)),
    Choice("insurer", "保险公司", "Insurer"),
    Choice("factor", "保理", "Factor", ("保理公司",)),
    Choice("mediation", "调解机构", "Mediation"),
    Choice("court", "法院", "Court", ("仲裁委",)),
)
EVIDENCE_KINDS = (
    Choice("demand", "催款送达", "Demand delivered", ("催款函",)),
    Choice("promise", "承诺付款", "Promise"),
    Choice("statement", "签章对账单", "Signed statement", ("对账单",)),
    Choice("part_payment", "部分付款", "Part payment"),
    Choice("plan", "分期协议", "Instalment plan"),
    Choice("guarantee", "提供担保", "Guarantee"),
    Choice("suit", "起诉", "Suit"),
    Choice("consent", "同意履行", "Written consent"),
)

STATEMENTS = TableSpec(
    key="statements",
    table_name="Statements",
    zh="对账",
    en="Statements",
    columns=(
        ident("statement_id", "对账单号", "Statement ID", "对账编号", "statement no", required=True),
        CUSTOMER,
        FROM,
        TO,
        money("our_balance", "我方余额", "Our balance"),
        money("their_balance", "对方余额", "Their balance"),
        money("difference", "差异", "Difference", "差额"),
        day("sent", "发出日期", "Sent", "发送日期", "sent on"),
        day("confirmed_on", "确认日期", "Confirmed on", "回函日期"),
        text("confirmed_by", "确认人", "Confirmed by", "回函人"),
        text("file", "文件", "File", "附件", width=24),
        choice("state", "状态", "State", STATEMENT_STATES),
    ),
    group="recon",
    visible=False,
    note_zh="发出的对账单和客户的回函。",
    note_en="Statements sent, and the confirmations that came back.",
)
THEIR_LINES = TableSpec(
    key="their_lines",
    table_name="TheirLines",
    zh="对方明细",
    en="Their lines",
    columns=(
        ident("statement_id", "对账单号", "Statement ID", "对账编号", required=True),
        day("date", "日期", "Date", "单据日期|记账日期"),
        ident("reference", "单据号", "Reference", "凭证号|发票号|摘要", "document no"),
        money("debit", "借方", "Debit", "借方金额|应付减少"),
        money("credit", "贷方", "Credit", "贷方金额|应付增加"),
        ident("matched_document", "对应单据号", "Matched document", "匹配单据"),
        choice("status", "核对结果", "Status", LINE_STATUS, "状态"),
    ),
    group="recon",
    visible=False,
    note_zh="粘贴客户的往来明细，逐笔核对。",
    note_en="Paste the customer's own ledger here to compare it line by line.",
)
ESCALATIONS = TableSpec(
    key="escalations",
    table_name="Escalations",
    zh="移交催收",
    en="Escalations",
    columns=(
        CUSTOMER,
        choice("stage", "阶段", "Stage", STAGES, "移交阶段", required=True),
        money("amount", "移交金额", "Amount", "金额"),
        text("agency", "机构", "Agency", "受托机构", width=24),
        day("handed_on", "移交日期", "Handed on", "日期"),
        money("cost", "费用", "Cost", "催收费用"),
        money("recovered", "收回金额", "Recovered", "已收回"),
    ),
    group="legal",
    visible=False,
    note_zh="交给律所、保险、保理、调解或法院的账款。",
    note_en="Receivables handed to a law firm, insurer, factor, mediator or court.",
)
AGENCIES = TableSpec(
    key="agencies",
    table_name="Agencies",
    zh="机构",
    en="Agencies",
    columns=(
        text("name", "名称", "Name", "机构名称", required=True, width=28),
        choice("kind", "类型", "Kind", AGENCY_KINDS, "机构类型"),
        ident("licence", "执业证号", "Licence", "许可证号", "license"),
        text("fee", "收费", "Fee", "收费标准", width=20),
    ),
    role="parameter",
    group="legal",
    visible=False,
    note_zh="可以移交的机构。",
    note_en="Whom a case can be handed to.",
)
EVIDENCE = TableSpec(
    key="evidence",
    table_name="Evidence",
    zh="时效证据",
    en="Evidence",
    columns=(
        DOCUMENT_OPTIONAL,
        CUSTOMER_OPTIONAL,
        choice("kind", "证据类型", "Kind", EVIDENCE_KINDS, "类型", required=True),
        day("date", "日期", "Date", "送达日期|证据日期", required=True),
        text("proof_ref", "证据编号", "Proof", "快递单号|文件", "proof", width=24),
        ident("sha256", "文件指纹", "SHA-256", "哈希"),
    ),
    group="legal",
    visible=False,
    note_zh="能证明诉讼时效重新起算的材料。",
    note_en="What proves that the limitation period started anew.",
)
TABLES = (STATEMENTS, THEIR_LINES, ESCALATIONS, AGENCIES, EVIDENCE)
