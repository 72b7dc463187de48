"""Every dialect of Salesforce gives the same inputs, but for what a dialect cannot carry."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sources.project import SourceProject
from tests.sources.salesforce import company
from tests.sources.salesforce_dialects import DIALECTS
from tests.sources.salesforce_labels import JAPANESE_VALUES

INPUTS = [
    "people",
    "accounts",
    "opportunities",
    "stage_evidence",
    "merged_ids",
    "cast_failures",
]
OPTIONS = {"source_options": {"salesforce": {"date_order": "mdy"}}}
WITH_DELETED = ("data loader", "old data loader")
AOZORA, HIGASHI = "001000000000001AAA", "001000000000002AAA"
CONVERTED, BECAME = "00Q0000000001aBEAQ", "003000000000001AAA"
OPEN, LOST, DATED, MERGED = (
    "00Q0000000001abEAA",
    "00Q000000000003EAA",
    "00Q000000000004EAA",
    "00Q000000000005EAA",
)
CONTACT, DOUBLE = "003000000000002AAA", "003000000000003AAA"
WON_DEAL, LOST_DEAL, OPEN_DEAL = (f"00600000000000{number}AAA" for number in (1, 2, 3))

# id, e-mail, account, channel, created, given name, family name, company, phone
PEOPLE = {
    (CONVERTED, "taro.takasaki@aozora.example", AOZORA, "organic_search", "2026-04-01 00:30:00",
     "太郎", "髙﨑", "株式会社あおぞら\r\n第2営業部", "0300000001"),
    (OPEN, "hanako@bluesky.example", None, "seminar", "2026-05-01 15:30:45",
     "Hanako", "Kita", 'Blue "Sky", Ltd.', None),
    (LOST, "m@minami.example", None, "other", "2026-05-10 03:00:00",
     None, "Minami", "Minami", None),
    (DATED, "n@nishi.example", None, "other", "2026-06-10 03:00:00",
     None, "Nishi", "Nishi", None),
    (BECAME, "taro.takasaki@aozora.example", AOZORA, "organic_search", "2026-04-10 06:15:00",
     "太郎", "髙﨑", "株式会社あおぞら", "0300000001"),
    (CONTACT, "jiro@higashi.example", HIGASHI, "referral", "2026-04-20 01:00:00",
     "Jiro", "Higashi", "Higashi", None),
}  # fmt: skip
ACCOUNTS = {
    (AOZORA, "Manufacturing", 1200, "株式会社あおぞら", "aozora.example", "2026-04-10 06:15:00"),
    (HIGASHI, None, None, "Higashi", None, "2026-04-20 01:00:00"),
}
# id, person, account, stage, amount, currency, created, beginning of the close date in Tokyo
OPPORTUNITIES = {
    (WON_DEAL, CONVERTED, AOZORA, "Closed Won", 1_200_000, "JPY",
     "2026-04-10 06:15", "2026-06-29 15:00"),
    (LOST_DEAL, CONTACT, HIGASHI, "Closed Lost", 800_000, "JPY",
     "2026-05-01 01:00", "2026-07-14 15:00"),
    (OPEN_DEAL, CONTACT, HIGASHI, "Negotiation/Review", 500_000, "JPY",
     "2026-06-01 02:00", "2026-12-19 15:00"),
}  # fmt: skip
CONVERSION = {("person", CONVERTED, BECAME)}
MERGES = {
    ("person", MERGED, OPEN),
    ("person", DOUBLE, CONTACT),
    ("account", "001000000000003AAA", AOZORA),
}
# entity, field, value, time, whether only the day is known
EVIDENCE = {
    (CONVERTED, "record_date", "lead_created", "2026-04-01 00:30:00", False),
    (CONVERTED, "record_date", "lead_converted", "2026-04-10 06:15:00", False),
    (CONVERTED, "lead_status", "Open - Not Contacted", "2026-04-01 00:30:00", False),
    (CONVERTED, "lead_status", "Working - Contacted", "2026-04-03 05:00:00", False),
    (CONVERTED, "lead_status", "Closed - Converted", "2026-04-10 06:15:00", False),
    (CONVERTED, "lead_status", "Closed - Converted", None, False),
    (OPEN, "record_date", "lead_created", "2026-05-01 15:30:45", False),
    (OPEN, "lead_status", "Open - Not Contacted", None, False),
    (LOST, "record_date", "lead_created", "2026-05-10 03:00:00", False),
    (LOST, "lead_status", "Closed - Not Converted", "2026-05-20 03:00:00", False),
    (LOST, "lead_status", "Closed - Not Converted", None, False),
    (DATED, "record_date", "lead_created", "2026-06-10 03:00:00", False),
    (DATED, "record_date", "mql_date", "2026-06-11 15:00:00", True),
    (DATED, "lead_status", "Nurturing", None, False),
    (WON_DEAL, "record_date", "opportunity_created", "2026-04-10 06:15:00", False),
    (WON_DEAL, "opportunity_stage", "Prospecting", "2026-04-10 06:15:00", False),
    (WON_DEAL, "opportunity_stage", "Proposal/Price Quote", "2026-05-10 01:30:00", False),
    (WON_DEAL, "opportunity_stage", "Prospecting", "2026-05-15 01:30:00", False),
    (WON_DEAL, "opportunity_stage", "Closed Won", "2026-06-29 23:30:00", False),
    (WON_DEAL, "opportunity_stage", "Closed Won", None, False),
    (LOST_DEAL, "record_date", "opportunity_created", "2026-05-01 01:00:00", False),
    (LOST_DEAL, "opportunity_stage", "Closed Lost", "2026-07-14 15:00:00", True),
    (OPEN_DEAL, "record_date", "opportunity_created", "2026-06-01 02:00:00", False),
    (OPEN_DEAL, "opportunity_stage", "Prospecting", "2026-06-01 02:00:00", False),
    (OPEN_DEAL, "opportunity_stage", "Negotiation/Review", "2026-06-20 02:00:00", False),
    (OPEN_DEAL, "opportunity_stage", "Negotiation/Review", None, False),
}
EVIDENCE_OF_MERGED = {
    (MERGED, "record_date", "lead_created", "2026-05-03 03:00:00", False),
    (MERGED, "lead_status", "Working - Contacted", "2026-05-21 03:00:00", False),
    (MERGED, "lead_status", "Working - Contacted", None, False),
}
CAMPAIGN_PEOPLE = {
    (BECAME, True, "2026-04-01 01:00:00", "2026-04-15"),
    (OPEN, False, "2026-04-12 01:05:00", None),
    (CONTACT, True, "2026-04-12 01:10:00", "2026-04-15"),
}


@dataclass(frozen=True)
class Built:
    """A dialect, loaded and built."""

    dialect: str
    project: SourceProject

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        return self.project.query(f"select {columns} from intermediate.{table} order by all")

    def expected(self, rows: set[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The rows as this dialect can tell them, in order."""
        return sorted((tuple(map(self._carried, row)) for row in rows), key=_order)

    def _carried(self, value: Any) -> Any:
        if self.dialect == "japanese report":
            value = JAPANESE_VALUES.get(value, value)
        is_report = self.dialect.endswith("report")
        return "2026-05-01 15:30:00" if is_report and value == "2026-05-01 15:30:45" else value


