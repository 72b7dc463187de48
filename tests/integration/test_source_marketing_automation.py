"""Marketo and Account Engagement become people, evidence of stages and e-mail events."""

from datetime import datetime
from typing import Any

import pytest

from tests.sources import account_engagement, marketo
from tests.sources.project import SourceProject, built_project

INPUTS = {
    "marketo": ["people", "stage_evidence", "merged_ids", "cast_failures"],
    "account_engagement": ["people", "stage_evidence", "cast_failures"],
}
# The account of the exports is in Los Angeles; Marketo writes UTC.
OPTIONS = {"source_options": {"account_engagement": {"timezone": "America/Los_Angeles"}}}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    folder = tmp_path_factory.mktemp("automation")
    exports = SourceProject(folder, INPUTS, variables=OPTIONS)
    for name, content in (marketo.files() | account_engagement.FILES).items():
        exports.put(name, content)
    return built_project(folder, INPUTS, variables=OPTIONS)


def _rows(project: SourceProject, columns: str, model: str, where: str = "true") -> list[Any]:
    found = project.query(f"select {columns} from {model} where {where} order by all")
    return [tuple(_minute(value) for value in row) for row in found]


def _minute(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value


def test_marketo_leads_are_people_without_the_text_null(project: SourceProject) -> None:
    columns = "source_person_id, email, channel, given_name, company_name, created_at"
    assert _rows(project, columns, "intermediate.int_people_from_marketo") == [
        ("101", "mika@example.com", "seminar", "美香", "株式会社見本", "2026-01-05 00:30"),
        ("102", None, "other", None, None, "2026-02-01 15:10"),
        ("103", "kenji@example.org", "organic_search", "Kenji", None, "2026-02-02 15:10"),
    ]
    assert _rows(
        project, "lead_id, salesforce_lead_id", "staging.stg_marketo__leads", "lead_id = '101'"
    ) == [("101", "00Q5g00000AbCdEEAV")]


def test_marketo_stage_fields_are_evidence(project: SourceProject) -> None:
    columns = "source_entity_id, source_field, source_value, entered_at"
    assert _rows(project, columns, "intermediate.int_stage_evidence_from_marketo") == [
        ("101", "record", "created", "2026-01-05 00:30"),
        ("101", "stage_field", "MQL", "2026-01-20 14:45"),
        ("101", "stage_field", "Nurture", "2026-02-21 01:00"),
        ("101", "stage_field", "SQL", None),
        ("103", "record", "created", "2026-02-02 15:10"),
        # The id of a lead that was merged: who is who, the map of merged ids says.
        ("99", "stage_field", "MQL", "2026-01-10 01:00"),
    ]
    assert _rows(
        project, "merged_id, surviving_id", "intermediate.int_merged_ids_from_marketo"
    ) == [
        ("97", "98"),
        ("98", "101"),
        ("99", "101"),
    ]


def test_marketo_activities_are_typed(project: SourceProject) -> None:
    columns = "event_id, source_person_id, event_type, email_campaign, occurred_at"
    assert _rows(project, columns, "intermediate.int_email_events_from_marketo") == [
        ("11", "101", "CLICK", "Thank you", "2026-03-06 09:00"),
        ("9", "101", "SENT", "Thank you", "2026-03-06 00:00"),
    ]
    columns = "program, old_status, new_status, is_success"
    assert _rows(project, columns, "intermediate.int_program_statuses_from_marketo") == [
        ("Webinar March", "Not in Program", "On List", False),
        ("Webinar March", "On List", "Attended", True),
    ]
    assert _rows(project, "count(*)", "staging.stg_marketo__activities") == [(13,)]


def test_prospects_of_all_files_are_people(project: SourceProject) -> None:
    columns = "source_person_id, email, channel, company_name, created_at"
    assert _rows(project, columns, "intermediate.int_people_from_account_engagement") == [
        ("11", "nao@example.com", "seminar", "Sample KK", "2026-01-05 17:30"),
        ("13", "yui@example.org", "organic_search", None, "2026-02-01 08:10"),
    ]
    columns = "prospect_id, salesforce_lead_id, salesforce_contact_id, is_do_not_email, is_deleted"
    assert _rows(project, columns, "staging.stg_account_engagement__prospects") == [
        ("11", "00Q5g00000AbCdEEAV", None, False, False),
        ("12", None, None, False, True),
        ("13", None, "0035g00000XyZabAAF", True, False),
    ]


def test_lifecycle_and_opportunities_of_prospects_are_evidence(project: SourceProject) -> None:
    columns = "source_entity_id, source_field, source_value, entered_at"
    assert _rows(project, columns, "intermediate.int_stage_evidence_from_account_engagement") == [
        ("11", "lifecycle_stage", "MQL", "2026-01-05 18:30"),
        ("11", "lifecycle_stage", "Prospect", "2026-01-05 17:30"),
        ("11", "lifecycle_stage", "SQL", "2026-01-06 18:30"),
        ("11", "record", "created", "2026-01-05 17:30"),
        ("13", "activity", "New Opportunity", "2026-03-03 17:00"),
        ("13", "activity", "Opportunity Won", "2026-04-03 16:00"),
        ("13", "record", "created", "2026-02-01 08:10"),
    ]


def test_email_activities_of_prospects_name_a_mail(project: SourceProject) -> None:
    columns = "event_id, event_type, email_campaign_id, occurred_at"
    assert _rows(project, columns, "intermediate.int_email_events_from_account_engagement") == [
        ("901", "SENT", "71", "2026-03-01 17:00"),
        ("902", "OPEN", "71", "2026-03-01 17:05"),
        ("904", "CLICK", "71", "2026-03-01 17:07"),
    ]
    assert _rows(
        project,
        "activity_name",
        "staging.stg_account_engagement__visitor_activities",
        "activity_type_id = 99",
    ) == [("Something new",)]


def test_cells_that_cannot_be_read_are_listed(project: SourceProject) -> None:
    columns = "object, file_name, row_number, column_name, text_value"
    marketo_cells = "intermediate.int_cast_failures_from_marketo"
    assert _rows(project, columns, marketo_cells, "cell_count is null") == [
        ("activities", "marketo/activities_2026-03.csv", 7, "attributes", '{"Form Fields":'),
        ("leads", "marketo/leads_2026-09-30.csv", 3, "updated_time", "yesterday"),
    ]
    prospects = "account_engagement/prospects_2026-09-30_2.csv"
    histories = "account_engagement/lifecycle_histories.csv"
    cells = "intermediate.int_cast_failures_from_account_engagement"
    assert _rows(project, columns, cells, "cell_count is null") == [
        ("lifecycle_histories", histories, 4, "created_time", "never"),
        ("prospects", prospects, 1, "score", "many"),
    ]
