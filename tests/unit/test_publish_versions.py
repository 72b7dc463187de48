"""Publishing: what readers see, what survives a kill, what is swept."""

import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keiro.export import TableText
from keiro.publish import Publication, current, publish, sweep_versions

NOON = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
AGAIN = "create or replace table funnel.fct_leads as from funnel.fct_leads"
FINGERPRINT = "0123456789abcdef"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    file = tmp_path / "work.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("create schema raw; create schema staging; create schema intermediate")
        con.execute("create schema funnel; create schema kpi; create schema load")
        con.execute("create table raw.crm__contacts as select 'a@example.com' as email")
        con.execute("create table intermediate.int_people as select 1 as id")
        con.execute("create view staging.stg_people as select 1 as id")
        con.execute("create table funnel.fct_leads (lead_id integer primary key, name text)")
        con.execute("insert into funnel.fct_leads values (3, '三'), (1, 'it''s'), (2, null)")
        con.execute("create view kpi.fct_kpi_values as select 'leads' as metric, 3 as value")
        con.execute("create table load.load_log (file_name text, loaded_at timestamptz)")
        con.execute("insert into load.load_log values ('a.csv', now())")
    return file


def put(warehouse: Path, folder: Path, now: datetime = NOON, **changed: Any) -> Publication:
    given: dict[str, Any] = {"fingerprint": FINGERPRINT, "descriptions": {}, "keep": 3, "now": now}
    return publish(warehouse, folder, {"as_of": "2026-09-30"}, **{**given, **changed})


def test_only_marts_are_published(warehouse: Path, tmp_path: Path) -> None:
    publication = put(warehouse, tmp_path / "published")

    with duckdb.connect(str(publication.database), read_only=True) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        views = con.execute("select count(*) from duckdb_views() where not internal").fetchall()
    assert sorted(tables) == [
        ("funnel", "fct_leads"),
        ("kpi", "fct_kpi_values"),
        ("load", "load_log"),
    ]
    assert views == [(0,)]
    parquet = {
        p.relative_to(publication.folder).as_posix() for p in publication.folder.rglob("*.parquet")
    }
    assert parquet == {
        "parquet/funnel/fct_leads.parquet",
        "parquet/kpi/fct_kpi_values.parquet",
        "parquet/load/load_log.parquet",
    }


def test_the_file_is_of_the_storage_version_that_duckdb_1_reads(
    warehouse: Path, tmp_path: Path
) -> None:
    publication = put(warehouse, tmp_path / "published")

    # The main header: checksum, the magic bytes "DUCK", the version of the storage format.
    head = publication.database.read_bytes()[:20]
    assert head[8:12] == b"DUCK"
    assert struct.unpack("<Q", head[12:20])[0] == 64  # what DuckDB 0.10 to 1.x write and read
    newest = warehouse.read_bytes()[:20]
    assert struct.unpack("<Q", newest[12:20])[0] > 64, "else this test proves nothing"


def test_descriptions_become_comments(warehouse: Path, tmp_path: Path) -> None:
    texts = {
        ("funnel", "fct_leads"): TableText("One row per lead; it's text.", {"lead_id": "Key."}),
        ("funnel", "fct_absent"): TableText("Not built.", {}),
    }

    publication = put(warehouse, tmp_path / "published", descriptions=texts)

    with duckdb.connect(str(publication.database), read_only=True) as con:
        table = con.execute(
            "select comment from duckdb_tables() where table_name = 'fct_leads'"
        ).fetchone()
        column = con.execute(
            "select comment from duckdb_columns() where table_name = 'fct_leads' "
            "and column_name = 'lead_id'"
        ).fetchone()
    assert table == ("One row per lead; it's text.",)
    assert column == ("Key.",)


def test_the_content_hash_ignores_order_and_the_clock_but_no_value(
    warehouse: Path, tmp_path: Path
) -> None:
    first = put(warehouse, tmp_path / "published").manifest["tables"]
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            "create or replace table funnel.fct_leads as from funnel.fct_leads order by 1 desc"
        )
        con.execute("update load.load_log set loaded_at = loaded_at + interval 1 day")
    second = put(warehouse, tmp_path / "published", NOON + timedelta(days=1)).manifest["tables"]
    with duckdb.connect(str(warehouse)) as con:
        con.execute("insert into funnel.fct_leads values (3, '三'), (3, '三')")
    third = put(warehouse, tmp_path / "published", NOON + timedelta(days=2)).manifest["tables"]

    assert first == second
    assert third["funnel.fct_leads"]["rows"] == 5
    assert third["funnel.fct_leads"]["content_hash"] != first["funnel.fct_leads"]["content_hash"]
    assert third["kpi.fct_kpi_values"] == first["kpi.fct_kpi_values"]


def test_rows_are_in_the_same_order_however_they_were_written(
    warehouse: Path, tmp_path: Path
) -> None:
    first = put(warehouse, tmp_path / "published")
    parquet = "parquet/funnel/fct_leads.parquet"
    before = (first.folder / parquet).read_bytes()
    with duckdb.connect(str(warehouse)) as con:
        con.execute(f"{AGAIN} order by 2")
    second = put(warehouse, tmp_path / "published", NOON + timedelta(days=1))

    assert (second.folder / parquet).read_bytes() == before


