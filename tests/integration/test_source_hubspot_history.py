"""HubSpot's history, merges, e-mail events and the dirt that people type into its properties."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from keiro.ingest import ensure_schema, load_exports, read_declarations
from tests.conftest import SHARED_DATA
from tests.sources.project import SourceProject, built_project

INPUTS = ["people", "accounts", "opportunities", "stage_evidence", "merged_ids", "cast_failures"]
CHANGES = """Record ID,Property Name,Value,Source,Timestamp
501,Lifecycle Stage,Lead,CRM_UI,2026-01-05 09:30
501,ライフサイクルステージ,Marketing Qualified Lead,AUTOMATION,2026-01-20T14:45:10Z
501,lifecyclestage,,CRM_UI,2026-01-21 09:00
502,lifecyclestage,marketingqualifiedlead,AUTOMATION,1772240400000
502,lifecyclestage,marketingqualifiedlead,AUTOMATION,1772240400000
502,lifecyclestage,lead,IMPORT,soon
""" + "".join(f"503,Lead Score,{n},CALCULATED,2026-05-01 10:{n:02d}\n" for n in range(45))
DEAL_CHANGES = "objectId,property,value,sourceType,timestamp\n" + "".join(
    f"7001,{name},{n},CRM_UI,2026-05-01 10:{n:02d}\n"
    for name, changes in (("amount", 20), ("closedate", 19))
    for n in range(changes)
)
DEALS = '''Record ID,Deal Stage,Amount,Create Date,Close Date,"Date entered ""Discovery (Sales (JP) Pipeline)""",hs_v2_date_entered_closedwon,hs_v2_date_entered_current_stage
7001,closed won ,"$21,000",2026-02-10 10:00,2026-03-01 11:59,2026-02-11 09:00,2026-03-01 11:59,2026-03-01 11:59
7002,Ｃｌｏｓｅｄ Lost,58.8k,2026年3月10日,2026-04-02 09:00,,,
7003,Discovery,TBD,,2026-12-31 18:00,,,
7004,Discovery,about 5,TBD,31/12/2026,tomorrow,,
'''  # noqa: E501
CONTACTS = """Record ID,Email,Lifecycle Stage,Create Date,hs_merged_object_ids,hs_calculated_merged_vids,hs_all_contact_vids
501,a@example.com,Customer,2026-01-05 09:30,11;12,12:1571000000000; 13:1571000000001,501;11;12;13
502,b@example.com,Lead,2026-01-06 09:30,,,502
"""  # noqa: E501
MAILING = {"recipient": "Hanako@Example.COM", "emailCampaignId": 5}
EVENTS: tuple[dict[str, Any], ...] = (
    {"id": "e1", "created": 1712345678901, "type": "OPEN", "filteredEvent": False, **MAILING,
     "sentBy": {"id": "s1", "created": 1712345600000}},
    {"id": "e1", "created": 1712345679000, "type": "OPEN", "filteredEvent": True, **MAILING,
     "sentBy": {"id": "s1", "created": 1712345600000}},
    {"id": "e2", "created": 1712345680000, "type": "CLICK", "filteredEvent": False, **MAILING,
     "causedBy": {"id": "e1", "created": 1712345678901}},
)  # fmt: skip
FILES = {
    "hubspot/crm-all-contacts-2026-09-30.csv": CONTACTS,
    "hubspot/crm-all-deals-2026-09-30.csv": DEALS,
    "hubspot/contact-property-history.csv": CHANGES,
    "hubspot/deal-property-history.csv": DEAL_CHANGES,
    "hubspot/contact_merge_audit.csv": "canonical_vid,vid_to_merge,timestamp\n"
    "501,14,2026-01-09 12:00:00\n502,502,2026-01-09 12:00:00\n",
    "hubspot/merged_deals.csv": "deal_id,merged_deal_id\n7001,6001\n7001,6002\n",
    "hubspot/email_events.ndjson": "".join(json.dumps(event) + "\n" for event in EVENTS),
}


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    folder = tmp_path_factory.mktemp("hubspot")
    project = SourceProject(folder, {"hubspot": INPUTS})
    for name, content in FILES.items():
        project.put(name, content)
    return built_project(folder, {"hubspot": INPUTS})


def _rows(project: SourceProject, sql: str) -> list[tuple[Any, ...]]:
    return [
        tuple(value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value
              for value in row)
        for row in project.query(sql)
    ]  # fmt: skip


def test_property_history_tells_times_and_where_it_is_cut(crm: SourceProject) -> None:
    assert _rows(
        crm,
        "select contact_id, property_value, property_changed_at, count(*)"
        " from staging.stg_hubspot__contact_property_changes"
        " where property_name = 'lifecyclestage' group by all order by all",
    ) == [
        ("501", "Lead", "2026-01-05 00:30:00", 1),
        ("501", "Marketing Qualified Lead", "2026-01-20 14:45:10", 1),
        ("501", None, "2026-01-21 00:00:00", 1),
        ("502", "lead", None, 1),
        ("502", "marketingqualifiedlead", "2026-02-28 01:00:00", 1),
    ]
    assert _rows(
        crm,
        "select contact_id || '' as id, property_name, has_truncated_head, count(*)"
        " from staging.stg_hubspot__contact_property_changes group by all"
        " union all select deal_id, property_name, has_truncated_head, count(*)"
        " from staging.stg_hubspot__deal_property_changes group by all order by all",
    ) == [
        ("501", "lifecyclestage", False, 3),
        ("502", "lifecyclestage", False, 2),
        ("503", "Lead Score", True, 45),
        ("7001", "amount", True, 20),
        ("7001", "closedate", False, 19),
    ]


def test_stage_history_is_evidence_with_its_time(crm: SourceProject) -> None:
    assert _rows(
        crm,
        "select source_entity_id, source_field, source_value, entered_at"
        " from intermediate.int_stage_evidence_from_hubspot"
        " where entered_at is not null order by all",
    ) == [
        ("501", "lifecycle_stage", "Lead", "2026-01-05 00:30:00"),
        ("501", "lifecycle_stage", "Marketing Qualified Lead", "2026-01-20 14:45:10"),
        ("502", "lifecycle_stage", "marketingqualifiedlead", "2026-02-28 01:00:00"),
        ("7001", "deal_stage", "Discovery", "2026-02-11 00:00:00"),
        ("7001", "deal_stage", "closedwon", "2026-03-01 02:59:00"),
        # No column and no history says when it was lost: the close date does.
        ("7002", "deal_stage", "Closed Lost", "2026-04-02 00:00:00"),
    ]


def test_merged_records_come_from_every_list(crm: SourceProject) -> None:
    assert _rows(
        crm,
        "select entity_type, merged_id, surviving_id"
        " from intermediate.int_merged_ids_from_hubspot order by all",
    ) == [
        ("opportunity", "6001", "7001"),
        ("opportunity", "6002", "7001"),
        ("person", "11", "501"),
        ("person", "12", "501"),
        ("person", "13", "501"),
        ("person", "14", "501"),
    ]


def test_email_events_of_bots_are_left_out(crm: SourceProject) -> None:
    assert _rows(
        crm,
        "select event_id, event_type, recipient_email, sent_by_event_id, occurred_at"
        " from intermediate.int_email_events_from_hubspot order by all",
    ) == [
        ("e1", "OPEN", "hanako@example.com", "s1", "2024-04-05 19:34:38"),
        ("e2", "CLICK", "hanako@example.com", None, "2024-04-05 19:34:40"),
    ]
    assert _rows(crm, "select count(*) from staging.stg_hubspot__email_events") == [(3,)]


def test_what_people_type_is_read_or_listed(crm: SourceProject) -> None:
    assert _rows(
        crm,
        "select source_opportunity_id, source_value, amount::int, created_at, close_at"
        " from intermediate.int_opportunities_from_hubspot order by all",
    ) == [
        ("7001", "closed won", 21000, "2026-02-10 01:00:00", "2026-03-01 02:59:00"),
        ("7002", "Closed Lost", 58800, "2026-03-09 15:00:00", "2026-04-02 00:00:00"),
        ("7003", "Discovery", None, None, "2026-12-31 09:00:00"),
        ("7004", "Discovery", None, None, None),
    ]
    # The two deals without a create date are nowhere in time: both have a line.
    assert _rows(
        crm,
        "select object, row_number, column_name, text_value"
        " from intermediate.int_cast_failures_from_hubspot"
        " where cell_count is null order by all",
    ) == [
        ("contact_property_history", 6, "changed_at", "soon"),
        ("deals", 3, "create_date", ""),
        ("deals", 4, "amount", "about 5"),
        ("deals", 4, "close_date", "31/12/2026"),
        ("deals", 4, "create_date", "TBD"),
        ("deals", 4, "entered_date", "tomorrow"),
    ]


@pytest.mark.skipif(
    not (SHARED_DATA / "hubspot_connector").exists(),
    reason="needs ../shared/data/hubspot_connector",
)
def test_a_connectors_tables_fit_by_their_own_names(tmp_path: Path) -> None:
    project = SourceProject(tmp_path, {"hubspot": INPUTS})
    # Raw table and lines of each file; no line of them stands twice.
    expected = {
        "contact_merge_audit": ("contact_merge_audit", 4),
        "merged_deal": ("merged_deals", 14),
        "contact_property_history": ("contact_property_history", 100),
        "deal_property_history": ("deal_property_history", 100),
        "email_event": ("email_events", 100),
    }
    for name in expected:
        content = (SHARED_DATA / "hubspot_connector" / f"{name}_data.csv").read_bytes()
        project.put(f"hubspot/{name}_data.csv", content)
    objects = read_declarations(tmp_path)
    with project.connect() as con:
        ensure_schema(con, objects)
        summary = load_exports(con, objects, project.exports)
        assert [file.message for file in summary.refused] == []
        for table, lines in expected.values():
            assert con.execute(f"select count(*) from raw.hubspot__{table}").fetchone() == (lines,)
        assert con.execute(
            "select count(recipient), count(filtered_event), count(distinct event_type)"
            " from raw.hubspot__email_events"
        ).fetchone() == (100, 93, 4)
        assert con.execute(
            "select count(record_id), count(property_name), count(changed_at)"
            " from raw.hubspot__contact_property_history"
        ).fetchone() == (100, 100, 100)
