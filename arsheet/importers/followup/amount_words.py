"""The words round a figure that say what it is: money disputed, a price per piece, a count, a number of a document."""

from __future__ import annotations

import re

_CJK = "\u4e00-\u9fff"
WHOLE = re.compile(
    r"全部(?:付清|结清|未收|金额|款项?)?|全款|全额|全数|整张|整单|(?:全部|剩余|剩下的?)?(?:尾款|余款|余额)|剩余(?:全部|款项?)?|付清|结清"
    r"|all(?: of it)?|(?:in )?full(?: amount)?|(?:the )?(?:whole|full|open|entire|remaining)? ?(?:amount|balance|rest)",
    re.I,
)
"""The whole open amount, where a cell holds nothing else."""
WHOLE_SAID = re.compile(r"全额|全款|全部金额|整张|整单|全部未收|full amount|in full|(?:whole|entire) amount", re.I)
"""The same within a note."""
BESIDE_PROMISE = re.compile(
    r"^(?:(?:客户|对方|我们|先|再|会|将|只|承诺|答应|预计|支付|付款|回款|打款|汇款|还款|转账|付|还|打|款|金额"
    r"|(?:will |to )?pay(?:ing)?|:))\s*"
    r"|\s*(?:整|正|only|吧|货款|款|付清|到账|先付|[.。!,;])$",
    re.I,
)
"""Words of a cell that only say that somebody will pay."""
_SHARE_NUMBER = r"(?P<share>\d+(?:\.\d+)?|[一二两三四五六七八九]{1,2}|半)"
SHARE = re.compile(
    rf"{_SHARE_NUMBER}\s*(?P<unit>%|‰|percent\b|pct\b|折(?![旧叠断算弯])|成(?![本功品立员交都套为了])|个点)"
    r"|百分之\s*[\d零一二两三四五六七八九十百]+|\bhalf\b|一半|半数|[一二三四五六]分之[一二三四五]",
    re.I,
)
"""50%, 八折, 3成, 一半."""
SHARE_AFTER = re.compile(r"\s*(?:%|‰|percent\b|pct\b|折|成(?![本功])|个点)", re.I)
CLAUSE = re.compile(r"[;。、!?]|(?<!\d),|,(?!\d)")
DISCOUNT = re.compile(r"折$")
OF_MONEY = re.compile(r"扣|减|降|让|退|赔|付|价|款|金额|\boff\b|discount|deduct|refund|pay|price|amount|credit", re.I)
"""A share of these is money; of goods (不良率 5%) it is none."""

APPROXIMATELY = re.compile(
    r"(?:约|大概|大约|(?<!最)近|差不多|至少|最多|不超过|超过|不到|估计|可能|about|around|approx\.?|approximately|roughly|nearly"
    r"|almost|at least|at most|up to|over|more than|less than|ca\.?|~)\s*(?:有|为|是)?\s*$",
    re.I,
)
ABOUT_AFTER = re.compile(
    r"\s*(?:多(?=$|[\s,.;。、元块万个])|余(?![款额])|左右|上下|以上|以内|出头|不到|or so|or more|plus|\+|[?？])", re.I
)
NO_FIGURE = re.compile(
    r"(?:[几数上][十百千万亿]+[多余]?|\d ?[百千万]?[多余几])\s*(?:元|块)"
    r"|several (?:hundred|thousand)|\ba few (?:hundred|thousand)",
    re.I,
)
"""几千元: money without a figure."""
RANGE = re.compile(r"\s*(?:-|~|～|—+|–|至|到|to|or|或)\s*", re.I)
TIMES = re.compile(
    r"(?:(?<=[\d\u4e00-\u9fff])\s*[x×*]\s*|(?<=[a-z])\s+[x×*]\s+)(?=[¥$€£\d]|usd|rmb|cny|eur|hkd|gbp)", re.I
)

