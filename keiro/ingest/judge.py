"""Which staged rows are unfit, which repeat another one, and which raw holds as they are."""

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.deletions import TOMBSTONE_HASH, key_columns
from keiro.ingest.delivery import VERSION, Delivery
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.schema import raw_table
from keiro.ingest.stage import scalar

NULL_KEY, DUPLICATE_KEY, RAGGED_ROW, UNCHANGED = (
    "null_key",
    "duplicate_key",
    "ragged_row",
    "unchanged",
)


def judge(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> dict[str, int]:
    """Fill `keiro_verdicts` with each staged row that is not to be stored; how many by verdict."""
    keys = key_columns(obj)
    key = ", ".join(keys)
    whole = " and ".join(f"{name} is not null" for name in keys)
    null_case = " ".join(
        f"when {quote_identifier(name)} is null then {quote_text(name)}" for name in obj.primary_key
    )
    null_column = f"case {null_case} end" if null_case else "null::varchar"
    key_names = quote_text(", ".join(obj.primary_key)) if obj.primary_key else "null::varchar"
    is_repeated = _find_repeated(con, key, whole)
    is_known = _find_known(con, obj, delivery)
    cases = [
        "when r._fault is not null then r._fault",
        f"when not ({whole}) then '{NULL_KEY}'",
        f"when d.is_conflict then '{DUPLICATE_KEY}'" if is_repeated else "",
        f"when d.first_row < r._row_number then '{UNCHANGED}'" if is_repeated else "",
        f"when k.known_hash = r._row_hash then '{UNCHANGED}'" if is_known else "",
    ]
    conflict = f"when d.is_conflict then {key_names}" if is_repeated else ""
    con.execute(
        f"""
        create or replace temp table keiro_verdicts as
        with judged as (
            select r._row_number, case {" ".join(cases)} end as verdict,
                case when r._fault is not null then null {conflict} else {null_column} end
                    as column_name
            from temp.keiro_rows r
            {f"left join temp.keiro_repeated d using ({key})" if is_repeated else ""}
            {f"left join temp.keiro_known k using ({key})" if is_known else ""}
        )
        select _row_number, verdict, column_name from judged where verdict is not null
        """
    )
    counted = "select verdict, count(*) from temp.keiro_verdicts group by 1"
    return dict(con.execute(counted).fetchall())


def _find_repeated(con: duckdb.DuckDBPyConnection, key: str, whole: str) -> bool:
    """Fill `keiro_repeated` with the keys that several staged rows have; whether there are any.

    Grouping digests of 64 bits takes a fraction of the memory that the keys would; the few keys
    whose digest repeats are then compared themselves.
    """
    rows = f"temp.keiro_rows where _fault is null and {whole}"
    suspects = scalar(
        con,
        "create or replace temp table keiro_suspects as"
        f" select hash({key}) as digest from {rows} group by 1 having count(*) > 1",
    )
    if not suspects:
        return False
    return (
        scalar(
            con,
            f"""
        create or replace temp table keiro_repeated as
        select {key}, min(_row_number) as first_row, count(distinct _row_hash) > 1 as is_conflict
        from (select *, hash({key}) as digest from {rows})
        semi join temp.keiro_suspects using (digest)
        group by {key} having count(*) > 1
        """,
        )
        > 0
    )


def _find_known(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> bool:
    """Fill `keiro_known` with the digests that the staged keys have in raw; whether it has any.

    Only versions as of the file's date count, and none of the file's own load.
    """
    if is_empty(con, obj, but_for=delivery.load_seq):
        return False
    key = ", ".join(key_columns(obj))
    return (
        scalar(
            con,
            f"""
        create or replace temp table keiro_known as
        select {key},
            arg_max(if(_is_deleted, {TOMBSTONE_HASH}, _row_hash), {VERSION}) as known_hash
        from {raw_table(obj)}
        semi join temp.keiro_rows using ({key})
        where _load_seq <> {delivery.load_seq}
            and {VERSION} < $version
        group by {key}
        """,
            {"version": delivery.version},
        )
        > 0
    )


def is_empty(con: duckdb.DuckDBPyConnection, obj: SourceObject, but_for: int = 0) -> bool:
    """Whether raw has no rows of the object but those of one load."""
    others = f"select 1 from {raw_table(obj)} where _load_seq <> $seq limit 1"
    return con.execute(others, {"seq": but_for}).fetchone() is None
