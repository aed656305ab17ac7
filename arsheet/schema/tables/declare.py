"""Short forms for declaring columns, and the columns and choices that many tables share."""

from __future__ import annotations

from arsheet.schema.model import Choice, Column, Kind


def column(
    kind: Kind,
    key: str,
    zh: str,
    en: str,
    *aliases: str,
    required: bool = False,
    loose: tuple[str, ...] = (),
    unless: tuple[str, ...] = (),
    choices: tuple[Choice, ...] = (),
    width: int = 0,
    note: tuple[str, str] = ("", ""),
) -> Column:
    """A column of any kind. An alias argument may hold several, parted by |; ``note`` is the hint in zh and en."""
    found = tuple(alias for names in aliases for alias in names.split("|"))
    return Column(key, zh, en, kind, required, found, choices, width, *note, loose=loose, loose_unless=unless)


def text(key: str, zh: str, en: str, *aliases: str, required: bool = False, width: int = 0) -> Column:
    """Words."""
    return column("text", key, zh, en, *aliases, required=required, width=width)


def ident(key: str, zh: str, en: str, *aliases: str, required: bool = False, width: int = 0) -> Column:
    """A code or number that is kept as text: leading zeros and 20 digits survive."""
    return column("id", key, zh, en, *aliases, required=required, width=width)


def day(key: str, zh: str, en: str, *aliases: str, required: bool = False, note: tuple[str, str] = ("", "")) -> Column:
    """A date."""
    return column("date", key, zh, en, *aliases, required=required, note=note)


def money(key: str, zh: str, en: str, *aliases: str, required: bool = False) -> Column:
    """An amount in the row's currency."""
    return column("money", key, zh, en, *aliases, required=required)


def number(key: str, zh: str, en: str, *aliases: str, required: bool = False) -> Column:
    """A whole number."""
    return column("int", key, zh, en, *aliases, required=required)


def percent(key: str, zh: str, en: str, *aliases: str, required: bool = False) -> Column:
    """A share, shown with %."""
    return column("percent", key, zh, en, *aliases, required=required)


def choice(key: str, zh: str, en: str, choices: tuple[Choice, ...], *aliases: str, required: bool = False) -> Column:
    """One of a few words."""
    return column("choice", key, zh, en, *aliases, required=required, choices=choices)


def flag(key: str, zh: str, en: str, *aliases: str) -> Column:
    """Yes or no."""
    return column("flag", key, zh, en, *aliases, choices=YES_NO)


YES_NO = (
    Choice("yes", "是", "Yes", ("1", "true", "y", "√", "对")),
    Choice("no", "否", "No", ("0", "false", "n", "×")),
)
CHANNELS = (
    Choice("mail", "邮件", "E-mail", ("email", "电子邮件", "邮箱")),
    Choice("phone", "电话", "Phone", ("电话沟通", "call")),
    Choice("sms", "短信", "SMS", ("text message",)),
    Choice("wecom", "企业微信", "WeCom", ("微信", "wechat")),
    Choice("letter", "函件", "Letter", ("信函", "快递", "ems", "post")),
    Choice("visit", "上门", "Visit", ("拜访",)),
)
PAY_CHANNELS = (
    Choice("bank", "银行转账", "Bank transfer", ("银行", "转账", "电汇", "网银", "bank", "wire", "tt")),
    Choice("alipay", "支付宝", "Alipay"),
    Choice("wechat", "微信支付", "WeChat Pay", ("微信", "wechat")),
    Choice("card", "刷卡", "Card", ("pos", "银行卡", "credit card")),
    Choice("cash", "现金", "Cash"),
    Choice("bill", "承兑汇票", "Acceptance bill", ("票据", "银承", "商承")),
    Choice("cheque", "支票", "Cheque", ("check",)),
    Choice("other", "其他", "Other"),
)
SIZE_CLASSES = (
    Choice("organ", "机关", "Government body", ("国家机关",)),
    Choice("institution", "事业", "Public institution", ("事业单位",)),
    Choice("large", "大型", "Large enterprise", ("大型企业",)),
    Choice("medium", "中", "Medium enterprise", ("中型", "中型企业")),
    Choice("small", "小", "Small enterprise", ("小型", "小型企业")),
    Choice("micro", "微", "Micro enterprise", ("微型", "微型企业")),
)
APPROVALS = (
    Choice("requested", "已申请", "Requested", ("申请", "待审批")),
    Choice("approved", "已批准", "Approved", ("批准", "已审批")),
    Choice("rejected", "已驳回", "Rejected", ("驳回",)),
    Choice("done", "已完成", "Done", ("完成",)),
)

