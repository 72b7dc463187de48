"""A work database that an earlier version wrote is brought up to date and goes on."""

from pathlib import Path

from ingest_project import Project

DATED = r"(\d{4}-\d{2}-\d{2})"
HEADER = "Record ID,Email,Stage,Other\n"
# As the first version made it, with another digest of rows and no word of deletions.
OLD_LOG = """
    create table raw.keiro__load_log (
        source varchar not null, object varchar not null, file_name varchar not null,
        content_hash varchar, format varchar, encoding varchar, rows_in bigint not null,
        rows_loaded bigint not null, rows_unchanged bigint not null,
        rows_quarantined bigint not null, rows_skipped_preamble bigint not null,
        status varchar not null check (status in ('loaded', 'duplicate_delivery', 'refused')),
        message varchar, load_seq bigint not null, loaded_at timestamptz not null,
        check (rows_in = rows_loaded + rows_unchanged + rows_quarantined)
    )
"""


def grow_old(project: Project) -> None:
    """Take back what later versions added."""
    for statement in (
        "alter table raw.keiro__load_log rename to former",
        OLD_LOG,
        "insert into raw.keiro__load_log by name select * exclude (rows_deleted) from raw.former",
        "drop table raw.former",
        "drop table raw.keiro__digest",
        "drop table raw.keiro__accepted",
        "update raw.crm__contacts set _row_hash = md5_number(concat_ws(';', email, stage, _extra))",
        "alter table raw.crm__contacts drop column _is_deleted",
    ):
        project.query(statement)


def test_an_old_database_keeps_its_rows_and_knows_them(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.declare(extracted_at=DATED)
    project.put("c-2026-01-01.csv", HEADER + "1,a,A,x\n2,,A,\n3,c,,\n4,d,A,y\n")
    project.load()
    before = project.rows("* exclude (_is_deleted)")
    grow_old(project)
    project.put("c-2026-01-02.csv", HEADER + "1,a,A,x\n2,,A,\n3,c,B,\n")
    project.load()
    assert project.log("rows_in, rows_loaded, rows_unchanged, rows_deleted, status") == [
        (4, 4, 0, 0, "loaded"),
        (3, 1, 2, 1, "loaded"),
    ]
    assert project.rows("* exclude (_is_deleted)")[:4] == before
    assert project.query("select record_id from raw.crm__contacts where _is_deleted") == [("4",)]


def test_tombstones_of_rows_without_a_key_get_their_rows_new_digests(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.declare(extracted_at=DATED, primary_key=[])
    project.put("c-2026-01-01.csv", HEADER + "1,a,A,x\n2,,A,\n")
    project.put("c-2026-01-02.csv", HEADER + "1,a,A,x\n")
    project.load()
    project.query("update raw.crm__contacts set _row_hash = _row_hash // 3")
    project.query("update raw.keiro__digest set probe = 0")
    project.put("c-2026-01-03.csv", HEADER + "1,a,A,x\n2,,A,\n")
    project.load()
    assert project.log("rows_loaded, rows_unchanged, rows_deleted") == [
        (2, 0, 0),
        (0, 1, 1),
        (1, 1, 0),
    ]
    assert len(set(project.query("select _row_hash from raw.crm__contacts"))) == 2
