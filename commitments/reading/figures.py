"""Figures in a report: value, unit, comparator, direction; and why a number is no figure.

A figure is a number that could judge a promise. Years, names (6号线, 5G), codes in quotation marks
and numbers that only name a list (十大行动) are found too, each exempt with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from commitments.reading.marks import CLAUSE_ENDS, SEGMENT_ENDS, enclosed, separates, without_enumerator

COMPARATORS = ("at_least", "at_most", "more_than", "equal", "about")
DIRECTIONS = ("up", "down")

_MEASURES = (
    "个百分点 百分点 平方公里 平方千米 平方米 立方米 公里 千米 千瓦时 千瓦 标箱 标准箱 人次 人 名 位 户 家 个 所 条 "
    "天 件 项 座 处 张 台 套 批次 批 宗 场次 场 次 亩 公顷 吨 斤 公斤 美元 欧元 元 辆 架 艘 栋 幢 间 支 只 头 "
    "部 类 款 种 块 期 级 度 倍 岁 小时 分钟 课时 期次 株 棵 米 班次 盏 册 篇 枚 座次 例 门 棒 羽 尾 端 单 眼 列 趟 口 匹 "
    "户次 架次 车次 兆瓦 千伏安 蒸吨 微克/立方米 微克"
).split()
_UNIT = "|".join(sorted(_MEASURES, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?)(?P<range>[%％]?[-－—–~～至]+\d+(?:\.\d+)?)?(?P<more>余|多)?"
    rf"(?P<unit>%|％|‰|[万亿千百]{{0,2}}[余多]?(?:{_UNIT})(?:\(间\)|（间）)?|[万亿]{{1,2}})?(?P<more2>余|多)?"
    rf"(?P<after>及以上|及以下|以上|以内|之内|以下|左右|上下)?"
)
_WRITTEN = re.compile(
    rf"(?P<written>[一二三四五六七八九十两百]+)(?P<unit>大(?![于力量型])|(?:{_UNIT})(?!体|性|定|步))"
)
_LIST_WORDS = re.compile(r"^(?:方面|任务|工作|重点(?!项目|工程)|行动|板块|攻坚|改革|领域|工程|举措|体系)")
_MORE_THAN = re.compile(r"(?<!不)(?:突破|超过|超|高于|大于|多于)$")
_AT_MOST = re.compile(
    r"(?:不超过|不高于|(?<!不)低于|(?<!不)少于|控制在|压减至|降至|降到|下降到)(?:全[市省区县国])?$"
)
_AT_LEAST = re.compile(
    r"(?:不低于|不少于|至少|达到|达|稳定在|保持在|增加到|增至|提高到|提高至|提升到|提升至|扩大到|覆盖率|实现)$"
)
_ABOUT = re.compile(r"(?:约|大约|接近|近)$")
_DOWN = re.compile(
    r"失业率|下降|降低|减少|压减|削减|死亡|亡人|事故|发生率|案件数|能耗|排放量|浓度|负债率|不良率|缩小"
)
_HEDGE = re.compile(r"力争|争取|确保|努力(?=实现|完成|达到)|全力争取")
#: Why a number is no figure; in Chinese, since the reviewed table carries it beside the report's words.
IN_WORDS = "汉字数字"
_IN_NAME, _DURATION, _SIZE = "名称的一部分", "期限", "具名事物的规模，不是承诺"
#: 二期工程, 六届二次全会: with these a number in words says which one, not how many.
_ORDINAL_UNITS = ("期", "次", "位", "级")
_DATE_AFTER = re.compile(r"^(?:年|月|日|周年|世纪|年代|时|点)")
_NAME_AFTER = re.compile(r"^(?:[A-Za-z+＋#]|号|期(?!次)|路(?!口)|国道|[Kk]\d|版|\.0|[×xX*]|[-－–]\d|届)")
_NAME_BEFORE = re.compile(r"(?:[A-Za-z+＋#]|第|[Nn][Oo]\.|[〔\[]|\d\.|\.)$")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number where it stands (`start`, `end` in the text it was found in).

    `exempt` says why it judges nothing; it is empty for a real figure.
    """

    start: int
    end: int
    surface: str
    value: Decimal
    unit: str
    comparator: str
    direction: str
    exempt: str = ""


def find_figures(text: str, start: int = 0, end: int | None = None) -> list[Figure]:
    """Figures and exempt numbers in `text[start:end]`, in order, with the text around as context."""
    end = len(text) if end is None else end
    found = list(_digits(text, start, end))
    found += _in_words(text, start, end)
    return sorted(found, key=lambda figure: figure.start)


def real_figures(text: str, start: int = 0, end: int | None = None) -> list[Figure]:
    """Only the figures that can judge a promise."""
    return [figure for figure in find_figures(text, start, end) if not figure.exempt]


