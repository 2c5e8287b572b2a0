"""The invented departments and accounts, and which department leads what. No database."""

import random
import re
from dataclasses import dataclass

from ..choices import DepartmentKind, Role


@dataclass(frozen=True)
class Unit:
    """An invented department: `words` in a commitment's title make it the lead."""

    slug: str
    name: str
    name_en: str
    kind: str = DepartmentKind.BUREAU
    words: str = ""


# The first whose words fit leads; order therefore matters.
UNITS = (
    Unit(
        "demo-education",
        "示范教育局",
        "Sample Education Bureau",
        words="教育|学校|学位|幼儿园|托育|思政|高校",
    ),
    Unit("demo-health", "示范卫生健康局", "Sample Health Bureau", words="医|健康|卫生|诊疗|疾控"),
    Unit("demo-water", "示范水务局", "Sample Water Bureau", words="水质|污水|河|水利|供水|防汛|水库"),
    Unit(
        "demo-culture",
        "示范文化和旅游局",
        "Sample Culture and Tourism Bureau",
        words="文旅|文化|旅游|体育|非遗|博物|景区|动漫|南山",
    ),
    Unit(
        "demo-labour",
        "示范人力资源和社会保障局",
        "Sample Labour and Social Security Bureau",
        words="就业|失业|社保|参保|人才|工资|创业",
    ),
    Unit(
        "demo-civil", "示范民政局", "Sample Civil Affairs Bureau", words="养老|救助|民政|社区|儿童|残疾|慈善"
    ),
    Unit(
        "demo-environment",
        "示范生态环境局",
        "Sample Ecology and Environment Bureau",
        words="环境|空气|碳|无废|噪声|生态|长江|污染|降碳",
    ),
    Unit("demo-forestry", "示范林业局", "Sample Forestry Bureau", words="林|湿地|绿化|公园|广阳岛"),
    Unit(
        "demo-transport",
        "示范交通局",
        "Sample Transport Bureau",
        words="道路|隧道|大桥|轨道|公交|高铁|停车|交通|通道|东站|立交|物流",
    ),
    Unit("demo-emergency", "示范应急管理局", "Sample Emergency Bureau", words="安全|消防|应急|防灾|隐患"),
    Unit("demo-justice", "示范司法局", "Sample Justice Bureau", words="法治|执法|调解|复议|普法|法律|立法"),
    Unit(
        "demo-safety", "示范平安建设办公室", "Sample Public Order Office", words="平安|信访|治理|网格|犯罪|毒"
    ),
    Unit("demo-agriculture", "示范农业农村局", "Sample Agriculture Bureau", words="农|乡村|村|粮"),
    Unit(
        "demo-science",
        "示范科学技术局",
        "Sample Science Bureau",
        words="科技|研发|创新|高新|孵化|专利|知识产权|实验室",
    ),
    Unit(
        "demo-data", "示范大数据局", "Sample Data Bureau", words="数字|数据|智慧|算力|人工智能|软件|平台|AI"
    ),
    Unit("demo-finance", "示范财政局", "Sample Finance Bureau", words="财政|预算|税|债|国资|国企|资产"),
    Unit("demo-banking", "示范金融工作办公室", "Sample Finance Office", words="金融|基金|上市|信贷|存贷款"),
    Unit(
        "demo-commerce",
        "示范商务局",
        "Sample Commerce Bureau",
        words="消费|商业|商圈|商务|外贸|进出口|外资|会展|口岸|自贸|开放|夜间|零售",
    ),
    Unit(
        "demo-industry",
        "示范经济和信息化局",
        "Sample Industry Bureau",
        words="工业|企业|制造|汽车|产业|园区|专精特新|终端|医药|能源",
    ),
    Unit(
        "demo-housing",
        "示范住房和城乡建设局",
        "Sample Housing and Construction Bureau",
        words="建设|城市|更新|住房|小区|物业|管网|地块|片区|建成|棚户|楼宇|大厦|广场",
    ),
    Unit(
        "demo-reform",
        "示范发展改革局",
        "Sample Development and Reform Bureau",
        words="改革|投资|规划|双城|项目|发展",
    ),
    Unit("demo-office", "示范政务办公室", "Sample Government Office", words="政务|机关|审计|作风|廉|效能|党"),
    Unit("demo-street-a", "演示街道", "Sample Sub-district", DepartmentKind.SUBDISTRICT),
    Unit("demo-street-b", "样例街道", "Example Sub-district", DepartmentKind.SUBDISTRICT),
    Unit("demo-town", "示例镇", "Example Town", DepartmentKind.TOWN),
    Unit("demo-company", "示范城投公司", "Sample Urban Investment Company", DepartmentKind.COMPANY),
)
# What no words fit is shared out among these; sub-districts and the town lead here only.
OTHER_UNITS = ("demo-office", "demo-reform", "demo-street-a", "demo-street-b", "demo-town", "demo-company")
# The one whose reports the visitor signs in to write.
VISITORS_UNIT = "demo-housing"
# A department whose only account was closed: mail goes to its second contact.
SILENT_UNIT = "demo-town"


@dataclass(frozen=True)
class Account:
    """An invented account; only those with `is_open` get a password."""

    username: str
    full_name: str
    role: str
    units: tuple[str, ...] = ()
    is_open: bool = False
    is_active: bool = True

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"


def accounts() -> list[Account]:
    """Return the open accounts, one for each role, then the people who wrote the rest."""
    found = [
        Account("demo-reporter", "演示填报员", Role.REPORTER, (VISITORS_UNIT,), is_open=True),
        Account("demo-reviewer", "演示审核员", Role.REVIEWER, is_open=True),
        Account("demo-admin", "演示管理员", Role.ADMINISTRATOR, is_open=True),
        Account("demo-reviewer-2", "演示审核员乙", Role.REVIEWER),
        Account("demo-admin-2", "演示管理员乙", Role.ADMINISTRATOR),
        Account("demo-colleague", "演示填报员（同事）", Role.REPORTER, (VISITORS_UNIT,)),
    ]
    for unit in UNITS:
        if unit.slug != VISITORS_UNIT:
            name = f"填报员（{unit.name.removeprefix('示范')}）"
            username = unit.slug.replace("demo-", "demo-r-")
            is_active = unit.slug != SILENT_UNIT
            found.append(Account(username, name, Role.REPORTER, (unit.slug,), is_active=is_active))
    return found


def lead_of(title: str, chance: random.Random) -> str | None:
    """Return the slug of the department that leads; None for the few that nobody was given yet."""
    if chance.random() < 0.04:
        return None
    fitting = (unit.slug for unit in UNITS if unit.words and re.search(unit.words, title))
    return next(fitting, None) or chance.choice(OTHER_UNITS)


def supports_of(lead: str | None, chance: random.Random) -> list[str]:
    """Return the slugs of the supporting departments: none to two, never the lead."""
    others = [unit.slug for unit in UNITS if unit.slug != lead]
    return chance.sample(others, k=chance.choice((0, 0, 1, 1, 2))) if lead else []
