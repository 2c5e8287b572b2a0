"""Rule 1: titles, introductions and lead sentences promise nothing, with one exception."""

from commitments.reading.draft import draft_rows
from commitments.reading.passages import read_passages

from .excerpts import document_of


def roles(*paragraphs):
    document = document_of(*paragraphs)
    return [(p.role, p.of(document.text)) for p in read_passages(document)]


def test_what_stands_around_the_themes_promises_nothing():
    found = roles("壮大产业。建设甲厂。")

    assert found[:8] == [
        ("heading", "二、2031年主要任务"),
        ("framing", "今年是关键之年"),
        ("heading", "今年主要预期目标是"),
        ("commitment", "地区生产总值增长6%左右"),
        ("heading", "今年,重点抓好两个方面工作"),
        ("heading", "(一)推动产业升级,加快发展"),
        ("framing", "坚持创新驱动"),
        ("heading", "壮大产业"),
    ]
    assert found[-2:] == [("call", "各位代表"), ("call", "让我们更加紧密团结,努力奋斗")]


def test_a_lead_sentence_with_a_closed_programme_is_a_commitment():
    assert ("commitment", "全面落实都市圈建设十大重点攻坚任务") in roles(
        "全面落实都市圈建设十大重点攻坚任务。深化合作。"
    )


def test_a_lead_sentence_with_a_campaign_is_a_heading():
    assert ("heading", "深入打好污染防治攻坚战") in roles("深入打好污染防治攻坚战。完成排污口整治。")


def test_an_address_and_a_fact_are_kept_with_their_roles():
    found = roles(
        "壮大产业。建设甲厂。", "各位代表!民生实事待选事项已向大会形成报告。得票较高的8件将重点推进。"
    )

    assert found[-9:-6] == [
        ("call", "各位代表"),
        ("fact", "民生实事待选事项已向大会形成报告"),
        ("commitment", "得票较高的8件将重点推进"),
    ]


def test_a_subheading_inside_a_long_run_in_area_is_a_heading():
    body = "壮大产业集群。" + "实施产业提升行动,建设鹭鸣产业园,完善配套设施体系。" * 10
    body += "办好人民满意教育。实施强师计划。推进医保支付改革。"
    document = document_of()
    text = document.text.replace("(一)推动产业升级,加快发展。", f"(一)推动产业升级。{body}")
    from commitments.reading.document import read_document

    rows = draft_rows(read_document(text))

    roles = [(row.role, row.quote) for row in rows]
    assert ("heading", "壮大产业集群") in roles
    assert ("heading", "办好人民满意教育") in roles
    assert ("commitment", "推进医保支付改革") in roles
