"""Made-up reports and excerpts: every structure met in real reports, no real report's words."""

from __future__ import annotations

from commitments.reading.document import Document, read_document
from commitments.reading.draft import draft_rows
from commitments.reading.rows import Row

HEAD = """2031年青禾区政府工作报告
2031年1月15日在青禾区第三届人民代表大会第二次会议上
各位代表:
现在,我向大会报告工作。
一、2030年工作回顾
过去一年,我们真抓实干。地区生产总值增长5.1%(达到88.2亿元)。新增高新技术企业12家。
二、2031年主要任务
今年是关键之年。
今年主要预期目标是:地区生产总值增长6%左右。
今年,重点抓好两个方面工作。
"""
TAIL = """三、加强政府自身建设
我们要建设人民满意的政府。
(一)坚持政治引领。巩固主题教育成果。
各位代表!让我们更加紧密团结,努力奋斗!
名词解释
“两张网”工程:即供水网、排水网。
"""


def report(*paragraphs: str, area: str = "(一)推动产业升级,加快发展。坚持创新驱动。") -> str:
    """A whole report whose only plan area holds these paragraphs."""
    return HEAD + area + "\n" + "".join(paragraph + "\n" for paragraph in paragraphs) + TAIL


def document_of(*paragraphs: str) -> Document:
    """The structure of a made-up report with these paragraphs."""
    return read_document(report(*paragraphs))


def rows_of(sentences: str) -> list[Row]:
    """Draft rows of the sentences, which follow a lead sentence in a theme of a made-up report."""
    document = document_of(f"壮大现代产业。{sentences}")
    theme = next(theme for theme in document.themes if theme.area == 1)
    return [row for row in draft_rows(document) if theme.lead.end < row.start < theme.span.end]


def outline_of(sentences: str) -> list[tuple[str, str]]:
    """Role and words of each passage of the sentences, in order."""
    seen: dict[tuple[int, int], tuple[str, str]] = {}
    for row in rows_of(sentences):
        seen.setdefault(row.span, (row.role, row.quote))
    return list(seen.values())
