"""The words the sample is made of: cities, names of companies and people, goods, terms as people write them."""

from __future__ import annotations

import random
from dataclasses import dataclass


def _spelled(characters: str, latin: str) -> dict[str, str]:
    """Characters with their spelling in Latin letters."""
    return dict(zip(characters, latin.split(), strict=True))


CITIES = (
    *(("上海", "Shanghai", "华东"), ("苏州", "Suzhou", "华东"), ("无锡", "Wuxi", "华东"), ("南京", "Nanjing", "华东")),
    *(("杭州", "Hangzhou", "华东"), ("宁波", "Ningbo", "华东"), ("合肥", "Hefei", "华东"), ("温州", "Wenzhou", "华东")),
    *(("广州", "Guangzhou", "华南"), ("深圳", "Shenzhen", "华南"), ("东莞", "Dongguan", "华南")),
    *(("佛山", "Foshan", "华南"), ("厦门", "Xiamen", "华南"), ("南宁", "Nanning", "华南")),
    *(("北京", "Beijing", "华北"), ("天津", "Tianjin", "华北"), ("石家庄", "Shijiazhuang", "华北")),
    *(("太原", "Taiyuan", "华北"), ("济南", "Jinan", "华北"), ("青岛", "Qingdao", "华北")),
    *(("武汉", "Wuhan", "华中"), ("长沙", "Changsha", "华中"), ("郑州", "Zhengzhou", "华中")),
    *(("南昌", "Nanchang", "华中"), ("成都", "Chengdu", "西南"), ("重庆", "Chongqing", "西南")),
    *(("昆明", "Kunming", "西南"), ("贵阳", "Guiyang", "西南"), ("西安", "Xi'an", "西北"), ("兰州", "Lanzhou", "西北")),
    *(("沈阳", "Shenyang", "东北"), ("大连", "Dalian", "东北"), ("长春", "Changchun", "东北")),
)
REGIONS = dict(
    zip(
        ("华东", "华南", "华北", "华中", "西南", "西北", "东北", "海外"),
        ("East", "South", "North", "Central", "Southwest", "Northwest", "Northeast", "Overseas"),
        strict=True,
    )
)
_FIRST = _spelled(
    "恒鑫瑞华盛泰博宏天金永德嘉远兴鼎佳联信中宝新创广隆凯康百科锦",
    "Heng Xin Rui Hua Sheng Tai Bo Hong Tian Jin Yong De Jia Yuan Xing Ding Kai Lian Shin Zhong Bao Sin Chuang "
    "Guang Long Kay Kang Bai Ke Gin",
)
_SECOND = _spelled(
    "源达通诚丰润航腾宇辉隆业昌泽邦力峰安和成特捷顺翔益鸿",
    "yuan da tong cheng feng run hang teng yu hui long ye chang ze bang li ford an he chen te jie shun xiang yi hong",
)
INDUSTRIES = (
    *(("精密机械", "Precision Machinery", "机械制造"), ("电子科技", "Electronics", "电子")),
    *(("自动化设备", "Automation", "机械制造"), ("塑胶制品", "Plastics", "化工"), ("新材料", "New Materials", "化工")),
    *(("包装材料", "Packaging", "包装"), ("医疗器械", "Medical Devices", "医药"), ("建筑工程", "Construction", "建筑")),
    *(("商贸", "Trading", "批发零售"), ("物流", "Logistics", "物流"), ("食品", "Foods", "食品")),
    *(
        ("纺织", "Textiles", "纺织"),
        ("汽车零部件", "Auto Parts", "汽车"),
        ("信息技术", "Information Technology", "软件"),
    ),
    *(("五金", "Hardware", "批发零售"), ("环保科技", "Environmental", "环保"), ("光电", "Optoelectronics", "电子")),
)
SECTORS = dict(
    zip(
        (
            *("机械制造", "电子", "化工", "包装", "医药", "建筑", "批发零售"),
            *("物流", "食品", "纺织", "汽车", "软件", "环保", "公共"),
        ),
        (
            *("Machinery", "Electronics", "Chemicals", "Packaging", "Medical", "Construction", "Wholesale"),
            *("Logistics", "Food", "Textiles", "Automotive", "Software", "Environment", "Public sector"),
        ),
        strict=True,
    )
)
FORMS = (("有限公司", "Co., Ltd."), ("有限公司", "Co., Ltd."), ("股份有限公司", "Corp."), ("有限责任公司", "LLC"))
ORGANS = (("水务局", "Water Bureau"), ("教育局", "Education Bureau"), ("住房和城乡建设局", "Construction Bureau"))
INSTITUTIONS = (
    *(("第一人民医院", "First People's Hospital"), ("职业技术学院", "Vocational College")),
    *(("疾病预防控制中心", "Centre for Disease Control"), ("图书馆", "Public Library")),
)
_OVERSEAS = (
    *("Harrow", "Ashcombe", "Brightwell", "Calder", "Dunmore", "Eastlake", "Fairmont", "Greystone", "Holloway"),
    *("Kestrel", "Langford", "Marlow", "Norwood", "Oakridge", "Pemberton", "Ravensworth", "Stanmore", "Thornbury"),
    *("Underhill", "Westgate"),
)
_OVERSEAS_KIND = ("Trading Inc.", "Industries LLC", "Components Ltd.", "Imports Inc.", "Supply GmbH", "Tools Pte. Ltd.")
_FAMILY = _spelled(
    "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高罗",
    "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Zhu Ma Hu Guo Lin He Gao Luo",
)
_GIVEN = _spelled(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文云洁琳晨浩宇欣怡",
    "Wei Fang Na Min Jing Li Qiang Lei Jun Yang Yong Yan Jie Juan Tao Ming Chao Xia Ping Gang Gui Wen Yun Jie Lin "
    "Chen Hao Yu Xin Yi",
)
DEPARTMENTS = (("销售一部", "Sales 1"), ("销售二部", "Sales 2"), ("大客户部", "Key accounts"), ("渠道部", "Channels"))
CLASSES = (("A类", "A"), ("B类", "B"), ("C类", "C"), ("D类", "D"))
BANKS = (
    *(("中国工商银行", "ICBC"), ("中国建设银行", "CCB"), ("招商银行", "China Merchants Bank")),
    *(("中国农业银行", "ABC"), ("中国银行", "Bank of China"), ("交通银行", "Bank of Communications")),
)
GOODS = (
    *(("设备款", "equipment"), ("配件", "spare parts"), ("服务费", "services"), ("材料款", "materials")),
    *(("维保费", "maintenance"), ("软件许可", "licences"), ("加工费", "processing"), ("运费", "freight")),
)
PROJECTS = (("一期改造", "Phase 1 refit"), ("二期扩建", "Phase 2 extension"), ("产线升级", "Line upgrade"))
EVENTS = (("到货", "Delivery"), ("验收合格", "Acceptance"), ("质保期满", "End of warranty (retention)"))

