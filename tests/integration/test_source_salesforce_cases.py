"""What else Salesforce exports hold: both forms of an id, code pages, damaged cells."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.conftest import SHARED_DATA
from tests.sources.project import SourceProject

INPUTS = ["people", "accounts", "opportunities", "stage_evidence", "merged_ids", "cast_failures"]
CONNECTOR = SHARED_DATA / "salesforce_connector"
OBJECTS = {"account": 10, "contact": 4, "lead": 1, "opportunity": 10}
API_LEADS = "Id,LastName,Email,Status,NumberOfEmployees,CreatedDate\n"
JAPANESE_LEADS = "リード ID,姓,メール,リード状況,作成日\n"


def leads(project: SourceProject, day: str, content: str, encoding: str = "utf-8") -> None:
    project.put(f"salesforce/{day}/leads.csv", content.encode(encoding))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SourceProject]:
    """Leads by Data Loader, then as a report of fewer leads; deals whose exports are damaged."""
    project = SourceProject(tmp_path_factory.mktemp("cases"), {"salesforce": INPUTS})
    leads(
        project,
        "2026-08-31",
        API_LEADS + "00Q0000000001aBEAQ,Kita,k@kita.example,New,120,2026-08-01T00:30:00.000Z\n"
        "00Q0000000001abEAA,Minami,m@minami.example,New,a few,2026-08-02T00:30:00.000Z\n"
        "00q0000000001ABEAA,Nishi,n@nishi.example,New,,2026-08-03T00:30:00.000Z\n"
        "00Q000000000009EAA,Gone,g@gone.example,New,,2026-08-04T00:30:00.000Z\n",
    )
    leads(
        project,
        "2026-09-30",
        JAPANESE_LEADS + '"00Q0000000001aB","北","k@kita.example","対応中","2026/08/01 9:30"\n'
        '"00Q0000000001ab","南","m@minami.example","新規","2026/08/02 9:30"\n'
        '"00q0000000001ABEAA","西","n@nishi.example","新規","2026/08/32 9:30"\n',
        "cp932",
    )
    project.put(
        "salesforce/2026-08-31/opportunities.csv",
        "Id,StageName,Amount,CloseDate,CreatedDate\n"
        "006000000000001AAA,Closed Won,100,2026-09-01,2026-08-05T00:00:00.000Z\n"
        "006000000000002AAA,Closed Won,100,2026-09-01,2026-08-05T00:00:00.000Z\n",
    )
    project.put(
        "salesforce/2026-09-30/opportunities.csv",
        "Id,StageName,Amount,CloseDate,CreatedDate\n"
        "006000000000001AAA,Closed Won,100,2026-09-01,2026-08-05T00:00:00.000Z\n",
    )
    project.put(
        "salesforce/2026-09-30/opportunity_history.csv",
        "Id,OpportunityId,StageName,CreatedDate,IsDeleted\n"
        "008000000000001AAA,006000000000001AAA,Closed Won,2026-09-02T01:00:00.000Z,false\n"
        "008000000000002AAA,006000000000002AAA,Closed Won,2026-09-02T01:00:00.000Z,false\n",
    )
    assert project.load().refused == ()
    project.build("resource_type:seed", "resource_type:model")
    return project


def test_both_forms_of_an_id_are_one_record_and_the_newer_row_counts(built: SourceProject) -> None:
    rows = built.query(
        "select lead_id, family_name, lead_status, created_at::varchar"
        " from staging.stg_salesforce__leads where valid_id is not null order by lead_id"
    )
    assert rows == [
        ("00Q0000000001aBEAQ", "北", "対応中", "2026-08-01 00:30:00"),
        ("00Q0000000001abEAA", "南", "新規", "2026-08-02 00:30:00"),
    ]


def test_an_id_that_lost_its_case_is_kept_and_listed(built: SourceProject) -> None:
    failures = built.query(
        "select column_name, text_value from intermediate.int_cast_failures_from_salesforce"
        " where object = 'leads' and text_value is not null order by all"
    )
    assert failures == [("created_date", "2026/08/32 9:30"), ("id", "00q0000000001ABEAA")]
    kept = "select count(*) from intermediate.int_people_from_salesforce where created_at is null"
    assert built.query(kept) == [(1,)]


def test_the_history_of_a_vanished_opportunity_is_no_evidence(built: SourceProject) -> None:
    entities = built.query(
        "select distinct source_entity_id from intermediate.int_stage_evidence_from_salesforce"
        " where entity_type = 'opportunity'"
    )
    assert entities == [("006000000000001AAA",)]


def test_dbts_unit_tests_pass(built: SourceProject, monkeypatch: pytest.MonkeyPatch) -> None:
    from dbt.cli.main import dbtRunner

    warehouse = built.settings.path(built.settings.warehouse)
    monkeypatch.setenv("KEIRO_WAREHOUSE", str(warehouse))
    monkeypatch.setenv("DBT_LOG_PATH", str(built.folder / "logs"))
    target = built.settings.path(built.settings.target_dir)
    places = [
        "--project-dir",
        built.folder,
        "--profiles-dir",
        built.folder,
        "--target-path",
        target,
    ]
    done = dbtRunner().invoke(
        ["--quiet", "test", "--select", "resource_type:unit_test", *map(str, places)]
    )
    assert done.exception is None
    statuses = {
        result.node.name: str(result.status)
        for result in done.result.results
        if result.node.resource_type == "unit_test"  # and not what runs before and after them
    }
    assert len(statuses) >= 4
    assert set(statuses.values()) == {"pass"}, statuses


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("iso-8859-1", ["Müller", "Desprès", "Señor", "Grünwald", "Lefèvre"]),
        ("shift_jis", ["北村", "南野", "西尾", "東山", "中島"]),
        ("cp932", ["髙﨑", "南①", "㈱西尾", "東山", "中島～"]),
        ("utf-8-sig", ["髙﨑", "Müller", "西尾", "東山", "中島"]),
        ("utf-16", ["髙﨑", "Müller", "西尾", "東山", "中島"]),
    ],
)
def test_each_code_page_that_an_export_offers(
    encoding: str, names: list[str], tmp_path: Path
) -> None:
    header = "Lead ID,Last Name,Email,Lead Status,Created Date\n"
    project = SourceProject(tmp_path, {"salesforce": INPUTS})
    rows = [
        f'"00Q00000000000{number}","{name}","p{number}@example.com","New","2026/09/01 9:30"\n'
        for number, name in enumerate(names)
    ]
    leads(project, "2026-09-30", header + "".join(rows), encoding)
    assert project.load().refused == ()
    found = project.query("select last_name from raw.salesforce__leads order by id")
    assert [name for (name,) in found] == names


def test_a_formatted_report_is_a_workbook(tmp_path: Path) -> None:
    from openpyxl import Workbook

    project = SourceProject(tmp_path, {"salesforce": INPUTS})
    book = Workbook()
    created = datetime(2026, 9, 1, 9, 30)
    for row in (
        ["All leads"],
        [None, "As of 2026-09-30"],
        [],
        [None, "Lead ID", "Last Name", "Email", "Lead Status", "Created Date", "Converted Date"],
        [None, "00Q0000000001aB", "Kita", "k@kita.example", "New", created, date(2026, 9, 2)],
        [],
        [None, "Grand Totals (1 records)"],
        ["Confidential Information - Do Not Distribute"],
    ):
        book.active.append(row)
    target = project.exports / "salesforce" / "2026-09-30" / "leads" / "All leads.xlsx"
    target.parent.mkdir(parents=True)
    book.save(target)
    assert project.load().refused == ()
    rows = project.query("select id, created_date, converted_date from raw.salesforce__leads")
    assert rows == [("00Q0000000001aB", "2026-09-01 09:30:00", "2026-09-02")]


def test_a_connectors_tables_load_by_their_own_column_names(tmp_path: Path) -> None:
    if not CONNECTOR.exists():
        pytest.skip("the shared data are not here")
    project = SourceProject(tmp_path, {"salesforce": INPUTS})
    for name in OBJECTS:
        target = project.exports / "salesforce" / "2019-11-12" / f"{name}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CONNECTOR / f"sf_{name}_data.csv", target)
    summary = project.load()
    assert {file.object: file.rows_loaded for file in summary.files} == {
        {"opportunity": "opportunities"}.get(name, f"{name}s"): count
        for name, count in OBJECTS.items()
    }
