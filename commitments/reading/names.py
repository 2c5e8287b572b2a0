"""What makes a phrase the name of one thing, and of what sort: a facility, an event, or neither.

A name is told from common words by what remains when two-character sequences that many
governments use are taken away: 迎龙创新港 keeps 迎龙, 标准化厂房 keeps nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

#: Things with a door, a site or a route of their own, by the word they end in.
FACILITY = re.compile(
    r"(?:项目|工程|地块|大厦|大楼|酒店|广场|中心|基地|园区|产业园|科技园|园|公园|景区|景点|街区|老街|商圈|小镇|古镇|社区公园|学校|小学|中学|"
    r"大学|学院|校区|幼儿园|医院|卫生院|分院|水厂|处理厂|电厂|电站|变电站|高铁|铁路|高速|高速公路|公路|国道|省道|号线|延伸段|南段|北段|东段|"
    r"西段|隧道|立交|大桥|桥|道路|大道|环线|快线|快速路|通道|枢纽|港|码头|机场|车站|东站|西站|南站|北站|片区|新城|生态城|科学城|数字城|"
    r"实验室|研究院|博物馆|美术馆|图书馆|文化馆|展览馆|体育馆|科技馆|规划馆|纪念馆|场馆|体育场|步道|绿道|林带|水库|河湖|幸福河湖|湿地|"
    r"旧址|旧址群|遗址|故居|碑群|书院|市场|交易市场|综合体|会客厅|外滩|里|坊|城|村|示范村|庄园|酒庄|农场|站|平台|大脑|起步区|启动区|"
    r"首开区|前区|创新区|TOD|CBD|设施|管网|停车场|污水厂|宾馆|乐园|游乐园|影城|剧院|音乐厅|养老院|福利中心|敬老院|楼|馆|厅|院|厂|庙|塔|岛|湖|河|江|段|山|"
    r"线|路|二期|三期|一期|四期)$"
)
EVENT = re.compile(
    r"(?:节|大赛|赛|赛事|邀请赛|马拉松|博览会|展览会|展销会|论坛|峰会|大会|圆桌会|年会|会议|运动会|省运会|音乐会|发布会|对接会|推介会|交易会|艺术节|联赛|"
    r"锦标赛|公开赛|挑战赛|嘉年华|[^，,、]博会|洽会|活动)$"
)
#: Words that only name a class of things: alone, or after them only, nobody keeps a door sign.
_CLASS = re.compile(
    r"^(?:全[区市县省]|城市|农村|乡村|重点|重大|一批|各类|相关|配套|公共|基层|一般|市级|区级|县级|省级|国家级|新|等|特色|现代|数字|智慧|绿色|示范|"
    r"高品质|标准化|社区|街道|产业|园区|项目|工程|中心|基地|平台|设施|建设)+$"
)
#: A slogan before a class names no thing: “平急两用”公共基础设施.
_QUOTED_CLASS = re.compile(r"^“[^”]+”(?:公共|基础|配套|服务)+设施(?:项目|建设)?$")
#: A body of the report's own government: 区…中心, 市…医院.
_OWN_BODY = re.compile(
    r"^[区市县省州](?!级|域|场|民|内|属|外|容|政|情|委)[^，,、]{2,}(?:中心|医院|院|馆|学校|校|局|所|站|厂|水库|公园)$"
)
#: A site of a named rank: 国家级…园区, 国家…基地.
_RANKED = re.compile(r"^国家级?[^，,、]{2,}(?:园区|基地|实验室|创新中心)$")
_LATIN = re.compile(
    r"第[一二三四五六七八九十\d]+(?!产业|方|轮|批|期|次)|[A-Za-z]{2,}|[A-Za-z]\d|\d[A-Za-z]|\d+号|“[^”]{2,}”"
)


@lru_cache(maxsize=1)
def _common_pairs() -> frozenset[str]:
    """The two-character sequences of `common_pairs.txt`."""
    text = resources.files(__package__).joinpath("common_pairs.txt").read_text(encoding="utf-8")
    return frozenset(pair for line in text.splitlines() if not line.startswith("#") for pair in line.split())


@lru_cache(maxsize=8192)
def residue(phrase: str) -> int:
    """How many characters of a phrase belong to no common pair."""
    pairs = _common_pairs()
    common = [False] * len(phrase)
    for index in range(len(phrase) - 1):
        if phrase[index : index + 2] in pairs:
            common[index] = common[index + 1] = True
    return sum(1 for char, known in zip(phrase, common, strict=True) if not known and char > "\u4e00")


def places_in(title: str) -> tuple[str, ...]:
    """The place names in a report's title: 甲市乙区政府工作报告 gives 甲 and 乙."""
    head = re.sub(r"^\d{4}年|政府工作(?:的)?报告$", "", title)
    return tuple(part for part in re.split(r"[省市区县州]", head) if len(part) >= 2)


def is_proper(phrase: str, places: tuple[str, ...] = ()) -> bool:
    """Whether a phrase names one particular thing rather than a class of things."""
    if _CLASS.match(phrase) or _QUOTED_CLASS.match(phrase) or len(phrase) < 3:
        return False
    if _OWN_BODY.match(phrase) or _RANKED.match(phrase) or _LATIN.search(phrase):
        return True
    if any(place in phrase and len(phrase) > len(place) + 1 for place in places):
        return True
    return residue(phrase) >= 1


def is_facility(phrase: str) -> bool:
    """Whether a phrase ends like something that is built or run."""
    return bool(FACILITY.search(phrase.rstrip("”")))


def is_event(phrase: str) -> bool:
    """Whether a phrase ends like something that is held."""
    return bool(EVENT.search(phrase.rstrip("”")))
