"""Attendance: Zoom's reports with all their oddities, and plain lists of Japanese events."""

import csv
import io
import json
from datetime import date, datetime
from typing import Any

import pytest

from tests.sources.project import SourceProject
from tests.sources.zoom import report, row

SOURCES = {
    "zoom": ["people", "attendances", "cast_failures"],
    "seminars": ["people", "attendances", "cast_failures"],
}
DAY = "Mar 22, 2025 "
NEVER = ("--", "--", "--")
FIRST = [
    # Two devices at once, then once more: 20:00-20:40 and 20:50-21:00.
    row("hana@example.com", f"{DAY}20:00:00", f"{DAY}20:30:00", "30", answer='CRM, ""lite""'),
    row("Hana@Example.com", f"{DAY}20:20:00", f"{DAY}20:40:00", "20", name="Hana iPhone"),
    row("hana@example.com", f"{DAY}20:25:00", f"{DAY}20:26:00", "1"),
    row("hana@example.com", f"{DAY}20:50:00", f"{DAY}21:00:00", "10", tail=",,"),
    row("jiro@example.com", *NEVER, attended="No", name="Kato Jiro"),
    row("saki@example.com", f"{DAY}20:30:00", f"{DAY}20:29:00", "-1", name="Ueda Sa\0ki"),
    row("", f"{DAY}20:10:00", f"{DAY}20:20:00", "10", name="caller 0312"),
    row("typo@example", f"{DAY}20:00:00", "soon", "10", name="Noda Emi"),
]
AMERICAN = [
    row(
        "hana@example.com",
        "04/05/2025 08:00:00 PM",
        "04/05/2025 08:59:30 PM",
        "60",
        registered="04/01/2025 11:00:00 AM",
    )
]
LIST = (
    "開催日,2026/05/20\n"
    "申込日時,氏名,会社名,メールアドレス,出欠\n"
    "2026/05/01 10:00,青木　花,㈱サンプル,hana@example.com,○\n"
    "2026年5月2日 9:05,加藤 二郎,（株）例,jiro@example.com,×\n"
    "2026/05/03,上田 咲,有限会社テスト,ｓａｋｉ＠example.com,参加\n"
    "2026/05/04,野田 恵美,,emi@example.com,欠席\n"
    "2026/05/04 12:00,青木 花,サンプル,HANA@example.com,◯\n"
    "2026/05/05,森 健,,ken@example.com,たぶん\n"
)
TWO_CELLS = (
    "姓,名,貴社名,Eメール,参加状況,申込日時\n小野,結衣,サンプル,yui@example.com,参加済み,R8.5.1\n"
)


