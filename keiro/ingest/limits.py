"""How much memory loading takes."""

import duckdb

# DuckDB's share of the 2 GiB that loading may take, whatever the size of a file.
MEMORY_BYTES = 1_200_000_000


def limit_memory(con: duckdb.DuckDBPyConnection) -> str:
    """Lower DuckDB's limit for as long as files are loaded; the limit before."""
    row = con.execute(
        "select current_setting('memory_limit'), value::bigint > $bytes from"
        " (select parse_formatted_bytes(current_setting('memory_limit')) as value)",
        {"bytes": MEMORY_BYTES},
    ).fetchone()
    limit, is_higher = row or ("", False)
    if is_higher:
        con.execute(f"set memory_limit = '{MEMORY_BYTES}B'")
    return str(limit)
