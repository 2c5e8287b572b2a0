"""The sentences of the demonstration set. All invented, and each says so."""

import random

from ..choices import Kind, SelfReport, Stage
from ..quantities import plain_figure
from .story import Promise, Told

MARK = "【演示】"
SOURCE = "【演示】统计月报"
CHASE_MESSAGES = (
    "【演示】该事项已较长时间没有更新，请于期限内填报最新进展。",
    "【演示】群众来信反映进度较慢，请说明原因和下一步安排。",
    "【演示】请补充说明三季度完成情况及全年能否如期完成。",
)
CHASE_REPLY = "【演示】已与相关单位会商，本月内填报最新进展。"
AMENDMENT_REASON = "【演示】上级项目整体工期调整，配套工程须同步顺延。"
PROPOSAL_REASON = "【演示】主管部门调整统计口径，拟相应调整完成时限。"
AUTHORITY = "【演示】示范政府常务会议"
DOCUMENT = "演示〔2024〕第12号"
ASSIGNED = "【演示】任务分解"

_MEASURE = (
    "围绕{title}印发工作方案，明确责任分工，按计划推进。",
    "{title}召开专题调度会2次，形成任务清单并逐项落实。",
    "{title}阶段性任务已经完成，正在开展下一阶段工作。",
)
_STAGES = {
    Stage.PLANNED: "完成前期论证，正在办理立项、用地等手续。",
    Stage.STARTED: "取得施工许可，已进场开工。",
    Stage.UNDER_WAY: "正按计划推进，各工作面有序展开。",
    Stage.BUILT: "完成全部建设内容，通过竣工验收。",
    Stage.IN_OPERATION: "通过验收并投入使用，运行平稳。",
    Stage.HELD: "活动如期举办，各项议程圆满完成。",
    Stage.IMPROVED: "提升任务全部完成，成效通过评估。",
}
_EVENT_PLANNED = "活动方案已经印发，各项筹备工作有序进行。"
_OBSTACLES = (
    ("部分地块征收补偿协议尚未签订，施工面无法移交。", "请协调属地街道加快协议签订。"),
    ("上级资金计划尚未下达，后续工程款存在缺口。", "请协调争取资金计划。"),
    ("与轨道交通保护区范围重叠，设计方案须重新报审。", "请协调轨道交通主管单位加快审查。"),
    ("招标两次流标，正在调整招标条件。", "暂不需要协调。"),
)
_RETURNS = (
    "【演示】数据来源不明确，请注明统计口径并补充佐证材料。",
    "【演示】自报进度与现场情况不一致，请核实后重新填报。",
    "【演示】情况说明过于笼统，请写明已完成的具体工作和时间节点。",
)
_CORRECTIONS = (
    "【演示】前次填报误将计划数填为完成数。",
    "【演示】前次填报统计口径有误，重复计入上年结转部分。",
)


def quoted(title: str) -> str:
    """Return the title in quotation marks, its own becoming inner ones."""
    inner = title.replace("“", "‘").replace("”", "’")
    return f"“{inner}”"


def account(promise: Promise, told: Told, chance: random.Random) -> str:
    """Return what the department writes about the fact."""
    if promise.bar and told.value is not None:
        text = f"截至{told.as_of.month}月底，{promise.bar.metric}为{plain_figure(told.value)}{promise.bar.unit}。"
    elif promise.kind == Kind.PROJECT and told.stage:
        is_event = promise.promised_stage == Stage.HELD and told.stage == Stage.PLANNED
        text = f"{promise.name}{_EVENT_PLANNED if is_event else _STAGES[Stage(told.stage)]}"
    elif told.status == SelfReport.COMPLETED:
        text = f"{quoted(promise.title)}各项任务已经完成，相关材料已归档备查。"
    else:
        text = chance.choice(_MEASURE).format(title=quoted(promise.title))
    return MARK + text


def stuck(title: str, chance: random.Random) -> str:
    """Return how a blocked commitment stands."""
    return MARK + chance.choice(
        (f"{quoted(title)}推进受阻，正在协调解决。", f"{quoted(title)}暂停推进，待条件具备后恢复。")
    )


def obstacle(chance: random.Random) -> tuple[str, str]:
    """Return an obstacle and the help that is asked for."""
    found, help_needed = chance.choice(_OBSTACLES)
    return MARK + found, MARK + help_needed


def not_started(title: str, chance: random.Random) -> str:
    """Return why nothing began."""
    return MARK + chance.choice(
        (f"{quoted(title)}计划四季度启动，正在编制方案。", f"{quoted(title)}前置条件尚不具备，暂未启动。")
    )


def failed(title: str, chance: random.Random) -> str:
    """Return why it will not be achieved."""
    return MARK + chance.choice(
        (f"受市场条件变化影响，{quoted(title)}年内无法完成。", f"{quoted(title)}已确认年内不再具备实施条件。")
    )


def corrected(title: str) -> str:
    """Return the account of a correction."""
    return MARK + f"{quoted(title)}尚未全部完成，更正前次填报。"


def why_corrected(chance: random.Random) -> str:
    """Return the explanation of a correction."""
    return chance.choice(_CORRECTIONS)


def returned(chance: random.Random) -> str:
    """Return the reason of a return."""
    return chance.choice(_RETURNS)


def finish_line(name: str) -> str:
    """Return a finish line that a lead department states for a project whose verb names none."""
    return f"{MARK}{name}年度投资计划完成90%以上，关键节点工程完工。"