def hedge_in(text: str) -> str:
    """The first hedge in the text as printed (力争, 争取, 确保…); empty if there is none."""
    match = _HEDGE.search(text)
    return match[0] if match else ""


def _digits(text: str, start: int, end: int) -> Iterator[Figure]:
    position = start
    while match := _NUMBER.search(text, position, end):
        position = max(match.end(), match.start() + 1)
        if match.start() > 0 and text[match.start() - 1].isdigit():
            continue
        before = text[_clause_start(text, match.start()) : match.start()]
        after_number = text[match.end("number") :][:12]
        exempt = _why_exempt(text, match, before, after_number)
        more = bool(re.search("[余多]", match[0]))
        comparator = _comparator(before, match["after"] or "", more)
        if comparator == "equal" and (
            shared := _DISTRIBUTED.search(text[max(start, match.start() - 60) : match.start()])
        ):
            comparator = _comparator(shared["verb"], "", False)
        if match["range"]:  # from a to b: reaching a keeps the promise
            comparator = "at_least"
        yield Figure(
            match.start(),
            match.end() if not exempt else match.end("number"),
            match[0] if not exempt else match["number"],
            Decimal(match["number"].replace(",", "")),
            re.sub("[余多]", "", (match["unit"] or "").replace("％", "%")),
            comparator,
            "down" if _DOWN.search(before) or comparator == "at_most" else "up",
            exempt,
        )


#: 甲、乙分别突破3亿元、5亿元: one verb for both figures.
_DISTRIBUTED = re.compile(r"分别(?P<verb>[^\d，,、；;。]{1,6})\d[^，,；;。]*$")


def _clause_start(text: str, index: int) -> int:
    while index > 0 and not separates(text, index - 1, CLAUSE_ENDS | {"、"}):
        index -= 1
    return index


def _comparator(before: str, after: str, more: bool) -> str:
    if after in ("以上", "及以上"):
        return "at_least"
    if after in ("以内", "之内", "以下", "及以下"):
        return "at_most"
    if after in ("左右", "上下"):
        return "about"
    for pattern, comparator in (
        (_AT_MOST, "at_most"),
        (_MORE_THAN, "more_than"),
        (_AT_LEAST, "at_least"),
        (_ABOUT, "about"),
    ):
        if pattern.search(before):
            return comparator
    return "more_than" if more else "equal"


def _why_exempt(text: str, match: re.Match[str], before: str, after: str) -> str:
    """The reason why a number is no figure, or nothing."""
    number, unit = match["number"], match["unit"] or ""
    if match.start() in enclosed(text) and _in_quotation(text, match.start()):
        return "引号中名称的一部分"
    if len(number) == 4 and number[:2] in ("19", "20") and not unit:
        return "年份"
    if match["range"]:
        after = text[match.end("range") :][:12]
    if _DATE_AFTER.match(after) and not unit:
        return _DURATION if after[0] == "年" and len(number) < 4 else "日期"
    if _NAME_BEFORE.search(text[max(0, match.start() - 4) : match.start()]):
        return _IN_NAME
    if _NAME_AFTER.match(after) or re.match(r"^(?:、\d+)+号", after):
        return _IN_NAME
    if re.match(r"^(?:年|个月)", text[match.end("number") : match.end("number") + 2]):
        return _DURATION
    if _is_enumerator(text, match):
        return "列举的序号"
    if _is_size(text, match, before):
        return _SIZE
    if _is_class(text, match):
        return "说明计数的是哪一类，不是数量"
    if _is_present(text, match, before):
        return "现有水平，不是承诺的水平"
    if unit in ("个", "项", "条", "类") and _LIST_WORDS.match(text[match.end() :]) and not before:
        return "只用于列举"
    if unit in ("岁", "级", "分钟", "小时", "期", "度", "蒸吨"):
        return "属性，不是承诺"
    if not unit:
        return "没有单位的数字"
    return ""


def _in_quotation(text: str, index: int) -> bool:
    line = text.rfind("\n", 0, index) + 1
    return text.count("“", line, index) > text.count("”", line, index) or text.count(
        "《", line, index
    ) > text.count("》", line, index)


def _is_enumerator(text: str, match: re.Match[str]) -> bool:
    at_line_start = match.start() == 0 or text[match.start() - 1] == "\n"
    return at_line_start and text[match.end("number") : match.end("number") + 1] in "..．、"


def _is_size(text: str, match: re.Match[str], before: str) -> bool:
    """An amount that describes a thing: 总投资9亿元的…工程, 总投资9亿元、12个项目, 实施某厂60万吨某产品项目."""
    follows = text[match.end() : match.end() + 2]
    described = re.search(r"(?:投资|面积|规模|产能|注册资本|达|约)$", before[-8:])
    if described and follows[:1] == "的":
        return True
    if before.endswith("总投资") and re.match(r"、\d", follows):
        return True
    name = _OPENING_VERBS.sub("", before)
    return bool(
        _CAPACITY.search(match["unit"] or "")
        and len(name) >= 2
        and not match["after"]
        and _WORKS.match(text, match.end())
    )


