"""The invariant of every load, checked against raw itself: each row of each file is somewhere."""

import duckdb

# Rows of the log whose own numbers do not add up.
SUMS = """
    select source, object, file_name, load_seq from raw.keiro__load_log
    where rows_in != rows_loaded + rows_unchanged + rows_quarantined
"""
# Quarantined rows of each loaded content, by the log's last word on it and by count.
QUARANTINED = """
    with

    logged as (
        select source, object, file_name, content_hash, arg_max(rows_quarantined, load_seq) as rows
        from raw.keiro__load_log
        where status = 'loaded'
        group by all
    ),

    counted as (
        select source, object, file_name, content_hash, count(*) as rows
        from raw.keiro__quarantine
        group by all
    )

    select * from logged
    full join counted using (source, object, file_name, content_hash)
    where coalesce(logged.rows, 0) != coalesce(counted.rows, 0)
"""
# The same content may be loaded twice under one name, with another one in between.
STORED = """
    with

    loads as (
        select
            *,
            lag(load_seq, 1, 0) over (
                partition by file_name, content_hash
                order by load_seq
            ) as before
        from raw.keiro__load_log
        where status = 'loaded' and source = $source and object = $object
    ),

    stored as (
        select distinct _file_name, _content_hash, _load_seq, _row_number
        from {relation}
        where not _is_deleted
    )

    select loads.file_name, loads.load_seq
    from loads
    left join stored
        on
            loads.file_name = stored._file_name
            and loads.content_hash = stored._content_hash
            and stored._load_seq > loads.before
            and stored._load_seq <= loads.load_seq
    group by loads.file_name, loads.load_seq, loads.rows_loaded
    having count(distinct stored._row_number) != loads.rows_loaded
"""
# Rows of a file that the log does not know as loaded.
STRAY = """
    select distinct _file_name, _content_hash from {relation}
    anti join (
        from raw.keiro__load_log
        where status = 'loaded' and source = $source and object = $object
    ) as loads
        on _file_name = loads.file_name and _content_hash = loads.content_hash
"""


def check_accounting(con: duckdb.DuckDBPyConnection) -> None:
    """Rows in = loaded + unchanged + quarantined for each file, in the log and in raw."""
    assert con.execute(SUMS).fetchall() == []
    assert con.execute(QUARANTINED).fetchall() == []
    objects = con.execute("select distinct source, object from raw.keiro__load_log").fetchall()
    for source, name in objects:
        relation = f'raw."{source}__{name}"'
        for query in (STORED, STRAY):
            found = con.execute(
                query.format(relation=relation), {"source": source, "object": name}
            ).fetchall()
            assert found == [], relation