TERMS_ZH = (
    *(("月结30天", 18), ("月结60天", 12), ("月结45天", 5), ("月结90天", 4), ("票到30天", 8), ("票到60天", 4)),
    *(("货到30天", 5), ("货到付款", 2), ("30天", 6), ("net 30", 4), ("Net 45", 2), ("开票后30天", 3)),
    *(("收到发票后15天内付款", 2), ("2/10 net 30", 3), ("当月结", 2), ("次月25日付款", 2), ("月结三十天", 1)),
    *(("款到发货", 1), ("30%预付;70%货到30天", 3), ("预付30%，发货前70%", 1), ("现结", 1), ("货、票到30天", 1)),
    *(("月结３０天", 1), ("YJ30", 3), ("YJ60", 2), ("对账后30天", 1), ("45天内付清", 1), ("月结 30 天", 1)),
)
TERMS_EN = (
    *(("net 30", 20), ("Net 60", 14), ("Net 45", 8), ("net 90", 4), ("EOM+30d", 8), ("30 days", 6), ("n/30", 3)),
    *(("2/10 net 30", 5), ("30 days after delivery", 5), ("on receipt", 2), ("COD", 1), ("end of next month", 3)),
    *(("25th of following month", 2), ("30% deposit; 70% 30 days after delivery", 3), ("EOM+60d", 3), ("M30", 4)),
    *(("30 days from receipt of invoice", 3), ("月结30天", 2), ("within 45 days", 2), ("M60", 2)),
)
NAMED_TERMS = {
    "zh": (("YJ30", "月结30天", "每月结账，月底后30天"), ("YJ60", "月结60天", "每月结账，月底后60天")),
    "en": (("M30", "EOM+30d", "30 days after the end of the month"), ("M60", "EOM+60d", "60 days after month end")),
}
BAD_TERMS = {
    "zh": ("老规矩", "资金到位再付", "看回款情况", "友情价随缘", "年底一起算", "视情况而定", "按惯例", "口头约定"),
    "en": ("as usual", "when funded", "see boss", "as agreed orally", "sometime soon", "to be discussed", "tba", "ask"),
}
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Company:
    """A made-up customer's name, and what follows from it."""

    name: str
    short: str
    region: str
    city: str
    industry: str
    kind: str
    """company, organ, institution or overseas"""


def company(rng: random.Random, language: str, kind: str) -> Company:
    """One name; it may come up again, so the caller sees to it that names differ."""
    zh = language == "zh"
    if kind == "overseas":
        short, partner = rng.sample(_OVERSEAS, 2)
        name = f"{short} & {partner} {rng.choice(_OVERSEAS_KIND)}"
        return Company(name, short.lower(), "海外" if zh else "Overseas", "", "批发零售" if zh else "Wholesale", kind)
    city_zh, city_en, region = rng.choice(CITIES)
    city = city_zh if zh else city_en
    region = region if zh else REGIONS[region]
    if kind in ("organ", "institution"):
        what = rng.choice(ORGANS if kind == "organ" else INSTITUTIONS)
        name = f"{city_zh}市{what[0]}" if zh else f"{city_en} {what[1]}"
        return Company(name, city_en.lower().replace("'", ""), region, city, "公共" if zh else SECTORS["公共"], kind)
    first, second = rng.choice(tuple(_FIRST)), rng.choice(tuple(_SECOND))
    trade, form = rng.choice(INDUSTRIES), rng.choice(FORMS)
    latin = _FIRST[first] + _SECOND[second]
    name = f"{city_zh}{first}{second}{trade[0]}{form[0]}" if zh else f"{city_en} {latin} {trade[1]} {form[1]}"
    return Company(name, latin.lower(), region, city, trade[2] if zh else SECTORS[trade[2]], kind)


def person(rng: random.Random, language: str) -> str:
    """A family and a given name."""
    family = rng.choice(tuple(_FAMILY))
    given = "".join(rng.sample(tuple(_GIVEN), rng.choice((1, 2, 2))))
    if language == "zh":
        return family + given
    return f"{_FAMILY[family]} {''.join(_GIVEN[char] for char in given).capitalize()}"


def credit_code(rng: random.Random) -> str:
    """A unified social credit code (统一社会信用代码) with its check character, GB 32100-2015."""
    body = f"91{rng.randrange(110000, 659000):06d}" + "MA" + "".join(rng.choice(_CODE) for _ in range(7))
    total = sum(_CODE.index(char) * pow(3, at, 31) for at, char in enumerate(body))
    return body + _CODE[-total % 31]
