"""Workbooks get all that CSV gets; the answers are what was written by openpyxl and zipfile."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from ingest_project import COLUMNS, Project
from old_excel import xls
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HEADER = ["Record ID", "Email", "Stage"]
ROW = [1, "a@example.com", "Lead"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.declare(files=["*"], mode="append")
    return project


def workbook(
    sheets: dict[str, list[list[Any]]], edit: Callable[[Any], None] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if edit is not None:
        edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def message(project: Project) -> str:
    ((text,),) = project.log("message")
    return str(text)


VALUES: list[tuple[Any, str | None]] = [
    (dt.date(2024, 4, 1), "2024-04-01"),
    (dt.datetime(2024, 4, 1, 9, 30), "2024-04-01 09:30:00"),
    (dt.datetime(2024, 4, 1, 9, 30, 15, 500_000), "2024-04-01 09:30:15.500"),
    (dt.datetime(2031, 12, 31), "2031-12-31"),
    (dt.time(9, 30), "09:30:00"),
    (dt.timedelta(hours=26, minutes=5), "26:05:00"),
    (45383, "45383"),  # a serial in ordinary format is a number: staging reads it as a date
    (149884283.0, "149884283"),
    (0.1, "0.1"),
    (1033.33, "1033.33"),
    (123456789.123, "123456789.123"),
    (1e-10, "0.0000000001"),
    (1e22, "10000000000000000000000"),
    (-0.0, "0"),
    (True, "true"),
    (False, "false"),
    ("#N/A", "#N/A"),
    ("#REF!", "#REF!"),
    ("#DIV/0!", "#DIV/0!"),
    ("001", "001"),
    ("1.50", "1.50"),
    ("1e5", "1e5"),
    ("123456789.122999996", "123456789.122999996"),
    ("TRUE", "TRUE"),
    ("2024-04-01 00:00:00", "2024-04-01 00:00:00"),
    (" 髙橋\n㈱ ", " 髙橋\n㈱ "),
    ('say "hi", x', 'say "hi", x'),
    ("合計", "合計"),
    (None, None),
]


def test_each_kind_of_cell_becomes_the_text_that_it_means(project: Project) -> None:
    rows = [[f"k{n}", None, value] for n, (value, _) in enumerate(VALUES)]
    project.put("a.xlsx", workbook({"データ": [HEADER, *rows]}))
    project.load()
    assert project.rows() == [(f"k{n}", None, text) for n, (_, text) in enumerate(VALUES)]
    assert project.log("format, rows_in") == [("xlsx", len(VALUES))]


def test_a_sheet_is_found_its_preamble_and_totals_cut_off(project: Project) -> None:
    project.declare(files=["*"], mode="append", totals=["合計"])
    table = [["月次レポート"], [], HEADER, ROW, [], [2, None, "Lead"], ["合計", None, 2]]
    project.put("a.xlsx", workbook({"表紙": [["作成者", "営業部"]], "空": [], "明細": table}))
    project.load()
    assert project.rows() == [("1", "a@example.com", "Lead"), ("2", None, "Lead")]
    assert project.log("rows_in, rows_loaded") == [(2, 2)]
    assert "read from the sheet '明細'" in message(project)


def test_the_declared_sheet_is_read_and_no_other(project: Project) -> None:
    sheets = {"old": [HEADER, [9, None, None]], "new": [HEADER, ROW]}
    project.declare(files=["*"], mode="append", sheet="new", delimiter="\t")
    project.put("a.xlsx", workbook(sheets))
    project.load()
    assert project.rows("record_id") == [("1",)]
    project.declare(files=["*"], mode="append", sheet="newest")
    project.put("a.xlsx", workbook({**sheets, "more": [HEADER]}))
    (refused,) = project.load().refused
    assert "no sheet 'newest'; its sheets are 'old', 'new', 'more'" in str(refused.message)


def test_repeated_and_blank_headers_keep_their_columns(project: Project) -> None:
    rows = [[*HEADER, "Note", "Note", None], [1, None, None, "x", "y", "z"]]
    project.put("a.xlsx", workbook({"s": rows}))
    project.load()
    ((extra,),) = project.rows("_extra")
    assert sorted(json.loads(extra).values()) == ["x", "y", "z"]


def test_dates_of_the_1904_system_are_the_dates_that_they_show(project: Project) -> None:
    def old_mac(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    rows = [HEADER, [1, None, dt.date(2024, 4, 1)], [2, None, dt.datetime(2024, 4, 1, 9, 30)]]
    project.put("a.xlsx", workbook({"s": rows}, old_mac))
    project.load()
    assert project.rows("stage") == [("2024-04-01",), ("2024-04-01 09:30:00",)]


def test_a_formula_counts_by_its_last_value(project: Project) -> None:
    content = workbook({"s": [HEADER, [1, None, "=40+2"], [2, None, "=1/0"]]})
    cached = _edited(
        content,
        {"<f>40+2</f><v></v>": "<f>40+2</f><v>42</v>", "<f>40+2</f><v />": "<f>40+2</f><v>42</v>"},
    )
    project.put("a.xlsx", cached)
    project.load()
    assert project.rows("record_id, stage") == [("1", "42"), ("2", None)]


def _edited(content: bytes, replacements: dict[str, str], member: str = "sheet1.xml") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            text = old.read(info)
            if info.filename.endswith(member):
                for before, after in replacements.items():
                    text = text.replace(before.encode(), after.encode())
            new.writestr(info.filename, text)
    return buffer.getvalue()


def test_ids_that_a_spreadsheet_rounded_are_noted(project: Project) -> None:
    text_id = "120210000000000123"
    rows = [HEADER, [1.2021e17, None, None], [text_id, None, None], [123456789012345, None, None]]
    project.put("a.xlsx", workbook({"s": rows}))
    project.load()
    assert project.rows("record_id") == [("120210000000000000",), (text_id,), ("123456789012345",)]
    assert "1 numbers of more than 15 digits in column 1" in message(project)
    project.put("b.xlsx", workbook({"s": [HEADER, ["120210000000000000", None, "text"]]}))
    project.load()
    assert project.log("message")[1] == (None,)


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>
<table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def ods(rows: list[list[str]]) -> bytes:
    cells = "".join(
        f"<table:table-row>{''.join(row)}<table:table-cell"
        ' table:number-columns-repeated="16000"/></table:table-row>'
        for row in rows
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(rows=cells))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return buffer.getvalue()


def _text(value: str) -> str:
    shown = f"<text:p>{value}</text:p>"
    return f'<table:table-cell office:value-type="string">{shown}</table:table-cell>'


def _number(value: str) -> str:
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def _date(value: str) -> str:
    return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'


def test_an_opendocument_sheet_is_read(project: Project) -> None:
    rows = [[_text(label) for label in HEADER], [_number("7"), _text("x"), _date("2024-04-01")]]
    project.put("a.ods", ods(rows))
    project.load()
    assert project.rows() == [("7", "x", "2024-04-01")]
    assert project.log("format") == [("ods",)]


def test_an_old_excel_sheet_is_read(project: Project) -> None:
    rows: list[list[str | float]] = [[*HEADER], [7.0, "髙橋", 45383.0], [1.5, "y", 45383.5]]
    project.put("a.xls", xls("表", rows, date_column=2))
    project.load()
    assert project.rows() == [("7", "髙橋", "2024-04-01"), ("1.5", "y", "2024-04-01 12:00:00")]
    assert project.log("format") == [("xls",)]


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a", "a.csv.gz"])
def test_a_workbook_is_read_under_any_name(project: Project, name: str) -> None:
    project.put(name, workbook({"s": [HEADER, ROW]}))
    project.load()
    assert project.rows() == [("1", "a@example.com", "Lead")]


def test_text_under_the_name_of_a_workbook_is_read_as_csv(project: Project) -> None:
    project.put("a.xlsx", "Record ID,Email,Stage\n1,a@example.com,Lead\n")
    project.load()
    assert project.log("format, rows_in") == [("csv", 1)]


def protected() -> bytes:
    """The frame of an encrypted workbook: a compound file that names its encrypted stream."""
    name = "EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016 + name + b"\0" * 500


GOOD = workbook({"s": [HEADER, *([n, "x@example.com", "Lead"] for n in range(300))]})
BAD: dict[str, tuple[bytes, str]] = {
    "password": (protected(), "protected by a password"),
    "no xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "damaged"),
    "cut": (GOOD[: len(GOOD) // 2], "cut off or damaged"),
    "cut sheet": (_edited(GOOD, {"</sheetData>": "<!--"}), "damaged"),
    "empty": (workbook({"s": [], "t": []}), "workbook is empty"),
    "no header": (workbook({"s": [["x@example.com"]]}), "no header"),
    "nowhere": (
        workbook({"s": [["x@example.com"]], "t": [["Email", "Stage"], ["x@example.com", "y"]]}),
        "none of its 2 sheets has the table: 's': no header",
    ),
    "far away": (_edited(GOOD, {'r="C301"': 'r="XFD1048576"'}), "memory"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_workbook_that_cannot_be_read_is_refused_and_the_others_load(
    project: Project, kind: str
) -> None:
    content, reason = BAD[kind]
    project.put("a.xlsx", content)
    project.put("z.xlsx", workbook({"s": [HEADER, ROW]}))
    (refused,) = project.load().refused
    assert reason in str(refused.message)
    assert "remedy: " in str(refused.message)
    assert "@example.com" not in str(refused.message)
    assert project.rows() == [("1", "a@example.com", "Lead")]


def test_a_workbook_is_not_taken_for_ndjson_or_parquet(project: Project) -> None:
    project.declare(files=["*"], mode="append", format="parquet")
    project.put("a.parquet", GOOD)
    assert "workbook" in str(project.load().refused[0].message)


def test_a_workbook_in_an_archive_is_a_member_like_any(project: Project) -> None:
    project.declare(files=["*"], mode="append", columns=COLUMNS)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hubspot.xlsx", GOOD)
    project.put("a.zip", buffer.getvalue())
    project.load()
    assert project.log("file_name, rows_in") == [("a.zip/hubspot.xlsx", 300)]