def _order(row: tuple[Any, ...]) -> list[tuple[bool, str]]:
    """DuckDB's order of texts and numbers, nulls last."""
    return [(value is None, str(value)) for value in row]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project for all dialects, so that dbt parses it once."""
    return tmp_path_factory.mktemp("salesforce")


@pytest.fixture(scope="module", params=["data loader", "report", "japanese report", "weekly"])
def built(request: pytest.FixtureRequest, folder: Path) -> Iterator[Built]:
    exports = folder / request.param
    DIALECTS[request.param](exports, company())
    project = SourceProject(folder, {"salesforce": INPUTS}, exports=exports, variables=OPTIONS)
    summary = project.load()
    assert [file.message for file in summary.refused] == []
    project.build("resource_type:seed", "resource_type:model")
    yield Built(request.param, project)
    project.settings.path(project.settings.warehouse).unlink()


def test_people(built: Built) -> None:
    columns = (
        "source_person_id, email, source_account_id, channel, created_at::varchar, given_name,"
        " family_name, company_name, phone"
    )
    assert built.rows("int_people_from_salesforce", columns) == built.expected(PEOPLE)


def test_accounts(built: Built) -> None:
    columns = (
        "source_account_id, industry, employee_count, company_name, domain, created_at::varchar"
    )
    assert built.rows("int_accounts_from_salesforce", columns) == built.expected(ACCOUNTS)


def test_opportunities(built: Built) -> None:
    columns = (
        "source_opportunity_id, source_person_id, source_account_id, source_value, amount::int,"
        " currency, left(created_at::varchar, 16), left(close_at::varchar, 16)"
    )
    assert built.rows("int_opportunities_from_salesforce", columns) == built.expected(OPPORTUNITIES)


def test_only_data_loader_knows_of_merges(built: Built) -> None:
    merges = CONVERSION | (MERGES if built.dialect in WITH_DELETED else set())
    columns = "entity_type, merged_id, surviving_id"
    assert built.rows("int_merged_ids_from_salesforce", columns) == built.expected(merges)


def test_stage_evidence(built: Built) -> None:
    evidence = EVIDENCE | (EVIDENCE_OF_MERGED if built.dialect in WITH_DELETED else set())
    columns = "source_entity_id, source_field, source_value, entered_at::varchar, is_date_only"
    found = built.rows("int_stage_evidence_from_salesforce", columns)
    assert sorted(found, key=_order) == built.expected(evidence)


def test_every_stage_value_is_mapped(built: Built) -> None:
    unmapped = built.project.query(
        "select distinct source_field, source_value"
        " from intermediate.int_stage_evidence_from_salesforce"
        " anti join seeds.stage_mapping using (source, source_field, source_value)"
    )
    assert unmapped == []


def test_a_member_as_lead_and_as_contact_is_one_person(built: Built) -> None:
    columns = "source_person_id, has_responded, added_at::varchar, first_response_date::varchar"
    rows = built.rows("int_campaign_people_deduplicated", columns)
    assert rows == built.expected(CAMPAIGN_PEOPLE)


def test_every_cell_is_read(built: Built) -> None:
    failures = built.rows("int_cast_failures_from_salesforce", "object, column_name, text_value")
    assert [row for row in failures if row[2] is not None] == []


def test_every_row_is_accounted_for(built: Built) -> None:
    quarantined = built.project.query("from raw.keiro__quarantine")
    assert quarantined == []
    ((rows_in, accounted),) = built.project.query(
        "select sum(rows_in), sum(rows_loaded + rows_unchanged + rows_quarantined)"
        " from raw.keiro__load_log"
    )
    assert rows_in == accounted > 0
    skipped = built.project.query("select distinct rows_skipped_preamble from raw.keiro__load_log")
    # A report's footer: total, copyright, notice, author, company.
    assert skipped == ([(5,)] if built.dialect.endswith("report") else [(0,)])
