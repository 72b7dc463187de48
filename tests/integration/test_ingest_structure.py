"""Files that are more than one plain table: sections, titles, footers, headers, constants."""

from pathlib import Path
from typing import Any

import pytest
from ingest_project import Project

ZOOM = """\
Attendee Report
Report Generated:,"Mar 22, 2025 21:00"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes)
"KPI as code","987 654 321","Mar 22, 2025 20:00:00",60
Host Details
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)
Yes,"Host, Hanako",host@example.com,"Mar 22, 2025 19:50:00","Mar 22, 2025 21:00:00",70,
Panelist Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)
Yes,Pan,pan@example.com,"Mar 22, 2025 19:55:00","Mar 22, 2025 21:00:00",65,
Attendee Details,
Attended,User Name (Original Name),First Name,Email,Join Time,Leave Time,"Why ""KPI""?",Is Guest
Yes,Ann,Ann,ann@example.com,"Mar 22, 2025 20:00:00","Mar 22, 2025 20:30:00","so, why
not",Yes,
Yes,Ann,Ann,ann@example.com,"Mar 22, 2025 20:20:00","Mar 22, 2025 21:00:00",,Yes,
No,Bob,Bob,bob@example.com,--,--,,--,
"""
ZOOM_COLUMNS: list[dict[str, Any]] = [
    {"name": "attended", "aliases": ["Attended"], "required": True},
    {"name": "user_name", "aliases": ["User Name (Original Name)"], "personal": True},
    {"name": "email", "aliases": ["Email"], "required": True, "personal": True},
    {"name": "join_time", "aliases": ["Join Time"]},
    {"name": "webinar_id", "from_preamble": r'^"KPI as code","([^"]+)"'},
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def kinds(project: Project) -> list[tuple[Any, ...]]:
    return project.query(
        "select line_number, kind, text from raw.keiro__skipped_lines order by line_number"
    )


@pytest.mark.parametrize(
    ("section", "people"),
    [
        ("^Host Details", [("Yes", "Host, Hanako", "987 654 321", 1)]),
        ("^Panelist Details", [("Yes", "Pan", "987 654 321", 1)]),
        (
            "^(Attendee Details|参加者の詳細)",
            [
                ("Yes", "Ann", "987 654 321", 1),
                ("Yes", "Ann", "987 654 321", 2),
                ("No", "Bob", "987 654 321", 3),
            ],
        ),
    ],
)
@pytest.mark.parametrize("blank_lines", [False, True])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_each_table_of_a_webinar_report_is_read_by_its_title(
    project: Project, section: str, people: list[tuple[Any, ...]], blank_lines: bool, line_end: str
) -> None:
    project.declare(columns=ZOOM_COLUMNS, primary_key=[], section=section, delimiter=",")
    text = spaced(ZOOM) if blank_lines else ZOOM
    project.put("a.csv", ("\ufeff" + text).replace("\n", line_end))
    (result,) = project.load().files
    assert (result.status, result.rows_quarantined) == ("loaded", 0)
    assert project.rows("attended, user_name, webinar_id, _row_number") == people
    assert {kind for _, kind, _ in kinds(project)} <= {"preamble", "other_table"}


def spaced(text: str) -> str:
    """The same report with a blank line above each title."""
    for title in ("Host", "Panelist", "Attendee"):
        text = text.replace(f"\n{title} Details", f"\n\n{title} Details")
    return text


GA4 = """\
# ----------------------------------------
# レポートのスナップショット
# ----------------------------------------
#
# すべてのユーザー
# 開始日: 20240401
# 終了日: 20240430
N 日目,アクティブ ユーザー
0000,12
0001,13

# 開始日: 20240301
# 終了日: 20240331
国,アクティブ ユーザー
Japan,"1,234"
Brazil,5

# 開始日: 20240201
市区町村,アクティブ ユーザー
Chiyoda,7
"""


def test_an_overview_report_gives_the_table_whose_header_is_declared(project: Project) -> None:
    project.declare(
        columns=[
            {"name": "country", "aliases": ["国", "Country"], "required": True},
            {"name": "users", "aliases": ["アクティブ ユーザー", "Active users"], "required": True},
            {"name": "first_day", "from_preamble": r"(?:開始日|Start date): (\d{8})"},
            {"name": "last_day", "from_preamble": r"(?:終了日|End date): (\d{8})"},
        ],
        primary_key=["country"],
        section="^# (開始日|Start date):",
    )
    project.put("a.csv", GA4)
    (result,) = project.load().files
    assert project.rows("country, users, first_day, last_day") == [
        ("Japan", "1,234", "20240301", "20240331"),
        ("Brazil", "5", "20240301", "20240331"),
    ]
    assert (result.rows_in, result.rows_quarantined) == (2, 0)
    texts = [text for _, _, text in kinds(project)]
    assert "0001,13" in texts
    assert "Chiyoda,7" in texts
    assert result.rows_skipped_preamble == len(texts)


def test_a_file_without_the_section_is_refused(project: Project) -> None:
    project.declare(section="^Contacts")
    project.put("a.csv", "Title\nRecord ID,Email\n1,a@example.com\n")
    project.put("b.csv", "Contacts\nKontakt,Email\n1,a@example.com\n")
    project.put("c.csv", "Contacts\n\n")
    messages = [str(file.message) for file in project.load().refused]
    assert "no line is the title of the section" in messages[0]
    assert "header in line 2: missing required column: record_id" in messages[1]
    assert "no header row" in messages[2]


REPORT = """\
"Record ID","Email","Stage"
"1","a@example.com","Lead"
"2","b@example.com","MQL\r\nand more"


{footer}
"""
FOOTERS = {
    "en": [
        '"Grand Totals (2 records)"',
        '"Leads by stage"',
        '"Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved."',
        '"Confidential Information - Do Not Distribute"',
        '"Generated By:  Ann Example  4/1/2024 9:30 AM"',
        '"Example K.K."',
    ],
    "ja": [
        '"総計 (2 件)"',
        '"段階別リード"',
        '"Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved."',
        '"機密情報 - 配布しないでください"',
        '"作成者: 例 花子 2024/04/01 9:30"',
    ],
    "padded": ['"Grand Totals (2 records)","",""', '"Confidential Information","",""'],
    "name first": ['"段階別リード"', '"Copyright (c) 2000-2024 salesforce.com, inc."'],
}
FOOTER = [
    r"^Grand Totals \(",
    r"^総計",
    r"^Copyright \(c\)",
    r"^Confidential Information",
    r"^機密情報",
    r"^(Generated By|作成者):",
]


@pytest.mark.parametrize("language", FOOTERS)
def test_a_report_ends_at_its_footer(project: Project, language: str) -> None:
    project.declare(footer=FOOTER)
    project.put("a.csv", REPORT.format(footer="\n".join(FOOTERS[language])))
    (result,) = project.load().files
    assert project.rows("record_id, stage") == [("1", "Lead"), ("2", "MQL\r\nand more")]
    assert (result.rows_in, result.rows_quarantined) == (2, 0)
    assert [(kind, text) for _, kind, text in kinds(project)] == [
        ("footer", line) for line in FOOTERS[language]
    ]
    assert kinds(project)[0][0] == 7


def test_rows_after_a_footer_are_not_lost(project: Project) -> None:
    project.declare(footer=FOOTER)
    text = REPORT.format(footer='"Copyright (c) 2024"\n"3","c@example.com","Lead"')
    project.put("a.csv", text)
    (result,) = project.load().files
    assert project.rows("record_id") == [("1",), ("2",)]
    assert project.quarantine() == [(3, "ragged_row", None, '["3", "c@example.com", "Lead"]')]
    assert "rows after the footer in line 7" in str(result.message)


def test_reports_put_together_are_read_one_after_the_other(project: Project) -> None:
    project.declare(footer=FOOTER)
    first = REPORT.format(footer="\n".join(FOOTERS["en"]))
    second = '\ufeffstage,レコードID,Eメール,メモ\nSQL,"3",c@example.com,"x"\n,"4"\n'
    project.put("a.csv", first + second)
    (result,) = project.load().files
    assert project.rows("record_id, email, stage, _extra, _row_number") == [
        ("1", "a@example.com", "Lead", None, 1),
        ("2", "b@example.com", "MQL\r\nand more", None, 2),
        ("3", "c@example.com", "SQL", '{"メモ":"x"}', 4),
    ]
    assert [row[:2] for row in project.quarantine()] == [(5, "ragged_row")]
    assert "another header in line 13" in str(result.message)
    assert "byte order mark(s) within the file removed" in str(result.message)


def test_rows_of_another_table_without_a_section_are_quarantined(project: Project) -> None:
    project.put(
        "a.csv",
        "Record ID,Email,Stage\n1,a,Lead\n\nOther table\n\nDay,Clicks,Cost\n2024-04-01,3,5\n",
    )
    (result,) = project.load().files
    assert project.rows("record_id") == [("1",)]
    assert [row[0] for row in project.quarantine()] == [2, 3, 4]
    assert "the table ends before line 4" in str(result.message)
    assert "`section`" in str(result.message)