def as_tsv(text: str) -> str:
    """The same rows between tabs."""
    target = io.StringIO()
    csv.writer(target, delimiter="\t", lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    return target.getvalue()


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    project = SourceProject(tmp_path_factory.mktemp("events"), SOURCES)
    project.put("zoom/attendee_81234567890.csv", "\ufeff" + report(FIRST[:3]))
    project.put("seminars/seminar_2026-05-20_kpi.csv", LIST.encode("cp932"))
    project.put("seminars/seminar_2026-05-21_crm.csv", TWO_CELLS.encode("utf-8-sig"))
    american = report(AMERICAN, webinar="99911122233", started="04/05/2025 08:00:00 PM")
    project.put("zoom/april/attendee.csv", as_tsv(american).encode("utf-16"))
    first = project.load()
    assert not first.refused, [file.message for file in first.refused]
    # The report is downloaded again when all have left.
    project.put("zoom/attendee_81234567890.csv", "\ufeff" + report(FIRST))
    project.load()
    project.build(*project.own_models)
    return project


def _attendances(events: SourceProject, source: str, seminar: str, columns: str) -> dict[str, Any]:
    rows = events.query(
        f"select source_person_id, {columns} from intermediate.int_attendances_from_{source}"
        " where seminar_id = ?",
        [seminar],
    )
    return {person: values[0] if len(values) == 1 else tuple(values) for person, *values in rows}


def test_times_in_the_room_are_merged_and_not_added(events: SourceProject) -> None:
    seminar = "zoom-81234567890-2025-03-22"
    assert _attendances(events, "zoom", seminar, "has_attended, attended_minutes") == {
        "hana@example.com": (True, 50.0),
        "jiro@example.com": (False, 0.0),
        "saki@example.com": (True, 0.0),  # she left before she came, says the report
    }
    assert events.query(
        "select presence_number, joined_at, left_at from intermediate.int_zoom_presences_merged"
        " where webinar_id = '81234567890' and email = 'hana@example.com' order by 1"
    ) == [
        (1, datetime(2025, 3, 22, 11, 0), datetime(2025, 3, 22, 11, 40)),
        (2, datetime(2025, 3, 22, 11, 50), datetime(2025, 3, 22, 12, 0)),
    ]


def test_each_table_of_the_report_is_an_object(events: SourceProject) -> None:
    assert events.query(
        "select object, rows_in, rows_loaded, rows_unchanged, rows_quarantined"
        " from raw.keiro__load_log where file_name = 'zoom/attendee_81234567890.csv'"
        " order by object, load_seq"
    ) == [
        ("attendees", 3, 3, 0, 0),
        ("attendees", 8, 5, 3, 0),
        ("hosts", 1, 1, 0, 0),
        ("hosts", 1, 0, 1, 0),
        ("panelists", 1, 1, 0, 0),
        ("panelists", 1, 0, 1, 0),
    ]
    assert events.query("select distinct email from staging.stg_zoom__panelists") == [
        ("panel@example.com",)
    ]


def test_the_block_above_says_which_webinar_it_was(events: SourceProject) -> None:
    assert events.query(
        "select distinct webinar_id, topic, webinar_at from staging.stg_zoom__attendees order by 1"
    ) == [
        ("81234567890", 'KPI, explained: "why"?', datetime(2025, 3, 22, 11, 0)),
        ("99911122233", 'KPI, explained: "why"?', datetime(2025, 4, 5, 11, 0)),
    ]


def test_american_dates_in_utf16_are_read_alike(events: SourceProject) -> None:
    columns = "registered_at, seminar_date, attended_minutes"
    assert _attendances(events, "zoom", "zoom-99911122233-2025-04-05", columns) == {
        "hana@example.com": (datetime(2025, 4, 1, 2, 0), date(2025, 4, 5), 59.5)
    }


def test_nul_bytes_and_custom_questions_and_placeholders(events: SourceProject) -> None:
    people = events.query(
        "select source_person_id, full_name, phone, created_at"
        " from intermediate.int_people_from_zoom order by 1"
    )
    registered = datetime(2025, 3, 20, 1, 0)
    assert people == [
        ("hana@example.com", "Hana Aoki", None, registered),
        ("jiro@example.com", "Jiro Kato", None, registered),
        ("saki@example.com", "Saki Ueda", None, registered),
    ]
    ((answers,),) = events.query(
        "select distinct answers from staging.stg_zoom__attendees where answers is not null"
    )
    assert json.loads(answers) == {'Which "product" do you use?': 'CRM, "lite"'}


def test_what_cannot_be_read_is_listed(events: SourceProject) -> None:
    failures = events.query(
        "select column_name, text_value from intermediate.int_cast_failures_from_zoom"
        " where text_value is not null"
    )
    assert sorted(failures) == [("email", "typo@example"), ("leave_time", "soon")]
    assert events.query(
        "select column_name, text_value from intermediate.int_cast_failures_from_seminars"
        " where text_value is not null"
    ) == [("attended", "たぶん")]


def test_lists_with_signs_words_and_names_in_one_cell(events: SourceProject) -> None:
    assert _attendances(events, "seminars", "seminar-2026-05-20", "has_attended") == {
        "hana@example.com": True,
        "jiro@example.com": False,
        "saki@example.com": True,
        "emi@example.com": False,
        "ken@example.com": None,
    }
    assert _attendances(events, "seminars", "seminar-2026-05-21", "has_attended") == {
        "yui@example.com": True
    }
    people = dict(
        events.query(
            "select source_person_id, full_name || '/' || coalesce(company_name, '')"
            " from intermediate.int_people_from_seminars"
        )
    )
    assert people["jiro@example.com"] == "加藤 二郎/(株)例"
    assert people["yui@example.com"] == "小野 結衣/サンプル"
    assert people["emi@example.com"] == "野田 恵美/"


def test_registrations_are_made_utc(events: SourceProject) -> None:
    registered = _attendances(events, "seminars", "seminar-2026-05-20", "registered_at")
    assert registered["hana@example.com"] == datetime(2026, 5, 1, 1, 0)
    assert registered["jiro@example.com"] == datetime(2026, 5, 2, 0, 5)
    assert _attendances(events, "seminars", "seminar-2026-05-21", "registered_at") == {
        "yui@example.com": datetime(2026, 4, 30, 15, 0)
    }
