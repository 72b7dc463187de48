"""Raw as a change log: what is stored again, what is not, and in which order versions stand."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ingest_project import COLUMNS, LINEAGE, Project

DATED = r"(\d{4}-\d{2}-\d{2})"
HEADER = "Record ID,Email,Stage\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def current(project: Project) -> dict[str, str]:
    """The newest version of each key that is not deleted, as the staging models choose it."""
    return dict(
        project.query(
            "select record_id, stage from raw.crm__contacts qualify row_number() over ("
            "partition by record_id order by _extracted_at desc nulls last, _load_seq desc) = 1"
            " and not _is_deleted"
        )
    )


def test_a_snapshot_adds_only_what_changed(project: Project) -> None:
    project.declare(extracted_at=DATED)
    project.put("c-2026-01-01.csv", HEADER + "1,,Lead\n2,,Lead\n3,,Lead\n")
    project.put("c-2026-01-02.csv", HEADER + "3,,Lead\n2,,MQL\n4,,Lead\n")
    project.put("c-2026-01-03.csv", HEADER + "2,,Lead\n3,,Lead\n")
    summary = project.load()
    assert [(f.rows_in, f.rows_loaded, f.rows_unchanged) for f in summary.files] == [
        (3, 3, 0),
        (3, 2, 1),
        (2, 1, 1),
    ]
    assert project.rows("record_id, stage, _load_seq, _extracted_at::varchar") == [
        ("1", "Lead", 1, "2026-01-01"),
        ("2", "Lead", 1, "2026-01-01"),
        ("3", "Lead", 1, "2026-01-01"),
        ("2", "MQL", 2, "2026-01-02"),
        ("4", "Lead", 2, "2026-01-02"),
        ("2", "Lead", 3, "2026-01-03"),
    ]


def test_loading_twice_changes_nothing(project: Project) -> None:
    project.put("a.csv", HEADER + "1,,Lead\n1,,MQL\n2,,Lead\n3\n")
    project.put("b.ndjson", '{"record_id": 5, "other": [1, null]}\n')
    project.put("c.csv", "<html>")
    first = project.load()
    before = project.state()
    second = project.load()
    assert project.state() == before
    assert (len(first.new), len(first.refused)) == (2, 1)
    assert (second.found, len(second.new), len(second.skipped), len(second.refused)) == (3, 0, 2, 1)


def test_the_order_of_columns_and_rows_makes_no_new_version(project: Project) -> None:
    project.put("a.csv", "Record ID,Email,Stage,x,y\n1,a,Lead,p,q\n2,b,MQL,,\n")
    project.put("b.csv", "y,Stage,record_id,x,Email\n,MQL,2,,b\nq,Lead,1,p,a\n")
    assert [f.rows_unchanged for f in project.load().files] == [0, 2]


def test_null_and_empty_and_shifted_values_are_different_rows(project: Project) -> None:
    project.declare(primary_key=[])
    lines = [
        '{"record_id": "1", "email": null, "stage": ""}',
        '{"record_id": "1", "email": "", "stage": null}',
        '{"record_id": "1", "email": "a;stage=1:b"}',
        '{"record_id": "1", "email": "a", "stage": "b"}',
        '{"record_id": "1", "email": "ab", "stage": ""}',
        '{"record_id": "1", "stage": "ab"}',
        '{"record_id": "1", "stage": "ab", "x": "1"}',
        '{"record_id": "1", "stage": "ab", "x": 1}',
    ]
    project.put("a.ndjson", "\n".join(lines))
    (result,) = project.load().files
    assert result.rows_loaded == len(lines)
    assert len(set(project.rows("_row_hash"))) == len(lines)


def test_without_a_key_the_row_is_the_key(project: Project) -> None:
    project.declare(primary_key=[])
    project.put("a.csv", HEADER + "1,,Lead\n1,,Lead\n1,,MQL\n")
    project.put("b.csv", HEADER + "1,,MQL\n1,,SQL\n")
    assert [(f.rows_loaded, f.rows_unchanged) for f in project.load().files] == [(2, 1), (1, 1)]


def test_the_date_of_the_file_may_be_part_of_the_key(project: Project) -> None:
    project.declare(extracted_at=DATED, primary_key=["_extracted_at", "record_id"])
    project.put("s-2026-01-01.csv", HEADER + "1,,yes\n")
    project.put("s-2026-02-01.csv", HEADER + "1,,yes\n")
    project.put("s-2026-02-01 corrected.csv", HEADER + "1,,no\n2,,yes\n")
    assert [f.rows_loaded for f in project.load().files] == [1, 1, 2]


def test_the_same_content_under_another_name_is_logged_once(project: Project) -> None:
    content = HEADER + "1,,Lead\n2,,Lead\n"
    project.put("a.csv", content)
    project.put("a (1).csv", content)
    project.load()
    project.put("b.csv", content)
    for _ in range(2):
        project.load()
        assert project.log("file_name, status, rows_in, rows_loaded, rows_unchanged") == [
            ("a.csv", "loaded", 2, 2, 0),
            ("a (1).csv", "duplicate_delivery", 2, 0, 2),
            ("b.csv", "duplicate_delivery", 2, 0, 2),
        ]
    assert len(project.rows()) == 2


def test_a_snapshot_that_returns_to_a_former_state_is_news(project: Project) -> None:
    project.declare(extracted_at=DATED)
    for day, stage in (("01", "Lead"), ("02", "MQL"), ("03", "Lead")):
        project.put(f"c-2026-01-{day}.csv", HEADER + f"1,,{stage}\n")
    project.load()
    assert current(project) == {"1": "Lead"}
    assert [status for _, status in project.log()] == ["loaded"] * 3


def test_a_file_with_new_content_under_an_old_name_is_loaded(project: Project) -> None:
    project.put("report.csv", HEADER + "1,,Lead\n")
    project.load()
    project.put("report.csv", HEADER + "1,,MQL\n")
    project.load()
    assert project.log() == [("report.csv", "loaded")] * 2
    assert current(project) == {"1": "MQL"}


@pytest.mark.parametrize("mode", ["snapshot", "append"])
def test_a_file_that_returns_to_its_former_content_is_loaded_again(
    project: Project, mode: str
) -> None:
    project.declare(mode=mode)
    first = HEADER + "1,,Lead\n2,,Lead\n,,no key\n3\n"
    for content in (first, HEADER + "1,,MQL\n2,,Lead\n", first):
        project.put("report.csv", content)
        project.load()
    assert current(project) == {"1": "Lead", "2": "Lead"}
    assert project.log("file_name, status, rows_in, rows_loaded, rows_unchanged, load_seq") == [
        ("report.csv", "loaded", 4, 2, 0, 1),
        ("report.csv", "loaded", 2, 1, 1, 2),
        ("report.csv", "loaded", 4, 1, 1, 3),
    ]
    assert sorted(reason for _, reason, _, _ in project.quarantine()) == ["null_key", "ragged_row"]
    before = project.state()
    assert [file.status for file in project.load().files] == ["known"]
    assert project.state() == before


def test_a_file_that_takes_over_the_content_of_another_is_loaded(project: Project) -> None:
    project.put("a.csv", HEADER + "1,,Lead\n")
    project.put("b.csv", HEADER + "1,,Lead\n")
    project.load()
    for stage in ("MQL", "Lead"):
        project.put("b.csv", HEADER + f"1,,{stage}\n")
        project.load()
        assert current(project) == {"1": stage}
    assert project.log() == [
        ("a.csv", "loaded"),
        ("b.csv", "duplicate_delivery"),
        ("b.csv", "loaded"),
        ("b.csv", "loaded"),
    ]


def test_a_content_whose_first_file_was_overwritten_is_no_duplicate(project: Project) -> None:
    for name, stage in (("a.csv", "Lead"), ("a.csv", "MQL"), ("b.csv", "Lead")):
        project.put(name, HEADER + f"1,,{stage}\n")
        project.load()
    assert current(project) == {"1": "Lead"}


def test_a_returned_file_that_a_late_one_overtakes_is_compared_again(project: Project) -> None:
    """Only the row of its second load is corrected, and by what was stored since the first."""
    project.declare(extracted_at=DATED)
    for stage in ("A", "B", "A"):
        project.put("c-2026-03-01.csv", HEADER + f"1,,{stage}\n2,,A\n")
        project.load()
    project.put("c-2026-02-01.csv", HEADER + "1,,C\n2,,C\n")
    project.load()
    assert current(project) == {"1": "A", "2": "A"}
    assert project.log("file_name, rows_loaded, rows_unchanged") == [
        ("c-2026-03-01.csv", 2, 0),
        ("c-2026-03-01.csv", 1, 1),
        ("c-2026-02-01.csv", 2, 0),
        ("c-2026-03-01.csv", 1, 1),
    ]
    before = project.state()
    project.load()
    assert project.state() == before


def test_files_load_in_the_order_of_their_dates(project: Project) -> None:
    project.declare(extracted_at=r"(\d{8})")
    project.put("z-20260101.csv", HEADER + "1,,first\n")
    project.put("a-20260301.csv", HEADER + "1,,third\n")
    project.put("m-20260201.csv", HEADER + "1,,second\n")
    seen: list[tuple[int, int, str]] = []
    project.load(progress=lambda done, total, name: seen.append((done, total, name)))
    assert seen == [(1, 3, "z-20260101.csv"), (2, 3, "m-20260201.csv"), (3, 3, "a-20260301.csv")]


def test_a_month_in_the_name_stands_for_its_last_day(project: Project) -> None:
    project.declare(extracted_at=r"(\d{4}-\d{2})")
    project.put("r-2026-02.csv", HEADER + "1,,a\n")
    project.put("r-2025-12.csv", HEADER + "2,,a\n")
    project.load()
    assert project.rows("_extracted_at::varchar") == [("2025-12-31",), ("2026-02-28",)]


@pytest.mark.parametrize("later_first", [False, True])
def test_a_late_snapshot_does_not_overrule_what_later_ones_confirmed(
    project: Project, later_first: bool
) -> None:
    """The same files in any order of arrival give the same current state."""
    project.declare(extracted_at=DATED)
    project.put("c-2026-01-01.csv", HEADER + "1,,A\n2,,A\n3,,A\n")
    if not later_first:
        project.put("c-2026-02-01.csv", HEADER + "1,,B\n2,,B\n4,,B\n")
    project.put("c-2026-03-01.csv", HEADER + "1,,A\n2,,C\n4,,B\n")
    project.load()
    if later_first:
        project.put("c-2026-02-01.csv", HEADER + "1,,B\n2,,B\n4,,B\n")
        project.load()
    assert current(project) == {"1": "A", "2": "C", "4": "B"}
    before = project.state()
    project.load()
    assert project.state() == before


def test_a_newly_declared_column_is_added_and_filled_by_later_files(project: Project) -> None:
    project.put("a.csv", "Record ID,Score\n1,10\n")
    project.load()
    project.declare(columns=[*COLUMNS, {"name": "score", "aliases": ["Score"]}])
    project.put("b.csv", "Record ID,Score\n2,20\n")
    project.load()
    assert project.rows("record_id, score, _extra") == [
        ("1", None, '{"Score":"10"}'),
        ("2", "20", None),
    ]


def test_a_newly_declared_column_that_is_absent_makes_no_new_version(project: Project) -> None:
    project.put("a.csv", HEADER + "1,,Lead\n")
    project.load()
    project.declare(columns=[*COLUMNS, {"name": "score"}])
    project.put("b.csv", HEADER + "1,,Lead\n2,,Lead\n")
    assert project.load().new[0].rows_unchanged == 1


def test_the_schema_is_there_before_any_file(project: Project) -> None:
    summary = project.load()
    assert (summary.found, summary.files) == (0, ())
    names, checks, log = (
        [row[0] for row in project.query(f"describe raw.{table}")]
        for table in ("crm__contacts", "keiro__check_results", "keiro__load_log")
    )
    assert names == ["record_id", "email", "stage", *LINEAGE]
    assert checks[:6] == ["run_at", "as_of", "suite", "layer", "check_id", "subject"]
    assert log[-3:] == ["message", "load_seq", "loaded_at"]


LOADER = """
import sys, duckdb
from pathlib import Path
from keiro.ingest import ensure_schema, load_exports, read_declarations
folder = Path(sys.argv[1])
objects = read_declarations(folder)
con = duckdb.connect(str(folder / "work.duckdb"))
ensure_schema(con, objects)
load_exports(con, objects, folder / "exports",
             progress=lambda done, total, name: print(done, flush=True))
"""


@pytest.mark.parametrize("seconds_after_third_file", [0.0, 0.006, 0.02])
def test_a_killed_load_leaves_whole_files_only(
    project: Project, seconds_after_third_file: float
) -> None:
    project.declare(mode="append")
    files = 12
    for number in range(files):
        body = "".join(f"{number}-{row},,{row}\n" for row in range(3000)) + "0\n,,\n"
        project.put(f"f{number:02}.csv", HEADER + body)
    process = subprocess.Popen(
        [sys.executable, "-c", LOADER, str(project.folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "3":
            time.sleep(seconds_after_third_file)
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    assert process.returncode == -signal.SIGKILL
    project.check_log()
    logged = {name for name, _ in project.log()}
    per_file = "select _file_name, count(*) from raw.crm__contacts group by 1"
    assert dict(project.query(per_file)) == dict.fromkeys(logged, 3000)
    assert 3 <= len(logged) < files
    project.load()
    assert dict(project.query(per_file)) == {f"f{n:02}.csv": 3000 for n in range(files)}
    assert project.query("select count(*), count(distinct _load_seq) from raw.crm__contacts") == [
        (3000 * files, files)
    ]
