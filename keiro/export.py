"""Copies marts from the work database into a file that DuckDB 1.x reads, and into Parquet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

STORAGE_VERSION = "v1.0.0"
# They say when Keiro ran, not what the data say: two runs over the same files differ in them.
CLOCK_COLUMNS = frozenset({"loaded_at", "run_at", "known_at"})

Descriptions = Mapping[tuple[str, str], "TableText"]


@dataclass(frozen=True)
class TableText:
    """A table's description and those of its columns, as the dbt project states them."""

    description: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class TableRecord:
    """One published table: `schema.table`, its rows, its columns with types, its content's hash."""

    name: str
    rows: int
    columns: dict[str, str]
    content_hash: str


def copy_tables(
    warehouse: Path,
    database: Path,
    parquet_dir: Path,
    schemas: Iterable[str],
    descriptions: Descriptions,
) -> list[TableRecord]:
    """Copy all tables and views of `schemas` as tables with sorted rows and their comments.

    Rows are sorted by the primary key where the work database has one, else by all columns,
    so the same content gives the same bytes. The work database is only read.
    """
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute(f"attach {_text(str(warehouse))} as work (read_only)")
        con.execute(
            f"attach {_text(str(database))} as published (storage_version '{STORAGE_VERSION}')"
        )
        records = []
        for schema, table in _relations(con, schemas):
            con.execute(f"create schema if not exists published.{_name(schema)}")
            _copy(con, schema, table)
            _comment(con, schema, table, descriptions.get((schema, table)))
            _write_parquet(con, schema, table, parquet_dir)
            records.append(_record(con, schema, table))
        con.execute("detach published")
    return records


def _relations(con: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> list[tuple[str, str]]:
    return con.execute(
        "select schema_name, table_name from ("
        " select database_name, schema_name, table_name from duckdb_tables()"
        " union all select database_name, schema_name, view_name from duckdb_views()"
        ") where database_name = 'work' and list_contains($schemas, schema_name) order by all",
        {"schemas": list(schemas)},
    ).fetchall()


def _copy(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
    key = con.execute(
        "select constraint_column_names from duckdb_constraints() where database_name = 'work' "
        "and schema_name = ? and table_name = ? and constraint_type = 'PRIMARY KEY'",
        [schema, table],
    ).fetchone()
    order = ", ".join(_name(column) for column in key[0]) if key else "all"
    con.execute(
        f"create table {_qualified('published', schema, table)} as "
        f"select * from {_qualified('work', schema, table)} order by {order}"
    )


def _comment(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, text: TableText | None
) -> None:
    if text is None:
        return
    target = _qualified("published", schema, table)
    if text.description:
        con.execute(f"comment on table {target} is {_text(text.description)}")
    present = {row[0] for row in con.execute(f"describe {target}").fetchall()}
    for column, description in text.columns.items():
        if description and column in present:
            con.execute(f"comment on column {target}.{_name(column)} is {_text(description)}")


def _write_parquet(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, parquet_dir: Path
) -> None:
    folder = parquet_dir / schema
    folder.mkdir(parents=True, exist_ok=True)
    con.execute(
        f"copy (from {_qualified('published', schema, table)}) "
        f"to {_text(str(folder / (table + '.parquet')))} (format parquet, compression zstd)"
    )


def _record(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> TableRecord:
    """Count and hash the published rows.

    The hash is a sum of the rows' MD5 numbers: it does not depend on the order of rows, and
    other than an exclusive or it counts a row that is there twice.
    """
    target = _qualified("published", schema, table)
    columns = {row[0]: str(row[1]) for row in con.execute(f"describe {target}").fetchall()}
    hashed = [name for name in columns if name not in CLOCK_COLUMNS]
    packed = ", ".join(f"{_name(name)} := {_name(name)}" for name in hashed)
    row = con.execute(
        "select count(*), coalesce(sum(md5_number_upper(line)), 0), "
        "coalesce(sum(md5_number_lower(line)), 0) "
        f"from (select to_json(struct_pack({packed}))::varchar as line from {target})"
    ).fetchone()
    assert row is not None  # noqa: S101  an aggregate without groups always gives a row
    rows, upper, lower = row
    digest = f"{int(upper) % 2**64:016x}{int(lower) % 2**64:016x}"
    return TableRecord(f"{schema}.{table}", int(rows), columns, digest)


def _qualified(database: str, schema: str, table: str) -> str:
    return f"{database}.{_name(schema)}.{_name(table)}"


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
