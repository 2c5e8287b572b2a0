"""Hostile, broken and foreign files are refused with a sentence; nothing else comes out of them."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from commitments.exchange import uploads
from commitments.exchange.uploads import Refused, read_tables
from commitments.progress.evidence import OLD_OFFICE

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
)


def is_header(names) -> bool:
    return "编号" in names


def workbook(rows=(("编号", "联系人"), ("1", "张三"))) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def archive(**parts: str | bytes) -> bytes:
    """Return a zip archive that looks like a workbook, with these parts besides."""
    buffer = io.BytesIO()
    named = {"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.xml": "<workbook/>", **parts}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in named.items():
            target.writestr(name, content)
    return buffer.getvalue()


def with_part(content: bytes, name: str, change) -> bytes:
    """Return the workbook with one part rewritten."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            target.writestr(entry.filename, change(part) if entry.filename == name else part)
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(archive())
    # The flag of an encrypted entry, in the local header and in the directory.
    content[6] |= 1
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


SHEET = "xl/worksheets/sheet1.xml"
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">&b;</worksheet>'
)
EXTERNAL = BILLION_LAUGHS.replace(b'"ha"', b'SYSTEM "file:///etc/passwd"')


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.xlsx", "空"),
        (b"x" * (uploads.MAX_FILE + 1), "a.csv", "16"),
        (b"PK\x03\x04 no archive", "a.xlsx", "损坏"),
        (workbook()[:900], "a.xlsx", "损坏"),
        (b"not a zip", "a.xlsx", "损坏"),
        (archive(), "a.xlsx", "损坏"),
        (archive(**{"xl/workbook.xml": ""}), "a.xlsx", "损坏"),
        (archive(**{"xl/vbaProject.bin": b"x"}), "a.xlsx", "宏"),
        (
            archive(
                **{"[Content_Types].xml": CONTENT_TYPES.replace("/>", ">macroEnabled.main+xml</Types>")}
            ),
            "a.xlsx",
            "宏",
        ),
        (workbook(), "a.xlsm", "宏"),
        (encrypted_zip(), "a.xlsx", "密码"),
        (
            OLD_OFFICE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512,
            "a.xlsx",
            "密码",
        ),
        (OLD_OFFICE + b"\0" * 1024, "a.xls", ".xls"),
        (archive(**{SHEET: b"0" * (uploads.MEGABYTE * 60)}), "a.xlsx", "过大"),
        (archive(**{f"xl/{n}.xml": "<a/>" for n in range(uploads.MAX_ENTRIES)}), "a.xlsx", "过大"),
        (with_part(workbook(), SHEET, lambda part: BILLION_LAUGHS), "a.xlsx", "文档类型"),
        (with_part(workbook(), SHEET, lambda part: EXTERNAL), "a.xlsx", "文档类型"),
        (
            with_part(workbook(), SHEET, lambda part: BILLION_LAUGHS.decode().encode("utf-16")),
            "a.xlsx",
            "文档类型",
        ),
        (archive(**{"xl/workbook.bin": b"x"}), "a.xlsx", "二进制"),
        (
            b"PK"
            + archive(mimetype="application/vnd.oasis.opendocument.spreadsheet")[2:].replace(
                b"xl/workbook.xml", b"xx/workbook.xml"
            ),
            "a.ods",
            ".ods",
        ),
        (b"%PDF-1.7", "a.pdf", "只能读取"),
        ("编号,联系人\n1,\x00\n".encode(), "a.csv", "编码"),
        (b"\xff\xff\xff\x80\x81", "a.csv", "编码"),
        ('编号,"联系\n1'.encode(), "a.csv", "引号"),
        ("甲,乙\n1,2".encode(), "a.csv", "表头"),
        (workbook([("甲", "乙")]), "a.xlsx", "表头"),
        (b"\xe7\xbc\x96\xe5\x8f\xb7,a\n" + b"1,2\n" * (uploads.MAX_ROWS + 20), "a.csv", "拆分"),
        (("编号," + "," * uploads.MAX_COLUMNS + "\n").encode(), "a.csv", "列"),
    ],
)  # fmt: skip
def test_is_refused_with_a_sentence(content, name, said):
    with pytest.raises(Refused) as refusal:
        read_tables(content, name, is_header=is_header)

    assert said in str(refusal.value)


def test_an_entry_that_unpacks_to_gigabytes_is_not_unpacked():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", CONTENT_TYPES)
        target.writestr("xl/workbook.xml", "<workbook/>")
        with target.open(SHEET, "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(b"\0" * uploads.MEGABYTE)

    assert len(buffer.getvalue()) < uploads.MEGABYTE
    with pytest.raises(Refused, match="过大"):
        read_tables(buffer.getvalue(), "a.xlsx", is_header=is_header)


def test_a_sheet_that_says_it_is_as_large_as_excel_allows_is_read_by_what_it_holds():
    content = with_part(workbook(), SHEET, lambda part: part.replace(b'"A1:B2"', b'"A1:XFD1048576"'))

    (table,) = read_tables(content, "a.xlsx", is_header=is_header)

    assert [row.cells for row in table.rows] == [["1", "张三"]]


def test_hidden_sheets_are_left_out_and_a_title_may_stand_above_the_header():
    book = Workbook()
    for row in (("南岸区台账", None), (None, None), ("编号", "联系人"), ("1", "张三")):
        book.active.append(row)
    hidden = book.create_sheet("hidden")
    hidden.append(("编号", "联系人"))
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)

    (table,) = read_tables(buffer.getvalue(), "a.xlsx", is_header=is_header)

    assert (table.header_row, [row.number for row in table.rows]) == (3, [4])


def answer(content: bytes, name: str) -> object:
    """Return the tables or the sentence of the refusal; anything else that is raised fails the test."""
    try:
        return read_tables(content, name, is_header=is_header)
    except Refused as refusal:
        return str(refusal)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.csv", "a.xls", "a"]))
def test_any_bytes_are_read_or_refused(content, name):
    assert answer(content, name)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=12))
def test_a_workbook_with_bytes_overwritten_is_read_or_refused(place, garbage):
    content = bytearray(WORKBOOK)
    place %= len(content)
    content[place : place + len(garbage)] = garbage

    assert answer(bytes(content), "a.xlsx")


WORKBOOK = workbook()


def test_a_workbook_that_asks_for_a_zip_of_the_future_is_refused():
    content = bytearray(WORKBOOK)
    version_needed = content.index(b"PK\x01\x02") + 6
    content[version_needed] = 64

    assert answer(bytes(content), "a.xlsx") == str(uploads._broken())


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>/&;!abcr'\" =0123456789", max_size=120))
def test_any_words_in_place_of_a_sheet_are_read_or_refused(words):
    content = with_part(WORKBOOK, SHEET, lambda part: part.replace(b"<sheetData>", words.encode()))

    assert answer(content, "a.xlsx")