def test_an_old_reader_goes_on_and_a_new_one_sees_the_new_version(
    warehouse: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "published"
    put(warehouse, folder, keep=1)
    link = str(folder / "current" / "keiro.duckdb")
    question = "select count(*) from funnel.fct_leads"
    with duckdb.connect(link, read_only=True) as old:
        assert old.execute(question).fetchone() == (3,)
        with duckdb.connect(str(warehouse)) as con:
            con.execute("insert into funnel.fct_leads values (4, 'four')")
        put(warehouse, folder, NOON + timedelta(days=1), keep=1)

        with duckdb.connect(link, read_only=True) as new:
            assert new.execute(question).fetchone() == (4,)
        assert old.execute(question).fetchone() == (3,)
        assert old.execute("select max(name) from funnel.fct_leads").fetchone() is not None


def test_a_page_that_cannot_be_written_publishes_nothing(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    first = put(warehouse, folder)

    def fail(_database: Path, _page: Path) -> None:
        raise RuntimeError("no page")

    with pytest.raises(RuntimeError, match="no page"):
        put(warehouse, folder, NOON + timedelta(days=1), write_page=fail)

    now = current(folder)
    assert now is not None
    assert now.version == first.version
    put(warehouse, folder, NOON + timedelta(days=2))
    assert not list(folder.glob(".draft-*")), "the next run sweeps what the failed one left"


def test_old_versions_are_swept_but_never_the_current_one(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    for day in range(4):
        last = put(warehouse, folder, NOON + timedelta(days=day), keep=2)
    (folder / "notes").mkdir()
    (folder / "notes" / "manifest.json.txt").write_text("mine")

    versions = sorted(path.name for path in folder.glob("2026*"))
    assert versions == ["20261003T030000Z-01234567", "20261004T030000Z-01234567"]
    assert os.readlink(folder / "current") == last.version  # noqa: PTH115  the text, relative

    (folder / "current").unlink()
    (folder / "current").symlink_to(versions[0])
    sweep_versions(folder, keep=1)
    assert sorted(path.name for path in folder.glob("2026*")) == versions
    assert (folder / "notes").exists()


def test_killed_while_it_sweeps_the_next_one_sweeps_the_rest(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "published"
    old = put(warehouse, folder, keep=1)

    def killed_in_the_middle(path: Path) -> None:
        (path / "manifest.json").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", killed_in_the_middle)
        with pytest.raises(KeyboardInterrupt):
            put(warehouse, folder, NOON + timedelta(days=1), keep=1)
    assert not old.folder.exists(), "what is left has no manifest and is no version"
    last = put(warehouse, folder, NOON + timedelta(days=2), keep=1)

    assert sorted(path.name for path in folder.iterdir()) == [last.version, "current"]


def test_a_version_that_cannot_be_swept_is_left_to_the_next_sweep(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "published"
    put(warehouse, folder, keep=1)

    def busy(path: Path) -> None:
        raise PermissionError(f"{path.name} is in use")

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", busy)
        for day in (1, 2):
            given = put(warehouse, folder, NOON + timedelta(days=day), keep=1)
            now = current(folder)
            assert now is not None
            assert now.version == given.version
    last = put(warehouse, folder, NOON + timedelta(days=3), keep=1)

    assert sorted(path.name for path in folder.iterdir()) == [last.version, "current"]


def test_what_is_read_stays_of_one_version(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    put(warehouse, folder)
    seen = current(folder)
    assert seen is not None
    with duckdb.connect(str(warehouse)) as con:
        con.execute("insert into funnel.fct_leads values (4, 'four')")
    put(warehouse, folder, NOON + timedelta(days=1))

    with duckdb.connect(str(seen.database), read_only=True) as con:
        rows = con.execute("select count(*) from funnel.fct_leads").fetchone()
    assert rows == (seen.manifest["tables"]["funnel.fct_leads"]["rows"],) == (3,)
    assert seen.report == folder / "current" / "report.html"


def test_two_publications_of_one_second_do_not_collide(warehouse: Path, tmp_path: Path) -> None:
    first = put(warehouse, tmp_path / "published")
    second = put(warehouse, tmp_path / "published")

    assert first.version != second.version
    assert sorted([first.version, second.version])[-1] == second.version


def test_open_flags_are_counted_in_the_manifest(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            "create table kpi.fct_kpi_flags as select * from (values "
            "('broken', 'critical', null::timestamp), ('drifting', 'warning', null), "
            "('drifting', 'warning', null), ('drifting', 'warning', now()::timestamp)"
            ") as flags (kind, severity, closed_at)"
        )

    publication = put(warehouse, tmp_path / "published")

    assert publication.manifest["flags"] == {"broken/critical": 1, "drifting/warning": 2}


def test_nothing_published_is_none(tmp_path: Path) -> None:
    assert current(tmp_path) is None
    (tmp_path / "current").symlink_to("gone")
    assert current(tmp_path) is None
