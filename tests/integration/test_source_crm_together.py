"""HubSpot, Salesforce, Marketo and Account Engagement on at once: everybody and all once."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sources import crm_together
from tests.sources.project import SourceProject, built_project

COMMON = ["people", "stage_evidence", "cast_failures"]
SOURCES = {
    "hubspot": [*COMMON, "accounts", "opportunities", "merged_ids", "person_links"],
    "salesforce": [*COMMON, "accounts", "opportunities", "merged_ids"],
    "marketo": [*COMMON, "merged_ids", "person_links"],
    "account_engagement": [*COMMON, "person_links"],
}
FOLDERS = [f"intermediate/{name}" for name in ("accounts", "people", "stages", "web")]
SELECTED = [
    "channels stage_pairs +int_stage_evidence_mapped int_opportunities_foreign",
    "+int_email_events_from_hubspot",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    folder = tmp_path_factory.mktemp("together")
    exports = SourceProject(folder, SOURCES, folders=FOLDERS)
    for name, content in crm_together.FILES.items():
        exports.put(name, content)
    return built_project(folder, SOURCES, folders=FOLDERS, select=SELECTED)


def _rows(project: SourceProject, sql: str) -> list[tuple[Any, ...]]:
    return [
        tuple(f"{v:%Y-%m-%d %H:%M}" if isinstance(v, datetime) else v for v in row)
        for row in project.query(f"{sql} order by all")
    ]


def test_records_of_one_person_are_one_by_merge_crm_id_or_address(project: SourceProject) -> None:
    records = _rows(
        project,
        "select person_id, source, source_person_id, identity_rule"
        " from intermediate.int_people_identified",
    )
    persons: dict[str, set[tuple[str, ...]]] = {}
    for person, *record in records:
        persons.setdefault(person, set()).add(tuple(record))
    found = sorted(sorted(person) for person in persons.values())
    assert found == [
        # The mail of the marketing tool is a private one: only the CRM's id tells who it is.
        [
            ("account_engagement", "11", "first"),
            ("salesforce", "003000000000004AAA", "crm_id"),
        ],
        [
            ("hubspot", "1", "email"),
            ("marketo", "101", "first"),
            ("salesforce", "00Q000000000001EAA", "crm_id"),
        ],
        [("hubspot", "2", "alone")],
        [("hubspot", "4", "crm_id"), ("salesforce", "00Q000000000005EAA", "first")],
        [("hubspot", "5", "alone")],
        [("hubspot", "6", "alone")],
        [
            ("salesforce", "003000000000002AAA", "merged_id"),
            ("salesforce", "00Q000000000002EAA", "first"),
        ],
    ]


def test_a_person_has_the_account_that_the_crm_knows(project: SourceProject) -> None:
    assert (
        _rows(
            project,
            "select distinct accounts.source_account_id"
            " from intermediate.int_people_identified as people"
            " left join intermediate.int_accounts_identified as accounts using (account_id)"
            " where people.source = 'account_engagement'",
        )
        == [("001000000000001AAA",)]
    )  # fmt: skip


def test_opportunities_name_their_person_and_currency(project: SourceProject) -> None:
    found = _rows(
        project,
        "select source_opportunity_id, person_id is not null, stage, amount::int, currency"
        " from intermediate.int_opportunities_identified",
    )
    assert found == [
        ("006000000000001AAA", True, "won", 1000, "JPY"),
        # Its contact was merged into another.
        ("006000000000002AAA", True, "opportunity", 500, "EUR"),
        ("71", True, "opportunity", 21_000, "USD"),
        ("72", True, "won", 58_800, "JPY"),
        ("75", False, "opportunity", 500, "USD"),
        ("76", False, "won", 120_000, "JPY"),
    ]
    assert _rows(
        project,
        "select source, currency, n_opportunities, amount::int"
        " from intermediate.int_opportunities_foreign",
    ) == [("hubspot", "USD", 2, 21_500), ("salesforce", "EUR", 1, 500)]


def test_history_of_records_that_are_gone_makes_nobody(project: SourceProject) -> None:
    evidence = "intermediate.int_stage_evidence_mapped"
    assert _rows(
        project,
        f"select entity_id from {evidence} where entity_id not in"
        " (select person_id from intermediate.int_people_identified union all"
        " select opportunity_id from intermediate.int_opportunities_identified)",
    ) == []  # fmt: skip
    # A merged contact's history is that of the contact that took it in.
    assert _rows(
        project,
        f"select stage, min(entered_at), bool_and(is_date_only) from {evidence}"
        " where entity_id = (select person_id from intermediate.int_people_identified"
        " where source = 'hubspot' and source_person_id = '2') and entered_at is not null"
        " group by stage",
    ) == [
        ("mql", "2026-02-01 01:00", False),
        ("opportunity", "2026-02-01 15:00", True),
        ("won", "2026-02-28 15:00", True),
    ]


def test_dates_without_a_time_are_marked_and_ends_are_dated_once(project: SourceProject) -> None:
    assert _rows(
        project,
        "select source_field, source_value, entered_at, is_date_only"
        " from intermediate.int_stage_evidence_from_salesforce"
        " where entity_type = 'opportunity' and source_entity_id = '006000000000001AAA'",
    ) == [
        ("opportunity_stage", "closed won", "2026-02-28 15:00", True),
        ("record_date", "opportunity_created", "2026-02-09 15:00", True),
    ]
    assert _rows(
        project,
        "select source_value, entered_at, is_date_only"
        " from intermediate.int_stage_evidence_from_hubspot"
        " where entity_type = 'opportunity' and source_entity_id = '76'",
    ) == [
        ("Closed Won", "2026-03-05 03:00", False),
        ("closedwon", None, False),
    ]


def test_attributes_whose_names_come_twice_are_read(project: SourceProject) -> None:
    assert _rows(
        project,
        "select activity_id, attribute_values['new_value'], attribute_values['a/~b']"
        " from staging.stg_marketo__activities where activity_id in ('a1', 'a4')",
    ) == [("a1", "MQL", None), ("a4", None, "1")]


def test_void_and_filtered_mail_events_are_left_out(project: SourceProject) -> None:
    assert _rows(
        project, "select event_id, event_type from intermediate.int_email_events_from_hubspot"
    ) == [("e1", "SENT")]


def test_the_files_of_one_archive_are_one_export(tmp_path: Path) -> None:
    project = SourceProject(tmp_path, {"hubspot": COMMON})
    name = "hubspot-crm-exports-all-contacts-2026-09-30"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, ending in enumerate((".csv", "-1.csv")):
            rows = [f"{number}{i},{number}{i}@example.com,Lead,2026-01-01\n" for i in range(5)]
            header = "Record ID,Email,Lifecycle Stage,Create Date\n"
            archive.writestr(name + ending, header + "".join(rows))
    project.put(f"hubspot/{name}.zip", packed.getvalue())
    assert not project.load().held
    assert project.query(
        "select count(*) filter (not _is_deleted), count(*) from raw.hubspot__contacts"
    ) == [(10, 10)]
