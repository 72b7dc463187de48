"""Creates what loading writes to: the raw tables, the load log, the quarantine, check results."""

import duckdb

from keiro.ingest.declarations import RAW_SCHEMA, SourceObject
from keiro.ingest.digest import probe, renew_digests
from keiro.ingest.labels import quote_identifier
from keiro.ledger.schema import LEDGER_TABLES
from keiro.transaction import transaction

LOAD_LOG = f"{RAW_SCHEMA}.keiro__load_log"
QUARANTINE = f"{RAW_SCHEMA}.keiro__quarantine"
# Preamble, footers, totals, titles: lines of files that are no rows of their tables.
SKIPPED_LINES = f"{RAW_SCHEMA}.keiro__skipped_lines"
# Contents that a person accepted although they lost many rows.
ACCEPTED = f"{RAW_SCHEMA}.keiro__accepted"
# What the digests of all rows were computed with.
DIGEST = f"{RAW_SCHEMA}.keiro__digest"
CHECK_RESULTS = f"{RAW_SCHEMA}.keiro__check_results"

# What loading adds to the declared columns of each raw table.
LINEAGE = {
    "_extra": "varchar",
    "_file_name": "varchar",
    "_content_hash": "varchar",
    "_row_number": "bigint",
    "_extracted_at": "date",
    "_row_hash": "uhugeint",
    "_load_seq": "bigint",
    "_loaded_at": "timestamptz",
    "_is_deleted": "boolean default false",
}
_TABLES = {
    LOAD_LOG: """
        source varchar not null, object varchar not null, file_name varchar not null,
        content_hash varchar, format varchar, encoding varchar, rows_in bigint not null,
        rows_loaded bigint not null, rows_unchanged bigint not null,
        rows_quarantined bigint not null, rows_skipped_preamble bigint not null,
        rows_deleted bigint not null default 0,
        status varchar not null
            check (status in ('loaded', 'duplicate_delivery', 'refused', 'held')),
        message varchar, load_seq bigint not null, loaded_at timestamptz not null,
        check (rows_in = rows_loaded + rows_unchanged + rows_quarantined)
    """,
    QUARANTINE: """
        source varchar not null, object varchar not null, file_name varchar not null,
        content_hash varchar not null, row_number bigint not null, column_name varchar,
        reason varchar not null, raw_row varchar, loaded_at timestamptz not null
    """,
    SKIPPED_LINES: """
        source varchar not null, object varchar not null, file_name varchar not null,
        content_hash varchar not null, line_number bigint not null, kind varchar not null,
        text varchar not null
    """,
    DIGEST: "probe uhugeint not null",
    ACCEPTED: """
        source varchar not null, object varchar not null, file_name varchar not null,
        content_hash varchar not null, accepted_at timestamptz not null
    """,
    CHECK_RESULTS: """
        run_at timestamptz, as_of date, suite varchar, layer varchar, check_id varchar,
        subject varchar, metric varchar, scope varchar, period_start date, period_end date,
        status varchar, severity varchar, cause varchar, owner varchar, observed varchar,
        detail_en varchar, detail_ja varchar, remedy_en varchar, remedy_ja varchar,
        unexpected_count bigint, element_count bigint
    """,
    **LEDGER_TABLES,
}


def raw_table(obj: SourceObject) -> str:
    """The qualified name of an object's raw table."""
    return f"{RAW_SCHEMA}.{quote_identifier(obj.relation)}"


def ensure_schema(con: duckdb.DuckDBPyConnection, objects: list[SourceObject]) -> None:
    """Create the raw tables of all objects, with files or without, and the tables of the log.

    Newly declared columns are added to tables that exist; columns that are no longer declared
    stay, with what was loaded into them.
    """
    con.execute(f"create schema if not exists {RAW_SCHEMA}")
    for name, definition in _TABLES.items():
        con.execute(f"create table if not exists {name} ({definition})")
    existing = _existing_columns(con)
    if "rows_deleted" not in existing["keiro__load_log"]:
        _renew_load_log(con)
    for obj in objects:
        wanted = {column.name: "varchar" for column in obj.columns} | LINEAGE
        present = existing.get(obj.relation.casefold())
        if present is None:
            columns = ", ".join(f"{quote_identifier(n)} {kind}" for n, kind in wanted.items())
            con.execute(f"create table {raw_table(obj)} ({columns})")
            continue
        for name, kind in wanted.items():
            if name.casefold() not in present:
                con.execute(
                    f"alter table {raw_table(obj)} add column {quote_identifier(name)} {kind}"
                )
    _keep_digests(con)


def _keep_digests(con: duckdb.DuckDBPyConnection) -> None:
    """Renew the digests in raw where they were computed by another function than today's."""
    today = probe(con)
    if con.execute(f"select probe from {DIGEST}").fetchall() == [(today,)]:
        return
    with transaction(con):
        for table, columns in _existing_columns(con).items():
            if "_row_hash" in columns:
                names = sorted(columns - set(LINEAGE))
                renew_digests(con, f"{RAW_SCHEMA}.{quote_identifier(table)}", names)
        con.execute(f"delete from {DIGEST}")
        con.execute(f"insert into {DIGEST} values (?)", [today])


def _existing_columns(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    rows = con.execute(
        "select lower(table_name), lower(column_name) from duckdb_columns()"
        f" where schema_name = '{RAW_SCHEMA}' and database_name = current_database()"
    ).fetchall()
    columns: dict[str, set[str]] = {}
    for table, column in rows:
        columns.setdefault(table, set()).add(column)
    return columns


def _renew_load_log(con: duckdb.DuckDBPyConnection) -> None:
    """Give a log of an earlier version today's columns and checks; a check cannot be altered."""
    renewed = f"{LOAD_LOG}_renewed"
    with transaction(con):
        con.execute(f"create or replace table {renewed} ({_TABLES[LOAD_LOG]})")
        con.execute(f"insert into {renewed} by name select * from {LOAD_LOG}")
        con.execute(f"drop table {LOAD_LOG}")
        con.execute(f"alter table {renewed} rename to {LOAD_LOG.split('.')[1]}")
