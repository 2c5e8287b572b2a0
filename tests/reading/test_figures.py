"""Figures: value, unit, comparator, direction; and numbers that are none."""

from decimal import Decimal

import pytest

from commitments.reading.figures import benchmark_in, find_figures, hedge_in, metric_of, real_figures


@pytest.mark.parametrize(
    ("clause", "value", "unit", "comparator"),
    [
        ("地区生产总值增长6%左右", "6", "%", "about"),
        ("工业投资增长20%以上", "20", "%", "at_least"),
        ("失业率控制在5.5%以内", "5.5", "%", "at_most"),
        ("软件收入突破400亿元", "400", "亿元", "more_than"),
        ("集体收益超过10万元", "10", "万元", "more_than"),
        ("优良天数达到300天", "300", "天", "at_least"),
        ("优良天数不低于300天", "300", "天", "at_least"),
        ("产品不少于4个", "4", "个", "at_least"),
        ("支出不超过3亿元", "3", "亿元", "at_most"),
        ("参保率稳定在95%以上", "95", "%", "at_least"),
        ("新增企业50家", "50", "家", "equal"),
        ("培训1,200人次", "1200", "人次", "equal"),
        ("新增主体2万余户", "2", "万户", "more_than"),
        ("增长5%—5.5%", "5", "%", "at_least"),
        ("收入增长６％", "6", "%", "equal"),
        ("封停自备水源井45眼", "45", "眼", "equal"),
        ("全年开行班列3000列以上", "3000", "列", "at_least"),
        ("细颗粒物浓度控制在35微克/立方米以内", "35", "微克/立方米", "at_most"),
        ("新建甲园60万吨", "60", "万吨", "equal"),
    ],
)
def test_reads_a_figure(clause, value, unit, comparator):
    found = [(f.value, f.unit, f.comparator) for f in real_figures(clause)]

    assert found == [(Decimal(value), unit, comparator)]


@pytest.mark.parametrize(
    ("clause", "reason"),
    [
        ("到2035年", "年份"),
        ("2031山地马拉松", "年份"),
        ("建设轨道6号线", "名称的一部分"),
        ("启动4、6、7号地块", "名称的一部分"),
        ("建成K29广场", "名称的一部分"),
        ("推广5G应用", "名称的一部分"),
        ("深化“997”机制", "引号中名称的一部分"),
        ("实施3年行动", "期限"),
        ("总投资12.5亿元的甲工程", "具名事物的规模，不是承诺"),
        ("落实十大行动", "汉字数字，只用于列举"),
        ("聚焦六大板块", "汉字数字，只用于列举"),
        ("加强“四个”统筹", "汉字数字，引号中名称的一部分"),
        ("建设水厂二期工程", "汉字数字，名称的一部分"),
        ("推动青禾厂60万吨麦芽糖等项目落地", "具名事物的规模，不是承诺"),
        ("支持2000万元以上企业", "说明计数的是哪一类，不是数量"),
        ("将现行16%的税率维持不变", "现有水平，不是承诺的水平"),
        ("改造10蒸吨及以下锅炉", "属性，不是承诺"),
        ("不愁吃〔14〕", "名称的一部分"),
    ],
)
def test_says_why_a_number_is_no_figure(clause, reason):
    figures = find_figures(clause)

    assert figures
    assert {figure.exempt for figure in figures} == {reason}


def test_two_figures_in_one_clause_keep_their_own_comparators():
    found = real_figures("新增幼儿园2所、学位540个以上")

    assert [(f.surface, f.comparator) for f in found] == [("2所", "equal"), ("540个以上", "at_least")]


@pytest.mark.parametrize(
    ("clause", "surfaces"),
    [
        ("引进10亿元以上项目6个、2000万元以上项目22个", ["6个", "22个"]),
        ("推动收入10万元以下的薄弱村减少5个", ["5个"]),
        ("发放贷款5000万元以上支持企业", ["5000万元以上"]),
        ("抓好总投资638亿元、128个重点项目建设", ["128个"]),
        ("推进总投资18亿元的53个项目", ["53个"]),
        ("报销比例由50%提高到60%", ["60%"]),
        ("将现行16%的税率降至13%", ["13%"]),
        ("建设100万千瓦光伏基地", ["100万千瓦"]),
    ],
)
def test_what_describes_the_things_counted_is_no_figure_beside_the_count(clause, surfaces):
    assert [figure.surface for figure in real_figures(clause)] == surfaces


def test_one_verb_for_several_figures_compares_them_all():
    found = real_figures("高铁、公路通车里程分别突破1100公里、4500公里")

    assert [(f.surface, f.comparator) for f in found] == [
        ("1100公里", "more_than"),
        ("4500公里", "more_than"),
    ]


def test_lower_is_better_where_the_words_say_so():
    assert real_figures("失业率5%以内")[0].direction == "down"
    assert real_figures("收入增长5%")[0].direction == "up"


@pytest.mark.parametrize(
    ("clause", "metrics"),
    [
        ("新增高新企业50家、科技企业150家", ["新增高新企业", "新增科技企业"]),
        ("力争软件收入突破400亿元", ["软件收入"]),
        ("建成16个名师工作室", ["建成名师工作室"]),
        ("养老保险、医保参保率稳定在95%以上", ["养老保险、医保参保率"]),
        ("高铁、公路通车里程分别突破1100公里、4500公里", ["高铁通车里程", "公路通车里程"]),
        ("第一、第二产业增加值分别增长2%和5%", ["第一产业增加值增长", "第二产业增加值增长"]),
        ("为1万名困境、留守儿童进行评估", ["为困境、留守儿童进行评估"]),
        ("确保50%以上的村集体收入翻番", ["村集体收入翻番"]),
        ("抓好总投资638亿元、128个重点项目建设", ["重点项目建设"]),
    ],
)
def test_names_the_metric_in_the_reports_words(clause, metrics):
    assert [metric_of(clause, f, (0, len(clause))) for f in real_figures(clause)] == metrics


@pytest.mark.parametrize(
    "clause",
    [
        "平安建设走在全市前列",
        "居民收入增长与经济增长基本同步",
        "持续提升基层诊疗占比",
        "节能指标完成市级下达的目标任务",
        "收入增速高于经济增速",
        "地区生产总值突破两千亿元",
        "促进房地产投资企稳回升",
        "稳定基础设施投资",
    ],
)
def test_a_rank_or_benchmark_is_found(clause):
    assert benchmark_in(clause)


@pytest.mark.parametrize(
    "clause",
    ["始终把安全放在首位", "推动经济发展", "培育超过千亿级产业", "稳定民间投资", "打造“全省前列”品牌"],
)
def test_what_only_sounds_like_a_rank_is_none(clause):
    assert not benchmark_in(clause)


def test_a_hedge_is_kept_as_printed():
    assert hedge_in("力争建成甲园") == "力争"
    assert hedge_in("积极争取甲园落户") == "争取"
    assert hedge_in("建成甲园") == ""
