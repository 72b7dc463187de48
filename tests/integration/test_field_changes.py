"""What the snapshots of a CRM show of the history that it overwrites."""

from datetime import date
from pathlib import Path

import pytest

from tests.sources.project import SourceProject

HEADER = "Record ID,Email,Lifecycle Stage,Lead Status,Create Date\n"
CREATED = "2026-01-01 09:00"
SNAPSHOTS = {
    "2026-01-10": {"1": "Lead,New", "2": "Lead,", "3": "Lead,New"},
    "2026-01-11": {"1": "Lead,New", "2": "Lead,Open", "3": "MQL,Open"},
    "2026-01-12": {"1": "MQL,New", "2": "Lead,Open"},
    "2026-01-13": {"1": "MQL,New", "2": "Lead,", "3": "MQL,Open"},
    "2026-02-01": {"1": "SQL,New", "2": "Lead,", "3": "MQL,Open"},
}
STAGE, STATUS = "lifecycle_stage", "lead_status"


def changes(
    key: str, *rows: tuple[str, str | None, str | None, int, str]
) -> set[tuple[object, ...]]:
    """Expected rows of a contact: column, old and new value, day of January, kind."""
    return {
        (key, column, old, new, date(2026, 1, day), kind == "appeared", kind)
        for column, old, new, day, kind in rows
    }


EXPECTED = (
    changes(
        "1",
        (STAGE, None, "Lead", 10, "appeared"),
        (STATUS, None, "New", 10, "appeared"),
        (STAGE, "Lead", "MQL", 12, "changed"),
    )
    | changes(
        "2",
        (STAGE, None, "Lead", 10, "appeared"),
        (STATUS, None, "Open", 11, "changed"),
        (STATUS, "Open", None, 13, "changed"),
    )
    | changes(
        "3",
        (STAGE, None, "Lead", 10, "appeared"),
        (STATUS, None, "New", 10, "appeared"),
        (STAGE, "Lead", "MQL", 11, "changed"),
        (STATUS, "New", "Open", 11, "changed"),
        (STAGE, "MQL", None, 12, "deleted"),
        (STATUS, "Open", None, 12, "deleted"),
        (STAGE, None, "MQL", 13, "restored"),
        (STATUS, None, "Open", 13, "restored"),
    )
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    """HubSpot's contacts in five snapshots, seen from the end of January."""
    folder: Path = tmp_path_factory.mktemp("history")
    project = SourceProject(folder, {"hubspot": []}, folders=["intermediate/history"])
    for day, contacts in SNAPSHOTS.items():
        rows = "".join(f"{key},,{values},{CREATED}\n" for key, values in contacts.items())
        project.put(f"hubspot/hubspot-crm-exports-all-contacts-{day}.csv", HEADER + rows)
    models = project.folder / "models" / "intermediate" / "history"
    for macro in ("row_versions", "current_rows"):
        (models / f"{macro}_of_contacts.sql").write_text(
            f"select * from ({{{{ {macro}('hubspot', 'contacts') }}}}) as r", encoding="utf-8"
        )
    project.load()
    project.build("path:models/intermediate/history", as_of=date(2026, 1, 31))
    return project


def test_differences_between_snapshots_become_history(project: SourceProject) -> None:
    found = project.query(
        "select entity_key, column_name, old_value, new_value, observed_date, is_first,"
        " change_kind from intermediate.int_field_changes_observed"
        " where source = 'hubspot' and object = 'contacts'"
    )
    assert len(found) == len(set(found))
    assert set(found) == EXPECTED


def test_the_versions_of_a_key_follow_each_other(project: SourceProject) -> None:
    found = project.query(
        "select lifecycle_stage, _is_deleted, day(_valid_from), day(_valid_to)"
        " from intermediate.row_versions_of_contacts where record_id = '3' order by _valid_from"
    )
    assert found == [
        ("Lead", False, 10, 11),
        ("MQL", False, 11, 12),
        (None, True, 12, 13),
        ("MQL", False, 13, None),
    ]


@pytest.mark.parametrize(
    ("day", "keys"),
    [(date(2026, 1, 11), ["1", "2", "3"]), (date(2026, 1, 12), ["1", "2"])],
)
def test_current_rows_are_those_of_the_snapshot_of_the_day(
    project: SourceProject, day: date, keys: list[str]
) -> None:
    project.build("current_rows_of_contacts", as_of=day)
    found = project.query("select record_id from intermediate.current_rows_of_contacts order by 1")
    assert [key for (key,) in found] == keys
