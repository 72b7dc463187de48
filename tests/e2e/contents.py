"""What the tables of a database hold, to compare it with another one."""

from pathlib import Path

import duckdb

# When a check ran is a fact about the run and not about the data.
CLOCK = {"load.check_results": "run_at"}


def contents(database: Path, schemas: tuple[str, ...]) -> dict[str, tuple[int, str, str]]:
    """Rows of each table of the schemas, and two order-free sums of a 64-bit hash of each row."""
    with duckdb.connect(str(database), read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where list_contains($schemas, schema_name) order by all",
            {"schemas": list(schemas)},
        ).fetchall()
        return {table: _content(con, table) for (table,) in tables}


def _content(con: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str, str]:
    columns = f"* exclude ({CLOCK[table]})" if table in CLOCK else "*"
    return con.execute(
        f"""
        select count(*), sum(row_hash::hugeint)::varchar, bit_xor(row_hash)::varchar
        from (select hash(r) as row_hash from (select {columns} from {table}) as r)
        """
    ).fetchone()
