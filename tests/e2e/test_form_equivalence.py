"""The same rows in six forms give the same KPI tables, to the last digit."""

import shutil
from typing import Any

import pytest

from tests.sources.forms import FORMS, people
from tests.sources.project import SourceProject

INPUTS = {
    "hubspot": ["people", "accounts", "opportunities", "stage_evidence", "merged_ids"],
    "salesforce": ["people", "accounts", "opportunities", "stage_evidence", "merged_ids"],
}
FOLDERS = (
    "intermediate/accounts",
    "intermediate/calendar",
    "intermediate/conversions",
    "intermediate/goals",
    "intermediate/initiatives",
    "intermediate/ledger",
    "intermediate/kpi",
    "intermediate/people",
    "intermediate/sales",
    "intermediate/stages",
    "intermediate/touches",
    "intermediate/web",
    "marts",
)
# Reports of a user in the United States write the month first.
VARIABLES = {
    "calendar_start": "2025-04-01",
    "source_options": {"salesforce": {"date_order": "mdy"}},
}
# What tells the forms apart lies below the KPIs; the hash of a definition is the same in all.
VALUES = (
    "select * exclude (as_of) from kpi.fct_kpi_values order by metric, grain, period_start, scope"
)
STATUS = "select * from kpi.fct_kpi_status order by metric, grain, period_start, scope"
Tables = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def kpi_tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tables]:
    """Values and status of every KPI by form; one project for each CRM, parsed once."""
    projects = {
        crm: SourceProject(
            tmp_path_factory.mktemp(crm),
            {crm: inputs},
            folders=FOLDERS,
            variables=VARIABLES,
        )
        for crm, inputs in INPUTS.items()
    }
    return {form: _tables(projects[crm], write) for form, (crm, write) in FORMS.items()}


def _tables(project: SourceProject, write: Any) -> Tables:
    shutil.rmtree(project.exports)
    shutil.rmtree(project.settings.path(project.settings.warehouse).parent, ignore_errors=True)
    write(project.exports)
    summary = project.load()
    assert not summary.refused, [file.message for file in summary.refused]
    assert not summary.held, [file.message for file in summary.held]
    assert summary.rows_quarantined == 0
    # The models' own tests are run on the demo; some are of tables that are not built here.
    project.build(
        "+fct_kpi_values", "+fct_kpi_status", "dim_stages", exclude=["resource_type:test"]
    )
    return project.query(VALUES), project.query(STATUS)


@pytest.mark.parametrize("form", list(FORMS)[1:])
def test_every_form_gives_the_tables_of_the_first(kpi_tables: dict[str, Tables], form: str) -> None:
    first, *_ = FORMS
    assert kpi_tables[form][0] == kpi_tables[first][0]
    assert kpi_tables[form][1] == kpi_tables[first][1]


def test_the_tables_count_what_the_company_did(kpi_tables: dict[str, Tables]) -> None:
    everybody = people()
    deals = [person.deal for person in everybody if person.deal]
    expected = {
        "leads": len(everybody),
        "mqls": sum(person.mql is not None for person in everybody),
        "sqls": sum(person.sql is not None for person in everybody),
        "opportunities_created": len(deals),
        "won_deals": sum(deal.stage == "Closed Won" for deal in deals),
        "won_revenue": sum(deal.amount for deal in deals if deal.stage == "Closed Won"),
    }
    values, _ = kpi_tables["HubSpot, English"]
    counted = dict.fromkeys(expected, 0.0)
    for _, metric, grain, _, _, scope, value, *_ in values:
        if metric in counted and grain == "month" and scope == "all":
            counted[metric] += float(value or 0)
    assert counted == expected
