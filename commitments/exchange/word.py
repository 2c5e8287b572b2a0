"""A Word document in the form of Chinese official papers (GB/T 9704): fonts, sizes, margins, page numbers.

Knows paragraphs and tables, not commitments. The named fonts come with Chinese office software; where
one is missing, the office program puts its own in its place.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from .sheets import plain

SONG_TITLE, HEI, KAI, FANG_SONG, LATIN = (
    "方正小标宋简体",
    "黑体",
    "楷体_GB2312",
    "仿宋_GB2312",
    "Times New Roman",
)
# 2号, 3号, 小四, 五号
TITLE_SIZE, BODY_SIZE, NOTE_SIZE, TABLE_SIZE = Pt(22), Pt(16), Pt(12), Pt(10.5)

# A table of so many rows stays on one page.
SHORT_TABLE = 13


class Paper:
    """One document that is being written, from top to bottom."""

    def __init__(self, title: str, *, author: str, day: dt.date) -> None:
        self.document: Any = Document()
        self.title_text = title
        self._page()
        self._styles()
        self._page_numbers()
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = title, author, ""
        properties.language = "zh-CN"
        properties.created = properties.modified = dt.datetime.combine(day, dt.time(12), dt.UTC)

    # --- What stands on the page ---------------------------------------------------------------------

    def mark(self, text: str) -> None:
        """Put a warning above everything else, such as that the data is invented."""
        paragraph = self._add(text, size=BODY_SIZE, font=HEI, align=WD_ALIGN_PARAGRAPH.CENTER)
        paragraph.paragraph_format.space_after = Pt(12)

    def number(self, text: str) -> None:
        """Put the document's number above the title."""
        self._add(text, align=WD_ALIGN_PARAGRAPH.CENTER).paragraph_format.space_after = Pt(20)

    def title(self, *lines: str) -> None:
        for line in lines:
            paragraph = self.document.add_paragraph(style="Title")
            paragraph.add_run(plain(line))
        paragraph.paragraph_format.space_after = Pt(24)

    def address(self, text: str) -> None:
        """Put the addressee, flush left, without indent."""
        self._add(text)

    def heading(self, text: str, level: int = 1) -> None:
        self.document.add_paragraph(plain(text), style=f"Heading {level}")

    def text(self, text: str) -> None:
        """Put one paragraph with the usual indent of two characters."""
        for line in plain(text).split("\n"):
            if line.strip():
                paragraph = self._add(line)
                paragraph.paragraph_format.first_line_indent = BODY_SIZE * 2

    def note(self, text: str) -> None:
        """Put a remark in small type, such as a formula."""
        paragraph = self._add(text, size=NOTE_SIZE)
        paragraph.paragraph_format.first_line_indent = NOTE_SIZE * 2
        paragraph.paragraph_format.line_spacing = Pt(20)

    def table(
        self,
        caption: str,
        header: Sequence[str],
        rows: Sequence[Sequence[object]],
        widths: Sequence[float],
        *,
        numbers_from: int | None = None,
    ) -> None:
        """Put a table whose header repeats on every page; `widths` in millimetres."""
        title = self._add(caption, size=NOTE_SIZE, font=HEI, align=WD_ALIGN_PARAGRAPH.CENTER)
        title.paragraph_format.keep_with_next = True
        title.paragraph_format.space_before = Pt(8)
        lines = [header, *rows]
        table = self.document.add_table(rows=len(lines), cols=len(header))
        table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for place, width in enumerate(widths):
            table.columns[place].width = Mm(width)
        set_margins(table, Mm(1))
        # Asked for once: python-docx works out every cell of the table each time.
        cells = table._cells
        for number, texts in enumerate(lines):
            self._fill(
                cells[number * len(header) : (number + 1) * len(header)],
                texts,
                widths,
                is_header=number == 0,
                numbers_from=numbers_from,
                stays_with_next=len(lines) <= SHORT_TABLE and number < len(lines) - 1,
            )
        for number, row in enumerate(table._tbl.tr_lst):
            flags = row.get_or_add_trPr()
            flags.append(OxmlElement("w:cantSplit"))
            if number == 0:
                flags.append(OxmlElement("w:tblHeader"))
        self.document.add_paragraph().paragraph_format.line_spacing = Pt(8)

    def signature(self, unit: str, day: str) -> None:
        """Put who issues it and the date, to the right."""
        self.document.add_paragraph()
        for text in (unit, day):
            paragraph = self._add(text, align=WD_ALIGN_PARAGRAPH.RIGHT)
            paragraph.paragraph_format.right_indent = BODY_SIZE * 4

    def appendix(self, text: str) -> None:
        """Begin an appendix on a new page, lying: its tables are wide."""
        section = self.document.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(26)
        paragraph = self._add(text, font=HEI)
        paragraph.paragraph_format.space_after = Pt(8)

    def bytes(self) -> bytes:
        buffer = io.BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()

    # --- How it looks --------------------------------------------------------------------------------

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)

    def _styles(self) -> None:
        styles = self.document.styles
        for name, font, size in (
            ("Normal", FANG_SONG, BODY_SIZE),
            ("Title", SONG_TITLE, TITLE_SIZE),
            ("Heading 1", HEI, BODY_SIZE),
            ("Heading 2", KAI, BODY_SIZE),
            ("Heading 3", FANG_SONG, BODY_SIZE),
        ):
            style = styles[name]
            set_font(style, font)
            style.font.size, style.font.bold, style.font.italic = size, name == "Heading 3", False
            style.font.color.rgb = RGBColor(0, 0, 0)
            shape = style.paragraph_format
            shape.space_before = shape.space_after = Pt(0)
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
            if name.startswith("Heading"):
                shape.first_line_indent, shape.keep_with_next = size * 2, True
            for border in style.element.findall(f".//{qn('w:pBdr')}"):
                border.getparent().remove(border)
        styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        styles["Title"].paragraph_format.line_spacing = Pt(34)

    def _page_numbers(self) -> None:
        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for part in ("— ", "PAGE", " —"):
            run = paragraph.add_run("" if part == "PAGE" else part)
            set_font(run, "宋体")
            run.font.size = Pt(14)
            if part == "PAGE":
                field(run, part)

    def _add(
        self, text: str, *, size: Any = None, font: str = "", align: WD_ALIGN_PARAGRAPH | None = None
    ) -> Any:
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(plain(text))
        if size:
            run.font.size = size
        if font:
            set_font(run, font)
        paragraph.alignment = align
        return paragraph

    def _fill(
        self,
        cells: Sequence[Any],
        texts: Sequence[object],
        widths: Sequence[float],
        *,
        is_header: bool,
        numbers_from: int | None,
        stays_with_next: bool,
    ) -> None:
        for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            cell.width = Mm(widths[place])
            paragraph = cell.paragraphs[0]
            is_centred = is_header or (numbers_from is not None and place >= numbers_from)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if is_centred else WD_ALIGN_PARAGRAPH.LEFT
            shape = paragraph.paragraph_format
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(15)
            shape.keep_with_next = stays_with_next or None
            run = paragraph.add_run(plain(str(text)))
            run.font.size = TABLE_SIZE
            if is_header:
                set_font(run, HEI)


def set_font(holder: Any, name: str) -> None:
    """Set the font of a style or a run for Chinese, and the usual one for Latin letters and digits."""
    holder.font.name = LATIN
    fonts = holder.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    fonts.set(qn("w:eastAsia"), name)


def set_margins(table: Any, side: Any) -> None:
    """Set how far the words of all cells stand from the lines at their sides."""
    margins = OxmlElement("w:tblCellMar")
    for name in ("left", "right"):
        part = OxmlElement(f"w:{name}")
        part.set(qn("w:w"), str(side.twips))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    # The order of these elements is fixed: only tblLook may follow.
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


def field(run: Any, code: str) -> None:
    """Put a field such as the page number into a run."""
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)