#: What a plant or a line can make: part of its description when more of its name follows.
_CAPACITY = re.compile(r"吨|千瓦|兆瓦|千伏安|立方米")
_OPENING_VERBS = re.compile(
    r"^(?:积极|加快|全力|抓好|推动|推进|实施|建设|新建|扩建|改造|启动|完成|建成|支持|促进|确保|力争|年产|日处理|提升|新增)+"
)
_WORKS = re.compile(r"[^，,。；;：:\d]{2,20}?(?:项目|工程|生产线|基地)(?!\d)")


def _is_class(text: str, match: re.Match[str]) -> bool:
    """A threshold that says which things are meant: 亿元以上项目 by the money, 收入10万元以下的村."""
    if match["after"] not in ("以上", "及以上", "以下", "及以下") or not (match["unit"] or "").endswith("元"):
        return False
    return bool(_THINGS.match(text, match.end()))


_THINGS = re.compile(
    r"(?!支持|用于|带动|帮助|扶持|服务|惠及|让|为)的?[^，,。；;：:、的\d]{0,8}?(?:项目|企业|工程|产业|集群|园区|(?:强|薄弱)?村(?!民收入)|乡镇|街道|单品|品牌|商户|经营主体|市场主体)"
)


def _is_present(text: str, match: re.Match[str], before: str) -> bool:
    """The first of two figures in 由3家增加到5家, 从30%提高到50%, 现行16%的税率降至13%."""
    if re.search(r"现行$", before):
        return True
    rise = re.compile(
        r"(?:[^，,。；;：:、\d]{0,6})(?:提高|提升|增加|扩大|增长|下降|降低|压缩|压减|缩短|减少|降|增)(?:到|至|为)\d"
    )
    return bool(re.search(r"(?:由|从)[^，,、\d]{0,6}$", before) and rise.match(text, match.end()))


_NUMERALS = {char: index for index, char in enumerate("零一二三四五六七八九十")} | {"两": 2}


def _in_words(text: str, start: int, end: int) -> Iterator[Figure]:
    """Numbers written in words. They name lists (十大行动) and are exempt unless a target uses one."""
    for match in _WRITTEN.finditer(text, start, end):
        value = _numeral(match["written"])
        previous = text[match.start() - 1] if match.start() else ""
        if value is None or previous in "第十百一二三四五六七八九两几数统唯逐" or value == 1:
            continue
        before = text[_clause_start(text, match.start()) : match.start()]
        yield Figure(
            match.start(),
            match.end(),
            match[0],
            Decimal(value),
            match["unit"],
            _comparator(before, text[match.end() : match.end() + 2], False),
            "up",
            _why_no_count(text, match),
        )


def _why_no_count(text: str, match: re.Match[str]) -> str:
    if _in_quotation(text, match.start()):
        reason = "引号中名称的一部分"
    elif match["unit"] in _ORDINAL_UNITS:
        reason = _IN_NAME
    else:
        reason = "只用于列举"
    return f"{IN_WORDS}，{reason}"


def _numeral(written: str) -> int | None:
    """The value of a short Chinese numeral up to 99; None for anything else."""
    if written in _NUMERALS:
        return _NUMERALS[written]
    match = re.fullmatch(r"([一二三四五六七八九])?十([一二三四五六七八九])?", written)
    if not match:
        return None
    return _NUMERALS.get(match[1] or "一", 1) * 10 + (_NUMERALS[match[2]] if match[2] else 0)


_RANKS = re.compile(
    r"前列|(?<!放在)(?<!摆在)首位|第[一1]位|领先水平|前茅|(?:居|位列|排名|保持|进入)[^，,。]{0,8}(?:第[一二三\d]|前[十三五]|百强)"
)
_BENCHMARKS = re.compile(
    r"(?:突破|超过|迈上|跨越|站稳|站上|迈过)[一二三四五六七八九十两]?[百千万]+亿元?(?!级)"
    r"|(?:投资|消费|外贸|进出口|出口)(?:企稳回升|止跌回稳|止跌回升|稳中有升)$|^稳定[^，,、]{2,8}(?<!民间)投资$"
    r"|与[^，,。；;]{1,12}(?:基本)?同步|(?:高于|快于|不低于|优于)[^，,。；;\d]{1,10}(?:增速|增长|水平|平均)"
    r"|完成[^，,。；;]{0,6}下达的?[^，,。；;]*任务|(?:达到|符合)上级[^，,。；;]*要求"
    r"|^[^，,。]{0,4}(?:提升|提高|扩大|降低)[^，,。；;、]{2,14}(?:占比|比重|比例)$"
    r"|(?:占比|比重|比例)[^，,。；;、]{0,4}(?:提升|提高|上升|下降)$"
)


