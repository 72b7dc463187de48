"""Snapshots and restated windows: what is gone is marked deleted, and too much is held back."""

import json
from pathlib import Path

import pytest
from ingest_project import Project

DATED = r"(\d{4}-\d{2}-\d{2})"
HEADER = "Record ID,Email,Stage\n"
ACCOUNTING = "rows_in, rows_loaded, rows_unchanged, rows_deleted"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def snapshot(rows: dict[str, str]) -> str:
    return HEADER + "".join(f"{key},,{stage}\n" for key, stage in rows.items())


def live(project: Project, day: str = "2999-01-01", key: str = "record_id") -> dict[str, str]:
    """The rows that are live as of a day."""
    return dict(
        project.query(
            "select record_id, stage from (select * from raw.crm__contacts"
            f" where coalesce(_extracted_at, '{day}'::date) <= '{day}'"
            f" qualify row_number() over (partition by {key}"
            " order by _extracted_at desc nulls last, _load_seq desc) = 1) where not _is_deleted"
        )
    )


def test_a_key_that_vanished_is_marked_deleted_and_may_come_back(project: Project) -> None:
    project.declare(extracted_at=DATED)
    states = [{"1": "A", "2": "A"}, {"1": "A"}, {"1": "B"}, {"1": "B", "2": "A"}]
    for day, rows in enumerate(states, start=1):
        project.put(f"c-2026-01-0{day}.csv", snapshot(rows))
    summary = project.load()
    assert project.log(ACCOUNTING) == [(2, 2, 0, 0), (1, 0, 1, 1), (1, 1, 0, 0), (2, 1, 1, 0)]
    assert summary.rows_deleted == 1
    for day, rows in enumerate(states, start=1):
        assert live(project, f"2026-01-0{day}") == rows
    assert project.query(
        "select record_id, email, stage, _extra, _file_name, _row_number, _extracted_at::varchar,"
        " _load_seq from raw.crm__contacts where _is_deleted"
    ) == [("2", None, None, None, "c-2026-01-02.csv", 0, "2026-01-02", 2)]


@pytest.mark.parametrize("key", [["record_id"], []])
def test_a_window_replaces_its_own_rows_only(project: Project, key: list[str]) -> None:
    """By key and by row; rows without a window belong to none."""
    by = "record_id" if key else "_row_hash"
    project.declare(primary_key=key, mode="window", window=["email"])
    project.put("a.csv", HEADER + "1,d1,A\n2,d1,A\n3,d2,A\n4,,A\n")
    project.load()
    project.put("b.csv", HEADER + "2,d1,A\n5,d1,A\n6,d3,A\n7,,A\n")
    project.load()
    assert live(project, key=by) == dict.fromkeys("234567", "A")
    project.put("c.csv", HEADER + "1,d1,A\n")
    project.load()
    assert live(project, key=by) == dict.fromkeys("13467", "A")
    assert project.log(ACCOUNTING) == [(4, 4, 0, 0), (4, 3, 1, 1), (1, 1, 0, 2)]


def test_a_row_that_is_put_aside_is_not_gone(project: Project) -> None:
    project.declare(extracted_at=DATED)
    project.put("c-2026-01-01.csv", HEADER + "1,,A\n2,,A\n3,,A\n")
    project.put("c-2026-01-02.csv", HEADER + "1,,A\n1,,B\n2,,A,x\n")
    project.load()
    assert project.log(ACCOUNTING + ", rows_quarantined") == [(3, 3, 0, 0, 0), (3, 0, 0, 1, 3)]
    assert live(project) == {"1": "A", "2": "A"}


def test_a_known_row_in_conflict_is_put_aside_whole(project: Project) -> None:
    project.declare(extracted_at=DATED)
    header = "Record ID,Email,Stage,Note\n"
    project.put("c-2026-01-01.csv", header + "1,a@x.test,A,n\n2,,A,m\n")
    project.put("c-2026-01-02.csv", header + "1,a@x.test,A,n\n1,a@x.test,B,n\n2,,A,m\n")
    project.load()
    row = {"record_id": "1", "email": "a@x.test", "stage": "A", "Note": "n"}
    raw_rows = project.query("select raw_row from raw.keiro__quarantine order by row_number")
    assert [_flat(raw_row) for (raw_row,) in raw_rows] == [row, row | {"stage": "B"}]
    assert live(project) == {"1": "A", "2": "A"}


def _flat(raw_row: str) -> dict[str, str]:
    """A row of the quarantine with its undeclared columns beside the declared ones."""
    cells = json.loads(raw_row)
    return cells | cells.pop("_extra", {})


def test_a_snapshot_that_lost_too_much_is_held_back(project: Project) -> None:
    project.declare(extracted_at=DATED, max_lost_share=0.3)
    whole = {str(key): "A" for key in range(40)}
    project.put("c-2026-01-01.csv", snapshot(whole))
    project.put("c 2026-01-02.csv", snapshot(dict.fromkeys(list(whole)[:27], "B")))
    summary = project.load()
    (held,) = summary.held
    assert (held.file_name, held.rows_in, summary.refused) == ("c 2026-01-02.csv", 0, ())
    assert held.message is not None
    assert "13 of the 40 rows" in held.message
    assert "keiro accept 'c 2026-01-02.csv'" in held.message
    before = project.state()
    assert live(project) == whole
    assert [file.status for file in project.load().files] == ["known", "held"]
    assert project.state() == before
    project.put("c 2026-01-02.csv", snapshot(dict.fromkeys(list(whole)[:28], "B")))
    project.load()
    assert project.log("status, rows_deleted") == [("loaded", 0), ("loaded", 12)]
    assert project.log("message")[1][0].startswith("held before: held back: it lacks 13 of")


def test_few_rows_are_never_suspicious(project: Project) -> None:
    project.declare(extracted_at=DATED, max_lost_share=0)
    project.put("c-2026-01-01.csv", snapshot({str(key): "A" for key in range(10)}))
    project.put("c-2026-01-02.csv", snapshot({"0": "A"}))
    project.load()
    assert live(project) == {"0": "A"}


def test_rows_keep_the_numbers_that_they_have_in_their_file(project: Project) -> None:
    """Whatever is larger: what the file brings, or what it is compared with."""
    project.declare(extracted_at=DATED)
    known = {str(key): "A" for key in range(3000)}
    changed = dict.fromkeys(reversed(known), "B")
    project.put("c-2026-01-01.csv", snapshot(known))
    project.put("c-2026-01-02.csv", snapshot(changed | {"new": "B"}))
    project.load()
    numbers = project.query(
        "select record_id from raw.crm__contacts where _load_seq = 2 and not _is_deleted"
        " order by _row_number"
    )
    assert numbers == [(key,) for key in [*changed, "new"]]
