"""From property history to stays in stages: coming back, going back, skipping, two contracts."""

from pathlib import Path

import pytest

from tests.sources.project import SourceProject

FOLDERS = [f"intermediate/{name}" for name in ("accounts", "people", "stages", "web")]
INPUTS = {"hubspot": ["people", "accounts", "opportunities", "stage_evidence", "cast_failures"]}
CONTACTS = """Record ID,Email,Lifecycle Stage,Create Date
1,back@example.com,MQL,2026-01-05 09:00
2,deal@example.com,Customer,2026-01-05 09:00
3,skipped@example.com,SQL,2026-01-05 09:00
4,two.deals@example.com,Opportunity,2026-01-05 09:00
5,unrelated@example.com,Lead,2026-01-05 09:00
"""
PROPERTIES = """Record ID,Property Name,Value,Source,Timestamp
1,lifecyclestage,Lead,CRM_UI,2026-01-05 09:00
1,lifecyclestage,MQL,CRM_UI,2026-01-10 09:00
1,lifecyclestage,SAL,CRM_UI,2026-01-20 09:00
1,lifecyclestage,Lead,CRM_UI,2026-02-01 09:00
1,lifecyclestage,MQL,CRM_UI,2026-03-01 09:00
2,lifecyclestage,Lead,CRM_UI,2026-01-05 09:00
3,lifecyclestage,Lead,CRM_UI,2026-01-05 09:00
3,lifecyclestage,SQL,CRM_UI,2026-01-20 09:00
5,lifecyclestage,Lead,CRM_UI,2026-01-05 09:00
"""
DEALS = """Record ID,Deal Stage,Amount,Create Date,Close Date,Associated Contact IDs
20,Closed Won,100,2026-01-15 09:00,2026-04-01 09:00,2
41,Closed Lost,100,2026-01-15 09:00,2026-02-10 09:00,4
42,Discovery,100,2026-02-01 09:00,2026-12-31 09:00,4
"""
DEAL_PROPERTIES = """Record ID,Property Name,Value,Source,Timestamp
20,dealstage,Discovery,CRM_UI,2026-01-15 09:00
20,dealstage,Closed Lost,CRM_UI,2026-02-10 09:00
20,dealstage,Discovery,CRM_UI,2026-03-10 09:00
20,dealstage,Closed Won,CRM_UI,2026-04-01 09:00
41,dealstage,Discovery,CRM_UI,2026-01-15 09:00
41,dealstage,Closed Lost,CRM_UI,2026-02-10 09:00
42,dealstage,Discovery,CRM_UI,2026-02-01 09:00
"""
Stay = tuple[str, int, str, str | None, str, bool]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    """Under the contract v2, of March 2026, sales accepts nobody: a SAL is an SQL."""
    project = SourceProject(tmp_path_factory.mktemp("spells"), INPUTS, folders=FOLDERS)
    seeds = project.folder / "seeds"
    _append(seeds / "stage_contracts.csv", "v2,2026-03-01,both,no acceptance\n")
    stages = (seeds / "stages.csv").read_text(encoding="utf-8").splitlines()[1:]
    kept = [line.replace("v1,", "v2,", 1) for line in stages if not line.startswith("v1,sal,")]
    _append(seeds / "stages.csv", "".join(f"{line}\n" for line in kept))
    _append(seeds / "stage_mapping_by_contract.csv", "v2,hubspot,lifecycle_stage,SAL,sql\n")
    project.put("hubspot/crm-all-contacts-2026-06-30.csv", CONTACTS)
    project.put("hubspot/crm-all-deals-2026-06-30.csv", DEALS)
    project.put("hubspot/contact-property-history.csv", PROPERTIES)
    project.put("hubspot/deal-property-history.csv", DEAL_PROPERTIES)
    assert not project.load().refused
    project.build("channels stage_pairs +int_stage_entries_followed")
    return project


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(text)


def stays(project: SourceProject, contact: str, contract: str) -> list[Stay]:
    return project.query(
        """
        select stage, spell, strftime(entered_at + interval 9 hour, '%m-%d'),
            strftime(exited_at + interval 9 hour, '%m-%d'), exit_type, is_inferred
        from intermediate.int_stage_entries_followed as stays
        inner join intermediate.int_people_identified as people
            on stays.entity_id = people.person_id
        where people.source_person_id = $contact and stays.contract = $contract
        order by stays.pass, stays.position
        """,
        {"contact": contact, "contract": contract},
    )


def test_a_record_that_goes_back_enters_the_stages_anew(project: SourceProject) -> None:
    assert stays(project, "1", "v1") == [
        ("lead", 1, "01-05", "01-10", "advanced", False),
        ("mql", 1, "01-10", "01-20", "advanced", False),
        ("sal", 1, "01-20", "02-01", "recycled", False),
        ("lead", 2, "02-01", "03-01", "advanced", False),
        ("mql", 2, "03-01", None, "open", False),
    ]


def test_a_deal_that_is_opened_again_is_lost_once_and_won_once(project: SourceProject) -> None:
    assert stays(project, "2", "v1") == [
        ("lead", 1, "01-05", "01-15", "advanced", False),
        ("mql", 1, "01-15", "01-15", "advanced", True),
        ("sal", 1, "01-15", "01-15", "advanced", True),
        ("sql", 1, "01-15", "01-15", "advanced", True),
        ("opportunity", 1, "01-15", "02-10", "lost", False),
        ("opportunity", 2, "03-10", "04-01", "advanced", False),
        ("won", 1, "04-01", None, "open", False),
    ]


def test_a_loss_beside_an_open_deal_ends_nothing(project: SourceProject) -> None:
    assert stays(project, "4", "v1")[-1] == ("opportunity", 1, "01-15", None, "open", False)


def test_each_contract_has_its_own_stays(project: SourceProject) -> None:
    assert stays(project, "3", "v1") == [
        ("lead", 1, "01-05", "01-20", "advanced", False),
        ("mql", 1, "01-20", "01-20", "advanced", True),
        ("sal", 1, "01-20", "01-20", "advanced", True),
        ("sql", 1, "01-20", None, "open", False),
    ]
    assert [stay[0] for stay in stays(project, "3", "v2")] == ["lead", "mql", "sql"]
    assert [(stay[0], stay[4]) for stay in stays(project, "1", "v2")][:3] == [
        ("lead", "advanced"),
        ("mql", "advanced"),
        ("sql", "recycled"),
    ]
    assert project.query("select distinct contract from intermediate.int_stages_agreed") == [
        ("v2",)
    ]


def test_policies_nest(project: SourceProject) -> None:
    """Reach falls from stage to stage under `impute`; `strict` is a part of it and of itself."""
    reach = project.query(
        """
        select contract, position,
            count(*) filter (where is_in_impute) as imputed,
            count(*) filter (where is_in_strict) as strict,
            count(*) filter (where is_in_strict and not is_in_impute) as strict_alone
        from intermediate.int_stage_entries_imputed
        where spell = 1 and stage <> 'visit'
        group by contract, position
        order by contract, position
        """
    )
    for contract in ("v1", "v2"):
        imputed, strict, alone = zip(*(row[2:] for row in reach if row[0] == contract), strict=True)
        assert sorted(imputed, reverse=True) == list(imputed)
        assert sorted(strict, reverse=True) == list(strict)
        assert not any(alone)
    assert [row[2:4] for row in reach if row[0] == "v1"] == [
        (5, 4),
        (4, 1),
        (4, 1),
        (3, 0),
        (2, 0),
        (1, 0),
    ]
