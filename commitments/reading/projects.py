"""Named projects in a clause: the names in its enumeration, the promise verb, the promised stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from commitments.reading.marks import enclosed
from commitments.reading.names import is_event, is_facility, is_proper
from commitments.reading.words import ADVERBS

STAGES = ("planned", "started", "under_way", "built", "in_operation", "held", "improved")

_HEDGES = r"力争|争取|确保|努力"
#: Verb phrases that can carry a project, with the stage they promise; the first that fits counts.
_STAGED: tuple[tuple[str, str], ...] = (
    (
        "planned",
        r"(?:超前|提前|积极|加快)?谋划(?:推进|推动|打造|启动|建设|实施|布局)?|规划建设|规划布局|研究(?:推进|建设)|储备|筹备|筹划",
    ),
    (
        "in_operation",
        r"(?:建成|竣工|完工|加快|推动)?(?:投用|投运|投产|启用|开业|开园|开馆|开通|运营|上线运行)",
    ),
    ("started", r"(?:全面|新|加快|尽快|推动)?(?:启动|开工|动工)(?:建设|实施)?"),
    ("built", r"(?:全面|基本|如期|加快|推动)?(?:建成|竣工|完工|完成|新建成)"),
    (
        "held",
        r"(?:持续|高水平|成功|携手|精心|继续|联合|共同|认真)*"
        r"(?:举办|办好|承办|召开|开展好|筹办|办|(?:深入)?开展(?=“[^”]{2,}”[^，,、]{0,8}活动$))",
    ),
    (
        "improved",
        r"(?:加快|积极|持续|推动|着力|巩固)*(?:盘活|做大做强|做深做优|做优做强|做强做优|做强|做优|做靓|做精|提升改造|改造提升|提升|优化提升|"
        r"改造|升级改造|升级|修缮|整治提升|扩容|增强|扩能)",
    ),
    (
        "under_way",
        rf"(?:(?:{ADVERBS})*)(?:推进|推动|建设|打造|实施|加快|提速|支持|共建|深化|促进|新建|扩建|改建|抓好)"
        rf"(?:推进|建设|打造|实施|推动)?(?:好)?",
    ),
    ("landed", r"(?:积极|全力|大力)?(?:争取|引进|促成|推动)"),
)
_VERB = [(stage, re.compile(rf"^(?:{_HEDGES})?(?P<verb>{pattern})")) for stage, pattern in _STAGED]

#: What may follow the last name; it can change the stage that the verb alone would promise.
_TAILS: tuple[tuple[str, str], ...] = (
    ("planned", r"(?:项目)?前期工作"),
    (
        "in_operation",
        r"(?:建成|竣工|开园|开馆|开业)?(?:投用|投运|投产|开业|开园|开馆|运营|对外开放|开放|通车|上线)(?:运行|使用)?|落地(?:落户)?|落户",
    ),
    ("started", r"(?:开工|启动)(?:建设|实施)?"),
    ("built", r"(?:建成|竣工|完工|主体封顶)"),
    (
        "improved",
        r"(?:改造升级|升级改造|提标改造|提质改造|扩能改造|提档升级|提质增效|业态升级|提质升级|转型升级|焕新|更新改造|改造提升|保护提升|扩能放量|扩能|做大做强|"
        r"提质扩容|综合效益|能级|品质提升|实战实效|质效|发展品质|修复提升|有机更新)",
    ),
    (
        "",
        r"(?:提速|规划|培育|设计)?建设(?:及改造)?|改扩建|扩建|迁建|修缮工程|开发(?!区)|发展|实施|推进|改造",
    ),
)
_TAIL = [(stage, re.compile(rf"(?P<tail>{pattern})$")) for stage, pattern in _TAILS]
_AND_SO_ON = re.compile(r"(?:等一批|等)(?P<category>[^、，,]*)$")
#: Classes of things that are no projects, however particular their members.
_NOT_PROJECTS = re.compile(
    r"企业|公司|机构(?!用房)|单位|部门|高校|品牌|行动|机制|产业|技术|产品|政策|群体|领域|资源|人员|服务|业务|体系|主体|试点|制度|任务|计划|改革|"
    r"要素|方式|优势|作用|风险|功能|人才|专业|合作|金融|业态|模式|场景|资金|基金|名录|机遇|活动平台|城市(?!道路)"
)
_PROJECT_CLASS = re.compile(
    r"项目|工程|园区|载体|地块|综合体|片区|街区|商圈|景区|基地|道路|河湖|场馆|学校|医院|设施|示范村|节点|楼宇|中心|平台|公园|小镇|通道|铁路|高速"
)
_EVENT_CLASS = re.compile(r"活动|赛事|展会|节会|会议|论坛|大会")
#: After these classes only a member that is a facility by its own name counts.
_NEEDS_FACILITY = re.compile(r"设施|平台|中心|楼宇|通道")
_SIZE = re.compile(r"^(?:总?投资|占地|面积)\d[^的]{1,10}的")
#: A whole sentence, a class or a programme where a name should be.
_NO_NAME = re.compile(
    r"^(?:一批|一系列|若干|更多|各类|企业|社会资本|公共机构|和|及|一座|[一二三四五六七八九十两\d]+[个座条家处])|争创|创建|集聚|"
    r"参与|利用|转型|[^，,]{2,}(?<!合作)(?:建设|打造)(?!工程|项目|基地|及|和|中|与|管理|用地|集团|公司|兵团)[^，,]{4,}|^“[^”]*”(?:工程|行动|计划)$|^“[^”]*(?:工程|行动|计划|攻坚)”$|的.*的"
)
#: 推进甲、乙等平台建设区域总部基地: one works for each of those who build it.
_EACH_BUILDS = re.compile(
    r"^(?P<who>[^，,]{2,}、[^，,]{2,}?)等(?:一批)?[^，,、]*(?:企业|平台|公司|机构)(?:建设|新建|扩建)(?P<what>[^，,、]*(?:基地|总部|中心|园|项目|工厂))$"
)
#: 抓好“甲、乙、丙”三项重点建设任务: named works listed in quotation marks.
_LISTED_WORKS = re.compile(
    r"^“(?P<list>[^”]+、[^”]+)”[一二两三四五六七八九十\d]+[大项个][^，,、]{0,4}(?:建设|项目|工程)(?:建设|任务)*$"
)
#: 推进与甲、乙等合作项目: projects known by the partner's name.
_WITH_PARTNERS = re.compile(r"^与(?P<who>[^，,]{2,}?)等?(?P<what>合作项目)$")
#: A status rather than a site: 近零碳示范园区.
_TITLE = re.compile(r"示范(?:园区|区|城市|城|县|镇|点)$|先行区$")
_SHARED_NUMBER = re.compile(r"^(?P<head>\D*?)(?P<first>\d+)$")
_NUMBERED = re.compile(r"^(?P<number>\d+)(?P<rest>号.+)$")
_MEASURE_TAIL = re.compile(
    r"(?:(?:融合|协同|联动|一体|一体化|错位|协调|互动)发展|创建|试点|改革|行动|整治|治理|活动(?!平台)|合作|品牌|机制|体系|政策|计划|经验|“[^”]*”建设)$"
)


@dataclass(frozen=True, slots=True)
class Project:
    """One named project: its name as printed or restored, the verb as printed, the promised stage.

    `tail` is what follows the name and makes the promise with the verb: 推动…提档升级.
    """

    name: str
    verb: str
    stage: str
    tail: str = ""


class _Listed(NamedTuple):
    """Members of an enumeration, the class after 等, and the stage that its tail promises."""

    names: list[str]
    category: str
    stage: str
    tail: str


def find_projects(clause: str, places: tuple[str, ...] = ()) -> list[Project]:
    """The named projects that a clause promises; none for a clause about classes of things.

    What hides in 等 is not invented. Names sharing a head or a numbering get it back.
    """
    matched = _verb(clause)
    if matched is None:
        return []
    stage, verb, rest = matched
    if special := _special(stage, verb, rest, places):
        return special
    listed = _names(rest)
    if not listed.names or _NOT_PROJECTS.search(listed.category):
        return []
    if stage == "held":
        return _events(verb, listed, places)
    if _EVENT_CLASS.search(listed.category) or not _are_projects(rest, listed, places):
        return []
    if stage == "landed" and listed.stage != "in_operation":
        return []
    if listed.stage and stage not in ("planned", "started", "built"):
        return [Project(name, verb, listed.stage, listed.tail) for name in _proper(listed, places)]
    return [Project(name, verb, stage) for name in _proper(listed, places)]


def _special(stage: str, verb: str, rest: str, places: tuple[str, ...]) -> list[Project]:
    """Projects of three turns of phrase that are no plain enumeration; none for any other."""
    if match := _LISTED_WORKS.match(rest):
        names = [name for name in _split_names(match["list"]) if is_proper(name, places)]
        return [Project(name, verb, "under_way") for name in names]
    if match := _WITH_PARTNERS.match(rest):
        partners = _split_names(match["who"])
        return [Project(f"与{who}{match['what']}", verb, stage) for who in partners]
    if match := _EACH_BUILDS.match(rest):
        builders = _split_names(match["who"])
        return [Project(f"{who}{match['what']}", verb, "under_way") for who in builders]
    return []


def _events(verb: str, listed: _Listed, places: tuple[str, ...]) -> list[Project]:
    """The events that are held: members of a class of events, or events by their own names."""
    by_name = not listed.category and any(is_event(name) for name in listed.names)
    if not by_name and not _EVENT_CLASS.search(listed.category):
        return []
    kept = [n for n in listed.names if is_proper(n, places) or (listed.category and len(n) > 3)]
    return [Project(name, verb, "held") for name in kept]


def _are_projects(rest: str, listed: _Listed, places: tuple[str, ...]) -> bool:
    """Whether what is listed are named works or sites, not classes, programmes or titles."""
    names, category = listed.names, listed.category
    if any(_NO_NAME.search(name) for name in names):
        return False
    if category and not _PROJECT_CLASS.search(category):
        return False
    if not category and (_MEASURE_TAIL.search(rest) or any(len(name) < 3 for name in names)):
        return False
    if not category and len(names) == 1 and _TITLE.search(names[0]):
        return False
    named = [name for name in names if is_proper(name, places)]
    if category and not _NEEDS_FACILITY.search(category):
        return bool(named)
    return any(is_facility(name) for name in named)


def _proper(listed: _Listed, places: tuple[str, ...]) -> list[str]:
    """The members that are names; beside them also a longer facility of common words."""
    names = listed.names
    return [n for n in names if is_proper(n, places) or (is_facility(n) and len(n) >= 5)]


def _verb(clause: str) -> tuple[str, str, str] | None:
    """Stage, verb phrase and rest of a clause that opens with a project verb."""
    best: tuple[int, str, str, str] | None = None
    hedge = re.match(rf"^(?:{_HEDGES}|成功|积极)*", clause)
    body = clause[hedge.end() :] if hedge else clause
    if not any(pattern.match(body[skip:]) for _s, pattern in _VERB for skip in _adverb_ends(body)):
        body = clause  # 争取…落户: the hedge is the verb itself
    for stage, pattern in _VERB:
        for skip in _adverb_ends(body):
            match = pattern.match(body[skip:])
            if match and match["verb"]:
                verb = body[: skip + match.end()]
                rest = body[skip + match.end() :]
                if rest and (best is None or len(verb) > best[0]):
                    best = (len(verb), stage, verb, rest)
    return best[1:] if best else None


def _adverb_ends(clause: str) -> Iterator[int]:
    yield 0
    match = re.match(rf"^(?:{ADVERBS})+", clause)
    if match:
        yield match.end()


def _names(rest: str) -> _Listed:
    """What an enumeration after the verb lists, and what its tail promises."""
    stage, tail, body = "", "", rest
    for tail_stage, pattern in _TAIL:
        match = pattern.search(rest)
        cut = rest[: match.start()] if match else ""
        if match and len(cut) >= 3 and not re.search(r"(?:配套|基础|公共)$", cut):
            stage, tail, body = tail_stage, match["tail"], cut
            break
    category = ""
    for candidate in (body, rest):
        match = _AND_SO_ON.search(candidate)
        if match and match.start() not in enclosed(candidate):
            category, body = match["category"] or "项目", candidate[: match.start()]
            break
    names = _restored(_split_names(body))
    if not category and tail == "修缮工程":
        names = [f"{name}{tail}" for name in names]
    return _Listed([_SIZE.sub("", name) for name in names], category, stage, tail)


def _split_names(body: str) -> list[str]:
    """The members of an enumeration; 和 and 及 part its last two where both sides are long."""
    inside = enclosed(body)
    pieces, start = [], 0
    for index, char in enumerate(body):
        if char == "、" and index not in inside:
            pieces.append(body[start:index])
            start = index + 1
    pieces.append(body[start:])
    names: list[str] = []
    for piece in pieces:
        match = re.match(
            r"^(?P<a>.{4,}?(?:工程|项目|园|中心|公园|基地|村|里))(?:和|及|以及|与)(?P<b>.{4,})$",
            piece,
        )
        names.extend([match["a"], match["b"]] if match else [piece])
    return [name for name in names if name]


def _restored(names: list[str]) -> list[str]:
    """甲区4、6、7号地块 becomes 甲区4号地块, 甲区6号地块, 甲区7号地块."""
    if len(names) < 2:
        return names
    first, last = _SHARED_NUMBER.match(names[0]), _NUMBERED.match(names[-1])
    if first and last and all(name.isdigit() for name in names[1:-1]):
        numbers = [first["first"], *names[1:-1], last["number"]]
        return [f"{first['head']}{number}{last['rest']}" for number in numbers]
    lead = re.match(r"^(?P<head>\D{2,}?)\d+(?P<kind>号线)", names[0])
    if lead:
        return [f"{lead['head']}{name}" if re.match(rf"^\d+{lead['kind']}", name) else name for name in names]
    return names