RATE_AFTER = re.compile(
    rf"\s*(?:/|每|(?:一|1)[{_CJK}](?![{_CJK}]*[少多])|per\b|each\b|apiece\b|a (?:piece|box|unit|pc|day|month)\b|@)",
    re.I,
)
RATE_BEFORE = re.compile(r"每(?!次都)|单价|unit price|price per|per (?:unit|piece)|\beach\b|@", re.I)
"""A price per piece is not the amount disputed."""
PRICE_BEFORE = re.compile(r"(?<![差单报])价(?![差款税值外])|(?<!unit )\bprice(?! difference)", re.I)
"""价格高了2元: by the piece or in all?"""
SHARED_BEFORE = re.compile(r"(?:各|分别)(?:多收|多开|多算|扣|差|少付|退|为|是|了|\s)*$")
TOTAL_BEFORE = re.compile(
    r"(?:=|合计|总计|共计|总共|一共|(?<![公])共|小计|即|total(?: of)?|altogether|i\.e\.|that is)\s*[:=]?\s*"
    r"(?:多收|多开|多算|少付|扣款?|差额?|金额|争议|是|为|了|有|of|is|:|\s)*$",
    re.I,
)
_MEASURES = (
    r"[件个箱只台套条批次吨斤米升张片根卷包袋桶瓶盒支把双对组颗粒辆部本册份页门扇盏顶枚株头匹艘架座幢间床车柜板托筐捆扎团串"
    r"副枝朵棵项款名人位户家层栋室楼级度倍寸码种类样处点秒届期集道亩户票笔行列字节%‰折成版型号年月日天周季时分岁]|块|元件|千[克米瓦卡]"
    r"|公[斤里吨分]|千?[克克]|毫[米升]|厘米|平方|立方|小时|分钟|星期|礼拜|工作日|季度|第|级|[a-z][\w.]*"
)
MEASURE_AFTER = re.compile(rf"\s*(?:{_MEASURES})", re.I)
"""What is counted, dated or numbered is no money."""
GOES_ON = (
    "for|in|on|since|because|as|from|under|short|too|less|more|extra|not|due|and|but|was|is|are|were|has|have|should|please"
    "|customer|overcharged|over|missing|off|deducted|unpaid|owed|still|by|at|only|difference|charged|billed|invoiced|twice"
)
GOES_ON_AFTER = re.compile(rf"\s+(?:{GOES_ON})\b", re.I)
ENDS = re.compile(
    rf"\s*(?:$|[,.;:。、!)\]}}/\n]|(?:{GOES_ON})\b|没|未|不|的|了|因|给|应|需|要|客|对方|作|算|是|为|当|以|还|钱|且|而|并|但|等|请"
    r"|多[收算开付扣计]|少[收付给]|扣|退|有|待|\s(?=\S))",
    re.I,
)
"""What may stand behind a figure that is money."""
_LINK = r"(?:了|掉|到|的|金额|部分|款项?|费用?|货款|我们|是|为|by|of|an?|the|amount|:|\s)*$"
NAMED_BEFORE = re.compile(
    r"(?:扣除?|扣减|减去?|减少|少付|少收款|短付|短款|多付|多收|多算|多计|多扣|多开(?:发?票)?|少扣|少退|抹零|差额?|差价|差异|相差|尾差|欠"
    r"|不认|不付|不给|拒付|拒绝|未付"
    r"|没付|未收|退款?|退还|退回|赔偿?|赔付|罚款?|违约金|索赔|返利|返还|补偿?|补贴|抵扣?|抵减|争议|虚开|重复(?:开票|收费|计费)?|多出|高出|高了|贵了"
    r"|overcharged?|over[- ]?billed|overpaid|overpayment|deduct(?:s|ed|ion)?|refund(?:ed)?|credit(?: note)?"
    r"|claim(?:s|ed)?|penalty"
    r"|difference|short[- ]?paid|underpaid|withh[eo]ld|disput(?:e|es|ed|ing)|too high|rebate|discount)" + _LINK,
    re.I,
)
NAMED_AFTER = re.compile(
    r"\s*(?:的)?(?:overcharged?|over-?billed|too (?:much|high)|difference|in dispute"
    r"|disputed|deducted|deduction|unpaid|not paid|not received"
    r"|多收|多开|多算|多计|多扣|没付|未付|没给|不付|不认|有争议|有异议|差异|差额|差价|扣款|退款|罚款|要扣|要退)(?!了?\s*[\d¥$€£])",
    re.I,
)
"""Figures that are what is disputed."""
OTHER_BEFORE = re.compile(
    r"(?<!不)(?:只肯?[付认给]|只愿意?付|只能[付认给]|只承认|只同意付?|仅[付认]|最多付|(?<!不)应付|应该?[是为收付]|应当?为|应开|(?<!不)实际(?:是|为|应?付)?|实为|实收"
    r"|(?<![多少])开票|(?<![多少])开[了成]"
    r"|改[为成]|同意付|愿意?付|(?<![少短多拒未没不支绝])付了?|(?<![不未没绝])支付了?|已汇|已打|已收|收到|已经?回款?|合同金额|发票金额|开票金额|订单金额|总金?额|总价|原价|报价|不是|而是"
    r"|(?:only|will|would|can|agree[sd]?(?: to)?|willing to) (?:only )?pays?|should (?:only )?be"
    r"|instead of|\bpaid|\bbilled|invoiced|agreed(?: on)?"
    r"|accepts?|invoice (?:amount|total)|contract (?:amount|value)|order (?:amount|total)|rather than|\bnot)" + _LINK,
    re.I,
)
"""Figures that are something else: what the customer accepts or has paid, or the total of a document."""
COUNTED_BEFORE = re.compile(
    r"(?:短少|少发|少送|少到|短缺|短装|缺少?|漏发|多发|错发|破损|损坏|少|多"
    r"|short(?:age)?(?: of| by)?|missing|damaged|lacking)" + _LINK,
    re.I,
)
FEE_BEFORE = re.compile(r"(?:费|滞纳金|利息|税金|\bfees?|freight|interest)[\s:是为]*$", re.I)
SPACED = re.compile(r"(?<=[\d万千亿]) (?=[万千百亿])|(?<=[万千亿]) (?=\d[百千]?(?:元|块|$|[,;。]))")
"""1 万 2 is one number."""
IDENTIFIED_BEFORE = re.compile(
    r"(?:号码?|(?<![a-z])no\.?|#|第|合同|订单|发票|单据|单|批次?|型号|规格|编号|电话|手机|凭证|版本|图号|票|运单|快递|行|税率|账期"
    r"|(?<![a-z])(?:po|so|dn|sn|invoices?|orders?|contract|items?|lines?|lot|batch|model|page|parts?|tel|phone|ref|id|v|version|day|may|june?"
    r"|july?|march|april|year))[\s:.#是为()]*$",
    re.I,
)
MASKED = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[-/年]\d{1,2}(?:[-/月]\d{1,2}[日号]?|月份?)?|\.\d{1,2}\.\d{1,2})(?![\d.])|(?<!\d)(?:19|20)\d\d年度?"
    r"|(?<![\d.])\d{1,2}月(?:份|\d{1,2}[日号]?)?|(?<![\d.,])\d{1,2}/\d{1,2}(?![\d/])|(?<![\d.,])\d{1,2}[日号]|\d{1,2}:\d\d(?::\d\d)?"
    r"|(?<![a-z])(?!(?:rmb|cny|usd|eur|hkd|jpy|gbp)\b)[a-z]{1,12}\d{0,20}[-_#](?=[a-z_-]{0,30}\d)[a-z\d_-]{1,60}"
    r"|(?<![\d.,])\d{1,20}[-_]\d{1,20}[-_][a-z\d_-]{1,60}",
    re.I,
)
"""Dates, times and numbers of documents within a note."""