CUSTOMER_ALIASES = (
    *("客户编号", "客户代码", "客户号", "往来单位编码", "往来单位编号", "购方编码", "客户ID", "单位编码", "会员编号"),
    *("customerID", "customer_no", "customer number", "customer code", "cust_number", "cust_id", "cust no"),
    *("account number", "debtor no", "debtor id", "partner id", "KUNNR", "Payer ID", "contact id", "client id"),
)
NAME_ALIASES = (
    *("客户全称", "往来单位名称", "单位名称", "购买方名称", "购方名称", "对方单位名称", "购货单位", "购货方"),
    *("name_customer", "customer full name", "cust_name", "company name", "client name", "debtor name", "partner name"),
    *("bill to", "bill to name", "sold to name", "contact name"),
)
CUSTOMER_LOOSE = ("客户", "往来单位", "Customer", "Client", "Debtor", "Partner", "购买方", "单位")

CUSTOMER = column(
    "id", "customer_id", "客户编码", "Customer ID", *CUSTOMER_ALIASES, required=True, loose=CUSTOMER_LOOSE
)
CUSTOMER_OPTIONAL = column("id", "customer_id", "客户编码", "Customer ID", *CUSTOMER_ALIASES, loose=CUSTOMER_LOOSE)
CUSTOMER_NAME = column("text", "customer_name", "客户名称", "Customer name", *NAME_ALIASES, loose=CUSTOMER_LOOSE)
DOCUMENT_ALIASES = (
    *("单据编号", "单号", "应收单号", "应收单编号", "来源单号", "凭证号", "业务单号", "编号", "单据编码"),
    *("invoiceNumber", "invoice_no", "invoice_id", "invoice", "inv no", "inv number", "document number", "doc_id"),
    *("doc no", "document id", "docnumber", "bill number", "voucher no", "reference number", "BELNR", "id"),
)
DOCUMENT = column("id", "document_no", "单据号", "Document no", *DOCUMENT_ALIASES, required=True)
DOCUMENT_OPTIONAL = column("id", "document_no", "单据号", "Document no", *DOCUMENT_ALIASES)
CURRENCY = ident(
    "currency", "币种", "Currency", "币别|货币|交易币种", "currency code|curr|ccy|invoice_currency|WAERS", width=9
)
RATE = column("rate", "rate", "汇率", "Exchange rate", "记账汇率", "currency rate|fx rate|rate|conversion rate")
SALESPERSON = text(
    "salesperson",
    "业务员",
    "Salesperson",
    "销售员|销售人员|营业员|客户经理|负责人",
    "sales rep|sales person|account manager|sales owner|rep",
)
MEMO = text("memo", "备注", "Memo", "摘要|说明|附言", "remark|remarks|note|notes|description", width=24)
BY = text("by", "经办人", "By", "操作人|制单人", "created by|user")
APPROVER = text("approver", "审批人", "Approver", "审核人|批准人", "approved by")
REASON = text("reason", "原因", "Reason", "事由", width=24)
FROM = day("from", "起始日", "From", "开始日期|生效日期", "start date|valid from")
TO = day("to", "截止日", "To", "结束日期|失效日期", "end date|valid to")