def benchmark_in(clause: str) -> str:
    """A promise of rank or benchmark without a number, as printed; empty if there is none."""
    for pattern in (_BENCHMARKS, _RANKS):
        for match in pattern.finditer(clause):
            if match.start() not in enclosed(clause):
                return match[0]
    return ""


_LEADING = re.compile(
    r"^(?:力争|争取|确保|努力|全年|今年|年内|实现|推动|积极|全力|持续|其中|全面|着力|大力|要|将|我们)+"
)
_TRAILING = re.compile(
    r"(?:力争|确保|争取)?(?:分别)?(?:达到|达|突破|超过|超|控制在|稳定在|保持在|不低于|不超过|不少于|提高到|提高至|提升至|提升到|增至|"
    r"增加到|增加至|扩大到|扩大至|降至|降到|下降到|压减至|压缩至|缩短至|完成|实现|至少|约|近|高于)$"
)
_DELIVERY = re.compile(
    r"^(?:(?:启动|开工|谋划|规划)?建设|新?建成|新增|新建|新?培育|完成|打造|改造|新?引进|引育|开工|启动|实施|创建|举办|净增|组织)"
)


def _spoken(clause: str) -> str:
    """The clause from where it begins to say something: 二是力争全年新增… from 新增."""
    return _LEADING.sub("", without_enumerator(clause))


def metric_of(text: str, figure: Figure, clause: tuple[int, int]) -> str:
    """What a figure measures, in the report's words; a verb shared by an enumeration is restored."""
    start, end = clause
    earlier = [f for f in find_figures(text, start, figure.start) if not f.exempt or _listed(text, f)]
    begin = max([start, *(text.index("、", f.end) if f.exempt else f.end for f in earlier)])
    before = _spoken(text[begin : figure.start].lstrip("的、和及"))
    before = _TRAILING.sub("", before)
    # An enumeration after the last figure belongs to it: 为1万名困境、留守儿童进行评估.
    last = not real_figures(text, figure.end, end)
    members = _respective(text, figure, (start, end))
    if members:
        return members
    marks = SEGMENT_ENDS | ({"，", ","} if last else {"，", ",", "、"})
    stop = figure.end
    while stop < end and not separates(text, stop, marks):
        stop += 1
    after = text[figure.end : stop]
    whole = _DELIVERY.match(_spoken(text[start:end]))
    if whole and begin > start and not _DELIVERY.match(before):
        before = whole[0] + before
    return (before + after.lstrip("的")) or before


def _listed(text: str, figure: Figure) -> bool:
    """Whether an exempt amount is a member of an enumeration of its own: 总投资9亿元、12个项目."""
    return figure.exempt == _SIZE and bool(re.match(r"[^，,、\d]{1,4}、", text[figure.end : figure.end + 6]))


_RESPECTIVE = re.compile(r"^(?P<members>[^，,；;。：:]+、[^，,；;。：:]+)分别(?P<change>增长|下降|提高)?")
_SHARED_HEAD = re.compile(
    r"(?:(?:产业)?(?:规模|产值|增加值|营业收入|营收|占比|比重|投资|增速)|(?:通车)?里程|吞吐量)$"
)


def _respective(text: str, figure: Figure, clause: tuple[int, int]) -> str:
    """The member that a figure belongs to in 甲、乙产业规模分别达到3亿元、5亿元; else nothing."""
    start, end = clause
    match = _RESPECTIVE.match(_spoken(text[start:end]))
    figures = [f.start for f in real_figures(text, start, end)]
    if match is None or figure.start not in figures:
        return ""
    members = match["members"].split("、")
    if len(members) != len(figures):
        return ""
    shared = _SHARED_HEAD.search(members[-1])
    member = members[figures.index(figure.start)]
    whole = member if not shared or member.endswith(shared[0]) else member + shared[0]
    return whole + (match["change"] or "")


_SCOPE = re.compile(r"^(?:全[市区县省国]|[^，,。；;、]{2,10}?(?:经开区|开发区|高新区|新区|园区|自贸区))")


def scope_of(clause: str, default: str) -> str:
    """The area a figure speaks of, where the clause opens with one; else the default."""
    spoken = _spoken(clause)
    match = _SCOPE.match(spoken)
    counted = match is not None and match[0][0] != "全" and re.match(r"建设|\d", spoken[match.end() :])
    if match is None or counted or _DELIVERY.match(spoken):
        return default  # 建设零碳园区20个 counts parks, it does not speak of one
    return match[0]
